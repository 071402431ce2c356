/*
 * Reading a chain: by place, by filter, by subject.
 */
#include "ledger_own.h"

#define PAGE_USUAL   50
#define PAGE_MOST    500
#define HISTORY_MOST 1000

static enum status collect(struct rows *rows, struct call *call, size_t most,
                           struct ledger_list *out_list);
static void turn_round(struct ledger_list *list);
static int page_size(int wanted);

enum status ledger_find_key(struct call *call, id64 group, struct str key,
                            struct ledger_entry *out_entry) {
    struct rows *row;
    if (str_is_empty(key)) {
        return ABSENT;
    }
    TRY(store_find(call, &ledger_wish_find, &row, bind_int("group", group),
                   bind_int("person", call->actor.person), bind_text("wish", key)));
    return ledger_entry_find(call, group, row_int(row, "sequence"), out_entry);
}

enum status ledger_entry_find(struct call *call, id64 group, int64_t sequence,
                              struct ledger_entry *out_entry) {
    struct rows *row;
    struct ledger_link link;
    TRY(store_find(call, &ledger_entry_select, &row, bind_int("group", group),
                   bind_int("sequence", sequence)));
    ledger_link_read(row, &link);
    *out_entry = link.entry;
    return DONE;
}

enum status ledger_read(struct call *call, id64 group, const struct ledger_filter *filter,
                        struct ledger_list *out_list) {
    struct str act = filter->act;
    bool module = str_ends(act, ".");
    struct str kind = str_of(subject_kind_name(filter->subject.kind));
    bool any_kind = filter->subject.kind == SUBJECT_NONE;
    int most = page_size(filter->limit);
    struct rows *rows;
    /* '~' stands behind every byte that acts and kinds are made of. */
    TRY(store_query(
        call, &ledger_entries_filtered, &rows, bind_int("group", group),
        bind_int("before", filter->before == 0 ? INT64_MAX : filter->before),
        bind_int("from", filter->from),
        bind_int("until", filter->until == 0 ? INSTANT_NEVER : filter->until),
        bind_text("act_low", act),
        bind_text("act_high", str_is_empty(act) || module
                                  ? str_format(call->arena, "%.*s~", STR_ARG(act))
                                  : act),
        bind_int("person_low", filter->person),
        bind_int("person_high", filter->person == 0 ? INT64_MAX : filter->person),
        bind_text("kind_low", kind), bind_text("kind_high", any_kind ? STR("~") : kind),
        bind_int("subject_low", filter->subject.id),
        bind_int("subject_high",
                 filter->subject.id == 0 ? INT64_MAX : filter->subject.id),
        bind_int("most", most)));
    return collect(rows, call, (size_t)most, out_list);
}

enum status ledger_rules(struct call *call, id64 group, instant from, instant until,
                         struct ledger_rules *out_rules) {
    struct rows *rows;
    struct ledger_rules rules = {.at = TAKE_ARRAY(call->arena, 1000, struct ledger_rule)};
    TRY(store_query(call, &ledger_rules_counted, &rows, bind_int("group", group),
                    bind_int("from", from), bind_int("until", until)));
    while (rules.count < 1000 && rows_next(rows)) {
        rules.at[rules.count++] =
            (struct ledger_rule){.rule = row_text(rows, "rule"),
                                 .done = row_int(rows, "done"),
                                 .refused = row_int(rows, "refused")};
    }
    TRY(rows_end(rows));
    *out_rules = rules;
    return DONE;
}

enum status ledger_history(struct call *call, struct subject subject,
                           struct ledger_list *out_list) {
    struct rows *rows;
    TRY(store_query(call, &ledger_entries_of_subject, &rows,
                    bind_int("subject", subject.id),
                    bind_text("kind", str_of(subject_kind_name(subject.kind))),
                    bind_int("most", HISTORY_MOST)));
    TRY(collect(rows, call, HISTORY_MOST, out_list));
    turn_round(out_list);
    return DONE;
}

enum status ledger_tail(struct call *call, id64 group, int64_t after, int limit,
                        struct ledger_list *out_list) {
    struct rows *rows;
    TRY(store_query(call, &ledger_entries_after, &rows, bind_int("group", group),
                    bind_int("after", after), bind_int("most", limit)));
    return collect(rows, call, (size_t)limit, out_list);
}

enum status ledger_groups(struct call *call, struct ledger_groups *out_groups) {
    struct ledger_groups groups = {0};
    size_t room = 0;
    struct rows *rows;
    TRY(store_query(call, &ledger_heads, &rows, NO_VALUES));
    while (rows_next(rows)) {
        if (groups.count == room) {
            id64 *more = TAKE_ARRAY(call->arena, room + 64, id64);
            for (size_t i = 0; i < groups.count; i++) {
                more[i] = groups.at[i];
            }
            groups.at = more;
            room += 64;
        }
        groups.at[groups.count++] = row_int(rows, "site_group");
    }
    TRY(rows_end(rows));
    *out_groups = groups;
    return DONE;
}

enum status ledger_head(struct call *call, id64 group,
                        struct ledger_checkpoint *out_head) {
    struct rows *row;
    struct ledger_checkpoint head = {.group = group};
    enum status status =
        store_find(call, &ledger_head_read, &row, bind_int("group", group));
    if (status == DONE) {
        head.sequence = row_int(row, "sequence");
        if (head.sequence > 0 &&
            digest_from_text(row_text(row, "hash"), &head.hash) != DONE) {
            head.hash = (struct digest){0}; /* only in a forged head */
        }
    } else if (status != ABSENT) {
        return status;
    }
    *out_head = head;
    return DONE;
}

static enum status collect(struct rows *rows, struct call *call, size_t most,
                           struct ledger_list *out_list) {
    struct ledger_entry *entries = NULL;
    size_t room = 0;
    size_t count = 0;
    while (rows_next(rows) && count < most) {
        if (count == room) {
            room = room == 0 ? 16 : room * 2;
            struct ledger_entry *more =
                TAKE_ARRAY(call->arena, room, struct ledger_entry);
            for (size_t i = 0; i < count; i++) {
                more[i] = entries[i];
            }
            entries = more;
        }
        struct ledger_link link;
        ledger_link_read(rows, &link);
        entries[count++] = link.entry;
    }
    TRY(rows_end(rows));
    *out_list = (struct ledger_list){entries, count};
    return DONE;
}

static void turn_round(struct ledger_list *list) {
    for (size_t i = 0; i < list->count / 2; i++) {
        struct ledger_entry entry = list->at[i];
        list->at[i] = list->at[list->count - 1 - i];
        list->at[list->count - 1 - i] = entry;
    }
}

static int page_size(int wanted) {
    if (wanted <= 0) {
        return PAGE_USUAL;
    }
    return wanted > PAGE_MOST ? PAGE_MOST : wanted;
}
