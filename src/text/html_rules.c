/*
 * The closed lists: which elements of a source do what, and which attributes may
 * be written.  What is not named here is unwrapped (elements) or left out
 * (attributes).
 */
#include "text/text_own.h"

#include <string.h>
#include <strings.h>

#define CLASSES_MOST 2048 /* bytes of a class or style attribute that are looked at */
#define ADDRESS_MOST 2048 /* bytes of a link */

static bool is_address(struct str value);
static bool has_tame_bytes(struct str value);
static bool is_file_address(struct str value);
static void add_attribute(struct buffer *out, const char *name, struct str value);
static void add_count(struct buffer *out, const struct html_element *element,
                      const char *name, int64_t least, int64_t most);
static bool holds_word(struct str words, const char *word);
static struct str squeezed(struct arena *arena, struct str style);

#define UNWRAPPED(name)                                                                  \
    { name, ROLE_UNWRAP, TAG_ROOT, DROPPED_KINDS }
#define BREAKING(name)                                                                   \
    { name, ROLE_BREAK, TAG_ROOT, DROPPED_KINDS }
#define DROPPING(name, kind)                                                             \
    { name, ROLE_DROP, TAG_ROOT, kind }
#define IGNORED(name)                                                                    \
    { name, ROLE_NOTHING, TAG_ROOT, DROPPED_KINDS }
#define WRITTEN(name, role, tag)                                                         \
    { name, role, tag, DROPPED_KINDS }

