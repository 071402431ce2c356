/*
 * 规则书草案: the next version of the rulebook as text, saved without loss, checked
 * beside, its cases run, and handed on as a version to be decided.
 */
#include "drafts.h"
#include "entries.h"

#include <string.h>

static enum status run_begin(struct visit *visit);
static enum status run_show(struct visit *visit);
static enum status run_save(struct visit *visit);
static enum status run_autosave(struct visit *visit);
static enum status run_check(struct visit *visit);
static enum status run_cases(struct visit *visit);
static enum status run_ask_cases(struct visit *visit);
static enum status run_propose(struct visit *visit);
static enum status run_close(struct visit *visit);
static enum status run_schema(struct visit *visit);
static enum status find_draft(struct visit *visit, struct version_draft *out_draft,
                              struct site *out_site);
static enum status fill_page(struct visit *visit, const struct version_draft *draft,
                             const struct site *site);
static enum status fill_files(struct visit *visit, struct model *part,
                              const struct version_draft *draft,
                              const struct rulebook_files *files);
static void fill_law(struct visit *visit, struct model *part,
                     const struct rulebook *book);
static const struct rulebook_file *chosen_file(const struct visit *visit,
                                               const struct rulebook_files *files);
static enum status save_typed(struct visit *visit, struct version_draft *draft);
static enum status typed_files(struct visit *visit, id64 draft,
                               struct rulebook_files *out_files);
static struct str draft_path(struct visit *visit, id64 draft, const char *act);

#define DRAFT_FIELDS                                                                     \
    {.name = "file", .kind = FIELD_TEXT, .label = "drafts.file"},                        \
        {.name = "text",                                                                 \
         .kind = FIELD_LINES,                                                            \
         .most = VERSION_FILE_MOST,                                                      \
         .label = "drafts.text"},                                                        \
        {.name = "version", .kind = FIELD_INT, .label = "drafts.version"},               \
        {.name = "route", .kind = FIELD_TEXT, .label = "edit.route"},                    \
        {.name = "prove", .kind = FIELD_FLAG, .label = "drafts.proof"}, {                \
        .name = NULL                                                                     \
    }

#define DRAFT_BODY_MOST (4 * VERSION_FILE_MOST) /* what is typed, spelled in percents */

static const struct field draft_fields[] = {DRAFT_FIELDS};
static const struct field show_fields[] = {
    {.name = "file", .kind = FIELD_TEXT, .label = "drafts.file"},
    {.name = "route", .kind = FIELD_TEXT, .label = "edit.route"},
    {.name = NULL},
};
static const struct field begin_fields[] = {
    {.name = "origin", .kind = FIELD_TEXT, .label = "versions.version"},
    {.name = NULL},
};
static const struct field propose_fields[] = {
    {.name = "from", .kind = FIELD_DAY, .label = "versions.from"},
    WEB_PROOF_FIELD,
    {.name = NULL}};

const struct entry draft_begin = {.method = "POST",
                                  .pattern = "/rules/drafts",
                                  .fields = begin_fields,
                                  .may = WEB_STAFF,
                                  .run = run_begin};
const struct entry draft_show = {.method = "GET",
                                 .pattern = "/rules/drafts/{draft}",
                                 .fields = show_fields,
                                 .may = WEB_STAFF,
                                 .run = run_show};
const struct entry draft_save = {.method = "POST",
                                 .pattern = "/rules/drafts/{draft}/save",
                                 .fields = draft_fields,
                                 .body_most = DRAFT_BODY_MOST,
                                 .may = WEB_STAFF,
                                 .form = &draft_show,
                                 .run = run_save};
const struct entry draft_autosave = {.method = "POST",
                                     .pattern = "/rules/drafts/{draft}/autosave",
                                     .fields = draft_fields,
                                     .body_most = DRAFT_BODY_MOST,
                                     .may = WEB_STAFF,
                                     .run = run_autosave};
const struct entry draft_check = {.method = "POST",
                                  .pattern = "/rules/drafts/{draft}/check",
                                  .fields = draft_fields,
                                  .body_most = DRAFT_BODY_MOST,
                                  .may = WEB_STAFF,
                                  .run = run_check};
const struct entry draft_cases = {.method = "GET",
                                  .pattern = "/rules/drafts/{draft}/cases",
                                  .may = WEB_STAFF,
                                  .run = run_cases};
const struct entry draft_run_cases = {.method = "POST",
                                      .pattern = "/rules/drafts/{draft}/cases",
                                      .may = WEB_STAFF,
                                      .run = run_ask_cases};
const struct entry draft_propose = {.method = "POST",
                                    .pattern = "/rules/drafts/{draft}/propose",
                                    .fields = propose_fields,
                                    .may = WEB_STAFF,
                                    .form = &draft_show,
                                    .run = run_propose};
const struct entry draft_close = {.method = "POST",
                                  .pattern = "/rules/drafts/{draft}/close",
                                  .may = WEB_STAFF,
                                  .run = run_close};
const struct entry rules_schema = {.method = "GET",
                                   .pattern = "/rules/schema.json",
                                   .may = WEB_STAFF,
                                   .run = run_schema};

