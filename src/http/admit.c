/*
 * Who may connect: ranges of addresses, each with the days on which it holds.  IPv4 is
 * kept as its mapped IPv6 address, so that one comparison serves both and an IPv4 client
 * of an IPv6 listener is judged alike.
 */
#include "http_own.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

#define ADDRESS_SIZE 16
#define RANGES_MOST  500

static enum status read_range(struct str text, struct http_range *out_range);
static bool read_address(struct str text, unsigned char *out_at, bool *out_four);
static bool read_days(struct str text, struct http_range *range);
static bool range_has(const struct http_range *range, const unsigned char *at);

enum status http_ranges_read(struct arena *arena, struct str text,
                             struct http_ranges *out_ranges) {
    struct http_ranges ranges = {.at = TAKE_ARRAY(arena, RANGES_MOST, struct http_range)};
    struct str rest = text;
    while (!str_is_empty(rest)) {
        struct str each = str_trim(str_cut(&rest, ','));
        if (str_is_empty(each)) {
            continue;
        }
        if (ranges.count == RANGES_MOST) {
            log_fault("more than %d ranges of addresses", RANGES_MOST);
            return REFUSED;
        }
        if (read_range(each, &ranges.at[ranges.count]) != DONE) {
            log_fault(
                "\"%.*s\" is no range of addresses: expected ADDRESS or ADDRESS/BITS, "
                "then perhaps \"from 2026-12-01\" and \"until 2026-12-31\"",
                STR_ARG(each));
            return REFUSED;
        }
        ranges.count++;
    }
    *out_ranges = ranges;
    return DONE;
}

bool http_ranges_admit(const struct http_ranges *ranges, struct str address,
                       instant now) {
    unsigned char at[ADDRESS_SIZE];
    bool four;
    if (!read_address(address, at, &four)) {
        return false;
    }
    for (size_t i = 0; i < ranges->count; i++) {
        const struct http_range *range = &ranges->at[i];
        if (now >= range->from && now < range->until && range_has(range, at)) {
            return true;
        }
    }
    return false;
}

bool admit_socket(const struct http_ranges *ranges, const struct sockaddr *peer) {
    char text[INET6_ADDRSTRLEN] = "";
    if (peer->sa_family == AF_INET) {
        const struct sockaddr_in *four = (const void *)peer;
        inet_ntop(AF_INET, &four->sin_addr, text, sizeof text);
    } else if (peer->sa_family == AF_INET6) {
        const struct sockaddr_in6 *six = (const void *)peer;
        inet_ntop(AF_INET6, &six->sin6_addr, text, sizeof text);
    }
    return http_ranges_admit(ranges, str_of(text), instant_read_clock());
}

/* "10.1.0.0/16 from 2026-12-01 until 2026-12-31" */
static enum status read_range(struct str text, struct http_range *out_range) {
    struct http_range range = {.from = 0, .until = INSTANT_NEVER};
    struct str days = text;
    struct str bits = str_cut(&days, ' ');
    struct str address = str_cut(&bits, '/');
    bool four;
    int64_t count = 0;
    if (!read_address(address, range.at, &four)) {
        return REFUSED;
    }
    int64_t most = four ? 32 : 128;
    count = most;
    if (bits.length > 0 &&
        (str_to_int(bits, &count) != DONE || count < 0 || count > most)) {
        return REFUSED;
    }
    range.bits = (int)count + (four ? 96 : 0);
    if (!read_days(str_trim(days), &range)) {
        return REFUSED;
    }
    *out_range = range;
    return DONE;
}

static bool read_address(struct str text, unsigned char *out_at, bool *out_four) {
    static const unsigned char mapped[12] = {[10] = 0xff, [11] = 0xff};
    char copy[INET6_ADDRSTRLEN];
    if (text.length == 0 || text.length >= sizeof copy) {
        return false;
    }
    snprintf(copy, sizeof copy, "%.*s", STR_ARG(text));
    memcpy(out_at, mapped, sizeof mapped);
    *out_four = inet_pton(AF_INET, copy, out_at + sizeof mapped) == 1;
    return *out_four || inet_pton(AF_INET6, copy, out_at) == 1;
}

/* Both days belong to the range. */
static bool read_days(struct str text, struct http_range *range) {
    while (text.length > 0) {
        civil_day day;
        struct str word = str_cut(&text, ' ');
        struct str value = str_cut(&text, ' ');
        if (day_from_text(value, &day) != DONE) {
            return false;
        }
        if (str_is(word, "from")) {
            range->from = day_start(day);
        } else if (str_is(word, "until")) {
            range->until = day_end(day);
        } else {
            return false;
        }
    }
    return true;
}

static bool range_has(const struct http_range *range, const unsigned char *at) {
    int whole = range->bits / 8;
    int rest = range->bits % 8;
    unsigned char mask = (unsigned char)(0xff00 >> rest);
    return memcmp(range->at, at, (size_t)whole) == 0 &&
           (rest == 0 || (range->at[whole] & mask) == (at[whole] & mask));
}
