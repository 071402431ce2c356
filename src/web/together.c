/*
 * 成批办理: several items at the same step decided in one act, where the rulebook lets
 * them.  The page shows every text that will be signed; the password is given once, each
 * item has its own record and its own result.
 */
#include "decision_form.h"
#include "entries.h"
#include "parts.h"

#include "notice/notice.h"

#define ITEMS_MOST REVIEW_TOGETHER_MOST

/* One that waits for this person. */
struct together_item {
    struct offer offer;
    struct revision revision;
    struct str group; /* "liuzhou-stats:government:dept-review" */
    bool fits;        /* no file of its own has to be opened first */
};

struct together_tab {
    struct str group;
    struct str label;
};

struct together {
    struct together_item items[ITEMS_MOST];
    size_t count;
    struct together_tab tabs[12];
    size_t tab_count;
    struct str group;
    const struct bulk_rule *forbidden; /* of a rulebook that wants one by one */
};

static enum status run_show(struct visit *visit);
static enum status run_post(struct visit *visit);
static enum status find_items(struct visit *visit, struct str group,
                              struct together *together);
static struct str largest_of(const struct together *together);
static void choose_group(struct visit *visit, struct str group,
                         struct together *together);
static enum status look_at(struct visit *visit, const struct duty *duty,
                           struct together_item *out_item);
static enum status fill_items(struct visit *visit, const struct together *together);
static enum status read_items(struct visit *visit, id64 *ids, struct verdict *verdicts,
                              size_t *out_count);
static void fill_results(struct visit *visit, const struct decided_item *results,
                         size_t count);
static enum status say_forbidden(struct visit *visit, const struct together *together);

static const struct field together_fields[] = {
    {.name = "group", .kind = FIELD_TEXT, .most = 200, .label = "review.step"},
    {.name = NULL},
};
const struct entry together_show = {.method = "GET",
                                    .pattern = "/together",
                                    .fields = together_fields,
                                    .may = WEB_STAFF,
                                    .run = run_show};

static const struct field together_post_fields[] = {
    {.name = "group",
     .kind = FIELD_TEXT,
     .most = 200,
     .required = true,
     .label = "review.step"},
    {.name = "item", .kind = FIELD_TEXT, .many = true, .label = "together.items"},
    {.name = "act", .kind = FIELD_TEXT, .required = true, .label = "review.step"},
    {.name = "opinion", .kind = FIELD_LINES, .most = 2000, .label = "review.opinion"},
    {.name = "q-*", .kind = FIELD_LINES, .most = 1000, .label = "review.opinion"},
    WEB_PROOF_FIELD,
    {.name = NULL},
};
const struct entry together_post = {.method = "POST",
                                    .pattern = "/together",
                                    .fields = together_post_fields,
                                    .body_most = 256 * 1024,
                                    .may = WEB_STAFF,
                                    .form = &together_show,
                                    .run = run_post};

static enum status run_show(struct visit *visit) {
    struct together *together = TAKE(visit->call->arena, struct together);
    TRY(find_items(visit, request_typed(visit->request, "group"), together));
    if (together->count == 0) {
        TRY(say_forbidden(visit, together));
        return web_page(visit, "together");
    }
    TRY(fill_items(visit, together));
    return web_page(visit, "together");
}

static enum status run_post(struct visit *visit) {
    struct call *call = visit->call;
    struct decided_item *results;
    struct verdict verdicts[ITEMS_MOST];
    id64 ids[ITEMS_MOST];
    size_t count = 0;
    TRY(read_items(visit, ids, verdicts, &count));
    TRY(web_prove(visit, "password"));
    TRY(review_decide_all(call, ids, verdicts, count, &results));
    if (count == 1 && results[0].refusal != NULL) { /* a no like any other */
        call->refusal = results[0].refusal;
        return results[0].status;
    }
    fill_results(visit, results, count);
    return web_page(visit, "together");
}

/* What is on this person's desk at one step of one route; where most wait if none is
 * named. */
