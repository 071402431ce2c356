/*
 * A counter-example as people tell it: who did what, one sentence after another, in
 * both languages of the office; and a proof's summary.
 */
#include "prove_own.h"

#include <string.h>

#define TOLD_MOST 256

struct telling {
    const struct proving *proving;
    struct buffer zh;
    struct buffer en;
    uint8_t names[16]; /* of the marked persons */
    uint8_t writer;    /* name of the one who wrote and bears no mark; NOBODY: none yet */
    uint8_t next_name;
};

static void tell_attempt(struct telling *telling, const struct state *before,
                         const struct attempt *attempt);
static void tell_actor(struct telling *telling, const struct state *before,
                       const struct attempt *attempt, uint8_t name);
static void tell_act(struct telling *telling, const struct state *before,
                     const struct attempt *attempt);
static void tell_decision(struct telling *telling, const struct step *step,
                          const struct attempt *attempt);
static void tell_event(struct telling *telling, const struct attempt *attempt);
static uint8_t name_of(struct telling *telling, const struct attempt *attempt);
static void rename_people(struct telling *telling, const struct state *before,
                          const struct attempt *attempt, uint8_t actor_name);
static void say(struct telling *telling, const char *zh, const char *en);
static void quote(struct telling *telling, struct text text);
static struct text end_sentence(struct telling *telling);
static void close_story(struct telling *telling, uint32_t last,
                        const struct breach *breach);

static const char *const names_zh[] = {"甲", "乙", "丙", "丁", "戊",
                                       "己", "庚", "辛", "壬", "癸"};

static const struct {
    const char *name;
    struct text title;
} claims[CLAIMS] = {
    [CLAIM_DECIDED] = {"decided",
                       {STR_INIT(
                            "每次发布前，要求的每个决定都由当时有权的人就这一稿作出"),
                        STR_INIT("no release without each demanded decision, on exactly "
                                 "that text, by a person then entitled")}},
    [CLAIM_INDEPENDENT] = {"independent",
                           {STR_INIT("作者和参与写稿的人不能单独放行"),
                            STR_INIT("no author or contributor alone")}},
    [CLAIM_ENTITLED] = {"entitled",
                        {STR_INIT("每个决定都轮到、有岗、不须回避、当面验明"),
                         STR_INIT("whoever decides has the turn, the post, free hands "
                                  "and proven identity")}},
    [CLAIM_COMPLETE] = {"complete",
                        {STR_INIT("每个决定都答齐、备齐、说明理由"),
                         STR_INIT("each decision has its answers, preparations and "
                                  "reasons")}},
    [CLAIM_CURRENT] = {"current",
                       {STR_INIT("不对已被替换的稿件办理任何事"),
                        STR_INIT("nothing is done on a text that was replaced")}},
    [CLAIM_RETURN] = {"return",
                      {STR_INIT("每次退回之后，改过的内容都重新审核"),
                       STR_INIT("every rejection leads back to a review of what "
                                "changed")}},
    [CLAIM_FINDING] = {"finding",
                       {STR_INIT("拦截的问题处理之前不发布"),
                        STR_INIT("a finding that blocks is answered before release")}},
    [CLAIM_LATE] = {"late",
                    {STR_INIT("逾期发布要说明理由"),
                     STR_INIT("a late release states its reason")}},
    [CLAIM_SCHEDULE] = {"schedule",
                        {STR_INIT("定时发布到点再核对一遍"),
                         STR_INIT("what was scheduled is asked again at its moment")}},
    [CLAIM_EMERGENCY] = {"emergency",
                         {STR_INIT("应急件一个决定也不少"),
                          STR_INIT("the emergency lane asks for every decision")}},
    [CLAIM_CHANGE] = {"change",
                      {STR_INIT("改动已发布的内容重走全程"),
                       STR_INIT("a change of what is live takes the whole route again")}},
    [CLAIM_RECALL] = {"recall",
                      {STR_INIT("只有送审的人能在别人办理之前撤回"),
                       STR_INIT("only the submitter takes it back, before anybody else "
                                "has acted")}},
    [CLAIM_WITHDRAW] = {"withdraw",
                        {STR_INIT("只有发布岗能撤下，且只撤已发布的"),
                         STR_INIT("only the releaser takes off, and only what is live")}},
    [CLAIM_OWED] = {"owed",
                    {STR_INIT("先行发布的只凭授权条款，退回或到时未审即撤下"),
                     STR_INIT("what is live before its review is so by its article "
                              "alone, and comes down when it is returned or its time "
                              "has run out")}},
    [CLAIM_JOINT] = {"joint",
                     {STR_INIT("会签的每一签都由另一人签，签齐才算通过"),
                      STR_INIT("where several sign, each is another person, and only "
                               "all of them approve")}},
    [CLAIM_REPLAY] = {"replay",
                      {STR_INIT("按记录的决定推算，位置相同"),
                       STR_INIT("the decisions on record lead to the same position")}},
    [CLAIM_WAY_OUT] = {"way-out",
                       {STR_INIT("没有走不出去的状态"), STR_INIT("no dead end")}},
    [CLAIM_REACH] = {"reach",
                     {STR_INIT("每一步、每个出路都走得到"),
                      STR_INIT("every step and every outcome can happen")}},
};

