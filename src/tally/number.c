/*
 * The numbers of monthly and quarterly summaries: one series for each, without gaps and
 * in the order of the periods, whichever of them is looked at first.  A number is given
 * once the period has ended, at the first look, and stays.
 */
#include "tally_own.h"

#include "filing/filing.h"

#include <jansson.h>

struct numbering {
    id64 group;
    const struct period *period;
    struct str number;
};

static enum status give_numbers(struct call *call, void *what);
static enum status give_number(struct call *call, id64 group, struct str period,
                               bool first, struct str *out_number);
static enum status find_number(struct call *call, id64 group, struct str period,
                               struct str *out_number);
static bool is_quarter(struct str period);
static struct str series_of(struct str period);
static struct subject subject_of(id64 group);
static struct digest digest_of_period(struct str period);

enum status tally_number(struct call *call, id64 group, const struct period *period,
                         struct str *out_number) {
    struct numbering numbering = {.group = group, .period = period};
    struct ledger_entry founding;
    if (period->text.length <= 4 || !period->ended) {
        return ABSENT;
    }
    enum status found = find_number(call, group, period->text, out_number);
    if (found != ABSENT) {
        return found;
    }
    TRY(ledger_entry_find(call, group, 1, &founding));
    if (founding.at >= period->until) {
        return ABSENT;
    }
    enum status given = store_transact(call, TXN_WRITE, give_numbers, &numbering);
    if (given == STALE) { /* somebody else looked in the same moment */
        txn_abort(call);
        return find_number(call, group, period->text, out_number);
    }
    TRY(given);
    *out_number = numbering.number;
    return DONE;
}

/* Of all periods from the founding to the one that is asked for. */
static enum status give_numbers(struct call *call, void *what) {
    struct numbering *numbering = what;
    struct ledger_entry founding;
    bool first = true;
    TRY(ledger_entry_find(call, numbering->group, 1, &founding));
    bool quarter = is_quarter(numbering->period->text);
    struct str at = tally_period_of(call->arena, founding.at, quarter);
    for (;;) {
        struct period period;
        TRY(tally_period(call, at, &period));
        enum status found = find_number(call, numbering->group, at, &numbering->number);
        if (found == ABSENT) {
            TRY(give_number(call, numbering->group, at, first, &numbering->number));
            first = false;
        } else {
            TRY(found);
        }
        if (period.from >= numbering->period->from) {
            return DONE;
        }
        at = tally_period_of(call->arena, period.until, quarter);
    }
}

static enum status give_number(struct call *call, id64 group, struct str period,
                               bool first, struct str *out_number) {
    struct digest digest = digest_of_period(period);
    struct form form;
    TRY(filing_form_open(call, group, series_of(period),
                         is_quarter(period) ? STR("季报 {year}-{number:2}")
                                            : STR("月报 {year}-{number:2}"),
                         subject_of(group), &digest, &form));
    *out_number = form.number_text;
    struct ledger_act act = {
        .act = "tally.number",
        .subject = subject_of(group),
        .payload = ledger_payload(
            call, json_pack("{s:s%, s:s%}", "period", period.at, period.length, "number",
                            form.number_text.at, form.number_text.length)),
        .follows = !first};
    return ledger_append(call, group, &act, NULL);
}

static enum status find_number(struct call *call, id64 group, struct str period,
                               struct str *out_number) {
    struct digest digest = digest_of_period(period);
    struct form form;
    TRY(filing_form_of(call, series_of(period), subject_of(group), &digest, &form));
    *out_number = form.number_text;
    return DONE;
}

static bool is_quarter(struct str period) {
    return str_find(period, STR("Q")) < period.length;
}

static struct str series_of(struct str period) {
    return is_quarter(period) ? STR("summary-quarter") : STR("summary-month");
}

static struct subject subject_of(id64 group) {
    return (struct subject){SUBJECT_GROUP, group};
}

static struct digest digest_of_period(struct str period) {
    return digest_of(DIGEST_SM3, bytes_of_str(period));
}
