/*
 * One file of the archive: its facts, its loans, and the forms to keep it longer, to
 * borrow it, to read it.
 */
#include "archive_web.h"

#include "people/people.h"
#include "site/site.h"

#define TERM_MOST 1000

static enum status run_file(struct visit *visit);
static enum status fill_acts(struct visit *visit, struct model *record,
                             const struct rulebook *book,
                             const struct archive_file *file);
static enum status fill_loans(struct visit *visit, struct model *record, id64 file);
static enum status run_term_form(struct visit *visit);
static enum status run_term(struct visit *visit);
static enum status run_borrow_form(struct visit *visit);
static enum status run_borrow(struct visit *visit);
static enum status run_read_form(struct visit *visit);
static enum status run_read(struct visit *visit);
static enum status find_file(struct visit *visit, const struct rulebook **out_book,
                             struct archive_file *out_file);

const struct entry archive_file_show = {.method = "GET",
                                        .pattern = "/archive/files/{file}",
                                        .may = WEB_STAFF,
                                        .run = run_file};

static const struct field term_fields[] = {
    {.name = "years",
     .kind = FIELD_INT,
     .required = true,
     .most = TERM_MOST,
     .label = "archive.years"},
    WEB_REASON_FIELD("archive.reason"),
    {.name = NULL},
};
const struct entry archive_term_form = {.method = "GET",
                                        .pattern = "/archive/files/{file}/term",
                                        .may = WEB_STAFF,
                                        .run = run_term_form};
const struct entry archive_term_post = {.method = "POST",
                                        .pattern = "/archive/files/{file}/term",
                                        .fields = term_fields,
                                        .may = WEB_STAFF,
                                        .form = &archive_term_form,
                                        .run = run_term};

static const struct field borrow_fields[] = {
    {.name = "purpose", .kind = FIELD_LINES, .most = 1000, .label = "archive.purpose"},
    {.name = "due", .kind = FIELD_DAY, .required = true, .label = "archive.due"},
    {.name = NULL},
};
const struct entry archive_borrow_form = {.method = "GET",
                                          .pattern = "/archive/files/{file}/borrow",
                                          .may = WEB_STAFF,
                                          .run = run_borrow_form};
const struct entry archive_borrow_post = {.method = "POST",
                                          .pattern = "/archive/files/{file}/borrow",
                                          .fields = borrow_fields,
                                          .may = WEB_STAFF,
                                          .form = &archive_borrow_form,
                                          .run = run_borrow};

const struct entry archive_read_form = {.method = "GET",
                                        .pattern = "/archive/files/{file}/read",
                                        .may = WEB_STAFF,
                                        .run = run_read_form};
const struct entry archive_read_post = {.method = "POST",
                                        .pattern = "/archive/files/{file}/read",
                                        .may = WEB_STAFF,
                                        .form = &archive_read_form,
                                        .run = run_read};

static enum status run_file(struct visit *visit) {
    struct call *call = visit->call;
    const struct rulebook *book;
    struct archive_file file;
    struct people_unit unit;
    struct str kind;
    TRY(find_file(visit, &book, &file));
    TRY(people_unit(call, file.unit, &unit));
    struct model *record = record_open(visit, file.title, "/archive", "archive.title");
    part_badge(record, "badge", str_of(archive_state(call, &file)));
    model_text(record, "sub", file.number);
    kind = web_say(
        visit, file.kind == ARCHIVE_INTERNAL ? "archive.internal" : "archive.published",
        NULL);
    record_pair(visit, record, "archive.sort", kind);
    record_pair(visit, record, "archive.kept-in", unit.title);
    record_pair(visit, record, "archive.filed",
                instant_to_text(call->arena, file.filed_at));
    record_pair(visit, record, "archive.until", archive_term(visit, &file));
    record_pair(visit, record, "archive.text-digest",
                digest_to_text(call->arena, &file.digest));
    if (book->archiving != NULL && book->archiving->retention != NULL &&
        !str_is_empty(book->archiving->retention->basis.id)) {
        web_cite(visit, model_part(record, "rule"), book->archiving->retention->basis.id);
    }
    TRY(fill_acts(visit, record, book, &file));
    TRY(fill_loans(visit, record, file.id));
    return web_page(visit, "record");
}

