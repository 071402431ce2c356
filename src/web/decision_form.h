/*
 * Only for src/web: the form of a decision, made from the questions and outcomes of the
 * rulebook's step; shown, read back, and shown once more before it is signed.
 */
#ifndef WEB_DECISION_FORM_H
#define WEB_DECISION_FORM_H

#include "parts.h"

extern const struct field decision_fields[];
extern const struct field signed_fields[]; /* with the password */

/* The part "decision" of the review page. */
MUST_CHECK enum status decision_form_fill(struct visit *visit, const struct offer *offer,
                                          const struct revision *revision);

/* The posted answers to the step's questions alone. */
size_t decision_form_answers(struct visit *visit, struct answer **out_answers);

/* What was posted, as the act wants it. */
MUST_CHECK enum status decision_form_read(struct visit *visit, const struct offer *offer,
                                          struct verdict *out_verdict);

/* STALE if another revision was read; field messages for what is missing, so that it
 * comes before the password is asked. */
MUST_CHECK enum status decision_form_check(struct visit *visit, const struct offer *offer,
                                           const struct revision *revision,
                                           const struct verdict *verdict);

/* The part "signing": everything that will be signed, and the fields carried along. */
MUST_CHECK enum status decision_form_show(struct visit *visit, const struct offer *offer,
                                          const struct revision *revision,
                                          const struct verdict *verdict);

/* What was typed under a name of a family; empty on a page shown for the first time. */
struct str decision_form_typed(const struct visit *visit, const char *name);

/* True if a flag of a family was ticked in what was posted. */
bool request_is_typed(const struct visit *visit, const char *name);

#endif
