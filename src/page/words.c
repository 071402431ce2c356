/*
 * Words: read once, cut into pieces, looked up by hash.
 */
#include "page_own.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define LANGUAGES_MOST  8
#define WORDS_FILE_MOST ((size_t)1024 * 1024)
#define WORDS_MOST      ((size_t)64 * 1024 * 1024)
#define PIECES_MOST     32

struct entry {
    struct str key;
    struct str file;
    int line;
    struct sentence sentences[LANGUAGES_MOST];
};

struct words {
    struct arena *arena;
    struct str languages[LANGUAGES_MOST + 1];
    size_t language_count;
    struct entry *entries; /* open addressing, size a power of two */
    size_t size;
    size_t used;
};

static enum status find_languages(struct words *words, const char *directory);
static enum status read_language(struct words *words, const char *directory,
                                 size_t language, struct buffer *errors);
static enum status read_file(struct words *words, const char *file, size_t language,
                             struct buffer *errors);
static void read_line(struct words *words, const char *file, int number, struct str line,
                      size_t language, struct buffer *errors);
static const char *cut_pieces(struct arena *arena, struct str text, struct sentence *out);
static struct piece name_piece(struct str inside);
static bool name_is_plain(struct str name);
static void compare_languages(const struct words *words, struct buffer *errors);
static void compare_names(const struct words *words, const struct entry *entry, size_t a,
                          size_t b, struct buffer *errors);
static bool names_contain(const struct sentence *sentence, const struct name *name);
static struct entry *slot_of(const struct words *words, struct str key);
static void grow(struct words *words);
static size_t language_index(const struct words *words, struct str language);
static int by_name(const void *a, const void *b);

enum status words_load(const char *directory, struct buffer *errors,
                       struct words **out_words) {
    struct arena *arena = arena_new(WORDS_MOST);
    struct words *words = TAKE(arena, struct words);
    words->arena = arena;
    words->size = 1024;
    words->entries = TAKE_ARRAY(arena, words->size, struct entry);
    size_t before = errors->length;
    enum status status = find_languages(words, directory);
    for (size_t i = 0; status == DONE && i < words->language_count; i++) {
        status = read_language(words, directory, i, errors);
    }
    if (status == DONE) {
        compare_languages(words, errors);
        status = errors->length > before ? REFUSED : DONE;
    }
    if (status != DONE) {
        arena_free(arena);
        return status;
    }
    *out_words = words;
    return DONE;
}

void words_free(struct words *words) {
    if (words != NULL) {
        arena_free(words->arena);
    }
}

bool words_know(const struct words *words, const char *key) {
    return slot_of(words, str_of(key))->key.length > 0;
}

const struct str *words_languages(const struct words *words) { return words->languages; }

struct str words_say(const struct words *words, struct arena *arena, struct str language,
                     const char *key, const struct refusal_argument *arguments,
                     size_t count) {
    const struct sentence *sentence = words_find(words, language, str_of(key));
    if (sentence == NULL) {
        return str_of(key);
    }
    struct buffer out;
    buffer_init(&out, arena);
    for (size_t i = 0; i < sentence->count; i++) {
        const struct piece *piece = &sentence->pieces[i];
        struct str value = STR("");
        for (size_t j = 0; piece->kind != PIECE_TEXT && j < count; j++) {
            if (arguments[j].name != NULL &&
                str_is(piece->name.text, arguments[j].name)) {
                value = arguments[j].value;
            }
        }
        if (piece->kind == PIECE_NAME) {
            buffer_add(&out, value);
        } else if (piece->kind == PIECE_CHOICE && !str_is(value, "1")) {
            buffer_add(&out, piece->many);
        } else {
            buffer_add(&out, piece->text);
        }
    }
    return buffer_str(&out);
}

struct str words_refusal(const struct words *words, struct arena *arena,
                         struct str language, const struct refusal *refusal) {
    return words_say(words, arena, language, refusal->words, refusal->arguments,
                     LENGTH(refusal->arguments));
}

const struct sentence *words_find(const struct words *words, struct str language,
                                  struct str key) {
    const struct entry *entry = slot_of(words, key);
    if (entry->key.length == 0) {
        return NULL;
    }
    const struct sentence *said = &entry->sentences[language_index(words, language)];
    return said->count > 0 ? said : &entry->sentences[0];
}

