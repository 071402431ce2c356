/*
 * A published tree under inotify: which paths were touched since the last look.
 *
 * It misses what the kernel does not tell (a write through a mapping, more events than
 * the queue holds, more directories than may be watched); the watchman's sweeps are for
 * that.
 */
#include "app_own.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#define TOUCHED                                                                          \
    (IN_MODIFY | IN_CLOSE_WRITE | IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_MOVED_TO |  \
     IN_ATTRIB | IN_DELETE_SELF | IN_MOVE_SELF | IN_ONLYDIR | IN_DONT_FOLLOW)
#define DEPTH_MOST  24
#define EVENTS_ROOM 65536

/* Directories by watch descriptor; descriptors count up from 1. */
struct treewatch {
    struct arena *arena; /* of the paths */
    const char *root;
    int inotify;
    struct str *paths;
    size_t room;
};

static bool watch_below(struct treewatch *watch, struct str path, int depth,
                        struct touched *touched);
static bool keep(struct treewatch *watch, int descriptor, struct str path);
static void touch(struct arena *arena, struct touched *touched, struct str path);
static void take_event(struct treewatch *watch, struct arena *arena,
                       const struct inotify_event *event, struct touched *touched);

struct treewatch *treewatch_new(const char *root) {
    struct arena *arena = arena_new((size_t)256 << 20);
    struct treewatch *watch = TAKE(arena, struct treewatch);
    *watch = (struct treewatch){.arena = arena,
                                .root = str_text(arena, str_of(root)),
                                .inotify = inotify_init1(IN_CLOEXEC | IN_NONBLOCK)};
    if (watch->inotify < 0 || !watch_below(watch, STR(""), 0, NULL)) {
        treewatch_free(watch);
        return NULL;
    }
    return watch;
}

void treewatch_free(struct treewatch *watch) {
    if (watch == NULL) {
        return;
    }
    if (watch->inotify >= 0) {
        close(watch->inotify);
    }
    arena_free(watch->arena);
}

int treewatch_descriptor(const struct treewatch *watch) { return watch->inotify; }

bool treewatch_read(struct treewatch *watch, struct arena *arena,
                    struct touched *touched) {
    static _Alignas(struct inotify_event) _Thread_local char events[EVENTS_ROOM];
    for (;;) {
        ssize_t got = read(watch->inotify, events, sizeof events);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return got == 0 || errno == EAGAIN;
        }
        for (char *at = events; at < events + got;) {
            const struct inotify_event *event = (const struct inotify_event *)(void *)at;
            take_event(watch, arena, event, touched);
            at += sizeof *event + event->len;
        }
    }
}

static void take_event(struct treewatch *watch, struct arena *arena,
                       const struct inotify_event *event, struct touched *touched) {
    size_t descriptor = (size_t)event->wd;
    if ((event->mask & (IN_Q_OVERFLOW | IN_UNMOUNT)) != 0) {
        touched->all = true;
        return;
    }
    if (event->wd < 0 || descriptor >= watch->room ||
        watch->paths[descriptor].at == NULL) {
        return;
    }
    struct str folder = watch->paths[descriptor];
    if ((event->mask & (IN_DELETE_SELF | IN_MOVE_SELF)) != 0 || event->len == 0) {
        touched->all |= folder.length == 0; /* the whole tree was exchanged */
        return;
    }
    struct str path = folder.length == 0
                          ? str_copy(arena, str_of(event->name))
                          : str_format(arena, "%.*s/%s", STR_ARG(folder), event->name);
    if ((event->mask & IN_ISDIR) == 0) {
        touch(arena, touched, path);
    } else if ((event->mask & (IN_CREATE | IN_MOVED_TO)) != 0) {
        watch_below(watch, path, 1, touched);
    } else if ((event->mask & (IN_DELETE | IN_MOVED_FROM)) != 0) {
        touched->all = true; /* a whole folder went */
    }
}

/* Watch a directory and what is in it; what is there already counts as touched. */
static bool watch_below(struct treewatch *watch, struct str path, int depth,
                        struct touched *touched) {
    const char *folder =
        str_format(watch->arena, "%s/%.*s", watch->root, STR_ARG(path)).at;
    int descriptor = inotify_add_watch(watch->inotify, folder, TOUCHED);
    if (descriptor < 0 || !keep(watch, descriptor, path)) {
        return depth > 0 && (errno == ENOENT || errno == ENOTDIR); /* gone again */
    }
    DIR *entries = opendir(folder);
    if (entries == NULL || depth > DEPTH_MOST) {
        return entries == NULL || closedir(entries) == 0;
    }
    bool watched = true;
    for (struct dirent *entry; watched && (entry = readdir(entries)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
            continue;
        }
        struct str inner =
            path.length == 0
                ? str_copy(watch->arena, str_of(entry->d_name))
                : str_format(watch->arena, "%.*s/%s", STR_ARG(path), entry->d_name);
        if (entry->d_type == DT_DIR) {
            watched = watch_below(watch, inner, depth + 1, touched);
        } else if (touched != NULL) {
            touch(watch->arena, touched, inner);
        }
    }
    closedir(entries);
    return watched;
}

static bool keep(struct treewatch *watch, int descriptor, struct str path) {
    size_t wanted = (size_t)descriptor + 1;
    if (wanted > watch->room) {
        size_t room = wanted * 2 + 64;
        struct str *grown = TAKE_ARRAY(watch->arena, room, struct str);
        for (size_t i = 0; i < watch->room; i++) {
            grown[i] = watch->paths[i];
        }
        watch->paths = grown;
        watch->room = room;
    }
    watch->paths[descriptor] = str_copy(watch->arena, path);
    if (watch->paths[descriptor].at == NULL) {
        watch->paths[descriptor].at = "";
    }
    return true;
}

static void touch(struct arena *arena, struct touched *touched, struct str path) {
    for (size_t i = touched->count; i > 0 && i + 8 > touched->count; i--) {
        if (str_equal(touched->paths[i - 1], path)) {
            return; /* one writing tells of itself several times */
        }
    }
    if (touched->count == TOUCHED_MOST) {
        touched->all = true;
        return;
    }
    touched->paths[touched->count++] = str_copy(arena, path);
}
