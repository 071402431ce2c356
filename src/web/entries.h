/*
 * Only for src/web: the entries that the screens' files hold.
 */
#ifndef WEB_ENTRIES_H
#define WEB_ENTRIES_H

#include "web_own.h"

/* sign_in.c */
extern const struct entry home_show;
extern const struct entry sign_in_form;
extern const struct entry sign_in;
extern const struct entry sign_out;
extern const struct entry unlock;
extern const struct entry demo_enter;

/* personal.c */
extern const struct entry language_choose;
extern const struct entry password_form;
extern const struct entry password_change;
extern const struct entry settings_form;
extern const struct entry settings_change;

/* desk.c */
extern const struct entry desk_show;
extern const struct entry desk_count;
extern const struct entry desk_remind;

/* review.c */
extern const struct entry review_show;
extern const struct entry review_sign;
extern const struct entry review_decided;
extern const struct entry review_signed;
extern const struct entry together_show;
extern const struct entry together_post;

/* edit.c, files.c, submission.c, conflict.c */
extern const struct entry edit_new;
extern const struct entry edit_begin;
extern const struct entry edit_show;
extern const struct entry edit_save;
extern const struct entry edit_autosave;
extern const struct entry edit_change;
extern const struct entry file_attach;
extern const struct entry file_remove_entry;
extern const struct entry file_picture;
extern const struct entry file_convert;
extern const struct entry file_read_entry;
extern const struct entry file_read_picture;
extern const struct entry submit_form;
extern const struct entry submit_post;
extern const struct entry recall_post;
extern const struct entry conflict_resolve;

/* administrators.c */
extern const struct entry administrators_show;
extern const struct entry administrators_export;
extern const struct entry administrators_paper;

/* sites.c */
extern const struct entry sites_show;
extern const struct entry site_new_form;
extern const struct entry site_add_post;
extern const struct entry site_design_post;
extern const struct entry site_restore_post;
extern const struct entry site_preview;

/* release.c, first.c, withdrawal.c */
extern const struct entry release_desk;
extern const struct entry release_form;
extern const struct entry release_order_post;
extern const struct entry release_done;
extern const struct entry first_form;
extern const struct entry first_post;
extern const struct entry withdraw_form;
extern const struct entry withdraw_post;

/* manuscripts.c, manuscript.c, difference.c */
extern const struct entry manuscripts_show;
extern const struct entry manuscripts_export;
extern const struct entry manuscript_show;
extern const struct entry manuscript_difference;
extern const struct entry manuscript_change_form;

/* rules.c */
extern const struct entry rules_show;
extern const struct entry rules_article;

/* ledger.c, ledger_entry.c */
extern const struct entry ledger_show;
extern const struct entry ledger_entry_show;
extern const struct entry ledger_verify_post;
extern const struct entry ledger_verified;

/* papers.c */
extern const struct entry paper_show;
extern const struct entry paper_pdf;

/* columns.c */
extern const struct entry columns_show;
extern const struct entry column_show;
extern const struct entry column_new;
extern const struct entry column_change_form;
extern const struct entry column_close_form;
extern const struct entry column_add;
extern const struct entry column_change;
extern const struct entry column_close;

/* people.c, appointments.c, people_import.c */
extern const struct entry people_show;
extern const struct entry people_unit_show;
extern const struct entry people_person_show;
extern const struct entry people_appoint_form;
extern const struct entry people_appoint_post;
extern const struct entry people_end_form;
extern const struct entry people_end_post;
extern const struct entry people_deputy_form;
extern const struct entry people_deputy_post;
extern const struct entry people_import_form;
extern const struct entry people_import_post;
extern const struct entry people_import_sample;

/* face.c */
extern const struct entry face_form;
extern const struct entry face_enter;
extern const struct entry face_confirm;
extern const struct entry face_scan;

/* ruling.c */
extern const struct entry ruling_form;
extern const struct entry ruling_ask;
extern const struct entry ruling_answer;

/* accounts.c */
extern const struct entry accounts_show;
extern const struct entry accounts_export;
extern const struct entry account_show;
extern const struct entry account_open_form;
extern const struct entry account_open_post;
extern const struct entry account_disable_form;
extern const struct entry account_disable_post;
extern const struct entry account_unlock_post;
extern const struct entry account_end_session;
extern const struct entry account_ask_form;
extern const struct entry account_ask_post;

/* units.c */
extern const struct entry unit_new;
extern const struct entry unit_add;
extern const struct entry unit_change_form;
extern const struct entry unit_change;
extern const struct entry unit_close_form;
extern const struct entry unit_close;
extern const struct entry post_new;
extern const struct entry post_add;
extern const struct entry post_change_form;
extern const struct entry post_change;
extern const struct entry post_close_form;
extern const struct entry post_close;

/* persons.c */
extern const struct entry persons_show;
extern const struct entry persons_export;
extern const struct entry posts_show;
extern const struct entry posts_export;
extern const struct entry post_show;
extern const struct entry person_new;
extern const struct entry person_add;
extern const struct entry person_change_form;
extern const struct entry person_change;
extern const struct entry person_leave_form;
extern const struct entry person_leave;

/* matters.c, matter.c */
extern const struct entry matters_show;
extern const struct entry matters_export;
extern const struct entry matter_new;
extern const struct entry matter_add;
extern const struct entry matter_show;
extern const struct entry matter_answer_post;
extern const struct entry matter_decide;

