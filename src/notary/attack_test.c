/*
 * Attacks on a ledger by whoever owns the database, the machine and in the end the
 * signer's key; and what a stranger with a checkpoint finds.
 *
 * Each attack is held against an older checkpoint (taken before) and a newer one (taken
 * after the acts that it hides), by our verifier and by the second one in
 * share/verify; both must find the same fault, or the same nothing.  The signer is a real
 * process behind a real socket.
 */
#include "notary/notary_own.h"
#include "trial_store.h"

#include <inttypes.h>
#include <jansson.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define GROUP ((id64)7)
#define OLDER 20 /* entries when the older checkpoint was taken */
#define NEWER 33 /* … and the newer one */

struct signer_child {
    pid_t process;
    int lifeline;
    char directory[160];
    char socket[180];
};

static void start_signer(struct trial_store *trial, enum key_profile profile,
                         struct signer_child *child) {
    int ends[2];
    snprintf(child->directory, sizeof child->directory, "%s/signer", trial->workspace);
    snprintf(child->socket, sizeof child->socket, "%s/socket", child->directory);
    unlink(child->socket);
    assert_int_equal(pipe(ends), 0);
    child->process = fork();
    if (child->process == 0) {
        close(ends[1]);
        struct signer_options options = {.directory = child->directory,
                                         .profile = profile,
                                         .until = ends[0],
                                         .clock = instant_read_clock};
        _exit(notary_sign_for_all(&options) == DONE ? 0 : 1);
    }
    close(ends[0]);
    child->lifeline = ends[1];
    for (int i = 0; i < 1000 && !file_exists(child->socket); i++) {
        poll(NULL, 0, 10);
    }
    assert_true(file_exists(child->socket));
}

static void stop_signer(struct signer_child *child) {
    int status;
    close(child->lifeline);
    assert_int_equal(waitpid(child->process, &status, 0), child->process);
    assert_int_equal(status, 0);
}

static enum status append_work(struct call *call, void *what) {
    const struct ledger_act *act = what;
    return ledger_append(call, GROUP, act, NULL);
}

static void append_many(struct call *call, int count) {
    for (int i = 0; i < count; i++) {
        call->now += INSTANT_SECOND;
        struct ledger_act act = {.act = "review.decide",
                                 .subject = {SUBJECT_MANUSCRIPT, 100 + i},
                                 .payload = STR("{\"opinion\":\"同意\"}"),
                                 .rule = STR("LZ-12.2"),
                                 .post = STR("综合科 科长")};
        assert_int_equal(store_transact(call, TXN_WRITE, append_work, &act), DONE);
    }
}

/* SQL that no module has: what an attacker types. */
static enum status run_raw_work(struct call *call, void *what) {
    return store_run(call, (const struct statement *)what, NULL, NO_VALUES);
}

static void run_raw(struct trial_store *trial, const char *sql) {
    static const char *const none[] = {NULL};
    struct statement *statement = TAKE(trial->arena, struct statement);
    struct call *call = trial_call_new(trial);
    *statement = (struct statement){"attack", sql, sql, none};
    assert_int_equal(store_transact(call, TXN_WRITE, run_raw_work, statement), DONE);
    trial_call_free(call);
}

static void take_the_guards_away(struct trial_store *trial) {
    static const char *const sqlite[] = {"DROP TRIGGER ledger_entry_is_fixed",
                                         "DROP TRIGGER ledger_entry_stays",
                                         "DROP TRIGGER ledger_payload_stays",
                                         "DROP TRIGGER ledger_payload_is_only_erased"};
    static const char *const postgres[] = {
        "GRANT ALL ON ledger_entry, ledger_payload TO CURRENT_USER",
        "ALTER TABLE ledger_entry DISABLE TRIGGER USER",
        "ALTER TABLE ledger_payload DISABLE TRIGGER USER"};
    bool is_sqlite = strcmp(store_kind(trial->house.store), "sqlite") == 0;
    size_t count = is_sqlite ? LENGTH(sqlite) : LENGTH(postgres);
    for (size_t i = 0; i < count; i++) {
        run_raw(trial, is_sqlite ? sqlite[i] : postgres[i]);
    }
}

