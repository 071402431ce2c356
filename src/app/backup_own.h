/*
 * Only for backup.c, restore.c and drill.c: what a backup directory holds.
 *
 *   MANIFEST      "shenfa backup 2"; a line for each file, its SHA-256, two blanks and
 *                 its path; at the end "sum " and the SHA-256 of all lines before
 *   LEDGER        where the chains stood: "chain ID SIZE HASH"
 *   shenfa.db, or database.dump of a PostgreSQL database (pg_dump, custom format)
 *   shenfa.conf, blobs/, archive/, rulebooks/, public/.well-known/
 *   keys.locked   the workspace's keys, only if two passphrases were given
 */
#ifndef APP_BACKUP_OWN_H
#define APP_BACKUP_OWN_H

#include "app_own.h"

#define BACKUP_TITLE     "shenfa backup 2"
#define BACKUP_FILE_MOST ((size_t)1 << 36)

const char *backup_below(struct arena *arena, const char *directory, struct str path);
MUST_CHECK enum status backup_copy_file(const char *from, const char *to);
MUST_CHECK enum status backup_digest_file(const char *path, struct digest *out_digest);

/* The secret of the two passphrases that --passphrase and --second-passphrase name, with
 * *salt* of 32 bytes.  ABSENT if neither is given; a complaint and REFUSED if only one
 * is, or both are the same. */
struct key_secret;
MUST_CHECK enum status backup_secret(struct cli *cli, struct bytes salt,
                                     struct key_secret *out_secret);

/* Keys out of the workspace into one locked file, and back. */
MUST_CHECK enum status keys_lock_up(struct cli *cli, const char *workspace,
                                    const char *path);
MUST_CHECK enum status keys_put_back(struct cli *cli, const char *path,
                                     const char *workspace);

/* Run a program and wait for it; its standard output goes to *out_path* (NULL: ours).
 * DONE if it ended with status 0, REFUSED with 1, else FAILED. */
MUST_CHECK enum status backup_run(const char *const *arguments, const char *out_path);

#endif
