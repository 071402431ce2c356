/*
 * A document and its interpretation come out in one act (YZ-9.1.c): both, or neither.
 */
#include "trial/trial.h"

#include "calendar/calendar.h"
#include "ledger/ledger.h"
#include "manuscript/manuscript.h"
#include "matter/matter.h"
#include "publication/publication.h"
#include "sandbox/sandbox.h"
#include "text/text.h"
#include "trial_store.h"

#include <stdlib.h>
#include <string.h>

static struct sandbox *sandbox; /* forked once, before any thread */

struct pairing {
    struct call *call;
    const struct rulebook *book;
    struct trial_bureau bureau;
    struct people_roles roles;
    id64 releaser;
    id64 releasing_unit;
};

static struct pairing pairing_open(struct trial_store *trial) {
    struct pairing pairing = {.call = &trial->call};
    struct people_holdings releasers;
    struct fault *faults = NULL;
    const char *source = getenv("SHENFA_SOURCE");
    struct arena *arena = trial->call.arena;
    trial->house.sandbox = sandbox;
    const char *days = str_format(arena, "%s/calendar/cn.tsv", trial->house.share).at;
    assert_int_equal(calendar_open(days, &trial->house.calendar), DONE);
    const char *const directories[] = {str_format(arena, "%s/rulebooks", source).at,
                                       NULL};
    assert_int_equal(shelf_open(arena, directories, &trial->house.shelf, &faults), DONE);
    pairing.book = shelf_latest(trial->house.shelf, STR("yunzhou"));
    pairing.call->door = DOOR_CLI;
    assert_int_equal(trial_found(pairing.call, pairing.book, false, &pairing.bureau),
                     DONE);
    pairing.call->door = DOOR_WEB;
    pairing.roles = people_roles_of(pairing.call, pairing.book);
    assert_int_equal(people_holders(pairing.call, "site-operator", 0, &releasers), DONE);
    assert_true(releasers.count > 0);
    pairing.releaser = releasers.at[0].person;
    pairing.releasing_unit = releasers.at[0].unit;
    return pairing;
}

static void pairing_close(struct trial_store *trial) {
    txn_abort(&trial->call);
    shelf_free(trial->house.shelf);
    calendar_close(trial->house.calendar);
    trial->house.shelf = NULL;
    trial->house.calendar = NULL;
}

static void seat(struct pairing *pairing, id64 unit, const char *role, id64 person) {
    struct people_holdings office;
    struct actor before = pairing->call->actor;
    assert_int_equal(people_holders(pairing->call, "office-director", 0, &office), DONE);
    pairing->call->actor =
        (struct actor){.person = office.at[0].person, .freshly_proven = true};
    assert_int_equal(trial_seat(pairing->call, &pairing->roles, unit, role, role, person),
                     DONE);
    pairing->call->actor = before;
}

/* A unit with a new named person submits nothing until that is noted (YZ-7). */
static void note_change(struct pairing *pairing, id64 person) {
    struct matter matter;
    struct matter_wish wish = {.kind = STR("named-person-change"),
                               .unit = pairing->bureau.department.id,
                               .title = STR("工业科专人变动"),
                               .words = STR("")};
    pairing->call->actor = (struct actor){.person = person, .freshly_proven = true};
    assert_int_equal(matter_open(pairing->call, pairing->bureau.site.group, pairing->book,
                                 &wish, &matter),
                     DONE);
}

/* A manuscript of that class by *author*, with every decision there. */
static id64 decided_text(struct pairing *pairing, id64 author, const char *item_class,
                         id64 interpretation) {
    struct call *call = pairing->call;
    struct column *columns;
    struct dropped dropped;
    size_t count;
    id64 column = 0;
    id64 manuscript;
    int version;
    call->actor = (struct actor){.person = author, .freshly_proven = true};
    assert_int_equal(site_columns(call, pairing->bureau.site.id, &columns, &count), DONE);
    for (size_t i = 0; i < count && column == 0; i++) {
        if (site_column_takes(call, &columns[i], str_of(item_class),
                              pairing->bureau.department.id) == DONE) {
            column = columns[i].id;
        }
        call_forgive(call);
    }
    struct field_value fields[] = {
        {STR("disclosure"), STR("active")},
        {STR("origin"), day_to_text(call->arena, instant_day(call->now))},
        {STR("source"), STR("工业科")},
        {STR("interpretation"), id_to_text(call->arena, interpretation)}};
    struct content content = {.title = STR("关于扶持中小企业的若干措施"),
                              .body = STR("<p>第一条　……</p>"),
                              .fields = fields,
                              .field_count = interpretation == 0 ? 3 : 4};
    assert_int_equal(manuscript_begin(call, column, pairing->bureau.department.id,
                                      str_of(item_class), content.title, &manuscript),
                     DONE);
    assert_int_equal(manuscript_save(call, manuscript, 1, &content, &version, &dropped),
                     DONE);
    enum status walked = trial_walk(call, manuscript, STR(""));
    if (walked != DONE) {
        fail_msg("%s", call->refusal == NULL ? "" : call->refusal->words);
    }
    return manuscript;
}

