/*
 * A draft for the public: from here on it is a manuscript like any other, and what is not
 * reviewed is not shown.
 */
#include "assessment_own.h"

#include "manuscript/manuscript.h"

static enum status must_be_new(struct call *call, id64 group);
static enum status write_draft(struct call *call, const struct column *column, id64 unit,
                               struct str item_class, const struct content *content,
                               id64 *out_manuscript);

enum status text_begin(struct call *call, const struct rulebook *book, id64 site,
                       struct str path, struct str item_class, struct str title,
                       struct str body, id64 *out_manuscript) {
    struct str today = day_to_text(call->arena, instant_day(call->now));
    struct field_value fields[] = {{STR("disclosure"), STR("active")},
                                   {STR("origin"), today}};
    struct content content = {
        .title = title, .body = body, .fields = fields, .field_count = LENGTH(fields)};
    struct column column;
    struct site found;
    id64 unit = 0;
    int index;
    TRY(site_find(call, site, &found));
    TRY(assessor_must_be(call, book, found.root, &index));
    TRY(assessor_unit(call, book, found.root, index, &unit));
    TRY(site_column_find_path(call, site, path, &column));
    TRY(must_be_new(call, found.group));
    /* The draft is made on the way; the wish is carried out by what follows it. */
    struct str wish = call->key;
    call->key = STR("");
    enum status written =
        write_draft(call, &column, unit, item_class, &content, out_manuscript);
    call->key = wish;
    return written;
}

/* A wish that was carried out before makes no second draft. */
static enum status must_be_new(struct call *call, id64 group) {
    struct ledger_entry entry;
    enum status before = ledger_find_key(call, group, call->key, &entry);
    return before == DONE     ? call_refuse(call, STALE, "", "ledger.repeated", NULL)
           : before == ABSENT ? DONE
                              : before;
}

static enum status write_draft(struct call *call, const struct column *column, id64 unit,
                               struct str item_class, const struct content *content,
                               id64 *out_manuscript) {
    struct content empty;
    struct dropped dropped;
    id64 manuscript;
    int version;
    TRY(manuscript_begin(call, column->id, unit, item_class, content->title,
                         &manuscript));
    TRY(manuscript_draft(call, manuscript, &empty, &version));
    TRY(manuscript_save(call, manuscript, version, content, &version, &dropped));
    *out_manuscript = manuscript;
    return DONE;
}

struct str period_title(struct arena *arena, struct str period) {
    static const char *const quarters[] = {"一", "二", "三", "四"};
    struct str rest = period;
    struct str year = str_cut(&rest, '-');
    int64_t part = 0;
    struct str digits = str_starts(rest, "Q") || str_starts(rest, "H")
                            ? str_part(rest, 1, rest.length)
                            : rest;
    if (str_to_int(digits, &part) != DONE) {
        return str_format(arena, "%.*s年", STR_ARG(year));
    }
    if (str_starts(rest, "Q")) {
        return str_format(arena, "%.*s年第%s季度", STR_ARG(year),
                          quarters[(part - 1) & 3]);
    }
    return str_starts(rest, "H")
               ? str_format(arena, "%.*s年%s半年", STR_ARG(year), part == 1 ? "上" : "下")
               : str_format(arena, "%.*s年%d月", STR_ARG(year), (int)part);
}
