/*
 * One run: a process that reads its input, parses, sends the answer and ends.
 */
#include "sandbox/sandbox_own.h"

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define EXIT_WALLS 3 /* seen by the zygote as a crash */

static void send_answer(int socket, struct str answer, enum status status);

void run_live(const struct sandbox_table *table, const struct walls *walls,
              const struct wish_packet *wish, int input, int answer) {
    static const char none;
    const void *at = &none;
    if (wish->input_size > 0) {
        at = mmap(NULL, (size_t)wish->input_size, PROT_READ, MAP_PRIVATE, input, 0);
    }
    if (!WITH_SANITIZER) {
        dup2(STDIN_FILENO, STDERR_FILENO); /* a captured run writes no log lines */
    }
    bool starts_program =
        wish->parser >= 0 && table->parsers[wish->parser].starts_program;
    if (at == MAP_FAILED || close(input) != 0 ||
        (!starts_program && !walls_enter(walls, wish->seconds))) {
        _exit(EXIT_WALLS);
    }
    if (wish->parser == PROBE_PARSER) {
        int file = open("/dev/null", O_RDONLY); /* dies here if the walls stand */
        send_answer(answer, STR(""), file < 0 ? REFUSED : DONE);
        _exit(0);
    }
    struct arena *arena = arena_new(RUN_ARENA);
    struct buffer out;
    buffer_init(&out, arena);
    struct bytes bytes = {at, (size_t)wish->input_size};
    enum status status = table->parsers[wish->parser].parse(arena, bytes, &out);
    send_answer(answer, buffer_str(&out), status);
    _exit(0);
}

static void send_answer(int socket, struct str answer, enum status status) {
    static char packet[PACKET_SIZE];
    for (size_t sent = 0; sent < answer.length;) {
        struct str part = str_part(answer, sent, sent + PACKET_SIZE - 1);
        packet[0] = PACKET_PART;
        memcpy(packet + 1, part.at, part.length);
        if (write(socket, packet, part.length + 1) != (ssize_t)(part.length + 1)) {
            _exit(EXIT_WALLS); /* the asker has had enough */
        }
        sent += part.length;
    }
    packet[0] = status == DONE ? PACKET_DONE : PACKET_REFUSED;
    if (write(socket, packet, 1) != 1) {
        _exit(EXIT_WALLS);
    }
}
