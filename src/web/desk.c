/*
 * 工作台: what this person can act on now, and where the own things are.
 */
#include "entries.h"
#include "parts.h"

#include "notice/notice.h"

static enum status run_desk(struct visit *visit);
static enum status run_count(struct visit *visit);
static enum status run_remind(struct visit *visit);
static void add_task(struct visit *visit, struct model *list, const struct duty *duty);
static enum status add_tab(struct visit *visit, struct model *desk);
static enum status add_rows(struct visit *visit, struct model *desk,
                            const struct manuscript_filter *filter, bool sent);
static enum status may_write(struct visit *visit, bool *out_may);

static const struct field desk_fields[] = {
    {.name = "tab", .kind = FIELD_CHOICE, .choices = "sent|drafts", .label = "desk.mine"},
    {.name = NULL},
};
const struct entry desk_show = {.method = "GET",
                                .pattern = "/desk",
                                .fields = desk_fields,
                                .may = WEB_SIGNED_IN,
                                .run = run_desk};

const struct entry desk_count = {
    .method = "GET", .pattern = "/desk/count", .may = WEB_SIGNED_IN, .run = run_count};

const struct entry desk_remind = {.method = "POST",
                                  .pattern = "/manuscripts/{manuscript}/remind",
                                  .may = WEB_STAFF,
                                  .run = run_remind};

static enum status run_desk(struct visit *visit) {
    struct call *call = visit->call;
    struct model *desk = model_part(web_model(visit), "desk");
    struct duties duties;
    bool writes = false;
    TRY(notice_desk(call, call->actor.person, &duties));
    TRY(may_write(visit, &writes));
    model_text(desk, "today", part_today(visit));
    model_int(desk, "count", (int64_t)duties.count);
    model_flag(desk, "may-write", writes);
    for (size_t i = 0; i < duties.count; i++) {
        add_task(visit, model_list_add(desk, "tasks"), &duties.at[i]);
    }
    if (duties.count == 0) {
        struct model *empty = model_part(desk, "empty");
        model_flag(empty, "done", true);
        model_words(empty, "text", "desk.nothing");
    }
    TRY(add_tab(visit, desk));
    return web_page(visit, "desk");
}

static enum status run_count(struct visit *visit) {
    struct duty_count count;
    TRY(notice_desk_count(visit->call, visit->call->actor.person, &count));
    return web_json(visit,
                    str_format(visit->call->arena, "{\"count\":%lld,\"late\":%lld}",
                               (long long)count.open, (long long)count.late));
}

static enum status run_remind(struct visit *visit) {
    struct manuscript manuscript;
    TRY(part_manuscript(visit, &manuscript));
    TRY(notice_remind(visit->call,
                      (struct subject){.kind = SUBJECT_MANUSCRIPT, .id = manuscript.id}));
    return web_go_saying(visit, STR("/desk?tab=sent"), "desk.reminded", NULL);
}

static void add_task(struct visit *visit, struct model *list, const struct duty *duty) {
    struct call *call = visit->call;
    struct str id = id_to_text(call->arena, duty->subject.id);
    bool writes = str_is(duty->act, "revise");
    bool releases = str_is(duty->act, "release");
    model_text(list, "title", duty->title);
    if (duty->subject.kind == SUBJECT_RULEBOOK) {
        model_text(list, "href", STR("/rules"));
    } else {
        model_text(list, "href",
                   releases ? str_format(call->arena, "/release/%.*s", STR_ARG(id))
                            : str_format(call->arena, "/manuscripts/%.*s/%s", STR_ARG(id),
                                         writes ? "edit" : "review"));
    }
    part_badge(list, "badge", duty->badge);
    part_due(visit, list, &duty->deadline, duty->rule);
    model_text(list, "about",
               duty->round > 1
                   ? web_say(visit, "desk.about-round", "class",
                             str_text(call->arena, duty->item_class), "round",
                             str_format(call->arena, "%d", duty->round).at, NULL)
                   : duty->item_class);
    model_words(list, "act",
                str_format(call->arena, "desk.act-%.*s", STR_ARG(duty->act)).at);
}

static enum status add_tab(struct visit *visit, struct model *desk) {
    struct call *call = visit->call;
    bool drafts = str_is(request_text(visit->request, "tab"), "drafts");
    static const struct {
        const char *name, *words;
    } tabs[] = {{"sent", "desk.sent"}, {"drafts", "desk.drafts"}};
    for (size_t i = 0; i < LENGTH(tabs); i++) {
        struct model *tab = model_list_add(desk, "tabs");
        model_words(tab, "label", tabs[i].words);
        model_text(tab, "href", str_format(call->arena, "/desk?tab=%s", tabs[i].name));
        model_flag(tab, "here", drafts == (i == 1));
    }
    struct manuscript_filter filter = {.author = call->actor.person,
                                       .state = drafts ? STR("draft") : STR(""),
                                       .item_class = STR(""),
                                       .words = STR(""),
                                       .page = 1,
                                       .page_size = 20};
    return add_rows(visit, desk, &filter, !drafts);
}

static enum status add_rows(struct visit *visit, struct model *desk,
                            const struct manuscript_filter *filter, bool sent) {
    struct call *call = visit->call;
    struct model *tab = model_part(desk, "tab");
    struct manuscript *manuscripts;
    size_t count;
    int64_t total;
    size_t shown = 0;
    struct people_brief self;
    TRY(people_person_brief(call, call->actor.person, &self));
    TRY(manuscript_list(call, filter, &manuscripts, &count, &total));
    for (size_t i = 0; i < count; i++) {
        const struct manuscript *manuscript = &manuscripts[i];
        if (sent && (str_is(manuscript->state, "draft") || manuscript->run == 0)) {
            continue;
        }
        struct str id = id_to_text(call->arena, manuscript->id);
        struct model *row = model_list_add(tab, "rows");
        struct duties duties;
        shown++;
        model_text(row, "id", id);
        model_text(row, "title", manuscript->title);
        model_text(row, "href",
                   str_format(call->arena, "/manuscripts/%.*s%s", STR_ARG(id),
                              sent ? "" : "/edit"));
        part_badge(row, "badge", manuscript->state);
        web_moment(visit, model_part(row, "since"), manuscript->state_since);
        if (sent) {
            TRY(notice_duties_of(
                call, (struct subject){.kind = SUBJECT_MANUSCRIPT, .id = manuscript->id},
                &duties));
            if (duties.count > 0) {
                model_text(row, "holder", duties.at[0].holder);
                part_due(visit, row, &duties.at[0].deadline, duties.at[0].rule);
                bool reminded =
                    duties.at[0].reminded_at != 0 &&
                    instant_day(duties.at[0].reminded_at) >= instant_day(call->now);
                model_flag(row, "remind",
                           !reminded && !str_equal(duties.at[0].holder, self.name));
            }
        }
    }
    if (shown == 0) {
        struct model *empty = model_part(tab, "empty");
        model_words(empty, "text", sent ? "desk.nothing-sent" : "desk.nothing-drafted");
    }
    return DONE;
}

static enum status may_write(struct visit *visit, bool *out_may) {
    *out_may = web_may(visit, WEB_STAFF);
    return DONE;
}
