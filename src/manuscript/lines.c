/*
 * A file of JSON lines: each line read (line.c), all compared with each other.
 *
 * Each body is cleaned in a sandboxed process of its own, so several lines are read at a
 * time, by as many threads as there are processors.
 */
#include "manuscript_own.h"

#include "store/store.h"
#include "text/text.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define READERS 8 /* as many as the sandbox runs at once */

/* A line that is not empty, as it was read. */
struct line {
    struct str text;
    int number;
    enum status status;
    struct content content; /* in its reader's arena, as all below */
    struct migrated_facts facts;
    struct refusal *refusal;
};

struct reader {
    struct reading *reading;
    struct call call;
    pthread_t thread;
    bool started;
};

struct reading {
    struct line *lines;
    size_t count;
    atomic_size_t next;
    atomic_bool failed;
    struct reader readers[READERS];
    size_t reader_count;
};

/* A value that no other line may have too. */
struct single {
    struct str value;
    int line;
};

static enum status cut_lines(struct call *call, struct str text, size_t most,
                             struct reading *reading);
static void end_readers(void *subject);
static void run_readers(struct call *call, struct reading *reading);
static void *read_some(void *what);
static enum status gather(struct call *call, const struct reading *reading,
                          struct import_lines *lines, struct import_report *report);
static void find_twins(struct call *call, const struct import_lines *lines,
                       bool by_address, struct import_report *report);
static int single_order(const void *a, const void *b);
static int fault_order(const void *a, const void *b);
static void add_fault(struct import_report *report, int line, struct refusal *refusal);

enum status manuscript_read_lines(struct call *call, struct bytes bytes, size_t most,
                                  struct import_lines *out_lines,
                                  struct import_report *out_report) {
    struct str text;
    enum status decoded = text_decode(call->arena, bytes, &text);
    if (decoded == REFUSED) {
        return call_refuse(call, REFUSED, "", "manuscript.import-characters", NULL);
    }
    TRY(decoded);
    struct reading *reading = TAKE(call->arena, struct reading);
    TRY(cut_lines(call, text, most, reading));
    arena_defer(call->arena, end_readers, reading);
    run_readers(call, reading);
    struct import_lines lines;
    struct import_report report;
    TRY(gather(call, reading, &lines, &report));
    find_twins(call, &lines, false, &report);
    find_twins(call, &lines, true, &report);
    qsort(report.faults, report.fault_count, sizeof *report.faults, fault_order);
    *out_report = report;
    *out_lines = lines;
    if (report.fault_count > 0) {
        return call_refuse(call, REFUSED, "", "manuscript.import-faults", NULL);
    }
    return lines.count > 0
               ? DONE
               : call_refuse(call, REFUSED, "", "manuscript.import-empty", NULL);
}

static enum status cut_lines(struct call *call, struct str text, size_t most,
                             struct reading *reading) {
    size_t room = 1;
    for (size_t i = 0; i < text.length; i++) {
        room += text.at[i] == '\n';
    }
    if (room > most + 1) {
        return call_refuse(call, REFUSED, "", "manuscript.import-long", NULL);
    }
    reading->lines = TAKE_ARRAY(call->arena, room, struct line);
    for (int number = 1; !str_is_empty(text); number++) {
        struct str line = str_trim(str_cut(&text, '\n'));
        if (!str_is_empty(line)) {
            reading->lines[reading->count++] =
                (struct line){.number = number, .text = line};
        }
    }
    return DONE;
}

/* What they read, refusals too, is looked at as long as the call lives. */
static void end_readers(void *subject) {
    struct reading *reading = subject;
    for (size_t i = 0; i < reading->reader_count; i++) {
        call_end(&reading->readers[i].call);
    }
}