static enum status find_languages(struct words *words, const char *directory) {
    DIR *open = opendir(directory);
    if (open == NULL) {
        return errno == ENOENT
                   ? ABSENT
                   : log_failed("cannot read %s: %s", directory, strerror(errno));
    }
    words->languages[words->language_count++] = STR("zh-CN");
    for (struct dirent *found = readdir(open); found != NULL; found = readdir(open)) {
        if (found->d_name[0] != '.' && strcmp(found->d_name, "zh-CN") != 0 &&
            words->language_count < LANGUAGES_MOST) {
            words->languages[words->language_count++] =
                str_copy(words->arena, str_of(found->d_name));
        }
    }
    closedir(open);
    qsort(words->languages + 1, words->language_count - 1, sizeof *words->languages,
          by_name);
    words->languages[words->language_count] = STR("");
    return DONE;
}

static enum status read_language(struct words *words, const char *directory,
                                 size_t language, struct buffer *errors) {
    const char *folder = str_format(words->arena, "%s/%.*s", directory,
                                    STR_ARG(words->languages[language]))
                             .at;
    DIR *open = opendir(folder);
    if (open == NULL) {
        return log_failed("cannot read %s: %s", folder, strerror(errno));
    }
    struct str names[256];
    size_t count = 0;
    for (struct dirent *found = readdir(open); found != NULL; found = readdir(open)) {
        if (str_ends(str_of(found->d_name), ".words") && count < LENGTH(names)) {
            names[count++] = str_copy(words->arena, str_of(found->d_name));
        }
    }
    closedir(open);
    qsort(names, count, sizeof *names, by_name);
    for (size_t i = 0; i < count; i++) {
        TRY(read_file(words, str_format(words->arena, "%s/%s", folder, names[i].at).at,
                      language, errors));
    }
    return DONE;
}

static enum status read_file(struct words *words, const char *file, size_t language,
                             struct buffer *errors) {
    struct bytes bytes;
    TRY(file_read(words->arena, file, WORDS_FILE_MOST, &bytes));
    struct str rest = {(const char *)bytes.at, bytes.length};
    if (!utf8_is_valid(rest)) {
        buffer_add_format(errors, "%s:1: the file is not UTF-8\n", file);
        return DONE;
    }
    for (int number = 1; rest.length > 0; number++) {
        struct str line = str_trim(str_cut(&rest, '\n'));
        if (line.length > 0 && line.at[0] != '#') {
            read_line(words, file, number, line, language, errors);
        }
    }
    return DONE;
}

static void read_line(struct words *words, const char *file, int number, struct str line,
                      size_t language, struct buffer *errors) {
    struct str rest = line;
    struct str key = str_trim(str_cut(&rest, '='));
    struct str text = str_trim(rest);
    if (key.length == line.length || !name_is_plain(key) || text.length == 0) {
        buffer_add_format(errors, "%s:%d: expected \"key = text\"\n", file, number);
        return;
    }
    if (words->used * 2 > words->size) {
        grow(words);
    }
    struct entry *entry = slot_of(words, key);
    if (entry->key.length == 0) {
        entry->key = key;
        words->used++;
    }
    struct sentence *sentence = &entry->sentences[language];
    if (sentence->count > 0) {
        buffer_add_format(errors, "%s:%d: %.*s is given twice, first in %.*s:%d\n", file,
                          number, STR_ARG(key), STR_ARG(entry->file), entry->line);
        return;
    }
    entry->file = str_of(file);
    entry->line = number;
    const char *fault = cut_pieces(words->arena, text, sentence);
    if (fault != NULL) {
        buffer_add_format(errors, "%s:%d: %s\n", file, number, fault);
    }
}

