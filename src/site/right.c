/*
 * The register of administrators (ED-15): where a rulebook has one, whoever holds one of
 * the posts it names acts on a column only with a line of the register, granted by whom
 * the rulebook says, for that column and that kind of act.
 *
 * A line is a matter: numbered without gaps, asked for by one post and granted by
 * another, with the lines "account", "columns" and "rights" in its form.  Of one account
 * the newest granted line counts.  It is in force while its person has held a post of its
 * unit without a break since it was asked for; its end is the end of that appointment.
 */
#include "site_own.h"

#include "matter/matter.h"
#include "people/people.h"

static const struct matter_rule *register_of(const struct rulebook *book);
static enum status is_registered_post(struct call *call, const struct rulebook *book,
                                      const struct matter_rule *rule, id64 person,
                                      id64 body, bool *out_is);
static enum status line_of_person(struct call *call, const struct site *site,
                                  const struct matter_rule *rule, id64 person,
                                  struct matter *out_line);
static enum status stands(struct call *call, const struct matter *line, id64 person,
                          bool *out_stands);
static enum status may_by_line(struct call *call, const struct site *site,
                               const struct matter_rule *rule, id64 person,
                               struct str path, enum site_right right, bool *out_standing,
                               bool *out_may);
static enum status is_within(struct call *call, const struct matter_rule *rule,
                             const struct site *site, struct str path, id64 unit);
static enum status refuse_line(struct call *call, const struct matter_rule *rule,
                               const char *field, const char *words, struct str value);
static bool lists(struct str list, struct str one);
static struct str value_of(const struct matter_line *lines, size_t count,
                           const char *field);

static const char *const rights[] = {[SITE_RIGHT_UPLOAD] = "上传",
                                     [SITE_RIGHT_CHANGE] = "更改",
                                     [SITE_RIGHT_MAINTAIN] = "维护"};

enum status site_must_be_registered(struct call *call, id64 person,
                                    const struct column *column, enum site_right right) {
    struct site site;
    TRY(site_find(call, column->site, &site));
    return register_grants(call, &site, person, column, right);
}

enum status register_grants(struct call *call, const struct site *site, id64 person,
                            const struct column *column, enum site_right right) {
    const struct rulebook *book = shelf_find(call->house->shelf, &site->rulebook_digest);
    const struct matter_rule *rule = book == NULL ? NULL : register_of(book);
    bool post = false;
    bool standing = false;
    bool granted = false;
    if (rule == NULL || person == 0) {
        return DONE;
    }
    TRY(is_registered_post(call, book, rule, person, site->root, &post));
    if (!post) {
        return DONE; /* what he may do he may by another post, or not at all */
    }
    TRY(may_by_line(call, site, rule, person, column == NULL ? STR("") : column->path,
                    right, &standing, &granted));
    if (granted) {
        return DONE;
    }
    return call_refuse(
        call, DENIED, str_text(call->arena, rule->basis.id),
        !standing        ? "site.not-registered"
        : column == NULL ? "site.not-in-any-line"
                         : "site.not-in-line",
        "matter", str_text(call->arena, text_in(rule->title, call->language)), "column",
        column == NULL ? "" : str_text(call->arena, column->title), "right",
        rights[right], NULL);
}

/* What is asked for must be there, and be the unit's own to use. */
enum status register_check(struct call *call, id64 group, const struct rulebook *book,
                           const struct matter_rule *rule,
                           const struct matter_wish *wish) {
    struct people_person person;
    struct people_holdings holdings;
    struct site site;
    bool works = false;
    struct str account = str_trim(value_of(wish->lines, wish->line_count, "account"));
    struct str columns = value_of(wish->lines, wish->line_count, "columns");
    struct str wanted = value_of(wish->lines, wish->line_count, "rights");
    if (rule != register_of(book) || str_is_empty(account)) {
        return DONE; /* an empty line is refused by its own rule */
    }
    enum status found = people_person_find(call, account, &person);
    if (found == DONE) {
        TRY(people_holdings(call, person.id, &holdings));
        for (size_t i = 0; i < holdings.count; i++) {
            works = works || holdings.at[i].unit == wish->unit;
        }
    }
    if (found == FAILED) {
        return FAILED;
    }
    if (!works) {
        return refuse_line(call, rule, "account", "site.register-account", account);
    }
    while (!str_is_empty(wanted)) {
        struct str word = site_register_word(&wanted);
        bool known = str_is_empty(word);
        for (size_t i = 0; i < LENGTH(rights) && !known; i++) {
            known = str_is(word, rights[i]);
        }
        if (!known) {
            return refuse_line(call, rule, "rights", "site.register-right", word);
        }
    }
    TRY(site_of_unit(call, group, wish->unit, &site));
    while (!str_is_empty(columns)) {
        struct str path = site_register_word(&columns);
        if (!str_is_empty(path)) {
            TRY(is_within(call, rule, &site, path, wish->unit));
        }
    }
    return DONE;
}

