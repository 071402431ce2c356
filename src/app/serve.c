/*
 * shenfa serve: a workspace served until it is told to stop.
 */
#include "app_own.h"

#include "trial/trial.h"

#include <errno.h>
#include <signal.h>

static enum exit_status run(struct cli *cli);
static void wait_for_signal(void);

const struct command app_serve = {
    .words = "serve",
    .usage = "serve DIR [--office ADDR] [--public ADDR]",
    .summary = "serve a workspace until it is told to stop",
    .options = "office= public=",
    .need = CLI_NEEDS_NOTHING,
    .least = 1,
    .most = 1,
    .run = run,
};

static enum exit_status run(struct cli *cli) {
    struct arena *process = arena_new((size_t)1 << 32);
    struct estate estate = {0};
    struct service *service = NULL;
    sigset_t stopping;
    sigemptyset(&stopping);
    sigaddset(&stopping, SIGTERM);
    sigaddset(&stopping, SIGINT);
    pthread_sigmask(SIG_BLOCK, &stopping, NULL); /* every thread inherits this */
    enum status status = estate_open(process, cli->arguments[0], &estate);
    if (status == DONE) {
        status = service_start(&estate, cli_option(cli, "office"),
                               cli_option(cli, "public"), &service);
    }
    if (status == DONE) {
        printf("Office:  http://%s/\nPublic:  http://%s/\n", service_office(service),
               service_public(service));
        if (estate.config.demo) {
            puts(
                "Sign in: this is a demonstration; choose a person on the sign-in page.\n"
                "Signing asks for the password: " TRIAL_PASSWORD);
        }
        fflush(stdout);
        wait_for_signal();
    }
    service_stop(service);
    estate_close(&estate);
    arena_free(process);
    return status == DONE ? EXIT_DONE : status == FAILED ? EXIT_FAILED : EXIT_NO;
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
