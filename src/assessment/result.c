/*
 * The results before the public: a table that becomes a manuscript in the column and of
 * the class that the rulebook names (MS-4.3, SZ-34.a).
 */
#include "assessment_own.h"

#include <jansson.h>

struct publishing {
    const struct sheet *sheet;
    id64 manuscript;
};

static enum status make_text(struct call *call, const struct sheet *sheet,
                             id64 *out_manuscript);
static struct str table_of(struct call *call, const struct sheet_view *view);
static void add_cell(struct buffer *html, const struct sheet_view *view,
                     const struct indicator *indicator, const struct assessed_cell *cell);
static void add_remarks(struct buffer *html, const struct sheet_view *view,
                        const struct assessed_cell *cell);
static void sort_by_sum(struct sheet_view *view);
static enum status note_text(struct call *call, void *what);

enum status assessment_publish(struct call *call, id64 id, id64 *out_manuscript) {
    struct sheet sheet;
    struct site site;
    int index;
    TRY(sheet_find(call, id, &sheet));
    TRY(site_find(call, sheet.site, &site));
    struct ledger_act act = {.act = "assessment.publish",
                             .subject = {SUBJECT_ASSESSMENT, id}};
    enum status status = assessor_must_be(call, sheet.book, site.root, &index);
    status = status == DONE ? make_text(call, &sheet, out_manuscript) : status;
    return ledger_settle(call, sheet.group, &act, status);
}

static enum status make_text(struct call *call, const struct sheet *sheet,
                             id64 *out_manuscript) {
    const struct rulebook *book = sheet->book;
    const struct results_rule *rule = book->assessment->results;
    struct publishing publishing = {.sheet = sheet};
    struct sheet_view view;
    if (rule == NULL || rule->visibility != RESULTS_PUBLIC) {
        return call_refuse(call, REFUSED,
                           rule_of(call, rule == NULL ? NULL : &rule->basis),
                           "assessment.internal", NULL);
    }
    if (sheet->assessed_at == 0) {
        return call_refuse(call, REFUSED, rule_of(call, &rule->basis),
                           "assessment.not-assessed", NULL);
    }
    if (sheet->manuscript != 0) {
        return call_refuse(call, STALE, rule_of(call, &rule->basis),
                           "assessment.text-there", NULL);
    }
    TRY(sheet_read(call, sheet, &view));
    struct str title = str_format(call->arena, "%.*s网站考核情况",
                                  STR_ARG(period_title(call->arena, sheet->period.text)));
    TRY(text_begin(call, book, sheet->site, rule->column,
                   book->classes[rule->item_class].code, title, table_of(call, &view),
                   &publishing.manuscript));
    TRY(store_transact(call, TXN_WRITE, note_text, &publishing));
    *out_manuscript = publishing.manuscript;
    return DONE;
}

/* The best first, where there are points; a computed figure beside what replaced it. */
static struct str table_of(struct call *call, const struct sheet_view *view) {
    const struct assessment *rules = view->sheet.book->assessment;
    struct sheet_view sorted = *view;
    struct buffer html;
    buffer_init(&html, call->arena);
    if (view->has_points) {
        sort_by_sum(&sorted);
    }
    buffer_add_text(&html, "<table><thead><tr><th>考核对象</th>");
    for (size_t i = 0; i < rules->indicator_count; i++) {
        buffer_add_text(&html, "<th>");
        buffer_add_escaped(&html, rules->indicators[i].title.zh);
        buffer_add_text(&html, "</th>");
    }
    buffer_add_text(&html, view->has_points ? "<th>合计</th></tr></thead><tbody>"
                                            : "</tr></thead><tbody>");
    for (size_t i = 0; i < sorted.count; i++) {
        const struct assessed_line *line = &sorted.lines[i];
        buffer_add_text(&html, "<tr><td>");
        buffer_add_escaped(&html, line->title);
        buffer_add_text(&html, "</td>");
        for (size_t j = 0; j < rules->indicator_count; j++) {
            buffer_add_text(&html, "<td>");
            add_cell(&html, view, &rules->indicators[j], &line->cells[j]);
            buffer_add_text(&html, "</td>");
        }
        if (view->has_points) {
            buffer_add_format(&html, "<td>%lld</td>", (long long)line->sum);
        }
        buffer_add_text(&html, "</tr>");
    }
    buffer_add_text(&html, "</tbody></table>");
    return buffer_str(&html);
}

static void add_cell(struct buffer *html, const struct sheet_view *view,
                     const struct indicator *indicator,
                     const struct assessed_cell *cell) {
    if (!indicator_has_points(indicator)) {
        if (cell->is_computed) {
            buffer_add_int(html, cell->number);
        }
        add_remarks(html, view, cell);
        return;
    }
    buffer_add_int(html, cell->points);
    if (cell->is_adjusted) {
        buffer_add_format(html, "（计算%lld）", (long long)cell->computed);
    }
}

static void add_remarks(struct buffer *html, const struct sheet_view *view,
                        const struct assessed_cell *cell) {
    bool first = true;
    for (size_t i = 0; i < view->assessors; i++) {
        if (!str_is_empty(cell->marks[i].remark)) {
            buffer_add_text(html, first ? "" : "；");
            buffer_add_escaped(html, cell->marks[i].remark);
            first = false;
        }
    }
}

/* Those with the same sum stay in the order of the sheet. */
static void sort_by_sum(struct sheet_view *view) {
    for (size_t i = 1; i < view->count; i++) {
        struct assessed_line line = view->lines[i];
        size_t at = i;
        for (; at > 0 && view->lines[at - 1].sum < line.sum; at--) {
            view->lines[at] = view->lines[at - 1];
        }
        view->lines[at] = line;
    }
}

static enum status note_text(struct call *call, void *what) {
    const struct publishing *publishing = what;
    const struct sheet *sheet = publishing->sheet;
    const struct results_rule *rule = sheet->book->assessment->results;
    struct str text = id_to_text(call->arena, publishing->manuscript);
    int64_t changed;
    TRY(store_run(call, &sheet_set_text, &changed,
                  bind_int("manuscript", publishing->manuscript),
                  bind_int("id", sheet->id)));
    if (changed == 0) {
        return call_refuse(call, STALE, rule_of(call, &rule->basis),
                           "assessment.text-there", NULL);
    }
    struct ledger_act act = {.act = "assessment.publish",
                             .subject = {SUBJECT_ASSESSMENT, sheet->id},
                             .rule = rule->basis.id,
                             .payload =
                                 ledger_payload(call, json_pack("{s:s%}", "manuscript",
                                                                text.at, text.length))};
    return ledger_append(call, sheet->group, &act, NULL);
}
