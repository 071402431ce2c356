/*
 * GET, POST /letters, GET /letters/{id}, POST /letters/{id}/transfer, /return, /refer,
 * /answer and /tell, GET /mailboxes, POST /letters/looks: citizens' letters, to those who
 * handle them.
 */
#include "entries.h"

#include "letter/letter.h"

static enum status run_list(struct exchange *exchange);
static enum status run_receive(struct exchange *exchange);
static enum status run_received_again(struct exchange *exchange);
static enum status run_letter(struct exchange *exchange);
static enum status run_transfer(struct exchange *exchange);
static enum status run_return(struct exchange *exchange);
static enum status run_returned(struct exchange *exchange);
static enum status run_refer(struct exchange *exchange);
static enum status run_answer(struct exchange *exchange);
static enum status run_tell(struct exchange *exchange);
static enum status run_mailboxes(struct exchange *exchange);
static enum status run_look(struct exchange *exchange);
static enum status site_meant(struct exchange *exchange, id64 id, struct site *out_site);
static enum status tell_letter(struct exchange *exchange, id64 id);
static json_t *letter_as_json(struct exchange *exchange, const struct letter *letter);

static const struct field list_query[] = {
    {.name = "mailbox", .kind = FIELD_TEXT, .label = "letters.mailbox"},
    {.name = "site", .kind = FIELD_ID, .label = "views.site"},
    {0}};
static const struct field site_query[] = {
    {.name = "site", .kind = FIELD_ID, .label = "views.site"}, {0}};
static const struct member receive_members[] = {{"mailbox", MEMBER_TEXT, true},
                                                {"title", MEMBER_TEXT, true},
                                                {"words", MEMBER_TEXT, true},
                                                {"writer", MEMBER_TEXT, false},
                                                {"contact", MEMBER_TEXT, false},
                                                {"channel", MEMBER_TEXT, true},
                                                {"site", MEMBER_ID, false},
                                                {"received_at", MEMBER_INSTANT, false},
                                                {0}};
static const struct member transfer_members[] = {
    {"unit", MEMBER_ID, true}, {"reason", MEMBER_TEXT, true}, {0}};
static const struct member reason_members[] = {{"reason", MEMBER_TEXT, true}, {0}};
static const struct member answer_members[] = {{"answer", MEMBER_TEXT, true}, {0}};
static const struct member tell_members[] = {
    {"how", MEMBER_TEXT, true}, {"at", MEMBER_INSTANT, false}, {0}};
static const struct member look_members[] = {
    {"mailbox", MEMBER_TEXT, true}, {"site", MEMBER_ID, false}, {0}};

const struct endpoint api_letters = {
    .method = "GET", .pattern = "/letters", .query = list_query, .run = run_list};
const struct endpoint api_letter_receive = {.method = "POST",
                                            .pattern = "/letters",
                                            .members = receive_members,
                                            .run = run_receive,
                                            .again = run_received_again};
const struct endpoint api_letter = {
    .method = "GET", .pattern = "/letters/{id}", .run = run_letter};
const struct endpoint api_letter_transfer = {.method = "POST",
                                             .pattern = "/letters/{id}/transfer",
                                             .members = transfer_members,
                                             .run = run_transfer,
                                             .again = run_letter};
const struct endpoint api_letter_return = {.method = "POST",
                                           .pattern = "/letters/{id}/return",
                                           .members = reason_members,
                                           .run = run_return,
                                           .again = run_returned};
const struct endpoint api_letter_refer = {.method = "POST",
                                          .pattern = "/letters/{id}/refer",
                                          .members = reason_members,
                                          .run = run_refer,
                                          .again = run_letter};
const struct endpoint api_letter_answer = {.method = "POST",
                                           .pattern = "/letters/{id}/answer",
                                           .members = answer_members,
                                           .run = run_answer,
                                           .again = run_letter};
const struct endpoint api_letter_tell = {.method = "POST",
                                         .pattern = "/letters/{id}/tell",
                                         .members = tell_members,
                                         .run = run_tell,
                                         .again = run_letter};
