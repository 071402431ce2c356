/*
 * One letter: its clocks, who wrote what, its way, and what this person may do with it.
 */
#include "letter_web.h"

#include "people/people.h"
#include "site/site.h"

static enum status run_letter(struct visit *visit);
static void fill_clocks(struct visit *visit, struct model *record,
                        const struct letter *letter, const struct mailbox_rule *rule);
static void add_clock(struct visit *visit, struct model *record, const char *words,
                      const struct answer_limit *limit, instant due);
static void fill_words(struct visit *visit, struct model *record,
                       const struct letter *letter);
static enum status fill_answer(struct visit *visit, struct model *record,
                               const struct letter *letter);
static enum status fill_way(struct visit *visit, struct model *record,
                            const struct letter *letter);
static struct str lasted(struct visit *visit, const struct letter_move *move);
static enum status fill_acts(struct visit *visit, struct model *record,
                             const struct letter *letter);
static enum status run_transfer_form(struct visit *visit);
static enum status run_transfer(struct visit *visit);
static enum status run_return_form(struct visit *visit);
static enum status run_return(struct visit *visit);
static enum status run_refer_form(struct visit *visit);
static enum status run_refer(struct visit *visit);
static enum status run_answer_form(struct visit *visit);
static enum status run_answer(struct visit *visit);
static enum status run_tell_form(struct visit *visit);
static enum status run_tell(struct visit *visit);
static struct model *open_form(struct visit *visit, const struct letter *letter,
                               const char *act, struct str rule);
static enum status find_letter(struct visit *visit, struct letter *out_letter,
                               const struct mailbox_rule **out_rule);
static enum status find_to_act(struct visit *visit, struct letter *out_letter,
                               const struct mailbox_rule **out_rule);

static const struct field reason_fields[] = {WEB_REASON_FIELD("letters.reason"),
                                             {.name = NULL}};
static const struct field transfer_fields[] = {
    {.name = "unit", .kind = FIELD_ID, .required = true, .label = "letters.to-unit"},
    WEB_REASON_FIELD("letters.reason"),
    {.name = NULL},
};
static const struct field answer_fields[] = {
    {.name = "answer", .kind = FIELD_LINES, .most = 20000, .label = "letters.answer"},
    {.name = NULL},
};
static const struct field tell_fields[] = {
    {.name = "how",
     .kind = FIELD_CHOICE,
     .choices = "phone|mail|post|site|visit",
     .label = "letters.how-told"},
    {.name = "at", .kind = FIELD_INSTANT, .label = "letters.told-at"},
    {.name = NULL},
};

#define ACT_ENTRIES(name_, pattern_, fields_, form_, run_)                               \
    const struct entry letter_##name_##_form = {                                         \
        .method = "GET", .pattern = pattern_, .may = WEB_STAFF, .run = form_};           \
    const struct entry letter_##name_##_post = {.method = "POST",                        \
                                                .pattern = pattern_,                     \
                                                .fields = fields_,                       \
                                                .may = WEB_STAFF,                        \
                                                .form = &letter_##name_##_form,          \
                                                .run = run_}

const struct entry letter_show = {
    .method = "GET", .pattern = "/letters/{letter}", .may = WEB_STAFF, .run = run_letter};
ACT_ENTRIES(transfer, "/letters/{letter}/transfer", transfer_fields, run_transfer_form,
            run_transfer);
ACT_ENTRIES(return, "/letters/{letter}/return", reason_fields, run_return_form,
                  run_return);
ACT_ENTRIES(refer, "/letters/{letter}/refer", reason_fields, run_refer_form, run_refer);
ACT_ENTRIES(answer, "/letters/{letter}/answer", answer_fields, run_answer_form,
            run_answer);
ACT_ENTRIES(tell, "/letters/{letter}/tell", tell_fields, run_tell_form, run_tell);

static enum status run_letter(struct visit *visit) {
    struct call *call = visit->call;
    struct letter letter;
    struct people_unit unit;
    const struct mailbox_rule *rule = NULL;
    TRY(find_letter(visit, &letter, &rule));
    TRY(people_unit(call, letter.unit, &unit));
    struct model *record = record_open(visit, letter.title, "/letters", "letters.title");
    model_text(record, "sub", letter.number);
    part_badge(record, "badge", str_of(letter_badge(visit, &letter)));
    if (rule != NULL && !str_is_empty(rule->basis.id)) {
        web_cite(visit, model_part(record, "rule"), rule->basis.id);
    }
    record_pair(visit, record, "letters.mailbox",
                rule == NULL ? letter.mailbox : text_in(rule->title, call->language));
    record_pair(visit, record, "letters.where", unit.title);
    record_pair(visit, record, "letters.received",
                str_format(call->arena, "%.*s %.*s",
                           STR_ARG(instant_to_text(call->arena, letter.received_at)),
                           STR_ARG(letter_channel(visit, letter.channel))));
    fill_clocks(visit, record, &letter, rule);
    fill_words(visit, record, &letter);
    TRY(fill_answer(visit, record, &letter));
    TRY(fill_acts(visit, record, &letter));
    TRY(fill_way(visit, record, &letter));
    return web_page(visit, "record");
}

