/*
 * The regulation's own form (审查表, 审核单) as on paper, and its PDF, made once.
 */
#include "entries.h"
#include "parts.h"

#include "filing/filing.h"
#include "site/site.h"

#include <jansson.h>

static enum status run_form(struct visit *visit);
static enum status run_pdf(struct visit *visit);
static enum status find_form(struct visit *visit, struct manuscript *manuscript,
                             struct form *out_form);
static enum status form_of_digest(struct visit *visit, id64 site,
                                  const struct rulebook *book, struct subject subject,
                                  const struct digest *digest, struct form *out_form,
                                  bool *out_any);
static void fill_fields(struct model *paper, const json_t *fields);
static void fill_steps(struct model *paper, const json_t *steps);
static void fill_files(struct model *paper, const json_t *files);
static struct str said(struct arena *arena, const json_t *object, const char *name);

const struct entry paper_show = {.method = "GET",
                                 .pattern = "/manuscripts/{manuscript}/review-form",
                                 .may = WEB_STAFF,
                                 .run = run_form};

const struct entry paper_pdf = {.method = "GET",
                                .pattern = "/manuscripts/{manuscript}/review-form.pdf",
                                .may = WEB_STAFF,
                                .run = run_pdf};

static enum status run_form(struct visit *visit) {
    struct call *call = visit->call;
    struct manuscript manuscript;
    struct form form;
    TRY(find_form(visit, &manuscript, &form));
    struct model *model = web_model(visit);
    struct model *paper = model_part(model, "paper");
    struct str id = id_to_text(call->arena, manuscript.id);
    json_t *json = json_loadb(form.content.at, form.content.length, 0, NULL);
    model_text(model_part(model, "manuscript"), "id", id);
    model_text(paper, "title", said(call->arena, json, "title"));
    model_text(paper, "number", form.number_text);
    model_text(paper, "pdf",
               str_format(call->arena, "/manuscripts/%.*s/review-form.pdf", STR_ARG(id)));
    model_text(paper, "made-from", said(call->arena, json, "foot"));
    fill_fields(paper, json_object_get(json, "fields"));
    fill_steps(paper, json_object_get(json, "steps"));
    fill_files(paper, json_object_get(json, "attachments"));
    json_decref(json);
    struct model *heads = model_part(paper, "heads");
    model_words(heads, "step", "review.form-step");
    model_words(heads, "opinion", "review.form-opinion");
    model_words(heads, "signature", "review.form-signer");
    model_words(heads, "when", "review.form-when");
    return web_page(visit, "review-form");
}

static enum status run_pdf(struct visit *visit) {
    struct manuscript manuscript;
    struct form form;
    struct bytes pdf;
    TRY(find_form(visit, &manuscript, &form));
    TRY(filing_form_pdf(visit->call, &form, &pdf));
    response_body(visit->response, 200, "application/pdf",
                  (struct str){(const char *)pdf.at, pdf.length});
    response_download(
        visit->response,
        str_format(visit->call->arena, "%.*s.pdf", STR_ARG(form.number_text)),
        "application/pdf", false);
    return DONE;
}

/* Made once, by the worker after the release or now; the same bytes ever after. */
static enum status find_form(struct visit *visit, struct manuscript *manuscript,
                             struct form *out_form) {
    bool any = false;
    TRY(part_manuscript(visit, manuscript));
    TRY(part_form(visit, manuscript, out_form, &any));
    if (!any) {
        return ABSENT;
    }
    return out_form->made_at != 0 ? DONE
                                  : review_make_form(visit->call, out_form->id, out_form);
}

enum status part_form(struct visit *visit, const struct manuscript *manuscript,
                      struct form *out_form, bool *out_any) {
    struct call *call = visit->call;
    struct subject subject = {SUBJECT_MANUSCRIPT, manuscript->id};
    const struct rulebook *book;
    struct revision *revisions;
    size_t count;
    *out_any = false;
    TRY(site_rulebook(call, manuscript->site, &book));
    TRY(manuscript_revisions(call, manuscript->id, &revisions, &count));
    for (size_t i = 0; i < count && !*out_any; i++) {
        TRY(form_of_digest(visit, manuscript->site, book, subject, &revisions[i].digest,
                           out_form, out_any));
    }
    return DONE;
}

static enum status form_of_digest(struct visit *visit, id64 site,
                                  const struct rulebook *book, struct subject subject,
                                  const struct digest *digest, struct form *out_form,
                                  bool *out_any) {
    for (size_t i = 0; i < book->series_count; i++) {
        enum status found = review_form_of(visit->call, site, book->series[i].code,
                                           subject, digest, out_form);
        if (found == DONE) {
            *out_any = true;
            return DONE;
        }
        if (found != ABSENT) {
            return found;
        }
    }
    return DONE;
}

/* Two of them a line. */
static void fill_fields(struct model *paper, const json_t *fields) {
    struct arena *arena = model_arena(paper);
    struct model *line = NULL;
    for (size_t i = 0; i < json_array_size(fields); i++) {
        const json_t *field = json_array_get(fields, i);
        bool second = i % 2 == 1;
        line = second ? line : model_list_add(paper, "fields");
        model_text(line, second ? "label-2" : "label", said(arena, field, "label"));
        model_text(line, second ? "value-2" : "value", said(arena, field, "value"));
    }
}

static void fill_steps(struct model *paper, const json_t *steps) {
    struct arena *arena = model_arena(paper);
    for (size_t i = 0; i < json_array_size(steps); i++) {
        const json_t *step = json_array_get(steps, i);
        struct model *signature = model_list_add(paper, "signatures");
        model_text(signature, "step", said(arena, step, "step"));
        model_text(signature, "opinion", said(arena, step, "opinion"));
        model_text(signature, "who", said(arena, step, "signer"));
        model_text(signature, "when", said(arena, step, "when"));
    }
}

static void fill_files(struct model *paper, const json_t *files) {
    struct arena *arena = model_arena(paper);
    for (size_t i = 0; i < json_array_size(files); i++) {
        const json_t *one = json_array_get(files, i);
        struct model *file = model_list_add(paper, "files");
        model_int(file, "number", (int64_t)i + 1);
        model_text(file, "name", said(arena, one, "name"));
        model_text(model_part(file, "digest"), "full", said(arena, one, "digest"));
    }
}

static struct str said(struct arena *arena, const json_t *object, const char *name) {
    return str_copy(arena, str_of(json_string_value(json_object_get(object, name))));
}
