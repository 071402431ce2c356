/*
 * The worker's part of a draft's cases: the draft as a rulebook in a folder of its own,
 * and each case run on it as `shenfa rulebook test` would, a handful at a time so that
 * nobody's mail waits behind them.  Behind the draft's own come the cases of the version
 * in force that the draft tells otherwise or not at all: those that fail now are what the
 * draft changes.
 */
#include "app_own.h"

#include "jobs/jobs.h"
#include "rulebook/rulebook.h"
#include "site/site.h"
#include "store/store.h"
#include "trial/trial.h"
#include "version/version.h"

#include <ftw.h>
#include <stdlib.h>
#include <string.h>

#define CASES_A_JOB 12
#define CASE_MOST   ((size_t)256 * 1024 * 1024)

struct hearing {
    struct call *call;
    struct job *job;
    struct version_run run;
    int64_t from; /* position of the first to be run now */
    int64_t next; /* and of the first that is not */
    int64_t total;
    char folder[256];
    struct rulebook *book;
    struct rulebook_case *own;
    const struct rulebook_case *former[4096]; /* of the version in force */
    size_t former_count;
    struct version_case verdict;
};

static enum status work(struct call *call, struct job *job);
static enum status begin(struct hearing *hearing);
static enum status read_former(struct hearing *hearing);
static bool is_kept(struct hearing *hearing, const struct rulebook_case *former);
static enum status run_some(struct hearing *hearing);
static const struct rulebook_case *case_at(const struct hearing *hearing,
                                           int64_t position, bool *out_former);
static enum status note_case(struct call *call, void *what);
static enum status go_on(struct call *call, void *what);
static enum status end_unsound(struct call *call, void *what);
static int remove_entry(const char *path, const struct stat *status, int flag,
                        struct FTW *walk);

const struct job_handler *draft_case_handlers(size_t *out_count) {
    static const struct job_handler handlers[] = {
        {.kind = VERSION_CASES_JOB, .work = work, .attempts_most = 3}};
    *out_count = LENGTH(handlers);
    return handlers;
}

