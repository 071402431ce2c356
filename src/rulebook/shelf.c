/*
 * The shelf: every rulebook in use, by digest.  Books are only ever added, so
 * a pointer that was once given out stays good until the process ends.
 */
#include "rulebook_own.h"

#include <dirent.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define BOOKS_MOST 256

struct shelf {
    pthread_rwlock_t lock;
    const struct rulebook *books[BOOKS_MOST];
    size_t count;
};

static bool has_folder(struct arena *arena, struct shelf *shelf, const char *name);
static enum status add_directory(struct arena *arena, struct shelf *shelf,
                                 const char *directory, struct fault **out_faults);
static enum status add_book(struct arena *arena, struct shelf *shelf, const char *path,
                            struct fault **out_faults);
static const struct rulebook *find(struct shelf *shelf, const struct digest *digest);
static void make_newest(struct shelf *shelf, const struct rulebook *book);
static int by_name(const void *a, const void *b);

enum status shelf_open(struct arena *arena, const char *const *directories,
                       struct shelf **out_shelf, struct fault **out_faults) {
    struct shelf *shelf = calloc(1, sizeof *shelf);
    if (shelf == NULL || pthread_rwlock_init(&shelf->lock, NULL) != 0) {
        log_fatal("out of memory");
    }
    for (size_t i = 0; directories[i] != NULL; i++) {
        enum status status = add_directory(arena, shelf, directories[i], out_faults);
        if (status != DONE) {
            shelf_free(shelf);
            return status;
        }
    }
    *out_shelf = shelf;
    return DONE;
}

void shelf_free(struct shelf *shelf) {
    if (shelf == NULL) {
        return;
    }
    for (size_t i = 0; i < shelf->count; i++) {
        arena_free(shelf->books[i]->arena);
    }
    pthread_rwlock_destroy(&shelf->lock);
    free(shelf);
}

const struct rulebook *shelf_find(struct shelf *shelf, const struct digest *digest) {
    pthread_rwlock_rdlock(&shelf->lock);
    const struct rulebook *book = find(shelf, digest);
    pthread_rwlock_unlock(&shelf->lock);
    return book;
}

const struct rulebook *shelf_find_text(struct shelf *shelf, struct str digest) {
    struct digest value;
    return digest_from_text(digest, &value) == DONE ? shelf_find(shelf, &value) : NULL;
}

const struct rulebook *shelf_latest(struct shelf *shelf, struct str code) {
    const struct rulebook *latest = NULL;
    pthread_rwlock_rdlock(&shelf->lock);
    for (size_t i = shelf->count; i > 0 && latest == NULL; i--) {
        latest = str_equal(shelf->books[i - 1]->code, code) ? shelf->books[i - 1] : NULL;
    }
    pthread_rwlock_unlock(&shelf->lock);
    return latest;
}

size_t shelf_all(struct shelf *shelf, const struct rulebook **out_books, size_t most) {
    pthread_rwlock_rdlock(&shelf->lock);
    size_t count = shelf->count;
    for (size_t i = 0; i < count && i < most; i++) {
        out_books[i] = shelf->books[i];
    }
    pthread_rwlock_unlock(&shelf->lock);
    return count;
}

const struct rulebook *shelf_add(struct shelf *shelf, struct rulebook *book) {
    pthread_rwlock_wrlock(&shelf->lock);
    const struct rulebook *standing = find(shelf, &book->digest);
    if (standing != NULL) {
        rulebook_free(book);
        make_newest(shelf, standing);
    } else if (shelf->count == BOOKS_MOST) {
        log_fatal("more than %d rulebooks", BOOKS_MOST);
    } else {
        shelf->books[shelf->count++] = book;
        standing = book;
    }
    pthread_rwlock_unlock(&shelf->lock);
    return standing;
}

enum status shelf_take_in(struct shelf *shelf, const char *directory) {
    struct arena *arena = arena_new((size_t)64 << 20);
    DIR *listing = opendir(directory);
    enum status status = DONE;
    for (struct dirent *entry = listing == NULL ? NULL : readdir(listing);
         entry != NULL && status != FAILED; entry = readdir(listing)) {
        struct fault *faults = NULL;
        const char *path = str_format(arena, "%s/%s", directory, entry->d_name).at;
        struct str main = str_format(arena, "%s/rulebook.yaml", path);
        if (entry->d_name[0] == '.' || has_folder(arena, shelf, entry->d_name) ||
            !file_exists(main.at)) {
            continue;
        }
        status = add_book(arena, shelf, path, &faults);
        if (status == REFUSED) {
            log_fault("the rulebook in %s is unsound and was left out", path);
        }
    }
    if (listing != NULL) {
        closedir(listing);
    }
    arena_free(arena);
    return status == FAILED ? FAILED : DONE;
}

static bool has_folder(struct arena *arena, struct shelf *shelf, const char *name) {
    bool has = false;
    pthread_rwlock_rdlock(&shelf->lock);
    for (size_t i = 0; i < shelf->count && !has; i++) {
        has = str_is(book_folder(arena, shelf->books[i]), name);
    }
    pthread_rwlock_unlock(&shelf->lock);
    return has;
}

/* A missing directory holds nothing; its books go on the shelf in order of name. */
static enum status add_directory(struct arena *arena, struct shelf *shelf,
                                 const char *directory, struct fault **out_faults) {
    DIR *listing = opendir(directory);
    char *names[BOOKS_MOST];
    size_t count = 0;
    if (listing == NULL) {
        return DONE;
    }
    for (struct dirent *entry = readdir(listing); entry != NULL;
         entry = readdir(listing)) {
        struct str main =
            str_format(arena, "%s/%s/rulebook.yaml", directory, entry->d_name);
        if (entry->d_name[0] != '.' && count < BOOKS_MOST && file_exists(main.at)) {
            names[count++] = arena_copy(arena, entry->d_name, strlen(entry->d_name) + 1);
        }
    }
    closedir(listing);
    qsort(names, count, sizeof *names, by_name);
    for (size_t i = 0; i < count; i++) {
        const char *path = str_format(arena, "%s/%s", directory, names[i]).at;
        TRY(add_book(arena, shelf, path, out_faults));
    }
    return DONE;
}

static enum status add_book(struct arena *arena, struct shelf *shelf, const char *path,
                            struct fault **out_faults) {
    struct rulebook *book = NULL;
    TRY(rulebook_read(arena, path, STR(""), &book, out_faults));
    shelf_add(shelf, book);
    return DONE;
}

static const struct rulebook *find(struct shelf *shelf, const struct digest *digest) {
    for (size_t i = 0; i < shelf->count; i++) {
        if (digest_equal(&shelf->books[i]->digest, digest)) {
            return shelf->books[i];
        }
    }
    return NULL;
}

static void make_newest(struct shelf *shelf, const struct rulebook *book) {
    size_t at = 0;
    while (shelf->books[at] != book) {
        at++;
    }
    for (; at + 1 < shelf->count; at++) {
        shelf->books[at] = shelf->books[at + 1];
    }
    shelf->books[at] = book;
}

static int by_name(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}
