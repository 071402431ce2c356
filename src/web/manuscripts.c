/*
 * 稿件: everything this person may know of, filtered by the address; and the same rows as
 * a workbook.
 */
#include "entries.h"
#include "listing.h"

#include "notice/notice.h"
#include "paper/paper.h"
#include "people/people.h"
#include "site/site.h"

#define ROWS_A_PAGE 50
#define EXPORT_MOST 2000

static enum status run_list(struct visit *visit);
static enum status run_export(struct visit *visit);
static enum status read_filter(struct visit *visit, struct manuscript_filter *out_filter);
static enum status fill_filters(struct visit *visit, struct model *list);
static void fill_sites(struct visit *visit, struct model *list, const struct site *sites,
                       size_t count);
static enum status fill_columns(struct visit *visit, struct model *list, id64 site);
static enum status fill_units(struct visit *visit, struct model *list);
static void fill_heads(struct visit *visit, struct model *list);
static enum status add_row(struct visit *visit, struct model *list,
                           const struct manuscript *manuscript, bool several);
static enum status class_title(struct visit *visit, const struct manuscript *manuscript,
                               struct str *out_title);
static enum status export_row(struct visit *visit, const struct manuscript *manuscript,
                              struct str *cells);

static const struct field list_fields[] = {
    {.name = "q", .kind = FIELD_TEXT, .label = "manuscripts.words"},
    {.name = "site", .kind = FIELD_TEXT, .label = "manuscripts.site"},
    {.name = "state", .kind = FIELD_TEXT, .label = "manuscripts.state"},
    {.name = "class", .kind = FIELD_TEXT, .label = "edit.class"},
    {.name = "column", .kind = FIELD_ID, .label = "edit.column"},
    {.name = "unit", .kind = FIELD_ID, .label = "manuscripts.unit"},
    {.name = "from", .kind = FIELD_DAY, .label = "manuscripts.from"},
    {.name = "to", .kind = FIELD_DAY, .label = "manuscripts.to"},
    {.name = "sort",
     .kind = FIELD_CHOICE,
     .choices = "title|state|handler|origin",
     .label = "manuscripts.by-update"},
    {.name = "page", .kind = FIELD_INT, .label = "pager.label"},
    {.name = NULL},
};
static const char *const list_names[] = {
    "q", "site", "state", "class", "column", "unit", "from", "to", "sort", "page", NULL};
static const struct listing listing = {"/manuscripts", list_names};

const struct entry manuscripts_show = {.method = "GET",
                                       .pattern = "/manuscripts",
                                       .fields = list_fields,
                                       .may = WEB_STAFF,
                                       .run = run_list};

const struct entry manuscripts_export = {.method = "GET",
                                         .pattern = "/manuscripts/list.xlsx",
                                         .fields = list_fields,
                                         .may = WEB_STAFF,
                                         .run = run_export};

static const char *const states[] = {
    "draft",         "proof",       "second-proof", "dept-review", "office-review",
    "leader-review", "disposition", "final-check",  "consulting",  "held",
    "approved",      "scheduled",   "published",    "internal",    "refused",
    "withdrawn",     "hidden",      "expired",
};

