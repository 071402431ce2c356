/*
 * The language: every word a rulebook may use, where its value goes, and what
 * it must look like.  `rulebook schema` prints it for editors; nothing else
 * knows the language.
 */
#include "rulebook_own.h"

#include <stddef.h>

#define AT(type, member) offsetof(struct type, member)
#define FIELDS(list)     .fields = (list), .field_count = LENGTH(list)

#define STRING(key_, type, member, need)                                                 \
    { .key = (key_), .want = WANT_STR, .offset = AT(type, member), .demanded = (need) }
#define TITLES(type)                                                                     \
    STRING("zh", type, title.zh, true), STRING("en", type, title.en, true)
#define NUMBER(key_, type, member, least_, most_, need)                                  \
    {                                                                                    \
        .key = (key_), .want = WANT_INT, .offset = AT(type, member), .least = (least_),  \
        .most = (most_), .demanded = (need)                                              \
    }
#define TRUTH(key_, type, member, otherwise)                                             \
    { .key = (key_), .want = WANT_BOOL, .offset = AT(type, member), .least = (otherwise) }
#define DAY(key_, type, member, need)                                                    \
    { .key = (key_), .want = WANT_DAY, .offset = AT(type, member), .demanded = (need) }
#define WORD(key_, type, member, list, need)                                             \
    {                                                                                    \
        .key = (key_), .want = WANT_WORD, .offset = AT(type, member), .words = (list),   \
        .demanded = (need)                                                               \
    }
#define WORDS(key_, type, member, list)                                                  \
    { .key = (key_), .want = WANT_WORDS, .offset = AT(type, member), .words = (list) }
#define STRINGS(key_, type, member, count, to)                                           \
    {                                                                                    \
        .key = (key_), .want = WANT_STRS, .offset = AT(type, member),                    \
        .count_offset = AT(type, count), .refer = (to)                                   \
    }
#define REF(key_, type, member, to, need)                                                \
    {                                                                                    \
        .key = (key_), .want = WANT_REF, .offset = AT(type, member), .refer = (to),      \
        .demanded = (need)                                                               \
    }
#define REFS(key_, type, member, count, to)                                              \
    {                                                                                    \
        .key = (key_), .want = WANT_REFS, .offset = AT(type, member),                    \
        .count_offset = AT(type, count), .refer = (to)                                   \
    }
#define BITS(key_, type, member)                                                         \
    { .key = (key_), .want = WANT_BITS, .offset = AT(type, member), .refer = REFER_STEP }
#define SELF(key_, of)                                                                   \
    { .key = (key_), .want = WANT_SELF, .schema = &(of) }
#define SELF_NEEDED(key_, of)                                                            \
    { .key = (key_), .want = WANT_SELF, .schema = &(of), .demanded = true }
#define ONE(key_, type, member, of)                                                      \
    { .key = (key_), .want = WANT_ONE, .offset = AT(type, member), .schema = &(of) }
#define MANY(key_, type, member, count, of)                                              \
    {                                                                                    \
        .key = (key_), .want = WANT_MANY, .offset = AT(type, member),                    \
        .count_offset = AT(type, count), .schema = &(of)                                 \
    }

/* An element in a list, one keyed by code, one that may leave its citation to
 * what it belongs to. */
#define LISTED(type, list)                                                               \
    {                                                                                    \
        .name = #type, .size = sizeof(struct type), .ruling = RULED_MUST,                \
        .basis_offset = AT(type, basis), FIELDS(list)                                    \
    }
#define KEYED(type, code_, list)                                                         \
    {                                                                                    \
        .name = #type, .size = sizeof(struct type), .ruling = RULED_MUST,                \
        .basis_offset = AT(type, basis), .keyed = true, .code_offset = AT(type, code_),  \
        FIELDS(list)                                                                     \
    }
#define HEIR(type, list)                                                                 \
    {                                                                                    \
        .name = #type, .size = sizeof(struct type), .ruling = RULED_HEIR,                \
        .basis_offset = AT(type, basis), FIELDS(list)                                    \
    }

/* ---- Closed lists of words ---- */

static const struct word status_words[] = {{"in-force", RULEBOOK_IN_FORCE},
                                           {"trial", RULEBOOK_TRIAL},
                                           {"draft", RULEBOOK_DRAFT},
                                           {NULL, 0}};
static const struct word disclosure_words[] = {{"active", DISCLOSURE_ACTIVE},
                                               {"on-request", DISCLOSURE_REQUEST},
                                               {"refused", DISCLOSURE_REFUSED},
                                               {NULL, 0}};
static const struct word scope_words[] = {{"own-unit", ROLE_OWN_UNIT},
                                          {"bound-unit", ROLE_BOUND_UNIT},
                                          {"body", ROLE_BODY},
                                          {"parent-unit", ROLE_PARENT_UNIT},
                                          {"named-unit", ROLE_NAMED_UNIT},
                                          {NULL, 0}};
static const struct word number_words[] = {
    {"at-least-one", ROLE_AT_LEAST_ONE}, {"at-most-one", ROLE_AT_MOST_ONE}, {NULL, 0}};
static const struct word desk_words[] = {{"release-desk", DESK_RELEASE},
                                         {"compliance", DESK_COMPLIANCE},
                                         {"secrecy", DESK_SECRECY},
                                         {NULL, 0}};
static const struct word field_words[] = {{"title", FIELD_TITLE},
                                          {"column", FIELD_COLUMN},
                                          {"class", FIELD_CLASS},
                                          {"origin-date", FIELD_ORIGIN_DATE},
                                          {"disclosure", FIELD_DISCLOSURE},
                                          {"source", FIELD_SOURCE},
                                          {"source-url", FIELD_SOURCE_URL},
                                          {"meeting", FIELD_MEETING},
                                          {"meeting-date", FIELD_MEETING_DATE},
                                          {"minute-number", FIELD_MINUTE_NUMBER},
                                          {"catalogue-entry", FIELD_CATALOGUE},
                                          {"event-time", FIELD_EVENT_TIME},
                                          {"author", FIELD_AUTHOR},
                                          {"source-date", FIELD_SOURCE_DATE},
                                          {NULL, 0}};
static const struct word question_words[] = {{"tick", QUESTION_TICK},
                                             {"yes-no", QUESTION_YES_NO},
                                             {"choice", QUESTION_CHOICE},
                                             {"text", QUESTION_TEXT},
                                             {NULL, 0}};
static const struct word bad_words[] = {{"no", 1}, {"yes", 2}, {NULL, 0}};
static const struct word effect_words[] = {
    {"block", EFFECT_BLOCK},   {"refuse", EFFECT_REFUSE}, {"hold", EFFECT_HOLD},
    {"return", EFFECT_RETURN}, {"warn", EFFECT_WARN},     {NULL, 0}};
const struct word detector_words[] = {
    {"classification-mark", DETECTOR_CLASSIFICATION_MARK},
    {"internal-mark", DETECTOR_INTERNAL_MARK},
    {"citizen-id", DETECTOR_CITIZEN_ID},
    {"bank-card", DETECTOR_BANK_CARD},
    {"phone", DETECTOR_PHONE},
    {"reprint-without-source", DETECTOR_REPRINT_SOURCE},
    {"picture-without-alt", DETECTOR_PICTURE_TEXT},
    {"lexicon", DETECTOR_LEXICON},
    {"wrong-word", DETECTOR_WRONG_WORD},
    {"sector-words", DETECTOR_SECTOR_WORDS},
    {NULL, 0}};
