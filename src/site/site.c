/*
 * Groups and sites.
 */
#include "site_own.h"

#include "ledger/ledger.h"
#include "matter/matter.h"
#include "people/people.h"
#include "rulebook/rulebook.h"
#include "site_sql.h"

#include <jansson.h>
#include <string.h>

static void read_site(struct rows *rows, struct site *out_site);
static enum status check_further(struct call *call, const struct site *site);
static enum status check_marks(struct call *call, const struct site *before,
                               const struct site *after);
static bool is_one_below(struct str domain, struct str above);
static enum status insert_site(struct call *call, void *what);
static enum status change_site(struct call *call, void *what);
static enum status note_site(struct call *call, const struct site *site, const char *act);

enum status site_group_new(struct call *call, struct str code, struct str title,
                           id64 *out_group) {
    if (!site_code_fits(code)) {
        return call_refuse_field(call, "code", "", "site.code-unfit", NULL);
    }
    id64 group = call_new_id(call);
    TRY(store_run(call, &site_group_insert, NULL, bind_id("id", group),
                  bind_text("code", code), bind_text("title", title),
                  bind_int("now", call->now)));
    TRY(ledger_begin(call, group, DIGEST_SM3));
    *out_group = group;
    return DONE;
}

enum status site_group_first(struct call *call, id64 *out_group) {
    struct rows *row;
    TRY(store_find(call, &site_group_first_row, &row, NO_VALUES));
    *out_group = row_id(row, "id");
    return DONE;
}

struct site_wish {
    const struct site *site;
    id64 id;
    const struct design_change *change; /* NULL: it wears what it wore */
};

enum status site_new(struct call *call, const struct site *site, id64 *out_site) {
    enum status answer = DONE;
    if (!site_code_fits(site->code)) {
        answer = call_refuse_field(call, "code", "", "site.code-unfit", NULL);
    }
    if (str_is_empty(site->title)) {
        answer = call_refuse_field(call, "title", "", "site.title-missing", NULL);
    }
    TRY(answer);
    TRY(check_further(call, site));
    struct site_wish wish = {.site = site, .id = call_new_id(call)};
    TRY(store_transact(call, TXN_WRITE, insert_site, &wish));
    *out_site = wish.id;
    return DONE;
}

enum status site_find(struct call *call, id64 site, struct site *out_site) {
    struct rows *row;
    TRY(store_find(call, &site_row, &row, bind_id("id", site)));
    read_site(row, out_site);
    return DONE;
}

enum status site_find_code(struct call *call, id64 group, struct str code,
                           struct site *out_site) {
    struct rows *row;
    TRY(store_find(call, &site_row_by_code, &row, bind_id("site_group", group),
                   bind_text("code", code)));
    read_site(row, out_site);
    return DONE;
}

enum status site_of_unit(struct call *call, id64 group, id64 unit,
                         struct site *out_site) {
    struct rows *row;
    TRY(store_find(call, &site_row_of_unit, &row, bind_id("site_group", group),
                   bind_id("unit", unit)));
    read_site(row, out_site);
    return DONE;
}

enum status site_list(struct call *call, id64 group, struct site **out_sites,
                      size_t *out_count) {
    struct rows *rows;
    size_t room = 8;
    size_t count = 0;
    struct site *sites = TAKE_ARRAY(call->arena, room, struct site);
    TRY(store_query(call, &site_rows, &rows, bind_id("site_group", group)));
    while (rows_next(rows)) {
        if (count == room) {
            struct site *more = TAKE_ARRAY(call->arena, room * 2, struct site);
            for (size_t i = 0; i < count; i++) {
                more[i] = sites[i];
            }
            sites = more;
            room *= 2;
        }
        read_site(rows, &sites[count++]);
    }
    TRY(rows_end(rows));
    *out_sites = sites;
    *out_count = count;
    return DONE;
}