static enum status run_list(struct visit *visit) {
    struct call *call = visit->call;
    struct manuscript_filter filter;
    struct manuscript *manuscripts;
    size_t count;
    int64_t total;
    struct site *sites;
    size_t site_count;
    struct model *list = model_part(web_model(visit), "list");
    TRY(read_filter(visit, &filter));
    TRY(manuscript_list(call, &filter, &manuscripts, &count, &total));
    TRY(fill_filters(visit, list));
    TRY(site_list(call, visit->web->options.group, &sites, &site_count));
    fill_heads(visit, list);
    model_int(list, "count", total);
    model_flag(list, "may-write", true);
    for (size_t i = 0; i < count; i++) {
        TRY(add_row(visit, list, &manuscripts[i], site_count > 1));
    }
    if (count == 0) {
        struct model *empty = model_part(list, "empty");
        bool filtered = !str_is_empty(visit->request->query);
        struct model *way = model_list_add(empty, "ways");
        model_text(empty, "text",
                   filtered ? web_say(visit, "listing.no-match", NULL)
                            : web_say(visit, "manuscripts.nothing-yet", NULL));
        model_text(way, "href", filtered ? STR("/manuscripts") : STR("/manuscripts/new"));
        model_words(way, "label", filtered ? "manuscripts.clear" : "desk.write");
        model_flag(way, "main", !filtered);
    } else {
        struct listing file = {"/manuscripts/list.xlsx", list_names};
        model_url(list, "export", listing_address(visit, &file, "page", STR("")));
    }
    listing_pages(visit, list, &listing, ROWS_A_PAGE, total);
    return web_page(visit, "manuscripts");
}

/* The filtered rows as a workbook, at most EXPORT_MOST of them. */
static enum status run_export(struct visit *visit) {
    struct call *call = visit->call;
    struct manuscript_filter filter;
    struct manuscript *manuscripts;
    size_t count;
    int64_t total;
    const struct str heads[] = {web_say(visit, "manuscripts.by-title", NULL),
                                web_say(visit, "manuscripts.state", NULL),
                                web_say(visit, "edit.class", NULL),
                                web_say(visit, "manuscripts.unit", NULL),
                                web_say(visit, "manuscripts.by-handler", NULL),
                                web_say(visit, "manuscripts.by-origin", NULL),
                                web_say(visit, "manuscripts.by-update", NULL)};
    struct str *cells =
        TAKE_ARRAY(call->arena, (size_t)EXPORT_MOST * LENGTH(heads), struct str);
    size_t rows = 0;
    TRY(read_filter(visit, &filter));
    filter.page_size = 200;
    for (filter.page = 1; rows < EXPORT_MOST; filter.page++) {
        TRY(manuscript_list(call, &filter, &manuscripts, &count, &total));
        for (size_t i = 0; i < count; i++) {
            TRY(export_row(visit, &manuscripts[i], &cells[rows++ * LENGTH(heads)]));
        }
        if (count < 200) {
            break;
        }
    }
    struct paper_list list = {.title = web_say(visit, "manuscripts.title", NULL),
                              .heads = heads,
                              .columns = LENGTH(heads),
                              .cells = cells,
                              .row_count = rows};
    return listing_send(visit, &list);
}

static enum status read_filter(struct visit *visit,
                               struct manuscript_filter *out_filter) {
    const struct request *request = visit->request;
    civil_day from = request_day(request, "from");
    civil_day to = request_day(request, "to");
    *out_filter = (struct manuscript_filter){.column = request_id(request, "column"),
                                             .unit = request_id(request, "unit"),
                                             .state = request_text(request, "state"),
                                             .item_class = request_text(request, "class"),
                                             .words = request_text(request, "q"),
                                             .origin_from = from == INT32_MIN ? 0 : from,
                                             .origin_until = to == INT32_MIN ? 0 : to,
                                             .sort = request_text(request, "sort"),
                                             .page = (int)listing_page(visit),
                                             .page_size = ROWS_A_PAGE};
    if (!str_is_empty(request_text(request, "site"))) {
        struct site site;
        TRY(part_site(visit, &site));
        out_filter->site = site.id;
    }
    return DONE;
}

