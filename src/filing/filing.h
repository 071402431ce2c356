/*
 * filing: numbers without gaps, forms made once, and what is put on record.
 *
 * A number is taken inside the act's transaction, under the lock of its series:
 * an act that is rolled back leaves no gap, two acts at once get two numbers in
 * the order of their commits.  A form's PDF is made once, after the act, and
 * kept under WORKSPACE/archive by its digest; afterwards the same bytes are
 * handed out.  Filing records (报送备案) and archive copies are never changed and
 * never removed; the database refuses it.
 *
 * Filing knows no route: what stands on a form is handed in by the stage.
 */
#ifndef FILING_FILING_H
#define FILING_FILING_H

#include "base/base.h"
#include "ledger/ledger.h"

/* ---- numbers ---- */

/*
 * The next number of *series* ("review-form") of *group* in *year*, from 1;
 * inside a transaction.
 */
MUST_CHECK enum status filing_number(struct call *call, id64 group, struct str series,
                                     int year, int64_t *out_number);

/* As a rulebook's series says it: of "审表 {year}-{number:4}" comes "审表 2026-0187". */
struct str filing_number_text(struct arena *arena, struct str pattern, int year,
                              int64_t number);

/* ---- records of what was submitted (LZ-11.d) ---- */

/* Written in the submission's transaction: neither exists without the other. */
struct filing_record {
    id64 id;                /* filled in */
    struct str series;      /* code of the series in the rulebook */
    struct str pattern;     /* of its numbers; not kept */
    int64_t serial;         /* filled in: gapless by group, series and year */
    int year;               /* filled in: of the call's instant */
    struct str number_text; /* filled in */
    id64 group;
    struct subject subject;
    struct digest digest; /* of the text submitted */
    struct str title;
    struct str item_class; /* title of the class */
    id64 unit;
    struct str unit_title; /* the department */
    id64 submitter;
    struct str submitter_name;
    struct str approval;    /* the head's approval in words: name, time, channel */
    struct str destination; /* where it was submitted to: 综合科 */
    instant at;             /* filled in */
};

struct filing_records {
    struct filing_record *at;
    size_t count;
    bool more;
};

MUST_CHECK enum status filing_record(struct call *call, struct filing_record *record);

/* Of a group, newest first, 50 a page: *before* is an id, 0 for the first page;
 * of one unit unless 0. */
MUST_CHECK enum status filing_records(struct call *call, id64 group, id64 unit,
                                      id64 before, struct filing_records *out_records);
/* Of one subject, oldest first. */
MUST_CHECK enum status filing_records_of(struct call *call, struct subject subject,
                                         struct filing_records *out_records);

/* ---- forms ---- */

/* A field of the form's head, in the order of the regulation.  An empty value is
 * printed as 无 / none, so that nothing can be written in later. */
struct form_line {
    struct str label;
    struct str value;
    bool wide; /* takes the whole line */
};

/* A step of the route: what was said, by whom, when, how, on which rule. */
struct form_step {
    struct str step;    /* 局领导 */
    struct str opinion; /* 保密：不涉密　内容：同意　批示：发布 */
    struct str signer;  /* name; further lines as they should stand */
    struct str when;    /* 2026-12-02 10:40　系统　第十二条第四项 */
};

/* An attachment with its digest, listed after the steps. */
struct form_attachment {
    struct str name;
    struct str digest;
};

/*
 * Everything that stands on a form, in the words of the form's language: labels
 * come from the rulebook, sentences from share/words, both through the caller.
 */
struct filing_form {
    struct str language;     /* "zh-CN" */
    struct str title;        /* 示范市统计局网站信息发布审查表 */
    struct str none;         /* what an empty answer reads: 无 */
    struct str number_label; /* 编号 */
    struct form_line *fields;
    size_t field_count;
    struct str heads[4]; /* 步骤 | 意见 | 签署 | 时间、方式、依据 */
    struct form_step *steps;
    size_t step_count;
    struct str attachment_heads[2]; /* 附件 | 摘要 */
    struct form_attachment *attachments;
    size_t attachment_count;
    struct str foot;       /* 由存证 184,150-184,207 生成。 */
    struct str page_words; /* "第 {page} 页，共 {pages} 页" */
    struct str address;    /* where it can be checked; also the QR code.  {number} in it
                            * becomes "2026-0187" */
    struct str address_label; /* 核对： */
};

