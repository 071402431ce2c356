/*
 * 版面: which design a site wears, and how it comes to wear another.
 *
 * A design is the files of a theme, told apart by their digest.  Where the rulebook wants
 * a redesign decided on, another one is put on only while its files are, byte for byte,
 * those that were shown to everybody who decided.  What a site wore before can be taken
 * back in one act, as long as it is still what it was.
 */
#include "site_own.h"

#include "ledger/ledger.h"
#include "matter/matter.h"
#include "site_sql.h"

#include <dirent.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define FILES_MOST  200
#define FILE_MOST   ((size_t)1 << 20)
#define THEMES_MOST 50
#define WORN_MOST   100

struct folders {
    const char *at[3];
    size_t count;
};

static enum status digest_folder(struct call *call, struct digesting *digesting,
                                 const char *folder);
static enum status list_folder(struct call *call, const char *folder,
                               struct str **out_names, size_t *out_count);
static int by_name(const void *a, const void *b);
static enum status copy_folder(struct call *call, const char *folder, const char *to);
static enum status folders_of(struct call *call, const char *share, struct str theme,
                              struct folders *out_folders);
static const char *folder_of(struct call *call, const char *share, struct str theme,
                             const char *below);
static enum status must_be_approved(struct call *call, const struct site *site,
                                    const struct design_change *change);
static enum status wear(struct call *call, void *what);

enum status site_design(struct call *call, struct str theme, struct digest *out_design) {
    return design_at(call, call->house->share, theme, out_design);
}

enum status design_at(struct call *call, const char *share, struct str theme,
                      struct digest *out_design) {
    struct digesting digesting;
    struct folders folders;
    enum status read = DONE;
    TRY(folders_of(call, share, theme, &folders));
    digest_begin(&digesting, DIGEST_SM3);
    for (size_t i = 0; i < folders.count && read == DONE; i++) {
        read = digest_folder(call, &digesting, folders.at[i]);
    }
    struct digest design = digest_end(&digesting);
    TRY(read);
    *out_design = design;
    return DONE;
}

enum status design_copy(struct call *call, const char *share, const char *to,
                        struct str theme) {
    struct folders folders;
    TRY(folders_of(call, share, theme, &folders));
    for (size_t i = 0; i < folders.count; i++) {
        const char *folder =
            str_format(call->arena, "%s%s", to, folders.at[i] + strlen(share)).at;
        TRY(file_make_directory(folder));
        TRY(copy_folder(call, folders.at[i], folder));
    }
    return DONE;
}

/* Those whose files make a design: of the theme, or of the one that it only colours, too.
 */
static enum status folders_of(struct call *call, const char *share, struct str theme,
                              struct folders *out_folders) {
    if (!site_code_fits(theme)) {
        return ABSENT;
    }
    bool is_over = file_exists(folder_of(call, share, theme, "/s/theme.css"));
    if (!is_over && !file_exists(folder_of(call, share, theme, "/layout.html"))) {
        return ABSENT;
    }
    struct str base = is_over ? STR(SITE_THEME_DEFAULT) : theme;
    *out_folders = (struct folders){
        {folder_of(call, share, base, ""), folder_of(call, share, base, "/s"),
         is_over ? folder_of(call, share, theme, "/s") : NULL},
        is_over ? 3 : 2};
    return DONE;
}

enum status site_themes(struct call *call, struct str **out_themes, size_t *out_count) {
    struct str *names;
    size_t found;
    size_t count = 0;
    TRY(list_folder(call, str_format(call->arena, "%s/themes", call->house->share).at,
                    &names, &found));
    for (size_t i = 0; i < found && count < THEMES_MOST; i++) {
        struct digest design;
        enum status there = site_design(call, names[i], &design);
        if (there == FAILED) {
            return FAILED;
        }
        if (there == DONE) {
            names[count++] = names[i];
        }
    }
    *out_themes = names;
    *out_count = count;
    return DONE;
}

enum status site_measure_matter(struct call *call, id64 group,
                                const struct rulebook *book,
                                const struct matter_wish *wish,
                                struct matter_wish *out_measured) {
    const struct matter_rule *rule = matter_rule_of(book, wish->kind);
    struct matter_wish measured = *wish;
    if (rule != NULL) {
        TRY(register_check(call, group, book, rule, wish));
    }
    if (rule != NULL && matter_leads_to(book, rule, PERMIT_THEME)) {
        struct str theme = str_trim(wish->title);
        TRY(design_must_exist(call, theme, "title", &measured.about));
    }
    *out_measured = measured;
    return DONE;
}

