/*
 * A redesign (QX-6): what is put on is, byte for byte, what everybody who decided was
 * shown; what was worn before comes back in one act.
 */
#include "trial/trial.h"

#include "calendar/calendar.h"
#include "matter/matter.h"
#include "notice/notice.h"
#include "owner.h"
#include "publication/publication.h"
#include "review/review.h"
#include "trial_store.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STYLE "/share/themes/blue/s/theme.css"

struct wardrobe {
    struct call *call;
    const struct rulebook *book;
    struct trial_bureau bureau;
    const char *style; /* a file of the design "blue" that the test may change */
};

static struct wardrobe wardrobe_open(struct trial_store *trial);
static struct wardrobe wardrobe_open_under(struct trial_store *trial, const char *code);
static void wardrobe_close(struct trial_store *trial);
static void rebuild(struct wardrobe *wardrobe, enum status wanted);
static struct str published_style(struct wardrobe *wardrobe);
static void lose_kept(struct wardrobe *wardrobe);
static enum status put_on_as_operator(struct wardrobe *wardrobe, const char *theme);
static void copy_blue(struct trial_store *trial);
static void acts_as(struct wardrobe *wardrobe, const char *role);
static struct matter put_forward(struct wardrobe *wardrobe);
static enum status decide(struct wardrobe *wardrobe, const struct matter *matter,
                          const char *outcome, const struct digest *seen);
static bool is_on_desk(struct wardrobe *wardrobe, const char *role,
                       const struct matter *matter);
static enum status agree(struct wardrobe *wardrobe, const char *role,
                         const struct matter *matter, const struct digest *seen);
static void approve(struct wardrobe *wardrobe);
static enum status put_on(struct wardrobe *wardrobe, const char *theme);
static void change_style(struct wardrobe *wardrobe, const char *rule);
static void must_wear(struct wardrobe *wardrobe, const char *theme);
static const char *refused_with(struct wardrobe *wardrobe);
static bool is_agreed_with(struct wardrobe *wardrobe, const char *sql);

static void test_design__only_what_both_were_shown_is_put_on(void **state) {
    struct trial_store *trial = *state;
    struct wardrobe wardrobe = wardrobe_open(trial);
    approve(&wardrobe);
    change_style(&wardrobe, "body{background:#000}\n");
    assert_int_equal(put_on(&wardrobe, "blue"), REFUSED);
    assert_string_equal(refused_with(&wardrobe), "site.design-not-as-approved");
    must_wear(&wardrobe, "default");
    change_style(&wardrobe, "");
    assert_int_equal(put_on(&wardrobe, "blue"), DONE);
    must_wear(&wardrobe, "blue");
    wardrobe_close(trial);
}

static void test_design__second_decision_is_on_the_same_files(void **state) {
    struct trial_store *trial = *state;
    struct wardrobe wardrobe = wardrobe_open(trial);
    struct matter redesign = put_forward(&wardrobe);
    assert_int_equal(agree(&wardrobe, "deputy-leader", &redesign, NULL), DONE);
    change_style(&wardrobe, "a{color:red}\n");
    assert_int_equal(agree(&wardrobe, "main-leader", &redesign, NULL), DONE);
    assert_int_equal(put_on(&wardrobe, "blue"), REFUSED);
    assert_string_equal(refused_with(&wardrobe), "site.design-not-as-approved");
    /* Without a digest it is not even opened: no door gets round the preview. */
    struct matter_wish wish = {.kind = STR("redesign"),
                               .unit = wardrobe.bureau.department.id,
                               .title = STR("blue"),
                               .words = STR("")};
    struct matter matter;
    acts_as(&wardrobe, "layout-keeper");
    assert_int_equal(matter_open(wardrobe.call, wardrobe.bureau.site.group, wardrobe.book,
                                 &wish, &matter),
                     REFUSED);
    call_forgive(wardrobe.call);
    wardrobe_close(trial);
}

