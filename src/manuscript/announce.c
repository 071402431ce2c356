/*
 * The public notice of a changed column (SZ-13.b): written by the change itself, as a
 * text in the hands of the unit that has the column for notices, with a duty to send it
 * in.  It walks the ordinary route; nothing becomes public by being written here.
 */
#include "manuscript_own.h"

#include "ledger/ledger.h"
#include "page/page.h"
#include "people/people.h"
#include "rulebook/rulebook.h"
#include "site/site.h"

#include <jansson.h>

#define LANGUAGE STR("zh-CN")

struct announcing {
    const struct ledger_entry *entry;
    struct site site;
    struct column about;
    struct column place;
    const struct rulebook *book;
    const struct setting *setting;
    struct manuscript manuscript;
    struct content content;
};

static const struct {
    const char *act;
    const char *words;
} changes[] = {{"site.column-add", "announce.added"},
               {"site.column-change", "announce.changed"},
               {"site.column-merge", "announce.merged"},
               {"site.column-close", "announce.closed"}};

static enum status write_words(struct call *call, struct announcing *announcing);
static struct str say(struct call *call, const char *key, struct str column,
                      struct str reason);
static enum status choose_unit(struct call *call, struct announcing *announcing);
static enum status choose_class(struct call *call, struct announcing *announcing);
static enum status announce(struct call *call, void *what);

enum status manuscript_announce(struct call *call, const struct ledger_entry *entry) {
    struct announcing announcing = {.entry = entry};
    struct ledger_entry earlier;
    struct str key = str_format(call->arena, "announce:%lld", (long long)entry->sequence);
    TRY(site_column_find(call, entry->subject.id, &announcing.about));
    TRY(site_find(call, announcing.about.site, &announcing.site));
    TRY(site_rulebook(call, announcing.site.id, &announcing.book));
    announcing.setting = rulebook_setting(announcing.book, STR("column-notice"));
    bool founded = entry->person == 0; /* the tree that a site begins with is no change */
    if (announcing.setting == NULL || founded ||
        ledger_find_key(call, entry->group, key, &earlier) == DONE) {
        return DONE;
    }
    enum status found = site_column_find_path(
        call, announcing.site.id, announcing.setting->value, &announcing.place);
    if (found == ABSENT) {
        return DONE;
    }
    TRY(found);
    TRY(choose_unit(call, &announcing));
    TRY(choose_class(call, &announcing));
    TRY(write_words(call, &announcing));
    call->key = key;
    enum status written = store_transact(call, TXN_WRITE, announce, &announcing);
    call->key = STR("");
    return written;
}

static enum status write_words(struct call *call, struct announcing *announcing) {
    const char *words = NULL;
    for (size_t i = 0; i < LENGTH(changes); i++) {
        words = str_is(announcing->entry->act, changes[i].act) ? changes[i].words : words;
    }
    if (words == NULL || call->house->words == NULL) {
        return DONE;
    }
    json_t *payload = json_loadb(announcing->entry->payload.at,
                                 announcing->entry->payload.length, 0, NULL);
    const char *given = json_string_value(json_object_get(payload, "reason"));
    struct str reason = str_copy(call->arena, str_of(given));
    json_decref(payload);
    struct str change = say(call, words, announcing->about.title, reason);
    struct str title = say(call, "announce.title", announcing->about.title, reason);
    struct buffer body;
    buffer_init(&body, call->arena);
    buffer_add_text(&body, "<p>");
    buffer_add_escaped(&body, change); /* a column's name is somebody's words */
    buffer_add_text(&body, "</p>");
    if (!str_is_empty(reason)) {
        buffer_add_text(&body, "<p>");
        buffer_add_escaped(&body,
                           say(call, "announce.reason", announcing->about.title, reason));
        buffer_add_text(&body, "</p>");
    }
    struct content typed = {.title = title, .body = buffer_str(&body)};
    return content_settle(call, &typed, &announcing->content);
}

static struct str say(struct call *call, const char *key, struct str column,
                      struct str reason) {
    struct refusal_argument arguments[] = {{"column", column}, {"reason", reason}};
    return words_say(call->house->words, call->arena, LANGUAGE, key, arguments,
                     LENGTH(arguments));
}

/* Whoever changed the column announces it, else the unit that has the column for notices.
 */
static enum status choose_unit(struct call *call, struct announcing *announcing) {
    struct people_holdings holdings;
    TRY(people_holdings(call, announcing->entry->person, &holdings));
    announcing->manuscript.unit = announcing->place.owner;
    for (size_t i = 0; i < holdings.count; i++) {
        if (holdings.at[i].body == announcing->site.root) {
            announcing->manuscript.unit = holdings.at[i].unit;
            break;
        }
    }
    return DONE;
}

/* The first class that the column takes from that unit. */
static enum status choose_class(struct call *call, struct announcing *announcing) {
    struct refusal *said = call->refusal;
    const struct column *place = &announcing->place;
    announcing->manuscript.item_class = announcing->book->classes[0].code;
    for (size_t i = 0; i < announcing->book->class_count; i++) {
        enum status taken = site_column_takes(
            call, place, announcing->book->classes[i].code, announcing->manuscript.unit);
        call->refusal = said;
        if (taken == DONE) {
            announcing->manuscript.item_class = announcing->book->classes[i].code;
            return DONE;
        }
        if (taken == FAILED) {
            return FAILED;
        }
    }
    return DONE;
}

static enum status announce(struct call *call, void *what) {
    struct announcing *announcing = what;
    struct manuscript *manuscript = &announcing->manuscript;
    manuscript->id = call_new_id(call);
    manuscript->group = announcing->site.group;
    manuscript->site = announcing->site.id;
    manuscript->column = announcing->place.id;
    manuscript->author = announcing->entry->person;
    manuscript->title = announcing->content.title;
    manuscript->state = STR("draft");
    manuscript->draft_version = 1;
    struct actor house =
        call->actor; /* the words are those of whoever changed the column */
    call->actor = (struct actor){.person = manuscript->author};
    enum status written = manuscript_put_in_hands(call, manuscript, &announcing->content);
    call->actor = house;
    TRY(written);
    TRY(manuscript_tell_unit(call, &announcing->site, announcing->book, manuscript,
                             announcing->setting->basis.id));
    struct str about = id_to_text(call->arena, announcing->about.id);
    struct ledger_act record = {
        .act = "manuscript.announce",
        .subject = {.kind = SUBJECT_MANUSCRIPT, .id = manuscript->id},
        .payload = ledger_payload(
            call, json_pack("{s:s%, s:s%}", "column", about.at, about.length, "title",
                            manuscript->title.at, manuscript->title.length)),
        .rule = announcing->setting->basis.id,
        .post = STR("")};
    return ledger_append(call, manuscript->group, &record, NULL);
}
