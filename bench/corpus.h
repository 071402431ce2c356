/*
 * A corpus as a published site: records of gzip'd JSON lines put into a store as
 * migrated manuscripts, and written out as Hugo's content for comparison.
 */
#ifndef BENCH_CORPUS_H
#define BENCH_CORPUS_H

#include "publication/scene.h"

struct corpus {
    size_t records;
    size_t columns;
    size_t bytes; /* of the bodies, as sanitised HTML */
};

/*
 * Read every *.jsonl.gz of *directory* (title, source, pub_date, column,
 * body_format, body) in the order of the dates, at most *most* records, and
 * release them as migrated items.  With *hugo* (may be NULL) the same bodies are
 * written below HUGO/content.
 */
MUST_CHECK enum status corpus_load(struct call *call, const char *directory, size_t most,
                                   const char *hugo, struct corpus *out_corpus);

/* As many records of our own making, for machines without a corpus. */
MUST_CHECK enum status corpus_make(struct call *call, size_t records, const char *hugo,
                                   struct corpus *out_corpus);

#endif
