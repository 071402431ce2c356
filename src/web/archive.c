/*
 * 档案: what is kept, lent, handed over, to be destroyed, sealed, and packed by year; the
 * lists.  What can be done stands on the page of each.
 */
#include "archive_web.h"

#include "people/people.h"

/* Of a register that is longer, years and units are read one by one. */
#define FILES_MOST 5000

static enum status run_files(struct visit *visit);
static enum status add_files(struct table *table, const struct archive_filter *filter);
static enum status add_file(struct table *table, const struct archive_file *file);
static bool is_wanted(struct visit *visit, const struct archive_file *file);
static enum status fill_filters(struct visit *visit, const struct table *table);
static enum status fill_unkept(struct visit *visit, const struct table *table,
                               const struct rulebook *book);
static void link_lists(const struct table *table);
static enum status run_loans(struct visit *visit);
static enum status run_custody(struct visit *visit);
static enum status run_destructions(struct visit *visit);
static enum status run_sealed(struct visit *visit);
static enum status run_packages(struct visit *visit);
static struct str unit_of(struct visit *visit, id64 unit);

static const struct field files_fields[] = {
    {.name = "q", .kind = FIELD_TEXT, .label = "manuscripts.words"},
    {.name = "year", .kind = FIELD_INT, .label = "archive.year"},
    {.name = "state", .kind = FIELD_TEXT, .label = "manuscripts.state"},
    {.name = "sort", .kind = FIELD_TEXT, .label = "manuscripts.by-update"},
    {.name = "page", .kind = FIELD_INT, .label = "pager.label"},
    {.name = NULL},
};
static const char *const files_names[] = {"q", "year", "state", "sort", "page", NULL};
static const struct listing files_listing = {"/archive", files_names};

static const struct field short_fields[] = {
    {.name = "q", .kind = FIELD_TEXT, .label = "manuscripts.words"},
    {.name = "sort", .kind = FIELD_TEXT, .label = "manuscripts.by-update"},
    {.name = "page", .kind = FIELD_INT, .label = "pager.label"},
    {.name = NULL},
};
static const char *const short_names[] = {"q", "sort", "page", NULL};
static const struct listing loans_listing = {"/archive/loans", short_names};
static const struct listing custody_listing = {"/archive/custody", short_names};
static const struct listing destructions_listing = {"/archive/destructions", short_names};
static const struct listing packages_listing = {"/archive/packages", short_names};

static const struct field sealed_fields[] = {
    {.name = "q", .kind = FIELD_TEXT, .label = "manuscripts.words"},
    {.name = "year", .kind = FIELD_INT, .label = "archive.year"},
    {.name = "sort", .kind = FIELD_TEXT, .label = "manuscripts.by-update"},
    {.name = "page", .kind = FIELD_INT, .label = "pager.label"},
    {.name = NULL},
};
static const char *const sealed_names[] = {"q", "year", "sort", "page", NULL};
static const struct listing sealed_listing = {"/archive/sealed", sealed_names};

TABLE_ENTRIES(archive_files, "/archive", files_fields, run_files);
TABLE_ENTRIES(archive_loans_list, "/archive/loans", short_fields, run_loans);
TABLE_ENTRIES(archive_custody_list, "/archive/custody", short_fields, run_custody);
TABLE_ENTRIES(archive_destructions_list, "/archive/destructions", short_fields,
              run_destructions);
TABLE_ENTRIES(archive_sealed, "/archive/sealed", sealed_fields, run_sealed);
TABLE_ENTRIES(archive_packages_list, "/archive/packages", short_fields, run_packages);

static const char *const states[] = {"archive-here", "archive-lent", "archive-due",
                                     "archive-proposed", "archive-destroyed"};

const char *archive_state(const struct call *call, const struct archive_file *file) {
    if (file->destroyed_at != 0) {
        return "archive-destroyed";
    }
    if (file->destruction != 0) {
        return "archive-proposed";
    }
    if (file->loan != 0) {
        return "archive-lent";
    }
    bool ended = file->kept_until != 0 && instant_day(call->now) > file->kept_until;
    return ended ? "archive-due" : "archive-here";
}

