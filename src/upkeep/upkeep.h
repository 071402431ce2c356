/*
 * upkeep: what the machine owes the bodies that work on it: copies of the workspace taken
 * often enough, and logs kept long enough.
 *
 * There is one machine and one workspace for all bodies.  Of what the rulebooks in force
 * at its sites say, the strictest counts for it: the shortest interval of backups, the
 * longest time for logs.  A rulebook that says nothing asks for nothing.  For a further
 * site (kind "sub") its own interval counts, where its rulebook has one for such.
 *
 * Each copy that `shenfa backup` takes, or fails to take, is kept here and in the ledger.
 * One that failed, or was not taken in time, is a duty of the system administrator until
 * the next whole one.
 *
 * Logs are what the program says of itself (log.h), a file for each day below
 * WORKSPACE/logs.  What people did is in the ledger, of which nothing is ever taken away;
 * the logs of the operating system are not the program's.
 */
#ifndef UPKEEP_UPKEEP_H
#define UPKEEP_UPKEEP_H

#include "base/base.h"

/* What counts, and which rulebook says so. */
struct upkeep_bound {
    int days;         /* 0: no rulebook in force says anything */
    struct str rule;  /* requirement */
    struct str title; /* of the rulebook, in the call's language */
};

struct upkeep_bounds {
    struct upkeep_bound logs;    /* kept for at least so many days */
    struct upkeep_bound backups; /* a whole one in each so many days */
};

MUST_CHECK enum status upkeep_bounds(struct call *call, struct upkeep_bounds *out_bounds);

/* A further site whose rulebook has it state an interval of its own (ZJ-18.2.b): by the
 * value that is given at that very site.  Until then the default counts, and that it is
 * missing is shown. */
struct sub_site_backup {
    id64 site;
    struct str code;
    struct str title;
    int days;
    bool is_stated;
    struct str rule;
};

struct sub_site_backups {
    struct sub_site_backup *at;
    size_t count;
};
MUST_CHECK enum status upkeep_sub_sites(struct call *call,
                                        struct sub_site_backups *out_sites);

/* What so many releases in the last 30 days suggest: 1 from one a day on, 7 from one a
 * week on, else 30. */
int upkeep_suggest_days(size_t releases);

/* ---- backups ---- */

struct backup_record {
    id64 id; /* filled in */
    instant began_at;
    instant ended_at;
    bool whole; /* false: it failed, and the three below are of no use */
    int64_t files;
    int64_t size;        /* bytes */
    struct str checksum; /* of its manifest: "sha256:…" */
    bool with_keys;
};

struct backup_records {
    struct backup_record *at;
    size_t count;
};

/* Enter one.  A whole one closes the duty, a failed one opens it, due by the end of the
 * day.  DENIED but to the machine's operator (person 0 through DOOR_CLI), who takes
 * them. */
MUST_CHECK enum status upkeep_record_backup(struct call *call,
                                            const struct backup_record *record);

/* The newest first, at most *most*. */
MUST_CHECK enum status upkeep_backups(struct call *call, size_t most,
                                      struct backup_records *out_records);

struct backup_state {
    struct upkeep_bound bound;
    instant last; /* the end of the newest whole one; 0: there is none */
    bool failed;  /* the newest one of all failed */
    instant due;  /* the day by the end of which the next is to be there ends then;
                   * INSTANT_NEVER without a bound, or before the first look */
    bool is_missed;
};

/* With one in so many days, the day of the last whole one and that many more days may
 * pass: a daily one of Monday is followed by one of Tuesday, and missed when Wednesday
 * begins.  Before the first, they are counted from the day of the first upkeep_look. */
MUST_CHECK enum status upkeep_backup_state(struct call *call,
                                           struct backup_state *out_state);

/* By the clock: a missed backup becomes a duty of the system administrator. */
MUST_CHECK enum status upkeep_look(struct call *call);

/* ---- logs ---- */

#define UPKEEP_LOGS "logs" /* below the workspace */

struct log_state {
    struct upkeep_bound bound;
    int kept;         /* days, by the settings of the machine; 0: for ever */
    civil_day oldest; /* 0: there is none */
    size_t files;
    int64_t size;
};
MUST_CHECK enum status upkeep_logs(struct call *call, struct log_state *out_state);

/* May logs be kept *days* (0: for ever) only?  REFUSED, citing the article, if that is
 * less than a rulebook in force asks. */
MUST_CHECK enum status upkeep_logs_fit(struct call *call, int days);

/*
 * Take away the files of days more than *days* ago, and none that upkeep_logs_fit would
 * refuse: the bound is asked again.  By the system administrator, the operator or the
 * clock; entered in the ledger if there was one.  What is not called like a day is left.
 */
MUST_CHECK enum status upkeep_prune_logs(struct call *call, int days, size_t *out_count);

#endif
