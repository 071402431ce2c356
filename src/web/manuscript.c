/*
 * One manuscript as it stands: facts, text and route; and the page from which a
 * change of a live text begins.
 */
#include "entries.h"
#include "listing.h"

#include "filing/filing.h"
#include "people/people.h"
#include "publication/publication.h"
#include "screening/screening.h"
#include "site/site.h"

static enum status run_show(struct visit *visit);
static enum status run_change_form(struct visit *visit);
static enum status newest(struct visit *visit, const struct manuscript *manuscript,
                          struct revision *out_revision, bool *out_any);
static enum status fill_facts(struct visit *visit, struct model *part,
                              const struct manuscript *manuscript,
                              const struct content *content);
static enum status lives_above(struct call *call, id64 manuscript, bool *out_above);
static enum status add_levels(struct visit *visit, struct model *part,
                              const struct manuscript *manuscript);
static void add_fact(struct model *part, struct str words, struct str value,
                     struct str href);
static enum status fill_acts(struct visit *visit, struct model *part,
                             const struct manuscript *manuscript,
                             const struct offer *offer);
static enum status paper_waits(struct visit *visit, const struct offer *offer,
                               bool *out_waits);
static enum status nobody_decided(struct visit *visit, const struct offer *offer,
                                  bool *out_nobody);
static void add_act(struct visit *visit, struct model *part, struct str href,
                    const char *words, bool main);
static void fill_files(struct visit *visit, struct str id, const struct content *content);
static enum status fill_revisions(struct visit *visit, id64 manuscript);

const struct entry manuscript_show = {.method = "GET",
                                      .pattern = "/manuscripts/{manuscript}",
                                      .may = WEB_STAFF,
                                      .run = run_show};

const struct entry manuscript_change_form = {.method = "GET",
                                             .pattern =
                                                 "/manuscripts/{manuscript}/change",
                                             .may = WEB_STAFF,
                                             .run = run_change_form};

static enum status run_show(struct visit *visit) {
    struct call *call = visit->call;
    struct manuscript manuscript;
    struct revision revision = {0};
    struct offer offer = {0};
    struct content content;
    int version;
    bool any = false;
    TRY(part_manuscript(visit, &manuscript));
    struct subject subject = {SUBJECT_MANUSCRIPT, manuscript.id};
    struct str id = id_to_text(call->arena, manuscript.id);
    TRY(newest(visit, &manuscript, &revision, &any));
    if (any) {
        content = revision.content;
    } else {
        TRY(manuscript_draft(call, manuscript.id, &content, &version));
    }
    struct run run;
    enum status offered = review_run(call, subject, &run);
    if (offered == DONE) {
        TRY(review_offer(call, subject, run.id, &offer));
    } else if (offered != ABSENT) {
        return offered;
    }
    struct model *part = model_part(web_model(visit), "manuscript");
    TRY(part_head_into(visit, part, &manuscript, any ? &revision : NULL,
                       offered == DONE ? &offer.run : NULL, "/manuscripts",
                       "nav.manuscripts"));
    model_html(part, "body", content.body);
    TRY(fill_facts(visit, part, &manuscript, &content));
    TRY(fill_acts(visit, part, &manuscript, offered == DONE ? &offer : NULL));
    if (offered == DONE) {
        TRY(part_route(visit, subject, &offer));
    } else {
        TRY(part_route_ahead(visit, manuscript.id));
    }
    if (any) {
        TRY(part_findings(visit, manuscript.id, &revision.digest, &content));
    }
    fill_files(visit, id, &content);
    TRY(part_history(visit, &manuscript));
    TRY(fill_revisions(visit, manuscript.id));
    return web_page(visit, "manuscript");
}

