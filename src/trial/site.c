/*
 * The acts of a case on the site itself: its columns, its design, its name, domain and
 * sponsor.
 */
#include "trial_own.h"

#include "people/people.h"
#include "site/site.h"

static enum status act_add_column(struct hearing *hearing, const struct case_act *act);
static enum status act_close_column(struct hearing *hearing, const struct case_act *act);
static enum status act_merge_column(struct hearing *hearing, const struct case_act *act);
static enum status act_give_column(struct hearing *hearing, const struct case_act *act);
static enum status act_change_theme(struct hearing *hearing, const struct case_act *act);
static enum status act_restore_design(struct hearing *hearing,
                                      const struct case_act *act);
static enum status act_add_site(struct hearing *hearing, const struct case_act *act);
static enum status act_rename_site(struct hearing *hearing, const struct case_act *act);
static enum status act_move_site(struct hearing *hearing, const struct case_act *act);
static enum status act_give_site(struct hearing *hearing, const struct case_act *act);

static const struct {
    const char *name;
    enum status (*build)(struct hearing *hearing, const struct case_act *act);
} builds[] = {
    {"add-column", act_add_column},     {"close-column", act_close_column},
    {"merge-column", act_merge_column}, {"give-column", act_give_column},
    {"change-theme", act_change_theme}, {"restore-design", act_restore_design},
    {"add-site", act_add_site},         {"rename-site", act_rename_site},
    {"move-site", act_move_site},       {"give-site", act_give_site},
};

bool hearing_builds(struct str act) {
    for (size_t i = 0; i < LENGTH(builds); i++) {
        if (str_is(act, builds[i].name)) {
            return true;
        }
    }
    return false;
}

enum status hearing_build(struct hearing *hearing, const struct case_act *act) {
    for (size_t i = 0; i < LENGTH(builds); i++) {
        if (str_is(act->act, builds[i].name)) {
            return builds[i].build(hearing, act);
        }
    }
    return ABSENT;
}

/* A column at the top with the code *value*, owned by the office. */
static enum status act_add_column(struct hearing *hearing, const struct case_act *act) {
    struct people_unit office;
    struct column_terms terms = {0};
    TRY(people_unit_find(hearing->call, STR("office"), &office));
    struct column column = {.site = hearing->bureau.site.id,
                            .code = act->value,
                            .title =
                                str_is_empty(act->reason) ? STR("专题") : act->reason,
                            .title_en = STR("Topic"),
                            .type = STR("专题专栏"),
                            .summary = STR("专题"),
                            .keywords = STR("专题"),
                            .owner = office.id,
                            .position = 90,
                            .open = true};
    return site_column_add(hearing->call, &column, &terms, &column.id);
}

static enum status act_close_column(struct hearing *hearing, const struct case_act *act) {
    struct column column;
    TRY(site_column_find_path(hearing->call, hearing->bureau.site.id, act->value,
                              &column));
    return site_column_close(hearing->call, column.id,
                             str_is_empty(act->reason) ? STR("归并") : act->reason);
}

/* "topic news": the first into the second. */
static enum status act_merge_column(struct hearing *hearing, const struct case_act *act) {
    struct column column;
    struct column into;
    struct str rest = act->value;
    struct str path = str_cut(&rest, ' ');
    id64 site = hearing->bureau.site.id;
    TRY(site_column_find_path(hearing->call, site, path, &column));
    TRY(site_column_find_path(hearing->call, site, rest, &into));
    return site_column_merge(hearing->call, column.id, into.id, STR("信息不足"));
}

/* "news/county office": the column to another unit. */
static enum status act_give_column(struct hearing *hearing, const struct case_act *act) {
    struct call *call = hearing->call;
    struct column_terms terms;
    struct people_unit unit;
    struct column column;
    struct str rest = act->value;
    struct str path = str_cut(&rest, ' ');
    TRY(site_column_find_path(call, hearing->bureau.site.id, path, &column));
    TRY(people_unit_find(call, rest, &unit));
    TRY(site_column_terms(call, column.id, &terms));
    column.owner = unit.id;
    return site_column_change(call, &column, &terms);
}

static enum status act_change_theme(struct hearing *hearing, const struct case_act *act) {
    struct site site;
    TRY(site_find(hearing->call, hearing->bureau.site.id, &site));
    site.theme = act->value;
    return site_change(hearing->call, &site);
}

static enum status act_restore_design(struct hearing *hearing,
                                      const struct case_act *act) {
    return site_restore_design(hearing->call, hearing->bureau.site.id, act->reason);
}

/* "yz": a sub-site with that code under the same rulebook; "yz yz.cixi.gov.cn": with that
 * domain; the reason is its title; with the answer "body" the department runs it. */
static enum status act_add_site(struct hearing *hearing, const struct case_act *act) {
    struct site site;
    struct str rest = act->value;
    TRY(site_find(hearing->call, hearing->bureau.site.id, &site));
    site.code = str_cut(&rest, ' ');
    site.domain = str_is_empty(rest) ? site.domain : rest;
    site.title = str_is_empty(act->reason) ? STR("子网站") : act->reason;
    site.title_en = STR("Sub-site");
    site.kind = STR("sub");
    for (size_t i = 0; i < act->answer_count; i++) {
        if (str_is(act->answers[i].question, "body")) {
            site.body = hearing->bureau.department.id;
        }
    }
    return site_new(hearing->call, &site, &site.id);
}

static enum status act_rename_site(struct hearing *hearing, const struct case_act *act) {
    struct site site;
    TRY(site_find(hearing->call, hearing->bureau.site.id, &site));
    site.title = act->value;
    return site_change(hearing->call, &site);
}

/* The site to another domain. */
static enum status act_move_site(struct hearing *hearing, const struct case_act *act) {
    struct site site;
    TRY(site_find(hearing->call, hearing->bureau.site.id, &site));
    site.domain = act->value;
    return site_change(hearing->call, &site);
}

/* The site to another sponsor. */
static enum status act_give_site(struct hearing *hearing, const struct case_act *act) {
    struct site site;
    TRY(site_find(hearing->call, hearing->bureau.site.id, &site));
    site.sponsor = act->value;
    return site_change(hearing->call, &site);
}
