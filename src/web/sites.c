/*
 * 站点: the sites of a body, the design each wears, and how it comes to wear another: put
 * forward, looked at, decided on, put on, taken back.
 */
#include "entries.h"
#include "listing.h"
#include "parts.h"

#include "http/http.h"
#include "matter/matter.h"
#include "people/people.h"
#include "publication/publication.h"
#include "site/site.h"

static enum status run_sites(struct visit *visit);
static enum status run_new(struct visit *visit);
static enum status run_add(struct visit *visit);
static enum status add_agreed(struct visit *visit, struct model *part,
                              const struct site *own);
static enum status add_units(struct visit *visit, struct model *field,
                             const struct site *own, const struct reviewed_site *reviewed,
                             size_t count, id64 chosen);
static enum status run_design(struct visit *visit);
static enum status run_restore(struct visit *visit);
static enum status run_preview(struct visit *visit);
static enum status add_site(struct visit *visit, struct model *part,
                            const struct rulebook *book, const struct site *site);
static enum status add_theme(struct visit *visit, struct model *row,
                             const struct rulebook *book, const struct site *site,
                             struct str theme, const struct digest *drawn_with);
static enum status add_ways(struct visit *visit, struct model *one,
                            const struct rulebook *book, struct str theme);
static bool is_decided_on(const struct rulebook *book);
static enum status add_worn(struct visit *visit, struct model *row,
                            const struct site *site, struct digest *worn_now);
static struct str short_of(struct visit *visit, const struct digest *design);
static enum status find_own_site(struct visit *visit, struct site *out_site);

const struct entry sites_show = {
    .method = "GET", .pattern = "/sites", .may = WEB_STAFF, .run = run_sites};

const struct entry site_new_form = {
    .method = "GET", .pattern = "/sites/new", .may = WEB_STAFF, .run = run_new};

static const struct field new_fields[] = {
    {.name = "title", .kind = FIELD_TEXT, .most = 100, .label = "sites.name"},
    {.name = "title-en", .kind = FIELD_TEXT, .most = 100, .label = "sites.name-en"},
    {.name = "code", .kind = FIELD_TEXT, .most = 40, .label = "sites.code"},
    {.name = "domain", .kind = FIELD_TEXT, .most = 200, .label = "sites.domain"},
    {.name = "unit", .kind = FIELD_ID, .required = true, .label = "sites.unit"},
    {.name = "contact", .kind = FIELD_TEXT, .most = 200, .label = "sites.contact"},
    {.name = NULL},
};
const struct entry site_add_post = {.method = "POST",
                                    .pattern = "/sites/new",
                                    .fields = new_fields,
                                    .may = WEB_STAFF,
                                    .form = &site_new_form,
                                    .run = run_add};

static const struct field design_fields[] = {
    {.name = "theme", .kind = FIELD_TEXT, .required = true, .label = "sites.design"},
    {.name = NULL},
};
const struct entry site_design_post = {.method = "POST",
                                       .pattern = "/sites/{site}/design",
                                       .fields = design_fields,
                                       .may = WEB_STAFF,
                                       .form = &sites_show,
                                       .run = run_design};

static const struct field restore_fields[] = {
    WEB_REASON_FIELD("sites.why-back"),
    {.name = NULL},
};
const struct entry site_restore_post = {.method = "POST",
                                        .pattern = "/sites/{site}/design/back",
                                        .fields = restore_fields,
                                        .may = WEB_STAFF,
                                        .form = &sites_show,
                                        .run = run_restore};

const struct entry site_preview = {.method = "GET",
                                   .pattern =
                                       "/sites/{site}/preview/{theme}/{design}/{page...}",
                                   .may = WEB_STAFF,
                                   .run = run_preview};

static enum status run_sites(struct visit *visit) {
    struct call *call = visit->call;
    const struct rulebook *book;
    struct site own;
    struct site *sites;
    size_t count;
    TRY(part_rulebook(visit, &own, &book));
    TRY(site_list(call, visit->web->options.group, &sites, &count));
    struct model *part = model_part(web_model(visit), "sites");
    for (size_t i = 0; i < count; i++) {
        if (sites[i].root == own.root) {
            TRY(add_site(visit, part, book, &sites[i]));
        }
    }
    const struct sub_site_rule *further =
        book->site_rules == NULL ? NULL : book->site_rules->sub_sites;
    if (further != NULL && further->by != SUB_SITES_NEVER) {
        model_text(model_part(part, "add"), "href", STR("/sites/new"));
        TRY(add_agreed(visit, part, &own));
    }
    return web_page(visit, "sites");
}

