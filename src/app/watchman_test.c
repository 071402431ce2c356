/*
 * The watchman's turns by a clock of the test's own: checkpoints leave each minute for a
 * real receiver, and people are told and work stops when they do not; whatever is done to
 * the published tree is put right when the kernel tells of it, or else within a minute.
 */
#include "app/app_own.h"

#include "http/http.h"
#include "ledger/ledger.h"
#include "manuscript/manuscript.h"
#include "notary/notary.h"
#include "notice/notice.h"
#include "people/people.h"
#include "publication/publication.h"
#include "sandbox/sandbox.h"
#include "site/site.h"
#include "text/text.h"
#include "trial_store.h"
#include "yard.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <poll.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define AWAIT_MOST 120000 /* milliseconds for what takes a few */

static struct sandbox *sandbox; /* forked once, before any thread */

/* ---- a bureau with a signer, a receiver and a watchman without a thread ---- */

struct receiver {
    struct server *server;
    atomic_int posts;
    char last[8192]; /* written before the answer, so before the sender goes on */
};

struct fixture {
    struct trial_store *trial;
    struct call *call;
    struct yard yard;
    struct estate estate;
    struct watchman *watchman;
    struct receiver receiver;
    const char *witness; /* a directory on another machine, as it were */
    const char *socket;
    pid_t signer;
    int lifeline;
};

static void receive(void *owner, const struct request *request,
                    struct response *response) {
    struct receiver *receiver = owner;
    snprintf(receiver->last, sizeof receiver->last, "%.*s", (int)request->body.length,
             (const char *)request->body.at);
    atomic_fetch_add(&receiver->posts, 1);
    response_body(response, 200, "text/plain", STR("kept"));
}

static void start_receiver(struct fixture *fixture) {
    static const struct http_route post = {.method = "POST", .pattern = "/hook"};
    static const struct http_route *const routes[] = {&post};
    struct http_options options = {.address = "127.0.0.1:0",
                                   .routes = routes,
                                   .route_count = 1,
                                   .handle = receive,
                                   .owner = &fixture->receiver};
    assert_int_equal(http_serve(&options, &fixture->receiver.server), DONE);
}

/* Both ways out. */
static void write_conf(struct fixture *fixture) {
    struct arena *arena = fixture->trial->arena;
    struct str text =
        str_format(arena,
                   "hook = http://%s/hook\nhook-key = secret\n"
                   "checkpoints = %s\n",
                   http_address(fixture->receiver.server), fixture->witness);
    assert_int_equal(
        file_write(str_format(arena, "%s/notice.conf", fixture->trial->workspace).at,
                   bytes_of_str(text)),
        DONE);
}

/* Awaits the socket by what the kernel tells of the directory that holds it. */
static void start_signer(struct fixture *fixture) {
    char events[4096];
    int ends[2];
    const char *directory =
        str_format(fixture->trial->arena, "%s/signer", fixture->trial->workspace).at;
    fixture->socket = str_format(fixture->trial->arena, "%s/socket", directory).at;
    assert_true(mkdir(directory, 0700) == 0 || errno == EEXIST);
    unlink(fixture->socket);
    int watch = inotify_init1(IN_CLOEXEC);
    assert_true(inotify_add_watch(watch, directory, IN_CREATE | IN_MOVED_TO) >= 0);
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    fixture->signer = fork();
    if (fixture->signer == 0) {
        close(ends[1]);
        struct signer_options options = {.directory = directory,
                                         .profile = KEY_ED25519,
                                         .until = ends[0],
                                         .clock = instant_read_clock};
        _exit(notary_sign_for_all(&options) == DONE ? 0 : 1);
    }
    close(ends[0]);
    fixture->lifeline = ends[1];
    struct pollfd watched[] = {
        {.fd = watch, .events = POLLIN},
        {.fd = (int)syscall(SYS_pidfd_open, fixture->signer, 0), .events = POLLIN}};
    while (!file_exists(fixture->socket)) {
        assert_int_equal(poll(watched, LENGTH(watched), AWAIT_MOST), 1);
        assert_int_equal(watched[1].revents, 0); /* it did not start */
        assert_true(read(watch, events, sizeof events) > 0);
    }
    close(watched[1].fd);
    close(watch);
}

