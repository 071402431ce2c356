/*
 * An old site's public items taken over: two persons answer for them, a manifest digest
 * names them all, and each has its own ledger entry.
 *
 * Reading and cleaning the lines happens first, outside any transaction; all faults are
 * told at once and with any fault nothing is taken.  Then the items go in by batches, so
 * that other writers are not kept waiting; the entry with the manifest comes first, so a
 * migration that was cut short shows what it was about.
 */
#include "publication_own.h"

#include "ledger/ledger.h"
#include "notary/notary.h"
#include "people/people.h"

#include <jansson.h>
#include <string.h>

#define BATCH      100
#define LINES_MOST 200000

struct migrating {
    const struct migration *migration;
    struct column column;
    struct import_lines lines;
    size_t next; /* first item of the batch */
    size_t end;
    struct digest manifest;
};

static enum status take_over(struct call *call, struct migrating *migrating,
                             struct import_report *report);
static enum status must_be_two(struct call *call, const struct migration *migration);
static struct digest manifest_of(const struct migrating *migrating);
static enum status note_start(struct call *call, void *what);
static enum status take_batch(struct call *call, void *what);
static enum status take_item(struct call *call, struct migrating *migrating, size_t index,
                             id64 group, struct plan *plan);
static struct str old_path(struct str address);

enum status publication_take_over(struct call *call, const struct migration *migration,
                                  struct import_report *out_report,
                                  struct digest *out_manifest) {
    struct migrating *migrating = TAKE(call->arena, struct migrating);
    migrating->migration = migration;
    enum status taken = take_over(call, migrating, out_report);
    if (taken == DONE) {
        *out_manifest = migrating->manifest;
        return DONE;
    }
    struct column column;
    struct site site;
    if (site_column_find(call, migration->column, &column) != DONE ||
        site_find(call, column.site, &site) != DONE) {
        return taken;
    }
    struct ledger_act act = {.act = "publication.migration",
                             .subject = {SUBJECT_COLUMN, migration->column}};
    return ledger_settle(call, site.group, &act, taken);
}

static enum status take_over(struct call *call, struct migrating *migrating,
                             struct import_report *report) {
    TRY(must_be_two(call, migrating->migration));
    TRY(notary_may_decide(call));
    TRY(site_column_find(call, migrating->migration->column, &migrating->column));
    TRY(manuscript_read_lines(call, migrating->migration->lines, LINES_MOST,
                              &migrating->lines, report));
    migrating->manifest = manifest_of(migrating);
    TRY(store_transact(call, TXN_WRITE, note_start, migrating));
    while (migrating->next < migrating->lines.count) {
        migrating->end = migrating->next + BATCH < migrating->lines.count
                             ? migrating->next + BATCH
                             : migrating->lines.count;
        TRY(store_transact(call, TXN_WRITE, take_batch, migrating));
        migrating->next = migrating->end;
    }
    report->taken = (int)migrating->lines.count;
    return DONE;
}

/* Two people of the house, neither an administrator, who are not the same. */
static enum status must_be_two(struct call *call, const struct migration *migration) {
    id64 persons[] = {call->actor.person, migration->second};
    if (persons[0] == 0 || persons[1] == 0 || persons[0] == persons[1]) {
        return call_refuse(call, DENIED, "", "publication.migration-two", NULL);
    }
    for (size_t i = 0; i < LENGTH(persons); i++) {
        struct people_holdings holdings;
        bool content = false;
        TRY(people_holdings(call, persons[i], &holdings));
        for (size_t j = 0; j < holdings.count; j++) {
            content = content || (!str_is(holdings.at[j].role, PEOPLE_ROLE_SYSTEM) &&
                                  !str_is(holdings.at[j].role, PEOPLE_ROLE_SECURITY) &&
                                  !str_is(holdings.at[j].role, PEOPLE_ROLE_AUDIT));
        }
        if (!content) {
            return call_refuse(call, DENIED, "", "publication.migration-post", NULL);
        }
    }
    return DONE;
}

static struct digest manifest_of(const struct migrating *migrating) {
    struct digesting digesting;
    digest_begin(&digesting, DIGEST_SM3);
    digest_add_field(&digesting, "shenfa-migration", STR("1"));
    for (size_t i = 0; i < migrating->lines.count; i++) {
        struct digest item = content_digest(&migrating->lines.contents[i]);
        digest_add_field(&digesting, "item",
                         (struct str){(const char *)item.at, DIGEST_SIZE});
        digest_add_field(&digesting, "address", migrating->lines.facts[i].old_address);
    }
    return digest_end(&digesting);
}

static enum status note_start(struct call *call, void *what) {
    struct migrating *migrating = what;
    struct site site;
    TRY(site_find(call, migrating->column.site, &site));
    struct str second = id_to_text(call->arena, migrating->migration->second);
    struct ledger_act record = {
        .act = "publication.migration",
        .subject = {.kind = SUBJECT_COLUMN, .id = migrating->column.id},
        .digest = migrating->manifest,
        .payload = ledger_payload(call, json_pack("{s:I, s:s%}", "items",
                                                  (json_int_t)migrating->lines.count,
                                                  "second", second.at, second.length)),
        .rule = STR(""),
        .post = STR("")};
    return ledger_append(call, site.group, &record, NULL);
}

static enum status take_batch(struct call *call, void *what) {
    struct migrating *migrating = what;
    struct site site;
    struct plan plan;
    TRY(site_find(call, migrating->column.site, &site));
    plan_init(&plan, call->arena);
    for (size_t i = migrating->next; i < migrating->end; i++) {
        TRY(take_item(call, migrating, i, site.group, &plan));
    }
    return migrating->lines.count > PUBLICATION_TAKE_OVER_SOME
               ? DONE
               : plan_record(call, &plan, site.id, 0, "publication.migrate");
}

static enum status take_item(struct call *call, struct migrating *migrating, size_t index,
                             id64 group, struct plan *plan) {
    const struct content *content = &migrating->lines.contents[index];
    const struct migrated_facts *facts = &migrating->lines.facts[index];
    struct manuscript manuscript;
    struct revision revision;
    struct release release;
    int64_t place;
    TRY(manuscript_take_migrated(call, migrating->column.id, migrating->migration->unit,
                                 migrating->migration->item_class, content, &manuscript,
                                 &revision));
    struct migrated_item item = {
        .manuscript = manuscript.id,
        .revision = revision.id,
        .digest = revision.digest,
        .column = migrating->column.id,
        .title = content->title,
        .origin_day = facts->published,
        .released_at = facts->published == 0 ? call->now : day_start(facts->published),
        .old_path = old_path(facts->old_address)};
    TRY(migrate_item(call, &item, &release, &place));
    if (migrating->lines.count <= PUBLICATION_TAKE_OVER_SOME) {
        TRY(plan_release(call, plan, &release, place));
    }
    return migrate_note(call, group, &item, facts->old_address);
}

/* What stands behind the host in an address. */
static struct str old_path(struct str address) {
    size_t scheme = str_find(address, STR("://"));
    if (scheme == address.length) {
        return address;
    }
    struct str rest = str_part(address, scheme + 3, address.length);
    str_cut(&rest, '/');
    return rest;
}
