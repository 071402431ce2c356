/* Only for src/assessment. */
#ifndef ASSESSMENT_ASSESSMENT_OWN_H
#define ASSESSMENT_ASSESSMENT_OWN_H

#include "assessment.h"
#include "assessment_sql.h"

#include "ledger/ledger.h"
#include "people/people.h"
#include "site/site.h"
#include "store/store.h"

#define LINES_MOST 1000

/* access.c: the assessing role that the actor holds in the site's body, an index into the
 * assessors' roles; NO_INDEX if none. */
enum status assessor_index(struct call *call, const struct rulebook *book, id64 body,
                           int *out_index);
/* The same; DENIED, citing the assessors' article, for anybody else. */
enum status assessor_must_be(struct call *call, const struct rulebook *book, id64 body,
                             int *out_index);
/* The unit in which the actor holds that role. */
enum status assessor_unit(struct call *call, const struct rulebook *book, id64 body,
                          int index, id64 *out_unit);

/* The requirement ID of an element as an argument of a refusal; "" for NULL or none. */
const char *rule_of(struct call *call, const struct basis *basis);

/* sheet.c */
enum status sheet_find(struct call *call, id64 id, struct sheet *out_sheet);
enum status sheet_lock(struct call *call, id64 id, struct sheet *out_sheet);

/* lines.c: a sheet whole, nothing withheld. */
enum status sheet_read(struct call *call, const struct sheet *sheet,
                       struct sheet_view *out_view);
bool indicator_has_points(const struct indicator *indicator);

/* A sheet as it is drawn up. */
struct drawn_figure {
    bool is_computed;
    int64_t number;
    int64_t points;
};
struct drawn_line {
    id64 subject;
    id64 unit;
    bool is_column;
    struct str title;
    struct drawn_figure *figures; /* one for each indicator */
};
struct drawn_sheet {
    struct sheet sheet;
    id64 body;
    struct released_items items;
    struct summary summary;
    struct drawn_line *lines;
    civil_day *days; /* room for those of one line */
    size_t count;
};

/* figure.c: fill in the lines and what is computed of them, outside a transaction; write
 * them down inside one. */
enum status figures_draw(struct call *call, struct drawn_sheet *drawing);
enum status figures_write(struct call *call, const struct drawn_sheet *drawing);
/* frequency.c: the points of what was released on *days* in a period. */
int64_t frequency_points(const struct indicator *indicator, const struct period *period,
                         const civil_day *days, size_t count);

/* duty.c: who has to do what by when. */
enum status duties_open(struct call *call, const struct drawn_sheet *drawing);
enum status duty_close_self(struct call *call, const struct sheet *sheet, id64 unit);
enum status duty_close_assess(struct call *call, const struct sheet *sheet,
                              struct str role);
enum status duty_open_publish(struct call *call, const struct sheet *sheet);
instant duty_day(const struct sheet *sheet, const struct day_limit *limit);

/* text.c: a draft of the actor's for the public. */
enum status text_begin(struct call *call, const struct rulebook *book, id64 site,
                       struct str column, struct str item_class, struct str title,
                       struct str body, id64 *out_manuscript);
/* "2026年11月": a period as the public reads it. */
struct str period_title(struct arena *arena, struct str period);

#endif
