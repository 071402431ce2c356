/*
 * The register of backups, and the duty that follows from one that is missing.
 *
 * A duty is open from the failure or the missed day until the next whole backup, at most
 * one at a time.
 */
#include "upkeep_own.h"

#include "notice/notice.h"
#include "people/people.h"
#include "site/site.h"

#include <jansson.h>

#define STEP          "backup"
#define THE_WORKSPACE ((struct subject){.kind = SUBJECT_WORKSPACE, .id = 1})

struct alarm {
    struct upkeep_bound bound;
    instant due; /* when the one that is missing was, or what failed is to be made good */
    bool failed;
};

static struct backup_record read_record(struct rows *row);
static enum status record_work(struct call *call, void *what);
static enum status enter(struct call *call, const struct backup_record *record);
static enum status look_work(struct call *call, void *what);
static enum status begin_watch(struct call *call, instant *out_since);
static enum status raise(struct call *call, const struct alarm *alarm);
static enum status is_raised(struct call *call, bool *out_is);

enum status upkeep_record_backup(struct call *call, const struct backup_record *record) {
    struct backup_record entered = *record;
    if (call->actor.person != 0 || call->door != DOOR_CLI) {
        return call_refuse(call, DENIED, "", "upkeep.only-operator", NULL);
    }
    entered.id = call_new_id(call);
    return store_transact(call, TXN_WRITE, record_work, &entered);
}

enum status upkeep_backups(struct call *call, size_t most,
                           struct backup_records *out_records) {
    struct backup_records records = {
        .at = TAKE_ARRAY(call->arena, most + 1, struct backup_record)};
    struct rows *rows;
    TRY(store_query(call, &upkeep_backup_newest, &rows, bind_int("most", (int64_t)most)));
    while (records.count < most && rows_next(rows)) {
        records.at[records.count++] = read_record(rows);
    }
    TRY(rows_end(rows));
    *out_records = records;
    return DONE;
}

enum status upkeep_backup_state(struct call *call, struct backup_state *out_state) {
    struct backup_state state = {.due = INSTANT_NEVER};
    struct upkeep_bounds bounds;
    struct backup_records newest;
    struct rows *row;
    instant from = 0;
    TRY(upkeep_bounds(call, &bounds));
    state.bound = bounds.backups;
    TRY(upkeep_backups(call, 1, &newest));
    state.failed = newest.count > 0 && !newest.at[0].whole;
    enum status found = store_find(call, &upkeep_backup_last, &row, NO_VALUES);
    if (found == DONE) {
        state.last = row_int(row, "ended_at");
        from = state.last;
    } else if (found == ABSENT) {
        found = store_find(call, &upkeep_watch_find, &row, NO_VALUES);
        from = found == DONE ? row_int(row, "since") : 0;
    }
    if (found != DONE && found != ABSENT) {
        return found;
    }
    if (state.bound.days > 0 && from != 0) {
        state.due = day_start(instant_day(from) + state.bound.days + 1);
        state.is_missed = call->now >= state.due;
    }
    *out_state = state;
    return DONE;
}

enum status upkeep_look(struct call *call) {
    struct backup_state state;
    struct rows *row;
    bool raised = false;
    enum status watched = store_find(call, &upkeep_watch_find, &row, NO_VALUES);
    if (watched != DONE && watched != ABSENT) {
        return watched;
    }
    TRY(upkeep_backup_state(call, &state));
    TRY(is_raised(call, &raised));
    txn_abort(call); /* the view: most looks change nothing */
    if (watched == DONE && (raised || !state.is_missed)) {
        return DONE;
    }
    return store_transact(call, TXN_WRITE, look_work, NULL);
}

static struct backup_record read_record(struct rows *row) {
    return (struct backup_record){.id = row_id(row, "id"),
                                  .began_at = row_int(row, "began_at"),
                                  .ended_at = row_int(row, "ended_at"),
                                  .whole = row_int(row, "result") != 0,
                                  .files = row_int(row, "files"),
                                  .size = row_int(row, "size"),
                                  .checksum = row_text(row, "checksum"),
                                  .with_keys = row_int(row, "with_keys") != 0};
}

