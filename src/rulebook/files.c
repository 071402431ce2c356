/*
 * The files of a rulebook as texts, for editors and for keeping a copy; a child's with
 * those of its parent below "parent/".
 */
#include "rulebook_own.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

static enum status load_folder(struct arena *arena, const char *path, const char *prefix,
                               bool wanted(struct str name),
                               struct rulebook_files *files);
static enum status load_one(struct arena *arena, const char *path, struct str name,
                            struct rulebook_files *files);
static bool is_of_rulebook(struct str name);
static bool is_yaml(struct str name);
static struct str parent_code(struct arena *arena, const struct rulebook_files *files);
static int by_name(const void *a, const void *b);

enum status rulebook_load_files(struct arena *arena, const char *path,
                                struct rulebook_files *out_files) {
    struct rulebook_files files = {0};
    const char *main = str_format(arena, "%s/rulebook.yaml", path).at;
    if (!file_exists(main)) {
        return ABSENT;
    }
    files.at = TAKE_ARRAY(arena, 2 * FILES_MOST * 2, struct rulebook_file);
    TRY(load_folder(arena, path, "", is_of_rulebook, &files));
    TRY(load_folder(arena, str_format(arena, "%s/cases", path).at, "cases/", is_yaml,
                    &files));
    struct str code = parent_code(arena, &files);
    if (!str_is_empty(code)) {
        const char *parent = child_parent_folder(arena, path, code);
        TRY(load_folder(arena, parent, "parent/", is_of_rulebook, &files));
        TRY(load_folder(arena, str_format(arena, "%s/cases", parent).at, "parent/cases/",
                        is_yaml, &files));
    }
    *out_files = files;
    return DONE;
}

enum status rulebook_load_cases(struct arena *arena, const char *path, struct str parent,
                                struct rulebook_files *out_files) {
    struct rulebook_files files = {0};
    files.at = TAKE_ARRAY(arena, 2 * FILES_MOST, struct rulebook_file);
    TRY(load_folder(arena, str_format(arena, "%s/cases", path).at, "cases/", is_yaml,
                    &files));
    if (!str_is_empty(parent)) {
        const char *folder = child_parent_folder(arena, path, parent);
        TRY(load_folder(arena, str_format(arena, "%s/cases", folder).at, "parent/cases/",
                        is_yaml, &files));
    }
    *out_files = files;
    return DONE;
}

/* The file that makes it a rulebook comes last: a copy that was cut off is none. */
enum status rulebook_write_files(const struct rulebook_files *files,
                                 const char *directory) {
    struct arena *arena = arena_new((size_t)1 << 20);
    enum status status = file_make_directory(directory);
    for (int main = 0; main < 2 && status == DONE; main++) {
        for (size_t i = 0; i < files->count && status == DONE; i++) {
            const struct rulebook_file *file = &files->at[i];
            const char *path =
                str_format(arena, "%s/%.*s", directory, STR_ARG(file->name)).at;
            if (!file_path_is_tame(file->name)) {
                status = log_failed("rulebook: no file of a rulebook: %s", path);
            } else if (str_is(file->name, "rulebook.yaml") == (main == 1)) {
                status = file_write(path, bytes_of_str(file->text));
            }
        }
    }
    arena_free(arena);
    return status;
}

const char *child_parent_folder(struct arena *arena, const char *path, struct str code) {
    const char *kept = str_format(arena, "%s/parent", path).at;
    const char *main = str_format(arena, "%s/rulebook.yaml", kept).at;
    return file_exists(main) ? kept
                             : str_format(arena, "%s/../%.*s", path, STR_ARG(code)).at;
}

/* A folder that is not there holds nothing. */
static enum status load_folder(struct arena *arena, const char *path, const char *prefix,
                               bool wanted(struct str name),
                               struct rulebook_files *files) {
    DIR *listing = opendir(path);
    char *names[FILES_MOST];
    size_t count = 0;
    if (listing == NULL) {
        return DONE;
    }
    for (struct dirent *entry = readdir(listing); entry != NULL;
         entry = readdir(listing)) {
        struct str name = str_of(entry->d_name);
        if (wanted(name) && name.at[0] != '.' && count < FILES_MOST) {
            names[count++] = arena_copy(arena, name.at, name.length + 1);
        }
    }
    closedir(listing);
    qsort(names, count, sizeof *names, by_name);
    for (size_t i = 0; i < count; i++) {
        TRY(load_one(arena, str_format(arena, "%s/%s", path, names[i]).at,
                     str_format(arena, "%s%s", prefix, names[i]), files));
    }
    return DONE;
}

static enum status load_one(struct arena *arena, const char *path, struct str name,
                            struct rulebook_files *files) {
    struct bytes bytes;
    TRY(file_read(arena, path, FILE_MOST, &bytes));
    files->at[files->count++] =
        (struct rulebook_file){name, {(const char *)bytes.at, bytes.length}};
    return DONE;
}

static bool is_of_rulebook(struct str name) {
    return str_ends(name, ".yaml") || str_ends(name, ".txt") || str_ends(name, ".words");
}

static bool is_yaml(struct str name) { return str_ends(name, ".yaml"); }

/* Whom rulebook.yaml names as its parent; what is wrong with it is said elsewhere. */
static struct str parent_code(struct arena *arena, const struct rulebook_files *files) {
    struct reader reader = {.arena = arena, .faulty = arena};
    reader.faults_end = &reader.faults;
    for (size_t i = 0; i < files->count; i++) {
        if (str_is(files->at[i].name, "rulebook.yaml")) {
            struct node *root = tree_read(&reader, files->at[i].name, files->at[i].text);
            return root == NULL ? STR("") : child_names_parent(root);
        }
    }
    return STR("");
}

static int by_name(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}
