/*
 * The commands of this door, in the order of `shenfa help`.
 */
#include "cli/cli.h"

extern const struct command cli_token;
extern const struct command cli_import;
extern const struct command cli_migrate;
extern const struct command cli_publish;
extern const struct command cli_site_add;
extern const struct command cli_site_verify;
extern const struct command cli_status;
extern const struct command cli_logs_prune;
extern const struct command cli_ledger_verify;
extern const struct command cli_ledger_export;
extern const struct command cli_ledger_checkpoint;
extern const struct command cli_ledger_prove;
extern const struct command cli_ledger_verify_export;
extern const struct command cli_ledger_verify_proof;
extern const struct command cli_archive_export;
extern const struct command cli_archive_list;
extern const struct command cli_rulebook_check;
extern const struct command cli_rulebook_map;
extern const struct command cli_rulebook_explain;
extern const struct command cli_rulebook_prove;
extern const struct command cli_rulebook_diff;
extern const struct command cli_rulebook_value;
extern const struct command cli_rulebook_schema;
extern const struct command cli_rulebook_install;
extern const struct command cli_rulebook_propose;
extern const struct command cli_matter_list;

const struct command *const cli_commands[] = {
    &cli_token,
    &cli_import,
    &cli_migrate,
    &cli_publish,
    &cli_site_add,
    &cli_site_verify,
    &cli_status,
    &cli_logs_prune,
    &cli_ledger_verify,
    &cli_ledger_export,
    &cli_ledger_checkpoint,
    &cli_ledger_prove,
    &cli_ledger_verify_export,
    &cli_ledger_verify_proof,
    &cli_archive_export,
    &cli_archive_list,
    &cli_rulebook_check,
    &cli_rulebook_map,
    &cli_rulebook_explain,
    &cli_rulebook_prove,
    &cli_rulebook_diff,
    &cli_rulebook_value,
    &cli_rulebook_schema,
    &cli_rulebook_install,
    &cli_rulebook_propose,
    &cli_matter_list,
    NULL,
};
