/*
 * A manuscript handed up from a site below on the same installation (BZ-14): the site
 * above gets a manuscript of its own, with the text as it was decided on below and with
 * those who wrote it, and decides by its own rulebook.  Nothing that was decided below
 * counts above, and no level can be left out: the hand-over is part of the last decision.
 */
#include "manuscript_own.h"

#include "manuscript_sql.h"
#include "notice/notice.h"
#include "people/people.h"
#include "rulebook/rulebook.h"
#include "site/site.h"

#include <jansson.h>

#define LEVELS_MOST 16

static enum status intake(struct call *call, const struct site *to,
                          const struct manuscript *source, struct manuscript *received);
static bool is_better(struct call *call, const struct column *column, struct str wanted,
                      struct str item_class);
static void without_targets(struct call *call, struct content *content);
static enum status write_down(struct call *call, const struct manuscript *source,
                              const struct revision *revision,
                              const struct manuscript *received);

enum status manuscript_receive(struct call *call, const struct manuscript *source,
                               const struct revision *revision, const struct site *to,
                               struct str rule, id64 *out_manuscript) {
    struct manuscript received = {.id = call_new_id(call),
                                  .group = to->group,
                                  .site = to->id,
                                  .author = source->author,
                                  .title = revision->content.title,
                                  .state = STR("draft"),
                                  .draft_version = 1};
    struct content content = revision->content;
    const struct rulebook *book;
    TRY(site_rulebook(call, to->id, &book));
    TRY(intake(call, to, source, &received));
    without_targets(call, &content);
    TRY(manuscript_put_in_hands(call, &received, &content));
    TRY(write_down(call, source, revision, &received));
    TRY(manuscript_tell_unit(call, to, book, &received, STR("")));
    struct str from = id_to_text(call->arena, source->id);
    struct ledger_act record = {
        .act = "manuscript.receive",
        .subject = {.kind = SUBJECT_MANUSCRIPT, .id = received.id},
        .digest = revision->digest,
        .payload = ledger_payload(
            call, json_pack("{s:s%, s:s%, s:s%}", "from", from.at, from.length, "site",
                            to->code.at, to->code.length, "title", received.title.at,
                            received.title.length)),
        .rule = rule,
        .post = STR("")};
    struct str wish = call->key; /* is carried out by the decision that hands it up */
    call->key = STR("");
    enum status noted = ledger_append(call, received.group, &record, NULL);
    call->key = wish;
    *out_manuscript = received.id;
    return noted;
}

enum status manuscript_put_in_hands(struct call *call,
                                    const struct manuscript *manuscript,
                                    const struct content *content) {
    struct manuscript_row row = {.manuscript = *manuscript};
    TRY(store_run(
        call, &manuscript_insert, NULL, bind_id("id", manuscript->id),
        bind_id("site_group", manuscript->group), bind_id("site", manuscript->site),
        bind_id("site_column", manuscript->column), bind_id("unit", manuscript->unit),
        bind_id("author", manuscript->author),
        bind_text("item_class", manuscript->item_class),
        bind_text("title", manuscript->title), bind_text("state", manuscript->state),
        bind_int("now", call->now), bind_int("draft_version", 0), bind_int("origin", 0),
        bind_int("migrated", false)));
    TRY(manuscript_admit(call, manuscript->id, "", manuscript->unit));
    return manuscript_write_draft(call, &row, content, 1);
}

enum status manuscript_take_received(struct call *call, id64 manuscript) {
    int64_t changed = 0;
    TRY(store_run(call, &manuscript_received_take, &changed,
                  bind_id("person", call->actor.person),
                  bind_id("manuscript", manuscript)));
    if (changed == 0) {
        return DONE;
    }
    TRY(store_run(call, &manuscript_set_author, NULL,
                  bind_id("author", call->actor.person), bind_id("id", manuscript)));
    return notice_duty_close(call, (struct subject){SUBJECT_MANUSCRIPT, manuscript},
                             STR(MANUSCRIPT_RECEIVED));
}

enum status manuscript_source(struct call *call, id64 manuscript, id64 *out_source) {
    struct rows *row;
    *out_source = 0;
    enum status found = store_find(call, &manuscript_received_row, &row,
                                   bind_id("manuscript", manuscript));
    if (found == DONE) {
        *out_source = row_id(row, "source");
    }
    return found == ABSENT ? DONE : found;
}

