/*
 * Keeping persons: entered, changed, gone; and the lists of persons and of posts.
 */
#include "entries.h"
#include "staff.h"

/* Whoever has more has a directory, not this table. */
#define PERSONS_MOST 20000

static enum status run_persons(struct visit *visit);
static enum status run_posts(struct visit *visit);
static enum status add_post(struct table *table, const struct people_post *post);
static enum status run_post(struct visit *visit);
static enum status run_new(struct visit *visit);
static enum status run_add(struct visit *visit);
static enum status run_change_form(struct visit *visit);
static enum status run_change(struct visit *visit);
static enum status run_leave_form(struct visit *visit);
static enum status run_leave(struct visit *visit);
static enum status find_person(struct visit *visit, struct people_person *out_person);
static void fill_form(struct visit *visit, struct model *part,
                      const struct people_person *person);
static void read_person(const struct visit *visit, struct people_person *person);

static const struct field persons_fields[] = {
    {.name = "q", .kind = FIELD_TEXT, .label = "persons.seek"},
    {.name = "sort", .kind = FIELD_TEXT, .label = "manuscripts.by-update"},
    {.name = "page", .kind = FIELD_INT, .label = "pager.label"},
    {.name = NULL},
};
static const char *const persons_names[] = {"q", "sort", "page", NULL};
static const struct listing persons_listing = {"/people/persons", persons_names};

const struct entry persons_show = {.method = "GET",
                                   .pattern = "/people/persons",
                                   .fields = persons_fields,
                                   .may = STAFF_READERS,
                                   .run = run_persons};
const struct entry persons_export = {.method = "GET",
                                     .pattern = "/people/persons.xlsx",
                                     .fields = persons_fields,
                                     .may = STAFF_READERS,
                                     .run = run_persons};

static const struct field posts_fields[] = {
    {.name = "q", .kind = FIELD_TEXT, .label = "persons.seek"},
    {.name = "unit", .kind = FIELD_ID, .label = "people.unit"},
    {.name = "vacant",
     .kind = FIELD_CHOICE,
     .choices = "yes|no",
     .label = "people.vacant"},
    {.name = "sort", .kind = FIELD_TEXT, .label = "manuscripts.by-update"},
    {.name = "page", .kind = FIELD_INT, .label = "pager.label"},
    {.name = NULL},
};
static const char *const posts_names[] = {"q", "unit", "vacant", "sort", "page", NULL};
static const struct listing posts_listing = {"/people/posts", posts_names};

const struct entry posts_show = {.method = "GET",
                                 .pattern = "/people/posts",
                                 .fields = posts_fields,
                                 .may = STAFF_READERS,
                                 .run = run_posts};
const struct entry posts_export = {.method = "GET",
                                   .pattern = "/people/posts.xlsx",
                                   .fields = posts_fields,
                                   .may = STAFF_READERS,
                                   .run = run_posts};
const struct entry post_show = {.method = "GET",
                                .pattern = "/people/posts/{post}",
                                .fields = persons_fields,
                                .may = STAFF_READERS,
                                .run = run_post};

static const struct field person_fields[] = {
    {.name = "name", .kind = FIELD_TEXT, .most = 60, .label = "persons.name"},
    {.name = "pinyin", .kind = FIELD_TEXT, .most = 120, .label = "persons.pinyin"},
    {.name = "mail", .kind = FIELD_TEXT, .most = 200, .label = "persons.mail"},
    {.name = "phone", .kind = FIELD_TEXT, .most = 60, .label = "persons.phone"},
    {.name = NULL},
};
const struct entry person_new = {
    .method = "GET", .pattern = "/people/persons/new", .may = WEB_OFFICE, .run = run_new};
const struct entry person_add = {.method = "POST",
                                 .pattern = "/people/persons/new",
                                 .fields = person_fields,
                                 .may = WEB_OFFICE,
                                 .form = &person_new,
                                 .run = run_add};
const struct entry person_change_form = {.method = "GET",
                                         .pattern = "/people/persons/{person}/change",
                                         .may = WEB_OFFICE,
                                         .run = run_change_form};
const struct entry person_change = {.method = "POST",
                                    .pattern = "/people/persons/{person}/change",
                                    .fields = person_fields,
                                    .may = WEB_OFFICE,
                                    .form = &person_change_form,
                                    .run = run_change};
const struct entry person_leave_form = {.method = "GET",
                                        .pattern = "/people/persons/{person}/leave",
                                        .may = WEB_OFFICE,
                                        .run = run_leave_form};
static const struct field leave_fields[] = {
    WEB_REASON_FIELD("withdraw.reason"), WEB_PROOF_FIELD, {.name = NULL}};
const struct entry person_leave = {.method = "POST",
                                   .pattern = "/people/persons/{person}/leave",
                                   .fields = leave_fields,
                                   .may = WEB_OFFICE,
                                   .form = &person_leave_form,
                                   .run = run_leave};

