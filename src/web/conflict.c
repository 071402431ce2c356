/*
 * Two people saved: their text, mine and what both began with, paragraph by paragraph and
 * field by field.  One-sided changes are merged already; nothing typed is lost, also when
 * somebody saves once more while the choice is made.
 */
#include "entries.h"
#include "parts.h"

#include "text/text.h"

/* What I typed, what they saved, what both began with. */
struct three {
    struct content mine;
    struct content theirs;
    struct content base;
};

static enum status run_resolve(struct visit *visit);
static enum status show(struct visit *visit, id64 id, int seen,
                        const struct content *typed);
static enum status read_three(struct call *call, id64 manuscript, int seen,
                              struct three *three, int *out_version);
static enum status posted_back(struct visit *visit, struct content *out_mine);
static void add_fields(struct call *call, struct model *part, const struct three *three);
static void add_field(struct model *part, const char *name, const char *label,
                      struct str mine, struct str theirs, struct str base);
static void merge_fields(const struct visit *visit, const struct three *three,
                         struct content *merged);
static struct str chosen(const struct visit *visit, const char *name, struct str mine,
                         struct str theirs, struct str base);
static size_t names_of(struct arena *arena, const struct three *three,
                       struct str **out_names);
static void add_row(struct model *part, size_t index, const struct merge_part *piece);
static bool takes_theirs(const struct visit *visit, const char *name);

static const struct field resolve_fields[] = {
    {.name = "version", .kind = FIELD_INT, .required = true, .label = "edit.save"},
    {.name = "seen", .kind = FIELD_INT, .required = true, .label = "edit.save"},
    {.name = "title", .kind = FIELD_TEXT, .most = 130, .label = "edit.manuscript-title"},
    {.name = "kept", .kind = FIELD_HTML, .most = (size_t)4 << 20, .label = "edit.body"},
    {.name = "typed-*", .kind = FIELD_LINES, .most = 2000, .label = "conflict.mine"},
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
    struct content typed;
    struct cleaned mine;
    int seen = (int)request_int(visit->request, "version");
    call_forgive(visit->call);
    TRY(edit_typed(visit, manuscript->id, &typed));
    TRY(text_clean_html(visit->call, typed.body, &mine));
    typed.body = mine.html;
    return show(visit, manuscript->id, seen, &typed);
}

/* *typed* with a clean body, over what the manuscript says now. */
static enum status show(struct visit *visit, id64 id, int seen,
                        const struct content *typed) {
    struct call *call = visit->call;
    struct manuscript manuscript;
    struct three three = {.mine = *typed};
    struct merge merge;
    int version;
    TRY(manuscript_find(call, id, &manuscript));
    TRY(read_three(call, id, seen, &three, &version));
    TRY(text_merge(call->arena, three.base.body, typed->body, three.theirs.body, &merge));
    TRY(part_head(visit, &manuscript, NULL, NULL, "/desk?tab=drafts", "nav.desk"));
    struct model *part = model_part(web_model(visit), "conflict");
    model_text(part, "version", str_format(call->arena, "%d", version));
    model_int(part, "seen", seen);
    model_text(part, "title", typed->title);
    model_text(part, "kept", typed->body);
    web_moment(visit, model_part(part, "when"), manuscript.changed_at);
    add_field(part, "title", "edit.manuscript-title", typed->title, three.theirs.title,
              three.base.title);
    add_fields(call, part, &three);
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
    struct three three = {0};
    struct merge merge;
    struct buffer body;
    struct dropped dropped;
    int now;
    int seen = (int)request_int(request, "seen");
    TRY(part_manuscript(visit, &manuscript));
    TRY(posted_back(visit, &three.mine));
    TRY(read_three(call, manuscript.id, seen, &three, &now));
    TRY(text_merge(call->arena, three.base.body, three.mine.body, three.theirs.body,
                   &merge));
    buffer_init(&body, call->arena);
    for (size_t i = 0; i < merge.count; i++) {
        const struct merge_part *piece = &merge.parts[i];
        const char *name = str_format(call->arena, "row-%zu", i).at;
        bool other = piece->side == MERGE_THEIRS ||
                     (piece->side == MERGE_CONFLICT && takes_theirs(visit, name));
        buffer_add(&body, other ? piece->theirs : piece->mine);
    }
    struct content merged = three.theirs;
    merged.body = buffer_str(&body);
    merged.title =
        chosen(visit, "title", three.mine.title, three.theirs.title, three.base.title);
    merge_fields(visit, &three, &merged);
    enum status saved =
        manuscript_save(call, manuscript.id, (int)request_int(request, "version"),
                        &merged, &now, &dropped);
    if (saved == STALE) { /* somebody has saved again */
        call_forgive(call);
        return show(visit, manuscript.id, seen, &three.mine);
    }
    TRY(saved);
    struct str id = id_to_text(call->arena, manuscript.id);
    return web_go(visit, "/manuscripts/%.*s/edit", STR_ARG(id));
}