static const struct text lacks[LACKS] = {
    [LACK_PASSWORD] = {STR_INIT("，没有重新验明身份"),
                       STR_INIT(", without giving the password again")},
    [LACK_CURRENCY] = {STR_INIT("，但看的是已被替换的稿件"),
                       STR_INIT(", having read a text that has been replaced")},
    [LACK_PERSON] = {STR_INIT("，其实没有人在办理"),
                     STR_INIT(", with no person behind it")},
    [LACK_TURN] = {STR_INIT("，用的是另一步的表单"),
                   STR_INIT(", with the form of another step")},
    [LACK_REASON] = {STR_INIT("，没有写明理由"), STR_INIT(", without a reason")},
    [LACK_PREPARATION] = {STR_INIT("，该先做的没有做"),
                          STR_INIT(", with a preparation left undone")},
    [LACK_ANSWER] = {STR_INIT("，有问题没有回答："), STR_INIT(", leaving unanswered: ")},
    [LACK_GOOD_ANSWER] = {STR_INIT("，回答不合要求："),
                          STR_INIT(", with a bad answer to: ")},
    [LACK_PAPER] = {STR_INIT("，凭的是不完整的纸质签字"),
                    STR_INIT(", on a paper signature that is incomplete")},
    [LACK_TIME] = {STR_INIT("，已逾期而没有说明理由"),
                   STR_INIT(", after the deadline and without a reason")},
    [LACK_SINGLENESS] = {STR_INIT("，是一次办理的几件之一"),
                         STR_INIT(", as one of several in one act")},
    [LACK_PATIENCE] = {STR_INIT("，时间还没有到"), STR_INIT(", before its time")},
    [LACK_MUCH_TIME] = {STR_INIT("，已超过硬性期限而没有说明理由"),
                        STR_INIT(", after the hard deadline and without a reason")},
};

struct text claim_title(enum claim claim) {
    return claims[claim].title;
}

const char *claim_name(enum claim claim) { return claims[claim].name; }

void story_tell(struct proving *proving, uint32_t from, const struct attempt *last,
                const struct breach *breach) {
    struct proof *proof = proving->proof;
    uint32_t way[TOLD_MOST];
    size_t count = 0;
    struct telling telling = {.proving = proving, .writer = 0, .next_name = 1};
    proof->answer = PROOF_BROKEN;
    proof->broken = breach->claim;
    proof->basis = breach->basis;
    proof->story = TAKE_ARRAY(proving->arena, TOLD_MOST + 4, struct text);
    for (uint32_t at = from; at != UINT32_MAX && count < TOLD_MOST;
         at = proving->parents[at]) {
        way[count++] = at;
    }
    proof->route = count > 0 ? proving->states[way[0]].route : proof->route;
    const struct route *route =
        &proving->book
             ->routes[count > 0 ? proving->states[way[count - 1]].route : proof->route];
    bool hurried =
        count > 0 && (proving->states[way[count - 1]].flags & STATE_HURRIED) != 0;
    say(&telling, "路线", "Route ");
    quote(&telling, route->title);
    say(&telling, hurried ? "，应急件。" : "。",
        hurried ? ", in the emergency lane." : ".");
    proof->story[proof->story_count++] = end_sentence(&telling);
    for (size_t i = count; i > 0; i--) {
        const struct attempt *attempt = i > 1 ? &proving->attempts[way[i - 2]] : last;
        if (attempt != NULL) {
            tell_attempt(&telling, &proving->states[way[i - 1]], attempt);
            proof->story[proof->story_count++] = end_sentence(&telling);
        }
    }
    close_story(&telling, from, breach);
    proof->story[proof->story_count++] = end_sentence(&telling);
    proof->story[proof->story_count++] =
        proof_verdict(proving->arena, proving->book, proof);
}

