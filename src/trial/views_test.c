/*
 * Views of public pages: counted in public without a store, merged exactly once whatever
 * dies in between, robots and staff apart, all sites in one way; on both databases.
 */
#include "sandbox/sandbox.h"
#include "tally/tally.h"
#include "text/text.h"
#include "yard.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define READER "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"

static struct sandbox *sandbox;
static bool dies_at_removal;

/* In the place of the library's: a process that dies just before it removes a drop. */
int unlink(const char *path) {
    if (dies_at_removal && strstr(path, "/drop/views-") != NULL) {
        raise(SIGKILL);
    }
    return unlinkat(AT_FDCWD, path, 0);
}

static const char *in_workspace(struct yard *yard, const char *name) {
    return str_format(yard->call->arena, "%s/%s", yard->call->house->workspace, name).at;
}

/* In the rulebook's first column, by the unit's own people. */
static id64 publish(struct yard *yard, const char *title) {
    struct call *call = yard->call;
    struct field_value fields[] = {{STR("catalogue"), STR("news")},
                                   {STR("disclosure"), STR("active")},
                                   {STR("origin"), STR("2026-12-01")},
                                   {STR("source"), STR("工业科")}};
    struct content content = {.title = str_of(title),
                              .body = STR("<p>前三季度，工业经济运行平稳。</p>"),
                              .fields = fields,
                              .field_count = LENGTH(fields)};
    struct subject subject = {.kind = SUBJECT_MANUSCRIPT};
    struct column column;
    struct dropped dropped;
    struct release *releases;
    struct run run;
    size_t count;
    int version;
    yard_become(yard, yard->bureau.writer);
    assert_int_equal(
        site_column_find_path(call, yard->bureau.site.id, STR("affairs"), &column), DONE);
    assert_int_equal(manuscript_begin(call, column.id, yard->bureau.department.id,
                                      STR("information"), content.title, &subject.id),
                     DONE);
    assert_int_equal(manuscript_save(call, subject.id, 1, &content, &version, &dropped),
                     DONE);
    assert_int_equal(trial_walk(call, subject.id, STR("")), DONE);
    assert_int_equal(review_run(call, subject, &run), DONE);
    yard_become(yard, yard_holder(yard, "liaison"));
    struct release_order order = {.manuscript = subject.id, .seen = run.digest};
    assert_int_equal(publication_release(call, &order, &releases, &count), DONE);
    assert_int_equal(publication_apply(call, yard->bureau.site.id, NULL), DONE);
    return subject.id;
}

static struct view_counter *counter_of(struct yard *yard) {
    struct view_counter *counter;
    assert_int_equal(file_make_directory(in_workspace(yard, "drop")), DONE);
    assert_int_equal(view_counter_new(yard->call, &counter), DONE);
    return counter;
}

static bool see(struct view_counter *counter, struct str site, const char *page,
                const char *agent, const char *peer, bool is_staff) {
    struct page_view view = {.site = site,
                             .page = str_of(page),
                             .agent = str_of(agent),
                             .peer = str_of(peer),
                             .is_staff = is_staff,
                             .at = TRIAL_NOW};
    return view_counter_see(counter, &view);
}

/* The only file in the drop box whose name begins with "views-"; NULL if there is none.
 */
static const char *only_drop(struct yard *yard) {
    const char *found = NULL;
    DIR *box = opendir(in_workspace(yard, "drop"));
    assert_non_null(box);
    for (struct dirent *entry; (entry = readdir(box)) != NULL;) {
        if (entry->d_name[0] != '.') {
            assert_null(found);
            found = str_format(yard->call->arena, "%s/%s", in_workspace(yard, "drop"),
                               entry->d_name)
                        .at;
        }
    }
    closedir(box);
    return found;
}

static struct str bytes_at(struct yard *yard, const char *path) {
    struct bytes bytes;
    assert_int_equal(file_read(yard->call->arena, path, (size_t)1 << 22, &bytes), DONE);
    return (struct str){(const char *)bytes.at, bytes.length};
}

