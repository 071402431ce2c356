/*
 * preview: fill the office's templates with sample models, to be looked at in
 * a browser without a server.  Not part of the program; nothing is decided or
 * stored here.
 *
 *     preview SHARE MODELS OUT
 *
 * Each MODELS/screen~variant.json fills the template "screen" in every
 * language into OUT/screen~variant.LANGUAGE.html; members of MODELS/common.json
 * stand in each of them.  A JSON text is a text, a number an int, true a flag,
 * an object a part, an array a list; {"html": "…"} is sanitised HTML,
 * {"words": "key"} a sentence, {"zh-CN": "…", "en": "…"} a text by language.
 */
#include "page/page.h"

#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int fill_all(struct pages *pages, const struct words *words, const char *models,
                    const char *out);
static int fill_one(struct pages *pages, const struct words *words, json_t *common,
                    const char *models, const char *file, const char *out);
static void add_members(struct model *model, json_t *object, const char *language);
static void add_value(struct model *model, const char *key, json_t *value,
                      const char *language);
static void add_object(struct model *model, const char *key, json_t *value,
                       const char *language);
static void add_list(struct model *model, const char *key, json_t *list,
                     const char *language);
static json_t *read_json(const char *folder, const char *file);

int main(int count, char **arguments) {
    if (count != 4) {
        fprintf(stderr, "usage: preview SHARE MODELS OUT\n");
        return 2;
    }
    struct arena *arena = arena_new((size_t)64 * 1024 * 1024);
    struct buffer errors;
    buffer_init(&errors, arena);
    struct words *words = NULL;
    struct pages *pages = NULL;
    const char *share = arguments[1];
    enum status status =
        words_load(str_format(arena, "%s/words", share).at, &errors, &words);
    if (status == DONE) {
        status = pages_load(str_format(arena, "%s/pages/admin", share).at, words, &errors,
                            &pages);
    }
    int result = 1;
    if (status == DONE) {
        result = fill_all(pages, words, arguments[2], arguments[3]);
    } else {
        fprintf(stderr, "%.*s", STR_ARG(buffer_str(&errors)));
    }
    pages_free(pages);
    words_free(words);
    arena_free(arena);
    return result;
}

static int fill_all(struct pages *pages, const struct words *words, const char *models,
                    const char *out) {
    DIR *open = opendir(models);
    if (open == NULL) {
        perror(models);
        return 1;
    }
    json_t *common = read_json(models, "common.json");
    int failed = 0;
    for (struct dirent *found = readdir(open); found != NULL; found = readdir(open)) {
        if (str_ends(str_of(found->d_name), ".json") &&
            strcmp(found->d_name, "common.json") != 0) {
            failed |= fill_one(pages, words, common, models, found->d_name, out);
        }
    }
    closedir(open);
    json_decref(common);
    return failed;
}

static int fill_one(struct pages *pages, const struct words *words, json_t *common,
                    const char *models, const char *file, const char *out) {
    json_t *own = read_json(models, file);
    if (own == NULL) {
        return 1;
    }
    int failed = 0;
    const struct str *language = words_languages(words);
    for (; language->length > 0; language++) {
        struct arena *arena = arena_new((size_t)64 * 1024 * 1024);
        struct str screen = str_of(file);
        struct str stem = {file, screen.length - strlen(".json")};
        struct str name = stem;
        name = str_cut(&name, '~');
        struct model *model = model_new(arena);
        model_text(model, "lang", *language);
        add_members(model, own, language->at);
        add_members(model, common, language->at);
        struct buffer page;
        buffer_init(&page, arena);
        const char *path =
            str_format(arena, "%s/%.*s.%s.html", out, STR_ARG(stem), language->at).at;
        FILE *to = NULL;
        if (page_render(pages, str_format(arena, "%.*s", STR_ARG(name)).at, *language,
                        model, &page) != DONE ||
            (to = fopen(path, "w")) == NULL ||
            fwrite(buffer_str(&page).at, 1, page.length, to) != page.length) {
            fprintf(stderr, "preview: cannot make %s\n", path);
            failed = 1;
        }
        if (to != NULL) {
            fclose(to);
        }
        arena_free(arena);
    }
    json_decref(own);
    return failed;
}

static void add_members(struct model *model, json_t *object, const char *language) {
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value) { add_value(model, key, value, language); }
}

static void add_value(struct model *model, const char *key, json_t *value,
                      const char *language) {
    switch (json_typeof(value)) {
    case JSON_OBJECT:
        add_object(model, key, value, language);
        break;
    case JSON_ARRAY:
        add_list(model, key, value, language);
        break;
    case JSON_STRING:
        model_text(model, key, str_of(json_string_value(value)));
        break;
    case JSON_INTEGER:
        model_int(model, key, json_integer_value(value));
        break;
    default:
        model_flag(model, key, json_is_true(value));
    }
}

static void add_object(struct model *model, const char *key, json_t *value,
                       const char *language) {
    const char *html = json_string_value(json_object_get(value, "html"));
    const char *words = json_string_value(json_object_get(value, "words"));
    const char *said = json_string_value(json_object_get(value, language));
    if (html != NULL) {
        model_html(model, key, str_of(html));
    } else if (words != NULL) {
        model_words(model, key, words);
    } else if (said != NULL) {
        model_text(model, key, str_of(said));
    } else {
        add_members(model_part(model, key), value, language);
    }
}

static void add_list(struct model *model, const char *key, json_t *list,
                     const char *language) {
    size_t index;
    json_t *value;
    json_array_foreach(list, index, value) {
        const char *said = json_string_value(json_object_get(value, language));
        if (said != NULL || json_is_string(value)) {
            model_list_add_text(model, key,
                                str_of(said != NULL ? said : json_string_value(value)));
        } else {
            add_members(model_list_add(model, key), value, language);
        }
    }
}

static json_t *read_json(const char *folder, const char *file) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", folder, file);
    json_error_t error;
    json_t *read = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
    if (read == NULL) {
        fprintf(stderr, "%s:%d: %s\n", path, error.line, error.text);
    }
    return read;
}
