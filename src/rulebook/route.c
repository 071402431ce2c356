/*
 * Which route an item takes, and what lies ahead on it.
 */
#include "rulebook_own.h"

static enum status say_no(struct no *out_no, const struct basis *basis, const char *words,
                          const char *name, struct text value);
static const struct field_rule *missing_field(const struct rulebook *book,
                                              const struct item_class *item_class,
                                              unsigned fields);
static struct text field_title(enum item_field field);

enum status rulebook_route_for(const struct rulebook *book, const struct item_facts *item,
                               int *out_route, struct no *out_no) {
    struct text nothing = {STR(""), STR("")};
    const struct item_class *item_class =
        item->item_class == NO_INDEX ? NULL : &book->classes[item->item_class];
    const struct field_rule *missing = missing_field(book, item_class, item->fields);
    if (missing != NULL) {
        return say_no(out_no, &missing->basis, "rulebook.field-missing", "field",
                      field_title(missing->field));
    }
    if ((item->flags & ITEM_EMERGENCY) != 0 && book->emergency == NULL) {
        return say_no(out_no, NULL, "rulebook.no-emergency", NULL, nothing);
    }
    if (item->target != NO_INDEX && book->targets[item->target].route != NO_INDEX) {
        *out_route = book->targets[item->target].route;
        return DONE;
    }
    if (item_class == NULL) {
        return say_no(out_no, NULL, "rulebook.class-missing", NULL, nothing);
    }
    bool reprint = (item->flags & ITEM_REPRINT) != 0;
    bool listed = (item->flags & ITEM_HOST_LISTED) != 0;
    if (item_class->reprint && !(reprint && listed)) {
        return say_no(out_no, &item_class->basis, "rulebook.host-not-listed", "class",
                      item_class->title);
    }
    for (size_t i = 0; i < item_class->way_count; i++) {
        const struct class_way *way = &item_class->ways[i];
        for (size_t j = 0; j < way->unit_kind_count; j++) {
            bool fits = way->unit_kinds[j] == item->unit_kind && way->route != NO_INDEX;
            if (fits && item->unit_kind != NO_INDEX) {
                *out_route = way->route;
                return DONE;
            }
        }
    }
    if (item_class->route == NO_INDEX) {
        return say_no(out_no, &item_class->basis, "rulebook.no-route", "class",
                      item_class->title);
    }
    *out_route = item_class->route;
    return DONE;
}

int rulebook_route_of(const struct rulebook *book, enum route_subject subject) {
    for (size_t i = 0; i < book->route_count; i++) {
        if (book->routes[i].subject == subject) {
            return (int)i;
        }
    }
    return NO_INDEX;
}

uint32_t rulebook_demanded(const struct route *route) { return route->demanded; }

uint32_t rulebook_missing(const struct route *route, uint32_t standing) {
    return route->demanded & ~standing;
}

int step_forward(const struct step *step) {
    int found = NO_INDEX;
    for (size_t i = 0; i < step->outcome_count; i++) {
        if (step->outcomes[i].kind == OUTCOME_FORWARD && step->outcomes[i].when == NULL) {
            if (found != NO_INDEX) {
                return NO_INDEX;
            }
            found = (int)i;
        }
    }
    return found;
}

size_t rulebook_preview(const struct rulebook *book, const struct route *route,
                        enum lane lane,
                        struct preview_step out_steps[RULEBOOK_STEPS_MOST]) {
    size_t count = 0;
    int at = route->first;
    while (at != NO_INDEX && count < RULEBOOK_STEPS_MOST &&
           route->steps[at].kind != STEP_END) {
        const struct step *step = &route->steps[at];
        out_steps[count].step = step;
        out_steps[count++].deadline =
            rulebook_step_deadline(book, route, step->code, lane);
        int forward = step_forward(step);
        at = forward == NO_INDEX ? NO_INDEX : step->outcomes[forward].next;
    }
    return count;
}

