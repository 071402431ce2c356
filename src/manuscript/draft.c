/*
 * The working copy: every save is a version, and one that was typed over an older
 * version than the present writes nothing.
 */
#include "manuscript_own.h"

#include "manuscript_sql.h"
#include "people/people.h"
#include "rulebook/rulebook.h"
#include "site/site.h"
#include "text/text.h"

struct saving {
    id64 manuscript;
    int seen;
    struct content content;
    int version;
};

struct placing {
    id64 manuscript;
    int seen;
    struct column column;
    struct site site;
    struct str item_class;
    int version;
};

static enum status sanitise(struct call *call, struct content *content,
                            struct dropped *out_dropped);
static enum status write_save(struct call *call, void *what);
static enum status write_place(struct call *call, void *what);
static enum status merge_or_stale(struct call *call, const struct manuscript_row *row,
                                  struct saving *saving, const struct content *now);
static enum status must_be_current(struct call *call, const struct manuscript_row *row,
                                   int seen);

enum status manuscript_save(struct call *call, id64 manuscript, int seen,
                            const struct content *content, int *out_version,
                            struct dropped *out_dropped) {
    struct saving saving = {.manuscript = manuscript, .seen = seen};
    struct dropped dropped = {.kinds = STR("")};
    struct manuscript found;
    TRY(manuscript_find(call, manuscript, &found));
    TRY(content_settle(call, content, &saving.content));
    TRY(sanitise(call, &saving.content, &dropped));
    TRY(content_gather_pictures(call, &saving.content));
    TRY(store_transact(call, TXN_WRITE, write_save, &saving));
    *out_version = saving.version;
    *out_dropped = dropped;
    return DONE;
}

enum status manuscript_place(struct call *call, id64 manuscript, int seen, id64 column,
                             struct str item_class, int *out_version) {
    struct placing placing = {
        .manuscript = manuscript, .seen = seen, .item_class = item_class};
    struct manuscript found;
    const struct rulebook *book;
    TRY(manuscript_find(call, manuscript, &found));
    TRY(site_column_find(call, column, &placing.column));
    TRY(site_find(call, placing.column.site, &placing.site));
    TRY(site_rulebook(call, placing.site.id, &book));
    if (rulebook_class(book, item_class) == NO_INDEX) {
        return call_refuse_field(call, "class", "", "manuscript.class-unknown", "class",
                                 str_text(call->arena, item_class), NULL);
    }
    TRY(site_column_takes(call, &placing.column, item_class, found.unit));
    TRY(store_transact(call, TXN_WRITE, write_place, &placing));
    *out_version = placing.version;
    return DONE;
}

enum status manuscript_draft(struct call *call, id64 manuscript,
                             struct content *out_content, int *out_version) {
    struct manuscript found;
    TRY(manuscript_find(call, manuscript, &found));
    TRY(manuscript_draft_at(call, manuscript, found.draft_version, out_content));
    *out_version = found.draft_version;
    return DONE;
}

enum status manuscript_draft_at(struct call *call, id64 manuscript, int seen,
                                struct content *out_content) {
    struct rows *row;
    TRY(store_find(call, &manuscript_draft_row, &row, bind_id("manuscript", manuscript),
                   bind_int("version", seen)));
    return content_read_row(call, row, out_content);
}

enum status manuscript_write_draft(struct call *call, const struct manuscript_row *row,
                                   const struct content *content, int version) {
    id64 manuscript = row->manuscript.id;
    TRY(store_run(
        call, &manuscript_draft_insert, NULL, bind_id("manuscript", manuscript),
        bind_int("version", version), bind_text("title", content->title),
        bind_text("body", content->body),
        bind_text("fields", content_fields_json(call->arena, content)),
        bind_text("attachments", content_attachments_json(call->arena, content)),
        bind_id("saved_by", call->actor.person), bind_int("now", call->now)));
    TRY(store_run(call, &manuscript_draft_trim, NULL, bind_id("manuscript", manuscript),
                  bind_int("version", version - DRAFTS_KEPT)));
    TRY(store_run(call, &manuscript_contributor_insert, NULL,
                  bind_id("manuscript", manuscript), bind_int("epoch", row->epoch),
                  bind_id("person", call->actor.person), bind_int("now", call->now)));
    return store_run(
        call, &manuscript_set_draft, NULL, bind_text("title", content->title),
        bind_int("draft_version", version), bind_int("origin", content_origin(content)),
        bind_int("now", call->now), bind_id("id", manuscript));
}

