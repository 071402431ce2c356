/*
 * Persons: names, how to reach them, and that they left.
 */
#include "people_own.h"

#include <jansson.h>
#include <string.h>

#define NAME_MOST 60

static void read_person(struct rows *rows, struct people_person *out_person);
static enum status add_posts(struct call *call, struct people_person *person);
static enum status check_fields(struct call *call, const struct people_person *person);
static bool is_mail(struct str mail);
static enum status leave_work(struct call *call, void *what);
static enum status must_know(struct call *call, id64 person);
static enum status leave_posts(struct call *call, id64 person, struct str reason);

enum status people_person(struct call *call, id64 person,
                          struct people_person *out_person) {
    struct rows *row;
    struct people_person found;
    TRY(store_find(call, &people_person_by_id, &row, bind_int("person", person)));
    read_person(row, &found);
    TRY(add_posts(call, &found));
    *out_person = found;
    return DONE;
}

enum status people_person_find(struct call *call, struct str login,
                               struct people_person *out_person) {
    struct rows *row;
    struct people_person found;
    TRY(store_find(call, &people_person_by_login, &row, bind_text("login", login)));
    read_person(row, &found);
    TRY(add_posts(call, &found));
    *out_person = found;
    return DONE;
}

enum status people_persons(struct call *call, const struct people_page *page,
                           struct people_persons *out_persons) {
    struct people_persons persons = {0};
    struct rows *rows;
    size_t most = (size_t)page_most(page);
    TRY(store_query(call, &people_persons_page, &rows,
                    bind_text("search", page == NULL ? STR("") : page->search),
                    bind_int("most", (int64_t)most + 1),
                    bind_int("first", page == NULL ? 0 : page->first)));
    while (rows_next(rows)) {
        if (persons.count == most) {
            persons.more = true;
            break;
        }
        persons.at =
            list_grow(call->arena, persons.at, persons.count, sizeof *persons.at);
        read_person(rows, &persons.at[persons.count++]);
    }
    TRY(rows_end(rows));
    for (size_t i = 0; i < persons.count; i++) {
        TRY(add_posts(call, &persons.at[i]));
    }
    *out_persons = persons;
    return DONE;
}

enum status people_person_brief(struct call *call, id64 person,
                                struct people_brief *out_brief) {
    struct people_brief brief = {.person = person, .name = STR(""), .post = STR("")};
    struct people_holdings holdings;
    struct rows *row;
    enum status status =
        store_find(call, &people_person_by_id, &row, bind_int("person", person));
    if (status == DONE) {
        brief.name = row_text(row, "name");
        TRY(people_holdings(call, person, &holdings));
        if (holdings.count > 0) {
            brief.post =
                str_format(call->arena, "%.*s %.*s", STR_ARG(holdings.at[0].unit_title),
                           STR_ARG(holdings.at[0].title));
        }
    } else if (status != ABSENT) {
        return status;
    }
    *out_brief = brief;
    return DONE;
}

enum status people_person_save(struct call *call, struct people_person *person) {
    struct person_wish wish = {.person = person};
    struct ledger_act act = {.act = "people.person",
                             .subject = {SUBJECT_PERSON, person->id}};
    return ledger_settle(call, LEDGER_HOUSE, &act,
                         store_transact(call, TXN_WRITE, person_save_work, &wish));
}

enum status people_person_leave(struct call *call, id64 person, struct str reason) {
    struct people_person leaving = {.id = person};
    struct person_wish wish = {&leaving, reason};
    struct ledger_act act = {.act = "people.leave", .subject = {SUBJECT_PERSON, person}};
    return ledger_settle(call, LEDGER_HOUSE, &act,
                         store_transact(call, TXN_WRITE, leave_work, &wish));
}

enum status person_save_work(struct call *call, void *what) {
    struct person_wish *wish = what;
    struct people_person person = *wish->person;
    bool is_new = person.id == 0;
    int64_t changed = 0;
    TRY(people_must_be_office(call));
    TRY(must_know(call, person.id));
    TRY(check_fields(call, &person));
    if (is_new) {
        person.id = call_new_id(call);
        TRY(store_run(call, &people_person_insert, &changed,
                      bind_int("person", person.id), bind_text("name", person.name),
                      bind_text("pinyin", person.pinyin), bind_text("mail", person.mail),
                      bind_text("phone", person.phone)));
    } else {
        TRY(store_run(call, &people_person_update, &changed,
                      bind_int("person", person.id), bind_text("name", person.name),
                      bind_text("pinyin", person.pinyin), bind_text("mail", person.mail),
                      bind_text("phone", person.phone)));
    }
    if (changed == 0) {
        return ABSENT;
    }
    struct ledger_act act = {
        .act = "people.person",
        .subject = {SUBJECT_PERSON, person.id},
        .payload = ledger_payload(call, json_pack("{s:s%,s:b}", "name", person.name.at,
                                                  person.name.length, "new", is_new))};
    TRY(ledger_append(call, LEDGER_HOUSE, &act, NULL));
    *wish->person = person;
    return DONE;
}