static void run_readers(struct call *call, struct reading *reading) {
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    size_t wanted = processors < 2         ? 1
                    : processors > READERS ? READERS
                                           : (size_t)processors;
    for (size_t i = 0; i < wanted; i++) {
        struct reader *reader = &reading->readers[reading->reader_count++];
        reader->reading = reading;
        reader->call = call_afresh(call);
        /* This thread is the last of them; fewer do the same work if no more can be had.
         */
        bool last = i + 1 == wanted ||
                    pthread_create(&reader->thread, NULL, read_some, reader) != 0;
        if (last) {
            read_some(reader);
            break;
        }
        reader->started = true;
    }
    for (size_t i = 0; i < reading->reader_count; i++) {
        if (reading->readers[i].started) {
            pthread_join(reading->readers[i].thread, NULL);
        }
    }
}

static void *read_some(void *what) {
    struct reader *reader = what;
    struct reading *reading = reader->reading;
    for (;;) {
        size_t at = atomic_fetch_add(&reading->next, 1);
        if (at >= reading->count || atomic_load(&reading->failed)) {
            return NULL;
        }
        struct line *line = &reading->lines[at];
        reader->call.refusal = NULL;
        line->status =
            manuscript_read_line(&reader->call, line->text, &line->content, &line->facts);
        line->refusal = reader->call.refusal;
        if (line->status == FAILED) {
            atomic_store(&reading->failed, true);
        }
    }
}

static enum status gather(struct call *call, const struct reading *reading,
                          struct import_lines *lines, struct import_report *report) {
    *lines = (struct import_lines){
        .contents = TAKE_ARRAY(call->arena, reading->count + 1, struct content),
        .facts = TAKE_ARRAY(call->arena, reading->count + 1, struct migrated_facts),
        .numbers = TAKE_ARRAY(call->arena, reading->count + 1, int)};
    /* a line, and both of its twins */
    *report = (struct import_report){
        .faults = TAKE_ARRAY(call->arena, 3 * reading->count + 1, struct import_fault)};
    for (size_t i = 0; i < reading->count; i++) {
        const struct line *line = &reading->lines[i];
        if (line->status == FAILED) {
            return FAILED; /* logged where it happened */
        }
        if (line->status != DONE) {
            add_fault(report, line->number, line->refusal);
            continue;
        }
        lines->contents[lines->count] = line->content;
        lines->facts[lines->count] = line->facts;
        lines->numbers[lines->count++] = line->number;
    }
    return DONE;
}

/* The same address or the same id in two lines: one of them would be lost. */
static void find_twins(struct call *call, const struct import_lines *lines,
                       bool by_address, struct import_report *report) {
    struct single *singles = TAKE_ARRAY(call->arena, lines->count + 1, struct single);
    size_t count = 0;
    for (size_t i = 0; i < lines->count; i++) {
        const struct migrated_facts *facts = &lines->facts[i];
        struct str value = str_trim(by_address ? facts->old_address : facts->old_id);
        if (!str_is_empty(value)) {
            singles[count++] = (struct single){value, lines->numbers[i]};
        }
    }
    qsort(singles, count, sizeof *singles, single_order);
    for (size_t i = 1; i < count; i++) {
        if (str_equal(singles[i].value, singles[i - 1].value)) {
            struct refusal *before = call->refusal;
            struct str other = str_format(call->arena, "%d", singles[i - 1].line);
            call->refusal = NULL;
            (void)!call_refuse_field(
                call, by_address ? "url" : "id", "", "manuscript.line-twin", "name",
                by_address ? "url" : "id", "line", str_text(call->arena, other), NULL);
            add_fault(report, singles[i].line, call->refusal);
            call->refusal = before;
        }
    }
}

static int single_order(const void *a, const void *b) {
    const struct single *one = a;
    const struct single *other = b;
    size_t length =
        one->value.length < other->value.length ? one->value.length : other->value.length;
    int order = memcmp(one->value.at, other->value.at, length);
    if (order == 0) {
        order = (one->value.length > other->value.length) -
                (one->value.length < other->value.length);
    }
    return order != 0 ? order : (one->line > other->line) - (one->line < other->line);
}

static int fault_order(const void *a, const void *b) {
    const struct import_fault *one = a;
    const struct import_fault *other = b;
    return (one->line > other->line) - (one->line < other->line);
}

static void add_fault(struct import_report *report, int line, struct refusal *refusal) {
    report->faults[report->fault_count++] =
        (struct import_fault){.line = line, .refusal = refusal};
}
