/*
 * The door on a real listener and a real store: its addresses against the
 * description, a manuscript from its first word to the public page and back, and
 * the noes of every kind.
 */
#include "api/api_own.h"
#include "calendar/calendar.h"
#include "page/page.h"
#include "sandbox/sandbox.h"
#include "text/text.h"
#include "trial/trial.h"
#include "trial_store.h"
#include "zip_files.h"

#include <arpa/inet.h>
#include <ftw.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define DESCRIPTION_MOST ((size_t)1 << 20)
#define ANSWER_MOST      ((size_t)4 << 20)
#define RUNS_MOST        24

static struct sandbox *sandbox; /* forked once, before any thread */

/* ---- the description ---- */

struct described {
    struct str method;
    struct str path;
    struct str query;   /* "|a|b|" */
    struct str members; /* with "!" before each that is required */
    bool if_match;
};

struct description {
    struct described *at;
    size_t count;
};

static struct str add_name(struct arena *arena, struct str list, struct str name) {
    return str_format(arena, "%.*s%.*s|", STR_ARG(list), STR_ARG(name));
}

static bool list_has(struct arena *arena, struct str list, const char *name) {
    struct str needle = str_format(arena, "|%s|", name);
    return str_find(list, needle) < list.length;
}

static size_t indent_of(struct str line) {
    size_t indent = 0;
    while (indent < line.length && line.at[indent] == ' ') {
        indent++;
    }
    return indent;
}

static struct str word_of(struct str text) {
    size_t end = 0;
    while (end < text.length && text.at[end] != ':' && text.at[end] != ',' &&
           text.at[end] != '}' && text.at[end] != ']') {
        end++;
    }
    return str_trim(str_part(text, 0, end));
}

static void read_required(struct arena *arena, struct described *now, struct str names) {
    while (!str_is_empty(names)) {
        struct str name = word_of(str_cut(&names, ','));
        now->members =
            add_name(arena, now->members, str_format(arena, "!%.*s", STR_ARG(name)));
    }
}

static void read_line(struct arena *arena, struct described *now, struct str line,
                      bool in_body) {
    size_t indent = indent_of(line);
    struct str text = str_part(line, indent, line.length);
    if (str_starts(text, "- {name: ") && str_find(text, STR("in: query")) < text.length) {
        now->query = add_name(arena, now->query, word_of(str_part(text, 9, text.length)));
    } else if (str_find(text, STR("parameters/Chain")) < text.length) {
        now->query = add_name(arena, now->query, STR("chain"));
    } else if (str_find(text, STR("parameters/IfMatch")) < text.length) {
        now->if_match = true;
    } else if (in_body && indent == 14 && str_starts(text, "required: [")) {
        read_required(arena, now, str_part(text, 11, text.length));
    } else if (in_body && indent == 16) {
        now->members = add_name(arena, now->members, word_of(text));
    }
}

static struct description read_description(struct arena *arena) {
    struct bytes file;
    struct description description = {TAKE_ARRAY(arena, 128, struct described), 0};
    struct str path = STR("");
    bool in_body = false;
    const char *source = getenv("SHENFA_SOURCE");
    const char *name = str_text(arena, str_format(arena, "%s/docs/openapi.yaml", source));
    assert_int_equal(file_read(arena, name, DESCRIPTION_MOST, &file), DONE);
    struct str rest = {(const char *)file.at, file.length};
    while (!str_is_empty(rest)) {
        struct str line = str_cut(&rest, '\n');
        size_t indent = indent_of(line);
        struct str text = str_part(line, indent, line.length);
        if (str_starts(line, "components:")) {
            break;
        }
        if (indent == 2 && str_starts(text, "/")) {
            path = str_part(text, 0, str_find(text, STR(":")));
        } else if (indent == 4 && !str_starts(text, "parameters") && path.length > 0) {
            struct described *now = &description.at[description.count++];
            *now = (struct described){word_of(text), path, STR("|"), STR("|"), false};
        } else if (indent == 6) {
            in_body = str_starts(text, "requestBody");
        } else if (description.count > 0) {
            read_line(arena, &description.at[description.count - 1], line, in_body);
        }
    }
    return description;
}

static bool same_method(struct str described, const char *method) {
    return described.length == strlen(method) &&
           strncasecmp(described.at, method, described.length) == 0;
}

static size_t count_names(struct str list) {
    size_t count = 0;
    for (size_t i = 1; i < list.length; i++) {
        count += list.at[i] == '|' && list.at[i - 1] != '|';
    }
    return count;
}

