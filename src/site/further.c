/*
 * A further site beside the main one, as it was reviewed: for the unit that applied for
 * it, under the code that titles the application, and under the name that its form gives
 * (ZJ-10).  What was agreed to opens that one site and no other.
 */
#include "site_own.h"

#include "matter/matter.h"
#include "people/people.h"

static const struct matter_rule *review_of(const struct rulebook *book);
static enum status read_reviewed(struct call *call, const struct matter *matter,
                                 struct reviewed_site *out_reviewed);
static enum status refuse(struct call *call, const struct matter_rule *rule,
                          const struct reviewed_site *reviewed, bool unit_fits);

enum status site_reviewed(struct call *call, const struct site *first,
                          struct reviewed_site **out_reviewed, size_t *out_count) {
    const struct rulebook *book = shelf_find(call->house->shelf, &first->rulebook_digest);
    const struct matter_rule *rule = book == NULL ? NULL : review_of(book);
    struct matters matters;
    size_t count = 0;
    if (rule == NULL) {
        return ABSENT;
    }
    TRY(matter_list(call, first->group, first->root, rule->code, &matters));
    struct reviewed_site *reviewed =
        TAKE_ARRAY(call->arena, matters.count + 1, struct reviewed_site);
    for (size_t i = 0; i < matters.count; i++) {
        enum status stands =
            matters.at[i].agreed ? matter_must_stand(call, &matters.at[i]) : ABSENT;
        if (stands == FAILED) {
            return FAILED;
        }
        if (stands == REFUSED) { /* not as it was signed: as if nobody had agreed */
            call_forgive(call);
        } else if (stands == DONE) {
            TRY(read_reviewed(call, &matters.at[i], &reviewed[count++]));
        }
    }
    *out_reviewed = reviewed;
    *out_count = count;
    return DONE;
}

enum status further_must_be_as_reviewed(struct call *call, const struct site *first,
                                        const struct site *site) {
    const struct rulebook *book = shelf_find(call->house->shelf, &first->rulebook_digest);
    const struct matter_rule *rule = book == NULL ? NULL : review_of(book);
    const struct reviewed_site *nearest = NULL;
    struct reviewed_site *reviewed;
    size_t count;
    id64 matter;
    if (rule == NULL) {
        return DONE;
    }
    TRY(site_must_be_applied_for(call, first, PERMIT_SUB_SITE, site->code, &matter));
    TRY(site_reviewed(call, first, &reviewed, &count));
    for (size_t i = 0; i < count; i++) {
        const struct reviewed_site *one = &reviewed[i];
        if (!str_equal(one->code, site->code)) {
            continue;
        }
        bool unit_fits = one->unit == site->body;
        if (unit_fits &&
            (str_is_empty(one->title) || str_equal(one->title, str_trim(site->title)))) {
            return DONE;
        }
        nearest = nearest == NULL || unit_fits ? one : nearest;
    }
    return refuse(call, rule, nearest, nearest->unit == site->body);
}

static const struct matter_rule *review_of(const struct rulebook *book) {
    for (size_t i = 0; i < book->matter_count; i++) {
        if (book->matters[i].permit == PERMIT_SUB_SITE) {
            return &book->matters[i];
        }
    }
    return NULL;
}

static enum status read_reviewed(struct call *call, const struct matter *matter,
                                 struct reviewed_site *out_reviewed) {
    struct people_unit unit;
    struct matter_line *lines;
    size_t count;
    TRY(people_unit(call, matter->unit, &unit));
    TRY(matter_lines(call, matter->id, &lines, &count));
    *out_reviewed = (struct reviewed_site){.unit = unit.id,
                                           .unit_title = unit.title,
                                           .code = str_trim(matter->title),
                                           .title = STR("")};
    for (size_t i = 0; i < count; i++) {
        if (str_is(lines[i].field, "name")) {
            out_reviewed->title = str_trim(lines[i].value);
        }
    }
    return DONE;
}

static enum status refuse(struct call *call, const struct matter_rule *rule,
                          const struct reviewed_site *reviewed, bool unit_fits) {
    return call_refuse_field(
        call, unit_fits ? "title" : "unit", str_text(call->arena, rule->basis.id),
        unit_fits ? "site.name-not-as-reviewed" : "site.unit-not-as-reviewed", "matter",
        str_text(call->arena, text_in(rule->title, call->language)), "unit",
        str_text(call->arena, reviewed->unit_title), "name",
        str_text(call->arena, reviewed->title), NULL);
}
