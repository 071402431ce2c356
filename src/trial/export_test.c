/*
 * The owner of the database writes the ledger anew, with every hash made again: both
 * verifiers of an export, which need nothing of ours, find it without any checkpoint, at
 * the same entry.
 */
#include "keys/keys.h"
#include "ledger/ledger.h"
#include "notary/notary.h"
#include "owner.h"
#include "sandbox/sandbox.h"
#include "text/text.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

static struct sandbox *sandbox; /* forked once, before any thread */

struct lines {
    struct arena *arena;
    json_t *list;
    size_t at;
};

static bool keep_line(void *to, struct str line) {
    struct lines *lines = to;
    json_array_append_new(lines->list, json_loadb(line.at, line.length, 0, NULL));
    return true;
}

static enum status next_line(void *from, struct str *out_line) {
    struct lines *lines = from;
    if (lines->at == json_array_size(lines->list)) {
        return ABSENT;
    }
    char *text = json_dumps(json_array_get(lines->list, lines->at++), JSON_COMPACT);
    *out_line = str_copy(lines->arena, str_of(text));
    free(text);
    return DONE;
}

static struct str field(struct arena *arena, const json_t *line, const char *name) {
    const json_t *value = json_object_get(line, name);
    return json_is_string(value)
               ? (struct str){json_string_value(value), json_string_length(value)}
               : str_format(arena, "%lld", (long long)json_integer_value(value));
}

/* Payloads, entries and links hashed anew, chain by chain, as far as he can. */
static void hash_again(struct arena *arena, json_t *list) {
    static const char *const fields[] = {
        "version",        "group", "sequence",     "at",      "person",  "post",
        "door",           "act",   "subject_kind", "subject", "outcome", "digest",
        "payload_digest", "key",   "rule",         "previous"};
    struct str previous = STR("");
    struct str chain = STR("");
    for (size_t i = 0; i < json_array_size(list); i++) {
        json_t *line = json_array_get(list, i);
        struct digesting digesting;
        struct bytes salt;
        previous = str_equal(chain, field(arena, line, "group")) ? previous : STR("");
        chain = field(arena, line, "group");
        assert_int_equal(bytes_from_hex(arena, field(arena, line, "salt"), &salt), DONE);
        digest_begin(&digesting, DIGEST_SM3);
        digest_add_field(&digesting, "salt",
                         (struct str){(const char *)salt.at, salt.length});
        digest_add_field(&digesting, "payload", field(arena, line, "payload"));
        struct digest digest = digest_end(&digesting);
        struct str text = digest_to_text(arena, &digest);
        json_object_set_new(line, "payload_digest", json_stringn(text.at, text.length));
        json_object_set_new(line, "previous", json_stringn(previous.at, previous.length));
        digest_begin(&digesting, DIGEST_SM3);
        for (size_t f = 0; f < LENGTH(fields); f++) {
            digest_add_field(&digesting, fields[f], field(arena, line, fields[f]));
        }
        digest = digest_end(&digesting);
        previous = digest_to_text(arena, &digest);
        json_object_set_new(line, "hash", json_stringn(previous.at, previous.length));
    }
}

/* What both say of it: the sequence of the entry found, 0 if all is whole. */
static int64_t ask_both(struct trial_store *trial, struct lines *lines) {
    struct arena *arena = lines->arena;
    struct notary_known known = {.checkpoints = STR("")};
    struct notary_verdict verdict;
    struct buffer text;
    char answer[400] = "";
    lines->at = 0;
    buffer_init(&text, arena);
    for (struct str line; next_line(lines, &line) == DONE;) {
        buffer_add(&text, line);
        buffer_add_char(&text, '\n');
    }
    lines->at = 0;
    assert_int_equal(notary_check(arena, next_line, lines, &known, &verdict), DONE);
    assert_true(verdict.fault == NOTARY_WHOLE || verdict.fault == NOTARY_FAULT_APPROVAL);
    const char *path = str_format(arena, "%s/export", trial->workspace).at;
    assert_int_equal(file_write(path, bytes_of_str(buffer_str(&text))), DONE);
    for (int which = 0; which < 2; which++) {
        struct str command =
            str_format(arena, "python3 %s/share/verify/%s %s", getenv("SHENFA_SOURCE"),
                       which == 0 ? "verify_ledger.py" : "verify_approvals.py", path);
        FILE *said = popen(command.at, "re");
        assert_non_null(said);
        assert_non_null(fgets(answer, sizeof answer, said));
        int status = WEXITSTATUS(pclose(said));
        bool wanted = which == 1 && verdict.fault != NOTARY_WHOLE;
        struct str entry = str_format(arena, "entry %lld:", (long long)verdict.sequence);
        if (status != (wanted ? 1 : 0) || (wanted && strstr(answer, entry.at) == NULL)) {
            fail_msg("we say %s at %lld, the other verifier %d: %s",
                     notary_fault_name(verdict.fault), (long long)verdict.sequence,
                     status, answer);
        }
    }
    return verdict.sequence;
}

