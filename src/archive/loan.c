/*
 * Loans: asked for with a purpose and a day, allowed by another, back to the keeper.
 */
#include "archive_own.h"

#define REMIND_DAYS 3

struct asking {
    id64 file;
    struct str purpose;
    civil_day due;
    id64 loan;
};

struct lending {
    struct loan loan;
    bool agreed;
    struct str words;
};

static enum status ask(struct call *call, void *what);
static enum status check_day(struct call *call, const struct loan_rule *rule,
                             civil_day due);
static enum status is_free(struct call *call, const struct archive_file *file);
static enum status lend(struct call *call, void *what);
static enum status ask_approver(struct call *call, const struct keeping *keeping,
                                const struct archive_file *file, id64 loan);
static enum status remind_borrower(struct call *call, const struct keeping *keeping,
                                   const struct loan *loan, id64 group);
static enum status tell_borrower(struct call *call, const struct loan *loan,
                                 const struct lending *lending);
static enum status take_back(struct call *call, void *what);
static enum status close_duties(struct call *call, id64 loan);
static json_t *payload_of(struct call *call, const struct loan *loan, struct str words);
static struct loan read_loan(struct rows *rows);

enum status archive_ask(struct call *call, id64 file, struct str purpose, civil_day due,
                        id64 *out_loan) {
    struct asking asking = {file, str_trim(purpose), due, call_new_id(call)};
    struct ledger_act act = act_of("archive.ask", file);
    struct archive_file found;
    TRY(archive_find(call, file, &found));
    TRY(ledger_settle(call, found.group, &act,
                      store_transact(call, TXN_WRITE, ask, &asking)));
    *out_loan = asking.loan;
    return DONE;
}

static enum status ask(struct call *call, void *what) {
    const struct asking *asking = what;
    struct keeping keeping;
    struct archive_file file;
    TRY(file_lock(call, asking->file));
    TRY(file_row(call, asking->file, &file));
    TRY(keeping_of(call, file.group, file.unit, &keeping));
    const struct loan_rule *rule = book_loan(keeping.book);
    if (rule == NULL) {
        return call_refuse(call, REFUSED, "", "archive.nothing-lent", NULL);
    }
    TRY(is_free(call, &file));
    if (str_is_empty(asking->purpose)) {
        return call_refuse_field(call, "purpose", str_text(call->arena, rule->basis.id),
                                 "archive.purpose-missing", NULL);
    }
    TRY(check_day(call, rule, asking->due));
    TRY(store_run(call, &archive_loan_insert, NULL, bind_int("id", asking->loan),
                  bind_int("copy", file.id), bind_int("borrower", call->actor.person),
                  bind_text("purpose", asking->purpose), bind_int("due", asking->due),
                  bind_int("now", call->now)));
    TRY(ask_approver(call, &keeping, &file, asking->loan));
    struct str day = day_to_text(call->arena, asking->due);
    return note(call, file.group, "archive.ask", asking->loan, &file.digest, &rule->basis,
                json_pack("{s:s, s:s%, s:s%}", "file", file_name(call, &file), "purpose",
                          asking->purpose.at, asking->purpose.length, "due", day.at,
                          day.length));
}

static enum status check_day(struct call *call, const struct loan_rule *rule,
                             civil_day due) {
    const char *basis = str_text(call->arena, rule->basis.id);
    if (due < today(call)) {
        return call_refuse_field(call, "due", basis, "archive.due-past", NULL);
    }
    if (due > today(call) + rule->days) {
        struct str most = str_format(call->arena, "%d", rule->days);
        return call_refuse_field(call, "due", basis, "archive.due-far", "days", most.at,
                                 NULL);
    }
    return DONE;
}

/* Neither lent nor about to end. */
static enum status is_free(struct call *call, const struct archive_file *file) {
    if (file->destruction != 0) {
        return call_refuse(call, REFUSED, "",
                           file->destroyed_at != 0 ? "archive.destroyed"
                                                   : "archive.on-a-list",
                           "file", file_name(call, file), NULL);
    }
    if (file->loan != 0) {
        struct people_brief borrower;
        TRY(people_person_brief(call, file->borrower, &borrower));
        return call_refuse(
            call, REFUSED, "", "archive.is-lent", "file", file_name(call, file),
            "borrower", str_text(call->arena, borrower.name), "due",
            str_text(call->arena, day_to_text(call->arena, file->due)), NULL);
    }
    return DONE;
}