struct text proof_verdict(struct arena *arena, const struct rulebook *book,
                          const struct proof *proof) {
    const struct requirement *requirement = rulebook_requirement(book, proof->basis->id);
    struct text title = claim_title(proof->broken);
    struct str id = proof->basis->id;
    if (requirement == NULL) {
        return (struct text){
            str_format(arena, "违反：%.*s。（本规章未规定，系统默认；%.*s 第 %d 行）",
                       STR_ARG(title.zh), STR_ARG(proof->basis->file),
                       proof->basis->line),
            str_format(arena, "This breaks: %.*s. (Our default; %.*s, line %d)",
                       STR_ARG(title.en), STR_ARG(proof->basis->file),
                       proof->basis->line)};
    }
    return (struct text){
        str_format(arena, "违反：%.*s。（%.*s，%.*s）", STR_ARG(title.zh),
                   STR_ARG(requirement->cite.zh), STR_ARG(id)),
        str_format(arena, "This breaks: %.*s. (%.*s, %.*s)", STR_ARG(title.en),
                   STR_ARG(requirement->cite.en), STR_ARG(id))};
}

struct str proof_as_text(struct arena *arena, const struct rulebook *book,
                         const struct proof *proof, struct str language) {
    bool english = str_is(language, "en");
    struct buffer out;
    buffer_init(&out, arena);
    for (size_t i = 0; i < proof->story_count; i++) {
        struct str sentence = text_in(proof->story[i], language);
        bool last = i + 1 == proof->story_count;
        if (i == 0 || last) {
            buffer_add_format(&out, "%.*s\n", STR_ARG(sentence));
        } else {
            buffer_add_format(&out, "%zu. %.*s\n", i, STR_ARG(sentence));
        }
    }
    if (proof->answer == PROOF_TOO_LARGE) {
        buffer_add_format(&out,
                          english ? "Not proved: more than %d states.\n"
                                  : "未能证明：状态超过 %d 个。\n",
                          PROVE_STATES_MOST);
    }
    for (size_t i = 0; proof->answer == PROOF_HOLDS && i < CLAIMS; i++) {
        struct str title = text_in(claim_title((enum claim)i), language);
        bool vacuous = proof_is_vacuous(book, proof, (enum claim)i);
        buffer_add_format(&out, "%s %.*s", vacuous ? "-" : "✓", STR_ARG(title));
        if (vacuous) {
            buffer_add_text(&out, english ? " (nothing to judge: holds vacuously)"
                                          : "（没有可判的情形：空成立）");
        } else {
            buffer_add_format(&out, english ? " (%llu)" : "（%llu）",
                              (unsigned long long)proof->met[i]);
        }
        buffer_add_char(&out, '\n');
    }
    for (size_t i = 0; proof->answer == PROOF_HOLDS && i < book->route_count; i++) {
        const struct route *route = &book->routes[i];
        if (proof_is_of_default(route)) {
            struct str title = text_in(route->title, language);
            buffer_add_format(&out,
                              english
                                  ? "- “%.*s” is our own default: the regulation names "
                                    "no such route, and nothing of it is proved here\n"
                                  : "- 路线“%.*s”是系统默认，规章没有规定：这里没有证明"
                                    "规章的任何要求\n",
                              STR_ARG(title));
        }
    }
    return buffer_str(&out);
}

bool proof_is_of_default(const struct route *route) {
    return route->subject == ROUTE_OF_MANUSCRIPT &&
           (route->basis.house || str_is_empty(route->basis.id));
}

/* ---- One sentence ---- */

static void tell_attempt(struct telling *telling, const struct state *before,
                         const struct attempt *attempt) {
    bool nobody = attempt->kind == TRY_LAPSE && attempt->actor == NOBODY;
    if (attempt->kind >= HAPPEN_RULING || attempt->kind == TRY_COME_DUE || nobody) {
        tell_event(telling, attempt);
    } else {
        uint8_t name = name_of(telling, attempt);
        tell_actor(telling, before, attempt, name);
        tell_act(telling, before, attempt);
        rename_people(telling, before, attempt, name);
    }
    say(telling, "。", ".");
}

