/*
 * What stands beside a draft: is it sound, what does it change, how does the route look,
 * does the proof hold, what do its cases say.
 */
#include "drafts.h"

#include "calendar/calendar.h"

#define FAULTS_SHOWN 40
#define PROOF_BYTES  ((size_t)1 << 30)

static void fill_faults(struct visit *visit, struct model *part,
                        const struct fault *faults);
static enum status fill_sound(struct visit *visit, struct model *part,
                              const struct site *site, const struct rulebook *book);
static void fill_route(struct visit *visit, struct model *part,
                       const struct rulebook *book);
static enum status fill_values(struct visit *visit, struct model *part,
                               const struct site *site, const struct rulebook *book);
static void fill_names(struct visit *visit, struct model *part,
                       const struct rulebook *book);
static void fill_proof(struct visit *visit, struct model *part,
                       const struct rulebook *book);
static void add_case(struct visit *visit, struct model *row,
                     const struct version_case *one);

enum status drafts_check(struct visit *visit, const struct site *site,
                         const struct rulebook_files *files, bool prove) {
    struct model *part = model_part(web_model(visit), "check");
    struct rulebook_case *cases = NULL;
    struct rulebook *book = NULL;
    struct fault *faults = NULL;
    struct arena *arena = visit->call->arena;
    enum status read = version_draft_read(visit->call, files, &book, &faults);
    if (read == DONE) {
        arena_defer(arena, (void (*)(void *))rulebook_free, book);
        read = rulebook_read_case_files(arena, files, book, &cases, &faults);
    }
    if (read == REFUSED) {
        fill_faults(visit, part, faults);
        return DONE;
    }
    TRY(read);
    int64_t count = 0;
    for (const struct rulebook_case *one = cases; one != NULL; one = one->next) {
        count++;
    }
    model_flag(part, "sound", true);
    model_int(part, "case-count", count);
    TRY(fill_sound(visit, part, site, book));
    if (prove) {
        fill_proof(visit, part, book);
    } else {
        model_flag(part, "unproved", true);
    }
    return DONE;
}

enum status drafts_cases(struct visit *visit, const struct version_draft *draft) {
    struct call *call = visit->call;
    struct model *part = model_part(web_model(visit), "cases");
    struct version_case *cases;
    struct version_run run;
    size_t count;
    int64_t passed = 0;
    int64_t failed = 0;
    int64_t changed = 0;
    model_text(part, "href",
               str_format(call->arena, "/rules/drafts/%.*s/cases",
                          STR_ARG(id_to_text(call->arena, draft->id))));
    enum status found = version_run_last(call, draft->id, &run);
    if (found != DONE) {
        return found == ABSENT ? DONE : found;
    }
    TRY(version_run_cases(call, run.id, &cases, &count));
    for (size_t i = 0; i < count; i++) {
        passed += cases[i].passed && !cases[i].former ? 1 : 0;
        failed += !cases[i].passed && !cases[i].former ? 1 : 0;
        changed += !cases[i].passed && cases[i].former ? 1 : 0;
        if (!cases[i].passed) {
            add_case(visit, model_list_add(part, cases[i].former ? "changed" : "failed"),
                     &cases[i]);
        }
    }
    model_flag(part, "any", true);
    model_flag(part, "running", run.ended_at == 0);
    model_flag(part, "ended", run.ended_at != 0 && str_is_empty(run.fault));
    model_flag(part, "older", run.version != draft->version);
    if (!str_is_empty(run.fault)) {
        model_words(part, "fault", "drafts.cases-unsound");
    }
    model_int(part, "done", (int64_t)count);
    model_int(part, "total", run.total);
    model_int(part, "passed", passed);
    model_int(part, "failed-count", failed);
    model_int(part, "changed-count", changed);
    web_moment(visit, model_part(part, "when"), run.asked_at);
    return DONE;
}

struct str drafts_saved(struct visit *visit, const struct version_draft *draft) {
    struct str when = instant_to_text(visit->call->arena, draft->changed_at);
    struct str clock = str_part(when, 11, 16);
    return web_say(visit, "drafts.saved-at", "clock", str_text(visit->call->arena, clock),
                   NULL);
}

struct str drafts_fault(const struct visit *visit, const struct fault *fault) {
    struct arena *arena = visit->call->arena;
    return web_say(visit, "drafts.fault-at", "file", str_text(arena, fault->file), "line",
                   str_format(arena, "%d", fault->line).at, "sentence",
                   str_text(arena, text_in(fault->sentence, visit->call->language)),
                   NULL);
}

void drafts_changes(struct visit *visit, struct model *part,
                    const struct rulebook *before, const struct rulebook *after) {
    struct departures changes;
    rulebook_compare(visit->call->arena, before, after, &changes);
    for (size_t i = 0; i < changes.count; i++) {
        struct model *row = model_list_add(part, "changes");
        model_text(row, "text", text_in(changes.at[i].sentence, visit->call->language));
        if (!str_is_empty(changes.at[i].rule)) {
            web_cite(visit, model_part(row, "rule"), changes.at[i].rule);
        }
    }
    model_flag(part, "same", changes.count == 0);
    model_int(part, "change-count", (int64_t)changes.count);
}

