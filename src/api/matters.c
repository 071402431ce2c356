/*
 * GET, POST /matters, POST /matters/{id}/answer: what a regulation wants on record beside
 * manuscripts.
 */
#include "entries.h"

#include "matter/matter.h"

static enum status run_list(struct exchange *exchange);
static enum status run_open(struct exchange *exchange);
static enum status run_answer(struct exchange *exchange);
static enum status book_of(struct exchange *exchange, id64 unit,
                           const struct rulebook **out_book);
static enum status tell_matter(struct exchange *exchange, const struct matter *matter,
                               json_t **out_json);

static const struct field list_query[] = {
    {.name = "kind", .kind = FIELD_TEXT, .label = "matters.kind"}, {0}};
static const struct member open_members[] = {
    {"kind", MEMBER_TEXT, true},    {"unit", MEMBER_ID, true},
    {"title", MEMBER_TEXT, true},   {"words", MEMBER_TEXT, false},
    {"lines", MEMBER_PAIRS, false}, {0}};
static const struct member answer_members[] = {
    {"answer", MEMBER_TEXT, true}, {"agreed", MEMBER_TEXT, false},
    {"seen", MEMBER_TEXT, false},  {"password", MEMBER_TEXT, false},
    {"code", MEMBER_TEXT, false},  {0}};

const struct endpoint api_matters = {
    .method = "GET", .pattern = "/matters", .query = list_query, .run = run_list};
const struct endpoint api_matter_open = {
    .method = "POST", .pattern = "/matters", .members = open_members, .run = run_open};
const struct endpoint api_matter_answer = {.method = "POST",
                                           .pattern = "/matters/{id}/answer",
                                           .members = answer_members,
                                           .run = run_answer};

static enum status run_list(struct exchange *exchange) {
    struct matters matters;
    json_t *list = json_array();
    exchange->answer = json_pack("{s:o}", "matters", list);
    TRY(matter_list(exchange->call, exchange->api->group, 0,
                    request_text(exchange->request, "kind"), &matters));
    for (size_t i = 0; i < matters.count; i++) {
        json_t *json;
        TRY(tell_matter(exchange, &matters.at[i], &json));
        json_array_append_new(list, json);
    }
    return DONE;
}

static enum status run_open(struct exchange *exchange) {
    const struct rulebook *book;
    struct matter matter;
    struct answer *given;
    size_t count = body_answers(exchange, "lines", &given);
    struct matter_line *lines =
        TAKE_ARRAY(exchange->call->arena, count + 1, struct matter_line);
    for (size_t i = 0; i < count; i++) {
        lines[i] = (struct matter_line){given[i].question, given[i].value};
    }
    struct matter_wish wish = {.kind = body_text(exchange, "kind"),
                               .unit = body_id(exchange, "unit"),
                               .title = body_text(exchange, "title"),
                               .words = body_text(exchange, "words"),
                               .lines = lines,
                               .line_count = count};
    TRY(book_of(exchange, wish.unit, &book));
    TRY(review_open_matter(exchange->call, exchange->api->group, book, &wish, &matter));
    exchange->status = 201;
    return tell_matter(exchange, &matter, &exchange->answer);
}

static enum status run_answer(struct exchange *exchange) {
    const struct rulebook *book;
    struct matter matter;
    id64 id = 0;
    TRY(path_id(exchange, &id));
    TRY(matter_find(exchange->call, id, &matter));
    TRY(book_of(exchange, matter.unit, &book));
    struct matter_reply reply = {.words = body_text(exchange, "answer"),
                                 .agreed = !str_is(body_text(exchange, "agreed"), "no")};
    if (digest_from_text(body_text(exchange, "seen"), &reply.seen) != DONE) {
        reply.seen = (struct digest){0}; /* the act says so, if it wants one */
    }
    TRY(prove(exchange));
    TRY(matter_answer(exchange->call, book, id, &reply));
    TRY(matter_find(exchange->call, id, &matter));
    return tell_matter(exchange, &matter, &exchange->answer);
}

/* Under which the unit works. */
static enum status book_of(struct exchange *exchange, id64 unit,
                           const struct rulebook **out_book) {
    struct site site;
    TRY(site_of_unit(exchange->call, exchange->api->group, unit, &site));
    return site_rulebook(exchange->call, site.id, out_book);
}

enum status book_in_force(struct exchange *exchange, const struct rulebook **out_book) {
    struct site *sites;
    size_t count = 0;
    TRY(site_list(exchange->call, exchange->api->group, &sites, &count));
    return count == 0 ? ABSENT : site_rulebook(exchange->call, sites[0].id, out_book);
}

static enum status tell_matter(struct exchange *exchange, const struct matter *matter,
                               json_t **out_json) {
    struct matter_line *lines;
    size_t count;
    TRY(matter_lines(exchange->call, matter->id, &lines, &count));
    json_t *json = json_object();
    json_t *form = json_object();
    for (size_t i = 0; i < count; i++) {
        json_object_set_new(form, str_text(exchange->call->arena, lines[i].field),
                            tell_text(lines[i].value));
    }
    json_object_set_new(json, "id", tell_id(exchange, matter->id));
    json_object_set_new(json, "kind", tell_text(matter->kind));
    json_object_set_new(json, "number", tell_text(matter->number));
    json_object_set_new(json, "unit", tell_id(exchange, matter->unit));
    json_object_set_new(json, "year", json_integer(matter->year));
    json_object_set_new(json, "title", tell_text(matter->title));
    json_object_set_new(json, "words", tell_text(matter->words));
    json_object_set_new(json, "lines", form);
    json_object_set_new(json, "opened_by", tell_person(exchange, matter->opened_by));
    json_object_set_new(json, "opened_at", tell_instant(exchange, matter->opened_at));
    json_object_set_new(
        json, "about",
        digest_is_none(&matter->about)
            ? json_null()
            : tell_text(digest_to_text(exchange->call->arena, &matter->about)));
    json_object_set_new(json, "answer", tell_text(matter->answer));
    json_object_set_new(json, "agreed", json_boolean(matter->agreed));
    json_object_set_new(json, "due", tell_instant(exchange, matter->due));
    json_object_set_new(json, "answered_by", tell_person(exchange, matter->answered_by));
    json_object_set_new(json, "answered_at", tell_instant(exchange, matter->answered_at));
    *out_json = json;
    return DONE;
}
