/*
 * The bureau of the random histories, the races and the refusals, and its witness.
 */
#include "yard.h"

#include "approval/approval.h"
#include "calendar/calendar.h"
#include "manuscript/manuscript.h"
#include "people/people.h"
#include "site/site.h"

#include <stdlib.h>
#include <string.h>

static void gather_people(struct yard *yard);
static bool is_approved(struct yard *yard, const struct route *route, size_t step,
                        const struct decision *decisions, size_t count,
                        const struct digest *live, bool *out_other_eye);
static bool releasing_run(struct yard *yard, id64 manuscript, const struct digest *live,
                          struct run *out_run);
static bool is_released_once(struct yard *yard, id64 manuscript);

void yard_open(struct trial_store *trial, struct sandbox *sandbox, const char *code,
               struct yard *out_yard) {
    struct fault *faults = NULL;
    struct arena *arena = trial->call.arena;
    const char *source = getenv("SHENFA_SOURCE");
    const char *const directories[] = {
        str_text(arena, str_format(arena, "%s/rulebooks", source)), NULL};
    *out_yard = (struct yard){.call = &trial->call};
    trial->house.sandbox = sandbox;
    assert_int_equal(calendar_open(str_text(arena, str_format(arena,
                                                              "%s/share/calendar/"
                                                              "cn.tsv",
                                                              source)),
                                   &trial->house.calendar),
                     DONE);
    assert_int_equal(shelf_open(arena, directories, &trial->house.shelf, &faults), DONE);
    out_yard->book = shelf_latest(trial->house.shelf, str_of(code));
    assert_non_null(out_yard->book);
    trial->call.door = DOOR_CLI;
    assert_int_equal(trial_found(&trial->call, out_yard->book, false, &out_yard->bureau),
                     DONE);
    trial->call.door = DOOR_API;
    gather_people(out_yard);
}

void yard_close(struct trial_store *trial) {
    txn_abort(&trial->call);
    shelf_free(trial->house.shelf);
    calendar_close(trial->house.calendar);
    trial->house.shelf = NULL;
    trial->house.calendar = NULL;
}

struct yard yard_beside(const struct trial_store *trial, const struct yard *yard) {
    struct yard beside = *yard;
    beside.call = trial_call_new(trial);
    beside.call->now = yard->call->now;
    beside.call->door = DOOR_API;
    return beside;
}

void yard_leave(struct yard *yard) { trial_call_free(yard->call); }

void yard_become(struct yard *yard, id64 person) {
    yard->call->actor = (struct actor){.person = person, .freshly_proven = person != 0};
    call_forgive(yard->call);
}

id64 yard_holder(struct yard *yard, const char *role) {
    struct people_holdings holders;
    assert_int_equal(people_holders(yard->call, role, 0, &holders), DONE);
    assert_true(holders.count > 0);
    return holders.at[0].person;
}

id64 yard_draft(struct yard *yard, const char *title) {
    struct field_value fields[] = {{STR("disclosure"), STR("active")},
                                   {STR("origin"), STR("2026-12-01")},
                                   {STR("source"), STR("工业科")}};
    struct content content = {.title = str_of(title),
                              .body = STR("<p>培训班为期两天。</p>"),
                              .fields = fields,
                              .field_count = LENGTH(fields)};
    struct column column;
    struct dropped dropped;
    id64 manuscript;
    int version;
    yard_become(yard, yard->bureau.writer);
    assert_int_equal(
        site_column_find_path(yard->call, yard->bureau.site.id, STR("tjdt"), &column),
        DONE);
    assert_int_equal(manuscript_begin(yard->call, column.id, yard->bureau.department.id,
                                      STR("government-affairs"), content.title,
                                      &manuscript),
                     DONE);
    assert_int_equal(
        manuscript_save(yard->call, manuscript, 1, &content, &version, &dropped), DONE);
    return manuscript;
}

enum status yard_write(struct yard *yard, id64 manuscript, const char *body) {
    struct content draft;
    struct dropped dropped;
    int version;
    TRY(manuscript_draft(yard->call, manuscript, &draft, &version));
    draft.body = str_of(body);
    return manuscript_save(yard->call, manuscript, version, &draft, &version, &dropped);
}

enum status yard_submit(struct yard *yard, id64 manuscript) {
    const struct rulebook *book = yard->book;
    struct answer *all = TAKE_ARRAY(yard->call->arena, 64, struct answer);
    struct content draft;
    struct run run;
    size_t count = 0;
    int version;
    TRY(manuscript_draft(yard->call, manuscript, &draft, &version));
    const struct route *route = &book->routes[0];
    for (size_t i = 0; i < route->step_count; i++) {
        struct answer *answers;
        if (route->steps[i].kind != STEP_AUTHOR) {
            continue;
        }
        size_t asked = trial_good_answers(yard->call, book, &route->steps[i], &answers);
        for (size_t j = 0; j < asked && count < 64; j++) {
            all[count++] = answers[j];
        }
    }
    return review_submit(yard->call, manuscript, version, all, count, &run);
}

