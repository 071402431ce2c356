/*
 * 规则书版本: what is installed, what a version changes, its proposal and the decision
 * that puts it in force.
 */
#include "decision_form.h"
#include "drafts.h"
#include "entries.h"
#include "object.h"
#include "table.h"

#include "people/people.h"
#include "rulebook/rulebook.h"
#include "site/site.h"

#define BOOKS_MOST 256

static enum status run_list(struct visit *visit);
static enum status run_version(struct visit *visit);
static enum status run_propose(struct visit *visit);
static enum status run_decide(struct visit *visit);
static enum status take_in(struct visit *visit);
static enum status find_version(struct visit *visit, struct site *out_site,
                                const struct rulebook **out_now,
                                const struct rulebook **out_book);
static enum status state_of(struct visit *visit, const struct site *site,
                            const struct rulebook *book, struct run *out_run,
                            const char **out_state);
static void fill_difference(struct visit *visit, struct model *part,
                            const struct rulebook *now, const struct rulebook *book);
static enum status fill_cases(struct visit *visit, const struct site *site,
                              const struct rulebook *book);
static enum status fill_drafts(struct visit *visit, struct model *part,
                               const struct site *site);
static enum status fill_missing(struct visit *visit, struct model *part,
                                const struct site *site, const struct rulebook *book);
static enum status fill_effect(struct visit *visit, struct model *part,
                               const struct run *run, const char *state);
static struct str address(struct visit *visit, const struct rulebook *book,
                          const char *act);

static const struct field list_fields[] = {
    {.name = "sort", .kind = FIELD_TEXT, .label = "manuscripts.by-update"},
    {.name = "page", .kind = FIELD_INT, .label = "pager.label"},
    {.name = NULL},
};
static const char *const list_names[] = {"sort", "page", NULL};
static const struct listing listing = {"/rules/versions", list_names};

const struct entry versions_show = {.method = "GET",
                                    .pattern = "/rules/versions",
                                    .fields = list_fields,
                                    .may = WEB_SIGNED_IN,
                                    .run = run_list};
const struct entry version_show = {.method = "GET",
                                   .pattern = "/rules/versions/{version}",
                                   .may = WEB_SIGNED_IN,
                                   .run = run_version};

static const struct field propose_fields[] = {
    {.name = "from", .kind = FIELD_DAY, .label = "versions.from"},
    WEB_PROOF_FIELD,
    {.name = NULL}};
const struct entry version_propose = {.method = "POST",
                                      .pattern = "/rules/versions/{version}/propose",
                                      .fields = propose_fields,
                                      .may = WEB_STAFF,
                                      .form = &version_show,
                                      .run = run_propose};

const struct entry version_decide = {.method = "POST",
                                     .pattern = "/rules/versions/{version}/decide",
                                     .fields = object_fields,
                                     .may = WEB_STAFF,
                                     .form = &version_show,
                                     .run = run_decide};

static enum status run_list(struct visit *visit) {
    static const struct table_column columns[] = {
        {"version", "versions.version", false},
        {"state", "manuscripts.state", false},
        {"digest", "versions.digest", false},
        {"articles", "versions.articles", true},
    };
    struct call *call = visit->call;
    struct table table = {.visit = visit,
                          .listing = &listing,
                          .title = "versions.title",
                          .columns = columns,
                          .column_count = LENGTH(columns),
                          .plain = true};
    const struct rulebook *books[BOOKS_MOST];
    const struct rulebook *now;
    struct site site;
    TRY(take_in(visit));
    TRY(part_rulebook(visit, &site, &now));
    size_t count = shelf_all(call->house->shelf, books, LENGTH(books));
    for (size_t i = count; i > 0; i--) {
        const struct rulebook *book = books[i - 1];
        struct run run;
        const char *state;
        if (!str_equal(book->code, now->code)) {
            continue;
        }
        TRY(state_of(visit, &site, book, &run, &state));
        struct table_row *row = table_add(&table);
        row->href = address(visit, book, "");
        row->cells[0] = web_say(visit, "versions.numbered", "version",
                                str_text(call->arena, book->version), NULL);
        row->badge = str_of(state);
        row->badge_column = 1;
        row->cells[1] = str_of(state);
        row->cells[2] = digest_to_short(call->arena, &book->digest);
        row->cells[3] = str_format(call->arena, "%zu", book->requirement_count);
    }
    table_back(&table, STR("/rules"), "rules.title");
    model_words(table_part(&table), "sub", "versions.about");
    TRY(fill_drafts(visit, model_part(web_model(visit), "drafting"), &site));
    return table_answer(&table, "versions.nothing");
}

