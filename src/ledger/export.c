/*
 * A chain on its way out, one JSON object a line, and payloads on theirs.
 */
#include "ledger_own.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>

#define PAGE            500
#define PAGE_BYTES_MOST ((size_t)256 << 20)

struct export {
    id64 group;
    int64_t after;
    int64_t most; /* of a page */
    bool payloads;
    ledger_writer write;
    void *to;
    bool ended;
};

static enum status export_page(struct call *call, void *what);
static json_t *line_of(struct call *call, const struct ledger_link *link, bool payloads);
static void set_text(json_t *line, const char *name, struct str text);
static void set_id(json_t *line, const char *name, id64 id);

enum status ledger_export(struct call *call, id64 group, int64_t after, bool payloads,
                          ledger_writer write, void *to) {
    struct call page = *call;
    page.txn = NULL;
    page.arena = arena_new(PAGE_BYTES_MOST);
    struct export export = {.group = group,
                            .after = after,
                            .most = PAGE,
                            .payloads = payloads,
                            .write = write,
                            .to = to};
    enum status status = DONE;
    while (status == DONE && !export.ended) {
        status = store_transact(&page, TXN_READ, export_page, &export);
        arena_clear(page.arena);
    }
    arena_free(page.arena);
    return status;
}

enum status ledger_export_some(struct call *call, id64 group, int64_t after, int64_t most,
                               ledger_writer write, void *to) {
    struct export export = {
        .group = group, .after = after, .most = most, .write = write, .to = to};
    return store_transact(call, TXN_READ, export_page, &export);
}

enum status ledger_erase(struct call *call, id64 group, int64_t sequence, struct str rule,
                         struct str reason) {
    struct rows *row;
    TRY(store_find(call, &ledger_payload_state, &row, bind_int("group", group),
                   bind_int("sequence", sequence)));
    if (!row_is_null(row, "erased_by")) {
        return DONE;
    }
    int64_t erasure = 0;
    struct ledger_act act = {
        .act = "ledger.erase",
        .subject = {SUBJECT_ENTRY, sequence},
        .rule = rule,
        .follows = true,
        .payload = ledger_payload(
            call, json_pack("{s:s%}", "reason", reason.at, reason.length))};
    TRY(ledger_append(call, group, &act, &erasure));
    return store_run(call, &ledger_payload_erase, NULL, bind_int("group", group),
                     bind_int("sequence", sequence), bind_int("erased_by", erasure));
}

static enum status export_page(struct call *call, void *what) {
    struct export *export = what;
    struct rows *rows;
    size_t count = 0;
    TRY(store_query(call, &ledger_entries_after, &rows, bind_int("group", export->group),
                    bind_int("after", export->after), bind_int("most", export->most)));
    while (rows_next(rows)) {
        struct ledger_link link;
        ledger_link_read(rows, &link);
        struct str line = ledger_payload(call, line_of(call, &link, export->payloads));
        if (!export->write(export->to, line)) {
            return log_failed("ledger: the export could not be written");
        }
        export->after = link.entry.sequence;
        count++;
    }
    TRY(rows_end(rows));
    export->ended = count < (size_t) export->most;
    return DONE;
}

/* Ids and instants are strings: they do not fit into the numbers of JavaScript. */
static json_t *line_of(struct call *call, const struct ledger_link *link, bool payloads) {
    const struct ledger_entry *entry = &link->entry;
    json_t *line = json_object();
    json_object_set_new(line, "version", json_integer(link->version));
    set_id(line, "group", entry->group);
    json_object_set_new(line, "sequence", json_integer(entry->sequence));
    set_id(line, "at", entry->at);
    set_id(line, "person", entry->person);
    set_text(line, "post", entry->post);
    json_object_set_new(line, "door", json_integer(link->door));
    set_text(line, "act", entry->act);
    set_text(line, "subject_kind", link->subject_kind);
    set_id(line, "subject", entry->subject.id);
    json_object_set_new(line, "outcome", json_integer(link->outcome));
    set_text(line, "digest", link->digest);
    set_text(line, "payload_digest", link->payload_digest);
    set_text(line, "key", entry->key);
    set_text(line, "rule", entry->rule);
    set_text(line, "previous", link->previous);
    set_text(line, "hash", link->hash);
    if (payloads && !entry->erased) {
        set_text(line, "salt", bytes_to_hex(call->arena, link->salt));
        set_text(line, "payload", entry->payload);
    }
    return line;
}

static void set_text(json_t *line, const char *name, struct str text) {
    json_object_set_new(line, name, json_stringn(text.at, text.length));
}

static void set_id(json_t *line, const char *name, id64 id) {
    char text[24];
    snprintf(text, sizeof text, "%" PRId64, id);
    json_object_set_new(line, name, json_string(text));
}
