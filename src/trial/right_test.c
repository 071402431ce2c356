/*
 * No right without a line of the register (ED-15.a): a walk over everybody, every column
 * and every act of the sample bureau; and the acts themselves, from the first word of a
 * draft to the release that the clock carries out.
 */
#include "trial/trial.h"

#include "calendar/calendar.h"
#include "manuscript/manuscript.h"
#include "publication/publication.h"
#include "sandbox/sandbox.h"
#include "text/text.h"
#include "trial_store.h"

#include <stdlib.h>
#include <string.h>

static struct sandbox *sandbox; /* forked once, before any thread */

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
static void become(struct registry *registry, id64 person);
static void grant(struct registry *registry, const char *role, id64 person,
                  struct str columns, const char *rights);
static struct column own_column(struct registry *registry);
static enum status rename_column(struct registry *registry, struct column column,
                                 const char *title);
static enum status write_text(struct registry *registry, id64 manuscript,
                              const char *body);
static id64 new_draft(struct registry *registry, const struct column *column);
static id64 approved(struct registry *registry, const struct column *column);
static void assert_refused(struct registry *registry, enum status answer,
                           const char *said);
static enum release_state run_schedule(struct registry *registry, bool fault,
                                       struct str *out_reason);

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

/* Whoever's line no longer lets him write begins nothing and saves nothing, and what
 * stands is still there when it does again. */
static void test_right__drafting_needs_a_line(void **state) {
    struct trial_store *trial = *state;
    struct registry registry = registry_open(trial);
    struct call *call = registry.call;
    struct column column = own_column(&registry);
    struct content draft;
    struct revision revision;
    id64 liaison = holder_of(&registry, "liaison");
    id64 further;
    int version;
    become(&registry, liaison);
    id64 manuscript = new_draft(&registry, &column);
    assert_int_equal(write_text(&registry, manuscript, "<p>先写的。</p>"), DONE);
    grant(&registry, "liaison", liaison, column.path, "更改");
    become(&registry, liaison);
    assert_refused(&registry,
                   manuscript_begin(call, column.id, registry.bureau.department.id,
                                    registry.book->classes[0].code, STR("又一篇"),
                                    &further),
                   "site.not-in-line");
    assert_refused(&registry, write_text(&registry, manuscript, "<p>后写的。</p>"),
                   "site.not-in-line");
    assert_refused(&registry, manuscript_revise(call, manuscript, &revision),
                   "site.not-in-line");
    assert_int_equal(manuscript_draft(call, manuscript, &draft, &version), DONE);
    assert_true(str_find(draft.body, STR("先写的")) < draft.body.length);
    grant(&registry, "liaison", liaison, column.path, "上传");
    become(&registry, liaison);
    assert_int_equal(write_text(&registry, manuscript, "<p>后写的。</p>"), DONE);
    assert_int_equal(manuscript_draft(call, manuscript, &draft, &version), DONE);
    assert_true(str_find(draft.body, STR("后写的")) < draft.body.length);
    registry_close(trial);
}

/* A draft goes only to a column of the line, wherever it comes from. */
static void test_right__another_column_needs_it_in_the_line(void **state) {
    struct trial_store *trial = *state;
    struct registry registry = registry_open(trial);
    struct call *call = registry.call;
    struct column column = own_column(&registry);
    struct column *columns;
    struct column other = {0};
    struct manuscript found;
    size_t count;
    id64 liaison = holder_of(&registry, "liaison");
    struct str item_class = registry.book->classes[0].code;
    int version = 1;
    assert_int_equal(site_columns(call, registry.bureau.site.id, &columns, &count), DONE);
    for (size_t i = 0; i < count && other.id == 0; i++) {
        bool takes = site_column_takes(call, &columns[i], item_class,
                                       registry.bureau.department.id) == DONE;
        call_forgive(call);
        if (takes && columns[i].id != column.id) {
            other = columns[i];
        }
    }
    assert_true(other.id != 0);
    become(&registry, liaison);
    id64 manuscript = new_draft(&registry, &column);
    grant(&registry, "liaison", liaison, column.path, "上传");
    become(&registry, liaison);
    assert_refused(
        &registry,
        manuscript_place(call, manuscript, version, other.id, item_class, &version),
        "site.not-in-line");
    assert_int_equal(manuscript_peek(call, manuscript, &found), DONE);
    assert_int_equal(found.column, column.id);
    grant(&registry, "liaison", liaison, other.path, "上传"); /* and out of the former */
    become(&registry, liaison);
    assert_int_equal(
        manuscript_place(call, manuscript, version, other.id, item_class, &version),
        DONE);
    assert_int_equal(manuscript_peek(call, manuscript, &found), DONE);
    assert_int_equal(found.column, other.id);
    registry_close(trial);
}

