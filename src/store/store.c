/*
 * The contract of store.h over any backend: which transaction a call is in,
 * when it may commit, when its work runs again, and how values find their
 * parameters.
 *
 * Invariant: a transaction in which a statement failed, or in which an inner
 * act changed something and then said no, is never committed.
 */
#include "store_own.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ATTEMPTS_MOST 5
#define AFRESH_MOST   ((size_t)1 << 31) /* addresses; memory is taken as it is used */

static enum status begin_view(struct call *call);
static void end_view(struct call *call);
static enum status work_within(struct call *call, enum txn_kind kind, txn_work work,
                               void *what);
static enum status work_once(struct call *call, enum txn_kind kind, txn_work work,
                             void *what, bool *out_again);
static enum status commit(struct txn *txn);
static void leave(void *subject);
static void end_rows(struct txn *txn);
static void announce(struct store *store);
static enum status run_statement(struct txn *txn, const struct statement *statement,
                                 const struct binding *binding, int64_t *out_changed);
static struct txn *open_txn(struct call *call, const struct statement *statement);
static enum status bind(struct txn *txn, const struct statement *statement,
                        const struct value *values, size_t count,
                        struct binding *binding);
static const struct value *value_for(const struct statement *statement, size_t parameter,
                                     const struct value *values, size_t count);
static const struct value *digest_as_text(struct arena *arena, const struct value *value);

static const struct backend *const backends[] = {&sqlite_backend, &postgres_backend};

enum status store_open(struct str url, struct store **out_store) {
    struct str where = url;
    struct str kind = str_cut(&where, ':');
    for (size_t i = 0; i < LENGTH(backends); i++) {
        if (str_is(kind, backends[i]->kind)) {
            struct store *store;
            TRY(backends[i]->open(where, &store));
            pthread_condattr_t clock;
            pthread_condattr_init(&clock);
            pthread_condattr_setclock(&clock, CLOCK_MONOTONIC);
            pthread_cond_init(&store->committed, &clock);
            pthread_condattr_destroy(&clock);
            pthread_mutex_init(&store->lock, NULL);
            store->backend = backends[i];
            *out_store = store;
            return DONE;
        }
    }
    return log_failed("a store's address begins with sqlite: or postgres:, not with %.*s",
                      STR_ARG(kind));
}

void store_close(struct store *store) {
    if (store == NULL) {
        return;
    }
    if (store->backend->fall_silent != NULL) {
        store->backend->fall_silent(store);
    }
    pthread_mutex_destroy(&store->lock);
    pthread_cond_destroy(&store->committed);
    store->backend->close(store);
}

const char *store_kind(const struct store *store) { return store->backend->kind; }

enum status store_copy(struct store *store, const char *path) {
    return store->backend->copy(store, path);
}

enum status store_transact(struct call *call, enum txn_kind kind, txn_work work,
                           void *what) {
    if (kind == TXN_WRITE) {
        end_view(call);
    }
    if (call->txn != NULL) {
        return work_within(call, kind, work, what);
    }
    struct refusal **said = &call->refusal;
    while (*said != NULL) {
        said = &(*said)->next;
    }
    for (int attempt = 1;; attempt++) {
        bool again = false;
        enum status answer = work_once(call, kind, work, what, &again);
        if (!again) {
            return answer;
        }
        if (attempt == ATTEMPTS_MOST) {
            return log_failed("a transaction met others %d times and was given up",
                              attempt);
        }
        *said = NULL; /* what the lost attempt refused was never answered */
    }
}

bool store_is_writing(const struct call *call) {
    return call->txn != NULL && call->txn->kind == TXN_WRITE;
}

enum status txn_begin(struct call *call, enum txn_kind kind) {
    struct store *store = call->house->store;
    end_view(call);
    if (call->txn != NULL) {
        return log_failed("a call begins a transaction within its transaction");
    }
    struct txn *txn;
    TRY(store->backend->begin(store, kind, call->arena, &txn));
    txn->store = store;
    txn->arena = call->arena;
    txn->kind = kind;
    txn->is_open = true;
    arena_defer(call->arena, leave, txn);
    call->txn = txn;
    return DONE;
}