static void test_design__who_was_shown_another_does_not_decide(void **state) {
    struct trial_store *trial = *state;
    struct wardrobe wardrobe = wardrobe_open(trial);
    struct matter redesign = put_forward(&wardrobe);
    struct digest none = {0};
    struct digest other;
    assert_int_equal(site_design(wardrobe.call, STR("red"), &other), DONE);
    assert_int_equal(agree(&wardrobe, "deputy-leader", &redesign, &none), STALE);
    call_forgive(wardrobe.call);
    assert_int_equal(agree(&wardrobe, "deputy-leader", &redesign, &other), STALE);
    call_forgive(wardrobe.call);
    assert_int_equal(agree(&wardrobe, "deputy-leader", &redesign, NULL), DONE);
    wardrobe_close(trial);
}

/* Every wish at a door has a key, and the same one twice is carried out once. */
static void test_design__a_wish_with_a_key_is_carried_out_once(void **state) {
    struct trial_store *trial = *state;
    struct wardrobe wardrobe = wardrobe_open(trial);
    wardrobe.call->key = STR("key-of-the-opening");
    struct matter redesign = put_forward(&wardrobe);
    wardrobe.call->key = STR("key-of-the-review");
    assert_int_equal(agree(&wardrobe, "deputy-leader", &redesign, NULL), DONE);
    wardrobe.call->key = STR("key-of-the-approval");
    assert_int_equal(agree(&wardrobe, "main-leader", &redesign, NULL), DONE);
    wardrobe.call->key = STR("");
    assert_int_equal(put_on(&wardrobe, "blue"), DONE);
    wardrobe_close(trial);
}

/* Step by step, each finds it on the desk, and nobody answers past the route. */
static void test_design__goes_its_way_from_desk_to_desk(void **state) {
    struct trial_store *trial = *state;
    struct wardrobe wardrobe = wardrobe_open(trial);
    struct matter_reply reply = {.words = STR("同意"), .agreed = true};
    struct matter redesign = put_forward(&wardrobe);
    assert_true(is_on_desk(&wardrobe, "deputy-leader", &redesign));
    assert_false(is_on_desk(&wardrobe, "main-leader", &redesign));
    assert_int_equal(agree(&wardrobe, "main-leader", &redesign, NULL), DENIED);
    call_forgive(wardrobe.call);
    acts_as(&wardrobe, "main-leader");
    reply.seen = redesign.about;
    assert_int_equal(matter_answer(wardrobe.call, wardrobe.book, redesign.id, &reply),
                     REFUSED);
    assert_string_equal(refused_with(&wardrobe), "matter.has-a-way");
    assert_int_equal(agree(&wardrobe, "deputy-leader", &redesign, NULL), DONE);
    assert_false(is_on_desk(&wardrobe, "deputy-leader", &redesign));
    assert_true(is_on_desk(&wardrobe, "main-leader", &redesign));
    assert_int_equal(put_on(&wardrobe, "blue"), REFUSED); /* one is not enough */
    call_forgive(wardrobe.call);
    assert_int_equal(agree(&wardrobe, "main-leader", &redesign, NULL), DONE);
    assert_false(is_on_desk(&wardrobe, "main-leader", &redesign));
    assert_int_equal(agree(&wardrobe, "main-leader", &redesign, NULL), REFUSED);
    assert_string_equal(refused_with(&wardrobe), "review.no-run");
    assert_int_equal(put_on(&wardrobe, "blue"), DONE);
    wardrobe_close(trial);
}

static void test_design__preview_shows_that_design_or_none(void **state) {
    struct trial_store *trial = *state;
    struct wardrobe wardrobe = wardrobe_open(trial);
    struct call *call = wardrobe.call;
    id64 site = wardrobe.bureau.site.id;
    struct matter redesign = put_forward(&wardrobe);
    struct str page;
    struct str style = STR("s/style.css");
    assert_int_equal(publication_preview(call, site, STR("blue"), &redesign.about,
                                         STR("index.html"), &page),
                     DONE);
    assert_true(str_find(page, wardrobe.bureau.site.title) < page.length);
    assert_int_equal(
        publication_preview(call, site, STR("blue"), &redesign.about, style, &page),
        DONE);
    assert_int_equal(publication_preview(call, site, STR("blue"), &redesign.about,
                                         STR("nothing.html"), &page),
                     ABSENT);
    change_style(&wardrobe, "a{color:red}\n");
    assert_int_equal(
        publication_preview(call, site, STR("blue"), &redesign.about, style, &page),
        STALE);
    call_forgive(call);
    must_wear(&wardrobe, "default");
    wardrobe_close(trial);
}

