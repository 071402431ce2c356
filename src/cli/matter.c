/*
 * shenfa matter list: what the regulation wants on record, and what is missing.
 */
#include "cli_own.h"

#include "matter/matter.h"

#include <jansson.h>

static enum exit_status run(struct cli *cli);
static enum status gather(struct cli *cli, struct matters *out_matters,
                          struct matter_gap **out_gaps, size_t *out_count);
static json_t *tell_matter(struct cli *cli, const struct matter *matter);

const struct command cli_matter_list = {
    .words = "matter list",
    .usage = "matter list DIR [--kind ID]",
    .summary = "plans, issues, requests on record, and what is missing this year",
    .options = "kind= json",
    .need = CLI_NEEDS_WORKSPACE,
    .least = 1,
    .most = 1,
    .run = run,
};

static enum exit_status run(struct cli *cli) {
    struct matters matters;
    struct matter_gap *gaps;
    size_t gap_count;
    enum status status = gather(cli, &matters, &gaps, &gap_count);
    if (status != DONE) {
        return cli_no(cli, status);
    }
    json_t *list = json_array();
    json_t *missing = json_array();
    for (size_t i = 0; i < matters.count; i++) {
        const struct matter *matter = &matters.at[i];
        struct str day = day_to_text(cli->call->arena, instant_day(matter->opened_at));
        json_array_append_new(list, tell_matter(cli, matter));
        if (!cli->json) {
            printf("%.*s  %-9s %.*s  %.*s\n", STR_ARG(day),
                   matter->answered_at != 0 ? "answered" : "open", STR_ARG(matter->kind),
                   STR_ARG(matter->title));
        }
    }
    for (size_t i = 0; i < gap_count; i++) {
        struct people_unit unit = {.title = STR("")};
        if (gaps[i].unit != 0 && people_unit(cli->call, gaps[i].unit, &unit) != DONE) {
            continue;
        }
        json_array_append_new(missing,
                              json_pack("{s:s%,s:s%,s:i}", "kind", gaps[i].rule->code.at,
                                        gaps[i].rule->code.length, "unit", unit.title.at,
                                        unit.title.length, "year", gaps[i].year));
        if (!cli->json) {
            printf("missing     %.*s %.*s\n", STR_ARG(gaps[i].rule->code),
                   STR_ARG(unit.title));
        }
    }
    cli_say(cli, json_pack("{s:o,s:o}", "matters", list, "missing", missing),
            "%zu on record, %zu missing", matters.count, gap_count);
    return EXIT_DONE;
}

static enum status gather(struct cli *cli, struct matters *out_matters,
                          struct matter_gap **out_gaps, size_t *out_count) {
    struct call *call = cli->call;
    const char *kind = cli_option(cli, "kind");
    const struct rulebook *book;
    struct site *sites;
    size_t count;
    id64 group;
    TRY(site_group_first(call, &group));
    TRY(site_list(call, group, &sites, &count));
    if (count == 0) {
        return ABSENT;
    }
    TRY(site_rulebook(call, sites[0].id, &book));
    TRY(matter_list(call, group, sites[0].root, str_of(kind == NULL ? "" : kind),
                    out_matters));
    return matter_gaps(call, group, sites[0].root, book,
                       date_of_day(instant_day(call->now)).year, out_gaps, out_count);
}

static json_t *tell_matter(struct cli *cli, const struct matter *matter) {
    struct arena *arena = cli->call->arena;
    struct str id = id_to_text(arena, matter->id);
    struct str at = instant_to_rfc3339(arena, matter->opened_at);
    return json_pack("{s:s%,s:s%,s:s%,s:s%,s:b}", "id", id.at, id.length, "kind",
                     matter->kind.at, matter->kind.length, "title", matter->title.at,
                     matter->title.length, "opened_at", at.at, at.length, "answered",
                     matter->answered_at != 0);
}
