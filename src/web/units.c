/*
 * Keeping units and posts: entered, renamed, moved in the tree, closed.
 */
#include "entries.h"
#include "staff.h"

#include <string.h>

static enum status run_new_unit(struct visit *visit);
static enum status run_add_unit(struct visit *visit);
static enum status run_unit_form(struct visit *visit);
static enum status run_change_unit(struct visit *visit);
static enum status run_close_unit_form(struct visit *visit);
static enum status run_close_unit(struct visit *visit);
static enum status run_new_post(struct visit *visit);
static enum status run_add_post(struct visit *visit);
static enum status run_post_form(struct visit *visit);
static enum status run_change_post(struct visit *visit);
static enum status run_close_post_form(struct visit *visit);
static enum status run_close_post(struct visit *visit);
static enum status find_unit(struct visit *visit, struct people_unit *out_unit);
static enum status find_post(struct visit *visit, struct people_post *out_post);
static enum status fill_unit_form(struct visit *visit, struct model *part,
                                  const struct people_unit *unit);
static enum status add_parents(struct visit *visit, struct model *part,
                               const struct people_unit *unit);
static void read_unit(const struct visit *visit, struct people_unit *unit);
static bool is_below(const struct people_units *units, size_t at, id64 unit);
static enum status add_roles(struct visit *visit, struct model *part,
                             const struct people_unit *unit);

static const struct field unit_fields[] = {
    {.name = "title", .kind = FIELD_TEXT, .most = 120, .label = "units.title"},
    {.name = "english", .kind = FIELD_TEXT, .most = 120, .label = "units.english"},
    {.name = "code", .kind = FIELD_TEXT, .most = 40, .label = "units.code"},
    {.name = "kind", .kind = FIELD_TEXT, .most = 60, .label = "units.kind"},
    {.name = "parent", .kind = FIELD_ID, .label = "units.parent"},
    {.name = "aliases", .kind = FIELD_TEXT, .most = 300, .label = "units.aliases"},
    {.name = "order", .kind = FIELD_INT, .label = "units.order"},
    {.name = NULL},
};
static const struct field parent_fields[] = {
    {.name = "parent", .kind = FIELD_ID, .label = "units.parent"},
    {.name = NULL},
};
static const struct field reason_fields[] = {WEB_REASON_FIELD("withdraw.reason"),
                                             {.name = NULL}};
static const struct field post_fields[] = {
    {.name = "role", .kind = FIELD_TEXT, .most = 60, .label = "units.role"},
    {.name = "title", .kind = FIELD_TEXT, .most = 60, .label = "units.post-title"},
    {.name = "english", .kind = FIELD_TEXT, .most = 120, .label = "units.english"},
    {.name = NULL},
};

const struct entry unit_new = {.method = "GET",
                               .pattern = "/people/units/new",
                               .fields = parent_fields,
                               .may = WEB_OFFICE,
                               .run = run_new_unit};
const struct entry unit_add = {.method = "POST",
                               .pattern = "/people/units/new",
                               .fields = unit_fields,
                               .may = WEB_OFFICE,
                               .form = &unit_new,
                               .run = run_add_unit};
const struct entry unit_change_form = {.method = "GET",
                                       .pattern = "/people/units/{unit}/change",
                                       .may = WEB_OFFICE,
                                       .run = run_unit_form};
const struct entry unit_change = {.method = "POST",
                                  .pattern = "/people/units/{unit}/change",
                                  .fields = unit_fields,
                                  .may = WEB_OFFICE,
                                  .form = &unit_change_form,
                                  .run = run_change_unit};
const struct entry unit_close_form = {.method = "GET",
                                      .pattern = "/people/units/{unit}/close",
                                      .may = WEB_OFFICE,
                                      .run = run_close_unit_form};
const struct entry unit_close = {.method = "POST",
                                 .pattern = "/people/units/{unit}/close",
                                 .fields = reason_fields,
                                 .may = WEB_OFFICE,
                                 .form = &unit_close_form,
                                 .run = run_close_unit};
const struct entry post_new = {.method = "GET",
                               .pattern = "/people/units/{unit}/posts/new",
                               .may = WEB_OFFICE,
                               .run = run_new_post};
