/*
 * Units and persons from a table.  Every line goes through the very acts that a
 * screen uses, in one transaction; a line that is refused adds its sentence to
 * the report, and one error undoes all of it.
 */
#include "people_own.h"

#include <jansson.h>
#include <string.h>

enum heading {
    HEAD_CODE,
    HEAD_TITLE,
    HEAD_ENGLISH,
    HEAD_KIND,
    HEAD_PARENT,
    HEAD_ALIASES,
    HEAD_NAME,
    HEAD_PINYIN,
    HEAD_LOGIN,
    HEAD_MAIL,
    HEAD_PHONE,
    HEAD_UNIT,
    HEAD_ROLE,
    HEADS
};

static const struct {
    enum heading heading;
    const char *names[4];
} heading_names[] = {
    {HEAD_CODE, {"单位代码", "代码", "code", NULL}},
    {HEAD_TITLE, {"单位名称", "职务", "title", "名称"}},
    {HEAD_ENGLISH, {"英文名称", "english", NULL, NULL}},
    {HEAD_KIND, {"类型", "kind", "单位类型", NULL}},
    {HEAD_PARENT, {"上级代码", "parent", "上级", NULL}},
    {HEAD_ALIASES, {"别名", "aliases", NULL, NULL}},
    {HEAD_NAME, {"姓名", "name", NULL, NULL}},
    {HEAD_PINYIN, {"拼音", "pinyin", NULL, NULL}},
    {HEAD_LOGIN, {"账号", "login", "帐号", NULL}},
    {HEAD_MAIL, {"邮箱", "mail", "email", "电子邮箱"}},
    {HEAD_PHONE, {"电话", "phone", "手机", NULL}},
    {HEAD_UNIT, {"单位", "unit", "部门", NULL}},
    {HEAD_ROLE, {"角色", "role", NULL, NULL}},
};

struct importing {
    const struct people_roles *roles;
    id64 body; /* whose office imports; 0: of several, or the machine's operator */
    struct table table;
    int places[HEADS]; /* column of each heading; -1 if it is not there */
    struct people_import_report report;
    id64 *persons;      /* of each row, once known */
    struct str *logins; /* of each row, in small letters */
};

static enum status import_work(struct call *call, void *what);
static void note(struct call *call, struct importing *importing, int line,
                 struct str column, const char *words, struct str value);
static void find_headings(struct call *call, struct importing *importing);
static struct str fold(struct call *call, struct str text);
static struct str cell(const struct importing *importing, const struct table_row *row,
                       enum heading heading);
static struct str column_title(const struct importing *importing, enum heading heading);
static void check_needed(struct call *call, struct importing *importing);
static enum status take_refusals(struct call *call, struct importing *importing,
                                 const struct table_row *row, enum status status,
                                 bool *out_taken);
static enum heading heading_of_field(const char *field);
static enum status own_body(struct call *call, id64 *out_body);
static enum status import_unit(struct call *call, struct importing *importing,
                               const struct table_row *row);
static struct str role_named(const struct importing *importing, struct str name);
static enum status kind_named(struct call *call, const struct importing *importing,
                              struct str name, struct str *out_kind);
static enum status import_person(struct call *call, struct importing *importing,
                                 size_t place);
static enum status find_person(struct call *call, struct importing *importing,
                               size_t place, id64 *out_person, bool *out_seen);
static enum status import_account(struct call *call, struct importing *importing,
                                  const struct table_row *row, id64 person);
static enum status import_post(struct call *call, struct importing *importing,
                               const struct table_row *row, id64 person);
static enum status holds_already(struct call *call, id64 person, id64 unit,
                                 struct str role, bool *out_holds);
static enum status record(struct call *call, const struct importing *importing);

enum status people_import(struct call *call, const struct people_roles *roles,
                          struct bytes bytes, struct people_import_report *out_report) {
    struct importing importing = {.roles = roles};
    struct people_import_error error;
    struct ledger_act act = {.act = "people.import", .subject = {SUBJECT_WORKSPACE, 1}};
    *out_report = (struct people_import_report){0};
    TRY(ledger_settle(call, LEDGER_HOUSE, &act, people_must_be_office(call)));
    TRY(own_body(call, &importing.body));
    enum status status = table_read(call, bytes, &importing.table, &error);
    if (status == DONE) {
        find_headings(call, &importing);
        check_needed(call, &importing);
        if (importing.report.error_count == 0) {
            struct str key = call->key;
            status = store_transact(call, TXN_WRITE, import_work, &importing);
            call->key = key;
        } else {
            status = REFUSED;
        }
    } else if (status == REFUSED) {
        note(call, &importing, error.line, error.column, error.words, error.value);
    }
    *out_report = importing.report;
    if (status == REFUSED) {
        call_forgive(call);
        return call_refuse_field(call, "file", "", "people.import-errors", NULL);
    }
    return status;
}

