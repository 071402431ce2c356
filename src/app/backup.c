/*
 * shenfa backup and restore.
 *
 * A backup is a directory: a consistent copy of the database, the kept files, the
 * archive and the settings, with a manifest of digests.  It is taken while others
 * work: the database is copied first, and kept files are only ever added, so every
 * file that the copy names is there.  restore checks every digest before it writes
 * anything, makes the workspace anew, verifies the ledger, records the restoring as
 * an epoch in it, and renders the public pages from what the store says is live.
 */
#include "app_own.h"

#include "ledger/ledger.h"
#include "publication/publication.h"
#include "site/site.h"
#include "store/store.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <libgen.h>
#include <string.h>
#include <sys/stat.h>

#define FILE_MOST ((size_t)1 << 36)

static enum exit_status backup(struct cli *cli);
static enum exit_status restore(struct cli *cli);

const struct command app_backup = {
    .words = "backup",
    .usage = "backup DIR TO",
    .summary = "copy a workspace, while it is served, to the new directory TO",
    .options = "json",
    .need = CLI_NEEDS_WORKSPACE,
    .least = 2,
    .most = 2,
    .run = backup,
};

const struct command app_restore = {
    .words = "restore",
    .usage = "restore FROM DIR",
    .summary = "make the workspace DIR from a backup, checked before anything is written",
    .options = "json",
    .need = CLI_NEEDS_NOTHING,
    .least = 2,
    .most = 2,
    .run = restore,
};

/* Files of a backup as they are listed in MANIFEST: digest, two blanks, path. */
struct listing {
    struct arena *arena;
    struct buffer text;
    size_t count;
};

static const char *const kept[] = {"blobs", "archive", "rulebooks"};

static const char *below(struct arena *arena, const char *directory, struct str path);
static enum status list_file(struct listing *listing, const char *directory,
                             struct str path);
static enum status copy_tree(struct listing *listing, const char *from, const char *to,
                             struct str path);
static enum status copy_file(const char *from, const char *to);
static enum status digest_file(const char *path, enum digest_profile profile,
                               struct digest *out_digest);
static enum status check_manifest(struct arena *arena, const char *from,
                                  struct str *out_bad, struct str *out_listing);
static enum status copy_listed(struct arena *arena, const char *from, const char *to,
                               struct str listing);
static enum exit_status bring_up(struct cli *cli, const char *directory,
                                 const char *name);
static enum status give_name(const char *beside, const char *to);
static enum status note_epoch(struct call *call, void *what);

static enum exit_status backup(struct cli *cli) {
    struct call *call = cli->call;
    const char *workspace = cli->arguments[0];
    const char *to = cli->arguments[1];
    struct listing listing = {.arena = call->arena};
    buffer_init(&listing.text, call->arena);
    if (strcmp(store_kind(call->house->store), "sqlite") != 0) {
        fputs("shenfa: this workspace's database is PostgreSQL: copy it with pg_dump or "
              "pgBackRest, then the files below the workspace\n",
              stderr);
        return EXIT_NO;
    }
    if (file_exists(to)) {
        return cli_usage(cli, "%s exists already; a backup goes to a new directory", to);
    }
    enum status status = file_make_directory(to);
    if (status == DONE) {
        status = store_copy(call->house->store, below(call->arena, to, STR("shenfa.db")));
    }
    if (status == DONE) {
        status = list_file(&listing, to, STR("shenfa.db"));
    }
    for (size_t i = 0; status == DONE && i < LENGTH(kept); i++) {
        status = copy_tree(&listing, workspace, to, str_of(kept[i]));
    }
    if (status == DONE) {
        status = copy_file(below(call->arena, workspace, STR("shenfa.conf")),
                           below(call->arena, to, STR("shenfa.conf")));
    }
    if (status == DONE) {
        status = list_file(&listing, to, STR("shenfa.conf"));
    }
    if (status == DONE) {
        status = file_write(below(call->arena, to, STR("MANIFEST")),
                            bytes_of_str(buffer_str(&listing.text)));
    }
    if (status != DONE) {
        return cli_no(cli, status);
    }
    cli_say(cli,
            json_pack("{s:I, s:s}", "files", (json_int_t)listing.count, "backup", to),
            "%zu files are in %s.", listing.count, to);
    return EXIT_DONE;
}

