/* Only for src/api. */
#ifndef API_API_OWN_H
#define API_API_OWN_H

#include "api.h"

#include "filing/filing.h"
#include "manuscript/manuscript.h"
#include "notice/notice.h"
#include "people/people.h"
#include "publication/publication.h"
#include "review/review.h"
#include "screening/screening.h"
#include "site/site.h"

#include <jansson.h>

struct exchange;

/* What a member of a body must be. */
enum member_kind {
    MEMBER_TEXT,
    MEMBER_ID,      /* 13 characters */
    MEMBER_DIGEST,  /* "sm3:…" */
    MEMBER_DAY,     /* "2026-12-02" */
    MEMBER_INSTANT, /* RFC 3339 */
    MEMBER_IDS,     /* an array of ids */
    MEMBER_DIGESTS, /* an array of digests */
    MEMBER_PAIRS,   /* an object of texts */
    MEMBER_FILES,   /* an array of files */
};

struct member {
    const char *name; /* NULL ends a list */
    enum member_kind kind;
    bool required;
};

/* One address: the entry on top of each file. */
struct endpoint {
    const char *method;
    const char *pattern;          /* below /api/v1 */
    const struct field *query;    /* of a GET; NULL for none */
    const struct member *members; /* of a body; NULL: the body is no JSON */
    const char *may; /* roles, "a|b", one of which is held anywhere; NULL: any */
    bool if_match;
    size_t body_most;
    enum status (*run)(struct exchange *exchange);
    /* For acts: what to answer when the wish was granted before. */
    enum status (*again)(struct exchange *exchange);
};

extern const struct endpoint *const api_endpoints[];

struct exchange {
    struct api *api;
    struct call *call;
    const struct request *request;
    struct response *response;
    const struct endpoint *endpoint;
    json_t *body;   /* of a wish, checked; owned by the exchange */
    json_t *answer; /* becomes the response's body; owned by the exchange */
    int status;     /* of the response, 200 */
    int seen;       /* the version in If-Match; 0 for "*" */
    bool answered;  /* the endpoint wrote the response itself */
};

struct api {
    const struct house *house;
    id64 group;
    struct http_route *routes;
    const struct http_route **route_list;
    size_t count;
};

/* ---- reading (read.c) ---- */

/* The body as JSON whose members are of their kinds; field refusals otherwise. */
MUST_CHECK enum status read_body(struct exchange *exchange);
bool body_has(const struct exchange *exchange, const char *name);
struct str body_text(const struct exchange *exchange, const char *name);
id64 body_id(const struct exchange *exchange, const char *name);
struct digest body_digest(const struct exchange *exchange, const char *name);
instant body_instant(const struct exchange *exchange, const char *name);
civil_day body_day(const struct exchange *exchange, const char *name);
size_t body_ids(const struct exchange *exchange, const char *name, id64 **out_ids);
size_t body_digests(const struct exchange *exchange, const char *name,
                    struct digest **out_digests);
size_t body_answers(const struct exchange *exchange, const char *name,
                    struct answer **out_answers);
size_t body_fields(const struct exchange *exchange, struct field_value **out_fields);
size_t body_files(const struct exchange *exchange, struct attachment **out_files);

/* The parameter {id} of the path as an id; ABSENT otherwise. */
MUST_CHECK enum status path_id(struct exchange *exchange, id64 *out_id);

/* The password of the body, if there is one, proves the signer. */
MUST_CHECK enum status prove(struct exchange *exchange);

/* ---- telling (tell.c) ---- */

json_t *tell_text(struct str text);
json_t *tell_id(struct exchange *exchange, id64 id);         /* null for 0 */
json_t *tell_instant(struct exchange *exchange, instant at); /* null for 0 and never */
json_t *tell_day(struct exchange *exchange, civil_day day);  /* null for 0 */
json_t *tell_digest(struct exchange *exchange, const struct digest *digest);
json_t *tell_person(struct exchange *exchange, id64 person); /* id and name; null for 0 */
json_t *tell_manuscript(struct exchange *exchange, const struct manuscript *manuscript);
json_t *tell_content(struct exchange *exchange, const struct content *content);
json_t *tell_attachment(struct exchange *exchange, const struct attachment *attachment);
json_t *tell_run(struct exchange *exchange, const struct run *run);
json_t *tell_release(struct exchange *exchange, const struct release *release);
/* Sentence, its key, requirement and article of a no. */
json_t *tell_refusal(struct exchange *exchange, const struct refusal *refusal);
json_t *tell_entry(struct exchange *exchange, const struct ledger_entry *entry);

/* The article behind a requirement as people cite it; empty if no book knows it. */
struct str article_of(struct exchange *exchange, struct str rule);

/* The whole of a manuscript with its draft, and its ETag. */
MUST_CHECK enum status answer_manuscript(struct exchange *exchange, id64 manuscript);

/* True if a wish under this key was granted before; *out_subject* is what it was done to.
 */
bool was_granted(struct exchange *exchange, struct subject *out_subject);

/* ---- problems (problem.c) ---- */

void problem_answer(struct exchange *exchange, enum status status);
void problem_status(struct exchange *exchange, int status, const char *words);

#endif
