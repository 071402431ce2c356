/*
 * The differences that people ask for first, in sentences of their own: who no longer
 * signs what, who signs now, in which order, within what time.
 */
#include "differ_own.h"

#include <string.h>

/* What somebody does at a step of each kind, of the items that take the route. */
static const struct {
    struct text now; /* "the {role} now signs {items}" */
    struct text once;
} deeds[] = {
    [STEP_AUTHOR] = {{STR_INIT("拟稿"), STR_INIT("now works on")},
                     {STR_INIT("拟稿"), STR_INIT("no longer works on")}},
    [STEP_REVIEW] = {{STR_INIT("审核"), STR_INIT("now reviews")},
                     {STR_INIT("审核"), STR_INIT("no longer reviews")}},
    [STEP_FORWARD] = {{STR_INIT("报送"), STR_INIT("now sends on")},
                      {STR_INIT("报送"), STR_INIT("no longer sends on")}},
    [STEP_RELEASE] = {{STR_INIT("发布"), STR_INIT("now releases")},
                      {STR_INIT("发布"), STR_INIT("no longer releases")}},
};
static const struct text now_signs = {STR_INIT("签批"), STR_INIT("now signs")};
static const struct text no_longer_signs = {STR_INIT("签批"),
                                            STR_INIT("no longer signs")};

static struct text items_of(struct differ *differ, const struct rulebook *book,
                            const struct route *route);
static struct text role_title_of(const struct rulebook *book, int role);
static bool acts_elsewhere(const struct rulebook *book, const struct route *route,
                           const struct rulebook *from, const struct step *step);
static struct text span_of(struct differ *differ, const struct deadline *deadline);
static struct text content_of(struct differ *differ, const struct rulebook *book,
                              const struct route *route, const struct schema *schema,
                              const char *thing);

void differ_enter_route(struct differ *differ, struct place *place,
                        const struct schema *schema, const char *before,
                        const char *after) {
    const struct step *step =
        (const struct step *)(const void *)(after != NULL ? after : before);
    if (strcmp(schema->name, "route") == 0) {
        place->route_before = (const struct route *)(const void *)before;
        place->route_after = (const struct route *)(const void *)after;
    }
    if (strcmp(schema->name, "step") == 0) {
        bool late = place->route_after != NULL;
        struct text values[] = {items_of(differ, late ? differ->after : differ->before,
                                         late ? place->route_after : place->route_before),
                                step->title};
        place->owner = differ_text(differ, "{0}的“{1}”一步", "The step “{1}” of {0}",
                                   values, LENGTH(values));
    }
}

/* What a route says of channels was given to each of its steps. */
bool differ_is_handed_down(const struct place *place, const struct schema_field *field,
                           const char *was, const char *is) {
    bool channels = strcmp(field->key, "channels") == 0 && place->route_before != NULL &&
                    place->route_after != NULL;
    const char *before = channels ? (const char *)place->route_before->channels : NULL;
    const char *after = channels ? (const char *)place->route_after->channels : NULL;
    return channels && (was == NULL || was == before) && (is == NULL || is == after) &&
           str_find(place->path, STR(".steps.")) < place->path.length;
}

void differ_actor(struct differ *differ, const struct place *place,
                  const struct step *before, const struct step *after) {
    struct text was = role_title_of(differ->before, before->role);
    struct text is = role_title_of(differ->after, after->role);
    struct str old =
        before->role == NO_INDEX ? STR("") : differ->before->roles[before->role].code;
    struct str new =
        after->role == NO_INDEX ? STR("") : differ->after->roles[after->role].code;
    struct text values[] = {place->owner, was, is};
    if (!str_equal(old, new)) {
        differ_say(differ, place, "{0}改由{2}办理，不再由{1}办理。",
                   "{0} is now done by the {2}, no longer by the {1}.", values);
    }
    bool own = !str_equal(before->role_basis.id, before->basis.id) ||
               !str_equal(after->role_basis.id, after->basis.id);
    if (own && !str_equal(before->role_basis.id, after->role_basis.id)) {
        struct text bases[] = {place->owner,
                               differ_cite(differ, differ->before, &before->role_basis),
                               differ_cite(differ, differ->after, &after->role_basis)};
        differ_say(differ, place, "{0}：办理人的依据由{1}改为{2}。",
                   "{0}: who does it rests on {2}, no longer on {1}.", bases);
    }
}