static void compare(struct arena *arena, const struct endpoint *endpoint,
                    const struct described *described) {
    size_t queries = 0;
    size_t members = 0;
    for (const struct field *field = endpoint->query;
         field != NULL && field->name != NULL; field++) {
        queries++;
        if (!list_has(arena, described->query, field->name)) {
            fail_msg("%s %s: %s is not described", endpoint->method, endpoint->pattern,
                     field->name);
        }
    }
    for (const struct member *member = endpoint->members;
         member != NULL && member->name != NULL; member++) {
        const char *demanded = str_text(arena, str_format(arena, "!%s", member->name));
        members += 1 + member->required;
        if (!list_has(arena, described->members, member->name) ||
            list_has(arena, described->members, demanded) != member->required) {
            fail_msg("%s %s: %s is not described so", endpoint->method, endpoint->pattern,
                     member->name);
        }
    }
    bool by_hand = strcmp(endpoint->pattern, "/files") == 0; /* its name: ?name= */
    assert_true(by_hand || queries == count_names(described->query));
    assert_int_equal(members, count_names(described->members));
    assert_int_equal(described->if_match, endpoint->if_match);
}

static void test_api__description_and_routes_agree(void **state) {
    (void)state;
    struct arena *arena = arena_new((size_t)16 << 20);
    struct description description = read_description(arena);
    size_t count = 0;
    for (; api_endpoints[count] != NULL; count++) {
        const struct endpoint *endpoint = api_endpoints[count];
        const struct described *found = NULL;
        for (size_t i = 0; i < description.count; i++) {
            if (str_is(description.at[i].path, endpoint->pattern) &&
                same_method(description.at[i].method, endpoint->method)) {
                found = &description.at[i];
            }
        }
        if (found == NULL) {
            fail_msg("%s %s is not described", endpoint->method, endpoint->pattern);
        }
        compare(arena, endpoint, found);
    }
    assert_int_equal(count, description.count);
    arena_free(arena);
}

/* ---- a bureau behind a listener ---- */

struct office {
    struct trial_store *trial;
    struct call *call;
    const struct rulebook *book;
    struct trial_bureau bureau;
    struct words *words;
    struct api *api;
    struct server *server;
    const char *token;
    const char *if_match;
    const char *key;
    const char *confirmed; /* by the decisions: a list, or NULL */
    const char *head;      /* of the last answer */
    json_t *json;          /* of the last answer */
    char column[16];
    char unit[16];
};

static void handle(void *owner, const struct request *request,
                   struct response *response) {
    api_handle(owner, request, response);
}

static const char *source_path(struct office *office, const char *path) {
    return str_text(office->call->arena, str_format(office->call->arena, "%s/%s",
                                                    getenv("SHENFA_SOURCE"), path));
}

static void open_house(struct office *office, const char *book) {
    struct house *house = &office->trial->house;
    struct buffer errors;
    struct fault *faults = NULL;
    buffer_init(&errors, office->call->arena);
    house->sandbox = sandbox;
    assert_int_equal(
        words_load(source_path(office, "share/words"), &errors, &office->words), DONE);
    house->words = office->words;
    assert_int_equal(
        calendar_open(source_path(office, "share/calendar/cn.tsv"), &house->calendar),
        DONE);
    const char *const directories[] = {source_path(office, "rulebooks"), NULL};
    assert_int_equal(shelf_open(office->call->arena, directories, &house->shelf, &faults),
                     DONE);
    office->book = shelf_latest(house->shelf, str_of(book));
}

/* Under the rulebook *book*; its texts go to the column at *path*. */
static void open_office_under(struct office *office, struct trial_store *trial,
                              const char *book, const char *path) {
    struct column column;
    *office = (struct office){.trial = trial, .call = &trial->call};
    struct call *call = office->call;
    call->now = instant_read_clock(); /* the listener's clock is the machine's */
    open_house(office, book);
    call->door = DOOR_CLI;
    assert_int_equal(trial_found(call, office->book, true, &office->bureau), DONE);
    assert_int_equal(
        site_column_find_path(call, office->bureau.site.id, str_of(path), &column), DONE);
    snprintf(office->column, sizeof office->column, "%.*s",
             STR_ARG(id_to_text(call->arena, column.id)));
    snprintf(office->unit, sizeof office->unit, "%.*s",
             STR_ARG(id_to_text(call->arena, office->bureau.department.id)));
    struct api_options options = {.house = &trial->house,
                                  .group = office->bureau.site.group};
    assert_int_equal(api_open(&options, &office->api), DONE);
    struct http_options listener = {
        .address = "127.0.0.1:0", .handle = handle, .owner = office->api};
    listener.routes = api_routes(office->api, &listener.route_count);
    assert_int_equal(http_serve(&listener, &office->server), DONE);
}

static void open_office(struct office *office, struct trial_store *trial) {
    open_office_under(office, trial, "liuzhou-stats", "tjdt");
}

static void close_office(struct office *office) {
    struct house *house = &office->trial->house;
    http_stop(office->server);
    api_close(office->api);
    json_decref(office->json);
    txn_abort(office->call);
    shelf_free(house->shelf);
    calendar_close(house->calendar);
    words_free(office->words);
    house->shelf = NULL;
    house->calendar = NULL;
    house->words = NULL;
}

