/*
 * A small site put straight into the store, for tests and measurements: what
 * the offices and stages would have written, without their permissions.
 */
#include "publication/scene.h"

#include "publication_sql.h"

#include "ledger/ledger.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static enum status run_one(struct call *call, void *what);
static enum status store_transact_one(struct call *call,
                                      const struct statement *statement,
                                      const struct value *values, size_t count);

#define MANUSCRIPT_TEXT(one, two, three)                                                 \
    "INSERT INTO manuscript (id, site_group, site, site_column, unit, author,"           \
    " item_class, title, state, state_since, run, revision, live_revision,"              \
    " draft_version, epoch, origin, migrated, created_at, changed_at, removed_at)"       \
    " VALUES (" one ", 10, 20, " two ", 1, 7, 'news', " three                            \
    ", 'published', 1, NULL, NULL, NULL, 1, 0, 0, 0, 1, 1, NULL)"
static const char *const manuscript_parameters[] = {"id", "site_column", "title", NULL};
static const struct statement insert_manuscript = {
    "scene_manuscript", MANUSCRIPT_TEXT("?1", "?2", "?3"),
    MANUSCRIPT_TEXT("$1", "$2", "$3"), manuscript_parameters};

#define REVISION_TEXT(one, two, three, four, five, six, seven)                           \
    "INSERT INTO revision (id, manuscript, number, digest, title, body, fields,"         \
    " attachments, made_by, made_at) VALUES (" one ", " two ", " three ", " four         \
    ", " five ", " six ", '{}', " seven ", 7, 1)"
static const char *const revision_parameters[] = {
    "id", "manuscript", "number", "digest", "title", "body", "attachments", NULL};
static const struct statement insert_revision = {
    "scene_revision", REVISION_TEXT("?1", "?2", "?3", "?4", "?5", "?6", "?7"),
    REVISION_TEXT("$1", "$2", "$3", "$4", "$5", "$6", "$7"), revision_parameters};

struct running_values {
    const struct statement *statement;
    const struct value *values;
    size_t count;
};

struct releasing {
    id64 column;
    const char *title;
    const char *body;
    instant at;
    id64 release;
    id64 manuscript;
};

static enum status release_act(struct call *call, void *what);
static enum status run_values(struct call *call, void *what);

/* A store keeps what it prepared by the statement's address, so statements stay. */
enum status scene_run(struct call *call, const char *sql) {
    static const char *const none[] = {NULL};
    static struct kept {
        struct statement statement;
        struct kept *next;
    } * all;
    struct kept *kept = calloc(1, sizeof *kept);
    char *text = strdup(sql);
    if (kept == NULL || text == NULL) {
        log_fatal("out of memory");
    }
    kept->statement = (struct statement){"scene", text, text, none};
    kept->next = all;
    all = kept;
    return store_transact(call, TXN_WRITE, run_one, &kept->statement);
}

enum status scene_site(struct call *call) {
    static const char *const statements[] = {
        "INSERT INTO site_group (id, code, title, created_at)"
        " VALUES (10, 'sample', '示范市', 1)",
        "INSERT INTO site (id, site_group, code, title, title_en, kind, domain, id_code,"
        " body, sponsor, contact, icp, police, theme, rulebook, rulebook_digest)"
        " VALUES (20, 10, 'tjj', '示范市统计局', 'Sample Bureau of Statistics', 'main',"
        " 'tjj.shifan.gov.cn', '4502000000', NULL, '示范市统计局', '0772-0000000',"
        " '桂ICP备00000000号', '桂公网安备00000000000000号', 'default', 'sample', '')",
        "INSERT INTO site_column (id, site, parent, code, path, title, title_en, type,"
        " summary, keywords, owner, position, is_open, on_home) VALUES"
        " (31, 20, NULL, 'zwgk', 'zwgk', '政务公开', '', '政务公开', '公开的政府信息',"
        " '政务公开', 1, 1, 1, 0),"
        " (32, 20, 31, 'tjdt', 'zwgk/tjdt', '统计动态', '', '工作动态',"
        " '统计工作的动态', '统计,动态', 1, 2, 1, 1),"
        " (33, 20, NULL, 'sjfb', 'sjfb', '数据发布', '', '数据发布', '发布的统计数据',"
        " '统计,数据', 1, 3, 1, 1)",
    };
    for (size_t i = 0; i < LENGTH(statements); i++) {
        TRY(scene_run(call, statements[i]));
    }
    return DONE;
}

enum status scene_manuscript(struct call *call, id64 column, const char *title,
                             const char *body, const char *attachments,
                             id64 *out_manuscript, id64 *out_revision,
                             struct digest *out_digest) {
    id64 manuscript = call_new_id(call);
    TRY(store_transact_one(call, &insert_manuscript,
                           VALUES(bind_int("id", manuscript),
                                  bind_int("site_column", column),
                                  bind_text("title", str_of(title)))));
    *out_manuscript = manuscript;
    return scene_revision(call, manuscript, 1, title, body, attachments, out_revision,
                          out_digest);
}

