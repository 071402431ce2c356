/*
 * The settings of a workspace: read, or refused with a line for each mistake.
 */
#include "fuzz.h"

#include "app/app_own.h"
#include "folder.h"

void fuzz_one(struct arena *arena, struct bytes input) {
    struct config config;
    static FILE *nowhere;
    if (nowhere == NULL) {
        nowhere = freopen("/dev/null", "w", stderr); /* its sentences, a million times */
    }
    (void)folder_put("shenfa.conf", input);
    if (config_read(arena, folder_path(), &config) == DONE) {
        fuzz_expect(config.store.length <= input.length + 64);
        fuzz_expect(config.office.length <= input.length + 64);
    }
}
