/*
 * 栏目: the tree of the site, the contract of one column, and its changes.
 */
#include "entries.h"
#include "listing.h"

#include "people/people.h"
#include "publication/publication.h"
#include "site/site.h"

#define WEEKS    13
#define RELEASES 2000

static enum status run_tree(struct visit *visit);
static enum status run_column(struct visit *visit);
static enum status run_new(struct visit *visit);
static enum status run_add(struct visit *visit);
static enum status run_change_form(struct visit *visit);
static enum status run_change(struct visit *visit);
static enum status run_close_form(struct visit *visit);
static enum status add_into(struct visit *visit, struct model *part,
                            const struct column *column);
static enum status run_close(struct visit *visit);
static enum status find_site(struct visit *visit, struct site *out_site);
static enum status find_column(struct visit *visit, struct column *out_column);
static enum status fill_tree(struct visit *visit, id64 here);
static int64_t depth_of(struct str path);
static enum status fill_column(struct visit *visit, const struct column *column);
static enum status fill_facts(struct visit *visit, struct model *part,
                              const struct column *column);
static void add_fact(struct model *part, const char *words, struct str value,
                     struct str href);
static enum status fill_weeks(struct visit *visit, struct model *part,
                              const struct column *column);
static enum status fill_form(struct visit *visit, struct model *part,
                             const struct column *column);
static void read_column(const struct visit *visit, struct column *column);
static struct str address(struct visit *visit, id64 column, const char *act);

const struct entry columns_show = {
    .method = "GET", .pattern = "/columns", .may = WEB_STAFF, .run = run_tree};
const struct entry column_show = {
    .method = "GET", .pattern = "/columns/{column}", .may = WEB_STAFF, .run = run_column};
const struct entry column_new = {
    .method = "GET", .pattern = "/columns/new", .may = WEB_KEEPER, .run = run_new};
const struct entry column_change_form = {.method = "GET",
                                         .pattern = "/columns/{column}/change",
                                         .may = WEB_KEEPER,
                                         .run = run_change_form};
const struct entry column_close_form = {.method = "GET",
                                        .pattern = "/columns/{column}/close",
                                        .may = WEB_KEEPER,
                                        .run = run_close_form};

static const struct field column_fields[] = {
    {.name = "title", .kind = FIELD_TEXT, .label = "columns.name"},
    {.name = "title-en", .kind = FIELD_TEXT, .label = "columns.name-en"},
    {.name = "code", .kind = FIELD_TEXT, .label = "columns.code"},
    {.name = "type", .kind = FIELD_TEXT, .label = "columns.type"},
    {.name = "parent", .kind = FIELD_ID, .label = "columns.parent"},
    {.name = "owner", .kind = FIELD_ID, .label = "columns.owner"},
    {.name = "summary", .kind = FIELD_LINES, .most = 600, .label = "columns.summary"},
    {.name = NULL},
};
const struct entry column_add = {.method = "POST",
                                 .pattern = "/columns/new",
                                 .fields = column_fields,
                                 .may = WEB_KEEPER,
                                 .form = &column_new,
                                 .run = run_add};
const struct entry column_change = {.method = "POST",
                                    .pattern = "/columns/{column}/change",
                                    .fields = column_fields,
                                    .may = WEB_KEEPER,
                                    .form = &column_change_form,
                                    .run = run_change};

static const struct field close_fields[] = {
    WEB_REASON_FIELD("withdraw.reason"),
    {.name = "into", .kind = FIELD_ID, .label = "columns.merge-into"},
    {.name = NULL},
};
const struct entry column_close = {.method = "POST",
                                   .pattern = "/columns/{column}/close",
                                   .fields = close_fields,
                                   .may = WEB_KEEPER,
                                   .form = &column_close_form,
                                   .run = run_close};

static enum status run_tree(struct visit *visit) {
    TRY(fill_tree(visit, 0));
    return web_page(visit, "columns");
}

static enum status run_column(struct visit *visit) {
    struct column column;
    TRY(find_column(visit, &column));
    TRY(fill_tree(visit, column.id));
    TRY(fill_column(visit, &column));
    return web_page(visit, "columns");
}

