/*
 * Marks of secrecy and of internal papers.
 *
 * The words of a mark stand in thousands of harmless sentences (国家秘密, 内部资料),
 * so words alone are no mark.  A mark is a level with its star (机密★), a level with
 * its term (秘密 10年), a level named as such (密级：秘密), or a line or a bracket
 * that holds nothing but words of marks (机 密　特急; （内部资料，注意保存）).  Several
 * levels in one bracket are a list of levels.  Blanks, punctuation, width and
 * traditional forms do not matter.
 */
#include "screening/screening_own.h"

#include <string.h>

#define STAR      0x2605
#define LINE_MOST 40 /* points of a line that may be a mark as a whole */

enum mark_word { WORD_LEVEL, WORD_INTERNAL, WORD_FILLER };

struct mark {
    enum detector detector; /* NONE: no mark */
    size_t from;            /* points of the folded line */
    size_t to;
};

static struct mark level_with_sign(const struct folded *line, size_t at);
static size_t level_at(const struct folded *line, size_t at);
static size_t term_at(const struct folded *line, size_t at);
static bool is_numeral(uint32_t point);
static bool begins_apart(const struct folded *line, size_t at);
static size_t word_at(const struct folded *line, size_t at, const char *word);
static void scan_brackets(struct scan *scan, const struct place *place, struct str line);
static enum detector only_marks(struct arena *arena, struct str text);
static bool is_quoted(struct str text);
static size_t mark_word_at(const struct folded *line, size_t at,
                           enum mark_word *out_word);
static void add_mark(struct scan *scan, const struct place *place, struct str line,
                     enum detector detector, size_t from, size_t to);
static size_t bracket_at(struct str line, size_t at, struct str *out_close);

void scan_marks(struct scan *scan, const struct place *place, struct str line) {
    struct arena *arena = scan->scratch;
    enum detector whole = only_marks(arena, line);
    if (whole != DETECTOR_NONE) {
        add_mark(scan, place, line, whole, 0, line.length);
        return;
    }
    struct folded folded = text_fold(arena, line, FOLD_TIGHT);
    for (size_t at = 0; at < folded.count; at++) {
        struct mark mark = level_with_sign(&folded, at);
        if (mark.detector != DETECTOR_NONE) {
            add_mark(scan, place, line, mark.detector, folded.from[mark.from],
                     folded.to[mark.to - 1]);
            at = mark.to - 1;
        }
    }
    scan_brackets(scan, place, line);
}

/* A level with a star, with a term, or behind 密级. */
static struct mark level_with_sign(const struct folded *line, size_t at) {
    struct mark none = {DETECTOR_NONE, 0, 0};
    size_t named = word_at(line, at, "密级");
    if (named > 0 && begins_apart(line, at)) {
        size_t level = level_at(line, at + named);
        size_t end = at + named + level;
        /* 密级：秘密 ends there; 密级秘密性 does not. */
        bool ends =
            level > 0 && (end == line->count || line->points[end] == STAR ||
                          term_at(line, end) > 0 || line->from[end] > line->to[end - 1]);
        return ends ? (struct mark){DETECTOR_CLASSIFICATION_MARK, at, end} : none;
    }
    size_t level = level_at(line, at);
    if (level == 0) {
        return none;
    }
    size_t end = at + level;
    if (end < line->count && line->points[end] == STAR) {
        return (struct mark){DETECTOR_CLASSIFICATION_MARK, at,
                             end + 1 + term_at(line, end + 1)};
    }
    size_t term = term_at(line, end);
    if (term > 0 && begins_apart(line, at)) {
        return (struct mark){DETECTOR_CLASSIFICATION_MARK, at, end + term};
    }
    return none;
}

static size_t level_at(const struct folded *line, size_t at) {
    static const char *const levels[] = {"绝密", "机密", "秘密"};
    for (size_t i = 0; i < LENGTH(levels); i++) {
        size_t length = word_at(line, at, levels[i]);
        if (length > 0) {
            return length;
        }
    }
    return 0;
}

