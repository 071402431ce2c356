/*
 * Public addresses.  They are made of column codes, years and numbers that the
 * program gives out; nothing that a person typed as a title enters them.  What
 * is made here is judged here too, by a rule of its own, before any file is
 * opened: two walls, so that a mistake in one is caught by the other.
 */
#include "publication_own.h"

#include <string.h>

#define PATH_MOST 400
#define PART_MOST 60
#define CODE_MOST 40
#define FOLDER    100 /* items in one leaf of the manifest */

#define SEEN_PREFIX "s/seen/"
#define SEEN_ENDING ".gif"

static bool part_is_ours(struct str part);
static bool is_generated(struct str path);
static bool is_plain(char byte);
static bool is_lower_or_digit(char byte);

bool address_is_ours(struct str path) {
    if (path.length == 0 || path.length > PATH_MOST) {
        return false;
    }
    struct str rest = path;
    for (;;) {
        bool last = memchr(rest.at, '/', rest.length) == NULL;
        struct str part = str_cut(&rest, '/');
        if (!part_is_ours(part)) {
            return false;
        }
        if (last) {
            return true;
        }
        if (rest.length == 0) {
            return false;
        }
    }
}

bool address_code_fits(struct str code) {
    if (code.length == 0 || code.length > CODE_MOST) {
        return false;
    }
    for (size_t i = 0; i < code.length; i++) {
        if (!is_lower_or_digit(code.at[i]) && code.at[i] != '-') {
            return false;
        }
    }
    return code.at[0] != '-';
}

/* "zz" is the elder mirror, "s" holds the theme's own files. */
bool address_column_fits(struct str path) {
    if (path.length == 0 || path.length > PATH_MOST - PART_MOST) {
        return false;
    }
    struct str rest = path;
    struct str top = str_cut(&rest, '/');
    if (str_is(top, "zz") || str_is(top, "s")) {
        return false;
    }
    for (struct str part = top;; part = str_cut(&rest, '/')) {
        if (!address_code_fits(part)) {
            return false;
        }
        if (rest.length == 0) {
            return path.at[path.length - 1] != '/';
        }
    }
}

struct str address_item(struct arena *arena, struct str column_path, instant released_at,
                        int64_t number) {
    struct date date = date_of_day(instant_day(released_at));
    return str_format(arena, "%.*s/%d/%lld.html", STR_ARG(column_path), date.year,
                      (long long)number);
}

struct str address_list(struct arena *arena, struct str column_path, int64_t page) {
    return str_format(arena, "%.*s/list-%lld.html", STR_ARG(column_path),
                      (long long)page);
}

struct str address_below(struct arena *arena, struct str column_path, const char *name) {
    size_t length = strlen(name);
    size_t slash = column_path.length > 0 ? 1 : 0;
    char *path = arena_take(arena, column_path.length + slash + length + 1);
    if (slash > 0) {
        memcpy(path, column_path.at, column_path.length);
        path[column_path.length] = '/';
    }
    memcpy(path + column_path.length + slash, name, length);
    return (struct str){path, column_path.length + slash + length};
}

/* Put together by hand: a page is full of addresses (printf was a tenth of it). */
struct str address_join(struct arena *arena, struct str one, struct str other) {
    char *joined = arena_take(arena, one.length + other.length + 1);
    if (one.length > 0) {
        memcpy(joined, one.at, one.length);
    }
    if (other.length > 0) {
        memcpy(joined + one.length, other.at, other.length);
    }
    return (struct str){joined, one.length + other.length};
}

struct str address_gone(struct arena *arena, struct str item_path) {
    return address_join(arena, item_path, STR(".gone"));
}

/* Below "s", which no column and no old address can have. */
struct str address_seen(struct arena *arena, struct str path) {
    return str_format(arena, SEEN_PREFIX "%.*s" SEEN_ENDING, STR_ARG(path));
}

