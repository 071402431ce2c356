/*
 * 信息发布目录: what each unit releases and how often, when the next is due, what is
 * missing; drawn up by the unit, approved, ended.
 */
#include "archive_web.h"

#include "people/people.h"
#include "site/site.h"
#include "tally/tally.h"

static enum status run_list(struct visit *visit);
static enum status add_item(struct table *table, const struct catalogue_item *item);
static enum status fill_without(struct visit *visit, const struct table *table,
                                const struct rulebook *book);
static enum status run_new_form(struct visit *visit);
static enum status fill_new(struct visit *visit, struct model *part,
                            const struct rulebook *book, const struct site *site);
static enum status run_new(struct visit *visit);
static enum status run_item(struct visit *visit);
static enum status run_approve(struct visit *visit);
static enum status run_end_form(struct visit *visit);
static enum status run_end(struct visit *visit);
static enum status find_item(struct visit *visit, const struct rulebook **out_book,
                             struct catalogue_item *out_item);
static enum status own_unit(struct visit *visit, const struct rulebook *book,
                            id64 *out_unit);
static struct str kind_words(struct visit *visit, enum catalogue_kind kind);
static struct str due_words(struct visit *visit, const struct catalogue_item *item);
static const char *state_of(const struct catalogue_item *item);
static struct str address(struct visit *visit, id64 item, const char *more);

static const struct field list_fields[] = {
    {.name = "q", .kind = FIELD_TEXT, .label = "manuscripts.words"},
    {.name = "sort", .kind = FIELD_TEXT, .label = "manuscripts.by-update"},
    {.name = "page", .kind = FIELD_INT, .label = "pager.label"},
    {.name = NULL},
};
static const char *const list_names[] = {"q", "sort", "page", NULL};
static const struct listing listing = {"/catalogue", list_names};

const struct entry catalogue_show = {.method = "GET",
                                     .pattern = "/catalogue",
                                     .fields = list_fields,
                                     .may = WEB_STAFF,
                                     .run = run_list};
const struct entry catalogue_export = {.method = "GET",
                                       .pattern = "/catalogue.xlsx",
                                       .fields = list_fields,
                                       .may = WEB_STAFF,
                                       .run = run_list};
const struct entry catalogue_paper = {.method = "GET",
                                      .pattern = "/catalogue.pdf",
                                      .fields = list_fields,
                                      .may = WEB_STAFF,
                                      .run = run_list};

static const struct field new_fields[] = {
    {.name = "unit", .kind = FIELD_ID, .label = "people.unit"},
    {.name = "title", .kind = FIELD_TEXT, .most = 200, .label = "catalogue.what"},
    {.name = "kind",
     .kind = FIELD_CHOICE,
     .choices = "routine|periodic|occasional",
     .required = true,
     .label = "catalogue.kind"},
    {.name = "days", .kind = FIELD_INT, .label = "catalogue.days"},
    {.name = "column", .kind = FIELD_ID, .label = "edit.column"},
    {.name = "class", .kind = FIELD_TEXT, .label = "edit.class"},
    {.name = "responsible", .kind = FIELD_TEXT, .most = 200, .label = "catalogue.body"},
    {.name = NULL},
};
const struct entry catalogue_new = {
    .method = "GET", .pattern = "/catalogue/new", .may = WEB_STAFF, .run = run_new_form};
const struct entry catalogue_add = {.method = "POST",
                                    .pattern = "/catalogue/new",
                                    .fields = new_fields,
                                    .may = WEB_STAFF,
                                    .form = &catalogue_new,
                                    .run = run_new};

const struct entry catalogue_item_show = {
    .method = "GET", .pattern = "/catalogue/{item}", .may = WEB_STAFF, .run = run_item};
const struct entry catalogue_approve = {.method = "POST",
                                        .pattern = "/catalogue/{item}",
                                        .may = WEB_STAFF,
                                        .form = &catalogue_item_show,
                                        .run = run_approve};

static const struct field end_fields[] = {WEB_REASON_FIELD("archive.reason"),
                                          {.name = NULL}};
const struct entry catalogue_end_form = {.method = "GET",
                                         .pattern = "/catalogue/{item}/end",
                                         .may = WEB_STAFF,
                                         .run = run_end_form};