static const struct word severity_words[] = {{"block", SEVERITY_BLOCK},
                                             {"judge", SEVERITY_JUDGE},
                                             {"note", SEVERITY_NOTE},
                                             {NULL, 0}};
static const struct word unit_words[] = {{"minute", UNIT_MINUTE},
                                         {"hour", UNIT_HOUR},
                                         {"calendar-day", UNIT_CALENDAR_DAY},
                                         {"working-day", UNIT_WORKING_DAY},
                                         {NULL, 0}};
static const struct word start_words[] = {{"step", START_STEP},
                                          {"origin", START_ORIGIN},
                                          {"event", START_EVENT},
                                          {"outside-publication", START_OUTSIDE},
                                          {"head-approval", START_APPROVAL},
                                          {NULL, 0}};
static const struct word cadence_scope_words[] = {{"columns", CADENCE_COLUMNS},
                                                  {"each-column", CADENCE_EACH_COLUMN},
                                                  {"home-page", CADENCE_HOME_PAGE},
                                                  {"each-unit", CADENCE_EACH_UNIT},
                                                  {NULL, 0}};
static const struct word cadence_count_words[] = {
    {"items", CADENCE_ITEMS}, {"times", CADENCE_TIMES}, {NULL, 0}};
static const struct word cadence_window_words[] = {{"day", CADENCE_DAY},
                                                   {"working-day", CADENCE_WORKING_DAY},
                                                   {"week", CADENCE_WEEK},
                                                   {"month", CADENCE_MONTH},
                                                   {"half-year", CADENCE_HALF_YEAR},
                                                   {"year", CADENCE_YEAR},
                                                   {"date", CADENCE_DATES},
                                                   {NULL, 0}};
static const struct word cadence_unit_words[] = {{"calendar-day", CADENCE_DAYS},
                                                 {"working-day", CADENCE_WORKING_DAYS},
                                                 {"month", CADENCE_MONTHS},
                                                 {NULL, 0}};
static const struct word nature_words[] = {{"reminder", NATURE_REMINDER},
                                           {"soft", NATURE_SOFT},
                                           {"hard", NATURE_HARD},
                                           {NULL, 0}};
static const struct word lane_words[] = {{"ordinary", LANE_ORDINARY},
                                         {"emergency", LANE_EMERGENCY},
                                         {"every", LANE_EVERY},
                                         {NULL, 0}};
const struct word item_state_words[] = {{"draft", STATE_DRAFT},
                                        {"proof", STATE_PROOF},
                                        {"second-proof", STATE_SECOND_PROOF},
                                        {"dept-review", STATE_DEPT_REVIEW},
                                        {"office-review", STATE_OFFICE_REVIEW},
                                        {"leader-review", STATE_LEADER_REVIEW},
                                        {"disposition", STATE_DISPOSITION},
                                        {"final-check", STATE_FINAL_CHECK},
                                        {"consulting", STATE_CONSULTING},
                                        {"held", STATE_HELD},
                                        {"approved", STATE_APPROVED},
                                        {"scheduled", STATE_SCHEDULED},
                                        {"published", STATE_PUBLISHED},
                                        {"review-owed", STATE_REVIEW_OWED},
                                        {"internal", STATE_INTERNAL},
                                        {"refused", STATE_REFUSED},
                                        {"submitted", STATE_SUBMITTED},
                                        {"withdrawn", STATE_WITHDRAWN},
                                        {"hidden", STATE_HIDDEN},
                                        {"expired", STATE_EXPIRED},
                                        {"cancelled", STATE_CANCELLED},
                                        {"replaced", STATE_REPLACED},
                                        {"archived", STATE_ARCHIVED},
                                        {NULL, 0}};
static const struct word step_words[] = {{"author", STEP_AUTHOR},
                                         {"review", STEP_REVIEW},
                                         {"forward", STEP_FORWARD},
                                         {"release", STEP_RELEASE},
                                         {NULL, 0}};
static const struct word hand_words[] = {{"contributor", HAND_CONTRIBUTOR},
                                         {"submitter", HAND_SUBMITTER},
                                         {"decider", HAND_DECIDER},
                                         {NULL, 0}};
const struct word channel_words[] = {{"system", CHANNEL_SYSTEM},
                                     {"face-signature", CHANNEL_FACE},
                                     {"document-exchange", CHANNEL_EXCHANGE},
                                     {NULL, 0}};
const struct word preparation_words[] = {{"proofreading", PREPARE_PROOFREADING},
                                         {"attachments", PREPARE_ATTACHMENTS},
                                         {"column-assigned", PREPARE_COLUMN},
                                         {"disclosure", PREPARE_DISCLOSURE},
                                         {"liaison-named", PREPARE_LIAISON},
                                         {"legal-basis", PREPARE_LEGAL_BASIS},
                                         {"later-day", PREPARE_LATER_DAY},
                                         {"interpretation", PREPARE_INTERPRETATION},
                                         {NULL, 0}};
static const struct word owed_words[] = {
    {"withdraw", OWED_WITHDRAW}, {"escalate", OWED_ESCALATE}, {NULL, 0}};
static const struct word subject_words[] = {{"manuscript", ROUTE_OF_MANUSCRIPT},
                                            {"rulebook", ROUTE_OF_RULEBOOK},
                                            {"matter", ROUTE_OF_MATTER},
                                            {NULL, 0}};
static const struct word source_words[] = {{"number", SOURCE_NUMBER},
                                           {"title", SOURCE_TITLE},
                                           {"class", SOURCE_CLASS},
                                           {"column", SOURCE_COLUMN},
                                           {"unit", SOURCE_UNIT},
                                           {"handler", SOURCE_HANDLER},
                                           {"submitter", SOURCE_SUBMITTER},
                                           {"origin-date", SOURCE_ORIGIN_DATE},
                                           {"disclosure", SOURCE_DISCLOSURE},
                                           {"revision", SOURCE_REVISION},
                                           {"digest", SOURCE_DIGEST},
                                           {"attachments", SOURCE_ATTACHMENTS},
                                           {"source", SOURCE_SOURCE},
                                           {"meeting", SOURCE_MEETING},
                                           {"catalogue", SOURCE_CATALOGUE},
                                           {"declarations", SOURCE_DECLARATIONS},
                                           {"findings", SOURCE_FINDINGS},
                                           {"steps", SOURCE_STEPS},
                                           {"head-approval", SOURCE_HEAD_APPROVAL},
                                           {"destination", SOURCE_DESTINATION},
                                           {"time", SOURCE_TIME},
                                           {"released-at", SOURCE_RELEASED_AT},
                                           {"released-by", SOURCE_RELEASED_BY},
                                           {"address", SOURCE_ADDRESS},
                                           {"reason", SOURCE_REASON},
                                           {"channels", SOURCE_CHANNELS},
                                           {"legal-basis", SOURCE_LEGAL_BASIS},
                                           {NULL, 0}};
