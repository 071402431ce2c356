/*
 * Registers that follow from what was released and decided: nothing is entered in them.
 */
#include "tally_own.h"

#include "manuscript/manuscript.h"
#include "publication/publication.h"

#define ROWS_MOST 5000

/* What one release of the year adds, if anything. */
typedef enum status (*looking)(struct call *call, const struct release *release,
                               const struct content *content, void *rows, size_t *count);

static enum status look_at_year(struct call *call, id64 group, int year, looking look,
                                void *rows, size_t *count);
static enum status look_for_reprint(struct call *call, const struct release *release,
                                    const struct content *content, void *rows,
                                    size_t *count);
static enum status look_for_pair(struct call *call, const struct release *release,
                                 const struct content *content, void *rows,
                                 size_t *count);
static enum status unit_title_of(struct call *call, id64 manuscript,
                                 struct str *out_title);
static struct str name_of(struct call *call, id64 person);
static struct str step_title(struct call *call, struct str digest, struct str route,
                             struct str step);

enum status tally_reprints(struct call *call, id64 group, int year,
                           struct reprint **out_rows, size_t *out_count) {
    struct reprint *rows = TAKE_ARRAY(call->arena, ROWS_MOST, struct reprint);
    size_t count = 0;
    TRY(look_at_year(call, group, year, look_for_reprint, rows, &count));
    *out_rows = rows;
    *out_count = count;
    return DONE;
}

enum status tally_pairs(struct call *call, id64 group, int year,
                        struct policy_pair **out_rows, size_t *out_count) {
    struct policy_pair *rows = TAKE_ARRAY(call->arena, ROWS_MOST, struct policy_pair);
    size_t count = 0;
    TRY(look_at_year(call, group, year, look_for_pair, rows, &count));
    *out_rows = rows;
    *out_count = count;
    return DONE;
}

static enum status look_at_year(struct call *call, id64 group, int year, looking look,
                                void *rows, size_t *count) {
    instant from = day_start(day_of_date((struct date){year, 1, 1}));
    instant until = day_start(day_of_date((struct date){year + 1, 1, 1}));
    struct release *releases;
    size_t found;
    id64 after = 0;
    do {
        TRY(publication_released(call, group, from, until, after, 200, &releases,
                                 &found));
        for (size_t i = 0; i < found && *count < ROWS_MOST; i++) {
            struct revision revision;
            struct manuscript manuscript;
            after = releases[i].id;
            enum status known =
                manuscript_find(call, releases[i].manuscript, &manuscript);
            if (known == FAILED) {
                return FAILED;
            }
            call_forgive(call);
            if (known == DONE) {
                TRY(manuscript_revision(call, releases[i].revision, &revision));
                TRY(look(call, &releases[i], &revision.content, rows, count));
            }
        }
    } while (found > 0 && *count < ROWS_MOST);
    return DONE;
}

static enum status look_for_reprint(struct call *call, const struct release *release,
                                    const struct content *content, void *rows,
                                    size_t *count) {
    struct reprint *reprints = rows;
    struct str source = content_field(content, "reprint-source");
    struct str address = content_field(content, "reprint-url");
    if (str_is_empty(source) && str_is_empty(address)) {
        return DONE;
    }
    struct reprint *row = &reprints[(*count)++];
    *row = (struct reprint){.manuscript = release->manuscript,
                            .title = release->title,
                            .source = source,
                            .author = content_field(content, "author"),
                            .source_at = content_field(content, "reprint-at"),
                            .address = address,
                            .released_at = release->released_at};
    return unit_title_of(call, release->manuscript, &row->unit_title);
}

static enum status look_for_pair(struct call *call, const struct release *release,
                                 const struct content *content, void *rows,
                                 size_t *count) {
    struct policy_pair *pairs = rows;
    struct manuscript pair;
    struct release *others;
    size_t other_count;
    id64 id;
    if (id_from_text(content_field(content, "interpretation"), &id) != DONE ||
        manuscript_peek(call, id, &pair) != DONE) {
        return DONE;
    }
    struct policy_pair *row = &pairs[(*count)++];
    *row = (struct policy_pair){.manuscript = release->manuscript,
                                .title = release->title,
                                .released_at = release->released_at,
                                .pair = id,
                                .pair_title = pair.title};
    TRY(publication_of_manuscript(call, id, &others, &other_count));
    for (size_t i = 0; i < other_count; i++) {
        if (others[i].number > 0) {
            row->pair_released_at = others[i].released_at;
        }
    }
    return unit_title_of(call, release->manuscript, &row->unit_title);
}

static enum status unit_title_of(struct call *call, id64 manuscript,
                                 struct str *out_title) {
    struct manuscript found;
    struct people_unit unit;
    TRY(manuscript_peek(call, manuscript, &found));
    TRY(people_unit(call, found.unit, &unit));
    *out_title = unit.title;
    return DONE;
}

enum status tally_signatures(struct call *call, id64 group, int year,
                             struct paper_signature **out_rows, size_t *out_count) {
    struct paper_signature *signatures =
        TAKE_ARRAY(call->arena, ROWS_MOST, struct paper_signature);
    id64 *persons = TAKE_ARRAY(call->arena, ROWS_MOST * 3, id64);
    size_t count = 0;
    struct rows *rows;
    TRY(store_query(
        call, &tally_paper, &rows, bind_int("group", group),
        bind_int("from", day_start(day_of_date((struct date){year, 1, 1}))),
        bind_int("until", day_start(day_of_date((struct date){year + 1, 1, 1})))));
    while (rows_next(rows)) {
        struct paper_signature *one = &signatures[count];
        one->manuscript = row_id(rows, "subject");
        one->day = (civil_day)row_int(rows, "face_day");
        one->number = row_text(rows, "paper_number");
        one->step_title = step_title(call, row_text(rows, "rulebook_digest"),
                                     row_text(rows, "route"), row_text(rows, "step"));
        persons[3 * count] = row_id(rows, "person");
        persons[3 * count + 1] = row_id(rows, "entered_by");
        persons[3 * count + 2] = row_id(rows, "confirmed_by");
        count++;
    }
    TRY(rows_end(rows));
    for (size_t i = 0; i < count; i++) {
        signatures[i].signer = name_of(call, persons[3 * i]);
        signatures[i].entered_by = name_of(call, persons[3 * i + 1]);
        signatures[i].confirmed_by = name_of(call, persons[3 * i + 2]);
    }
    *out_rows = signatures;
    *out_count = count;
    return DONE;
}

static struct str name_of(struct call *call, id64 person) {
    struct people_brief brief;
    return people_person_brief(call, person, &brief) == DONE ? brief.name : STR("");
}

static struct str step_title(struct call *call, struct str digest, struct str route,
                             struct str step) {
    const struct rulebook *book = shelf_find_text(call->house->shelf, digest);
    int index = book == NULL ? NO_INDEX : rulebook_route(book, route);
    int at = index == NO_INDEX ? NO_INDEX : route_step(&book->routes[index], step);
    return at == NO_INDEX ? step
                          : text_in(book->routes[index].steps[at].title, call->language);
}