/* An export as a list of JSON objects, which the attacker changes as he likes. */
static bool keep_line(void *to, struct str line) {
    json_array_append_new(to, json_loadb(line.at, line.length, 0, NULL));
    return true;
}

static json_t *export_of(struct call *call) {
    json_t *lines = json_array();
    assert_int_equal(ledger_export(call, GROUP, 0, true, keep_line, lines), DONE);
    return lines;
}

static struct str take_checkpoint(struct call *call, const struct signer_child *signer) {
    enum notary_trouble trouble;
    struct str text;
    assert_int_equal(notary_take(call, signer->socket, &trouble), DONE);
    assert_int_equal(trouble, NOTARY_WELL);
    assert_int_equal(notary_newest(call, &text), DONE);
    return text;
}

/* What the strongest attacker does: number, link and hash everything anew. */
static void hash_again(json_t *lines) {
    static const char *const fields[] = {
        "version",        "group", "sequence",     "at",      "person",  "post",
        "door",           "act",   "subject_kind", "subject", "outcome", "digest",
        "payload_digest", "key",   "rule",         "previous"};
    struct arena *arena = arena_new((size_t)1 << 24);
    struct str previous = STR("");
    size_t i;
    json_t *line;
    json_array_foreach(lines, i, line) {
        struct str old = str_of(json_string_value(json_object_get(line, "hash")));
        bool sm3 = str_starts(old, "sm3:");
        struct digesting digesting;
        json_object_set_new(line, "sequence", json_integer((json_int_t)i + 1));
        json_object_set_new(line, "previous", json_stringn(previous.at, previous.length));
        digest_begin(&digesting, sm3 ? DIGEST_SM3 : DIGEST_SHA256);
        for (size_t f = 0; f < LENGTH(fields); f++) {
            json_t *value = json_object_get(line, fields[f]);
            struct str text =
                json_is_string(value)
                    ? str_of(json_string_value(value))
                    : str_format(arena, "%lld", (long long)json_integer_value(value));
            digest_add_field(&digesting, fields[f], text);
        }
        struct digest hash = digest_end(&digesting);
        previous = digest_to_text(arena, &hash);
        json_object_set_new(line, "hash", json_stringn(previous.at, previous.length));
    }
    arena_free(arena);
}

static void alter(json_t *lines) {
    json_object_set_new(json_array_get(lines, 9), "subject", json_string("666"));
}
static void erase_one(json_t *lines) { json_array_remove(lines, 9); }
static void insert(json_t *lines) {
    json_t *copy = json_deep_copy(json_array_get(lines, 9));
    json_object_set_new(copy, "subject", json_string("666"));
    json_array_insert_new(lines, 9, copy);
}
static void swap(json_t *lines) {
    json_t *one = json_deep_copy(json_array_get(lines, 9));
    json_t *next = json_deep_copy(json_array_get(lines, 10));
    json_t *at = json_copy(json_object_get(one, "at"));
    json_object_set(one, "at", json_object_get(next, "at"));
    json_object_set_new(next, "at", at);
    json_array_set_new(lines, 9, next);
    json_array_set_new(lines, 10, one);
}
static void pay(json_t *lines) {
    json_object_set_new(json_array_get(lines, 9), "payload",
                        json_string("{\"opinion\":\"不同意\"}"));
}
static void cut(json_t *lines) {
    while (json_array_size(lines) > NEWER - 3) {
        json_array_remove(lines, json_array_size(lines) - 1);
    }
}
static void roll_back(json_t *lines) {
    while (json_array_size(lines) > OLDER) {
        json_array_remove(lines, json_array_size(lines) - 1);
    }
}
static void nothing(json_t *lines) { (void)lines; }

