/*
 * The gate by the real acts, under Liuzhou's rulebook: what is let out, and the
 * table of wishes that are not.
 */
#include "publication/publication.h"

#include "calendar/calendar.h"
#include "ledger/ledger.h"
#include "manuscript/manuscript.h"
#include "notice/notice.h"
#include "people/people.h"
#include "review/review.h"
#include "rulebook/rulebook.h"
#include "sandbox/sandbox.h"
#include "store/store.h"
#include "text/text.h"
#include "trial/trial.h"
#include "trial_store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct sandbox *sandbox; /* forked once, before any thread */

struct office {
    struct trial_store *trial;
    struct call *call;
    const struct rulebook *book;
    struct trial_bureau bureau;
    struct column column;
    struct actor releaser;
};

static struct content text_of(struct call *call, const char *title, const char *body) {
    struct field_value *fields = TAKE_ARRAY(call->arena, 3, struct field_value);
    fields[0] = (struct field_value){STR("disclosure"), STR("active")};
    fields[1] = (struct field_value){STR("origin"), STR("2026-12-01")};
    fields[2] = (struct field_value){STR("source"), STR("工业科")};
    return (struct content){
        .title = str_of(title), .body = str_of(body), .fields = fields, .field_count = 3};
}

static struct office office_open(struct trial_store *trial) {
    struct office office = {.trial = trial, .call = &trial->call};
    struct fault *faults = NULL;
    const char *source = getenv("SHENFA_SOURCE");
    struct arena *arena = trial->call.arena;
    trial->house.sandbox = sandbox;
    assert_int_equal(
        calendar_open(str_format(arena, "%s/share/calendar/cn.tsv", source).at,
                      &trial->house.calendar),
        DONE);
    const char *const directories[] = {str_format(arena, "%s/rulebooks", source).at,
                                       NULL};
    assert_int_equal(shelf_open(arena, directories, &trial->house.shelf, &faults), DONE);
    office.book = shelf_latest(trial->house.shelf, STR("liuzhou-stats"));
    office.call->door = DOOR_CLI;
    assert_int_equal(trial_found(office.call, office.book, false, &office.bureau), DONE);
    office.call->door = DOOR_WEB;
    assert_int_equal(site_column_find_path(office.call, office.bureau.site.id,
                                           STR("tjdt"), &office.column),
                     DONE);
    return office;
}

static void office_close(struct trial_store *trial) {
    txn_abort(&trial->call);
    shelf_free(trial->house.shelf);
    calendar_close(trial->house.calendar);
    trial->house.shelf = NULL;
    trial->house.calendar = NULL;
}

static struct actor writer_of(const struct office *office) {
    return (struct actor){.person = office->bureau.writer, .freshly_proven = true};
}

static id64 draft(struct office *office, const char *title) {
    struct content content = text_of(office->call, title, "<p>培训班为期两天。</p>");
    struct dropped dropped;
    id64 manuscript;
    int version;
    office->call->actor = writer_of(office);
    assert_int_equal(
        manuscript_begin(office->call, office->column.id, office->bureau.department.id,
                         office->book->classes[1].code, content.title, &manuscript),
        DONE);
    assert_int_equal(
        manuscript_save(office->call, manuscript, 1, &content, &version, &dropped), DONE);
    return manuscript;
}

/* A changed text begins a run of its own. */
static void submit_again(struct office *office, id64 manuscript) {
    const struct rulebook *book;
    struct item_facts item;
    struct answer *answers;
    struct answer all[RULEBOOK_STEPS_MOST * RULEBOOK_QUESTIONS_MOST];
    struct content content;
    struct run run;
    struct no no;
    size_t given = 0;
    int route;
    int version;
    assert_int_equal(review_item_facts(office->call, manuscript, &book, &item), DONE);
    assert_int_equal(rulebook_route_for(book, &item, &route, &no), DONE);
    const struct route *taken = &book->routes[route];
    for (size_t i = 0; i < taken->step_count; i++) {
        size_t count = 0;
        if (taken->steps[i].kind == STEP_AUTHOR) {
            count = trial_good_answers(office->call, book, &taken->steps[i], &answers);
        }
        for (size_t j = 0; j < count; j++) {
            all[given++] = answers[j];
        }
    }
    assert_int_equal(manuscript_draft(office->call, manuscript, &content, &version),
                     DONE);
    assert_int_equal(review_submit(office->call, manuscript, version, all, given, &run),
                     DONE);
}