static void fill_faults(struct visit *visit, struct model *part,
                        const struct fault *faults) {
    struct str language = visit->call->language;
    struct str here = request_typed(visit->request, "file");
    int64_t count = 0;
    for (const struct fault *fault = faults; fault != NULL; fault = fault->next) {
        if (count++ >= FAULTS_SHOWN) {
            continue;
        }
        struct model *row = model_list_add(part, "faults");
        model_text(row, "file", fault->file);
        model_int(row, "line", fault->line);
        model_int(row, "column", fault->column);
        model_text(row, "text", text_in(fault->sentence, language));
        model_text(row, "suggestion", fault->suggestion);
        model_flag(row, "here", str_equal(fault->file, here));
    }
    model_int(part, "fault-count", count);
}

static enum status fill_sound(struct visit *visit, struct model *part,
                              const struct site *site, const struct rulebook *book) {
    const struct rulebook *now;
    TRY(part_rulebook(visit, NULL, &now));
    drafts_changes(visit, part, now, book);
    fill_route(visit, part, book);
    fill_names(visit, part, book);
    return fill_values(visit, part, site, book);
}

static void fill_route(struct visit *visit, struct model *part,
                       const struct rulebook *book) {
    struct call *call = visit->call;
    int shown = rulebook_route(book, request_typed(visit->request, "route"));
    if (book->route_count == 0) {
        return;
    }
    shown = shown == NO_INDEX ? 0 : shown;
    for (size_t i = 0; i < book->route_count; i++) {
        struct model *option = model_list_add(part, "routes");
        model_text(option, "value", book->routes[i].code);
        model_text(option, "label", text_in(book->routes[i].title, call->language));
        model_flag(option, "chosen", (int)i == shown);
    }
    struct drawing drawing = {
        .current = NO_INDEX, .link = STR("/rules/{requirement}"), .id = STR("drawn")};
    struct model *diagram = model_part(part, "diagram");
    const struct route *route = &book->routes[shown];
    model_text(diagram, "name", text_in(route->title, call->language));
    model_html(diagram, "svg",
               rulebook_draw(call->arena, book, route, &drawing, call->language));
}

/* Those without a default, and whether the body gave them. */
static enum status fill_values(struct visit *visit, struct model *part,
                               const struct site *site, const struct rulebook *book) {
    enum status has = site_must_have_values(visit->call, site->id, book);
    if (has == REFUSED) {
        for (const struct refusal *no = visit->call->refusal; no != NULL; no = no->next) {
            model_list_add_text(part, "missing", web_say_refusal(visit, no));
        }
        call_forgive(visit->call);
        return DONE;
    }
    return has;
}

#define NAMES(key, list, count_, code_)                                                  \
    buffer_init(&names, visit->call->arena);                                             \
    for (size_t i = 0; i < book->count_; i++) {                                          \
        buffer_add(&names, book->list[i].code_);                                         \
        buffer_add_char(&names, ' ');                                                    \
    }                                                                                    \
    model_text(part, key, buffer_str(&names))

/* For completion: what references may name. */
static void fill_names(struct visit *visit, struct model *part,
                       const struct rulebook *book) {
    struct buffer names;
    NAMES("roles", roles, role_count, code);
    NAMES("units", units, unit_count, code);
    NAMES("unit-kinds", unit_kinds, unit_kind_count, code);
    NAMES("classes", classes, class_count, code);
    NAMES("questions", questions, question_count, code);
    NAMES("all-routes", routes, route_count, code);
    NAMES("series", series, series_count, code);
    NAMES("bodies", bodies, body_count, code);
    NAMES("requirements", requirements, requirement_count, id);
}

static void fill_proof(struct visit *visit, struct model *part,
                       const struct rulebook *book) {
    struct call *call = visit->call;
    struct arena *arena = arena_new(PROOF_BYTES);
    struct model *result = model_part(part, "proof");
    struct proof proof;
    rulebook_prove(arena, book, NULL, &proof);
    model_int(result, "states", (int64_t)proof.states);
    model_flag(result, "holds", proof.answer == PROOF_HOLDS);
    model_flag(result, "too-large", proof.answer == PROOF_TOO_LARGE);
    if (proof.answer == PROOF_BROKEN) {
        struct model *broken = model_part(result, "broken");
        struct text verdict = proof_verdict(call->arena, book, &proof);
        model_text(broken, "verdict",
                   str_copy(call->arena, text_in(verdict, call->language)));
        for (size_t i = 0; i < proof.story_count; i++) {
            model_list_add_text(
                broken, "story",
                str_copy(call->arena, text_in(proof.story[i], call->language)));
        }
    }
    arena_free(arena);
}

/* "回应应为“refused”，实为“done”"; another reason as it was noted. */
static void add_case(struct visit *visit, struct model *row,
                     const struct version_case *one) {
    static const struct {
        const char *what;
        const char *words;
    } differing[] = {{"status", "drafts.case-status"},
                     {"article", "drafts.case-article"},
                     {"state", "drafts.case-state"},
                     {"step", "drafts.case-step"},
                     {"shown", "drafts.case-shown"}};
    struct arena *arena = visit->call->arena;
    model_text(row, "sentence", one->sentence);
    model_text(row, "place", one->place);
    for (size_t i = 0; i < LENGTH(differing); i++) {
        if (str_is(one->what, differing[i].what)) {
            model_text(row, "why",
                       web_say(visit, differing[i].words, "wanted",
                               str_text(arena, one->wanted), "found",
                               str_text(arena, one->found), NULL));
            return;
        }
    }
    model_text(row, "noted", one->why);
}
