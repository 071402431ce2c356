/*
 * Forbidden wishes at every door.
 *
 * A wish is forbidden by who speaks it and by where the manuscript stands; the matrix
 * tries each kind of wish, by each person of a bureau and by nobody, at each step,
 * through every address of the office and of the interface by which it can be spoken.
 * The addresses come from the doors' own tables: one that writes and has no row here
 * fails the test.  Nothing may have changed, and the ledger must have heard of it.
 *
 * Behind them the doors without addresses: import, migration, schedule, and rows planted
 * in the database below the program.
 */
#include "api/api.h"
#include "approval/approval.h"
#include "calendar/calendar.h"
#include "http/http.h"
#include "ledger/ledger.h"
#include "manuscript/manuscript.h"
#include "page/page.h"
#include "publication/publication.h"
#include "review/review.h"
#include "sandbox/sandbox.h"
#include "text/text.h"
#include "trial/trial.h"
#include "trial_store.h"
#include "web/web.h"
#include "web_client.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static struct sandbox *sandbox; /* forked once, before any thread */

/* ---- wishes ---- */

enum wish {
    WISH_NOTHING, /* about oneself, or a file nobody refers to yet: only nobody may not */
    WISH_ENTRANCE, /* how one comes in and goes; tried by people/session */
    WISH_OFFICE,   /* people, posts, units, columns, accounts: for their keepers */
    WISH_BEGIN,    /* a new manuscript */
    WISH_EDIT,
    WISH_SUBMIT,
    WISH_DECIDE,  /* the present step's form */
    WISH_ANOTHER, /* the form of a step that is not the present one */
    WISH_PAPER,   /* a paper signature without its paper */
    WISH_RULING,
    WISH_RECALL,
    WISH_RELEASE,
    WISH_SCHEDULE,
    WISH_FIRST, /* before its review, which no article of this regulation grants */
    WISH_WITHDRAW,
    WISH_CHANGE,
    WISHES
};

/* What each is refused by. */
static const struct {
    const char *sentence;
    const char *articles;
} wishes[WISHES] = {
    [WISH_NOTHING] = {"act without having come in", "LZ-5.2"},
    [WISH_ENTRANCE] = {"come in", ""},
    [WISH_OFFICE] = {"keep people, posts, columns or accounts", "LZ-5.2"},
    [WISH_BEGIN] = {"begin a manuscript", "LZ-12.1"},
    [WISH_EDIT] = {"change what is decided on", "LZ-4.a"},
    [WISH_SUBMIT] = {"hand in what is under way", "LZ-12.1"},
    [WISH_DECIDE] = {"decide in somebody else's place",
                     "LZ-12.2 LZ-12.3 LZ-12.4 LZ-12.5 LZ-12.6"},
    [WISH_ANOTHER] = {"decide out of turn",
                      "LZ-10 LZ-12.2 LZ-12.3 LZ-12.4 LZ-12.5 LZ-12.6"},
    [WISH_PAPER] = {"enter a signature without its paper", "LZ-13"},
    [WISH_RULING] = {"rule on what was not found", "LZ-4.b"},
    [WISH_RECALL] = {"take back what others have decided on", "LZ-12.2"},
    [WISH_RELEASE] = {"release", "LZ-4.a LZ-5.1 LZ-12.6.a"},
    [WISH_SCHEDULE] = {"release later", "LZ-4.a LZ-5.1 LZ-12.6.a"},
    [WISH_FIRST] = {"release before the review", "LZ-4.a"},
    [WISH_WITHDRAW] = {"withdraw", "LZ-5.1"},
    [WISH_CHANGE] = {"change what is live, or not live", "LZ-4.a"},
};

/* How it is spoken at an address.  In *form*: {digest}, {step}, {outcome}, {answers},
 * {later}. */
struct row {
    const char *method;
    const char *pattern;
    enum wish wish;
    const char *form;
};

#define SIGNED "&password=" TRIAL_PASSWORD

