/*
 * A miniature site, published: the files are compared with a folder of golden
 * ones; and what happens to them when a process dies in between.
 */
#include "jobs/jobs.h"
#include "publication/scene.h"
#include "publication_sql.h"
#include "trial_store.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define AT(day, hour) (TRIAL_NOW + (day)*INSTANT_DAY + (hour)*INSTANT_HOUR)

static const char *tree_of(struct trial_store *trial) {
    return str_format(trial->arena, "%s/public/tjj", trial->workspace).at;
}

static struct str page(struct trial_store *trial, const char *path) {
    struct bytes bytes;
    struct str file = str_format(trial->arena, "%s/%s", tree_of(trial), path);
    if (file_read(trial->arena, file.at, (size_t)1 << 22, &bytes) != DONE) {
        return STR("(absent)");
    }
    return (struct str){(const char *)bytes.at, bytes.length};
}

static bool says(struct trial_store *trial, const char *path, const char *words) {
    struct str text = page(trial, path);
    return str_find(text, str_of(words)) < text.length;
}

static bool is_there(struct trial_store *trial, const char *path) {
    return file_exists(str_format(trial->arena, "%s/%s", tree_of(trial), path).at);
}

static id64 release(struct trial_store *trial, id64 column, const char *title,
                    instant at) {
    id64 made;
    id64 manuscript;
    assert_int_equal(scene_release(&trial->call, column, title,
                                   "<p>正文第一段。</p><p>正文第二段。</p>", at, &made,
                                   &manuscript),
                     DONE);
    return made;
}

static struct applied apply(struct trial_store *trial) {
    struct applied applied = {0};
    assert_int_equal(publication_apply(&trial->call, SCENE_SITE, &applied), DONE);
    return applied;
}

static struct verified verify(struct trial_store *trial) {
    struct verified verified = {0};
    assert_int_equal(publication_verify(&trial->call, SCENE_SITE, NULL, NULL, &verified),
                     DONE);
    return verified;
}

static struct digest root_of(struct trial_store *trial) { return verify(trial).root; }

/* ---- golden folder ---- */

static void compare_golden(struct trial_store *trial, const char *golden,
                           const char *below, size_t *count) {
    const char *mine = str_format(trial->arena, "%s%s", tree_of(trial), below).at;
    DIR *entries = opendir(mine);
    assert_non_null(entries);
    for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
        struct stat facts;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
            continue;
        }
        const char *path = str_format(trial->arena, "%s/%s", below, entry->d_name).at;
        const char *file = str_format(trial->arena, "%s%s", tree_of(trial), path).at;
        const char *wanted = str_format(trial->arena, "%s%s", golden, path).at;
        assert_int_equal(lstat(file, &facts), 0);
        if (S_ISDIR(facts.st_mode)) {
            compare_golden(trial, golden, path, count);
            continue;
        }
        struct bytes got;
        struct bytes want;
        assert_int_equal(file_read(trial->arena, file, (size_t)1 << 20, &got), DONE);
        if (getenv("SHENFA_GOLDEN") != NULL) {
            assert_int_equal(file_write(wanted, got), DONE);
        }
        if (file_read(trial->arena, wanted, (size_t)1 << 20, &want) != DONE ||
            got.length != want.length || memcmp(got.at, want.at, got.length) != 0) {
            fail_msg("%s differs from the golden file (SHENFA_GOLDEN=write renews it)",
                     path);
        }
        ++*count;
    }
    closedir(entries);
}

static size_t count_files(const char *root) {
    size_t count = 0;
    DIR *entries = opendir(root);
    assert_non_null(entries);
    for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
        char path[1024];
        struct stat facts;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) {
            continue;
        }
        snprintf(path, sizeof path, "%s/%s", root, entry->d_name);
        assert_int_equal(lstat(path, &facts), 0);
        count += S_ISDIR(facts.st_mode) ? count_files(path) : 1;
    }
    closedir(entries);
    return count;
}

