/*
 * The tree of columns: who owns each, what it takes and from whom.
 */
#include "site_own.h"

#include "ledger/ledger.h"
#include "matter/matter.h"
#include "people/people.h"
#include "rulebook/rulebook.h"
#include "site_sql.h"

#include <jansson.h>

struct column_wish {
    struct column column;
    const struct column_terms *terms;
    struct str reason;
    id64 matter; /* agreed to, that this act redeems; 0: none is wanted */
};

static enum status must_be_of_body(struct call *call, const struct site *site, id64 unit,
                                   const char *article);
static enum status check_column(struct call *call, const struct column *column,
                                const struct column_terms *terms);
static enum status check_person(struct call *call, const struct site *site,
                                const struct column *column);
static enum status check_rule(struct call *call, const struct site *site,
                              const struct column *column);
static const struct column_rule *rule_about(struct call *call, const struct site *site,
                                            struct str path);
static enum status insert_column(struct call *call, void *what);
static enum status update_column(struct call *call, void *what);
static enum status shut_column(struct call *call, void *what);
static enum status write_terms(struct call *call, const struct column_wish *wish,
                               bool anew);
static enum status note_column(struct call *call, const struct column_wish *wish,
                               const char *act);
static void read_column(struct rows *rows, struct column *out_column);
static void add_tree(const struct column *all, size_t count, id64 parent,
                     struct column *sorted, size_t *at);

enum status site_column_add(struct call *call, const struct column *column,
                            const struct column_terms *terms, id64 *out_column) {
    struct column_wish wish = {.column = *column, .terms = terms, .reason = STR("")};
    TRY(check_column(call, column, terms));
    wish.column.id = call_new_id(call);
    wish.column.path = column->code;
    if (column->parent != 0) {
        struct column parent;
        TRY(site_column_find(call, column->parent, &parent));
        wish.column.path = str_format(call->arena, "%.*s/%.*s", STR_ARG(parent.path),
                                      STR_ARG(column->code));
    }
    struct site site;
    TRY(site_find(call, column->site, &site));
    TRY(site_must_be_applied_for(call, &site, PERMIT_COLUMN, wish.column.path,
                                 &wish.matter));
    enum status status = store_transact(call, TXN_WRITE, insert_column, &wish);
    if (status == STALE && call->refusal == NULL) {
        return call_refuse_field(call, "code", "", "site.code-taken", "code",
                                 str_text(call->arena, column->code), NULL);
    }
    TRY(status);
    *out_column = wish.column.id;
    return DONE;
}

enum status site_column_change(struct call *call, const struct column *column,
                               const struct column_terms *terms) {
    struct column_wish wish = {.column = *column, .terms = terms, .reason = STR("")};
    TRY(check_column(call, column, terms));
    return store_transact(call, TXN_WRITE, update_column, &wish);
}

enum status site_column_close(struct call *call, id64 column, struct str reason) {
    struct column_wish wish = {.reason = str_trim(reason)};
    const struct column_rule *rule;
    struct site site;
    if (str_is_empty(wish.reason)) {
        return call_refuse_field(call, "reason", "", "site.reason-missing", NULL);
    }
    TRY(site_column_find(call, column, &wish.column));
    TRY(site_find(call, wish.column.site, &site));
    TRY(column_must_maintain(call, &site, column));
    rule = rule_about(call, &site, wish.column.path);
    if (rule != NULL) {
        return call_refuse_field(call, "column", str_text(call->arena, rule->basis.id),
                                 "site.column-ruled", "column",
                                 str_text(call->arena, wish.column.title), NULL);
    }
    TRY(site_must_be_applied_for(call, &site, PERMIT_COLUMN, wish.column.path,
                                 &wish.matter));
    return store_transact(call, TXN_WRITE, shut_column, &wish);
}

enum status site_column_find(struct call *call, id64 column, struct column *out_column) {
    struct rows *row;
    TRY(store_find(call, &site_column_row, &row, bind_id("id", column)));
    read_column(row, out_column);
    return DONE;
}

