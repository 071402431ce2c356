/*
 * The review page: read, then decide; and the page that shows exactly what will be
 * signed.  Showing either changes nothing.
 */
#include "decision_form.h"
#include "entries.h"
#include "parts.h"

#include "notice/notice.h"
#include "people/people.h"
#include "text/text.h"

static enum status run_review(struct visit *visit);
static enum status run_sign(struct visit *visit);
static enum status run_decide(struct visit *visit);
static enum status run_signed(struct visit *visit);
static enum status fill_reading(struct visit *visit, const struct offer *offer,
                                const struct revision *revision);
static enum status fill_files(struct visit *visit, struct model *review,
                              const struct offer *offer, const struct revision *revision);
static enum status seen_before(struct visit *visit, const struct offer *offer,
                               int *out_number);
static enum status find_offer(struct visit *visit, struct manuscript *manuscript,
                              struct offer *out_offer, struct revision *out_revision);
static enum status fill_next(struct visit *visit, struct model *part, id64 manuscript);

static const struct field review_fields[] = {
    {.name = "tab",
     .kind = FIELD_CHOICE,
     .choices = "changes|body",
     .label = "review.text"},
    {.name = "file", .kind = FIELD_INT, .label = "review.files"},
    {.name = NULL},
};
const struct entry review_show = {.method = "GET",
                                  .pattern = "/manuscripts/{manuscript}/review",
                                  .fields = review_fields,
                                  .may = WEB_STAFF,
                                  .run = run_review};

const struct entry review_sign = {.method = "POST",
                                  .pattern = "/manuscripts/{manuscript}/sign",
                                  .fields = decision_fields,
                                  .body_most = 256 * 1024,
                                  .may = WEB_STAFF,
                                  .form = &review_show,
                                  .run = run_sign};

const struct entry review_decided = {.method = "POST",
                                     .pattern = "/manuscripts/{manuscript}/decide",
                                     .fields = signed_fields,
                                     .body_most = 256 * 1024,
                                     .may = WEB_STAFF,
                                     .form = &review_show,
                                     .run = run_decide};

const struct entry review_signed = {.method = "GET",
                                    .pattern = "/manuscripts/{manuscript}/signed",
                                    .may = WEB_STAFF,
                                    .run = run_signed};

static enum status run_review(struct visit *visit) {
    struct manuscript manuscript;
    struct offer offer;
    struct revision revision;
    TRY(find_offer(visit, &manuscript, &offer, &revision));
    TRY(part_head(visit, &manuscript, &revision, &offer.run, "/desk", "nav.desk"));
    TRY(fill_reading(visit, &offer, &revision));
    TRY(part_route(visit, (struct subject){SUBJECT_MANUSCRIPT, manuscript.id}, &offer));
    TRY(part_findings(visit, manuscript.id, &revision.digest, &revision.content));
    struct str id = id_to_text(visit->call->arena, manuscript.id);
    model_text(web_model(visit), "history",
               str_format(visit->call->arena, "/manuscripts/%.*s", STR_ARG(id)));
    if (offer.may_decide && offer.step->kind != STEP_AUTHOR &&
        offer.step->kind != STEP_RELEASE) {
        TRY(decision_form_fill(visit, &offer, &revision));
    }
    return web_page(visit, "review");
}

static enum status run_sign(struct visit *visit) {
    struct manuscript manuscript;
    struct offer offer;
    struct revision revision;
    struct verdict verdict;
    TRY(find_offer(visit, &manuscript, &offer, &revision));
    TRY(decision_form_read(visit, &offer, &verdict));
    TRY(decision_form_check(visit, &offer, &revision, &verdict));
    TRY(part_head(visit, &manuscript, &revision, &offer.run, "/desk", "nav.desk"));
    TRY(decision_form_show(visit, &offer, &revision, &verdict));
    return web_page(visit, "sign");
}

