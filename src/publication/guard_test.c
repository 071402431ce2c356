/*
 * A published tree in the hands of somebody with every right on the machine: what he
 * changes, adds, takes away or exchanges is found, put aside and put right, and what was
 * withdrawn does not come back by it.
 */
#include "ledger/ledger.h"
#include "publication/scene.h"
#include "trial_store.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ITEMS 6

static const char *file_of(struct trial_store *trial, const char *path) {
    return str_format(trial->arena, "%s/public/tjj/%s", trial->workspace, path).at;
}

static struct digest digest_at(struct trial_store *trial, const char *path) {
    struct bytes bytes = {0};
    if (file_read(trial->arena, file_of(trial, path), (size_t)1 << 22, &bytes) != DONE) {
        return (struct digest){0};
    }
    return digest_of(DIGEST_SHA256, bytes);
}

static void deface(struct trial_store *trial, const char *path) {
    assert_int_equal(file_write(file_of(trial, path), bytes_of_str(STR("hacked"))), DONE);
}

struct published {
    id64 releases[ITEMS];
    struct str paths[ITEMS];
};

static struct published publish(struct trial_store *trial) {
    struct published published;
    struct applied applied;
    assert_int_equal(scene_site(&trial->call), DONE);
    for (int i = 0; i < ITEMS; i++) {
        id64 manuscript;
        struct release release;
        assert_int_equal(scene_release(&trial->call, SCENE_NEWS, "关于放假的通知",
                                       "<p>正文第一段。</p>", TRIAL_NOW,
                                       &published.releases[i], &manuscript),
                         DONE);
        assert_int_equal(publication_find(&trial->call, published.releases[i], &release),
                         DONE);
        published.paths[i] = str_copy(trial->arena, release.path);
    }
    txn_abort(&trial->call);
    assert_int_equal(publication_apply(&trial->call, SCENE_SITE, &applied), DONE);
    return published;
}

static struct guarded guard(struct trial_store *trial, bool repair) {
    struct guarded guarded = {0};
    txn_abort(&trial->call);
    assert_int_equal(
        publication_guard(&trial->call, SCENE_SITE, NULL, 0, repair, &guarded), DONE);
    return guarded;
}

static size_t faults(const struct guarded *guarded) {
    return guarded->changed + guarded->missing + guarded->foreign;
}

static int64_t alarms(struct trial_store *trial) {
    struct ledger_list list;
    struct ledger_filter filter = {.act = STR("publication.tampering")};
    assert_int_equal(ledger_read(&trial->call, SCENE_GROUP, &filter, &list), DONE);
    return (int64_t)list.count;
}

/* Each way of meddling, alone. */
enum meddling {
    MEDDLE_CHANGE_ITEM,
    MEDDLE_CHANGE_HOME,
    MEDDLE_CHANGE_LIST,
    MEDDLE_CHANGE_STYLE,
    MEDDLE_DELETE_ITEM,
    MEDDLE_DELETE_FEED,
    MEDDLE_ADD,
    MEDDLE_ADD_DEEP,
    MEDDLE_SWAP,
    MEDDLE_LINK,      /* a page becomes a symbolic link */
    MEDDLE_LINK_AWAY, /* a whole folder does */
    MEDDLE_DIRECTORY, /* a directory in a page's place */
    MEDDLE_ALL
};

