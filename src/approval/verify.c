/*
 * The chain and the signatures held against each other: what an entry says was signed is
 * kept as it says, and what is kept stands in an entry.
 */
#include "approval_own.h"

#include "people/people.h"

#include <jansson.h>
#include <string.h>

#define PAGE 200

#define PAGE_BYTES_MOST ((size_t)64 << 20)

struct verifying {
    struct arena *arena; /* of what outlives a page */
    id64 group;
    int64_t began; /* the chain's last entry before acts were signed; -1: they are not */
    int64_t after; /* the last entry looked at … */
    id64 about;    /* … and signature, … */
    struct str act;
    struct signature_report report;
};

static enum status find_beginning(struct call *call, struct verifying *verifying);
static enum status chain_page(struct call *call, void *what);
static enum status check_entry(struct call *call, struct verifying *verifying,
                               const struct ledger_entry *entry);
static enum status check_one(struct call *call, struct verifying *verifying,
                             const struct ledger_entry *entry, const json_t *given);
static enum status find_kept(struct call *call, const struct ledger_entry *entry,
                             const json_t *given, struct signature *kept,
                             const char **out_wrong);
static enum status signature_page(struct call *call, void *what);
static enum status find_entry(struct call *call, struct verifying *verifying,
                              const struct signature *signature);
static bool is_whole(const struct verifying *verifying);
static void found(struct verifying *verifying, const struct signature *signature,
                  int64_t sequence, const char *wrong);
static bool must_be_signed(struct str act);
static struct str text_in(const json_t *object, const char *name);

enum status approval_by_pages(struct call *call, approval_step *step, void *what) {
    struct call page = *call;
    enum status status = DONE;
    page.txn = NULL;
    page.arena = arena_new(PAGE_BYTES_MOST);
    while (status == DONE) {
        status = step(&page, what);
        txn_abort(&page);
        arena_clear(page.arena);
    }
    arena_free(page.arena);
    return status == ABSENT ? DONE : status;
}

enum status approval_verify(struct call *call, id64 group,
                            struct signature_report *out_report) {
    struct verifying verifying = {
        .arena = call->arena, .group = group, .began = -1, .act = STR("")};
    TRY(find_beginning(call, &verifying));
    verifying.after = verifying.began;
    if (verifying.began >= 0) {
        TRY(approval_by_pages(call, chain_page, &verifying));
    }
    TRY(approval_by_pages(call, signature_page, &verifying));
    *out_report = verifying.report;
    return DONE;
}

enum status approval_verify_about(struct call *call, struct subject subject,
                                  struct signature_report *out_report) {
    struct verifying verifying = {.arena = call->arena, .began = -1};
    struct ledger_list list;
    TRY(ledger_history(call, subject, &list));
    for (size_t i = 0; i < list.count && is_whole(&verifying); i++) {
        if (verifying.group != list.at[i].group) {
            verifying.group = list.at[i].group;
            TRY(find_beginning(call, &verifying));
        }
        if (verifying.began >= 0 && list.at[i].sequence > verifying.began) {
            TRY(check_entry(call, &verifying, &list.at[i]));
        }
    }
    *out_report = verifying.report;
    return DONE;
}

static enum status find_beginning(struct call *call, struct verifying *verifying) {
    struct ledger_list list;
    struct ledger_filter filter = {.act = STR("approval.begin"), .limit = 2};
    TRY(ledger_read(call, LEDGER_HOUSE, &filter, &list));
    if (list.count == 0) {
        return DONE;
    }
    struct str payload = list.at[list.count - 1].payload;
    json_t *json = json_loadb(payload.at, payload.length, 0, NULL);
    size_t index;
    json_t *chain;
    verifying->began = 0;
    json_array_foreach(json_object_get(json, "chains"), index, chain) {
        int64_t group = 0;
        if (str_to_int(text_in(chain, "chain"), &group) == DONE &&
            group == verifying->group) {
            verifying->began = json_integer_value(json_object_get(chain, "sequence"));
        }
    }
    json_decref(json);
    return DONE;
}

static enum status chain_page(struct call *call, void *what) {
    struct verifying *verifying = what;
    struct ledger_list list;
    TRY(ledger_tail(call, verifying->group, verifying->after, PAGE, &list));
    for (size_t i = 0; i < list.count && is_whole(verifying); i++) {
        TRY(check_entry(call, verifying, &list.at[i]));
        verifying->after = list.at[i].sequence;
    }
    return list.count == PAGE && is_whole(verifying) ? DONE : ABSENT;
}

static enum status check_entry(struct call *call, struct verifying *verifying,
                               const struct ledger_entry *entry) {
    if (entry->outcome != LEDGER_DONE || entry->erased || !must_be_signed(entry->act)) {
        return DONE;
    }
    enum status status = DONE;
    json_t *json = json_loadb(entry->payload.at, entry->payload.length, 0, NULL);
    json_t *list = json_object_get(json, "signed");
    if (json_array_size(list) == 0) {
        found(verifying, &(struct signature){.act = entry->act}, entry->sequence,
              "missing");
    }
    for (size_t i = 0; status == DONE && is_whole(verifying) && i < json_array_size(list);
         i++) {
        status = check_one(call, verifying, entry, json_array_get(list, i));
    }
    json_decref(json);
    return status;
}