/* A newer history behind the older checkpoint: what an older one cannot see. */
static void rewrite_tail(json_t *lines) {
    json_object_set_new(json_array_get(lines, OLDER + 3), "subject", json_string("666"));
}

struct attack {
    const char *name;
    void (*act)(json_t *lines);
    bool again;              /* everything after it is numbered, linked and hashed anew */
    enum notary_fault bare;  /* found without any checkpoint */
    enum notary_fault older; /* found by whoever holds the older one */
    enum notary_fault newer; /* … the newer one */
};

static const struct attack attacks[] = {
    {"none", nothing, false, NOTARY_WHOLE, NOTARY_WHOLE, NOTARY_WHOLE},
    {"none, hashed anew", nothing, true, NOTARY_WHOLE, NOTARY_WHOLE, NOTARY_WHOLE},
    {"alter", alter, false, NOTARY_FAULT_ENTRY, NOTARY_FAULT_ENTRY, NOTARY_FAULT_ENTRY},
    {"delete", erase_one, false, NOTARY_FAULT_ORDER, NOTARY_FAULT_ORDER,
     NOTARY_FAULT_ORDER},
    {"insert", insert, false, NOTARY_FAULT_ENTRY, NOTARY_FAULT_ENTRY, NOTARY_FAULT_ENTRY},
    {"swap", swap, false, NOTARY_FAULT_ORDER, NOTARY_FAULT_ORDER, NOTARY_FAULT_ORDER},
    {"change a payload", pay, false, NOTARY_FAULT_PAYLOAD, NOTARY_FAULT_PAYLOAD,
     NOTARY_FAULT_PAYLOAD},
    {"alter, hashed anew", alter, true, NOTARY_WHOLE, NOTARY_FAULT_REWRITTEN,
     NOTARY_FAULT_REWRITTEN},
    {"delete, hashed anew", erase_one, true, NOTARY_WHOLE, NOTARY_FAULT_REWRITTEN,
     NOTARY_FAULT_CUT},
    {"insert, hashed anew", insert, true, NOTARY_WHOLE, NOTARY_FAULT_REWRITTEN,
     NOTARY_FAULT_REWRITTEN},
    {"swap, hashed anew", swap, true, NOTARY_WHOLE, NOTARY_FAULT_REWRITTEN,
     NOTARY_FAULT_REWRITTEN},
    {"cut the tail", cut, false, NOTARY_WHOLE, NOTARY_WHOLE, NOTARY_FAULT_CUT},
    {"roll back to yesterday", roll_back, false, NOTARY_WHOLE, NOTARY_WHOLE,
     NOTARY_FAULT_CUT},
    {"rewrite the tail", rewrite_tail, true, NOTARY_WHOLE, NOTARY_WHOLE,
     NOTARY_FAULT_REWRITTEN},
};

struct reading {
    json_t *lines;
    size_t at;
    char *text;
};

static enum status next_line(void *from, struct str *out_line) {
    struct reading *reading = from;
    free(reading->text);
    reading->text = NULL;
    if (reading->at == json_array_size(reading->lines)) {
        return ABSENT;
    }
    reading->text =
        json_dumps(json_array_get(reading->lines, reading->at++), JSON_COMPACT);
    *out_line = str_of(reading->text);
    return DONE;
}

static enum notary_fault ours(struct arena *arena, json_t *lines, struct str checkpoints,
                              const struct key_public *key) {
    struct reading reading = {.lines = lines};
    struct notary_known known = {.checkpoints = checkpoints, .key = key};
    struct notary_verdict verdict;
    assert_int_equal(notary_check(arena, next_line, &reading, &known, &verdict), DONE);
    free(reading.text);
    return verdict.fault;
}

