/*
 * Lists that grow in an arena.
 */
#include "people_own.h"

#include <string.h>

#define PAGE_USUAL 50
#define PAGE_MOST  500

/* A list has room for the next power of two, from 8 on; it moves when that is full. */
void *list_grow(struct arena *arena, void *at, size_t count, size_t size) {
    if (count != 0 && (count < 8 || (count & (count - 1)) != 0)) {
        return at;
    }
    void *more = arena_take_array(arena, count == 0 ? 8 : count * 2, size);
    if (count > 0) {
        memcpy(more, at, count * size);
    }
    return more;
}

int page_most(const struct people_page *page) {
    if (page == NULL || page->limit <= 0) {
        return PAGE_USUAL;
    }
    return page->limit > PAGE_MOST ? PAGE_MOST : page->limit;
}
