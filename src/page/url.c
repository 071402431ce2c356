/*
 * Addresses that a page may point to.
 */
#include "page_own.h"

static bool is_scheme(struct str scheme);

bool url_is_harmless(struct str url) {
    for (size_t i = 0; i < url.length; i++) {
        unsigned char byte = (unsigned char)url.at[i];
        if (byte <= ' ' || byte == 0x7f || byte == '\\') {
            return false;
        }
    }
    if (str_starts(url, "//")) {
        return false;
    }
    size_t end = 0;
    while (end < url.length && url.at[end] != ':' && url.at[end] != '/' &&
           url.at[end] != '?' && url.at[end] != '#') {
        end++;
    }
    return end == url.length || url.at[end] != ':' || is_scheme(str_part(url, 0, end));
}

static bool is_scheme(struct str scheme) {
    static const char *const known[] = {"http", "https", "mailto", "tel"};
    for (size_t i = 0; i < LENGTH(known); i++) {
        struct str name = str_of(known[i]);
        size_t same = 0;
        while (same < name.length && same < scheme.length &&
               (scheme.at[same] | 0x20) == name.at[same]) {
            same++;
        }
        if (same == name.length && same == scheme.length) {
            return true;
        }
    }
    return false;
}
