/*
 * WORKSPACE/shenfa.conf.
 */
#include "app_own.h"

#include <string.h>

enum setting_kind {
    SETTING_TEXT,
    SETTING_FLAG,
    SETTING_CHOICE,
    SETTING_MINUTES,
    SETTING_DAYS
};

struct setting {
    const char *name;
    enum setting_kind kind;
    size_t offset;
    const char *remark;
    const char *choices; /* of a choice: "a|b" */
};

static const struct setting settings[] = {
    {"store", SETTING_TEXT, offsetof(struct config, store),
     "sqlite:FILE below this directory, or postgres: and a libpq connection string",
     NULL},
    {"office", SETTING_TEXT, offsetof(struct config, office),
     "address of the editors' listener: HOST:PORT or unix:PATH", NULL},
    {"office-from", SETTING_TEXT, offsetof(struct config, office_from),
     "who may connect to it: 10.1.0.0/16, 10.2.3.4 until 2026-12-31; empty is everybody, "
     "on a loopback address or a unix socket alone",
     NULL},
    {"public", SETTING_TEXT, offsetof(struct config, public_address),
     "address of the public listener", NULL},
    {"staff-from", SETTING_TEXT, offsetof(struct config, staff_from),
     "from where the staff look at the public sites, as in office-from: their views are "
     "counted apart; empty is office-from",
     NULL},
    {"signer", SETTING_TEXT, offsetof(struct config, signer),
     "own: serve starts a signer of the ledger's checkpoints; none; or the path of the "
     "socket of one that runs under a user of its own",
     NULL},
    {"signature", SETTING_CHOICE, offsetof(struct config, signature),
     "the key that a signer of our own makes at its first start, and the pairs that "
     "people "
     "sign with: sm2 or ed25519",
     "sm2|ed25519"},
    {"decisions-stop-after", SETTING_MINUTES, offsetof(struct config, unwitnessed),
     "minutes: if no checkpoint of the ledger has left the machine for so long although "
     "notice.conf names a place, nothing is decided or released until one does; 0 never",
     NULL},
    {"logs-keep", SETTING_DAYS, offsetof(struct config, log_days),
     "days for which the program's log is kept below logs/; 0 for ever; less than a "
     "rulebook "
     "in force asks is refused",
     NULL},
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

static const struct setting public_settings[] = {
    {"public", SETTING_TEXT, offsetof(struct public_config, address),
     "address of the public listener", NULL},
    {"site", SETTING_TEXT, offsetof(struct public_config, site),
     "code of the site it shows", NULL},
    {"sites", SETTING_TEXT, offsetof(struct public_config, sites),
     "codes and domains of all sites: who asks for a domain is shown its site", NULL},
    {"staff", SETTING_TEXT, offsetof(struct public_config, staff),
     "whose views are counted apart: staff-from or office-from of shenfa.conf", NULL},
};

/* The settings a file may hold, and where they are kept. */
struct form {
    const struct setting *settings;
    size_t count;
    void *into;
};

static enum status read_form(struct arena *arena, const char *path,
                             const struct form *form);
static enum status write_form(const char *path, const struct form *form);
static bool set(const struct form *form, struct str name, struct str value);
static bool is_choice(const char *choices, struct str value);
static bool is_number(struct str value, int64_t most);

struct config config_default(const char *workspace) {
    return (struct config){.workspace = workspace,
                           .store = STR("sqlite:shenfa.db"),
                           .office = STR("127.0.0.1:8080"),
                           .public_address = STR("127.0.0.1:8081"),
                           .signer = STR("own"),
                           .signature = STR("sm2"),
                           .unwitnessed = STR("60"),
                           .log_days = STR("184"), /* no six months have more */
                           .keys = STR("keys"),
                           .office_from = STR(""),
                           .staff_from = STR(""),
                           .passwords = STR("gb-l3"),
                           .second_factor = STR(PEOPLE_FACTOR_ADMINISTRATORS)};
}

enum status config_read(struct arena *arena, const char *workspace,
                        struct config *out_config) {
    struct config config = config_default(workspace);
    const char *path = str_text(arena, str_format(arena, "%s/shenfa.conf", workspace));
    struct form form = {settings, LENGTH(settings), &config};
    enum status read = read_form(arena, path, &form);
    if (read == ABSENT) {
        fprintf(stderr,
                "shenfa: %s is not a workspace (it has no shenfa.conf); "
                "make one with: shenfa init %s --rulebook ID\n",
                workspace, workspace);
    }
    TRY(read);
    *out_config = config;
    return DONE;
}

enum status config_write(const struct config *config) {
    struct arena *arena = arena_new((size_t)1 << 20);
    struct config copy = *config;
    struct form form = {settings, LENGTH(settings), &copy};
    const char *path =
        str_text(arena, str_format(arena, "%s/shenfa.conf", config->workspace));
    enum status written = write_form(path, &form);
    arena_free(arena);
    return written;
}

enum status config_read_public(struct arena *arena, const char *workspace,
                               struct public_config *out_config) {
    struct public_config config = {.address = config_default(workspace).public_address};
    const char *path = str_text(arena, str_format(arena, "%s/public.conf", workspace));
    struct form form = {public_settings, LENGTH(public_settings), &config};
    enum status read = read_form(arena, path, &form);
    if (read == ABSENT) {
        fprintf(stderr,
                "shenfa: there is no %s; the office writes it when it is served\n", path);
    }
    TRY(read);
    *out_config = config;
    return DONE;
}

enum status config_write_public(const char *workspace,
                                const struct public_config *config) {
    struct arena *arena = arena_new((size_t)1 << 20);
    struct public_config copy = *config;
    struct form form = {public_settings, LENGTH(public_settings), &copy};
    const char *path = str_text(arena, str_format(arena, "%s/public.conf", workspace));
    enum status written = write_form(path, &form);
    arena_free(arena);
    return written;
}

static enum status read_form(struct arena *arena, const char *path,
                             const struct form *form) {
    struct bytes bytes;
    bool sound = true;
    TRY(file_read(arena, path, 64 * 1024, &bytes));
    struct str rest = {(const char *)bytes.at, bytes.length};
    for (int line = 1; !str_is_empty(rest); line++) {
        struct str text = str_trim(str_cut(&rest, '\n'));
        if (str_is_empty(text) || str_starts(text, "#")) {
            continue;
        }
        struct str value = text;
        struct str name = str_trim(str_cut(&value, '='));
        if (!set(form, name, str_trim(value))) {
            fprintf(stderr, "%s:%d: \"%.*s\" is no setting, or its value does not fit\n",
                    path, line, STR_ARG(name));
            sound = false;
        }
    }
    return sound ? DONE : REFUSED;
}

static enum status write_form(const char *path, const struct form *form) {
    struct arena *arena = arena_new((size_t)1 << 20);
    struct buffer text;
    buffer_init(&text, arena);
    buffer_add_text(&text, "# Settings of this Shenfa workspace; see shenfa(1).\n");
    for (size_t i = 0; i < form->count; i++) {
        const struct setting *setting = &form->settings[i];
        const char *at = (const char *)form->into + setting->offset;
        buffer_add_format(&text, "\n# %s\n%s = ", setting->remark, setting->name);
        if (setting->kind == SETTING_FLAG) {
            buffer_add_text(&text, *(const bool *)at ? "yes" : "no");
        } else {
            buffer_add(&text, *(const struct str *)at);
        }
        buffer_add_char(&text, '\n');
    }
    enum status written = file_write(path, bytes_of_str(buffer_str(&text)));
    arena_free(arena);
    return written;
}

static bool set(const struct form *form, struct str name, struct str value) {
    for (size_t i = 0; i < form->count; i++) {
        const struct setting *setting = &form->settings[i];
        if (!str_is(name, setting->name)) {
            continue;
        }
        char *at = (char *)form->into + setting->offset;
        if (setting->kind != SETTING_FLAG) {
            *(struct str *)at = value;
            return setting->kind == SETTING_TEXT ||
                   (setting->kind == SETTING_MINUTES ? is_number(value, 525600)
                    : setting->kind == SETTING_DAYS  ? is_number(value, 36600)
                                                    : is_choice(setting->choices, value));
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

static bool is_number(struct str value, int64_t most) {
    int64_t number = -1;
    return str_to_int(value, &number) == DONE && number >= 0 && number <= most;
}