static enum status run_decide(struct visit *visit) {
    struct manuscript manuscript;
    struct offer offer;
    struct revision revision;
    struct verdict verdict;
    struct run run;
    struct str password = request_text(visit->request, "password");
    TRY(find_offer(visit, &manuscript, &offer, &revision));
    TRY(decision_form_read(visit, &offer, &verdict));
    enum status proven = people_prove_with(visit->call, password,
                                           request_text(visit->request, "one-time"));
    if (proven == DENIED) {
        /* A wrong password keeps everything: the same sheet again, with its sentence. */
        struct refusal *said = visit->call->refusal;
        TRY(part_head(visit, &manuscript, &revision, &offer.run, "/desk", "nav.desk"));
        TRY(decision_form_show(visit, &offer, &revision, &verdict));
        struct model *signing = model_part(web_model(visit), "wrong");
        bool code = said != NULL && strcmp(said->words, "people.code-wrong") == 0;
        model_text(signing, code ? "one-time" : "password", web_say_refusal(visit, said));
        visit->status = 403;
        return web_page(visit, "sign");
    }
    TRY(proven);
    TRY(review_decide(visit->call, (struct subject){SUBJECT_MANUSCRIPT, manuscript.id},
                      &verdict, &run));
    struct str id = id_to_text(visit->call->arena, manuscript.id);
    return web_go(visit, "/manuscripts/%.*s/signed", STR_ARG(id));
}

static enum status run_signed(struct visit *visit) {
    struct call *call = visit->call;
    struct manuscript manuscript;
    struct ledger_list history;
    struct duties duties;
    TRY(part_manuscript(visit, &manuscript));
    struct subject subject = {SUBJECT_MANUSCRIPT, manuscript.id};
    struct model *model = web_model(visit);
    struct model *part = model_part(model, "manuscript");
    struct model *done = model_part(model, "signed");
    model_text(part, "id", id_to_text(call->arena, manuscript.id));
    model_text(part, "title", manuscript.title);
    TRY(ledger_history(call, subject, &history));
    for (size_t i = history.count; i > 0; i--) {
        if (history.at[i - 1].person == call->actor.person) {
            struct model *entry = model_part(done, "entry");
            web_moment(visit, model_part(done, "when"), history.at[i - 1].at);
            model_int(entry, "number", history.at[i - 1].sequence);
            model_text(entry, "href",
                       str_format(call->arena, "/ledger/%lld",
                                  (long long)history.at[i - 1].sequence));
            break;
        }
    }
    TRY(notice_duties_of(call, subject, &duties));
    if (duties.count > 0) {
        struct offer offer;
        TRY(review_offer(call, subject, 0, &offer));
        struct str step = text_in(offer.step->title, call->language);
        model_text(done, "next",
                   str_format(call->arena, "%.*s %.*s", STR_ARG(duties.at[0].holder),
                              STR_ARG(step)));
        part_due(visit, done, &duties.at[0].deadline, duties.at[0].rule);
    } else {
        part_badge(done, "badge", manuscript.state);
        model_words(done, "next",
                    str_format(call->arena, "badge.%.*s", STR_ARG(manuscript.state)).at);
    }
    TRY(fill_next(visit, done, manuscript.id));
    return web_page(visit, "signed");
}

/* The next thing on this person's desk. */
static enum status fill_next(struct visit *visit, struct model *part, id64 manuscript) {
    struct call *call = visit->call;
    struct duties duties;
    TRY(notice_desk(call, call->actor.person, &duties));
    model_int(part, "more", (int64_t)duties.count);
    for (size_t i = 0; i < duties.count; i++) {
        const struct duty *duty = &duties.at[i];
        if (duty->subject.id == manuscript && duties.count > 1) {
            continue;
        }
        struct model *task = model_part(part, "task");
        struct str id = id_to_text(call->arena, duty->subject.id);
        model_text(task, "title", duty->title);
        model_text(task, "href",
                   str_format(call->arena, "/manuscripts/%.*s/review", STR_ARG(id)));
        part_badge(task, "badge", duty->badge);
        part_due(visit, task, &duty->deadline, duty->rule);
        break;
    }
    return DONE;
}

