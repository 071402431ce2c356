/*
 * The package of a year: one folder an item, a manifest over all of it, and the chain
 * whose last entry names the manifest.
 *
 * Nothing in it needs the program: a stranger reads the files and runs the two scripts
 * that lie beside them.
 */
#include "package_own.h"

#include "notary/notary.h"
#include "site/site.h"

#include <dirent.h>
#include <string.h>

#define SCRIPT_MOST ((size_t)1 << 20)

struct lines {
    struct package *package;
    FILE *file;
    json_t *folders; /* manuscript id to the folders of its items */
};

static bool is_empty_directory(const char *path);
static enum status write_items(struct package *package);
static enum status is_meant(struct package *package, id64 site, bool *out_is);
static enum status write_internal(struct package *package);
static enum status write_histories(struct package *package);
static bool write_history(void *to, struct str line);
static enum status write_scripts(struct package *package);
static enum status write_manifest(struct package *package);
static enum status note_export(struct package *package);
static enum status write_chain(struct package *package);
static bool write_line(void *to, struct str line);
static enum status write_checkpoints(struct package *package);

enum status archive_export(struct call *call, id64 group, int year, const char *directory,
                           struct exported *out_exported) {
    struct ledger_act act = act_of("archive.export", group);
    struct eye eye;
    TRY(ledger_settle(call, group, &act, must_export(call, group, &eye)));
    return package_export(call, &eye, year, directory, out_exported);
}

enum status package_export(struct call *call, const struct eye *eye, int year,
                           const char *directory, struct exported *out_exported) {
    struct package package = {.call = call,
                              .eye = eye,
                              .group = eye->group,
                              .year = year,
                              .from = day_start(day_of_date((struct date){year, 1, 1})),
                              .until =
                                  day_start(day_of_date((struct date){year + 1, 1, 1})),
                              .directory = directory,
                              .files = json_array(),
                              .folders = json_object()};
    enum status status = DONE;
    if (year < 1990 || package.from > call->now) {
        status = call_refuse_field(call, "year", "", "archive.year-odd", NULL);
    }
    if (status == DONE && !is_empty_directory(directory)) {
        status = call_refuse(call, REFUSED, "", "archive.not-empty", "directory",
                             directory, NULL);
    }
    status = status == DONE ? file_make_directory(directory) : status;
    status = status == DONE ? write_items(&package) : status;
    status = status == DONE ? write_internal(&package) : status;
    status = status == DONE ? write_histories(&package) : status;
    status = status == DONE ? write_scripts(&package) : status;
    status = status == DONE ? write_manifest(&package) : status;
    status = status == DONE ? note_export(&package) : status;
    status = status == DONE ? write_chain(&package) : status;
    status = status == DONE ? write_checkpoints(&package) : status;
    json_decref(package.files);
    json_decref(package.folders);
    if (status == DONE) {
        *out_exported = package.exported;
    }
    return status;
}

enum status must_export(struct call *call, id64 group, struct eye *out_eye) {
    struct eye eye;
    TRY(eye_open(call, group, &eye));
    if (!eye.all && eye.body_count == 0) {
        return call_refuse(call, DENIED, "", "archive.only-archivists", NULL);
    }
    *out_eye = eye;
    return DONE;
}

static bool is_empty_directory(const char *path) {
    DIR *entries = opendir(path);
    bool empty = true;
    if (entries == NULL) {
        return !file_exists(path);
    }
    for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
        empty = empty &&
                (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0);
    }
    closedir(entries);
    return empty;
}

/* One item at a time, in an arena of its own: a year may be large. */
static enum status write_items(struct package *package) {
    struct call item = *package->call;
    struct release *releases;
    size_t count;
    id64 after = 0;
    enum status status = DONE;
    item.arena = arena_new((size_t)1 << 30);
    item.txn = NULL;
    do {
        status = publication_released(package->call, package->group, package->from,
                                      package->until, after, 200, &releases, &count);
        for (size_t i = 0; status == DONE && i < count; i++) {
            bool meant = false;
            after = releases[i].id;
            status = is_meant(package, releases[i].site, &meant);
            status = status == DONE && meant ? item_write(package, &item, &releases[i])
                                             : status;
            txn_abort(&item);
            arena_clear(item.arena);
        }
    } while (status == DONE && count > 0);
    arena_free(item.arena);
    return status;
}

/* Of a site of one of the bodies it is about. */
static enum status is_meant(struct package *package, id64 site, bool *out_is) {
    struct site found;
    if (!package->eye->all) {
        TRY(site_find(package->call, site, &found));
    }
    *out_is = package->eye->all || eye_has(package->eye, found.root);
    return DONE;
}

static enum status write_internal(struct package *package) {
    struct call item = *package->call;
    struct archive_filter filter = {.kind = ARCHIVE_INTERNAL, .year = package->year};
    struct archive_files files;
    enum status status = DONE;
    item.arena = arena_new((size_t)1 << 30);
    item.txn = NULL;
    do {
        status = files_seen(package->call, package->eye, &filter, &files);
        for (size_t i = 0; status == DONE && i < files.count; i++) {
            filter.before = files.at[i].id;
            status = internal_write(package, &item, &files.at[i]);
            txn_abort(&item);
            arena_clear(item.arena);
        }
    } while (status == DONE && files.more);
    arena_free(item.arena);
    return status;
}