/* Bring it to *step* (empty: to the release desk), and the order that fits it. */
static struct release_order walk_to(struct office *office, id64 manuscript,
                                    const char *step) {
    struct subject subject = {.kind = SUBJECT_MANUSCRIPT, .id = manuscript};
    struct offer offer;
    office->call->actor = writer_of(office);
    assert_int_equal(trial_walk(office->call, manuscript, str_of(step)), DONE);
    assert_int_equal(review_offer(office->call, subject, 0, &offer), DONE);
    if (step[0] == '\0') {
        struct people_holdings holders;
        assert_int_equal(people_holders(office->call,
                                        str_text(office->call->arena, offer.role),
                                        offer.unit, &holders),
                         DONE);
        assert_true(holders.count > 0);
        office->releaser =
            (struct actor){.person = holders.at[0].person, .freshly_proven = true};
    }
    return (struct release_order){.manuscript = manuscript, .seen = offer.run.digest};
}

static enum status try_release(struct office *office, const struct release_order *order,
                               struct actor actor, struct release **out_releases) {
    struct release *releases = NULL;
    size_t count;
    office->call->actor = actor;
    call_forgive(office->call);
    enum status status = publication_release(office->call, order, &releases, &count);
    if (status == DONE && out_releases != NULL) {
        *out_releases = releases;
    }
    return status;
}

static bool is_public(struct office *office, struct str path) {
    struct public_answer answer;
    assert_int_equal(
        publication_locate(office->call, office->bureau.site.code, path, &answer), DONE);
    return answer.status == 200;
}

static size_t released_so_far(struct office *office, id64 manuscript) {
    struct release *releases = NULL;
    size_t count;
    assert_int_equal(
        publication_of_manuscript(office->call, manuscript, &releases, &count), DONE);
    return count;
}

static void test_gate__the_full_set_of_decisions_opens_it(void **state) {
    struct office office = office_open(*state);
    id64 manuscript = draft(&office, "全市普查业务培训班开班");
    struct release_order order = walk_to(&office, manuscript, "");
    struct release *releases = NULL;
    struct manuscript found;
    struct ledger_report report;
    assert_int_equal(try_release(&office, &order, office.releaser, &releases), DONE);
    assert_int_equal(publication_apply(office.call, office.bureau.site.id, NULL), DONE);
    assert_true(is_public(&office, releases[0].path));
    assert_true(is_public(&office, STR("tjdt/")));
    assert_int_equal(manuscript_peek(office.call, manuscript, &found), DONE);
    assert_true(str_is(found.state, "published"));
    assert_true(found.live_revision == releases[0].revision);
    assert_int_equal(ledger_verify(office.call, office.bureau.site.group, NULL, &report),
                     DONE);
    assert_int_equal(report.fault, LEDGER_WHOLE);
    /* A second press finds it done, and nothing is released twice. */
    assert_true(try_release(&office, &order, office.releaser, NULL) != DONE);
    assert_int_equal(released_so_far(&office, manuscript), 1);
    office_close(*state);
}

static void test_gate__no_step_can_be_left_out(void **state) {
    static const char *const steps[] = {"dept-review", "section-review", "leader-review",
                                        "disposition", "final-check"};
    struct office office = office_open(*state);
    id64 first = draft(&office, "先走完的一篇");
    (void)walk_to(&office, first, ""); /* who releases is known from here on */
    id64 manuscript = draft(&office, "没走完的一篇");
    for (size_t i = 0; i < LENGTH(steps); i++) {
        struct release_order order = walk_to(&office, manuscript, steps[i]);
        assert_int_equal(try_release(&office, &order, office.releaser, NULL), REFUSED);
        assert_non_null(office.call->refusal);
        assert_true(str_starts(office.call->refusal->rule, "LZ-"));
        assert_int_equal(released_so_far(&office, manuscript), 0);
        call_forgive(office.call);
    }
    office_close(*state);
}

