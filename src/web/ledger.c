/*
 * 存证: every act, found by what, who and when, and whether the chain holds.  Nothing
 * here can be changed.
 *
 * Whoever supervises reads all of it.
 */
#include "ledger_web.h"
#include "listing.h"

#include "notary/notary.h"
#include "paper/paper.h"
#include "people/people.h"

#define ROWS_A_PAGE 50
#define EXPORT_MOST 10000

static enum status run_list(struct visit *visit);
static enum status run_export(struct visit *visit);
static enum status read_filter(struct visit *visit, struct ledger_filter *out_filter,
                               bool *out_known);
static enum status export_row(struct visit *visit, const struct ledger_entry *entry,
                              struct str *cells);
static enum status run_verify(struct visit *visit);
static enum status run_verified(struct visit *visit);
static enum status fill_verified(struct visit *visit);
static enum status fill_checkpoint(struct visit *visit);
static void say_verified(struct visit *visit, const struct ledger_verification *last);
static enum status fill_filters(struct visit *visit, struct model *part);
static enum status find_person(struct visit *visit, id64 *out_person, bool *out_known);
static enum status add_row(struct visit *visit, struct model *part,
                           const struct ledger_entry *entry);

static const struct field list_fields[] = {
    {.name = "chain",
     .kind = FIELD_CHOICE,
     .choices = "site|house",
     .label = "ledger.title"},
    {.name = "kind", .kind = FIELD_TEXT, .label = "ledger.object"},
    {.name = "act", .kind = FIELD_TEXT, .label = "ledger.act"},
    {.name = "who", .kind = FIELD_TEXT, .label = "ledger.who"},
    {.name = "from", .kind = FIELD_DAY, .label = "manuscripts.from"},
    {.name = "to", .kind = FIELD_DAY, .label = "manuscripts.to"},
    {.name = "before", .kind = FIELD_INT, .label = "pager.label"},
    {.name = NULL},
};
static const char *const list_names[] = {"chain", "kind", "act",    "who",
                                         "from",  "to",   "before", NULL};
static const struct listing listing = {"/ledger", list_names};

const struct entry ledger_show = {.method = "GET",
                                  .pattern = "/ledger",
                                  .fields = list_fields,
                                  .may = LEDGER_SUPERVISORS,
                                  .run = run_list};

const struct entry ledger_export_list = {.method = "GET",
                                         .pattern = "/ledger.xlsx",
                                         .fields = list_fields,
                                         .may = LEDGER_SUPERVISORS,
                                         .run = run_export};

const struct entry ledger_verify_post = {.method = "POST",
                                         .pattern = "/ledger/verify",
                                         .may = LEDGER_SUPERVISORS,
                                         .form = &ledger_show,
                                         .run = run_verify};

const struct entry ledger_verified = {.method = "GET",
                                      .pattern = "/ledger/verify",
                                      .may = LEDGER_SUPERVISORS,
                                      .run = run_verified};

/* Modules of acts, to choose from. */
static const char *const modules[] = {"manuscript", "screening", "review", "publication",
                                      "filing",     "site",      "people", "workspace"};

