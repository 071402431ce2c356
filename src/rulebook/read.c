/*
 * Reading a rulebook from its directory: text, tree, structures, proof of
 * shape, digest.
 */
#include "rulebook_own.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define BOOK_LIMIT ((size_t)64 * 1024 * 1024)

static enum status read_whole(struct arena *arena, const struct source *source,
                              struct str without, struct str remove,
                              struct rulebook **out_book, struct fault **out_faults);
static enum status read_into(struct reader *reader, struct rulebook *book,
                             const struct source *source, struct str remove);
static enum status load_tree(struct reader *reader, const char *path,
                             struct source *out_source);
static int by_name(const void *a, const void *b);
static void read_regulation(struct reader *reader, struct rulebook *book,
                            const struct source *source, struct digesting *digesting);
static void remove_element(struct reader *reader, struct node *root, struct str path);

enum status rulebook_read(struct arena *arena, const char *path, struct str without,
                          struct rulebook **out_book, struct fault **out_faults) {
    return rulebook_read_removing(arena, path, without, STR(""), out_book, out_faults);
}

enum status rulebook_read_removing(struct arena *arena, const char *path,
                                   struct str without, struct str remove,
                                   struct rulebook **out_book,
                                   struct fault **out_faults) {
    struct source source = {.path = path};
    return read_whole(arena, &source, without, remove, out_book, out_faults);
}

enum status rulebook_read_files(struct arena *arena, const struct rulebook_files *files,
                                struct rulebook **out_book, struct fault **out_faults) {
    struct source source = {.path = "", .files = files};
    return read_whole(arena, &source, STR(""), STR(""), out_book, out_faults);
}

static enum status read_whole(struct arena *arena, const struct source *source,
                              struct str without, struct str remove,
                              struct rulebook **out_book, struct fault **out_faults) {
    struct arena *own = arena_new(BOOK_LIMIT);
    struct rulebook *book = TAKE(own, struct rulebook);
    book->arena = own;
    struct reader reader = {.arena = own, .faulty = arena};
    reader.faults_end = &reader.faults;
    reader.pending_end = &reader.pending;
    reader.without = str_copy(own, without);
    book->without = reader.without;
    book->path = str_copy(own, str_of(source->path));
    enum status status = read_into(&reader, book, source, remove);
    if (status == DONE && reader.faults != NULL) {
        status = REFUSED;
    }
    if (status != DONE) {
        *out_faults = reader.faults;
        arena_free(own);
        return status;
    }
    *out_book = book;
    return DONE;
}

void rulebook_free(struct rulebook *book) {
    if (book != NULL) {
        arena_free(book->arena);
    }
}

static enum status read_into(struct reader *reader, struct rulebook *book,
                             const struct source *source, struct str remove) {
    struct node *root = NULL;
    struct source own = *source;
    TRY(read_source(reader, &own, &root));
    if (root == NULL) {
        return REFUSED;
    }
    TRY(child_join_parent(reader, &own, &root));
    book->parent_prefix = reader->parent_prefix;
    tree_expand(reader, root);
    remove_element(reader, root, remove);
    struct digesting digesting;
    digest_begin(&digesting, DIGEST_SM3);
    digest_add_field(&digesting, "rulebook", STR("1"));
    tree_prune(reader, root);
    tree_digest(&digesting, root);
    read_regulation(reader, book, &own, &digesting);
    book->digest = digest_end(&digesting);
    walk(reader, &schema_rulebook, root, book, STR(""), NULL, NULL);
    book->elements = reader->elements;
    book->element_count = reader->element_count;
    resolve(reader, book);
    check_rulebook(reader, book, root);
    return DONE;
}

enum status read_source(struct reader *reader, struct source *source,
                        struct node **out_root) {
    if (source->files == NULL) {
        TRY(load_tree(reader, source->path, source));
    }
    for (size_t i = 0; i < source->files->count; i++) {
        const struct rulebook_file *file = &source->files->at[i];
        bool below = str_find(file->name, STR("/")) < file->name.length;
        if (str_ends(file->name, ".yaml") && !below) {
            read_text(reader, file->name, file->text, out_root);
        }
    }
    return DONE;
}