static void test_publication__the_sample_site_is_the_golden_one(void **state) {
    struct trial_store *trial = *state;
    size_t count = 0;
    assert_int_equal(scene_site(&trial->call), DONE);
    for (int i = 1; i <= 23; i++) {
        char title[64];
        snprintf(title, sizeof title, "全市统计工作动态第%d期", i);
        release(trial, SCENE_NEWS, title, AT((int)i, 1));
    }
    release(trial, SCENE_DATA, "2026年前三季度全市工业经济运行分析 <修订> & \"说明\"",
            AT(30, 2));
    id64 gone = release(trial, SCENE_DATA, "撤下的一篇", AT(31, 2));
    id64 old = release(trial, SCENE_DATA, "失效的一篇", AT(32, 2));
    apply(trial);
    assert_int_equal(scene_end(&trial->call, gone, RELEASE_WITHDRAWN), DONE);
    assert_int_equal(scene_end(&trial->call, old, RELEASE_EXPIRED), DONE);
    apply(trial);
    const char *source = getenv("SHENFA_SOURCE");
    assert_non_null(source);
    const char *golden =
        str_format(trial->arena, "%s/tests/golden/publication", source).at;
    compare_golden(trial, golden, "", &count);
    assert_int_equal(count, count_files(golden));
    assert_int_equal(verify(trial).differences, 0);
    assert_int_equal(verify(trial).files, count);
}

/* ---- what an item shows and costs ---- */

static void test_publication__an_item_is_seen_everywhere_it_belongs(void **state) {
    struct trial_store *trial = *state;
    assert_int_equal(scene_site(&trial->call), DONE);
    release(trial, SCENE_NEWS, "普查业务培训班开班", TRIAL_NOW);
    apply(trial);
    static const char *const shows[] = {"zwgk/tjdt/2026/1.html",
                                        "zwgk/tjdt/list-1.html",
                                        "zwgk/tjdt/index.html",
                                        "zwgk/index.html",
                                        "index.html",
                                        "feed.xml",
                                        "zwgk/tjdt/feed.xml"};
    for (size_t i = 0; i < LENGTH(shows); i++) {
        if (!says(trial, shows[i], "普查业务培训班开班")) {
            fail_msg("%s does not show it", shows[i]);
        }
    }
    assert_true(says(trial, "sitemap-0.xml", "/zwgk/tjdt/2026/1.html"));
    assert_true(says(trial, "search-0.json", "[\"zwgk/tjdt/2026/1.html\",\"\\u666E"));
    assert_true(says(trial, "zwgk/tjdt/2026/1.html",
                     "<meta name=\"PubDate\" content=\"2026-12-02 09:00\">"));
    assert_true(says(trial, "zwgk/tjdt/2026/1.html", "<p>正文第一段。</p>"));
    assert_true(says(trial, "zz/s/style.css", ".elder-only{display:inline-flex}"));
}

static void test_publication__a_demonstration_says_so_on_every_page(void **state) {
    static const char *const pages[] = {"index.html", "zwgk/tjdt/2026/1.html",
                                        "zwgk/tjdt/index.html", "404.html",
                                        "sitemap.html"};
    struct trial_store *trial = *state;
    trial->house.demo = true;
    assert_int_equal(scene_site(&trial->call), DONE);
    release(trial, SCENE_NEWS, "一篇", TRIAL_NOW);
    apply(trial);
    for (size_t i = 0; i < LENGTH(pages); i++) {
        assert_true(says(trial, pages[i], "演示：本页是样例"));
    }
    trial->house.demo = false;
    release(trial, SCENE_NEWS, "又一篇", TRIAL_NOW + 1);
    apply(trial);
    assert_false(says(trial, "zwgk/tjdt/2026/2.html", "演示"));
}

static void test_publication__one_item_costs_the_same_on_any_site(void **state) {
    struct trial_store *trial = *state;
    size_t most = 0;
    assert_int_equal(scene_site(&trial->call), DONE);
    release(trial, SCENE_NEWS, "第一篇", TRIAL_NOW);
    apply(trial);
    for (int i = 2; i <= 130; i++) {
        release(trial, SCENE_NEWS, "又一篇", TRIAL_NOW + i * INSTANT_HOUR);
        struct applied applied = apply(trial);
        most = applied.written > most ? applied.written : most;
        assert_true(applied.written <= 12);
    }
    assert_true(most >= 8);
    /* Full pages freeze: the first page's bytes stay those of item 21's release. */
    struct str frozen = page(trial, "zwgk/tjdt/list-1.html");
    release(trial, SCENE_NEWS, "最新一篇", TRIAL_NOW + INSTANT_DAY * 30);
    apply(trial);
    assert_true(str_equal(frozen, page(trial, "zwgk/tjdt/list-1.html")));
    assert_true(says(trial, "zwgk/tjdt/list-1.html", "list-2.html"));
    assert_int_equal(verify(trial).differences, 0);
}

