/*
 * Several bodies on one installation, each under its own regulation: what one allows the
 * other refuses, posts of one mean nothing in the other, numbers run in each by
 * themselves, a text goes from the site below to the site above through both, and what a
 * decision costs does not depend on how many bodies there are.
 */
#include "approval/approval.h"
#include "archive/archive.h"
#include "base/base.h"
#include "calendar/calendar.h"
#include "filing/filing.h"
#include "jobs/jobs.h"
#include "ledger/ledger.h"
#include "manuscript/manuscript.h"
#include "matter/matter.h"
#include "notice/notice.h"
#include "page/page.h"
#include "people/people.h"
#include "publication/publication.h"
#include "review/review.h"
#include "rulebook/rulebook.h"
#include "sandbox/sandbox.h"
#include "site/site.h"
#include "text/text.h"
#include "trial/trial.h"
#include "trial_store.h"
#include "yard.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BODIES_MOST 12

static struct sandbox *sandbox; /* forked once, before any thread */

struct town {
    struct trial_store *trial;
    struct call *call;
    const struct rulebook *books[BODIES_MOST];
    struct trial_bureau bureaus[BODIES_MOST];
};

static void open_town(struct town *town, void **state, const char *const *codes,
                      size_t count) {
    struct trial_store *trial = *state;
    struct fault *faults = NULL;
    struct arena *arena = trial->call.arena;
    const char *source = getenv("SHENFA_SOURCE");
    const char *const directories[] = {
        str_text(arena, str_format(arena, "%s/rulebooks", source)), NULL};
    const char *days =
        str_text(arena, str_format(arena, "%s/share/calendar/cn.tsv", source));
    *town = (struct town){.trial = trial, .call = &trial->call};
    trial->house.sandbox = sandbox;
    assert_int_equal(calendar_open(days, &trial->house.calendar), DONE);
    assert_int_equal(shelf_open(arena, directories, &trial->house.shelf, &faults), DONE);
    for (size_t i = 0; i < count; i++) {
        town->books[i] = shelf_latest(trial->house.shelf, str_of(codes[i]));
        assert_non_null(town->books[i]);
    }
    trial->call.door = DOOR_CLI;
    assert_int_equal(
        trial_found_several(town->call, town->books, count, true, town->bureaus), DONE);
    trial->call.door = DOOR_API;
}

static void become(struct town *town, id64 person) {
    town->call->actor = (struct actor){.person = person, .freshly_proven = true};
    call_forgive(town->call);
}

static id64 holder(struct town *town, const char *role, size_t body) {
    struct people_holdings holders;
    assert_int_equal(people_holders(town->call, role,
                                    people_anywhere_in(town->bureaus[body].site.root),
                                    &holders),
                     DONE);
    assert_true(holders.count > 0);
    return holders.at[0].person;
}

/* Somebody of a body who holds a post in no other. */
static id64 only_here(struct town *town, const char *role, size_t body,
                      const char *name) {
    struct call *call = town->call;
    struct people_roles roles = people_roles_of(call, town->books[body]);
    struct people_unit office;
    struct people_person person = {
        .name = str_of(name), .pinyin = STR(""), .mail = STR(""), .phone = STR("")};
    assert_int_equal(people_unit_in(call, town->bureaus[body].site.root,
                                    STR(PEOPLE_UNIT_OFFICE), &office),
                     DONE);
    assert_int_equal(people_person_save(call, &person), DONE);
    assert_int_equal(trial_seat(call, &roles, office.id, role, name, person.id), DONE);
    return person.id;
}

