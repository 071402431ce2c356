/*
 * The one gate.  Whatever door a wish to publish came through, it ends here:
 * inside one transaction, with the manuscript locked, the full set of decisions
 * on exactly this digest is asked for again, and what it gave is checked once
 * more by rules of this file's own, so that a mistake in the route's engine
 * alone lets nothing out.
 */
#include "publication_own.h"
#include "publication_sql.h"

#include "approval/approval.h"
#include "ledger/ledger.h"
#include "notary/notary.h"
#include "review/review.h"

#include <jansson.h>

struct ordering {
    const struct release_order *order;
    id64 act;
    bool planned; /* carries out a schedule: its rows are there */
    id64 orderer; /* … and who signed it */
    bool first;   /* before its review, as an article grants it */
    struct manuscript manuscript;
    struct revision revision;
    struct clearance clearance;
    id64 columns[RELEASE_TARGETS];
    size_t column_count;
    struct release releases[RELEASE_TARGETS];
    size_t release_count;
};

static enum status release_by(struct call *call, const struct release_order *order,
                              bool first, struct release **out_releases,
                              size_t *out_count);
static enum status order_act(struct call *call, void *what);
static enum status order_one(struct call *call, struct ordering *ordering);
static enum status order_first(struct call *call, struct ordering *ordering);
static enum status find_pair(struct call *call, const struct ordering *ordering,
                             struct ordering **out_pair);
static enum status ask_act(struct call *call, void *what);
static enum status check_order(struct call *call, struct ordering *ordering);
static enum status check_decisions(struct call *call, const struct ordering *ordering);
static enum status check_schedule(struct call *call, const struct ordering *ordering);
static struct testimony testify(struct call *call, const struct ordering *ordering,
                                const char *act);
static bool is_signed_step(const struct ordering *ordering);
static enum status check_not_ended(struct call *call, const struct ordering *ordering);
static enum status check_columns(struct call *call, struct ordering *ordering);
static enum status check_site(struct call *call, id64 site);
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
static enum status run_due(struct call *call, const struct release *due);
static enum status cancel_act(struct call *call, void *what);

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
    enum status done = store_transact(call, TXN_WRITE, order_act, ordering);
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

enum status publication_release_due(struct call *call, size_t *out_count) {
    struct release *due;
    size_t count;
    size_t done = 0;
    if (notary_may_decide(call) == REFUSED) { /* they wait, and are not called off */
        call_forgive(call);
        *out_count = 0;
        return DONE;
    }
    TRY(release_query(call, &publication_due, VALUES(bind_int("now", call->now)), 100,
                      &due, &count));
    for (size_t i = 0; i < count; i++) {
        bool seen = false;
        for (size_t j = 0; j < i && !seen; j++) {
            seen = due[j].act == due[i].act;
        }
        if (!seen) {
            TRY(run_due(call, &due[i]));
            done++;
        }
    }
    *out_count = done;
    return DONE;
}

struct cancelling {
    id64 release;
    id64 group;
    struct str reason;
};

enum status publication_cancel(struct call *call, id64 release, struct str reason) {
    struct release found;
    struct manuscript manuscript;
    TRY(publication_find(call, release, &found));
    TRY(manuscript_find(call, found.manuscript, &manuscript));
    struct cancelling cancelling = {release, found.group, str_trim(reason)};
    struct ledger_act act = {.act = "publication.cancel",
                             .subject = {.kind = SUBJECT_RELEASE, .id = release}};
    return ledger_settle(call, found.group, &act,
                         store_transact(call, TXN_WRITE, cancel_act, &cancelling));
}

