/*
 * What a message says.  It is composed when it is sent, from the duties as they
 * are then: one that was closed meanwhile is not mentioned.
 */
#include "notice_own.h"

static enum status find_duties(struct call *call, const struct order *order,
                               struct duties *out_duties);
static struct str say(struct call *call, struct str language, const char *key,
                      const struct refusal_argument *arguments, size_t count);
static struct str compose_title(struct call *call, const struct notice_outlets *outlets,
                                const struct message *message);
static struct str compose_text(struct call *call, const struct notice_outlets *outlets,
                               const struct message *message);
static void add_duty(struct call *call, const struct notice_outlets *outlets,
                     const struct duty *duty, size_t number, struct buffer *text);
static struct str number_text(struct call *call, size_t number);

/* Lines of one mail; the desk shows the rest. */
#define MAIL_DUTIES_MOST 30

static const char *const why_names[] = {
    [WHY_TODAY] = "today",         [WHY_RETURNED] = "returned", [WHY_URGENT] = "urgent",
    [WHY_REMINDED] = "reminded",   [WHY_SOON] = "soon",         [WHY_LATE] = "late",
    [WHY_ESCALATED] = "escalated", [WHY_DIGEST] = "digest",
};

const char *message_why_name(enum message_why why) { return why_names[why]; }

struct str order_text(struct arena *arena, const struct order *order) {
    return str_format(arena, "%s %lld %lld", message_why_name(order->why),
                      (long long)order->duty, (long long)order->person);
}

enum status order_from_text(struct str text, struct order *out_order) {
    struct order order = {0};
    struct str why = str_cut(&text, ' ');
    struct str duty = str_cut(&text, ' ');
    bool found = false;
    for (size_t i = 0; i < LENGTH(why_names); i++) {
        if (str_is(why, why_names[i])) {
            order.why = (enum message_why)i;
            found = true;
        }
    }
    if (!found) {
        return REFUSED;
    }
    TRY(str_to_int(duty, &order.duty));
    TRY(str_to_int(text, &order.person));
    *out_order = order;
    return DONE;
}

enum status message_compose(struct call *call, const struct notice_outlets *outlets,
                            const struct job *job, struct message *out_message) {
    struct order order;
    struct people_person person;
    TRY(order_from_text(job->subject, &order));
    struct message message = {.why = order.why, .person = order.person};
    TRY(find_duties(call, &order, &message.duties));
    TRY(people_person(call, order.person, &person));
    if (person.gone || message.duties.count == 0) {
        return ABSENT;
    }
    message.name = person.name;
    message.mail = person.mail;
    message.phone = person.phone;
    message.login = person.login;
    message.id = id_to_text(call->arena, job->id);
    message.title = compose_title(call, outlets, &message);
    message.text = compose_text(call, outlets, &message);
    *out_message = message;
    return DONE;
}

/* The person's desk, or the one duty if it is still open and still this person's; what
 * is escalated is somebody else's. */
static enum status find_duties(struct call *call, const struct order *order,
                               struct duties *out_duties) {
    if (order->why == WHY_DIGEST) {
        return notice_desk(call, order->person, out_duties);
    }
    struct duties duties = {.at = TAKE(call->arena, struct duty)};
    bool is_open;
    bool is_theirs;
    TRY(duty_find(call, order->duty, &duties.at[0], &is_open));
    TRY(notice_is_on_desk(call, order->person, duties.at[0].subject, duties.at[0].step,
                          &is_theirs));
    duties.count = is_open && (is_theirs || order->why == WHY_ESCALATED);
    *out_duties = duties;
    return DONE;
}

