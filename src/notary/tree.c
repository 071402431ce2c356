/*
 * The tree of RFC 6962, section 2: a leaf is H(0, entry), a node H(1, left, right), and
 * a tree of n leaves splits at the largest power of two below n.  Everything walks the
 * leaves once, from the left, so that a chain of any length takes the memory of a path.
 */
#include "notary_own.h"

#include <string.h>

/* Leaves, read once from the left. */
struct walk {
    notary_leaves leaves;
    void *from;
    enum digest_profile profile;
    enum status status;
    struct notary_path *path;
};

static struct digest node(enum digest_profile profile, const struct digest *left,
                          const struct digest *right);
static int64_t split(int64_t size);
static struct digest range(struct walk *walk, int64_t size);
static struct digest inclusion(struct walk *walk, int64_t place, int64_t size);
static struct digest consistency(struct walk *walk, int64_t older, int64_t size,
                                 bool known);
static void add_step(struct walk *walk, const struct digest *digest);

void notary_tree_begin(struct notary_tree *tree, enum digest_profile profile) {
    *tree = (struct notary_tree){.profile = profile};
}

struct digest notary_leaf(const struct digest *hash) {
    static const unsigned char mark = 0;
    struct digesting digesting;
    digest_begin(&digesting, (enum digest_profile)hash->profile);
    digest_add(&digesting, &mark, 1);
    digest_add(&digesting, hash->at, DIGEST_SIZE);
    return digest_end(&digesting);
}

/* As a binary counter: two full trees of one size become one of twice the size. */
void notary_tree_add(struct notary_tree *tree, const struct digest *hash) {
    struct digest full = notary_leaf(hash);
    int level = 0;
    for (; (tree->size >> level & 1) != 0; level++) {
        full = node(tree->profile, &tree->peaks[level], &full);
    }
    tree->peaks[level] = full;
    tree->size++;
}

struct digest notary_tree_root(const struct notary_tree *tree) {
    struct digest root = {0};
    if (tree->size == 0) {
        return digest_of(tree->profile, (struct bytes){0});
    }
    for (int level = 0; level < NOTARY_LEVELS; level++) {
        if ((tree->size >> level & 1) != 0) {
            root = digest_is_none(&root)
                       ? tree->peaks[level]
                       : node(tree->profile, &tree->peaks[level], &root);
        }
    }
    return root;
}

enum status notary_path_to(enum digest_profile profile, notary_leaves leaves, void *from,
                           int64_t place, int64_t size, struct notary_path *out_path,
                           struct digest *out_root) {
    struct notary_path path = {0};
    struct walk walk = {leaves, from, profile, DONE, &path};
    struct digest root = inclusion(&walk, place, size);
    TRY(walk.status);
    *out_path = path;
    *out_root = root;
    return DONE;
}

enum status notary_path_between(enum digest_profile profile, notary_leaves leaves,
                                void *from, int64_t older, int64_t size,
                                struct notary_path *out_path, struct digest *out_root) {
    struct notary_path path = {0};
    struct walk walk = {leaves, from, profile, DONE, &path};
    struct digest root = consistency(&walk, older, size, true);
    TRY(walk.status);
    *out_path = path;
    *out_root = root;
    return DONE;
}

/* RFC 9162, section 2.1.3.2. */
bool notary_path_includes(const struct notary_path *path, const struct digest *hash,
                          int64_t place, int64_t size, const struct digest *root) {
    if (place < 0 || place >= size) {
        return false;
    }
    enum digest_profile profile = (enum digest_profile)hash->profile;
    struct digest made = notary_leaf(hash);
    int64_t at = place;
    int64_t last = size - 1;
    for (size_t i = 0; i < path->count; i++) {
        if (last == 0) {
            return false;
        }
        if ((at & 1) != 0 || at == last) {
            made = node(profile, &path->at[i], &made);
            while ((at & 1) == 0 && at != 0) {
                at >>= 1;
                last >>= 1;
            }
        } else {
            made = node(profile, &made, &path->at[i]);
        }
        at >>= 1;
        last >>= 1;
    }
    return last == 0 && digest_equal(&made, root);
}