/* What was agreed to and nobody has opened yet. */
static enum status add_agreed(struct visit *visit, struct model *part,
                              const struct site *own) {
    struct call *call = visit->call;
    struct reviewed_site *reviewed;
    struct model *agreed = NULL;
    size_t count;
    enum status known = site_reviewed(call, own, &reviewed, &count);
    if (known != DONE) {
        return known == ABSENT ? DONE : known;
    }
    for (size_t i = 0; i < count; i++) {
        struct site there;
        enum status opened = site_find_code(call, own->group, reviewed[i].code, &there);
        if (opened != ABSENT) {
            TRY(opened);
            continue;
        }
        agreed = agreed == NULL ? model_part(part, "agreed") : agreed;
        struct model *row = model_list_add(agreed, "list");
        model_text(row, "code", reviewed[i].code);
        model_text(row, "title", reviewed[i].title);
        model_text(row, "unit", reviewed[i].unit_title);
        model_url(
            row, "href",
            str_format(call->arena, "/sites/new?code=%.*s", STR_ARG(reviewed[i].code)));
    }
    return DONE;
}

/* A site below the body's own: what has to be agreed to first, the act says.  With the
 * code of one that was agreed to, the form comes filled with that. */
static enum status run_new(struct visit *visit) {
    struct call *call = visit->call;
    struct reviewed_site wanted = {.code = request_query(visit->request, "code"),
                                   .title = STR("")};
    struct reviewed_site *reviewed = NULL;
    struct site own;
    size_t count = 0;
    struct change change = {.title = web_say(visit, "sites.add", NULL),
                            .action = STR("/sites/new"),
                            .back = STR("/sites"),
                            .button = "sites.add-do"};
    struct model *part = change_open(visit, &change);
    TRY(part_site(visit, &own));
    enum status known = site_reviewed(call, &own, &reviewed, &count);
    if (known == FAILED) {
        return FAILED;
    }
    for (size_t i = 0; i < count; i++) {
        bool meant = wanted.unit == 0 && str_equal(reviewed[i].code, wanted.code);
        wanted = meant ? reviewed[i] : wanted;
    }
    change_field(visit, part, "is-line", "title", "sites.name", true, wanted.title);
    change_field(visit, part, "is-line", "title-en", "sites.name-en", false, STR(""));
    change_field(visit, part, "is-line", "code", "sites.code", true, wanted.code);
    change_field(visit, part, "is-line", "domain", "sites.domain", true, STR(""));
    struct model *unit =
        change_field(visit, part, "is-choice", "unit", "sites.unit", true, STR(""));
    TRY(add_units(visit, unit, &own, reviewed, count, wanted.unit));
    change_field(visit, part, "is-line", "contact", "sites.contact", true, STR(""));
    return web_page(visit, "change");
}

/* The actor's own, and those whose site was agreed to: each once. */
static enum status add_units(struct visit *visit, struct model *field,
                             const struct site *own, const struct reviewed_site *reviewed,
                             size_t count, id64 chosen) {
    struct call *call = visit->call;
    struct people_holdings holdings;
    TRY(people_holdings(call, call->actor.person, &holdings));
    struct reviewed_site *units =
        TAKE_ARRAY(call->arena, holdings.count + count + 1, struct reviewed_site);
    size_t kept = 0;
    for (size_t i = 0; i < holdings.count + count; i++) {
        bool held = i < holdings.count;
        if (held && holdings.at[i].body != own->root) {
            continue;
        }
        units[kept] =
            held ? (struct reviewed_site){.unit = holdings.at[i].unit,
                                          .unit_title = holdings.at[i].unit_title}
                 : reviewed[i - holdings.count];
        size_t same = 0;
        while (units[same].unit != units[kept].unit) {
            same++;
        }
        kept += same == kept ? 1 : 0;
    }
    for (size_t i = 0; i < kept; i++) {
        change_option(visit, field, "unit", id_to_text(call->arena, chosen),
                      id_to_text(call->arena, units[i].unit), units[i].unit_title);
    }
    return DONE;
}