static void meddle(struct trial_store *trial, const struct published *published,
                   enum meddling how) {
    const char *one = str_text(trial->arena, published->paths[0]);
    const char *other = str_text(trial->arena, published->paths[1]);
    switch (how) {
    case MEDDLE_CHANGE_ITEM:
        deface(trial, one);
        break;
    case MEDDLE_CHANGE_HOME:
        deface(trial, "index.html");
        break;
    case MEDDLE_CHANGE_LIST:
        deface(trial, "zwgk/tjdt/index.html");
        break;
    case MEDDLE_CHANGE_STYLE:
        deface(trial, "s/style.css");
        break;
    case MEDDLE_DELETE_ITEM:
        assert_int_equal(unlink(file_of(trial, one)), 0);
        break;
    case MEDDLE_DELETE_FEED:
        assert_int_equal(unlink(file_of(trial, "feed.xml")), 0);
        break;
    case MEDDLE_ADD:
        deface(trial, "casino.html");
        break;
    case MEDDLE_ADD_DEEP:
        deface(trial, "a/b/c/casino.html");
        break;
    case MEDDLE_SWAP:
        assert_int_equal(rename(file_of(trial, one), file_of(trial, "x")), 0);
        assert_int_equal(rename(file_of(trial, other), file_of(trial, one)), 0);
        assert_int_equal(rename(file_of(trial, "x"), file_of(trial, other)), 0);
        break;
    case MEDDLE_LINK:
        assert_int_equal(unlink(file_of(trial, one)), 0);
        assert_int_equal(symlink("/etc/passwd", file_of(trial, one)), 0);
        break;
    case MEDDLE_LINK_AWAY:
        assert_int_equal(rename(file_of(trial, "zwgk"),
                                str_format(trial->arena, "%s/away", trial->workspace).at),
                         0);
        assert_int_equal(symlink(str_format(trial->arena, "%s/away", trial->workspace).at,
                                 file_of(trial, "zwgk")),
                         0);
        break;
    case MEDDLE_DIRECTORY:
        assert_int_equal(unlink(file_of(trial, one)), 0);
        assert_int_equal(mkdir(file_of(trial, one), 0755), 0);
        break;
    case MEDDLE_ALL:
        break;
    }
}

static void test_guard__every_meddling_is_found_and_put_right(void **state) {
    struct trial_store *trial = *state;
    struct published published = publish(trial);
    struct guarded guarded = guard(trial, true);
    assert_int_equal(faults(&guarded), 0); /* control: a sound tree is left alone */
    assert_int_equal(alarms(trial), 0);
    const char *one = str_text(trial->arena, published.paths[0]);
    struct digest item = digest_at(trial, one);
    struct digest home = digest_at(trial, "index.html");
    for (int how = 0; how < MEDDLE_ALL; how++) {
        meddle(trial, &published, (enum meddling)how);
        guarded = guard(trial, false);
        if (faults(&guarded) == 0) {
            fail_msg("meddling %d was not found", how);
        }
        guarded = guard(trial, true);
        assert_true(faults(&guarded) > 0); /* looking alone mends nothing */
        guarded = guard(trial, true);
        if (faults(&guarded) != 0) {
            fail_msg("after meddling %d %zu files are not as they should be", how,
                     faults(&guarded));
        }
        struct digest now = digest_at(trial, one);
        assert_true(digest_equal(&now, &item));
        now = digest_at(trial, "index.html");
        assert_true(digest_equal(&now, &home));
        txn_abort(&trial->call);
        assert_int_equal(alarms(trial), 2 * (how + 1));
    }
    assert_false(file_exists(file_of(trial, "casino.html")));
    /* What was planted is kept for whoever looks into it. */
    struct digest planted = digest_of(DIGEST_SHA256, bytes_of_str(STR("hacked")));
    struct str name = bytes_to_hex(trial->arena, (struct bytes){planted.at, DIGEST_SIZE});
    assert_true(file_exists(
        str_format(trial->arena, "%s/quarantine/%.*s", trial->workspace, STR_ARG(name))
            .at));
}

/* A publisher holds the lock meanwhile; who waited for it would wait for ever. */
static void test_guard__a_sound_tree_keeps_no_publisher_waiting(void **state) {
    struct trial_store *trial = *state;
    struct site site;
    int lock;
    publish(trial);
    assert_int_equal(site_find(&trial->call, SCENE_SITE, &site), DONE);
    assert_int_equal(tree_lock(site_lock_path(&trial->call, site.code), &lock), DONE);
    alarm(60);
    struct guarded guarded = guard(trial, false);
    alarm(0);
    tree_unlock(lock);
    assert_int_equal(faults(&guarded), 0);
    assert_true(guarded.looked > 0);
}

static void test_guard__touched_paths_alone_are_looked_at(void **state) {
    struct trial_store *trial = *state;
    struct published published = publish(trial);
    struct guarded guarded;
    deface(trial, str_text(trial->arena, published.paths[0]));
    deface(trial, "casino.html");
    deface(trial, "index.html");
    struct str paths[] = {published.paths[0], STR("casino.html"),
                          STR("nothing-here.html"), published.paths[1]};
    assert_int_equal(
        publication_guard(&trial->call, SCENE_SITE, paths, LENGTH(paths), true, &guarded),
        DONE);
    assert_int_equal(guarded.changed, 1);
    assert_int_equal(guarded.foreign, 1);
    assert_int_equal(guarded.missing, 0);
    guarded = guard(trial, true); /* the sweep finds the one nobody told of */
    assert_int_equal(guarded.changed, 1);
    assert_int_equal(faults(&guarded), 1);
}

