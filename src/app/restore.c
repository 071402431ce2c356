/*
 * shenfa restore.
 *
 * Every digest is checked before anything is written, and so is what is known of later
 * times: a checkpoint newer than the backup says how many acts are lost, and an export
 * that covers them says which.  Withdrawals among them are carried out again before a
 * page is rendered; lost acts that nobody can name keep the workspace from being restored
 * at all, unless the operator takes that upon himself, on the record.  The restoring is
 * an epoch in the ledger.  The pages that are rendered must be those that were public,
 * byte for byte.
 */
#include "backup_own.h"
#include "restore_own.h"

#include "ledger/ledger.h"
#include "site/site.h"
#include "store/store.h"

#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <libgen.h>
#include <string.h>

#define MANIFEST_MOST ((size_t)1 << 28)
#define SITES_MOST    64

static enum exit_status restore(struct cli *cli);

const struct command app_restore = {
    .words = "restore",
    .usage = "restore FROM DIR [--export FILE] [--checkpoint FILE] [--key FILE] "
             "[--accept-loss] [--store URL] [--passphrase FILE --second-passphrase FILE]",
    .summary = "make the workspace DIR from a backup, checked before anything is written",
    .options = "export= checkpoint= key= accept-loss store= passphrase= "
               "second-passphrase= json",
    .need = CLI_NEEDS_NOTHING,
    .least = 2,
    .most = 2,
    .run = restore,
};

struct noting {
    struct restoring *restoring;
    id64 group;
};

static enum status check_backup(struct restoring *restoring);
static enum status complain(const struct restoring *restoring, struct str path,
                            const char *what);
static enum status read_heads(struct restoring *restoring);
static enum status put_files(struct restoring *restoring);
static enum status put_database(struct restoring *restoring);
static enum status bring_up(struct restoring *restoring);
static enum status bring_up_estate(struct restoring *restoring, struct estate *estate,
                                   struct call *call);
static enum status verify_chains(struct restoring *restoring, struct call *call);
static enum status withdraw_again(struct restoring *restoring, struct call *call);
static enum status render(struct restoring *restoring, struct call *call, id64 group);
static enum status note_epoch(struct call *call, void *what);
static enum status give_name(const struct restoring *restoring);
static enum exit_status report(struct restoring *restoring);

static enum exit_status restore(struct cli *cli) {
    struct restoring restoring = {.cli = cli,
                                  .from = cli->arguments[0],
                                  .name = cli->arguments[1],
                                  .identical = true};
    struct arena *arena = cli->call->arena;
    restoring.to = str_text(arena, str_format(arena, "%s.restoring", restoring.name));
    restoring.withdrawn =
        TAKE_ARRAY(cli->call->arena, WITHDRAWALS_MOST, struct withdrawn);
    if (file_exists(restoring.name)) {
        return cli_usage(cli, "%s exists already; nothing was changed", restoring.name);
    }
    if (file_exists(restoring.to)) {
        return cli_usage(cli,
                         "%s is left of a restore that was broken off; remove it first",
                         restoring.to);
    }
    enum status status = check_backup(&restoring);
    if (status == ABSENT) {
        return cli_usage(cli, "%s is no backup of ours (it has no MANIFEST)",
                         restoring.from);
    }
    status = status == DONE ? read_heads(&restoring) : status;
    status = status == DONE ? loss_hear(&restoring) : status;
    status = status == DONE ? loss_judge(&restoring) : status;
    status = status == DONE ? put_files(&restoring) : status;
    status = status == DONE ? bring_up(&restoring) : status;
    status = status == DONE ? give_name(&restoring) : status;
    if (status == REFUSED) {
        return EXIT_NO; /* it was said why */
    }
    return status == DONE ? report(&restoring) : cli_no(cli, status);
}

static enum status check_backup(struct restoring *restoring) {
    struct arena *arena = restoring->cli->call->arena;
    struct bytes bytes;
    TRY(file_read(arena, backup_below(arena, restoring->from, STR("MANIFEST")),
                  MANIFEST_MOST, &bytes));
    struct str text = {(const char *)bytes.at, bytes.length};
    size_t end = str_find(text, STR("\nsum "));
    if (end == text.length || !str_starts(text, BACKUP_TITLE "\n")) {
        return complain(restoring, STR("MANIFEST"), "is not whole");
    }
    struct str head = str_part(text, 0, end + 1);
    struct str sum_line = str_part(text, end + 1, text.length);
    struct digest sum = digest_of(DIGEST_SHA256, bytes_of_str(head));
    struct str wanted_sum = digest_to_text(arena, &sum);
    if (!str_equal(sum_line, str_format(arena, "sum %.*s\n", STR_ARG(wanted_sum)))) {
        return complain(restoring, STR("MANIFEST"), "is not what was written");
    }
    str_cut(&head, '\n');
    restoring->listing = head;
    while (!str_is_empty(head)) {
        struct str path = str_cut(&head, '\n');
        struct str wanted = str_cut(&path, ' ');
        path = str_trim(path);
        struct digest digest;
        struct digest found;
        if (digest_from_text(wanted, &digest) != DONE || !file_path_is_tame(path)) {
            return complain(restoring, path, "is listed in no way we know");
        }
        enum status read =
            backup_digest_file(backup_below(arena, restoring->from, path), &found);
        if (read == ABSENT) {
            return complain(restoring, path, "is missing");
        }
        if (read != DONE || !digest_equal(&digest, &found)) {
            return complain(restoring, path, "is not what was backed up");
        }
    }
    return DONE;
}