static id64 draft(struct town *town, size_t body, const char *item_class,
                  const char *title, const char *targets) {
    struct call *call = town->call;
    const struct trial_bureau *bureau = &town->bureaus[body];
    struct field_value fields[] = {{STR("disclosure"), STR("active")},
                                   {STR("origin"), STR("2026-12-01")},
                                   {STR("source"), bureau->department.title},
                                   {STR("targets"), str_of(targets)}};
    struct content content = {.title = str_of(title),
                              .body = STR("<p>服务窗口的时间有调整。</p>"),
                              .fields = fields,
                              .field_count = LENGTH(fields) - (targets[0] == '\0')};
    struct column *columns;
    struct dropped dropped;
    size_t count;
    id64 manuscript = 0;
    int version;
    become(town, bureau->writer);
    assert_int_equal(site_columns(call, bureau->site.id, &columns, &count), DONE);
    for (size_t i = 0; i < count && manuscript == 0; i++) {
        enum status begun =
            manuscript_begin(call, columns[i].id, bureau->department.id,
                             str_of(item_class), content.title, &manuscript);
        manuscript = begun == DONE ? manuscript : 0;
        call_forgive(call);
    }
    assert_int_not_equal(manuscript, 0);
    assert_int_equal(manuscript_save(call, manuscript, 1, &content, &version, &dropped),
                     DONE);
    return manuscript;
}

/* Released by whoever wishes. */
static enum status release(struct town *town, id64 manuscript) {
    struct subject subject = {.kind = SUBJECT_MANUSCRIPT, .id = manuscript};
    struct offer offer;
    struct release *releases;
    size_t count;
    TRY(review_offer(town->call, subject, 0, &offer));
    struct release_order order = {.manuscript = manuscript, .seen = offer.run.digest};
    return publication_release(town->call, &order, &releases, &count);
}

static const char *said(const struct town *town) {
    assert_non_null(town->call->refusal);
    return str_text(town->call->arena, town->call->refusal->rule);
}

/* May this person lend, destroy and open in that body? */
static void assert_archive_rights(struct town *town, size_t body, bool wanted) {
    id64 group = town->bureaus[body].site.group;
    id64 unit = town->bureaus[body].department.id;
    bool lends = !wanted;
    bool destroys = !wanted;
    bool opens = !wanted;
    assert_int_equal(archive_may_lend(town->call, group, unit, &lends), DONE);
    assert_int_equal(archive_may_destroy(town->call, group, unit, &destroys), DONE);
    assert_int_equal(archive_may_open(town->call, group, unit, &opens), DONE);
    assert_int_equal(lends, wanted);
    assert_int_equal(destroys, wanted);
    assert_int_equal(opens, wanted);
}

static size_t files_seen_by(struct town *town, id64 person, id64 *out_file) {
    struct archive_filter filter = {0};
    struct archive_files files;
    become(town, person);
    assert_int_equal(
        archive_list(town->call, town->bureaus[0].site.group, &filter, &files), DONE);
    if (files.count > 0) {
        *out_file = files.at[0].id;
    }
    return files.count;
}

static size_t asked_to_lend(struct town *town, id64 person) {
    struct duties duties;
    size_t asked = 0;
    assert_int_equal(notice_desk(town->call, person, &duties), DONE);
    for (size_t i = 0; i < duties.count; i++) {
        asked += str_is(duties.at[i].step, "loan") ? 1 : 0;
    }
    return asked;
}

static int64_t items_exported_by(struct town *town, id64 person, const char *name) {
    struct exported exported;
    const char *folder =
        str_format(town->call->arena, "%s/%s", town->call->house->workspace, name).at;
    become(town, person);
    assert_int_equal(
        archive_export(town->call, town->bureaus[0].site.group, 2026, folder, &exported),
        DONE);
    return exported.items;
}

/* Nor does one and the same rulebook make two bodies one: what the first keeps, the
 * director of the second neither sees, lends, opens nor carries away. */
