/*
 * 规章地图: the regulation in its own order; for each requirement the law's words, its
 * rule, its cases, and what it did this month; the routes as diagrams.
 */
#include "entries.h"
#include "open_points.h"
#include "parts.h"

#include "rulebook/rulebook.h"
#include "site/site.h"

static enum status run_map(struct visit *visit);
static enum status run_article(struct visit *visit);
static enum status find_book(struct visit *visit, struct str requirement,
                             const struct rulebook **out_book);
static enum status fill_book(struct visit *visit, const struct rulebook *book,
                             struct str here);
static enum status fill_chapters(struct visit *visit, struct model *part,
                                 const struct rulebook *book, struct str here);
static enum status fill_diagram(struct visit *visit, struct model *part,
                                const struct rulebook *book);
static enum status fill_article(struct visit *visit, const struct rulebook *book,
                                const struct requirement *requirement);
static void fill_rules(struct visit *visit, struct model *part,
                       const struct requirement *requirement);
static enum status fill_values(struct visit *visit, struct model *part,
                               const struct rulebook *book,
                               const struct requirement *requirement);
static enum status fill_cases(struct visit *visit, struct model *part,
                              const struct rulebook *book, struct str requirement);
static enum status fill_open(struct visit *visit, struct model *part,
                             const struct rulebook *book, struct str requirement);
static bool proves(const struct rulebook_case *one, struct str requirement);
static struct str law_html(struct arena *arena, struct str words);

static const struct field map_fields[] = {
    {.name = "route", .kind = FIELD_TEXT, .label = "edit.route"},
    {.name = NULL},
};
const struct entry rules_show = {.method = "GET",
                                 .pattern = "/rules",
                                 .fields = map_fields,
                                 .may = WEB_SIGNED_IN,
                                 .run = run_map};

const struct entry rules_article = {.method = "GET",
                                    .pattern = "/rules/{requirement}",
                                    .fields = map_fields,
                                    .may = WEB_SIGNED_IN,
                                    .run = run_article};

static enum status run_map(struct visit *visit) {
    const struct rulebook *book;
    TRY(find_book(visit, STR(""), &book));
    TRY(fill_book(visit, book, STR("")));
    return web_page(visit, "rules");
}

static enum status run_article(struct visit *visit) {
    const struct rulebook *book;
    struct str id = request_parameter(visit->request, "requirement");
    TRY(find_book(visit, id, &book));
    TRY(fill_article(visit, book, rulebook_requirement(book, id)));
    if (str_is(request_header(visit->request, "hx-target"), "leaf")) {
        return web_page(visit, "leaf-article");
    }
    TRY(fill_book(visit, book, id));
    return web_page(visit, "rules");
}

/* The book in force; for an article of another one that stands on the shelf (an item
 * keeps the version it began with), that one. */
static enum status find_book(struct visit *visit, struct str requirement,
                             const struct rulebook **out_book) {
    const struct rulebook *books[64];
    struct call *call = visit->call;
    TRY(part_rulebook(visit, NULL, out_book));
    if (str_is_empty(requirement) ||
        rulebook_requirement(*out_book, requirement) != NULL) {
        return DONE;
    }
    size_t count = shelf_all(call->house->shelf, books, LENGTH(books));
    for (size_t i = count; i > 0; i--) {
        if (rulebook_requirement(books[i - 1], requirement) != NULL) {
            *out_book = books[i - 1];
            return DONE;
        }
    }
    return ABSENT;
}

static enum status fill_book(struct visit *visit, const struct rulebook *book,
                             struct str here) {
    struct call *call = visit->call;
    struct model *part = model_part(web_model(visit), "rulebook");
    struct str issued = day_to_text(call->arena, book->issued);
    struct str issuer = text_in(book->issuer, call->language);
    model_text(part, "name", text_in(book->title, call->language));
    model_text(part, "issued",
               book->issued == 0 ? web_say(visit, "rules.undated", "issuer",
                                           str_text(call->arena, issuer), NULL)
                                 : web_say(visit, "rules.issued", "issuer",
                                           str_text(call->arena, issuer), "day",
                                           str_text(call->arena, issued), NULL));
    model_text(part, "state",
               web_say(visit, "rules.state", "version",
                       str_text(call->arena, book->version), NULL));
    model_text(part, "digest", digest_to_short(call->arena, &book->digest));
    if (book->matter_count > 0 && web_may(visit, WEB_STAFF)) {
        model_text(part, "matters", STR("/matters"));
    }
    model_text(part, "versions", STR("/rules/versions"));
    model_text(part, "report", STR("/rules/statement"));
    TRY(fill_chapters(visit, part, book, here));
    return fill_diagram(visit, part, book);
}

