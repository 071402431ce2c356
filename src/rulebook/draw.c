/*
 * A route as SVG.  The way that everything takes when it passes stands in one
 * row; what lies beside it (second proof, other ends) below; returns run below
 * that.  No style attributes (the pages' policy forbids them), colours of the
 * design, steps as links with ids.
 */
#include "rulebook_own.h"

#define BOX_WIDTH  128
#define BOX_HEIGHT 64
#define GAP        40
#define MARGIN     16
#define ROW_GAP    36
#define LANE       14
#define LINE       18

struct place {
    bool drawn;
    bool aside; /* in the lower row */
    int x;
    int y;
};

struct sheet {
    struct arena *arena;
    struct buffer *buffer;
    const struct rulebook *book;
    const struct route *route;
    const struct drawing *drawing;
    struct str language;
    struct place places[RULEBOOK_STEPS_MOST];
    int columns;
    int bottom; /* of the lowest row */
    int lanes;  /* returns drawn so far */
};

static void lay_out(struct sheet *sheet);
static void place_aside(struct sheet *sheet, size_t step, int column);
static int column_towards(const struct sheet *sheet, size_t step);
static bool leads_to(const struct route *route, size_t from, size_t to);
static int count_returns(const struct sheet *sheet);
static bool is_return(const struct sheet *sheet, size_t from, const struct outcome *way);
static void draw_ways(struct sheet *sheet, size_t from);
static void draw_way(struct sheet *sheet, size_t from, const struct outcome *way);
static void draw_onto(struct sheet *sheet, size_t from, const struct outcome *way);
static void draw_step(struct sheet *sheet, size_t index);
static void draw_words(struct sheet *sheet, const struct place *place, struct str words,
                       int line, const char *colour);
static void draw_title(struct sheet *sheet, const struct place *place, struct str words);
static void add_link(struct sheet *sheet, const struct step *step);

struct str rulebook_draw(struct arena *arena, const struct rulebook *book,
                         const struct route *route, const struct drawing *drawing,
                         struct str language) {
    struct buffer buffer;
    buffer_init(&buffer, arena);
    struct sheet sheet = {.arena = arena,
                          .buffer = &buffer,
                          .book = book,
                          .route = route,
                          .drawing = drawing,
                          .language = language};
    lay_out(&sheet);
    int width = 2 * MARGIN + sheet.columns * (BOX_WIDTH + GAP) - GAP;
    int height =
        2 * MARGIN + 2 * BOX_HEIGHT + ROW_GAP + LANE * (count_returns(&sheet) + 1);
    struct str id = drawing->id;
    buffer_add_format(&buffer,
                      "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"group\" "
                      "viewBox=\"0 0 %d %d\" width=\"%d\" height=\"%d\" "
                      "aria-labelledby=\"%.*stitle %.*sdesc\" font-size=\"13\">\n"
                      "<title id=\"%.*stitle\">",
                      width, height, width, height, STR_ARG(id), STR_ARG(id),
                      STR_ARG(id));
    buffer_add_escaped(&buffer, text_in(route->title, language));
    buffer_add_format(&buffer, "</title>\n<desc id=\"%.*sdesc\">", STR_ARG(id));
    buffer_add_escaped(&buffer, rulebook_explain(arena, book, route, language));
    buffer_add_format(&buffer,
                      "</desc>\n<defs><marker id=\"%.*sarrow\" viewBox=\"0 0 8 8\" "
                      "refX=\"7\" refY=\"4\" markerWidth=\"8\" markerHeight=\"8\" "
                      "orient=\"auto\"><path d=\"M0 0L8 4L0 8z\" fill=\"#475467\"/>"
                      "</marker></defs>\n",
                      STR_ARG(id));
    for (size_t i = 0; i < route->step_count; i++) {
        draw_ways(&sheet, i);
    }
    for (size_t i = 0; i < route->step_count; i++) {
        draw_step(&sheet, i);
    }
    buffer_add_text(&buffer, "</svg>\n");
    return buffer_str(&buffer);
}

/* The main row first, then what it leads to beside itself. */
static void lay_out(struct sheet *sheet) {
    const struct route *route = sheet->route;
    sheet->bottom = MARGIN + BOX_HEIGHT;
    for (int at = route->first; at != NO_INDEX && !sheet->places[at].drawn;) {
        sheet->places[at] = (struct place){
            .drawn = true, .x = MARGIN + sheet->columns * (BOX_WIDTH + GAP), .y = MARGIN};
        sheet->columns++;
        int forward = step_forward(&route->steps[at]);
        at = forward == NO_INDEX ? NO_INDEX : route->steps[at].outcomes[forward].next;
    }
    for (size_t i = 0; i < route->step_count; i++) {
        int column = column_towards(sheet, i);
        if (!sheet->places[i].drawn && column != NO_INDEX) {
            place_aside(sheet, i, column);
        }
    }
}

