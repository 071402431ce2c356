/*
 * Somebody has written below the program: a decision or an order stands in the database
 * that its signer never signed.
 */
#include "publication_own.h"

#include "ledger/ledger.h"
#include "notice/notice.h"
#include "people/people.h"
#include "review/review.h"

#include <string.h>

struct alarm {
    const struct manuscript *manuscript;
    const struct refusal *refusal;
};

static enum status raise_alarm(struct call *call, void *what);
static enum status tell_role(struct call *call, const struct alarm *alarm,
                             const char *role);

enum status alarm_settle(struct call *call, const struct manuscript *manuscript,
                         enum status status) {
    const struct refusal *refusal = call->refusal;
    if (status != REFUSED || refusal == NULL ||
        (strcmp(refusal->words, REVIEW_NOT_SIGNED) != 0 &&
         strcmp(refusal->words, PUBLICATION_ORDER_NOT_SIGNED) != 0)) {
        return status;
    }
    struct alarm alarm = {manuscript, refusal};
    struct str key = call->key;
    call->key = STR(""); /* the wish is refused, and may be repeated */
    enum status raised = store_transact(call, TXN_WRITE, raise_alarm, &alarm);
    call->key = key;
    if (raised != DONE) {
        log_fault("an alarm about forged decisions could not be written");
    }
    return status;
}

static enum status raise_alarm(struct call *call, void *what) {
    const struct alarm *alarm = what;
    json_t *payload = json_object();
    for (size_t i = 0; i < LENGTH(alarm->refusal->arguments); i++) {
        const struct refusal_argument *argument = &alarm->refusal->arguments[i];
        if (argument->name != NULL) {
            json_object_set_new(payload, argument->name,
                                json_stringn(argument->value.at, argument->value.length));
        }
    }
    struct ledger_act record = {.act = "publication.forged",
                                .subject = {SUBJECT_MANUSCRIPT, alarm->manuscript->id},
                                .payload = ledger_payload(call, payload)};
    struct str told = record.payload;
    TRY(tell_role(call, alarm, PEOPLE_ROLE_AUDIT));
    TRY(tell_role(call, alarm, PEOPLE_ROLE_SECURITY));
    log_fault("publication: manuscript %lld rests on what nobody signed: %s %.*s",
              (long long)alarm->manuscript->id, alarm->refusal->words, STR_ARG(told));
    return ledger_append(call, alarm->manuscript->group, &record, NULL);
}

static enum status tell_role(struct call *call, const struct alarm *alarm,
                             const char *role) {
    struct people_holdings holders;
    TRY(people_holders(call, role, 0, &holders));
    for (size_t i = 0; i < holders.count; i++) {
        struct news news = {.person = holders.at[i].person,
                            .subject = {SUBJECT_MANUSCRIPT, alarm->manuscript->id},
                            .words = STR("news.forged"),
                            .title = alarm->manuscript->title};
        TRY(notice_tell(call, &news));
    }
    return DONE;
}
