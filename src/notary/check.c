/*
 * An export held against checkpoints, by whoever has them and nothing of ours.
 *
 * The checkpoints are sorted by chain and size and met on the way: at each one's size the
 * tree of the lines so far must have its root.  One that was not met lies behind the
 * end of the export: the tail was cut off.
 */
#include "notary_own.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define CHECKPOINTS_MOST 4096
#define CHAINS_MOST      1024
#define LINE_ARENA_MOST  ((size_t)64 << 20)

struct checking {
    struct arena *arena;
    struct checkpoint *known;
    size_t known_count;
    struct notary_chain *chains;
    size_t chain_count;
    struct approvals approvals;
    struct notary_verdict verdict;
};

static enum status read_known(struct checking *checking,
                              const struct notary_known *known);
static void sort_known(struct checking *checking);
static int by_chain_and_size(const void *a, const void *b);
static void check_line(struct checking *checking, struct arena *arena, struct str line);
static struct notary_chain *chain_of(struct checking *checking, id64 group);
static void meet(struct checking *checking, const struct notary_chain *chain);
static void check_ends(struct checking *checking);
static void found(struct checking *checking, enum notary_fault fault, id64 chain,
                  int64_t sequence);

enum status notary_check(struct arena *arena, notary_next next, void *from,
                         const struct notary_known *known,
                         struct notary_verdict *out_verdict) {
    struct checking checking = {
        .arena = arena, .chains = TAKE_ARRAY(arena, CHAINS_MOST, struct notary_chain)};
    struct arena *line_arena = arena_new(LINE_ARENA_MOST);
    checking.approvals =
        (struct approvals){.arena = arena, .registrar = known->registrar};
    enum status status = read_known(&checking, known);
    while (status == DONE && checking.verdict.fault == NOTARY_WHOLE) {
        struct str line;
        status = next(from, &line);
        if (status == DONE && !str_is_empty(line)) {
            check_line(&checking, line_arena, line);
        }
        arena_clear(line_arena);
    }
    arena_free(line_arena);
    if (status != DONE && status != ABSENT) {
        return status;
    }
    if (checking.verdict.fault == NOTARY_WHOLE) {
        check_ends(&checking);
    }
    *out_verdict = checking.verdict;
    return DONE;
}

static enum status read_known(struct checking *checking,
                              const struct notary_known *known) {
    struct str rest = known->checkpoints;
    checking->known = TAKE_ARRAY(checking->arena, CHECKPOINTS_MOST, struct checkpoint);
    while (checking->known_count < CHECKPOINTS_MOST) {
        struct checkpoint *checkpoint = &checking->known[checking->known_count];
        enum status status = checkpoint_read(checking->arena, &rest, checkpoint);
        if (status == ABSENT) {
            break;
        }
        TRY(status);
        if (known->key != NULL && !checkpoint_signed(checkpoint, known->key)) {
            found(checking, NOTARY_FAULT_SIGNATURE, checkpoint->chain, checkpoint->size);
        }
        checking->known_count++;
    }
    sort_known(checking);
    return DONE;
}

static void sort_known(struct checking *checking) {
    if (checking->known_count > 1) {
        qsort(checking->known, checking->known_count, sizeof *checking->known,
              by_chain_and_size);
    }
    for (size_t i = 1; i < checking->known_count; i++) {
        const struct checkpoint *one = &checking->known[i - 1];
        const struct checkpoint *next = &checking->known[i];
        if (one->chain == next->chain && one->size == next->size &&
            !digest_equal(&one->root, &next->root)) {
            found(checking, NOTARY_FAULT_FORKED, one->chain, one->size);
        }
    }
}

static int by_chain_and_size(const void *a, const void *b) {
    const struct checkpoint *one = a;
    const struct checkpoint *other = b;
    if (one->chain != other->chain) {
        return one->chain < other->chain ? -1 : 1;
    }
    return one->size < other->size ? -1 : one->size > other->size;
}

static void check_line(struct checking *checking, struct arena *arena, struct str line) {
    int64_t group = 0;
    json_t *json = json_loadb(line.at, line.length, 0, NULL);
    const char *text = json_string_value(json_object_get(json, "group"));
    bool told = text != NULL && str_to_int(str_of(text), &group) == DONE;
    struct notary_chain *chain = told ? chain_of(checking, group) : NULL;
    checking->verdict.entries++;
    if (chain == NULL) {
        json_decref(json);
        found(checking, NOTARY_FAULT_LINE, group, checking->verdict.entries);
        return;
    }
    enum notary_fault fault = notary_chain_add(arena, chain, line);
    if (fault == NOTARY_WHOLE && !approvals_fit(arena, &checking->approvals, json)) {
        found(checking, NOTARY_FAULT_APPROVAL, group, chain->tree.size);
    }
    json_decref(json);
    checking->verdict.signatures = checking->approvals.signatures;
    if (fault != NOTARY_WHOLE) {
        found(checking, fault, group, chain->tree.size + 1);
        return;
    }
    meet(checking, chain);
}

/* The first of lines is the last chain nearly always. */
static struct notary_chain *chain_of(struct checking *checking, id64 group) {
    for (size_t i = checking->chain_count; i > 0; i--) {
        if (checking->chains[i - 1].chain == group) {
            return &checking->chains[i - 1];
        }
    }
    if (checking->chain_count == CHAINS_MOST) {
        return NULL;
    }
    struct notary_chain *chain = &checking->chains[checking->chain_count++];
    *chain = (struct notary_chain){.chain = group};
    checking->verdict.chains = checking->chain_count;
    return chain;
}

static void meet(struct checking *checking, const struct notary_chain *chain) {
    for (size_t i = 0; i < checking->known_count; i++) {
        const struct checkpoint *known = &checking->known[i];
        if (known->chain != chain->chain || known->size != chain->tree.size) {
            continue;
        }
        struct digest root = notary_tree_root(&chain->tree);
        if (!digest_equal(&root, &known->root) ||
            !digest_equal(&chain->hash, &known->head)) {
            found(checking, NOTARY_FAULT_REWRITTEN, chain->chain, known->size);
            return;
        }
        checking->verdict.checkpoints++;
    }
}

static void check_ends(struct checking *checking) {
    for (size_t i = 0; i < checking->known_count; i++) {
        const struct checkpoint *known = &checking->known[i];
        int64_t size = 0;
        for (size_t j = 0; j < checking->chain_count; j++) {
            if (checking->chains[j].chain == known->chain) {
                size = checking->chains[j].tree.size;
            }
        }
        if (known->size > size) {
            found(checking, NOTARY_FAULT_CUT, known->chain, size + 1);
            return;
        }
    }
}

static void found(struct checking *checking, enum notary_fault fault, id64 chain,
                  int64_t sequence) {
    if (checking->verdict.fault == NOTARY_WHOLE) {
        checking->verdict.fault = fault;
        checking->verdict.chain = chain;
        checking->verdict.sequence = sequence;
    }
}
