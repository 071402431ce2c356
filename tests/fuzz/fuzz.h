/*
 * What every fuzz target offers: one run over one input.  fuzz.c makes it a target
 * of libFuzzer or, in ordinary builds, a test that replays the committed inputs.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include "base/base.h"

/* Must not crash, hang, or fail a fuzz_expect; the arena is fresh for every run. */
void fuzz_one(struct arena *arena, struct bytes input);

/* As assert, in every build. */
#define fuzz_expect(what)                                                                \
    do {                                                                                 \
        if (!(what)) {                                                                   \
            log_fatal("%s:%d: %s", __FILE__, __LINE__, #what);                           \
        }                                                                                \
    } while (0)

#endif
