/*
 * shenfa rulebook test: run the cases that stand beside a rulebook, each in an empty
 * workspace of its own that is gone afterwards.
 */
#include "app_own.h"

#include "calendar/calendar.h"
#include "rulebook/rulebook.h"
#include "sandbox/sandbox.h"
#include "site/site.h"
#include "store/store.h"
#include "text/text.h"
#include "trial/trial.h"

#include <ftw.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CASE_MOST ((size_t)256 * 1024 * 1024)

struct tally {
    struct str code;
    size_t passed;
    size_t failed;
    json_t *list;
};

static enum exit_status test(struct cli *cli);
static enum exit_status run_cases(struct cli *cli, struct case_ground *ground,
                                  const char *path);
static enum status run_case(struct cli *cli, struct case_ground *ground, const char *path,
                            const struct rulebook_case *one, struct tally *tally);
static void tell(struct cli *cli, const struct rulebook_case *one,
                 const struct trial_verdict *verdict, json_t *list);
static struct call *open_ground(void *owner, struct shelf *shelf, instant now);
static void close_ground(void *owner, struct call *call);
static int remove_entry(const char *path, const struct stat *status, int flag,
                        struct FTW *walk);

const struct command app_rulebook_test = {
    .words = "rulebook test",
    .usage = "rulebook test PATH|--all [--without ID | --controls]",
    .summary =
        "run the cases beside a rulebook on a real store; as controls, each without "
        "the rules it proves, when it must fail",
    .options = "all controls without= json",
    .need = CLI_NEEDS_NOTHING,
    .least = 0,
    .most = 1,
    .run = test,
};

static enum exit_status test(struct cli *cli) {
    struct case_ground ground = {.share = cli->share};
    const char *days = str_format(cli->call->arena, "%s/calendar/cn.tsv", cli->share).at;
    struct cli_books books;
    enum exit_status status = cli_books(cli, &books);
    if (status != EXIT_DONE) {
        return status;
    }
    if (sandbox_start(&text_parsers, &ground.sandbox) != DONE) {
        return EXIT_FAILED;
    }
    if (calendar_open(days, &ground.calendar) == DONE) {
        for (size_t i = 0; i < books.count; i++) {
            enum exit_status answer = run_cases(cli, &ground, books.paths[i]);
            status = answer > status ? answer : status;
        }
        calendar_close(ground.calendar);
    } else {
        status = EXIT_FAILED;
    }
    sandbox_stop(ground.sandbox);
    return status;
}

static enum exit_status run_cases(struct cli *cli, struct case_ground *ground,
                                  const char *path) {
    struct arena *arena = cli->call->arena;
    struct tally tally = {.list = json_array()};
    struct rulebook *book = NULL;
    struct rulebook_case *cases = NULL;
    struct fault *faults = NULL;
    enum status status = rulebook_read(arena, path, STR(""), &book, &faults);
    if (status == DONE) {
        status = rulebook_read_cases(arena, path, book, &cases, &faults);
        tally.code = str_copy(arena, book->code);
        rulebook_free(book);
    }
    for (const struct rulebook_case *one = cases; status == DONE && one != NULL;
         one = one->next) {
        status = run_case(cli, ground, path, one, &tally);
    }
    if (status != DONE) {
        struct str text = faults_as_text(arena, faults, cli->call->language);
        fprintf(stderr, "%.*s", STR_ARG(text));
        json_decref(tally.list);
        return status == FAILED ? EXIT_FAILED : EXIT_NO;
    }
    cli_say(cli,
            json_pack("{s:s%, s:I, s:I, s:o}", "code", tally.code.at, tally.code.length,
                      "passed", (json_int_t)tally.passed, "failed",
                      (json_int_t)tally.failed, "cases", tally.list),
            "%.*s: %zu passed, %zu failed", STR_ARG(tally.code), tally.passed,
            tally.failed);
    return tally.failed == 0 ? EXIT_DONE : EXIT_NO;
}

