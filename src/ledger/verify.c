/*
 * Going through a chain and believing nothing: every hash is made again from the
 * fields, every payload is digested again, every entry must name its predecessor
 * and the last one the head.  Pages are read into an arena of their own, each in
 * its own transaction, so that a chain of any length takes the same memory and
 * holds nobody up; it may grow meanwhile, and the last page sees the head that
 * belongs to it.
 */
#include "ledger_own.h"

#define PAGE            1000
#define PAGE_BYTES_MOST ((size_t)256 << 20)

struct walk {
    struct call *call; /* the walk's own: the caller's with a page's arena */
    id64 group;
    const struct ledger_checkpoint *known;
    int64_t last;       /* sequence of the last good entry */
    struct digest hash; /* of that entry */
    bool ended;
    struct ledger_report report;
};

static enum status walk_page(struct call *call, void *what);
static enum status check(struct walk *walk, const struct ledger_link *link);
static enum status check_payload(struct walk *walk, const struct ledger_link *link);
static enum status check_end(struct walk *walk);
static void found(struct walk *walk, enum ledger_fault fault, int64_t sequence);

const char *ledger_fault_name(enum ledger_fault fault) {
    static const char *const names[] = {"whole",   "missing", "chain",     "entry",
                                        "payload", "head",    "checkpoint"};
    return names[fault];
}

enum status ledger_verify(struct call *call, id64 group,
                          const struct ledger_checkpoint *known,
                          struct ledger_report *out_report) {
    return ledger_verify_watched(call, group, known, NULL, NULL, out_report);
}

enum status ledger_verify_watched(struct call *call, id64 group,
                                  const struct ledger_checkpoint *known,
                                  ledger_watcher watch, void *watcher,
                                  struct ledger_report *out_report) {
    struct call page = *call;
    page.txn = NULL;
    page.arena = arena_new(PAGE_BYTES_MOST);
    struct walk walk = {
        .call = &page, .group = group, .known = known, .report = {.group = group}};
    enum status status = DONE;
    while (status == DONE && !walk.ended) {
        status = store_transact(&page, TXN_READ, walk_page, &walk);
        arena_clear(page.arena);
        if (status == DONE && watch != NULL) {
            status = watch(watcher, walk.report.entries);
        }
    }
    arena_free(page.arena);
    if (status == DONE) {
        *out_report = walk.report;
    }
    return status;
}

enum status ledger_verify_entry(struct call *call, id64 group, int64_t sequence,
                                enum ledger_fault *out_fault) {
    struct ledger_link links[2];
    struct rows *rows;
    size_t count = 0;
    size_t wanted = sequence > 1 ? 2 : 1;
    TRY(store_query(call, &ledger_entries_after, &rows, bind_int("group", group),
                    bind_int("after", sequence - (int64_t)wanted),
                    bind_int("most", (int64_t)wanted)));
    while (count < wanted && rows_next(rows)) {
        ledger_link_read(rows, &links[count++]);
    }
    TRY(rows_end(rows));
    if (count == 0 || links[count - 1].entry.sequence != sequence) {
        return ABSENT;
    }
    struct walk walk = {.call = call, .group = group, .last = sequence - 1};
    if (count == 2) {
        walk.hash = links[0].entry.hash;
    } else if (sequence > 1) {
        *out_fault = LEDGER_FAULT_MISSING; /* the one before it is gone */
        return DONE;
    }
    TRY(check(&walk, &links[count - 1]));
    *out_fault = walk.report.fault;
    return DONE;
}

static enum status walk_page(struct call *call, void *what) {
    struct walk *walk = what;
    struct ledger_link *links = TAKE_ARRAY(call->arena, PAGE, struct ledger_link);
    struct rows *rows;
    size_t count = 0;
    TRY(store_query(call, &ledger_entries_after, &rows, bind_int("group", walk->group),
                    bind_int("after", walk->last), bind_int("most", PAGE)));
    while (count < PAGE && rows_next(rows)) {
        ledger_link_read(rows, &links[count++]);
    }
    TRY(rows_end(rows));
    for (size_t i = 0; i < count && walk->report.fault == LEDGER_WHOLE; i++) {
        TRY(check(walk, &links[i]));
    }
    if (walk->report.fault == LEDGER_WHOLE && count < PAGE) {
        TRY(check_end(walk));
    }
    walk->ended = walk->report.fault != LEDGER_WHOLE || count < PAGE;
    return DONE;
}

static enum status check(struct walk *walk, const struct ledger_link *link) {
    const struct ledger_entry *entry = &link->entry;
    walk->report.entries++;
    if (entry->sequence != walk->last + 1) {
        found(walk, LEDGER_FAULT_MISSING, walk->last + 1);
        return DONE;
    }
    bool first = walk->last == 0;
    if (first ? !str_is_empty(link->previous)
              : !digest_equal(&entry->previous, &walk->hash)) {
        found(walk, LEDGER_FAULT_CHAIN, entry->sequence);
        return DONE;
    }
    struct digest hash = {0};
    if (!digest_is_none(&entry->hash)) {
        hash = ledger_hash((enum digest_profile)entry->hash.profile, link);
    }
    if (digest_is_none(&hash) || !digest_equal(&hash, &entry->hash)) {
        found(walk, LEDGER_FAULT_ENTRY, entry->sequence);
        return DONE;
    }
    TRY(check_payload(walk, link));
    if (walk->known != NULL && walk->known->sequence == entry->sequence &&
        !digest_equal(&walk->known->hash, &entry->hash)) {
        found(walk, LEDGER_FAULT_CHECKPOINT, entry->sequence);
    }
    walk->last = entry->sequence;
    walk->hash = entry->hash;
    return DONE;
}

static enum status check_payload(struct walk *walk, const struct ledger_link *link) {
    const struct ledger_entry *entry = &link->entry;
    struct rows *row;
    if (link->erased_by != 0) {
        enum status status = store_find(
            walk->call, &ledger_erasure_find, &row, bind_int("group", walk->group),
            bind_int("sequence", link->erased_by), bind_int("subject", entry->sequence));
        if (status == ABSENT) {
            found(walk, LEDGER_FAULT_PAYLOAD, entry->sequence);
            return DONE;
        }
        return status;
    }
    struct digest digest;
    if (digest_from_text(link->payload_digest, &digest) != DONE) {
        found(walk, LEDGER_FAULT_PAYLOAD, entry->sequence);
        return DONE;
    }
    struct digest payload = ledger_payload_digest((enum digest_profile)digest.profile,
                                                  link->salt, entry->payload);
    if (!digest_equal(&payload, &digest)) {
        found(walk, LEDGER_FAULT_PAYLOAD, entry->sequence);
    }
    return DONE;
}

static enum status check_end(struct walk *walk) {
    struct ledger_checkpoint head;
    TRY(ledger_head(walk->call, walk->group, &head));
    walk->report.head = head;
    if (head.sequence != walk->last) {
        int64_t end = head.sequence < walk->last ? head.sequence : walk->last;
        found(walk, LEDGER_FAULT_HEAD, end + 1);
    } else if (walk->last > 0 && !digest_equal(&head.hash, &walk->hash)) {
        found(walk, LEDGER_FAULT_HEAD, walk->last);
    } else if (walk->known != NULL && walk->known->sequence > walk->last) {
        found(walk, LEDGER_FAULT_CHECKPOINT, walk->last + 1);
    }
    return DONE;
}

static void found(struct walk *walk, enum ledger_fault fault, int64_t sequence) {
    if (walk->report.fault == LEDGER_WHOLE) {
        walk->report.fault = fault;
        walk->report.bad = sequence;
    }
}
