/*
 * The desk: what one person can act on now.  One query over the open duties,
 * found through the posts the person holds at this instant.
 */
#include "notice_own.h"
#include "notice_sql.h"

enum status notice_desk(struct call *call, id64 person, struct duties *out_duties) {
    struct rows *rows;
    TRY(store_query(call, &notice_desk_rows, &rows, bind_int("person", person),
                    bind_int("now", call->now)));
    return duty_collect(call, rows, out_duties);
}

enum status notice_desk_count(struct call *call, id64 person,
                              struct duty_count *out_count) {
    struct rows *row;
    TRY(store_find(call, &notice_desk_sums, &row, bind_int("person", person),
                   bind_int("now", call->now)));
    instant next = row_int(row, "next");
    *out_count = (struct duty_count){
        .open = row_int(row, "open"),
        .late = row_int(row, "late"),
        .next = next == INSTANT_NEVER ? 0 : next,
    };
    return DONE;
}

enum status notice_is_on_desk(struct call *call, id64 person, struct subject subject,
                              struct str step, bool *out_is) {
    struct rows *row;
    enum status status =
        store_find(call, &notice_desk_has, &row,
                   bind_text("kind", str_of(subject_kind_name(subject.kind))),
                   bind_int("subject", subject.id), bind_text("step", step),
                   bind_int("person", person), bind_int("now", call->now));
    if (status != DONE && status != ABSENT) {
        return status;
    }
    *out_is = status == DONE;
    return DONE;
}
