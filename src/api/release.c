/*
 * Release and withdrawal.
 */
#include "entries.h"

static enum status run_release(struct exchange *exchange);
static enum status run_release_first(struct exchange *exchange);
static enum status answer_released(struct exchange *exchange,
                                   const struct release *releases, size_t count);
static enum status run_releases(struct exchange *exchange);
static enum status run_withdraw(struct exchange *exchange);
static enum status apply(struct exchange *exchange, const struct release *releases,
                         size_t count);
static bool withdrawal_named(struct str name, enum withdrawal *out_kind);

static const struct member release_members[] = {{"digest", MEMBER_DIGEST, true},
                                                {"columns", MEMBER_IDS, false},
                                                {"when", MEMBER_INSTANT, false},
                                                {"reason", MEMBER_TEXT, false},
                                                {"password", MEMBER_TEXT, false},
                                                {"code", MEMBER_TEXT, false},
                                                {0}};
static const struct member withdraw_members[] = {
    {"kind", MEMBER_TEXT, true},     {"reason", MEMBER_TEXT, true},
    {"successor", MEMBER_ID, false}, {"password", MEMBER_TEXT, false},
    {"code", MEMBER_TEXT, false},    {0}};

const struct endpoint api_release = {.method = "POST",
                                     .pattern = "/manuscripts/{id}/releases",
                                     .members = release_members,
                                     .run = run_release,
                                     .again = run_releases};
static const struct member first_members[] = {{"digest", MEMBER_DIGEST, true},
                                              {"reason", MEMBER_TEXT, true},
                                              {"password", MEMBER_TEXT, false},
                                              {"code", MEMBER_TEXT, false},
                                              {0}};
const struct endpoint api_release_first = {.method = "POST",
                                           .pattern = "/manuscripts/{id}/first-release",
                                           .members = first_members,
                                           .run = run_release_first,
                                           .again = run_releases};
const struct endpoint api_releases = {
    .method = "GET", .pattern = "/manuscripts/{id}/releases", .run = run_releases};
const struct endpoint api_withdraw = {.method = "POST",
                                      .pattern = "/manuscripts/{id}/withdrawal",
                                      .members = withdraw_members,
                                      .run = run_withdraw,
                                      .again = run_releases};

static enum status run_release(struct exchange *exchange) {
    struct release_order order = {0};
    struct release *releases;
    size_t count = 0;
    id64 *columns;
    TRY(path_id(exchange, &order.manuscript));
    TRY(prove(exchange));
    order.seen = body_digest(exchange, "digest");
    order.column_count = body_ids(exchange, "columns", &columns);
    order.columns = columns;
    order.when = body_instant(exchange, "when");
    order.reason = body_text(exchange, "reason");
    TRY(publication_release(exchange->call, &order, &releases, &count));
    return answer_released(exchange, releases, count);
}

static enum status run_release_first(struct exchange *exchange) {
    struct release_order order = {0};
    struct release *releases;
    size_t count = 0;
    TRY(path_id(exchange, &order.manuscript));
    TRY(prove(exchange));
    order.seen = body_digest(exchange, "digest");
    order.reason = body_text(exchange, "reason");
    TRY(publication_release_first(exchange->call, &order, &releases, &count));
    return answer_released(exchange, releases, count);
}

static enum status answer_released(struct exchange *exchange,
                                   const struct release *releases, size_t count) {
    bool stands = apply(exchange, releases, count) == DONE;
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(list, tell_release(exchange, &releases[i]));
    }
    exchange->answer = json_pack("{s:o,s:b}", "releases", list, "applied", stands);
    exchange->status = stands ? 201 : 202;
    return DONE;
}

static enum status run_releases(struct exchange *exchange) {
    struct manuscript manuscript;
    struct release *releases;
    size_t count = 0;
    id64 id = 0;
    TRY(path_id(exchange, &id));
    TRY(manuscript_find(exchange->call, id, &manuscript));
    TRY(publication_of_manuscript(exchange->call, id, &releases, &count));
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_array_append_new(list, tell_release(exchange, &releases[i]));
    }
    exchange->answer = json_pack("{s:o}", "releases", list);
    return DONE;
}

static enum status run_withdraw(struct exchange *exchange) {
    enum withdrawal kind;
    id64 id = 0;
    TRY(path_id(exchange, &id));
    if (!withdrawal_named(body_text(exchange, "kind"), &kind)) {
        return call_refuse_field(exchange->call, "kind", "", "api.want-kind", NULL);
    }
    TRY(prove(exchange));
    TRY(publication_withdraw(exchange->call, id, kind, body_text(exchange, "reason"),
                             body_id(exchange, "successor")));
    return run_releases(exchange);
}

/* The pages stand when the answer 201 comes.  What fails here is not lost: the order is
 * committed, 202 says so, and the journal is worked off again. */
static enum status apply(struct exchange *exchange, const struct release *releases,
                         size_t count) {
    id64 done = 0;
    for (size_t i = 0; i < count; i++) {
        struct applied applied;
        if (releases[i].site == done || releases[i].state != RELEASE_LIVE) {
            continue;
        }
        TRY(publication_apply(exchange->call, releases[i].site, &applied));
        done = releases[i].site;
    }
    return DONE;
}

static bool withdrawal_named(struct str name, enum withdrawal *out_kind) {
    static const struct {
        const char *name;
        enum withdrawal kind;
    } kinds[] = {{"correction", WITHDRAW_CORRECTION},
                 {"expiry", WITHDRAW_EXPIRY},
                 {"removal", WITHDRAW_REMOVAL},
                 {"seal", WITHDRAW_SEAL}};
    for (size_t i = 0; i < LENGTH(kinds); i++) {
        if (str_is(name, kinds[i].name)) {
            *out_kind = kinds[i].kind;
            return true;
        }
    }
    return false;
}
