/*
 * Findings as JSON, and back; and what rulings make of them.
 */
#include "screening/screening_own.h"
#include "screening_sql.h"

#include <jansson.h>

static struct str unread_of(struct arena *arena, const struct findings *findings);
static json_t *finding_to_json(struct arena *arena, const struct finding *finding);
static void finding_from_json(struct arena *arena, const json_t *json,
                              struct finding *finding);
static struct str text_of(struct arena *arena, const json_t *json, const char *key);
static int number_of(const json_t *json, const char *key);

struct str findings_to_json(struct call *call, const struct findings *findings) {
    json_t *list = json_array();
    for (size_t i = 0; i < findings->count; i++) {
        json_array_append_new(list, finding_to_json(call->arena, &findings->at[i]));
    }
    json_t *all = json_pack("{s:o}", "findings", list);
    char *text = all == NULL ? NULL : json_dumps(all, JSON_COMPACT);
    if (text == NULL) {
        log_fatal("screening: findings cannot be written as JSON");
    }
    struct str copy = str_copy(call->arena, str_of(text));
    free(text);
    json_decref(all);
    return copy;
}

enum status findings_from_json(struct call *call, struct str json,
                               struct findings *out_findings) {
    json_error_t error;
    json_t *all = json_loadb(json.at, json.length, 0, &error);
    const json_t *list = json_object_get(all, "findings");
    if (!json_is_array(list)) {
        json_decref(all);
        return log_failed("screening: kept findings cannot be read: %s", error.text);
    }
    struct findings findings = {.count = json_array_size(list)};
    findings.at = TAKE_ARRAY(call->arena, findings.count + 1, struct finding);
    for (size_t i = 0; i < findings.count; i++) {
        finding_from_json(call->arena, json_array_get(list, i), &findings.at[i]);
    }
    json_decref(all);
    *out_findings = findings;
    return DONE;
}

enum status findings_settle(struct call *call, const struct digest *digest,
                            struct findings *findings) {
    struct rows *rows;
    TRY(store_query(call, &screening_rulings_passed, &rows,
                    bind_digest("digest", digest)));
    while (rows_next(rows)) {
        struct str rule = row_text(rows, "rule");
        struct str shown = row_text(rows, "shown");
        struct str why = row_text(rows, "answer_why");
        for (size_t i = 0; i < findings->count; i++) {
            struct finding *finding = &findings->at[i];
            if (str_equal(finding->rule, rule) && str_equal(finding->shown, shown)) {
                finding->ruled = true;
                finding->ruling = why;
            }
        }
    }
    TRY(rows_end(rows));
    findings->blocking = 0;
    findings->judge = 0;
    findings->notes = 0;
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->at[i];
        findings->blocking += finding->severity == SEVERITY_BLOCK && !finding->ruled;
        findings->judge += finding->severity == SEVERITY_JUDGE && !finding->ruled;
        findings->notes += finding->severity == SEVERITY_NOTE && !finding->ruled;
    }
    findings->unread = unread_of(call->arena, findings);
    findings->partial = findings->unread.length > 0;
    return DONE;
}

/* "名单.pdf、年报.docx/表.xlsx、扫描件.pdf/2" */
static struct str unread_of(struct arena *arena, const struct findings *findings) {
    struct buffer names;
    buffer_init(&names, arena);
    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->at[i];
        if (finding->detector == DETECTOR_NONE && finding->severity == SEVERITY_JUDGE) {
            buffer_add_text(&names, names.length > 0 ? "、" : "");
            buffer_add(&names, finding->field);
            buffer_add_text(&names, finding->shown.length > 0 ? "/" : "");
            buffer_add(&names, finding->shown);
        }
    }
    return buffer_str(&names);
}

static json_t *finding_to_json(struct arena *arena, const struct finding *finding) {
    struct str attachment = digest_is_none(&finding->attachment)
                                ? STR("")
                                : digest_to_text(arena, &finding->attachment);
    return json_pack(
        "{s:i, s:i, s:s%, s:s%, s:s%, s:s%, s:s%, s:s%, s:i, s:i, s:i, s:i, s:s%}",
        "detector", (int)finding->detector, "severity", (int)finding->severity, "rule",
        finding->rule.at, finding->rule.length, "words", finding->words.at,
        finding->words.length, "shown", finding->shown.at, finding->shown.length, "field",
        finding->field.at, finding->field.length, "attachment", attachment.at,
        attachment.length, "part", finding->part.at, finding->part.length, "paragraph",
        finding->paragraph, "from", finding->from, "length", finding->length, "remedy",
        (int)finding->remedy, "offer", finding->offer.at, finding->offer.length);
}

static void finding_from_json(struct arena *arena, const json_t *json,
                              struct finding *finding) {
    finding->detector = (enum detector)number_of(json, "detector");
    finding->severity = (enum severity)number_of(json, "severity");
    finding->rule = text_of(arena, json, "rule");
    finding->words = text_of(arena, json, "words");
    finding->shown = text_of(arena, json, "shown");
    finding->field = text_of(arena, json, "field");
    struct str attachment = text_of(arena, json, "attachment");
    if (attachment.length > 0 &&
        digest_from_text(attachment, &finding->attachment) != DONE) {
        log_fault("screening: a kept finding names no digest");
    }
    finding->part = text_of(arena, json, "part");
    finding->paragraph = number_of(json, "paragraph");
    finding->from = number_of(json, "from");
    finding->length = number_of(json, "length");
    finding->remedy = (enum remedy)number_of(json, "remedy");
    finding->offer = text_of(arena, json, "offer");
    finding->ruling = STR("");
}

static struct str text_of(struct arena *arena, const json_t *json, const char *key) {
    const json_t *value = json_object_get(json, key);
    struct str text = {json_string_value(value), json_string_length(value)};
    return text.at == NULL ? STR("") : str_copy(arena, text);
}

static int number_of(const json_t *json, const char *key) {
    return (int)json_integer_value(json_object_get(json, key));
}
