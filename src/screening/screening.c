/*
 * One screening: prepared, looked up, else done and kept.  The work lies outside
 * every transaction; only the row is written in one.
 */
#include "screening/screening_own.h"
#include "screening_sql.h"

struct keeping {
    const struct scan *scan;
    struct digest content;
    struct digest book;
    struct digest basis;
    struct str json;
    struct findings *findings;
    bool found;
    instant at; /* of what was found */
};

/* What an act wants to know of a digest. */
struct asking {
    const struct digest *digest;
    const struct rulebook *book;
    bool done;
    int blocking; /* prohibition of the book */
};

static enum status is_done(struct call *call, void *what);
static enum status find_blocking(struct call *call, void *what);
static enum status look_up(struct call *call, void *what);
static enum status keep(struct call *call, void *what);
static enum status find(struct call *call, void *what);

enum status screening_run(struct call *call, const struct rulebook *book,
                          const struct content *content, struct findings *out_findings) {
    if (store_is_writing(call)) {
        return log_failed("screening: inside a transaction");
    }
    txn_abort(call); /* the view: nothing is open while files are read */
    struct scan *scan = TAKE(call->arena, struct scan);
    scan->call = call;
    scan->book = book;
    scan->content = content;
    TRY(scan_prepare(scan));
    struct findings findings = {0};
    scan->basis = scan_basis(scan);
    struct keeping keeping = {.scan = scan,
                              .content = content_digest(content),
                              .book = book->digest,
                              .basis = scan->basis,
                              .findings = &findings};
    TRY(store_transact(call, TXN_READ, look_up, &keeping));
    if (keeping.found) {
        if (keeping.at < call->now - SCREENING_KEPT / 2) {
            TRY(store_transact(call, TXN_WRITE, keep, &keeping)); /* from being purged */
        }
        *out_findings = findings;
        return DONE;
    }
    scan_make_lexicons(scan);
    scan->found.at = TAKE_ARRAY(call->arena, FINDINGS_MOST, struct finding);
    TRY(scan_content(scan));
    findings = scan->found;
    keeping.json = findings_to_json(call, &findings);
    TRY(store_transact(call, TXN_WRITE, keep, &keeping));
    *out_findings = findings;
    return DONE;
}

enum status screening_find(struct call *call, const struct digest *digest,
                           struct findings *out_findings) {
    struct findings findings = {0};
    struct keeping keeping = {.content = *digest, .findings = &findings};
    TRY(store_transact(call, TXN_READ, find, &keeping));
    *out_findings = findings;
    return DONE;
}

enum status screening_is_done(struct call *call, const struct digest *digest,
                              bool *out_done) {
    struct asking asking = {.digest = digest};
    TRY(store_transact(call, TXN_READ, is_done, &asking));
    *out_done = asking.done;
    return DONE;
}

enum status screening_blocking(struct call *call, const struct rulebook *book,
                               const struct digest *digest, int *out_prohibition) {
    struct asking asking = {.digest = digest, .book = book, .blocking = NO_INDEX};
    TRY(store_transact(call, TXN_READ, find_blocking, &asking));
    *out_prohibition = asking.blocking;
    return DONE;
}

static enum status is_done(struct call *call, void *what) {
    struct asking *asking = what;
    struct rows *row;
    enum status status =
        store_find(call, &screening_newest, &row, bind_digest("digest", asking->digest));
    asking->done = status == DONE;
    return status == ABSENT ? DONE : status;
}

static enum status find_blocking(struct call *call, void *what) {
    struct asking *asking = what;
    struct rows *row;
    struct findings findings;
    enum status status = store_find(
        call, &screening_kept_under, &row, bind_digest("digest", asking->digest),
        bind_digest("rulebook_digest", &asking->book->digest));
    if (status == ABSENT) {
        status = store_find(call, &screening_newest, &row,
                            bind_digest("digest", asking->digest));
    }
    if (status != DONE) {
        return status == ABSENT ? DONE : status;
    }
    TRY(findings_from_json(call, row_text(row, "findings"), &findings));
    TRY(findings_settle(call, asking->digest, &findings));
    for (size_t i = 0; i < findings.count && asking->blocking == NO_INDEX; i++) {
        const struct finding *finding = &findings.at[i];
        const struct prohibition *prohibition =
            prohibition_of(asking->book, finding->detector);
        if (finding->severity == SEVERITY_BLOCK && !finding->ruled &&
            prohibition != NULL) {
            asking->blocking = (int)(prohibition - asking->book->prohibitions);
        }
    }
    return DONE;
}

static enum status look_up(struct call *call, void *what) {
    struct keeping *keeping = what;
    struct rows *row;
    keeping->found = false;
    enum status status =
        store_find(call, &screening_kept, &row, bind_digest("digest", &keeping->content),
                   bind_digest("rulebook_digest", &keeping->book),
                   bind_digest("basis", &keeping->basis));
    if (status == ABSENT) {
        return DONE;
    }
    TRY(status);
    keeping->json = str_copy(call->arena, row_text(row, "findings"));
    keeping->at = row_int(row, "screened_at");
    TRY(findings_from_json(call, keeping->json, keeping->findings));
    TRY(findings_settle(call, &keeping->content, keeping->findings));
    keeping->found = true;
    return DONE;
}

static enum status keep(struct call *call, void *what) {
    struct keeping *keeping = what;
    TRY(store_run(call, &screening_keep, NULL, bind_digest("digest", &keeping->content),
                  bind_digest("rulebook_digest", &keeping->book),
                  bind_digest("basis", &keeping->basis),
                  bind_text("findings", keeping->json), bind_int("at", call->now)));
    TRY(scan_keep_files(call, keeping->scan));
    return findings_settle(call, &keeping->content, keeping->findings);
}

static enum status find(struct call *call, void *what) {
    struct keeping *keeping = what;
    struct rows *row;
    TRY(store_find(call, &screening_newest, &row,
                   bind_digest("digest", &keeping->content)));
    TRY(findings_from_json(call, row_text(row, "findings"), keeping->findings));
    return findings_settle(call, &keeping->content, keeping->findings);
}
