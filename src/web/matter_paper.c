/*
 * The forms of matters and of destruction lists on paper.
 */
#include "archive_web.h"
#include "sheet.h"

#include "matter/matter.h"
#include "people/people.h"

#define PAIRS_MOST 112

static enum status run_matter(struct visit *visit);
static enum status add_lines(struct visit *visit, const struct matter *matter,
                             const struct matter_rule *rule, struct sheet_pair *pairs,
                             size_t *count);
static enum status run_list(struct visit *visit);
static void add(struct visit *visit, struct sheet_pair *pairs, size_t *count,
                const char *words, struct str value);
static struct str signed_by(struct visit *visit, id64 person, instant at,
                            struct str words);

const struct entry matter_paper = {.method = "GET",
                                   .pattern = "/matters/{matter}/form.pdf",
                                   .may = WEB_STAFF,
                                   .run = run_matter};
const struct entry destruction_paper = {.method = "GET",
                                        .pattern =
                                            "/archive/destructions/{list}/list.pdf",
                                        .may = WEB_STAFF,
                                        .run = run_list};

static enum status run_matter(struct visit *visit) {
    struct call *call = visit->call;
    struct sheet_pair *pairs = TAKE_ARRAY(call->arena, PAIRS_MOST, struct sheet_pair);
    const struct rulebook *book;
    struct people_unit unit;
    struct matter matter;
    size_t count = 0;
    id64 id;
    TRY(request_id_parameter(visit->request, "matter", &id));
    TRY(matter_find(call, id, &matter));
    if (matter.group != visit->web->options.group) {
        return ABSENT;
    }
    TRY(part_rulebook(visit, NULL, &book));
    TRY(people_unit(call, matter.unit, &unit));
    const struct matter_rule *rule = matter_rule_of(book, matter.kind);
    add(visit, pairs, &count, "matters.title-field", matter.title);
    add(visit, pairs, &count, "people.unit", unit.title);
    add(visit, pairs, &count, "matters.opened-by",
        signed_by(visit, matter.opened_by, matter.opened_at, STR("")));
    TRY(add_lines(visit, &matter, rule, pairs, &count));
    add(visit, pairs, &count, "matters.words", matter.words);
    if (matter.answered_at != 0 && rule != NULL && matter_wants_answer(rule)) {
        add(visit, pairs, &count, matter.agreed ? "matters.answer" : "matters.declined",
            signed_by(visit, matter.answered_by, matter.answered_at, matter.answer));
    }
    struct str kind = rule == NULL ? matter.kind : text_in(rule->title, call->language);
    struct sheet sheet = {
        .title =
            str_format(call->arena, "%.*s%.*s",
                       STR_ARG(text_in(book->issuer, call->language)), STR_ARG(kind)),
        .number = str_is_empty(matter.number) ? visit->web->options.name : matter.number,
        .pairs = pairs,
        .pair_count = count,
        .foot = rule == NULL || str_is_empty(rule->basis.id)
                    ? STR("")
                    : web_article(visit, rule->basis.id),
        .file = "form"};
    return sheet_send(visit, &sheet);
}

/* In the order in which the rulebook asks for them. */
static enum status add_lines(struct visit *visit, const struct matter *matter,
                             const struct matter_rule *rule, struct sheet_pair *pairs,
                             size_t *count) {
    struct matter_line *lines;
    size_t line_count;
    TRY(matter_lines(visit->call, matter->id, &lines, &line_count));
    for (size_t i = 0; rule != NULL && i < rule->field_count; i++) {
        for (size_t j = 0; j < line_count && *count < PAIRS_MOST; j++) {
            if (str_equal(lines[j].field, rule->fields[i].code)) {
                pairs[(*count)++] = (struct sheet_pair){
                    text_in(rule->fields[i].title, visit->call->language),
                    lines[j].value};
            }
        }
    }
    return DONE;
}

static enum status run_list(struct visit *visit) {
    struct call *call = visit->call;
    struct str heads[] = {web_say(visit, "archive.number", NULL),
                          web_say(visit, "manuscripts.by-title", NULL),
                          web_say(visit, "archive.filed", NULL),
                          web_say(visit, "archive.until", NULL)};
    struct sheet_pair *pairs = TAKE_ARRAY(call->arena, PAIRS_MOST, struct sheet_pair);
    struct destruction list;
    struct people_unit unit;
    size_t count = 0;
    id64 id;
    TRY(request_id_parameter(visit->request, "list", &id));
    TRY(archive_destruction(call, id, &list));
    if (list.group != visit->web->options.group) {
        return ABSENT;
    }
    TRY(people_unit(call, list.unit, &unit));
    struct str *cells =
        TAKE_ARRAY(call->arena, list.line_count * LENGTH(heads) + 1, struct str);
    for (size_t i = 0; i < list.line_count; i++) {
        struct str *row = &cells[i * LENGTH(heads)];
        row[0] = list.lines[i].number;
        row[1] = list.lines[i].title;
        row[2] = day_to_text(call->arena, instant_day(list.lines[i].filed_at));
        row[3] = day_to_text(call->arena, list.lines[i].kept_until);
    }
    add(visit, pairs, &count, "archive.kept-in", unit.title);
    add(visit, pairs, &count, "archive.reason", list.reason);
    add(visit, pairs, &count, "archive.proposed-by",
        signed_by(visit, list.proposed_by, list.proposed_at, STR("")));
    add(visit, pairs, &count, list.agreed ? "archive.agreed-by" : "archive.answer",
        signed_by(visit, list.answered_by, list.answered_at, list.answer));
    for (size_t i = 0; i < list.witness_count; i++) {
        add(visit, pairs, &count, "archive.witness",
            signed_by(visit, list.witnesses[i].person, list.witnesses[i].at, STR("")));
    }
    struct sheet sheet = {.title = web_say(visit, "archive.paper-list", NULL),
                          .number = list.number,
                          .pairs = pairs,
                          .pair_count = count,
                          .heads = heads,
                          .columns = LENGTH(heads),
                          .cells = cells,
                          .row_count = list.line_count,
                          .foot = digest_to_text(call->arena, &list.digest),
                          .file = "destruction"};
    return sheet_send(visit, &sheet);
}

static void add(struct visit *visit, struct sheet_pair *pairs, size_t *count,
                const char *words, struct str value) {
    if (*count < PAIRS_MOST) {
        pairs[(*count)++] = (struct sheet_pair){web_say(visit, words, NULL), value};
    }
}

static struct str signed_by(struct visit *visit, id64 person, instant at,
                            struct str words) {
    if (at == 0) {
        return archive_who(visit, person);
    }
    return str_format(visit->call->arena, "%.*s　%.*s　%.*s",
                      STR_ARG(archive_who(visit, person)),
                      STR_ARG(instant_to_text(visit->call->arena, at)), STR_ARG(words));
}