static enum status complain(const struct restoring *restoring, struct str path,
                            const char *what) {
    fprintf(stderr, "shenfa: %s/%.*s %s; nothing was restored\n", restoring->from,
            STR_ARG(path), what);
    return REFUSED;
}

static enum status read_heads(struct restoring *restoring) {
    struct arena *arena = restoring->cli->call->arena;
    struct bytes bytes;
    TRY(file_read(arena, backup_below(arena, restoring->from, STR("LEDGER")),
                  MANIFEST_MOST, &bytes));
    struct str rest = {(const char *)bytes.at, bytes.length};
    while (!str_is_empty(rest) && restoring->chain_count < CHAINS_MOST) {
        struct str line = str_cut(&rest, '\n');
        struct chain *chain = &restoring->chains[restoring->chain_count];
        if (!str_is(str_cut(&line, ' '), "chain") ||
            str_to_int(str_cut(&line, ' '), &chain->group) != DONE ||
            str_to_int(str_cut(&line, ' '), &chain->size) != DONE) {
            return complain(restoring, STR("LEDGER"), "is not what was written");
        }
        chain->hash = line;
        restoring->chain_count++;
    }
    return DONE;
}

static enum status put_files(struct restoring *restoring) {
    struct arena *arena = restoring->cli->call->arena;
    struct str rest = restoring->listing;
    bool keys = false;
    while (!str_is_empty(rest)) {
        struct str path = str_cut(&rest, '\n');
        str_cut(&path, ' ');
        path = str_trim(path);
        keys |= str_is(path, "keys.locked");
        if (str_is(path, "keys.locked") || str_is(path, "LEDGER") ||
            str_is(path, "database.dump")) {
            continue;
        }
        TRY(backup_copy_file(backup_below(arena, restoring->from, path),
                             backup_below(arena, restoring->to, path)));
    }
    if (keys) {
        enum status back = keys_put_back(
            restoring->cli, backup_below(arena, restoring->from, STR("keys.locked")),
            restoring->to);
        if (back == ABSENT) {
            fputs("shenfa: the keys stay locked in the backup (no passphrases were "
                  "given); new ones are made, and second factors must be set up again\n",
                  stderr);
        } else if (back != DONE) {
            return back;
        }
    }
    return put_database(restoring);
}

/* A PostgreSQL database is restored into the empty one that --store names. */
static enum status put_database(struct restoring *restoring) {
    struct cli *cli = restoring->cli;
    struct arena *arena = cli->call->arena;
    const char *dump = backup_below(arena, restoring->from, STR("database.dump"));
    const char *store = cli_option(cli, "store");
    struct config config;
    if (!file_exists(dump)) {
        return DONE;
    }
    struct str connection = str_of(store);
    if (store == NULL || !str_is(str_cut(&connection, ':'), "postgres")) {
        fputs("shenfa: this is a backup of a PostgreSQL database: name an empty one with "
              "--store postgres:CONNINFO\n",
              stderr);
        return REFUSED;
    }
    TRY(config_read(arena, str_text(arena, str_of(restoring->to)), &config));
    config.store = str_of(store);
    TRY(config_write(&config));
    const char *const arguments[] = {"pg_restore",
                                     "--no-owner",
                                     "--single-transaction",
                                     "--exit-on-error",
                                     "--dbname",
                                     str_text(arena, connection),
                                     dump,
                                     NULL};
    if (backup_run(arguments, NULL) != DONE) {
        fputs("shenfa: the database that --store names is not there, not empty or not to "
              "be "
              "written; it is as it was\n",
              stderr);
        return REFUSED;
    }
    return DONE;
}

static enum status bring_up(struct restoring *restoring) {
    struct arena *process = arena_new((size_t)1 << 32);
    struct arena *arena = arena_new((size_t)1 << 32);
    struct estate estate = {0};
    struct call call;
    enum status status = estate_open(process, restoring->to, &estate);
    call_init(&call, arena, &estate.house, instant_read_clock());
    call.language = restoring->cli->call->language;
    call.door = DOOR_CLI;
    if (status == DONE) {
        status = bring_up_estate(restoring, &estate, &call);
    }
    if (status != DONE && status != REFUSED) {
        log_fault("restore: %s", status_name(status));
    }
    txn_abort(&call);
    arena_free(arena);
    estate_close(&estate);
    arena_free(process);
    return status;
}

