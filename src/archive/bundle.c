/*
 * A package as one file that can be carried away: a tar archive as POSIX.1-1988 has it
 * (ustar), which every system opens.  It lies beside its folder and is whole or absent.
 * Nothing in it says whose account made it, and its order and times are fixed: the same
 * folder gives the same bytes.
 */
#include "package_own.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define BLOCK      512
#define FILES_MOST 2000000
#define SIZE_MOST  077777777777LL /* of one file, by the form of its head */

struct member {
    struct str name;
    off_t size;
};

struct bundle {
    struct arena *arena;
    const char *folder;
    struct str root; /* the folder's name, before every member */
    FILE *out;
    struct member *members;
    size_t count;
    size_t room;
};

static enum status write_bundle(struct bundle *bundle, const char *path);
static enum status collect(struct bundle *bundle);
static enum status collect_below(struct bundle *bundle, const char *below);
static enum status add_member(struct bundle *bundle, const char *name);
static int by_name(const void *a, const void *b);
static enum status put_member(struct bundle *bundle, const struct member *member);
static enum status put_head(struct bundle *bundle, const struct member *member);
static bool split(struct str name, char *out_prefix, char *out_name);
static enum status put_bytes(struct bundle *bundle, const struct member *member);
static enum status broken(const struct bundle *bundle, const char *name);

enum status bundle_write(const char *folder, const char *path) {
    const char *slash = strrchr(folder, '/');
    struct bundle bundle = {.arena = arena_new((size_t)1 << 30),
                            .folder = folder,
                            .root = str_of(slash == NULL ? folder : slash + 1)};
    const char *part = str_format(bundle.arena, "%s.part", path).at;
    enum status status = write_bundle(&bundle, part);
    if (status == DONE && rename(part, path) != 0) {
        status = log_failed("%s: %s", path, strerror(errno));
    }
    if (status == DONE) {
        char *directory = strdup(path);
        *strrchr(directory, '/') = '\0';
        status = file_sync_directory(directory);
        free(directory);
    } else {
        (void)unlink(part);
    }
    free(bundle.members);
    arena_free(bundle.arena);
    return status;
}

static enum status write_bundle(struct bundle *bundle, const char *path) {
    static const char end[2 * BLOCK];
    TRY(collect(bundle));
    bundle->out = fopen(path, "wbe");
    if (bundle->out == NULL) {
        return log_failed("%s: %s", path, strerror(errno));
    }
    enum status status = DONE;
    for (size_t i = 0; i < bundle->count && status == DONE; i++) {
        status = put_member(bundle, &bundle->members[i]);
    }
    bool whole = status == DONE &&
                 fwrite(end, 1, sizeof end, bundle->out) == sizeof end &&
                 fflush(bundle->out) == 0 && fsync(fileno(bundle->out)) == 0;
    whole = fclose(bundle->out) == 0 && whole;
    return whole || status != DONE ? status : log_failed("%s could not be written", path);
}

static enum status collect(struct bundle *bundle) {
    TRY(collect_below(bundle, ""));
    if (bundle->count > 0) {
        qsort(bundle->members, bundle->count, sizeof *bundle->members, by_name);
    }
    return DONE;
}

/* Files and directories alone: a package has no links. */
static enum status collect_below(struct bundle *bundle, const char *below) {
    const char *path = str_format(bundle->arena, "%s%s", bundle->folder, below).at;
    DIR *listing = opendir(path);
    enum status status = DONE;
    if (listing == NULL) {
        return log_failed("%s: %s", path, strerror(errno));
    }
    for (struct dirent *entry = readdir(listing); entry != NULL && status == DONE;
         entry = readdir(listing)) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
            continue;
        }
        const char *name = str_format(bundle->arena, "%s/%s", below, entry->d_name).at;
        status = entry->d_type == DT_DIR   ? collect_below(bundle, name)
                 : entry->d_type == DT_REG ? add_member(bundle, name)
                                           : broken(bundle, name);
    }
    closedir(listing);
    return status;
}

