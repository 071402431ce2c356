/*
 * 事项: what the regulation wants on record beside manuscripts: plans, issues,
 * acknowledgements, requests.  Who opens and who answers is the rulebook's.
 */
#include "entries.h"
#include "object.h"
#include "parts.h"
#include "table.h"

#include "matter/matter.h"
#include "people/people.h"
#include "site/site.h"

#include <string.h>

#define LINES "line-*"

static enum status run_list(struct visit *visit);
static enum status add_matter(struct table *table, const struct rulebook *book,
                              const struct matter *matter);
static bool is_wanted(struct visit *visit, const struct rulebook *book,
                      const struct matter *matter);
static enum status fill_gaps(struct visit *visit, const struct table *table,
                             const struct rulebook *book);
static enum status fill_acts(struct visit *visit, const struct table *table,
                             const struct rulebook *book);
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
static enum status book_of(struct visit *visit, id64 unit,
                           const struct rulebook **out_book);
static enum status find_matter(struct visit *visit, struct matter *out_matter);
static const char *state_of(const struct rulebook *book, const struct matter *matter);
static struct str address(struct visit *visit, id64 matter, const char *act);

static const struct field list_fields[] = {
    {.name = "q", .kind = FIELD_TEXT, .label = "manuscripts.words"},
    {.name = "kind", .kind = FIELD_TEXT, .label = "matters.kind"},
    {.name = "state",
     .kind = FIELD_CHOICE,
     .choices = "open|answered",
     .label = "manuscripts.state"},
    {.name = "sort", .kind = FIELD_TEXT, .label = "manuscripts.by-update"},
    {.name = "page", .kind = FIELD_INT, .label = "pager.label"},
    {.name = NULL},
};
static const char *const list_names[] = {"q", "kind", "state", "sort", "page", NULL};
static const struct listing listing = {"/matters", list_names};

const struct entry matters_show = {.method = "GET",
                                   .pattern = "/matters",
                                   .fields = list_fields,
                                   .may = WEB_STAFF,
                                   .run = run_list};
const struct entry matters_export = {.method = "GET",
                                     .pattern = "/matters.xlsx",
                                     .fields = list_fields,
                                     .may = WEB_STAFF,
                                     .run = run_list};
const struct entry matters_paper = {.method = "GET",
                                    .pattern = "/matters.pdf",
                                    .fields = list_fields,
                                    .may = WEB_STAFF,
                                    .run = run_list};

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

static enum status run_list(struct visit *visit) {
    static const struct table_column columns[] = {
        {"title", "matters.title-field", false}, {"state", "manuscripts.state", false},
        {"kind", "matters.kind", false},         {"unit", "people.unit", false},
        {"by", "matters.opened-by", false},      {"when", "matters.opened-at", false},
    };
    struct call *call = visit->call;
    struct table table = {.visit = visit,
                          .listing = &listing,
                          .title = "matters.title",
                          .columns = columns,
                          .column_count = LENGTH(columns)};
    const struct rulebook *book;
    struct matters matters;
    struct str kind = request_text(visit->request, "kind");
    struct str chosen = STR("");
    struct site site;
    TRY(part_rulebook(visit, &site, &book));
    TRY(matter_list(call, visit->web->options.group, site.root, kind, &matters));
    for (size_t i = 0; i < matters.count; i++) {
        if (is_wanted(visit, book, &matters.at[i])) {
            TRY(add_matter(&table, book, &matters.at[i]));
        }
    }
    struct model *part = table_part(&table);
    table_search(&table, "manuscripts.words");
    struct model *filter = listing_filter(visit, part, "kind", "matters.kind");
    for (size_t i = 0; i < book->matter_count; i++) {
        struct str label = text_in(book->matters[i].title, call->language);
        listing_option(filter, visit, "kind", book->matters[i].code, label);
        chosen = str_equal(kind, book->matters[i].code) ? label : chosen;
    }
    listing_chosen(visit, part, &listing, "kind", "matters.kind", chosen);
    filter = listing_filter(visit, part, "state", "manuscripts.state");
    struct str open = web_say(visit, "matters.is-open", NULL);
    struct str answered = web_say(visit, "matters.is-answered", NULL);
    listing_option(filter, visit, "state", STR("open"), open);
    listing_option(filter, visit, "state", STR("answered"), answered);
    bool is_open = str_is(request_text(visit->request, "state"), "open");
    listing_chosen(visit, part, &listing, "state", "manuscripts.state",
                   is_open ? open : answered);
    model_words(part, "sub", "matters.about");
    TRY(fill_gaps(visit, &table, book));
    TRY(fill_acts(visit, &table, book));
    return table_answer(&table, "matters.nothing");
}

static bool is_wanted(struct visit *visit, const struct rulebook *book,
                      const struct matter *matter) {
    struct str state = request_text(visit->request, "state");
    struct str typed = request_text(visit->request, "q");
    bool open = str_is(str_of(state_of(book, matter)), "matter-open");
    return (str_is_empty(state) || str_is(state, "open") == open) &&
           (str_is_empty(typed) || str_find(matter->title, typed) < matter->title.length);
}

