/*
 * Drafts: begun as a copy, saved file by file, kept as a version once they are sound.
 */
#include "version_own.h"

#include "ledger/ledger.h"
#include "version_sql.h"

#include <jansson.h>

#define DRAFTS_MOST 50

struct beginning {
    const struct site *site;
    const struct rulebook *origin;
    const struct rulebook_files *files;
    struct version_draft draft;
};

struct saving {
    id64 draft;
    int64_t seen;
    struct str name;
    struct str text;
    struct version_draft after;
};

struct closing {
    id64 draft;
    const struct rulebook *proposed;
};

static bool is_numbered(struct shelf *shelf, struct str code, struct str number);
static enum status begin(struct call *call, void *what);
static enum status insert_files(struct call *call, const struct version_draft *draft,
                                const struct rulebook_files *files);
static enum status save(struct call *call, void *what);
static enum status has_file(struct call *call, const struct saving *saving,
                            bool *out_same);
static enum status close_draft(struct call *call, void *what);
static enum status note(struct call *call, const struct version_draft *draft,
                        const char *act, struct str digest);
static void read_draft(struct rows *rows, struct version_draft *out_draft);

enum status version_draft_begin(struct call *call, id64 site,
                                const struct rulebook *origin,
                                struct version_draft *out_draft) {
    struct rulebook_files files;
    struct site found;
    TRY(site_find(call, site, &found));
    TRY(site_must_keep_rulebook(call, &found));
    TRY(rulebook_load_files(call->arena, str_text(call->arena, origin->path), &files));
    struct beginning beginning = {.site = &found, .origin = origin, .files = &files};
    TRY(store_transact(call, TXN_WRITE, begin, &beginning));
    *out_draft = beginning.draft;
    return DONE;
}

enum status version_draft_find(struct call *call, id64 draft,
                               struct version_draft *out_draft) {
    struct rows *row;
    TRY(store_find(call, &version_draft_row, &row, bind_id("id", draft)));
    read_draft(row, out_draft);
    return DONE;
}

enum status version_draft_of(struct call *call, id64 site, const struct digest *proposed,
                             struct version_draft *out_draft) {
    struct rows *row;
    TRY(store_find(call, &version_draft_proposed, &row, bind_id("site", site),
                   bind_digest("proposed", proposed)));
    read_draft(row, out_draft);
    return DONE;
}

enum status version_draft_list(struct call *call, id64 site,
                               struct version_drafts *out_drafts) {
    struct version_drafts drafts = {
        .at = TAKE_ARRAY(call->arena, DRAFTS_MOST, struct version_draft)};
    struct rows *rows;
    TRY(store_query(call, &version_draft_rows, &rows, bind_id("site", site)));
    while (rows_next(rows) && drafts.count < DRAFTS_MOST) {
        read_draft(rows, &drafts.at[drafts.count++]);
    }
    TRY(rows_end(rows));
    *out_drafts = drafts;
    return DONE;
}

enum status version_draft_files(struct call *call, id64 draft,
                                struct rulebook_files *out_files) {
    enum { MOST = 256 };
    struct rulebook_files files = {
        .at = TAKE_ARRAY(call->arena, MOST, struct rulebook_file)};
    struct rows *rows;
    TRY(store_query(call, &version_file_rows, &rows, bind_id("draft", draft)));
    while (rows_next(rows) && files.count < MOST) {
        files.at[files.count++] =
            (struct rulebook_file){row_text(rows, "name"), row_text(rows, "text")};
    }
    TRY(rows_end(rows));
    *out_files = files;
    return files.count == 0 ? ABSENT : DONE;
}

enum status version_draft_save(struct call *call, id64 draft, int64_t seen,
                               struct str name, struct str text,
                               struct version_draft *out_draft) {
    struct saving saving = {.draft = draft, .seen = seen, .name = name, .text = text};
    if (text.length > VERSION_FILE_MOST) {
        return call_refuse_field(call, "text", "", "version.file-too-large", NULL);
    }
    TRY(store_transact(call, TXN_WRITE, save, &saving));
    *out_draft = saving.after;
    return DONE;
}