static void stop_signer(struct fixture *fixture) {
    int ended;
    close(fixture->lifeline);
    assert_int_equal(waitpid(fixture->signer, &ended, 0), fixture->signer);
}

static void open_fixture(struct fixture *fixture, struct trial_store *trial) {
    memset(fixture, 0, sizeof *fixture);
    fixture->trial = trial;
    fixture->call = &trial->call;
    yard_open(trial, sandbox, "liuzhou-stats", &fixture->yard);
    start_signer(fixture); /* before any thread of ours */
    fixture->witness = str_format(trial->arena, "%s/witness", trial->workspace).at;
    assert_int_equal(mkdir(fixture->witness, 0700), 0);
    start_receiver(fixture);
    write_conf(fixture);
    trial->house.unwitnessed_most = INSTANT_HOUR;
    fixture->estate = (struct estate){.arena = trial->arena,
                                      .house = trial->house,
                                      .group = fixture->yard.bureau.site.group,
                                      .signer = fixture->socket};
    assert_int_equal(watchman_new(&fixture->estate, &fixture->watchman), DONE);
}

static void close_fixture(struct fixture *fixture) {
    watchman_free(fixture->watchman);
    http_stop(fixture->receiver.server);
    stop_signer(fixture);
    yard_close(fixture->trial);
}

/* A turn at *at* after the beginning, by both clocks. */
static void turn(struct fixture *fixture, instant at) {
    struct call *call = fixture->call;
    yard_become(&fixture->yard, 0);
    call->door = DOOR_CLOCK;
    call->now = TRIAL_NOW + at;
    txn_abort(call);
    watchman_step(fixture->watchman, call, INSTANT_HOUR + at);
    txn_abort(call);
    call->door = DOOR_API;
}

/* Something for the next checkpoint to cover. */
static enum status act_work(struct call *call, void *what) {
    const struct ledger_act act = {.act = "trial.act", .subject = {SUBJECT_WORKSPACE, 1}};
    return ledger_append(call, *(const id64 *)what, &act, NULL);
}

static void act(struct fixture *fixture) {
    assert_int_equal(store_transact(fixture->call, TXN_WRITE, act_work,
                                    &fixture->yard.bureau.site.group),
                     DONE);
}

/* ---- checkpoints ---- */

/* The size that the receiver last heard of for the site's chain; it is signed. */
static int64_t size_received(struct fixture *fixture) {
    struct arena *arena = fixture->trial->arena;
    struct bytes file;
    struct key_public key;
    struct checkpoint checkpoint;
    int64_t size = 0;
    assert_int_equal(file_read(arena,
                               str_format(arena, "%s/public/.well-known/shenfa/key",
                                          fixture->trial->workspace)
                                   .at,
                               4096, &file),
                     DONE);
    assert_int_equal(
        key_public_from_text(str_trim((struct str){(const char *)file.at, file.length}),
                             &key),
        DONE);
    json_t *json = json_loads(fixture->receiver.last, 0, NULL);
    struct str rest =
        str_copy(arena, str_of(json_string_value(json_object_get(json, "text"))));
    json_decref(json);
    while (checkpoint_read(arena, &rest, &checkpoint) == DONE) {
        assert_true(checkpoint_signed(&checkpoint, &key));
        size =
            checkpoint.chain == fixture->yard.bureau.site.group ? checkpoint.size : size;
    }
    return size;
}

