/*
 * Checkpoints on their way out, and how the notary's work stands.
 *
 * An older checkpoint proves that nothing it covers was altered; only a newer one proves
 * that nothing was cut off behind.  So they must lie where whoever runs the database
 * cannot reach, each minute anew; and when they do not leave, people are told.
 */
#include "notary_own.h"

#include "notice/notice.h"

#include <inttypes.h>
#include <jansson.h>

static enum status drop(struct call *call, const struct notice_outlets *outlets,
                        struct str text);
static enum status post(struct call *call, const struct notice_outlets *outlets,
                        struct str text);
static enum status keep_sent(struct call *call, void *what);
static enum status keep_held(struct call *call, void *what);
static instant held(struct call *call, struct rows *row, instant sent);

enum status notary_newest(struct call *call, struct str *out_text) {
    struct buffer text;
    struct rows *rows;
    buffer_init(&text, call->arena);
    TRY(store_query(call, &notary_checkpoints_newest, &rows, NO_VALUES));
    while (rows_next(rows)) {
        if (text.length > 0) {
            buffer_add_char(&text, '\n');
        }
        buffer_add(&text, row_text(rows, "note"));
    }
    TRY(rows_end(rows));
    *out_text = buffer_str(&text);
    return text.length == 0 ? ABSENT : DONE;
}

enum status notary_send(struct call *call, size_t *out_ways) {
    struct notice_outlets outlets;
    struct str text;
    int64_t ways = 0;
    enum status status = notary_newest(call, &text);
    if (status == ABSENT) {
        *out_ways = 0;
        return DONE;
    }
    TRY(status);
    txn_abort(call); /* the other side may be slow */
    status = notice_outlets_read(call, &outlets);
    bool named = status == REFUSED; /* whoever spoils the file does not switch this off */
    if (status == DONE) {
        named = !str_is_empty(outlets.checkpoints) || !str_is_empty(outlets.hook);
        ways += drop(call, &outlets, text) == DONE;
        ways += post(call, &outlets, text) == DONE;
    } else if (status == FAILED) {
        return status;
    }
    TRY(store_transact(call, TXN_WRITE, ways > 0 ? keep_sent : keep_held,
                       ways > 0 ? (void *)&ways : (void *)&named));
    *out_ways = (size_t)ways;
    return DONE;
}

enum status notary_state(struct call *call, id64 group, struct notary_state *out_state) {
    struct notary_state state = {.late = true, .unsent = true};
    struct rows *row;
    enum status found = store_find(call, &notary_state_read, &row, NO_VALUES);
    if (found == DONE) {
        state.taken_at = row_int(row, "taken");
        state.trouble = (enum notary_trouble)row_int(row, "trouble");
        state.sent_at = row_int(row, "sent");
        state.late =
            state.trouble != NOTARY_WELL || call->now - state.taken_at > NOTARY_LATE;
        state.unsent = call->now - state.sent_at > NOTARY_LATE;
        state.held = held(call, row, state.sent_at);
        state.stopped = call->house->unwitnessed_most != 0 &&
                        state.held > call->house->unwitnessed_most;
        state.told = (enum notary_condition)row_int(row, "told");
    } else if (found != ABSENT) {
        return found;
    }
    found = store_find(call, &notary_checkpoint_newest, &row, bind_int("group", group));
    if (found == DONE) {
        state.size = row_int(row, "size");
    } else if (found != ABSENT) {
        return found;
    }
    *out_state = state;
    return DONE;
}

/* Nobody's rounds at all, a taken away notice.conf: what once left must go on leaving. */
static instant held(struct call *call, struct rows *row, instant sent) {
    instant since = row_int(row, "held_since");
    instant longest = since == 0 ? 0 : call->now - since;
    instant silent = sent == 0 ? 0 : call->now - sent;
    return silent > longest ? silent : longest;
}

/* One file a call: none that lies there is written over. */
static enum status drop(struct call *call, const struct notice_outlets *outlets,
                        struct str text) {
    if (str_is_empty(outlets->checkpoints)) {
        return ABSENT;
    }
    struct str path = str_format(call->arena, "%.*s/checkpoint-%" PRId64 ".txt",
                                 STR_ARG(outlets->checkpoints), call->now);
    /* A directory that is not there is a disk that is not mounted: not to be made. */
    if (!file_exists(str_text(call->arena, outlets->checkpoints))) {
        return log_failed("notary: there is no directory %.*s",
                          STR_ARG(outlets->checkpoints));
    }
    return file_write(path.at, bytes_of_str(text));
}

static enum status post(struct call *call, const struct notice_outlets *outlets,
                        struct str text) {
    struct str id = str_format(call->arena, "checkpoint-%" PRId64, call->now);
    struct str body =
        ledger_payload(call, json_pack("{s:s%, s:s, s:s%}", "id", id.at, id.length, "why",
                                       "checkpoint", "text", text.at, text.length));
    return notice_post(call, outlets, body);
}

static enum status keep_sent(struct call *call, void *what) {
    const int64_t *ways = what;
    TRY(store_run(call, &notary_state_put, NULL, NO_VALUES));
    return store_run(call, &notary_state_sent, NULL, bind_int("at", call->now),
                     bind_int("ways", *ways));
}

static enum status keep_held(struct call *call, void *what) {
    const bool *named = what;
    TRY(store_run(call, &notary_state_put, NULL, NO_VALUES));
    return store_run(call, &notary_state_held, NULL, bind_int("at", call->now),
                     bind_int("held", *named));
}
