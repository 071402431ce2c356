/*
 * shenfa ledger verify and export.
 */
#include "cli_own.h"

#include "approval/approval.h"
#include "ledger/ledger.h"
#include "publication/publication.h"
#include "review/review.h"

#include <jansson.h>
#include <string.h>

static enum exit_status verify(struct cli *cli);
static enum exit_status export(struct cli *cli);
static enum exit_status verify_one(struct cli *cli, id64 group, json_t *list);
static enum exit_status tell_signatures(struct cli *cli, enum status status,
                                        const struct signature_report *report,
                                        json_t *list);
static bool print_line(void *to, struct str line);

const struct command cli_ledger_verify = {
    .words = "ledger verify",
    .usage = "ledger verify DIR",
    .summary = "find any altered, removed or inserted entry, decision or signature",
    .options = "json",
    .need = CLI_NEEDS_WORKSPACE,
    .least = 1,
    .most = 1,
    .run = verify,
};

const struct command cli_ledger_export = {
    .words = "ledger export",
    .usage = "ledger export DIR [--payloads]",
    .summary = "print all chains as JSON lines",
    .options = "payloads json",
    .need = CLI_NEEDS_WORKSPACE,
    .least = 1,
    .most = 1,
    .run = export,
};

static enum exit_status verify(struct cli *cli) {
    struct ledger_groups groups;
    enum status status = ledger_groups(cli->call, &groups);
    if (status != DONE) {
        return cli_no(cli, status);
    }
    enum exit_status answer = EXIT_DONE;
    json_t *list = json_array();
    for (size_t i = 0; i < groups.count; i++) {
        enum exit_status one = verify_one(cli, groups.at[i], list);
        answer = one > answer ? one : answer;
    }
    struct signature_report report;
    status = review_verify_signatures(cli->call, &report);
    enum exit_status decided = tell_signatures(cli, status, &report, list);
    answer = decided > answer ? decided : answer;
    status = publication_verify_orders(cli->call, &report);
    decided = tell_signatures(cli, status, &report, list);
    answer = decided > answer ? decided : answer;
    if (cli->json) {
        cli_say(cli,
                json_pack("{s:b, s:o}", "whole", answer == EXIT_DONE, "chains", list),
                "%s", "");
    } else {
        json_decref(list);
    }
    return answer;
}

static enum exit_status verify_one(struct cli *cli, id64 group, json_t *list) {
    struct ledger_report report;
    struct call *call = cli->call;
    struct str name = id_to_text(call->arena, group);
    enum status status = ledger_verify(call, group, NULL, &report);
    if (status != DONE) {
        return cli_no(cli, status);
    }
    struct str head = digest_to_text(call->arena, &report.head.hash);
    json_array_append_new(
        list,
        json_pack("{s:s%, s:I, s:s, s:I, s:s%}", "chain", name.at, name.length, "entries",
                  (json_int_t)report.entries, "fault", ledger_fault_name(report.fault),
                  "bad", (json_int_t)report.bad, "head", head.at, head.length));
    if (!cli->json && report.fault == LEDGER_WHOLE) {
        printf("chain %.*s: %lld entries, none altered; head %.*s\n", STR_ARG(name),
               (long long)report.entries, STR_ARG(head));
    } else if (!cli->json) {
        printf("chain %.*s: entry %lld is not whole (%s); what follows it cannot be "
               "trusted\n",
               STR_ARG(name), (long long)report.bad, ledger_fault_name(report.fault));
    }
    if (report.fault != LEDGER_WHOLE) {
        return EXIT_NO;
    }
    struct signature_report signatures;
    status = approval_verify(call, group, &signatures);
    return tell_signatures(cli, status, &signatures, list);
}

static enum exit_status tell_signatures(struct cli *cli, enum status status,
                                        const struct signature_report *report,
                                        json_t *list) {
    if (status != DONE) {
        return cli_no(cli, status);
    }
    bool whole = str_is_empty(report->wrong);
    struct str about = id_to_text(cli->call->arena, report->about);
    json_array_append_new(list,
                          json_pack("{s:I, s:s%, s:s%, s:s%, s:I}", "signatures",
                                    (json_int_t)report->signatures, "wrong",
                                    report->wrong.at, report->wrong.length, "act",
                                    report->act.at, report->act.length, "about", about.at,
                                    about.length, "entry", (json_int_t)report->sequence));
    if (!cli->json && whole) {
        printf("  %lld %s, each as it was signed\n", (long long)report->signatures,
               str_is(report->act, "decision")              ? "decisions"
               : str_is(report->act, "publication.release") ? "live releases"
                                                            : "signatures");
    } else if (!cli->json) {
        printf("  %.*s %.*s (entry %lld) is not what was signed: %.*s\n",
               STR_ARG(report->act), STR_ARG(about), (long long)report->sequence,
               STR_ARG(report->wrong));
        if (str_is(report->wrong, "key")) {
            printf("    its key is nobody's here: no registrar that the keys of this "
                   "workspace open has certified it (a restore without the keys makes "
                   "another)\n");
        }
    }
    return whole ? EXIT_DONE : EXIT_NO;
}

static enum exit_status export(struct cli *cli) {
    struct ledger_groups groups; enum status status = ledger_groups(cli->call, &groups);
    for (size_t i = 0; status == DONE && i < groups.count; i++){
        status = ledger_export(cli->call, groups.at[i], 0,
                               cli_option(cli, "payloads") != NULL, print_line, stdout);}
return status == DONE ? EXIT_DONE : cli_no(cli, status);
}

static bool print_line(void *to, struct str line) {
    return fwrite(line.at, 1, line.length, to) == line.length && fputc('\n', to) != EOF;
}