static const struct row web_rows[] = {
    {"POST", "/sign-in", WISH_ENTRANCE, ""},
    {"POST", "/sign-out", WISH_ENTRANCE, ""},
    {"POST", "/unlock", WISH_ENTRANCE, ""},
    {"POST", "/demo/enter", WISH_ENTRANCE, ""},
    {"POST", "/language", WISH_ENTRANCE, ""},
    {"POST", "/password", WISH_NOTHING, "old=x&password=y&again=y"},
    {"POST", "/settings", WISH_NOTHING, ""},
    {"POST", "/files", WISH_EDIT, "manuscript={manuscript}"},
    {"POST", "/second-factor", WISH_NOTHING, "code=000000"},
    {"POST", "/second-factor/set-up", WISH_NOTHING, "code=000000"},
    {"POST", "/files/convert", WISH_NOTHING, ""},
    {"POST", "/assessment/new", WISH_NOTHING, "period=2026-11"},
    {"POST", "/assessment/{sheet}/close", WISH_NOTHING, ""},
    {"POST", "/assessment/{sheet}/publish", WISH_NOTHING, ""},
    {"POST", "/assessment/{sheet}/{line}/mark", WISH_NOTHING, "line-x=1&reason=x"},
    {"POST", "/assessment/{sheet}/{line}/report", WISH_NOTHING, "line-x=1"},
    {"POST", "/commendations/new", WISH_NOTHING, "kind=commend&of=unit&ground=x"},
    {"POST", "/columns/renewal/{renewal}", WISH_NOTHING, ""},
    {"POST", "/catalogue/new", WISH_NOTHING, "kind=periodic&title=x&days=9"},
    {"POST", "/catalogue/{item}", WISH_NOTHING, ""},
    {"POST", "/catalogue/{item}/end", WISH_NOTHING, "reason=x"},
    {"POST", "/archive/files/{file}/term", WISH_NOTHING, "years=9&reason=x"},
    {"POST", "/archive/files/{file}/borrow", WISH_NOTHING, "purpose=x&due=2026-12-09"},
    {"POST", "/archive/files/{file}/read", WISH_NOTHING, ""},
    {"POST", "/archive/loans/{loan}/decide", WISH_NOTHING, "agreed=yes&words=x" SIGNED},
    {"POST", "/archive/loans/{loan}/return", WISH_NOTHING, "remark=x"},
    {"POST", "/archive/custody/{custody}", WISH_NOTHING, ""},
    {"POST", "/archive/custody/new", WISH_NOTHING,
     "unit={manuscript}&keeper={manuscript}&place=x"},
    {"POST", "/archive/destructions/new", WISH_NOTHING, "reason=x"},
    {"POST", "/archive/destructions/{list}/decide", WISH_NOTHING,
     "agreed=yes&words=x" SIGNED},
    {"POST", "/archive/destructions/{list}/witness", WISH_NOTHING, "" SIGNED},
    {"POST", "/archive/sealed/{entry}/{page}", WISH_NOTHING, "reason=x" SIGNED},
    {"POST", "/archive/packages/new", WISH_NOTHING, "year=2026"},
    {"POST", "/sites/new", WISH_NOTHING, "code=x&title=x&unit=0000000000001"},
    {"POST", "/sites/{site}/design", WISH_NOTHING, "theme=x"},
    {"POST", "/sites/{site}/design/back", WISH_NOTHING, "reason=x"},
    {"POST", "/letters/new", WISH_NOTHING, "mailbox=x&channel=site&title=x&words=x"},
    {"POST", "/letters/look/{mailbox}", WISH_NOTHING, ""},
    {"POST", "/letters/{letter}/transfer", WISH_NOTHING, "unit={manuscript}&reason=x"},
    {"POST", "/letters/{letter}/return", WISH_NOTHING, "reason=x"},
    {"POST", "/letters/{letter}/refer", WISH_NOTHING, "reason=x"},
    {"POST", "/letters/{letter}/answer", WISH_NOTHING, "answer=x"},
    {"POST", "/letters/{letter}/tell", WISH_NOTHING, "how=phone"},
    {"POST", "/matters/new", WISH_NOTHING, "kind=x&title=x"},
    {"POST", "/matters/{matter}", WISH_NOTHING, "answer=x"},
    {"POST", "/matters/{matter}/decide", WISH_NOTHING, "act=pass" SIGNED},
    {"POST", "/rules/versions/{version}/propose", WISH_OFFICE, "reason=x"},
    {"POST", "/rules/versions/{version}/decide", WISH_OFFICE, "act=pass" SIGNED},
    {"POST", "/rules/drafts", WISH_OFFICE, ""},
    {"POST", "/rules/drafts/{draft}/save", WISH_OFFICE, "file=rulebook.yaml&text=x"},
    {"POST", "/rules/drafts/{draft}/autosave", WISH_OFFICE, "file=rulebook.yaml&text=x"},
    {"POST", "/rules/drafts/{draft}/check", WISH_NOTHING, "file=rulebook.yaml&text=x"},
    {"POST", "/rules/drafts/{draft}/cases", WISH_OFFICE, ""},
    {"POST", "/rules/drafts/{draft}/propose", WISH_OFFICE, "x=y" SIGNED},
    {"POST", "/rules/drafts/{draft}/close", WISH_OFFICE, ""},
    {"POST", "/rules/values", WISH_OFFICE, "code=x&value=1"},
    {"POST", "/manuscripts/{manuscript}/remind", WISH_NOTHING, ""},
    {"POST", "/ledger/verify", WISH_NOTHING, ""},
    {"POST", "/manuscripts/new", WISH_BEGIN,
     "title=x&column={column}&class=government-affairs"},
    {"POST", "/manuscripts/{manuscript}/save", WISH_EDIT,
     "version={version}&title=x&body=%3Cp%3Ey%3C%2Fp%3E"},
    {"POST", "/manuscripts/{manuscript}/autosave", WISH_EDIT,
     "version={version}&title=x&body=%3Cp%3Ey%3C%2Fp%3E"},
    {"POST", "/manuscripts/{manuscript}/resolve", WISH_EDIT,
     "version={version}&seen={version}&title=x&kept=%3Cp%3Ey%3C%2Fp%3E"},
    {"POST", "/manuscripts/{manuscript}/files", WISH_EDIT, ""},
    {"POST", "/manuscripts/{manuscript}/files/remove", WISH_EDIT, "number=1"},
    {"POST", "/manuscripts/{manuscript}/submit", WISH_SUBMIT,
     "version={version}&q-proofread=yes&q-declared-true=yes&q-declared-accurate=yes&"
     "q-declared-safe=yes"},
    {"POST", "/manuscripts/{manuscript}/sign", WISH_DECIDE,
     "digest={digest}&revision=1&step={step}&act={outcome}&opinion=x{answers}"},
    {"POST", "/manuscripts/{manuscript}/decide", WISH_DECIDE,
     "digest={digest}&revision=1&step={step}&act={outcome}&opinion=x{answers}" SIGNED},
    {"POST", "/manuscripts/{manuscript}/decide", WISH_ANOTHER,
     "digest={digest}&revision=1&step={other}&act={forward}&opinion=x{others}" SIGNED},
    {"POST", "/manuscripts/{manuscript}/face-signature", WISH_PAPER,
     "revision=1&signer={manuscript}&act={outcome}&date=2026-12-01" SIGNED},
    {"POST", "/manuscripts/{manuscript}/face-signature/confirm", WISH_PAPER,
     "number={manuscript}&agrees=yes" SIGNED},
    {"POST", "/manuscripts/{manuscript}/ruling", WISH_RULING,
     "finding=1&digest={digest}&reason=x"},
    {"POST", "/manuscripts/{manuscript}/ruling/answer", WISH_RULING,
     "finding=1&digest={digest}&answer=cleared&reason=x" SIGNED},
    {"POST", "/manuscripts/{manuscript}/recall", WISH_RECALL, "reason=x"},
    {"POST", "/manuscripts/{manuscript}/change", WISH_CHANGE, ""},
    {"POST", "/release/{manuscript}", WISH_RELEASE,
     "digest={digest}&revision=1&when=now&reason=x" SIGNED},
    {"POST", "/release/{manuscript}", WISH_SCHEDULE,
     "digest={digest}&revision=1&when=later&date={later}&time=09:30&reason=x" SIGNED},
    {"POST", "/release/{manuscript}/first", WISH_FIRST,
     "digest={digest}&reason=x" SIGNED},
    {"POST", "/together", WISH_DECIDE,
     "group=x:x:{step}&item={manuscript}+{digest}&act={outcome}&opinion=x{"
     "answers}" SIGNED},
    {"POST", "/release/{manuscript}/withdraw", WISH_WITHDRAW,
     "kind=removal&reason=x" SIGNED},
};

