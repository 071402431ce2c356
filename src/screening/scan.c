/*
 * Goes through everything a content says: title, fields, body, pictures; attachments
 * are in file.c.
 */
#include "screening/screening_own.h"

#define LINE_MOST    ((size_t)64 * 1024)
#define SHOWN_MOST   400
#define SCRATCH_MOST ((size_t)64 << 20)

static enum status scan_everything(struct scan *scan);
static struct str beginning_of(struct str text);
static struct str next_line(struct str *text);
static void scan_field(struct scan *scan, const char *name, struct str value);
static enum status scan_body(struct scan *scan);
static void scan_picture(struct scan *scan, const struct body_picture *picture);
static bool has_alt(const struct scan *scan, const struct body_picture *picture);
static void scan_reprint(struct scan *scan, const struct body_words *words);
static bool says_reprint(struct arena *arena, const struct body_words *words);
static bool is_searched(struct str name);

enum status scan_content(struct scan *scan) {
    scan->scratch = arena_new(SCRATCH_MOST);
    enum status status = scan_everything(scan);
    arena_free(scan->scratch);
    return status;
}

static enum status scan_everything(struct scan *scan) {
    const struct content *content = scan->content;
    scan_field(scan, "title", content->title);
    for (size_t i = 0; i < content->field_count; i++) {
        if (is_searched(content->fields[i].name)) {
            scan_field(scan, str_text(scan->call->arena, content->fields[i].name),
                       content->fields[i].value);
        }
    }
    TRY(scan_body(scan));
    scan->read = TAKE_ARRAY(scan->call->arena, content->attachment_count + 1,
                            struct file_read_anew);
    for (size_t i = 0; i < content->attachment_count; i++) {
        TRY(scan_attachment(scan, &content->attachments[i]));
    }
    return DONE;
}

const struct prohibition *prohibition_of(const struct rulebook *book,
                                         enum detector detector) {
    for (size_t i = 0; i < book->prohibition_count; i++) {
        if (book->prohibitions[i].detector == detector) {
            return &book->prohibitions[i];
        }
    }
    return NULL;
}

void scan_add(struct scan *scan, const struct place *place,
              const struct sighting *sighting) {
    static const char *const words[] = {
        [DETECTOR_CLASSIFICATION_MARK] = "screening.classification-mark",
        [DETECTOR_INTERNAL_MARK] = "screening.internal-mark",
        [DETECTOR_CITIZEN_ID] = "screening.citizen-id",
        [DETECTOR_BANK_CARD] = "screening.bank-card",
        [DETECTOR_PHONE] = "screening.phone",
        [DETECTOR_REPRINT_SOURCE] = "screening.reprint",
        [DETECTOR_PICTURE_TEXT] = "screening.picture",
        [DETECTOR_LEXICON] = "screening.lexicon",
        [DETECTOR_WRONG_WORD] = "screening.wrong-word",
        [DETECTOR_SECTOR_WORDS] = "screening.sector-words",
    };
    const struct prohibition *prohibition =
        prohibition_of(scan->book, sighting->detector);
    if (prohibition == NULL || scan->found.count == FINDINGS_MOST) {
        return;
    }
    enum severity severity = prohibition->severity;
    bool softened =
        sighting->uncertain || (prohibition->until_confirmed && !scan->numbers_confirmed);
    if (severity == SEVERITY_BLOCK && softened) {
        severity = SEVERITY_JUDGE;
    }
    struct arena *arena = scan->call->arena;
    scan->found.at[scan->found.count++] = (struct finding){
        .detector = sighting->detector,
        .severity = severity,
        .rule = prohibition->basis.id,
        .words = str_of(words[sighting->detector]),
        .shown = str_copy(arena, beginning_of(sighting->shown)),
        .field = place->field,
        .attachment = place->attachment,
        .part = place->part,
        .paragraph = place->paragraph,
        .from = (int)(place->from + sighting->from),
        .length = (int)(sighting->to - sighting->from),
        .remedy = sighting->remedy,
        .offer = str_copy(arena, sighting->offer),
    };
}

/* Whole characters of it, as much as a list shows. */
static struct str beginning_of(struct str text) {
    size_t length = text.length < SHOWN_MOST ? text.length : SHOWN_MOST;
    while (length > 0 && length < text.length &&
           ((unsigned char)text.at[length] & 0xc0) == 0x80) {
        length--;
    }
    return str_part(text, 0, length);
}

void scan_text(struct scan *scan, const struct place *place, struct str text) {
    struct place at = *place;
    while (text.length > 0 && scan->found.count < FINDINGS_MOST) {
        struct str line = next_line(&text);
        scan_marks(scan, &at, line);
        scan_numbers(scan, &at, line);
        scan_words(scan, &at, line);
        arena_clear(scan->scratch);
        at.from += line.length + (text.at > line.at + line.length);
    }
}

