/*
 * Mail by SMTP: plain text in UTF-8, every header value encoded, so that no title
 * can become a header.
 */
#include "notice_own.h"

#include <curl/curl.h>
#include <string.h>

/* What a mail server may take; the job's lease is longer. */
#define CONNECT_MOST 15L
#define SEND_MOST    90L

struct reading {
    struct str text;
    size_t at;
};

static enum status hand_over(struct call *call, const struct notice_outlets *outlets,
                             const struct message *message, struct job *job);
static void set_options(struct call *call, CURL *curl,
                        const struct notice_outlets *outlets);
static struct str compose_mail(struct call *call, const struct notice_outlets *outlets,
                               const struct message *message);
static void add_encoded_title(struct buffer *mail, struct str title);
static void add_body(struct buffer *mail, struct str text);
static void add_base64(struct buffer *mail, struct str bytes);
static bool is_address(struct str address);
static size_t give(char *at, size_t size, size_t count, void *what);

enum status mail_send(struct call *call, struct job *job) {
    struct notice_outlets outlets;
    struct message message;
    enum status status = notice_outlets_read(call, &outlets);
    if (status == ABSENT || (status == DONE && str_is_empty(outlets.mail))) {
        return DONE;
    }
    TRY(status);
    status = message_compose(call, &outlets, job, &message);
    if (status == ABSENT || (status == DONE && str_is_empty(message.mail))) {
        return DONE;
    }
    TRY(status);
    if (!is_address(message.mail) || !is_address(outlets.mail_from)) {
        job->reason = STR("not a mail address");
        return REFUSED;
    }
    return hand_over(call, &outlets, &message, job);
}

/* One address and nothing else; what it means is the server's matter. */
static bool is_address(struct str address) {
    bool has_at = false;
    for (size_t i = 0; i < address.length; i++) {
        unsigned char byte = (unsigned char)address.at[i];
        if (byte <= ' ' || byte >= 127 || strchr("<>()[],;:\\\"", byte) != NULL) {
            return false;
        }
        has_at = has_at || byte == '@';
    }
    return has_at;
}

static enum status hand_over(struct call *call, const struct notice_outlets *outlets,
                             const struct message *message, struct job *job) {
    struct reading reading = {.text = compose_mail(call, outlets, message)};
    CURL *curl = curl_easy_init();
    if (curl == NULL) {
        return log_failed("mail cannot be begun");
    }
    struct str from = str_format(call->arena, "<%.*s>", STR_ARG(outlets->mail_from));
    struct str to = str_format(call->arena, "<%.*s>", STR_ARG(message->mail));
    struct curl_slist *recipients = curl_slist_append(NULL, to.at);
    set_options(call, curl, outlets);
    curl_easy_setopt(curl, CURLOPT_MAIL_FROM, from.at);
    curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);
    curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(curl, CURLOPT_READFUNCTION, give);
    curl_easy_setopt(curl, CURLOPT_READDATA, &reading);
    CURLcode code = curl_easy_perform(curl);
    long answer = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer);
    curl_slist_free_all(recipients);
    curl_easy_cleanup(curl);
    if (code != CURLE_OK) {
        job->reason =
            str_format(call->arena, "mail: %s (%ld)", curl_easy_strerror(code), answer);
        return FAILED;
    }
    return DONE;
}

static void set_options(struct call *call, CURL *curl,
                        const struct notice_outlets *outlets) {
    curl_easy_setopt(curl, CURLOPT_URL, str_text(call->arena, outlets->mail));
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, CONNECT_MOST);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, SEND_MOST);
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_USE_SSL,
                     (long)(outlets->mail_plain ? CURLUSESSL_NONE : CURLUSESSL_ALL));
    if (!str_is_empty(outlets->mail_user)) {
        curl_easy_setopt(curl, CURLOPT_USERNAME,
                         str_text(call->arena, outlets->mail_user));
        curl_easy_setopt(curl, CURLOPT_PASSWORD,
                         str_text(call->arena, outlets->mail_password));
    }
}

static struct str compose_mail(struct call *call, const struct notice_outlets *outlets,
                               const struct message *message) {
    static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct date date = date_of_day(instant_day(call->now));
    struct buffer mail;
    buffer_init(&mail, call->arena);
    buffer_add_format(&mail, "From: <%.*s>\r\nTo: <%.*s>\r\n",
                      STR_ARG(outlets->mail_from), STR_ARG(message->mail));
    buffer_add_format(&mail, "Date: %s, %d %s %d %02d:%02d:00 +0800\r\n",
                      days[day_weekday(instant_day(call->now))], date.day,
                      months[date.month - 1], date.year, instant_hour(call->now),
                      instant_minute(call->now));
    buffer_add_format(&mail, "Message-ID: <%.*s.notice@shenfa.invalid>\r\n",
                      STR_ARG(message->id));
    add_encoded_title(&mail, message->title);
    buffer_add_text(&mail, "Auto-Submitted: auto-generated\r\n"
                           "MIME-Version: 1.0\r\n"
                           "Content-Type: text/plain; charset=utf-8\r\n"
                           "Content-Transfer-Encoding: base64\r\n\r\n");
    add_body(&mail, message->text);
    return buffer_str(&mail);
}

/* RFC 2047: words of at most 75 characters, each whole in itself. */
static void add_encoded_title(struct buffer *mail, struct str title) {
    size_t position = 0;
    buffer_add_text(mail, "Subject:");
    while (position < title.length) {
        size_t from = position;
        size_t next = position;
        while (next < title.length && next - from <= 42 - 4) {
            utf8_next(title, &next);
        }
        position = next;
        buffer_add_text(mail, from > 0 ? "\r\n =?utf-8?B?" : " =?utf-8?B?");
        add_base64(mail, str_part(title, from, next));
        buffer_add_text(mail, "?=");
    }
    buffer_add_text(mail, "\r\n");
}

/* Lines of 57 bytes make 76 characters. */
static void add_body(struct buffer *mail, struct str text) {
    for (size_t at = 0; at < text.length; at += 57) {
        add_base64(mail, str_part(text, at, at + 57));
        buffer_add_text(mail, "\r\n");
    }
}

static void add_base64(struct buffer *mail, struct str bytes) {
    static const char digits[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0; i < bytes.length; i += 3) {
        size_t left = bytes.length - i;
        unsigned group = (unsigned)(unsigned char)bytes.at[i] << 16;
        group |= left > 1 ? (unsigned)(unsigned char)bytes.at[i + 1] << 8 : 0;
        group |= left > 2 ? (unsigned)(unsigned char)bytes.at[i + 2] : 0;
        buffer_add_char(mail, digits[group >> 18]);
        buffer_add_char(mail, digits[group >> 12 & 63]);
        buffer_add_char(mail, left > 1 ? digits[group >> 6 & 63] : '=');
        buffer_add_char(mail, left > 2 ? digits[group & 63] : '=');
    }
}

static size_t give(char *at, size_t size, size_t count, void *what) {
    struct reading *reading = what;
    size_t left = reading->text.length - reading->at;
    size_t given = left < size * count ? left : size * count;
    memcpy(at, reading->text.at + reading->at, given);
    reading->at += given;
    return given;
}