static const struct row api_rows[] = {
    {"POST", "/api/v1/files", WISH_NOTHING, ""},
    {"POST", "/api/v1/archive/{manuscript}/loans", WISH_NOTHING, "{}"},
    {"POST", "/api/v1/archive/loans/{manuscript}/answer", WISH_NOTHING, "{}"},
    {"POST", "/api/v1/archive/loans/{manuscript}/return", WISH_NOTHING, "{}"},
    {"POST", "/api/v1/letters", WISH_NOTHING, "{}"},
    {"POST", "/api/v1/letters/looks", WISH_NOTHING, "{}"},
    {"POST", "/api/v1/letters/{manuscript}/transfer", WISH_NOTHING, "{}"},
    {"POST", "/api/v1/letters/{manuscript}/return", WISH_NOTHING, "{}"},
    {"POST", "/api/v1/letters/{manuscript}/refer", WISH_NOTHING, "{}"},
    {"POST", "/api/v1/letters/{manuscript}/answer", WISH_NOTHING, "{}"},
    {"POST", "/api/v1/letters/{manuscript}/tell", WISH_NOTHING, "{}"},
    {"POST", "/api/v1/assessments", WISH_NOTHING, "{}"},
    {"POST", "/api/v1/assessments/{manuscript}/marks", WISH_NOTHING, "{}"},
    {"POST", "/api/v1/assessments/{manuscript}/reports", WISH_NOTHING, "{}"},
    {"POST", "/api/v1/assessments/{manuscript}/close", WISH_NOTHING, "{}"},
    {"POST", "/api/v1/assessments/{manuscript}/publication", WISH_NOTHING, "{}"},
    {"POST", "/api/v1/commendations", WISH_NOTHING, "{}"},
    {"POST", "/api/v1/matters", WISH_NOTHING, "{}"},
    {"POST", "/api/v1/matters/{manuscript}/answer", WISH_NOTHING, "{}"},
    {"POST", "/api/v1/matters/{manuscript}/decisions", WISH_NOTHING, "{}"},
    {"POST", "/api/v1/people/import", WISH_OFFICE, "{}"},
    {"POST", "/api/v1/manuscripts", WISH_BEGIN,
     "{\"column\":\"{column}\",\"unit\":\"{unit}\",\"class\":\"government-affairs\","
     "\"title\":\"x\"}"},
    {"PATCH", "/api/v1/manuscripts/{manuscript}", WISH_EDIT, "{\"title\":\"x\"}"},
    {"POST", "/api/v1/manuscripts/{manuscript}/submission", WISH_SUBMIT,
     "{\"declarations\":{}}"},
    {"POST", "/api/v1/manuscripts/{manuscript}/decisions", WISH_DECIDE,
     "{\"digest\":\"{digest}\",\"step\":\"{step}\",\"outcome\":\"{outcome}\",\"opinion\":"
     "\"x\",\"answers\":{answers},\"password\":\"" TRIAL_PASSWORD "\"}"},
    {"POST", "/api/v1/manuscripts/{manuscript}/decisions", WISH_ANOTHER,
     "{\"digest\":\"{digest}\",\"step\":\"{other}\",\"outcome\":\"{forward}\","
     "\"opinion\":"
     "\"x\",\"answers\":{others},\"password\":\"" TRIAL_PASSWORD "\"}"},
    {"POST", "/api/v1/manuscripts/{manuscript}/recall", WISH_RECALL,
     "{\"reason\":\"x\"}"},
    {"POST", "/api/v1/manuscripts/{manuscript}/change", WISH_CHANGE, "{}"},
    {"POST", "/api/v1/manuscripts/{manuscript}/releases", WISH_RELEASE,
     "{\"digest\":\"{digest}\",\"password\":\"" TRIAL_PASSWORD "\"}"},
    {"POST", "/api/v1/manuscripts/{manuscript}/releases", WISH_SCHEDULE,
     "{\"digest\":\"{digest}\",\"when\":\"{later}T09:30:00+08:00\",\"password\":"
     "\"" TRIAL_PASSWORD "\"}"},
    {"POST", "/api/v1/manuscripts/{manuscript}/first-release", WISH_FIRST,
     "{\"digest\":\"{digest}\",\"reason\":\"x\",\"password\":\"" TRIAL_PASSWORD "\"}"},
    {"POST", "/api/v1/decisions", WISH_DECIDE,
     "{\"manuscripts\":[\"{manuscript}\"],\"digests\":[\"{digest}\"],\"step\":\"{step}\","
     "\"outcome\":\"{outcome}\",\"opinion\":\"x\",\"answers\":{answers},\"password\":"
     "\"" TRIAL_PASSWORD "\"}"},
    {"POST", "/api/v1/manuscripts/{manuscript}/withdrawal", WISH_WITHDRAW,
     "{\"kind\":\"removal\",\"reason\":\"x\",\"password\":\"" TRIAL_PASSWORD "\"}"},
};

/* Below these, every address that writes keeps the office's own books. */
static const char *const office_prefixes[] = {"/people", "/accounts", "/columns"};

/* ---- who speaks, and where it stands ---- */

static const struct speaker {
    const char *login; /* NULL: nobody */
    const char *role;  /* by which to find the person */
    bool of_unit;      /* writes in the department */
} speakers[] = {
    {NULL, NULL, false},
    {"li.xiaolan", "liaison", true},
    {"chen.li", "dept-head", true},
    {"huang.min", "general-section-reviewer", false},
    {"wei.jia", "office-reviewer", false},
    {"zhou.zhengguo", "bureau-leader", false},
    {"liang.zhiyuan", "site-operator", false},
    {"qin.hai", PEOPLE_ROLE_SYSTEM, false},
    {"mo.lan", PEOPLE_ROLE_SECURITY, false},
    {"luo.ping", PEOPLE_ROLE_AUDIT, false},
};

static const struct stage {
    const char *step;  /* "": the release desk; "live" */
    const char *login; /* whose turn it is */
    const char *other; /* a step that is not the present one */
} stages[] = {
    {"dept-review", "chen.li", "leader-review"},
    {"section-review", "wei.jia", "dept-review"},
    {"leader-review", "zhou.zhengguo", "final-check"},
    {"disposition", "wei.jia", "final-check"},
    {"final-check", "liang.zhiyuan", "section-review"},
    {"", "liang.zhiyuan", "final-check"},
    {"live", "liang.zhiyuan", "dept-review"},
};

static bool is(const char *login, const char *other) {
    return login != NULL && strcmp(login, other) == 0;
}

/* The whole of what is allowed, in one place: everything else is forbidden. */
static bool is_allowed(enum wish wish, const struct stage *stage,
                       const struct speaker *speaker) {
    bool live = strcmp(stage->step, "live") == 0;
    bool ready = stage->step[0] == '\0';
    bool administrator = speaker->login != NULL &&
                         (is(speaker->login, "qin.hai") || is(speaker->login, "mo.lan") ||
                          is(speaker->login, "luo.ping"));
    switch (wish) {
    case WISH_NOTHING:
    case WISH_ENTRANCE:
        return speaker->login != NULL;
    case WISH_OFFICE: /* the writer, the head, the leader and the auditor keep no books */
        return !(speaker->login == NULL || is(speaker->login, "li.xiaolan") ||
                 is(speaker->login, "chen.li") || is(speaker->login, "zhou.zhengguo") ||
                 is(speaker->login, "luo.ping"));
    case WISH_BEGIN:
        return speaker->login != NULL && !administrator;
    case WISH_DECIDE:
        return !live && !ready && is(speaker->login, stage->login);
    case WISH_RECALL:
        return strcmp(stage->step, "dept-review") == 0 &&
               is(speaker->login, "li.xiaolan");
    case WISH_RELEASE:
    case WISH_SCHEDULE:
        return ready && is(speaker->login, stage->login);
    case WISH_WITHDRAW:
        return live && is(speaker->login, stage->login);
    case WISH_CHANGE:
        return live && speaker->of_unit;
    default: /* edit, submit, another step, paper, ruling: nobody, while it is under way
              */
        return false;
    }
}