static void test_design__former_one_comes_back_in_one_act(void **state) {
    struct trial_store *trial = *state;
    struct wardrobe wardrobe = wardrobe_open(trial);
    struct call *call = wardrobe.call;
    struct worn_design *worn;
    size_t count;
    approve(&wardrobe);
    assert_int_equal(put_on(&wardrobe, "blue"), DONE);
    acts_as(&wardrobe, "deputy-leader");
    assert_int_equal(site_restore_design(call, wardrobe.bureau.site.id, STR("看不清")),
                     DENIED);
    call_forgive(call);
    acts_as(&wardrobe, "layout-keeper");
    assert_int_equal(site_restore_design(call, wardrobe.bureau.site.id, STR(" ")),
                     REFUSED);
    call_forgive(call);
    assert_int_equal(site_restore_design(call, wardrobe.bureau.site.id, STR("看不清")),
                     DONE);
    must_wear(&wardrobe, "default");
    assert_int_equal(site_worn(call, wardrobe.bureau.site.id, &worn, &count), DONE);
    assert_int_equal(count, 2);
    assert_true(worn[0].restored);
    assert_true(str_is(worn[0].reason, "看不清"));
    assert_true(worn[0].changed_by == call->actor.person);
    /* The design before this one is blue; changed meanwhile, it would be a redesign,
     * unless what it was is still there. */
    change_style(&wardrobe, "a{color:red}\n");
    lose_kept(&wardrobe);
    assert_int_equal(site_restore_design(call, wardrobe.bureau.site.id, STR("再换")),
                     REFUSED);
    assert_string_equal(refused_with(&wardrobe), "site.former-design-differs");
    wardrobe_close(trial);
}

/* What is published is what was approved: an edit of the worn files changes no page until
 * it is approved itself, and if what was approved is lost, nothing is written. */
static void test_design__edited_files_are_not_published(void **state) {
    static const char edit[] = "body{background:#0b0c0d}";
    struct trial_store *trial = *state;
    struct wardrobe wardrobe = wardrobe_open(trial);
    struct call *call = wardrobe.call;
    struct site site;
    struct worn_design *worn;
    size_t count;
    approve(&wardrobe);
    assert_int_equal(put_on(&wardrobe, "blue"), DONE);
    rebuild(&wardrobe, DONE);
    struct str approved = published_style(&wardrobe);
    change_style(&wardrobe, edit);
    rebuild(&wardrobe, DONE);
    assert_true(str_equal(published_style(&wardrobe), approved));
    acts_as(&wardrobe, "layout-keeper");
    assert_int_equal(site_put_on(call, wardrobe.bureau.site.id, STR("blue")), REFUSED);
    assert_string_equal(refused_with(&wardrobe), "site.design-not-as-approved");
    /* the same theme, decided on anew, is another design */
    approve(&wardrobe);
    rebuild(&wardrobe, DONE);
    assert_true(str_equal(published_style(&wardrobe), approved)); /* not put on yet */
    acts_as(&wardrobe, "layout-keeper");
    assert_int_equal(site_put_on(call, wardrobe.bureau.site.id, STR("blue")), DONE);
    rebuild(&wardrobe, DONE);
    struct str style = published_style(&wardrobe);
    assert_true(str_find(style, str_of(edit)) < style.length);
    /* and what it was comes back, though its files are gone from where they lay */
    acts_as(&wardrobe, "layout-keeper");
    assert_int_equal(site_restore_design(call, wardrobe.bureau.site.id, STR("看不清")),
                     DONE);
    rebuild(&wardrobe, DONE);
    assert_true(str_equal(published_style(&wardrobe), approved));
    /* neither on disk nor kept: refused with the way out, and the pages stay */
    lose_kept(&wardrobe);
    rebuild(&wardrobe, REFUSED);
    assert_string_equal(refused_with(&wardrobe), "site.design-lost");
    assert_true(str_equal(published_style(&wardrobe), approved));
    change_style(&wardrobe, "");
    rebuild(&wardrobe, DONE); /* put back, they are kept again */
    assert_int_equal(site_find(call, wardrobe.bureau.site.id, &site), DONE);
    assert_int_equal(site_worn(call, site.id, &worn, &count), DONE);
    assert_int_equal(count, 3);
    wardrobe_close(trial);
}

