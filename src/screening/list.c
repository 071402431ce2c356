/*
 * The operator's lists: what is on them, who may change them, and the record of
 * every change.
 */
#include "screening/screening_own.h"
#include "screening_sql.h"

#include "ledger/ledger.h"
#include "people/people.h"

#include <jansson.h>

#define WORD_MOST 200 /* bytes */

struct word_change {
    const struct listed_word *word;
    id64 id;
};

static enum status add_word(struct call *call, void *what);
static enum status remove_word(struct call *call, void *what);
static enum status confirm_numbers(struct call *call, void *what);
static enum status read_words(struct call *call, void *what);
static enum status check_word(struct call *call, const struct listed_word *word);
static bool is_telephone(struct str word);
static enum status record(struct call *call, const char *act, id64 word,
                          const struct listed_word *listed);
static enum status settle(struct call *call, const char *act, id64 word,
                          enum status status);
static const char *list_name(enum word_list list);

struct word_reading {
    enum word_list list;
    struct listed_word *words;
    size_t count;
};

enum status screening_word_add(struct call *call, const struct listed_word *word,
                               id64 *out_word) {
    struct word_change change = {.word = word};
    TRY(check_word(call, word));
    TRY(settle(call, "screening.list-word", 0,
               store_transact(call, TXN_WRITE, add_word, &change)));
    *out_word = change.id;
    return DONE;
}

enum status screening_word_remove(struct call *call, id64 word) {
    struct word_change change = {.id = word};
    return settle(call, "screening.strike-word", word,
                  store_transact(call, TXN_WRITE, remove_word, &change));
}

enum status screening_words(struct call *call, enum word_list list,
                            struct listed_word **out_words, size_t *out_count) {
    struct word_reading reading = {.list = list};
    TRY(store_transact(call, TXN_READ, read_words, &reading));
    *out_words = reading.words;
    *out_count = reading.count;
    return DONE;
}

enum status screening_confirm_numbers(struct call *call) {
    return settle(call, "screening.confirm-numbers", 0,
                  store_transact(call, TXN_WRITE, confirm_numbers, NULL));
}

static enum status add_word(struct call *call, void *what) {
    struct word_change *change = what;
    const struct listed_word *word = change->word;
    struct rows *same;
    TRY(people_must_be_office(call));
    enum status status =
        store_find(call, &screening_word_same, &same, bind_int("list", word->list),
                   bind_text("word", str_trim(word->word)));
    if (status == DONE) {
        return call_refuse_field(call, "word", "", "screening.word-listed", NULL);
    }
    if (status != ABSENT) {
        return status;
    }
    change->id = call_new_id(call);
    TRY(store_run(call, &screening_word_insert, NULL, bind_id("id", change->id),
                  bind_int("list", word->list), bind_text("word", str_trim(word->word)),
                  bind_text("right_word", str_trim(word->right)),
                  bind_text("note", str_trim(word->note)),
                  bind_int("added_by", call->actor.person),
                  bind_int("added_at", call->now)));
    return record(call, "screening.list-word", change->id, word);
}

static enum status remove_word(struct call *call, void *what) {
    struct word_change *change = what;
    struct rows *row;
    TRY(people_must_be_office(call));
    TRY(store_find(call, &screening_word_find, &row, bind_id("id", change->id)));
    struct listed_word word = {.list = (enum word_list)row_int(row, "list"),
                               .word = row_text(row, "word"),
                               .right = row_text(row, "right_word")};
    TRY(store_run(call, &screening_word_remove_one, NULL, bind_id("id", change->id),
                  bind_int("removed_by", call->actor.person),
                  bind_int("removed_at", call->now)));
    return record(call, "screening.strike-word", change->id, &word);
}

static enum status confirm_numbers(struct call *call, void *what) {
    (void)what;
    TRY(people_must_be_office(call));
    id64 id = call_new_id(call);
    TRY(store_run(call, &screening_numbers_confirm, NULL, bind_id("id", id),
                  bind_int("confirmed_by", call->actor.person),
                  bind_int("confirmed_at", call->now)));
    return record(call, "screening.confirm-numbers", id, NULL);
}

static enum status read_words(struct call *call, void *what) {
    struct word_reading *reading = what;
    struct rows *state;
    TRY(store_find(call, &screening_list_state, &state, bind_int("list", reading->list)));
    size_t most = (size_t)row_int(state, "words");
    reading->words = TAKE_ARRAY(call->arena, most + 1, struct listed_word);
    reading->count = 0;
    struct rows *rows;
    TRY(store_query(call, &screening_words_of, &rows, bind_int("list", reading->list)));
    while (reading->count < most && rows_next(rows)) {
        reading->words[reading->count++] =
            (struct listed_word){.id = row_id(rows, "id"),
                                 .list = reading->list,
                                 .word = row_text(rows, "word"),
                                 .right = row_text(rows, "right_word"),
                                 .note = row_text(rows, "note")};
    }
    return rows_end(rows);
}

static enum status check_word(struct call *call, const struct listed_word *word) {
    struct str text = str_trim(word->word);
    struct str right = str_trim(word->right);
    if (text.length == 0 || text.length > WORD_MOST ||
        text_fold(call->arena, text, FOLD_TIGHT).count < 2) {
        return call_refuse_field(call, "word", "", "screening.word-too-short", NULL);
    }
    if (right.length > WORD_MOST || word->note.length > WORD_MOST * 5) {
        return call_refuse_field(call, "right", "", "screening.word-too-long", NULL);
    }
    if (word->list == WORDS_WRONG && str_equal(text, right)) {
        return call_refuse_field(call, "right", "", "screening.word-same", NULL);
    }
    if (word->list == WORDS_OFFICE_NUMBER && !is_telephone(text)) {
        return call_refuse_field(call, "word", "", "screening.not-a-number", NULL);
    }
    return DONE;
}

static bool is_telephone(struct str word) {
    size_t digits = 0;
    for (size_t i = 0; i < word.length; i++) {
        bool is_digit = word.at[i] >= '0' && word.at[i] <= '9';
        if (!is_digit && word.at[i] != '-' && word.at[i] != ' ' && word.at[i] != '+') {
            return false;
        }
        digits += is_digit;
    }
    return digits >= 7 && digits <= 13;
}

static enum status record(struct call *call, const char *act, id64 word,
                          const struct listed_word *listed) {
    json_t *payload =
        listed == NULL ? json_object()
                       : json_pack("{s:s, s:s%, s:s%}", "list", list_name(listed->list),
                                   "word", listed->word.at, listed->word.length, "right",
                                   listed->right.at == NULL ? "" : listed->right.at,
                                   listed->right.length);
    struct ledger_act entry = {.act = act,
                               .subject = {.kind = SUBJECT_LEXICON, .id = word},
                               .payload = ledger_payload(call, payload),
                               .rule = STR(""),
                               .post = STR("")};
    return ledger_append(call, LEDGER_HOUSE, &entry, NULL);
}

static enum status settle(struct call *call, const char *act, id64 word,
                          enum status status) {
    struct ledger_act wanted = {.act = act,
                                .subject = {.kind = SUBJECT_LEXICON, .id = word},
                                .payload = STR("{}"),
                                .rule = STR(""),
                                .post = STR("")};
    return ledger_settle(call, LEDGER_HOUSE, &wanted, status);
}

static const char *list_name(enum word_list list) {
    static const char *const names[] = {"lexicon", "wrong-words", "office-numbers"};
    return (size_t)list < LENGTH(names) ? names[list] : "lexicon";
}
