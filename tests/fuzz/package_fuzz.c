/*
 * Packages written anew without their makers: what comes out is an archive that reads as
 * the first did, and a second passage changes nothing and finds nobody.
 */
#include "fuzz.h"

#include "text/text_own.h"

#include <string.h>

static bool same(struct bytes a, struct bytes b) {
    return a.length == b.length && memcmp(a.at, b.at, a.length) == 0;
}

void fuzz_one(struct arena *arena, struct bytes input) {
    struct buffer once;
    struct buffer twice;
    struct packed *before;
    struct packed *after;
    size_t count;
    size_t again;
    buffer_init(&once, arena);
    buffer_init(&twice, arena);
    if (package_parse(arena, input, &once) != DONE) {
        fuzz_expect(once.length == 0);
        return;
    }
    struct str first = buffer_str(&once);
    struct str clean = str_part(first, 1, first.length);
    fuzz_expect(zip_directory(arena, input, &before, &count) == 0);
    fuzz_expect(zip_directory(arena, bytes_of_str(clean), &after, &again) == 0);
    fuzz_expect(count == again);
    size_t changed = 0;
    for (size_t i = 0; i < count; i++) {
        fuzz_expect(str_equal(before[i].name, after[i].name));
        bool is_same = before[i].method == after[i].method &&
                       before[i].sum == after[i].sum && before[i].size == after[i].size &&
                       same(before[i].bytes, after[i].bytes);
        fuzz_expect(is_same ||
                    (after[i].method == PACKED_STORED && after[i].size < before[i].size));
        changed += !is_same;
    }
    fuzz_expect((changed > 0) == (first.at[0] == 1));
    fuzz_expect(package_parse(arena, bytes_of_str(clean), &twice) == DONE);
    struct str second = buffer_str(&twice);
    fuzz_expect(second.at[0] == 0);
    fuzz_expect(str_equal(str_part(second, 1, second.length), clean));
}
