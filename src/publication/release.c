/*
 * A release carried out, once the gate lets it through: its rows and those of what has
 * to come out with it, in the place of an earlier text where there is one, its files in
 * a journal, and its signed entry in the ledger.
 */
#include "publication_sql.h"
#include "release_own.h"

#include "ledger/ledger.h"

#include <jansson.h>

static enum status release_by(struct call *call, const struct release_order *order,
                              bool first, struct release **out_releases,
                              size_t *out_count);
static enum status order_one(struct call *call, struct ordering *ordering);
static enum status order_first(struct call *call, struct ordering *ordering);
static enum status find_pair(struct call *call, const struct ordering *ordering,
                             struct ordering **out_pair);
static enum status ask_act(struct call *call, void *what);
static bool is_later(struct call *call, const struct release_order *order);
static enum status write_schedule(struct call *call, struct ordering *ordering,
                                  id64 column);
static enum status write_release(struct call *call, struct ordering *ordering,
                                 id64 column);
static enum status take_place_of(struct call *call, const struct ordering *ordering,
                                 struct plan *plan, struct release *release,
                                 int64_t *out_place);
static enum status find_former(struct call *call, id64 manuscript, id64 column,
                               struct release *out_former);
static enum status insert_release(struct call *call, const struct release *release,
                                  int64_t place);
static enum status find_schedule(struct call *call, const struct ordering *ordering,
                                 id64 column, struct release *out_schedule);
static enum status end_elsewhere(struct call *call, const struct ordering *ordering);
static enum status append_order(struct call *call, const struct ordering *ordering,
                                const char *act);
static enum status answer_again(struct call *call, id64 manuscript,
                                struct release **out_releases, size_t *out_count);

enum status publication_release(struct call *call, const struct release_order *order,
                                struct release **out_releases, size_t *out_count) {
    return release_by(call, order, false, out_releases, out_count);
}

enum status publication_release_first(struct call *call,
                                      const struct release_order *order,
                                      struct release **out_releases, size_t *out_count) {
    return release_by(call, order, true, out_releases, out_count);
}

static enum status release_by(struct call *call, const struct release_order *order,
                              bool first, struct release **out_releases,
                              size_t *out_count) {
    struct ordering *ordering = TAKE(call->arena, struct ordering);
    ordering->order = order;
    ordering->first = first;
    ordering->act = call_new_id(call);
    struct manuscript manuscript;
    TRY(manuscript_find(call, order->manuscript, &manuscript));
    struct ledger_entry earlier;
    enum status repeated = ledger_find_key(call, manuscript.group, call->key, &earlier);
    if (repeated == DONE) {
        return answer_again(call, order->manuscript, out_releases, out_count);
    }
    if (repeated != ABSENT) {
        return repeated;
    }
    struct ledger_act act = {
        .act = first ? "publication.release-first" : "publication.release",
        .subject = {.kind = SUBJECT_MANUSCRIPT, .id = order->manuscript},
        .digest = order->seen};
    enum status done = store_transact(call, TXN_WRITE, release_act, ordering);
    TRY(ledger_settle(call, manuscript.group, &act,
                      alarm_settle(call, &manuscript, done)));
    *out_releases = ordering->releases;
    *out_count = ordering->release_count;
    return DONE;
}

enum status publication_ask(struct call *call, const struct release_order *order) {
    struct ordering *ordering = TAKE(call->arena, struct ordering);
    struct manuscript manuscript;
    ordering->order = order;
    TRY(manuscript_find(call, order->manuscript, &manuscript));
    return store_transact(call, TXN_READ, ask_act, ordering);
}