static void speak_as(struct office *office, id64 person) {
    struct str secret;
    struct call *call = trial_call_new(office->trial);
    call->now = instant_read_clock();
    call->door = DOOR_CLI;
    assert_int_equal(people_token_new(call, person, STR("试验"), 0, &secret), DONE);
    office->token = str_text(office->call->arena, secret);
    trial_call_free(call);
}

static int connect_to(const char *address) {
    struct sockaddr_in peer = {.sin_family = AF_INET};
    peer.sin_port = htons((uint16_t)atoi(strrchr(address, ':') + 1));
    inet_pton(AF_INET, "127.0.0.1", &peer.sin_addr);
    int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(connect(connection, (struct sockaddr *)&peer, sizeof peer), 0);
    return connection;
}

static void send_all(int connection, struct str text) {
    while (text.length > 0) {
        ssize_t sent = send(connection, text.at, text.length, MSG_NOSIGNAL);
        assert_true(sent > 0);
        text = str_part(text, (size_t)sent, text.length);
    }
}

static struct str read_all(struct office *office, int connection) {
    char *at = arena_take(office->call->arena, ANSWER_MOST);
    size_t length = 0;
    ssize_t got;
    while ((got = recv(connection, at + length, ANSWER_MOST - length - 1, 0)) > 0) {
        length += (size_t)got;
    }
    return (struct str){at, length};
}

/* One request; the status, and the JSON in office->json. */
static int ask_typed(struct office *office, const char *method, const char *path,
                     const char *type, struct str body) {
    struct buffer request;
    buffer_init(&request, office->call->arena);
    buffer_add_format(&request, "%s /api/v1%s HTTP/1.1\r\nHost: %s\r\n", method, path,
                      http_address(office->server));
    buffer_add_format(&request, "Connection: close\r\nAccept-Language: zh-CN\r\n");
    if (office->token != NULL) {
        buffer_add_format(&request, "Authorization: Bearer %s\r\n", office->token);
    }
    if (office->if_match != NULL) {
        buffer_add_format(&request, "If-Match: %s\r\n", office->if_match);
    }
    if (office->key != NULL) {
        buffer_add_format(&request, "Idempotency-Key: %s\r\n", office->key);
    }
    if (strcmp(method, "GET") != 0) {
        buffer_add_format(&request, "Content-Type: %s\r\nContent-Length: %zu\r\n", type,
                          body.length);
    }
    buffer_add_text(&request, "\r\n");
    buffer_add(&request, body);
    int connection = connect_to(http_address(office->server));
    send_all(connection, buffer_str(&request));
    struct str answer = read_all(office, connection);
    close(connection);
    size_t end = str_find(answer, STR("\r\n\r\n"));
    office->head = str_text(office->call->arena, str_part(answer, 0, end));
    json_decref(office->json);
    office->json = json_loadb(answer.at + end + 4, answer.length - end - 4, 0, NULL);
    int64_t status = 0;
    assert_int_equal(str_to_int(str_part(answer, 9, 12), &status), DONE);
    return (int)status;
}

static int ask(struct office *office, const char *method, const char *path,
               const char *body) {
    return ask_typed(office, method, path, "application/json", str_of(body));
}

static const char *path_of(struct office *office, const char *manuscript,
                           const char *rest) {
    return str_text(
        office->call->arena,
        str_format(office->call->arena, "/manuscripts/%s%s", manuscript, rest));
}

static const char *text_at(struct office *office, const char *name) {
    const char *text = json_string_value(json_object_get(office->json, name));
    return text == NULL ? "" : text;
}

static void assert_problem(struct office *office, int status, const char *code) {
    assert_true(strstr(office->head, "application/problem+json") != NULL);
    assert_int_equal(json_integer_value(json_object_get(office->json, "status")), status);
    assert_string_equal(text_at(office, "code"), code);
    assert_true(strlen(text_at(office, "detail")) > 0);
    assert_string_not_equal(text_at(office, "detail"), code);
}

static const char *begin(struct office *office) {
    struct arena *arena = office->call->arena;
    struct str body = str_format(
        arena,
        "{\"column\":\"%s\",\"unit\":\"%s\",\"class\":\"%.*s\",\"title\":\"全市普查业务"
        "培训班开班\",\"body\":\"<p>培训班为期两天。</p>\",\"fields\":{\"disclosure\":"
        "\"active\",\"origin\":\"%.*s\",\"source\":\"工业科\"}}",
        office->column, office->unit, STR_ARG(office->book->classes[1].code),
        STR_ARG(day_to_text(arena, instant_day(office->call->now))));
    assert_int_equal(ask(office, "POST", "/manuscripts", str_text(arena, body)), 201);
    assert_non_null(strstr(office->head, "Location: /api/v1/manuscripts/"));
    assert_non_null(strstr(office->head, "ETag: \"2\""));
    return str_text(arena, str_of(text_at(office, "id")));
}

