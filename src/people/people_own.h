/* Only for src/people. */
#ifndef PEOPLE_PEOPLE_OWN_H
#define PEOPLE_PEOPLE_OWN_H

#include "people.h"

#include "keys/keys.h"
#include "ledger/ledger.h"
#include "people_sql.h"
#include "store/store.h"

/* ---- lists ---- */

/* Room for one more of *size* bytes at the end of a list of *count*. */
void *list_grow(struct arena *arena, void *at, size_t count, size_t size);
int page_most(const struct people_page *page);

/* ---- acts inside a transaction, for the acts themselves and for import ---- */

/* Bind an optional id: 0 is any. */
#define BIND_UNIT_RANGE(unit)                                                            \
    bind_int("unit_low", (unit) < 0 ? 0 : (unit)),                                       \
        bind_int("unit_high", (unit) <= 0 ? INT64_MAX : (unit)),                         \
        bind_int("body", (unit) < 0 ? -(unit) : 0)

struct unit_wish {
    struct people_unit *unit;
    struct str reason;
};
MUST_CHECK enum status unit_save_work(struct call *call, void *wish);

struct person_wish {
    struct people_person *person;
    struct str reason;
};
MUST_CHECK enum status person_save_work(struct call *call, void *wish);

struct post_wish {
    const struct people_roles *roles;
    struct people_post *post;
    struct str reason;
};
MUST_CHECK enum status post_save_work(struct call *call, void *wish);

struct appoint_wish {
    const struct people_roles *roles;
    struct people_appointing appointing;
    id64 appointment;
    id64 former;
    id64 absent; /* the person a deputy stands in for */
    bool keeper; /* of the site's password: the appointed sets a new one of his own */
};
MUST_CHECK enum status appoint_work(struct call *call, void *wish);

/* End an appointment and its deputies', each with its entry in the ledger.  STALE if it
 * has ended by then. */
MUST_CHECK enum status appointment_shut(struct call *call,
                                        const struct people_holding *holding,
                                        instant until, struct str reason, bool follows);

/* lapse.c: somebody has left his post: who is to know is told, and the account shut that
 * has no post behind it, where that is wanted.  Inside the act's transaction. */
MUST_CHECK enum status appointment_left(struct call *call,
                                        const struct people_holding *holding);

/* account_rule.c: a second holder of a post that one person alone may hold in the body is
 * refused; *out_keeper*: it is such a post. */
MUST_CHECK enum status keeper_is_alone(struct call *call, const struct appoint_wish *wish,
                                       const struct people_post *post, bool *out_keeper);

struct account_wish {
    id64 account;
    id64 person;
    struct str login;
    struct str password; /* hashed */
    struct str reason;
    bool lasting;
};
MUST_CHECK enum status account_request_work(struct call *call, void *wish);

/* End all sessions of an account but one (0: all). */
MUST_CHECK enum status sessions_end(struct call *call, id64 account, id64 but);

/* Disable an account and end what it opened. */
MUST_CHECK enum status account_shut(struct call *call, id64 account, struct str reason);

/* Is it the machine's operator, who enters bodies? */
bool people_is_operator(const struct call *call);

/* ---- roles ---- */

bool role_is_admin(struct str role);

/* The line of *roles* for a role in a unit of this kind; NULL if the role is not
 * known there.  *out_known*: whether any line has the role. */
const struct people_role *role_in(const struct people_roles *roles, struct str role,
                                  struct str kind, bool *out_known);

/* Read the rows of a query for appointments. */
MUST_CHECK enum status holdings_read(struct call *call, struct rows *rows,
                                     struct people_holdings *out_holdings);

/* ---- passwords ---- */

/* argon2id, two at a time in the process; outside any transaction.  *out_wrap* (may be
 * NULL) is a secret that only the password gives: the half of argon2id's answer that is
 * not kept.  A hash of before it was drawn gives none: password_needs_rehash. */
struct str password_hash(struct call *call, struct str password,
                         struct key_secret *out_wrap);
bool password_fits(struct str hash, struct str password, struct key_secret *out_wrap);
bool password_needs_rehash(struct str hash);

/* What this process has hashed: how many run, ran at once at most, and began. */
struct hashing {
    int now;
    int most;
    int64_t begun;
};
struct hashing password_hashing(void);

/* A hash that no password fits, and which costs the same. */
struct str password_nobody(void);

/* Whose password it is to be: what must not be part of it, and how long it must be. */
struct password_owner {
    struct str login;
    struct str name;
    struct str pinyin;
    bool second_factor;
    bool sample; /* of a demonstration: its password may name the product */
    struct people_password_rule rule;
};

