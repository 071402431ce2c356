/*
 * 复核: the owner looks at a column and says that nothing has changed, which a rule may
 * take for an update.
 */
#include "tally_own.h"

#include <jansson.h>

static enum status confirm(struct call *call, void *what);
static enum status find_watch(struct call *call, id64 renewal, struct watch *out_watch);
static enum status answers_for(struct call *call, const struct watched *watched,
                               bool *out_answers);

enum status tally_confirm(struct call *call, id64 renewal) {
    struct watch watch;
    TRY(find_watch(call, renewal, &watch));
    struct ledger_act act = {.act = "tally.confirm", .subject = watch.subject};
    TRY(ledger_settle(call, watch.group, &act,
                      store_transact(call, TXN_WRITE, confirm, &watch)));
    return watch_settle(call, renewal);
}

static enum status confirm(struct call *call, void *what) {
    const struct watch *watch = what;
    const struct cadence_rule *rule = watch->rule;
    const char *article = str_text(call->arena, rule->basis.id);
    struct watch standing = *watch;
    struct watched watched;
    struct rows *row;
    bool answers = false;
    TRY(store_find(call, &renewal_row, &row, bind_int("id", watch->id)));
    TRY(watch_about(call, watch, &watched));
    TRY(answers_for(call, &watched, &answers));
    if (!rule->confirm) {
        return call_refuse(call, REFUSED, article, "tally.not-confirmed-so", NULL);
    }
    if (!answers) {
        struct people_unit unit;
        TRY(people_unit(call, watched.owner, &unit));
        return call_refuse(call, DENIED, article, "tally.not-owner", "unit",
                           str_text(call->arena, unit.title), NULL);
    }
    TRY(watch_advance(call, &standing));
    if (standing.window.from > call->now) {
        struct str day = day_to_text(call->arena, instant_day(standing.window.from));
        return call_refuse(call, REFUSED, article, "tally.not-begun", "day",
                           str_text(call->arena, day), NULL);
    }
    TRY(store_run(call, &renewal_check_insert, NULL, bind_int("id", call_new_id(call)),
                  bind_int("watch", watch->id), bind_int("person", call->actor.person),
                  bind_int("now", call->now)));
    struct ledger_act act = {
        .act = "tally.confirm",
        .subject = watch->subject,
        .rule = rule->basis.id,
        .payload = ledger_payload(call, json_pack("{s:s%}", "cadence", watch->cadence.at,
                                                  watch->cadence.length))};
    return ledger_append(call, watch->group, &act, NULL);
}

enum status tally_may_confirm(struct call *call, id64 renewal, bool *out_may) {
    struct watch watch;
    struct watched watched;
    TRY(find_watch(call, renewal, &watch));
    TRY(watch_about(call, &watch, &watched));
    TRY(answers_for(call, &watched, out_may));
    *out_may = *out_may && watch.rule->confirm;
    return DONE;
}

/* ABSENT where nothing is asked any more. */
static enum status find_watch(struct call *call, id64 renewal, struct watch *out_watch) {
    const struct rulebook *book;
    struct rows *row;
    TRY(store_find(call, &renewal_look, &row, bind_int("id", renewal)));
    *out_watch = watch_read(row);
    TRY(site_rulebook(call, out_watch->site, &book));
    return watch_bind(call, out_watch, book) ? DONE : ABSENT;
}

/* Whoever has a post in the owner's unit. */
static enum status answers_for(struct call *call, const struct watched *watched,
                               bool *out_answers) {
    struct people_holdings holdings;
    TRY(people_holdings(call, call->actor.person, &holdings));
    *out_answers = false;
    for (size_t i = 0; i < holdings.count; i++) {
        *out_answers = *out_answers || holdings.at[i].unit == watched->owner;
    }
    return DONE;
}