/* The payload of the last entry of *act* becomes what *change* makes of it. */
static void change_payload(struct lines *lines, const char *act,
                           void (*change)(json_t *payload, json_t *entry)) {
    for (size_t i = json_array_size(lines->list); i > 0; i--) {
        json_t *line = json_array_get(lines->list, i - 1);
        if (strcmp(json_string_value(json_object_get(line, "act")), act) == 0) {
            json_t *payload =
                json_loads(json_string_value(json_object_get(line, "payload")), 0, NULL);
            change(payload, line);
            char *text = json_dumps(payload, JSON_COMPACT | JSON_SORT_KEYS);
            json_object_set_new(line, "payload", json_string(text));
            free(text);
            json_decref(payload);
            return;
        }
    }
    fail_msg("the export has no %s", act);
}

static json_t *signed_of(json_t *payload) {
    return json_array_get(json_object_get(payload, "signed"), 0);
}
static void leave(json_t *payload, json_t *entry) { (void)payload, (void)entry; }
static void flip(json_t *payload, json_t *entry) {
    (void)entry;
    char *copy =
        strdup(json_string_value(json_object_get(signed_of(payload), "signature")));
    copy[70] = copy[70] == '0' ? '1' : '0';
    json_object_set_new(signed_of(payload), "signature", json_string(copy));
    free(copy);
}
static void reword(json_t *payload, json_t *entry) {
    (void)entry;
    char *copy =
        strdup(json_string_value(json_object_get(signed_of(payload), "statement")));
    strstr(copy, "verdict ")[8] ^= 1;
    json_object_set_new(signed_of(payload), "statement", json_string(copy));
    free(copy);
}
static void leave_out(json_t *payload, json_t *entry) {
    (void)entry;
    json_object_del(payload, "signed");
}
static void another_person(json_t *payload, json_t *entry) {
    (void)payload;
    json_object_set_new(entry, "person", json_string("184"));
}
static void another_text(json_t *payload, json_t *entry) {
    (void)payload;
    json_object_set_new(
        entry, "digest",
        json_string("sm3:0000000000000000000000000000000000000000000000000"
                    "000000000000000"));
}
static void by_the_house(json_t *payload, json_t *entry) {
    (void)entry;
    json_object_set_new(signed_of(payload), "certificate", json_string(""));
}

static void
test_export__a_ledger_written_anew_is_found_without_a_checkpoint(void **state) {
    static const struct {
        const char *sentence;
        void (*change)(json_t *payload, json_t *entry);
    } attacks[] = {
        {"a bit of a signature", flip}, {"another verdict", reword},
        {"no signature", leave_out},    {"another person", another_person},
        {"another text", another_text}, {"no certificate", by_the_house},
    };
    struct trial_store *trial = *state;
    struct yard yard;
    struct ledger_groups groups;
    yard_open(trial, sandbox, "liuzhou-stats", &yard);
    struct call *call = yard.call;
    id64 manuscript = owner_article(&yard, 1, "");
    struct digest seen = owner_decision(&yard, manuscript, "leader-review").digest;
    yard_become(&yard, yard_holder(&yard, "site-operator"));
    assert_int_equal(yard_release(&yard, manuscript, &seen, 0), DONE);
    assert_int_equal(ledger_groups(call, &groups), DONE);
    for (size_t i = 0; i <= LENGTH(attacks); i++) {
        struct lines lines = {.arena = call->arena, .list = json_array()};
        for (size_t j = 0; j < groups.count; j++) {
            assert_int_equal(
                ledger_export(call, groups.at[j], 0, true, keep_line, &lines), DONE);
        }
        change_payload(&lines, "review.decide",
                       i < LENGTH(attacks) ? attacks[i].change : leave);
        hash_again(call->arena, lines.list);
        int64_t found = ask_both(trial, &lines);
        if ((found == 0) != (i == LENGTH(attacks))) {
            fail_msg("%s: %lld", i < LENGTH(attacks) ? attacks[i].sentence : "nothing",
                     (long long)found);
        }
        json_decref(lines.list);
    }
    yard_close(trial);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        TRIAL_ON_SQLITE(test_export__a_ledger_written_anew_is_found_without_a_checkpoint),
    };
    if (sandbox_start(&text_parsers, &sandbox) != DONE) {
        return 1;
    }
    int failed = trial_run("export", tests, LENGTH(tests));
    sandbox_stop(sandbox);
    return failed;
}