static enum status find_offer(struct visit *visit, struct manuscript *manuscript,
                              struct offer *out_offer, struct revision *out_revision) {
    TRY(part_manuscript(visit, manuscript));
    TRY(review_offer(visit->call, (struct subject){SUBJECT_MANUSCRIPT, manuscript->id}, 0,
                     out_offer));
    return manuscript_revision(visit->call, out_offer->run.revision, out_revision);
}

/* What changed for this person first; the first reviewer sees the whole text. */
static enum status fill_reading(struct visit *visit, const struct offer *offer,
                                const struct revision *revision) {
    struct call *call = visit->call;
    struct model *review = model_part(web_model(visit), "review");
    struct revision before;
    struct str html;
    int number = 0;
    TRY(seen_before(visit, offer, &number));
    bool can_compare = number > 0 && number < revision->number;
    bool compares = can_compare && !str_is(request_text(visit->request, "tab"), "body");
    static const struct {
        const char *name, *words;
    } tabs[] = {{"changes", "review.changes"}, {"body", "review.text"}};
    struct str id = id_to_text(call->arena, offer->run.subject.id);
    for (size_t i = can_compare ? 0 : 1; i < LENGTH(tabs); i++) {
        struct model *tab = model_list_add(review, "tabs");
        model_words(tab, "label", tabs[i].words);
        model_text(tab, "href",
                   str_format(call->arena, "/manuscripts/%.*s/review?tab=%s", STR_ARG(id),
                              tabs[i].name));
        model_flag(tab, "here", compares == (i == 0));
    }
    if (compares) {
        TRY(manuscript_revision_number(call, offer->run.subject.id, number, &before));
        TRY(part_difference(visit, &before.content, &revision->content, &html));
        model_html(review, "changes", html);
        model_text(review, "since",
                   web_say(visit, "review.since", "revision",
                           str_format(call->arena, "%d", number).at, NULL));
    } else {
        model_html(review, "body", revision->content.body);
    }
    model_text(review, "step", text_in(offer->step->title, call->language));
    return fill_files(visit, review, offer, revision);
}

static enum status fill_files(struct visit *visit, struct model *review,
                              const struct offer *offer,
                              const struct revision *revision) {
    struct call *call = visit->call;
    int64_t count = 0;
    int64_t seen = 0;
    struct str id = id_to_text(call->arena, offer->run.subject.id);
    for (size_t i = 0; i < revision->content.attachment_count; i++) {
        const struct attachment *attachment = &revision->content.attachments[i];
        if (attachment->in_body) {
            continue;
        }
        struct model *file = model_list_add(review, "files");
        bool confirmed =
            request_is_typed(visit, str_format(call->arena, "file-%zu", i + 1).at);
        struct str digest = digest_to_text(call->arena, &attachment->digest);
        count++;
        seen += confirmed;
        model_int(file, "number", (int64_t)i + 1);
        model_text(file, "name", attachment->name);
        model_text(file, "size", part_size(call->arena, attachment->size));
        model_text(file, "about", attachment->alt);
        model_text(file, "href",
                   str_format(call->arena, "/manuscripts/%.*s/files/%.*s", STR_ARG(id),
                              STR_ARG(digest)));
        model_flag(file, "confirmed", confirmed);
    }
    model_int(review, "files-count", count);
    model_int(review, "files-seen", seen);
    return DONE;
}

/* The newest revision this person has decided on before; 0 if none. */
static enum status seen_before(struct visit *visit, const struct offer *offer,
                               int *out_number) {
    struct decision *decisions;
    size_t count;
    struct revision *revisions;
    size_t revision_count;
    TRY(approval_history(visit->call, offer->run.id, &decisions, &count));
    TRY(manuscript_revisions(visit->call, offer->run.subject.id, &revisions,
                             &revision_count));
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < revision_count; j++) {
            if (decisions[i].person == visit->call->actor.person &&
                digest_equal(&decisions[i].digest, &revisions[j].digest) &&
                revisions[j].number > *out_number) {
                *out_number = revisions[j].number;
            }
        }
    }
    return DONE;
}