static void test_gate__wishes_that_are_not_granted(void **state) {
    struct office office = office_open(*state);
    id64 manuscript = draft(&office, "一篇");
    struct release_order order = walk_to(&office, manuscript, "");
    struct release_order wrong = order;
    struct actor stranger = {.person = 999, .freshly_proven = true};
    struct actor unproven = {.person = office.releaser.person};
    id64 elsewhere[] = {office.column.id, office.column.id + 1};

    assert_true(try_release(&office, &order, writer_of(&office), NULL) != DONE);
    assert_true(try_release(&office, &order, stranger, NULL) != DONE);
    assert_true(try_release(&office, &order, unproven, NULL) != DONE);
    wrong.seen.at[0] ^= 1;
    assert_int_equal(try_release(&office, &wrong, office.releaser, NULL), STALE);
    wrong = order;
    wrong.columns = elsewhere;
    wrong.column_count = 2;
    assert_int_equal(try_release(&office, &wrong, office.releaser, NULL), REFUSED);
    wrong = order;
    wrong.when = office.call->now - INSTANT_HOUR;
    assert_int_equal(try_release(&office, &wrong, office.releaser, NULL), REFUSED);
    wrong = order;
    wrong.manuscript = 12345;
    assert_int_equal(try_release(&office, &wrong, office.releaser, NULL), ABSENT);
    assert_int_equal(released_so_far(&office, manuscript), 0);
    /* And the same order by the right person goes through: the table was no accident. */
    assert_int_equal(try_release(&office, &order, office.releaser, NULL), DONE);
    office_close(*state);
}

static void test_gate__a_change_after_the_decisions_shuts_it(void **state) {
    struct office office = office_open(*state);
    id64 manuscript = draft(&office, "批过的一篇");
    struct release_order order = walk_to(&office, manuscript, "");
    /* Whatever the door: a digest that is not the one decided on opens nothing. */
    order.seen = digest_of(DIGEST_SM3, bytes_of_str(STR("another text")));
    assert_int_equal(try_release(&office, &order, office.releaser, NULL), STALE);
    assert_int_equal(released_so_far(&office, manuscript), 0);
    office_close(*state);
}

static void test_gate__a_withdrawal_is_gone_before_it_is_said(void **state) {
    struct office office = office_open(*state);
    struct call *call = office.call;
    id64 manuscript = draft(&office, "将要撤下的一篇");
    struct release_order order = walk_to(&office, manuscript, "");
    struct release *releases = NULL;
    struct manuscript found;
    struct publication_effect effect;
    assert_int_equal(try_release(&office, &order, office.releaser, &releases), DONE);
    struct str path = releases[0].path;
    assert_int_equal(publication_apply(call, office.bureau.site.id, NULL), DONE);
    assert_true(is_public(&office, path));
    assert_int_equal(publication_effect_of(call, manuscript, &effect), DONE);
    assert_int_equal(effect.pages, 1);
    assert_true(effect.lists >= 2 && effect.feeds >= 3);

    call->actor = writer_of(&office);
    assert_true(
        publication_withdraw(call, manuscript, WITHDRAW_REMOVAL, STR("有误"), 0) != DONE);
    call_forgive(call);
    call->actor = office.releaser;
    assert_int_equal(
        publication_withdraw(call, manuscript, WITHDRAW_REMOVAL, STR(" "), 0), REFUSED);
    call_forgive(call);
    assert_true(is_public(&office, path));
    assert_int_equal(
        publication_withdraw(call, manuscript, WITHDRAW_REMOVAL, STR("数据有误"), 0),
        DONE);
    assert_false(is_public(&office, path));
    assert_int_equal(manuscript_peek(call, manuscript, &found), DONE);
    assert_true(str_is(found.state, "withdrawn"));
    assert_true(found.live_revision == 0);
    assert_true(try_release(&office, &order, office.releaser, NULL) != DONE);
    call_forgive(call);
    /* What is gone can still be sealed, but not withdrawn twice. */
    call->actor = office.releaser;
    assert_int_equal(
        publication_withdraw(call, manuscript, WITHDRAW_REMOVAL, STR("再撤"), 0),
        REFUSED);
    call_forgive(call);
    assert_int_equal(
        publication_withdraw(call, manuscript, WITHDRAW_SEAL, STR("泄密"), 0), DONE);
    office_close(*state);
}

