/*
 * Revisions: what is decided on, fixed for good.
 */
#include "manuscript_own.h"

#include "ledger/ledger.h"
#include "manuscript_sql.h"

#include <jansson.h>

struct revising {
    id64 manuscript;
    struct revision revision;
};

static enum status write_revision(struct call *call, void *what);
static enum status read_revision(struct call *call, struct rows *row,
                                 struct revision *out_revision);
static enum status check_whole(struct call *call, const struct revision *revision);

enum status manuscript_revise(struct call *call, id64 manuscript,
                              struct revision *out_revision) {
    struct revising revising = {.manuscript = manuscript};
    TRY(store_transact(call, TXN_WRITE, write_revision, &revising));
    *out_revision = revising.revision;
    return DONE;
}

enum status manuscript_revision(struct call *call, id64 revision,
                                struct revision *out_revision) {
    struct rows *row;
    TRY(store_find(call, &manuscript_revision_row, &row, bind_id("id", revision)));
    return read_revision(call, row, out_revision);
}

enum status manuscript_revision_number(struct call *call, id64 manuscript, int number,
                                       struct revision *out_revision) {
    struct rows *row;
    TRY(store_find(call, &manuscript_revision_row_by_number, &row,
                   bind_id("manuscript", manuscript), bind_int("number", number)));
    return read_revision(call, row, out_revision);
}

enum status manuscript_has_revision(struct call *call, const struct digest *digest,
                                    bool *out_has) {
    struct rows *row;
    enum status found =
        store_find(call, &manuscript_revision_with, &row, bind_digest("digest", digest));
    if (found != DONE && found != ABSENT) {
        return found;
    }
    *out_has = found == DONE;
    return DONE;
}

enum status manuscript_revisions(struct call *call, id64 manuscript,
                                 struct revision **out_revisions, size_t *out_count) {
    struct rows *rows;
    struct revision *revisions = TAKE_ARRAY(call->arena, 500, struct revision);
    size_t count = 0;
    TRY(store_query(call, &manuscript_revision_rows, &rows,
                    bind_id("manuscript", manuscript)));
    while (rows_next(rows) && count < 500) {
        struct revision *revision = &revisions[count++];
        revision->id = row_id(rows, "id");
        revision->manuscript = row_id(rows, "manuscript");
        revision->number = (int)row_int(rows, "number");
        revision->digest = row_digest(rows, "digest");
        revision->content.title = row_text(rows, "title");
        revision->made_by = row_id(rows, "made_by");
        revision->made_at = row_int(rows, "made_at");
    }
    TRY(rows_end(rows));
    *out_revisions = revisions;
    *out_count = count;
    return DONE;
}

enum status manuscript_contributors(struct call *call, id64 manuscript,
                                    id64 **out_persons, size_t *out_count) {
    struct rows *rows;
    id64 *persons = TAKE_ARRAY(call->arena, 500, id64);
    size_t count = 0;
    TRY(store_query(call, &manuscript_contributor_rows, &rows,
                    bind_id("manuscript", manuscript)));
    while (rows_next(rows) && count < 500) {
        persons[count++] = row_id(rows, "person");
    }
    TRY(rows_end(rows));
    *out_persons = persons;
    *out_count = count;
    return DONE;
}

static enum status write_revision(struct call *call, void *what) {
    struct revising *revising = what;
    struct revision *revision = &revising->revision;
    struct manuscript_row row;
    struct revision newest = {0};
    TRY(manuscript_lock_row(call, revising->manuscript, &row));
    TRY(manuscript_may_write(call, &row.manuscript));
    TRY(manuscript_must_be_on_register(call, &row.manuscript));
    TRY(manuscript_draft_at(call, revising->manuscript, row.manuscript.draft_version,
                            &revision->content));
    revision->digest = content_digest(&revision->content);
    if (row.manuscript.revision != 0) {
        TRY(manuscript_revision(call, row.manuscript.revision, &newest));
        if (digest_equal(&newest.digest, &revision->digest)) {
            *revision = newest;
            return DONE;
        }
    }
    revision->id = call_new_id(call);
    revision->manuscript = revising->manuscript;
    revision->number = newest.number + 1;
    revision->made_by = call->actor.person;
    revision->made_at = call->now;
    const struct content *content = &revision->content;
    TRY(store_run(
        call, &manuscript_revision_insert, NULL, bind_id("id", revision->id),
        bind_id("manuscript", revision->manuscript), bind_int("number", revision->number),
        bind_digest("digest", &revision->digest), bind_text("title", content->title),
        bind_text("body", content->body),
        bind_text("fields", content_fields_json(call->arena, content)),
        bind_text("attachments", content_attachments_json(call->arena, content)),
        bind_id("made_by", revision->made_by), bind_int("now", call->now)));
    TRY(store_run(call, &manuscript_set_revision, NULL, bind_id("revision", revision->id),
                  bind_id("id", revision->manuscript)));
    return manuscript_note(
        call, &row.manuscript, "manuscript.revise", &revision->digest,
        ledger_payload(call, json_pack("{s:i}", "number", revision->number)));
}

static enum status read_revision(struct call *call, struct rows *row,
                                 struct revision *out_revision) {
    struct revision revision = {.id = row_id(row, "id")};
    revision.manuscript = row_id(row, "manuscript");
    revision.number = (int)row_int(row, "number");
    revision.digest = row_digest(row, "digest");
    TRY(content_read_row(call, row, &revision.content));
    revision.made_by = row_id(row, "made_by");
    revision.made_at = row_int(row, "made_at");
    TRY(check_whole(call, &revision));
    *out_revision = revision;
    return DONE;
}

/* A text that no longer has its digest was changed below the program: nothing is
 * decided on it, and nothing of it is shown. */
static enum status check_whole(struct call *call, const struct revision *revision) {
    struct digest found = content_digest(&revision->content);
    if (!digest_equal(&found, &revision->digest)) {
        struct str id = id_to_text(call->arena, revision->id);
        return log_failed("revision %.*s no longer has its digest", STR_ARG(id));
    }
    return DONE;
}
