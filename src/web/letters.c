/*
 * 来信: the letters that this person may know of, the days on which nobody looked;
 * entering one, and looking at today's.
 */
#include "letter_web.h"

#include "people/people.h"
#include "site/site.h"

#define DAYS_SHOWN 5

static enum status run_list(struct visit *visit);
static bool is_wanted(struct visit *visit, const struct letter *letter);
static bool is_due_soon(const struct visit *visit, const struct letter *letter);
static enum status add_letter(struct table *table, const struct rulebook *book,
                              const struct letter *letter);
static struct str box_title(struct visit *visit, const struct rulebook *book,
                            struct str code);
static void fill_filters(struct visit *visit, const struct table *table,
                         const struct rulebook *book);
static enum status fill_boxes(struct visit *visit, const struct table *table,
                              const struct site *site);
static void add_missed(struct visit *visit, struct model *part,
                       const struct mailbox *box);
static enum status run_new_form(struct visit *visit);
static enum status add_boxes(struct visit *visit, struct model *part,
                             const struct site *site, size_t *out_count);
static void add_channels(struct visit *visit, struct model *part);
static enum status run_new(struct visit *visit);
static enum status run_look_form(struct visit *visit);
static enum status fill_today(struct visit *visit, struct model *record,
                              const struct site *site, struct str mailbox);
static enum status run_look(struct visit *visit);
static enum status find_box(struct visit *visit, struct site *out_site,
                            struct mailbox *out_box);

static const struct field list_fields[] = {
    {.name = "q", .kind = FIELD_TEXT, .label = "manuscripts.words"},
    {.name = "state",
     .kind = FIELD_CHOICE,
     .choices = "open|due|late|closed",
     .label = "manuscripts.state"},
    {.name = "mailbox", .kind = FIELD_TEXT, .label = "letters.mailbox"},
    {.name = "sort", .kind = FIELD_TEXT, .label = "manuscripts.by-update"},
    {.name = "page", .kind = FIELD_INT, .label = "pager.label"},
    {.name = NULL},
};
static const char *const list_names[] = {"q", "state", "mailbox", "sort", "page", NULL};
static const struct listing listing = {"/letters", list_names};
TABLE_ENTRIES(letters, "/letters", list_fields, run_list);

static const struct field new_fields[] = {
    {.name = "mailbox", .kind = FIELD_TEXT, .required = true, .label = "letters.mailbox"},
    {.name = "channel",
     .kind = FIELD_CHOICE,
     .choices = "site|phone|post",
     .required = true,
     .label = "letters.channel"},
    {.name = "received", .kind = FIELD_INSTANT, .label = "letters.received"},
    {.name = "title", .kind = FIELD_TEXT, .most = 200, .label = "letters.about-what"},
    {.name = "words", .kind = FIELD_LINES, .most = 20000, .label = "letters.words"},
    {.name = "writer", .kind = FIELD_TEXT, .most = 100, .label = "letters.writer"},
    {.name = "contact", .kind = FIELD_TEXT, .most = 200, .label = "letters.contact"},
    {.name = NULL},
};
const struct entry letter_new_form = {
    .method = "GET", .pattern = "/letters/new", .may = WEB_STAFF, .run = run_new_form};
const struct entry letter_new_post = {.method = "POST",
                                      .pattern = "/letters/new",
                                      .fields = new_fields,
                                      .may = WEB_STAFF,
                                      .form = &letter_new_form,
                                      .run = run_new};

const struct entry letter_look_form = {.method = "GET",
                                       .pattern = "/letters/look/{mailbox}",
                                       .may = WEB_STAFF,
                                       .run = run_look_form};
const struct entry letter_look_post = {.method = "POST",
                                       .pattern = "/letters/look/{mailbox}",
                                       .may = WEB_STAFF,
                                       .run = run_look};

static enum status run_list(struct visit *visit) {
    static const struct table_column columns[] = {
        {"title", "letters.about-what", false},  {"state", "manuscripts.state", false},
        {"mailbox", "letters.mailbox", false},   {"unit", "letters.where", false},
        {"received", "letters.received", false}, {"due", "letters.due", false},
    };
    struct table table = {.visit = visit,
                          .listing = &listing,
                          .title = "letters.title",
                          .columns = columns,
                          .column_count = LENGTH(columns)};
    struct letter_filter filter = {.mailbox = request_text(visit->request, "mailbox")};
    const struct rulebook *book;
    struct letters letters;
    struct site site;
    TRY(part_rulebook(visit, &site, &book));
    TRY(letter_list(visit->call, &site, &filter, &letters));
    for (size_t i = 0; i < letters.count; i++) {
        if (is_wanted(visit, &letters.at[i])) {
            TRY(add_letter(&table, book, &letters.at[i]));
        }
    }
    table_search(&table, "manuscripts.words");
    fill_filters(visit, &table, book);
    model_words(table_part(&table), "sub",
                book->mailbox_count == 0 ? "letters.silent" : "letters.about");
    TRY(fill_boxes(visit, &table, &site));
    return table_answer(&table, "letters.nothing");
}