/* RFC 9162, section 2.1.4.2. */
bool notary_path_grows(const struct notary_path *path, int64_t older, int64_t size,
                       const struct digest *older_root, const struct digest *root) {
    if (older <= 0 || older > size) {
        return false;
    }
    if (older == size) {
        return path->count == 0 && digest_equal(older_root, root);
    }
    enum digest_profile profile = (enum digest_profile)root->profile;
    int64_t at = older - 1;
    int64_t last = size - 1;
    while ((at & 1) != 0) {
        at >>= 1;
        last >>= 1;
    }
    size_t next = 0;
    bool power = (older & (older - 1)) == 0;
    if (!power && path->count == 0) {
        return false;
    }
    struct digest before = power ? *older_root : path->at[next++];
    struct digest after = before;
    for (; next < path->count; next++) {
        const struct digest *step = &path->at[next];
        if (last == 0) {
            return false;
        }
        if ((at & 1) != 0 || at == last) {
            before = node(profile, step, &before);
            after = node(profile, step, &after);
            while ((at & 1) == 0 && at != 0) {
                at >>= 1;
                last >>= 1;
            }
        } else {
            after = node(profile, &after, step);
        }
        at >>= 1;
        last >>= 1;
    }
    return last == 0 && digest_equal(&before, older_root) && digest_equal(&after, root);
}

static struct digest node(enum digest_profile profile, const struct digest *left,
                          const struct digest *right) {
    static const unsigned char mark = 1;
    struct digesting digesting;
    digest_begin(&digesting, profile);
    digest_add(&digesting, &mark, 1);
    digest_add(&digesting, left->at, DIGEST_SIZE);
    digest_add(&digesting, right->at, DIGEST_SIZE);
    return digest_end(&digesting);
}

static int64_t split(int64_t size) {
    int64_t half = 1;
    while (half * 2 < size) {
        half *= 2;
    }
    return half;
}

static struct digest range(struct walk *walk, int64_t size) {
    struct notary_tree tree;
    notary_tree_begin(&tree, walk->profile);
    for (int64_t i = 0; i < size && walk->status == DONE; i++) {
        struct digest hash = {0};
        walk->status = walk->leaves(walk->from, &hash);
        if (walk->status == DONE) {
            notary_tree_add(&tree, &hash);
        }
    }
    return notary_tree_root(&tree);
}

static struct digest inclusion(struct walk *walk, int64_t place, int64_t size) {
    if (size == 1) {
        return range(walk, 1);
    }
    int64_t half = split(size);
    bool in_left = place < half;
    struct digest left = in_left ? inclusion(walk, place, half) : range(walk, half);
    struct digest right =
        in_left ? range(walk, size - half) : inclusion(walk, place - half, size - half);
    add_step(walk, in_left ? &right : &left);
    return node(walk->profile, &left, &right);
}

static struct digest consistency(struct walk *walk, int64_t older, int64_t size,
                                 bool known) {
    if (older == size) {
        struct digest whole = range(walk, size);
        if (!known) {
            add_step(walk, &whole);
        }
        return whole;
    }
    int64_t half = split(size);
    bool in_left = older <= half;
    struct digest left =
        in_left ? consistency(walk, older, half, known) : range(walk, half);
    struct digest right = in_left ? range(walk, size - half)
                                  : consistency(walk, older - half, size - half, false);
    add_step(walk, in_left ? &right : &left);
    return node(walk->profile, &left, &right);
}

static void add_step(struct walk *walk, const struct digest *digest) {
    if (walk->path->count < LENGTH(walk->path->at)) {
        walk->path->at[walk->path->count++] = *digest;
    }
}
