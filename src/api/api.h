/*
 * api: the same acts as JSON over HTTP, under /api/v1 of the office's listener.
 *
 * A door: it reads a wish, calls one act and tells what it answered.  A program
 * comes with a bearer token and acts as the token's person, with that person's
 * rights and nothing more; there are no cookies here, so no other site's page can
 * make it act.  docs/openapi.yaml describes every address; a test compares the two.
 *
 *  - A body is a JSON object, UTF-8, no member twice, none that is not described.
 *  - A no is a problem (RFC 9457, application/problem+json) with the sentence in
 *    `detail`, the requirement in `rule`, the article as people cite it in
 *    `article`, and the members to mend in `errors`.
 *  - A draft carries its version as ETag; changing or submitting it needs If-Match
 *    (428 without, 412 when it has moved on).
 *  - With an Idempotency-Key a wish is granted once; repeated, it answers what the
 *    first one did.
 *  - A signed act takes the person's password in the same body.
 */
#ifndef API_API_H
#define API_API_H

#include "base/base.h"
#include "http/http.h"

struct api;

struct api_options {
    const struct house *house;
    id64 group; /* of the workspace */
};

/* The routes for a listener; owned by the caller. */
MUST_CHECK enum status api_open(const struct api_options *options, struct api **out_api);
void api_close(struct api *api);

/* True for paths that are this door's: "/api" and below. */
bool api_has(struct str path);

/* For struct http_options; the listener's handler calls api_handle for the requests
 * that api_has, with or without a route. */
const struct http_route *const *api_routes(const struct api *api, size_t *out_count);
void api_handle(struct api *api, const struct request *request,
                struct response *response);

#endif