static void test_watchman__checkpoints_leave_every_minute(void **state) {
    struct fixture fixture;
    int64_t before = 0;
    open_fixture(&fixture, *state);
    for (int minute = 0; minute < 10; minute++) {
        act(&fixture);
        for (int second = 0; second < 60;
             second += 20) { /* once, however often he turns */
            turn(&fixture, minute * INSTANT_MINUTE + second * INSTANT_SECOND);
            assert_int_equal(atomic_load(&fixture.receiver.posts), minute + 1);
        }
        int64_t now = size_received(&fixture);
        assert_true(now > before);
        before = now;
        assert_true(file_exists(
            str_format(fixture.trial->arena, "%s/checkpoint-%lld.txt", fixture.witness,
                       (long long)(TRIAL_NOW + minute * INSTANT_MINUTE))
                .at));
    }
    struct notary_state now;
    assert_int_equal(notary_state(fixture.call, fixture.estate.group, &now), DONE);
    assert_int_equal(notary_condition_of(&now), NOTARY_SOUND);
    /* A writer was killed: what he left goes at the start, and nothing else does. */
    const char *published =
        str_format(fixture.trial->arena, "%s/public/.well-known/shenfa",
                   fixture.trial->workspace)
            .at;
    const char *left = str_format(fixture.trial->arena, "%s/.4711-0.tmp", published).at;
    assert_int_equal(file_write(left, bytes_of_str(STR("shenfa check"))), DONE);
    notary_tidy(fixture.call);
    assert_false(file_exists(left));
    assert_true(
        file_exists(str_format(fixture.trial->arena, "%s/checkpoint", published).at));
    close_fixture(&fixture);
}

/* How often *words* were told to whoever holds *role*. */
static int told(struct fixture *fixture, const char *role, const char *words) {
    struct news_list list;
    int count = 0;
    txn_abort(fixture->call);
    assert_int_equal(
        notice_news(fixture->call, yard_holder(&fixture->yard, role), 0, &list), DONE);
    for (size_t i = 0; i < list.count; i++) {
        count += str_is(list.at[i].words, words);
    }
    return count;
}

static enum status decide_one(struct fixture *fixture, id64 manuscript) {
    const struct step *step;
    struct run run;
    yard_become(&fixture->yard, fixture->yard.bureau.writer);
    assert_true(yard_stands(&fixture->yard, manuscript, &run, &step));
    yard_become(&fixture->yard, yard_holder(&fixture->yard, "dept-head"));
    return yard_decide(&fixture->yard, manuscript, NULL, "pass");
}

static const char *refused_with(const struct call *call) {
    return call->refusal == NULL ? "" : call->refusal->words;
}

/* Nobody listens any more: told after five minutes, stopped after an hour, and withdrawal
 * goes on; with the first checkpoint that leaves, all goes on. */
static void test_watchman__work_stops_when_none_leaves(void **state) {
    struct fixture fixture;
    struct digest seen;
    struct manuscript found;
    struct revision revision;
    open_fixture(&fixture, *state);
    struct call *call = fixture.call;
    id64 live = yard_draft(&fixture.yard, "已发布的一篇");
    assert_int_equal(trial_walk(call, live, STR("")), DONE);
    assert_int_equal(manuscript_find(call, live, &found), DONE);
    assert_int_equal(manuscript_revision(call, found.revision, &revision), DONE);
    seen = revision.digest;
    yard_become(&fixture.yard, yard_holder(&fixture.yard, "site-operator"));
    assert_int_equal(yard_release(&fixture.yard, live, &seen, 0), DONE);
    id64 waiting = yard_draft(&fixture.yard, "待审的一篇");
    assert_int_equal(trial_walk(call, waiting, STR("dept-review")), DONE);
    id64 draft = yard_draft(&fixture.yard, "没有送审的一篇");
    turn(&fixture, 0);
    assert_int_equal(atomic_load(&fixture.receiver.posts), 1);
    http_stop(fixture.receiver.server); /* the log server is gone, and the disk too */
    fixture.receiver.server = NULL;
    assert_int_equal(
        rename(fixture.witness, str_format(call->arena, "%s-away", fixture.witness).at),
        0);
    for (int minute = 1; minute <= 61; minute++) {
        turn(&fixture, minute * INSTANT_MINUTE);
        assert_int_equal(told(&fixture, PEOPLE_ROLE_AUDIT, "news.checkpoints-unsent"),
                         minute > 5);
        assert_int_equal(told(&fixture, PEOPLE_ROLE_AUDIT, "news.checkpoints-stopped"),
                         minute > 60);
        if (minute == 60) {
            yard_become(&fixture.yard, fixture.yard.bureau.writer);
            assert_int_equal(notary_may_decide(call), DONE);
        }
    }
    assert_int_equal(told(&fixture, PEOPLE_ROLE_SYSTEM, "news.checkpoints-stopped"), 1);
    struct notary_state now;
    assert_int_equal(notary_state(call, fixture.estate.group, &now), DONE);
    assert_true(now.stopped);
    assert_int_equal(decide_one(&fixture, waiting), REFUSED);
    assert_string_equal(refused_with(call), "notary.stopped");
    yard_become(&fixture.yard, fixture.yard.bureau.writer);
    assert_int_equal(yard_write(&fixture.yard, draft, "<p>写作照常。</p>"), DONE);
    assert_int_equal(yard_submit(&fixture.yard, draft), REFUSED);
    assert_string_equal(refused_with(call), "notary.stopped");
    yard_become(&fixture.yard, yard_holder(&fixture.yard, "site-operator"));
    assert_int_equal(
        publication_withdraw(call, live, WITHDRAW_REMOVAL, STR("数据有误"), 0), DONE);
    assert_int_equal(
        rename(str_format(call->arena, "%s-away", fixture.witness).at, fixture.witness),
        0);
    turn(&fixture, 62 * INSTANT_MINUTE);
    assert_int_equal(decide_one(&fixture, waiting), DONE);
    assert_int_equal(notary_state(call, fixture.estate.group, &now), DONE);
    assert_int_equal(now.told, NOTARY_SOUND);
    close_fixture(&fixture);
}

