/*
 * The walls around a run: what it may call, how much it may use.
 *
 * The list of calls is what malloc, a socket write and an orderly exit need.
 * Everything that names a file, a socket address or another process is missing,
 * truncate and ftruncate with it; memory can never be made executable.
 */
#include "sandbox/sandbox_own.h"

#include <errno.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Landlock's rights by ABI version; the header may be older than the kernel. */
#define FILE_RIGHTS_ABI_1 ((UINT64_C(1) << 13) - 1)
#define FILE_RIGHT_REFER  (UINT64_C(1) << 13)
#define FILE_RIGHT_TRUNC  (UINT64_C(1) << 14)
#define FILE_RIGHT_IOCTL  (UINT64_C(1) << 15)
#define NET_RIGHTS_ABI_4  ((UINT64_C(1) << 2) - 1)

struct landlock_rights {
    uint64_t files;
    uint64_t net; /* since ABI 4 */
};

static bool allow_calls(scmp_filter_ctx filter);
static enum status export_filter(scmp_filter_ctx filter, struct walls *walls);
static int empty_ruleset(void);
static long landlock_version(void);

enum status walls_build(struct walls *out_walls) {
    struct walls walls = {.landlock = -1};
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    if (filter == NULL || !allow_calls(filter)) {
        seccomp_release(filter);
        log_fault("sandbox: the list of allowed calls cannot be made");
        return REFUSED;
    }
    enum status status = export_filter(filter, &walls);
    seccomp_release(filter);
    TRY(status);
    walls.landlock = empty_ruleset();
    *out_walls = walls;
    return DONE;
}

bool walls_enter(const struct walls *walls, int seconds) {
    struct sock_fprog program = {walls->filter_length, walls->filter};
    if (!walls_limit(RLIMIT_CPU, (rlim_t)seconds) || !walls_limit(RLIMIT_FSIZE, 0) ||
        !walls_limit(RLIMIT_CORE, 0) || !walls_limit(RLIMIT_NPROC, 0) ||
        (!WITH_SANITIZER && !walls_limit(RLIMIT_AS, RUN_MEMORY))) {
        return false;
    }
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
        return false;
    }
    if (walls->landlock >= 0 &&
        (syscall(SYS_landlock_restrict_self, walls->landlock, 0) != 0 ||
         close(walls->landlock) != 0)) {
        return false;
    }
    return walls_limit(RLIMIT_NOFILE, 0) &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}

static bool allow_calls(scmp_filter_ctx filter) {
    static const int calls[] = {
        SCMP_SYS(read),
        SCMP_SYS(write),
        SCMP_SYS(close),
        SCMP_SYS(brk),
        SCMP_SYS(munmap),
        SCMP_SYS(mremap),
        SCMP_SYS(madvise),
        SCMP_SYS(futex),
        SCMP_SYS(exit),
        SCMP_SYS(exit_group),
        SCMP_SYS(rt_sigprocmask),
        SCMP_SYS(rt_sigreturn),
        SCMP_SYS(restart_syscall),
        SCMP_SYS(sched_yield),
        SCMP_SYS(clock_gettime),
        SCMP_SYS(gettimeofday),
        SCMP_SYS(getpid),
        SCMP_SYS(gettid),
        SCMP_SYS(getrandom),
        SCMP_SYS(rt_sigaction),
    };
    static const int sanitizer_calls[] = {SCMP_SYS(sigaltstack)};
    bool made = true;
    for (size_t i = 0; i < LENGTH(calls); i++) {
        made = made && seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0) == 0;
    }
    for (size_t i = 0; WITH_SANITIZER && i < LENGTH(sanitizer_calls); i++) {
        made =
            made && seccomp_rule_add(filter, SCMP_ACT_ALLOW, sanitizer_calls[i], 0) == 0;
    }
    /* mmap and mprotect without PROT_EXEC; abort ends in a trap, not in a signal
     * that could be aimed at a neighbour. */
    return made &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
                            SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
                            SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0 &&
           seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(tgkill), 0) == 0;
}

/* libseccomp writes the program to a descriptor; a memory file takes it. */
static enum status export_filter(scmp_filter_ctx filter, struct walls *walls) {
    int file = memfd_create("filter", MFD_CLOEXEC);
    if (file < 0 || seccomp_export_bpf(filter, file) != 0) {
        log_fault("sandbox: the filter cannot be written: %s", strerror(errno));
        return REFUSED;
    }
    off_t size = lseek(file, 0, SEEK_END);
    struct sock_filter *program = malloc((size_t)size);
    if (program == NULL || pread(file, program, (size_t)size, 0) != size) {
        log_fault("sandbox: the filter cannot be read back");
        free(program);
        close(file);
        return REFUSED;
    }
    close(file);
    walls->filter = program;
    walls->filter_length = (unsigned short)((size_t)size / sizeof *program);
    return DONE;
}

uint64_t walls_file_rights(void) {
    long abi = landlock_version();
    uint64_t rights = abi >= 1 ? FILE_RIGHTS_ABI_1 : 0;
    rights |= abi >= 2 ? FILE_RIGHT_REFER : 0;
    rights |= abi >= 3 ? FILE_RIGHT_TRUNC : 0;
    rights |= abi >= 5 ? FILE_RIGHT_IOCTL : 0;
    return rights;
}

static int empty_ruleset(void) {
    long abi = landlock_version();
    if (abi < 1) {
        return -1;
    }
    struct landlock_rights rights = {.files = walls_file_rights(),
                                     .net = abi >= 4 ? NET_RIGHTS_ABI_4 : 0};
    size_t size = abi >= 4 ? sizeof rights : sizeof rights.files;
    return (int)syscall(SYS_landlock_create_ruleset, &rights, size, 0);
}

static long landlock_version(void) {
    return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
}

bool walls_limit(int what, rlim_t most) {
    struct rlimit limits = {most, most};
    return setrlimit((__rlimit_resource_t)what, &limits) == 0;
}

/* At the hard processor limit the kernel sends SIGKILL: that one is out of time, too. */
enum sandbox_end walls_end(int wait_status, bool killed) {
    int signal = WIFSIGNALED(wait_status) ? WTERMSIG(wait_status) : 0;
    return killed || signal == SIGXCPU || signal == SIGKILL ? SANDBOX_TIME
           : signal == SIGSYS                               ? SANDBOX_FORBIDDEN
                                                            : SANDBOX_CRASHED;
}
