/*
 * GET /sites, GET /columns?site=: where manuscripts go.
 */
#include "entries.h"

static enum status run_sites(struct exchange *exchange);
static enum status run_columns(struct exchange *exchange);
static json_t *tell_column(struct exchange *exchange, const struct column *column,
                           const struct column_terms *terms);

static const struct field columns_query[] = {
    {.name = "site", .kind = FIELD_ID, .required = true, .label = "api.field.site"}, {0}};

const struct endpoint api_sites = {
    .method = "GET", .pattern = "/sites", .run = run_sites};
const struct endpoint api_columns = {
    .method = "GET", .pattern = "/columns", .query = columns_query, .run = run_columns};

static enum status run_sites(struct exchange *exchange) {
    struct site *sites;
    size_t count = 0;
    json_t *list = json_array();
    enum status status = site_list(exchange->call, exchange->api->group, &sites, &count);
    for (size_t i = 0; status == DONE && i < count; i++) {
        json_array_append_new(
            list,
            json_pack("{s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "id",
                      tell_id(exchange, sites[i].id), "code", tell_text(sites[i].code),
                      "title", tell_text(sites[i].title), "kind",
                      tell_text(sites[i].kind), "domain", tell_text(sites[i].domain),
                      "rulebook", tell_text(sites[i].rulebook), "rulebook_digest",
                      tell_digest(exchange, &sites[i].rulebook_digest)));
    }
    exchange->answer = json_pack("{s:o}", "sites", list);
    return status;
}

static enum status run_columns(struct exchange *exchange) {
    struct column *columns;
    size_t count = 0;
    json_t *list = json_array();
    exchange->answer = json_pack("{s:o}", "columns", list);
    TRY(site_columns(exchange->call, request_id(exchange->request, "site"), &columns,
                     &count));
    for (size_t i = 0; i < count; i++) {
        struct column_terms terms;
        TRY(site_column_terms(exchange->call, columns[i].id, &terms));
        json_array_append_new(list, tell_column(exchange, &columns[i], &terms));
    }
    return DONE;
}

static json_t *tell_column(struct exchange *exchange, const struct column *column,
                           const struct column_terms *terms) {
    json_t *json = json_object();
    json_t *classes = json_array();
    json_t *units = json_array();
    for (size_t i = 0; i < terms->class_count; i++) {
        json_array_append_new(classes, tell_text(terms->classes[i]));
    }
    for (size_t i = 0; i < terms->unit_count; i++) {
        json_array_append_new(units, tell_id(exchange, terms->units[i]));
    }
    json_object_set_new(json, "id", tell_id(exchange, column->id));
    json_object_set_new(json, "site", tell_id(exchange, column->site));
    json_object_set_new(json, "parent", tell_id(exchange, column->parent));
    json_object_set_new(json, "path", tell_text(column->path));
    json_object_set_new(json, "title", tell_text(column->title));
    json_object_set_new(json, "type", tell_text(column->type));
    json_object_set_new(json, "owner", tell_id(exchange, column->owner));
    json_object_set_new(json, "open", json_boolean(column->open));
    json_object_set_new(json, "classes", classes);
    json_object_set_new(json, "units", units);
    return json;
}
