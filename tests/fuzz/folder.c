/*
 * Made at the first use, removed with its one file when the target ends.
 */
#include "folder.h"

#include "fuzz.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/shenfa-fuzz-XXXXXX";
static char file[256];

static void clear(void) {
    unlink(file);
    rmdir(folder);
}

const char *folder_path(void) {
    if (strstr(folder, "XXXXXX") != NULL) {
        fuzz_expect(mkdtemp(folder) != NULL);
        atexit(clear);
    }
    return folder;
}

const char *folder_put(const char *name, struct bytes bytes) {
    snprintf(file, sizeof file, "%s/%s", folder_path(), name);
    FILE *out = fopen(file, "wb");
    fuzz_expect(out != NULL);
    fuzz_expect(fwrite(bytes.at, 1, bytes.length, out) == bytes.length);
    fuzz_expect(fclose(out) == 0);
    return file;
}
