/*
 * Forms: numbered in the act, made once after it, kept by digest.
 *
 * The file is written before the row says so: a crash between the two leaves a
 * file that nobody knows, and the form is made again.
 */
#include "filing_own.h"
#include "filing_sql.h"

#include <jansson.h>

#define PDF_MOST ((size_t)64 << 20)

struct making {
    struct form *form;
    struct str content;
    struct digest pdf;
};

static struct form read_form(struct rows *rows);
static enum status make_pdf(struct call *call, struct form *form,
                            const struct filing_form *content, struct digest *out_digest);
static enum status record_made(struct call *call, void *what);

enum status filing_form_open(struct call *call, id64 group, struct str series,
                             struct str pattern, struct subject subject,
                             const struct digest *digest, struct form *out_form) {
    enum status found = filing_form_of(call, series, subject, digest, out_form);
    if (found != ABSENT) {
        return found;
    }
    struct form form = {
        .id = call_new_id(call),
        .group = group,
        .series = str_copy(call->arena, series),
        .year = date_of_day(instant_day(call->now)).year,
        .subject = subject,
        .digest = *digest,
        .opened_at = call->now,
    };
    TRY(filing_number(call, group, series, form.year, &form.number));
    form.number_text = filing_number_text(call->arena, pattern, form.year, form.number);
    TRY(store_run(call, &filing_form_insert, NULL, bind_int("id", form.id),
                  bind_int("group", group), bind_text("series", series),
                  bind_int("year", form.year), bind_int("number", form.number),
                  bind_text("number_text", form.number_text),
                  bind_text("subject_kind", str_of(subject_kind_name(subject.kind))),
                  bind_int("subject", subject.id), bind_digest("digest", digest),
                  bind_int("opened_at", form.opened_at)));
    *out_form = form;
    return DONE;
}

enum status filing_form_make(struct call *call, id64 id,
                             const struct filing_form *content, struct form *out_form) {
    struct form form;
    TRY(filing_form(call, id, &form));
    if (form.made_at == 0) {
        struct making making = {.form = &form};
        TRY(make_pdf(call, &form, content, &making.pdf));
        making.content = form_content_json(call, content, form.number_text);
        TRY(store_transact(call, TXN_WRITE, record_made, &making));
        TRY(filing_form(call, id, &form));
    }
    *out_form = form;
    return DONE;
}

static enum status make_pdf(struct call *call, struct form *form,
                            const struct filing_form *content,
                            struct digest *out_digest) {
    struct paper_form paper = form_content_paper(call->arena, content, form, call->now);
    struct bytes pdf;
    TRY(paper_form_pdf(call->arena, &paper, &pdf));
    struct digest digest = digest_of(DIGEST_SM3, pdf);
    TRY(file_write(form_archive_path(call, &digest), pdf));
    *out_digest = digest;
    return DONE;
}

/* Whoever was first has made it; a second PDF is left where no row points to it. */
static enum status record_made(struct call *call, void *what) {
    const struct making *making = what;
    const struct form *form = making->form;
    int64_t changed;
    TRY(store_run(call, &filing_form_set_made, &changed, bind_int("id", form->id),
                  bind_int("made_at", call->now), bind_int("made_by", call->actor.person),
                  bind_digest("pdf", &making->pdf),
                  bind_text("content", making->content)));
    if (changed == 0) {
        return DONE;
    }
    const struct ledger_act act = {
        .act = "filing.make-form",
        .subject = {SUBJECT_FORM, form->id},
        .digest = form->digest,
        .payload = ledger_payload(
            call,
            json_pack("{s:s, s:s}", "number", str_text(call->arena, form->number_text),
                      "pdf",
                      str_text(call->arena, digest_to_text(call->arena, &making->pdf)))),
        .follows = true,
    };
    return ledger_append(call, form->group, &act, NULL);
}

const char *form_archive_path(struct call *call, const struct digest *digest) {
    struct str hex =
        bytes_to_hex(call->arena, (struct bytes){digest->at, sizeof digest->at});
    return str_format(call->arena, "%s/archive/%.2s/%.*s.pdf", call->house->workspace,
                      hex.at, STR_ARG(hex))
        .at;
}

enum status filing_form(struct call *call, id64 form, struct form *out_form) {
    struct rows *row;
    TRY(store_find(call, &filing_form_select, &row, bind_int("id", form)));
    *out_form = read_form(row);
    return DONE;
}

enum status filing_form_of(struct call *call, struct str series, struct subject subject,
                           const struct digest *digest, struct form *out_form) {
    struct rows *row;
    TRY(store_find(call, &filing_form_select_of, &row, bind_text("series", series),
                   bind_text("kind", str_of(subject_kind_name(subject.kind))),
                   bind_int("subject", subject.id), bind_digest("digest", digest)));
    *out_form = read_form(row);
    return DONE;
}

enum status filing_form_find(struct call *call, id64 group, struct str series, int year,
                             int64_t number, struct form *out_form) {
    struct rows *row;
    TRY(store_find(call, &filing_form_select_numbered, &row, bind_int("group", group),
                   bind_text("series", series), bind_int("year", year),
                   bind_int("number", number)));
    *out_form = read_form(row);
    return DONE;
}

enum status filing_form_pdf(struct call *call, const struct form *form,
                            struct bytes *out_pdf) {
    struct bytes pdf;
    if (form->made_at == 0) {
        return ABSENT;
    }
    enum status status =
        file_read(call->arena, form_archive_path(call, &form->pdf), PDF_MOST, &pdf);
    if (status != DONE) {
        return log_failed("the PDF of form %lld is not in the archive: %s",
                          (long long)form->id, status_name(status));
    }
    struct digest digest = digest_of((enum digest_profile)form->pdf.profile, pdf);
    if (!digest_equal(&digest, &form->pdf)) {
        return log_failed("the PDF of form %lld is not the one on record",
                          (long long)form->id);
    }
    *out_pdf = pdf;
    return DONE;
}

enum status filing_forms(struct call *call, id64 group, struct str series, int year,
                         int64_t before, struct forms *out_forms) {
    struct rows *rows;
    struct forms forms = {.at = TAKE_ARRAY(call->arena, FILING_PAGE, struct form)};
    TRY(store_query(call, &filing_form_page, &rows, bind_int("group", group),
                    bind_text("series", series), bind_int("year", year),
                    bind_int("before", before == 0 ? INT64_MAX : before)));
    while (rows_next(rows)) {
        if (forms.count == FILING_PAGE) {
            forms.more = true;
            break;
        }
        forms.at[forms.count++] = read_form(rows);
    }
    TRY(rows_end(rows));
    *out_forms = forms;
    return DONE;
}

static struct form read_form(struct rows *rows) {
    struct form form = {0};
    form.id = row_id(rows, "id");
    form.group = row_id(rows, "site_group");
    form.series = row_text(rows, "series");
    form.year = (int)row_int(rows, "year");
    form.number = row_int(rows, "number");
    form.number_text = row_text(rows, "number_text");
    form.subject = filing_row_subject(rows);
    form.digest = row_digest(rows, "digest");
    form.opened_at = row_int(rows, "opened_at");
    form.made_at = row_int(rows, "made_at");
    form.made_by = row_id(rows, "made_by");
    form.pdf = row_digest(rows, "pdf");
    form.content = row_text(rows, "content");
    return form;
}
