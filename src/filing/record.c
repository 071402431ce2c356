/*
 * Filing records (报送备案) and the archives of the sections: rows that are added
 * in an act's transaction and never change.
 */
#include "filing_own.h"
#include "filing_sql.h"

static enum status collect_records(struct rows *rows, struct call *call,
                                   struct filing_records *out_records);
static struct filing_record read_record(struct rows *rows);
static enum status number_copy(struct call *call, const struct archive_copy *copy);
static struct archive_copy read_copy(struct rows *rows);

struct subject filing_row_subject(struct rows *rows) {
    struct subject subject = {SUBJECT_NONE, row_id(rows, "subject")};
    if (subject_kind_from_name(row_text(rows, "subject_kind"), &subject.kind) != DONE) {
        log_fault("a filed row has a subject of a kind that is not known");
    }
    return subject;
}

enum status filing_record(struct call *call, struct filing_record *record) {
    int year = date_of_day(instant_day(call->now)).year;
    int64_t serial;
    TRY(filing_number(call, record->group, record->series, year, &serial));
    struct str number_text =
        filing_number_text(call->arena, record->pattern, year, serial);
    id64 id = call_new_id(call);
    TRY(store_run(
        call, &filing_record_insert, NULL, bind_int("id", id),
        bind_int("group", record->group), bind_text("series", record->series),
        bind_int("year", year), bind_int("serial", serial),
        bind_text("number_text", number_text),
        bind_text("subject_kind", str_of(subject_kind_name(record->subject.kind))),
        bind_int("subject", record->subject.id), bind_digest("digest", &record->digest),
        bind_text("title", record->title), bind_text("item_class", record->item_class),
        bind_int("unit", record->unit), bind_text("unit_title", record->unit_title),
        bind_int("submitter", record->submitter),
        bind_text("submitter_name", record->submitter_name),
        bind_text("approval", record->approval),
        bind_text("destination", record->destination), bind_int("at", call->now)));
    record->id = id;
    record->serial = serial;
    record->year = year;
    record->number_text = number_text;
    record->at = call->now;
    return DONE;
}

enum status filing_records(struct call *call, id64 group, id64 unit, id64 before,
                           struct filing_records *out_records) {
    struct rows *rows;
    TRY(store_query(call, &filing_record_page, &rows, bind_int("group", group),
                    bind_int("before", before == 0 ? INT64_MAX : before),
                    bind_int("unit_low", unit),
                    bind_int("unit_high", unit == 0 ? INT64_MAX : unit)));
    return collect_records(rows, call, out_records);
}

enum status filing_records_of(struct call *call, struct subject subject,
                              struct filing_records *out_records) {
    struct rows *rows;
    TRY(store_query(call, &filing_record_of, &rows,
                    bind_text("kind", str_of(subject_kind_name(subject.kind))),
                    bind_int("subject", subject.id)));
    return collect_records(rows, call, out_records);
}

static enum status collect_records(struct rows *rows, struct call *call,
                                   struct filing_records *out_records) {
    struct filing_records records = {
        .at = TAKE_ARRAY(call->arena, FILING_PAGE, struct filing_record)};
    while (rows_next(rows)) {
        if (records.count == FILING_PAGE) {
            records.more = true;
            break;
        }
        records.at[records.count++] = read_record(rows);
    }
    TRY(rows_end(rows));
    *out_records = records;
    return DONE;
}

static struct filing_record read_record(struct rows *rows) {
    struct filing_record record = {0};
    record.id = row_id(rows, "id");
    record.group = row_id(rows, "site_group");
    record.series = row_text(rows, "series");
    record.year = (int)row_int(rows, "year");
    record.serial = row_int(rows, "serial");
    record.number_text = row_text(rows, "number_text");
    record.subject = filing_row_subject(rows);
    record.digest = row_digest(rows, "digest");
    record.title = row_text(rows, "title");
    record.item_class = row_text(rows, "item_class");
    record.unit = row_id(rows, "unit");
    record.unit_title = row_text(rows, "unit_title");
    record.submitter = row_id(rows, "submitter");
    record.submitter_name = row_text(rows, "submitter_name");
    record.approval = row_text(rows, "approval");
    record.destination = row_text(rows, "destination");
    record.at = row_int(rows, "at");
    return record;
}

enum status filing_archive(struct call *call, struct archive_copy *copy) {
    id64 id = call_new_id(call);
    int64_t added;
    TRY(store_run(
        call, &filing_archive_insert, &added, bind_int("id", id),
        bind_int("group", copy->group), bind_int("unit", copy->unit),
        bind_int("kind", (int)copy->kind),
        bind_text("subject_kind", str_of(subject_kind_name(copy->subject.kind))),
        bind_int("subject", copy->subject.id), bind_digest("digest", &copy->digest),
        bind_text("title", copy->title), bind_text("content", copy->text),
        bind_text("history", copy->history), bind_int("at", call->now)));
    copy->id = id;
    copy->at = call->now;
    return added == 0 ? DONE : number_copy(call, copy);
}

static enum status number_copy(struct call *call, const struct archive_copy *copy) {
    int year = date_of_day(instant_day(call->now)).year;
    struct str pattern =
        str_is_empty(copy->pattern) ? STR("档 {year}-{number:4}") : copy->pattern;
    int64_t number;
    TRY(filing_number(call, copy->group, FILING_FILES, year, &number));
    return store_run(
        call, &filing_archive_number_insert, NULL, bind_int("copy", copy->id),
        bind_int("group", copy->group), bind_int("year", year),
        bind_int("number", number),
        bind_text("shown", filing_number_text(call->arena, pattern, year, number)));
}

enum status filing_archived(struct call *call, id64 unit, enum archive_kind kind,
                            id64 before, struct archive_copies *out_copies) {
    struct rows *rows;
    struct archive_copies copies = {
        .at = TAKE_ARRAY(call->arena, FILING_PAGE, struct archive_copy)};
    TRY(store_query(call, &filing_archive_page, &rows, bind_int("unit", unit),
                    bind_int("kind", (int)kind),
                    bind_int("before", before == 0 ? INT64_MAX : before)));
    while (rows_next(rows)) {
        if (copies.count == FILING_PAGE) {
            copies.more = true;
            break;
        }
        copies.at[copies.count++] = read_copy(rows);
    }
    TRY(rows_end(rows));
    *out_copies = copies;
    return DONE;
}

enum status filing_archive_copy(struct call *call, id64 copy,
                                struct archive_copy *out_copy) {
    struct rows *row;
    TRY(store_find(call, &filing_archive_select, &row, bind_int("id", copy)));
    *out_copy = read_copy(row);
    return DONE;
}

static struct archive_copy read_copy(struct rows *rows) {
    struct archive_copy copy = {0};
    copy.id = row_id(rows, "id");
    copy.group = row_id(rows, "site_group");
    copy.unit = row_id(rows, "unit");
    copy.kind = (enum archive_kind)row_int(rows, "kind");
    copy.subject = filing_row_subject(rows);
    copy.digest = row_digest(rows, "digest");
    copy.title = row_text(rows, "title");
    copy.text = row_text(rows, "content");
    copy.history = row_text(rows, "history");
    copy.at = row_int(rows, "at");
    return copy;
}
