/*
 * 写稿: the draft, saved over the version it was typed on; nothing typed is lost.
 */
#include "entries.h"
#include "parts.h"

#include "people/people.h"
#include "screening/screening.h"
#include "site/site.h"

#include <string.h>

static enum status run_new(struct visit *visit);
static enum status run_begin(struct visit *visit);
static enum status run_edit(struct visit *visit);
static enum status run_save(struct visit *visit);
static enum status run_autosave(struct visit *visit);
static enum status run_change(struct visit *visit);
static enum status save_typed(struct visit *visit, struct manuscript *manuscript,
                              int *out_version, struct dropped *out_dropped);
static enum status fill_form(struct visit *visit, const struct manuscript *manuscript,
                             const struct content *content);
static enum status fill_returned(struct visit *visit,
                                 const struct manuscript *manuscript);
static enum status fill_places(struct visit *visit, const struct manuscript *manuscript);
static enum status fill_attachments(struct visit *visit, id64 manuscript,
                                    const struct content *content);
static void say_without(struct visit *visit, struct model *part);
static enum status fill_findings(struct visit *visit, const struct manuscript *manuscript,
                                 const struct content *content);
static enum status own_unit(struct visit *visit, id64 column, id64 *out_unit);
static bool is_taken(const struct visit *visit, const char *name);

/* Every field of a manuscript that the form may hold. */
#define TEXT_FIELD(field)                                                                \
    { .name = field, .kind = FIELD_TEXT, .most = 600, .label = "fields." field }
#define CONTENT_FIELDS                                                                   \
    TEXT_FIELD("origin"), TEXT_FIELD("source"), TEXT_FIELD("disclosure"),                \
        TEXT_FIELD("author"), TEXT_FIELD("catalogue"), TEXT_FIELD("doc-number"),         \
        TEXT_FIELD("doc-date"), TEXT_FIELD("issuer"), TEXT_FIELD("index-number"),        \
        TEXT_FIELD("keywords"), TEXT_FIELD("summary"), TEXT_FIELD("meeting-name"),       \
        TEXT_FIELD("meeting-date"), TEXT_FIELD("meeting-number"),                        \
        TEXT_FIELD("reprint-source"), TEXT_FIELD("reprint-url"),                         \
        TEXT_FIELD("reprint-at"), TEXT_FIELD("late-reason"), TEXT_FIELD("emergency-at"), \
        TEXT_FIELD("other-channel"), TEXT_FIELD("other-channel-at"),                     \
        TEXT_FIELD("targets"), TEXT_FIELD("concerned-unit"),                             \
        TEXT_FIELD("interpretation"), TEXT_FIELD("valid-until"), TEXT_FIELD("request")

static const char *const content_names[] = {
    "origin",           "source",         "disclosure",     "author",
    "catalogue",        "doc-number",     "doc-date",       "issuer",
    "index-number",     "keywords",       "summary",        "meeting-name",
    "meeting-date",     "meeting-number", "reprint-source", "reprint-url",
    "reprint-at",       "late-reason",    "emergency-at",   "other-channel",
    "other-channel-at", "targets",        "concerned-unit", "interpretation",
    "valid-until",      "request",
};

const struct entry edit_new = {
    .method = "GET", .pattern = "/manuscripts/new", .may = WEB_STAFF, .run = run_new};

static const struct field begin_fields[] = {
    {.name = "title",
     .kind = FIELD_TEXT,
     .required = true,
     .most = 130,
     .label = "edit.manuscript-title"},
    {.name = "column", .kind = FIELD_ID, .required = true, .label = "edit.column"},
    {.name = "class", .kind = FIELD_TEXT, .required = true, .label = "edit.class"},
    {.name = NULL},
};
const struct entry edit_begin = {.method = "POST",
                                 .pattern = "/manuscripts/new",
                                 .fields = begin_fields,
                                 .may = WEB_STAFF,
                                 .form = &edit_new,
                                 .run = run_begin};

const struct entry edit_show = {.method = "GET",
                                .pattern = "/manuscripts/{manuscript}/edit",
                                .may = WEB_STAFF,
                                .run = run_edit};

static const struct field save_fields[] = {
    {.name = "title", .kind = FIELD_TEXT, .most = 130, .label = "edit.manuscript-title"},
    {.name = "column", .kind = FIELD_ID, .label = "edit.column"},
    {.name = "class", .kind = FIELD_TEXT, .label = "edit.class"},
    {.name = "body", .kind = FIELD_HTML, .most = (size_t)4 << 20, .label = "edit.body"},
    {.name = "version", .kind = FIELD_INT, .required = true, .label = "edit.save"},
    {.name = "then",
     .kind = FIELD_CHOICE,
     .choices = "stay|submit",
     .label = "edit.save"},
    CONTENT_FIELDS,
    {.name = NULL},
};
const struct entry edit_save = {.method = "POST",
                                .pattern = "/manuscripts/{manuscript}/save",
                                .fields = save_fields,
                                .body_most = (size_t)16 << 20,
                                .may = WEB_STAFF,
                                .form = &edit_show,
                                .run = run_save};

