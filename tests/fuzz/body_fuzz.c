/*
 * The JSON of every wish that the API takes: its members are of their kinds, or each that
 * is not is named.
 */
#include "fuzz.h"

#include "api/api_own.h"

#include <stdlib.h>

static const struct request_header as_json[] = {
    {STR_INIT("content-type"), STR_INIT("application/json")}};

static void read_as(struct arena *arena, const struct endpoint *endpoint,
                    struct bytes input) {
    struct call call;
    struct request *request = TAKE(arena, struct request);
    struct exchange exchange = {.call = &call, .request = request, .endpoint = endpoint};
    call_init(&call, arena, NULL, 0);
    *request = (struct request){
        .arena = arena, .body = input, .headers = as_json, .header_count = 1};
    if (read_body(&exchange) == DONE) {
        fuzz_expect(call.refusal == NULL && json_is_object(exchange.body));
        for (const struct member *each = endpoint->members; each->name != NULL; each++) {
            fuzz_expect(!each->required || body_has(&exchange, each->name));
            (void)body_text(&exchange, each->name);
        }
    } else {
        fuzz_expect(call.refusal != NULL);
    }
    json_decref(exchange.body);
}

void fuzz_one(struct arena *arena, struct bytes input) {
    for (size_t i = 0; api_endpoints[i] != NULL; i++) {
        if (api_endpoints[i]->members != NULL) {
            read_as(arena, api_endpoints[i], input);
        }
    }
}
