/*
 * Rows planted in the database below the program, by who owns it: called live without any
 * order, called live again after a withdrawal, given another text, title or address.  No
 * rebuild, repair or journal may show one of them, and people are told of it once, by
 * name.
 */
#include "ledger/ledger.h"
#include "publication/scene.h"
#include "trial_store.h"

#include <ftw.h>
#include <stdlib.h>
#include <string.h>

#define MARK    "种下的题目"
#define SOUND   "照常发布的通知"
#define PLANTED ((id64)900000001)

/* What stands before: one sound item, and one whose title is MARK, in *state*. */
struct planting {
    const char *sentence;
    enum release_state before; /* RELEASE_SCHEDULED: it was never released */
    const char *sql[3];        /* {release}, {manuscript}, {other} */
    const char *shows;         /* that must not be shown */
};

#define NEW_ROW(state, migrated)                                                         \
    "INSERT INTO publication_release (id, act, site_group, site, site_column,"           \
    " manuscript, revision, digest, terms, number, place, path, title, origin,"          \
    " released_at, changed_at, releaser, state, scheduled_for, ended_at, ended_by,"      \
    " reason, successor, migrated) SELECT 900000001, 900000002, 10, 20, 32, "            \
    "v.manuscript,"                                                                      \
    " v.id, v.digest, NULL, 7, 7, 'zwgk/tjdt/2026/7.html', v.title, 0, "                 \
    "1796173200000000,"                                                                  \
    " 0, 7, '" state "', 0, 0, 0, '', 0, " migrated                                      \
    " FROM revision v WHERE v.manuscript = {manuscript}"
#define COUNTERS                                                                         \
    "UPDATE publication_column SET next_number = 8 WHERE site_column = 32",              \
        "UPDATE publication_site SET next_place = 8 WHERE site = 20"

static const struct planting plantings[] = {
    {"a live row without an order",
     RELEASE_SCHEDULED,
     {NEW_ROW("live", "0"), COUNTERS},
     MARK},
    {"an expired row without an order",
     RELEASE_SCHEDULED,
     {NEW_ROW("expired", "0"), COUNTERS},
     MARK},
    {"a row said to be migrated",
     RELEASE_SCHEDULED,
     {NEW_ROW("live", "1"), COUNTERS},
     MARK},
    {"a withdrawn one is called live again",
     RELEASE_WITHDRAWN,
     {"UPDATE publication_release SET state = 'live', ended_at = 0, reason = ''"
      " WHERE id = {release}"},
     MARK},
    {"a withdrawn one is called expired",
     RELEASE_WITHDRAWN,
     {"UPDATE publication_release SET state = 'expired' WHERE id = {release}"},
     MARK},
    {"a sealed one is called live again",
     RELEASE_SEALED,
     {"UPDATE publication_release SET state = 'live', ended_at = 0"
      " WHERE id = {release}"},
     MARK},
    {"one taken for correction is called live again",
     RELEASE_CORRECTED,
     {"UPDATE publication_release SET state = 'live', ended_at = 0"
      " WHERE id = {release}"},
     MARK},
    {"a live one is given another manuscript's text",
     RELEASE_LIVE,
     {"UPDATE publication_release SET title = '" MARK "', digest ="
      " (SELECT digest FROM revision WHERE manuscript = {other}), revision ="
      " (SELECT id FROM revision WHERE manuscript = {other}) WHERE manuscript ="
      " {manuscript}"},
     MARK},
    {"a live one is given another title",
     RELEASE_LIVE,
     {"UPDATE publication_release SET title = '换掉的题目' WHERE id = {release}"},
     "换掉的题目"},
    {"a sound one's row is copied to another text",
     RELEASE_SCHEDULED,
     {NEW_ROW("live", "0"),
      "UPDATE publication_release SET number = 1, place = 1 WHERE id = 900000001"},
     MARK},
};

static const char *wanted;
static int shown;

static int look_into(const char *path, const struct stat *facts, int flag,
                     struct FTW *walk) {
    (void)facts;
    (void)walk;
    struct arena *arena = arena_new((size_t)64 << 20);
    struct bytes bytes;
    if (flag == FTW_F && file_read(arena, path, (size_t)16 << 20, &bytes) == DONE) {
        struct str text = {(const char *)bytes.at, bytes.length};
        shown += str_find(text, str_of(wanted)) < text.length;
    }
    arena_free(arena);
    return 0;
}

/* In how many public files *text* stands. */
static int files_with(struct trial_store *trial, const char *text) {
    const char *root = str_format(trial->arena, "%s/public", trial->workspace).at;
    wanted = text;
    shown = 0;
    assert_int_equal(nftw(root, look_into, 16, FTW_PHYS), 0);
    return shown;
}

