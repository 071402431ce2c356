/*
 * How files end, and what is sealed: lists for destruction, their approval and witnesses;
 * the opening of a page that was taken away; the package of a year.
 */
#include "archive_web.h"

#include "people/people.h"

#include <string.h>

#define FILES         "file-*"
#define WITNESSES     2
#define PERSONS_SHOWN 500

static enum status run_new_form(struct visit *visit);
static enum status add_files(struct visit *visit, struct model *part);
static enum status add_witnesses(struct visit *visit, struct model *part, int count);
static enum status run_new(struct visit *visit);
static enum status run_list(struct visit *visit);
static enum status fill_lines(struct visit *visit, struct model *record,
                              const struct destruction *list);
static enum status fill_witnesses(struct visit *visit, struct model *record,
                                  const struct destruction *list);
static enum status fill_acts(struct visit *visit, struct model *record,
                             const struct destruction *list);
static enum status run_decide_form(struct visit *visit);
static enum status run_decide(struct visit *visit);
static enum status run_witness_form(struct visit *visit);
static enum status run_witness(struct visit *visit);
static enum status find_list(struct visit *visit, struct destruction *out_list);
static enum status run_open_form(struct visit *visit);
static enum status run_open(struct visit *visit);
static enum status sealed_place(const struct visit *visit, int64_t *out_sequence,
                                int64_t *out_page);
static enum status run_package_form(struct visit *visit);
static enum status run_package(struct visit *visit);
static enum status run_package_file(struct visit *visit);

static const struct field new_fields[] = {
    {.name = FILES, .kind = FIELD_TEXT, .most = 8, .label = "archive.files"},
    {.name = "witness-1", .kind = FIELD_ID, .label = "archive.witness"},
    {.name = "witness-2", .kind = FIELD_ID, .label = "archive.witness"},
    WEB_REASON_FIELD("archive.reason"),
    {.name = NULL},
};
const struct entry archive_destruction_form = {.method = "GET",
                                               .pattern = "/archive/destructions/new",
                                               .may = WEB_STAFF,
                                               .run = run_new_form};
const struct entry archive_destruction_post = {.method = "POST",
                                               .pattern = "/archive/destructions/new",
                                               .fields = new_fields,
                                               .may = WEB_STAFF,
                                               .form = &archive_destruction_form,
                                               .run = run_new};

const struct entry archive_destruction_show = {.method = "GET",
                                               .pattern = "/archive/destructions/{list}",
                                               .may = WEB_STAFF,
                                               .run = run_list};

static const struct field decide_fields[] = {
    {.name = "agreed",
     .kind = FIELD_CHOICE,
     .choices = "yes|no",
     .required = true,
     .label = "archive.answer"},
    {.name = "words", .kind = FIELD_LINES, .most = 1000, .label = "archive.words"},
    WEB_PROOF_FIELD,
    {.name = NULL},
};
const struct entry archive_approve_form = {.method = "GET",
                                           .pattern =
                                               "/archive/destructions/{list}/decide",
                                           .may = WEB_STAFF,
                                           .run = run_decide_form};
const struct entry archive_approve_post = {.method = "POST",
                                           .pattern =
                                               "/archive/destructions/{list}/decide",
                                           .fields = decide_fields,
                                           .may = WEB_STAFF,
                                           .form = &archive_approve_form,
                                           .run = run_decide};

static const struct field witness_fields[] = {WEB_PROOF_FIELD, {.name = NULL}};
const struct entry archive_witness_form = {.method = "GET",
                                           .pattern =
                                               "/archive/destructions/{list}/witness",
                                           .may = WEB_STAFF,
                                           .run = run_witness_form};
const struct entry archive_witness_post = {.method = "POST",
                                           .pattern =
                                               "/archive/destructions/{list}/witness",
                                           .fields = witness_fields,
                                           .may = WEB_STAFF,
                                           .form = &archive_witness_form,
                                           .run = run_witness};

static const struct field open_fields[] = {
    WEB_REASON_FIELD("archive.reason"), WEB_PROOF_FIELD, {.name = NULL}};
