/*
 * Reads the events of the sandboxed parser.  They are untrusted: every length is
 * checked against what is there, every text is valid UTF-8 or the reading ends.
 */
#include "text/text_own.h"

#include <string.h>

static bool read_number(struct bytes events, size_t *position, size_t *out_number);
static bool read_text(struct bytes events, size_t *position, struct str *out_text);

bool html_next_event(struct bytes events, size_t *position, enum html_event *out_event,
                     struct html_element *out_element, struct str *out_text) {
    if (*position >= events.length) {
        return false;
    }
    unsigned char kind = events.at[(*position)++];
    *out_event = (enum html_event)kind;
    if (kind == EVENT_END) {
        return true;
    }
    if (kind == EVENT_TEXT) {
        return read_text(events, position, out_text);
    }
    size_t count;
    if (kind != EVENT_START || !read_text(events, position, &out_element->name) ||
        !read_number(events, position, &count) || count > ATTRIBUTES_MOST) {
        return false;
    }
    out_element->attribute_count = count;
    for (size_t i = 0; i < count; i++) {
        if (!read_text(events, position, &out_element->attributes[i].name) ||
            !read_text(events, position, &out_element->attributes[i].value)) {
            return false;
        }
    }
    return true;
}

static bool read_number(struct bytes events, size_t *position, size_t *out_number) {
    uint32_t number;
    if (events.length - *position < sizeof number) {
        return false;
    }
    memcpy(&number, events.at + *position, sizeof number);
    *position += sizeof number;
    *out_number = number;
    return true;
}

static bool read_text(struct bytes events, size_t *position, struct str *out_text) {
    size_t length;
    if (!read_number(events, position, &length) || events.length - *position < length) {
        return false;
    }
    struct str text = {(const char *)events.at + *position, length};
    if (!utf8_is_valid(text)) {
        return false;
    }
    *position += length;
    *out_text = text;
    return true;
}
