/*
 * Where messages go, as an administrator wrote it: read, or refused as a whole.
 */
#include "fuzz.h"

#include "folder.h"
#include "notice/notice.h"

void fuzz_one(struct arena *arena, struct bytes input) {
    static FILE *nowhere;
    struct house house = {.workspace = folder_path()};
    struct call call;
    struct notice_outlets outlets;
    if (nowhere == NULL) {
        nowhere = freopen("/dev/null", "w", stderr); /* its log, a million times */
    }
    call_init(&call, arena, &house, 0);
    (void)folder_put("notice.conf", input);
    if (notice_outlets_read(&call, &outlets) == DONE) {
        fuzz_expect(utf8_is_valid(outlets.mail) && utf8_is_valid(outlets.hook));
    }
}
