/*
 * Looking at the letters of a day: recorded once, with their number, also when there are
 * none; and a duty for the next day on which somebody has to.
 */
#include "letter_own.h"

#include <jansson.h>

struct looking {
    struct handling handling;
    int64_t received;
    int64_t open;
};

static enum status look(struct call *call, void *what);
static enum status note_look(struct call *call, const struct looking *looking);
static enum status ask_next(struct call *call, const struct handling *handling,
                            civil_day after);
static struct str step_of(struct arena *arena, struct str mailbox);
static enum status begin(struct call *call, void *what);
static enum status is_asked(struct call *call, const struct handling *handling,
                            bool *out_is);
static enum status drop_others(struct call *call, void *what);

struct closing {
    const struct site *site;
    const struct rulebook *book;
};

struct beginning {
    struct handling handling;
    instant at;
};

enum status letter_look(struct call *call, const struct site *site, struct str mailbox,
                        int64_t *out_letters) {
    struct looking looking;
    struct rows *row;
    civil_day today = instant_day(call->now);
    TRY(handling_of_mailbox(call, site, mailbox, &looking.handling));
    struct ledger_act act = {.act = "letter.look", .subject = {SUBJECT_SITE, site->id}};
    TRY(ledger_settle(call, site->group, &act, must_receive(call, &looking.handling)));
    TRY(store_find(call, &letter_counts, &row, bind_id("group", site->group),
                   bind_id("body", site->root), bind_text("mailbox", mailbox),
                   bind_int("from", day_start(today)),
                   bind_int("until", day_end(today))));
    looking.received = row_int(row, "received");
    looking.open = row_int(row, "open");
    TRY(store_transact(call, TXN_WRITE, look, &looking));
    if (out_letters != NULL) {
        *out_letters = looking.received;
    }
    return DONE;
}

static enum status look(struct call *call, void *what) {
    const struct looking *looking = what;
    const struct handling *handling = &looking->handling;
    const struct letter *letter = &handling->letter;
    int64_t changed = 0;
    TRY(store_run(call, &letter_look_insert, &changed, bind_id("group", letter->group),
                  bind_id("body", letter->body), bind_text("mailbox", letter->mailbox),
                  bind_int("day", instant_day(call->now)),
                  bind_int("person", call->actor.person), bind_int("now", call->now),
                  bind_int("letters", looking->received)));
    if (changed == 0) {
        return DONE; /* once a day */
    }
    TRY(ask_next(call, handling, instant_day(call->now)));
    return note_look(call, looking);
}

static enum status note_look(struct call *call, const struct looking *looking) {
    const struct handling *handling = &looking->handling;
    struct str mailbox = handling->rule->code;
    struct str day = day_to_text(call->arena, instant_day(call->now));
    struct ledger_act record = {
        .act = "letter.look",
        .subject = {SUBJECT_SITE, handling->site.id},
        .rule = handling->rule->look == NULL ? handling->rule->basis.id
                                             : handling->rule->look->basis.id,
        .payload = ledger_payload(call, json_pack("{s:s%, s:s%, s:I, s:I}", "mailbox",
                                                  mailbox.at, mailbox.length, "day",
                                                  day.at, day.length, "letters",
                                                  (json_int_t)looking->received, "open",
                                                  (json_int_t)looking->open))};
    return ledger_append(call, handling->site.group, &record, NULL);
}

