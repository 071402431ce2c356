/*
 * The workspace's own secret keys, shared by all of its processes.
 *
 * They lie in the directory house->keys (by default WORKSPACE/keys; best on another
 * volume than the database), mode 0700, one file of mode 0600 for each purpose; a file
 * or directory that others may read is not used.  A file holds the present key and the
 * former ones: the present seals, each opens what it sealed.  What one process sealed,
 * another opens.
 *
 * A sealed text is "1.NUMBER.BASE64": the algorithm (1 is AES-256-GCM with a random
 * nonce), the number of the key, nonce, tag and cipher text.
 */
#ifndef BASE_KEYRING_H
#define BASE_KEYRING_H

#include "call.h"

struct keyring_purpose {
    const char *name; /* of the file, and part of what is authenticated */
    int64_t renew;    /* a present key older than this is replaced; 0: by hand alone */
    int64_t keep;     /* a former key opens for so long after its successor was made;
                         0: as long as it stands there */
};

/*
 * Seal *plain* for *context*: opening needs the same context (the id of the person, the
 * account), so that a sealed text moved elsewhere does not open.  FAILED, logged, if
 * there is no key to be had.
 */
MUST_CHECK enum status keyring_seal(struct call *call,
                                    const struct keyring_purpose *purpose,
                                    struct str context, struct bytes plain,
                                    struct str *out_sealed);

/* ABSENT for anything that was not sealed for this purpose and context by a key that is
 * still kept. */
MUST_CHECK enum status keyring_open(struct call *call,
                                    const struct keyring_purpose *purpose,
                                    struct str context, struct str sealed,
                                    struct bytes *out_plain);

/* A file beside the keys, or their directory (NULL): for a mark that the database's owner
 * cannot set. */
const char *keyring_path(struct call *call, const char *name);

/* A new present key, now; the former stay as the purpose says. */
MUST_CHECK enum status keyring_rotate(struct call *call,
                                      const struct keyring_purpose *purpose);

#endif
