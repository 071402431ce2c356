/*
 * Who may: from the roles that the rule of the mailbox names, and the posts of this
 * instant.
 */
#include "letter_own.h"

static enum status holds(struct call *call, const struct handling *handling, int role,
                         id64 unit, bool *out_holds);
static enum status say_no(struct call *call, const struct handling *handling, int role,
                          const struct basis *basis);

enum status place_of(struct call *call, const struct handling *handling, int index,
                     id64 unit, id64 *out_place) {
    const struct role *role = &handling->book->roles[index];
    struct people_unit bound;
    if (role->scope == ROLE_OWN_UNIT) {
        *out_place = unit;
        return DONE;
    }
    *out_place = people_anywhere_in(handling->site.root);
    if (role->scope != ROLE_BOUND_UNIT || role->unit == NO_INDEX) {
        return DONE;
    }
    enum status found = people_unit_in(call, handling->site.root,
                                       handling->book->units[role->unit].code, &bound);
    *out_place = found == DONE ? bound.id : 0;
    return found == ABSENT ? DONE : found;
}

enum status is_receiver(struct call *call, const struct handling *handling,
                        bool *out_is) {
    const struct mailbox_rule *rule = handling->rule;
    return holds(call, handling,
                 rule == NULL || rule->receiver == NULL ? NO_INDEX : rule->receiver->role,
                 handling->owner, out_is);
}

int answerer_of(const struct handling *handling, struct basis *out_basis) {
    const struct mailbox_rule *rule = handling->rule;
    if (rule == NULL) {
        return NO_INDEX;
    }
    if (handling->letter.transferred_at != 0) {
        *out_basis = rule->transfer == NULL ? rule->basis : rule->transfer->basis;
        return rule->transfer == NULL ? NO_INDEX : rule->transfer->answerer;
    }
    *out_basis = rule->answerer != NULL   ? rule->answerer->basis
                 : rule->transfer != NULL ? rule->transfer->basis
                                          : rule->basis;
    return rule->answerer == NULL ? NO_INDEX : rule->answerer->role;
}

enum status is_answerer(struct call *call, const struct handling *handling,
                        bool *out_is) {
    struct basis basis;
    return holds(call, handling, answerer_of(handling, &basis), handling->letter.unit,
                 out_is);
}

enum status is_watcher(struct call *call, const struct handling *handling, bool *out_is) {
    bool is = false;
    if (handling->rule != NULL) {
        TRY(holds(call, handling, handling->rule->escalate, handling->owner, &is));
    }
    for (size_t i = 0; i < handling->book->desk_count && !is; i++) {
        if (handling->book->desks[i].desk == DESK_COMPLIANCE) {
            TRY(holds(call, handling, handling->book->desks[i].role, handling->owner,
                      &is));
        }
    }
    *out_is = is;
    return DONE;
}

enum status reading_of(struct call *call, const struct handling *handling,
                       enum reading *out_reading) {
    bool part = false;
    bool watches = false;
    TRY(is_receiver(call, handling, &part));
    if (!part) {
        TRY(is_answerer(call, handling, &part));
    }
    if (!part) {
        TRY(is_watcher(call, handling, &watches));
    }
    *out_reading = part ? READS_ALL : watches ? READS_CLOCKS : READS_NOTHING;
    return DONE;
}

enum status must_receive(struct call *call, const struct handling *handling) {
    const struct mailbox_rule *rule = handling->rule;
    bool is = false;
    TRY(is_receiver(call, handling, &is));
    return is ? DONE
              : say_no(call, handling,
                       rule->receiver == NULL ? NO_INDEX : rule->receiver->role,
                       rule->receiver == NULL ? &rule->basis : &rule->receiver->basis);
}

enum status must_answer(struct call *call, const struct handling *handling) {
    struct basis basis = handling->rule->basis;
    int role = answerer_of(handling, &basis);
    bool is = false;
    TRY(is_answerer(call, handling, &is));
    return is ? DONE : say_no(call, handling, role, &basis);
}

/* Nobody's where no role is named; *unit* is where an own unit's role counts. */
static enum status holds(struct call *call, const struct handling *handling, int role,
                         id64 unit, bool *out_holds) {
    id64 place = 0;
    *out_holds = false;
    if (role == NO_INDEX) {
        return DONE;
    }
    TRY(place_of(call, handling, role, unit, &place));
    return place == 0
               ? DONE
               : people_holds(call, call->actor.person,
                              str_text(call->arena, handling->book->roles[role].code),
                              place, out_holds);
}

static enum status say_no(struct call *call, const struct handling *handling, int role,
                          const struct basis *basis) {
    struct str title = text_in(handling->rule->title, call->language);
    if (role == NO_INDEX) {
        return call_refuse(call, DENIED, str_text(call->arena, basis->id),
                           "letter.not-answered-here", "mailbox",
                           str_text(call->arena, title), NULL);
    }
    return call_refuse(
        call, DENIED, str_text(call->arena, basis->id), "letter.not-yours", "mailbox",
        str_text(call->arena, title), "role",
        str_text(call->arena, text_in(handling->book->roles[role].title, call->language)),
        NULL);
}
