/*
 * Two people saved: their text, mine and what both began with, paragraph by paragraph.
 * One-sided changes are merged already; nothing typed is lost.
 */
#include "entries.h"
#include "parts.h"

#include "text/text.h"

static enum status run_resolve(struct visit *visit);
static void add_row(struct model *part, size_t index, const struct merge_part *piece);
static bool takes_theirs(const struct visit *visit, const char *name);

static const struct field resolve_fields[] = {
    {.name = "version", .kind = FIELD_INT, .required = true, .label = "edit.save"},
    {.name = "seen", .kind = FIELD_INT, .required = true, .label = "edit.save"},
    {.name = "title", .kind = FIELD_TEXT, .most = 130, .label = "edit.manuscript-title"},
    {.name = "kept", .kind = FIELD_HTML, .most = (size_t)4 << 20, .label = "edit.body"},
    {.name = "row-*", .kind = FIELD_TEXT, .label = "conflict.title"},
    {.name = "field-*", .kind = FIELD_TEXT, .label = "conflict.title"},
    {.name = NULL},
};
const struct entry conflict_resolve = {.method = "POST",
                                       .pattern = "/manuscripts/{manuscript}/resolve",
                                       .fields = resolve_fields,
                                       .body_most = (size_t)16 << 20,
                                       .may = WEB_STAFF,
                                       .run = run_resolve};

enum status conflict_show(struct visit *visit, const struct manuscript *manuscript) {
    struct call *call = visit->call;
    struct content typed;
    struct content theirs;
    struct content base;
    struct cleaned mine;
    struct merge merge;
    int version;
    int seen = (int)request_int(visit->request, "version");
    call_forgive(call);
    TRY(edit_typed(visit, manuscript->id, &typed));
    TRY(manuscript_draft(call, manuscript->id, &theirs, &version));
    if (manuscript_draft_at(call, manuscript->id, seen, &base) != DONE) {
        base = theirs;
    }
    TRY(text_clean_html(call, typed.body, &mine));
    TRY(text_merge(call->arena, base.body, mine.html, theirs.body, &merge));
    TRY(part_head(visit, manuscript, NULL, NULL, "/desk?tab=drafts", "nav.desk"));
    struct model *part = model_part(web_model(visit), "conflict");
    model_text(part, "version", str_format(call->arena, "%d", version));
    model_int(part, "seen", seen);
    model_text(part, "title", typed.title);
    model_text(part, "kept", mine.html);
    web_moment(visit, model_part(part, "when"), manuscript->changed_at);
    if (!str_equal(typed.title, theirs.title)) {
        struct model *field = model_list_add(part, "fields");
        model_text(field, "name", STR("title"));
        model_words(field, "label", "edit.manuscript-title");
        model_text(field, "mine", typed.title);
        model_text(field, "theirs", theirs.title);
        model_text(field, "base", base.title);
        model_flag(field, "choose", true);
    }
    for (size_t i = 0; i < merge.count; i++) {
        add_row(part, i, &merge.parts[i]);
    }
    visit->status = 409;
    return web_page(visit, "conflict");
}

static enum status run_resolve(struct visit *visit) {
    struct call *call = visit->call;
    const struct request *request = visit->request;
    struct manuscript manuscript;
    struct content theirs;
    struct content base;
    struct merge merge;
    struct buffer body;
    struct dropped dropped;
    int now;
    int version = (int)request_int(request, "version");
    TRY(part_manuscript(visit, &manuscript));
    TRY(manuscript_draft(call, manuscript.id, &theirs, &now));
    if (manuscript_draft_at(call, manuscript.id, (int)request_int(request, "seen"),
                            &base) != DONE) {
        base = theirs;
    }
    TRY(text_merge(call->arena, base.body, request_text(request, "kept"), theirs.body,
                   &merge));
    buffer_init(&body, call->arena);
    for (size_t i = 0; i < merge.count; i++) {
        const struct merge_part *piece = &merge.parts[i];
        const char *name = str_format(call->arena, "row-%zu", i).at;
        bool other = piece->side == MERGE_THEIRS ||
                     (piece->side == MERGE_CONFLICT && takes_theirs(visit, name));
        buffer_add(&body, other ? piece->theirs : piece->mine);
    }
    struct content merged = theirs;
    merged.body = buffer_str(&body);
    if (!takes_theirs(visit, "field-title") && request_given(request, "title")) {
        merged.title = request_text(request, "title");
    }
    TRY(manuscript_save(call, manuscript.id, version, &merged, &now, &dropped));
    struct str id = id_to_text(call->arena, manuscript.id);
    return web_go(visit, "/manuscripts/%.*s/edit", STR_ARG(id));
}

static void add_row(struct model *part, size_t index, const struct merge_part *piece) {
    struct model *row = model_list_add(part, "rows");
    if (piece->side == MERGE_SAME) {
        model_int(row, "folded", 1);
        return;
    }
    model_int(row, "number", (int64_t)index);
    model_html(row, "mine", piece->mine);
    model_html(row, "theirs", piece->theirs);
    model_html(row, "base", piece->base);
    model_flag(row, "settled", piece->side != MERGE_CONFLICT);
    model_flag(row, "mine-chosen", piece->side != MERGE_THEIRS);
}

static bool takes_theirs(const struct visit *visit, const char *name) {
    static const char *const families[] = {"row-*", "field-*"};
    for (size_t f = 0; f < LENGTH(families); f++) {
        for (size_t i = 0; i < request_count(visit->request, families[f]); i++) {
            if (str_is(request_name_at(visit->request, families[f], i), name)) {
                return str_is(request_text_at(visit->request, families[f], i), "theirs");
            }
        }
    }
    return false;
}
