/*
 * 事项: what the regulation wants on record beside manuscripts: plans, issues,
 * acknowledgements, requests.  Who opens and who answers is the rulebook's.
 */
#include "entries.h"
#include "matter_web.h"
#include "table.h"

#include "people/people.h"
#include "site/site.h"

static enum status run_list(struct visit *visit);
static enum status add_matter(struct table *table, const struct rulebook *book,
                              const struct matter *matter);
static bool is_wanted(struct visit *visit, const struct rulebook *book,
                      const struct matter *matter);
static enum status fill_gaps(struct visit *visit, const struct table *table,
                             const struct rulebook *book);
static enum status fill_acts(struct visit *visit, const struct table *table,
                             const struct rulebook *book);

static const struct field list_fields[] = {
    {.name = "q", .kind = FIELD_TEXT, .label = "manuscripts.words"},
    {.name = "kind", .kind = FIELD_TEXT, .label = "matters.kind"},
    {.name = "state",
     .kind = FIELD_CHOICE,
     .choices = "open|answered",
     .label = "manuscripts.state"},
    {.name = "sort", .kind = FIELD_TEXT, .label = "manuscripts.by-update"},
    {.name = "page", .kind = FIELD_INT, .label = "pager.label"},
    {.name = NULL},
};
static const char *const list_names[] = {"q", "kind", "state", "sort", "page", NULL};
static const struct listing listing = {"/matters", list_names};

const struct entry matters_show = {.method = "GET",
                                   .pattern = "/matters",
                                   .fields = list_fields,
                                   .may = WEB_STAFF,
                                   .run = run_list};
const struct entry matters_export = {.method = "GET",
                                     .pattern = "/matters.xlsx",
                                     .fields = list_fields,
                                     .may = WEB_STAFF,
                                     .run = run_list};
const struct entry matters_paper = {.method = "GET",
                                    .pattern = "/matters.pdf",
                                    .fields = list_fields,
                                    .may = WEB_STAFF,
                                    .run = run_list};

static enum status run_list(struct visit *visit) {
    static const struct table_column columns[] = {
        {"title", "matters.title-field", false}, {"state", "manuscripts.state", false},
        {"kind", "matters.kind", false},         {"unit", "people.unit", false},
        {"by", "matters.opened-by", false},      {"when", "matters.opened-at", false},
    };
    struct call *call = visit->call;
    struct table table = {.visit = visit,
                          .listing = &listing,
                          .title = "matters.title",
                          .columns = columns,
                          .column_count = LENGTH(columns)};
    const struct rulebook *book;
    struct matters matters;
    struct str kind = request_text(visit->request, "kind");
    struct str chosen = STR("");
    struct site site;
    TRY(part_rulebook(visit, &site, &book));
    TRY(matter_list(call, visit->web->options.group, site.root, kind, &matters));
    for (size_t i = 0; i < matters.count; i++) {
        if (is_wanted(visit, book, &matters.at[i])) {
            TRY(add_matter(&table, book, &matters.at[i]));
        }
    }
    struct model *part = table_part(&table);
    table_search(&table, "manuscripts.words");
    struct model *filter = listing_filter(visit, part, "kind", "matters.kind");
    for (size_t i = 0; i < book->matter_count; i++) {
        struct str label = text_in(book->matters[i].title, call->language);
        listing_option(filter, visit, "kind", book->matters[i].code, label);
        chosen = str_equal(kind, book->matters[i].code) ? label : chosen;
    }
    listing_chosen(visit, part, &listing, "kind", "matters.kind", chosen);
    filter = listing_filter(visit, part, "state", "manuscripts.state");
    struct str open = web_say(visit, "matters.is-open", NULL);
    struct str answered = web_say(visit, "matters.is-answered", NULL);
    listing_option(filter, visit, "state", STR("open"), open);
    listing_option(filter, visit, "state", STR("answered"), answered);
    bool is_open = str_is(request_text(visit->request, "state"), "open");
    listing_chosen(visit, part, &listing, "state", "manuscripts.state",
                   is_open ? open : answered);
    model_words(part, "sub", "matters.about");
    TRY(fill_gaps(visit, &table, book));
    TRY(fill_acts(visit, &table, book));
    return table_answer(&table, "matters.nothing");
}

static bool is_wanted(struct visit *visit, const struct rulebook *book,
                      const struct matter *matter) {
    struct str state = request_text(visit->request, "state");
    struct str typed = request_text(visit->request, "q");
    bool open = str_is(str_of(matter_state(book, matter)), "matter-open");
    return (str_is_empty(state) || str_is(state, "open") == open) &&
           (str_is_empty(typed) || str_find(matter->title, typed) < matter->title.length);
}