static void test_publication__many_acts_write_each_list_once(void **state) {
    struct trial_store *trial = *state;
    assert_int_equal(scene_site(&trial->call), DONE);
    apply(trial);
    for (int i = 0; i < 10; i++) {
        release(trial, SCENE_NEWS, "一篇", TRIAL_NOW + i);
    }
    struct applied applied = apply(trial);
    assert_int_equal(applied.acts, 11); /* the site's own files are one of them */
    assert_true(applied.written < 40);
}

/* ---- withdrawal ---- */

static void test_publication__each_withdrawal_shows_what_it_should(void **state) {
    static const struct {
        enum release_state state;
        int status;
        bool listed; /* in its column, and on the site map */
    } rows[] = {
        {RELEASE_WITHDRAWN, 410, false},
        {RELEASE_CORRECTED, 410, false},
        {RELEASE_SEALED, 404, false},
        {RELEASE_EXPIRED, 200, true},
    };
    struct trial_store *trial = *state;
    assert_int_equal(scene_site(&trial->call), DONE);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        id64 made = release(trial, SCENE_NEWS, "将要撤下的题目", AT((int)i, 1));
        struct release found;
        struct public_answer answer;
        apply(trial);
        assert_int_equal(publication_find(&trial->call, made, &found), DONE);
        assert_int_equal(
            publication_locate(&trial->call, STR("tjj"), found.path, &answer), DONE);
        assert_int_equal(answer.status, 200);
        assert_int_equal(scene_end(&trial->call, made, rows[i].state), DONE);
        apply(trial);
        assert_int_equal(
            publication_locate(&trial->call, STR("tjj"), found.path, &answer), DONE);
        assert_int_equal(answer.status, rows[i].status);
        struct bytes body;
        assert_int_equal(file_read(trial->arena, answer.file.at, 1 << 20, &body), DONE);
        struct str text = {(const char *)body.at, body.length};
        bool titled = str_find(text, STR("将要撤下的题目")) < text.length;
        assert_int_equal(titled, rows[i].listed);
        static const char *const lists[] = {"zwgk/tjdt/index.html",
                                            "zwgk/tjdt/list-1.html"};
        static const char *const news[] = {"index.html", "zwgk/index.html", "feed.xml",
                                           "zwgk/tjdt/feed.xml"};
        const char *address = found.path.at + strlen("zwgk/tjdt/");
        for (size_t j = 0; j < LENGTH(lists); j++) {
            assert_int_equal(says(trial, lists[j], address), rows[i].listed);
            assert_int_equal(says(trial, lists[j], "已失效"), rows[i].listed);
        }
        for (size_t j = 0; j < LENGTH(news); j++) {
            assert_false(says(trial, news[j], address));
        }
        assert_int_equal(says(trial, "sitemap-0.xml", found.path.at), rows[i].listed);
        assert_int_equal(says(trial, "search-0.json", found.path.at), rows[i].listed);
    }
    assert_true(says(trial, "zwgk/tjdt/2026/4.html", "失效"));
    /* A sealed item is answered as one that never was. */
    struct public_answer sealed;
    struct public_answer never;
    assert_int_equal(publication_locate(&trial->call, STR("tjj"),
                                        STR("zwgk/tjdt/2026/3.html"), &sealed),
                     DONE);
    assert_int_equal(publication_locate(&trial->call, STR("tjj"),
                                        STR("zwgk/tjdt/2026/999.html"), &never),
                     DONE);
    assert_int_equal(sealed.status, never.status);
    assert_true(str_equal(sealed.file, never.file));
    assert_int_equal(verify(trial).differences, 0);
}

/* ---- what belongs together ---- */

