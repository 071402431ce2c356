/*
 * The watchman's rounds: the ledger's checkpoints are taken and sent each minute; the
 * published trees are looked at wherever something was touched, and swept from end to
 * end at the start and then each minute, or less often where a sweep takes long.
 */
#include "app_own.h"

#include "notary/notary.h"
#include "publication/publication.h"
#include "site/site.h"
#include "store/store.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <time.h>
#include <unistd.h>

#define ROUND_EVERY INSTANT_MINUTE
#define SWEEP_SHARE 20  /* a sweep may take a twentieth of the time */
#define SETTLE      200 /* milliseconds: several touches are one look */
#define SITES_MOST  64

struct guarded_site {
    id64 id;
    struct treewatch *watch; /* NULL: it could not be watched, or must be anew */
    instant sweep_at;        /* by the monotonic clock */
};

struct watchman {
    struct estate *estate;
    pthread_t thread;
    int told; /* an eventfd: stop */
    struct guarded_site sites[SITES_MOST];
    size_t site_count;
    instant round_at;
};

static void *watch(void *what);
static instant monotonic(void);
static void make_round(struct watchman *watchman, struct call *call);
static enum status checkpoints(struct watchman *watchman, struct call *call);
static enum status find_sites(struct watchman *watchman, struct call *call);
static void look(struct call *call, struct guarded_site *site, instant now);
static void sweep(struct call *call, struct guarded_site *site, instant now);
static void watch_anew(struct call *call, struct guarded_site *site);

enum status watchman_new(struct estate *estate, struct watchman **out_watchman) {
    struct watchman *watchman = calloc(1, sizeof *watchman);
    if (watchman == NULL) {
        return log_failed("out of memory");
    }
    watchman->estate = estate;
    watchman->told = eventfd(0, EFD_CLOEXEC);
    if (watchman->told < 0) {
        free(watchman);
        return log_failed("eventfd: %s", strerror(errno));
    }
    *out_watchman = watchman;
    return DONE;
}

void watchman_free(struct watchman *watchman) {
    if (watchman == NULL) {
        return;
    }
    for (size_t i = 0; i < watchman->site_count; i++) {
        treewatch_free(watchman->sites[i].watch);
    }
    close(watchman->told);
    free(watchman);
}

enum status watchman_start(struct estate *estate, struct watchman **out_watchman) {
    struct watchman *watchman;
    TRY(watchman_new(estate, &watchman));
    if (pthread_create(&watchman->thread, NULL, watch, watchman) != 0) {
        watchman_free(watchman);
        return log_failed("the watchman's thread could not be started");
    }
    *out_watchman = watchman;
    return DONE;
}

void watchman_stop(struct watchman *watchman) {
    uint64_t one = 1;
    if (watchman == NULL) {
        return;
    }
    if (write(watchman->told, &one, sizeof one) == sizeof one) {
        pthread_join(watchman->thread, NULL);
    }
    watchman_free(watchman);
}

static void *watch(void *what) {
    struct watchman *watchman = what;
    struct arena *arena = arena_new((size_t)1 << 30);
    do {
        struct call call;
        call_init(&call, arena, &watchman->estate->house, instant_read_clock());
        call.door = DOOR_CLOCK;
        watchman_step(watchman, &call, monotonic());
        txn_abort(&call);
        arena_clear(arena);
    } while (watchman_rest(watchman, monotonic()));
    arena_free(arena);
    return NULL;
}

void watchman_step(struct watchman *watchman, struct call *call, instant now) {
    if (now >= watchman->round_at) {
        make_round(watchman, call);
        watchman->round_at = now + ROUND_EVERY;
    }
    for (size_t i = 0; i < watchman->site_count; i++) {
        look(call, &watchman->sites[i], now);
    }
}

/* Not the call's clock: how long something takes is nobody's record. */
static instant monotonic(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (instant)now.tv_sec * INSTANT_SECOND + now.tv_nsec / 1000;
}

