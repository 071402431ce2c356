/*
 * Only for src/publication.
 */
#ifndef PUBLICATION_OWN_H
#define PUBLICATION_OWN_H

#include "manuscript/manuscript.h"
#include "page/page.h"
#include "publication.h"
#include "site/site.h"
#include "store/store.h"

#include <jansson.h>

/*
 * The alarm for decisions and orders that nobody signed: hands *status* back; if it is a
 * no of that kind, the entry "publication.forged" is written first, in a transaction of
 * its own, and the security administrators and the auditors are told.
 */
#define PUBLICATION_ORDER_NOT_SIGNED "publication.order-not-signed"
enum status alarm_settle(struct call *call, const struct manuscript *manuscript,
                         enum status status);

/*
 * Addresses: the only place where public paths are made and judged.
 */
bool address_is_ours(struct str path);     /* what a path of the tree may look like */
bool address_code_fits(struct str code);   /* [a-z0-9-]{1,40} */
bool address_column_fits(struct str path); /* codes joined by '/', no reserved top */
struct str address_item(struct arena *arena, struct str column_path, instant released_at,
                        int64_t number);
struct str address_list(struct arena *arena, struct str column_path, int64_t page);
struct str address_below(struct arena *arena, struct str column_path, const char *name);
struct str address_gone(struct arena *arena, struct str item_path);
struct str address_seen(struct arena *arena, struct str path); /* its counting picture */
struct str address_join(struct arena *arena, struct str one, struct str other);
bool address_may_be_kept(struct str old_path); /* of an old site's item */
struct str address_attachment(struct arena *arena, struct str item_path, int ordinal,
                              struct str extension);
struct str address_up(struct arena *arena, struct str path); /* "../../" to the root */
struct str address_folder(struct arena *arena, struct str path); /* in the manifest */

/*
 * The tree: files below one root that are whole or absent.  A tree is used by
 * one thread.  Nothing follows a symbolic link, planted or not.
 */
struct tree;

enum tree_way {
    TREE_SAFE,  /* write beside, sync, rename, sync the directory: the live tree */
    TREE_FRESH, /* plain writing into a tree nobody reads, ended by tree_sync_all */
};
MUST_CHECK enum status tree_open(const char *root, enum tree_way way,
                                 struct tree **out_tree);
void tree_close(struct tree *tree); /* drops what was not settled */

/* Plan a file.  Visible after tree_settle (TREE_FRESH: at once). */
MUST_CHECK enum status tree_write(struct tree *tree, struct str path, struct str bytes);
MUST_CHECK enum status tree_remove(struct tree *tree, struct str path);

/* Remove what a killed writer left beside the file at *path*; only for who holds the
 * site's lock. */
MUST_CHECK enum status tree_sweep(struct tree *tree, struct str path);

/* Make everything planned so far visible and durable, in the order planned. */
MUST_CHECK enum status tree_settle(struct tree *tree);
MUST_CHECK enum status tree_sync_all(struct tree *tree);

/* Sync open files or directories, at the same time; FAILED if any could not be. */
MUST_CHECK enum status sync_together(const int *descriptors, size_t count);

/* Exchange two directories in one step and sync what holds them; a missing
 * *live* is made first. */
MUST_CHECK enum status tree_swap(const char *live, const char *fresh);

/* For tests of crashes: the process ends with TREE_DIED before the n-th step
 * (write, sync, rename, unlink) of a safe tree; 0 never. */
#define TREE_DIED 42
extern int tree_die_after;

/* Remove a directory with everything below it, following no link. */
MUST_CHECK enum status tree_clear(const char *root);

/* Hold the site's tree against all other writers, threads and processes. */
MUST_CHECK enum status tree_lock(const char *path, int *out_lock);
void tree_unlock(int lock);

/*
 * The theme: templates and styles of share/themes/NAME, loaded for one batch of
 * pages and freed after it.  Used by one thread.
 */
struct theme;
MUST_CHECK enum status theme_load(struct call *call, struct str name,
                                  struct theme **out_theme);
/* What *site* is drawn with (site_design_place), whatever stands in share/. */
MUST_CHECK enum status theme_load_worn(struct call *call, const struct site *site,
                                       struct theme **out_theme);
