/*
 * 动态: what happened to what a person sent or keeps.  It asks for nothing.
 */
#include "notice_own.h"
#include "notice_sql.h"

static struct news read_news(struct rows *rows);

enum status notice_tell(struct call *call, struct news *news) {
    if (news->person == 0 || news->person == call->actor.person) {
        return DONE;
    }
    id64 id = call_new_id(call);
    TRY(store_run(
        call, &notice_news_insert, NULL, bind_int("id", id),
        bind_int("person", news->person),
        bind_text("subject_kind", str_of(subject_kind_name(news->subject.kind))),
        bind_int("subject", news->subject.id), bind_text("words", news->words),
        bind_text("title", news->title), bind_text("who", news->who),
        bind_text("remark", news->remark), bind_int("at", call->now)));
    news->id = id;
    news->at = call->now;
    return DONE;
}

enum status notice_news(struct call *call, id64 person, id64 before,
                        struct news_list *out_list) {
    struct rows *rows;
    struct news_list list = {.at = TAKE_ARRAY(call->arena, NEWS_PAGE, struct news)};
    TRY(store_query(call, &notice_news_page, &rows, bind_int("person", person),
                    bind_int("before", before == 0 ? INT64_MAX : before)));
    while (rows_next(rows)) {
        if (list.count == NEWS_PAGE) {
            list.more = true;
            break;
        }
        list.at[list.count++] = read_news(rows);
    }
    TRY(rows_end(rows));
    *out_list = list;
    return DONE;
}

static struct news read_news(struct rows *rows) {
    struct news news = {0};
    news.id = row_id(rows, "id");
    news.person = row_id(rows, "person");
    if (subject_kind_from_name(row_text(rows, "subject_kind"), &news.subject.kind) !=
        DONE) {
        log_fault("news have a subject of a kind that is not known");
    }
    news.subject.id = row_id(rows, "subject");
    news.words = row_text(rows, "words");
    news.title = row_text(rows, "title");
    news.who = row_text(rows, "who");
    news.remark = row_text(rows, "remark");
    news.at = row_int(rows, "at");
    news.seen = row_int(rows, "seen") != 0;
    return news;
}

enum status notice_news_unseen(struct call *call, id64 person, int64_t *out_count) {
    struct rows *row;
    TRY(store_find(call, &notice_news_count, &row, bind_int("person", person)));
    *out_count = row_int(row, "unseen");
    return DONE;
}

static enum status see_news(struct call *call, void *what) {
    const id64 *person = what;
    return store_run(call, &notice_news_set_seen, NULL, bind_int("person", *person));
}

enum status notice_news_see(struct call *call, id64 person) {
    return store_transact(call, TXN_WRITE, see_news, &person);
}