/* Nothing begins by looking: the form that begins it says what it means. */
static enum status run_change_form(struct visit *visit) {
    struct call *call = visit->call;
    struct manuscript manuscript;
    TRY(part_manuscript(visit, &manuscript));
    struct str here = str_format(call->arena, "/manuscripts/%.*s",
                                 STR_ARG(id_to_text(call->arena, manuscript.id)));
    struct change change = {
        .title = web_say(visit, "manuscript.change-title", "title",
                         str_text(call->arena, manuscript.title), NULL),
        .action = str_format(call->arena, "%.*s/change", STR_ARG(here)),
        .back = here,
        .button = "manuscript.change-begin",
        .heavy = true};
    struct model *part = change_open(visit, &change);
    model_list_add_text(part, "effects", web_say(visit, "manuscript.change-keeps", NULL));
    model_list_add_text(part, "effects", web_say(visit, "manuscript.change-route", NULL));
    return web_page(visit, "change");
}

static enum status newest(struct visit *visit, const struct manuscript *manuscript,
                          struct revision *out_revision, bool *out_any) {
    if (manuscript->revision == 0) {
        *out_any = false;
        return DONE;
    }
    *out_any = true;
    return manuscript_revision(visit->call, manuscript->revision, out_revision);
}

static enum status fill_facts(struct visit *visit, struct model *part,
                              const struct manuscript *manuscript,
                              const struct content *content) {
    struct call *call = visit->call;
    const struct rulebook *book;
    struct column column;
    struct release *releases;
    size_t count;
    TRY(site_column_find(call, manuscript->column, &column));
    TRY(site_rulebook(call, manuscript->site, &book));
    int index = rulebook_class(book, manuscript->item_class);
    struct str id = id_to_text(call->arena, column.id);
    add_fact(part, web_say(visit, "edit.column", NULL), column.title,
             str_format(call->arena, "/columns/%.*s", STR_ARG(id)));
    if (index != NO_INDEX) {
        add_fact(part, web_say(visit, "edit.class", NULL),
                 text_in(book->classes[index].title, call->language), STR(""));
    }
    for (size_t i = 0; i < content->field_count; i++) {
        struct str name = content->fields[i].name;
        struct str value = content->fields[i].value;
        const char *key = str_format(call->arena, "fields.%.*s", STR_ARG(name)).at;
        if (str_is(name, "disclosure")) {
            value = web_say(
                visit,
                str_format(call->arena, "fields.disclosure-%.*s", STR_ARG(value)).at,
                NULL);
        }
        instant moment;
        if (str_is(name, "emergency-at") &&
            instant_from_rfc3339(value, &moment) == DONE) {
            value = instant_to_text(call->arena, moment);
        }
        add_fact(part, web_say(visit, key, NULL), value, STR(""));
    }
    TRY(publication_of_manuscript(call, manuscript->id, &releases, &count));
    for (size_t i = 0; i < count; i++) {
        if (releases[i].state == RELEASE_LIVE) {
            struct str base = web_public_base(visit, releases[i].site);
            add_fact(part, web_say(visit, "released.address", NULL), releases[i].path,
                     str_format(call->arena, "%.*s/%.*s", STR_ARG(base),
                                STR_ARG(releases[i].path)));
        }
    }
    return add_levels(visit, part, manuscript);
}

/* Is a text that was handed up public there?  It is taken away from here. */
static enum status lives_above(struct call *call, id64 manuscript, bool *out_above) {
    id64 *copies;
    size_t count;
    TRY(manuscript_copies(call, manuscript, &copies, &count));
    for (size_t i = 0; i < count; i++) {
        struct manuscript copy;
        TRY(manuscript_peek(call, copies[i], &copy));
        *out_above = *out_above || copy.live_revision != 0;
    }
    return DONE;
}

