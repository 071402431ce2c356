/*
 * Each wall with its negative control: a parser that runs against it dies, says
 * why, and the next wish is answered as if nothing had happened.
 */
#include "sandbox/sandbox.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

enum {
    ECHO,
    REFUSE,
    OPEN,
    TRUNCATE,
    CONNECT,
    FORK,
    KILL,
    EXECUTABLE,
    LOOP,
    EAT,
    OUTGROW,
    FAULT,
    CHATTER,
    PROGRAM,
    ENDLESS,
    PARSERS
};

struct fixture {
    struct sandbox *sandbox;
    struct arena *arena;
};

static enum status echo(struct arena *arena, struct bytes input, struct buffer *out) {
    (void)arena;
    buffer_add(out, (struct str){(const char *)input.at, input.length});
    return DONE;
}

static enum status refuse(struct arena *arena, struct bytes input, struct buffer *out) {
    (void)arena;
    (void)input;
    buffer_add_text(out, "not mine");
    return REFUSED;
}

static enum status open_file(struct arena *arena, struct bytes input,
                             struct buffer *out) {
    (void)arena;
    (void)input;
    (void)out;
    return open("/etc/passwd", O_RDONLY) >= 0 ? DONE : REFUSED;
}

static enum status truncate_file(struct arena *arena, struct bytes input,
                                 struct buffer *out) {
    (void)arena;
    (void)out;
    return truncate((const char *)input.at, 0) == 0 ? DONE : REFUSED;
}

static enum status connect_out(struct arena *arena, struct bytes input,
                               struct buffer *out) {
    (void)arena;
    (void)input;
    (void)out;
    return socket(AF_INET, SOCK_STREAM, 0) >= 0 ? DONE : REFUSED;
}

static enum status fork_child(struct arena *arena, struct bytes input,
                              struct buffer *out) {
    (void)arena;
    (void)input;
    (void)out;
    return fork() >= 0 ? DONE : REFUSED;
}

static enum status kill_parent(struct arena *arena, struct bytes input,
                               struct buffer *out) {
    (void)arena;
    (void)input;
    (void)out;
    return kill(getppid(), SIGKILL) == 0 ? DONE : REFUSED;
}

static enum status map_executable(struct arena *arena, struct bytes input,
                                  struct buffer *out) {
    (void)arena;
    (void)input;
    (void)out;
    void *at =
        mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return at != MAP_FAILED ? DONE : REFUSED;
}

static enum status loop(struct arena *arena, struct bytes input, struct buffer *out) {
    (void)arena;
    (void)input;
    for (volatile size_t i = 0;; i++) {
        if (out->length > 1 && i == 0) {
            return DONE;
        }
    }
}

static enum status eat(struct arena *arena, struct bytes input, struct buffer *out) {
    (void)arena;
    (void)input;
    for (size_t i = 0; i < 1024; i++) {
        char *taken = malloc((size_t)1 << 20);
        if (taken == NULL) {
            abort();
        }
        memset(taken, 1, (size_t)1 << 20);
        buffer_add_char(out, taken[i]);
    }
    return DONE;
}

static enum status outgrow(struct arena *arena, struct bytes input, struct buffer *out) {
    (void)input;
    for (size_t i = 0; i < 1024; i++) {
        buffer_add_char(out, *(char *)arena_take(arena, (size_t)1 << 20));
    }
    return DONE;
}

static enum status fault(struct arena *arena, struct bytes input, struct buffer *out) {
    (void)arena;
    (void)out;
    *(volatile char *)(uintptr_t)input.at = 'x'; /* the input is read-only */
    return DONE;
}

static enum status chatter(struct arena *arena, struct bytes input, struct buffer *out) {
    (void)arena;
    (void)input;
    memset(buffer_room(out, (size_t)1 << 20), 'y', (size_t)1 << 20);
    return DONE;
}

/* A program in the language of the build, given as input, in a folder of its own. */
static enum status start_within(struct arena *arena, int seconds, struct bytes input,
                                struct buffer *out) {
    char folder[] = "/tmp/shenfa-test-XXXXXX";
    if (mkdtemp(folder) == NULL) {
        return REFUSED;
    }
    struct str script = {(const char *)input.at, input.length};
    const char *const arguments[] = {"python3", "-I", "-c", str_text(arena, script),
                                     NULL};
    struct sandbox_program program = {.path = "/usr/bin/python3",
                                      .arguments = arguments,
                                      .folder = folder,
                                      .seconds = seconds};
    int code = -1;
    enum sandbox_end end = sandbox_program(&program, &code);
    struct bytes told;
    const char *path = str_text(arena, str_format(arena, "%s/told", folder));
    buffer_add_format(out, "%s %d ", sandbox_end_name(end), code);
    if (file_read(arena, path, 1000, &told) == DONE) {
        buffer_add(out, (struct str){(const char *)told.at, told.length});
        unlink(path);
    }
    rmdir(folder);
    return DONE;
}

