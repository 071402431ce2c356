/*
 * What stands on a form, as paper and as JSON: the screen shows the JSON, so
 * that it can never say anything else than the sheet.
 */
#include "filing_own.h"

#include <jansson.h>

static struct paper_table field_table(struct arena *arena,
                                      const struct filing_form *content);
static struct paper_table step_table(struct arena *arena,
                                     const struct filing_form *content);
static struct paper_table attachment_table(struct arena *arena,
                                           const struct filing_form *content);
static struct str or_none(const struct filing_form *content, struct str value);
static struct str check_address(struct arena *arena, const struct filing_form *content,
                                const struct form *form);
static void add_line(struct str *lines, size_t *count, struct str line);
static json_t *json_of(struct str text);

struct paper_form form_content_paper(struct arena *arena,
                                     const struct filing_form *content,
                                     const struct form *form, instant made_at) {
    struct paper_table *tables = TAKE_ARRAY(arena, 3, struct paper_table);
    struct str *foot = TAKE_ARRAY(arena, 3, struct str);
    struct str address = check_address(arena, content, form);
    size_t tables_used = 0;
    size_t foot_used = 0;
    tables[tables_used++] = field_table(arena, content);
    if (content->step_count > 0) {
        tables[tables_used++] = step_table(arena, content);
    }
    if (content->attachment_count > 0) {
        tables[tables_used++] = attachment_table(arena, content);
    }
    add_line(foot, &foot_used, content->foot);
    if (!str_is_empty(address)) {
        add_line(foot, &foot_used,
                 str_format(arena, "%.*s%.*s", STR_ARG(content->address_label),
                            STR_ARG(address)));
    }
    return (struct paper_form){
        .language = content->language,
        .title = content->title,
        .number = str_format(arena, "%.*s　%.*s", STR_ARG(content->number_label),
                             STR_ARG(form->number_text)),
        .page_words = content->page_words,
        .tables = tables,
        .table_count = tables_used,
        .foot = foot,
        .foot_count = foot_used,
        .qr = address,
        .made_at = made_at,
    };
}

/* Two fields a line; a wide one, or one left over, takes the whole. */
static struct paper_table field_table(struct arena *arena,
                                      const struct filing_form *content) {
    static const double widths[] = {3, 6, 3, 6};
    struct paper_row *rows =
        TAKE_ARRAY(arena, content->field_count + 1, struct paper_row);
    size_t row_count = 0;
    for (size_t i = 0; i < content->field_count;) {
        const struct form_line *line = &content->fields[i];
        bool pair = !line->wide && i + 1 < content->field_count && !line[1].wide;
        struct paper_cell *cells = TAKE_ARRAY(arena, 4, struct paper_cell);
        for (size_t c = 0; c <= (size_t)pair; c++) {
            cells[2 * c].text = line[c].label;
            cells[2 * c].head = true;
            cells[2 * c + 1].text = or_none(content, line[c].value);
        }
        cells[1].columns = pair ? 1 : 3;
        rows[row_count++] = (struct paper_row){cells, pair ? 4 : 2};
        i += pair ? 2 : 1;
    }
    return (struct paper_table){widths, 4, rows, row_count, 0};
}

static struct paper_table step_table(struct arena *arena,
                                     const struct filing_form *content) {
    static const double widths[] = {3, 7.6, 2, 5.4};
    struct paper_row *rows = TAKE_ARRAY(arena, content->step_count + 1, struct paper_row);
    struct paper_cell *heads = TAKE_ARRAY(arena, 4, struct paper_cell);
    for (size_t i = 0; i < 4; i++) {
        heads[i] = (struct paper_cell){.text = content->heads[i], .head = true};
    }
    rows[0] = (struct paper_row){heads, 4};
    for (size_t i = 0; i < content->step_count; i++) {
        const struct form_step *step = &content->steps[i];
        struct paper_cell *cells = TAKE_ARRAY(arena, 4, struct paper_cell);
        cells[0].text = step->step;
        cells[1].text = or_none(content, step->opinion);
        cells[2].text = or_none(content, step->signer);
        cells[3].text = or_none(content, step->when);
        rows[i + 1] = (struct paper_row){cells, 4};
    }
    return (struct paper_table){widths, 4, rows, content->step_count + 1, 1};
}

static struct paper_table attachment_table(struct arena *arena,
                                           const struct filing_form *content) {
    static const double widths[] = {6.5, 11.5};
    size_t count = content->attachment_count;
    struct paper_row *rows = TAKE_ARRAY(arena, count + 1, struct paper_row);
    struct paper_cell *cells = TAKE_ARRAY(arena, 2 * (count + 1), struct paper_cell);
    for (size_t i = 0; i < 2; i++) {
        cells[i] =
            (struct paper_cell){.text = content->attachment_heads[i], .head = true};
    }
    for (size_t i = 0; i < count; i++) {
        cells[2 * i + 2].text = content->attachments[i].name;
        cells[2 * i + 3].text = content->attachments[i].digest;
    }
    for (size_t i = 0; i <= count; i++) {
        rows[i] = (struct paper_row){cells + 2 * i, 2};
    }
    return (struct paper_table){widths, 2, rows, count + 1, 1};
}

static struct str or_none(const struct filing_form *content, struct str value) {
    return str_is_empty(value) ? content->none : value;
}

/* The address with "2026-0187" in the place of {number}. */
static struct str check_address(struct arena *arena, const struct filing_form *content,
                                const struct form *form) {
    struct str address = content->address;
    struct str mark = STR("{number}");
    size_t place = str_find(address, mark);
    if (place == address.length) {
        return address;
    }
    return str_format(arena, "%.*s%d-%04lld%.*s", STR_ARG(str_part(address, 0, place)),
                      form->year, (long long)form->number,
                      STR_ARG(str_part(address, place + mark.length, address.length)));
}

static void add_line(struct str *lines, size_t *count, struct str line) {
    if (!str_is_empty(line)) {
        lines[(*count)++] = line;
    }
}

struct str form_content_json(struct call *call, const struct filing_form *content,
                             struct str number) {
    json_t *fields = json_array();
    json_t *steps = json_array();
    json_t *attachments = json_array();
    for (size_t i = 0; i < content->field_count; i++) {
        const struct form_line *line = &content->fields[i];
        json_array_append_new(fields,
                              json_pack("{s:o, s:o, s:b}", "label", json_of(line->label),
                                        "value", json_of(or_none(content, line->value)),
                                        "wide", line->wide));
    }
    for (size_t i = 0; i < content->step_count; i++) {
        const struct form_step *step = &content->steps[i];
        json_array_append_new(
            steps, json_pack("{s:o, s:o, s:o, s:o}", "step", json_of(step->step),
                             "opinion", json_of(or_none(content, step->opinion)),
                             "signer", json_of(or_none(content, step->signer)), "when",
                             json_of(or_none(content, step->when))));
    }
    for (size_t i = 0; i < content->attachment_count; i++) {
        const struct form_attachment *attachment = &content->attachments[i];
        json_array_append_new(attachments,
                              json_pack("{s:o, s:o}", "name", json_of(attachment->name),
                                        "digest", json_of(attachment->digest)));
    }
    return ledger_payload(call,
                          json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "title",
                                    json_of(content->title), "number", json_of(number),
                                    "foot", json_of(content->foot), "fields", fields,
                                    "steps", steps, "attachments", attachments));
}

static json_t *json_of(struct str text) { return json_stringn(text.at, text.length); }