static void test_gate__a_schedule_is_asked_again_at_its_moment(void **state) {
    struct office office = office_open(*state);
    struct call *call = office.call;
    id64 kept = draft(&office, "按时发布的一篇");
    struct release_order order = walk_to(&office, kept, "");
    order.when = call->now + INSTANT_HOUR;
    struct release *releases = NULL;
    size_t count;
    assert_int_equal(try_release(&office, &order, office.releaser, &releases), DONE);
    assert_int_equal(releases[0].state, RELEASE_SCHEDULED);
    id64 dropped = draft(&office, "取消的一篇");
    struct release_order other = walk_to(&office, dropped, "");
    other.when = order.when;
    struct release *cancelled = NULL;
    assert_int_equal(try_release(&office, &other, office.releaser, &cancelled), DONE);
    call->actor = office.releaser;
    assert_int_equal(publication_cancel(call, cancelled[0].id, STR("改期")), DONE);

    /* The clock, with nobody behind it. */
    call->actor = (struct actor){0};
    call->door = DOOR_CLOCK;
    assert_int_equal(publication_release_due(call, &count), DONE);
    assert_int_equal(count, 0);
    call->now += 2 * INSTANT_HOUR;
    assert_int_equal(publication_release_due(call, &count), DONE);
    assert_int_equal(count, 1);
    assert_int_equal(publication_apply(call, office.bureau.site.id, NULL), DONE);
    struct release found;
    assert_int_equal(publication_find(call, releases[0].id, &found), DONE);
    assert_int_equal(found.state, RELEASE_LIVE);
    assert_true(found.released_at == call->now);
    assert_true(is_public(&office, found.path));
    assert_int_equal(publication_find(call, cancelled[0].id, &found), DONE);
    assert_int_equal(found.state, RELEASE_CANCELLED);
    office_close(*state);
}

static void
test_gate__a_live_text_changes_by_the_whole_route_at_its_address(void **state) {
    struct office office = office_open(*state);
    struct call *call = office.call;
    id64 manuscript = draft(&office, "第一版的题目");
    struct release_order order = walk_to(&office, manuscript, "");
    struct release *first = NULL;
    struct release *second = NULL;
    struct content content = text_of(call, "第二版的题目", "<p>改过的正文。</p>");
    struct dropped dropped;
    int version;
    assert_int_equal(try_release(&office, &order, office.releaser, &first), DONE);
    assert_int_equal(publication_apply(call, office.bureau.site.id, NULL), DONE);
    struct str path = str_copy(office.trial->arena, first[0].path);
    call->actor = writer_of(&office);
    assert_int_equal(manuscript_begin_change(call, manuscript), DONE);
    struct content old;
    assert_int_equal(manuscript_draft(call, manuscript, &old, &version), DONE);
    assert_int_equal(
        manuscript_save(call, manuscript, version, &content, &version, &dropped), DONE);
    assert_true(is_public(&office, path)); /* the old text stays meanwhile */
    assert_true(try_release(&office, &order, office.releaser, NULL) != DONE);
    call_forgive(call);
    call->now += INSTANT_DAY;
    call->actor = writer_of(&office);
    submit_again(&office, manuscript);
    order = walk_to(&office, manuscript, "");
    assert_int_equal(try_release(&office, &order, office.releaser, &second), DONE);
    assert_int_equal(publication_apply(call, office.bureau.site.id, NULL), DONE);
    assert_true(str_equal(second[0].path, path));
    assert_true(second[0].changed_at == call->now);
    struct public_answer answer;
    struct bytes page;
    assert_int_equal(publication_locate(call, office.bureau.site.code, path, &answer),
                     DONE);
    assert_int_equal(file_read(call->arena, answer.file.at, 1 << 20, &page), DONE);
    struct str text = {(const char *)page.at, page.length};
    assert_true(str_find(text, STR("第二版的题目")) < text.length);
    assert_true(str_find(text, STR("更新时间")) < text.length);
    assert_true(str_find(text, STR("第一版的题目")) == text.length);
    office_close(*state);
}

