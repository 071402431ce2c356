/*
 * Counted views out of the drop box into the store.  What merges a drop notes its run and
 * number in the same transaction, and a number that is not newer than the run's last is
 * only taken away: a crash between merging and removing counts nothing twice, and one
 * before the commit nothing less.  A drop is what the public process wrote, which anybody
 * may have broken into; it is read as such.
 */
#include "tally_own.h"

#include "rulebook/rulebook.h"
#include "site/site.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_HEAD   "views-"
#define NAME_TAIL   ".json"
#define NAME_NUMBER 12
#define DROPS_MOST  500        /* of one round */
#define NUMBER_MOST 1000000000 /* of one page in one drop */
#define DAYS_LATE   31         /* a drop may lie there so long */

struct counted_site {
    struct site site;
    struct column *columns;
    size_t column_count;
    bool is_counted;
};

struct added_view {
    id64 site;
    id64 column;
    id64 manuscript;
    int64_t numbers[VIEW_KINDS];
};

struct drop {
    struct call *call;
    struct str path;
    struct str run;
    int64_t number;
    civil_day day;
    struct counted_site *sites;
    size_t site_count;
    struct added_view *views;
    size_t view_count;
    int64_t sum;
    bool merged;
};

static enum status list_drops(struct call *call, struct str **out_names,
                              size_t *out_count);
static bool is_drop_name(struct str name);
static int compare_names(const void *one, const void *other);
static enum status load_sites(struct call *call, struct counted_site **out_sites,
                              size_t *out_count);
static enum status merge_one(struct drop *drop, struct str name);
static enum status read_drop(struct drop *drop, json_t **out_json);
static bool takes(struct drop *drop, json_t *json);
static enum status add_page(struct drop *drop, json_t *page);
static enum status find_view(struct drop *drop, const struct counted_site *site,
                             struct str page, struct added_view *view);
static bool find_column(const struct counted_site *site, struct str page,
                        id64 *out_column);
static enum status write_drop(struct call *call, void *what);

enum status tally_merge_views(struct call *call, size_t *out_merged) {
    struct str *names;
    struct counted_site *sites = NULL;
    size_t site_count = 0;
    size_t count;
    size_t merged = 0;
    TRY(list_drops(call, &names, &count));
    if (count > 0) {
        TRY(load_sites(call, &sites, &site_count));
    }
    for (size_t i = 0; i < count; i++) {
        struct drop drop = {.call = call, .sites = sites, .site_count = site_count};
        TRY(merge_one(&drop, names[i]));
        merged += drop.merged;
    }
    if (out_merged != NULL) {
        *out_merged = merged;
    }
    return DONE;
}

/* In the order in which each run wrote them. */
static enum status list_drops(struct call *call, struct str **out_names,
                              size_t *out_count) {
    struct str path = str_format(call->arena, "%s/drop", call->house->workspace);
    struct str *names = NULL;
    size_t count = 0;
    DIR *box = opendir(path.at);
    if (box == NULL && errno != ENOENT) {
        return log_failed("the drop box %s cannot be read: %s", path.at, strerror(errno));
    }
    if (box != NULL) {
        for (struct dirent *entry;
             count < DROPS_MOST && (entry = readdir(box)) != NULL;) {
            struct str name = str_of(entry->d_name);
            if (!is_drop_name(name)) {
                continue;
            }
            if (names == NULL) {
                names = TAKE_ARRAY(call->arena, DROPS_MOST, struct str);
            }
            names[count++] = str_copy(call->arena, name);
        }
        closedir(box);
    }
    if (count > 1) {
        qsort(names, count, sizeof *names, compare_names);
    }
    *out_names = names;
    *out_count = count;
    return DONE;
}

static bool is_drop_name(struct str name) {
    const size_t head = strlen(NAME_HEAD);
    if (name.length != head + RUN_TEXT + 1 + NAME_NUMBER + strlen(NAME_TAIL) ||
        !str_starts(name, NAME_HEAD) || !str_ends(name, NAME_TAIL) ||
        name.at[head + RUN_TEXT] != '-') {
        return false;
    }
    for (size_t i = 0; i < RUN_TEXT + 1 + NAME_NUMBER; i++) {
        char byte = name.at[head + i];
        bool digit = byte >= '0' && byte <= '9';
        bool letter = i < RUN_TEXT && byte >= 'a' && byte <= 'f';
        if (i != RUN_TEXT && !digit && !letter) {
            return false;
        }
    }
    return true;
}

static int compare_names(const void *one, const void *other) {
    return str_compare(*(const struct str *)one, *(const struct str *)other);
}

static enum status load_sites(struct call *call, struct counted_site **out_sites,
                              size_t *out_count) {
    struct site *sites;
    size_t count;
    id64 group;
    TRY(site_group_first(call, &group));
    TRY(site_list(call, group, &sites, &count));
    struct counted_site *found = TAKE_ARRAY(call->arena, count + 1, struct counted_site);
    for (size_t i = 0; i < count; i++) {
        found[i].site = sites[i];
        found[i].is_counted = view_is_counted(call, &sites[i]);
        TRY(site_columns(call, sites[i].id, &found[i].columns, &found[i].column_count));
    }
    *out_sites = found;
    *out_count = count;
    return DONE;
}