enum status site_rulebook(struct call *call, id64 site,
                          const struct rulebook **out_rulebook) {
    struct site found;
    TRY(site_find(call, site, &found));
    const struct rulebook *book = shelf_find(call->house->shelf, &found.rulebook_digest);
    if (book == NULL) {
        return call_refuse(call, ABSENT, "", "site.rulebook-not-loaded", "code",
                           str_text(call->arena, found.rulebook), NULL);
    }
    *out_rulebook = book;
    return DONE;
}

enum status site_change(struct call *call, const struct site *site) {
    struct site_wish wish = {.site = site, .id = site->id};
    struct design_change change;
    struct site found;
    TRY(site_find(call, site->id, &found));
    TRY(site_must_manage(call, &found));
    TRY(check_marks(call, &found, site));
    if (!str_equal(found.theme, site->theme)) {
        TRY(design_ask(call, &found, site->theme, &change));
        wish.change = &change;
    }
    return store_transact(call, TXN_WRITE, change_site, &wish);
}

enum status site_put_in_force(struct call *call, id64 site,
                              const struct rulebook *rulebook) {
    struct site found;
    TRY(site_find(call, site, &found));
    TRY(site_must_have_values(call, site, rulebook));
    TRY(store_run(call, &site_set_rulebook, NULL, bind_id("id", site),
                  bind_text("rulebook", rulebook->code),
                  bind_digest("rulebook_digest", &rulebook->digest)));
    TRY(people_demand_factor(call, site, rulebook));
    TRY(rule_accounts(call, site, found.body, rulebook));
    found.rulebook = rulebook->code;
    found.rulebook_digest = rulebook->digest;
    return note_site(call, &found, "site.put-in-force");
}

