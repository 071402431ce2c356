/*
 * Every page and every act of the office, one line each.
 */
#include "entries.h"

const struct entry *const web_entries[] = {
    &home_show,       &sign_in_form,  &sign_in,         &sign_out,
    &unlock,          &demo_enter,    &language_choose, &password_form,
    &password_change, &settings_form, &settings_change, NULL,
};
