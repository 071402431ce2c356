/*
 * What is shown is what the ledger knows.
 *
 * The gate lets nothing out that is not decided on, but a row can be planted below it, by
 * who owns the database: a release that nobody ordered, a withdrawn one called live
 * again, an older text put back.  So each row is held against the ledger when it is
 * rendered: the newest entry that released the manuscript must name this text at this
 * address, and no later one may have taken it away.  A row that fails is not shown
 * anywhere; it stays where it is, as evidence, and people are told once.
 *
 * It is not a proof against who forges entries of the ledger as well: the signer, the
 * checkpoints and whoever verifies an export find him.
 */
#include "publication_own.h"
#include "publication_sql.h"

#include "ledger/ledger.h"
#include "notice/notice.h"
#include "people/people.h"

#include <jansson.h>

#define PAGE_MOST 200

struct doubting {
    const struct site *site;
    const struct doubt *doubt;
};

static enum status read_page(struct call *call, const struct statement *statement,
                             const struct value *values, size_t count,
                             struct unproven *unproven);
static size_t drop_one(struct release *rows, size_t count, const struct doubt *doubt);
static enum status told(struct call *call, const struct site *site,
                        const struct doubt *doubt, bool *out_told);
static enum status raise_alarm(struct call *call, void *what);
static enum status tell_role(struct call *call, const struct site *site,
                             const struct doubt *doubt, const char *role);

enum status unproven_of_site(struct call *call, id64 site,
                             struct unproven *out_unproven) {
    struct unproven unproven = {.at =
                                    TAKE_ARRAY(call->arena, UNPROVEN_MOST, struct doubt)};
    id64 after = 0;
    size_t before;
    do {
        before = unproven.count;
        TRY(read_page(call, &publication_unproven_places,
                      VALUES(bind_id("site", site), bind_int("low", INT64_MIN),
                             bind_int("high", INT64_MAX), bind_int("after", after)),
                      &unproven));
        after = unproven.count == 0 ? 0 : unproven.at[unproven.count - 1].id;
    } while (unproven.count == before + PAGE_MOST);
    *out_unproven = unproven;
    return DONE;
}

enum status proven_numbers(struct call *call, const struct view *view, id64 column,
                           struct release *rows, size_t *count) {
    struct unproven unproven = {.at = TAKE_ARRAY(call->arena, PAGE_MOST, struct doubt)};
    int64_t low = INT64_MAX;
    int64_t high = 0;
    if (view->unproven != NULL || *count == 0) {
        proven_alone(view->unproven, rows, count);
        return DONE;
    }
    for (size_t i = 0; i < *count; i++) {
        low = rows[i].number < low ? rows[i].number : low;
        high = rows[i].number > high ? rows[i].number : high;
    }
    TRY(read_page(call, &publication_unproven_numbers,
                  VALUES(bind_id("site_column", column), bind_int("low", low),
                         bind_int("high", high)),
                  &unproven));
    proven_alone(&unproven, rows, count);
    return DONE;
}

enum status proven_places(struct call *call, const struct view *view, int64_t low,
                          int64_t high, struct release *rows, size_t *count) {
    struct unproven unproven = {.at = TAKE_ARRAY(call->arena, PAGE_MOST, struct doubt)};
    if (view->unproven != NULL || *count == 0) {
        proven_alone(view->unproven, rows, count);
        return DONE;
    }
    TRY(read_page(call, &publication_unproven_places,
                  VALUES(bind_id("site", view->site.id), bind_int("low", low),
                         bind_int("high", high), bind_int("after", 0)),
                  &unproven));
    proven_alone(&unproven, rows, count);
    return DONE;
}

void proven_alone(const struct unproven *unproven, struct release *rows, size_t *count) {
    for (size_t i = 0; unproven != NULL && i < unproven->count; i++) {
        *count = drop_one(rows, *count, &unproven->at[i]);
    }
}