const struct entry edit_autosave = {.method = "POST",
                                    .pattern = "/manuscripts/{manuscript}/autosave",
                                    .fields = save_fields,
                                    .body_most = (size_t)16 << 20,
                                    .may = WEB_STAFF,
                                    .run = run_autosave};

const struct entry edit_change = {.method = "POST",
                                  .pattern = "/manuscripts/{manuscript}/change",
                                  .may = WEB_STAFF,
                                  .run = run_change};

static enum status run_new(struct visit *visit) {
    struct manuscript blank = {.item_class = request_typed(visit->request, "class"),
                               .column = request_id(visit->request, "column")};
    struct site site;
    TRY(part_site(visit, &site));
    blank.site = site.id;
    TRY(fill_places(visit, &blank));
    return web_page(visit, "begin");
}

static enum status run_begin(struct visit *visit) {
    const struct request *request = visit->request;
    id64 unit;
    id64 manuscript;
    TRY(own_unit(visit, request_id(request, "column"), &unit));
    TRY(manuscript_begin(visit->call, request_id(request, "column"), unit,
                         request_text(request, "class"), request_text(request, "title"),
                         &manuscript));
    struct str id = id_to_text(visit->call->arena, manuscript);
    return web_go(visit, "/manuscripts/%.*s/edit", STR_ARG(id));
}

static enum status run_edit(struct visit *visit) {
    struct manuscript manuscript;
    struct content content;
    int version;
    TRY(part_manuscript(visit, &manuscript));
    TRY(manuscript_draft(visit->call, manuscript.id, &content, &version));
    TRY(part_head(visit, &manuscript, NULL, NULL, "/desk?tab=drafts", "nav.desk"));
    TRY(fill_form(visit, &manuscript, &content));
    TRY(fill_returned(visit, &manuscript));
    TRY(fill_attachments(visit, manuscript.id, &content));
    TRY(fill_findings(visit, &manuscript, &content));
    TRY(part_route_ahead(visit, manuscript.id));
    return web_page(visit, "edit");
}

static enum status run_save(struct visit *visit) {
    struct manuscript manuscript;
    struct dropped dropped;
    int version;
    enum status saved = save_typed(visit, &manuscript, &version, &dropped);
    if (saved == STALE) {
        return conflict_show(visit, &manuscript);
    }
    TRY(saved);
    struct str id = id_to_text(visit->call->arena, manuscript.id);
    if (str_is(request_text(visit->request, "then"), "submit")) {
        return web_go(visit, "/manuscripts/%.*s/submit", STR_ARG(id));
    }
    return web_go(visit, "/manuscripts/%.*s/edit", STR_ARG(id));
}

/* The background answers with a fragment that swaps no field. */
static enum status run_autosave(struct visit *visit) {
    struct call *call = visit->call;
    struct manuscript manuscript;
    struct dropped dropped;
    int version = 0;
    enum status saved = save_typed(visit, &manuscript, &version, &dropped);
    if (saved != DONE && saved != STALE) {
        return saved;
    }
    struct model *part = model_part(web_model(visit), "manuscript");
    struct str id = id_to_text(call->arena, manuscript.id);
    model_text(part, "id", id);
    if (saved == STALE) {
        visit->status = 409;
        model_text(part, "version", request_typed(visit->request, "version"));
        model_words(part, "saved", "manuscript.overtaken");
        model_text(part, "conflict",
                   str_format(call->arena, "/manuscripts/%.*s/edit", STR_ARG(id)));
        call_forgive(call);
    } else {
        struct content content;
        int now;
        struct str clock = str_format(call->arena, "%02d:%02d", instant_hour(call->now),
                                      instant_minute(call->now));
        model_text(part, "version", str_format(call->arena, "%d", version));
        model_text(part, "saved",
                   web_say(visit, "edit.saved-at", "time", clock.at, NULL));
        TRY(manuscript_draft(call, manuscript.id, &content, &now));
        TRY(fill_findings(visit, &manuscript, &content));
        TRY(part_route_ahead(visit, manuscript.id));
        model_text(web_model(visit), "history",
                   str_format(call->arena, "/manuscripts/%.*s", STR_ARG(id)));
    }
    return web_page(visit, "edit-saved");
}

static enum status run_change(struct visit *visit) {
    struct manuscript manuscript;
    TRY(part_manuscript(visit, &manuscript));
    TRY(manuscript_begin_change(visit->call, manuscript.id));
    struct str id = id_to_text(visit->call->arena, manuscript.id);
    return web_go(visit, "/manuscripts/%.*s/edit", STR_ARG(id));
}