static enum exit_status restore(struct cli *cli) {
    struct call *call = cli->call;
    const char *from = cli->arguments[0];
    const char *to = cli->arguments[1];
    struct str bad = STR("");
    struct str listing;
    if (file_exists(to)) {
        return cli_usage(cli, "%s exists already; nothing was changed", to);
    }
    enum status status = check_manifest(call->arena, from, &bad, &listing);
    if (status == ABSENT) {
        return cli_usage(cli, "%s is no backup of ours (it has no MANIFEST)", from);
    }
    if (status == REFUSED) {
        fprintf(stderr,
                "shenfa: %s/%.*s is not what was backed up; nothing was restored\n", from,
                STR_ARG(bad));
        return EXIT_NO;
    }
    /* Half a workspace has another name, so that nobody serves it. */
    const char *beside =
        str_text(call->arena, str_format(call->arena, "%s.restoring", to));
    if (status == DONE && file_exists(beside)) {
        return cli_usage(
            cli, "%s is left of a restore that was broken off; remove it first", beside);
    }
    if (status == DONE) {
        status = copy_listed(call->arena, from, beside, listing);
    }
    return status == DONE ? bring_up(cli, beside, to) : cli_no(cli, status);
}

static enum status give_name(const char *beside, const char *to) {
    char above[4096];
    if (rename(beside, to) != 0) {
        return log_failed("rename %s to %s: %s", beside, to, strerror(errno));
    }
    snprintf(above, sizeof above, "%s", to);
    return file_sync_directory(dirname(above));
}

static enum exit_status bring_up(struct cli *cli, const char *directory,
                                 const char *name) {
    struct arena *process = arena_new((size_t)1 << 32);
    struct arena *arena = arena_new((size_t)1 << 32);
    struct estate estate = {0};
    struct call call;
    struct ledger_groups groups = {0};
    struct site *sites;
    size_t count = 0;
    size_t written = 0;
    enum status status = estate_open(process, directory, &estate);
    call_init(&call, arena, &estate.house, instant_read_clock());
    call.door = DOOR_CLI;
    call.language = cli->call->language;
    if (status == DONE) {
        status = ledger_groups(&call, &groups);
    }
    for (size_t i = 0; status == DONE && i < groups.count; i++) {
        struct ledger_report report;
        status = ledger_verify(&call, groups.at[i], NULL, &report);
        if (status == DONE && report.fault != LEDGER_WHOLE) {
            fprintf(
                stderr,
                "shenfa: entry %lld of a chain is not whole (%s); nothing is served\n",
                (long long)report.bad, ledger_fault_name(report.fault));
            status = REFUSED;
        }
    }
    if (status == DONE) {
        status = store_transact(&call, TXN_WRITE, note_epoch, &estate.group);
    }
    if (status == DONE) {
        status = site_list(&call, estate.group, &sites, &count);
    }
    for (size_t i = 0; status == DONE && i < count; i++) {
        struct rebuild rebuild = {0};
        struct applied applied = {0};
        status = publication_rebuild(&call, sites[i].id, &rebuild, &applied);
        written += applied.written;
    }
    enum exit_status answer = EXIT_DONE;
    if (status == DONE) {
        status = give_name(directory, name);
    }
    if (status == DONE) {
        cli_say(cli,
                json_pack("{s:s, s:I}", "workspace", name, "pages", (json_int_t)written),
                "%s is restored; its ledger is whole and %zu public files are rendered.",
                name, written);
    } else {
        answer = cli_no(cli, status);
    }
    txn_abort(&call);
    arena_free(arena);
    estate_close(&estate);
    arena_free(process);
    return answer;
}

