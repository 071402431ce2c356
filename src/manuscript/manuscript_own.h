/*
 * Only for src/manuscript: rows to structs and back, and the permission that
 * every act of this stage asks first.
 */
#ifndef MANUSCRIPT_MANUSCRIPT_OWN_H
#define MANUSCRIPT_MANUSCRIPT_OWN_H

#include "manuscript/manuscript.h"
#include "store/store.h"

#define DRAFTS_KEPT 50

/* A manuscript's row with what only this stage needs. */
struct manuscript_row {
    struct manuscript manuscript;
    int epoch;
    instant removed_at;
};

void manuscript_read_row(struct rows *rows, struct manuscript_row *out_row);
MUST_CHECK enum status manuscript_lock_row(struct call *call, id64 manuscript,
                                           struct manuscript_row *out_row);

/*
 * The names under which the actor reads, as reader.c writes them; unused places
 * are empty.  A person with more than ten posts reads by the first ten.
 */
#define READER_KEYS 32
struct reader_keys {
    struct str at[READER_KEYS];
    id64 units[READER_KEYS / 3]; /* the whole units among them, as ids */
};
MUST_CHECK enum status manuscript_reader_keys(struct call *call,
                                              struct reader_keys *out_keys);

#define UNIT_BINDINGS(keys)                                                              \
    bind_int("unit1", (keys)->units[0]), bind_int("unit2", (keys)->units[1]),            \
        bind_int("unit3", (keys)->units[2]), bind_int("unit4", (keys)->units[3]),        \
        bind_int("unit5", (keys)->units[4]), bind_int("unit6", (keys)->units[5]),        \
        bind_int("unit7", (keys)->units[6]), bind_int("unit8", (keys)->units[7]),        \
        bind_int("unit9", (keys)->units[8]), bind_int("unit10", (keys)->units[9])

#define READER_BINDINGS(keys)                                                            \
    READER_EIGHT(keys, 0, "1", "2", "3", "4", "5", "6", "7", "8"),                       \
        READER_EIGHT(keys, 8, "9", "10", "11", "12", "13", "14", "15", "16"),            \
        READER_EIGHT(keys, 16, "17", "18", "19", "20", "21", "22", "23", "24"),          \
        READER_EIGHT(keys, 24, "25", "26", "27", "28", "29", "30", "31", "32")
#define READER_EIGHT(keys, from, a, b, c, d, e, f, g, h)                                 \
    bind_text("reader" a, (keys)->at[(from)]),                                           \
        bind_text("reader" b, (keys)->at[(from) + 1]),                                   \
        bind_text("reader" c, (keys)->at[(from) + 2]),                                   \
        bind_text("reader" d, (keys)->at[(from) + 3]),                                   \
        bind_text("reader" e, (keys)->at[(from) + 4]),                                   \
        bind_text("reader" f, (keys)->at[(from) + 5]),                                   \
        bind_text("reader" g, (keys)->at[(from) + 6]),                                   \
        bind_text("reader" h, (keys)->at[(from) + 7])

/* ABSENT unless the actor may see it (see manuscript_find). */
MUST_CHECK enum status manuscript_may_see(struct call *call,
                                          const struct manuscript *manuscript);

/* DENIED or REFUSED unless the actor may write in its draft now. */
MUST_CHECK enum status manuscript_may_write(struct call *call,
                                            const struct manuscript *manuscript);

/* manuscript_must_be_registered for the actor, in the column it stands in. */
MUST_CHECK enum status
manuscript_must_be_on_register(struct call *call, const struct manuscript *manuscript);

/* Fields and attachments as the columns of draft and revision hold them. */
struct str content_fields_json(struct arena *arena, const struct content *content);
struct str content_attachments_json(struct arena *arena, const struct content *content);
MUST_CHECK enum status content_read_row(struct call *call, struct rows *rows,
                                        struct content *out_content);

/* Trim, sort and check a content as typed: REFUSED with field messages. */
MUST_CHECK enum status content_settle(struct call *call, const struct content *typed,
                                      struct content *out_content);

/* Make the list of pictures that stand in the body agree with the body: a kept file that
 * it shows is listed, with its alternative text; one that it no longer shows is not. */
MUST_CHECK enum status content_gather_pictures(struct call *call,
                                               struct content *content);

/* What one JSON line says, cleaned; REFUSED with everything wrong with it at once. */
MUST_CHECK enum status manuscript_read_line(struct call *call, struct str line,
                                            struct content *out_content,
                                            struct migrated_facts *out_facts);

/* Enter a manuscript that the house itself began, with its draft, in its unit's hands,
 * and the unit's duty to go on with it; inside the transaction that begins it. */
struct rulebook;
MUST_CHECK enum status manuscript_put_in_hands(struct call *call,
                                               const struct manuscript *manuscript,
                                               const struct content *content);
MUST_CHECK enum status manuscript_tell_unit(struct call *call, const struct site *to,
                                            const struct rulebook *book,
                                            const struct manuscript *received,
                                            struct str rule);

/* The day in the field "origin", 0 if empty. */
civil_day content_origin(const struct content *content);

/* Write version *version* of the draft and count the actor as contributor. */
MUST_CHECK enum status manuscript_write_draft(struct call *call,
                                              const struct manuscript_row *row,
                                              const struct content *content, int version);

/* The ledger's record of an act of this stage on *manuscript*. */
MUST_CHECK enum status manuscript_note(struct call *call,
                                       const struct manuscript *manuscript,
                                       const char *act, const struct digest *digest,
                                       struct str payload);

#endif
