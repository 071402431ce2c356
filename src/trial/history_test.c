/*
 * Random histories on a real store: the people of a bureau do what they like to one
 * manuscript after another, through the acts of every door; the witness of yard.h looks
 * at whatever becomes live.  The many are played by rulebook/history without a store;
 * these show that the stages ask and write down as those presume.
 *
 * SHENFA_HISTORIES says how many.
 */
#include "ledger/ledger.h"
#include "manuscript/manuscript.h"
#include "sandbox/sandbox.h"
#include "text/text.h"
#include "yard.h"

#include <stdlib.h>
#include <string.h>

#define ACTS 30

static struct sandbox *sandbox; /* forked once, before any thread */

struct play {
    struct yard yard;
    uint64_t random;
    id64 manuscript;
    size_t done;
    size_t live;
    size_t noes;
};

static uint32_t roll(struct play *play, uint32_t below) {
    play->random ^= play->random << 13;
    play->random ^= play->random >> 7;
    play->random ^= play->random << 17;
    return (uint32_t)((play->random * UINT64_C(0x2545F4914F6CDD1D)) >> 33) % below;
}

/* Mostly somebody who holds the post of the present step, else anybody. */
static id64 somebody(struct play *play, const struct step *step) {
    struct yard *yard = &play->yard;
    if (step != NULL && step->role != NO_INDEX && roll(play, 100) < 75) {
        const struct role *role = &yard->book->roles[step->role];
        struct people_holdings holders;
        assert_int_equal(people_holders(yard->call,
                                        str_text(yard->call->arena, role->code), 0,
                                        &holders),
                         DONE);
        if (holders.count > 0) {
            return holders.at[roll(play, (uint32_t)holders.count)].person;
        }
    }
    return yard->people[roll(play, (uint32_t)yard->people_count)];
}

static enum status decide(struct play *play, const struct step *step, bool any) {
    if (step == NULL || step->outcome_count == 0) {
        return REFUSED;
    }
    uint32_t outcome = any ? roll(play, (uint32_t)step->outcome_count) : 0;
    return yard_decide(&play->yard, play->manuscript, NULL,
                       str_text(play->yard.call->arena, step->outcomes[outcome].code));
}

static enum status write_again(struct play *play) {
    static const char *const bodies[] = {
        "<p>培训班为期两天。</p>", "<p>培训班为期三天。</p>", "<p>培训班延期。</p>"};
    return yard_write(&play->yard, play->manuscript, bodies[roll(play, LENGTH(bodies))]);
}

static enum status come_due(struct play *play) {
    size_t count;
    play->yard.call->now += 2 * INSTANT_HOUR;
    yard_become(&play->yard, 0);
    play->yard.call->door = DOOR_CLOCK;
    enum status status = publication_release_due(play->yard.call, &count);
    play->yard.call->door = DOOR_API;
    return status;
}

static enum status act(struct play *play) {
    struct yard *yard = &play->yard;
    const struct step *step = NULL;
    struct run run;
    bool open = yard_stands(yard, play->manuscript, &run, &step);
    uint32_t choice = roll(play, 100);
    yard->call->now += 2 * INSTANT_MINUTE;
    yard_become(yard, somebody(play, step));
    if (!open || choice < 6) {
        if (choice % 3 == 0) {
            yard_become(yard, yard->bureau.writer);
            TRY(manuscript_begin_change(yard->call, play->manuscript));
        }
        yard_become(yard, choice < 80 ? yard->bureau.writer : yard->call->actor.person);
        return yard_submit(yard, play->manuscript);
    }
    if (step->kind == STEP_AUTHOR && choice < 50) {
        return write_again(play);
    }
    if (step->kind == STEP_AUTHOR) {
        yard_become(yard, yard->bureau.writer);
        return yard_submit(yard, play->manuscript);
    }
    if (choice < 12) {
        return write_again(play);
    }
    if (choice < 16) {
        struct run recalled;
        return review_recall(yard->call, play->manuscript, STR("再改改"), &recalled);
    }
    if (choice < 22) {
        return yard_release(yard, play->manuscript, &run.digest,
                            yard->call->now + INSTANT_HOUR);
    }
    if (choice < 26) {
        return come_due(play);
    }
    if (choice < 30) {
        return publication_withdraw(yard->call, play->manuscript, WITHDRAW_CORRECTION,
                                    STR("更正"), 0);
    }
    if (step->kind == STEP_RELEASE || choice < 36) {
        return yard_release(yard, play->manuscript, &run.digest, 0);
    }
    return decide(play, step, choice > 80);
}

