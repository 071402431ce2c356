/*
 * Founding: a group, a site under a rulebook, the units that the rulebook knows by
 * code, and a first tree of columns.
 */
#include "site_own.h"

#include "people/people.h"
#include "rulebook/rulebook.h"

struct founding;

static struct text site_title(const struct rulebook *book);
static struct str site_sponsor(const struct rulebook *book);
static enum status found_units(struct call *call, const struct rulebook *book, id64 body);
static enum status found_columns(struct call *call, const struct rulebook *book,
                                 const struct site *site);
static enum status found_column(struct call *call, const struct site *site,
                                struct str line, int position);
static enum status found_ruled_column(struct call *call, const struct rulebook *book,
                                      const struct site *site, int index);
static enum status place_column(struct call *call, struct str path,
                                struct column *column);
static enum status found_group(struct call *call, void *what);
static enum status found_beside(struct call *call, void *what);
static enum status seat_keeper(struct call *call, const struct founding *founding);
static enum status found_body(struct call *call, struct founding *founding);

struct founding {
    const struct rulebook *book;
    struct str code; /* of the body */
    id64 keeper;     /* who takes a post in its office; 0: nobody yet */
    struct site site;
    id64 group;
};

enum status site_found(struct call *call, const struct rulebook *book,
                       struct site *out_site) {
    struct founding founding = {
        .book = book, .code = STR(PEOPLE_BODY_FIRST), .site = {.code = STR("main")}};
    TRY(store_transact(call, TXN_WRITE, found_group, &founding));
    TRY(found_body(call, &founding));
    *out_site = founding.site;
    return DONE;
}

enum status site_found_beside(struct call *call, const struct rulebook *book,
                              struct str code, id64 keeper, struct site *out_site) {
    struct founding founding = {
        .book = book, .code = code, .keeper = keeper, .site = {.code = code}};
    struct site other;
    struct people_unit unit;
    if (call->actor.person != 0 || call->door != DOOR_CLI) {
        return call_refuse(call, DENIED, "", "people.only-office", NULL);
    }
    TRY(site_group_first(call, &founding.group));
    if (!site_code_fits(code)) {
        return call_refuse_field(call, "code", "", "site.code-unfit", NULL);
    }
    if (site_find_code(call, founding.group, code, &other) == DONE ||
        people_unit_find(call, code, &unit) == DONE) {
        return call_refuse_field(call, "code", "", "site.code-taken", "code",
                                 str_text(call->arena, code), NULL);
    }
    call_forgive(call);
    TRY(store_transact(call, TXN_WRITE, found_beside, &founding));
    *out_site = founding.site;
    return DONE;
}

/* All of it or nothing: a body without its site is no body. */
static enum status found_beside(struct call *call, void *what) {
    struct founding *founding = what;
    TRY(found_body(call, founding));
    return founding->keeper == 0 ? DONE : seat_keeper(call, founding);
}

/* The first role that the book binds to the office; whoever has it keeps units and posts.
 */
static enum status seat_keeper(struct call *call, const struct founding *founding) {
    const struct rulebook *book = founding->book;
    struct people_roles roles = people_roles_of(call, book);
    struct people_unit office;
    int found = NO_INDEX;
    TRY(people_unit_in(call, founding->site.root, STR(PEOPLE_UNIT_OFFICE), &office));
    for (size_t i = book->role_count; i > 0; i--) {
        const struct role *role = &book->roles[i - 1];
        bool of_office = role->scope == ROLE_BOUND_UNIT && role->unit != NO_INDEX &&
                         str_is(book->units[role->unit].code, PEOPLE_UNIT_OFFICE);
        found = of_office ? (int)i - 1 : found;
    }
    const struct role *role = &book->roles[found == NO_INDEX ? 0 : found];
    struct people_post post = {.unit = office.id,
                               .role = role->code,
                               .title = role->title.zh,
                               .english = role->title.en};
    TRY(people_post_save(call, &roles, &post));
    struct people_appointing appointing = {.post = post.id, .person = founding->keeper};
    TRY(people_appoint(call, &roles, &appointing, NULL, NULL));
    return people_found(call);
}

static enum status found_body(struct call *call, struct founding *founding) {
    const struct rulebook *book = founding->book;
    struct people_unit body = {.code = founding->code,
                               .kind = STR("bureau"),
                               .title = book->issuer.zh,
                               .english = book->issuer.en,
                               .aliases = STR("")};
    struct str host = book->site_url;
    size_t scheme = str_find(host, STR("://"));
    host = scheme < host.length ? str_part(host, scheme + 3, host.length) : host;
    TRY(people_unit_save(call, &body));
    TRY(found_units(call, book, body.id));
    founding->site = (struct site){.group = founding->group,
                                   .code = founding->site.code,
                                   .title = site_title(book).zh,
                                   .title_en = site_title(book).en,
                                   .kind = STR("main"),
                                   .domain = str_cut(&host, '/'),
                                   .id_code = STR("0000000000"),
                                   .body = body.id,
                                   .root = body.id,
                                   .sponsor = site_sponsor(book),
                                   .contact = STR(""),
                                   .icp = STR(""),
                                   .police = STR(""),
                                   .theme = STR("default"),
                                   .rulebook = book->code,
                                   .rulebook_digest = book->digest};
    TRY(site_new(call, &founding->site, &founding->site.id));
    return found_columns(call, book, &founding->site);
}

/* The name that the regulation gives the site, else the body's. */
static struct text site_title(const struct rulebook *book) {
    return book->site_rules != NULL && book->site_rules->name != NULL
               ? book->site_rules->name->title
               : book->issuer;
}