/* Who keeps the columns keeps those of his line, and the site only if he keeps any. */
static void test_right__columns_are_kept_by_line(void **state) {
    struct trial_store *trial = *state;
    struct registry registry = registry_open(trial);
    struct call *call = registry.call;
    struct column *columns;
    struct column after;
    struct site site = registry.bureau.site;
    struct column_terms terms = {0};
    size_t count;
    id64 keeper = holder_of(&registry, "site-manager");
    bool may = false;
    assert_int_equal(site_columns(call, site.id, &columns, &count), DONE);
    become(&registry, keeper);
    assert_int_equal(rename_column(&registry, columns[1], "甲"), DONE);
    grant(&registry, "site-manager", keeper, columns[0].path, "上传、维护");
    become(&registry, keeper);
    assert_int_equal(rename_column(&registry, columns[0], "乙"), DONE);
    assert_refused(&registry, rename_column(&registry, columns[1], "丙"),
                   "site.not-in-line");
    assert_refused(&registry, site_column_close(call, columns[1].id, STR("归并")),
                   "site.not-in-line");
    assert_refused(&registry,
                   site_column_merge(call, columns[1].id, columns[0].id, STR("信息不足")),
                   "site.not-in-line");
    struct column below = {.site = site.id,
                           .parent = columns[1].id,
                           .code = STR("below"),
                           .title = STR("下面"),
                           .owner = registry.bureau.department.id};
    assert_refused(&registry, site_column_add(call, &below, &terms, &below.id),
                   "site.not-in-line");
    assert_int_equal(site_column_find(call, columns[1].id, &after), DONE);
    assert_true(str_is(after.title, "甲") && after.open);
    assert_int_equal(site_find(call, site.id, &site), DONE);
    site.contact = STR("0772-0000000");
    assert_int_equal(site_change(call, &site), DONE);
    grant(&registry, "site-manager", keeper, columns[0].path, "上传、更改");
    become(&registry, keeper);
    assert_refused(&registry, rename_column(&registry, columns[0], "丁"),
                   "site.not-in-any-line");
    below.parent = 0;
    assert_refused(&registry, site_column_add(call, &below, &terms, &below.id),
                   "site.not-in-any-line");
    site.contact = STR("0772-1111111");
    assert_refused(&registry, site_change(call, &site), "site.not-in-any-line");
    assert_refused(&registry, site_restore_design(call, site.id, STR("改回")),
                   "site.not-in-any-line");
    assert_int_equal(site_may_manage(call, &site, &may), DONE);
    assert_false(may);
    assert_int_equal(site_find(call, site.id, &site), DONE);
    assert_true(str_is(site.contact, "0772-0000000"));
    registry_close(trial);
}

/* The clock carries out what a person ordered: his line is asked for again at the moment,
 * not the clock's. */
static void test_right__schedule_is_asked_of_who_ordered_it(void **state) {
    struct trial_store *trial = *state;
    struct registry registry = registry_open(trial);
    struct str reason = STR("");
    assert_int_equal(run_schedule(&registry, false, &reason), RELEASE_LIVE);
    assert_int_equal(run_schedule(&registry, true, &reason), RELEASE_CANCELLED);
    assert_true(str_is(reason, "site.not-in-line"));
    registry_close(trial);
}

