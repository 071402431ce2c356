/*
 * A case: its bureau founded, its acts done, its answer compared.
 */
#include "trial_own.h"

#include "publication/publication.h"

static enum status load_only(struct arena *arena, const char *path, struct str without,
                             const struct rulebook_case *one,
                             struct trial_verdict *out_verdict);
static void hear(struct hearing *hearing, struct trial_verdict *out_verdict);
static void compare(struct hearing *hearing, enum status status,
                    struct trial_verdict *out_verdict);
static bool differs(struct hearing *hearing, const char *what, struct str wanted,
                    struct str found);
static void compare_places(struct hearing *hearing);
static void compare_ledger(struct hearing *hearing, enum status status);
static void compare_public(struct hearing *hearing);
static bool was_written(struct hearing *hearing, id64 group, enum status status);
static instant clock_of(const struct rulebook_case *one);
static bool holds(struct str text, struct str part);

enum status trial_case(struct arena *arena, const struct trial_place *place,
                       const char *path, struct str without,
                       const struct rulebook_case *one,
                       struct trial_verdict *out_verdict) {
    static const char *const nowhere[] = {NULL};
    struct rulebook *book = NULL;
    struct shelf *shelf = NULL;
    struct fault *faults = NULL;
    if (!str_is_empty(one->given.remove)) {
        return load_only(arena, path, without, one, out_verdict);
    }
    TRY(rulebook_read(arena, path, without, &book, &faults));
    TRY(shelf_open(arena, nowhere, &shelf, &faults));
    struct hearing hearing = {.book = shelf_add(shelf, book), .one = one};
    hearing.call = place->open(place->owner, shelf, clock_of(one));
    if (hearing.call != NULL) {
        struct trial_verdict verdict = {0};
        hear(&hearing, &verdict);
        *out_verdict = (struct trial_verdict){.passed = verdict.passed,
                                              .why = str_copy(arena, verdict.why),
                                              .what = verdict.what,
                                              .wanted = str_copy(arena, verdict.wanted),
                                              .found = str_copy(arena, verdict.found)};
        place->close(place->owner, hearing.call);
    }
    shelf_free(shelf);
    return hearing.call == NULL ? FAILED : DONE;
}

/* "The rulebook without this element does not load, and says why." */
static enum status load_only(struct arena *arena, const char *path, struct str without,
                             const struct rulebook_case *one,
                             struct trial_verdict *out_verdict) {
    struct rulebook *book = NULL;
    struct fault *faults = NULL;
    enum status status =
        rulebook_read_removing(arena, path, without, one->given.remove, &book, &faults);
    struct str said =
        status == REFUSED ? faults_as_text(arena, faults, STR("zh-CN")) : STR("");
    if (status == DONE) {
        rulebook_free(book);
    }
    out_verdict->passed =
        str_is(one->then.status, status_name(status)) && holds(said, one->then.fault);
    out_verdict->why = str_format(arena, "expected %.*s with “%.*s”, got %s: %.*s",
                                  STR_ARG(one->then.status), STR_ARG(one->then.fault),
                                  status_name(status), STR_ARG(said));
    return status == FAILED ? FAILED : DONE;
}

static void hear(struct hearing *hearing, struct trial_verdict *out_verdict) {
    struct call *call = hearing->call;
    const struct rulebook_case *one = hearing->one;
    enum status status = trial_found(call, hearing->book, false, &hearing->bureau);
    status = status == DONE ? hearing_begin(hearing) : status;
    if (status != DONE) {
        hearing->why = str_format(call->arena, "the situation cannot be made: %s, %s",
                                  status_name(status),
                                  call->refusal == NULL ? "" : call->refusal->words);
    }
    for (size_t i = 0; i < one->act_count && str_is_empty(hearing->why); i++) {
        call_forgive(call);
        status = hearing_act(hearing, &one->acts[i]);
        if (status != DONE && i + 1 < one->act_count) {
            hearing->why = str_format(call->arena, "act %zu was not done: %s, %s", i + 1,
                                      status_name(status),
                                      call->refusal == NULL ? "" : call->refusal->words);
        }
    }
    compare(hearing, status, out_verdict);
}

static void compare(struct hearing *hearing, enum status status,
                    struct trial_verdict *out_verdict) {
    struct call *call = hearing->call;
    const struct case_then *then = &hearing->one->then;
    struct str rule = call->refusal == NULL ? STR("") : call->refusal->rule;
    bool wrong = !str_is_empty(hearing->why) ||
                 differs(hearing, "status", then->status, str_of(status_name(status))) ||
                 differs(hearing, "article", then->article, rule);
    if (!wrong && !str_is_empty(then->shows) && !holds(hearing->shown, then->shows)) {
        wrong = differs(hearing, "shown", then->shows, hearing->shown);
    }
    if (!wrong && !str_is_empty(then->hides) && holds(hearing->shown, then->hides)) {
        hearing->why = str_format(call->arena, "“%.*s” should not stand in “%.*s”",
                                  STR_ARG(then->hides), STR_ARG(hearing->shown));
    }
    if (str_is_empty(hearing->why)) {
        compare_places(hearing);
    }
    if (str_is_empty(hearing->why) && !str_is_empty(then->ledger)) {
        compare_ledger(hearing, status);
    }
    if (str_is_empty(hearing->why) && !str_is_empty(then->public_file)) {
        compare_public(hearing);
    }
    if (!str_is_empty(hearing->why) && call->refusal != NULL) {
        hearing->why = str_format(call->arena, "%.*s [%s]", STR_ARG(hearing->why),
                                  call->refusal->words);
    }
    *out_verdict = (struct trial_verdict){.passed = str_is_empty(hearing->why),
                                          .why = hearing->why,
                                          .what = hearing->what,
                                          .wanted = hearing->wanted,
                                          .found = hearing->found};
}