static void test_bodies__one_rulebook_keeps_two_archives(void **state) {
    static const char *const codes[] = {"liuzhou-stats", "liuzhou-stats"};
    struct town town;
    struct archive_file found;
    struct sealings sealings;
    struct package_note *notes;
    struct fetched fetched;
    struct bytes page;
    size_t count;
    id64 file = 0;
    id64 loan;
    open_town(&town, state, codes, LENGTH(codes));
    struct call *call = town.call;
    id64 group = town.bureaus[0].site.group;
    assert_string_equal(str_text(call->arena, town.bureaus[1].site.code),
                        "liuzhou-stats-2");
    become(&town, holder(&town, "office-director", 0));
    id64 ours = only_here(&town, "office-director", 0, "甲主任");
    become(&town, holder(&town, "office-director", 1));
    id64 theirs = only_here(&town, "office-director", 1, "乙主任");
    id64 text = draft(&town, 0, "government-affairs", "甲机关的一则", "");
    assert_int_equal(trial_walk(call, text, STR("")), DONE);
    become(&town, holder(&town, "site-operator", 0));
    assert_int_equal(release(&town, text), DONE);
    assert_int_equal(publication_apply(call, town.bureaus[0].site.id, NULL), DONE);
    /* seen */
    assert_int_equal(files_seen_by(&town, theirs, &file), 0);
    assert_archive_rights(&town, 0, false);
    assert_archive_rights(&town, 1, true);
    assert_int_equal(files_seen_by(&town, ours, &file), 1);
    assert_archive_rights(&town, 0, true);
    assert_archive_rights(&town, 1, false);
    become(&town, theirs);
    assert_int_equal(archive_find(call, file, &found), ABSENT);
    /* lent */
    become(&town, town.bureaus[0].writer);
    assert_int_equal(
        archive_ask(call, file, STR("编年鉴"), instant_day(call->now) + 3, &loan), DONE);
    assert_int_equal(asked_to_lend(&town, theirs), 0);
    assert_int_equal(asked_to_lend(&town, ours), 1);
    become(&town, theirs);
    assert_int_equal(archive_lend(call, loan, true, STR("同意")), DENIED);
    become(&town, ours);
    assert_int_equal(archive_lend(call, loan, true, STR("同意")), DONE);
    /* opened */
    become(&town, holder(&town, "site-operator", 0));
    assert_int_equal(publication_withdraw(call, text, WITHDRAW_SEAL, STR("误发"), 0),
                     DONE);
    become(&town, theirs);
    assert_int_equal(archive_sealings(call, group, 2026, &sealings), DONE);
    assert_int_equal(sealings.count, 0);
    become(&town, ours);
    assert_int_equal(archive_sealings(call, group, 2026, &sealings), DONE);
    assert_int_equal(sealings.count, 1);
    int64_t sealed = sealings.at[0].sequence;
    become(&town, theirs);
    assert_int_equal(archive_open(call, group, sealed, 0, STR("查"), &page), DENIED);
    become(&town, ours);
    assert_int_equal(archive_open(call, group, sealed, 0, STR("查"), &page), DONE);
    /* carried away */
    assert_int_equal(items_exported_by(&town, theirs, "theirs"), 0);
    assert_int_equal(items_exported_by(&town, ours, "ours"), 1);
    const struct job_handler *handlers = archive_handlers(&count);
    assert_int_equal(archive_order(call, group, 2026), DONE);
    while (jobs_do_next(call, handlers, count) == DONE) {
        /* those of other kinds, which nobody does here, are given up */
    }
    become(&town, ours);
    assert_int_equal(archive_packages(call, group, &notes, &count), DONE);
    assert_true(count > 0 && notes[0].is_here);
    assert_int_equal(notes[0].items, 1);
    assert_int_equal(archive_fetch(call, group, notes[0].sequence, &fetched), DONE);
    close(fetched.file);
    become(&town, theirs);
    assert_int_equal(archive_fetch(call, group, notes[0].sequence, &fetched), DENIED);
    call_forgive(call);
    assert_int_equal(archive_packages(call, group, &notes, &count), DONE);
    assert_false(notes[0].is_here);
    yard_close(town.trial);
}

/* Who keeps and lends the files of one body has no word in the other. */
static void test_bodies__archive_of_one_is_closed_to_the_other(void **state) {
    static const char *const codes[] = {"liuzhou-stats", "bazhong-nr"};
    struct town town;
    open_town(&town, state, codes, LENGTH(codes));
    become(&town, holder(&town, "office-director", 1));
    id64 director = only_here(&town, "office-director", 1, "白主任");
    become(&town, director);
    for (size_t i = 0; i < LENGTH(codes); i++) {
        assert_archive_rights(&town, i, i == 1);
    }
    yard_close(town.trial);
}