/* ---- a bureau behind one listener with both doors ---- */

/* What the record holds of a manuscript: nothing of it may change. */
struct standing {
    struct manuscript manuscript;
    size_t done;
    size_t releases;
};

struct office {
    struct trial_store *trial;
    struct call *call;
    struct arena *arena;
    struct words *words;
    struct pages *pages;
    struct web *web;
    struct api *api;
    struct server *server;
    const struct rulebook *book;
    struct trial_bureau bureau;
    const char *column;
    const struct http_route **routes;
    struct web_client *clients[LENGTH(speakers)]; /* in the browser */
    struct web_client *tokens[LENGTH(speakers)];  /* at the interface */
    id64 people[LENGTH(speakers)];
    id64 manuscripts[LENGTH(stages)];
    struct digest digests[LENGTH(stages)];
    struct standing standing[LENGTH(stages)];
    size_t tried[2];
    size_t cited;
    size_t compared; /* rules of refusals held against the row's articles */
};

static void answer(void *owner, const struct request *request,
                   struct response *response) {
    struct office *office = owner;
    if (api_has(request->path)) {
        api_handle(office->api, request, response);
    } else {
        web_handle(office->web, request, response);
    }
}

static const char *place(struct office *office, const char *name) {
    return str_format(office->arena, "%s/%s", getenv("SHENFA_SOURCE"), name).at;
}

static void open_house(struct office *office) {
    struct buffer errors;
    struct fault *faults = NULL;
    struct house *house = &office->trial->house;
    const char *const directories[] = {place(office, "rulebooks"), NULL};
    buffer_init(&errors, office->arena);
    house->sandbox = sandbox;
    assert_int_equal(
        calendar_open(place(office, "share/calendar/cn.tsv"), &house->calendar), DONE);
    assert_int_equal(shelf_open(office->arena, directories, &house->shelf, &faults),
                     DONE);
    assert_int_equal(words_load(place(office, "share/words"), &errors, &office->words),
                     DONE);
    assert_int_equal(pages_load(place(office, "share/pages/admin"), office->words,
                                &errors, &office->pages),
                     DONE);
    house->words = office->words;
    office->book = shelf_latest(house->shelf, STR("liuzhou-stats"));
    office->call->now = instant_read_clock(); /* the listener's clock is the machine's */
    office->call->door = DOOR_CLI;
    assert_int_equal(trial_found(office->call, office->book, true, &office->bureau),
                     DONE);
    office->call->door = DOOR_API;
}

static void open_doors(struct office *office) {
    struct web_options web = {.house = &office->trial->house,
                              .words = office->words,
                              .pages = office->pages,
                              .group = office->bureau.site.group,
                              .name = STR("示范"),
                              .public_base = STR("http://127.0.0.1"),
                              .help = STR(""),
                              .rulebooks = str_of(place(office, "rulebooks")),
                              .demo = true};
    struct api_options api = {.house = &office->trial->house,
                              .group = office->bureau.site.group};
    size_t web_count;
    size_t api_count;
    assert_int_equal(web_open(&web, &office->web), DONE);
    assert_int_equal(api_open(&api, &office->api), DONE);
    const struct http_route *const *pages = web_routes(office->web, &web_count);
    const struct http_route *const *acts = api_routes(office->api, &api_count);
    office->routes =
        TAKE_ARRAY(office->arena, web_count + api_count + 1, const struct http_route *);
    memcpy(office->routes, pages, web_count * sizeof *pages);
    memcpy(office->routes + web_count, acts, api_count * sizeof *acts);
    struct http_options http = {.address = "127.0.0.1:0",
                                .routes = office->routes,
                                .route_count = web_count + api_count,
                                .handle = answer,
                                .owner = office};
    assert_int_equal(http_serve(&http, &office->server), DONE);
}

/* Everybody comes in at both doors. */
static void let_in(struct office *office) {
    const char *address = http_address(office->server);
    for (size_t i = 0; i < LENGTH(speakers); i++) {
        struct people_holdings holders;
        struct str secret;
        office->clients[i] = web_client_new(office->arena, address);
        office->tokens[i] = web_client_new(office->arena, address);
        web_get(office->clients[i], "/sign-in");
        if (speakers[i].login == NULL) {
            continue;
        }
        struct str form = str_format(office->arena, "person=%s", speakers[i].login);
        struct web_answer entered =
            web_post(office->clients[i], "/demo/enter", str_text(office->arena, form));
        assert_int_equal(entered.status, 303);
        web_get(office->clients[i], "/desk");
        assert_int_equal(people_holders(office->call, speakers[i].role, 0, &holders),
                         DONE);
        assert_true(holders.count > 0);
        office->people[i] = holders.at[0].person;
        office->call->actor = (struct actor){0};
        office->call->door = DOOR_CLI;
        assert_int_equal(
            people_token_new(office->call, holders.at[0].person, STR("试验"), 0, &secret),
            DONE);
        office->call->door = DOOR_API;
        struct str line =
            str_format(office->arena, "Authorization: Bearer %.*s", STR_ARG(secret));
        web_client_header(office->tokens[i], str_text(office->arena, line));
    }
}

static void become(struct office *office, id64 person) {
    office->call->actor = (struct actor){.person = person, .freshly_proven = person != 0};
    call_forgive(office->call);
}

static id64 write_one(struct office *office, const char *title) {
    struct field_value fields[] = {
        {STR("disclosure"), STR("active")},
        {STR("origin"), day_to_text(office->arena, instant_day(office->call->now))},
        {STR("source"), STR("工业科")}};
    struct content content = {.title = str_of(title),
                              .body = STR("<p>培训班为期两天。</p>"),
                              .fields = fields,
                              .field_count = LENGTH(fields)};
    struct column column;
    struct dropped dropped;
    id64 manuscript;
    int version;
    become(office, office->bureau.writer);
    assert_int_equal(
        site_column_find_path(office->call, office->bureau.site.id, STR("tjdt"), &column),
        DONE);
    office->column = str_text(office->arena, id_to_text(office->arena, column.id));
    assert_int_equal(
        manuscript_begin(office->call, column.id, office->bureau.department.id,
                         STR("government-affairs"), content.title, &manuscript),
        DONE);
    assert_int_equal(
        manuscript_save(office->call, manuscript, 1, &content, &version, &dropped), DONE);
    return manuscript;
}

static enum status release_now(struct office *office, id64 manuscript,
                               const struct digest *digest, instant when) {
    struct release_order order = {
        .manuscript = manuscript, .seen = *digest, .when = when, .reason = STR("")};
    struct release *releases;
    size_t count;
    return publication_release(office->call, &order, &releases, &count);
}

static id64 operator_of(struct office *office) { return office->people[6]; }