static enum status run_list(struct visit *visit) {
    struct call *call = visit->call;
    struct model *part = model_part(web_model(visit), "ledger");
    struct ledger_list list = {0};
    struct ledger_filter filter;
    bool known = true;
    TRY(fill_filters(visit, part));
    TRY(read_filter(visit, &filter, &known));
    if (known) {
        TRY(ledger_read(call, part_chain(visit), &filter, &list));
    }
    for (size_t i = 0; i < list.count; i++) {
        TRY(add_row(visit, part, &list.at[i]));
    }
    if (list.count > 0) {
        struct listing file = {"/ledger.xlsx", list_names};
        model_url(part, "export", listing_address(visit, &file, "before", STR("")));
    }
    if (list.count == 0) {
        struct model *empty = model_part(part, "empty");
        struct model *way = model_list_add(empty, "ways");
        model_words(empty, "text", "ledger.no-match");
        model_text(way, "href", STR("/ledger"));
        model_words(way, "label", "manuscripts.clear");
    }
    if (list.count == ROWS_A_PAGE) {
        struct model *page = model_part(part, "page");
        struct str last =
            str_format(call->arena, "%lld", (long long)list.at[list.count - 1].sequence);
        model_int(page, "from", list.at[list.count - 1].sequence);
        model_int(page, "to", list.at[0].sequence);
        struct ledger_checkpoint head;
        TRY(ledger_head(call, part_chain(visit), &head));
        model_int(page, "total", head.sequence);
        model_url(page, "next", listing_address(visit, &listing, "before", last));
    }
    TRY(fill_verified(visit));
    TRY(fill_checkpoint(visit));
    model_flag(web_model(visit), "may-verify", true);
    return web_page(visit, "ledger");
}

/* *out_known is false if nothing can fit: a kind or a person that is not there. */
static enum status read_filter(struct visit *visit, struct ledger_filter *out_filter,
                               bool *out_known) {
    const struct request *request = visit->request;
    struct str kind = request_text(request, "kind");
    struct str act = request_text(request, "act");
    civil_day from = request_day(request, "from");
    civil_day to = request_day(request, "to");
    struct ledger_filter filter = {
        .act = str_is_empty(act) ? act
                                 : str_format(visit->call->arena, "%.*s.", STR_ARG(act)),
        .from = from == INT32_MIN ? 0 : day_start(from),
        .until = to == INT32_MIN ? 0 : day_end(to),
        .before = request_int(request, "before"),
        .limit = ROWS_A_PAGE};
    if (!str_is_empty(kind) &&
        subject_kind_from_name(kind, &filter.subject.kind) != DONE) {
        *out_known = false;
    }
    TRY(find_person(visit, &filter.person, out_known));
    *out_filter = filter;
    return DONE;
}

/* The filtered entries, newest first, at most EXPORT_MOST of them. */
static enum status run_export(struct visit *visit) {
    struct call *call = visit->call;
    const struct str heads[] = {
        web_say(visit, "ledger.number", NULL), web_say(visit, "ledger.when", NULL),
        web_say(visit, "ledger.who", NULL),    web_say(visit, "ledger.post", NULL),
        web_say(visit, "ledger.act", NULL),    web_say(visit, "ledger.outcome", NULL),
        web_say(visit, "ledger.digest", NULL)};
    struct str *cells =
        TAKE_ARRAY(call->arena, (size_t)EXPORT_MOST * LENGTH(heads), struct str);
    struct ledger_filter filter;
    struct ledger_list list = {0};
    size_t rows = 0;
    bool known = true;
    TRY(read_filter(visit, &filter, &known));
    filter.limit = 500;
    do {
        if (known) {
            TRY(ledger_read(call, part_chain(visit), &filter, &list));
        }
        for (size_t i = 0; i < list.count && rows < EXPORT_MOST; i++) {
            TRY(export_row(visit, &list.at[i], &cells[rows++ * LENGTH(heads)]));
            filter.before = list.at[i].sequence;
        }
    } while (list.count == 500 && rows < EXPORT_MOST);
    struct paper_list table = {.title = web_say(visit, "ledger.title", NULL),
                               .heads = heads,
                               .columns = LENGTH(heads),
                               .cells = cells,
                               .row_count = rows};
    return listing_send(visit, &table);
}

static enum status export_row(struct visit *visit, const struct ledger_entry *entry,
                              struct str *cells) {
    struct arena *arena = visit->call->arena;
    struct people_brief person;
    TRY(people_person_brief(visit->call, entry->person, &person));
    cells[0] = str_format(arena, "%lld", (long long)entry->sequence);
    cells[1] = instant_to_text(arena, entry->at);
    cells[2] = entry->person == 0 ? web_say(visit, "ledger.nobody", NULL) : person.name;
    cells[3] = entry->post;
    cells[4] = part_act(visit, entry->act);
    cells[5] = web_say(visit,
                       entry->outcome == LEDGER_REFUSED ? "ledger.was-refused"
                                                        : "ledger.was-done",
                       NULL);
    cells[6] = digest_to_text(arena, &entry->hash);
    return DONE;
}

