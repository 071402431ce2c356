/*
 * shenfa ledger checkpoint, prove, verify-export and verify-proof.  The last two need no
 * workspace: they are for whoever keeps checkpoints elsewhere.
 */
#include "cli_own.h"

#include "ledger/ledger.h"
#include "notary/notary.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

struct lines {
    FILE *file;
    char *line;
    size_t room;
};

static enum exit_status checkpoint(struct cli *cli);
static enum exit_status prove(struct cli *cli);
static enum exit_status verify_export(struct cli *cli);
static enum exit_status verify_proof(struct cli *cli);
static enum status find_chain(struct cli *cli, id64 *out_group);
static enum exit_status read_known(struct cli *cli, struct notary_known *out_known,
                                   struct key_public *key);
static enum status next_line(void *from, struct str *out_line);
static enum exit_status tell(struct cli *cli, const struct notary_known *known,
                             const struct notary_verdict *verdict);

const struct command cli_ledger_checkpoint = {
    .words = "ledger checkpoint",
    .usage = "ledger checkpoint DIR",
    .summary = "print the newest signed checkpoint of each chain, to be kept elsewhere",
    .options = "",
    .need = CLI_NEEDS_WORKSPACE,
    .least = 1,
    .most = 1,
    .run = checkpoint,
};

const struct command cli_ledger_prove = {
    .words = "ledger prove",
    .usage = "ledger prove DIR [SEQUENCE] [--since SIZE] [--chain ID]",
    .summary =
        "prove an entry, or that the chain grew from SIZE, by the newest checkpoint",
    .options = "since= chain=",
    .need = CLI_NEEDS_WORKSPACE,
    .least = 1,
    .most = 2,
    .run = prove,
};

const struct command cli_ledger_verify_export = {
    .words = "ledger verify-export",
    .usage =
        "ledger verify-export FILE [--checkpoint FILE] [--key FILE] [--registrar FILE]",
    .summary = "check an export against checkpoints that were kept; needs no workspace",
    .options = "checkpoint= key= registrar= json",
    .need = CLI_NEEDS_NOTHING,
    .least = 1,
    .most = 1,
    .run = verify_export,
};

const struct command cli_ledger_verify_proof = {
    .words = "ledger verify-proof",
    .usage = "ledger verify-proof FILE [--checkpoint FILE] [--key FILE]",
    .summary = "check a proof that ledger prove printed; needs no workspace",
    .options = "checkpoint= key= json",
    .need = CLI_NEEDS_NOTHING,
    .least = 1,
    .most = 1,
    .run = verify_proof,
};

static enum exit_status checkpoint(struct cli *cli) {
    struct str text;
    enum status status = notary_newest(cli->call, &text);
    if (status == ABSENT) {
        fputs("shenfa: no checkpoint has been taken yet; they are taken while the "
              "workspace is served\n",
              stderr);
        return EXIT_NO;
    }
    if (status != DONE) {
        return cli_no(cli, status);
    }
    fwrite(text.at, 1, text.length, stdout);
    return EXIT_DONE;
}

static enum exit_status prove(struct cli *cli) {
    const char *since = cli_option(cli, "since");
    const char *number = since != NULL ? since : cli->arguments[1];
    struct str proof;
    int64_t size;
    id64 group;
    if ((since != NULL) == (cli->argument_count == 2) ||
        str_to_int(str_of(number), &size) != DONE) {
        return cli_usage(cli, "give either the number of an entry or --since SIZE");
    }
    enum status status = find_chain(cli, &group);
    if (status == DONE) {
        status = since != NULL ? notary_prove_growth(cli->call, group, size, &proof)
                               : notary_prove_entry(cli->call, group, size, &proof);
    }
    if (status == ABSENT) {
        fputs("shenfa: no checkpoint covers that yet\n", stderr);
        return EXIT_NO;
    }
    if (status != DONE) {
        return cli_no(cli, status);
    }
    printf("%.*s\n", STR_ARG(proof));
    return EXIT_DONE;
}

/* Without --chain that of the site group: the last one that there is. */
static enum status find_chain(struct cli *cli, id64 *out_group) {
    struct ledger_groups groups;
    const char *chain = cli_option(cli, "chain");
    if (chain != NULL) {
        return str_to_int(str_of(chain), out_group);
    }
    TRY(ledger_groups(cli->call, &groups));
    if (groups.count == 0) {
        return ABSENT;
    }
    *out_group = groups.at[groups.count - 1];
    return DONE;
}

static enum exit_status verify_export(struct cli *cli) {
    struct notary_known known;
    struct notary_verdict verdict;
    struct key_public key;
    TRY_CLI(read_known(cli, &known, &key));
    bool is_standard = strcmp(cli->arguments[0], "-") == 0;
    struct lines lines = {.file = is_standard ? stdin : fopen(cli->arguments[0], "re")};
    if (lines.file == NULL) {
        return cli_usage(cli, "%s: %s", cli->arguments[0], strerror(errno));
    }
    enum status status =
        notary_check(cli->call->arena, next_line, &lines, &known, &verdict);
    free(lines.line);
    fclose(lines.file);
    if (status == REFUSED) {
        return cli_usage(cli, "what --checkpoint names is no checkpoint");
    }
    return status == DONE ? tell(cli, &known, &verdict) : cli_no(cli, status);
}

