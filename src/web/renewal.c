/*
 * 栏目更新: how often each column, home page or unit must have something new, what there
 * is in the window under way, what is late and what was missed.  A unit sees its own, who
 * supervises all of its body's.
 */
#include "archive_web.h"

#include "people/people.h"
#include "site/site.h"
#include "tally/tally.h"

#define NOTES_MOST 20

struct sighted {
    struct site first; /* the main site of the visitor's body */
    const struct rulebook *book;
    struct renewals all;
    bool supervises;
};

static enum status run_list(struct visit *visit);
static enum status see(struct visit *visit, struct sighted *out_sighted);
static void keep_own(struct visit *visit, struct renewals *renewals);
static enum status add_renewal(struct table *table, const struct renewal *renewal);
static void note_late(struct table *table, const struct sighted *sighted);
static enum status run_one(struct visit *visit);
static enum status run_confirm(struct visit *visit);
static enum status offer_confirm(struct visit *visit, struct model *record,
                                 const struct renewal *renewal);
static struct str address(struct visit *visit, id64 renewal);
static enum status fill_missed(struct visit *visit, struct model *record,
                               const struct renewal *renewal);
static const char *state_of(const struct call *call, const struct renewal *renewal);
static struct str what_words(struct visit *visit, const struct renewal *renewal);
static struct str counted_words(struct visit *visit, const struct renewal *renewal);
static struct str window_words(struct visit *visit, instant from, instant until);
static struct str last_day(struct visit *visit, instant end);
static struct str cited(struct visit *visit, const struct rulebook *book,
                        struct str rule);

static const struct field list_fields[] = {
    {.name = "q", .kind = FIELD_TEXT, .label = "manuscripts.words"},
    {.name = "state", .kind = FIELD_TEXT, .label = "manuscripts.state"},
    {.name = "sort", .kind = FIELD_TEXT, .label = "manuscripts.by-update"},
    {.name = "page", .kind = FIELD_INT, .label = "pager.label"},
    {.name = NULL},
};
static const char *const list_names[] = {"q", "state", "sort", "page", NULL};
static const struct listing listing = {"/columns/renewal", list_names};

TABLE_ENTRIES(renewal, "/columns/renewal", list_fields, run_list);

const struct entry renewal_one = {.method = "GET",
                                  .pattern = "/columns/renewal/{renewal}",
                                  .may = WEB_STAFF,
                                  .run = run_one};
const struct entry renewal_confirm = {.method = "POST",
                                      .pattern = "/columns/renewal/{renewal}",
                                      .may = WEB_STAFF,
                                      .form = &renewal_one,
                                      .run = run_confirm};

static enum status run_list(struct visit *visit) {
    static const struct table_column columns[] = {
        {"what", "renewal.what", false},       {"state", "manuscripts.state", false},
        {"demand", "renewal.demand", false},   {"article", "renewal.article", false},
        {"counted", "renewal.counted", false}, {"due", "renewal.due", false},
        {"late", "renewal.late", false},       {"missed", "renewal.missed", true},
        {"unit", "people.unit", false},
    };
    static const char *const states[] = {"late", "due-soon", "fresh"};
    struct table table = {.visit = visit,
                          .listing = &listing,
                          .title = "renewal.title",
                          .columns = columns,
                          .column_count = LENGTH(columns)};
    struct str typed = request_typed(visit->request, "q");
    struct str wanted = request_typed(visit->request, "state");
    struct sighted sighted;
    TRY(see(visit, &sighted));
    for (size_t i = 0; i < sighted.all.count; i++) {
        const struct renewal *renewal = &sighted.all.at[i];
        TRY(add_renewal(&table, renewal));
        struct table_row *row = &table.rows[table.count - 1];
        row->cells[3] = cited(visit, sighted.book, renewal->rule->basis.id);
        if (!table_row_holds(&table, row, typed) ||
            (!str_is_empty(wanted) && !str_is(wanted, state_of(visit->call, renewal)))) {
            table_drop(&table);
        }
    }
    struct model *part = table_part(&table);
    struct model *back = model_part(part, "back");
    model_text(back, "href", STR("/columns/list"));
    model_words(back, "label", "columns.duties");
    table_search(&table, "manuscripts.words");
    struct model *filter = listing_filter(visit, part, "state", "manuscripts.state");
    for (size_t i = 0; i < LENGTH(states); i++) {
        struct str label = web_say(
            visit, str_format(visit->call->arena, "badge.%s", states[i]).at, NULL);
        listing_option(filter, visit, "state", str_of(states[i]), label);
        if (str_is(wanted, states[i])) {
            listing_chosen(visit, part, &listing, "state", "manuscripts.state", label);
        }
    }
    note_late(&table, &sighted);
    model_words(part, "sub",
                sighted.book->cadence_count == 0 ? "renewal.silent"
                : sighted.supervises             ? "renewal.about"
                                                 : "renewal.about-own");
    return table_answer(&table, "renewal.nothing");
}

