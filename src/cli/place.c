/*
 * Options that name a column, a unit, a class, a person.
 */
#include "cli_own.h"

#include <string.h>

enum exit_status cli_find_place(struct cli *cli, struct cli_place *out_place) {
    struct call *call = cli->call;
    struct cli_place place = {0};
    struct people_person person;
    struct site *sites;
    size_t count;
    id64 group;
    const char *column = cli_option(cli, "column");
    const char *unit = cli_option(cli, "unit");
    const char *item_class = cli_option(cli, "class");
    const char *as = cli_option(cli, "as");
    if (column == NULL || unit == NULL || item_class == NULL || as == NULL) {
        return cli_usage(cli, "--column, --unit, --class and --as are all needed");
    }
    enum status status = people_person_find(call, str_of(as), &person);
    if (status != DONE) {
        return cli_usage(cli, "there is no account \"%s\"", as);
    }
    if (site_group_first(call, &group) != DONE ||
        site_list(call, group, &sites, &count) != DONE || count == 0) {
        return cli_no(cli, FAILED);
    }
    status = ABSENT;
    for (size_t i = 0; i < count && status == ABSENT; i++) {
        place.site = sites[i];
        status = site_column_find_path(call, sites[i].id, str_of(column), &place.column);
    }
    if (status != DONE) {
        return cli_usage(
            cli, "there is no column \"%s\"; give its path, such as zwgk/tzgg", column);
    }
    if (people_unit_find(call, str_of(unit), &place.unit) != DONE) {
        return cli_usage(cli, "there is no unit \"%s\"; give its code or title", unit);
    }
    place.item_class = str_of(item_class);
    call->actor = (struct actor){.person = person.id};
    *out_place = place;
    return EXIT_DONE;
}

enum exit_status cli_read_file(struct cli *cli, const char *path,
                               struct bytes *out_bytes) {
    const char *name = strcmp(path, "-") == 0 ? "/dev/stdin" : path;
    enum status read = file_read(cli->call->arena, name, (size_t)1 << 31, out_bytes);
    if (read == ABSENT) {
        return cli_usage(cli, "there is no file %s", path);
    }
    if (read == REFUSED) {
        return cli_usage(cli, "%s is larger than 2 GiB; split it", path);
    }
    return read == DONE ? EXIT_DONE : cli_no(cli, read);
}
