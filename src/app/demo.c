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

/* Texts of the demonstration: what they are called, where they go, and how far they have
 * come.  Column and class are those of Liuzhou's rulebook; under another one the first
 * that fit are taken. */
static const struct {
    const char *title;
    const char *body;
    const char *column;
    const char *item_class;
    const char *state; /* a state's name; "published" goes all the way */
} texts[] = {
    {"2026年前三季度全市工业经济运行分析",
     "<p>前三季度，全市规模以上工业增加值同比增长6.1%，比上半年加快0.4个百分点。</p>"
     "<h2>一、主要特点</h2><p>装备制造业增长较快，对全市工业增长的贡献率为43.2%。</p>"
     "<table><caption>分季度增速（单位：%）</caption><thead><tr><th>季度</th><th>增速</"
     "th></tr></thead>"
     "<tbody><tr><td>一季度</td><td>5.2</td></tr><tr><td>二季度</td><td>6.0</td></tr>"
     "<tr><td>三季度</td><td>7.0</td></tr></tbody></table>",
     "sjfb/tjfx", "statistics", "leader-review"},
    {"市统计局召开普查工作部署会",
     "<p>近日，市统计局召开普查工作部署会，各县区统计局负责人参加会议。</p>", "tjdt",
     "government-affairs", "second-proof"},
    {"全市普查业务培训班开班", "<p>培训班为期两天，各县区普查员共120人参加。</p>", "tjdt",
     "government-affairs", "published"},
    {"关于暴雨期间服务窗口调整的公告", "<p>因连日强降雨，服务窗口暂移至一楼大厅。</p>",
     "zwgk/tzgg", "government-affairs", "dept-review"},
    {"2026年10月工业生产者价格简析",
     "<p>10月份，全市工业生产者出厂价格环比上涨0.2%。</p>", "sjfb/tjfx", "statistics",
     "office-review"},
    {"2026年前三季度全市服务业运行情况",
     "<p>前三季度，全市服务业增加值同比增长5.8%。</p>", "sjfb/tjfx", "statistics",
     "final-check"},
    {"统计开放日活动举行", "<p>活动以“数据惠民”为主题，邀请市民走进统计局。</p>", "tjdt",
     "positive-news", "approved"},
    {"统计法治宣传周活动启动", "<p>活动期间将在各县区设置宣传点。</p>", "tjdt",
     "policy-publicity", "published"},
    {"2026年上半年全市国民经济运行情况",
     "<p>上半年，全市经济运行总体平稳、稳中有进。</p>", "sjfb/tjfx", "statistics",
     "published"},
    {"关于做好统计年报培训工作的通知",
     "<p>各县区统计局：</p><p>现将2026年统计年报培训安排通知如下。</p>", "zwgk/tzgg",
     "government-affairs", "published"},
    {"关于征求《统计数据质量控制办法》意见的说明", "<p>（草稿）</p>", "zwgk/zcwj",
     "government-affairs", "draft"},
    {"居民收支调查户座谈会召开", "<p>座谈会听取了调查户对记账工作的意见。</p>", "tjdt",
     "government-affairs", "disposition"},
};

struct demo {
    struct call *call;
    const struct rulebook *book;
    struct trial_bureau bureau;
};

static enum status fill_texts(struct demo *demo);
static enum status fill_text(struct demo *demo, size_t index);
static enum status bring_to(struct demo *demo, id64 manuscript, const char *state);
static enum status pick_class(const struct demo *demo, size_t index,
                              struct str *out_class);
static enum status pick_column(struct demo *demo, size_t index,
                               struct column *out_column);
static enum status publish(struct demo *demo, id64 manuscript);

enum status demo_fill(struct call *call, const struct rulebook *book) {
    struct demo demo = {.call = call, .book = book};
    TRY(trial_found(call, book, true, &demo.bureau));
    TRY(fill_texts(&demo));
    return publication_replay(call);
}

static enum status fill_texts(struct demo *demo) {
    for (size_t i = 0; i < LENGTH(texts); i++) {
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
    struct field_value fields[] = {{STR("disclosure"), STR("active")},
                                   {STR("origin"), origin},
                                   {STR("source"), demo->bureau.department.title}};
    struct content content = {.title = str_of(texts[index].title),
                              .body = str_of(texts[index].body),
                              .fields = fields,
                              .field_count = LENGTH(fields)};
    TRY(pick_class(demo, index, &item_class));
    TRY(pick_column(demo, index, &column));
    call->actor = (struct actor){.person = demo->bureau.writer, .freshly_proven = true};
    TRY(manuscript_begin(call, column.id, demo->bureau.department.id, item_class,
                         content.title, &manuscript));
    TRY(manuscript_save(call, manuscript, 1, &content, &version, &dropped));
    enum status status = bring_to(demo, manuscript, texts[index].state);
    call->actor = (struct actor){0};
    return status;
}

static enum status bring_to(struct demo *demo, id64 manuscript, const char *state) {
    struct subject subject = {.kind = SUBJECT_MANUSCRIPT, .id = manuscript};
    struct call *call = demo->call;
    struct manuscript found;
    if (strcmp(state, "draft") == 0) {
        return DONE;
    }
    if (strcmp(state, "published") == 0) {
        TRY(trial_walk(call, manuscript, STR("")));
        return publish(demo, manuscript);
    }
    bool back = strcmp(state, "second-proof") == 0;
    struct offer offer;
    TRY(manuscript_peek(call, manuscript, &found));
    for (int i = 0; i < RULEBOOK_STEPS_MOST; i++) {
        bool is_there = str_is(found.state, back ? "dept-review" : state) ||
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
        if (offer.step->outcomes[i].kind == OUTCOME_BACK) {
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

/* The column meant for it, else one of those on the home page, by turns. */
static enum status pick_column(struct demo *demo, size_t index,
                               struct column *out_column) {
    struct column *columns;
    size_t count;
    id64 site = demo->bureau.site.id;
    if (site_column_find_path(demo->call, site, str_of(texts[index].column),
                              out_column) == DONE) {
        return DONE;
    }
    TRY(site_columns(demo->call, site, &columns, &count));
    for (size_t i = 0, home = 0; i < count; i++) {
        if (columns[i].on_home && home++ == index % 3) {
            *out_column = columns[i];
            return DONE;
        }
    }
    return log_failed("the site has no column on its home page");
}

/* A class that any department may choose without papers; by turns. */
static enum status pick_class(const struct demo *demo, size_t index,
                              struct str *out_class) {
    if (rulebook_class(demo->book, str_of(texts[index].item_class)) != NO_INDEX) {
        *out_class = str_of(texts[index].item_class);
        return DONE;
    }
    size_t fitting = 0;
    for (int round = 0; round < 2; round++) {
        size_t seen = 0;
        for (size_t i = 0; i < demo->book->class_count; i++) {
            const struct item_class *known = &demo->book->classes[i];
            if (known->reprint || known->need_count > 0) {
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
