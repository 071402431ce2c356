/*
 * The files of the program's log: how old they are, and which may go.
 *
 * A file of a day holds lines of until its end, so that it is kept for so many days and
 * no fewer when it goes on the day after them.
 */
#include "upkeep_own.h"

#include "people/people.h"

#include <dirent.h>
#include <errno.h>
#include <jansson.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NAME_LENGTH 14 /* 2026-12-02.log */

struct pruned {
    int days;
    size_t files;
};

/* Called with each day that has a file; anything but DONE ends the walk. */
typedef enum status log_file_act(struct call *call, const char *path, civil_day day,
                                 void *what);

static enum status walk_files(struct call *call, log_file_act *act, void *what);
static bool is_log(const char *name, civil_day *out_day);
static enum status add_file(struct call *call, const char *path, civil_day day,
                            void *what);
static enum status must_keep_machine(struct call *call);
static enum status prune_file(struct call *call, const char *path, civil_day day,
                              void *what);
static enum status record_work(struct call *call, void *what);

enum status upkeep_logs(struct call *call, struct log_state *out_state) {
    struct upkeep_bounds bounds;
    struct log_state state = {.kept = call->house->log_days};
    TRY(upkeep_bounds(call, &bounds));
    state.bound = bounds.logs;
    TRY(walk_files(call, add_file, &state));
    *out_state = state;
    return DONE;
}

enum status upkeep_logs_fit(struct call *call, int days) {
    struct upkeep_bounds bounds;
    TRY(upkeep_bounds(call, &bounds));
    if (days == 0 || days >= bounds.logs.days) {
        return DONE;
    }
    return call_refuse(call, REFUSED, str_text(call->arena, bounds.logs.rule),
                       "upkeep.logs-too-short", "days",
                       str_format(call->arena, "%d", days).at, "least",
                       str_format(call->arena, "%d", bounds.logs.days).at, "book",
                       str_text(call->arena, bounds.logs.title), NULL);
}

enum status upkeep_prune_logs(struct call *call, int days, size_t *out_count) {
    struct pruned pruned = {.days = days};
    struct ledger_act act = {.act = "workspace.logs-pruned",
                             .subject = {.kind = SUBJECT_WORKSPACE, .id = 1}};
    id64 group;
    TRY(upkeep_chain(call, &group));
    TRY(ledger_settle(call, group, &act, must_keep_machine(call)));
    TRY(ledger_settle(call, group, &act, upkeep_logs_fit(call, days)));
    txn_abort(call); /* the view: nothing is open while files go */
    if (days > 0) {
        TRY(walk_files(call, prune_file, &pruned));
    }
    *out_count = pruned.files;
    return pruned.files == 0 ? DONE
                             : store_transact(call, TXN_WRITE, record_work, &pruned);
}

static enum status walk_files(struct call *call, log_file_act *act, void *what) {
    const char *place =
        str_format(call->arena, "%s/" UPKEEP_LOGS, call->house->workspace).at;
    DIR *directory = opendir(place);
    if (directory == NULL) {
        return errno == ENOENT ? DONE : log_failed("read %s: %s", place, strerror(errno));
    }
    enum status status = DONE;
    for (struct dirent *entry = readdir(directory); entry != NULL && status == DONE;
         entry = readdir(directory)) {
        civil_day day;
        if (is_log(entry->d_name, &day)) {
            status = act(call, str_format(call->arena, "%s/%s", place, entry->d_name).at,
                         day, what);
        }
    }
    closedir(directory);
    return status;
}

static bool is_log(const char *name, civil_day *out_day) {
    struct str text = str_of(name);
    return text.length == NAME_LENGTH && str_ends(text, ".log") &&
           day_from_text(str_part(text, 0, 10), out_day) == DONE;
}

static enum status add_file(struct call *call, const char *path, civil_day day,
                            void *what) {
    struct log_state *state = what;
    struct stat facts;
    (void)call;
    if (lstat(path, &facts) == 0) {
        state->files++;
        state->size += facts.st_size;
        state->oldest = state->oldest == 0 || day < state->oldest ? day : state->oldest;
    }
    return DONE;
}

static enum status must_keep_machine(struct call *call) {
    bool clock = call->door == DOOR_CLOCK || call->door == DOOR_CLI;
    if (call->actor.person == 0 && clock) {
        return DONE;
    }
    return people_must_hold(call, call->actor.person, PEOPLE_ROLE_SYSTEM, 0, "");
}

static enum status prune_file(struct call *call, const char *path, civil_day day,
                              void *what) {
    struct pruned *pruned = what;
    if (instant_day(call->now) - day <= pruned->days) {
        return DONE;
    }
    if (unlink(path) != 0) {
        return log_failed("%s could not be taken away: %s", path, strerror(errno));
    }
    pruned->files++;
    return DONE;
}

static enum status record_work(struct call *call, void *what) {
    const struct pruned *pruned = what;
    struct ledger_act act = {
        .act = "workspace.logs-pruned",
        .subject = {.kind = SUBJECT_WORKSPACE, .id = 1},
        .payload = ledger_payload(call, json_pack("{s:i, s:I}", "days", pruned->days,
                                                  "files", (json_int_t)pruned->files))};
    id64 group;
    TRY(upkeep_chain(call, &group));
    return ledger_append(call, group, &act, NULL);
}
