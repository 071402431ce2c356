/*
 * Manuscripts from JSON lines: as drafts of the one who brings them, or, for an old
 * site's public items, as what the public already reads.  What a line says is read in
 * lines.c.
 */
#include "manuscript_own.h"

#include "ledger/ledger.h"
#include "manuscript_sql.h"
#include "people/people.h"
#include "rulebook/rulebook.h"
#include "site/site.h"

#define LINES_MOST 100000

struct importing {
    id64 column;
    id64 unit;
    struct str item_class;
    struct import_lines lines;
};

static enum status write_drafts(struct call *call, void *what);

enum status manuscript_import(struct call *call, id64 column, id64 unit,
                              struct str item_class, struct bytes lines,
                              struct import_report *out_report) {
    struct importing importing = {
        .column = column, .unit = unit, .item_class = item_class};
    struct column place;
    struct site site;
    TRY(manuscript_read_lines(call, lines, LINES_MOST, &importing.lines, out_report));
    TRY(site_column_find(call, column, &place));
    TRY(site_find(call, place.site, &site));
    struct ledger_act act = {.act = "manuscript.import",
                             .subject = {SUBJECT_COLUMN, column}};
    TRY(ledger_settle(call, site.group, &act,
                      store_transact(call, TXN_WRITE, write_drafts, &importing)));
    out_report->taken = (int)importing.lines.count;
    return DONE;
}

enum status manuscript_take_migrated(struct call *call, id64 column, id64 unit,
                                     struct str item_class, const struct content *content,
                                     struct manuscript *out_manuscript,
                                     struct revision *out_revision) {
    struct column place;
    struct site site;
    TRY(site_column_find(call, column, &place));
    TRY(site_find(call, place.site, &site));
    struct manuscript manuscript = {.id = call_new_id(call),
                                    .group = site.group,
                                    .site = site.id,
                                    .column = column,
                                    .unit = unit,
                                    .author = call->actor.person,
                                    .item_class = item_class,
                                    .title = content->title,
                                    .state = STR("published"),
                                    .draft_version = 1,
                                    .origin = content_origin(content),
                                    .migrated = true};
    struct revision revision = {.id = call_new_id(call),
                                .manuscript = manuscript.id,
                                .number = 1,
                                .digest = content_digest(content),
                                .content = *content,
                                .made_by = call->actor.person,
                                .made_at = call->now};
    struct manuscript_row row = {.manuscript = manuscript};
    TRY(store_run(
        call, &manuscript_insert, NULL, bind_id("id", manuscript.id),
        bind_id("site_group", manuscript.group), bind_id("site", manuscript.site),
        bind_id("site_column", column), bind_id("unit", unit),
        bind_id("author", manuscript.author), bind_text("item_class", item_class),
        bind_text("title", manuscript.title), bind_text("state", manuscript.state),
        bind_int("now", call->now), bind_int("draft_version", 0),
        bind_int("origin", manuscript.origin), bind_int("migrated", 1)));
    TRY(manuscript_admit(call, manuscript.id, "", unit));
    TRY(manuscript_write_draft(call, &row, content, 1));
    TRY(store_run(
        call, &manuscript_revision_insert, NULL, bind_id("id", revision.id),
        bind_id("manuscript", manuscript.id), bind_int("number", 1),
        bind_digest("digest", &revision.digest), bind_text("title", content->title),
        bind_text("body", content->body),
        bind_text("fields", content_fields_json(call->arena, content)),
        bind_text("attachments", content_attachments_json(call->arena, content)),
        bind_id("made_by", revision.made_by), bind_int("now", call->now)));
    TRY(store_run(call, &manuscript_set_revision, NULL, bind_id("revision", revision.id),
                  bind_id("id", manuscript.id)));
    TRY(manuscript_set_live(call, manuscript.id, revision.id));
    manuscript.revision = revision.id;
    manuscript.live_revision = revision.id;
    *out_manuscript = manuscript;
    *out_revision = revision;
    return DONE;
}

static enum status write_drafts(struct call *call, void *what) {
    struct importing *importing = what;
    for (size_t i = 0; i < importing->lines.count; i++) {
        id64 manuscript;
        struct manuscript_row row;
        const struct content *content = &importing->lines.contents[i];
        TRY(manuscript_begin(call, importing->column, importing->unit,
                             importing->item_class, content->title, &manuscript));
        TRY(manuscript_lock_row(call, manuscript, &row));
        TRY(manuscript_write_draft(call, &row, content, 2));
    }
    return DONE;
}