/* One brought to *step*; its digest. */
static id64 bring(struct office *office, const char *step, struct digest *out_digest) {
    bool live = strcmp(step, "live") == 0;
    struct manuscript found;
    struct revision revision;
    id64 manuscript = write_one(office, step[0] == '\0' ? "待发布" : step);
    assert_int_equal(trial_walk(office->call, manuscript, live ? STR("") : str_of(step)),
                     DONE);
    become(office, office->bureau.writer);
    assert_int_equal(manuscript_find(office->call, manuscript, &found), DONE);
    assert_int_equal(manuscript_revision(office->call, found.revision, &revision), DONE);
    *out_digest = revision.digest;
    if (live) {
        become(office, operator_of(office));
        assert_int_equal(release_now(office, manuscript, out_digest, 0), DONE);
    }
    return manuscript;
}

static void open_office(struct office *office, struct trial_store *trial) {
    *office = (struct office){
        .trial = trial, .call = &trial->call, .arena = arena_new((size_t)256 << 20)};
    open_house(office);
    open_doors(office);
    let_in(office);
}

static void close_office(struct office *office) {
    struct house *house = &office->trial->house;
    http_stop(office->server);
    web_close(office->web);
    api_close(office->api);
    txn_abort(office->call);
    pages_free(office->pages);
    words_free(office->words);
    shelf_free(house->shelf);
    calendar_close(house->calendar);
    house->shelf = NULL;
    house->calendar = NULL;
    house->words = NULL;
    arena_free(office->arena);
}

/* ---- speaking ---- */

static struct str replace(struct arena *arena, struct str text, const char *name,
                          struct str value) {
    struct buffer out;
    buffer_init(&out, arena);
    struct str needle = str_of(name);
    for (;;) {
        size_t at = str_find(text, needle);
        buffer_add(&out, str_part(text, 0, at));
        if (at == text.length) {
            return buffer_str(&out);
        }
        buffer_add(&out, value);
        text = str_part(text, at + needle.length, text.length);
    }
}

/* The answers that let a step pass, as the form or the interface writes them. */
static struct str answers_for(struct office *office, const struct step *step, bool json) {
    struct answer *answers;
    struct buffer out;
    size_t count = trial_good_answers(office->call, office->book, step, &answers);
    buffer_init(&out, office->arena);
    for (size_t i = 0; i < count; i++) {
        buffer_add_format(&out, json ? "%s\"%.*s\":\"%.*s\"" : "%s&q-%.*s=%.*s",
                          json && i > 0 ? "," : "", STR_ARG(answers[i].question),
                          STR_ARG(answers[i].value));
    }
    return json ? str_format(office->arena, "{%.*s}", STR_ARG(buffer_str(&out)))
                : buffer_str(&out);
}

static const struct step *step_named(struct office *office, const char *code) {
    const struct route *route = &office->book->routes[0];
    int step = route_step(route, str_of(code));
    return &route->steps[step == NO_INDEX ? route->release : step];
}

static struct str fill(struct office *office, const char *form, size_t stage, bool json) {
    struct arena *arena = office->arena;
    const struct step *present = step_named(office, stages[stage].step);
    const struct step *other = step_named(office, stages[stage].other);
    struct manuscript found;
    assert_int_equal(manuscript_peek(office->call, office->manuscripts[stage], &found),
                     DONE);
    const struct {
        const char *name;
        struct str value;
    } table[] = {
        {"{manuscript}", id_to_text(arena, office->manuscripts[stage])},
        {"{digest}", digest_to_text(arena, &office->digests[stage])},
        {"{step}", present->code},
        {"{outcome}", present->outcomes[0].code},
        {"{answers}", answers_for(office, present, json)},
        {"{other}", other->code},
        {"{forward}", other->outcomes[0].code},
        {"{others}", answers_for(office, other, json)},
        {"{version}", str_format(arena, "%d", found.draft_version)},
        {"{column}", str_of(office->column)},
        {"{unit}", id_to_text(arena, office->bureau.department.id)},
        {"{later}", day_to_text(arena, instant_day(office->call->now) + 3)},
    };
    struct str filled = str_of(form);
    for (size_t i = 0; i < LENGTH(table); i++) {
        filled = replace(arena, filled, table[i].name, table[i].value);
    }
    return filled;
}

/* Whatever else an address takes in braces is some other thing's id. */
static struct str path_for(struct office *office, const char *pattern, size_t stage) {
    struct str path = fill(office, pattern, stage, false);
    struct str id = id_to_text(office->arena, office->bureau.department.id);
    while (str_find(path, STR("{")) < path.length) {
        size_t from = str_find(path, STR("{"));
        size_t to = str_find(path, STR("}"));
        path = str_format(office->arena, "%.*s%.*s%.*s", (int)from, path.at, STR_ARG(id),
                          (int)(path.length - to - 1), path.at + to + 1);
    }
    return path;
}

static struct standing look(struct office *office, size_t stage) {
    struct standing standing;
    struct ledger_list history;
    struct release *releases;
    struct subject subject = {.kind = SUBJECT_MANUSCRIPT,
                              .id = office->manuscripts[stage]};
    txn_abort(office->call); /* what it saw before may no longer be so */
    become(office, office->bureau.writer);
    assert_int_equal(manuscript_peek(office->call, subject.id, &standing.manuscript),
                     DONE);
    assert_int_equal(ledger_history(office->call, subject, &history), DONE);
    standing.done = history.count;
    assert_int_equal(publication_of_manuscript(office->call, subject.id, &releases,
                                               &standing.releases),
                     DONE);
    return standing;
}

static bool is_same(const struct standing *before, const struct standing *after) {
    return before->done == after->done && before->releases == after->releases &&
           before->manuscript.live_revision == after->manuscript.live_revision &&
           before->manuscript.revision == after->manuscript.revision &&
           before->manuscript.draft_version == after->manuscript.draft_version &&
           str_equal(before->manuscript.state, after->manuscript.state);
}

static bool is_no(const struct web_answer *answer) {
    bool away = answer->status == 303 && (strstr(answer->location, "sign-in") != NULL ||
                                          strstr(answer->location, "/conflict") != NULL);
    return away || answer->status == 200 || /* the form again, or its next page */
           (answer->status >= 400 && answer->status < 500);
}

/* True if *rule* is one of the articles that refuse the wish, or a part of one. */
static bool is_article_of(enum wish wish, struct str rule) {
    struct str rest = str_of(wishes[wish].articles);
    while (!str_is_empty(rest)) {
        struct str article = str_cut(&rest, ' ');
        if (rule.length >= article.length &&
            str_equal(str_part(rule, 0, article.length), article) &&
            (rule.length == article.length || rule.at[article.length] == '.')) {
            return true;
        }
    }
    return false;
}