static enum status run_add(struct visit *visit) {
    const struct request *request = visit->request;
    struct people_unit unit;
    struct site site;
    TRY(part_site(visit, &site));
    TRY(people_unit(visit->call, request_id(request, "unit"), &unit));
    site.id = 0;
    site.kind = STR("sub");
    site.code = str_trim(request_text(request, "code"));
    site.title = str_trim(request_text(request, "title"));
    site.title_en = str_trim(request_text(request, "title-en"));
    site.domain = str_trim(request_text(request, "domain"));
    site.contact = str_trim(request_text(request, "contact"));
    site.body = unit.id;
    site.sponsor = unit.title;
    TRY(site_new(visit->call, &site, &site.id));
    return web_go_saying(visit, STR("/sites"), "sites.added", NULL);
}

static enum status run_design(struct visit *visit) {
    struct site site;
    TRY(find_own_site(visit, &site));
    TRY(site_put_on(visit->call, site.id, request_text(visit->request, "theme")));
    return web_go_saying(visit, STR("/sites"), "sites.put-on", NULL);
}

static enum status run_restore(struct visit *visit) {
    struct site site;
    TRY(find_own_site(visit, &site));
    TRY(site_restore_design(visit->call, site.id,
                            request_text(visit->request, "reason")));
    return web_go_saying(visit, STR("/sites"), "sites.taken-back", NULL);
}

/* A page of the public site as it is, so nothing of it may run or be sent here. */
static enum status run_preview(struct visit *visit) {
    struct site site;
    struct digest design;
    struct str page;
    struct str path = request_parameter(visit->request, "page");
    TRY(find_own_site(visit, &site));
    if (digest_from_text(request_parameter(visit->request, "design"), &design) != DONE) {
        return ABSENT;
    }
    TRY(publication_preview(visit->call, site.id,
                            request_parameter(visit->request, "theme"), &design, path,
                            &page));
    bool style = str_ends(path, ".css");
    response_body(visit->response, 200,
                  style ? "text/css; charset=utf-8" : "text/html; charset=utf-8", page);
    response_header(visit->response, "Content-Security-Policy",
                    STR("default-src 'none'; style-src 'self'; img-src 'self'; sandbox "
                        "allow-same-origin"));
    return DONE;
}

static enum status add_site(struct visit *visit, struct model *part,
                            const struct rulebook *book, const struct site *site) {
    struct call *call = visit->call;
    struct digest present = {0};
    struct str *themes;
    size_t count;
    struct model *row = model_list_add(part, "list");
    model_text(row, "title", site->title);
    model_text(row, "code", site->code);
    model_text(row, "domain", site->domain);
    model_text(row, "sponsor", site->sponsor);
    model_text(row, "contact", site->contact);
    model_text(row, "action",
               str_format(call->arena, "/sites/%.*s/design",
                          STR_ARG(id_to_text(call->arena, site->id))));
    enum status there = site_design(call, site->theme, &present);
    if (there == FAILED) {
        return FAILED;
    }
    struct digest worn = present;
    TRY(add_worn(visit, row, site, &worn));
    bool differs = !digest_equal(&worn, &present);
    bool decided = is_decided_on(book);
    model_text(row, "theme", site->theme);
    model_text(row, "digest", short_of(visit, decided ? &worn : &present));
    model_flag(row, "differs", differs && !decided);
    model_flag(row, "kept", differs && decided);
    TRY(site_themes(call, &themes, &count));
    for (size_t i = 0; i < count; i++) {
        TRY(add_theme(visit, row, book, site, themes[i], decided ? &worn : &present));
    }
    return DONE;
}