static enum status work(struct call *call, struct job *job) {
    struct hearing *hearing = TAKE(call->arena, struct hearing);
    *hearing = (struct hearing){.call = call, .job = job};
    struct str rest = job->subject;
    id64 id;
    if (id_from_text(str_cut(&rest, ' '), &id) != DONE ||
        str_to_int(rest, &hearing->from) != DONE) {
        return ABSENT;
    }
    TRY(version_run_find(call, id, &hearing->run));
    enum status status = begin(hearing);
    if (status == DONE) {
        status = run_some(hearing);
    } else if (status == REFUSED) {
        call_forgive(call);
        status = store_transact(call, TXN_WRITE, end_unsound, hearing);
    }
    rulebook_free(hearing->book);
    if (hearing->folder[0] != '\0') {
        nftw(hearing->folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    }
    return status;
}

/* The draft as files in a folder that nobody else has. */
static enum status begin(struct hearing *hearing) {
    struct call *call = hearing->call;
    const char *temporary = getenv("TMPDIR");
    struct rulebook_files files;
    struct fault *faults = NULL;
    TRY(version_draft_files(call, hearing->run.draft, &files));
    txn_abort(call);
    snprintf(hearing->folder, sizeof hearing->folder, "%s/shenfa-draft-XXXXXX",
             temporary != NULL && strlen(temporary) < 200 ? temporary : "/tmp");
    if (mkdtemp(hearing->folder) == NULL) {
        hearing->folder[0] = '\0';
        return log_failed("there is no room for a draft: %m");
    }
    TRY(rulebook_write_files(&files, hearing->folder));
    TRY(rulebook_read(call->arena, hearing->folder, STR(""), &hearing->book, &faults));
    TRY(rulebook_read_cases(call->arena, hearing->folder, hearing->book, &hearing->own,
                            &faults));
    TRY(read_former(hearing));
    for (const struct rulebook_case *one = hearing->own; one != NULL; one = one->next) {
        hearing->total++;
    }
    hearing->total += (int64_t)hearing->former_count;
    return DONE;
}

static enum status read_former(struct hearing *hearing) {
    struct call *call = hearing->call;
    struct version_draft draft;
    const struct rulebook *now;
    struct rulebook_case *cases = NULL;
    struct fault *faults = NULL;
    TRY(version_draft_find(call, hearing->run.draft, &draft));
    TRY(site_rulebook(call, draft.site, &now));
    txn_abort(call);
    /* What its cases name may be gone from the draft: then they cannot be asked. */
    enum status read = rulebook_read_cases(call->arena, str_text(call->arena, now->path),
                                           now, &cases, &faults);
    for (; read == DONE && cases != NULL; cases = cases->next) {
        if (hearing->former_count < LENGTH(hearing->former) && !is_kept(hearing, cases)) {
            hearing->former[hearing->former_count++] = cases;
        }
    }
    return read == FAILED ? FAILED : DONE;
}

static bool is_kept(struct hearing *hearing, const struct rulebook_case *former) {
    for (const struct rulebook_case *own = hearing->own; own != NULL; own = own->next) {
        if (str_equal(own->sentence, former->sentence)) {
            return rulebook_same_case(hearing->call->arena, hearing->book, own, former);
        }
    }
    return false;
}

static enum status run_some(struct hearing *hearing) {
    struct call *call = hearing->call;
    struct case_ground ground = {.share = call->house->share,
                                 .sandbox = call->house->sandbox,
                                 .calendar = call->house->calendar};
    struct trial_place place = case_place(&ground);
    for (hearing->next = hearing->from;
         hearing->next < hearing->total && hearing->next < hearing->from + CASES_A_JOB;
         hearing->next++) {
        bool former = false;
        struct trial_verdict verdict = {0};
        const struct rulebook_case *one = case_at(hearing, hearing->next, &former);
        struct arena *arena = arena_new(CASE_MOST);
        enum status ran =
            trial_case(arena, &place, hearing->folder, STR(""), one, &verdict);
        hearing->verdict = (struct version_case){
            .sentence = one->sentence,
            .place = str_format(call->arena, "%.*s:%d", STR_ARG(one->file), one->line),
            .former = former,
            .passed = verdict.passed,
            .why = str_copy(call->arena, verdict.passed ? STR("") : verdict.why),
            .what = str_of(verdict.what),
            .wanted = str_copy(call->arena, verdict.wanted),
            .found = str_copy(call->arena, verdict.found)};
        arena_free(arena);
        TRY(ran == FAILED ? FAILED : DONE);
        TRY(store_transact(call, TXN_WRITE, note_case, hearing));
    }
    return store_transact(call, TXN_WRITE, go_on, hearing);
}

static const struct rulebook_case *case_at(const struct hearing *hearing,
                                           int64_t position, bool *out_former) {
    const struct rulebook_case *one = hearing->own;
    for (; one != NULL && position > 0; position--) {
        one = one->next;
    }
    *out_former = one == NULL;
    return one != NULL ? one : hearing->former[position];
}

static enum status note_case(struct call *call, void *what) {
    const struct hearing *hearing = what;
    TRY(version_run_count(call, hearing->run.id, hearing->total));
    return version_run_note(call, hearing->run.id, hearing->next, &hearing->verdict);
}

/* The rest is another job, behind what others are waiting for. */
static enum status go_on(struct call *call, void *what) {
    const struct hearing *hearing = what;
    if (hearing->next < hearing->total) {
        struct str id = id_to_text(call->arena, hearing->run.id);
        TRY(jobs_add(
            call, VERSION_CASES_JOB,
            str_format(call->arena, "%.*s %lld", STR_ARG(id), (long long)hearing->next),
            0, STR("")));
    } else {
        TRY(version_run_end(call, hearing->run.id, STR("")));
    }
    return jobs_complete(call, hearing->job);
}

static enum status end_unsound(struct call *call, void *what) {
    const struct hearing *hearing = what;
    TRY(version_run_end(call, hearing->run.id, STR("unsound")));
    return jobs_complete(call, hearing->job);
}

static int remove_entry(const char *path, const struct stat *status, int flag,
                        struct FTW *walk) {
    (void)status;
    (void)flag;
    (void)walk;
    return remove(path);
}