/* 10年, 十年, 6个月, 长期; a year of the calendar (2026年) is no term. */
static size_t term_at(const struct folded *line, size_t at) {
    size_t lasting = word_at(line, at, "长期");
    if (lasting > 0 && at + lasting == line->count) {
        return lasting;
    }
    size_t end = at;
    while (end < line->count && end - at < 3) {
        if (!is_numeral(line->points[end])) {
            break;
        }
        end++;
    }
    if (end == at) {
        return 0;
    }
    static const char *const units[] = {"年", "个月", "天"};
    for (size_t i = 0; i < LENGTH(units); i++) {
        size_t unit = word_at(line, end, units[i]);
        if (unit > 0) {
            return end + unit - at;
        }
    }
    return 0;
}

static bool is_numeral(uint32_t point) {
    struct str numerals = STR("0123456789一二三四五六七八九十");
    for (size_t position = 0; position < numerals.length;) {
        if (utf8_next(numerals, &position) == point) {
            return true;
        }
    }
    return false;
}

/* True if nothing stands directly before it: the line begins, or a blank, a
 * punctuation mark or a bracket parts them. */
static bool begins_apart(const struct folded *line, size_t at) {
    return at == 0 || line->to[at - 1] < line->from[at];
}

static size_t word_at(const struct folded *line, size_t at, const char *word) {
    struct str text = str_of(word);
    size_t length = 0;
    for (size_t position = 0; position < text.length; length++) {
        uint32_t point = utf8_next(text, &position);
        if (at + length >= line->count || line->points[at + length] != point) {
            return 0;
        }
    }
    return length;
}

/* What brackets hold, if it is nothing but marks.  Quotation marks are no brackets:
 * laws quote the words of levels. */
static void scan_brackets(struct scan *scan, const struct place *place, struct str line) {
    for (size_t at = 0; at < line.length; at++) {
        struct str close;
        size_t open = bracket_at(line, at, &close);
        if (open == 0) {
            continue;
        }
        struct str rest = str_part(line, at + open, line.length);
        size_t length = str_find(rest, close);
        if (length == rest.length) {
            continue;
        }
        enum detector detector = only_marks(scan->scratch, str_part(rest, 0, length));
        if (detector != DETECTOR_NONE) {
            add_mark(scan, place, line, detector, at, at + open + length + close.length);
        }
        at += open + length;
    }
}

/* Whether *text* holds nothing but words of marks, and of which kind. */
static enum detector only_marks(struct arena *arena, struct str text) {
    if (text.length > LINE_MOST * 4 || is_quoted(text)) {
        return DETECTOR_NONE;
    }
    struct folded line = text_fold(arena, text, FOLD_TIGHT);
    size_t levels = 0;
    size_t internals = 0;
    if (line.count > LINE_MOST) {
        return DETECTOR_NONE;
    }
    for (size_t at = 0; at < line.count;) {
        enum mark_word word;
        size_t length = mark_word_at(&line, at, &word);
        if (length == 0) {
            return DETECTOR_NONE;
        }
        levels += word == WORD_LEVEL;
        internals += word == WORD_INTERNAL;
        at += length;
    }
    return levels == 1     ? DETECTOR_CLASSIFICATION_MARK
           : levels > 1    ? DETECTOR_NONE
           : internals > 0 ? DETECTOR_INTERNAL_MARK
                           : DETECTOR_NONE;
}

static bool is_quoted(struct str text) {
    static const struct str quotes[] = {STR_INIT("“"), STR_INIT("\""), STR_INIT("「"),
                                        STR_INIT("《"), STR_INIT("‘")};
    for (size_t i = 0; i < LENGTH(quotes); i++) {
        if (str_find(text, quotes[i]) < text.length) {
            return true;
        }
    }
    return false;
}

