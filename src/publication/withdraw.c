/*
 * Taking away.  The commit comes first: from then on every reader of the store,
 * a rebuild and the guard treat the item as gone; page, files, lists, feeds and
 * site map follow, and only then the answer.  The evidence, text and decisions
 * and releases, stays.
 */
#include "publication_own.h"
#include "publication_sql.h"

#include "approval/approval.h"
#include "ledger/ledger.h"
#include "notice/notice.h"
#include "people/people.h"
#include "review/review.h"
#include "rulebook/rulebook.h"

#include <jansson.h>

struct withdrawing {
    id64 manuscript;
    enum withdrawal kind;
    struct str reason;
    id64 successor;
    struct digest only; /* this text alone; none: whatever is public */
    instant before;     /* released before; 0: whenever */
    id64 group;
    id64 sites[RELEASE_TARGETS * 8];
    size_t site_count;
    json_t *pages; /* what the public saw */
};

static const struct {
    const char *name;
    enum release_state state;
    const char *manuscript; /* the manuscript's state afterwards */
} kinds[] = {
    [WITHDRAW_CORRECTION] = {"correction", RELEASE_CORRECTED, "draft"},
    [WITHDRAW_EXPIRY] = {"expiry", RELEASE_EXPIRED, "expired"},
    [WITHDRAW_REMOVAL] = {"removal", RELEASE_WITHDRAWN, "withdrawn"},
    [WITHDRAW_SEAL] = {"seal", RELEASE_SEALED, "hidden"},
    [WITHDRAW_UNREVIEWED] = {"unreviewed", RELEASE_CORRECTED, NULL}, /* where review is */
};

static enum status take_down(struct call *call, struct withdrawing *withdrawing);
static bool is_meant(const struct withdrawing *withdrawing,
                     const struct release *release);
static enum status withdraw_act(struct call *call, void *what);
static enum status withdraw_copy(struct call *call, struct withdrawing *withdrawing,
                                 id64 copy, size_t *touched);
static enum status settle_manuscript(struct call *call,
                                     const struct withdrawing *withdrawing,
                                     const struct manuscript *manuscript);
static enum status keep_evidence(struct call *call, id64 manuscript, json_t **out_pages);
static bool is_touched(enum withdrawal kind, enum release_state state);
static enum status end_one(struct call *call, struct withdrawing *withdrawing,
                           const struct release *release);
static enum status end_schedules(struct call *call, id64 manuscript);
static enum status give_back(struct call *call, id64 manuscript);
static enum status tell_author(struct call *call, const struct withdrawing *withdrawing,
                               const struct manuscript *manuscript);
static enum status append_withdrawal(struct call *call,
                                     const struct withdrawing *withdrawing,
                                     const struct manuscript *manuscript,
                                     const struct digest *digest);
static enum status holds_release_role(struct call *call, id64 body,
                                      const struct rulebook *book,
                                      const struct role *role, bool *out_holds);

enum status publication_withdraw(struct call *call, id64 manuscript, enum withdrawal kind,
                                 struct str reason, id64 successor) {
    struct manuscript found;
    TRY(manuscript_find(call, manuscript, &found));
    struct ledger_entry earlier;
    if (ledger_find_key(call, found.group, call->key, &earlier) == DONE) {
        return DONE;
    }
    struct withdrawing withdrawing = {.manuscript = manuscript,
                                      .kind = kind,
                                      .reason = str_trim(reason),
                                      .successor = successor,
                                      .group = found.group};
    struct ledger_act act = {.act = "publication.withdraw",
                             .subject = {.kind = SUBJECT_MANUSCRIPT, .id = manuscript}};
    TRY(keep_evidence(call, manuscript, &withdrawing.pages));
    enum status done =
        ledger_settle(call, found.group, &act,
                      store_transact(call, TXN_WRITE, withdraw_act, &withdrawing));
    json_decref(withdrawing.pages);
    TRY(done);
    for (size_t i = 0; i < withdrawing.site_count; i++) {
        TRY(publication_apply(call, withdrawing.sites[i], NULL));
    }
    return DONE;
}

enum status publication_withdraw_again(struct call *call, id64 manuscript,
                                       enum withdrawal kind, struct str reason) {
    struct release *releases;
    size_t count;
    TRY(publication_of_manuscript(call, manuscript, &releases, &count));
    if (count == 0 || call->actor.person != 0) {
        return ABSENT;
    }
    struct withdrawing withdrawing = {.manuscript = manuscript,
                                      .kind = kind,
                                      .reason = reason,
                                      .group = releases[0].group,
                                      .pages = json_array()}; /* no tree stands yet */
    txn_abort(call);
    enum status done = store_transact(call, TXN_WRITE, withdraw_act, &withdrawing);
    json_decref(withdrawing.pages);
    return done;
}