/* Once as it is or without what the command line leaves out; as controls once without
 * each requirement that it proves, and then it passes by failing. */
static enum status run_case(struct cli *cli, struct case_ground *ground, const char *path,
                            const struct rulebook_case *one, struct tally *tally) {
    struct trial_place place = case_place(ground);
    const char *left_out = cli_option(cli, "without");
    bool controls = cli_option(cli, "controls") != NULL;
    size_t times = controls ? one->proves_count : 1;
    for (size_t i = 0; i < times; i++) {
        struct trial_verdict verdict = {0};
        struct arena *arena = arena_new(CASE_MOST);
        struct str without = controls           ? one->proves[i]
                             : left_out == NULL ? STR("")
                                                : str_of(left_out);
        enum status status = trial_case(arena, &place, path, without, one, &verdict);
        if (controls) {
            verdict.why = str_format(arena, "it passes without %.*s", STR_ARG(without));
            verdict.passed = !verdict.passed;
        }
        tally->passed += verdict.passed ? 1 : 0;
        tally->failed += verdict.passed ? 0 : 1;
        if (status != FAILED) {
            tell(cli, one, &verdict, tally->list);
        }
        arena_free(arena);
        if (status == FAILED) {
            return FAILED;
        }
    }
    return DONE;
}

static void tell(struct cli *cli, const struct rulebook_case *one,
                 const struct trial_verdict *verdict, json_t *list) {
    if (!cli->json) {
        printf("%s  %.*s (%.*s:%d)%s%.*s\n", verdict->passed ? "ok  " : "FAIL",
               STR_ARG(one->sentence), STR_ARG(one->file), one->line,
               verdict->passed ? "" : ": ",
               verdict->passed ? 0 : (int)verdict->why.length, verdict->why.at);
        return;
    }
    json_array_append_new(
        list, json_pack("{s:s%, s:s%, s:i, s:b, s:s%}", "case", one->sentence.at,
                        one->sentence.length, "file", one->file.at, one->file.length,
                        "line", one->line, "passed", verdict->passed, "why",
                        verdict->passed ? "" : verdict->why.at,
                        verdict->passed ? (size_t)0 : verdict->why.length));
}

struct trial_place case_place(struct case_ground *ground) {
    return (struct trial_place){ground, open_ground, close_ground};
}

static struct call *open_ground(void *owner, struct shelf *shelf, instant now) {
    struct case_ground *ground = owner;
    const char *temporary = getenv("TMPDIR");
    struct arena *arena = arena_new(CASE_MOST);
    snprintf(ground->workspace, sizeof ground->workspace, "%s/shenfa-case-XXXXXX",
             temporary != NULL && strlen(temporary) < 40 ? temporary : "/tmp");
    if (mkdtemp(ground->workspace) == NULL) {
        arena_free(arena);
        return NULL;
    }
    ground->house = (struct house){.sandbox = ground->sandbox,
                                   .calendar = ground->calendar,
                                   .shelf = shelf,
                                   .workspace = ground->workspace,
                                   .share = ground->share,
                                   .staff_changed = site_follow_staff};
    struct str url = str_format(arena, "sqlite:%s/shenfa.db", ground->workspace);
    const char *schema = str_format(arena, "%s/schema", ground->share).at;
    call_init(&ground->call, arena, &ground->house, now);
    ground->call.door = DOOR_CLI;
    if (store_open(url, &ground->house.store) != DONE ||
        store_migrate(ground->house.store, schema, NULL) != DONE) {
        close_ground(ground, &ground->call);
        return NULL;
    }
    return &ground->call;
}

static void close_ground(void *owner, struct call *call) {
    struct case_ground *ground = owner;
    txn_abort(call);
    arena_free(call->arena);
    store_close(ground->house.store);
    nftw(ground->workspace, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static int remove_entry(const char *path, const struct stat *status, int flag,
                        struct FTW *walk) {
    (void)status;
    (void)flag;
    (void)walk;
    return remove(path);
}