static void test_bodies__drafter_releases_in_one_and_never_in_the_other(void **state) {
    static const char *const codes[] = {"liuzhou-stats", "changshan-tax"};
    struct town town;
    open_town(&town, state, codes, LENGTH(codes));
    id64 here = draft(&town, 0, "government-affairs", "柳州：窗口时间调整", "");
    id64 there = draft(&town, 1, "section", "常山：窗口时间调整", "");
    /* one writer, who drafts under both */
    assert_int_equal(town.bureaus[0].writer, town.bureaus[1].writer);
    assert_int_equal(trial_walk(town.call, here, STR("")), DONE);
    assert_int_equal(trial_walk(town.call, there, STR("")), DONE);
    become(&town, town.bureaus[1].writer);
    assert_int_equal(release(&town, there), DONE);
    become(&town, town.bureaus[0].writer);
    assert_int_equal(release(&town, here), DENIED);
    assert_memory_equal(said(&town), "LZ-", 3);
    /* and not by him whom the other body's rules would let release */
    struct manuscript manuscript;
    assert_int_equal(manuscript_peek(town.call, here, &manuscript), DONE);
    assert_string_equal(str_text(town.call->arena, manuscript.state), "approved");
    yard_close(town.trial);
}

static void test_bodies__posts_of_one_mean_nothing_in_the_other(void **state) {
    static const char *const codes[] = {"bazhong-nr", "liuzhou-stats"};
    struct town town;
    struct manuscript found;
    struct duties duties;
    open_town(&town, state, codes, LENGTH(codes));
    id64 wei = holder(&town, "office-reviewer", 1);
    become(&town, wei);
    id64 only = only_here(&town, "office-reviewer", 1, "只在柳州");
    id64 text = draft(&town, 0, "news", "巴中：新闻一则", "");
    assert_int_equal(trial_walk(town.call, text, STR("")), DONE);
    /* the same role code, another body: it does not know of the text and has no duty */
    become(&town, only);
    assert_int_equal(manuscript_find(town.call, text, &found), ABSENT);
    assert_int_equal(notice_desk(town.call, only, &duties), DONE);
    for (size_t i = 0; i < duties.count; i++) {
        assert_int_equal(duties.at[i].site, town.bureaus[1].site.id);
    }
    /* nor does it keep the other's units, posts and columns */
    struct people_unit unit = {.parent = town.bureaus[0].site.root,
                               .code = STR("hidden"),
                               .kind = STR("department"),
                               .title = STR("暗设科"),
                               .english = STR(""),
                               .aliases = STR("")};
    assert_int_equal(people_unit_save(town.call, &unit), DENIED);
    struct people_roles roles = people_roles_of(town.call, town.books[0]);
    struct people_post post = {.unit = town.bureaus[0].department.id,
                               .role = STR("dept-head"),
                               .title = STR("科长"),
                               .english = STR("")};
    call_forgive(town.call);
    assert_int_equal(people_post_save(town.call, &roles, &post), DENIED);
    unit.parent = town.bureaus[1].site.root;
    call_forgive(town.call);
    assert_int_equal(people_unit_save(town.call, &unit), DONE);
    assert_string_equal(str_text(town.call->arena, unit.code), "liuzhou-stats-hidden");
    /* administrators are the installation's: no further body appoints its own */
    struct people_post admin = {.unit = unit.id,
                                .role = STR(PEOPLE_ROLE_SECURITY),
                                .title = STR("安全"),
                                .english = STR("")};
    assert_int_equal(people_post_save(town.call, &roles, &admin), REFUSED);
    yard_close(town.trial);
}

static void test_bodies__unit_writes_for_its_own_body_only(void **state) {
    static const char *const codes[] = {"bazhong-nr", "liuzhou-stats"};
    struct town town;
    struct column *columns;
    size_t count;
    id64 manuscript;
    open_town(&town, state, codes, LENGTH(codes));
    assert_int_equal(site_columns(town.call, town.bureaus[1].site.id, &columns, &count),
                     DONE);
    become(&town, town.bureaus[0].writer);
    assert_int_equal(
        manuscript_begin(town.call, columns[0].id, town.bureaus[0].department.id,
                         STR("government-affairs"), STR("越级"), &manuscript),
        REFUSED);
    assert_string_equal(town.call->refusal->words, "site.unit-of-other-body");
    yard_close(town.trial);
}