static enum status fill_filters(struct visit *visit, struct model *list) {
    struct call *call = visit->call;
    const struct request *request = visit->request;
    const struct rulebook *book;
    struct site *sites;
    size_t count;
    struct model *filter = listing_filter(visit, list, "state", "manuscripts.state");
    struct str chosen = STR("");
    for (size_t i = 0; i < LENGTH(states); i++) {
        struct str words = str_format(call->arena, "badge.%s", states[i]);
        struct str label = web_say(visit, words.at, NULL);
        listing_option(filter, visit, "state", str_of(states[i]), label);
        chosen = str_is(request_typed(request, "state"), states[i]) ? label : chosen;
    }
    listing_chosen(visit, list, &listing, "q", "manuscripts.words",
                   request_text(request, "q"));
    listing_chosen(visit, list, &listing, "state", "manuscripts.state", chosen);
    TRY(site_list(call, visit->web->options.group, &sites, &count));
    if (count > 0) {
        struct site site;
        TRY(part_rulebook(visit, &site, &book));
        fill_sites(visit, list, sites, count);
        filter = listing_filter(visit, list, "class", "edit.class");
        chosen = STR("");
        for (size_t i = 0; i < book->class_count; i++) {
            struct str label = text_in(book->classes[i].title, call->language);
            listing_option(filter, visit, "class", book->classes[i].code, label);
            bool here = str_equal(request_typed(request, "class"), book->classes[i].code);
            chosen = here ? label : chosen;
        }
        listing_chosen(visit, list, &listing, "class", "edit.class", chosen);
        TRY(fill_columns(visit, list, site.id));
    }
    TRY(fill_units(visit, list));
    model_text(list, "q", request_typed(request, "q"));
    model_text(list, "from", request_typed(request, "from"));
    model_text(list, "to", request_typed(request, "to"));
    listing_chosen(visit, list, &listing, "from", "manuscripts.from",
                   request_typed(request, "from"));
    listing_chosen(visit, list, &listing, "to", "manuscripts.to",
                   request_typed(request, "to"));
    static const char *const filters[] = {"q",      "site", "state", "class",
                                          "column", "unit", "from",  "to"};
    int64_t filtered = 0;
    for (size_t i = 0; i < LENGTH(filters); i++) {
        filtered += !str_is_empty(request_typed(request, filters[i]));
    }
    model_int(list, "filtered", filtered);
    if (filtered > 0) {
        model_text(list, "clear", STR("/manuscripts"));
    }
    return DONE;
}

/* One site leaves nothing to choose. */
static void fill_sites(struct visit *visit, struct model *list, const struct site *sites,
                       size_t count) {
    struct str chosen = STR("");
    if (count < 2) {
        return;
    }
    struct model *filter = listing_filter(visit, list, "site", "manuscripts.site");
    for (size_t i = 0; i < count; i++) {
        listing_option(filter, visit, "site", sites[i].code, sites[i].title);
        bool here = str_equal(request_typed(visit->request, "site"), sites[i].code);
        chosen = here ? sites[i].title : chosen;
    }
    listing_chosen(visit, list, &listing, "site", "manuscripts.site", chosen);
}

static enum status fill_columns(struct visit *visit, struct model *list, id64 site) {
    struct call *call = visit->call;
    struct column *columns;
    size_t count;
    struct str chosen = STR("");
    struct model *filter = listing_filter(visit, list, "column", "edit.column");
    TRY(site_columns(call, site, &columns, &count));
    for (size_t i = 0; i < count; i++) {
        listing_option(filter, visit, "column", id_to_text(call->arena, columns[i].id),
                       columns[i].title);
        bool here = columns[i].id == request_id(visit->request, "column");
        chosen = here ? columns[i].title : chosen;
    }
    listing_chosen(visit, list, &listing, "column", "edit.column", chosen);
    return DONE;
}

static enum status fill_units(struct visit *visit, struct model *list) {
    struct call *call = visit->call;
    struct people_units units;
    struct str chosen = STR("");
    struct model *filter = listing_filter(visit, list, "unit", "manuscripts.unit");
    TRY(people_units(call, false, &units));
    for (size_t i = 0; i < units.count; i++) {
        listing_option(filter, visit, "unit", id_to_text(call->arena, units.at[i].id),
                       units.at[i].title);
        bool here = units.at[i].id == request_id(visit->request, "unit");
        chosen = here ? units.at[i].title : chosen;
    }
    listing_chosen(visit, list, &listing, "unit", "manuscripts.unit", chosen);
    return DONE;
}

