/*
 * Two rewritings of the tree before it is bound: a route that is written as
 * another one with words exchanged (`like`, `with`), and, for tests, a
 * rulebook without the elements that rest on one requirement.
 */
#include "rulebook_own.h"

struct pruned {
    struct str name;
    struct str successor;
    struct pruned *next;
};

static void expand_entry(struct reader *reader, struct node *entries, struct node *entry);
static struct node *copy_with(struct reader *reader, const struct node *from,
                              const struct node *words);
static struct str exchanged(struct str text, const struct node *words);
static bool rests_on(const struct node *node, struct str requirement);
static void note_pruned(struct reader *reader, const struct node *node);

void tree_expand(struct reader *reader, struct node *root) {
    struct node *routes = node_get(root, "routes");
    if (routes == NULL || routes->kind != NODE_MAP) {
        return;
    }
    for (struct node *route = routes->first; route != NULL; route = route->next) {
        if (route->kind == NODE_MAP && node_get(route, "like") != NULL) {
            expand_entry(reader, routes, route);
        }
    }
}

void tree_prune(struct reader *reader, struct node *root) {
    if (str_is_empty(reader->without)) {
        return;
    }
    for (struct node **link = &root->first; *link != NULL;) {
        if (rests_on(*link, reader->without)) {
            if (str_is(root->key, "steps")) {
                note_pruned(reader, *link);
            }
            *link = (*link)->next;
        } else {
            tree_prune(reader, *link);
            link = &(*link)->next;
        }
    }
}

struct str pruned_successor(const struct reader *reader, struct str name) {
    for (const struct pruned *one = reader->pruned; one != NULL;) {
        if (!str_equal(one->name, name)) {
            one = one->next;
            continue;
        }
        /* Noted in file order: what stands after an entry was noted after it. */
        name = one->successor;
        one = one->next;
    }
    return name;
}

/* The written keys of *entry* stay; every other key comes from the liked route. */
static void expand_entry(struct reader *reader, struct node *entries,
                         struct node *entry) {
    struct node *like = node_get(entry, "like");
    struct node *words = node_get(entry, "with");
    const struct node *model =
        like->kind == NODE_SCALAR ? node_get(entries, str_text(reader->arena, like->text))
                                  : NULL;
    if (model == NULL || model == entry || node_get(model, "like") != NULL) {
        FAULT(reader, like, "“like”应写另一条完整写出的路线。",
              "“like” must name another route that is written out.");
        return;
    }
    struct node **end = &entry->first;
    while (*end != NULL) {
        if (*end == like || *end == words) {
            *end = (*end)->next;
        } else {
            end = &(*end)->next;
        }
    }
    for (const struct node *part = model->first; part != NULL; part = part->next) {
        if (node_get(entry, str_text(reader->arena, part->key)) == NULL) {
            *end = copy_with(reader, part, words);
            end = &(*end)->next;
        }
    }
}

static struct node *copy_with(struct reader *reader, const struct node *from,
                              const struct node *words) {
    struct node *copy = arena_copy(reader->arena, from, sizeof *from);
    copy->text = exchanged(from->text, words);
    copy->key = exchanged(from->key, words);
    copy->next = NULL;
    copy->first = NULL;
    struct node **end = &copy->first;
    for (const struct node *child = from->first; child != NULL; child = child->next) {
        *end = copy_with(reader, child, words);
        end = &(*end)->next;
    }
    return copy;
}

static struct str exchanged(struct str text, const struct node *words) {
    if (words == NULL || words->kind != NODE_MAP) {
        return text;
    }
    for (const struct node *word = words->first; word != NULL; word = word->next) {
        if (str_equal(word->key, text) && word->kind == NODE_SCALAR) {
            return word->text;
        }
    }
    return text;
}

static bool rests_on(const struct node *node, struct str requirement) {
    const struct node *basis = node->kind == NODE_MAP ? node_get(node, "basis") : NULL;
    return basis != NULL && basis->kind == NODE_SCALAR &&
           str_equal(basis->text, requirement);
}

static void note_pruned(struct reader *reader, const struct node *node) {
    struct pruned *pruned = TAKE(reader->arena, struct pruned);
    pruned->name = node->key;
    pruned->successor = node->next != NULL ? node->next->key : STR("");
    struct pruned **end = &reader->pruned;
    while (*end != NULL) {
        end = &(*end)->next;
    }
    *end = pruned;
}