static void test_bodies__numbers_run_in_each_by_themselves(void **state) {
    static const char *const codes[] = {"liuzhou-stats", "bazhong-nr"};
    struct town town;
    open_town(&town, state, codes, LENGTH(codes));
    id64 here = draft(&town, 0, "government-affairs", "柳州一号", "");
    id64 there = draft(&town, 1, "news", "巴中一号", "");
    assert_int_equal(trial_walk(town.call, here, STR("")), DONE);
    assert_int_equal(trial_walk(town.call, there, STR("")), DONE);
    become(&town, holder(&town, "site-operator", 0));
    assert_int_equal(release(&town, here), DONE);
    become(&town, holder(&town, "site-manager", 1));
    assert_int_equal(release(&town, there), DONE);
    size_t numbered = 0;
    for (size_t body = 0; body < 2; body++) {
        for (size_t i = 0; i < town.books[body]->series_count; i++) {
            struct forms forms;
            struct str series;
            assert_int_equal(people_code_of_body(town.call, town.bureaus[body].site.root,
                                                 town.books[body]->series[i].code,
                                                 &series),
                             DONE);
            assert_int_equal(filing_forms(town.call, town.bureaus[body].site.group,
                                          series, 2026, 0, &forms),
                             DONE);
            for (size_t j = 0; j < forms.count; j++) {
                assert_int_equal(forms.at[j].subject.id, body == 0 ? here : there);
                assert_true(forms.at[j].number <= (int64_t)forms.count);
                numbered++;
            }
        }
    }
    assert_true(numbered >= 2);
    yard_close(town.trial);
}

/* What stands on a form is said in words: an entry of the catalogue by its title, a
 * meeting that was not by the word for none, each article on a line of its own; and the
 * body's name stands once in the head. */
static void test_bodies__forms_speak_in_words(void **state) {
    static const char *const codes[] = {"bazhong-nr", "yunzhou"};
    static const char *const heads[] = {"巴中市自然资源和规划局网站信息发布审核单",
                                        "\"云州区政府门户网站信息发布审查表"};
    struct town town;
    open_town(&town, state, codes, LENGTH(codes));
    for (size_t body = 0; body < 2; body++) {
        struct content content;
        struct dropped dropped;
        struct forms forms;
        struct form form;
        struct str series;
        int version;
        id64 text = draft(&town, body, "news", "一则", "");
        assert_int_equal(manuscript_draft(town.call, text, &content, &version), DONE);
        struct field_value fields[8] = {{STR("catalogue"), STR("organisation")}};
        memcpy(fields + 1, content.fields, content.field_count * sizeof fields[0]);
        content.fields = fields;
        content.field_count++;
        assert_int_equal(
            manuscript_save(town.call, text, version, &content, &version, &dropped),
            DONE);
        assert_int_equal(trial_walk(town.call, text, STR("")), DONE);
        become(&town, holder(&town, body == 0 ? "site-manager" : "site-operator", body));
        assert_int_equal(release(&town, text), DONE);
        assert_int_equal(people_code_of_body(town.call, town.bureaus[body].site.root,
                                             STR("review-form"), &series),
                         DONE);
        assert_int_equal(filing_forms(town.call, town.bureaus[body].site.group, series,
                                      2026, 0, &forms),
                         DONE);
        assert_int_equal(forms.count, 1);
        town.call->actor = (struct actor){0};
        assert_int_equal(review_form_of(town.call, town.bureaus[body].site.id,
                                        STR("review-form"), forms.at[0].subject,
                                        &forms.at[0].digest, &form),
                         DONE);
        assert_int_equal(form.id, forms.at[0].id);
        assert_int_equal(review_make_form(town.call, form.id, &form), DONE);
        const char *said = str_text(town.call->arena, form.content);
        assert_non_null(strstr(said, heads[body]));
        assert_non_null(strstr(said, "\\n第"));
        if (body == 0) {
            assert_non_null(strstr(said, "机构职能"));
            assert_null(strstr(said, "organisation"));
            assert_null(strstr(said, "\"  \"")); /* three empty parts of a meeting */
        }
    }
    yard_close(town.trial);
}