bool site_code_fits(struct str code) {
    if (code.length < 1 || code.length > 40 || code.at[0] == '-') {
        return false;
    }
    for (size_t i = 0; i < code.length; i++) {
        char byte = code.at[i];
        if (!((byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9') ||
              byte == '-')) {
            return false;
        }
    }
    return true;
}

enum status site_must_manage(struct call *call, const struct site *site) {
    static const char *const roles[] = {"site-manager", "site-operator"};
    const struct rulebook *book = shelf_find(call->house->shelf, &site->rulebook_digest);
    size_t named = book == NULL ? 0 : book->column_keeper_count;
    bool holds = false;
    if (call->actor.person == 0 && call->door == DOOR_CLI) {
        return DONE;
    }
    for (size_t i = 0; i < named && !holds; i++) {
        int role = book->column_keepers[i].role;
        if (role != NO_INDEX) {
            TRY(people_holds(call, call->actor.person,
                             str_text(call->arena, book->roles[role].code),
                             people_anywhere_in(site->root), &holds));
        }
    }
    for (size_t i = 0; i < LENGTH(roles) && named == 0 && !holds; i++) {
        TRY(people_holds(call, call->actor.person, roles[i],
                         people_anywhere_in(site->root), &holds));
    }
    if (holds) {
        return register_grants(call, site, call->actor.person, NULL, SITE_RIGHT_MAINTAIN);
    }
    const char *article =
        named == 0 ? "" : str_text(call->arena, book->column_keepers[0].basis.id);
    return call_refuse(call, DENIED, article, "site.not-manager", "site",
                       str_text(call->arena, site->title), NULL);
}

enum status site_may_manage(struct call *call, const struct site *site, bool *out_may) {
    struct refusal *before = call->refusal;
    enum status may = site_must_manage(call, site);
    call->refusal = before;
    *out_may = may == DONE;
    return may == FAILED ? FAILED : DONE;
}

enum status site_must_be_applied_for(struct call *call, const struct site *site,
                                     enum matter_permit permit, struct str title,
                                     id64 *out_matter) {
    const struct rulebook *book = shelf_find(call->house->shelf, &site->rulebook_digest);
    const struct matter_rule *rule = NULL;
    *out_matter = 0;
    if (book == NULL || (call->actor.person == 0 && call->door == DOOR_CLI)) {
        return DONE;
    }
    TRY(matter_permits(call, site->group, site->root, book, permit, title, NULL, &rule,
                       out_matter));
    if (rule == NULL || *out_matter != 0) {
        return DONE;
    }
    return call_refuse_field(call, "code", str_text(call->arena, rule->basis.id),
                             "site.not-applied-for", "matter",
                             str_text(call->arena, text_in(rule->title, call->language)),
                             "title", str_text(call->arena, title), NULL);
}

/* A further site beside the first of its group, as the first one's regulation has it:
 * whether there may be one, who makes it, what came before, what it is called on the net.
 */
static enum status check_further(struct call *call, const struct site *site) {
    struct site *sites;
    size_t count;
    bool founding = call->actor.person == 0 && call->door == DOOR_CLI;
    TRY(site_list(call, site->group, &sites, &count));
    if (founding || count == 0) {
        return DONE;
    }
    const struct site *first = &sites[0];
    struct site own;
    enum status found = site_of_unit(call, site->group, site->body, &own);
    if (found == FAILED) {
        return FAILED;
    }
    first = found == DONE ? &own : first;
    const struct rulebook *book = shelf_find(call->house->shelf, &first->rulebook_digest);
    const struct site_rules *rules = book == NULL ? NULL : book->site_rules;
    const struct sub_site_rule *rule = rules == NULL ? NULL : rules->sub_sites;
    if (rule != NULL && rule->by == SUB_SITES_NEVER) {
        return call_refuse(call, REFUSED, str_text(call->arena, rule->basis.id),
                           "site.no-further-site", NULL);
    }
    if (rule == NULL || rule->by == SUB_SITES_BY_KEEPER) {
        enum status may = site_must_manage(call, first);
        if (may == DENIED && rule != NULL) {
            call_forgive(call);
            return call_refuse(call, DENIED, str_text(call->arena, rule->basis.id),
                               "site.not-manager", "site",
                               str_text(call->arena, first->title), NULL);
        }
        TRY(may);
    }
    TRY(further_must_be_as_reviewed(call, first, site));
    const struct site_domain *domain = rules == NULL ? NULL : rules->sub_domain;
    if (domain != NULL && !is_one_below(site->domain, domain->below)) {
        return call_refuse_field(call, "domain", str_text(call->arena, domain->basis.id),
                                 "site.domain-below", "above",
                                 str_text(call->arena, domain->below), NULL);
    }
    return DONE;
}

/* Name and domain that the regulation gives stay what they are. */
static enum status check_marks(struct call *call, const struct site *before,
                               const struct site *after) {
    const struct rulebook *book =
        shelf_find(call->house->shelf, &before->rulebook_digest);
    const struct site_rules *rules = book == NULL ? NULL : book->site_rules;
    bool founding = call->actor.person == 0 && call->door == DOOR_CLI;
    if (rules == NULL || founding || !str_is(before->kind, "main")) {
        return DONE;
    }
    if (rules->name != NULL && !str_equal(after->title, rules->name->title.zh)) {
        return call_refuse_field(call, "title",
                                 str_text(call->arena, rules->name->basis.id),
                                 "site.name-ruled", "name",
                                 str_text(call->arena, rules->name->title.zh), NULL);
    }
    if (rules->sponsor != NULL && !str_equal(after->sponsor, rules->sponsor->title.zh)) {
        return call_refuse_field(call, "sponsor",
                                 str_text(call->arena, rules->sponsor->basis.id),
                                 "site.sponsor-ruled", "sponsor",
                                 str_text(call->arena, rules->sponsor->title.zh), NULL);
    }
    const struct site_domain *domain = rules->domain;
    if (domain != NULL && !str_is_empty(domain->is) &&
        !str_equal(after->domain, domain->is)) {
        return call_refuse_field(call, "domain", str_text(call->arena, domain->basis.id),
                                 "site.domain-ruled", "domain",
                                 str_text(call->arena, domain->is), NULL);
    }
    return DONE;
}

/* "yz.cixi.gov.cn" below "cixi.gov.cn": one label that fits a code. */
static bool is_one_below(struct str domain, struct str above) {
    if (domain.length <= above.length + 1) {
        return false;
    }
    size_t label = domain.length - above.length - 1;
    return domain.at[label] == '.' &&
           str_equal(str_part(domain, label + 1, domain.length), above) &&
           site_code_fits(str_part(domain, 0, label));
}

static enum status insert_site(struct call *call, void *what) {
    struct site_wish *wish = what;
    const struct site *site = wish->site;
    TRY(store_run(call, &site_insert, NULL, bind_id("id", wish->id),
                  bind_id("site_group", site->group), bind_text("code", site->code),
                  bind_text("title", site->title), bind_text("title_en", site->title_en),
                  bind_text("kind", site->kind), bind_text("domain", site->domain),
                  bind_text("id_code", site->id_code), bind_id("body", site->body),
                  bind_text("sponsor", site->sponsor),
                  bind_text("contact", site->contact), bind_text("icp", site->icp),
                  bind_text("police", site->police), bind_text("theme", site->theme),
                  bind_text("rulebook", site->rulebook),
                  bind_digest("rulebook_digest", &site->rulebook_digest)));
    struct site made = *site;
    made.id = wish->id;
    const struct rulebook *book =
        call->house->shelf == NULL
            ? NULL
            : shelf_find(call->house->shelf, &site->rulebook_digest);
    if (book != NULL) {
        TRY(people_demand_factor(call, wish->id, book));
        TRY(rule_accounts(call, wish->id, site->body, book));
    }
    return note_site(call, &made, "site.new");
}

static enum status change_site(struct call *call, void *what) {
    struct site_wish *wish = what;
    const struct site *site = wish->site;
    TRY(store_run(call, &site_change_row, NULL, bind_id("id", site->id),
                  bind_text("title", site->title), bind_text("title_en", site->title_en),
                  bind_text("domain", site->domain), bind_text("id_code", site->id_code),
                  bind_text("sponsor", site->sponsor),
                  bind_text("contact", site->contact), bind_text("icp", site->icp),
                  bind_text("police", site->police), bind_text("theme", site->theme)));
    if (wish->change != NULL) {
        TRY(design_record(call, wish->change));
    }
    return note_site(call, site, "site.change");
}

static enum status note_site(struct call *call, const struct site *site,
                             const char *act) {
    struct str digest = digest_to_text(call->arena, &site->rulebook_digest);
    struct ledger_act record = {
        .act = act,
        .subject = {.kind = SUBJECT_SITE, .id = site->id},
        .digest = site->rulebook_digest,
        .payload = ledger_payload(
            call, json_pack("{s:s%, s:s%, s:s%, s:s%}", "code", site->code.at,
                            site->code.length, "title", site->title.at,
                            site->title.length, "rulebook", site->rulebook.at,
                            site->rulebook.length, "version", digest.at, digest.length)),
        .rule = STR(""),
        .post = STR(""),
        .follows = strcmp(act, "site.put-in-force") == 0}; /* from the decision on it */
    return ledger_append(call, site->group, &record, NULL);
}

static void read_site(struct rows *rows, struct site *out_site) {
    struct site site = {.id = row_id(rows, "id"), .group = row_id(rows, "site_group")};
    site.code = row_text(rows, "code");
    site.title = row_text(rows, "title");
    site.title_en = row_text(rows, "title_en");
    site.kind = row_text(rows, "kind");
    site.domain = row_text(rows, "domain");
    site.id_code = row_text(rows, "id_code");
    site.body = row_id(rows, "body");
    site.root = row_id(rows, "root");
    site.sponsor = row_text(rows, "sponsor");
    site.contact = row_text(rows, "contact");
    site.icp = row_text(rows, "icp");
    site.police = row_text(rows, "police");
    site.theme = row_text(rows, "theme");
    site.rulebook = row_text(rows, "rulebook");
    site.rulebook_digest = row_digest(rows, "rulebook_digest");
    *out_site = site;
}
