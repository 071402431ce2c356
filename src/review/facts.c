/*
 * The facts that the transition function is asked with.  Each is read from where
 * it is kept; none is taken from the asker.
 */
#include "review_own.h"

#include "calendar/calendar.h"
#include "people/people.h"
#include "screening/screening.h"

#include <string.h>

static enum status named_unit(struct call *call, const struct passage *passage,
                              const struct role *role, id64 *out_unit);
static enum status role_is_held(struct call *call, const struct passage *passage,
                                int role, id64 person, bool *out_held);
static enum status decided_facts(struct call *call, const struct passage *passage,
                                 id64 person, struct move_facts *facts);
static void signature_facts(const struct passage *passage, id64 person,
                            struct move_facts *facts);
static enum status text_facts(struct call *call, const struct passage *passage,
                              const struct wish *wish, struct move_facts *facts);
static enum status prepared_facts(struct call *call, const struct passage *passage,
                                  const struct wish *wish, struct move_facts *facts);
static bool later_day_has_come(struct call *call, const struct passage *passage);
static bool interpretation_is_ready(struct call *call, const struct passage *passage);
static void clock_facts(struct call *call, const struct passage *passage,
                        struct move_facts *facts);
static bool all_confirmed(const struct content *content, const struct wish *wish);
static unsigned flags_of(const struct rulebook *book, const struct manuscript *manuscript,
                         const struct content *content);
static unsigned fields_of(const struct manuscript *manuscript,
                          const struct content *content);
static enum disclosure disclosure_of(const struct content *content);
static struct str host_of(struct str url);

enum status item_facts_of(struct call *call, const struct rulebook *book,
                          const struct manuscript *manuscript,
                          const struct content *content, struct str target,
                          struct item_facts *out_item) {
    struct people_unit unit;
    TRY(people_unit(call, manuscript->unit, &unit));
    *out_item = (struct item_facts){
        .item_class = rulebook_class(book, manuscript->item_class),
        .target = str_is_empty(target) ? NO_INDEX : rulebook_target(book, target),
        .flags = flags_of(book, manuscript, content),
        .fields = fields_of(manuscript, content),
        .unit_kind = rulebook_unit_kind(book, unit.kind),
        .disclosure = disclosure_of(content)};
    return DONE;
}

enum status passage_role_unit(struct call *call, const struct passage *passage, int role,
                              id64 *out_unit) {
    const struct role *held = &passage->book->roles[role];
    *out_unit = people_anywhere_in(passage->site.root);
    if (held->scope == ROLE_OWN_UNIT) {
        *out_unit = passage->run.unit;
    } else if (held->scope == ROLE_PARENT_UNIT) {
        struct people_unit own;
        TRY(people_unit(call, passage->run.unit, &own));
        *out_unit = own.parent;
    } else if (held->scope == ROLE_NAMED_UNIT) {
        return named_unit(call, passage, held, out_unit);
    } else if (held->scope == ROLE_BOUND_UNIT) {
        struct people_unit unit;
        enum status found = people_unit_in(call, passage->site.root,
                                           passage->book->units[held->unit].code, &unit);
        if (found == ABSENT) {
            return call_refuse(
                call, REFUSED, str_text(call->arena, held->basis.id),
                "review.unit-missing", "unit",
                str_text(call->arena,
                         text_in(passage->book->units[held->unit].title, call->language)),
                NULL);
        }
        TRY(found);
        *out_unit = unit.id;
    }
    return DONE;
}

/* The unit whose work the text touches, by the code that its field gives. */
static enum status named_unit(struct call *call, const struct passage *passage,
                              const struct role *role, id64 *out_unit) {
    struct str code = content_field(&passage->revision.content, "concerned-unit");
    struct people_unit unit;
    enum status found = str_is_empty(code)
                            ? ABSENT
                            : people_unit_in(call, passage->site.root, code, &unit);
    if (found == ABSENT) {
        return call_refuse(
            call, REFUSED, str_text(call->arena, role->basis.id), "review.unit-missing",
            "unit", str_text(call->arena, text_in(role->title, call->language)), NULL);
    }
    TRY(found);
    *out_unit = unit.id;
    return DONE;
}

enum status passage_roles(struct call *call, const struct passage *passage, id64 person,
                          uint64_t *out_roles) {
    uint64_t roles = 0;
    for (size_t i = 0; i < passage->book->role_count; i++) {
        bool held = false;
        TRY(role_is_held(call, passage, (int)i, person, &held));
        roles |= held ? (uint64_t)1 << i : 0;
    }
    *out_roles = roles;
    return DONE;
}

