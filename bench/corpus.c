/*
 * Loading: not measured, so it is plain.  Bodies are turned into HTML and
 * cleaned as an import does it.
 */
#include "corpus.h"

#include "text/text.h"

#include <dirent.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define LINE_MOST    ((size_t)16 << 20)
#define COLUMNS_MOST 512
#define SITE_COLUMNS 1000

struct record {
    char *title;
    char *source;
    char *column;
    char *date;
    char *format;
    char *body;
};

struct made_column {
    char *title; /* whole, "a/b" */
    char path[128];
    id64 id;
};

struct loading {
    struct call *call;
    const char *hugo;
    struct record *records;
    size_t count;
    size_t room;
    struct made_column columns[COLUMNS_MOST];
    size_t column_count;
    struct corpus corpus;
};

static size_t made_columns; /* in all loadings, so that codes differ */

static enum status read_file(struct loading *loading, const char *path);
static void keep_record(struct loading *loading, json_t *json);
static int by_date(const void *a, const void *b);
static enum status put_records(struct loading *loading, size_t most);
static enum status put_record(struct loading *loading, const struct record *record);
static enum status find_column(struct loading *loading, const char *title,
                               struct made_column **out_column);
static enum status write_hugo(struct loading *loading, const struct made_column *column,
                              const struct record *record, struct str body,
                              int64_t number);
static enum status write_hugo_column(struct loading *loading,
                                     const struct made_column *column, const char *title,
                                     bool on_home);
static struct str toml(struct arena *arena, const char *text);

enum status corpus_load(struct call *call, const char *directory, size_t most,
                        const char *hugo, struct corpus *out_corpus) {
    struct loading *loading = calloc(1, sizeof *loading);
    loading->call = call;
    loading->hugo = hugo;
    DIR *entries = opendir(directory);
    if (entries == NULL) {
        return log_failed("there is no corpus in %s", directory);
    }
    for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
        struct str name = str_of(entry->d_name);
        if (str_ends(name, ".jsonl.gz")) {
            char path[4096];
            snprintf(path, sizeof path, "%s/%s", directory, entry->d_name);
            TRY(read_file(loading, path));
        }
    }
    closedir(entries);
    TRY(put_records(loading, most));
    *out_corpus = loading->corpus;
    return DONE;
}

enum status corpus_make(struct call *call, size_t records, const char *hugo,
                        struct corpus *out_corpus) {
    static const char sentence[] =
        "各县区统计局要结合实际，细化措施，压实责任，确保统计数据真实准确、完整及时。";
    struct loading *loading = calloc(1, sizeof *loading);
    loading->call = call;
    loading->hugo = hugo;
    char body[sizeof sentence * 60];
    for (size_t i = 0; i < records; i++) {
        char title[200];
        char date[16];
        char column[64];
        size_t length = 0;
        for (size_t j = 0; j < 12 + i % 40; j++) {
            length += (size_t)snprintf(body + length, sizeof body - length, "%s%s",
                                       sentence, j % 4 == 3 ? "\n\n" : "");
        }
        snprintf(title, sizeof title, "关于做好第%zu次统计数据质量核查工作的通知", i + 1);
        snprintf(date, sizeof date, "20%02zu-%02zu-%02zu", 6 + i * 20 / records,
                 1 + i % 12, 1 + i % 28);
        snprintf(column, sizeof column, "政务公开/统计动态%zu", i % 12);
        json_t *json = json_pack("{s:s, s:s, s:s, s:s, s:s, s:s}", "title", title,
                                 "source", "示范市统计局", "pub_date", date, "column",
                                 column, "body_format", "text", "body", body);
        keep_record(loading, json);
        json_decref(json);
    }
    TRY(put_records(loading, records));
    *out_corpus = loading->corpus;
    return DONE;
}

static enum status read_file(struct loading *loading, const char *path) {
    gzFile file = gzopen(path, "rb");
    char *line = malloc(LINE_MOST);
    if (file == NULL || line == NULL) {
        return log_failed("read %s", path);
    }
    while (gzgets(file, line, (int)LINE_MOST) != NULL) {
        json_t *json = json_loads(line, 0, NULL);
        if (json != NULL) {
            keep_record(loading, json);
            json_decref(json);
        }
    }
    free(line);
    gzclose(file);
    return DONE;
}

static char *text_of(json_t *json, const char *name, const char *otherwise) {
    const char *text = json_string_value(json_object_get(json, name));
    return strdup(text == NULL || text[0] == '\0' ? otherwise : text);
}

static void keep_record(struct loading *loading, json_t *json) {
    if (loading->count == loading->room) {
        loading->room = loading->room == 0 ? 1024 : loading->room * 2;
        loading->records =
            realloc(loading->records, loading->room * sizeof *loading->records);
    }
    loading->records[loading->count++] = (struct record){
        .title = text_of(json, "title", "无题"),
        .source = text_of(json, "source", "示范市统计局"),
        .column = text_of(json, "column", "其他"),
        .date = text_of(json, "pub_date", "2000-01-01"),
        .format = text_of(json, "body_format", "text"),
        .body = text_of(json, "body", "（无正文）"),
    };
}

static int by_date(const void *a, const void *b) {
    const struct record *one = a;
    const struct record *other = b;
    return strcmp(one->date, other->date);
}

static enum status put_records(struct loading *loading, size_t most) {
    struct call *call = loading->call;
    qsort(loading->records, loading->count, sizeof *loading->records, by_date);
    size_t count = loading->count < most ? loading->count : most;
    for (size_t i = 0; i < count;) {
        arena_clear(call->arena);
        call->txn = NULL;
        TRY(txn_begin(call, TXN_WRITE));
        for (size_t end = i + 200; i < end && i < count; i++) {
            TRY(put_record(loading, &loading->records[i]));
        }
        TRY(txn_commit(call));
    }
    loading->corpus.records = count;
    loading->corpus.columns = loading->column_count;
    return DONE;
}