static const struct word matter_words[] = {
    {"answered", MATTER_ANSWERED},
    {"yearly", MATTER_YEARLY},
    {"each-unit-each-version", MATTER_EACH_UNIT_EACH_VERSION},
    {"recorded", MATTER_RECORDED},
    {"each-unit", MATTER_EACH_UNIT},
    {"each-change", MATTER_EACH_CHANGE},
    {NULL, 0}};
static const struct word look_words[] = {
    {"day", LOOK_EVERY_DAY}, {"working-day", LOOK_WORKING_DAY}, {NULL, 0}};
static const struct word clock_words[] = {
    {"runs-on", CLOCK_RUNS_ON}, {"starts-again", CLOCK_STARTS_AGAIN}, {NULL, 0}};
static const struct word maker_words[] = {{"keeper", SUB_SITES_BY_KEEPER},
                                          {"anyone", SUB_SITES_BY_ANYONE},
                                          {"never", SUB_SITES_NEVER},
                                          {NULL, 0}};
static const struct word span_words[] = {{"month", SPAN_MONTH},
                                         {"quarter", SPAN_QUARTER},
                                         {"half-year", SPAN_HALF_YEAR},
                                         {"year", SPAN_YEAR},
                                         {NULL, 0}};
static const struct word assessed_words[] = {
    {"units", ASSESSED_UNITS}, {"columns", ASSESSED_COLUMNS}, {NULL, 0}};
static const struct word measure_words[] = {{"submitted", MEASURE_SUBMITTED},
                                            {"released", MEASURE_RELEASED},
                                            {"returned", MEASURE_RETURNED},
                                            {"late", MEASURE_LATE},
                                            {"withdrawn", MEASURE_WITHDRAWN},
                                            {"frequency", MEASURE_FREQUENCY},
                                            {NULL, 0}};
static const struct word visibility_words[] = {
    {"internal", RESULTS_INTERNAL}, {"public", RESULTS_PUBLIC}, {NULL, 0}};
static const struct word notice_words[] = {
    {"commend", NOTICE_COMMEND}, {"criticise", NOTICE_CRITICISE}, {NULL, 0}};
static const struct word notice_of_words[] = {
    {"unit", NOTICE_OF_UNIT}, {"person", NOTICE_OF_PERSON}, {NULL, 0}};
static const struct word permit_words[] = {{"column", PERMIT_COLUMN},
                                           {"sub-site", PERMIT_SUB_SITE},
                                           {"theme", PERMIT_THEME},
                                           {NULL, 0}};
const struct word mechanism_words[] = {{"collection", MECHANISM_COLLECTION},
                                       {"review", MECHANISM_REVIEW},
                                       {"release", MECHANISM_RELEASE},
                                       {"update", MECHANISM_UPDATE},
                                       {NULL, 0}};
static const struct word order_words[] = {
    {"site-first", ORDER_SITE_FIRST}, {"same-time", ORDER_SAME_TIME}, {NULL, 0}};

static const struct word setting_words[] = {
    {"whole-number", SETTING_NUMBER}, {"words", SETTING_WORDS}, {NULL, 0}};
static const struct word allow_words[] = {{"any", ALLOW_ANY},
                                          {"not-more", ALLOW_NOT_MORE},
                                          {"not-less", ALLOW_NOT_LESS},
                                          {"add", ALLOW_ADD},
                                          {NULL, 0}};

/* ---- What the regulation is ---- */

static const struct schema_field identity_fields[] = {
    STRING("code", rulebook, code, true),
    STRING("parent", rulebook, parent, false),
    STRING("prefix", rulebook, prefix, true),
    STRING("version", rulebook, version, true),
    TITLES(rulebook),
    STRING("issuer", rulebook, issuer.zh, true),
    STRING("issuer-en", rulebook, issuer.en, true),
    STRING("number", rulebook, number, false),
    DAY("issued", rulebook, issued, false),
    DAY("posted", rulebook, posted, false),
    WORD("status", rulebook, status, status_words, true),
    WORD("disclosure", rulebook, disclosure, disclosure_words, false),
    STRING("site", rulebook, site_url, true),
};
static const struct schema schema_identity = {.name = "rulebook",
                                              FIELDS(identity_fields)};

static const struct schema_field interpreter_fields[] = {
    REF("unit", interpreter, unit, REFER_UNIT, true),
    REF("head", interpreter, head, REFER_ROLE, true),
};
static const struct schema schema_interpreter = LISTED(interpreter, interpreter_fields);
static const struct schema_field effect_fields[] = {
    DAY("from", effect_date, from, false),
    TRUTH("on-activation", effect_date, on_activation, 0),
    TRUTH("month-only", effect_date, month_only, 0),
};
static const struct schema schema_effect = LISTED(effect_date, effect_fields);
static const struct schema_field principle_fields[] = {
    STRING("zh", principle, words.zh, true),
    STRING("en", principle, words.en, true),
};
static const struct schema schema_principle = LISTED(principle, principle_fields);
static const struct schema_field predecessor_fields[] = {
    STRING("title", predecessor, title, true),
    STRING("number", predecessor, number, false),
    DAY("on", predecessor, repealed, true),
};
static const struct schema schema_predecessor = LISTED(predecessor, predecessor_fields);
static const struct schema_field legal_fields[] = {
    STRING("printed", legal_basis, printed, true),
    STRING("correct", legal_basis, correct, true),
    STRING("number", legal_basis, number, false),
};
static const struct schema schema_legal = LISTED(legal_basis, legal_fields);
static const struct schema_field requirement_fields[] = {
    STRING("kind", requirement, kind, true),
    STRING("cite", requirement, cite.zh, true),
    STRING("cite-en", requirement, cite.en, true),
    STRING("article", requirement, article, true),
    STRING("zh", requirement, says.zh, true),
    STRING("en", requirement, says.en, true),
    STRING("later", requirement, later, false),
};
static const struct schema schema_requirement = {.name = "requirement",
                                                 .size = sizeof(struct requirement),
                                                 .keyed = true,
                                                 .code_offset = AT(requirement, id),
                                                 FIELDS(requirement_fields)};

/* ---- Units, roles, bodies ---- */

static const struct schema_field unit_kind_fields[] = {TITLES(unit_kind)};
static const struct schema schema_unit_kind = KEYED(unit_kind, code, unit_kind_fields);
static const struct schema_field unit_fields[] = {
    TITLES(unit),
    REF("kind", unit, kind, REFER_UNIT_KIND, true),
    STRINGS("aliases", unit, aliases, alias_count, REFER_NONE),
};
static const struct schema schema_unit = KEYED(unit, code, unit_fields);
static const struct schema_field limit_fields[] = {
    WORD("number", role_limit, number, number_words, true),
    TRUTH("else-cannot-submit", role_limit, cannot_submit, 0),
    REFS("unit-kinds", role_limit, unit_kinds, unit_kind_count, REFER_UNIT_KIND),
};
static const struct schema schema_limit = HEIR(role_limit, limit_fields);
static const struct schema_field role_title_fields[] = {
    REF("unit-kind", role_title, unit_kind, REFER_UNIT_KIND, true),
    TITLES(role_title),
};
static const struct schema schema_role_title = HEIR(role_title, role_title_fields);
static const struct schema_field role_fields[] = {
    TITLES(role),
    WORD("scope", role, scope, scope_words, true),
    REF("unit", role, unit, REFER_UNIT, false),
    TRUTH("every-member", role, open, 0),
    TRUTH("second-factor", role, second_factor, 0),
    MANY("limits", role, limits, limit_count, schema_limit),
    MANY("titles", role, titles, title_count, schema_role_title),
};
static const struct schema schema_role = {.name = "role",
                                          .size = sizeof(struct role),
                                          .ruling = RULED_MUST,
                                          .basis_offset = AT(role, basis),
                                          .keyed = true,
                                          .code_offset = AT(role, code),
                                          .spare = 1,
                                          FIELDS(role_fields)};