static enum status add_theme(struct visit *visit, struct model *row,
                             const struct rulebook *book, const struct site *site,
                             struct str theme, const struct digest *drawn_with) {
    struct call *call = visit->call;
    const struct matter_rule *rule = NULL;
    struct digest design;
    id64 agreed = 0;
    bool may = false;
    TRY(site_design(call, theme, &design));
    TRY(site_may_manage(call, site, &may));
    enum status asked = matter_permits(call, site->group, site->root, book, PERMIT_THEME,
                                       theme, &design, &rule, &agreed);
    if (asked == REFUSED) { /* not as it was signed: as if nobody had agreed */
        call_forgive(call);
        asked = DONE;
    }
    TRY(asked);
    bool worn = str_equal(theme, site->theme) && digest_equal(&design, drawn_with);
    struct model *one = model_list_add(row, "themes");
    model_text(one, "name", theme);
    model_text(one, "digest", short_of(visit, &design));
    model_url(one, "preview", site_preview_path(call->arena, site->id, theme, &design));
    model_flag(one, "worn", worn);
    model_flag(one, "approved", rule != NULL && agreed != 0 && !worn);
    model_flag(one, "undecided", rule != NULL && agreed == 0 && !worn);
    model_flag(one, "may-put-on", !worn && may);
    if (rule != NULL && !worn && agreed == 0) {
        web_cite(visit, model_part(one, "rule"), rule->basis.id);
        TRY(add_ways(visit, one, book, theme));
    }
    return DONE;
}

/* What this person may put forward about it. */
static enum status add_ways(struct visit *visit, struct model *one,
                            const struct rulebook *book, struct str theme) {
    struct call *call = visit->call;
    for (size_t i = 0; i < book->matter_count; i++) {
        const struct matter_rule *rule = &book->matters[i];
        bool may = false;
        if (!matter_leads_to(book, rule, PERMIT_THEME)) {
            continue;
        }
        TRY(matter_may_open(call, book, rule, 0, &may));
        if (may) {
            struct model *way = model_list_add(one, "ways");
            model_url(way, "href",
                      str_format(call->arena, "/matters/new?kind=%.*s&title=%.*s",
                                 STR_ARG(rule->code), STR_ARG(theme)));
            model_text(way, "label", text_in(rule->title, call->language));
        }
    }
    return DONE;
}

/* Is a redesign decided on here, and so drawn with what was decided on alone? */
static bool is_decided_on(const struct rulebook *book) {
    bool decided = false;
    for (size_t i = 0; i < book->matter_count; i++) {
        decided = decided || book->matters[i].permit == PERMIT_THEME;
    }
    return decided;
}

/* *worn_now* stays as it is where nothing was ever put on. */
static enum status add_worn(struct visit *visit, struct model *row,
                            const struct site *site, struct digest *worn_now) {
    struct call *call = visit->call;
    struct worn_design *worn;
    size_t count;
    bool may = false;
    TRY(site_may_manage(call, site, &may));
    TRY(site_worn(call, site->id, &worn, &count));
    for (size_t i = 0; i < count; i++) {
        struct model *one = model_list_add(row, "worn");
        struct people_brief who = {.name = STR("")};
        if (worn[i].changed_by != 0) {
            TRY(people_person_brief(call, worn[i].changed_by, &who));
        }
        model_text(one, "theme", worn[i].theme);
        model_text(one, "digest", short_of(visit, &worn[i].design));
        model_text(one, "who", who.name);
        model_flag(one, "restored", worn[i].restored);
        model_text(one, "reason", worn[i].reason);
        web_moment(visit, model_part(one, "when"), worn[i].changed_at);
    }
    model_flag(row, "ever", count > 0);
    *worn_now = count > 0 ? worn[0].design : *worn_now;
    if (count > 0 && !str_is_empty(worn[0].former) && may) {
        struct model *back = model_part(row, "back");
        model_text(back, "theme", worn[0].former);
        model_text(back, "typed", request_typed(visit->request, "reason"));
    }
    return DONE;
}

static struct str short_of(struct visit *visit, const struct digest *design) {
    return digest_is_none(design) ? STR("") : digest_to_short(visit->call->arena, design);
}

/* A site of this workspace: whose it is, the acts ask. */
static enum status find_own_site(struct visit *visit, struct site *out_site) {
    id64 site;
    TRY(request_id_parameter(visit->request, "site", &site));
    TRY(site_find(visit->call, site, out_site));
    return out_site->group == visit->web->options.group ? DONE : ABSENT;
}

struct str site_preview_path(struct arena *arena, id64 site, struct str theme,
                             const struct digest *design) {
    return str_format(arena, "/sites/%.*s/preview/%.*s/%.*s/index.html",
                      STR_ARG(id_to_text(arena, site)), STR_ARG(theme),
                      STR_ARG(digest_to_text(arena, design)));
}
