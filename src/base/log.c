/*
 * One line, one write: lines of several threads do not mix.
 */
#include "log.h"

#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define LINE_MOST 4096
#define BEIJING   (8 * 3600)

/* The directory that log_keep named; like standard error it is the process's. */
static atomic_int kept_in = -1;

static void write_line(const char *level, const char *format, va_list arguments)
    PRINTF_LIKE(2, 0);
static void keep_line(time_t now, const char *line, size_t length);
static size_t add_escaped(char *line, size_t at, const char *text);

const char *status_name(enum status status) {
    static const char *const names[] = {"done",    "absent", "denied",
                                        "refused", "stale",  "failed"};
    return (size_t)status < LENGTH(names) ? names[status] : "failed";
}

void log_keep(const char *directory) {
    int opened =
        directory == NULL ? -1 : open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int before = atomic_exchange(&kept_in, opened);
    if (before >= 0) {
        close(before);
    }
}

void log_note(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    write_line("note", format, arguments);
    va_end(arguments);
}

void log_fault(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    write_line("fault", format, arguments);
    va_end(arguments);
}

void log_fatal(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    write_line("fatal", format, arguments);
    va_end(arguments);
    abort();
}

static void write_line(const char *level, const char *format, va_list arguments) {
    char text[LINE_MOST / 4];
    char line[LINE_MOST + 128];
    char stamp[32];
    time_t now = time(NULL);
    struct tm utc;
    gmtime_r(&now, &utc);
    strftime(stamp, sizeof stamp, "%Y-%m-%dT%H:%M:%SZ", &utc);
    vsnprintf(text, sizeof text, format, arguments);
    size_t length = (size_t)snprintf(
        line, sizeof line, "{\"at\":\"%s\",\"level\":\"%s\",\"text\":\"", stamp, level);
    length = add_escaped(line, length, text);
    line[length++] = '"';
    line[length++] = '}';
    line[length++] = '\n';
    ssize_t written = write(STDERR_FILENO, line, length);
    (void)written; /* nowhere left to complain */
    keep_line(now, line, length);
}

/* Opened for each line, which are few: the day changes, and files go. */
static void keep_line(time_t now, const char *line, size_t length) {
    int directory = atomic_load(&kept_in);
    time_t local = now + BEIJING;
    struct tm day;
    char name[32];
    if (directory < 0) {
        return;
    }
    gmtime_r(&local, &day);
    strftime(name, sizeof name, "%Y-%m-%d.log", &day);
    int file = openat(directory, name,
                      O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0640);
    if (file >= 0) {
        ssize_t written = write(file, line, length);
        (void)written;
        close(file);
    }
}

/* At most three bytes of *line* for one of *text*: 1024 × 3 stay below its size. */
static size_t add_escaped(char *line, size_t at, const char *text) {
    for (; *text != '\0'; text++) {
        unsigned char byte = (unsigned char)*text;
        if (byte == '"' || byte == '\\') {
            line[at++] = '\\';
            line[at++] = (char)byte;
        } else if (byte == '\n') {
            line[at++] = '\\';
            line[at++] = 'n';
        } else if (byte >= 0x20) {
            line[at++] = (char)byte;
        }
    }
    return at;
}