static void make_round(struct watchman *watchman, struct call *call) {
    if (find_sites(watchman, call) != DONE) {
        log_fault("the sites to be guarded could not be read");
    }
    for (size_t i = 0; i < watchman->site_count; i++) {
        if (publication_manifest_note(call, watchman->sites[i].id) != DONE) {
            log_fault("the root of a site's manifest could not be entered");
        }
    }
    if (watchman->estate->signer != NULL && checkpoints(watchman, call) != DONE) {
        log_fault("checkpoints were not taken and will be tried again");
    }
}

static enum status checkpoints(struct watchman *watchman, struct call *call) {
    enum notary_trouble trouble;
    size_t ways = 0;
    TRY(notary_take(call, watchman->estate->signer, &trouble));
    if (trouble == NOTARY_WELL) {
        TRY(notary_send(call, &ways));
    }
    return notary_watch(call);
}

static enum status find_sites(struct watchman *watchman, struct call *call) {
    struct site *sites;
    size_t count;
    if (watchman->estate->group == 0) {
        return DONE;
    }
    TRY(site_list(call, watchman->estate->group, &sites, &count));
    for (size_t i = watchman->site_count; i < count && i < SITES_MOST; i++) {
        watchman->sites[watchman->site_count++] =
            (struct guarded_site){.id = sites[i].id};
    }
    txn_abort(call);
    return DONE;
}

static void look(struct call *call, struct guarded_site *site, instant now) {
    struct touched touched = {0};
    struct guarded guarded;
    if (site->watch == NULL) {
        watch_anew(call, site);
    } else if (!treewatch_read(site->watch, call->arena, &touched)) {
        touched.all = true;
    }
    if (touched.all) { /* the tree was exchanged, or too much happened at once */
        watch_anew(call, site);
    }
    if (touched.all || now >= site->sweep_at) {
        sweep(call, site, now);
    } else if (touched.count > 0 &&
               publication_guard(call, site->id, touched.paths, touched.count, true,
                                 &guarded) != DONE) {
        site->sweep_at = 0;
    }
}

static void sweep(struct call *call, struct guarded_site *site, instant now) {
    struct guarded guarded;
    instant begun = monotonic();
    if (publication_guard(call, site->id, NULL, 0, true, &guarded) != DONE) {
        log_fault("a published tree could not be swept and will be tried again");
    }
    instant pause = (monotonic() - begun) * SWEEP_SHARE;
    site->sweep_at = now + (pause < ROUND_EVERY ? ROUND_EVERY : pause);
}

static void watch_anew(struct call *call, struct guarded_site *site) {
    struct site facts;
    treewatch_free(site->watch);
    site->watch = NULL;
    if (site_find(call, site->id, &facts) == DONE) {
        site->watch =
            treewatch_new(str_format(call->arena, "%s/public/%.*s",
                                     call->house->workspace, STR_ARG(facts.code))
                              .at);
    }
    txn_abort(call);
}

bool watchman_rest(struct watchman *watchman, instant now) {
    struct pollfd watched[SITES_MOST + 1] = {{.fd = watchman->told, .events = POLLIN}};
    instant until = watchman->round_at;
    for (size_t i = 0; i < watchman->site_count; i++) {
        const struct guarded_site *site = &watchman->sites[i];
        watched[i + 1] = (struct pollfd){
            .fd = site->watch == NULL ? -1 : treewatch_descriptor(site->watch),
            .events = POLLIN};
        until = site->sweep_at < until ? site->sweep_at : until;
    }
    instant left = until - now;
    int waited = left <= 0 ? 0 : (int)(left / 1000) + 1;
    int woken = poll(watched, (nfds_t)watchman->site_count + 1, waited);
    if (woken > 0 && watched[0].revents == 0) {
        poll(watched, 1, SETTLE);
    }
    return watched[0].revents == 0;
}