const struct entry post_add = {.method = "POST",
                               .pattern = "/people/units/{unit}/posts/new",
                               .fields = post_fields,
                               .may = WEB_OFFICE,
                               .form = &post_new,
                               .run = run_add_post};
const struct entry post_change_form = {.method = "GET",
                                       .pattern = "/people/posts/{post}/change",
                                       .may = WEB_OFFICE,
                                       .run = run_post_form};
const struct entry post_change = {.method = "POST",
                                  .pattern = "/people/posts/{post}/change",
                                  .fields = post_fields,
                                  .may = WEB_OFFICE,
                                  .form = &post_change_form,
                                  .run = run_change_post};
const struct entry post_close_form = {.method = "GET",
                                      .pattern = "/people/posts/{post}/close",
                                      .may = WEB_OFFICE,
                                      .run = run_close_post_form};
const struct entry post_close = {.method = "POST",
                                 .pattern = "/people/posts/{post}/close",
                                 .fields = reason_fields,
                                 .may = WEB_OFFICE,
                                 .form = &post_close_form,
                                 .run = run_close_post};

static enum status run_new_unit(struct visit *visit) {
    struct people_unit blank = {.parent = request_id(visit->request, "parent"),
                                .code = STR(""),
                                .kind = STR(""),
                                .title = STR(""),
                                .english = STR(""),
                                .aliases = STR("")};
    struct change change = {.title = web_say(visit, "units.new-title", NULL),
                            .action = STR("/people/units/new"),
                            .back = blank.parent == 0
                                        ? STR("/people")
                                        : staff_unit_path(visit, blank.parent, ""),
                            .button = "units.new-do"};
    struct model *part = change_open(visit, &change);
    TRY(fill_unit_form(visit, part, &blank));
    return web_page(visit, "change");
}

static enum status run_add_unit(struct visit *visit) {
    struct people_unit unit = {.id = 0};
    read_unit(visit, &unit);
    unit.code = request_text(visit->request, "code");
    TRY(people_unit_save(visit->call, &unit));
    return web_go_saying(visit, staff_unit_path(visit, unit.id, ""), "units.added", NULL);
}

static enum status run_unit_form(struct visit *visit) {
    struct people_unit unit;
    TRY(find_unit(visit, &unit));
    struct change change = {.title =
                                web_say(visit, "units.change-title", "unit",
                                        str_text(visit->call->arena, unit.title), NULL),
                            .action = staff_unit_path(visit, unit.id, "/change"),
                            .back = staff_unit_path(visit, unit.id, ""),
                            .button = "units.change-do"};
    struct model *part = change_open(visit, &change);
    TRY(fill_unit_form(visit, part, &unit));
    return web_page(visit, "change");
}

static enum status run_change_unit(struct visit *visit) {
    struct people_unit unit;
    TRY(find_unit(visit, &unit));
    read_unit(visit, &unit);
    TRY(people_unit_save(visit->call, &unit));
    return web_go_saying(visit, staff_unit_path(visit, unit.id, ""), "units.changed",
                         NULL);
}

static enum status run_close_unit_form(struct visit *visit) {
    struct people_unit unit;
    TRY(find_unit(visit, &unit));
    struct change change = {.title =
                                web_say(visit, "units.close-title", "unit",
                                        str_text(visit->call->arena, unit.title), NULL),
                            .action = staff_unit_path(visit, unit.id, "/close"),
                            .back = staff_unit_path(visit, unit.id, ""),
                            .button = "units.close-do",
                            .heavy = true};
    struct model *part = change_open(visit, &change);
    change_field(visit, part, "is-lines", "reason", "withdraw.reason", true, STR(""));
    model_list_add_text(part, "effects", web_say(visit, "units.close-takes", NULL));
    model_list_add_text(part, "effects", web_say(visit, "units.close-keeps", NULL));
    return web_page(visit, "change");
}

static enum status run_close_unit(struct visit *visit) {
    struct people_unit unit;
    TRY(find_unit(visit, &unit));
    TRY(people_unit_close(visit->call, unit.id, request_text(visit->request, "reason")));
    return web_go_saying(visit, STR("/people"), "units.closed", "unit",
                         str_text(visit->call->arena, unit.title), NULL);
}