/* A line, or a piece of one that is longer than anybody writes. */
static struct str next_line(struct str *text) {
    struct str head = str_part(*text, 0, LINE_MOST);
    struct str rest = head;
    struct str line = str_cut(&rest, '\n');
    size_t taken = line.length < head.length ? line.length + 1 : line.length;
    while (taken == line.length && taken < text->length && taken > 0 &&
           ((unsigned char)text->at[taken] & 0xc0) == 0x80) {
        taken--;
    }
    line = str_part(line, 0, taken);
    *text = str_part(*text, taken, text->length);
    return line;
}

static void scan_field(struct scan *scan, const char *name, struct str value) {
    struct place place = {.field = str_of(name), .part = STR("")};
    scan_text(scan, &place, value);
}

static enum status scan_body(struct scan *scan) {
    struct body_words words;
    enum status status = text_words(scan->call->arena, scan->content->body, &words);
    if (status != DONE) {
        return log_failed("screening: a body is not clean HTML");
    }
    for (size_t i = 0; i < words.paragraph_count; i++) {
        struct place place = {
            .field = STR("body"), .part = STR(""), .paragraph = (int)i + 1};
        scan_text(scan, &place, words.paragraphs[i].text);
    }
    for (size_t i = 0; i < words.picture_count; i++) {
        scan_picture(scan, &words.pictures[i]);
    }
    scan_reprint(scan, &words);
    return DONE;
}

static void scan_picture(struct scan *scan, const struct body_picture *picture) {
    struct place place = {
        .field = STR("body"), .part = STR(""), .paragraph = (int)picture->paragraph + 1};
    if (has_alt(scan, picture)) {
        scan_text(scan, &place, picture->alt);
        return;
    }
    struct sighting sighting = {.detector = DETECTOR_PICTURE_TEXT,
                                .shown = picture->source,
                                .remedy = REMEDY_ALT};
    scan_add(scan, &place, &sighting);
}

/* In the body itself, or beside the file that the picture shows. */
static bool has_alt(const struct scan *scan, const struct body_picture *picture) {
    if (str_trim(picture->alt).length > 0) {
        return true;
    }
    for (size_t i = 0; i < scan->content->attachment_count; i++) {
        const struct attachment *file = &scan->content->attachments[i];
        struct str digest = digest_to_text(scan->call->arena, &file->digest);
        if (str_find(picture->source, digest) < picture->source.length &&
            str_trim(file->alt).length > 0) {
            return true;
        }
    }
    return false;
}

/* A text that says it comes from elsewhere names where: source and address. */
static void scan_reprint(struct scan *scan, const struct body_words *words) {
    const struct content *content = scan->content;
    struct str source = str_trim(content_field(content, "reprint-source"));
    struct str address = str_trim(content_field(content, "reprint-url"));
    bool is_reprint = source.length > 0 || address.length > 0 ||
                      content_field(content, "reprint-at").length > 0 ||
                      says_reprint(scan->call->arena, words);
    const struct {
        const char *field;
        bool missing;
    } rows[] = {{"reprint-source", source.length == 0},
                {"reprint-url", address.length == 0}};
    for (size_t i = 0; i < LENGTH(rows); i++) {
        if (is_reprint && rows[i].missing) {
            struct place place = {.field = str_of(rows[i].field), .part = STR("")};
            struct sighting sighting = {.detector = DETECTOR_REPRINT_SOURCE,
                                        .remedy = REMEDY_FIELD,
                                        .offer = str_of(rows[i].field)};
            scan_add(scan, &place, &sighting);
        }
    }
}

/* The first two or the last two paragraphs say 转载 or 转自. */
static bool says_reprint(struct arena *arena, const struct body_words *words) {
    static const struct str marks[] = {STR_INIT("转载自"), STR_INIT("转载于"),
                                       STR_INIT("转自"), STR_INIT("转载来源")};
    for (size_t i = 0; i < words->paragraph_count; i++) {
        if (i >= 2 && i + 2 < words->paragraph_count) {
            continue;
        }
        struct str text = words->paragraphs[i].text;
        if (text.length > 300) {
            continue;
        }
        struct folded folded = text_fold(arena, text, FOLD_TIGHT);
        struct buffer plain;
        buffer_init(&plain, arena);
        for (size_t k = 0; k < folded.count; k++) {
            utf8_add(&plain, folded.points[k]);
        }
        for (size_t k = 0; k < LENGTH(marks); k++) {
            if (str_starts(buffer_str(&plain), marks[k].at)) {
                return true;
            }
        }
    }
    return false;
}

/* Fields that hold a code, a day or an address have no words to search. */
static bool is_searched(struct str name) {
    static const char *const searched[] = {
        "author",         "basis",         "doc-number",     "editor",
        "issuer",         "keywords",      "late-reason",    "meeting-name",
        "meeting-number", "other-channel", "reprint-source", "source",
        "summary",        "title-breaks"};
    for (size_t i = 0; i < LENGTH(searched); i++) {
        if (str_is(name, searched[i])) {
            return true;
        }
    }
    return false;
}
