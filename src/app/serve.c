/*
 * shenfa serve: a workspace served until it is told to stop, by one process or by one for
 * each part of it (--role).
 */
#include "app_own.h"

#include "store/store.h"
#include "trial/trial.h"
#include "upkeep/upkeep.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

static enum exit_status run(struct cli *cli);
static enum status stand_alone(const struct estate *estate, int *out_hold);
static enum status keep_log(const struct estate *estate);
static int read_parts(const char *name);
static void say_addresses(const struct service *service, int parts, bool demo);
static void wait_for_signal(void);

const struct command app_serve = {
    .words = "serve",
    .usage = "serve DIR [--role office|public|worker] [--office ADDR] [--public ADDR]",
    .summary = "serve a workspace until it is told to stop",
    .options = "role= office= public=",
    .need = CLI_NEEDS_NOTHING,
    .least = 1,
    .most = 1,
    .run = run,
};

static enum exit_status run(struct cli *cli) {
    struct arena *process = arena_new((size_t)1 << 32);
    struct estate estate = {0};
    struct service *service = NULL;
    int parts = read_parts(cli_option(cli, "role"));
    struct signer_child signer = {0};
    int hold = -1;
    sigset_t stopping;
    if (parts == 0) {
        arena_free(process);
        return cli_usage(cli, "--role is office, public or worker");
    }
    sigemptyset(&stopping);
    sigaddset(&stopping, SIGTERM);
    sigaddset(&stopping, SIGINT);
    pthread_sigmask(SIG_BLOCK, &stopping, NULL); /* every thread inherits this */
    enum status status;
    if (parts == PART_PUBLIC) {
        status = service_start_public(process, cli->arguments[0],
                                      cli_option(cli, "public"), &service);
    } else {
        status = estate_open(process, cli->arguments[0], &estate);
    }
    if (status == DONE && (parts & PART_WORKER) != 0) {
        status = stand_alone(&estate, &hold);
    }
    if (status == DONE && parts != PART_PUBLIC) {
        status = keep_log(&estate);
    }
    /* Without a signer the office works on, and the ledger's screen says what is missing.
     */
    if (status == DONE && (parts & PART_WORKER) != 0 &&
        signer_child_start(&estate, &signer) == DONE) {
        estate.signer = signer.socket;
    }
    if (status == DONE && parts != PART_PUBLIC) {
        status = service_start(&estate, parts, cli_option(cli, "office"),
                               cli_option(cli, "public"), &service);
    }
    if (status == DONE) {
        say_addresses(service, parts, estate.config.demo);
        wait_for_signal();
    }
    service_stop(service);
    log_keep(NULL);
    signer_child_stop(&signer);
    if (hold >= 0) {
        close(hold);
    }
    if (parts != PART_PUBLIC) {
        estate_close(&estate);
    }
    arena_free(process);
    return status == DONE ? EXIT_DONE : status == FAILED ? EXIT_FAILED : EXIT_NO;
}

/*
 * One worker a workspace, which starts the signer; a second would take the first one's
 * signer away.  *out_hold* holds the workspace until the process ends, however it ends.
 */
static enum status stand_alone(const struct estate *estate, int *out_hold) {
    const char *workspace = estate->house.workspace;
    int hold = open(str_format(estate->arena, "%s/shenfa.conf", workspace).at,
                    O_RDONLY | O_CLOEXEC);
    if (hold < 0) {
        return log_failed("shenfa.conf: %s", strerror(errno));
    }
    if (flock(hold, LOCK_EX | LOCK_NB) != 0) {
        close(hold);
        fprintf(stderr,
                "shenfa: %s is served already; stop that server first (Ctrl+C where it "
                "runs), or serve another workspace\n",
                workspace);
        return REFUSED;
    }
    *out_hold = hold;
    return DONE;
}

/* In the workspace, for as long as the settings say; not for less than a rulebook asks.
 */
static enum status keep_log(const struct estate *estate) {
    struct call call;
    struct log_state state;
    struct arena *arena = arena_new((size_t)1 << 24);
    call_init(&call, arena, &estate->house, instant_read_clock());
    enum status read = upkeep_logs(&call, &state);
    txn_abort(&call);
    if (read == DONE && state.kept > 0 && state.kept < state.bound.days) {
        fprintf(stderr,
                "shenfa: logs-keep = %d in shenfa.conf is too short: “%.*s” (%.*s) asks "
                "for at least %d days\n",
                state.kept, STR_ARG(state.bound.title), STR_ARG(state.bound.rule),
                state.bound.days);
        read = REFUSED;
    }
    if (read == DONE) {
        const char *place =
            str_format(arena, "%s/" UPKEEP_LOGS, estate->house.workspace).at;
        read = file_make_directory(place);
        log_keep(read == DONE ? place : NULL);
    }
    if (read == DONE) {
        struct str days =
            state.kept == 0 ? STR("ever") : str_format(arena, "%d days", state.kept);
        log_note("the service begins; its log is kept for %.*s", STR_ARG(days));
    }
    arena_free(arena);
    return read;
}

/* 0 for a role that is none. */
static int read_parts(const char *name) {
    if (name == NULL) {
        return PART_ALL;
    }
    return strcmp(name, "office") == 0   ? PART_OFFICE
           : strcmp(name, "public") == 0 ? PART_PUBLIC
           : strcmp(name, "worker") == 0 ? PART_WORKER
                                         : 0;
}

static void say_addresses(const struct service *service, int parts, bool demo) {
    if (service_office(service) != NULL) {
        printf("Office:  http://%s/\n", service_office(service));
    }
    if (service_public(service) != NULL) {
        printf("Public:  http://%s/\n", service_public(service));
    }
    if (parts == PART_WORKER) {
        puts("Worker:  publishes, keeps schedules, sends notices");
    }
    if (service_office(service) != NULL && demo) {
        puts("Sign in: this is a demonstration; choose a person on the sign-in page.\n"
             "Signing asks for the password: " TRIAL_PASSWORD "\n"
             "Stop with Ctrl+C; the demonstration stays as you leave it.");
    }
    fflush(stdout);
}

static void wait_for_signal(void) {
    sigset_t stopping;
    int signal_number;
    sigemptyset(&stopping);
    sigaddset(&stopping, SIGTERM);
    sigaddset(&stopping, SIGINT);
    while (sigwait(&stopping, &signal_number) == EINTR) {
    }
}
