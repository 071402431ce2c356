/*
 * The list of what is to be destroyed: proposed past its term, numbered, and kept for
 * ever; what comes of it is in destroy.c.
 */
#include "archive_own.h"

#include "manuscript/manuscript.h"
#include "publication/publication.h"

#define SERIES  STR("destruction-list")
#define PATTERN STR("销毁 {year}-{number:4}")

struct proposing {
    struct keeping keeping;
    const struct destruction_wish *wish;
    struct destruction list;
};

static enum status propose(struct call *call, void *what);
static enum status check_wish(struct call *call, const struct proposing *proposing);
static enum status gather(struct call *call, struct proposing *proposing);
static enum status check_file(struct call *call, const struct rulebook *book,
                              const struct archive_file *file);
static enum status is_public(struct call *call, const struct archive_file *file,
                             bool *out_public);
static struct digest digest_lines(const struct destruction *list);
static enum status insert_list(struct call *call, struct proposing *proposing);
static enum status ask_approver(struct call *call, const struct proposing *proposing);
static bool is_party(const struct destruction *list, id64 person);
static struct destruction read_list(struct rows *rows);
static enum status read_lines(struct call *call, struct destruction *list);
static enum status read_witnesses(struct call *call, struct destruction *list);

enum status archive_propose(struct call *call, id64 group,
                            const struct destruction_wish *wish, id64 *out_destruction) {
    struct proposing proposing = {.wish = wish,
                                  .list = {.id = call_new_id(call),
                                           .group = group,
                                           .reason = str_trim(wish->reason)}};
    struct ledger_act act = act_of("archive.propose", proposing.list.id);
    TRY(ledger_settle(call, group, &act,
                      store_transact(call, TXN_WRITE, propose, &proposing)));
    *out_destruction = proposing.list.id;
    return DONE;
}

static enum status propose(struct call *call, void *what) {
    struct proposing *proposing = what;
    struct archive_file first;
    if (proposing->wish->file_count == 0 ||
        proposing->wish->file_count > ARCHIVE_LIST_MOST) {
        return call_refuse_field(call, "files", "", "archive.list-size", NULL);
    }
    TRY(file_row(call, proposing->wish->files[0], &first));
    TRY(keeping_of(call, first.group, first.unit, &proposing->keeping));
    TRY(check_wish(call, proposing));
    TRY(gather(call, proposing));
    TRY(must_keep(call, proposing->list.group, proposing->list.unit));
    TRY(insert_list(call, proposing));
    TRY(ask_approver(call, proposing));
    const struct destruction *list = &proposing->list;
    return note(call, list->group, "archive.propose", list->id, &list->digest,
                &book_destruction(proposing->keeping.book)->basis,
                json_pack("{s:s%, s:I, s:s%}", "list", list->number.at,
                          list->number.length, "files", (json_int_t)list->line_count,
                          "reason", list->reason.at, list->reason.length));
}

static enum status check_wish(struct call *call, const struct proposing *proposing) {
    const struct destruction_rule *rule = book_destruction(proposing->keeping.book);
    const struct destruction_wish *wish = proposing->wish;
    if (rule == NULL) {
        return call_refuse(call, REFUSED, "", "archive.nothing-destroyed", NULL);
    }
    const char *basis = str_text(call->arena, rule->basis.id);
    if (str_is_empty(proposing->list.reason)) {
        return call_refuse_field(call, "reason", basis, "archive.reason-missing", NULL);
    }
    bool odd = wish->witness_count < (size_t)rule->witnesses;
    for (size_t i = 0; i < wish->witness_count; i++) {
        struct people_holdings holdings;
        TRY(people_holdings(call, wish->witnesses[i], &holdings));
        odd = odd || wish->witnesses[i] == call->actor.person || holdings.count == 0;
        for (size_t j = 0; j < i; j++) {
            odd = odd || wish->witnesses[i] == wish->witnesses[j];
        }
    }
    struct str wanted = str_format(call->arena, "%d", rule->witnesses);
    return odd ? call_refuse_field(call, "witnesses", basis, "archive.witnesses-odd",
                                   "count", wanted.at, NULL)
               : DONE;
}

static enum status gather(struct call *call, struct proposing *proposing) {
    const struct destruction_wish *wish = proposing->wish;
    struct destruction *list = &proposing->list;
    list->lines = TAKE_ARRAY(call->arena, wish->file_count, struct destruction_line);
    list->line_count = 0;
    for (size_t i = 0; i < wish->file_count; i++) {
        struct archive_file file;
        TRY(file_lock(call, wish->files[i]));
        TRY(file_row(call, wish->files[i], &file));
        if (file.group != list->group) {
            return ABSENT;
        }
        if (i > 0 && file.unit != list->unit) {
            return call_refuse_field(call, "files", "", "archive.two-units", NULL);
        }
        for (size_t j = 0; j < i; j++) {
            if (wish->files[j] == wish->files[i]) {
                return call_refuse_field(call, "files", "", "archive.list-size", NULL);
            }
        }
        TRY(check_file(call, proposing->keeping.book, &file));
        list->unit = file.unit;
        list->lines[list->line_count++] =
            (struct destruction_line){.file = file.id,
                                      .number = file.number,
                                      .title = file.title,
                                      .digest = file.digest,
                                      .filed_at = file.filed_at,
                                      .kept_until = file.kept_until};
    }
    list->digest = digest_lines(list);
    return DONE;
}

