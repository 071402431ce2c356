/*
 * Follows literal template text just well enough to know where a tag stands.
 *
 * It is no HTML parser.  It errs towards refusing: whatever it does not
 * understand is a place where no value may stand.
 */
#include "page_own.h"

#include <string.h>
#include <strings.h>

static size_t read_text(struct html_state *state, struct str text, size_t at);
static size_t read_tag(struct html_state *state, struct str text, size_t at);
static size_t read_unquoted(struct html_state *state, struct str text, size_t at);
static size_t read_value(struct html_state *state, struct str text, size_t at);
static size_t read_raw(struct html_state *state, struct str text, size_t at);
static size_t read_comment(struct html_state *state, struct str text, size_t at);
static void judge_attribute(struct html_state *state);
static bool holds_address(struct str name);
static void judge_element(struct html_state *state, struct str name);
static void forbid(struct html_state *state, const char *why);
static bool name_is(struct str name, const char *wanted);
static bool starts_with_name(struct str text, struct str name);
static bool is_blank(char byte);

void html_state_init(struct html_state *state, bool html) {
    *state = (struct html_state){.place = PLACE_TEXT, .html = html};
}

void html_state_read(struct html_state *state, struct str text) {
    for (size_t at = 0; at < text.length;) {
        switch (state->place) {
        case PLACE_TEXT:
            at = read_text(state, text, at);
            break;
        case PLACE_TAG:
            at = read_tag(state, text, at);
            break;
        case PLACE_UNQUOTED:
            at = read_unquoted(state, text, at);
            break;
        case PLACE_VALUE:
        case PLACE_URL:
            at = read_value(state, text, at);
            break;
        case PLACE_RAW:
            at = read_raw(state, text, at);
            break;
        case PLACE_COMMENT:
            at = read_comment(state, text, at);
            break;
        }
    }
}

void html_state_tag(struct html_state *state) {
    if (state->place == PLACE_TAG && !state->blank) {
        state->cut = true;
    }
}

static size_t read_text(struct html_state *state, struct str text, size_t at) {
    const char *open = memchr(text.at + at, '<', text.length - at);
    if (open == NULL) {
        return text.length;
    }
    at = (size_t)(open - text.at) + 1;
    struct str rest = str_part(text, at, text.length);
    if (state->in_text_only && !starts_with_name(rest, state->text_only)) {
        forbid(state, "nothing but text may stand in a title or textarea");
        return text.length;
    }
    state->in_text_only = false;
    if (str_starts(rest, "!") || str_starts(rest, "?")) {
        state->place = PLACE_COMMENT;
        state->quote = str_starts(rest, "!--") ? '-' : '>';
        return at;
    }
    state->place = PLACE_TAG;
    state->attribute_length = 0;
    state->raw_follows = false;
    state->blank = false;
    state->text_only = STR("");
    size_t end = 0;
    while (end < rest.length && !is_blank(rest.at[end]) && rest.at[end] != '>') {
        end++;
    }
    judge_element(state, str_part(rest, 0, end));
    return at + end;
}

static void judge_element(struct html_state *state, struct str name) {
    static const char *const opaque[] = {"xmp",      "iframe",    "noembed",
                                         "noframes", "plaintext", "noscript"};
    if (!state->html) {
        return;
    }
    if (name_is(name, "script")) {
        state->raw_follows = true;
        state->raw_name = STR("/script");
    } else if (name_is(name, "style")) {
        forbid(state, "a style element does not pass the content policy; use a file");
        state->raw_follows = true;
        state->raw_name = STR("/style");
    } else if (name_is(name, "title")) {
        state->text_only = STR("/title");
    } else if (name_is(name, "textarea")) {
        state->text_only = STR("/textarea");
    }
    for (size_t i = 0; i < LENGTH(opaque); i++) {
        if (name_is(name, opaque[i])) {
            forbid(state, "this element hides its content from the checks");
        }
    }
}

