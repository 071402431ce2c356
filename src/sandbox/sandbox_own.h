/*
 * Only for src/sandbox: what crosses the two sockets, and the walls.
 *
 * The wish goes to the zygote as one packet with two descriptors, the sealed
 * input and the answer socket.  On the answer socket the run sends packets of
 * its answer, each opened by one byte of enum packet; when it is dead the zygote
 * adds the last packet itself, which says how it ended.
 */
#ifndef SANDBOX_SANDBOX_OWN_H
#define SANDBOX_SANDBOX_OWN_H

#include "sandbox/sandbox.h"

#include <linux/filter.h>
#include <sys/resource.h>

#define PACKET_SIZE  ((size_t)64 * 1024)
#define INPUT_MOST   ((size_t)64 << 20)
#define ANSWER_MOST  ((size_t)64 << 20)
#define RUN_MEMORY   ((size_t)512 << 20)
#define RUN_ARENA    ((size_t)256 << 20)
#define RUNS_AT_ONCE 8
#define RUN_PLACES   16 /* some may still be dying when the asker has left */
#define SECONDS_MOST 60
#define PROBE_PARSER (-1) /* tries to open a file; must not live to tell */

/* Address- and ThreadSanitizer reserve terabytes of addresses and call more of the
 * kernel; only builds with them get these. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define WITH_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define WITH_SANITIZER 1
#endif
#endif
#ifndef WITH_SANITIZER
#define WITH_SANITIZER 0
#endif

enum packet {
    PACKET_PART = 'p',    /* bytes of the answer */
    PACKET_DONE = 'd',    /* the parser answered DONE */
    PACKET_REFUSED = 'r', /* the parser answered REFUSED */
    PACKET_END = 'e',     /* from the zygote: enum sandbox_end */
};

struct wish_packet {
    int32_t parser;
    int32_t seconds;
    uint64_t input_size;
};

/* The walls, built once in the zygote and put around each run. */
struct walls {
    struct sock_filter *filter;
    unsigned short filter_length;
    int landlock; /* a ruleset without rules, or -1 */
};

MUST_CHECK enum status walls_build(struct walls *out_walls);

/* The rights on files that this machine's Landlock knows; 0 without it. */
uint64_t walls_file_rights(void);

/* Exit code of a program that was not started. */
#define SANDBOX_NO_WALLS 113

/* Put this process inside; false if any of them does not stand. */
bool walls_enter(const struct walls *walls, int seconds);

/* The most that this process may have of a RLIMIT_; false if it cannot be set. */
bool walls_limit(int what, rlim_t most);

/* How a process ended that did not end by itself; *killed* by its keeper. */
enum sandbox_end walls_end(int wait_status, bool killed);

/* The zygote's life; does not return. */
void zygote_live(const struct sandbox_table *table, const struct walls *walls, int wishes)
    __attribute__((noreturn));

/* A run's life; does not return. */
void run_live(const struct sandbox_table *table, const struct walls *walls,
              const struct wish_packet *wish, int input, int answer)
    __attribute__((noreturn));

#endif