/* NULL, or what is wrong with the text. */
static const char *cut_pieces(struct arena *arena, struct str text,
                              struct sentence *out) {
    struct piece pieces[PIECES_MOST];
    size_t count = 0;
    while (text.length > 0 && count < PIECES_MOST) {
        size_t open = str_find(text, STR("{"));
        if (open > 0) {
            pieces[count++] =
                (struct piece){.kind = PIECE_TEXT, .text = str_part(text, 0, open)};
            text = str_part(text, open, text.length);
            continue;
        }
        size_t close = str_find(text, STR("}"));
        pieces[count] = name_piece(str_part(text, 1, close));
        if (close == text.length || !name_is_plain(pieces[count].name.text)) {
            return "a placeholder is {name} or {name|one|many}";
        }
        count++;
        text = str_part(text, close + 1, text.length);
    }
    if (text.length > 0) {
        return "the sentence has too many placeholders";
    }
    out->pieces = arena_copy(arena, pieces, count * sizeof *pieces);
    out->count = count;
    return NULL;
}

static struct piece name_piece(struct str inside) {
    struct piece piece = {.kind = PIECE_NAME};
    if (str_find(inside, STR("|")) < inside.length) {
        piece.kind = PIECE_CHOICE;
    }
    piece.name = name_of(str_cut(&inside, '|'));
    piece.text = str_cut(&inside, '|');
    piece.many = inside;
    return piece;
}

static bool name_is_plain(struct str name) {
    for (size_t i = 0; i < name.length; i++) {
        char byte = name.at[i];
        bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                     (byte >= '0' && byte <= '9') || byte == '-' || byte == '_' ||
                     byte == '.';
        if (!plain) {
            return false;
        }
    }
    return name.length > 0;
}

static void compare_languages(const struct words *words, struct buffer *errors) {
    for (size_t i = 0; i < words->size; i++) {
        const struct entry *entry = &words->entries[i];
        for (size_t a = 0; entry->key.length > 0 && a < words->language_count; a++) {
            if (entry->sentences[a].count == 0) {
                buffer_add_format(errors, "%.*s:%d: %.*s is missing in %.*s\n",
                                  STR_ARG(entry->file), entry->line, STR_ARG(entry->key),
                                  STR_ARG(words->languages[a]));
                continue;
            }
            if (a > 0 && entry->sentences[0].count > 0) {
                compare_names(words, entry, 0, a, errors);
                compare_names(words, entry, a, 0, errors);
            }
        }
    }
}

static void compare_names(const struct words *words, const struct entry *entry, size_t a,
                          size_t b, struct buffer *errors) {
    const struct sentence *has = &entry->sentences[a];
    for (size_t i = 0; i < has->count; i++) {
        const struct piece *piece = &has->pieces[i];
        if (piece->kind != PIECE_TEXT &&
            !names_contain(&entry->sentences[b], &piece->name)) {
            buffer_add_format(errors,
                              "%.*s:%d: %.*s uses {%.*s} in %.*s but not in %.*s\n",
                              STR_ARG(entry->file), entry->line, STR_ARG(entry->key),
                              STR_ARG(piece->name.text), STR_ARG(words->languages[a]),
                              STR_ARG(words->languages[b]));
        }
    }
}

static bool names_contain(const struct sentence *sentence, const struct name *name) {
    for (size_t i = 0; i < sentence->count; i++) {
        if (sentence->pieces[i].kind != PIECE_TEXT &&
            str_equal(sentence->pieces[i].name.text, name->text)) {
            return true;
        }
    }
    return false;
}

static struct entry *slot_of(const struct words *words, struct str key) {
    size_t at = name_hash(key) & (words->size - 1);
    while (words->entries[at].key.length > 0 && !str_equal(words->entries[at].key, key)) {
        at = (at + 1) & (words->size - 1);
    }
    return &words->entries[at];
}

static void grow(struct words *words) {
    struct entry *old = words->entries;
    size_t old_size = words->size;
    words->size *= 2;
    words->entries = TAKE_ARRAY(words->arena, words->size, struct entry);
    for (size_t i = 0; i < old_size; i++) {
        if (old[i].key.length > 0) {
            *slot_of(words, old[i].key) = old[i];
        }
    }
}

static size_t language_index(const struct words *words, struct str language) {
    for (size_t i = 0; i < words->language_count; i++) {
        if (str_equal(words->languages[i], language)) {
            return i;
        }
    }
    return 0;
}

static int by_name(const void *a, const void *b) {
    return str_compare(*(const struct str *)a, *(const struct str *)b);
}
