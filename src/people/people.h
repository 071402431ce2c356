/*
 * people: who there is, which post they hold, and how they prove who they are.
 *
 * Units form a tree under a body.  A unit has posts, each with a role code of
 * the rulebook; a person holds a post by an appointment with a beginning and,
 * some day, an end, and its history is kept.  What somebody may do follows from
 * the appointments of this instant and from nothing else: no rights are stored,
 * so an appointment that ends takes its rights with it at once, in every open
 * session.
 *
 * The three administrators (system-admin, security-admin, audit-admin) exclude
 * each other and every other role, on every path; nobody appoints himself.
 * Units, posts, persons and appointments are kept by the office (whoever holds a
 * post in the unit with the code "office"); accounts, sessions and tokens by the security
 * administrator.  The machine's operator (person 0 through DOOR_CLI) may do all of it
 * until people_found, and afterwards only make tokens.
 *
 * Every change appends to the chain LEDGER_HOUSE in its own transaction.
 * Passwords are hashed with argon2id outside any transaction, two at a time.
 */
#ifndef PEOPLE_PEOPLE_H
#define PEOPLE_PEOPLE_H

#include "base/base.h"

#define PEOPLE_BODY_FIRST                                                                \
    "bureau" /* code of the body that a workspace is founded with                        \
              */
#define PEOPLE_UNIT_OFFICE   "office"
#define PEOPLE_ROLE_SYSTEM   "system-admin"
#define PEOPLE_ROLE_SECURITY "security-admin"
#define PEOPLE_ROLE_AUDIT    "audit-admin"

/* ---- units, posts, persons ---- */

struct people_unit {
    id64 id;
    id64 parent;      /* 0 for a body */
    id64 body;        /* the body at the root; a body's own id for itself */
    struct str code;  /* "office", "data-centre": unique in the installation, [a-z0-9-] */
    struct str known; /* the code by which its body's rulebook knows it: unique in the
                       * body. Given back by people_unit_save, which puts the body's code
                       * before that of a unit of a further body: "weather-office" */
    struct str kind;  /* a unit kind of the rulebook: "section", "district-bureau" … */
    struct str title; /* 综合科 */
    struct str english; /* General Section; may be empty */
    struct str aliases; /* further names, separated by 、; 数管中心 */
    int order;          /* place among its siblings */
    instant closed_at;  /* 0 while it stands */
};

struct people_post {
    id64 id;
    id64 unit;
    struct str role;  /* "dept-head" */
    struct str title; /* 科长 */
    struct str english;
    instant closed_at;
    struct str unit_code; /* of its unit, for lists */
    struct str unit_title;
    id64 holder; /* who holds it now; 0 if it is vacant */
    struct str holder_name;
};

struct people_person {
    id64 id;
    struct str name;   /* 李小兰 */
    struct str pinyin; /* "li xiaolan", the key of sorting; may be empty */
    struct str mail;   /* for notices; may be empty */
    struct str phone;
    bool gone;        /* left the service: no posts, no account */
    struct str login; /* of the account, or empty */
    struct str posts; /* "综合科 科长、办公室 副主任" as of now, for lists */
};

/* A name for a screen: person and, if there is one, the first post held now. */
struct people_brief {
    id64 person;
    struct str name;
    struct str post; /* "综合科 科长", or empty */
};

struct people_holding {
    id64 appointment;
    id64 person;
    struct str name;
    id64 post;
    struct str role;
    struct str title;
    id64 unit;
    struct str unit_code; /* by which its body's rulebook knows it */
    struct str unit_title;
    id64 body;
    instant from;
    instant until; /* INSTANT_NEVER while open */
    id64 appointed_by;
    id64 ended_by;     /* 0 unless ended by an act */
    struct str reason; /* why it ended, if anything was said */
    id64 stands_for;   /* a deputy's: the appointment it stands in for; else 0 … */
    id64 principal;    /* … whose it is */
    struct str principal_name;
};

struct people_units {
    struct people_unit *at;
    size_t count;
};
struct people_posts {
    struct people_post *at;
    size_t count;
};
struct people_persons {
    struct people_person *at;
    size_t count;
    bool more;
};
struct people_holdings {
    struct people_holding *at;
    size_t count;
};

