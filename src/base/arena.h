/*
 * An arena: memory that lives exactly as long as one call or one process.
 *
 * Allocation never fails: a call that outgrows its limit, or a machine out of
 * memory, ends the process with a log line.  Nothing is freed one by one.
 * Under AddressSanitizer every block has a red zone and is poisoned when the
 * arena is cleared, so overruns and use after clear are caught.
 */
#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

struct arena;

/* A new arena that may grow to *limit* bytes; owned by the caller. */
struct arena *arena_new(size_t limit);

/* Run the deferred clean-ups, last first, and give everything back.  NULL is fine. */
void arena_free(struct arena *arena);

/* As arena_free, but keeps the arena (and one block) for the next call. */
void arena_clear(struct arena *arena);

/* *size* zeroed bytes, aligned for any type. */
void *arena_take(struct arena *arena, size_t size);

/* As arena_take, but what the bytes are is not said: for what is written at once. */
void *arena_take_unset(struct arena *arena, size_t size);

/* Room for *count* things of *size* bytes, zeroed; the product is checked. */
void *arena_take_array(struct arena *arena, size_t count, size_t size);

/* A copy of *size* bytes at *from*. */
void *arena_copy(struct arena *arena, const void *from, size_t size);

/* Have *undo(subject)* run when the arena is cleared or freed: for descriptors,
 * statements and other things that are not memory. */
void arena_defer(struct arena *arena, void (*undo)(void *subject), void *subject);

/* Bytes handed out since the last clear. */
size_t arena_used(const struct arena *arena);

#define TAKE(arena, type) ((type *)arena_take((arena), sizeof(type)))
#define TAKE_ARRAY(arena, count, type)                                                   \
    ((type *)arena_take_array((arena), (count), sizeof(type)))

#endif
