/*
 * Zip archives for tests, written by ourselves so that each of their fields is known:
 * deflated, no extra fields, directory at the end.
 */
#ifndef ZIP_FILES_H
#define ZIP_FILES_H

#include "base/base.h"

struct zip_file {
    const char *name;
    const char *content;
};

#define ZIP_NAMES_ARE_UTF8 (1 << 11) /* APPNOTE 6.3, §4.4.4 */

/* The archive in *arena*; *flags* are the general purpose bits of every entry. */
struct bytes zip_files(struct arena *arena, const struct zip_file *files, size_t count,
                       unsigned flags);

#endif
