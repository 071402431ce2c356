/*
 * Bringing the signer up to date and keeping what it gives.
 *
 * The entries are read from the store anew, handed over as they would be to a stranger,
 * and checked by the signer before they count.  What it has signed already is compared
 * with what the store says stands there: fewer entries mean that the database was rolled
 * back, another hash that history was written anew.  Neither can be mended here, so
 * neither is passed over: no checkpoint is taken until a person has looked.
 */
#include "signer_own.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define WELL_KNOWN "public/.well-known/shenfa"

struct taking {
    struct call *call;
    struct talk talk;
    enum notary_trouble trouble;
};

static bool open_talk(struct taking *taking, const char *socket);
static enum status take_all(struct taking *taking);
static enum status take_one(struct taking *taking, id64 group);
static enum status ask_at(struct taking *taking, id64 group, int64_t *out_size,
                          struct str *out_hash);
static enum status bring_up(struct taking *taking, id64 group, int64_t size);
static enum status read_at(struct taking *taking, int64_t *out_size,
                           struct str *out_hash);
static enum status ask_note(struct taking *taking, id64 group,
                            struct checkpoint *out_checkpoint);
static enum status keep_note(struct call *call, void *what);
static enum status keep_state(struct call *call, void *what);
static enum status publish(struct taking *taking);
static enum status make_public_directories(const char *workspace, struct arena *arena);
static enum status trouble(struct taking *taking, enum notary_trouble kind);

const char *notary_trouble_name(enum notary_trouble trouble) {
    static const char *const names[] = {"well", "no-signer", "rolled-back", "altered"};
    return names[trouble];
}

enum status notary_take(struct call *call, const char *socket,
                        enum notary_trouble *out_trouble) {
    struct taking taking = {.call = call};
    enum status status = DONE;
    if (open_talk(&taking, socket)) {
        status = take_all(&taking);
        talk_end(&taking.talk);
    } else {
        taking.trouble = NOTARY_NO_SIGNER;
    }
    TRY(status);
    TRY(store_transact(call, TXN_WRITE, keep_state, &taking.trouble));
    *out_trouble = taking.trouble;
    return DONE;
}

enum status notary_locate(struct call *call, struct str path, struct str *out_file) {
    static const char *const before = "/.well-known/shenfa/";
    struct str name = str_part(path, strlen(before), path.length);
    if (!str_starts(path, before) || str_is_empty(name) || name.at[0] == '.') {
        return ABSENT;
    }
    for (size_t i = 0; i < name.length; i++) {
        char byte = name.at[i];
        if ((byte < 'a' || byte > 'z') && (byte < '0' || byte > '9') && byte != '-' &&
            byte != '.') {
            return ABSENT;
        }
    }
    *out_file = str_format(call->arena, "%s/" WELL_KNOWN "/%.*s", call->house->workspace,
                           STR_ARG(name));
    return file_exists(out_file->at) ? DONE : ABSENT;
}

void notary_tidy(struct call *call) {
    const char *place =
        str_format(call->arena, "%s/" WELL_KNOWN, call->house->workspace).at;
    DIR *files = opendir(place);
    if (files == NULL) {
        return; /* none was published yet */
    }
    for (struct dirent *entry; (entry = readdir(files)) != NULL;) {
        struct str name = str_of(entry->d_name);
        if (str_starts(name, ".") && str_ends(name, ".tmp") &&
            unlinkat(dirfd(files), entry->d_name, 0) != 0) {
            log_fault("notary: %s stays in %s: %s", entry->d_name, place,
                      strerror(errno));
        }
    }
    closedir(files);
}

static bool open_talk(struct taking *taking, const char *path) {
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (strlen(path) >= sizeof address.sun_path) {
        log_fault("notary: the signer's socket has too long a path: %s", path);
        return false;
    }
    strcpy(address.sun_path, path);
    int file = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (file < 0) {
        return false;
    }
    if (connect(file, (struct sockaddr *)&address, sizeof address) != 0) {
        close(file);
        return false;
    }
    if (!talk_begin(&taking->talk, file)) {
        talk_end(&taking->talk);
        return false;
    }
    return true;
}