/* The same question to the verifier in Python. */
static enum notary_fault theirs(struct trial_store *trial, json_t *lines,
                                struct str checkpoints, const struct key_public *key) {
    char path[3][200];
    static const char *const names[] = {"export", "checkpoint", "key"};
    for (size_t i = 0; i < LENGTH(names); i++) {
        snprintf(path[i], sizeof path[i], "%s/%s.txt", trial->workspace, names[i]);
    }
    struct buffer text;
    size_t i;
    json_t *line;
    buffer_init(&text, trial->arena);
    json_array_foreach(lines, i, line) {
        char *dumped = json_dumps(line, JSON_COMPACT);
        buffer_add_text(&text, dumped);
        buffer_add_char(&text, '\n');
        free(dumped);
    }
    struct str open = key == NULL ? STR("") : key_public_to_text(trial->arena, key);
    assert_int_equal(file_write(path[0], bytes_of_str(buffer_str(&text))), DONE);
    assert_int_equal(file_write(path[1], bytes_of_str(checkpoints)), DONE);
    assert_int_equal(file_write(path[2], bytes_of_str(open)), DONE);
    struct str command = str_format(
        trial->arena, "python3 %s/share/verify/verify_ledger.py %s --checkpoint %s %s %s",
        getenv("SHENFA_SOURCE"), path[0], path[1], key == NULL ? "" : "--key",
        key == NULL ? "" : path[2]);
    FILE *said = popen(command.at, "re");
    char answer[300] = "";
    assert_non_null(said);
    assert_non_null(fgets(answer, sizeof answer, said));
    int status = pclose(said);
    if (status == 0) {
        return NOTARY_WHOLE;
    }
    assert_int_equal(WEXITSTATUS(status), 1);
    char *word = strrchr(answer, ' ') + 1;
    word[strcspn(word, "\n")] = '\0';
    for (int fault = NOTARY_WHOLE; fault <= NOTARY_FAULT_SIGNATURE; fault++) {
        if (strcmp(word, notary_fault_name((enum notary_fault)fault)) == 0) {
            return (enum notary_fault)fault;
        }
    }
    fail_msg("the second verifier says: %s", answer);
    return NOTARY_FAULT_LINE;
}

static void ask_both(struct trial_store *trial, const char *name, json_t *lines,
                     struct str checkpoints, const struct key_public *key,
                     enum notary_fault wanted) {
    enum notary_fault one = ours(trial->arena, lines, checkpoints, key);
    enum notary_fault other = theirs(trial, lines, checkpoints, key);
    if (one != wanted || other != wanted) {
        fail_msg("%s: wanted %s, we say %s, the second verifier says %s", name,
                 notary_fault_name(wanted), notary_fault_name(one),
                 notary_fault_name(other));
    }
}

static void attack_all(struct trial_store *trial, enum key_profile profile) {
    struct call *call = &trial->call;
    struct signer_child signer;
    struct key_pair pair;
    start_signer(trial, profile, &signer);
    append_many(call, OLDER);
    struct str older = take_checkpoint(call, &signer);
    append_many(call, NEWER - OLDER);
    struct str newer = take_checkpoint(call, &signer);
    stop_signer(&signer);
    /* The attacker has the key as well. */
    const char *key_path = str_format(trial->arena, "%s/key", signer.directory).at;
    assert_int_equal(key_pair_read(trial->arena, key_path, &pair), DONE);
    json_t *whole = export_of(call);
    assert_int_equal(json_array_size(whole), NEWER);
    for (size_t i = 0; i < LENGTH(attacks); i++) {
        const struct attack *attack = &attacks[i];
        json_t *lines = json_deep_copy(whole);
        attack->act(lines);
        if (attack->again) {
            hash_again(lines);
        }
        ask_both(trial, attack->name, lines, STR(""), NULL, attack->bare);
        ask_both(trial, attack->name, lines, older, &pair.open, attack->older);
        ask_both(trial, attack->name, lines, newer, &pair.open, attack->newer);
        json_decref(lines);
    }
    json_decref(whole);
}

static void test_attack__each_is_found_by_who_holds_a_checkpoint(void **state) {
    attack_all(*state, KEY_SM2);
}

