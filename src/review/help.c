/*
 * Help for another unit: where the regulation lets one unit update the columns of others,
 * each such text cites that unit's request (LZ-5.5).
 */
#include "review_own.h"

#include "matter/matter.h"
#include "people/people.h"

static enum status is_requested(struct call *call, id64 group,
                                const struct rulebook *book, id64 owner,
                                struct str number, bool *out_requested);

enum status review_needs_request(struct call *call, const struct rulebook *book,
                                 const struct manuscript *manuscript, bool *out_needs) {
    const struct help_rule *rule = book->help;
    struct people_unit helper;
    struct column column;
    struct site site;
    *out_needs = false;
    if (rule == NULL) {
        return DONE;
    }
    TRY(site_find(call, manuscript->site, &site));
    enum status found =
        people_unit_in(call, site.root, book->units[rule->unit].code, &helper);
    if (found != DONE) {
        return found == ABSENT ? DONE : found;
    }
    TRY(site_column_find(call, manuscript->column, &column));
    *out_needs = manuscript->unit == helper.id && column.owner != helper.id;
    return DONE;
}

enum status check_request(struct call *call, const struct rulebook *book,
                          const struct manuscript *manuscript) {
    struct content draft;
    struct column column;
    struct people_unit owner;
    bool needs = false;
    bool requested = false;
    int version;
    TRY(review_needs_request(call, book, manuscript, &needs));
    if (!needs) {
        return DONE;
    }
    TRY(manuscript_draft(call, manuscript->id, &draft, &version));
    TRY(site_column_find(call, manuscript->column, &column));
    TRY(people_unit(call, column.owner, &owner));
    TRY(is_requested(call, manuscript->group, book, column.owner,
                     str_trim(content_field(&draft, "request")), &requested));
    return requested ? DONE
                     : call_refuse_field(call, "request",
                                         str_text(call->arena, book->help->basis.id),
                                         "review.request-missing", "unit",
                                         str_text(call->arena, owner.title), NULL);
}

/* One with this number, of the unit whose column it is. */
static enum status is_requested(struct call *call, id64 group,
                                const struct rulebook *book, id64 owner,
                                struct str number, bool *out_requested) {
    struct matters matters;
    *out_requested = false;
    if (str_is_empty(number)) {
        return DONE;
    }
    TRY(matter_list(call, group, 0, book->matters[book->help->matter].code, &matters));
    for (size_t i = 0; i < matters.count; i++) {
        *out_requested = *out_requested || (matters.at[i].unit == owner &&
                                            str_equal(matters.at[i].number, number));
    }
    return DONE;
}
