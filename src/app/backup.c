/*
 * shenfa backup.
 *
 * A backup is a directory: a consistent copy of the database, the kept files, the
 * archive, the settings and, locked with the passphrases of two persons, the keys.  It is
 * taken while others work: the database is copied first, and kept files are only ever
 * added, so every file that the copy names is there.  Public pages are not in it: they
 * are rendered from it, and must come out byte for byte.
 */
#include "backup_own.h"

#include "keys/keys.h"
#include "ledger/ledger.h"
#include "store/store.h"
#include "upkeep/upkeep.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <string.h>
#include <sys/stat.h>

static enum exit_status backup(struct cli *cli);

const struct command app_backup = {
    .words = "backup",
    .usage = "backup DIR TO [--passphrase FILE --second-passphrase FILE] [--rehearsal]",
    .summary = "copy a workspace, while it is served, to the new directory TO",
    .options = "passphrase= second-passphrase= rehearsal json",
    .need = CLI_NEEDS_WORKSPACE,
    .least = 2,
    .most = 2,
    .run = backup,
};

/* Files of a backup as they are listed in MANIFEST. */
struct listing {
    struct arena *arena;
    struct buffer text;
    size_t count;
    int64_t size;   /* of all of them */
    struct str sum; /* of the list */
};

static const char *const kept[] = {"blobs", "archive", "rulebooks", "public/.well-known"};

static enum status enter_record(struct cli *cli, const struct listing *listing,
                                instant began, bool whole, bool locked);
static enum status take_all(struct cli *cli, const char *to, struct listing *listing);
static enum status take_database(struct cli *cli, const char *to,
                                 struct listing *listing);
static enum status write_heads(struct cli *cli, const char *to);
static enum status list_file(struct listing *listing, const char *directory,
                             struct str path);
static enum status copy_tree(struct listing *listing, const char *from, const char *to,
                             struct str path);
static enum status write_manifest(struct listing *listing, const char *to);

static enum exit_status backup(struct cli *cli) {
    const char *to = cli->arguments[1];
    struct listing listing = {.arena = cli->call->arena, .sum = STR("")};
    instant began = instant_read_clock();
    buffer_init(&listing.text, listing.arena);
    if (file_exists(to)) {
        return cli_usage(cli, "%s exists already; a backup goes to a new directory", to);
    }
    enum status status = file_make_directory(to);
    bool locked = false;
    if (status == DONE) {
        status = keys_lock_up(cli, cli->arguments[0],
                              backup_below(listing.arena, to, STR("keys.locked")));
        locked = status == DONE;
        status = status == ABSENT ? DONE : status;
    }
    if (status == DONE && locked) {
        status = list_file(&listing, to, STR("keys.locked"));
    }
    if (status == DONE) {
        status = take_all(cli, to, &listing);
    }
    if (status == REFUSED) {
        return EXIT_USAGE; /* the passphrases: nothing was begun */
    }
    enum status entered = enter_record(cli, &listing, began, status == DONE, locked);
    status = status == DONE ? entered : status;
    if (status != DONE) {
        return cli_no(cli, status);
    }
    cli_say(cli,
            json_pack("{s:I, s:s, s:b}", "files", (json_int_t)listing.count, "backup", to,
                      "keys", (int)locked),
            "%zu files are in %s%s.", listing.count, to,
            locked ? ""
                   : "; the keys are not among them: they go only under the passphrases "
                     "of two persons");
    return EXIT_DONE;
}

/* In the register of the workspace, and in its ledger; not if nobody will keep the copy.
 */
static enum status enter_record(struct cli *cli, const struct listing *listing,
                                instant began, bool whole, bool locked) {
    struct backup_record record = {.began_at = began,
                                   .ended_at = instant_read_clock(),
                                   .whole = whole,
                                   .files = (int64_t)listing->count,
                                   .size = listing->size,
                                   .checksum = whole ? listing->sum : STR(""),
                                   .with_keys = locked};
    if (cli_option(cli, "rehearsal") != NULL) {
        return DONE;
    }
    cli->call->now = record.ended_at;
    txn_abort(cli->call);
    return upkeep_record_backup(cli->call, &record);
}

static enum status take_all(struct cli *cli, const char *to, struct listing *listing) {
    const char *workspace = cli->arguments[0];
    struct arena *arena = listing->arena;
    TRY(write_heads(cli, to));
    TRY(list_file(listing, to, STR("LEDGER")));
    TRY(take_database(cli, to, listing));
    for (size_t i = 0; i < LENGTH(kept); i++) {
        TRY(copy_tree(listing, workspace, to, str_of(kept[i])));
    }
    TRY(backup_copy_file(backup_below(arena, workspace, STR("shenfa.conf")),
                         backup_below(arena, to, STR("shenfa.conf"))));
    TRY(list_file(listing, to, STR("shenfa.conf")));
    return write_manifest(listing, to);
}