enum status site_register(struct call *call, const struct site *site,
                          struct registered_line **out_lines, size_t *out_count) {
    const struct rulebook *book = shelf_find(call->house->shelf, &site->rulebook_digest);
    const struct matter_rule *rule = book == NULL ? NULL : register_of(book);
    struct matters matters;
    size_t count = 0;
    *out_count = 0;
    if (rule == NULL) {
        return ABSENT;
    }
    TRY(matter_list(call, site->group, site->root, rule->code, &matters));
    struct registered_line *all =
        TAKE_ARRAY(call->arena, matters.count + 1, struct registered_line);
    for (size_t i = matters.count; i > 0; i--) {
        struct registered_line *line = &all[count++];
        struct people_person person;
        struct matter newest;
        struct matter_line *lines;
        size_t line_count;
        *line = (struct registered_line){.matter = matters.at[i - 1]};
        TRY(matter_lines(call, line->matter.id, &lines, &line_count));
        line->account = value_of(lines, line_count, "account");
        line->columns = value_of(lines, line_count, "columns");
        line->rights = value_of(lines, line_count, "rights");
        enum status found = people_person_find(call, line->account, &person);
        if (found == DONE && line->matter.agreed) {
            line->person = person.id;
            found = line_of_person(call, site, rule, person.id, &newest);
            if (found == DONE) {
                TRY(stands(call, &newest, person.id, &line->in_force));
                line->in_force = line->in_force && newest.id == line->matter.id;
            } else if (found == REFUSED) { /* not as signed: in force is nothing of it */
                call_forgive(call);
                found = DONE;
            }
            TRY(found);
        } else if (found == FAILED) {
            return FAILED;
        }
    }
    *out_lines = all;
    *out_count = count;
    return DONE;
}

static const struct matter_rule *register_of(const struct rulebook *book) {
    for (size_t i = 0; i < book->matter_count; i++) {
        if (book->matters[i].register_count > 0) {
            return &book->matters[i];
        }
    }
    return NULL;
}

static enum status is_registered_post(struct call *call, const struct rulebook *book,
                                      const struct matter_rule *rule, id64 person,
                                      id64 body, bool *out_is) {
    *out_is = false;
    for (size_t i = 0; i < rule->register_count && !*out_is; i++) {
        TRY(people_holds(call, person,
                         str_text(call->arena, book->roles[rule->registers[i]].code),
                         people_anywhere_in(body), out_is));
    }
    return DONE;
}

static enum status line_of_person(struct call *call, const struct site *site,
                                  const struct matter_rule *rule, id64 person,
                                  struct matter *out_line) {
    struct people_person found;
    TRY(people_person(call, person, &found));
    return str_is_empty(found.login)
               ? ABSENT
               : matter_newest_with(call, site->group, site->root, rule->code,
                                    STR("account"), found.login, out_line);
}

/* Does the person hold a post of the line's unit, and has since it was asked for? */
static enum status stands(struct call *call, const struct matter *line, id64 person,
                          bool *out_stands) {
    struct people_holdings holdings;
    TRY(people_holdings(call, person, &holdings));
    *out_stands = false;
    for (size_t i = 0; i < holdings.count; i++) {
        *out_stands = *out_stands || (holdings.at[i].unit == line->unit &&
                                      holdings.at[i].from <= line->opened_at);
    }
    return DONE;
}

/* *path* empty: on whichever column. */
static enum status may_by_line(struct call *call, const struct site *site,
                               const struct matter_rule *rule, id64 person,
                               struct str path, enum site_right right, bool *out_standing,
                               bool *out_may) {
    struct matter line;
    struct matter_line *lines;
    size_t count;
    enum status found = line_of_person(call, site, rule, person, &line);
    if (found == ABSENT) {
        return DONE;
    }
    TRY(found);
    TRY(stands(call, &line, person, out_standing));
    TRY(matter_lines(call, line.id, &lines, &count));
    struct str columns = value_of(lines, count, "columns");
    bool there =
        str_is_empty(path) ? !str_is_empty(str_trim(columns)) : lists(columns, path);
    *out_may = *out_standing && there &&
               lists(value_of(lines, count, "rights"), str_of(rights[right]));
    return DONE;
}

static enum status is_within(struct call *call, const struct matter_rule *rule,
                             const struct site *site, struct str path, id64 unit) {
    struct column_terms terms;
    struct column column;
    enum status found = site_column_find_path(call, site->id, path, &column);
    if (found == DONE) {
        TRY(site_column_terms(call, column.id, &terms));
        bool welcome = column.owner == unit || terms.unit_count == 0;
        for (size_t i = 0; i < terms.unit_count; i++) {
            welcome = welcome || terms.units[i] == unit;
        }
        found = welcome ? DONE : ABSENT;
    }
    return found == ABSENT
               ? refuse_line(call, rule, "columns", "site.register-column", path)
               : found;
}

/* By the article of the line of the form. */
static enum status refuse_line(struct call *call, const struct matter_rule *rule,
                               const char *field, const char *words, struct str value) {
    struct str basis = rule->basis.id;
    for (size_t i = 0; i < rule->field_count; i++) {
        bool here = str_is(rule->fields[i].code, field);
        basis = here ? rule->fields[i].basis.id : basis;
    }
    return call_refuse_field(call, field, str_text(call->arena, basis), words, "value",
                             str_text(call->arena, value), NULL);
}

static bool lists(struct str list, struct str one) {
    while (!str_is_empty(list)) {
        if (str_equal(site_register_word(&list), one)) {
            return true;
        }
    }
    return false;
}

/* Words are set apart by 、, commas, blanks or line ends. */
struct str site_register_word(struct str *list) {
    static const char *const marks[] = {"、", "，", ",", " ", "\n", "\r", "；", ";"};
    size_t end = list->length;
    size_t wide = 0;
    for (size_t i = 0; i < LENGTH(marks); i++) {
        size_t at = str_find(*list, str_of(marks[i]));
        if (at < end) {
            end = at;
            wide = str_of(marks[i]).length;
        }
    }
    struct str word = str_part(*list, 0, end);
    *list = str_part(*list, end + wide, list->length);
    return word;
}

static struct str value_of(const struct matter_line *lines, size_t count,
                           const char *field) {
    for (size_t i = 0; i < count; i++) {
        if (str_is(lines[i].field, field)) {
            return lines[i].value;
        }
    }
    return STR("");
}
