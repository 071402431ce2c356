/*
 * What a decision's signature stands for here, and whether it is still what stands in the
 * database.
 */
#include "review_own.h"

#include "people/people.h"

#include <jansson.h>
#include <string.h>

/* The acts that record a decision: on the screen, by handing in, by proposing, by opening
 * a matter. */
static const char *const deciding_acts[] = {"review.decide", "review.submit",
                                            "review.propose", "review.apply"};

/* What is signed, made from a decision and what surrounds it. */
struct facing {
    id64 column;
    struct str item_class;
    const struct revision *revision; /* NULL: of no manuscript */
};

static struct testimony testify(struct call *call, const struct passage *passage,
                                const char *act, const struct decision *decision,
                                const struct facing *facing);
static void add_text(struct call *call, struct testimony *testimony,
                     const struct revision *revision);
static enum status check_one(struct call *call, const struct passage *passage,
                             const struct decision *decision, const struct facing *facing,
                             struct str *out_wrong);
static enum status check_act(struct call *call, const struct passage *passage,
                             const char *act, const struct decision *decision,
                             const struct facing *facing, id64 signer,
                             struct str *out_wrong);
static enum status check_paper(struct call *call, const struct passage *passage,
                               const struct decision *decision,
                               const struct facing *facing, struct str *out_wrong);
static enum status say_wrong(struct call *call, const struct passage *passage,
                             const struct decision *decision, struct str wrong);
static enum status decision_page(struct call *call, void *what);
static enum status check_all(struct call *call, const struct decision *decisions,
                             size_t count, struct signature_report *report);
static enum status check_past(struct call *call, const struct decision *decision,
                              struct str *out_wrong);
static enum status face_past(struct call *call, const struct decision *decision,
                             struct facing *facing, struct str *out_wrong);
static struct facing facing_of(const struct passage *passage);

enum status passage_note(struct call *call, const struct passage *passage,
                         const struct ledger_act *act, struct json_t *payload) {
    struct ledger_act record = *act;
    struct facing facing = facing_of(passage);
    json_t *list = json_array();
    enum status status = DONE;
    for (size_t i = 0; status == DONE && i < passage->made_count; i++) {
        const struct decision *decision = &passage->made[i];
        struct testimony testimony = testify(call, passage, act->act, decision, &facing);
        status = approval_sign(call, &testimony, decision->id, list);
    }
    json_object_set_new(payload, "signed", list);
    record.payload = ledger_payload(call, payload);
    TRY(status);
    return ledger_append(call, passage->run.group, &record, NULL);
}

enum status passage_must_be_signed(struct call *call, const struct passage *passage) {
    struct facing present = facing_of(passage);
    for (size_t i = 0; i < passage->decision_count; i++) {
        const struct decision *decision = &passage->decisions[i];
        struct str wrong = STR("");
        struct facing facing = present;
        if (!digest_equal(&decision->digest, &passage->run.digest)) {
            TRY(face_past(call, decision, &facing, &wrong)); /* of a text taken back */
        }
        if (str_is_empty(wrong)) {
            TRY(check_one(call, passage, decision, &facing, &wrong));
        }
        if (!str_is_empty(wrong)) {
            return say_wrong(call, passage, decision, wrong);
        }
    }
    return DONE;
}

enum status review_must_be_signed(struct call *call, const struct clearance *clearance) {
    return passage_must_be_signed(call, clearance->passage);
}

struct walk {
    struct arena *arena;
    id64 after;
    struct signature_report report;
};

enum status review_verify_signatures(struct call *call,
                                     struct signature_report *out_report) {
    struct walk walk = {.arena = call->arena, .report = {.act = STR("decision")}};
    TRY(approval_by_pages(call, decision_page, &walk));
    *out_report = walk.report;
    return DONE;
}

