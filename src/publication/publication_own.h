/*
 * Only for src/publication.
 */
#ifndef PUBLICATION_OWN_H
#define PUBLICATION_OWN_H

#include "publication.h"

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
MUST_CHECK enum status tree_copy(struct tree *tree, struct str path, const char *source);
MUST_CHECK enum status tree_remove(struct tree *tree, struct str path);

/* Make everything planned so far visible and durable, in the order planned. */
MUST_CHECK enum status tree_settle(struct tree *tree);
MUST_CHECK enum status tree_sync_all(struct tree *tree);

/* Exchange two directories in one step and sync what holds them; a missing
 * *live* is made first. */
MUST_CHECK enum status tree_swap(const char *live, const char *fresh);

/* Remove a directory with everything below it, following no link. */
MUST_CHECK enum status tree_clear(const char *root);

/* Hold the site's tree against all other writers, threads and processes. */
MUST_CHECK enum status tree_lock(const char *path, int *out_lock);
void tree_unlock(int lock);

#endif
