/*
 * One matter: the form that opens it, its page, its answer and the decisions on its way.
 */
#include "entries.h"
#include "listing.h"
#include "matter_web.h"
#include "object.h"

#include "people/people.h"
#include "site/site.h"

#include <string.h>

#define LINES "line-*"

static enum status run_new(struct visit *visit);
static enum status add_units(struct visit *visit, struct model *part,
                             const struct rulebook *book, const struct matter_rule *rule);
static enum status run_open(struct visit *visit);
static void name_lines(struct visit *visit, const struct matter_rule *rule);
static const char *line_name(struct visit *visit, const struct matter_field *field);
static void add_lines(struct visit *visit, struct model *part,
                      const struct matter_rule *rule);
static struct str typed_line(const struct visit *visit, const char *name);
static enum status fill_lines(struct visit *visit, struct model *part,
                              const struct matter *matter,
                              const struct matter_rule *rule);
static enum status fill_way(struct visit *visit, const struct rulebook *book,
                            const struct matter *matter, const struct matter_rule *rule);
static enum status fill_about(struct visit *visit, struct model *part,
                              const struct matter *matter);
static enum status run_matter(struct visit *visit);
static enum status run_answer(struct visit *visit);
static enum status run_decide(struct visit *visit);
static enum status find_matter(struct visit *visit, struct matter *out_matter);

static const struct field new_fields[] = {
    {.name = "kind", .kind = FIELD_TEXT, .label = "matters.kind"},
    {.name = "title", .kind = FIELD_TEXT, .most = 200, .label = "matters.title-field"},
    {.name = NULL},
};
const struct entry matter_new = {.method = "GET",
                                 .pattern = "/matters/new",
                                 .fields = new_fields,
                                 .may = WEB_STAFF,
                                 .run = run_new};

static const struct field open_fields[] = {
    {.name = "kind", .kind = FIELD_TEXT, .required = true, .label = "matters.kind"},
    {.name = "unit", .kind = FIELD_ID, .required = true, .label = "people.unit"},
    {.name = "title", .kind = FIELD_TEXT, .most = 200, .label = "matters.title-field"},
    {.name = "words", .kind = FIELD_LINES, .most = 8000, .label = "matters.words"},
    {.name = "line-*", .kind = FIELD_LINES, .most = 2000, .label = "matters.words"},
    {.name = NULL},
};
const struct entry matter_add = {.method = "POST",
                                 .pattern = "/matters/new",
                                 .fields = open_fields,
                                 .may = WEB_STAFF,
                                 .form = &matter_new,
                                 .run = run_open};

const struct entry matter_show = {
    .method = "GET", .pattern = "/matters/{matter}", .may = WEB_STAFF, .run = run_matter};

static const struct field answer_fields[] = {
    {.name = "answer", .kind = FIELD_LINES, .most = 8000, .label = "matters.answer"},
    {.name = "agreed",
     .kind = FIELD_CHOICE,
     .choices = "yes|no",
     .label = "matters.answer"},
    {.name = "seen", .kind = FIELD_TEXT, .most = 80, .label = "matters.preview"},
    {.name = NULL},
};
const struct entry matter_answer_post = {.method = "POST",
                                         .pattern = "/matters/{matter}",
                                         .fields = answer_fields,
                                         .may = WEB_STAFF,
                                         .form = &matter_show,
                                         .run = run_answer};
const struct entry matter_decide = {.method = "POST",
                                    .pattern = "/matters/{matter}/decide",
                                    .fields = object_fields,
                                    .may = WEB_STAFF,
                                    .form = &matter_show,
                                    .run = run_decide};

static enum status run_new(struct visit *visit) {
    struct call *call = visit->call;
    const struct rulebook *book;
    struct str kind = request_text(visit->request, "kind");
    if (str_is_empty(kind)) { /* the address of a form that was refused, opened anew */
        return web_go(visit, "/matters");
    }
    TRY(part_rulebook(visit, NULL, &book));
    const struct matter_rule *rule = matter_rule_of(book, kind);
    if (rule == NULL) {
        return ABSENT;
    }
    bool confirms = rule->kind == MATTER_EACH_UNIT_EACH_VERSION;
    struct change change = {.title = text_in(rule->title, call->language),
                            .action = STR("/matters/new"),
                            .back = STR("/matters"),
                            .button =
                                confirms ? "matters.confirm-do" : "matters.file-do"};
    struct model *part = change_open(visit, &change);
    struct model *cited = model_part(part, "rule");
    web_cite(visit, cited, rule->basis.id);
    struct model *kept = model_list_add(part, "kept");
    model_text(kept, "name", STR("kind"));
    model_text(kept, "value", rule->code);
    TRY(add_units(visit, part, book, rule));
    struct str title =
        confirms ? web_say(visit, "matters.confirms", "book",
                           str_text(call->arena, text_in(book->title, call->language)),
                           "version", str_text(call->arena, book->version), NULL)
                 : request_text(visit->request, "title");
    change_field(visit, part, "is-line", "title", "matters.title-field", true, title);
    add_lines(visit, part, rule);
    change_field(visit, part, "is-lines", "words", "matters.words", false, STR(""));
    return web_page(visit, "change");
}