static enum status save_typed(struct visit *visit, struct manuscript *manuscript,
                              int *out_version, struct dropped *out_dropped) {
    struct call *call = visit->call;
    const struct request *request = visit->request;
    struct content typed;
    int seen = (int)request_int(request, "version");
    TRY(part_manuscript(visit, manuscript));
    TRY(edit_typed(visit, manuscript->id, &typed));
    id64 column = request_id(request, "column");
    struct str item_class = request_text(request, "class");
    bool moved =
        (column != 0 && column != manuscript->column) ||
        (!str_is_empty(item_class) && !str_equal(item_class, manuscript->item_class));
    if (moved) {
        call->key = STR(""); /* one page saves many times; the version keeps them apart */
        TRY(manuscript_place(
            call, manuscript->id, seen, column == 0 ? manuscript->column : column,
            str_is_empty(item_class) ? manuscript->item_class : item_class, &seen));
    }
    return manuscript_save(call, manuscript->id, seen, &typed, out_version, out_dropped);
}

enum status edit_typed(struct visit *visit, id64 manuscript,
                       struct content *out_content) {
    struct call *call = visit->call;
    const struct request *request = visit->request;
    struct content draft;
    int version;
    TRY(manuscript_draft(call, manuscript, &draft, &version));
    struct content typed = {.title = request_text(request, "title"),
                            .body = request_text(request, "body"),
                            .attachments = draft.attachments,
                            .attachment_count = draft.attachment_count};
    size_t room = LENGTH(content_names) + draft.field_count;
    typed.fields = TAKE_ARRAY(call->arena, room + 1, struct field_value);
    for (size_t i = 0; i < LENGTH(content_names); i++) {
        struct str value = request_text(request, content_names[i]);
        if (!str_is_empty(value)) {
            typed.fields[typed.field_count++] =
                (struct field_value){.name = str_of(content_names[i]), .value = value};
        }
    }
    for (size_t i = 0; i < draft.field_count; i++) {
        bool shown = false;
        for (size_t j = 0; j < LENGTH(content_names); j++) {
            shown = shown || str_is(draft.fields[i].name, content_names[j]);
        }
        if (!shown) {
            typed.fields[typed.field_count++] = draft.fields[i];
        }
    }
    *out_content = typed;
    return DONE;
}

static enum status fill_form(struct visit *visit, const struct manuscript *manuscript,
                             const struct content *content) {
    struct call *call = visit->call;
    struct model *part = model_part(web_model(visit), "manuscript");
    struct str clock =
        str_format(call->arena, "%02d:%02d", instant_hour(manuscript->changed_at),
                   instant_minute(manuscript->changed_at));
    bool again = is_taken(visit, "body");
    web_form_text(visit, "title", content->title);
    model_text(part, "version",
               again ? request_typed(visit->request, "version")
                     : str_format(call->arena, "%d", manuscript->draft_version));
    model_text(part, "saved", web_say(visit, "edit.saved-at", "time", clock.at, NULL));
    model_text(part, "body",
               again ? request_typed(visit->request, "body") : content->body);
    model_int(model_part(web_model(visit), "titles"), "length",
              (int64_t)utf8_count(content->title));
    struct str id = id_to_text(call->arena, manuscript->id);
    model_text(web_model(visit), "history",
               str_format(call->arena, "/manuscripts/%.*s", STR_ARG(id)));
    TRY(fill_places(visit, manuscript));
    return edit_fields(visit, manuscript, content);
}

/* Who sent the text back last, and why: only while it is back in its author's hands. */
static enum status fill_returned(struct visit *visit,
                                 const struct manuscript *manuscript) {
    struct call *call = visit->call;
    struct offer offer;
    struct decision *decisions;
    struct people_brief person;
    size_t count;
    if (manuscript->run == 0) {
        return DONE;
    }
    TRY(review_offer(call, (struct subject){SUBJECT_MANUSCRIPT, manuscript->id},
                     manuscript->run, &offer));
    TRY(approval_history(call, manuscript->run, &decisions, &count));
    for (size_t i = count; offer.step->kind == STEP_AUTHOR && i > 0; i--) {
        const struct decision *decision = &decisions[i - 1];
        int step = route_step(offer.route, decision->step);
        int outcome = step == NO_INDEX
                          ? NO_INDEX
                          : step_outcome(&offer.route->steps[step], decision->outcome);
        if (outcome == NO_INDEX ||
            offer.route->steps[step].outcomes[outcome].kind != OUTCOME_BACK) {
            continue;
        }
        struct model *part =
            model_part(model_part(web_model(visit), "manuscript"), "returned");
        struct str rule = offer.route->steps[step].outcomes[outcome].basis.id;
        TRY(people_person_brief(call, decision->person, &person));
        model_text(part, "who", person.name);
        model_text(part, "reason", decision->opinion);
        web_moment(visit, model_part(part, "when"), decision->at);
        if (!str_is_empty(rule)) {
            web_cite(visit, model_part(part, "rule"), rule);
        }
        break;
    }
    return DONE;
}