/* Taking the settings away does not switch it off, nor does killing the signer; and with
 * none ever named, nothing stops. */
static void test_watchman__neither_settings_nor_signer_switch_it_off(void **state) {
    struct fixture fixture;
    open_fixture(&fixture, *state);
    struct call *call = fixture.call;
    const char *conf =
        str_format(call->arena, "%s/notice.conf", fixture.trial->workspace).at;
    turn(&fixture, 0);
    assert_int_equal(unlink(conf), 0);
    for (int minute = 1; minute <= 61; minute++) {
        turn(&fixture, minute * INSTANT_MINUTE);
    }
    assert_int_equal(notary_may_decide(call), REFUSED);
    call_forgive(call);
    write_conf(&fixture);
    turn(&fixture, 62 * INSTANT_MINUTE);
    assert_int_equal(notary_may_decide(call), DONE);
    stop_signer(&fixture);
    for (int minute = 63; minute <= 123; minute++) {
        turn(&fixture, minute * INSTANT_MINUTE);
        assert_int_equal(told(&fixture, PEOPLE_ROLE_AUDIT, "news.checkpoints-silent"),
                         minute > 67);
    }
    assert_int_equal(notary_may_decide(call), REFUSED);
    call_forgive(call);
    start_signer(&fixture);
    turn(&fixture, 124 * INSTANT_MINUTE);
    assert_int_equal(notary_may_decide(call), DONE);
    close_fixture(&fixture);
}

static void test_watchman__where_no_place_was_named_nothing_stops(void **state) {
    struct fixture fixture;
    open_fixture(&fixture, *state);
    assert_int_equal(unlink(str_format(fixture.trial->arena, "%s/notice.conf",
                                       fixture.trial->workspace)
                                .at),
                     0);
    for (int hour = 0; hour < 3; hour++) {
        turn(&fixture, hour * INSTANT_HOUR);
    }
    struct notary_state now;
    assert_int_equal(notary_state(fixture.call, fixture.estate.group, &now), DONE);
    assert_true(now.unsent); /* the screen says so */
    assert_false(now.stopped);
    assert_int_equal(notary_may_decide(fixture.call), DONE);
    close_fixture(&fixture);
}

/* ---- the tree ---- */

static const char *below(struct fixture *fixture, const char *path) {
    return str_format(fixture->trial->arena, "%s/public/%.*s/%s",
                      fixture->trial->workspace, STR_ARG(fixture->yard.bureau.site.code),
                      path)
        .at;
}

static struct bytes bytes_at(struct fixture *fixture, const char *path) {
    struct bytes bytes = {0};
    if (file_read(fixture->trial->arena, below(fixture, path), (size_t)1 << 22, &bytes) !=
        DONE) {
        return (struct bytes){0};
    }
    return bytes;
}