static enum status find_items(struct visit *visit, struct str group,
                              struct together *together) {
    struct call *call = visit->call;
    struct duties duties;
    TRY(notice_desk(call, call->actor.person, &duties));
    for (size_t i = 0; i < duties.count && together->count < ITEMS_MOST; i++) {
        struct together_item item = {.fits = false};
        bool reviews = !str_is(duties.at[i].act, "revise") &&
                       !str_is(duties.at[i].act, "release") &&
                       duties.at[i].subject.kind == SUBJECT_MANUSCRIPT;
        if (!reviews) {
            continue;
        }
        TRY(look_at(visit, &duties.at[i], &item));
        const struct bulk_rule *rule =
            item.offer.book == NULL ? NULL : item.offer.book->bulk;
        if (item.fits && (rule == NULL || !rule->allow)) {
            together->forbidden = rule;
            continue;
        }
        if (item.fits) {
            together->items[together->count++] = item;
        }
    }
    choose_group(visit, str_is_empty(group) ? largest_of(together) : group, together);
    return DONE;
}

static struct str largest_of(const struct together *together) {
    struct str largest = STR("");
    size_t most = 0;
    for (size_t i = 0; i < together->count; i++) {
        size_t alike = 0;
        for (size_t j = 0; j < together->count; j++) {
            alike +=
                str_equal(together->items[i].group, together->items[j].group) ? 1 : 0;
        }
        largest = alike > most ? together->items[i].group : largest;
        most = alike > most ? alike : most;
    }
    return largest;
}

/* Keep one group; the others are the page's tabs. */
static void choose_group(struct visit *visit, struct str group,
                         struct together *together) {
    struct arena *arena = visit->call->arena;
    size_t kept = 0;
    for (size_t i = 0; i < together->count; i++) {
        const struct together_item *item = &together->items[i];
        bool known = false;
        for (size_t j = 0; j < together->tab_count; j++) {
            known = known || str_equal(together->tabs[j].group, item->group);
        }
        if (!known && together->tab_count < LENGTH(together->tabs)) {
            struct str step = text_in(item->offer.step->title, visit->call->language);
            struct str route = text_in(item->offer.route->title, visit->call->language);
            together->tabs[together->tab_count++] = (struct together_tab){
                item->group,
                str_format(arena, "%.*s · %.*s", STR_ARG(route), STR_ARG(step))};
        }
    }
    for (size_t i = 0; i < together->count; i++) {
        if (str_equal(together->items[i].group, group)) {
            together->items[kept++] = together->items[i];
        }
    }
    together->count = kept;
    together->group = group;
}

/* A file of its own is opened and confirmed one by one: such a text goes by itself. */
static enum status look_at(struct visit *visit, const struct duty *duty,
                           struct together_item *out_item) {
    struct call *call = visit->call;
    struct together_item item = {.group = STR("")};
    enum status found = review_offer(call, duty->subject, 0, &item.offer);
    if (found != DONE) {
        call_forgive(call);
        return found == FAILED ? FAILED : DONE;
    }
    TRY(manuscript_revision(call, item.offer.run.revision, &item.revision));
    item.fits = item.offer.may_decide && item.offer.step->kind == STEP_REVIEW;
    for (size_t i = 0; i < item.revision.content.attachment_count; i++) {
        item.fits = item.fits && item.revision.content.attachments[i].in_body;
    }
    item.group =
        str_format(call->arena, "%.*s:%.*s:%.*s", STR_ARG(item.offer.book->code),
                   STR_ARG(item.offer.route->code), STR_ARG(item.offer.step->code));
    *out_item = item;
    return DONE;
}