/* What it wears when it is drawn first counts from then on, though nobody decided. */
static void test_design__first_one_is_kept_as_it_was_drawn(void **state) {
    struct trial_store *trial = *state;
    struct wardrobe wardrobe = wardrobe_open(trial);
    struct call *call = wardrobe.call;
    struct worn_design *worn;
    size_t count;
    call->actor = (struct actor){0};
    call->door = DOOR_CLI;
    assert_int_equal(put_on_as_operator(&wardrobe, "blue"), DONE);
    call->door = DOOR_WEB;
    rebuild(&wardrobe, DONE);
    struct str first = published_style(&wardrobe);
    change_style(&wardrobe, "body{background:#0b0c0d}");
    rebuild(&wardrobe, DONE);
    assert_true(str_equal(published_style(&wardrobe), first));
    assert_int_equal(site_worn(call, wardrobe.bureau.site.id, &worn, &count), DONE);
    assert_int_equal(count, 1);
    wardrobe_close(trial);
}

/* Where no redesign is decided on, a changed file is on the next page, as ever. */
static void test_design__others_wear_what_is_there(void **state) {
    static const char edit[] = "body{background:#0b0c0d}";
    struct trial_store *trial = *state;
    struct wardrobe wardrobe = wardrobe_open_under(trial, "quality");
    struct worn_design *worn;
    size_t count;
    wardrobe.call->actor = (struct actor){0};
    wardrobe.call->door = DOOR_CLI;
    assert_int_equal(put_on_as_operator(&wardrobe, "blue"), DONE);
    rebuild(&wardrobe, DONE);
    change_style(&wardrobe, edit);
    rebuild(&wardrobe, DONE);
    struct str style = published_style(&wardrobe);
    assert_true(str_find(style, str_of(edit)) < style.length);
    assert_int_equal(site_worn(wardrobe.call, wardrobe.bureau.site.id, &worn, &count),
                     DONE);
    assert_int_equal(count, 1);
    wardrobe_close(trial);
}

static void test_design__decision_wants_a_password(void **state) {
    struct trial_store *trial = *state;
    struct wardrobe wardrobe = wardrobe_open(trial);
    struct matter redesign = put_forward(&wardrobe);
    acts_as(&wardrobe, "deputy-leader");
    wardrobe.call->actor.freshly_proven = false;
    assert_int_equal(decide(&wardrobe, &redesign, "pass", NULL), DENIED);
    assert_string_equal(refused_with(&wardrobe), "rulebook.prove-yourself");
    assert_int_equal(agree(&wardrobe, "deputy-leader", &redesign, NULL), DONE);
    wardrobe_close(trial);
}

