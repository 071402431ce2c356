/*
 * What cases look at beside a text: how columns stand, what is still to be done about a
 * public text, what wants interpreting.
 */
#include "trial_own.h"

#include "notice/notice.h"
#include "publication/publication.h"

/* "notices empty late SZ-15.1 merge SZ-13.a": how each column stands. */
enum status look_standings(struct hearing *hearing, const struct case_act *act) {
    struct column_standing *standings;
    size_t count;
    struct buffer text;
    (void)act;
    buffer_init(&text, hearing->call->arena);
    TRY(publication_standings(hearing->call, hearing->bureau.site.id, &standings,
                              &count));
    for (size_t i = 0; i < count; i++) {
        const struct column_standing *standing = &standings[i];
        buffer_add_format(&text, "%.*s%s%s", STR_ARG(standing->column.path),
                          standing->is_empty ? " empty" : "",
                          standing->is_late ? " late" : "");
        if (standing->is_late && !str_is_empty(standing->rule)) {
            buffer_add_format(&text, " %.*s", STR_ARG(standing->rule));
        }
        if (standing->to_merge) {
            buffer_add_format(&text, " merge %.*s", STR_ARG(standing->merge_rule));
        }
        buffer_add_text(&text, "\n");
    }
    hearing->shown = buffer_str(&text);
    return DONE;
}

/* "update liaison 2026-12-31 00:00 ED-12.d": what is still to be done about the text. */
enum status look_duties(struct hearing *hearing, const struct case_act *act) {
    struct duties duties;
    struct buffer text;
    (void)act;
    buffer_init(&text, hearing->call->arena);
    TRY(notice_duties_of(hearing->call,
                         (struct subject){SUBJECT_MANUSCRIPT, hearing->manuscript},
                         &duties));
    for (size_t i = 0; i < duties.count; i++) {
        const struct duty *duty = &duties.at[i];
        buffer_add_format(
            &text, "%.*s %.*s %.*s %.*s\n", STR_ARG(duty->step), STR_ARG(duty->role),
            STR_ARG(instant_to_text(hearing->call->arena, duty->deadline.hard)),
            STR_ARG(duty->rule));
    }
    hearing->shown = buffer_str(&text);
    return DONE;
}

/* The public documents that still want an interpretation, by title. */
enum status look_uninterpreted(struct hearing *hearing, const struct case_act *act) {
    struct release *releases;
    size_t count;
    struct buffer text;
    (void)act;
    buffer_init(&text, hearing->call->arena);
    TRY(publication_uninterpreted(hearing->call, hearing->bureau.site.id, &releases,
                                  &count));
    for (size_t i = 0; i < count; i++) {
        buffer_add_format(&text, "%.*s\n", STR_ARG(releases[i].title));
    }
    buffer_add_format(&text, "%zu open", count);
    hearing->shown = buffer_str(&text);
    return DONE;
}
