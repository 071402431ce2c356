/*
 * What cases look at beside a text: how columns stand, what is still to be done about a
 * public text, what wants interpreting.
 */
#include "trial_own.h"

#include "notice/notice.h"
#include "publication/publication.h"

static void add_duties(struct buffer *text, const struct duties *duties);

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

/* "note-liaison-change-office site-manager CS-6.d": what changes of staff in the sample
 * department still ask for; "idle 李小兰": an open account without a post; "closed
 * 李小兰": the writer's account is shut. */
enum status look_staff(struct hearing *hearing, const struct case_act *act) {
    struct call *call = hearing->call;
    struct people_accounts idle;
    struct people_accounts all;
    struct people_posts posts;
    struct duties duties;
    struct buffer text;
    (void)act;
    buffer_init(&text, call->arena);
    TRY(notice_duties_of(
        call, (struct subject){SUBJECT_UNIT, hearing->bureau.department.id}, &duties));
    add_duties(&text, &duties);
    TRY(people_posts(call, hearing->bureau.department.id, true, &posts));
    for (size_t i = 0; i < posts.count; i++) {
        TRY(notice_duties_of(call, (struct subject){SUBJECT_POST, posts.at[i].id},
                             &duties));
        add_duties(&text, &duties);
    }
    TRY(people_idle_accounts(call, &idle));
    for (size_t i = 0; i < idle.count; i++) {
        buffer_add_format(&text, "idle %.*s\n", STR_ARG(idle.at[i].name));
    }
    TRY(people_accounts(call, NULL, &all));
    for (size_t i = 0; i < all.count; i++) {
        if (all.at[i].state == PEOPLE_ACCOUNT_DISABLED) {
            buffer_add_format(&text, "closed %.*s\n", STR_ARG(all.at[i].name));
        }
    }
    hearing->shown = buffer_str(&text);
    return DONE;
}

static void add_duties(struct buffer *text, const struct duties *duties) {
    for (size_t i = 0; i < duties->count; i++) {
        const struct duty *duty = &duties->at[i];
        buffer_add_format(text, "%.*s %.*s %.*s\n", STR_ARG(duty->step),
                          STR_ARG(duty->role), STR_ARG(duty->rule));
    }
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
