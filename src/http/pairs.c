/*
 * Names and values out of queries, urlencoded bodies, multipart bodies and
 * cookies.  Each reader takes the whole text, refuses what is not well-formed
 * and never guesses.
 */
#include "http_own.h"

#include <string.h>

struct parts {
    struct str rest;
    struct str mark; /* CR LF "--" boundary */
};

static enum status add_pair(struct arena *arena, struct pairs *pairs, size_t *room,
                            const struct pair *pair);
static int digit(char byte);
static enum status read_boundary(struct arena *arena, struct str type,
                                 struct str *out_mark);
static enum status next_part(struct parts *parts, struct str *out_part, bool *out_last);
static enum status read_part(struct arena *arena, struct str part, struct pair *out_pair);
static enum status read_disposition(struct arena *arena, struct str value,
                                    struct pair *out_pair);
static enum status read_quoted(struct arena *arena, struct str *rest,
                               struct str *out_text);
static bool same_letters(struct str a, const char *lower);
static struct str last_name(struct str file);

enum status http_decode(struct arena *arena, struct str text, bool plus,
                        struct str *out_text) {
    char *decoded = arena_take(arena, text.length + 1);
    size_t length = 0;
    for (size_t i = 0; i < text.length; i++) {
        char byte = text.at[i];
        if (byte == '%') {
            int high = i + 2 < text.length ? digit(text.at[i + 1]) : -1;
            int low = i + 2 < text.length ? digit(text.at[i + 2]) : -1;
            if (high < 0 || low < 0) {
                return REFUSED;
            }
            byte = (char)(high << 4 | low);
            i += 2;
        } else if (plus && byte == '+') {
            byte = ' ';
        }
        decoded[length++] = byte;
    }
    struct str whole = {decoded, length};
    if (!utf8_is_valid(whole)) {
        return REFUSED;
    }
    *out_text = whole;
    return DONE;
}

enum status http_read_urlencoded(struct arena *arena, struct str text,
                                 struct pairs *out_pairs) {
    struct pairs pairs = {NULL, 0};
    size_t room = 0;
    while (text.length > 0) {
        struct str value = str_cut(&text, '&');
        struct str name = str_cut(&value, '=');
        struct pair pair = {.name = name};
        TRY(http_decode(arena, name, true, &pair.name));
        TRY(http_decode(arena, value, true, &pair.value));
        if (pair.name.length > 0 || pair.value.length > 0) {
            TRY(add_pair(arena, &pairs, &room, &pair));
        }
    }
    *out_pairs = pairs;
    return DONE;
}

enum status http_read_multipart(struct arena *arena, struct str type, struct bytes body,
                                struct pairs *out_pairs) {
    struct pairs pairs = {NULL, 0};
    struct parts parts = {.rest = {(const char *)body.at, body.length}};
    size_t room = 0;
    TRY(read_boundary(arena, type, &parts.mark));
    struct str first = str_part(parts.mark, 2, parts.mark.length);
    if (parts.rest.length < first.length ||
        memcmp(parts.rest.at, first.at, first.length) != 0) {
        return REFUSED;
    }
    parts.rest = str_part(parts.rest, first.length, parts.rest.length);
    if (str_starts(parts.rest, "--")) {
        *out_pairs = pairs;
        return DONE;
    }
    for (bool last = false; !last;) {
        struct str part;
        struct pair pair = {0};
        TRY(next_part(&parts, &part, &last));
        TRY(read_part(arena, part, &pair));
        TRY(add_pair(arena, &pairs, &room, &pair));
    }
    *out_pairs = pairs;
    return DONE;
}

struct str http_read_cookie(struct str header, const char *name) {
    for (size_t i = 0; header.length > 0 && i < COOKIES_MOST; i++) {
        struct str value = str_trim(str_cut(&header, ';'));
        struct str found = str_cut(&value, '=');
        if (str_is(found, name)) {
            return value;
        }
    }
    return STR("");
}

static enum status add_pair(struct arena *arena, struct pairs *pairs, size_t *room,
                            const struct pair *pair) {
    if (pairs->count == PAIRS_MOST) {
        return REFUSED;
    }
    if (pairs->count == *room) {
        *room = *room == 0 ? 16 : *room * 2;
        struct pair *grown = TAKE_ARRAY(arena, *room, struct pair);
        if (pairs->count > 0) {
            memcpy(grown, pairs->at, pairs->count * sizeof *grown);
        }
        pairs->at = grown;
    }
    pairs->at[pairs->count++] = *pair;
    return DONE;
}

