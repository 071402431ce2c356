/*
 * 发布台: what may go public, and the order that sends it there.
 */
#include "release_web.h"

#include "people/people.h"
#include "site/site.h"

static enum status run_desk(struct visit *visit);
static enum status run_form(struct visit *visit);
static enum status ask_ahead(struct visit *visit, const struct release_order *wish);
static enum status ask_for_reason(struct visit *visit, struct model *order,
                                  struct release_order *wish);
static enum status run_order(struct visit *visit);
static enum status run_done(struct visit *visit);
static enum status add_rows(struct visit *visit, struct model *desk, const char *state);
static enum status add_row(struct visit *visit, struct model *desk,
                           const struct manuscript *manuscript);
static enum status add_missing(struct visit *visit, struct model *row,
                               const struct offer *offer);
static enum status signatures(struct visit *visit, const struct offer *offer,
                              struct str *out_text);
static enum status find_order(struct visit *visit, struct manuscript *manuscript,
                              struct offer *out_offer, struct revision *out_revision);
static struct str public_address(struct visit *visit, const struct release *release);
static enum status say_pair(struct visit *visit, struct model *order,
                            const struct offer *offer, const struct content *content);

static const struct field desk_fields[] = {
    {.name = "tab",
     .kind = FIELD_CHOICE,
     .choices = "approved|final-check|review-owed|scheduled|published",
     .label = "release.title"},
    {.name = NULL},
};
const struct entry release_desk = {.method = "GET",
                                   .pattern = "/release",
                                   .fields = desk_fields,
                                   .may = "desk:release",
                                   .run = run_desk};

const struct entry release_form = {.method = "GET",
                                   .pattern = "/release/{manuscript}",
                                   .may = WEB_STAFF,
                                   .run = run_form};

static const struct field order_fields[] = {
    {.name = "digest", .kind = FIELD_TEXT, .required = true, .label = "digest.whole"},
    {.name = "revision", .kind = FIELD_INT, .label = "review.revision"},
    {.name = "target", .kind = FIELD_ID, .many = true, .label = "order.targets"},
    {.name = "when", .kind = FIELD_CHOICE, .choices = "now|later", .label = "order.when"},
    {.name = "date", .kind = FIELD_DAY, .label = "order.date"},
    {.name = "time", .kind = FIELD_TEXT, .most = 5, .label = "order.time"},
    {.name = "reason", .kind = FIELD_TEXT, .most = 500, .label = "order.reason"},
    WEB_PROOF_FIELD,
    {.name = NULL},
};
const struct entry release_order_post = {.method = "POST",
                                         .pattern = "/release/{manuscript}",
                                         .fields = order_fields,
                                         .may = WEB_STAFF,
                                         .form = &release_form,
                                         .run = run_order};

const struct entry release_done = {.method = "GET",
                                   .pattern = "/release/{manuscript}/done",
                                   .may = WEB_STAFF,
                                   .run = run_done};

static enum status run_desk(struct visit *visit) {
    static const struct {
        const char *state, *words;
    } tabs[] = {{"approved", "release.tab-ready"},
                {"final-check", "release.tab-final-check"},
                {"review-owed", "release.tab-owed"},
                {"scheduled", "release.tab-scheduled"},
                {"published", "release.tab-today"}};
    struct call *call = visit->call;
    struct str wanted = request_text(visit->request, "tab");
    struct model *desk = model_part(web_model(visit), "release");
    struct people_brief person;
    TRY(people_person_brief(call, call->actor.person, &person));
    model_text(
        desk, "post",
        str_format(call->arena, "%.*s %.*s", STR_ARG(person.post), STR_ARG(person.name)));
    const char *shown = "approved";
    for (size_t i = 0; i < LENGTH(tabs); i++) {
        struct model *tab = model_list_add(desk, "tabs");
        bool here = str_is(wanted, tabs[i].state) || (str_is_empty(wanted) && i == 0);
        model_words(tab, "label", tabs[i].words);
        model_text(tab, "href",
                   str_format(call->arena, "/release?tab=%s", tabs[i].state));
        model_flag(tab, "here", here);
        shown = here ? tabs[i].state : shown;
    }
    TRY(add_rows(visit, desk, shown));
    return web_page(visit, "release");
}

