/* Only for src/notice. */
#ifndef NOTICE_NOTICE_OWN_H
#define NOTICE_NOTICE_OWN_H

#include "notice.h"
#include "page/page.h"
#include "people/people.h"
#include "store/store.h"

/* Duties and news of one page; the statements ask for one more. */
#define DUTIES_MOST 200
#define NEWS_PAGE   50

/* Rows of duties into a list, without their holders. */
MUST_CHECK enum status duty_collect(struct call *call, struct rows *rows,
                                    struct duties *out_duties);

/* One duty, and whether it is still open; ABSENT if there is none. */
MUST_CHECK enum status duty_find(struct call *call, id64 id, struct duty *out_duty,
                                 bool *out_open);

/* Who must fulfil a duty at call->now, those barred left out. */
struct duty_holder {
    id64 person;
    struct str name;
};
struct duty_holders {
    struct duty_holder *at;
    size_t count;
};
MUST_CHECK enum status duty_holders(struct call *call, const struct duty *duty,
                                    struct duty_holders *out_holders);

/* Why a message goes out; the word stands in the subjects of jobs. */
enum message_why {
    WHY_TODAY,     /* due today */
    WHY_RETURNED,  /* it came back */
    WHY_URGENT,    /* an emergency */
    WHY_REMINDED,  /* 催办 */
    WHY_SOON,      /* the end is near */
    WHY_LATE,      /* the end has passed */
    WHY_ESCALATED, /* the same, to whom it is escalated */
    WHY_DIGEST,
};
const char *message_why_name(enum message_why why);

/* Add the job that tells the holders of a duty, in the act's transaction. */
MUST_CHECK enum status message_order(struct call *call, const struct duty *duty,
                                     enum message_why why);

/* In the act's transaction, the jobs that remind of a duty's end and follow it. */
MUST_CHECK enum status clock_plan(struct call *call, const struct duty *duty,
                                  instant due);

/* The handler of "notice.late". */
enum status late_tell(struct call *call, struct job *job);

/* In a transaction, mail and hook for every holder. */
struct sending {
    struct job *job;
    enum message_why why;
    id64 duty;
    const struct duty_holders *holders;
    struct str slot; /* sets one digest, or one reminder, apart from the next */
};
MUST_CHECK enum status send_to_holders(struct call *call, const struct sending *sending);

/* A message to one person, as it stands now. */
struct message {
    enum message_why why;
    id64 person;
    struct str name;
    struct str mail;
    struct str phone;
    struct str login;
    struct duties duties;
    struct str title; /* the mail's subject line */
    struct str text;  /* the mail's body, lines ended by '\n' */
    struct str id;    /* the same whenever the same job tries again */
};

/* What a job's subject says. */
struct order {
    enum message_why why;
    id64 duty; /* 0 for the digest */
    id64 person;
};
struct str order_text(struct arena *arena, const struct order *order);
MUST_CHECK enum status order_from_text(struct str text, struct order *out_order);

/* ABSENT if there is nothing (any more) to tell. */
MUST_CHECK enum status message_compose(struct call *call,
                                       const struct notice_outlets *outlets,
                                       const struct job *job,
                                       struct message *out_message);

/* The handlers of "notice.mail" and "notice.hook". */
enum status mail_send(struct call *call, struct job *job);
enum status hook_send(struct call *call, struct job *job);

/* HMAC (RFC 2104) with SM3, in hexadecimal. */
struct str hook_signature(struct arena *arena, struct str key, struct str text);

#endif