enum status publication_doubt(struct call *call, id64 site, size_t *out_count) {
    struct unproven unproven;
    struct site facts;
    TRY(site_find(call, site, &facts));
    TRY(unproven_of_site(call, site, &unproven));
    TRY(unproven_tell(call, &facts, &unproven));
    *out_count = unproven.count;
    return DONE;
}

enum status unproven_tell(struct call *call, const struct site *site,
                          const struct unproven *unproven) {
    for (size_t i = 0; i < unproven->count; i++) {
        bool already = false;
        TRY(told(call, site, &unproven->at[i], &already));
        if (!already) {
            struct doubting doubting = {site, &unproven->at[i]};
            txn_abort(call);
            TRY(store_transact(call, TXN_WRITE, raise_alarm, &doubting));
        }
    }
    return DONE;
}

static enum status read_page(struct call *call, const struct statement *statement,
                             const struct value *values, size_t count,
                             struct unproven *unproven) {
    struct rows *rows;
    TRY(store_query_values(call, statement, &rows, values, count));
    for (size_t i = 0; i < PAGE_MOST && rows_next(rows); i++) {
        if (unproven->count == UNPROVEN_MOST) {
            break;
        }
        unproven->at[unproven->count++] =
            (struct doubt){.id = row_id(rows, "id"),
                           .path = row_text(rows, "path"),
                           .released_at = row_int(rows, "released_at"),
                           .title = row_text(rows, "title"),
                           .manuscript = row_id(rows, "manuscript")};
    }
    return rows_end(rows);
}

/* Rows read for the site map carry no id: one of the same address and instant goes. */
static size_t drop_one(struct release *rows, size_t count, const struct doubt *doubt) {
    for (size_t i = 0; i < count; i++) {
        bool same = rows[i].id != 0 ? rows[i].id == doubt->id
                                    : str_equal(rows[i].path, doubt->path) &&
                                          rows[i].released_at == doubt->released_at;
        if (same) {
            for (size_t j = i + 1; j < count; j++) {
                rows[j - 1] = rows[j];
            }
            return count - 1;
        }
    }
    return count;
}

static enum status told(struct call *call, const struct site *site,
                        const struct doubt *doubt, bool *out_told) {
    struct ledger_list list;
    struct ledger_filter filter = {.act = STR("publication.unproven"),
                                   .subject = {SUBJECT_RELEASE, doubt->id},
                                   .limit = 1};
    TRY(ledger_read(call, site->group, &filter, &list));
    *out_told = list.count > 0;
    return DONE;
}

static enum status raise_alarm(struct call *call, void *what) {
    const struct doubting *doubting = what;
    const struct doubt *doubt = doubting->doubt;
    struct str manuscript = id_to_text(call->arena, doubt->manuscript);
    struct ledger_act record = {
        .act = "publication.unproven",
        .subject = {SUBJECT_RELEASE, doubt->id},
        .payload =
            ledger_payload(call, json_pack("{s:s%, s:s%, s:s%}", "path", doubt->path.at,
                                           doubt->path.length, "title", doubt->title.at,
                                           doubt->title.length, "manuscript",
                                           manuscript.at, manuscript.length))};
    TRY(tell_role(call, doubting->site, doubt, PEOPLE_ROLE_AUDIT));
    TRY(tell_role(call, doubting->site, doubt, PEOPLE_ROLE_SECURITY));
    log_fault("guard: a release that the ledger does not know is not shown: %.*s of "
              "manuscript %.*s",
              STR_ARG(doubt->path), STR_ARG(manuscript));
    return ledger_append(call, doubting->site->group, &record, NULL);
}

static enum status tell_role(struct call *call, const struct site *site,
                             const struct doubt *doubt, const char *role) {
    struct people_holdings holders;
    TRY(people_holders(call, role, 0, &holders));
    for (size_t i = 0; i < holders.count; i++) {
        struct news news = {.person = holders.at[i].person,
                            .subject = {SUBJECT_SITE, site->id},
                            .words = STR("news.unproven"),
                            .title = doubt->title,
                            .remark = doubt->path};
        TRY(notice_tell(call, &news));
    }
    return DONE;
}
