/*
 * What leaves a listener: answers that the exchange made, and nothing else.
 *
 * libmicrohttpd answers some requests before anybody is asked (a head that is too
 * long, a version it does not know, a length that is no number) with a page of its own
 * that carries none of our headers, and offers no hook for it.  So the two calls by
 * which it sends are ours: the program's send and sendmsg stand before the C library's,
 * as any symbol of a program does.  On a descriptor that is an open connection of a
 * listener they send only while an answer of the exchange is under way; otherwise they
 * say that the other end is gone, and the library closes the connection without a word.
 * For every other descriptor of the process they are the C library's.
 *
 * The gates are global because the library's call brings a descriptor and no owner.
 */
#include "http_own.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#define GATES_MOST 65536
#define INTERIM    "HTTP/1.1 100 " /* "go on and send the body": no answer yet */

enum gate { GATE_NONE, GATE_SHUT, GATE_OPEN };

typedef ssize_t (*send_call)(int, const void *, size_t, int);
typedef ssize_t (*send_message_call)(int, const struct msghdr *, int);

static atomic_uchar gates[GATES_MOST];

static bool may_leave(int socket, const void *bytes, size_t length);
static void *of_the_c_library(const char *name);

bool outlet_guard(int socket) {
    if (socket < 0 || socket >= GATES_MOST) {
        return false;
    }
    atomic_store(&gates[socket], GATE_SHUT);
    return true;
}

void outlet_open(int socket, bool open) {
    if (socket >= 0 && socket < GATES_MOST) {
        atomic_store(&gates[socket], open ? GATE_OPEN : GATE_SHUT);
    }
}

void outlet_forget(int socket) {
    if (socket >= 0 && socket < GATES_MOST) {
        atomic_store(&gates[socket], GATE_NONE);
    }
}

/* Declared by the C library. */
ssize_t send(int socket, const void *bytes, size_t length, int flags) {
    static _Atomic(send_call) real;
    send_call call = atomic_load(&real);
    if (call == NULL) {
        call = (send_call)(uintptr_t)of_the_c_library("send");
        atomic_store(&real, call);
    }
    if (!may_leave(socket, bytes, length)) {
        errno = EPIPE;
        return -1;
    }
    return call(socket, bytes, length, flags);
}

ssize_t sendmsg(int socket, const struct msghdr *message, int flags) {
    static _Atomic(send_message_call) real;
    send_message_call call = atomic_load(&real);
    if (call == NULL) {
        call = (send_message_call)(uintptr_t)of_the_c_library("sendmsg");
        atomic_store(&real, call);
    }
    const struct iovec *first = message->msg_iovlen > 0 ? message->msg_iov : NULL;
    if (!may_leave(socket, first == NULL ? NULL : first->iov_base,
                   first == NULL ? 0 : first->iov_len)) {
        errno = EPIPE;
        return -1;
    }
    return call(socket, message, flags);
}

static bool may_leave(int socket, const void *bytes, size_t length) {
    if (socket < 0 || socket >= GATES_MOST ||
        atomic_load_explicit(&gates[socket], memory_order_relaxed) != GATE_SHUT) {
        return true;
    }
    return length >= strlen(INTERIM) && memcmp(bytes, INTERIM, strlen(INTERIM)) == 0;
}

static void *of_the_c_library(const char *name) {
    void *found = dlsym(RTLD_NEXT, name);
    if (found == NULL) {
        log_fatal("the C library has no %s", name);
    }
    return found;
}
