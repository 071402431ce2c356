/*
 * The office of a large workspace, for script/bench: columns for a corpus, a bureau of
 * some two hundred people, drafts and manuscripts under way at every step, and the time
 * from a signature to the public page.  Everything goes through the acts that people use;
 * only the accounts' passwords are put straight into the store, because two hundred
 * argon2id hashes measure nothing.
 *
 * Usage: office-bench WORKSPACE columns       titles "a/b" on standard input, one a line;
 *                                             prints "TITLE<tab>PATH" for each
 *        office-bench WORKSPACE people N      a department for every eight
 *        office-bench WORKSPACE manuscripts ACCOUNTS N
 *                                             drafts, and texts at every step, by turns
 *        office-bench WORKSPACE visible N     prints one JSON object
 * WORKSPACE is a demonstration that shenfa init has made.
 */
#include "app/app_own.h"

#include "manuscript/manuscript.h"
#include "people/people.h"
#include "publication/publication.h"
#include "review/review.h"
#include "rulebook/rulebook.h"
#include "site/site.h"
#include "store/store.h"
#include "trial/trial.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define LINE_MOST    1024
#define A_UNIT       8 /* people of a department: a head, a liaison, handlers */
#define COLUMNS_MOST 1024

struct seeding {
    struct call call;
    struct estate estate;
    struct site site;
    const struct rulebook *book;
    struct people_roles roles;
    int number; /* of the department being made */
    int accounts;
};

static enum status open_workspace(struct seeding *seeding, const char *workspace);
static enum status add_columns(struct seeding *seeding);
static enum status add_column(struct seeding *seeding, char *title,
                              struct column *out_column);
static enum status add_people(struct seeding *seeding);
static enum status add_department(struct call *call, void *what);
static enum status add_person(struct seeding *seeding, id64 unit, int number, bool head);
static enum status act_as(struct call *call, const char *login);
static enum status open_accounts(struct call *call, void *what);
static enum status add_manuscripts(struct seeding *seeding, int count);
static enum status add_manuscript(struct seeding *seeding, int number);
static enum status write_draft(struct seeding *seeding, const char *login, int number,
                               const char *item_class, id64 *out_manuscript);
static enum status bring_along(struct seeding *seeding, id64 manuscript, int steps);
static enum status measure_visible(struct seeding *seeding, int count);
static enum status sign_and_release(struct seeding *seeding, id64 manuscript,
                                    struct release *out_release, double *out_released);
static void await_page(int connection, const char *path);
static int connect_to(const char *address);
static double now_ms(void);
static int by_size(const void *a, const void *b);

int main(int count, char **words) {
    struct seeding seeding = {0};
    enum status status = REFUSED;
    if (count < 3 || open_workspace(&seeding, words[1]) != DONE) {
        fputs("usage: office-bench WORKSPACE columns | people N |"
              " manuscripts ACCOUNTS N | visible N\n",
              stderr);
        return 2;
    }
    seeding.accounts = count > 3 ? atoi(words[3]) : 0;
    if (strcmp(words[2], "columns") == 0) {
        status = add_columns(&seeding);
    } else if (strcmp(words[2], "people") == 0) {
        status = add_people(&seeding);
    } else if (strcmp(words[2], "manuscripts") == 0) {
        status = add_manuscripts(&seeding, count > 4 ? atoi(words[4]) : 0);
    } else if (strcmp(words[2], "visible") == 0) {
        status = measure_visible(&seeding, seeding.accounts);
    }
    for (const struct refusal *no = seeding.call.refusal; status != DONE && no != NULL;
         no = no->next) {
        fprintf(stderr, "%s %s\n", no->words, no->field == NULL ? "" : no->field);
    }
    txn_abort(&seeding.call);
    arena_free(seeding.call.arena);
    estate_close(&seeding.estate);
    return status == DONE ? 0 : 3;
}

static enum status open_workspace(struct seeding *seeding, const char *workspace) {
    struct arena *process = arena_new((size_t)1 << 32);
    struct site *sites;
    size_t count;
    TRY(estate_open(process, workspace, &seeding->estate));
    call_init(&seeding->call, arena_new((size_t)1 << 32), &seeding->estate.house,
              instant_read_clock());
    TRY(site_list(&seeding->call, seeding->estate.group, &sites, &count));
    seeding->site = sites[0];
    TRY(site_rulebook(&seeding->call, sites[0].id, &seeding->book));
    seeding->roles = people_roles_of(&seeding->call, seeding->book);
    return DONE;
}