static enum exit_status verify_proof(struct cli *cli) {
    struct notary_known known;
    struct notary_verdict verdict;
    struct key_public key;
    struct bytes bytes;
    TRY_CLI(read_known(cli, &known, &key));
    TRY_CLI(cli_read_file(cli, cli->arguments[0], &bytes));
    struct str proof = {(const char *)bytes.at, bytes.length};
    enum status status = notary_check_proof(cli->call->arena, proof, &known, &verdict);
    if (status == REFUSED) {
        return cli_usage(cli,
                         "%s is no proof, or --checkpoint has none of the size that "
                         "it begins with",
                         cli->arguments[0]);
    }
    return status == DONE ? tell(cli, &known, &verdict) : cli_no(cli, status);
}

static enum exit_status read_known(struct cli *cli, struct notary_known *out_known,
                                   struct key_public *key) {
    const char *checkpoints = cli_option(cli, "checkpoint");
    const char *key_file = cli_option(cli, "key");
    const char *registrar = cli_option(cli, "registrar");
    struct bytes bytes;
    *out_known = (struct notary_known){0};
    if (checkpoints != NULL) {
        TRY_CLI(cli_read_file(cli, checkpoints, &bytes));
        out_known->checkpoints = (struct str){(const char *)bytes.at, bytes.length};
    }
    if (key_file != NULL) {
        TRY_CLI(cli_read_file(cli, key_file, &bytes));
        struct str text = str_trim((struct str){(const char *)bytes.at, bytes.length});
        if (key_public_from_text(text, key) != DONE) {
            return cli_usage(cli, "%s is no public key", key_file);
        }
        out_known->key = key;
    }
    if (registrar != NULL) {
        TRY_CLI(cli_read_file(cli, registrar, &bytes));
        out_known->registrar =
            str_trim((struct str){(const char *)bytes.at, bytes.length});
    }
    return EXIT_DONE;
}

static enum status next_line(void *from, struct str *out_line) {
    struct lines *lines = from;
    ssize_t length = getline(&lines->line, &lines->room, lines->file);
    if (length < 0) {
        return ferror(lines->file) ? log_failed("the export cannot be read") : ABSENT;
    }
    *out_line = str_trim((struct str){lines->line, (size_t)length});
    return DONE;
}

static const char *sentence_of(enum notary_fault fault) {
    static const char *const sentences[] = {
        [NOTARY_WHOLE] = "nothing found",
        [NOTARY_FAULT_LINE] = "this is no entry of a ledger",
        [NOTARY_FAULT_ORDER] = "another entry must stand here: one was removed, inserted "
                               "or moved",
        [NOTARY_FAULT_CHAIN] = "it does not continue the entry before it: one was "
                               "removed, inserted or moved",
        [NOTARY_FAULT_ENTRY] = "it was altered",
        [NOTARY_FAULT_PAYLOAD] = "what it says is not what was recorded",
        [NOTARY_FAULT_REWRITTEN] = "history up to here is not that of the checkpoint: it "
                                   "was written anew",
        [NOTARY_FAULT_CUT] = "the ledger ends here, and the checkpoint covers more: its "
                             "end was cut off",
        [NOTARY_FAULT_FORKED] = "two checkpoints tell different histories",
        [NOTARY_FAULT_SIGNATURE] = "the checkpoint is not signed by that key",
        [NOTARY_FAULT_APPROVAL] = "what it decides is not signed, or not as it says",
    };
    return sentences[fault];
}

static enum exit_status tell(struct cli *cli, const struct notary_known *known,
                             const struct notary_verdict *verdict) {
    bool unsigned_ = known->key == NULL && !str_is_empty(known->checkpoints);
    json_t *json = json_pack(
        "{s:b, s:s, s:I, s:I, s:I, s:I, s:I, s:b}", "whole",
        verdict->fault == NOTARY_WHOLE, "fault", notary_fault_name(verdict->fault),
        "chain", (json_int_t)verdict->chain, "sequence", (json_int_t)verdict->sequence,
        "entries", (json_int_t)verdict->entries, "checkpoints",
        (json_int_t)verdict->checkpoints, "approvals", (json_int_t)verdict->signatures,
        "signatures", !unsigned_);
    if (verdict->fault == NOTARY_WHOLE) {
        cli_say(cli, json,
                "%lld entries, %zu checkpoints held against them, %lld "
                "signatures of people and of the house: nothing found%s.",
                (long long)verdict->entries, verdict->checkpoints,
                (long long)verdict->signatures,
                unsigned_ ? "; signatures were not looked at (no --key)" : "");
        return EXIT_DONE;
    }
    cli_say(cli, json, "chain %lld, entry %lld: %s (%s).", (long long)verdict->chain,
            (long long)verdict->sequence, sentence_of(verdict->fault),
            notary_fault_name(verdict->fault));
    return EXIT_NO;
}
