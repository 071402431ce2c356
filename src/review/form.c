/*
 * The review form of the regulation: its fields in their order, every signature, the
 * digest.  Everything on it is read from the decisions; nothing is typed.
 */
#include "review_own.h"

#include "filing/filing.h"
#include "jobs/jobs.h"
#include "ledger/ledger.h"
#include "page/page.h"
#include "people/people.h"

#include <jansson.h>

#include <string.h>

#define LANGUAGE STR("zh-CN")

static enum status find_rule(struct call *call, const struct passage *passage,
                             struct str series, const struct filing_rule **out_rule);
static enum status find_run_of(struct call *call, const struct form *form, id64 *out_run);
static enum status fill(struct call *call, const struct passage *passage,
                        const struct filing_rule *rule, struct filing_form *form);
static enum status fill_fields(struct call *call, const struct passage *passage,
                               const struct filing_rule *rule, struct filing_form *form);
static struct str late_reason(struct call *call, const struct passage *passage);
static enum status fill_steps(struct call *call, const struct passage *passage,
                              struct filing_form *form);
static struct str field_of(struct call *call, const struct passage *passage,
                           enum form_source source);
static struct str meeting_of(struct call *call, const struct content *content);
static struct str catalogue_of(const struct passage *passage);
static struct str opinion_of(struct call *call, const struct passage *passage,
                             const struct decision *decision, const char *between);
static void add_answers(struct buffer *words, const struct passage *passage,
                        const struct decision *decision, int asked, const char *between);
static struct str form_title(struct call *call, const struct passage *passage,
                             const struct filing_rule *rule);
static struct str releaser_of(struct call *call, const struct passage *passage);
static struct str answer_words(const struct question *question, struct str value);
static struct str decisions_words(struct call *call, const struct passage *passage,
                                  bool declared);
static struct str say(struct call *call, const char *key);
static enum status do_form(struct call *call, struct job *job);

const struct job_handler *review_handlers(size_t *out_count) {
    static const struct job_handler handlers[] = {
        {.kind = REVIEW_FORM_JOB, .work = do_form},
        {.kind = REVIEW_VERSION_JOB, .work = do_version}};
    *out_count = LENGTH(handlers);
    return handlers;
}

enum status review_make_form(struct call *call, id64 form, struct form *out_form) {
    struct form opened;
    struct filing_form content = {.language = LANGUAGE};
    struct passage passage;
    const struct filing_rule *rule = NULL;
    id64 run;
    TRY(filing_form(call, form, &opened));
    if (opened.made_at != 0) {
        *out_form = opened;
        return DONE;
    }
    TRY(find_run_of(call, &opened, &run));
    TRY(passage_open_unasked(call, run, &passage));
    TRY(find_rule(call, &passage, opened.series, &rule));
    TRY(fill(call, &passage, rule, &content));
    return filing_form_make(call, form, &content, out_form);
}

enum status review_form_of(struct call *call, id64 site, struct str series,
                           struct subject subject, const struct digest *digest,
                           struct form *out_form) {
    struct site found;
    struct str own;
    TRY(site_find(call, site, &found));
    TRY(people_code_of_body(call, found.root, series, &own));
    return filing_form_of(call, own, subject, digest, out_form);
}

static enum status do_form(struct call *call, struct job *job) {
    struct form form;
    id64 id;
    TRY(id_from_text(job->subject, &id));
    return review_make_form(call, id, &form);
}

static enum status find_run_of(struct call *call, const struct form *form,
                               id64 *out_run) {
    struct run *runs;
    size_t count;
    TRY(runs_of(call, form->subject, &runs, &count));
    for (size_t i = 0; i < count; i++) {
        if (digest_equal(&runs[i].digest, &form->digest)) {
            *out_run = runs[i].id;
            return DONE;
        }
    }
    return ABSENT;
}

/* The series is the body's own, as it was opened. */
static enum status find_rule(struct call *call, const struct passage *passage,
                             struct str series, const struct filing_rule **out_rule) {
    for (size_t i = 0; i < passage->book->filing_count; i++) {
        const struct filing_rule *rule = &passage->book->filings[i];
        struct str own;
        TRY(people_code_of_body(call, passage->site.root,
                                passage->book->series[rule->series].code, &own));
        if (str_equal(own, series) && str_ends(rule->code, "-form")) {
            *out_rule = rule;
            return DONE;
        }
    }
    return ABSENT;
}