/* Note a field refusal for every rule of the profile that *password* breaks; REFUSED if
 * any.  *former*: the hashes of the passwords so far, the present one first. */
MUST_CHECK enum status password_check(struct call *call, const char *field,
                                      struct str password,
                                      const struct password_owner *owner,
                                      const struct str *former, size_t former_count);

enum people_passwords password_profile(const struct call *call);

/* Leaked passwords, names and words in the order of their bytes, made by
 * tools/passwords.py; places are offsets into the first. */
extern const char password_list[];
extern const uint32_t password_list_places[];
extern const size_t password_list_count;

#define PASSWORD_DAYS        90
#define PASSWORD_FORMER_MOST 5

/* ---- the second factor ---- */

struct factor {
    id64 account;
    bool active;
    struct str sealed;
    struct str pending;
    int recovery_left;
};
MUST_CHECK enum status factor_read(struct call *call, id64 account,
                                   struct factor *out_factor);
MUST_CHECK enum status factor_is_demanded(struct call *call, id64 person,
                                          bool *out_demanded);

/* What was typed, judged before the transaction that takes it. */
struct factor_proof {
    id64 account;
    bool active;
    struct str sealed;
    int64_t step; /* whose code it is; 0: of none */
    struct str recovery;
};
MUST_CHECK enum status factor_judge(struct call *call, id64 account, struct str typed,
                                    struct factor_proof *out_proof);

/* Kept in people_session.factor. */
enum factor_answer {
    FACTOR_NONE, /* the account has none: the password is enough */
    FACTOR_CODE,
    FACTOR_RECOVERY,
    FACTOR_WRONG,
};

/* Take the code, in a write transaction; it cannot be taken again. */
MUST_CHECK enum status factor_redeem(struct call *call, const struct factor_proof *proof,
                                     enum factor_answer *out_answer);

/* RFC 6238: the code of a step, below 1,000,000. */
int factor_code(struct bytes seed, int64_t step);

/* ---- keys that sign ---- */

struct signing_key {
    id64 id;
    id64 person;
    struct str certificate;
    const char *proof;
    bool rehearsal; /* of the registrar */
    struct key_pair pair;
};

/* Open the person's pair with the secret of his password, or make one where there is
 * none that it opens; outside any transaction.  Wiped at the end of the call. */
MUST_CHECK enum status key_open(struct call *call, id64 person,
                                const struct key_secret *wrap, const char *proof,
                                const struct signing_key **out_key);

/* The open pair under another password: what people_key.wrapped will hold. */
MUST_CHECK enum status key_wrap(struct call *call, const struct signing_key *key,
                                const struct key_secret *wrap, struct str *out_wrapped);

#define ORIGIN_PASSWORD "password"
#define ORIGIN_MACHINE  "machine"

/* Room for an open pair, wiped at the end of the call. */
struct signing_key *signing_key_new(struct call *call);

enum key_profile signing_profile(const struct call *call);

/* A pair from what was locked or sealed; false if it is none. */
bool signing_secret_read(struct bytes bytes, struct str public_text,
                         struct key_pair *out_pair);

/* The house's own pair: the newest, made if there is none that opens; and one of a row,
 * ABSENT if the workspace's keys do not open it. */
MUST_CHECK enum status registrar_take(struct call *call, struct signing_key *out_key);
MUST_CHECK enum status registrar_open(struct call *call, struct rows *row,
                                      struct signing_key *out_key);

/* What the registrar signs of a key. */
struct str certificate_text(struct call *call, id64 person, struct str key,
                            struct str origin, struct str at);

/* ---- wrong passwords ---- */

/* Whether *key* is locked at call->now; in a transaction. */
MUST_CHECK enum status attempt_lock(struct call *call, struct str key,
                                    int64_t *out_failed, bool *out_locked);
MUST_CHECK enum status attempt_failed(struct call *call, struct str key, int64_t failed,
                                      bool *out_locked);
struct str attempt_key(struct call *call, const char *kind, struct str what);

/* ---- tables ---- */

struct table_cell {
    struct str text;
};

struct table_row {
    int line;
    struct str *cells;
    size_t count;
};

struct table {
    struct table_row heading;
    struct table_row *rows;
    size_t count;
};

/* Read a table as Excel and WPS save it.  REFUSED with one error noted. */
MUST_CHECK enum status table_read(struct call *call, struct bytes bytes,
                                  struct table *out_table,
                                  struct people_import_error *out_error);

#endif
