/*
 * The acts of a case on what is kept: the newest file of the archive.
 */
#include "trial_own.h"

#include "archive/archive.h"

static enum status keep_longer(struct hearing *hearing, const struct case_act *act,
                               id64 file);
static enum status borrow(struct hearing *hearing, const struct case_act *act, id64 file);
static enum status lend(struct hearing *hearing, const struct case_act *act, id64 file);
static enum status take_back(struct hearing *hearing, const struct case_act *act,
                             id64 file);
static enum status propose(struct hearing *hearing, const struct case_act *act,
                           id64 file);
static enum status newest_file(struct hearing *hearing, id64 *out_file);
static enum status newest_loan(struct hearing *hearing, id64 file, id64 *out_loan);

static const struct {
    const char *name;
    enum status (*keep)(struct hearing *hearing, const struct case_act *act, id64 file);
} keeps[] = {
    {"keep-longer", keep_longer},
    {"borrow", borrow},
    {"lend", lend},
    {"take-back", take_back},
    {"propose-destruction", propose},
};

bool hearing_keeps(struct str act) {
    for (size_t i = 0; i < LENGTH(keeps); i++) {
        if (str_is(act, keeps[i].name)) {
            return true;
        }
    }
    return false;
}

enum status hearing_keep(struct hearing *hearing, const struct case_act *act) {
    id64 file;
    TRY(newest_file(hearing, &file));
    for (size_t i = 0; i < LENGTH(keeps); i++) {
        if (str_is(act->act, keeps[i].name)) {
            return keeps[i].keep(hearing, act, file);
        }
    }
    return ABSENT;
}

static enum status keep_longer(struct hearing *hearing, const struct case_act *act,
                               id64 file) {
    int64_t years = 0;
    TRY(str_to_int(act->value, &years));
    return archive_lengthen(hearing->call, file, (int)years, act->reason);
}

/* *value*: days from today. */
static enum status borrow(struct hearing *hearing, const struct case_act *act,
                          id64 file) {
    int64_t days = 0;
    id64 loan;
    TRY(str_to_int(act->value, &days));
    return archive_ask(hearing->call, file, act->reason,
                       instant_day(hearing->call->now) + (civil_day)days, &loan);
}

static enum status lend(struct hearing *hearing, const struct case_act *act, id64 file) {
    id64 loan;
    TRY(newest_loan(hearing, file, &loan));
    return archive_lend(hearing->call, loan, !str_is(act->outcome, "decline"),
                        act->reason);
}

static enum status take_back(struct hearing *hearing, const struct case_act *act,
                             id64 file) {
    id64 loan;
    TRY(newest_loan(hearing, file, &loan));
    return archive_take_back(hearing->call, loan, act->reason);
}

/* Witnessed by the writer and whoever heads the department. */
static enum status propose(struct hearing *hearing, const struct case_act *act,
                           id64 file) {
    id64 witnesses[2] = {hearing->bureau.writer};
    id64 list;
    TRY(hearing_person(hearing, STR("dept-head"), &witnesses[1]));
    struct destruction_wish wish = {.files = &file,
                                    .file_count = 1,
                                    .witnesses = witnesses,
                                    .witness_count = LENGTH(witnesses),
                                    .reason = act->reason};
    return archive_propose(hearing->call, hearing->bureau.site.group, &wish, &list);
}

static enum status newest_file(struct hearing *hearing, id64 *out_file) {
    struct archive_filter filter = {0};
    struct archive_files files;
    TRY(archive_list(hearing->call, hearing->bureau.site.group, &filter, &files));
    if (files.count == 0) {
        hearing->why = STR("no file is kept that this person may know of");
        return REFUSED;
    }
    *out_file = files.at[0].id;
    return DONE;
}

static enum status newest_loan(struct hearing *hearing, id64 file, id64 *out_loan) {
    struct loans loans;
    TRY(archive_loans(hearing->call, hearing->bureau.site.group, file, &loans));
    if (loans.count == 0) {
        hearing->why = STR("nobody has asked for it");
        return REFUSED;
    }
    *out_loan = loans.at[0].id;
    return DONE;
}