const struct deadline *rulebook_step_deadline(const struct rulebook *book,
                                              const struct route *route, struct str step,
                                              enum lane lane) {
    for (size_t i = 0; i < book->deadline_count; i++) {
        const struct deadline *deadline = &book->deadlines[i];
        bool applies = deadline_runs(book, deadline, route, lane);
        for (size_t j = 0; applies && j < deadline->step_count; j++) {
            if (str_equal(deadline->steps[j], step)) {
                return deadline;
            }
        }
    }
    return NULL;
}

bool deadline_runs(const struct rulebook *book, const struct deadline *deadline,
                   const struct route *route, enum lane lane) {
    bool on_route = deadline->route_count == 0;
    for (size_t i = 0; i < deadline->route_count && !on_route; i++) {
        on_route = deadline->routes[i] != NO_INDEX &&
                   &book->routes[deadline->routes[i]] == route;
    }
    return on_route && (deadline->lane == lane || deadline->lane == LANE_EVERY);
}

const struct outside_rule *rulebook_outside(const struct rulebook *book,
                                            enum channel_order order, instant elsewhere,
                                            instant here) {
    bool broken = elsewhere != 0 && (here == 0 || here > elsewhere);
    for (size_t i = 0; broken && i < book->outside_count; i++) {
        if (book->outsides[i].order == order) {
            return &book->outsides[i];
        }
    }
    return NULL;
}

static enum status say_no(struct no *out_no, const struct basis *basis, const char *words,
                          const char *name, struct text value) {
    *out_no = (struct no){.status = REFUSED,
                          .basis = basis,
                          .words = words,
                          .role = NO_INDEX,
                          .step = NO_INDEX};
    out_no->arguments[0] = (struct no_argument){name, value};
    return REFUSED;
}

static const struct field_rule *missing_field(const struct rulebook *book,
                                              const struct item_class *item_class,
                                              unsigned fields) {
    for (size_t i = 0; i < book->field_count; i++) {
        if ((fields & (unsigned)book->fields[i].field) == 0) {
            return &book->fields[i];
        }
    }
    for (size_t i = 0; item_class != NULL && i < item_class->need_count; i++) {
        if ((fields & (unsigned)item_class->needs[i].field) == 0) {
            return &item_class->needs[i];
        }
    }
    return NULL;
}

static struct text field_title(enum item_field field) {
    static const struct {
        enum item_field field;
        struct text title;
    } titles[] = {
        {FIELD_TITLE, {STR_INIT("标题"), STR_INIT("title")}},
        {FIELD_COLUMN, {STR_INIT("栏目"), STR_INIT("column")}},
        {FIELD_CLASS, {STR_INIT("类别"), STR_INIT("class")}},
        {FIELD_ORIGIN_DATE, {STR_INIT("产生日期"), STR_INIT("date of origin")}},
        {FIELD_DISCLOSURE, {STR_INIT("公开属性"), STR_INIT("disclosure")}},
        {FIELD_SOURCE, {STR_INIT("来源"), STR_INIT("source")}},
        {FIELD_SOURCE_URL, {STR_INIT("来源网址"), STR_INIT("address of the source")}},
        {FIELD_MEETING, {STR_INIT("会议名称"), STR_INIT("meeting")}},
        {FIELD_MEETING_DATE, {STR_INIT("会议日期"), STR_INIT("date of the meeting")}},
        {FIELD_MINUTE_NUMBER, {STR_INIT("纪要编号"), STR_INIT("number of the minutes")}},
        {FIELD_CATALOGUE,
         {STR_INIT("主动公开目录条目"), STR_INIT("entry of the disclosure catalogue")}},
        {FIELD_EVENT_TIME, {STR_INIT("事件时间"), STR_INIT("time of the event")}},
        {FIELD_AUTHOR, {STR_INIT("作者"), STR_INIT("author")}},
        {FIELD_SOURCE_DATE, {STR_INIT("来源日期"), STR_INIT("date of the source")}},
    };
    for (size_t i = 0; i < LENGTH(titles); i++) {
        if (titles[i].field == field) {
            return titles[i].title;
        }
    }
    return (struct text){STR(""), STR("")};
}