/* Nor does one without a line call off what another ordered. */
static void test_right__calling_off_needs_a_line(void **state) {
    struct trial_store *trial = *state;
    struct registry registry = registry_open(trial);
    struct call *call = registry.call;
    struct column column = own_column(&registry);
    struct revision revision;
    struct manuscript found;
    struct release *releases;
    size_t count;
    id64 liaison = holder_of(&registry, "liaison");
    id64 manuscript = approved(&registry, &column);
    assert_int_equal(manuscript_peek(call, manuscript, &found), DONE);
    assert_int_equal(manuscript_revision(call, found.revision, &revision), DONE);
    struct release_order order = {.manuscript = manuscript,
                                  .seen = revision.digest,
                                  .when = call->now + INSTANT_HOUR};
    become(&registry, liaison);
    assert_int_equal(publication_release(call, &order, &releases, &count), DONE);
    grant(&registry, "liaison", liaison, column.path, "维护");
    become(&registry, liaison);
    assert_refused(&registry, publication_cancel(call, releases[0].id, STR("有误")),
                   "site.not-in-line");
    grant(&registry, "liaison", liaison, column.path, "上传");
    become(&registry, liaison);
    assert_int_equal(publication_cancel(call, releases[0].id, STR("有误")), DONE);
    registry_close(trial);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        TRIAL_ON_BOTH(test_right__nobody_has_one_without_a_line),
        TRIAL_ON_BOTH(test_right__post_alone_gives_none),
        TRIAL_ON_BOTH(test_right__drafting_needs_a_line),
        TRIAL_ON_BOTH(test_right__another_column_needs_it_in_the_line),
        TRIAL_ON_BOTH(test_right__columns_are_kept_by_line),
        TRIAL_ON_BOTH(test_right__schedule_is_asked_of_who_ordered_it),
        TRIAL_ON_BOTH(test_right__calling_off_needs_a_line),
    };
    if (sandbox_start(&text_parsers, &sandbox) != DONE) {
        return 1;
    }
    int failed = trial_run("right", tests, LENGTH(tests));
    sandbox_stop(sandbox);
    return failed;
}