/* Every entry about an item, with payload and salt, into the folders of its manuscript.
 */
static enum status write_histories(struct package *package) {
    struct lines lines = {.package = package, .folders = package->folders};
    const char *id;
    json_t *folders;
    TRY(ledger_export(package->call, package->group, 0, true, write_history, &lines));
    json_object_foreach(package->folders, id, folders) {
        for (size_t i = 0; i < json_array_size(folders); i++) {
            const char *folder = json_string_value(json_array_get(folders, i));
            const char *path =
                str_format(package->call->arena, "%s/history.jsonl", folder).at;
            TRY(package_list(package, path));
        }
    }
    return DONE;
}

static bool write_history(void *to, struct str line) {
    struct lines *lines = to;
    json_t *json = json_loadb(line.at, line.length, 0, NULL);
    const char *kind = json_string_value(json_object_get(json, "subject_kind"));
    const char *subject = json_string_value(json_object_get(json, "subject"));
    json_t *folders = kind != NULL && strcmp(kind, "manuscript") == 0
                          ? json_object_get(lines->folders, subject)
                          : NULL;
    bool written = true;
    for (size_t i = 0; i < json_array_size(folders) && written; i++) {
        char path[4096];
        snprintf(path, sizeof path, "%s/%s/history.jsonl", lines->package->directory,
                 json_string_value(json_array_get(folders, i)));
        FILE *file = fopen(path, "ae");
        written = file != NULL && write_line(file, line);
        written = (file == NULL || fclose(file) == 0) && written;
    }
    json_decref(json);
    return written;
}

static enum status write_scripts(struct package *package) {
    static const char *const names[] = {"verify_archive.py", "verify_ledger.py",
                                        "README.txt"};
    struct call *call = package->call;
    for (size_t i = 0; i < LENGTH(names); i++) {
        struct bytes bytes;
        const char *path = str_format(call->arena, "%s/verify/%s%s", call->house->share,
                                      i == 2 ? "archive-" : "", names[i])
                               .at;
        TRY(file_read(call->arena, path, SCRIPT_MOST, &bytes));
        TRY(package_write(package, call, names[i], bytes));
    }
    return DONE;
}

static enum status write_manifest(struct package *package) {
    struct call *call = package->call;
    json_t *json = json_pack(
        "{s:i, s:s, s:s%, s:i, s:s, s:I, s:O}", "version", 1, "what", "shenfa archive",
        "group", str_format(call->arena, "%lld", (long long)package->group).at,
        str_format(call->arena, "%lld", (long long)package->group).length, "year",
        package->year, "made_at",
        str_text(call->arena, instant_to_rfc3339(call->arena, call->now)), "items",
        (json_int_t)package->exported.items, "files", package->files);
    struct str text = ledger_payload(call, json);
    struct bytes bytes = bytes_of_str(text);
    package->exported.manifest = digest_of(DIGEST_SHA256, bytes);
    return package_put(package, "manifest.json", bytes);
}

/* From here on the chain vouches for the manifest. */
static enum status note_export(struct package *package) {
    json_t *payload =
        json_pack("{s:i, s:I, s:I, s:s}", "year", package->year, "items",
                  (json_int_t)package->exported.items, "files",
                  (json_int_t)package->exported.files, "folder", package->directory);
    if (!package->eye->all) {
        json_object_set_new(payload, "bodies",
                            json_string(bodies_text(package->call, package->eye)));
    }
    struct ledger_act act = {.act = "archive.export",
                             .subject = {SUBJECT_ARCHIVE, package->group},
                             .digest = package->exported.manifest,
                             .payload = ledger_payload(package->call, payload)};
    txn_abort(package->call); /* its view is of before */
    return ledger_note(package->call, package->group, &act);
}

static enum status write_chain(struct package *package) {
    char path[4096];
    snprintf(path, sizeof path, "%s/ledger.jsonl", package->directory);
    FILE *file = fopen(path, "wbe");
    if (file == NULL) {
        return log_failed("%s could not be written", path);
    }
    enum status status =
        ledger_export(package->call, package->group, 0, false, write_line, file);
    return fclose(file) == 0 ? status : log_failed("%s could not be written", path);
}

static bool write_line(void *to, struct str line) {
    return fwrite(line.at, 1, line.length, to) == line.length && fputc('\n', to) != EOF;
}

/* As they are published; a workspace that was never served has none yet. */
static enum status write_checkpoints(struct package *package) {
    struct call *call = package->call;
    struct str text;
    struct bytes key;
    enum status status = notary_newest(call, &text);
    if (status != DONE) {
        return status == ABSENT ? DONE : status;
    }
    TRY(package_put(package, "checkpoints.txt", bytes_of_str(text)));
    const char *path = str_format(call->arena, "%s/public/.well-known/shenfa/key",
                                  call->house->workspace)
                           .at;
    status = file_read(call->arena, path, SCRIPT_MOST, &key);
    if (status != DONE) {
        return status == ABSENT ? DONE : status;
    }
    return package_put(package, "key.txt", key);
}