static enum status release_as(struct pairing *pairing, id64 person, id64 manuscript) {
    struct manuscript found;
    struct revision revision;
    struct release *releases;
    size_t count;
    pairing->call->actor = (struct actor){.person = person, .freshly_proven = true};
    assert_int_equal(manuscript_peek(pairing->call, manuscript, &found), DONE);
    assert_int_equal(manuscript_revision(pairing->call, found.revision, &revision), DONE);
    struct release_order order = {
        .manuscript = manuscript, .seen = revision.digest, .reason = STR("")};
    return publication_release(pairing->call, &order, &releases, &count);
}

static void must_be(struct pairing *pairing, id64 manuscript, const char *state,
                    size_t live) {
    struct manuscript found;
    struct release *releases;
    struct ledger_list list;
    size_t count;
    size_t entries = 0;
    assert_int_equal(manuscript_peek(pairing->call, manuscript, &found), DONE);
    assert_string_equal(str_text(pairing->call->arena, found.state), state);
    assert_int_equal(
        publication_of_manuscript(pairing->call, manuscript, &releases, &count), DONE);
    assert_int_equal(count, live);
    assert_int_equal(
        ledger_history(pairing->call,
                       (struct subject){.kind = SUBJECT_MANUSCRIPT, .id = manuscript},
                       &list),
        DONE);
    for (size_t i = 0; i < list.count; i++) {
        entries += str_is(list.at[i].act, "publication.release") &&
                   list.at[i].outcome == LEDGER_DONE;
    }
    assert_int_equal(entries, live);
}

static void test_pair__both_or_neither(void **state) {
    struct trial_store *trial = *state;
    struct pairing pairing = pairing_open(trial);
    struct people_person other = {
        .name = STR("卢晴"), .pinyin = STR(""), .mail = STR(""), .phone = STR("")};
    struct people_holdings office;
    assert_int_equal(people_holders(pairing.call, "office-director", 0, &office), DONE);
    pairing.call->actor =
        (struct actor){.person = office.at[0].person, .freshly_proven = true};
    assert_int_equal(people_person_save(pairing.call, &other), DONE);
    seat(&pairing, pairing.releasing_unit, "site-operator", other.id);
    /* The releaser wrote the interpretation: the document alone could go, the pair not.
     */
    seat(&pairing, pairing.bureau.department.id, "liaison", pairing.releaser);
    note_change(&pairing, other.id);
    id64 interpretation = decided_text(&pairing, pairing.releaser, "interpretation", 0);
    id64 document =
        decided_text(&pairing, pairing.bureau.writer, "important-policy", interpretation);
    assert_int_equal(release_as(&pairing, pairing.releaser, document), DENIED);
    assert_string_equal(pairing.call->refusal->words, "rulebook.own-text");
    call_forgive(pairing.call);
    must_be(&pairing, document, "approved", 0);
    must_be(&pairing, interpretation, "approved", 0);
    /* Another releaser sends both out, each with an entry of its own. */
    assert_int_equal(release_as(&pairing, other.id, document), DONE);
    must_be(&pairing, document, "published", 1);
    must_be(&pairing, interpretation, "published", 1);
    pairing_close(trial);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        TRIAL_ON_BOTH(test_pair__both_or_neither),
    };
    if (sandbox_start(&text_parsers, &sandbox) != DONE) {
        return 1;
    }
    int failed = trial_run("pair", tests, LENGTH(tests));
    sandbox_stop(sandbox);
    return failed;
}
