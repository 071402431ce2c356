/*
 * A package that is asked for on screen: a job writes it, the ledger lists it.
 */
#include "package_own.h"

#include "jobs/jobs.h"
#include "site/site.h"

#define JOB           "archive.package"
#define PACKAGES_MOST 200
#define LEASE         (2 * INSTANT_HOUR)

struct ordering {
    id64 group;
    int year;
};

static enum status order(struct call *call, void *what);
static enum status do_package(struct call *call, struct job *job);

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
        str_format(call->arena, "%s/archive/packages/%lld-%.*s-%lld",
                   call->house->workspace, (long long)year,
                   STR_ARG(id_to_text(call->arena, job->id)), (long long)job->attempt)
            .at;
    return archive_export(call, group, book, (int)year, folder, &exported);
}

enum status archive_packages(struct call *call, id64 group,
                             struct package_note **out_notes, size_t *out_count) {
    struct ledger_filter filter = {.act = STR("archive.export"), .limit = PACKAGES_MOST};
    struct package_note *notes =
        TAKE_ARRAY(call->arena, PACKAGES_MOST, struct package_note);
    struct ledger_list list;
    size_t count = 0;
    TRY(ledger_read(call, group, &filter, &list));
    for (size_t i = 0; i < list.count; i++) {
        const struct ledger_entry *entry = &list.at[i];
        if (entry->outcome != LEDGER_DONE) {
            continue;
        }
        json_t *json = json_loadb(entry->payload.at, entry->payload.length, 0, NULL);
        const char *folder = json_string_value(json_object_get(json, "folder"));
        notes[count++] = (struct package_note){
            .year = (int)json_integer_value(json_object_get(json, "year")),
            .at = entry->at,
            .by = entry->person,
            .items = json_integer_value(json_object_get(json, "items")),
            .files = json_integer_value(json_object_get(json, "files")),
            .folder = str_copy(call->arena, str_of(folder == NULL ? "" : folder)),
            .manifest = entry->digest};
        json_decref(json);
    }
    *out_notes = notes;
    *out_count = count;
    return DONE;
}

enum status archive_may_export(struct call *call, const struct rulebook *book,
                               bool *out_may) {
    enum status may = must_export(call, book);
    call_forgive(call);
    *out_may = may == DONE;
    return may == FAILED ? FAILED : DONE;
}
