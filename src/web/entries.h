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

#endif
