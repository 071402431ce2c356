/*
 * A template written by anybody, filled with hostile values: whatever compiles lets no
 * mark of a value out of its place.
 */
#include "fuzz.h"

#include "page/page_own.h"

#include <stdlib.h>

static const struct words *no_words(void) {
    static struct words *words;
    if (words == NULL) {
        struct arena *arena = arena_new((size_t)1 << 20);
        struct buffer errors;
        char folder[] = "/tmp/shenfa-fuzz-XXXXXX";
        buffer_init(&errors, arena);
        fuzz_expect(mkdtemp(folder) != NULL);
        const char *chinese = str_format(arena, "%s/zh-CN", folder).at;
        fuzz_expect(file_make_directory(chinese) == DONE);
        fuzz_expect(words_load(folder, &errors, &words) == DONE);
        fuzz_expect(remove(chinese) == 0 && remove(folder) == 0);
        arena_free(arena);
    }
    return words;
}

void fuzz_one(struct arena *arena, struct bytes input) {
    struct str source = {(const char *)input.at, input.length};
    struct buffer errors, out;
    buffer_init(&errors, arena);
    buffer_init(&out, arena);
    if (!utf8_is_valid(source) || str_find(source, STR("<zz")) < source.length) {
        return;
    }
    struct set *set = TAKE(arena, struct set);
    *set = (struct set){.arena = arena, .pages = TAKE(arena, struct page), .count = 1};
    set->pages[0] = (struct page){
        .name = STR("t"), .file = STR("t.html"), .source = source, .html = true};
    page_compile(set, &set->pages[0], no_words(), &errors);
    struct model *model = model_new(arena);
    model_text(model, "a", STR("<zz'\"onx=1>"));
    model_text(model, "b", STR("javascript:zz"));
    model_list_add_text(model, "c", STR("<zz>"));
    model_text(model_list_add(model, "d"), "a", STR("\"><zz>"));
    if (errors.length == 0 &&
        set_render(set, 0, no_words(), STR("zh-CN"), model, &out) == DONE) {
        fuzz_expect(str_find(buffer_str(&out), STR("<zz")) == out.length);
    }
}