static enum status fill_chapters(struct visit *visit, struct model *part,
                                 const struct rulebook *book, struct str here) {
    struct call *call = visit->call;
    struct ledger_rules rules;
    struct open_points points;
    struct model *chapter = NULL;
    struct str name = STR("");
    TRY(rules_month(visit, &rules));
    TRY(open_points_read(visit, book, STR(""), &points));
    for (size_t i = 0; i < book->requirement_count; i++) {
        const struct requirement *requirement = &book->requirements[i];
        const struct article *article = rulebook_article(book, requirement->article);
        struct str under = article == NULL ? STR("") : article->chapter;
        if (chapter == NULL || !str_equal(under, name)) {
            chapter = model_list_add(part, "chapters");
            name = under;
            model_text(chapter, "name",
                       str_is_empty(name) ? web_say(visit, "rules.opening", NULL) : name);
        }
        struct model *row = model_list_add(chapter, "articles");
        const struct ledger_rule *acted = rules_in(&rules, requirement->id);
        model_text(row, "href",
                   str_format(call->arena, "/rules/%.*s", STR_ARG(requirement->id)));
        model_text(row, "title", text_in(requirement->cite, call->language));
        model_text(row, "about", text_in(requirement->says, call->language));
        model_int(row, "count", acted == NULL ? 0 : acted->done + acted->refused);
        model_int(row, "open", open_points_of(&points, requirement->id));
        model_flag(row, "here", str_equal(requirement->id, here));
        model_flag(row, "later", !str_is_empty(requirement->later));
    }
    return DONE;
}

static enum status fill_diagram(struct visit *visit, struct model *part,
                                const struct rulebook *book) {
    struct call *call = visit->call;
    struct str wanted = request_text(visit->request, "route");
    int shown = rulebook_route(book, wanted);
    shown = shown == NO_INDEX ? 0 : shown;
    for (size_t i = 0; i < book->route_count; i++) {
        struct model *tab = model_list_add(part, "routes");
        model_text(tab, "label", text_in(book->routes[i].title, call->language));
        model_url(
            tab, "href",
            str_format(call->arena, "/rules?route=%.*s", STR_ARG(book->routes[i].code)));
        model_flag(tab, "here", (int)i == shown);
    }
    if (book->route_count == 0) {
        return DONE;
    }
    const struct route *route = &book->routes[shown];
    struct drawing drawing = {
        .current = NO_INDEX, .link = STR("/rules/{requirement}"), .id = STR("route")};
    struct model *diagram = model_part(web_model(visit), "diagram");
    model_text(diagram, "name", text_in(route->title, call->language));
    model_html(diagram, "svg",
               rulebook_draw(call->arena, book, route, &drawing, call->language));
    struct preview_step ahead[RULEBOOK_STEPS_MOST];
    size_t steps = rulebook_preview(book, route, LANE_ORDINARY, ahead);
    for (size_t i = 0; i < steps; i++) {
        struct model *step = model_list_add(diagram, "steps");
        const struct step *one = ahead[i].step;
        model_text(step, "name", text_in(one->title, call->language));
        if (one->role != NO_INDEX) {
            model_text(step, "who",
                       text_in(book->roles[one->role].title, call->language));
        }
        if (!str_is_empty(one->basis.id)) {
            web_cite(visit, model_part(step, "rule"), one->basis.id);
        }
    }
    return DONE;
}

static enum status fill_article(struct visit *visit, const struct rulebook *book,
                                const struct requirement *requirement) {
    struct call *call = visit->call;
    struct ledger_rules rules;
    const struct article *article = rulebook_article(book, requirement->article);
    struct model *part = model_part(web_model(visit), "article");
    model_text(part, "title", text_in(requirement->cite, call->language));
    model_text(part, "name", text_in(book->title, call->language));
    if (article != NULL) {
        model_html(part, "law", law_html(call->arena, article->words));
    }
    fill_rules(visit, part, requirement);
    TRY(fill_values(visit, part, book, requirement));
    if (!str_is_empty(requirement->later)) {
        model_text(part, "later", web_say(visit, "rules.later-only", NULL));
    }
    TRY(fill_cases(visit, part, book, requirement->id));
    TRY(fill_open(visit, part, book, requirement->id));
    TRY(rules_month(visit, &rules));
    const struct ledger_rule *acted = rules_in(&rules, requirement->id);
    if (acted != NULL) {
        struct model *acts = model_part(part, "acts");
        const char *done = str_format(call->arena, "%lld", (long long)acted->done).at;
        const char *refused =
            str_format(call->arena, "%lld", (long long)acted->refused).at;
        model_text(acts, "text",
                   web_say(visit, "rules.acted", "done", done, "refused", refused, NULL));
    }
    model_text(part, "version",
               web_say(visit, "rules.book-version", "version",
                       str_text(call->arena, book->version), NULL));
    model_text(part, "map",
               str_format(call->arena, "/rules/%.*s", STR_ARG(requirement->id)));
    return DONE;
}

static void fill_rules(struct visit *visit, struct model *part,
                       const struct requirement *requirement) {
    struct model *rule = model_list_add(part, "rules");
    model_text(rule, "sentence", text_in(requirement->says, visit->call->language));
    model_text(rule, "code", requirement->id);
}

