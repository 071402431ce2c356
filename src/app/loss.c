/*
 * What a restore would lose: acts that came after the backup, as far as a checkpoint or
 * an export tells of them, and the withdrawals among them.
 */
#include "restore_own.h"

#include "notary/notary.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

static enum status read_text(struct cli *cli, const char *option, struct str *out_text);
static enum status read_export(struct restoring *restoring, struct str export,
                               const struct notary_known *known);
static enum status read_line(struct restoring *restoring, struct str line);
static struct chain *chain_of(struct restoring *restoring, id64 group);

enum status loss_hear(struct restoring *restoring) {
    struct cli *cli = restoring->cli;
    struct notary_known known = {0};
    struct key_public key;
    struct str key_text;
    struct str export;
    enum status asked = read_text(cli, "key", &key_text);
    if (asked == DONE) {
        if (key_public_from_text(str_trim(key_text), &key) != DONE) {
            fputs("shenfa: what --key names is no public key\n", stderr);
            return REFUSED;
        }
        known.key = &key;
    } else if (asked != ABSENT) {
        return asked;
    }
    asked = read_text(cli, "checkpoint", &known.checkpoints);
    if (asked != DONE && asked != ABSENT) {
        return asked;
    }
    struct str rest = asked == DONE ? known.checkpoints : STR("");
    for (;;) {
        struct checkpoint checkpoint;
        enum status read = checkpoint_read(cli->call->arena, &rest, &checkpoint);
        if (read == ABSENT) {
            break;
        }
        if (read != DONE ||
            (known.key != NULL && !checkpoint_signed(&checkpoint, known.key))) {
            fputs("shenfa: what --checkpoint names is no checkpoint, or signed by "
                  "another key\n",
                  stderr);
            return REFUSED;
        }
        struct chain *chain = chain_of(restoring, checkpoint.chain);
        if (chain != NULL && checkpoint.size > chain->known) {
            chain->known = checkpoint.size;
        }
    }
    asked = read_text(cli, "export", &export);
    return asked == DONE     ? read_export(restoring, export, &known)
           : asked == ABSENT ? DONE
                             : asked;
}

enum status loss_judge(struct restoring *restoring) {
    int64_t unnamed = 0;
    for (size_t i = 0; i < restoring->chain_count; i++) {
        const struct chain *chain = &restoring->chains[i];
        int64_t told = chain->told > chain->size ? chain->told : chain->size;
        restoring->lost += chain->known > chain->size ? chain->known - chain->size : 0;
        unnamed += chain->known > told ? chain->known - told : 0;
    }
    if (unnamed == 0 || cli_option(restoring->cli, "accept-loss") != NULL) {
        return DONE;
    }
    fprintf(
        stderr,
        "shenfa: %" PRId64 " acts came after this backup, and withdrawals may be among "
        "them; nothing was restored.\nGive --export with a ledger that covers them, or "
        "--accept-loss to publish what may have been withdrawn.\n",
        unnamed);
    return REFUSED;
}

static enum status read_text(struct cli *cli, const char *option, struct str *out_text) {
    const char *path = cli_option(cli, option);
    struct bytes bytes;
    if (path == NULL) {
        return ABSENT;
    }
    if (file_read(cli->call->arena, path, (size_t)1 << 31, &bytes) != DONE) {
        fprintf(stderr, "shenfa: %s cannot be read\n", path);
        return REFUSED;
    }
    *out_text = (struct str){(const char *)bytes.at, bytes.length};
    return DONE;
}

static enum status next_line(void *from, struct str *out_line) {
    struct str *rest = from;
    if (str_is_empty(*rest)) {
        return ABSENT;
    }
    *out_line = str_trim(str_cut(rest, '\n'));
    return DONE;
}

/* The export is checked as a stranger would check it, before anything of it counts. */
static enum status read_export(struct restoring *restoring, struct str export,
                               const struct notary_known *known) {
    struct notary_verdict verdict;
    struct str rest = export;
    TRY(notary_check(restoring->cli->call->arena, next_line, &rest, known, &verdict));
    if (verdict.fault != NOTARY_WHOLE && verdict.fault != NOTARY_FAULT_CUT) {
        fprintf(stderr,
                "shenfa: the export is not whole: chain %" PRId64 ", entry %" PRId64
                " (%s); nothing was restored\n",
                verdict.chain, verdict.sequence, notary_fault_name(verdict.fault));
        return REFUSED;
    }
    while (!str_is_empty(export)) {
        TRY(read_line(restoring, str_cut(&export, '\n')));
    }
    return DONE;
}

static enum status read_line(struct restoring *restoring, struct str line) {
    static const char *const kinds[] = {[WITHDRAW_CORRECTION] = "correction",
                                        [WITHDRAW_EXPIRY] = "expiry",
                                        [WITHDRAW_REMOVAL] = "removal",
                                        [WITHDRAW_SEAL] = "seal",
                                        [WITHDRAW_UNREVIEWED] = "unreviewed"};
    json_t *json = json_loadb(line.at, line.length, 0, NULL);
    int64_t group = 0;
    int64_t subject = 0;
    int64_t sequence = json_integer_value(json_object_get(json, "sequence"));
    const char *act = json_string_value(json_object_get(json, "act"));
    enum status status = DONE;
    bool read = str_to_int(str_of(json_string_value(json_object_get(json, "group"))),
                           &group) == DONE &&
                str_to_int(str_of(json_string_value(json_object_get(json, "subject"))),
                           &subject) == DONE &&
                act != NULL;
    struct chain *chain = read ? chain_of(restoring, group) : NULL;
    if (chain != NULL && sequence == chain->size &&
        !str_is(chain->hash, json_string_value(json_object_get(json, "hash")))) {
        fputs("shenfa: the export is of another history than the backup; nothing was "
              "restored\n",
              stderr);
        status = REFUSED;
    }
    if (chain != NULL && sequence > chain->size) {
        chain->told = sequence > chain->told ? sequence : chain->told;
        chain->known = sequence > chain->known ? sequence : chain->known;
        if (strcmp(act, "publication.withdraw") == 0 &&
            json_integer_value(json_object_get(json, "outcome")) == 0 &&
            restoring->withdrawn_count < WITHDRAWALS_MOST) {
            json_t *payload =
                json_loads(json_string_value(json_object_get(json, "payload")) == NULL
                               ? "{}"
                               : json_string_value(json_object_get(json, "payload")),
                           0, NULL);
            struct str kind = str_of(json_string_value(json_object_get(payload, "kind")));
            struct withdrawn *withdrawn =
                &restoring->withdrawn[restoring->withdrawn_count++];
            /* Without its payload nobody knows how: then the public sees it no more. */
            *withdrawn = (struct withdrawn){subject, WITHDRAW_REMOVAL, sequence};
            for (size_t i = 0; i < LENGTH(kinds); i++) {
                withdrawn->kind =
                    str_is(kind, kinds[i]) ? (enum withdrawal)i : withdrawn->kind;
            }
            json_decref(payload);
        }
    }
    json_decref(json);
    return status;
}

static struct chain *chain_of(struct restoring *restoring, id64 group) {
    for (size_t i = 0; i < restoring->chain_count; i++) {
        if (restoring->chains[i].group == group) {
            return &restoring->chains[i];
        }
    }
    return NULL;
}
