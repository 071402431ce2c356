/*
 * The fields beside the text in the editor: those that its class and its rulebook ask
 * for.
 */
#include "entries.h"
#include "parts.h"

#include "people/people.h"
#include "review/review.h"
#include "site/site.h"

static enum status add_links(struct visit *visit, const struct rulebook *book,
                             const struct manuscript *manuscript,
                             const struct content *content);
static enum status add_units(struct visit *visit, const struct manuscript *manuscript,
                             const struct content *content);
static enum status add_interpretations(struct visit *visit,
                                       const struct manuscript *manuscript,
                                       const struct content *content);
static struct model *add_field(struct visit *visit, const struct content *content,
                               const char *name, const char *kind, bool must,
                               const char *options);

enum status edit_fields(struct visit *visit, const struct manuscript *manuscript,
                        const struct content *content) {
    const struct rulebook *book;
    TRY(site_rulebook(visit->call, manuscript->site, &book));
    int index = rulebook_class(book, manuscript->item_class);
    unsigned needs = 0;
    for (size_t i = 0; index != NO_INDEX && i < book->classes[index].need_count; i++) {
        needs |= book->classes[index].needs[i].field;
    }
    for (size_t i = 0; i < book->field_count; i++) { /* of every class */
        needs |= book->fields[i].field;
    }
    bool reprint = index != NO_INDEX && book->classes[index].reprint;
    add_field(visit, content, "origin", "is-date", true, NULL);
    add_field(visit, content, "source", "is-line", (needs & FIELD_SOURCE) != 0, NULL);
    add_field(visit, content, "disclosure", "is-choice", true, "active|on-request|none");
    if ((needs & FIELD_CATALOGUE) != 0) {
        add_field(visit, content, "catalogue", "is-line", true, NULL);
    }
    if ((needs & (FIELD_MEETING | FIELD_MEETING_DATE | FIELD_MINUTE_NUMBER)) != 0) {
        add_field(visit, content, "meeting-name", "is-line", true, NULL);
        add_field(visit, content, "meeting-date", "is-date", true, NULL);
        add_field(visit, content, "meeting-number", "is-line", true, NULL);
    }
    if (reprint || !str_is_empty(content_field(content, "reprint-url"))) {
        add_field(visit, content, "reprint-source", "is-line", true, NULL);
        add_field(visit, content, "author", "is-line", (needs & FIELD_AUTHOR) != 0, NULL);
        add_field(visit, content, "reprint-url", "is-line", true, NULL);
        add_field(visit, content, "reprint-at", "is-line",
                  (needs & FIELD_SOURCE_DATE) != 0, NULL);
    }
    bool helps = false;
    TRY(review_needs_request(visit->call, book, manuscript, &helps));
    if (helps) {
        add_field(visit, content, "request", "is-line", true, NULL);
    }
    add_field(visit, content, "doc-number", "is-line", false, NULL);
    if (book->emergency != NULL) {
        add_field(visit, content, "emergency-at", "is-moment", false, NULL);
    }
    TRY(add_links(visit, book, manuscript, content));
    add_field(visit, content, "late-reason", "is-lines", false, NULL);
    return DONE;
}

/* What another text or unit has to do with it, where the regulation asks for that. */
static enum status add_links(struct visit *visit, const struct rulebook *book,
                             const struct manuscript *manuscript,
                             const struct content *content) {
    bool concerns = false;
    bool interprets = rulebook_setting(book, STR("interpretation-classes")) != NULL;
    for (size_t i = 0; i < book->role_count; i++) {
        concerns = concerns || book->roles[i].scope == ROLE_NAMED_UNIT;
    }
    for (size_t i = 0; i < book->route_count; i++) {
        for (size_t j = 0; j < book->routes[i].step_count; j++) {
            const struct step *step = &book->routes[i].steps[j];
            for (size_t k = 0; k < step->prepared_count; k++) {
                interprets =
                    interprets || step->prepared[k].preparation == PREPARE_INTERPRETATION;
            }
        }
    }
    if (concerns) {
        TRY(add_units(visit, manuscript, content));
    }
    if (interprets) {
        TRY(add_interpretations(visit, manuscript, content));
    }
    if (rulebook_setting(book, STR("valid-until-role")) != NULL) {
        add_field(visit, content, "valid-until", "is-date", false, NULL);
    }
    return DONE;
}

