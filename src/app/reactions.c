/*
 * What follows an act.  Stages append to the ledger and never call the next one;
 * this table is the only forward wiring of the house.
 *
 * Each chain has one durable cursor.  A reaction is idempotent or moves the cursor
 * in the transaction of its own effect, so a crash in between repeats nothing that
 * can be told apart and loses nothing.  Entries that nothing follows are passed over
 * together: a commit for each would keep those behind them waiting.
 */
#include "app_own.h"

#include "assessment/assessment.h"
#include "filing/filing.h"
#include "ledger/ledger.h"
#include "letter/letter.h"
#include "manuscript/manuscript.h"
#include "publication/publication.h"
#include "review/review.h"
#include "site/site.h"
#include "store/store.h"
#include "tally/tally.h"

#define CURSOR "reactions"
#define BATCH  200

static enum status publish_site(struct call *call, const struct ledger_entry *entry);
static enum status take_down(struct call *call, const struct ledger_entry *entry);
static enum status follow_site(struct call *call, const struct ledger_entry *entry);
static enum status follow_rules(struct call *call, const struct ledger_entry *entry);
static enum status watch_site(struct call *call, const struct ledger_entry *entry);
static enum status follow_column(struct call *call, const struct ledger_entry *entry);
static enum status take_in_rulebook(struct call *call, const struct ledger_entry *entry);

static const struct {
    const char *act;
    enum status (*react)(struct call *call, const struct ledger_entry *entry);
} reactions[] = {
    {"publication.release", publish_site},
    {"publication.withdraw", publish_site},
    {"publication.release-first", publish_site},
    {"review.reject", take_down},
    {"site.change", follow_site},
    {"site.design", follow_site},
    {"site.design-restore", follow_site},
    {"site.put-in-force", follow_rules},
    {"site.new", watch_site},
    {"site.column-add", follow_column},
    {"site.column-change", follow_column},
    {"site.column-merge", follow_column},
    {"site.column-close", follow_column},
    {"review.propose", take_in_rulebook},
};

struct cursor_step {
    id64 group;
    int64_t from;
    int64_t to;
};

static enum status react(struct call *call, const struct ledger_entry *entry,
                         bool *out_reacted);
static enum status move_cursor(struct call *call, void *what);

enum status reactions_run(struct call *call, id64 group) {
    for (;;) {
        struct ledger_list list;
        struct cursor_step step = {.group = group};
        TRY(ledger_cursor(call, CURSOR, group, &step.from));
        TRY(ledger_tail(call, group, step.from, BATCH, &list));
        if (list.count == 0) {
            return DONE;
        }
        enum status moved = DONE;
        for (size_t i = 0; i < list.count && moved == DONE; i++) {
            bool last = i + 1 == list.count;
            bool reacted = false;
            TRY(react(call, &list.at[i], &reacted));
            step.to = list.at[i].sequence;
            if (reacted || last) {
                moved = store_transact(call, TXN_WRITE, move_cursor, &step);
                step.from = step.to;
            }
        }
        if (moved != STALE) { /* else another process was first; look where it stands */
            TRY(moved);
        }
    }
}

static enum status react(struct call *call, const struct ledger_entry *entry,
                         bool *out_reacted) {
    *out_reacted = false;
    if (entry->outcome != LEDGER_DONE) {
        return DONE;
    }
    for (size_t i = 0; i < LENGTH(reactions); i++) {
        if (str_is(entry->act, reactions[i].act)) {
            *out_reacted = true;
            return reactions[i].react(call, entry);
        }
    }
    return DONE;
}

static enum status publish_site(struct call *call, const struct ledger_entry *entry) {
    struct release *releases;
    size_t count;
    struct applied applied;
    if (entry->subject.kind != SUBJECT_MANUSCRIPT) {
        return DONE;
    }
    TRY(publication_of_manuscript(call, entry->subject.id, &releases, &count));
    for (size_t i = 0; i < count; i++) {
        if (i == 0 || releases[i].site != releases[i - 1].site) {
            TRY(publication_apply(call, releases[i].site, &applied));
        }
    }
    TRY(assessment_follow_release(call, entry->subject.id));
    return tally_follow_release(call, entry->subject.id);
}

/* A reviewer returned what was public before its review. */
static enum status take_down(struct call *call, const struct ledger_entry *entry) {
    return publication_take_down(call, entry->subject.id, &entry->digest, entry->at);
}

static enum status follow_site(struct call *call, const struct ledger_entry *entry) {
    return publication_follow_site(call, entry->subject.id, entry->at);
}

/* Pages may be counted from now on, or no more; columns have other demands; mailboxes
 * begin, or end. */
static enum status follow_rules(struct call *call, const struct ledger_entry *entry) {
    TRY(follow_site(call, entry));
    TRY(letter_follow_site(call, entry->subject.id, entry->at));
    return tally_follow_site(call, entry->subject.id, entry->at, true);
}

static enum status watch_site(struct call *call, const struct ledger_entry *entry) {
    TRY(letter_follow_site(call, entry->subject.id, entry->at));
    return tally_follow_site(call, entry->subject.id, entry->at, false);
}

static enum status follow_column(struct call *call, const struct ledger_entry *entry) {
    struct column column;
    TRY(manuscript_announce(call, entry));
    TRY(publication_follow_column(call, entry->subject.id, entry->at));
    TRY(site_column_find(call, entry->subject.id, &column));
    return tally_follow_site(call, column.site, entry->at, true);
}

/* Another process may have kept and proposed it: this one needs it to go on. */
static enum status take_in_rulebook(struct call *call, const struct ledger_entry *entry) {
    (void)entry;
    return shelf_take_in(
        call->house->shelf,
        str_format(call->arena, "%s/rulebooks", call->house->workspace).at);
}

static enum status move_cursor(struct call *call, void *what) {
    const struct cursor_step *step = what;
    return ledger_cursor_set(call, CURSOR, step->group, step->from, step->to);
}
