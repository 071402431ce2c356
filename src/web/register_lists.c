/*
 * 登记备案簿: what the regulation wants entered with each submission and release, and the
 * registers that follow from the record: reprints, policies with their interpretation,
 * signatures on paper.
 */
#include "entries.h"
#include "table.h"

#include "filing/filing.h"
#include "people/people.h"
#include "tally/tally.h"

#define RECORDS_MOST 5000

static enum status run_records(struct visit *visit);
static enum status add_records(struct table *table, const struct rulebook *book,
                               int64_t year);
static void add_record(struct table *table, const struct filing_record *record);
static enum status run_reprints(struct visit *visit);
static enum status run_pairs(struct visit *visit);
static enum status run_paper(struct visit *visit);
static int year_asked(const struct visit *visit);
static void frame_list(const struct table *table, int year);
static struct str manuscript_path(struct visit *visit, id64 manuscript);

static const struct field records_fields[] = {
    {.name = "q", .kind = FIELD_TEXT, .label = "manuscripts.words"},
    {.name = "series", .kind = FIELD_TEXT, .label = "forms.kind"},
    {.name = "year", .kind = FIELD_INT, .label = "forms.year"},
    {.name = "sort", .kind = FIELD_TEXT, .label = "manuscripts.by-update"},
    {.name = "page", .kind = FIELD_INT, .label = "pager.label"},
    {.name = NULL},
};
static const char *const records_names[] = {"q", "series", "year", "sort", "page", NULL};
static const struct listing records_listing = {"/registers", records_names};

static const struct field year_fields[] = {
    {.name = "q", .kind = FIELD_TEXT, .label = "manuscripts.words"},
    {.name = "year", .kind = FIELD_INT, .label = "forms.year"},
    {.name = "sort", .kind = FIELD_TEXT, .label = "manuscripts.by-update"},
    {.name = "page", .kind = FIELD_INT, .label = "pager.label"},
    {.name = NULL},
};
static const char *const year_names[] = {"q", "year", "sort", "page", NULL};
static const struct listing reprints_listing = {"/registers/reprints", year_names};
static const struct listing pairs_listing = {"/registers/interpretations", year_names};
static const struct listing paper_listing = {"/registers/face-signatures", year_names};

TABLE_ENTRIES(registers, "/registers", records_fields, run_records);
TABLE_ENTRIES(register_reprints, "/registers/reprints", year_fields, run_reprints);
TABLE_ENTRIES(register_pairs, "/registers/interpretations", year_fields, run_pairs);
TABLE_ENTRIES(register_signatures, "/registers/face-signatures", year_fields, run_paper);

static enum status run_records(struct visit *visit) {
    static const struct table_column columns[] = {
        {"number", "paper.number", false},      {"title", "manuscripts.by-title", false},
        {"class", "edit.class", false},         {"unit", "people.unit", false},
        {"by", "registers.submitter", false},   {"head", "registers.approval", false},
        {"to", "registers.destination", false}, {"when", "forms.opened", false},
    };
    struct table table = {.visit = visit,
                          .listing = &records_listing,
                          .title = "registers.title",
                          .columns = columns,
                          .column_count = LENGTH(columns)};
    struct str series = request_typed(visit->request, "series");
    const struct rulebook *book;
    TRY(part_rulebook(visit, NULL, &book));
    TRY(add_records(&table, book, request_int(visit->request, "year")));
    struct model *filter =
        listing_filter(visit, table_part(&table), "series", "forms.kind");
    for (size_t i = 0; i < book->filing_count; i++) {
        const struct series *one = &book->series[book->filings[i].series];
        if (!str_ends(book->filings[i].code, "-form")) {
            struct str label = text_in(book->filings[i].title, visit->call->language);
            listing_option(filter, visit, "series", one->code, label);
            if (str_equal(series, one->code)) {
                listing_chosen(visit, table_part(&table), &records_listing, "series",
                               "forms.kind", label);
            }
        }
    }
    frame_list(&table, (int)request_int(visit->request, "year"));
    table_act(&table, STR("/forms"), "forms.title", false);
    table_act(&table, STR("/registers/reprints"), "registers.reprints", false);
    table_act(&table, STR("/registers/interpretations"), "registers.pairs", false);
    table_act(&table, STR("/registers/face-signatures"), "registers.paper", false);
    model_words(table_part(&table), "sub", "registers.about");
    return table_answer(&table, "registers.nothing");
}

