/*
 * Founding: a group, a site under a rulebook, the units that the rulebook knows by
 * code, and a first tree of columns.
 */
#include "site_own.h"

#include "people/people.h"
#include "rulebook/rulebook.h"

static struct text site_title(const struct rulebook *book);
static struct str site_sponsor(const struct rulebook *book);
static enum status found_units(struct call *call, const struct rulebook *book, id64 body);
static enum status found_columns(struct call *call, const struct rulebook *book, id64 site);
static enum status found_column(struct call *call, id64 site, struct str line, int position);
static enum status found_ruled_column(struct call *call, const struct rulebook *book,
                                      id64 site, int index);
static enum status place_column(struct call *call, struct str path, struct column *column);
static enum status found_group(struct call *call, void *what);

struct founding {
    const struct rulebook *book;
    struct site site;
    id64 group;
};

enum status site_found(struct call *call, const struct rulebook *book, struct site *out_site) {
    struct people_unit body = {.code = STR("bureau"),
                               .kind = STR("bureau"),
                               .title = book->issuer.zh,
                               .english = book->issuer.en,
                               .aliases = STR("")};
    struct founding founding = {.book = book};
    struct str host = book->site_url;
    size_t scheme = str_find(host, STR("://"));
    host = scheme < host.length ? str_part(host, scheme + 3, host.length) : host;
    TRY(store_transact(call, TXN_WRITE, found_group, &founding));
    TRY(people_unit_save(call, &body));
    TRY(found_units(call, book, body.id));
    founding.site = (struct site){.group = founding.group,
                                  .code = STR("main"),
                                  .title = site_title(book).zh,
                                  .title_en = site_title(book).en,
                                  .kind = STR("main"),
                                  .domain = str_cut(&host, '/'),
                                  .id_code = STR("0000000000"),
                                  .body = body.id,
                                  .sponsor = site_sponsor(book),
                                  .contact = STR(""),
                                  .icp = STR(""),
                                  .police = STR(""),
                                  .theme = STR("default"),
                                  .rulebook = book->code,
                                  .rulebook_digest = book->digest};
    TRY(site_new(call, &founding.site, &founding.site.id));
    TRY(found_columns(call, book, founding.site.id));
    *out_site = founding.site;
    return DONE;
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
static enum status found_units(struct call *call, const struct rulebook *book, id64 body) {
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
static enum status found_columns(struct call *call, const struct rulebook *book, id64 site) {
    struct bytes bytes;
    for (size_t i = 0; i < book->column_count; i++) {
        TRY(found_ruled_column(call, book, site, (int)i));
    }
    if (book->column_count > 0) {
        return DONE;
    }
    const char *path = str_text(call->arena, str_format(call->arena, "%s/starter/%.*s.tsv",
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
static enum status found_column(struct call *call, id64 site, struct str line, int position) {
    struct column column = {.site = site, .open = true, .position = position};
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
    if (people_unit_find(call, unit, &owner) != DONE) {
        TRY(people_unit_find(call, STR("office"), &owner));
    }
    column.owner = owner.id;
    return site_column_add(call, &column, &terms, &column.id);
}

static enum status found_ruled_column(struct call *call, const struct rulebook *book,
                                      id64 site, int index) {
    const struct column_rule *rule = &book->columns[index];
    struct column column = {.site = site,
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
    TRY(people_unit_find(call,
                         rule->owner == NO_INDEX ? book->units[0].code
                                                 : book->units[rule->owner].code,
                         &unit));
    column.owner = unit.id;
    for (size_t i = 0; i < rule->unit_count; i++) {
        if (rule->units[i] != NO_INDEX) {
            TRY(people_unit_find(call, book->units[rule->units[i]].code, &unit));
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
static enum status place_column(struct call *call, struct str path, struct column *column) {
    struct column parent;
    column->code = path;
    for (size_t i = path.length; i > 0; i--) {
        if (path.at[i - 1] == '/') {
            column->code = str_part(path, i, path.length);
            enum status found =
                site_column_find_path(call, column->site, str_part(path, 0, i - 1), &parent);
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
