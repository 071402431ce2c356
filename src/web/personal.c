/*
 * What a person settles for himself: language, password, how pages look.
 */
#include "entries.h"

static enum status run_language(struct visit *visit);
static enum status run_password_form(struct visit *visit);
static void say_why(struct visit *visit, struct model *model);
static enum status run_password(struct visit *visit);
static enum status run_settings_form(struct visit *visit);
static enum status run_settings(struct visit *visit);

static const struct field language_fields[] = {
    {.name = "language",
     .kind = FIELD_CHOICE,
     .required = true,
     .choices = "zh-CN|en",
     .label = "web.language"},
    {.name = "back", .kind = FIELD_TEXT, .most = 1000, .label = "form.guard"},
    {.name = NULL},
};
const struct entry language_choose = {.method = "POST",
                                      .pattern = "/language",
                                      .fields = language_fields,
                                      .may = WEB_ANYBODY,
                                      .run = run_language};

const struct entry password_form = {.method = "GET",
                                    .pattern = "/password",
                                    .may = WEB_SIGNED_IN,
                                    .run = run_password_form};

static const struct field password_fields[] = {
    {.name = "old",
     .kind = FIELD_SECRET,
     .required = true,
     .most = 1024,
     .label = "password.old"},
    WEB_CODE_FIELD,
    {.name = "new",
     .kind = FIELD_SECRET,
     .required = true,
     .most = 1024,
     .label = "password.new"},
    {.name = "again",
     .kind = FIELD_SECRET,
     .required = true,
     .most = 1024,
     .label = "password.again"},
    {.name = NULL},
};
const struct entry password_change = {.method = "POST",
                                      .pattern = "/password",
                                      .fields = password_fields,
                                      .may = WEB_SIGNED_IN,
                                      .form = &password_form,
                                      .run = run_password};

const struct entry settings_form = {.method = "GET",
                                    .pattern = "/settings",
                                    .may = WEB_SIGNED_IN,
                                    .run = run_settings_form};

static const struct field settings_fields[] = {
    {.name = "size",
     .kind = FIELD_CHOICE,
     .choices = "size-large|size-huge",
     .label = "settings.size"},
    {.name = "dense", .kind = FIELD_FLAG, .label = "settings.dense"},
    {.name = "keys", .kind = FIELD_FLAG, .label = "settings.keys"},
    {.name = NULL},
};
const struct entry settings_change = {.method = "POST",
                                      .pattern = "/settings",
                                      .fields = settings_fields,
                                      .may = WEB_SIGNED_IN,
                                      .form = &settings_form,
                                      .run = run_settings};

static enum status run_language(struct visit *visit) {
    struct str back = request_text(visit->request, "back");
    visit_set_cookie(visit, "language", request_text(visit->request, "language"),
                     VISIT_YEAR);
    response_redirect(visit->response, web_local_path(back, "/"));
    return DONE;
}

static enum status run_password_form(struct visit *visit) {
    const char *const *rules = people_password_rules(visit->call);
    struct model *model = web_model(visit);
    say_why(visit, model);
    for (size_t i = 0; rules[i] != NULL; i++) {
        model_list_add_text(model, "rules", web_say(visit, rules[i], NULL));
    }
    if (!visit->session.must_change) {
        model_text(model, "back", STR("/desk"));
    }
    return web_page(visit, "password");
}

/* Why it is changed: given by somebody else, too old by an article, or by choice. */
static void say_why(struct visit *visit, struct model *model) {
    const struct people_session *session = &visit->session;
    if (session->must_renew) {
        model_text(
            model, "why",
            web_say(visit, "password.renew", "days",
                    str_format(visit->call->arena, "%d", session->password_days).at,
                    NULL));
        if (!str_is_empty(session->password_rule)) {
            web_cite(visit, model_part(model, "rule"), session->password_rule);
        }
        return;
    }
    model_words(model, "why",
                !session->must_change        ? "password.by-choice"
                : session->last_sign_in == 0 ? "password.first"
                                             : "password.given");
}

static enum status run_password(struct visit *visit) {
    const struct request *request = visit->request;
    struct str wanted = request_text(request, "new");
    if (!str_equal(wanted, request_text(request, "again"))) {
        return call_refuse_field(visit->call, "again", "", "web.passwords-differ", NULL);
    }
    enum status status =
        people_password_change(visit->call, request_text(request, "old"),
                               request_text(request, "one-time"), wanted);
    for (struct refusal *no = visit->call->refusal; no != NULL; no = no->next) {
        bool old = strcmp(no->words, "people.password-wrong") == 0;
        bool code = strcmp(no->words, "people.code-wrong") == 0;
        no->field = old ? "old" : code ? "one-time" : "new";
        no->words = old ? "web.password-wrong" : no->words;
    }
    if (status == DENIED) {
        status = REFUSED;
    }
    TRY(status);
    struct people_session session = visit->session;
    TRY(people_session_rotate(visit->call, &session));
    session.person = visit->session.person;
    visit_set_session(visit, &session);
    return web_go_saying(visit, STR("/desk"), "web.password-changed", NULL);
}

static enum status run_settings_form(struct visit *visit) {
    static const struct {
        const char *value, *words;
    } sizes[] = {
        {"", "settings.size-standard"},
        {"size-large", "settings.size-large"},
        {"size-huge", "settings.size-huge"},
    };
    struct model *model = web_model(visit);
    struct str look = visit_cookie(visit, "look");
    bool large = str_find(look, STR("size-large")) < look.length;
    bool huge = str_find(look, STR("size-huge")) < look.length;
    for (size_t i = 0; i < LENGTH(sizes); i++) {
        struct model *size = model_list_add(model, "sizes");
        model_text(size, "value", str_of(sizes[i].value));
        model_words(size, "label", sizes[i].words);
        model_flag(size, "chosen", i == 1 ? large : i == 2 ? huge : !large && !huge);
    }
    return web_page(visit, "settings");
}

static enum status run_settings(struct visit *visit) {
    const struct request *request = visit->request;
    struct buffer look;
    buffer_init(&look, visit->call->arena);
    buffer_add_text(&look, "set");
    if (request_given(request, "size")) {
        buffer_add_format(&look, ".%.*s", STR_ARG(request_text(request, "size")));
    }
    buffer_add_text(&look, request_flag(request, "dense") ? ".dense" : "");
    buffer_add_text(&look, request_flag(request, "keys") ? ".keys" : "");
    visit_set_cookie(visit, "look", buffer_str(&look), VISIT_YEAR);
    return web_go_saying(visit, STR("/settings"), "settings.saved", NULL);
}