/* The document, and in the same transaction what has to come out with it. */
enum status release_act(struct call *call, void *what) {
    struct ordering *ordering = what;
    struct ordering *pair = NULL;
    ordering->release_count = 0;
    TRY(gate_check(call, ordering));
    if (ordering->first) {
        return order_first(call, ordering);
    }
    TRY(find_pair(call, ordering, &pair));
    if (pair != NULL) {
        struct str wish = call->key; /* the wish is the document's */
        call->key = STR("");
        TRY(gate_check(call, pair));
        TRY(is_later(call, ordering->order) ? DONE : order_one(call, pair));
        call->key = wish;
    }
    return order_one(call, ordering);
}

/* What its article releases together with it and is not public yet; NULL if nothing.  A
 * schedule leaves it as it is until its moment. */
static enum status find_pair(struct call *call, const struct ordering *ordering,
                             struct ordering **out_pair) {
    const struct route *route = ordering->clearance.route;
    const struct step *release = &route->steps[route->release];
    struct manuscript other;
    struct revision revision;
    bool together = false;
    id64 id = 0;
    for (size_t i = 0; i < release->prepared_count; i++) {
        together = together || release->prepared[i].preparation == PREPARE_INTERPRETATION;
    }
    struct str named = content_field(&ordering->revision.content, "interpretation");
    if (!together || id_from_text(named, &id) != DONE) {
        return DONE;
    }
    TRY(manuscript_peek(call, id, &other));
    if (other.live_revision != 0) {
        return DONE;
    }
    TRY(manuscript_revision(call, other.revision, &revision));
    struct ordering *pair = TAKE(call->arena, struct ordering);
    struct release_order *order = TAKE(call->arena, struct release_order);
    *order = (struct release_order){
        .manuscript = id, .seen = revision.digest, .reason = ordering->order->reason};
    pair->order = order;
    pair->act = call_new_id(call);
    *out_pair = pair;
    return DONE;
}

static enum status order_first(struct call *call, struct ordering *ordering) {
    for (size_t i = 0; i < ordering->column_count; i++) {
        TRY(write_release(call, ordering, ordering->columns[i]));
    }
    TRY(end_elsewhere(call, ordering));
    TRY(review_released(call, &ordering->clearance));
    TRY(manuscript_set_owed(call, ordering->manuscript.id, ordering->revision.id));
    return append_order(call, ordering, "publication.release-first");
}

static enum status order_one(struct call *call, struct ordering *ordering) {
    bool later = is_later(call, ordering->order);
    for (size_t i = 0; i < ordering->column_count; i++) {
        TRY(later ? write_schedule(call, ordering, ordering->columns[i])
                  : write_release(call, ordering, ordering->columns[i]));
    }
    if (later) {
        TRY(manuscript_move(call, ordering->manuscript.id, "scheduled", 0));
        return append_order(call, ordering, "publication.schedule");
    }
    TRY(end_elsewhere(call, ordering));
    TRY(review_released(call, &ordering->clearance));
    TRY(manuscript_set_live(call, ordering->manuscript.id, ordering->revision.id));
    TRY(manuscript_move(call, ordering->manuscript.id, "published", 0));
    TRY(standing_watch(call, &ordering->manuscript, &ordering->revision.content));
    return append_order(call, ordering, "publication.release");
}

static enum status ask_act(struct call *call, void *what) {
    struct ordering *pair = NULL;
    TRY(gate_check(call, what));
    TRY(find_pair(call, what, &pair));
    return pair == NULL ? DONE : gate_check(call, pair);
}

static bool is_later(struct call *call, const struct release_order *order) {
    return order->when > call->now;
}

static struct release new_release(struct call *call, const struct ordering *ordering,
                                  id64 column, id64 site) {
    return (struct release){.id = call_new_id(call),
                            .act = ordering->act,
                            .group = ordering->manuscript.group,
                            .site = site,
                            .column = column,
                            .manuscript = ordering->manuscript.id,
                            .revision = ordering->revision.id,
                            .digest = ordering->revision.digest,
                            .title = ordering->revision.content.title,
                            .origin_day = ordering->manuscript.origin,
                            .releaser = call->actor.person,
                            .reason = str_trim(ordering->order->reason)};
}

