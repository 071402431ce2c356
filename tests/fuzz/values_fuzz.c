/*
 * Ids, digests, days, instants, numbers and escaped paths as strangers write them: what
 * is read says the same when it is written again.
 */
#include "fuzz.h"

#include "http/http.h"

static void check_id(struct arena *arena, struct str text) {
    id64 id;
    id64 again;
    if (id_from_text(text, &id) == DONE) {
        fuzz_expect(id > 0);
        fuzz_expect(id_from_text(id_to_text(arena, id), &again) == DONE && again == id);
    }
}

static void check_digest(struct arena *arena, struct str text) {
    struct digest digest;
    if (digest_from_text(text, &digest) == DONE) {
        fuzz_expect(str_equal(digest_to_text(arena, &digest), text));
    }
}

static void check_times(struct arena *arena, struct str text) {
    civil_day day;
    civil_day day_again;
    instant at;
    instant again;
    if (day_from_text(text, &day) == DONE) {
        fuzz_expect(day_from_text(day_to_text(arena, day), &day_again) == DONE);
        fuzz_expect(day_again == day);
    }
    if (instant_from_rfc3339(text, &at) == DONE) {
        fuzz_expect(instant_from_rfc3339(instant_to_rfc3339(arena, at), &again) == DONE);
        fuzz_expect(again / INSTANT_SECOND == at / INSTANT_SECOND);
    }
}

void fuzz_one(struct arena *arena, struct bytes input) {
    struct str text = {(const char *)input.at, input.length};
    struct str decoded;
    int64_t number;
    check_id(arena, text);
    check_digest(arena, text);
    check_times(arena, text);
    if (str_to_int(text, &number) == DONE) {
        struct str written = str_format(arena, "%lld", (long long)number);
        int64_t again;
        fuzz_expect(str_to_int(written, &again) == DONE && again == number);
    }
    if (http_decode(arena, text, false, &decoded) == DONE) {
        fuzz_expect(utf8_is_valid(decoded) && decoded.length <= text.length);
    }
    fuzz_expect(file_path_is_tame(text) == false || text.length > 0);
}