static const struct html_rule rules[] = {
    WRITTEN("p", ROLE_BLOCK, TAG_P),
    WRITTEN("h1", ROLE_BLOCK, TAG_H2),
    WRITTEN("h2", ROLE_BLOCK, TAG_H2),
    WRITTEN("h3", ROLE_BLOCK, TAG_H3),
    WRITTEN("h4", ROLE_BLOCK, TAG_H4),
    WRITTEN("h5", ROLE_BLOCK, TAG_H4),
    WRITTEN("h6", ROLE_BLOCK, TAG_H4),
    WRITTEN("caption", ROLE_BLOCK, TAG_CAPTION),
    WRITTEN("figcaption", ROLE_BLOCK, TAG_FIGCAPTION),
    WRITTEN("blockquote", ROLE_HOLDER, TAG_BLOCKQUOTE),
    WRITTEN("ul", ROLE_HOLDER, TAG_UL),
    WRITTEN("menu", ROLE_HOLDER, TAG_UL),
    WRITTEN("dir", ROLE_HOLDER, TAG_UL),
    WRITTEN("ol", ROLE_HOLDER, TAG_OL),
    WRITTEN("li", ROLE_HOLDER, TAG_LI),
    WRITTEN("table", ROLE_HOLDER, TAG_TABLE),
    WRITTEN("thead", ROLE_HOLDER, TAG_THEAD),
    WRITTEN("tbody", ROLE_HOLDER, TAG_TBODY),
    WRITTEN("tfoot", ROLE_HOLDER, TAG_TBODY),
    WRITTEN("tr", ROLE_HOLDER, TAG_TR),
    WRITTEN("td", ROLE_HOLDER, TAG_TD),
    WRITTEN("th", ROLE_HOLDER, TAG_TH),
    WRITTEN("figure", ROLE_HOLDER, TAG_FIGURE),
    WRITTEN("strong", ROLE_FORMAT, TAG_STRONG),
    WRITTEN("b", ROLE_FORMAT, TAG_STRONG),
    WRITTEN("em", ROLE_FORMAT, TAG_EM),
    WRITTEN("i", ROLE_FORMAT, TAG_EM),
    WRITTEN("u", ROLE_FORMAT, TAG_U),
    WRITTEN("ins", ROLE_FORMAT, TAG_U),
    WRITTEN("s", ROLE_FORMAT, TAG_S),
    WRITTEN("strike", ROLE_FORMAT, TAG_S),
    WRITTEN("del", ROLE_FORMAT, TAG_S),
    WRITTEN("sub", ROLE_FORMAT, TAG_SUB),
    WRITTEN("sup", ROLE_FORMAT, TAG_SUP),
    WRITTEN("a", ROLE_FORMAT, TAG_A),
    WRITTEN("br", ROLE_BR, TAG_BR),
    WRITTEN("hr", ROLE_HR, TAG_HR),
    WRITTEN("img", ROLE_IMG, TAG_IMG),
    WRITTEN("v:imagedata", ROLE_IMG, TAG_IMG),
    BREAKING("div"),
    BREAKING("section"),
    BREAKING("article"),
    BREAKING("main"),
    BREAKING("header"),
    BREAKING("footer"),
    BREAKING("aside"),
    BREAKING("nav"),
    BREAKING("center"),
    BREAKING("address"),
    BREAKING("dl"),
    BREAKING("dt"),
    BREAKING("dd"),
    BREAKING("pre"),
    BREAKING("listing"),
    BREAKING("form"),
    BREAKING("fieldset"),
    BREAKING("legend"),
    BREAKING("details"),
    BREAKING("summary"),
    BREAKING("body"),
    DROPPING("script", DROPPED_SCRIPT),
    DROPPING("noscript", DROPPED_SCRIPT),
    DROPPING("style", DROPPED_KINDS),
    DROPPING("title", DROPPED_KINDS),
    DROPPING("xml", DROPPED_KINDS),
    DROPPING("iframe", DROPPED_EMBEDDED),
    DROPPING("frame", DROPPED_EMBEDDED),
    DROPPING("frameset", DROPPED_EMBEDDED),
    DROPPING("noframes", DROPPED_EMBEDDED),
    DROPPING("object", DROPPED_EMBEDDED),
    DROPPING("embed", DROPPED_EMBEDDED),
    DROPPING("noembed", DROPPED_EMBEDDED),
    DROPPING("applet", DROPPED_EMBEDDED),
    DROPPING("video", DROPPED_EMBEDDED),
    DROPPING("audio", DROPPED_EMBEDDED),
    DROPPING("canvas", DROPPED_EMBEDDED),
    DROPPING("svg", DROPPED_EMBEDDED),
    DROPPING("math", DROPPED_EMBEDDED),
    DROPPING("map", DROPPED_EMBEDDED),
    DROPPING("input", DROPPED_FORM),
    DROPPING("select", DROPPED_FORM),
    DROPPING("textarea", DROPPED_FORM),
    DROPPING("datalist", DROPPED_FORM),
    DROPPING("xmp", DROPPED_ELEMENT),
    DROPPING("plaintext", DROPPED_ELEMENT),
    DROPPING("template", DROPPED_ELEMENT),
    DROPPING("dialog", DROPPED_ELEMENT),
    IGNORED("meta"),
    IGNORED("link"),
    IGNORED("base"),
    IGNORED("col"),
    IGNORED("colgroup"),
    IGNORED("wbr"),
    IGNORED("param"),
    IGNORED("source"),
    IGNORED("track"),
};
static const struct html_rule unwrapped = UNWRAPPED("");

static const char *const classes[] = {"no-indent", "centre", "right",
                                      "signature", "date",   "docnum"};

const char *tag_name(enum tag tag) {
    static const char *const names[TAGS] = {
        [TAG_ROOT] = "",
        [TAG_TEXT] = "",
        [TAG_P] = "p",
        [TAG_H2] = "h2",
        [TAG_H3] = "h3",
        [TAG_H4] = "h4",
        [TAG_BLOCKQUOTE] = "blockquote",
        [TAG_HR] = "hr",
        [TAG_UL] = "ul",
        [TAG_OL] = "ol",
        [TAG_LI] = "li",
        [TAG_TABLE] = "table",
        [TAG_CAPTION] = "caption",
        [TAG_THEAD] = "thead",
        [TAG_TBODY] = "tbody",
        [TAG_TR] = "tr",
        [TAG_TH] = "th",
        [TAG_TD] = "td",
        [TAG_FIGURE] = "figure",
        [TAG_FIGCAPTION] = "figcaption",
        [TAG_STRONG] = "strong",
        [TAG_EM] = "em",
        [TAG_U] = "u",
        [TAG_S] = "s",
        [TAG_SUB] = "sub",
        [TAG_SUP] = "sup",
        [TAG_A] = "a",
        [TAG_BR] = "br",
        [TAG_IMG] = "img",
    };
    return names[tag];
}