static enum status fill_cases(struct visit *visit, struct model *part,
                              const struct rulebook *book, struct str requirement) {
    struct rulebook_case *cases = NULL;
    struct model *list = NULL;
    int64_t count = 0;
    TRY(rules_cases(visit, book, &cases));
    for (const struct rulebook_case *one = cases; one != NULL; one = one->next) {
        if (proves(one, requirement)) {
            list = list == NULL ? model_part(part, "cases") : list;
            model_text(model_list_add(list, "list"), "name", one->sentence);
            count++;
        }
    }
    if (list != NULL) {
        model_int(list, "count", count);
    }
    return DONE;
}

/* Values that the article leaves open, and what stands for them. */
static enum status fill_values(struct visit *visit, struct model *part,
                               const struct rulebook *book,
                               const struct requirement *requirement) {
    struct call *call = visit->call;
    const struct rulebook *now;
    struct site_value *values;
    struct site site;
    size_t count;
    TRY(part_rulebook(visit, &site, &now));
    TRY(site_values(call, site.id, &values, &count));
    for (size_t i = 0; i < book->setting_count; i++) {
        const struct setting *setting = &book->settings[i];
        struct str value = setting->value;
        const char *words =
            str_is_empty(value) ? "values.short-waits" : "values.short-default";
        if (!str_equal(setting->basis.id, requirement->id)) {
            continue;
        }
        for (size_t j = 0; j < count; j++) {
            if (str_equal(values[j].code, setting->code)) {
                value = values[j].value;
                words = "values.short";
            }
        }
        struct str title = text_in(setting->title, call->language);
        struct model *rule = model_list_add(part, "rules");
        model_text(rule, "sentence",
                   web_say(visit, words, "title", str_text(call->arena, title), "now",
                           str_text(call->arena, value), NULL));
        model_text(rule, "code", setting->code);
    }
    return DONE;
}

/* Those kept with the version; of an older workspace those that ship, if the version that
 * ships is this one. */
enum status rules_cases(struct visit *visit, const struct rulebook *book,
                        struct rulebook_case **out_cases) {
    struct call *call = visit->call;
    struct rulebook_case *cases = NULL;
    struct fault *faults = NULL;
    struct rulebook *shipped = NULL;
    struct str root = visit->web->options.rulebooks;
    *out_cases = NULL;
    if (rulebook_read_cases(call->arena, str_text(call->arena, book->path), book, &cases,
                            &faults) == DONE &&
        cases != NULL) {
        *out_cases = cases;
        return DONE;
    }
    const char *path =
        str_format(call->arena, "%.*s/%.*s", STR_ARG(root), STR_ARG(book->code)).at;
    if (str_is_empty(root) ||
        rulebook_read(call->arena, path, STR(""), &shipped, &faults) != DONE) {
        return DONE;
    }
    bool same = digest_equal(&shipped->digest, &book->digest);
    rulebook_free(shipped);
    if (same && rulebook_read_cases(call->arena, path, book, &cases, &faults) == DONE) {
        *out_cases = cases;
    }
    return DONE;
}

static enum status fill_open(struct visit *visit, struct model *part,
                             const struct rulebook *book, struct str requirement) {
    struct open_points points;
    struct model *open = NULL;
    TRY(open_points_read(visit, book, requirement, &points));
    for (size_t i = 0; i < points.count; i++) {
        if (str_equal(points.at[i].rule, requirement)) {
            open = open == NULL ? model_part(part, "open") : open;
            struct model *row = model_list_add(open, "list");
            model_text(row, "text", points.at[i].text);
            model_text(row, "href", points.at[i].href);
        }
    }
    if (open != NULL) {
        model_int(open, "count", open_points_of(&points, requirement));
    }
    return DONE;
}

static bool proves(const struct rulebook_case *one, struct str requirement) {
    for (size_t i = 0; i < one->proves_count; i++) {
        if (str_equal(one->proves[i], requirement)) {
            return true;
        }
    }
    return false;
}

enum status rules_month(struct visit *visit, struct ledger_rules *out_rules) {
    struct date date = date_of_day(instant_day(visit->call->now));
    date.day = 1;
    return ledger_rules(visit->call, visit->web->options.group,
                        day_start(day_of_date(date)), INSTANT_NEVER, out_rules);
}

const struct ledger_rule *rules_in(const struct ledger_rules *rules, struct str rule) {
    for (size_t i = 0; i < rules->count; i++) {
        if (str_equal(rules->at[i].rule, rule)) {
            return &rules->at[i];
        }
    }
    return NULL;
}

/* The words as printed: a numbered item, " 2.", begins a line. */
static struct str law_html(struct arena *arena, struct str words) {
    struct buffer out;
    size_t from = 0;
    buffer_init(&out, arena);
    for (size_t i = 0; i <= words.length; i++) {
        bool ends = i == words.length;
        bool item = i + 2 < words.length && words.at[i] == ' ' &&
                    words.at[i + 1] >= '1' && words.at[i + 1] <= '9' &&
                    words.at[i + 2] == '.';
        struct str line = str_trim(str_part(words, from, i));
        if ((ends || item) && line.length > 0) {
            buffer_add_text(&out, "<p>");
            buffer_add_escaped(&out, line);
            buffer_add_text(&out, "</p>");
            from = i;
        }
    }
    return buffer_str(&out);
}