/* BZ-14: to the city government's site by way of the office and the portal administrator,
 * there by the city's own rulebook; taken away everywhere at once. */
static void test_bodies__text_goes_up_level_by_level(void **state) {
    static const char *const codes[] = {"bazhong-nr", "liuzhou-stats"};
    struct town town;
    struct site city;
    struct manuscript copy;
    struct people_unit intake;
    struct release *releases;
    id64 *copies;
    id64 source = 0;
    size_t count;
    open_town(&town, state, codes, LENGTH(codes));
    assert_int_equal(site_find(town.call, town.bureaus[1].site.id, &city), DONE);
    city.domain = STR("www.cnbz.gov.cn");
    town.call->door = DOOR_CLI;
    town.call->actor = (struct actor){0};
    assert_int_equal(site_change(town.call, &city), DONE);
    town.call->door = DOOR_API;
    id64 text = draft(&town, 0, "news", "巴中：报市政府网站", "city");
    assert_int_equal(trial_walk(town.call, text, STR("platform-submission")), DONE);
    assert_int_equal(manuscript_copies(town.call, text, &copies, &count), DONE);
    assert_int_equal(count, 0); /* not before both levels have decided */
    assert_int_equal(trial_step(town.call, text, STR(""), STR("")), DONE);
    assert_int_equal(manuscript_copies(town.call, text, &copies, &count), DONE);
    assert_int_equal(count, 1);
    assert_int_equal(manuscript_peek(town.call, copies[0], &copy), DONE);
    assert_int_equal(copy.site, city.id);
    assert_string_equal(str_text(town.call->arena, copy.state), "draft");
    assert_int_equal(manuscript_source(town.call, copy.id, &source), DONE);
    assert_int_equal(source, text);
    /* nothing that was decided below counts above */
    become(&town, holder(&town, "site-operator", 1));
    call_forgive(town.call);
    assert_int_not_equal(release(&town, copy.id), DONE);

    /* the unit that has the column takes it, under its own rulebook */
    become(&town, holder(&town, "office-reviewer", 1));
    assert_int_equal(people_unit(town.call, copy.unit, &intake), DONE);
    struct people_roles roles = people_roles_of(town.call, town.books[1]);
    struct people_person taker = {
        .name = STR("收稿人"), .pinyin = STR(""), .mail = STR(""), .phone = STR("")};
    struct people_person head = {
        .name = STR("收稿科长"), .pinyin = STR(""), .mail = STR(""), .phone = STR("")};
    assert_int_equal(people_person_save(town.call, &taker), DONE);
    assert_int_equal(people_person_save(town.call, &head), DONE);
    assert_int_equal(
        trial_seat(town.call, &roles, intake.id, "liaison", "信息员", taker.id), DONE);
    assert_int_equal(
        trial_seat(town.call, &roles, intake.id, "dept-head", "科长", head.id), DONE);
    struct duties duties;
    become(&town, taker.id);
    assert_int_equal(notice_desk(town.call, taker.id, &duties), DONE);
    assert_int_equal(duties.count, 1);
    assert_int_equal(duties.at[0].subject.id, copy.id);
    assert_int_equal(trial_hand_in(town.call, copy.id), DONE);
    become(&town, taker.id);
    assert_int_equal(notice_desk(town.call, taker.id, &duties), DONE);
    assert_int_equal(duties.count, 0);
    assert_int_equal(trial_walk(town.call, copy.id, STR("")), DONE);
    become(&town, holder(&town, "site-operator", 1));
    assert_int_equal(release(&town, copy.id), DONE);

    /* the ledger has it on both */
    struct ledger_list history;
    assert_int_equal(ledger_history(town.call,
                                    (struct subject){SUBJECT_MANUSCRIPT, copy.id},
                                    &history),
                     DONE);
    assert_string_equal(str_text(town.call->arena, history.at[0].act),
                        "manuscript.receive");
    assert_string_equal(str_text(town.call->arena, history.at[0].rule), "BZ-14.a");

    /* the body below takes it back: everywhere, in one act */
    become(&town, holder(&town, "site-manager", 0));
    assert_int_equal(
        publication_withdraw(town.call, text, WITHDRAW_REMOVAL, STR("数据有误"), 0),
        DONE);
    assert_int_equal(publication_of_manuscript(town.call, copy.id, &releases, &count),
                     DONE);
    assert_int_equal(count, 1);
    assert_int_equal(releases[0].state, RELEASE_WITHDRAWN);
    assert_int_equal(manuscript_peek(town.call, copy.id, &copy), DONE);
    assert_string_equal(str_text(town.call->arena, copy.state), "withdrawn");
    assert_int_equal(copy.live_revision, 0);
    yard_close(town.trial);
}