static struct str read_page(struct office *office, struct str path, int *out_status) {
    struct public_answer answer;
    struct bytes page;
    assert_int_equal(
        publication_locate(office->call, office->bureau.site.code, path, &answer), DONE);
    assert_int_equal(file_read(office->call->arena, answer.file.at, 1 << 20, &page),
                     DONE);
    *out_status = answer.status;
    return (struct str){(const char *)page.at, page.length};
}

static bool holds(struct str text, const char *words) {
    return str_find(text, str_of(words)) < text.length;
}

static void test_gate__what_is_corrected_walks_the_whole_route_again(void **state) {
    static const char *const steps[] = {"dept-review", "leader-review", "final-check"};
    struct office office = office_open(*state);
    struct call *call = office.call;
    id64 manuscript = draft(&office, "有错的题目");
    struct release_order order = walk_to(&office, manuscript, "");
    struct release *first = NULL;
    struct release *second = NULL;
    struct manuscript found;
    struct content content = text_of(call, "改对的题目", "<p>改对的正文。</p>");
    struct content old;
    struct dropped dropped;
    struct publication_effect effect;
    int version;
    int status;
    call->actor = office.releaser;
    assert_int_equal(publication_effect_of_order(call, &order, &effect), DONE);
    assert_int_equal(effect.pages, 1); /* asked before the first release */
    assert_true(effect.lists >= 2 && effect.feeds >= 3);
    assert_int_equal(try_release(&office, &order, office.releaser, &first), DONE);
    assert_int_equal(publication_apply(call, office.bureau.site.id, NULL), DONE);
    struct str path = str_copy(office.trial->arena, first[0].path);
    instant released_at = first[0].released_at;
    call->actor = office.releaser;
    assert_int_equal(
        publication_withdraw(call, manuscript, WITHDRAW_CORRECTION, STR("数字有误"), 0),
        DONE);
    struct str gone = read_page(&office, path, &status);
    assert_int_equal(status, 410);
    assert_true(holds(gone, "此内容正在更正") && !holds(gone, "有错的题目"));
    assert_false(holds(read_page(&office, STR("tjdt/"), &status), "有错的题目"));

    /* The old text is a draft again, told to its author; its old signatures are void. */
    struct news_list news;
    assert_int_equal(notice_news(call, office.bureau.writer, 0, &news), DONE);
    assert_true(news.count > 0 && str_is(news.at[0].words, "news.correcting"));
    assert_int_equal(manuscript_peek(call, manuscript, &found), DONE);
    assert_true(str_is(found.state, "draft") && found.live_revision == 0);
    assert_true(try_release(&office, &order, office.releaser, NULL) != DONE);
    call_forgive(call);
    id64 *writers;
    size_t writer_count;
    assert_int_equal(manuscript_contributors(call, manuscript, &writers, &writer_count),
                     DONE);
    assert_int_equal(writer_count, 1); /* also before he has typed anything anew */
    assert_true(writers[0] == office.bureau.writer);
    call->actor = writer_of(&office);
    assert_int_equal(manuscript_draft(call, manuscript, &old, &version), DONE);
    assert_true(str_is(old.title, "有错的题目"));
    assert_int_equal(
        manuscript_save(call, manuscript, version, &content, &version, &dropped), DONE);
    call->now += INSTANT_DAY;
    submit_again(&office, manuscript);
    for (size_t i = 0; i < LENGTH(steps); i++) {
        order = walk_to(&office, manuscript, steps[i]);
        assert_int_equal(try_release(&office, &order, office.releaser, NULL), REFUSED);
        call_forgive(call);
        (void)read_page(&office, path, &status);
        assert_int_equal(status, 410);
    }
    order = walk_to(&office, manuscript, "");
    assert_int_equal(try_release(&office, &order, office.releaser, &second), DONE);
    assert_int_equal(publication_apply(call, office.bureau.site.id, NULL), DONE);
    assert_true(str_equal(second[0].path, path));
    assert_true(second[0].released_at == released_at);
    assert_true(second[0].changed_at == call->now);
    struct str page = read_page(&office, path, &status);
    assert_int_equal(status, 200);
    assert_true(holds(page, "改对的题目") && holds(page, "改对的正文"));
    assert_true(holds(page, "更新时间") && !holds(page, "有错的题目"));
    assert_true(holds(read_page(&office, STR("tjdt/"), &status), "改对的题目"));
    office_close(*state);
}