static bool is_wanted(struct visit *visit, const struct letter *letter) {
    struct str state = request_text(visit->request, "state");
    struct str typed = request_text(visit->request, "q");
    bool open = letter->state != LETTER_CLOSED;
    bool fits = str_is_empty(state) || (str_is(state, "open") && open) ||
                (str_is(state, "closed") && !open) ||
                (str_is(state, "late") && letter->is_late) ||
                (str_is(state, "due") && is_due_soon(visit, letter));
    return fits && (str_is_empty(typed) ||
                    str_find(letter->title, typed) < letter->title.length ||
                    str_find(letter->number, typed) < letter->number.length);
}

/* By the end of tomorrow, and not late yet. */
static bool is_due_soon(const struct visit *visit, const struct letter *letter) {
    instant now = visit->call->now;
    return letter->state != LETTER_CLOSED && now < letter->due &&
           letter->due <= day_end(instant_day(now) + 1);
}

static enum status add_letter(struct table *table, const struct rulebook *book,
                              const struct letter *letter) {
    struct visit *visit = table->visit;
    struct arena *arena = visit->call->arena;
    struct people_unit unit;
    TRY(people_unit(visit->call, letter->unit, &unit));
    struct table_row *row = table_add(table);
    row->href = letter_path(visit, letter->id, "");
    row->cells[0] = letter->title;
    row->second = letter->number;
    table_badge(table, row, 1, letter_badge(visit, letter));
    row->cells[2] = box_title(visit, book, letter->mailbox);
    row->cells[3] = unit.title;
    row->cells[4] = instant_to_text(arena, letter->received_at);
    if (letter->due != INSTANT_NEVER && letter->state != LETTER_CLOSED) {
        row->cells[5] = day_to_text(arena, calendar_last_day(letter->due));
    }
    return DONE;
}

static struct str box_title(struct visit *visit, const struct rulebook *book,
                            struct str code) {
    for (size_t i = 0; i < book->mailbox_count; i++) {
        if (str_equal(book->mailboxes[i].code, code)) {
            return text_in(book->mailboxes[i].title, visit->call->language);
        }
    }
    return code;
}

static void fill_filters(struct visit *visit, const struct table *table,
                         const struct rulebook *book) {
    static const char *const states[] = {"open", "due", "late", "closed"};
    struct model *part = table_part(table);
    struct str chosen = STR("");
    struct str mailbox = request_text(visit->request, "mailbox");
    struct str state = request_text(visit->request, "state");
    struct model *filter = listing_filter(visit, part, "mailbox", "letters.mailbox");
    for (size_t i = 0; i < book->mailbox_count; i++) {
        struct str code = book->mailboxes[i].code;
        struct str label = box_title(visit, book, code);
        listing_option(filter, visit, "mailbox", code, label);
        chosen = str_equal(code, mailbox) ? label : chosen;
    }
    listing_chosen(visit, part, &listing, "mailbox", "letters.mailbox", chosen);
    filter = listing_filter(visit, part, "state", "manuscripts.state");
    chosen = STR("");
    for (size_t i = 0; i < LENGTH(states); i++) {
        struct str label = web_say(
            visit, str_format(visit->call->arena, "letters.is-%s", states[i]).at, NULL);
        listing_option(filter, visit, "state", str_of(states[i]), label);
        chosen = str_is(state, states[i]) ? label : chosen;
    }
    listing_chosen(visit, part, &listing, "state", "manuscripts.state", chosen);
}

