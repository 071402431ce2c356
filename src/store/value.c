/*
 * Values on their way into a statement.
 */
#include "store_own.h"

struct value bind_int(const char *name, int64_t number) {
    return (struct value){.name = name, .kind = VALUE_INT, .number = number};
}

/* The number of a NULL is the kind it would have had: PostgreSQL wants to know. */
struct value bind_id(const char *name, id64 id) {
    return (struct value){.name = name,
                          .kind = id == 0 ? VALUE_NULL : VALUE_INT,
                          .number = id == 0 ? VALUE_INT : id};
}

struct value bind_text(const char *name, struct str text) {
    return (struct value){.name = name, .kind = VALUE_TEXT, .text = text};
}

struct value bind_text_or_null(const char *name, struct str text) {
    if (str_is_empty(text)) {
        return (struct value){.name = name, .kind = VALUE_NULL, .number = VALUE_TEXT};
    }
    return bind_text(name, text);
}

struct value bind_bytes(const char *name, struct bytes bytes) {
    return (struct value){.name = name,
                          .kind = VALUE_BYTES,
                          .text = {(const char *)bytes.at, bytes.length}};
}

struct value bind_digest(const char *name, const struct digest *digest) {
    struct value value = {.name = name, .kind = VALUE_DIGEST, .digest = digest};
    return value;
}

struct value bind_none(void) {
    return (struct value){.name = NULL};
}