enum status publication_lapse(struct call *call, size_t *out_count) {
    id64 *manuscripts;
    size_t count;
    TRY(review_lapsed(call, &manuscripts, &count));
    for (size_t i = 0; i < count; i++) {
        struct withdrawing withdrawing = {.manuscript = manuscripts[i],
                                          .reason = STR("补审期限已到，审核没有完成")};
        TRY(take_down(call, &withdrawing));
    }
    *out_count = count;
    return DONE;
}

enum status publication_take_down(struct call *call, id64 manuscript,
                                  const struct digest *digest, instant since) {
    struct withdrawing withdrawing = {.manuscript = manuscript,
                                      .only = *digest,
                                      .before = since,
                                      .reason = STR("补审没有通过")};
    return take_down(call, &withdrawing);
}

/* By the machine; what is not public any more needs nothing. */
static enum status take_down(struct call *call, struct withdrawing *withdrawing) {
    struct manuscript found;
    TRY(manuscript_peek(call, withdrawing->manuscript, &found));
    withdrawing->kind = WITHDRAW_UNREVIEWED;
    withdrawing->group = found.group;
    TRY(evidence_keep(call, withdrawing->manuscript, &withdrawing->pages));
    struct actor asking = call->actor;
    enum door door = call->door;
    call->actor = (struct actor){0};
    call->door = DOOR_CLOCK;
    enum status done = store_transact(call, TXN_WRITE, withdraw_act, withdrawing);
    call->actor = asking;
    call->door = door;
    json_decref(withdrawing->pages);
    if (done == REFUSED) {
        call_forgive(call);
        return DONE;
    }
    TRY(done);
    for (size_t i = 0; i < withdrawing->site_count; i++) {
        TRY(publication_apply(call, withdrawing->sites[i], NULL));
    }
    return DONE;
}

enum status release_end(struct call *call, const struct release *release,
                        enum release_state state, struct str reason, id64 successor) {
    struct rows *row;
    struct plan plan;
    plan_init(&plan, call->arena);
    TRY(store_run(call, &publication_set_state, NULL, bind_id("id", release->id),
                  bind_text("state", str_of(release_state_name(state))),
                  bind_int("ended_at", call->now),
                  bind_int("ended_by", call->actor.person), bind_text("reason", reason),
                  bind_int("successor", successor)));
    TRY(store_find(call, &publication_place_of, &row, bind_id("id", release->id)));
    TRY(plan_release(call, &plan, release, row_int(row, "place")));
    return plan_record(call, &plan, release->site, release->id, "withdraw");
}

/* The releasing role of any route of the rulebook in force at the site. */
enum status right_to_release(struct call *call, id64 site) {
    const struct rulebook *book;
    struct site found;
    TRY(site_rulebook(call, site, &book));
    TRY(site_find(call, site, &found));
    const struct role *named = NULL;
    for (size_t i = 0; i < book->route_count; i++) {
        const struct route *route = &book->routes[i];
        if (route->subject != ROUTE_OF_MANUSCRIPT || route->release == NO_INDEX ||
            route->steps[route->release].role == NO_INDEX) {
            continue;
        }
        bool holds = false;
        named = &book->roles[route->steps[route->release].role];
        TRY(holds_release_role(call, found.root, book, named, &holds));
        if (holds) {
            return DONE;
        }
    }
    return call_refuse(
        call, DENIED, named == NULL ? "" : str_text(call->arena, named->basis.id),
        "publication.not-releaser", "role",
        named == NULL ? "" : str_text(call->arena, text_in(named->title, call->language)),
        NULL);
}