const struct html_rule *html_rule_of(struct str name) {
    for (size_t i = 0; i < LENGTH(rules); i++) {
        if (name.length == strlen(rules[i].name) &&
            strncasecmp(name.at, rules[i].name, name.length) == 0) {
            return &rules[i];
        }
    }
    return &unwrapped;
}

bool html_attributes_of(struct arena *arena, enum tag tag,
                        const struct html_element *element, struct str *out_written) {
    struct buffer out;
    buffer_init(&out, arena);
    struct str class_name = STR("");
    switch (tag) {
    case TAG_P:
    case TAG_H2:
    case TAG_H3:
    case TAG_H4:
    case TAG_TD:
    case TAG_TH:
        class_name = html_layout_class(arena, element);
        if (class_name.length > 0) {
            add_attribute(&out, "class", class_name);
        }
        break;
    case TAG_OL:
        add_count(&out, element, "start", 2, 9999);
        break;
    case TAG_A: {
        struct str address = str_trim(html_attribute(element, "href"));
        if (!is_address(address)) {
            return false;
        }
        add_attribute(&out, "href", address);
        break;
    }
    case TAG_IMG: {
        struct str source = str_trim(html_attribute(element, "src"));
        if (!is_file_address(source)) {
            return false;
        }
        add_attribute(&out, "src", source);
        for (size_t i = 0; i < element->attribute_count; i++) {
            if (str_is(element->attributes[i].name, "alt")) {
                add_attribute(&out, "alt", str_trim(element->attributes[i].value));
                break;
            }
        }
        add_count(&out, element, "width", 1, 10000);
        add_count(&out, element, "height", 1, 10000);
        break;
    }
    default:
        break;
    }
    if (tag == TAG_TD || tag == TAG_TH) {
        add_count(&out, element, "colspan", 2, 1000);
        add_count(&out, element, "rowspan", 2, 1000);
    }
    struct str scope = html_attribute(element, "scope");
    if (tag == TAG_TH && (str_is(scope, "row") || str_is(scope, "col") ||
                          str_is(scope, "rowgroup") || str_is(scope, "colgroup"))) {
        add_attribute(&out, "scope", scope);
    }
    *out_written = buffer_str(&out);
    return true;
}

struct str html_layout_class(struct arena *arena, const struct html_element *element) {
    struct buffer out;
    buffer_init(&out, arena);
    struct str given = str_part(html_attribute(element, "class"), 0, CLASSES_MOST);
    struct str align = html_attribute(element, "align");
    struct str style = squeezed(arena, html_attribute(element, "style"));
    bool centred = str_is(element->name, "center") || str_is(align, "center") ||
                   str_find(style, STR("text-align:center")) < style.length;
    bool to_right =
        str_is(align, "right") || str_find(style, STR("text-align:right")) < style.length;
    for (size_t i = 0; i < LENGTH(classes); i++) {
        if (holds_word(given, classes[i]) ||
            (centred && str_is(STR("centre"), classes[i])) ||
            (to_right && str_is(STR("right"), classes[i]))) {
            buffer_add_text(&out, out.length > 0 ? " " : "");
            buffer_add_text(&out, classes[i]);
        }
    }
    return buffer_str(&out);
}

struct str html_attribute(const struct html_element *element, const char *name) {
    for (size_t i = 0; i < element->attribute_count; i++) {
        if (str_is(element->attributes[i].name, name)) {
            return element->attributes[i].value;
        }
    }
    return STR("");
}

