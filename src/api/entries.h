/* Only for src/api: the entries, each on top of its file. */
#ifndef API_ENTRIES_H
#define API_ENTRIES_H

#include "api_own.h"

extern const struct endpoint api_desk;
extern const struct endpoint api_sites;
extern const struct endpoint api_columns;
extern const struct endpoint api_manuscripts;
extern const struct endpoint api_manuscript_begin;
extern const struct endpoint api_manuscript;
extern const struct endpoint api_manuscript_change;
extern const struct endpoint api_manuscript_begin_change;
extern const struct endpoint api_revisions;
extern const struct endpoint api_revision;
extern const struct endpoint api_file_keep;
extern const struct endpoint api_file;
extern const struct endpoint api_submit;
extern const struct endpoint api_offer;
extern const struct endpoint api_decide;
extern const struct endpoint api_decide_all;
extern const struct endpoint api_decisions;
extern const struct endpoint api_recall;
extern const struct endpoint api_findings;
extern const struct endpoint api_history;
extern const struct endpoint api_form;
extern const struct endpoint api_form_pdf;
extern const struct endpoint api_release;
extern const struct endpoint api_release_first;
extern const struct endpoint api_releases;
extern const struct endpoint api_withdraw;
extern const struct endpoint api_me;
extern const struct endpoint api_units;
extern const struct endpoint api_posts;
extern const struct endpoint api_people;
extern const struct endpoint api_people_import;
extern const struct endpoint api_archive;
extern const struct endpoint api_loan_ask;
extern const struct endpoint api_loan_answer;
extern const struct endpoint api_loan_return;
extern const struct endpoint api_summary;
extern const struct endpoint api_views;
extern const struct endpoint api_catalogue;
extern const struct endpoint api_letters;
extern const struct endpoint api_letter_receive;
extern const struct endpoint api_letter;
extern const struct endpoint api_letter_transfer;
extern const struct endpoint api_letter_return;
extern const struct endpoint api_letter_refer;
extern const struct endpoint api_letter_answer;
extern const struct endpoint api_letter_tell;
extern const struct endpoint api_mailboxes;
extern const struct endpoint api_letter_look;
extern const struct endpoint api_assessments;
extern const struct endpoint api_assessment_open;
extern const struct endpoint api_assessment;
extern const struct endpoint api_assessment_mark;
extern const struct endpoint api_assessment_report;
extern const struct endpoint api_assessment_close;
extern const struct endpoint api_assessment_publish;
extern const struct endpoint api_commendations;
extern const struct endpoint api_commend;
extern const struct endpoint api_matters;
extern const struct endpoint api_matter_open;
extern const struct endpoint api_matter_answer;
extern const struct endpoint api_matter_offer;
extern const struct endpoint api_matter_decide;
extern const struct endpoint api_ledger;
extern const struct endpoint api_ledger_head;
extern const struct endpoint api_ledger_verify;

/* The rulebook in force for the house's first site. */
struct rulebook;
MUST_CHECK enum status book_in_force(struct exchange *exchange,
                                     const struct rulebook **out_book);

#endif
