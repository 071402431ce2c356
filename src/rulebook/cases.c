/*
 * Reading the cases that stand beside a rulebook.  They are run elsewhere, on
 * a real store; here they are only checked against the book's own words.
 */
#include "rulebook_own.h"

#include <string.h>

static void bind_file(struct reader *reader, const struct node *root, struct str file,
                      const struct rulebook_case *own, struct rulebook_case ***end);
static bool is_told_anew(const struct rulebook_case *own,
                         const struct rulebook_case *one);

enum status rulebook_read_cases(struct arena *arena, const char *path,
                                const struct rulebook *book,
                                struct rulebook_case **out_cases,
                                struct fault **out_faults) {
    struct rulebook_files files;
    TRY(rulebook_load_cases(arena, path, book->parent, &files));
    return rulebook_read_case_files(arena, &files, book, out_cases, out_faults);
}

enum status rulebook_read_case_files(struct arena *arena,
                                     const struct rulebook_files *files,
                                     const struct rulebook *book,
                                     struct rulebook_case **out_cases,
                                     struct fault **out_faults) {
    struct rulebook_case *cases = NULL;
    struct rulebook_case **end = &cases;
    struct reader reader = {.arena = arena, .faulty = arena};
    reader.faults_end = &reader.faults;
    reader.pending_end = &reader.pending;
    for (size_t i = 0; i < files->count; i++) {
        struct str name = files->at[i].name;
        struct node *root = NULL;
        bool own = str_starts(name, "cases/");
        if ((own || str_starts(name, "parent/cases/")) && str_ends(name, ".yaml")) {
            name = own ? str_part(name, strlen("cases/"), name.length) : name;
            read_text(&reader, name, files->at[i].text, &root);
        }
        if (root != NULL) {
            bind_file(&reader, root, name, cases, &end);
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

/* *own* are those read before it: a child tells a case of its parent anew. */
static void bind_file(struct reader *reader, const struct node *root, struct str file,
                      const struct rulebook_case *own, struct rulebook_case ***end) {
    struct case_file found = {0};
    bool inherited = str_starts(file, "parent/");
    walk(reader, &schema_case_file, root, &found, STR(""), NULL, NULL);
    const struct node *list = node_get(root, "cases");
    const struct node *node = list == NULL ? NULL : list->first;
    for (size_t i = 0; i < found.case_count && node != NULL; i++, node = node->next) {
        found.cases[i].file = file;
        found.cases[i].line = node->line;
        if (!inherited || !is_told_anew(own, &found.cases[i])) {
            **end = &found.cases[i];
            *end = &found.cases[i].next;
        }
    }
}

static bool is_told_anew(const struct rulebook_case *own,
                         const struct rulebook_case *one) {
    for (; own != NULL; own = own->next) {
        if (own != one && str_equal(own->sentence, one->sentence)) {
            return true;
        }
    }
    return false;
}