/* Only those that still run. */
static void fill_clocks(struct visit *visit, struct model *record,
                        const struct letter *letter, const struct mailbox_rule *rule) {
    if (rule == NULL || letter->state == LETTER_CLOSED) {
        return;
    }
    if (letter->state == LETTER_RECEIVED) {
        add_clock(visit, record, "letters.pass-due", rule->passing, letter->pass_due);
    }
    const struct transferred_clock *onward = rule->onward;
    struct answer_limit again;
    const struct answer_limit *limit = rule->limit;
    if (letter->transferred_at != 0 && onward != NULL &&
        onward->clock == CLOCK_STARTS_AGAIN) {
        again = (struct answer_limit){
            .basis = onward->basis, .unit = onward->unit, .amount = onward->amount};
        limit = &again;
    }
    add_clock(visit, record, "letters.due", limit, letter->due);
    if (letter->transferred_at != 0 && onward != NULL && letter->due != INSTANT_NEVER) {
        struct model *pair = model_list_add(record, "pairs");
        model_words(pair, "label", "letters.clock");
        model_words(pair, "value",
                    onward->clock == CLOCK_RUNS_ON ? "letters.runs-on"
                                                   : "letters.starts-again");
        if (!str_is_empty(onward->basis.id)) {
            web_cite(visit, model_part(pair, "rule"), onward->basis.id);
        }
    }
    if (letter->referred_at == 0 && letter->state != LETTER_ANSWERED) {
        add_clock(visit, record, "letters.refer-due", rule->referral, letter->refer_due);
    }
}

static void add_clock(struct visit *visit, struct model *record, const char *words,
                      const struct answer_limit *limit, instant due) {
    if (limit == NULL || due == INSTANT_NEVER) {
        return;
    }
    struct model *pair = model_list_add(record, "pairs");
    bool ours = limit->basis.house && str_is_empty(limit->basis.id);
    struct calendar_deadline deadline = {.hard = due,
                                         .unit = time_unit_counted(limit->unit),
                                         .house = ours ? limit->amount : 0};
    model_words(pair, "label", words);
    part_due(visit, pair, &deadline, limit->basis.id);
}

static void fill_words(struct visit *visit, struct model *record,
                       const struct letter *letter) {
    if (letter->is_withheld) {
        record_pair(visit, record, "letters.words",
                    web_say(visit, "letters.withheld", NULL));
        return;
    }
    record_pair(visit, record, "letters.writer",
                str_is_empty(letter->writer) ? web_say(visit, "letters.unnamed", NULL)
                                             : letter->writer);
    record_pair(visit, record, "letters.contact",
                str_is_empty(letter->contact) ? web_say(visit, "letters.unnamed", NULL)
                                              : letter->contact);
    record_pair(visit, record, "letters.words", letter->words);
}

static enum status fill_answer(struct visit *visit, struct model *record,
                               const struct letter *letter) {
    struct arena *arena = visit->call->arena;
    if (letter->referred_at != 0 && letter->answered_at == 0) {
        record_pair(visit, record, "letters.referred",
                    web_say(visit, "letters.referred-note", "at",
                            instant_to_text(arena, letter->referred_at).at, NULL));
    }
    if (letter->answered_at == 0) {
        return DONE;
    }
    struct people_brief person;
    TRY(people_person_brief(visit->call, letter->answered_by, &person));
    record_pair(visit, record, "letters.answered",
                str_format(arena, "%.*s %.*s", STR_ARG(person.name),
                           STR_ARG(instant_to_text(arena, letter->answered_at))));
    if (!letter->is_withheld) {
        record_pair(visit, record, "letters.answer", letter->answer);
    }
    if (letter->told_at != 0) {
        record_pair(visit, record, "letters.told",
                    str_format(arena, "%.*s %.*s",
                               STR_ARG(letter_channel(visit, letter->told_how)),
                               STR_ARG(instant_to_text(arena, letter->told_at))));
    }
    return DONE;
}