static enum status run_new(struct visit *visit) {
    struct column blank = {.title = STR("")};
    struct change change = {.title = web_say(visit, "columns.add", NULL),
                            .action = STR("/columns/new"),
                            .back = STR("/columns"),
                            .button = "columns.add-do"};
    struct model *part = change_open(visit, &change);
    struct site site;
    TRY(find_site(visit, &site));
    blank.site = site.id;
    TRY(fill_form(visit, part, &blank));
    return web_page(visit, "change");
}

static enum status run_add(struct visit *visit) {
    struct column column = {.open = true, .keywords = STR("")};
    struct column_terms terms = {0};
    struct site site;
    id64 made;
    TRY(find_site(visit, &site));
    column.site = site.id;
    column.parent = request_id(visit->request, "parent");
    read_column(visit, &column);
    TRY(site_column_add(visit->call, &column, &terms, &made));
    return web_go_saying(visit, address(visit, made, ""), "columns.added", NULL);
}

static enum status run_change_form(struct visit *visit) {
    struct column column;
    TRY(find_column(visit, &column));
    struct change change = {.title =
                                web_say(visit, "columns.change-title", "column",
                                        str_text(visit->call->arena, column.title), NULL),
                            .action = address(visit, column.id, "/change"),
                            .back = address(visit, column.id, ""),
                            .button = "columns.change-do"};
    struct model *part = change_open(visit, &change);
    TRY(fill_form(visit, part, &column));
    return web_page(visit, "change");
}

static enum status run_change(struct visit *visit) {
    struct column column;
    struct column_terms terms;
    TRY(find_column(visit, &column));
    TRY(site_column_terms(visit->call, column.id, &terms));
    read_column(visit, &column);
    TRY(site_column_change(visit->call, &column, &terms));
    return web_go_saying(visit, address(visit, column.id, ""), "columns.changed", NULL);
}

static enum status run_close_form(struct visit *visit) {
    struct column column;
    TRY(find_column(visit, &column));
    struct change change = {.title =
                                web_say(visit, "columns.close-title", "column",
                                        str_text(visit->call->arena, column.title), NULL),
                            .action = address(visit, column.id, "/close"),
                            .back = address(visit, column.id, ""),
                            .button = "columns.close-do",
                            .heavy = true};
    struct model *part = change_open(visit, &change);
    change_field(visit, part, "is-lines", "reason", "withdraw.reason", true, STR(""));
    TRY(add_into(visit, part, &column));
    model_list_add_text(part, "effects", web_say(visit, "columns.close-takes", NULL));
    model_list_add_text(part, "effects", web_say(visit, "columns.close-keeps", NULL));
    return web_page(visit, "change");
}

/* Into which column its place goes; none: it is only closed. */
static enum status add_into(struct visit *visit, struct model *part,
                            const struct column *column) {
    struct column *columns;
    size_t count;
    struct model *field = change_field(visit, part, "is-choice", "into",
                                       "columns.merge-into", false, STR(""));
    change_option(visit, field, "into", STR(""), STR(""),
                  web_say(visit, "columns.merge-not", NULL));
    TRY(site_columns(visit->call, column->site, &columns, &count));
    for (size_t i = 0; i < count; i++) {
        if (columns[i].open && columns[i].id != column->id) {
            change_option(visit, field, "into", STR(""),
                          id_to_text(visit->call->arena, columns[i].id),
                          columns[i].title);
        }
    }
    return DONE;
}

static enum status run_close(struct visit *visit) {
    struct column column;
    TRY(find_column(visit, &column));
    struct str reason = request_text(visit->request, "reason");
    id64 into = request_id(visit->request, "into");
    if (into != 0) {
        TRY(site_column_merge(visit->call, column.id, into, reason));
        return web_go_saying(visit, address(visit, column.id, ""), "columns.merged",
                             NULL);
    }
    TRY(site_column_close(visit->call, column.id, reason));
    return web_go_saying(visit, address(visit, column.id, ""), "columns.closed", NULL);
}

static enum status find_site(struct visit *visit, struct site *out_site) {
    return part_site(visit, out_site);
}

static enum status find_column(struct visit *visit, struct column *out_column) {
    id64 id;
    TRY(request_id_parameter(visit->request, "column", &id));
    return site_column_find(visit->call, id, out_column);
}