static enum status import_work(struct call *call, void *what) {
    struct importing *importing = what;
    struct str key = call->key;
    importing->report = (struct people_import_report){0};
    importing->persons = TAKE_ARRAY(call->arena, importing->table.count, id64);
    importing->logins = TAKE_ARRAY(call->arena, importing->table.count, struct str);
    for (size_t i = 0; i < importing->table.count; i++) {
        importing->logins[i] =
            fold(call, cell(importing, &importing->table.rows[i], HEAD_LOGIN));
    }
    call->key = STR("");
    for (size_t i = 0; i < importing->table.count; i++) {
        const struct table_row *row = &importing->table.rows[i];
        bool taken = false;
        bool persons = importing->places[HEAD_NAME] >= 0;
        TRY(take_refusals(call, importing, row,
                          persons ? import_person(call, importing, i)
                                  : import_unit(call, importing, row),
                          &taken));
    }
    call->key = key;
    if (importing->report.error_count > 0) {
        return REFUSED;
    }
    return record(call, importing);
}

static void note(struct call *call, struct importing *importing, int line,
                 struct str column, const char *words, struct str value) {
    struct people_import_report *report = &importing->report;
    report->errors = list_grow(call->arena, report->errors, report->error_count,
                               sizeof *report->errors);
    report->errors[report->error_count++] = (struct people_import_error){
        .line = line, .column = column, .words = words, .value = value};
}

static void find_headings(struct call *call, struct importing *importing) {
    const struct table_row *heading = &importing->table.heading;
    memset(importing->places, -1, sizeof importing->places);
    for (size_t i = 0; i < heading->count; i++) {
        struct str title = fold(call, heading->cells[i]);
        bool found = str_is_empty(title);
        for (size_t h = 0; h < LENGTH(heading_names); h++) {
            for (size_t n = 0; n < LENGTH(heading_names[h].names); n++) {
                const char *name = heading_names[h].names[n];
                if (name == NULL || !str_is(title, name)) {
                    continue;
                }
                int *place = &importing->places[heading_names[h].heading];
                if (*place >= 0) {
                    note(call, importing, heading->line, heading->cells[i],
                         "people.import-twice", heading->cells[i]);
                }
                *place = (int)i;
                found = true;
            }
        }
        if (!found) {
            note(call, importing, heading->line, heading->cells[i],
                 "people.import-unknown", heading->cells[i]);
        }
    }
}

static struct str fold(struct call *call, struct str text) {
    char *copy = arena_copy(call->arena, text.at, text.length);
    for (size_t i = 0; i < text.length; i++) {
        if (copy[i] >= 'A' && copy[i] <= 'Z') {
            copy[i] = (char)(copy[i] - 'A' + 'a');
        }
    }
    return str_trim((struct str){copy, text.length});
}

static struct str cell(const struct importing *importing, const struct table_row *row,
                       enum heading heading) {
    int place = importing->places[heading];
    return place < 0 || (size_t)place >= row->count ? STR("") : row->cells[place];
}

static struct str column_title(const struct importing *importing, enum heading heading) {
    int place = heading == HEADS ? -1 : importing->places[heading];
    return place < 0 ? STR("") : importing->table.heading.cells[place];
}

/* A table of persons needs 姓名; one of units needs code, title and kind. */
static void check_needed(struct call *call, struct importing *importing) {
    static const enum heading needed[] = {HEAD_CODE, HEAD_TITLE, HEAD_KIND};
    if (importing->places[HEAD_NAME] >= 0) {
        return;
    }
    for (size_t i = 0; i < LENGTH(needed); i++) {
        if (importing->places[needed[i]] < 0) {
            note(call, importing, importing->table.heading.line, STR(""),
                 "people.import-missing", str_of(heading_names[needed[i]].names[0]));
        }
    }
}

/* A no about one line goes into the report; the machine's failure ends the import. */
static enum status take_refusals(struct call *call, struct importing *importing,
                                 const struct table_row *row, enum status status,
                                 bool *out_taken) {
    *out_taken = status == REFUSED || status == DENIED;
    if (!*out_taken) {
        return status;
    }
    for (const struct refusal *refusal = call->refusal; refusal != NULL;
         refusal = refusal->next) {
        enum heading heading = heading_of_field(refusal->field);
        struct str value = heading == HEADS ? refusal->arguments[0].value
                                            : cell(importing, row, heading);
        note(call, importing, row->line, column_title(importing, heading), refusal->words,
             refusal->arguments[0].name == NULL && heading == HEADS ? STR("") : value);
    }
    call_forgive(call);
    return DONE;
}