static int digit(char byte) {
    if (byte >= '0' && byte <= '9') {
        return byte - '0';
    }
    char lower = (char)(byte | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/* RFC 2046: 1 to 70 characters, here of the unreserved kind browsers and curl use. */
static enum status read_boundary(struct arena *arena, struct str type,
                                 struct str *out_mark) {
    struct str rest = type;
    str_cut(&rest, ';');
    while (rest.length > 0) {
        struct str value = str_trim(str_cut(&rest, ';'));
        struct str name = str_trim(str_cut(&value, '='));
        if (!same_letters(name, "boundary")) {
            continue;
        }
        if (value.length >= 2 && str_starts(value, "\"") && str_ends(value, "\"")) {
            value = str_part(value, 1, value.length - 1);
        }
        for (size_t i = 0; i < value.length; i++) {
            char byte = value.at[i];
            char lower = (char)(byte | 0x20);
            bool plain = (byte >= '0' && byte <= '9') || (lower >= 'a' && lower <= 'z');
            if (byte == '\0' || (!plain && strchr("'()+_,-./:=?", byte) == NULL)) {
                return REFUSED;
            }
        }
        if (value.length == 0 || value.length > 70) {
            return REFUSED;
        }
        *out_mark = str_format(arena, "\r\n--%.*s", STR_ARG(value));
        return DONE;
    }
    return REFUSED;
}

/* Standing just after a boundary: CR LF, the part, and the next boundary. */
static enum status next_part(struct parts *parts, struct str *out_part, bool *out_last) {
    if (!str_starts(parts->rest, "\r\n")) {
        return REFUSED;
    }
    struct str rest = str_part(parts->rest, 2, parts->rest.length);
    size_t end = str_find(rest, parts->mark);
    if (end == rest.length) {
        return REFUSED;
    }
    *out_part = str_part(rest, 0, end);
    parts->rest = str_part(rest, end + parts->mark.length, rest.length);
    *out_last = str_starts(parts->rest, "--");
    return DONE;
}

static enum status read_part(struct arena *arena, struct str part,
                             struct pair *out_pair) {
    size_t end = str_find(part, STR("\r\n\r\n"));
    bool named = false;
    if (end == part.length || end > 2048) {
        return REFUSED;
    }
    struct str head = str_part(part, 0, end);
    while (head.length > 0) {
        struct str line = str_part(head, 0, str_find(head, STR("\r\n")));
        head = str_part(head, line.length + 2, head.length);
        struct str value = line;
        struct str name = str_cut(&value, ':');
        value = str_trim(value);
        if (same_letters(name, "content-disposition")) {
            TRY(read_disposition(arena, value, out_pair));
            named = true;
        } else if (same_letters(name, "content-type")) {
            out_pair->type = value;
        } else if (same_letters(name, "content-transfer-encoding") &&
                   !same_letters(value, "binary") && !same_letters(value, "8bit") &&
                   !same_letters(value, "7bit")) {
            return REFUSED;
        }
    }
    out_pair->value = str_part(part, end + 4, part.length);
    bool is_text = utf8_is_valid(out_pair->value);
    bool head_is_text = utf8_is_valid(out_pair->type);
    return named && head_is_text && (out_pair->is_file || is_text) ? DONE : REFUSED;
}

static enum status read_disposition(struct arena *arena, struct str value,
                                    struct pair *out_pair) {
    struct str rest = value;
    bool named = false;
    if (!same_letters(str_trim(str_cut(&rest, ';')), "form-data")) {
        return REFUSED;
    }
    for (rest = str_trim(rest); rest.length > 0; rest = str_trim(rest)) {
        struct str name = str_trim(str_cut(&rest, '='));
        struct str text;
        TRY(read_quoted(arena, &rest, &text));
        if (same_letters(name, "name") && !named) {
            out_pair->name = text;
            named = true;
        } else if (same_letters(name, "filename") && !out_pair->is_file) {
            out_pair->file = last_name(text);
            out_pair->is_file = true;
        } else if (!same_letters(name, "filename*")) {
            return REFUSED;
        }
    }
    return named ? DONE : REFUSED;
}

/* "text" with the escapes browsers use (%22 %0D %0A; backslash quote from curl), or a
 * token. */
static enum status read_quoted(struct arena *arena, struct str *rest,
                               struct str *out_text) {
    struct buffer text;
    buffer_init(&text, arena);
    size_t at = 0;
    bool quoted = str_starts(*rest, "\"");
    for (at = quoted ? 1 : 0; at < rest->length; at++) {
        char byte = rest->at[at];
        if ((quoted && byte == '"') || (!quoted && byte == ';')) {
            break;
        }
        struct str here = str_part(*rest, at, rest->length);
        if (byte == '\\' && (str_starts(here, "\\\"") || str_starts(here, "\\\\"))) {
            byte = rest->at[++at];
        } else if (str_starts(here, "%22")) {
            byte = '"';
            at += 2;
        } else if (byte == '\0' || byte == '\r' || byte == '\n') {
            return REFUSED;
        }
        buffer_add_char(&text, byte);
    }
    if (quoted && at == rest->length) {
        return REFUSED;
    }
    struct str after = str_trim(str_part(*rest, at + (quoted ? 1 : 0), rest->length));
    if (after.length > 0 && !str_starts(after, ";")) {
        return REFUSED;
    }
    *rest = str_part(after, 1, after.length);
    *out_text = buffer_str(&text);
    return utf8_is_valid(*out_text) ? DONE : REFUSED;
}

static bool same_letters(struct str a, const char *lower) {
    size_t length = strlen(lower);
    if (a.length != length) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        char byte = a.at[i] >= 'A' && a.at[i] <= 'Z' ? (char)(a.at[i] | 0x20) : a.at[i];
        if (byte != lower[i]) {
            return false;
        }
    }
    return true;
}

static struct str last_name(struct str file) {
    for (size_t i = file.length; i > 0; i--) {
        if (file.at[i - 1] == '/' || file.at[i - 1] == '\\') {
            return str_part(file, i, file.length);
        }
    }
    return file;
}