const struct entry archive_open_form = {.method = "GET",
                                        .pattern = "/archive/sealed/{entry}/{page}",
                                        .may = WEB_STAFF,
                                        .run = run_open_form};
const struct entry archive_open_post = {.method = "POST",
                                        .pattern = "/archive/sealed/{entry}/{page}",
                                        .fields = open_fields,
                                        .may = WEB_STAFF,
                                        .form = &archive_open_form,
                                        .run = run_open};

static const struct field package_fields[] = {
    {.name = "year", .kind = FIELD_INT, .required = true, .label = "archive.year"},
    {.name = NULL},
};
const struct entry archive_package_form = {.method = "GET",
                                           .pattern = "/archive/packages/new",
                                           .may = WEB_STAFF,
                                           .run = run_package_form};
const struct entry archive_package_post = {.method = "POST",
                                           .pattern = "/archive/packages/new",
                                           .fields = package_fields,
                                           .may = WEB_STAFF,
                                           .form = &archive_package_form,
                                           .run = run_package};

const struct entry archive_package_file = {.method = "GET",
                                           .pattern =
                                               "/archive/packages/{entry}/package.tar",
                                           .may = WEB_STAFF,
                                           .run = run_package_file};

const char *archive_list_state(const struct destruction *list) {
    if (list->done_at != 0) {
        return "archive-destroyed";
    }
    if (list->answered_at == 0) {
        return "archive-proposed";
    }
    return list->agreed ? "archive-approved" : "archive-closed";
}

static enum status run_new_form(struct visit *visit) {
    const struct rulebook *book;
    TRY(part_rulebook(visit, NULL, &book));
    if (book->archiving == NULL || book->archiving->destruction == NULL) {
        return call_refuse(visit->call, REFUSED, "", "archive.nothing-destroyed", NULL);
    }
    const struct destruction_rule *rule = book->archiving->destruction;
    struct change change = {.title = web_say(visit, "archive.propose", NULL),
                            .action = STR("/archive/destructions/new"),
                            .back = STR("/archive/destructions"),
                            .button = "archive.propose",
                            .heavy = true};
    struct model *part = change_open(visit, &change);
    if (!str_is_empty(rule->basis.id)) {
        web_cite(visit, model_part(part, "rule"), rule->basis.id);
    }
    TRY(add_files(visit, part));
    TRY(add_witnesses(visit, part, rule->witnesses));
    change_field(visit, part, "is-lines", "reason", "archive.reason", true, STR(""));
    model_list_add_text(part, "effects", web_say(visit, "archive.end-effect", NULL));
    model_list_add_text(part, "effects", web_say(visit, "archive.end-stays", NULL));
    return web_page(visit, "change");
}

/* A box for each file past its term that nothing holds. */
static enum status add_files(struct visit *visit, struct model *part) {
    struct call *call = visit->call;
    struct archive_filter filter = {0};
    struct archive_files files;
    size_t shown = 0;
    do {
        TRY(archive_list(call, visit->web->options.group, &filter, &files));
        for (size_t i = 0; i < files.count && shown < ARCHIVE_LIST_MOST; i++) {
            const struct archive_file *file = &files.at[i];
            filter.before = file->id;
            if (!str_is(str_of(archive_state(call, file)), "archive-due")) {
                continue;
            }
            const char *name = str_format(call->arena, "file-%.*s",
                                          STR_ARG(id_to_text(call->arena, file->id)))
                                   .at;
            (void)change_field_called(
                visit, part, "is-tick", name,
                str_format(call->arena, "%.*s　%.*s", STR_ARG(file->number),
                           STR_ARG(file->title)),
                false, visit->again ? request_typed(visit->request, name) : STR(""));
            shown++;
        }
    } while (files.more && files.count > 0 && shown < ARCHIVE_LIST_MOST);
    if (shown == 0) {
        model_list_add_text(part, "effects", web_say(visit, "archive.none-due", NULL));
    }
    return DONE;
}