/* The files that say something, of a directory or one file alone. */
static enum status load_tree(struct reader *reader, const char *path,
                             struct source *out_source) {
    struct stat kind;
    struct rulebook_files *files = TAKE(reader->arena, struct rulebook_files);
    files->at = TAKE_ARRAY(reader->arena, FILES_MOST + 1, struct rulebook_file);
    out_source->files = files;
    if (stat(path, &kind) != 0) {
        fault_at(reader, str_of(path), 1, 1, STR(""), "找不到这个文件或目录。",
                 "There is no such file or directory.");
        return REFUSED;
    }
    if (!S_ISDIR(kind.st_mode)) {
        const char *slash = strrchr(path, '/');
        return read_file(reader, path, str_of(slash != NULL ? slash + 1 : path), files);
    }
    char *names[FILES_MOST];
    size_t count = 0;
    TRY(list_files(reader, path, names, &count));
    for (size_t i = 0; i < count; i++) {
        const char *whole = str_format(reader->arena, "%s/%s", path, names[i]).at;
        TRY(read_file(reader, whole, str_of(names[i]), files));
    }
    if (count == 0) {
        fault_at(reader, str_of(path), 1, 1, STR(""), "目录里没有 .yaml 文件。",
                 "The directory holds no .yaml file.");
        return REFUSED;
    }
    const char *law = str_format(reader->arena, "%s/regulation.txt", path).at;
    return file_exists(law) ? read_file(reader, law, STR("regulation.txt"), files) : DONE;
}

enum status list_files(struct reader *reader, const char *path, char **out_names,
                       size_t *out_count) {
    DIR *directory = opendir(path);
    if (directory == NULL) {
        return log_failed("rulebook: cannot list %s", path);
    }
    for (struct dirent *entry = readdir(directory); entry != NULL;
         entry = readdir(directory)) {
        struct str name = str_of(entry->d_name);
        if (str_ends(name, ".yaml") && *out_count < FILES_MOST && name.at[0] != '.') {
            out_names[(*out_count)++] =
                arena_copy(reader->arena, name.at, name.length + 1);
        }
    }
    closedir(directory);
    qsort(out_names, *out_count, sizeof *out_names, by_name);
    return DONE;
}

static int by_name(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* One that is too large is a fault of its own, and left out. */
enum status read_file(struct reader *reader, const char *path, struct str name,
                      struct rulebook_files *files) {
    struct bytes bytes;
    enum status status = file_read(reader->arena, path, FILE_MOST, &bytes);
    if (status == REFUSED) {
        fault_at(reader, name, 1, 1, STR(""), "文件超过 1 MiB。",
                 "The file is larger than 1 MiB.");
        return DONE;
    }
    TRY(status);
    files->at[files->count++] =
        (struct rulebook_file){.name = str_copy(reader->arena, name),
                               .text = {(const char *)bytes.at, bytes.length}};
    return DONE;
}

void read_text(struct reader *reader, struct str name, struct str text,
               struct node **root) {
    struct node *node = tree_read(reader, name, text);
    if (*root == NULL) {
        *root = node;
    } else if (node != NULL) {
        tree_join(reader, *root, node);
    }
}

static void read_regulation(struct reader *reader, struct rulebook *book,
                            const struct source *source, struct digesting *digesting) {
    for (size_t i = 0; i < source->files->count; i++) {
        const struct rulebook_file *file = &source->files->at[i];
        if (str_is(file->name, "regulation.txt") && file->text.length <= FILE_MOST) {
            digest_add_field(digesting, "regulation", file->text);
            regulation_read(reader, book, file->name, file->text);
        }
    }
}

/* "roles.liaison" or "definitions[4]": the element that a case takes away. */
static void remove_element(struct reader *reader, struct node *root, struct str path) {
    if (str_is_empty(path)) {
        return;
    }
    struct node **link = NULL;
    struct node *at = root;
    while (path.length > 0) {
        struct str part = str_cut(&path, '.');
        struct str index = part;
        struct str name = str_cut(&index, '[');
        for (link = &at->first; *link != NULL && !str_equal((*link)->key, name);) {
            link = &(*link)->next;
        }
        int64_t number = 0;
        if (*link != NULL && index.length > 1 &&
            str_to_int(str_part(index, 0, index.length - 1), &number) == DONE) {
            for (link = &(*link)->first; *link != NULL && --number > 0;) {
                link = &(*link)->next;
            }
        }
        if (*link == NULL) {
            FAULT(reader, root, "没有要去掉的“%.*s”。", "There is no “%.*s” to remove.",
                  STR_ARG(part));
            return;
        }
        at = *link;
    }
    *link = (*link)->next;
}