static enum status check_file(struct call *call, const struct rulebook *book,
                              const struct archive_file *file) {
    const struct retention_rule *rule = book_retention(book);
    const char *basis = rule == NULL ? "" : str_text(call->arena, rule->basis.id);
    const char *name = file_name(call, file);
    bool public = false;
    if (file->years == ARCHIVE_FOR_EVER) {
        return call_refuse(call, REFUSED, basis, "archive.kept-for-ever", "file", name,
                           NULL);
    }
    if (today(call) <= file->kept_until) {
        return call_refuse(
            call, REFUSED, basis, "archive.within-term", "file", name, "until",
            str_text(call->arena, day_to_text(call->arena, file->kept_until)), NULL);
    }
    const char *listed = str_text(call->arena, book_destruction(book)->basis.id);
    if (file->destruction != 0) {
        return call_refuse(call, REFUSED, listed,
                           file->destroyed_at != 0 ? "archive.destroyed"
                                                   : "archive.on-a-list",
                           "file", name, NULL);
    }
    if (file->loan != 0) {
        return call_refuse(call, REFUSED, listed, "archive.lent-stays", "file", name,
                           NULL);
    }
    TRY(is_public(call, file, &public));
    return public ? call_refuse(call, REFUSED, listed, "archive.still-public", "file",
                                name, NULL)
                  : DONE;
}

static enum status is_public(struct call *call, const struct archive_file *file,
                             bool *out_public) {
    struct release *releases;
    size_t count;
    *out_public = false;
    if (file->subject.kind != SUBJECT_MANUSCRIPT) {
        return DONE;
    }
    TRY(publication_of_manuscript(call, file->subject.id, &releases, &count));
    for (size_t i = 0; i < count; i++) {
        *out_public =
            *out_public ||
            (digest_equal(&releases[i].digest, &file->digest) &&
             (releases[i].state == RELEASE_LIVE || releases[i].state == RELEASE_EXPIRED));
    }
    return DONE;
}

static struct digest digest_lines(const struct destruction *list) {
    struct digesting digesting;
    char number[24];
    digest_begin(&digesting, DIGEST_SM3);
    digest_add_field(&digesting, "shenfa-destruction", STR("1"));
    for (size_t i = 0; i < list->line_count; i++) {
        const struct destruction_line *line = &list->lines[i];
        int length = snprintf(number, sizeof number, "%lld", (long long)line->kept_until);
        digest_add_field(&digesting, "number", line->number);
        digest_add_field(&digesting, "title", line->title);
        digest_add_field(&digesting, "digest",
                         (struct str){(const char *)line->digest.at, DIGEST_SIZE});
        digest_add_field(&digesting, "until", (struct str){number, (size_t)length});
    }
    return digest_end(&digesting);
}

static enum status insert_list(struct call *call, struct proposing *proposing) {
    struct destruction *list = &proposing->list;
    int year = date_of_day(today(call)).year;
    int64_t number;
    TRY(filing_number(call, list->group, SERIES, year, &number));
    list->number = filing_number_text(call->arena, PATTERN, year, number);
    TRY(store_run(call, &archive_destruction_insert, NULL, bind_int("id", list->id),
                  bind_int("group", list->group), bind_int("unit", list->unit),
                  bind_int("year", year), bind_int("number", number),
                  bind_text("shown", list->number), bind_digest("digest", &list->digest),
                  bind_text("reason", list->reason),
                  bind_int("witnesses", (int64_t)proposing->wish->witness_count),
                  bind_int("person", call->actor.person), bind_int("now", call->now)));
    for (size_t i = 0; i < list->line_count; i++) {
        const struct destruction_line *line = &list->lines[i];
        TRY(store_run(call, &archive_destruction_line_insert, NULL,
                      bind_int("destruction", list->id),
                      bind_int("position", (int64_t)i + 1), bind_int("copy", line->file),
                      bind_text("shown", line->number), bind_text("title", line->title),
                      bind_digest("digest", &line->digest),
                      bind_int("filed_at", line->filed_at),
                      bind_int("kept_until", line->kept_until)));
    }
    for (size_t i = 0; i < proposing->wish->witness_count; i++) {
        TRY(store_run(call, &archive_witness_insert, NULL,
                      bind_int("destruction", list->id),
                      bind_int("person", proposing->wish->witnesses[i])));
    }
    return DONE;
}