enum status passage_facts(struct call *call, const struct passage *passage,
                          const struct wish *wish, struct move_facts *out_facts) {
    struct move_facts facts = {.blocking = NO_INDEX,
                               .paper_complete = wish->paper_complete};
    TRY(passage_roles(call, passage, wish->person, &facts.roles));
    facts.submitter = passage->run.submitter == wish->person;
    facts.machine = wish->person == 0;
    facts.proven = call->actor.freshly_proven;
    facts.stale = !digest_equal(&wish->seen, &passage->run.digest);
    rulebook_standing(passage->route, &passage->position, passage->pasts,
                      passage->decision_count, &facts);
    TRY(decided_facts(call, passage, wish->person, &facts));
    if (passage->run.subject.kind == SUBJECT_MANUSCRIPT) {
        TRY(text_facts(call, passage, wish, &facts));
    } else {
        facts.contributor = passage->run.submitter == wish->person;
    }
    *out_facts = facts;
    return DONE;
}

instant passage_clock_start(const struct passage *passage, enum clock_start start) {
    const struct content *content = &passage->revision.content;
    instant at = 0;
    switch (start) {
    case START_STEP:
        return passage->run.step_since;
    case START_ORIGIN:
        return passage->manuscript.origin == 0 ? 0
                                               : day_start(passage->manuscript.origin);
    case START_EVENT:
        return instant_from_rfc3339(content_field(content, "emergency-at"), &at) == DONE
                   ? at
                   : 0;
    case START_OUTSIDE:
        return instant_from_rfc3339(content_field(content, "other-channel-at"), &at) ==
                       DONE
                   ? at
                   : 0;
    case START_APPROVAL:
        for (size_t i = 0; i < passage->decision_count; i++) {
            int step = route_step(passage->route, passage->decisions[i].step);
            if (step != NO_INDEX &&
                passage->route->steps[step].state == STATE_DEPT_REVIEW) {
                at = passage->decisions[i].at;
            }
        }
        return at;
    }
    return 0;
}

static enum status role_is_held(struct call *call, const struct passage *passage,
                                int role, id64 person, bool *out_held) {
    const struct role *wanted = &passage->book->roles[role];
    id64 unit = passage->run.unit;
    if (wanted->scope != ROLE_OWN_UNIT) {
        enum status found = passage_role_unit(call, passage, role, &unit);
        if (found == REFUSED) {
            call_forgive(call);
            *out_held = false;
            return DONE;
        }
        TRY(found);
    }
    if (!wanted->open) {
        return people_holds(call, person, str_text(call->arena, wanted->code), unit,
                            out_held);
    }
    struct people_role_codes codes;
    TRY(people_roles_on(call, person, unit, &codes));
    *out_held = false;
    for (size_t i = 0; i < codes.count; i++) {
        *out_held = *out_held || (!str_is(codes.at[i], PEOPLE_ROLE_SYSTEM) &&
                                  !str_is(codes.at[i], PEOPLE_ROLE_SECURITY) &&
                                  !str_is(codes.at[i], PEOPLE_ROLE_AUDIT));
    }
    return DONE;
}

/* Who made the latest decision of each step, whatever the round: the handler of the
 * second proof is that of the first (LZ-12.2). */
static enum status decided_facts(struct call *call, const struct passage *passage,
                                 id64 person, struct move_facts *facts) {
    struct decision *decisions;
    size_t count;
    TRY(approval_history(call, passage->run.id, &decisions, &count));
    for (size_t i = 0; i < count; i++) {
        int step = route_step(passage->route, decisions[i].step);
        if (step == NO_INDEX || decisions[i].turn == 0) {
            continue;
        }
        uint32_t bit = (uint32_t)1 << step;
        const struct step *decided = &passage->route->steps[step];
        bool latest = true;
        for (size_t j = i + 1; j < count && decided->joint != NULL; j++) {
            latest = latest && !(decisions[j].turn != 0 &&
                                 str_equal(decisions[j].step, decisions[i].step) &&
                                 str_equal(decisions[j].role, decisions[i].role));
        }
        bool own = decisions[i].person == person && latest;
        facts->decided = own                      ? facts->decided | bit
                         : decided->joint == NULL ? facts->decided & ~bit
                                                  : facts->decided;
    }
    signature_facts(passage, person, facts);
    return DONE;
}