static enum status run_form(struct visit *visit) {
    struct call *call = visit->call;
    struct manuscript manuscript;
    struct offer offer;
    struct revision revision;
    struct column column;
    TRY(find_order(visit, &manuscript, &offer, &revision));
    /* A missing reason for lateness is no refusal here but a field of the form. */
    struct release_order wish = {
        .manuscript = manuscript.id, .seen = offer.run.digest, .reason = STR("?")};
    TRY(ask_ahead(visit, &wish)); /* before the model, which takes the refusals along */
    TRY(part_head(visit, &manuscript, &revision, &offer.run, "/release", "nav.release"));
    TRY(site_column_find(call, manuscript.column, &column));
    struct model *order = model_part(web_model(visit), "order");
    struct str names;
    TRY(signatures(visit, &offer, &names));
    model_text(order, "signatures", names);
    struct model *target = model_list_add(order, "targets");
    model_text(target, "value", id_to_text(call->arena, column.id));
    model_text(target, "label", column.title);
    model_flag(target, "ticked", true);
    model_flag(target, "fixed", true);
    model_flag(order, "later", str_is(request_typed(visit->request, "when"), "later"));
    model_text(order, "date", request_typed(visit->request, "date"));
    model_text(order, "time", request_typed(visit->request, "time"));
    struct publication_effect effect;
    struct release_order wanted = {.manuscript = manuscript.id, .seen = offer.run.digest};
    TRY(publication_effect_of_order(call, &wanted, &effect));
    release_say_effect(visit, order, &effect, "order.effect");
    TRY(say_pair(visit, order, &offer, &revision.content));
    model_words(order, "button", "order.do");
    TRY(ask_for_reason(visit, order, &wish));
    return web_page(visit, "release-form");
}

/* What its article sends out together with it (YZ-9.1.c). */
static enum status say_pair(struct visit *visit, struct model *order,
                            const struct offer *offer, const struct content *content) {
    struct call *call = visit->call;
    struct manuscript other;
    bool together = false;
    id64 id = 0;
    for (size_t i = 0; i < offer->step->prepared_count; i++) {
        together =
            together || offer->step->prepared[i].preparation == PREPARE_INTERPRETATION;
    }
    if (!together ||
        id_from_text(content_field(content, "interpretation"), &id) != DONE) {
        return DONE;
    }
    enum status found = manuscript_find(call, id, &other);
    if (found == DONE && other.live_revision == 0) {
        model_list_add_text(order, "effects",
                            web_say(visit, "order.with", "title",
                                    str_text(call->arena, other.title), NULL));
    }
    return found == FAILED ? FAILED : DONE;
}

/* What stands in the way already, unless something was refused on the way here. */
static enum status ask_ahead(struct visit *visit, const struct release_order *wish) {
    struct call *call = visit->call;
    if (visit->no != NULL) {
        return DONE;
    }
    call->actor.freshly_proven = true; /* only to learn what else would be missing */
    enum status asked = publication_ask(call, wish);
    call->actor.freshly_proven = false;
    visit->no = asked == DONE ? NULL : call->refusal;
    call_forgive(call);
    return asked == FAILED ? FAILED : DONE;
}

/* Past a deadline the releaser says why (BZ-15): then the form has a field for it. */
static enum status ask_for_reason(struct visit *visit, struct model *order,
                                  struct release_order *wish) {
    struct call *call = visit->call;
    call->actor.freshly_proven = true;
    enum status with = publication_ask(call, wish);
    wish->reason = STR("");
    enum status asked = with == DONE ? publication_ask(call, wish) : with;
    call->actor.freshly_proven = false;
    call_forgive(call);
    model_flag(order, "late", with == DONE && asked == REFUSED);
    model_text(order, "reason", request_typed(visit->request, "reason"));
    return asked == FAILED ? FAILED : DONE;
}

static enum status run_order(struct visit *visit) {
    struct call *call = visit->call;
    const struct request *request = visit->request;
    struct manuscript manuscript;
    struct release *releases;
    size_t count;
    TRY(part_manuscript(visit, &manuscript));
    struct release_order order = {.manuscript = manuscript.id};
    id64 *columns = TAKE_ARRAY(call->arena, request_count(request, "target") + 1, id64);
    if (digest_from_text(request_text(request, "digest"), &order.seen) != DONE) {
        return call_refuse_field(call, "digest", "", "form.not-a-choice", NULL);
    }
    for (size_t i = 0; i < request_count(request, "target"); i++) {
        columns[order.column_count++] = request_id_at(request, "target", i);
    }
    order.columns = columns;
    order.reason = request_text(request, "reason");
    if (str_is(request_text(request, "when"), "later")) {
        struct str clock = request_text(request, "time");
        struct str moment =
            str_format(call->arena, "%.*sT%.*s", STR_ARG(request_typed(request, "date")),
                       STR_ARG(str_is_empty(clock) ? STR("09:00") : clock));
        if (instant_from_rfc3339(moment, &order.when) != DONE ||
            order.when <= call->now) {
            return call_refuse_field(call, "date", "", "order.not-later", NULL);
        }
    }
    TRY(web_prove(visit, "password"));
    TRY(publication_release(call, &order, &releases, &count));
    struct applied applied;
    if (order.when == 0 && count > 0) {
        TRY(publication_apply(call, releases[0].site, &applied));
    }
    struct str id = id_to_text(call->arena, manuscript.id);
    return web_go(visit, "/release/%.*s/done", STR_ARG(id));
}