/* The document, and in the same transaction what has to come out with it. */
static enum status order_act(struct call *call, void *what) {
    struct ordering *ordering = what;
    struct ordering *pair = NULL;
    ordering->release_count = 0;
    TRY(check_order(call, ordering));
    if (ordering->first) {
        return order_first(call, ordering);
    }
    TRY(find_pair(call, ordering, &pair));
    if (pair != NULL) {
        struct str wish = call->key; /* the wish is the document's */
        call->key = STR("");
        TRY(check_order(call, pair));
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
    TRY(check_order(call, what));
    TRY(find_pair(call, what, &pair));
    return pair == NULL ? DONE : check_order(call, pair);
}

static enum status check_order(struct call *call, struct ordering *ordering) {
    const struct release_order *order = ordering->order;
    TRY(store_is_writing(call)
            ? manuscript_lock(call, order->manuscript, &ordering->manuscript)
            : manuscript_peek(call, order->manuscript, &ordering->manuscript));
    TRY(manuscript_revision(call, ordering->manuscript.revision, &ordering->revision));
    if (!digest_equal(&ordering->revision.digest, &order->seen)) {
        return call_refuse(call, STALE, "", "publication.text-changed", NULL);
    }
    bool past = order->when != 0 && order->when <= call->now && !ordering->planned;
    if (past || (ordering->first && order->when != 0)) {
        return call_refuse_field(call, "when", "", "publication.moment-past", NULL);
    }
    TRY(ordering->first ? review_clear_first(call, order->manuscript, &order->seen,
                                             &ordering->clearance)
                        : review_clear_for_release(call, order->manuscript, &order->seen,
                                                   order->reason, &ordering->clearance));
    TRY(check_decisions(call, ordering));
    TRY(check_not_ended(call, ordering));
    TRY(check_columns(call, ordering));
    if (ordering->planned) {
        TRY(check_schedule(call, ordering));
    }
    for (size_t i = 0; i < ordering->column_count; i++) {
        struct column column;
        TRY(site_column_find(call, ordering->columns[i], &column));
        TRY(check_site(call, column.site));
        TRY(site_must_be_registered(call, &column,
                                    ordering->manuscript.live_revision != 0
                                        ? SITE_RIGHT_CHANGE
                                        : SITE_RIGHT_UPLOAD));
    }
    return notary_may_decide(call);
}

/* What review gave, looked at again: the latest decision of every demanded step on this
 * very digest, none waiting for its second person, one at least by somebody who wrote
 * nothing.  Earlier words on an earlier text (a submission that was taken back) say
 * nothing about this one. */
static enum status check_decisions(struct call *call, const struct ordering *ordering) {
    const struct clearance *clearance = &ordering->clearance;
    bool independent = false;
    bool decided =
        ordering->first
            ? rulebook_is_granted(clearance->book, clearance->route, clearance->pasts,
                                  clearance->decision_count)
            : rulebook_is_decided(clearance->book, clearance->route, clearance->pasts,
                                  clearance->decision_count, &independent);
    if (!decided || clearance->run.revision != ordering->revision.id ||
        !digest_equal(&clearance->run.digest, &ordering->order->seen)) {
        return call_refuse(call, REFUSED, "", "publication.not-decided", NULL);
    }
    for (size_t i = 0; i < clearance->decision_count; i++) {
        const struct decision *decision = &clearance->decisions[i];
        if (decision->face_day != 0 && decision->confirmed_by == 0) {
            return call_refuse(call, REFUSED, "", "publication.not-decided", NULL);
        }
    }
    if (!independent && !ordering->first /* its releaser is no contributor */) {
        return call_refuse(call, REFUSED, "", "publication.not-independent", NULL);
    }
    return review_must_be_signed(call, clearance);
}

/* The order of before is carried out as it was signed: this text, there, at that
 * moment, on these decisions. */
static enum status check_schedule(struct call *call, const struct ordering *ordering) {
    struct str wrong;
    struct testimony order = testify(call, ordering, "publication.schedule");
    TRY(approval_check(call, &order, ordering->act, ordering->orderer,
                       is_signed_step(ordering), &wrong));
    return str_is_empty(wrong)
               ? DONE
               : call_refuse(call, REFUSED, "", PUBLICATION_ORDER_NOT_SIGNED, "what",
                             str_text(call->arena, wrong), NULL);
}

static struct testimony testify(struct call *call, const struct ordering *ordering,
                                const char *act) {
    struct testimony testimony;
    struct buffer columns;
    struct buffer decisions;
    struct subject subject = {SUBJECT_MANUSCRIPT, ordering->manuscript.id};
    struct digest terms =
        publication_terms(call, ordering->columns, ordering->column_count);
    buffer_init(&columns, call->arena);
    buffer_init(&decisions, call->arena);
    for (size_t i = 0; i < ordering->column_count; i++) {
        buffer_add_format(&columns, i == 0 ? "%lld" : " %lld",
                          (long long)ordering->columns[i]);
    }
    for (size_t i = 0; i < ordering->clearance.decision_count; i++) {
        buffer_add_format(&decisions, i == 0 ? "%lld" : " %lld",
                          (long long)ordering->clearance.decisions[i].id);
    }
    testimony_begin(call, act, ordering->manuscript.group, subject,
                    &ordering->revision.digest, &testimony);
    testimony_add_int(&testimony, "site", ordering->manuscript.site);
    testimony_add_int(&testimony, "revision", ordering->revision.id);
    testimony_add(&testimony, "title", ordering->revision.content.title);
    testimony_add(&testimony, "columns", buffer_str(&columns));
    testimony_add_digest(&testimony, "terms", &terms);
    testimony_add_int(&testimony, "schedule", ordering->order->when);
    testimony_add(&testimony, "reason", str_trim(ordering->order->reason));
    testimony_add_int(&testimony, "run", ordering->clearance.run.id);
    testimony_add(&testimony, "decisions", buffer_str(&decisions));
    return testimony;
}

static bool is_signed_step(const struct ordering *ordering) {
    const struct route *route = ordering->clearance.route;
    return route->release == NO_INDEX || route->steps[route->release].signature;
}

/* What was taken away for good stays away: decisions of a review that had begun before
 * do not bring it back, a new submission may. */
static enum status check_not_ended(struct call *call, const struct ordering *ordering) {
    struct rows *row;
    enum status found = store_find(call, &publication_ended_since, &row,
                                   bind_id("manuscript", ordering->manuscript.id),
                                   bind_int("since", ordering->clearance.run.started_at));
    return found == DONE ? call_refuse(call, REFUSED, "", "publication.taken-away", NULL)
           : found == ABSENT ? DONE
                             : found;
}

/* Targets: the manuscript's own column, or those that the decisions' terms name. */
static enum status check_columns(struct call *call, struct ordering *ordering) {
    const struct release_order *order = ordering->order;
    if (order->column_count > RELEASE_TARGETS) {
        return call_refuse_field(call, "columns", "", "publication.columns-many", NULL);
    }
    ordering->column_count = 0;
    if (order->column_count == 0) {
        ordering->columns[ordering->column_count++] = ordering->manuscript.column;
    }
    for (size_t i = 0; i < order->column_count; i++) {
        ordering->columns[ordering->column_count++] = order->columns[i];
    }
    struct digest asked =
        publication_terms(call, ordering->columns, ordering->column_count);
    bool own_alone = ordering->column_count == 1 &&
                     ordering->columns[0] == ordering->manuscript.column;
    bool within = own_alone;
    for (size_t i = 0; i < ordering->clearance.decision_count; i++) {
        const struct digest *terms = &ordering->clearance.decisions[i].terms;
        if (!digest_is_none(terms)) {
            within = digest_equal(terms, &asked); /* the last that set them counts */
        }
    }
    if (!within) {
        return call_refuse_field(call, "columns", "", "publication.columns-other", NULL);
    }
    for (size_t i = 0; i < ordering->column_count; i++) {
        struct column column;
        TRY(site_column_find(call, ordering->columns[i], &column));
        if (!column.open) {
            return call_refuse_field(call, "columns", "", "publication.column-closed",
                                     "column", str_text(call->arena, column.title), NULL);
        }
        if (!address_column_fits(column.path)) {
            return log_failed("the column path %.*s cannot be published",
                              STR_ARG(column.path));
        }
    }
    return DONE;
}

struct digest publication_terms(struct call *call, const id64 *columns, size_t count) {
    id64 sorted[RELEASE_TARGETS] = {0};
    size_t kept = count < RELEASE_TARGETS ? count : RELEASE_TARGETS;
    for (size_t i = 0; i < kept; i++) {
        size_t at = i;
        for (; at > 0 && sorted[at - 1] > columns[i]; at--) {
            sorted[at] = sorted[at - 1];
        }
        sorted[at] = columns[i];
    }
    struct digesting digesting;
    digest_begin(&digesting, DIGEST_SM3);
    digest_add_field(&digesting, "shenfa-terms", STR("1"));
    for (size_t i = 0; i < kept; i++) {
        digest_add_field(&digesting, "column", id_to_text(call->arena, sorted[i]));
    }
    return digest_end(&digesting);
}

/* A page without the marks of its site would not be written; better say so now. */
static enum status check_site(struct call *call, id64 site) {
    struct site facts;
    TRY(site_find(call, site, &facts));
    const struct {
        struct str value;
        const char *name;
    } needed[] = {{facts.title, "SiteName"},     {facts.domain, "SiteDomain"},
                  {facts.id_code, "SiteIDCode"}, {facts.sponsor, "主办单位"},
                  {facts.contact, "联系方式"},   {facts.icp, "ICP"},
                  {facts.police, "公安备案"}};
    for (size_t i = 0; i < LENGTH(needed); i++) {
        if (str_is_empty(needed[i].value)) {
            return call_refuse(call, REFUSED, "", "publication.site-lacks", "what",
                               needed[i].name, NULL);
        }
    }
    return DONE;
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
    struct testimony testimony = testify(call, ordering, act);
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

/* At its moment everything is asked again; what no longer holds is called off,
 * and the ledger says why. */
static enum status run_due(struct call *call, const struct release *due) {
    struct ordering *ordering = TAKE(call->arena, struct ordering);
    struct release_order order = {.manuscript = due->manuscript,
                                  .seen = due->digest,
                                  .when = due->scheduled_for,
                                  .reason = due->reason};
    struct release *scheduled;
    size_t count;
    id64 columns[RELEASE_TARGETS];
    TRY(release_query(call, &publication_scheduled,
                      VALUES(bind_id("manuscript", due->manuscript)), 64, &scheduled,
                      &count));
    for (size_t i = 0; i < count; i++) {
        if (scheduled[i].act == due->act && order.column_count < RELEASE_TARGETS) {
            columns[order.column_count++] = scheduled[i].column;
        }
    }
    order.columns = columns;
    *ordering = (struct ordering){
        .order = &order, .act = due->act, .planned = true, .orderer = due->releaser};
    struct manuscript manuscript = {
        .id = due->manuscript, .group = due->group, .title = due->title};
    struct ledger_act act = {
        .act = "publication.release",
        .subject = {.kind = SUBJECT_MANUSCRIPT, .id = due->manuscript},
        .digest = due->digest};
    enum status done = store_transact(call, TXN_WRITE, order_act, ordering);
    done = ledger_settle(call, due->group, &act, alarm_settle(call, &manuscript, done));
    if (done == DONE || done == FAILED) {
        return done;
    }
    struct str why = call->refusal == NULL ? STR("") : str_of(call->refusal->words);
    call_forgive(call);
    for (size_t i = 0; i < count; i++) {
        struct cancelling cancelling = {scheduled[i].id, due->group, why};
        if (scheduled[i].act == due->act) {
            TRY(store_transact(call, TXN_WRITE, cancel_act, &cancelling));
        }
    }
    return DONE;
}

static enum status cancel_act(struct call *call, void *what) {
    struct cancelling *cancelling = what;
    struct release release;
    struct manuscript manuscript;
    TRY(publication_find(call, cancelling->release, &release));
    TRY(manuscript_lock(call, release.manuscript, &manuscript));
    TRY(publication_find(call, cancelling->release, &release));
    if (release.state != RELEASE_SCHEDULED) {
        return call_refuse(call, REFUSED, "", "publication.not-scheduled", NULL);
    }
    if (call->actor.person != 0) {
        TRY(right_to_release(call, release.site));
    }
    TRY(store_run(call, &publication_set_state, NULL, bind_id("id", release.id),
                  bind_text("state", STR("cancelled")), bind_int("ended_at", call->now),
                  bind_int("ended_by", call->actor.person),
                  bind_text("reason", cancelling->reason), bind_int("successor", 0)));
    if (str_is(manuscript.state, "scheduled")) {
        TRY(manuscript_move(call, manuscript.id, "approved", 0));
    }
    struct ledger_act record = {
        .act = "publication.cancel",
        .subject = {.kind = SUBJECT_MANUSCRIPT, .id = release.manuscript},
        .digest = release.digest,
        .payload =
            ledger_payload(call, json_pack("{s:s#}", "reason", cancelling->reason.at,
                                           (int)cancelling->reason.length))};
    return ledger_append(call, cancelling->group, &record, NULL);
}
