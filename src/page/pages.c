/*
 * Pages: the templates of one directory, read whole and replaced whole.
 */
#include "page_own.h"

#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define TEMPLATE_MOST  ((size_t)1024 * 1024)
#define TEMPLATES_MOST ((size_t)256 * 1024 * 1024)
#define FOLDERS_DEEP   8

struct pages {
    pthread_rwlock_t lock; /* held for reading while a page is rendered */
    struct set *set;
    char *directory;
    const struct words *words;
    bool watch;
};

struct gathering {
    struct set *set;
    size_t room;
    uint64_t stamp;
    bool stamp_only;
};

static enum status read_set(const char *directory, const struct words *words,
                            struct buffer *errors, struct set **out_set);
static enum status gather(struct gathering *g, struct str folder, struct str prefix,
                          int depth);
static enum status gather_one(struct gathering *g, struct str file, struct str name,
                              const struct stat *found);
static void add_stamp(struct gathering *g, struct str file, const struct stat *found);
static void check_twice(const struct set *set, struct buffer *errors);
static void look_again(struct pages *pages);
static int by_name(const void *a, const void *b);

enum status pages_load(const char *directory, const struct words *words,
                       struct buffer *errors, struct pages **out_pages) {
    struct set *set;
    TRY(read_set(directory, words, errors, &set));
    struct pages *pages = calloc(1, sizeof *pages);
    char *kept = strdup(directory);
    if (pages == NULL || kept == NULL) {
        log_fatal("out of memory");
    }
    pages->directory = kept;
    pages->words = words;
    pages->set = set;
    pthread_rwlock_init(&pages->lock, NULL);
    *out_pages = pages;
    return DONE;
}

void pages_free(struct pages *pages) {
    if (pages == NULL) {
        return;
    }
    arena_free(pages->set->arena);
    pthread_rwlock_destroy(&pages->lock);
    free(pages->directory);
    free(pages);
}

void pages_watch(struct pages *pages, bool on) { pages->watch = on; }

bool pages_know(const struct pages *pages, const char *name) {
    return set_find(pages->set, str_of(name)) < pages->set->count;
}

enum status page_render(struct pages *pages, const char *name, struct str language,
                        const struct model *model, struct buffer *out) {
    if (pages->watch) {
        look_again(pages);
    }
    pthread_rwlock_rdlock(&pages->lock);
    uint32_t found = set_find(pages->set, str_of(name));
    enum status status = ABSENT;
    if (found < pages->set->count) {
        status = set_render(pages->set, found, pages->words, language, model, out);
    }
    pthread_rwlock_unlock(&pages->lock);
    return status;
}

