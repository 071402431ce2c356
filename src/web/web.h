/*
 * web: the office's pages.
 *
 * A door: it takes typed fields, calls one act and picks a page.  It decides
 * nothing; what it checks of rights is politeness, the act checks again.
 *
 * To add a screen: one file with its entries on top, one line in entries.c, one
 * template in share/pages/admin, its words in share/words.  Everything that all
 * screens share happens before and after an entry's `run`:
 *
 *  - a wish from another site's page is refused, and so is a form without its token;
 *  - without a session the sign-in page answers (401); what was posted is carried along,
 *    sealed, and comes back to the same person as a filled form, never as an act;
 *  - fields that do not fit bring the form again (422) with everything typed;
 *  - REFUSED and STALE become 409, DENIED 403, with the sentence and its article, in the
 *    form if the entry names one, else on a page of its own; refusals of fields become
 * 422;
 *  - ABSENT becomes 404, FAILED 500 with a number that is also in the log.
 */
#ifndef WEB_WEB_H
#define WEB_WEB_H

#include "base/base.h"
#include "http/http.h"
#include "page/page.h"
#include "people/people.h"

struct web;
struct visit;

/* ---- what a screen file holds ---- */

struct entry {
    const char *method;         /* "GET" or "POST" */
    const char *pattern;        /* as in struct http_route */
    const struct field *fields; /* ends with a nameless one; NULL for none.  Every POST
                                   also has csrf and key */
    size_t body_most;           /* bytes; 0 is 64 KiB */
    /* Who may: WEB_ANYBODY (no session needed), WEB_SIGNED_IN, WEB_STAFF (everyone but
     * the three administrators), or role codes, "office|dept-head", held anywhere. */
    const char *may;
    /* For POST: the GET entry that shows its form; run again when the answer is no. */
    const struct entry *form;
    enum status (*run)(struct visit *visit);
};

#define WEB_ANYBODY   "*"
#define WEB_SIGNED_IN "+"
#define WEB_STAFF     "staff"
#define WEB_OFFICE    "office" /* whoever holds a post in the unit with that code */
#define WEB_KEEPER    "keeper" /* whom a rulebook lets change the tree of columns */

/* Every entry of the house, in entries.c; ends with NULL. */
extern const struct entry *const web_entries[];

/* ---- one request, as a screen sees it ---- */

struct visit {
    struct call *call; /* its actor is the person who is signed in */
    const struct request *request;
    struct response *response;
    const struct web *web;
    const struct entry *entry;
    struct people_session session; /* if signed_in */
    bool signed_in;
    bool again;      /* a form is shown again: what was typed is in the model already */
    bool background; /* the page asked by itself (X-Background): nobody did anything */
    struct str visitor; /* the form token of a browser without a session */
    struct model *model;
    struct model *form;
    struct refusal *no; /* what the page shows as refused */
    const char *said;   /* words of a notice on this very page, or NULL */
    int status;
    struct people_holdings holdings; /* of the person at call->now, if has_holdings */
    bool has_holdings;
    int64_t waiting; /* on the desk, if has_waiting */
    bool has_waiting;
    bool has_release_desk; /* if asked_release_desk */
    bool asked_release_desk;
};

/* The page's model, with all that layout.html and alone.html ask for; the same one each
 * time. */
struct model *web_model(struct visit *visit);

/* How many duties wait on the desk, from a screen that has just read them; before the
 * model is first asked for.  The frame counts them otherwise. */
void web_waiting(struct visit *visit, int64_t count);

/* The part "form" of the model: set the stored values with web_form_text; on a form shown
 * again it holds what was typed, and the stored values change nothing. */
struct model *web_form(struct visit *visit);
void web_form_text(struct visit *visit, const char *name, struct str value);
void web_form_flag(struct visit *visit, const char *name, bool value);

/* Answer with the template *page* filled from the model. */
MUST_CHECK enum status web_page(struct visit *visit, const char *page);

/* Answer with 303 to a path of this house, printf-like. */
enum status web_go(struct visit *visit, const char *path, ...) PRINTF_LIKE(2, 3);

/* As web_go, and the page that follows says so: the words *words* with pairs of a name
 * and a zero-terminated value, ended by NULL, at most four. */
enum status web_go_saying(struct visit *visit, struct str path, const char *words, ...)
    __attribute__((sentinel));

/* Answer with JSON. */
enum status web_json(struct visit *visit, struct str json);

/* A sentence of share/words in the reader's language, pairs as above. */
struct str web_say(const struct visit *visit, const char *words, ...)
    __attribute__((sentinel));

/* A refusal's sentence; an argument "label" is itself said. */
struct str web_say_refusal(const struct visit *visit, const struct refusal *refusal);

/* True if the person holds one of the roles of *may* (see struct entry). */
bool web_may(struct visit *visit, const char *may);

/* Fill a part as parts/cite, parts/moment, parts/badge ask: the article behind a
 * requirement ID, a point in time, the state *code* (words badge.<code>). */
void web_cite(const struct visit *visit, struct model *part, struct str rule);
void web_moment(const struct visit *visit, struct model *part, instant at);

/* The article as people cite it, 第十二条第三项; the ID itself if no rulebook knows it.
 */
struct str web_article(const struct visit *visit, struct str rule);

/* The password that signs this very request, from the field *field*: REFUSED for that
 * field if it is wrong. */
MUST_CHECK enum status web_prove(struct visit *visit, const char *field);

/* Where the public reads the site, without a slash at its end. */
/* Where the public finds a site: the listener's address for the first one, for another
 * its domain, or CODE.localhost on a machine that only serves itself. */
struct str web_public_base(struct visit *visit, id64 site);

/* A path of this house that a form or query named; *otherwise* if it is none. */
struct str web_local_path(struct str path, const char *otherwise);

/* ---- the door as a whole, for app ---- */

struct web_options {
    const struct house *house;
    const struct words *words;
    struct pages *pages; /* share/pages/admin */
    id64 group;
    struct str name;        /* of the workspace: 示范市统计局网站 */
    struct str public_base; /* where the public reads: http://127.0.0.1:8081 */
    struct str
        help; /* whom to ask about a password: 安全管理员，内线 8012; may be empty */
    struct str rulebooks; /* the directory of the rulebooks as installed, for their cases;
                             may be empty */
    bool demo;            /* sign in as anybody; the caller saw to a loopback address */
    struct str demo_password;           /* of every sample person, for signing */
    struct str demo_reset;              /* 每天 3:00; may be empty */
    const struct entry *const *entries; /* NULL: web_entries; tests bring their own */
    instant (*clock)(void);             /* NULL: the listener's; tests fix it */
};

/* Check the entries and make the routes; owned by the caller. */
MUST_CHECK enum status web_open(const struct web_options *options, struct web **out_web);
void web_close(struct web *web);

/* For struct http_options: routes, and the handler whose owner is the web. */
const struct http_route *const *web_routes(const struct web *web, size_t *out_count);
void web_handle(void *web, const struct request *request, struct response *response);

#endif