struct str archive_term(struct visit *visit, const struct archive_file *file) {
    return file->kept_until == 0 ? web_say(visit, "archive.for-ever", NULL)
                                 : day_to_text(visit->call->arena, file->kept_until);
}

static enum status run_files(struct visit *visit) {
    static const struct table_column columns[] = {
        {"number", "archive.number", false},   {"title", "manuscripts.by-title", false},
        {"state", "manuscripts.state", false}, {"unit", "archive.kept-in", false},
        {"filed", "archive.filed", false},     {"until", "archive.until", false},
    };
    struct table table = {.visit = visit,
                          .listing = &files_listing,
                          .title = "archive.title",
                          .columns = columns,
                          .column_count = LENGTH(columns)};
    struct archive_filter filter = {0};
    const struct rulebook *book;
    int64_t year = request_int(visit->request, "year");
    filter.year = year > 1900 && year < 3000 ? (int)year : 0;
    TRY(part_rulebook(visit, NULL, &book));
    TRY(add_files(&table, &filter));
    TRY(fill_filters(visit, &table));
    TRY(fill_unkept(visit, &table, book));
    link_lists(&table);
    model_words(table_part(&table), "sub", "archive.about");
    return table_answer(&table, "archive.nothing");
}

static enum status add_files(struct table *table, const struct archive_filter *wanted) {
    struct visit *visit = table->visit;
    struct str typed = request_typed(visit->request, "q");
    struct archive_filter filter = *wanted;
    struct archive_files files;
    do {
        TRY(archive_list(visit->call, visit->web->options.group, &filter, &files));
        for (size_t i = 0; i < files.count; i++) {
            filter.before = files.at[i].id;
            if (!is_wanted(visit, &files.at[i])) {
                continue;
            }
            TRY(add_file(table, &files.at[i]));
            if (!table_row_holds(table, &table->rows[table->count - 1], typed)) {
                table_drop(table);
            }
        }
    } while (files.more && files.count > 0 && table->count < FILES_MOST);
    return DONE;
}

static bool is_wanted(struct visit *visit, const struct archive_file *file) {
    struct str state = request_typed(visit->request, "state");
    return str_is_empty(state) || str_is(state, archive_state(visit->call, file));
}

static enum status add_file(struct table *table, const struct archive_file *file) {
    struct visit *visit = table->visit;
    struct arena *arena = visit->call->arena;
    struct table_row *row = table_add(table);
    row->href = archive_path(visit, "files", file->id, "");
    row->cells[0] = str_is_empty(file->number) ? file->title : file->number;
    row->cells[1] = file->title;
    table_badge(table, row, 2, archive_state(visit->call, file));
    row->cells[3] = unit_of(visit, file->unit);
    row->cells[4] = day_to_text(arena, instant_day(file->filed_at));
    row->cells[5] = archive_term(visit, file);
    row->keys[5] = file->kept_until == 0 ? STR("9999") : row->cells[5];
    return DONE;
}

static enum status fill_filters(struct visit *visit, const struct table *table) {
    struct arena *arena = visit->call->arena;
    struct model *part = table_part(table);
    struct str wanted = request_typed(visit->request, "state");
    struct str chosen = STR("");
    int year = date_of_day(instant_day(visit->call->now)).year;
    table_search(table, "manuscripts.words");
    struct model *filter = listing_filter(visit, part, "year", "archive.year");
    for (int i = 0; i < 5; i++) {
        struct str label = str_format(arena, "%d", year - i);
        listing_option(filter, visit, "year", label, label);
    }
    listing_chosen(visit, part, &files_listing, "year", "archive.year",
                   request_typed(visit->request, "year"));
    filter = listing_filter(visit, part, "state", "manuscripts.state");
    for (size_t i = 0; i < LENGTH(states); i++) {
        struct str label =
            web_say(visit, str_format(arena, "badge.%s", states[i]).at, NULL);
        listing_option(filter, visit, "state", str_of(states[i]), label);
        chosen = str_is(wanted, states[i]) ? label : chosen;
    }
    listing_chosen(visit, part, &files_listing, "state", "manuscripts.state", chosen);
    return DONE;
}