static enum status fill_tree(struct visit *visit, id64 here) {
    struct call *call = visit->call;
    struct site site;
    struct column *columns;
    size_t count;
    int64_t closed = 0;
    struct model *part = model_part(web_model(visit), "columns");
    TRY(find_site(visit, &site));
    TRY(site_columns(call, site.id, &columns, &count));
    for (size_t i = 0; i < count; i++) {
        struct model *row = model_list_add(part, "tree");
        model_text(row, "href", address(visit, columns[i].id, ""));
        model_text(row, "name", columns[i].title);
        model_int(row, "depth", depth_of(columns[i].path));
        model_flag(row, "here", columns[i].id == here);
        if (!columns[i].open) {
            part_badge(row, "badge", STR("closed"));
            closed++;
        }
    }
    const char *open =
        str_format(call->arena, "%lld", (long long)((int64_t)count - closed)).at;
    model_text(part, "site", site.title);
    model_text(part, "counts",
               web_say(visit, "columns.counts", "open", open, "closed",
                       str_format(call->arena, "%lld", (long long)closed).at, NULL));
    model_text(part, "list", STR("/columns/list"));
    if (web_may(visit, WEB_KEEPER)) {
        model_text(part, "may-add", STR("/columns/new"));
    }
    if (count == 0) {
        model_words(model_part(web_model(visit), "empty"), "text", "columns.nothing");
    }
    return DONE;
}

static int64_t depth_of(struct str path) {
    int64_t depth = 1;
    for (size_t i = 0; i < path.length; i++) {
        depth += path.at[i] == '/';
    }
    return depth > 3 ? 3 : depth;
}

static enum status fill_column(struct visit *visit, const struct column *column) {
    struct model *part = model_part(web_model(visit), "column");
    model_text(part, "name", column->title);
    model_text(part, "about", column->summary);
    if (!column->open) {
        part_badge(part, "badge", STR("closed"));
    }
    TRY(fill_facts(visit, part, column));
    TRY(fill_weeks(visit, part, column));
    static const struct {
        const char *act, *words, *may;
    } acts[] = {{"/change", "columns.act-change", WEB_KEEPER},
                {"/close", "columns.act-close", WEB_KEEPER}};
    if (column->open) {
        struct model *write = model_list_add(part, "acts");
        model_url(write, "href",
                  str_format(visit->call->arena, "/manuscripts/new?column=%.*s",
                             STR_ARG(id_to_text(visit->call->arena, column->id))));
        model_words(write, "label", "columns.write");
    }
    for (size_t i = 0; i < LENGTH(acts) && column->open; i++) {
        if (web_may(visit, acts[i].may)) {
            struct model *act = model_list_add(part, "acts");
            model_text(act, "href", address(visit, column->id, acts[i].act));
            model_words(act, "label", acts[i].words);
        }
    }
    return DONE;
}

static enum status fill_facts(struct visit *visit, struct model *part,
                              const struct column *column) {
    struct call *call = visit->call;
    struct people_unit owner;
    struct column_terms terms;
    const struct rulebook *book;
    struct buffer classes;
    struct manuscript_filter filter = {.column = column->id, .page_size = 1};
    struct manuscript *manuscripts;
    size_t count;
    int64_t total;
    buffer_init(&classes, call->arena);
    TRY(people_unit(call, column->owner, &owner));
    TRY(site_column_terms(call, column->id, &terms));
    TRY(site_rulebook(call, column->site, &book));
    for (size_t i = 0; i < terms.class_count; i++) {
        int index = rulebook_class(book, terms.classes[i]);
        buffer_add_text(&classes, i == 0 ? "" : "、");
        buffer_add(&classes, index == NO_INDEX
                                 ? terms.classes[i]
                                 : text_in(book->classes[index].title, call->language));
    }
    add_fact(part, "columns.owner", owner.title, STR(""));
    add_fact(part, "columns.type", column->type, STR(""));
    add_fact(part, "columns.classes",
             terms.class_count == 0 ? web_say(visit, "columns.every-class", NULL)
                                    : buffer_str(&classes),
             STR(""));
    add_fact(part, "columns.rule", web_say(visit, "columns.no-rule", NULL), STR(""));
    TRY(manuscript_list(call, &filter, &manuscripts, &count, &total));
    add_fact(part, "columns.manuscripts",
             str_format(call->arena, "%lld", (long long)total),
             str_format(call->arena, "/manuscripts?column=%.*s",
                        STR_ARG(id_to_text(call->arena, column->id))));
    struct str base = web_public_base(visit, column->site);
    add_fact(part, "columns.address",
             str_format(call->arena, "/%.*s/", STR_ARG(column->path)),
             str_format(call->arena, "%.*s/%.*s/", STR_ARG(base), STR_ARG(column->path)));
    return DONE;
}

