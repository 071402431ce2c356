/*
 * Things of the house as JSON.  Ids are their 13 characters, instants RFC 3339,
 * digests with their profile; what is not there is null, never an empty text.
 */
#include "api_own.h"

static json_t *tell_payload(const struct ledger_entry *entry);

json_t *tell_text(struct str text) { return json_stringn(text.at, text.length); }

json_t *tell_id(struct exchange *exchange, id64 id) {
    return id <= 0 ? json_null() : tell_text(id_to_text(exchange->call->arena, id));
}

json_t *tell_instant(struct exchange *exchange, instant at) {
    return at == 0 || at == INSTANT_NEVER
               ? json_null()
               : tell_text(instant_to_rfc3339(exchange->call->arena, at));
}

json_t *tell_day(struct exchange *exchange, civil_day day) {
    return day == 0 ? json_null() : tell_text(day_to_text(exchange->call->arena, day));
}

json_t *tell_digest(struct exchange *exchange, const struct digest *digest) {
    return digest_is_none(digest)
               ? json_null()
               : tell_text(digest_to_text(exchange->call->arena, digest));
}

json_t *tell_person(struct exchange *exchange, id64 person) {
    struct people_brief brief = {.name = STR("")};
    if (person == 0) {
        return json_null();
    }
    if (people_person_brief(exchange->call, person, &brief) != DONE) {
        brief.name = STR("");
    }
    return json_pack("{s:o,s:o}", "id", tell_id(exchange, person), "name",
                     tell_text(brief.name));
}

json_t *tell_manuscript(struct exchange *exchange, const struct manuscript *manuscript) {
    json_t *json = json_object();
    json_object_set_new(json, "id", tell_id(exchange, manuscript->id));
    json_object_set_new(json, "title", tell_text(manuscript->title));
    json_object_set_new(json, "state", tell_text(manuscript->state));
    json_object_set_new(json, "state_since",
                        tell_instant(exchange, manuscript->state_since));
    json_object_set_new(json, "site", tell_id(exchange, manuscript->site));
    json_object_set_new(json, "column", tell_id(exchange, manuscript->column));
    json_object_set_new(json, "unit", tell_id(exchange, manuscript->unit));
    json_object_set_new(json, "author", tell_person(exchange, manuscript->author));
    json_object_set_new(json, "class", tell_text(manuscript->item_class));
    json_object_set_new(json, "origin", tell_day(exchange, manuscript->origin));
    json_object_set_new(json, "version", json_integer(manuscript->draft_version));
    json_object_set_new(json, "revision", tell_id(exchange, manuscript->revision));
    json_object_set_new(json, "live_revision",
                        tell_id(exchange, manuscript->live_revision));
    json_object_set_new(json, "migrated", json_boolean(manuscript->migrated));
    json_object_set_new(json, "created_at",
                        tell_instant(exchange, manuscript->created_at));
    json_object_set_new(json, "changed_at",
                        tell_instant(exchange, manuscript->changed_at));
    return json;
}

json_t *tell_content(struct exchange *exchange, const struct content *content) {
    json_t *fields = json_object();
    json_t *attachments = json_array();
    for (size_t i = 0; i < content->field_count; i++) {
        const struct field_value *field = &content->fields[i];
        json_object_set_new(fields, str_text(exchange->call->arena, field->name),
                            tell_text(field->value));
    }
    for (size_t i = 0; i < content->attachment_count; i++) {
        json_array_append_new(attachments,
                              tell_attachment(exchange, &content->attachments[i]));
    }
    return json_pack("{s:o,s:o,s:o,s:o}", "title", tell_text(content->title), "body",
                     tell_text(content->body), "fields", fields, "attachments",
                     attachments);
}

json_t *tell_run(struct exchange *exchange, const struct run *run) {
    json_t *json = json_object();
    json_object_set_new(json, "id", tell_id(exchange, run->id));
    json_object_set_new(json, "route", tell_text(run->route));
    json_object_set_new(json, "step", tell_text(run->step));
    json_object_set_new(json, "state", tell_text(run->state));
    json_object_set_new(json, "round", json_integer(run->round));
    json_object_set_new(json, "open", json_boolean(run->open));
    json_object_set_new(json, "revision", tell_id(exchange, run->revision));
    json_object_set_new(json, "digest", tell_digest(exchange, &run->digest));
    json_object_set_new(json, "rulebook", tell_digest(exchange, &run->rulebook_digest));
    json_object_set_new(json, "submitter", tell_person(exchange, run->submitter));
    json_object_set_new(json, "started_at", tell_instant(exchange, run->started_at));
    json_object_set_new(json, "step_since", tell_instant(exchange, run->step_since));
    json_object_set_new(json, "due", tell_instant(exchange, run->due));
    json_object_set_new(json, "owed_until", tell_instant(exchange, run->owed_until));
    return json;
}

