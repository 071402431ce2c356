/*
 * Views as the public process counts them: sums by page and day in memory, handed over
 * through the drop box.  It opens no store and keeps nobody's address: an address only
 * picks one of a fixed number of allowances, by a salt that ends with the process, and
 * the allowances end with the drop.
 */
#include "tally_own.h"

#include <jansson.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS     (2 * VIEW_PAGES)
#define PEERS     16384
#define SALT_SIZE 16

struct seen_page {
    struct str site;
    struct str page;
    int64_t numbers[VIEW_KINDS];
};

struct view_counter {
    pthread_mutex_t lock;
    struct str drop_box;
    unsigned char salt[SALT_SIZE];
    char run[RUN_TEXT + 1];
    struct arena *arena; /* names of pages; cleared by a drop */
    civil_day day;       /* of all that is counted */
    int64_t number;      /* of the next drop */
    size_t count;
    struct seen_page pages[VIEW_PAGES];
    uint16_t slots[SLOTS]; /* place of a page, plus one */
    uint8_t peers[PEERS];  /* views counted since the last drop */
    char room[1024];       /* path of the drop box */
};

static uint32_t spread(const struct view_counter *counter, struct str one,
                       struct str other);
static bool is_allowed(struct view_counter *counter, struct str peer);
static struct seen_page *find_page(struct view_counter *counter, struct str site,
                                   struct str page);
static enum status drop_locked(struct view_counter *counter);
static char *write_text(const struct view_counter *counter);
static void forget(struct view_counter *counter);

enum status view_counter_new(struct call *call, struct view_counter **out_counter) {
    struct view_counter *counter = calloc(1, sizeof *counter);
    if (counter == NULL) {
        log_fatal("out of memory");
    }
    struct str run = bytes_to_hex(call->arena, call_random(call, RUN_TEXT / 2));
    memcpy(counter->run, run.at, RUN_TEXT);
    memcpy(counter->salt, call_random(call, SALT_SIZE).at, SALT_SIZE);
    int length =
        snprintf(counter->room, sizeof counter->room, "%s/drop", call->house->workspace);
    if (length < 0 || (size_t)length >= sizeof counter->room) {
        free(counter);
        return log_failed("the path of the workspace is too long");
    }
    counter->drop_box = str_of(counter->room);
    counter->arena = arena_new((size_t)16 << 20);
    counter->number = 1;
    pthread_mutex_init(&counter->lock, NULL);
    *out_counter = counter;
    return DONE;
}

void view_counter_free(struct view_counter *counter) {
    if (counter == NULL) {
        return;
    }
    pthread_mutex_destroy(&counter->lock);
    arena_free(counter->arena);
    free(counter);
}

bool view_counter_see(struct view_counter *counter, const struct page_view *view) {
    enum view_kind kind = view->is_staff               ? VIEW_STAFF
                          : view_is_robot(view->agent) ? VIEW_ROBOT
                                                       : VIEW_READER;
    civil_day day = instant_day(view->at);
    bool counted = false;
    pthread_mutex_lock(&counter->lock);
    if (counter->count == 0) {
        counter->day = day;
    }
    if ((day == counter->day || drop_locked(counter) == DONE) &&
        is_allowed(counter, view->peer)) {
        counter->day = day;
        struct seen_page *page = find_page(counter, view->site, view->page);
        if (page != NULL) {
            page->numbers[kind]++;
            counted = true;
        }
    }
    pthread_mutex_unlock(&counter->lock);
    return counted;
}

enum status view_counter_drop(struct view_counter *counter) {
    pthread_mutex_lock(&counter->lock);
    enum status dropped = drop_locked(counter);
    memset(counter->peers, 0, sizeof counter->peers);
    pthread_mutex_unlock(&counter->lock);
    return dropped;
}

