/*
 * The weight of the page that a text will make: its own bytes and those of the pictures
 * that stand in it.  Files that a reader chooses to load are not counted.
 */
#include "review_own.h"

enum status check_weight(struct call *call, const struct rulebook *book,
                         const struct content *content) {
    const struct page_limit *limit = book->page_limit;
    int64_t weight = (int64_t)(content->title.length + content->body.length);
    if (limit == NULL) {
        return DONE;
    }
    for (size_t i = 0; i < content->attachment_count; i++) {
        weight += content->attachments[i].in_body ? content->attachments[i].size : 0;
    }
    if (weight <= (int64_t)limit->kilobytes * 1024) {
        return DONE;
    }
    struct str most = str_format(call->arena, "%d", limit->kilobytes);
    struct str has = str_format(call->arena, "%lld", (long long)(weight / 1024));
    return call_refuse_field(call, "body", str_text(call->arena, limit->basis.id),
                             "review.page-heavy", "most", most.at, "has", has.at, NULL);
}