static const struct schema_field sight_fields[] = {
    REF("role", sight, role, REFER_ROLE, true),
    TRUTH("own-unit-only", sight, own_unit_only, 0),
};
static const struct schema schema_sight = LISTED(sight, sight_fields);
static const struct schema_field desk_fields[] = {
    WORD("desk", desk_right, desk, desk_words, true),
    REF("role", desk_right, role, REFER_ROLE, true),
};
static const struct schema schema_desk = LISTED(desk_right, desk_fields);
static const struct schema_field keeper_fields[] = {
    REF("role", column_keeper, role, REFER_ROLE, true),
};
static const struct schema schema_keeper = LISTED(column_keeper, keeper_fields);
static const struct schema_field site_name_fields[] = {TITLES(site_name)};
static const struct schema schema_site_name = LISTED(site_name, site_name_fields);
static const struct schema_field site_domain_fields[] = {
    STRING("is", site_domain, is, false),
    STRING("below", site_domain, below, false),
};
static const struct schema schema_site_domain = LISTED(site_domain, site_domain_fields);
static const struct schema_field sub_site_fields[] = {
    WORD("by", sub_site_rule, by, maker_words, true),
};
static const struct schema schema_sub_sites = LISTED(sub_site_rule, sub_site_fields);
static const struct schema schema_levels = {.name = "level_rule",
                                            .size = sizeof(struct level_rule),
                                            .ruling = RULED_MUST,
                                            .basis_offset = AT(level_rule, basis)};
static const struct schema_field function_fields[] = {
    TITLES(site_function),
    STRING("column", site_function, column, true),
};
static const struct schema schema_function = LISTED(site_function, function_fields);
static const struct schema_field site_rules_fields[] = {
    ONE("name", site_rules, name, schema_site_name),
    ONE("sponsor", site_rules, sponsor, schema_site_name),
    ONE("domain", site_rules, domain, schema_site_domain),
    ONE("sub-domain", site_rules, sub_domain, schema_site_domain),
    ONE("sub-sites", site_rules, sub_sites, schema_sub_sites),
    ONE("separate-levels", site_rules, levels, schema_levels),
    MANY("functions", site_rules, functions, function_count, schema_function),
};
static const struct schema schema_site_rules = {
    .name = "site_rules", .size = sizeof(struct site_rules), FIELDS(site_rules_fields)};
static const struct schema_field column_person_fields[] = {
    REF("role", column_person, role, REFER_ROLE, true),
};
static const struct schema schema_column_person =
    LISTED(column_person, column_person_fields);
static const struct schema_field column_fields[] = {
    TITLES(column_rule),
    STRING("type", column_rule, type, true),
    REF("owner", column_rule, owner, REFER_UNIT, false),
    REFS("units", column_rule, units, unit_count, REFER_UNIT),
    TRUTH("exclusive", column_rule, exclusive, 0),
    REFS("classes", column_rule, classes, class_count, REFER_CLASS),
    TRUTH("on-home", column_rule, on_home, 0),
    STRING("holds", column_rule, holds.zh, false),
    STRING("holds-en", column_rule, holds.en, false),
};
static const struct schema schema_column = KEYED(column_rule, path, column_fields);
static const struct schema_field seat_fields[] = {
    TITLES(body_seat),
    REF("role", body_seat, role, REFER_ROLE, true),
    TRUTH("each-unit", body_seat, each, 0),
};
static const struct schema schema_seat = HEIR(body_seat, seat_fields);
static const struct schema_field body_fields[] = {
    TITLES(body),
    MANY("seats", body, seats, seat_count, schema_seat),
};
static const struct schema schema_body = KEYED(body, code, body_fields);

/* ---- Items ---- */

static const struct schema_field field_fields[] = {
    WORD("field", field_rule, field, field_words, true),
};
static const struct schema schema_field_rule = {.name = "field_rule",
                                                .size = sizeof(struct field_rule),
                                                .ruling = RULED_HEIR,
                                                .shorthand = "field",
                                                FIELDS(field_fields)};
static const struct schema schema_every_field = LISTED(field_rule, field_fields);
static const struct schema_field way_fields[] = {
    REFS("unit-kinds", class_way, unit_kinds, unit_kind_count, REFER_UNIT_KIND),
    REF("route", class_way, route, REFER_ROUTE, true),
};
static const struct schema schema_way = HEIR(class_way, way_fields);
static const struct schema_field class_fields[] = {
    TITLES(item_class),
    REF("route", item_class, route, REFER_ROUTE, false),
    MANY("ways", item_class, ways, way_count, schema_way),
    MANY("needs", item_class, needs, need_count, schema_field_rule),
    TRUTH("reprint", item_class, reprint, 0),
    STRING("note", item_class, note.zh, false),
    STRING("note-en", item_class, note.en, false),
};
static const struct schema schema_class = KEYED(item_class, code, class_fields);
static const struct schema_field disclosure_fields[] = {
    WORD("only", disclosure_rule, only, disclosure_words, true),
};
static const struct schema schema_disclosure = LISTED(disclosure_rule, disclosure_fields);
static const struct schema_field catalogue_fields[] = {TITLES(catalogue_entry)};
static const struct schema schema_catalogue =
    KEYED(catalogue_entry, code, catalogue_fields);
static const struct schema_field host_fields[] = {
    STRING("host", listed_host, host, true),
    TITLES(listed_host),
};
static const struct schema schema_host = LISTED(listed_host, host_fields);
static const struct schema_field target_fields[] = {
    TITLES(target),
    REF("route", target, route, REFER_ROUTE, false),
    STRING("host", target, host, false),
};
static const struct schema schema_target = KEYED(target, code, target_fields);

/* ---- Questions, prohibitions, time ---- */

static const struct schema_field choice_fields[] = {
    STRING("code", question_choice, code, true),
    TITLES(question_choice),
    TRUTH("bad", question_choice, bad, 0),
    TRUTH("approves", question_choice, approves, 1),
};
static const struct schema schema_choice = {.name = "question_choice",
                                            .size = sizeof(struct question_choice),
                                            FIELDS(choice_fields)};