/* Each is undone before the next; the untouched record opens the way each time. */
static void test_design__what_was_agreed_to_by_sql_opens_no_way(void **state) {
    struct trial_store *trial = *state;
    struct wardrobe wardrobe = wardrobe_open(trial);
    struct yard owner = {.call = wardrobe.call};
    static const char *const alterations[] = {
        "UPDATE matter SET words = 'x' WHERE kind = 'redesign'",
        "UPDATE matter SET answer = 'x' WHERE kind = 'redesign'",
        "UPDATE matter SET year = year - 1 WHERE kind = 'redesign'",
        "UPDATE matter SET answered_by = opened_by WHERE kind = 'redesign'",
        "UPDATE matter SET opened_by = answered_by WHERE kind = 'redesign'",
        "UPDATE matter SET opened_at = opened_at - 1 WHERE kind = 'redesign'",
        "UPDATE matter SET rulebook = replace(rulebook, 'a', 'b')",
        "INSERT INTO matter_line SELECT id, 'x', '' FROM matter WHERE year > 1",
        "UPDATE approval_signature SET signer = 0 WHERE act = 'matter.answer'",
        "UPDATE approval_signature SET key = '' WHERE act = 'matter.answer'",
        "UPDATE approval_signature SET signature = statement WHERE act = 'matter.answer'",
        "DELETE FROM approval_signature WHERE act = 'matter.answer'",
    };
    approve(&wardrobe);
    owner_drop_triggers(&owner);
    for (size_t i = 0; i < LENGTH(alterations); i++) {
        assert_true(is_agreed_with(&wardrobe, "UPDATE matter SET year = year"));
        assert_string_equal(refused_with(&wardrobe), "");
        if (is_agreed_with(&wardrobe, alterations[i])) {
            fail_msg("it opened the way: %s", alterations[i]);
        }
        assert_string_equal(refused_with(&wardrobe), "matter.not-as-signed");
    }
    /* Nor is the last decision taken on a first one that nobody gave like that, or on
     * words that were not there. */
    static const struct {
        const char *altered, *back, *words;
    } on_the_way[] = {
        {"UPDATE decision SET opinion = 'x' WHERE step = 'deputy-review'",
         "UPDATE decision SET opinion = '' WHERE step = 'deputy-review'",
         "review.not-signed"},
        {"UPDATE matter SET words = 'x'", "UPDATE matter SET words = ''",
         "matter.not-as-decided"},
        {"UPDATE matter_line SET value = value || 'x'",
         "UPDATE matter_line SET value = substr(value, 1, length(value) - 1)",
         "matter.not-as-decided"},
    };
    struct matter second = put_forward(&wardrobe);
    assert_int_equal(agree(&wardrobe, "deputy-leader", &second, NULL), DONE);
    for (size_t i = 0; i < LENGTH(on_the_way); i++) {
        owner_does(&owner, on_the_way[i].altered, 0);
        assert_int_equal(agree(&wardrobe, "main-leader", &second, NULL), REFUSED);
        assert_string_equal(refused_with(&wardrobe), on_the_way[i].words);
        owner_does(&owner, on_the_way[i].back, 0);
    }
    /* What was declined stays declined, whatever the rows say. */
    acts_as(&wardrobe, "main-leader");
    assert_int_equal(decide(&wardrobe, &second, "decline", NULL), DONE);
    assert_false(is_agreed_with(&wardrobe, "UPDATE matter_verdict SET agreed = 1"));
    assert_string_equal(refused_with(&wardrobe), "matter.not-as-signed");
    assert_int_equal(put_on(&wardrobe, "blue"), DONE);
    wardrobe_close(trial);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        TRIAL_ON_BOTH(test_design__only_what_both_were_shown_is_put_on),
        TRIAL_ON_BOTH(test_design__second_decision_is_on_the_same_files),
        TRIAL_ON_BOTH(test_design__who_was_shown_another_does_not_decide),
        TRIAL_ON_BOTH(test_design__goes_its_way_from_desk_to_desk),
        TRIAL_ON_BOTH(test_design__a_wish_with_a_key_is_carried_out_once),
        TRIAL_ON_BOTH(test_design__decision_wants_a_password),
        TRIAL_ON_BOTH(test_design__what_was_agreed_to_by_sql_opens_no_way),
        TRIAL_ON_BOTH(test_design__preview_shows_that_design_or_none),
        TRIAL_ON_BOTH(test_design__former_one_comes_back_in_one_act),
        TRIAL_ON_BOTH(test_design__edited_files_are_not_published),
        TRIAL_ON_BOTH(test_design__first_one_is_kept_as_it_was_drawn),
        TRIAL_ON_BOTH(test_design__others_wear_what_is_there),
    };
    return trial_run("design", tests, LENGTH(tests));
}

static struct wardrobe wardrobe_open(struct trial_store *trial) {
    return wardrobe_open_under(trial, "weather");
}

static struct wardrobe wardrobe_open_under(struct trial_store *trial, const char *code) {
    struct wardrobe wardrobe = {.call = &trial->call};
    struct fault *faults = NULL;
    struct arena *arena = trial->call.arena;
    const char *source = getenv("SHENFA_SOURCE");
    const char *days = str_format(arena, "%s/calendar/cn.tsv", trial->house.share).at;
    assert_int_equal(calendar_open(days, &trial->house.calendar), DONE);
    const char *const directories[] = {str_format(arena, "%s/rulebooks", source).at,
                                       NULL};
    assert_int_equal(shelf_open(arena, directories, &trial->house.shelf, &faults), DONE);
    wardrobe.book = shelf_latest(trial->house.shelf, str_of(code));
    wardrobe.call->door = DOOR_CLI;
    assert_int_equal(trial_found(wardrobe.call, wardrobe.book, false, &wardrobe.bureau),
                     DONE);
    wardrobe.call->door = DOOR_WEB;
    copy_blue(trial);
    wardrobe.style = str_format(arena, "%s" STYLE, trial->workspace).at;
    return wardrobe;
}

