/*
 * Child rulebooks: one that names a parent is that parent with what it writes otherwise.
 *
 * The parent says what a child may change (`allows`: a path, in which way, by which
 * article); everything else stays, and a child that touches it does not load.  So what
 * the parent's articles demand is demanded below it too.
 */
#include "rulebook_own.h"

#include <string.h>

#define ALLOWS_MOST 64

struct joining {
    struct reader *reader;
    const struct node *parent; /* whole */
    const struct node *allows;
    struct str code;   /* of the parent */
    struct str prefix; /* of the child's own requirements */
};

/* Where the walk stands in both. */
struct spot {
    struct str path;
    const struct node *basis; /* the innermost citation around, or NULL */
    struct node *steps;       /* of the route around, in the parent */
    const struct node *own;   /* the same in the child */
};

static enum status read_parent(struct reader *reader, struct source *source,
                               struct str code, struct node **out_root);
static const struct rulebook_files *files_below(struct arena *arena,
                                                const struct rulebook_files *files);
static void join_map(struct joining *joining, struct node *parent,
                     const struct node *child, const struct spot *spot);
static struct spot spot_below(struct joining *joining, const struct spot *spot,
                              struct node *parent, const struct node *child);
static void join_entry(struct joining *joining, struct node *parent,
                       const struct node *child, const struct spot *spot);
static void add_entry(struct joining *joining, struct node *map,
                      const struct node *before, const struct node *child,
                      const struct spot *spot);
static bool may_change(const struct joining *joining, const struct node *parent,
                       const struct node *child, const struct spot *spot);
static bool may_add(const struct joining *joining, const struct node *child,
                    const struct spot *spot);
static bool leads_through_new_step(const struct joining *joining,
                                   const struct node *parent, const struct node *child,
                                   const struct spot *spot);
static bool is_within(const struct node *parent, const struct node *child,
                      struct str how);
static bool allow_names(const struct node *allow, struct str path);
static bool same_node(const struct node *a, const struct node *b);
static void refuse(const struct joining *joining, const struct node *child,
                   const struct spot *spot);
static struct text cite_of(const struct joining *joining, const struct node *basis);
static struct str allowed_paths(const struct joining *joining);

struct str child_names_parent(const struct node *root) {
    const struct node *identity = node_get(root, "rulebook");
    const struct node *parent = identity == NULL || identity->kind != NODE_MAP
                                    ? NULL
                                    : node_get(identity, "parent");
    return parent == NULL || parent->kind != NODE_SCALAR ? STR("") : parent->text;
}

enum status child_join_parent(struct reader *reader, struct source *source,
                              struct node **root) {
    struct node *parent = NULL;
    struct joining joining = {.reader = reader, .code = child_names_parent(*root)};
    if (str_is_empty(joining.code)) {
        return DONE;
    }
    const struct node *named = node_get(node_get(*root, "rulebook"), "parent");
    TRY(read_parent(reader, source, joining.code, &parent));
    if (parent == NULL || !str_is_empty(child_names_parent(parent))) {
        FAULT(reader, named, "找不到上级规则书“%.*s”，或者它自己也有上级。",
              "There is no parent rulebook “%.*s”, or it has a parent itself.",
              STR_ARG(joining.code));
        return REFUSED;
    }
    const struct node *identity = node_get(parent, "rulebook");
    const struct node *own = node_get(*root, "rulebook");
    const struct node *prefix = identity == NULL ? NULL : node_get(identity, "prefix");
    const struct node *mine = node_get(own, "prefix");
    reader->parent_prefix = prefix == NULL ? STR("") : prefix->text;
    joining.prefix = mine == NULL ? STR("") : mine->text;
    joining.parent = parent;
    joining.allows = node_get(parent, "allows");
    struct spot spot = {.path = STR("")};
    tree_expand(reader, parent);
    join_map(&joining, parent, *root, &spot);
    *root = parent;
    return DONE;
}

/* From the files at hand, or from the directory that stands for it. */
static enum status read_parent(struct reader *reader, struct source *source,
                               struct str code, struct node **out_root) {
    struct source above = {.files = files_below(reader->arena, source->files)};
    if (above.files->count == 0) {
        above.files = NULL;
        above.path = child_parent_folder(reader->arena, source->path, code);
        if (!file_exists(str_format(reader->arena, "%s/rulebook.yaml", above.path).at)) {
            return DONE;
        }
    }
    TRY(read_source(reader, &above, out_root));
    source->files = above.files; /* the law is the parent's */
    return DONE;
}