static enum status record_work(struct call *call, void *what) {
    const struct backup_record *record = what;
    struct upkeep_bounds bounds;
    TRY(store_run(
        call, &upkeep_backup_insert, NULL, bind_id("id", record->id),
        bind_int("began_at", record->began_at), bind_int("ended_at", record->ended_at),
        bind_int("result", record->whole ? 1 : 0), bind_int("files", record->files),
        bind_int("size", record->size), bind_text("checksum", record->checksum),
        bind_int("with_keys", record->with_keys ? 1 : 0)));
    if (record->whole) {
        TRY(notice_duty_close(call, THE_WORKSPACE, STR(STEP)));
    } else {
        TRY(upkeep_bounds(call, &bounds));
        struct alarm alarm = {bounds.backups, day_end(instant_day(record->ended_at)),
                              true};
        TRY(raise(call, &alarm));
    }
    return enter(call, record);
}

static enum status enter(struct call *call, const struct backup_record *record) {
    struct upkeep_bounds bounds;
    id64 group;
    TRY(upkeep_bounds(call, &bounds));
    TRY(upkeep_chain(call, &group));
    struct ledger_act act = {
        .act = "workspace.backup",
        .subject = THE_WORKSPACE,
        .rule = bounds.backups.rule,
        .payload = ledger_payload(
            call, json_pack("{s:b, s:I, s:I, s:s%, s:b}", "whole", (int)record->whole,
                            "files", (json_int_t)record->files, "size",
                            (json_int_t)record->size, "checksum", record->checksum.at,
                            record->checksum.length, "keys", (int)record->with_keys))};
    return ledger_append(call, group, &act, NULL);
}

/* Asked again, now that nobody else can be faster. */
static enum status look_work(struct call *call, void *what) {
    struct backup_state state;
    instant since;
    bool raised = false;
    (void)what;
    TRY(begin_watch(call, &since));
    TRY(upkeep_backup_state(call, &state));
    TRY(is_raised(call, &raised));
    if (raised || !state.is_missed) {
        return DONE;
    }
    struct alarm alarm = {state.bound, state.due, false};
    return raise(call, &alarm);
}

static enum status begin_watch(struct call *call, instant *out_since) {
    struct rows *row;
    TRY(store_run(call, &upkeep_watch_begin, NULL, bind_int("now", call->now)));
    TRY(store_find(call, &upkeep_watch_lock, &row, NO_VALUES));
    *out_since = row_int(row, "since");
    return DONE;
}

static enum status raise(struct call *call, const struct alarm *alarm) {
    struct site *sites;
    size_t count;
    TRY(upkeep_sites(call, &sites, &count));
    if (count == 0) {
        return DONE; /* nobody works here yet */
    }
    struct duty duty = {.group = sites[0].group,
                        .subject = THE_WORKSPACE,
                        .step = STR(STEP),
                        .role = STR(PEOPLE_ROLE_SYSTEM),
                        .site = sites[0].id,
                        .site_title = sites[0].title,
                        .title = alarm->failed ? STR("数据备份失败")
                                               : STR("数据备份未按时完成"),
                        .item_class = STR("运行维护"),
                        .badge = STR("matter-open"),
                        .act = STR("backup"),
                        .remark = STR(""),
                        .deadline = {.hard = alarm->due, .unit = CALENDAR_HOUR},
                        .rule = alarm->bound.rule,
                        .urgent = true};
    return notice_duty_open(call, &duty);
}

static enum status is_raised(struct call *call, bool *out_is) {
    struct duties duties;
    *out_is = false;
    TRY(notice_duties_of(call, THE_WORKSPACE, &duties));
    for (size_t i = 0; i < duties.count; i++) {
        *out_is = *out_is || str_is(duties.at[i].step, STEP);
    }
    return DONE;
}
