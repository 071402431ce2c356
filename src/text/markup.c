/*
 * Other markups on their way to HTML: what a file of manuscripts may hold.  The result
 * still goes through text_clean_html, like everything that people bring.
 */
#include "text/text.h"

#include <cmark-gfm-core-extensions.h>
#include <cmark-gfm.h>
#include <pthread.h>
#include <stdlib.h>

static struct str html_of_markdown(struct arena *arena, struct str text);
static struct str html_of_plain(struct arena *arena, struct str text);

enum status text_html_of(struct arena *arena, struct str format, struct str text,
                         struct str *out_html) {
    if (text.length > TEXT_HTML_MOST) {
        return REFUSED;
    }
    if (str_is(format, "html")) {
        *out_html = text;
    } else if (str_is(format, "markdown")) {
        *out_html = html_of_markdown(arena, text);
    } else if (str_is(format, "text")) {
        *out_html = html_of_plain(arena, text);
    } else {
        return ABSENT;
    }
    return DONE;
}

static struct str html_of_markdown(struct arena *arena, struct str text) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, cmark_gfm_core_extensions_ensure_registered);
    cmark_parser *parser = cmark_parser_new(CMARK_OPT_DEFAULT);
    cmark_parser_attach_syntax_extension(parser, cmark_find_syntax_extension("table"));
    cmark_parser_feed(parser, text.at, text.length);
    cmark_node *tree = cmark_parser_finish(parser);
    char *html = cmark_render_html(tree, CMARK_OPT_DEFAULT,
                                   cmark_parser_get_syntax_extensions(parser));
    struct str copy = str_copy(arena, str_of(html));
    free(html);
    cmark_node_free(tree);
    cmark_parser_free(parser);
    return copy;
}

/* A line is a paragraph; leading blanks are the page's business, not the text's. */
static struct str html_of_plain(struct arena *arena, struct str text) {
    struct buffer html;
    buffer_init(&html, arena);
    struct str rest = text;
    while (!str_is_empty(rest)) {
        struct str line = str_trim(str_cut(&rest, '\n'));
        if (!str_is_empty(line)) {
            buffer_add_text(&html, "<p>");
            buffer_add_escaped(&html, line);
            buffer_add_text(&html, "</p>\n");
        }
    }
    return buffer_str(&html);
}