/* By the machine's operator, as at the founding. */
static enum status add_columns(struct seeding *seeding) {
    char line[LINE_MOST];
    seeding->call.door = DOOR_CLI;
    while (fgets(line, sizeof line, stdin) != NULL) {
        struct column column;
        line[strcspn(line, "\n")] = '\0';
        TRY(add_column(seeding, line, &column));
        printf("%s\t%.*s\n", line, STR_ARG(column.path));
    }
    return DONE;
}

/* "a/b/c" becomes the columns a, a/b and a/b/c. */
static enum status add_column(struct seeding *seeding, char *title,
                              struct column *out_column) {
    static char titles[COLUMNS_MOST][LINE_MOST];
    static struct column made[COLUMNS_MOST];
    static int count;
    struct call *call = &seeding->call;
    struct column above = {0};
    struct people_unit owner;
    for (int i = 0; i < count; i++) {
        if (strcmp(titles[i], title) == 0) {
            *out_column = made[i];
            return DONE;
        }
    }
    char *slash = strrchr(title, '/');
    if (slash != NULL) {
        *slash = '\0';
        TRY(add_column(seeding, title, &above));
        *slash = '/';
    }
    if (count == COLUMNS_MOST) {
        return log_failed("there are too many columns");
    }
    TRY(people_unit_find(call, STR("office"), &owner));
    struct str own = str_copy(call->arena, str_of(slash == NULL ? title : slash + 1));
    struct column column = {.site = seeding->site.id,
                            .parent = above.id,
                            .code = str_format(call->arena, "b%d", count),
                            .title = own,
                            .title_en = STR(""),
                            .type = STR("政策文件"),
                            .summary = own,
                            .keywords = own,
                            .owner = owner.id,
                            .position = count,
                            .open = true,
                            .on_home = count < 12};
    struct column_terms terms = {0};
    TRY(site_column_add(call, &column, &terms, &column.id));
    TRY(site_column_find(call, column.id, &made[count]));
    strcpy(titles[count], title);
    *out_column = made[count++];
    return DONE;
}

static enum status add_people(struct seeding *seeding) {
    struct call *call = &seeding->call;
    for (int i = 0; i < seeding->accounts / A_UNIT; i++) {
        seeding->number = i;
        TRY(act_as(call, "wei.jia"));
        TRY(store_transact(call, TXN_WRITE, add_department, seeding));
    }
    return store_transact(call, TXN_WRITE, open_accounts, seeding);
}

static enum status add_department(struct call *call, void *what) {
    struct seeding *seeding = what;
    struct people_unit bureau;
    TRY(people_unit_find(call, STR("bureau"), &bureau));
    struct people_unit unit = {
        .parent = bureau.id,
        .code = str_format(call->arena, "bench-%d", seeding->number),
        .kind = STR("department"),
        .title = str_format(call->arena, "第%d科", seeding->number + 1),
        .english = str_format(call->arena, "Section %d", seeding->number + 1),
        .aliases = STR(""),
        .order = 100 + seeding->number};
    TRY(people_unit_save(call, &unit));
    for (int i = 0; i < A_UNIT; i++) {
        TRY(add_person(seeding, unit.id, seeding->number * A_UNIT + i, i == 0));
    }
    return DONE;
}

static enum status add_person(struct seeding *seeding, id64 unit, int number, bool head) {
    struct call *call = &seeding->call;
    struct people_person person = {.name = str_format(call->arena, "样例%d", number),
                                   .pinyin = str_format(call->arena, "yangli %d", number),
                                   .mail = STR(""),
                                   .phone = STR("")};
    id64 account;
    TRY(people_person_save(call, &person));
    TRY(trial_seat(call, &seeding->roles, unit, head ? "dept-head" : "handler",
                   head ? "科长" : "经办人", person.id));
    if (number % A_UNIT == 1) {
        TRY(trial_seat(call, &seeding->roles, unit, "liaison", "信息员", person.id));
    }
    return people_account_request(call, person.id,
                                  str_format(call->arena, "bench.%d", number), &account);
}

