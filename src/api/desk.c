/*
 * GET /desk: what the person can act on now.
 */
#include "entries.h"

static enum status run_desk(struct exchange *exchange);
static json_t *tell_duty(struct exchange *exchange, const struct duty *duty);
static instant duty_end(const struct duty *duty);

const struct endpoint api_desk = {.method = "GET", .pattern = "/desk", .run = run_desk};

static enum status run_desk(struct exchange *exchange) {
    struct duties duties;
    json_t *list = json_array();
    enum status status =
        notice_desk(exchange->call, exchange->call->actor.person, &duties);
    for (size_t i = 0; status == DONE && i < duties.count; i++) {
        json_array_append_new(list, tell_duty(exchange, &duties.at[i]));
    }
    exchange->answer = json_pack("{s:o}", "duties", list);
    return status;
}

static json_t *tell_duty(struct exchange *exchange, const struct duty *duty) {
    json_t *json = json_object();
    json_object_set_new(json, "subject_kind",
                        json_string(subject_kind_name(duty->subject.kind)));
    json_object_set_new(json, "subject", tell_id(exchange, duty->subject.id));
    json_object_set_new(json, "title", tell_text(duty->title));
    json_object_set_new(json, "class", tell_text(duty->item_class));
    json_object_set_new(json, "step", tell_text(duty->step));
    json_object_set_new(json, "state", tell_text(duty->badge));
    json_object_set_new(json, "act", tell_text(duty->act));
    json_object_set_new(json, "role", tell_text(duty->role));
    json_object_set_new(json, "unit", tell_id(exchange, duty->unit));
    json_object_set_new(json, "remark", tell_text(duty->remark));
    json_object_set_new(json, "round", json_integer(duty->round));
    json_object_set_new(json, "since", tell_instant(exchange, duty->since));
    json_object_set_new(json, "due", tell_instant(exchange, duty_end(duty)));
    json_object_set_new(json, "rule", tell_text(duty->rule));
    json_object_set_new(json, "article", tell_text(article_of(exchange, duty->rule)));
    json_object_set_new(json, "returned", json_boolean(duty->returned));
    return json;
}

static instant duty_end(const struct duty *duty) {
    return duty->deadline.hard != 0 ? duty->deadline.hard : duty->deadline.soft;
}