/* Of every site of the visitor's body. */
static enum status see(struct visit *visit, struct sighted *out_sighted) {
    struct call *call = visit->call;
    struct sighted sighted = {0};
    struct site *sites;
    size_t count;
    TRY(part_rulebook(visit, &sighted.first, &sighted.book));
    TRY(tally_may_supervise(call, &sighted.first, sighted.book, &sighted.supervises));
    TRY(site_list(call, visit->web->options.group, &sites, &count));
    for (size_t i = 0; i < count; i++) {
        struct renewals more;
        if (sites[i].root != sighted.first.root || str_is(sites[i].kind, "platform")) {
            continue;
        }
        TRY(tally_renewals(call, sites[i].id, 0, &more));
        struct renewal *both =
            TAKE_ARRAY(call->arena, sighted.all.count + more.count + 1, struct renewal);
        for (size_t j = 0; j < sighted.all.count; j++) {
            both[j] = sighted.all.at[j];
        }
        for (size_t j = 0; j < more.count; j++) {
            both[sighted.all.count++] = more.at[j];
        }
        sighted.all.at = both;
    }
    if (!sighted.supervises) {
        keep_own(visit, &sighted.all);
    }
    *out_sighted = sighted;
    return DONE;
}

static void keep_own(struct visit *visit, struct renewals *renewals) {
    size_t kept = 0;
    for (size_t i = 0; i < renewals->count; i++) {
        bool own = false;
        for (size_t j = 0; j < visit->holdings.count; j++) {
            own = own || visit->holdings.at[j].unit == renewals->at[i].owner;
        }
        if (own) {
            renewals->at[kept++] = renewals->at[i];
        }
    }
    renewals->count = kept;
}

static enum status add_renewal(struct table *table, const struct renewal *renewal) {
    struct visit *visit = table->visit;
    struct call *call = visit->call;
    struct people_unit unit;
    TRY(people_unit(call, renewal->owner, &unit));
    struct table_row *row = table_add(table);
    row->href = address(visit, renewal->id);
    row->cells[0] = what_words(visit, renewal);
    row->second = renewal->path;
    table_badge(table, row, 1, state_of(call, renewal));
    row->cells[2] = text_in(renewal->rule->title, call->language);
    row->cells[4] = counted_words(visit, renewal);
    row->cells[5] = last_day(visit, renewal->due);
    row->cells[6] = renewal->late_since == 0
                        ? STR("")
                        : day_to_text(call->arena, instant_day(renewal->late_since));
    row->cells[7] = renewal->missed == 0
                        ? STR("")
                        : str_format(call->arena, "%lld", (long long)renewal->missed);
    row->keys[7] = str_format(call->arena, "%09lld", (long long)renewal->missed);
    row->cells[8] = unit.title;
    return DONE;
}

/* Those that are late, each with its article. */
static void note_late(struct table *table, const struct sighted *sighted) {
    struct visit *visit = table->visit;
    struct arena *arena = visit->call->arena;
    struct model *part = table_part(table);
    size_t noted = 0;
    for (size_t i = 0; i < sighted->all.count && noted < NOTES_MOST; i++) {
        const struct renewal *renewal = &sighted->all.at[i];
        if (renewal->late_since == 0) {
            continue;
        }
        struct model *note = model_list_add(part, "notes");
        struct str demand = text_in(renewal->rule->title, visit->call->language);
        struct str day = day_to_text(arena, instant_day(renewal->late_since));
        model_text(note, "text",
                   web_say(visit, "renewal.late-note", "what",
                           str_text(arena, what_words(visit, renewal)), "demand",
                           str_text(arena, demand), "day", str_text(arena, day), NULL));
        web_cite(visit, model_part(note, "rule"), renewal->rule->basis.id);
        noted++;
    }
    model_flag(part, "warned", noted > 0);
}