static enum status merge_one(struct drop *drop, struct str name) {
    struct call *call = drop->call;
    json_t *json = NULL;
    drop->path =
        str_format(call->arena, "%s/drop/%.*s", call->house->workspace, STR_ARG(name));
    drop->run = str_part(name, strlen(NAME_HEAD), strlen(NAME_HEAD) + RUN_TEXT);
    size_t at = strlen(NAME_HEAD) + RUN_TEXT + 1;
    TRY(str_to_int(str_part(name, at, at + NAME_NUMBER), &drop->number));
    TRY(read_drop(drop, &json));
    enum status done = DONE;
    if (!takes(drop, json)) {
        log_fault("%.*s is no drop of counted views and is removed", STR_ARG(drop->path));
    } else {
        json_t *pages = json_object_get(json, "pages");
        size_t count = json_array_size(pages);
        drop->views = TAKE_ARRAY(call->arena, count + 1, struct added_view);
        for (size_t i = 0; i < count && done == DONE; i++) {
            done = add_page(drop, json_array_get(pages, i));
        }
        if (done == DONE) {
            done = store_transact(call, TXN_WRITE, write_drop, drop);
        }
    }
    json_decref(json);
    TRY(done);
    return file_remove(str_text(call->arena, drop->path));
}

/* No link, no pipe, no more than a drop can be; *out_json is NULL if it is none. */
static enum status read_drop(struct drop *drop, json_t **out_json) {
    const char *path = str_text(drop->call->arena, drop->path);
    struct stat facts;
    int file = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (file < 0) {
        return errno == ELOOP ? DONE : log_failed("open %s: %s", path, strerror(errno));
    }
    if (fstat(file, &facts) == 0 && S_ISREG(facts.st_mode) &&
        (size_t)facts.st_size <= DROP_MOST) {
        *out_json = json_loadfd(file, JSON_REJECT_DUPLICATES, NULL);
    }
    close(file);
    return DONE;
}

/* It says what its name says, and of a day that can be. */
static bool takes(struct drop *drop, json_t *json) {
    const char *run = json_string_value(json_object_get(json, "run"));
    json_int_t number = json_integer_value(json_object_get(json, "number"));
    json_int_t day = json_integer_value(json_object_get(json, "day"));
    json_int_t today = instant_day(drop->call->now);
    drop->day = (civil_day)day;
    return run != NULL && str_is(drop->run, run) && number == drop->number &&
           number > 0 && day <= today + 1 && day >= today - DAYS_LATE &&
           json_array_size(json_object_get(json, "pages")) <= VIEW_PAGES;
}

/* A page that nobody knows, or of a site that is not counted, adds nothing. */
static enum status add_page(struct drop *drop, json_t *page) {
    struct added_view view = {0};
    struct str site = str_of(json_string_value(json_array_get(page, 0)));
    struct str path = str_of(json_string_value(json_array_get(page, 1)));
    int64_t sum = 0;
    for (size_t i = 0; i < VIEW_KINDS; i++) {
        view.numbers[i] = json_integer_value(json_array_get(page, 2 + i));
        if (view.numbers[i] < 0 || view.numbers[i] > NUMBER_MOST) {
            return DONE;
        }
        sum += view.numbers[i];
    }
    for (size_t i = 0; i < drop->site_count; i++) {
        if (!drop->sites[i].is_counted || !str_equal(drop->sites[i].site.code, site)) {
            continue;
        }
        enum status found =
            find_view(drop, &drop->sites[i], str_copy(drop->call->arena, path), &view);
        if (found == DONE) {
            drop->views[drop->view_count++] = view;
            drop->sum += sum;
        }
        return found == FAILED ? FAILED : DONE;
    }
    return DONE;
}

static enum status find_view(struct drop *drop, const struct counted_site *site,
                             struct str page, struct added_view *view) {
    struct rows *row;
    view->site = site->site.id;
    if (find_column(site, page, &view->column)) {
        return DONE;
    }
    TRY(store_find(drop->call, &view_item, &row, bind_id("site", view->site),
                   bind_text("path", page)));
    view->column = row_id(row, "site_column");
    view->manuscript = row_id(row, "manuscript");
    return DONE;
}

/* The home page, or any list page of a column. */
static bool find_column(const struct counted_site *site, struct str page,
                        id64 *out_column) {
    size_t cut = page.length;
    while (cut > 0 && page.at[cut - 1] != '/') {
        cut--;
    }
    struct str name = str_part(page, cut, page.length);
    if (!str_is(name, "index.html") && !str_starts(name, "list-")) {
        return false;
    }
    if (cut == 0) {
        *out_column = 0;
        return str_is(name, "index.html");
    }
    struct str path = str_part(page, 0, cut - 1);
    for (size_t i = 0; i < site->column_count; i++) {
        if (str_equal(site->columns[i].path, path)) {
            *out_column = site->columns[i].id;
            return true;
        }
    }
    return false;
}

static enum status write_drop(struct call *call, void *what) {
    struct drop *drop = what;
    int64_t changed = 0;
    drop->merged = false;
    TRY(store_run(call, &view_merge, &changed, bind_text("run", drop->run),
                  bind_int("number", drop->number), bind_int("views", drop->sum),
                  bind_int("now", call->now)));
    if (changed == 0) {
        return DONE; /* it was merged before, and not taken away */
    }
    for (size_t i = 0; i < drop->view_count; i++) {
        const struct added_view *view = &drop->views[i];
        TRY(store_run(call, &view_add, NULL, bind_id("site", view->site),
                      bind_int("day", drop->day), bind_int("column", view->column),
                      bind_int("manuscript", view->manuscript),
                      bind_int("readers", view->numbers[VIEW_READER]),
                      bind_int("robots", view->numbers[VIEW_ROBOT]),
                      bind_int("staff", view->numbers[VIEW_STAFF])));
    }
    drop->merged = true;
    return DONE;
}