/* A page of a list: from place *first* on, at most *limit* (50 if 0, at most 500). */
struct people_page {
    int64_t first;
    int limit;
    struct str search; /* a part of the name, login or pinyin; empty is all */
};

/* By id, or by code, title or alias; closed units only by id. */
MUST_CHECK enum status people_unit(struct call *call, id64 unit,
                                   struct people_unit *out_unit);
MUST_CHECK enum status people_unit_find(struct call *call, struct str name,
                                        struct people_unit *out_unit);
/* The same among the units of *body* (0: of any), which its rulebook calls by code. */
MUST_CHECK enum status people_unit_in(struct call *call, id64 body, struct str name,
                                      struct people_unit *out_unit);

/* Wherever a unit is asked for beside a role: any unit of *body*. */
static inline id64 people_anywhere_in(id64 body) { return -body; }

/* A code as *body*'s own among those of all bodies: as it is for the body that the
 * workspace was founded with, "BODY/CODE" for a further one.  Numbered series go by it.
 */
MUST_CHECK enum status people_code_of_body(struct call *call, id64 body, struct str code,
                                           struct str *out_code);

/* All units in the order of the tree (parents before children); with the closed
 * ones if *closed*. */
MUST_CHECK enum status people_units(struct call *call, bool closed,
                                    struct people_units *out_units);

/*
 * Enter a unit (id 0: its id is made and given back in *unit*), or change the
 * one with that id.  Field refusals for code, title, kind, parent.
 */
MUST_CHECK enum status people_unit_save(struct call *call, struct people_unit *unit);
/* REFUSED while it has open posts or units below it. */
MUST_CHECK enum status people_unit_close(struct call *call, id64 unit, struct str reason);

MUST_CHECK enum status people_post(struct call *call, id64 post,
                                   struct people_post *out_post);
/* Open posts of a unit, or of all (unit 0); only vacant ones if *vacant*. */
MUST_CHECK enum status people_posts(struct call *call, id64 unit, bool vacant,
                                    struct people_posts *out_posts);
MUST_CHECK enum status people_post_close(struct call *call, id64 post, struct str reason);

MUST_CHECK enum status people_person(struct call *call, id64 person,
                                     struct people_person *out_person);
/* By login; for doors that are given one. */
MUST_CHECK enum status people_person_find(struct call *call, struct str login,
                                          struct people_person *out_person);
/* Sorted by pinyin, then name; ABSENT never: an empty list is DONE. */
MUST_CHECK enum status people_persons(struct call *call, const struct people_page *page,
                                      struct people_persons *out_persons);
/* Unknown ids, and 0, give an empty name and DONE. */
MUST_CHECK enum status people_person_brief(struct call *call, id64 person,
                                           struct people_brief *out_brief);
/* Enter (id 0) or change a person. */
MUST_CHECK enum status people_person_save(struct call *call,
                                          struct people_person *person);
/* 离岗: ends the open appointments, disables the account, ends the sessions. */
MUST_CHECK enum status people_person_leave(struct call *call, id64 person,
                                           struct str reason);

/* ---- roles and appointments ---- */

/* What a rulebook says of a role in units of one kind. */
struct people_role {
    struct str role; /* "liaison" */
    struct str name; /* 信息员: for tables, and for a post without a title */
    struct str title; /* 网站信息员: what a post of this role is called; empty: free */
    struct str kind; /* in units of this kind (BZ-8); empty: in any */
    struct str unit; /* only in the unit of this code; empty: in any */
    int least;       /* holders a unit must have: fewer show as vacant */
    int most;        /* holders a unit may have; 0 is any number */
    struct str rule; /* the requirement ID behind the number */
};

/* The roles a rulebook knows.  The three administrators need no line.  Of the lines
 * of one role that of the unit's kind counts before the one of any kind. */
struct people_roles {
    struct people_role *at;
    size_t count;
    struct people_kind {
        struct str code; /* "section" */
        struct str name; /* 科室: what tables may say instead */
    } * kinds;           /* kinds of units; none: any is taken */
    size_t kind_count;
};