static enum status run_begin(struct visit *visit) {
    struct call *call = visit->call;
    const struct rulebook *now;
    struct version_draft draft;
    struct site site;
    TRY(part_rulebook(visit, &site, &now));
    struct str origin = request_text(visit->request, "origin");
    const struct rulebook *from =
        str_is_empty(origin) ? now : shelf_find_text(call->house->shelf, origin);
    if (from == NULL || !str_equal(from->code, now->code)) {
        return ABSENT;
    }
    TRY(version_draft_begin(call, site.id, from, &draft));
    return web_go(visit, "%s", str_text(call->arena, draft_path(visit, draft.id, "")));
}

static enum status run_show(struct visit *visit) {
    struct version_draft draft;
    struct site site;
    TRY(find_draft(visit, &draft, &site));
    TRY(fill_page(visit, &draft, &site));
    return web_page(visit, "draft");
}

static enum status run_save(struct visit *visit) {
    struct call *call = visit->call;
    struct version_draft draft;
    struct site site;
    TRY(find_draft(visit, &draft, &site));
    TRY(save_typed(visit, &draft));
    struct str file = request_text(visit->request, "file");
    struct str route = request_text(visit->request, "route");
    struct str path = str_format(call->arena, "%.*s?file=%.*s&route=%.*s",
                                 STR_ARG(draft_path(visit, draft.id, "")), STR_ARG(file),
                                 STR_ARG(route));
    return web_go_saying(visit, path, "drafts.saved", NULL);
}

/* #saved with the draft's version; what is overtaken stays in the field. */
static enum status run_autosave(struct visit *visit) {
    struct version_draft draft;
    struct site site;
    TRY(find_draft(visit, &draft, &site));
    enum status saved = save_typed(visit, &draft);
    struct model *part = model_part(web_model(visit), "draft");
    if (saved == STALE) {
        call_forgive(visit->call);
        model_text(part, "saved", web_say(visit, "version.overtaken", NULL));
        visit->status = 409;
    } else if (saved != DONE) {
        return saved;
    } else {
        model_text(part, "version",
                   str_format(visit->call->arena, "%lld", (long long)draft.version));
        model_text(part, "saved", drafts_saved(visit, &draft));
    }
    return web_page(visit, "draft-saved");
}

static enum status run_check(struct visit *visit) {
    struct version_draft draft;
    struct site site;
    struct rulebook_files files;
    TRY(find_draft(visit, &draft, &site));
    TRY(typed_files(visit, draft.id, &files));
    bool keeps = site_must_keep_rulebook(visit->call, &site) == DONE;
    call_forgive(visit->call); /* a proof takes a while: only for who writes */
    TRY(drafts_check(visit, &site, &files,
                     keeps && request_flag(visit->request, "prove")));
    return web_page(visit, "draft-check");
}

static enum status run_cases(struct visit *visit) {
    struct version_draft draft;
    struct site site;
    TRY(find_draft(visit, &draft, &site));
    TRY(drafts_cases(visit, &draft));
    return web_page(visit, "draft-cases");
}

static enum status run_ask_cases(struct visit *visit) {
    struct version_draft draft;
    struct version_run run;
    struct site site;
    TRY(find_draft(visit, &draft, &site));
    TRY(version_run_ask(visit->call, draft.id, &run));
    return web_go(visit, "%s#cases",
                  str_text(visit->call->arena, draft_path(visit, draft.id, "")));
}

static enum status run_propose(struct visit *visit) {
    struct call *call = visit->call;
    const struct rulebook *book = NULL;
    struct fault *faults = NULL;
    struct version_draft draft;
    struct offer offer;
    struct site site;
    struct run run;
    TRY(find_draft(visit, &draft, &site));
    TRY(web_prove(visit, "password"));
    enum status kept = version_draft_keep(call, draft.id, &book, &faults);
    if (kept == REFUSED && faults != NULL) {
        return call_refuse(call, REFUSED, "", "drafts.unsound", "first",
                           str_text(call->arena, drafts_fault(visit, faults)), NULL);
    }
    TRY(kept);
    TRY(review_propose_rulebook(call, site.id, book, drafts_from(visit), &run));
    TRY(version_draft_close(call, draft.id, book));
    TRY(review_offer(call, run.subject, run.id, &offer));
    return web_go_saying(
        visit,
        str_format(call->arena, "/rules/versions/%.*s",
                   STR_ARG(id_to_text(call->arena, review_rulebook_subject(book)))),
        "versions.proposed", "who", str_text(call->arena, offer.holders), NULL);
}

civil_day drafts_from(const struct visit *visit) {
    civil_day from = request_day(visit->request, "from");
    return from == INT32_MIN ? 0 : from;
}

static enum status run_close(struct visit *visit) {
    struct version_draft draft;
    struct site site;
    TRY(find_draft(visit, &draft, &site));
    TRY(version_draft_close(visit->call, draft.id, NULL));
    return web_go_saying(visit, STR("/rules/versions"), "drafts.put-away", NULL);
}

static enum status run_schema(struct visit *visit) {
    return web_json(visit, rulebook_schema_json(visit->call->arena));
}