/* Where it came from and where it went (BZ-14). */
static enum status add_levels(struct visit *visit, struct model *part,
                              const struct manuscript *manuscript) {
    struct call *call = visit->call;
    id64 source;
    id64 *copies;
    size_t count;
    TRY(manuscript_source(call, manuscript->id, &source));
    TRY(manuscript_copies(call, manuscript->id, &copies, &count));
    for (size_t i = 0; i <= count; i++) {
        struct manuscript other;
        struct site site;
        id64 id = i == 0 ? source : copies[i - 1];
        if (id == 0) {
            continue;
        }
        TRY(manuscript_peek(call, id, &other));
        TRY(site_find(call, other.site, &site));
        struct str badge = str_format(call->arena, "badge.%.*s", STR_ARG(other.state));
        struct str state = web_say(visit, badge.at, NULL);
        add_fact(
            part,
            web_say(visit, i == 0 ? "manuscript.level-from" : "manuscript.level-to",
                    NULL),
            str_format(call->arena, "%.*s · %.*s", STR_ARG(site.title), STR_ARG(state)),
            STR(""));
    }
    return DONE;
}

/* *words* is said already: a field's label. */
static void add_fact(struct model *part, struct str words, struct str value,
                     struct str href) {
    struct model *fact = model_list_add(part, "facts");
    model_text(fact, "label", words);
    model_text(fact, "value", value);
    if (!str_is_empty(href)) {
        model_url(fact, "href", href);
    }
}

/* What this person can do: politeness, the acts decide. */
static enum status fill_acts(struct visit *visit, struct model *part,
                             const struct manuscript *manuscript,
                             const struct offer *offer) {
    struct call *call = visit->call;
    struct people_role_codes roles;
    struct form form;
    bool has_form = false;
    struct ruling *rulings;
    size_t ruling_count;
    struct str here = str_format(call->arena, "/manuscripts/%.*s",
                                 STR_ARG(id_to_text(call->arena, manuscript->id)));
    struct str release = str_format(call->arena, "/release/%.*s",
                                    STR_ARG(id_to_text(call->arena, manuscript->id)));
    TRY(people_roles_on(call, call->actor.person, manuscript->unit, &roles));
    bool of_unit = roles.count > 0 || manuscript->author == call->actor.person;
    bool drafting = str_is(manuscript->state, "draft") ||
                    str_is(manuscript->state, "proof") ||
                    str_is(manuscript->state, "second-proof");
    bool decides = offer != NULL && offer->run.open && offer->may_decide;
    if (of_unit && drafting) {
        add_act(visit, part, str_format(call->arena, "%.*s/edit", STR_ARG(here)),
                "manuscript.act-edit", true);
    }
    if (decides && offer->step->kind != STEP_AUTHOR &&
        offer->step->kind != STEP_RELEASE) {
        add_act(visit, part, str_format(call->arena, "%.*s/review", STR_ARG(here)),
                "manuscript.act-review", true);
    }
    if (offer != NULL && offer->run.open && offer->may_release_first) {
        add_act(visit, part, str_format(call->arena, "%.*s/first", STR_ARG(release)),
                "manuscript.act-first", false);
    }
    if (decides && offer->step->kind == STEP_RELEASE) {
        add_act(visit, part, release, "release.do", true);
    }
    if (offer != NULL && offer->run.open && part_takes_paper(offer)) {
        bool waits = false;
        TRY(paper_waits(visit, offer, &waits));
        add_act(visit, part,
                str_format(call->arena, "%.*s/face-signature", STR_ARG(here)),
                waits ? "face.compare-act" : "review.face", waits);
    }
    if (of_unit && str_is(manuscript->state, "published")) {
        add_act(visit, part, str_format(call->arena, "%.*s/change", STR_ARG(here)),
                "manuscript.act-change", false);
    }
    bool above = false;
    TRY(lives_above(visit->call, manuscript->id, &above));
    if ((manuscript->live_revision != 0 || above) && web_may(visit, "desk:release")) {
        add_act(visit, part, str_format(call->arena, "%.*s/withdraw", STR_ARG(release)),
                "release.withdraw", false);
    }
    TRY(part_form(visit, manuscript, &form, &has_form));
    if (has_form) {
        add_act(visit, part, str_format(call->arena, "%.*s/review-form", STR_ARG(here)),
                "manuscript.act-form", false);
    }
    TRY(screening_rulings(call, manuscript->id, &rulings, &ruling_count));
    if (ruling_count > 0) {
        add_act(visit, part, str_format(call->arena, "%.*s/rulings", STR_ARG(here)),
                "manuscript.act-rulings", false);
    }
    bool recalls = offer != NULL && offer->run.open && !drafting &&
                   offer->run.submitter == call->actor.person && offer->run.round == 1;
    TRY(recalls ? nobody_decided(visit, offer, &recalls) : DONE);
    model_flag(part, "recall", recalls);
    return DONE;
}