enum status publication_seen_page(struct str path, struct str *out_page) {
    const struct str ending = STR(SEEN_ENDING);
    path = str_part(path, str_starts(path, "/zz/") ? strlen("/zz/") : 1, path.length);
    if (!str_starts(path, SEEN_PREFIX) || !str_ends(path, SEEN_ENDING)) {
        return ABSENT;
    }
    struct str page = str_part(path, strlen(SEEN_PREFIX), path.length - ending.length);
    if (!address_is_ours(page) || !str_ends(page, "html")) {
        return ABSENT;
    }
    *out_page = page;
    return DONE;
}

/* An old address stays unless the program may one day want it for itself. */
bool address_may_be_kept(struct str old_path) {
    struct str rest = old_path;
    struct str top = str_cut(&rest, '/');
    return address_is_ours(old_path) && rest.length > 0 && !str_is(top, "zz") &&
           !str_is(top, "s") && str_ends(old_path, "html") && !is_generated(old_path);
}

struct str address_attachment(struct arena *arena, struct str item_path, int ordinal,
                              struct str extension) {
    size_t dot = item_path.length;
    while (dot > 0 && item_path.at[dot - 1] != '.') {
        dot--;
    }
    struct str stem = str_part(item_path, 0, dot > 0 ? dot - 1 : item_path.length);
    return str_format(arena, "%.*s-%d.%.*s", STR_ARG(stem), ordinal, STR_ARG(extension));
}

struct str address_up(struct arena *arena, struct str path) {
    static const char ladder[] = "../../../../../../../../../../../../../../../../../../";
    size_t depth = 0;
    for (size_t i = 0; i < path.length; i++) {
        depth += path.at[i] == '/';
    }
    if (depth * 3 < sizeof ladder) {
        return (struct str){ladder, depth * 3};
    }
    struct str up = STR("");
    for (size_t i = 0; i < depth; i++) {
        up = address_join(arena, up, STR("../"));
    }
    return up;
}

/*
 * The directory of a path as the manifest sees it.  A year may hold any number
 * of items, so a numbered file lies in a folder of a hundred: "…/2026/+11" for
 * 1187.html; list pages likewise.  This keeps the hash tree's width bounded.
 */
struct str address_folder(struct arena *arena, struct str path) {
    size_t slash = path.length;
    while (slash > 0 && path.at[slash - 1] != '/') {
        slash--;
    }
    struct str name = str_part(path, slash, path.length);
    struct str above = str_part(path, 0, slash > 0 ? slash - 1 : 0);
    size_t at = str_starts(name, "list-") ? strlen("list-") : 0;
    size_t from = at;
    int64_t number = 0;
    while (at < name.length && at - from < 15 && name.at[at] >= '0' &&
           name.at[at] <= '9') {
        number = number * 10 + (name.at[at] - '0');
        at++;
    }
    if (at == from) {
        return str_copy(arena, above);
    }
    return str_format(arena, "%.*s%s+%s%lld", STR_ARG(above), above.length > 0 ? "/" : "",
                      from > 0 ? "list-" : "", (long long)(number / FOLDER));
}

/* The shapes that this file makes: YEAR/NUMBER.html, list-N.html, index.html. */
static bool is_generated(struct str path) {
    struct str name = path;
    for (struct str rest = path; rest.length > 0;) {
        name = str_cut(&rest, '/');
    }
    if (str_starts(name, "list-") || str_starts(name, "index.")) {
        return true;
    }
    size_t digits = 0;
    while (digits < name.length && name.at[digits] >= '0' && name.at[digits] <= '9') {
        digits++;
    }
    return digits > 0 && str_is(str_part(name, digits, name.length), ".html");
}

/* Capitals and '_' occur in addresses kept from an old site. */
static bool part_is_ours(struct str part) {
    if (part.length == 0 || part.length > PART_MOST || !is_plain(part.at[0])) {
        return false;
    }
    for (size_t i = 0; i < part.length; i++) {
        char byte = part.at[i];
        bool dot_pair = byte == '.' && i + 1 < part.length && part.at[i + 1] == '.';
        if (dot_pair || (!is_plain(byte) && byte != '-' && byte != '.' && byte != '_')) {
            return false;
        }
    }
    return part.at[part.length - 1] != '.';
}

static bool is_plain(char byte) {
    return is_lower_or_digit(byte) || (byte >= 'A' && byte <= 'Z');
}

static bool is_lower_or_digit(char byte) {
    return (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
}
