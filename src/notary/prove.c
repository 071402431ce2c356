/*
 * Proofs: made from the store, checked without it.
 */
#include "notary_own.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

#define PAGE 500

/* The hashes of a chain, page by page. */
struct leaves {
    struct call page;
    id64 group;
    int64_t after;
    struct ledger_list list;
    size_t at;
};

struct covering {
    int64_t size;
    struct digest root;
    struct str note;
};

static enum status find_covering(struct call *call, id64 group, int64_t size,
                                 struct covering *out_covering);
static void leaves_begin(struct leaves *leaves, struct call *call, id64 group);
static void leaves_end(struct leaves *leaves);
static enum status next_leaf(void *from, struct digest *out_hash);
static enum status entry_line(struct call *call, id64 group, int64_t sequence,
                              json_t **out_line);
static json_t *steps_of(struct call *call, const struct notary_path *path);
static json_t *text_of(struct str text);
static enum status check_entry(struct arena *arena, json_t *proof,
                               const struct checkpoint *checkpoint,
                               const struct notary_path *path,
                               struct notary_verdict *verdict);
static enum status check_growth(struct arena *arena, const struct notary_known *known,
                                const struct checkpoint *checkpoint, int64_t older_size,
                                const struct notary_path *path,
                                struct notary_verdict *verdict);
static bool read_path(json_t *steps, struct notary_path *out_path);

enum status notary_prove_entry(struct call *call, id64 group, int64_t sequence,
                               struct str *out_proof) {
    struct covering covering;
    struct leaves leaves;
    struct notary_path path;
    struct digest root;
    json_t *line;
    TRY(find_covering(call, group, sequence, &covering));
    TRY(entry_line(call, group, sequence, &line));
    leaves_begin(&leaves, call, group);
    enum status made =
        notary_path_to((enum digest_profile)covering.root.profile, next_leaf, &leaves,
                       sequence - 1, covering.size, &path, &root);
    leaves_end(&leaves);
    if (made == DONE && !digest_equal(&root, &covering.root)) {
        made = log_failed("notary: chain %" PRId64 " is not what was signed", group);
    }
    if (made != DONE) {
        json_decref(line);
        return made;
    }
    *out_proof = ledger_payload(
        call, json_pack("{s:s, s:o, s:o, s:o}", "proof", "entry", "entry", line, "path",
                        steps_of(call, &path), "checkpoint", text_of(covering.note)));
    return DONE;
}

enum status notary_prove_growth(struct call *call, id64 group, int64_t older,
                                struct str *out_proof) {
    struct covering covering;
    struct leaves leaves;
    struct notary_path path;
    struct digest root;
    struct rows *row;
    if (older < 1) {
        return ABSENT;
    }
    TRY(store_find(call, &notary_checkpoint_newest, &row, bind_int("group", group)));
    covering = (struct covering){row_int(row, "size"), row_digest(row, "root"),
                                 row_text(row, "note")};
    if (older > covering.size) {
        return ABSENT;
    }
    leaves_begin(&leaves, call, group);
    enum status made =
        notary_path_between((enum digest_profile)covering.root.profile, next_leaf,
                            &leaves, older, covering.size, &path, &root);
    leaves_end(&leaves);
    TRY(made);
    if (!digest_equal(&root, &covering.root)) {
        return log_failed("notary: chain %" PRId64 " is not what was signed", group);
    }
    *out_proof =
        ledger_payload(call, json_pack("{s:s, s:I, s:o, s:o}", "proof", "growth", "from",
                                       (json_int_t)older, "path", steps_of(call, &path),
                                       "checkpoint", text_of(covering.note)));
    return DONE;
}

enum status notary_check_proof(struct arena *arena, struct str proof,
                               const struct notary_known *known,
                               struct notary_verdict *out_verdict) {
    json_t *json = json_loadb(proof.at, proof.length, JSON_REJECT_DUPLICATES, NULL);
    struct notary_verdict verdict = {.entries = 1};
    struct notary_path path;
    struct checkpoint checkpoint = {0};
    struct str kind = str_of(json_string_value(json_object_get(json, "proof")));
    json_t *from = json_object_get(json, "from");
    struct str note =
        str_copy(arena, str_of(json_string_value(json_object_get(json, "checkpoint"))));
    enum status status = REFUSED;
    if (checkpoint_read(arena, &note, &checkpoint) == DONE &&
        read_path(json_object_get(json, "path"), &path)) {
        verdict.chain = checkpoint.chain;
        verdict.chains = 1;
        if (known->key != NULL && !checkpoint_signed(&checkpoint, known->key)) {
            verdict.fault = NOTARY_FAULT_SIGNATURE;
            status = DONE;
        } else if (str_is(kind, "entry")) {
            status = check_entry(arena, json, &checkpoint, &path, &verdict);
        } else if (str_is(kind, "growth") && json_is_integer(from)) {
            status = check_growth(arena, known, &checkpoint, json_integer_value(from),
                                  &path, &verdict);
        }
    }
    json_decref(json);
    if (status == DONE) {
        *out_verdict = verdict;
    }
    return status;
}

