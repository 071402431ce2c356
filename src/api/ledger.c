/*
 * The ledger, for the audit administrator: entries, the head, verification.
 */
#include "entries.h"

static enum status run_entries(struct exchange *exchange);
static enum status run_head(struct exchange *exchange);
static enum status run_verify(struct exchange *exchange);
static id64 chain_asked(const struct exchange *exchange);

static const struct field entries_query[] = {
    {.name = "chain",
     .kind = FIELD_CHOICE,
     .choices = "site|house",
     .label = "api.field.chain"},
    {.name = "act", .kind = FIELD_TEXT, .label = "api.field.act"},
    {.name = "person", .kind = FIELD_ID, .label = "api.field.person"},
    {.name = "subject", .kind = FIELD_ID, .label = "api.field.subject"},
    {.name = "from", .kind = FIELD_DAY, .label = "api.field.from"},
    {.name = "until", .kind = FIELD_DAY, .label = "api.field.until"},
    {.name = "before", .kind = FIELD_INT, .label = "api.field.before"},
    {.name = "limit", .kind = FIELD_INT, .label = "api.field.limit"},
    {0}};
static const struct field chain_query[] = {{.name = "chain",
                                            .kind = FIELD_CHOICE,
                                            .choices = "site|house",
                                            .label = "api.field.chain"},
                                           {0}};

const struct endpoint api_ledger = {.method = "GET",
                                    .pattern = "/ledger",
                                    .query = entries_query,
                                    .may = PEOPLE_ROLE_AUDIT,
                                    .run = run_entries};
const struct endpoint api_ledger_head = {
    .method = "GET", .pattern = "/ledger/head", .query = chain_query, .run = run_head};
const struct endpoint api_ledger_verify = {.method = "GET",
                                           .pattern = "/ledger/verification",
                                           .query = chain_query,
                                           .may = PEOPLE_ROLE_AUDIT,
                                           .run = run_verify};

static enum status run_entries(struct exchange *exchange) {
    const struct request *request = exchange->request;
    struct ledger_filter filter = {.act = request_text(request, "act"),
                                   .person = request_id(request, "person"),
                                   .subject = {.id = request_id(request, "subject")},
                                   .before = request_int(request, "before"),
                                   .limit = (int)request_int(request, "limit")};
    struct ledger_list list;
    if (request_given(request, "from")) {
        filter.from = day_start(request_day(request, "from"));
    }
    if (request_given(request, "until")) {
        filter.until = day_end(request_day(request, "until"));
    }
    TRY(ledger_read(exchange->call, chain_asked(exchange), &filter, &list));
    json_t *entries = json_array();
    for (size_t i = 0; i < list.count; i++) {
        json_array_append_new(entries, tell_entry(exchange, &list.at[i]));
    }
    exchange->answer = json_pack("{s:o}", "entries", entries);
    return DONE;
}

/* Everybody may keep a checkpoint: it tells nothing and proves much. */
static enum status run_head(struct exchange *exchange) {
    struct ledger_checkpoint head;
    TRY(ledger_head(exchange->call, chain_asked(exchange), &head));
    exchange->answer = json_pack("{s:I,s:o}", "sequence", (json_int_t)head.sequence,
                                 "hash", tell_digest(exchange, &head.hash));
    return DONE;
}

static enum status run_verify(struct exchange *exchange) {
    struct ledger_report report;
    TRY(ledger_verify(exchange->call, chain_asked(exchange), NULL, &report));
    exchange->answer =
        json_pack("{s:b,s:I,s:s,s:I}", "whole", report.fault == LEDGER_WHOLE, "entries",
                  (json_int_t)report.entries, "fault", ledger_fault_name(report.fault),
                  "bad", (json_int_t)report.bad);
    return DONE;
}

static id64 chain_asked(const struct exchange *exchange) {
    return str_is(request_text(exchange->request, "chain"), "house")
               ? LEDGER_HOUSE
               : exchange->api->group;
}
