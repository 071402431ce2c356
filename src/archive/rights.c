/*
 * Who may: from the roles of the body's own rulebook and the posts of this instant.
 */
#include "archive_own.h"

#include "manuscript/manuscript.h"
#include "site/site.h"

static enum status approves_in(struct call *call, const struct site *site, bool *out_is);
static enum status holds_role(struct call *call, const struct keeping *keeping, int index,
                              bool *out_holds);

const struct retention_rule *book_retention(const struct rulebook *book) {
    return book->archiving == NULL ? NULL : book->archiving->retention;
}

const struct custody_rule *book_custody(const struct rulebook *book) {
    return book->archiving == NULL ? NULL : book->archiving->custody;
}

const struct loan_rule *book_loan(const struct rulebook *book) {
    return book->archiving == NULL ? NULL : book->archiving->loan;
}

const struct destruction_rule *book_destruction(const struct rulebook *book) {
    return book->archiving == NULL ? NULL : book->archiving->destruction;
}

const struct opening_rule *book_opening(const struct rulebook *book) {
    return book->archiving == NULL ? NULL : book->archiving->opening;
}

enum status eye_open(struct call *call, id64 group, struct eye *out_eye) {
    struct eye eye = {.group = group, .all = call->actor.person == 0};
    struct site *sites;
    size_t count;
    TRY(people_holdings(call, call->actor.person, &eye.holdings));
    TRY(site_list(call, group, &sites, &count));
    for (size_t i = 0; i < count && eye.body_count < EYE_BODIES; i++) {
        bool approves = false;
        if (!eye_has(&eye, sites[i].root)) {
            TRY(approves_in(call, &sites[i], &approves));
        }
        if (approves) {
            eye.bodies[eye.body_count++] = sites[i].root;
        }
    }
    *out_eye = eye;
    return DONE;
}

bool eye_has(const struct eye *eye, id64 body) {
    bool has = eye->all;
    for (size_t i = 0; i < eye->body_count && !has; i++) {
        has = eye->bodies[i] == body;
    }
    return has;
}

static enum status approves_in(struct call *call, const struct site *site, bool *out_is) {
    struct keeping keeping = {.body = site->root};
    keeping.book = shelf_find(call->house->shelf, &site->rulebook_digest);
    if (keeping.book == NULL) {
        return DONE;
    }
    const struct loan_rule *loan = book_loan(keeping.book);
    const struct destruction_rule *destruction = book_destruction(keeping.book);
    const struct opening_rule *opening = book_opening(keeping.book);
    const int *const roles[] = {loan == NULL ? NULL : &loan->approver,
                                destruction == NULL ? NULL : &destruction->approver,
                                opening == NULL ? NULL : &opening->role};
    for (size_t i = 0; i < LENGTH(roles) && !*out_is; i++) {
        if (roles[i] != NULL) {
            TRY(holds_role(call, &keeping, *roles[i], out_is));
        }
    }
    return DONE;
}

enum status eye_sees(struct call *call, const struct eye *eye, id64 unit,
                     struct subject subject, bool *out_sees) {
    struct manuscript manuscript;
    struct site site;
    bool sees = eye->all;
    for (size_t i = 0; i < eye->holdings.count && !sees; i++) {
        sees = eye->holdings.at[i].unit == unit;
    }
    if (!sees && eye->body_count > 0) {
        enum status found = site_of_unit(call, eye->group, unit, &site);
        if (found == FAILED) {
            return FAILED;
        }
        sees = found == DONE && eye_has(eye, site.root);
    }
    if (!sees && subject.kind == SUBJECT_MANUSCRIPT) {
        enum status found = manuscript_find(call, subject.id, &manuscript);
        if (found == FAILED) {
            return FAILED;
        }
        call_forgive(call);
        sees = found == DONE;
    }
    *out_sees = sees;
    return DONE;
}

enum status keeping_of(struct call *call, id64 group, id64 unit,
                       struct keeping *out_keeping) {
    struct keeping keeping;
    struct site site;
    TRY(site_of_unit(call, group, unit, &site));
    TRY(site_rulebook(call, site.id, &keeping.book));
    keeping.body = site.root;
    *out_keeping = keeping;
    return DONE;
}