/* The units for which this person may file it; one of them is chosen already. */
static enum status add_units(struct visit *visit, struct model *part,
                             const struct rulebook *book,
                             const struct matter_rule *rule) {
    struct call *call = visit->call;
    struct people_holdings holdings;
    struct model *field =
        change_field(visit, part, "is-choice", "unit", "people.unit", true, STR(""));
    TRY(people_holdings(call, call->actor.person, &holdings));
    for (size_t i = 0; i < holdings.count; i++) {
        bool may = false;
        bool before = false;
        for (size_t j = 0; j < i; j++) {
            before = before || holdings.at[j].unit == holdings.at[i].unit;
        }
        TRY(matter_may_open(call, book, rule, holdings.at[i].unit, &may));
        if (may && !before) {
            change_option(visit, field, "unit", STR(""),
                          id_to_text(call->arena, holdings.at[i].unit),
                          holdings.at[i].unit_title);
        }
    }
    return DONE;
}

static enum status run_open(struct visit *visit) {
    const struct request *request = visit->request;
    struct arena *arena = visit->call->arena;
    const struct rulebook *book;
    struct matter matter;
    size_t count = request_count(request, LINES);
    struct matter_line *lines = TAKE_ARRAY(arena, count + 1, struct matter_line);
    for (size_t i = 0; i < count; i++) {
        struct str name = request_name_at(request, LINES, i);
        lines[i] = (struct matter_line){str_part(name, strlen("line-"), name.length),
                                        request_text_at(request, LINES, i)};
    }
    struct matter_wish wish = {.kind = request_text(request, "kind"),
                               .unit = request_id(request, "unit"),
                               .title = request_text(request, "title"),
                               .words = request_text(request, "words"),
                               .lines = lines,
                               .line_count = count};
    TRY(matter_book(visit, wish.unit, &book));
    enum status opened =
        review_open_matter(visit->call, visit->web->options.group, book, &wish, &matter);
    if (opened == REFUSED) {
        name_lines(visit, matter_rule_of(book, wish.kind));
    }
    TRY(opened);
    return web_go_saying(visit, matter_address(visit, matter.id, ""), "matters.filed",
                         NULL);
}

/* The act names a line by its code, the form by "line-" and the code. */
static void name_lines(struct visit *visit, const struct matter_rule *rule) {
    for (struct refusal *no = visit->call->refusal; no != NULL; no = no->next) {
        for (size_t i = 0; i < rule->field_count && no->field != NULL; i++) {
            if (str_is(rule->fields[i].code, no->field)) {
                no->field = line_name(visit, &rule->fields[i]);
                break;
            }
        }
    }
}

static const char *line_name(struct visit *visit, const struct matter_field *field) {
    return str_format(visit->call->arena, "line-%.*s", STR_ARG(field->code)).at;
}

/* The form's lines, each with its article. */
static void add_lines(struct visit *visit, struct model *part,
                      const struct matter_rule *rule) {
    for (size_t i = 0; i < rule->field_count; i++) {
        const struct matter_field *field = &rule->fields[i];
        struct model *line = change_field_called(
            visit, part, "is-lines", line_name(visit, field),
            text_in(field->title, visit->call->language), !field->optional,
            typed_line(visit, line_name(visit, field)));
        if (!str_is_empty(field->basis.id)) {
            web_cite(visit, model_part(line, "rule"), field->basis.id);
        }
    }
}

static struct str typed_line(const struct visit *visit, const char *name) {
    for (size_t i = 0; visit->again && i < request_count(visit->request, LINES); i++) {
        if (str_is(request_name_at(visit->request, LINES, i), name)) {
            return request_text_at(visit->request, LINES, i);
        }
    }
    return STR("");
}

