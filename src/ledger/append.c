/*
 * How a chain grows: the head's row is locked, the entry is hashed onto the
 * last one, the head is moved.  The lock holds until the act commits, so that
 * sequences have no gaps and appending is the last thing an act does.
 */
#include "ledger_own.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#define SALT_SIZE 16

struct head {
    enum digest_profile profile;
    int64_t sequence;
    instant at;
    struct str hash;
};

struct note {
    id64 group;
    const struct ledger_act *act;
};

static enum status append_note(struct call *call, void *what);
static enum status lock_head(struct call *call, id64 group, struct head *out_head);
static enum status refuse_repeated(struct call *call, id64 group, struct str key);
static struct ledger_link link_of(struct call *call, id64 group,
                                  const struct ledger_act *act,
                                  enum ledger_outcome outcome, const struct head *head);
static enum status write_link(struct call *call, const struct ledger_link *link);

struct str ledger_payload(struct call *call, struct json_t *json) {
    char *text = json == NULL ? NULL : json_dumps(json, JSON_SORT_KEYS | JSON_COMPACT);
    if (text == NULL) {
        log_fatal("an act's payload is no JSON: the program packs it wrongly");
    }
    struct str payload = str_copy(call->arena, str_of(text));
    free(text);
    json_decref(json);
    return payload;
}

enum status ledger_begin(struct call *call, id64 group, enum digest_profile profile) {
    int64_t begun = 0;
    TRY(store_run(call, &ledger_head_insert, &begun, bind_int("group", group),
                  bind_int("profile", profile)));
    if (begun == 0) {
        return call_refuse(call, REFUSED, "", "ledger.begun", NULL);
    }
    return DONE;
}

enum status ledger_append(struct call *call, id64 group, const struct ledger_act *act,
                          int64_t *out_sequence) {
    return ledger_extend(call, group, act, LEDGER_DONE, out_sequence);
}

enum status ledger_note(struct call *call, id64 group, const struct ledger_act *act) {
    struct note note = {group, act};
    return store_transact(call, TXN_WRITE, append_note, &note);
}

enum status ledger_head_hold(struct call *call, id64 group,
                             struct ledger_checkpoint *out_head) {
    struct head head;
    struct ledger_checkpoint checkpoint = {.group = group};
    TRY(lock_head(call, group, &head));
    checkpoint.sequence = head.sequence;
    if (!str_is_empty(head.hash)) {
        TRY(digest_from_text(head.hash, &checkpoint.hash));
    }
    *out_head = checkpoint;
    return DONE;
}

static enum status append_note(struct call *call, void *what) {
    const struct note *note = what;
    return ledger_append(call, note->group, note->act, NULL);
}

enum status ledger_extend(struct call *call, id64 group, const struct ledger_act *act,
                          enum ledger_outcome outcome, int64_t *out_sequence) {
    if (call->txn == NULL) {
        return log_failed("ledger: %s was to be appended outside a transaction",
                          act->act);
    }
    struct head head;
    TRY(lock_head(call, group, &head));
    struct ledger_link link = link_of(call, group, act, outcome, &head);
    if (!str_is_empty(link.entry.key)) {
        TRY(refuse_repeated(call, group, link.entry.key));
    }
    TRY(write_link(call, &link));
    TRY(store_run(call, &ledger_head_move, NULL, bind_int("group", group),
                  bind_int("sequence", link.entry.sequence),
                  bind_int("at", link.entry.at), bind_text("hash", link.hash)));
    if (out_sequence != NULL) {
        *out_sequence = link.entry.sequence;
    }
    return DONE;
}

static enum status lock_head(struct call *call, id64 group, struct head *out_head) {
    struct rows *row;
    enum status status =
        store_find(call, &ledger_head_lock, &row, bind_int("group", group));
    if (status == ABSENT) {
        TRY(store_run(call, &ledger_head_insert, NULL, bind_int("group", group),
                      bind_int("profile", DIGEST_SM3)));
        status = store_find(call, &ledger_head_lock, &row, bind_int("group", group));
    }
    TRY(status);
    out_head->profile = (enum digest_profile)row_int(row, "profile");
    out_head->sequence = row_int(row, "sequence");
    out_head->at = row_int(row, "at");
    out_head->hash = row_text(row, "hash");
    return DONE;
}

/* Two calls with one key may come at the same time; whoever locks the head second
 * finds the first one's entry here. */
static enum status refuse_repeated(struct call *call, id64 group, struct str key) {
    struct rows *row;
    enum status status =
        store_find(call, &ledger_wish_find, &row, bind_int("group", group),
                   bind_int("person", call->actor.person), bind_text("wish", key));
    if (status == ABSENT) {
        return DONE;
    }
    TRY(status);
    return call_refuse(call, STALE, "", "ledger.repeated", NULL);
}

static struct ledger_link link_of(struct call *call, id64 group,
                                  const struct ledger_act *act,
                                  enum ledger_outcome outcome, const struct head *head) {
    struct ledger_link link = {
        .entry = {.group = group,
                  .sequence = head->sequence + 1,
                  .at = call->now > head->at ? call->now : head->at,
                  .person = call->actor.person,
                  .post = act->post,
                  .act = str_of(act->act),
                  .subject = act->subject,
                  .payload = str_is_empty(act->payload) ? STR("{}") : act->payload,
                  .rule = act->rule},
        .version = LEDGER_VERSION,
        .door = call->door,
        .outcome = outcome,
        .subject_kind = str_of(subject_kind_name(act->subject.kind)),
        .digest = digest_to_text(call->arena, &act->digest),
        .previous = head->hash,
        .salt = call_random(call, SALT_SIZE)};
    if (outcome == LEDGER_DONE && !act->follows) {
        link.entry.key = call->key;
    }
    struct digest payload =
        ledger_payload_digest(head->profile, link.salt, link.entry.payload);
    link.payload_digest = digest_to_text(call->arena, &payload);
    struct digest hash = ledger_hash(head->profile, &link);
    link.hash = digest_to_text(call->arena, &hash);
    return link;
}

static enum status write_link(struct call *call, const struct ledger_link *link) {
    const struct ledger_entry *entry = &link->entry;
    TRY(store_run(call, &ledger_entry_insert, NULL, bind_int("group", entry->group),
                  bind_int("sequence", entry->sequence),
                  bind_int("version", link->version), bind_int("at", entry->at),
                  bind_int("person", entry->person), bind_text("post", entry->post),
                  bind_int("door", link->door), bind_text("act", entry->act),
                  bind_text("subject_kind", link->subject_kind),
                  bind_int("subject", entry->subject.id),
                  bind_int("outcome", link->outcome), bind_text("digest", link->digest),
                  bind_text("payload_digest", link->payload_digest),
                  bind_text("wish", entry->key), bind_text("rule", entry->rule),
                  bind_text("previous", link->previous), bind_text("hash", link->hash)));
    return store_run(call, &ledger_payload_insert, NULL, bind_int("group", entry->group),
                     bind_int("sequence", entry->sequence),
                     bind_bytes("salt", link->salt),
                     bind_text("payload", entry->payload));
}