static struct str answers_json(struct office *office, const struct offer *offer) {
    struct answer *answers;
    json_t *json = json_object();
    size_t count = trial_good_answers(office->call, offer->book, offer->step, &answers);
    for (size_t i = 0; i < count; i++) {
        json_object_set_new(json, str_text(office->call->arena, answers[i].question),
                            tell_text(answers[i].value));
    }
    return ledger_payload(office->call, json);
}

/* The declarations of every author's step, as the submission form asks them. */
static const char *declarations_json(struct office *office) {
    struct buffer all;
    json_t *json = json_object();
    for (size_t r = 0; r < office->book->route_count; r++) {
        const struct route *route = &office->book->routes[r];
        for (size_t s = 0; s < route->step_count; s++) {
            struct answer *answers;
            if (route->steps[s].kind != STEP_AUTHOR) {
                continue;
            }
            size_t count = trial_good_answers(office->call, office->book,
                                              &route->steps[s], &answers);
            for (size_t i = 0; i < count; i++) {
                json_object_set_new(json,
                                    str_text(office->call->arena, answers[i].question),
                                    tell_text(answers[i].value));
            }
        }
    }
    buffer_init(&all, office->call->arena);
    buffer_add_text(&all, "{\"declarations\":");
    buffer_add(&all, ledger_payload(office->call, json));
    buffer_add_text(&all, "}");
    return str_text(office->call->arena, buffer_str(&all));
}

/* Whoever holds the present step and may; his token speaks from now on. */
static void find_doer(struct office *office, id64 manuscript, struct offer *out_offer) {
    struct subject subject = {SUBJECT_MANUSCRIPT, manuscript};
    struct people_holdings holders;
    struct call *call = office->call;
    txn_abort(call); /* a fresh view */
    call->now = instant_read_clock();
    call->actor = (struct actor){.person = office->bureau.writer};
    assert_int_equal(review_offer(call, subject, 0, out_offer), DONE);
    if (!out_offer->may_decide && out_offer->step->kind != STEP_END) {
        assert_int_equal(people_holders(call, str_text(call->arena, out_offer->role),
                                        out_offer->unit, &holders),
                         DONE);
        for (size_t i = 0; i < holders.count && !out_offer->may_decide; i++) {
            call->actor.person = holders.at[i].person;
            assert_int_equal(review_offer(call, subject, 0, out_offer), DONE);
        }
    }
    speak_as(office, call->actor.person);
}

static int decide(struct office *office, const char *manuscript,
                  const struct offer *offer, const char *password) {
    struct arena *arena = office->call->arena;
    int outcome = step_forward(offer->step);
    struct str code = outcome == NO_INDEX ? offer->step->outcomes[0].code
                                          : offer->step->outcomes[outcome].code;
    struct str body = str_format(
        arena,
        "{\"digest\":\"%.*s\",\"step\":\"%.*s\",\"outcome\":\"%.*s\",\"opinion\":"
        "\"同意\",\"answers\":%.*s,\"confirmed\":[%s],\"password\":\"%s\"}",
        STR_ARG(digest_to_text(arena, &offer->run.digest)), STR_ARG(offer->step->code),
        STR_ARG(code), STR_ARG(answers_json(office, offer)),
        office->confirmed == NULL ? "" : office->confirmed, password);
    return ask(office, "POST", path_of(office, manuscript, "/decisions"),
               str_text(arena, body));
}

