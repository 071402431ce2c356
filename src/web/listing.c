/*
 * Addresses of filtered lists, their pages, and the fields of a change.
 */
#include "listing.h"

#include "ledger/ledger.h"
#include "paper/paper.h"

#include <jansson.h>
#include <string.h>

static void add_encoded(struct buffer *out, struct str text);
static void add_page(const struct visit *visit, struct model *part,
                     const struct listing *listing, int64_t page, int64_t here);
static struct str page_address(const struct visit *visit, const struct listing *listing,
                               int64_t page);
static struct str fault_of(const struct visit *visit, const char *name);

struct str listing_address(const struct visit *visit, const struct listing *listing,
                           const char *name, struct str value) {
    struct buffer out;
    char mark = '?';
    buffer_init(&out, visit->call->arena);
    buffer_add_text(&out, listing->path);
    for (size_t i = 0; listing->names[i] != NULL; i++) {
        bool named = strcmp(listing->names[i], name) == 0;
        bool begins_anew = strcmp(listing->names[i], "page") == 0 && !named;
        struct str now = named ? value : request_typed(visit->request, listing->names[i]);
        if (str_is_empty(now) || begins_anew) {
            continue;
        }
        buffer_add_char(&out, mark);
        buffer_add_text(&out, listing->names[i]);
        buffer_add_char(&out, '=');
        add_encoded(&out, now);
        mark = '&';
    }
    return buffer_str(&out);
}

struct model *listing_filter(const struct visit *visit, struct model *part,
                             const char *name, const char *words) {
    struct model *filter = model_list_add(part, "filters");
    model_text(filter, "name", str_of(name));
    model_words(filter, "label", words);
    listing_option(filter, visit, name, STR(""), web_say(visit, "manuscripts.all", NULL));
    return filter;
}

void listing_option(struct model *filter, const struct visit *visit, const char *name,
                    struct str value, struct str label) {
    struct model *option = model_list_add(filter, "options");
    model_text(option, "value", value);
    model_text(option, "label", label);
    model_flag(option, "chosen", str_equal(request_typed(visit->request, name), value));
}

void listing_chosen(const struct visit *visit, struct model *part,
                    const struct listing *listing, const char *name, const char *words,
                    struct str label) {
    if (str_is_empty(request_typed(visit->request, name))) {
        return;
    }
    struct model *chosen = model_list_add(part, "chosen");
    struct str heading = web_say(visit, words, NULL);
    model_text(chosen, "label",
               web_say(visit, "listing.chosen", "name",
                       str_text(visit->call->arena, heading), "value",
                       str_text(visit->call->arena, label), NULL));
    model_url(chosen, "href", listing_address(visit, listing, name, STR("")));
}

int64_t listing_page(const struct visit *visit) {
    int64_t page = request_int(visit->request, "page");
    return page < 1 ? 1 : page > 1000000 ? 1000000 : page;
}

void listing_pages(const struct visit *visit, struct model *part,
                   const struct listing *listing, int64_t size, int64_t total) {
    int64_t here = listing_page(visit);
    int64_t last = (total + size - 1) / size;
    if (last < 2) {
        return;
    }
    struct model *pager = model_part(part, "page");
    int64_t to = here * size;
    model_int(pager, "from", (here - 1) * size + 1);
    model_int(pager, "to", to < total ? to : total);
    model_int(pager, "total", total);
    if (here > 1) {
        model_url(pager, "previous", page_address(visit, listing, here - 1));
    }
    if (here < last) {
        model_url(pager, "next", page_address(visit, listing, here + 1));
    }
    const int64_t shown[] = {1, here - 2, here - 1, here, here + 1, here + 2, last};
    int64_t before = 0;
    for (size_t i = 0; i < LENGTH(shown); i++) {
        if (shown[i] <= before || shown[i] > last) {
            continue;
        }
        if (shown[i] > before + 1) {
            model_flag(model_list_add(pager, "pages"), "gap", true);
        }
        add_page(visit, pager, listing, shown[i], here);
        before = shown[i];
    }
}