static enum status fill_items(struct visit *visit, const struct together *together) {
    struct call *call = visit->call;
    const struct together_item *first = &together->items[0];
    struct model *part = model_part(web_model(visit), "together");
    TRY(decision_form_fill(visit, &first->offer, &first->revision));
    model_text(part, "group", first->group);
    model_text(part, "step", text_in(first->offer.step->title, call->language));
    model_int(part, "count", (int64_t)together->count);
    for (size_t i = 0; together->tab_count > 1 && i < together->tab_count; i++) {
        const struct together_tab *one = &together->tabs[i];
        struct model *tab = model_list_add(part, "tabs");
        model_text(tab, "label", one->label);
        model_text(tab, "href",
                   str_format(call->arena, "/together?group=%.*s", STR_ARG(one->group)));
        model_flag(tab, "here", str_equal(one->group, together->group));
    }
    for (size_t i = 0; i < together->count; i++) {
        const struct together_item *item = &together->items[i];
        struct model *row = model_list_add(part, "items");
        struct str id = id_to_text(call->arena, item->offer.run.subject.id);
        struct str digest = digest_to_text(call->arena, &item->offer.run.digest);
        model_text(row, "id", id);
        model_text(row, "value",
                   str_format(call->arena, "%.*s %.*s", STR_ARG(id), STR_ARG(digest)));
        model_text(row, "title", item->revision.content.title);
        model_text(row, "href",
                   str_format(call->arena, "/manuscripts/%.*s/review", STR_ARG(id)));
        model_text(row, "digest", digest_to_short(call->arena, &item->offer.run.digest));
        model_html(row, "body", item->revision.content.body);
    }
    return DONE;
}

/* "ID DIGEST" for each that was ticked: what was shown is what is signed. */
static enum status read_items(struct visit *visit, id64 *ids, struct verdict *verdicts,
                              size_t *out_count) {
    const struct request *request = visit->request;
    struct answer *answers;
    size_t answered = decision_form_answers(visit, &answers);
    size_t wanted = request_count(request, "item");
    struct str step = request_text(request, "group");
    if (wanted == 0 || wanted > ITEMS_MOST) {
        return call_refuse_field(visit->call, "item", "", "review.too-many", NULL);
    }
    (void)str_cut(&step, ':');
    (void)str_cut(&step, ':');
    for (size_t i = 0; i < wanted; i++) {
        struct str rest = request_text_at(request, "item", i);
        struct str id = str_cut(&rest, ' ');
        struct verdict verdict = {.step = step,
                                  .outcome = request_text(request, "act"),
                                  .role = STR(""),
                                  .answers = answers,
                                  .answer_count = answered,
                                  .opinion = request_text(request, "opinion"),
                                  .channel = STR(""),
                                  .paper_number = STR("")};
        if (id_from_text(id, &ids[i]) != DONE ||
            digest_from_text(rest, &verdict.seen) != DONE) {
            return call_refuse_field(visit->call, "item", "", "form.not-a-choice", NULL);
        }
        verdicts[i] = verdict;
    }
    *out_count = wanted;
    return DONE;
}

static void fill_results(struct visit *visit, const struct decided_item *results,
                         size_t count) {
    struct call *call = visit->call;
    struct model *done = model_part(web_model(visit), "results");
    int64_t passed = 0;
    for (size_t i = 0; i < count; i++) {
        struct model *row = model_list_add(done, "rows");
        struct str id = id_to_text(call->arena, results[i].manuscript);
        bool is_done = results[i].status == DONE;
        passed += is_done;
        struct manuscript found;
        bool known = manuscript_find(call, results[i].manuscript, &found) == DONE;
        model_text(row, "title", known ? found.title : id);
        model_text(row, "href",
                   str_format(call->arena, "/manuscripts/%.*s", STR_ARG(id)));
        model_flag(row, "done", is_done);
        if (known) {
            part_badge(row, "badge", found.state);
        }
        if (!is_done) {
            model_text(row, "why",
                       results[i].refusal == NULL
                           ? web_say(visit, "together.gone", NULL)
                           : web_say_refusal(visit, results[i].refusal));
        }
    }
    model_text(done, "summary",
               web_say(visit, "together.summary", "done",
                       str_format(call->arena, "%lld", (long long)passed).at, "left",
                       str_format(call->arena, "%lld", (long long)count - passed).at,
                       NULL));
    model_flag(done, "some-left", passed < (int64_t)count);
}

/* Nothing to do at once: because nothing waits, or because one by one is the rule. */
static enum status say_forbidden(struct visit *visit, const struct together *together) {
    struct model *empty = model_part(web_model(visit), "empty");
    model_words(empty, "text",
                together->forbidden == NULL ? "together.nothing" : "together.forbidden");
    if (together->forbidden != NULL && !str_is_empty(together->forbidden->basis.id)) {
        web_cite(visit, model_part(web_model(visit), "rule"),
                 together->forbidden->basis.id);
    }
    return DONE;
}