/* Units that keep files and have nobody named for it (YZ-13.a). */
static enum status fill_unkept(struct visit *visit, const struct table *table,
                               const struct rulebook *book) {
    struct model *part = table_part(table);
    id64 *units;
    size_t count;
    TRY(archive_unkept(visit->call, visit->web->options.group, &units, &count));
    model_flag(part, "warned", count > 0);
    for (size_t i = 0; i < count; i++) {
        struct model *note = model_list_add(part, "notes");
        bool keeps = false;
        model_text(note, "text",
                   web_say(visit, "archive.unkept", "unit",
                           str_text(visit->call->arena, unit_of(visit, units[i])), NULL));
        if (book->archiving != NULL && book->archiving->custody != NULL &&
            !str_is_empty(book->archiving->custody->basis.id)) {
            web_cite(visit, model_part(note, "rule"), book->archiving->custody->basis.id);
        }
        TRY(archive_keeps(visit->call, visit->web->options.group, units[i], &keeps));
        if (keeps) {
            model_text(note, "href", STR("/archive/custody/new"));
            model_words(note, "label", "archive.hand-over");
        }
    }
    return DONE;
}

static void link_lists(const struct table *table) {
    table_act(table, STR("/summary"), "summary.title", false);
    table_act(table, STR("/views"), "views.title", false);
    table_act(table, STR("/catalogue"), "catalogue.title", false);
    table_act(table, STR("/columns/renewal"), "renewal.title", false);
    table_act(table, STR("/assessment"), "assessments.title", false);
    table_act(table, STR("/registers"), "registers.title", false);
    table_act(table, STR("/archive/loans"), "archive.loans", false);
    table_act(table, STR("/archive/custody"), "archive.custody", false);
    table_act(table, STR("/archive/destructions"), "archive.destructions", false);
    table_act(table, STR("/archive/sealed"), "archive.sealed", false);
    if (web_may(table->visit, WEB_OFFICE)) {
        table_act(table, STR("/running"), "running.title", false);
    }
    table_act(table, STR("/archive/packages"), "archive.packages", false);
}

static enum status run_loans(struct visit *visit) {
    static const struct table_column columns[] = {
        {"title", "manuscripts.by-title", false},
        {"number", "archive.number", false},
        {"state", "manuscripts.state", false},
        {"borrower", "archive.borrower", false},
        {"due", "archive.due", false},
        {"asked", "archive.asked", false},
    };
    struct table table = {.visit = visit,
                          .listing = &loans_listing,
                          .title = "archive.loans",
                          .columns = columns,
                          .column_count = LENGTH(columns)};
    struct call *call = visit->call;
    struct str typed = request_typed(visit->request, "q");
    struct loans loans;
    TRY(archive_loans(call, visit->web->options.group, 0, &loans));
    for (size_t i = 0; i < loans.count; i++) {
        const struct loan *loan = &loans.at[i];
        struct archive_file file;
        enum status found = archive_find(call, loan->file, &file);
        if (found != DONE) {
            TRY(found == ABSENT ? DONE : found);
            continue;
        }
        bool late = loan->agreed && instant_day(call->now) > loan->due;
        struct table_row *row = table_add(&table);
        row->href = archive_path(visit, "loans", loan->id, "");
        row->cells[0] = loan->title;
        row->cells[1] = loan->number;
        table_badge(&table, row, 2,
                    late           ? "late"
                    : loan->agreed ? "archive-lent"
                                   : "archive-asked");
        row->cells[3] = archive_who(visit, loan->borrower);
        row->cells[4] = day_to_text(call->arena, loan->due);
        row->cells[5] = instant_to_text(call->arena, loan->asked_at);
        if (!table_row_holds(&table, row, typed)) {
            table_drop(&table);
        }
    }
    table_search(&table, "manuscripts.words");
    table_back(&table, STR("/archive"), "archive.title");
    model_words(table_part(&table), "sub", "archive.loans-about");
    return table_answer(&table, "archive.no-loans");
}