static enum status write_schedule(struct call *call, struct ordering *ordering,
                                  id64 column) {
    struct column facts;
    TRY(site_column_find(call, column, &facts));
    struct release release = new_release(call, ordering, column, facts.site);
    release.terms = publication_terms(call, ordering->columns, ordering->column_count);
    release.state = RELEASE_SCHEDULED;
    release.scheduled_for = ordering->order->when;
    release.path = STR("");
    TRY(insert_release(call, &release, 0));
    ordering->releases[ordering->release_count++] = release;
    return DONE;
}

static enum status write_release(struct call *call, struct ordering *ordering,
                                 id64 column) {
    struct column facts;
    struct plan plan;
    int64_t place;
    TRY(site_column_find(call, column, &facts));
    struct release release = new_release(call, ordering, column, facts.site);
    release.terms = publication_terms(call, ordering->columns, ordering->column_count);
    release.state = RELEASE_LIVE;
    plan_init(&plan, call->arena);
    TRY(site_ensure(call, facts.site));
    TRY(take_place_of(call, ordering, &plan, &release, &place));
    if (str_is_empty(release.path)) {
        TRY(number_take(call, facts.site, column, &release.number, &place));
        release.released_at = call->now;
        release.path =
            address_item(call->arena, facts.path, release.released_at, release.number);
    }
    struct release schedule;
    enum status scheduled = find_schedule(call, ordering, column, &schedule);
    if (scheduled == DONE) {
        release.id = schedule.id;
        release.releaser = schedule.releaser;
        release.scheduled_for = schedule.scheduled_for;
        TRY(store_run(call, &publication_take_place, NULL, bind_id("id", release.id),
                      bind_int("number", release.number), bind_int("place", place),
                      bind_text("path", release.path),
                      bind_int("released_at", release.released_at),
                      bind_int("changed_at", release.changed_at)));
    } else if (scheduled == ABSENT) {
        TRY(insert_release(call, &release, place));
    } else {
        return scheduled;
    }
    TRY(link_write(call, &release, &ordering->revision.content));
    TRY(plan_release(call, &plan, &release, place));
    TRY(plan_record(call, &plan, facts.site, release.id, "release"));
    ordering->releases[ordering->release_count++] = release;
    return DONE;
}

/* A mended or changed text keeps the address, number and date of the earlier
 * one in the same column. */
static enum status take_place_of(struct call *call, const struct ordering *ordering,
                                 struct plan *plan, struct release *release,
                                 int64_t *out_place) {
    struct release former;
    struct rows *row;
    enum status found = find_former(call, release->manuscript, release->column, &former);
    release->path = STR("");
    if (found == ABSENT) {
        return DONE;
    }
    TRY(found);
    (void)ordering;
    TRY(store_find(call, &publication_place_of, &row, bind_id("id", former.id)));
    *out_place = row_int(row, "place");
    release->number = former.number;
    release->path = former.path;
    release->released_at = former.released_at;
    release->changed_at = call->now;
    release->migrated = former.migrated;
    TRY(plan_release(call, plan, &former, *out_place));
    return store_run(call, &publication_replace, NULL, bind_id("id", former.id),
                     bind_int("ended_at", call->now));
}

static enum status find_former(struct call *call, id64 manuscript, id64 column,
                               struct release *out_former) {
    struct release *present;
    size_t count;
    TRY(release_query(call, &publication_present,
                      VALUES(bind_id("manuscript", manuscript)), 64, &present, &count));
    for (size_t i = 0; i < count; i++) {
        if (present[i].column == column) {
            *out_former = present[i];
            return DONE;
        }
    }
    return ABSENT;
}

