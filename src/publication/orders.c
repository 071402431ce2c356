/*
 * Whether everything that is live was ordered by somebody who signed it.
 */
#include "publication_own.h"
#include "publication_sql.h"

#include "people/people.h"

#define PAGE 200

static enum status release_page(struct call *call, void *what);
static enum status check_release(struct call *call, const struct release *release,
                                 instant begun, struct str *out_wrong);
static bool lists(struct str columns, id64 column);

struct walk {
    struct arena *arena;
    instant begun;
    id64 after;
    struct signature_report report;
};

enum status publication_verify_orders(struct call *call,
                                      struct signature_report *out_report) {
    struct walk walk = {.arena = call->arena,
                        .report = {.act = STR("publication.release")}};
    TRY(approval_begun_at(call, &walk.begun));
    TRY(approval_by_pages(call, release_page, &walk));
    *out_report = walk.report;
    return DONE;
}

static enum status release_page(struct call *call, void *what) {
    struct walk *walk = what;
    struct signature_report *report = &walk->report;
    struct release *releases;
    size_t count;
    TRY(release_query(call, &publication_live_after,
                      VALUES(bind_int("after", walk->after)), PAGE, &releases, &count));
    for (size_t i = 0; i < count && str_is_empty(report->wrong); i++) {
        TRY(check_release(call, &releases[i], walk->begun, &report->wrong));
        report->signatures++;
        report->about = str_is_empty(report->wrong) ? 0 : releases[i].id;
        walk->after = releases[i].id;
    }
    return count == PAGE && str_is_empty(report->wrong) ? DONE : ABSENT;
}

/* For what was taken over stand two persons and a manifest in the ledger; for what was
 * released before signing began, its decisions. */
static enum status check_release(struct call *call, const struct release *release,
                                 instant begun, struct str *out_wrong) {
    struct signature order;
    enum people_signature_fault fault;
    instant at = release->changed_at > release->released_at ? release->changed_at
                                                            : release->released_at;
    *out_wrong = STR("");
    enum status found =
        release->migrated
            ? ABSENT
            : approval_signature(call, release->act, "publication.release", &order);
    if (found == ABSENT) {
        *out_wrong =
            release->migrated || begun == 0 || at < begun ? STR("") : STR("missing");
        return DONE;
    }
    TRY(found);
    struct str subject =
        str_format(call->arena, "manuscript %lld", (long long)release->manuscript);
    struct people_signed given = {.person = order.signer,
                                  .key = order.key,
                                  .certificate = order.certificate,
                                  .text = order.statement,
                                  .signature = order.signature};
    TRY(people_signature_check(call, &given, &fault));
    *out_wrong = fault == PEOPLE_SIGNATURE_KEY     ? STR("key")
                 : fault == PEOPLE_SIGNATURE_BYTES ? STR("signature")
                 : !str_equal(testimony_line(order.statement, "subject"), subject)
                     ? STR("subject")
                 : !str_equal(testimony_line(order.statement, "digest"),
                              digest_to_text(call->arena, &release->digest))
                     ? STR("digest")
                 : !lists(testimony_line(order.statement, "columns"), release->column)
                     ? STR("columns")
                     : STR("");
    return DONE;
}

static bool lists(struct str columns, id64 column) {
    while (!str_is_empty(columns)) {
        int64_t one = 0;
        if (str_to_int(str_cut(&columns, ' '), &one) == DONE && one == column) {
            return true;
        }
    }
    return false;
}