bool view_is_robot(struct str agent) {
    static const char *const words[] = {
        "bot",    "spider",     "crawl",  "slurp",      "archiver", "monitor", "curl/",
        "wget/",  "python",     "java/",  "go-http",    "headless", "phantom", "scrapy",
        "libwww", "httpclient", "okhttp", "lighthouse", "preview",  "scanner"};
    const struct str phones = STR("cubot"); /* a maker of telephones */
    char lower[512];
    size_t length = agent.length < sizeof lower ? agent.length : sizeof lower;
    for (size_t i = 0; i < length; i++) {
        char byte = agent.at[i];
        lower[i] = (char)(byte >= 'A' && byte <= 'Z' ? byte - 'A' + 'a' : byte);
    }
    struct str rest = {lower, length};
    for (size_t at; (at = str_find(rest, phones)) < rest.length;) {
        memset(&lower[at], ' ', phones.length);
    }
    for (size_t i = 0; i < LENGTH(words); i++) {
        if (str_find(rest, str_of(words[i])) < rest.length) {
            return true;
        }
    }
    return str_is_empty(str_trim(agent));
}

/* The salt keeps others from choosing who shares a place, and from undoing it. */
static uint32_t spread(const struct view_counter *counter, struct str one,
                       struct str other) {
    struct digesting digesting;
    uint32_t value;
    digest_begin(&digesting, DIGEST_SHA256);
    digest_add(&digesting, counter->salt, sizeof counter->salt);
    digest_add_field(&digesting, "one", one);
    digest_add_field(&digesting, "other", other);
    struct digest digest = digest_end(&digesting);
    memcpy(&value, digest.at, sizeof value);
    return value;
}

static bool is_allowed(struct view_counter *counter, struct str peer) {
    uint8_t *counted = &counter->peers[spread(counter, peer, STR("")) % PEERS];
    if (*counted >= VIEW_ALLOWANCE) {
        return false;
    }
    ++*counted;
    return true;
}

/* NULL if it is one page too many. */
static struct seen_page *find_page(struct view_counter *counter, struct str site,
                                   struct str page) {
    size_t slot = spread(counter, site, page) % SLOTS;
    while (counter->slots[slot] != 0) {
        struct seen_page *known = &counter->pages[counter->slots[slot] - 1];
        if (str_equal(known->site, site) && str_equal(known->page, page)) {
            return known;
        }
        slot = (slot + 1) % SLOTS;
    }
    if (counter->count == VIEW_PAGES) {
        return NULL;
    }
    struct seen_page *added = &counter->pages[counter->count++];
    *added = (struct seen_page){.site = str_copy(counter->arena, site),
                                .page = str_copy(counter->arena, page)};
    counter->slots[slot] = (uint16_t)counter->count;
    return added;
}

/* A number is used again only if no file was made under it. */
static enum status drop_locked(struct view_counter *counter) {
    char path[sizeof counter->room + RUN_TEXT + 40];
    if (counter->count == 0) {
        return DONE;
    }
    snprintf(path, sizeof path, "%s/views-%s-%012lld.json", counter->room, counter->run,
             (long long)counter->number);
    char *text = write_text(counter);
    enum status dropped = file_drop(path, bytes_of_str(str_of(text)));
    free(text);
    if (dropped == DONE) {
        counter->number++;
        forget(counter);
    }
    return dropped;
}

static char *write_text(const struct view_counter *counter) {
    json_t *pages = json_array();
    for (size_t i = 0; i < counter->count; i++) {
        const struct seen_page *page = &counter->pages[i];
        json_array_append_new(pages, json_pack("[s%, s%, I, I, I]", page->site.at,
                                               page->site.length, page->page.at,
                                               page->page.length,
                                               (json_int_t)page->numbers[VIEW_READER],
                                               (json_int_t)page->numbers[VIEW_ROBOT],
                                               (json_int_t)page->numbers[VIEW_STAFF]));
    }
    json_t *drop =
        json_pack("{s:s, s:I, s:i, s:o}", "run", counter->run, "number",
                  (json_int_t)counter->number, "day", (int)counter->day, "pages", pages);
    char *text = json_dumps(drop, JSON_COMPACT);
    json_decref(drop);
    if (text == NULL) {
        log_fatal("out of memory");
    }
    return text;
}

static void forget(struct view_counter *counter) {
    counter->count = 0;
    memset(counter->slots, 0, sizeof counter->slots);
    arena_clear(counter->arena);
}