/* The entry is hashed as a chain that stands just before it would. */
static enum status check_entry(struct arena *arena, json_t *proof,
                               const struct checkpoint *checkpoint,
                               const struct notary_path *path,
                               struct notary_verdict *verdict) {
    json_t *entry = json_object_get(proof, "entry");
    int64_t sequence = json_integer_value(json_object_get(entry, "sequence"));
    struct notary_chain before = {.chain = checkpoint->chain};
    struct digest hash;
    struct str previous = str_of(json_string_value(json_object_get(entry, "previous")));
    if (!json_is_object(entry) || sequence < 1 ||
        digest_from_text(str_of(json_string_value(json_object_get(entry, "hash"))),
                         &hash) != DONE ||
        (!str_is_empty(previous) && digest_from_text(previous, &before.hash) != DONE)) {
        return REFUSED;
    }
    verdict->sequence = sequence;
    before.tree.size = sequence - 1;
    before.profile = (enum digest_profile)hash.profile;
    before.tree.profile = before.profile;
    char *text = json_dumps(entry, JSON_COMPACT);
    verdict->fault = notary_chain_add(arena, &before, str_of(text));
    free(text);
    if (verdict->fault == NOTARY_WHOLE &&
        !notary_path_includes(path, &hash, sequence - 1, checkpoint->size,
                              &checkpoint->root)) {
        verdict->fault = NOTARY_FAULT_REWRITTEN;
    }
    return DONE;
}

static enum status check_growth(struct arena *arena, const struct notary_known *known,
                                const struct checkpoint *checkpoint, int64_t older_size,
                                const struct notary_path *path,
                                struct notary_verdict *verdict) {
    struct str rest = known->checkpoints;
    for (;;) {
        struct checkpoint older;
        enum status read = checkpoint_read(arena, &rest, &older);
        if (read == ABSENT) {
            return verdict->checkpoints > 0 ? DONE : REFUSED;
        }
        TRY(read);
        if (older.chain != checkpoint->chain || older.size != older_size) {
            continue;
        }
        verdict->checkpoints++;
        verdict->sequence = older.size;
        if (known->key != NULL && !checkpoint_signed(&older, known->key)) {
            verdict->fault = NOTARY_FAULT_SIGNATURE;
            return DONE;
        }
        if (!notary_path_grows(path, older.size, checkpoint->size, &older.root,
                               &checkpoint->root)) {
            verdict->fault = NOTARY_FAULT_REWRITTEN;
            return DONE;
        }
    }
}

static enum status find_covering(struct call *call, id64 group, int64_t size,
                                 struct covering *out_covering) {
    struct rows *row;
    TRY(store_find(call, &notary_checkpoint_first_from, &row, bind_int("group", group),
                   bind_int("size", size)));
    *out_covering = (struct covering){row_int(row, "size"), row_digest(row, "root"),
                                      row_text(row, "note")};
    return size < 1 ? ABSENT : DONE;
}

static void leaves_begin(struct leaves *leaves, struct call *call, id64 group) {
    *leaves = (struct leaves){.page = *call, .group = group};
    leaves->page.txn = NULL;
    leaves->page.arena = arena_new((size_t)256 << 20);
}

static void leaves_end(struct leaves *leaves) {
    txn_abort(&leaves->page);
    arena_free(leaves->page.arena);
}

static enum status next_leaf(void *from, struct digest *out_hash) {
    struct leaves *leaves = from;
    if (leaves->at == leaves->list.count) {
        txn_abort(&leaves->page);
        arena_clear(leaves->page.arena);
        leaves->at = 0;
        TRY(ledger_tail(&leaves->page, leaves->group, leaves->after, PAGE,
                        &leaves->list));
        if (leaves->list.count == 0) {
            return log_failed("notary: chain %" PRId64 " ends before its checkpoint",
                              leaves->group);
        }
    }
    const struct ledger_entry *entry = &leaves->list.at[leaves->at++];
    leaves->after = entry->sequence;
    *out_hash = entry->hash;
    return DONE;
}

static bool keep_line(void *to, struct str line) {
    json_t **kept = to;
    *kept = json_loadb(line.at, line.length, 0, NULL);
    return *kept != NULL;
}

static enum status entry_line(struct call *call, id64 group, int64_t sequence,
                              json_t **out_line) {
    json_t *line = NULL;
    TRY(ledger_export_some(call, group, sequence - 1, 1, keep_line, &line));
    if (line == NULL) {
        return ABSENT;
    }
    *out_line = line;
    return DONE;
}

static json_t *steps_of(struct call *call, const struct notary_path *path) {
    json_t *steps = json_array();
    for (size_t i = 0; i < path->count; i++) {
        json_array_append_new(steps, text_of(digest_to_text(call->arena, &path->at[i])));
    }
    return steps;
}

static json_t *text_of(struct str text) { return json_stringn(text.at, text.length); }

static bool read_path(json_t *steps, struct notary_path *out_path) {
    struct notary_path path = {0};
    size_t i;
    json_t *step;
    if (!json_is_array(steps) || json_array_size(steps) > LENGTH(path.at)) {
        return false;
    }
    json_array_foreach(steps, i, step) {
        if (digest_from_text(str_of(json_string_value(step)), &path.at[path.count++]) !=
            DONE) {
            return false;
        }
    }
    *out_path = path;
    return true;
}