static enum status bring_up_estate(struct restoring *restoring, struct estate *estate,
                                   struct call *call) {
    struct noting noting = {restoring, estate->group};
    TRY(verify_chains(restoring, call));
    TRY(store_transact(call, TXN_WRITE, note_epoch, &noting));
    TRY(withdraw_again(restoring, call));
    return render(restoring, call, estate->group);
}

static enum status verify_chains(struct restoring *restoring, struct call *call) {
    for (size_t i = 0; i < restoring->chain_count; i++) {
        const struct chain *chain = &restoring->chains[i];
        struct ledger_report found;
        struct ledger_entry entry;
        TRY(ledger_verify(call, chain->group, NULL, &found));
        if (found.fault != LEDGER_WHOLE) {
            fprintf(stderr,
                    "shenfa: entry %" PRId64
                    " of a chain is not whole (%s); nothing is published\n",
                    found.bad, ledger_fault_name(found.fault));
            return REFUSED;
        }
        enum status head =
            chain->size == 0 ? DONE
                             : ledger_entry_find(call, chain->group, chain->size, &entry);
        if (head == FAILED) {
            return head;
        }
        if (head != DONE ||
            (chain->size > 0 &&
             !str_equal(digest_to_text(call->arena, &entry.hash), chain->hash))) {
            fputs("shenfa: the ledger in the database is not the one that the backup "
                  "names; nothing is published\n",
                  stderr);
            return REFUSED;
        }
    }
    txn_abort(call);
    return DONE;
}

/* By the machine, on the record; one that the backup has already, or a manuscript that it
 * does not know, needs nothing. */
static enum status withdraw_again(struct restoring *restoring, struct call *call) {
    enum door door = call->door;
    call->door = DOOR_CLOCK;
    for (size_t i = 0; i < restoring->withdrawn_count; i++) {
        const struct withdrawn *withdrawn = &restoring->withdrawn[i];
        struct str reason =
            str_format(call->arena, "entry %" PRId64 " of the ledger before the restore",
                       withdrawn->sequence);
        enum status done = publication_withdraw_again(call, withdrawn->manuscript,
                                                      withdrawn->kind, reason);
        if (done == FAILED || done == STALE) {
            return done;
        }
        restoring->applied += done == DONE;
        call_forgive(call);
    }
    call->door = door;
    return DONE;
}

static enum status render(struct restoring *restoring, struct call *call, id64 group) {
    struct site *sites;
    size_t count = 0;
    txn_abort(call);
    TRY(site_list(call, group, &sites, &count));
    for (size_t i = 0; i < count && i < SITES_MOST; i++) {
        struct rebuild rebuild = {0};
        struct applied applied = {0};
        struct digest before;
        struct digest after;
        TRY(publication_manifest_root(call, sites[i].id, &before));
        txn_abort(call);
        TRY(publication_rebuild(call, sites[i].id, &rebuild, &applied));
        TRY(publication_manifest_root(call, sites[i].id, &after));
        txn_abort(call);
        restoring->pages += applied.written;
        restoring->identical &= digest_equal(&before, &after);
    }
    return DONE;
}

static enum status note_epoch(struct call *call, void *what) {
    const struct noting *noting = what;
    const struct restoring *restoring = noting->restoring;
    struct ledger_act record = {
        .act = "workspace.restore",
        .subject = {.kind = SUBJECT_WORKSPACE, .id = 1},
        .payload = ledger_payload(
            call, json_pack("{s:I, s:I, s:b}", "lost", (json_int_t)restoring->lost,
                            "withdrawals", (json_int_t)restoring->withdrawn_count,
                            "loss-accepted",
                            cli_option(restoring->cli, "accept-loss") != NULL))};
    return ledger_append(call, noting->group, &record, NULL);
}

static enum status give_name(const struct restoring *restoring) {
    char above[4096];
    if (rename(restoring->to, restoring->name) != 0) {
        return log_failed("rename %s to %s: %s", restoring->to, restoring->name,
                          strerror(errno));
    }
    snprintf(above, sizeof above, "%s", restoring->name);
    return file_sync_directory(dirname(above));
}

static enum exit_status report(struct restoring *restoring) {
    cli_say(
        restoring->cli,
        json_pack("{s:s, s:I, s:b, s:I, s:I}", "workspace", restoring->name, "pages",
                  (json_int_t)restoring->pages, "identical", (int)restoring->identical,
                  "lost", (json_int_t)restoring->lost, "withdrawn",
                  (json_int_t)restoring->applied),
        "%s is restored; its ledger is whole and %zu public files are rendered, %s.%s",
        restoring->name, restoring->pages,
        restoring->identical     ? "byte for byte those that were public"
        : restoring->applied > 0 ? "without what the backup did not know to be withdrawn"
                                 : "NOT ALL OF THEM AS THEY WERE when it was backed up",
        restoring->applied > 0 ? " What was withdrawn later was withdrawn again." : "");
    return EXIT_DONE;
}