static enum status run_version(struct visit *visit) {
    struct call *call = visit->call;
    const struct rulebook *now;
    const struct rulebook *book;
    struct site site;
    struct run run;
    const char *state;
    bool keeps = false;
    TRY(take_in(visit));
    TRY(find_version(visit, &site, &now, &book));
    TRY(state_of(visit, &site, book, &run, &state));
    struct model *part = model_part(web_model(visit), "version");
    struct model *digest = model_part(part, "digest");
    struct str name = text_in(book->title, call->language);
    model_text(part, "title",
               web_say(visit, "versions.of", "name", str_text(call->arena, name),
                       "version", str_text(call->arena, book->version), NULL));
    model_text(digest, "short", digest_to_short(call->arena, &book->digest));
    model_text(digest, "full", digest_to_text(call->arena, &book->digest));
    part_badge(part, "badge", str_of(state));
    fill_difference(visit, part, now, book);
    TRY(fill_cases(visit, &site, book));
    TRY(fill_missing(visit, part, &site, book));
    if (strcmp(state, "version-ready") == 0) {
        int route = rulebook_route_of(book, ROUTE_OF_RULEBOOK);
        const struct route *activation = route == NO_INDEX ? NULL : &book->routes[route];
        if (activation != NULL) {
            const struct step *first = &activation->steps[activation->first];
            struct str role = book->roles[first->role].code;
            TRY(people_holds(call, call->actor.person, str_text(call->arena, role),
                             people_anywhere_in(site.root), &keeps));
            model_text(part, "proposer",
                       text_in(book->roles[first->role].title, call->language));
        }
        model_flag(part, "waits", true);
        if (keeps) {
            model_text(part, "propose", address(visit, book, "/propose"));
        }
    }
    TRY(fill_effect(visit, part, &run, state));
    if (run.id != 0) {
        TRY(object_show(visit, &run, address(visit, book, "/decide")));
    }
    return web_page(visit, "version");
}

static enum status run_propose(struct visit *visit) {
    const struct rulebook *now;
    const struct rulebook *book;
    struct site site;
    struct run run;
    struct offer offer;
    TRY(take_in(visit));
    TRY(find_version(visit, &site, &now, &book));
    TRY(web_prove(visit, "password"));
    TRY(review_propose_rulebook(visit->call, site.id, book, drafts_from(visit), &run));
    TRY(review_offer(visit->call, run.subject, run.id, &offer));
    return web_go_saying(visit, address(visit, book, ""), "versions.proposed", "who",
                         str_text(visit->call->arena, offer.holders), NULL);
}

static enum status run_decide(struct visit *visit) {
    const struct rulebook *now;
    const struct rulebook *book;
    struct site site;
    TRY(find_version(visit, &site, &now, &book));
    TRY(object_decide(visit,
                      (struct subject){SUBJECT_RULEBOOK, review_rulebook_subject(book)}));
    return web_go_saying(visit, address(visit, book, ""), "versions.decided", NULL);
}

/* What another process kept in the workspace since. */
static enum status take_in(struct visit *visit) {
    const struct house *house = visit->call->house;
    if (house->workspace == NULL) {
        return DONE;
    }
    return shelf_take_in(
        house->shelf,
        str_format(visit->call->arena, "%s/rulebooks", house->workspace).at);
}

static enum status find_version(struct visit *visit, struct site *out_site,
                                const struct rulebook **out_now,
                                const struct rulebook **out_book) {
    const struct rulebook *books[BOOKS_MOST];
    id64 id;
    TRY(request_id_parameter(visit->request, "version", &id));
    TRY(part_rulebook(visit, out_site, out_now));
    size_t count = shelf_all(visit->call->house->shelf, books, LENGTH(books));
    for (size_t i = 0; i < count; i++) {
        if (str_equal(books[i]->code, (*out_now)->code) &&
            review_rulebook_subject(books[i]) == id) {
            *out_book = books[i];
            return DONE;
        }
    }
    return ABSENT;
}