static enum status begin_sha256(struct call *call, void *what) {
    (void)what;
    return ledger_begin(call, GROUP, DIGEST_SHA256);
}

static void test_attack__each_is_found_with_sha256_and_ed25519(void **state) {
    struct trial_store *trial = *state;
    assert_int_equal(store_transact(&trial->call, TXN_WRITE, begin_sha256, NULL), DONE);
    attack_all(trial, KEY_ED25519);
}

/* Everything written anew and signed with the stolen key: fresh checkpoints fit, and only
 * one that was kept from before tells. */
static void test_attack__a_stolen_key_signs_no_older_checkpoint(void **state) {
    struct trial_store *trial = *state;
    struct call *call = &trial->call;
    struct signer_child signer;
    struct key_pair pair;
    start_signer(trial, KEY_SM2, &signer);
    append_many(call, OLDER);
    struct str older = take_checkpoint(call, &signer);
    stop_signer(&signer);
    const char *key_path = str_format(trial->arena, "%s/key", signer.directory).at;
    assert_int_equal(key_pair_read(trial->arena, key_path, &pair), DONE);
    json_t *lines = export_of(call);
    alter(lines);
    hash_again(lines);
    struct notary_chain chain = {.chain = GROUP};
    struct reading reading = {.lines = lines};
    struct str line;
    while (next_line(&reading, &line) == DONE) {
        assert_int_equal(notary_chain_add(trial->arena, &chain, line), NOTARY_WHOLE);
    }
    struct checkpoint forged = {.chain = GROUP,
                                .size = OLDER,
                                .root = notary_tree_root(&chain.tree),
                                .head = chain.hash,
                                .at = call->now};
    assert_int_equal(checkpoint_sign(trial->arena, &pair, &forged), DONE);
    ask_both(trial, "the forger's own", lines, forged.text, &pair.open, NOTARY_WHOLE);
    ask_both(trial, "kept", lines, older, &pair.open, NOTARY_FAULT_REWRITTEN);
    /* Side by side the two contradict each other, without any export. */
    struct str both =
        str_format(trial->arena, "%.*s\n%.*s", STR_ARG(older), STR_ARG(forged.text));
    assert_int_equal(ours(trial->arena, lines, both, &pair.open), NOTARY_FAULT_FORKED);
    json_decref(lines);
}

/* A checkpoint of which one byte was changed is signed by nobody. */
static void test_attack__a_changed_checkpoint_is_refused(void **state) {
    struct trial_store *trial = *state;
    struct call *call = &trial->call;
    static const enum key_profile profiles[] = {KEY_SM2, KEY_ED25519};
    struct notary_chain chain = {.chain = GROUP};
    append_many(call, 3);
    json_t *lines = export_of(call);
    struct reading reading = {.lines = lines};
    struct str line;
    while (next_line(&reading, &line) == DONE) {
        assert_int_equal(notary_chain_add(trial->arena, &chain, line), NOTARY_WHOLE);
    }
    for (size_t p = 0; p < LENGTH(profiles); p++) {
        struct key_pair pair;
        struct checkpoint good = {.chain = GROUP,
                                  .size = 3,
                                  .root = notary_tree_root(&chain.tree),
                                  .head = chain.hash,
                                  .at = call->now};
        assert_int_equal(key_pair_new(profiles[p], &pair), DONE);
        assert_int_equal(checkpoint_sign(trial->arena, &pair, &good), DONE);
        ask_both(trial, "good", lines, good.text, &pair.open, NOTARY_WHOLE);
        char *text = (char *)str_text(trial->arena, good.text);
        for (size_t i = 0; i < good.text.length; i += 3) {
            char kept = text[i];
            text[i] = kept == '3' ? '4' : '3';
            struct notary_known known = {.checkpoints = {text, good.text.length},
                                         .key = &pair.open};
            struct notary_verdict verdict;
            struct reading again = {.lines = lines};
            struct arena *arena = arena_new((size_t)16 << 20);
            enum status status = notary_check(arena, next_line, &again, &known, &verdict);
            arena_free(arena);
            free(again.text);
            /* The key's name is for people; nothing is decided by it. */
            bool in_name = i >= good.body.length + 5 && i < good.body.length + 21;
            if (status == DONE && !in_name) {
                assert_int_not_equal(verdict.fault, NOTARY_WHOLE);
            }
            text[i] = kept;
        }
        const char *end = text + good.text.length - 3;
        struct str forged =
            str_format(trial->arena, "%.*s%s\n", (int)good.text.length - 3, text,
                       strncmp(end, "ff", 2) == 0 ? "ee" : "ff");
        ask_both(trial, "signature", lines, forged, &pair.open, NOTARY_FAULT_SIGNATURE);
    }
    json_decref(lines);
}

