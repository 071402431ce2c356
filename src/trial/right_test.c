/*
 * No right without a line of the register (ED-15.a): a walk over everybody, every column
 * and every act of the sample bureau.
 */
#include "trial/trial.h"

#include "calendar/calendar.h"
#include "trial_store.h"

#include <stdlib.h>
#include <string.h>

struct registry {
    struct call *call;
    const struct rulebook *book;
    struct trial_bureau bureau;
    struct people_roles roles;
};

static struct registry registry_open(struct trial_store *trial);
static void registry_close(struct trial_store *trial);
static id64 holder_of(struct registry *registry, const char *role);
static bool may(struct registry *registry, id64 person, const struct column *column,
                enum site_right right);
static bool has_line(struct registry *registry, id64 person, struct str column,
                     const char *word);
static bool is_registered_post(struct registry *registry, id64 person);
static size_t walk(struct registry *registry);
static id64 appoint_liaison(struct registry *registry, id64 person);

static const char *const words[] = {"上传", "更改", "维护"};

static void test_right__nobody_has_one_without_a_line(void **state) {
    struct trial_store *trial = *state;
    struct registry registry = registry_open(trial);
    struct call *call = registry.call;
    struct registered_line *lines;
    size_t count;
    assert_int_equal(site_register(call, &registry.bureau.site, &lines, &count), DONE);
    assert_true(count >= 2);
    for (size_t i = 0; i < count; i++) {
        struct str number = str_format(call->arena, "-%03zu", i + 1);
        bool grants = false;
        assert_true(str_ends(lines[i].matter.number, number.at)); /* without gaps */
        assert_true(lines[i].in_force);
        assert_true(lines[i].person != 0);
        assert_int_equal(
            people_holds(call, lines[i].matter.answered_by, "rights-keeper", 0, &grants),
            DONE);
        assert_true(grants);
    }
    assert_true(walk(&registry) > 0);
    registry_close(trial);
}

static void test_right__post_alone_gives_none(void **state) {
    struct trial_store *trial = *state;
    struct registry registry = registry_open(trial);
    struct call *call = registry.call;
    struct people_person other = {
        .name = STR("卢晴"), .pinyin = STR(""), .mail = STR(""), .phone = STR("")};
    struct people_holdings held;
    id64 former = holder_of(&registry, "liaison");
    size_t before = walk(&registry);
    call->actor = (struct actor){.person = holder_of(&registry, "office-director")};
    assert_int_equal(people_person_save(call, &other), DONE);
    id64 account;
    assert_int_equal(people_account_request(call, other.id, STR("lu.qing2"), &account),
                     DONE);
    call->now += INSTANT_MINUTE;
    id64 first = appoint_liaison(&registry, other.id); /* in the former one's place */
    assert_true(is_registered_post(&registry, other.id));
    size_t after = walk(&registry);
    assert_true(after < before); /* the former one's went with his post */
    /* The former one comes back: the old line does not. */
    assert_int_equal(people_appointments(call, former, false, &held), DONE);
    call->actor = (struct actor){.person = holder_of(&registry, "office-director")};
    call->now += INSTANT_MINUTE;
    assert_int_equal(people_appointment_end(call, first, 0, STR("调离")), DONE);
    for (size_t i = 0; i < held.count; i++) {
        if (held.at[i].unit == registry.bureau.department.id) {
            assert_int_equal(
                people_appointment_end(call, held.at[i].appointment, 0, STR("调离")),
                DONE);
        }
    }
    call->now += INSTANT_MINUTE;
    appoint_liaison(&registry, former);
    assert_int_equal(walk(&registry), after);
    registry_close(trial);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        TRIAL_ON_BOTH(test_right__nobody_has_one_without_a_line),
        TRIAL_ON_BOTH(test_right__post_alone_gives_none),
    };
    return trial_run("right", tests, LENGTH(tests));
}