struct rulebook;
struct key_pair;

/* The roles and kinds of a rulebook, with titles and numbers by kind of unit. */
struct people_roles people_roles_of(struct call *call, const struct rulebook *rulebook);

/*
 * Enter or change a post of *unit* (id 0 makes one).  REFUSED if *roles* does
 * not know its role, or not in a unit of this kind; the title is then the one
 * that follows from the kind of unit (BZ-8.b), if the rulebook fixes one.
 */
MUST_CHECK enum status people_post_save(struct call *call,
                                        const struct people_roles *roles,
                                        struct people_post *post);

struct people_appointing {
    id64 post;
    id64 person;
    instant from;    /* 0 is now; a past instant is refused */
    instant until;   /* 0 is without an end */
    bool replaces;   /* if the role is full: end the former holder's on the same date */
    id64 stands_for; /* a deputy: for the holder of this appointment; *post* is then its
                      * post, *until* must be given and lie within it */
};

/*
 * Appoint.  REFUSED if the post is closed, the person gone or already in it, if
 * the actor is the person, if it would mix an administrator's role with any
 * other, or if the unit already has as many holders of the role as it may and
 * *replaces* does not say that the former one's ends (LZ-11.a), or if the rulebook has
 * one keeper of the site's password and somebody in the body is in that post (QX-10:
 * also a deputy would be a second one).  Who takes that post over sets a new password of
 * his own before anything else; in the same transaction.  A deputy (代理)
 * is one more in the post, for a period; nobody is deputy of a deputy, and what the
 * deputy wrote is signed by somebody else, as it is with every holder.
 * *out_appointment* and *out_former* (the appointment that this one ended, 0 if
 * none) may be NULL.
 */
MUST_CHECK enum status people_appoint(struct call *call, const struct people_roles *roles,
                                      const struct people_appointing *appointing,
                                      id64 *out_appointment, id64 *out_former);

/* End an appointment now, or at *until* if that is later (0 is now); its deputies' end
 * with it. */
MUST_CHECK enum status people_appointment_end(struct call *call, id64 appointment,
                                              instant until, struct str reason);

/* Appointments of a person, of a post: with the past ones if *history*, newest first. */
MUST_CHECK enum status people_appointments(struct call *call, id64 person, bool history,
                                           struct people_holdings *out_holdings);
MUST_CHECK enum status people_post_history(struct call *call, id64 post,
                                           struct people_holdings *out_holdings);

/*
 * May this actor do this here?  At call->now.  Unit 0 is any unit of any body,
 * people_anywhere_in(body) any of that body.  A failure of
 * the store answers FAILED, never yes.  *out_holds* is set on DONE only.
 */
MUST_CHECK enum status people_holds(struct call *call, id64 person, const char *role,
                                    id64 unit, bool *out_holds);

/* The same, answering DONE for yes and ABSENT for no, so that an act can say
 *   TRY(people_must_hold(call, person, "dept-head", unit))
 * with a refusal "people.not-holder" (DENIED) that names who holds it now. */
MUST_CHECK enum status people_must_hold(struct call *call, id64 person, const char *role,
                                        id64 unit, const char *rule);

/* Role codes the person has in *unit* (0: anywhere), each once, in byte order. */
struct people_role_codes {
    struct str *at;
    size_t count;
};
MUST_CHECK enum status people_roles_on(struct call *call, id64 person, id64 unit,
                                       struct people_role_codes *out_codes);

/* What the person holds now, and who holds *role* in *unit* (0: anywhere) now;
 * in the order of appointment. */
MUST_CHECK enum status people_holdings(struct call *call, id64 person,
                                       struct people_holdings *out_holdings);
MUST_CHECK enum status people_holders(struct call *call, const char *role, id64 unit,
                                      struct people_holdings *out_holdings);

/* For whom the person holds *role* in *unit* (0: anywhere) now: 0 if in his own right, or
 * not at all; else the absent person whose deputy he is. */
MUST_CHECK enum status people_stands_for(struct call *call, id64 person, struct str role,
                                         id64 unit, id64 *out_principal);

