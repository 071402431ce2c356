/*
 * libFuzzer: the parsers of names and values.  Anything but an answer is a finding; what
 * is accepted must be text.
 */
#include "http_own.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

static void check(const struct pairs *pairs) {
    for (size_t i = 0; i < pairs->count; i++) {
        const struct pair *pair = &pairs->at[i];
        bool sound = utf8_is_valid(pair->name) && utf8_is_valid(pair->file) &&
                     utf8_is_valid(pair->type) &&
                     (pair->is_file || utf8_is_valid(pair->value));
        if (!sound || str_find(pair->file, STR("/")) < pair->file.length) {
            abort();
        }
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size) {
    struct arena *arena = arena_new((size_t)64 << 20);
    struct str text = {(const char *)input, size};
    struct pairs pairs = {NULL, 0};
    if (http_read_urlencoded(arena, text, &pairs) == DONE) {
        check(&pairs);
    }
    pairs = (struct pairs){NULL, 0};
    struct str type = STR("multipart/form-data; boundary=b");
    if (http_read_multipart(arena, type, bytes_of_str(text), &pairs) == DONE) {
        check(&pairs);
    }
    struct str rest = text;
    struct str head = str_cut(&rest, '\n');
    pairs = (struct pairs){NULL, 0};
    if (http_read_multipart(arena, head, bytes_of_str(rest), &pairs) == DONE) {
        check(&pairs);
    }
    http_read_cookie(text, "session");
    arena_free(arena);
    return 0;
}