static enum status run_matter(struct visit *visit) {
    struct call *call = visit->call;
    const struct rulebook *book;
    struct matter matter;
    struct people_unit unit;
    struct people_brief person;
    bool may = false;
    TRY(find_matter(visit, &matter));
    TRY(matter_book(visit, matter.unit, &book));
    const struct matter_rule *rule = matter_rule_of(book, matter.kind);
    struct model *part = model_part(web_model(visit), "matter");
    TRY(people_unit(call, matter.unit, &unit));
    TRY(people_person_brief(call, matter.opened_by, &person));
    model_text(part, "title", matter.title);
    model_text(part, "number", matter.number);
    if (matter.answered_at == 0 && matter.due != INSTANT_NEVER) {
        struct calendar_deadline deadline = {.hard = matter.due,
                                             .unit = CALENDAR_WORKING_DAY};
        part_due(visit, part, &deadline,
                 rule == NULL          ? STR("")
                 : rule->limit != NULL ? rule->limit->basis.id
                                       : rule->basis.id);
    }
    model_text(part, "unit", unit.title);
    model_text(part, "by", person.name);
    model_text(part, "says", matter.words);
    web_moment(visit, model_part(part, "when"), matter.opened_at);
    part_badge(part, "badge", str_of(matter_state(book, &matter)));
    model_text(part, "kind",
               rule == NULL ? matter.kind : text_in(rule->title, call->language));
    if (rule != NULL) {
        web_cite(visit, model_part(part, "rule"), rule->basis.id);
    }
    TRY(fill_about(visit, part, &matter));
    TRY(fill_lines(visit, part, &matter, rule));
    if (matter.answered_at != 0) {
        struct model *answer = model_part(part, "answer");
        TRY(people_person_brief(call, matter.answered_by, &person));
        model_text(answer, "text", matter.answer);
        model_flag(answer, "declined", !matter.agreed);
        model_text(answer, "who", person.name);
        web_moment(visit, model_part(answer, "at"), matter.answered_at);
        if (matter.redeemed_at != 0) {
            web_moment(visit, model_part(answer, "redeemed"), matter.redeemed_at);
        }
    }
    TRY(matter_may_answer(call, book, &matter, &may));
    model_flag(part, "may-answer", may);
    model_flag(part, "signs", may && rule != NULL && matter_is_signed(book, rule));
    TRY(fill_way(visit, book, &matter, rule));
    model_text(part, "action", matter_address(visit, matter.id, ""));
    model_text(part, "typed", request_typed(visit->request, "answer"));
    return web_page(visit, "matter");
}

/* The run of one that takes a route, else the way as the rulebook has its kinds follow.
 */
static enum status fill_way(struct visit *visit, const struct rulebook *book,
                            const struct matter *matter, const struct matter_rule *rule) {
    struct subject subject = {SUBJECT_MATTER, matter->id};
    struct run run;
    bool railed = rule != NULL && matter_wants_answer(rule);
    model_flag(web_model(visit), "railed", railed);
    enum status found = review_run(visit->call, subject, &run);
    if (found != DONE) {
        return found == ABSENT ? matter_route(visit, book, matter) : found;
    }
    return object_show(visit, &run, matter_address(visit, matter->id, "/decide"));
}

/* The design it is about: by the link that one is shown, or none. */
static enum status fill_about(struct visit *visit, struct model *part,
                              const struct matter *matter) {
    struct arena *arena = visit->call->arena;
    struct site site;
    if (digest_is_none(&matter->about)) {
        return DONE;
    }
    TRY(site_of_unit(visit->call, matter->group, matter->unit, &site));
    struct model *about = model_part(part, "about");
    model_text(about, "digest", digest_to_text(arena, &matter->about));
    model_text(about, "short", digest_to_short(arena, &matter->about));
    model_url(about, "href",
              site_preview_path(arena, site.id, matter->title, &matter->about));
    return DONE;
}

static enum status fill_lines(struct visit *visit, struct model *part,
                              const struct matter *matter,
                              const struct matter_rule *rule) {
    struct matter_line *lines;
    size_t count;
    TRY(matter_lines(visit->call, matter->id, &lines, &count));
    for (size_t i = 0; i < count; i++) {
        struct model *line = model_list_add(part, "lines");
        struct str label = lines[i].field;
        for (size_t j = 0; rule != NULL && j < rule->field_count; j++) {
            if (str_equal(rule->fields[j].code, lines[i].field)) {
                label = text_in(rule->fields[j].title, visit->call->language);
            }
        }
        model_text(line, "label", label);
        model_text(line, "value", lines[i].value);
    }
    return DONE;
}

static enum status run_answer(struct visit *visit) {
    const struct rulebook *book;
    struct matter matter;
    TRY(find_matter(visit, &matter));
    TRY(matter_book(visit, matter.unit, &book));
    struct matter_reply reply = {
        .words = request_text(visit->request, "answer"),
        .agreed = !str_is(request_text(visit->request, "agreed"), "no")};
    if (digest_from_text(request_text(visit->request, "seen"), &reply.seen) != DONE) {
        reply.seen = (struct digest){0}; /* the act says so, if it wants one */
    }
    const struct matter_rule *rule = matter_rule_of(book, matter.kind);
    if (rule != NULL && matter_is_signed(book, rule)) {
        TRY(web_prove(visit, "password"));
    }
    TRY(matter_answer(visit->call, book, matter.id, &reply));
    return web_go_saying(visit, matter_address(visit, matter.id, ""), "matters.closed",
                         NULL);
}

/* One that takes a route. */
static enum status run_decide(struct visit *visit) {
    struct matter matter;
    TRY(find_matter(visit, &matter));
    TRY(object_decide(visit, (struct subject){SUBJECT_MATTER, matter.id}));
    return web_go_saying(visit, matter_address(visit, matter.id, ""), "versions.decided",
                         NULL);
}

static enum status find_matter(struct visit *visit, struct matter *out_matter) {
    id64 id;
    TRY(request_id_parameter(visit->request, "matter", &id));
    TRY(matter_find(visit->call, id, out_matter));
    return out_matter->group == visit->web->options.group ? DONE : ABSENT;
}
