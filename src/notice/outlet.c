/*
 * Where messages go: WORKSPACE/notice.conf.  It stands beside the store and not
 * in it, because it holds secrets that a copy of the store need not carry.
 */
#include "notice_own.h"

#define CONFIGURATION_MOST ((size_t)64 << 10)

static enum status read_line(struct arena *arena, struct str line,
                             struct notice_outlets *outlets);
static enum status check_outlets(const struct notice_outlets *outlets);
static bool starts_with_one(struct str text, const char *const *starts);

enum status notice_outlets_read(struct call *call, struct notice_outlets *out_outlets) {
    struct notice_outlets outlets = {.language = STR("zh-CN")};
    struct str path = str_format(call->arena, "%s/notice.conf", call->house->workspace);
    struct bytes bytes;
    TRY(file_read(call->arena, path.at, CONFIGURATION_MOST, &bytes));
    struct str text = {(const char *)bytes.at, bytes.length};
    if (!utf8_is_valid(text)) {
        log_fault("notice.conf is not UTF-8");
        return REFUSED;
    }
    for (int number = 1; text.length > 0; number++) {
        struct str line = str_trim(str_cut(&text, '\n'));
        if (line.length > 0 && line.at[0] != '#' &&
            read_line(call->arena, line, &outlets) != DONE) {
            log_fault("notice.conf, line %d is not understood", number);
            return REFUSED;
        }
    }
    TRY(check_outlets(&outlets));
    *out_outlets = outlets;
    return DONE;
}

static enum status read_line(struct arena *arena, struct str line,
                             struct notice_outlets *outlets) {
    struct str value = line;
    struct str key = str_trim(str_cut(&value, '='));
    value = str_copy(arena, str_trim(value));
    const struct {
        const char *key;
        struct str *place;
    } texts[] = {
        {"mail", &outlets->mail},
        {"mail-from", &outlets->mail_from},
        {"mail-user", &outlets->mail_user},
        {"mail-password", &outlets->mail_password},
        {"hook", &outlets->hook},
        {"hook-key", &outlets->hook_key},
        {"office", &outlets->office},
        {"language", &outlets->language},
        {"checkpoints", &outlets->checkpoints},
    };
    for (size_t i = 0; i < LENGTH(texts); i++) {
        if (str_is(key, texts[i].key)) {
            *texts[i].place = value;
            return DONE;
        }
    }
    if (str_is(key, "mail-tls") && (str_is(value, "required") || str_is(value, "none"))) {
        outlets->mail_plain = str_is(value, "none");
        return DONE;
    }
    if (str_is(key, "titles") && (str_is(value, "shown") || str_is(value, "withheld"))) {
        outlets->titles_withheld = str_is(value, "withheld");
        return DONE;
    }
    return REFUSED;
}

static enum status check_outlets(const struct notice_outlets *outlets) {
    static const char *const mail_starts[] = {"smtp://", "smtps://", NULL};
    static const char *const web_starts[] = {"https://", "http://", NULL};
    if (!starts_with_one(outlets->mail, mail_starts)) {
        log_fault("notice.conf: mail begins with smtp:// or smtps://");
        return REFUSED;
    }
    if (!starts_with_one(outlets->hook, web_starts) ||
        !starts_with_one(outlets->office, web_starts)) {
        log_fault("notice.conf: hook and office begin with https:// or http://");
        return REFUSED;
    }
    if (!str_is_empty(outlets->mail) && str_is_empty(outlets->mail_from)) {
        log_fault("notice.conf: mail needs mail-from");
        return REFUSED;
    }
    if (!str_is_empty(outlets->hook) && str_is_empty(outlets->hook_key)) {
        log_fault("notice.conf: hook needs hook-key");
        return REFUSED;
    }
    return DONE;
}

static bool starts_with_one(struct str text, const char *const *starts) {
    bool found = str_is_empty(text);
    for (; *starts != NULL; starts++) {
        found = found || str_starts(text, *starts);
    }
    return found;
}
