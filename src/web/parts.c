/*
 * Parts of pages about a manuscript.
 */
#include "parts.h"

#include "people/people.h"
#include "screening/screening.h"
#include "site/site.h"

static const struct {
    const char *code, *role, *icon;
} badges[] = {
    {"draft", "neutral", "pencil"},
    {"proof", "neutral", "zoom-check"},
    {"second-proof", "attention", "arrow-back-up"},
    {"dept-review", "moving", "users-group"},
    {"office-review", "moving", "building"},
    {"leader-review", "moving", "writing"},
    {"disposition", "moving", "arrow-guide"},
    {"final-check", "moving", "text-spellcheck"},
    {"consulting", "moving", "messages"},
    {"held", "attention", "player-pause"},
    {"approved", "moving", "send"},
    {"scheduled", "moving", "clock-play"},
    {"published", "good", "world-check"},
    {"review-owed", "special", "clock-exclamation"},
    {"internal", "neutral", "inbox"},
    {"refused", "danger", "ban"},
    {"withdrawn", "neutral", "world-off"},
    {"hidden", "danger", "eye-off"},
    {"expired", "attention", "calendar-off"},
    {"cancelled", "neutral", "certificate-off"},
    {"replaced", "neutral", "replace"},
    {"archived", "neutral", "archive"},
    {"fresh", "good", "circle-check"},
    {"due-soon", "attention", "hourglass"},
    {"late", "danger", "calendar-due"},
    {"empty", "danger", "circle-dashed"},
    {"no-rule", "neutral", "player-stop"},
    {"closed", "neutral", "folder-x"},
    {"must-fix", "danger", "circle-x"},
    {"judge", "attention", "help"},
    {"note", "neutral", "bulb"},
    {"pass", "good", "circle-check"},
    {"return", "attention", "arrow-back-up"},
    {"escalate", "moving", "arrow-up-circle"},
    {"on-paper", "special", "writing"},
    {"account-requested", "attention", "hourglass"},
    {"account-active", "good", "circle-check"},
    {"account-first", "moving", "lock"},
    {"account-locked", "danger", "lock"},
    {"account-disabled", "neutral", "player-stop"},
    {"matter-open", "attention", "hourglass"},
    {"matter-answered", "good", "circle-check"},
    {"letter-received", "attention", "hourglass"},
    {"letter-transferred", "moving", "send"},
    {"letter-answered", "attention", "messages"},
    {"letter-closed", "good", "circle-check"},
    {"assessment-open", "attention", "hourglass"},
    {"assessment-assessed", "moving", "send"},
    {"assessment-closed", "good", "circle-check"},
    {"archive-here", "good", "archive"},
    {"archive-asked", "attention", "hourglass"},
    {"archive-lent", "moving", "send"},
    {"archive-due", "attention", "calendar-due"},
    {"archive-offered", "attention", "users-group"},
    {"archive-proposed", "attention", "trash"},
    {"archive-approved", "moving", "users-group"},
    {"archive-destroyed", "neutral", "ban"},
    {"archive-closed", "neutral", "circle-check"},
    {"version-in-force", "good", "circle-check"},
    {"version-proposed", "moving", "users-group"},
    {"version-ready", "neutral", "circle-dashed"},
    {"version-waiting", "moving", "clock-play"},
    {"version-former", "neutral", "archive"},
};

static const char *due_role(enum due_shape shape);
static struct str saying(const struct visit *visit, const struct calendar_saying *words);
static struct str place_of(struct visit *visit, const struct finding *finding);

void part_badge(struct model *parent, const char *key, struct str code) {
    for (size_t i = 0; i < LENGTH(badges); i++) {
        if (str_is(code, badges[i].code)) {
            struct model *part = model_part(parent, key);
            struct str words =
                str_format(model_arena(parent), "badge.%s", badges[i].code);
            model_text(part, "role", str_of(badges[i].role));
            model_text(part, "icon", str_of(badges[i].icon));
            model_words(part, "word", words.at);
            return;
        }
    }
}

void part_due(const struct visit *visit, struct model *parent,
              const struct calendar_deadline *deadline, struct str rule) {
    struct call *call = visit->call;
    if (deadline->soft == 0 && deadline->hard == 0 && !deadline->stopped) {
        return;
    }
    struct calendar_due_words words = calendar_say_due(
        call->arena, call->house->calendar, call->language, call->now, deadline);
    if (words.shape == DUE_NONE || words.sentence.words == NULL) {
        return;
    }
    struct model *part = model_part(parent, "due");
    model_text(part, "role", str_of(due_role(words.shape)));
    model_flag(part, "late", words.shape == DUE_LATE);
    model_text(part, "at", instant_to_rfc3339(call->arena, words.due));
    model_text(part, "text", saying(visit, &words.sentence));
    if (words.house.words != NULL) {
        model_text(part, "note", saying(visit, &words.house));
    } else if (words.provisional.words != NULL) {
        model_text(part, "note", saying(visit, &words.provisional));
    }
    if (!str_is_empty(rule)) {
        web_cite(visit, model_part(part, "basis"), rule);
    }
}

