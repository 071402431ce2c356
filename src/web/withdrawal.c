/*
 * Taking a public text away: how, why, and what it changes.
 */
#include "release_web.h"

static enum status run_withdraw_form(struct visit *visit);
static enum status run_withdraw(struct visit *visit);
static enum status fill_effects(struct visit *visit, struct model *part, id64 manuscript,
                                const char *words);

const struct entry withdraw_form = {.method = "GET",
                                    .pattern = "/release/{manuscript}/withdraw",
                                    .may = WEB_STAFF,
                                    .run = run_withdraw_form};

static const struct field withdraw_fields[] = {
    {.name = "kind",
     .kind = FIELD_CHOICE,
     .required = true,
     .choices = "correction|expiry|removal|seal",
     .label = "withdraw.kind"},
    WEB_REASON_FIELD("withdraw.reason"),
    WEB_PROOF_FIELD,
    {.name = NULL},
};
const struct entry withdraw_post = {.method = "POST",
                                    .pattern = "/release/{manuscript}/withdraw",
                                    .fields = withdraw_fields,
                                    .may = WEB_STAFF,
                                    .form = &withdraw_form,
                                    .run = run_withdraw};

static enum status run_withdraw_form(struct visit *visit) {
    static const struct {
        const char *kind, *words, *public_words;
    } kinds[] = {
        {"correction", "withdraw.correction", "withdraw.correction-public"},
        {"expiry", "withdraw.expiry", "withdraw.expiry-public"},
        {"removal", "withdraw.removal", "withdraw.removal-public"},
        {"seal", "withdraw.sealing", "withdraw.sealing-public"},
    };
    struct call *call = visit->call;
    struct manuscript manuscript;
    struct revision revision;
    struct release live;
    TRY(part_manuscript(visit, &manuscript));
    enum status found = release_live(visit, manuscript.id, &live);
    id64 *copies;
    size_t count;
    TRY(manuscript_copies(call, manuscript.id, &copies, &count));
    if (found == ABSENT && count > 0) { /* public above alone */
        live.revision = manuscript.revision;
        found = DONE;
    }
    TRY(found);
    TRY(manuscript_revision(call, live.revision, &revision));
    TRY(part_head(visit, &manuscript, &revision, NULL, "/release?tab=published",
                  "nav.release"));
    struct model *part = model_part(web_model(visit), "withdrawal");
    for (size_t i = 0; i < LENGTH(kinds); i++) {
        struct model *kind = model_list_add(part, "kinds");
        model_text(kind, "value", str_of(kinds[i].kind));
        model_words(kind, "label", kinds[i].words);
        model_words(kind, "public", kinds[i].public_words);
        model_flag(kind, "chosen",
                   str_is(request_typed(visit->request, "kind"), kinds[i].kind));
    }
    model_text(part, "reason", request_typed(visit->request, "reason"));
    TRY(fill_effects(visit, part, manuscript.id, "withdraw.effect"));
    return web_page(visit, "withdraw");
}

static enum status run_withdraw(struct visit *visit) {
    struct manuscript manuscript;
    struct str kind = request_text(visit->request, "kind");
    enum withdrawal chosen = str_is(kind, "correction") ? WITHDRAW_CORRECTION
                             : str_is(kind, "expiry")   ? WITHDRAW_EXPIRY
                             : str_is(kind, "removal")  ? WITHDRAW_REMOVAL
                                                        : WITHDRAW_SEAL;
    TRY(part_manuscript(visit, &manuscript));
    TRY(web_prove(visit, "password"));
    TRY(publication_withdraw(visit->call, manuscript.id, chosen,
                             request_text(visit->request, "reason"), 0));
    struct str id = id_to_text(visit->call->arena, manuscript.id);
    struct release *own;
    size_t count;
    TRY(publication_of_manuscript(visit->call, manuscript.id, &own, &count));
    return count > 0 ? web_go(visit, "/release/%.*s/done", STR_ARG(id))
                     : web_go(visit, "/manuscripts/%.*s", STR_ARG(id));
}

static enum status fill_effects(struct visit *visit, struct model *part, id64 manuscript,
                                const char *words) {
    struct publication_effect effect;
    TRY(publication_effect_of(visit->call, manuscript, &effect));
    release_say_effect(visit, part, &effect, words);
    return DONE;
}