const struct entry catalogue_end_post = {.method = "POST",
                                         .pattern = "/catalogue/{item}/end",
                                         .fields = end_fields,
                                         .may = WEB_STAFF,
                                         .form = &catalogue_end_form,
                                         .run = run_end};

static enum status run_list(struct visit *visit) {
    static const struct table_column columns[] = {
        {"what", "catalogue.what", false}, {"state", "manuscripts.state", false},
        {"unit", "people.unit", false},    {"kind", "catalogue.kind", false},
        {"days", "catalogue.days", true},  {"body", "catalogue.body", false},
        {"last", "catalogue.last", false}, {"due", "catalogue.due", false},
    };
    struct table table = {.visit = visit,
                          .listing = &listing,
                          .title = "catalogue.title",
                          .columns = columns,
                          .column_count = LENGTH(columns)};
    struct str typed = request_typed(visit->request, "q");
    const struct rulebook *book;
    struct catalogue_items items;
    id64 own;
    TRY(part_rulebook(visit, NULL, &book));
    TRY(tally_catalogue(visit->call, visit->web->options.group, 0, &items));
    for (size_t i = 0; i < items.count; i++) {
        TRY(add_item(&table, &items.at[i]));
        if (!table_row_holds(&table, &table.rows[table.count - 1], typed)) {
            table_drop(&table);
        }
    }
    table_back(&table, STR("/archive"), "archive.title");
    table_search(&table, "manuscripts.words");
    model_words(table_part(&table), "sub",
                book->release_catalogue == NULL ? "catalogue.silent" : "catalogue.about");
    TRY(fill_without(visit, &table, book));
    TRY(own_unit(visit, book, &own));
    if (own != 0) {
        table_act(&table, STR("/catalogue/new"), "catalogue.draw", true);
    }
    return table_answer(&table, "catalogue.nothing");
}

static enum status add_item(struct table *table, const struct catalogue_item *item) {
    struct visit *visit = table->visit;
    struct arena *arena = visit->call->arena;
    struct people_unit unit;
    TRY(people_unit(visit->call, item->unit, &unit));
    struct table_row *row = table_add(table);
    row->href = address(visit, item->id, "");
    row->cells[0] = item->title;
    table_badge(table, row, 1, state_of(item));
    row->cells[2] = unit.title;
    row->cells[3] = kind_words(visit, item->kind);
    row->cells[4] = item->days == 0 ? STR("") : str_format(arena, "%d", item->days);
    row->cells[5] = item->responsible;
    row->cells[6] =
        item->last == 0 ? STR("") : day_to_text(arena, instant_day(item->last));
    row->cells[7] = due_words(visit, item);
    return DONE;
}

static enum status fill_without(struct visit *visit, const struct table *table,
                                const struct rulebook *book) {
    struct model *part = table_part(table);
    id64 *units;
    size_t count;
    TRY(tally_without_catalogue(visit->call, visit->web->options.group, book, &units,
                                &count));
    model_flag(part, "warned", count > 0);
    for (size_t i = 0; i < count; i++) {
        struct people_unit unit;
        struct model *note = model_list_add(part, "notes");
        TRY(people_unit(visit->call, units[i], &unit));
        model_text(note, "text",
                   web_say(visit, "summary.no-catalogue", "unit",
                           str_text(visit->call->arena, unit.title), NULL));
        web_cite(visit, model_part(note, "rule"), book->release_catalogue->basis.id);
    }
    return DONE;
}

static enum status run_new_form(struct visit *visit) {
    const struct rulebook *book;
    struct site site;
    id64 own;
    TRY(part_rulebook(visit, &site, &book));
    TRY(own_unit(visit, book, &own));
    if (own == 0) {
        return web_go_saying(visit, STR("/catalogue"), "catalogue.not-yours", NULL);
    }
    struct change change = {.title = web_say(visit, "catalogue.draw", NULL),
                            .action = STR("/catalogue/new"),
                            .back = STR("/catalogue"),
                            .button = "catalogue.draw"};
    struct model *part = change_open(visit, &change);
    struct model *kept = model_list_add(part, "kept");
    model_text(kept, "name", STR("unit"));
    model_text(kept, "value", id_to_text(visit->call->arena, own));
    web_cite(visit, model_part(part, "rule"), book->release_catalogue->basis.id);
    TRY(fill_new(visit, part, book, &site));
    return web_page(visit, "change");
}