static enum status add_records(struct table *table, const struct rulebook *book,
                               int64_t year) {
    struct visit *visit = table->visit;
    struct str typed = request_typed(visit->request, "q");
    struct str series = request_typed(visit->request, "series");
    struct filing_records records = {0};
    id64 before = 0;
    (void)book;
    do {
        TRY(filing_records(visit->call, visit->web->options.group, 0, before, &records));
        for (size_t i = 0; i < records.count; i++) {
            struct manuscript manuscript;
            const struct filing_record *record = &records.at[i];
            before = record->id;
            if ((year != 0 && record->year != year) ||
                (!str_is_empty(series) && !str_equal(series, record->series))) {
                continue;
            }
            enum status found =
                manuscript_find(visit->call, record->subject.id, &manuscript);
            if (found == FAILED) {
                return FAILED;
            }
            call_forgive(visit->call);
            if (found != DONE) {
                continue;
            }
            add_record(table, record);
            if (!table_row_holds(table, &table->rows[table->count - 1], typed)) {
                table_drop(table);
            }
        }
    } while (records.more && table->count < RECORDS_MOST);
    return DONE;
}

static void add_record(struct table *table, const struct filing_record *record) {
    struct visit *visit = table->visit;
    struct arena *arena = visit->call->arena;
    struct table_row *row = table_add(table);
    row->href = manuscript_path(visit, record->subject.id);
    row->cells[0] = record->number_text;
    row->keys[0] = str_format(arena, "%.*s %d %012lld", STR_ARG(record->series),
                              record->year, (long long)record->serial);
    row->cells[1] = record->title;
    row->cells[2] = record->item_class;
    row->cells[3] = record->unit_title;
    row->cells[4] = record->submitter_name;
    row->cells[5] = record->approval;
    row->cells[6] = record->destination;
    row->cells[7] = instant_to_text(arena, record->at);
}

static enum status run_reprints(struct visit *visit) {
    static const struct table_column columns[] = {
        {"title", "manuscripts.by-title", false}, {"source", "registers.source", false},
        {"author", "registers.author", false},    {"at", "registers.source-at", false},
        {"url", "registers.address", false},      {"when", "registers.released", false},
        {"unit", "people.unit", false},
    };
    struct table table = {.visit = visit,
                          .listing = &reprints_listing,
                          .title = "registers.reprints",
                          .columns = columns,
                          .column_count = LENGTH(columns)};
    struct str typed = request_typed(visit->request, "q");
    struct reprint *reprints;
    size_t count;
    int year = year_asked(visit);
    TRY(tally_reprints(visit->call, visit->web->options.group, year, &reprints, &count));
    for (size_t i = 0; i < count; i++) {
        struct table_row *row = table_add(&table);
        row->href = manuscript_path(visit, reprints[i].manuscript);
        row->cells[0] = reprints[i].title;
        row->cells[1] = reprints[i].source;
        row->cells[2] = reprints[i].author;
        row->cells[3] = reprints[i].source_at;
        row->cells[4] = reprints[i].address;
        row->cells[5] = instant_to_text(visit->call->arena, reprints[i].released_at);
        row->cells[6] = reprints[i].unit_title;
        if (!table_row_holds(&table, row, typed)) {
            table_drop(&table);
        }
    }
    frame_list(&table, year);
    model_words(table_part(&table), "sub", "registers.reprints-about");
    return table_answer(&table, "registers.nothing");
}