const struct endpoint api_mailboxes = {
    .method = "GET", .pattern = "/mailboxes", .query = site_query, .run = run_mailboxes};
const struct endpoint api_letter_look = {.method = "POST",
                                         .pattern = "/letters/looks",
                                         .members = look_members,
                                         .run = run_look};

static enum status run_list(struct exchange *exchange) {
    struct letter_filter filter = {.mailbox = request_text(exchange->request, "mailbox")};
    struct letters letters;
    struct site site;
    json_t *list = json_array();
    exchange->answer = json_pack("{s:o}", "letters", list);
    TRY(site_meant(exchange, request_id(exchange->request, "site"), &site));
    TRY(letter_list(exchange->call, &site, &filter, &letters));
    for (size_t i = 0; i < letters.count; i++) {
        json_array_append_new(list, letter_as_json(exchange, &letters.at[i]));
    }
    return DONE;
}

static enum status run_receive(struct exchange *exchange) {
    struct site site;
    id64 letter = 0;
    struct letter_wish wish = {.mailbox = body_text(exchange, "mailbox"),
                               .title = body_text(exchange, "title"),
                               .words = body_text(exchange, "words"),
                               .writer = body_text(exchange, "writer"),
                               .contact = body_text(exchange, "contact"),
                               .channel = body_text(exchange, "channel")};
    if (body_has(exchange, "received_at")) {
        wish.received_at = body_instant(exchange, "received_at");
    }
    TRY(site_meant(exchange, body_has(exchange, "site") ? body_id(exchange, "site") : 0,
                   &site));
    TRY(letter_receive(exchange->call, &site, &wish, &letter));
    exchange->status = 201;
    return tell_letter(exchange, letter);
}

static enum status run_received_again(struct exchange *exchange) {
    struct subject subject;
    if (!was_granted(exchange, &subject) || subject.kind != SUBJECT_LETTER) {
        return STALE;
    }
    exchange->status = 201;
    return tell_letter(exchange, subject.id);
}

static enum status run_letter(struct exchange *exchange) {
    id64 id = 0;
    TRY(path_id(exchange, &id));
    return tell_letter(exchange, id);
}

static enum status run_transfer(struct exchange *exchange) {
    id64 id = 0;
    TRY(path_id(exchange, &id));
    TRY(letter_transfer(exchange->call, id, body_id(exchange, "unit"),
                        body_text(exchange, "reason")));
    return tell_letter(exchange, id);
}

static enum status run_return(struct exchange *exchange) {
    id64 id = 0;
    TRY(path_id(exchange, &id));
    TRY(letter_return(exchange->call, id, body_text(exchange, "reason")));
    return run_returned(exchange);
}

/* The actor has no part in it any more. */
static enum status run_returned(struct exchange *exchange) {
    exchange->answer = json_pack("{s:s}", "state", letter_state_name(LETTER_RECEIVED));
    return DONE;
}

static enum status run_refer(struct exchange *exchange) {
    id64 id = 0;
    TRY(path_id(exchange, &id));
    TRY(letter_refer(exchange->call, id, body_text(exchange, "reason")));
    return tell_letter(exchange, id);
}

static enum status run_answer(struct exchange *exchange) {
    id64 id = 0;
    TRY(path_id(exchange, &id));
    TRY(letter_answer(exchange->call, id, body_text(exchange, "answer")));
    return tell_letter(exchange, id);
}

static enum status run_tell(struct exchange *exchange) {
    id64 id = 0;
    TRY(path_id(exchange, &id));
    TRY(letter_tell(exchange->call, id, body_text(exchange, "how"),
                    body_has(exchange, "at") ? body_instant(exchange, "at") : 0));
    return tell_letter(exchange, id);
}

