/*
 * The signer: a process of its own, whose key lies in a directory of its own.
 *
 * What it has signed it keeps per chain in DIRECTORY/chain-ID: size, hash and instant of
 * the last entry, and the full subtrees.  That file is written whole and durable before
 * anything that covers it is signed; so after any crash it signs nothing that does not
 * continue what it may have given away.
 */
#include "signer_own.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define STATE_MOST ((size_t)64 << 10)
#define CALL_MOST  ((size_t)64 << 20)

struct signer {
    const struct signer_options *options;
    struct arena *arena; /* of one request */
    struct key_pair pair;
    int listener;
    struct talk talk;
};

static volatile sig_atomic_t told_to_stop;

static enum status open_directory(struct signer *signer);
static enum status open_key(struct signer *signer);
static enum status listen_at(struct signer *signer);
static void listen_for_stop(int until);
static void serve(struct signer *signer);
static void serve_one(struct signer *signer, int socket);
static bool answer(struct signer *signer, struct str request);
static bool answer_at(struct signer *signer, id64 chain);
static bool answer_extend(struct signer *signer, id64 chain, int64_t count);
static bool answer_sign(struct signer *signer, id64 chain);
static bool say_at(struct signer *signer, const struct notary_chain *chain);
static bool say_no(struct signer *signer, const char *reason);
static const char *state_path(struct signer *signer, id64 chain);
static enum status read_state(struct signer *signer, id64 id,
                              struct notary_chain *out_chain);
static enum status write_state(struct signer *signer, const struct notary_chain *chain);

enum status notary_sign_for_all(const struct signer_options *options) {
    struct signer signer = {.options = options, .listener = -1};
    signer.arena = arena_new(CALL_MOST);
    prctl(PR_SET_DUMPABLE, 0); /* no core file, and no debugger of the same user */
    enum status status = open_directory(&signer);
    if (status == DONE) {
        status = open_key(&signer);
    }
    if (status == DONE) {
        status = listen_at(&signer);
    }
    if (status == DONE) {
        listen_for_stop(options->until);
        serve(&signer);
    }
    if (signer.listener >= 0) {
        close(signer.listener);
    }
    key_wipe(&signer.pair, sizeof signer.pair);
    arena_free(signer.arena);
    return status;
}