static enum status run_new_post(struct visit *visit) {
    struct people_unit unit;
    TRY(find_unit(visit, &unit));
    struct change change = {.title =
                                web_say(visit, "units.post-new-title", "unit",
                                        str_text(visit->call->arena, unit.title), NULL),
                            .action = staff_unit_path(visit, unit.id, "/posts/new"),
                            .back = staff_unit_path(visit, unit.id, ""),
                            .button = "units.post-new-do"};
    struct model *part = change_open(visit, &change);
    TRY(add_roles(visit, part, &unit));
    change_field(visit, part, "is-line", "title", "units.post-title", false, STR(""));
    change_field(visit, part, "is-line", "english", "units.english", false, STR(""));
    return web_page(visit, "change");
}

static enum status run_add_post(struct visit *visit) {
    struct people_unit unit;
    struct people_roles roles;
    TRY(find_unit(visit, &unit));
    TRY(staff_roles(visit, &roles));
    struct people_post post = {.unit = unit.id,
                               .role = request_text(visit->request, "role"),
                               .title = request_text(visit->request, "title"),
                               .english = request_text(visit->request, "english")};
    TRY(people_post_save(visit->call, &roles, &post));
    return web_go_saying(visit, staff_unit_path(visit, unit.id, ""), "units.post-added",
                         NULL);
}

static enum status run_post_form(struct visit *visit) {
    struct people_post post;
    TRY(find_post(visit, &post));
    struct change change = {.title =
                                web_say(visit, "units.post-change-title", "post",
                                        str_text(visit->call->arena, post.title), NULL),
                            .action = staff_post_path(visit, post.id, "/change"),
                            .back = staff_unit_path(visit, post.unit, ""),
                            .button = "units.change-do"};
    struct model *part = change_open(visit, &change);
    change_field(visit, part, "is-line", "title", "units.post-title", false, post.title);
    change_field(visit, part, "is-line", "english", "units.english", false, post.english);
    return web_page(visit, "change");
}

static enum status run_change_post(struct visit *visit) {
    struct people_post post;
    struct people_roles roles;
    TRY(find_post(visit, &post));
    TRY(staff_roles(visit, &roles));
    post.title = request_text(visit->request, "title");
    post.english = request_text(visit->request, "english");
    TRY(people_post_save(visit->call, &roles, &post));
    return web_go_saying(visit, staff_unit_path(visit, post.unit, ""), "units.changed",
                         NULL);
}

static enum status run_close_post_form(struct visit *visit) {
    struct people_post post;
    TRY(find_post(visit, &post));
    struct change change = {.title =
                                web_say(visit, "units.post-close-title", "post",
                                        str_text(visit->call->arena, post.title), NULL),
                            .action = staff_post_path(visit, post.id, "/close"),
                            .back = staff_unit_path(visit, post.unit, ""),
                            .button = "units.post-close-do",
                            .heavy = true};
    struct model *part = change_open(visit, &change);
    change_field(visit, part, "is-lines", "reason", "withdraw.reason", true, STR(""));
    model_list_add_text(part, "effects", web_say(visit, "units.post-close-takes", NULL));
    return web_page(visit, "change");
}

static enum status run_close_post(struct visit *visit) {
    struct people_post post;
    TRY(find_post(visit, &post));
    TRY(people_post_close(visit->call, post.id, request_text(visit->request, "reason")));
    return web_go_saying(visit, staff_unit_path(visit, post.unit, ""),
                         "units.post-closed", NULL);
}

static enum status find_unit(struct visit *visit, struct people_unit *out_unit) {
    id64 id;
    TRY(request_id_parameter(visit->request, "unit", &id));
    return people_unit(visit->call, id, out_unit);
}

static enum status find_post(struct visit *visit, struct people_post *out_post) {
    id64 id;
    TRY(request_id_parameter(visit->request, "post", &id));
    return people_post(visit->call, id, out_post);
}