enum status txn_commit(struct call *call) {
    struct txn *txn = call->txn;
    if (txn == NULL) {
        return log_failed("a call commits without a transaction");
    }
    call->txn = NULL;
    enum status answer = commit(txn);
    if (txn->again) {
        log_fault("a transaction met another at its commit and is undone");
    }
    return answer;
}

void txn_abort(struct call *call) {
    if (call->txn != NULL) {
        leave(call->txn);
        call->txn = NULL;
    }
}

struct call call_afresh(const struct call *call) {
    struct call fresh = *call;
    fresh.arena = arena_new(AFRESH_MOST);
    fresh.txn = NULL;
    fresh.refusal = NULL;
    return fresh;
}

void call_end(struct call *call) {
    txn_abort(call);
    arena_free(call->arena);
}

enum status store_run_values(struct call *call, const struct statement *statement,
                             int64_t *out_changed, const struct value *values,
                             size_t count) {
    struct txn *txn = open_txn(call, statement);
    if (txn == NULL) {
        return FAILED;
    }
    struct binding binding;
    atomic_fetch_add_explicit(&txn->store->asked, 1, memory_order_relaxed);
    TRY(bind(txn, statement, values, count, &binding));
    return run_statement(txn, statement, &binding, out_changed);
}

enum status store_query_values(struct call *call, const struct statement *statement,
                               struct rows **out_rows, const struct value *values,
                               size_t count) {
    TRY(begin_view(call));
    struct txn *txn = open_txn(call, statement);
    if (txn == NULL) {
        return FAILED;
    }
    struct binding binding;
    atomic_fetch_add_explicit(&txn->store->asked, 1, memory_order_relaxed);
    TRY(bind(txn, statement, values, count, &binding));
    enum status answer = txn->store->backend->query(txn, statement, &binding, out_rows);
    txn->is_spoiled = txn->is_spoiled || answer != DONE;
    return answer;
}

enum status store_find_values(struct call *call, const struct statement *statement,
                              struct rows **out_row, const struct value *values,
                              size_t count) {
    struct rows *rows;
    TRY(store_query_values(call, statement, &rows, values, count));
    bool found = rows_next(rows);
    TRY(rows_end(rows));
    if (!found) {
        return ABSENT;
    }
    *out_row = rows;
    return DONE;
}

uint64_t store_asked(const struct store *store) { return atomic_load(&store->asked); }

uint64_t store_stepped(const struct store *store) { return atomic_load(&store->stepped); }

uint64_t store_commits(struct store *store) {
    pthread_mutex_lock(&store->lock);
    uint64_t commits = store->commits;
    pthread_mutex_unlock(&store->lock);
    return commits;
}

uint64_t store_wait(struct store *store, uint64_t seen, int64_t most) {
    struct timespec until;
    if (store->backend->waited_for != NULL) {
        store->backend->waited_for(store);
    }
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += most / INSTANT_SECOND;
    until.tv_nsec += (most % INSTANT_SECOND) * 1000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec += 1;
    }
    pthread_mutex_lock(&store->lock);
    int ended = 0;
    while (store->commits == seen && ended == 0) {
        ended = pthread_cond_timedwait(&store->committed, &store->lock, &until);
    }
    uint64_t commits = store->commits;
    pthread_mutex_unlock(&store->lock);
    return commits;
}

void store_wake(struct store *store) { announce(store); }

/* A query outside a transaction opens a view, which lasts until a transaction
 * begins or the call ends. */
static enum status begin_view(struct call *call) {
    if (call->txn == NULL) {
        TRY(txn_begin(call, TXN_READ));
        call->txn->is_view = true;
    }
    return DONE;
}

static void end_view(struct call *call) {
    if (call->txn != NULL && call->txn->is_view) {
        txn_abort(call);
    }
}

static enum status work_within(struct call *call, enum txn_kind kind, txn_work work,
                               void *what) {
    struct txn *txn = call->txn;
    if (kind == TXN_WRITE && txn->kind == TXN_READ) {
        return log_failed("an act that writes runs within a transaction that reads");
    }
    int64_t changes = txn->changes;
    enum status answer = work(call, what);
    if (answer != DONE && txn->changes != changes) {
        txn->is_spoiled = true;
    }
    return answer;
}

