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

/*
 * What an actor may know of, asked once for a list: everything in the bodies where he
 * holds one of the posts that the body's own rulebook names to approve or open.
 */
#define EYE_BODIES 64
struct eye {
    id64 group;
    struct people_holdings holdings;
    id64 bodies[EYE_BODIES];
    size_t body_count;
    bool all; /* the machine: of every body */
};
MUST_CHECK enum status eye_open(struct call *call, id64 group, struct eye *out_eye);
bool eye_has(const struct eye *eye, id64 body);
MUST_CHECK enum status eye_sees(struct call *call, const struct eye *eye, id64 unit,
                                struct subject subject, bool *out_sees);

/* A file without asking who wants to know. */
MUST_CHECK enum status file_row(struct call *call, id64 file,
                                struct archive_file *out_file);
/* archive_list for an eye that is open already. */
MUST_CHECK enum status files_seen(struct call *call, const struct eye *eye,
                                  const struct archive_filter *filter,
                                  struct archive_files *out_files);
/* A list of destruction without asking who wants to know. */
MUST_CHECK enum status list_row(struct call *call, id64 id, struct destruction *out_list);
/* Hold it to the end of the act. */
MUST_CHECK enum status file_lock(struct call *call, id64 file);

/* The file's number, or its title where it has none. */
const char *file_name(struct call *call, const struct archive_file *file);

/* DENIED, citing *basis*, unless the actor keeps the files of *unit*. */
MUST_CHECK enum status must_keep(struct call *call, id64 group, id64 unit);

/* Does *person* hold a keeping role of the rulebook in *unit*? */
MUST_CHECK enum status may_keep(struct call *call, const struct rulebook *book, id64 unit,
                                id64 person, bool *out_may);

/* The body that *unit* belongs to, and the rulebook that body works under now: what is
 * kept there is kept by that one, whatever somebody's own is. */
struct keeping {
    id64 body;
    const struct rulebook *book;
};
MUST_CHECK enum status keeping_of(struct call *call, id64 group, id64 unit,
                                  struct keeping *out_keeping);

/* DENIED, citing *basis*, unless the actor holds *role* in that body. */
MUST_CHECK enum status must_hold(struct call *call, const struct keeping *keeping,
                                 int role, const struct basis *basis);

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
