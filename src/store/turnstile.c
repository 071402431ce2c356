/*
 * The turnstile: each waiter sleeps on a condition of its own, on its own
 * stack, and is handed the turnstile by the one who leaves.
 */
#include "store_own.h"

struct waiter {
    struct waiter *next;
    pthread_cond_t called;
    bool is_called;
};

void turnstile_init(struct turnstile *turnstile) {
    pthread_mutex_init(&turnstile->lock, NULL);
    turnstile->is_taken = false;
    turnstile->first = NULL;
    turnstile->end = &turnstile->first;
}

void turnstile_release(struct turnstile *turnstile) {
    pthread_mutex_destroy(&turnstile->lock);
}

void turnstile_enter(struct turnstile *turnstile) {
    pthread_mutex_lock(&turnstile->lock);
    if (!turnstile->is_taken) {
        turnstile->is_taken = true;
    } else {
        struct waiter waiter = {.called = PTHREAD_COND_INITIALIZER};
        *turnstile->end = &waiter;
        turnstile->end = &waiter.next;
        while (!waiter.is_called) {
            pthread_cond_wait(&waiter.called, &turnstile->lock);
        }
        pthread_cond_destroy(&waiter.called);
    }
    pthread_mutex_unlock(&turnstile->lock);
}

void turnstile_leave(struct turnstile *turnstile) {
    pthread_mutex_lock(&turnstile->lock);
    struct waiter *waiter = turnstile->first;
    if (waiter == NULL) {
        turnstile->is_taken = false;
    } else {
        turnstile->first = waiter->next;
        if (turnstile->first == NULL) {
            turnstile->end = &turnstile->first;
        }
        waiter->is_called = true;
        pthread_cond_signal(&waiter->called);
    }
    pthread_mutex_unlock(&turnstile->lock);
}
