/*
 * What stands in each column and since when: what the rulebook's settings call late,
 * empty or too little for a column of its own, and which documents nobody has interpreted
 * yet. The answer is asked of the releases alone; nothing is kept.
 */
#include "publication_own.h"
#include "publication_sql.h"

#include "notice/notice.h"
#include "people/people.h"
#include "rulebook/rulebook.h"

static void judge(struct call *call, const struct rulebook *book,
                  struct column_standing *standing);
static bool is_listed(struct str list, struct str word);
static civil_day days_of(const struct setting *setting);

enum status publication_standings(struct call *call, id64 site,
                                  struct column_standing **out_standings,
                                  size_t *out_count) {
    struct column *columns;
    struct rows *rows;
    size_t count;
    const struct rulebook *book;
    TRY(site_rulebook(call, site, &book));
    TRY(site_columns(call, site, &columns, &count));
    struct column_standing *standings =
        TAKE_ARRAY(call->arena, count + 1, struct column_standing);
    for (size_t i = 0; i < count; i++) {
        standings[i].column = columns[i];
    }
    TRY(store_query(call, &publication_column_counts, &rows, bind_id("site", site)));
    while (rows_next(rows)) {
        id64 column = row_id(rows, "site_column");
        int64_t held = row_int(rows, "held");
        instant newest = row_int(rows, "newest");
        for (size_t i = 0; i < count; i++) {
            if (columns[i].id == column) {
                standings[i].held = held;
                standings[i].newest = newest;
            }
        }
    }
    TRY(rows_end(rows));
    for (size_t i = 0; i < count; i++) {
        judge(call, book, &standings[i]);
    }
    *out_standings = standings;
    *out_count = count;
    return DONE;
}

enum status publication_uninterpreted(struct call *call, id64 site,
                                      struct release **out_releases, size_t *out_count) {
    const struct rulebook *book;
    struct release *found;
    size_t count;
    size_t kept = 0;
    TRY(site_rulebook(call, site, &book));
    const struct setting *setting = rulebook_setting(book, STR("interpretation-classes"));
    *out_count = 0;
    if (setting == NULL) {
        return DONE;
    }
    TRY(release_query(call, &publication_not_interpreted, VALUES(bind_id("site", site)),
                      500, &found, &count));
    for (size_t i = 0; i < count; i++) {
        struct manuscript manuscript;
        TRY(manuscript_peek(call, found[i].manuscript, &manuscript));
        if (is_listed(setting->value, manuscript.item_class)) {
            found[kept++] = found[i];
        }
    }
    *out_releases = found;
    *out_count = kept;
    return DONE;
}

enum status standing_watch(struct call *call, const struct manuscript *manuscript,
                           const struct content *content) {
    struct subject subject = {SUBJECT_MANUSCRIPT, manuscript->id};
    const struct rulebook *book;
    struct site site;
    civil_day until;
    TRY(notice_duty_close(call, subject, STR(STANDING_STEP)));
    TRY(site_find(call, manuscript->site, &site));
    TRY(site_rulebook(call, site.id, &book));
    const struct setting *setting = rulebook_setting(book, STR("valid-until-role"));
    int role = setting == NULL ? NO_INDEX : rulebook_role(book, setting->value);
    if (role == NO_INDEX ||
        day_from_text(content_field(content, "valid-until"), &until) != DONE) {
        return DONE;
    }
    bool own = book->roles[role].scope == ROLE_OWN_UNIT;
    struct duty duty = {.group = manuscript->group,
                        .subject = subject,
                        .step = STR(STANDING_STEP),
                        .role = book->roles[role].code,
                        .unit = own ? manuscript->unit : people_anywhere_in(site.root),
                        .site = site.id,
                        .site_title = site.title,
                        .title = content->title,
                        .item_class = STR(""),
                        .badge = STR("published"),
                        .act = STR("update"),
                        .remark = STR(""),
                        .round = 1,
                        .deadline = {.hard = day_start(until + 1), .unit = CALENDAR_DAY},
                        .rule = setting->basis.id};
    return notice_duty_open(call, &duty);
}

static void judge(struct call *call, const struct rulebook *book,
                  struct column_standing *standing) {
    const struct setting *late = rulebook_setting(book, STR("column-late-days"));
    const struct setting *merge = rulebook_setting(book, STR("column-merge-days"));
    const struct column_rule *ruled = rulebook_column(book, standing->column.path);
    civil_day ago = standing->held == 0
                        ? INT32_MAX
                        : instant_day(call->now) - instant_day(standing->newest);
    if (!standing->column.open) {
        return;
    }
    standing->rule = late != NULL    ? late->basis.id
                     : ruled != NULL ? ruled->basis.id
                                     : STR("");
    standing->is_empty = standing->held == 0;
    standing->is_late = late != NULL && ago > days_of(late);
    if (merge != NULL && ruled == NULL && ago > days_of(merge)) {
        standing->to_merge = true;
        standing->merge_rule = merge->basis.id;
    }
}

static bool is_listed(struct str list, struct str word) {
    while (!str_is_empty(list)) {
        if (str_equal(str_cut(&list, ' '), word)) {
            return true;
        }
    }
    return false;
}

static civil_day days_of(const struct setting *setting) {
    int64_t days = 0;
    return str_to_int(setting->value, &days) == DONE && days > 0 && days < 10000
               ? (civil_day)days
               : 10000;
}