static enum status decision_page(struct call *call, void *what) {
    struct walk *walk = what;
    struct decision *decisions;
    size_t count;
    TRY(approval_page(call, walk->after, 100, &decisions, &count));
    TRY(check_all(call, decisions, count, &walk->report));
    walk->report.wrong = str_copy(walk->arena, walk->report.wrong);
    walk->after = count > 0 ? decisions[count - 1].id : walk->after;
    return count > 0 && str_is_empty(walk->report.wrong) ? DONE : ABSENT;
}

enum status review_verify_subject(struct call *call, struct subject subject,
                                  struct signature_report *out_report) {
    struct signature_report report = {.act = STR("decision"), .wrong = STR("")};
    struct decision *decisions;
    struct run *runs;
    size_t run_count;
    size_t count;
    TRY(runs_of(call, subject, &runs, &run_count));
    for (size_t i = 0; i < run_count && str_is_empty(report.wrong); i++) {
        TRY(approval_history(call, runs[i].id, &decisions, &count));
        TRY(check_all(call, decisions, count, &report));
    }
    if (str_is_empty(report.wrong)) {
        TRY(approval_verify_about(call, subject, &report));
    }
    *out_report = report;
    return DONE;
}

static enum status check_all(struct call *call, const struct decision *decisions,
                             size_t count, struct signature_report *report) {
    for (size_t i = 0; i < count && str_is_empty(report->wrong); i++) {
        TRY(check_past(call, &decisions[i], &report->wrong));
        report->signatures++;
        report->about = str_is_empty(report->wrong) ? 0 : decisions[i].id;
    }
    return DONE;
}

static struct facing facing_of(const struct passage *passage) {
    bool manuscript = passage->run.subject.kind == SUBJECT_MANUSCRIPT;
    return (struct facing){.column = passage->manuscript.column,
                           .item_class = passage->manuscript.item_class,
                           .revision = manuscript ? &passage->revision : NULL};
}

static struct testimony testify(struct call *call, const struct passage *passage,
                                const char *act, const struct decision *decision,
                                const struct facing *facing) {
    struct testimony testimony;
    testimony_begin(call, act, passage->run.group, decision->subject, &decision->digest,
                    &testimony);
    testimony_add_int(&testimony, "site", passage->run.site);
    testimony_add_digest(&testimony, "rulebook", &passage->run.rulebook_digest);
    testimony_add(&testimony, "route", passage->run.route);
    testimony_add(&testimony, "target", passage->run.target);
    if (facing->revision != NULL) {
        testimony_add_int(&testimony, "column", facing->column);
        testimony_add(&testimony, "class", facing->item_class);
        add_text(call, &testimony, facing->revision);
    } else if (passage->from != 0) {
        testimony_add(&testimony, "from", day_to_text(call->arena, passage->from));
    }
    testimony_add_decision(call, &testimony, decision);
    return testimony;
}

/* A revision that no longer has its digest is not even read: manuscript_revision fails.
 */
static void add_text(struct call *call, struct testimony *testimony,
                     const struct revision *revision) {
    const struct content *content = &revision->content;
    struct digest body = digest_of(DIGEST_SM3, bytes_of_str(content->body));
    testimony_add_int(testimony, "revision", revision->id);
    testimony_add(testimony, "title", content->title);
    testimony_add_digest(testimony, "body", &body);
    for (size_t i = 0; i < content->attachment_count; i++) {
        const struct attachment *file = &content->attachments[i];
        struct str digest = digest_to_text(call->arena, &file->digest);
        testimony_add(
            testimony, "attachment",
            str_format(call->arena, "%.*s %.*s", STR_ARG(digest), STR_ARG(file->name)));
    }
}

static enum status check_one(struct call *call, const struct passage *passage,
                             const struct decision *decision, const struct facing *facing,
                             struct str *out_wrong) {
    bool before = false;
    *out_wrong = STR("missing");
    if (decision->entered_by != 0) {
        TRY(check_paper(call, passage, decision, facing, out_wrong));
    } else {
        for (size_t i = 0; i < LENGTH(deciding_acts) && str_is(*out_wrong, "missing");
             i++) {
            TRY(check_act(call, passage, deciding_acts[i], decision, facing,
                          decision->person, out_wrong));
        }
    }
    if (str_is(*out_wrong, "missing")) {
        TRY(approval_is_of_before(call, decision, &before));
        *out_wrong = before ? STR("") : *out_wrong;
    }
    return DONE;
}

