/*
 * Files: which there are, how long they are kept, who reads them.
 */
#include "archive_own.h"

struct lengthening {
    id64 file;
    int years;
    struct str reason;
};

static enum status lengthen(struct call *call, void *what);
static bool is_shorter(int years, int than);
static enum status read_file(struct rows *rows, struct archive_file *out_file);
static enum status fill_terms(struct call *call, id64 term, struct archive_file *file);
static enum status fill_end(struct call *call, struct archive_file *file);

enum status archive_list(struct call *call, id64 group,
                         const struct archive_filter *filter,
                         struct archive_files *out_files) {
    struct eye eye;
    TRY(eye_open(call, group, &eye));
    return files_seen(call, &eye, filter, out_files);
}

enum status files_seen(struct call *call, const struct eye *eye,
                       const struct archive_filter *filter,
                       struct archive_files *out_files) {
    struct archive_files files = {
        .at = TAKE_ARRAY(call->arena, ARCHIVE_PAGE, struct archive_file)};
    struct rows *rows;
    TRY(store_query(call, &archive_file_page, &rows, bind_int("group", eye->group),
                    bind_int("before", filter->before == 0 ? INT64_MAX : filter->before),
                    bind_int("unit_low", filter->unit),
                    bind_int("unit_high", filter->unit == 0 ? INT64_MAX : filter->unit),
                    bind_int("kind_low", filter->kind),
                    bind_int("kind_high", filter->kind == 0 ? INT32_MAX : filter->kind),
                    bind_int("year", filter->year)));
    struct archive_file *read =
        TAKE_ARRAY(call->arena, ARCHIVE_PAGE, struct archive_file);
    id64 *terms = TAKE_ARRAY(call->arena, ARCHIVE_PAGE, id64);
    size_t count = 0;
    while (rows_next(rows)) {
        if (count == ARCHIVE_PAGE) {
            files.more = true;
            break;
        }
        terms[count] = row_id(rows, "term");
        TRY(read_file(rows, &read[count++]));
    }
    TRY(rows_end(rows));
    for (size_t i = 0; i < count; i++) {
        bool sees = false;
        TRY(eye_sees(call, eye, read[i].unit, read[i].subject, &sees));
        if (sees) {
            TRY(fill_terms(call, terms[i], &read[i]));
            TRY(fill_end(call, &read[i]));
            files.at[files.count++] = read[i];
        }
    }
    *out_files = files;
    return DONE;
}

enum status archive_find(struct call *call, id64 file, struct archive_file *out_file) {
    struct archive_file found;
    struct eye eye;
    bool sees = false;
    TRY(file_row(call, file, &found));
    TRY(eye_open(call, found.group, &eye));
    TRY(eye_sees(call, &eye, found.unit, found.subject, &sees));
    if (!sees && found.borrower != call->actor.person) {
        return ABSENT;
    }
    *out_file = found;
    return DONE;
}

enum status archive_read(struct call *call, id64 id, struct archive_copy *out_copy) {
    struct archive_file file;
    struct archive_copy copy;
    TRY(archive_find(call, id, &file));
    struct ledger_act act = act_of("archive.read", id);
    if (file.borrower != call->actor.person) {
        TRY(ledger_settle(call, file.group, &act,
                          must_keep(call, file.group, file.unit)));
    }
    if (file.destroyed_at != 0) {
        return ABSENT;
    }
    TRY(filing_archive_copy(call, id, &copy));
    act.digest = file.digest;
    TRY(ledger_note(call, file.group, &act));
    *out_copy = copy;
    return DONE;
}

enum status archive_lengthen(struct call *call, id64 file, int years, struct str reason) {
    struct lengthening lengthening = {file, years, str_trim(reason)};
    struct ledger_act act = act_of("archive.lengthen", file);
    struct archive_file found;
    TRY(archive_find(call, file, &found));
    return ledger_settle(call, found.group, &act,
                         store_transact(call, TXN_WRITE, lengthen, &lengthening));
}