static void test_api__from_the_first_word_to_the_public_and_back(void **state) {
    struct office office;
    struct offer offer;
    open_office(&office, *state);
    struct arena *arena = office.call->arena;
    speak_as(&office, office.bureau.writer);
    office.key = "begin-1";
    const char *id = begin(&office);
    id64 manuscript;
    assert_int_equal(id_from_text(str_of(id), &manuscript), DONE);

    /* The same wish again makes no second one. */
    assert_int_equal(ask(&office, "POST", "/manuscripts",
                         str_text(arena, str_format(arena,
                                                    "{\"column\":\"%s\",\"unit\":\"%s\","
                                                    "\"class\":\"x\",\"title\":\"x\"}",
                                                    office.column, office.unit))),
                     200);
    assert_string_equal(text_at(&office, "id"), id);
    office.key = NULL;

    /* Changed over the version that was seen, and over none else. */
    assert_int_equal(ask(&office, "PATCH", path_of(&office, id, ""), "{}"), 428);
    assert_problem(&office, 428, "api.no-if-match");
    office.if_match = "\"1\"";
    assert_int_equal(
        ask(&office, "PATCH", path_of(&office, id, ""), "{\"title\":\"旧\"}"), 412);
    office.if_match = "\"2\"";
    assert_int_equal(ask(&office, "PATCH", path_of(&office, id, ""),
                         "{\"title\":\"全市普查培训班开班\"}"),
                     200);
    assert_non_null(strstr(office.head, "ETag: \"3\""));
    assert_string_equal(text_at(&office, "title"), "全市普查培训班开班");

    /* Submitted and decided step by step, each by whoever has it. */
    office.if_match = "\"3\"";
    int status = ask(&office, "POST", path_of(&office, id, "/submission"),
                     declarations_json(&office));
    if (status != 200) {
        fail_msg("submission: %s", text_at(&office, "detail"));
    }
    office.if_match = NULL;
    for (int i = 0; i < RUNS_MOST; i++) {
        find_doer(&office, manuscript, &offer);
        if (offer.step->kind == STEP_RELEASE || offer.step->kind == STEP_END) {
            break;
        }
        assert_int_equal(ask(&office, "GET", path_of(&office, id, "/step"), ""), 200);
        assert_true(json_is_true(json_object_get(office.json, "may_decide")));
        if (offer.step->signature) {
            assert_int_equal(decide(&office, id, &offer, "falsch"), 403);
            assert_problem(&office, 403, "people.password-wrong");
        }
        if (decide(&office, id, &offer, TRIAL_PASSWORD) != 200) {
            fail_msg("%.*s: %s", STR_ARG(offer.step->code), text_at(&office, "detail"));
        }
    }
    assert_int_equal(offer.step->kind, STEP_RELEASE);
    assert_int_equal(ask(&office, "GET", path_of(&office, id, "/decisions"), ""), 200);
    assert_true(json_array_size(json_object_get(office.json, "decisions")) >= 3);
    assert_int_equal(ask(&office, "GET", "/desk", ""), 200);

    /* Released: the answer comes when the page is there. */
    struct str order =
        str_format(arena, "{\"digest\":\"%.*s\",\"password\":\"" TRIAL_PASSWORD "\"}",
                   STR_ARG(digest_to_text(arena, &offer.run.digest)));
    status =
        ask(&office, "POST", path_of(&office, id, "/releases"), str_text(arena, order));
    if (status != 201) {
        fail_msg("release: %s", text_at(&office, "detail"));
    }
    json_t *release = json_array_get(json_object_get(office.json, "releases"), 0);
    const char *page =
        str_text(arena, str_format(arena, "%s/public/%.*s/%s", office.trial->workspace,
                                   STR_ARG(office.bureau.site.code),
                                   json_string_value(json_object_get(release, "path"))));
    assert_true(file_exists(page));
    assert_int_equal(ask(&office, "GET", path_of(&office, id, "/history"), ""), 200);
    assert_true(json_array_size(json_object_get(office.json, "entries")) > 4);

    /* And back. */
    assert_int_equal(ask(&office, "POST", path_of(&office, id, "/withdrawal"),
                         "{\"kind\":\"forget\",\"reason\":\"x\"}"),
                     422);
    assert_problem(&office, 422, "api.want-kind");
    status =
        ask(&office, "POST", path_of(&office, id, "/withdrawal"),
            "{\"kind\":\"removal\",\"reason\":\"数据有误\",\"password\":\"" TRIAL_PASSWORD
            "\"}");
    if (status != 200) {
        fail_msg("withdrawal: %s", text_at(&office, "detail"));
    }
    close_office(&office);
}

/* ---- what files tell of their making ---- */

static struct {
    struct call *call;
    size_t files;
    size_t telling;
    struct str last; /* that tells */
} search;

/* Words of a photograph and of packages; none of them stands in any text or picture. */
static const char *const planted[] = {"Huawei", "SERIAL-0042", "TRAILER-GPS", "李小兰甲",
                                      "周正国乙"};

/* One public file, as it lies there and, if it is a package, its properties. */
static int look_into(const char *path, const struct stat *about, int kind,
                     struct FTW *place) {
    struct arena *arena = search.call->arena;
    struct bytes bytes;
    struct document document = {0};
    const struct file_type *type;
    bool tells = false;
    (void)about;
    (void)place;
    if (kind != FTW_F) {
        return 0;
    }
    assert_int_equal(file_read(arena, path, ANSWER_MOST, &bytes), DONE);
    if (text_file_type(search.call, str_of(path), bytes, &type) == DONE &&
        !type->is_picture) {
        assert_int_equal(text_document(search.call, type, bytes, &document), DONE);
    }
    call_forgive(search.call);
    for (size_t i = 0; i < LENGTH(planted); i++) {
        struct str word = str_of(planted[i]);
        tells = tells || memmem(bytes.at, bytes.length, word.at, word.length) != NULL;
        for (size_t k = 0; k < document.count; k++) {
            struct str text = document.parts[k].text;
            tells = tells || str_find(text, word) < text.length;
        }
    }
    search.files++;
    if (tells) {
        search.telling++;
        search.last = str_copy(arena, str_of(path));
    }
    return 0;
}

