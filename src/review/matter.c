/*
 * The third subject that passes here: a matter whose rule names a route, from being
 * opened to its answer.
 */
#include "review_own.h"

#include <jansson.h>

struct applying {
    id64 group;
    const struct rulebook *book;
    const struct route *way;
    const struct matter_wish *wish;
    struct matter matter;
};

static enum status apply(struct call *call, void *what);
static enum status begin(struct call *call, const struct applying *applying,
                         struct passage *out_passage);

enum status review_open_matter(struct call *call, id64 group, const struct rulebook *book,
                               const struct matter_wish *wish,
                               struct matter *out_matter) {
    const struct matter_rule *rule = matter_rule_of(book, wish->kind);
    struct matter_wish measured;
    if (rule == NULL) {
        return ABSENT;
    }
    TRY(site_measure_matter(call, group, book, wish, &measured));
    struct applying applying = {
        .group = group, .book = book, .way = matter_way(book, rule), .wish = &measured};
    if (applying.way == NULL) {
        return matter_open(call, group, book, &measured, out_matter);
    }
    TRY(store_transact(call, TXN_WRITE, apply, &applying));
    *out_matter = applying.matter;
    return DONE;
}

static enum status apply(struct call *call, void *what) {
    struct applying *applying = what;
    struct passage passage;
    TRY(matter_open(call, applying->group, applying->book, applying->wish,
                    &applying->matter));
    TRY(begin(call, applying, &passage));
    while (passage.route->steps[passage.position.step].kind == STEP_AUTHOR) {
        TRY(pass_authors_step(call, &passage, NULL, 0));
    }
    const struct str kind = applying->matter.kind;
    struct ledger_act record = {.act = "review.apply",
                                .subject = passage.run.subject,
                                .digest = passage.run.digest,
                                .rule = passage.route->basis.id,
                                .post = STR(""),
                                .follows = true}; /* behind matter.open */
    return passage_note(call, &passage, &record,
                        json_pack("{s:s%, s:s%, s:s%}", "kind", kind.at, kind.length,
                                  "title", applying->matter.title.at,
                                  applying->matter.title.length, "route",
                                  passage.run.route.at, passage.run.route.length));
}

static enum status begin(struct call *call, const struct applying *applying,
                         struct passage *out_passage) {
    struct site site;
    struct run run = {.subject = {SUBJECT_MATTER, applying->matter.id},
                      .group = applying->group,
                      .rulebook_digest = applying->book->digest,
                      .route = applying->way->code,
                      .target = STR(""),
                      .unit = applying->matter.unit,
                      .submitter = call->actor.person};
    TRY(site_of_unit(call, applying->group, run.unit, &site));
    run.site = site.id;
    TRY(matter_digest(call, &applying->matter, &run.digest));
    TRY(run_begin(call, applying->book, applying->way, &run));
    return passage_open(call, run.id, true, out_passage);
}

enum status passage_conclude(struct call *call, const struct passage *passage,
                             const struct moved *moved) {
    const struct matter *matter = &passage->matter;
    struct digest present;
    TRY(matter_digest(call, matter, &present));
    if (!digest_equal(&present, &passage->run.digest)) {
        return call_refuse(call, REFUSED, str_text(call->arena, passage->route->basis.id),
                           "matter.not-as-decided", "title",
                           str_text(call->arena, matter->title), NULL);
    }
    struct str said = passage->made_count == 0
                          ? STR("")
                          : passage->made[passage->made_count - 1].opinion;
    struct matter_reply reply = {.words = str_is_empty(str_trim(said)) &&
                                                  moved->outcome != NULL
                                              ? moved->outcome->title.zh
                                              : said,
                                 .agreed = moved->approves,
                                 .seen = matter->about};
    return matter_conclude(call, passage->book, matter->id, &reply);
}