static void tell_actor(struct telling *telling, const struct state *before,
                       const struct attempt *attempt, uint8_t name) {
    const struct rulebook *book = telling->proving->book;
    const struct step *step = &book->routes[before->route].steps[before->step];
    size_t known = name < LENGTH(names_zh) ? name : LENGTH(names_zh) - 1;
    if (attempt->lack == LACK_PERSON) {
        say(telling, "系统", "The machine");
        return;
    }
    say(telling, names_zh[known], "");
    buffer_add_char(&telling->en, (char)('A' + known));
    int role = attempt->kind == TRY_DECIDE ? step_signer_role(step, attempt->signer)
                                           : step->role;
    const struct owed_rule *owed = book->routes[before->route].owed;
    if (attempt->kind == TRY_RELEASE_FIRST) {
        role = owed == NULL ? NO_INDEX : owed->role;
    }
    bool posts = attempt->kind != TRY_RECALL && role != NO_INDEX;
    bool wrote = actor_wrote(before, attempt->actor) && step->kind != STEP_AUTHOR;
    if (posts || wrote) {
        say(telling, "（", " (");
    }
    if (posts) {
        say(telling, attempt->holds ? "" : "不任", attempt->holds ? "" : "not ");
        buffer_add(&telling->zh, book->roles[role].title.zh);
        buffer_add(&telling->en, book->roles[role].title.en);
    }
    if (wrote) {
        say(telling, posts ? "，写过此稿" : "写过此稿",
            posts ? ", who wrote in it" : "who wrote in it");
    }
    if (posts || wrote) {
        say(telling, "）", ")");
    }
}

static void tell_act(struct telling *telling, const struct state *before,
                     const struct attempt *attempt) {
    const struct step *step =
        &telling->proving->book->routes[before->route].steps[before->step];
    switch ((enum attempt_kind)attempt->kind) {
    case TRY_DECIDE:
        tell_decision(telling, step, attempt);
        return;
    case TRY_EDIT:
        say(telling, "在", " at ");
        quote(telling, step->title);
        say(telling,
            attempt->pick != 0 ? "改出新的一稿，其中有拦截的问题" : "改出新的一稿",
            attempt->pick != 0 ? " writes a new text that has a blocking finding"
                               : " writes a new text");
        return;
    case TRY_RECALL:
        say(telling, "撤回稿件", " takes the manuscript back");
        return;
    case TRY_RELEASE:
        say(telling, "发布", " releases it");
        break;
    case TRY_SCHEDULE:
        say(telling, "定时发布", " schedules its release");
        break;
    case TRY_WITHDRAW:
        say(telling, "撤下稿件", " takes the item off");
        break;
    case TRY_RELEASE_FIRST:
        say(telling, "先行发布，审核后补", " puts it live, its review owed");
        break;
    case TRY_LAPSE:
        say(telling, "当作补审到期撤下", " takes it down as if its time had run out");
        break;
    default:
        break;
    }
    buffer_add(&telling->zh, lacks[attempt->lack].zh);
    buffer_add(&telling->en, lacks[attempt->lack].en);
}

static void tell_decision(struct telling *telling, const struct step *step,
                          const struct attempt *attempt) {
    const struct rulebook *book = telling->proving->book;
    const struct text nothing = {STR("办理"), STR("decide")};
    bool known = attempt->outcome < step->outcome_count;
    say(telling, "在", " at ");
    quote(telling, step->title);
    say(telling, "选择", " chooses ");
    quote(telling, known ? step->outcomes[attempt->outcome].title : nothing);
    if (attempt->pick != 0) {
        const struct question *question = &book->questions[step->asks[attempt->index]];
        struct text yes = {STR("是"), STR("yes")};
        say(telling, "，", ", answering ");
        quote(telling, question->title);
        say(telling, "答", " with ");
        quote(telling, question->kind == QUESTION_CHOICE
                           ? question->choices[attempt->pick - 1].title
                           : yes);
    }
    buffer_add(&telling->zh, lacks[attempt->lack].zh);
    buffer_add(&telling->en, lacks[attempt->lack].en);
    if (attempt->lack == LACK_ANSWER || attempt->lack == LACK_GOOD_ANSWER) {
        quote(telling, book->questions[step->asks[attempt->index]].title);
    }
}