enum status part_head(struct visit *visit, const struct manuscript *manuscript,
                      const struct revision *revision, const struct run *run,
                      const char *back, const char *back_words) {
    return part_head_into(visit, model_part(web_model(visit), "manuscript"), manuscript,
                          revision, run, back, back_words);
}

enum status part_head_into(struct visit *visit, struct model *part,
                           const struct manuscript *manuscript,
                           const struct revision *revision, const struct run *run,
                           const char *back, const char *back_words) {
    struct call *call = visit->call;
    struct people_unit unit;
    struct people_brief author;
    TRY(people_unit(call, manuscript->unit, &unit));
    TRY(people_person_brief(call, manuscript->author, &author));
    model_text(part, "id", id_to_text(call->arena, manuscript->id));
    model_text(part, "title",
               revision == NULL ? manuscript->title : revision->content.title);
    struct str owner = unit.title;
    if (part_several_bodies(visit)) {
        struct site site;
        TRY(site_find(call, manuscript->site, &site));
        owner = str_format(call->arena, "%.*s %.*s", STR_ARG(site.title), STR_ARG(owner));
    }
    model_text(part, "unit", owner);
    model_text(part, "handler", author.name);
    part_badge(part, "badge", manuscript->state);
    if (revision != NULL) {
        struct model *digest = model_part(part, "digest");
        model_int(part, "revision", revision->number);
        model_int(part, "attachments", (int64_t)revision->content.attachment_count);
        model_text(digest, "short", digest_to_short(call->arena, &revision->digest));
        model_text(digest, "full", digest_to_text(call->arena, &revision->digest));
    }
    if (run != NULL && run->open && run->due != INSTANT_NEVER) {
        bool owed = run->owed_until != 0;
        struct calendar_deadline deadline = {
            .hard = run->due, .unit = owed ? CALENDAR_MINUTE : CALENDAR_WORKING_DAY};
        part_due(visit, part, &deadline, STR(""));
        if (owed) {
            model_text(
                part, "owed",
                web_say(visit, run->lapse_at != 0 ? "review.owed" : "review.owed-stays",
                        "until", instant_to_text(call->arena, run->owed_until).at, NULL));
        }
    }
    struct model *link = model_part(part, "back");
    model_text(link, "href", str_of(back));
    model_words(link, "label", back_words);
    return DONE;
}

enum status part_findings(struct visit *visit, id64 manuscript,
                          const struct digest *digest, const struct content *content) {
    struct model *part = model_part(web_model(visit), "findings");
    struct findings findings;
    (void)content;
    enum status status = screening_find(visit->call, digest, &findings);
    if (status == ABSENT) {
        model_flag(part, "checking", true);
        return DONE;
    }
    TRY(status);
    model_flag(part, "none", findings.count == 0);
    model_int(part, "must", findings.blocking);
    model_int(part, "judge", findings.judge);
    model_int(part, "note", findings.notes);
    for (size_t i = 0; i < findings.count; i++) {
        part_finding(visit, model_list_add(part, "list"), manuscript, (int)i + 1,
                     &findings.at[i]);
    }
    return DONE;
}

struct str part_size(struct arena *arena, int64_t size) {
    if (size < 1024 * 1024) {
        return str_format(arena, "%lld KB", (long long)((size + 1023) / 1024));
    }
    return str_format(arena, "%.1f MB", (double)size / (1024.0 * 1024.0));
}

struct str part_today(const struct visit *visit) {
    struct call *call = visit->call;
    civil_day today = instant_day(call->now);
    struct str date = calendar_say_day(call->arena, call->house->calendar, call->language,
                                       call->now, today);
    bool works = calendar_is_working(call->house->calendar, today, NULL);
    return web_say(visit, works ? "desk.today-working" : "desk.today-free", "date",
                   str_text(call->arena, date), NULL);
}

enum status part_manuscript(struct visit *visit, struct manuscript *out_manuscript) {
    id64 id;
    TRY(request_id_parameter(visit->request, "manuscript", &id));
    return manuscript_find(visit->call, id, out_manuscript);
}

enum status part_rulebook(struct visit *visit, struct site *out_site,
                          const struct rulebook **out_book) {
    struct site site;
    TRY(part_site(visit, &site));
    if (out_site != NULL) {
        *out_site = site;
    }
    return site_rulebook(visit->call, site.id, out_book);
}

