/*
 * The demonstration: a bureau of sample persons with manuscripts in every state, made
 * through the same acts as everything else.  Every name in it is a sample.
 */
#include "app_own.h"

#include "manuscript/manuscript.h"
#include "people/people.h"
#include "publication/publication.h"
#include "rulebook/rulebook.h"
#include "site/site.h"
#include "trial/trial.h"

#include <string.h>

#define TEXTS_MOST 64

/* One text of share/starter/texts.html. */
struct sample {
    struct str title;
    struct str column;
    struct str item_class;
    struct str state; /* a state's name; "published" goes all the way */
    struct str body;
};

struct demo {
    struct call *call;
    const struct rulebook *book;
    struct trial_bureau bureau;
    struct sample texts[TEXTS_MOST];
    size_t text_count;
};

static enum status read_texts(struct demo *demo);
static enum status fill_texts(struct demo *demo);
static enum status fill_text(struct demo *demo, size_t index);
static enum status bring_to(struct demo *demo, id64 manuscript, struct str state);
static enum status pick_class(const struct demo *demo, size_t index,
                              struct str *out_class);
static enum status pick_column(struct demo *demo, size_t index, struct str item_class,
                               struct column *out_column);
static bool suits(const struct rulebook *book, const struct item_class *item_class);
static enum status publish(struct demo *demo, id64 manuscript);

enum status demo_fill(struct call *call, const struct rulebook *const *books,
                      size_t count) {
    struct demo demo = {.call = call};
    struct trial_bureau *bureaus = TAKE_ARRAY(call->arena, count, struct trial_bureau);
    TRY(read_texts(&demo));
    TRY(trial_found_several(call, books, count, true, bureaus));
    for (size_t i = 0; i < count; i++) {
        demo.book = books[i];
        demo.bureau = bureaus[i];
        TRY(fill_texts(&demo));
        TRY(publication_apply(call, demo.bureau.site.id, NULL));
    }
    return DONE;
}

/* "<!-- title | column | class | state -->" on a line of its own, and the text below it.
 */
static enum status read_texts(struct demo *demo) {
    struct arena *arena = demo->call->arena;
    struct bytes bytes;
    struct sample *text = NULL;
    const char *path = str_text(
        arena, str_format(arena, "%s/starter/texts.html", demo->call->house->share));
    TRY(file_read(arena, path, (size_t)1 << 20, &bytes));
    struct str rest = {(const char *)bytes.at, bytes.length};
    while (!str_is_empty(rest)) {
        struct str line = str_cut(&rest, '\n');
        if (str_starts(line, "<!-- ") && demo->text_count < TEXTS_MOST) {
            struct str head = str_part(line, 5, line.length - strlen(" -->"));
            text = &demo->texts[demo->text_count++];
            text->title = str_trim(str_cut(&head, '|'));
            text->column = str_trim(str_cut(&head, '|'));
            text->item_class = str_trim(str_cut(&head, '|'));
            text->state = str_trim(head);
            text->body = (struct str){rest.at, 0};
        } else if (text != NULL) {
            text->body.length = (size_t)(line.at + line.length - text->body.at);
        }
    }
    return demo->text_count > 0 ? DONE : log_failed("%s holds no text", path);
}

static enum status fill_texts(struct demo *demo) {
    for (size_t i = 0; i < demo->text_count; i++) {
        TRY(fill_text(demo, i));
    }
    return DONE;
}

static enum status fill_text(struct demo *demo, size_t index) {
    struct call *call = demo->call;
    struct column column;
    struct str item_class;
    struct dropped dropped;
    id64 manuscript;
    int version;
    struct str origin = day_to_text(call->arena, instant_day(call->now) - 2);
    struct str entry =
        demo->book->catalogue_count > 0 ? demo->book->catalogue[0].code : STR("");
    struct field_value fields[] = {{STR("disclosure"), STR("active")},
                                   {STR("origin"), origin},
                                   {STR("source"), demo->bureau.department.title},
                                   {STR("catalogue"), entry}};
    struct content content = {.title = demo->texts[index].title,
                              .body = str_trim(demo->texts[index].body),
                              .fields = fields,
                              .field_count = LENGTH(fields)};
    TRY(pick_class(demo, index, &item_class));
    TRY(pick_column(demo, index, item_class, &column));
    call->actor = (struct actor){.person = demo->bureau.writer, .freshly_proven = true};
    TRY(manuscript_begin(call, column.id, demo->bureau.department.id, item_class,
                         content.title, &manuscript));
    TRY(manuscript_save(call, manuscript, 1, &content, &version, &dropped));
    enum status status = bring_to(demo, manuscript, demo->texts[index].state);
    call->actor = (struct actor){0};
    if (status == REFUSED || status == DENIED) {
        call_forgive(
            call); /* another post writes this class; it stays where it came to */
        return DONE;
    }
    return status;
}