static enum status start_program(struct arena *arena, struct bytes input,
                                 struct buffer *out) {
    return start_within(arena, 15, input, out);
}

static enum status start_endless(struct arena *arena, struct bytes input,
                                 struct buffer *out) {
    return start_within(arena, 1, input, out);
}

static const struct sandbox_parser parsers[PARSERS] = {
    [ECHO] = {.name = "echo", .parse = echo},
    [REFUSE] = {.name = "refuse", .parse = refuse},
    [OPEN] = {.name = "open", .parse = open_file},
    [TRUNCATE] = {.name = "truncate", .parse = truncate_file},
    [CONNECT] = {.name = "connect", .parse = connect_out},
    [FORK] = {.name = "fork", .parse = fork_child},
    [KILL] = {.name = "kill", .parse = kill_parent},
    [EXECUTABLE] = {.name = "executable", .parse = map_executable},
    [LOOP] = {.name = "loop", .parse = loop},
    [EAT] = {.name = "eat", .parse = eat},
    [OUTGROW] = {.name = "outgrow", .parse = outgrow},
    [FAULT] = {.name = "fault", .parse = fault},
    [CHATTER] = {.name = "chatter", .parse = chatter},
    [PROGRAM] = {.name = "program", .parse = start_program, .starts_program = true},
    [ENDLESS] = {.name = "endless", .parse = start_endless, .starts_program = true},
};
static const struct sandbox_table table = {parsers, PARSERS, NULL};

static int set_up(void **state) {
    struct fixture *fixture = calloc(1, sizeof *fixture);
    fixture->arena = arena_new((size_t)64 << 20);
    assert_int_equal(sandbox_start(&table, &fixture->sandbox), DONE);
    *state = fixture;
    return 0;
}

static int tear_down(void **state) {
    struct fixture *fixture = *state;
    sandbox_stop(fixture->sandbox);
    arena_free(fixture->arena);
    free(fixture);
    return 0;
}

static enum status ask(struct fixture *fixture, int parser, struct str input,
                       struct sandbox_answer *answer) {
    struct sandbox_wish wish = {.parser = parser,
                                .input = bytes_of_str(input),
                                .seconds = parser == LOOP ? 1 : 20,
                                .most = (size_t)512 * 1024};
    return sandbox_run(fixture->sandbox, fixture->arena, &wish, answer);
}

static void test_sandbox__answers_what_the_parser_says(void **state) {
    struct sandbox_answer answer;
    assert_int_equal(ask(*state, ECHO, STR("审发"), &answer), DONE);
    assert_int_equal(answer.end, SANDBOX_ANSWERED);
    assert_memory_equal(answer.out.at, "审发", 6);
    assert_int_equal(ask(*state, ECHO, STR(""), &answer), DONE);
    assert_int_equal(answer.out.length, 0);
    assert_int_equal(ask(*state, REFUSE, STR("x"), &answer), REFUSED);
    assert_int_equal(answer.end, SANDBOX_ANSWERED);
    assert_memory_equal(answer.out.at, "not mine", 8);
}

static void test_sandbox__long_answers_come_whole(void **state) {
    size_t length = 500000;
    char *text = arena_take(((struct fixture *)*state)->arena, length);
    for (size_t i = 0; i < length; i++) {
        text[i] = (char)('a' + i % 23);
    }
    struct sandbox_answer answer;
    assert_int_equal(ask(*state, ECHO, (struct str){text, length}, &answer), DONE);
    assert_int_equal(answer.out.length, length);
    assert_memory_equal(answer.out.at, text, length);
}