static void fill_heads(struct visit *visit, struct model *list) {
    static const struct {
        const char *sort, *words, *direction;
    } heads[] = {{"title", "manuscripts.by-title", "ascending"},
                 {"state", "manuscripts.state", "ascending"},
                 {"handler", "manuscripts.by-handler", "ascending"},
                 {"origin", "manuscripts.by-origin", "descending"},
                 {"", "manuscripts.by-update", "descending"}};
    struct str sort = request_text(visit->request, "sort");
    for (size_t i = 0; i < LENGTH(heads); i++) {
        struct model *head = model_list_add(list, "heads");
        model_words(head, "label", heads[i].words);
        model_url(head, "href",
                  listing_address(visit, &listing, "sort", str_of(heads[i].sort)));
        model_text(head, "sort",
                   str_is(sort, heads[i].sort) ? str_of(heads[i].direction)
                                               : STR("none"));
    }
}

static enum status add_row(struct visit *visit, struct model *list,
                           const struct manuscript *manuscript, bool several) {
    struct call *call = visit->call;
    struct model *row = model_list_add(list, "rows");
    struct people_brief author;
    struct duties duties;
    struct str id = id_to_text(call->arena, manuscript->id);
    struct str about;
    TRY(class_title(visit, manuscript, &about));
    if (several) {
        struct site site;
        TRY(site_find(call, manuscript->site, &site));
        about =
            str_format(call->arena, "%.*s · %.*s", STR_ARG(about), STR_ARG(site.title));
    }
    TRY(people_person_brief(call, manuscript->author, &author));
    TRY(notice_duties_of(call, (struct subject){SUBJECT_MANUSCRIPT, manuscript->id},
                         &duties));
    model_text(row, "href", str_format(call->arena, "/manuscripts/%.*s", STR_ARG(id)));
    model_text(row, "title", manuscript->title);
    model_text(row, "about", about);
    part_badge(row, "badge", manuscript->state);
    model_text(row, "holder",
               duties.count == 0
                   ? STR("")
                   : web_say(visit, "desk.with", "who",
                             str_text(call->arena, duties.at[0].holder), NULL));
    model_text(row, "handler", author.name);
    if (manuscript->origin != 0) {
        model_text(row, "origin", day_to_text(call->arena, manuscript->origin));
    }
    web_moment(visit, model_part(row, "updated"), manuscript->changed_at);
    return DONE;
}

static enum status class_title(struct visit *visit, const struct manuscript *manuscript,
                               struct str *out_title) {
    const struct rulebook *book;
    TRY(site_rulebook(visit->call, manuscript->site, &book));
    int index = rulebook_class(book, manuscript->item_class);
    *out_title = index == NO_INDEX
                     ? manuscript->item_class
                     : text_in(book->classes[index].title, visit->call->language);
    return DONE;
}

static enum status export_row(struct visit *visit, const struct manuscript *manuscript,
                              struct str *cells) {
    struct call *call = visit->call;
    struct people_brief author;
    struct people_unit unit;
    struct str state = str_format(call->arena, "badge.%.*s", STR_ARG(manuscript->state));
    TRY(people_person_brief(call, manuscript->author, &author));
    TRY(people_unit(call, manuscript->unit, &unit));
    cells[0] = manuscript->title;
    cells[1] = web_say(visit, state.at, NULL);
    TRY(class_title(visit, manuscript, &cells[2]));
    cells[3] = unit.title;
    cells[4] = author.name;
    cells[5] =
        manuscript->origin == 0 ? STR("") : day_to_text(call->arena, manuscript->origin);
    cells[6] = instant_to_text(call->arena, manuscript->changed_at);
    return DONE;
}