struct staged {
    id64 release; /* 0 if it was never released */
    id64 manuscript;
    id64 other;
};

static struct staged stage(struct trial_store *trial, enum release_state before) {
    struct call *call = &trial->call;
    struct staged staged = {0};
    struct digest digest;
    id64 revision;
    id64 sound;
    assert_int_equal(scene_site(call), DONE);
    assert_int_equal(scene_release(call, SCENE_NEWS, SOUND, "<p>正文。</p>", call->now,
                                   &sound, &staged.other),
                     DONE);
    assert_int_equal(scene_manuscript(call, SCENE_NEWS, MARK, "<p>未审的正文。</p>", "[]",
                                      &staged.other, &revision, &digest),
                     DONE);
    if (before == RELEASE_SCHEDULED) {
        staged.manuscript = staged.other;
        return staged;
    }
    assert_int_equal(
        scene_release(call, SCENE_NEWS, before == RELEASE_LIVE ? "另一篇" : MARK,
                      "<p>正文。</p>", call->now, &staged.release, &staged.manuscript),
        DONE);
    if (before != RELEASE_LIVE) {
        assert_int_equal(scene_withdraw(call, staged.release, before), DONE);
    }
    return staged;
}

static const char *filled(struct arena *arena, const char *sql,
                          const struct staged *staged) {
    const struct {
        const char *name;
        id64 value;
    } names[] = {{"{release}", staged->release},
                 {"{manuscript}", staged->manuscript},
                 {"{other}", staged->other}};
    struct str text = str_of(sql);
    for (size_t i = 0; i < LENGTH(names); i++) {
        size_t at = str_find(text, str_of(names[i].name));
        while (at < text.length) {
            text = str_format(
                arena, "%.*s%lld%s", (int)at, text.at, (long long)names[i].value,
                str_text(arena, str_part(text, at + strlen(names[i].name), text.length)));
            at = str_find(text, str_of(names[i].name));
        }
    }
    return str_text(arena, text);
}

/* He also plants the order to write it. */
static void plant_journal(struct call *call) {
    static const char *const statements[] = {
        "INSERT INTO publication_journal (id, site, release_id, act, planned_at, done_at)"
        " VALUES (900000003, 20, 0, 'release', 1, NULL)",
        "INSERT INTO publication_operation (journal, position, kind, site_column, number,"
        " path) SELECT 900000003, r.number, 'item', r.site_column, r.number, r.path"
        " FROM publication_release r WHERE r.site = 20 AND r.id <> 900000001",
        "INSERT INTO publication_operation (journal, position, kind, site_column, number,"
        " path) SELECT 900000003, 50, 'item', r.site_column, r.number, r.path"
        " FROM publication_release r WHERE r.id = 900000001",
        "INSERT INTO publication_operation (journal, position, kind, site_column, number,"
        " path) VALUES (900000003, 51, 'column', 32, 0, 'zwgk/tjdt/index.html'),"
        " (900000003, 52, 'home', 0, 0, 'index.html'),"
        " (900000003, 53, 'feed', 0, 0, 'feed.xml'),"
        " (900000003, 54, 'index', 0, 0, 'search-0.json'),"
        " (900000003, 55, 'shard', 0, 0, 'sitemap-0.xml'),"
        " (900000003, 56, 'list', 32, 1, 'zwgk/tjdt/list-1.html')",
    };
    for (size_t i = 0; i < LENGTH(statements); i++) {
        assert_int_equal(scene_run(call, statements[i]), DONE);
    }
}

static struct ledger_list alarms(struct call *call) {
    struct ledger_list list;
    struct ledger_filter filter = {.act = STR("publication.unproven")};
    txn_abort(call);
    assert_int_equal(ledger_read(call, SCENE_GROUP, &filter, &list), DONE);
    return list;
}

