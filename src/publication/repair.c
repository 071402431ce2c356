/*
 * A damaged tree put right: what is missing or was changed is written again from what
 * the store says now, what nobody put there goes, and bytes that did not belong are put
 * aside.
 */
#include "guard_own.h"
#include "publication_sql.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum status plan_damage(struct guarding *guarding, const struct damage *damage);
static enum status plan_others(struct guarding *guarding, struct str path);
static enum status load_lists(struct guarding *guarding);
static void put_aside(struct guarding *guarding, const struct damage *damage);
static void take_away(struct guarding *guarding, struct str path);
static enum status record_rows(struct call *call, void *what);

enum status repair_damages(struct guarding *guarding) {
    struct call *call = guarding->call;
    struct theme *theme;
    struct view view;
    struct tree *tree;
    for (size_t i = 0; i < guarding->count; i++) {
        put_aside(guarding, &guarding->at[i]);
        if (guarding->at[i].kind != FILE_MISSING) {
            take_away(guarding, guarding->at[i].path);
        }
    }
    plan_init(&guarding->plan, call->arena);
    for (size_t i = 0; i < guarding->count; i++) {
        if (guarding->at[i].kind != FILE_FOREIGN) {
            TRY(plan_damage(guarding, &guarding->at[i]));
        }
    }
    TRY(theme_load_worn(call, &guarding->site, &theme));
    enum status done = view_load(call, guarding->site.id, theme, &view);
    if (done == DONE) {
        done = tree_open(site_tree_path(call, guarding->site.code), TREE_SAFE, &tree);
    }
    if (done == DONE) {
        sink_init(&guarding->sink, tree, call->arena);
        for (size_t i = 0; done == DONE && i < guarding->plan.count; i++) {
            done = operation_do(call, &view, &guarding->plan.at[i], &guarding->sink);
        }
        done = done == DONE ? tree_settle(tree) : done;
        tree_close(tree);
    }
    theme_free(theme);
    TRY(done);
    txn_abort(call);
    return store_transact(call, TXN_WRITE, record_rows, guarding);
}

static enum status plan_damage(struct guarding *guarding, const struct damage *damage) {
    struct call *call = guarding->call;
    struct release release;
    struct rows *row;
    enum status found =
        store_find(call, &publication_file_row, &row, bind_id("site", guarding->site.id),
                   bind_text("path", damage->path));
    if (found != DONE) {
        return found == ABSENT ? DONE : found;
    }
    id64 id = row_id(row, "release_id");
    if (id == 0) {
        return plan_others(guarding, damage->path);
    }
    found = publication_find(call, id, &release);
    if (found == DONE) {
        plan_add(&guarding->plan, OPERATE_ITEM, release.column, release.number,
                 release.path);
        if (!str_equal(damage->path, release.path) &&
            !str_equal(damage->path, address_gone(call->arena, release.path))) {
            plan_add(&guarding->plan, OPERATE_FILE, release.column, release.number,
                     damage->path);
        }
    }
    return found == ABSENT ? DONE : found;
}

static enum status plan_others(struct guarding *guarding, struct str path) {
    if (guarding->lists.count == 0) {
        TRY(load_lists(guarding));
    }
    for (size_t i = 0; i < guarding->lists.count; i++) {
        const struct operation *operation = &guarding->lists.at[i];
        if (str_equal(operation->path, path)) {
            plan_add(&guarding->plan, operation->kind, operation->column,
                     operation->number, operation->path);
            return DONE;
        }
    }
    return DONE;
}

static enum status load_lists(struct guarding *guarding) {
    struct call *call = guarding->call;
    struct rows *row;
    int64_t places = 0;
    plan_init(&guarding->lists, call->arena);
    enum status found =
        store_find(call, &publication_site_row, &row, bind_id("site", guarding->site.id));
    if (found == DONE) {
        places = row_int(row, "next_place") - 1;
    } else if (found != ABSENT) {
        return found;
    }
    return plan_all_lists(call, &guarding->lists, guarding->site.id, places);
}

/* A fault here keeps nothing from being mended. */
static void put_aside(struct guarding *guarding, const struct damage *damage) {
    struct arena *arena = arena_new(GUARD_FILE_MOST * 2);
    struct bytes bytes;
    struct stat facts;
    int file = damage->kind == FILE_MISSING
                   ? -1
                   : guard_open(guarding->root, arena, damage->path,
                                O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
    if (file >= 0 && fstat(file, &facts) == 0 && S_ISREG(facts.st_mode) &&
        file_read(arena, str_format(arena, "/proc/self/fd/%d", file).at, GUARD_FILE_MOST,
                  &bytes) == DONE) {
        struct digest digest = digest_of(DIGEST_SHA256, bytes);
        struct str name = bytes_to_hex(arena, (struct bytes){digest.at, DIGEST_SIZE});
        const char *path = str_format(arena, "%s/quarantine/%.*s",
                                      guarding->call->house->workspace, STR_ARG(name))
                               .at;
        if (!file_exists(path) && file_write(path, bytes) != DONE) {
            log_fault("guard: a changed file could not be put aside");
        }
    }
    if (file >= 0) {
        close(file);
    }
    arena_free(arena);
}

static void take_away(struct guarding *guarding, struct str path) {
    struct arena *arena = arena_new((size_t)64 << 10);
    struct str above = path;
    while (above.length > 0 && above.at[above.length - 1] != '/') {
        above.length--;
    }
    const char *name = str_text(arena, str_part(path, above.length, path.length));
    int folder =
        above.length == 0
            ? guard_open(guarding->root, arena, STR("."), O_RDONLY | O_DIRECTORY)
            : guard_open(guarding->root, arena, str_part(above, 0, above.length - 1),
                         O_RDONLY | O_DIRECTORY);
    if (folder >= 0) {
        if (unlinkat(folder, name, 0) != 0 && unlinkat(folder, name, AT_REMOVEDIR) != 0 &&
            errno != ENOENT) {
            log_fault("guard: a file that does not belong stays: %s", strerror(errno));
        }
        fsync(folder);
        close(folder);
    }
    arena_free(arena);
}

static enum status record_rows(struct call *call, void *what) {
    struct guarding *guarding = what;
    return manifest_record(call, guarding->site.id, guarding->sink.rows,
                           guarding->sink.count);
}
