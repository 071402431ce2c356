/*
 * Posts: a place in a unit with a role, which exists without a person.
 */
#include "people_own.h"

#include <jansson.h>

static void read_post(struct rows *rows, struct people_post *out_post);
static enum status check_body(struct call *call, const struct people_unit *unit,
                              const struct people_post *post);
static enum status check_role(struct call *call, const struct people_roles *roles,
                              const struct people_unit *unit, struct people_post *post);
static enum status write_post(struct call *call, const struct people_post *post,
                              bool is_new);
static enum status close_work(struct call *call, void *what);

enum status people_post(struct call *call, id64 post, struct people_post *out_post) {
    struct rows *row;
    TRY(store_find(call, &people_post_by_id, &row, bind_int("post", post),
                   bind_int("now", call->now)));
    read_post(row, out_post);
    return DONE;
}

enum status people_posts(struct call *call, id64 unit, bool vacant,
                         struct people_posts *out_posts) {
    struct people_posts posts = {0};
    struct rows *rows;
    TRY(store_query(call, &people_posts_open, &rows, BIND_UNIT_RANGE(unit),
                    bind_int("now", call->now), bind_int("vacant", vacant)));
    while (rows_next(rows)) {
        posts.at = list_grow(call->arena, posts.at, posts.count, sizeof *posts.at);
        read_post(rows, &posts.at[posts.count++]);
    }
    TRY(rows_end(rows));
    *out_posts = posts;
    return DONE;
}

enum status people_post_save(struct call *call, const struct people_roles *roles,
                             struct people_post *post) {
    struct post_wish wish = {.roles = roles, .post = post};
    struct ledger_act act = {.act = "people.post", .subject = {SUBJECT_POST, post->id}};
    return ledger_settle(call, LEDGER_HOUSE, &act,
                         store_transact(call, TXN_WRITE, post_save_work, &wish));
}

enum status people_post_close(struct call *call, id64 post, struct str reason) {
    struct people_post closing = {.id = post};
    struct post_wish wish = {NULL, &closing, reason};
    struct ledger_act act = {.act = "people.post-close", .subject = {SUBJECT_POST, post}};
    return ledger_settle(call, LEDGER_HOUSE, &act,
                         store_transact(call, TXN_WRITE, close_work, &wish));
}

enum status post_save_work(struct call *call, void *what) {
    struct post_wish *wish = what;
    struct people_post post = *wish->post;
    struct people_unit unit;
    bool is_new = post.id == 0;
    if (!is_new) {
        struct people_post present;
        TRY(people_post(call, post.id, &present));
        post.unit = present.unit;
        post.role = present.role;
    }
    enum status status = people_unit(call, post.unit, &unit);
    TRY(people_must_be_office_of(call, status == DONE ? unit.body : 0));
    if (status == ABSENT || (status == DONE && unit.closed_at != 0)) {
        return call_refuse_field(call, "unit", "", "people.no-unit", NULL);
    }
    TRY(status);
    TRY(check_role(call, wish->roles, &unit, &post));
    TRY(check_body(call, &unit, &post));
    if (is_new) {
        post.id = call_new_id(call);
    }
    TRY(write_post(call, &post, is_new));
    struct ledger_act act = {
        .act = "people.post",
        .subject = {SUBJECT_POST, post.id},
        .payload = ledger_payload(
            call, json_pack("{s:s%,s:s%,s:s%,s:b}", "unit", unit.code.at,
                            unit.code.length, "role", post.role.at, post.role.length,
                            "title", post.title.at, post.title.length, "new", is_new))};
    TRY(ledger_append(call, LEDGER_HOUSE, &act, NULL));
    post.unit_code = unit.code;
    post.unit_title = unit.title;
    *wish->post = post;
    return DONE;
}