static enum status lengthen(struct call *call, void *what) {
    const struct lengthening *wish = what;
    struct keeping keeping;
    struct archive_file file;
    TRY(file_lock(call, wish->file));
    TRY(file_row(call, wish->file, &file));
    TRY(must_keep(call, file.group, file.unit));
    TRY(keeping_of(call, file.group, file.unit, &keeping));
    const struct retention_rule *rule = book_retention(keeping.book);
    if (file.destruction != 0) {
        return call_refuse(call, REFUSED, "", "archive.on-a-list", "file",
                           file_name(call, &file), NULL);
    }
    if (wish->years < 0 || wish->years > 1000) {
        return call_refuse_field(call, "years", "", "archive.years-odd", NULL);
    }
    if (is_shorter(wish->years, file.years)) {
        struct str least = str_format(call->arena, "%d", file.years);
        return call_refuse_field(
            call, "years", rule == NULL ? "" : str_text(call->arena, rule->basis.id),
            file.years == ARCHIVE_FOR_EVER ? "archive.never-less-than-ever"
                                           : "archive.never-shorter",
            "years", least.at, NULL);
    }
    if (str_is_empty(wish->reason)) {
        return call_refuse_field(call, "reason", "", "archive.reason-missing", NULL);
    }
    TRY(store_run(call, &archive_term_insert, NULL, bind_int("id", call_new_id(call)),
                  bind_int("copy", file.id), bind_int("years", wish->years),
                  bind_text("reason", wish->reason),
                  bind_int("person", call->actor.person), bind_int("now", call->now)));
    return note(call, file.group, "archive.lengthen", file.id, &file.digest,
                rule == NULL ? NULL : &rule->basis,
                json_pack("{s:i, s:i, s:s%}", "from", file.years, "to", wish->years,
                          "reason", wish->reason.at, wish->reason.length));
}

static bool is_shorter(int years, int than) {
    if (than == ARCHIVE_FOR_EVER || years == ARCHIVE_FOR_EVER) {
        return years != ARCHIVE_FOR_EVER;
    }
    return years < than;
}

enum status file_row(struct call *call, id64 id, struct archive_file *out_file) {
    struct archive_file file;
    struct rows *row;
    TRY(store_find(call, &archive_file_row, &row, bind_int("id", id)));
    id64 term = row_id(row, "term");
    TRY(read_file(row, &file));
    TRY(fill_terms(call, term, &file));
    TRY(fill_end(call, &file));
    *out_file = file;
    return DONE;
}

enum status file_lock(struct call *call, id64 file) {
    struct rows *row;
    return store_find(call, &archive_file_lock, &row, bind_int("id", file));
}

const char *file_name(struct call *call, const struct archive_file *file) {
    return str_text(call->arena, str_is_empty(file->number) ? file->title : file->number);
}

static enum status read_file(struct rows *rows, struct archive_file *out_file) {
    struct archive_file file = {.id = row_id(rows, "id"),
                                .group = row_id(rows, "site_group"),
                                .unit = row_id(rows, "unit"),
                                .kind = (enum archive_kind)row_int(rows, "kind"),
                                .number = row_text(rows, "shown"),
                                .digest = row_digest(rows, "digest"),
                                .title = row_text(rows, "title"),
                                .filed_at = row_int(rows, "at"),
                                .loan = row_id(rows, "loan"),
                                .borrower = row_id(rows, "borrower"),
                                .due = (civil_day)row_int(rows, "due"),
                                .destruction = row_id(rows, "destruction")};
    file.subject.id = row_id(rows, "subject");
    if (subject_kind_from_name(row_text(rows, "subject_kind"), &file.subject.kind) !=
        DONE) {
        return log_failed("a file is of a kind that is not known");
    }
    *out_file = file;
    return DONE;
}

/* The longer of what the rulebook in force asks for and what the unit has said. */
static enum status fill_terms(struct call *call, id64 term, struct archive_file *file) {
    struct keeping keeping;
    TRY(keeping_of(call, file->group, file->unit, &keeping));
    const struct retention_rule *rule = book_retention(keeping.book);
    file->years_least = rule == NULL ? ARCHIVE_FOR_EVER : rule->years;
    file->years = file->years_least;
    if (term != 0) {
        struct rows *row;
        TRY(store_find(call, &archive_term_years, &row, bind_int("id", term)));
        int own = (int)row_int(row, "years");
        file->years = is_shorter(own, file->years) ? file->years : own;
    }
    if (file->years != ARCHIVE_FOR_EVER) {
        int filed = date_of_day(instant_day(file->filed_at)).year;
        file->kept_until = day_of_date((struct date){filed + file->years, 12, 31});
    }
    return DONE;
}

static enum status fill_end(struct call *call, struct archive_file *file) {
    struct rows *row;
    if (file->destruction == 0) {
        return DONE;
    }
    TRY(store_find(call, &archive_destruction_row, &row,
                   bind_int("id", file->destruction)));
    file->destroyed_at = row_int(row, "done_at");
    return DONE;
}
