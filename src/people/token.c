/*
 * Bearer tokens: a program that acts as a person, with no more than the person's
 * rights.  Only a digest is kept.
 */
#include "people_own.h"

#include <jansson.h>

#define PREFIX     "shenfa_"
#define TOKEN_SIZE 32
#define YEAR       (365 * INSTANT_DAY)
#define TITLE_MOST 60

struct token_wish {
    id64 id;
    id64 person;
    struct str title;
    instant until;
    struct str secret;
};

struct token_use {
    id64 id;
    instant day;
};

static struct str digest_of_secret(struct call *call, struct str secret);
static enum status new_work(struct call *call, void *what);
static enum status use_work(struct call *call, void *what);
static enum status revoke_work(struct call *call, void *what);

enum status people_token_new(struct call *call, id64 person, struct str title,
                             instant until, struct str *out_secret) {
    struct str random = bytes_to_base64(call->arena, call_random(call, TOKEN_SIZE));
    struct token_wish wish = {
        .person = person,
        .title = str_trim(title),
        .until = until == 0 ? call->now + YEAR : until,
        .secret = str_format(call->arena, PREFIX "%.*s", STR_ARG(random))};
    struct ledger_act act = {.act = "people.token", .subject = {SUBJECT_PERSON, person}};
    TRY(ledger_settle(call, LEDGER_HOUSE, &act,
                      store_transact(call, TXN_WRITE, new_work, &wish)));
    *out_secret = wish.secret;
    return DONE;
}

enum status people_token_open(struct call *call, struct str secret) {
    struct rows *row;
    if (!str_starts(secret, PREFIX)) {
        return ABSENT;
    }
    TRY(store_find(call, &people_token_by_digest, &row,
                   bind_text("token", digest_of_secret(call, secret)),
                   bind_int("now", call->now)));
    id64 person = row_id(row, "person");
    struct token_use use = {row_id(row, "id"), day_start(instant_day(call->now))};
    if (row_int(row, "used_at") < use.day) {
        TRY(store_transact(call, TXN_WRITE, use_work, &use));
    }
    call->actor = (struct actor){.person = person};
    return DONE;
}

enum status people_token_revoke(struct call *call, id64 token) {
    struct ledger_act act = {.act = "people.token-revoke"};
    return ledger_settle(call, LEDGER_HOUSE, &act,
                         store_transact(call, TXN_WRITE, revoke_work, &token));
}

enum status people_tokens(struct call *call, id64 person,
                          struct people_tokens *out_tokens) {
    struct people_tokens tokens = {0};
    struct rows *rows;
    if (person != call->actor.person) {
        TRY(people_must_be_security(call));
    }
    TRY(store_query(call, &people_tokens_of, &rows, bind_int("person", person),
                    bind_int("now", call->now)));
    while (rows_next(rows)) {
        tokens.at = list_grow(call->arena, tokens.at, tokens.count, sizeof *tokens.at);
        tokens.at[tokens.count++] =
            (struct people_token){.id = row_id(rows, "id"),
                                  .person = row_id(rows, "person"),
                                  .name = row_text(rows, "name"),
                                  .title = row_text(rows, "title"),
                                  .made_at = row_int(rows, "made_at"),
                                  .until = row_int(rows, "until_at"),
                                  .used_at = row_int(rows, "used_at")};
    }
    TRY(rows_end(rows));
    *out_tokens = tokens;
    return DONE;
}

static struct str digest_of_secret(struct call *call, struct str secret) {
    struct digest digest = digest_of(DIGEST_SM3, bytes_of_str(secret));
    return digest_to_text(call->arena, &digest);
}

/* One's own after the password was given again, or any at the machine itself. */
static enum status new_work(struct call *call, void *what) {
    struct token_wish *wish = what;
    struct rows *row;
    bool at_machine = call->actor.person == 0 && call->door == DOOR_CLI;
    if (!at_machine && wish->person != call->actor.person) {
        return call_refuse(call, DENIED, "", "people.token-other", NULL);
    }
    if (!at_machine && !call->actor.freshly_proven) {
        return call_refuse(call, DENIED, "", "people.prove-first", NULL);
    }
    if (str_is_empty(wish->title) || utf8_count(wish->title) > TITLE_MOST) {
        return call_refuse_field(call, "title", "", "people.token-title", NULL);
    }
    if (wish->until <= call->now) {
        return call_refuse_field(call, "until", "", "people.until-before", NULL);
    }
    TRY(store_find(call, &people_person_lock, &row, bind_int("person", wish->person)));
    wish->id = call_new_id(call);
    TRY(store_run(call, &people_token_insert, NULL, bind_int("id", wish->id),
                  bind_text("token", digest_of_secret(call, wish->secret)),
                  bind_int("person", wish->person), bind_text("title", wish->title),
                  bind_int("now", call->now), bind_int("until", wish->until)));
    struct ledger_act act = {
        .act = "people.token",
        .subject = {SUBJECT_PERSON, wish->person},
        .payload = ledger_payload(
            call, json_pack("{s:s%}", "title", wish->title.at, wish->title.length))};
    return ledger_append(call, LEDGER_HOUSE, &act, NULL);
}

static enum status use_work(struct call *call, void *what) {
    struct token_use *use = what;
    return store_run(call, &people_token_use, NULL, bind_int("id", use->id),
                     bind_int("day", use->day));
}

static enum status revoke_work(struct call *call, void *what) {
    id64 token = *(id64 *)what;
    struct rows *row;
    TRY(store_find(call, &people_token_by_id, &row, bind_int("id", token)));
    id64 person = row_id(row, "person");
    if (person != call->actor.person || person == 0) {
        TRY(people_must_be_security(call));
    }
    TRY(store_run(call, &people_token_end, NULL, bind_int("id", token),
                  bind_int("now", call->now)));
    struct ledger_act act = {.act = "people.token-revoke",
                             .subject = {SUBJECT_PERSON, person}};
    return ledger_append(call, LEDGER_HOUSE, &act, NULL);
}
