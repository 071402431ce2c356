/*
 * The published tree on disk.  Every directory is reached from the root by
 * openat with O_NOFOLLOW, one part at a time, and kept open while it is in
 * use: a symbolic link planted in the tree stops the walk instead of leading
 * it out.  Files are written under a name of their own and renamed, so a
 * reader sees the old bytes or the new ones.
 *
 * Invariant of TREE_SAFE: when tree_settle answers DONE, every planned file and
 * every directory entry above it has been synced.  A failed sync is never
 * tried again; the journal stays open and the next start looks at it.
 */
#include "publication_own.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_ROOM    512
#define PLANNED_MOST 128
#define OPEN_MOST    64

struct directory {
    char path[PATH_ROOM];
    int descriptor;
    bool changed; /* has entries that are not synced yet */
    unsigned long used;
};

struct planned {
    size_t directory; /* index into directories */
    char name[64];
    char beside[48]; /* the name it was written under; empty for a removal */
    int descriptor;  /* open until synced, -1 for a removal */
};

struct tree {
    enum tree_way way;
    unsigned long clock;
    size_t directory_count;
    struct directory directories[OPEN_MOST]; /* the first is the root */
    size_t planned_count;
    struct planned planned[PLANNED_MOST];
};

int tree_die_after;

static void maybe_die(void);
static enum status plan_file(struct tree *tree, struct str path,
                             struct planned **out_file);
static enum status create_fresh(struct tree *tree, struct str path, int *out_descriptor);
static enum status open_folder(struct tree *tree, struct str path, bool make,
                               size_t *out_directory, struct str *out_name);
static enum status step_into(struct tree *tree, size_t above, struct str path,
                             struct str part, bool make, size_t *out_directory);
static enum status open_part(struct tree *tree, size_t above, const char *name, bool make,
                             int *out_descriptor);
static enum status take_slot(struct tree *tree, size_t keep, size_t *out_slot);
static bool find_open(struct tree *tree, struct str path, size_t *out_directory);
static enum status write_all(int descriptor, struct str bytes);
static enum status sync_files(struct tree *tree);
static enum status show_files(struct tree *tree);
static enum status sync_directories(struct tree *tree);
static void forget_planned(struct tree *tree);
static enum status clear_below(int descriptor);

