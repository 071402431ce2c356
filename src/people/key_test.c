/*
 * The pairs that people sign with: whose they are, what opens them, and what a signature
 * is worth whose key somebody planted, on both databases.
 */
#include "ledger/ledger.h"
#include "people/people_own.h"
#include "trial_store.h"

#include <sodium.h>
#include <string.h>

#define PASSWORD "Xiaolu-2026-shang"
#define OTHER    "Qiaoliang.7788.bei"
#define THIRD    "Yufeng-5566.shanlu"

struct desk {
    struct call *call;
    id64 person;
    id64 account;
};

static struct desk open_desk(void **state) {
    struct trial_store *trial = *state;
    struct desk desk = {.call = &trial->call};
    struct people_person person = {.name = STR("陈立")};
    desk.call->door = DOOR_CLI;
    assert_int_equal(people_person_save(desk.call, &person), DONE);
    desk.person = person.id;
    assert_int_equal(
        people_account_request(desk.call, person.id, STR("chen"), &desk.account), DONE);
    assert_int_equal(people_account_open(desk.call, desk.account, STR(PASSWORD), false),
                     DONE);
    return desk;
}

/* Who signs now: nobody has proved himself before. */
static void become(struct desk *desk) {
    txn_abort(desk->call);
    desk->call->actor = (struct actor){.person = desk->person};
    desk->call->door = DOOR_WEB;
}

struct given {
    struct people_signer signer;
    struct str text;
    struct str signature;
};

static enum status sign_work(struct call *call, void *what) {
    struct given *given = what;
    TRY(people_signer(call, &given->signer));
    return people_sign(call, &given->signer, given->text, &given->signature);
}

static struct given sign(struct desk *desk) {
    struct given given = {.text = STR("shenfa approval 1\nact review.decide\n")};
    assert_int_equal(store_transact(desk->call, TXN_WRITE, sign_work, &given), DONE);
    return given;
}

static enum people_signature_fault check(struct desk *desk, const struct given *given,
                                         id64 person, struct str text, bool personal) {
    enum people_signature_fault fault;
    struct people_signed asked = {.person = person,
                                  .key = given->signer.key,
                                  .certificate = given->signer.certificate,
                                  .text = text,
                                  .signature = given->signature,
                                  .personal = personal};
    assert_int_equal(people_signature_check(desk->call, &asked, &fault), DONE);
    return fault;
}

static size_t entries(struct desk *desk, const char *act) {
    struct ledger_list list;
    struct ledger_filter filter = {.act = str_of(act)};
    assert_int_equal(ledger_read(desk->call, LEDGER_HOUSE, &filter, &list), DONE);
    return list.count;
}

static void test_key__is_a_persons_own(void **state) {
    struct desk desk = open_desk(state);
    become(&desk);
    assert_int_equal(people_prove(desk.call, STR("nothing")), DENIED);
    assert_null(desk.call->actor.key);
    assert_int_equal(entries(&desk, "people.key"), 0);
    become(&desk);
    assert_int_equal(people_prove(desk.call, STR(PASSWORD)), DONE);
    struct given first = sign(&desk);
    assert_string_equal(first.signer.proof, "password");
    assert_int_equal(check(&desk, &first, desk.person, first.text, true),
                     PEOPLE_SIGNATURE_SOUND);
    /* The same pair the next time. */
    become(&desk);
    assert_int_equal(people_prove(desk.call, STR(PASSWORD)), DONE);
    struct given second = sign(&desk);
    assert_true(str_equal(first.signer.key, second.signer.key));
    assert_int_equal(entries(&desk, "people.key"), 1);
    assert_int_equal(entries(&desk, "people.registrar"), 1);
    /* Of nobody else, over no other bytes, by no other signature. */
    assert_int_equal(check(&desk, &first, desk.person + 1, first.text, true),
                     PEOPLE_SIGNATURE_KEY);
    assert_int_equal(check(&desk, &first, desk.person, STR("another"), true),
                     PEOPLE_SIGNATURE_BYTES);
    struct given altered = first;
    altered.signature = second.signature;
    assert_int_equal(check(&desk, &altered, desk.person, first.text, true),
                     PEOPLE_SIGNATURE_SOUND); /* another one by him over the same */
    altered.signature = STR("00");
    assert_int_equal(check(&desk, &altered, desk.person, first.text, true),
                     PEOPLE_SIGNATURE_BYTES);
}

static void test_key__without_a_proof_the_house_signs(void **state) {
    struct desk desk = open_desk(state);
    become(&desk);
    struct given session = sign(&desk);
    assert_string_equal(session.signer.proof, "session");
    assert_int_equal(check(&desk, &session, desk.person, session.text, false),
                     PEOPLE_SIGNATURE_SOUND);
    assert_int_equal(check(&desk, &session, desk.person, session.text, true),
                     PEOPLE_SIGNATURE_KEY);
    /* A flag that no password set signs nothing in a real workspace. */
    desk.call->actor.freshly_proven = true;
    struct given pretended = sign(&desk);
    assert_int_equal(check(&desk, &pretended, desk.person, pretended.text, true),
                     PEOPLE_SIGNATURE_KEY);
    desk.call->actor = (struct actor){0};
    struct given clock = sign(&desk);
    assert_string_equal(clock.signer.proof, "clock");
}