enum status manuscript_copies(struct call *call, id64 manuscript, id64 **out_copies,
                              size_t *out_count) {
    id64 *copies = TAKE_ARRAY(call->arena, LEVELS_MOST + 1, id64);
    size_t count = 0;
    size_t looked = 0;
    id64 next = manuscript;
    do { /* a copy may have been handed further up */
        struct rows *rows;
        TRY(store_query(call, &manuscript_received_rows, &rows, bind_id("source", next)));
        while (rows_next(rows) && count < LEVELS_MOST) {
            copies[count++] = row_id(rows, "manuscript");
        }
        TRY(rows_end(rows));
        next = copies[looked];
    } while (looked++ < count);
    *out_copies = copies;
    *out_count = count;
    return DONE;
}

/* The column of the same path or class, else the first that is open, and its owner; the
 * unit places it anew where that is wrong. */
static enum status intake(struct call *call, const struct site *to,
                          const struct manuscript *source, struct manuscript *received) {
    struct column wanted;
    struct column *columns;
    size_t count;
    const struct rulebook *book;
    const struct column *best = NULL;
    TRY(site_rulebook(call, to->id, &book));
    TRY(site_column_find(call, source->column, &wanted));
    TRY(site_columns(call, to->id, &columns, &count));
    int same = rulebook_class(book, source->item_class);
    received->item_class = same != NO_INDEX ? source->item_class : book->classes[0].code;
    for (size_t i = 0; i < count; i++) {
        bool better = best == NULL ||
                      (!str_equal(best->path, wanted.path) &&
                       is_better(call, &columns[i], wanted.path, received->item_class));
        best = columns[i].open && better ? &columns[i] : best;
    }
    if (best == NULL) {
        return call_refuse(call, REFUSED, "", "manuscript.nowhere-to-go", "site",
                           str_text(call->arena, to->title), NULL);
    }
    received->column = best->id;
    received->unit = best->owner;
    return DONE;
}

static bool is_better(struct call *call, const struct column *column, struct str wanted,
                      struct str item_class) {
    if (str_equal(column->path, wanted)) {
        return true;
    }
    struct refusal *said = call->refusal;
    struct column_terms terms;
    bool named = false;
    if (site_column_terms(call, column->id, &terms) != DONE) {
        call->refusal = said;
        return false;
    }
    for (size_t i = 0; i < terms.class_count; i++) {
        named = named || str_equal(terms.classes[i], item_class);
    }
    return named;
}

/* Where it goes from here is this level's to say. */
static void without_targets(struct call *call, struct content *content) {
    struct field_value *kept =
        TAKE_ARRAY(call->arena, content->field_count + 1, struct field_value);
    size_t count = 0;
    for (size_t i = 0; i < content->field_count; i++) {
        if (!str_is(content->fields[i].name, "targets") &&
            !str_is(content->fields[i].name, "concerned-unit")) {
            kept[count++] = content->fields[i];
        }
    }
    content->fields = kept;
    content->field_count = count;
}

/* Who wrote it below wrote it here too. */
static enum status write_down(struct call *call, const struct manuscript *source,
                              const struct revision *revision,
                              const struct manuscript *received) {
    TRY(store_run(call, &manuscript_received_insert, NULL,
                  bind_id("manuscript", received->id), bind_id("source", source->id),
                  bind_digest("digest", &revision->digest), bind_int("now", call->now)));
    return store_run(call, &manuscript_contributors_copy, NULL,
                     bind_id("manuscript", received->id), bind_id("source", source->id),
                     bind_int("now", call->now));
}

enum status manuscript_tell_unit(struct call *call, const struct site *to,
                                 const struct rulebook *book,
                                 const struct manuscript *received, struct str rule) {
    int item_class = rulebook_class(book, received->item_class);
    struct duty duty = {.group = received->group,
                        .subject = {SUBJECT_MANUSCRIPT, received->id},
                        .step = STR(MANUSCRIPT_RECEIVED),
                        .role = STR(""),
                        .unit = received->unit,
                        .site = to->id,
                        .site_title = to->title,
                        .title = received->title,
                        .item_class = item_class == NO_INDEX
                                          ? received->item_class
                                          : book->classes[item_class].title.zh,
                        .badge = received->state,
                        .act = STR("revise"),
                        .remark = STR(""),
                        .round = 1,
                        .rule = rule};
    return notice_duty_open(call, &duty);
}
