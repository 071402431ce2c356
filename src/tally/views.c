/*
 * Figures of views, for all sites of a group in one way: by site, by column, by item.
 */
#include "tally_own.h"

#include "rulebook/rulebook.h"
#include "site/site.h"

#define COLUMNS_MOST 2000

struct counting {
    struct call *call;
    struct views *views;
    id64 group;
    id64 site; /* 0: all */
    struct site *sites;
    size_t site_count;
};

static enum status count_sites(struct counting *counting);
static enum status count_columns(struct counting *counting);
static enum status count_items(struct counting *counting, size_t most);
static enum status name_item(struct call *call, struct view_line *line);
static void read_line(struct counting *counting, struct rows *rows,
                      struct view_line *line);

bool view_is_counted(struct call *call, const struct site *site) {
    const struct rulebook *book = shelf_find(call->house->shelf, &site->rulebook_digest);
    return book != NULL && book->page_views != NULL;
}

enum status tally_views(struct call *call, id64 group, id64 site, struct str period,
                        size_t most, struct views *out_views) {
    struct views views = {0};
    struct counting counting = {
        .call = call, .views = &views, .group = group, .site = site};
    TRY(tally_period(call, period, &views.period));
    TRY(site_list(call, group, &counting.sites, &counting.site_count));
    TRY(count_sites(&counting));
    TRY(count_columns(&counting));
    TRY(count_items(&counting, most));
    *out_views = views;
    return DONE;
}

enum status tally_views_agree(struct call *call, bool *out_agree) {
    struct rows *row;
    TRY(store_find(call, &view_check, &row, NO_VALUES));
    int64_t shown = row_int(row, "shown");
    int64_t merged = row_int(row, "merged");
    *out_agree = shown == merged && row_int(row, "doubled") == 0;
    return DONE;
}

/* Every site stands there, looked at or not. */
static enum status count_sites(struct counting *counting) {
    struct call *call = counting->call;
    struct views *views = counting->views;
    struct rows *rows;
    struct view_line line;
    views->sites.at = TAKE_ARRAY(call->arena, counting->site_count + 1, struct view_line);
    views->sites.count = counting->site_count;
    for (size_t i = 0; i < counting->site_count; i++) {
        const struct site *site = &counting->sites[i];
        views->sites.at[i] = (struct view_line){.site = site->id,
                                                .site_title = site->title,
                                                .is_counted = view_is_counted(call, site),
                                                .path = site->domain};
    }
    TRY(store_query(call, &view_by_site, &rows, bind_id("group", counting->group),
                    bind_int("from", instant_day(views->period.from)),
                    bind_int("until", instant_day(views->period.until))));
    while (rows_next(rows)) {
        read_line(counting, rows, &line);
        for (size_t i = 0; i < views->sites.count; i++) {
            struct view_line *site = &views->sites.at[i];
            for (size_t k = 0; site->site == line.site && k < VIEW_KINDS; k++) {
                site->numbers[k] = line.numbers[k];
                views->totals[k] += line.numbers[k];
            }
        }
    }
    return rows_end(rows);
}

static enum status count_columns(struct counting *counting) {
    struct view_lines *lines = &counting->views->columns;
    struct rows *rows;
    lines->at = TAKE_ARRAY(counting->call->arena, COLUMNS_MOST, struct view_line);
    TRY(store_query(
        counting->call, &view_by_column, &rows, bind_id("group", counting->group),
        bind_int("site_low", counting->site),
        bind_int("site_high", counting->site == 0 ? INT64_MAX : counting->site),
        bind_int("from", instant_day(counting->views->period.from)),
        bind_int("until", instant_day(counting->views->period.until))));
    while (lines->count < COLUMNS_MOST && rows_next(rows)) {
        struct view_line *line = &lines->at[lines->count++];
        read_line(counting, rows, line);
        line->column = row_id(rows, "site_column");
        line->column_title = row_text(rows, "title");
        line->path = row_text(rows, "path");
    }
    return rows_end(rows);
}

static enum status count_items(struct counting *counting, size_t most) {
    struct view_lines *lines = &counting->views->items;
    struct rows *rows;
    lines->at = TAKE_ARRAY(counting->call->arena, most + 1, struct view_line);
    TRY(store_query(
        counting->call, &view_by_item, &rows, bind_id("group", counting->group),
        bind_int("site_low", counting->site),
        bind_int("site_high", counting->site == 0 ? INT64_MAX : counting->site),
        bind_int("from", instant_day(counting->views->period.from)),
        bind_int("until", instant_day(counting->views->period.until)),
        bind_int("most", (int64_t)most)));
    while (lines->count < most && rows_next(rows)) {
        struct view_line *line = &lines->at[lines->count++];
        read_line(counting, rows, line);
        line->column = row_id(rows, "site_column");
        line->column_title = row_text(rows, "column_title");
        line->manuscript = row_id(rows, "manuscript");
    }
    TRY(rows_end(rows));
    for (size_t i = 0; i < lines->count; i++) {
        TRY(name_item(counting->call, &lines->at[i]));
    }
    return DONE;
}

/* What is no longer public has figures and no title. */
static enum status name_item(struct call *call, struct view_line *line) {
    struct rows *row;
    enum status found =
        store_find(call, &view_title, &row, bind_id("manuscript", line->manuscript),
                   bind_id("site", line->site));
    if (found == DONE) {
        line->title = row_text(row, "title");
        line->path = row_text(row, "path");
    }
    return found == FAILED ? FAILED : DONE;
}

static void read_line(struct counting *counting, struct rows *rows,
                      struct view_line *line) {
    *line = (struct view_line){.site = row_id(rows, "site"), .is_counted = true};
    line->numbers[VIEW_READER] = row_int(rows, "readers");
    line->numbers[VIEW_ROBOT] = row_int(rows, "robots");
    line->numbers[VIEW_STAFF] = row_int(rows, "staff");
    for (size_t i = 0; i < counting->site_count; i++) {
        if (counting->sites[i].id == line->site) {
            line->site_title = counting->sites[i].title;
        }
    }
}
