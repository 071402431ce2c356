/*
 * Signing a statement, and asking whether one was signed.
 *
 * The end of a statement is what only the signing knows: who, when, how proven, after
 * which entry, with which key.  Everything before it is made again from the database by
 * whoever asks, and must be the same to the byte.
 */
#include "approval_own.h"

#include "people/people.h"

#include <jansson.h>

static struct str after_text(struct call *call, const struct ledger_checkpoint *head);
static void add_to_list(struct call *call, json_t *list,
                        const struct signature *signature);
static struct str differing(struct str wanted, struct str stored);
static enum status end_fault(struct call *call, const struct signature *signature,
                             struct str end, id64 signer, struct str *out_wrong);

enum status approval_sign(struct call *call, struct testimony *testimony, id64 about,
                          json_t *list) {
    struct people_signer signer;
    struct ledger_checkpoint head;
    struct signature signature = {.about = about, .act = str_of(testimony->act)};
    TRY(approval_begin(call));
    TRY(people_signer(call, &signer));
    TRY(ledger_head_hold(call, testimony->group, &head));
    struct testimony_end end = {.signer = signer.person,
                                .at = call->now,
                                .proof = str_of(signer.proof),
                                .after = after_text(call, &head),
                                .key = signer.key};
    buffer_add(&testimony->text, testimony_end_text(call, &end));
    signature.signer = signer.person;
    signature.key = signer.key;
    signature.certificate = signer.certificate;
    signature.statement = buffer_str(&testimony->text);
    TRY(people_sign(call, &signer, signature.statement, &signature.signature));
    TRY(store_run(
        call, &approval_signature_insert, NULL, bind_id("about", about),
        bind_text("act", signature.act), bind_int("signer", signature.signer),
        bind_text("key", signature.key), bind_text("certificate", signature.certificate),
        bind_text("statement", signature.statement),
        bind_text("signature", signature.signature), bind_int("now", call->now)));
    add_to_list(call, list, &signature);
    return DONE;
}

enum status approval_check(struct call *call, const struct testimony *testimony,
                           id64 about, id64 signer, bool personal,
                           struct str *out_wrong) {
    struct signature signature;
    enum people_signature_fault fault;
    enum status found = approval_signature(call, about, testimony->act, &signature);
    if (found == ABSENT) {
        *out_wrong = STR("missing");
        return DONE;
    }
    TRY(found);
    struct str body = buffer_str(&testimony->text);
    struct str begin = str_part(signature.statement, 0, body.length);
    if (!str_equal(begin, body)) {
        *out_wrong = differing(body, signature.statement);
        return DONE;
    }
    TRY(end_fault(call, &signature,
                  str_part(signature.statement, body.length, signature.statement.length),
                  signer, out_wrong));
    if (!str_is_empty(*out_wrong)) {
        return DONE;
    }
    struct people_signed given = {.person = signer,
                                  .key = signature.key,
                                  .certificate = signature.certificate,
                                  .text = signature.statement,
                                  .signature = signature.signature,
                                  .personal = personal};
    TRY(people_signature_check(call, &given, &fault));
    *out_wrong = fault == PEOPLE_SIGNATURE_KEY     ? STR("key")
                 : fault == PEOPLE_SIGNATURE_BYTES ? STR("signature")
                                                   : STR("");
    return DONE;
}

enum status approval_signature(struct call *call, id64 about, const char *act,
                               struct signature *out_signature) {
    struct rows *row;
    TRY(store_find(call, &approval_signature_row, &row, bind_id("about", about),
                   bind_text("act", str_of(act))));
    signature_read(row, out_signature);
    return DONE;
}

enum status approval_signature_newest(struct call *call, id64 about,
                                      struct signature *out_signature) {
    struct rows *row;
    TRY(store_find(call, &approval_signature_newest_row, &row, bind_id("about", about)));
    signature_read(row, out_signature);
    return DONE;
}

void signature_read(struct rows *row, struct signature *out_signature) {
    *out_signature = (struct signature){.about = row_id(row, "about"),
                                        .act = row_text(row, "act"),
                                        .signer = row_id(row, "signer"),
                                        .key = row_text(row, "key"),
                                        .certificate = row_text(row, "certificate"),
                                        .statement = row_text(row, "statement"),
                                        .signature = row_text(row, "signature"),
                                        .at = row_int(row, "at")};
}

static struct str after_text(struct call *call, const struct ledger_checkpoint *head) {
    struct str hash = digest_to_text(call->arena, &head->hash);
    return str_format(call->arena, "%lld %.*s", (long long)head->sequence, STR_ARG(hash));
}

static void add_to_list(struct call *call, json_t *list,
                        const struct signature *signature) {
    struct str about = str_format(call->arena, "%lld", (long long)signature->about);
    json_array_append_new(
        list,
        json_pack("{s:s%, s:s%, s:s%, s:s%, s:s%}", "about", about.at, about.length,
                  "statement", signature->statement.at, signature->statement.length,
                  "key", signature->key.at, signature->key.length, "certificate",
                  signature->certificate.at, signature->certificate.length, "signature",
                  signature->signature.at, signature->signature.length));
}

/* The name of the first line of *wanted* that *stored* has otherwise. */
static struct str differing(struct str wanted, struct str stored) {
    while (!str_is_empty(wanted)) {
        struct str line = str_cut(&wanted, '\n');
        if (!str_equal(line, str_cut(&stored, '\n'))) {
            return str_cut(&line, ' ');
        }
    }
    return STR("end");
}

/* What follows the body are the lines of the end and nothing else, and they agree with
 * what stands beside them. */
static enum status end_fault(struct call *call, const struct signature *signature,
                             struct str end, id64 signer, struct str *out_wrong) {
    struct testimony_end told = {.signer = signer,
                                 .at = signature->at,
                                 .proof = testimony_line(end, "proof"),
                                 .after = testimony_line(end, "after"),
                                 .key = signature->key};
    struct str made = testimony_end_text(call, &told);
    *out_wrong = signature->signer != signer ? STR("signer")
                 : str_equal(made, end)      ? STR("")
                                             : differing(made, end);
    return DONE;
}