static enum status fill_acts(struct visit *visit, struct model *record,
                             const struct rulebook *book,
                             const struct archive_file *file) {
    bool keeps = false;
    TRY(archive_keeps(visit->call, file->group, file->unit, &keeps));
    bool mine = file->borrower == visit->call->actor.person && file->loan != 0;
    if (file->destroyed_at == 0 && (keeps || mine)) {
        record_act(visit, record, archive_path(visit, "files", file->id, "/read"),
                   "archive.read", true);
    }
    if (file->loan != 0) {
        record_act(visit, record, archive_path(visit, "loans", file->loan, ""),
                   "archive.see-loan", false);
    } else if (file->destruction == 0 && book->archiving != NULL &&
               book->archiving->loan != NULL) {
        record_act(visit, record, archive_path(visit, "files", file->id, "/borrow"),
                   "archive.borrow", false);
    }
    if (file->destruction != 0) {
        record_act(visit, record,
                   archive_path(visit, "destructions", file->destruction, ""),
                   "archive.see-list", false);
    } else if (keeps) {
        record_act(visit, record, archive_path(visit, "files", file->id, "/term"),
                   "archive.lengthen", false);
    }
    if (file->subject.kind == SUBJECT_MANUSCRIPT) {
        record_act(visit, record,
                   str_format(visit->call->arena, "/manuscripts/%.*s",
                              STR_ARG(id_to_text(visit->call->arena, file->subject.id))),
                   "archive.see-manuscript", false);
    }
    return DONE;
}

static enum status fill_loans(struct visit *visit, struct model *record, id64 file) {
    static const char *const heads[] = {"archive.borrower",    "archive.purpose",
                                        "archive.due",         "archive.answer",
                                        "archive.returned-at", NULL};
    struct arena *arena = visit->call->arena;
    struct loans loans;
    TRY(archive_loans(visit->call, visit->web->options.group, file, &loans));
    if (loans.count == 0) {
        return DONE;
    }
    struct model *section = record_section(visit, record, "archive.loans", heads);
    for (size_t i = 0; i < loans.count; i++) {
        const struct loan *loan = &loans.at[i];
        struct model *row = record_row(section);
        record_cell(row, archive_who(visit, loan->borrower));
        record_cell(row, loan->purpose);
        record_cell(row, day_to_text(arena, loan->due));
        record_cell(row,
                    loan->answered_at == 0
                        ? web_say(visit, "badge.archive-asked", NULL)
                        : str_format(arena, "%.*s %.*s",
                                     STR_ARG(archive_who(visit, loan->answered_by)),
                                     STR_ARG(web_say(visit,
                                                     loan->agreed ? "archive.agreed"
                                                                  : "archive.declined",
                                                     NULL))));
        record_cell(row, loan->returned_at == 0
                             ? STR("")
                             : instant_to_text(arena, loan->returned_at));
    }
    return DONE;
}

static enum status run_term_form(struct visit *visit) {
    struct arena *arena = visit->call->arena;
    const struct rulebook *book;
    struct archive_file file;
    TRY(find_file(visit, &book, &file));
    struct change change = {.title = web_say(visit, "archive.lengthen-title", "file",
                                             str_text(arena, file.number), NULL),
                            .action = archive_path(visit, "files", file.id, "/term"),
                            .back = archive_path(visit, "files", file.id, ""),
                            .button = "archive.lengthen",
                            .warns = true};
    struct model *part = change_open(visit, &change);
    change_field(visit, part, "is-number", "years", "archive.years", true, STR(""));
    change_field(visit, part, "is-lines", "reason", "archive.reason", true, STR(""));
    model_list_add_text(part, "effects",
                        web_say(visit, "archive.now-until", "until",
                                str_text(arena, archive_term(visit, &file)), "least",
                                str_format(arena, "%d", file.years_least).at, NULL));
    model_list_add_text(part, "effects", web_say(visit, "archive.only-longer", NULL));
    return web_page(visit, "change");
}

static enum status run_term(struct visit *visit) {
    const struct rulebook *book;
    struct archive_file file;
    TRY(find_file(visit, &book, &file));
    TRY(archive_lengthen(visit->call, file.id, (int)request_int(visit->request, "years"),
                         request_text(visit->request, "reason")));
    return web_go_saying(visit, archive_path(visit, "files", file.id, ""),
                         "archive.lengthened", NULL);
}