static id64 release_text(struct trial_store *trial, id64 column, const char *title,
                         id64 interprets, instant at, id64 *out_manuscript) {
    struct call *call = &trial->call;
    struct migrated_item item = {
        .column = column, .title = str_of(title), .released_at = at, .old_path = STR("")};
    struct release found;
    struct rows *row;
    struct plan plan;
    id64 made;
    assert_int_equal(scene_manuscript(call, column, title, "<p>正文。</p>", "[]",
                                      &item.manuscript, &item.revision, &item.digest),
                     DONE);
    struct field_value field = {STR("interpretation"),
                                id_to_text(call->arena, interprets)};
    struct content content = {.fields = &field, .field_count = interprets != 0};
    assert_int_equal(txn_begin(call, TXN_WRITE), DONE);
    assert_int_equal(publication_migrate(call, &item, &made), DONE);
    assert_int_equal(publication_find(call, made, &found), DONE);
    assert_int_equal(link_write(call, &found, &content), DONE);
    assert_int_equal(store_find(call, &publication_place_of, &row, bind_id("id", made)),
                     DONE);
    plan_init(&plan, call->arena);
    assert_int_equal(plan_release(call, &plan, &found, row_int(row, "place")), DONE);
    assert_int_equal(plan_record(call, &plan, found.site, made, "release"), DONE);
    assert_int_equal(txn_commit(call), DONE);
    *out_manuscript = item.manuscript;
    return made;
}

static void
test_publication__a_document_and_its_interpretation_link_both_ways(void **state) {
    static const char document[] = "sjfb/2026/1.html";
    static const char reading[] = "zwgk/tjdt/2026/1.html";
    struct trial_store *trial = *state;
    id64 policy;
    id64 other;
    assert_int_equal(scene_site(&trial->call), DONE);
    id64 first = release_text(trial, SCENE_DATA, "质量控制办法", 0, AT(1, 1), &policy);
    apply(trial);
    assert_false(says(trial, document, "相关文件和解读"));
    id64 second =
        release_text(trial, SCENE_NEWS, "一图读懂办法", policy, AT(2, 1), &other);
    apply(trial);
    assert_true(says(trial, document, "../../zwgk/tjdt/2026/1.html\">一图读懂办法"));
    assert_true(says(trial, reading, "../../../sjfb/2026/1.html\">质量控制办法"));
    /* One goes, and no page leads to it any more. */
    assert_int_equal(scene_end(&trial->call, first, RELEASE_EXPIRED), DONE);
    apply(trial);
    assert_true(says(trial, reading, "已失效"));
    assert_int_equal(scene_end(&trial->call, second, RELEASE_SEALED), DONE);
    apply(trial);
    assert_false(says(trial, document, "一图读懂办法"));
    assert_int_equal(scene_end(&trial->call, first, RELEASE_WITHDRAWN), DONE);
    apply(trial);
    assert_false(is_there(trial, document));
    assert_int_equal(verify(trial).differences, 0);
}

/* ---- what a changed site or column asks for ---- */

static struct str frame_kept(struct trial_store *trial) {
    struct rows *row;
    txn_abort(&trial->call);
    assert_int_equal(store_find(&trial->call, &publication_frame_row, &row,
                                bind_id("site", SCENE_SITE)),
                     DONE);
    struct str frame = str_copy(trial->arena, row_text(row, "frame"));
    txn_abort(&trial->call);
    return frame;
}

static size_t work_off(struct trial_store *trial) {
    size_t count = 0;
    size_t kinds;
    const struct job_handler *handlers = publication_handlers(&kinds);
    while (jobs_do_next(&trial->call, handlers, kinds) == DONE) {
        count++;
    }
    return count;
}