static enum status add_witnesses(struct visit *visit, struct model *part, int count) {
    static const char *const names[WITNESSES] = {"witness-1", "witness-2"};
    struct people_page page = {.limit = PERSONS_SHOWN};
    struct people_persons persons;
    TRY(people_persons(visit->call, &page, &persons));
    for (int i = 0; i < count && i < WITNESSES; i++) {
        struct model *field = change_field(visit, part, "is-choice", names[i],
                                           "archive.witness", true, STR(""));
        for (size_t j = 0; j < persons.count; j++) {
            if (!persons.at[j].gone && persons.at[j].id != visit->call->actor.person) {
                change_option(visit, field, names[i], STR(""),
                              id_to_text(visit->call->arena, persons.at[j].id),
                              str_format(visit->call->arena, "%.*s　%.*s",
                                         STR_ARG(persons.at[j].name),
                                         STR_ARG(persons.at[j].posts)));
            }
        }
    }
    return DONE;
}

static enum status run_new(struct visit *visit) {
    const struct request *request = visit->request;
    struct arena *arena = visit->call->arena;
    size_t count = request_count(request, FILES);
    id64 *files = TAKE_ARRAY(arena, count + 1, id64);
    id64 witnesses[WITNESSES];
    struct destruction_wish wish = {.files = files,
                                    .witnesses = witnesses,
                                    .reason = request_text(request, "reason")};
    id64 list;
    for (size_t i = 0; i < count; i++) {
        struct str name = request_name_at(request, FILES, i);
        TRY(id_from_text(str_part(name, strlen("file-"), name.length),
                         &files[wish.file_count]));
        wish.file_count += str_is_empty(request_text_at(request, FILES, i)) ? 0 : 1;
    }
    for (int i = 0; i < WITNESSES; i++) {
        id64 person = request_id(request, i == 0 ? "witness-1" : "witness-2");
        if (person != 0) {
            witnesses[wish.witness_count++] = person;
        }
    }
    TRY(archive_propose(visit->call, visit->web->options.group, &wish, &list));
    return web_go_saying(visit, archive_path(visit, "destructions", list, ""),
                         "archive.proposed", NULL);
}

static enum status run_list(struct visit *visit) {
    struct call *call = visit->call;
    struct destruction list;
    struct people_unit unit;
    TRY(find_list(visit, &list));
    TRY(people_unit(call, list.unit, &unit));
    struct model *record =
        record_open(visit, list.number, "/archive/destructions", "archive.destructions");
    part_badge(record, "badge", str_of(archive_list_state(&list)));
    record_pair(visit, record, "archive.kept-in", unit.title);
    record_pair(visit, record, "archive.reason", list.reason);
    record_pair(visit, record, "archive.proposed-by",
                str_format(call->arena, "%.*s　%.*s",
                           STR_ARG(archive_who(visit, list.proposed_by)),
                           STR_ARG(instant_to_text(call->arena, list.proposed_at))));
    if (list.answered_at != 0) {
        record_pair(visit, record,
                    list.agreed ? "archive.agreed-by" : "archive.declined-by",
                    str_format(call->arena, "%.*s　%.*s　%.*s",
                               STR_ARG(archive_who(visit, list.answered_by)),
                               STR_ARG(instant_to_text(call->arena, list.answered_at)),
                               STR_ARG(list.answer)));
    }
    if (list.done_at != 0) {
        record_pair(visit, record, "archive.destroyed-at",
                    instant_to_text(call->arena, list.done_at));
    }
    record_pair(visit, record, "archive.list-digest",
                digest_to_text(call->arena, &list.digest));
    TRY(fill_lines(visit, record, &list));
    TRY(fill_witnesses(visit, record, &list));
    TRY(fill_acts(visit, record, &list));
    record_act(visit, record, archive_path(visit, "destructions", list.id, "/list.pdf"),
               "archive.print", false);
    return web_page(visit, "record");
}

static enum status fill_lines(struct visit *visit, struct model *record,
                              const struct destruction *list) {
    static const char *const heads[] = {"archive.number", "manuscripts.by-title",
                                        "archive.filed", "archive.until", NULL};
    struct arena *arena = visit->call->arena;
    struct model *section = record_section(visit, record, "archive.list-lines", heads);
    for (size_t i = 0; i < list->line_count; i++) {
        const struct destruction_line *line = &list->lines[i];
        struct model *row = record_row(section);
        record_cell(row, line->number);
        record_cell(row, line->title);
        record_cell(row, day_to_text(arena, instant_day(line->filed_at)));
        record_cell(row, day_to_text(arena, line->kept_until));
    }
    return DONE;
}