static enum status find_draft(struct visit *visit, struct version_draft *out_draft,
                              struct site *out_site) {
    id64 id;
    const struct rulebook *now;
    TRY(request_id_parameter(visit->request, "draft", &id));
    TRY(part_rulebook(visit, out_site, &now));
    TRY(version_draft_find(visit->call, id, out_draft));
    return out_draft->site == out_site->id ? DONE : ABSENT;
}

static enum status fill_page(struct visit *visit, const struct version_draft *draft,
                             const struct site *site) {
    struct call *call = visit->call;
    struct model *part = model_part(web_model(visit), "draft");
    struct rulebook_files files;
    const struct rulebook *now;
    struct people_person person;
    TRY(version_draft_files(call, draft->id, &files));
    TRY(part_rulebook(visit, NULL, &now));
    TRY(people_person(call, draft->changed_by, &person));
    model_text(part, "path", draft_path(visit, draft->id, ""));
    model_text(part, "version",
               str_format(call->arena, "%lld", (long long)draft->version));
    model_text(part, "saved", drafts_saved(visit, draft));
    model_text(part, "changed-by", person.name);
    model_text(part, "in-force", now->version);
    model_text(part, "code", now->code);
    model_flag(part, "open", draft->open);
    if (draft->open) {
        enum status keeps = site_must_keep_rulebook(call, site);
        call_forgive(call);
        model_flag(part, "may", keeps == DONE);
    }
    TRY(fill_files(visit, part, draft, &files));
    fill_law(visit, part, now);
    TRY(drafts_cases(visit, draft));
    return drafts_check(visit, site, &files, false);
}

static enum status fill_files(struct visit *visit, struct model *part,
                              const struct version_draft *draft,
                              const struct rulebook_files *files) {
    struct call *call = visit->call;
    const struct rulebook_file *chosen = chosen_file(visit, files);
    for (size_t i = 0; i < files->count; i++) {
        struct str name = files->at[i].name;
        if (str_starts(name, "parent/")) {
            continue;
        }
        struct model *row = model_list_add(part, "files");
        model_text(row, "name", name);
        model_url(row, "href",
                  str_format(call->arena, "%.*s?file=%.*s",
                             STR_ARG(draft_path(visit, draft->id, "")), STR_ARG(name)));
        model_flag(row, "here", chosen == &files->at[i]);
    }
    if (chosen == NULL) {
        return ABSENT;
    }
    bool typed = visit->again && request_given(visit->request, "text");
    model_text(part, "file", chosen->name);
    model_text(part, "text",
               typed ? request_typed(visit->request, "text") : chosen->text);
    if (typed && !str_equal(request_typed(visit->request, "text"), chosen->text)) {
        model_text(part, "theirs", chosen->text);
    }
    return DONE;
}

/* The law as printed, each article with what it demands. */
static void fill_law(struct visit *visit, struct model *part,
                     const struct rulebook *book) {
    struct str language = visit->call->language;
    for (size_t i = 0; i < book->article_count; i++) {
        struct model *row = model_list_add(part, "articles");
        model_text(row, "number", book->articles[i].number);
        model_text(row, "words", book->articles[i].words);
        for (size_t j = 0; j < book->requirement_count; j++) {
            const struct requirement *one = &book->requirements[j];
            if (str_equal(one->article, book->articles[i].number)) {
                struct model *demand = model_list_add(row, "demands");
                model_text(demand, "id", one->id);
                model_text(demand, "says", text_in(one->says, language));
            }
        }
    }
}

static const struct rulebook_file *chosen_file(const struct visit *visit,
                                               const struct rulebook_files *files) {
    struct str wanted = request_typed(visit->request, "file");
    const struct rulebook_file *first = NULL;
    for (size_t i = 0; i < files->count; i++) {
        struct str name = files->at[i].name;
        if (str_starts(name, "parent/")) {
            continue;
        }
        if (str_equal(name, wanted)) {
            return &files->at[i];
        }
        first = first == NULL || str_is(name, "routes.yaml") ? &files->at[i] : first;
    }
    return first;
}

static enum status save_typed(struct visit *visit, struct version_draft *draft) {
    const struct request *request = visit->request;
    return version_draft_save(visit->call, draft->id, request_int(request, "version"),
                              request_text(request, "file"),
                              request_text(request, "text"), draft);
}

/* The draft with the one file as it stands in the field. */
static enum status typed_files(struct visit *visit, id64 draft,
                               struct rulebook_files *out_files) {
    struct str name = request_text(visit->request, "file");
    TRY(version_draft_files(visit->call, draft, out_files));
    for (size_t i = 0; i < out_files->count && !str_starts(name, "parent/"); i++) {
        if (str_equal(out_files->at[i].name, name)) {
            out_files->at[i].text = request_text(visit->request, "text");
        }
    }
    return DONE;
}

static struct str draft_path(struct visit *visit, id64 draft, const char *act) {
    struct arena *arena = visit->call->arena;
    return str_format(arena, "/rules/drafts/%.*s%s", STR_ARG(id_to_text(arena, draft)),
                      act);
}