/* The interface names the rule of a refusal by itself. */
static void compare_rule(struct office *office, const struct row *row,
                         const struct web_answer *answer) {
    json_t *problem = json_loads(answer->body, 0, NULL);
    const char *rule = json_string_value(json_object_get(problem, "rule"));
    if (rule != NULL) {
        office->compared++;
        if (!is_article_of(row->wish, str_of(rule))) {
            fail_msg("%s %s: \"%s\" is refused by %s, and the row says %s", row->method,
                     row->pattern, wishes[row->wish].sentence, rule,
                     wishes[row->wish].articles);
        }
    }
    json_decref(problem);
}

static void speak(struct office *office, const struct row *row, bool json, size_t stage,
                  size_t speaker) {
    struct arena *arena = office->arena;
    const char *path = str_text(arena, path_for(office, row->pattern, stage));
    const char *form = str_text(arena, fill(office, row->form, stage, json));
    const struct standing *before = &office->standing[stage];
    struct web_answer answer =
        json ? web_send(office->tokens[speaker], row->method, path, "application/json",
                        bytes_of_str(str_of(form)))
             : web_post(office->clients[speaker], path, form);
    struct standing after = look(office, stage);
    office->tried[json ? 1 : 0]++;
    office->cited += strstr(answer.body, "LZ-") != NULL ? 1 : 0;
    if (json) {
        compare_rule(office, row, &answer);
    }
    bool shown = row->wish == WISH_RULING && answer.status == 303; /* where it stands */
    if (!is_same(before, &after) || !(shown || is_no(&answer))) {
        fail_msg("%s, by %s, at \"%s\": %s %s %s: %d %s\n%.900s",
                 wishes[row->wish].sentence,
                 speakers[speaker].login == NULL ? "nobody" : speakers[speaker].login,
                 stages[stage].step, row->method, path, form, answer.status,
                 answer.location, answer.body);
    }
}

/* ---- the matrix ---- */

static const struct row *row_of(const struct row *rows, size_t count, const char *method,
                                struct str pattern, size_t from) {
    for (size_t i = from; i < count; i++) {
        if (strcmp(rows[i].method, method) == 0 && str_is(pattern, rows[i].pattern)) {
            return &rows[i];
        }
    }
    return NULL;
}

/* Decisions and releases are tried at every step by everybody, all else where nobody and
 * where everybody has decided; the administrators, whom every address keeps out, once.
 * SHENFA_DOORS=all tries everything. */
static bool is_worth(enum wish wish, size_t stage, size_t speaker) {
    bool last = stage + 1 == LENGTH(stages);
    bool every = wish == WISH_DECIDE || wish == WISH_ANOTHER || wish == WISH_RELEASE ||
                 wish == WISH_SCHEDULE;
    bool administrator = speaker >= LENGTH(speakers) - 3 || speaker == 0;
    if (getenv("SHENFA_DOORS") != NULL) {
        return true;
    }
    return administrator ? stage == 0 || (last && wish == WISH_WITHDRAW)
                         : every || stage == 0 || last;
}

static void try_row(struct office *office, const struct row *row, bool json) {
    bool once = strstr(row->pattern, "{manuscript}") == NULL &&
                strstr(row->form, "{manuscript}") == NULL;
    for (size_t s = 0; s < (once ? 1 : LENGTH(stages)); s++) {
        for (size_t p = 0; p < LENGTH(speakers); p++) {
            if (!is_allowed(row->wish, &stages[s], &speakers[p]) &&
                row->wish != WISH_ENTRANCE && is_worth(row->wish, s, p)) {
                speak(office, row, json, s, p);
            }
        }
    }
}

/* How many rows an address has; with *speaking* each is spoken. */
static size_t rows_for(struct office *office, const struct http_route *route,
                       bool speaking) {
    bool json = api_has(str_of(route->pattern));
    const struct row *rows = json ? api_rows : web_rows;
    size_t count = json ? LENGTH(api_rows) : LENGTH(web_rows);
    size_t found = 0;
    struct str pattern =
        json ? replace(office->arena, str_of(route->pattern), "{id}", STR("{manuscript}"))
             : str_of(route->pattern);
    for (size_t i = 0; i < LENGTH(office_prefixes) && !json; i++) {
        if (str_starts(pattern, office_prefixes[i])) {
            struct row row = {route->method, route->pattern, WISH_OFFICE, "reason=x"};
            if (speaking) {
                try_row(office, &row, json);
            }
            return 1;
        }
    }
    for (const struct row *row = row_of(rows, count, route->method, pattern, 0);
         row != NULL;
         row = row_of(rows, count, route->method, pattern, (size_t)(row - rows) + 1)) {
        if (speaking) {
            try_row(office, row, json);
        }
        found++;
    }
    return found;
}

static void try_address(struct office *office, const struct http_route *route) {
    if (rows_for(office, route, true) == 0) {
        fail_msg("%s %s writes, and no forbidden wish is spoken there: give it a row",
                 route->method, route->pattern);
    }
}

/* Who adds an address and forgets its row is told: at either door, by method and by
 * pattern. */
static void test_doors__an_address_without_a_row_is_found(void **state) {
    static const struct http_route planted[] = {
        {.method = "POST", .pattern = "/manuscripts/{manuscript}/publish-at-once"},
        {.method = "POST", .pattern = "/api/v1/manuscripts/{id}/force"},
        {.method = "DELETE", .pattern = "/api/v1/manuscripts/{id}"},
        {.method = "PUT", .pattern = "/manuscripts/{manuscript}/save"},
    };
    struct office office = {.arena = arena_new((size_t)1 << 20)};
    (void)state;
    for (size_t i = 0; i < LENGTH(planted); i++) {
        assert_int_equal(rows_for(&office, &planted[i], false), 0);
    }
    const struct http_route known = {.method = "POST",
                                     .pattern = "/manuscripts/{manuscript}/save"};
    assert_int_equal(rows_for(&office, &known, false), 1);
    arena_free(office.arena);
}

/* The same rows in the right hands do change something: the matrix can tell. */
static void allow(struct office *office, enum wish wish, const char *path, size_t stage,
                  bool json) {
    const struct row *rows = json ? api_rows : web_rows;
    size_t count = json ? LENGTH(api_rows) : LENGTH(web_rows);
    for (size_t i = 0; i < count; i++) {
        for (size_t p = 0; p < LENGTH(speakers); p++) {
            if (rows[i].wish != wish || strstr(rows[i].pattern, path) == NULL ||
                !is_allowed(wish, &stages[stage], &speakers[p])) {
                continue;
            }
            const char *to =
                str_text(office->arena, path_for(office, rows[i].pattern, stage));
            const char *form =
                str_text(office->arena, fill(office, rows[i].form, stage, json));
            struct web_answer answer =
                json ? web_send(office->tokens[p], rows[i].method, to, "application/json",
                                bytes_of_str(str_of(form)))
                     : web_post(office->clients[p], to, form);
            struct standing after = look(office, stage);
            if (is_same(&office->standing[stage], &after)) {
                fail_msg("%s %s: %d %.900s", to, form, answer.status, answer.body);
            }
            return;
        }
    }
    fail_msg("nobody may %s at %s", wishes[wish].sentence, path);
}

