/*
 * Attachments: their names and what is said beside them, then every corner of what is
 * in them.
 *
 * What a file says depends on its bytes alone, so findings inside it are kept by its
 * digest and serve every text that carries it, until the rulebook or a list changes.
 * A file, a page or an inner file that the machine cannot read is a finding too: a
 * person must open it.
 */
#include "screening/screening_own.h"
#include "screening_sql.h"

#define FILE_MOST ((size_t)256 << 20) /* a file's bytes and what it says */

struct looking {
    const struct scan *scan;
    const struct attachment *file;
    struct findings *findings;
    bool found;
};

static enum status find_inside(struct scan *scan, const struct attachment *file,
                               struct findings *out_findings);
static enum status look_up(struct call *call, void *what);
static enum status read_inside(struct scan *scan, const struct attachment *file);
static enum status read_document(struct call *call, const struct attachment *file,
                                 struct document *out_document);
static const char *words_of_refusal(const struct refusal *refusal);
static void scan_part(struct scan *scan, const struct document_part *part);
static void add_makers(struct scan *scan, struct str part, struct str properties);
static bool names_a_maker(struct str property);
static void add_unread(struct scan *scan, struct str part, const char *words,
                       struct str shown);
static void add_plain(struct scan *scan, enum severity severity, struct str part,
                      const char *words, struct str shown);

enum status scan_attachment(struct scan *scan, const struct attachment *file) {
    struct place place = {
        .field = file->name, .attachment = file->digest, .part = STR("")};
    scan_text(scan, &place, file->name);
    scan_text(scan, &place, file->alt);
    if (str_starts(file->media_type, "image/")) {
        if (!file->in_body && str_trim(file->alt).length == 0) {
            struct sighting sighting = {.detector = DETECTOR_PICTURE_TEXT,
                                        .shown = file->name,
                                        .remedy = REMEDY_ALT};
            scan_add(scan, &place, &sighting);
        }
        return DONE; /* what a picture shows is for eyes */
    }
    struct findings inside;
    TRY(find_inside(scan, file, &inside));
    for (size_t i = 0; i < inside.count && scan->found.count < FINDINGS_MOST; i++) {
        struct finding *finding = &scan->found.at[scan->found.count++];
        *finding = inside.at[i];
        finding->field = file->name;
        finding->attachment = file->digest;
    }
    return DONE;
}

enum status scan_keep_files(struct call *call, const struct scan *scan) {
    for (size_t i = 0; i < scan->read_count; i++) {
        const struct file_read_anew *anew = &scan->read[i];
        TRY(store_run(call, &screening_file_keep, NULL,
                      bind_digest("digest", &anew->file->digest),
                      bind_text("kind", anew->file->media_type),
                      bind_digest("rulebook_digest", &scan->book->digest),
                      bind_digest("basis", &scan->basis),
                      bind_text("findings", anew->json), bind_int("at", call->now)));
    }
    return DONE;
}

static enum status find_inside(struct scan *scan, const struct attachment *file,
                               struct findings *out_findings) {
    struct call *call = scan->call;
    struct looking looking = {.scan = scan, .file = file, .findings = out_findings};
    TRY(store_transact(call, TXN_READ, look_up, &looking));
    if (looking.found) {
        return DONE;
    }
    struct findings outside = scan->found;
    scan->found = (struct findings){0};
    scan->found.at = TAKE_ARRAY(call->arena, FINDINGS_MOST, struct finding);
    enum status status = read_inside(scan, file);
    *out_findings = scan->found;
    scan->found = outside;
    return status;
}

static enum status look_up(struct call *call, void *what) {
    struct looking *looking = what;
    struct rows *row;
    enum status status = store_find(
        call, &screening_file_kept, &row, bind_digest("digest", &looking->file->digest),
        bind_text("kind", looking->file->media_type),
        bind_digest("rulebook_digest", &looking->scan->book->digest),
        bind_digest("basis", &looking->scan->basis));
    looking->found = status == DONE;
    return status == DONE
               ? findings_from_json(call, row_text(row, "findings"), looking->findings)
           : status == ABSENT ? DONE
                              : status;
}

/* Forty files of twenty megabytes do not fit into one call: each has its own.  A file
 * that could not be read is tried again with the next text: the machine may only have
 * been busy. */