bool part_several_bodies(const struct visit *visit) {
    for (size_t i = 1; i < visit->holdings.count; i++) {
        if (visit->holdings.at[i].body != visit->holdings.at[0].body) {
            return true;
        }
    }
    return false;
}

enum status part_site(struct visit *visit, struct site *out_site) {
    struct str asked = request_query(visit->request, "site");
    struct str chosen = visit_cookie(visit, "site");
    const struct site *own = NULL;
    struct site *sites;
    size_t count;
    TRY(site_list(visit->call, visit->web->options.group, &sites, &count));
    if (count == 0) {
        return ABSENT;
    }
    TRY(visit_holdings(visit));
    for (size_t i = 0; i < count; i++) {
        bool works_here = false;
        for (size_t j = 0; j < visit->holdings.count; j++) {
            works_here = works_here || visit->holdings.at[j].body == sites[i].root;
        }
        if (str_equal(sites[i].code, asked)) {
            own = &sites[i];
            visit_set_cookie(visit, "site", asked, VISIT_YEAR);
            break;
        }
        bool first = own == NULL ||
                     (!str_equal(own->code, chosen) && str_equal(sites[i].code, chosen));
        own = works_here && first ? &sites[i] : own;
    }
    *out_site = own == NULL ? sites[0] : *own;
    return DONE;
}

void part_finding(struct visit *visit, struct model *list, id64 manuscript, int number,
                  const struct finding *finding) {
    static const char *const severities[] = {"must-fix", "judge", "note"};
    struct arena *arena = visit->call->arena;
    const char *shown = str_text(arena, finding->shown);
    model_int(list, "number", number);
    part_badge(list, "badge", str_of(severities[finding->severity]));
    model_text(list, "text",
               web_say(visit, str_text(arena, finding->words), "shown", shown, "offer",
                       str_text(arena, finding->offer), NULL));
    model_text(list, "place", place_of(visit, finding));
    if (!str_is_empty(finding->rule)) {
        web_cite(visit, model_part(list, "rule"), finding->rule);
    }
    if (finding->paragraph > 0 && finding->length > 0) {
        static const char *const marks[] = {"must", "judge", "note"};
        struct model *anchor = model_part(list, "anchor");
        model_int(anchor, "paragraph", finding->paragraph);
        model_int(anchor, "from", finding->from);
        model_int(anchor, "length", finding->length);
        model_text(anchor, "severity", str_of(marks[finding->severity]));
    }
    if (finding->remedy == REMEDY_MASK || finding->remedy == REMEDY_REPLACE) {
        struct model *remedy = model_list_add(list, "remedies");
        model_words(remedy, "label",
                    finding->remedy == REMEDY_MASK ? "findings.mask"
                                                   : "findings.replace");
        model_text(remedy, "replacement", finding->offer);
    }
    if (finding->severity == SEVERITY_BLOCK && !finding->ruled) {
        struct model *remedy = model_list_add(list, "remedies");
        struct model *question = model_part(remedy, "ask");
        struct str id = id_to_text(arena, manuscript);
        model_text(question, "href",
                   str_format(arena, "/manuscripts/%.*s/rulings?finding=%d", STR_ARG(id),
                              number));
        model_words(question, "label", "findings.ask");
    }
    if (finding->ruled) {
        model_text(list, "judged", finding->ruling);
    }
}

/* "正文第2段", "名单.xlsx，工作表 底稿", "摘要" */
static struct str place_of(struct visit *visit, const struct finding *finding) {
    struct arena *arena = visit->call->arena;
    if (finding->paragraph > 0) {
        return web_say(visit, "findings.paragraph", "number",
                       str_format(arena, "%d", finding->paragraph).at, NULL);
    }
    if (digest_is_none(&finding->attachment)) {
        struct str key = str_format(arena, "fields.%.*s", STR_ARG(finding->field));
        return web_say(visit, str_text(arena, key), NULL);
    }
    if (str_is_empty(finding->part)) {
        return finding->field;
    }
    struct str name = finding->part;
    struct str key =
        str_format(arena, "screening.part.%.*s", STR_ARG(str_cut(&name, ' ')));
    struct str part =
        web_say(visit, str_text(arena, key), "name", str_text(arena, name), NULL);
    return web_say(visit, "findings.part", "file", str_text(arena, finding->field),
                   "part", str_text(arena, part), NULL);
}

static const char *due_role(enum due_shape shape) {
    switch (shape) {
    case DUE_LATE:
        return "danger";
    case DUE_NEAR:
    case DUE_TODAY:
    case DUE_HOURS:
    case DUE_SOFT_PAST:
        return "attention";
    default:
        return "neutral";
    }
}

static struct str saying(const struct visit *visit, const struct calendar_saying *words) {
    return words_say(visit->call->house->words, visit->call->arena, visit->call->language,
                     words->words, words->arguments, LENGTH(words->arguments));
}
