/*
 * What is open under each article: late duties, findings that nobody has answered or that
 * wait for a ruling, matters that are missing or late, values that the body has not
 * given.  Whose text it is about is said only to who may know of the text.
 */
#include "open_points.h"

#include "matter/matter.h"
#include "notice/notice.h"
#include "people/people.h"
#include "screening/screening.h"
#include "site/site.h"

#define POINTS_MOST 1000

static enum status add_late(struct visit *visit, struct str told,
                            struct open_points *points);
static enum status add_rulings(struct visit *visit, struct str told,
                               struct open_points *points);
static enum status add_findings(struct visit *visit, struct str told,
                                struct open_points *points);
static enum status add_matters(struct visit *visit, const struct rulebook *book,
                               struct open_points *points);
static enum status add_gaps(struct visit *visit, const struct rulebook *book,
                            struct open_points *points);
static enum status add_values(struct visit *visit, const struct rulebook *book,
                              struct open_points *points);
static enum status title_of(struct visit *visit, id64 manuscript, struct str *out_title,
                            struct str *out_href);
static void add(struct open_points *points, struct str rule, struct str text,
                struct str href);

enum status open_points_read(struct visit *visit, const struct rulebook *book,
                             struct str told, struct open_points *out_points) {
    struct open_points points = {
        .at = TAKE_ARRAY(visit->call->arena, POINTS_MOST, struct open_point)};
    TRY(add_late(visit, told, &points));
    TRY(add_rulings(visit, told, &points));
    TRY(add_findings(visit, told, &points));
    TRY(add_matters(visit, book, &points));
    TRY(add_gaps(visit, book, &points));
    TRY(add_values(visit, book, &points));
    *out_points = points;
    return DONE;
}

int64_t open_points_of(const struct open_points *points, struct str id) {
    int64_t count = 0;
    for (size_t i = 0; i < points->count; i++) {
        count += str_equal(points->at[i].rule, id) ? 1 : 0;
    }
    return count;
}

static enum status add_late(struct visit *visit, struct str told,
                            struct open_points *points) {
    struct call *call = visit->call;
    struct duties duties;
    TRY(notice_late(call, visit->web->options.group, &duties));
    for (size_t i = 0; i < duties.count; i++) {
        const struct duty *duty = &duties.at[i];
        struct str title = STR("");
        struct str href = STR("");
        if (duty->subject.kind == SUBJECT_MANUSCRIPT && str_equal(duty->rule, told)) {
            TRY(title_of(visit, duty->subject.id, &title, &href));
        }
        instant due =
            duty->deadline.hard != 0 ? duty->deadline.hard : duty->deadline.soft;
        struct str since = instant_to_text(call->arena, due);
        add(points, duty->rule,
            web_say(visit, str_is_empty(title) ? "open.late-hidden" : "open.late",
                    "title", str_text(call->arena, title), "since",
                    str_text(call->arena, str_part(since, 0, 16)), NULL),
            href);
    }
    return DONE;
}

static enum status add_rulings(struct visit *visit, struct str told,
                               struct open_points *points) {
    struct call *call = visit->call;
    struct ruling *rulings;
    size_t count;
    TRY(screening_rulings_waiting(call, visit->web->options.group, &rulings, &count));
    for (size_t i = 0; i < count; i++) {
        struct str title = STR("");
        struct str href = STR("");
        if (str_equal(rulings[i].rule, told)) {
            TRY(title_of(visit, rulings[i].manuscript, &title, &href));
        }
        add(points, rulings[i].rule,
            web_say(visit, str_is_empty(title) ? "open.finding-hidden" : "open.finding",
                    "title", str_text(call->arena, title), "shown",
                    str_text(call->arena, rulings[i].shown), NULL),
            href);
    }
    return DONE;
}

/* Those that were asked about stand there as rulings. */
static enum status add_findings(struct visit *visit, struct str told,
                                struct open_points *points) {
    struct call *call = visit->call;
    struct unanswered *list;
    size_t count;
    TRY(screening_unanswered(call, visit->web->options.group, &list, &count));
    for (size_t i = 0; i < count; i++) {
        const struct finding *finding = &list[i].finding;
        struct str title = STR("");
        struct str href = STR("");
        if (str_equal(finding->rule, told)) {
            TRY(title_of(visit, list[i].manuscript, &title, &href));
        }
        add(points, finding->rule,
            web_say(visit,
                    str_is_empty(title) ? "open.unanswered-hidden" : "open.unanswered",
                    "title", str_text(call->arena, title), "shown",
                    str_text(call->arena, finding->shown), NULL),
            href);
    }
    return DONE;
}

