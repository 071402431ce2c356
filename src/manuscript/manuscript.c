/*
 * Identity, place and state of manuscripts; who may see and write them.
 */
#include "manuscript_own.h"

#include "ledger/ledger.h"
#include "manuscript_sql.h"
#include "people/people.h"
#include "rulebook/rulebook.h"
#include "site/site.h"

#include <jansson.h>

struct beginning {
    struct manuscript manuscript;
    struct content content;
};

struct removal {
    id64 manuscript;
    bool back;
};

static enum status must_draft_in(struct call *call, const struct rulebook *book,
                                 const struct people_unit *unit);
static enum status write_beginning(struct call *call, void *what);
static enum status set_live(struct call *call, id64 manuscript, id64 revision,
                            bool begins_anew);
static enum status set_removed(struct call *call, void *what);
static enum status begin_change(struct call *call, void *what);
static bool state_is_in_authors_hands(struct str state);
static enum status belongs_to(struct call *call, id64 unit, bool *out_belongs);

enum status manuscript_begin(struct call *call, id64 column, id64 unit,
                             struct str item_class, struct str title,
                             id64 *out_manuscript) {
    struct column place;
    struct site site;
    struct people_unit drafting;
    const struct rulebook *book;
    TRY(site_column_find(call, column, &place));
    TRY(site_find(call, place.site, &site));
    TRY(site_rulebook(call, site.id, &book));
    TRY(people_unit(call, unit, &drafting));
    TRY(must_draft_in(call, book, &drafting));
    if (rulebook_class(book, item_class) == NO_INDEX) {
        return call_refuse_field(call, "class", "", "manuscript.class-unknown", "class",
                                 str_text(call->arena, item_class), NULL);
    }
    TRY(site_column_takes(call, &place, item_class, unit));
    TRY(site_must_be_registered(call, call->actor.person, &place, SITE_RIGHT_UPLOAD));
    struct content typed = {.title = title, .body = STR("")};
    struct beginning beginning = {0};
    TRY(content_settle(call, &typed, &beginning.content));
    beginning.manuscript = (struct manuscript){.id = call_new_id(call),
                                               .group = site.group,
                                               .site = site.id,
                                               .column = column,
                                               .unit = unit,
                                               .author = call->actor.person,
                                               .item_class = item_class,
                                               .title = beginning.content.title,
                                               .state = STR("draft"),
                                               .draft_version = 1};
    TRY(store_transact(call, TXN_WRITE, write_beginning, &beginning));
    *out_manuscript = beginning.manuscript.id;
    return DONE;
}

enum status manuscript_find(struct call *call, id64 manuscript,
                            struct manuscript *out_manuscript) {
    struct rows *row;
    struct manuscript_row found;
    TRY(store_find(call, &manuscript_row, &row, bind_id("id", manuscript)));
    manuscript_read_row(row, &found);
    TRY(manuscript_may_see(call, &found.manuscript));
    *out_manuscript = found.manuscript;
    return DONE;
}

enum status manuscript_lock(struct call *call, id64 manuscript,
                            struct manuscript *out_manuscript) {
    struct manuscript_row row;
    TRY(manuscript_lock_row(call, manuscript, &row));
    *out_manuscript = row.manuscript;
    return DONE;
}

enum status manuscript_peek(struct call *call, id64 manuscript,
                            struct manuscript *out_manuscript) {
    struct rows *row;
    struct manuscript_row found;
    TRY(store_find(call, &manuscript_row, &row, bind_id("id", manuscript)));
    manuscript_read_row(row, &found);
    *out_manuscript = found.manuscript;
    return DONE;
}

enum status manuscript_lock_row(struct call *call, id64 manuscript,
                                struct manuscript_row *out_row) {
    struct rows *row;
    TRY(store_find(call, &manuscript_row_locked, &row, bind_id("id", manuscript)));
    manuscript_read_row(row, out_row);
    return DONE;
}

enum status manuscript_may_write(struct call *call, const struct manuscript *manuscript) {
    bool belongs = false;
    TRY(belongs_to(call, manuscript->unit, &belongs));
    if (!belongs) {
        return call_refuse(call, DENIED, "", "manuscript.not-of-unit", NULL);
    }
    if (!state_is_in_authors_hands(manuscript->state)) {
        return call_refuse(call, REFUSED, "", "manuscript.not-in-hand", NULL);
    }
    return DONE;
}

enum status manuscript_must_be_registered(struct call *call, id64 person,
                                          const struct manuscript *manuscript,
                                          const struct column *column) {
    return site_must_be_registered(call, person, column,
                                   manuscript->live_revision != 0 ? SITE_RIGHT_CHANGE
                                                                  : SITE_RIGHT_UPLOAD);
}

