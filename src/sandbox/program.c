/*
 * A program of somebody else behind walls: what LibreOffice may do when it reads a file
 * that nobody trusts.
 *
 * It needs threads, its own files and a place to write, so its walls are wider than a
 * parser's and of another make: Landlock names what it may read and the one folder it
 * may write, and stands or nothing is started; seccomp takes from it every other
 * process, every address outside itself, and every call that changes a file by name
 * which Landlock does not know of (rights, owners, times).
 */
#include "sandbox/sandbox_own.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/landlock.h>
#include <linux/sched.h>
#include <poll.h>
#include <seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define WRITES_MOST    ((rlim_t)256 << 20) /* bytes of one file */
#define OPENS_MOST     512
#define ADDRESSES_MOST ((rlim_t)8 << 30) /* it maps far more than it uses */
#define READS                                                                            \
    (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR |                        \
     LANDLOCK_ACCESS_FS_EXECUTE)
#define READS_OF_FILE (LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_EXECUTE)

static void enter(const struct sandbox_program *program) __attribute__((noreturn));
static bool restrict_files(const struct sandbox_program *program);
static bool allow_beneath(int ruleset, const char *path, uint64_t rights);
static bool restrict_calls(void);
static bool refuse_call(scmp_filter_ctx filter, int error, int call);
static enum sandbox_end wait_for(pid_t process, int seconds, int *out_code);

enum sandbox_end sandbox_program(const struct sandbox_program *program, int *out_code) {
    pid_t process = fork();
    if (process == 0) {
        enter(program);
    }
    return process < 0 ? SANDBOX_CRASHED : wait_for(process, program->seconds, out_code);
}

/* The run is a single thread, so the child may do what it likes before it becomes the
 * program. */
static void enter(const struct sandbox_program *program) {
    static const char *const nothing[] = {NULL};
    sigset_t none;
    int empty = open("/dev/null", O_RDWR);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    for (int file = 0; file <= STDERR_FILENO; file++) {
        dup2(empty, file);
    }
    close_range(STDERR_FILENO + 1, ~0U, 0);
    if (prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0 ||
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || chdir(program->folder) != 0 ||
        !walls_limit(RLIMIT_CPU, (rlim_t)program->seconds) ||
        !walls_limit(RLIMIT_FSIZE, WRITES_MOST) || !walls_limit(RLIMIT_CORE, 0) ||
        !walls_limit(RLIMIT_NOFILE, OPENS_MOST) || !restrict_files(program) ||
        !restrict_calls() || !walls_limit(RLIMIT_AS, ADDRESSES_MOST)) {
        _exit(SANDBOX_NO_WALLS);
    }
    /* execve takes them as they are; its types are older than const */
    execve(program->path, (char *const *)(uintptr_t)program->arguments,
           (char *const *)(uintptr_t)(program->environment == NULL
                                          ? nothing
                                          : program->environment));
    _exit(SANDBOX_NO_WALLS);
}

static bool restrict_files(const struct sandbox_program *program) {
    static const char *const readable[] = {"/usr",
                                           "/lib",
                                           "/lib64",
                                           "/etc/fonts",
                                           "/etc/libreoffice",
                                           "/etc/ld.so.cache",
                                           "/etc/passwd",
                                           "/etc/nsswitch.conf",
                                           "/etc/localtime",
                                           "/var/cache/fontconfig",
                                           "/var/lib/libreoffice",
                                           "/var/spool/libreoffice",
                                           "/dev/urandom",
                                           "/dev/random"};
    uint64_t all = walls_file_rights();
    struct landlock_ruleset_attr handled = {.handled_access_fs = all};
    if (all == 0) {
        return false; /* without Landlock nothing would keep it from our files */
    }
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &handled,
                               sizeof handled.handled_access_fs, 0);
    bool made =
        ruleset >= 0 && allow_beneath(ruleset, program->folder, all) &&
        allow_beneath(ruleset, "/dev/null", READS | LANDLOCK_ACCESS_FS_WRITE_FILE);
    for (size_t i = 0; i < LENGTH(readable) && made; i++) {
        made = allow_beneath(ruleset, readable[i], READS);
    }
    if (program->home != NULL) {
        made = made && allow_beneath(ruleset, program->home, READS);
    }
    return made && syscall(SYS_landlock_restrict_self, ruleset, 0) == 0 &&
           close(ruleset) == 0;
}

/* What is not there needs no right. */
static bool allow_beneath(int ruleset, const char *path, uint64_t rights) {
    struct stat found;
    int place = open(path, O_PATH | O_CLOEXEC);
    if (place < 0) {
        return errno == ENOENT;
    }
    bool is_folder = fstat(place, &found) == 0 && S_ISDIR(found.st_mode);
    struct landlock_path_beneath_attr rule = {
        .parent_fd = place,
        .allowed_access = is_folder
                              ? rights
                              : rights & (READS_OF_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE)};
    bool added = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH,
                         &rule, 0) == 0;
    close(place);
    return added;
}