static const struct rulebook_files *files_below(struct arena *arena,
                                                const struct rulebook_files *files) {
    static const char folder[] = "parent/";
    struct rulebook_files *below = TAKE(arena, struct rulebook_files);
    below->at = TAKE_ARRAY(arena, files->count + 1, struct rulebook_file);
    for (size_t i = 0; i < files->count; i++) {
        if (str_starts(files->at[i].name, folder)) {
            below->at[below->count] = files->at[i];
            below->at[below->count++].name =
                str_part(files->at[i].name, strlen(folder), files->at[i].name.length);
        }
    }
    return below;
}

static void join_map(struct joining *joining, struct node *parent,
                     const struct node *child, const struct spot *spot) {
    const struct node *before = NULL;
    for (struct node *entry = child->first, *next; entry != NULL; entry = next) {
        next = entry->next;
        struct node *there =
            node_get(parent, str_text(joining->reader->arena, entry->key));
        struct spot below = spot_below(joining, spot, parent, entry);
        if (there == NULL) {
            add_entry(joining, parent, before, entry, &below);
        } else {
            join_entry(joining, there, entry, &below);
        }
        before = entry;
    }
}

static struct spot spot_below(struct joining *joining, const struct spot *spot,
                              struct node *parent, const struct node *child) {
    struct spot below = *spot;
    const struct node *basis = node_get(parent, "basis");
    below.path = str_is_empty(spot->path)
                     ? child->key
                     : str_format(joining->reader->arena, "%.*s.%.*s",
                                  STR_ARG(spot->path), STR_ARG(child->key));
    below.basis = basis != NULL ? basis : spot->basis;
    return below;
}

static void join_entry(struct joining *joining, struct node *parent,
                       const struct node *child, const struct spot *spot) {
    struct spot below = *spot;
    bool identity = str_starts(spot->path, "rulebook.");
    if (str_is(child->key, "steps")) {
        below.steps = parent;
        below.own = child;
    }
    if (parent->kind == NODE_MAP && child->kind == NODE_MAP) {
        join_map(joining, parent, child, &below);
        return;
    }
    if (same_node(parent, child)) {
        return;
    }
    if (!identity && !may_change(joining, parent, child, spot)) {
        refuse(joining, child, spot);
        return;
    }
    struct node *next = parent->next;
    *parent = *child;
    parent->next = next;
}

/* Behind the entry that stands before it in the child, else at the end. */
static void add_entry(struct joining *joining, struct node *map,
                      const struct node *before, const struct node *child,
                      const struct spot *spot) {
    bool identity = str_starts(spot->path, "rulebook.");
    if (!identity && !may_add(joining, child, spot)) {
        refuse(joining, child, spot);
        return;
    }
    struct node *copy = arena_copy(joining->reader->arena, child, sizeof *child);
    struct node **link = &map->first;
    bool behind = false;
    while (*link != NULL && !behind) {
        behind = before != NULL && str_equal((*link)->key, before->key);
        link = &(*link)->next;
    }
    copy->next = *link;
    *link = copy;
}

static bool may_change(const struct joining *joining, const struct node *parent,
                       const struct node *child, const struct spot *spot) {
    for (const struct node *allow = joining->allows == NULL ? NULL
                                                            : joining->allows->first;
         allow != NULL; allow = allow->next) {
        const struct node *how = allow->kind == NODE_MAP ? node_get(allow, "how") : NULL;
        if (how != NULL && allow_names(allow, spot->path) &&
            is_within(parent, child, how->text)) {
            return true;
        }
    }
    return leads_through_new_step(joining, parent, child, spot);
}

/* Requirements of its own are the child's affair. */
static bool may_add(const struct joining *joining, const struct node *child,
                    const struct spot *spot) {
    const char *prefix =
        str_format(joining->reader->arena, "%.*s-", STR_ARG(joining->prefix)).at;
    if (str_is(spot->path, "requirements") ||
        (str_starts(spot->path, "requirements.") && joining->prefix.length > 0 &&
         !str_equal(joining->prefix, joining->reader->parent_prefix) &&
         str_starts(child->key, prefix))) {
        return true;
    }
    for (const struct node *allow = joining->allows == NULL ? NULL
                                                            : joining->allows->first;
         allow != NULL; allow = allow->next) {
        const struct node *how = allow->kind == NODE_MAP ? node_get(allow, "how") : NULL;
        bool adds = how != NULL && (str_is(how->text, "add") || str_is(how->text, "any"));
        if (adds && allow_names(allow, spot->path)) {
            return true;
        }
    }
    return false;
}