enum status manuscript_must_be_on_register(struct call *call,
                                           const struct manuscript *manuscript) {
    struct column column;
    TRY(site_column_find(call, manuscript->column, &column));
    return manuscript_must_be_registered(call, call->actor.person, manuscript, &column);
}

enum status manuscript_move(struct call *call, id64 manuscript, const char *state,
                            id64 run) {
    int64_t changed = 0;
    TRY(store_run(call, &manuscript_set_state, &changed,
                  bind_text("state", str_of(state)), bind_int("now", call->now),
                  bind_id("run", run), bind_id("id", manuscript)));
    return changed == 1 ? DONE : ABSENT;
}

enum status manuscript_set_live(struct call *call, id64 manuscript, id64 revision) {
    return set_live(call, manuscript, revision, revision != 0);
}

enum status manuscript_set_owed(struct call *call, id64 manuscript, id64 revision) {
    return set_live(call, manuscript, revision, false);
}

static enum status set_live(struct call *call, id64 manuscript, id64 revision,
                            bool begins_anew) {
    int64_t changed = 0;
    TRY(store_run(call, &manuscript_set_live_revision, &changed,
                  bind_id("live_revision", revision), bind_int("released", begins_anew),
                  bind_int("now", call->now), bind_id("id", manuscript)));
    return changed == 1 ? DONE : ABSENT;
}

enum status manuscript_take_back(struct call *call, id64 manuscript) {
    TRY(store_run(call, &manuscript_contributors_again, NULL,
                  bind_id("manuscript", manuscript), bind_int("now", call->now)));
    return manuscript_move(call, manuscript, "draft", 0);
}

enum status manuscript_remove(struct call *call, id64 manuscript) {
    struct removal removal = {.manuscript = manuscript, .back = false};
    return store_transact(call, TXN_WRITE, set_removed, &removal);
}

enum status manuscript_fetch_back(struct call *call, id64 manuscript) {
    struct removal removal = {.manuscript = manuscript, .back = true};
    return store_transact(call, TXN_WRITE, set_removed, &removal);
}

enum status manuscript_begin_change(struct call *call, id64 manuscript) {
    return store_transact(call, TXN_WRITE, begin_change, &manuscript);
}

enum status manuscript_note(struct call *call, const struct manuscript *manuscript,
                            const char *act, const struct digest *digest,
                            struct str payload) {
    struct ledger_act record = {
        .act = act,
        .subject = {.kind = SUBJECT_MANUSCRIPT, .id = manuscript->id},
        .digest = digest == NULL ? (struct digest){0} : *digest,
        .payload = payload,
        .rule = STR(""),
        .post = STR("")};
    return ledger_append(call, manuscript->group, &record, NULL);
}

void manuscript_read_row(struct rows *rows, struct manuscript_row *out_row) {
    struct manuscript *manuscript = &out_row->manuscript;
    *out_row = (struct manuscript_row){0};
    manuscript->id = row_id(rows, "id");
    manuscript->group = row_id(rows, "site_group");
    manuscript->site = row_id(rows, "site");
    manuscript->column = row_id(rows, "site_column");
    manuscript->unit = row_id(rows, "unit");
    manuscript->author = row_id(rows, "author");
    manuscript->item_class = row_text(rows, "item_class");
    manuscript->title = row_text(rows, "title");
    manuscript->state = row_text(rows, "state");
    manuscript->state_since = row_int(rows, "state_since");
    manuscript->run = row_id(rows, "run");
    manuscript->revision = row_id(rows, "revision");
    manuscript->live_revision = row_id(rows, "live_revision");
    manuscript->draft_version = (int)row_int(rows, "draft_version");
    out_row->epoch = (int)row_int(rows, "epoch");
    manuscript->origin = (civil_day)row_int(rows, "origin");
    manuscript->migrated = row_int(rows, "migrated") != 0;
    manuscript->created_at = row_int(rows, "created_at");
    manuscript->changed_at = row_int(rows, "changed_at");
    out_row->removed_at = row_int(rows, "removed_at");
}

/* Every member of a unit drafts for it (LZ-12.1); the rulebook names the role that
 * such members hold without an appointment, or the posts that may. */
static enum status must_draft_in(struct call *call, const struct rulebook *book,
                                 const struct people_unit *unit) {
    bool belongs = false;
    TRY(belongs_to(call, unit->id, &belongs));
    if (belongs) {
        return DONE;
    }
    int handler = rulebook_role(book, STR("handler"));
    return call_refuse(
        call, DENIED,
        handler == NO_INDEX ? "" : str_text(call->arena, book->roles[handler].basis.id),
        "manuscript.not-of-unit", "unit", str_text(call->arena, unit->title), NULL);
}