/* SZ-13: a change of columns leaves its notice, once, in the hands of who answers for it;
 * a column without items is to be merged, and its place leads on. */
static void test_bodies__a_changed_column_is_announced(void **state) {
    static const char *const codes[] = {"shizhu"};
    struct town town;
    struct words *words = NULL;
    struct buffer errors;
    struct column news;
    struct column into;
    struct column_standing *standings;
    struct ledger_list list;
    size_t count;
    size_t announced = 0;
    open_town(&town, state, codes, 1);
    struct call *call = town.call;
    buffer_init(&errors, call->arena);
    assert_int_equal(
        words_load(str_format(call->arena, "%s/share/words", getenv("SHENFA_SOURCE")).at,
                   &errors, &words),
        DONE);
    town.trial->house.words = words;
    assert_int_equal(
        site_column_find_path(call, town.bureaus[0].site.id, STR("news"), &news), DONE);
    struct column topic = news;
    struct column_terms terms = {0};
    topic.code = STR("topic");
    topic.title = STR("专题 <一>");
    topic.id = 0;
    call->door = DOOR_CLI; /* applied for elsewhere */
    call->actor = (struct actor){0};
    assert_int_equal(site_column_add(call, &topic, &terms, &topic.id), DONE);
    call->door = DOOR_API;
    become(&town, holder(&town, "dept-head", 0));
    const struct matter_line lines[] = {{STR("reason"), STR("信息不足")}};
    struct matter_wish wish = {.kind = STR("column-change"),
                               .unit = town.bureaus[0].department.id,
                               .title = STR("topic"),
                               .words = STR(""),
                               .lines = lines,
                               .line_count = 1};
    struct matter matter;
    assert_int_equal(review_open_matter(call, town.bureaus[0].site.group, town.books[0],
                                        &wish, &matter),
                     DONE);
    become(&town, holder(&town, "site-manager", 0));
    assert_int_equal(trial_answer_matter(call, town.books[0], &matter, true, STR("同意")),
                     DONE);
    assert_int_equal(
        publication_standings(call, town.bureaus[0].site.id, &standings, &count), DONE);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(standings[i].to_merge, standings[i].column.id == topic.id);
    }
    assert_int_equal(site_column_merge(call, topic.id, topic.id, STR("信息不足")),
                     REFUSED);
    call_forgive(call);
    assert_int_equal(site_column_merge(call, topic.id, news.id, STR("信息不足")), DONE);
    assert_int_equal(site_column_merged(call, topic.id, &into), DONE);
    assert_int_equal(into.id, news.id);
    assert_int_equal(
        ledger_history(call, (struct subject){SUBJECT_COLUMN, topic.id}, &list), DONE);
    call->actor = (struct actor){0};
    for (int twice = 0; twice < 2; twice++) { /* a reaction may be run again */
        for (size_t i = 0; i < list.count; i++) {
            assert_int_equal(manuscript_announce(call, &list.at[i]), DONE);
        }
    }
    struct people_holdings office;
    struct duties duties;
    assert_int_equal(people_holders(call, "site-manager", 0, &office), DONE);
    assert_int_equal(notice_desk(call, office.at[0].person, &duties), DONE);
    for (size_t i = 0; i < duties.count; i++) {
        announced += str_is(duties.at[i].rule, "SZ-13.b");
    }
    assert_int_equal(announced, 1);
    words_free(words);
    town.trial->house.words = NULL;
    yard_close(town.trial);
}

