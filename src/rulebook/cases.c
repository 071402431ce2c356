/*
 * Reading the cases that stand beside a rulebook.  They are run elsewhere, on
 * a real store; here they are only checked against the book's own words.
 */
#include "rulebook_own.h"

static void bind_file(struct reader *reader, const struct node *root, struct str file,
                      struct rulebook_case ***end);

enum status rulebook_read_cases(struct arena *arena, const char *path,
                                const struct rulebook *book,
                                struct rulebook_case **out_cases,
                                struct fault **out_faults) {
    const char *directory = str_format(arena, "%s/cases", path).at;
    struct rulebook_case *cases = NULL;
    struct rulebook_case **end = &cases;
    struct reader reader = {.arena = arena, .faulty = arena};
    reader.faults_end = &reader.faults;
    reader.pending_end = &reader.pending;
    char *names[FILES_MOST];
    size_t count = 0;
    if (!file_exists(directory)) {
        *out_cases = NULL;
        return DONE;
    }
    TRY(list_files(&reader, directory, names, &count));
    for (size_t i = 0; i < count; i++) {
        struct node *root = NULL;
        const char *whole = str_format(arena, "%s/%s", directory, names[i]).at;
        TRY(read_one(&reader, whole, str_of(names[i]), &root));
        if (root != NULL) {
            bind_file(&reader, root, str_of(names[i]), &end);
        }
    }
    resolve_pending(&reader, book);
    if (reader.faults != NULL) {
        *out_faults = reader.faults;
        return REFUSED;
    }
    *out_cases = cases;
    return DONE;
}

static void bind_file(struct reader *reader, const struct node *root, struct str file,
                      struct rulebook_case ***end) {
    struct case_file found = {0};
    walk(reader, &schema_case_file, root, &found, STR(""), NULL, NULL);
    const struct node *list = node_get(root, "cases");
    const struct node *node = list == NULL ? NULL : list->first;
    for (size_t i = 0; i < found.case_count && node != NULL; i++, node = node->next) {
        found.cases[i].file = file;
        found.cases[i].line = node->line;
        **end = &found.cases[i];
        *end = &found.cases[i].next;
    }
}
