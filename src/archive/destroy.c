/*
 * Destruction: a list is approved by another, looked on by witnesses, and carried out
 * with the last of them.
 */
#include "archive_own.h"

struct deciding {
    struct destruction list;
    bool agreed;
    struct str words;
    bool done; /* carried out in this act */
};

static enum status decide(struct call *call, void *what);
static enum status ask_witnesses(struct call *call, const struct destruction *list,
                                 const struct basis *basis);
static struct str witness_step(struct call *call, size_t number);
static enum status witness(struct call *call, void *what);
static enum status empty_files(struct call *call, struct deciding *deciding);
static enum status note_destroyed(struct call *call, const struct deciding *deciding);
static enum status must_prove(struct call *call);

enum status archive_decide(struct call *call, id64 destruction, bool agreed,
                           struct str words) {
    struct deciding deciding = {.agreed = agreed, .words = str_trim(words)};
    struct ledger_act act = act_of("archive.approve", destruction);
    TRY(list_row(call, destruction, &deciding.list));
    TRY(ledger_settle(call, deciding.list.group, &act,
                      store_transact(call, TXN_WRITE, decide, &deciding)));
    return deciding.done ? seals_remove(call, &deciding.list) : DONE;
}

static enum status decide(struct call *call, void *what) {
    struct deciding *deciding = what;
    struct destruction *list = &deciding->list;
    struct keeping keeping;
    int64_t changed;
    struct rows *row;
    deciding->done = false;
    TRY(keeping_of(call, list->group, list->unit, &keeping));
    const struct destruction_rule *rule = book_destruction(keeping.book);
    if (rule == NULL) {
        return call_refuse(call, REFUSED, "", "archive.nothing-destroyed", NULL);
    }
    TRY(store_find(call, &archive_destruction_lock, &row, bind_int("id", list->id)));
    TRY(must_hold(call, &keeping, rule->approver, &rule->basis));
    bool own = list->proposed_by == call->actor.person;
    for (size_t i = 0; i < list->witness_count; i++) {
        own = own || list->witnesses[i].person == call->actor.person;
    }
    if (own) {
        return call_refuse(call, DENIED, str_text(call->arena, rule->basis.id),
                           "archive.own-list", NULL);
    }
    if (!deciding->agreed && str_is_empty(deciding->words)) {
        return call_refuse_field(call, "words", "", "archive.reason-missing", NULL);
    }
    TRY(must_prove(call));
    TRY(store_run(call, &archive_destruction_set_answer, &changed,
                  bind_int("person", call->actor.person), bind_int("now", call->now),
                  bind_int("agreed", deciding->agreed),
                  bind_text("answer", deciding->words), bind_int("id", list->id)));
    if (changed == 0) {
        return call_refuse(call, STALE, "", "archive.answered", NULL);
    }
    TRY(notice_duty_close(call, (struct subject){SUBJECT_ARCHIVE, list->id}, STR("")));
    if (deciding->agreed) {
        TRY(ask_witnesses(call, list, &rule->basis));
    }
    if (deciding->agreed && list->witness_count == 0) {
        TRY(empty_files(call, deciding));
    }
    TRY(note(call, list->group, deciding->agreed ? "archive.approve" : "archive.reject",
             list->id, &list->digest, &rule->basis,
             json_pack("{s:s%, s:s%}", "list", list->number.at, list->number.length,
                       "words", deciding->words.at, deciding->words.length)));
    return deciding->done ? note_destroyed(call, deciding) : DONE;
}

static enum status ask_witnesses(struct call *call, const struct destruction *list,
                                 const struct basis *basis) {
    for (size_t i = 0; i < list->witness_count; i++) {
        struct duty duty = {.group = list->group,
                            .subject = {SUBJECT_ARCHIVE, list->id},
                            .step = witness_step(call, i),
                            .role = STR(""),
                            .person = list->witnesses[i].person,
                            .site_title = STR(""),
                            .title = list->number,
                            .item_class = list->reason,
                            .badge = STR("archive-approved"),
                            .act = STR("witness"),
                            .remark = STR(""),
                            .rule = basis->id};
        TRY(notice_duty_open(call, &duty));
    }
    return DONE;
}

/* Each has a duty of his own, so that one can be closed. */
static struct str witness_step(struct call *call, size_t number) {
    return str_format(call->arena, "witness-%zu", number + 1);
}

enum status archive_witness(struct call *call, id64 destruction) {
    struct deciding deciding = {.agreed = true};
    struct ledger_act act = act_of("archive.witness", destruction);
    TRY(list_row(call, destruction, &deciding.list));
    TRY(ledger_settle(call, deciding.list.group, &act,
                      store_transact(call, TXN_WRITE, witness, &deciding)));
    return deciding.done ? seals_remove(call, &deciding.list) : DONE;
}

static enum status witness(struct call *call, void *what) {
    struct deciding *deciding = what;
    struct destruction *list = &deciding->list;
    int64_t changed;
    struct rows *row;
    deciding->done = false;
    TRY(store_find(call, &archive_destruction_lock, &row, bind_int("id", list->id)));
    TRY(list_row(call, list->id, list));
    size_t place = list->witness_count;
    size_t missing = 0;
    for (size_t i = 0; i < list->witness_count; i++) {
        bool me = list->witnesses[i].person == call->actor.person;
        place = me ? i : place;
        missing += list->witnesses[i].at == 0 && !me;
    }
    if (place == list->witness_count) {
        return call_refuse(call, DENIED, "", "archive.not-witness", NULL);
    }
    if (!list->agreed) {
        return call_refuse(call, REFUSED, "", "archive.not-approved", NULL);
    }
    TRY(must_prove(call));
    TRY(store_run(call, &archive_witness_set, &changed, bind_int("now", call->now),
                  bind_int("id", list->id), bind_int("person", call->actor.person)));
    if (changed == 0) {
        return call_refuse(call, STALE, "", "archive.answered", NULL);
    }
    TRY(notice_duty_close(call, (struct subject){SUBJECT_ARCHIVE, list->id},
                          witness_step(call, place)));
    if (missing == 0) {
        TRY(empty_files(call, deciding));
    }
    TRY(note(call, list->group, "archive.witness", list->id, &list->digest, NULL,
             json_pack("{s:s%}", "list", list->number.at, list->number.length)));
    return deciding->done ? note_destroyed(call, deciding) : DONE;
}

static enum status empty_files(struct call *call, struct deciding *deciding) {
    id64 list = deciding->list.id;
    TRY(store_run(call, &archive_copies_empty, NULL, bind_int("id", list)));
    TRY(store_run(call, &archive_destruction_set_done, NULL, bind_int("now", call->now),
                  bind_int("id", list)));
    deciding->done = true;
    return DONE;
}

static enum status note_destroyed(struct call *call, const struct deciding *deciding) {
    const struct destruction *list = &deciding->list;
    struct ledger_act act = act_of("archive.destroy", list->id);
    act.digest = list->digest;
    act.follows = true;
    act.payload = ledger_payload(call, json_pack("{s:s%, s:I}", "list", list->number.at,
                                                 list->number.length, "files",
                                                 (json_int_t)list->line_count));
    return ledger_append(call, list->group, &act, NULL);
}

static enum status must_prove(struct call *call) {
    return call->actor.freshly_proven
               ? DONE
               : call_refuse(call, DENIED, "", "publication.not-proven", NULL);
}