enum status site_column_find_path(struct call *call, id64 site, struct str path,
                                  struct column *out_column) {
    struct rows *row;
    TRY(store_find(call, &site_column_row_by_path, &row, bind_id("site", site),
                   bind_text("path", path)));
    read_column(row, out_column);
    return DONE;
}

enum status site_columns(struct call *call, id64 site, struct column **out_columns,
                         size_t *out_count) {
    struct rows *rows;
    size_t room = 64;
    size_t count = 0;
    struct column *all = TAKE_ARRAY(call->arena, room, struct column);
    TRY(store_query(call, &site_column_rows, &rows, bind_id("site", site)));
    while (rows_next(rows)) {
        if (count == room) {
            struct column *more = TAKE_ARRAY(call->arena, room * 2, struct column);
            for (size_t i = 0; i < count; i++) {
                more[i] = all[i];
            }
            all = more;
            room *= 2;
        }
        read_column(rows, &all[count++]);
    }
    TRY(rows_end(rows));
    struct column *sorted = TAKE_ARRAY(call->arena, count + 1, struct column);
    size_t at = 0;
    add_tree(all, count, 0, sorted, &at);
    *out_columns = sorted;
    *out_count = at;
    return DONE;
}

enum status site_column_terms(struct call *call, id64 column,
                              struct column_terms *out_terms) {
    struct rows *rows;
    struct column_terms terms = {0};
    struct str *classes = TAKE_ARRAY(call->arena, 200, struct str);
    id64 *units = TAKE_ARRAY(call->arena, 1000, id64);
    TRY(store_query(call, &site_column_class_rows, &rows,
                    bind_id("site_column", column)));
    while (rows_next(rows)) {
        classes[terms.class_count++] = row_text(rows, "item_class");
    }
    TRY(rows_end(rows));
    TRY(store_query(call, &site_column_unit_rows, &rows, bind_id("site_column", column)));
    while (rows_next(rows)) {
        units[terms.unit_count++] = row_id(rows, "unit");
    }
    TRY(rows_end(rows));
    terms.classes = classes;
    terms.units = units;
    *out_terms = terms;
    return DONE;
}

enum status site_column_takes(struct call *call, const struct column *column,
                              struct str item_class, id64 unit) {
    struct column_terms terms;
    struct site site;
    TRY(site_find(call, column->site, &site));
    const struct column_rule *rule = rule_about(call, &site, column->path);
    const char *article = rule == NULL ? "" : str_text(call->arena, rule->basis.id);
    if (!column->open) {
        return call_refuse_field(call, "column", "", "site.column-closed", "column",
                                 str_text(call->arena, column->title), NULL);
    }
    TRY(site_column_terms(call, column->id, &terms));
    bool taken = terms.class_count == 0;
    for (size_t i = 0; i < terms.class_count && !taken; i++) {
        taken = str_equal(terms.classes[i], item_class);
    }
    if (!taken) {
        return call_refuse_field(call, "class", article, "site.class-not-taken", "column",
                                 str_text(call->arena, column->title), NULL);
    }
    TRY(must_be_of_body(call, &site, unit, article));
    bool welcome = terms.unit_count == 0 || column->owner == unit;
    for (size_t i = 0; i < terms.unit_count && !welcome; i++) {
        welcome = terms.units[i] == unit;
    }
    TRY(site_level_fits(call, &site, unit));
    return welcome
               ? DONE
               : call_refuse_field(call, "column", article, "site.unit-not-welcome",
                                   "column", str_text(call->arena, column->title), NULL);
}

enum status column_must_maintain(struct call *call, const struct site *site,
                                 id64 column) {
    struct column found;
    TRY(site_must_manage(call, site));
    if (column == 0) {
        return DONE;
    }
    TRY(site_column_find(call, column, &found));
    return register_grants(call, site, call->actor.person, &found, SITE_RIGHT_MAINTAIN);
}

