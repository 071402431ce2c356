/* Only for src/archive. */
#ifndef ARCHIVE_ARCHIVE_OWN_H
#define ARCHIVE_ARCHIVE_OWN_H

#include "archive.h"
#include "archive_sql.h"

#include "calendar/calendar.h"
#include "ledger/ledger.h"
#include "notice/notice.h"
#include "people/people.h"
#include "store/store.h"

#include <jansson.h>

#define ARCHIVE_PAGE 200

/* What an actor may know of, asked once for a list. */
struct eye {
    struct people_holdings holdings;
    bool all;
};
MUST_CHECK enum status eye_open(struct call *call, const struct rulebook *book,
                                struct eye *out_eye);
MUST_CHECK enum status eye_sees(struct call *call, const struct eye *eye, id64 unit,
                                struct subject subject, bool *out_sees);

/* A file without asking who wants to know. */
MUST_CHECK enum status file_row(struct call *call, const struct rulebook *book, id64 file,
                                struct archive_file *out_file);
/* Hold it to the end of the act. */
MUST_CHECK enum status file_lock(struct call *call, id64 file);

/* The file's number, or its title where it has none. */
const char *file_name(struct call *call, const struct archive_file *file);

/* DENIED, citing *basis*, unless the actor keeps the files of *unit*. */
MUST_CHECK enum status must_keep(struct call *call, id64 group,
                                 const struct rulebook *book, id64 unit);

/* Does *person* hold a keeping role of the rulebook in *unit*? */
MUST_CHECK enum status may_keep(struct call *call, const struct rulebook *book, id64 unit,
                                id64 person, bool *out_may);

/* DENIED, citing *basis*, unless the actor holds *role*. */
MUST_CHECK enum status must_hold(struct call *call, const struct rulebook *book, int role,
                                 const struct basis *basis);
MUST_CHECK enum status holds_role(struct call *call, const struct rulebook *book,
                                  int role, bool *out_holds);

/* The parts of the rulebook, NULL where it is silent. */
const struct retention_rule *book_retention(const struct rulebook *book);
const struct custody_rule *book_custody(const struct rulebook *book);
const struct loan_rule *book_loan(const struct rulebook *book);
const struct destruction_rule *book_destruction(const struct rulebook *book);
const struct opening_rule *book_opening(const struct rulebook *book);

/* One entry about *subject*, at the end of its act; *payload* is taken over. */
MUST_CHECK enum status note(struct call *call, id64 group, const char *act, id64 subject,
                            const struct digest *digest, const struct basis *basis,
                            json_t *payload);

/* The same act, as it is written when it is refused. */
struct ledger_act act_of(const char *name, id64 subject);

/* Today, as the office counts. */
civil_day today(const struct call *call);

/* Remove what the public saw of a list's files, after it was carried out. */
MUST_CHECK enum status seals_remove(struct call *call, const struct destruction *list);

/* What a withdrawal's entry says of the pages it kept, and where such a page lies. */
void sealing_read(struct call *call, const struct ledger_entry *entry,
                  struct sealing *sealing);
const char *sealed_path(struct call *call, const struct digest *digest);

struct str title_of(struct call *call, struct text title);

#endif
