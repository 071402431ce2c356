/*
 * 运行维护: which backups there are and when the next is due, how long logs are kept, how
 * old the passwords of accounts are; each with the article that says so.  It shows dates
 * and sizes, never a password.
 */
#include "entries.h"
#include "parts.h"

#include "publication/publication.h"
#include "upkeep/upkeep.h"

#define BACKUPS_SHOWN 30
#define RECENT_DAYS   30
#define RELEASES_MOST 500
#define WHO                                                                              \
    PEOPLE_ROLE_SYSTEM "|" PEOPLE_ROLE_SECURITY "|" PEOPLE_ROLE_AUDIT "|" WEB_OFFICE

struct head {
    const char *words;
    bool figure;
};

static enum status run_screen(struct visit *visit);
static enum status tell_backups(struct visit *visit, struct model *part);
static enum status tell_sub_sites(struct visit *visit, struct model *part);
static enum status add_missing(struct visit *visit, struct model *part,
                               const struct sub_site_backup *sub);
static enum status tell_logs(struct visit *visit, struct model *part);
static struct model *add_fact(struct visit *visit, struct model *part, const char *label,
                              struct str text, struct str rule);
static void add_note(struct visit *visit, struct model *part, struct str text,
                     struct str rule);
static enum status list_backups(struct visit *visit, struct model *part);
static enum status list_accounts(struct visit *visit, struct model *part);
static enum status add_account(struct visit *visit, struct model *shown,
                               const struct people_account *account);
static struct str state_of(struct visit *visit, const struct people_account *account,
                           int days, int64_t age);
static struct model *add_section(struct model *part, const char *title, const char *about,
                                 const struct head *heads, size_t count);
static struct model *add_cell(struct model *row, const struct head *head,
                              struct str text);
static struct str number_text(struct visit *visit, int64_t number);
static struct str size_text(struct visit *visit, int64_t bytes);

const struct entry running_show = {
    .method = "GET", .pattern = "/running", .may = WHO, .run = run_screen};

static const struct head backup_heads[] = {
    {"running.ended", false}, {"running.result", false}, {"running.files", true},
    {"running.size", true},   {"running.keys", false},   {"running.checksum", false}};
static const struct head account_heads[] = {{"running.account", false},
                                            {"running.changed", false},
                                            {"running.age", true},
                                            {"running.limit", false},
                                            {"manuscripts.state", false}};

static enum status run_screen(struct visit *visit) {
    struct model *part = model_part(web_model(visit), "running");
    model_words(part, "sub", "running.about");
    TRY(tell_backups(visit, part));
    TRY(tell_sub_sites(visit, part));
    TRY(tell_logs(visit, part));
    TRY(list_backups(visit, part));
    TRY(list_accounts(visit, part));
    return web_page(visit, "running");
}

static enum status tell_backups(struct visit *visit, struct model *part) {
    struct arena *arena = visit->call->arena;
    struct backup_state state;
    TRY(upkeep_backup_state(visit->call, &state));
    struct str rule = state.bound.rule;
    if (state.failed) {
        add_note(visit, part, web_say(visit, "running.failed", NULL), rule);
    }
    if (state.is_missed) {
        add_note(visit, part,
                 web_say(visit, "running.missed", "due",
                         instant_to_text(arena, state.due).at, NULL),
                 rule);
    }
    struct str every = state.bound.days == 0 ? web_say(visit, "running.silent", NULL)
                       : state.bound.days == 1
                           ? web_say(visit, "running.daily", "book",
                                     str_text(arena, state.bound.title), NULL)
                           : web_say(visit, "running.every", "days",
                                     number_text(visit, state.bound.days).at, "book",
                                     str_text(arena, state.bound.title), NULL);
    add_fact(visit, part, "running.interval", every, rule);
    add_fact(visit, part, "running.last",
             state.last == 0 ? web_say(visit, "running.none", NULL)
                             : instant_to_text(arena, state.last),
             STR(""));
    if (state.due != INSTANT_NEVER) {
        add_fact(visit, part, "running.due", instant_to_text(arena, state.due), STR(""));
    }
    return DONE;
}