/* What was missed, and what this person can do about each mailbox. */
static enum status fill_boxes(struct visit *visit, const struct table *table,
                              const struct site *site) {
    struct model *part = table_part(table);
    struct mailbox *boxes;
    size_t count;
    bool receives = false;
    bool warned = false;
    TRY(letter_mailboxes(visit->call, site, &boxes, &count));
    for (size_t i = 0; i < count; i++) {
        const struct mailbox *box = &boxes[i];
        if (box->missed_count > 0) {
            warned = true;
            add_missed(visit, part, box);
        }
        if (!box->receives) {
            continue;
        }
        receives = true;
        if (!box->looked && box->rule->look != NULL) {
            struct model *act = model_list_add(part, "acts");
            struct str title = text_in(box->rule->title, visit->call->language);
            model_text(act, "href",
                       str_format(visit->call->arena, "/letters/look/%.*s",
                                  STR_ARG(box->rule->code)));
            model_text(act, "label",
                       web_say(visit, "letters.look-box", "mailbox",
                               str_text(visit->call->arena, title), NULL));
        }
    }
    model_flag(part, "warned", warned);
    if (receives) {
        table_act(table, STR("/letters/new"), "letters.enter", true);
    }
    return DONE;
}

/* "局长信箱有 3 天没有查看：12月7日、12月6日、12月5日". */
static void add_missed(struct visit *visit, struct model *part,
                       const struct mailbox *box) {
    struct call *call = visit->call;
    struct model *note = model_list_add(part, "notes");
    struct str title = text_in(box->rule->title, call->language);
    struct buffer days;
    buffer_init(&days, call->arena);
    for (size_t i = 0; i < box->missed_count && i < DAYS_SHOWN; i++) {
        buffer_add_text(&days, i == 0 ? "" : str_is(call->language, "en") ? ", " : "、");
        buffer_add(&days, calendar_say_date(call->arena, call->language, call->now,
                                            box->missed[i]));
    }
    model_text(
        note, "text",
        web_say(visit,
                box->missed_count > DAYS_SHOWN ? "letters.missed-more" : "letters.missed",
                "mailbox", str_text(call->arena, title), "count",
                str_format(call->arena, "%zu", box->missed_count).at, "days",
                str_text(call->arena, buffer_str(&days)), NULL));
    if (!str_is_empty(box->rule->look->basis.id)) {
        web_cite(visit, model_part(note, "rule"), box->rule->look->basis.id);
    }
}

static enum status run_new_form(struct visit *visit) {
    struct site site;
    size_t count = 0;
    TRY(part_site(visit, &site));
    struct change change = {.title = web_say(visit, "letters.enter", NULL),
                            .action = STR("/letters/new"),
                            .back = STR("/letters"),
                            .button = "letters.enter-do"};
    struct model *part = change_open(visit, &change);
    TRY(add_boxes(visit, part, &site, &count));
    if (count == 0) {
        return web_go_saying(visit, STR("/letters"), "letters.receives-none", NULL);
    }
    add_channels(visit, part);
    change_field(visit, part, "is-moment", "received", "letters.received", true,
                 letter_moment(visit, visit->call->now));
    struct model *field = change_field(visit, part, "is-line", "title",
                                       "letters.about-what", true, STR(""));
    model_words(field, "help", "letters.about-what-help");
    change_field(visit, part, "is-lines", "words", "letters.words", true, STR(""));
    change_field(visit, part, "is-line", "writer", "letters.writer", false, STR(""));
    field = change_field(visit, part, "is-line", "contact", "letters.contact", false,
                         STR(""));
    model_words(field, "help", "letters.personal");
    return web_page(visit, "change");
}

static enum status add_boxes(struct visit *visit, struct model *part,
                             const struct site *site, size_t *out_count) {
    struct mailbox *boxes;
    size_t count;
    struct model *field = change_field(visit, part, "is-choice", "mailbox",
                                       "letters.mailbox", true, STR(""));
    TRY(letter_mailboxes(visit->call, site, &boxes, &count));
    for (size_t i = 0; i < count; i++) {
        if (boxes[i].receives) {
            change_option(visit, field, "mailbox", STR(""), boxes[i].rule->code,
                          text_in(boxes[i].rule->title, visit->call->language));
            (*out_count)++;
        }
    }
    return DONE;
}

static void add_channels(struct visit *visit, struct model *part) {
    static const char *const channels[] = {"site", "phone", "post"};
    struct model *field = change_field(visit, part, "is-choice", "channel",
                                       "letters.channel", true, STR("site"));
    for (size_t i = 0; i < LENGTH(channels); i++) {
        change_option(visit, field, "channel", STR("site"), str_of(channels[i]),
                      letter_channel(visit, str_of(channels[i])));
    }
}

