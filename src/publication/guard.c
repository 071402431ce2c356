/*
 * The guard: what stands in the tree is what the manifest says, or it is put right.
 *
 * What is judged is judged under the tree's lock, so that no publisher is half way.  A
 * file that is missing or was changed is not copied from anywhere: its operation is
 * carried out again, as after a crash, and that writes what the store says now.  So a
 * withdrawn text cannot come back by way of a repair.  What nobody put there goes.  Bytes
 * that did not belong are kept below WORKSPACE/quarantine by their digest, for whoever
 * looks into it.
 *
 * A guard that believed the manifest alone could be told to leave a forged page by who
 * owns the database: the hash tree over the manifest is made again, and its root held
 * against the newest entry "publication.manifest" of the ledger, which the signed
 * checkpoints cover.
 */
#include "guard_own.h"
#include "publication_sql.h"

#include "ledger/ledger.h"
#include "notice/notice.h"
#include "people/people.h"

#include <fcntl.h>
#include <jansson.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PASSES_MOST  4
#define DAMAGES_MOST 2000 /* a pass; the next one finds the others */
#define PATHS_TOLD   10

static enum status find_suspects(struct guarding *guarding);
static enum status guard_under_lock(struct guarding *guarding, const struct str *paths,
                                    size_t count, bool repair);
static enum status guard_locked(struct guarding *guarding, const struct str *paths,
                                size_t count, bool repair);
static enum status look(struct guarding *guarding, const struct str *paths, size_t count);
static void note_damage(void *listener, struct str path, enum tampering kind);
static enum status look_at(struct guarding *guarding, struct str path);
static enum status differs(struct guarding *guarding, struct str path,
                           const struct digest *digest, enum tampering *out_kind,
                           bool *out_differs);
static enum status check_root(struct guarding *guarding);
static enum status raise_alarm(struct call *call, void *what);
static enum status tell_role(struct call *call, const struct guarding *guarding,
                             const char *role);

enum status publication_guard(struct call *call, id64 site, const struct str *paths,
                              size_t count, bool repair, struct guarded *out_guarded) {
    struct guarding guarding = {.root = -1};
    TRY(site_find(call, site, &guarding.site));
    TRY(make_public_root(call));
    if (repair) { /* what a publisher left undone is no tampering */
        TRY(publication_apply(call, site, NULL));
    }
    txn_abort(call);
    struct call fresh = call_afresh(call);
    guarding.call = &fresh;
    enum status done = count == 0 ? find_suspects(&guarding) : DONE;
    if (done == DONE && (guarding.suspects == NULL || guarding.suspect_count > 0)) {
        txn_abort(&fresh);
        done = guard_under_lock(&guarding, paths, count, repair);
    }
    if (done == DONE && guarding.guarded.changed + guarding.guarded.missing +
                                guarding.guarded.foreign + guarding.guarded.forged >
                            0) {
        txn_abort(&fresh);
        done = store_transact(&fresh, TXN_WRITE, raise_alarm, &guarding);
    }
    if (done == DONE && count == 0) {
        done = publication_doubt(&fresh, site, &guarding.guarded.unproven);
    }
    for (size_t i = 0; i < guarding.guarded.path_count; i++) {
        guarding.guarded.paths[i] = str_copy(call->arena, guarding.guarded.paths[i]);
    }
    call_end(&fresh);
    if (done == DONE) {
        *out_guarded = guarding.guarded;
    }
    return done;
}

/*
 * A whole tree is read without the lock, so that no publisher waits for it.  What differs
 * may be what somebody publishes just now: it is looked at again under the lock, and if
 * it still differs, so is the whole tree.
 */
static enum status find_suspects(struct guarding *guarding) {
    struct verified verified;
    guarding->at = TAKE_ARRAY(guarding->call->arena, DAMAGES_MOST, struct damage);
    enum status looked = publication_verify(guarding->call, guarding->site.id,
                                            note_damage, guarding, &verified);
    if (looked == ABSENT) {
        return DONE; /* nothing is published yet */
    }
    TRY(looked);
    TRY(check_root(guarding));
    guarding->guarded.looked = verified.files;
    guarding->suspects =
        TAKE_ARRAY(guarding->call->arena, guarding->count + 1, struct str);
    for (size_t i = 0; i < guarding->count; i++) {
        guarding->suspects[i] = guarding->at[i].path;
    }
    guarding->suspect_count = guarding->count;
    return DONE;
}