enum status must_keep(struct call *call, id64 group, id64 unit) {
    struct keeping keeping;
    TRY(keeping_of(call, group, unit, &keeping));
    const struct rulebook *book = keeping.book;
    const struct custody_rule *rule = book_custody(book);
    const char *basis = rule == NULL ? "" : str_text(call->arena, rule->basis.id);
    struct people_brief keeper;
    struct rows *row;
    bool may = false;
    TRY(may_keep(call, book, unit, call->actor.person, &may));
    if (!may) {
        return call_refuse(call, DENIED, basis, "archive.not-keeper", NULL);
    }
    enum status found = store_find(call, &archive_custody_present, &row,
                                   bind_int("group", group), bind_int("unit", unit));
    if (found != DONE) {
        return found == ABSENT ? DONE : found;
    }
    id64 named = row_id(row, "keeper");
    if (named == call->actor.person) {
        return DONE;
    }
    TRY(may_keep(call, book, unit, named, &may));
    if (!may) {
        return DONE; /* the named keeper has left the post: whoever holds it steps in */
    }
    TRY(people_person_brief(call, named, &keeper));
    return call_refuse(call, DENIED, basis, "archive.kept-by", "keeper",
                       str_text(call->arena, keeper.name), NULL);
}

enum status may_keep(struct call *call, const struct rulebook *book, id64 unit,
                     id64 person, bool *out_may) {
    const struct custody_rule *rule = book_custody(book);
    bool may = false;
    for (size_t i = 0; rule != NULL && i < rule->role_count && !may; i++) {
        const struct role *role = &book->roles[rule->roles[i]];
        TRY(people_holds(call, person, str_text(call->arena, role->code), unit, &may));
    }
    *out_may = may;
    return DONE;
}

enum status must_hold(struct call *call, const struct keeping *keeping, int role,
                      const struct basis *basis) {
    bool holds = false;
    TRY(holds_role(call, keeping, role, &holds));
    return holds ? DONE
                 : call_refuse(call, DENIED, str_text(call->arena, basis->id),
                               "archive.not-yours", "role",
                               str_text(call->arena,
                                        title_of(call, keeping->book->roles[role].title)),
                               NULL);
}

/* Of a bound unit there, any other wherever in the body: two bodies under one rulebook
 * have nothing to say in each other. */
static enum status holds_role(struct call *call, const struct keeping *keeping, int index,
                              bool *out_holds) {
    const struct role *role = &keeping->book->roles[index];
    id64 where = people_anywhere_in(keeping->body);
    if (role->scope == ROLE_BOUND_UNIT) {
        struct people_unit bound;
        enum status found = people_unit_in(call, keeping->body,
                                           keeping->book->units[role->unit].code, &bound);
        if (found != DONE) {
            *out_holds = false;
            return found == ABSENT ? DONE : found;
        }
        where = bound.id;
    }
    return people_holds(call, call->actor.person, str_text(call->arena, role->code),
                        where, out_holds);
}

enum status archive_keeps(struct call *call, id64 group, id64 unit, bool *out_keeps) {
    enum status kept = must_keep(call, group, unit);
    call_forgive(call);
    if (kept == FAILED) {
        return FAILED;
    }
    *out_keeps = kept == DONE;
    return DONE;
}

enum status archive_may_lend(struct call *call, id64 group, id64 unit, bool *out_may) {
    struct keeping keeping;
    TRY(keeping_of(call, group, unit, &keeping));
    const struct loan_rule *rule = book_loan(keeping.book);
    *out_may = false;
    return rule == NULL ? DONE : holds_role(call, &keeping, rule->approver, out_may);
}

enum status archive_may_destroy(struct call *call, id64 group, id64 unit, bool *out_may) {
    struct keeping keeping;
    TRY(keeping_of(call, group, unit, &keeping));
    const struct destruction_rule *rule = book_destruction(keeping.book);
    *out_may = false;
    return rule == NULL ? DONE : holds_role(call, &keeping, rule->approver, out_may);
}

enum status archive_may_open(struct call *call, id64 group, id64 unit, bool *out_may) {
    struct keeping keeping;
    TRY(keeping_of(call, group, unit, &keeping));
    const struct opening_rule *rule = book_opening(keeping.book);
    *out_may = false;
    return rule == NULL ? DONE : holds_role(call, &keeping, rule->role, out_may);
}

enum status note(struct call *call, id64 group, const char *act, id64 subject,
                 const struct digest *digest, const struct basis *basis,
                 json_t *payload) {
    struct ledger_act record = {.act = act,
                                .subject = {SUBJECT_ARCHIVE, subject},
                                .payload = ledger_payload(call, payload),
                                .rule = basis == NULL ? STR("") : basis->id};
    if (digest != NULL) {
        record.digest = *digest;
    }
    return ledger_append(call, group, &record, NULL);
}

struct ledger_act act_of(const char *name, id64 subject) {
    return (struct ledger_act){.act = name, .subject = {SUBJECT_ARCHIVE, subject}};
}

civil_day today(const struct call *call) { return instant_day(call->now); }

struct str title_of(struct call *call, struct text title) {
    return text_in(title, call->language);
}