static enum status check_one(struct call *call, struct verifying *verifying,
                             const struct ledger_entry *entry, const json_t *given) {
    struct signature kept = {.act = entry->act};
    enum people_signature_fault fault;
    const char *wrong = NULL;
    verifying->report.signatures++;
    TRY(find_kept(call, entry, given, &kept, &wrong));
    if (wrong == NULL) {
        struct people_signed signature = {.person = kept.signer,
                                          .key = kept.key,
                                          .certificate = kept.certificate,
                                          .text = kept.statement,
                                          .signature = kept.signature};
        TRY(people_signature_check(call, &signature, &fault));
        wrong = fault == PEOPLE_SIGNATURE_KEY     ? "key"
                : fault == PEOPLE_SIGNATURE_BYTES ? "signature"
                                                  : NULL;
    }
    if (wrong != NULL) {
        found(verifying, &kept, entry->sequence, wrong);
    }
    return DONE;
}

/* The signature that the entry speaks of, with its decision, and as it speaks of them. */
static enum status find_kept(struct call *call, const struct ledger_entry *entry,
                             const json_t *given, struct signature *kept,
                             const char **out_wrong) {
    struct decision decision;
    const char *act = str_text(call->arena, entry->act);
    id64 about = 0;
    *out_wrong = "entry";
    if (str_to_int(text_in(given, "about"), &about) != DONE) {
        return DONE;
    }
    kept->about = about;
    enum status status = approval_signature(call, about, act, kept);
    if (status == DONE && str_starts(entry->act, "review.")) {
        *out_wrong = "decision";
        status = approval_find(call, about, &decision);
    } else if (status == ABSENT) {
        *out_wrong = "missing";
    }
    if (status != DONE) {
        return status == ABSENT ? DONE : status;
    }
    struct str previous = digest_to_text(call->arena, &entry->previous);
    struct str after = str_format(call->arena, "%lld %.*s",
                                  (long long)entry->sequence - 1, STR_ARG(previous));
    bool same = str_equal(kept->statement, text_in(given, "statement")) &&
                str_equal(kept->key, text_in(given, "key")) &&
                str_equal(kept->certificate, text_in(given, "certificate")) &&
                str_equal(kept->signature, text_in(given, "signature")) &&
                kept->signer == entry->person;
    *out_wrong = !same                                                         ? "entry"
                 : !str_equal(testimony_line(kept->statement, "after"), after) ? "after"
                                                                               : NULL;
    return DONE;
}

static enum status signature_page(struct call *call, void *what) {
    struct verifying *verifying = what;
    struct signature page[PAGE];
    struct rows *rows;
    size_t count = 0;
    TRY(store_query(call, &approval_signatures_after, &rows,
                    bind_int("about", verifying->about), bind_text("act", verifying->act),
                    bind_int("most", PAGE)));
    while (count < PAGE && rows_next(rows)) {
        signature_read(rows, &page[count++]);
    }
    TRY(rows_end(rows));
    for (size_t i = 0; i < count && is_whole(verifying); i++) {
        TRY(find_entry(call, verifying, &page[i]));
    }
    if (count < PAGE || !is_whole(verifying)) {
        return ABSENT;
    }
    verifying->about = page[count - 1].about;
    verifying->act = str_copy(verifying->arena, page[count - 1].act);
    return DONE;
}

/* Its statement says which entry it stands before. */
static enum status find_entry(struct call *call, struct verifying *verifying,
                              const struct signature *signature) {
    int64_t group = 0;
    int64_t sequence = 0;
    struct ledger_entry entry;
    struct str after = testimony_line(signature->statement, "after");
    if (str_is(signature->act, BEFORE) ||
        (str_to_int(testimony_line(signature->statement, "group"), &group) == DONE &&
         group != verifying->group)) {
        return DONE;
    }
    if (group == 0 || str_to_int(str_cut(&after, ' '), &sequence) != DONE) {
        found(verifying, signature, 0, "entry");
        return DONE;
    }
    enum status status = ledger_entry_find(call, group, sequence + 1, &entry);
    if (status != DONE && status != ABSENT) {
        return status;
    }
    if (status == ABSENT || !str_equal(entry.act, signature->act) ||
        (!entry.erased &&
         str_find(entry.payload, signature->signature) == entry.payload.length)) {
        found(verifying, signature, 0, "entry");
    }
    return DONE;
}

static bool is_whole(const struct verifying *verifying) {
    return str_is_empty(verifying->report.wrong);
}

static void found(struct verifying *verifying, const struct signature *signature,
                  int64_t sequence, const char *wrong) {
    struct signature_report *report = &verifying->report;
    report->about = signature->about;
    report->act = str_copy(verifying->arena, signature->act);
    report->sequence = sequence;
    report->wrong = str_of(wrong);
}

static bool must_be_signed(struct str act) {
    static const char *const acts[] = {"review.submit",        "review.decide",
                                       "review.propose",       "review.enter-paper",
                                       "review.confirm-paper", "publication.release",
                                       "publication.schedule", "publication.withdraw"};
    for (size_t i = 0; i < LENGTH(acts); i++) {
        if (str_is(act, acts[i])) {
            return true;
        }
    }
    return false;
}

static struct str text_in(const json_t *object, const char *name) {
    const json_t *value = json_object_get(object, name);
    return (struct str){json_string_value(value), json_string_length(value)};
}