static void test_publication__a_changed_column_rewrites_its_own_pages(void **state) {
    struct trial_store *trial = *state;
    struct call *call = &trial->call;
    assert_int_equal(scene_site(call), DONE);
    for (int i = 0; i < 25; i++) {
        release(trial, SCENE_NEWS, "一篇", AT(i, 1));
    }
    release(trial, SCENE_DATA, "数据一篇", AT(26, 1));
    apply(trial);
    struct str before = frame_kept(trial);
    struct str untouched = page(trial, "sjfb/2026/1.html");
    assert_int_equal(scene_run(call,
                               "UPDATE site_column SET title = '统计要闻', summary ="
                               " '要闻的说明' WHERE id = 32"),
                     DONE);
    assert_int_equal(publication_follow_column(call, SCENE_NEWS, call->now), DONE);
    static const char *const names[] = {"zwgk/tjdt/2026/1.html", "zwgk/tjdt/2026/25.html",
                                        "zwgk/tjdt/index.html",  "zwgk/tjdt/list-1.html",
                                        "zwgk/tjdt/list-2.html", "zwgk/index.html",
                                        "zwgk/tjdt/feed.xml",    "index.html",
                                        "sitemap.html"};
    for (size_t i = 0; i < LENGTH(names); i++) {
        if (!says(trial, names[i], "统计要闻") || says(trial, names[i], "统计动态")) {
            fail_msg("%s does not show the new title", names[i]);
        }
    }
    assert_true(says(trial, "zwgk/tjdt/2026/1.html", "要闻的说明"));
    assert_true(str_equal(untouched, page(trial, "sjfb/2026/1.html")));
    assert_int_equal(work_off(trial), 0);
    assert_true(str_equal(before, frame_kept(trial)));
    assert_int_equal(verify(trial).differences, 0);
}

static void test_publication__a_changed_site_is_written_anew_by_a_job(void **state) {
    struct trial_store *trial = *state;
    struct call *call = &trial->call;
    assert_int_equal(scene_site(call), DONE);
    release(trial, SCENE_NEWS, "一篇", AT(1, 1));
    apply(trial);
    assert_int_equal(publication_look(call), DONE);
    assert_int_equal(work_off(trial), 0);
    assert_int_equal(scene_run(call, "UPDATE site SET contact = '0772-1111111'"), DONE);
    assert_int_equal(publication_follow_site(call, SCENE_SITE, call->now), DONE);
    assert_int_equal(publication_follow_site(call, SCENE_SITE, call->now), DONE);
    assert_true(says(trial, "index.html", "0772-0000000"));
    assert_int_equal(work_off(trial), 1); /* told twice, written once */
    assert_true(says(trial, "index.html", "0772-1111111"));
    assert_true(says(trial, "zwgk/tjdt/2026/1.html", "0772-1111111"));
    /* A column at the top stands in every page's menu. */
    assert_int_equal(
        scene_run(call, "INSERT INTO site_column (id, site, parent, code, path, title,"
                        " title_en, type, summary, keywords, owner, position, is_open,"
                        " on_home) VALUES (34, 20, NULL, 'hdjl', 'hdjl', '互动交流', '',"
                        " '互动交流', '互动', '互动', 1, 9, 1, 0)"),
        DONE);
    assert_int_equal(publication_follow_column(call, 34, call->now + 1), DONE);
    assert_int_equal(work_off(trial), 1);
    assert_true(says(trial, "zwgk/tjdt/2026/1.html", "互动交流"));
    assert_true(is_there(trial, "hdjl/index.html"));
    assert_int_equal(publication_look(call), DONE);
    assert_int_equal(work_off(trial), 0);
    assert_int_equal(verify(trial).differences, 0);
}

static void test_publication__attachments_come_and_go_with_the_text(void **state) {
    struct trial_store *trial = *state;
    struct call *call = &trial->call;
    struct migrated_item item = {.column = SCENE_DATA,
                                 .title = STR("带附件的一篇"),
                                 .released_at = TRIAL_NOW,
                                 .old_path = STR("")};
    id64 made;
    assert_int_equal(scene_site(call), DONE);
    assert_int_equal(scene_manuscript(call, SCENE_DATA, "带附件的一篇", "<p>见附件。</p>",
                                      "one", &item.manuscript, &item.revision,
                                      &item.digest),
                     DONE);
    assert_int_equal(txn_begin(call, TXN_WRITE), DONE);
    assert_int_equal(publication_migrate(call, &item, &made), DONE);
    assert_int_equal(txn_commit(call), DONE);
    assert_int_equal(publication_rebuild(call, SCENE_SITE, NULL, NULL), DONE);
    assert_true(is_there(trial, "sjfb/2026/1.html"));
    assert_true(is_there(trial, "sjfb/2026/1-1.pdf"));
    assert_true(says(trial, "sjfb/2026/1.html", "PDF，1 KB"));
    assert_int_equal(scene_end(call, made, RELEASE_SEALED), DONE);
    apply(trial);
    assert_false(is_there(trial, "sjfb/2026/1-1.pdf"));
    assert_false(is_there(trial, "sjfb/2026/1.html"));
    assert_int_equal(verify(trial).differences, 0);
}

