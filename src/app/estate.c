/*
 * Opening and closing the house, in the order that its parts need.
 */
#include "app_own.h"

#include "calendar/calendar.h"
#include "page/page.h"
#include "rulebook/rulebook.h"
#include "sandbox/sandbox.h"
#include "site/site.h"
#include "store/store.h"
#include "text/text.h"

#include <stdlib.h>
#include <unistd.h>

static void settle_security(struct estate *estate);
static enum status start_sandbox(struct estate *estate);
static enum status open_store(struct estate *estate);
static enum status open_shelf(struct estate *estate);
static enum status keep_books(struct estate *estate, const char *own);
static enum status open_pages(struct estate *estate);
static const char *place(struct arena *arena, const char *name);
static void find_group(struct estate *estate);

enum status estate_open(struct arena *arena, const char *workspace,
                        struct estate *out_estate) {
    struct estate estate = {.arena = arena};
    estate.share = place_share(arena);
    estate.rulebooks = place_rulebooks(arena);
    TRY(config_read(arena, workspace, &estate.config));
    estate.house.workspace = workspace;
    estate.house.share = estate.share;
    TRY(start_sandbox(&estate));
    *out_estate = estate;
    settle_security(out_estate);
    TRY(open_store(out_estate));
    TRY(calendar_open(
        str_text(arena, str_format(arena, "%s/calendar/cn.tsv", estate.share)),
        &out_estate->house.calendar));
    TRY(open_shelf(out_estate));
    TRY(open_pages(out_estate));
    find_group(out_estate);
    return DONE;
}

/* There is no way around it: what people paste and upload would be parsed beside our
 * keys and the database. */
static enum status start_sandbox(struct estate *estate) {
    enum status started = sandbox_start(&text_parsers, &estate->house.sandbox);
    if (started == REFUSED) {
        fprintf(stderr,
                "shenfa: the sandbox that reads foreign files cannot be set up on this "
                "machine, so nothing is started. It needs seccomp filters (Linux 3.17, "
                "CONFIG_SECCOMP_FILTER); inside a container, allow the calls seccomp, "
                "prctl and memfd_create. The log says what failed.\n");
    }
    return started;
}

void estate_close(struct estate *estate) {
    pages_free(estate->pages);
    words_free(estate->words);
    shelf_free(estate->house.shelf);
    calendar_close(estate->house.calendar);
    store_close(estate->house.store);
    sandbox_stop(estate->house.sandbox);
}

const char *place_share(struct arena *arena) { return place(arena, "share"); }

const char *place_rulebooks(struct arena *arena) { return place(arena, "rulebooks"); }

const char *place_static(struct arena *arena) {
    return getenv("SHENFA_HOME") == NULL &&
                   access(SHENFA_BUILD_DIR "/frontend/static", R_OK) == 0
               ? SHENFA_BUILD_DIR "/frontend/static"
               : str_text(arena, str_format(arena, "%s/static", place_share(arena)));
}

static void settle_security(struct estate *estate) {
    const struct config *config = &estate->config;
    struct str keys = config->keys;
    if (!str_starts(keys, "/")) {
        keys = str_format(estate->arena, "%s/%.*s", config->workspace, STR_ARG(keys));
    }
    estate->house.keys = str_text(estate->arena, keys);
    estate->security.passwords =
        str_is(config->passwords, "asvs") ? PEOPLE_PASSWORDS_ASVS : PEOPLE_PASSWORDS_GB;
    estate->security.second_factor = config->second_factor;
    estate->security.ed25519 = str_is(config->signature, "ed25519");
    estate->house.security = &estate->security;
    int64_t minutes = 0;
    int64_t days = 0;
    if (str_to_int(config->unwitnessed, &minutes) ==
        DONE) { /* config_read has seen to it */
        estate->house.unwitnessed_most = minutes * INSTANT_MINUTE;
    }
    if (str_to_int(config->log_days, &days) == DONE) { /* the same */
        estate->house.log_days = (int)days;
    }
}

static enum status open_store(struct estate *estate) {
    struct str url = estate->config.store;
    int applied = 0;
    if (str_starts(url, "sqlite:") && url.length > 7 && url.at[7] != '/') {
        url = str_format(estate->arena, "sqlite:%s/%.*s", estate->config.workspace,
                         STR_ARG(str_part(url, 7, url.length)));
    }
    estate->house.demo = estate->config.demo;
    estate->house.staff_changed = site_follow_staff;
    TRY(store_open(url, &estate->house.store));
    return store_migrate(
        estate->house.store,
        str_text(estate->arena, str_format(estate->arena, "%s/schema", estate->share)),
        &applied);
}

static enum status open_shelf(struct estate *estate) {
    struct fault *faults = NULL;
    const char *own = str_text(estate->arena, str_format(estate->arena, "%s/rulebooks",
                                                         estate->config.workspace));
    const char *const directories[] = {own, estate->rulebooks, NULL};
    enum status opened =
        shelf_open(estate->arena, directories, &estate->house.shelf, &faults);
    if (opened == REFUSED) {
        struct str text = faults_as_text(estate->arena, faults, STR("en"));
        fprintf(stderr, "%.*s\n", STR_ARG(text));
    }
    return opened == DONE ? keep_books(estate, own) : opened;
}

/* What begins under a version is judged by it, also when the program brings another. */
static enum status keep_books(struct estate *estate, const char *own) {
    const struct rulebook *books[64];
    size_t count = shelf_all(estate->house.shelf, books, LENGTH(books));
    for (size_t i = 0; i < count && i < LENGTH(books); i++) {
        if (str_starts(books[i]->path, estate->rulebooks)) {
            TRY(rulebook_keep(books[i], own));
        }
    }
    return DONE;
}

static enum status open_pages(struct estate *estate) {
    struct buffer errors;
    struct arena *arena = estate->arena;
    buffer_init(&errors, arena);
    enum status loaded =
        words_load(str_text(arena, str_format(arena, "%s/words", estate->share)), &errors,
                   &estate->words);
    estate->house.words = estate->words;
    if (loaded == DONE) {
        loaded = pages_load(
            str_text(arena, str_format(arena, "%s/pages/admin", estate->share)),
            estate->words, &errors, &estate->pages);
    }
    if (loaded != DONE) {
        struct str text = buffer_str(&errors);
        fprintf(stderr, "%.*s\n", STR_ARG(text));
    }
    return loaded;
}

static void find_group(struct estate *estate) {
    struct call call;
    struct arena *arena = arena_new((size_t)1 << 20);
    call_init(&call, arena, &estate->house, instant_read_clock());
    if (site_group_first(&call, &estate->group) != DONE) {
        estate->group = 0; /* init is about to make it */
    }
    txn_abort(&call);
    arena_free(arena);
}

/* SHENFA_HOME names the parent; else the tree the program was built from, else the
 * place it was installed to. */
static const char *place(struct arena *arena, const char *name) {
    const char *given = getenv("SHENFA_HOME");
    const char *const parents[] = {given, SHENFA_SOURCE_DIR, SHENFA_INSTALL_DIR};
    for (size_t i = 0; i < LENGTH(parents); i++) {
        if (parents[i] == NULL) {
            continue;
        }
        const char *path = str_text(arena, str_format(arena, "%s/%s", parents[i], name));
        if (access(path, R_OK) == 0) {
            return path;
        }
    }
    return str_text(arena, str_format(arena, "%s/%s", SHENFA_INSTALL_DIR, name));
}