static const struct schema_field question_fields[] = {
    TITLES(question),
    WORD("kind", question, kind, question_words, true),
    MANY("choices", question, choices, choice_count, schema_choice),
    WORD("bad", question, bad, bad_words, false),
    WORD("effect", question, effect, effect_words, false),
    WORD("prefill", question, prefill, detector_words, false),
    TRUTH("optional", question, optional, 0),
    TRUTH("carries", question, carries, 0),
    TRUTH("yes-begins-own-site", question, spawns, 0),
    TRUTH("per-file", question, per_file, 0),
};
static const struct schema schema_question = KEYED(question, code, question_fields);
static const struct schema_field prohibition_fields[] = {
    TITLES(prohibition),
    WORD("detector", prohibition, detector, detector_words, true),
    WORD("severity", prohibition, severity, severity_words, true),
    TRUTH("ruling", prohibition, ruling, 0),
    REF("ruler", prohibition, ruler, REFER_ROLE, false),
    STRING("way", prohibition, way.zh, true),
    STRING("way-en", prohibition, way.en, true),
    STRING("words", prohibition, words_file, false),
    TRUTH("warns-until-confirmed", prohibition, until_confirmed, 0),
};
static const struct schema schema_prohibition =
    KEYED(prohibition, code, prohibition_fields);
static const struct schema_field deadline_fields[] = {
    TITLES(deadline),
    WORD("start", deadline, start, start_words, true),
    WORD("nature", deadline, nature, nature_words, true),
    WORD("unit", deadline, unit, unit_words, true),
    NUMBER("amount", deadline, amount, 0, 3650, true),
    NUMBER("remind", deadline, remind, 0, 3650, false),
    REF("escalate", deadline, escalate, REFER_ROLE, false),
    WORD("lane", deadline, lane, lane_words, false),
    TRUTH("until-release", deadline, release, 0),
    STRINGS("until-steps", deadline, steps, step_count, REFER_ANY_STEP),
    REFS("on-routes", deadline, routes, route_count, REFER_ROUTE),
};
static const struct schema schema_deadline = KEYED(deadline, code, deadline_fields);
static const struct schema_field cadence_fields[] = {
    TITLES(cadence_rule),
    WORD("scope", cadence_rule, scope, cadence_scope_words, true),
    STRINGS("columns", cadence_rule, columns, column_count, REFER_NONE),
    REFS("unit-kinds", cadence_rule, unit_kinds, unit_kind_count, REFER_UNIT_KIND),
    WORD("counts", cadence_rule, counts, cadence_count_words, true),
    NUMBER("least", cadence_rule, least, 1, 1000, true),
    WORD("per", cadence_rule, window, cadence_window_words, false),
    STRINGS("on", cadence_rule, dates, date_count, REFER_NONE),
    NUMBER("within", cadence_rule, within, 1, 3650, false),
    WORD("unit", cadence_rule, unit, cadence_unit_words, false),
    TRUTH("or-confirmed", cadence_rule, confirm, 0),
    NUMBER("remind", cadence_rule, remind, 0, 3650, false),
    REF("by", cadence_rule, role, REFER_ROLE, false),
    REF("escalate", cadence_rule, escalate, REFER_ROLE, false),
};
static const struct schema schema_cadence = KEYED(cadence_rule, code, cadence_fields);

/* ---- Routes ---- */

static const struct schema_field actor_fields[] = {
    REF("role", step, role, REFER_ROLE, true),
};
static const struct schema schema_actor = {.name = "actor",
                                           .ruling = RULED_HEIR,
                                           .basis_offset = AT(step, role_basis),
                                           .shorthand = "role",
                                           FIELDS(actor_fields)};
static const struct schema schema_gate = {
    .name = "gate", .ruling = RULED_MUST, .basis_offset = AT(step, gate)};
static const struct schema_field hand_fields[] = {
    WORDS("never", hand_rule, never, hand_words),
    WORDS("only", hand_rule, only, hand_words),
    BITS("of", hand_rule, steps),
};
static const struct schema schema_hand = HEIR(hand_rule, hand_fields);
static const struct schema_field prepared_fields[] = {
    WORD("do", preparation_rule, preparation, preparation_words, true),
};
static const struct schema schema_prepared = HEIR(preparation_rule, prepared_fields);
static const struct schema_field when_fields[] = {
    REF("question", outcome_when, question, REFER_QUESTION, true),
    STRING("is", outcome_when, is, true),
};
static const struct schema schema_when = HEIR(outcome_when, when_fields);
static const struct schema_field outcome_fields[] = {
    TITLES(outcome),
    REF("next", outcome, next, REFER_NEXT, false),
    REF("onto", outcome, onto, REFER_ROUTE, false),
    TRUTH("reason", outcome, reason, 0),
    TRUTH("new-round", outcome, new_round, 0),
    {.key = "only-as",
     .want = WANT_STR,
     .offset = AT(outcome, only_as),
     .refer = REFER_CHOICE},
    ONE("when", outcome, when, schema_when),
};
static const struct schema schema_outcome = {.name = "outcome",
                                             .size = sizeof(struct outcome),
                                             .ruling = RULED_HEIR,
                                             .basis_offset = AT(outcome, basis),
                                             .keyed = true,
                                             .code_offset = AT(outcome, code),
                                             FIELDS(outcome_fields)};
static const struct schema_field instructed_fields[] = {
    REF("step", as_instructed, step, REFER_STEP, true),
    REF("question", as_instructed, question, REFER_QUESTION, true),
};
static const struct schema schema_instructed = HEIR(as_instructed, instructed_fields);
static const struct schema_field channel_fields[] = {
    WORDS("allow", channel_rule, channels, channel_words),
};
static const struct schema schema_channel = HEIR(channel_rule, channel_fields);
static const struct schema_field joint_fields[] = {
    REFS("roles", joint_rule, roles, role_count, REFER_ROLE),
    NUMBER("need", joint_rule, need, 1, RULEBOOK_SIGNERS_MOST, false),
};
static const struct schema schema_joint = HEIR(joint_rule, joint_fields);
static const struct schema_field step_fields[] = {
    TITLES(step),
    WORD("kind", step, kind, step_words, true),
    WORD("state", step, state, item_state_words, true),
    SELF_NEEDED("by", schema_actor),
    SELF("gate", schema_gate),
    TRUTH("demanded", step, demanded, 1),
    TRUTH("signature", step, signature, 0),
    TRUTH("edits", step, edits, 0),
    MANY("hands", step, hands, hand_count, schema_hand),
    REFS("asks", step, asks, ask_count, REFER_QUESTION),
    MANY("after", step, prepared, prepared_count, schema_prepared),
    MANY("outcomes", step, outcomes, outcome_count, schema_outcome),
    ONE("as-instructed", step, as_instructed, schema_instructed),
    ONE("channels", step, channels, schema_channel),
    ONE("co-sign", step, joint, schema_joint),
};
static const struct schema schema_step = {.name = "step",
                                          .size = sizeof(struct step),
                                          .ruling = RULED_MUST,
                                          .basis_offset = AT(step, basis),
                                          .keyed = true,
                                          .code_offset = AT(step, code),
                                          .spare = ENDS_MOST,
                                          .of_route = true,
                                          FIELDS(step_fields)};
static const struct schema schema_release_gate = {.name = "release_gate",
                                                  .size = sizeof(struct release_gate),
                                                  .ruling = RULED_MUST,
                                                  .basis_offset =
                                                      AT(release_gate, basis)};
