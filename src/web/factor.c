/*
 * The second factor: what its holder sets up, and the recovery code that the security
 * administrator hands to somebody who has lost everything.
 */
#include "entries.h"

#include "paper/paper.h"
#include "people/people.h"

static enum status run_show(struct visit *visit);
static enum status run_begin(struct visit *visit);
static enum status run_set_up_form(struct visit *visit);
static enum status run_code(struct visit *visit);
static enum status run_set_up(struct visit *visit);
static enum status run_help_form(struct visit *visit);
static enum status run_help(struct visit *visit);
static enum status show_codes(struct visit *visit, const struct people_recovery *recovery,
                              struct str next);
static struct str in_groups(struct visit *visit, struct str seed);

const struct entry factor_show = {
    .method = "GET", .pattern = "/second-factor", .may = WEB_SIGNED_IN, .run = run_show};

static const struct field begin_fields[] = {WEB_PROOF_FIELD, {.name = NULL}};
const struct entry factor_begin = {.method = "POST",
                                   .pattern = "/second-factor",
                                   .fields = begin_fields,
                                   .may = WEB_SIGNED_IN,
                                   .form = &factor_show,
                                   .run = run_begin};

const struct entry factor_set_up_form = {.method = "GET",
                                         .pattern = "/second-factor/set-up",
                                         .may = WEB_SIGNED_IN,
                                         .run = run_set_up_form};

const struct entry factor_picture = {.method = "GET",
                                     .pattern = "/second-factor/code.svg",
                                     .may = WEB_SIGNED_IN,
                                     .run = run_code};

static const struct field set_up_fields[] = {
    {.name = "code",
     .kind = FIELD_TEXT,
     .required = true,
     .most = 20,
     .label = "sign-in.code"},
    {.name = NULL},
};
const struct entry factor_set_up = {.method = "POST",
                                    .pattern = "/second-factor/set-up",
                                    .fields = set_up_fields,
                                    .may = WEB_SIGNED_IN,
                                    .form = &factor_set_up_form,
                                    .run = run_set_up};

const struct entry factor_help_form = {.method = "GET",
                                       .pattern = "/accounts/{account}/recovery",
                                       .may = PEOPLE_ROLE_SECURITY,
                                       .run = run_help_form};

static const struct field help_fields[] = {WEB_PROOF_FIELD, {.name = NULL}};
const struct entry factor_help = {.method = "POST",
                                  .pattern = "/accounts/{account}/recovery",
                                  .fields = help_fields,
                                  .may = PEOPLE_ROLE_SECURITY,
                                  .form = &factor_help_form,
                                  .run = run_help};

static enum status run_show(struct visit *visit) {
    struct people_factor factor;
    TRY(people_factor(visit->call, &factor));
    struct model *model = web_model(visit);
    model_flag(model, "active", factor.active);
    model_flag(model, "demanded", factor.demanded);
    model_flag(model, "first", visit->session.must_enrol);
    model_int(model, "left", factor.recovery_left);
    return web_page(visit, "second-factor");
}

static enum status run_begin(struct visit *visit) {
    TRY(web_prove(visit, "password"));
    TRY(people_factor_begin(visit->call));
    return web_go(visit, "/second-factor/set-up");
}

static enum status run_set_up_form(struct visit *visit) {
    struct people_factor factor;
    TRY(people_factor(visit->call, &factor));
    if (factor.seed.length == 0) {
        return web_go(visit, "/second-factor");
    }
    struct model *model = web_model(visit);
    model_text(model, "seed", in_groups(visit, factor.seed));
    return web_page(visit, "second-factor-set-up");
}

/* A picture of its own, because pages take no pictures written into them. */
static enum status run_code(struct visit *visit) {
    struct people_factor factor;
    struct paper_qr code;
    TRY(people_factor(visit->call, &factor));
    if (factor.address.length == 0) {
        return ABSENT;
    }
    TRY(paper_qr(visit->call->arena, factor.address, &code));
    struct str label = web_say(visit, "factor.picture", NULL);
    response_body(visit->response, 200, "image/svg+xml",
                  paper_qr_svg(visit->call->arena, &code, label));
    return DONE;
}

static enum status run_set_up(struct visit *visit) {
    struct people_recovery recovery;
    TRY(people_factor_confirm(visit->call, request_text(visit->request, "code"),
                              &recovery));
    TRY(people_session_rotate(visit->call, &visit->session));
    visit_set_session(visit, &visit->session);
    return show_codes(visit, &recovery, STR("/desk"));
}

static enum status run_help_form(struct visit *visit) {
    struct people_account account;
    id64 id;
    TRY(request_id_parameter(visit->request, "account", &id));
    TRY(people_account(visit->call, id, &account));
    struct model *part = model_part(web_model(visit), "account");
    model_text(part, "login", account.login);
    model_text(part, "name", account.name);
    return web_page(visit, "recovery");
}

static enum status run_help(struct visit *visit) {
    struct people_recovery recovery;
    id64 id;
    TRY(request_id_parameter(visit->request, "account", &id));
    TRY(web_prove(visit, "password"));
    TRY(people_factor_help(visit->call, id, &recovery));
    struct str back = str_format(visit->call->arena, "/accounts/%.*s",
                                 STR_ARG(id_to_text(visit->call->arena, id)));
    return show_codes(visit, &recovery, back);
}

/* Shown once, in the answer itself: they are kept nowhere. */
static enum status show_codes(struct visit *visit, const struct people_recovery *recovery,
                              struct str next) {
    struct model *model = web_model(visit);
    for (size_t i = 0; i < recovery->count; i++) {
        model_list_add_text(model, "codes", recovery->codes[i]);
    }
    model_flag(model, "one", recovery->count == 1);
    model_text(model, "next", next);
    return web_page(visit, "recovery-codes");
}

static struct str in_groups(struct visit *visit, struct str seed) {
    struct buffer text;
    buffer_init(&text, visit->call->arena);
    for (size_t i = 0; i < seed.length; i++) {
        if (i > 0 && i % 4 == 0) {
            buffer_add_char(&text, ' ');
        }
        buffer_add_char(&text, seed.at[i]);
    }
    return buffer_str(&text);
}