static enum status note_epoch(struct call *call, void *what) {
    struct ledger_act record = {.act = "workspace.restore",
                                .subject = {.kind = SUBJECT_WORKSPACE, .id = 1},
                                .payload = STR("{}"),
                                .rule = STR(""),
                                .post = STR("")};
    return ledger_append(call, *(id64 *)what, &record, NULL);
}

static enum status check_manifest(struct arena *arena, const char *from,
                                  struct str *out_bad, struct str *out_listing) {
    struct bytes bytes;
    TRY(file_read(arena, below(arena, from, STR("MANIFEST")), (size_t)1 << 28, &bytes));
    struct str rest = {(const char *)bytes.at, bytes.length};
    *out_listing = rest;
    while (!str_is_empty(rest)) {
        struct str path = str_cut(&rest, '\n');
        struct str wanted = str_cut(&path, ' ');
        path = str_trim(path);
        struct digest digest;
        struct digest found;
        *out_bad = path;
        if (digest_from_text(wanted, &digest) != DONE || !file_path_is_tame(path) ||
            digest_file(below(arena, from, path), (enum digest_profile)digest.profile,
                        &found) != DONE ||
            !digest_equal(&digest, &found)) {
            return REFUSED;
        }
    }
    return DONE;
}

static enum status copy_listed(struct arena *arena, const char *from, const char *to,
                               struct str listing) {
    while (!str_is_empty(listing)) {
        struct str path = str_cut(&listing, '\n');
        str_cut(&path, ' ');
        path = str_trim(path);
        TRY(copy_file(below(arena, from, path), below(arena, to, path)));
    }
    return DONE;
}

static enum status copy_tree(struct listing *listing, const char *from, const char *to,
                             struct str path) {
    DIR *directory = opendir(below(listing->arena, from, path));
    if (directory == NULL) {
        return errno == ENOENT ? DONE
                               : log_failed("read %s: %s", path.at, strerror(errno));
    }
    enum status status = DONE;
    for (struct dirent *entry = readdir(directory); entry != NULL && status == DONE;
         entry = readdir(directory)) {
        if (entry->d_name[0] == '.') {
            continue;
        }
        struct str inner =
            str_format(listing->arena, "%.*s/%s", STR_ARG(path), entry->d_name);
        struct stat facts;
        if (lstat(below(listing->arena, from, inner), &facts) != 0) {
            status = log_failed("stat %.*s: %s", STR_ARG(inner), strerror(errno));
        } else if (S_ISDIR(facts.st_mode)) {
            status = copy_tree(listing, from, to, inner);
        } else if (S_ISREG(facts.st_mode)) {
            status = copy_file(below(listing->arena, from, inner),
                               below(listing->arena, to, inner));
            status = status == DONE ? list_file(listing, to, inner) : status;
        }
    }
    closedir(directory);
    return status;
}

static enum status copy_file(const char *from, const char *to) {
    struct arena *arena = arena_new(FILE_MOST * 2);
    struct bytes bytes;
    enum status status = file_read(arena, from, FILE_MOST, &bytes);
    status = status == DONE ? file_write(to, bytes) : status;
    arena_free(arena);
    return status;
}

/* FAILED if it cannot be read; one file in memory at a time. */
static enum status digest_file(const char *path, enum digest_profile profile,
                               struct digest *out_digest) {
    struct arena *arena = arena_new(FILE_MOST * 2);
    struct bytes bytes;
    enum status status = file_read(arena, path, FILE_MOST, &bytes);
    if (status == DONE) {
        *out_digest = digest_of(profile, bytes);
    }
    arena_free(arena);
    return status;
}

static enum status list_file(struct listing *listing, const char *directory,
                             struct str path) {
    struct digest digest;
    TRY(digest_file(below(listing->arena, directory, path), DIGEST_SHA256, &digest));
    struct str text = digest_to_text(listing->arena, &digest);
    buffer_add_format(&listing->text, "%.*s  %.*s\n", STR_ARG(text), STR_ARG(path));
    listing->count++;
    return DONE;
}

static const char *below(struct arena *arena, const char *directory, struct str path) {
    return str_text(arena, str_format(arena, "%s/%.*s", directory, STR_ARG(path)));
}
