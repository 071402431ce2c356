/*
 * Rulings: a blocked draft is not a dead end.  Its author says why a finding is
 * none, the person whom the rulebook names answers, both for one digest and on the
 * record.
 */
#include "screening/screening_own.h"
#include "screening_sql.h"

#include "ledger/ledger.h"
#include "notice/notice.h"
#include "people/people.h"
#include "site/site.h"

#include <jansson.h>

#define REASON_MOST 2000 /* bytes */
#define RULING_STEP "ruling"

struct asking {
    id64 manuscript;
    const struct digest *digest;
    struct str rule;
    struct str shown;
    struct str reason;
    id64 ruling;
};

struct answering {
    id64 ruling;
    bool passes;
    struct str reason;
    id64 group;
    struct ruling asked;
};

struct ruling_list {
    id64 manuscript;
    struct ruling *rulings;
    size_t count;
};

static enum status ask(struct call *call, void *what);
static enum status find_finding(struct call *call, const struct asking *asking,
                                struct finding *out_finding);
static enum status unit_of_role(struct call *call, const struct rulebook *book,
                                const struct role *role,
                                const struct manuscript *manuscript, id64 *out_unit);
static enum status open_duty(struct call *call, const struct manuscript *manuscript,
                             const struct role *role, id64 unit,
                             const struct asking *asking);
static enum status answer(struct call *call, void *what);
static enum status must_answer(struct call *call, struct rows *row,
                               const struct ruling *ruling);
static enum status close_duty(struct call *call, id64 manuscript);
static enum status list(struct call *call, void *what);
static struct ruling ruling_of(struct rows *row);
static enum status is_contributor(struct call *call, id64 manuscript, id64 person,
                                  bool *out_is);
static enum status check_reason(struct call *call, struct str reason);

enum status screening_ask(struct call *call, id64 manuscript, const struct digest *digest,
                          struct str rule, struct str shown, struct str reason,
                          id64 *out_ruling) {
    struct asking asking = {.manuscript = manuscript,
                            .digest = digest,
                            .rule = rule,
                            .shown = shown,
                            .reason = str_trim(reason)};
    struct manuscript found;
    TRY(check_reason(call, asking.reason));
    TRY(manuscript_find(call, manuscript, &found));
    struct ledger_act wanted = {.act = "screening.ask",
                                .subject = {SUBJECT_MANUSCRIPT, manuscript},
                                .digest = *digest,
                                .payload = STR("{}"),
                                .rule = rule,
                                .post = STR("")};
    TRY(ledger_settle(call, found.group, &wanted,
                      store_transact(call, TXN_WRITE, ask, &asking)));
    *out_ruling = asking.ruling;
    return DONE;
}

enum status screening_answer(struct call *call, id64 ruling, bool passes,
                             struct str reason) {
    struct answering answering = {
        .ruling = ruling, .passes = passes, .reason = str_trim(reason)};
    TRY(check_reason(call, answering.reason));
    enum status status = store_transact(call, TXN_WRITE, answer, &answering);
    if (answering.group == 0) {
        return status; /* there is no such ruling: nothing to record it with */
    }
    struct ledger_act wanted = {
        .act = "screening.rule",
        .subject = {SUBJECT_MANUSCRIPT, answering.asked.manuscript},
        .digest = answering.asked.digest,
        .payload = STR("{}"),
        .rule = answering.asked.rule,
        .post = STR("")};
    return ledger_settle(call, answering.group, &wanted, status);
}

enum status screening_rulings(struct call *call, id64 manuscript,
                              struct ruling **out_rulings, size_t *out_count) {
    struct ruling_list rulings = {.manuscript = manuscript};
    TRY(store_transact(call, TXN_READ, list, &rulings));
    *out_rulings = rulings.rulings;
    *out_count = rulings.count;
    return DONE;
}

enum status screening_rulings_waiting(struct call *call, id64 group,
                                      struct ruling **out_rulings, size_t *out_count) {
    struct ruling *rulings = TAKE_ARRAY(call->arena, 500, struct ruling);
    struct rows *rows;
    size_t count = 0;
    TRY(store_query(call, &screening_rulings_open, &rows, bind_id("site_group", group)));
    while (count < 500 && rows_next(rows)) {
        rulings[count++] = ruling_of(rows);
    }
    TRY(rows_end(rows));
    *out_rulings = rulings;
    *out_count = count;
    return DONE;
}

