/*
 * Only for src/web: what is open under the articles of a regulation, for the map and the
 * statement of compliance.
 */
#ifndef WEB_OPEN_POINTS_H
#define WEB_OPEN_POINTS_H

#include "ledger/ledger.h"
#include "parts.h"
#include "rulebook/rulebook.h"

/* One thing that an article asks for and that is not there: a duty past its end, a
 * finding that nobody has answered or that waits for its ruling, a matter that is missing
 * or not answered in time, a value that nobody has given. */
struct open_point {
    struct str rule; /* requirement ID; never empty */
    struct str text; /* as a sentence */
    struct str href; /* empty where the reader may not look */
};

struct open_points {
    struct open_point *at;
    size_t count;
};

/* All of them; told one by one, with titles and addresses, only those that rest on the
 * requirement *told*. */
MUST_CHECK enum status open_points_read(struct visit *visit, const struct rulebook *book,
                                        struct str told, struct open_points *out_points);

/* How many rest on the requirement *id*. */
int64_t open_points_of(const struct open_points *points, struct str id);

/* ---- what rules.c and the statement tell of a version ---- */

/* Its cases, as they were kept with it; none where they were not. */
MUST_CHECK enum status rules_cases(struct visit *visit, const struct rulebook *book,
                                   struct rulebook_case **out_cases);

/* What its rules did since the first of the month; the line of one, or NULL. */
MUST_CHECK enum status rules_month(struct visit *visit, struct ledger_rules *out_rules);
const struct ledger_rule *rules_in(const struct ledger_rules *rules, struct str rule);

#endif
