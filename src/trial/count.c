/*
 * The acts of a case on what is counted: the newest entry of the department's release
 * catalogue, and views of public pages.
 */
#include "trial_own.h"

#include "publication/publication.h"
#include "tally/tally.h"

#define PAGE_MOST ((size_t)1 << 20)

static enum status draw(struct hearing *hearing, const struct case_act *act);
static enum status approve(struct hearing *hearing, const struct case_act *act);
static enum status look(struct hearing *hearing, const struct case_act *act);
static enum status add_missing(struct hearing *hearing, struct buffer *text);
static enum status view_page(struct hearing *hearing, const struct case_act *act);
static struct str picture_of(struct hearing *hearing, struct str page);
static enum status count_view(struct hearing *hearing, const struct page_view *view);
static enum status show_views(struct hearing *hearing, const struct case_act *act);
static void add_views(struct buffer *text, const struct view_lines *lines);

static const struct {
    const char *name;
    enum status (*count)(struct hearing *hearing, const struct case_act *act);
} counts[] = {{"draw-entry", draw},
              {"approve-entry", approve},
              {"catalogue", look},
              {"view", view_page},
              {"views", show_views}};

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

/* A browser shows the page *value*, and fetches what stands in it: *reason* is "reader",
 * "robot" or "staff". */
static enum status view_page(struct hearing *hearing, const struct case_act *act) {
    struct page_view view = {.site = hearing->bureau.site.code,
                             .agent = str_is(act->reason, "robot")
                                          ? STR("Mozilla/5.0 (compatible; Baiduspider)")
                                          : STR("Mozilla/5.0"),
                             .peer = STR("192.0.2.1"),
                             .is_staff = str_is(act->reason, "staff"),
                             .at = hearing->call->now};
    TRY(publication_apply(hearing->call, hearing->bureau.site.id, NULL));
    struct str picture = picture_of(hearing, act->value);
    if (publication_seen_page(picture, &view.page) != DONE) {
        return DONE; /* nothing in it is counted */
    }
    return count_view(hearing, &view);
}

/* The address of the page's picture, from the root; empty if it has none. */
static struct str picture_of(struct hearing *hearing, struct str page) {
    struct call *call = hearing->call;
    struct str path =
        str_format(call->arena, "%s/public/%.*s/%.*s", call->house->workspace,
                   STR_ARG(hearing->bureau.site.code), STR_ARG(page));
    struct bytes bytes;
    if (file_read(call->arena, str_text(call->arena, path), PAGE_MOST, &bytes) != DONE) {
        return STR("");
    }
    struct str html = {(const char *)bytes.at, bytes.length};
    struct str rest = str_part(html, str_find(html, STR("s/seen/")), html.length);
    struct str picture = str_cut(&rest, '"');
    return str_format(call->arena, "/%.*s", STR_ARG(picture));
}

/* As the public process counts it and the worker merges it. */
static enum status count_view(struct hearing *hearing, const struct page_view *view) {
    struct view_counter *counter;
    TRY(file_make_directory(
        str_format(hearing->call->arena, "%s/drop", hearing->call->house->workspace).at));
    TRY(view_counter_new(hearing->call, &counter));
    (void)view_counter_see(counter, view);
    enum status dropped = view_counter_drop(counter);
    view_counter_free(counter);
    TRY(dropped);
    return tally_merge_views(hearing->call, NULL);
}

/* "site 1 1 0", "column affairs 1 1 0", "item 全市工业经济运行情况 1 0 0": readers,
 * robots and staff of the month. */
static enum status show_views(struct hearing *hearing, const struct case_act *act) {
    struct call *call = hearing->call;
    struct views views;
    struct buffer text;
    (void)act;
    buffer_init(&text, call->arena);
    TRY(tally_views(call, hearing->bureau.site.group, 0,
                    str_part(day_to_text(call->arena, instant_day(call->now)), 0, 7), 100,
                    &views));
    add_views(&text, &views.sites);
    add_views(&text, &views.columns);
    add_views(&text, &views.items);
    hearing->shown = buffer_str(&text);
    return DONE;
}

static void add_views(struct buffer *text, const struct view_lines *lines) {
    for (size_t i = 0; i < lines->count; i++) {
        const struct view_line *line = &lines->at[i];
        if (line->manuscript != 0) {
            buffer_add_format(text, "item %.*s", STR_ARG(line->title));
        } else if (line->column != 0) {
            buffer_add_format(text, "column %.*s", STR_ARG(line->path));
        } else if (line->column_title.at != NULL) {
            buffer_add_text(text, "home");
        } else {
            buffer_add_format(text, "site%s", line->is_counted ? "" : " not counted");
        }
        for (int kind = 0; kind < VIEW_KINDS; kind++) {
            buffer_add_format(text, " %lld", (long long)line->numbers[kind]);
        }
        buffer_add_text(text, "\n");
    }
}
