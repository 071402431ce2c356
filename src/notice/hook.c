/*
 * The bureau's message hook: a POST of JSON, signed, to whatever carries messages
 * there.  The hook answers 2xx or the message is sent again.
 */
#include "notice_own.h"

#include <curl/curl.h>
#include <jansson.h>
#include <string.h>

#define CONNECT_MOST 10L
#define SEND_MOST    30L
#define BLOCK_SIZE   64 /* of SM3 */

static enum status post(struct call *call, const struct notice_outlets *outlets,
                        struct str body, struct job *job);
static struct curl_slist *
make_headers(struct call *call, const struct notice_outlets *outlets, struct str body);
static struct str compose_json(struct call *call, const struct notice_outlets *outlets,
                               const struct message *message);
static json_t *json_of_duty(struct call *call, const struct notice_outlets *outlets,
                            const struct duty *duty);
static json_t *json_of(struct str text);
static void set_options(CURL *curl);
static size_t drop(char *at, size_t size, size_t count, void *what);

enum status hook_send(struct call *call, struct job *job) {
    struct notice_outlets outlets;
    struct message message;
    enum status status = notice_outlets_read(call, &outlets);
    if (status == ABSENT || (status == DONE && str_is_empty(outlets.hook))) {
        return DONE;
    }
    TRY(status);
    status = message_compose(call, &outlets, job, &message);
    if (status == ABSENT) {
        return DONE;
    }
    TRY(status);
    return post(call, &outlets, compose_json(call, &outlets, &message), job);
}

enum status notice_post(struct call *call, const struct notice_outlets *outlets,
                        struct str body) {
    struct job job = {0};
    if (str_is_empty(outlets->hook)) {
        return ABSENT;
    }
    enum status posted = post(call, outlets, body, &job);
    return posted == DONE ? DONE : log_failed("%.*s", STR_ARG(job.reason));
}

static enum status post(struct call *call, const struct notice_outlets *outlets,
                        struct str body, struct job *job) {
    CURL *curl = curl_easy_init();
    if (curl == NULL) {
        return log_failed("a message to the hook cannot be begun");
    }
    struct curl_slist *headers = make_headers(call, outlets, body);
    set_options(curl);
    curl_easy_setopt(curl, CURLOPT_URL, str_text(call->arena, outlets->hook));
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body.at);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)body.length);
    CURLcode code = curl_easy_perform(curl);
    long answer = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    if (code != CURLE_OK || answer < 200 || answer > 299) {
        job->reason =
            str_format(call->arena, "hook: %s (%ld)", curl_easy_strerror(code), answer);
        return FAILED;
    }
    return DONE;
}

static void set_options(CURL *curl) {
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "https,http");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, CONNECT_MOST);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, SEND_MOST);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, drop);
}

/* What the hook answers besides its status is nobody's business here. */
static size_t drop(char *at, size_t size, size_t count, void *what) {
    (void)at;
    (void)what;
    return size * count;
}

static struct curl_slist *
make_headers(struct call *call, const struct notice_outlets *outlets, struct str body) {
    long long second = (long long)(call->now / INSTANT_SECOND);
    struct str signed_text = str_format(call->arena, "%lld.%.*s", second, STR_ARG(body));
    struct str signature = hook_signature(call->arena, outlets->hook_key, signed_text);
    struct str time = str_format(call->arena, "X-Shenfa-Time: %lld", second);
    struct str sign =
        str_format(call->arena, "X-Shenfa-Signature: sm3=%.*s", STR_ARG(signature));
    struct curl_slist *headers =
        curl_slist_append(NULL, "Content-Type: application/json; charset=utf-8");
    headers = curl_slist_append(headers, "Expect:");
    headers = curl_slist_append(headers, time.at);
    return curl_slist_append(headers, sign.at);
}

struct str hook_signature(struct arena *arena, struct str key, struct str text) {
    unsigned char inner[BLOCK_SIZE] = {0};
    unsigned char outer[BLOCK_SIZE];
    struct digesting digesting;
    if (key.length > BLOCK_SIZE) {
        struct digest digest = digest_of(DIGEST_SM3, bytes_of_str(key));
        memcpy(inner, digest.at, sizeof digest.at);
    } else {
        memcpy(inner, key.at, key.length);
    }
    for (size_t i = 0; i < BLOCK_SIZE; i++) {
        outer[i] = inner[i] ^ 0x5c;
        inner[i] ^= 0x36;
    }
    digest_begin(&digesting, DIGEST_SM3);
    digest_add(&digesting, inner, sizeof inner);
    digest_add(&digesting, text.at, text.length);
    struct digest first = digest_end(&digesting);
    digest_begin(&digesting, DIGEST_SM3);
    digest_add(&digesting, outer, sizeof outer);
    digest_add(&digesting, first.at, sizeof first.at);
    struct digest second = digest_end(&digesting);
    return bytes_to_hex(arena, (struct bytes){second.at, sizeof second.at});
}

static struct str compose_json(struct call *call, const struct notice_outlets *outlets,
                               const struct message *message) {
    json_t *duties = json_array();
    for (size_t i = 0; i < message->duties.count; i++) {
        json_array_append_new(duties,
                              json_of_duty(call, outlets, &message->duties.at[i]));
    }
    json_t *person =
        json_pack("{s:o, s:o, s:o, s:o, s:o}", "id",
                  json_of(id_to_text(call->arena, message->person)), "name",
                  json_of(message->name), "login", json_of(message->login), "mail",
                  json_of(message->mail), "phone", json_of(message->phone));
    return ledger_payload(
        call, json_pack("{s:o, s:s, s:o, s:o, s:o, s:o, s:o}", "id", json_of(message->id),
                        "why", message_why_name(message->why), "person", person, "title",
                        json_of(message->title), "text", json_of(message->text), "office",
                        json_of(outlets->office), "duties", duties));
}

static json_t *json_of_duty(struct call *call, const struct notice_outlets *outlets,
                            const struct duty *duty) {
    const struct calendar_deadline *deadline = &duty->deadline;
    instant due = deadline->hard != 0 ? deadline->hard : deadline->soft;
    json_t *json = json_pack("{s:o, s:o, s:o, s:o, s:o}", "subject",
                             json_of(id_to_text(call->arena, duty->subject.id)), "class",
                             json_of(duty->item_class), "site", json_of(duty->site_title),
                             "act", json_of(duty->act), "rule", json_of(duty->rule));
    if (!outlets->titles_withheld) {
        json_object_set_new(json, "title", json_of(duty->title));
    }
    if (due != 0 && !deadline->stopped) {
        json_object_set_new(json, "due", json_of(instant_to_rfc3339(call->arena, due)));
        json_object_set_new(json, "late", json_boolean(call->now >= due));
    }
    return json;
}

static json_t *json_of(struct str text) { return json_stringn(text.at, text.length); }