static void test_guard__what_was_withdrawn_stays_away(void **state) {
    struct trial_store *trial = *state;
    struct published published = publish(trial);
    const char *one = str_text(trial->arena, published.paths[0]);
    /* Withdrawn in the store, and the files not yet worked off: a crash in between. */
    assert_int_equal(scene_end(&trial->call, published.releases[0], RELEASE_WITHDRAWN),
                     DONE);
    txn_abort(&trial->call);
    assert_int_equal(unlink(file_of(trial, one)), 0);
    struct guarded guarded = guard(trial, false);
    assert_int_equal(guarded.missing, 1);
    guarded = guard(trial, true);
    assert_int_equal(faults(&guarded), 0);
    assert_false(file_exists(file_of(trial, one)));
    /* Planted again by hand, it goes again. */
    deface(trial, one);
    guarded = guard(trial, true);
    assert_true(faults(&guarded) > 0);
    assert_false(file_exists(file_of(trial, one)));
    /* Control: one that is live does come back. */
    const char *other = str_text(trial->arena, published.paths[1]);
    assert_int_equal(unlink(file_of(trial, other)), 0);
    guarded = guard(trial, true);
    assert_int_equal(guarded.missing, 1);
    assert_true(file_exists(file_of(trial, other)));
}

static void test_guard__a_forged_manifest_is_told(void **state) {
    struct trial_store *trial = *state;
    struct published published = publish(trial);
    trial->call.now += INSTANT_MINUTE;
    assert_int_equal(publication_manifest_note(&trial->call, SCENE_SITE), DONE);
    struct guarded guarded = guard(trial, true);
    assert_false(guarded.forged);
    /* The page is changed, and so is the manifest: the two agree. */
    const char *one = str_text(trial->arena, published.paths[0]);
    deface(trial, one);
    struct digest forged = digest_at(trial, one);
    struct str text = digest_to_text(trial->arena, &forged);
    struct str sql = str_format(
        trial->arena, "UPDATE publication_file SET digest = '%.*s' WHERE path = '%s'",
        STR_ARG(text), one);
    assert_int_equal(scene_run(&trial->call, sql.at), DONE);
    guarded = guard(trial, true);
    assert_int_equal(faults(&guarded), 0);
    assert_true(guarded.forged); /* the hash tree over it was not made anew … */
}

/* … and if it is, the root is not the one the ledger names. */
static enum status remake(struct call *call, void *what) {
    return manifest_record(call, SCENE_SITE, what, 1);
}

static void test_guard__a_manifest_made_anew_contradicts_the_ledger(void **state) {
    struct trial_store *trial = *state;
    struct published published = publish(trial);
    trial->call.now += INSTANT_MINUTE;
    assert_int_equal(publication_manifest_note(&trial->call, SCENE_SITE), DONE);
    instant noted = trial->call.now;
    const char *one = str_text(trial->arena, published.paths[0]);
    deface(trial, one);
    struct file_row row = {.path = published.paths[0],
                           .folder = address_folder(trial->arena, published.paths[0]),
                           .digest = digest_at(trial, one),
                           .size = 6,
                           .release = published.releases[0]};
    trial->call.now = noted - 1; /* he takes care not to look newer than the entry */
    assert_int_equal(store_transact(&trial->call, TXN_WRITE, remake, &row), DONE);
    trial->call.now = noted + INSTANT_MINUTE;
    struct guarded guarded = guard(trial, true);
    assert_int_equal(faults(&guarded), 0);
    assert_true(guarded.forged);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        TRIAL_ON_BOTH(test_guard__every_meddling_is_found_and_put_right),
        TRIAL_ON_BOTH(test_guard__a_sound_tree_keeps_no_publisher_waiting),
        TRIAL_ON_BOTH(test_guard__touched_paths_alone_are_looked_at),
        TRIAL_ON_BOTH(test_guard__what_was_withdrawn_stays_away),
        TRIAL_ON_SQLITE(test_guard__a_forged_manifest_is_told),
        TRIAL_ON_BOTH(test_guard__a_manifest_made_anew_contradicts_the_ledger),
    };
    return trial_run("guard", tests, LENGTH(tests));
}