/* Where it is expected (not empty), is it so?  Notes the difference. */
static bool differs(struct hearing *hearing, const char *what, struct str wanted,
                    struct str found) {
    if (str_is_empty(wanted) || str_equal(wanted, found)) {
        return false;
    }
    hearing->what = what;
    hearing->wanted = wanted;
    hearing->found = found;
    hearing->why = str_format(hearing->call->arena, "%s should be “%.*s”, is “%.*s”",
                              what, STR_ARG(wanted), STR_ARG(found));
    return true;
}

static void compare_places(struct hearing *hearing) {
    const struct case_then *then = &hearing->one->then;
    struct subject subject = {.kind = SUBJECT_MANUSCRIPT, .id = hearing->manuscript};
    struct manuscript manuscript;
    struct run *runs;
    size_t count = 0;
    if (hearing->manuscript == 0) {
        return;
    }
    struct refusal *said = hearing->call->refusal;
    hearing->call->actor = (struct actor){.person = hearing->bureau.writer};
    if (manuscript_peek(hearing->call, hearing->manuscript, &manuscript) == DONE) {
        differs(hearing, "state", then->state, manuscript.state);
    }
    if (str_is_empty(hearing->why) && !str_is_empty(then->step)) {
        bool found =
            review_runs(hearing->call, subject, &runs, &count) == DONE && count > 0;
        differs(hearing, "step", then->step, found ? runs[0].step : STR(""));
    }
    hearing->call->refusal = said;
}

static void compare_ledger(struct hearing *hearing, enum status status) {
    if (!was_written(hearing, hearing->bureau.site.group, status) &&
        !was_written(hearing, LEDGER_HOUSE, status)) {
        hearing->why = str_format(
            hearing->call->arena, "the ledger should hold “%.*s” (%s) as its last act",
            STR_ARG(hearing->one->then.ledger), status_name(status));
    }
}

/* Among the newest entries of a chain, with the outcome that fits the answer. */
static bool was_written(struct hearing *hearing, id64 group, enum status status) {
    struct ledger_filter filter = {.limit = 4};
    struct ledger_list list;
    enum ledger_outcome wanted = status == DONE ? LEDGER_DONE : LEDGER_REFUSED;
    if (ledger_read(hearing->call, group, &filter, &list) != DONE) {
        return false;
    }
    for (size_t i = 0; i < list.count; i++) {
        if (str_equal(list.at[i].act, hearing->one->then.ledger) &&
            list.at[i].outcome == wanted) {
            return true;
        }
    }
    return false;
}

/* `public: page`: the item's page stands in the published tree, or does not. */
static void compare_public(struct hearing *hearing) {
    struct call *call = hearing->call;
    const struct case_then *then = &hearing->one->then;
    struct release *releases;
    size_t count = 0;
    struct applied applied;
    bool there = false;
    if (publication_apply(call, hearing->bureau.site.id, &applied) != DONE ||
        publication_of_manuscript(call, hearing->manuscript, &releases, &count) != DONE) {
        hearing->why = STR("the published tree cannot be read");
        return;
    }
    for (size_t i = 0; i < count; i++) {
        struct str path =
            str_format(call->arena, "%s/public/%.*s/%.*s", call->house->workspace,
                       STR_ARG(hearing->bureau.site.code), STR_ARG(releases[i].path));
        there = there || (releases[i].path.length > 0 && file_exists(path.at));
    }
    if (there != then->public_present) {
        hearing->why = there ? STR("the page stands in the published tree")
                             : STR("there is no page in the published tree");
    }
}

/* The case's clock: a day means its morning; without one, a working day at nine. */
static instant clock_of(const struct rulebook_case *one) {
    instant now = 0;
    civil_day day = 0;
    if (day_from_text(one->given.now, &day) == DONE) {
        return day_start(day) + 9 * INSTANT_HOUR;
    }
    if (instant_from_rfc3339(one->given.now, &now) == DONE) {
        return now;
    }
    return day_start(day_of_date((struct date){2026, 12, 2})) + 9 * INSTANT_HOUR;
}

static bool holds(struct str text, struct str part) {
    return str_is_empty(part) || str_find(text, part) < text.length;
}