enum status yard_decide(struct yard *yard, id64 manuscript, const struct digest *seen,
                        const char *outcome) {
    struct subject subject = {.kind = SUBJECT_MANUSCRIPT, .id = manuscript};
    struct offer offer;
    struct answer *answers;
    struct run run;
    TRY(review_offer(yard->call, subject, 0, &offer));
    struct verdict verdict = {.seen = seen == NULL ? offer.run.digest : *seen,
                              .step = offer.step->code,
                              .outcome = str_of(outcome),
                              .opinion = STR("按规定办理"),
                              .channel = STR(""),
                              .paper_number = STR("")};
    verdict.answer_count =
        trial_good_answers(yard->call, offer.book, offer.step, &answers);
    verdict.answers = answers;
    return review_decide(yard->call, subject, &verdict, &run);
}

enum status yard_release(struct yard *yard, id64 manuscript, const struct digest *seen,
                         instant when) {
    struct release_order order = {
        .manuscript = manuscript, .seen = *seen, .when = when, .reason = STR("补发")};
    struct release *releases;
    size_t count;
    return publication_release(yard->call, &order, &releases, &count);
}

id64 yard_publish(struct yard *yard, const char *title, struct attachment *files,
                  size_t file_count) {
    struct call *call = yard->call;
    struct field_value fields[] = {{STR("disclosure"), STR("active")},
                                   {STR("origin"), STR("2026-12-01")},
                                   {STR("source"), STR("工业科")}};
    struct content content = {.title = str_of(title),
                              .body = STR("<p>前三季度，工业经济运行平稳。</p>"),
                              .fields = fields,
                              .field_count = LENGTH(fields),
                              .attachments = files,
                              .attachment_count = file_count};
    struct subject subject = {.kind = SUBJECT_MANUSCRIPT};
    struct column *columns;
    struct dropped dropped;
    struct release *releases;
    struct run run;
    size_t count;
    size_t first = 0;
    int version;
    yard_become(yard, yard->bureau.writer);
    assert_int_equal(site_columns(call, yard->bureau.site.id, &columns, &count), DONE);
    while (first < count &&
           site_column_takes(call, &columns[first], yard->book->classes[0].code,
                             yard->bureau.department.id) != DONE) {
        first++;
    }
    assert_true(first < count);
    call_forgive(call);
    assert_int_equal(manuscript_begin(call, columns[first].id, yard->bureau.department.id,
                                      yard->book->classes[0].code, content.title,
                                      &subject.id),
                     DONE);
    assert_int_equal(manuscript_save(call, subject.id, 1, &content, &version, &dropped),
                     DONE);
    assert_int_equal(trial_walk(call, subject.id, STR("")), DONE);
    assert_int_equal(review_run(call, subject, &run), DONE);
    yard_become(yard, yard_holder(yard, "site-operator"));
    struct release_order order = {.manuscript = subject.id, .seen = run.digest};
    assert_int_equal(publication_release(call, &order, &releases, &count), DONE);
    assert_int_equal(publication_apply(call, yard->bureau.site.id, NULL), DONE);
    return subject.id;
}

bool yard_stands(struct yard *yard, id64 manuscript, struct run *out_run,
                 const struct step **out_step) {
    struct subject subject = {.kind = SUBJECT_MANUSCRIPT, .id = manuscript};
    struct actor before = yard->call->actor;
    struct run *runs;
    size_t count;
    bool stands = false;
    yard->call->actor = (struct actor){.person = yard->bureau.writer};
    assert_int_equal(review_runs(yard->call, subject, &runs, &count), DONE);
    for (size_t i = 0; i < count && !stands; i++) {
        int route = rulebook_route(yard->book, runs[i].route);
        assert_int_not_equal(route, NO_INDEX);
        int step = route_step(&yard->book->routes[route], runs[i].step);
        stands = runs[i].open && step != NO_INDEX;
        if (stands) {
            *out_run = runs[i];
            *out_step = &yard->book->routes[route].steps[step];
        }
    }
    yard->call->actor = before;
    call_forgive(yard->call);
    return stands;
}

size_t yard_size(const char *name, size_t usual) {
    const char *wanted = getenv(name);
    int64_t number = 0;
    return wanted != NULL && str_to_int(str_of(wanted), &number) == DONE && number > 0
               ? (size_t)number
               : usual;
}

/* ---- the witness ---- */

