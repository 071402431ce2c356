/* Only for src/archive: the package of a year while it is written. */
#ifndef ARCHIVE_PACKAGE_OWN_H
#define ARCHIVE_PACKAGE_OWN_H

#include "archive_own.h"

#include "publication/publication.h"

struct package {
    struct call *call;
    const struct eye *eye; /* whose bodies it is about */
    id64 group;
    int year;
    instant from, until;
    const char *directory;
    json_t *files;   /* of the manifest */
    json_t *folders; /* manuscript id to the folders of its items */
    struct exported exported;
};

/* DENIED unless the actor is of those who may, in some body; what he sees. */
MUST_CHECK enum status must_export(struct call *call, id64 group, struct eye *out_eye);

/* archive_export for whoever *eye* is, who was asked before. */
MUST_CHECK enum status package_export(struct call *call, const struct eye *eye, int year,
                                      const char *directory,
                                      struct exported *out_exported);

/* item.c: one folder each; *call* has an arena of its own, cleared afterwards. */
MUST_CHECK enum status item_write(struct package *package, struct call *call,
                                  const struct release *release);
MUST_CHECK enum status internal_write(struct package *package, struct call *call,
                                      const struct archive_file *file);

/* The bodies of an eye that has not all, as a job and an entry name them. */
const char *bodies_text(struct call *call, const struct eye *eye);

/* Write a file below the package's directory; package_write lists it in the manifest. */
MUST_CHECK enum status package_put(struct package *package, const char *path,
                                   struct bytes bytes);
MUST_CHECK enum status package_write(struct package *package, struct call *call,
                                     const char *path, struct bytes bytes);

/* List one that was written already; nothing if it is not there. */
MUST_CHECK enum status package_list(struct package *package, const char *path);

/* bundle.c: all files of *folder*, below its name, as one tar archive at *path*. */
MUST_CHECK enum status bundle_write(const char *folder, const char *path);

#endif