static void wardrobe_close(struct trial_store *trial) {
    txn_abort(&trial->call);
    shelf_free(trial->house.shelf);
    calendar_close(trial->house.calendar);
    trial->house.shelf = NULL;
    trial->house.calendar = NULL;
}

/* A share directory of the test's own: "blue" copied, all else where it is. */
static void copy_blue(struct trial_store *trial) {
    static const char *const linked[] = {"words", "themes/default", "themes/red"};
    struct arena *arena = trial->call.arena;
    const char *share = str_format(arena, "%s/share", trial->workspace).at;
    struct bytes bytes;
    assert_int_equal(file_make_directory(str_format(arena, "%s/themes/blue/s", share).at),
                     DONE);
    for (size_t i = 0; i < LENGTH(linked); i++) {
        assert_int_equal(
            symlink(str_format(arena, "%s/%s", trial->house.share, linked[i]).at,
                    str_format(arena, "%s/%s", share, linked[i]).at),
            0);
    }
    assert_int_equal(
        file_read(arena,
                  str_format(arena, "%s/themes/blue/s/theme.css", trial->house.share).at,
                  (size_t)1 << 20, &bytes),
        DONE);
    assert_int_equal(
        file_write(str_format(arena, "%s" STYLE, trial->workspace).at, bytes), DONE);
    trial->house.share = share;
}

static void acts_as(struct wardrobe *wardrobe, const char *role) {
    struct people_holdings holders;
    assert_int_equal(people_holders(wardrobe->call, role, 0, &holders), DONE);
    assert_true(holders.count > 0);
    wardrobe->call->actor =
        (struct actor){.person = holders.at[0].person, .freshly_proven = true};
}

static struct matter put_forward(struct wardrobe *wardrobe) {
    struct matter matter = {0};
    struct matter_line lines[] = {{STR("plan"), STR("蓝色版面")},
                                  {STR("preview"), STR("见预览")},
                                  {STR("former"), STR("原版面")}};
    struct matter_wish wish = {.kind = STR("redesign"),
                               .unit = wardrobe->bureau.department.id,
                               .title = STR("blue"),
                               .words = STR(""),
                               .lines = lines,
                               .line_count = LENGTH(lines)};
    acts_as(wardrobe, "layout-keeper");
    assert_int_equal(review_open_matter(wardrobe->call, wardrobe->bureau.site.group,
                                        wardrobe->book, &wish, &matter),
                     DONE);
    assert_false(digest_is_none(&matter.about));
    return matter;
}

/* *seen* NULL: what the step shows. */
static enum status decide(struct wardrobe *wardrobe, const struct matter *matter,
                          const char *outcome, const struct digest *seen) {
    struct subject subject = {SUBJECT_MATTER, matter->id};
    struct offer offer;
    struct run run;
    TRY(review_offer(wardrobe->call, subject, 0, &offer));
    struct verdict verdict = {.run = offer.run.id,
                              .seen = seen == NULL ? offer.run.digest : *seen,
                              .step = offer.step->code,
                              .outcome = str_of(outcome),
                              .role = STR(""),
                              .opinion =
                                  strcmp(outcome, "pass") == 0 ? STR("") : STR("看不清"),
                              .channel = STR(""),
                              .paper_number = STR("")};
    return review_decide(wardrobe->call, subject, &verdict, &run);
}

static enum status agree(struct wardrobe *wardrobe, const char *role,
                         const struct matter *matter, const struct digest *seen) {
    acts_as(wardrobe, role);
    return decide(wardrobe, matter, "pass", seen);
}

static void approve(struct wardrobe *wardrobe) {
    struct matter redesign = put_forward(wardrobe);
    assert_int_equal(agree(wardrobe, "deputy-leader", &redesign, NULL), DONE);
    assert_int_equal(agree(wardrobe, "main-leader", &redesign, NULL), DONE);
}