static enum status run_verify(struct visit *visit) {
    TRY(ledger_verification_ask(visit->call, visit->web->options.group));
    return web_go(visit, "/ledger");
}

/* What the page asks every two seconds while one is under way. */
static enum status run_verified(struct visit *visit) {
    TRY(fill_verified(visit));
    return web_page(visit, "verified");
}

/* An older checkpoint proves that nothing it covers was altered, a newer one that nothing
 * was cut off: so people must know when they are not taken or do not leave the machine.
 */
static enum status fill_checkpoint(struct visit *visit) {
    static const char *const troubles[] = {
        [NOTARY_NO_SIGNER] = "ledger.checkpoint-no-signer",
        [NOTARY_ROLLED_BACK] = "ledger.checkpoint-rolled-back",
        [NOTARY_ALTERED] = "ledger.checkpoint-altered"};
    struct notary_state state;
    struct model *part = model_part(web_model(visit), "checkpoint");
    TRY(notary_state(visit->call, visit->web->options.group, &state));
    struct str minutes =
        str_format(visit->call->arena, "%lld", (long long)(state.held / INSTANT_MINUTE));
    bool good = !state.late && !state.unsent;
    bool danger = state.trouble == NOTARY_ROLLED_BACK || state.trouble == NOTARY_ALTERED;
    if (state.stopped && !danger) {
        model_text(part, "sentence",
                   web_say(visit, "ledger.checkpoint-stopped", "minutes",
                           str_text(visit->call->arena, minutes), NULL));
    } else {
        model_words(part, "sentence",
                    state.trouble != NOTARY_WELL ? troubles[state.trouble]
                    : state.late                 ? "ledger.checkpoint-late"
                    : state.unsent               ? "ledger.checkpoint-unsent"
                                                 : "ledger.checkpoint-sent");
    }
    model_text(part, "role",
               good                      ? STR("good")
               : danger || state.stopped ? STR("danger")
                                         : STR("attention"));
    model_text(part, "icon", good ? STR("circle-check") : STR("circle-x"));
    if (state.taken_at != 0) {
        web_moment(visit, model_part(part, "when"), state.taken_at);
    }
    return DONE;
}

static enum status fill_verified(struct visit *visit) {
    struct ledger_verification last;
    enum status found =
        ledger_verification_last(visit->call, visit->web->options.group, &last);
    if (found == ABSENT) {
        return DONE;
    }
    TRY(found);
    if (last.ended_at == 0) {
        struct model *job = model_part(model_part(web_model(visit), "verified"), "job");
        model_int(job, "done", last.done);
        model_int(job, "total", last.total);
        return DONE;
    }
    say_verified(visit, &last);
    return DONE;
}

static void say_verified(struct visit *visit, const struct ledger_verification *last) {
    struct arena *arena = visit->call->arena;
    struct model *part = model_part(web_model(visit), "verified");
    bool whole = last->fault == LEDGER_WHOLE;
    struct str number = part_number(arena, whole ? last->done : last->bad);
    model_text(part, "sentence",
               web_say(visit, whole ? "ledger.holds" : "ledger.broken", "number",
                       str_text(arena, number), NULL));
    model_text(part, "role", whole ? STR("good") : STR("danger"));
    model_text(part, "icon", whole ? STR("circle-check") : STR("circle-x"));
    web_moment(visit, model_part(part, "when"), last->ended_at);
    if (!whole) {
        bool house = last->bad_group == LEDGER_HOUSE;
        model_url(part, "href",
                  str_format(arena, "/ledger/%lld%s", (long long)last->bad,
                             house ? "?chain=house" : ""));
    }
}