static void
test_gate__what_was_taken_away_is_not_brought_back_by_an_older_review(void **state) {
    static const enum withdrawal kinds[] = {WITHDRAW_REMOVAL, WITHDRAW_SEAL};
    struct office office = office_open(*state);
    struct call *call = office.call;
    for (size_t i = 0; i < LENGTH(kinds); i++) {
        id64 manuscript = draft(&office, "第一版");
        struct release_order order = walk_to(&office, manuscript, "");
        struct content content = text_of(call, "第二版", "<p>改过的正文。</p>");
        struct content old;
        struct dropped dropped;
        int version;
        assert_int_equal(try_release(&office, &order, office.releaser, NULL), DONE);
        call->actor = writer_of(&office);
        assert_int_equal(manuscript_begin_change(call, manuscript), DONE);
        assert_int_equal(manuscript_draft(call, manuscript, &old, &version), DONE);
        assert_int_equal(
            manuscript_save(call, manuscript, version, &content, &version, &dropped),
            DONE);
        submit_again(&office, manuscript);
        order = walk_to(&office, manuscript, "");
        call->now += INSTANT_MINUTE;
        call->actor = office.releaser;
        assert_int_equal(
            publication_withdraw(call, manuscript, kinds[i], STR("不宜公开"), 0), DONE);
        assert_int_equal(try_release(&office, &order, office.releaser, NULL), REFUSED);
        assert_string_equal(call->refusal->words, "publication.taken-away");
        call_forgive(call);
        assert_int_equal(publication_apply(call, office.bureau.site.id, NULL), DONE);
    }
    office_close(*state);
}

/* The same item on a sibling site, as a copy that was taken over there. */
static struct site carry_to_sibling(struct office *office,
                                    const struct release *release) {
    struct call *call = office->call;
    struct site sibling = office->bureau.site;
    struct column column = office->column;
    struct column_terms terms = {0};
    struct revision revision;
    struct actor before = call->actor;
    id64 made;
    sibling.code = STR("county");
    sibling.kind = STR("sub");
    sibling.domain = STR("county.shifan.gov.cn");
    call->actor = (struct actor){0};
    call->door = DOOR_CLI;
    assert_int_equal(site_new(call, &sibling, &sibling.id), DONE);
    column.site = sibling.id;
    column.parent = 0;
    assert_int_equal(site_column_add(call, &column, &terms, &column.id), DONE);
    assert_int_equal(manuscript_revision(call, release->revision, &revision), DONE);
    struct migrated_item item = {.manuscript = release->manuscript,
                                 .revision = revision.id,
                                 .digest = revision.digest,
                                 .column = column.id,
                                 .title = revision.content.title,
                                 .released_at = call->now,
                                 .old_path = STR("")};
    assert_int_equal(txn_begin(call, TXN_WRITE), DONE);
    assert_int_equal(publication_migrate(call, &item, &made), DONE);
    assert_int_equal(txn_commit(call), DONE);
    assert_int_equal(publication_rebuild(call, sibling.id, NULL, NULL), DONE);
    call->actor = before;
    call->door = DOOR_WEB;
    return sibling;
}