/* *out_run is its newest passage; id 0 if it was never proposed. */
static enum status state_of(struct visit *visit, const struct site *site,
                            const struct rulebook *book, struct run *out_run,
                            const char **out_state) {
    struct subject subject = {SUBJECT_RULEBOOK, review_rulebook_subject(book)};
    bool in_force = digest_equal(&site->rulebook_digest, &book->digest);
    struct effect effect = {0};
    *out_run = (struct run){0};
    enum status found = review_run(visit->call, subject, out_run);
    if (found != DONE && found != ABSENT) {
        return found;
    }
    if (found == DONE) {
        TRY(review_effect(visit->call, out_run->id, &effect));
    }
    *out_state = in_force          ? "version-in-force"
                 : found == ABSENT ? "version-ready"
                 : out_run->open   ? "version-proposed"
                 : effect.waits    ? "version-waiting"
                                   : "version-former";
    return DONE;
}

/* What it would change, in words, each with its article. */
static void fill_difference(struct visit *visit, struct model *part,
                            const struct rulebook *now, const struct rulebook *book) {
    if (now == book) {
        model_flag(part, "same", true);
    } else {
        drafts_changes(visit, part, now, book);
    }
}

/* What its cases said while it was a draft, for whoever decides. */
static enum status fill_cases(struct visit *visit, const struct site *site,
                              const struct rulebook *book) {
    struct version_draft draft;
    enum status found = version_draft_of(visit->call, site->id, &book->digest, &draft);
    if (found != DONE || !web_may(visit, WEB_STAFF)) {
        return found == ABSENT ? DONE : found;
    }
    return drafts_cases(visit, &draft);
}

/* Drafts of the next version, and whether a new one may be begun. */
static enum status fill_drafts(struct visit *visit, struct model *part,
                               const struct site *site) {
    struct call *call = visit->call;
    struct version_drafts drafts;
    bool keeps = site_must_keep_rulebook(call, site) == DONE;
    call_forgive(call);
    model_flag(part, "may", keeps && web_may(visit, WEB_STAFF));
    model_flag(part, "staff", web_may(visit, WEB_STAFF));
    if (!web_may(visit, WEB_STAFF)) {
        return DONE;
    }
    TRY(version_draft_list(call, site->id, &drafts));
    for (size_t i = 0; i < drafts.count; i++) {
        struct model *row = model_list_add(part, "list");
        struct people_person person;
        TRY(people_person(call, drafts.at[i].changed_by, &person));
        model_text(row, "href",
                   str_format(call->arena, "/rules/drafts/%.*s",
                              STR_ARG(id_to_text(call->arena, drafts.at[i].id))));
        model_text(row, "who", person.name);
        web_moment(visit, model_part(row, "when"), drafts.at[i].changed_at);
    }
    return DONE;
}

/* Values that the version asks for and nobody has given. */
static enum status fill_missing(struct visit *visit, struct model *part,
                                const struct site *site, const struct rulebook *book) {
    struct call *call = visit->call;
    enum status has = site_must_have_values(call, site->id, book);
    if (has != REFUSED) {
        return has;
    }
    struct model *missing = model_part(part, "missing");
    model_url(missing, "href",
              str_format(call->arena, "/rules/values?book=%.*s",
                         STR_ARG(digest_to_text(call->arena, &book->digest))));
    for (const struct refusal *no = call->refusal; no != NULL; no = no->next) {
        model_list_add_text(missing, "list", web_say_refusal(visit, no));
    }
    call_forgive(call);
    return DONE;
}

/* From which day it is, or will be, in force. */
static enum status fill_effect(struct visit *visit, struct model *part,
                               const struct run *run, const char *state) {
    struct call *call = visit->call;
    struct effect effect = {0};
    if (run->id != 0) {
        TRY(review_effect(call, run->id, &effect));
    }
    bool in_force = strcmp(state, "version-in-force") == 0;
    if (run->id == 0 || strcmp(state, "version-former") == 0) {
        if (in_force) { /* with it the site was founded */
            model_words(part, "effect", "versions.from-founding");
        }
        return DONE;
    }
    civil_day decided = in_force ? instant_day(run->step_since) : 0;
    civil_day from = effect.from > decided ? effect.from : decided;
    const char *day = str_text(call->arena, day_to_text(call->arena, from));
    model_text(part, "effect",
               from == 0
                   ? web_say(visit, "versions.from-approval", NULL)
                   : web_say(visit, in_force ? "versions.since" : "versions.effective",
                             "day", day, NULL));
    return DONE;
}

/* The passage so far, and the form for whoever decides now. */
static struct str address(struct visit *visit, const struct rulebook *book,
                          const char *act) {
    struct arena *arena = visit->call->arena;
    return str_format(arena, "/rules/versions/%.*s%s",
                      STR_ARG(id_to_text(arena, review_rulebook_subject(book))), act);
}