static void add_fact(struct model *part, const char *words, struct str value,
                     struct str href) {
    struct model *fact = model_list_add(part, "facts");
    model_words(fact, "label", words);
    model_text(fact, "value", value);
    if (!str_is_empty(href)) {
        model_url(fact, "href", href);
    }
}

/* Items released in each of the last weeks, Monday to Sunday, oldest first. */
static enum status fill_weeks(struct visit *visit, struct model *part,
                              const struct column *column) {
    struct call *call = visit->call;
    struct release *releases;
    size_t count;
    int64_t weeks[WEEKS] = {0};
    civil_day today = instant_day(call->now);
    civil_day monday = today - (day_weekday(today) + 6) % 7;
    TRY(publication_list(call, column->site, RELEASE_LIVE, 0, RELEASES, &releases,
                         &count));
    for (size_t i = 0; i < count; i++) {
        civil_day day = instant_day(releases[i].released_at);
        int32_t ago = day > monday ? 0 : (monday - day + 6) / 7;
        if (releases[i].column == column->id && ago < WEEKS) {
            weeks[WEEKS - 1 - ago]++;
        }
    }
    struct model *strip = model_part(part, "weeks");
    model_flag(strip, "any", true);
    for (int i = 0; i < WEEKS; i++) {
        struct model *week = model_list_add(strip, "list");
        civil_day first = monday - 7 * (WEEKS - 1 - i);
        struct str day = day_to_text(call->arena, first);
        model_text(
            week, "label",
            web_say(visit, "columns.week", "day", str_text(call->arena, day), NULL));
        model_text(week, "count", str_format(call->arena, "%lld", (long long)weeks[i]));
        model_text(week, "heat", weeks[i] == 0 ? STR("heat-none") : STR("heat-kept"));
        model_url(week, "href",
                  str_format(call->arena, "/manuscripts?column=%.*s&state=published",
                             STR_ARG(id_to_text(call->arena, column->id))));
    }
    return DONE;
}

static enum status fill_form(struct visit *visit, struct model *part,
                             const struct column *column) {
    struct call *call = visit->call;
    struct people_units units;
    struct column *columns;
    size_t count;
    struct str owner =
        column->owner == 0 ? STR("") : id_to_text(call->arena, column->owner);
    change_field(visit, part, "is-line", "title", "columns.name", true, column->title);
    change_field(visit, part, "is-line", "title-en", "columns.name-en", false,
                 column->title_en);
    change_field(visit, part, "is-line", "code", "columns.code", true, column->code);
    change_field(visit, part, "is-line", "type", "columns.type", false, column->type);
    struct model *field =
        change_field(visit, part, "is-choice", "owner", "columns.owner", true, owner);
    TRY(people_units(call, false, &units));
    for (size_t i = 0; i < units.count; i++) {
        change_option(visit, field, "owner", owner,
                      id_to_text(call->arena, units.at[i].id), units.at[i].title);
    }
    if (column->id == 0) {
        field = change_field(visit, part, "is-choice", "parent", "columns.parent", false,
                             STR(""));
        change_option(visit, field, "parent", STR(""), STR(""),
                      web_say(visit, "columns.top", NULL));
        TRY(site_columns(call, column->site, &columns, &count));
        for (size_t i = 0; i < count; i++) {
            change_option(visit, field, "parent", STR(""),
                          id_to_text(call->arena, columns[i].id), columns[i].title);
        }
    }
    change_field(visit, part, "is-lines", "summary", "columns.summary", false,
                 column->summary);
    return DONE;
}

static void read_column(const struct visit *visit, struct column *column) {
    const struct request *request = visit->request;
    column->title = request_text(request, "title");
    column->title_en = request_text(request, "title-en");
    column->code = request_text(request, "code");
    column->type = request_text(request, "type");
    column->owner = request_id(request, "owner");
    column->summary = request_text(request, "summary");
}

static struct str address(struct visit *visit, id64 column, const char *act) {
    struct arena *arena = visit->call->arena;
    return str_format(arena, "/columns/%.*s%s", STR_ARG(id_to_text(arena, column)), act);
}
