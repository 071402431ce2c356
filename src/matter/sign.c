/*
 * The answer to a matter as a signed decision, and whether it still is what was signed.
 */
#include "approval/approval.h"
#include "matter_own.h"

#include <jansson.h>

static enum status testify(struct call *call, const struct matter *matter,
                           struct testimony *out_testimony);
static bool is_answered_apart(const struct matter_rule *rule);

bool matter_is_signed(const struct rulebook *book, const struct matter_rule *rule) {
    return is_answered_apart(rule) &&
           (rule->route != NO_INDEX || rule->register_count > 0 ||
            matter_leads_to(book, rule, PERMIT_COLUMN) ||
            matter_leads_to(book, rule, PERMIT_SUB_SITE) ||
            matter_leads_to(book, rule, PERMIT_THEME));
}

enum status matter_sign(struct call *call, const struct matter *matter, json_t *payload) {
    struct testimony testimony;
    json_t *list = json_array();
    json_object_set_new(payload, "signed", list);
    TRY(testify(call, matter, &testimony));
    return approval_sign(call, &testimony, matter->id, list);
}

enum status matter_digest(struct call *call, const struct matter *matter,
                          struct digest *out_digest) {
    struct matter open = *matter;
    struct testimony testimony;
    open.answer = STR("");
    open.agreed = false;
    TRY(testify(call, &open, &testimony));
    *out_digest = digest_of(DIGEST_SM3, bytes_of_str(buffer_str(&testimony.text)));
    return DONE;
}

enum status matter_must_stand(struct call *call, const struct matter *matter) {
    const struct rulebook *book = shelf_find(call->house->shelf, &matter->rulebook);
    const struct matter_rule *rule =
        book == NULL ? NULL : matter_rule_of(book, matter->kind);
    struct testimony testimony;
    struct str wrong;
    if (rule != NULL && !is_answered_apart(rule)) {
        return DONE; /* agreed to by being there */
    }
    TRY(testify(call, matter, &testimony));
    TRY(approval_check(call, &testimony, matter->id, matter->answered_by,
                       rule == NULL || matter_is_signed(book, rule), &wrong));
    if (str_is_empty(wrong)) {
        return DONE;
    }
    return call_refuse(
        call, REFUSED, rule == NULL ? "" : str_text(call->arena, rule->basis.id),
        "matter.not-as-signed", "title", str_text(call->arena, matter->title), "wrong",
        str_text(call->arena, wrong), NULL);
}

/* What every unit confirms, and what is only recorded, is complete with being entered:
 * nobody else decides on it. */
static bool is_answered_apart(const struct matter_rule *rule) {
    return rule->kind != MATTER_EACH_UNIT_EACH_VERSION &&
           !matter_is_complete_when_entered(rule);
}

/* Everything that whoever relies on the answer reads of it. */
static enum status testify(struct call *call, const struct matter *matter,
                           struct testimony *out_testimony) {
    struct testimony *testimony = out_testimony;
    struct matter_line *lines;
    size_t count;
    TRY(matter_lines(call, matter->id, &lines, &count));
    testimony_begin(call, "matter.answer", matter->group,
                    (struct subject){.kind = SUBJECT_UNIT, .id = matter->unit},
                    &matter->rulebook, testimony);
    testimony_add_int(testimony, "matter", matter->id);
    testimony_add(testimony, "kind", matter->kind);
    testimony_add_int(testimony, "year", matter->year);
    testimony_add(testimony, "number", matter->number);
    testimony_add(testimony, "title", matter->title);
    testimony_add(testimony, "words", matter->words);
    if (!digest_is_none(&matter->about)) {
        testimony_add_digest(testimony, "about", &matter->about);
    }
    for (size_t i = 0; i < count; i++) {
        testimony_add(testimony, "line",
                      str_format(call->arena, "%.*s %.*s", STR_ARG(lines[i].field),
                                 STR_ARG(lines[i].value)));
    }
    testimony_add_int(testimony, "opened-by", matter->opened_by);
    testimony_add_int(testimony, "opened-at", matter->opened_at);
    testimony_add(testimony, "answer", matter->answer);
    testimony_add(testimony, "agreed", matter->agreed ? STR("yes") : STR("no"));
    return DONE;
}