static enum status read_inside(struct scan *scan, const struct attachment *file) {
    struct call of_file = *scan->call;
    struct document document = {0};
    of_file.arena = arena_new(FILE_MOST);
    call_forgive(&of_file);
    enum status status = read_document(&of_file, file, &document);
    if (status == DONE && document.is_read) {
        for (size_t i = 0; i < document.count; i++) {
            scan_part(scan, &document.parts[i]);
        }
        scan->read[scan->read_count++] = (struct file_read_anew){
            .file = file, .json = findings_to_json(scan->call, &scan->found)};
    } else if (status != FAILED) {
        add_unread(scan, STR(""), words_of_refusal(of_file.refusal), STR(""));
    }
    arena_free(of_file.arena);
    return status == FAILED ? FAILED : DONE;
}

/* A file that cannot be read is no refusal of the wish: it is told as unread. */
static enum status read_document(struct call *call, const struct attachment *file,
                                 struct document *out_document) {
    struct bytes bytes;
    const struct file_type *type;
    enum status status = manuscript_file(call, &file->digest, &bytes);
    if (status != DONE) {
        return log_failed("screening: the kept file of an attachment is not there");
    }
    status = text_file_type(call, file->name, bytes, &type);
    if (status == DONE) {
        status = text_document(call, type, bytes, out_document);
    }
    return status;
}

static const char *words_of_refusal(const struct refusal *refusal) {
    struct str said = refusal == NULL ? STR("") : str_of(refusal->words);
    return str_is(said, "text.file-locked")    ? "screening.open-locked"
           : str_starts(said, "text.convert-") ? "screening.open-old"
                                               : "screening.open-file";
}

static void scan_part(struct scan *scan, const struct document_part *part) {
    struct arena *arena = scan->call->arena;
    /* "sheet 名称", "page 3": the words for kinds are the door's. */
    struct str named = str_format(arena, "%s%s%.*s", part_kind_name(part->kind),
                                  part->name.length > 0 ? " " : "", STR_ARG(part->name));
    struct place place = {.field = STR(""), .part = named};
    if (part->kind == PART_EMBEDDED) {
        add_unread(scan, named, "screening.open-embedded", part->name);
    } else if (part->kind == PART_SCAN) {
        add_unread(scan, named, "screening.open-scan", part->name);
    } else {
        scan_text(scan, &place, part->name);
        scan_text(scan, &place, part->text);
        if (part->kind == PART_PROPERTY) {
            add_makers(scan, named, part->text);
        }
    }
}

/* What could be taken out without a loss was, when the file came in; a PDF, an older
 * file or a signed one still names those who made it, and its writer can export it
 * again. */
static void add_makers(struct scan *scan, struct str part, struct str properties) {
    struct buffer names;
    buffer_init(&names, scan->call->arena);
    while (properties.length > 0) {
        struct str value = str_cut(&properties, '\n');
        struct str property = str_cut(&value, ':');
        if (names_a_maker(property)) {
            buffer_add_text(&names, names.length > 0 ? "、" : "");
            buffer_add(&names, str_trim(value));
        }
    }
    if (names.length > 0) {
        add_plain(scan, SEVERITY_NOTE, part, "screening.maker", buffer_str(&names));
    }
}

/* As office files, PDF and OFD call them. */
static bool names_a_maker(struct str property) {
    static const char *const names[] = {"author",         "Author",  "creator",
                                        "lastModifiedBy", "Company", "Manager"};
    for (size_t i = 0; i < LENGTH(names); i++) {
        if (str_is(property, names[i])) {
            return true;
        }
    }
    return false;
}

static void add_unread(struct scan *scan, struct str part, const char *words,
                       struct str shown) {
    add_plain(scan, SEVERITY_JUDGE, part, words, shown);
}

/* It rests on no article: the machine says what it saw, or could not do. */
static void add_plain(struct scan *scan, enum severity severity, struct str part,
                      const char *words, struct str shown) {
    if (scan->found.count < FINDINGS_MOST) {
        scan->found.at[scan->found.count++] =
            (struct finding){.detector = DETECTOR_NONE,
                             .severity = severity,
                             .rule = STR(""),
                             .words = str_of(words),
                             .shown = str_copy(scan->call->arena, shown),
                             .field = STR(""),
                             .part = part,
                             .offer = STR("")};
    }
}
