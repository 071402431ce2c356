/*
 * A call: one wish of one actor, from the moment a door hears it to the
 * answer.  Everything an act needs comes through it: there are no globals,
 * no hidden clock and no hidden randomness.
 */
#ifndef BASE_CALL_H
#define BASE_CALL_H

#include "arena.h"
#include "bytes.h"
#include "instant.h"
#include "status.h"
#include "str.h"

/* Ids are made by the program (call_new_id); 0 is no thing. */
typedef int64_t id64;

struct store;
struct txn;
struct sandbox;
struct calendar;
struct shelf;
struct words;
struct people_security;
struct signing_key;
struct call;

/* Somebody came into a post or left it. */
struct staff_change {
    id64 post;
    id64 unit;
    struct str role;
    struct str name; /* of the person */
    bool left;
    bool suspend; /* set by who is told: an account whose holder has no post is shut */
};

/*
 * The house: what lives as long as the process.  app builds it once and it is
 * not changed afterwards; at this floor its rooms are opaque.
 */
struct house {
    struct store *store;                    /* the workspace's database */
    struct sandbox *sandbox;                /* parses untrusted bytes */
    struct calendar *calendar;              /* official working days */
    struct shelf *shelf;                    /* the rulebooks in use, by digest */
    struct words *words;                    /* every sentence a person reads */
    const struct people_security *security; /* how persons prove who they are */
    const char *workspace;                  /* the workspace's directory */
    const char *keys;         /* of its secret keys; NULL is "keys" in the workspace */
    const char *share;        /* installed templates, words, themes, schema */
    instant unwitnessed_most; /* nothing is decided if no checkpoint of the ledger left
                                 the  machine for so long; 0: people are only told */
    /* Told of each change of staff, inside the transaction that makes it; NULL: nobody.
     */
    enum status (*staff_changed)(struct call *call, struct staff_change *change);
    int log_days;    /* the program's log is kept so many days; 0: for ever */
    bool tree_apart; /* another process writes the published tree */
    bool demo;       /* a demonstration: every public page says so */
};

/* The door a wish came through; kept in the ledger. */
enum door {
    DOOR_WEB,
    DOOR_API,
    DOOR_CLI,
    DOOR_CLOCK, /* schedule, expiry, retries: nobody asked just now */
};

/* Who asks.  A call of the machine itself has person 0 and DOOR_CLOCK. */
struct actor {
    id64 person;
    id64 session;                  /* 0 unless signed in through the web */
    bool freshly_proven;           /* the password was given again in this very request */
    const struct signing_key *key; /* which that opened, to sign with; NULL: none */
};

/*
 * Why an act said no.  *words* is a key of share/words; its named arguments
 * are filled in by the door in the reader's language.  *rule* is a requirement
 * ID such as "LZ-12.3.b", or empty when no regulation is behind the no.
 */
struct refusal_argument {
    const char *name;
    struct str value;
};

struct refusal {
    struct str rule;
    const char *words;
    struct refusal_argument arguments[6];
    const char *field;    /* the form field to mend, or NULL */
    struct refusal *next; /* further noes, for a form with several */
};

struct call {
    struct arena *arena;
    const struct house *house;
    struct txn *txn; /* the open transaction, NULL outside one */
    struct actor actor;
    enum door door;
    instant now;         /* the server's instant, one for the whole call */
    struct str key;      /* idempotency key, empty if the wish has none */
    struct str language; /* "zh-CN" or "en", for texts made for the asker */
    bool (*random)(void *at, size_t size);
    struct refusal *refusal; /* set by every REFUSED, DENIED and STALE answer */
};

/* A call at *now* with the machine's randomness and nothing else set. */
void call_init(struct call *call, struct arena *arena, const struct house *house,
               instant now);

/*
 * A new id: positive, unique, ordered roughly by time (41 bits of milliseconds
 * since 2024, 22 bits that start at random and count).
 */
id64 call_new_id(struct call *call);

/* Ids as people and programs meet them: 13 characters of Crockford's base32. */
struct str id_to_text(struct arena *arena, id64 id);
MUST_CHECK enum status id_from_text(struct str text, id64 *out_id);

/* *size* random bytes from the call's source; ends the process if there are none. */
struct bytes call_random(struct call *call, size_t size);

/*
 * Say no: note the refusal (behind earlier ones) and give *answer* back, as in
 *   return call_refuse(call, REFUSED, "LZ-12.4", "review.not-returned",
 *                      "holder", name, NULL);
 * The arguments are pairs of a name and a zero-terminated value, ended by NULL,
 * at most six; texts are copied.
 */
#define call_refuse(call, answer, ...)                                                   \
    (call_note_refusal((call), NULL, __VA_ARGS__), status_answer(answer))

/* As call_refuse with REFUSED, for the form field *field*. */
#define call_refuse_field(call, field, ...)                                              \
    (call_note_refusal((call), (field), __VA_ARGS__), status_answer(REFUSED))

/* What the two above do, without an answer. */
void call_note_refusal(struct call *call, const char *field, const char *rule,
                       const char *words, ...) __attribute__((sentinel));

/* Forget what was refused so far (a caller that handles a no itself). */
void call_forgive(struct call *call);

#endif
