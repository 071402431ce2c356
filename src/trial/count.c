/*
 * The acts of a case on the release catalogue: the newest entry of the department.
 */
#include "trial_own.h"

#include "tally/tally.h"

static enum status draw(struct hearing *hearing, const struct case_act *act);
static enum status approve(struct hearing *hearing, const struct case_act *act);
static enum status look(struct hearing *hearing, const struct case_act *act);
static enum status add_missing(struct hearing *hearing, struct buffer *text);

static const struct {
    const char *name;
    enum status (*count)(struct hearing *hearing, const struct case_act *act);
} counts[] = {{"draw-entry", draw}, {"approve-entry", approve}, {"catalogue", look}};

bool hearing_counts(struct str act) {
    for (size_t i = 0; i < LENGTH(counts); i++) {
        if (str_is(act, counts[i].name)) {
            return true;
        }
    }
    return false;
}

enum status hearing_count(struct hearing *hearing, const struct case_act *act) {
    for (size_t i = 0; i < LENGTH(counts); i++) {
        if (str_is(act->act, counts[i].name)) {
            return counts[i].count(hearing, act);
        }
    }
    return ABSENT;
}

/* *value*: days between two releases, 0 for what is released as it comes. */
static enum status draw(struct hearing *hearing, const struct case_act *act) {
    int64_t days = 0;
    TRY(str_to_int(act->value, &days));
    struct catalogue_item item = {.unit = hearing->bureau.department.id,
                                  .title = act->reason,
                                  .kind = str_is(act->outcome, "occasional")
                                              ? CATALOGUE_OCCASIONAL
                                              : CATALOGUE_PERIODIC,
                                  .days = (int)days,
                                  .item_class = STR(""),
                                  .responsible = hearing->bureau.department.title};
    return tally_draw(hearing->call, hearing->bureau.site.group, hearing->book, &item);
}

static enum status approve(struct hearing *hearing, const struct case_act *act) {
    struct catalogue_items items;
    (void)act;
    TRY(tally_catalogue(hearing->call, hearing->bureau.site.group, 0, &items));
    if (items.count == 0) {
        hearing->why = STR("nothing was drawn up");
        return REFUSED;
    }
    return tally_approve(hearing->call, hearing->book, items.at[items.count - 1].id);
}

/* Each entry with its day, and the units that have none. */
static enum status look(struct hearing *hearing, const struct case_act *act) {
    struct arena *arena = hearing->call->arena;
    struct catalogue_items items;
    struct buffer text;
    (void)act;
    buffer_init(&text, arena);
    TRY(tally_catalogue(hearing->call, hearing->bureau.site.group, 0, &items));
    for (size_t i = 0; i < items.count; i++) {
        const struct catalogue_item *item = &items.at[i];
        struct str due =
            item->due == INSTANT_NEVER ? STR("none") : instant_to_text(arena, item->due);
        buffer_add_format(&text, "%.*s %s %.*s%s\n", STR_ARG(item->title),
                          item->approved_at == 0 ? "drawn" : "approved", STR_ARG(due),
                          item->missing ? " missing" : "");
    }
    TRY(add_missing(hearing, &text));
    hearing->shown = buffer_str(&text);
    return DONE;
}

static enum status add_missing(struct hearing *hearing, struct buffer *text) {
    id64 *units;
    size_t count;
    TRY(tally_without_catalogue(hearing->call, hearing->bureau.site.group, hearing->book,
                                &units, &count));
    for (size_t i = 0; i < count; i++) {
        struct people_unit unit;
        TRY(people_unit(hearing->call, units[i], &unit));
        buffer_add_format(text, "without %.*s\n", STR_ARG(unit.title));
    }
    return DONE;
}