/* ---- how persons prove who they are ---- */

enum people_passwords {
    /* GB/T 22239 level 3: 12 characters of three classes, changed every 90 days, none of
     * the last five. */
    PEOPLE_PASSWORDS_GB,
    /* ASVS 5.0: 15 characters, or 12 beside a second factor; no classes, no rotation. */
    PEOPLE_PASSWORDS_ASVS,
};

/* The settings of a workspace, house->security; NULL is the national profile. */
struct people_security {
    enum people_passwords passwords;
    bool ed25519; /* the pairs that sign are of RFC 8032, not SM2 */
    /* Who must have a second factor: one of the words below, or role codes with spaces
     * between them, among which "administrators" may stand.  Empty is nobody. */
    struct str second_factor;
};

#define PEOPLE_FACTOR_ADMINISTRATORS                                                     \
    "administrators" /* the three of them; the default                                   \
                      */
#define PEOPLE_FACTOR_EVERYBODY "everybody"
#define PEOPLE_FACTOR_NOBODY    "nobody"

/*
 * The second factor: one-time codes of an authenticator (RFC 6238).  Who has set one up
 * is asked for a code at every sign-in and every signature; each code is taken once, in
 * both together.  Who must have one and has none, or came in by a recovery code, can do
 * nothing but set it up (people_session.must_enrol).  Nobody can switch it off, and a
 * new password leaves it as it is.  Sample accounts of a demonstration need none.
 */
struct people_factor {
    bool active;
    bool demanded;
    int recovery_left;
    struct str seed;    /* being set up, in base32 to be typed; else empty */
    struct str address; /* otpauth:// for the QR code; else empty */
};

/* Codes that stand in for a one-time code, each once: "8k3d-0qmx-71vw". */
struct people_recovery {
    struct str codes[10];
    size_t count;
};

/* The actor's own. */
MUST_CHECK enum status people_factor(struct call *call, struct people_factor *out_factor);

/* A new seed to set up, beside the present one until it is confirmed; after the proof
 * (people_prove_with; after a recovery code the password alone). */
MUST_CHECK enum status people_factor_begin(struct call *call);

/* The first code of the new seed makes it the one that counts.  Ten new recovery codes,
 * shown once; the account's other sessions end. */
MUST_CHECK enum status people_factor_confirm(struct call *call, struct str code,
                                             struct people_recovery *out_recovery);

/* For who has lost the authenticator and the codes: one recovery code, made by the
 * security administrator (not for himself) and handed over in person; the former ones
 * are void and the sessions end. */
MUST_CHECK enum status people_factor_help(struct call *call, id64 account,
                                          struct people_recovery *out_recovery);

/*
 * Demand it of the posts that the rulebook of *site* names, in place of those it named
 * before; inside the transaction that puts the rulebook in force.  A rulebook can demand
 * more than the settings, never less.
 */
MUST_CHECK enum status people_demand_factor(struct call *call, id64 site,
                                            const struct rulebook *rulebook);

/*
 * What the rulebook of *site* says of the accounts in *body*, in place of what it said
 * before; *days* is what the body gave for the value that the age is left to (empty: its
 * default).  Inside the transaction that puts the rulebook in force or gives the value.
 */
MUST_CHECK enum status people_rule_accounts(struct call *call, id64 site, id64 body,
                                            const struct rulebook *book, struct str days);

/* What binds a person's password: the strictest of the settings of the machine and of the
 * rulebooks of all bodies in which he holds a post now. */
struct people_password_rule {
    int days;             /* it is changed after so many; 0: never */
    struct str days_rule; /* requirement; empty: the machine's settings */
    int former; /* so many of his passwords are not taken again; 0: as the settings say */
    struct str former_rule;
};
MUST_CHECK enum status people_password_rule(struct call *call, id64 person,
                                            struct people_password_rule *out_rule);

/* The words of the rules for a password, to be shown above the form; ended by NULL. */
const char *const *people_password_rules(const struct call *call);

/* ---- accounts ---- */

