/*
 * How many list pages a second: 120 rows of six escaped fields, 28 KB, the model built
 * anew for each page.  Prints one line; asserts nothing.
 */
#include "page/page.h"

#include <stdlib.h>
#include <time.h>

#define PAGES 20000

static double seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static struct model *build(struct arena *arena) {
    struct model *model = model_new(arena);
    model_text(model, "title", STR("统计公报"));
    for (int i = 0; i < 120; i++) {
        struct model *row = model_list_add(model, "rows");
        model_text(row, "url", STR("/tjgb/2026/11/30/0000123.html"));
        model_text(row, "title",
                   STR("2026年前三季度全市规模以上工业企业经济运行情况分析"));
        model_text(row, "unit", STR("工业科"));
        model_text(row, "day", STR("2026-11-30"));
        model_text(row, "kind", STR("统计分析 & 解读"));
        model_int(row, "number", i);
    }
    return model;
}

int main(void) {
    static const char template[] =
        "<!DOCTYPE html>\n<html "
        "lang=\"zh-CN\">\n<title>{{title}}</title>\n<h1>{{title}}</h1>\n"
        "<ul>\n{{#rows}}\n<li class=\"row\"><a href=\"{{url}}\">{{title}}</a>"
        "<span class=\"unit\">{{unit}}</span><span>{{kind}}</span>"
        "<time>{{day}}</time> <b>{{number}}</b></li>\n{{/rows}}\n</ul>\n</html>\n";
    struct arena *arena = arena_new((size_t)64 << 20);
    char folder[] = "/tmp/shenfa-bench-XXXXXX";
    struct buffer errors;
    buffer_init(&errors, arena);
    struct words *words = NULL;
    struct pages *pages = NULL;
    if (mkdtemp(folder) == NULL ||
        file_write(str_format(arena, "%s/list.html", folder).at,
                   bytes_of_str(str_of(template))) != DONE ||
        file_make_directory(str_format(arena, "%s/words/zh-CN", folder).at) != DONE ||
        words_load(str_format(arena, "%s/words", folder).at, &errors, &words) != DONE ||
        pages_load(folder, words, &errors, &pages) != DONE) {
        fprintf(stderr, "%.*s\n", STR_ARG(buffer_str(&errors)));
        return 3;
    }
    struct arena *call = arena_new((size_t)16 << 20);
    size_t size = 0;
    double start = seconds();
    for (int i = 0; i < PAGES; i++) {
        struct buffer out;
        buffer_init(&out, call);
        if (page_render(pages, "list", STR("zh-CN"), build(call), &out) != DONE) {
            return 3;
        }
        size = out.length;
        arena_clear(call);
    }
    double taken = seconds() - start;
    printf("page: %.0f pages/s of %zu bytes (%d pages, one core)\n", PAGES / taken, size,
           PAGES);
    pages_free(pages);
    words_free(words);
    arena_free(call);
    (void)!system(str_format(arena, "rm -rf '%s'", folder).at);
    arena_free(arena);
    return 0;
}
