/*
 * Loans and hand-overs: the page of each, and who lends, takes back, takes over.
 */
#include "archive_web.h"

#include "people/people.h"

static enum status run_loan(struct visit *visit);
static enum status run_decide_form(struct visit *visit);
static enum status run_decide(struct visit *visit);
static enum status run_return_form(struct visit *visit);
static enum status run_return(struct visit *visit);
static enum status find_loan(struct visit *visit, struct loan *out_loan);
static enum status run_custody(struct visit *visit);
static enum status run_take(struct visit *visit);
static enum status run_new_form(struct visit *visit);
static enum status add_keepers(struct visit *visit, struct model *field,
                               const struct rulebook *book, id64 unit);
static enum status run_new(struct visit *visit);
static struct str moment(struct visit *visit, instant at);

const struct entry archive_loan_show = {.method = "GET",
                                        .pattern = "/archive/loans/{loan}",
                                        .may = WEB_STAFF,
                                        .run = run_loan};

static const struct field decide_fields[] = {
    {.name = "agreed",
     .kind = FIELD_CHOICE,
     .choices = "yes|no",
     .required = true,
     .label = "archive.answer"},
    {.name = "words", .kind = FIELD_LINES, .most = 1000, .label = "archive.words"},
    {.name = NULL},
};
const struct entry archive_lend_form = {.method = "GET",
                                        .pattern = "/archive/loans/{loan}/decide",
                                        .may = WEB_STAFF,
                                        .run = run_decide_form};
const struct entry archive_lend_post = {.method = "POST",
                                        .pattern = "/archive/loans/{loan}/decide",
                                        .fields = decide_fields,
                                        .may = WEB_STAFF,
                                        .form = &archive_lend_form,
                                        .run = run_decide};

static const struct field return_fields[] = {
    {.name = "remark", .kind = FIELD_LINES, .most = 1000, .label = "archive.condition"},
    {.name = NULL},
};
const struct entry archive_return_form = {.method = "GET",
                                          .pattern = "/archive/loans/{loan}/return",
                                          .may = WEB_STAFF,
                                          .run = run_return_form};
const struct entry archive_return_post = {.method = "POST",
                                          .pattern = "/archive/loans/{loan}/return",
                                          .fields = return_fields,
                                          .may = WEB_STAFF,
                                          .form = &archive_return_form,
                                          .run = run_return};

const struct entry archive_custody_show = {.method = "GET",
                                           .pattern = "/archive/custody/{custody}",
                                           .may = WEB_STAFF,
                                           .run = run_custody};
const struct entry archive_take_post = {.method = "POST",
                                        .pattern = "/archive/custody/{custody}",
                                        .may = WEB_STAFF,
                                        .form = &archive_custody_show,
                                        .run = run_take};

static const struct field new_fields[] = {
    {.name = "unit", .kind = FIELD_ID, .required = true, .label = "archive.kept-in"},
    {.name = "keeper", .kind = FIELD_ID, .required = true, .label = "archive.keeper"},
    {.name = "place", .kind = FIELD_TEXT, .most = 200, .label = "archive.place"},
    {.name = "remark", .kind = FIELD_LINES, .most = 1000, .label = "archive.remark"},
    {.name = NULL},
};
const struct entry archive_custody_form = {.method = "GET",
                                           .pattern = "/archive/custody/new",
                                           .may = WEB_STAFF,
                                           .run = run_new_form};
const struct entry archive_custody_post = {.method = "POST",
                                           .pattern = "/archive/custody/new",
                                           .fields = new_fields,
                                           .may = WEB_STAFF,
                                           .form = &archive_custody_form,
                                           .run = run_new};