uint32_t set_find(const struct set *set, struct str name) {
    uint32_t low = 0;
    uint32_t high = set->count;
    while (low < high) {
        uint32_t middle = (low + high) / 2;
        int order = str_compare(set->pages[middle].name, name);
        if (order == 0) {
            return middle;
        }
        if (order < 0) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return set->count;
}

static enum status read_set(const char *directory, const struct words *words,
                            struct buffer *errors, struct set **out_set) {
    struct arena *arena = arena_new(TEMPLATES_MOST);
    struct set *set = TAKE(arena, struct set);
    set->arena = arena;
    struct gathering g = {.set = set};
    size_t before = errors->length;
    enum status status = gather(&g, str_of(directory), STR(""), 0);
    if (status == DONE) {
        set->stamp = g.stamp;
        qsort(set->pages, set->count, sizeof *set->pages, by_name);
        check_twice(set, errors);
        for (uint32_t i = 0; i < set->count; i++) {
            struct page *page = &set->pages[i];
            if (!utf8_is_valid(page->source)) {
                buffer_add_format(errors, "%.*s:1: the file is not UTF-8\n",
                                  STR_ARG(page->file));
                continue;
            }
            page_compile(set, page, words, errors);
        }
        status = errors->length > before ? REFUSED : DONE;
    }
    if (status != DONE) {
        arena_free(arena);
        return status;
    }
    *out_set = set;
    return DONE;
}

static enum status gather(struct gathering *g, struct str folder, struct str prefix,
                          int depth) {
    struct arena *arena = g->set->arena;
    DIR *open = opendir(str_text(arena, folder));
    if (open == NULL) {
        return errno == ENOENT
                   ? ABSENT
                   : log_failed("cannot read %.*s: %s", STR_ARG(folder), strerror(errno));
    }
    enum status status = DONE;
    for (struct dirent *entry = readdir(open); entry != NULL && status == DONE;
         entry = readdir(open)) {
        struct stat found;
        struct str file = str_format(arena, "%.*s/%s", STR_ARG(folder), entry->d_name);
        if (entry->d_name[0] == '.' || stat(file.at, &found) != 0) {
            continue;
        }
        struct str name = str_format(arena, "%.*s%s", STR_ARG(prefix), entry->d_name);
        if (S_ISDIR(found.st_mode) && depth < FOLDERS_DEEP) {
            status =
                gather(g, file, str_format(arena, "%.*s/", STR_ARG(name)), depth + 1);
        } else if (S_ISREG(found.st_mode)) {
            status = gather_one(g, file, name, &found);
        }
    }
    closedir(open);
    return status;
}

static enum status gather_one(struct gathering *g, struct str file, struct str name,
                              const struct stat *found) {
    bool html = str_ends(name, ".html");
    bool plain = str_ends(name, ".txt");
    if (!html && !plain && !str_ends(name, ".xml") && !str_ends(name, ".svg")) {
        return DONE;
    }
    add_stamp(g, file, found);
    if (g->stamp_only) {
        return DONE;
    }
    struct set *set = g->set;
    if (set->count == g->room) {
        g->room = g->room == 0 ? 64 : g->room * 2;
        struct page *grown = TAKE_ARRAY(set->arena, g->room, struct page);
        if (set->count > 0) {
            memcpy(grown, set->pages, set->count * sizeof *grown);
        }
        set->pages = grown;
    }
    struct bytes source;
    TRY(file_read(set->arena, file.at, TEMPLATE_MOST, &source));
    set->pages[set->count++] =
        (struct page){.name = html ? str_part(name, 0, name.length - 5) : name,
                      .file = file,
                      .source = {(const char *)source.at, source.length},
                      .plain = plain,
                      .html = html};
    return DONE;
}

/* Order of the files does not matter: the sum of their own stamps does. */
static void add_stamp(struct gathering *g, struct str file, const struct stat *found) {
    uint64_t stamp = name_hash(file);
    stamp = stamp * 1099511628211U + (uint64_t)found->st_mtim.tv_sec;
    stamp = stamp * 1099511628211U + (uint64_t)found->st_mtim.tv_nsec;
    stamp = stamp * 1099511628211U + (uint64_t)found->st_size;
    g->stamp += stamp * 0x9e3779b97f4a7c15U;
}

static void check_twice(const struct set *set, struct buffer *errors) {
    for (uint32_t i = 1; i < set->count; i++) {
        if (str_equal(set->pages[i].name, set->pages[i - 1].name)) {
            buffer_add_format(errors, "%.*s:1: two templates have this name\n",
                              STR_ARG(set->pages[i].file));
        }
    }
}

static void look_again(struct pages *pages) {
    struct arena *arena = arena_new(TEMPLATES_MOST);
    struct set shadow = {.arena = arena};
    struct gathering g = {.set = &shadow, .stamp_only = true};
    enum status status = gather(&g, str_of(pages->directory), STR(""), 0);
    pthread_rwlock_wrlock(&pages->lock);
    if (status == DONE && g.stamp != pages->set->stamp) {
        struct buffer errors;
        buffer_init(&errors, arena);
        struct set *fresh = NULL;
        if (read_set(pages->directory, pages->words, &errors, &fresh) == DONE) {
            arena_free(pages->set->arena);
            pages->set = fresh;
        } else {
            log_fault("templates: %.*s", STR_ARG(buffer_str(&errors)));
            pages->set->stamp = g.stamp;
        }
    }
    pthread_rwlock_unlock(&pages->lock);
    arena_free(arena);
}

static int by_name(const void *a, const void *b) {
    return str_compare(((const struct page *)a)->name, ((const struct page *)b)->name);
}
