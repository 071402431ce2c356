/*
 * notice: who has to do what by when, and how they hear of it.
 *
 * A *duty* is something to be done on a subject at a step of its route, keyed by
 * post (role and unit), sometimes by person.  Stages open and close duties in
 * the transaction of the act they follow from; the desk reads only these, so a
 * duty carries everything a row of the desk shows.  A duty asks; *news* (动态)
 * tells people what happened to theirs and never asks.
 *
 * Out of the system a person hears of duties by mail and by the bureau's own
 * message hook: a digest at 8:30 and 14:00, at once only for what is due today
 * and for what came back.  Those messages are jobs, made in the transaction of
 * the act, so that a crash delays them and loses none.
 *
 * Notice decides nothing: who may act is checked by the act itself.
 */
#ifndef NOTICE_NOTICE_H
#define NOTICE_NOTICE_H

#include "base/base.h"
#include "calendar/calendar.h"
#include "jobs/jobs.h"
#include "ledger/ledger.h"

/* At most this many persons may be kept off one duty. */
#define NOTICE_BARRED_MOST 32

/* A duty, as it is opened and as it is read. */
struct duty {
    id64 id; /* filled in */
    id64 group;
    struct subject subject;
    struct str step; /* code in the rulebook; with the subject it is the duty's key */
    struct str role; /* whose post: role code … */
    id64 unit;       /* … in this unit; 0 is anybody with the role */
    id64 person; /* only this person, or 0; then role and unit say the post acted in */
    const id64 *barred; /* persons who may not (wrote the text, signed before); when
                         * opening only, not read back */
    size_t barred_count;
    instant remind_at;        /* its holders are told then if it is still open; 0 never */
    struct str escalate_role; /* who is told when the time has passed: role … */
    id64 escalate_unit;       /* … and unit; when opening only, as the two above */

    /* What the row shows, copied in. */
    id64 site;
    struct str site_title;
    struct str title;      /* of the manuscript */
    struct str item_class; /* title of its class: 政务类 */
    struct str badge;      /* code of the state: "office-review" */
    struct str act;    /* code of what is asked: "review", "sign", "revise", "release" */
    struct str remark; /* "工业科 陈立已签"; may be empty */
    int round;
    instant since;                     /* when it came to this post; filled in */
    struct calendar_deadline deadline; /* all zero: without limit */
    struct str rule;                   /* requirement ID of the step or its limit */
    bool returned;                     /* it came back: told at once */
    bool urgent; /* an emergency: told at once whatever its end; when opening only */

    /* Filled in when read. */
    struct str holder;   /* who must act: names, or post if it is vacant */
    instant reminded_at; /* 催办, 0 if never */
};

struct duties {
    struct duty *at;
    size_t count;
    bool more;
};

/*
 * Open a duty, inside the act's transaction.  One that is open for the same
 * subject, step, role, unit and person is replaced; the caller holds the subject's row.
 * The id and `since` (the call's instant) are filled in.  If it is due today or came
 * back, the message to its holders is made a job in the same transaction; so are the
 * reminder before its end and what follows once the end has passed: an entry in the
 * ledger, and a message to its holders and to whom it is escalated.
 */
MUST_CHECK enum status notice_duty_open(struct call *call, struct duty *duty);

/* Close the duties of *subject* at *step*, at all steps if it is empty; inside the
 * act's transaction.  Having none is fine. */
MUST_CHECK enum status notice_duty_close(struct call *call, struct subject subject,
                                         struct str step);

/*
 * The clock of *subject*'s duties stops (*waiting* names for whom), or runs again
 * with *deadline* (waiting empty); inside the act's transaction.
 */
MUST_CHECK enum status notice_duty_stop(struct call *call, struct subject subject,
                                        struct str waiting);
MUST_CHECK enum status notice_duty_resume(struct call *call, struct subject subject,
                                          const struct calendar_deadline *deadline);

/*
 * The desk: duties open at call->now for the posts the person holds, and for the
 * person, without those the person is barred from; each once, earliest end first
 * (so late ones lead), those without limit last, then the oldest.  At most 200.
 * One query; `holder` and `barred` are not filled in.
 */
MUST_CHECK enum status notice_desk(struct call *call, id64 person,
                                   struct duties *out_duties);

struct duty_count {
    int64_t open;
    int64_t late;
    instant next; /* the earliest end ahead, 0 if none */
};
MUST_CHECK enum status notice_desk_count(struct call *call, id64 person,
                                         struct duty_count *out_count);

/* True if the person would find *subject* at *step* on the desk now. */
MUST_CHECK enum status notice_is_on_desk(struct call *call, id64 person,
                                         struct subject subject, struct str step,
                                         bool *out_is);

