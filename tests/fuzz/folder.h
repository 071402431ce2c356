/*
 * A folder of a target's own, for parsers that read files by name.
 */
#ifndef FOLDER_H
#define FOLDER_H

#include "base/base.h"

/* Write *bytes* as *name*; the whole path, good until the next call. */
const char *folder_put(const char *name, struct bytes bytes);

/* The folder itself. */
const char *folder_path(void);

#endif
