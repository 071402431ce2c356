/*
 * 工作台: what this person can act on now, and where the own things are.
 */
#include "entries.h"
#include "parts.h"

#include "notice/notice.h"
#include "site/site.h"

#define OWN_ROWS NOTICE_WAITING_MOST

static enum status run_desk(struct visit *visit);
static enum status run_count(struct visit *visit);
static enum status run_remind(struct visit *visit);
static void add_task(struct visit *visit, struct model *list, const struct duty *duty);
static void link_task(struct visit *visit, struct model *list, const struct duty *duty);
static struct str archive_href(const struct visit *visit, const struct duty *duty);
static enum status has_own(struct visit *visit, bool *out_has);
static enum status add_tab(struct visit *visit, struct model *desk);
static enum status add_rows(struct visit *visit, struct model *desk, bool sent);
static void add_row(struct visit *visit, struct model *row,
                    const struct manuscript *manuscript, const struct duty *waiting);
static enum status offer_together(struct visit *visit, struct model *desk,
                                  const struct duties *duties);
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
    struct duties duties;
    bool writes = false;
    TRY(notice_desk(call, call->actor.person, &duties));
    TRY(may_write(visit, &writes));
    if (!duties.more) {
        web_waiting(visit, (int64_t)duties.count);
    }
    struct model *desk = model_part(web_model(visit), "desk");
    model_text(desk, "today", part_today(visit));
    model_flag(desk, "may-write", writes);
    TRY(offer_together(visit, desk, &duties));
    struct site site = {0};
    bool several = part_several_bodies(visit);
    size_t shown = 0;
    if (several && !str_is_empty(request_query(visit->request, "site"))) {
        TRY(part_site(visit, &site));
    }
    for (size_t i = 0; i < duties.count; i++) {
        if (site.id != 0 && duties.at[i].site != site.id) {
            continue;
        }
        struct model *task = model_list_add(desk, "tasks");
        add_task(visit, task, &duties.at[i]);
        if (several) {
            model_text(task, "site", duties.at[i].site_title);
        }
        shown++;
    }
    model_int(desk, "count", (int64_t)shown);
    if (shown == 0) {
        struct model *empty = model_part(desk, "empty");
        model_flag(empty, "done", true);
        model_words(empty, "text", "desk.nothing");
    }
    bool owns = writes;
    TRY(writes ? DONE : has_own(visit, &owns));
    model_flag(desk, "mine", owns);
    TRY(owns ? add_tab(visit, desk) : DONE);
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
    model_text(list, "title", duty->title);
    link_task(visit, list, duty);
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

/* Where it is done. */
static void link_task(struct visit *visit, struct model *list, const struct duty *duty) {
    struct call *call = visit->call;
    struct str id = id_to_text(call->arena, duty->subject.id);
    bool writes = str_is(duty->act, "revise");
    bool releases = str_is(duty->act, "release");
    if (str_is(duty->act, "renew")) {
        model_text(list, "href", STR("/columns/renewal"));
    } else if (duty->subject.kind == SUBJECT_ARCHIVE) {
        model_text(list, "href", archive_href(visit, duty));
    } else if (duty->subject.kind == SUBJECT_CATALOGUE) {
        model_text(list, "href", str_format(call->arena, "/catalogue/%.*s", STR_ARG(id)));
    } else if (duty->subject.kind == SUBJECT_MATTER) {
        model_text(list, "href", str_format(call->arena, "/matters/%.*s", STR_ARG(id)));
    } else if (duty->subject.kind == SUBJECT_LETTER) {
        model_text(list, "href", str_format(call->arena, "/letters/%.*s", STR_ARG(id)));
    } else if (str_is(duty->act, "look-at-letters")) { /* "letters-" and the mailbox */
        struct str step = duty->step;
        (void)str_cut(&step, '-');
        model_text(list, "href",
                   str_format(call->arena, "/letters/look/%.*s", STR_ARG(step)));
    } else if (duty->subject.kind == SUBJECT_ASSESSMENT) {
        model_text(list, "href",
                   str_format(call->arena, "/assessment/%.*s", STR_ARG(id)));
    } else if (duty->subject.kind == SUBJECT_UNIT) { /* "note-" and the kind of matter */
        struct str step = duty->step;
        (void)str_cut(&step, '-');
        model_url(list, "href",
                  str_format(call->arena, "/matters/new?kind=%.*s&title=%.*s",
                             STR_ARG(step), STR_ARG(duty->title)));
    } else if (duty->subject.kind == SUBJECT_POST) {
        model_text(list, "href",
                   str_format(call->arena, "/people/posts/%.*s", STR_ARG(id)));
    } else if (duty->subject.kind == SUBJECT_WORKSPACE) {
        model_text(list, "href", STR("/running"));
    } else if (duty->subject.kind == SUBJECT_RULEBOOK) {
        model_text(list, "href",
                   str_format(call->arena, "/rules/versions/%.*s", STR_ARG(id)));
    } else if (str_is(duty->act, "update")) {
        model_text(list, "href",
                   str_format(call->arena, "/manuscripts/%.*s", STR_ARG(id)));
    } else {
        model_text(list, "href",
                   releases ? str_format(call->arena, "/release/%.*s", STR_ARG(id))
                            : str_format(call->arena, "/manuscripts/%.*s/%s", STR_ARG(id),
                                         writes ? "edit" : "review"));
    }
}