static enum status ask(struct call *call, void *what) {
    struct asking *asking = what;
    struct manuscript manuscript;
    struct finding finding;
    const struct rulebook *book;
    bool wrote = false;
    TRY(manuscript_lock(call, asking->manuscript, &manuscript));
    TRY(is_contributor(call, asking->manuscript, call->actor.person, &wrote));
    if (!wrote && manuscript.author != call->actor.person) {
        return call_refuse(call, DENIED, str_text(call->arena, asking->rule),
                           "screening.not-author", NULL);
    }
    TRY(find_finding(call, asking, &finding));
    TRY(site_rulebook(call, manuscript.site, &book));
    const struct prohibition *prohibition = prohibition_of(book, finding.detector);
    if (prohibition == NULL || !prohibition->ruling || prohibition->ruler < 0) {
        return call_refuse(call, REFUSED, str_text(call->arena, asking->rule),
                           "screening.no-ruling", NULL);
    }
    struct rows *same;
    enum status status = store_find(
        call, &screening_ruling_same, &same, bind_digest("digest", asking->digest),
        bind_text("rule", asking->rule), bind_text("shown", asking->shown),
        bind_id("manuscript", asking->manuscript));
    if (status == DONE) {
        return call_refuse(call, REFUSED, str_text(call->arena, asking->rule),
                           "screening.already-asked", NULL);
    }
    if (status != ABSENT) {
        return status;
    }
    const struct role *role = &book->roles[prohibition->ruler];
    id64 unit;
    TRY(unit_of_role(call, book, role, &manuscript, &unit));
    asking->ruling = call_new_id(call);
    TRY(store_run(
        call, &screening_ruling_insert, NULL, bind_id("id", asking->ruling),
        bind_id("manuscript", asking->manuscript),
        bind_int("site_group", manuscript.group), bind_digest("digest", asking->digest),
        bind_int("detector", finding.detector), bind_text("rule", asking->rule),
        bind_text("shown", asking->shown), bind_text("asked_why", asking->reason),
        bind_int("asked_by", call->actor.person), bind_int("asked_at", call->now),
        bind_text("role", role->code), bind_int("unit", unit)));
    TRY(open_duty(call, &manuscript, role, unit, asking));
    struct ledger_act entry = {
        .act = "screening.ask",
        .subject = {SUBJECT_MANUSCRIPT, asking->manuscript},
        .digest = *asking->digest,
        .payload =
            ledger_payload(call, json_pack("{s:s%, s:s%}", "shown", asking->shown.at,
                                           asking->shown.length, "why", asking->reason.at,
                                           asking->reason.length)),
        .rule = asking->rule,
        .post = STR("")};
    return ledger_append(call, manuscript.group, &entry, NULL);
}

/* The finding must be one that stands in that text and still stops it. */
static enum status find_finding(struct call *call, const struct asking *asking,
                                struct finding *out_finding) {
    struct findings findings;
    enum status status = screening_find(call, asking->digest, &findings);
    if (status == FAILED) {
        return FAILED;
    }
    for (size_t i = 0; status == DONE && i < findings.count; i++) {
        const struct finding *finding = &findings.at[i];
        if (str_equal(finding->rule, asking->rule) && !finding->ruled &&
            str_equal(finding->shown, asking->shown) &&
            finding->severity != SEVERITY_NOTE) {
            *out_finding = *finding;
            return DONE;
        }
    }
    return call_refuse(call, STALE, str_text(call->arena, asking->rule),
                       "screening.no-such-finding", NULL);
}

static enum status unit_of_role(struct call *call, const struct rulebook *book,
                                const struct role *role,
                                const struct manuscript *manuscript, id64 *out_unit) {
    struct site site;
    TRY(site_find(call, manuscript->site, &site));
    *out_unit =
        role->scope == ROLE_OWN_UNIT ? manuscript->unit : people_anywhere_in(site.root);
    if (role->scope == ROLE_BOUND_UNIT) {
        struct people_unit unit;
        TRY(people_unit_in(call, site.root, book->units[role->unit].code, &unit));
        *out_unit = unit.id;
    }
    return DONE;
}

/* One duty for all questions of a manuscript; a further question renews it. */
static enum status open_duty(struct call *call, const struct manuscript *manuscript,
                             const struct role *role, id64 unit,
                             const struct asking *asking) {
    struct site site;
    id64 *contributors;
    size_t count;
    TRY(site_find(call, manuscript->site, &site));
    TRY(manuscript_contributors(call, manuscript->id, &contributors, &count));
    struct duty duty = {.group = manuscript->group,
                        .subject = {SUBJECT_MANUSCRIPT, manuscript->id},
                        .step = STR(RULING_STEP),
                        .role = role->code,
                        .unit = unit,
                        .barred = contributors,
                        .barred_count =
                            count < NOTICE_BARRED_MOST ? count : NOTICE_BARRED_MOST,
                        .site = manuscript->site,
                        .site_title = site.title,
                        .title = manuscript->title,
                        .item_class = manuscript->item_class,
                        .badge = manuscript->state,
                        .act = STR("rule"),
                        .remark = asking->reason,
                        .rule = asking->rule};
    return notice_duty_open(call, &duty);
}

