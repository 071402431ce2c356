/*
 * shenfa backup drill: a backup is worth what restoring it has shown.
 *
 * In a temporary place it takes a backup, restores it, verifies ledger and public files
 * of what came out, then damages the backup and sees that it is refused; and files what
 * it found in the ledger.  Each step is a process of its own, as an operator would do it.
 */
#include "backup_own.h"

#include "ledger/ledger.h"
#include "store/store.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ARGUMENTS_MOST 16

static enum exit_status drill(struct cli *cli);

const struct command app_backup_drill = {
    .words = "backup drill",
    .usage =
        "backup drill DIR [--passphrase FILE --second-passphrase FILE] [--store URL]",
    .summary = "back up, restore elsewhere, verify, and file what was found",
    .options = "passphrase= second-passphrase= store= json",
    .need = CLI_NEEDS_WORKSPACE,
    .least = 1,
    .most = 1,
    .run = drill,
};

struct drilling {
    struct cli *cli;
    const char *place; /* temporary */
    bool backed_up;
    bool restored;
    bool ledger_whole;
    bool site_whole;
    bool identical;
    bool damage_refused;
    json_int_t pages;
    instant took;
    id64 group;
};

static enum status go_through(struct drilling *drilling);
static enum status step(struct drilling *drilling, const char *out, bool with_keys,
                        const char *const *words);
static const char *at(struct drilling *drilling, const char *name);
static enum status damage(struct drilling *drilling);
static void read_answer(struct drilling *drilling);
static enum status file_record(struct call *call, void *what);

static enum exit_status drill(struct cli *cli) {
    struct drilling drilling = {.cli = cli};
    struct call *call = cli->call;
    const char *temporary = getenv("TMPDIR");
    char *place =
        (char *)str_text(call->arena, str_format(call->arena, "%s/shenfa-drill-XXXXXX",
                                                 temporary == NULL ? "/tmp" : temporary));
    if (mkdtemp(place) == NULL) {
        return cli_no(cli, log_failed("there is no temporary place for a drill"));
    }
    drilling.place = place;
    drilling.took = instant_read_clock();
    enum status status = go_through(&drilling);
    drilling.took = instant_read_clock() - drilling.took;
    const char *const remove[] = {"rm", "-rf", place, NULL};
    if (backup_run(remove, NULL) != DONE) {
        log_fault("the drill's place %s could not be cleared", place);
    }
    bool passed = drilling.backed_up && drilling.restored && drilling.ledger_whole &&
                  drilling.site_whole && drilling.identical && drilling.damage_refused;
    struct ledger_groups groups;
    if (status == DONE) {
        status = ledger_groups(call, &groups);
        drilling.group = status == DONE && groups.count > 0 ? groups.at[groups.count - 1]
                                                            : LEDGER_HOUSE;
        txn_abort(call);
    }
    if (status == DONE) {
        status = store_transact(call, TXN_WRITE, file_record, &drilling);
    }
    if (status != DONE) {
        return cli_no(cli, status);
    }
    cli_say(
        cli,
        json_pack("{s:b, s:b, s:b, s:b, s:b, s:b, s:b, s:I}", "passed", (int)passed,
                  "backed-up", (int)drilling.backed_up, "restored",
                  (int)drilling.restored, "ledger", (int)drilling.ledger_whole, "site",
                  (int)drilling.site_whole, "identical", (int)drilling.identical,
                  "damage-refused", (int)drilling.damage_refused, "milliseconds",
                  (json_int_t)(drilling.took / 1000)),
        passed ? "The backup restores: ledger whole, %lld public files byte for byte, a "
                 "damaged backup refused; %lld ms. It is in the ledger."
               : "THE BACKUP DOES NOT RESTORE as it should (%lld files, %lld ms); it is "
                 "in the ledger. See the lines above.",
        (long long)drilling.pages, (long long)(drilling.took / 1000));
    return passed ? EXIT_DONE : EXIT_NO;
}