/* Another body's units write for their own sites. */
static enum status must_be_of_body(struct call *call, const struct site *site, id64 unit,
                                   const char *article) {
    struct rows *row;
    enum status found =
        site->root == 0 ? DONE
                        : store_find(call, &site_unit_of_body, &row,
                                     bind_id("unit", unit), bind_id("body", site->root));
    return found == ABSENT
               ? call_refuse_field(call, "column", article, "site.unit-of-other-body",
                                   "site", str_text(call->arena, site->title), NULL)
               : found;
}

static enum status check_column(struct call *call, const struct column *column,
                                const struct column_terms *terms) {
    struct site site;
    struct people_unit owner;
    enum status answer = DONE;
    TRY(site_find(call, column->site, &site));
    TRY(column_must_maintain(call, &site, column->id == 0 ? column->parent : column->id));
    if (!site_code_fits(column->code)) {
        answer = call_refuse_field(call, "code", "", "site.code-unfit", NULL);
    }
    if (str_is_empty(str_trim(column->title)) || column->title.length > 200) {
        answer = call_refuse_field(call, "title", "", "site.title-missing", NULL);
    }
    if (column->owner == 0 || people_unit(call, column->owner, &owner) != DONE) {
        answer = call_refuse_field(call, "owner", "", "site.owner-missing", NULL);
    }
    const struct rulebook *book = shelf_find(call->house->shelf, &site.rulebook_digest);
    for (size_t i = 0; book != NULL && i < terms->class_count; i++) {
        if (rulebook_class(book, terms->classes[i]) == NO_INDEX) {
            answer = call_refuse_field(call, "classes", "", "site.class-unknown", "class",
                                       str_text(call->arena, terms->classes[i]), NULL);
        }
    }
    TRY(answer);
    TRY(check_person(call, &site, column));
    return check_rule(call, &site, column);
}

/* The owner unit has the person whom the regulation wants for a column. */
static enum status check_person(struct call *call, const struct site *site,
                                const struct column *column) {
    const struct rulebook *book = shelf_find(call->house->shelf, &site->rulebook_digest);
    const struct column_person *rule = book == NULL ? NULL : book->column_person;
    struct people_holdings holders;
    bool founding = call->actor.person == 0 && call->door == DOOR_CLI;
    if (rule == NULL || rule->role == NO_INDEX || founding) {
        return DONE;
    }
    const struct role *role = &book->roles[rule->role];
    TRY(people_holders(call, str_text(call->arena, role->code), column->owner, &holders));
    if (holders.count > 0) {
        return DONE;
    }
    return call_refuse_field(
        call, "owner", str_text(call->arena, rule->basis.id), "site.person-missing",
        "role", str_text(call->arena, text_in(role->title, call->language)), NULL);
}

/* A column that the regulation gives to a unit stays with it. */
static enum status check_rule(struct call *call, const struct site *site,
                              const struct column *column) {
    struct column before;
    if (column->id == 0) {
        return DONE;
    }
    TRY(site_column_find(call, column->id, &before));
    const struct column_rule *rule = rule_about(call, site, before.path);
    if (rule == NULL || rule->owner == NO_INDEX || before.owner == column->owner) {
        return DONE;
    }
    return call_refuse_field(call, "owner", str_text(call->arena, rule->basis.id),
                             "site.owner-ruled", "column",
                             str_text(call->arena, before.title), NULL);
}

static const struct column_rule *rule_about(struct call *call, const struct site *site,
                                            struct str path) {
    const struct rulebook *book = shelf_find(call->house->shelf, &site->rulebook_digest);
    return book == NULL ? NULL : rulebook_column(book, path);
}

static enum status insert_column(struct call *call, void *what) {
    struct column_wish *wish = what;
    const struct column *column = &wish->column;
    TRY(matter_redeem(call, wish->matter, "site.column-add"));
    TRY(store_run(call, &site_column_insert, NULL, bind_id("id", column->id),
                  bind_id("site", column->site), bind_id("parent", column->parent),
                  bind_text("code", column->code), bind_text("path", column->path),
                  bind_text("title", column->title),
                  bind_text("title_en", column->title_en),
                  bind_text("type", column->type), bind_text("summary", column->summary),
                  bind_text("keywords", column->keywords),
                  bind_id("owner", column->owner), bind_int("position", column->position),
                  bind_int("is_open", 1), bind_int("on_home", column->on_home)));
    TRY(write_terms(call, wish, false));
    return note_column(call, wish, "site.column-add");
}

