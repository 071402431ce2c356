/* Only for src/rulebook: what the parts of the difference share. */
#ifndef RULEBOOK_DIFFER_OWN_H
#define RULEBOOK_DIFFER_OWN_H

#include "rulebook_own.h"

struct differ {
    struct arena *arena;
    const struct rulebook *before;
    const struct rulebook *after;
    struct departures changes;
    size_t room;
};

/* Where the walk stands: the words for it, the requirement it rests on, the route and the
 * step around it. */
struct place {
    struct text owner; /* “分析稿”的“科室审核”一步; empty at the top */
    struct str rule;
    struct str path; /* routes.analysis.steps.dept-review */
    const struct basis *basis_before;
    const struct basis *basis_after;
    const struct basis *heir_before; /* of what it belongs to */
    const struct basis *heir_after;
    const struct route *route_before;
    const struct route *route_after;
};

/* Members of both sides: who is whose partner. */
struct pairing {
    const char *was;
    const char *is;
    size_t had;
    size_t has;
    int *partner; /* of each that was: index among those that are, or NO_INDEX */
    bool *known;  /* of each that is: it was there */
};

/* differ_say.c: make sentences; {0} to {9} in a pattern are the *values*. */
void differ_add(struct differ *differ, const struct place *place, const char *zh,
                const char *en, const struct text *values, size_t count);
#define differ_say(differ, place, zh, en, values)                                        \
    differ_add((differ), (place), (zh), (en), (values), LENGTH(values))
struct text differ_text(struct differ *differ, const char *zh, const char *en,
                        const struct text *values, size_t count);
struct text differ_cite(struct differ *differ, const struct rulebook *book,
                        const struct basis *basis);
void pair_members(struct differ *differ, const struct place *place,
                  const struct schema_field *field, const char *before, const char *after,
                  struct pairing *out_pairing);
bool said_among(const struct said *list, size_t count, struct str code);
bool said_same_order(const struct said *a, const struct said *b, size_t count);

/* differ_route.c: routes, steps and deadlines. */
void differ_enter_route(struct differ *differ, struct place *place,
                        const struct schema *schema, const char *before,
                        const char *after);
bool differ_is_handed_down(const struct place *place, const struct schema_field *field,
                           const char *was, const char *is);
void differ_actor(struct differ *differ, const struct place *place,
                  const struct step *before, const struct step *after);
void differ_span(struct differ *differ, const struct place *place,
                 const struct deadline *before, const struct deadline *after);
void differ_order(struct differ *differ, const struct place *place,
                  const struct pairing *pairing);
void differ_gone(struct differ *differ, const struct place *place,
                 const struct schema_field *field, const char *was,
                 const struct place *around);
void differ_new(struct differ *differ, const struct place *place,
                const struct schema_field *field, const char *is,
                const struct place *around);

#endif