/* ---- the gate before writing ---- */

static void test_publication__a_page_without_its_marks_is_not_written(void **state) {
    struct trial_store *trial = *state;
    assert_int_equal(scene_site(&trial->call), DONE);
    release(trial, SCENE_NEWS, "好的一篇", TRIAL_NOW);
    apply(trial);
    assert_int_equal(scene_run(&trial->call, "UPDATE site SET icp = '' WHERE id = 20"),
                     DONE);
    release(trial, SCENE_NEWS, "没有备案号的一篇", TRIAL_NOW + 1);
    assert_int_equal(publication_apply(&trial->call, SCENE_SITE, NULL), FAILED);
    assert_false(is_there(trial, "zwgk/tjdt/2026/2.html"));
    assert_true(says(trial, "zwgk/tjdt/index.html", "好的一篇"));
    assert_false(says(trial, "zwgk/tjdt/index.html", "没有备案号的一篇"));
    assert_int_equal(
        scene_run(&trial->call, "UPDATE site SET icp = '桂ICP备1号' WHERE id = 20"),
        DONE);
    apply(trial);
    assert_true(is_there(trial, "zwgk/tjdt/2026/2.html"));
}

static void test_lint__a_tag_that_differs_from_what_is_seen_is_found(void **state) {
    static const struct {
        const char *html;
        bool passes;
    } rows[] = {
        {"<head><meta name=\"T\" content=\"a&amp;b\"></head><h1 "
         "data-shows=\"T\">a&amp;b</h1>",
         true},
        {"<head><meta name=\"T\" content=\"a&amp;b\"></head><h1 data-shows=\"T\">a</h1>",
         false},
        {"<head><meta name=\"T\" content=\"a\"></head><h1 data-shows=\"T\">a&amp;b</h1>",
         false},
        {"<head></head><h1 data-shows=\"T\">a&amp;b</h1>", false},
        {"<head><meta name=\"T\" content=\"a&amp;b\"></head><h1>a&amp;b</h1>", false},
        {"<head></head><meta name=\"T\" content=\"a&amp;b\"><h1 "
         "data-shows=\"T\">a&amp;b</h1>",
         false},
        {"", false},
    };
    struct arena *arena = arena_new(1 << 20);
    (void)state;
    for (size_t i = 0; i < LENGTH(rows); i++) {
        const struct demand demand = {"T", STR("a&b"), true, true};
        const char *missing = NULL;
        if (lint_page(arena, str_of(rows[i].html), &demand, 1, &missing) !=
            rows[i].passes) {
            fail_msg("row %zu", i);
        }
    }
    const struct demand empty = {"T", STR(""), true, false};
    const char *missing = NULL;
    assert_false(lint_page(arena, STR("<meta name=\"T\" content=\"\"></head>"), &empty, 1,
                           &missing));
    arena_free(arena);
}

/* ---- crashes ---- */

/* Kill the process that applies, at each of its files in turn; the next one
 * finishes, and the tree is whole. */
