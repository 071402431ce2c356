/*
 * A theme as it stands on disk: templates, two stylesheets, and the house's words.  It is
 * read anew for every batch (measured below a millisecond), so that a changed file takes
 * effect with the next page and nothing has to be told of it; unless a redesign is to be
 * decided on: then what was decided on is read, until something else is.
 */
#include "publication_own.h"

#include <stdlib.h>

#define STYLE_MOST ((size_t)256 * 1024)

struct theme {
    struct arena *arena;
    struct words *words;
    struct pages *pages;
    struct str plain;
    struct str elder;
    struct str script;
    struct str templates; /* names and digests, to tell one state from another */
};

#define THEME_DEFAULT "default"

static enum status load_from(struct call *call, const char *share, struct str name,
                             struct theme **out_theme);
static enum status read_styles(struct theme *theme, struct str directory);
static enum status add_style(struct theme *theme, struct str path);
static enum status read_templates(struct call *call, struct theme *theme,
                                  struct str directory);
static void note_templates(struct theme *theme, struct str directory, const char *share);

enum status theme_load(struct call *call, struct str name, struct theme **out_theme) {
    return load_from(call, call->house->share, name, out_theme);
}

enum status theme_load_worn(struct call *call, const struct site *site,
                            struct theme **out_theme) {
    const char *share;
    enum status placed = site_design_place(call, site, &share);
    if (placed == REFUSED) {
        log_fault("%.*s cannot be drawn: the files of the theme %.*s that were approved "
                  "are neither on disk nor kept; put them back, or have others approved",
                  STR_ARG(site->code), STR_ARG(site->theme));
    }
    TRY(placed);
    return load_from(call, share, site->theme, out_theme);
}

static enum status load_from(struct call *call, const char *share, struct str name,
                             struct theme **out_theme) {
    if (!address_code_fits(name)) {
        return log_failed("%.*s is no name of a theme", STR_ARG(name));
    }
    struct theme *theme = calloc(1, sizeof *theme);
    if (theme == NULL) {
        log_fatal("out of memory");
    }
    theme->arena = arena_new((size_t)4 << 20);
    struct str directory =
        str_format(theme->arena, "%s/themes/%.*s", share, STR_ARG(name));
    struct str over = str_format(theme->arena, "%.*s/s/theme.css", STR_ARG(directory));
    bool is_over = file_exists(over.at); /* the default one in other colours */
    if (is_over) {
        directory = str_format(theme->arena, "%s/themes/" THEME_DEFAULT, share);
    }
    enum status loaded = read_styles(theme, directory);
    if (loaded == DONE && is_over) {
        loaded = add_style(theme, over);
    }
    if (loaded == DONE) {
        loaded = read_templates(call, theme, directory);
    }
    if (loaded != DONE) {
        theme_free(theme);
        return FAILED;
    }
    *out_theme = theme;
    return DONE;
}

void theme_free(struct theme *theme) {
    if (theme == NULL) {
        return;
    }
    pages_free(theme->pages);
    words_free(theme->words);
    arena_free(theme->arena);
    free(theme);
}

struct pages *theme_pages(struct theme *theme) {
    return theme->pages;
}
const struct words *theme_words(struct theme *theme) { return theme->words; }
struct str theme_style(struct theme *theme) {
    return theme->plain;
}
struct str theme_elder(struct theme *theme) {
    return theme->elder;
}

struct str theme_script(struct theme *theme) {
    return theme->script;
}

void theme_add_digest(struct theme *theme, struct digesting *digesting) {
    digest_add_field(digesting, "plain", theme->plain);
    digest_add_field(digesting, "elder", theme->elder);
    digest_add_field(digesting, "script", theme->script);
    digest_add_field(digesting, "templates", theme->templates);
}

static enum status read_styles(struct theme *theme, struct str directory) {
    static const char *const names[] = {"style.css", "elder.css", "search.js"};
    struct str texts[LENGTH(names)];
    for (size_t i = 0; i < LENGTH(names); i++) {
        struct str path =
            str_format(theme->arena, "%.*s/s/%s", STR_ARG(directory), names[i]);
        struct bytes bytes;
        if (file_read(theme->arena, path.at, STYLE_MOST, &bytes) != DONE) {
            return log_failed("the theme lacks %s", path.at);
        }
        texts[i] = (struct str){(const char *)bytes.at, bytes.length};
    }
    theme->plain = texts[0];
    theme->script = texts[2];
    theme->elder =
        str_format(theme->arena, "%.*s%.*s", STR_ARG(texts[0]), STR_ARG(texts[1]));
    return DONE;
}

/* Behind the plain style and before that for the elderly, which stays readable. */
static enum status add_style(struct theme *theme, struct str path) {
    struct bytes bytes;
    if (file_read(theme->arena, path.at, STYLE_MOST, &bytes) != DONE) {
        return log_failed("the theme lacks %s", path.at);
    }
    struct str over = {(const char *)bytes.at, bytes.length};
    struct str elder = str_part(theme->elder, theme->plain.length, theme->elder.length);
    theme->plain =
        str_format(theme->arena, "%.*s%.*s", STR_ARG(theme->plain), STR_ARG(over));
    theme->elder =
        str_format(theme->arena, "%.*s%.*s", STR_ARG(theme->plain), STR_ARG(elder));
    return DONE;
}

static enum status read_templates(struct call *call, struct theme *theme,
                                  struct str directory) {
    struct buffer errors;
    buffer_init(&errors, call->arena);
    struct str words = str_format(theme->arena, "%s/words", call->house->share);
    enum status loaded = words_load(words.at, &errors, &theme->words);
    if (loaded == DONE) {
        loaded = pages_load(str_text(theme->arena, directory), theme->words, &errors,
                            &theme->pages);
    }
    note_templates(theme, directory, call->house->share);
    return loaded == DONE ? DONE
                          : log_failed("the theme does not load: %.*s",
                                       STR_ARG(buffer_str(&errors)));
}

static void note_templates(struct theme *theme, struct str directory, const char *share) {
    static const char *const names[] = {
        "layout.html", "crumbs.html",  "rows.html",    "item.html",   "list.html",
        "home.html",   "gone.html",    "missing.html", "search.html", "feed.xml",
        "shard.xml",   "sitemap.html", "shards.xml",   NULL};
    static const char words[] =
        "words/zh-CN/theme.words"; /* the house's, for every one */
    struct buffer notes;
    buffer_init(&notes, theme->arena);
    for (size_t i = 0; i < LENGTH(names); i++) {
        struct bytes bytes;
        const char *name = names[i] == NULL ? words : names[i];
        struct str path =
            names[i] == NULL
                ? str_format(theme->arena, "%s/%s", share, words)
                : str_format(theme->arena, "%.*s/%s", STR_ARG(directory), names[i]);
        if (file_read(theme->arena, path.at, STYLE_MOST, &bytes) == DONE) {
            buffer_add_format(&notes, "%s %zu\n", name, bytes.length);
            buffer_add(&notes, (struct str){(const char *)bytes.at, bytes.length});
        }
    }
    theme->templates = buffer_str(&notes);
}
