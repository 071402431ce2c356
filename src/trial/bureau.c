/*
 * A bureau of sample persons: a department that writes, and somebody in every post that
 * the rulebook knows.
 */
#include "trial/trial.h"

#include "people/people.h"
#include "rulebook/rulebook.h"

/* Who fills which post; the first writes.  Those without a role take the posts that are
 * left, in the order of the rulebook. */
static const struct sample {
    const char *login;
    const char *name;
    const char *role;
} administrators[] = {{"qin.hai", "覃海", PEOPLE_ROLE_SYSTEM},
                      {"mo.lan", "莫岚", PEOPLE_ROLE_SECURITY},
                      {"luo.ping", "罗平", PEOPLE_ROLE_AUDIT}};

static const struct sample samples[] = {
    {"li.xiaolan", "李小兰", "handler"},
    {"chen.li", "陈立", "dept-head"},
    {"huang.min", "黄敏", "general-section-reviewer"},
    {"zhou.zhengguo", "周正国", "bureau-leader"},
    {"liang.zhiyuan", "梁志远", "site-operator"},
    {"wei.jia", "韦佳", "office-reviewer"},
    {"zhou.zhengguo", "周正国", "deputy-leader"},
    {"liang.zhiyuan", "梁志远", "releaser"},
    {"zhang.yun", "张芸", NULL},
    {"tan.yue", "谭越", NULL},
    {"lu.qing", "陆青", NULL},
    {"he.fang", "何芳", NULL},
    {"su.wen", "苏文", NULL},
    {"deng.hua", "邓华", NULL},
    {"pan.jing", "潘静", NULL},
    {"nong.bo", "农博", NULL},
    {"fang.min", "方敏", NULL},
    {"qiu.shan", "邱杉", NULL},
    {"ou.ran", "区然", NULL},
    {"yin.lan", "尹岚", NULL},
    {"bai.ke", "白可", NULL},
    {"lei.ming", "雷鸣", NULL},
};

struct making {
    struct call *call;
    const struct rulebook *book;
    id64 body;
    struct people_roles roles;
    struct people_unit department;
    id64 writer;
    bool accounts;
    bool taken[LENGTH(samples)];
};

static enum status give_samples(struct call *call, id64 site,
                                const struct rulebook *book);
static struct str code_of(struct call *call, const struct rulebook *const *books,
                          size_t which);
static enum status fill(struct call *call, const struct rulebook *book, bool accounts,
                        struct site site, struct trial_bureau *out_bureau);
static enum status fill_register(struct making *making, const struct site *site);
static enum status register_one(struct making *making, const struct site *site,
                                const struct matter_rule *rule,
                                const struct people_holding *holding);
static enum status all_columns(struct call *call, const struct site *site,
                               struct str *out_columns);
static enum status account_of(struct making *making, id64 person, struct str *out_login);
static enum status as_holder(struct making *making, int role);
static enum status fill_people(struct making *making);
static enum status fill_administrators(struct making *making);
static enum status fill_roles(struct making *making);
static enum status fill_role(struct making *making, const struct role *role);
static const struct sample *pick(struct making *making, struct str role);
static enum status new_person(struct making *making, const struct sample *sample,
                              id64 *out_person);

enum status trial_found(struct call *call, const struct rulebook *book, bool accounts,
                        struct trial_bureau *out_bureau) {
    return trial_found_several(call, &book, 1, accounts, out_bureau);
}

enum status trial_found_several(struct call *call, const struct rulebook *const *books,
                                size_t count, bool accounts,
                                struct trial_bureau *out_bureaus) {
    TRY(people_rehearse(call));
    for (size_t i = 0; i < count; i++) {
        struct site site;
        TRY(i == 0
                ? site_found(call, books[i], &site)
                : site_found_beside(call, books[i], code_of(call, books, i), 0, &site));
        TRY(fill(call, books[i], accounts, site, &out_bureaus[i]));
    }
    return people_found(call);
}

/* That of its rulebook, numbered where a body before it works under the same. */
static struct str code_of(struct call *call, const struct rulebook *const *books,
                          size_t which) {
    size_t same = 0;
    for (size_t i = 0; i < which; i++) {
        same += str_equal(books[i]->code, books[which]->code) ? 1 : 0;
    }
    return same == 0 ? books[which]->code
                     : str_format(call->arena, "%.*s-%zu", STR_ARG(books[which]->code),
                                  same + 1);
}