static void test_sandbox__each_wall_stands(void **state) {
    static const struct {
        int parser;
        enum sandbox_end end;
    } rows[] = {
        {OPEN, SANDBOX_FORBIDDEN},    {TRUNCATE, SANDBOX_FORBIDDEN},
        {CONNECT, SANDBOX_FORBIDDEN}, {FORK, SANDBOX_FORBIDDEN},
        {KILL, SANDBOX_FORBIDDEN},    {EXECUTABLE, SANDBOX_FORBIDDEN},
        {LOOP, SANDBOX_TIME},         {CHATTER, SANDBOX_TOO_MUCH},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct sandbox_answer answer = {.end = SANDBOX_ANSWERED};
        assert_int_equal(ask(*state, rows[i].parser, STR("/dev/null"), &answer), REFUSED);
        assert_string_equal(sandbox_end_name(answer.end), sandbox_end_name(rows[i].end));
        assert_int_equal(answer.out.length, 0);
        assert_int_equal(ask(*state, ECHO, STR("alive"), &answer), DONE);
    }
}

/* AddressSanitizer lets nobody limit addresses. */
static void test_sandbox__memory_and_faults_end_a_run(void **state) {
    struct sandbox_answer answer;
#if !defined(__SANITIZE_ADDRESS__)
#if !defined(__has_feature)
#define __has_feature(feature) 0
#endif
#if !__has_feature(address_sanitizer)
    assert_int_equal(ask(*state, EAT, STR(""), &answer), REFUSED);
    assert_int_equal(answer.end, SANDBOX_CRASHED);
#endif
#endif
    static const int deadly[] = {OUTGROW, FAULT};
    for (size_t i = 0; i < LENGTH(deadly); i++) {
        assert_int_equal(ask(*state, deadly[i], STR("x"), &answer), REFUSED);
        assert_int_equal(answer.end, SANDBOX_CRASHED);
    }
    assert_int_equal(ask(*state, ECHO, STR("alive"), &answer), DONE);
}

struct looping {
    struct fixture *fixture;
    atomic_bool ended;
};

static void *loop_once(void *what) {
    struct looping *looping = what;
    struct fixture mine = *looping->fixture;
    struct sandbox_answer answer;
    mine.arena = arena_new((size_t)1 << 20);
    (void)!ask(&mine, LOOP, STR(""), &answer);
    arena_free(mine.arena);
    atomic_store(&looping->ended, true);
    return NULL;
}

/* A number that the kernel tells of a process. */
static long told(const char *process, const char *name) {
    char path[300];
    char line[256];
    long number = -1;
    snprintf(path, sizeof path, "/proc/%s/status", process);
    FILE *status = fopen(path, "r");
    while (status != NULL && fgets(line, sizeof line, status) != NULL) {
        size_t length = strlen(name);
        if (strncmp(line, name, length) == 0 && line[length] == ':') {
            number = strtol(line + length + 1, NULL, 10);
        }
    }
    if (status != NULL) {
        fclose(status);
    }
    return number;
}

/* The one process of which *parent* is the parent and that has a filter; 0 if none. */
static long filtered_child_of(long parent) {
    long found = 0;
    DIR *processes = opendir("/proc");
    for (struct dirent *entry; (entry = readdir(processes)) != NULL;) {
        if (told(entry->d_name, "PPid") == parent &&
            told(entry->d_name, "Seccomp") == 2) {
            found = strtol(entry->d_name, NULL, 10);
        }
    }
    closedir(processes);
    return found;
}

/* What an auditor would look at: the kernel's own word about a run under way. */
static void test_sandbox__a_run_shows_its_walls(void **state) {
    long new_rights = -1;
    for (int i = 0; i < 20 && new_rights < 0;
         i++) { /* on a busy machine it may be gone */
        struct looping looping = {.fixture = *state};
        pthread_t thread;
        assert_int_equal(pthread_create(&thread, NULL, loop_once, &looping), 0);
        while (new_rights < 0 && !atomic_load(&looping.ended)) {
            DIR *processes = opendir("/proc");
            for (struct dirent *entry; (entry = readdir(processes)) != NULL;) {
                if (told(entry->d_name, "PPid") == getpid()) {
                    long zygote = strtol(entry->d_name, NULL, 10);
                    char run[32];
                    snprintf(run, sizeof run, "%ld", filtered_child_of(zygote));
                    new_rights = told(run, "NoNewPrivs");
                }
            }
            closedir(processes);
        }
        pthread_join(thread, NULL);
    }
    assert_int_equal(new_rights, 1);
}