static void test_publication__a_kill_at_any_file_is_made_good(void **state) {
    struct trial_store *trial = *state;
    assert_int_equal(scene_site(&trial->call), DONE);
    release(trial, SCENE_NEWS, "先前的一篇", TRIAL_NOW);
    apply(trial);
    bool survived = false;
    for (int kill_at = 1; !survived; kill_at++) {
        char title[64];
        snprintf(title, sizeof title, "第%d次", kill_at);
        id64 made = release(trial, SCENE_NEWS, title, TRIAL_NOW + kill_at);
        pid_t child = fork();
        if (child == 0) {
            tree_die_after = kill_at;
            struct call *call = trial_call_new(trial);
            _exit(publication_apply(call, SCENE_SITE, NULL) == DONE ? 0 : 1);
        }
        int ended;
        assert_int_equal(waitpid(child, &ended, 0), child);
        survived = WIFEXITED(ended) && WEXITSTATUS(ended) == 0;
        assert_true(survived || (WIFEXITED(ended) && WEXITSTATUS(ended) == TREE_DIED));
        struct release found;
        assert_int_equal(publication_find(&trial->call, made, &found), DONE);
        /* Whatever is there is whole. */
        struct str before = page(trial, "zwgk/tjdt/index.html");
        assert_true(str_ends(before, "</html>\n"));
        assert_int_equal(publication_replay(&trial->call), DONE);
        assert_true(says(trial, "zwgk/tjdt/index.html", title));
        assert_true(says(trial, found.path.at, title));
        assert_true(kill_at < 200);
    }
    struct verified verified = verify(trial);
    (void)verified;
    assert_int_equal(publication_rebuild(&trial->call, SCENE_SITE, NULL, NULL), DONE);
    assert_int_equal(verify(trial).differences, 0);
}

/* ---- rebuild ---- */

static void test_publication__a_rebuild_gives_the_same_tree(void **state) {
    struct trial_store *trial = *state;
    assert_int_equal(scene_site(&trial->call), DONE);
    for (int i = 1; i <= 65; i++) {
        release(trial, i % 3 == 0 ? SCENE_DATA : SCENE_NEWS, "一篇", TRIAL_NOW + i);
    }
    id64 gone = release(trial, SCENE_DATA, "撤下的一篇", TRIAL_NOW + 100);
    apply(trial);
    assert_int_equal(scene_end(&trial->call, gone, RELEASE_WITHDRAWN), DONE);
    apply(trial);
    struct digest before = root_of(trial);
    size_t files = count_files(tree_of(trial));
    /* What nobody published goes with the old tree. */
    assert_int_equal(
        file_write(str_format(trial->arena, "%s/foreign.html", tree_of(trial)).at,
                   bytes_of_str(STR("defaced"))),
        DONE);
    assert_int_equal(verify(trial).differences, 1);
    struct applied applied;
    assert_int_equal(publication_rebuild(&trial->call, SCENE_SITE, NULL, &applied), DONE);
    assert_int_equal(count_files(tree_of(trial)), files);
    assert_int_equal(applied.written, files);
    struct digest after = root_of(trial);
    assert_true(digest_equal(&before, &after));
    assert_int_equal(verify(trial).differences, 0);
}

static bool stop_at_once(void *listener, size_t done, size_t all) {
    (void)done;
    (void)all;
    int *asked = listener;
    return ++*asked > 1000;
}

static void test_publication__a_stopped_rebuild_is_taken_up_again(void **state) {
    struct trial_store *trial = *state;
    assert_int_equal(scene_site(&trial->call), DONE);
    for (int i = 1; i <= 30; i++) {
        release(trial, SCENE_NEWS, "一篇", TRIAL_NOW + i);
    }
    apply(trial);
    struct digest before = root_of(trial);
    int asked = 0;
    struct rebuild stopping = {
        .threads = 1, .progress = stop_at_once, .listener = &asked};
    enum status done = publication_rebuild(&trial->call, SCENE_SITE, &stopping, NULL);
    assert_true(done == STALE || done == DONE); /* a small site may be through before */
    release(trial, SCENE_DATA, "其间发布的一篇", TRIAL_NOW + 99);
    apply(trial);
    assert_int_equal(publication_rebuild(&trial->call, SCENE_SITE, NULL, NULL), DONE);
    assert_true(says(trial, "sjfb/index.html", "其间发布的一篇"));
    struct digest after = root_of(trial);
    assert_false(digest_equal(&before, &after));
    assert_int_equal(verify(trial).differences, 0);
}

