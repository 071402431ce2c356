/*
 * What was agreed to, for the acts that it opens the way to.
 */
#include "matter_own.h"

#include "matter_sql.h"

static bool is_about(const struct matter *matter, struct str title,
                     const struct digest *about);

enum status matter_newest_with(struct call *call, id64 group, id64 body, struct str kind,
                               struct str field, struct str value,
                               struct matter *out_matter) {
    struct rows *row;
    TRY(store_find(call, &matter_line_newest, &row, bind_id("site_group", group),
                   bind_int("body", body), bind_text("kind", kind),
                   bind_text("field", field), bind_text("value", value)));
    TRY(matter_find(call, row_id(row, "id"), out_matter));
    return matter_must_stand(call, out_matter);
}

bool matter_leads_to(const struct rulebook *book, const struct matter_rule *rule,
                     enum matter_permit permit) {
    size_t here = (size_t)(rule - book->matters);
    for (size_t hops = 0; hops <= book->matter_count && here < book->matter_count;
         hops++) {
        size_t next = book->matter_count;
        if (book->matters[here].permit == permit) {
            return true;
        }
        for (size_t i = 0; i < book->matter_count; i++) {
            next = book->matters[i].follows == (int)here ? i : next;
        }
        here = next;
    }
    return false;
}

enum status matter_permits(struct call *call, id64 group, id64 body,
                           const struct rulebook *book, enum matter_permit permit,
                           struct str title, const struct digest *about,
                           const struct matter_rule **out_rule, id64 *out_matter) {
    *out_rule = NULL;
    *out_matter = 0;
    for (size_t i = 0; i < book->matter_count; i++) {
        struct matters matters;
        if (book->matters[i].permit != permit) {
            continue;
        }
        *out_rule = &book->matters[i];
        TRY(matter_list(call, group, body, book->matters[i].code, &matters));
        for (size_t j = 0; j < matters.count; j++) {
            const struct matter *matter = &matters.at[j];
            if (*out_matter == 0 && matter->redeemed_at == 0 &&
                is_about(matter, title, about)) {
                TRY(matter_must_stand(call, matter));
                *out_matter = matter->id;
            }
        }
    }
    return DONE;
}

/* What comes second waits for what comes first: a plan is approved after its review. */
enum status matter_redeem(struct call *call, id64 matter, const char *act) {
    enum status status =
        matter == 0
            ? DONE
            : store_run(call, &matter_redeem_insert, NULL, bind_id("matter", matter),
                        bind_text("act", str_of(act)), bind_int("at", call->now));
    return status == STALE ? call_refuse(call, STALE, "", "matter.redeemed", NULL)
                           : status;
}

enum status matter_must_follow(struct call *call, id64 group, id64 body,
                               const struct rulebook *book,
                               const struct matter_rule *rule,
                               const struct matter_wish *wish) {
    struct matters matters;
    bool agreed = false;
    if (rule->follows == NO_INDEX) {
        return DONE;
    }
    const struct matter_rule *first = &book->matters[rule->follows];
    TRY(matter_list(call, group, body, first->code, &matters));
    for (size_t i = 0; i < matters.count; i++) {
        if (!agreed && is_about(&matters.at[i], wish->title,
                                digest_is_none(&wish->about) ? NULL : &wish->about)) {
            TRY(matter_must_stand(call, &matters.at[i]));
            agreed = true;
        }
    }
    return agreed
               ? DONE
               : call_refuse_field(
                     call, "title", str_text(call->arena, first->basis.id),
                     "matter.not-yet", "first",
                     str_text(call->arena, text_in(first->title, call->language)), NULL);
}

/* Agreed to, by this name, and for exactly this (NULL: whatever was shown). */
static bool is_about(const struct matter *matter, struct str title,
                     const struct digest *about) {
    return matter->agreed && str_equal(matter->title, str_trim(title)) &&
           (about == NULL || digest_equal(&matter->about, about));
}