static void play_one(struct play *play, size_t number) {
    char title[64];
    snprintf(title, sizeof title, "第 %zu 件", number);
    play->manuscript = yard_draft(&play->yard, title);
    for (size_t i = 0; i < ACTS; i++) {
        struct manuscript before;
        struct manuscript after;
        assert_int_equal(manuscript_peek(play->yard.call, play->manuscript, &before),
                         DONE);
        enum status status = act(play);
        assert_int_not_equal(status, FAILED);
        assert_int_equal(manuscript_peek(play->yard.call, play->manuscript, &after),
                         DONE);
        play->done += status == DONE ? 1 : 0;
        play->noes += status != DONE ? 1 : 0;
        if (after.live_revision != before.live_revision && after.live_revision != 0) {
            play->live++;
            if (!yard_is_lawful(&play->yard, play->manuscript)) {
                print_message("history %zu, act %zu\n", number, i);
                fail();
            }
        }
        call_forgive(play->yard.call);
    }
}

static void play_some(struct trial_store *trial, size_t histories) {
    struct play play = {.random = 20261121};
    struct ledger_report report;
    struct yard yard;
    yard_open(trial, sandbox, "liuzhou-stats", &yard);
    assert_true(yard.people_count >= 8);
    for (size_t i = 0; i < histories; i++) {
        play.yard = yard_beside(trial, &yard);
        play_one(&play, i);
        yard.call->now = play.yard.call->now;
        yard_leave(&play.yard);
    }
    print_message(
        "%zu histories by %zu people: %zu acts done, %zu refused, %zu times live\n",
        histories, yard.people_count, play.done, play.noes, play.live);
    assert_true(play.live > 0);
    assert_int_equal(ledger_verify(yard.call, yard.bureau.site.group, NULL, &report),
                     DONE);
    assert_int_equal(report.fault, LEDGER_WHOLE);
    yard_close(trial);
}

static void test_histories__nothing_unlawful_becomes_live(void **state) {
    play_some(*state, yard_size("SHENFA_HISTORIES", 40));
}

/* The witness itself: a text that is put live below the program is found. */
static void test_histories__the_witness_sees_what_nobody_decided(void **state) {
    struct trial_store *trial = *state;
    struct yard yard;
    struct run run;
    const struct step *step;
    yard_open(trial, sandbox, "liuzhou-stats", &yard);
    id64 manuscript = yard_draft(&yard, "无人审过");
    assert_int_equal(yard_submit(&yard, manuscript), DONE);
    assert_true(yard_is_lawful(&yard, manuscript));
    assert_true(yard_stands(&yard, manuscript, &run, &step));
    assert_int_equal(txn_begin(yard.call, TXN_WRITE), DONE);
    assert_int_equal(manuscript_set_live(yard.call, manuscript, run.revision), DONE);
    assert_int_equal(txn_commit(yard.call), DONE);
    assert_false(yard_is_lawful(&yard, manuscript));
    yard_close(trial);
}

/* A change of what is live is walked again from the beginning, by the samples too. */
static void test_histories__a_change_walks_the_whole_route(void **state) {
    struct trial_store *trial = *state;
    struct yard yard;
    struct run run;
    const struct step *step;
    yard_open(trial, sandbox, "liuzhou-stats", &yard);
    id64 manuscript = yard_draft(&yard, "改动");
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(trial_walk(yard.call, manuscript, STR("")), DONE);
        assert_true(yard_stands(&yard, manuscript, &run, &step));
        assert_int_equal(step->kind, STEP_RELEASE);
        yard_become(&yard, yard_holder(&yard, "site-operator"));
        assert_int_equal(yard_release(&yard, manuscript, &run.digest, 0), DONE);
        assert_true(yard_is_lawful(&yard, manuscript));
        yard.call->now += INSTANT_HOUR;
        yard_become(&yard, yard.bureau.writer);
        if (i == 0) {
            assert_int_equal(manuscript_begin_change(yard.call, manuscript), DONE);
            assert_int_equal(yard_write(&yard, manuscript, "<p>改为三天。</p>"), DONE);
        }
    }
    yard_close(trial);
}

/* What was submitted first, taken back and mended says nothing about what came of it. */
static void test_histories__what_was_taken_back_and_mended_goes_out(void **state) {
    struct trial_store *trial = *state;
    struct yard yard;
    struct run run;
    const struct step *step;
    yard_open(trial, sandbox, "liuzhou-stats", &yard);
    id64 manuscript = yard_draft(&yard, "撤回再送");
    assert_int_equal(yard_submit(&yard, manuscript), DONE);
    assert_int_equal(review_recall(yard.call, manuscript, STR("漏了一段"), &run), DONE);
    assert_int_equal(yard_write(&yard, manuscript, "<p>补上一段。</p>"), DONE);
    assert_int_equal(trial_walk(yard.call, manuscript, STR("")), DONE);
    assert_true(yard_stands(&yard, manuscript, &run, &step));
    yard_become(&yard, yard_holder(&yard, "site-operator"));
    assert_int_equal(yard_release(&yard, manuscript, &run.digest, 0), DONE);
    assert_true(yard_is_lawful(&yard, manuscript));
    yard_close(trial);
}