static enum status bring_to(struct demo *demo, id64 manuscript, struct str state) {
    struct subject subject = {.kind = SUBJECT_MANUSCRIPT, .id = manuscript};
    struct call *call = demo->call;
    struct manuscript found;
    if (str_is(state, "draft")) {
        return DONE;
    }
    if (str_is(state, "published")) {
        TRY(trial_walk(call, manuscript, STR("")));
        return publish(demo, manuscript);
    }
    bool back = str_is(state, "second-proof");
    struct offer offer;
    TRY(manuscript_peek(call, manuscript, &found));
    for (int i = 0; i < RULEBOOK_STEPS_MOST; i++) {
        bool is_there = str_equal(found.state, back ? STR("dept-review") : state) ||
                        str_is(found.state, "approved");
        if (found.run != 0 && is_there) {
            break;
        }
        if (found.run == 0) {
            struct item_facts item;
            const struct rulebook *book;
            int route;
            struct no no;
            TRY(review_item_facts(call, manuscript, &book, &item));
            if (rulebook_route_for(book, &item, &route, &no) != DONE) {
                return rulebook_refuse(call, book, &no);
            }
            const struct route *taken = &book->routes[route];
            int first = taken->first;
            while (taken->steps[first].kind == STEP_AUTHOR) {
                first =
                    taken->steps[first].outcomes[step_forward(&taken->steps[first])].next;
            }
            TRY(trial_walk(call, manuscript, taken->steps[first].code));
        } else {
            TRY(trial_step(call, manuscript, STR(""), STR("")));
        }
        TRY(manuscript_peek(call, manuscript, &found));
    }
    TRY(review_offer(call, subject, 0, &offer));
    for (size_t i = 0; back && i < offer.step->outcome_count; i++) {
        if (offer.step->outcomes[i].kind == OUTCOME_BACK &&
            offer.step->outcomes[i].when == NULL) {
            return trial_step(call, manuscript, offer.step->outcomes[i].code,
                              STR("请补充会议时间和地点。"));
        }
    }
    return DONE;
}

static enum status publish(struct demo *demo, id64 manuscript) {
    struct call *call = demo->call;
    struct subject subject = {.kind = SUBJECT_MANUSCRIPT, .id = manuscript};
    struct people_holdings holdings;
    struct offer offer;
    struct release *releases;
    size_t count;
    TRY(review_offer(call, subject, 0, &offer));
    TRY(people_holders(call, str_text(call->arena, offer.role), offer.unit, &holdings));
    if (holdings.count == 0) {
        return DONE;
    }
    struct actor writer = call->actor;
    struct release_order order = {.manuscript = manuscript, .seen = offer.run.digest};
    call->actor = (struct actor){.person = holdings.at[0].person, .freshly_proven = true};
    TRY(publication_release(call, &order, &releases, &count));
    call->actor = writer;
    return DONE;
}

/* The column meant for it, else by turns one of those on the home page, else any, that
 * take the class from the department. */
static enum status pick_column(struct demo *demo, size_t index, struct str item_class,
                               struct column *out_column) {
    struct column *columns;
    size_t count;
    id64 site = demo->bureau.site.id;
    if (site_column_find_path(demo->call, site, demo->texts[index].column, out_column) ==
        DONE) {
        return DONE;
    }
    TRY(site_columns(demo->call, site, &columns, &count));
    struct column *fitting = TAKE_ARRAY(demo->call->arena, count + 1, struct column);
    for (int home = 1; home >= 0; home--) {
        size_t kept = 0;
        for (size_t i = 0; i < count; i++) {
            bool taken = site_column_takes(demo->call, &columns[i], item_class,
                                           demo->bureau.department.id) == DONE;
            call_forgive(demo->call);
            if (taken && (home == 0 || columns[i].on_home)) {
                fitting[kept++] = columns[i];
            }
        }
        if (kept > 0) {
            *out_column = fitting[index % kept];
            return DONE;
        }
    }
    return log_failed("no column takes what a demonstration would write");
}

/* Does every text of a demonstration carry what this class needs? */
static bool is_filled(const struct item_class *item_class) {
    const unsigned filled =
        FIELD_ORIGIN_DATE | FIELD_DISCLOSURE | FIELD_SOURCE | FIELD_CATALOGUE;
    for (size_t i = 0; i < item_class->need_count; i++) {
        if ((item_class->needs[i].field & ~filled) != 0) {
            return false;
        }
    }
    return true;
}

/* May the sample writer begin this class, and can it be released without a second text?
 */
static bool suits(const struct rulebook *book, const struct item_class *item_class) {
    int kind = rulebook_unit_kind(book, STR("department"));
    int index = item_class->route;
    for (size_t i = 0; i < item_class->way_count; i++) {
        for (size_t j = 0; j < item_class->ways[i].unit_kind_count; j++) {
            index = item_class->ways[i].unit_kinds[j] == kind ? item_class->ways[i].route
                                                              : index;
        }
    }
    if (item_class->reprint || !is_filled(item_class) || index == NO_INDEX) {
        return false;
    }
    const struct route *route = &book->routes[index];
    const struct role *author = &book->roles[route->steps[route->first].role];
    for (size_t i = 0;
         route->release != NO_INDEX && i < route->steps[route->release].prepared_count;
         i++) {
        if (route->steps[route->release].prepared[i].preparation ==
            PREPARE_INTERPRETATION) {
            return false;
        }
    }
    return author->open || str_is(author->code, "liaison");
}

/* A class that any department may choose without papers; by turns. */
static enum status pick_class(const struct demo *demo, size_t index,
                              struct str *out_class) {
    if (rulebook_class(demo->book, demo->texts[index].item_class) != NO_INDEX) {
        *out_class = demo->texts[index].item_class;
        return DONE;
    }
    size_t fitting = 0;
    for (int round = 0; round < 2; round++) {
        size_t seen = 0;
        for (size_t i = 0; i < demo->book->class_count; i++) {
            const struct item_class *known = &demo->book->classes[i];
            if (!suits(demo->book, known)) {
                continue;
            }
            if (round == 1 && seen == index % fitting) {
                *out_class = known->code;
                return DONE;
            }
            seen++;
        }
        fitting = seen;
        if (fitting == 0) {
            break;
        }
    }
    return log_failed("the rulebook has no class that a demonstration could use");
}
