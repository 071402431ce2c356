/*
 * 合规说明: the regulation article by article with what is enforced, proven, done this
 * month and open; to be read, printed, and kept as PDF.
 */
#include "entries.h"
#include "open_points.h"

#include "paper/paper.h"

/* One requirement as the statement tells it; texts in the reader's language. */
struct statement_line {
    const struct requirement *requirement;
    struct str result; /* 执行 / 后续阶段 */
    struct str cases;
    struct str month; /* 作出 21 次，挡下 2 次 */
    int64_t open;
};

static enum status run_page(struct visit *visit);
static enum status run_pdf(struct visit *visit);
static enum status read_lines(struct visit *visit, const struct rulebook *book,
                              struct statement_line **out_lines);
static int64_t cases_of(const struct rulebook_case *cases, struct str id);
static struct str sum_of(struct visit *visit, const struct rulebook *book,
                         const struct statement_line *lines);
static struct str head_of(struct visit *visit, const struct rulebook *book);
static struct paper_table table_of(struct visit *visit, const struct rulebook *book,
                                   const struct statement_line *lines);
static struct str counted(struct visit *visit, int64_t count);

const struct entry statement_show = {.method = "GET",
                                     .pattern = "/rules/statement",
                                     .may = WEB_SIGNED_IN,
                                     .run = run_page};
const struct entry statement_pdf = {.method = "GET",
                                    .pattern = "/rules/statement.pdf",
                                    .may = WEB_SIGNED_IN,
                                    .run = run_pdf};

static enum status run_page(struct visit *visit) {
    struct call *call = visit->call;
    const struct rulebook *book;
    struct statement_line *lines;
    TRY(part_rulebook(visit, NULL, &book));
    TRY(read_lines(visit, book, &lines));
    struct model *part = model_part(web_model(visit), "statement");
    model_text(part, "name", text_in(book->title, call->language));
    model_text(part, "head", head_of(visit, book));
    model_text(part, "sum", sum_of(visit, book, lines));
    model_text(part, "digest", digest_to_text(call->arena, &book->digest));
    model_text(part, "pdf", STR("/rules/statement.pdf"));
    for (size_t i = 0; i < book->requirement_count; i++) {
        struct model *row = model_list_add(part, "rows");
        const struct requirement *requirement = lines[i].requirement;
        model_text(row, "cite", text_in(requirement->cite, call->language));
        model_text(row, "href",
                   str_format(call->arena, "/rules/%.*s", STR_ARG(requirement->id)));
        model_text(row, "id", requirement->id);
        model_text(row, "says", text_in(requirement->says, call->language));
        model_text(row, "result", lines[i].result);
        model_text(row, "cases", lines[i].cases);
        model_text(row, "month", lines[i].month);
        model_int(row, "open", lines[i].open);
    }
    return web_page(visit, "statement");
}

static enum status run_pdf(struct visit *visit) {
    struct call *call = visit->call;
    const struct rulebook *book;
    struct statement_line *lines;
    struct bytes pdf;
    TRY(part_rulebook(visit, NULL, &book));
    TRY(read_lines(visit, book, &lines));
    struct paper_table table = table_of(visit, book, lines);
    struct str foot[] = {sum_of(visit, book, lines),
                         digest_to_text(call->arena, &book->digest)};
    struct paper_form form = {
        .language = call->language,
        .title =
            web_say(visit, "statement.of", "name",
                    str_text(call->arena, text_in(book->title, call->language)), NULL),
        .number = head_of(visit, book),
        .page_words = web_say(visit, "review.form-page", "page", "{page}", "pages",
                              "{pages}", NULL),
        .tables = &table,
        .table_count = 1,
        .foot = foot,
        .foot_count = LENGTH(foot),
        .qr = STR(""),
        .made_at = call->now};
    TRY(paper_form_pdf(call->arena, &form, &pdf));
    response_body(visit->response, 200, "application/pdf",
                  (struct str){(const char *)pdf.at, pdf.length});
    struct str day = day_to_text(call->arena, instant_day(call->now));
    response_download(
        visit->response,
        str_format(call->arena, "%.*s-%.*s.pdf", STR_ARG(book->code), STR_ARG(day)),
        "application/pdf", false);
    return DONE;
}

