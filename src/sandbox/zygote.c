/*
 * The zygote: takes wishes, forks a run for each, kills those over their time,
 * and tells the asker how each one ended.  One thread, one loop; it holds no
 * input longer than the fork takes and reads no answer.
 */
#include "sandbox/sandbox_own.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct under_way {
    pid_t process; /* 0: this place is free */
    int answer;
    int64_t deadline; /* milliseconds of the monotonic clock */
    bool killed;
};

struct zygote {
    const struct sandbox_table *table;
    const struct walls *walls;
    int wishes;
    int deaths;
    bool is_probed; /* the first run of all has begun */
    bool is_warm;
    struct under_way runs[RUN_PLACES];
};

static void shut_the_doors(int wishes, int ruleset);
static int until_next_deadline(const struct zygote *zygote);
static void kill_overdue(struct zygote *zygote);
static void bury(struct zygote *zygote);
static void warm_up(struct zygote *zygote);
static bool take_wish(struct zygote *zygote);
static void begin_run(struct zygote *zygote, const struct wish_packet *wish, int input,
                      int answer);
static void tell_end(int answer, enum sandbox_end end);
static int64_t milliseconds(void);

void zygote_live(const struct sandbox_table *table, const struct walls *walls,
                 int wishes) {
    shut_the_doors(wishes, walls->landlock);
    setenv("TZ", "UTC0", 1); /* else every look at a time would look at a file */
    tzset();
    sigset_t death;
    sigemptyset(&death);
    sigaddset(&death, SIGCHLD);
    sigprocmask(SIG_SETMASK, &death, NULL);
    struct zygote zygote = {.table = table, .walls = walls, .wishes = wishes};
    zygote.deaths = signalfd(-1, &death, SFD_CLOEXEC | SFD_NONBLOCK);
    struct pollfd events[] = {{.fd = wishes, .events = POLLIN},
                              {.fd = zygote.deaths, .events = POLLIN}};
    for (;;) {
        int ready = poll(events, LENGTH(events), until_next_deadline(&zygote));
        if (ready < 0 && errno != EINTR) {
            _exit(1);
        }
        kill_overdue(&zygote);
        bury(&zygote);
        warm_up(&zygote);
        if (ready > 0 && events[0].revents != 0 && !take_wish(&zygote)) {
            break; /* the program has ended or stopped us */
        }
    }
    for (size_t i = 0; i < RUN_PLACES; i++) {
        if (zygote.runs[i].process > 0) {
            kill(zygote.runs[i].process, SIGKILL);
        }
    }
    _exit(0);
}

/* Keep the wishes, the ruleset and standard error; a terminal's signals are for
 * the program, which ends the zygote by closing the socket. */
static void shut_the_doors(int wishes, int ruleset) {
    int empty = open("/dev/null", O_RDWR | O_CLOEXEC);
    dup2(empty, STDIN_FILENO);
    dup2(empty, STDOUT_FILENO);
    long most = sysconf(_SC_OPEN_MAX);
    for (int file = STDERR_FILENO + 1; file < (most > 65536 ? 65536 : (int)most);
         file++) {
        if (file != wishes && file != ruleset) {
            close(file);
        }
    }
    for (int number = 1; number < SIGRTMIN; number++) {
        signal(number, SIG_DFL); /* a handler of the program has no business here */
    }
    signal(SIGINT, SIG_IGN);
    signal(SIGTERM, SIG_IGN);
    signal(SIGHUP, SIG_IGN);
    signal(SIGPIPE, SIG_IGN);
    prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    prctl(PR_SET_NAME, "shenfa-sandbox", 0, 0, 0);
}

static int until_next_deadline(const struct zygote *zygote) {
    int64_t next = -1;
    int64_t now = milliseconds();
    for (size_t i = 0; i < RUN_PLACES; i++) {
        const struct under_way *run = &zygote->runs[i];
        if (run->process > 0 && !run->killed) {
            int64_t left = run->deadline > now ? run->deadline - now : 0;
            next = next < 0 || left < next ? left : next;
        }
    }
    return (int)next;
}