static void plant_and_look(struct trial_store *trial, const struct planting *planting) {
    struct call *call = &trial->call;
    struct applied applied;
    struct guarded guarded;
    struct staged staged = stage(trial, planting->before);
    txn_abort(call);
    assert_int_equal(publication_apply(call, SCENE_SITE, &applied), DONE);
    assert_true(files_with(trial, SOUND) > 3); /* the search finds what is shown */
    assert_int_equal(files_with(trial, planting->shows), 0);
    for (size_t i = 0; i < LENGTH(planting->sql) && planting->sql[i] != NULL; i++) {
        assert_int_equal(scene_run(call, filled(trial->arena, planting->sql[i], &staged)),
                         DONE);
    }
    plant_journal(call);
    txn_abort(call);
    assert_int_equal(publication_apply(call, SCENE_SITE, &applied), DONE);
    if (files_with(trial, planting->shows) > 0) {
        fail_msg("%s: a journal shows it", planting->sentence);
    }
    assert_int_equal(publication_guard(call, SCENE_SITE, NULL, 0, true, &guarded), DONE);
    assert_int_equal(guarded.unproven, 1);
    struct rebuild rebuild = {.threads = 2};
    assert_int_equal(publication_rebuild(call, SCENE_SITE, &rebuild, &applied), DONE);
    if (files_with(trial, planting->shows) > 0) {
        fail_msg("%s: a rebuild shows it", planting->sentence);
    }
    assert_true(files_with(trial, SOUND) > 3); /* what is sound stays */
    assert_int_equal(publication_guard(call, SCENE_SITE, NULL, 0, true, &guarded), DONE);
    assert_int_equal(guarded.changed + guarded.missing + guarded.foreign, 0);
    struct ledger_list list = alarms(call); /* told once, and by name */
    assert_int_equal(list.count, 1);
    assert_int_equal(list.at[0].subject.kind, SUBJECT_RELEASE);
    struct str id = id_to_text(trial->arena, staged.manuscript);
    assert_true(str_find(list.at[0].payload, id) < list.at[0].payload.length);
    assert_true(str_find(list.at[0].payload, str_of(planting->shows)) <
                list.at[0].payload.length);
}

static void plant_all(const char *kind) {
    for (size_t i = 0; i < LENGTH(plantings); i++) {
        struct trial_store *trial = trial_store_new(kind);
        plant_and_look(trial, &plantings[i]);
        trial_store_free(trial);
    }
    print_message("%zu ways to plant a release: none shown, each told once\n",
                  LENGTH(plantings));
}

static void test_proven__no_planted_row_is_shown(void **state) {
    (void)state;
    plant_all("sqlite");
}

static void test_proven__no_planted_row_is_shown_on_postgres(void **state) {
    (void)state;
    if (getenv("SHENFA_TEST_POSTGRES") == NULL) {
        skip();
    }
    plant_all("postgres");
}

/* What really was ordered is known: released, expired, mended, and with its payload
 * erased by a rule of retention. */
static void test_proven__what_was_ordered_is_known(void **state) {
    struct trial_store *trial = *state;
    struct call *call = &trial->call;
    size_t doubtful = 9;
    struct staged staged = stage(trial, RELEASE_LIVE);
    assert_int_equal(publication_doubt(call, SCENE_SITE, &doubtful), DONE);
    assert_int_equal(doubtful, 0);
    assert_int_equal(scene_withdraw(call, staged.release, RELEASE_EXPIRED), DONE);
    txn_abort(call);
    assert_int_equal(publication_doubt(call, SCENE_SITE, &doubtful), DONE);
    assert_int_equal(doubtful, 0);
    assert_int_equal(alarms(call).count, 0);
}

/* Steps of the database to publish one more item; PostgreSQL does not tell. */
static uint64_t cost_of_one(struct call *call) {
    id64 release;
    id64 manuscript;
    assert_int_equal(scene_release(call, SCENE_NEWS, "再一篇", "<p>乙</p>", call->now,
                                   &release, &manuscript),
                     DONE);
    txn_abort(call);
    uint64_t before = store_stepped(call->house->store);
    assert_int_equal(publication_apply(call, SCENE_SITE, NULL), DONE);
    txn_abort(call);
    return store_stepped(call->house->store) - before;
}

/* Each is held against the ledger by an index of its own manuscript, never by the whole
 * ledger: an index that comes to it later may tempt the database. */
static void test_proven__a_long_ledger_costs_nothing(void **state) {
    struct trial_store *trial = *state;
    struct call *call = &trial->call;
    (void)stage(trial, RELEASE_LIVE);
    (void)cost_of_one(call);
    uint64_t before = cost_of_one(call);
    for (id64 i = 0; i < 500; i++) {
        struct ledger_act act = {.act = "manuscript.save",
                                 .subject = {SUBJECT_MANUSCRIPT, 5000 + i}};
        assert_int_equal(ledger_note(call, SCENE_GROUP, &act), DONE);
    }
    uint64_t after = cost_of_one(call);
    assert_in_range(after, 0, before + before / 4); /* one item more on its pages */
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_proven__no_planted_row_is_shown),
        cmocka_unit_test(test_proven__no_planted_row_is_shown_on_postgres),
        TRIAL_ON_BOTH(test_proven__what_was_ordered_is_known),
        TRIAL_ON_SQLITE(test_proven__a_long_ledger_costs_nothing),
    };
    return trial_run("proven", tests, LENGTH(tests));
}
