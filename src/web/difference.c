/*
 * The difference of two texts: of two revisions of a manuscript, with fields and files,
 * and wherever a page shows what was changed.
 */
#include "entries.h"
#include "parts.h"

#include "text/text.h"

static enum status run_difference(struct visit *visit);
static enum status fill_choices(struct visit *visit, struct model *part, id64 manuscript,
                                int from, int to);
static void fill_field_changes(struct visit *visit, struct model *part,
                               const struct content *before, const struct content *after);
static void fill_file_changes(struct visit *visit, struct model *part,
                              const struct content *before, const struct content *after);
static bool has_file(const struct content *content, const struct digest *digest);
static void add_pieces(struct buffer *html, const struct changed_paragraph *paragraph);
static const char *tag_of(enum paragraph_kind kind);

static const struct field difference_fields[] = {
    {.name = "from", .kind = FIELD_INT, .label = "difference.older"},
    {.name = "to", .kind = FIELD_INT, .label = "difference.newer"},
    {.name = NULL},
};
const struct entry manuscript_difference = {.method = "GET",
                                            .pattern =
                                                "/manuscripts/{manuscript}/difference",
                                            .fields = difference_fields,
                                            .may = WEB_STAFF,
                                            .run = run_difference};

static enum status run_difference(struct visit *visit) {
    struct call *call = visit->call;
    struct manuscript manuscript;
    struct revision before;
    struct revision after;
    struct str html;
    TRY(part_manuscript(visit, &manuscript));
    if (manuscript.revision == 0) {
        return ABSENT;
    }
    TRY(manuscript_revision(call, manuscript.revision, &after));
    int to = (int)request_int(visit->request, "to");
    int from = (int)request_int(visit->request, "from");
    to = to < 1 ? after.number : to;
    from = from < 1 ? (to > 1 ? to - 1 : 1) : from;
    TRY(manuscript_revision_number(call, manuscript.id, from, &before));
    TRY(manuscript_revision_number(call, manuscript.id, to, &after));
    struct str id = id_to_text(call->arena, manuscript.id);
    TRY(part_head(visit, &manuscript, &after, NULL,
                  str_format(call->arena, "/manuscripts/%.*s", STR_ARG(id)).at,
                  "signed.see"));
    struct model *part = model_part(web_model(visit), "difference");
    TRY(fill_choices(visit, part, manuscript.id, from, to));
    bool none = digest_equal(&before.digest, &after.digest);
    model_flag(part, "none", none);
    if (!none) {
        TRY(part_difference(visit, &before.content, &after.content, &html));
        fill_field_changes(visit, part, &before.content, &after.content);
        fill_file_changes(visit, part, &before.content, &after.content);
        model_html(part, "body", html);
    }
    return web_page(visit, "difference");
}

enum status part_difference(struct visit *visit, const struct content *before,
                            const struct content *after, struct str *out_html) {
    struct arena *arena = visit->call->arena;
    struct difference difference;
    struct changed_paragraph title;
    struct buffer html;
    buffer_init(&html, arena);
    TRY(text_difference(arena, before->body, after->body, &difference));
    if (!str_equal(before->title, after->title)) {
        text_difference_in_line(arena, before->title, after->title, &title);
        buffer_add_text(&html, "<h2>");
        add_pieces(&html, &title);
        buffer_add_text(&html, "</h2>\n");
    }
    for (size_t i = 0; i < difference.count; i++) {
        const struct changed_paragraph *paragraph = &difference.paragraphs[i];
        buffer_add_format(&html, "<%s>", tag_of(paragraph->kind));
        add_pieces(&html, paragraph);
        buffer_add_format(&html, "</%s>\n", tag_of(paragraph->kind));
    }
    *out_html = buffer_str(&html);
    return DONE;
}

static enum status fill_choices(struct visit *visit, struct model *part, id64 manuscript,
                                int from, int to) {
    struct call *call = visit->call;
    struct revision *revisions;
    size_t count;
    TRY(manuscript_revisions(call, manuscript, &revisions, &count));
    for (size_t i = 0; i < 2 * count; i++) {
        const struct revision *revision = &revisions[i % count];
        struct model *option = model_list_add(part, i < count ? "older" : "newer");
        struct str number = str_format(call->arena, "%d", revision->number);
        model_text(option, "value", number);
        model_text(option, "label",
                   web_say(visit, "manuscript.numbered", "number", number.at, NULL));
        model_flag(option, "chosen", revision->number == (i < count ? from : to));
    }
    return DONE;
}

static void fill_field_changes(struct visit *visit, struct model *part,
                               const struct content *before,
                               const struct content *after) {
    for (size_t i = 0; i < before->field_count + after->field_count; i++) {
        bool first = i < before->field_count;
        const struct field_value *field =
            first ? &before->fields[i] : &after->fields[i - before->field_count];
        const char *name = str_text(visit->call->arena, field->name);
        struct str old = content_field(before, name);
        struct str new = content_field(after, name);
        if (str_equal(old, new) || (!first && !str_is_empty(old))) {
            continue;
        }
        struct model *change = model_list_add(part, "fields");
        model_words(change, "label",
                    str_format(visit->call->arena, "fields.%s", name).at);
        model_text(change, "old", old);
        model_text(change, "new", new);
    }
}

static void fill_file_changes(struct visit *visit, struct model *part,
                              const struct content *before, const struct content *after) {
    for (size_t i = 0; i < before->attachment_count; i++) {
        if (!has_file(after, &before->attachments[i].digest)) {
            model_text(model_list_add(part, "files"), "text",
                       web_say(visit, "difference.file-gone", "name",
                               str_text(visit->call->arena, before->attachments[i].name),
                               NULL));
        }
    }
    for (size_t i = 0; i < after->attachment_count; i++) {
        if (!has_file(before, &after->attachments[i].digest)) {
            model_text(model_list_add(part, "files"), "text",
                       web_say(visit, "difference.file-new", "name",
                               str_text(visit->call->arena, after->attachments[i].name),
                               NULL));
        }
    }
}

static bool has_file(const struct content *content, const struct digest *digest) {
    for (size_t i = 0; i < content->attachment_count; i++) {
        if (digest_equal(&content->attachments[i].digest, digest)) {
            return true;
        }
    }
    return false;
}

static void add_pieces(struct buffer *html, const struct changed_paragraph *paragraph) {
    for (size_t i = 0; i < paragraph->piece_count; i++) {
        const struct changed_piece *piece = &paragraph->pieces[i];
        const char *tag = piece->change == CHANGE_ADDED     ? "ins"
                          : piece->change == CHANGE_REMOVED ? "del"
                                                            : NULL;
        if (tag != NULL) {
            buffer_add_format(html, "<%s>", tag);
        }
        buffer_add_escaped(html, piece->text);
        if (tag != NULL) {
            buffer_add_format(html, "</%s>", tag);
        }
    }
}

static const char *tag_of(enum paragraph_kind kind) {
    return kind == PARAGRAPH_HEADING ? "h3" : "p";
}
