/*
 * Only for src/notary: what the signer and those who ask it say to each other.
 *
 * A request is a line; entries follow it as lines of JSON.  Each is answered by a line:
 *
 *   key                    key sm2:…
 *   at CHAIN               at SIZE HASH            HASH empty before the first entry
 *   extend CHAIN COUNT     at SIZE HASH            COUNT lines follow
 *   sign CHAIN             note LENGTH             and so many bytes
 *
 * or "no REASON"; after a no to an extend nothing of it was taken.
 */
#ifndef NOTARY_SIGNER_OWN_H
#define NOTARY_SIGNER_OWN_H

#include "notary_own.h"

#include <stdio.h>

#define SIGNER_LINES_MOST 500
#define SIGNER_LINE_MOST  ((size_t)1 << 20)
#define SIGNER_SECONDS    10 /* the other side may be silent */

/* Lines of one connection, read and written with that limit. */
struct talk {
    int socket;
    char *at; /* what was read and not yet taken */
    size_t length;
    size_t taken;
    size_t room;
};
MUST_CHECK bool talk_begin(struct talk *talk, int socket);
void talk_end(struct talk *talk);
/* The next line without its end; valid until the next one is read. */
MUST_CHECK bool talk_line(struct talk *talk, struct str *out_line);
MUST_CHECK bool talk_bytes(struct talk *talk, size_t length, struct str *out_bytes);
MUST_CHECK bool talk_say(struct talk *talk, struct str text);

#endif