/* Does an entered paper signature of the present step wait for its second person? */
static enum status paper_waits(struct visit *visit, const struct offer *offer,
                               bool *out_waits) {
    struct decision *decisions;
    size_t count;
    TRY(approval_history(visit->call, offer->run.id, &decisions, &count));
    for (size_t i = 0; i < count; i++) {
        *out_waits =
            *out_waits || (decisions[i].turn == 0 && decisions[i].confirmed_by == 0 &&
                           str_equal(decisions[i].step, offer->step->code) &&
                           digest_equal(&decisions[i].digest, &offer->run.digest));
    }
    return DONE;
}

/* Only the author's own steps were taken in this round. */
static enum status nobody_decided(struct visit *visit, const struct offer *offer,
                                  bool *out_nobody) {
    struct decision *decisions;
    size_t count;
    TRY(approval_set(visit->call, offer->run.id, offer->run.round, &decisions, &count));
    *out_nobody = true;
    for (size_t i = 0; i < count; i++) {
        int step = route_step(offer->route, decisions[i].step);
        *out_nobody = *out_nobody && step != NO_INDEX &&
                      offer->route->steps[step].kind == STEP_AUTHOR;
    }
    return DONE;
}

static void add_act(struct visit *visit, struct model *part, struct str href,
                    const char *words, bool main) {
    struct model *act = model_list_add(part, "acts");
    model_text(act, "href", href);
    model_text(act, "label", web_say(visit, words, NULL));
    model_flag(act, "main", main);
}

static void fill_files(struct visit *visit, struct str id,
                       const struct content *content) {
    struct call *call = visit->call;
    struct model *files = model_part(web_model(visit), "files");
    bool any = false;
    for (size_t i = 0; i < content->attachment_count; i++) {
        const struct attachment *attachment = &content->attachments[i];
        if (attachment->in_body) {
            continue;
        }
        struct model *file = model_list_add(files, "list");
        struct str digest = digest_to_text(call->arena, &attachment->digest);
        any = true;
        model_int(file, "number", (int64_t)i + 1);
        model_text(file, "name", attachment->name);
        model_text(file, "size", part_size(call->arena, attachment->size));
        model_text(file, "about", attachment->alt);
        model_text(file, "href",
                   str_format(call->arena, "/manuscripts/%.*s/files/%.*s", STR_ARG(id),
                              STR_ARG(digest)));
    }
    model_flag(files, "any", any);
}

static enum status fill_revisions(struct visit *visit, id64 manuscript) {
    struct call *call = visit->call;
    struct revision *revisions;
    size_t count;
    struct str id = id_to_text(call->arena, manuscript);
    TRY(manuscript_revisions(call, manuscript, &revisions, &count));
    for (size_t i = 0; i < count; i++) {
        struct model *row = model_list_add(web_model(visit), "revisions");
        struct model *digest = model_part(row, "digest");
        struct people_brief person;
        TRY(people_person_brief(call, revisions[i].made_by, &person));
        model_int(row, "number", revisions[i].number);
        web_moment(visit, model_part(row, "when"), revisions[i].made_at);
        model_text(row, "who", person.name);
        model_text(digest, "short", digest_to_short(call->arena, &revisions[i].digest));
        model_text(digest, "full", digest_to_text(call->arena, &revisions[i].digest));
        if (revisions[i].number > 1) {
            model_url(
                row, "href",
                str_format(call->arena, "/manuscripts/%.*s/difference?from=%d&to=%d",
                           STR_ARG(id), revisions[i].number - 1, revisions[i].number));
        }
    }
    return DONE;
}