static enum status answer(struct call *call, void *what) {
    struct answering *answering = what;
    struct rows *row;
    TRY(store_find(call, &screening_ruling_lock, &row, bind_id("id", answering->ruling)));
    answering->asked = ruling_of(row);
    answering->group = row_id(row, "site_group");
    struct manuscript manuscript;
    TRY(manuscript_lock(call, answering->asked.manuscript, &manuscript));
    TRY(must_answer(call, row, &answering->asked));
    if (answering->asked.answered) {
        return call_refuse(call, STALE, str_text(call->arena, answering->asked.rule),
                           "screening.already-answered", NULL);
    }
    int64_t changed;
    TRY(store_run(call, &screening_ruling_answer, &changed,
                  bind_int("passes", answering->passes),
                  bind_text("answer_why", answering->reason),
                  bind_int("answered_by", call->actor.person),
                  bind_int("answered_at", call->now), bind_id("id", answering->ruling)));
    if (changed != 1) {
        return call_refuse(call, STALE, str_text(call->arena, answering->asked.rule),
                           "screening.already-answered", NULL);
    }
    TRY(close_duty(call, answering->asked.manuscript));
    struct ledger_act entry = {
        .act = "screening.rule",
        .subject = {SUBJECT_MANUSCRIPT, answering->asked.manuscript},
        .digest = answering->asked.digest,
        .payload = ledger_payload(
            call,
            json_pack("{s:b, s:s%, s:s%}", "passes", (int)answering->passes, "shown",
                      answering->asked.shown.at, answering->asked.shown.length, "why",
                      answering->reason.at, answering->reason.length)),
        .rule = answering->asked.rule,
        .post = STR("")};
    return ledger_append(call, answering->group, &entry, NULL);
}

/* The holder of the role that was asked, who wrote none of it. */
static enum status must_answer(struct call *call, struct rows *row,
                               const struct ruling *ruling) {
    const char *rule = str_text(call->arena, ruling->rule);
    const char *role = str_text(call->arena, row_text(row, "role"));
    bool wrote;
    enum status status =
        people_must_hold(call, call->actor.person, role, row_id(row, "unit"), rule);
    if (status != DONE) {
        return status == ABSENT ? DENIED : status;
    }
    TRY(is_contributor(call, ruling->manuscript, call->actor.person, &wrote));
    if (wrote || ruling->asked_by == call->actor.person) {
        return call_refuse(call, DENIED, rule, "screening.own-text", NULL);
    }
    return DONE;
}

/* The duty stays while another question of the manuscript waits. */
static enum status close_duty(struct call *call, id64 manuscript) {
    struct rows *waiting;
    TRY(store_find(call, &screening_ruling_waiting, &waiting,
                   bind_id("manuscript", manuscript)));
    if (row_int(waiting, "waiting") > 0) {
        return DONE;
    }
    return notice_duty_close(call, (struct subject){SUBJECT_MANUSCRIPT, manuscript},
                             STR(RULING_STEP));
}

static enum status list(struct call *call, void *what) {
    struct ruling_list *rulings = what;
    struct rows *rows;
    rulings->rulings = TAKE_ARRAY(call->arena, 500, struct ruling);
    rulings->count = 0;
    TRY(store_query(call, &screening_rulings_of, &rows,
                    bind_id("manuscript", rulings->manuscript)));
    while (rulings->count < 500 && rows_next(rows)) {
        rulings->rulings[rulings->count++] = ruling_of(rows);
    }
    return rows_end(rows);
}

static struct ruling ruling_of(struct rows *row) {
    return (struct ruling){.id = row_id(row, "id"),
                           .manuscript = row_id(row, "manuscript"),
                           .digest = row_digest(row, "digest"),
                           .rule = row_text(row, "rule"),
                           .shown = row_text(row, "shown"),
                           .asked_why = row_text(row, "asked_why"),
                           .asked_by = row_id(row, "asked_by"),
                           .asked_at = row_int(row, "asked_at"),
                           .answered = row_int(row, "answered") != 0,
                           .passes = row_int(row, "passes") != 0,
                           .answer_why = row_text(row, "answer_why"),
                           .answered_by = row_id(row, "answered_by"),
                           .answered_at = row_int(row, "answered_at")};
}

static enum status is_contributor(struct call *call, id64 manuscript, id64 person,
                                  bool *out_is) {
    id64 *contributors;
    size_t count;
    bool is = false;
    TRY(manuscript_contributors(call, manuscript, &contributors, &count));
    for (size_t i = 0; i < count; i++) {
        is = is || contributors[i] == person;
    }
    *out_is = is;
    return DONE;
}

static enum status check_reason(struct call *call, struct str reason) {
    if (reason.length == 0 || reason.length > REASON_MOST) {
        return call_refuse_field(call, "reason", "", "screening.reason-missing", NULL);
    }
    return DONE;
}