static void test_publication__the_manifest_finds_every_tampering(void **state) {
    struct trial_store *trial = *state;
    assert_int_equal(scene_site(&trial->call), DONE);
    release(trial, SCENE_NEWS, "一篇", TRIAL_NOW);
    apply(trial);
    assert_int_equal(verify(trial).differences, 0);
    const char *item =
        str_format(trial->arena, "%s/zwgk/tjdt/2026/1.html", tree_of(trial)).at;
    assert_int_equal(file_write(item, bytes_of_str(STR("defaced"))), DONE);
    assert_int_equal(verify(trial).differences, 1);
    assert_int_equal(unlink(item), 0);
    assert_int_equal(verify(trial).differences, 1);
    assert_int_equal(symlink("/etc/hostname", item), 0);
    assert_int_equal(verify(trial).differences, 1);
}

static void test_publication__the_elder_mirror_is_the_same_pages(void **state) {
    static const struct {
        const char *path;
        int status;
        const char *file; /* its end */
    } rows[] = {
        {"/", 200, "/index.html"},
        {"/zwgk/tjdt/2026/1.html", 200, "/zwgk/tjdt/2026/1.html"},
        {"/zz/zwgk/tjdt/2026/1.html", 200, "/tjj/zwgk/tjdt/2026/1.html"},
        {"/zz/", 200, "/tjj/index.html"},
        {"/zz/s/style.css", 200, "/zz/s/style.css"},
        {"/s/style.css", 200, "/tjj/s/style.css"},
        {"/zwgk", 301, ""},
        {"/zz/zwgk", 301, ""},
        {"/zz", 301, ""},
        {"/zwgk/", 200, "/zwgk/index.html"},
        {"/nothing.html", 404, "/404.html"},
        {"/zz/nothing.html", 404, "/404.html"},
        {"/../../shenfa.db", 404, "/404.html"},
        {"/..%2f..%2fshenfa.db", 404, "/404.html"},
        {"//etc/passwd", 404, "/404.html"},
        {"/.lock", 404, "/404.html"},
        {"/zwgk/tjdt/2026/1.html/", 404, "/404.html"},
        {"/zwgk/tjdt/2026/1.html.gone", 404, "/404.html"},
    };
    struct trial_store *trial = *state;
    assert_int_equal(scene_site(&trial->call), DONE);
    release(trial, SCENE_NEWS, "一篇", TRIAL_NOW);
    apply(trial);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        struct public_answer answer;
        assert_int_equal(
            publication_locate(&trial->call, STR("tjj"), str_of(rows[i].path), &answer),
            DONE);
        if (answer.status != rows[i].status || !str_ends(answer.file, rows[i].file)) {
            fail_msg("%s: %d %.*s", rows[i].path, answer.status, STR_ARG(answer.file));
        }
    }
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        TRIAL_ON_BOTH(test_publication__the_sample_site_is_the_golden_one),
        TRIAL_ON_BOTH(test_publication__an_item_is_seen_everywhere_it_belongs),
        TRIAL_ON_SQLITE(test_publication__a_demonstration_says_so_on_every_page),
        TRIAL_ON_BOTH(test_publication__one_item_costs_the_same_on_any_site),
        TRIAL_ON_BOTH(test_publication__many_acts_write_each_list_once),
        TRIAL_ON_BOTH(test_publication__each_withdrawal_shows_what_it_should),
        TRIAL_ON_BOTH(test_publication__attachments_come_and_go_with_the_text),
        TRIAL_ON_BOTH(test_publication__a_document_and_its_interpretation_link_both_ways),
        TRIAL_ON_BOTH(test_publication__a_changed_column_rewrites_its_own_pages),
        TRIAL_ON_BOTH(test_publication__a_changed_site_is_written_anew_by_a_job),
        TRIAL_ON_BOTH(test_publication__a_page_without_its_marks_is_not_written),
        TRIAL_ON_SQLITE(test_publication__a_kill_at_any_file_is_made_good),
        TRIAL_ON_BOTH(test_publication__a_rebuild_gives_the_same_tree),
        TRIAL_ON_BOTH(test_publication__a_stopped_rebuild_is_taken_up_again),
        TRIAL_ON_BOTH(test_publication__the_manifest_finds_every_tampering),
        TRIAL_ON_BOTH(test_publication__the_elder_mirror_is_the_same_pages),
        cmocka_unit_test(test_lint__a_tag_that_differs_from_what_is_seen_is_found),
    };
    return trial_run("publication", tests, LENGTH(tests));
}