static enum status add_matters(struct visit *visit, const struct rulebook *book,
                               struct open_points *points) {
    struct call *call = visit->call;
    struct matters matters;
    struct site site;
    TRY(part_site(visit, &site));
    TRY(matter_list(call, visit->web->options.group, site.root, STR(""), &matters));
    for (size_t i = 0; i < matters.count; i++) {
        const struct matter *matter = &matters.at[i];
        const struct matter_rule *rule = matter_rule_of(book, matter->kind);
        if (rule == NULL || !matter_wants_answer(rule) || matter->answered_at != 0 ||
            matter->due > call->now) {
            continue;
        }
        struct str href = web_may(visit, WEB_STAFF)
                              ? str_format(call->arena, "/matters/%.*s",
                                           STR_ARG(id_to_text(call->arena, matter->id)))
                              : STR("");
        add(points, rule->limit != NULL ? rule->limit->basis.id : rule->basis.id,
            web_say(visit, "open.matter", "title", str_text(call->arena, matter->title),
                    NULL),
            href);
    }
    return DONE;
}

static enum status add_gaps(struct visit *visit, const struct rulebook *book,
                            struct open_points *points) {
    struct call *call = visit->call;
    struct matter_gap *gaps;
    size_t count;
    int year = date_of_day(instant_day(call->now)).year;
    struct site site;
    TRY(part_site(visit, &site));
    TRY(matter_gaps(call, visit->web->options.group, site.root, book, year, &gaps,
                    &count));
    for (size_t i = 0; i < count; i++) {
        struct str title = text_in(gaps[i].rule->title, call->language);
        const char *named = str_text(call->arena, title);
        struct people_unit unit = {.title = STR("")};
        if (gaps[i].unit != 0) {
            TRY(people_unit(call, gaps[i].unit, &unit));
        }
        struct str text =
            gaps[i].unit != 0
                ? web_say(visit, "matters.gap-unit", "matter", named, "unit",
                          str_text(call->arena, unit.title), NULL)
                : web_say(visit, "matters.gap-year", "matter", named, "year",
                          str_format(call->arena, "%d", gaps[i].year).at, NULL);
        add(points, gaps[i].rule->basis.id, text,
            web_may(visit, WEB_STAFF) ? STR("/matters") : STR(""));
    }
    return DONE;
}

static enum status add_values(struct visit *visit, const struct rulebook *book,
                              struct open_points *points) {
    struct call *call = visit->call;
    struct site_value *values;
    struct site site;
    size_t count;
    const struct rulebook *now;
    TRY(part_rulebook(visit, &site, &now));
    TRY(site_values(call, site.id, &values, &count));
    for (size_t i = 0; i < count; i++) {
        const struct setting *setting = rulebook_setting(book, values[i].code);
        if (setting != NULL && values[i].sample) {
            struct str title = text_in(setting->title, call->language);
            add(points, setting->basis.id,
                web_say(visit, "open.sample", "title", str_text(call->arena, title),
                        NULL),
                web_may(visit, WEB_STAFF) ? STR("/rules/values") : STR(""));
        }
    }
    return DONE;
}

/* Both empty for who may not know of the text. */
static enum status title_of(struct visit *visit, id64 manuscript, struct str *out_title,
                            struct str *out_href) {
    struct manuscript found;
    enum status status = manuscript_find(visit->call, manuscript, &found);
    if (status == ABSENT || status == DENIED) {
        call_forgive(visit->call);
        return DONE;
    }
    TRY(status);
    *out_title = found.title;
    *out_href = str_format(visit->call->arena, "/manuscripts/%.*s",
                           STR_ARG(id_to_text(visit->call->arena, manuscript)));
    return DONE;
}

static void add(struct open_points *points, struct str rule, struct str text,
                struct str href) {
    if (!str_is_empty(rule) && points->count < POINTS_MOST) {
        points->at[points->count++] = (struct open_point){rule, text, href};
    }
}
