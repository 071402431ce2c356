/*
 * A pool: at most HANDLES_MOST of something that a transaction has for itself.
 * The one returned last is the next one taken, as its caches are warm.
 */
#include "store_own.h"

void pool_init(struct pool *pool) {
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->changed, NULL);
    pool->idle = NULL;
    pool->count = 0;
}

void pool_release(struct pool *pool) {
    pthread_cond_destroy(&pool->changed);
    pthread_mutex_destroy(&pool->lock);
}

struct pooled *pool_take(struct pool *pool) {
    pthread_mutex_lock(&pool->lock);
    while (pool->idle == NULL && pool->count == HANDLES_MOST) {
        pthread_cond_wait(&pool->changed, &pool->lock);
    }
    struct pooled *taken = pool->idle;
    if (taken != NULL) {
        pool->idle = taken->next;
    } else {
        pool->count++;
    }
    pthread_mutex_unlock(&pool->lock);
    return taken;
}

void pool_return(struct pool *pool, struct pooled *pooled) {
    pthread_mutex_lock(&pool->lock);
    pooled->next = pool->idle;
    pool->idle = pooled;
    pthread_cond_signal(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
}

void pool_lose(struct pool *pool) {
    pthread_mutex_lock(&pool->lock);
    pool->count--;
    pthread_cond_signal(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
}