/* Each step, where the letter lay from then on, and how long. */
static enum status fill_way(struct visit *visit, struct model *record,
                            const struct letter *letter) {
    static const char *const heads[] = {
        "letters.step",   "letters.when",   "letters.who", "letters.where",
        "letters.lasted", "letters.reason", NULL};
    struct arena *arena = visit->call->arena;
    struct letter_moves moves;
    TRY(letter_moves(visit->call, letter->id, &moves));
    struct model *section = record_section(visit, record, "letters.way", heads);
    for (size_t i = 0; i < moves.count; i++) {
        const struct letter_move *move = &moves.at[i];
        struct model *row = record_row(section);
        struct people_unit unit;
        struct people_brief person;
        TRY(people_unit(visit->call, move->unit, &unit));
        TRY(people_person_brief(visit->call, move->person, &person));
        struct str words = web_say(
            visit, str_format(arena, "letters.step-%.*s", STR_ARG(move->act)).at, NULL);
        record_cell(row, move->late ? web_say(visit, "letters.late-step", "step",
                                              str_text(arena, words), NULL)
                                    : words);
        record_cell(row, instant_to_text(arena, move->at));
        record_cell(row, person.name);
        record_cell(row, unit.title);
        record_cell(row, lasted(visit, move));
        record_cell(row, str_is(move->act, "tell") ? letter_channel(visit, move->reason)
                                                   : move->reason);
    }
    return DONE;
}

static struct str lasted(struct visit *visit, const struct letter_move *move) {
    struct arena *arena = visit->call->arena;
    int64_t hours = (move->until - move->at) / INSTANT_HOUR;
    if (move->until == move->at) {
        return STR("");
    }
    if (hours == 0) {
        return web_say(visit, "letters.within-the-hour", NULL);
    }
    return hours < 24
               ? web_say(visit, "letters.hours", "count",
                         str_format(arena, "%lld", (long long)hours).at, NULL)
               : web_say(visit, "letters.days", "count",
                         str_format(arena, "%lld", (long long)(hours / 24)).at, NULL);
}

static enum status fill_acts(struct visit *visit, struct model *record,
                             const struct letter *letter) {
    struct letter_acts acts;
    TRY(letter_may(visit->call, letter, &acts));
    const struct {
        bool may;
        const char *more, *words;
        bool main;
    } list[] = {
        {acts.answer, "/answer", "letters.answer-do", true},
        {acts.tell, "/tell", "letters.tell-do", true},
        {acts.transfer, "/transfer", "letters.transfer-do", !acts.answer},
        {acts.refer, "/refer", "letters.refer-do", false},
        {acts.give_back, "/return", "letters.return-do", false},
    };
    for (size_t i = 0; i < LENGTH(list); i++) {
        if (list[i].may) {
            record_act(visit, record, letter_path(visit, letter->id, list[i].more),
                       list[i].words, list[i].main);
        }
    }
    return DONE;
}

static enum status run_transfer_form(struct visit *visit) {
    struct call *call = visit->call;
    const struct mailbox_rule *rule;
    struct letter letter;
    id64 *units;
    size_t count;
    TRY(find_to_act(visit, &letter, &rule));
    TRY(letter_targets(call, &letter, &units, &count));
    if (rule->transfer == NULL) {
        return ABSENT;
    }
    struct model *part = open_form(visit, &letter, "transfer", rule->transfer->basis.id);
    struct model *field =
        change_field(visit, part, "is-choice", "unit", "letters.to-unit", true, STR(""));
    for (size_t i = 0; i < count; i++) {
        struct people_unit unit;
        TRY(people_unit(call, units[i], &unit));
        change_option(visit, field, "unit", STR(""), id_to_text(call->arena, units[i]),
                      unit.title);
    }
    change_field(visit, part, "is-lines", "reason", "letters.reason", true, STR(""));
    return web_page(visit, "change");
}

static enum status run_transfer(struct visit *visit) {
    const struct mailbox_rule *rule;
    struct letter letter;
    TRY(find_letter(visit, &letter, &rule));
    TRY(letter_transfer(visit->call, letter.id, request_id(visit->request, "unit"),
                        request_text(visit->request, "reason")));
    return web_go_saying(visit, STR("/letters"), "letters.transferred", NULL);
}

static enum status run_return_form(struct visit *visit) {
    const struct mailbox_rule *rule;
    struct letter letter;
    TRY(find_to_act(visit, &letter, &rule));
    struct model *part =
        open_form(visit, &letter, "return",
                  rule->transfer == NULL ? STR("") : rule->transfer->basis.id);
    change_field(visit, part, "is-lines", "reason", "letters.reason", true, STR(""));
    return web_page(visit, "change");
}

static enum status run_return(struct visit *visit) {
    const struct mailbox_rule *rule;
    struct letter letter;
    TRY(find_letter(visit, &letter, &rule));
    TRY(letter_return(visit->call, letter.id, request_text(visit->request, "reason")));
    return web_go_saying(visit, STR("/letters"), "letters.returned", NULL);
}