enum people_account_state {
    PEOPLE_ACCOUNT_REQUESTED, /* entered by the office; no password yet */
    PEOPLE_ACCOUNT_ACTIVE,
    PEOPLE_ACCOUNT_DISABLED,
};

struct people_account {
    id64 id;
    id64 person;
    struct str name; /* the person's */
    struct str login;
    enum people_account_state state;
    bool must_change; /* the password was set by somebody else */
    bool sample;      /* of a demonstration */
    instant password_at;
    instant signed_in_at; /* 0: never */
    int failed;           /* wrong passwords since the last good one */
    instant locked_until; /* 0: not locked */
};

struct people_accounts {
    struct people_account *at;
    size_t count;
    bool more;
};

MUST_CHECK enum status people_accounts(struct call *call, const struct people_page *page,
                                       struct people_accounts *out_accounts);
MUST_CHECK enum status people_account(struct call *call, id64 account,
                                      struct people_account *out_account);

/* Open accounts whose holders have no post, now or later (ED-15.c); at most 500. */
MUST_CHECK enum status people_idle_accounts(struct call *call,
                                            struct people_accounts *out_accounts);

/* Shut those among them that a rulebook wants shut: for appointments that have run out
 * by themselves.  By the clock, each round. */
MUST_CHECK enum status people_lapse(struct call *call, size_t *out_count);

/* Ask for an account: one a person, login unique ([a-z0-9._-], 2–32, folded to
 * lower case).  By the office or the security administrator. */
MUST_CHECK enum status people_account_request(struct call *call, id64 person,
                                              struct str login, id64 *out_account);

/* Set a first or new password, activate, unlock; the holder must change it at the
 * next sign-in unless *lasting*, which makes it a sample account (a demonstration's;
 * only before people_found: afterwards it is not heeded).  Ends the sessions.  Field
 * refusals name every rule the password breaks. */
MUST_CHECK enum status people_account_open(struct call *call, id64 account,
                                           struct str password, bool lasting);

/* A password that keeps the rules, for handing over once. */
struct str people_password_make(struct call *call);

MUST_CHECK enum status people_account_disable(struct call *call, id64 account,
                                              struct str reason);
MUST_CHECK enum status people_account_unlock(struct call *call, id64 account);

/* The actor's own password.  The old one is proven first, with the one-time *code* where
 * there is a second factor; ends the other sessions. */
MUST_CHECK enum status people_password_change(struct call *call, struct str old,
                                              struct str code, struct str wanted);

/*
 * The password again, in the request that signs: sets call->actor.freshly_proven.
 * DENIED with "people.password-wrong", counted like a failed sign-in, and as
 * "people.locked" when that locks the account; through DOOR_API, where no page would ask
 * for another, also with one that is too old or that somebody else set
 * ("people.password-first").  Outside any transaction.
 */
MUST_CHECK enum status people_prove(struct call *call, struct str password);

/* The same with the one-time code, without which an account that has a second factor
 * proves nothing: DENIED with "people.code-wrong" for a code that is wrong, missing, or
 * was taken before.  Through DOOR_API one that must have a second factor and has none
 * proves nothing either ("people.factor-first"). */
MUST_CHECK enum status people_prove_with(struct call *call, struct str password,
                                         struct str code);

/* ---- keys that sign ---- */

/*
 * A person signs with a pair of keys of his own.  It is made when he first proves his
 * password in order to sign; its secret half is locked with a key drawn from the password
 * (argon2id) and sealed with one of the workspace, so that neither the database nor the
 * machine's keys nor both open it without him.  people_prove_with opens it for the rest
 * of the call; the end of the call wipes it.  A changed password locks the same pair
 * anew; one that somebody else set cannot open it, and the next proof makes another.
 * Public halves stay for ever.
 *
 * The house's own pair, the registrar, certifies every other, as
 *
 *   shenfa signing key 1
 *   person 184…
 *   key sm2:…
 *   origin password
 *   at 1796173200000000
 *
 * so that a key planted in the database is nobody's.  It also signs what a person does
 * without proving himself (a draft is handed in) and what the clock does.  Each new key
 * is an entry of the chain of the house: "people.registrar", "people.key".
 *
 * In a rehearsal (people_rehearse) a person whose password nobody typed signs with a pair
 * of origin "machine"; in any other workspace no such pair is made and none counts.
 */