static void tell_event(struct telling *telling, const struct attempt *attempt) {
    switch ((enum attempt_kind)attempt->kind) {
    case TRY_COME_DUE:
        say(telling, "定时的时刻到了，系统发布",
            "The moment of the schedule comes; it is released");
        buffer_add(&telling->zh, lacks[attempt->lack].zh);
        buffer_add(&telling->en, lacks[attempt->lack].en);
        return;
    case TRY_LAPSE:
        say(telling, "补审的时间到了，系统撤下",
            "The time for the owed review runs out; it is taken down");
        buffer_add(&telling->zh, lacks[attempt->lack].zh);
        buffer_add(&telling->en, lacks[attempt->lack].en);
        return;
    case HAPPEN_RULING:
        say(telling, "有权的人裁定拦截的问题不成立",
            "The finding is ruled to be a false alarm");
        return;
    case HAPPEN_FINDING:
        say(telling, "词表更新后重新检查，出现拦截的问题",
            "A list changes, and checking again brings a blocking finding");
        return;
    case HAPPEN_CANCEL:
        say(telling, "定时发布被取消", "The schedule is cancelled");
        return;
    case HAPPEN_REROUTE:
        say(telling, "作者改了类别，改走路线",
            "The author changes its class; it now takes ");
        quote(telling, telling->proving->book->routes[attempt->pick].title);
        return;
    case HAPPEN_CHANGE:
        say(telling, "已发布的内容要改动，重新起办",
            "The live item is to be changed; a new run begins");
        return;
    case HAPPEN_EXPIRY:
        say(telling, "到期下线", "It expires");
        return;
    default:
        return;
    }
}

/* ---- Who is who ---- */

static uint8_t name_of(struct telling *telling, const struct attempt *attempt) {
    if (attempt->actor < A_WRITER) {
        return telling->names[attempt->actor];
    }
    if (attempt->actor == A_STRANGER) {
        return telling->next_name++;
    }
    telling->writer = telling->writer == NOBODY ? telling->next_name++ : telling->writer;
    return telling->writer;
}

/* States number persons anew; the names go along. */
static void rename_people(struct telling *telling, const struct state *before,
                          const struct attempt *attempt, uint8_t actor_name) {
    uint8_t old_numbers[16];
    uint8_t names[16] = {0};
    struct state next = *before;
    memset(old_numbers, NOBODY, sizeof old_numbers);
    state_mark(telling->proving, before, attempt, &next, old_numbers);
    bool marked = false;
    for (size_t i = 0; i < sizeof old_numbers; i++) {
        uint8_t old = old_numbers[i];
        marked = marked || (old == attempt->actor && old != NOBODY);
        names[i] = old == attempt->actor ? actor_name
                   : old < A_WRITER      ? telling->names[old]
                                         : 0;
    }
    memcpy(telling->names, names, sizeof names);
    if (attempt->actor == A_WRITER && marked) {
        telling->writer = NOBODY;
    }
    if (attempt->actor == A_STRANGER && attempt->kind == TRY_EDIT) {
        telling->writer = actor_name;
    }
}

static void say(struct telling *telling, const char *zh, const char *en) {
    if (telling->zh.arena == NULL) {
        buffer_init(&telling->zh, telling->proving->arena);
        buffer_init(&telling->en, telling->proving->arena);
    }
    buffer_add_text(&telling->zh, zh);
    buffer_add_text(&telling->en, en);
}

static void quote(struct telling *telling, struct text text) {
    buffer_add_format(&telling->zh, "“%.*s”", STR_ARG(text.zh));
    buffer_add_format(&telling->en, "“%.*s”", STR_ARG(text.en));
}

static struct text end_sentence(struct telling *telling) {
    struct text sentence = {buffer_str(&telling->zh), buffer_str(&telling->en)};
    telling->zh = (struct buffer){0};
    telling->en = (struct buffer){0};
    return sentence;
}

/* What follows from it, where no act says it by itself. */
static void close_story(struct telling *telling, uint32_t last,
                        const struct breach *breach) {
    const struct proving *proving = telling->proving;
    if (breach->claim == CLAIM_WAY_OUT) {
        const struct state *state = &proving->states[last];
        say(telling, "稿件停在", "It stays at ");
        quote(telling, proving->book->routes[state->route].steps[state->step].title);
        say(telling, "，无论谁做什么都走不到终点。",
            ", and whatever anybody does, no end can be reached.");
    } else if (breach->claim == CLAIM_REACH) {
        say(telling, "无论谁做什么，都走不到：",
            "Whatever anybody does, this never happens: ");
        buffer_add(&telling->zh, breach->basis->path);
        buffer_add(&telling->en, breach->basis->path);
        say(telling, "。", ".");
    } else if (breach->claim == CLAIM_REPLAY) {
        say(telling, "按记录的决定推算，位置与此不同。",
            "The decisions on record lead to another position than this.");
    } else {
        say(telling, "这被接受了。", "This is accepted.");
    }
}