static enum status run_mailboxes(struct exchange *exchange) {
    struct mailbox *boxes;
    struct site site;
    size_t count;
    json_t *list = json_array();
    exchange->answer = json_pack("{s:o}", "mailboxes", list);
    TRY(site_meant(exchange, request_id(exchange->request, "site"), &site));
    TRY(letter_mailboxes(exchange->call, &site, &boxes, &count));
    for (size_t i = 0; i < count; i++) {
        const struct mailbox *box = &boxes[i];
        json_t *json = json_object();
        json_t *missed = json_array();
        for (size_t j = 0; j < box->missed_count; j++) {
            json_array_append_new(missed, tell_day(exchange, box->missed[j]));
        }
        json_object_set_new(json, "code", tell_text(box->rule->code));
        json_object_set_new(
            json, "title",
            tell_text(text_in(box->rule->title, exchange->call->language)));
        json_object_set_new(json, "receives", json_boolean(box->receives));
        json_object_set_new(json, "today", json_integer(box->today));
        json_object_set_new(json, "open", json_integer(box->open));
        json_object_set_new(json, "looked", json_boolean(box->looked));
        json_object_set_new(json, "missed", missed);
        json_array_append_new(list, json);
    }
    return DONE;
}

static enum status run_look(struct exchange *exchange) {
    struct site site;
    int64_t letters = 0;
    TRY(site_meant(exchange, body_has(exchange, "site") ? body_id(exchange, "site") : 0,
                   &site));
    TRY(letter_look(exchange->call, &site, body_text(exchange, "mailbox"), &letters));
    exchange->answer = json_pack("{s:I}", "letters", (json_int_t)letters);
    return DONE;
}

/* The site named, of this house; the first where none is. */
static enum status site_meant(struct exchange *exchange, id64 id, struct site *out_site) {
    struct site *sites;
    size_t count = 0;
    TRY(site_list(exchange->call, exchange->api->group, &sites, &count));
    for (size_t i = 0; i < count; i++) {
        if (id == 0 || sites[i].id == id) {
            return site_of_unit(exchange->call, exchange->api->group, sites[i].root,
                                out_site);
        }
    }
    return ABSENT;
}

static enum status tell_letter(struct exchange *exchange, id64 id) {
    struct letter letter;
    TRY(letter_find(exchange->call, id, &letter));
    exchange->answer = letter_as_json(exchange, &letter);
    return DONE;
}

static json_t *letter_as_json(struct exchange *exchange, const struct letter *letter) {
    json_t *json = json_object();
    json_object_set_new(json, "id", tell_id(exchange, letter->id));
    json_object_set_new(json, "number", tell_text(letter->number));
    json_object_set_new(json, "mailbox", tell_text(letter->mailbox));
    json_object_set_new(json, "title", tell_text(letter->title));
    json_object_set_new(json, "withheld", json_boolean(letter->is_withheld));
    json_object_set_new(json, "words", tell_text(letter->words));
    json_object_set_new(json, "writer", tell_text(letter->writer));
    json_object_set_new(json, "contact", tell_text(letter->contact));
    json_object_set_new(json, "channel", tell_text(letter->channel));
    json_object_set_new(json, "received_at", tell_instant(exchange, letter->received_at));
    json_object_set_new(json, "state", json_string(letter_state_name(letter->state)));
    json_object_set_new(json, "unit", tell_id(exchange, letter->unit));
    json_object_set_new(json, "due", tell_instant(exchange, letter->due));
    json_object_set_new(json, "transfer_due", tell_instant(exchange, letter->pass_due));
    json_object_set_new(json, "refer_due", tell_instant(exchange, letter->refer_due));
    json_object_set_new(json, "transferred_at",
                        tell_instant(exchange, letter->transferred_at));
    json_object_set_new(json, "referred_at", tell_instant(exchange, letter->referred_at));
    json_object_set_new(json, "answer", tell_text(letter->answer));
    json_object_set_new(json, "answered_by", tell_person(exchange, letter->answered_by));
    json_object_set_new(json, "answered_at", tell_instant(exchange, letter->answered_at));
    json_object_set_new(json, "told_how", tell_text(letter->told_how));
    json_object_set_new(json, "told_at", tell_instant(exchange, letter->told_at));
    json_object_set_new(json, "late", json_boolean(letter->is_late));
    return json;
}
