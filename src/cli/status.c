/*
 * shenfa status: whether the record of what is done is safe from who runs the machine,
 * and whether anything is decided at present.
 */
#include "cli_own.h"

#include "ledger/ledger.h"
#include "notary/notary.h"
#include "publication/publication.h"
#include "tally/tally.h"

#include <jansson.h>

static enum exit_status status(struct cli *cli);
static enum status count_unproven(struct call *call, size_t *out_count);
static const char *say_when(struct call *call, instant at);

const struct command cli_status = {
    .words = "status",
    .usage = "status DIR",
    .summary = "say whether checkpoints leave the machine and whether anything is amiss",
    .options = "json",
    .need = CLI_NEEDS_WORKSPACE,
    .least = 1,
    .most = 1,
    .run = status,
};

static const char *const sentences[] = {
    [NOTARY_SOUND] = "Nothing is amiss with the checkpoints.",
    [NOTARY_SILENT] =
        "The signer does not answer: see that `shenfa signer` (or serve) runs.",
    [NOTARY_UNSENT] = "Checkpoints do not leave: see that the place or hook named in "
                      "notice.conf can be reached.",
    [NOTARY_STOPPED] =
        "Nothing is decided or released until a checkpoint leaves: see to the "
        "signer and to the place or hook named in notice.conf.",
    [NOTARY_BACKWARD] =
        "THE DATABASE WAS SET BACK: it has fewer entries than were signed. "
        "Stop the service and compare with a kept checkpoint.",
    [NOTARY_REWRITTEN] = "ENTRIES ARE NOT THOSE THAT WERE SIGNED. Stop the service and "
                         "compare with a kept checkpoint.",
};

/* No place was ever named: nothing is amiss with what was asked for. */
static const char nowhere[] =
    "Checkpoints leave for nowhere: whoever runs this machine could cut "
    "off the ledger's end unseen. Name a place in notice.conf.";

static enum exit_status status(struct cli *cli) {
    struct call *call = cli->call;
    struct notary_state state;
    struct ledger_checkpoint head;
    size_t unproven = 0;
    bool agree = true;
    id64 group = LEDGER_HOUSE;
    enum status read = site_group_first(call, &group);
    read = read == DONE || read == ABSENT ? ledger_head(call, group, &head) : read;
    read = read == DONE ? notary_state(call, group, &state) : read;
    read = read == DONE ? count_unproven(call, &unproven) : read;
    read = read == DONE ? tally_views_agree(call, &agree) : read;
    if (read != DONE) {
        return cli_no(cli, read);
    }
    enum notary_condition condition = notary_condition_of(&state);
    bool sound = condition == NOTARY_SOUND && unproven == 0 && agree;
    cli_say(
        cli,
        json_pack("{s:b, s:I, s:I, s:s, s:s, s:s, s:I, s:b, s:I, s:b}", "sound",
                  (int)sound, "entries", (json_int_t)head.sequence, "checkpointed",
                  (json_int_t)state.size, "taken", say_when(call, state.taken_at), "left",
                  say_when(call, state.sent_at), "condition",
                  notary_condition_name(condition), "minutes-held",
                  (json_int_t)(state.held / INSTANT_MINUTE), "stopped",
                  (int)state.stopped, "unproven-releases", (json_int_t)unproven,
                  "views-agree", (int)agree),
        "Ledger: %lld entries; newest checkpoint: %s, over %lld of them; last left this "
        "machine: %s.\n%s%s%s",
        (long long)head.sequence, say_when(call, state.taken_at), (long long)state.size,
        say_when(call, state.sent_at),
        condition == NOTARY_SOUND && state.sent_at == 0 ? nowhere : sentences[condition],
        unproven == 0 ? ""
                      : "\nThe database holds releases that the ledger does not know; "
                        "they are not shown. Find out who can write to it.",
        agree ? ""
              : "\nThe views of public pages are not those that were merged: some were "
                "merged twice or changed below the program.");
    return sound ? EXIT_DONE : EXIT_NO;
}

static enum status count_unproven(struct call *call, size_t *out_count) {
    struct site *sites;
    size_t count = 0;
    id64 group;
    size_t sum = 0;
    enum status found = site_group_first(call, &group);
    if (found == ABSENT) {
        return DONE;
    }
    TRY(found);
    TRY(site_list(call, group, &sites, &count));
    for (size_t i = 0; i < count; i++) {
        size_t here = 0;
        TRY(publication_doubt(call, sites[i].id, &here));
        sum += here;
    }
    *out_count = sum;
    return DONE;
}

static const char *say_when(struct call *call, instant at) {
    return at == 0 ? "never" : str_text(call->arena, instant_to_text(call->arena, at));
}
