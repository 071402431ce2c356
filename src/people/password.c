/*
 * What a password must be: the national profile for graded protection at level 3
 * (at least 12 characters, three of four classes, none of the last five, changed
 * every 90 days), and none that everybody tries first.
 */
#include "people_own.h"

#include <ctype.h>
#include <string.h>

#define LENGTH_LEAST     12
#define LENGTH_MOST      128
#define CLASSES_LEAST    3
#define COMMON_FILE_MOST ((size_t)1 << 20)
#define MADE_LENGTH      16

static int count_classes(struct str password);
static bool is_common(struct call *call, struct str password);
static bool list_has(struct str list, struct str word);
static struct str folded(struct call *call, struct str text, bool letters_only);
static bool holds_login(struct call *call, struct str password, struct str login);

enum status password_check(struct call *call, const char *field, struct str password,
                           struct str login, const struct str *former,
                           size_t former_count) {
    enum status status = DONE;
    size_t length = utf8_count(password);
    if (length < LENGTH_LEAST || password.length > LENGTH_MOST) {
        status = call_refuse_field(call, field, "", "people.password-length", NULL);
    }
    if (count_classes(password) < CLASSES_LEAST) {
        status = call_refuse_field(call, field, "", "people.password-classes", NULL);
    }
    if (holds_login(call, password, login)) {
        status = call_refuse_field(call, field, "", "people.password-login", NULL);
    }
    if (is_common(call, password)) {
        status = call_refuse_field(call, field, "", "people.password-common", NULL);
    }
    for (size_t i = 0; i < former_count; i++) {
        if (password_fits(former[i], password)) {
            return call_refuse_field(call, field, "", "people.password-recent", NULL);
        }
    }
    return status;
}

/* Four groups of four from an alphabet without look-alikes: three classes each time. */
struct str people_password_make(struct call *call) {
    static const char digits[] = "23456789";
    static const char small[] = "abcdefghijkmnpqrstuvwxyz";
    static const char large[] = "ABCDEFGHJKLMNPQRSTUVWXYZ";
    static const char *const alphabets[] = {large, small, digits, small};
    char text[MADE_LENGTH + 4];
    size_t length = 0;
    for (int i = 0; i < MADE_LENGTH; i++) {
        const char *alphabet = alphabets[i % 4];
        size_t size = strlen(alphabet);
        unsigned char byte;
        do { /* so that every letter is as likely as any other */
            byte = call_random(call, 1).at[0];
        } while (byte >= 256 - 256 % size);
        if (i > 0 && i % 4 == 0) {
            text[length++] = '-';
        }
        text[length++] = alphabet[byte % size];
    }
    return str_copy(call->arena, (struct str){text, length});
}

/* Everything that is no ASCII letter or digit counts as a sign, Chinese too. */
static int count_classes(struct str password) {
    bool classes[4] = {false};
    for (size_t i = 0; i < password.length; i++) {
        unsigned char byte = (unsigned char)password.at[i];
        classes[byte >= 'a' && byte <= 'z'   ? 0
                : byte >= 'A' && byte <= 'Z' ? 1
                : byte >= '0' && byte <= '9' ? 2
                                             : 3] = true;
    }
    return classes[0] + classes[1] + classes[2] + classes[3];
}

/* As it is, and its letters alone: "Password2026!" is "password". */
static bool is_common(struct call *call, struct str password) {
    struct bytes file;
    struct str path =
        str_format(call->arena, "%s/passwords/common.txt", call->house->share);
    if (file_read(call->arena, str_text(call->arena, path), COMMON_FILE_MOST, &file) !=
        DONE) {
        log_fault("the list of common passwords is missing: %.*s", STR_ARG(path));
        return false;
    }
    struct str list = {(const char *)file.at, file.length};
    return list_has(list, folded(call, password, false)) ||
           list_has(list, folded(call, password, true));
}

static bool list_has(struct str list, struct str word) {
    while (!str_is_empty(list)) {
        struct str line = str_trim(str_cut(&list, '\n'));
        if (!str_is_empty(line) && line.at[0] != '#' && str_equal(line, word)) {
            return true;
        }
    }
    return false;
}

static struct str folded(struct call *call, struct str text, bool letters_only) {
    char *copy = arena_take(call->arena, text.length + 1);
    size_t length = 0;
    for (size_t i = 0; i < text.length; i++) {
        int byte = tolower((unsigned char)text.at[i]);
        if (!letters_only || (byte >= 'a' && byte <= 'z')) {
            copy[length++] = (char)byte;
        }
    }
    return (struct str){copy, length};
}

static bool holds_login(struct call *call, struct str password, struct str login) {
    struct str small = folded(call, password, false);
    return login.length >= 3 && str_find(small, login) < small.length;
}