static const struct schema schema_central = {
    .name = "central", .ruling = RULED_MUST, .basis_offset = AT(route, central)};
static const struct schema_field owed_fields[] = {
    STRING("words", owed_rule, words, true),
    REF("by", owed_rule, role, REFER_ROLE, true),
    BITS("owes", owed_rule, steps),
    NUMBER("within", owed_rule, amount, 1, 3650, true),
    WORD("unit", owed_rule, unit, unit_words, true),
    WORD("then", owed_rule, then, owed_words, true),
    REF("escalate", owed_rule, escalate, REFER_ROLE, false),
};
static const struct schema schema_owed = {.name = "owed_rule",
                                          .size = sizeof(struct owed_rule),
                                          .ruling = RULED_MUST,
                                          .basis_offset = AT(owed_rule, basis),
                                          .of_route = true,
                                          FIELDS(owed_fields)};
static const struct schema_field route_fields[] = {
    TITLES(route),
    WORD("subject", route, subject, subject_words, false),
    ONE("channels", route, channels, schema_channel),
    ONE("release-gate", route, gate, schema_release_gate),
    SELF("central-release", schema_central),
    ONE("review-owed", route, owed, schema_owed),
    MANY("steps", route, steps, step_count, schema_step),
};
static const struct schema schema_route = {.name = "route",
                                           .size = sizeof(struct route),
                                           .ruling = RULED_MUST,
                                           .basis_offset = AT(route, basis),
                                           .keyed = true,
                                           .code_offset = AT(route, code),
                                           .likable = true,
                                           FIELDS(route_fields)};

/* ---- Records ---- */

static const struct schema_field series_fields[] = {
    TITLES(series),
    STRING("pattern", series, pattern, true),
};
static const struct schema schema_series = KEYED(series, code, series_fields);
static const struct schema_field form_field_fields[] = {
    TITLES(form_field),
    WORD("from", form_field, source, source_words, true),
};
static const struct schema schema_form_field = HEIR(form_field, form_field_fields);
static const struct schema_field filing_fields[] = {
    TITLES(filing_rule),
    REF("series", filing_rule, series, REFER_SERIES, true),
    STRINGS("at", filing_rule, steps, step_count, REFER_ANY_STEP),
    MANY("fields", filing_rule, fields, field_count, schema_form_field),
};
static const struct schema schema_filing = KEYED(filing_rule, code, filing_fields);
static const struct schema_field archive_fields[] = {
    TITLES(archive_rule),
    WORD("at", archive_rule, at, item_state_words, true),
    {.key = "keeper",
     .want = WANT_STR,
     .offset = AT(archive_rule, keeper_step),
     .refer = REFER_ANY_STEP,
     .demanded = true},
    REF("series", archive_rule, series, REFER_SERIES, false),
};
static const struct schema schema_archive = KEYED(archive_rule, code, archive_fields);
static const struct schema_field retention_fields[] = {
    NUMBER("years", retention_rule, years, 0, 100, true),
};
static const struct schema schema_retention = LISTED(retention_rule, retention_fields);
static const struct schema_field custody_fields[] = {
    REFS("roles", custody_rule, roles, role_count, REFER_ROLE),
};
static const struct schema schema_custody = LISTED(custody_rule, custody_fields);
static const struct schema_field loan_fields[] = {
    REF("approved-by", loan_rule, approver, REFER_ROLE, true),
    NUMBER("days", loan_rule, days, 1, 366, true),
};
static const struct schema schema_loan = LISTED(loan_rule, loan_fields);
static const struct schema_field destruction_fields[] = {
    REF("approved-by", destruction_rule, approver, REFER_ROLE, true),
    NUMBER("witnesses", destruction_rule, witnesses, 0, 5, true),
};
static const struct schema schema_destruction =
    LISTED(destruction_rule, destruction_fields);
static const struct schema_field opening_fields[] = {
    REF("by", opening_rule, role, REFER_ROLE, true),
};
static const struct schema schema_opening = LISTED(opening_rule, opening_fields);
static const struct schema_field archiving_fields[] = {
    ONE("retention", archiving, retention, schema_retention),
    ONE("custody", archiving, custody, schema_custody),
    ONE("loan", archiving, loan, schema_loan),
    ONE("destruction", archiving, destruction, schema_destruction),
    ONE("opening", archiving, opening, schema_opening),
};
static const struct schema schema_archiving = {
    .name = "archiving", .size = sizeof(struct archiving), FIELDS(archiving_fields)};
static const struct schema_field page_limit_fields[] = {
    NUMBER("kilobytes", page_limit, kilobytes, 1, 100000, true),
};
static const struct schema schema_page_limit = LISTED(page_limit, page_limit_fields);
static const struct schema schema_page_views = {.name = "page_view_rule",
                                                .size = sizeof(struct page_view_rule),
                                                .ruling = RULED_MUST,
                                                .basis_offset =
                                                    AT(page_view_rule, basis)};
static const struct schema_field days_fields[] = {
    NUMBER("days", days_rule, days, 1, 36600, false),
    {.key = "setting",
     .want = WANT_STR,
     .offset = AT(days_rule, setting),
     .refer = REFER_SETTING},
};
static const struct schema schema_days = LISTED(days_rule, days_fields);
static const struct schema_field reuse_fields[] = {
    NUMBER("last", reuse_rule, last, 1, 5, true),
};
static const struct schema schema_reuse = LISTED(reuse_rule, reuse_fields);
static const struct schema_field account_keeper_fields[] = {
    REF("role", keeper_rule, role, REFER_ROLE, true),
};
static const struct schema schema_account_keeper =
    LISTED(keeper_rule, account_keeper_fields);
static const struct schema_field accounts_fields[] = {
    ONE("age", account_rules, age, schema_days),
    ONE("reuse", account_rules, reuse, schema_reuse),
    ONE("one-keeper", account_rules, keeper, schema_account_keeper),
};
static const struct schema schema_accounts = {
    .name = "accounts", .size = sizeof(struct account_rules), FIELDS(accounts_fields)};
static const struct schema_field help_fields[] = {
    REF("unit", help_rule, unit, REFER_UNIT, true),
    REF("request", help_rule, matter, REFER_MATTER, true),
};
static const struct schema schema_help = LISTED(help_rule, help_fields);
static const struct schema_field release_catalogue_fields[] = {
    REF("drawn-by", catalogue_rule, drawer, REFER_ROLE, true),
    REF("approved-by", catalogue_rule, approver, REFER_ROLE, true),
};
static const struct schema schema_release_catalogue =
    LISTED(catalogue_rule, release_catalogue_fields);
static const struct schema_field assessment_period_fields[] = {
    WORD("span", assessment_period, span, span_words, true),
};
static const struct schema schema_assessment_period =
    LISTED(assessment_period, assessment_period_fields);