/* What the ledger has heard of since *before*: each refusal's rule is an article of some
 * row.  Answers how many name a rule. */
static size_t count_refusals(struct office *office, int64_t before,
                             size_t *out_recorded) {
    struct ledger_list list;
    size_t by_rule = 0;
    *out_recorded = 0;
    do {
        assert_int_equal(
            ledger_tail(office->call, office->bureau.site.group, before, 500, &list),
            DONE);
        for (size_t i = 0; i < list.count; i++) {
            const struct ledger_entry *entry = &list.at[i];
            bool known = str_is_empty(entry->rule);
            before = entry->sequence;
            if (entry->outcome != LEDGER_REFUSED) {
                continue;
            }
            for (size_t w = 0; w < WISHES && !known; w++) {
                known = is_article_of((enum wish)w, entry->rule);
            }
            if (!known) {
                fail_msg("%.*s was refused by %.*s, which no row names",
                         STR_ARG(entry->act), STR_ARG(entry->rule));
            }
            (*out_recorded)++;
            by_rule += str_is_empty(entry->rule) ? 0 : 1;
        }
    } while (list.count > 0);
    return by_rule;
}

static void test_doors__no_forbidden_wish_gets_past_any_address(void **state) {
    struct office office;
    struct ledger_checkpoint before;
    struct ledger_checkpoint after;
    struct ledger_report report;
    size_t kinds = 0;
    size_t forbidden = 0;
    open_office(&office, *state);
    for (size_t i = 0; i < LENGTH(stages); i++) {
        office.manuscripts[i] = bring(&office, stages[i].step, &office.digests[i]);
    }
    for (size_t i = 0; i < LENGTH(stages); i++) {
        office.standing[i] = look(&office, i);
    }
    for (size_t w = 0; w < WISHES; w++) {
        size_t here = 0;
        for (size_t s = 0; s < LENGTH(stages) && w != WISH_ENTRANCE; s++) {
            for (size_t p = 0; p < LENGTH(speakers); p++) {
                here += is_allowed((enum wish)w, &stages[s], &speakers[p]) ? 0 : 1;
            }
        }
        forbidden += here;
        kinds += here > 0 ? 1 : 0;
    }
    assert_int_equal(ledger_head(office.call, office.bureau.site.group, &before), DONE);
    for (size_t i = 0; office.routes[i] != NULL; i++) {
        if (strcmp(office.routes[i]->method, "GET") != 0) {
            try_address(&office, office.routes[i]);
        }
    }
    txn_abort(office.call);
    assert_int_equal(ledger_head(office.call, office.bureau.site.group, &after), DONE);
    size_t recorded = 0;
    size_t by_rule = count_refusals(&office, before.sequence, &recorded);
    print_message(
        "%zu forbidden wishes of %zu kinds: %zu times at web, %zu at api; %zu "
        "answers cite an article, %zu rules are those of their rows; %zu refusals "
        "are in the ledger, %zu of them with their rule\n",
        forbidden, kinds, office.tried[0], office.tried[1], office.cited, office.compared,
        recorded, by_rule);
    assert_true(office.compared > 0 && recorded > 0 && by_rule > 0);
    allow(&office, WISH_DECIDE, "/decide", 0, false);
    allow(&office, WISH_DECIDE, "/decisions", 1, true);
    allow(&office, WISH_RELEASE, "/releases", LENGTH(stages) - 2, true);
    allow(&office, WISH_WITHDRAW, "/withdraw", LENGTH(stages) - 1, false);
    assert_true(forbidden >= 60);
    assert_true(after.sequence > before.sequence);
    assert_int_equal(ledger_verify(office.call, office.bureau.site.group, NULL, &report),
                     DONE);
    assert_int_equal(report.fault, LEDGER_WHOLE);
    close_office(&office);
}

/* ---- doors without an address ---- */

static size_t live_in(struct office *office) {
    struct rows *rows;
    static const char *const none[] = {NULL};
    static const struct statement statement = {
        .name = "test_live",
        .sqlite = "SELECT count(*) AS n FROM publication_release WHERE state = 'live'",
        .postgres = "SELECT count(*) AS n FROM publication_release WHERE state = 'live'",
        .parameters = none};
    txn_abort(office->call);
    assert_int_equal(store_query_values(office->call, &statement, &rows, NULL, 0), DONE);
    assert_true(rows_next(rows));
    size_t count = (size_t)row_int(rows, "n");
    assert_int_equal(rows_end(rows), DONE);
    txn_abort(office->call);
    return count;
}

/* Written below the program, as the owner of the database would; false if the database
 * itself will not have it. */
static bool plant(struct office *office, const char *sql, id64 manuscript) {
    static const char *const names[] = {"manuscript", NULL};
    struct str sqlite = replace(office->arena, str_of(sql), "$1", STR("?1"));
    /* Prepared statements are known by their address: each has its own. */
    struct statement *statement = TAKE(office->arena, struct statement);
    *statement = (struct statement){.name = "test_plant",
                                    .sqlite = str_text(office->arena, sqlite),
                                    .postgres = sql,
                                    .parameters = names};
    txn_abort(office->call);
    assert_int_equal(txn_begin(office->call, TXN_WRITE), DONE);
    bool planted = store_run(office->call, statement, NULL,
                             bind_id("manuscript", manuscript)) == DONE;
    planted = planted && txn_commit(office->call) == DONE;
    txn_abort(office->call);
    return planted;
}

struct planted {
    const char *sentence;
    const char *step; /* where the manuscript stands before */
    const char *sql[3];
};