/* A form on record. */
struct form {
    id64 id;
    id64 group;
    struct str series;
    int year;
    int64_t number;
    struct str number_text; /* 审表 2026-0187 */
    struct subject subject;
    struct digest digest; /* of the text it is about */
    instant opened_at;
    instant made_at; /* 0 until its PDF is made */
    id64 made_by;
    struct digest pdf;  /* of the PDF's bytes; none until made */
    struct str content; /* JSON of what stands on it; empty until made */
};

/*
 * Give the form of *subject* and *digest* its number, in the act's transaction.
 * There is one form of a series for one text: asked again, the same is given.
 * *pattern* is the series's.
 */
MUST_CHECK enum status filing_form_open(struct call *call, id64 group, struct str series,
                                        struct str pattern, struct subject subject,
                                        const struct digest *digest,
                                        struct form *out_form);

/*
 * Make its PDF and keep it, outside any transaction.  If it is made already,
 * what was made then is given and *content* is not looked at.
 */
MUST_CHECK enum status filing_form_make(struct call *call, id64 form,
                                        const struct filing_form *content,
                                        struct form *out_form);

/* By id; of a subject's text; by number, for the check address.  ABSENT if none. */
MUST_CHECK enum status filing_form(struct call *call, id64 form, struct form *out_form);
MUST_CHECK enum status filing_form_of(struct call *call, struct str series,
                                      struct subject subject, const struct digest *digest,
                                      struct form *out_form);
MUST_CHECK enum status filing_form_find(struct call *call, id64 group, struct str series,
                                        int year, int64_t number, struct form *out_form);

/* The PDF's bytes, compared with the digest on record; FAILED if they differ or are
 * gone, ABSENT if it was not made yet. */
MUST_CHECK enum status filing_form_pdf(struct call *call, const struct form *form,
                                       struct bytes *out_pdf);

struct forms {
    struct form *at;
    size_t count;
    bool more;
};
/* Register of a series, newest number first, 50 a page: *before* a number of *year*,
 * 0 for the first page.  `content` is not filled in. */
MUST_CHECK enum status filing_forms(struct call *call, id64 group, struct str series,
                                    int year, int64_t before, struct forms *out_forms);

/* ---- the archive of the handling section (LZ-12.5.b) ---- */

enum archive_kind {
    ARCHIVE_INTERNAL = 1,
    ARCHIVE_PUBLISHED = 2,
};

struct archive_copy {
    id64 id; /* filled in */
    id64 group;
    id64 unit; /* the section that handled it */
    enum archive_kind kind;
    struct subject subject;
    struct digest digest; /* of the final text */
    struct str title;
    struct str text;    /* the whole content */
    struct str history; /* the whole decision history */
    struct str pattern; /* of the file's number; empty: our own.  Not kept */
    instant at;         /* filled in */
};

struct archive_copies {
    struct archive_copy *at;
    size_t count;
    bool more;
};

/* Put a copy away, in the act's transaction, with a number (档号) of the series
 * FILING_FILES.  The same text of the same kind is kept once. */
#define FILING_FILES STR("archive-file")
MUST_CHECK enum status filing_archive(struct call *call, struct archive_copy *copy);

/* What a section keeps of one kind, newest first, 50 a page; without texts. */
MUST_CHECK enum status filing_archived(struct call *call, id64 unit,
                                       enum archive_kind kind, id64 before,
                                       struct archive_copies *out_copies);
/* One copy whole. */
MUST_CHECK enum status filing_archive_copy(struct call *call, id64 copy,
                                           struct archive_copy *out_copy);

#endif