static enum status act_as(struct call *call, const char *login) {
    struct people_person person;
    TRY(people_person_find(call, str_of(login), &person));
    call->actor = (struct actor){.person = person.id, .freshly_proven = true};
    return DONE;
}

/* The demonstration's password for all: as sample accounts they enter without it. */
static enum status open_accounts(struct call *call, void *what) {
    static const char *const none[] = {NULL};
    static const char text[] =
        "UPDATE people_account SET state = 1, sample = 1, must_change = 0,"
        " password = (SELECT password FROM people_account WHERE login = 'wei.jia'),"
        " password_at = (SELECT password_at FROM people_account WHERE login = 'wei.jia')"
        " WHERE login LIKE 'bench.%'";
    static const struct statement open = {"bench_open_accounts", text, text, none};
    (void)what;
    return store_run_values(call, &open, NULL, NULL, 0);
}

/* One by one: screening does not happen inside a transaction. */
static enum status add_manuscripts(struct seeding *seeding, int count) {
    for (int i = 0; i < count; i++) {
        TRY(add_manuscript(seeding, i));
        arena_clear(seeding->call.arena);
        seeding->call.txn = NULL;
    }
    return DONE;
}

/* By turns for every handler: four drafts, then one each at the first four steps. */
static enum status add_manuscript(struct seeding *seeding, int number) {
    static const char *const classes[] = {"statistics", "government-affairs"};
    struct call *call = &seeding->call;
    int units = seeding->accounts / A_UNIT;
    int handler = number % (units * (A_UNIT - 2));
    int turn = number / (units * (A_UNIT - 2)) % 8;
    struct str login = str_format(call->arena, "bench.%d",
                                  handler % units * A_UNIT + 2 + handler / units);
    id64 manuscript;
    TRY(write_draft(seeding, str_text(call->arena, login), number, classes[handler % 2],
                    &manuscript));
    return turn < 4 ? DONE : bring_along(seeding, manuscript, turn - 3);
}

static enum status write_draft(struct seeding *seeding, const char *login, int number,
                               const char *item_class, id64 *out_manuscript) {
    struct call *call = &seeding->call;
    struct people_holdings holdings;
    struct column column;
    struct dropped dropped;
    int version;
    TRY(act_as(call, login));
    TRY(people_holdings(call, call->actor.person, &holdings));
    TRY(site_column_find_path(call, seeding->site.id, STR("sjfb/tjfx"), &column));
    struct field_value fields[] = {
        {STR("disclosure"), STR("active")},
        {STR("origin"), day_to_text(call->arena, instant_day(call->now) - 1)},
        {STR("source"), STR("柳州市统计局")}};
    struct content content = {
        .title = str_format(call->arena, "2026年第%d期全市统计工作情况简析", number + 1),
        .body = STR(
            "<p>各县区统计局结合实际，细化措施，确保统计数据真实准确、完整及时。</p>"
            "<h2>一、主要特点</h2><p>装备制造业增长较快，对增长的贡献率为43.2%。</p>"),
        .fields = fields,
        .field_count = LENGTH(fields)};
    TRY(manuscript_begin(call, column.id, holdings.at[0].unit, str_of(item_class),
                         content.title, out_manuscript));
    return manuscript_save(call, *out_manuscript, 1, &content, &version, &dropped);
}

static enum status bring_along(struct seeding *seeding, id64 manuscript, int steps) {
    struct call *call = &seeding->call;
    for (int i = 0; i < steps; i++) {
        struct manuscript found;
        TRY(manuscript_peek(call, manuscript, &found));
        if (str_is(found.state, "draft")) {
            TRY(trial_walk(call, manuscript, STR("dept-review")));
        } else {
            TRY(trial_step(call, manuscript, STR(""), STR("")));
        }
    }
    return DONE;
}