static enum status take_all(struct taking *taking) {
    struct ledger_groups groups;
    TRY(ledger_groups(taking->call, &groups));
    txn_abort(taking->call);
    for (size_t i = 0; i < groups.count && taking->trouble == NOTARY_WELL; i++) {
        TRY(take_one(taking, groups.at[i]));
    }
    return taking->trouble == NOTARY_WELL ? publish(taking) : DONE;
}

static enum status take_one(struct taking *taking, id64 group) {
    struct ledger_checkpoint head;
    struct ledger_entry entry;
    struct checkpoint checkpoint;
    struct str hash;
    int64_t size = 0;
    TRY(ask_at(taking, group, &size, &hash));
    if (taking->trouble != NOTARY_WELL) {
        return DONE;
    }
    TRY(ledger_head(taking->call, group, &head));
    if (size > head.sequence) {
        return trouble(taking, NOTARY_ROLLED_BACK);
    }
    if (size > 0) {
        enum status found = ledger_entry_find(taking->call, group, size, &entry);
        if (found == ABSENT) {
            return trouble(taking, NOTARY_ALTERED);
        }
        TRY(found);
        if (!str_equal(hash, digest_to_text(taking->call->arena, &entry.hash))) {
            return trouble(taking, NOTARY_ALTERED);
        }
    }
    txn_abort(taking->call);
    if (head.sequence == 0) {
        return DONE;
    }
    TRY(bring_up(taking, group, size));
    if (taking->trouble != NOTARY_WELL) {
        return DONE;
    }
    TRY(ask_note(taking, group, &checkpoint));
    return taking->trouble == NOTARY_WELL
               ? store_transact(taking->call, TXN_WRITE, keep_note, &checkpoint)
               : DONE;
}

static enum status ask_at(struct taking *taking, id64 group, int64_t *out_size,
                          struct str *out_hash) {
    struct str request = str_format(taking->call->arena, "at %" PRId64 "\n", group);
    if (!talk_say(&taking->talk, request)) {
        return trouble(taking, NOTARY_NO_SIGNER);
    }
    return read_at(taking, out_size, out_hash);
}

static enum status read_at(struct taking *taking, int64_t *out_size,
                           struct str *out_hash) {
    struct str line;
    if (!talk_line(&taking->talk, &line)) {
        return trouble(taking, NOTARY_NO_SIGNER);
    }
    struct str rest = str_copy(taking->call->arena, line);
    if (!str_is(str_cut(&rest, ' '), "at") ||
        str_to_int(str_cut(&rest, ' '), out_size) != DONE) {
        log_fault("notary: the signer says: %.*s", STR_ARG(line));
        return trouble(taking, NOTARY_ALTERED);
    }
    *out_hash = rest;
    return DONE;
}

/* One request of the signer: as many lines as it takes at once. */
struct batch {
    struct buffer text;
    int64_t count;
};

static bool add_line(void *to, struct str line) {
    struct batch *batch = to;
    buffer_add(&batch->text, line);
    buffer_add_char(&batch->text, '\n');
    batch->count++;
    return true;
}

static enum status bring_up(struct taking *taking, id64 group, int64_t size) {
    struct call page = *taking->call;
    struct str hash;
    int64_t count = SIGNER_LINES_MOST;
    enum status status = DONE;
    page.txn = NULL;
    page.arena = arena_new((size_t)1 << 30);
    while (status == DONE && count == SIGNER_LINES_MOST &&
           taking->trouble == NOTARY_WELL) {
        struct batch batch = {0};
        buffer_init(&batch.text, page.arena);
        status =
            ledger_export_some(&page, group, size, SIGNER_LINES_MOST, add_line, &batch);
        count = batch.count;
        if (status == DONE && count > 0) {
            struct str request =
                str_format(page.arena, "extend %" PRId64 " %" PRId64 "\n", group, count);
            status = talk_say(&taking->talk, request) &&
                             talk_say(&taking->talk, buffer_str(&batch.text))
                         ? read_at(taking, &size, &hash)
                         : trouble(taking, NOTARY_NO_SIGNER);
        }
        txn_abort(&page);
        arena_clear(page.arena);
    }
    arena_free(page.arena);
    return status;
}