static enum heading heading_of_field(const char *field) {
    static const struct {
        const char *field;
        enum heading heading;
    } fields[] = {{"code", HEAD_CODE},     {"title", HEAD_TITLE},     {"kind", HEAD_KIND},
                  {"parent", HEAD_PARENT}, {"aliases", HEAD_ALIASES}, {"name", HEAD_NAME},
                  {"mail", HEAD_MAIL},     {"login", HEAD_LOGIN},     {"unit", HEAD_UNIT},
                  {"role", HEAD_ROLE}};
    for (size_t i = 0; field != NULL && i < LENGTH(fields); i++) {
        if (strcmp(fields[i].field, field) == 0) {
            return fields[i].heading;
        }
    }
    return HEADS;
}

/* The one body whose office the actor belongs to. */
static enum status own_body(struct call *call, id64 *out_body) {
    struct people_holdings holdings;
    TRY(people_holdings(call, call->actor.person, &holdings));
    for (size_t i = 0; i < holdings.count; i++) {
        const struct people_holding *holding = &holdings.at[i];
        if (str_is(holding->unit_code, PEOPLE_UNIT_OFFICE) &&
            !role_is_admin(holding->role)) {
            *out_body = *out_body == 0 || *out_body == holding->body ? holding->body : 0;
        }
    }
    return DONE;
}

static enum status import_unit(struct call *call, struct importing *importing,
                               const struct table_row *row) {
    struct people_unit unit = {.code = cell(importing, row, HEAD_CODE),
                               .title = cell(importing, row, HEAD_TITLE),
                               .english = cell(importing, row, HEAD_ENGLISH),
                               .aliases = cell(importing, row, HEAD_ALIASES),
                               .order = row->line};
    struct str parent = cell(importing, row, HEAD_PARENT);
    struct people_unit found;
    TRY(kind_named(call, importing, cell(importing, row, HEAD_KIND), &unit.kind));
    if (!str_is_empty(parent)) {
        enum status status = people_unit_in(call, importing->body, parent, &found);
        if (status == ABSENT) {
            return call_refuse_field(call, "parent", "", "people.parent", NULL);
        }
        TRY(status);
        unit.parent = found.id;
    }
    enum status status = people_unit_in(call, importing->body, unit.code, &found);
    bool is_it = status == DONE &&
                 (str_equal(found.code, unit.code) || str_equal(found.known, unit.code));
    if (is_it) {
        unit.id = found.id;
        unit.order = found.order;
    } else if (status != ABSENT && status != DONE) {
        return status;
    }
    struct unit_wish wish = {.unit = &unit};
    TRY(unit_save_work(call, &wish));
    importing->report.units++;
    return DONE;
}

static struct str role_named(const struct importing *importing, struct str name) {
    const struct people_roles *roles = importing->roles;
    for (size_t i = 0; roles != NULL && i < roles->count; i++) {
        if (str_equal(roles->at[i].name, name)) {
            return roles->at[i].role;
        }
    }
    return name;
}

static enum status kind_named(struct call *call, const struct importing *importing,
                              struct str name, struct str *out_kind) {
    const struct people_roles *roles = importing->roles;
    *out_kind = name;
    if (roles == NULL || roles->kind_count == 0) {
        return DONE;
    }
    for (size_t i = 0; i < roles->kind_count; i++) {
        if (str_equal(roles->kinds[i].name, name) ||
            str_equal(roles->kinds[i].code, name)) {
            *out_kind = roles->kinds[i].code;
            return DONE;
        }
    }
    return call_refuse_field(call, "kind", "", "people.no-kind", NULL);
}

static enum status import_person(struct call *call, struct importing *importing,
                                 size_t place) {
    const struct table_row *row = &importing->table.rows[place];
    id64 id = 0;
    bool seen = false;
    TRY(find_person(call, importing, place, &id, &seen));
    if (!seen) {
        struct people_person person = {.id = id,
                                       .name = cell(importing, row, HEAD_NAME),
                                       .pinyin = cell(importing, row, HEAD_PINYIN),
                                       .mail = cell(importing, row, HEAD_MAIL),
                                       .phone = cell(importing, row, HEAD_PHONE)};
        struct person_wish wish = {.person = &person};
        TRY(person_save_work(call, &wish));
        importing->report.persons++;
        id = person.id;
        TRY(import_account(call, importing, row, id));
    }
    importing->persons[place] = id;
    return import_post(call, importing, row, id);
}

