/*
 * web_client: a browser without a screen, for tests that speak to the real listener.
 *
 * It keeps cookies, sends the headers a browser sends, and posts back the hidden fields
 * csrf and key of the page it saw last.  It follows no redirects: tests look at them.
 */
#ifndef WEB_CLIENT_H
#define WEB_CLIENT_H

#include "base/base.h"

struct web_client;

struct web_answer {
    int status;
    const char *head;
    const char *body;
    const char *location; /* of a redirect, or "" */
};

/* *address* as http_address gives it: "127.0.0.1:41234". */
struct web_client *web_client_new(struct arena *arena, const char *address);

/* A further header on every request from now on; NULL takes all of them away. */
void web_client_header(struct web_client *client, const char *line);

struct web_answer web_get(struct web_client *client, const char *path);

/* *form* is urlencoded; csrf and key of the last page are put before it. */
struct web_answer web_post(struct web_client *client, const char *path, const char *form);

/* The same without them, and with any content type. */
struct web_answer web_post_plain(struct web_client *client, const char *path,
                                 const char *type, struct bytes body);

/* Any method, with nothing added but cookies and the further headers. */
struct web_answer web_send(struct web_client *client, const char *method,
                           const char *path, const char *type, struct bytes body);

/* The value of a hidden or filled field of the last page: name="…" value="…". */
const char *web_field(const struct web_client *client, const char *name);

/* The value of a cookie, "" if there is none; and forget one, as a browser would. */
const char *web_cookie(const struct web_client *client, const char *name);
void web_cookie_drop(struct web_client *client, const char *name);

#endif
