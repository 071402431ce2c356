/*
 * 本规章未规定的取值: what the regulation leaves open, with our defaults shown as such,
 * and what the body has to decide before a version can come into force.
 */
#include "entries.h"
#include "parts.h"

#include "people/people.h"
#include "rulebook/rulebook.h"
#include "site/site.h"

static enum status run_values(struct visit *visit);
static enum status run_give(struct visit *visit);
static enum status fill_setting(struct visit *visit, const struct setting *setting,
                                const struct site_value *given, bool keeps, bool coming);
static void fill_deadlines(struct visit *visit, const struct rulebook *book);
static const struct rulebook *book_asked(struct visit *visit, const struct rulebook *now);
static struct str measured(const struct visit *visit, const struct setting *setting,
                           struct str value);

static const struct field values_fields[] = {
    {.name = "book", .kind = FIELD_TEXT, .label = "versions.version"},
    {.name = NULL},
};
const struct entry values_show = {.method = "GET",
                                  .pattern = "/rules/values",
                                  .fields = values_fields,
                                  .may = WEB_STAFF,
                                  .run = run_values};

static const struct field give_fields[] = {
    {.name = "book", .kind = FIELD_TEXT, .label = "versions.version"},
    {.name = "code", .kind = FIELD_TEXT, .required = true, .label = "values.code"},
    {.name = "value", .kind = FIELD_TEXT, .required = true, .label = "values.value"},
    {.name = NULL},
};
const struct entry value_give = {.method = "POST",
                                 .pattern = "/rules/values",
                                 .fields = give_fields,
                                 .may = WEB_STAFF,
                                 .form = &values_show,
                                 .run = run_give};

static enum status run_values(struct visit *visit) {
    struct call *call = visit->call;
    const struct rulebook *now;
    struct site_value *values;
    struct site site;
    size_t count;
    TRY(part_rulebook(visit, &site, &now));
    const struct rulebook *book = book_asked(visit, now);
    TRY(site_values(call, site.id, &values, &count));
    bool keeps = site_must_keep_rulebook(call, &site) == DONE;
    call_forgive(call);
    struct model *part = model_part(web_model(visit), "values");
    model_text(part, "name",
               web_say(visit, "versions.of", "name",
                       str_text(call->arena, text_in(book->title, call->language)),
                       "version", str_text(call->arena, book->version), NULL));
    if (book != now) {
        model_text(part, "book", digest_to_text(call->arena, &book->digest));
    }
    for (size_t i = 0; i < book->setting_count; i++) {
        const struct site_value *given = NULL;
        for (size_t j = 0; j < count; j++) {
            given =
                str_equal(values[j].code, book->settings[i].code) ? &values[j] : given;
        }
        TRY(fill_setting(visit, &book->settings[i], given, keeps, book != now));
    }
    fill_deadlines(visit, book);
    return web_page(visit, "values");
}

static enum status run_give(struct visit *visit) {
    struct call *call = visit->call;
    const struct rulebook *now;
    struct site site;
    TRY(part_rulebook(visit, &site, &now));
    const struct rulebook *book = book_asked(visit, now);
    struct str path =
        book == now ? STR("/rules/values")
                    : str_format(call->arena, "/rules/values?book=%.*s",
                                 STR_ARG(digest_to_text(call->arena, &book->digest)));
    TRY(site_give_value(call, site.id, book, request_text(visit->request, "code"),
                        request_text(visit->request, "value"), false));
    return web_go_saying(visit, path, "values.given-now", NULL);
}

static enum status fill_setting(struct visit *visit, const struct setting *setting,
                                const struct site_value *given, bool keeps, bool coming) {
    struct call *call = visit->call;
    struct model *row = model_list_add(model_part(web_model(visit), "values"), "list");
    model_text(row, "code", setting->code);
    model_text(row, "title", text_in(setting->title, call->language));
    model_text(row, "measure", text_in(setting->measure, call->language));
    model_flag(row, "may", keeps);
    if (!str_is_empty(setting->basis.id)) {
        web_cite(visit, model_part(row, "rule"), setting->basis.id);
    }
    if (given != NULL) {
        struct people_person person = {.name = STR("")};
        enum status found =
            given->given_by == 0 ? ABSENT : people_person(call, given->given_by, &person);
        model_text(row, "now", measured(visit, setting, given->value));
        model_text(row, "typed", given->value);
        model_flag(row, "sample", given->sample);
        if (!given->sample && found == DONE) {
            model_text(row, "who", person.name);
        }
        web_moment(visit, model_part(row, "when"), given->given_at);
    } else if (!str_is_empty(setting->value)) {
        model_text(row, "default", measured(visit, setting, setting->value));
    } else {
        model_flag(row, "waits", true);
        model_flag(row, "coming", coming);
    }
    return DONE;
}

/* Time limits that the regulation names without a figure. */
static void fill_deadlines(struct visit *visit, const struct rulebook *book) {
    static const char *const words[] = {"calendar.house-minutes", "calendar.house-hours",
                                        "calendar.house-days",
                                        "calendar.house-working-days"};
    struct call *call = visit->call;
    struct model *part = model_part(web_model(visit), "values");
    for (size_t i = 0; i < book->deadline_count; i++) {
        const struct deadline *deadline = &book->deadlines[i];
        if (!deadline->basis.house || deadline->amount == 0) {
            continue;
        }
        struct model *row = model_list_add(part, "deadlines");
        model_text(row, "title", text_in(deadline->title, call->language));
        model_text(row, "text",
                   web_say(visit, words[deadline->unit], "count",
                           str_format(call->arena, "%d", deadline->amount).at, NULL));
        if (!str_is_empty(deadline->basis.id)) {
            web_cite(visit, model_part(row, "rule"), deadline->basis.id);
        }
    }
    for (size_t i = 0; i < book->class_count; i++) {
        struct str note = text_in(book->classes[i].note, call->language);
        if (!str_is_empty(note)) {
            struct model *row = model_list_add(part, "deadlines");
            model_text(row, "title", text_in(book->classes[i].title, call->language));
            model_text(row, "text", note);
        }
    }
}

/* A version that is to come asks for its values before it comes. */
static const struct rulebook *book_asked(struct visit *visit,
                                         const struct rulebook *now) {
    struct str digest = request_typed(visit->request, "book");
    const struct rulebook *book =
        str_is_empty(digest) ? NULL : shelf_find_text(visit->call->house->shelf, digest);
    return book == NULL || !str_equal(book->code, now->code) ? now : book;
}

static struct str measured(const struct visit *visit, const struct setting *setting,
                           struct str value) {
    struct str measure = text_in(setting->measure, visit->call->language);
    return str_is_empty(measure) ? value
                                 : str_format(visit->call->arena, "%.*s %.*s",
                                              STR_ARG(value), STR_ARG(measure));
}