/* The service runs in this very process; the acts are done beside it, as a door does. */
static enum status measure_visible(struct seeding *seeding, int count) {
    struct call *call = &seeding->call;
    struct service *service;
    double *signed_ms = calloc((size_t)count, sizeof *signed_ms);
    double *released_ms = calloc((size_t)count, sizeof *released_ms);
    TRY(service_start(&seeding->estate, PART_ALL, "127.0.0.1:0", "127.0.0.1:0",
                      &service));
    int connection = connect_to(service_public(service));
    for (int i = 0; i < count; i++) {
        struct release release;
        id64 manuscript;
        arena_clear(call->arena);
        call->txn = NULL;
        call->now = instant_read_clock();
        TRY(write_draft(seeding, "li.xiaolan", i, "statistics", &manuscript));
        TRY(trial_walk(call, manuscript, STR("final-check")));
        double begun = now_ms();
        double released;
        TRY(sign_and_release(seeding, manuscript, &release, &released));
        await_page(connection,
                   str_format(call->arena, "/%.*s", STR_ARG(release.path)).at);
        double seen = now_ms();
        signed_ms[i] = seen - begun;
        released_ms[i] = seen - released;
        if (getenv("BENCH_EACH") != NULL) {
            fprintf(stderr, "%d %.1f %.1f\n", i, signed_ms[i], released_ms[i]);
        }
    }
    close(connection);
    service_stop(service);
    qsort(signed_ms, (size_t)count, sizeof *signed_ms, by_size);
    qsort(released_ms, (size_t)count, sizeof *released_ms, by_size);
    printf("{\"signed_p50\": %.2f, \"signed_p99\": %.2f, \"released_p50\": %.2f,"
           " \"released_p99\": %.2f}\n",
           signed_ms[count / 2], signed_ms[count * 99 / 100], released_ms[count / 2],
           released_ms[count * 99 / 100]);
    free(signed_ms);
    free(released_ms);
    return DONE;
}

/* The last check of the wording signed, and the release, by two acts of one person. */
static enum status sign_and_release(struct seeding *seeding, id64 manuscript,
                                    struct release *out_release, double *out_released) {
    struct call *call = &seeding->call;
    struct subject subject = {.kind = SUBJECT_MANUSCRIPT, .id = manuscript};
    struct release *releases;
    struct offer offer;
    size_t count;
    TRY(trial_step(call, manuscript, STR(""), STR("")));
    TRY(act_as(call, "liang.zhiyuan"));
    TRY(review_offer(call, subject, 0, &offer));
    struct release_order order = {.manuscript = manuscript, .seen = offer.run.digest};
    txn_abort(call);
    *out_released = now_ms();
    TRY(publication_release(call, &order, &releases, &count));
    *out_release = releases[0];
    return DONE;
}

static int connect_to(const char *address) {
    struct sockaddr_in where = {.sin_family = AF_INET};
    const char *colon = strrchr(address, ':');
    int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int on = 1;
    where.sin_port = htons((uint16_t)atoi(colon + 1));
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    if (connect(connection, (struct sockaddr *)&where, sizeof where) != 0) {
        log_fatal("the public listener cannot be reached");
    }
    return connection;
}

/* Ask for the page until it is there, a millisecond apart. */
static void await_page(int connection, const char *path) {
    static const struct timespec nap = {0, 1000 * 1000};
    char wish[512];
    char answer[65536];
    int length = snprintf(wish, sizeof wish, "GET %s HTTP/1.1\r\nHost: x\r\n\r\n", path);
    double begun = now_ms();
    for (;;) {
        size_t got = 0;
        size_t whole = sizeof answer;
        if (write(connection, wish, (size_t)length) != length) {
            log_fatal("the public listener went away");
        }
        while (got < whole) {
            ssize_t more = read(connection, answer + got, sizeof answer - 1 - got);
            if (more <= 0) {
                log_fatal("the public listener went away");
            }
            got += (size_t)more;
            answer[got] = '\0';
            const char *end = strstr(answer, "\r\n\r\n");
            const char *size = strcasestr(answer, "\r\ncontent-length: ");
            if (end != NULL && size != NULL) {
                whole = (size_t)(end + 4 - answer) + (size_t)atoi(size + 18);
            }
        }
        if (strncmp(answer, "HTTP/1.1 200", 12) == 0) {
            return;
        }
        if (now_ms() - begun > 10000) {
            log_fatal("%s is not there after ten seconds: %.12s", path, answer);
        }
        nanosleep(&nap, NULL);
    }
}

static double now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1000 + (double)now.tv_nsec / 1e6;
}

static int by_size(const void *a, const void *b) {
    double one = *(const double *)a;
    double other = *(const double *)b;
    return (one > other) - (one < other);
}