json_t *tell_release(struct exchange *exchange, const struct release *release) {
    json_t *json = json_object();
    json_object_set_new(json, "id", tell_id(exchange, release->id));
    json_object_set_new(json, "manuscript", tell_id(exchange, release->manuscript));
    json_object_set_new(json, "revision", tell_id(exchange, release->revision));
    json_object_set_new(json, "digest", tell_digest(exchange, &release->digest));
    json_object_set_new(json, "site", tell_id(exchange, release->site));
    json_object_set_new(json, "column", tell_id(exchange, release->column));
    json_object_set_new(json, "state", json_string(release_state_name(release->state)));
    json_object_set_new(json, "path", tell_text(release->path));
    json_object_set_new(json, "title", tell_text(release->title));
    json_object_set_new(json, "released_at",
                        tell_instant(exchange, release->released_at));
    json_object_set_new(json, "releaser", tell_person(exchange, release->releaser));
    json_object_set_new(json, "scheduled_for",
                        tell_instant(exchange, release->scheduled_for));
    json_object_set_new(json, "ended_at", tell_instant(exchange, release->ended_at));
    json_object_set_new(json, "reason", tell_text(release->reason));
    return json;
}

json_t *tell_entry(struct exchange *exchange, const struct ledger_entry *entry) {
    static const char *const doors[] = {"web", "api", "cli", "clock"};
    json_t *json = json_object();
    json_object_set_new(json, "sequence", json_integer(entry->sequence));
    json_object_set_new(json, "at", tell_instant(exchange, entry->at));
    json_object_set_new(json, "person", tell_person(exchange, entry->person));
    json_object_set_new(json, "post", tell_text(entry->post));
    json_object_set_new(json, "door",
                        json_string((size_t)entry->door < LENGTH(doors)
                                        ? doors[entry->door]
                                        : "unknown"));
    json_object_set_new(json, "act", tell_text(entry->act));
    json_object_set_new(json, "subject_kind",
                        json_string(subject_kind_name(entry->subject.kind)));
    json_object_set_new(json, "subject", tell_id(exchange, entry->subject.id));
    json_object_set_new(
        json, "outcome",
        json_string(entry->outcome == LEDGER_REFUSED ? "refused" : "done"));
    json_object_set_new(json, "digest", tell_digest(exchange, &entry->digest));
    json_object_set_new(json, "rule", tell_text(entry->rule));
    json_object_set_new(json, "article", tell_text(article_of(exchange, entry->rule)));
    json_object_set_new(json, "payload", tell_payload(entry));
    json_object_set_new(json, "hash", tell_digest(exchange, &entry->hash));
    return json;
}

struct str article_of(struct exchange *exchange, struct str rule) {
    const struct rulebook *books[32];
    struct shelf *shelf = exchange->api->house->shelf;
    size_t count = shelf == NULL ? 0 : shelf_all(shelf, books, LENGTH(books));
    for (size_t i = 0; i < count && i < LENGTH(books) && !str_is_empty(rule); i++) {
        const struct requirement *requirement = rulebook_requirement(books[i], rule);
        if (requirement != NULL) {
            return text_in(requirement->cite, exchange->call->language);
        }
    }
    return STR("");
}

enum status answer_manuscript(struct exchange *exchange, id64 id) {
    struct call *call = exchange->call;
    struct manuscript manuscript;
    struct content content;
    struct run run;
    int version = 0;
    TRY(manuscript_find(call, id, &manuscript));
    TRY(manuscript_draft(call, id, &content, &version));
    json_t *json = tell_manuscript(exchange, &manuscript);
    json_object_set_new(json, "version", json_integer(version));
    json_object_set_new(json, "draft", tell_content(exchange, &content));
    enum status status = review_run(call, (struct subject){SUBJECT_MANUSCRIPT, id}, &run);
    json_object_set_new(json, "run",
                        status == DONE ? tell_run(exchange, &run) : json_null());
    json_decref(exchange->answer);
    exchange->answer = json;
    if (status != DONE && status != ABSENT) {
        return status;
    }
    response_header(exchange->response, "ETag",
                    str_format(call->arena, "\"%d\"", version));
    return DONE;
}

bool was_granted(struct exchange *exchange, struct subject *out_subject) {
    struct ledger_entry entry;
    if (ledger_find_key(exchange->call, exchange->api->group, exchange->call->key,
                        &entry) != DONE) {
        return false;
    }
    *out_subject = entry.subject;
    return true;
}

json_t *tell_attachment(struct exchange *exchange, const struct attachment *attachment) {
    return json_pack("{s:o,s:o,s:I,s:o,s:o,s:b}", "name", tell_text(attachment->name),
                     "digest", tell_digest(exchange, &attachment->digest), "size",
                     (json_int_t)attachment->size, "media_type",
                     tell_text(attachment->media_type), "alt", tell_text(attachment->alt),
                     "in_body", attachment->in_body);
}

static json_t *tell_payload(const struct ledger_entry *entry) {
    json_t *payload = entry->erased ? NULL
                                    : json_loadb(entry->payload.at, entry->payload.length,
                                                 JSON_REJECT_DUPLICATES, NULL);
    return payload == NULL ? json_null() : payload;
}