static enum status add_member(struct bundle *bundle, const char *name) {
    struct stat kind;
    const char *path = str_format(bundle->arena, "%s%s", bundle->folder, name).at;
    if (lstat(path, &kind) != 0 || kind.st_size > SIZE_MOST ||
        bundle->count == FILES_MOST) {
        return broken(bundle, name);
    }
    if (bundle->count == bundle->room) {
        bundle->room = bundle->room == 0 ? 256 : 2 * bundle->room;
        bundle->members =
            realloc(bundle->members, bundle->room * sizeof *bundle->members);
        if (bundle->members == NULL) {
            log_fatal("out of memory");
        }
    }
    bundle->members[bundle->count++] = (struct member){str_of(name), kind.st_size};
    return DONE;
}

static int by_name(const void *a, const void *b) {
    const struct member *one = a;
    const struct member *other = b;
    return strcmp(one->name.at, other->name.at);
}

static enum status put_member(struct bundle *bundle, const struct member *member) {
    TRY(put_head(bundle, member));
    return put_bytes(bundle, member);
}

/* The sum is counted with blanks in its own place. */
static enum status put_head(struct bundle *bundle, const struct member *member) {
    struct {
        char name[100], mode[8], uid[8], gid[8], size[12], mtime[12], sum[8], kind;
        char link[100], magic[6], version[2], user[32], group[32], major[8], minor[8];
        char prefix[155], rest[12];
    } head = {0};
    _Static_assert(sizeof head == BLOCK, "a head is one block");
    unsigned sum = 0;
    struct str whole = str_format(bundle->arena, "%.*s%.*s", STR_ARG(bundle->root),
                                  STR_ARG(member->name));
    if (!split(whole, head.prefix, head.name)) {
        return broken(bundle, member->name.at);
    }
    memcpy(head.mode, "0000640", 8);
    memcpy(head.uid, "0000000", 8);
    memcpy(head.gid, "0000000", 8);
    snprintf(head.size, sizeof head.size, "%011llo", (unsigned long long)member->size);
    memcpy(head.mtime, "00000000000", 12);
    memset(head.sum, ' ', sizeof head.sum);
    head.kind = '0';
    memcpy(head.magic, "ustar", 6);
    memcpy(head.version, "00", 2);
    for (size_t i = 0; i < BLOCK; i++) {
        sum += ((const unsigned char *)&head)[i];
    }
    snprintf(head.sum, sizeof head.sum, "%06o", sum);
    return fwrite(&head, 1, BLOCK, bundle->out) == BLOCK
               ? DONE
               : broken(bundle, member->name.at);
}

/* At a slash, the first part of at most 155 bytes and the rest of at most 100. */
static bool split(struct str name, char *out_prefix, char *out_name) {
    size_t at = name.length <= 100 ? 0 : name.length - 101;
    while (at > 0 && at < name.length && name.at[at] != '/') {
        at++;
    }
    size_t rest = at == 0 ? 0 : at + 1;
    if (at > 155 || rest >= name.length || name.length - rest > 100) {
        return false;
    }
    memcpy(out_prefix, name.at, at);
    memcpy(out_name, name.at + rest, name.length - rest);
    return true;
}

static enum status put_bytes(struct bundle *bundle, const struct member *member) {
    char piece[64 * BLOCK];
    off_t left = member->size;
    const char *path =
        str_format(bundle->arena, "%s%.*s", bundle->folder, STR_ARG(member->name)).at;
    FILE *file = fopen(path, "rbe");
    bool good = file != NULL;
    while (good && left > 0) {
        size_t want = left < (off_t)sizeof piece ? (size_t)left : sizeof piece;
        size_t padded = (want + BLOCK - 1) / BLOCK * BLOCK;
        good = fread(piece, 1, want, file) == want;
        memset(piece + want, 0, padded - want);
        good = good && fwrite(piece, 1, padded, bundle->out) == padded;
        left -= (off_t)want;
    }
    if (file != NULL) {
        fclose(file);
    }
    return good ? DONE : broken(bundle, member->name.at);
}

static enum status broken(const struct bundle *bundle, const char *name) {
    return log_failed("%s%s could not be put into one file", bundle->folder, name);
}
