/*
 * Blocks in a chain, handed out from the front.  A block doubles until one
 * mebibyte; a larger request gets a block of its own.
 */
#include "arena.h"

#include "log.h"

#include <stdalign.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#define RED_ZONE 16
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#include <sanitizer/asan_interface.h>
#define RED_ZONE 16
#endif
#endif
#ifndef RED_ZONE
#define RED_ZONE                              0
#define ASAN_POISON_MEMORY_REGION(at, size)   ((void)(at), (void)(size))
#define ASAN_UNPOISON_MEMORY_REGION(at, size) ((void)(at), (void)(size))
#endif

#define BLOCK_FIRST ((size_t)8 * 1024)
#define BLOCK_MOST  ((size_t)1024 * 1024)
#define ALIGNMENT   alignof(max_align_t)

struct block {
    struct block *next;
    size_t size;
    size_t used;
    alignas(max_align_t) char bytes[];
};

struct deferred {
    struct deferred *next;
    void (*undo)(void *subject);
    void *subject;
};

struct arena {
    struct block *blocks;
    struct deferred *deferred;
    size_t limit;
    size_t used;
    size_t next_size;
};

static void run_deferred(struct arena *arena);
static void add_block(struct arena *arena, size_t at_least);
static size_t rounded(size_t size);

struct arena *arena_new(size_t limit) {
    struct arena *arena = calloc(1, sizeof *arena);
    if (arena == NULL) {
        log_fatal("out of memory");
    }
    arena->limit = limit;
    arena->next_size = BLOCK_FIRST;
    return arena;
}

void arena_free(struct arena *arena) {
    if (arena == NULL) {
        return;
    }
    run_deferred(arena);
    for (struct block *block = arena->blocks; block != NULL;) {
        struct block *next = block->next;
        ASAN_UNPOISON_MEMORY_REGION(block->bytes, block->size);
        free(block);
        block = next;
    }
    free(arena);
}

void arena_clear(struct arena *arena) {
    run_deferred(arena);
    struct block *kept = arena->blocks;
    if (kept != NULL) {
        for (struct block *block = kept->next; block != NULL;) {
            struct block *next = block->next;
            ASAN_UNPOISON_MEMORY_REGION(block->bytes, block->size);
            free(block);
            block = next;
        }
        kept->next = NULL;
        kept->used = 0;
        ASAN_POISON_MEMORY_REGION(kept->bytes, kept->size);
    }
    arena->used = 0;
}

void *arena_take(struct arena *arena, size_t size) {
    return memset(arena_take_unset(arena, size), 0, size);
}

void *arena_take_unset(struct arena *arena, size_t size) {
    if (size > arena->limit || arena->used > arena->limit - size) {
        log_fatal("a call asked for more than its %zu bytes", arena->limit);
    }
    size_t wanted = rounded(size) + RED_ZONE;
    struct block *block = arena->blocks;
    if (block == NULL || block->size - block->used < wanted) {
        add_block(arena, wanted);
        block = arena->blocks;
    }
    char *taken = block->bytes + block->used;
    block->used += wanted;
    arena->used += wanted;
    ASAN_UNPOISON_MEMORY_REGION(taken, size);
    return taken;
}

void *arena_take_array(struct arena *arena, size_t count, size_t size) {
    size_t product;
    if (__builtin_mul_overflow(count, size, &product)) {
        log_fatal("an array of %zu times %zu bytes was asked for", count, size);
    }
    return arena_take(arena, product);
}

void *arena_copy(struct arena *arena, const void *from, size_t size) {
    void *copy = arena_take_unset(arena, size);
    if (size > 0) {
        memcpy(copy, from, size);
    }
    return copy;
}

void arena_defer(struct arena *arena, void (*undo)(void *subject), void *subject) {
    struct deferred *deferred = TAKE(arena, struct deferred);
    deferred->undo = undo;
    deferred->subject = subject;
    deferred->next = arena->deferred;
    arena->deferred = deferred;
}

size_t arena_used(const struct arena *arena) { return arena->used; }

static void run_deferred(struct arena *arena) {
    while (arena->deferred != NULL) {
        struct deferred *deferred = arena->deferred;
        arena->deferred = deferred->next;
        deferred->undo(deferred->subject);
    }
}

static void add_block(struct arena *arena, size_t at_least) {
    size_t size = at_least > arena->next_size ? at_least : arena->next_size;
    struct block *block = malloc(sizeof *block + size);
    if (block == NULL) {
        log_fatal("out of memory");
    }
    block->size = size;
    block->used = 0;
    block->next = arena->blocks;
    ASAN_POISON_MEMORY_REGION(block->bytes, size);
    arena->blocks = block;
    if (arena->next_size < BLOCK_MOST) {
        arena->next_size *= 2;
    }
}

static size_t rounded(size_t size) { return (size + ALIGNMENT - 1) & ~(ALIGNMENT - 1); }