/* Columns and classes to choose from. */
static enum status fill_places(struct visit *visit, const struct manuscript *manuscript) {
    struct call *call = visit->call;
    struct model *model = web_model(visit);
    const struct rulebook *book;
    struct column *columns;
    size_t count;
    TRY(site_rulebook(call, manuscript->site, &book));
    TRY(site_columns(call, manuscript->site, &columns, &count));
    for (size_t i = 0; i < count; i++) {
        if (!columns[i].open) {
            continue;
        }
        struct model *option = model_list_add(model, "columns");
        model_text(option, "value", id_to_text(call->arena, columns[i].id));
        model_text(option, "label", columns[i].title);
        model_flag(option, "chosen", columns[i].id == manuscript->column);
    }
    for (size_t i = 0; i < book->class_count; i++) {
        struct model *option = model_list_add(model, "classes");
        model_text(option, "value", book->classes[i].code);
        model_text(option, "label", text_in(book->classes[i].title, call->language));
        model_flag(option, "chosen",
                   str_equal(book->classes[i].code, manuscript->item_class));
        if (str_equal(book->classes[i].code, manuscript->item_class) &&
            !str_is_empty(book->classes[i].basis.id)) {
            web_cite(visit, model_part(model, "class-rule"), book->classes[i].basis.id);
        }
    }
    return DONE;
}

static enum status fill_attachments(struct visit *visit, id64 manuscript,
                                    const struct content *content) {
    struct call *call = visit->call;
    struct model *part = model_part(web_model(visit), "attachments");
    struct str id = id_to_text(call->arena, manuscript);
    int64_t count = 0;
    for (size_t i = 0; i < content->attachment_count; i++) {
        const struct attachment *attachment = &content->attachments[i];
        if (attachment->in_body) {
            continue;
        }
        struct model *file = model_list_add(part, "files");
        struct str digest = digest_to_text(call->arena, &attachment->digest);
        count++;
        model_int(file, "number", (int64_t)i + 1);
        model_text(file, "name", attachment->name);
        model_text(file, "size", part_size(call->arena, attachment->size));
        model_text(file, "href",
                   str_format(call->arena, "/manuscripts/%.*s/files/%.*s", STR_ARG(id),
                              STR_ARG(digest)));
        model_flag(file, "may-remove", true);
    }
    model_int(part, "count", count);
    model_words(part, "limits", "edit.file-limits");
    say_without(visit, part);
    return DONE;
}

/* What the last upload took out of its file, as its answer's address names it. */
static void say_without(struct visit *visit, struct model *part) {
    struct str traces = request_query(visit->request, "without");
    const char *words =
        str_text(visit->call->arena,
                 str_format(visit->call->arena, "edit.without-%.*s", STR_ARG(traces)));
    if (words_know(visit->web->options.words, words)) {
        model_words(part, "said", words);
    }
}

/* The draft is screened as it stands, so that what it says is what will be said. */
static enum status fill_findings(struct visit *visit, const struct manuscript *manuscript,
                                 const struct content *content) {
    const struct rulebook *book;
    struct findings findings;
    struct digest digest = content_digest(content);
    TRY(site_rulebook(visit->call, manuscript->site, &book));
    TRY(screening_run(visit->call, book, content, &findings));
    return part_findings(visit, manuscript->id, &digest, content);
}

/* The unit the visitor writes for: the first one he holds a post in. */
/* For a column of the body where this person works, if there are several. */
static enum status own_unit(struct visit *visit, id64 column, id64 *out_unit) {
    struct people_holdings holdings;
    struct column wanted;
    struct site site;
    enum status found = site_column_find(visit->call, column, &wanted);
    found = found == DONE ? site_find(visit->call, wanted.site, &site) : found;
    TRY(people_holdings(visit->call, visit->call->actor.person, &holdings));
    if (holdings.count == 0) {
        return call_refuse(visit->call, DENIED, "", "manuscript.not-of-unit", NULL);
    }
    *out_unit = holdings.at[0].unit;
    for (size_t i = 0; found == DONE && i < holdings.count; i++) {
        if (holdings.at[i].body == site.root) {
            *out_unit = holdings.at[i].unit;
            break;
        }
    }
    return DONE;
}

static bool is_taken(const struct visit *visit, const char *name) {
    return visit->again && request_given(visit->request, name);
}
