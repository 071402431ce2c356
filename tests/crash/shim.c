/*
 * Between the program and the kernel, for tests of crashes (LD_PRELOAD): every call
 * that can change a file or send an answer is counted while the tester has armed it,
 * and at the chosen one the process is killed, or the call fails, or it only seems
 * to be done.
 *
 * The control block is a file that both sides map: SHENFA_SHIM names it.  Children
 * (the sandbox) are left alone.  Nothing here is linked into the program.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

/* The layout is read and written by tests/crash/harness.py too. */
enum mode {
    MODE_COUNT,       /* only count */
    MODE_KILL,        /* die before call number *at* */
    MODE_KILL_HALF,   /* the same, but half of a write has reached the file */
    MODE_FAIL,        /* calls *at* … *until* answer with *error* */
    MODE_LIE_SYNC,    /* every fsync and its kin are left out */
    MODE_FAIL_MEMORY, /* allocation number *at* … *until* gives nothing */
};

#define NOTED_MOST 4096

struct control {
    _Atomic int32_t armed;
    int32_t mode;
    int64_t at;
    int64_t until;
    int32_t error;
    int32_t only; /* with MODE_FAIL: this kind alone; 0 every one, -1 all but sending */
    _Atomic int64_t count;
    _Atomic int64_t allocations;
    _Atomic int32_t hit; /* it came to pass */
    int32_t spare;
    _Atomic int64_t stirred;           /* counted calls, armed or not */
    _Atomic uint8_t noted[NOTED_MOST]; /* kind of each counted call, plus one */
};

enum kind {
    KIND_WRITE = 1,
    KIND_SYNC,
    KIND_RENAME,
    KIND_UNLINK,
    KIND_MKDIR,
    KIND_CREATE,
    KIND_TRUNCATE,
    KIND_SEND,
    KIND_LINK,
};

static struct control *control;
static _Atomic bool left_alone; /* in a child */

static void in_child(void) { atomic_store(&left_alone, true); }

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("SHENFA_SHIM");
    if (path == NULL) {
        return;
    }
    int file = open(path, O_RDWR | O_CLOEXEC);
    if (file < 0) {
        return;
    }
    void *mapped =
        mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    close(file);
    if (mapped != MAP_FAILED) {
        control = mapped;
        pthread_atfork(NULL, NULL, in_child);
    }
}

static void die(void) {
    atomic_store(&control->hit, 1);
    syscall(SYS_kill, (pid_t)syscall(SYS_getpid), SIGKILL);
    for (;;) {
        pause();
    }
}

/* Who waits for the low half of *stirred* to change (events.py) is woken. */
static void tell_tester(void) {
    int before = errno;
    int32_t *low = (int32_t *)(void *)&control->stirred;
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
    low++;
#endif
    syscall(SYS_futex, low, FUTEX_WAKE, 1, NULL, NULL, 0);
    errno = before;
}

enum advice { ADVICE_DO, ADVICE_HALF, ADVICE_FAIL, ADVICE_SKIP };

/* Count one call and say what is to become of it. */
static enum advice meet(enum kind kind) {
    if (control == NULL || atomic_load(&left_alone)) {
        return ADVICE_DO;
    }
    atomic_fetch_add(&control->stirred, 1);
    tell_tester();
    if (!atomic_load(&control->armed)) {
        return ADVICE_DO;
    }
    if (control->mode == MODE_LIE_SYNC) {
        return kind == KIND_SYNC ? ADVICE_SKIP : ADVICE_DO;
    }
    if (control->mode == MODE_FAIL &&
        (control->only > 0 ? control->only != (int)kind
                           : control->only < 0 && kind == KIND_SEND)) {
        return ADVICE_DO;
    }
    int64_t number = atomic_fetch_add(&control->count, 1) + 1;
    if (number <= NOTED_MOST) {
        atomic_store(&control->noted[number - 1], (uint8_t)kind);
    }
    switch (control->mode) {
    case MODE_KILL:
        if (number == control->at) {
            die();
        }
        return ADVICE_DO;
    case MODE_KILL_HALF:
        if (number == control->at && kind == KIND_WRITE) {
            return ADVICE_HALF;
        }
        if (number == control->at) {
            die();
        }
        return ADVICE_DO;
    case MODE_FAIL:
        if (number >= control->at && number <= control->until) {
            atomic_store(&control->hit, 1);
            errno = control->error;
            return ADVICE_FAIL;
        }
        return ADVICE_DO;
    default:
        return ADVICE_DO;
    }
}