/* Of an earlier line of this file, else of the workspace: by login, else by a name
 * that only one person (who has no other login) has. */
static enum status find_person(struct call *call, struct importing *importing,
                               size_t place, id64 *out_person, bool *out_seen) {
    const struct table_row *row = &importing->table.rows[place];
    struct str login = importing->logins[place];
    struct str name = cell(importing, row, HEAD_NAME);
    for (size_t i = 0; i < place; i++) {
        const struct table_row *other = &importing->table.rows[i];
        if (importing->persons[i] != 0 && str_equal(importing->logins[i], login) &&
            str_equal(cell(importing, other, HEAD_NAME), name)) {
            *out_person = importing->persons[i];
            *out_seen = true;
            return DONE;
        }
    }
    struct rows *rows;
    if (!str_is_empty(login)) {
        enum status status =
            store_find(call, &people_person_by_login, &rows, bind_text("login", login));
        if (status == DONE) {
            *out_person = row_id(rows, "id");
        }
        if (status != ABSENT) {
            return status;
        }
    }
    TRY(store_query(call, &people_persons_named, &rows, bind_text("name", name),
                    bind_int("without_account", !str_is_empty(login))));
    int count = 0;
    while (rows_next(rows)) {
        *out_person = row_id(rows, "id");
        count++;
    }
    TRY(rows_end(rows));
    return count < 2 ? DONE
                     : call_refuse_field(call, "name", "", "people.import-names", NULL);
}

static enum status import_account(struct call *call, struct importing *importing,
                                  const struct table_row *row, id64 person) {
    struct str login = fold(call, cell(importing, row, HEAD_LOGIN));
    struct rows *found;
    if (str_is_empty(login)) {
        return DONE;
    }
    enum status status =
        store_find(call, &people_account_by_person, &found, bind_int("person", person));
    if (status != ABSENT) {
        return status;
    }
    struct account_wish wish = {.person = person, .login = login};
    TRY(account_request_work(call, &wish));
    importing->report.accounts++;
    return DONE;
}

static enum status import_post(struct call *call, struct importing *importing,
                               const struct table_row *row, id64 person) {
    struct str unit_name = cell(importing, row, HEAD_UNIT);
    struct str role = role_named(importing, cell(importing, row, HEAD_ROLE));
    struct people_unit unit;
    struct rows *found;
    bool holds = false;
    if (str_is_empty(unit_name) && str_is_empty(role)) {
        return DONE;
    }
    enum status status = people_unit_in(call, importing->body, unit_name, &unit);
    if (status == ABSENT) {
        return call_refuse_field(call, "unit", "", "people.no-unit", NULL);
    }
    TRY(status);
    TRY(holds_already(call, person, unit.id, role, &holds));
    if (holds) {
        return DONE;
    }
    struct people_post post = {.unit = unit.id,
                               .role = role,
                               .title = cell(importing, row, HEAD_TITLE),
                               .english = STR("")};
    struct appoint_wish wish = {.roles = importing->roles,
                                .appointing = {.person = person}};
    status = store_find(call, &people_post_like, &found, bind_int("unit", unit.id),
                        bind_text("role", role), bind_text("title", post.title),
                        bind_int("now", call->now));
    if (status == ABSENT) {
        struct post_wish post_wish = {.roles = importing->roles, .post = &post};
        TRY(post_save_work(call, &post_wish));
        importing->report.posts++;
    } else {
        TRY(status);
        post.id = row_id(found, "id");
    }
    wish.appointing.post = post.id;
    TRY(appoint_work(call, &wish));
    importing->report.appointments++;
    return DONE;
}

static enum status holds_already(struct call *call, id64 person, id64 unit,
                                 struct str role, bool *out_holds) {
    struct people_holdings holdings;
    TRY(people_appointments(call, person, false, &holdings));
    *out_holds = false;
    for (size_t i = 0; i < holdings.count; i++) {
        *out_holds = *out_holds || (holdings.at[i].unit == unit &&
                                    str_equal(holdings.at[i].role, role));
    }
    return DONE;
}

static enum status record(struct call *call, const struct importing *importing) {
    const struct people_import_report *report = &importing->report;
    struct ledger_act act = {
        .act = "people.import",
        .subject = {SUBJECT_WORKSPACE, 1},
        .payload = ledger_payload(
            call, json_pack("{s:i,s:i,s:i,s:i,s:i}", "units", report->units, "persons",
                            report->persons, "posts", report->posts, "appointments",
                            report->appointments, "accounts", report->accounts))};
    return ledger_append(call, LEDGER_HOUSE, &act, NULL);
}
