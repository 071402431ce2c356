/*
 * The tree held against the manifest: what is missing, what was changed, what
 * nobody put there.  It reads; mending is the rebuild's.
 */
#include "publication_own.h"
#include "publication_sql.h"

#include <dirent.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_MOST  ((size_t)64 << 20)
#define DEPTH_MOST 24

struct check {
    struct call *call;
    struct call file_call; /* an arena for one file at a time */
    id64 site;
    const char *root;
    void (*difference)(void *listener, struct str path, enum tampering kind);
    void *listener;
    struct verified verified;
};

static enum status check_files(struct check *check);
static enum status check_file(struct check *check, struct str path,
                              const struct digest *digest);
static enum status check_foreign(struct check *check, struct str below, int depth);
static enum status check_entry(struct check *check, struct str path, int depth);
static void tell(struct check *check, struct str path, enum tampering kind);

enum status publication_verify(struct call *call, id64 site,
                               void (*difference)(void *listener, struct str path,
                                                  enum tampering kind),
                               void *listener, struct verified *out_verified) {
    struct site facts;
    struct rows *row;
    struct check check = {
        .call = call, .site = site, .difference = difference, .listener = listener};
    TRY(site_find(call, site, &facts));
    TRY(store_find(call, &publication_site_row, &row, bind_id("site", site)));
    struct str root = row_text(row, "root");
    if (root.length > 0) {
        TRY(digest_from_text(root, &check.verified.root));
    }
    check.root = site_tree_path(call, facts.code);
    check.file_call = *call;
    check.file_call.arena = arena_new(FILE_MOST * 2);
    enum status done = check_files(&check);
    if (done == DONE) {
        done = check_foreign(&check, STR(""), 0);
    }
    arena_free(check.file_call.arena);
    if (done == DONE) {
        *out_verified = check.verified;
    }
    return done;
}

static enum status check_files(struct check *check) {
    struct str after = STR("");
    for (bool more = true; more;) {
        struct rows *rows;
        more = false;
        TRY(store_query(check->call, &publication_files, &rows,
                        bind_id("site", check->site), bind_text("after", after)));
        while (rows_next(rows)) {
            struct str path = row_text(rows, "path");
            struct digest digest = row_digest(rows, "digest");
            TRY(check_file(check, path, &digest));
            after = path;
            more = true;
        }
        TRY(rows_end(rows));
    }
    return DONE;
}

static enum status check_file(struct check *check, struct str path,
                              const struct digest *digest) {
    struct arena *arena = check->file_call.arena;
    struct bytes bytes;
    struct stat facts;
    arena_clear(arena);
    const char *file = str_format(arena, "%s/%.*s", check->root, STR_ARG(path)).at;
    check->verified.files++;
    if (lstat(file, &facts) == 0 && !S_ISREG(facts.st_mode)) {
        tell(check, path, FILE_CHANGED);
        return DONE;
    }
    enum status found = file_read(arena, file, FILE_MOST, &bytes);
    if (found == FAILED) {
        return FAILED;
    }
    if (found != DONE) {
        tell(check, path, found == ABSENT ? FILE_MISSING : FILE_CHANGED);
        return DONE;
    }
    struct digest present = digest_of((enum digest_profile)digest->profile, bytes);
    if (!digest_equal(&present, digest)) {
        tell(check, path, FILE_CHANGED);
    }
    return DONE;
}

static enum status check_foreign(struct check *check, struct str below, int depth) {
    const char *path =
        str_format(check->call->arena, "%s/%.*s", check->root, STR_ARG(below)).at;
    DIR *entries = opendir(path);
    if (entries == NULL) {
        return DONE; /* its files were told as missing */
    }
    enum status done = DONE;
    for (struct dirent *entry; done == DONE && (entry = readdir(entries)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
            continue;
        }
        struct str name = str_of(entry->d_name);
        done = check_entry(check,
                           below.length == 0 ? str_copy(check->call->arena, name)
                                             : str_format(check->call->arena, "%.*s/%s",
                                                          STR_ARG(below), entry->d_name),
                           depth);
    }
    closedir(entries);
    return done;
}

static enum status check_entry(struct check *check, struct str path, int depth) {
    struct stat facts;
    struct rows *row;
    const char *file =
        str_format(check->call->arena, "%s/%.*s", check->root, STR_ARG(path)).at;
    if (lstat(file, &facts) != 0) {
        return DONE;
    }
    if (S_ISDIR(facts.st_mode) && depth < DEPTH_MOST) {
        return check_foreign(check, path, depth + 1);
    }
    enum status known =
        utf8_is_valid(path)
            ? store_find(check->call, &publication_file_row, &row,
                         bind_id("site", check->site), bind_text("path", path))
            : ABSENT;
    if (known == ABSENT) {
        tell(check, path, FILE_FOREIGN);
        return DONE;
    }
    return known;
}

static void tell(struct check *check, struct str path, enum tampering kind) {
    check->verified.differences++;
    if (check->difference != NULL) {
        check->difference(check->listener, path, kind);
    }
}
