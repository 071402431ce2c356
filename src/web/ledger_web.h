/*
 * Only for ledger.c and ledger_entry.c: what the list of entries and one entry share.
 */
#ifndef WEB_LEDGER_WEB_H
#define WEB_LEDGER_WEB_H

#include "entries.h"
#include "parts.h"

#include "people/people.h"

/* Who reads every entry. */
#define LEDGER_SUPERVISORS PEOPLE_ROLE_AUDIT "|" WEB_OFFICE

/* The chain that is asked for: the site group's, or the house's own (?chain=house). */
id64 part_chain(const struct visit *visit);

/* What it was done to, by name where this person may know it. */
void part_object(struct visit *visit, struct model *part,
                 const struct ledger_entry *entry);

/* "184,206". */
struct str part_number(struct arena *arena, int64_t number);

#endif