static void place_aside(struct sheet *sheet, size_t step, int column) {
    for (size_t i = 0; i < sheet->route->step_count; i++) {
        const struct place *other = &sheet->places[i];
        if (other->drawn && other->aside &&
            other->x == MARGIN + column * (BOX_WIDTH + GAP)) {
            column++;
        }
    }
    sheet->places[step] = (struct place){.drawn = true,
                                         .aside = true,
                                         .x = MARGIN + column * (BOX_WIDTH + GAP),
                                         .y = MARGIN + BOX_HEIGHT + ROW_GAP};
    sheet->columns = column >= sheet->columns ? column + 1 : sheet->columns;
    sheet->bottom = MARGIN + 2 * BOX_HEIGHT + ROW_GAP;
}

/* An end stands below the last step that leads to it, a writing step before the
 * one it leads to; NO_INDEX if nothing drawn leads there. */
static int column_towards(const struct sheet *sheet, size_t step) {
    const struct route *route = sheet->route;
    int column = NO_INDEX;
    for (size_t i = 0; i < route->step_count; i++) {
        if (sheet->places[i].drawn && !sheet->places[i].aside &&
            leads_to(route, i, step)) {
            column = (sheet->places[i].x - MARGIN) / (BOX_WIDTH + GAP);
        }
    }
    int forward = step_forward(&route->steps[step]);
    if (column != NO_INDEX && forward != NO_INDEX) {
        const struct place *to =
            &sheet->places[route->steps[step].outcomes[forward].next];
        int before = (to->x - MARGIN) / (BOX_WIDTH + GAP) - 1;
        column = to->drawn && before >= 0 ? before : column;
    }
    return column;
}

static bool leads_to(const struct route *route, size_t from, size_t to) {
    const struct step *step = &route->steps[from];
    for (size_t i = 0; i < step->outcome_count; i++) {
        if (step->outcomes[i].next == (int)to) {
            return true;
        }
    }
    return false;
}

static int count_returns(const struct sheet *sheet) {
    int count = 0;
    for (size_t i = 0; i < sheet->route->step_count; i++) {
        const struct step *step = &sheet->route->steps[i];
        for (size_t j = 0; j < step->outcome_count; j++) {
            count += is_return(sheet, i, &step->outcomes[j]) ? 1 : 0;
        }
    }
    return count;
}

static bool is_return(const struct sheet *sheet, size_t from, const struct outcome *way) {
    return way->next != NO_INDEX && sheet->places[from].drawn &&
           way->kind == OUTCOME_BACK;
}

static void draw_ways(struct sheet *sheet, size_t from) {
    const struct step *step = &sheet->route->steps[from];
    for (size_t i = 0; i < step->outcome_count && sheet->places[from].drawn; i++) {
        if (step->outcomes[i].next != NO_INDEX) {
            draw_way(sheet, from, &step->outcomes[i]);
        } else if (step->outcomes[i].onto != NO_INDEX) {
            draw_onto(sheet, from, &step->outcomes[i]);
        }
    }
}

static void draw_way(struct sheet *sheet, size_t from, const struct outcome *way) {
    const struct place *a = &sheet->places[from];
    const struct place *b = &sheet->places[way->next];
    const char *colour = "#475467";
    int middle = a->y + BOX_HEIGHT / 2;
    buffer_add_text(sheet->buffer, "<path fill=\"none\" d=\"");
    if (is_return(sheet, from, way)) {
        int lane = sheet->bottom + LANE * ++sheet->lanes;
        int out = a->x + BOX_WIDTH / 2 + 8;
        int into = b->x + BOX_WIDTH / 2 - 8 - 4 * (sheet->lanes % 4);
        colour = "#8A4B00";
        buffer_add_format(sheet->buffer, "M%d %dV%dH%dV%d", out, a->y + BOX_HEIGHT, lane,
                          into, b->y + BOX_HEIGHT + 2);
    } else if (a->aside == b->aside) {
        buffer_add_format(sheet->buffer, "M%d %dH%d", a->x + BOX_WIDTH, middle, b->x - 2);
    } else if (b->aside) {
        int down = a->x + BOX_WIDTH / 2 - 16;
        int over = a->x == b->x ? down : b->x + BOX_WIDTH / 2;
        buffer_add_format(sheet->buffer, "M%d %dV%dH%dV%d", down, a->y + BOX_HEIGHT,
                          b->y - ROW_GAP / 2, over, b->y - 2);
    } else {
        buffer_add_format(sheet->buffer, "M%d %dH%dV%d", a->x + BOX_WIDTH, middle,
                          b->x + 24, b->y + BOX_HEIGHT + 2);
    }
    buffer_add_format(sheet->buffer, "\" stroke=\"%s\"%s marker-end=\"url(#%.*sarrow)\">",
                      colour,
                      is_return(sheet, from, way) ? " stroke-dasharray=\"4 3\"" : "",
                      STR_ARG(sheet->drawing->id));
    buffer_add_text(sheet->buffer, "<title>");
    buffer_add_escaped(sheet->buffer, text_in(way->title, sheet->language));
    buffer_add_text(sheet->buffer, "</title></path>\n");
}

