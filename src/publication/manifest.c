/*
 * The manifest: every file of the tree with its digest and the release it
 * shows, and over it a hash tree by directory.  A folder's digest covers the
 * names and digests of its files and of the folders in it, so that the root's
 * stands for the whole tree and one changed file costs one path to the root.
 *
 * Files have SHA-256 digests, so that whoever keeps a mirror can check it with
 * sha256sum; the folders above them, and so the root, have SM3.  The root is noted in
 * the ledger, which the signed checkpoints cover.
 */
#include "publication_own.h"
#include "publication_sql.h"

#include "ledger/ledger.h"

#include <stdlib.h>
#include <string.h>

#define ROOT_ABOVE      "-"
#define FOLDERS_AT_ONCE 200

struct folders {
    struct arena *arena;
    struct str *at;
    size_t count;
    size_t room;
};

static void add_folder(struct folders *folders, struct str path);
static struct str above_of(struct str path);
static enum status record_row(struct call *call, id64 site, const struct file_row *row);
static enum status record_folder(struct call *call, id64 site, struct str path);
static enum status digest_folder(struct call *call, id64 site, struct str path,
                                 struct digest *out_digest, size_t *out_entries);
static enum status add_rows(struct call *call, const struct statement *statement,
                            const char *key, id64 site, struct str path, const char *name,
                            struct digesting *digesting, size_t *entries);
static int deeper_first(const void *a, const void *b);
static int by_folder_and_path(const void *a, const void *b);
static enum status set_root(struct call *call, id64 site);
static enum status note_manifest(struct call *call, void *what);

void sink_init(struct sink *sink, struct tree *tree, struct arena *arena) {
    *sink = (struct sink){.tree = tree, .arena = arena};
}

static struct file_row *sink_row(struct sink *sink) {
    if (sink->count == sink->room) {
        size_t room = sink->room == 0 ? 64 : sink->room * 2;
        struct file_row *grown = TAKE_ARRAY(sink->arena, room, struct file_row);
        for (size_t i = 0; i < sink->count; i++) {
            grown[i] = sink->rows[i];
        }
        sink->rows = grown;
        sink->room = room;
    }
    return &sink->rows[sink->count++];
}

enum status sink_put(struct sink *sink, struct str path, struct str bytes, id64 release) {
    if (sink->tree != NULL) {
        TRY(tree_write(sink->tree, path, bytes));
    }
    if (sink->shown != NULL && str_equal(path, sink->shown_path)) {
        buffer_add(sink->shown, bytes);
    }
    *sink_row(sink) =
        (struct file_row){.path = str_copy(sink->arena, path),
                          .folder = address_folder(sink->arena, path),
                          .digest = digest_of(DIGEST_SHA256, bytes_of_str(bytes)),
                          .size = (int64_t)bytes.length,
                          .release = release};
    sink->written++;
    return DONE;
}

enum status sink_drop(struct sink *sink, struct str path) {
    if (sink->is_empty) {
        return DONE;
    }
    if (sink->tree != NULL) {
        TRY(tree_remove(sink->tree, path));
    }
    *sink_row(sink) = (struct file_row){.path = str_copy(sink->arena, path),
                                        .folder = address_folder(sink->arena, path),
                                        .gone = true};
    sink->removed++;
    return DONE;
}

enum status manifest_record(struct call *call, id64 site, const struct file_row *rows,
                            size_t count) {
    struct folders folders = {.arena = call->arena};
    for (size_t i = 0; i < count; i++) {
        TRY(record_row(call, site, &rows[i]));
        add_folder(&folders, rows[i].folder);
    }
    for (size_t i = 0; i < folders.count; i++) { /* grows: each adds the one above */
        if (folders.at[i].length > 0) {
            add_folder(&folders, above_of(folders.at[i]));
        }
    }
    if (folders.count > 1) {
        qsort(folders.at, folders.count, sizeof *folders.at, deeper_first);
    }
    for (size_t i = 0; i < folders.count; i++) {
        TRY(record_folder(call, site, folders.at[i]));
    }
    return set_root(call, site);
}