static enum status update_column(struct call *call, void *what) {
    struct column_wish *wish = what;
    const struct column *column = &wish->column;
    int64_t changed = 0;
    TRY(store_run(call, &site_column_update, &changed, bind_text("title", column->title),
                  bind_text("title_en", column->title_en),
                  bind_text("type", column->type), bind_text("summary", column->summary),
                  bind_text("keywords", column->keywords),
                  bind_id("owner", column->owner), bind_int("position", column->position),
                  bind_int("on_home", column->on_home), bind_id("id", column->id)));
    if (changed == 0) {
        return ABSENT;
    }
    TRY(write_terms(call, wish, true));
    return note_column(call, wish, "site.column-change");
}

static enum status shut_column(struct call *call, void *what) {
    struct column_wish *wish = what;
    int64_t changed = 0;
    TRY(matter_redeem(call, wish->matter, "site.column-close"));
    TRY(store_run(call, &site_column_shut, &changed, bind_id("id", wish->column.id)));
    return changed == 0 ? STALE : note_column(call, wish, "site.column-close");
}

static enum status write_terms(struct call *call, const struct column_wish *wish,
                               bool anew) {
    id64 column = wish->column.id;
    if (anew) {
        TRY(store_run(call, &site_column_class_clear, NULL,
                      bind_id("site_column", column)));
        TRY(store_run(call, &site_column_unit_clear, NULL,
                      bind_id("site_column", column)));
    }
    for (size_t i = 0; i < wish->terms->class_count; i++) {
        TRY(store_run(call, &site_column_class_insert, NULL,
                      bind_id("site_column", column),
                      bind_text("item_class", wish->terms->classes[i])));
    }
    for (size_t i = 0; i < wish->terms->unit_count; i++) {
        TRY(store_run(call, &site_column_unit_insert, NULL,
                      bind_id("site_column", column),
                      bind_id("unit", wish->terms->units[i])));
    }
    return DONE;
}

static enum status note_column(struct call *call, const struct column_wish *wish,
                               const char *act) {
    const struct column *column = &wish->column;
    struct str matter =
        wish->matter == 0 ? STR("") : id_to_text(call->arena, wish->matter);
    struct site site;
    TRY(site_find(call, column->site, &site));
    struct ledger_act record = {
        .act = act,
        .subject = {.kind = SUBJECT_COLUMN, .id = column->id},
        .payload = ledger_payload(
            call, json_pack("{s:s%, s:s%, s:s%, s:s%}", "path", column->path.at,
                            column->path.length, "title", column->title.at,
                            column->title.length, "reason", wish->reason.at,
                            wish->reason.length, "matter", matter.at, matter.length)),
        .rule = STR(""),
        .post = STR("")};
    return ledger_append(call, site.group, &record, NULL);
}

static void read_column(struct rows *rows, struct column *out_column) {
    struct column column = {.id = row_id(rows, "id"), .site = row_id(rows, "site")};
    column.parent = row_id(rows, "parent");
    column.code = row_text(rows, "code");
    column.path = row_text(rows, "path");
    column.title = row_text(rows, "title");
    column.title_en = row_text(rows, "title_en");
    column.type = row_text(rows, "type");
    column.summary = row_text(rows, "summary");
    column.keywords = row_text(rows, "keywords");
    column.owner = row_id(rows, "owner");
    column.position = (int)row_int(rows, "position");
    column.open = row_int(rows, "is_open") != 0;
    column.on_home = row_int(rows, "on_home") != 0;
    *out_column = column;
}

/* Depth first; the rows come with siblings in order. */
static void add_tree(const struct column *all, size_t count, id64 parent,
                     struct column *sorted, size_t *at) {
    for (size_t i = 0; i < count; i++) {
        if (all[i].parent == parent) {
            sorted[(*at)++] = all[i];
            add_tree(all, count, all[i].id, sorted, at);
        }
    }
}