static enum status ask_approver(struct call *call, const struct proposing *proposing) {
    const struct destruction_rule *rule = book_destruction(proposing->keeping.book);
    const struct destruction *list = &proposing->list;
    size_t count = proposing->wish->witness_count;
    id64 *barred = TAKE_ARRAY(call->arena, count + 1, id64);
    barred[0] = call->actor.person;
    for (size_t i = 0; i < count; i++) {
        barred[i + 1] = proposing->wish->witnesses[i];
    }
    struct duty duty = {.group = list->group,
                        .subject = {SUBJECT_ARCHIVE, list->id},
                        .step = STR("destruction"),
                        .role = proposing->keeping.book->roles[rule->approver].code,
                        .unit = people_anywhere_in(proposing->keeping.body),
                        .barred = barred,
                        .barred_count = count + 1,
                        .site_title = STR(""),
                        .title = list->number,
                        .item_class = list->reason,
                        .badge = STR("archive-proposed"),
                        .act = STR("approve-destruction"),
                        .remark = STR(""),
                        .rule = rule->basis.id};
    return notice_duty_open(call, &duty);
}

enum status archive_destructions(struct call *call, id64 group,
                                 struct destructions *out_list) {
    struct destructions list = {.at = TAKE_ARRAY(call->arena, 500, struct destruction)};
    struct subject none = {0};
    struct eye eye;
    struct rows *rows;
    size_t seen = 0;
    TRY(eye_open(call, group, &eye));
    TRY(store_query(call, &archive_destruction_rows, &rows, bind_int("group", group)));
    while (rows_next(rows)) {
        list.at[list.count++] = read_list(rows);
    }
    TRY(rows_end(rows));
    for (size_t i = 0; i < list.count; i++) {
        bool sees = false;
        TRY(eye_sees(call, &eye, list.at[i].unit, none, &sees));
        if (!sees) {
            TRY(read_witnesses(call, &list.at[i]));
            sees = is_party(&list.at[i], call->actor.person);
        }
        if (sees) {
            list.at[seen++] = list.at[i];
        }
    }
    list.count = seen;
    *out_list = list;
    return DONE;
}

enum status archive_destruction(struct call *call, id64 destruction,
                                struct destruction *out_destruction) {
    struct subject none = {0};
    struct destruction list;
    struct eye eye;
    bool sees = false;
    TRY(list_row(call, destruction, &list));
    TRY(eye_open(call, list.group, &eye));
    TRY(eye_sees(call, &eye, list.unit, none, &sees));
    if (!sees && !is_party(&list, call->actor.person)) {
        return ABSENT;
    }
    *out_destruction = list;
    return DONE;
}

/* Who proposed it, or looks on, reads it wherever his posts are. */
static bool is_party(const struct destruction *list, id64 person) {
    bool party = list->proposed_by == person;
    for (size_t i = 0; i < list->witness_count && !party; i++) {
        party = list->witnesses[i].person == person;
    }
    return party;
}

enum status list_row(struct call *call, id64 id, struct destruction *out_list) {
    struct rows *row;
    TRY(store_find(call, &archive_destruction_row, &row, bind_int("id", id)));
    struct destruction list = read_list(row);
    TRY(read_lines(call, &list));
    TRY(read_witnesses(call, &list));
    *out_list = list;
    return DONE;
}

static struct destruction read_list(struct rows *rows) {
    return (struct destruction){.id = row_id(rows, "id"),
                                .group = row_id(rows, "site_group"),
                                .unit = row_id(rows, "unit"),
                                .number = row_text(rows, "shown"),
                                .digest = row_digest(rows, "digest"),
                                .reason = row_text(rows, "reason"),
                                .proposed_by = row_id(rows, "proposed_by"),
                                .proposed_at = row_int(rows, "proposed_at"),
                                .answered_by = row_id(rows, "answered_by"),
                                .answered_at = row_int(rows, "answered_at"),
                                .agreed = row_int(rows, "agreed") != 0,
                                .answer = row_text(rows, "answer"),
                                .done_at = row_int(rows, "done_at")};
}

static enum status read_lines(struct call *call, struct destruction *list) {
    struct rows *rows;
    list->lines = TAKE_ARRAY(call->arena, ARCHIVE_LIST_MOST, struct destruction_line);
    TRY(store_query(call, &archive_destruction_lines, &rows, bind_int("id", list->id)));
    while (rows_next(rows)) {
        list->lines[list->line_count++] = (struct destruction_line){
            .file = row_id(rows, "copy"),
            .number = row_text(rows, "shown"),
            .title = row_text(rows, "title"),
            .digest = row_digest(rows, "digest"),
            .filed_at = row_int(rows, "filed_at"),
            .kept_until = (civil_day)row_int(rows, "kept_until")};
    }
    return rows_end(rows);
}

static enum status read_witnesses(struct call *call, struct destruction *list) {
    struct rows *rows;
    list->witnesses = TAKE_ARRAY(call->arena, 16, struct witness);
    TRY(store_query(call, &archive_witnesses, &rows, bind_int("id", list->id)));
    while (rows_next(rows)) {
        if (list->witness_count < 16) {
            list->witnesses[list->witness_count++] =
                (struct witness){row_id(rows, "person"), row_int(rows, "at")};
        }
    }
    return rows_end(rows);
}