static enum status open_directory(struct signer *signer) {
    const char *directory = signer->options->directory;
    struct stat facts;
    if (mkdir(directory, 0700) != 0 && errno != EEXIST) {
        return log_failed("make %s: %s", directory, strerror(errno));
    }
    if (stat(directory, &facts) != 0 || !S_ISDIR(facts.st_mode) ||
        facts.st_uid != geteuid() || (facts.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return log_failed("signer: %s must be a directory that only its user may enter",
                          directory);
    }
    return DONE;
}

static enum status open_key(struct signer *signer) {
    const char *path = str_format(signer->arena, "%s/key", signer->options->directory).at;
    enum status status = key_pair_read(signer->arena, path, &signer->pair);
    if (status == REFUSED) {
        return log_failed("signer: %s is no key, or others may read it", path);
    }
    if (status != ABSENT) {
        return status;
    }
    TRY(key_pair_new(signer->options->profile, &signer->pair));
    TRY(key_pair_write(path, &signer->pair));
    return file_sync_directory(signer->options->directory);
}

static enum status listen_at(struct signer *signer) {
    const char *path = signer->options->socket;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    if (path == NULL) {
        path = str_format(signer->arena, "%s/socket", signer->options->directory).at;
    }
    /* It has its name when somebody listens: whoever sees it may connect. */
    const char *beside = str_format(signer->arena, "%s.new", path).at;
    if (strlen(beside) >= sizeof address.sun_path) {
        return log_failed("signer: the socket's path is too long: %s", path);
    }
    strcpy(address.sun_path, beside);
    signer->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    unlink(beside);
    mode_t mask = umask(0117); /* its user and group may ask; nobody else */
    int bound = signer->listener < 0
                    ? -1
                    : bind(signer->listener, (struct sockaddr *)&address, sizeof address);
    umask(mask);
    if (bound != 0 || listen(signer->listener, 8) != 0 || rename(beside, path) != 0) {
        return log_failed("signer: listen at %s: %s", path, strerror(errno));
    }
    return DONE;
}

static void stop_on_signal(int number) {
    (void)number;
    told_to_stop = 1;
}

static void listen_for_stop(int until) {
    struct sigaction action = {.sa_handler = stop_on_signal};
    sigset_t stopping;
    sigemptyset(&stopping);
    sigaddset(&stopping, SIGTERM);
    sigaddset(&stopping, SIGINT);
    sigaction(SIGTERM, &action, NULL);
    if (until >= 0) {
        signal(SIGINT, SIG_IGN); /* the terminal's; the end of *until* tells a child */
    } else {
        sigaction(SIGINT, &action, NULL);
    }
    sigprocmask(SIG_UNBLOCK, &stopping, NULL);
}

static void serve(struct signer *signer) {
    struct pollfd watched[2] = {{.fd = signer->listener, .events = POLLIN},
                                {.fd = signer->options->until, .events = POLLIN}};
    while (!told_to_stop) {
        if (poll(watched, 2, -1) < 0) {
            continue;
        }
        if (watched[1].revents != 0) {
            return; /* whoever started it is gone */
        }
        int socket = accept4(signer->listener, NULL, NULL, SOCK_CLOEXEC);
        if (socket >= 0) {
            serve_one(signer, socket);
        }
    }
}

static void serve_one(struct signer *signer, int socket) {
    struct str line;
    if (talk_begin(&signer->talk, socket)) {
        while (!told_to_stop && talk_line(&signer->talk, &line) && answer(signer, line)) {
            arena_clear(signer->arena);
        }
    }
    arena_clear(signer->arena);
    talk_end(&signer->talk);
}

static bool answer(struct signer *signer, struct str request) {
    int64_t chain = 0;
    int64_t count = 0;
    struct str verb = str_cut(&request, ' ');
    struct str id = str_cut(&request, ' ');
    if (str_is(verb, "key")) {
        struct str key = key_public_to_text(signer->arena, &signer->pair.open);
        return talk_say(&signer->talk,
                        str_format(signer->arena, "key %.*s\n", STR_ARG(key)));
    }
    if (str_to_int(id, &chain) != DONE || chain <= 0) {
        return say_no(signer, "that is no chain");
    }
    if (str_is(verb, "at")) {
        return answer_at(signer, chain);
    }
    if (str_is(verb, "sign")) {
        return answer_sign(signer, chain);
    }
    if (str_is(verb, "extend") && str_to_int(request, &count) == DONE && count >= 0 &&
        count <= SIGNER_LINES_MOST) {
        return answer_extend(signer, chain, count);
    }
    say_no(signer, "that is no request");
    return false;
}

static bool answer_at(struct signer *signer, id64 id) {
    struct notary_chain chain;
    if (read_state(signer, id, &chain) != DONE) {
        return say_no(signer, "what was signed cannot be read");
    }
    return say_at(signer, &chain);
}

static bool answer_extend(struct signer *signer, id64 id, int64_t count) {
    struct notary_chain chain;
    bool sound = read_state(signer, id, &chain) == DONE;
    const char *fault = sound ? NULL : "what was signed cannot be read";
    for (int64_t i = 0; i < count; i++) {
        struct str line;
        if (!talk_line(&signer->talk, &line)) {
            return false;
        }
        if (fault == NULL) {
            enum notary_fault found = notary_chain_add(signer->arena, &chain, line);
            fault = found == NOTARY_WHOLE ? NULL : notary_fault_name(found);
        }
    }
    if (fault != NULL) {
        log_fault("signer: chain %" PRId64 " was not extended after entry %" PRId64
                  ": %s",
                  id, chain.tree.size, fault);
        return say_no(signer, fault);
    }
    if (write_state(signer, &chain) != DONE) {
        return say_no(signer, "it cannot be kept");
    }
    return say_at(signer, &chain);
}

static bool answer_sign(struct signer *signer, id64 id) {
    struct notary_chain chain;
    if (read_state(signer, id, &chain) != DONE || chain.tree.size == 0) {
        return say_no(signer, "there is nothing to sign");
    }
    struct checkpoint checkpoint = {.chain = id,
                                    .size = chain.tree.size,
                                    .root = notary_tree_root(&chain.tree),
                                    .head = chain.hash,
                                    .at = signer->options->clock()};
    if (checkpoint_sign(signer->arena, &signer->pair, &checkpoint) != DONE) {
        return say_no(signer, "it cannot be signed");
    }
    return talk_say(&signer->talk,
                    str_format(signer->arena, "note %zu\n%.*s", checkpoint.text.length,
                               STR_ARG(checkpoint.text)));
}

static bool say_at(struct signer *signer, const struct notary_chain *chain) {
    struct str hash = digest_to_text(signer->arena, &chain->hash);
    return talk_say(&signer->talk, str_format(signer->arena, "at %" PRId64 " %.*s\n",
                                              chain->tree.size, STR_ARG(hash)));
}

static bool say_no(struct signer *signer, const char *reason) {
    return talk_say(&signer->talk, str_format(signer->arena, "no %s\n", reason));
}

static const char *state_path(struct signer *signer, id64 chain) {
    return str_format(signer->arena, "%s/chain-%" PRId64, signer->options->directory,
                      chain)
        .at;
}

/* Lines: size, instant, hash, and a subtree for each bit of the size, lowest first. */
static enum status read_state(struct signer *signer, id64 id,
                              struct notary_chain *out_chain) {
    struct notary_chain chain = {.chain = id};
    struct bytes bytes;
    enum status status =
        file_read(signer->arena, state_path(signer, id), STATE_MOST, &bytes);
    if (status == ABSENT) {
        *out_chain = chain;
        return DONE;
    }
    TRY(status);
    struct str rest = {(const char *)bytes.at, bytes.length};
    TRY(str_to_int(str_cut(&rest, '\n'), &chain.tree.size));
    TRY(str_to_int(str_cut(&rest, '\n'), &chain.at));
    TRY(digest_from_text(str_cut(&rest, '\n'), &chain.hash));
    chain.profile = (enum digest_profile)chain.hash.profile;
    chain.tree.profile = chain.profile;
    for (int level = 0; level < NOTARY_LEVELS; level++) {
        if ((chain.tree.size >> level & 1) != 0) {
            TRY(digest_from_text(str_cut(&rest, '\n'), &chain.tree.peaks[level]));
        }
    }
    *out_chain = chain;
    return DONE;
}

static enum status write_state(struct signer *signer, const struct notary_chain *chain) {
    struct buffer text;
    struct str hash = digest_to_text(signer->arena, &chain->hash);
    if (chain->tree.size == 0) {
        return DONE;
    }
    buffer_init(&text, signer->arena);
    buffer_add_format(&text, "%" PRId64 "\n%" PRId64 "\n%.*s\n", chain->tree.size,
                      chain->at, STR_ARG(hash));
    for (int level = 0; level < NOTARY_LEVELS; level++) {
        if ((chain->tree.size >> level & 1) != 0) {
            struct str peak = digest_to_text(signer->arena, &chain->tree.peaks[level]);
            buffer_add_format(&text, "%.*s\n", STR_ARG(peak));
        }
    }
    return file_write(state_path(signer, chain->chain), bytes_of_str(buffer_str(&text)));
}