static void test_key__follows_the_password(void **state) {
    struct desk desk = open_desk(state);
    struct people_session session;
    become(&desk);
    assert_int_equal(people_prove(desk.call, STR(PASSWORD)), DONE);
    struct given first = sign(&desk);
    become(&desk);
    assert_int_equal(
        people_password_change(desk.call, STR(PASSWORD), STR(""), STR(OTHER)), DONE);
    become(&desk);
    assert_int_equal(people_prove(desk.call, STR(OTHER)), DONE);
    struct given second = sign(&desk);
    assert_true(str_equal(first.signer.key, second.signer.key));
    /* Set by somebody else: the pair does not open, and he gets another. */
    desk.call->actor = (struct actor){0};
    desk.call->door = DOOR_CLI;
    assert_int_equal(people_account_open(desk.call, desk.account, STR(THIRD), false),
                     DONE);
    assert_int_equal(
        people_sign_in(desk.call, STR("chen"), STR(THIRD), STR(""), &session), DONE);
    become(&desk);
    assert_int_equal(people_prove(desk.call, STR(THIRD)), DONE);
    struct given third = sign(&desk);
    assert_false(str_equal(first.signer.key, third.signer.key));
    assert_int_equal(entries(&desk, "people.key"), 2);
    /* What was signed stays signed. */
    assert_int_equal(check(&desk, &first, desk.person, first.text, true),
                     PEOPLE_SIGNATURE_SOUND);
}

/* A hash of before there were pairs fits as ever, and is made anew by the first proof. */
static void test_key__an_older_hash_is_made_anew(void **state) {
    static const char *const none[] = {"hash", NULL};
    static const struct statement plant = {
        .name = "test_plant",
        .sqlite = "UPDATE people_account SET password = ?1",
        .postgres = "UPDATE people_account SET password = $1",
        .parameters = none};
    char hash[crypto_pwhash_STRBYTES];
    struct desk desk = open_desk(state);
    assert_int_equal(crypto_pwhash_str(hash, PASSWORD, strlen(PASSWORD), 3, 64U << 20),
                     0);
    txn_abort(desk.call);
    assert_int_equal(txn_begin(desk.call, TXN_WRITE), DONE);
    assert_int_equal(store_run(desk.call, &plant, NULL, bind_text("hash", str_of(hash))),
                     DONE);
    assert_int_equal(txn_commit(desk.call), DONE);
    struct given given[2];
    for (size_t i = 0; i < LENGTH(given); i++) {
        become(&desk);
        assert_int_equal(people_prove(desk.call, STR(PASSWORD)), DONE);
        given[i] = sign(&desk);
    }
    assert_true(str_equal(given[0].signer.key, given[1].signer.key));
    become(&desk);
    assert_int_equal(people_prove(desk.call, STR(OTHER)), DENIED);
}

/* A workspace restored without its keys: another registrar and another pair, and what the
 * lost ones certified is nobody's. */
static void test_key__lost_keys_are_followed_by_others(void **state) {
    struct trial_store *trial = *state;
    struct desk desk = open_desk(state);
    become(&desk);
    assert_int_equal(people_prove(desk.call, STR(PASSWORD)), DONE);
    struct given before = sign(&desk);
    trial->house.keys = str_format(trial->arena, "%s/new-keys", trial->workspace).at;
    become(&desk);
    assert_int_equal(people_prove(desk.call, STR(PASSWORD)), DONE);
    struct given after = sign(&desk);
    assert_false(str_equal(before.signer.key, after.signer.key));
    assert_int_equal(entries(&desk, "people.registrar"), 2);
    assert_int_equal(check(&desk, &after, desk.person, after.text, true),
                     PEOPLE_SIGNATURE_SOUND);
    assert_int_equal(check(&desk, &before, desk.person, before.text, true),
                     PEOPLE_SIGNATURE_KEY);
}

/* Both profiles; and the secret half lies nowhere as it is. */
static void test_key__ed25519_is_the_other_profile(void **state) {
    struct trial_store *trial = *state;
    static const struct people_security security = {.second_factor = STR_INIT("nobody"),
                                                    .ed25519 = true};
    struct desk desk = open_desk(state);
    trial->house.security = &security;
    become(&desk);
    assert_int_equal(people_prove(desk.call, STR(PASSWORD)), DONE);
    struct given given = sign(&desk);
    assert_true(str_starts(given.signer.key, "ed25519:"));
    assert_int_equal(check(&desk, &given, desk.person, given.text, true),
                     PEOPLE_SIGNATURE_SOUND);
    trial->house.security = NULL;
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        TRIAL_ON_BOTH(test_key__is_a_persons_own),
        TRIAL_ON_BOTH(test_key__without_a_proof_the_house_signs),
        TRIAL_ON_BOTH(test_key__follows_the_password),
        TRIAL_ON_BOTH(test_key__an_older_hash_is_made_anew),
        TRIAL_ON_BOTH(test_key__lost_keys_are_followed_by_others),
        TRIAL_ON_BOTH(test_key__ed25519_is_the_other_profile),
    };
    return trial_run("key", tests, LENGTH(tests));
}
