/*
 * The asker's side: start and stop the zygote, send a wish, gather the answer.
 *
 * It believes nothing that comes back but the zygote's own last packet and the
 * lengths it has counted itself.
 */
#include "sandbox/sandbox_own.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

struct sandbox {
    const struct sandbox_table *table;
    pid_t zygote;
    int wishes;
    bool has_landlock;
    pthread_mutex_t mutex;
    pthread_cond_t place_free;
    int runs; /* under way, guarded by the mutex */
};

/* What has come so far on one answer socket. */
struct gathering {
    struct buffer out;
    size_t most;
    enum packet said; /* PACKET_DONE or PACKET_REFUSED once the parser has ended */
    enum sandbox_end end;
    bool ended;
};

static bool probe_dies(struct sandbox *sandbox);
static enum status run_wish(struct sandbox *sandbox, struct arena *arena,
                            const struct sandbox_wish *wish,
                            struct sandbox_answer *out_answer);
static enum status sealed_input(struct bytes input, int *out_file);
static bool send_wish(const struct sandbox *sandbox, const struct sandbox_wish *wish,
                      int input, int answer);
static enum status gather(struct gathering *gathering, int answer);
static bool take_packet(struct gathering *gathering, const char *packet, size_t size);

enum status sandbox_start(const struct sandbox_table *table,
                          struct sandbox **out_sandbox) {
    struct walls walls;
    TRY(walls_build(&walls));
    int pair[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
        return log_failed("sandbox: socketpair: %s", strerror(errno));
    }
    pid_t zygote = fork();
    if (zygote == 0) {
        close(pair[0]);
        zygote_live(table, &walls, pair[1]);
    }
    close(pair[1]);
    free(walls.filter);
    if (walls.landlock >= 0) {
        close(walls.landlock);
    }
    struct sandbox *sandbox = calloc(1, sizeof *sandbox);
    if (zygote < 0 || sandbox == NULL) {
        log_fatal("sandbox: fork: %s", strerror(errno));
    }
    *sandbox = (struct sandbox){.table = table,
                                .zygote = zygote,
                                .wishes = pair[0],
                                .has_landlock = walls.landlock >= 0};
    pthread_mutex_init(&sandbox->mutex, NULL);
    pthread_cond_init(&sandbox->place_free, NULL);
    if (!probe_dies(sandbox)) {
        log_fault("sandbox: the walls do not stand on this machine (seccomp is needed)");
        sandbox_stop(sandbox);
        return REFUSED;
    }
    *out_sandbox = sandbox;
    return DONE;
}

void sandbox_stop(struct sandbox *sandbox) {
    if (sandbox == NULL) {
        return;
    }
    close(sandbox->wishes);
    while (waitpid(sandbox->zygote, NULL, 0) < 0 && errno == EINTR) {
    }
    pthread_cond_destroy(&sandbox->place_free);
    pthread_mutex_destroy(&sandbox->mutex);
    free(sandbox);
}

enum status sandbox_run(struct sandbox *sandbox, struct arena *arena,
                        const struct sandbox_wish *wish,
                        struct sandbox_answer *out_answer) {
    if (wish->parser < 0 || (size_t)wish->parser >= sandbox->table->count ||
        wish->seconds < 1 || wish->seconds > SECONDS_MOST || wish->most > ANSWER_MOST) {
        return log_failed("sandbox: a wish outside its limits");
    }
    if (wish->input.length > INPUT_MOST) {
        *out_answer = (struct sandbox_answer){.end = SANDBOX_TOO_MUCH};
        return REFUSED;
    }
    enum status status = run_wish(sandbox, arena, wish, out_answer);
    if (status == REFUSED && out_answer->end != SANDBOX_ANSWERED) {
        log_note("sandbox: %s ended as %s on %zu bytes",
                 sandbox->table->parsers[wish->parser].name,
                 sandbox_end_name(out_answer->end), wish->input.length);
    }
    return status;
}

const char *sandbox_end_name(enum sandbox_end end) {
    static const char *const names[] = {"answered", "forbidden", "time", "crashed",
                                        "too-much"};
    return (size_t)end < LENGTH(names) ? names[end] : "crashed";
}

bool sandbox_has_landlock(const struct sandbox *sandbox) { return sandbox->has_landlock; }

/* The zygote's own forbidden call must die by the filter, and by nothing else. */
static bool probe_dies(struct sandbox *sandbox) {
    struct arena *arena = arena_new((size_t)1 << 20);
    struct sandbox_wish wish = {.parser = PROBE_PARSER, .seconds = 10};
    struct sandbox_answer answer = {.end = SANDBOX_ANSWERED};
    enum status status = run_wish(sandbox, arena, &wish, &answer);
    arena_free(arena);
    return status == REFUSED && answer.end == SANDBOX_FORBIDDEN;
}