static enum status fill(struct call *call, const struct passage *passage,
                        const struct filing_rule *rule, struct filing_form *form) {
    static const char *const heads[] = {"review.form-step", "review.form-opinion",
                                        "review.form-signer", "review.form-when"};
    form->title = form_title(call, passage, rule);
    form->none = say(call, "review.form-none");
    form->number_label = say(call, "review.form-number");
    for (size_t i = 0; i < LENGTH(heads); i++) {
        form->heads[i] = say(call, heads[i]);
    }
    form->attachment_heads[0] = say(call, "review.form-attachment");
    form->attachment_heads[1] = say(call, "review.form-digest");
    form->page_words = say(call, "review.form-page");
    form->foot = say(call, "review.form-foot");
    form->address_label = say(call, "review.form-check");
    form->address =
        str_format(call->arena, "%.*s/v/{number}", STR_ARG(passage->site.domain));
    const struct content *content = &passage->revision.content;
    form->attachments =
        TAKE_ARRAY(call->arena, content->attachment_count + 1, struct form_attachment);
    for (size_t i = 0; i < content->attachment_count; i++) {
        form->attachments[form->attachment_count++] = (struct form_attachment){
            .name = content->attachments[i].name,
            .digest = digest_to_text(call->arena, &content->attachments[i].digest)};
    }
    TRY(fill_fields(call, passage, rule, form));
    return fill_steps(call, passage, form);
}

/* The body's name stands before the form's, unless the regulation has it there already
 * (云州区政府…审查表): then its first three characters are in the body's name. */
static struct str form_title(struct call *call, const struct passage *passage,
                             const struct filing_rule *rule) {
    struct str issuer = passage->book->issuer.zh;
    struct str title = rule->title.zh;
    struct str begins = str_part(title, 0, strlen("云州区"));
    return str_find(issuer, begins) < issuer.length
               ? title
               : str_format(call->arena, "%.*s%.*s", STR_ARG(issuer), STR_ARG(title));
}

static enum status fill_fields(struct call *call, const struct passage *passage,
                               const struct filing_rule *rule, struct filing_form *form) {
    form->fields = TAKE_ARRAY(call->arena, rule->field_count + 1, struct form_line);
    for (size_t i = 0; i < rule->field_count; i++) {
        enum form_source source = rule->fields[i].source;
        if (source == SOURCE_NUMBER || source == SOURCE_STEPS ||
            source == SOURCE_ATTACHMENTS) {
            continue; /* the form has places of its own for these */
        }
        form->fields[form->field_count++] = (struct form_line){
            .label = rule->fields[i].title.zh,
            .value = field_of(call, passage, source),
            .wide = source == SOURCE_TITLE || source == SOURCE_DIGEST ||
                    source == SOURCE_DECLARATIONS || source == SOURCE_LEGAL_BASIS};
    }
    return DONE;
}

/* What the text says of its lateness, and what the releaser stated (BZ-15). */
static struct str late_reason(struct call *call, const struct passage *passage) {
    struct str written = content_field(&passage->revision.content, "late-reason");
    struct str stated = STR("");
    struct ledger_list history;
    if (ledger_history(call, passage->run.subject, &history) != DONE) {
        return written;
    }
    for (size_t i = 0; i < history.count; i++) {
        const struct ledger_entry *entry = &history.at[i];
        if (str_is(entry->act, "publication.release") &&
            digest_equal(&entry->digest, &passage->run.digest)) {
            json_t *payload =
                json_loadb(entry->payload.at, entry->payload.length, 0, NULL);
            const char *reason = json_string_value(json_object_get(payload, "reason"));
            stated = str_copy(call->arena, str_of(reason == NULL ? "" : reason));
            json_decref(payload);
        }
    }
    if (str_is_empty(written) || str_is_empty(stated)) {
        return str_is_empty(written) ? stated : written;
    }
    return str_format(call->arena, "%.*s\n%.*s", STR_ARG(written), STR_ARG(stated));
}

