/*
 * Every page and every act of the office, one line each.
 */
#include "entries.h"

const struct entry *const web_entries[] = {
    /* sign_in.c, personal.c */
    &home_show,
    &sign_in_form,
    &sign_in,
    &sign_out,
    &unlock,
    &demo_enter,
    &language_choose,
    &password_form,
    &password_change,
    &settings_form,
    &settings_change,
    /* desk.c */
    &desk_show,
    &desk_count,
    &desk_remind,
    /* review.c */
    &review_show,
    &review_sign,
    &review_decided,
    &review_signed,
    /* edit.c, files.c, submission.c, conflict.c */
    &edit_new,
    &edit_begin,
    &edit_show,
    &edit_save,
    &edit_autosave,
    &edit_change,
    &file_attach,
    &file_remove_entry,
    &file_picture,
    &file_read_entry,
    &file_read_picture,
    &submit_form,
    &submit_post,
    &recall_post,
    &conflict_resolve,
    /* release.c */
    &release_desk,
    &release_form,
    &release_order_post,
    &release_done,
    &withdraw_form,
    &withdraw_post,
    /* manuscripts.c, manuscript.c, papers.c */
    &manuscripts_show,
    &manuscripts_export,
    &manuscript_show,
    &manuscript_difference,
    &manuscript_change_form,
    &paper_show,
    &paper_pdf,
    /* rules.c, ledger.c */
    &rules_show,
    &rules_article,
    &ledger_show,
    &ledger_entry_show,
    &ledger_verify_post,
    &ledger_verified,
    /* columns.c, people.c, face.c, ruling.c */
    &columns_show, &column_show, &column_new, &column_change_form, &column_close_form, &column_add, &column_change, &column_close,
    &people_show, &people_unit_show, &people_person_show, &people_appoint_form, &people_appoint_post, &people_end_form, &people_end_post, &people_import_form, &people_import_post, &people_import_sample,
    &face_form, &face_enter, &face_confirm, &face_scan,
    &ruling_form, &ruling_ask, &ruling_answer,
    NULL,
};