static enum status ask_note(struct taking *taking, id64 group,
                            struct checkpoint *out_checkpoint) {
    struct arena *arena = taking->call->arena;
    struct str line;
    struct str text;
    int64_t length = 0;
    if (!talk_say(&taking->talk, str_format(arena, "sign %" PRId64 "\n", group)) ||
        !talk_line(&taking->talk, &line)) {
        return trouble(taking, NOTARY_NO_SIGNER);
    }
    struct str rest = line;
    if (!str_is(str_cut(&rest, ' '), "note") || str_to_int(rest, &length) != DONE ||
        length < 0 || !talk_bytes(&taking->talk, (size_t)length, &text)) {
        return trouble(taking, NOTARY_NO_SIGNER);
    }
    rest = str_copy(arena, text);
    enum status read = checkpoint_read(arena, &rest, out_checkpoint);
    return read == DONE ? DONE : trouble(taking, NOTARY_NO_SIGNER);
}

static enum status keep_note(struct call *call, void *what) {
    const struct checkpoint *checkpoint = what;
    return store_run(
        call, &notary_checkpoint_put, NULL, bind_int("group", checkpoint->chain),
        bind_int("size", checkpoint->size), bind_int("at", checkpoint->at),
        bind_digest("root", &checkpoint->root), bind_text("note", checkpoint->text));
}

static enum status keep_state(struct call *call, void *what) {
    const enum notary_trouble *kind = what;
    TRY(store_run(call, &notary_state_put, NULL, NO_VALUES));
    return store_run(call, &notary_state_taken, NULL, bind_int("at", call->now),
                     bind_int("trouble", *kind));
}

/* What the public reads: the newest of all chains, the last one of each day, the key. */
static enum status publish(struct taking *taking) {
    struct call *call = taking->call;
    struct arena *arena = call->arena;
    struct str text;
    struct str line;
    enum status found = notary_newest(call, &text);
    if (found == ABSENT) {
        return DONE;
    }
    TRY(found);
    if (!talk_say(&taking->talk, STR("key\n")) || !talk_line(&taking->talk, &line)) {
        return trouble(taking, NOTARY_NO_SIGNER);
    }
    struct str key = line;
    str_cut(&key, ' ');
    const char *workspace = call->house->workspace;
    TRY(make_public_directories(workspace, arena));
    struct str day = day_to_text(arena, instant_day(call->now));
    const struct {
        const char *path;
        struct str text;
    } files[] = {
        {str_format(arena, "%s/" WELL_KNOWN "/key", workspace).at,
         str_format(arena, "%.*s\n", STR_ARG(key))},
        {str_format(arena, "%s/" WELL_KNOWN "/%.*s.txt", workspace, STR_ARG(day)).at,
         text},
        {str_format(arena, "%s/" WELL_KNOWN "/checkpoint", workspace).at, text},
    };
    for (size_t i = 0; i < LENGTH(files); i++) {
        TRY(file_write(files[i].path, bytes_of_str(files[i].text)));
        if (chmod(files[i].path, 0644) != 0) {
            return log_failed("chmod %s: %s", files[i].path, strerror(errno));
        }
    }
    return DONE;
}

/* For everybody to read, whatever the mask. */
static enum status make_public_directories(const char *workspace, struct arena *arena) {
    static const char *const names[] = {"public", "public/.well-known", WELL_KNOWN};
    for (size_t i = 0; i < LENGTH(names); i++) {
        const char *path = str_format(arena, "%s/%s", workspace, names[i]).at;
        if (mkdir(path, 0755) != 0 && errno != EEXIST) {
            return log_failed("make %s: %s", path, strerror(errno));
        }
    }
    return DONE;
}

static enum status trouble(struct taking *taking, enum notary_trouble kind) {
    if (taking->trouble == NOTARY_WELL) {
        taking->trouble = kind;
        log_fault("notary: no checkpoint was taken: %s", notary_trouble_name(kind));
    }
    return DONE;
}
