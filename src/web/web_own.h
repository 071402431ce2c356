/*
 * Only for src/web: what the steps around an entry's run share.
 */
#ifndef WEB_WEB_OWN_H
#define WEB_WEB_OWN_H

#include "rulebook/rulebook.h"
#include "web/web.h"

#include <pthread.h>
#include <string.h>

/* The rulebooks in force, by body, as they were asked for last. */
#define WEB_BODIES_MOST 32
struct in_force_book {
    id64 body;
    const struct rulebook *book;
};
struct in_force {
    pthread_mutex_t lock;
    instant asked_at;
    struct in_force_book at[WEB_BODIES_MOST];
    size_t count;
};

struct web {
    struct web_options options;
    struct in_force *in_force;
    struct arena *arena;
    struct http_route *routes;
    const struct http_route **route_list;
    size_t route_count;
};

/* ---- what signed and heavy forms ask ---- */

/* The one-time code of who has a second factor, beside the password. */
#define WEB_CODE_FIELD                                                                   \
    { .name = "one-time", .kind = FIELD_SECRET, .most = 32, .label = "sign-in.code" }

/* The password that signs this very request, and the code; see web_prove. */
#define WEB_PROOF_FIELD                                                                  \
    {.name = "password",                                                                 \
     .kind = FIELD_SECRET,                                                               \
     .required = true,                                                                   \
     .most = 1024,                                                                       \
     .label = "sign.password"},                                                          \
        WEB_CODE_FIELD

/* The same where one of the answers signs nothing. */
#define WEB_PROOF_FIELD_OPTIONAL                                                         \
    {.name = "password", .kind = FIELD_SECRET, .most = 1024, .label = "sign.password"},  \
        WEB_CODE_FIELD

#define WEB_REASON_FIELD(words)                                                          \
    {                                                                                    \
        .name = "reason", .kind = FIELD_LINES, .required = true, .most = 1000,           \
        .label = words                                                                   \
    }

/* ---- who visits ---- */

/* Language, session and form token of the visit. */
enum status visit_open(struct visit *visit);

/* What every form of the visit posts back as csrf: the token and, after a dot, the
 * person. */
struct str visit_token(struct visit *visit);

/* False for a wish that came from another site's page. */
bool visit_is_from_here(const struct visit *visit);

/* True if the posted token belongs to this browser's session or visit. */
bool visit_token_is_right(struct visit *visit);

/* The person whom the posted token names; 0 if none.  A hint for sealing, no proof. */
id64 visit_typed_by(const struct visit *visit);

/* What the person holds now, read once in a visit. */
MUST_CHECK enum status visit_holdings(struct visit *visit);

/* The name of a cookie, with the prefix that binds it to TLS where there is TLS. */
const char *visit_cookie_name(const struct visit *visit, const char *name);
#define VISIT_YEAR ((int64_t)365 * 24 * 3600)
struct str visit_cookie(const struct visit *visit, const char *name);
void visit_set_cookie(struct visit *visit, const char *name, struct str value,
                      int64_t seconds);
void visit_set_session(struct visit *visit, const struct people_session *session);

/* ---- answers that are not an entry's own ---- */

enum status answer_missing(struct visit *visit);
enum status answer_failed(struct visit *visit);
enum status answer_expired(struct visit *visit);
enum status answer_problem(struct visit *visit, int problem);

/* A no: in the form if there is one and it can be shown, else on a page of its own. */
enum status answer_no(struct visit *visit, int status);

/* The form again with what was typed; *said* is a notice or NULL. */
enum status answer_again(struct visit *visit, int status, const char *said);

/* ---- what was typed, sealed ---- */

/* The visit's typed fields, sealed to *person*; empty if there are none. */
struct str seal_typed(struct visit *visit, id64 person);

/* ABSENT unless it was sealed in this workspace for *person*, within two days. */
enum status seal_open(struct visit *visit, struct str sealed, id64 person,
                      struct str *out_path, struct str *out_form);

/* ---- the frame ---- */

void frame_fill(struct visit *visit);

/* Shown by several entries: the sign-in page with a problem, or none. */
enum status sign_in_show(struct visit *visit, int status, struct str problem,
                         struct str next, struct str kept);

#endif