void theme_free(struct theme *theme);
struct pages *theme_pages(struct theme *theme);
const struct words *theme_words(struct theme *theme);
struct str theme_style(struct theme *theme);  /* the plain stylesheet */
struct str theme_elder(struct theme *theme);  /* that and what the elder one adds */
struct str theme_script(struct theme *theme); /* of the search page, the only one */
void theme_add_digest(struct theme *theme, struct digesting *digesting);

#define LIST_ROWS       20
#define HOME_ROWS       8
#define BLOCK_ROWS      6
#define FEED_ROWS       20
#define SHARD_PLACES    250
#define INDEX_PLACES    1000
#define COLUMN_DEPTH    8
#define RELEASE_TARGETS 8

/* What every page of a site shows around its own matter. */
struct unproven;
struct view {
    struct site site;
    struct column *columns; /* parents before children */
    size_t column_count;
    struct theme *theme;
    bool demo;
    bool linked;                     /* some texts name one another */
    bool counted;                    /* its rulebook has views counted (CX-10) */
    const struct unproven *unproven; /* of the whole site, if that is known already */
};
MUST_CHECK enum status view_load(struct call *call, id64 site, struct theme *theme,
                                 struct view *out_view);
const struct column *view_column(const struct view *view, id64 column);

/* Digest of what every page of the site shows around its own matter. */
struct str frame_digest(struct arena *arena, const struct view *view);

/* Rendering: each appends one whole, linted page to *out*.  FAILED, with a line
 * in the log, for a page that lacks what the national guideline demands. */
struct list_view {
    const struct column *column;
    struct str path; /* of this very page */
    const struct release *rows;
    size_t row_count;
    int64_t page;         /* 0 on the column's front */
    int64_t newer, older; /* pages linked to; 0 none, -1 the front */
    const struct front_block *blocks;
    size_t block_count;
};
struct front_block {
    const struct column *column;
    const struct release *rows;
    size_t row_count;
};
struct item_view {
    const struct column *column;
    const struct release *release;
    const struct content *content;
    const struct release *successor; /* NULL without */
    const struct release *related;   /* interpretations, or what is interpreted */
    size_t related_count;
};
MUST_CHECK enum status render_item(struct call *call, const struct view *view,
                                   const struct item_view *item, struct buffer *out);
MUST_CHECK enum status render_gone(struct call *call, const struct view *view,
                                   const struct item_view *item, struct buffer *out);
MUST_CHECK enum status render_list(struct call *call, const struct view *view,
                                   const struct list_view *list, struct buffer *out);
MUST_CHECK enum status render_home(struct call *call, const struct view *view,
                                   const struct front_block *blocks, size_t count,
                                   struct buffer *out);
MUST_CHECK enum status render_map(struct call *call, const struct view *view,
                                  struct buffer *out);
/* The search page, and a shard of what it looks through: JSON rows [path, title, day,
 * 1 if no longer in force], in the order of release. */
MUST_CHECK enum status render_search(struct call *call, const struct view *view,
                                     int64_t last, struct buffer *out);
MUST_CHECK enum status render_index(struct call *call, const struct release *rows,
                                    size_t count, struct buffer *out);
MUST_CHECK enum status render_missing(struct call *call, const struct view *view,
                                      struct buffer *out);
MUST_CHECK enum status render_feed(struct call *call, const struct view *view,
                                   const struct column *column,
                                   const struct release *rows, size_t count,
                                   struct buffer *out);
MUST_CHECK enum status render_shard(struct call *call, const struct view *view,
                                    int64_t shard, const struct release *rows,
                                    size_t count, struct buffer *out);
MUST_CHECK enum status render_shards(struct call *call, const struct view *view,
                                     int64_t last, struct buffer *out);

/* Attachments as the public gets them. */
struct str attachment_extension(struct arena *arena, const struct attachment *file);
struct str attachment_type(struct arena *arena, struct str extension); /* "DOCX" */

/* The body with its pictures and files at their public addresses: "/files/NAME"
 * becomes a link beside the page. */
struct str body_for_public(struct arena *arena, const struct content *content,
                           struct str item_path);