/* By the end of the next day that is demanded. */
static enum status ask_next(struct call *call, const struct handling *handling,
                            civil_day after) {
    const struct mailbox_rule *rule = handling->rule;
    struct duty duty = {.group = handling->site.group,
                        .subject = {SUBJECT_SITE, handling->site.id},
                        .step = step_of(call->arena, rule->code),
                        .site = handling->site.id,
                        .site_title = handling->site.title,
                        .title = text_in(rule->title, STR("zh-CN")),
                        .item_class = STR(""),
                        .badge = STR("matter-open"),
                        .act = STR("look-at-letters"),
                        .remark = STR("")};
    TRY(notice_duty_close(call, duty.subject, duty.step));
    if (rule->look == NULL || rule->receiver == NULL) {
        return DONE;
    }
    duty.role = handling->book->roles[rule->receiver->role].code;
    TRY(place_of(call, handling, rule->receiver->role, handling->owner, &duty.unit));
    duty.rule = rule->look->basis.id;
    duty.deadline = (struct calendar_deadline){
        .hard = day_end(next_look(call, rule->look, after)),
        .unit =
            rule->look->each == LOOK_WORKING_DAY ? CALENDAR_WORKING_DAY : CALENDAR_DAY};
    if (rule->escalate != NO_INDEX) {
        duty.escalate_role = handling->book->roles[rule->escalate].code;
        TRY(place_of(call, handling, rule->escalate, handling->owner,
                     &duty.escalate_unit));
    }
    return notice_duty_open(call, &duty);
}

static struct str step_of(struct arena *arena, struct str mailbox) {
    return str_format(arena, "letters-%.*s", STR_ARG(mailbox));
}

enum status letter_follow_site(struct call *call, id64 id, instant at) {
    struct site site;
    const struct rulebook *book;
    enum status found = site_find(call, id, &site);
    if (found != DONE || !str_is(site.kind, "main")) {
        return found == ABSENT ? DONE : found;
    }
    TRY(site_rulebook(call, id, &book));
    for (size_t i = 0; i < book->mailbox_count; i++) {
        struct beginning beginning = {.at = at};
        enum status known = handling_of_mailbox(call, &site, book->mailboxes[i].code,
                                                &beginning.handling);
        if (known == DONE) {
            TRY(store_transact(call, TXN_WRITE, begin, &beginning));
        } else if (known != ABSENT) {
            return known;
        }
    }
    struct closing closing = {&site, book};
    return store_transact(call, TXN_WRITE, drop_others, &closing);
}

static enum status begin(struct call *call, void *what) {
    const struct beginning *beginning = what;
    const struct handling *handling = &beginning->handling;
    bool asked = false;
    TRY(store_run(
        call, &letter_mailbox_begin, NULL, bind_id("group", handling->site.group),
        bind_id("body", handling->site.root), bind_text("mailbox", handling->rule->code),
        bind_int("since", beginning->at)));
    TRY(is_asked(call, handling, &asked));
    return asked ? DONE : ask_next(call, handling, instant_day(beginning->at));
}

/* A look is asked for already. */
static enum status is_asked(struct call *call, const struct handling *handling,
                            bool *out_is) {
    struct duties duties;
    struct str step = step_of(call->arena, handling->rule->code);
    TRY(notice_duties_of(call, (struct subject){SUBJECT_SITE, handling->site.id},
                         &duties));
    for (size_t i = 0; i < duties.count; i++) {
        *out_is = *out_is || str_equal(duties.at[i].step, step);
    }
    return DONE;
}

/* Nobody is asked to look into a mailbox that the version in force does not have. */
static enum status drop_others(struct call *call, void *what) {
    const struct closing *closing = what;
    struct str codes[100];
    size_t count = 0;
    struct rows *rows;
    TRY(store_query(call, &letter_mailbox_rows, &rows,
                    bind_id("group", closing->site->group),
                    bind_id("body", closing->site->root)));
    while (rows_next(rows) && count < LENGTH(codes)) {
        codes[count++] = row_text(rows, "mailbox");
    }
    TRY(rows_end(rows));
    for (size_t i = 0; i < count; i++) {
        bool stays = false;
        for (size_t j = 0; j < closing->book->mailbox_count; j++) {
            stays = stays || str_equal(closing->book->mailboxes[j].code, codes[i]);
        }
        if (!stays) {
            TRY(notice_duty_close(call, (struct subject){SUBJECT_SITE, closing->site->id},
                                  step_of(call->arena, codes[i])));
        }
    }
    return DONE;
}