static enum status run_loan(struct visit *visit) {
    struct call *call = visit->call;
    struct archive_file file;
    struct loan loan;
    bool lends = false;
    bool keeps = false;
    TRY(find_loan(visit, &loan));
    TRY(archive_find(call, loan.file, &file));
    TRY(archive_may_lend(call, file.group, file.unit, &lends));
    TRY(archive_keeps(call, file.group, file.unit, &keeps));
    bool own = loan.borrower == call->actor.person;
    bool out = loan.agreed && loan.returned_at == 0;
    struct model *record =
        record_open(visit, loan.title, "/archive/loans", "archive.loans");
    model_text(record, "sub", loan.number);
    part_badge(record, "badge",
               out && instant_day(call->now) > loan.due ? STR("late")
               : out                                    ? STR("archive-lent")
               : loan.answered_at == 0                  ? STR("archive-asked")
                                                        : STR("archive-closed"));
    record_pair(visit, record, "archive.borrower", archive_who(visit, loan.borrower));
    record_pair(visit, record, "archive.purpose", loan.purpose);
    record_pair(visit, record, "archive.due", day_to_text(call->arena, loan.due));
    record_pair(visit, record, "archive.asked", moment(visit, loan.asked_at));
    if (loan.answered_at != 0) {
        record_pair(
            visit, record, loan.agreed ? "archive.agreed-by" : "archive.declined-by",
            str_format(call->arena, "%.*s　%.*s　%.*s",
                       STR_ARG(archive_who(visit, loan.answered_by)),
                       STR_ARG(moment(visit, loan.answered_at)), STR_ARG(loan.answer)));
    }
    if (loan.returned_at != 0) {
        record_pair(visit, record, "archive.returned-at",
                    str_format(call->arena, "%.*s　%.*s　%.*s",
                               STR_ARG(moment(visit, loan.returned_at)),
                               STR_ARG(archive_who(visit, loan.returned_to)),
                               STR_ARG(loan.remark)));
    }
    if (loan.answered_at == 0 && lends && !own) {
        record_act(visit, record, archive_path(visit, "loans", loan.id, "/decide"),
                   "archive.decide", true);
    }
    if (out && keeps && !own) {
        record_act(visit, record, archive_path(visit, "loans", loan.id, "/return"),
                   "archive.take-back", true);
    }
    record_act(visit, record, archive_path(visit, "files", loan.file, ""),
               "archive.see-file", false);
    return web_page(visit, "record");
}

static enum status run_decide_form(struct visit *visit) {
    struct loan loan;
    TRY(find_loan(visit, &loan));
    struct change change = {.title =
                                web_say(visit, "archive.decide-loan", "file",
                                        str_text(visit->call->arena, loan.number), NULL),
                            .action = archive_path(visit, "loans", loan.id, "/decide"),
                            .back = archive_path(visit, "loans", loan.id, ""),
                            .button = "archive.decide"};
    struct model *part = change_open(visit, &change);
    struct model *field = change_field(visit, part, "is-choice", "agreed",
                                       "archive.answer", true, STR("yes"));
    change_option(visit, field, "agreed", STR("yes"), STR("yes"),
                  web_say(visit, "archive.agreed", NULL));
    change_option(visit, field, "agreed", STR("yes"), STR("no"),
                  web_say(visit, "archive.declined", NULL));
    change_field(visit, part, "is-lines", "words", "archive.words", false, STR(""));
    return web_page(visit, "change");
}

static enum status run_decide(struct visit *visit) {
    struct loan loan;
    TRY(find_loan(visit, &loan));
    TRY(archive_lend(visit->call, loan.id,
                     str_is(request_text(visit->request, "agreed"), "yes"),
                     request_text(visit->request, "words")));
    return web_go_saying(visit, archive_path(visit, "loans", loan.id, ""),
                         "archive.decided", NULL);
}

static enum status run_return_form(struct visit *visit) {
    struct loan loan;
    TRY(find_loan(visit, &loan));
    struct change change = {.title =
                                web_say(visit, "archive.return-title", "file",
                                        str_text(visit->call->arena, loan.number), NULL),
                            .action = archive_path(visit, "loans", loan.id, "/return"),
                            .back = archive_path(visit, "loans", loan.id, ""),
                            .button = "archive.take-back"};
    struct model *part = change_open(visit, &change);
    change_field(visit, part, "is-lines", "remark", "archive.condition", false, STR(""));
    return web_page(visit, "change");
}

static enum status run_return(struct visit *visit) {
    struct loan loan;
    TRY(find_loan(visit, &loan));
    TRY(archive_take_back(visit->call, loan.id, request_text(visit->request, "remark")));
    return web_go_saying(visit, archive_path(visit, "loans", loan.id, ""),
                         "archive.is-back", NULL);
}

/* A loan is known to whom its file is. */
static enum status find_loan(struct visit *visit, struct loan *out_loan) {
    struct archive_file file;
    id64 id;
    TRY(request_id_parameter(visit->request, "loan", &id));
    TRY(archive_loan(visit->call, id, out_loan));
    enum status found = archive_find(visit->call, out_loan->file, &file);
    if (found == ABSENT && out_loan->borrower == visit->call->actor.person) {
        return DONE;
    }
    TRY(found);
    return file.group == visit->web->options.group ? DONE : ABSENT;
}