/* How many files below *path*, at any depth, hold *words*. */
static int files_with(const char *path, const char *words) {
    char command[1024];
    int count = -1;
    snprintf(command, sizeof command, "grep -rlF -- '%s' '%s' 2>/dev/null | wc -l", words,
             path);
    FILE *found = popen(command, "r");
    assert_non_null(found);
    assert_int_equal(fscanf(found, "%d", &count), 1);
    pclose(found);
    return count;
}

static void
test_gate__one_act_withdraws_it_everywhere_and_keeps_the_evidence(void **state) {
    static const char title[] = "误发的名单";
    struct office office = office_open(*state);
    struct call *call = office.call;
    id64 manuscript = draft(&office, title);
    struct release_order order = walk_to(&office, manuscript, "");
    struct release *releases = NULL;
    struct ledger_list history;
    assert_int_equal(try_release(&office, &order, office.releaser, &releases), DONE);
    assert_int_equal(publication_apply(call, office.bureau.site.id, NULL), DONE);
    struct site sibling = carry_to_sibling(&office, &releases[0]);
    const char *public = str_format(call->arena, "%s/public", call->house->workspace).at;
    const char *county = str_format(call->arena, "%s/county", public).at;
    assert_true(files_with(county, title) >= 4); /* page, lists, feeds */
    assert_true(files_with(public, title) >= 8);
    struct bytes page;
    assert_int_equal(
        file_read(call->arena,
                  str_format(call->arena, "%s/%.*s/%.*s", public,
                             STR_ARG(office.bureau.site.code), STR_ARG(releases[0].path))
                      .at,
                  1 << 20, &page),
        DONE);
    struct digest seen = digest_of(DIGEST_SHA256, page);

    call->actor = office.releaser;
    assert_int_equal(
        publication_withdraw(call, manuscript, WITHDRAW_SEAL, STR("误发个人信息"), 0),
        DONE);
    assert_int_equal(files_with(public, title), 0);
    const char *evidence =
        str_format(call->arena, "%s/archive/evidence", call->house->workspace).at;
    assert_int_equal(files_with(evidence, title), 2); /* as each site showed it */
    assert_int_equal(
        ledger_history(call, (struct subject){SUBJECT_MANUSCRIPT, manuscript}, &history),
        DONE);
    const struct ledger_entry *last = &history.at[history.count - 1];
    assert_true(str_is(last->act, "publication.withdraw"));
    assert_true(
        holds(last->payload, str_text(call->arena, digest_to_text(call->arena, &seen))));
    /* And it stays away when either tree is written anew. */
    assert_int_equal(publication_rebuild(call, sibling.id, NULL, NULL), DONE);
    assert_int_equal(publication_rebuild(call, office.bureau.site.id, NULL, NULL), DONE);
    assert_int_equal(files_with(public, title), 0);
    office_close(*state);
}

/* The author's own steps were taken twice in one round, on two texts. */
static void test_gate__what_was_recalled_and_changed_can_be_released(void **state) {
    struct office office = office_open(*state);
    id64 manuscript = draft(&office, "撤回后再送审的一篇");
    struct content content =
        text_of(office.call, "撤回后再送审的一篇", "<p>培训班为期三天。</p>");
    struct release_order order = walk_to(&office, manuscript, "dept-review");
    struct content before;
    struct dropped dropped;
    struct run run;
    int version;
    struct digest first = order.seen;
    office.call->actor = writer_of(&office);
    assert_int_equal(review_recall(office.call, manuscript, STR("再改一处"), &run), DONE);
    assert_int_equal(manuscript_draft(office.call, manuscript, &before, &version), DONE);
    assert_int_equal(
        manuscript_save(office.call, manuscript, version, &content, &version, &dropped),
        DONE);
    submit_again(&office, manuscript);
    order = walk_to(&office, manuscript, "");
    assert_false(digest_equal(&first, &order.seen));
    assert_int_equal(try_release(&office, &order, office.releaser, NULL), DONE);
    office_close(*state);
}

