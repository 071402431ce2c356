/*
 * A package that is asked for on screen: a job writes it, the ledger lists it.
 */
#include "package_own.h"

#include "jobs/jobs.h"
#include "site/site.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define JOB           "archive.package"
#define EXPORTED      "archive.export"
#define PACKAGES_MOST 200
#define LEASE         (2 * INSTANT_HOUR)
#define PLACE         "archive/packages" /* below the workspace */

struct ordering {
    id64 group;
    int year;
};

static enum status order(struct call *call, void *what);
static enum status do_package(struct call *call, struct job *job);
static struct package_note note_of(struct call *call, const struct ledger_entry *entry);
static const char *bundle_of(struct call *call, const struct package_note *note);

enum status archive_order(struct call *call, id64 group, const struct rulebook *book,
                          int year) {
    struct ordering ordering = {group, year};
    struct ledger_act act = act_of("archive.order", group);
    TRY(ledger_settle(call, group, &act, must_export(call, book)));
    if (year < 1990 || day_start(day_of_date((struct date){year, 1, 1})) > call->now) {
        return call_refuse_field(call, "year", "", "archive.year-odd", NULL);
    }
    return store_transact(call, TXN_WRITE, order, &ordering);
}

static enum status order(struct call *call, void *what) {
    const struct ordering *ordering = what;
    struct str subject =
        str_format(call->arena, "%lld %d", (long long)ordering->group, ordering->year);
    TRY(jobs_add(call, JOB, subject, 0, STR("")));
    return note(call, ordering->group, "archive.order", ordering->group, NULL, NULL,
                json_pack("{s:i}", "year", ordering->year));
}

const struct job_handler *archive_handlers(size_t *out_count) {
    static const struct job_handler handlers[] = {
        {.kind = JOB, .work = do_package, .attempts_most = 3, .lease = LEASE}};
    *out_count = LENGTH(handlers);
    return handlers;
}

/* A second attempt begins a folder of its own: the first one's is no package. */
static enum status do_package(struct call *call, struct job *job) {
    struct str rest = job->subject;
    struct str first = str_cut(&rest, ' ');
    const struct rulebook *book;
    struct exported exported;
    struct site *sites;
    size_t count;
    int64_t group;
    int64_t year;
    TRY(str_to_int(first, &group));
    TRY(str_to_int(rest, &year));
    TRY(site_list(call, group, &sites, &count));
    if (count == 0) {
        return ABSENT;
    }
    TRY(site_rulebook(call, sites[0].id, &book));
    const char *folder =
        str_format(call->arena, "%s/" PLACE "/%lld-%.*s-%lld", call->house->workspace,
                   (long long)year, STR_ARG(id_to_text(call->arena, job->id)),
                   (long long)job->attempt)
            .at;
    TRY(archive_export(call, group, book, (int)year, folder, &exported));
    return bundle_write(folder, str_format(call->arena, "%s.tar", folder).at);
}

enum status archive_packages(struct call *call, id64 group,
                             struct package_note **out_notes, size_t *out_count) {
    struct ledger_filter filter = {.act = STR(EXPORTED), .limit = PACKAGES_MOST};
    struct package_note *notes =
        TAKE_ARRAY(call->arena, PACKAGES_MOST, struct package_note);
    struct ledger_list list;
    size_t count = 0;
    TRY(ledger_read(call, group, &filter, &list));
    for (size_t i = 0; i < list.count; i++) {
        if (list.at[i].outcome == LEDGER_DONE) {
            notes[count++] = note_of(call, &list.at[i]);
        }
    }
    *out_notes = notes;
    *out_count = count;
    return DONE;
}

static struct package_note note_of(struct call *call, const struct ledger_entry *entry) {
    json_t *json = json_loadb(entry->payload.at, entry->payload.length, 0, NULL);
    const char *folder = json_string_value(json_object_get(json, "folder"));
    struct package_note note = {
        .sequence = entry->sequence,
        .year = (int)json_integer_value(json_object_get(json, "year")),
        .at = entry->at,
        .by = entry->person,
        .items = json_integer_value(json_object_get(json, "items")),
        .files = json_integer_value(json_object_get(json, "files")),
        .folder = str_copy(call->arena, str_of(folder == NULL ? "" : folder)),
        .manifest = entry->digest};
    json_decref(json);
    const char *bundle = bundle_of(call, &note);
    note.is_here = bundle != NULL && file_exists(bundle);
    return note;
}

/* In its one place, whatever the entry says of others; NULL for a name that is none. */
static const char *bundle_of(struct call *call, const struct package_note *note) {
    const char *slash = strrchr(note->folder.at, '/');
    struct str name = str_of(slash == NULL ? note->folder.at : slash + 1);
    return !file_path_is_tame(name) ? NULL
                                    : str_format(call->arena, "%s/" PLACE "/%.*s.tar",
                                                 call->house->workspace, STR_ARG(name))
                                          .at;
}

enum status archive_fetch(struct call *call, id64 group, const struct rulebook *book,
                          int64_t sequence, struct fetched *out_fetched) {
    struct ledger_entry entry;
    struct stat kind;
    struct ledger_act act = act_of("archive.fetch", group);
    TRY(ledger_entry_find(call, group, sequence, &entry));
    struct package_note note = note_of(call, &entry);
    if (!str_is(entry.act, EXPORTED) || !note.is_here) {
        return ABSENT; /* that there is one, the list says to all */
    }
    TRY(ledger_settle(call, group, &act, must_export(call, book)));
    act.digest = entry.digest;
    act.payload = ledger_payload(
        call, json_pack("{s:i, s:I}", "year", note.year, "entry", (json_int_t)sequence));
    TRY(ledger_note(call, group, &act));
    const char *path = bundle_of(call, &note);
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    if (file < 0 || fstat(file, &kind) != 0) {
        if (file >= 0) {
            close(file);
        }
        return log_failed("%s could not be read", path);
    }
    *out_fetched = (struct fetched){.file = file,
                                    .size = (uint64_t)kind.st_size,
                                    .name = str_of(strrchr(path, '/') + 1)};
    return DONE;
}

enum status archive_may_export(struct call *call, const struct rulebook *book,
                               bool *out_may) {
    enum status may = must_export(call, book);
    call_forgive(call);
    *out_may = may == DONE;
    return may == FAILED ? FAILED : DONE;
}