static struct registry registry_open(struct trial_store *trial) {
    struct registry registry = {.call = &trial->call};
    struct fault *faults = NULL;
    struct arena *arena = trial->call.arena;
    const char *source = getenv("SHENFA_SOURCE");
    trial->house.sandbox = sandbox;
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
    enum status answer = site_must_be_registered(call, person, column, right);
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

static void become(struct registry *registry, id64 person) {
    registry->call->door = DOOR_WEB;
    registry->call->actor = (struct actor){.person = person, .freshly_proven = true};
    call_forgive(registry->call);
}

/* A new line for whoever holds *role*, in the place of the former. */
static void grant(struct registry *registry, const char *role, id64 person,
                  struct str columns, const char *rights) {
    struct call *call = registry->call;
    struct people_person found;
    struct people_holdings holders;
    struct matter matter;
    struct matter_reply reply = {.words = STR("已调整"), .agreed = true};
    assert_int_equal(people_person(call, person, &found), DONE);
    assert_int_equal(people_holders(call, role, 0, &holders), DONE);
    size_t own = 0;
    while (own < holders.count && holders.at[own].person != person) {
        own++;
    }
    assert_true(own < holders.count);
    struct matter_line lines[] = {{STR("name"), found.name},
                                  {STR("unit"), holders.at[own].unit_title},
                                  {STR("columns"), columns},
                                  {STR("rights"), str_of(rights)},
                                  {STR("account"), found.login}};
    struct matter_wish wish = {.kind = STR("administrator"),
                               .unit = holders.at[own].unit,
                               .title = found.name,
                               .words = STR(""),
                               .lines = lines,
                               .line_count = LENGTH(lines)};
    call->now += INSTANT_MINUTE;
    become(registry, holder_of(registry, "site-manager"));
    assert_int_equal(review_open_matter(call, registry->bureau.site.group, registry->book,
                                        &wish, &matter),
                     DONE);
    become(registry, holder_of(registry, "rights-keeper"));
    assert_int_equal(matter_answer(call, registry->book, matter.id, &reply), DONE);
}

/* The first column that takes the department's texts. */
static struct column own_column(struct registry *registry) {
    struct column *columns;
    size_t count;
    assert_int_equal(
        site_columns(registry->call, registry->bureau.site.id, &columns, &count), DONE);
    for (size_t i = 0; i < count; i++) {
        if (site_column_takes(registry->call, &columns[i],
                              registry->book->classes[0].code,
                              registry->bureau.department.id) == DONE) {
            return columns[i];
        }
        call_forgive(registry->call);
    }
    fail_msg("no column takes it");
    return (struct column){0};
}

static enum status rename_column(struct registry *registry, struct column column,
                                 const char *title) {
    struct column_terms terms;
    assert_int_equal(site_column_terms(registry->call, column.id, &terms), DONE);
    column.title = str_of(title);
    column.owner = registry->bureau.department.id; /* which has its person (ED-8) */
    return site_column_change(registry->call, &column, &terms);
}

static enum status write_text(struct registry *registry, id64 manuscript,
                              const char *body) {
    struct content draft;
    struct dropped dropped;
    int version;
    TRY(manuscript_draft(registry->call, manuscript, &draft, &version));
    draft.body = str_of(body);
    return manuscript_save(registry->call, manuscript, version, &draft, &version,
                           &dropped);
}

static id64 new_draft(struct registry *registry, const struct column *column) {
    id64 manuscript = 0;
    assert_int_equal(
        manuscript_begin(registry->call, column->id, registry->bureau.department.id,
                         registry->book->classes[0].code, STR("招生办法"), &manuscript),
        DONE);
    return manuscript;
}

/* A text of the department's that only waits for its release. */
static id64 approved(struct registry *registry, const struct column *column) {
    struct call *call = registry->call;
    struct field_value fields[] = {{STR("disclosure"), STR("active")},
                                   {STR("origin"), STR("2026-12-01")},
                                   {STR("source"), STR("工业科")}};
    struct content content = {.title = STR("招生办法"),
                              .body = STR("<p>公办学校就近入学。</p>"),
                              .fields = fields,
                              .field_count = LENGTH(fields)};
    struct dropped dropped;
    int version;
    become(registry, registry->bureau.writer);
    id64 manuscript = new_draft(registry, column);
    assert_int_equal(manuscript_save(call, manuscript, 1, &content, &version, &dropped),
                     DONE);
    assert_int_equal(trial_walk(call, manuscript, STR("")), DONE);
    return manuscript;
}

static void assert_refused(struct registry *registry, enum status answer,
                           const char *said) {
    struct call *call = registry->call;
    assert_int_equal(answer, DENIED);
    assert_string_equal(call->refusal->words, said);
    assert_string_equal(str_text(call->arena, call->refusal->rule), "ED-15.a");
    call_forgive(call);
}

/* Ordered with a line that lets it; with *fault* the line lets it no more at the moment.
 * What became of it. */
static enum release_state run_schedule(struct registry *registry, bool fault,
                                       struct str *out_reason) {
    struct call *call = registry->call;
    struct column column = own_column(registry);
    struct revision revision;
    struct manuscript found;
    struct release *releases;
    struct release after;
    size_t count;
    id64 liaison = holder_of(registry, "liaison");
    id64 manuscript = approved(registry, &column);
    assert_int_equal(manuscript_peek(call, manuscript, &found), DONE);
    assert_int_equal(manuscript_revision(call, found.revision, &revision), DONE);
    struct release_order order = {.manuscript = manuscript,
                                  .seen = revision.digest,
                                  .when = call->now + INSTANT_HOUR};
    become(registry, liaison);
    assert_int_equal(publication_release(call, &order, &releases, &count), DONE);
    assert_int_equal(releases[0].state, RELEASE_SCHEDULED);
    id64 release = releases[0].id;
    if (fault) {
        grant(registry, "liaison", liaison, column.path, "维护");
    }
    call->now = order.when;
    become(registry, 0);
    call->door = DOOR_CLOCK;
    assert_int_equal(publication_release_due(call, &count), DONE);
    assert_int_equal(count, 1);
    assert_int_equal(publication_find(call, release, &after), DONE);
    *out_reason = after.reason;
    return after.state;
}
