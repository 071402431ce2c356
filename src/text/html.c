/*
 * Cleaning a body: parse in the sandbox, build and write here, and again until
 * nothing changes, so that what is kept is a fixed point by construction.
 */
#include "text/text_own.h"

#include <libxml/parser.h>

#define PASSES_MOST   5
#define PARSE_SECONDS 10
#define EVENTS_MOST   ((size_t)48 << 20)

static enum status clean_once(struct call *call, struct str html,
                              int dropped[DROPPED_KINDS], struct str *out_html);
static void warm_parsers(void);

static const struct sandbox_parser parsers[TEXT_PARSERS] = {
    [TEXT_PARSER_HTML] = {"html", html_parse},
    [TEXT_PARSER_PICTURE] = {"picture", picture_parse},
    [TEXT_PARSER_OFFICE] = {"office", office_parse},
};
const struct sandbox_table text_parsers = {parsers, TEXT_PARSERS, warm_parsers};

enum status text_clean_html(struct call *call, struct str html,
                            struct cleaned *out_cleaned) {
    if (html.length > TEXT_HTML_MOST) {
        return call_refuse(call, REFUSED, "", "text.too-long", NULL);
    }
    struct cleaned cleaned = {.html = html};
    TRY(clean_once(call, html, cleaned.dropped, &cleaned.html));
    for (int pass = 1; pass < PASSES_MOST; pass++) {
        int again[DROPPED_KINDS] = {0};
        struct str before = cleaned.html;
        TRY(clean_once(call, before, again, &cleaned.html));
        if (str_equal(before, cleaned.html)) {
            *out_cleaned = cleaned;
            return DONE;
        }
    }
    return call_refuse(call, REFUSED, "", "text.unreadable", NULL);
}

int cleaned_pieces(const struct cleaned *cleaned) {
    int pieces = 0;
    for (int kind = 0; kind < DROPPED_KINDS; kind++) {
        pieces += kind == DROPPED_STYLE ? 0 : cleaned->dropped[kind];
    }
    return pieces;
}

struct str cleaned_kinds(struct arena *arena, const struct cleaned *cleaned) {
    struct buffer out;
    buffer_init(&out, arena);
    for (int kind = 0; kind < DROPPED_KINDS; kind++) {
        if (cleaned->dropped[kind] > 0) {
            buffer_add_text(&out, out.length > 0 ? ", " : "");
            buffer_add_format(&out, "%s %d", dropped_kind_name((enum dropped_kind)kind),
                              cleaned->dropped[kind]);
        }
    }
    return buffer_str(&out);
}

const char *dropped_kind_name(enum dropped_kind kind) {
    static const char *const names[DROPPED_KINDS] = {
        "script", "embedded", "picture", "link", "form", "element", "style"};
    return kind < DROPPED_KINDS ? names[kind] : "element";
}

static enum status clean_once(struct call *call, struct str html,
                              int dropped[DROPPED_KINDS], struct str *out_html) {
    struct sandbox_wish wish = {.parser = TEXT_PARSER_HTML,
                                .input = bytes_of_str(html),
                                .seconds = PARSE_SECONDS,
                                .most = EVENTS_MOST};
    struct sandbox_answer answer;
    enum status status = sandbox_run(call->house->sandbox, call->arena, &wish, &answer);
    if (status == FAILED) {
        return FAILED;
    }
    struct html_node *root;
    if (status != DONE || html_build(call->arena, answer.out, dropped, &root) != DONE) {
        return call_refuse(call, REFUSED, "", "text.unreadable", NULL);
    }
    struct str written = html_write(call->arena, root);
    if (written.length > TEXT_HTML_MOST) {
        return call_refuse(call, REFUSED, "", "text.too-long", NULL);
    }
    *out_html = written;
    return DONE;
}

/* libxml2 builds its tables on first use; a run could not take its locks' files. */
static void warm_parsers(void) { xmlInitParser(); }