static enum status run_done(struct visit *visit) {
    struct call *call = visit->call;
    struct manuscript manuscript;
    struct release *releases;
    size_t count;
    TRY(part_manuscript(visit, &manuscript));
    TRY(publication_of_manuscript(call, manuscript.id, &releases, &count));
    if (count == 0) {
        return ABSENT;
    }
    const struct release *newest = &releases[0];
    for (size_t i = 1; i < count; i++) {
        newest = releases[i].id > newest->id ? &releases[i] : newest;
    }
    struct model *part = model_part(web_model(visit), "manuscript");
    struct model *result = model_part(web_model(visit), "result");
    struct str id = id_to_text(call->arena, manuscript.id);
    bool live = newest->state == RELEASE_LIVE;
    bool planned = newest->state == RELEASE_SCHEDULED;
    model_text(part, "id", id);
    model_text(part, "title", newest->title);
    model_words(result, "heading",
                live      ? "released.heading"
                : planned ? "released.planned"
                          : "released.gone");
    model_text(result, "role",
               live      ? STR("good")
               : planned ? STR("moving")
                         : STR("neutral"));
    model_text(result, "icon",
               live      ? STR("world-check")
               : planned ? STR("clock-play")
                         : STR("world-off"));
    web_moment(visit, model_part(result, "when"),
               planned ? newest->scheduled_for
               : live  ? newest->released_at
                       : newest->ended_at);
    struct ledger_list history;
    TRY(ledger_history(call, (struct subject){SUBJECT_MANUSCRIPT, manuscript.id},
                       &history));
    if (history.count > 0) {
        struct model *entry = model_part(result, "entry");
        int64_t sequence = history.at[history.count - 1].sequence;
        model_int(entry, "number", sequence);
        model_text(entry, "href",
                   str_format(call->arena, "/ledger/%lld", (long long)sequence));
    }
    if (live) {
        model_text(result, "address", newest->path);
        model_url(result, "href", public_address(visit, newest));
        model_text(result, "withdraw",
                   str_format(call->arena, "/release/%.*s/withdraw", STR_ARG(id)));
    }
    return web_page(visit, "released");
}

static enum status add_rows(struct visit *visit, struct model *desk, const char *state) {
    struct manuscript_filter filter = {.state = str_of(state),
                                       .item_class = STR(""),
                                       .words = STR(""),
                                       .page = 1,
                                       .page_size = 50};
    struct manuscript *manuscripts;
    size_t count;
    int64_t total;
    TRY(manuscript_list(visit->call, &filter, &manuscripts, &count, &total));
    for (size_t i = 0; i < count; i++) {
        TRY(add_row(visit, desk, &manuscripts[i]));
    }
    if (count == 0) {
        model_words(model_part(web_model(visit), "empty"), "text", "release.nothing");
    }
    return DONE;
}