/* Did this person give one of the signatures that the present step has so far? */
static void signature_facts(const struct passage *passage, id64 person,
                            struct move_facts *facts) {
    id64 latest[RULEBOOK_SIGNERS_MOST] = {0};
    for (size_t i = 0; i < passage->decision_count; i++) {
        if (passage->pasts[i].step == passage->position.step) {
            latest[passage->pasts[i].signer] = passage->decisions[i].person;
        }
    }
    for (size_t i = 0; i < LENGTH(latest); i++) {
        bool stands = (passage->position.signers & 1U << i) != 0;
        facts->signed_here = facts->signed_here || (stands && latest[i] == person);
    }
}

static enum status text_facts(struct call *call, const struct passage *passage,
                              const struct wish *wish, struct move_facts *facts) {
    id64 *contributors;
    size_t count;
    struct people_role_codes codes;
    TRY(manuscript_contributors(call, passage->manuscript.id, &contributors, &count));
    for (size_t i = 0; i < count; i++) {
        facts->contributor = facts->contributor || contributors[i] == wish->person;
    }
    TRY(people_roles_on(call, wish->person, passage->run.unit, &codes));
    facts->of_unit = codes.count > 0;
    facts->live_change = passage->manuscript.live_revision != 0 &&
                         passage->manuscript.live_revision != passage->run.revision;
    facts->lapsed = passage->run.owed_until != 0 && call->now >= passage->run.owed_until;
    facts->late_reason =
        !str_is_empty(content_field(&passage->revision.content, "late-reason"));
    TRY(screening_blocking(call, passage->book, &passage->run.digest, &facts->blocking));
    TRY(prepared_facts(call, passage, wish, facts));
    clock_facts(call, passage, facts);
    return DONE;
}

static enum status prepared_facts(struct call *call, const struct passage *passage,
                                  const struct wish *wish, struct move_facts *facts) {
    struct column column;
    struct people_holdings liaisons;
    bool screened = false;
    TRY(screening_is_done(call, &passage->run.digest, &screened));
    facts->prepared |= screened ? 1U << PREPARE_PROOFREADING : 0;
    facts->prepared |=
        all_confirmed(&passage->revision.content, wish) ? 1U << PREPARE_ATTACHMENTS : 0;
    TRY(site_column_find(call, passage->manuscript.column, &column));
    struct refusal *said = call->refusal;
    enum status taken = site_column_takes(call, &column, passage->manuscript.item_class,
                                          passage->manuscript.unit);
    call->refusal = said;
    if (taken != DONE && taken != REFUSED) {
        return taken;
    }
    facts->prepared |= taken == DONE ? 1U << PREPARE_COLUMN : 0;
    facts->prepared |=
        passage->item.disclosure == DISCLOSURE_ACTIVE ? 1U << PREPARE_DISCLOSURE : 0;
    TRY(people_holders(call, "liaison", passage->run.unit, &liaisons));
    facts->prepared |= liaisons.count > 0 ? 1U << PREPARE_LIAISON : 0;
    for (size_t i = 0; i < wish->answer_count; i++) {
        if (str_is(wish->answers[i].question, "legal-basis") &&
            !str_is_empty(wish->answers[i].value)) {
            facts->prepared |= 1U << PREPARE_LEGAL_BASIS;
        }
    }
    facts->prepared |= later_day_has_come(call, passage) ? 1U << PREPARE_LATER_DAY : 0;
    facts->prepared |=
        interpretation_is_ready(call, passage) ? 1U << PREPARE_INTERPRETATION : 0;
    return DONE;
}

/* The newest decision that answered with a day says until when it waits. */
static bool later_day_has_come(struct call *call, const struct passage *passage) {
    for (size_t i = passage->decision_count; i > 0; i--) {
        const struct decision *decision = &passage->decisions[i - 1];
        for (size_t j = 0; j < decision->answer_count; j++) {
            civil_day day = 0;
            if (day_from_text(decision->answers[j].value, &day) == DONE) {
                return call->now >= day_start(day);
            }
        }
    }
    return false;
}

/* The manuscript that the field names has every decision it needs, or is public. */
static bool interpretation_is_ready(struct call *call, const struct passage *passage) {
    struct str named = content_field(&passage->revision.content, "interpretation");
    struct manuscript other;
    id64 id = 0;
    if (id_from_text(named, &id) != DONE || manuscript_peek(call, id, &other) != DONE) {
        return false;
    }
    return str_is(other.state, "approved") || str_is(other.state, "published");
}