/* Theirs and what both began with; a version too old to be kept counts as theirs. */
static enum status read_three(struct call *call, id64 manuscript, int seen,
                              struct three *three, int *out_version) {
    TRY(manuscript_draft(call, manuscript, &three->theirs, out_version));
    enum status found = manuscript_draft_at(call, manuscript, seen, &three->base);
    if (found == ABSENT) {
        three->base = three->theirs;
    }
    return found == ABSENT ? DONE : found;
}

/* What the page carried along: everything that was typed. */
static enum status posted_back(struct visit *visit, struct content *out_mine) {
    const struct request *request = visit->request;
    struct arena *arena = visit->call->arena;
    struct cleaned kept;
    TRY(text_clean_html(visit->call, request_text(request, "kept"), &kept));
    struct content mine = {.title = request_text(request, "title"), .body = kept.html};
    size_t count = request_count(request, "typed-*");
    mine.fields = TAKE_ARRAY(arena, count + 1, struct field_value);
    for (size_t i = 0; i < count; i++) {
        struct str name = request_name_at(request, "typed-*", i);
        mine.fields[i] =
            (struct field_value){.name = str_part(name, sizeof "typed-" - 1, name.length),
                                 .value = request_text_at(request, "typed-*", i)};
    }
    mine.field_count = count;
    *out_mine = mine;
    return DONE;
}

/* Every field that any of the three has, once; those typed are posted back. */
static void add_fields(struct call *call, struct model *part, const struct three *three) {
    struct str *names;
    size_t count = names_of(call->arena, three, &names);
    for (size_t i = 0; i < count; i++) {
        const char *name = str_text(call->arena, names[i]);
        struct str mine = content_field(&three->mine, name);
        struct model *typed = model_list_add(part, "typed");
        model_text(typed, "name", names[i]);
        model_text(typed, "value", mine);
        add_field(part, name,
                  str_text(call->arena, str_format(call->arena, "fields.%s", name)), mine,
                  content_field(&three->theirs, name), content_field(&three->base, name));
    }
}

/* A choice, where both changed it and not in the same way. */
static void add_field(struct model *part, const char *name, const char *label,
                      struct str mine, struct str theirs, struct str base) {
    if (str_equal(mine, theirs) || str_equal(mine, base) || str_equal(theirs, base)) {
        return;
    }
    struct model *field = model_list_add(part, "fields");
    model_text(field, "name", str_of(name));
    model_words(field, "label", label);
    model_text(field, "mine", mine);
    model_text(field, "theirs", theirs);
    model_text(field, "base", base);
    model_flag(field, "choose", true);
}

static void merge_fields(const struct visit *visit, const struct three *three,
                         struct content *merged) {
    struct arena *arena = visit->call->arena;
    struct str *names;
    size_t count = names_of(arena, three, &names);
    merged->fields = TAKE_ARRAY(arena, count + 1, struct field_value);
    merged->field_count = 0;
    for (size_t i = 0; i < count; i++) {
        const char *name = str_text(arena, names[i]);
        struct str value = chosen(visit, name, content_field(&three->mine, name),
                                  content_field(&three->theirs, name),
                                  content_field(&three->base, name));
        if (!str_is_empty(value)) {
            merged->fields[merged->field_count++] =
                (struct field_value){.name = names[i], .value = value};
        }
    }
}

static struct str chosen(const struct visit *visit, const char *name, struct str mine,
                         struct str theirs, struct str base) {
    if (str_equal(mine, base)) {
        return theirs;
    }
    const char *field = str_format(visit->call->arena, "field-%s", name).at;
    bool other = !str_equal(theirs, base) && takes_theirs(visit, field);
    return other ? theirs : mine;
}

static size_t names_of(struct arena *arena, const struct three *three,
                       struct str **out_names) {
    const struct content *const contents[] = {&three->mine, &three->theirs, &three->base};
    size_t count = 0;
    size_t room =
        three->mine.field_count + three->theirs.field_count + three->base.field_count;
    struct str *names = TAKE_ARRAY(arena, room + 1, struct str);
    for (size_t c = 0; c < LENGTH(contents); c++) {
        for (size_t i = 0; i < contents[c]->field_count; i++) {
            struct str name = contents[c]->fields[i].name;
            bool known = !content_field_is_known(name);
            for (size_t k = 0; k < count && !known; k++) {
                known = str_equal(names[k], name);
            }
            if (!known) {
                names[count++] = name;
            }
        }
    }
    *out_names = names;
    return count;
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
