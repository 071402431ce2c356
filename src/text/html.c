/*
 * Cleaning a body: parse in the sandbox, build and write here, and again until
 * nothing changes, so that what is kept is a fixed point by construction.
 */
#include "text/text_own.h"

#include <libxml/parser.h>
#include <string.h>

#define PASSES_MOST   5
#define PARSE_SECONDS 10
#define EVENTS_MOST   ((size_t)32 << 20)
#define CLEANING_MOST ((size_t)2 << 30) /* five passes of events, a tree and a text */

static enum status clean_until_it_stands(struct call *call, struct str html,
                                         struct cleaned *out_cleaned);
static enum status clean_once(struct call *call, struct str html,
                              int dropped[DROPPED_KINDS], struct str *out_html);
static void warm_parsers(void);

static const struct sandbox_parser parsers[TEXT_PARSERS] = {
    [TEXT_PARSER_HTML] = {.name = "html", .parse = html_parse},
    [TEXT_PARSER_PICTURE] = {.name = "picture", .parse = picture_parse},
    [TEXT_PARSER_OFFICE] = {.name = "office", .parse = office_parse},
    [TEXT_PARSER_PDF] = {.name = "pdf", .parse = pdf_parse},
    [TEXT_PARSER_CONVERT] = {.name = "LibreOffice",
                             .parse = convert_parse,
                             .starts_program = true},
    [TEXT_PARSER_PACKAGE] = {.name = "package", .parse = package_parse},
};
const struct sandbox_table text_parsers = {parsers, TEXT_PARSERS, warm_parsers};

enum status text_clean_html(struct call *call, struct str html,
                            struct cleaned *out_cleaned) {
    if (html.length > TEXT_HTML_MOST) {
        return call_refuse(call, REFUSED, "", "text.too-long", NULL);
    }
    /* Events and trees are many times the body: they do not weigh on the call. */
    struct call own = *call;
    struct cleaned cleaned;
    own.arena = arena_new(CLEANING_MOST);
    enum status status = clean_until_it_stands(&own, html, &cleaned);
    if (status == DONE) {
        cleaned.html = str_copy(call->arena, cleaned.html);
        *out_cleaned = cleaned;
    }
    arena_free(own.arena);
    if (status == REFUSED) {
        bool too_long = cleaned.html.length > TEXT_HTML_MOST;
        return call_refuse(call, REFUSED, "",
                           too_long ? "text.too-long" : "text.unreadable", NULL);
    }
    return status;
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

/* On REFUSED *out_cleaned* holds what was too long, or nothing. */
static enum status clean_until_it_stands(struct call *call, struct str html,
                                         struct cleaned *out_cleaned) {
    *out_cleaned = (struct cleaned){.html = STR("")};
    struct str before = html;
    for (int pass = 0; pass < PASSES_MOST; pass++) {
        int dropped[DROPPED_KINDS] = {0};
        struct str after;
        TRY(clean_once(call, before, dropped, &after));
        if (pass == 0) {
            memcpy(out_cleaned->dropped, dropped, sizeof dropped);
        }
        out_cleaned->html = after;
        if (after.length > TEXT_HTML_MOST) {
            return REFUSED;
        }
        if (pass > 0 && str_equal(before, after)) {
            return DONE;
        }
        before = after;
    }
    out_cleaned->html = STR("");
    return REFUSED;
}

static enum status clean_once(struct call *call, struct str html,
                              int dropped[DROPPED_KINDS], struct str *out_html) {
    struct sandbox_wish wish = {.parser = TEXT_PARSER_HTML,
                                .input = bytes_of_str(html),
                                .seconds = PARSE_SECONDS,
                                .most = EVENTS_MOST};
    struct sandbox_answer answer;
    struct html_node *root;
    TRY(sandbox_run(call->house->sandbox, call->arena, &wish, &answer));
    TRY(html_build(call->arena, answer.out, dropped, &root));
    *out_html = html_write(call->arena, root);
    return DONE;
}

/* Libraries read their tables on first use; a run could not open the files. */
static void warm_parsers(void) {
    xmlInitParser();
    pdf_warm();
}