/* The database is set back below the signer: it signs no other history. */
static void test_attack__the_signer_notices_a_rollback(void **state) {
    struct trial_store *trial = *state;
    struct call *call = &trial->call;
    struct signer_child signer;
    enum notary_trouble trouble;
    struct notary_state now;
    start_signer(trial, KEY_SM2, &signer);
    append_many(call, 10);
    take_checkpoint(call, &signer);
    append_many(call, 5);
    take_checkpoint(call, &signer);
    assert_int_equal(notary_state(call, GROUP, &now), DONE);
    assert_int_equal(now.size, 15);
    assert_int_equal(now.trouble, NOTARY_WELL);
    txn_abort(call);
    take_the_guards_away(trial);
    run_raw(trial, "DELETE FROM ledger_payload WHERE site_group = 7 AND sequence > 10");
    run_raw(trial, "DELETE FROM ledger_entry WHERE site_group = 7 AND sequence > 10");
    run_raw(trial, "UPDATE ledger_head SET sequence = 10, hash = (SELECT hash FROM "
                   "ledger_entry WHERE site_group = 7 AND sequence = 10) "
                   "WHERE site_group = 7");
    assert_int_equal(notary_take(call, signer.socket, &trouble), DONE);
    assert_int_equal(trouble, NOTARY_ROLLED_BACK);
    append_many(call, 5); /* as many again, other ones */
    assert_int_equal(notary_take(call, signer.socket, &trouble), DONE);
    assert_int_equal(trouble, NOTARY_ALTERED);
    append_many(call, 5);
    assert_int_equal(notary_take(call, signer.socket, &trouble), DONE);
    assert_int_equal(trouble, NOTARY_ALTERED);
    assert_int_equal(notary_state(call, GROUP, &now), DONE);
    assert_int_equal(now.trouble, NOTARY_ALTERED);
    assert_true(now.late);
    stop_signer(&signer);
}

/* An entry that was changed before its checkpoint was taken is not signed either. */
static void test_attack__the_signer_refuses_what_is_not_whole(void **state) {
    struct trial_store *trial = *state;
    struct call *call = &trial->call;
    struct signer_child signer;
    enum notary_trouble trouble;
    start_signer(trial, KEY_SM2, &signer);
    append_many(call, 10);
    take_checkpoint(call, &signer);
    append_many(call, 5);
    take_the_guards_away(trial);
    run_raw(trial, "UPDATE ledger_entry SET subject = 666 "
                   "WHERE site_group = 7 AND sequence = 13");
    assert_int_equal(notary_take(call, signer.socket, &trouble), DONE);
    assert_int_equal(trouble, NOTARY_ALTERED);
    stop_signer(&signer);
    assert_int_equal(notary_take(call, signer.socket, &trouble), DONE);
    assert_int_equal(trouble, NOTARY_NO_SIGNER);
}

