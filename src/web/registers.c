/*
 * 登记簿 and 责任表: the numbered forms of the regulation, and who answers for which
 * column.
 */
#include "entries.h"
#include "table.h"

#include "filing/filing.h"
#include "people/people.h"
#include "publication/publication.h"
#include "site/site.h"

/* Of one series and year; a register that is longer is read by year. */
#define FORMS_MOST 5000

static enum status run_forms(struct visit *visit);
static enum status add_forms(struct table *table, const struct rulebook *book, id64 body,
                             int year);
static enum status add_form(struct table *table, const struct series *series,
                            const struct form *form);
static const char *state_of(const struct column_standing *standing);
static enum status run_columns(struct visit *visit);

static const struct field forms_fields[] = {
    {.name = "q", .kind = FIELD_TEXT, .label = "manuscripts.words"},
    {.name = "year", .kind = FIELD_INT, .label = "forms.year"},
    {.name = "sort", .kind = FIELD_TEXT, .label = "manuscripts.by-update"},
    {.name = "page", .kind = FIELD_INT, .label = "pager.label"},
    {.name = NULL},
};
static const char *const forms_names[] = {"q", "year", "sort", "page", NULL};
static const struct listing forms_listing = {"/forms", forms_names};

const struct entry forms_show = {.method = "GET",
                                 .pattern = "/forms",
                                 .fields = forms_fields,
                                 .may = WEB_STAFF,
                                 .run = run_forms};
const struct entry forms_export = {.method = "GET",
                                   .pattern = "/forms.xlsx",
                                   .fields = forms_fields,
                                   .may = WEB_STAFF,
                                   .run = run_forms};
const struct entry forms_paper = {.method = "GET",
                                  .pattern = "/forms.pdf",
                                  .fields = forms_fields,
                                  .may = WEB_STAFF,
                                  .run = run_forms};

static const struct field columns_fields[] = {
    {.name = "q", .kind = FIELD_TEXT, .label = "manuscripts.words"},
    {.name = "sort", .kind = FIELD_TEXT, .label = "manuscripts.by-update"},
    {.name = "page", .kind = FIELD_INT, .label = "pager.label"},
    {.name = NULL},
};
static const char *const columns_names[] = {"q", "sort", "page", NULL};
static const struct listing columns_listing = {"/columns/list", columns_names};

const struct entry columns_list = {.method = "GET",
                                   .pattern = "/columns/list",
                                   .fields = columns_fields,
                                   .may = WEB_STAFF,
                                   .run = run_columns};
const struct entry columns_export = {.method = "GET",
                                     .pattern = "/columns/list.xlsx",
                                     .fields = columns_fields,
                                     .may = WEB_STAFF,
                                     .run = run_columns};
const struct entry columns_paper = {.method = "GET",
                                    .pattern = "/columns/list.pdf",
                                    .fields = columns_fields,
                                    .may = WEB_STAFF,
                                    .run = run_columns};

static enum status run_forms(struct visit *visit) {
    static const struct table_column columns[] = {
        {"number", "paper.number", false},
        {"title", "manuscripts.by-title", false},
        {"kind", "forms.kind", false},
        {"opened", "forms.opened", false},
    };
    struct table table = {.visit = visit,
                          .listing = &forms_listing,
                          .title = "forms.title",
                          .columns = columns,
                          .column_count = LENGTH(columns)};
    const struct rulebook *book;
    struct site site;
    struct model *part = table_part(&table);
    int this_year = date_of_day(instant_day(visit->call->now)).year;
    int64_t asked = request_int(visit->request, "year");
    int year = asked > 1900 && asked < 3000 ? (int)asked : this_year;
    TRY(part_rulebook(visit, &site, &book));
    TRY(add_forms(&table, book, site.root, year));
    table_search(&table, "manuscripts.words");
    struct model *filter = listing_filter(visit, part, "year", "forms.year");
    for (int i = 0; i < 5; i++) {
        struct str label = str_format(visit->call->arena, "%d", this_year - i);
        listing_option(filter, visit, "year", label, label);
    }
    listing_chosen(visit, part, &forms_listing, "year", "forms.year",
                   str_format(visit->call->arena, "%d", year));
    model_words(part, "sub", "forms.about");
    return table_answer(&table, "forms.nothing");
}