static enum status fill(struct call *call, const struct rulebook *book, bool accounts,
                        struct site site, struct trial_bureau *out_bureau) {
    struct making making = {
        .call = call, .book = book, .body = site.root, .accounts = accounts};
    site.id_code = STR("4502000000");
    site.contact = STR("0772-0000000（样例）");
    site.icp = STR("桂ICP备00000000号（样例）");
    site.police = STR("桂公网安备00000000000000号（样例）");
    TRY(site_change(call, &site));
    making.roles = people_roles_of(call, book);
    TRY(give_samples(call, site.id, book));
    TRY(fill_people(&making));
    TRY(fill_register(&making, &site));
    *out_bureau = (struct trial_bureau){
        .site = site, .department = making.department, .writer = making.writer};
    return DONE;
}

/* What the body would have to decide, decided by nobody and marked so. */
static enum status give_samples(struct call *call, id64 site,
                                const struct rulebook *book) {
    for (size_t i = 0; i < book->setting_count; i++) {
        const struct setting *setting = &book->settings[i];
        if (str_is_empty(setting->value)) {
            TRY(site_give_value(call, site, book, setting->code, setting->sample, true));
        }
    }
    return DONE;
}

static enum status fill_people(struct making *making) {
    struct call *call = making->call;
    making->department = (struct people_unit){.parent = making->body,
                                              .code = STR("industry"),
                                              .kind = STR("department"),
                                              .title = STR("工业科"),
                                              .english = STR("Industry Section"),
                                              .aliases = STR(""),
                                              .order = 20};
    TRY(people_unit_save(call, &making->department));
    struct people_unit body;
    TRY(people_unit(call, making->body, &body));
    if (str_is(body.code, PEOPLE_BODY_FIRST)) {
        TRY(fill_administrators(making));
    }
    return fill_roles(making);
}

static enum status fill_administrators(struct making *making) {
    static const char *const titles[] = {"系统管理员", "安全管理员", "审计管理员"};
    struct people_unit office;
    TRY(people_unit_in(making->call, making->body, STR(PEOPLE_UNIT_OFFICE), &office));
    for (size_t i = 0; i < LENGTH(administrators); i++) {
        id64 person;
        TRY(new_person(making, &administrators[i], &person));
        TRY(trial_seat(making->call, &making->roles, office.id, administrators[i].role,
                       titles[i], person));
    }
    return DONE;
}

static enum status fill_roles(struct making *making) {
    TRY(new_person(making, pick(making, STR("handler")), &making->writer));
    for (size_t i = 0; i < making->book->role_count; i++) {
        if (str_is(making->book->roles[i].code, "liaison") ||
            str_is(making->book->roles[i].code, "handler")) {
            TRY(trial_seat(making->call, &making->roles, making->department.id,
                           str_text(making->call->arena, making->book->roles[i].code),
                           str_text(making->call->arena,
                                    role_title_in(&making->book->roles[i],
                                                  rulebook_unit_kind(making->book,
                                                                     STR("department")))
                                        .zh),
                           making->writer));
        }
    }
    for (size_t i = 0; i < making->book->role_count; i++) {
        TRY(fill_role(making, &making->book->roles[i]));
    }
    return DONE;
}

static enum status fill_role(struct making *making, const struct role *role) {
    struct call *call = making->call;
    struct people_unit unit = making->department;
    struct people_holdings holdings;
    id64 person;
    if (role->scope == ROLE_BOUND_UNIT) {
        TRY(people_unit_in(call, making->body, making->book->units[role->unit].code,
                           &unit));
    } else if (role->scope == ROLE_BODY || role->scope == ROLE_PARENT_UNIT) {
        TRY(people_unit(call, making->body, &unit));
    } else if (role->scope == ROLE_NAMED_UNIT) {
        TRY(people_unit_in(call, making->body, STR(PEOPLE_UNIT_OFFICE), &unit));
    }
    TRY(people_holders(call, str_text(call->arena, role->code), unit.id, &holdings));
    const struct sample *sample =
        holdings.count > 0 || role->open ? NULL : pick(making, role->code);
    if (sample == NULL) {
        return DONE;
    }
    TRY(new_person(making, sample, &person));
    return trial_seat(call, &making->roles, unit.id, str_text(call->arena, role->code),
                      str_text(call->arena, role->title.zh), person);
}

/* The sample person for a role: the one meant for it, else the next without one. */
static const struct sample *pick(struct making *making, struct str role) {
    size_t chosen = LENGTH(samples);
    for (size_t i = 0; i < LENGTH(samples); i++) {
        bool namesake = false;
        for (size_t j = 0; j < LENGTH(samples); j++) {
            namesake = namesake || (making->taken[j] &&
                                    str_is(str_of(samples[j].login), samples[i].login));
        }
        if (making->taken[i] || namesake) {
            continue;
        }
        if (samples[i].role != NULL && str_is(role, samples[i].role)) {
            chosen = i;
            break;
        }
        if (samples[i].role == NULL && chosen == LENGTH(samples)) {
            chosen = i;
        }
    }
    if (chosen == LENGTH(samples)) {
        return NULL;
    }
    making->taken[chosen] = true;
    return &samples[chosen];
}