/* The other units of the body, by the codes that its rulebook calls them. */
static enum status add_units(struct visit *visit, const struct manuscript *manuscript,
                             const struct content *content) {
    struct people_units units;
    struct people_unit own;
    TRY(people_unit(visit->call, manuscript->unit, &own));
    TRY(people_units(visit->call, false, &units));
    struct model *field =
        add_field(visit, content, "concerned-unit", "is-choice", false, NULL);
    struct str value = visit->again ? request_typed(visit->request, "concerned-unit")
                                    : content_field(content, "concerned-unit");
    struct model *none = model_list_add(field, "options");
    model_text(none, "value", STR(""));
    model_words(none, "label", "fields.concerned-none");
    for (size_t i = 0; i < units.count; i++) {
        if (units.at[i].body != own.body || units.at[i].parent == 0) {
            continue;
        }
        struct model *option = model_list_add(field, "options");
        model_text(option, "value", units.at[i].known);
        model_text(option, "label", units.at[i].title);
        model_flag(option, "chosen", str_equal(units.at[i].known, value));
    }
    return DONE;
}

/* The other manuscripts of the unit, the newest first. */
static enum status add_interpretations(struct visit *visit,
                                       const struct manuscript *manuscript,
                                       const struct content *content) {
    struct call *call = visit->call;
    struct manuscript_filter filter = {.unit = manuscript->unit,
                                       .state = STR(""),
                                       .item_class = STR(""),
                                       .words = STR(""),
                                       .sort = STR(""),
                                       .page = 1,
                                       .page_size = 50};
    struct manuscript *manuscripts;
    size_t count;
    int64_t total;
    struct model *field =
        add_field(visit, content, "interpretation", "is-choice", false, NULL);
    struct str value = visit->again ? request_typed(visit->request, "interpretation")
                                    : content_field(content, "interpretation");
    TRY(manuscript_list(call, &filter, &manuscripts, &count, &total));
    struct model *none = model_list_add(field, "options");
    model_text(none, "value", STR(""));
    model_words(none, "label", "fields.none-yet");
    for (size_t i = 0; i < count; i++) {
        struct str id = id_to_text(call->arena, manuscripts[i].id);
        if (manuscripts[i].id == manuscript->id) {
            continue;
        }
        struct model *option = model_list_add(field, "options");
        model_text(option, "value", id);
        model_text(option, "label", manuscripts[i].title);
        model_flag(option, "chosen", str_equal(id, value));
    }
    return DONE;
}

static struct model *add_field(struct visit *visit, const struct content *content,
                               const char *name, const char *kind, bool must,
                               const char *options) {
    struct call *call = visit->call;
    struct model *field = model_list_add(web_model(visit), "fields");
    struct str value = (visit->again && request_given(visit->request, name))
                           ? request_typed(visit->request, name)
                           : content_field(content, name);
    model_text(field, "name", str_of(name));
    model_words(field, "label", str_format(call->arena, "fields.%s", name).at);
    model_text(field, "value", value);
    model_flag(field, "must", must);
    model_flag(field, kind, true);
    struct str rest = str_of(options);
    while (!str_is_empty(rest)) {
        struct str code = str_cut(&rest, '|');
        struct model *option = model_list_add(field, "options");
        model_text(option, "value", code);
        model_words(option, "label",
                    str_format(call->arena, "fields.%s-%.*s", name, STR_ARG(code)).at);
        model_flag(option, "chosen", str_equal(code, value));
    }
    return field;
}