static struct registry registry_open(struct trial_store *trial) {
    struct registry registry = {.call = &trial->call};
    struct fault *faults = NULL;
    struct arena *arena = trial->call.arena;
    const char *source = getenv("SHENFA_SOURCE");
    const char *days = str_format(arena, "%s/calendar/cn.tsv", trial->house.share).at;
    assert_int_equal(calendar_open(days, &trial->house.calendar), DONE);
    const char *const directories[] = {str_format(arena, "%s/rulebooks", source).at,
                                       NULL};
    assert_int_equal(shelf_open(arena, directories, &trial->house.shelf, &faults), DONE);
    registry.book = shelf_latest(trial->house.shelf, STR("education"));
    registry.call->door = DOOR_CLI;
    assert_int_equal(trial_found(registry.call, registry.book, false, &registry.bureau),
                     DONE);
    registry.call->door = DOOR_WEB;
    registry.roles = people_roles_of(registry.call, registry.book);
    return registry;
}

static void registry_close(struct trial_store *trial) {
    txn_abort(&trial->call);
    shelf_free(trial->house.shelf);
    calendar_close(trial->house.calendar);
    trial->house.shelf = NULL;
    trial->house.calendar = NULL;
}

static id64 holder_of(struct registry *registry, const char *role) {
    struct people_holdings holders;
    assert_int_equal(people_holders(registry->call, role, 0, &holders), DONE);
    assert_true(holders.count > 0);
    return holders.at[0].person;
}

/* Everybody, every column, every act: what is let through stands in a line; how much was.
 */
static size_t walk(struct registry *registry) {
    struct people_page page = {.limit = 500};
    struct people_persons persons;
    struct column *columns;
    size_t column_count;
    size_t granted = 0;
    assert_int_equal(people_persons(registry->call, &page, &persons), DONE);
    assert_int_equal(
        site_columns(registry->call, registry->bureau.site.id, &columns, &column_count),
        DONE);
    assert_true(persons.count > 5 && column_count > 5 && !persons.more);
    for (size_t i = 0; i < persons.count; i++) {
        if (!is_registered_post(registry, persons.at[i].id)) {
            continue;
        }
        for (size_t j = 0; j < column_count; j++) {
            for (size_t k = 0; k < LENGTH(words); k++) {
                bool let =
                    may(registry, persons.at[i].id, &columns[j], (enum site_right)k);
                assert_int_equal(
                    let, has_line(registry, persons.at[i].id, columns[j].path, words[k]));
                granted += let;
            }
        }
    }
    return granted;
}

static bool may(struct registry *registry, id64 person, const struct column *column,
                enum site_right right) {
    struct call *call = registry->call;
    struct actor before = call->actor;
    call->actor = (struct actor){.person = person};
    enum status answer = site_must_be_registered(call, column, right);
    assert_true(answer == DONE || answer == DENIED);
    if (answer == DENIED) {
        assert_string_equal(str_text(call->arena, call->refusal->rule), "ED-15.a");
    }
    call_forgive(call);
    call->actor = before;
    return answer == DONE;
}

static bool has_line(struct registry *registry, id64 person, struct str column,
                     const char *word) {
    struct registered_line *lines;
    size_t count;
    bool has = false;
    assert_int_equal(
        site_register(registry->call, &registry->bureau.site, &lines, &count), DONE);
    for (size_t i = 0; i < count; i++) {
        has = has || (lines[i].in_force && lines[i].person == person &&
                      str_find(lines[i].columns, column) < lines[i].columns.length &&
                      str_find(lines[i].rights, str_of(word)) < lines[i].rights.length);
    }
    return has;
}

static bool is_registered_post(struct registry *registry, id64 person) {
    bool liaison = false;
    bool releaser = false;
    assert_int_equal(people_holds(registry->call, person, "liaison", 0, &liaison), DONE);
    assert_int_equal(people_holds(registry->call, person, "site-manager", 0, &releaser),
                     DONE);
    return liaison || releaser;
}

/* To the department's post of the role, whoever holds it. */
static id64 appoint_liaison(struct registry *registry, id64 person) {
    struct call *call = registry->call;
    struct people_posts posts;
    id64 appointment = 0;
    call->actor = (struct actor){.person = holder_of(registry, "office-director")};
    assert_int_equal(people_posts(call, registry->bureau.department.id, false, &posts),
                     DONE);
    for (size_t i = 0; i < posts.count && appointment == 0; i++) {
        if (str_is(posts.at[i].role, "liaison")) {
            struct people_appointing appointing = {
                .post = posts.at[i].id, .person = person, .replaces = true};
            assert_int_equal(
                people_appoint(call, &registry->roles, &appointing, &appointment, NULL),
                DONE);
        }
    }
    assert_true(appointment != 0);
    return appointment;
}