static enum status add_matter(struct table *table, const struct rulebook *book,
                              const struct matter *matter) {
    struct visit *visit = table->visit;
    struct call *call = visit->call;
    const struct matter_rule *rule = matter_rule_of(book, matter->kind);
    const char *state = state_of(book, matter);
    struct people_unit unit;
    struct people_brief opener;
    TRY(people_unit(call, matter->unit, &unit));
    TRY(people_person_brief(call, matter->opened_by, &opener));
    struct table_row *row = table_add(table);
    row->href = address(visit, matter->id, "");
    row->cells[0] = matter->title;
    row->second = matter->number;
    row->cells[1] = web_say(visit,
                            str_is(str_of(state), "matter-open") ? "matters.is-open"
                                                                 : "matters.is-answered",
                            NULL);
    row->badge = str_of(state);
    row->badge_column = 1;
    row->cells[2] = rule == NULL ? matter->kind : text_in(rule->title, call->language);
    row->cells[3] = unit.title;
    row->cells[4] = opener.name;
    row->cells[5] = instant_to_text(call->arena, matter->opened_at);
    return DONE;
}

/* What the regulation expects and nobody has filed. */
static enum status fill_gaps(struct visit *visit, const struct table *table,
                             const struct rulebook *book) {
    struct call *call = visit->call;
    struct matter_gap *gaps;
    size_t count;
    struct model *part = table_part(table);
    struct site site;
    TRY(part_site(visit, &site));
    int year = date_of_day(instant_day(call->now)).year;
    TRY(matter_gaps(call, visit->web->options.group, site.root, book, year, &gaps,
                    &count));
    model_flag(part, "warned", count > 0);
    for (size_t i = 0; i < count; i++) {
        struct model *note = model_list_add(part, "notes");
        struct str title = text_in(gaps[i].rule->title, call->language);
        const char *named = str_text(call->arena, title);
        struct people_unit unit;
        bool may = false;
        if (gaps[i].unit != 0) {
            TRY(people_unit(call, gaps[i].unit, &unit));
            model_text(note, "text",
                       web_say(visit, "matters.gap-unit", "matter", named, "unit",
                               str_text(call->arena, unit.title), NULL));
        } else {
            model_text(note, "text",
                       web_say(visit, "matters.gap-year", "matter", named, "year",
                               str_format(call->arena, "%d", gaps[i].year).at, NULL));
        }
        web_cite(visit, model_part(note, "rule"), gaps[i].rule->basis.id);
        TRY(matter_may_open(call, book, gaps[i].rule, gaps[i].unit, &may));
        if (may) {
            model_url(note, "href",
                      str_format(call->arena, "/matters/new?kind=%.*s",
                                 STR_ARG(gaps[i].rule->code)));
            model_words(note, "label", "matters.file-it");
        }
    }
    return DONE;
}

/* A button for each kind that this person may file somewhere. */
static enum status fill_acts(struct visit *visit, const struct table *table,
                             const struct rulebook *book) {
    for (size_t i = 0; i < book->matter_count; i++) {
        const struct matter_rule *rule = &book->matters[i];
        bool may = false;
        if (rule->register_count > 0) {
            table_act(table, STR("/administrators"), "administrators.see", false);
        }
        TRY(matter_may_open(visit->call, book, rule, 0, &may));
        if (may) {
            struct model *act = model_list_add(table_part(table), "acts");
            model_url(act, "href",
                      str_format(visit->call->arena, "/matters/new?kind=%.*s",
                                 STR_ARG(rule->code)));
            model_text(act, "label", text_in(rule->title, visit->call->language));
        }
    }
    return DONE;
}

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
    TRY(book_of(visit, wish.unit, &book));
    enum status opened =
        review_open_matter(visit->call, visit->web->options.group, book, &wish, &matter);
    if (opened == REFUSED) {
        name_lines(visit, matter_rule_of(book, wish.kind));
    }
    TRY(opened);
    return web_go_saying(visit, address(visit, matter.id, ""), "matters.filed", NULL);
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
    TRY(book_of(visit, matter.unit, &book));
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
    part_badge(part, "badge", str_of(state_of(book, &matter)));
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
    model_text(part, "action", address(visit, matter.id, ""));
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
    return object_show(visit, &run, address(visit, matter->id, "/decide"));
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
    TRY(book_of(visit, matter.unit, &book));
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
    return web_go_saying(visit, address(visit, matter.id, ""), "matters.closed", NULL);
}

/* One that takes a route. */
static enum status run_decide(struct visit *visit) {
    struct matter matter;
    TRY(find_matter(visit, &matter));
    TRY(object_decide(visit, (struct subject){SUBJECT_MATTER, matter.id}));
    return web_go_saying(visit, address(visit, matter.id, ""), "versions.decided", NULL);
}

/* Under which the unit works. */
static enum status book_of(struct visit *visit, id64 unit,
                           const struct rulebook **out_book) {
    struct site site;
    TRY(site_of_unit(visit->call, visit->web->options.group, unit, &site));
    return site_rulebook(visit->call, site.id, out_book);
}

static enum status find_matter(struct visit *visit, struct matter *out_matter) {
    id64 id;
    TRY(request_id_parameter(visit->request, "matter", &id));
    TRY(matter_find(visit->call, id, out_matter));
    return out_matter->group == visit->web->options.group ? DONE : ABSENT;
}

/* What nobody has to answer is done by being there. */
static const char *state_of(const struct rulebook *book, const struct matter *matter) {
    const struct matter_rule *rule = matter_rule_of(book, matter->kind);
    bool open = matter->answered_at == 0 && rule != NULL && matter_wants_answer(rule);
    return open ? "matter-open" : "matter-answered";
}

static struct str address(struct visit *visit, id64 matter, const char *act) {
    struct arena *arena = visit->call->arena;
    return str_format(arena, "/matters/%.*s%s", STR_ARG(id_to_text(arena, matter)), act);
}
