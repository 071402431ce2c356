/*
 * Who may open a matter and who may answer it: the holders of the posts that its rule
 * names.
 */
#include "matter_own.h"

#include "people/people.h"

static enum status holds(struct call *call, const struct rulebook *book, int role,
                         id64 unit, bool *out_holds);
static enum status asked(struct call *call, enum status status, bool *out_may);
static enum status say_no(struct call *call, const struct matter_rule *rule,
                          struct text who);

enum status matter_may_open(struct call *call, const struct rulebook *book,
                            const struct matter_rule *rule, id64 unit, bool *out_may) {
    bool each = rule->kind == MATTER_EACH_UNIT_EACH_VERSION;
    return asked(
        call,
        matter_must_hold(call, book, rule, each ? rule->answerer : rule->opener, unit),
        out_may);
}

enum status matter_may_answer(struct call *call, const struct rulebook *book,
                              const struct matter *matter, bool *out_may) {
    const struct matter_rule *rule = matter_rule_of(book, matter->kind);
    if (rule == NULL || matter->answered_at != 0 || !matter_wants_answer(rule) ||
        rule->route != NO_INDEX) {
        *out_may = false;
        return DONE;
    }
    return asked(call,
                 rule->body != NO_INDEX
                     ? matter_must_sit(call, book, rule, matter->unit)
                     : matter_must_hold(call, book, rule, rule->answerer, matter->unit),
                 out_may);
}

enum status matter_must_hold(struct call *call, const struct rulebook *book,
                             const struct matter_rule *rule, int role, id64 unit) {
    bool has = false;
    if (role == NO_INDEX) {
        return say_no(call, rule, rule->title);
    }
    TRY(holds(call, book, role, unit, &has));
    return has ? DONE : say_no(call, rule, book->roles[role].title);
}

/* A member of the body: whoever holds the post of one of its seats. */
enum status matter_must_sit(struct call *call, const struct rulebook *book,
                            const struct matter_rule *rule, id64 unit) {
    const struct body *body = &book->bodies[rule->body];
    id64 root = 0;
    TRY(matter_body(call, unit, &root));
    for (size_t i = 0; i < body->seat_count; i++) {
        bool has = false;
        TRY(people_holds(call, call->actor.person,
                         str_text(call->arena, book->roles[body->seats[i].role].code),
                         people_anywhere_in(root), &has));
        if (has) {
            return DONE;
        }
    }
    return say_no(call, rule, body->title);
}

/* The body above a unit; 0 for none. */
enum status matter_body(struct call *call, id64 unit, id64 *out_body) {
    struct people_unit found;
    *out_body = 0;
    enum status status = unit == 0 ? ABSENT : people_unit(call, unit, &found);
    if (status == ABSENT) {
        return DONE;
    }
    TRY(status);
    *out_body = found.body;
    return DONE;
}

static enum status holds(struct call *call, const struct rulebook *book, int role,
                         id64 unit, bool *out_holds) {
    const struct role *wanted = &book->roles[role];
    id64 body = 0;
    TRY(matter_body(call, unit, &body));
    return people_holds(call, call->actor.person, str_text(call->arena, wanted->code),
                        wanted->scope == ROLE_OWN_UNIT ? unit : people_anywhere_in(body),
                        out_holds);
}

/* A question's answer is no refusal. */
static enum status asked(struct call *call, enum status status, bool *out_may) {
    call_forgive(call);
    if (status == FAILED) {
        return FAILED;
    }
    *out_may = status == DONE;
    return DONE;
}

static enum status say_no(struct call *call, const struct matter_rule *rule,
                          struct text who) {
    return call_refuse(call, DENIED, str_text(call->arena, rule->basis.id),
                       "matter.not-yours", "matter",
                       str_text(call->arena, text_in(rule->title, call->language)),
                       "role", str_text(call->arena, text_in(who, call->language)), NULL);
}