static enum status guard_under_lock(struct guarding *guarding, const struct str *paths,
                                    size_t count, bool repair) {
    int lock;
    TRY(tree_lock(site_lock_path(guarding->call, guarding->site.code), &lock));
    guarding->root = open(site_tree_path(guarding->call, guarding->site.code),
                          O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    guarding->count = 0;
    enum status done = DONE;
    for (size_t i = 0; done == DONE && i < guarding->suspect_count; i++) {
        done = look_at(guarding, guarding->suspects[i]);
    }
    if (done == DONE && (guarding->suspect_count == 0 || guarding->count > 0)) {
        done = guard_locked(guarding, paths, count, repair);
    }
    if (guarding->root >= 0) {
        close(guarding->root);
    }
    tree_unlock(lock);
    return done;
}

static enum status guard_locked(struct guarding *guarding, const struct str *paths,
                                size_t count, bool repair) {
    struct guarded *guarded = &guarding->guarded;
    if (guarding->root < 0) {
        return DONE; /* nothing is published yet */
    }
    for (int pass = 0; pass < PASSES_MOST; pass++) {
        guarding->at = TAKE_ARRAY(guarding->call->arena, DAMAGES_MOST, struct damage);
        guarding->count = 0;
        TRY(look(guarding, paths, count));
        for (size_t i = 0; i < guarding->count; i++) {
            const struct damage *damage = &guarding->at[i];
            guarded->missing += damage->kind == FILE_MISSING;
            guarded->changed += damage->kind == FILE_CHANGED;
            guarded->foreign += damage->kind == FILE_FOREIGN;
            if (guarded->path_count < PATHS_TOLD) {
                guarded->paths[guarded->path_count++] = damage->path;
            }
        }
        if (guarding->count == 0 || !repair) {
            break;
        }
        TRY(repair_damages(guarding));
        guarded->restored += guarding->count;
        txn_abort(guarding->call);
    }
    return count == 0 ? check_root(guarding) : DONE;
}

static enum status look(struct guarding *guarding, const struct str *paths,
                        size_t count) {
    if (count == 0) {
        struct verified verified;
        TRY(publication_verify(guarding->call, guarding->site.id, note_damage, guarding,
                               &verified));
        guarding->guarded.looked = verified.files;
        return DONE;
    }
    for (size_t i = 0; i < count; i++) {
        TRY(look_at(guarding, paths[i]));
    }
    guarding->guarded.looked = count;
    return DONE;
}

static void note_damage(void *listener, struct str path, enum tampering kind) {
    struct guarding *guarding = listener;
    if (guarding->count < DAMAGES_MOST) {
        guarding->at[guarding->count++] =
            (struct damage){.path = str_copy(guarding->call->arena, path), .kind = kind};
    }
}

static enum status look_at(struct guarding *guarding, struct str path) {
    struct rows *row;
    struct digest digest = {0};
    enum tampering kind;
    bool damaged = false;
    enum status known =
        utf8_is_valid(path)
            ? store_find(guarding->call, &publication_file_row, &row,
                         bind_id("site", guarding->site.id), bind_text("path", path))
            : ABSENT;
    if (known == DONE) {
        digest = row_digest(row, "digest");
    } else if (known != ABSENT) {
        return known;
    }
    TRY(differs(guarding, path, known == DONE ? &digest : NULL, &kind, &damaged));
    if (damaged) {
        note_damage(guarding, path, kind);
    }
    return DONE;
}

/* *digest* NULL: nothing may stand there. */
static enum status differs(struct guarding *guarding, struct str path,
                           const struct digest *digest, enum tampering *out_kind,
                           bool *out_differs) {
    struct arena *arena = arena_new(GUARD_FILE_MOST * 2);
    struct stat facts;
    struct bytes bytes;
    int file = guard_open(guarding->root, arena, path, O_PATH | O_NOFOLLOW);
    bool there = file >= 0 && fstat(file, &facts) == 0;
    bool is_file = there && S_ISREG(facts.st_mode);
    enum status read = DONE;
    *out_differs = true;
    if (digest == NULL) {
        *out_kind = FILE_FOREIGN;
        *out_differs = there && !S_ISDIR(facts.st_mode);
    } else if (!is_file) {
        *out_kind = there ? FILE_CHANGED : FILE_MISSING;
    } else {
        *out_kind = FILE_CHANGED;
        read = file_read(arena, str_format(arena, "/proc/self/fd/%d", file).at,
                         GUARD_FILE_MOST, &bytes);
        if (read == DONE) {
            struct digest present =
                digest_of((enum digest_profile)digest->profile, bytes);
            *out_differs = !digest_equal(&present, digest);
        }
    }
    if (file >= 0) {
        close(file);
    }
    arena_free(arena);
    return read == FAILED ? FAILED : DONE;
}

/* No link is followed on the way, planted or not. */
int guard_open(int root, struct arena *arena, struct str path, int flags) {
    struct open_how how = {.flags = (unsigned)(flags | O_CLOEXEC),
                           .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS |
                                      RESOLVE_NO_MAGICLINKS};
    if ((flags & O_PATH) != 0) {
        /* The last part may be a link: it is looked at, not through. */
        how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
        struct str above = path;
        while (above.length > 0 && above.at[above.length - 1] != '/') {
            above.length--;
        }
        if (above.length > 0) {
            struct str folder = str_part(above, 0, above.length - 1);
            int directory = guard_open(root, arena, folder, O_RDONLY | O_DIRECTORY);
            if (directory < 0) {
                return -1;
            }
            int file = openat(directory,
                              str_text(arena, str_part(path, above.length, path.length)),
                              flags | O_CLOEXEC);
            close(directory);
            return file;
        }
    }
    return (int)syscall(SYS_openat2, root, str_text(arena, path), &how, sizeof how);
}

/* The manifest itself, against the newest entry that names its root.  An act whose files
 * were changed since has moved the root without an entry yet; only an entry at least as
 * new as the last change can contradict it. */
static enum status check_root(struct guarding *guarding) {
    struct call *call = guarding->call;
    struct ledger_list list;
    struct rows *row;
    struct digest root;
    struct ledger_filter filter = {.act = STR("publication.manifest"),
                                   .subject = {SUBJECT_SITE, guarding->site.id},
                                   .limit = 1};
    TRY(manifest_root(call, guarding->site.id, &root));
    TRY(ledger_read(call, guarding->site.group, &filter, &list));
    enum status found =
        store_find(call, &publication_site_row, &row, bind_id("site", guarding->site.id));
    if (found != DONE || list.count == 0) {
        return found == FAILED ? FAILED : DONE;
    }
    struct str stored = row_text(row, "root");
    bool covered = list.at[0].at >= row_int(row, "applied_at");
    guarding->guarded.forged = !str_equal(stored, digest_to_text(call->arena, &root)) ||
                               (covered && !digest_equal(&list.at[0].digest, &root));
    return DONE;
}

static enum status raise_alarm(struct call *call, void *what) {
    const struct guarding *guarding = what;
    const struct guarded *guarded = &guarding->guarded;
    json_t *paths = json_array();
    for (size_t i = 0; i < guarded->path_count; i++) {
        json_t *path = json_stringn(guarded->paths[i].at, guarded->paths[i].length);
        json_array_append_new(paths, path == NULL ? json_string("?") : path);
    }
    struct ledger_act record = {
        .act = "publication.tampering",
        .subject = {SUBJECT_SITE, guarding->site.id},
        .payload =
            ledger_payload(call, json_pack("{s:I, s:I, s:I, s:I, s:b, s:o}", "changed",
                                           (json_int_t)guarded->changed, "missing",
                                           (json_int_t)guarded->missing, "foreign",
                                           (json_int_t)guarded->foreign, "restored",
                                           (json_int_t)guarded->restored, "forged",
                                           (int)guarded->forged, "paths", paths))};
    TRY(tell_role(call, guarding, PEOPLE_ROLE_AUDIT));
    TRY(tell_role(call, guarding, PEOPLE_ROLE_SECURITY));
    log_fault("guard: the published tree was tampered with: %zu changed, %zu missing, "
              "%zu foreign, %zu put right",
              guarded->changed, guarded->missing, guarded->foreign, guarded->restored);
    return ledger_append(call, guarding->site.group, &record, NULL);
}

static enum status tell_role(struct call *call, const struct guarding *guarding,
                             const char *role) {
    struct people_holdings holders;
    const struct guarded *guarded = &guarding->guarded;
    TRY(people_holders(call, role, 0, &holders));
    for (size_t i = 0; i < holders.count; i++) {
        struct news news = {
            .person = holders.at[i].person,
            .subject = {SUBJECT_SITE, guarding->site.id},
            .words = STR("news.tampering"),
            .title = guarding->site.title,
            .remark = str_format(call->arena, "%zu",
                                 guarded->changed + guarded->missing + guarded->foreign)};
        TRY(notice_tell(call, &news));
    }
    return DONE;
}