/* Upload one file and add what the draft and the decisions call it. */
static void upload(struct office *office, const char *name, struct bytes bytes,
                   const char *taken_out, struct buffer *files, struct buffer *digests) {
    const char *path = str_text(office->call->arena,
                                str_format(office->call->arena, "/files?name=%s", name));
    assert_int_equal(ask_typed(office, "POST", path, "application/octet-stream",
                               (struct str){(const char *)bytes.at, bytes.length}),
                     201);
    assert_string_equal(text_at(office, "taken_out"), taken_out);
    bool is_said = strstr(text_at(office, "said"), "已去除") != NULL;
    assert_int_equal(is_said, strcmp(taken_out, "none") != 0);
    json_object_del(office->json, "taken_out");
    json_object_del(office->json, "said");
    buffer_add_text(files, files->length > 0 ? "," : "");
    buffer_add(files, ledger_payload(office->call, json_incref(office->json)));
    buffer_add_format(digests, "%s\"%s\"", digests->length > 0 ? "," : "",
                      text_at(office, "digest"));
}

static void bring_to_the_public(struct office *office, const char *id) {
    struct offer offer;
    id64 manuscript;
    assert_int_equal(id_from_text(str_of(id), &manuscript), DONE);
    assert_int_equal(ask(office, "POST", path_of(office, id, "/submission"),
                         declarations_json(office)),
                     200);
    office->if_match = NULL;
    for (int i = 0; i < RUNS_MOST; i++) {
        find_doer(office, manuscript, &offer);
        if (offer.step->kind == STEP_RELEASE || offer.step->kind == STEP_END) {
            break;
        }
        if (decide(office, id, &offer, TRIAL_PASSWORD) != 200) {
            fail_msg("%.*s: %s", STR_ARG(offer.step->code), text_at(office, "detail"));
        }
    }
    struct str order = str_format(
        office->call->arena, "{\"digest\":\"%.*s\",\"password\":\"" TRIAL_PASSWORD "\"}",
        STR_ARG(digest_to_text(office->call->arena, &offer.run.digest)));
    if (ask(office, "POST", path_of(office, id, "/releases"),
            str_text(office->call->arena, order)) != 201) {
        fail_msg("release: %s", text_at(office, "detail"));
    }
}

/* A photograph and two packages go through the door to the public; every public file is
 * looked into.  The signed one keeps its bytes, and is found: the look is no blind one.
 */
static void test_api__public_files_do_not_tell_who_made_them(void **state) {
    static const char core[] = "<c><dc:creator xmlns:dc=\"x\">李小兰甲</dc:creator>"
                               "<lastModifiedBy>周正国乙</lastModifiedBy></c>";
    static const struct zip_file files[] = {{"word/document.xml", "<a><t>正文</t></a>"},
                                            {"docProps/core.xml", core},
                                            {"_xmlsignatures/sig1.xml", "<a/>"}};
    struct office office;
    open_office(&office, *state);
    struct arena *arena = office.call->arena;
    speak_as(&office, office.bureau.writer);
    const char *id = begin(&office);
    struct buffer list;
    struct buffer digests;
    struct bytes photo;
    buffer_init(&list, arena);
    buffer_init(&digests, arena);
    assert_int_equal(file_read(arena,
                               source_path(&office, "tests/fuzz/corpus/picture/gps.jpg"),
                               1 << 20, &photo),
                     DONE);
    upload(&office, "p.jpg", photo, "place", &list, &digests);
    upload(&office, "a.docx", zip_files(arena, files, 2, 0), "maker", &list, &digests);
    upload(&office, "s.docx", zip_files(arena, files, 3, 0), "none", &list, &digests);
    office.confirmed = str_text(arena, buffer_str(&digests));
    office.if_match = "\"2\"";
    struct str change =
        str_format(arena, "{\"attachments\":[%.*s]}", STR_ARG(buffer_str(&list)));
    assert_int_equal(
        ask(&office, "PATCH", path_of(&office, id, ""), str_text(arena, change)), 200);
    office.if_match = "\"3\"";
    bring_to_the_public(&office, id);
    search.call = office.call;
    search.files = search.telling = 0;
    const char *root =
        str_text(arena, str_format(arena, "%s/public", office.trial->workspace));
    assert_int_equal(nftw(root, look_into, 16, FTW_PHYS), 0);
    assert_true(search.files > 4);
    assert_int_equal(search.telling, 1);
    assert_true(str_ends(search.last, "-3.docx"));
    close_office(&office);
}

