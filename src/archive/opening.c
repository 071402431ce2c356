/*
 * What was taken out of public view: the pages that a withdrawal kept, read from its
 * entry in the ledger; opened one at a time, entered before they are shown.
 */
#include "archive_own.h"

#include "manuscript/manuscript.h"

#define ENTRIES_MOST 500
#define PAGE_MOST    ((size_t)16 << 20)
#define WITHDRAWN    "publication.withdraw"

static enum status add_sealing(struct call *call, const struct eye *eye,
                               const struct ledger_entry *entry,
                               struct sealings *sealings);
static struct str said(struct call *call, const json_t *object, const char *name);
static enum status must_open(struct call *call, const struct keeping *keeping,
                             struct str reason);

enum status archive_sealings(struct call *call, id64 group, int year,
                             struct sealings *out_sealings) {
    struct sealings sealings = {
        .at = TAKE_ARRAY(call->arena, ENTRIES_MOST, struct sealing)};
    struct ledger_filter filter = {
        .act = STR(WITHDRAWN),
        .from = day_start(day_of_date((struct date){year, 1, 1})),
        .until = day_start(day_of_date((struct date){year + 1, 1, 1})),
        .limit = ENTRIES_MOST};
    struct ledger_list list;
    struct eye eye;
    TRY(eye_open(call, group, &eye));
    TRY(ledger_read(call, group, &filter, &list));
    for (size_t i = 0; i < list.count; i++) {
        if (list.at[i].outcome == LEDGER_DONE) {
            TRY(add_sealing(call, &eye, &list.at[i], &sealings));
        }
    }
    *out_sealings = sealings;
    return DONE;
}

/* Who may not know of the manuscript learns nothing of its sealing either. */
static enum status add_sealing(struct call *call, const struct eye *eye,
                               const struct ledger_entry *entry,
                               struct sealings *sealings) {
    struct sealing sealing = {.manuscript = entry->subject.id,
                              .at = entry->at,
                              .by = entry->person,
                              .sequence = entry->sequence};
    struct manuscript manuscript;
    bool sees = false;
    enum status found = manuscript_peek(call, entry->subject.id, &manuscript);
    if (found != DONE) {
        return found == ABSENT ? DONE : found;
    }
    TRY(eye_sees(call, eye, manuscript.unit, entry->subject, &sees));
    if (sees) {
        sealing.title = manuscript.title;
        sealing_read(call, entry, &sealing);
        sealings->at[sealings->count++] = sealing;
    }
    return DONE;
}

void sealing_read(struct call *call, const struct ledger_entry *entry,
                  struct sealing *sealing) {
    json_t *json = json_loadb(entry->payload.at, entry->payload.length, 0, NULL);
    const json_t *pages = json_object_get(json, "pages");
    sealing->kind = said(call, json, "kind");
    sealing->reason = said(call, json, "reason");
    sealing->pages =
        TAKE_ARRAY(call->arena, json_array_size(pages) + 1, struct sealed_page);
    for (size_t i = 0; i < json_array_size(pages); i++) {
        const json_t *page = json_array_get(pages, i);
        struct sealed_page one = {.site = said(call, page, "site"),
                                  .path = said(call, page, "path")};
        if (digest_from_text(said(call, page, "page"), &one.digest) == DONE) {
            sealing->pages[sealing->page_count++] = one;
        }
    }
    json_decref(json);
}

static struct str said(struct call *call, const json_t *object, const char *name) {
    const char *text = json_string_value(json_object_get(object, name));
    return str_copy(call->arena, str_of(text == NULL ? "" : text));
}

enum status archive_open(struct call *call, id64 group, int64_t sequence, size_t page,
                         struct str reason, struct bytes *out_bytes) {
    struct sealing sealing = {0};
    struct manuscript manuscript;
    struct keeping keeping;
    struct ledger_entry entry;
    struct bytes bytes;
    TRY(ledger_entry_find(call, group, sequence, &entry));
    if (!str_is(entry.act, WITHDRAWN) || entry.outcome != LEDGER_DONE) {
        return ABSENT;
    }
    TRY(manuscript_peek(call, entry.subject.id, &manuscript));
    TRY(keeping_of(call, group, manuscript.unit, &keeping));
    const struct opening_rule *rule = book_opening(keeping.book);
    struct ledger_act act = {.act = "archive.open",
                             .subject = entry.subject,
                             .rule = rule == NULL ? STR("") : rule->basis.id};
    TRY(ledger_settle(call, group, &act, must_open(call, &keeping, reason)));
    sealing_read(call, &entry, &sealing);
    if (page >= sealing.page_count) {
        return ABSENT;
    }
    struct str path = sealing.pages[page].path;
    reason = str_trim(reason);
    act.digest = entry.digest;
    act.payload = ledger_payload(
        call, json_pack("{s:I, s:s%, s:s%}", "entry", (json_int_t)sequence, "path",
                        path.at, path.length, "reason", reason.at, reason.length));
    TRY(ledger_note(call, group, &act));
    TRY(file_read(call->arena, sealed_path(call, &sealing.pages[page].digest), PAGE_MOST,
                  &bytes));
    struct digest digest =
        digest_of((enum digest_profile)sealing.pages[page].digest.profile, bytes);
    if (!digest_equal(&digest, &sealing.pages[page].digest)) {
        return log_failed("a sealed page of entry %lld is not the one that was kept",
                          (long long)sequence);
    }
    *out_bytes = bytes;
    return DONE;
}

static enum status must_open(struct call *call, const struct keeping *keeping,
                             struct str reason) {
    const struct opening_rule *rule = book_opening(keeping->book);
    if (rule == NULL) {
        return call_refuse(call, DENIED, "", "archive.nothing-opened", NULL);
    }
    TRY(must_hold(call, keeping, rule->role, &rule->basis));
    if (str_is_empty(str_trim(reason))) {
        return call_refuse_field(call, "reason", str_text(call->arena, rule->basis.id),
                                 "archive.reason-missing", NULL);
    }
    return call->actor.freshly_proven
               ? DONE
               : call_refuse(call, DENIED, "", "publication.not-proven", NULL);
}

enum status seals_remove(struct call *call, const struct destruction *list) {
    for (size_t i = 0; i < list->line_count; i++) {
        struct archive_copy copy;
        struct ledger_list history;
        TRY(filing_archive_copy(call, list->lines[i].file, &copy));
        TRY(ledger_history(call, copy.subject, &history));
        for (size_t j = 0; j < history.count; j++) {
            struct sealing sealing = {0};
            if (!str_is(history.at[j].act, WITHDRAWN) ||
                !digest_equal(&history.at[j].digest, &list->lines[i].digest)) {
                continue;
            }
            sealing_read(call, &history.at[j], &sealing);
            for (size_t k = 0; k < sealing.page_count; k++) {
                TRY(file_remove(sealed_path(call, &sealing.pages[k].digest)));
            }
        }
    }
    return DONE;
}

/* As publication keeps them. */
const char *sealed_path(struct call *call, const struct digest *digest) {
    struct str hex =
        bytes_to_hex(call->arena, (struct bytes){digest->at, sizeof digest->at});
    return str_format(call->arena, "%s/archive/evidence/%.*s.html",
                      call->house->workspace, STR_ARG(hex))
        .at;
}