/* Make this workspace a rehearsal, for sample persons, for ever; before people_found and
 * before anything was signed, in a transaction or in one of its own. */
MUST_CHECK enum status people_rehearse(struct call *call);

struct people_signer {
    id64 person;            /* 0: the machine */
    struct str key;         /* public: "sm2:…" */
    struct str certificate; /* registrar's key, origin, instant, signature, with blanks
                               between them; empty: the key is the registrar's own */
    const char *proof; /* "password", "password+code", "machine", "session", "clock" */
    const struct key_pair *pair;
};

/* With which key the actor of this call signs, in the act's write transaction. */
MUST_CHECK enum status people_signer(struct call *call, struct people_signer *out_signer);

/* The signature over *text*, in hexadecimal. */
MUST_CHECK enum status people_sign(struct call *call, const struct people_signer *signer,
                                   struct str text, struct str *out_signature);

/* What is wrong with a signature of *person*; what was found sound once is remembered by
 * the process, so that asking again costs nothing. */
enum people_signature_fault {
    PEOPLE_SIGNATURE_SOUND = 0,
    PEOPLE_SIGNATURE_KEY,   /* nobody's key, or somebody else's */
    PEOPLE_SIGNATURE_BYTES, /* not over these bytes by this key */
};
struct people_signed {
    id64 person;
    struct str key;
    struct str certificate;
    struct str text;
    struct str signature;
    bool personal; /* by the person's own key, not the registrar's for him */
};
MUST_CHECK enum status people_signature_check(struct call *call,
                                              const struct people_signed *given,
                                              enum people_signature_fault *out_fault);

/* ---- sessions and tokens ---- */

/* How long a session lives. */
#define PEOPLE_SESSION_IDLE     (15 * INSTANT_MINUTE)
#define PEOPLE_SESSION_ABSOLUTE (12 * INSTANT_HOUR)

/* How many days before its end a password's holder is warned on every page. */
#define PEOPLE_PASSWORD_WARNING 7

struct people_session {
    id64 id;
    id64 account;
    id64 person;
    struct str name;
    struct str token; /* only when just made: what the cookie holds, 43 characters */
    struct str csrf;  /* the form token of this session, 43 characters */
    bool must_change; /* nothing but changing the password is open to it */
    bool must_renew;  /* … because it has grown too old */
    bool must_enrol;  /* nothing but setting up the second factor is open to it */
    bool has_factor;  /* the account is asked for a code when it signs */
    int days_left; /* until the password expires; warn from PEOPLE_PASSWORD_WARNING on */
    int password_days;        /* after how many it does; 0: never */
    struct str password_rule; /* requirement behind that; empty: the machine's settings */
    instant opened_at;
    instant seen_at;
    instant last_sign_in; /* the one before this; 0 if none */
    struct str address;
};

/*
 * Sign in.  DENIED with one and the same sentence ("people.sign-in"), after the
 * same work, whether the login is unknown, the password wrong, the account
 * disabled or locked.  Five wrong passwords in a row lock a login (known or not)
 * for 15 minutes, each further one for twice as long, at most a day.  *address*
 * is kept with the session for its owner to recognise.
 */
MUST_CHECK enum status people_sign_in(struct call *call, struct str login,
                                      struct str password, struct str address,
                                      struct people_session *out_session);

/* The same with a one-time or recovery code, without which an account that has a second
 * factor does not open. */
MUST_CHECK enum status people_sign_in_with(struct call *call, struct str login,
                                           struct str password, struct str code,
                                           struct str address,
                                           struct people_session *out_session);

/* As people_sign_in without a password: only into a sample account of a
 * demonstration; ABSENT for every other login. */
MUST_CHECK enum status people_sign_in_as(struct call *call, struct str login,
                                         struct str address,
                                         struct people_session *out_session);

/*
 * The session of a cookie.  Sets call->actor on DONE.  ABSENT if there is none,
 * it has ended, idled out or outlived its day.  Keeps it awake (written at most
 * once a minute).
 */