static size_t mark_word_at(const struct folded *line, size_t at,
                           enum mark_word *out_word) {
    static const struct {
        const char *word;
        enum mark_word kind;
    } rows[] = {
        {"绝密", WORD_LEVEL},        {"机密", WORD_LEVEL},
        {"秘密", WORD_LEVEL},        {"内部文件", WORD_INTERNAL},
        {"内部资料", WORD_INTERNAL}, {"内部材料", WORD_INTERNAL},
        {"内部刊物", WORD_INTERNAL}, {"内部参考", WORD_INTERNAL},
        {"内部使用", WORD_INTERNAL}, {"内部掌握", WORD_INTERNAL},
        {"内部传阅", WORD_INTERNAL}, {"内部发行", WORD_INTERNAL},
        {"注意保存", WORD_INTERNAL}, {"注意保管", WORD_INTERNAL},
        {"妥善保管", WORD_INTERNAL}, {"注意保密", WORD_INTERNAL},
        {"请勿外传", WORD_INTERNAL}, {"不得外传", WORD_INTERNAL},
        {"严禁外传", WORD_INTERNAL}, {"禁止外传", WORD_INTERNAL},
        {"请勿公开", WORD_INTERNAL}, {"不得公开", WORD_INTERNAL},
        {"阅后即焚", WORD_INTERNAL}, {"仅供", WORD_FILLER},
        {"领导", WORD_FILLER},       {"密级", WORD_FILLER},
        {"文件", WORD_FILLER},       {"资料", WORD_FILLER},
        {"材料", WORD_FILLER},       {"级", WORD_FILLER},
        {"件", WORD_FILLER},         {"特急", WORD_FILLER},
        {"加急", WORD_FILLER},       {"平急", WORD_FILLER},
        {"特提", WORD_FILLER},       {"急件", WORD_FILLER},
        {"长期", WORD_FILLER},       {"份号", WORD_FILLER},
        {"请", WORD_FILLER},         {"第", WORD_FILLER},
        {"号", WORD_FILLER},         {"期", WORD_FILLER},
        {"份", WORD_FILLER},         {"no", WORD_FILLER},
        {"★", WORD_FILLER},
    };
    for (size_t i = 0; i < LENGTH(rows); i++) {
        size_t length = word_at(line, at, rows[i].word);
        if (length > 0) {
            *out_word = rows[i].kind;
            return length;
        }
    }
    *out_word = WORD_FILLER;
    size_t term = term_at(line, at);
    if (term > 0) {
        return term;
    }
    return line->points[at] >= '0' && line->points[at] <= '9';
}

static void add_mark(struct scan *scan, const struct place *place, struct str line,
                     enum detector detector, size_t from, size_t to) {
    struct str found = str_trim(str_part(line, from, to));
    struct sighting sighting = {
        .detector = detector, .from = (size_t)(found.at - line.at), .shown = found};
    sighting.to = sighting.from + found.length;
    scan_add(scan, place, &sighting);
}

/* An opening bracket and what closes it. */
static size_t bracket_at(struct str line, size_t at, struct str *out_close) {
    static const struct {
        struct str open;
        struct str close;
    } rows[] = {
        {STR_INIT("（"), STR_INIT("）")}, {STR_INIT("("), STR_INIT(")")},
        {STR_INIT("【"), STR_INIT("】")}, {STR_INIT("["), STR_INIT("]")},
        {STR_INIT("〔"), STR_INIT("〕")}, {STR_INIT("［"), STR_INIT("］")},
        {STR_INIT("〖"), STR_INIT("〗")},
    };
    struct str rest = str_part(line, at, line.length);
    for (size_t i = 0; i < LENGTH(rows); i++) {
        if (str_starts(rest, rows[i].open.at)) {
            *out_close = rows[i].close;
            return rows[i].open.length;
        }
    }
    return 0;
}
