/*
 * A letter comes in: numbered, with its clocks from the receipt on.
 */
#include "letter_own.h"

#include "filing/filing.h"

#include <string.h>

#define BACK_MOST ((instant)366 * INSTANT_DAY)

struct entering {
    struct handling handling;
    int year;
    int64_t number;
};

static enum status check_wish(struct call *call, const struct letter_wish *wish);
static bool is_channel(struct str channel);
static enum status insert(struct call *call, void *what);

enum status letter_receive(struct call *call, const struct site *site,
                           const struct letter_wish *wish, id64 *out_letter) {
    struct entering entering = {.year = date_of_day(instant_day(call->now)).year};
    struct handling *handling = &entering.handling;
    TRY(handling_of_mailbox(call, site, wish->mailbox, handling));
    struct ledger_act act = {.act = "letter.receive",
                             .subject = {SUBJECT_SITE, site->id}};
    TRY(ledger_settle(call, site->group, &act, must_receive(call, handling)));
    TRY(check_wish(call, wish));
    struct letter *letter = &handling->letter;
    letter->id = call_new_id(call);
    letter->title = str_trim(wish->title);
    letter->words = str_trim(wish->words);
    letter->writer = str_trim(wish->writer);
    letter->contact = str_trim(wish->contact);
    letter->channel = wish->channel;
    letter->received_at = wish->received_at == 0 ? call->now : wish->received_at;
    letter->due = end_of(call, handling->rule->limit, letter->received_at);
    letter->pass_due = end_of(call, handling->rule->passing, letter->received_at);
    letter->refer_due = end_of(call, handling->rule->referral, letter->received_at);
    TRY(store_transact(call, TXN_WRITE, insert, &entering));
    *out_letter = letter->id;
    return DONE;
}

static enum status check_wish(struct call *call, const struct letter_wish *wish) {
    enum status answer = DONE;
    if (str_is_empty(str_trim(wish->title))) {
        answer = call_refuse_field(call, "title", "", "letter.title-missing", NULL);
    }
    if (str_is_empty(str_trim(wish->words))) {
        answer = call_refuse_field(call, "words", "", "letter.words-missing", NULL);
    }
    if (!is_channel(wish->channel)) {
        answer = call_refuse_field(call, "channel", "", "letter.channel-odd", NULL);
    }
    if (wish->received_at > call->now ||
        (wish->received_at != 0 && wish->received_at < call->now - BACK_MOST)) {
        answer = call_refuse_field(call, "received", "", "letter.receipt-odd", NULL);
    }
    return answer;
}

static bool is_channel(struct str channel) {
    return str_is(channel, "site") || str_is(channel, "phone") || str_is(channel, "post");
}

/* The number is taken under its series' lock, to the end of the transaction. */
static enum status insert(struct call *call, void *what) {
    struct entering *entering = what;
    struct handling *handling = &entering->handling;
    struct letter *letter = &handling->letter;
    const struct mailbox_rule *rule = handling->rule;
    struct str series;
    TRY(people_code_of_body(call, letter->body,
                            str_format(call->arena, "letter-%.*s", STR_ARG(rule->code)),
                            &series));
    TRY(filing_number(call, letter->group, series, entering->year, &entering->number));
    letter->number =
        filing_number_text(call->arena, rule->pattern, entering->year, entering->number);
    TRY(store_run(call, &letter_insert, NULL, bind_id("id", letter->id),
                  bind_id("group", letter->group), bind_id("body", letter->body),
                  bind_text("mailbox", letter->mailbox), bind_int("year", entering->year),
                  bind_int("number", entering->number),
                  bind_text("shown", letter->number), bind_text("title", letter->title),
                  bind_text("words", letter->words), bind_text("writer", letter->writer),
                  bind_text("contact", letter->contact),
                  bind_text("channel", letter->channel),
                  bind_int("received_at", letter->received_at),
                  bind_int("person", call->actor.person), bind_int("now", call->now),
                  bind_text("state", str_of(letter_state_name(LETTER_RECEIVED))),
                  bind_id("unit", letter->unit), bind_end("due", letter->due),
                  bind_end("pass_due", letter->pass_due),
                  bind_end("refer_due", letter->refer_due)));
    TRY(renew_duties(call, handling, false));
    return note_move(call, handling, "receive", STR(""), false,
                     rule->receiver == NULL ? STR("") : rule->receiver->basis.id);
}