static enum status run_wish(struct sandbox *sandbox, struct arena *arena,
                            const struct sandbox_wish *wish,
                            struct sandbox_answer *out_answer) {
    int input = -1;
    int pair[2];
    TRY(sealed_input(wish->input, &input));
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) != 0) {
        close(input);
        return log_failed("sandbox: socketpair: %s", strerror(errno));
    }
    pthread_mutex_lock(&sandbox->mutex);
    while (sandbox->runs >= RUNS_AT_ONCE) {
        pthread_cond_wait(&sandbox->place_free, &sandbox->mutex);
    }
    sandbox->runs++;
    pthread_mutex_unlock(&sandbox->mutex);

    /* A growing buffer wastes as much as it holds; the asker gets it in one piece. */
    struct arena *scratch = arena_new(4 * ANSWER_MOST);
    struct gathering gathering = {.most = wish->most, .said = PACKET_REFUSED};
    buffer_init(&gathering.out, scratch);
    bool sent = send_wish(sandbox, wish, input, pair[1]);
    close(input);
    close(pair[1]);
    enum status status =
        sent ? gather(&gathering, pair[0]) : log_failed("sandbox: the zygote is gone");
    close(pair[0]);

    pthread_mutex_lock(&sandbox->mutex);
    sandbox->runs--;
    pthread_cond_signal(&sandbox->place_free);
    pthread_mutex_unlock(&sandbox->mutex);
    *out_answer = (struct sandbox_answer){.end = gathering.end};
    if (status == DONE && gathering.end == SANDBOX_ANSWERED) {
        out_answer->out = bytes_of_str(str_copy(arena, buffer_str(&gathering.out)));
    }
    arena_free(scratch);
    TRY(status);
    return gathering.end == SANDBOX_ANSWERED && gathering.said == PACKET_DONE ? DONE
                                                                              : REFUSED;
}

static enum status sealed_input(struct bytes input, int *out_file) {
    int file = memfd_create("input", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (file < 0) {
        return log_failed("sandbox: memfd_create: %s", strerror(errno));
    }
    for (size_t written = 0; written < input.length;) {
        ssize_t part = write(file, input.at + written, input.length - written);
        if (part <= 0) {
            close(file);
            return log_failed("sandbox: the input cannot be copied: %s", strerror(errno));
        }
        written += (size_t)part;
    }
    if (fcntl(file, F_ADD_SEALS,
              F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0) {
        close(file);
        return log_failed("sandbox: the input cannot be sealed: %s", strerror(errno));
    }
    *out_file = file;
    return DONE;
}

static bool send_wish(const struct sandbox *sandbox, const struct sandbox_wish *wish,
                      int input, int answer) {
    struct wish_packet packet = {.parser = wish->parser,
                                 .seconds = wish->seconds,
                                 .input_size = wish->input.length};
    struct iovec body = {&packet, sizeof packet};
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(2 * sizeof(int))];
    } control = {.bytes = {0}};
    struct msghdr message = {.msg_iov = &body,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(2 * sizeof(int));
    memcpy(CMSG_DATA(header), (int[]){input, answer}, 2 * sizeof(int));
    return sendmsg(sandbox->wishes, &message, MSG_NOSIGNAL) == (ssize_t)sizeof packet;
}

/* Read to the zygote's last packet.  An end without one means the zygote died. */
static enum status gather(struct gathering *gathering, int answer) {
    char packet[PACKET_SIZE];
    while (!gathering->ended) {
        ssize_t got = recv(answer, packet, sizeof packet, 0);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return log_failed("sandbox: the zygote is gone");
        }
        if (!take_packet(gathering, packet, (size_t)got)) {
            gathering->end = SANDBOX_TOO_MUCH; /* hanging up ends the run */
            return DONE;
        }
    }
    return DONE;
}

static bool take_packet(struct gathering *gathering, const char *packet, size_t size) {
    switch (packet[0]) {
    case PACKET_PART:
        if (size - 1 > gathering->most - gathering->out.length) {
            return false;
        }
        buffer_add(&gathering->out, (struct str){packet + 1, size - 1});
        return true;
    case PACKET_END:
        gathering->ended = true;
        gathering->end = size == 2 ? (enum sandbox_end)packet[1] : SANDBOX_CRASHED;
        return true;
    case PACKET_DONE:
        gathering->said = PACKET_DONE;
        return true;
    default:
        gathering->said = PACKET_REFUSED;
        return true;
    }
}