static void test_api__noes_are_problems(void **state) {
    struct office office;
    open_office(&office, *state);
    static const struct {
        const char *method;
        const char *path;
        const char *body;
        int status;
        const char *code;
    } cases[] = {
        {"GET", "/nowhere", "", 404, "api.no-address"},
        {"DELETE", "/desk", "", 405, "api.no-method"},
        {"GET", "/manuscripts/zzz", "", 404, "api.absent"},
        {"GET", "/manuscripts/0000000000001", "", 404, "api.absent"},
        {"POST", "/manuscripts", "{", 422, "api.bad-json"},
        {"POST", "/manuscripts", "[]", 422, "api.no-object"},
        {"POST", "/manuscripts", "{\"title\":1}", 422, "api.want-text"},
        {"POST", "/manuscripts", "{\"colour\":\"red\"}", 422, "api.unknown-member"},
        {"POST", "/manuscripts", "{}", 422, "api.member-missing"},
        {"POST", "/manuscripts", "{\"title\":\"a\",\"title\":\"b\"}", 422,
         "api.bad-json"},
        {"POST", "/manuscripts", "{\"title\":\"\\u0000\"}", 422, "api.bad-json"},
        {"GET", "/ledger", "", 403, "api.not-yours"},
        {"GET", "/ledger/verification", "", 403, "api.not-yours"},
        {"POST", "/people/import", "姓名\n甲\n", 403, "people.only-office"},
    };
    assert_int_equal(ask(&office, "GET", "/desk", ""), 401);
    assert_problem(&office, 401, "api.no-token");
    assert_non_null(strstr(office.head, "WWW-Authenticate: Bearer"));
    office.token = "shenfa_falsch";
    assert_int_equal(ask(&office, "GET", "/desk", ""), 401);
    speak_as(&office, office.bureau.writer);
    for (size_t i = 0; i < LENGTH(cases); i++) {
        int status = ask(&office, cases[i].method, cases[i].path, cases[i].body);
        if (status != cases[i].status ||
            strcmp(text_at(&office, "code"), cases[i].code) != 0) {
            fail_msg("%s %s: %d %s", cases[i].method, cases[i].path, status,
                     text_at(&office, "code"));
        }
        assert_true(strlen(text_at(&office, "detail")) > 0);
    }
    assert_int_equal(ask_typed(&office, "POST", "/manuscripts", "text/plain", STR("{}")),
                     415);
    assert_problem(&office, 415, "api.not-json");
    close_office(&office);
}

static void test_api__a_stranger_does_not_learn_of_a_manuscript(void **state) {
    struct office office;
    struct people_holdings audit;
    open_office(&office, *state);
    speak_as(&office, office.bureau.writer);
    const char *id = begin(&office);
    assert_int_equal(ask(&office, "GET", path_of(&office, id, ""), ""), 200);
    assert_int_equal(people_holders(office.call, PEOPLE_ROLE_AUDIT, 0, &audit), DONE);
    speak_as(&office, audit.at[0].person);
    static const char *const parts[] = {"",          "/revisions", "/step",
                                        "/history",  "/decisions", "/findings",
                                        "/releases", "/form",      "/form.pdf"};
    for (size_t i = 0; i < LENGTH(parts); i++) {
        assert_int_equal(ask(&office, "GET", path_of(&office, id, parts[i]), ""), 404);
        assert_problem(&office, 404, "api.absent");
    }
    /* An administrator reads the chain instead. */
    assert_int_equal(ask(&office, "GET", "/ledger?limit=3", ""), 200);
    assert_true(json_array_size(json_object_get(office.json, "entries")) > 0);
    assert_int_equal(ask(&office, "GET", "/ledger/verification?chain=house", ""), 200);
    assert_true(json_is_true(json_object_get(office.json, "whole")));
    assert_int_equal(ask(&office, "GET", "/ledger?from=yesterday", ""), 422);
    close_office(&office);
}

static id64 holder_of(struct office *office, const char *role) {
    struct people_holdings holders;
    assert_int_equal(people_holders(office->call, role, 0, &holders), DONE);
    assert_true(holders.count > 0);
    return holders.at[0].person;
}