static struct str site_sponsor(const struct rulebook *book) {
    return book->site_rules != NULL && book->site_rules->sponsor != NULL
               ? book->site_rules->sponsor->title.zh
               : book->issuer.zh;
}

static enum status found_group(struct call *call, void *what) {
    struct founding *founding = what;
    return site_group_new(call, founding->book->code, founding->book->issuer.zh,
                          &founding->group);
}

/* The units that the rulebook binds roles to: 办公室, 综合科, 数管中心 … */
static enum status found_units(struct call *call, const struct rulebook *book,
                               id64 body) {
    for (size_t i = 0; i < book->unit_count; i++) {
        const struct unit *known = &book->units[i];
        struct buffer aliases;
        buffer_init(&aliases, call->arena);
        for (size_t j = 0; j < known->alias_count; j++) {
            buffer_add_text(&aliases, j == 0 ? "" : "、");
            buffer_add(&aliases, known->aliases[j]);
        }
        struct people_unit unit = {.parent = body,
                                   .code = known->code,
                                   .kind = book->unit_kinds[known->kind].code,
                                   .title = known->title.zh,
                                   .english = known->title.en,
                                   .aliases = buffer_str(&aliases),
                                   .order = (int)i};
        TRY(people_unit_save(call, &unit));
    }
    return DONE;
}

/* The columns that the regulation names; where it names none share/starter/RULEBOOK.tsv,
 * else default.tsv: the tree a new site begins with. */
static enum status found_columns(struct call *call, const struct rulebook *book,
                                 const struct site *site) {
    struct bytes bytes;
    for (size_t i = 0; i < book->column_count; i++) {
        TRY(found_ruled_column(call, book, site, (int)i));
    }
    if (book->column_count > 0) {
        return DONE;
    }
    const char *path =
        str_text(call->arena, str_format(call->arena, "%s/starter/%.*s.tsv",
                                         call->house->share, STR_ARG(book->code)));
    if (!file_exists(path)) {
        path = str_text(call->arena, str_format(call->arena, "%s/starter/default.tsv",
                                                call->house->share));
    }
    TRY(file_read(call->arena, path, 64 * 1024, &bytes));
    struct str rest = {(const char *)bytes.at, bytes.length};
    for (int position = 1; !str_is_empty(rest); position++) {
        struct str line = str_cut(&rest, '\n');
        if (!str_is_empty(line) && !str_starts(line, "#")) {
            TRY(found_column(call, site, line, position));
        }
    }
    return DONE;
}

/* path, Chinese title, English title, type, owner unit's code, home: yes or no */
static enum status found_column(struct call *call, const struct site *site,
                                struct str line, int position) {
    struct column column = {.site = site->id, .open = true, .position = position};
    struct column_terms terms = {0};
    struct people_unit owner;
    struct str path = str_cut(&line, '\t');
    column.title = str_cut(&line, '\t');
    column.title_en = str_cut(&line, '\t');
    column.type = str_cut(&line, '\t');
    struct str unit = str_cut(&line, '\t');
    column.on_home = str_is(str_cut(&line, '\t'), "yes");
    column.summary = column.title;
    column.keywords = column.title;
    TRY(place_column(call, path, &column));
    if (people_unit_in(call, site->root, unit, &owner) != DONE) {
        TRY(people_unit_in(call, site->root, STR(PEOPLE_UNIT_OFFICE), &owner));
    }
    column.owner = owner.id;
    return site_column_add(call, &column, &terms, &column.id);
}

static enum status found_ruled_column(struct call *call, const struct rulebook *book,
                                      const struct site *site, int index) {
    const struct column_rule *rule = &book->columns[index];
    struct column column = {.site = site->id,
                            .title = rule->title.zh,
                            .title_en = rule->title.en,
                            .type = rule->type,
                            .summary = str_is_empty(rule->holds.zh) ? rule->title.zh
                                                                    : rule->holds.zh,
                            .keywords = rule->title.zh,
                            .position = index + 1,
                            .open = true,
                            .on_home = rule->on_home};
    struct people_unit unit;
    id64 *units = TAKE_ARRAY(call->arena, rule->unit_count + 1, id64);
    struct str *classes = TAKE_ARRAY(call->arena, rule->class_count + 1, struct str);
    struct column_terms terms = {.classes = classes, .units = units};
    TRY(place_column(call, rule->path, &column));
    TRY(people_unit_in(call, site->root,
                       rule->owner == NO_INDEX ? book->units[0].code
                                               : book->units[rule->owner].code,
                       &unit));
    column.owner = unit.id;
    for (size_t i = 0; i < rule->unit_count; i++) {
        if (rule->units[i] != NO_INDEX) {
            TRY(people_unit_in(call, site->root, book->units[rule->units[i]].code,
                               &unit));
            units[terms.unit_count++] = unit.id;
        }
    }
    if (rule->exclusive) {
        units[terms.unit_count++] = column.owner;
    }
    for (size_t i = 0; i < rule->class_count; i++) {
        if (rule->classes[i] != NO_INDEX) {
            classes[terms.class_count++] = book->classes[rule->classes[i]].code;
        }
    }
    return site_column_add(call, &column, &terms, &column.id);
}

/* The last part of *path* is the column's code, what stands before it its parent; a
 * parent that is not there leaves it at the top. */
static enum status place_column(struct call *call, struct str path,
                                struct column *column) {
    struct column parent;
    column->code = path;
    for (size_t i = path.length; i > 0; i--) {
        if (path.at[i - 1] == '/') {
            column->code = str_part(path, i, path.length);
            enum status found = site_column_find_path(call, column->site,
                                                      str_part(path, 0, i - 1), &parent);
            if (found == ABSENT) {
                return DONE;
            }
            TRY(found);
            column->parent = parent.id;
            break;
        }
    }
    return DONE;
}