static enum status fill_witnesses(struct visit *visit, struct model *record,
                                  const struct destruction *list) {
    static const char *const heads[] = {"archive.witness", "archive.confirmed-at", NULL};
    struct arena *arena = visit->call->arena;
    struct model *section = record_section(visit, record, "archive.witnesses", heads);
    for (size_t i = 0; i < list->witness_count; i++) {
        struct model *row = record_row(section);
        record_cell(row, archive_who(visit, list->witnesses[i].person));
        record_cell(row, list->witnesses[i].at == 0
                             ? web_say(visit, "archive.not-yet", NULL)
                             : instant_to_text(arena, list->witnesses[i].at));
    }
    return DONE;
}

static enum status fill_acts(struct visit *visit, struct model *record,
                             const struct destruction *list) {
    id64 me = visit->call->actor.person;
    bool may = false;
    bool own = list->proposed_by == me;
    TRY(archive_may_destroy(visit->call, list->group, list->unit, &may));
    for (size_t i = 0; i < list->witness_count; i++) {
        own = own || list->witnesses[i].person == me;
        if (list->witnesses[i].person == me && list->witnesses[i].at == 0 &&
            list->agreed) {
            record_act(visit, record,
                       archive_path(visit, "destructions", list->id, "/witness"),
                       "archive.witness-do", true);
        }
    }
    if (may && !own && list->answered_at == 0) {
        record_act(visit, record,
                   archive_path(visit, "destructions", list->id, "/decide"),
                   "archive.decide", true);
    }
    return DONE;
}

static enum status run_decide_form(struct visit *visit) {
    struct destruction list;
    TRY(find_list(visit, &list));
    struct change change = {
        .title = web_say(visit, "archive.decide-list", "list",
                         str_text(visit->call->arena, list.number), NULL),
        .action = archive_path(visit, "destructions", list.id, "/decide"),
        .back = archive_path(visit, "destructions", list.id, ""),
        .button = "archive.decide",
        .heavy = true,
        .proof = true};
    struct model *part = change_open(visit, &change);
    struct model *field = change_field(visit, part, "is-choice", "agreed",
                                       "archive.answer", true, STR("no"));
    change_option(visit, field, "agreed", STR("no"), STR("yes"),
                  web_say(visit, "archive.agreed", NULL));
    change_option(visit, field, "agreed", STR("no"), STR("no"),
                  web_say(visit, "archive.declined", NULL));
    change_field(visit, part, "is-lines", "words", "archive.words", false, STR(""));
    struct str count = str_format(visit->call->arena, "%zu", list.line_count);
    model_list_add_text(
        part, "effects",
        web_say(visit, "archive.approve-effect", "count", count.at, NULL));
    return web_page(visit, "change");
}

static enum status run_decide(struct visit *visit) {
    struct destruction list;
    TRY(find_list(visit, &list));
    TRY(web_prove(visit, "password"));
    TRY(archive_decide(visit->call, list.id,
                       str_is(request_text(visit->request, "agreed"), "yes"),
                       request_text(visit->request, "words")));
    return web_go_saying(visit, archive_path(visit, "destructions", list.id, ""),
                         "archive.decided", NULL);
}

static enum status run_witness_form(struct visit *visit) {
    struct destruction list;
    TRY(find_list(visit, &list));
    struct change change = {
        .title = web_say(visit, "archive.witness-title", "list",
                         str_text(visit->call->arena, list.number), NULL),
        .action = archive_path(visit, "destructions", list.id, "/witness"),
        .back = archive_path(visit, "destructions", list.id, ""),
        .button = "archive.witness-do",
        .heavy = true,
        .proof = true};
    struct model *part = change_open(visit, &change);
    model_list_add_text(part, "effects", web_say(visit, "archive.end-effect", NULL));
    model_list_add_text(part, "effects", web_say(visit, "archive.end-stays", NULL));
    return web_page(visit, "change");
}