static enum status run_custody(struct visit *visit) {
    static const struct table_column columns[] = {
        {"unit", "archive.kept-in", false},    {"keeper", "archive.keeper", false},
        {"state", "manuscripts.state", false}, {"place", "archive.place", false},
        {"giver", "archive.giver", false},     {"taken", "archive.taken-at", false},
        {"files", "archive.files", true},      {"lent", "archive.lent", true},
    };
    struct table table = {.visit = visit,
                          .listing = &custody_listing,
                          .title = "archive.custody",
                          .columns = columns,
                          .column_count = LENGTH(columns)};
    struct call *call = visit->call;
    struct custodies list;
    TRY(archive_custodies(call, visit->web->options.group, 0, &list));
    for (size_t i = 0; i < list.count; i++) {
        const struct custody *custody = &list.at[i];
        struct table_row *row = table_add(&table);
        row->href = archive_path(visit, "custody", custody->id, "");
        row->cells[0] = unit_of(visit, custody->unit);
        row->cells[1] = archive_who(visit, custody->keeper);
        table_badge(&table, row, 2,
                    custody->taken_at == 0 ? "archive-offered" : "archive-here");
        row->cells[3] = custody->place;
        row->cells[4] = archive_who(visit, custody->giver);
        row->cells[5] = custody->taken_at == 0
                            ? STR("")
                            : instant_to_text(call->arena, custody->taken_at);
        row->cells[6] = str_format(call->arena, "%lld", (long long)custody->files);
        row->cells[7] = str_format(call->arena, "%lld", (long long)custody->lent);
    }
    table_back(&table, STR("/archive"), "archive.title");
    id64 own;
    TRY(archive_own_unit(visit, &own));
    if (own != 0) {
        table_act(&table, STR("/archive/custody/new"), "archive.hand-over", true);
    }
    model_words(table_part(&table), "sub", "archive.custody-about");
    return table_answer(&table, "archive.no-custody");
}

static enum status run_destructions(struct visit *visit) {
    static const struct table_column columns[] = {
        {"number", "archive.list-number", false}, {"state", "manuscripts.state", false},
        {"unit", "archive.kept-in", false},       {"by", "archive.proposed-by", false},
        {"when", "archive.proposed-at", false},   {"done", "archive.destroyed-at", false},
    };
    struct table table = {.visit = visit,
                          .listing = &destructions_listing,
                          .title = "archive.destructions",
                          .columns = columns,
                          .column_count = LENGTH(columns)};
    struct call *call = visit->call;
    struct destructions list;
    TRY(archive_destructions(call, visit->web->options.group, &list));
    for (size_t i = 0; i < list.count; i++) {
        const struct destruction *one = &list.at[i];
        struct table_row *row = table_add(&table);
        row->href = archive_path(visit, "destructions", one->id, "");
        row->cells[0] = one->number;
        row->second = one->reason;
        table_badge(&table, row, 1, archive_list_state(one));
        row->cells[2] = unit_of(visit, one->unit);
        row->cells[3] = archive_who(visit, one->proposed_by);
        row->cells[4] = instant_to_text(call->arena, one->proposed_at);
        row->cells[5] =
            one->done_at == 0 ? STR("") : instant_to_text(call->arena, one->done_at);
    }
    table_back(&table, STR("/archive"), "archive.title");
    id64 own;
    TRY(archive_own_unit(visit, &own));
    if (own != 0) {
        table_act(&table, STR("/archive/destructions/new"), "archive.propose", true);
    }
    model_words(table_part(&table), "sub", "archive.destructions-about");
    return table_answer(&table, "archive.no-destructions");
}

