/*
 * Forms, uploads and cookies: what is accepted is text, and a file's name has no folder.
 */
#include "fuzz.h"

#include "http/http.h"

static void check(const struct pairs *pairs) {
    for (size_t i = 0; i < pairs->count; i++) {
        const struct pair *pair = &pairs->at[i];
        fuzz_expect(utf8_is_valid(pair->name) && utf8_is_valid(pair->type));
        fuzz_expect(pair->is_file || utf8_is_valid(pair->value));
        fuzz_expect(utf8_is_valid(pair->file));
        fuzz_expect(str_find(pair->file, STR("/")) == pair->file.length);
    }
}

void fuzz_one(struct arena *arena, struct bytes input) {
    struct str text = {(const char *)input.at, input.length};
    struct pairs pairs = {NULL, 0};
    if (http_read_urlencoded(arena, text, &pairs) == DONE) {
        check(&pairs);
    }
    struct str type = STR("multipart/form-data; boundary=b");
    pairs = (struct pairs){NULL, 0};
    if (http_read_multipart(arena, type, input, &pairs) == DONE) {
        check(&pairs);
    }
    struct str rest = text;
    struct str head = str_cut(&rest, '\n');
    pairs = (struct pairs){NULL, 0};
    if (http_read_multipart(arena, head, bytes_of_str(rest), &pairs) == DONE) {
        check(&pairs);
    }
    fuzz_expect(http_read_cookie(text, "session").length <= text.length);
}