/* archive.c, archive_file.c, archive_loan.c, archive_end.c */
extern const struct entry archive_files_show;
extern const struct entry archive_files_export;
extern const struct entry archive_loans_list_show;
extern const struct entry archive_loans_list_export;
extern const struct entry archive_custody_list_show;
extern const struct entry archive_custody_list_export;
extern const struct entry archive_destructions_list_show;
extern const struct entry archive_destructions_list_export;
extern const struct entry archive_sealed_show;
extern const struct entry archive_sealed_export;
extern const struct entry archive_packages_list_show;
extern const struct entry archive_packages_list_export;
extern const struct entry archive_file_show;
extern const struct entry archive_term_form;
extern const struct entry archive_term_post;
extern const struct entry archive_borrow_form;
extern const struct entry archive_borrow_post;
extern const struct entry archive_read_form;
extern const struct entry archive_read_post;
extern const struct entry archive_loan_show;
extern const struct entry archive_lend_form;
extern const struct entry archive_lend_post;
extern const struct entry archive_return_form;
extern const struct entry archive_return_post;
extern const struct entry archive_custody_show;
extern const struct entry archive_take_post;
extern const struct entry archive_custody_form;
extern const struct entry archive_custody_post;
extern const struct entry archive_destruction_form;
extern const struct entry archive_destruction_post;
extern const struct entry archive_destruction_show;
extern const struct entry archive_approve_form;
extern const struct entry archive_approve_post;
extern const struct entry archive_witness_form;
extern const struct entry archive_witness_post;
extern const struct entry archive_open_form;
extern const struct entry archive_open_post;
extern const struct entry archive_package_form;
extern const struct entry archive_package_post;
extern const struct entry archive_package_file;

/* running.c */
extern const struct entry running_show;
/* assessment.c, assessment_line.c, commendations.c */
extern const struct entry assessments_show;
extern const struct entry assessments_export;
extern const struct entry assessments_paper;
extern const struct entry assessment_new;
extern const struct entry assessment_add;
extern const struct entry assessment_show;
extern const struct entry assessment_export;
extern const struct entry assessment_close_post;
extern const struct entry assessment_publish_post;
extern const struct entry assessment_line_show;
extern const struct entry assessment_mark_form;
extern const struct entry assessment_mark_post;
extern const struct entry assessment_report_form;
extern const struct entry assessment_report_post;
extern const struct entry commendations_show;
extern const struct entry commendations_export;
extern const struct entry commendations_paper;
extern const struct entry commendation_new;
extern const struct entry commendation_add;

/* summary.c, views.c, catalogue.c */
extern const struct entry summary_show;
extern const struct entry summary_pdf;
extern const struct entry summary_export;
extern const struct entry views_show;
extern const struct entry views_export;
extern const struct entry renewal_show;
extern const struct entry renewal_export;
extern const struct entry renewal_paper;
extern const struct entry renewal_one;
extern const struct entry renewal_confirm;
extern const struct entry catalogue_show;
extern const struct entry catalogue_export;
extern const struct entry catalogue_new;
extern const struct entry catalogue_add;
extern const struct entry catalogue_item_show;
extern const struct entry catalogue_approve;
extern const struct entry catalogue_end_form;
extern const struct entry catalogue_end_post;

/* letters.c, letter.c */
extern const struct entry letters_show;
extern const struct entry letters_export;
extern const struct entry letters_paper;
extern const struct entry letter_new_form;
extern const struct entry letter_new_post;
extern const struct entry letter_look_form;
extern const struct entry letter_look_post;
extern const struct entry letter_show;
extern const struct entry letter_transfer_form;
extern const struct entry letter_transfer_post;
extern const struct entry letter_return_form;
extern const struct entry letter_return_post;
extern const struct entry letter_refer_form;
extern const struct entry letter_refer_post;
extern const struct entry letter_answer_form;
extern const struct entry letter_answer_post;
extern const struct entry letter_tell_form;
extern const struct entry letter_tell_post;

/* register_lists.c, matter_paper.c, and lists on paper */
extern const struct entry matter_paper;
extern const struct entry destruction_paper;
extern const struct entry forms_paper;
extern const struct entry columns_paper;
extern const struct entry catalogue_paper;
extern const struct entry matters_paper;
extern const struct entry archive_files_paper;
extern const struct entry archive_loans_list_paper;
extern const struct entry archive_custody_list_paper;
extern const struct entry archive_destructions_list_paper;
extern const struct entry archive_sealed_paper;
extern const struct entry archive_packages_list_paper;
extern const struct entry registers_paper;
extern const struct entry register_reprints_paper;
extern const struct entry register_pairs_paper;
extern const struct entry register_signatures_paper;
extern const struct entry registers_show;
extern const struct entry registers_export;
extern const struct entry register_reprints_show;
extern const struct entry register_reprints_export;
extern const struct entry register_pairs_show;
extern const struct entry register_pairs_export;
extern const struct entry register_signatures_show;
extern const struct entry register_signatures_export;

/* versions.c */
extern const struct entry versions_show;
extern const struct entry version_show;
extern const struct entry version_propose;
extern const struct entry version_decide;

/* drafts.c, values.c, statement.c */
extern const struct entry draft_begin;
extern const struct entry draft_show;
extern const struct entry draft_save;
extern const struct entry draft_autosave;
extern const struct entry draft_check;
extern const struct entry draft_cases;
extern const struct entry draft_run_cases;
extern const struct entry draft_propose;
extern const struct entry draft_close;
extern const struct entry rules_schema;
extern const struct entry values_show;
extern const struct entry statement_show;
extern const struct entry statement_pdf;
extern const struct entry value_give;

/* factor.c */
extern const struct entry factor_show, factor_begin, factor_set_up_form, factor_picture,
    factor_set_up, factor_help_form, factor_help;

/* ledger.c, registers.c */
extern const struct entry ledger_export_list;
extern const struct entry forms_show;
extern const struct entry forms_export;
extern const struct entry columns_list;
extern const struct entry columns_export;

#endif
