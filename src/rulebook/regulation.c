/*
 * The regulation's own words, article by article, in their order and with the
 * numbers as printed (a misprinted one too).
 *
 * The file has one paragraph a line: headings "第一章　总则", articles
 * "第一条　…" (or "（一）…", "一、…"; the blank may be an ordinary one), and lines before
 * and after them.  Two ideographic blanks inside a line stand for a new line of the
 * print.
 */
#include "rulebook_own.h"

#include <string.h>

#define IDEOGRAPHIC  "　"
#define HEADING_MOST 24 /* bytes: what is shorter and no sentence heads a chapter */

static bool cut_number(struct str line, struct str *out_number, struct str *out_rest);
static bool cut_item(struct str line, struct str *out_number, struct str *out_rest);
static struct str in_lines(struct arena *arena, struct str text);
static struct article *add(struct reader *reader, struct rulebook *book);

void regulation_read(struct reader *reader, struct rulebook *book, struct str file,
                     struct str text) {
    if (!utf8_is_valid(text) || text.length > FILE_MOST) {
        fault_at(reader, file, 1, 1, STR(""), "规章原文应是 UTF-8 文本，不超过 1 MiB。",
                 "The regulation's text must be UTF-8, at most 1 MiB.");
        return;
    }
    struct str chapter = STR("");
    struct article *loose = NULL; /* lines that stand in no article */
    for (struct str rest = text; rest.length > 0;) {
        struct str line = str_trim(str_cut(&rest, '\n'));
        struct str number;
        struct str words;
        if (str_is_empty(line)) {
            continue;
        }
        bool numbered = cut_number(line, &number, &words);
        bool item = numbered && !str_starts(number, "第");
        bool heading = item && words.length <= HEADING_MOST &&
                       str_find(words, STR("。")) >= words.length;
        if (heading || (numbered && str_ends(number, "章"))) {
            chapter = str_copy(reader->arena, words);
            continue;
        }
        if (!numbered && loose != NULL) {
            loose->words = str_format(reader->arena, "%.*s\n%.*s", STR_ARG(loose->words),
                                      STR_ARG(in_lines(reader->arena, line)));
            continue;
        }
        bool first = book->article_count == 0;
        struct article *article = add(reader, book);
        article->number = numbered ? str_copy(reader->arena, number)
                          : first  ? STR("通知")
                                   : STR("附");
        article->chapter = numbered ? chapter : STR("");
        article->words = in_lines(reader->arena, numbered ? words : line);
        loose = numbered ? NULL : article;
    }
}

/* "第十二条" and what follows its blank.  "第十第" is so printed in one of them. */
static bool cut_number(struct str line, struct str *out_number, struct str *out_rest) {
    size_t wide = str_find(line, STR(IDEOGRAPHIC));
    size_t narrow = str_find(line, STR(" "));
    size_t blank = narrow < wide ? narrow : wide; /* whoever types it uses either */
    struct str head = str_part(line, 0, blank);
    bool form = str_starts(head, "第") && head.length <= 8 * strlen("第") &&
                (str_ends(head, "条") || str_ends(head, "章") || str_ends(head, "第"));
    if (cut_item(line, out_number, out_rest)) {
        return true;
    }
    if (!form || head.length < 3 * strlen("第") || blank == line.length) {
        return false;
    }
    *out_number = head;
    *out_rest = str_trim(str_part(line, blank, line.length));
    return true;
}

/* "（十二）…", "三、…", "12、…": regulations whose articles are numbered as items. */
static bool cut_item(struct str line, struct str *out_number, struct str *out_rest) {
    static const char *const ends[] = {"）", "、"};
    bool bracket = str_starts(line, "（");
    struct str end = str_of(ends[bracket ? 0 : 1]);
    size_t at = str_find(line, end);
    size_t from = bracket ? strlen("（") : 0;
    if (at >= line.length || at <= from || at - from > 3 * strlen("一")) {
        return false;
    }
    bool arabic = !bracket && line.at[0] >= '1' && line.at[0] <= '9';
    for (size_t i = from; i < at && arabic; i++) {
        arabic = line.at[i] >= '0' && line.at[i] <= '9';
    }
    for (size_t i = from; i < at && !arabic; i += strlen("一")) {
        struct str digit = str_part(line, i, i + strlen("一"));
        if (str_find(STR("一二三四五六七八九十"), digit) >=
            strlen("一二三四五六七八九十")) {
            return false;
        }
    }
    *out_number = bracket ? str_part(line, 0, at + end.length) : str_part(line, 0, at);
    *out_rest = str_trim(str_part(line, at + end.length, line.length));
    return true;
}

static struct str in_lines(struct arena *arena, struct str text) {
    struct buffer buffer;
    buffer_init(&buffer, arena);
    struct str mark = STR(IDEOGRAPHIC IDEOGRAPHIC);
    while (text.length > 0) {
        size_t at = str_find(text, mark);
        if (buffer.length > 0) {
            buffer_add_char(&buffer, '\n');
        }
        buffer_add(&buffer, str_trim(str_part(text, 0, at)));
        text = str_part(text, at + mark.length, text.length);
    }
    return buffer_str(&buffer);
}

static struct article *add(struct reader *reader, struct rulebook *book) {
    struct article *more =
        TAKE_ARRAY(reader->arena, book->article_count + 1, struct article);
    if (book->article_count > 0) {
        memcpy(more, book->articles, book->article_count * sizeof *more);
    }
    book->articles = more;
    return &book->articles[book->article_count++];
}