static enum status run_pairs(struct visit *visit) {
    static const struct table_column columns[] = {
        {"title", "registers.document", false},
        {"when", "registers.released", false},
        {"pair", "registers.interpretation", false},
        {"then", "registers.pair-released", false},
        {"unit", "people.unit", false},
    };
    struct table table = {.visit = visit,
                          .listing = &pairs_listing,
                          .title = "registers.pairs",
                          .columns = columns,
                          .column_count = LENGTH(columns)};
    struct arena *arena = visit->call->arena;
    struct str typed = request_typed(visit->request, "q");
    struct policy_pair *pairs;
    size_t count;
    int year = year_asked(visit);
    TRY(tally_pairs(visit->call, visit->web->options.group, year, &pairs, &count));
    for (size_t i = 0; i < count; i++) {
        struct table_row *row = table_add(&table);
        row->href = manuscript_path(visit, pairs[i].manuscript);
        row->cells[0] = pairs[i].title;
        row->cells[1] = instant_to_text(arena, pairs[i].released_at);
        row->cells[2] = pairs[i].pair_title;
        row->cells[3] = pairs[i].pair_released_at == 0
                            ? STR("")
                            : instant_to_text(arena, pairs[i].pair_released_at);
        row->cells[4] = pairs[i].unit_title;
        if (!table_row_holds(&table, row, typed)) {
            table_drop(&table);
        }
    }
    frame_list(&table, year);
    model_words(table_part(&table), "sub", "registers.pairs-about");
    return table_answer(&table, "registers.nothing");
}

static enum status run_paper(struct visit *visit) {
    static const struct table_column columns[] = {
        {"title", "manuscripts.by-title", false},
        {"step", "registers.step", false},
        {"signer", "registers.signer", false},
        {"day", "registers.signed-on", false},
        {"number", "registers.paper-number", false},
        {"by", "registers.entered-by", false},
        {"second", "registers.second", false},
    };
    struct table table = {.visit = visit,
                          .listing = &paper_listing,
                          .title = "registers.paper",
                          .columns = columns,
                          .column_count = LENGTH(columns)};
    struct call *call = visit->call;
    struct str typed = request_typed(visit->request, "q");
    struct paper_signature *signatures;
    size_t count;
    int year = year_asked(visit);
    TRY(tally_signatures(call, visit->web->options.group, year, &signatures, &count));
    for (size_t i = 0; i < count; i++) {
        const struct paper_signature *one = &signatures[i];
        struct manuscript manuscript;
        enum status found = manuscript_find(call, one->manuscript, &manuscript);
        if (found == FAILED) {
            return FAILED;
        }
        call_forgive(call);
        if (found != DONE) {
            continue;
        }
        struct table_row *row = table_add(&table);
        row->href = manuscript_path(visit, one->manuscript);
        row->cells[0] = manuscript.title;
        row->cells[1] = one->step_title;
        row->cells[2] = one->signer;
        row->cells[3] = day_to_text(call->arena, one->day);
        row->cells[4] = one->number;
        row->cells[5] = one->entered_by;
        row->cells[6] = one->confirmed_by;
        if (!table_row_holds(&table, row, typed)) {
            table_drop(&table);
        }
    }
    frame_list(&table, year);
    model_words(table_part(&table), "sub", "registers.paper-about");
    return table_answer(&table, "registers.nothing");
}

static int year_asked(const struct visit *visit) {
    int64_t asked = request_int(visit->request, "year");
    return asked > 1900 && asked < 3000 ? (int)asked
                                        : date_of_day(instant_day(visit->call->now)).year;
}

/* Search, years, the way back. */
static void frame_list(const struct table *table, int year) {
    struct visit *visit = table->visit;
    struct arena *arena = visit->call->arena;
    struct model *part = table_part(table);
    struct model *back = model_part(part, "back");
    int this_year = date_of_day(instant_day(visit->call->now)).year;
    bool first = table->listing == &records_listing;
    model_text(back, "href", first ? STR("/archive") : STR("/registers"));
    model_words(back, "label", first ? "archive.title" : "registers.title");
    table_search(table, "manuscripts.words");
    struct model *filter = listing_filter(visit, part, "year", "forms.year");
    for (int i = 0; i < 5; i++) {
        struct str label = str_format(arena, "%d", this_year - i);
        listing_option(filter, visit, "year", label, label);
    }
    if (year != 0) {
        listing_chosen(visit, part, table->listing, "year", "forms.year",
                       str_format(arena, "%d", year));
    }
}

static struct str manuscript_path(struct visit *visit, id64 manuscript) {
    struct arena *arena = visit->call->arena;
    return str_format(arena, "/manuscripts/%.*s", STR_ARG(id_to_text(arena, manuscript)));
}