enum status version_draft_close(struct call *call, id64 draft,
                                const struct rulebook *proposed) {
    struct closing closing = {draft, proposed};
    return store_transact(call, TXN_WRITE, close_draft, &closing);
}

enum status version_draft_read(struct call *call, const struct rulebook_files *files,
                               struct rulebook **out_book, struct fault **out_faults) {
    return rulebook_read_files(call->arena, files, out_book, out_faults);
}

enum status version_draft_keep(struct call *call, id64 draft,
                               const struct rulebook **out_book,
                               struct fault **out_faults) {
    struct rulebook *book = NULL;
    struct rulebook_files files;
    struct version_draft found;
    TRY(version_draft_find(call, draft, &found));
    TRY(version_draft_files(call, draft, &files));
    TRY(version_draft_read(call, &files, &book, out_faults));
    const struct rulebook *standing = shelf_find(call->house->shelf, &book->digest);
    bool other = !str_equal(book->code, found.code);
    struct str number = str_copy(call->arena, book->version);
    rulebook_free(book);
    if (other) {
        return call_refuse(call, REFUSED, "", "version.other-code", "code",
                           str_text(call->arena, found.code), NULL);
    }
    if (standing != NULL) {
        return call_refuse(call, REFUSED, "", "version.says-the-same", "version",
                           str_text(call->arena, standing->version), NULL);
    }
    if (is_numbered(call->house->shelf, found.code, number)) {
        return call_refuse(call, REFUSED, "", "version.number-taken", "version",
                           str_text(call->arena, number), NULL);
    }
    const char *folder =
        str_format(call->arena, "%s/rulebooks", call->house->workspace).at;
    TRY(rulebook_keep_files(call->arena, &files, folder, &book, out_faults));
    *out_book = shelf_add(call->house->shelf, book);
    return DONE;
}

/* Two versions of one number would be taken for one another. */
static bool is_numbered(struct shelf *shelf, struct str code, struct str number) {
    const struct rulebook *books[256];
    size_t count = shelf_all(shelf, books, LENGTH(books));
    for (size_t i = 0; i < count && i < LENGTH(books); i++) {
        if (str_equal(books[i]->code, code) && str_equal(books[i]->version, number)) {
            return true;
        }
    }
    return false;
}

enum status version_draft_lock(struct call *call, id64 draft,
                               struct version_draft *out_draft) {
    struct rows *row;
    struct site site;
    TRY(store_find(call, &version_draft_row_locked, &row, bind_id("id", draft)));
    read_draft(row, out_draft);
    TRY(site_find(call, out_draft->site, &site));
    TRY(site_must_keep_rulebook(call, &site));
    return out_draft->open ? DONE
                           : call_refuse(call, REFUSED, "", "version.closed", NULL);
}

static enum status begin(struct call *call, void *what) {
    struct beginning *beginning = what;
    beginning->draft = (struct version_draft){.id = call_new_id(call),
                                              .site = beginning->site->id,
                                              .code = beginning->origin->code,
                                              .origin = beginning->origin->digest,
                                              .version = 1,
                                              .started_by = call->actor.person,
                                              .started_at = call->now,
                                              .changed_by = call->actor.person,
                                              .changed_at = call->now,
                                              .proposed = STR(""),
                                              .open = true};
    const struct version_draft *draft = &beginning->draft;
    TRY(store_run(call, &version_draft_insert, NULL, bind_id("id", draft->id),
                  bind_id("site", draft->site), bind_text("code", draft->code),
                  bind_digest("origin", &draft->origin),
                  bind_id("person", call->actor.person), bind_int("now", call->now)));
    TRY(insert_files(call, draft, beginning->files));
    return note(call, draft, "version.draft",
                digest_to_text(call->arena, &draft->origin));
}

