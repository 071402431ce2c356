/*
 * Publication measured: a whole site, one item on a small and on a large site,
 * the moment from the act's commit to the visible page.  Prints one JSON object;
 * script/bench makes the table.  Everything is synced as in production.
 *
 * Usage: publish-bench DIR [CORPUS [MOST [HUGO]]]
 * DIR is an empty directory that becomes the workspace and is left as it is.
 */
#include "corpus.h"

#include "text/text.h"

#include <dirent.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define ARENA_MOST ((size_t)1 << 31)
#define ITEMS      200

struct clock_pair {
    double wall;
    double processor;
};

static struct clock_pair read_clocks(void) {
    struct timespec now;
    struct rusage used;
    clock_gettime(CLOCK_MONOTONIC, &now);
    getrusage(RUSAGE_SELF, &used);
    return (struct clock_pair){
        (double)now.tv_sec + (double)now.tv_nsec / 1e9,
        (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
            (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6};
}

static double resident_megabytes(void) {
    long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL || fscanf(file, "%*s %ld", &pages) != 1) {
        pages = 0;
    }
    if (file != NULL) {
        fclose(file);
    }
    return (double)pages * (double)sysconf(_SC_PAGESIZE) / 1e6;
}

static int by_size(const void *a, const void *b) {
    double one = *(const double *)a;
    double other = *(const double *)b;
    return (one > other) - (one < other);
}

/* *count* new items one after another: from the wish to the synced page. */
static json_t *measure_items(struct call *call, id64 column, int count) {
    double times[ITEMS];
    size_t most = 0;
    size_t sum = 0;
    for (int i = 0; i < count; i++) {
        struct applied applied = {0};
        id64 release;
        id64 manuscript;
        char title[80];
        arena_clear(call->arena);
        call->txn = NULL;
        snprintf(title, sizeof title, "新发布的一篇稿件，第%d篇", i + 1);
        call->now += INSTANT_MINUTE;
        struct clock_pair before = read_clocks();
        if (scene_release(call, column, title, "<p>正文。</p>", call->now, &release,
                          &manuscript) != DONE ||
            publication_apply(call, SCENE_SITE, &applied) != DONE) {
            log_fatal("an item could not be published");
        }
        times[i] = (read_clocks().wall - before.wall) * 1000;
        most = applied.written > most ? applied.written : most;
        sum += applied.written;
    }
    qsort(times, (size_t)count, sizeof *times, by_size);
    return json_pack("{s:f, s:f, s:I, s:f}", "p50_ms", times[count / 2], "p99_ms",
                     times[count * 99 / 100], "most_files", (json_int_t)most,
                     "mean_files", (double)sum / count);
}

static enum status rebuild(struct call *call, struct applied *applied,
                           struct clock_pair *spent) {
    struct clock_pair before = read_clocks();
    TRY(publication_rebuild(call, SCENE_SITE, NULL, applied));
    struct clock_pair after = read_clocks();
    *spent =
        (struct clock_pair){after.wall - before.wall, after.processor - before.processor};
    return DONE;
}

int main(int count, char **words) {
    if (count < 2) {
        fprintf(stderr, "usage: publish-bench DIR [CORPUS [MOST [HUGO]]]\n");
        return 2;
    }
    const char *source = getenv("SHENFA_SOURCE");
    size_t most = count > 3 ? (size_t)strtoul(words[3], NULL, 10) : 20000;
    const char *corpus_path = count > 2 && words[2][0] != '\0' ? words[2] : NULL;
    const char *hugo = count > 4 && words[4][0] != '\0' ? words[4] : NULL;
    struct house house = {.workspace = words[1]};
    struct arena *arena = arena_new(ARENA_MOST);
    struct call call;
    struct corpus corpus;
    struct applied applied;
    struct clock_pair spent;
    if (sandbox_start(&text_parsers, &house.sandbox) != DONE) {
        return 3;
    }
    house.share =
        str_format(arena_new(4096), "%s/share", source == NULL ? "." : source).at;
    struct str url = str_format(arena, "sqlite:%s/shenfa.db", words[1]);
    struct str schema = str_format(arena, "%s/schema", house.share);
    if (store_open(url, &house.store) != DONE ||
        store_migrate(house.store, schema.at, NULL) != DONE) {
        return 3;
    }
    call_init(&call, arena, &house, instant_read_clock());
    if (scene_site(&call) != DONE) {
        return 3;
    }
    fprintf(stderr, "a thousand items of our own …\n");
    struct corpus small;
    if (corpus_make(&call, 1000, hugo, &small) != DONE ||
        rebuild(&call, &applied, &spent) != DONE) {
        return 3;
    }
    json_t *few = measure_items(&call, SCENE_NEWS, ITEMS / 2);
    fprintf(stderr, "the corpus …\n");
    enum status loaded = corpus_path != NULL
                             ? corpus_load(&call, corpus_path, most, hugo, &corpus)
                             : corpus_make(&call, most, hugo, &corpus);
    arena_clear(call.arena);
    call.txn = NULL;
    if (loaded != DONE) {
        return 3;
    }
    fprintf(stderr, "the whole site …\n");
    json_t *runs = json_array();
    /* The old tree is put aside, not removed: a file system that has just freed
     * many names is slow to give out new ones, and Hugo is measured without. */
    for (int i = 0; i < 3; i++) {
        char live[4096];
        char aside[4200];
        call.now += INSTANT_DAY;
        snprintf(live, sizeof live, "%s/public/tjj", words[1]);
        snprintf(aside, sizeof aside, "%s-%d", live, i);
        if (rename(live, aside) != 0) {
            return 3;
        }
        if (rebuild(&call, &applied, &spent) != DONE) {
            return 3;
        }
        json_array_append_new(
            runs, json_pack("{s:f, s:f}", "wall", spent.wall, "cpu", spent.processor));
    }
    json_t *many = measure_items(&call, SCENE_NEWS, ITEMS);
    arena_clear(call.arena);
    json_t *all = json_pack(
        "{s:I, s:I, s:I, s:I, s:o, s:o, s:o, s:f}", "records", (json_int_t)corpus.records,
        "columns", (json_int_t)corpus.columns, "body_bytes", (json_int_t)corpus.bytes,
        "files", (json_int_t)applied.written, "rebuild", runs, "item_1000", few,
        "item_many", many, "rss_mb", resident_megabytes());
    json_dumpf(all, stdout, JSON_INDENT(1));
    putchar('\n');
    json_decref(all);
    store_close(house.store);
    sandbox_stop(house.sandbox);
    arena_free(arena);
    return 0;
}