void differ_span(struct differ *differ, const struct place *place,
                 const struct deadline *before, const struct deadline *after) {
    struct text values[] = {place->owner, span_of(differ, before),
                            span_of(differ, after)};
    if (before->amount != after->amount || before->unit != after->unit) {
        differ_say(differ, place, "{0}：由 {1}改为 {2}。", "{0}: {2} instead of {1}.",
                   values);
    }
}

/* Of the steps that both have, the first one that stands after another than before. */
void differ_order(struct differ *differ, const struct place *place,
                  const struct pairing *pairing) {
    const struct step *was = (const struct step *)(const void *)pairing->was;
    int last = NO_INDEX;
    for (size_t i = 0; i < pairing->had; i++) {
        int partner = pairing->partner[i];
        if (partner == NO_INDEX) {
            continue;
        }
        if (partner < last) {
            const struct step *is = (const struct step *)(const void *)pairing->is;
            struct text values[] = {items_of(differ, differ->after, place->route_after),
                                    was[i].title, is[partner + 1].title};
            differ_say(differ, place, "{0}：“{1}”移到“{2}”之前。",
                       "{0}: “{1}” now comes before “{2}”.", values);
        }
        last = partner > last ? partner : last;
    }
}

void differ_gone(struct differ *differ, const struct place *place,
                 const struct schema_field *field, const char *was,
                 const struct place *around) {
    const struct step *step = (const struct step *)(const void *)was;
    if (strcmp(field->schema->name, "step") == 0 && step->role != NO_INDEX) {
        struct text values[] = {
            role_title_of(differ->before, step->role),
            step->signature ? no_longer_signs : deeds[step->kind].once,
            items_of(differ, differ->before, around->route_before), step->title};
        bool still =
            around->route_after != NULL &&
            acts_elsewhere(differ->after, around->route_after, differ->before, step);
        differ_say(
            differ, place, still ? "{0}不再在“{3}”一步{1}{2}。" : "{0}不再{1}{2}。",
            still ? "The {0} {1} {2} at the step “{3}”." : "The {0} {1} {2}.", values);
        return;
    }
    bool named = !str_is_empty(said_element(field->schema, was).title.zh);
    struct text values[] = {
        place->owner,
        content_of(differ, differ->before, around->route_before, field->schema, was)};
    differ_say(differ, place, named ? "不再有{0}。" : "{0}：不再有“{1}”。",
               named ? "Gone: {0}." : "{0}: no longer “{1}”.", values);
}

void differ_new(struct differ *differ, const struct place *place,
                const struct schema_field *field, const char *is,
                const struct place *around) {
    const struct step *step = (const struct step *)(const void *)is;
    if (strcmp(field->schema->name, "step") == 0 && step->role != NO_INDEX) {
        const struct route *route = around->route_after;
        bool first = route == NULL || step == route->steps;
        struct text values[] = {role_title_of(differ->after, step->role),
                                step->signature ? now_signs : deeds[step->kind].now,
                                items_of(differ, differ->after, route), step->title,
                                first ? step->title : step[-1].title};
        differ_say(differ, place,
                   first ? "{0}现在{1}{2}（“{3}”，第一步）。"
                         : "{0}现在{1}{2}（“{3}”，在“{4}”之后）。",
                   first ? "The {0} {1} {2} (“{3}”, the first step)."
                         : "The {0} {1} {2} (“{3}”, after “{4}”).",
                   values);
        return;
    }
    bool named = !str_is_empty(said_element(field->schema, is).title.zh);
    struct text values[] = {
        place->owner,
        content_of(differ, differ->after, around->route_after, field->schema, is)};
    differ_say(differ, place, named ? "增加{0}。" : "{0}：增加“{1}”。",
               named ? "New: {0}." : "{0}: now “{1}”.", values);
}