static enum status run_one(struct visit *visit) {
    struct call *call = visit->call;
    struct sighted sighted;
    const struct renewal *renewal = NULL;
    struct people_unit unit;
    id64 id;
    TRY(request_id_parameter(visit->request, "renewal", &id));
    TRY(see(visit, &sighted));
    for (size_t i = 0; i < sighted.all.count; i++) {
        renewal = sighted.all.at[i].id == id ? &sighted.all.at[i] : renewal;
    }
    if (renewal == NULL) {
        return ABSENT;
    }
    TRY(people_unit(call, renewal->owner, &unit));
    struct model *record = record_open(visit, what_words(visit, renewal),
                                       "/columns/renewal", "renewal.title");
    part_badge(record, "badge", str_of(state_of(call, renewal)));
    if (!str_is_empty(renewal->rule->basis.id)) {
        web_cite(visit, model_part(record, "rule"), renewal->rule->basis.id);
    }
    record_pair(visit, record, "renewal.demand",
                text_in(renewal->rule->title, call->language));
    if (renewal->rule->basis.house) {
        record_pair(visit, record, "renewal.limit",
                    web_say(visit, "renewal.house", NULL));
    }
    record_pair(visit, record, "people.unit", unit.title);
    record_pair(visit, record, "renewal.window",
                window_words(visit, renewal->from, renewal->until));
    record_pair(visit, record, "renewal.counted", counted_words(visit, renewal));
    record_pair(visit, record, "renewal.due", last_day(visit, renewal->due));
    if (renewal->late_since != 0) {
        record_pair(visit, record, "renewal.late",
                    day_to_text(call->arena, instant_day(renewal->late_since)));
    }
    TRY(offer_confirm(visit, record, renewal));
    return fill_missed(visit, record, renewal);
}

/* To who may, while it is wanted. */
static enum status offer_confirm(struct visit *visit, struct model *record,
                                 const struct renewal *renewal) {
    bool may = false;
    TRY(tally_may_confirm(visit->call, renewal->id, &may));
    if (may && renewal->from <= visit->call->now &&
        renewal->counted < renewal->rule->least) {
        struct model *once = model_list_add(record, "once");
        model_text(once, "action", address(visit, renewal->id));
        model_words(once, "label", "renewal.confirm");
    }
    return DONE;
}

static enum status run_confirm(struct visit *visit) {
    id64 id;
    TRY(request_id_parameter(visit->request, "renewal", &id));
    TRY(tally_confirm(visit->call, id));
    return web_go_saying(visit, address(visit, id), "renewal.confirmed", NULL);
}

static enum status fill_missed(struct visit *visit, struct model *record,
                               const struct renewal *renewal) {
    static const char *const heads[] = {"renewal.period", "renewal.asked",
                                        "renewal.there-was", NULL};
    struct arena *arena = visit->call->arena;
    struct missed_window *windows;
    size_t count;
    TRY(tally_missed(visit->call, renewal->id, &windows, &count));
    struct model *section =
        count == 0 ? NULL : record_section(visit, record, "renewal.windows", heads);
    for (size_t i = 0; i < count; i++) {
        const struct missed_window *window = &windows[i];
        struct model *row = record_row(section);
        record_cell(row, window_words(visit, window->from, window->until));
        record_cell(row, str_format(arena, "%lld", (long long)window->least));
        record_cell(row, str_format(arena, "%lld", (long long)window->counted));
    }
    return web_page(visit, "record");
}

/* Soon due is what its owner is reminded of already, and has not enough of. */
static const char *state_of(const struct call *call, const struct renewal *renewal) {
    const struct cadence_rule *rule = renewal->rule;
    bool waits = rule->window == CADENCE_SPAN || renewal->counted < rule->least;
    if (renewal->late_since != 0) {
        return "late";
    }
    return waits && renewal->due - call->now <= (rule->remind + 1) * INSTANT_DAY
               ? "due-soon"
               : "fresh";
}

static struct str what_words(struct visit *visit, const struct renewal *renewal) {
    return renewal->subject.kind == SUBJECT_SITE
               ? web_say(visit, "renewal.home", "site",
                         str_text(visit->call->arena, renewal->title), NULL)
               : renewal->title;
}

static struct str counted_words(struct visit *visit, const struct renewal *renewal) {
    struct arena *arena = visit->call->arena;
    return web_say(
        visit, renewal->rule->counts == CADENCE_ITEMS ? "renewal.items" : "renewal.times",
        "counted", str_format(arena, "%lld", (long long)renewal->counted).at, "least",
        str_format(arena, "%d", renewal->rule->least).at, NULL);
}

static struct str window_words(struct visit *visit, instant from, instant until) {
    struct arena *arena = visit->call->arena;
    struct str first = day_to_text(arena, instant_day(from));
    struct str last = last_day(visit, until);
    return str_equal(first, last)
               ? first
               : web_say(visit, "renewal.span", "from", str_text(arena, first), "until",
                         str_text(arena, last), NULL);
}

/* The last day on which it is in time. */
static struct str last_day(struct visit *visit, instant end) {
    return day_to_text(visit->call->arena, instant_day(end) - 1);
}

static struct str cited(struct visit *visit, const struct rulebook *book,
                        struct str rule) {
    const struct requirement *requirement = rulebook_requirement(book, rule);
    return requirement == NULL ? STR("")
                               : text_in(requirement->cite, visit->call->language);
}

static struct str address(struct visit *visit, id64 renewal) {
    struct arena *arena = visit->call->arena;
    return str_format(arena, "/columns/renewal/%.*s",
                      STR_ARG(id_to_text(arena, renewal)));
}