/* The same answer as recording each file, for a tree written anew. */
enum status manifest_replace(struct call *call, id64 site, struct file_row *rows,
                             size_t count, size_t *out_files) {
    TRY(store_run(call, &publication_files_clear, NULL, bind_id("site", site)));
    TRY(store_run(call, &publication_folders_clear, NULL, bind_id("site", site)));
    if (count > 1) {
        qsort(rows, count, sizeof *rows, by_folder_and_path);
    }
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        bool again = i + 1 < count && str_equal(rows[i].path, rows[i + 1].path);
        if (!again && !rows[i].gone) {
            rows[kept++] = rows[i];
        }
    }
    *out_files = kept;
    return manifest_record(call, site, rows, kept);
}

static void add_folder(struct folders *folders, struct str path) {
    /* Neighbours are alike, so the end of the list answers nearly every time. */
    for (size_t i = folders->count; i > 0; i--) {
        if (str_equal(folders->at[i - 1], path)) {
            return;
        }
    }
    if (folders->count == folders->room) {
        size_t room = folders->room == 0 ? 32 : folders->room * 2;
        struct str *grown = TAKE_ARRAY(folders->arena, room, struct str);
        for (size_t i = 0; i < folders->count; i++) {
            grown[i] = folders->at[i];
        }
        folders->at = grown;
        folders->room = room;
    }
    folders->at[folders->count++] = path;
}

static struct str above_of(struct str path) {
    size_t slash = path.length;
    while (slash > 0 && path.at[slash - 1] != '/') {
        slash--;
    }
    return str_part(path, 0, slash > 0 ? slash - 1 : 0);
}

static enum status record_row(struct call *call, id64 site, const struct file_row *row) {
    if (row->gone) {
        return store_run(call, &publication_file_drop, NULL, bind_id("site", site),
                         bind_text("path", row->path));
    }
    return store_run(call, &publication_file_put, NULL, bind_id("site", site),
                     bind_text("path", row->path), bind_text("folder", row->folder),
                     bind_digest("digest", &row->digest), bind_int("size", row->size),
                     bind_int("release", row->release));
}

static enum status record_folder(struct call *call, id64 site, struct str path) {
    struct digest digest;
    size_t entries = 0;
    TRY(digest_folder(call, site, path, &digest, &entries));
    if (entries == 0) {
        return store_run(call, &publication_folder_drop, NULL, bind_id("site", site),
                         bind_text("path", path));
    }
    struct str above = path.length == 0 ? STR(ROOT_ABOVE) : above_of(path);
    return store_run(call, &publication_folder_put, NULL, bind_id("site", site),
                     bind_text("path", path), bind_text("above", above),
                     bind_digest("digest", &digest));
}

static enum status digest_folder(struct call *call, id64 site, struct str path,
                                 struct digest *out_digest, size_t *out_entries) {
    struct digesting digesting;
    size_t entries = 0;
    digest_begin(&digesting, DIGEST_SM3);
    enum status added = add_rows(call, &publication_files_in, "folder", site, path,
                                 "file", &digesting, &entries);
    if (added == DONE) {
        added = add_rows(call, &publication_folders_in, "above", site, path, "folder",
                         &digesting, &entries);
    }
    *out_digest = digest_end(&digesting);
    *out_entries = entries;
    return added;
}

static enum status add_rows(struct call *call, const struct statement *statement,
                            const char *key, id64 site, struct str path, const char *name,
                            struct digesting *digesting, size_t *entries) {
    struct rows *rows;
    TRY(store_query(call, statement, &rows, bind_id("site", site), bind_text(key, path)));
    for (; rows_next(rows); (*entries)++) {
        digest_add_field(digesting, name, row_text(rows, "path"));
        digest_add_field(digesting, "digest", row_text(rows, "digest"));
    }
    return rows_end(rows);
}

/* Every folder must be what its files and folders say; then the stored root stands for
 * all files but those of a folder that has no row. */
