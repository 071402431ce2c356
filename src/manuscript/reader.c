/*
 * Who may know of a manuscript.
 *
 * A manuscript is admitted to its drafting unit when it begins, and to the holders
 * of a step's role when it is submitted to a route with that step.  A reader is
 * written as "ROLE@UNIT"; an empty role stands for the whole unit, "ROLE@*BODY" for a
 * role anywhere in the body.  Nobody else
 * can tell that it exists: not by its id, in no list, by no count.
 */
#include "manuscript_own.h"

#include "manuscript_sql.h"
#include "people/people.h"

static struct str reader_key(struct arena *arena, struct str role, id64 unit);
static bool role_is_administrator(struct str role);

enum status manuscript_admit(struct call *call, id64 manuscript, const char *role,
                             id64 unit) {
    return store_run(call, &manuscript_reader_insert, NULL,
                     bind_id("manuscript", manuscript),
                     bind_text("reader", reader_key(call->arena, str_of(role), unit)));
}

enum status manuscript_may_see(struct call *call, const struct manuscript *manuscript) {
    struct reader_keys keys;
    struct rows *row;
    TRY(manuscript_reader_keys(call, &keys));
    return store_find(call, &manuscript_reader_row, &row,
                      bind_id("manuscript", manuscript->id), READER_BINDINGS(&keys));
}

enum status manuscript_reader_keys(struct call *call, struct reader_keys *out_keys) {
    struct people_holdings holdings;
    size_t count = 0;
    *out_keys = (struct reader_keys){0};
    for (size_t i = 0; i < READER_KEYS; i++) {
        out_keys->at[i] = STR("");
    }
    TRY(people_holdings(call, call->actor.person, &holdings));
    for (size_t i = 0; i < holdings.count && count + 3 <= READER_KEYS; i++) {
        const struct people_holding *holding = &holdings.at[i];
        if (role_is_administrator(holding->role)) {
            continue;
        }
        out_keys->units[count / 3] = holding->unit;
        out_keys->at[count++] = reader_key(call->arena, STR(""), holding->unit);
        out_keys->at[count++] = reader_key(call->arena, holding->role, holding->unit);
        out_keys->at[count++] =
            reader_key(call->arena, holding->role, people_anywhere_in(holding->body));
    }
    return DONE;
}

static struct str reader_key(struct arena *arena, struct str role, id64 unit) {
    struct str id = id_to_text(arena, unit < 0 ? -unit : unit);
    return str_format(arena, "%.*s@%s%.*s", STR_ARG(role), unit < 0 ? "*" : "",
                      STR_ARG(id));
}

static bool role_is_administrator(struct str role) {
    return str_is(role, PEOPLE_ROLE_SYSTEM) || str_is(role, PEOPLE_ROLE_SECURITY) ||
           str_is(role, PEOPLE_ROLE_AUDIT);
}
