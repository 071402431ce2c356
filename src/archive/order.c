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
    struct eye eye;
    int year;
};

static enum status order(struct call *call, void *what);
static enum status do_package(struct call *call, struct job *job);
static enum status read_bodies(struct str text, struct eye *eye);
static enum status covers(struct call *call, const struct eye *eye, struct str bodies,
                          bool *out_covers);
static enum status must_fetch(struct call *call, id64 group, struct str bodies);
static struct package_note note_of(struct call *call, const struct ledger_entry *entry);
static const char *bundle_of(struct call *call, const struct package_note *note);

enum status archive_order(struct call *call, id64 group, int year) {
    struct ordering ordering = {.year = year};
    struct ledger_act act = act_of("archive.order", group);
    TRY(ledger_settle(call, group, &act, must_export(call, group, &ordering.eye)));
    if (year < 1990 || day_start(day_of_date((struct date){year, 1, 1})) > call->now) {
        return call_refuse_field(call, "year", "", "archive.year-odd", NULL);
    }
    return store_transact(call, TXN_WRITE, order, &ordering);
}

static enum status order(struct call *call, void *what) {
    const struct ordering *ordering = what;
    id64 group = ordering->eye.group;
    const char *bodies = ordering->eye.all ? "" : bodies_text(call, &ordering->eye);
    struct str subject =
        str_format(call->arena, "%lld %d %s", (long long)group, ordering->year, bodies);
    TRY(jobs_add(call, JOB, subject, 0, STR("")));
    return note(call, group, "archive.order", group, NULL, NULL,
                json_pack("{s:i}", "year", ordering->year));
}

const struct job_handler *archive_handlers(size_t *out_count) {
    static const struct job_handler handlers[] = {
        {.kind = JOB, .work = do_package, .attempts_most = 3, .lease = LEASE}};
    *out_count = LENGTH(handlers);
    return handlers;
}

/* A second attempt begins a folder of its own: the first one's is no package.  It is
 * about the bodies of whoever ordered it, as they were then. */
static enum status do_package(struct call *call, struct job *job) {
    struct str rest = job->subject;
    struct str group = str_cut(&rest, ' ');
    struct str given = str_cut(&rest, ' ');
    struct eye eye = {0};
    struct exported exported;
    int64_t year;
    TRY(str_to_int(group, &eye.group));
    TRY(str_to_int(given, &year));
    TRY(read_bodies(rest, &eye));
    const char *folder =
        str_format(call->arena, "%s/" PLACE "/%lld-%.*s-%lld", call->house->workspace,
                   (long long)year, STR_ARG(id_to_text(call->arena, job->id)),
                   (long long)job->attempt)
            .at;
    TRY(package_export(call, &eye, (int)year, folder, &exported));
    return bundle_write(folder, str_format(call->arena, "%s.tar", folder).at);
}

const char *bodies_text(struct call *call, const struct eye *eye) {
    struct buffer text;
    buffer_init(&text, call->arena);
    for (size_t i = 0; i < eye->body_count; i++) {
        buffer_add_format(&text, i == 0 ? "%.*s" : " %.*s",
                          STR_ARG(id_to_text(call->arena, eye->bodies[i])));
    }
    return str_text(call->arena, buffer_str(&text));
}

/* None named: all of them. */
static enum status read_bodies(struct str text, struct eye *eye) {
    eye->all = str_is_empty(text);
    while (!str_is_empty(text) && eye->body_count < EYE_BODIES) {
        TRY(id_from_text(str_cut(&text, ' '), &eye->bodies[eye->body_count++]));
    }
    return DONE;
}

/* Nothing in it is of a body that *eye* has not. */
static enum status covers(struct call *call, const struct eye *eye, struct str bodies,
                          bool *out_covers) {
    struct eye about = {.group = eye->group};
    struct site *sites;
    size_t count;
    bool all = true;
    TRY(read_bodies(bodies, &about));
    for (size_t i = 0; i < about.body_count; i++) {
        all = all && eye_has(eye, about.bodies[i]);
    }
    if (about.all) {
        TRY(site_list(call, eye->group, &sites, &count));
        for (size_t i = 0; i < count; i++) {
            all = all && eye_has(eye, sites[i].root);
        }
    }
    *out_covers = all;
    return DONE;
}

enum status archive_packages(struct call *call, id64 group,
                             struct package_note **out_notes, size_t *out_count) {
    struct ledger_filter filter = {.act = STR(EXPORTED), .limit = PACKAGES_MOST};
    struct package_note *notes =
        TAKE_ARRAY(call->arena, PACKAGES_MOST, struct package_note);
    struct ledger_list list;
    struct eye eye;
    size_t count = 0;
    TRY(eye_open(call, group, &eye));
    TRY(ledger_read(call, group, &filter, &list));
    for (size_t i = 0; i < list.count; i++) {
        bool whole = false;
        if (list.at[i].outcome != LEDGER_DONE) {
            continue;
        }
        notes[count] = note_of(call, &list.at[i]);
        TRY(covers(call, &eye, notes[count].bodies, &whole));
        notes[count].is_here = notes[count].is_here && whole;
        count++;
    }
    *out_notes = notes;
    *out_count = count;
    return DONE;
}

static struct package_note note_of(struct call *call, const struct ledger_entry *entry) {
    json_t *json = json_loadb(entry->payload.at, entry->payload.length, 0, NULL);
    const char *folder = json_string_value(json_object_get(json, "folder"));
    const char *bodies = json_string_value(json_object_get(json, "bodies"));
    struct package_note note = {
        .sequence = entry->sequence,
        .year = (int)json_integer_value(json_object_get(json, "year")),
        .at = entry->at,
        .by = entry->person,
        .items = json_integer_value(json_object_get(json, "items")),
        .files = json_integer_value(json_object_get(json, "files")),
        .folder = str_copy(call->arena, str_of(folder == NULL ? "" : folder)),
        .bodies = str_copy(call->arena, str_of(bodies == NULL ? "" : bodies)),
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

enum status archive_fetch(struct call *call, id64 group, int64_t sequence,
                          struct fetched *out_fetched) {
    struct ledger_entry entry;
    struct stat kind;
    struct ledger_act act = act_of("archive.fetch", group);
    TRY(ledger_entry_find(call, group, sequence, &entry));
    struct package_note note = note_of(call, &entry);
    if (!str_is(entry.act, EXPORTED) || !note.is_here) {
        return ABSENT; /* that there is one, the list says to all */
    }
    TRY(ledger_settle(call, group, &act, must_fetch(call, group, note.bodies)));
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

static enum status must_fetch(struct call *call, id64 group, struct str bodies) {
    struct eye eye;
    bool whole = false;
    TRY(must_export(call, group, &eye));
    TRY(covers(call, &eye, bodies, &whole));
    return whole ? DONE
                 : call_refuse(call, DENIED, "", "archive.package-of-others", NULL);
}

enum status archive_may_export(struct call *call, id64 group, bool *out_may) {
    struct eye eye;
    enum status may = must_export(call, group, &eye);
    call_forgive(call);
    *out_may = may == DONE;
    return may == FAILED ? FAILED : DONE;
}