static enum status take_database(struct cli *cli, const char *to,
                                 struct listing *listing) {
    struct arena *arena = listing->arena;
    if (strcmp(store_kind(cli->call->house->store), "sqlite") == 0) {
        TRY(store_copy(cli->call->house->store,
                       backup_below(arena, to, STR("shenfa.db"))));
        return list_file(listing, to, STR("shenfa.db"));
    }
    struct config config;
    TRY(config_read(arena, cli->arguments[0], &config));
    struct str connection = config.store;
    str_cut(&connection, ':');
    const char *const arguments[] = {"pg_dump",
                                     "--format=custom",
                                     "--no-owner",
                                     "--file",
                                     backup_below(arena, to, STR("database.dump")),
                                     "--dbname",
                                     str_text(arena, connection),
                                     NULL};
    TRY(backup_run(arguments, NULL));
    return list_file(listing, to, STR("database.dump"));
}

/* Read before the copy, which holds at least these entries. */
static enum status write_heads(struct cli *cli, const char *to) {
    struct call *call = cli->call;
    struct ledger_groups groups;
    struct buffer text;
    buffer_init(&text, call->arena);
    txn_abort(call);
    TRY(ledger_groups(call, &groups));
    for (size_t i = 0; i < groups.count; i++) {
        struct ledger_checkpoint head;
        TRY(ledger_head(call, groups.at[i], &head));
        struct str hash = digest_to_text(call->arena, &head.hash);
        buffer_add_format(&text, "chain %" PRId64 " %" PRId64 " %.*s\n", groups.at[i],
                          head.sequence, STR_ARG(hash));
    }
    txn_abort(call);
    return file_write(backup_below(call->arena, to, STR("LEDGER")),
                      bytes_of_str(buffer_str(&text)));
}

static enum status copy_tree(struct listing *listing, const char *from, const char *to,
                             struct str path) {
    DIR *directory = opendir(backup_below(listing->arena, from, path));
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
        if (lstat(backup_below(listing->arena, from, inner), &facts) != 0) {
            status = log_failed("stat %.*s: %s", STR_ARG(inner), strerror(errno));
        } else if (S_ISDIR(facts.st_mode)) {
            status = copy_tree(listing, from, to, inner);
        } else if (S_ISREG(facts.st_mode)) {
            status = backup_copy_file(backup_below(listing->arena, from, inner),
                                      backup_below(listing->arena, to, inner));
            status = status == DONE ? list_file(listing, to, inner) : status;
        }
    }
    closedir(directory);
    return status;
}

static enum status list_file(struct listing *listing, const char *directory,
                             struct str path) {
    struct digest digest;
    struct stat facts;
    const char *file = backup_below(listing->arena, directory, path);
    TRY(backup_digest_file(file, &digest));
    if (stat(file, &facts) == 0) {
        listing->size += facts.st_size;
    }
    struct str text = digest_to_text(listing->arena, &digest);
    buffer_add_format(&listing->text, "%.*s  %.*s\n", STR_ARG(text), STR_ARG(path));
    listing->count++;
    return DONE;
}

static enum status write_manifest(struct listing *listing, const char *to) {
    struct buffer text;
    buffer_init(&text, listing->arena);
    buffer_add_text(&text, BACKUP_TITLE "\n");
    buffer_add(&text, buffer_str(&listing->text));
    struct digest sum = digest_of(DIGEST_SHA256, bytes_of_str(buffer_str(&text)));
    listing->sum = digest_to_text(listing->arena, &sum);
    buffer_add_format(&text, "sum %.*s\n", STR_ARG(listing->sum));
    return file_write(backup_below(listing->arena, to, STR("MANIFEST")),
                      bytes_of_str(buffer_str(&text)));
}

enum status backup_copy_file(const char *from, const char *to) {
    struct arena *arena = arena_new(BACKUP_FILE_MOST * 2);
    struct bytes bytes;
    enum status status = file_read(arena, from, BACKUP_FILE_MOST, &bytes);
    status = status == DONE ? file_write(to, bytes) : status;
    arena_free(arena);
    return status;
}

/* One file in memory at a time. */
enum status backup_digest_file(const char *path, struct digest *out_digest) {
    struct arena *arena = arena_new(BACKUP_FILE_MOST * 2);
    struct bytes bytes;
    enum status status = file_read(arena, path, BACKUP_FILE_MOST, &bytes);
    if (status == DONE) {
        *out_digest = digest_of(DIGEST_SHA256, bytes);
    }
    arena_free(arena);
    return status;
}

const char *backup_below(struct arena *arena, const char *directory, struct str path) {
    return str_text(arena, str_format(arena, "%s/%.*s", directory, STR_ARG(path)));
}
