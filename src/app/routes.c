/*
 * shenfa routes: every address of the office, and who may ask for it; for whoever audits
 * the installation, and for the test that holds each to a declared row.
 */
#include "app_own.h"

#include "api/api.h"
#include "web/web.h"

#include <jansson.h>
#include <string.h>

static enum exit_status run(struct cli *cli);
static void add(json_t *list, const char *method, const char *pattern, const char *may);

const struct command app_routes = {
    .words = "routes",
    .usage = "routes",
    .summary = "list the addresses of the office and who may ask for them",
    .options = "json",
    .need = CLI_NEEDS_NOTHING,
    .least = 0,
    .most = 0,
    .run = run,
};

static enum exit_status run(struct cli *cli) {
    struct api_options options = {.house = cli->call->house};
    struct api *api = NULL;
    size_t count = 0;
    json_t *list = json_array();
    struct buffer text;
    buffer_init(&text, cli->call->arena);
    if (api_open(&options, &api) != DONE) {
        return EXIT_FAILED;
    }
    const struct http_route *const *routes = api_routes(api, &count);
    for (size_t i = 0; web_entries[i] != NULL; i++) {
        add(list, web_entries[i]->method, web_entries[i]->pattern, web_entries[i]->may);
    }
    for (size_t i = 0; i < count; i++) {
        add(list, routes[i]->method, routes[i]->pattern, "token");
    }
    size_t index;
    json_t *one;
    json_array_foreach(list, index, one) {
        buffer_add_format(&text, "%s%-6s %-60s %s", index == 0 ? "" : "\n",
                          json_string_value(json_object_get(one, "method")),
                          json_string_value(json_object_get(one, "pattern")),
                          json_string_value(json_object_get(one, "may")));
    }
    api_close(api);
    cli_say(cli, list, "%s", str_text(cli->call->arena, buffer_str(&text)));
    return EXIT_DONE;
}

static void add(json_t *list, const char *method, const char *pattern, const char *may) {
    json_array_append_new(list, json_pack("{s:s, s:s, s:s}", "method", method, "pattern",
                                          pattern, "may", may));
}
