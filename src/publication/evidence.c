/*
 * What the public saw of an item before it is taken away: its pages, byte for byte,
 * kept below WORKSPACE/archive/evidence by their digest.  The ledger's entry of the
 * withdrawal names path and digest of each, so that what is kept can be held against
 * what was public, by whoever may see it.  Nothing that serves the public reads there.
 */
#include "publication_own.h"
#include "publication_sql.h"

#define PAGE_MOST ((size_t)16 << 20)

static enum status keep_page(struct call *call, const struct release *release,
                             json_t *pages);
static enum status keep_bytes(struct call *call, struct bytes bytes,
                              const struct digest *digest);

enum status evidence_keep(struct call *call, id64 manuscript, json_t **out_pages) {
    struct release *present;
    size_t count;
    TRY(release_query(call, &publication_present,
                      VALUES(bind_id("manuscript", manuscript)), 64, &present, &count));
    json_t *pages = json_array();
    for (size_t i = 0; i < count; i++) {
        enum status kept = keep_page(call, &present[i], pages);
        if (kept != DONE) {
            json_decref(pages);
            return kept;
        }
    }
    *out_pages = pages;
    return DONE;
}

/* A page that is not there, because its release has just been ordered, was not seen. */
static enum status keep_page(struct call *call, const struct release *release,
                             json_t *pages) {
    struct site site;
    struct bytes bytes;
    TRY(site_find(call, release->site, &site));
    const char *path = str_format(call->arena, "%s/%.*s", site_tree_path(call, site.code),
                                  STR_ARG(release->path))
                           .at;
    enum status read = file_read(call->arena, path, PAGE_MOST, &bytes);
    if (read == ABSENT) {
        return DONE;
    }
    TRY(read);
    struct digest digest = digest_of(DIGEST_SHA256, bytes);
    TRY(keep_bytes(call, bytes, &digest));
    struct str text = digest_to_text(call->arena, &digest);
    json_array_append_new(pages,
                          json_pack("{s:s%, s:s%, s:s%}", "site", site.code.at,
                                    site.code.length, "path", release->path.at,
                                    release->path.length, "page", text.at, text.length));
    return DONE;
}

static enum status keep_bytes(struct call *call, struct bytes bytes,
                              const struct digest *digest) {
    struct str text = digest_to_text(call->arena, digest);
    struct str hex = str_part(text, str_find(text, STR(":")) + 1, text.length);
    const char *workspace = call->house->workspace;
    const char *folder = str_format(call->arena, "%s/archive/evidence", workspace).at;
    const char *path = str_format(call->arena, "%s/%.*s.html", folder, STR_ARG(hex)).at;
    TRY(file_make_directory(str_format(call->arena, "%s/archive", workspace).at));
    TRY(file_make_directory(folder));
    return file_exists(path) ? DONE : file_write(path, bytes);
}