static enum status ask_approver(struct call *call, const struct keeping *keeping,
                                const struct archive_file *file, id64 loan) {
    const struct loan_rule *rule = book_loan(keeping->book);
    const id64 barred[] = {call->actor.person};
    struct duty duty = {.group = file->group,
                        .subject = {SUBJECT_ARCHIVE, loan},
                        .step = STR("loan"),
                        .role = keeping->book->roles[rule->approver].code,
                        .unit = people_anywhere_in(keeping->body),
                        .barred = barred,
                        .barred_count = LENGTH(barred),
                        .site_title = STR(""),
                        .title = file->title,
                        .item_class = file->number,
                        .badge = STR("archive-asked"),
                        .act = STR("lend"),
                        .remark = STR(""),
                        .rule = rule->basis.id};
    return notice_duty_open(call, &duty);
}

enum status archive_lend(struct call *call, id64 loan, bool agreed, struct str words) {
    struct lending lending = {.agreed = agreed, .words = str_trim(words)};
    struct archive_file file;
    struct ledger_act act = act_of("archive.lend", loan);
    TRY(archive_loan(call, loan, &lending.loan));
    TRY(file_row(call, lending.loan.file, &file));
    return ledger_settle(call, file.group, &act,
                         store_transact(call, TXN_WRITE, lend, &lending));
}

static enum status lend(struct call *call, void *what) {
    struct lending *lending = what;
    struct loan *loan = &lending->loan;
    struct keeping keeping;
    struct archive_file file;
    int64_t changed;
    TRY(file_lock(call, loan->file));
    TRY(file_row(call, loan->file, &file));
    TRY(keeping_of(call, file.group, file.unit, &keeping));
    const struct loan_rule *rule = book_loan(keeping.book);
    if (rule == NULL) {
        return call_refuse(call, REFUSED, "", "archive.nothing-lent", NULL);
    }
    TRY(must_hold(call, &keeping, rule->approver, &rule->basis));
    if (loan->borrower == call->actor.person) {
        return call_refuse(call, DENIED, str_text(call->arena, rule->basis.id),
                           "archive.own-loan", NULL);
    }
    if (!lending->agreed && str_is_empty(lending->words)) {
        return call_refuse_field(call, "words", "", "archive.reason-missing", NULL);
    }
    if (lending->agreed) {
        TRY(is_free(call, &file));
    }
    TRY(store_run(call, &archive_loan_set_answer, &changed,
                  bind_int("person", call->actor.person), bind_int("now", call->now),
                  bind_int("agreed", lending->agreed),
                  bind_text("answer", lending->words), bind_int("id", loan->id)));
    if (changed == 0) {
        return call_refuse(call, STALE, "", "archive.answered", NULL);
    }
    TRY(close_duties(call, loan->id));
    if (lending->agreed) {
        TRY(remind_borrower(call, &keeping, loan, file.group));
    }
    TRY(tell_borrower(call, loan, lending));
    return note(call, file.group, lending->agreed ? "archive.lend" : "archive.decline",
                loan->id, &file.digest, &rule->basis,
                payload_of(call, loan, lending->words));
}

/* Until it is back; whoever lent it hears when it is late. */
static enum status remind_borrower(struct call *call, const struct keeping *keeping,
                                   const struct loan *loan, id64 group) {
    const struct loan_rule *rule = book_loan(keeping->book);
    instant end = day_end(loan->due);
    struct duty duty = {.group = group,
                        .subject = {SUBJECT_ARCHIVE, loan->id},
                        .step = STR("return"),
                        .role = STR(""),
                        .person = loan->borrower,
                        .remind_at = calendar_before(call->house->calendar, end,
                                                     REMIND_DAYS, CALENDAR_DAY),
                        .escalate_role = keeping->book->roles[rule->approver].code,
                        .escalate_unit = people_anywhere_in(keeping->body),
                        .site_title = STR(""),
                        .title = loan->title,
                        .item_class = loan->number,
                        .badge = STR("archive-lent"),
                        .act = STR("bring-back"),
                        .remark = STR(""),
                        .deadline = {.hard = end, .unit = CALENDAR_DAY},
                        .rule = rule->basis.id};
    return notice_duty_open(call, &duty);
}