/* Off the sheet, onto the route that takes over; its name is the way's title. */
static void draw_onto(struct sheet *sheet, size_t from, const struct outcome *way) {
    const struct place *a = &sheet->places[from];
    const struct route *onto = &sheet->book->routes[way->onto];
    buffer_add_format(sheet->buffer,
                      "<path fill=\"none\" d=\"M%d %dV%d\" stroke=\"#6B3FA0\" "
                      "marker-end=\"url(#%.*sarrow)\"><title>",
                      a->x + BOX_WIDTH - 16, a->y + BOX_HEIGHT,
                      a->y + BOX_HEIGHT + ROW_GAP / 2, STR_ARG(sheet->drawing->id));
    buffer_add_escaped(sheet->buffer, text_in(way->title, sheet->language));
    buffer_add_text(sheet->buffer, " → ");
    buffer_add_escaped(sheet->buffer, text_in(onto->title, sheet->language));
    buffer_add_text(sheet->buffer, "</title></path>\n");
}

static void draw_step(struct sheet *sheet, size_t index) {
    const struct step *step = &sheet->route->steps[index];
    const struct place *place = &sheet->places[index];
    if (!place->drawn) {
        return;
    }
    bool current = sheet->drawing->current == (int)index;
    bool end = step->kind == STEP_END;
    buffer_add_format(sheet->buffer, "<g id=\"%.*s%.*s\">", STR_ARG(sheet->drawing->id),
                      STR_ARG(step->code));
    add_link(sheet, step);
    buffer_add_format(sheet->buffer,
                      "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"%d\" "
                      "fill=\"%s\" stroke=\"%s\" stroke-width=\"%d\"/>",
                      place->x, place->y, BOX_WIDTH, BOX_HEIGHT, end ? BOX_HEIGHT / 2 : 6,
                      current ? "#E3EEFA" : "#FFFFFF", current ? "#0B5394" : "#7B8796",
                      current ? 3 : 1);
    draw_title(sheet, place, text_in(step->title, sheet->language));
    if (step->role != NO_INDEX && !str_is(sheet->language, "en")) {
        struct str who = text_in(sheet->book->roles[step->role].title, sheet->language);
        if (step->joint != NULL) {
            who = str_format(sheet->arena, "会签 %zu/%zu", step_signatures(step),
                             step_signers(step));
        }
        draw_words(sheet, place, who, 2, "#475467");
    }
    if (sheet->drawing->notes != NULL) {
        draw_words(sheet, place, sheet->drawing->notes[index], 3, "#5B6675");
    }
    buffer_add_text(sheet->buffer,
                    str_is_empty(sheet->drawing->link) || end ? "</g>\n" : "</a></g>\n");
}

/* Lines of nine Chinese characters, or of words up to eighteen letters. */
static void draw_title(struct sheet *sheet, const struct place *place, struct str words) {
    bool english = str_is(sheet->language, "en");
    size_t room = english ? 18 : 27;
    for (int line = 0; words.length > 0 && line < 3; line++) {
        size_t cut = words.length;
        if (words.length > room) {
            cut = 0;
            for (size_t at = 0; at < words.length && at <= room;) {
                bool breaks = !english || words.at[at] == ' ';
                cut = breaks && at > 0 ? at : cut;
                utf8_next(words, &at);
            }
            cut = cut == 0 ? words.length : cut;
        }
        draw_words(sheet, place, str_trim(str_part(words, 0, cut)), line, "#1B2430");
        words = str_trim(str_part(words, cut, words.length));
    }
}

static void draw_words(struct sheet *sheet, const struct place *place, struct str words,
                       int line, const char *colour) {
    if (str_is_empty(words)) {
        return;
    }
    buffer_add_format(sheet->buffer,
                      "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\" fill=\"%s\">",
                      place->x + BOX_WIDTH / 2, place->y + 20 + LINE * line, colour);
    buffer_add_escaped(sheet->buffer, words);
    buffer_add_text(sheet->buffer, "</text>");
}

/* "/rules/{requirement}" with the step's own requirement and code put in. */
static void add_link(struct sheet *sheet, const struct step *step) {
    struct str rest = sheet->drawing->link;
    if (str_is_empty(rest) || step->kind == STEP_END) {
        return;
    }
    buffer_add_text(sheet->buffer, "<a href=\"");
    while (rest.length > 0) {
        struct str before = str_cut(&rest, '{');
        buffer_add_escaped(sheet->buffer, before);
        if (rest.length == 0) {
            break;
        }
        struct str name = str_cut(&rest, '}');
        if (str_is(name, "step")) {
            buffer_add_escaped(sheet->buffer, step->code);
        } else {
            buffer_add_escaped(sheet->buffer, step->basis.id);
        }
    }
    buffer_add_text(sheet->buffer, "\">");
}