/* Further sites that state an interval of their own; who has not is noted. */
static enum status tell_sub_sites(struct visit *visit, struct model *part) {
    struct call *call = visit->call;
    struct sub_site_backups subs;
    TRY(upkeep_sub_sites(call, &subs));
    for (size_t i = 0; i < subs.count; i++) {
        const struct sub_site_backup *sub = &subs.at[i];
        struct model *fact = model_list_add(part, "facts");
        model_text(fact, "label",
                   web_say(visit, "running.sub-site", "site",
                           str_text(call->arena, sub->title), NULL));
        model_text(fact, "text",
                   web_say(visit,
                           sub->is_stated ? "running.sub-every" : "running.sub-default",
                           "days", number_text(visit, sub->days).at, NULL));
        web_cite(visit, model_part(fact, "rule"), sub->rule);
        if (!sub->is_stated) {
            TRY(add_missing(visit, part, sub));
        }
    }
    return DONE;
}

static enum status add_missing(struct visit *visit, struct model *part,
                               const struct sub_site_backup *sub) {
    struct call *call = visit->call;
    struct release *releases;
    size_t count;
    size_t own = 0;
    TRY(publication_released(call, visit->web->options.group,
                             call->now - RECENT_DAYS * INSTANT_DAY, call->now, 0,
                             RELEASES_MOST, &releases, &count));
    for (size_t i = 0; i < count; i++) {
        own += releases[i].site == sub->site ? 1 : 0;
    }
    struct model *note = model_list_add(part, "notes");
    model_flag(part, "warned", true);
    model_text(note, "text",
               web_say(visit, "running.sub-missing", "site",
                       str_text(call->arena, sub->title), "days",
                       number_text(visit, upkeep_suggest_days(own)).at, "count",
                       number_text(visit, (int64_t)own).at, NULL));
    web_cite(visit, model_part(note, "rule"), sub->rule);
    if (web_may(visit, WEB_STAFF)) {
        model_text(
            note, "href",
            str_format(call->arena, "/rules/values?site=%.*s", STR_ARG(sub->code)));
    }
    return DONE;
}

static enum status tell_logs(struct visit *visit, struct model *part) {
    struct arena *arena = visit->call->arena;
    struct log_state state;
    TRY(upkeep_logs(visit->call, &state));
    struct str least = state.bound.days == 0
                           ? web_say(visit, "running.silent", NULL)
                           : web_say(visit, "running.least", "days",
                                     number_text(visit, state.bound.days).at, "book",
                                     str_text(arena, state.bound.title), NULL);
    struct str kept = state.kept == 0 ? web_say(visit, "running.for-ever", NULL)
                                      : web_say(visit, "running.kept-days", "days",
                                                number_text(visit, state.kept).at, NULL);
    add_fact(visit, part, "running.logs-least", least, state.bound.rule);
    add_fact(visit, part, "running.logs-kept", kept, STR(""));
    struct str there = state.files == 0
                           ? web_say(visit, "running.no-logs", NULL)
                           : web_say(visit, "running.logs-are", "files",
                                     number_text(visit, (int64_t)state.files).at, "size",
                                     size_text(visit, state.size).at, "day",
                                     day_to_text(arena, state.oldest).at, NULL);
    add_fact(visit, part, "running.logs-there", there, STR(""));
    return DONE;
}

static struct model *add_fact(struct visit *visit, struct model *part, const char *label,
                              struct str text, struct str rule) {
    struct model *fact = model_list_add(part, "facts");
    model_words(fact, "label", label);
    model_text(fact, "text", text);
    if (!str_is_empty(rule)) {
        web_cite(visit, model_part(fact, "rule"), rule);
    }
    return fact;
}

static void add_note(struct visit *visit, struct model *part, struct str text,
                     struct str rule) {
    struct model *note = model_list_add(part, "notes");
    model_flag(part, "warned", true);
    model_text(note, "text", text);
    if (!str_is_empty(rule)) {
        web_cite(visit, model_part(note, "rule"), rule);
    }
}

