/*
 * 经过: what was done to a manuscript, oldest last.  A decision says its step and what
 * was decided, in the words of the rulebook; everything else what it did.
 */
#include "parts.h"

#include "ledger/ledger.h"
#include "people/people.h"
#include "site/site.h"

#include <jansson.h>

static struct str told(struct visit *visit, const struct rulebook *book,
                       const struct ledger_entry *entry, const json_t *payload);
static bool find_outcome(const struct rulebook *book, struct str step, struct str outcome,
                         const struct step **out_step,
                         const struct outcome **out_outcome);
static struct str said_in(struct visit *visit, const json_t *payload);

enum status part_history(struct visit *visit, const struct manuscript *manuscript) {
    struct call *call = visit->call;
    struct subject subject = {SUBJECT_MANUSCRIPT, manuscript->id};
    const struct rulebook *book;
    struct ledger_list history;
    TRY(site_rulebook(call, manuscript->site, &book));
    TRY(ledger_history(call, subject, &history));
    for (size_t i = history.count; i > 0; i--) {
        const struct ledger_entry *entry = &history.at[i - 1];
        json_t *payload = json_loadb(entry->payload.at, entry->payload.length, 0, NULL);
        struct model *event = model_list_add(web_model(visit), "events");
        struct people_brief person;
        enum status found = people_person_brief(call, entry->person, &person);
        if (found != DONE) {
            json_decref(payload);
            return found;
        }
        web_moment(visit, model_part(event, "when"), entry->at);
        model_text(event, "who", person.name);
        model_text(event, "what", told(visit, book, entry, payload));
        model_text(event, "words", said_in(visit, payload));
        json_decref(payload);
        if (str_is(entry->act, "review.enter-paper")) {
            part_badge(event, "badge", STR("on-paper"));
        }
        struct model *link = model_part(event, "entry");
        model_int(link, "number", entry->sequence);
        model_text(link, "href",
                   str_format(call->arena, "/ledger/%lld", (long long)entry->sequence));
    }
    return DONE;
}

/* 部门负责人审核：同意, if the rulebook of today still has that step and outcome. */
static struct str told(struct visit *visit, const struct rulebook *book,
                       const struct ledger_entry *entry, const json_t *payload) {
    struct arena *arena = visit->call->arena;
    struct str language = visit->call->language;
    const char *code = json_string_value(json_object_get(payload, "step"));
    const char *chosen = json_string_value(json_object_get(payload, "outcome"));
    const struct step *step;
    const struct outcome *outcome;
    if (code == NULL || chosen == NULL ||
        !find_outcome(book, str_of(code), str_of(chosen), &step, &outcome)) {
        return part_act(visit, entry->act);
    }
    return web_say(visit, "manuscript.decided", "step",
                   str_text(arena, text_in(step->title, language)), "outcome",
                   str_text(arena, text_in(outcome->title, language)), NULL);
}

/* In any route: an answer may have put another one in the place of the first. */
static bool find_outcome(const struct rulebook *book, struct str step, struct str outcome,
                         const struct step **out_step,
                         const struct outcome **out_outcome) {
    for (size_t i = 0; i < book->route_count; i++) {
        int index = route_step(&book->routes[i], step);
        const struct step *found =
            index == NO_INDEX ? NULL : &book->routes[i].steps[index];
        for (size_t j = 0; found != NULL && j < found->outcome_count; j++) {
            if (str_equal(found->outcomes[j].code, outcome)) {
                *out_step = found;
                *out_outcome = &found->outcomes[j];
                return true;
            }
        }
    }
    return false;
}

/* An opinion or a reason, as the entry keeps it. */
static struct str said_in(struct visit *visit, const json_t *payload) {
    const char *said = json_string_value(json_object_get(payload, "opinion"));
    if (said == NULL || said[0] == '\0') {
        said = json_string_value(json_object_get(payload, "reason"));
    }
    return str_copy(visit->call->arena, str_of(said));
}
