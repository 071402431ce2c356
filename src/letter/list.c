/*
 * Lists: of letters, of mailboxes with the days on which nobody looked.
 */
#include "letter_own.h"

#define LETTERS_MOST  1000
#define DAYS_MOST     366
#define READINGS_MOST 200

struct readings;

static enum status read_as(struct call *call, struct readings *readings,
                           const struct letter *letter, enum reading *out_reading);
static enum status fill_mailbox(struct call *call, const struct site *site,
                                const struct mailbox_rule *rule, struct mailbox *box,
                                bool *out_any);
static enum status fill_missed(struct call *call, const struct handling *handling,
                               struct mailbox *box);
static enum status looked_days(struct call *call, const struct handling *handling,
                               civil_day from, civil_day until, bool *looked);

/* The same for all letters of a mailbox that lie in one place: asked once. */
struct readings {
    struct reading_there {
        struct str mailbox;
        id64 unit;
        bool moved;
        enum reading reading;
    } at[READINGS_MOST];
    size_t count;
};

enum status letter_list(struct call *call, const struct site *site,
                        const struct letter_filter *filter, struct letters *out_letters) {
    struct letter *rows_read = TAKE_ARRAY(call->arena, LETTERS_MOST, struct letter);
    struct letters letters = {.at = TAKE_ARRAY(call->arena, LETTERS_MOST, struct letter)};
    struct readings readings = {.count = 0};
    struct rows *rows;
    size_t count = 0;
    TRY(store_query(
        call, &letter_rows, &rows, bind_id("group", site->group),
        bind_id("body", site->root),
        bind_text("mailbox", filter->mailbox.at == NULL ? STR("") : filter->mailbox)));
    while (rows_next(rows) && count < LETTERS_MOST) {
        read_letter(call, rows, &rows_read[count++]);
    }
    TRY(rows_end(rows));
    for (size_t i = 0; i < count; i++) {
        const struct letter *letter = &rows_read[i];
        enum reading reading;
        if ((filter->open_only && letter->state == LETTER_CLOSED) ||
            (filter->late_only && !letter->is_late)) {
            continue;
        }
        TRY(read_as(call, &readings, letter, &reading));
        if (reading != READS_NOTHING) {
            letters.at[letters.count] = *letter;
            withhold(&letters.at[letters.count++], reading);
        }
    }
    *out_letters = letters;
    return DONE;
}

static enum status read_as(struct call *call, struct readings *readings,
                           const struct letter *letter, enum reading *out_reading) {
    struct handling handling;
    bool moved = letter->transferred_at != 0;
    for (size_t i = 0; i < readings->count; i++) {
        const struct reading_there *there = &readings->at[i];
        if (there->unit == letter->unit && there->moved == moved &&
            str_equal(there->mailbox, letter->mailbox)) {
            *out_reading = there->reading;
            return DONE;
        }
    }
    TRY(handling_of(call, letter->id, &handling));
    TRY(reading_of(call, &handling, out_reading));
    if (readings->count < READINGS_MOST) {
        readings->at[readings->count++] =
            (struct reading_there){letter->mailbox, letter->unit, moved, *out_reading};
    }
    return DONE;
}

enum status letter_mailboxes(struct call *call, const struct site *site,
                             struct mailbox **out_mailboxes, size_t *out_count) {
    const struct rulebook *book;
    size_t count = 0;
    TRY(site_rulebook(call, site->id, &book));
    struct mailbox *boxes =
        TAKE_ARRAY(call->arena, book->mailbox_count + 1, struct mailbox);
    for (size_t i = 0; i < book->mailbox_count; i++) {
        bool any = false;
        TRY(fill_mailbox(call, site, &book->mailboxes[i], &boxes[count], &any));
        count += any ? 1 : 0;
    }
    *out_mailboxes = boxes;
    *out_count = count;
    return DONE;
}

static enum status fill_mailbox(struct call *call, const struct site *site,
                                const struct mailbox_rule *rule, struct mailbox *box,
                                bool *out_any) {
    struct handling handling;
    struct rows *row;
    civil_day today = instant_day(call->now);
    enum status found = handling_of_mailbox(call, site, rule->code, &handling);
    if (found != DONE) {
        return found == ABSENT ? DONE : found;
    }
    *box = (struct mailbox){.rule = handling.rule};
    TRY(is_receiver(call, &handling, &box->receives));
    TRY(is_watcher(call, &handling, &box->watches));
    TRY(store_find(call, &letter_counts, &row, bind_id("group", site->group),
                   bind_id("body", site->root), bind_text("mailbox", rule->code),
                   bind_int("from", day_start(today)),
                   bind_int("until", day_end(today))));
    box->today = row_int(row, "received");
    box->open = row_int(row, "open");
    *out_any = box->receives || box->watches;
    return *out_any ? fill_missed(call, &handling, box) : DONE;
}

/* From the day after the mailbox began to yesterday, at most a year. */
static enum status fill_missed(struct call *call, const struct handling *handling,
                               struct mailbox *box) {
    struct rows *row;
    bool looked[DAYS_MOST + 1] = {false};
    civil_day today = instant_day(call->now);
    enum status begun = store_find(
        call, &letter_mailbox_row, &row, bind_id("group", handling->site.group),
        bind_id("body", handling->site.root), bind_text("mailbox", handling->rule->code));
    if (begun != DONE) {
        return begun == ABSENT ? DONE : begun;
    }
    civil_day from = instant_day(row_int(row, "since")) + 1;
    from = from < today - DAYS_MOST ? today - DAYS_MOST : from;
    civil_day first = from < today ? from : today;
    TRY(looked_days(call, handling, first, today, looked));
    box->looked = looked[today - first];
    box->missed = TAKE_ARRAY(call->arena, LETTER_MISSED_MOST, civil_day);
    for (civil_day day = today - 1; day >= from && handling->rule->look != NULL &&
                                    box->missed_count < LETTER_MISSED_MOST;
         day--) {
        if (!looked[day - first] && is_look_demanded(call, handling->rule->look, day)) {
            box->missed[box->missed_count++] = day;
        }
    }
    return DONE;
}

static enum status looked_days(struct call *call, const struct handling *handling,
                               civil_day from, civil_day until, bool *looked) {
    struct rows *rows;
    TRY(store_query(
        call, &letter_look_rows, &rows, bind_id("group", handling->site.group),
        bind_id("body", handling->site.root), bind_text("mailbox", handling->rule->code),
        bind_int("from", from), bind_int("until", until)));
    while (rows_next(rows)) {
        looked[row_int(rows, "day") - from] = true;
    }
    return rows_end(rows);
}