static enum status add_forms(struct table *table, const struct rulebook *book, id64 body,
                             int year) {
    struct visit *visit = table->visit;
    struct str typed = request_typed(visit->request, "q");
    for (size_t i = 0; i < book->series_count; i++) {
        struct forms forms = {0};
        int64_t before = 0;
        struct str series;
        TRY(people_code_of_body(visit->call, body, book->series[i].code, &series));
        do {
            TRY(filing_forms(visit->call, visit->web->options.group, series, year, before,
                             &forms));
            for (size_t j = 0; j < forms.count; j++) {
                size_t rows = table->count;
                TRY(add_form(table, &book->series[i], &forms.at[j]));
                if (table->count > rows &&
                    !table_row_holds(table, &table->rows[rows], typed)) {
                    table_drop(table);
                }
                before = forms.at[j].number;
            }
        } while (forms.more && table->count < FORMS_MOST);
    }
    return DONE;
}

/* Only of what this person may know of. */
static enum status add_form(struct table *table, const struct series *series,
                            const struct form *form) {
    struct call *call = table->visit->call;
    struct manuscript manuscript;
    if (form->subject.kind != SUBJECT_MANUSCRIPT) {
        return DONE;
    }
    enum status found = manuscript_find(call, form->subject.id, &manuscript);
    if (found == ABSENT || found == DENIED) {
        call_forgive(call);
        return DONE;
    }
    TRY(found);
    struct table_row *row = table_add(table);
    row->href = str_format(call->arena, "/manuscripts/%.*s/review-form",
                           STR_ARG(id_to_text(call->arena, form->subject.id)));
    row->cells[0] = form->number_text;
    row->keys[0] = str_format(call->arena, "%.*s %012lld", STR_ARG(series->code),
                              (long long)form->number);
    row->cells[1] = manuscript.title;
    row->cells[2] = text_in(series->title, call->language);
    row->cells[3] = instant_to_text(call->arena, form->opened_at);
    return DONE;
}

static const char *state_of(const struct column_standing *standing) {
    return !standing->column.open ? "badge.closed"
           : standing->to_merge   ? "columns.to-merge"
           : standing->is_late    ? "columns.is-late"
           : standing->is_empty   ? "columns.is-empty"
                                  : "columns.is-open";
}

static enum status run_columns(struct visit *visit) {
    static const struct table_column heads[] = {
        {"path", "columns.address", false},    {"title", "columns.name", false},
        {"owner", "columns.owner", false},     {"type", "columns.type", false},
        {"state", "manuscripts.state", false}, {"newest", "columns.newest", false},
    };
    struct call *call = visit->call;
    struct table table = {.visit = visit,
                          .listing = &columns_listing,
                          .title = "columns.duties",
                          .columns = heads,
                          .column_count = LENGTH(heads)};
    struct str typed = request_typed(visit->request, "q");
    const struct rulebook *book;
    struct site site;
    struct column_standing *standings;
    size_t count;
    TRY(part_rulebook(visit, &site, &book));
    TRY(publication_standings(call, site.id, &standings, &count));
    for (size_t i = 0; i < count; i++) {
        const struct column *column = &standings[i].column;
        struct people_unit owner;
        TRY(people_unit(call, column->owner, &owner));
        struct table_row *row = table_add(&table);
        row->href = str_format(call->arena, "/columns/%.*s",
                               STR_ARG(id_to_text(call->arena, column->id)));
        row->cells[0] = column->path;
        row->cells[1] = column->title;
        row->cells[2] = owner.title;
        row->cells[3] = column->type;
        row->cells[4] = web_say(visit, state_of(&standings[i]), NULL);
        row->cells[5] = standings[i].newest == 0
                            ? STR("")
                            : day_to_text(call->arena, instant_day(standings[i].newest));
        if (!table_row_holds(&table, row, typed)) {
            table_drop(&table);
        }
    }
    table_back(&table, STR("/columns"), "columns.title");
    table_search(&table, "manuscripts.words");
    table_act(&table, STR("/columns/renewal"), "renewal.title", false);
    return table_answer(&table, "columns.nothing");
}