/* After its own end the signer goes on where it was, with the same key. */
static void test_signer__remembers_what_it_signed(void **state) {
    struct trial_store *trial = *state;
    struct call *call = &trial->call;
    struct signer_child signer;
    start_signer(trial, KEY_SM2, &signer);
    append_many(call, 1300); /* more than it takes at once */
    struct str before = take_checkpoint(call, &signer);
    stop_signer(&signer);
    start_signer(trial, KEY_ED25519, &signer); /* a key is made once */
    append_many(call, 1);
    struct str after = take_checkpoint(call, &signer);
    struct checkpoint one;
    struct checkpoint other;
    assert_int_equal(checkpoint_read(trial->arena, &before, &one), DONE);
    assert_int_equal(checkpoint_read(trial->arena, &after, &other), DONE);
    assert_int_equal(one.size, 1300);
    assert_int_equal(other.size, 1301);
    assert_true(str_equal(one.key_id, other.key_id));
    stop_signer(&signer);
}

static void test_proof__entry_and_growth(void **state) {
    struct trial_store *trial = *state;
    struct call *call = &trial->call;
    struct signer_child signer;
    struct key_pair pair;
    start_signer(trial, KEY_SM2, &signer);
    append_many(call, OLDER);
    struct str older = take_checkpoint(call, &signer);
    append_many(call, NEWER - OLDER);
    take_checkpoint(call, &signer);
    stop_signer(&signer);
    const char *key_path = str_format(trial->arena, "%s/key", signer.directory).at;
    assert_int_equal(key_pair_read(trial->arena, key_path, &pair), DONE);
    struct notary_known known = {.checkpoints = older, .key = &pair.open};
    struct notary_verdict verdict;
    for (int64_t sequence = 1; sequence <= NEWER; sequence++) {
        struct str proof;
        assert_int_equal(notary_prove_entry(call, GROUP, sequence, &proof), DONE);
        assert_int_equal(notary_check_proof(trial->arena, proof, &known, &verdict), DONE);
        assert_int_equal(verdict.fault, NOTARY_WHOLE);
        assert_int_equal(verdict.sequence, sequence);
        char *text = (char *)str_text(trial->arena, proof);
        char *post = strstr(text, "LZ-12.2");
        assert_non_null(post);
        post[3] = '9'; /* another rule */
        assert_int_equal(notary_check_proof(trial->arena, str_of(text), &known, &verdict),
                         DONE);
        assert_int_equal(verdict.fault, NOTARY_FAULT_ENTRY);
    }
    struct str proof;
    assert_int_equal(notary_prove_entry(call, GROUP, NEWER + 1, &proof), ABSENT);
    assert_int_equal(notary_prove_growth(call, GROUP, OLDER, &proof), DONE);
    assert_int_equal(notary_check_proof(trial->arena, proof, &known, &verdict), DONE);
    assert_int_equal(verdict.fault, NOTARY_WHOLE);
    assert_int_equal(verdict.checkpoints, 1);
    char *text = (char *)str_text(trial->arena, proof);
    char *step = strstr(text, "\"path\":[\"sm3:");
    assert_non_null(step);
    step[15] = step[15] == 'a' ? 'b' : 'a';
    assert_int_equal(notary_check_proof(trial->arena, str_of(text), &known, &verdict),
                     DONE);
    assert_int_equal(verdict.fault, NOTARY_FAULT_REWRITTEN);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        TRIAL_ON_SQLITE(test_attack__each_is_found_by_who_holds_a_checkpoint),
        TRIAL_ON_SQLITE(test_attack__each_is_found_with_sha256_and_ed25519),
        TRIAL_ON_SQLITE(test_attack__a_stolen_key_signs_no_older_checkpoint),
        TRIAL_ON_SQLITE(test_attack__a_changed_checkpoint_is_refused),
        TRIAL_ON_BOTH(test_attack__the_signer_notices_a_rollback),
        TRIAL_ON_BOTH(test_attack__the_signer_refuses_what_is_not_whole),
        TRIAL_ON_BOTH(test_signer__remembers_what_it_signed),
        TRIAL_ON_BOTH(test_proof__entry_and_growth),
    };
    return trial_run("notary", tests, LENGTH(tests));
}