enum status scene_revision(struct call *call, id64 manuscript, int number,
                           const char *title, const char *body, const char *attachments,
                           id64 *out_revision, struct digest *out_digest) {
    struct content content = {.title = str_of(title), .body = str_of(body)};
    struct attachment file = {0};
    if (strcmp(attachments, "[]") != 0) {
        TRY(manuscript_keep_file(call, STR("表.pdf"),
                                 bytes_of_str(STR("%PDF-1.4 sample\n")), &file));
        content.attachments = &file;
        content.attachment_count = 1;
        attachments =
            str_format(call->arena,
                       "[{\"alt\":\"\",\"digest\":\"%s\",\"in_body\":false,"
                       "\"type\":\"%.*s\",\"name\":\"%.*s\",\"size\":%lld}]",
                       digest_to_text(call->arena, &file.digest).at,
                       STR_ARG(file.media_type), STR_ARG(file.name), (long long)file.size)
                .at;
    }
    struct digest digest = content_digest(&content);
    id64 revision = call_new_id(call);
    TRY(store_transact_one(
        call, &insert_revision,
        VALUES(bind_int("id", revision), bind_int("manuscript", manuscript),
               bind_int("number", number), bind_digest("digest", &digest),
               bind_text("title", str_of(title)), bind_text("body", str_of(body)),
               bind_text("attachments", str_of(attachments)))));
    *out_revision = revision;
    *out_digest = digest;
    return DONE;
}

enum status scene_release(struct call *call, id64 column, const char *title,
                          const char *body, instant at, id64 *out_release,
                          id64 *out_manuscript) {
    struct releasing releasing = {column, title, body, at, 0, 0};
    TRY(store_transact(call, TXN_WRITE, release_act, &releasing));
    *out_release = releasing.release;
    *out_manuscript = releasing.manuscript;
    return DONE;
}

enum status scene_end(struct call *call, id64 release, enum release_state state) {
    struct release found;
    TRY(publication_find(call, release, &found));
    TRY(txn_begin(call, TXN_WRITE));
    enum status ended = release_end(call, &found, state, STR("测试"), 0);
    if (ended != DONE) {
        txn_abort(call);
        return ended;
    }
    return txn_commit(call);
}

struct taking_away {
    struct release release;
    enum release_state state;
};

static enum status take_away(struct call *call, void *what) {
    const struct taking_away *taking = what;
    const char *kind = taking->state == RELEASE_EXPIRED     ? "expiry"
                       : taking->state == RELEASE_CORRECTED ? "correction"
                       : taking->state == RELEASE_SEALED    ? "seal"
                                                            : "removal";
    struct ledger_act record = {
        .act = "publication.withdraw",
        .subject = {.kind = SUBJECT_MANUSCRIPT, .id = taking->release.manuscript},
        .digest = taking->release.digest,
        .payload = ledger_payload(call, json_pack("{s:s}", "kind", kind))};
    TRY(release_end(call, &taking->release, taking->state, STR("测试"), 0));
    return ledger_append(call, SCENE_GROUP, &record, NULL);
}

enum status scene_withdraw(struct call *call, id64 release, enum release_state state) {
    struct taking_away taking = {.state = state};
    TRY(publication_find(call, release, &taking.release));
    return store_transact(call, TXN_WRITE, take_away, &taking);
}

static enum status release_act(struct call *call, void *what) {
    struct releasing *releasing = what;
    struct migrated_item item = {.column = releasing->column,
                                 .title = str_of(releasing->title),
                                 .released_at = releasing->at,
                                 .old_path = STR("")};
    struct release release;
    struct plan plan;
    struct rows *row;
    TRY(scene_manuscript(call, releasing->column, releasing->title, releasing->body, "[]",
                         &item.manuscript, &item.revision, &item.digest));
    TRY(publication_migrate(call, &item, &releasing->release));
    TRY(publication_find(call, releasing->release, &release));
    TRY(store_find(call, &publication_place_of, &row, bind_id("id", release.id)));
    plan_init(&plan, call->arena);
    TRY(plan_release(call, &plan, &release, row_int(row, "place")));
    releasing->manuscript = item.manuscript;
    return plan_record(call, &plan, release.site, release.id, "release");
}

static enum status run_one(struct call *call, void *what) {
    const struct statement *statement = what;
    return store_run(call, statement, NULL, NO_VALUES);
}

static enum status run_values(struct call *call, void *what) {
    struct running_values *running = what;
    return store_run_values(call, running->statement, NULL, running->values,
                            running->count);
}

static enum status store_transact_one(struct call *call,
                                      const struct statement *statement,
                                      const struct value *values, size_t count) {
    struct running_values running = {statement, values, count};
    return store_transact(call, TXN_WRITE, run_values, &running);
}
