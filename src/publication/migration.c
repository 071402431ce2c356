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
#include "people/people.h"

#include <jansson.h>
#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#define BATCH      100
#define LINES_MOST 200000
#define READERS    8 /* as many as the sandbox runs at once */

/* A line that is not empty, as it was read. */
struct line {
    int number;
    struct str text;
    enum status status;
    struct content content; /* in its reader's arena */
    struct migrated_facts facts;
    struct refusal *refusal;
};

struct reader {
    struct reading *reading;
    struct call call;
    pthread_t thread;
    bool started;
};

struct reading {
    struct line *lines;
    size_t count;
    atomic_size_t next;
    atomic_bool failed;
    struct reader readers[READERS];
    size_t reader_count;
};

struct migrating {
    const struct migration *migration;
    struct column column;
    struct reading reading;
    const struct line **lines; /* those without a fault */
    size_t count;
    size_t next; /* first item of the batch */
    size_t end;
    struct digest manifest;
};

static enum status take_over(struct call *call, struct migrating *migrating,
                             struct import_report *report);
static void end_readers(void *subject);
static enum status must_be_two(struct call *call, const struct migration *migration);
static enum status read_lines(struct call *call, struct bytes lines,
                              struct migrating *migrating, struct import_report *report);
static void run_readers(struct call *call, struct reading *reading);
static void *read_some(void *what);
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
    }
    return taken;
}

static enum status take_over(struct call *call, struct migrating *migrating,
                             struct import_report *report) {
    TRY(must_be_two(call, migrating->migration));
    TRY(site_column_find(call, migrating->migration->column, &migrating->column));
    arena_defer(call->arena, end_readers, &migrating->reading);
    TRY(read_lines(call, migrating->migration->lines, migrating, report));
    if (report->fault_count > 0) {
        return call_refuse(call, REFUSED, "", "manuscript.import-faults", NULL);
    }
    migrating->manifest = manifest_of(migrating);
    TRY(store_transact(call, TXN_WRITE, note_start, migrating));
    while (migrating->next < migrating->count) {
        migrating->end = migrating->next + BATCH < migrating->count
                             ? migrating->next + BATCH
                             : migrating->count;
        TRY(store_transact(call, TXN_WRITE, take_batch, migrating));
        migrating->next = migrating->end;
    }
    report->taken = (int)migrating->count;
    return DONE;
}

/* What they read, refusals too, is looked at as long as the call lives. */
static void end_readers(void *subject) {
    struct reading *reading = subject;
    for (size_t i = 0; i < reading->reader_count; i++) {
        call_end(&reading->readers[i].call);
    }
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

/* Each line is cleaned in a process of its own, so several are read at a time. */
static enum status read_lines(struct call *call, struct bytes lines,
                              struct migrating *migrating, struct import_report *report) {
    struct reading *reading = &migrating->reading;
    struct str rest = {(const char *)lines.at, lines.length};
    size_t most = 1;
    for (size_t i = 0; i < lines.length; i++) {
        most += lines.at[i] == '\n';
    }
    if (most > LINES_MOST) {
        return call_refuse(call, REFUSED, "", "manuscript.import-long", NULL);
    }
    reading->lines = TAKE_ARRAY(call->arena, most, struct line);
    for (int number = 1; !str_is_empty(rest); number++) {
        struct str line = str_trim(str_cut(&rest, '\n'));
        if (!str_is_empty(line)) {
            reading->lines[reading->count++] =
                (struct line){.number = number, .text = line};
        }
    }
    run_readers(call, reading);
    *report = (struct import_report){
        .faults = TAKE_ARRAY(call->arena, reading->count + 1, struct import_fault)};
    migrating->lines = TAKE_ARRAY(call->arena, reading->count + 1, const struct line *);
    for (size_t i = 0; i < reading->count; i++) {
        const struct line *line = &reading->lines[i];
        if (line->status == FAILED) {
            return FAILED; /* logged where it happened */
        }
        if (line->status == DONE) {
            migrating->lines[migrating->count++] = line;
        } else {
            report->faults[report->fault_count++] =
                (struct import_fault){.line = line->number, .refusal = line->refusal};
        }
    }
    return DONE;
}

static void run_readers(struct call *call, struct reading *reading) {
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t wanted = processors < 2         ? 1
                    : processors > READERS ? READERS
                                           : (size_t)processors;
    for (size_t i = 0; i < wanted; i++) {
        struct reader *reader = &reading->readers[reading->reader_count++];
        reader->reading = reading;
        reader->call = call_afresh(call);
        reader->call.refusal = NULL;
        /* This thread is the last of them; fewer do the same work if no more can be had.
         */
        bool last = i + 1 == wanted ||
                    pthread_create(&reader->thread, NULL, read_some, reader) != 0;
        if (last) {
            read_some(reader);
            break;
        }
        reader->started = true;
    }
    for (size_t i = 0; i < reading->reader_count; i++) {
        if (reading->readers[i].started) {
            pthread_join(reading->readers[i].thread, NULL);
        }
    }
}

static void *read_some(void *what) {
    struct reader *reader = what;
    struct reading *reading = reader->reading;
    for (;;) {
        size_t at = atomic_fetch_add(&reading->next, 1);
        if (at >= reading->count || atomic_load(&reading->failed)) {
            return NULL;
        }
        struct line *line = &reading->lines[at];
        reader->call.refusal = NULL;
        line->status =
            manuscript_read_line(&reader->call, line->text, &line->content, &line->facts);
        line->refusal = reader->call.refusal;
        if (line->status == FAILED) {
            atomic_store(&reading->failed, true);
        }
    }
}

static struct digest manifest_of(const struct migrating *migrating) {
    struct digesting digesting;
    digest_begin(&digesting, DIGEST_SM3);
    digest_add_field(&digesting, "shenfa-migration", STR("1"));
    for (size_t i = 0; i < migrating->count; i++) {
        struct digest item = content_digest(&migrating->lines[i]->content);
        digest_add_field(&digesting, "item",
                         (struct str){(const char *)item.at, DIGEST_SIZE});
        digest_add_field(&digesting, "address", migrating->lines[i]->facts.old_address);
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
                                                  (json_int_t)migrating->count, "second",
                                                  second.at, second.length)),
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
    return migrating->count > PUBLICATION_TAKE_OVER_SOME
               ? DONE
               : plan_record(call, &plan, site.id, 0, "publication.migrate");
}

static enum status take_item(struct call *call, struct migrating *migrating, size_t index,
                             id64 group, struct plan *plan) {
    const struct content *content = &migrating->lines[index]->content;
    const struct migrated_facts *facts = &migrating->lines[index]->facts;
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
    if (migrating->count <= PUBLICATION_TAKE_OVER_SOME) {
        TRY(plan_release(call, plan, &release, place));
    }
    struct str address = facts->old_address;
    struct ledger_act record = {
        .act = "publication.migrate",
        .subject = {.kind = SUBJECT_MANUSCRIPT, .id = manuscript.id},
        .digest = revision.digest,
        .payload = ledger_payload(
            call,
            json_pack("{s:s%, s:s%}", "title", content->title.at, content->title.length,
                      "address", address.length == 0 ? "" : address.at, address.length)),
        .rule = STR(""),
        .post = STR(""),
        .follows = true};
    return ledger_append(call, group, &record, NULL);
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