enum status listing_send(struct visit *visit, struct paper_list *list) {
    struct call *call = visit->call;
    struct str filter = visit->request->query;
    struct str name = visit->request->path;
    struct bytes file;
    for (size_t i = name.length; i > 0; i--) {
        if (name.at[i - 1] == '/') {
            name = str_part(name, i, name.length);
            break;
        }
    }
    list->made_at = call->now;
    list->remark =
        web_say(visit, "listing.remark", "filter", str_text(call->arena, filter), "count",
                str_format(call->arena, "%zu", list->row_count).at, NULL);
    TRY(paper_list_xlsx(call->arena, list, &file));
    struct ledger_act act = {
        .act = "ledger.export",
        .subject = {SUBJECT_GROUP, visit->web->options.group},
        .payload = ledger_payload(
            call, json_pack("{s:s%,s:s%,s:I}", "path", visit->request->path.at,
                            visit->request->path.length, "filter", filter.at,
                            filter.length, "number", (json_int_t)list->row_count))};
    TRY(ledger_note(call, visit->web->options.group, &act));
    visit->response->status = 200;
    visit->response->body = (struct str){(const char *)file.at, file.length};
    response_download(visit->response, name,
                      "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                      true);
    return DONE;
}

struct model *change_open(struct visit *visit, const struct change *change) {
    struct model *part = model_part(web_model(visit), "change");
    model_text(part, "title", change->title);
    model_text(part, "action", change->action);
    model_text(part, "back", change->back);
    model_words(part, "button", change->button);
    model_flag(part, "heavy", change->heavy);
    model_flag(part, "warns", change->heavy || change->warns);
    model_flag(part, "proof", change->proof);
    return part;
}

struct model *change_field(struct visit *visit, struct model *change, const char *kind,
                           const char *name, const char *words, bool must,
                           struct str stored) {
    struct str value = visit->again ? request_typed(visit->request, name) : stored;
    return change_field_called(visit, change, kind, name, web_say(visit, words, NULL),
                               must, value);
}

struct model *change_field_called(struct visit *visit, struct model *change,
                                  const char *kind, const char *name, struct str label,
                                  bool must, struct str value) {
    struct model *field = model_list_add(change, "fields");
    model_flag(field, kind, true);
    model_text(field, "name", str_of(name));
    model_text(field, "label", label);
    model_flag(field, "must", must);
    model_text(field, "value", value);
    model_text(field, "fault", fault_of(visit, name));
    return field;
}

void change_option(struct visit *visit, struct model *field, const char *name,
                   struct str stored, struct str value, struct str label) {
    struct model *option = model_list_add(field, "options");
    struct str chosen = visit->again ? request_typed(visit->request, name) : stored;
    model_text(option, "value", value);
    model_text(option, "label", label);
    model_flag(option, "chosen", str_equal(chosen, value));
}

static struct str fault_of(const struct visit *visit, const char *name) {
    for (const struct refusal *no = visit->no; no != NULL; no = no->next) {
        if (no->field != NULL && strcmp(no->field, name) == 0) {
            return web_say_refusal(visit, no);
        }
    }
    return STR("");
}

static void add_page(const struct visit *visit, struct model *part,
                     const struct listing *listing, int64_t page, int64_t here) {
    struct model *one = model_list_add(part, "pages");
    struct arena *arena = visit->call->arena;
    model_text(one, "number", str_format(arena, "%lld", (long long)page));
    model_flag(one, "here", page == here);
    model_url(one, "href", page_address(visit, listing, page));
}

static struct str page_address(const struct visit *visit, const struct listing *listing,
                               int64_t page) {
    struct str number = str_format(visit->call->arena, "%lld", (long long)page);
    return listing_address(visit, listing, "page", number);
}

static void add_encoded(struct buffer *out, struct str text) {
    for (size_t i = 0; i < text.length; i++) {
        unsigned char byte = (unsigned char)text.at[i];
        bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                     (byte >= '0' && byte <= '9') || byte == '-' || byte == '.' ||
                     byte == '_' || byte == '~';
        if (plain) {
            buffer_add_char(out, (char)byte);
        } else {
            buffer_add_format(out, "%%%02X", byte);
        }
    }
}