static struct str compose_title(struct call *call, const struct notice_outlets *outlets,
                                const struct message *message) {
    static const char *const shown[] = {
        [WHY_TODAY] = "notice.title-today",
        [WHY_RETURNED] = "notice.title-returned",
        [WHY_URGENT] = "notice.title-urgent",
        [WHY_REMINDED] = "notice.title-reminded",
        [WHY_SOON] = "notice.title-soon",
        [WHY_LATE] = "notice.title-late",
        [WHY_ESCALATED] = "notice.title-escalated",
        [WHY_DIGEST] = "notice.title-digest",
    };
    static const char *const withheld[] = {
        [WHY_TODAY] = "notice.title-today-withheld",
        [WHY_RETURNED] = "notice.title-returned-withheld",
        [WHY_URGENT] = "notice.title-urgent-withheld",
        [WHY_REMINDED] = "notice.title-reminded-withheld",
        [WHY_SOON] = "notice.title-soon-withheld",
        [WHY_LATE] = "notice.title-late-withheld",
        [WHY_ESCALATED] = "notice.title-escalated-withheld",
        [WHY_DIGEST] = "notice.title-digest",
    };
    const struct refusal_argument count = {"count",
                                           number_text(call, message->duties.count)};
    const struct refusal_argument title = {"title", message->duties.at[0].title};
    if (message->why == WHY_DIGEST) {
        return say(call, outlets->language, shown[WHY_DIGEST], &count, 1);
    }
    if (outlets->titles_withheld) {
        return say(call, outlets->language, withheld[message->why], NULL, 0);
    }
    return say(call, outlets->language, shown[message->why], &title, 1);
}

static struct str compose_text(struct call *call, const struct notice_outlets *outlets,
                               const struct message *message) {
    struct buffer text;
    const struct refusal_argument name = {"name", message->name};
    const struct refusal_argument address = {"address", outlets->office};
    const struct duties *duties = &message->duties;
    buffer_init(&text, call->arena);
    buffer_add(&text, say(call, outlets->language,
                          message->why == WHY_ESCALATED ? "notice.greeting-escalated"
                                                        : "notice.greeting",
                          &name, 1));
    buffer_add_text(&text, "\n\n");
    for (size_t i = 0; i < duties->count && i < MAIL_DUTIES_MOST; i++) {
        add_duty(call, outlets, &duties->at[i], i + 1, &text);
    }
    if (duties->count > MAIL_DUTIES_MOST) {
        const struct refusal_argument rest = {
            "count", number_text(call, duties->count - MAIL_DUTIES_MOST)};
        buffer_add(&text, say(call, outlets->language, "notice.more", &rest, 1));
        buffer_add_char(&text, '\n');
    }
    if (!str_is_empty(outlets->office)) {
        buffer_add_char(&text, '\n');
        buffer_add(&text, say(call, outlets->language, "notice.where", &address, 1));
        buffer_add_char(&text, '\n');
    }
    buffer_add_char(&text, '\n');
    buffer_add(&text, say(call, outlets->language, "notice.foot", NULL, 0));
    buffer_add_char(&text, '\n');
    return buffer_str(&text);
}

static void add_duty(struct call *call, const struct notice_outlets *outlets,
                     const struct duty *duty, size_t number, struct buffer *text) {
    const struct refusal_argument arguments[] = {
        {"number", number_text(call, number)},
        {"title", duty->title},
        {"class", duty->item_class},
        {"site", duty->site_title},
    };
    struct calendar_due_words due =
        calendar_say_due(call->arena, call->house->calendar, outlets->language, call->now,
                         &duty->deadline);
    buffer_add(text,
               say(call, outlets->language,
                   outlets->titles_withheld ? "notice.line-withheld" : "notice.line",
                   arguments, LENGTH(arguments)));
    buffer_add_char(text, '\n');
    if (due.sentence.words != NULL) {
        buffer_add_text(text, "   ");
        buffer_add(text, say(call, outlets->language, due.sentence.words,
                             due.sentence.arguments, LENGTH(due.sentence.arguments)));
        buffer_add_char(text, '\n');
    }
}

static struct str say(struct call *call, struct str language, const char *key,
                      const struct refusal_argument *arguments, size_t count) {
    size_t given = 0;
    while (given < count && arguments[given].name != NULL) {
        given++;
    }
    return words_say(call->house->words, call->arena, language, key, arguments, given);
}

static struct str number_text(struct call *call, size_t number) {
    return str_format(call->arena, "%zu", number);
}