static enum status fill_steps(struct call *call, const struct passage *passage,
                              struct filing_form *form) {
    struct decision *decisions;
    size_t count;
    TRY(approval_history(call, passage->run.id, &decisions, &count));
    form->steps = TAKE_ARRAY(call->arena, count + 1, struct form_step);
    for (size_t i = 0; i < count; i++) {
        const struct decision *decision = &decisions[i];
        int step = route_step(passage->route, decision->step);
        struct str signer;
        if (step == NO_INDEX || decision->turn == 0) {
            continue;
        }
        TRY(review_signer(call, decision, LANGUAGE, &signer));
        const struct requirement *rule =
            rulebook_requirement(passage->book, passage->route->steps[step].basis.id);
        bool on_paper = str_is(decision->channel, DECISION_ON_PAPER);
        struct str when = on_paper ? day_to_text(call->arena, decision->face_day)
                                   : instant_to_text(call->arena, decision->at);
        struct str channel =
            say(call, on_paper ? "review.form-on-paper" : "review.form-in-system");
        struct str cite = rule == NULL ? STR("") : rule->cite.zh;
        form->steps[form->step_count++] = (struct form_step){
            .step = passage->route->steps[step].title.zh,
            .opinion = opinion_of(call, passage, decision,
                                  decision->answer_count > 2 ? "\n" : "　"),
            .signer = signer,
            .when = str_format(call->arena, "%.*s　%.*s%s%.*s%s%.*s", STR_ARG(when),
                               STR_ARG(channel),
                               str_is_empty(decision->paper_number) ? "" : " ",
                               STR_ARG(decision->paper_number),
                               str_is_empty(cite) ? "" : "\n", STR_ARG(cite))};
    }
    return DONE;
}

static struct str field_of(struct call *call, const struct passage *passage,
                           enum form_source source) {
    const struct content *content = &passage->revision.content;
    struct people_unit unit;
    struct people_brief person;
    struct column column;
    switch (source) {
    case SOURCE_TITLE:
        return content->title;
    case SOURCE_CLASS:
        return passage->item.item_class == NO_INDEX
                   ? passage->manuscript.item_class
                   : passage->book->classes[passage->item.item_class].title.zh;
    case SOURCE_COLUMN:
        return site_column_find(call, passage->manuscript.column, &column) == DONE
                   ? column.title
                   : STR("");
    case SOURCE_UNIT:
        return people_unit(call, passage->run.unit, &unit) == DONE ? unit.title : STR("");
    case SOURCE_HANDLER:
        return people_person_brief(call, passage->manuscript.author, &person) == DONE
                   ? person.name
                   : STR("");
    case SOURCE_SUBMITTER:
        return people_person_brief(call, passage->run.submitter, &person) == DONE
                   ? person.name
                   : STR("");
    case SOURCE_ORIGIN_DATE:
        return content_field(content, "origin");
    case SOURCE_DISCLOSURE:
        return passage->item.disclosure == DISCLOSURE_ACTIVE
                   ? say(call, "review.form-active")
               : passage->item.disclosure == DISCLOSURE_REQUEST
                   ? say(call, "fields.disclosure-on-request")
               : passage->item.disclosure == DISCLOSURE_REFUSED
                   ? say(call, "fields.disclosure-none")
                   : content_field(content, "disclosure");
    case SOURCE_REVISION:
        return str_format(call->arena, "%d", passage->revision.number);
    case SOURCE_DIGEST:
        return digest_to_text(call->arena, &passage->run.digest);
    case SOURCE_SOURCE:
        return content_field(content, "source");
    case SOURCE_MEETING:
        return meeting_of(call, content);
    case SOURCE_CATALOGUE:
        return catalogue_of(passage);
    case SOURCE_REASON:
        return late_reason(call, passage);
    case SOURCE_CHANNELS:
        return content_field(content, "other-channel");
    case SOURCE_DECLARATIONS:
        return decisions_words(call, passage, true);
    case SOURCE_LEGAL_BASIS: {
        struct buffer words;
        buffer_init(&words, call->arena);
        for (size_t i = 0; i < passage->book->legal_count; i++) {
            buffer_add_text(&words, i == 0 ? "" : "、");
            buffer_add(&words, passage->book->legals[i].correct);
        }
        return buffer_str(&words);
    }
    case SOURCE_RELEASED_BY:
        return releaser_of(call, passage);
    case SOURCE_RELEASED_AT:
    case SOURCE_TIME:
        return instant_to_text(call->arena, passage->run.step_since);
    default:
        return STR("");
    }
}

/* Empty where no meeting is named, so that the form says 无. */
static struct str meeting_of(struct call *call, const struct content *content) {
    return str_trim(str_format(call->arena, "%.*s %.*s %.*s",
                               STR_ARG(content_field(content, "meeting-name")),
                               STR_ARG(content_field(content, "meeting-date")),
                               STR_ARG(content_field(content, "meeting-number"))));
}

/* The entry of the catalogue as the regulation calls it. */
static struct str catalogue_of(const struct passage *passage) {
    struct str code = content_field(&passage->revision.content, "catalogue");
    for (size_t i = 0; i < passage->book->catalogue_count; i++) {
        if (str_equal(passage->book->catalogue[i].code, code)) {
            return passage->book->catalogue[i].title.zh;
        }
    }
    return code;
}

