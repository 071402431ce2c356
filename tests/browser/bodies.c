/*
 * Cleans every body there is: the committed ones and, where ../shared is, pages, Word
 * pastes and attacks by the thousand.  Each must come to a standstill in the normal
 * form.  What came out is written as JSON lines for bodies.mjs, which opens it in
 * Chromium.
 *
 *   bodies SOURCE-DIRECTORY OUTPUT
 */
#include "text/text.h"

#include <dirent.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define LINE_MOST  ((size_t)4 << 20)
#define SHOWN_MOST ((size_t)600 << 10) /* longer sources are cleaned but not shown */
#define ARENA_MOST ((size_t)1 << 30)

struct cleaning {
    struct house house;
    FILE *out;
    int bodies;
    int wrong;
};

static void clean_directory(struct cleaning *cleaning, const char *path);
static bool clean_lines(struct cleaning *cleaning, const char *path);
static void clean_line(struct cleaning *cleaning, const char *path, const char *line);
static void clean_body(struct cleaning *cleaning, const char *from, struct str body);
static void show(struct cleaning *cleaning, const char *from, struct str body,
                 struct str html, struct str plain);

int main(int count, char **arguments) {
    static const char *const shared[] = {
        "html/wordpaste_fragments.jsonl", "html/dompurify_fixtures.half.jsonl",
        "html/bleach_payloads.jsonl",     "security/payloads.half.jsonl",
        "html/cctv_pages.jsonl.gz",       "corpus/policy_html.jsonl.gz"};
    struct cleaning cleaning = {.bodies = 0};
    char path[4096];
    if (count != 3 || sandbox_start(&text_parsers, &cleaning.house.sandbox) != DONE) {
        return 2;
    }
    cleaning.out = fopen(arguments[2], "w");
    if (cleaning.out == NULL) {
        return 2;
    }
    snprintf(path, sizeof path, "%s/tests/fuzz/corpus/html", arguments[1]);
    clean_directory(&cleaning, path);
    int own = cleaning.bodies;
    for (size_t i = 0; i < LENGTH(shared); i++) {
        snprintf(path, sizeof path, "%s/../shared/data/%s", arguments[1], shared[i]);
        if (!clean_lines(&cleaning, path)) {
            break;
        }
    }
    printf("%d bodies of our own cleaned, %d of ../shared, %d wrong\n", own,
           cleaning.bodies - own, cleaning.wrong);
    sandbox_stop(cleaning.house.sandbox);
    return fclose(cleaning.out) == 0 && own > 0 && cleaning.wrong == 0 ? 0 : 1;
}

static void clean_directory(struct cleaning *cleaning, const char *path) {
    DIR *directory = opendir(path);
    for (struct dirent *entry; directory != NULL && (entry = readdir(directory));) {
        struct arena *arena = arena_new(ARENA_MOST);
        struct bytes bytes;
        struct str file = str_format(arena, "%s/%s", path, entry->d_name);
        if (entry->d_name[0] != '.' &&
            file_read(arena, file.at, LINE_MOST, &bytes) == DONE) {
            clean_body(cleaning, entry->d_name,
                       (struct str){(const char *)bytes.at, bytes.length});
        }
        arena_free(arena);
    }
    if (directory != NULL) {
        closedir(directory);
    }
}

/* Plain or gzipped JSON lines; false if the file is not there. */
static bool clean_lines(struct cleaning *cleaning, const char *path) {
    gzFile file = gzopen(path, "rb");
    if (file == NULL) {
        return false;
    }
    char *line = malloc(LINE_MOST);
    while (line != NULL && gzgets(file, line, (int)LINE_MOST) != NULL) {
        clean_line(cleaning, strrchr(path, '/') + 1, line);
    }
    free(line);
    gzclose(file);
    return true;
}

static void clean_line(struct cleaning *cleaning, const char *path, const char *line) {
    static const char *const keys[] = {"html", "payload", "fragment", "input", "text"};
    json_error_t error;
    json_t *record = json_loads(line, 0, &error);
    for (size_t i = 0; i < LENGTH(keys); i++) {
        const json_t *body = json_object_get(record, keys[i]);
        if (json_is_string(body)) {
            clean_body(cleaning, path,
                       (struct str){json_string_value(body), json_string_length(body)});
            break;
        }
    }
    json_decref(record);
}

static void clean_body(struct cleaning *cleaning, const char *from, struct str body) {
    struct arena *arena = arena_new(ARENA_MOST);
    struct call call;
    struct cleaned cleaned;
    struct cleaned again;
    struct str plain;
    call_init(&call, arena, &cleaning->house, 0);
    cleaning->bodies++;
    if (!utf8_is_valid(body) || text_clean_html(&call, body, &cleaned) != DONE ||
        text_clean_html(&call, cleaned.html, &again) != DONE ||
        !str_equal(cleaned.html, again.html) ||
        text_plain(arena, cleaned.html, &plain) != DONE) {
        printf("wrong: %s: %.*s\n", from, STR_ARG(str_part(body, 0, 200)));
        cleaning->wrong++;
    } else if (body.length <= SHOWN_MOST) {
        show(cleaning, from, body, cleaned.html, plain);
    }
    arena_free(arena);
}

static void show(struct cleaning *cleaning, const char *from, struct str body,
                 struct str html, struct str plain) {
    json_t *record =
        json_pack("{s:s, s:s%, s:s%, s:s%}", "from", from, "source", body.at, body.length,
                  "html", html.at, html.length, "plain", plain.at, plain.length);
    if (record == NULL || json_dumpf(record, cleaning->out, JSON_COMPACT) != 0) {
        cleaning->wrong++;
    }
    fputc('\n', cleaning->out);
    json_decref(record);
}