/* What a captured LibreOffice would try; "no" and the error are what it hears. */
static void test_program__each_wall_stands(void **state) {
    static const struct {
        const char *tries;
        const char *hears;
    } rows[] = {
        {"'fine'", "fine"},
        {"len(open('/etc/passwd').read()) > 0", "True"},
        {"open('/etc/shadow').read()", "no 13"},
        {"open('/proc/self/environ').read()", "no 13"},
        {"os.listdir('/')", "no 13"},
        {"open('/tmp/shenfa-outside', 'w')", "no 13"},
        {"os.symlink('/etc/shadow', 'told2') or open('told2').read()", "no 13"},
        {"[open('told3', 'w').close(), os.chmod('told3', 0o777), "
         "oct(os.stat('told3').st_mode & 0o111), os.unlink('told3')][2]",
         "0o0"}, /* it is told that it was done */
        {"os.truncate('/etc/passwd', 0)", "no 1"},
        {"os.fork()", "no 1"},
        {"os.kill(os.getppid(), 9)", "no 1"},
        {"socket.socket(socket.AF_INET)", "no 97"},
        {"socket.socket(socket.AF_INET6)", "no 97"},
        {"socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)", "no 97"},
        {"socket.socket(socket.AF_UNIX).connect('/run/dbus/system_bus_socket')", "no 1"},
        {"socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b'x', '/dev/log')",
         "no 1"},
        {"ctypes.CDLL(None, use_errno=True).unshare(0x10000000)", "-1"},
    };
    struct fixture *fixture = *state;
    struct sandbox_answer answer;
    if (!sandbox_has_landlock(fixture->sandbox)) {
        assert_int_equal(ask(fixture, PROGRAM, STR("pass"), &answer), DONE);
        assert_memory_equal(answer.out.at, "forbidden", 9); /* it was not started */
        print_message("without Landlock nothing is started: only that was tested\n");
        return;
    }
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct str script =
            str_format(fixture->arena,
                       "import os, socket, ctypes\n"
                       "try: said = str(%s)\n"
                       "except OSError as e: said = 'no %%d' %% e.errno\n"
                       "open('told', 'w').write(said)\n"
                       "if os.path.lexists('told2'): os.unlink('told2')\n",
                       rows[i].tries);
        assert_int_equal(ask(fixture, PROGRAM, script, &answer), DONE);
        struct str told = {(const char *)answer.out.at, answer.out.length};
        assert_string_equal(
            str_text(fixture->arena, told),
            str_text(fixture->arena,
                     str_format(fixture->arena, "answered 0 %s", rows[i].hears)));
    }
    /* The last one's threads use up its processor time before the clock has run out. */
    static const char *const endless[] = {
        "while True: pass",
        "import time; time.sleep(60)",
        "import hashlib, threading\n"
        "def work(): hashlib.pbkdf2_hmac('sha256', b'x', b'y', 1 << 30)\n"
        "threads = [threading.Thread(target=work) for _ in range(4)]\n"
        "for thread in threads: thread.start()\n",
    };
    for (size_t i = 0; i < LENGTH(endless); i++) {
        assert_int_equal(ask(fixture, ENDLESS, str_of(endless[i]), &answer), DONE);
        assert_memory_equal(answer.out.at, "time", 4);
    }
}

static void *ask_often(void *state) {
    struct fixture mine = *(struct fixture *)state;
    mine.arena = arena_new((size_t)64 << 20);
    size_t right = 0;
    for (int i = 0; i < 20; i++) {
        struct sandbox_answer answer;
        right += ask(&mine, ECHO, STR("many"), &answer) == DONE;
    }
    arena_free(mine.arena);
    return (void *)right;
}

static void test_sandbox__many_threads_are_served(void **state) {
    pthread_t threads[12];
    for (size_t i = 0; i < LENGTH(threads); i++) {
        assert_int_equal(pthread_create(&threads[i], NULL, ask_often, *state), 0);
    }
    for (size_t i = 0; i < LENGTH(threads); i++) {
        void *right;
        pthread_join(threads[i], &right);
        assert_int_equal((size_t)right, 20);
    }
}

static void test_sandbox__an_asker_outside_the_table_is_told(void **state) {
    struct sandbox_answer answer;
    assert_int_equal(ask(*state, PARSERS, STR(""), &answer), FAILED);
    assert_int_equal(ask(*state, -1, STR(""), &answer), FAILED);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sandbox__answers_what_the_parser_says),
        cmocka_unit_test(test_sandbox__long_answers_come_whole),
        cmocka_unit_test(test_sandbox__each_wall_stands),
        cmocka_unit_test(test_sandbox__memory_and_faults_end_a_run),
        cmocka_unit_test(test_sandbox__a_run_shows_its_walls),
        cmocka_unit_test(test_program__each_wall_stands),
        cmocka_unit_test(test_sandbox__many_threads_are_served),
        cmocka_unit_test(test_sandbox__an_asker_outside_the_table_is_told),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