static enum status fill_new(struct visit *visit, struct model *part,
                            const struct rulebook *book, const struct site *site) {
    struct call *call = visit->call;
    struct column *columns;
    size_t count;
    change_field(visit, part, "is-line", "title", "catalogue.what", true, STR(""));
    struct model *field = change_field(visit, part, "is-choice", "kind", "catalogue.kind",
                                       true, STR("periodic"));
    for (int i = 0; i <= CATALOGUE_OCCASIONAL; i++) {
        change_option(visit, field, "kind", STR("periodic"),
                      str_of(catalogue_kind_name((enum catalogue_kind)i)),
                      kind_words(visit, (enum catalogue_kind)i));
    }
    change_field(visit, part, "is-number", "days", "catalogue.days", false, STR("30"));
    field =
        change_field(visit, part, "is-choice", "column", "edit.column", false, STR(""));
    change_option(visit, field, "column", STR(""), STR(""),
                  web_say(visit, "catalogue.any", NULL));
    TRY(site_columns(call, site->id, &columns, &count));
    for (size_t i = 0; i < count; i++) {
        if (columns[i].open) {
            change_option(visit, field, "column", STR(""),
                          id_to_text(call->arena, columns[i].id), columns[i].title);
        }
    }
    field = change_field(visit, part, "is-choice", "class", "edit.class", false, STR(""));
    change_option(visit, field, "class", STR(""), STR(""),
                  web_say(visit, "catalogue.any", NULL));
    for (size_t i = 0; i < book->class_count; i++) {
        change_option(visit, field, "class", STR(""), book->classes[i].code,
                      text_in(book->classes[i].title, call->language));
    }
    change_field(visit, part, "is-line", "responsible", "catalogue.body", true, STR(""));
    return DONE;
}

static enum status run_new(struct visit *visit) {
    const struct request *request = visit->request;
    const struct rulebook *book;
    struct str kind = request_text(request, "kind");
    struct catalogue_item item = {.unit = request_id(request, "unit"),
                                  .title = request_text(request, "title"),
                                  .kind = str_is(kind, "routine") ? CATALOGUE_ROUTINE
                                          : str_is(kind, "periodic")
                                              ? CATALOGUE_PERIODIC
                                              : CATALOGUE_OCCASIONAL,
                                  .column = request_id(request, "column"),
                                  .item_class = request_text(request, "class"),
                                  .responsible = request_text(request, "responsible")};
    item.days = item.kind == CATALOGUE_OCCASIONAL ? 0 : (int)request_int(request, "days");
    TRY(part_rulebook(visit, NULL, &book));
    TRY(tally_draw(visit->call, visit->web->options.group, book, &item));
    return web_go_saying(visit, address(visit, item.id, ""), "catalogue.drawn", NULL);
}

static enum status run_item(struct visit *visit) {
    struct arena *arena = visit->call->arena;
    const struct rulebook *book;
    struct catalogue_item item;
    struct people_unit unit;
    struct column column = {.title = web_say(visit, "catalogue.any", NULL)};
    bool approves = false;
    bool draws = false;
    TRY(find_item(visit, &book, &item));
    TRY(people_unit(visit->call, item.unit, &unit));
    if (item.column != 0) {
        TRY(site_column_find(visit->call, item.column, &column));
    }
    TRY(tally_may_approve(visit->call, book, &approves));
    TRY(tally_may_draw(visit->call, book, item.unit, &draws));
    struct model *record =
        record_open(visit, item.title, "/catalogue", "catalogue.title");
    part_badge(record, "badge", str_of(state_of(&item)));
    if (book->release_catalogue != NULL) {
        web_cite(visit, model_part(record, "rule"), book->release_catalogue->basis.id);
    }
    record_pair(visit, record, "people.unit", unit.title);
    record_pair(visit, record, "catalogue.kind", kind_words(visit, item.kind));
    record_pair(visit, record, "catalogue.days",
                item.days == 0 ? STR("") : str_format(arena, "%d", item.days));
    record_pair(visit, record, "edit.column", column.title);
    record_pair(visit, record, "catalogue.body", item.responsible);
    record_pair(visit, record, "catalogue.drawn-by", archive_who(visit, item.drawn_by));
    record_pair(visit, record, "catalogue.approved-by",
                archive_who(visit, item.approved_by));
    record_pair(visit, record, "catalogue.last",
                item.last == 0 ? STR("") : instant_to_text(arena, item.last));
    record_pair(visit, record, "catalogue.due", due_words(visit, &item));
    if (item.approved_at == 0 && item.ended_at == 0 && approves &&
        item.drawn_by != visit->call->actor.person) {
        struct model *once = model_list_add(record, "once");
        model_text(once, "action", address(visit, item.id, ""));
        model_words(once, "label", "catalogue.approve");
    }
    if (item.ended_at == 0 && (approves || draws)) {
        record_act(visit, record, address(visit, item.id, "/end"), "catalogue.end",
                   false);
    }
    return web_page(visit, "record");
}