static bool restrict_calls(void) {
    static const int denied[] = {
        /* other processes */
        SCMP_SYS(fork),
        SCMP_SYS(vfork),
        SCMP_SYS(kill),
        SCMP_SYS(tkill),
        SCMP_SYS(ptrace),
        SCMP_SYS(process_vm_readv),
        SCMP_SYS(process_vm_writev),
        SCMP_SYS(pidfd_open),
        SCMP_SYS(pidfd_getfd),
        SCMP_SYS(pidfd_send_signal),
        SCMP_SYS(rt_sigqueueinfo),
        SCMP_SYS(rt_tgsigqueueinfo),

        SCMP_SYS(setpriority),
        SCMP_SYS(sched_setaffinity),
        SCMP_SYS(shmget),
        SCMP_SYS(shmat),
        SCMP_SYS(msgget),
        SCMP_SYS(semget),
        SCMP_SYS(mq_open),
        /* files by name, beside what Landlock knows */
        SCMP_SYS(chown),
        SCMP_SYS(lchown),
        SCMP_SYS(fchownat),
        SCMP_SYS(utime),
        SCMP_SYS(utimes),
        SCMP_SYS(utimensat),
        SCMP_SYS(futimesat),
        SCMP_SYS(setxattr),
        SCMP_SYS(lsetxattr),
        SCMP_SYS(removexattr),
        SCMP_SYS(lremovexattr),
        SCMP_SYS(truncate),
        SCMP_SYS(open_by_handle_at),
        SCMP_SYS(mknod),
        SCMP_SYS(mknodat),
        /* the machine */
        SCMP_SYS(mount),
        SCMP_SYS(umount2),
        SCMP_SYS(pivot_root),
        SCMP_SYS(chroot),
        SCMP_SYS(unshare),
        SCMP_SYS(setns),
        SCMP_SYS(bpf),
        SCMP_SYS(perf_event_open),
        SCMP_SYS(userfaultfd),
        SCMP_SYS(keyctl),
        SCMP_SYS(add_key),
        SCMP_SYS(request_key),
        SCMP_SYS(io_uring_setup),
        SCMP_SYS(io_uring_enter),
        SCMP_SYS(io_uring_register),
        SCMP_SYS(init_module),
        SCMP_SYS(finit_module),
        SCMP_SYS(delete_module),
        SCMP_SYS(kexec_load),
        SCMP_SYS(reboot),
        SCMP_SYS(swapon),
        SCMP_SYS(swapoff),
        SCMP_SYS(quotactl),
        SCMP_SYS(acct),
        SCMP_SYS(settimeofday),
        SCMP_SYS(clock_settime),
        SCMP_SYS(sethostname),
        SCMP_SYS(setdomainname),
        /* addresses: a datagram may carry its own */
        SCMP_SYS(connect),
        SCMP_SYS(sendmsg),
        SCMP_SYS(sendmmsg),
    };
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
    bool made = filter != NULL;
    for (size_t i = 0; i < LENGTH(denied) && made; i++) {
        made = refuse_call(filter, EPERM, denied[i]);
    }
    /* A thread is made by clone, whose flags can be seen; clone3 hides them.  LibreOffice
     * wants a socket to listen on and rights for its profile: it is told that it has
     * them, and nothing is done. */
    made = made && refuse_call(filter, ENOSYS, SCMP_SYS(clone3)) &&
           refuse_call(filter, 0, SCMP_SYS(chmod)) &&
           refuse_call(filter, 0, SCMP_SYS(fchmodat)) &&
           refuse_call(filter, 0, SCMP_SYS(bind)) &&
           refuse_call(filter, 0, SCMP_SYS(listen)) &&
           seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
                            SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_THREAD, 0)) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_ERRNO(EAFNOSUPPORT), SCMP_SYS(socket), 1,
                            SCMP_A0(SCMP_CMP_NE, AF_UNIX, 0)) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(prlimit64), 1,
                            SCMP_A0(SCMP_CMP_NE, 0, 0)) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(sendto), 1,
                            SCMP_A4(SCMP_CMP_NE, 0, 0)) == 0 &&
           seccomp_load(filter) == 0;
    seccomp_release(filter);
    return made;
}

/* A call that this machine does not have needs no rule. */
static bool refuse_call(scmp_filter_ctx filter, int error, int call) {
    return call < 0 ||
           seccomp_rule_add(filter, SCMP_ACT_ERRNO((unsigned)error), call, 0) == 0;
}

static enum sandbox_end wait_for(pid_t process, int seconds, int *out_code) {
    int handle = (int)syscall(SYS_pidfd_open, process, 0);
    struct pollfd ended = {.fd = handle, .events = POLLIN};
    int ready = handle < 0 ? 0 : poll(&ended, 1, seconds * 1000);
    if (handle >= 0) {
        close(handle);
    }
    if (ready <= 0) {
        kill(process, SIGKILL);
    }
    int status;
    while (waitpid(process, &status, 0) < 0) {
        if (errno != EINTR) {
            return SANDBOX_CRASHED;
        }
    }
    if (ready <= 0 || !WIFEXITED(status)) {
        return walls_end(status, ready <= 0);
    }
    *out_code = WEXITSTATUS(status);
    return *out_code == SANDBOX_NO_WALLS ? SANDBOX_FORBIDDEN : SANDBOX_ANSWERED;
}