static enum status insert_release(struct call *call, const struct release *release,
                                  int64_t place) {
    return store_run(
        call, &publication_insert, NULL, bind_id("id", release->id),
        bind_id("act", release->act), bind_id("site_group", release->group),
        bind_id("site", release->site), bind_id("site_column", release->column),
        bind_id("manuscript", release->manuscript),
        bind_id("revision", release->revision), bind_digest("digest", &release->digest),
        bind_digest("terms", &release->terms), bind_int("number", release->number),
        bind_int("place", place), bind_text("path", release->path),
        bind_text("title", release->title), bind_int("origin", release->origin_day),
        bind_int("released_at", release->released_at),
        bind_int("changed_at", release->changed_at),
        bind_int("releaser", release->releaser),
        bind_text("state", str_of(release_state_name(release->state))),
        bind_int("scheduled_for", release->scheduled_for),
        bind_text("reason", release->reason), bind_int("migrated", release->migrated));
}

static enum status find_schedule(struct call *call, const struct ordering *ordering,
                                 id64 column, struct release *out_schedule) {
    struct release *scheduled;
    size_t count;
    if (!ordering->planned) {
        return ABSENT;
    }
    TRY(release_query(call, &publication_scheduled,
                      VALUES(bind_id("manuscript", ordering->manuscript.id)), 64,
                      &scheduled, &count));
    for (size_t i = 0; i < count; i++) {
        if (scheduled[i].act == ordering->act && scheduled[i].column == column) {
            *out_schedule = scheduled[i];
            return DONE;
        }
    }
    return ABSENT;
}

/* Where it stood and is not wanted any more, it goes: one manuscript shows one
 * text. */
static enum status end_elsewhere(struct call *call, const struct ordering *ordering) {
    struct release *present;
    size_t count;
    TRY(release_query(call, &publication_present,
                      VALUES(bind_id("manuscript", ordering->manuscript.id)), 64,
                      &present, &count));
    for (size_t i = 0; i < count; i++) {
        if (present[i].act == ordering->act) {
            continue;
        }
        TRY(release_end(call, &present[i], RELEASE_WITHDRAWN, STR(""), 0));
    }
    return DONE;
}

static enum status append_order(struct call *call, const struct ordering *ordering,
                                const char *act) {
    json_t *releases = json_array();
    for (size_t i = 0; i < ordering->release_count; i++) {
        const struct release *release = &ordering->releases[i];
        json_array_append_new(
            releases,
            json_pack("{s:s, s:s, s:s#}", "release",
                      str_text(call->arena, id_to_text(call->arena, release->id)),
                      "column",
                      str_text(call->arena, id_to_text(call->arena, release->column)),
                      "path", release->path.at, (int)release->path.length));
    }
    json_t *payload = json_pack("{s:o}", "releases", releases);
    if (ordering->order->when != 0) {
        json_object_set_new(payload, "when", json_integer(ordering->order->when));
    }
    struct str reason = str_trim(ordering->order->reason);
    if (!str_is_empty(reason)) {
        json_object_set_new(payload, "reason", json_stringn(reason.at, reason.length));
    }
    struct testimony testimony = gate_testify(call, ordering, act);
    json_t *list = json_array();
    enum status status = approval_sign(call, &testimony, ordering->act, list);
    json_object_set_new(payload, "signed", list);
    struct ledger_act record = {
        .act = act,
        .subject = {.kind = SUBJECT_MANUSCRIPT, .id = ordering->manuscript.id},
        .digest = ordering->revision.digest,
        .payload = ledger_payload(call, payload)};
    TRY(status);
    if (ordering->first) {
        record.rule = ordering->clearance.route->owed->basis.id;
    }
    return ledger_append(call, ordering->manuscript.group, &record, NULL);
}

/* The same wish a second time: what it did the first time. */
static enum status answer_again(struct call *call, id64 manuscript,
                                struct release **out_releases, size_t *out_count) {
    struct release *all;
    size_t count;
    TRY(publication_of_manuscript(call, manuscript, &all, &count));
    size_t same = 0;
    while (same < count && all[same].act == all[0].act) {
        same++;
    }
    *out_releases = all;
    *out_count = same;
    return DONE;
}