/* Personal where the step is signed; what is handed in without a password is the
 * house's word. */
static enum status check_act(struct call *call, const struct passage *passage,
                             const char *act, const struct decision *decision,
                             const struct facing *facing, id64 signer,
                             struct str *out_wrong) {
    struct testimony testimony = testify(call, passage, act, decision, facing);
    int step = route_step(passage->route, decision->step);
    bool personal = step == NO_INDEX || passage->route->steps[step].signature;
    return approval_check(call, &testimony, decision->id, signer, personal, out_wrong);
}

/* Put in by one, confirmed by another: both have signed. */
static enum status check_paper(struct call *call, const struct passage *passage,
                               const struct decision *decision,
                               const struct facing *facing, struct str *out_wrong) {
    struct decision entered = *decision;
    entered.turn = 0;
    TRY(check_act(call, passage, "review.enter-paper", &entered, facing,
                  decision->entered_by, out_wrong));
    if (!str_is_empty(*out_wrong) || decision->turn == 0) {
        return DONE;
    }
    return check_act(call, passage, "review.confirm-paper", decision, facing,
                     decision->confirmed_by, out_wrong);
}

static enum status say_wrong(struct call *call, const struct passage *passage,
                             const struct decision *decision, struct str wrong) {
    struct people_brief signer;
    int step = route_step(passage->route, decision->step);
    struct str title = step == NO_INDEX
                           ? decision->step
                           : text_in(passage->route->steps[step].title, call->language);
    TRY(people_person_brief(call, decision->person, &signer));
    return call_refuse(
        call, REFUSED, "", REVIEW_NOT_SIGNED, "step", str_text(call->arena, title),
        "signer", str_text(call->arena, signer.name), "what",
        str_text(call->arena, wrong), "decision",
        str_text(call->arena, id_to_text(call->arena, decision->id)), NULL);
}

/* A decision of any time. */
static enum status check_past(struct call *call, const struct decision *decision,
                              struct str *out_wrong) {
    struct passage passage;
    struct facing facing = {.item_class = STR("")};
    enum status found = passage_around(call, decision->run, &passage);
    *out_wrong = found == ABSENT ? STR("run") : STR("");
    if (found == ABSENT) {
        return DONE;
    }
    TRY(found);
    if (passage.run.open && digest_equal(&decision->digest, &passage.run.digest)) {
        facing = facing_of(&passage);
    } else if (decision->subject.kind == SUBJECT_MANUSCRIPT) {
        TRY(face_past(call, decision, &facing, out_wrong));
    }
    return str_is_empty(*out_wrong)
               ? check_one(call, &passage, decision, &facing, out_wrong)
               : DONE;
}

/* The revision, the column and the class that its statement names. */
static enum status face_past(struct call *call, const struct decision *decision,
                             struct facing *facing, struct str *out_wrong) {
    struct signature signature = {.statement = STR("")};
    struct revision *revision = TAKE(call->arena, struct revision);
    id64 id = 0;
    for (size_t i = 0; i < LENGTH(deciding_acts) && str_is_empty(signature.statement);
         i++) {
        const char *act =
            decision->entered_by != 0 ? "review.enter-paper" : deciding_acts[i];
        enum status found = approval_signature(call, decision->id, act, &signature);
        if (found != DONE && found != ABSENT) {
            return found;
        }
    }
    struct str text = signature.statement;
    if (str_is_empty(text)) {
        return DONE;
    }
    if (str_to_int(testimony_line(text, "column"), &facing->column) != DONE ||
        str_to_int(testimony_line(text, "revision"), &id) != DONE ||
        manuscript_revision(call, id, revision) != DONE) {
        *out_wrong = STR("revision");
        return DONE;
    }
    facing->item_class = testimony_line(text, "class");
    facing->revision = revision;
    return DONE;
}
