/*
 * Files that are whole or absent.
 *
 * A written file is: temporary file, write, fsync, rename, fsync of the
 * directory (measured: leaving out any of these loses acknowledged pages on a
 * power cut).  A failed fsync is never retried; the act answers FAILED.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "bytes.h"

#include <stdbool.h>

/* The whole file; REFUSED if it is larger than *most*, ABSENT if missing. */
MUST_CHECK enum status file_read(struct arena *arena, const char *path, size_t most,
                                 struct bytes *out_bytes);

/* Write whole and durable, creating missing parent directories. */
MUST_CHECK enum status file_write(const char *path, struct bytes bytes);

/* The same with mode 0600, for keys. */
MUST_CHECK enum status file_write_secret(const char *path, struct bytes bytes);

/*
 * The same into a drop box, a directory in which this process may make files and cannot
 * look: whoever owns it may read the file.  FAILED, and ABSENT without the directory,
 * leave nothing there; after a power cut the file may be missing, but is never part of
 * one.
 */
MUST_CHECK enum status file_drop(const char *path, struct bytes bytes);

/* Remove durably; a missing file is DONE. */
MUST_CHECK enum status file_remove(const char *path);

/* Create *path* and its parents (mode 0750), durably. */
MUST_CHECK enum status file_make_directory(const char *path);

/* fsync a directory so that names in it survive. */
MUST_CHECK enum status file_sync_directory(const char *path);

bool file_exists(const char *path);

/* True if *path* is a relative path that stays below where it is joined: no
 * empty part, no ".", no "..", no backslash, no control byte. */
bool file_path_is_tame(struct str path);

#endif