static enum status work_once(struct call *call, enum txn_kind kind, txn_work work,
                             void *what, bool *out_again) {
    TRY(txn_begin(call, kind));
    struct txn *txn = call->txn;
    enum status answer = work(call, what);
    call->txn = NULL;
    if (answer == DONE) {
        answer = commit(txn);
    } else {
        leave(txn);
    }
    *out_again = txn->again;
    return answer;
}

static enum status commit(struct txn *txn) {
    if (!txn->is_open) {
        return log_failed("a transaction has ended before its commit");
    }
    if (txn->is_spoiled) {
        leave(txn);
        return txn->again
                   ? FAILED
                   : log_failed("a transaction in which something failed is undone");
    }
    end_rows(txn);
    txn->is_open = false;
    enum status answer = txn->store->backend->commit(txn);
    if (answer == DONE && txn->changes > 0) {
        announce(txn->store);
        if (txn->store->backend->committed != NULL) {
            txn->store->backend->committed(txn->store);
        }
    }
    return answer;
}

/* Also when the call's arena ends with the transaction still open. */
static void leave(void *subject) {
    struct txn *txn = subject;
    if (txn->is_open) {
        end_rows(txn);
        txn->is_open = false;
        txn->store->backend->abort(txn);
    }
}

static void end_rows(struct txn *txn) {
    while (txn->rows != NULL) {
        rows_release(txn->rows);
    }
}

static void announce(struct store *store) {
    pthread_mutex_lock(&store->lock);
    store->commits++;
    pthread_cond_broadcast(&store->committed);
    pthread_mutex_unlock(&store->lock);
}

static enum status run_statement(struct txn *txn, const struct statement *statement,
                                 const struct binding *binding, int64_t *out_changed) {
    int64_t changed = 0;
    enum status answer = txn->store->backend->run(txn, statement, binding, &changed);
    if (answer != DONE) {
        txn->is_spoiled = true;
        return answer;
    }
    txn->changes += changed;
    if (out_changed != NULL) {
        *out_changed = changed;
    }
    return DONE;
}

static struct txn *open_txn(struct call *call, const struct statement *statement) {
    if (call->txn == NULL) {
        log_fault("%s runs outside a transaction", statement->name);
        return NULL;
    }
    if (call->txn->is_spoiled) {
        if (!call->txn->again) {
            log_fault("%s runs after a statement that failed", statement->name);
        }
        return NULL;
    }
    return call->txn;
}

static enum status bind(struct txn *txn, const struct statement *statement,
                        const struct value *values, size_t count,
                        struct binding *binding) {
    size_t bound = 0;
    for (size_t i = 0; statement->parameters[i] != NULL; i++) {
        const struct value *value = value_for(statement, i, values, count);
        if (value->kind == VALUE_DIGEST) {
            value = digest_as_text(txn->arena, value);
        }
        if (value->kind == VALUE_TEXT && value->text.length > 0 &&
            memchr(value->text.at, '\0', value->text.length) != NULL) {
            txn->is_spoiled = true;
            return log_failed("%s: the text for %s holds a zero byte", statement->name,
                              value->name);
        }
        binding->values[bound++] = value;
    }
    binding->count = bound;
    size_t named = 0;
    for (size_t i = 0; i < count; i++) {
        named += values[i].name != NULL;
    }
    if (named != bound) {
        log_fatal("%s has %zu parameters and %zu values", statement->name, bound, named);
    }
    return DONE;
}

/* A missing name is a mistake of the program that any test of the statement finds. */
static const struct value *value_for(const struct statement *statement, size_t parameter,
                                     const struct value *values, size_t count) {
    const char *name = statement->parameters[parameter];
    for (size_t tried = 0; tried < count; tried++) {
        const struct value *value = &values[(parameter + tried) % count];
        if (value->name != NULL && strcmp(value->name, name) == 0) {
            return value;
        }
    }
    log_fatal("%s: nothing is bound to :%s", statement->name, name);
}

static const struct value *digest_as_text(struct arena *arena,
                                          const struct value *value) {
    struct value *text = TAKE(arena, struct value);
    *text = bind_text_or_null(value->name, digest_to_text(arena, value->digest));
    return text;
}