static enum status add_matter(struct table *table, const struct rulebook *book,
                              const struct matter *matter) {
    struct visit *visit = table->visit;
    struct call *call = visit->call;
    const struct matter_rule *rule = matter_rule_of(book, matter->kind);
    const char *state = matter_state(book, matter);
    struct people_unit unit;
    struct people_brief opener;
    TRY(people_unit(call, matter->unit, &unit));
    TRY(people_person_brief(call, matter->opened_by, &opener));
    struct table_row *row = table_add(table);
    row->href = matter_address(visit, matter->id, "");
    row->cells[0] = matter->title;
    row->second = matter->number;
    row->cells[1] = web_say(visit,
                            str_is(str_of(state), "matter-open") ? "matters.is-open"
                                                                 : "matters.is-answered",
                            NULL);
    row->badge = str_of(state);
    row->badge_column = 1;
    row->cells[2] = rule == NULL ? matter->kind : text_in(rule->title, call->language);
    row->cells[3] = unit.title;
    row->cells[4] = opener.name;
    row->cells[5] = instant_to_text(call->arena, matter->opened_at);
    return DONE;
}

/* What the regulation expects and nobody has filed. */
static enum status fill_gaps(struct visit *visit, const struct table *table,
                             const struct rulebook *book) {
    struct call *call = visit->call;
    struct matter_gap *gaps;
    size_t count;
    struct model *part = table_part(table);
    struct site site;
    TRY(part_site(visit, &site));
    int year = date_of_day(instant_day(call->now)).year;
    TRY(matter_gaps(call, visit->web->options.group, site.root, book, year, &gaps,
                    &count));
    model_flag(part, "warned", count > 0);
    for (size_t i = 0; i < count; i++) {
        struct model *note = model_list_add(part, "notes");
        struct str title = text_in(gaps[i].rule->title, call->language);
        const char *named = str_text(call->arena, title);
        struct people_unit unit;
        bool may = false;
        if (gaps[i].unit != 0) {
            TRY(people_unit(call, gaps[i].unit, &unit));
            model_text(note, "text",
                       web_say(visit, "matters.gap-unit", "matter", named, "unit",
                               str_text(call->arena, unit.title), NULL));
        } else {
            model_text(note, "text",
                       web_say(visit, "matters.gap-year", "matter", named, "year",
                               str_format(call->arena, "%d", gaps[i].year).at, NULL));
        }
        web_cite(visit, model_part(note, "rule"), gaps[i].rule->basis.id);
        TRY(matter_may_open(call, book, gaps[i].rule, gaps[i].unit, &may));
        if (may) {
            model_url(note, "href",
                      str_format(call->arena, "/matters/new?kind=%.*s",
                                 STR_ARG(gaps[i].rule->code)));
            model_words(note, "label", "matters.file-it");
        }
    }
    return DONE;
}

/* A button for each kind that this person may file somewhere. */
static enum status fill_acts(struct visit *visit, const struct table *table,
                             const struct rulebook *book) {
    for (size_t i = 0; i < book->matter_count; i++) {
        const struct matter_rule *rule = &book->matters[i];
        bool may = false;
        if (rule->register_count > 0) {
            table_act(table, STR("/administrators"), "administrators.see", false);
        }
        TRY(matter_may_open(visit->call, book, rule, 0, &may));
        if (may) {
            struct model *act = model_list_add(table_part(table), "acts");
            model_url(act, "href",
                      str_format(visit->call->arena, "/matters/new?kind=%.*s",
                                 STR_ARG(rule->code)));
            model_text(act, "label", text_in(rule->title, visit->call->language));
        }
    }
    return DONE;
}

/* Under which the unit works. */
enum status matter_book(struct visit *visit, id64 unit,
                        const struct rulebook **out_book) {
    struct site site;
    TRY(site_of_unit(visit->call, visit->web->options.group, unit, &site));
    return site_rulebook(visit->call, site.id, out_book);
}

/* What nobody has to answer is done by being there. */
const char *matter_state(const struct rulebook *book, const struct matter *matter) {
    const struct matter_rule *rule = matter_rule_of(book, matter->kind);
    bool open = matter->answered_at == 0 && rule != NULL && matter_wants_answer(rule);
    return open ? "matter-open" : "matter-answered";
}

struct str matter_address(struct visit *visit, id64 matter, const char *act) {
    struct arena *arena = visit->call->arena;
    return str_format(arena, "/matters/%.*s%s", STR_ARG(id_to_text(arena, matter)), act);
}