/* Who released exactly this text, by the ledger: the login, never what somebody typed. */
static struct str releaser_of(struct call *call, const struct passage *passage) {
    struct ledger_filter filter = {
        .subject = passage->run.subject, .act = STR("publication.release"), .limit = 20};
    struct ledger_list list = {0};
    struct people_brief person;
    enum status read = ledger_read(call, passage->run.group, &filter, &list);
    for (size_t i = 0; read == DONE && i < list.count; i++) {
        if (list.at[i].outcome == LEDGER_DONE &&
            digest_equal(&list.at[i].digest, &passage->run.digest) &&
            people_person_brief(call, list.at[i].person, &person) == DONE) {
            return person.name;
        }
    }
    return STR("");
}

/* What the author declared (LZ-6.b), as the questions put it. */
static struct str decisions_words(struct call *call, const struct passage *passage,
                                  bool declared) {
    struct buffer words;
    buffer_init(&words, call->arena);
    for (size_t i = 0; i < passage->decision_count; i++) {
        const struct decision *decision = &passage->decisions[i];
        int step = route_step(passage->route, decision->step);
        if (step == NO_INDEX ||
            (passage->route->steps[step].kind == STEP_AUTHOR) != declared) {
            continue;
        }
        struct str opinion = opinion_of(call, passage, decision, "　");
        buffer_add_text(&words, words.length == 0 || str_is_empty(opinion) ? "" : "；");
        buffer_add(&words, opinion);
    }
    return buffer_str(&words);
}

static struct str opinion_of(struct call *call, const struct passage *passage,
                             const struct decision *decision, const char *between) {
    struct buffer words;
    int at = route_step(passage->route, decision->step);
    const struct step *step = at == NO_INDEX ? NULL : &passage->route->steps[at];
    int outcome = step == NULL ? NO_INDEX : step_outcome(step, decision->outcome);
    buffer_init(&words, call->arena);
    if (outcome != NO_INDEX) {
        buffer_add(&words, step->outcomes[outcome].title.zh);
    }
    for (size_t i = 0; step != NULL && i < step->ask_count; i++) { /* as they are asked */
        add_answers(&words, passage, decision, step->asks[i], between);
    }
    if (!str_is_empty(decision->opinion)) {
        buffer_add_text(&words, between);
        buffer_add(&words, decision->opinion);
    }
    return buffer_str(&words);
}

static void add_answers(struct buffer *words, const struct passage *passage,
                        const struct decision *decision, int asked, const char *between) {
    const struct question *question = &passage->book->questions[asked];
    for (size_t i = 0; i < decision->answer_count; i++) {
        if (str_equal(decision->answers[i].question, question->code)) {
            struct str answer = answer_words(question, decision->answers[i].value);
            buffer_add_format(words, "%s%.*s：%.*s", between, STR_ARG(question->title.zh),
                              STR_ARG(answer));
        }
    }
}

static struct str answer_words(const struct question *question, struct str value) {
    for (size_t i = 0; i < question->choice_count; i++) {
        if (str_equal(question->choices[i].code, value)) {
            return question->choices[i].title.zh;
        }
    }
    if (question->kind == QUESTION_TEXT) {
        return value;
    }
    return str_is(value, "yes") || str_is(value, "tick") ? STR("是") : STR("否");
}

/* The page numbers are filled in by whoever sets the pages. */
static struct str say(struct call *call, const char *key) {
    static const struct refusal_argument kept[] = {{"page", STR_INIT("{page}")},
                                                   {"pages", STR_INIT("{pages}")}};
    return call->house->words == NULL ? str_of(key)
                                      : words_say(call->house->words, call->arena,
                                                  LANGUAGE, key, kept, LENGTH(kept));
}

enum status review_signer(struct call *call, const struct decision *decision,
                          struct str language, struct str *out_name) {
    struct people_brief signer;
    struct people_brief absent;
    TRY(people_person_brief(call, decision->person, &signer));
    *out_name = signer.name;
    if (decision->stands_for == 0 || call->house->words == NULL) {
        return DONE;
    }
    TRY(people_person_brief(call, decision->stands_for, &absent));
    const struct refusal_argument names[] = {{"name", signer.name},
                                             {"absent", absent.name}};
    *out_name = words_say(call->house->words, call->arena, language,
                          "review.deputy-signer", names, LENGTH(names));
    return DONE;
}