static void deface(struct fixture *fixture, const char *path) {
    int file = open(below(fixture, path), O_WRONLY | O_CREAT | O_TRUNC, 0644);
    assert_true(file >= 0);
    assert_int_equal(write(file, "hacked", 6), 6);
    close(file);
}

enum meddling {
    MEDDLE_CHANGE,
    MEDDLE_ADD,
    MEDDLE_ADD_IN_NEW_FOLDER,
    MEDDLE_DELETE,
    MEDDLE_SWAP,
    MEDDLE_LINK,
    MEDDLE_FOLDER_AWAY,
    MEDDLE_KINDS
};

static void meddle(struct fixture *fixture, enum meddling how) {
    switch (how) {
    case MEDDLE_CHANGE:
        deface(fixture, "index.html");
        break;
    case MEDDLE_ADD:
        deface(fixture, "casino.html");
        break;
    case MEDDLE_ADD_IN_NEW_FOLDER:
        assert_int_equal(mkdir(below(fixture, "casino"), 0755), 0);
        deface(fixture, "casino/index.html");
        break;
    case MEDDLE_DELETE:
        assert_int_equal(unlink(below(fixture, "feed.xml")), 0);
        break;
    case MEDDLE_SWAP:
        assert_int_equal(renameat2(AT_FDCWD, below(fixture, "index.html"), AT_FDCWD,
                                   below(fixture, "404.html"), RENAME_EXCHANGE),
                         0);
        break;
    case MEDDLE_LINK:
        assert_int_equal(unlink(below(fixture, "index.html")), 0);
        assert_int_equal(symlink("/etc/passwd", below(fixture, "index.html")), 0);
        break;
    case MEDDLE_FOLDER_AWAY:
        assert_int_equal(rename(below(fixture, "tjdt"), below(fixture, "tjdt-away")), 0);
        break;
    case MEDDLE_KINDS:
        break;
    }
}

static int64_t alarms(struct fixture *fixture, const char *name) {
    struct ledger_list list;
    struct ledger_filter filter = {.act = str_of(name), .limit = 500};
    txn_abort(fixture->call);
    assert_int_equal(ledger_read(fixture->call, fixture->estate.group, &filter, &list),
                     DONE);
    return (int64_t)list.count;
}

/* One published, and the tree under watch and at rest. */
static id64 publish(struct fixture *fixture) {
    struct call *call = fixture->call;
    struct manuscript found;
    struct revision revision;
    id64 manuscript = yard_draft(&fixture->yard, "看守的一篇");
    assert_int_equal(trial_walk(call, manuscript, STR("")), DONE);
    assert_int_equal(manuscript_find(call, manuscript, &found), DONE);
    assert_int_equal(manuscript_revision(call, found.revision, &revision), DONE);
    yard_become(&fixture->yard, yard_holder(&fixture->yard, "site-operator"));
    assert_int_equal(yard_release(&fixture->yard, manuscript, &revision.digest, 0), DONE);
    txn_abort(call);
    assert_int_equal(publication_apply(call, fixture->yard.bureau.site.id, NULL), DONE);
    turn(fixture, 0);
    assert_int_equal(alarms(fixture, "publication.tampering"), 0);
    return manuscript;
}

/* By what the kernel tells: long before the minute is over. */
static void test_watchman__meddling_is_put_right_when_it_is_told(void **state) {
    struct fixture fixture;
    open_fixture(&fixture, *state);
    publish(&fixture);
    struct bytes home = bytes_at(&fixture, "index.html");
    struct bytes feed = bytes_at(&fixture, "feed.xml");
    struct bytes missing = bytes_at(&fixture, "404.html");
    struct bytes list = bytes_at(&fixture, "tjdt/index.html");
    for (int how = 0; how < MEDDLE_KINDS; how++) {
        instant at = (how + 1) * INSTANT_SECOND; /* no sweep is due */
        int64_t before = alarms(&fixture, "publication.tampering");
        meddle(&fixture, (enum meddling)how);
        assert_true(watchman_rest(fixture.watchman, INSTANT_HOUR + at));
        turn(&fixture, at);
        if (alarms(&fixture, "publication.tampering") == before) {
            fail_msg("meddling %d was not found", how);
        }
        turn(&fixture, at); /* what he mended himself tells of itself, too */
        assert_true(bytes_equal_secret(bytes_at(&fixture, "index.html"), home));
        assert_true(bytes_equal_secret(bytes_at(&fixture, "feed.xml"), feed));
        assert_true(bytes_equal_secret(bytes_at(&fixture, "404.html"), missing));
        assert_true(bytes_equal_secret(bytes_at(&fixture, "tjdt/index.html"), list));
        assert_false(file_exists(below(&fixture, "casino.html")));
        assert_false(file_exists(below(&fixture, "casino/index.html")));
    }
    close_fixture(&fixture);
}

