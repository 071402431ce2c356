/*
 * The six answers of a fallible act, and the one control-flow macro.
 */
#ifndef BASE_STATUS_H
#define BASE_STATUS_H

enum status {
    DONE = 0, /* it happened, durably where the contract says so */
    ABSENT,   /* there is no such thing, or none this actor may know of */
    DENIED,   /* this actor may not; who could is in the refusal */
    REFUSED,  /* a rule or a form says no; the refusal cites it */
    STALE,    /* the thing has moved on since the caller looked */
    FAILED,   /* the machine failed; logged once where it happened */
};

#define MUST_CHECK               __attribute__((warn_unused_result))
#define PRINTF_LIKE(text, first) __attribute__((format(printf, text, first)))
#define LENGTH(array)            (sizeof(array) / sizeof((array)[0]))

/* Hand any answer but DONE to the caller. */
#define TRY(expression)                                                                  \
    do {                                                                                 \
        enum status try_status_ = (expression);                                          \
        if (try_status_ != DONE) {                                                       \
            return try_status_;                                                          \
        }                                                                                \
    } while (0)

/* The answer itself: for macros that do something and then answer, so that compilers
 * see which answer it is. */
static inline enum status status_answer(enum status answer) { return answer; }

/* "done", "absent", … for logs and JSON; never NULL. */
const char *status_name(enum status status);

#endif
