/*
 * The herald: one thread with a connection of its own, which tells the other processes
 * at a PostgreSQL database that this one has committed a change, and hears theirs.
 *
 * It stands outside every transaction: no act waits for it, and many commits are told
 * in one NOTIFY.  What it misses while its connection is broken is found by whoever
 * waits, at the end of the wait (store_wait's *most*).
 */
#include "postgres_own.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define CHANNEL       "shenfa_commit"
#define AGAIN_SECONDS 5 /* until the next try after a broken connection */

static void *work(void *what);
static bool keep_connected(struct herald *herald);
static void disconnect(struct herald *herald);
static void await(struct herald *herald);
static bool tell(struct herald *herald, PGconn *pg);
static bool hear(struct herald *herald, PGconn *pg);

void herald_init(struct herald *herald, struct store *store, const char *address) {
    herald->store = store;
    herald->address = address;
    herald->bell = -1;
    pthread_mutex_init(&herald->lock, NULL);
}

void herald_start(struct herald *herald) {
    pthread_mutex_lock(&herald->lock);
    if (herald->bell < 0) {
        keep_connected(herald); /* from here on nothing of others is missed */
        herald->bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
        if (herald->bell < 0 ||
            pthread_create(&herald->thread, NULL, work, herald) != 0) {
            log_fatal("no thread for PostgreSQL's notifications");
        }
    }
    pthread_mutex_unlock(&herald->lock);
}

void herald_tell(struct herald *herald) {
    uint64_t one = 1;
    herald_start(herald);
    atomic_store(&herald->untold, true);
    if (write(herald->bell, &one, sizeof one) < 0 && errno != EAGAIN) {
        log_fault("PostgreSQL's notifications: %s", strerror(errno));
    }
}

void herald_release(struct herald *herald) {
    if (herald->bell >= 0) {
        uint64_t one = 1;
        atomic_store(&herald->is_stopping, true);
        if (write(herald->bell, &one, sizeof one) < 0) {
            log_note("PostgreSQL's notifications end late");
        }
        pthread_join(herald->thread, NULL);
        close(herald->bell);
    }
    pthread_mutex_destroy(&herald->lock);
}

/* What was committed last is told before the end; after a break others may have gone
 * unheard, so whoever waits looks once. */
static void *work(void *what) {
    struct herald *herald = what;
    bool more = true;
    while (more) {
        more = !atomic_load(&herald->is_stopping);
        bool was_broken = herald->connection == NULL;
        if (keep_connected(herald) && (!tell(herald, herald->connection->pg) ||
                                       !hear(herald, herald->connection->pg))) {
            disconnect(herald);
        } else if (was_broken && herald->connection != NULL) {
            store_wake(herald->store);
        }
        if (more) {
            await(herald);
        }
    }
    disconnect(herald);
    return NULL;
}

static bool keep_connected(struct herald *herald) {
    if (herald->connection == NULL &&
        connection_open(herald->address, &herald->connection) != DONE) {
        herald->connection = NULL;
        return false;
    }
    if (!herald->is_listening) {
        herald->is_listening =
            connection_command(herald->connection->pg, "LISTEN " CHANNEL, "LISTEN");
    }
    if (!herald->is_listening) {
        disconnect(herald);
    }
    return herald->is_listening;
}

static void disconnect(struct herald *herald) {
    if (herald->connection != NULL) {
        connection_close(herald->connection);
    }
    herald->connection = NULL;
    herald->is_listening = false;
}

/* Until the bell rings, the server speaks, or it is time to connect again. */
static void await(struct herald *herald) {
    uint64_t rung;
    bool broken = herald->connection == NULL;
    struct pollfd events[] = {
        {.fd = herald->bell, .events = POLLIN},
        {.fd = broken ? -1 : PQsocket(herald->connection->pg), .events = POLLIN},
    };
    if (poll(events, LENGTH(events), broken ? AGAIN_SECONDS * 1000 : -1) > 0 &&
        events[0].revents != 0 && read(herald->bell, &rung, sizeof rung) < 0) {
        log_note("PostgreSQL's notifications: %s", strerror(errno));
    }
}

static bool tell(struct herald *herald, PGconn *pg) {
    return !atomic_exchange(&herald->untold, false) ||
           connection_command(pg, "NOTIFY " CHANNEL, "NOTIFY");
}

/* False if the connection is broken. */
static bool hear(struct herald *herald, PGconn *pg) {
    bool others = false;
    bool sound = PQconsumeInput(pg) == 1;
    for (PGnotify *note = PQnotifies(pg); note != NULL; note = PQnotifies(pg)) {
        others = others || note->be_pid != PQbackendPID(pg);
        PQfreemem(note);
    }
    if (others) {
        store_wake(herald->store);
    }
    return sound;
}