static enum status belongs_to(struct call *call, id64 unit, bool *out_belongs) {
    struct people_role_codes codes;
    TRY(people_roles_on(call, call->actor.person, unit, &codes));
    bool belongs = false;
    for (size_t i = 0; i < codes.count; i++) {
        belongs = belongs || (!str_is(codes.at[i], PEOPLE_ROLE_SYSTEM) &&
                              !str_is(codes.at[i], PEOPLE_ROLE_SECURITY) &&
                              !str_is(codes.at[i], PEOPLE_ROLE_AUDIT));
    }
    *out_belongs = belongs;
    return DONE;
}

static enum status write_beginning(struct call *call, void *what) {
    struct beginning *beginning = what;
    struct manuscript *manuscript = &beginning->manuscript;
    TRY(store_run(
        call, &manuscript_insert, NULL, bind_id("id", manuscript->id),
        bind_id("site_group", manuscript->group), bind_id("site", manuscript->site),
        bind_id("site_column", manuscript->column), bind_id("unit", manuscript->unit),
        bind_id("author", manuscript->author),
        bind_text("item_class", manuscript->item_class),
        bind_text("title", manuscript->title), bind_text("state", manuscript->state),
        bind_int("now", call->now), bind_int("draft_version", 0), bind_int("origin", 0),
        bind_int("migrated", manuscript->migrated)));
    struct manuscript_row row = {.manuscript = *manuscript};
    TRY(manuscript_admit(call, manuscript->id, "", manuscript->unit));
    TRY(manuscript_write_draft(call, &row, &beginning->content, 1));
    return manuscript_note(
        call, manuscript, "manuscript.begin", NULL,
        ledger_payload(call, json_pack("{s:s%, s:s%}", "title", manuscript->title.at,
                                       manuscript->title.length, "class",
                                       manuscript->item_class.at,
                                       manuscript->item_class.length)));
}

static enum status set_removed(struct call *call, void *what) {
    struct removal *removal = what;
    struct manuscript_row row;
    TRY(manuscript_lock_row(call, removal->manuscript, &row));
    TRY(manuscript_may_see(call, &row.manuscript));
    bool is_own = row.manuscript.author == call->actor.person;
    bool is_unsent = row.manuscript.run == 0 && row.manuscript.live_revision == 0 &&
                     str_is(row.manuscript.state, "draft");
    if (!is_own || !is_unsent) {
        return call_refuse(call, REFUSED, "", "manuscript.not-own-draft", NULL);
    }
    if (removal->back &&
        (row.removed_at == 0 || call->now - row.removed_at > 30 * INSTANT_DAY)) {
        return call_refuse(call, REFUSED, "", "manuscript.not-to-fetch", NULL);
    }
    TRY(store_run(call, &manuscript_set_removed, NULL,
                  bind_id("removed_at", removal->back ? 0 : call->now),
                  bind_int("now", call->now), bind_id("id", removal->manuscript)));
    return manuscript_note(call, &row.manuscript,
                           removal->back ? "manuscript.fetch-back" : "manuscript.remove",
                           NULL, STR("{}"));
}

static enum status begin_change(struct call *call, void *what) {
    id64 manuscript = *(id64 *)what;
    struct manuscript_row row;
    struct revision live;
    bool belongs = false;
    TRY(manuscript_lock_row(call, manuscript, &row));
    TRY(manuscript_may_see(call, &row.manuscript));
    TRY(belongs_to(call, row.manuscript.unit, &belongs));
    if (!belongs) {
        return call_refuse(call, DENIED, "", "manuscript.not-of-unit", NULL);
    }
    if (row.manuscript.live_revision == 0) {
        return call_refuse(call, REFUSED, "", "manuscript.not-live", NULL);
    }
    if (!str_is(row.manuscript.state, "published")) {
        return call_refuse(call, REFUSED, "", "manuscript.change-under-way", NULL);
    }
    TRY(manuscript_must_be_on_register(call, &row.manuscript));
    TRY(manuscript_revision(call, row.manuscript.live_revision, &live));
    TRY(manuscript_write_draft(call, &row, &live.content,
                               row.manuscript.draft_version + 1));
    TRY(manuscript_move(call, manuscript, "draft", 0));
    return manuscript_note(call, &row.manuscript, "manuscript.begin-change", &live.digest,
                           STR("{}"));
}

static bool state_is_in_authors_hands(struct str state) {
    return str_is(state, "draft") || str_is(state, "proof") ||
           str_is(state, "second-proof");
}