/* Who may add a step may lead to it; it must then lead to where the way went before. */
static bool leads_through_new_step(const struct joining *joining,
                                   const struct node *parent, const struct node *child,
                                   const struct spot *spot) {
    if (!str_is(child->key, "next") || spot->steps == NULL ||
        child->kind != NODE_SCALAR || parent->kind != NODE_SCALAR) {
        return false;
    }
    const struct node *step =
        node_get(spot->own, str_text(joining->reader->arena, child->text));
    const struct node *outcomes =
        step == NULL || step->kind != NODE_MAP ? NULL : node_get(step, "outcomes");
    const struct node *kind = step == NULL ? NULL : node_get(step, "kind");
    bool reviews = kind != NULL && str_is(kind->text, "review");
    for (const struct node *one = outcomes == NULL ? NULL : outcomes->first; one != NULL;
         one = one->next) {
        const struct node *next = one->kind == NODE_MAP ? node_get(one, "next") : NULL;
        if (reviews && next != NULL && str_equal(next->text, parent->text)) {
            struct str path =
                str_part(spot->path, 0, str_find(spot->path, STR(".steps.")));
            struct spot there = {.path =
                                     str_format(joining->reader->arena, "%.*s.steps.%.*s",
                                                STR_ARG(path), STR_ARG(step->key))};
            return may_add(joining, step, &there);
        }
    }
    return false;
}

static bool is_within(const struct node *parent, const struct node *child,
                      struct str how) {
    int64_t was = 0;
    int64_t is = 0;
    if (str_is(how, "any")) {
        return true;
    }
    if (parent->kind != NODE_SCALAR || child->kind != NODE_SCALAR ||
        str_to_int(parent->text, &was) != DONE || str_to_int(child->text, &is) != DONE) {
        return false;
    }
    return str_is(how, "not-more") ? is <= was : str_is(how, "not-less") && is >= was;
}

/* "deadlines.*.amount"; a star is one part. */
static bool allow_names(const struct node *allow, struct str path) {
    const struct node *named = node_get(allow, "path");
    struct str pattern = named == NULL ? STR("") : named->text;
    while (!str_is_empty(pattern) && !str_is_empty(path)) {
        struct str wanted = str_cut(&pattern, '.');
        struct str part = str_cut(&path, '.');
        if (!str_is(wanted, "*") && !str_equal(wanted, part)) {
            return false;
        }
    }
    return named != NULL && str_is_empty(pattern) && str_is_empty(path);
}

static bool same_node(const struct node *a, const struct node *b) {
    if (a->kind != b->kind || !str_equal(a->text, b->text) ||
        node_count(a) != node_count(b)) {
        return false;
    }
    const struct node *one = a->first;
    for (const struct node *other = b->first; other != NULL; other = other->next) {
        if (!str_equal(one->key, other->key) || !same_node(one, other)) {
            return false;
        }
        one = one->next;
    }
    return true;
}

static void refuse(const struct joining *joining, const struct node *child,
                   const struct spot *spot) {
    struct text cite = cite_of(joining, spot->basis);
    struct str paths = allowed_paths(joining);
    FAULT_KEY(joining->reader, child, STR(""),
              "上级规则书“%.*s”不准下级改“%.*s”（%.*s；%.*s）。可改的只有：%.*s。",
              "The parent “%.*s” lets no child change “%.*s” (%.*s; %.*s). It may change "
              "only: %.*s.",
              STR_ARG(joining->code), STR_ARG(spot->path), STR_ARG(cite.zh),
              STR_ARG(cite.en), STR_ARG(paths));
}

/* The article that the parent's element rests on. */
static struct text cite_of(const struct joining *joining, const struct node *basis) {
    const struct node *list = node_get(joining->parent, "requirements");
    const struct node *requirement =
        basis == NULL || list == NULL
            ? NULL
            : node_get(list, str_text(joining->reader->arena, basis->text));
    const struct node *zh = requirement == NULL ? NULL : node_get(requirement, "cite");
    if (zh == NULL) {
        return (struct text){STR("其统一默认"), STR("a default of its own")};
    }
    return (struct text){zh->text, basis->text};
}

static struct str allowed_paths(const struct joining *joining) {
    struct buffer paths;
    buffer_init(&paths, joining->reader->arena);
    for (const struct node *allow = joining->allows == NULL ? NULL
                                                            : joining->allows->first;
         allow != NULL; allow = allow->next) {
        const struct node *path =
            allow->kind == NODE_MAP ? node_get(allow, "path") : NULL;
        const struct node *how = allow->kind == NODE_MAP ? node_get(allow, "how") : NULL;
        if (path != NULL && how != NULL) {
            buffer_add_format(&paths, "%s%.*s (%.*s)", paths.length > 0 ? ", " : "",
                              STR_ARG(path->text), STR_ARG(how->text));
        }
    }
    return paths.length == 0 ? STR("-") : buffer_str(&paths);
}