enum status site_worn(struct call *call, id64 site, struct worn_design **out_worn,
                      size_t *out_count) {
    struct rows *rows;
    struct worn_design *worn = TAKE_ARRAY(call->arena, WORN_MOST, struct worn_design);
    size_t count = 0;
    TRY(store_query(call, &site_design_rows, &rows, bind_id("site", site)));
    while (rows_next(rows) && count < WORN_MOST) {
        worn[count++] =
            (struct worn_design){.theme = row_text(rows, "theme"),
                                 .design = row_digest(rows, "digest"),
                                 .former = row_text(rows, "former"),
                                 .former_design = row_digest(rows, "former_digest"),
                                 .restored = row_int(rows, "restored") != 0,
                                 .reason = row_text(rows, "reason"),
                                 .changed_by = row_id(rows, "changed_by"),
                                 .changed_at = row_int(rows, "changed_at")};
    }
    TRY(rows_end(rows));
    *out_worn = worn;
    *out_count = count;
    return DONE;
}

enum status site_restore_design(struct call *call, id64 site, struct str reason) {
    struct design_change change = {.restored = true, .reason = str_trim(reason)};
    struct worn_design *worn;
    size_t count;
    struct site found;
    struct digest present;
    bool kept = false;
    TRY(site_find(call, site, &found));
    TRY(site_must_manage(call, &found));
    TRY(site_worn(call, site, &worn, &count));
    if (count == 0 || str_is_empty(worn[0].former)) {
        return call_refuse(call, REFUSED, "", "site.no-former-design", NULL);
    }
    if (str_is_empty(change.reason)) {
        return call_refuse_field(call, "reason", "", "site.reason-missing", NULL);
    }
    struct str rule = design_rule(call, &found);
    present = worn[0].former_design;
    if (!digest_is_none(&present)) {
        TRY(design_is_kept(call, worn[0].former, &present, &kept));
    }
    if (!kept) {
        return call_refuse(call, REFUSED, str_text(call->arena, rule),
                           "site.former-design-differs", "theme",
                           str_text(call->arena, worn[0].former), NULL);
    }
    change.site = &found;
    change.theme = worn[0].former;
    change.design = present;
    change.former = found.theme;
    change.rule = rule;
    change.former_design = worn[0].design;
    return store_transact(call, TXN_WRITE, wear, &change);
}

enum status site_put_on(struct call *call, id64 site, struct str theme) {
    struct design_change change;
    struct site found;
    TRY(site_find(call, site, &found));
    TRY(site_must_manage(call, &found));
    TRY(design_ask(call, &found, theme, &change));
    if (str_equal(theme, found.theme) &&
        digest_equal(&change.design, &change.former_design)) {
        return DONE; /* it wears exactly that */
    }
    return store_transact(call, TXN_WRITE, wear, &change);
}

enum status design_must_exist(struct call *call, struct str theme, const char *field,
                              struct digest *out_design) {
    enum status there = site_design(call, theme, out_design);
    return there != ABSENT
               ? there
               : call_refuse_field(call, field, "", "site.theme-unknown", "theme",
                                   str_text(call->arena, theme), NULL);
}

enum status design_ask(struct call *call, const struct site *site, struct str theme,
                       struct design_change *out_change) {
    struct design_change change = {.site = site, .theme = theme, .former = site->theme};
    struct worn_design *worn;
    size_t count;
    TRY(design_must_exist(call, theme, "theme", &change.design));
    TRY(must_be_approved(call, site, &change));
    TRY(site_worn(call, site->id, &worn, &count));
    if (count > 0) {
        change.former_design = worn[0].design;
    } else if (site_design(call, site->theme, &change.former_design) == FAILED) {
        return FAILED;
    }
    change.reason = STR("");
    change.rule = design_rule(call, site);
    if (!str_is_empty(change.rule)) {
        TRY(design_keep(call, theme, &change.design));
        if (count == 0 && !digest_is_none(&change.former_design)) {
            TRY(design_keep(call, site->theme, &change.former_design));
        }
    }
    *out_change = change;
    return DONE;
}

enum status design_record(struct call *call, const struct design_change *change) {
    struct str design = digest_to_text(call->arena, &change->design);
    struct str former = digest_is_none(&change->former_design)
                            ? STR("")
                            : digest_to_text(call->arena, &change->former_design);
    TRY(store_run(call, &site_design_insert, NULL, bind_id("id", call_new_id(call)),
                  bind_id("site", change->site->id), bind_text("theme", change->theme),
                  bind_text("digest", design), bind_text("former", change->former),
                  bind_text("former_digest", former),
                  bind_int("restored", change->restored),
                  bind_text("reason", change->reason),
                  bind_id("person", call->actor.person), bind_int("now", call->now)));
    struct ledger_act record = {
        .act = change->restored ? "site.design-restore" : "site.design",
        .subject = {.kind = SUBJECT_SITE, .id = change->site->id},
        .digest = change->design,
        .payload = ledger_payload(
            call,
            json_pack("{s:s%, s:s%, s:s%, s:s%}", "theme", change->theme.at,
                      change->theme.length, "former", change->former.at,
                      change->former.length, "former-design", former.at, former.length,
                      "reason", change->reason.at, change->reason.length)),
        .rule = change->rule,
        .post = STR("")};
    return ledger_append(call, change->site->group, &record, NULL);
}

