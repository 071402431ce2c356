/*
 * libFuzzer: a template written by anybody, filled with hostile values.  Whatever
 * compiles must not let the marks of a value out: the values hold "<%c>" and quotes that
 * a browser could take for its own.
 */
#include "page_own.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *input, size_t size) {
    struct arena *arena = arena_new((size_t)64 << 20);
    static struct words *words;
    struct buffer errors, out;
    buffer_init(&errors, arena);
    buffer_init(&out, arena);
    if (words == NULL && (file_make_directory("/tmp/shenfa-fuzz/zh-CN") != DONE ||
                          words_load("/tmp/shenfa-fuzz", &errors, &words) != DONE)) {
        abort();
    }
    struct str source = {(const char *)input, size};
    if (utf8_is_valid(source) && str_find(source, STR("<zz")) == size) {
        struct set *set = TAKE(arena, struct set);
        set->arena = arena;
        set->count = 1;
        set->pages = TAKE(arena, struct page);
        set->pages[0] = (struct page){
            .name = STR("t"), .file = STR("t.html"), .source = source, .html = true};
        page_compile(set, &set->pages[0], words, &errors);
        struct model *model = model_new(arena);
        model_text(model, "a", STR("<zz'\"onx=1>"));
        model_text(model, "b", STR("javascript:zz"));
        model_list_add_text(model, "c", STR("<zz>"));
        model_text(model_list_add(model, "d"), "a", STR("\"><zz>"));
        if (errors.length == 0 &&
            set_render(set, 0, words, STR("zh-CN"), model, &out) == DONE &&
            str_find(buffer_str(&out), STR("<zz")) < out.length) {
            abort();
        }
    }
    arena_free(arena);
    return 0;
}