static enum status add_row(struct visit *visit, struct model *desk,
                           const struct manuscript *manuscript) {
    struct call *call = visit->call;
    struct model *row = model_list_add(desk, "rows");
    struct str id = id_to_text(call->arena, manuscript->id);
    struct offer offer;
    struct str names;
    model_text(row, "id", id);
    model_text(row, "title", manuscript->title);
    model_text(row, "href", str_format(call->arena, "/manuscripts/%.*s", STR_ARG(id)));
    part_badge(row, "badge", manuscript->state);
    if (manuscript->live_revision != 0) {
        struct release live;
        enum status found = release_live(visit, manuscript->id, &live);
        if (found == DONE) {
            struct model *part = model_part(row, "live");
            model_text(part, "address", live.path);
            model_url(part, "href", public_address(visit, &live));
            web_moment(visit, model_part(part, "when"), live.released_at);
            model_text(part, "withdraw",
                       str_format(call->arena, "/release/%.*s/withdraw", STR_ARG(id)));
        }
    }
    enum status status = review_offer(
        call, (struct subject){SUBJECT_MANUSCRIPT, manuscript->id}, 0, &offer);
    if (status != DONE) {
        call_forgive(call);
        return status == FAILED ? FAILED : DONE;
    }
    TRY(signatures(visit, &offer, &names));
    model_text(row, "signatures", names);
    struct revision revision;
    TRY(manuscript_revision(call, offer.run.revision, &revision));
    model_int(row, "revision", revision.number);
    struct model *digest = model_part(row, "digest");
    model_text(digest, "short", digest_to_short(call->arena, &offer.run.digest));
    if (offer.step->kind != STEP_RELEASE) {
        return add_missing(visit, row, &offer);
    }
    struct model *act = model_part(row, "act");
    model_text(act, "href", str_format(call->arena, "/release/%.*s", STR_ARG(id)));
    model_words(act, "label", "release.do");
    return DONE;
}

/* What is missing, its article, and the step that would mend it. */
static enum status add_missing(struct visit *visit, struct model *row,
                               const struct offer *offer) {
    struct call *call = visit->call;
    struct model *missing = model_part(row, "missing");
    struct str step = text_in(offer->step->title, call->language);
    struct str id = id_to_text(call->arena, offer->run.subject.id);
    model_text(missing, "sentence",
               web_say(visit, "release.missing", "step", str_text(call->arena, step),
                       "holders", str_text(call->arena, offer->holders), NULL));
    if (!str_is_empty(offer->step->basis.id)) {
        web_cite(visit, model_part(missing, "rule"), offer->step->basis.id);
    }
    if (offer->may_decide) {
        struct model *act = model_part(missing, "act");
        model_text(act, "href",
                   str_format(call->arena, "/manuscripts/%.*s/review", STR_ARG(id)));
        model_words(act, "label", "release.go-check");
    }
    return DONE;
}

/* "签署齐 6/6: 李小兰、陈立…": who stands behind this very text. */
static enum status signatures(struct visit *visit, const struct offer *offer,
                              struct str *out_text) {
    struct call *call = visit->call;
    struct decision *decisions;
    struct buffer names;
    size_t count;
    int standing = 0;
    buffer_init(&names, call->arena);
    TRY(approval_history(call, offer->run.id, &decisions, &count));
    for (size_t i = 0; i < count; i++) {
        struct str signer;
        if (!digest_equal(&decisions[i].digest, &offer->run.digest) ||
            decisions[i].round != offer->run.round || decisions[i].turn == 0) {
            continue;
        }
        TRY(review_signer(call, &decisions[i], call->language, &signer));
        buffer_add_text(&names, standing++ == 0 ? "" : "、");
        buffer_add(&names, signer);
    }
    *out_text = web_say(visit, "release.signed", "count",
                        str_format(call->arena, "%d", standing).at, "names",
                        str_text(call->arena, buffer_str(&names)), NULL);
    return DONE;
}

static enum status find_order(struct visit *visit, struct manuscript *manuscript,
                              struct offer *out_offer, struct revision *out_revision) {
    TRY(part_manuscript(visit, manuscript));
    TRY(review_offer(visit->call, (struct subject){SUBJECT_MANUSCRIPT, manuscript->id}, 0,
                     out_offer));
    return manuscript_revision(visit->call, out_offer->run.revision, out_revision);
}

enum status release_live(struct visit *visit, id64 manuscript,
                         struct release *out_release) {
    struct release *releases;
    size_t count;
    TRY(publication_of_manuscript(visit->call, manuscript, &releases, &count));
    for (size_t i = 0; i < count; i++) {
        if (releases[i].state == RELEASE_LIVE) {
            *out_release = releases[i];
            return DONE;
        }
    }
    return ABSENT;
}

static struct str public_address(struct visit *visit, const struct release *release) {
    struct str base = web_public_base(visit, release->site);
    return str_format(visit->call->arena, "%.*s/%.*s", STR_ARG(base),
                      STR_ARG(release->path));
}

void release_say_effect(struct visit *visit, struct model *part,
                        const struct publication_effect *effect, const char *words) {
    struct arena *arena = visit->call->arena;
    model_list_add_text(part, "effects",
                        web_say(visit, words, "pages",
                                str_format(arena, "%zu", effect->pages).at, "lists",
                                str_format(arena, "%zu", effect->lists).at, "feeds",
                                str_format(arena, "%zu", effect->feeds).at, NULL));
}