static const struct schema_field assessor_fields[] = {
    REFS("roles", assessor_rule, roles, role_count, REFER_ROLE),
};
static const struct schema schema_assessor = LISTED(assessor_rule, assessor_fields);
static const struct schema_field assessed_fields[] = {
    WORD("what", assessed_rule, what, assessed_words, true),
    REFS("unit-kinds", assessed_rule, unit_kinds, unit_kind_count, REFER_UNIT_KIND),
};
static const struct schema schema_assessed = LISTED(assessed_rule, assessed_fields);
static const struct schema_field indicator_fields[] = {
    TITLES(indicator),
    WORD("measure", indicator, measure, measure_words, false),
    NUMBER("points", indicator, points, 1, 1000, false),
    NUMBER("per-item", indicator, per_item, 1, 1000, false),
    NUMBER("weekly", indicator, weekly, 0, 1000, false),
    NUMBER("half-monthly", indicator, half_monthly, 0, 1000, false),
    NUMBER("monthly", indicator, monthly, 0, 1000, false),
    NUMBER("week-days", indicator, week_days, 1, 7, false),
    TRUTH("optional", indicator, optional, 0),
};
static const struct schema schema_indicator = KEYED(indicator, code, indicator_fields);
static const struct schema_field day_limit_fields[] = {
    NUMBER("day", day_limit, day, 1, 28, true),
};
static const struct schema schema_day_limit = HEIR(day_limit, day_limit_fields);
static const struct schema schema_results_due = LISTED(day_limit, day_limit_fields);
static const struct schema_field self_report_fields[] = {
    REF("by", self_report, role, REFER_ROLE, true),
    ONE("due-day", self_report, due, schema_day_limit),
};
static const struct schema schema_self_report = LISTED(self_report, self_report_fields);
static const struct schema schema_adjustment = {.name = "adjustment_rule",
                                                .size = sizeof(struct adjustment_rule),
                                                .ruling = RULED_MUST,
                                                .basis_offset =
                                                    AT(adjustment_rule, basis)};
static const struct schema_field results_fields[] = {
    WORD("visibility", results_rule, visibility, visibility_words, true),
    STRING("column", results_rule, column, false),
    REF("class", results_rule, item_class, REFER_CLASS, false),
};
static const struct schema schema_results = LISTED(results_rule, results_fields);
static const struct schema_field notice_fields[] = {
    WORD("kind", notice_rule, kind, notice_words, true),
    WORDS("of", notice_rule, of, notice_of_words),
    STRING("column", notice_rule, column, false),
    REF("class", notice_rule, item_class, REFER_CLASS, false),
};
static const struct schema schema_notice = LISTED(notice_rule, notice_fields);
static const struct schema_field assessment_fields[] = {
    ONE("period", assessment, period, schema_assessment_period),
    ONE("assessors", assessment, assessors, schema_assessor),
    ONE("assessed", assessment, assessed, schema_assessed),
    MANY("indicators", assessment, indicators, indicator_count, schema_indicator),
    ONE("self-report", assessment, self, schema_self_report),
    ONE("adjustments", assessment, adjustments, schema_adjustment),
    ONE("due-day", assessment, due, schema_results_due),
    ONE("results", assessment, results, schema_results),
    MANY("notices", assessment, notices, notice_count, schema_notice),
};
static const struct schema schema_assessment = {
    .name = "assessment", .size = sizeof(struct assessment), FIELDS(assessment_fields)};
static const struct schema_field matter_line_fields[] = {
    TITLES(matter_field),
    TRUTH("optional", matter_field, optional, 0),
    TRUTH("unique", matter_field, unique, 0),
    TRUTH("due", matter_field, due, 0),
    STRINGS("only", matter_field, only, only_count, REFER_NONE),
};
static const struct schema schema_matter_line = {.name = "matter_field",
                                                 .size = sizeof(struct matter_field),
                                                 .ruling = RULED_HEIR,
                                                 .basis_offset = AT(matter_field, basis),
                                                 .keyed = true,
                                                 .code_offset = AT(matter_field, code),
                                                 FIELDS(matter_line_fields)};
static const struct schema_field limit_line_fields[] = {
    WORD("unit", answer_limit, unit, unit_words, true),
    NUMBER("amount", answer_limit, amount, 0, 3650, true),
};
static const struct schema schema_answer_limit = HEIR(answer_limit, limit_line_fields);
static const struct schema_field matter_fields[] = {
    TITLES(matter_rule),
    WORD("kind", matter_rule, kind, matter_words, true),
    REF("opened-by", matter_rule, opener, REFER_ROLE, true),
    REF("answered-by", matter_rule, answerer, REFER_ROLE, false),
    REF("answered-by-body", matter_rule, body, REFER_BODY, false),
    REF("route", matter_rule, route, REFER_ROUTE, false),
    REF("follows", matter_rule, follows, REFER_MATTER, false),
    REF("of-role", matter_rule, of_role, REFER_ROLE, false),
    TRUTH("blocks", matter_rule, blocks, 0),
    TRUTH("suspends", matter_rule, suspends, 0),
    REF("successor-by", matter_rule, successor, REFER_ROLE, false),
    REFS("registers", matter_rule, registers, register_count, REFER_ROLE),
    REF("series", matter_rule, series, REFER_SERIES, false),
    MANY("form", matter_rule, fields, field_count, schema_matter_line),
    ONE("answer-within", matter_rule, limit, schema_answer_limit),
    WORD("permits", matter_rule, permit, permit_words, false),
};
static const struct schema schema_matter = KEYED(matter_rule, code, matter_fields);
static const struct schema_field mail_hand_fields[] = {
    REF("role", mail_hand, role, REFER_ROLE, true),
};
static const struct schema schema_mail_hand = HEIR(mail_hand, mail_hand_fields);
static const struct schema_field look_fields[] = {
    WORD("each", look_rule, each, look_words, true),
};
static const struct schema schema_look = LISTED(look_rule, look_fields);
static const struct schema_field transfer_fields[] = {
    REFS("units", letter_transfer, units, unit_count, REFER_UNIT),
    REF("answered-by", letter_transfer, answerer, REFER_ROLE, true),
};
static const struct schema schema_transfer = LISTED(letter_transfer, transfer_fields);
static const struct schema_field onward_fields[] = {
    WORD("clock", transferred_clock, clock, clock_words, true),
    WORD("unit", transferred_clock, unit, unit_words, false),
    NUMBER("amount", transferred_clock, amount, 0, 3650, false),
};
static const struct schema schema_onward = LISTED(transferred_clock, onward_fields);
static const struct schema schema_told = {.name = "told_rule",
                                          .size = sizeof(struct told_rule),
                                          .ruling = RULED_MUST,
                                          .basis_offset = AT(told_rule, basis)};
