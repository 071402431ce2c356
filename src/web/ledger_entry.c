/*
 * 存证: one act, its entry and its proof.
 *
 * Whoever supervises reads all entries; everybody those of what he may see.
 */
#include "ledger_web.h"

#include "people/people.h"

#include <jansson.h>
#include <string.h>

static enum status run_entry(struct visit *visit);
static enum status may_see(struct visit *visit, const struct ledger_entry *entry);
static void fill_facts(struct visit *visit, struct model *part,
                       const struct ledger_entry *entry);
static void fill_signed(struct visit *visit, struct model *part,
                        const struct ledger_entry *entry, const json_t *list);
static void fill_digest(struct visit *visit, struct model *part, const char *name,
                        const struct digest *digest);
static enum status fill_neighbours(struct visit *visit, struct model *part,
                                   const struct ledger_entry *entry);

static const struct field entry_fields[] = {
    {.name = "chain",
     .kind = FIELD_CHOICE,
     .choices = "site|house",
     .label = "ledger.title"},
    {.name = NULL},
};
const struct entry ledger_entry_show = {.method = "GET",
                                        .pattern = "/ledger/{sequence}",
                                        .fields = entry_fields,
                                        .may = WEB_SIGNED_IN,
                                        .run = run_entry};

static enum status run_entry(struct visit *visit) {
    struct call *call = visit->call;
    struct ledger_entry entry;
    enum ledger_fault fault;
    int64_t sequence;
    struct people_brief person;
    if (str_to_int(request_parameter(visit->request, "sequence"), &sequence) != DONE) {
        return ABSENT;
    }
    TRY(ledger_entry_find(call, part_chain(visit), sequence, &entry));
    TRY(may_see(visit, &entry));
    TRY(people_person_brief(call, entry.person, &person));
    struct model *part = model_part(web_model(visit), "entry");
    model_text(part, "number", part_number(call->arena, entry.sequence));
    web_moment(visit, model_part(part, "when"), entry.at);
    model_text(part, "who",
               entry.person == 0 ? web_say(visit, "ledger.nobody", NULL) : person.name);
    model_text(part, "post", entry.post);
    model_text(part, "what", part_act(visit, entry.act));
    model_flag(part, "refused", entry.outcome == LEDGER_REFUSED);
    static const char *const doors[] = {"ledger.door.web", "ledger.door.api",
                                        "ledger.door.cli", "ledger.door.clock"};
    model_words(part, "door", doors[entry.door]);
    if (!str_is_empty(entry.rule)) {
        web_cite(visit, model_part(part, "rule"), entry.rule);
    }
    part_object(visit, part, &entry);
    fill_facts(visit, part, &entry);
    fill_digest(visit, part, "digest", &entry.digest);
    fill_digest(visit, part, "previous", &entry.previous);
    fill_digest(visit, part, "own", &entry.hash);
    TRY(ledger_verify_entry(call, entry.group, sequence, &fault));
    model_flag(part, "holds", fault == LEDGER_WHOLE);
    TRY(fill_neighbours(visit, part, &entry));
    return web_page(visit, "entry");
}

/* Supervisors all; everybody else what is about a manuscript of his, or his own act. */
static enum status may_see(struct visit *visit, const struct ledger_entry *entry) {
    struct manuscript manuscript;
    if (web_may(visit, LEDGER_SUPERVISORS) || entry->person == visit->session.person) {
        return DONE;
    }
    if (entry->subject.kind != SUBJECT_MANUSCRIPT) {
        return ABSENT;
    }
    return manuscript_find(visit->call, entry->subject.id, &manuscript);
}

/* What the payload says, by the names of words that are known; the rest stays in it. */
static void fill_facts(struct visit *visit, struct model *part,
                       const struct ledger_entry *entry) {
    struct arena *arena = visit->call->arena;
    json_t *json = json_loadb(entry->payload.at, entry->payload.length, 0, NULL);
    const char *name;
    json_t *value;
    json_object_foreach(json, name, value) {
        const char *words = str_format(arena, "entry.fact-%s", name).at;
        bool text = json_is_string(value) && json_string_length(value) > 0;
        if (strcmp(name, "signed") == 0) {
            fill_signed(visit, part, entry, value);
        } else if (strcmp(name, "reason") == 0 && text) {
            model_text(part, "reason", str_copy(arena, str_of(json_string_value(value))));
        } else if (words_know(visit->web->options.words, words) &&
                   (text || json_is_integer(value))) {
            struct model *fact = model_list_add(part, "facts");
            model_words(fact, "label", words);
            model_text(
                fact, "value",
                text ? str_copy(arena, str_of(json_string_value(value)))
                     : str_format(arena, "%lld", (long long)json_integer_value(value)));
        }
    }
    json_decref(json);
}

