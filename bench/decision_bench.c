/*
 * What the number of bodies and manuscripts costs, for script/bench: all rulebooks read,
 * all of them proved, and a decision on the route in a workspace of one rulebook beside
 * one of many, by turns in this process, so that both meet the same machine.
 *
 * Usage: decision-bench RULEBOOKS ONE MANY COUNT        prints one JSON object
 * ONE and MANY are demonstrations of liuzhou-stats that shenfa init has made.  Times of
 * acts are of the processor, for a sync takes as long as the disk likes; the wall's are
 * told beside them.
 */
#include "app/app_own.h"

#include "manuscript/manuscript.h"
#include "people/people.h"
#include "review/review.h"
#include "rulebook/rulebook.h"
#include "site/site.h"
#include "store/store.h"
#include "trial/trial.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define BOOKS_MOST 16
#define MOVES      2000000
#define TURNS      15 /* of loading */

struct side {
    struct estate estate;
    struct call call;
    struct site site;
    double *cpu_us;
    double *wall_us;
    uint64_t stepped;
};

static enum status open_side(struct side *side, const char *workspace, int count);
static enum status draft(struct side *side, int number, id64 *out_manuscript);
static enum status decide(struct side *side, int number, int turn);
static enum status act_as(struct call *call, const char *login);
static enum status measure_loading(const char *rulebooks, const struct rulebook **books,
                                   size_t *out_count);
static void measure_proving(const struct rulebook *const *books, size_t count);
static void measure_pure(const struct rulebook *const *books, size_t count);
static double move_ns(const struct rulebook *const *books, size_t count);
static double seconds(clockid_t clock);
static double middle(double *values, int count);
static int by_size(const void *a, const void *b);

int main(int count, char **words) {
    const struct rulebook *books[BOOKS_MOST];
    static struct side sides[2];
    size_t book_count;
    enum status status = DONE;
    int acts = count == 5 ? atoi(words[4]) : 0;
    if (acts < 1 || measure_loading(words[1], books, &book_count) != DONE) {
        fputs("usage: decision-bench RULEBOOKS ONE MANY COUNT\n", stderr);
        return 2;
    }
    measure_proving(books, book_count);
    measure_pure(books, book_count);
    for (int i = 0; i < 2 && status == DONE; i++) {
        status = open_side(&sides[i], words[2 + i], acts);
    }
    for (int turn = -2; turn < acts && status == DONE; turn++) { /* two to warm up */
        for (int i = 0; i < 2 && status == DONE; i++) {
            status = decide(&sides[i], turn + 2, turn);
        }
    }
    if (status != DONE) {
        fputs("a decision failed\n", stderr);
        return 3;
    }
    for (int i = 0; i < 2; i++) {
        const char *name = i == 0 ? "one" : "many";
        printf("\"%s_us\": %.1f, \"%s_wall_us\": %.1f, \"%s_steps\": %llu, ", name,
               middle(sides[i].cpu_us, acts), name, middle(sides[i].wall_us, acts), name,
               (unsigned long long)sides[i].stepped);
        arena_free(sides[i].call.arena);
        estate_close(&sides[i].estate);
    }
    printf("\"acts\": %d}\n", acts);
    return 0;
}

static enum status open_side(struct side *side, const char *workspace, int count) {
    struct site *sites;
    size_t site_count;
    TRY(estate_open(arena_new((size_t)1 << 32), workspace, &side->estate));
    call_init(&side->call, arena_new((size_t)1 << 32), &side->estate.house,
              instant_read_clock());
    TRY(site_list(&side->call, side->estate.group, &sites, &site_count));
    side->site = sites[0];
    side->cpu_us = calloc((size_t)count, sizeof *side->cpu_us);
    side->wall_us = calloc((size_t)count, sizeof *side->wall_us);
    return DONE;
}

/* The head's decision on a text that has just been handed in. */
static enum status decide(struct side *side, int number, int turn) {
    struct call *call = &side->call;
    struct answer *answers;
    struct offer offer;
    struct run run;
    id64 manuscript = 0;
    call->now = instant_read_clock();
    TRY(draft(side, number, &manuscript));
    struct subject subject = {.kind = SUBJECT_MANUSCRIPT, .id = manuscript};
    TRY(trial_walk(call, manuscript, STR("dept-review")));
    TRY(act_as(call, "chen.li"));
    TRY(review_offer(call, subject, 0, &offer));
    struct verdict verdict = {
        .run = offer.run.id,
        .seen = offer.run.digest,
        .step = offer.step->code,
        .outcome = offer.step->outcomes[step_forward(offer.step)].code,
        .role = offer.role,
        .opinion = STR(""),
        .answer_count = trial_good_answers(call, offer.book, offer.step, &answers),
        .channel = STR(""),
        .paper_number = STR("")};
    verdict.answers = answers;
    txn_abort(call);
    uint64_t stepped = store_stepped(call->house->store);
    double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
    double wall = seconds(CLOCK_MONOTONIC);
    TRY(review_decide(call, subject, &verdict, &run));
    if (turn >= 0) {
        side->cpu_us[turn] = (seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu) * 1e6;
        side->wall_us[turn] = (seconds(CLOCK_MONOTONIC) - wall) * 1e6;
    }
    txn_abort(call);
    side->stepped = store_stepped(call->house->store) - stepped;
    arena_clear(call->arena);
    call->txn = NULL;
    return DONE;
}