static enum status fill_unit_form(struct visit *visit, struct model *part,
                                  const struct people_unit *unit) {
    struct people_roles roles;
    struct arena *arena = visit->call->arena;
    change_field(visit, part, "is-line", "title", "units.title", true, unit->title);
    change_field(visit, part, "is-line", "english", "units.english", false,
                 unit->english);
    if (unit->id == 0) { /* it stands in the ledger and in files: it never changes */
        struct model *code =
            change_field(visit, part, "is-line", "code", "units.code", true, unit->code);
        model_words(code, "help", "units.code-help");
    }
    TRY(staff_roles(visit, &roles));
    struct model *kind =
        change_field(visit, part, "is-choice", "kind", "units.kind", true, unit->kind);
    for (size_t i = 0; i < roles.kind_count; i++) {
        change_option(visit, kind, "kind", unit->kind, roles.kinds[i].code,
                      roles.kinds[i].name);
    }
    if (unit->id == 0 || unit->parent != 0) {
        TRY(add_parents(visit, part, unit));
    }
    change_field(visit, part, "is-line", "aliases", "units.aliases", false,
                 unit->aliases);
    change_field(visit, part, "is-number", "order", "units.order", false,
                 str_format(arena, "%d", unit->order));
    return DONE;
}

/* Every unit but the unit itself and what stands below it. */
static enum status add_parents(struct visit *visit, struct model *part,
                               const struct people_unit *unit) {
    struct arena *arena = visit->call->arena;
    struct people_units units;
    TRY(people_units(visit->call, false, &units));
    struct str stored = unit->parent == 0 ? STR("") : id_to_text(arena, unit->parent);
    struct model *field =
        change_field(visit, part, "is-choice", "parent", "units.parent", true, stored);
    for (size_t i = 0; i < units.count; i++) {
        if (unit->id == 0 || !is_below(&units, i, unit->id)) {
            change_option(visit, field, "parent", stored,
                          id_to_text(arena, units.at[i].id), units.at[i].title);
        }
    }
    return DONE;
}

/* Parents stand before their children. */
static bool is_below(const struct people_units *units, size_t at, id64 unit) {
    id64 above = units->at[at].id;
    for (size_t i = at + 1; i > 0 && above != unit; i--) {
        above = units->at[i - 1].id == above ? units->at[i - 1].parent : above;
    }
    return above == unit;
}

/* The code of a unit that stands is not read: it stays. */
static void read_unit(const struct visit *visit, struct people_unit *unit) {
    const struct request *request = visit->request;
    unit->title = request_text(request, "title");
    unit->english = request_text(request, "english");
    unit->kind = request_text(request, "kind");
    unit->aliases = request_text(request, "aliases");
    unit->order = (int)request_int(request, "order");
    if (unit->id == 0 || unit->parent != 0) {
        unit->parent = request_id(request, "parent");
    }
}

/* The roles that the rulebook has for a unit of this kind, and the three administrators
 * in the body itself. */
static enum status add_roles(struct visit *visit, struct model *part,
                             const struct people_unit *unit) {
    static const char *const administrators[][2] = {
        {PEOPLE_ROLE_SYSTEM, "units.role-system"},
        {PEOPLE_ROLE_SECURITY, "units.role-security"},
        {PEOPLE_ROLE_AUDIT, "units.role-audit"}};
    struct people_roles roles;
    TRY(staff_roles(visit, &roles));
    struct model *field =
        change_field(visit, part, "is-choice", "role", "units.role", true, STR(""));
    for (size_t i = 0; i < roles.count; i++) {
        const struct people_role *role = &roles.at[i];
        bool here = (str_is_empty(role->kind) || str_equal(role->kind, unit->kind)) &&
                    (str_is_empty(role->unit) || str_equal(role->unit, unit->known));
        bool again = i > 0 && str_equal(roles.at[i - 1].role, role->role);
        if (here && !again) {
            change_option(visit, field, "role", STR(""), role->role, role->name);
        }
    }
    for (size_t i = 0; i < LENGTH(administrators); i++) {
        change_option(visit, field, "role", STR(""), str_of(administrators[i][0]),
                      web_say(visit, administrators[i][1], NULL));
    }
    return DONE;
}