static enum status withdraw_act(struct call *call, void *what) {
    struct withdrawing *withdrawing = what;
    struct manuscript manuscript;
    struct release *releases;
    size_t count;
    size_t touched = 0;
    id64 *copies;
    size_t copy_count;
    withdrawing->site_count = 0;
    TRY(manuscript_lock(call, withdrawing->manuscript, &manuscript));
    if (withdrawing->reason.length == 0) {
        return call_refuse_field(call, "reason", "", "publication.reason-missing", NULL);
    }
    if (!call->actor.freshly_proven && call->door != DOOR_CLOCK) {
        return call_refuse(call, DENIED, "", "publication.not-proven", NULL);
    }
    TRY(publication_of_manuscript(call, withdrawing->manuscript, &releases, &count));
    for (size_t i = 0; i < count; i++) {
        if (!is_touched(withdrawing->kind, releases[i].state) ||
            !is_meant(withdrawing, &releases[i])) {
            continue;
        }
        if (call->actor.person != 0) {
            struct column column;
            TRY(right_to_release(call, releases[i].site));
            TRY(site_column_find(call, releases[i].column, &column));
            TRY(site_must_be_registered(call, call->actor.person, &column,
                                        SITE_RIGHT_MAINTAIN));
        }
        TRY(end_one(call, withdrawing, &releases[i]));
        touched++;
    }
    TRY(manuscript_copies(call, withdrawing->manuscript, &copies, &copy_count));
    if (touched == 0 && copy_count > 0 && call->actor.person != 0) {
        TRY(right_to_release(call, manuscript.site));
    }
    for (size_t i = 0; i < copy_count; i++) {
        TRY(withdraw_copy(call, withdrawing, copies[i], &touched));
    }
    if (touched == 0) {
        return call_refuse(call, REFUSED, "", "publication.not-live", NULL);
    }
    TRY(settle_manuscript(call, withdrawing, &manuscript));
    return append_withdrawal(call, withdrawing, &manuscript,
                             count == 0 ? NULL : &releases[0].digest);
}

/* What was handed up to other sites goes with it, whoever released it there. */
static enum status withdraw_copy(struct call *call, struct withdrawing *withdrawing,
                                 id64 copy, size_t *touched) {
    struct manuscript manuscript;
    struct release *releases;
    size_t count;
    size_t before = *touched;
    TRY(manuscript_lock(call, copy, &manuscript));
    TRY(publication_of_manuscript(call, copy, &releases, &count));
    for (size_t i = 0; i < count; i++) {
        if (is_touched(withdrawing->kind, releases[i].state)) {
            TRY(end_one(call, withdrawing, &releases[i]));
            ++*touched;
        }
    }
    if (*touched == before) {
        return DONE;
    }
    TRY(settle_manuscript(call, withdrawing, &manuscript));
    struct str wish = call->key; /* is carried out by the withdrawal of the first */
    call->key = STR("");
    enum status noted =
        append_withdrawal(call, withdrawing, &manuscript, &releases[0].digest);
    call->key = wish;
    return noted;
}

/* Where the manuscript itself stands afterwards. */
static enum status settle_manuscript(struct call *call,
                                     const struct withdrawing *withdrawing,
                                     const struct manuscript *manuscript) {
    TRY(review_taken_down(call, manuscript->id, withdrawing->kind == WITHDRAW_UNREVIEWED,
                          withdrawing->kind == WITHDRAW_REMOVAL ||
                              withdrawing->kind == WITHDRAW_SEAL));
    TRY(end_schedules(call, manuscript->id));
    TRY(notice_duty_close(call, (struct subject){SUBJECT_MANUSCRIPT, manuscript->id},
                          STR(STANDING_STEP)));
    if (withdrawing->kind != WITHDRAW_EXPIRY) {
        TRY(manuscript_set_live(call, manuscript->id, 0));
    }
    if (withdrawing->kind == WITHDRAW_CORRECTION) {
        TRY(give_back(call, manuscript->id));
    } else if (withdrawing->kind != WITHDRAW_UNREVIEWED) {
        TRY(manuscript_move(call, manuscript->id, kinds[withdrawing->kind].manuscript,
                            0));
    }
    return tell_author(call, withdrawing, manuscript);
}

/* Of all sites that show it. */
static enum status keep_evidence(struct call *call, id64 manuscript, json_t **out_pages) {
    id64 *copies;
    size_t count;
    TRY(manuscript_copies(call, manuscript, &copies, &count));
    TRY(evidence_keep(call, manuscript, out_pages));
    for (size_t i = 0; i < count; i++) {
        json_t *more;
        enum status kept = evidence_keep(call, copies[i], &more);
        if (kept != DONE) {
            json_decref(*out_pages);
            return kept;
        }
        json_array_extend(*out_pages, more);
        json_decref(more);
    }
    return DONE;
}

/* One text of it, as it stood at some moment? */
static bool is_meant(const struct withdrawing *withdrawing,
                     const struct release *release) {
    instant since = release->changed_at != 0 ? release->changed_at : release->released_at;
    return digest_is_none(&withdrawing->only) ||
           (digest_equal(&withdrawing->only, &release->digest) &&
            since <= withdrawing->before);
}