static enum status run_witness(struct visit *visit) {
    struct destruction list;
    TRY(find_list(visit, &list));
    TRY(web_prove(visit, "password"));
    TRY(archive_witness(visit->call, list.id));
    return web_go_saying(visit, archive_path(visit, "destructions", list.id, ""),
                         "archive.witnessed", NULL);
}

static enum status find_list(struct visit *visit, struct destruction *out_list) {
    id64 id;
    TRY(request_id_parameter(visit->request, "list", &id));
    TRY(archive_destruction(visit->call, id, out_list));
    return out_list->group == visit->web->options.group ? DONE : ABSENT;
}

static enum status run_open_form(struct visit *visit) {
    int64_t sequence;
    int64_t page;
    TRY(sealed_place(visit, &sequence, &page));
    struct change change = {.title = web_say(visit, "archive.open-title", NULL),
                            .action = str_format(visit->call->arena,
                                                 "/archive/sealed/%lld/%lld",
                                                 (long long)sequence, (long long)page),
                            .back = STR("/archive/sealed"),
                            .button = "archive.open-do",
                            .warns = true,
                            .proof = true};
    struct model *part = change_open(visit, &change);
    change_field(visit, part, "is-lines", "reason", "archive.reason", true, STR(""));
    model_list_add_text(part, "effects", web_say(visit, "archive.open-effect", NULL));
    return web_page(visit, "change");
}

/* The page goes out as a file: it is not of this office, and nothing in it runs here. */
static enum status run_open(struct visit *visit) {
    struct bytes bytes;
    int64_t sequence;
    int64_t page;
    TRY(sealed_place(visit, &sequence, &page));
    TRY(web_prove(visit, "password"));
    TRY(archive_open(visit->call, visit->web->options.group, sequence, (size_t)page,
                     request_text(visit->request, "reason"), &bytes));
    response_body(visit->response, 200, "application/octet-stream",
                  (struct str){(const char *)bytes.at, bytes.length});
    response_download(visit->response,
                      str_format(visit->call->arena, "sealed-%lld-%lld.html",
                                 (long long)sequence, (long long)page),
                      "application/octet-stream", true);
    return DONE;
}

static enum status sealed_place(const struct visit *visit, int64_t *out_sequence,
                                int64_t *out_page) {
    int64_t sequence;
    int64_t page;
    if (str_to_int(request_parameter(visit->request, "entry"), &sequence) != DONE ||
        str_to_int(request_parameter(visit->request, "page"), &page) != DONE ||
        sequence < 1 || page < 0) {
        return ABSENT;
    }
    *out_sequence = sequence;
    *out_page = page;
    return DONE;
}

static enum status run_package_form(struct visit *visit) {
    int year = date_of_day(instant_day(visit->call->now)).year;
    struct change change = {.title = web_say(visit, "archive.package-do", NULL),
                            .action = STR("/archive/packages/new"),
                            .back = STR("/archive/packages"),
                            .button = "archive.package-do",
                            .warns = true};
    struct model *part = change_open(visit, &change);
    change_field(visit, part, "is-number", "year", "archive.year", true,
                 str_format(visit->call->arena, "%d", year - 1));
    model_list_add_text(part, "effects", web_say(visit, "archive.package-effect", NULL));
    return web_page(visit, "change");
}

static enum status run_package(struct visit *visit) {
    TRY(archive_order(visit->call, visit->web->options.group,
                      (int)request_int(visit->request, "year")));
    return web_go_saying(visit, STR("/archive/packages"), "archive.package-ordered",
                         NULL);
}

static enum status run_package_file(struct visit *visit) {
    struct fetched fetched;
    int64_t sequence;
    if (str_to_int(request_parameter(visit->request, "entry"), &sequence) != DONE) {
        return ABSENT;
    }
    TRY(archive_fetch(visit->call, visit->web->options.group, sequence, &fetched));
    response_file(visit->response, fetched.file, fetched.size);
    response_download(visit->response, fetched.name, "application/x-tar", true);
    return DONE;
}