static bool is_on_desk(struct wardrobe *wardrobe, const char *role,
                       const struct matter *matter) {
    struct duties duties;
    bool found = false;
    acts_as(wardrobe, role);
    assert_int_equal(notice_desk(wardrobe->call, wardrobe->call->actor.person, &duties),
                     DONE);
    for (size_t i = 0; i < duties.count; i++) {
        found = found || (duties.at[i].subject.kind == SUBJECT_MATTER &&
                          duties.at[i].subject.id == matter->id);
    }
    return found;
}

static enum status put_on(struct wardrobe *wardrobe, const char *theme) {
    struct site site;
    assert_int_equal(site_find(wardrobe->call, wardrobe->bureau.site.id, &site), DONE);
    site.theme = str_of(theme);
    acts_as(wardrobe, "layout-keeper");
    return site_change(wardrobe->call, &site);
}

/* The file as it came, with *rule* behind it. */
static void change_style(struct wardrobe *wardrobe, const char *rule) {
    static const char mark[] = "\n/* changed */\n";
    struct bytes bytes;
    assert_int_equal(
        file_read(wardrobe->call->arena, wardrobe->style, (size_t)1 << 20, &bytes), DONE);
    struct str text = {(const char *)bytes.at, bytes.length};
    text = str_part(text, 0, str_find(text, str_of(mark)));
    struct str changed = rule[0] == '\0' ? text
                                         : str_format(wardrobe->call->arena, "%.*s%s%s",
                                                      STR_ARG(text), mark, rule);
    assert_int_equal(file_write(wardrobe->style, bytes_of_str(changed)), DONE);
}

static void must_wear(struct wardrobe *wardrobe, const char *theme) {
    struct site site;
    assert_int_equal(site_find(wardrobe->call, wardrobe->bureau.site.id, &site), DONE);
    assert_string_equal(str_text(wardrobe->call->arena, site.theme), theme);
}

static const char *refused_with(struct wardrobe *wardrobe) {
    const char *words =
        wardrobe->call->refusal == NULL ? "" : wardrobe->call->refusal->words;
    call_forgive(wardrobe->call);
    return words;
}

/* Would the design be put on if the owner of the database had run *sql*? */
static bool is_agreed_with(struct wardrobe *wardrobe, const char *sql) {
    struct call *call = wardrobe->call;
    struct yard owner = {.call = call};
    const struct matter_rule *rule;
    struct digest design;
    id64 agreed = 0;
    assert_int_equal(site_design(call, STR("blue"), &design), DONE);
    txn_abort(call);
    assert_int_equal(txn_begin(call, TXN_WRITE), DONE);
    assert_int_equal(owner_run(&owner, sql, 0, 0), DONE);
    enum status asked = matter_permits(
        call, wardrobe->bureau.site.group, wardrobe->bureau.site.root, wardrobe->book,
        PERMIT_THEME, STR("blue"), &design, &rule, &agreed);
    assert_true(asked == DONE || asked == REFUSED);
    txn_abort(call);
    return asked == DONE && agreed != 0;
}

static void rebuild(struct wardrobe *wardrobe, enum status wanted) {
    struct actor before = wardrobe->call->actor;
    wardrobe->call->actor = (struct actor){0};
    assert_int_equal(
        publication_rebuild(wardrobe->call, wardrobe->bureau.site.id, NULL, NULL),
        wanted);
    wardrobe->call->actor = before;
}

static struct str published_style(struct wardrobe *wardrobe) {
    struct arena *arena = wardrobe->call->arena;
    struct bytes bytes;
    const char *path =
        str_format(arena, "%s/public/%.*s/s/style.css", wardrobe->call->house->workspace,
                   STR_ARG(wardrobe->bureau.site.code))
            .at;
    assert_int_equal(file_read(arena, path, (size_t)1 << 20, &bytes), DONE);
    return (struct str){(const char *)bytes.at, bytes.length};
}

/* Every copy of a design is gone. */
static void lose_kept(struct wardrobe *wardrobe) {
    char command[4096];
    snprintf(command, sizeof command, "rm -r '%s/archive/designs'",
             wardrobe->call->house->workspace);
    assert_int_equal(system(command), 0);
}

static enum status put_on_as_operator(struct wardrobe *wardrobe, const char *theme) {
    struct site site;
    assert_int_equal(site_find(wardrobe->call, wardrobe->bureau.site.id, &site), DONE);
    site.theme = str_of(theme);
    return site_change(wardrobe->call, &site);
}
