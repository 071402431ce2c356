/*
 * Bytes that are not text: blobs, keys, digests on the wire.
 */
#ifndef BASE_BYTES_H
#define BASE_BYTES_H

#include "str.h"

struct bytes {
    const unsigned char *at;
    size_t length;
};

struct bytes bytes_of_str(struct str text);

/* Lower-case hexadecimal, and back; REFUSED on anything else. */
struct str bytes_to_hex(struct arena *arena, struct bytes bytes);
MUST_CHECK enum status bytes_from_hex(struct arena *arena, struct str hex,
                                      struct bytes *out_bytes);

/* URL-safe base64 without padding (RFC 4648 §5), and back. */
struct str bytes_to_base64(struct arena *arena, struct bytes bytes);
MUST_CHECK enum status bytes_from_base64(struct arena *arena, struct str text,
                                         struct bytes *out_bytes);

/* Equal, in a time that depends on the length alone. */
bool bytes_equal_secret(struct bytes a, struct bytes b);

#endif