static const struct schema schema_letter_limit = LISTED(answer_limit, limit_line_fields);
static const struct schema_field mailbox_fields[] = {
    TITLES(mailbox_rule),
    REF("owner", mailbox_rule, owner, REFER_UNIT, true),
    STRING("pattern", mailbox_rule, pattern, true),
    ONE("received-by", mailbox_rule, receiver, schema_mail_hand),
    ONE("answered-by", mailbox_rule, answerer, schema_mail_hand),
    ONE("transfer-to", mailbox_rule, transfer, schema_transfer),
    ONE("look", mailbox_rule, look, schema_look),
    ONE("answer-within", mailbox_rule, limit, schema_letter_limit),
    ONE("transfer-within", mailbox_rule, passing, schema_letter_limit),
    ONE("refer-within", mailbox_rule, referral, schema_letter_limit),
    ONE("transferred", mailbox_rule, onward, schema_onward),
    ONE("result-told", mailbox_rule, told, schema_told),
    NUMBER("remind", mailbox_rule, remind, 0, 30, false),
    REF("escalate", mailbox_rule, escalate, REFER_ROLE, false),
};
static const struct schema schema_mailbox = KEYED(mailbox_rule, code, mailbox_fields);
static const struct schema_field stage_fields[] = {
    TITLES(history_stage),
    STRINGS("steps", history_stage, steps, step_count, REFER_ANY_STEP),
};
static const struct schema schema_stage = KEYED(history_stage, code, stage_fields);
static const struct schema_field mechanism_fields[] = {
    WORD("mechanism", mechanism_rule, mechanism, mechanism_words, true),
    STRINGS("by", mechanism_rule, by, by_count, REFER_DEFINER),
};
static const struct schema schema_mechanism = LISTED(mechanism_rule, mechanism_fields);
static const struct schema_field demand_fields[] = {
    WORDS("needs", mechanism_demand, needs, mechanism_words),
};
static const struct schema schema_demand = LISTED(mechanism_demand, demand_fields);
static const struct schema_field outside_fields[] = {
    WORD("order", outside_rule, order, order_words, true),
};
static const struct schema schema_outside = LISTED(outside_rule, outside_fields);
static const struct schema_field bulk_fields[] = {
    TRUTH("allow", bulk_rule, allow, 0),
};
static const struct schema schema_bulk = LISTED(bulk_rule, bulk_fields);
static const struct schema_field emergency_fields[] = {
    TRUTH("alert", emergency_rule, alert, 1),
    NUMBER("remind-hours", emergency_rule, remind_hours, 1, 24, false),
};
static const struct schema schema_emergency = LISTED(emergency_rule, emergency_fields);
static const struct schema schema_change = {.name = "change_rule",
                                            .size = sizeof(struct change_rule),
                                            .ruling = RULED_MUST,
                                            .basis_offset = AT(change_rule, basis)};
static const struct schema_field setting_fields[] = {
    TITLES(setting),
    WORD("kind", setting, kind, setting_words, true),
    NUMBER("least", setting, least, 0, 1000000, false),
    NUMBER("most", setting, most, 0, 1000000, false),
    STRING("measure", setting, measure.zh, false),
    STRING("measure-en", setting, measure.en, false),
    STRING("value", setting, value, false),
    STRING("sample", setting, sample, false),
};
static const struct schema schema_setting = KEYED(setting, code, setting_fields);
static const struct schema_field allow_fields[] = {
    STRING("path", allow_rule, path, true),
    WORD("how", allow_rule, how, allow_words, true),
};
static const struct schema schema_allow = LISTED(allow_rule, allow_fields);

static const struct schema_field rulebook_fields[] = {
    SELF_NEEDED("rulebook", schema_identity),
    ONE("interpreter", rulebook, interpreter, schema_interpreter),
    ONE("effect", rulebook, effect, schema_effect),
    ONE("replaces", rulebook, predecessor, schema_predecessor),
    MANY("legal-basis", rulebook, legals, legal_count, schema_legal),
    MANY("principles", rulebook, principles, principle_count, schema_principle),
    MANY("requirements", rulebook, requirements, requirement_count, schema_requirement),
    MANY("unit-kinds", rulebook, unit_kinds, unit_kind_count, schema_unit_kind),
    MANY("units", rulebook, units, unit_count, schema_unit),
    MANY("roles", rulebook, roles, role_count, schema_role),
    MANY("sight", rulebook, sights, sight_count, schema_sight),
    MANY("desks", rulebook, desks, desk_count, schema_desk),
    ONE("site-rules", rulebook, site_rules, schema_site_rules),
    ONE("column-person", rulebook, column_person, schema_column_person),
    MANY("column-keepers", rulebook, column_keepers, column_keeper_count, schema_keeper),
    MANY("columns", rulebook, columns, column_count, schema_column),
    MANY("bodies", rulebook, bodies, body_count, schema_body),
    MANY("fields", rulebook, fields, field_count, schema_every_field),
    MANY("classes", rulebook, classes, class_count, schema_class),
    ONE("disclosure", rulebook, disclosure_rule, schema_disclosure),
    MANY("catalogue", rulebook, catalogue, catalogue_count, schema_catalogue),
    MANY("higher-sites", rulebook, hosts, host_count, schema_host),
    MANY("targets", rulebook, targets, target_count, schema_target),
    MANY("questions", rulebook, questions, question_count, schema_question),
    MANY("prohibitions", rulebook, prohibitions, prohibition_count, schema_prohibition),
    MANY("deadlines", rulebook, deadlines, deadline_count, schema_deadline),
    MANY("cadences", rulebook, cadences, cadence_count, schema_cadence),
    MANY("routes", rulebook, routes, route_count, schema_route),
    MANY("series", rulebook, series, series_count, schema_series),
    MANY("filings", rulebook, filings, filing_count, schema_filing),
    MANY("archives", rulebook, archives, archive_count, schema_archive),
    ONE("archiving", rulebook, archiving, schema_archiving),
    ONE("page-limit", rulebook, page_limit, schema_page_limit),
    ONE("page-views", rulebook, page_views, schema_page_views),
    ONE("accounts", rulebook, accounts, schema_accounts),
    ONE("logs", rulebook, logs, schema_days),
    ONE("backups", rulebook, backups, schema_days),
    ONE("sub-site-backups", rulebook, sub_backups, schema_days),
    ONE("help", rulebook, help, schema_help),
    ONE("release-catalogue", rulebook, release_catalogue, schema_release_catalogue),
    ONE("assessment", rulebook, assessment, schema_assessment),
    MANY("matters", rulebook, matters, matter_count, schema_matter),
    MANY("mailboxes", rulebook, mailboxes, mailbox_count, schema_mailbox),
    MANY("stages", rulebook, stages, stage_count, schema_stage),
    ONE("mechanisms", rulebook, mechanism_demand, schema_demand),
    MANY("definitions", rulebook, mechanisms, mechanism_count, schema_mechanism),
    MANY("outside", rulebook, outsides, outside_count, schema_outside),
    ONE("changes", rulebook, change, schema_change),
    ONE("emergency", rulebook, emergency, schema_emergency),
    ONE("bulk", rulebook, bulk, schema_bulk),
    MANY("settings", rulebook, settings, setting_count, schema_setting),
    MANY("allows", rulebook, allows, allow_count, schema_allow),
};
const struct schema schema_rulebook = {
    .name = "file", .size = sizeof(struct rulebook), FIELDS(rulebook_fields)};

const char *word_name(const struct word *words, int value) {
    for (; words->name != NULL; words++) {
        if (words->value == value) {
            return words->name;
        }
    }
    return "";
}

const char *item_state_name(enum item_state state) {
    return word_name(item_state_words, (int)state);
}

enum status item_state_from_name(struct str name, enum item_state *out_state) {
    for (const struct word *word = item_state_words; word->name != NULL; word++) {
        if (str_is(name, word->name)) {
            *out_state = (enum item_state)word->value;
            return DONE;
        }
    }
    return ABSENT;
}