/* 新闻信息、通知公告: the classes that take the route, else the route by its name. */
static struct text items_of(struct differ *differ, const struct rulebook *book,
                            const struct route *route) {
    struct text items = {STR(""), STR("")};
    int index = route == NULL ? NO_INDEX : (int)(route - book->routes);
    for (size_t i = 0; i < book->class_count; i++) {
        const struct item_class *one = &book->classes[i];
        bool takes = one->route == index;
        for (size_t j = 0; j < one->way_count; j++) {
            takes = takes || one->ways[j].route == index;
        }
        struct text values[] = {items, one->title};
        if (takes && str_is_empty(items.zh)) {
            items = one->title;
        } else if (takes) {
            items = differ_text(differ, "{0}、{1}", "{0}, {1}", values, LENGTH(values));
        }
    }
    if (str_is_empty(items.zh) && route != NULL) {
        struct text values[] = {route->title};
        return differ_text(differ, "“{0}”", "“{0}”", values, LENGTH(values));
    }
    return items;
}

static struct text role_title_of(const struct rulebook *book, int role) {
    return role == NO_INDEX ? (struct text){STR(""), STR("")} : book->roles[role].title;
}

/* Does the same role still do a thing of the same kind on the route? */
static bool acts_elsewhere(const struct rulebook *book, const struct route *route,
                           const struct rulebook *from, const struct step *step) {
    struct str code = from->roles[step->role].code;
    for (size_t i = 0; i < route->step_count; i++) {
        const struct step *other = &route->steps[i];
        if (other->role != NO_INDEX && other->kind == step->kind &&
            other->signature == step->signature &&
            str_equal(book->roles[other->role].code, code)) {
            return true;
        }
    }
    return false;
}

static struct text span_of(struct differ *differ, const struct deadline *deadline) {
    static const char *const units[] = {"minute", "hour", "calendar-day", "working-day"};
    struct str amount = str_format(differ->arena, "%d", deadline->amount);
    struct text unit = value_title(units[deadline->unit]);
    if (deadline->amount == 1) {
        unit.en.length--; /* 1 working day */
    }
    struct text values[] = {{amount, amount}, unit};
    if (deadline->amount == 0) {
        return (struct text){STR("立即"), STR("at once")};
    }
    return differ_text(differ, "{0} {1}", "{0} {1}", values, LENGTH(values));
}

/* 不得办理：写过稿的人; of a member that has no name. */
static struct text content_of(struct differ *differ, const struct rulebook *book,
                              const struct route *route, const struct schema *schema,
                              const char *thing) {
    struct text content = {STR(""), STR("")};
    for (size_t i = 0; i < schema->field_count; i++) {
        const struct schema_field *field = &schema->fields[i];
        struct said *list;
        size_t count = 1;
        if (field->want == WANT_BOOL || field->want >= WANT_SELF) {
            continue;
        }
        if (field->want == WANT_WORDS || field->want == WANT_STRS ||
            field->want == WANT_REFS || field->want == WANT_BITS) {
            count = said_values(differ->arena, book, route, field, thing, &list);
        } else {
            list = TAKE(differ->arena, struct said);
            *list = said_value(differ->arena, book, route, field, thing);
        }
        for (size_t j = 0; j < count; j++) {
            struct text values[] = {content, key_title(field->key), list[j].title};
            bool first = str_is_empty(content.zh);
            if (!str_is_empty(list[j].title.zh)) {
                content = differ_text(differ, first ? "{1} {2}" : "{0}，{1} {2}",
                                      first ? "{1} {2}" : "{0}, {1} {2}", values,
                                      LENGTH(values));
            }
        }
    }
    return content;
}