void html_add_escaped(struct buffer *out, struct str text) {
    size_t from = 0;
    for (size_t i = 0; i < text.length; i++) {
        const char *reference = text.at[i] == '&'    ? "&amp;"
                                : text.at[i] == '<'  ? "&lt;"
                                : text.at[i] == '>'  ? "&gt;"
                                : text.at[i] == '"'  ? "&quot;"
                                : text.at[i] == '\'' ? "&#39;"
                                : text.at[i] == '`'  ? "&#96;"
                                                     : NULL;
        if (reference != NULL) {
            buffer_add(out, str_part(text, from, i));
            buffer_add_text(out, reference);
            from = i + 1;
        }
    }
    buffer_add(out, str_part(text, from, text.length));
}

/* Schemes are named, never guessed: what has a colon before any of "/?#" and is
 * not one of three is refused; so is anything a browser reads as another host. */
static bool is_address(struct str value) {
    if (value.length == 0 || value.length > ADDRESS_MOST || !has_tame_bytes(value) ||
        str_starts(value, "//")) {
        return false;
    }
    size_t end = 0;
    while (end < value.length && strchr(":/?#", value.at[end]) == NULL) {
        end++;
    }
    if (end == value.length || value.at[end] != ':') {
        return true;
    }
    struct str rest = str_part(value, end, value.length);
    if (end == 6 && strncasecmp(value.at, "mailto", 6) == 0) {
        return rest.length > 1;
    }
    bool web = (end == 4 && strncasecmp(value.at, "http", 4) == 0) ||
               (end == 5 && strncasecmp(value.at, "https", 5) == 0);
    return web && rest.length > 3 && str_starts(rest, "://") && rest.at[3] != '/';
}

static bool has_tame_bytes(struct str value) {
    for (size_t i = 0; i < value.length; i++) {
        unsigned char byte = (unsigned char)value.at[i];
        if (byte < 0x20 || byte == 0x7f || byte == '\\') {
            return false;
        }
    }
    return true;
}

static bool is_file_address(struct str value) {
    if (!str_starts(value, "/files/") || value.length < 8 || value.length > 200) {
        return false;
    }
    struct str name = str_part(value, 7, value.length);
    for (size_t i = 0; i < name.length; i++) {
        char byte = name.at[i];
        bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                     (byte >= '0' && byte <= '9') || byte == '-' || byte == '_' ||
                     byte == ':' || (byte == '.' && i > 0 && name.at[i - 1] != '.');
        if (!plain) {
            return false;
        }
    }
    return true;
}

static void add_attribute(struct buffer *out, const char *name, struct str value) {
    buffer_add_char(out, ' ');
    buffer_add_text(out, name);
    buffer_add_text(out, "=\"");
    for (size_t i = 0; i < value.length; i++) {
        unsigned char byte = (unsigned char)value.at[i];
        html_add_escaped(out, byte < 0x20 || byte == 0x7f ? STR(" ")
                                                          : str_part(value, i, i + 1));
    }
    buffer_add_char(out, '"');
}

/* A count written as digits; one outside its range is left out. */
static void add_count(struct buffer *out, const struct html_element *element,
                      const char *name, int64_t least, int64_t most) {
    struct str value = str_trim(html_attribute(element, name));
    if (str_ends(value, "px")) {
        value.length -= 2;
    }
    int64_t number;
    if (str_to_int(value, &number) == DONE && number >= least && number <= most) {
        buffer_add_char(out, ' ');
        buffer_add_text(out, name);
        buffer_add_text(out, "=\"");
        buffer_add_int(out, number);
        buffer_add_char(out, '"');
    }
}

static bool holds_word(struct str words, const char *word) {
    while (words.length > 0) {
        if (str_is(str_cut(&words, ' '), word)) {
            return true;
        }
    }
    return false;
}

/* A style without blanks and in lower case. */
static struct str squeezed(struct arena *arena, struct str style) {
    struct buffer out;
    buffer_init(&out, arena);
    style = str_part(style, 0, CLASSES_MOST);
    for (size_t i = 0; i < style.length; i++) {
        char byte = style.at[i];
        if (byte != ' ' && byte != '\t' && byte != '\n' && byte != '\r') {
            buffer_add_char(&out, byte >= 'A' && byte <= 'Z' ? (char)(byte + 32) : byte);
        }
    }
    return buffer_str(&out);
}