enum status tree_open(const char *root, enum tree_way way, struct tree **out_tree) {
    if (mkdir(root, 0755) != 0 && errno != EEXIST) {
        return log_failed("make %s: %s", root, strerror(errno));
    }
    int descriptor = open(root, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (descriptor < 0) {
        return log_failed("open %s: %s", root, strerror(errno));
    }
    struct tree *tree = calloc(1, sizeof *tree);
    if (tree == NULL) {
        log_fatal("out of memory");
    }
    tree->way = way;
    tree->directory_count = 1;
    tree->directories[0].descriptor = descriptor;
    *out_tree = tree;
    return DONE;
}

void tree_close(struct tree *tree) {
    if (tree == NULL) {
        return;
    }
    forget_planned(tree);
    for (size_t i = 0; i < tree->directory_count; i++) {
        close(tree->directories[i].descriptor);
    }
    free(tree);
}

enum status tree_write(struct tree *tree, struct str path, struct str bytes) {
    if (tree->way == TREE_FRESH) {
        int descriptor;
        TRY(create_fresh(tree, path, &descriptor));
        enum status written = write_all(descriptor, bytes);
        close(descriptor);
        return written;
    }
    struct planned *file;
    TRY(plan_file(tree, path, &file));
    maybe_die();
    return write_all(file->descriptor, bytes);
}

enum status tree_remove(struct tree *tree, struct str path) {
    if (tree->planned_count == PLANNED_MOST) {
        TRY(tree_settle(tree));
    }
    size_t directory;
    struct str name;
    enum status found = open_folder(tree, path, false, &directory, &name);
    if (found != DONE) {
        return found == ABSENT ? DONE : found;
    }
    if (tree->way == TREE_FRESH) {
        char text[64] = {0};
        memcpy(text, name.at, name.length);
        return unlinkat(tree->directories[directory].descriptor, text, 0) == 0 ||
                       errno == ENOENT
                   ? DONE
                   : log_failed("remove %.*s: %s", STR_ARG(path), strerror(errno));
    }
    struct planned *file = &tree->planned[tree->planned_count++];
    *file = (struct planned){.directory = directory, .descriptor = -1};
    memcpy(file->name, name.at, name.length);
    return DONE;
}

enum status tree_sweep(struct tree *tree, struct str path) {
    size_t directory;
    struct str name;
    enum status found = open_folder(tree, path, false, &directory, &name);
    if (found != DONE) {
        return found == ABSENT ? DONE : found;
    }
    int below = openat(tree->directories[directory].descriptor, ".",
                       O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *entries = below < 0 ? NULL : fdopendir(below);
    if (entries == NULL) {
        return log_failed("read the folder of %.*s: %s", STR_ARG(path), strerror(errno));
    }
    for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
        struct str left = str_of(entry->d_name);
        if (str_starts(left, ".") && str_ends(left, ".tmp")) {
            (void)unlinkat(dirfd(entries), entry->d_name, 0);
        }
    }
    closedir(entries);
    return DONE;
}

enum status tree_settle(struct tree *tree) {
    enum status settled = sync_files(tree);
    if (settled == DONE) {
        settled = show_files(tree);
    }
    if (settled == DONE) {
        settled = sync_directories(tree);
    }
    forget_planned(tree);
    return settled;
}

enum status tree_sync_all(struct tree *tree) {
    return syncfs(tree->directories[0].descriptor) == 0
               ? DONE
               : log_failed("syncfs: %s", strerror(errno));
}

enum status tree_swap(const char *live, const char *fresh) {
    if (mkdir(live, 0755) != 0 && errno != EEXIST) {
        return log_failed("make %s: %s", live, strerror(errno));
    }
    if (renameat2(AT_FDCWD, fresh, AT_FDCWD, live, RENAME_EXCHANGE) != 0) {
        return log_failed("exchange %s and %s: %s", fresh, live, strerror(errno));
    }
    char above[PATH_ROOM];
    snprintf(above, sizeof above, "%s", live);
    char *slash = strrchr(above, '/');
    if (slash != NULL) {
        *slash = '\0';
    }
    return file_sync_directory(slash == NULL ? "." : above);
}

enum status tree_clear(const char *root) {
    int descriptor = open(root, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (descriptor < 0) {
        return errno == ENOENT ? DONE : log_failed("open %s: %s", root, strerror(errno));
    }
    TRY(clear_below(descriptor));
    return rmdir(root) == 0 ? DONE : log_failed("remove %s: %s", root, strerror(errno));
}

enum status tree_lock(const char *path, int *out_lock) {
    int lock = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0640);
    if (lock < 0) {
        return log_failed("open %s: %s", path, strerror(errno));
    }
    while (flock(lock, LOCK_EX) != 0) {
        if (errno != EINTR) {
            enum status failed = log_failed("lock %s: %s", path, strerror(errno));
            close(lock);
            return failed;
        }
    }
    *out_lock = lock;
    return DONE;
}

void tree_unlock(int lock) { close(lock); }

static void maybe_die(void) {
    if (tree_die_after > 0 && --tree_die_after == 0) {
        _exit(TREE_DIED);
    }
}

/* A file under a name of its own beside the one it will get. */
static enum status plan_file(struct tree *tree, struct str path,
                             struct planned **out_file) {
    static atomic_uint serial;
    if (tree->planned_count == PLANNED_MOST) {
        TRY(tree_settle(tree));
    }
    size_t directory;
    struct str name;
    TRY(open_folder(tree, path, true, &directory, &name));
    struct planned file = {.directory = directory};
    memcpy(file.name, name.at, name.length);
    snprintf(file.beside, sizeof file.beside, ".%d-%u.tmp", (int)getpid(),
             atomic_fetch_add(&serial, 1));
    int above = tree->directories[directory].descriptor;
    file.descriptor = openat(above, file.beside,
                             O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (file.descriptor < 0) {
        return log_failed("create beside %.*s: %s", STR_ARG(path), strerror(errno));
    }
    tree->planned[tree->planned_count] = file;
    *out_file = &tree->planned[tree->planned_count++];
    return DONE;
}

/* In a tree nobody reads the last writer may write in place. */
static enum status create_fresh(struct tree *tree, struct str path, int *out_descriptor) {
    size_t directory;
    struct str name;
    TRY(open_folder(tree, path, true, &directory, &name));
    char text[64] = {0};
    memcpy(text, name.at, name.length);
    int descriptor = openat(tree->directories[directory].descriptor, text,
                            O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (descriptor < 0) {
        return log_failed("create %.*s: %s", STR_ARG(path), strerror(errno));
    }
    *out_descriptor = descriptor;
    return DONE;
}

/* Open the directory that holds *path*: ABSENT if it is missing and not made. */
static enum status open_folder(struct tree *tree, struct str path, bool make,
                               size_t *out_directory, struct str *out_name) {
    if (!address_is_ours(path)) {
        return log_failed("%.*s is no path of the tree", STR_ARG(path));
    }
    size_t slash = path.length;
    while (slash > 0 && path.at[slash - 1] != '/') {
        slash--;
    }
    *out_name = str_part(path, slash, path.length);
    struct str folder = str_part(path, 0, slash > 0 ? slash - 1 : 0);
    if (find_open(tree, folder, out_directory)) {
        return DONE;
    }
    size_t directory = 0;
    for (size_t at = 0; at < folder.length;) {
        struct str rest = str_part(folder, at, folder.length);
        struct str part = str_cut(&rest, '/');
        struct str reached = str_part(folder, 0, at + part.length);
        TRY(step_into(tree, directory, reached, part, make, &directory));
        at += part.length + 1;
    }
    *out_directory = directory;
    return DONE;
}

static enum status step_into(struct tree *tree, size_t above, struct str path,
                             struct str part, bool make, size_t *out_directory) {
    if (find_open(tree, path, out_directory)) {
        return DONE;
    }
    char name[64] = {0};
    memcpy(name, part.at, part.length);
    int descriptor = -1;
    TRY(open_part(tree, above, name, make, &descriptor));
    size_t slot;
    if (take_slot(tree, above, &slot) != DONE) {
        close(descriptor);
        return FAILED;
    }
    struct directory *directory = &tree->directories[slot];
    *directory = (struct directory){.descriptor = descriptor, .used = ++tree->clock};
    memcpy(directory->path, path.at, path.length);
    *out_directory = slot;
    return DONE;
}

static enum status open_part(struct tree *tree, size_t above, const char *name, bool make,
                             int *out_descriptor) {
    struct directory *parent = &tree->directories[above];
    int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    int descriptor = openat(parent->descriptor, name, flags);
    if (descriptor < 0 && errno == ENOENT) {
        if (!make) {
            return ABSENT;
        }
        if (mkdirat(parent->descriptor, name, 0755) == 0) {
            parent->changed = tree->way == TREE_SAFE;
        } else if (errno != EEXIST) { /* another thread may have been first */
            return log_failed("make %s/%s: %s", parent->path, name, strerror(errno));
        }
        descriptor = openat(parent->descriptor, name, flags);
    }
    if (descriptor < 0) {
        return log_failed("%s/%s is not a directory of the tree: %s", parent->path, name,
                          strerror(errno));
    }
    *out_descriptor = descriptor;
    return DONE;
}

/* A place for one more open directory: a free one, or that of the directory
 * unused for longest which nothing planned needs. */
static enum status take_slot(struct tree *tree, size_t keep, size_t *out_slot) {
    if (tree->directory_count < OPEN_MOST) {
        *out_slot = tree->directory_count++;
        return DONE;
    }
    size_t oldest = 0;
    for (size_t i = 1; i < OPEN_MOST; i++) {
        bool needed = i == keep || tree->directories[i].changed;
        for (size_t j = 0; j < tree->planned_count && !needed; j++) {
            needed = tree->planned[j].directory == i;
        }
        if (!needed &&
            (oldest == 0 || tree->directories[i].used < tree->directories[oldest].used)) {
            oldest = i;
        }
    }
    if (oldest == 0) {
        TRY(tree_settle(tree));
        return take_slot(tree, keep, out_slot);
    }
    close(tree->directories[oldest].descriptor);
    *out_slot = oldest;
    return DONE;
}

static bool find_open(struct tree *tree, struct str path, size_t *out_directory) {
    for (size_t i = 0; i < tree->directory_count; i++) {
        if (str_is(path, tree->directories[i].path)) {
            tree->directories[i].used = ++tree->clock;
            *out_directory = i;
            return true;
        }
    }
    return false;
}

static enum status write_all(int descriptor, struct str bytes) {
    for (size_t written = 0; written < bytes.length;) {
        ssize_t part = write(descriptor, bytes.at + written, bytes.length - written);
        if (part < 0 && errno == EINTR) {
            continue;
        }
        if (part <= 0) {
            return log_failed("write a page: %s", strerror(errno));
        }
        written += (size_t)part;
    }
    return DONE;
}

/* Start all the writing first, so that the syncs wait for one journal commit
 * rather than for one each. */
static enum status sync_files(struct tree *tree) {
    int descriptors[PLANNED_MOST];
    size_t count = 0;
    for (size_t i = 0; i < tree->planned_count; i++) {
        if (tree->planned[i].descriptor >= 0) {
            maybe_die();
            descriptors[count++] = tree->planned[i].descriptor;
        }
    }
    return sync_together(descriptors, count);
}

static enum status show_files(struct tree *tree) {
    for (size_t i = 0; i < tree->planned_count; i++) {
        struct planned *file = &tree->planned[i];
        struct directory *directory = &tree->directories[file->directory];
        int failed = 0;
        maybe_die();
        if (file->beside[0] == '\0') {
            failed = unlinkat(directory->descriptor, file->name, 0) != 0 ? errno : 0;
            failed = failed == ENOENT ? 0 : failed;
        } else if (renameat(directory->descriptor, file->beside, directory->descriptor,
                            file->name) != 0) {
            failed = errno;
        } else {
            file->beside[0] = '\0';
        }
        if (failed != 0) {
            return log_failed("%s/%s: %s", directory->path, file->name, strerror(failed));
        }
        directory->changed = true;
    }
    return DONE;
}

static enum status sync_directories(struct tree *tree) {
    int descriptors[OPEN_MOST];
    size_t count = 0;
    for (size_t i = 0; i < tree->directory_count; i++) {
        if (tree->directories[i].changed) {
            maybe_die();
            descriptors[count++] = tree->directories[i].descriptor;
        }
    }
    TRY(sync_together(descriptors, count));
    for (size_t i = 0; i < tree->directory_count; i++) {
        tree->directories[i].changed = false;
    }
    return DONE;
}

static void forget_planned(struct tree *tree) {
    for (size_t i = 0; i < tree->planned_count; i++) {
        struct planned *file = &tree->planned[i];
        if (file->descriptor >= 0) {
            close(file->descriptor);
        }
        if (file->beside[0] != '\0') {
            (void)unlinkat(tree->directories[file->directory].descriptor, file->beside,
                           0);
        }
    }
    tree->planned_count = 0;
}

/* Takes *descriptor* and closes it. */
static enum status clear_below(int descriptor) {
    DIR *entries = fdopendir(descriptor);
    if (entries == NULL) {
        close(descriptor);
        return log_failed("read a directory: %s", strerror(errno));
    }
    enum status cleared = DONE;
    for (struct dirent *entry; cleared == DONE && (entry = readdir(entries)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
            continue;
        }
        if (unlinkat(dirfd(entries), entry->d_name, 0) == 0 || errno == ENOENT) {
            continue;
        }
        int below = openat(dirfd(entries), entry->d_name,
                           O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        cleared = below < 0 ? log_failed("clear %s: %s", entry->d_name, strerror(errno))
                            : clear_below(below);
        if (cleared == DONE &&
            unlinkat(dirfd(entries), entry->d_name, AT_REMOVEDIR) != 0) {
            cleared = log_failed("clear %s: %s", entry->d_name, strerror(errno));
        }
    }
    closedir(entries);
    return cleared;
}