static size_t read_tag(struct html_state *state, struct str text, size_t at) {
    char byte = text.at[at];
    state->blank = is_blank(byte);
    if (state->cut && !state->blank && byte != '>' && byte != '/') {
        forbid(state, "put a blank between this and the tag before it");
    }
    state->cut = false;
    if (byte == '>') {
        state->place = state->raw_follows ? PLACE_RAW : PLACE_TEXT;
        state->in_text_only = state->text_only.length > 0;
        state->attribute_length = 0;
    } else if (byte == '=') {
        state->place = PLACE_UNQUOTED;
        state->quote = 0;
        judge_attribute(state);
    } else if (state->blank || byte == '/') {
        state->attribute_length = 0;
    } else if (state->attribute_length < sizeof state->attribute) {
        char lower = byte >= 'A' && byte <= 'Z' ? (char)(byte | 0x20) : byte;
        state->attribute[state->attribute_length++] = lower;
    }
    return at + 1;
}

/* Just after "=": a quote opens a proper value, anything else one without quotes. */
static size_t read_unquoted(struct html_state *state, struct str text, size_t at) {
    char byte = text.at[at];
    if (state->quote == 0 && (byte == '"' || byte == '\'')) {
        struct str name = {state->attribute, state->attribute_length};
        state->place = holds_address(name) ? PLACE_URL : PLACE_VALUE;
        state->quote = byte;
        state->url_start = true;
        return at + 1;
    }
    if (byte == '>' || is_blank(byte)) {
        state->place = PLACE_TAG;
        state->attribute_length = 0;
        state->blank = is_blank(byte);
        return byte == '>' ? at : at + 1;
    }
    state->quote = 1;
    return at + 1;
}

static size_t read_value(struct html_state *state, struct str text, size_t at) {
    if (text.at[at] == state->quote) {
        state->place = PLACE_TAG;
        state->blank = false;
        state->attribute_length = 0;
    } else {
        state->url_start = false;
    }
    return at + 1;
}

static size_t read_raw(struct html_state *state, struct str text, size_t at) {
    struct str rest = str_part(text, at, text.length);
    if (rest.at[0] == '<' &&
        starts_with_name(str_part(rest, 1, rest.length), state->raw_name)) {
        state->place = PLACE_TAG;
        state->raw_follows = false;
        state->blank = false;
        state->attribute_length = 0;
        return at + 1 + state->raw_name.length;
    }
    if (!is_blank(rest.at[0])) {
        forbid(state, "inline code does not pass the content policy; use a file");
    }
    return at + 1;
}

static size_t read_comment(struct html_state *state, struct str text, size_t at) {
    bool closed = state->quote == '>'
                      ? text.at[at] == '>'
                      : str_starts(str_part(text, at, text.length), "-->");
    if (closed) {
        state->place = PLACE_TEXT;
        return state->quote == '>' ? at + 1 : at + 3;
    }
    return at + 1;
}

static void judge_attribute(struct html_state *state) {
    struct str name = {state->attribute, state->attribute_length};
    if (str_is(name, "style")) {
        forbid(state, "style= does not pass the content policy; use a class");
    } else if (str_starts(name, "on")) {
        forbid(state, "an event attribute does not pass the content policy");
    } else if (str_starts(name, "hx-on") || str_is(name, "srcdoc")) {
        forbid(state, "this attribute would run or embed code");
    }
}

static bool holds_address(struct str name) {
    static const char *const names[] = {
        "href",   "src",    "action",      "formaction", "poster",   "cite",
        "data",   "hx-get", "hx-post",     "hx-put",     "hx-patch", "hx-delete",
        "srcset", "ping",   "hx-push-url", "xlink:href",
    };
    for (size_t i = 0; i < LENGTH(names); i++) {
        if (str_is(name, names[i])) {
            return true;
        }
    }
    return false;
}

/* The first fault of a line is the one worth telling. */
static void forbid(struct html_state *state, const char *why) {
    if (state->forbidden == NULL) {
        state->forbidden = why;
    }
}

static bool name_is(struct str name, const char *wanted) {
    return name.length == strlen(wanted) &&
           strncasecmp(name.at, wanted, name.length) == 0;
}

static bool starts_with_name(struct str text, struct str name) {
    return text.length >= name.length && strncasecmp(text.at, name.at, name.length) == 0;
}

static bool is_blank(char byte) {
    return byte == ' ' || byte == '\t' || byte == '\n' || byte == '\r' || byte == '\f';
}