static enum status tell_borrower(struct call *call, const struct loan *loan,
                                 const struct lending *lending) {
    struct people_brief actor;
    TRY(people_person_brief(call, call->actor.person, &actor));
    struct news news = {.person = loan->borrower,
                        .subject = {SUBJECT_ARCHIVE, loan->id},
                        .words =
                            lending->agreed ? STR("news.lent") : STR("news.not-lent"),
                        .title = loan->title,
                        .who = actor.name,
                        .remark = lending->words};
    return notice_tell(call, &news);
}

enum status archive_take_back(struct call *call, id64 loan, struct str remark) {
    struct lending returning = {.words = str_trim(remark)};
    struct archive_file file;
    struct ledger_act act = act_of("archive.take-back", loan);
    TRY(archive_loan(call, loan, &returning.loan));
    TRY(file_row(call, returning.loan.file, &file));
    return ledger_settle(call, file.group, &act,
                         store_transact(call, TXN_WRITE, take_back, &returning));
}

static enum status take_back(struct call *call, void *what) {
    const struct lending *returning = what;
    const struct loan *loan = &returning->loan;
    struct keeping keeping;
    struct archive_file file;
    int64_t changed;
    TRY(file_lock(call, loan->file));
    TRY(file_row(call, loan->file, &file));
    TRY(must_keep(call, file.group, file.unit));
    TRY(keeping_of(call, file.group, file.unit, &keeping));
    const struct loan_rule *rule = book_loan(keeping.book);
    if (loan->borrower == call->actor.person) {
        return call_refuse(call, DENIED,
                           rule == NULL ? "" : str_text(call->arena, rule->basis.id),
                           "archive.own-return", NULL);
    }
    TRY(store_run(call, &archive_loan_set_returned, &changed, bind_int("now", call->now),
                  bind_int("person", call->actor.person),
                  bind_text("remark", returning->words), bind_int("id", loan->id)));
    if (changed == 0) {
        return call_refuse(call, STALE, "", "archive.not-out", NULL);
    }
    TRY(close_duties(call, loan->id));
    return note(call, file.group, "archive.take-back", loan->id, &file.digest,
                rule == NULL ? NULL : &rule->basis,
                payload_of(call, loan, returning->words));
}

static enum status close_duties(struct call *call, id64 loan) {
    return notice_duty_close(call, (struct subject){SUBJECT_ARCHIVE, loan}, STR(""));
}

static json_t *payload_of(struct call *call, const struct loan *loan, struct str words) {
    struct str file = str_is_empty(loan->number) ? loan->title : loan->number;
    struct str borrower = id_to_text(call->arena, loan->borrower);
    struct str due = day_to_text(call->arena, loan->due);
    return json_pack("{s:s%, s:s%, s:s%, s:s%}", "file", file.at, file.length, "borrower",
                     borrower.at, borrower.length, "due", due.at, due.length, "words",
                     words.at, words.length);
}

enum status archive_loan(struct call *call, id64 loan, struct loan *out_loan) {
    struct rows *row;
    TRY(store_find(call, &archive_loan_row, &row, bind_int("id", loan)));
    *out_loan = read_loan(row);
    return DONE;
}

enum status archive_loans(struct call *call, id64 group, id64 file,
                          struct loans *out_loans) {
    struct loans loans = {.at = TAKE_ARRAY(call->arena, 500, struct loan)};
    struct rows *rows;
    if (file == 0) {
        TRY(store_query(call, &archive_loan_open, &rows, bind_int("group", group)));
    } else {
        TRY(store_query(call, &archive_loan_of, &rows, bind_int("copy", file)));
    }
    while (rows_next(rows)) {
        loans.at[loans.count++] = read_loan(rows);
    }
    TRY(rows_end(rows));
    *out_loans = loans;
    return DONE;
}

static struct loan read_loan(struct rows *rows) {
    return (struct loan){.id = row_id(rows, "id"),
                         .file = row_id(rows, "copy"),
                         .number = row_text(rows, "shown"),
                         .title = row_text(rows, "title"),
                         .unit = row_id(rows, "unit"),
                         .borrower = row_id(rows, "borrower"),
                         .purpose = row_text(rows, "purpose"),
                         .due = (civil_day)row_int(rows, "due"),
                         .asked_at = row_int(rows, "asked_at"),
                         .answered_by = row_id(rows, "answered_by"),
                         .answered_at = row_int(rows, "answered_at"),
                         .agreed = row_int(rows, "agreed") != 0,
                         .answer = row_text(rows, "answer"),
                         .returned_at = row_int(rows, "returned_at"),
                         .returned_to = row_id(rows, "returned_to"),
                         .remark = row_text(rows, "remark")};
}
