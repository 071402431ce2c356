/*
 * Escaping: the one place where text becomes HTML or part of an address.
 */
#include "page_own.h"

static const char *const entities[256] = {
    ['&'] = "&amp;", ['<'] = "&lt;", ['>'] = "&gt;", ['"'] = "&quot;", ['\''] = "&#39;",
};

static bool is_scheme(struct str scheme);

void html_escape(struct buffer *out, struct str text) {
    size_t clean = 0;
    for (size_t i = 0; i < text.length; i++) {
        const char *entity = entities[(unsigned char)text.at[i]];
        if (entity != NULL) {
            buffer_add(out, str_part(text, clean, i));
            buffer_add_text(out, entity);
            clean = i + 1;
        }
    }
    buffer_add(out, str_part(text, clean, text.length));
}

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
