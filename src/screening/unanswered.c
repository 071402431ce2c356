/*
 * Findings that nobody has answered, for those who look after the whole.
 */
#include "screening/screening_own.h"

#include "screening_sql.h"

#define TEXTS_MOST 200
#define LIST_MOST  1000

struct text_in_hand {
    id64 manuscript;
    struct digest digest;
};

struct gathering {
    id64 group;
    struct text_in_hand texts[TEXTS_MOST];
    size_t text_count;
    struct unanswered *list;
    size_t count;
};

static enum status gather(struct call *call, void *what);
static enum status gather_text(struct call *call, struct gathering *gathering,
                               const struct text_in_hand *text);
static bool is_asked(const struct ruling *rulings, size_t count,
                     const struct digest *digest, const struct finding *finding);

enum status screening_unanswered(struct call *call, id64 group,
                                 struct unanswered **out_list, size_t *out_count) {
    struct gathering gathering = {.group = group};
    TRY(store_transact(call, TXN_READ, gather, &gathering));
    *out_list = gathering.list;
    *out_count = gathering.count;
    return DONE;
}

static enum status gather(struct call *call, void *what) {
    struct gathering *gathering = what;
    struct rows *rows;
    gathering->text_count = 0;
    gathering->count = 0;
    gathering->list = TAKE_ARRAY(call->arena, LIST_MOST, struct unanswered);
    TRY(store_query(call, &screening_in_hand, &rows,
                    bind_int("site_group", gathering->group),
                    bind_text("nothing", STR("{\"findings\":[]}"))));
    while (gathering->text_count < TEXTS_MOST && rows_next(rows)) {
        gathering->texts[gathering->text_count++] =
            (struct text_in_hand){row_id(rows, "id"), row_digest(rows, "digest")};
    }
    TRY(rows_end(rows));
    for (size_t i = 0; i < gathering->text_count; i++) {
        TRY(gather_text(call, gathering, &gathering->texts[i]));
    }
    return DONE;
}

static enum status gather_text(struct call *call, struct gathering *gathering,
                               const struct text_in_hand *text) {
    struct findings findings;
    struct ruling *rulings;
    size_t count;
    TRY(screening_find(call, &text->digest, &findings));
    TRY(screening_rulings(call, text->manuscript, &rulings, &count));
    for (size_t i = 0; i < findings.count && gathering->count < LIST_MOST; i++) {
        const struct finding *finding = &findings.at[i];
        if (finding->severity != SEVERITY_NOTE && !finding->ruled &&
            !is_asked(rulings, count, &text->digest, finding)) {
            gathering->list[gathering->count++] =
                (struct unanswered){text->manuscript, *finding};
        }
    }
    return DONE;
}

static bool is_asked(const struct ruling *rulings, size_t count,
                     const struct digest *digest, const struct finding *finding) {
    for (size_t i = 0; i < count; i++) {
        if (digest_equal(&rulings[i].digest, digest) &&
            str_equal(rulings[i].rule, finding->rule) &&
            str_equal(rulings[i].shown, finding->shown)) {
            return true;
        }
    }
    return false;
}