/* What is already gone can still be sealed, and a page under a banner removed. */
static bool is_touched(enum withdrawal kind, enum release_state state) {
    switch (state) {
    case RELEASE_LIVE:
        return true;
    case RELEASE_EXPIRED:
        return kind != WITHDRAW_EXPIRY;
    case RELEASE_CORRECTED:
        return kind == WITHDRAW_REMOVAL || kind == WITHDRAW_SEAL;
    case RELEASE_WITHDRAWN:
        return kind == WITHDRAW_SEAL;
    default:
        return false;
    }
}

static enum status end_one(struct call *call, struct withdrawing *withdrawing,
                           const struct release *release) {
    TRY(release_end(call, release, kinds[withdrawing->kind].state, withdrawing->reason,
                    withdrawing->successor));
    for (size_t i = 0; i < withdrawing->site_count; i++) {
        if (withdrawing->sites[i] == release->site) {
            return DONE;
        }
    }
    if (withdrawing->site_count < LENGTH(withdrawing->sites)) {
        withdrawing->sites[withdrawing->site_count++] = release->site;
    }
    return DONE;
}

static enum status end_schedules(struct call *call, id64 manuscript) {
    struct release *scheduled;
    size_t count;
    TRY(release_query(call, &publication_scheduled,
                      VALUES(bind_id("manuscript", manuscript)), 64, &scheduled, &count));
    for (size_t i = 0; i < count; i++) {
        TRY(store_run(call, &publication_set_state, NULL, bind_id("id", scheduled[i].id),
                      bind_text("state", STR("cancelled")),
                      bind_int("ended_at", call->now),
                      bind_int("ended_by", call->actor.person),
                      bind_text("reason", STR("")), bind_int("successor", 0)));
    }
    return DONE;
}

/* The old text is its author's draft again and walks the whole route; a change that
 * is under review already goes on. */
static enum status give_back(struct call *call, id64 manuscript) {
    struct subject subject = {.kind = SUBJECT_MANUSCRIPT, .id = manuscript};
    struct run run;
    enum status found = review_run(call, subject, &run);
    if (found == DONE && run.open) {
        return DONE;
    }
    return found == DONE || found == ABSENT ? manuscript_take_back(call, manuscript)
                                            : found;
}

static enum status tell_author(struct call *call, const struct withdrawing *withdrawing,
                               const struct manuscript *manuscript) {
    struct news news = {.person = manuscript->author,
                        .subject = {.kind = SUBJECT_MANUSCRIPT, .id = manuscript->id},
                        .words = withdrawing->kind == WITHDRAW_CORRECTION
                                     ? STR("news.correcting")
                                     : STR("news.withdrawn"),
                        .title = manuscript->title,
                        .remark = withdrawing->reason};
    return notice_tell(call, &news);
}

static enum status append_withdrawal(struct call *call,
                                     const struct withdrawing *withdrawing,
                                     const struct manuscript *manuscript,
                                     const struct digest *digest) {
    static const char act[] = "publication.withdraw";
    struct testimony testimony;
    struct subject subject = {SUBJECT_MANUSCRIPT, manuscript->id};
    struct digest text = digest == NULL ? (struct digest){0} : *digest;
    json_t *list = json_array();
    testimony_begin(call, act, withdrawing->group, subject, &text, &testimony);
    testimony_add(&testimony, "kind", str_of(kinds[withdrawing->kind].name));
    testimony_add(&testimony, "reason", withdrawing->reason);
    testimony_add_int(&testimony, "successor", withdrawing->successor);
    enum status status = approval_sign(call, &testimony, call_new_id(call), list);
    struct ledger_act record = {
        .act = act,
        .subject = subject,
        .digest = text,
        .payload = ledger_payload(call, json_pack("{s:s, s:s%, s:O, s:o}", "kind",
                                                  kinds[withdrawing->kind].name, "reason",
                                                  withdrawing->reason.at,
                                                  withdrawing->reason.length, "pages",
                                                  withdrawing->pages, "signed", list))};
    TRY(status);
    return ledger_append(call, withdrawing->group, &record, NULL);
}

static enum status holds_release_role(struct call *call, id64 body,
                                      const struct rulebook *book,
                                      const struct role *role, bool *out_holds) {
    id64 unit = people_anywhere_in(body);
    if (role->scope == ROLE_BOUND_UNIT) {
        struct people_unit bound;
        enum status found =
            people_unit_in(call, body, book->units[role->unit].code, &bound);
        if (found == ABSENT) {
            *out_holds = false;
            return DONE;
        }
        TRY(found);
        unit = bound.id;
    }
    return people_holds(call, call->actor.person, str_text(call->arena, role->code), unit,
                        out_holds);
}