/* The open duties of a subject, with their holders: "where it is now". */
MUST_CHECK enum status notice_duties_of(struct call *call, struct subject subject,
                                        struct duties *out_duties);

/*
 * Where each of several subjects of one kind is now: its oldest open duty with the
 * holders, in the order of the subjects; a duty with id 0 for one that nobody has.
 * Two queries, however many there are, at most NOTICE_WAITING_MOST; more only for those
 * that wait for a person instead of a role.
 */
#define NOTICE_WAITING_MOST 20
MUST_CHECK enum status notice_waiting(struct call *call, enum subject_kind kind,
                                      const id64 *subjects, size_t count,
                                      struct duty **out_duties);

/* All open duties of a group that have ended by call->now, longest first. */
MUST_CHECK enum status notice_late(struct call *call, id64 group,
                                   struct duties *out_duties);

/*
 * 催办: remind the holders of *subject*'s open duties, at once.  REFUSED with
 * "notice.reminded" if they were reminded on this working day already, and with
 * "notice.nobody-waits" if nothing is open.  Whether the actor may is the
 * caller's question.  In a transaction of its own or the caller's.
 */
MUST_CHECK enum status notice_remind(struct call *call, struct subject subject);

/* ---- news ---- */

/* Something that happened to what a person sent or keeps. */
struct news {
    id64 id; /* filled in */
    id64 person;
    struct subject subject;
    struct str words;  /* key of share/words: "news.released" */
    struct str title;  /* what it happened to */
    struct str who;    /* name of who did it, or empty */
    struct str remark; /* a reason, an address; may be empty */
    instant at;        /* filled in */
    bool seen;
};

struct news_list {
    struct news *at;
    size_t count;
    bool more;
};

/* Tell; inside the act's transaction.  Nothing is told to person 0 or to the actor. */
MUST_CHECK enum status notice_tell(struct call *call, struct news *news);

/* Newest first, before *before* (0: from the newest), at most 50; and how many of
 * all were not seen. */
MUST_CHECK enum status notice_news(struct call *call, id64 person, id64 before,
                                   struct news_list *out_list);
MUST_CHECK enum status notice_news_unseen(struct call *call, id64 person,
                                          int64_t *out_count);
MUST_CHECK enum status notice_news_see(struct call *call, id64 person);

/* ---- out of the system ---- */

/*
 * The outlets are named in WORKSPACE/notice.conf, lines "key = value" and "#"
 * comments, read anew for every message:
 *   mail       smtp://host:25 or smtps://host:465
 *   mail-from  shenfa@tjj.example.gov.cn
 *   mail-user, mail-password
 *   mail-tls   required (the default) or none, for a server on the same machine
 *   hook       https://im.example.gov.cn/hook
 *   hook-key   the secret both sides know
 *   checkpoints  /mnt/witness, a directory into which each checkpoint of the ledger is
 *              dropped: on another machine, out of the administrators' reach
 *   titles     shown (the default) or withheld
 *   office     https://office.example.gov.cn, put into messages as the way in
 *   language   zh-CN (the default) or en
 * Without the file, or without an outlet in it, nothing is sent.
 */
struct notice_outlets {
    struct str mail;
    struct str mail_from;
    struct str mail_user;
    struct str mail_password;
    bool mail_plain; /* mail-tls = none */
    struct str hook;
    struct str hook_key;
    struct str checkpoints;
    bool titles_withheld;
    struct str office;
    struct str language;
};

/* ABSENT without the file; REFUSED, with the line in the log, if a line or a value
 * is not understood. */
MUST_CHECK enum status notice_outlets_read(struct call *call,
                                           struct notice_outlets *out_outlets);

/* POST *body*, a JSON object, to the hook, signed as its messages are.  ABSENT without
 * a hook; FAILED, with the reason in the log, unless it answers 2xx. */
MUST_CHECK enum status notice_post(struct call *call,
                                   const struct notice_outlets *outlets, struct str body);

/*
 * The jobs that carry messages out, for jobs_start.  A mail is plain text; a hook
 * gets a POST of JSON with the headers
 *   X-Shenfa-Time: 1796173200
 *   X-Shenfa-Signature: sm3=<hexadecimal HMAC-SM3 of "time.body" under hook-key>
 * A message says what is open when it is sent: nothing goes out for a duty that
 * has been closed, or taken from the person, meanwhile.
 */
const struct job_handler *notice_handlers(size_t *out_count);

/*
 * See to it that the next digest is made, at 8:30 or 14:00 of a working day; once
 * at the start of the process is enough, as every digest plans its successor.
 */
MUST_CHECK enum status notice_digest_plan(struct call *call);

#endif
