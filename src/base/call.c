/*
 * Calls, ids and refusals.
 */
#include "call.h"

#include "log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/random.h>

#define IDS_BEGIN   ((instant)1704067200 * INSTANT_SECOND) /* 2024-01-01 UTC */
#define SERIAL_BITS 22
#define TEXT_LENGTH 13

static const char base32_digits[] = "0123456789abcdefghjkmnpqrstvwxyz";

static bool machine_random(void *at, size_t size);

void call_init(struct call *call, struct arena *arena, const struct house *house,
               instant now) {
    *call = (struct call){.arena = arena,
                          .house = house,
                          .now = now,
                          .door = DOOR_CLOCK,
                          .key = STR(""),
                          .language = STR("zh-CN"),
                          .random = machine_random};
}

id64 call_new_id(struct call *call) {
    static atomic_uint_fast32_t serial;
    static atomic_bool seeded;
    if (!atomic_load(&seeded)) {
        uint32_t start;
        memcpy(&start, call_random(call, sizeof start).at, sizeof start);
        bool expected = false;
        if (atomic_compare_exchange_strong(&seeded, &expected, true)) {
            atomic_fetch_add(&serial, start);
        }
    }
    instant since = call->now > IDS_BEGIN ? call->now - IDS_BEGIN : 0;
    int64_t milliseconds = since / 1000;
    int64_t count = (int64_t)(atomic_fetch_add(&serial, 1) & ((1U << SERIAL_BITS) - 1));
    return (milliseconds & (((int64_t)1 << 41) - 1)) << SERIAL_BITS | count;
}

struct str id_to_text(struct arena *arena, id64 id) {
    char *text = arena_take(arena, TEXT_LENGTH + 1);
    uint64_t rest = (uint64_t)id;
    for (int i = TEXT_LENGTH - 1; i >= 0; i--) {
        text[i] = base32_digits[rest & 31];
        rest >>= 5;
    }
    return (struct str){text, TEXT_LENGTH};
}

enum status id_from_text(struct str text, id64 *out_id) {
    uint64_t id = 0;
    if (text.length != TEXT_LENGTH || text.at[0] > '7') {
        return ABSENT;
    }
    for (size_t i = 0; i < text.length; i++) {
        const char *digit = text.at[i] == '\0' ? NULL : strchr(base32_digits, text.at[i]);
        if (digit == NULL) {
            return ABSENT;
        }
        id = id << 5 | (uint64_t)(digit - base32_digits);
    }
    if (id == 0) {
        return ABSENT;
    }
    *out_id = (id64)id;
    return DONE;
}

struct bytes call_random(struct call *call, size_t size) {
    unsigned char *at = arena_take(call->arena, size);
    if (!call->random(at, size)) {
        log_fatal("the machine gives no random bytes");
    }
    return (struct bytes){at, size};
}

void call_note_refusal(struct call *call, const char *field, const char *rule,
                       const char *words, ...) {
    struct refusal *refusal = TAKE(call->arena, struct refusal);
    refusal->rule = str_copy(call->arena, str_of(rule));
    refusal->words = words;
    refusal->field = field;
    va_list pairs;
    va_start(pairs, words);
    for (size_t i = 0; i < LENGTH(refusal->arguments); i++) {
        const char *name = va_arg(pairs, const char *);
        if (name == NULL) {
            break;
        }
        refusal->arguments[i].name = name;
        refusal->arguments[i].value =
            str_copy(call->arena, str_of(va_arg(pairs, const char *)));
    }
    va_end(pairs);
    struct refusal **end = &call->refusal;
    while (*end != NULL) {
        end = &(*end)->next;
    }
    *end = refusal;
}

void call_forgive(struct call *call) { call->refusal = NULL; }

static bool machine_random(void *at, size_t size) {
    for (size_t got = 0; got < size;) {
        ssize_t part = getrandom((char *)at + got, size - got, 0);
        if (part < 0 && errno == EINTR) {
            continue;
        }
        if (part <= 0) {
            return false;
        }
        got += (size_t)part;
    }
    return true;
}