/* publication_migrate, telling what it made and its place on the site. */
MUST_CHECK enum status migrate_item(struct call *call, const struct migrated_item *item,
                                    struct release *out_release, int64_t *out_place);

/* The entry by which the ledger knows such an item. */
MUST_CHECK enum status migrate_note(struct call *call, id64 group,
                                    const struct migrated_item *item, struct str address);

/* Releases as the store gives them. */
MUST_CHECK enum status release_find(struct call *call, const struct statement *statement,
                                    const struct value *values, size_t count,
                                    struct release *out_release);
MUST_CHECK enum status release_query(struct call *call, const struct statement *statement,
                                     const struct value *values, size_t count,
                                     size_t most, struct release **out_releases,
                                     size_t *out_count);
#define VALUES(...)                                                                      \
    (struct value[]){__VA_ARGS__},                                                       \
        sizeof((struct value[]){__VA_ARGS__}) / sizeof(struct value)

/* A document and its interpretation: kept with the release, inside the act's
 * transaction; and what is public on the other end, at most LINKS_MOST. */
#define LINKS_MOST 50
/* Who keeps it up to date has a duty until the day that the text itself names, where the
 * rulebook says so ("valid-until-role", ED-12.d); inside the release's transaction. */
MUST_CHECK enum status standing_watch(struct call *call,
                                      const struct manuscript *manuscript,
                                      const struct content *content);
#define STANDING_STEP "update"

MUST_CHECK enum status link_write(struct call *call, const struct release *release,
                                  const struct content *content);
MUST_CHECK enum status link_related(struct call *call, const struct view *view,
                                    const struct release *release,
                                    struct release **out_related, size_t *out_count);

/*
 * Operations: one file (or one item with its files) to be brought in line with
 * the store.
 */
enum operation_kind {
    OPERATE_ITEM, /* page or its absence, attachments */
    OPERATE_FILE, /* an attachment that may have to go */
    OPERATE_LIST,
    OPERATE_COLUMN, /* a column's front */
    OPERATE_HOME,
    OPERATE_FEED,
    OPERATE_COLUMN_FEED,
    OPERATE_SHARD,
    OPERATE_SHARDS,
    OPERATE_MAP,
    OPERATE_MISSING,
    OPERATE_STYLE,
    OPERATE_ELDER,
    OPERATE_ROBOTS,
    OPERATE_SEARCH,
    OPERATE_INDEX,
    OPERATE_SCRIPT,
    OPERATE_KINDS
};
const char *operation_name(enum operation_kind kind);
enum operation_kind operation_of_name(struct str name); /* OPERATE_KINDS if unknown */

struct operation {
    enum operation_kind kind;
    id64 column;
    int64_t number;
    struct str path;
};

/* A list of operations without doubles. */
struct plan {
    struct arena *arena;
    struct operation *at;
    size_t count;
    size_t room;
};
void plan_init(struct plan *plan, struct arena *arena);
void plan_add(struct plan *plan, enum operation_kind kind, id64 column, int64_t number,
              struct str path);
/* The same without looking for doubles. */
void plan_append(struct plan *plan, enum operation_kind kind, id64 column, int64_t number,
                 struct str path);
/* Add what a journal holds. */
MUST_CHECK enum status plan_load(struct call *call, struct plan *plan, id64 journal);
/* All that shows *release*: its page, the lists, fronts, feeds and the site map. */
MUST_CHECK enum status plan_release(struct call *call, struct plan *plan,
                                    const struct release *release, int64_t place);
/* The pages that name *release*: they change when it comes or goes. */
MUST_CHECK enum status plan_named(struct call *call, struct plan *plan,
                                  const struct release *release);
/* What a tree needs once: fronts of all columns, home, styles, site map. */
MUST_CHECK enum status plan_site(struct call *call, struct plan *plan, id64 site);
/* The same with every list page, and the shards of *places* releases. */
MUST_CHECK enum status plan_all_lists(struct call *call, struct plan *plan, id64 site,
                                      int64_t places);
/* Write the plan as a journal, inside the act's transaction. */
MUST_CHECK enum status plan_record(struct call *call, const struct plan *plan, id64 site,
                                   id64 release, const char *act);

