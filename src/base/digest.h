/*
 * Digests in two profiles, SM3 (GB/T 32905, the default) and SHA-256.  Both
 * have 32 bytes; the profile is part of the value, so that an old digest is
 * still checked by its own rule after a switch.
 */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include "bytes.h"

#define DIGEST_SIZE 32

enum digest_profile {
    DIGEST_SM3 = 1,
    DIGEST_SHA256 = 2,
};

struct digest {
    unsigned char profile; /* enum digest_profile; 0 is no digest at all */
    unsigned char at[DIGEST_SIZE];
};

/* A digest under way; on the stack, ended by digest_end and by nothing else. */
struct digesting {
    enum digest_profile profile;
    void *state;
};

void digest_begin(struct digesting *digesting, enum digest_profile profile);
void digest_add(struct digesting *digesting, const void *at, size_t length);

/* Add a named field so that no two different records have the same bytes:
 * name, zero byte, length as eight bytes big-endian, value. */
void digest_add_field(struct digesting *digesting, const char *name, struct str value);
struct digest digest_end(struct digesting *digesting);

struct digest digest_of(enum digest_profile profile, struct bytes bytes);
bool digest_equal(const struct digest *a, const struct digest *b);
bool digest_is_none(const struct digest *digest);

/* "sm3:7f3a…" or "sha256:…", 64 hexadecimal digits; and back. */
struct str digest_to_text(struct arena *arena, const struct digest *digest);
MUST_CHECK enum status digest_from_text(struct str text, struct digest *out_digest);

/* "7f3a 91c2 04be d85e", what a person compares. */
struct str digest_to_short(struct arena *arena, const struct digest *digest);

#endif