/* The very bytes that were signed, for whoever may see the text, and the key. */
static void fill_signed(struct visit *visit, struct model *part,
                        const struct ledger_entry *entry, const json_t *list) {
    struct arena *arena = visit->call->arena;
    struct manuscript manuscript;
    static const char *const names[] = {"statement", "key", "signature"};
    bool whole = entry->person == visit->session.person ||
                 (entry->subject.kind == SUBJECT_MANUSCRIPT &&
                  manuscript_find(visit->call, entry->subject.id, &manuscript) == DONE);
    for (size_t i = 0; i < json_array_size(list); i++) {
        struct model *one = model_list_add(part, "signed");
        for (size_t j = whole ? 0 : 1; j < LENGTH(names); j++) {
            const json_t *value = json_object_get(json_array_get(list, i), names[j]);
            model_text(one, names[j], str_copy(arena, str_of(json_string_value(value))));
        }
    }
}

static void fill_digest(struct visit *visit, struct model *part, const char *name,
                        const struct digest *digest) {
    struct model *one = model_part(part, name);
    if (!digest_is_none(digest)) {
        model_text(one, "full", digest_to_text(visit->call->arena, digest));
        model_text(one, "short", digest_to_short(visit->call->arena, digest));
    }
}

static enum status fill_neighbours(struct visit *visit, struct model *part,
                                   const struct ledger_entry *entry) {
    struct call *call = visit->call;
    for (int side = -1; side <= 1; side += 2) {
        struct ledger_entry other;
        enum status found =
            ledger_entry_find(call, entry->group, entry->sequence + side, &other);
        if (found == DONE && may_see(visit, &other) == DONE) {
            struct model *link = model_part(part, side < 0 ? "before" : "after");
            model_text(link, "number", part_number(call->arena, other.sequence));
            model_url(link, "href",
                      str_format(call->arena, "/ledger/%lld%s", (long long)other.sequence,
                                 entry->group == LEDGER_HOUSE ? "?chain=house" : ""));
        } else if (found == FAILED) {
            return FAILED;
        }
    }
    return DONE;
}

id64 part_chain(const struct visit *visit) {
    return str_is(request_text(visit->request, "chain"), "house")
               ? LEDGER_HOUSE
               : visit->web->options.group;
}

/* What it was done to, by name where this person may know it. */
void part_object(struct visit *visit, struct model *part,
                 const struct ledger_entry *entry) {
    struct call *call = visit->call;
    struct model *object = model_part(part, "object");
    const char *kind = subject_kind_name(entry->subject.kind);
    struct str text =
        web_say(visit, str_format(call->arena, "ledger.subject.%s", kind).at, NULL);
    struct str id = id_to_text(call->arena, entry->subject.id);
    struct manuscript manuscript;
    struct people_brief person;
    if (entry->subject.kind == SUBJECT_MANUSCRIPT &&
        manuscript_find(call, entry->subject.id, &manuscript) == DONE) {
        text = manuscript.title;
        model_text(object, "link",
                   str_format(call->arena, "/manuscripts/%.*s", STR_ARG(id)));
    } else if (entry->subject.kind == SUBJECT_PERSON &&
               people_person_brief(call, entry->subject.id, &person) == DONE &&
               !str_is_empty(person.name)) {
        text = person.name;
    } else if (entry->subject.kind == SUBJECT_COLUMN) {
        model_text(object, "link", str_format(call->arena, "/columns/%.*s", STR_ARG(id)));
    } else if (entry->subject.kind == SUBJECT_MATTER) {
        model_text(object, "link", str_format(call->arena, "/matters/%.*s", STR_ARG(id)));
    } else if (entry->subject.kind == SUBJECT_RULEBOOK) {
        model_text(object, "link",
                   str_format(call->arena, "/rules/versions/%.*s", STR_ARG(id)));
    }
    model_text(object, "text", text);
}

/* 184,206 */
struct str part_number(struct arena *arena, int64_t number) {
    struct str digits = str_format(arena, "%lld", (long long)number);
    struct buffer out;
    buffer_init(&out, arena);
    for (size_t i = 0; i < digits.length; i++) {
        if (i > 0 && (digits.length - i) % 3 == 0) {
            buffer_add_char(&out, ',');
        }
        buffer_add_char(&out, digits.at[i]);
    }
    return buffer_str(&out);
}

struct str part_act(const struct visit *visit, struct str act) {
    const char *words = str_format(visit->call->arena, "act.%.*s", STR_ARG(act)).at;
    return words_know(visit->web->options.words, words) ? web_say(visit, words, NULL)
                                                        : act;
}