static void read_post(struct rows *rows, struct people_post *out_post) {
    *out_post = (struct people_post){.id = row_id(rows, "id"),
                                     .unit = row_id(rows, "unit"),
                                     .role = row_text(rows, "role"),
                                     .title = row_text(rows, "title"),
                                     .english = row_text(rows, "title_en"),
                                     .closed_at = row_int(rows, "closed_at"),
                                     .unit_code = row_text(rows, "unit_code"),
                                     .unit_title = row_text(rows, "unit_title"),
                                     .holder = row_id(rows, "holder"),
                                     .holder_name = row_text(rows, "holder_name")};
}

/* The three administrators are the installation's: they sit in the body that it was
 * founded with, and no further body appoints its own. */
static enum status check_body(struct call *call, const struct people_unit *unit,
                              const struct people_post *post) {
    struct people_unit body;
    struct people_unit first;
    if (!role_is_admin(post->role)) {
        return DONE;
    }
    TRY(people_unit(call, unit->body, &body));
    enum status found = people_unit_find(call, STR(PEOPLE_BODY_FIRST), &first);
    if (found == ABSENT || (found == DONE && first.id == body.id)) {
        return DONE;
    }
    TRY(found);
    return call_refuse_field(call, "role", "", "people.admin-elsewhere", "body",
                             str_text(call->arena, first.title), NULL);
}

/* The role must exist where the unit stands; where the regulation fixes what its
 * holder is called, the title follows from the kind of unit (BZ-8.b). */
static enum status check_role(struct call *call, const struct people_roles *roles,
                              const struct people_unit *unit, struct people_post *post) {
    bool known = false;
    if (!role_is_admin(post->role)) {
        const struct people_role *line = role_in(roles, post->role, unit->kind, &known);
        if (!known) {
            return call_refuse_field(call, "role", "", "people.no-role", "role",
                                     str_text(call->arena, post->role), NULL);
        }
        if (line == NULL ||
            (!str_is_empty(line->unit) && !str_equal(line->unit, unit->known))) {
            return call_refuse_field(
                call, "role", line == NULL ? "" : str_text(call->arena, line->rule),
                "people.role-not-here", "role", str_text(call->arena, post->role), "unit",
                str_text(call->arena, unit->title), NULL);
        }
        if (!str_is_empty(line->title)) {
            post->title = line->title;
        } else if (str_is_empty(post->title)) {
            post->title = line->name;
        }
    }
    if (str_is_empty(str_trim(post->title))) {
        return call_refuse_field(call, "title", "", "people.title-missing", NULL);
    }
    return DONE;
}

static enum status write_post(struct call *call, const struct people_post *post,
                              bool is_new) {
    if (is_new) {
        return store_run(call, &people_post_insert, NULL, bind_int("post", post->id),
                         bind_int("unit", post->unit), bind_text("role", post->role),
                         bind_text("title", post->title),
                         bind_text("title_en", post->english));
    }
    return store_run(call, &people_post_update, NULL, bind_int("post", post->id),
                     bind_text("title", post->title),
                     bind_text("title_en", post->english));
}

static enum status close_work(struct call *call, void *what) {
    struct post_wish *wish = what;
    struct people_post post;
    struct people_unit unit;
    enum status found = people_post(call, wish->post->id, &post);
    if (found != DONE) {
        TRY(people_must_be_office(call));
        return found;
    }
    TRY(people_unit(call, post.unit, &unit));
    TRY(people_must_be_office_of(call, unit.body));
    if (post.holder != 0) {
        return call_refuse(call, REFUSED, "", "people.post-held", "holder",
                           str_text(call->arena, post.holder_name), NULL);
    }
    TRY(store_run(call, &people_post_shut, NULL, bind_int("post", post.id),
                  bind_int("now", call->now)));
    struct ledger_act act = {
        .act = "people.post-close",
        .subject = {SUBJECT_POST, post.id},
        .payload = ledger_payload(
            call, json_pack("{s:s%}", "reason", wish->reason.at, wish->reason.length))};
    return ledger_append(call, LEDGER_HOUSE, &act, NULL);
}