static const struct planted planted_rows[] = {
    {"the run is put at the release desk",
     "dept-review",
     {"UPDATE review_run SET step = 'release', state = 'approved' WHERE subject = $1"}},
    {"the manuscript is called approved",
     "section-review",
     {"UPDATE manuscript SET state = 'approved' WHERE id = $1"}},
    {"the run is called published",
     "leader-review",
     {"UPDATE review_run SET step = 'published', state = 'published', is_open = 0 "
      "WHERE subject = $1",
      "UPDATE manuscript SET state = 'published' WHERE id = $1"}},
    {"a round is added, so that the returns are forgotten",
     "leader-review",
     {"UPDATE review_run SET round = 1, step = 'release', state = 'approved' WHERE "
      "subject = $1"}},
    {"the body of what was approved is changed",
     "",
     {"UPDATE revision SET body = '<p>另一篇。</p>' WHERE manuscript = $1"}},
    {"the title of what was approved is changed",
     "",
     {"UPDATE revision SET title = '另一个题目' WHERE manuscript = $1"}},
    {"the revision is given another digest",
     "",
     {"UPDATE revision SET digest = 'sm3:"
      "0000000000000000000000000000000000000000000000000000000000000000' "
      "WHERE manuscript = $1"}},
    {"the approvals of a step are removed",
     "",
     {"DELETE FROM decision WHERE subject = $1 AND step = 'leader-review'"}},
    {"a refusal is turned into an approval",
     "leader-review",
     {"UPDATE decision SET outcome = 'return', step = 'leader-review' WHERE subject = $1 "
      "AND step = 'section-review'"}},
    {"the decisions are given to the author",
     "",
     {"UPDATE decision SET by_contributor = 1 WHERE subject = $1"}},
    {"the route is changed to one with fewer decisions",
     "dept-review",
     {"UPDATE review_run SET route = 'activation', step = 'approve' WHERE subject = $1"}},
    {"a schedule is written without any decision",
     "dept-review",
     {"INSERT INTO publication_release SELECT m.id + 1, m.id + 2, m.site_group, m.site, "
      "m.site_column, m.id, m.revision, r.digest, NULL, 0, 0, '', r.title, 0, 0, 0, 1, "
      "'scheduled', 1, 0, 0, '', 0, 0 FROM manuscript m JOIN revision r ON "
      "r.id = m.revision WHERE m.id = $1"}},
};

static void test_doors__rows_planted_below_the_program_release_nothing(void **state) {
    struct office office;
    size_t stopped = 0;
    open_office(&office, *state);
    for (size_t i = 0; i < LENGTH(planted_rows); i++) {
        const struct planted *row = &planted_rows[i];
        struct digest digest;
        size_t count;
        id64 manuscript = bring(&office, row->step, &digest);
        size_t live = live_in(&office);
        bool planted = true;
        for (size_t j = 0; j < LENGTH(row->sql) && row->sql[j] != NULL; j++) {
            planted = plant(&office, row->sql[j], manuscript) && planted;
        }
        stopped += planted ? 0 : 1;
        become(&office, operator_of(&office));
        enum status released = release_now(&office, manuscript, &digest, 0);
        become(&office, 0);
        office.call->door = DOOR_CLOCK;
        office.call->now += INSTANT_HOUR;
        assert_true(publication_release_due(office.call, &count) == DONE);
        office.call->door = DOOR_API;
        /* What the database itself refused to take left everything as it was. */
        bool harmless = !planted && row->step[0] == '\0';
        if (!harmless && (released == DONE || live_in(&office) != live)) {
            fail_msg("%s, and it was released", row->sentence);
        }
        if (planted) {
            print_message("%s: %s\n", row->sentence, status_name(released));
        } else {
            print_message("%s: the database will not have it\n", row->sentence);
        }
    }
    print_message("%zu rows planted, %zu of them stopped by the database\n",
                  LENGTH(planted_rows), stopped);
    close_office(&office);
}

/* An import brings drafts, whatever its lines say of themselves. */
static void test_doors__imports_and_migrations_publish_nothing_alone(void **state) {
    static const char lines[] =
        "{\"title\":\"一\",\"body\":\"<p>甲</p>\",\"state\":\"published\"}\n"
        "{\"title\":\"二\",\"body\":\"<p>乙</p>\",\"published\":\"2026-11-01\"}\n";
    struct office office;
    struct import_report report;
    struct digest manifest;
    struct column column;
    open_office(&office, *state);
    struct call *call = office.call;
    assert_int_equal(
        site_column_find_path(call, office.bureau.site.id, STR("tjdt"), &column), DONE);
    size_t live = live_in(&office);
    become(&office, office.bureau.writer);
    enum status imported = manuscript_import(call, column.id, office.bureau.department.id,
                                             STR("government-affairs"),
                                             bytes_of_str(str_of(lines)), &report);
    assert_int_not_equal(imported, FAILED);
    assert_int_equal(live_in(&office), live);
    const struct {
        const char *sentence;
        id64 first;
        id64 second;
    } table[] = {
        {"nobody answers for it", 0, office.people[6]},
        {"one person answers for it twice", office.people[6], office.people[6]},
        {"there is no second person", office.people[6], 0},
        {"the second is an administrator", office.people[6], office.people[7]},
        {"an administrator brings it", office.people[8], office.people[6]},
        {"the auditor brings it", office.people[9], office.people[6]},
        {"the second does not exist", office.people[6], 12345},
    };
    for (size_t i = 0; i < LENGTH(table); i++) {
        struct migration migration = {.column = column.id,
                                      .unit = office.bureau.department.id,
                                      .item_class = STR("government-affairs"),
                                      .second = table[i].second,
                                      .lines = bytes_of_str(str_of(lines))};
        become(&office, table[i].first);
        enum status taken = publication_take_over(call, &migration, &report, &manifest);
        if (taken == DONE || live_in(&office) != live) {
            fail_msg("%s, and it is public", table[i].sentence);
        }
    }
    close_office(&office);
}

/* What was ordered for later is asked again at its moment. */
static void test_doors__a_schedule_releases_nothing_that_no_longer_holds(void **state) {
    struct office office;
    open_office(&office, *state);
    struct call *call = office.call;
    static const char *const changes[] = {
        "UPDATE revision SET body = '<p>换了。</p>' WHERE manuscript = $1",
        "UPDATE review_run SET step = 'final-check' WHERE subject = $1",
        "UPDATE review_run SET round = round + 1 WHERE subject = $1",
        "UPDATE manuscript SET revision = 0 WHERE id = $1",
    };
    for (size_t i = 0; i < LENGTH(changes); i++) {
        struct digest digest;
        size_t count;
        id64 manuscript = bring(&office, "", &digest);
        become(&office, operator_of(&office));
        assert_int_equal(
            release_now(&office, manuscript, &digest, call->now + INSTANT_HOUR), DONE);
        size_t live = live_in(&office);
        bool planted = plant(&office, changes[i], manuscript);
        become(&office, 0);
        call->door = DOOR_CLOCK;
        call->now += 2 * INSTANT_HOUR;
        enum status due = publication_release_due(call, &count);
        call->door = DOOR_API;
        (void)due;
        if (planted && live_in(&office) != live) {
            fail_msg("released after: %s", changes[i]);
        }
    }
    close_office(&office);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_doors__an_address_without_a_row_is_found),
        TRIAL_ON_SQLITE(test_doors__no_forbidden_wish_gets_past_any_address),
        TRIAL_ON_BOTH(test_doors__rows_planted_below_the_program_release_nothing),
        TRIAL_ON_BOTH(test_doors__imports_and_migrations_publish_nothing_alone),
        TRIAL_ON_BOTH(test_doors__a_schedule_releases_nothing_that_no_longer_holds),
    };
    if (sandbox_start(&text_parsers, &sandbox) != DONE) {
        return 1;
    }
    int failed = trial_run("doors", tests, LENGTH(tests));
    sandbox_stop(sandbox);
    return failed;
}