static struct str archive_href(const struct visit *visit, const struct duty *duty) {
    const char *list =
        str_is(duty->step, "custody") ? "custody"
        : str_is(duty->step, "destruction") || str_starts(duty->step, "witness")
            ? "destructions"
            : "loans";
    struct arena *arena = visit->call->arena;
    return str_format(arena, "/archive/%s/%.*s", list,
                      STR_ARG(id_to_text(arena, duty->subject.id)));
}

/* Who may not write any more, and once did. */
static enum status has_own(struct visit *visit, bool *out_has) {
    struct manuscript *manuscripts;
    size_t count = 0;
    for (int sent = 0; sent < 2 && count == 0; sent++) {
        TRY(manuscript_own(visit->call, sent == 1, 1, &manuscripts, &count));
    }
    *out_has = count > 0;
    return DONE;
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
    return add_rows(visit, desk, !drafts);
}

static enum status add_rows(struct visit *visit, struct model *desk, bool sent) {
    struct call *call = visit->call;
    struct model *tab = model_part(desk, "tab");
    struct manuscript *manuscripts;
    struct duty *waiting = NULL;
    id64 ids[OWN_ROWS];
    size_t count;
    TRY(manuscript_own(call, sent, OWN_ROWS, &manuscripts, &count));
    for (size_t i = 0; i < count; i++) {
        ids[i] = manuscripts[i].id;
    }
    if (sent) {
        TRY(notice_waiting(call, SUBJECT_MANUSCRIPT, ids, count, &waiting));
    }
    for (size_t i = 0; i < count; i++) {
        struct model *row = model_list_add(tab, "rows");
        add_row(visit, row, &manuscripts[i], sent ? &waiting[i] : NULL);
        if (part_several_bodies(visit)) {
            struct site site;
            TRY(site_find(call, manuscripts[i].site, &site));
            model_text(row, "about", site.title);
        }
    }
    if (count == 0) {
        struct model *empty = model_part(tab, "empty");
        model_words(empty, "text", sent ? "desk.nothing-sent" : "desk.nothing-drafted");
    }
    return DONE;
}

/* *waiting*: where it is now, NULL for a draft, without an id where nobody has it. */
static void add_row(struct visit *visit, struct model *row,
                    const struct manuscript *manuscript, const struct duty *waiting) {
    struct call *call = visit->call;
    struct str id = id_to_text(call->arena, manuscript->id);
    model_text(row, "id", id);
    model_text(row, "title", manuscript->title);
    model_text(row, "href",
               str_format(call->arena, "/manuscripts/%.*s%s", STR_ARG(id),
                          waiting != NULL ? "" : "/edit"));
    part_badge(row, "badge", manuscript->state);
    web_moment(visit, model_part(row, "since"), manuscript->state_since);
    if (waiting == NULL || waiting->id == 0) {
        return;
    }
    model_text(row, "holder", waiting->holder);
    part_due(visit, row, &waiting->deadline, waiting->rule);
    bool reminded = waiting->reminded_at != 0 &&
                    instant_day(waiting->reminded_at) >= instant_day(call->now);
    model_flag(row, "remind",
               !reminded && !str_equal(waiting->holder, visit->session.name));
}

/* Two of one kind wait and the rulebook in force lets them be decided in one act. */
static enum status offer_together(struct visit *visit, struct model *desk,
                                  const struct duties *duties) {
    const struct rulebook *book;
    struct site *sites;
    size_t count;
    bool several = false;
    for (size_t i = 0; i < duties->count; i++) {
        for (size_t j = 0; j < i; j++) {
            several = several || (str_equal(duties->at[i].step, duties->at[j].step) &&
                                  !str_is(duties->at[i].act, "revise") &&
                                  !str_is(duties->at[i].act, "release"));
        }
    }
    TRY(site_list(visit->call, visit->web->options.group, &sites, &count));
    if (!several || count == 0) {
        return DONE;
    }
    TRY(site_rulebook(visit->call, sites[0].id, &book));
    model_flag(desk, "together", book->bulk != NULL && book->bulk->allow);
    return DONE;
}

static enum status may_write(struct visit *visit, bool *out_may) {
    *out_may = web_may(visit, WEB_STAFF);
    return DONE;
}