static void kill_overdue(struct zygote *zygote) {
    int64_t now = milliseconds();
    for (size_t i = 0; i < RUN_PLACES; i++) {
        struct under_way *run = &zygote->runs[i];
        if (run->process > 0 && !run->killed && run->deadline <= now) {
            run->killed = true;
            kill(run->process, SIGKILL);
        }
    }
}

static void bury(struct zygote *zygote) {
    struct signalfd_siginfo seen;
    while (read(zygote->deaths, &seen, sizeof seen) == (ssize_t)sizeof seen) {
    }
    int wait_status;
    pid_t dead;
    while ((dead = waitpid(-1, &wait_status, WNOHANG)) > 0) {
        for (size_t i = 0; i < RUN_PLACES; i++) {
            struct under_way *run = &zygote->runs[i];
            if (run->process == dead) {
                run->process = 0;
                bool answered = WIFEXITED(wait_status) && WEXITSTATUS(wait_status) == 0;
                tell_end(run->answer, answered ? SANDBOX_ANSWERED
                                               : walls_end(wait_status, run->killed));
            }
        }
    }
}

/* The program waits for the end of the first run, the probe, and for nothing else; so
 * the tables are read after it, and before any other. */
static void warm_up(struct zygote *zygote) {
    bool is_idle = zygote->is_probed && !zygote->is_warm;
    for (size_t i = 0; i < RUN_PLACES; i++) {
        is_idle = is_idle && zygote->runs[i].process == 0;
    }
    if (is_idle) {
        zygote->is_warm = true;
        if (zygote->table->warm != NULL) {
            zygote->table->warm();
        }
    }
}

/* One packet with its two descriptors; false when the program has hung up. */
static bool take_wish(struct zygote *zygote) {
    struct wish_packet wish;
    struct iovec body = {&wish, sizeof wish};
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(2 * sizeof(int))];
    } control;
    struct msghdr message = {.msg_iov = &body,
                             .msg_iovlen = 1,
                             .msg_control = &control,
                             .msg_controllen = sizeof control};
    ssize_t got = recvmsg(zygote->wishes, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);
    if (got < 0) {
        return errno == EAGAIN || errno == EINTR;
    }
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (got != (ssize_t)sizeof wish || header == NULL ||
        header->cmsg_len != CMSG_LEN(2 * sizeof(int))) {
        return false;
    }
    int files[2];
    memcpy(files, CMSG_DATA(header), sizeof files);
    zygote->is_probed = true;
    begin_run(zygote, &wish, files[0], files[1]);
    close(files[0]);
    return true;
}

static void begin_run(struct zygote *zygote, const struct wish_packet *wish, int input,
                      int answer) {
    struct under_way *place = NULL;
    for (size_t i = 0; i < RUN_PLACES && place == NULL; i++) {
        place = zygote->runs[i].process == 0 ? &zygote->runs[i] : NULL;
    }
    pid_t process = place == NULL ? -1 : fork();
    if (process == 0) {
        close(zygote->wishes);
        close(zygote->deaths);
        for (size_t i = 0; i < RUN_PLACES; i++) {
            if (zygote->runs[i].process > 0) {
                close(zygote->runs[i].answer);
            }
        }
        run_live(zygote->table, zygote->walls, wish, input, answer);
    }
    if (process < 0) {
        tell_end(answer, SANDBOX_CRASHED);
        return;
    }
    *place = (struct under_way){.process = process,
                                .answer = answer,
                                .deadline = milliseconds() + wish->seconds * 1000};
}

static void tell_end(int answer, enum sandbox_end end) {
    char packet[2] = {PACKET_END, (char)end};
    /* It may have to wait for the asker to read the run's last packets; an asker
     * that is gone answers EPIPE. */
    ssize_t sent = send(answer, packet, sizeof packet, MSG_NOSIGNAL);
    (void)sent;
    close(answer);
}

static int64_t milliseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}