/* One decision, counted in statements, and in steps of the database where it tells. */
struct cost {
    uint64_t asked;
    uint64_t stepped;
};

static struct cost cost_of_decision(struct town *town) {
    const struct store *store = town->trial->house.store;
    id64 text = draft(town, 0, "government-affairs", "同一份稿件", "");
    assert_int_equal(trial_walk(town->call, text, STR("dept-review")), DONE);
    uint64_t asked = store_asked(store);
    uint64_t stepped = store_stepped(store);
    assert_int_equal(trial_step(town->call, text, STR(""), STR("")), DONE);
    txn_abort(town->call); /* what is still being read is counted when it ends */
    return (struct cost){store_asked(store) - asked, store_stepped(store) - stepped};
}

static void found_others(struct town *town, const char *const *codes, size_t count) {
    for (size_t i = 0; i < count; i++) {
        struct people_person keeper;
        struct site site;
        const struct rulebook *book =
            shelf_latest(town->trial->house.shelf, str_of(codes[i]));
        town->call->door = DOOR_CLI;
        town->call->actor = (struct actor){0};
        assert_int_equal(people_person_find(town->call, STR("zhou.zhengguo"), &keeper),
                         DONE);
        assert_int_equal(
            site_found_beside(town->call, book, book->code, keeper.id, &site), DONE);
        town->call->door = DOOR_API;
    }
}

/* Drafts, and every eighth waits at the very step that is decided. */
static void fill(struct town *town, size_t count) {
    for (size_t i = 0; i < count; i++) {
        id64 text = draft(town, 0, "government-affairs", "别的稿件", "");
        if (i % 8 == 0) {
            assert_int_equal(trial_walk(town->call, text, STR("dept-review")), DONE);
        }
    }
}

static void test_bodies__decision_costs_the_same_among_twelve(void **state) {
    static const char *const codes[] = {"liuzhou-stats",    "yunzhou", "bazhong-nr",
                                        "shizhu",           "daqing",  "mashan",
                                        "education",        "quality", "cixi",
                                        "complaints-12365", "weather", "changshan-tax"};
    struct town town;
    size_t many = yard_size("SHENFA_TRIAL_MANUSCRIPTS", 160);
    open_town(&town, state, codes, 1);
    (void)cost_of_decision(&town); /* its people get their keys */
    struct cost alone = cost_of_decision(&town);
    found_others(&town, codes + 1, LENGTH(codes) - 1);
    fill(&town, many);
    struct cost among = cost_of_decision(&town);
    print_message("a decision: %llu statements of %llu steps alone, %llu of %llu among "
                  "%zu bodies and %zu manuscripts\n",
                  (unsigned long long)alone.asked, (unsigned long long)alone.stepped,
                  (unsigned long long)among.asked, (unsigned long long)among.stepped,
                  LENGTH(codes), many);
    assert_int_equal(alone.asked, among.asked);
    assert_in_range(among.stepped, 0, alone.stepped + alone.stepped / 20);
    yard_close(town.trial);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        TRIAL_ON_BOTH(test_bodies__archive_of_one_is_closed_to_the_other),
        TRIAL_ON_BOTH(test_bodies__one_rulebook_keeps_two_archives),
        TRIAL_ON_BOTH(test_bodies__drafter_releases_in_one_and_never_in_the_other),
        TRIAL_ON_BOTH(test_bodies__posts_of_one_mean_nothing_in_the_other),
        TRIAL_ON_BOTH(test_bodies__unit_writes_for_its_own_body_only),
        TRIAL_ON_BOTH(test_bodies__numbers_run_in_each_by_themselves),
        TRIAL_ON_BOTH(test_bodies__forms_speak_in_words),
        TRIAL_ON_BOTH(test_bodies__text_goes_up_level_by_level),
        TRIAL_ON_BOTH(test_bodies__a_changed_column_is_announced),
        TRIAL_ON_BOTH(test_bodies__decision_costs_the_same_among_twelve),
    };
    if (sandbox_start(&text_parsers, &sandbox) != DONE) {
        return 1;
    }
    int failed = trial_run("bodies", tests, LENGTH(tests));
    sandbox_stop(sandbox);
    return failed;
}
