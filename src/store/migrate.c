/*
 * Migrations: numbered files, each applied once, whole or not at all, and
 * held to the digest it had then.  Two processes that migrate at the same time
 * take turns file by file.
 */
#include "store_own.h"
#include "store_sql.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MOST  ((size_t)1024 * 1024)
#define ARENA_MOST ((size_t)64 * 1024 * 1024)

struct migration {
    int64_t number;
    struct str name;
    struct digest digest;
    struct str text; /* in the database's own dialect */
};

struct migrations {
    struct store *store;
    struct migration *all; /* by number */
    size_t count;
    size_t next; /* the one that apply_next looks at */
    int applied;
};

static enum status read_directory(struct arena *arena, const char *directory,
                                  struct migrations *migrations);
static int is_migration(const struct dirent *entry);
static enum status read_one(struct arena *arena, const char *directory, const char *name,
                            const struct store *store, struct migration *migration);
static enum status apply_all(struct call *call, struct migrations *migrations);
static enum status make_table(struct call *call, void *what);
static enum status apply_next(struct call *call, void *what);
static enum status find_applied(struct call *call, const struct migrations *migrations,
                                bool *out_found);

enum status store_migrate(struct store *store, const char *directory, int *out_applied) {
    struct arena *arena = arena_new(ARENA_MOST);
    struct house house = {.store = store};
    struct call call;
    call_init(&call, arena, &house, 0);
    struct migrations migrations = {.store = store};
    enum status answer = read_directory(arena, directory, &migrations);
    if (answer == DONE) {
        answer = apply_all(&call, &migrations);
    }
    if (answer == DONE && out_applied != NULL) {
        *out_applied = migrations.applied;
    }
    arena_free(arena);
    return answer;
}

static enum status read_directory(struct arena *arena, const char *directory,
                                  struct migrations *migrations) {
    struct dirent **entries;
    int found = scandir(directory, &entries, is_migration, alphasort);
    if (found < 0) {
        return log_failed("%s: %s", directory, strerror(errno));
    }
    size_t count = (size_t)found;
    migrations->all = TAKE_ARRAY(arena, count, struct migration);
    enum status answer = DONE;
    for (size_t i = 0; i < count; i++) {
        struct migration *migration = &migrations->all[i];
        if (answer == DONE) {
            answer = read_one(arena, directory, entries[i]->d_name, migrations->store,
                              migration);
        }
        if (answer == DONE && i > 0 && migration[-1].number == migration->number) {
            answer = log_failed("%s has the number of %.*s", entries[i]->d_name,
                                STR_ARG(migration[-1].name));
        }
        free(entries[i]);
    }
    free(entries);
    migrations->count = count;
    return answer;
}

/* "0001-name.sql" */
static int is_migration(const struct dirent *entry) {
    return strspn(entry->d_name, "0123456789") == 4 && entry->d_name[4] == '-' &&
           str_ends(str_of(entry->d_name), ".sql");
}

static enum status read_one(struct arena *arena, const char *directory, const char *name,
                            const struct store *store, struct migration *migration) {
    struct str path = str_format(arena, "%s/%s", directory, name);
    struct bytes bytes;
    if (file_read(arena, path.at, FILE_MOST, &bytes) != DONE) {
        return log_failed("%s cannot be read", path.at);
    }
    TRY(str_to_int(str_part(str_of(name), 0, 4), &migration->number));
    migration->name = str_copy(arena, str_of(name));
    migration->digest = digest_of(DIGEST_SM3, bytes);
    struct str text = {(const char *)bytes.at, bytes.length};
    migration->text = dialect_text(arena, text, store_kind(store));
    return DONE;
}

static enum status apply_all(struct call *call, struct migrations *migrations) {
    TRY(store_transact(call, TXN_WRITE, make_table, migrations));
    for (; migrations->next < migrations->count; migrations->next++) {
        TRY(store_transact(call, TXN_WRITE, apply_next, migrations));
    }
    return DONE;
}

/* Also refuses a database that knows more than the directory. */
static enum status make_table(struct call *call, void *what) {
    struct migrations *migrations = what;
    const struct backend *backend = call->txn->store->backend;
    if (backend->migrations_lock != NULL) {
        TRY(backend->script(call->txn, backend->migrations_lock));
    }
    TRY(backend->script(call->txn, backend->migrations));
    struct rows *rows;
    TRY(store_query(call, &store_list_migrations, &rows, NO_VALUES));
    while (rows_next(rows)) {
        int64_t number = row_int(rows, "number");
        struct str name = row_text(rows, "name");
        bool is_known = false;
        for (size_t i = 0; i < migrations->count; i++) {
            is_known = is_known || migrations->all[i].number == number;
        }
        if (!is_known) {
            log_fault("the database is newer than the program: it has %.*s",
                      STR_ARG(name));
            return REFUSED;
        }
    }
    return rows_end(rows);
}

static enum status apply_next(struct call *call, void *what) {
    struct migrations *migrations = what;
    const struct migration *migration = &migrations->all[migrations->next];
    const struct backend *backend = call->txn->store->backend;
    if (backend->migrations_lock != NULL) {
        TRY(backend->script(call->txn, backend->migrations_lock));
    }
    bool found;
    TRY(find_applied(call, migrations, &found));
    if (found) {
        return DONE;
    }
    if (backend->script(call->txn, str_text(call->arena, migration->text)) != DONE) {
        return log_failed("the migration %.*s fails", STR_ARG(migration->name));
    }
    TRY(store_run(call, &store_add_migration, NULL, bind_int("number", migration->number),
                  bind_text("name", migration->name),
                  bind_digest("digest", &migration->digest)));
    migrations->applied++;
    return DONE;
}

static enum status find_applied(struct call *call, const struct migrations *migrations,
                                bool *out_found) {
    const struct migration *migration = &migrations->all[migrations->next];
    struct rows *rows;
    bool found = false;
    bool is_same = true;
    TRY(store_query(call, &store_list_migrations, &rows, NO_VALUES));
    while (rows_next(rows)) {
        if (row_int(rows, "number") == migration->number) {
            struct digest digest = row_digest(rows, "digest");
            found = true;
            is_same = digest_equal(&digest, &migration->digest);
        }
    }
    TRY(rows_end(rows));
    if (!is_same) {
        log_fault("the migration %.*s was changed after it was applied",
                  STR_ARG(migration->name));
        return REFUSED;
    }
    *out_found = found;
    return DONE;
}