struct str design_rule(struct call *call, const struct site *site) {
    const struct rulebook *book = shelf_find(call->house->shelf, &site->rulebook_digest);
    for (size_t i = 0; book != NULL && i < book->matter_count; i++) {
        if (book->matters[i].permit == PERMIT_THEME) {
            return book->matters[i].basis.id;
        }
    }
    return STR("");
}

/* Every file of a folder by name and bytes; what lies deeper is not of the design. */
static enum status digest_folder(struct call *call, struct digesting *digesting,
                                 const char *folder) {
    struct str *names;
    size_t count;
    TRY(list_folder(call, folder, &names, &count));
    for (size_t i = 0; i < count; i++) {
        struct bytes bytes;
        const char *path =
            str_format(call->arena, "%s/%.*s", folder, STR_ARG(names[i])).at;
        if (str_find(names[i], STR(".")) == names[i].length) {
            continue; /* the folder of the styles */
        }
        if (file_read(call->arena, path, FILE_MOST, &bytes) != DONE) {
            return log_failed("a file of a theme cannot be read: %s", path);
        }
        digest_add_field(digesting, str_text(call->arena, names[i]),
                         (struct str){(const char *)bytes.at, bytes.length});
    }
    return DONE;
}

static enum status copy_folder(struct call *call, const char *folder, const char *to) {
    struct str *names;
    size_t count;
    TRY(list_folder(call, folder, &names, &count));
    for (size_t i = 0; i < count; i++) {
        struct bytes bytes;
        const char *from =
            str_format(call->arena, "%s/%.*s", folder, STR_ARG(names[i])).at;
        if (str_find(names[i], STR(".")) == names[i].length) {
            continue; /* the folder of the styles */
        }
        if (file_read(call->arena, from, FILE_MOST, &bytes) != DONE) {
            return log_failed("a file of a theme cannot be read: %s", from);
        }
        TRY(file_write(str_format(call->arena, "%s/%.*s", to, STR_ARG(names[i])).at,
                       bytes));
    }
    return DONE;
}

static enum status list_folder(struct call *call, const char *folder,
                               struct str **out_names, size_t *out_count) {
    struct str *names = TAKE_ARRAY(call->arena, FILES_MOST, struct str);
    size_t count = 0;
    DIR *entries = opendir(folder);
    if (entries == NULL) {
        return log_failed("cannot be read: %s", folder);
    }
    for (struct dirent *entry = readdir(entries); entry != NULL && count < FILES_MOST;
         entry = readdir(entries)) {
        if (entry->d_name[0] != '.') {
            names[count++] = str_copy(call->arena, str_of(entry->d_name));
        }
    }
    closedir(entries);
    qsort(names, count, sizeof *names, by_name);
    *out_names = names;
    *out_count = count;
    return DONE;
}

static int by_name(const void *a, const void *b) {
    return str_compare(*(const struct str *)a, *(const struct str *)b);
}

static const char *folder_of(struct call *call, const char *share, struct str theme,
                             const char *below) {
    return str_format(call->arena, "%s/themes/%.*s%s", share, STR_ARG(theme), below).at;
}

/* Decided on, and for these very files.  The machine's operator founds without. */
static enum status must_be_approved(struct call *call, const struct site *site,
                                    const struct design_change *change) {
    const struct rulebook *book = shelf_find(call->house->shelf, &site->rulebook_digest);
    const struct matter_rule *rule = NULL;
    id64 agreed = 0;
    id64 otherwise = 0;
    if (book == NULL || (call->actor.person == 0 && call->door == DOOR_CLI)) {
        return DONE;
    }
    TRY(matter_permits(call, site->group, site->root, book, PERMIT_THEME, change->theme,
                       &change->design, &rule, &agreed));
    if (rule == NULL || agreed != 0) {
        return DONE;
    }
    TRY(matter_permits(call, site->group, site->root, book, PERMIT_THEME, change->theme,
                       NULL, &rule, &otherwise));
    return call_refuse_field(
        call, "theme", str_text(call->arena, rule->basis.id),
        otherwise != 0 ? "site.design-not-as-approved" : "site.not-applied-for", "matter",
        str_text(call->arena, text_in(rule->title, call->language)), "title",
        str_text(call->arena, change->theme), NULL);
}

static enum status wear(struct call *call, void *what) {
    const struct design_change *change = what;
    int64_t changed = 0;
    TRY(store_run(call, &site_set_theme, &changed, bind_id("id", change->site->id),
                  bind_text("theme", change->theme),
                  bind_text("former", change->former)));
    if (changed != 1) {
        return call_refuse(call, STALE, "", "site.design-changed-meanwhile", NULL);
    }
    return design_record(call, change);
}