/* From its receipt to its end; who has no part in it hears of none. */
static void test_api__a_letter_is_told_to_those_concerned(void **state) {
    struct office office;
    open_office_under(&office, *state, "complaints-12365", "news");
    struct arena *arena = office.call->arena;
    const char *entered = "{\"mailbox\":\"complaints\",\"title\":\"计量秤\",\"words\":"
                          "\"不准\",\"writer\":\"韦来信\",\"channel\":\"phone\"}";
    speak_as(&office, holder_of(&office, "mail-dispatcher"));
    assert_int_equal(ask(&office, "POST", "/letters", entered), 201);
    assert_string_equal(text_at(&office, "writer"), "韦来信");
    const char *path = str_format(arena, "/letters/%s", text_at(&office, "id")).at;
    const char *transfer = str_format(arena, "%s/transfer", path).at;
    const char *answer = str_format(arena, "%s/answer", path).at;
    const char *tell = str_format(arena, "%s/tell", path).at;
    const char *moved =
        str_format(arena, "{\"unit\":\"%s\",\"reason\":\"属工业科\"}", office.unit).at;
    speak_as(&office, holder_of(&office, "dept-head"));
    assert_int_equal(ask(&office, "GET", path, ""), 404);
    assert_int_equal(ask(&office, "POST", transfer, moved), 404);
    assert_int_equal(ask(&office, "GET", "/letters", ""), 200);
    assert_int_equal(json_array_size(json_object_get(office.json, "letters")), 0);
    speak_as(&office, holder_of(&office, "mail-dispatcher"));
    assert_int_equal(ask(&office, "POST", transfer, moved), 200);
    assert_string_equal(text_at(&office, "state"), "transferred");
    assert_int_equal(ask(&office, "POST", answer, "{\"answer\":\"已办\"}"), 403);
    assert_problem(&office, 403, "letter.not-yours");
    assert_int_equal(
        ask(&office, "POST", "/letters/looks", "{\"mailbox\":\"complaints\"}"), 200);
    assert_int_equal(json_integer_value(json_object_get(office.json, "letters")), 1);
    assert_int_equal(ask(&office, "GET", "/mailboxes", ""), 200);
    assert_int_equal(json_array_size(json_object_get(office.json, "mailboxes")), 2);
    speak_as(&office, holder_of(&office, "mail-handler"));
    assert_int_equal(ask(&office, "POST", answer, "{\"answer\":\"已办\"}"), 200);
    assert_int_equal(ask(&office, "POST", tell, "{\"how\":\"phone\"}"), 200);
    assert_string_equal(text_at(&office, "state"), "closed");
    speak_as(&office, holder_of(&office, "office-director"));
    assert_int_equal(ask(&office, "GET", path, ""), 200);
    assert_string_equal(text_at(&office, "writer"), "");
    assert_string_equal(text_at(&office, "answer"), "");
    close_office(&office);
}

static void test_api__lists_of_the_house(void **state) {
    struct office office;
    open_office(&office, *state);
    static const struct {
        const char *path;
        const char *list;
    } lists[] = {{"/sites", "sites"},
                 {"/units", "units"},
                 {"/posts", "posts"},
                 {"/people", "people"},
                 {"/manuscripts", "manuscripts"},
                 {"/summary?period=2026-12", "units"},
                 {"/views?period=2026-12", "sites"}};
    speak_as(&office, office.bureau.writer);
    (void)begin(&office);
    for (size_t i = 0; i < LENGTH(lists); i++) {
        assert_int_equal(ask(&office, "GET", lists[i].path, ""), 200);
        assert_true(json_array_size(json_object_get(office.json, lists[i].list)) > 0);
    }
    struct str path =
        str_format(office.call->arena, "/columns?site=%.*s",
                   STR_ARG(id_to_text(office.call->arena, office.bureau.site.id)));
    assert_int_equal(ask(&office, "GET", str_text(office.call->arena, path), ""), 200);
    assert_true(json_array_size(json_object_get(office.json, "columns")) > 0);
    assert_int_equal(ask(&office, "GET", "/archive?year=2026", ""), 200);
    assert_true(json_is_array(json_object_get(office.json, "files")));
    assert_int_equal(ask(&office, "GET", "/catalogue", ""), 200);
    assert_true(json_is_array(json_object_get(office.json, "entries")));
    assert_int_equal(ask(&office, "GET", "/summary?period=2026-13", ""), 422);
    assert_int_equal(ask(&office, "GET", "/views?period=2026-13", ""), 422);
    assert_int_equal(ask(&office, "GET", "/views?period=2026-12&site=x", ""), 422);
    assert_int_equal(ask(&office, "GET", "/me", ""), 200);
    assert_true(json_array_size(json_object_get(office.json, "holds")) > 0);
    assert_int_equal(ask(&office, "GET", "/people?search=no-such-name", ""), 200);
    assert_int_equal(json_array_size(json_object_get(office.json, "people")), 0);
    close_office(&office);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_api__description_and_routes_agree),
        TRIAL_ON_BOTH(test_api__from_the_first_word_to_the_public_and_back),
        TRIAL_ON_SQLITE(test_api__public_files_do_not_tell_who_made_them),
        TRIAL_ON_SQLITE(test_api__noes_are_problems),
        TRIAL_ON_SQLITE(test_api__a_stranger_does_not_learn_of_a_manuscript),
        TRIAL_ON_SQLITE(test_api__a_letter_is_told_to_those_concerned),
        TRIAL_ON_SQLITE(test_api__lists_of_the_house),
    };
    if (sandbox_start(&text_parsers, &sandbox) != DONE) {
        return 1;
    }
    int failed = trial_run("api", tests, LENGTH(tests));
    sandbox_stop(sandbox);
    return failed;
}