static void clock_facts(struct call *call, const struct passage *passage,
                        struct move_facts *facts) {
    for (size_t i = 0; i < passage->book->deadline_count; i++) {
        const struct deadline *deadline = &passage->book->deadlines[i];
        instant start = passage_clock_start(passage, deadline->start);
        bool runs = deadline->release && start != 0 &&
                    deadline->nature != NATURE_REMINDER &&
                    deadline_runs(passage->book, deadline, passage->route, passage->lane);
        if (!runs) {
            continue;
        }
        instant due = calendar_due(call->house->calendar, start, deadline->amount,
                                   time_unit_counted(deadline->unit), NULL);
        uint8_t class =
            deadline->nature == NATURE_HARD ? CLOCK_HARD_PASSED : CLOCK_SOFT_PASSED;
        if (call->now >= due && class > facts->clock) {
            facts->clock = class;
        }
    }
}

/* 逐件确认: every file, one by one; pictures in the body are seen with the text. */
static bool all_confirmed(const struct content *content, const struct wish *wish) {
    for (size_t i = 0; i < content->attachment_count; i++) {
        bool confirmed = content->attachments[i].in_body;
        for (size_t j = 0; j < wish->confirmed_count && !confirmed; j++) {
            confirmed =
                digest_equal(&content->attachments[i].digest, &wish->confirmed[j]);
        }
        if (!confirmed) {
            return false;
        }
    }
    return true;
}

static unsigned flags_of(const struct rulebook *book, const struct manuscript *manuscript,
                         const struct content *content) {
    struct str url = content_field(content, "reprint-url");
    unsigned flags = 0;
    if (!str_is_empty(url) || !str_is_empty(content_field(content, "reprint-source"))) {
        flags |= ITEM_REPRINT;
    }
    if (rulebook_lists_host(book, host_of(url))) {
        flags |= ITEM_HOST_LISTED;
    }
    if (!str_is_empty(content_field(content, "emergency-at"))) {
        flags |= ITEM_EMERGENCY;
    }
    if (manuscript->live_revision != 0) {
        flags |= ITEM_LIVE_CHANGE;
    }
    if (content->attachment_count > 0) {
        flags |= ITEM_ATTACHMENTS;
    }
    return flags;
}

static unsigned fields_of(const struct manuscript *manuscript,
                          const struct content *content) {
    static const struct {
        enum item_field field;
        const char *name;
    } rows[] = {
        {FIELD_ORIGIN_DATE, "origin"},
        {FIELD_DISCLOSURE, "disclosure"},
        {FIELD_SOURCE, "source"},
        {FIELD_SOURCE_URL, "reprint-url"},
        {FIELD_MEETING, "meeting-name"},
        {FIELD_MEETING_DATE, "meeting-date"},
        {FIELD_MINUTE_NUMBER, "meeting-number"},
        {FIELD_CATALOGUE, "catalogue"},
        {FIELD_EVENT_TIME, "emergency-at"},
        {FIELD_AUTHOR, "author"},
        {FIELD_SOURCE_DATE, "reprint-at"},
    };
    unsigned fields = FIELD_COLUMN | FIELD_CLASS;
    if (manuscript->column == 0) {
        fields &= ~(unsigned)FIELD_COLUMN;
    }
    if (!str_is_empty(content->title)) {
        fields |= FIELD_TITLE;
    }
    for (size_t i = 0; i < LENGTH(rows); i++) {
        if (!str_is_empty(content_field(content, rows[i].name))) {
            fields |= rows[i].field;
        }
    }
    return fields;
}

static enum disclosure disclosure_of(const struct content *content) {
    struct str value = content_field(content, "disclosure");
    if (str_is(value, "active")) {
        return DISCLOSURE_ACTIVE;
    }
    if (str_is(value, "on-request")) {
        return DISCLOSURE_REQUEST;
    }
    return str_is(value, "none") ? DISCLOSURE_REFUSED : DISCLOSURE_NONE;
}

static struct str host_of(struct str url) {
    struct str rest = url;
    size_t scheme = str_find(url, STR("://"));
    if (scheme < url.length) {
        rest = str_part(url, scheme + 3, url.length);
    }
    struct str host = str_cut(&rest, '/');
    return str_cut(&host, ':');
}