static size_t merge(struct yard *yard) {
    size_t merged = 99;
    assert_int_equal(tally_merge_views(yard->call, &merged), DONE);
    return merged;
}

static struct views views_of(struct yard *yard, id64 site) {
    struct views views;
    txn_abort(yard->call);
    assert_int_equal(tally_views(yard->call, yard->bureau.site.group, site,
                                 STR("2026-12"), 100, &views),
                     DONE);
    return views;
}

static int64_t readers(struct yard *yard) {
    return views_of(yard, 0).totals[VIEW_READER];
}

static bool agree(struct yard *yard) {
    bool agrees = false;
    txn_abort(yard->call);
    assert_int_equal(tally_views_agree(yard->call, &agrees), DONE);
    return agrees;
}

static enum status run_text(struct call *call, void *what) {
    return store_run(call, what, NULL, NO_VALUES);
}

/* Below the program, as somebody with the database's password could. */
static void plant(struct yard *yard, const struct statement *statement) {
    assert_int_equal(
        store_transact(yard->call, TXN_WRITE, run_text, (void *)(uintptr_t)statement),
        DONE);
}

static const char *const no_parameters[] = {NULL};
#define PLANTED(name, text)                                                              \
    static const struct statement name = {#name, text, text, no_parameters}
PLANTED(forget_runs, "UPDATE view_run SET last = last - 1");
PLANTED(double_views, "UPDATE page_view SET readers = readers * 2");
PLANTED(halve_views, "UPDATE page_view SET readers = readers / 2");

/* Home page, list page and item, each seen by each kind. */
static void test_views__stand_by_site_column_and_item(void **state) {
    struct yard yard;
    struct trial_store *trial = *state;
    yard_open(trial, sandbox, "cixi", &yard);
    struct str site = yard.bureau.site.code;
    id64 manuscript = publish(&yard, "被看的一篇");
    struct view_counter *counter = counter_of(&yard);
    for (int i = 0; i < 3; i++) {
        assert_true(
            see(counter, site, "affairs/2026/1.html", READER, "192.0.2.1", false));
    }
    assert_true(see(counter, site, "affairs/2026/1.html", READER, "10.0.0.9", true));
    assert_true(
        see(counter, site, "affairs/list-1.html", "Baiduspider/2.0", "192.0.2.2", false));
    assert_true(see(counter, site, "affairs/index.html", READER, "192.0.2.2", false));
    assert_true(see(counter, site, "index.html", READER, "192.0.2.3", false));
    /* What no store knows adds nothing. */
    assert_true(see(counter, site, "affairs/2026/99.html", READER, "192.0.2.4", false));
    assert_true(see(counter, STR("nobody"), "index.html", READER, "192.0.2.4", false));
    assert_int_equal(view_counter_drop(counter), DONE);
    assert_int_equal(merge(&yard), 1);
    struct views views = views_of(&yard, 0);
    assert_int_equal(views.totals[VIEW_READER], 5);
    assert_int_equal(views.totals[VIEW_ROBOT], 1);
    assert_int_equal(views.totals[VIEW_STAFF], 1);
    assert_int_equal(views.sites.count, 1);
    assert_true(views.sites.at[0].is_counted);
    assert_int_equal(views.columns.count, 2); /* the home page before the columns */
    assert_true(views.columns.at[0].column == 0);
    assert_int_equal(views.columns.at[0].numbers[VIEW_READER], 1);
    assert_int_equal(views.columns.at[1].numbers[VIEW_READER], 4);
    assert_int_equal(views.columns.at[1].numbers[VIEW_ROBOT], 1);
    assert_int_equal(views.items.count, 1);
    assert_true(views.items.at[0].manuscript == manuscript);
    assert_int_equal(views.items.at[0].numbers[VIEW_READER], 3);
    assert_int_equal(views.items.at[0].numbers[VIEW_STAFF], 1);
    assert_string_equal(str_text(yard.call->arena, views.items.at[0].title),
                        "被看的一篇");
    /* Only of another site: nothing but the table of sites. */
    views = views_of(&yard, 1);
    assert_int_equal(views.sites.count, 1);
    assert_int_equal(views.columns.count + views.items.count, 0);
    view_counter_free(counter);
    yard_close(trial);
}

/* Main site and sub-site: one counter, one table, one way. */
static void test_views__all_sites_of_a_group_are_counted_alike(void **state) {
    struct yard yard;
    struct trial_store *trial = *state;
    yard_open(trial, sandbox, "cixi", &yard);
    struct call *call = yard.call;
    struct site sub = yard.bureau.site;
    id64 made;
    (void)publish(&yard, "主网站的一篇");
    sub.code = STR("zhenhai");
    sub.kind = STR("sub");
    sub.title = STR("慈溪市镇海子网站");
    sub.domain = STR("zhenhai.cixi.gov.cn");
    call->actor = (struct actor){0};
    call->door = DOOR_CLI;
    assert_int_equal(site_new(call, &sub, &made), DONE);
    struct view_counter *counter = counter_of(&yard);
    struct str sites[] = {yard.bureau.site.code, sub.code, sub.code};
    for (size_t i = 0; i < LENGTH(sites); i++) {
        assert_true(see(counter, sites[i], "index.html", READER, "::1", false));
        assert_true(see(counter, sites[i], "index.html", "Googlebot", "::1", false));
    }
    assert_int_equal(view_counter_drop(counter), DONE);
    assert_int_equal(merge(&yard), 1);
    struct views views = views_of(&yard, 0);
    assert_int_equal(views.sites.count, 2);
    for (size_t i = 0; i < 2; i++) {
        const struct view_line *line = &views.sites.at[i];
        int64_t expected = line->site == made ? 2 : 1;
        assert_true(line->is_counted);
        assert_int_equal(line->numbers[VIEW_READER], expected);
        assert_int_equal(line->numbers[VIEW_ROBOT], expected);
    }
    assert_int_equal(views.columns.count, 2);
    views = views_of(&yard, made);
    assert_int_equal(views.columns.count, 1);
    assert_int_equal(views.columns.at[0].numbers[VIEW_READER], 2);
    view_counter_free(counter);
    yard_close(trial);
}

/* It dies between the commit and the removal, or before the commit: a drop lies there
 * again, or still.  Merged again it adds nothing; what a double merge would leave, made
 * by hand, is found. */
static void test_views__a_drop_is_merged_exactly_once(void **state) {
    struct yard yard;
    struct trial_store *trial = *state;
    yard_open(trial, sandbox, "cixi", &yard);
    struct str site = yard.bureau.site.code;
    (void)publish(&yard, "一篇");
    struct view_counter *counter = counter_of(&yard);
    assert_int_equal(view_counter_drop(counter), DONE);
    assert_null(only_drop(&yard)); /* nothing counted, nothing dropped */
    for (int round = 1; round <= 3; round++) {
        assert_true(see(counter, site, "index.html", READER, "192.0.2.1", false));
        assert_int_equal(view_counter_drop(counter), DONE);
        const char *path = only_drop(&yard);
        struct str drop = bytes_at(&yard, path);
        assert_int_equal(merge(&yard), 1);
        assert_null(only_drop(&yard));
        assert_int_equal(file_write(path, bytes_of_str(drop)), DONE);
        assert_int_equal(merge(&yard), 0);
        assert_null(only_drop(&yard));
        assert_int_equal(readers(&yard), round);
        assert_true(agree(&yard));
        /* Under another number it does not say what its name says. */
        const char *other =
            str_format(yard.call->arena, "%.*s000000000009.json",
                       (int)(strlen(path) - strlen("000000000001.json")), path)
                .at;
        assert_int_equal(file_write(other, bytes_of_str(drop)), DONE);
        assert_int_equal(merge(&yard), 0);
        assert_null(only_drop(&yard));
        assert_int_equal(readers(&yard), round);
        if (round == 3) {
            plant(&yard, &forget_runs);
            assert_int_equal(file_write(path, bytes_of_str(drop)), DONE);
            assert_int_equal(merge(&yard), 1);
            assert_int_equal(readers(&yard),
                             round + 1); /* the control: it counts twice */
            assert_false(agree(&yard));
        }
    }
    view_counter_free(counter);
    yard_close(trial);
}

static void test_views__figures_changed_below_are_found(void **state) {
    struct yard yard;
    struct trial_store *trial = *state;
    yard_open(trial, sandbox, "cixi", &yard);
    (void)publish(&yard, "一篇");
    struct view_counter *counter = counter_of(&yard);
    assert_true(see(counter, yard.bureau.site.code, "index.html", READER, "::1", false));
    assert_int_equal(view_counter_drop(counter), DONE);
    assert_int_equal(merge(&yard), 1);
    assert_true(agree(&yard));
    plant(&yard, &double_views);
    assert_false(agree(&yard));
    plant(&yard, &halve_views);
    assert_true(agree(&yard));
    view_counter_free(counter);
    yard_close(trial);
}

/* The worker dies between the commit and the removal: the next one finds the drop again
 * and takes it away, and the view counts once. */
static void test_views__a_killed_worker_loses_and_doubles_nothing(void **state) {
    struct yard yard;
    struct trial_store *trial = *state;
    int ended;
    yard_open(trial, sandbox, "cixi", &yard);
    (void)publish(&yard, "一篇");
    struct view_counter *counter = counter_of(&yard);
    assert_true(see(counter, yard.bureau.site.code, "index.html", READER, "::1", false));
    assert_int_equal(view_counter_drop(counter), DONE);
    txn_abort(yard.call);
    pid_t child = fork();
    if (child == 0) {
        dies_at_removal = true;
        struct call *call = trial_call_new(trial);
        _exit(tally_merge_views(call, NULL) == DONE ? 0 : 1);
    }
    assert_int_equal(waitpid(child, &ended, 0), child);
    assert_true(WIFSIGNALED(ended) && WTERMSIG(ended) == SIGKILL);
    assert_non_null(only_drop(&yard));
    assert_int_equal(readers(&yard), 1); /* it was committed */
    assert_int_equal(merge(&yard), 0);
    assert_null(only_drop(&yard));
    assert_int_equal(readers(&yard), 1);
    assert_true(agree(&yard));
    view_counter_free(counter);
    yard_close(trial);
}

/* What a broken-in public process could put there. */
static void test_views__a_drop_is_read_as_a_strangers(void **state) {
    /* RUN and SITE stand for the names that would be right. */
    static const char *const odd[] = {
        "",
        "[]",
        "{",
        "{\"run\":7}",
        "\xff\xfe",
        "{\"run\":\"RUN\",\"number\":1,\"day\":1,\"pages\":[[\"SITE\",\"index.html\",5,0,"
        "0]]}",
        "{\"run\":\"RUN\",\"number\":2,\"day\":20789,"
        "\"pages\":[[\"SITE\",\"index.html\",5,0,0]]}",
        "{\"run\":\"RUN\",\"number\":1,\"day\":20789,"
        "\"pages\":[[\"SITE\",\"index.html\",-5,0,0],[\"SITE\",\"index.html\",2000000000,"
        "0,0],"
        "[1,2,3],7,[\"SITE\",\"../../etc/"
        "passwd\",1,1,1],[\"SITE\",\"index.html\",\"9\",0,0]]}",
    };
    static const char run[] = "0123456789abcdef0123456789abcdef";
    struct yard yard;
    struct trial_store *trial = *state;
    yard_open(trial, sandbox, "cixi", &yard);
    struct arena *arena = yard.call->arena;
    (void)publish(&yard, "一篇");
    view_counter_free(counter_of(&yard));
    const char *path = str_format(arena, "%s/views-%s-000000000001.json",
                                  in_workspace(&yard, "drop"), run)
                           .at;
    for (size_t i = 0; i < LENGTH(odd); i++) {
        struct buffer text;
        buffer_init(&text, arena);
        for (struct str rest = str_of(odd[i]); rest.length > 0;) {
            struct str part = str_cut(&rest, '"');
            buffer_add(&text, str_is(part, "RUN")    ? str_of(run)
                              : str_is(part, "SITE") ? yard.bureau.site.code
                                                     : part);
            buffer_add_text(&text, rest.length > 0 ? "\"" : "");
        }
        assert_int_equal(file_write(path, bytes_of_str(buffer_str(&text))), DONE);
        (void)merge(&yard);
        assert_null(only_drop(&yard));
        assert_int_equal(readers(&yard), 0);
    }
    assert_int_equal(symlink(in_workspace(&yard, "shenfa.db"), path), 0);
    (void)merge(&yard);
    assert_null(only_drop(&yard));
    assert_int_equal(mkfifo(path, 0600), 0); /* nobody waits for its other end */
    (void)merge(&yard);
    assert_null(only_drop(&yard));
    assert_true(agree(&yard));
    yard_close(trial);
}

/* Limits: of one address, of pages, and nothing of either stays. */
static void test_views__a_flood_adds_a_bounded_number(void **state) {
    struct yard yard;
    struct trial_store *trial = *state;
    yard_open(trial, sandbox, "cixi", &yard);
    struct str site = yard.bureau.site.code;
    (void)publish(&yard, "一篇");
    struct view_counter *counter = counter_of(&yard);
    size_t counted = 0;
    for (int i = 0; i < 10000; i++) {
        counted += see(counter, site, "index.html", READER, "203.0.113.7", false);
    }
    assert_int_equal(counted, VIEW_ALLOWANCE);
    assert_true(see(counter, site, "index.html", READER, "203.0.113.8", false));
    counted = 1;
    for (int i = 0; i < VIEW_PAGES + 500; i++) {
        char page[40];
        char peer[40];
        snprintf(page, sizeof page, "affairs/2026/%d.html", i);
        snprintf(peer, sizeof peer, "2001:db8::%x", i);
        counted += see(counter, site, page, READER, peer, false);
    }
    assert_int_equal(counted, VIEW_PAGES);
    assert_int_equal(view_counter_drop(counter), DONE);
    const char *path = only_drop(&yard);
    struct stat facts;
    assert_int_equal(stat(path, &facts), 0);
    assert_int_equal(facts.st_mode & 0777, 0644);
    struct str drop = bytes_at(&yard, path);
    assert_int_equal(str_find(drop, STR("203.0.113")), drop.length);
    assert_int_equal(str_find(drop, STR("2001:db8")), drop.length);
    assert_int_equal(str_find(drop, STR("Mozilla")), drop.length);
    assert_int_equal(merge(&yard), 1);
    assert_int_equal(readers(&yard), VIEW_ALLOWANCE + 2); /* the one item among them */
    /* The next minute begins anew. */
    assert_true(see(counter, site, "index.html", READER, "203.0.113.7", false));
    view_counter_free(counter);
    yard_close(trial);
}

/* Under another rulebook nothing in the page is counted, and what somebody drops in its
 * name is not merged. */
static void test_views__are_counted_only_where_the_rulebook_says(void **state) {
    struct yard yard;
    struct trial_store *trial = *state;
    yard_open(trial, sandbox, "yunzhou", &yard);
    yard_publish(&yard, "不计数的一篇", NULL, 0);
    struct str home = bytes_at(
        &yard, str_format(yard.call->arena, "%s/public/%.*s/index.html",
                          yard.call->house->workspace, STR_ARG(yard.bureau.site.code))
                   .at);
    assert_int_equal(str_find(home, STR("<img")), home.length);
    struct view_counter *counter = counter_of(&yard);
    assert_true(see(counter, yard.bureau.site.code, "index.html", READER, "::1", false));
    assert_int_equal(view_counter_drop(counter), DONE);
    (void)merge(&yard);
    assert_false(views_of(&yard, 0).sites.at[0].is_counted);
    assert_int_equal(readers(&yard), 0);
    view_counter_free(counter);
    yard_close(trial);
}

/* A day ends: what was counted before midnight is dropped as of its own day. */
static void test_views__belong_to_their_day(void **state) {
    struct yard yard;
    struct trial_store *trial = *state;
    yard_open(trial, sandbox, "cixi", &yard);
    (void)publish(&yard, "一篇");
    struct view_counter *counter = counter_of(&yard);
    struct page_view view = {.site = yard.bureau.site.code,
                             .page = STR("index.html"),
                             .agent = STR(READER),
                             .peer = STR("::1"),
                             .at = day_start(day_of_date((struct date){2027, 1, 1})) - 1};
    assert_true(view_counter_see(counter, &view));
    view.at++;
    assert_true(view_counter_see(counter, &view));
    assert_true(view_counter_see(counter, &view));
    assert_int_equal(view_counter_drop(counter), DONE);
    yard.call->now = view.at;
    assert_int_equal(merge(&yard), 2);
    assert_int_equal(readers(&yard), 1);
    struct views january;
    assert_int_equal(
        tally_views(yard.call, yard.bureau.site.group, 0, STR("2027-01"), 10, &january),
        DONE);
    assert_int_equal(january.totals[VIEW_READER], 2);
    view_counter_free(counter);
    yard_close(trial);
}

static void test_robots__say_so_or_say_nothing(void **state) {
    static const struct {
        const char *agent;
        bool robot;
    } table[] = {
        {READER, false},
        {"Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/"
         "spider.html)",
         true},
        {"Mozilla/5.0 (compatible; Googlebot/2.1)", true},
        {"Sogou web spider/4.0", true},
        {"Mozilla/5.0 (compatible; YisouSpider/5.0)", true},
        {"curl/8.5.0", true},
        {"python-requests/2.31", true},
        {"", true},
        {"  ", true},
        {"Mozilla/5.0 (Linux; Android 13; CUBOT KINGKONG 9) AppleWebKit/537.36", false},
        {"Mozilla/5.0 (Linux; Android 13; CUBOT X) bingbot", true},
        {"Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) MicroMessenger/8.0",
         false},
    };
    (void)state;
    for (size_t i = 0; i < LENGTH(table); i++) {
        if (view_is_robot(str_of(table[i].agent)) != table[i].robot) {
            fail_msg("%s", table[i].agent);
        }
    }
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        TRIAL_ON_BOTH(test_views__stand_by_site_column_and_item),
        TRIAL_ON_BOTH(test_views__all_sites_of_a_group_are_counted_alike),
        TRIAL_ON_BOTH(test_views__a_drop_is_merged_exactly_once),
        TRIAL_ON_BOTH(test_views__figures_changed_below_are_found),
        TRIAL_ON_SQLITE(test_views__a_killed_worker_loses_and_doubles_nothing),
        TRIAL_ON_SQLITE(test_views__a_drop_is_read_as_a_strangers),
        TRIAL_ON_SQLITE(test_views__a_flood_adds_a_bounded_number),
        TRIAL_ON_BOTH(test_views__are_counted_only_where_the_rulebook_says),
        TRIAL_ON_BOTH(test_views__belong_to_their_day),
        cmocka_unit_test(test_robots__say_so_or_say_nothing),
    };
    if (sandbox_start(&text_parsers, &sandbox) != DONE) {
        return 1;
    }
    int failed = trial_run("views", tests, LENGTH(tests));
    sandbox_stop(sandbox);
    return failed;
}
