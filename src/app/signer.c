/*
 * shenfa signer, and the signer as a child of serve.
 *
 * As a service it runs under a user of its own; as a child it shares the workspace's
 * user, which is enough for a desk and not for an office.
 */
#include "app_own.h"

#include "notary/notary.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define READY_MILLISECONDS 10000

static enum exit_status run(struct cli *cli);
static enum status spawn(struct estate *estate, const char *directory,
                         struct signer_child *child);
static enum status await_socket(struct signer_child *child);

const struct command app_signer = {
    .words = "signer",
    .usage = "signer DIR [--socket PATH] [--profile sm2|ed25519] [--attached]",
    .summary = "sign the ledger's checkpoints, with a key that no listener can read",
    .options = "socket= profile= attached",
    .need = CLI_NEEDS_NOTHING,
    .least = 1,
    .most = 1,
    .run = run,
};

static enum exit_status run(struct cli *cli) {
    const char *profile = cli_option(cli, "profile");
    struct signer_options options = {
        .directory = cli->arguments[0],
        .socket = cli_option(cli, "socket"),
        .profile = KEY_SM2,
        .until = cli_option(cli, "attached") != NULL ? STDIN_FILENO : -1,
        .clock = instant_read_clock};
    if (profile != NULL && strcmp(profile, "ed25519") == 0) {
        options.profile = KEY_ED25519;
    } else if (profile != NULL && strcmp(profile, "sm2") != 0) {
        return cli_usage(cli, "--profile is sm2 or ed25519");
    }
    return notary_sign_for_all(&options) == DONE ? EXIT_DONE : EXIT_FAILED;
}

enum status signer_child_start(struct estate *estate, struct signer_child *out_child) {
    struct signer_child child = {.lifeline = -1};
    struct str setting = estate->config.signer;
    if (!str_is(setting, "own")) {
        if (!str_is(setting, "none")) {
            child.socket = str_text(estate->arena, setting);
        }
        *out_child = child;
        return DONE;
    }
    const char *directory =
        str_format(estate->arena, "%s/signer", estate->house.workspace).at;
    child.socket = str_format(estate->arena, "%s/socket", directory).at;
    TRY(spawn(estate, directory, &child));
    enum status ready = await_socket(&child);
    if (ready != DONE) {
        signer_child_stop(&child);
        return ready;
    }
    *out_child = child;
    return DONE;
}

void signer_child_stop(struct signer_child *child) {
    if (child->process > 0) {
        close(child->lifeline);
        while (waitpid(child->process, NULL, 0) < 0 && errno == EINTR) {
        }
        child->process = 0;
    }
}

static enum status spawn(struct estate *estate, const char *directory,
                         struct signer_child *child) {
    int ends[2];
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    sigset_t none;
    char *const arguments[] = {(char[]){"shenfa"},
                               (char[]){"signer"},
                               (char *)str_text(estate->arena, str_of(directory)),
                               (char[]){"--profile"},
                               (char *)str_text(estate->arena, estate->config.signature),
                               (char[]){"--attached"},
                               NULL};
    char *const environment[] = {NULL};
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return log_failed("pipe: %s", strerror(errno));
    }
    unlink(child->socket); /* its being there again says that the signer listens */
    sigemptyset(&none);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK);
    int failed = posix_spawn(&child->process, "/proc/self/exe", &actions, &attributes,
                             arguments, environment);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[0]);
    if (failed != 0) {
        close(ends[1]);
        child->process = 0;
        return log_failed("start the signer: %s", strerror(failed));
    }
    child->lifeline = ends[1];
    return DONE;
}

static enum status await_socket(struct signer_child *child) {
    for (int waited = 0; waited < READY_MILLISECONDS; waited += 10) {
        if (file_exists(child->socket)) {
            return DONE;
        }
        if (waitpid(child->process, NULL, WNOHANG) == child->process) {
            close(child->lifeline);
            child->process = 0;
            return log_failed("the signer did not start");
        }
        poll(NULL, 0, 10);
    }
    return log_failed("the signer does not listen");
}