/* The next version of Liuzhou's rules: the same but for its number. */
static const struct rulebook *next_version(struct trial_store *trial, struct yard *yard) {
    static const char *const files[] = {"rulebook.yaml", "requirements.yaml",
                                        "routes.yaml", "regulation.txt"};
    struct arena *arena = yard->call->arena;
    struct rulebook *book = NULL;
    struct fault *faults = NULL;
    const char *to =
        str_text(arena, str_format(arena, "%s/next-version", trial->workspace));
    for (size_t i = 0; i < LENGTH(files); i++) {
        struct bytes bytes;
        struct buffer text;
        struct str old = str_format(arena, "%s/rulebooks/liuzhou-stats/%s",
                                    getenv("SHENFA_SOURCE"), files[i]);
        struct str new = str_format(arena, "%s/%s", to, files[i]);
        assert_int_equal(file_read(arena, str_text(arena, old), 1 << 20, &bytes), DONE);
        struct str whole = {(const char *)bytes.at, bytes.length};
        size_t at = str_find(whole, STR("version: \"1\""));
        buffer_init(&text, arena);
        buffer_add(&text, str_part(whole, 0, at));
        if (at < whole.length) {
            buffer_add_text(&text, "version: \"2\"");
            buffer_add(&text,
                       str_part(whole, at + strlen("version: \"1\""), whole.length));
        }
        assert_int_equal(
            file_write(str_text(arena, new), bytes_of_str(buffer_str(&text))), DONE);
    }
    assert_int_equal(rulebook_read(arena, to, STR(""), &book, &faults), DONE);
    return shelf_add(trial->house.shelf, book);
}

/* A run is judged by the version it began with; a change begins under the new one. */
static void test_histories__a_new_version_leaves_alone_what_is_under_way(void **state) {
    struct trial_store *trial = *state;
    struct yard yard;
    struct run run;
    const struct step *step;
    yard_open(trial, sandbox, "liuzhou-stats", &yard);
    id64 manuscript = yard_draft(&yard, "跨版本");
    assert_int_equal(trial_walk(yard.call, manuscript, STR("leader-review")), DONE);
    const struct rulebook *next = next_version(trial, &yard);
    assert_false(digest_equal(&next->digest, &yard.book->digest));
    assert_int_equal(txn_begin(yard.call, TXN_WRITE), DONE);
    assert_int_equal(site_put_in_force(yard.call, yard.bureau.site.id, next), DONE);
    assert_int_equal(txn_commit(yard.call), DONE);
    assert_int_equal(trial_walk(yard.call, manuscript, STR("")), DONE);
    assert_true(yard_stands(&yard, manuscript, &run, &step));
    assert_true(digest_equal(&run.rulebook_digest, &yard.book->digest));
    yard_become(&yard, yard_holder(&yard, "site-operator"));
    assert_int_equal(yard_release(&yard, manuscript, &run.digest, 0), DONE);
    assert_true(yard_is_lawful(&yard, manuscript));
    yard_become(&yard, yard.bureau.writer);
    assert_int_equal(manuscript_begin_change(yard.call, manuscript), DONE);
    assert_int_equal(yard_submit(&yard, manuscript), DONE);
    assert_true(yard_stands(&yard, manuscript, &run, &step));
    assert_true(digest_equal(&run.rulebook_digest, &next->digest));
    assert_string_equal(str_text(yard.call->arena, step->code), "dept-review");
    yard_close(trial);
}

/* A version that holds a text for ever does not come into force. */
static void test_histories__an_unsound_version_is_not_proposed(void **state) {
    struct trial_store *trial = *state;
    struct rulebook *book = NULL;
    struct fault *faults = NULL;
    struct yard yard;
    struct run run;
    yard_open(trial, sandbox, "liuzhou-stats", &yard);
    struct str path = str_format(yard.call->arena, "%s/tests/broken/late-edit.yaml",
                                 getenv("SHENFA_SOURCE"));
    assert_int_equal(rulebook_read(yard.call->arena, str_text(yard.call->arena, path),
                                   STR(""), &book, &faults),
                     DONE);
    const struct rulebook *kept = shelf_add(trial->house.shelf, book);
    yard_become(&yard, yard_holder(&yard, "office-reviewer"));
    assert_int_equal(
        review_propose_rulebook(yard.call, yard.bureau.site.id, kept, 0, &run), REFUSED);
    assert_string_equal(yard.call->refusal->words, "review.rulebook-unsound");
    assert_true(str_is(yard.call->refusal->rule, "SM-1"));
    yard_close(trial);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        TRIAL_ON_BOTH(test_histories__nothing_unlawful_becomes_live),
        TRIAL_ON_SQLITE(test_histories__the_witness_sees_what_nobody_decided),
        TRIAL_ON_BOTH(test_histories__a_change_walks_the_whole_route),
        TRIAL_ON_SQLITE(test_histories__a_new_version_leaves_alone_what_is_under_way),
        TRIAL_ON_SQLITE(test_histories__an_unsound_version_is_not_proposed),
        TRIAL_ON_SQLITE(test_histories__what_was_taken_back_and_mended_goes_out),
    };
    if (sandbox_start(&text_parsers, &sandbox) != DONE) {
        return 1;
    }
    int failed = trial_run("histories", tests, LENGTH(tests));
    sandbox_stop(sandbox);
    return failed;
}