/* A write through a mapping tells nobody, and neither does a row of the database: the
 * sweep of each minute finds them. */
static void test_watchman__what_nobody_tells_is_found_within_a_minute(void **state) {
    struct fixture fixture;
    open_fixture(&fixture, *state);
    id64 manuscript = publish(&fixture);
    struct bytes home = bytes_at(&fixture, "index.html");
    int file = open(below(&fixture, "index.html"), O_RDWR);
    char *mapped = mmap(NULL, home.length, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    assert_true(mapped != MAP_FAILED);
    close(file);
    memcpy(mapped, "hacked", 6); /* told only when the mapping ends */
    int64_t before = alarms(&fixture, "publication.tampering");
    turn(&fixture, 59 * INSTANT_SECOND);
    assert_int_equal(alarms(&fixture, "publication.tampering"), before);
    turn(&fixture, 61 * INSTANT_SECOND);
    assert_int_equal(alarms(&fixture, "publication.tampering"), before + 1);
    assert_true(bytes_equal_secret(bytes_at(&fixture, "index.html"), home));
    munmap(mapped, home.length);
    /* A row below the program: told by name, once, however often he looks. */
    static const char *const none[] = {NULL};
    struct statement *planted = TAKE(fixture.trial->arena, struct statement);
    const char *sql =
        str_format(
            fixture.trial->arena,
            "INSERT INTO publication_release SELECT 900000001, act, site_group, site,"
            " site_column, manuscript, revision, digest, terms, 77, 77,"
            " 'tjdt/2026/77.html', title, origin, released_at, changed_at, releaser,"
            " 'live', 0, 0, 0, '', 0, 0 FROM publication_release WHERE manuscript ="
            " %lld",
            (long long)manuscript)
            .at;
    *planted = (struct statement){"test_plant_live", sql, sql, none};
    assert_int_equal(txn_begin(fixture.call, TXN_WRITE), DONE);
    assert_int_equal(store_run(fixture.call, planted, NULL, NO_VALUES), DONE);
    assert_int_equal(txn_commit(fixture.call), DONE);
    for (int minute = 2; minute < 6; minute++) {
        turn(&fixture, minute * INSTANT_MINUTE + 5 * INSTANT_SECOND);
        assert_int_equal(alarms(&fixture, "publication.unproven"), 1);
    }
    assert_int_equal(told(&fixture, PEOPLE_ROLE_AUDIT, "news.unproven"), 1);
    assert_false(file_exists(below(&fixture, "tjdt/2026/77.html")));
    close_fixture(&fixture);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        TRIAL_ON_BOTH(test_watchman__checkpoints_leave_every_minute),
        TRIAL_ON_BOTH(test_watchman__work_stops_when_none_leaves),
        TRIAL_ON_BOTH(test_watchman__neither_settings_nor_signer_switch_it_off),
        TRIAL_ON_SQLITE(test_watchman__where_no_place_was_named_nothing_stops),
        TRIAL_ON_BOTH(test_watchman__meddling_is_put_right_when_it_is_told),
        TRIAL_ON_BOTH(test_watchman__what_nobody_tells_is_found_within_a_minute),
    };
    if (sandbox_start(&text_parsers, &sandbox) != DONE) {
        return 1;
    }
    int failed = trial_run("watchman", tests, LENGTH(tests));
    sandbox_stop(sandbox);
    return failed;
}