/* Files written and removed, to be entered into the manifest. */
struct file_row {
    struct str path;
    struct str folder; /* in the manifest */
    struct digest digest;
    int64_t size;
    id64 release;
    size_t order; /* of two rows of one path the later counts */
    bool gone;
};
struct sink {
    struct tree *tree;   /* NULL: only take note */
    bool is_empty;       /* the tree had nothing in it: nothing has to be taken away */
    struct arena *arena; /* of the rows */
    struct file_row *rows;
    size_t count;
    size_t room;
    size_t written;
    size_t removed;
    struct buffer
        *shown; /* the bytes for *shown_path* go here, for a preview; NULL: no */
    struct str shown_path;
};
void sink_init(struct sink *sink, struct tree *tree, struct arena *arena);
MUST_CHECK enum status sink_put(struct sink *sink, struct str path, struct str bytes,
                                id64 release);
MUST_CHECK enum status sink_drop(struct sink *sink, struct str path);

/* Carry out one operation: what the store says now goes into the sink. */
MUST_CHECK enum status operation_do(struct call *call, const struct view *view,
                                    const struct operation *operation, struct sink *sink);
/* The same for an item whose row is at hand. */
MUST_CHECK enum status item_do(struct call *call, const struct view *view,
                               const struct release *release, struct sink *sink);

/* The manifest, inside a write transaction. */
MUST_CHECK enum status manifest_record(struct call *call, id64 site,
                                       const struct file_row *rows, size_t count);
MUST_CHECK enum status manifest_replace(struct call *call, id64 site,
                                        struct file_row *rows, size_t count,
                                        size_t *out_files);

/* Keep what the public saw of a manuscript's items, outside of any transaction;
 * *out_pages, the caller's, names each with its digest. */
MUST_CHECK enum status evidence_keep(struct call *call, id64 manuscript,
                                     json_t **out_pages);

/* The root of the hash tree, made anew from the files; no digest if a folder is not what
 * its files say. */
MUST_CHECK enum status manifest_root(struct call *call, id64 site,
                                     struct digest *out_root);

/*
 * Releases that are called public and that the ledger does not know so.  A row is shown
 * only through one of these: they take out of *rows* (and count down *count*) what is in
 * doubt, for rows of one column, and for rows between two places of the view's site.
 */
#define UNPROVEN_MOST 10000
struct doubt {
    id64 id;
    struct str path;
    instant released_at;
    struct str title;
    id64 manuscript;
};
struct unproven {
    struct doubt *at;
    size_t count;
};
MUST_CHECK enum status unproven_of_site(struct call *call, id64 site,
                                        struct unproven *out_unproven);
MUST_CHECK enum status unproven_tell(struct call *call, const struct site *site,
                                     const struct unproven *unproven);
MUST_CHECK enum status proven_numbers(struct call *call, const struct view *view,
                                      id64 column, struct release *rows, size_t *count);
MUST_CHECK enum status proven_places(struct call *call, const struct view *view,
                                     int64_t low, int64_t high, struct release *rows,
                                     size_t *count);
void proven_alone(const struct unproven *unproven, struct release *rows, size_t *count);

/* Counters, rights and endings, inside the act's transaction. */
MUST_CHECK enum status site_ensure(struct call *call, id64 site);
MUST_CHECK enum status number_take(struct call *call, id64 site, id64 column,
                                   int64_t *out_number, int64_t *out_place);
MUST_CHECK enum status right_to_release(struct call *call, id64 site);
MUST_CHECK enum status release_end(struct call *call, const struct release *release,
                                   enum release_state state, struct str reason,
                                   id64 successor);

/* Where things stand. */
MUST_CHECK enum status make_public_root(struct call *call);
const char *site_tree_path(struct call *call, struct str code);
const char *site_fresh_path(struct call *call, struct str code);
const char *site_lock_path(struct call *call, struct str code);

/* What a page must carry; *shown* is the visible twin of the tag, if it has one. */
struct demand {
    const char *tag;
    struct str value;
    bool meta;
    bool shown;
};

/* True if *html* meets every demand; else the name of the first one that it
 * does not meet is given. */
bool lint_page(struct arena *arena, struct str html, const struct demand *demands,
               size_t count, const char **out_missing);

#endif