/* The parser of a stranger's HTML runs in the sandbox, so before the transaction. */
static enum status sanitise(struct call *call, struct content *content,
                            struct dropped *out_dropped) {
    struct cleaned cleaned;
    TRY(text_clean_html(call, content->body, &cleaned));
    content->body = cleaned.html;
    out_dropped->pieces = cleaned_pieces(&cleaned);
    out_dropped->kinds = cleaned_kinds(call->arena, &cleaned);
    return DONE;
}

static enum status write_save(struct call *call, void *what) {
    struct saving *saving = what;
    struct manuscript_row row;
    struct content before;
    TRY(manuscript_lock_row(call, saving->manuscript, &row));
    TRY(manuscript_may_write(call, &row.manuscript));
    if (row.removed_at != 0) {
        return ABSENT;
    }
    TRY(manuscript_must_be_on_register(call, &row.manuscript));
    TRY(manuscript_draft_at(call, saving->manuscript, row.manuscript.draft_version,
                            &before));
    TRY(merge_or_stale(call, &row, saving, &before));
    struct digest old_digest = content_digest(&before);
    struct digest new_digest = content_digest(&saving->content);
    saving->version = row.manuscript.draft_version;
    if (digest_equal(&old_digest, &new_digest)) {
        return DONE; /* nothing was typed: no version, no contributor */
    }
    saving->version++;
    return manuscript_write_draft(call, &row, &saving->content, saving->version);
}

/* A file was attached while the text was typed: both are kept.  Anything else that
 * moved meanwhile is a conflict, and nothing is written. */
static enum status merge_or_stale(struct call *call, const struct manuscript_row *row,
                                  struct saving *saving, const struct content *now) {
    struct content seen;
    if (row->manuscript.draft_version == saving->seen) {
        return DONE;
    }
    enum status found =
        manuscript_draft_at(call, saving->manuscript, saving->seen, &seen);
    if (found == FAILED) {
        return FAILED;
    }
    bool same_words = found == DONE && str_equal(seen.title, now->title) &&
                      str_equal(seen.body, now->body) &&
                      str_equal(content_fields_json(call->arena, &seen),
                                content_fields_json(call->arena, now));
    if (!same_words) {
        return call_refuse(call, STALE, "", "manuscript.overtaken", NULL);
    }
    saving->content.attachments = now->attachments;
    saving->content.attachment_count = now->attachment_count;
    return DONE;
}

static enum status write_place(struct call *call, void *what) {
    struct placing *placing = what;
    struct manuscript_row row;
    struct content content;
    TRY(manuscript_lock_row(call, placing->manuscript, &row));
    TRY(manuscript_may_write(call, &row.manuscript));
    TRY(must_be_current(call, &row, placing->seen));
    TRY(manuscript_must_be_registered(call, call->actor.person, &row.manuscript,
                                      &placing->column));
    TRY(manuscript_draft_at(call, placing->manuscript, placing->seen, &content));
    placing->version = row.manuscript.draft_version + 1;
    TRY(manuscript_write_draft(call, &row, &content, placing->version));
    TRY(store_run(call, &manuscript_set_place, NULL, bind_id("site", placing->site.id),
                  bind_id("site_column", placing->column.id),
                  bind_text("item_class", placing->item_class),
                  bind_int("now", call->now), bind_id("id", placing->manuscript)));
    return manuscript_note(call, &row.manuscript, "manuscript.place", NULL, STR("{}"));
}

static enum status must_be_current(struct call *call, const struct manuscript_row *row,
                                   int seen) {
    if (row->removed_at != 0) {
        return ABSENT;
    }
    if (row->manuscript.draft_version != seen) {
        return call_refuse(call, STALE, "", "manuscript.overtaken", NULL);
    }
    return DONE;
}