enum status manifest_root(struct call *call, id64 site, struct digest *out_root) {
    struct digest root = {0};
    struct rows *rows;
    struct str after = STR("");
    bool first = true;
    bool sound = true;
    TRY(store_find(call, &publication_files_astray, &rows, bind_id("site", site)));
    sound = row_int(rows, "astray") == 0;
    for (bool more = true; more && sound;) {
        struct str paths[FOLDERS_AT_ONCE];
        struct digest stored[FOLDERS_AT_ONCE];
        size_t count = 0;
        TRY(store_query(call, &publication_folders_after, &rows, bind_id("site", site),
                        bind_text("after", after), bind_int("first", first)));
        while (count < FOLDERS_AT_ONCE && rows_next(rows)) {
            paths[count] = row_text(rows, "path");
            stored[count++] = row_digest(rows, "digest");
        }
        TRY(rows_end(rows));
        for (size_t i = 0; i < count && sound; i++) {
            struct digest digest;
            size_t entries;
            TRY(digest_folder(call, site, paths[i], &digest, &entries));
            sound = digest_equal(&digest, &stored[i]);
            root = paths[i].length == 0 ? digest : root;
            after = paths[i];
        }
        first = false;
        more = count == FOLDERS_AT_ONCE;
    }
    *out_root = sound ? root : (struct digest){0};
    return DONE;
}

enum status publication_manifest_note(struct call *call, id64 site) {
    struct rows *row;
    struct site facts;
    TRY(site_find(call, site, &facts));
    enum status found =
        store_find(call, &publication_site_row, &row, bind_id("site", site));
    if (found != DONE || str_is_empty(row_text(row, "root"))) {
        return found == FAILED ? FAILED : DONE;
    }
    txn_abort(call);
    return store_transact(call, TXN_WRITE, note_manifest, &facts);
}

enum status publication_manifest_root(struct call *call, id64 site,
                                      struct digest *out_root) {
    struct rows *row;
    struct digest root = {0};
    enum status found =
        store_find(call, &publication_site_row, &row, bind_id("site", site));
    if (found == DONE && !str_is_empty(row_text(row, "root"))) {
        found = digest_from_text(row_text(row, "root"), &root);
    }
    if (found != DONE && found != ABSENT) {
        return found;
    }
    *out_root = root;
    return DONE;
}

static enum status note_manifest(struct call *call, void *what) {
    const struct site *site = what;
    struct ledger_list list;
    struct rows *row;
    struct digest root;
    struct ledger_filter filter = {.act = STR("publication.manifest"),
                                   .subject = {SUBJECT_SITE, site->id},
                                   .limit = 1};
    TRY(store_find(call, &publication_site_row, &row, bind_id("site", site->id)));
    TRY(digest_from_text(row_text(row, "root"), &root));
    TRY(ledger_read(call, site->group, &filter, &list));
    if (list.count > 0 && digest_equal(&list.at[0].digest, &root)) {
        return DONE;
    }
    struct ledger_act record = {.act = "publication.manifest",
                                .subject = {SUBJECT_SITE, site->id},
                                .digest = root};
    return ledger_append(call, site->group, &record, NULL);
}

static enum status set_root(struct call *call, id64 site) {
    struct rows *row;
    struct str root = STR("");
    enum status found = store_find(call, &publication_folder_row, &row,
                                   bind_id("site", site), bind_text("path", STR("")));
    if (found == DONE) {
        root = row_text(row, "digest");
    } else if (found != ABSENT) {
        return found;
    }
    return store_run(call, &publication_set_root, NULL, bind_id("site", site),
                     bind_text("root", root), bind_int("now", call->now));
}

static int deeper_first(const void *a, const void *b) {
    const struct str *one = a;
    const struct str *other = b;
    int depths[2] = {one->length > 0, other->length > 0};
    for (size_t i = 0; i < one->length; i++) {
        depths[0] += one->at[i] == '/';
    }
    for (size_t i = 0; i < other->length; i++) {
        depths[1] += other->at[i] == '/';
    }
    return depths[0] != depths[1] ? depths[1] - depths[0] : str_compare(*one, *other);
}

static int by_folder_and_path(const void *a, const void *b) {
    const struct file_row *one = a;
    const struct file_row *other = b;
    int order = str_compare(one->folder, other->folder);
    order = order != 0 ? order : str_compare(one->path, other->path);
    return order != 0 ? order : (one->order > other->order) - (one->order < other->order);
}