/* A step that says no ends the drill, and the record says how far it came. */
static enum status go_through(struct drilling *drilling) {
    const char *backup = at(drilling, "backup");
    const char *workspace = at(drilling, "workspace");
    const char *answer = at(drilling, "answer");
    const char *store = cli_option(drilling->cli, "store");
    drilling->backed_up = step(drilling, answer, true,
                               (const char *[]){"backup", drilling->cli->arguments[0],
                                                backup, "--rehearsal", NULL}) == DONE;
    if (!drilling->backed_up) {
        return DONE;
    }
    drilling->restored =
        step(drilling, at(drilling, "restored"), true,
             (const char *[]){"restore", backup, workspace, "--json",
                              store == NULL ? NULL : "--store", store, NULL}) == DONE;
    if (drilling->restored) {
        read_answer(drilling);
        drilling->ledger_whole =
            step(drilling, answer, false,
                 (const char *[]){"ledger", "verify", workspace, NULL}) == DONE;
        drilling->site_whole =
            step(drilling, answer, false,
                 (const char *[]){"site", "verify", workspace, NULL}) == DONE;
    }
    TRY(damage(drilling));
    const char *damaged = at(drilling, "damaged");
    drilling->damage_refused =
        step(drilling, answer, false,
             (const char *[]){"restore", backup, damaged, NULL}) == REFUSED &&
        !file_exists(damaged);
    return DONE;
}

static enum status step(struct drilling *drilling, const char *out, bool with_keys,
                        const char *const *words) {
    static const char *const options[] = {"passphrase", "second-passphrase"};
    const char *arguments[ARGUMENTS_MOST] = {"/proc/self/exe"};
    size_t count = 1;
    for (; *words != NULL; words++) {
        arguments[count++] = *words;
    }
    for (size_t i = 0; with_keys && i < LENGTH(options); i++) {
        const char *file = cli_option(drilling->cli, options[i]);
        if (file != NULL) {
            arguments[count++] =
                str_format(drilling->cli->call->arena, "--%s=%s", options[i], file).at;
        }
    }
    arguments[count] = NULL;
    return backup_run(arguments, out);
}

static const char *at(struct drilling *drilling, const char *name) {
    return backup_below(drilling->cli->call->arena, drilling->place, str_of(name));
}

/* One bit, in the file whose name comes first. */
static enum status damage(struct drilling *drilling) {
    struct arena *arena = drilling->cli->call->arena;
    const char *path = at(drilling, "backup/shenfa.conf");
    struct bytes bytes;
    TRY(file_read(arena, path, (size_t)1 << 20, &bytes));
    unsigned char *changed = arena_copy(arena, bytes.at, bytes.length);
    changed[bytes.length / 2] ^= 1;
    return file_write(path, (struct bytes){changed, bytes.length});
}

static void read_answer(struct drilling *drilling) {
    json_t *json = json_load_file(at(drilling, "restored"), 0, NULL);
    drilling->identical = json_is_true(json_object_get(json, "identical"));
    drilling->pages = json_integer_value(json_object_get(json, "pages"));
    json_decref(json);
}

static enum status file_record(struct call *call, void *what) {
    const struct drilling *drilling = what;
    struct ledger_act record = {
        .act = "workspace.drill",
        .subject = {.kind = SUBJECT_WORKSPACE, .id = 1},
        .payload = ledger_payload(
            call, json_pack("{s:b, s:b, s:b, s:b, s:b, s:b, s:I, s:I}", "backed-up",
                            (int)drilling->backed_up, "restored", (int)drilling->restored,
                            "ledger", (int)drilling->ledger_whole, "site",
                            (int)drilling->site_whole, "identical",
                            (int)drilling->identical, "damage-refused",
                            (int)drilling->damage_refused, "files", drilling->pages,
                            "milliseconds", (json_int_t)(drilling->took / 1000)))};
    return ledger_append(call, drilling->group, &record, NULL);
}