static enum status draft(struct side *side, int number, id64 *out_manuscript) {
    struct call *call = &side->call;
    struct people_unit unit;
    struct column column;
    struct dropped dropped;
    int version;
    struct field_value fields[] = {
        {STR("disclosure"), STR("active")},
        {STR("origin"), day_to_text(call->arena, instant_day(call->now) - 1)},
        {STR("source"), STR("工业科")}};
    struct content content = {
        .title = str_format(call->arena, "第%d期工作情况简析", number + 1),
        .body = STR("<p>各县区统计局结合实际，细化措施。</p>"),
        .fields = fields,
        .field_count = LENGTH(fields)};
    TRY(act_as(call, "li.xiaolan"));
    TRY(people_unit_in(call, side->site.root, STR("industry"), &unit));
    TRY(site_column_find_path(call, side->site.id, STR("sjfb/tjfx"), &column));
    TRY(manuscript_begin(call, column.id, unit.id, STR("statistics"), content.title,
                         out_manuscript));
    return manuscript_save(call, *out_manuscript, 1, &content, &version, &dropped);
}

static enum status act_as(struct call *call, const char *login) {
    struct people_person person;
    TRY(people_person_find(call, str_of(login), &person));
    call->actor = (struct actor){.person = person.id, .freshly_proven = true};
    return DONE;
}

/* As a process that begins does it; the last shelf stays, for what follows. */
static enum status measure_loading(const char *rulebooks, const struct rulebook **books,
                                   size_t *out_count) {
    const char *const directories[] = {rulebooks, NULL};
    struct shelf *shelf = NULL;
    double cpu_ms[TURNS];
    double wall_ms[TURNS];
    for (int i = 0; i < TURNS; i++) {
        struct arena *arena = arena_new((size_t)1 << 30);
        struct fault *faults = NULL;
        double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
        double wall = seconds(CLOCK_MONOTONIC);
        shelf_free(shelf);
        TRY(shelf_open(arena, directories, &shelf, &faults));
        cpu_ms[i] = (seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu) * 1e3;
        wall_ms[i] = (seconds(CLOCK_MONOTONIC) - wall) * 1e3;
        arena_free(arena);
    }
    *out_count = shelf_all(shelf, books, BOOKS_MOST);
    printf("{\"books\": %zu, \"load_ms\": %.1f, \"load_wall_ms\": %.1f, ", *out_count,
           middle(cpu_ms, TURNS), middle(wall_ms, TURNS));
    return DONE;
}

static void measure_proving(const struct rulebook *const *books, size_t count) {
    size_t states = 0;
    double cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
    for (size_t i = 0; i < count; i++) {
        struct arena *arena = arena_new((size_t)1 << 32);
        struct proof proof;
        rulebook_prove(arena, books[i], NULL, &proof);
        states += proof.states;
        arena_free(arena);
    }
    printf("\"prove_s\": %.2f, \"states\": %zu, ",
           seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu, states);
}

/* The transition alone: always the same rulebook, and each in its turn. */
static void measure_pure(const struct rulebook *const *books, size_t count) {
    double one = move_ns(books, 1);
    double many = move_ns(books, count);
    double again = move_ns(books, 1);
    printf("\"pure_one_ns\": %.1f, \"pure_many_ns\": %.1f, ", one < again ? one : again,
           many);
}

static double move_ns(const struct rulebook *const *books, size_t count) {
    struct move_facts facts = {.roles = UINT64_MAX,
                               .proven = true,
                               .of_unit = true,
                               .blocking = NO_INDEX,
                               .prepared = UINT32_MAX};
    struct move move = {.kind = MOVE_DECIDE, .step = NO_INDEX, .reason = true};
    size_t done = 0;
    for (size_t i = 0; i < RULEBOOK_QUESTIONS_MOST; i++) {
        move.answers[i] = 1;
    }
    double begun = seconds(CLOCK_PROCESS_CPUTIME_ID);
    for (size_t i = 0; i < MOVES; i++) {
        const struct rulebook *book = books[i % count];
        const struct route *route = &book->routes[0];
        struct position position = route_start(route);
        struct moved moved;
        struct no no;
        done += rulebook_move(book, route, &position, &move, &facts, LANE_ORDINARY,
                              &moved, &no) == DONE;
    }
    double spent = seconds(CLOCK_PROCESS_CPUTIME_ID) - begun;
    return done == 0 ? 0 : spent / MOVES * 1e9;
}

static double seconds(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static double middle(double *values, int count) {
    qsort(values, (size_t)count, sizeof *values, by_size);
    return values[count / 2];
}

static int by_size(const void *a, const void *b) {
    double one = *(const double *)a;
    double other = *(const double *)b;
    return (one > other) - (one < other);
}