static enum status run_persons(struct visit *visit) {
    static const struct table_column columns[] = {
        {"name", "persons.name", false},    {"posts", "accounts.posts", false},
        {"login", "accounts.login", false}, {"phone", "persons.phone", false},
        {"mail", "persons.mail", false},
    };
    struct table table = {.visit = visit,
                          .listing = &persons_listing,
                          .title = "persons.title",
                          .columns = columns,
                          .column_count = LENGTH(columns)};
    struct people_page page = {.limit = 500,
                               .search = request_typed(visit->request, "q")};
    struct people_persons persons;
    table_search(&table, "persons.seek");
    do {
        TRY(people_persons(visit->call, &page, &persons));
        for (size_t i = 0; i < persons.count; i++) {
            struct table_row *row = table_add(&table);
            row->href = staff_person_path(visit, persons.at[i].id, "");
            row->cells[0] = persons.at[i].name;
            row->keys[0] = persons.at[i].pinyin;
            row->cells[1] = persons.at[i].posts;
            row->cells[2] = persons.at[i].login;
            row->cells[3] = persons.at[i].phone;
            row->cells[4] = persons.at[i].mail;
        }
        page.first += (int64_t)persons.count;
    } while (persons.more && page.first < PERSONS_MOST);
    if (staff_keeps(visit)) {
        table_act(&table, STR("/people/persons/new"), "persons.new", true);
    }
    table_back(&table, STR("/people"), "people.title");
    return table_answer(&table, "persons.nothing");
}

static enum status run_posts(struct visit *visit) {
    static const struct table_column columns[] = {
        {"post", "people.post", false},
        {"unit", "people.unit", false},
        {"holder", "people.holder", false},
        {"span", "people.span", false},
    };
    struct call *call = visit->call;
    struct table table = {.visit = visit,
                          .listing = &posts_listing,
                          .title = "people.posts",
                          .columns = columns,
                          .column_count = LENGTH(columns)};
    id64 unit = request_id(visit->request, "unit");
    struct str vacant = request_text(visit->request, "vacant");
    struct str typed = request_text(visit->request, "q");
    struct people_posts posts;
    struct people_units units;
    struct str chosen = STR("");
    struct model *part = table_part(&table);
    table_search(&table, "persons.seek");
    TRY(people_units(call, false, &units));
    struct model *filter = listing_filter(visit, part, "unit", "people.unit");
    for (size_t i = 0; i < units.count; i++) {
        listing_option(filter, visit, "unit", id_to_text(call->arena, units.at[i].id),
                       units.at[i].title);
        chosen = units.at[i].id == unit ? units.at[i].title : chosen;
    }
    listing_chosen(visit, part, &posts_listing, "unit", "people.unit", chosen);
    filter = listing_filter(visit, part, "vacant", "people.vacant");
    struct str yes = web_say(visit, "common.yes", NULL);
    struct str no = web_say(visit, "common.no", NULL);
    listing_option(filter, visit, "vacant", STR("yes"), yes);
    listing_option(filter, visit, "vacant", STR("no"), no);
    listing_chosen(visit, part, &posts_listing, "vacant", "people.vacant",
                   str_is(vacant, "yes") ? yes : no);
    TRY(people_posts(call, unit, str_is(vacant, "yes"), &posts));
    for (size_t i = 0; i < posts.count; i++) {
        if (!str_is(vacant, "no") || posts.at[i].holder != 0) {
            TRY(add_post(&table, &posts.at[i]));
            if (!table_row_holds(&table, &table.rows[table.count - 1], typed)) {
                table_drop(&table);
            }
        }
    }
    struct model *back = model_part(part, "back");
    model_text(back, "href", STR("/people"));
    model_words(back, "label", "people.title");
    return table_answer(&table, "people.no-posts");
}

static enum status add_post(struct table *table, const struct people_post *post) {
    struct visit *visit = table->visit;
    struct people_holdings history;
    struct table_row *row = table_add(table);
    row->href = staff_post_path(visit, post->id, "");
    row->cells[0] = post->title;
    row->cells[1] = post->unit_title;
    row->cells[2] =
        post->holder == 0 ? web_say(visit, "people.vacant", NULL) : post->holder_name;
    if (post->holder == 0) {
        return DONE;
    }
    TRY(people_post_history(visit->call, post->id, &history));
    for (size_t i = 0; i < history.count; i++) {
        if (history.at[i].person == post->holder &&
            history.at[i].until > visit->call->now) {
            row->cells[3] = staff_span(visit, &history.at[i]);
            break;
        }
    }
    return DONE;
}