static enum status insert_files(struct call *call, const struct version_draft *draft,
                                const struct rulebook_files *files) {
    for (size_t i = 0; i < files->count; i++) {
        TRY(store_run(call, &version_file_insert, NULL, bind_id("draft", draft->id),
                      bind_text("name", files->at[i].name),
                      bind_int("version", draft->version),
                      bind_text("text", files->at[i].text),
                      bind_id("person", call->actor.person), bind_int("now", call->now)));
    }
    return DONE;
}

static enum status save(struct call *call, void *what) {
    struct saving *saving = what;
    bool same = false;
    TRY(version_draft_lock(call, saving->draft, &saving->after));
    TRY(has_file(call, saving, &same));
    if (same) {
        return DONE;
    }
    if (saving->after.version != saving->seen) {
        return call_refuse(call, STALE, "", "version.overtaken", NULL);
    }
    saving->after.version++;
    saving->after.changed_by = call->actor.person;
    saving->after.changed_at = call->now;
    struct rulebook_files one = {&(struct rulebook_file){saving->name, saving->text}, 1};
    TRY(insert_files(call, &saving->after, &one));
    return store_run(call, &version_draft_touch, NULL, bind_id("id", saving->draft),
                     bind_int("version", saving->after.version),
                     bind_id("person", call->actor.person), bind_int("now", call->now));
}

/* A parent's files are not the child's to change. */
static enum status has_file(struct call *call, const struct saving *saving,
                            bool *out_same) {
    struct rulebook_files files;
    TRY(version_draft_files(call, saving->draft, &files));
    for (size_t i = 0; i < files.count; i++) {
        if (str_equal(files.at[i].name, saving->name) &&
            !str_starts(saving->name, "parent/")) {
            *out_same = str_equal(files.at[i].text, saving->text);
            return DONE;
        }
    }
    return call_refuse_field(call, "file", "", "version.no-file", NULL);
}

static enum status close_draft(struct call *call, void *what) {
    const struct closing *closing = what;
    struct version_draft draft;
    struct str became = closing->proposed == NULL
                            ? STR("")
                            : digest_to_text(call->arena, &closing->proposed->digest);
    TRY(version_draft_lock(call, closing->draft, &draft));
    TRY(store_run(call, &version_draft_set_closed, NULL, bind_id("id", draft.id),
                  bind_int("now", call->now), bind_text_or_null("proposed", became)));
    draft.open = str_is_empty(became);
    return note(call, &draft, "version.close", became);
}

static enum status note(struct call *call, const struct version_draft *draft,
                        const char *act, struct str digest) {
    struct site site;
    TRY(site_find(call, draft->site, &site));
    struct ledger_act record = {
        .act = act,
        .subject = {.kind = SUBJECT_RULEBOOK, .id = draft->id},
        .payload = ledger_payload(call, json_pack("{s:s%, s:I, s:s%}", "code",
                                                  draft->code.at, draft->code.length,
                                                  "saves", (json_int_t)draft->version,
                                                  "version", digest.at, digest.length)),
        .rule = STR(""),
        .post = STR(""),
        .follows = !draft->open}; /* behind the proposal of the same wish */
    return ledger_append(call, site.group, &record, NULL);
}

static void read_draft(struct rows *rows, struct version_draft *out_draft) {
    struct version_draft draft = {.id = row_id(rows, "id"), .site = row_id(rows, "site")};
    draft.code = row_text(rows, "code");
    draft.origin = row_digest(rows, "origin");
    draft.version = row_int(rows, "version");
    draft.started_by = row_id(rows, "started_by");
    draft.started_at = row_int(rows, "started_at");
    draft.changed_by = row_id(rows, "changed_by");
    draft.changed_at = row_int(rows, "changed_at");
    draft.proposed = row_text(rows, "proposed");
    draft.open = row_is_null(rows, "closed_at");
    *out_draft = draft;
}