static enum status run_sealed(struct visit *visit) {
    static const struct table_column columns[] = {
        {"title", "manuscripts.by-title", false}, {"kind", "archive.how", false},
        {"reason", "archive.ground", false},      {"by", "archive.removed-by", false},
        {"when", "archive.removed-at", false},    {"pages", "archive.pages", true},
    };
    struct table table = {.visit = visit,
                          .listing = &sealed_listing,
                          .title = "archive.sealed",
                          .columns = columns,
                          .column_count = LENGTH(columns)};
    struct call *call = visit->call;
    struct arena *arena = call->arena;
    struct str typed = request_typed(visit->request, "q");
    int this_year = date_of_day(instant_day(call->now)).year;
    int64_t asked = request_int(visit->request, "year");
    int year = asked > 1900 && asked < 3000 ? (int)asked : this_year;
    struct sealings list;
    TRY(archive_sealings(call, visit->web->options.group, year, &list));
    for (size_t i = 0; i < list.count; i++) {
        const struct sealing *one = &list.at[i];
        struct table_row *row = table_add(&table);
        row->href = one->page_count == 0 ? STR("")
                                         : str_format(arena, "/archive/sealed/%lld/0",
                                                      (long long)one->sequence);
        row->cells[0] = one->title;
        row->cells[1] = web_say(
            visit, str_format(arena, "archive.kind-%.*s", STR_ARG(one->kind)).at, NULL);
        row->cells[2] = one->reason;
        row->cells[3] = archive_who(visit, one->by);
        row->cells[4] = instant_to_text(arena, one->at);
        row->cells[5] = str_format(arena, "%zu", one->page_count);
        if (!table_row_holds(&table, row, typed)) {
            table_drop(&table);
        }
    }
    table_search(&table, "manuscripts.words");
    struct model *filter =
        listing_filter(visit, table_part(&table), "year", "archive.year");
    for (int i = 0; i < 5; i++) {
        struct str label = str_format(arena, "%d", this_year - i);
        listing_option(filter, visit, "year", label, label);
    }
    table_back(&table, STR("/archive"), "archive.title");
    model_words(table_part(&table), "sub", "archive.sealed-about");
    return table_answer(&table, "archive.no-sealed");
}

static enum status run_packages(struct visit *visit) {
    static const struct table_column columns[] = {
        {"year", "archive.year", false},       {"when", "archive.written-at", false},
        {"by", "archive.written-by", false},   {"items", "archive.items", true},
        {"files", "archive.file-count", true}, {"folder", "archive.folder", false},
        {"digest", "archive.manifest", false},
    };
    struct table table = {.visit = visit,
                          .listing = &packages_listing,
                          .title = "archive.packages",
                          .columns = columns,
                          .column_count = LENGTH(columns)};
    struct call *call = visit->call;
    struct package_note *notes;
    size_t count;
    bool may = false;
    TRY(archive_may_export(call, visit->web->options.group, &may));
    TRY(archive_packages(call, visit->web->options.group, &notes, &count));
    for (size_t i = 0; i < count; i++) {
        struct table_row *row = table_add(&table);
        row->href = may && notes[i].is_here
                        ? str_format(call->arena, "/archive/packages/%lld/package.tar",
                                     (long long)notes[i].sequence)
                        : STR("");
        row->cells[0] = str_format(call->arena, "%d", notes[i].year);
        row->cells[1] = instant_to_text(call->arena, notes[i].at);
        row->cells[2] = archive_who(visit, notes[i].by);
        row->cells[3] = str_format(call->arena, "%lld", (long long)notes[i].items);
        row->cells[4] = str_format(call->arena, "%lld", (long long)notes[i].files);
        row->cells[5] = may ? notes[i].folder : STR("");
        row->cells[6] = digest_to_short(call->arena, &notes[i].manifest);
    }
    table_back(&table, STR("/archive"), "archive.title");
    if (may) {
        table_act(&table, STR("/archive/packages/new"), "archive.package-do", true);
    }
    model_words(table_part(&table), "sub", "archive.packages-about");
    return table_answer(&table, "archive.no-packages");
}

static struct str unit_of(struct visit *visit, id64 unit) {
    struct people_unit found;
    return people_unit(visit->call, unit, &found) == DONE ? found.title : STR("");
}