static enum status run_approve(struct visit *visit) {
    const struct rulebook *book;
    struct catalogue_item item;
    TRY(find_item(visit, &book, &item));
    TRY(tally_approve(visit->call, book, item.id));
    return web_go_saying(visit, address(visit, item.id, ""), "catalogue.approved", NULL);
}

static enum status run_end_form(struct visit *visit) {
    const struct rulebook *book;
    struct catalogue_item item;
    TRY(find_item(visit, &book, &item));
    struct change change = {.title = item.title,
                            .action = address(visit, item.id, "/end"),
                            .back = address(visit, item.id, ""),
                            .button = "catalogue.end"};
    struct model *part = change_open(visit, &change);
    change_field(visit, part, "is-lines", "reason", "archive.reason", true, STR(""));
    return web_page(visit, "change");
}

static enum status run_end(struct visit *visit) {
    const struct rulebook *book;
    struct catalogue_item item;
    TRY(find_item(visit, &book, &item));
    TRY(tally_end(visit->call, book, item.id, request_text(visit->request, "reason")));
    return web_go_saying(visit, STR("/catalogue"), "catalogue.ended", NULL);
}

static enum status find_item(struct visit *visit, const struct rulebook **out_book,
                             struct catalogue_item *out_item) {
    id64 id;
    TRY(request_id_parameter(visit->request, "item", &id));
    TRY(part_rulebook(visit, NULL, out_book));
    TRY(tally_catalogue_item(visit->call, id, out_item));
    return out_item->group == visit->web->options.group ? DONE : ABSENT;
}

/* The first unit for which this person draws the catalogue; 0 if there is none. */
static enum status own_unit(struct visit *visit, const struct rulebook *book,
                            id64 *out_unit) {
    struct people_holdings holdings;
    *out_unit = 0;
    TRY(people_holdings(visit->call, visit->call->actor.person, &holdings));
    for (size_t i = 0; i < holdings.count && *out_unit == 0; i++) {
        bool may = false;
        TRY(tally_may_draw(visit->call, book, holdings.at[i].unit, &may));
        *out_unit = may ? holdings.at[i].unit : 0;
    }
    return DONE;
}

static struct str kind_words(struct visit *visit, enum catalogue_kind kind) {
    return web_say(
        visit,
        str_format(visit->call->arena, "catalogue.%s", catalogue_kind_name(kind)).at,
        NULL);
}

/* The last day on which it is in time. */
static struct str due_words(struct visit *visit, const struct catalogue_item *item) {
    return item->due == INSTANT_NEVER
               ? STR("")
               : day_to_text(visit->call->arena, instant_day(item->due) - 1);
}

static const char *state_of(const struct catalogue_item *item) {
    if (item->ended_at != 0) {
        return "archive-closed";
    }
    if (item->approved_at == 0) {
        return "matter-open";
    }
    return item->missing ? "late" : "fresh";
}

static struct str address(struct visit *visit, id64 item, const char *more) {
    struct arena *arena = visit->call->arena;
    return str_format(arena, "/catalogue/%.*s%s", STR_ARG(id_to_text(arena, item)), more);
}