static enum status put_record(struct loading *loading, const struct record *record) {
    struct call *call = loading->call;
    struct made_column *column;
    struct cleaned cleaned;
    struct str html;
    civil_day day = 10957;
    TRY(find_column(loading, record->column, &column));
    TRY(text_html_of(call->arena, str_of(record->format), str_of(record->body), &html));
    TRY(text_clean_html(call, html, &cleaned));
    if (day_from_text(str_of(record->date), &day) != DONE) {
        day = 10957;
    }
    struct migrated_item item = {.column = column->id,
                                 .title = str_trim(str_of(record->title)),
                                 .origin_day = day,
                                 .released_at = day_start(day) + 9 * INSTANT_HOUR,
                                 .old_path = STR("")};
    id64 release;
    struct release made;
    TRY(scene_manuscript(call, column->id, str_text(call->arena, item.title),
                         str_text(call->arena, cleaned.html), "[]", &item.manuscript,
                         &item.revision, &item.digest));
    TRY(publication_migrate(call, &item, &release));
    TRY(publication_find(call, release, &made));
    loading->corpus.bytes += cleaned.html.length;
    return loading->hugo == NULL
               ? DONE
               : write_hugo(loading, column, record, cleaned.html, made.number);
}

/* "a/b/c" becomes the columns a, a/b and a/b/c. */
static enum status find_column(struct loading *loading, const char *title,
                               struct made_column **out_column) {
    struct call *call = loading->call;
    for (size_t i = 0; i < loading->column_count; i++) {
        if (strcmp(loading->columns[i].title, title) == 0) {
            *out_column = &loading->columns[i];
            return DONE;
        }
    }
    if (loading->column_count == COLUMNS_MOST) {
        return log_failed("the corpus has too many columns");
    }
    struct made_column *above = NULL;
    const char *slash = strrchr(title, '/');
    if (slash != NULL) {
        char upper[1024];
        snprintf(upper, sizeof upper, "%.*s", (int)(slash - title), title);
        TRY(find_column(loading, upper, &above));
    }
    size_t index = loading->column_count++;
    struct made_column *made = &loading->columns[index];
    made->title = strdup(title);
    made->id = SITE_COLUMNS + (id64)++made_columns;
    snprintf(made->path, sizeof made->path, "%.100s%sc%zu",
             above == NULL ? "" : above->path, above == NULL ? "" : "/", made_columns);
    bool on_home = index < 24;
    const char *own = slash == NULL ? title : slash + 1;
    const char *code = strrchr(made->path, '/');
    char parent[32] = "NULL";
    if (above != NULL) {
        snprintf(parent, sizeof parent, "%lld", (long long)above->id);
    }
    struct str sql = str_format(
        call->arena,
        "INSERT INTO site_column (id, site, parent, code, path, title, title_en, type,"
        " summary, keywords, owner, position, is_open, on_home)"
        " VALUES (%lld, 20, %s, '%s', '%s', '%s', '', '%s', '%s', '%s', 1, %zu, 1, %d)",
        (long long)made->id, parent, code == NULL ? made->path : code + 1, made->path,
        own, own, own, own, index, on_home);
    TRY(scene_run(call, sql.at));
    *out_column = made;
    return loading->hugo == NULL ? DONE : write_hugo_column(loading, made, own, on_home);
}

static enum status write_hugo(struct loading *loading, const struct made_column *column,
                              const struct record *record, struct str body,
                              int64_t number) {
    struct arena *arena = loading->call->arena;
    struct str text = str_format(arena,
                                 "+++\ntitle = %s\ndate = %sT09:00:00+08:00\nsource = "
                                 "%s\nweight = %lld\n+++\n%.*s",
                                 toml(arena, record->title).at, record->date,
                                 toml(arena, record->source).at,
                                 (long long)(1000000 - number), STR_ARG(body));
    char path[4096];
    snprintf(path, sizeof path, "%s/content/%s/%.4s/%lld.html", loading->hugo,
             column->path, record->date, (long long)number);
    FILE *file = fopen(path, "w");
    if (file == NULL) {
        char *end = strrchr(path, '/');
        *end = '\0';
        TRY(file_make_directory(path));
        *end = '/';
        file = fopen(path, "w");
    }
    if (file == NULL || fwrite(text.at, 1, text.length, file) != text.length ||
        fclose(file) != 0) {
        return log_failed("write %s", path);
    }
    return DONE;
}

static enum status write_hugo_column(struct loading *loading,
                                     const struct made_column *column, const char *title,
                                     bool on_home) {
    struct arena *arena = loading->call->arena;
    struct str text = str_format(arena, "+++\ntitle = %s\nhome = %s\n+++\n",
                                 toml(arena, title).at, on_home ? "true" : "false");
    char path[4096];
    snprintf(path, sizeof path, "%s/content/%s/_index.html", loading->hugo, column->path);
    return file_write(path, bytes_of_str(text));
}

static struct str toml(struct arena *arena, const char *text) {
    struct buffer out;
    buffer_init(&out, arena);
    buffer_add_char(&out, '"');
    for (; *text != '\0'; text++) {
        if (*text == '"' || *text == '\\') {
            buffer_add_char(&out, '\\');
        }
        if ((unsigned char)*text >= 0x20) {
            buffer_add_char(&out, *text);
        }
    }
    buffer_add_char(&out, '"');
    return str_copy(arena, buffer_str(&out));
}