static enum status run_custody(struct visit *visit) {
    struct call *call = visit->call;
    struct custody custody;
    struct people_unit unit;
    id64 id;
    TRY(request_id_parameter(visit->request, "custody", &id));
    TRY(archive_custody(call, id, &custody));
    if (custody.group != visit->web->options.group) {
        return ABSENT;
    }
    TRY(people_unit(call, custody.unit, &unit));
    struct model *record =
        record_open(visit, unit.title, "/archive/custody", "archive.custody");
    part_badge(record, "badge",
               custody.taken_at == 0 ? STR("archive-offered") : STR("archive-here"));
    record_pair(visit, record, "archive.keeper", archive_who(visit, custody.keeper));
    record_pair(visit, record, "archive.giver", archive_who(visit, custody.giver));
    record_pair(visit, record, "archive.place", custody.place);
    record_pair(visit, record, "archive.remark", custody.remark);
    record_pair(visit, record, "archive.offered-at", moment(visit, custody.offered_at));
    if (custody.taken_at != 0) {
        record_pair(visit, record, "archive.taken-at", moment(visit, custody.taken_at));
        record_pair(visit, record, "archive.files",
                    str_format(call->arena, "%lld", (long long)custody.files));
        record_pair(visit, record, "archive.lent",
                    str_format(call->arena, "%lld", (long long)custody.lent));
    } else if (custody.keeper == call->actor.person) {
        struct model *once = model_list_add(record, "once");
        model_text(once, "action", archive_path(visit, "custody", custody.id, ""));
        model_words(once, "label", "archive.take-do");
    }
    return web_page(visit, "record");
}

static enum status run_take(struct visit *visit) {
    id64 id;
    TRY(request_id_parameter(visit->request, "custody", &id));
    TRY(archive_take(visit->call, id));
    return web_go_saying(visit, archive_path(visit, "custody", id, ""),
                         "archive.taken-over", NULL);
}

static enum status run_new_form(struct visit *visit) {
    const struct rulebook *book;
    struct people_unit unit;
    id64 own;
    TRY(part_rulebook(visit, NULL, &book));
    TRY(archive_own_unit(visit, &own));
    if (own == 0) {
        return web_go_saying(visit, STR("/archive/custody"), "archive.keeps-nothing",
                             NULL);
    }
    TRY(people_unit(visit->call, own, &unit));
    struct change change = {.title =
                                web_say(visit, "archive.hand-over-title", "unit",
                                        str_text(visit->call->arena, unit.title), NULL),
                            .action = STR("/archive/custody/new"),
                            .back = STR("/archive/custody"),
                            .button = "archive.hand-over"};
    struct model *part = change_open(visit, &change);
    struct model *kept = model_list_add(part, "kept");
    model_text(kept, "name", STR("unit"));
    model_text(kept, "value", id_to_text(visit->call->arena, own));
    struct model *field =
        change_field(visit, part, "is-choice", "keeper", "archive.keeper", true, STR(""));
    TRY(add_keepers(visit, field, book, own));
    change_field(visit, part, "is-line", "place", "archive.place", true, STR(""));
    change_field(visit, part, "is-lines", "remark", "archive.remark", false, STR(""));
    return web_page(visit, "change");
}

/* Whoever holds a keeping role in the unit now. */
static enum status add_keepers(struct visit *visit, struct model *field,
                               const struct rulebook *book, id64 unit) {
    struct call *call = visit->call;
    const struct custody_rule *rule = book->archiving->custody;
    id64 shown[100];
    size_t count = 0;
    for (size_t i = 0; i < rule->role_count; i++) {
        struct people_holdings holders;
        const char *role = str_text(call->arena, book->roles[rule->roles[i]].code);
        TRY(people_holders(call, role, unit, &holders));
        for (size_t j = 0; j < holders.count && count < LENGTH(shown); j++) {
            bool before = false;
            for (size_t k = 0; k < count; k++) {
                before = before || shown[k] == holders.at[j].person;
            }
            if (!before) {
                shown[count++] = holders.at[j].person;
                change_option(visit, field, "keeper", STR(""),
                              id_to_text(call->arena, holders.at[j].person),
                              holders.at[j].name);
            }
        }
    }
    return DONE;
}

static enum status run_new(struct visit *visit) {
    const struct request *request = visit->request;
    id64 custody;
    TRY(archive_hand_over(visit->call, visit->web->options.group,
                          request_id(request, "unit"), request_id(request, "keeper"),
                          request_text(request, "place"), request_text(request, "remark"),
                          &custody));
    return web_go_saying(visit, archive_path(visit, "custody", custody, ""),
                         "archive.handed-over", NULL);
}

enum status archive_own_unit(struct visit *visit, id64 *out_unit) {
    struct people_holdings holdings;
    *out_unit = 0;
    TRY(people_holdings(visit->call, visit->call->actor.person, &holdings));
    for (size_t i = 0; i < holdings.count; i++) {
        bool keeps = false;
        TRY(archive_keeps(visit->call, visit->web->options.group, holdings.at[i].unit,
                          &keeps));
        if (keeps) {
            *out_unit = holdings.at[i].unit;
            return DONE;
        }
    }
    return DONE;
}

static struct str moment(struct visit *visit, instant at) {
    return instant_to_text(visit->call->arena, at);
}
