/*
 * Since when decisions are signed.
 *
 * What was decided before, in a workspace older than the signatures, is sealed once with
 * a key of the workspace, as it then stood, and the ledger says how much of it there was
 * and where each chain ended.  A mark beside the keys says that this has happened, so
 * that whoever owns the database cannot have it happen again for rows of his own.
 */
#include "approval_own.h"

#include "people/people.h"

#include <jansson.h>

#define MARK            "approvals"
#define PAGE            500
#define PAGE_BYTES_MOST ((size_t)64 << 20)

static const struct keyring_purpose seals = {.name = "decisions"};

static enum status begin_work(struct call *call, void *what);
static enum status set_mark(struct call *call);
static enum status must_be_first(struct call *call);
static enum status seal_all(struct call *call, int64_t *out_count,
                            struct digest *out_digest);
static enum status seal(struct call *call, const struct decision *decision,
                        struct str text);
static enum status note_begin(struct call *call, int64_t count,
                              const struct digest *digest);
static struct str text_of(struct call *call, const struct decision *decision);
static bool is_sealed(struct call *call, const struct decision *decision,
                      const struct signature *signature);

enum status approval_begin(struct call *call) {
    struct rows *row;
    enum status found = store_find(call, &approval_epoch_row, &row, NO_VALUES);
    if (found == DONE) {
        return row_int(row, "at") == call->now ? DONE : set_mark(call);
    }
    return found == ABSENT ? store_transact(call, TXN_WRITE, begin_work, NULL) : found;
}

enum status approval_begun_at(struct call *call, instant *out_at) {
    struct rows *row;
    enum status found = store_find(call, &approval_epoch_row, &row, NO_VALUES);
    *out_at = found == DONE ? row_int(row, "at") : 0;
    return found == ABSENT ? DONE : found;
}

enum status approval_is_of_before(struct call *call, const struct decision *decision,
                                  bool *out_is) {
    struct signature signature;
    enum status found = approval_signature(call, decision->id, BEFORE, &signature);
    *out_is = false;
    if (found == ABSENT) {
        return DONE;
    }
    TRY(found);
    struct decision waiting = *decision;
    waiting.turn = 0; /* a paper one may have been confirmed since */
    *out_is = is_sealed(call, decision, &signature) ||
              (decision->entered_by != 0 && is_sealed(call, &waiting, &signature));
    return DONE;
}

static enum status begin_work(struct call *call, void *what) {
    (void)what;
    int64_t begun = 0;
    int64_t count = 0;
    struct digest digest;
    TRY(must_be_first(call));
    TRY(store_run(call, &approval_epoch_insert, &begun, bind_int("now", call->now)));
    if (begun == 0) {
        return DONE;
    }
    TRY(seal_all(call, &count, &digest));
    TRY(store_run(call, &approval_epoch_set, NULL, bind_int("decisions", count),
                  bind_digest("digest", &digest)));
    return note_begin(call, count, &digest);
}

/* Set only once the beginning is committed: by a later call, when there are keys. */
static enum status set_mark(struct call *call) {
    const char *path = keyring_path(call, MARK);
    return file_exists(path) || !file_exists(keyring_path(call, NULL))
               ? DONE
               : file_write_secret(path, bytes_of_str(STR("decisions are signed\n")));
}

static enum status must_be_first(struct call *call) {
    struct ledger_list list;
    struct ledger_filter filter = {.act = STR("approval.begin"), .limit = 1};
    TRY(ledger_read(call, LEDGER_HOUSE, &filter, &list));
    if (list.count == 0 && !file_exists(keyring_path(call, MARK))) {
        return DONE;
    }
    return log_failed("decisions are signed here, and the database no longer says since "
                      "when: what it holds cannot be trusted (after the restore of an "
                      "older one, remove %s)",
                      keyring_path(call, MARK));
}

static enum status seal_all(struct call *call, int64_t *out_count,
                            struct digest *out_digest) {
    struct digesting digesting;
    struct call page = *call; /* of the same transaction, with room that is given back */
    size_t count = PAGE;
    id64 after = 0;
    enum status status = DONE;
    page.arena = arena_new(PAGE_BYTES_MOST);
    digest_begin(&digesting, DIGEST_SM3);
    while (status == DONE && count == PAGE) {
        struct decision *decisions;
        status = approval_page(&page, after, PAGE, &decisions, &count);
        for (size_t i = 0; status == DONE && i < count; i++) {
            struct str text = text_of(&page, &decisions[i]);
            digest_add_field(&digesting, "decision", text);
            status = seal(&page, &decisions[i], text);
            after = decisions[i].id;
            ++*out_count;
        }
        arena_clear(page.arena);
    }
    arena_free(page.arena);
    *out_digest = digest_end(&digesting);
    return status;
}

static enum status seal(struct call *call, const struct decision *decision,
                        struct str text) {
    struct str sealed;
    struct digest digest = digest_of(DIGEST_SM3, bytes_of_str(text));
    struct str plain = digest_to_text(call->arena, &digest);
    TRY(keyring_seal(call, &seals, id_to_text(call->arena, decision->id),
                     bytes_of_str(plain), &sealed));
    return store_run(call, &approval_signature_insert, NULL,
                     bind_id("about", decision->id), bind_text("act", STR(BEFORE)),
                     bind_int("signer", 0), bind_text("key", STR("")),
                     bind_text("certificate", STR("")), bind_text("statement", text),
                     bind_text("signature", sealed), bind_int("now", call->now));
}

/* Behind these entries every act that decides carries its signatures. */
static enum status note_begin(struct call *call, int64_t count,
                              const struct digest *digest) {
    struct ledger_groups groups;
    struct str text = digest_to_text(call->arena, digest);
    json_t *chains = json_array();
    enum status status = ledger_groups(call, &groups);
    for (size_t i = 0; status == DONE && i < groups.count; i++) {
        struct ledger_checkpoint head;
        status = ledger_head(call, groups.at[i], &head);
        if (status == DONE) {
            struct str group = str_format(call->arena, "%lld", (long long)groups.at[i]);
            json_array_append_new(chains, json_pack("{s:s%, s:I}", "chain", group.at,
                                                    group.length, "sequence",
                                                    (json_int_t)head.sequence));
        }
    }
    struct ledger_act act = {
        .act = "approval.begin",
        .subject = {SUBJECT_WORKSPACE, 1},
        .payload = ledger_payload(call, json_pack("{s:I, s:s%, s:o}", "decisions",
                                                  (json_int_t)count, "digest", text.at,
                                                  text.length, "chains", chains)),
        .follows = true};
    TRY(status);
    return ledger_append(call, LEDGER_HOUSE, &act, NULL);
}

static struct str text_of(struct call *call, const struct decision *decision) {
    struct testimony testimony;
    testimony_begin(call, BEFORE, 0, decision->subject, &decision->digest, &testimony);
    testimony_add_decision(call, &testimony, decision);
    return buffer_str(&testimony.text);
}

static bool is_sealed(struct call *call, const struct decision *decision,
                      const struct signature *signature) {
    struct bytes plain;
    struct digest digest = digest_of(DIGEST_SM3, bytes_of_str(text_of(call, decision)));
    struct str wanted = digest_to_text(call->arena, &digest);
    return keyring_open(call, &seals, id_to_text(call->arena, decision->id),
                        signature->signature, &plain) == DONE &&
           bytes_equal_secret(plain, bytes_of_str(wanted));
}