static enum status new_person(struct making *making, const struct sample *sample,
                              id64 *out_person) {
    struct people_person person = {.name = str_of(sample->name),
                                   .pinyin = str_of(sample->login),
                                   .mail = STR(""),
                                   .phone = STR("")};
    id64 account;
    if (making->accounts) { /* the same person may work under another body already */
        enum status found =
            people_person_find(making->call, str_of(sample->login), &person);
        if (found != ABSENT) {
            *out_person = person.id;
            return found;
        }
    }
    TRY(people_person_save(making->call, &person));
    *out_person = person.id;
    if (!making->accounts) {
        return DONE;
    }
    TRY(people_account_request(making->call, person.id, str_of(sample->login), &account));
    return people_account_open(making->call, account, STR(TRIAL_PASSWORD), true);
}

/* A line for each sample person whose post has rights by the register only (ED-15). */
static enum status fill_register(struct making *making, const struct site *site) {
    const struct rulebook *book = making->book;
    struct call *call = making->call;
    for (size_t i = 0; i < book->matter_count; i++) {
        const struct matter_rule *rule = &book->matters[i];
        for (size_t j = 0; j < rule->register_count; j++) {
            struct people_holdings holders;
            TRY(people_holders(
                call, str_text(call->arena, book->roles[rule->registers[j]].code),
                people_anywhere_in(making->body), &holders));
            for (size_t k = 0; k < holders.count; k++) {
                struct actor before = call->actor;
                enum status done = register_one(making, site, rule, &holders.at[k]);
                call->actor = before;
                TRY(done);
            }
        }
    }
    return DONE;
}

static enum status register_one(struct making *making, const struct site *site,
                                const struct matter_rule *rule,
                                const struct people_holding *holding) {
    struct call *call = making->call;
    struct matter_line lines[] = {
        {STR("name"), holding->name}, {STR("unit"), holding->unit_title},
        {STR("columns"), STR("")},    {STR("rights"), STR("上传、更改、维护")},
        {STR("account"), STR("")},
    };
    struct matter_wish wish = {.kind = rule->code,
                               .unit = holding->unit,
                               .title = holding->name,
                               .words = STR(""),
                               .lines = lines,
                               .line_count = LENGTH(lines)};
    struct matter_reply reply = {.words = STR("已配置"), .agreed = true};
    struct matter matter;
    TRY(all_columns(call, site, &lines[2].value));
    TRY(account_of(making, holding->person, &lines[4].value));
    TRY(as_holder(making, rule->opener));
    TRY(review_open_matter(call, site->group, making->book, &wish, &matter));
    TRY(as_holder(making, rule->answerer));
    return matter_answer(call, making->book, matter.id, &reply);
}

static enum status all_columns(struct call *call, const struct site *site,
                               struct str *out_columns) {
    struct buffer text;
    struct column *columns;
    size_t count;
    buffer_init(&text, call->arena);
    TRY(site_columns(call, site->id, &columns, &count));
    for (size_t i = 0; i < count; i++) {
        buffer_add_format(&text, "%s%.*s", i == 0 ? "" : "、", STR_ARG(columns[i].path));
    }
    *out_columns = buffer_str(&text);
    return DONE;
}

/* Without accounts the register has one that nobody can open. */
static enum status account_of(struct making *making, id64 person, struct str *out_login) {
    struct call *call = making->call;
    struct people_person found;
    id64 account;
    TRY(people_person(call, person, &found));
    if (str_is_empty(found.login)) {
        found.login = str_format(call->arena, "sample.%.*s",
                                 STR_ARG(id_to_text(call->arena, person)));
        TRY(people_account_request(call, person, found.login, &account));
    }
    *out_login = found.login;
    return DONE;
}

static enum status as_holder(struct making *making, int role) {
    struct call *call = making->call;
    struct people_holdings holders;
    TRY(people_holders(call, str_text(call->arena, making->book->roles[role].code),
                       people_anywhere_in(making->body), &holders));
    if (holders.count == 0) {
        return log_failed("the sample bureau has nobody who keeps its register");
    }
    call->actor = (struct actor){.person = holders.at[0].person, .freshly_proven = true};
    return DONE;
}

enum status trial_seat(struct call *call, const struct people_roles *roles, id64 unit,
                       const char *role, const char *title, id64 person) {
    struct people_post post = {
        .unit = unit, .role = str_of(role), .title = str_of(title), .english = STR("")};
    TRY(people_post_save(call, roles, &post));
    struct people_appointing appointing = {.post = post.id, .person = person};
    return people_appoint(call, roles, &appointing, NULL, NULL);
}
