/*
 * The canonical bytes of an entry: every field by its name and length, in a
 * fixed order, so that no two different entries have the same bytes.  It must
 * not change for a version that was ever written.
 */
#include "ledger_own.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static const char *const kind_names[SUBJECT_KINDS] = {
    [SUBJECT_NONE] = "",
    [SUBJECT_MANUSCRIPT] = "manuscript",
    [SUBJECT_RULEBOOK] = "rulebook",
    [SUBJECT_COLUMN] = "column",
    [SUBJECT_SITE] = "site",
    [SUBJECT_GROUP] = "group",
    [SUBJECT_PERSON] = "person",
    [SUBJECT_UNIT] = "unit",
    [SUBJECT_POST] = "post",
    [SUBJECT_ACCOUNT] = "account",
    [SUBJECT_SESSION] = "session",
    [SUBJECT_LEXICON] = "lexicon",
    [SUBJECT_RELEASE] = "release",
    [SUBJECT_FORM] = "form",
    [SUBJECT_NOTICE] = "notice",
    [SUBJECT_JOB] = "job",
    [SUBJECT_WORKSPACE] = "workspace",
    [SUBJECT_ENTRY] = "entry",
    [SUBJECT_ARCHIVE] = "archive",
    [SUBJECT_CATALOGUE] = "catalogue",
    [SUBJECT_MATTER] = "matter",
    [SUBJECT_LETTER] = "letter",
    [SUBJECT_ASSESSMENT] = "assessment",
};

static struct digest digest_or_none(struct str text);
static void add_number(struct digesting *digesting, const char *name, int64_t number);

const char *subject_kind_name(enum subject_kind kind) { return kind_names[kind]; }

enum status subject_kind_from_name(struct str name, enum subject_kind *out_kind) {
    for (int kind = 0; kind < SUBJECT_KINDS; kind++) {
        if (str_is(name, kind_names[kind])) {
            *out_kind = (enum subject_kind)kind;
            return DONE;
        }
    }
    return ABSENT;
}

struct digest ledger_payload_digest(enum digest_profile profile, struct bytes salt,
                                    struct str payload) {
    struct digesting digesting;
    digest_begin(&digesting, profile);
    digest_add_field(&digesting, "salt",
                     (struct str){(const char *)salt.at, salt.length});
    digest_add_field(&digesting, "payload", payload);
    return digest_end(&digesting);
}

struct digest ledger_hash(enum digest_profile profile, const struct ledger_link *link) {
    const struct ledger_entry *entry = &link->entry;
    struct digesting digesting;
    digest_begin(&digesting, profile);
    add_number(&digesting, "version", link->version);
    add_number(&digesting, "group", entry->group);
    add_number(&digesting, "sequence", entry->sequence);
    add_number(&digesting, "at", entry->at);
    add_number(&digesting, "person", entry->person);
    digest_add_field(&digesting, "post", entry->post);
    add_number(&digesting, "door", link->door);
    digest_add_field(&digesting, "act", entry->act);
    digest_add_field(&digesting, "subject_kind", link->subject_kind);
    add_number(&digesting, "subject", entry->subject.id);
    add_number(&digesting, "outcome", link->outcome);
    digest_add_field(&digesting, "digest", link->digest);
    digest_add_field(&digesting, "payload_digest", link->payload_digest);
    digest_add_field(&digesting, "key", entry->key);
    digest_add_field(&digesting, "rule", entry->rule);
    digest_add_field(&digesting, "previous", link->previous);
    return digest_end(&digesting);
}

void ledger_link_read(struct rows *rows, struct ledger_link *out_link) {
    struct ledger_link link = {0};
    struct ledger_entry *entry = &link.entry;
    entry->group = row_int(rows, "site_group");
    entry->sequence = row_int(rows, "sequence");
    link.version = row_int(rows, "version");
    entry->at = row_int(rows, "at");
    entry->person = row_int(rows, "person");
    entry->post = row_text(rows, "post");
    link.door = row_int(rows, "door");
    entry->act = row_text(rows, "act");
    link.subject_kind = row_text(rows, "subject_kind");
    entry->subject.id = row_int(rows, "subject");
    link.outcome = row_int(rows, "outcome");
    link.digest = row_text(rows, "digest");
    link.payload_digest = row_text(rows, "payload_digest");
    entry->key = row_text(rows, "wish");
    entry->rule = row_text(rows, "rule");
    link.previous = row_text(rows, "previous");
    link.hash = row_text(rows, "hash");
    link.salt = row_bytes(rows, "salt");
    entry->payload = row_text(rows, "payload");
    link.erased_by = row_int(rows, "erased_by");
    entry->erased = link.erased_by != 0;
    entry->door = (enum door)link.door;
    entry->outcome = (enum ledger_outcome)link.outcome;
    if (subject_kind_from_name(link.subject_kind, &entry->subject.kind) != DONE) {
        entry->subject.kind = SUBJECT_NONE; /* only in a forged entry */
    }
    entry->digest = digest_or_none(link.digest);
    entry->previous = digest_or_none(link.previous);
    entry->hash = digest_or_none(link.hash);
    *out_link = link;
}

static struct digest digest_or_none(struct str text) {
    struct digest digest = {0};
    return digest_from_text(text, &digest) == DONE ? digest : (struct digest){0};
}

static void add_number(struct digesting *digesting, const char *name, int64_t number) {
    char text[24];
    int length = snprintf(text, sizeof text, "%" PRId64, number);
    digest_add_field(digesting, name, (struct str){text, (size_t)length});
}