bool yard_is_lawful(struct yard *yard, id64 manuscript) {
    struct actor before = yard->call->actor;
    struct manuscript found;
    struct revision live;
    struct decision *decisions;
    struct run run;
    size_t count;
    bool other_eye = false;
    bool lawful = true;
    assert_int_equal(manuscript_peek(yard->call, manuscript, &found), DONE);
    if (found.live_revision == 0) {
        return true;
    }
    yard->call->actor = (struct actor){.person = yard->bureau.writer};
    assert_int_equal(manuscript_revision(yard->call, found.live_revision, &live), DONE);
    if (!releasing_run(yard, manuscript, &live.digest, &run)) {
        print_message("live, but no run of exactly this text ended as published\n");
        return false;
    }
    const struct route *route =
        &yard->book->routes[rulebook_route(yard->book, run.route)];
    assert_int_equal(approval_history(yard->call, run.id, &decisions, &count), DONE);
    for (size_t i = 0; i < route->step_count && lawful; i++) {
        const struct step *step = &route->steps[i];
        if (step->kind != STEP_REVIEW || !step->demanded) {
            continue;
        }
        lawful = is_approved(yard, route, i, decisions, count, &live.digest, &other_eye);
        if (!lawful) {
            print_message("live without %.*s\n", STR_ARG(step->code));
        }
    }
    if (lawful && !other_eye) {
        print_message("live on the word of those who wrote it\n");
        lawful = false;
    }
    lawful = lawful && is_released_once(yard, manuscript);
    yard->call->actor = before;
    return lawful;
}

/* The record is in the order in which it was written. */
static bool is_approved(struct yard *yard, const struct route *route, size_t step,
                        const struct decision *decisions, size_t count,
                        const struct digest *live, bool *out_other_eye) {
    const struct step *one = &route->steps[step];
    bool approved = false;
    bool other_eye = false;
    for (size_t i = 0; i < count; i++) {
        const struct decision *decision = &decisions[i];
        int at = route_step(route, decision->step);
        if (decision->turn == 0 || at == NO_INDEX) {
            continue;
        }
        int outcome = step_outcome(&route->steps[at], decision->outcome);
        int next =
            outcome == NO_INDEX ? NO_INDEX : route->steps[at].outcomes[outcome].next;
        if (next != NO_INDEX && next <= at && next <= (int)step) {
            approved = false;
        }
        bool here = at == (int)step && next > at && digest_equal(&decision->digest, live);
        bool kept_out = false;
        for (size_t j = 0; here && j < one->hand_count; j++) {
            kept_out = kept_out || (decision->by_contributor &&
                                    (one->hands[j].never & HAND_CONTRIBUTOR) != 0);
        }
        bool held = false;
        if (here && !kept_out) {
            const char *role =
                str_text(yard->call->arena, yard->book->roles[one->role].code);
            assert_int_equal(people_holds(yard->call, decision->person, role, 0, &held),
                             DONE);
            held = held || yard->book->roles[one->role].open;
        }
        if (at == (int)step && next > at) {
            approved = here && held && !kept_out;
            other_eye = approved && !decision->by_contributor;
        }
    }
    *out_other_eye = *out_other_eye || (approved && other_eye);
    return approved;
}

static bool releasing_run(struct yard *yard, id64 manuscript, const struct digest *live,
                          struct run *out_run) {
    struct subject subject = {.kind = SUBJECT_MANUSCRIPT, .id = manuscript};
    struct run *runs;
    size_t count;
    assert_int_equal(review_runs(yard->call, subject, &runs, &count), DONE);
    for (size_t i = 0; i < count; i++) {
        if (!runs[i].open && str_is(runs[i].state, "published") &&
            digest_equal(&runs[i].digest, live)) {
            *out_run = runs[i];
            return true;
        }
    }
    return false;
}

static bool is_released_once(struct yard *yard, id64 manuscript) {
    struct release *releases;
    size_t count;
    size_t live = 0;
    assert_int_equal(publication_of_manuscript(yard->call, manuscript, &releases, &count),
                     DONE);
    for (size_t i = 0; i < count; i++) {
        live += releases[i].state == RELEASE_LIVE ? 1 : 0;
    }
    if (live > 1) {
        print_message("%zu releases are live\n", live);
    }
    return live <= 1;
}

static void gather_people(struct yard *yard) {
    yard->people[yard->people_count++] = yard->bureau.writer;
    for (size_t i = 0; i < yard->book->role_count; i++) {
        struct people_holdings holders;
        const char *role = str_text(yard->call->arena, yard->book->roles[i].code);
        assert_int_equal(people_holders(yard->call, role, 0, &holders), DONE);
        for (size_t j = 0; j < holders.count; j++) {
            bool known = false;
            for (size_t k = 0; k < yard->people_count && !known; k++) {
                known = yard->people[k] == holders.at[j].person;
            }
            if (!known && yard->people_count < YARD_PEOPLE) {
                yard->people[yard->people_count++] = holders.at[j].person;
            }
        }
    }
}