MUST_CHECK enum status people_session_open(struct call *call, struct str token,
                                           struct people_session *out_session);

/* True if *given* is the form token of the session with cookie *token*. */
bool people_csrf_is_right(struct call *call, struct str token, struct str given);

/* A new token for the actor's session; the old one is dead. */
MUST_CHECK enum status people_session_rotate(struct call *call,
                                             struct people_session *out_session);

/* End one: one's own, or anybody's by the security administrator. */
MUST_CHECK enum status people_session_end(struct call *call, id64 session);

struct people_sessions {
    struct people_session *at;
    size_t count;
};
/* Open sessions of a person; of all by 0, for the security administrator. */
MUST_CHECK enum status people_sessions(struct call *call, id64 person,
                                       struct people_sessions *out_sessions);

struct people_token {
    id64 id;
    id64 person;
    struct str name;  /* the person's */
    struct str title; /* what it is for */
    instant made_at;
    instant until;
    instant used_at; /* to the day; 0 is never */
};

struct people_tokens {
    struct people_token *at;
    size_t count;
};

/* A bearer token that acts as *person*: one's own, or any by the machine's operator.
 * *out_secret* ("shenfa_" and 43 characters) is shown once.  *until* 0 is a year. */
MUST_CHECK enum status people_token_new(struct call *call, id64 person, struct str title,
                                        instant until, struct str *out_secret);
/* Sets call->actor on DONE; ABSENT for anything that does not open. */
MUST_CHECK enum status people_token_open(struct call *call, struct str secret);
MUST_CHECK enum status people_token_revoke(struct call *call, id64 token);
MUST_CHECK enum status people_tokens(struct call *call, id64 person,
                                     struct people_tokens *out_tokens);

/* ---- founding and import ---- */

/* End the founding of a workspace, or of bodies added to it: from now on the machine's
 * operator has no say over people.  REFUSED unless there is somebody in each office and a
 * holder of each administrator's role. */
MUST_CHECK enum status people_found(struct call *call);
MUST_CHECK enum status people_is_founded(struct call *call, bool *out_founded);

/* May the actor keep units and appointments; accounts and sessions?  DENIED with
 * "people.only-office" or "people.only-security" if not. */
MUST_CHECK enum status people_must_be_office(struct call *call);
/* The same for one body's units, posts and appointments; 0 is any. */
MUST_CHECK enum status people_must_be_office_of(struct call *call, id64 body);
MUST_CHECK enum status people_must_be_security(struct call *call);

/* One mistake in an imported table. */
struct people_import_error {
    int line;          /* of the file, from 1 */
    struct str column; /* its title in the file, or empty */
    const char *words; /* key of share/words, with {value} */
    struct str value;  /* what stands there */
};

struct people_import_report {
    int units; /* entered or changed */
    int persons;
    int posts;
    int appointments;
    int accounts; /* asked for */
    struct people_import_error *errors;
    size_t error_count;
};

/*
 * Take in units, or persons with their posts, from a table as Excel and WPS save
 * it: UTF-8 with or without mark, or GB18030; comma, semicolon or tab; quotes;
 * CRLF or LF; at most 4 MiB and 5,000 lines.  Headings in Chinese or English:
 *   units:   单位代码 code, 单位名称 title, 英文名称 english, 类型 kind,
 *            上级代码 parent, 别名 aliases
 *   persons: 姓名 name, 拼音 pinyin, 账号 login, 邮箱 mail, 电话 phone,
 *            单位 unit (code, title or alias), 角色 role, 职务 title
 * Roles and kinds by their code or their name in the rulebook.  A file with a
 * column 姓名 is of persons; several lines of one login, or of one
 * name without login, are several posts of one person.  Posts that are wanted
 * and not there are made.  All or nothing: with mistakes the answer is REFUSED,
 * nothing has changed, and the report lists every one.
 */
MUST_CHECK enum status people_import(struct call *call, const struct people_roles *roles,
                                     struct bytes bytes,
                                     struct people_import_report *out_report);

#endif
