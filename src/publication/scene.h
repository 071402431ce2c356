/*
 * Only for tests and measurements of src/publication: a small site with columns
 * and items, put straight into the store.
 */
#ifndef PUBLICATION_SCENE_H
#define PUBLICATION_SCENE_H

#include "publication/publication_own.h"

#define SCENE_GROUP   ((id64)10)
#define SCENE_SITE    ((id64)20)
#define SCENE_AFFAIRS ((id64)31) /* zwgk, at the top */
#define SCENE_NEWS    ((id64)32) /* zwgk/tjdt, on the home page */
#define SCENE_DATA    ((id64)33) /* sjfb, on the home page */
#define SCENE_PERSON  ((id64)7)

/* The group, the site and its three columns. */
enum status scene_site(struct call *call);

/* A manuscript with one revision; *attachments* is its JSON, "[]" without. */
enum status scene_manuscript(struct call *call, id64 column, const char *title,
                             const char *body, const char *attachments,
                             id64 *out_manuscript, id64 *out_revision,
                             struct digest *out_digest);

/* Another revision of it. */
enum status scene_revision(struct call *call, id64 manuscript, int number,
                           const char *title, const char *body, const char *attachments,
                           id64 *out_revision, struct digest *out_digest);

/* Release it as an act would, decisions apart: number, row, journal; not applied. */
enum status scene_release(struct call *call, id64 column, const char *title,
                          const char *body, instant at, id64 *out_release,
                          id64 *out_manuscript);

/* Take it away as an act would: state and journal. */
enum status scene_end(struct call *call, id64 release, enum release_state state);

/* The same, and entered in the ledger. */
enum status scene_withdraw(struct call *call, id64 release, enum release_state state);

/* A statement that no module has. */
enum status scene_run(struct call *call, const char *sql);

#endif