static void read_person(struct rows *rows, struct people_person *out_person) {
    *out_person = (struct people_person){.id = row_id(rows, "id"),
                                         .name = row_text(rows, "name"),
                                         .pinyin = row_text(rows, "pinyin"),
                                         .mail = row_text(rows, "mail"),
                                         .phone = row_text(rows, "phone"),
                                         .gone = !row_is_null(rows, "gone_at"),
                                         .login = row_text(rows, "login"),
                                         .posts = STR("")};
}

static enum status add_posts(struct call *call, struct people_person *person) {
    struct people_holdings holdings;
    TRY(people_holdings(call, person->id, &holdings));
    for (size_t i = 0; i < holdings.count; i++) {
        person->posts = str_format(call->arena, "%.*s%s%.*s %.*s", STR_ARG(person->posts),
                                   i == 0 ? "" : "、", STR_ARG(holdings.at[i].unit_title),
                                   STR_ARG(holdings.at[i].title));
    }
    return DONE;
}

static enum status check_fields(struct call *call, const struct people_person *person) {
    enum status status = DONE;
    struct str name = str_trim(person->name);
    if (str_is_empty(name) || utf8_count(name) > NAME_MOST) {
        status = call_refuse_field(call, "name", "", "people.name", NULL);
    }
    if (!str_is_empty(person->mail) && !is_mail(person->mail)) {
        status = call_refuse_field(call, "mail", "", "people.mail", NULL);
    }
    return status;
}

/* Something before and after the "@", on one line: a header must not be broken. */
static bool is_mail(struct str mail) {
    size_t at = str_find(mail, STR("@"));
    return at > 0 && at + 1 < mail.length && memchr(mail.at, '\n', mail.length) == NULL &&
           memchr(mail.at, '\r', mail.length) == NULL;
}

static enum status leave_work(struct call *call, void *what) {
    struct person_wish *wish = what;
    struct rows *row;
    id64 person = wish->person->id;
    TRY(people_must_be_office(call));
    TRY(store_find(call, &people_person_lock, &row, bind_int("person", person)));
    if (person == call->actor.person) {
        return call_refuse(call, REFUSED, "", "people.self-appoint", NULL);
    }
    TRY(leave_posts(call, person, wish->reason));
    enum status status =
        store_find(call, &people_account_by_person, &row, bind_int("person", person));
    if (status == DONE) {
        TRY(account_shut(call, row_id(row, "id"), wish->reason));
    } else if (status != ABSENT) {
        return status;
    }
    TRY(store_run(call, &people_tokens_end, NULL, bind_int("person", person),
                  bind_int("now", call->now)));
    TRY(store_run(call, &people_person_go, NULL, bind_int("person", person),
                  bind_int("now", call->now)));
    struct ledger_act act = {
        .act = "people.leave",
        .subject = {SUBJECT_PERSON, person},
        .payload = ledger_payload(
            call, json_pack("{s:s%}", "reason", wish->reason.at, wish->reason.length))};
    return ledger_append(call, LEDGER_HOUSE, &act, NULL);
}

/* Who has posts is changed by the office of a body where he has one. */
static enum status must_know(struct call *call, id64 person) {
    struct people_holdings holdings;
    enum status status = DONE;
    TRY(people_holdings(call, person, &holdings));
    for (size_t i = 0; i < holdings.count; i++) {
        call_forgive(call);
        status = people_must_be_office_of(call, holdings.at[i].body);
        if (status != DENIED) {
            break;
        }
    }
    return status;
}

static enum status leave_posts(struct call *call, id64 person, struct str reason) {
    struct people_holdings holdings;
    TRY(people_appointments(call, person, false, &holdings));
    for (size_t i = 0; i < holdings.count; i++) {
        const struct people_holding *holding = &holdings.at[i];
        TRY(people_must_be_office_of(call, holding->body));
        instant until = holding->from > call->now ? holding->from : call->now;
        enum status shut = appointment_shut(call, holding, until, reason, true);
        if (shut != DONE && shut != STALE) {
            return shut;
        }
    }
    return DONE;
}