static enum status run_borrow_form(struct visit *visit) {
    struct arena *arena = visit->call->arena;
    const struct rulebook *book;
    struct archive_file file;
    TRY(find_file(visit, &book, &file));
    struct change change = {.title = web_say(visit, "archive.borrow-title", "file",
                                             str_text(arena, file.number), NULL),
                            .action = archive_path(visit, "files", file.id, "/borrow"),
                            .back = archive_path(visit, "files", file.id, ""),
                            .button = "archive.ask"};
    struct model *part = change_open(visit, &change);
    change_field(visit, part, "is-lines", "purpose", "archive.purpose", true, STR(""));
    change_field(visit, part, "is-date", "due", "archive.due", true,
                 day_to_text(arena, instant_day(visit->call->now) + 7));
    if (book->archiving != NULL && book->archiving->loan != NULL &&
        !str_is_empty(book->archiving->loan->basis.id)) {
        web_cite(visit, model_part(part, "rule"), book->archiving->loan->basis.id);
    }
    return web_page(visit, "change");
}

static enum status run_borrow(struct visit *visit) {
    const struct rulebook *book;
    struct archive_file file;
    civil_day due;
    id64 loan;
    TRY(find_file(visit, &book, &file));
    due = request_day(visit->request, "due");
    TRY(archive_ask(visit->call, file.id, request_text(visit->request, "purpose"), due,
                    &loan));
    return web_go_saying(visit, archive_path(visit, "loans", loan, ""),
                         "archive.asked-for", NULL);
}

static enum status run_read_form(struct visit *visit) {
    const struct rulebook *book;
    struct archive_file file;
    TRY(find_file(visit, &book, &file));
    struct change change = {.title = file.title,
                            .action = archive_path(visit, "files", file.id, "/read"),
                            .back = archive_path(visit, "files", file.id, ""),
                            .button = "archive.read",
                            .warns = true};
    struct model *part = change_open(visit, &change);
    model_list_add_text(part, "effects", web_say(visit, "archive.reading", NULL));
    return web_page(visit, "change");
}

static enum status run_read(struct visit *visit) {
    const struct rulebook *book;
    struct archive_file file;
    struct archive_copy copy;
    TRY(find_file(visit, &book, &file));
    TRY(archive_read(visit->call, file.id, &copy));
    struct model *record = record_open(
        visit, copy.title,
        str_text(visit->call->arena, archive_path(visit, "files", file.id, "")),
        "archive.title");
    model_text(record, "sub", file.number);
    record_pair(visit, record, "archive.text-digest",
                digest_to_text(visit->call->arena, &copy.digest));
    model_html(record, "text", copy.text); /* as the sanitiser left it */
    return web_page(visit, "record");
}

static enum status find_file(struct visit *visit, const struct rulebook **out_book,
                             struct archive_file *out_file) {
    struct site site;
    id64 id;
    TRY(request_id_parameter(visit->request, "file", &id));
    TRY(archive_find(visit->call, id, out_file));
    TRY(site_of_unit(visit->call, out_file->group, out_file->unit, &site));
    TRY(site_rulebook(visit->call, site.id, out_book));
    return out_file->group == visit->web->options.group ? DONE : ABSENT;
}

struct str archive_who(struct visit *visit, id64 person) {
    struct people_brief brief;
    return people_person_brief(visit->call, person, &brief) == DONE ? brief.name
                                                                    : STR("");
}

/* ---- record.html ---- */

struct str archive_path(struct visit *visit, const char *list, id64 id,
                        const char *more) {
    struct arena *arena = visit->call->arena;
    return str_format(arena, "/archive/%s/%.*s%s", list, STR_ARG(id_to_text(arena, id)),
                      more);
}

struct model *record_open(struct visit *visit, struct str title, const char *back,
                          const char *back_words) {
    struct model *record = model_part(web_model(visit), "record");
    struct model *link = model_part(record, "back");
    model_text(record, "title", title);
    model_text(link, "href", str_of(back));
    model_words(link, "label", back_words);
    return record;
}

void record_pair(struct visit *visit, struct model *record, const char *words,
                 struct str value) {
    struct model *pair = model_list_add(record, "pairs");
    (void)visit;
    model_words(pair, "label", words);
    model_text(pair, "value", value);
}

void record_act(struct visit *visit, struct model *record, struct str href,
                const char *words, bool main) {
    struct model *act = model_list_add(record, "acts");
    (void)visit;
    model_flag(record, "can", true);
    model_text(act, "href", href);
    model_words(act, "label", words);
    model_flag(act, "main", main);
}

struct model *record_section(struct visit *visit, struct model *record, const char *words,
                             const char *const *heads) {
    struct model *section = model_list_add(record, "sections");
    model_words(section, "title", words);
    for (; *heads != NULL; heads++) {
        model_list_add_text(section, "heads", web_say(visit, *heads, NULL));
    }
    return section;
}

struct model *record_row(struct model *section) {
    return model_list_add(section, "rows");
}

void record_cell(struct model *row, struct str text) {
    model_list_add_text(row, "cells", text);
}