static enum status read_lines(struct visit *visit, const struct rulebook *book,
                              struct statement_line **out_lines) {
    struct call *call = visit->call;
    struct statement_line *lines =
        TAKE_ARRAY(call->arena, book->requirement_count + 1, struct statement_line);
    struct rulebook_case *cases = NULL;
    struct ledger_rules rules;
    struct open_points points;
    TRY(rules_cases(visit, book, &cases));
    TRY(rules_month(visit, &rules));
    TRY(open_points_read(visit, book, STR(""), &points));
    for (size_t i = 0; i < book->requirement_count; i++) {
        const struct requirement *requirement = &book->requirements[i];
        const struct ledger_rule *acted = rules_in(&rules, requirement->id);
        bool later = !str_is_empty(requirement->later);
        const char *done =
            str_format(call->arena, "%lld", acted == NULL ? 0LL : (long long)acted->done)
                .at;
        const char *refused = str_format(call->arena, "%lld",
                                         acted == NULL ? 0LL : (long long)acted->refused)
                                  .at;
        lines[i] = (struct statement_line){
            .requirement = requirement,
            .result = web_say(visit, later ? "rules.later" : "statement.enforced", NULL),
            .cases = counted(visit, cases_of(cases, requirement->id)),
            .month = acted == NULL ? STR("")
                                   : web_say(visit, "rules.acted", "done", done,
                                             "refused", refused, NULL),
            .open = open_points_of(&points, requirement->id)};
    }
    *out_lines = lines;
    return DONE;
}

static int64_t cases_of(const struct rulebook_case *cases, struct str id) {
    int64_t count = 0;
    for (; cases != NULL; cases = cases->next) {
        for (size_t i = 0; i < cases->proves_count; i++) {
            count += str_equal(cases->proves[i], id) ? 1 : 0;
        }
    }
    return count;
}

/* 要求 45 项，现已执行 40 项，待解决 2 件 */
static struct str sum_of(struct visit *visit, const struct rulebook *book,
                         const struct statement_line *lines) {
    struct arena *arena = visit->call->arena;
    int64_t enforced = 0;
    int64_t open = 0;
    for (size_t i = 0; i < book->requirement_count; i++) {
        enforced += str_is_empty(lines[i].requirement->later) ? 1 : 0;
        open += lines[i].open;
    }
    return web_say(visit, "statement.sum", "all",
                   str_format(arena, "%zu", book->requirement_count).at, "enforced",
                   str_format(arena, "%lld", (long long)enforced).at, "open",
                   str_format(arena, "%lld", (long long)open).at, NULL);
}

static struct str head_of(struct visit *visit, const struct rulebook *book) {
    struct arena *arena = visit->call->arena;
    struct str day = day_to_text(arena, instant_day(visit->call->now));
    return web_say(visit, "statement.head", "body",
                   str_text(arena, text_in(book->issuer, visit->call->language)),
                   "version", str_text(arena, book->version), "day", str_text(arena, day),
                   NULL);
}

static struct paper_table table_of(struct visit *visit, const struct rulebook *book,
                                   const struct statement_line *lines) {
    static const double widths[] = {3.5, 6.5, 2.2, 1.5, 3, 1.8};
    static const char *const heads[] = {"statement.article", "statement.demand",
                                        "statement.result",  "statement.cases",
                                        "statement.month",   "open.title"};
    struct call *call = visit->call;
    size_t columns = LENGTH(widths);
    struct paper_row *rows =
        TAKE_ARRAY(call->arena, book->requirement_count + 1, struct paper_row);
    for (size_t i = 0; i <= book->requirement_count; i++) {
        struct paper_cell *cells = TAKE_ARRAY(call->arena, columns, struct paper_cell);
        for (size_t j = 0; j < columns && i == 0; j++) {
            cells[j] =
                (struct paper_cell){.text = web_say(visit, heads[j], NULL), .head = true};
        }
        if (i > 0) {
            const struct statement_line *line = &lines[i - 1];
            cells[0].text = text_in(line->requirement->cite, call->language);
            cells[1].text = text_in(line->requirement->says, call->language);
            cells[2].text = line->result;
            cells[3].text = line->cases;
            cells[4].text = line->month;
            cells[5].text = counted(visit, line->open);
        }
        rows[i] = (struct paper_row){cells, columns};
    }
    return (struct paper_table){widths, columns, rows, book->requirement_count + 1, 1};
}

/* Nothing is left blank rather than 0: the eye finds what is there. */
static struct str counted(struct visit *visit, int64_t count) {
    return count == 0 ? STR("")
                      : str_format(visit->call->arena, "%lld", (long long)count);
}