static enum status list_backups(struct visit *visit, struct model *part) {
    struct arena *arena = visit->call->arena;
    struct backup_records records;
    TRY(upkeep_backups(visit->call, BACKUPS_SHOWN, &records));
    struct model *shown = add_section(part, "running.backups", "running.backups-about",
                                      backup_heads, LENGTH(backup_heads));
    model_flag(shown, "empty", records.count == 0);
    model_words(shown, "nothing", "running.no-backups");
    for (size_t i = 0; i < records.count; i++) {
        const struct backup_record *record = &records.at[i];
        struct model *row = model_list_add(shown, "rows");
        model_text(row, "name", instant_to_text(arena, record->ended_at));
        add_cell(
            row, &backup_heads[1],
            web_say(visit, record->whole ? "running.whole" : "running.not-whole", NULL));
        struct str none = STR("—");
        add_cell(row, &backup_heads[2],
                 record->whole ? number_text(visit, record->files) : none);
        add_cell(row, &backup_heads[3],
                 record->whole ? size_text(visit, record->size) : none);
        add_cell(row, &backup_heads[4],
                 !record->whole ? none
                                : web_say(visit,
                                          record->with_keys ? "running.with-keys"
                                                            : "running.without-keys",
                                          NULL));
        add_cell(row, &backup_heads[5],
                 record->whole ? str_part(record->checksum, 0, 23) : none);
    }
    return DONE;
}

/* The open ones, by login; at most a page of them. */
static enum status list_accounts(struct visit *visit, struct model *part) {
    struct people_page page = {.limit = 500, .search = STR("")};
    struct people_accounts accounts;
    TRY(people_accounts(visit->call, &page, &accounts));
    struct model *shown = add_section(part, "running.accounts", "running.accounts-about",
                                      account_heads, LENGTH(account_heads));
    bool any = false;
    for (size_t i = 0; i < accounts.count; i++) {
        if (accounts.at[i].state == PEOPLE_ACCOUNT_ACTIVE) {
            TRY(add_account(visit, shown, &accounts.at[i]));
            any = true;
        }
    }
    model_flag(shown, "empty", !any);
    model_words(shown, "nothing", "running.no-accounts");
    return DONE;
}

static enum status add_account(struct visit *visit, struct model *shown,
                               const struct people_account *account) {
    struct arena *arena = visit->call->arena;
    struct people_password_rule rule;
    int64_t age = (visit->call->now - account->password_at) / INSTANT_DAY;
    TRY(people_password_rule(visit->call, account->person, &rule));
    struct model *row = model_list_add(shown, "rows");
    model_text(row, "name",
               str_format(arena, "%.*s（%.*s）", STR_ARG(account->name),
                          STR_ARG(account->login)));
    add_cell(row, &account_heads[1],
             day_to_text(arena, instant_day(account->password_at)));
    add_cell(row, &account_heads[2], number_text(visit, age));
    struct model *limit =
        add_cell(row, &account_heads[3],
                 rule.days == 0 ? web_say(visit, "running.no-limit", NULL)
                                : web_say(visit, "running.limit-days", "days",
                                          number_text(visit, rule.days).at, NULL));
    if (!str_is_empty(rule.days_rule)) {
        web_cite(visit, model_part(limit, "rule"), rule.days_rule);
    }
    add_cell(row, &account_heads[4], state_of(visit, account, rule.days, age));
    return DONE;
}

static struct str state_of(struct visit *visit, const struct people_account *account,
                           int days, int64_t age) {
    if (account->sample) {
        return web_say(visit, "running.sample", NULL);
    }
    if (account->must_change) {
        return web_say(visit, "running.given", NULL);
    }
    if (days == 0) {
        return web_say(visit, "running.fine", NULL);
    }
    return age >= days ? web_say(visit, "running.renew", NULL)
                       : web_say(visit, "running.left", "days",
                                 number_text(visit, days - age).at, NULL);
}

static struct model *add_section(struct model *part, const char *title, const char *about,
                                 const struct head *heads, size_t count) {
    struct model *shown = model_list_add(part, "sections");
    model_words(shown, "title", title);
    model_words(shown, "about", about);
    for (size_t i = 0; i < count; i++) {
        struct model *head = model_list_add(shown, "heads");
        model_words(head, "text", heads[i].words);
        model_flag(head, "figure", heads[i].figure);
    }
    return shown;
}

static struct model *add_cell(struct model *row, const struct head *head,
                              struct str text) {
    struct model *cell = model_list_add(row, "cells");
    model_text(cell, "text", text);
    model_words(cell, "label", head->words);
    model_flag(cell, "figure", head->figure);
    return cell;
}

static struct str number_text(struct visit *visit, int64_t number) {
    return str_format(visit->call->arena, "%lld", (long long)number);
}

static struct str size_text(struct visit *visit, int64_t bytes) {
    struct arena *arena = visit->call->arena;
    return bytes < (int64_t)1 << 20
               ? str_format(arena, "%lld KB", (long long)((bytes + 1023) >> 10))
               : str_format(arena, "%lld MB", (long long)(bytes >> 20));
}
