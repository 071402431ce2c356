/*
 * What a password must be, in two profiles, and the list of those that everybody tries
 * first: leaked passwords, names and words, sorted at build time (tools/passwords.py),
 * and what the operator adds in share/passwords.
 */
#include "people_own.h"

#include <ctype.h>
#include <string.h>

#define LENGTH_LEAST  12
#define LENGTH_ALONE  15 /* of a password without a second factor, profile asvs */
#define LENGTH_MOST   128
#define CLASSES_LEAST 3
#define LETTERS_LEAST 4 /* fewer say nothing about where they come from */
#define OPERATOR_LIST ((size_t)1 << 20)
#define MADE_LENGTH   16

enum fold { FOLD_WHOLE, FOLD_LETTERS, FOLD_SIGNS };

static enum status refuse_former(struct call *call, const char *field,
                                 const struct people_password_rule *rule);
static size_t length_least(const struct call *call, bool second_factor);
static int count_classes(struct str password);
static bool is_common(struct call *call, struct str password);
static bool list_has(struct str word);
static bool operator_has(struct call *call, struct str word);
static struct str folded(struct call *call, struct str text, enum fold fold);
static bool holds(struct call *call, struct str password, struct str word);
static bool holds_owner(struct call *call, struct str password,
                        const struct password_owner *owner);

enum people_passwords password_profile(const struct call *call) {
    const struct people_security *security = call->house->security;
    return security == NULL ? PEOPLE_PASSWORDS_GB : security->passwords;
}

const char *const *people_password_rules(const struct call *call) {
    static const char *const national[] = {
        "people.password-length", "people.password-classes", "people.password-login",
        "people.password-common", "people.password-recent",  NULL};
    static const char *const asvs[] = {"people.password-length-asvs",
                                       "people.password-login", "people.password-common",
                                       "people.password-same", NULL};
    return password_profile(call) == PEOPLE_PASSWORDS_GB ? national : asvs;
}

enum status password_check(struct call *call, const char *field, struct str password,
                           const struct password_owner *owner, const struct str *former,
                           size_t former_count) {
    bool national = password_profile(call) == PEOPLE_PASSWORDS_GB;
    enum status status = DONE;
    size_t length = utf8_count(password);
    if (length < length_least(call, owner->second_factor) ||
        password.length > LENGTH_MOST) {
        status = call_refuse_field(
            call, field, "",
            national ? "people.password-length" : "people.password-length-asvs", NULL);
    }
    if (national && count_classes(password) < CLASSES_LEAST) {
        status = call_refuse_field(call, field, "", "people.password-classes", NULL);
    }
    if (holds_owner(call, password, owner)) {
        status = call_refuse_field(call, field, "", "people.password-login", NULL);
    }
    if (is_common(call, password)) {
        status = call_refuse_field(call, field, "", "people.password-common", NULL);
    }
    for (size_t i = 0; i < former_count; i++) {
        bool ruled = i < (size_t)owner->rule.former;
        if ((national || i == 0 || ruled) && password_fits(former[i], password, NULL)) {
            return refuse_former(call, field, ruled ? &owner->rule : NULL);
        }
    }
    return status;
}

/* By the rulebook, or by the settings of the machine. */
static enum status refuse_former(struct call *call, const char *field,
                                 const struct people_password_rule *rule) {
    if (rule != NULL) {
        return call_refuse_field(call, field, str_text(call->arena, rule->former_rule),
                                 "people.password-reused", "count",
                                 str_format(call->arena, "%d", rule->former).at, NULL);
    }
    return call_refuse_field(call, field, "",
                             password_profile(call) == PEOPLE_PASSWORDS_GB
                                 ? "people.password-recent"
                                 : "people.password-same",
                             NULL);
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

static size_t length_least(const struct call *call, bool second_factor) {
    bool alone = password_profile(call) == PEOPLE_PASSWORDS_ASVS && !second_factor;
    return alone ? LENGTH_ALONE : LENGTH_LEAST;
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

/*
 * As it is; its letters alone ("Password2026!" is "password"); and its letters with the
 * signs that people write for letters ("P@ssw0rd-2026" is "password" too).
 */
static bool is_common(struct call *call, struct str password) {
    for (enum fold fold = FOLD_WHOLE; fold <= FOLD_SIGNS; fold++) {
        struct str word = folded(call, password, fold);
        if (word.length >= LETTERS_LEAST &&
            (list_has(word) || operator_has(call, word))) {
            return true;
        }
    }
    return false;
}

static bool list_has(struct str word) {
    size_t low = 0;
    size_t high = password_list_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order =
            str_compare(str_of(password_list + password_list_places[middle]), word);
        if (order == 0) {
            return true;
        }
        low = order < 0 ? middle + 1 : low;
        high = order < 0 ? high : middle;
    }
    return false;
}

static bool operator_has(struct call *call, struct str word) {
    struct bytes file;
    struct str path =
        str_format(call->arena, "%s/passwords/common.txt", call->house->share);
    if (file_read(call->arena, str_text(call->arena, path), OPERATOR_LIST, &file) !=
        DONE) {
        return false; /* what the program came with is in the list above */
    }
    struct str list = {(const char *)file.at, file.length};
    while (!str_is_empty(list)) {
        struct str line = str_trim(str_cut(&list, '\n'));
        if (!str_is_empty(line) && line.at[0] != '#' && str_equal(line, word)) {
            return true;
        }
    }
    return false;
}

static struct str folded(struct call *call, struct str text, enum fold fold) {
    static const char signs[] = "@0134$5!7";
    static const char letters[] = "aoieassit";
    char *copy = arena_take(call->arena, text.length + 1);
    size_t length = 0;
    for (size_t i = 0; i < text.length; i++) {
        int byte = tolower((unsigned char)text.at[i]);
        bool within = (i > 0 && isalpha((unsigned char)text.at[i - 1])) ||
                      (i + 1 < text.length && isalpha((unsigned char)text.at[i + 1]));
        const char *sign =
            fold == FOLD_SIGNS && within && byte != 0 ? strchr(signs, byte) : NULL;
        byte = sign != NULL ? letters[sign - signs] : byte;
        if (fold == FOLD_WHOLE || (byte >= 'a' && byte <= 'z')) {
            copy[length++] = (char)byte;
        }
    }
    return (struct str){copy, length};
}

/* The account's name, the person's name and its pinyin, and the product's. */
static bool holds_owner(struct call *call, struct str password,
                        const struct password_owner *owner) {
    return holds(call, password, owner->login) || holds(call, password, owner->name) ||
           holds(call, password, folded(call, owner->pinyin, FOLD_LETTERS)) ||
           (!owner->sample &&
            (holds(call, password, STR("shenfa")) || holds(call, password, STR("审发"))));
}

static bool holds(struct call *call, struct str password, struct str word) {
    struct str small = folded(call, password, FOLD_WHOLE);
    return word.length >= 3 && str_find(small, word) < small.length;
}