static enum status fill_filters(struct visit *visit, struct model *part) {
    const struct request *request = visit->request;
    struct call *call = visit->call;
    struct str chosen = STR("");
    struct model *filter = model_list_add(part, "filters");
    bool house = str_is(request_typed(request, "chain"), "house");
    model_text(filter, "name", STR("chain"));
    model_words(filter, "label", "ledger.chain");
    for (int i = 0; i < 2; i++) {
        struct model *option = model_list_add(filter, "options");
        model_text(option, "value", i == 0 ? STR("site") : STR("house"));
        model_words(option, "label", i == 0 ? "ledger.chain-site" : "ledger.chain-house");
        model_flag(option, "chosen", house == (i == 1));
    }
    filter = listing_filter(visit, part, "kind", "ledger.object");
    for (int kind = SUBJECT_MANUSCRIPT; kind < SUBJECT_KINDS; kind++) {
        const char *name = subject_kind_name((enum subject_kind)kind);
        struct str label =
            web_say(visit, str_format(call->arena, "ledger.subject.%s", name).at, NULL);
        listing_option(filter, visit, "kind", str_of(name), label);
        chosen = str_is(request_typed(request, "kind"), name) ? label : chosen;
    }
    listing_chosen(visit, part, &listing, "kind", "ledger.object", chosen);
    filter = listing_filter(visit, part, "act", "ledger.act");
    for (size_t i = 0; i < LENGTH(modules); i++) {
        struct str label =
            web_say(visit, str_format(call->arena, "ledger.of-%s", modules[i]).at, NULL);
        listing_option(filter, visit, "act", str_of(modules[i]), label);
        chosen = str_is(request_typed(request, "act"), modules[i]) ? label : chosen;
    }
    listing_chosen(visit, part, &listing, "act", "ledger.act", chosen);
    static const struct {
        const char *name, *words;
    } typed[] = {
        {"who", "ledger.who"}, {"from", "manuscripts.from"}, {"to", "manuscripts.to"}};
    for (size_t i = 0; i < LENGTH(typed); i++) {
        struct str value = request_typed(request, typed[i].name);
        model_text(part, typed[i].name, value);
        listing_chosen(visit, part, &listing, typed[i].name, typed[i].words, value);
    }
    if (!str_is_empty(request->query)) {
        model_text(part, "clear", STR("/ledger"));
    }
    return DONE;
}

/* A name that nobody has finds nothing, rather than everything. */
static enum status find_person(struct visit *visit, id64 *out_person, bool *out_known) {
    struct str who = request_text(visit->request, "who");
    struct people_page page = {.search = who, .limit = 2};
    struct people_persons persons;
    if (str_is_empty(who)) {
        return DONE;
    }
    TRY(people_persons(visit->call, &page, &persons));
    if (persons.count == 0) {
        *out_known = false;
        return DONE;
    }
    *out_person = persons.at[0].id;
    return DONE;
}

static enum status add_row(struct visit *visit, struct model *part,
                           const struct ledger_entry *entry) {
    struct call *call = visit->call;
    struct model *row = model_list_add(part, "rows");
    struct people_brief person;
    bool house = entry->group == LEDGER_HOUSE;
    TRY(people_person_brief(call, entry->person, &person));
    model_text(row, "number", part_number(call->arena, entry->sequence));
    model_url(row, "href",
              str_format(call->arena, "/ledger/%lld%s", (long long)entry->sequence,
                         house ? "?chain=house" : ""));
    web_moment(visit, model_part(row, "when"), entry->at);
    model_text(row, "who",
               entry->person == 0 ? web_say(visit, "ledger.nobody", NULL) : person.name);
    model_text(row, "post", entry->post);
    model_text(row, "what", part_act(visit, entry->act));
    model_flag(row, "refused", entry->outcome == LEDGER_REFUSED);
    part_object(visit, row, entry);
    struct model *digest = model_part(row, "digest");
    model_text(digest, "short", digest_to_short(call->arena, &entry->hash));
    return DONE;
}