static enum status run_refer_form(struct visit *visit) {
    const struct mailbox_rule *rule;
    struct letter letter;
    TRY(find_to_act(visit, &letter, &rule));
    struct model *part =
        open_form(visit, &letter, "refer",
                  rule->referral == NULL ? STR("") : rule->referral->basis.id);
    change_field(visit, part, "is-lines", "reason", "letters.refer-words", true, STR(""));
    return web_page(visit, "change");
}

static enum status run_refer(struct visit *visit) {
    const struct mailbox_rule *rule;
    struct letter letter;
    TRY(find_letter(visit, &letter, &rule));
    TRY(letter_refer(visit->call, letter.id, request_text(visit->request, "reason")));
    return web_go_saying(visit, letter_path(visit, letter.id, ""), "letters.was-referred",
                         NULL);
}

static enum status run_answer_form(struct visit *visit) {
    const struct mailbox_rule *rule;
    struct letter letter;
    TRY(find_to_act(visit, &letter, &rule));
    struct model *part =
        open_form(visit, &letter, "answer",
                  rule->limit == NULL ? rule->basis.id : rule->limit->basis.id);
    struct model *field =
        change_field(visit, part, "is-lines", "answer", "letters.answer", true, STR(""));
    model_words(field, "help",
                rule->told == NULL ? "letters.answer-closes" : "letters.answer-help");
    return web_page(visit, "change");
}

static enum status run_answer(struct visit *visit) {
    const struct mailbox_rule *rule;
    struct letter letter;
    TRY(find_letter(visit, &letter, &rule));
    TRY(letter_answer(visit->call, letter.id, request_text(visit->request, "answer")));
    return web_go_saying(visit, letter_path(visit, letter.id, ""), "letters.was-answered",
                         NULL);
}

static enum status run_tell_form(struct visit *visit) {
    static const char *const ways[] = {"phone", "mail", "post", "site", "visit"};
    const struct mailbox_rule *rule;
    struct letter letter;
    TRY(find_to_act(visit, &letter, &rule));
    struct model *part = open_form(visit, &letter, "tell",
                                   rule->told == NULL ? STR("") : rule->told->basis.id);
    struct model *field =
        change_field(visit, part, "is-choice", "how", "letters.how-told", true, STR(""));
    for (size_t i = 0; i < LENGTH(ways); i++) {
        change_option(visit, field, "how", STR(""), str_of(ways[i]),
                      letter_channel(visit, str_of(ways[i])));
    }
    change_field(visit, part, "is-moment", "at", "letters.told-at", true,
                 letter_moment(visit, visit->call->now));
    return web_page(visit, "change");
}

static enum status run_tell(struct visit *visit) {
    const struct mailbox_rule *rule;
    struct letter letter;
    TRY(find_letter(visit, &letter, &rule));
    TRY(letter_tell(visit->call, letter.id, request_text(visit->request, "how"),
                    request_instant(visit->request, "at")));
    return web_go_saying(visit, letter_path(visit, letter.id, ""), "letters.was-told",
                         NULL);
}

/* "letters.transfer-do" is its title and its button. */
static struct model *open_form(struct visit *visit, const struct letter *letter,
                               const char *act, struct str rule) {
    struct arena *arena = visit->call->arena;
    const char *button = str_format(arena, "letters.%s-do", act).at;
    struct change change = {
        .title = str_format(arena, "%.*s %.*s", STR_ARG(web_say(visit, button, NULL)),
                            STR_ARG(letter->number)),
        .action = letter_path(visit, letter->id, str_format(arena, "/%s", act).at),
        .back = letter_path(visit, letter->id, ""),
        .button = button};
    struct model *part = change_open(visit, &change);
    if (!str_is_empty(rule)) {
        web_cite(visit, model_part(part, "rule"), rule);
    }
    return part;
}

static enum status find_letter(struct visit *visit, struct letter *out_letter,
                               const struct mailbox_rule **out_rule) {
    id64 id;
    TRY(request_id_parameter(visit->request, "letter", &id));
    TRY(letter_find(visit->call, id, out_letter));
    if (out_letter->group != visit->web->options.group) {
        return ABSENT;
    }
    enum status ruled = letter_rule(visit->call, out_letter, out_rule);
    return ruled == ABSENT ? DONE : ruled;
}

/* A form only where its mailbox is still in force; whether the act is allowed it says
 * itself. */
static enum status find_to_act(struct visit *visit, struct letter *out_letter,
                               const struct mailbox_rule **out_rule) {
    *out_rule = NULL;
    TRY(find_letter(visit, out_letter, out_rule));
    return *out_rule == NULL ? ABSENT : DONE;
}