/* A migration hears of its lines what an import hears, and shows nothing of a file with a
 * fault; the same file put right is public at once. */
static void test_gate__a_migration_reads_its_lines_as_an_import_does(void **state) {
    /* GB18030: two titles, 甲 and 乙, at one address and then at two */
    static const char twins[] =
        "{\"title\":\"\xbc\xd7\",\"body\":\"x\",\"url\":\"/a\"}\n"
        "{\"title\":\"\xd2\xd2\",\"body\":\"x\",\"url\":\"/a\"}\n";
    static const char right[] =
        "{\"title\":\"\xbc\xd7\",\"body\":\"x\",\"url\":\"/a\"}\n"
        "{\"title\":\"\xd2\xd2\",\"body\":\"x\",\"url\":\"/b\"}\n";
    struct office office = office_open(*state);
    struct import_report report;
    struct digest manifest;
    struct release *shown;
    size_t count;
    struct migration migration = {.column = office.column.id,
                                  .unit = office.bureau.department.id,
                                  .item_class = STR("government-affairs"),
                                  .lines = bytes_of_str(str_of(twins))};
    struct people_holdings heads;
    assert_int_equal(
        people_holders(office.call, "dept-head", office.bureau.department.id, &heads),
        DONE);
    assert_true(heads.count > 0);
    migration.second = heads.at[0].person;
    office.call->actor = writer_of(&office);
    assert_int_equal(publication_take_over(office.call, &migration, &report, &manifest),
                     REFUSED);
    assert_int_equal(report.fault_count, 1);
    assert_int_equal(report.faults[0].line, 2);
    assert_string_equal(report.faults[0].refusal->words, "manuscript.line-twin");
    txn_abort(office.call);
    assert_int_equal(publication_list(office.call, office.bureau.site.id, RELEASE_LIVE, 0,
                                      10, &shown, &count),
                     DONE);
    assert_int_equal(count, 0);
    call_forgive(office.call);
    migration.lines = bytes_of_str(str_of(right));
    assert_int_equal(publication_take_over(office.call, &migration, &report, &manifest),
                     DONE);
    assert_int_equal(report.taken, 2);
    assert_int_equal(publication_list(office.call, office.bureau.site.id, RELEASE_LIVE, 0,
                                      10, &shown, &count),
                     DONE);
    assert_int_equal(count, 2);
    assert_true(str_is(shown[0].title, "甲") || str_is(shown[1].title, "甲"));
    office_close(*state);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        TRIAL_ON_BOTH(test_gate__a_migration_reads_its_lines_as_an_import_does),
        TRIAL_ON_BOTH(test_gate__the_full_set_of_decisions_opens_it),
        TRIAL_ON_BOTH(test_gate__no_step_can_be_left_out),
        TRIAL_ON_BOTH(test_gate__wishes_that_are_not_granted),
        TRIAL_ON_BOTH(test_gate__a_change_after_the_decisions_shuts_it),
        TRIAL_ON_BOTH(test_gate__a_withdrawal_is_gone_before_it_is_said),
        TRIAL_ON_BOTH(test_gate__a_schedule_is_asked_again_at_its_moment),
        TRIAL_ON_BOTH(test_gate__a_live_text_changes_by_the_whole_route_at_its_address),
        TRIAL_ON_BOTH(test_gate__what_is_corrected_walks_the_whole_route_again),
        TRIAL_ON_BOTH(test_gate__one_act_withdraws_it_everywhere_and_keeps_the_evidence),
        TRIAL_ON_BOTH(test_gate__what_was_recalled_and_changed_can_be_released),
        TRIAL_ON_BOTH(
            test_gate__what_was_taken_away_is_not_brought_back_by_an_older_review),
    };
    if (sandbox_start(&text_parsers, &sandbox) != DONE) {
        return 1;
    }
    int failed = trial_run("publication-gate", tests, LENGTH(tests));
    sandbox_stop(sandbox);
    return failed;
}