static enum status run_new(struct visit *visit) {
    const struct request *request = visit->request;
    struct site site;
    id64 letter = 0;
    struct letter_wish wish = {.mailbox = request_text(request, "mailbox"),
                               .title = request_text(request, "title"),
                               .words = request_text(request, "words"),
                               .writer = request_text(request, "writer"),
                               .contact = request_text(request, "contact"),
                               .channel = request_text(request, "channel"),
                               .received_at = request_instant(request, "received")};
    TRY(part_site(visit, &site));
    TRY(letter_receive(visit->call, &site, &wish, &letter));
    return web_go_saying(visit, letter_path(visit, letter, ""), "letters.entered", NULL);
}

/* Today's letters, and the button that says they were looked at. */
static enum status run_look_form(struct visit *visit) {
    struct arena *arena = visit->call->arena;
    struct mailbox box;
    struct site site;
    TRY(find_box(visit, &site, &box));
    struct model *record =
        record_open(visit, text_in(box.rule->title, visit->call->language), "/letters",
                    "letters.title");
    model_words(record, "sub", "letters.look-about");
    if (box.rule->look != NULL && !str_is_empty(box.rule->look->basis.id)) {
        web_cite(visit, model_part(record, "rule"), box.rule->look->basis.id);
    }
    record_pair(visit, record, "letters.today",
                str_format(arena, "%lld", (long long)box.today));
    record_pair(visit, record, "letters.open",
                str_format(arena, "%lld", (long long)box.open));
    if (box.receives && !box.looked) {
        struct model *once = model_list_add(record, "once");
        model_text(once, "action",
                   str_format(arena, "/letters/look/%.*s", STR_ARG(box.rule->code)));
        model_words(once, "label", "letters.look-do");
    }
    TRY(fill_today(visit, record, &site, box.rule->code));
    return web_page(visit, "record");
}

static enum status fill_today(struct visit *visit, struct model *record,
                              const struct site *site, struct str mailbox) {
    static const char *const heads[] = {"letters.received", "letters.number",
                                        "letters.about-what", NULL};
    struct letter_filter filter = {.mailbox = mailbox};
    struct model *section = NULL;
    struct letters letters;
    instant from = day_start(instant_day(visit->call->now));
    TRY(letter_list(visit->call, site, &filter, &letters));
    for (size_t i = 0; i < letters.count && letters.at[i].received_at >= from; i++) {
        section = section != NULL ? section
                                  : record_section(visit, record, "letters.today", heads);
        struct model *row = record_row(section);
        record_cell(row, instant_to_text(visit->call->arena, letters.at[i].received_at));
        record_cell(row, letters.at[i].number);
        record_cell(row, letters.at[i].title);
    }
    return DONE;
}

static enum status run_look(struct visit *visit) {
    struct mailbox box;
    struct site site;
    int64_t letters = 0;
    TRY(find_box(visit, &site, &box));
    TRY(letter_look(visit->call, &site, box.rule->code, &letters));
    return web_go_saying(
        visit,
        str_format(visit->call->arena, "/letters?mailbox=%.*s", STR_ARG(box.rule->code)),
        "letters.looked", "count",
        str_format(visit->call->arena, "%lld", (long long)letters).at, NULL);
}

static enum status find_box(struct visit *visit, struct site *out_site,
                            struct mailbox *out_box) {
    struct str code = request_parameter(visit->request, "mailbox");
    struct mailbox *boxes;
    size_t count;
    TRY(part_site(visit, out_site));
    TRY(letter_mailboxes(visit->call, out_site, &boxes, &count));
    for (size_t i = 0; i < count; i++) {
        if (str_equal(boxes[i].rule->code, code)) {
            *out_box = boxes[i];
            return DONE;
        }
    }
    return ABSENT;
}

struct str letter_path(struct visit *visit, id64 letter, const char *more) {
    struct arena *arena = visit->call->arena;
    return str_format(arena, "/letters/%.*s%s", STR_ARG(id_to_text(arena, letter)), more);
}

const char *letter_badge(const struct visit *visit, const struct letter *letter) {
    bool late = letter->state != LETTER_CLOSED && visit->call->now >= letter->due;
    return late ? "late"
                : str_format(visit->call->arena, "letter-%s",
                             letter_state_name(letter->state))
                      .at;
}

struct str letter_channel(struct visit *visit, struct str channel) {
    if (str_is_empty(channel)) {
        return channel;
    }
    return web_say(visit,
                   str_format(visit->call->arena, "letters.by-%.*s", STR_ARG(channel)).at,
                   NULL);
}

struct str letter_moment(struct visit *visit, instant at) {
    struct arena *arena = visit->call->arena;
    struct str text = instant_to_text(arena, at);
    struct str day = str_cut(&text, ' ');
    return str_format(arena, "%.*sT%.*s", STR_ARG(day), STR_ARG(text));
}