/* ---- writing ---- */

#define WRITING(name, parameters, arguments, half)                                       \
    ssize_t name parameters {                                                            \
        static ssize_t(*real) parameters;                                                \
        if (real == NULL) {                                                              \
            *(void **)&real = dlsym(RTLD_NEXT, #name);                                   \
        }                                                                                \
        switch (meet(KIND_WRITE)) {                                                      \
        case ADVICE_HALF:                                                                \
            (void)!real half;                                                            \
            die();                                                                       \
            return -1;                                                                   \
        case ADVICE_FAIL:                                                                \
            return -1;                                                                   \
        default:                                                                         \
            return real arguments;                                                       \
        }                                                                                \
    }

WRITING(write, (int file, const void *bytes, size_t count), (file, bytes, count),
        (file, bytes, count / 2))
WRITING(pwrite, (int file, const void *bytes, size_t count, off_t at),
        (file, bytes, count, at), (file, bytes, count / 2, at))
WRITING(pwrite64, (int file, const void *bytes, size_t count, off64_t at),
        (file, bytes, count, at), (file, bytes, count / 2, at))
WRITING(writev, (int file, const struct iovec *parts, int count), (file, parts, count),
        (file, parts, count / 2))
WRITING(pwritev, (int file, const struct iovec *parts, int count, off_t at),
        (file, parts, count, at), (file, parts, count / 2, at))

#define PLAIN(kind, result, name, parameters, arguments, skipped)                        \
    result name parameters {                                                             \
        static result(*real) parameters;                                                 \
        if (real == NULL) {                                                              \
            *(void **)&real = dlsym(RTLD_NEXT, #name);                                   \
        }                                                                                \
        switch (meet(kind)) {                                                            \
        case ADVICE_FAIL:                                                                \
            return -1;                                                                   \
        case ADVICE_SKIP:                                                                \
            return skipped;                                                              \
        default:                                                                         \
            return real arguments;                                                       \
        }                                                                                \
    }

/* ---- syncing ---- */

PLAIN(KIND_SYNC, int, fsync, (int file), (file), 0)
PLAIN(KIND_SYNC, int, fdatasync, (int file), (file), 0)
PLAIN(KIND_SYNC, int, syncfs, (int file), (file), 0)
PLAIN(KIND_SYNC, int, sync_file_range,
      (int file, off64_t from, off64_t count, unsigned flags), (file, from, count, flags),
      0)
PLAIN(KIND_SYNC, int, msync, (void *from, size_t count, int flags), (from, count, flags),
      0)

/* ---- names ---- */

PLAIN(KIND_RENAME, int, rename, (const char *from, const char *to), (from, to), 0)
PLAIN(KIND_RENAME, int, renameat, (int a, const char *from, int b, const char *to),
      (a, from, b, to), 0)
PLAIN(KIND_RENAME, int, renameat2,
      (int a, const char *from, int b, const char *to, unsigned flags),
      (a, from, b, to, flags), 0)
PLAIN(KIND_UNLINK, int, unlink, (const char *path), (path), 0)
PLAIN(KIND_UNLINK, int, unlinkat, (int a, const char *path, int flags), (a, path, flags),
      0)
PLAIN(KIND_UNLINK, int, rmdir, (const char *path), (path), 0)
PLAIN(KIND_MKDIR, int, mkdir, (const char *path, mode_t mode), (path, mode), 0)
PLAIN(KIND_MKDIR, int, mkdirat, (int a, const char *path, mode_t mode), (a, path, mode),
      0)
PLAIN(KIND_LINK, int, link, (const char *from, const char *to), (from, to), 0)
PLAIN(KIND_LINK, int, linkat, (int a, const char *from, int b, const char *to, int flags),
      (a, from, b, to, flags), 0)
PLAIN(KIND_TRUNCATE, int, ftruncate, (int file, off_t size), (file, size), 0)
PLAIN(KIND_TRUNCATE, int, ftruncate64, (int file, off64_t size), (file, size), 0)
PLAIN(KIND_TRUNCATE, int, fallocate, (int file, int mode, off_t at, off_t size),
      (file, mode, at, size), 0)

/* ---- answers ---- */

PLAIN(KIND_SEND, ssize_t, send, (int s, const void *bytes, size_t count, int flags),
      (s, bytes, count, flags), -1)
PLAIN(KIND_SEND, ssize_t, sendmsg, (int s, const struct msghdr *message, int flags),
      (s, message, flags), -1)
PLAIN(KIND_SEND, ssize_t, sendto,
      (int s, const void *bytes, size_t count, int flags, const struct sockaddr *to,
       socklen_t room),
      (s, bytes, count, flags, to, room), -1)

/* ---- files made or emptied ---- */

#define OPENING(name)                                                                    \
    int name(const char *path, int flags, ...) {                                         \
        static int (*real)(const char *, int, ...);                                      \
        if (real == NULL) {                                                              \
            *(void **)&real = dlsym(RTLD_NEXT, #name);                                   \
        }                                                                                \
        va_list rest;                                                                    \
        va_start(rest, flags);                                                           \
        mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0;   \
        va_end(rest);                                                                    \
        bool counts = (flags & (O_CREAT | O_TRUNC)) != 0;                                \
        return counts && meet(KIND_CREATE) == ADVICE_FAIL ? -1                           \
                                                          : real(path, flags, mode);     \
    }
#define OPENING_AT(name)                                                                 \
    int name(int above, const char *path, int flags, ...) {                              \
        static int (*real)(int, const char *, int, ...);                                 \
        if (real == NULL) {                                                              \
            *(void **)&real = dlsym(RTLD_NEXT, #name);                                   \
        }                                                                                \
        va_list rest;                                                                    \
        va_start(rest, flags);                                                           \
        mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(rest, mode_t) : 0;   \
        va_end(rest);                                                                    \
        bool counts = (flags & (O_CREAT | O_TRUNC)) != 0;                                \
        return counts && meet(KIND_CREATE) == ADVICE_FAIL                                \
                   ? -1                                                                  \
                   : real(above, path, flags, mode);                                     \
    }
OPENING(open)
OPENING(open64)
OPENING_AT(openat)
OPENING_AT(openat64)

/* ---- memory ---- */

#ifdef SHIM_MEMORY
void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *old, size_t size);

static bool memory_fails(void) {
    if (control == NULL || !atomic_load(&control->armed) || atomic_load(&left_alone)) {
        return false;
    }
    int64_t number = atomic_fetch_add(&control->allocations, 1) + 1;
    if (control->mode != MODE_FAIL_MEMORY || number < control->at ||
        number > control->until) {
        return false;
    }
    atomic_store(&control->hit, 1);
    errno = ENOMEM;
    return true;
}

void *malloc(size_t size) { return memory_fails() ? NULL : __libc_malloc(size); }
void *calloc(size_t count, size_t size) {
    return memory_fails() ? NULL : __libc_calloc(count, size);
}
void *realloc(void *old, size_t size) {
    return memory_fails() ? NULL : __libc_realloc(old, size);
}
#endif
