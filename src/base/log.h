/*
 * The process's log: one JSON object a line on standard error, for journald, and where
 * log_keep says.
 * It never holds titles, texts, passwords or tokens; what people did is in
 * the ledger, not here.
 */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include "status.h"

/* From now on every line also stands in *directory*, in the file of its day (Beijing's):
 * 2026-12-02.log.  NULL: no longer.  A line that cannot be kept there is on standard
 * error all the same. */
void log_keep(const char *directory);

/* Something went as planned and is worth a line. */
void log_note(const char *format, ...) PRINTF_LIKE(1, 2);

/* The machine failed and a person should look. */
void log_fault(const char *format, ...) PRINTF_LIKE(1, 2);

/* As log_fault, and the answer that goes with it: `return log_failed(…)`. */
#define log_failed(...) (log_fault(__VA_ARGS__), status_answer(FAILED))

/* It cannot go on; ends the process. */
void log_fatal(const char *format, ...) PRINTF_LIKE(1, 2) __attribute__((noreturn));

#endif