/* Who held it, newest first. */
static enum status run_post(struct visit *visit) {
    static const struct table_column columns[] = {
        {"name", "people.holder", false},
        {"span", "people.span", false},
        {"by", "persons.appointed-by", false},
        {"reason", "withdraw.reason", false},
    };
    struct call *call = visit->call;
    struct people_post post;
    struct people_holdings history;
    id64 id;
    TRY(request_id_parameter(visit->request, "post", &id));
    TRY(people_post(call, id, &post));
    TRY(people_post_history(call, id, &history));
    struct listing here = {staff_post_path(visit, id, "").at, persons_names};
    struct table table = {.visit = visit,
                          .listing = &here,
                          .title = "persons.history",
                          .columns = columns,
                          .column_count = LENGTH(columns),
                          .plain = true};
    for (size_t i = 0; i < history.count; i++) {
        const struct people_holding *holding = &history.at[i];
        struct people_brief by;
        struct table_row *row = table_add(&table);
        TRY(people_person_brief(call, holding->appointed_by, &by));
        row->href = staff_person_path(visit, holding->person, "");
        row->cells[0] = holding->name;
        row->cells[1] = staff_span(visit, holding);
        row->cells[2] = by.name;
        row->cells[3] = holding->reason;
    }
    struct model *part = table_part(&table);
    struct model *back = model_part(part, "back");
    model_text(back, "href", staff_unit_path(visit, post.unit, ""));
    model_text(back, "label", post.unit_title);
    model_text(part, "sub",
               str_format(call->arena, "%.*s %.*s", STR_ARG(post.unit_title),
                          STR_ARG(post.title)));
    return table_answer(&table, "persons.never-held");
}

static enum status run_new(struct visit *visit) {
    struct people_person blank = {
        .name = STR(""), .pinyin = STR(""), .mail = STR(""), .phone = STR("")};
    struct change change = {.title = web_say(visit, "persons.new-title", NULL),
                            .action = STR("/people/persons/new"),
                            .back = STR("/people/persons"),
                            .button = "persons.new-do"};
    struct model *part = change_open(visit, &change);
    fill_form(visit, part, &blank);
    return web_page(visit, "change");
}

static enum status run_add(struct visit *visit) {
    struct people_person person = {.id = 0};
    read_person(visit, &person);
    TRY(people_person_save(visit->call, &person));
    return web_go_saying(visit, staff_person_path(visit, person.id, ""), "persons.added",
                         NULL);
}

static enum status run_change_form(struct visit *visit) {
    struct people_person person;
    TRY(find_person(visit, &person));
    struct change change = {.title =
                                web_say(visit, "persons.change-title", "name",
                                        str_text(visit->call->arena, person.name), NULL),
                            .action = staff_person_path(visit, person.id, "/change"),
                            .back = staff_person_path(visit, person.id, ""),
                            .button = "units.change-do"};
    struct model *part = change_open(visit, &change);
    fill_form(visit, part, &person);
    return web_page(visit, "change");
}

static enum status run_change(struct visit *visit) {
    struct people_person person;
    TRY(find_person(visit, &person));
    read_person(visit, &person);
    TRY(people_person_save(visit->call, &person));
    return web_go_saying(visit, staff_person_path(visit, person.id, ""), "units.changed",
                         NULL);
}

static enum status run_leave_form(struct visit *visit) {
    struct call *call = visit->call;
    struct people_person person;
    struct people_holdings holdings;
    TRY(find_person(visit, &person));
    TRY(people_holdings(call, person.id, &holdings));
    struct change change = {.title = web_say(visit, "persons.leave-title", "name",
                                             str_text(call->arena, person.name), NULL),
                            .action = staff_person_path(visit, person.id, "/leave"),
                            .back = staff_person_path(visit, person.id, ""),
                            .button = "persons.leave-do",
                            .heavy = true,
                            .proof = true};
    struct model *part = change_open(visit, &change);
    change_field(visit, part, "is-lines", "reason", "withdraw.reason", true, STR(""));
    model_list_add_text(part, "effects",
                        web_say(visit, "persons.leave-ends", "posts",
                                str_format(call->arena, "%zu", holdings.count).at, NULL));
    model_list_add_text(part, "effects", web_say(visit, "persons.leave-keeps", NULL));
    return web_page(visit, "change");
}

static enum status run_leave(struct visit *visit) {
    struct people_person person;
    TRY(find_person(visit, &person));
    TRY(web_prove(visit, "password"));
    TRY(people_person_leave(visit->call, person.id,
                            request_text(visit->request, "reason")));
    return web_go_saying(visit, staff_person_path(visit, person.id, ""), "persons.left",
                         NULL);
}

static enum status find_person(struct visit *visit, struct people_person *out_person) {
    id64 id;
    TRY(request_id_parameter(visit->request, "person", &id));
    return people_person(visit->call, id, out_person);
}

static void fill_form(struct visit *visit, struct model *part,
                      const struct people_person *person) {
    change_field(visit, part, "is-line", "name", "persons.name", true, person->name);
    struct model *pinyin = change_field(visit, part, "is-line", "pinyin",
                                        "persons.pinyin", false, person->pinyin);
    model_words(pinyin, "help", "import.what-pinyin");
    change_field(visit, part, "is-line", "mail", "persons.mail", false, person->mail);
    change_field(visit, part, "is-line", "phone", "persons.phone", false, person->phone);
}

static void read_person(const struct visit *visit, struct people_person *person) {
    person->name = request_text(visit->request, "name");
    person->pinyin = request_text(visit->request, "pinyin");
    person->mail = request_text(visit->request, "mail");
    person->phone = request_text(visit->request, "phone");
}
