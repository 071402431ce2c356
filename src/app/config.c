/*
 * WORKSPACE/shenfa.conf.
 */
#include "app_own.h"

#include <string.h>

enum setting_kind { SETTING_TEXT, SETTING_FLAG, SETTING_CHOICE };

static const struct {
    const char *name;
    enum setting_kind kind;
    size_t offset;
    const char *remark;
    const char *choices; /* of a choice: "a|b" */
} settings[] = {
    {"store", SETTING_TEXT, offsetof(struct config, store),
     "sqlite:FILE below this directory, or postgres: and a libpq connection string",
     NULL},
    {"office", SETTING_TEXT, offsetof(struct config, office),
     "address of the editors' listener: HOST:PORT or unix:PATH", NULL},
    {"public", SETTING_TEXT, offsetof(struct config, public_address),
     "address of the public listener", NULL},
    {"demonstration", SETTING_FLAG, offsetof(struct config, demo),
     "yes: anybody may enter as anybody; refuses any address but loopback", NULL},
    {"keys", SETTING_TEXT, offsetof(struct config, keys),
     "directory of the secret keys, best on another volume than the database", NULL},
    {"passwords", SETTING_CHOICE, offsetof(struct config, passwords),
     "gb-l3: GB/T 22239 level 3, changed every 90 days; asvs: longer, never changed",
     "gb-l3|asvs"},
    {"second-factor", SETTING_TEXT, offsetof(struct config, second_factor),
     "who must have one-time codes: administrators, everybody, nobody, or role codes",
     NULL},
};

static bool set(struct config *config, struct str name, struct str value);
static bool is_choice(const char *choices, struct str value);

struct config config_default(const char *workspace) {
    return (struct config){.workspace = workspace,
                           .store = STR("sqlite:shenfa.db"),
                           .office = STR("127.0.0.1:8080"),
                           .public_address = STR("127.0.0.1:8081"),
                           .keys = STR("keys"),
                           .passwords = STR("gb-l3"),
                           .second_factor = STR(PEOPLE_FACTOR_ADMINISTRATORS)};
}

enum status config_read(struct arena *arena, const char *workspace,
                        struct config *out_config) {
    struct config config = config_default(workspace);
    struct bytes bytes;
    bool sound = true;
    const char *path = str_text(arena, str_format(arena, "%s/shenfa.conf", workspace));
    enum status read = file_read(arena, path, 64 * 1024, &bytes);
    if (read == ABSENT) {
        fprintf(stderr,
                "shenfa: %s is not a workspace (it has no shenfa.conf); "
                "make one with: shenfa init %s --rulebook ID\n",
                workspace, workspace);
        return ABSENT;
    }
    TRY(read);
    struct str rest = {(const char *)bytes.at, bytes.length};
    for (int line = 1; !str_is_empty(rest); line++) {
        struct str text = str_trim(str_cut(&rest, '\n'));
        if (str_is_empty(text) || str_starts(text, "#")) {
            continue;
        }
        struct str value = text;
        struct str name = str_trim(str_cut(&value, '='));
        if (!set(&config, name, str_trim(value))) {
            fprintf(stderr, "%s:%d: \"%.*s\" is no setting, or its value does not fit\n",
                    path, line, STR_ARG(name));
            sound = false;
        }
    }
    if (!sound) {
        return REFUSED;
    }
    *out_config = config;
    return DONE;
}

enum status config_write(const struct config *config) {
    struct arena *arena = arena_new((size_t)1 << 20);
    struct buffer text;
    buffer_init(&text, arena);
    buffer_add_text(&text, "# Settings of this Shenfa workspace; see shenfa(1).\n");
    for (size_t i = 0; i < LENGTH(settings); i++) {
        const char *at = (const char *)config + settings[i].offset;
        buffer_add_format(&text, "\n# %s\n%s = ", settings[i].remark, settings[i].name);
        if (settings[i].kind == SETTING_FLAG) {
            buffer_add_text(&text, *(const bool *)at ? "yes" : "no");
        } else {
            buffer_add(&text, *(const struct str *)at);
        }
        buffer_add_char(&text, '\n');
    }
    const char *path =
        str_text(arena, str_format(arena, "%s/shenfa.conf", config->workspace));
    enum status written = file_write(path, bytes_of_str(buffer_str(&text)));
    arena_free(arena);
    return written;
}

static bool set(struct config *config, struct str name, struct str value) {
    for (size_t i = 0; i < LENGTH(settings); i++) {
        if (!str_is(name, settings[i].name)) {
            continue;
        }
        char *at = (char *)config + settings[i].offset;
        if (settings[i].kind != SETTING_FLAG) {
            *(struct str *)at = value;
            return settings[i].kind == SETTING_TEXT ||
                   is_choice(settings[i].choices, value);
        }
        *(bool *)at = str_is(value, "yes");
        return str_is(value, "yes") || str_is(value, "no");
    }
    return false;
}

static bool is_choice(const char *choices, struct str value) {
    struct str rest = str_of(choices);
    while (!str_is_empty(rest)) {
        if (str_equal(str_cut(&rest, '|'), value)) {
            return true;
        }
    }
    return false;
}
