/*
 * One item of the package: what was decided on, what the public saw, who decided, the
 * forms.
 */
#include "package_own.h"

#include "approval/approval.h"
#include "manuscript/manuscript.h"
#include "review/review.h"
#include "site/site.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define PAGE_MOST ((size_t)32 << 20)

static const char *begin_folder(struct package *package, struct call *call,
                                id64 manuscript);
static enum status write_content(struct package *package, struct call *call,
                                 const char *folder, const struct revision *revision);
static enum status write_attachments(struct package *package, struct call *call,
                                     const char *folder, const struct content *content);
static enum status write_page(struct package *package, struct call *call,
                              const char *folder, const struct release *release);
static enum status kept_page(struct call *call, const struct release *release,
                             struct str site, struct bytes *out_page);
static enum status write_metadata(struct package *package, struct call *call,
                                  const char *folder, const struct manuscript *manuscript,
                                  const struct release *release, json_t *more);
static enum status write_decisions(struct package *package, struct call *call,
                                   const char *folder, struct subject subject,
                                   const struct digest *digest);
static json_t *tell_decision(struct call *call, const struct decision *decision);
static enum status write_forms(struct package *package, struct call *call,
                               const char *folder, struct subject subject,
                               const struct digest *digest);
static enum status write_json(struct package *package, struct call *call,
                              const char *folder, const char *name, json_t *json);
static json_t *text_of(struct str text);
static json_t *id_of(struct call *call, id64 id);
static json_t *digest_text_of(struct call *call, const struct digest *digest);

enum status item_write(struct package *package, struct call *call,
                       const struct release *release) {
    struct subject subject = {SUBJECT_MANUSCRIPT, release->manuscript};
    struct manuscript manuscript;
    struct revision revision;
    TRY(manuscript_peek(call, release->manuscript, &manuscript));
    TRY(manuscript_revision(call, release->revision, &revision));
    const char *folder = begin_folder(package, call, release->manuscript);
    TRY(write_content(package, call, folder, &revision));
    TRY(write_page(package, call, folder, release));
    TRY(write_metadata(package, call, folder, &manuscript, release, json_object()));
    TRY(write_decisions(package, call, folder, subject, &release->digest));
    return write_forms(package, call, folder, subject, &release->digest);
}

/* What ended in internal circulation has no page. */
enum status internal_write(struct package *package, struct call *call,
                           const struct archive_file *file) {
    struct manuscript manuscript;
    struct revision *revisions;
    struct revision revision;
    size_t count;
    TRY(manuscript_peek(call, file->subject.id, &manuscript));
    TRY(manuscript_revisions(call, file->subject.id, &revisions, &count));
    const char *folder = begin_folder(package, call, file->subject.id);
    for (size_t i = 0; i < count; i++) {
        if (digest_equal(&revisions[i].digest, &file->digest)) {
            TRY(manuscript_revision(call, revisions[i].id, &revision));
            TRY(write_content(package, call, folder, &revision));
            break;
        }
    }
    json_t *more =
        json_pack("{s:o, s:s}", "file", text_of(file->number), "kind", "internal");
    TRY(write_metadata(package, call, folder, &manuscript, NULL, more));
    TRY(write_decisions(package, call, folder, file->subject, &file->digest));
    return write_forms(package, call, folder, file->subject, &file->digest);
}

static const char *begin_folder(struct package *package, struct call *call,
                                id64 manuscript) {
    const char *id = str_format(call->arena, "%lld", (long long)manuscript).at;
    const char *folder =
        str_format(call->arena, "items/%04lld", (long long)++package->exported.items).at;
    json_t *folders = json_object_get(package->folders, id);
    if (folders == NULL) {
        folders = json_array();
        json_object_set_new(package->folders, id, folders);
    }
    json_array_append_new(folders, json_string(folder));
    return folder;
}

/* Fields and files in the order in which they were digested. */
static enum status write_content(struct package *package, struct call *call,
                                 const char *folder, const struct revision *revision) {
    const struct content *content = &revision->content;
    json_t *fields = json_array();
    json_t *files = json_array();
    for (size_t i = 0; i < content->field_count; i++) {
        json_array_append_new(fields,
                              json_pack("[o, o]", text_of(content->fields[i].name),
                                        text_of(content->fields[i].value)));
    }
    for (size_t i = 0; i < content->attachment_count; i++) {
        const struct attachment *file = &content->attachments[i];
        json_array_append_new(
            files,
            json_pack("{s:o, s:o, s:i, s:I, s:o, s:o, s:s}", "name", text_of(file->name),
                      "digest", digest_text_of(call, &file->digest), "profile",
                      file->digest.profile, "size", (json_int_t)file->size, "type",
                      text_of(file->media_type), "alt", text_of(file->alt), "place",
                      file->in_body ? "body" : "file"));
    }
    TRY(write_json(package, call, folder, "content.json",
                   json_pack("{s:o, s:o, s:o, s:o, s:o, s:i}", "digest",
                             digest_text_of(call, &revision->digest), "title",
                             text_of(content->title), "body", text_of(content->body),
                             "fields", fields, "attachments", files, "revision",
                             revision->number)));
    return write_attachments(package, call, folder, content);
}

static enum status write_attachments(struct package *package, struct call *call,
                                     const char *folder, const struct content *content) {
    for (size_t i = 0; i < content->attachment_count; i++) {
        const struct digest *digest = &content->attachments[i].digest;
        struct str hex =
            bytes_to_hex(call->arena, (struct bytes){digest->at, DIGEST_SIZE});
        struct bytes bytes;
        enum status found = manuscript_file(call, digest, &bytes);
        if (found == ABSENT) {
            package->exported.missing++;
            continue;
        }
        TRY(found);
        TRY(package_write(
            package, call,
            str_format(call->arena, "%s/attachments/%.*s", folder, STR_ARG(hex)).at,
            bytes));
    }
    return DONE;
}

/* What stands in the public tree, or what was kept when it was taken away. */
static enum status write_page(struct package *package, struct call *call,
                              const char *folder, const struct release *release) {
    struct site site;
    struct bytes page;
    TRY(site_find(call, release->site, &site));
    enum status read = kept_page(call, release, site.code, &page);
    if (read == ABSENT) {
        const char *path =
            str_format(call->arena, "%s/public/%.*s/%.*s", call->house->workspace,
                       STR_ARG(site.code), STR_ARG(release->path))
                .at;
        read = file_read(call->arena, path, PAGE_MOST, &page);
    }
    if (read == ABSENT) {
        package->exported.missing++;
        return DONE;
    }
    TRY(read);
    return package_write(package, call,
                         str_format(call->arena, "%s/page.html", folder).at, page);
}

static enum status kept_page(struct call *call, const struct release *release,
                             struct str site, struct bytes *out_page) {
    struct ledger_list history;
    if (release->ended_at == 0 || release->state == RELEASE_EXPIRED) {
        return ABSENT;
    }
    TRY(ledger_history(call, (struct subject){SUBJECT_MANUSCRIPT, release->manuscript},
                       &history));
    for (size_t i = 0; i < history.count; i++) {
        if (!str_is(history.at[i].act, "publication.withdraw") ||
            !digest_equal(&history.at[i].digest, &release->digest)) {
            continue;
        }
        struct sealing sealing = {0};
        sealing_read(call, &history.at[i], &sealing);
        for (size_t j = 0; j < sealing.page_count; j++) {
            if (str_equal(sealing.pages[j].site, site) &&
                str_equal(sealing.pages[j].path, release->path)) {
                return file_read(call->arena, sealed_path(call, &sealing.pages[j].digest),
                                 PAGE_MOST, out_page);
            }
        }
    }
    return ABSENT;
}

static enum status write_metadata(struct package *package, struct call *call,
                                  const char *folder, const struct manuscript *manuscript,
                                  const struct release *release, json_t *more) {
    struct people_unit unit = {.title = STR("")};
    struct people_brief author;
    struct column column = {.path = STR(""), .title = STR("")};
    TRY(people_unit(call, manuscript->unit, &unit));
    TRY(people_person_brief(call, manuscript->author, &author));
    enum status found = site_column_find(
        call, release == NULL ? manuscript->column : release->column, &column);
    if (found != DONE && found != ABSENT) {
        json_decref(more);
        return found;
    }
    json_object_set_new(more, "manuscript", id_of(call, manuscript->id));
    json_object_set_new(more, "unit", text_of(unit.title));
    json_object_set_new(more, "handler", text_of(author.name));
    json_object_set_new(more, "class", text_of(manuscript->item_class));
    json_object_set_new(more, "column", text_of(column.path));
    json_object_set_new(more, "column_title", text_of(column.title));
    json_object_set_new(more, "migrated", json_boolean(manuscript->migrated));
    if (release != NULL) {
        struct people_brief releaser;
        TRY(people_person_brief(call, release->releaser, &releaser));
        json_object_set_new(more, "title", text_of(release->title));
        json_object_set_new(more, "path", text_of(release->path));
        json_object_set_new(more, "number", json_integer(release->number));
        json_object_set_new(
            more, "released_at",
            text_of(instant_to_rfc3339(call->arena, release->released_at)));
        json_object_set_new(more, "releaser", text_of(releaser.name));
        json_object_set_new(more, "state",
                            json_string(release_state_name(release->state)));
        json_object_set_new(more, "reason", text_of(release->reason));
        json_object_set_new(more, "digest", digest_text_of(call, &release->digest));
    }
    return write_json(package, call, folder, "metadata.json", more);
}

static enum status write_decisions(struct package *package, struct call *call,
                                   const char *folder, struct subject subject,
                                   const struct digest *digest) {
    struct run *runs;
    size_t run_count;
    TRY(review_runs_peek(call, subject, &runs, &run_count));
    json_t *list = json_array();
    for (size_t i = 0; i < run_count; i++) {
        struct decision *decisions;
        size_t count;
        if (!digest_equal(&runs[i].digest, digest)) {
            continue;
        }
        enum status read = approval_history(call, runs[i].id, &decisions, &count);
        if (read != DONE) {
            json_decref(list);
            return read;
        }
        for (size_t j = 0; j < count; j++) {
            json_array_append_new(list, tell_decision(call, &decisions[j]));
        }
    }
    return write_json(package, call, folder, "decisions.json",
                      json_pack("{s:o}", "decisions", list));
}

static json_t *tell_decision(struct call *call, const struct decision *decision) {
    struct people_brief person;
    json_t *answers = json_object();
    struct str name = people_person_brief(call, decision->person, &person) == DONE
                          ? person.name
                          : STR("");
    for (size_t i = 0; i < decision->answer_count; i++) {
        json_object_set_new(answers, str_text(call->arena, decision->answers[i].question),
                            text_of(decision->answers[i].value));
    }
    return json_pack(
        "{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:i, s:i, s:o, s:o}", "step",
        text_of(decision->step), "outcome", text_of(decision->outcome), "opinion",
        text_of(decision->opinion), "person", id_of(call, decision->person), "name",
        text_of(name), "role", text_of(decision->role), "digest",
        digest_text_of(call, &decision->digest), "channel", text_of(decision->channel),
        "round", decision->round, "turn", decision->turn, "at",
        text_of(instant_to_rfc3339(call->arena, decision->at)), "answers", answers);
}

/* Every form of the text; one whose sheet was never made is made now. */
static enum status write_forms(struct package *package, struct call *call,
                               const char *folder, struct subject subject,
                               const struct digest *digest) {
    const struct rulebook *book;
    struct manuscript manuscript;
    TRY(manuscript_peek(call, subject.id, &manuscript));
    TRY(site_rulebook(call, manuscript.site, &book));
    for (size_t i = 0; i < book->series_count; i++) {
        struct str series = book->series[i].code;
        struct form form;
        struct bytes pdf;
        enum status found =
            review_form_of(call, manuscript.site, series, subject, digest, &form);
        if (found == ABSENT) {
            continue;
        }
        TRY(found);
        found = form.made_at == 0 ? review_make_form(call, form.id, &form) : DONE;
        found = found == DONE ? filing_form_pdf(call, &form, &pdf) : found;
        if (found != DONE) {
            call_forgive(call);
            package->exported.missing++;
            continue;
        }
        TRY(package_write(
            package, call,
            str_format(call->arena, "%s/form-%.*s.pdf", folder, STR_ARG(series)).at,
            pdf));
        TRY(package_write(
            package, call,
            str_format(call->arena, "%s/form-%.*s.json", folder, STR_ARG(series)).at,
            bytes_of_str(form.content)));
    }
    return DONE;
}

static enum status write_json(struct package *package, struct call *call,
                              const char *folder, const char *name, json_t *json) {
    struct str text = ledger_payload(call, json);
    return package_write(package, call, str_format(call->arena, "%s/%s", folder, name).at,
                         bytes_of_str(text));
}

static json_t *text_of(struct str text) { return json_stringn(text.at, text.length); }

static json_t *id_of(struct call *call, id64 id) {
    return text_of(str_format(call->arena, "%lld", (long long)id));
}

static json_t *digest_text_of(struct call *call, const struct digest *digest) {
    return text_of(digest_to_text(call->arena, digest));
}

/* ---- files ---- */

/* Not made durable one by one: a package that a power cut broke is made again. */
enum status package_put(struct package *package, const char *path, struct bytes bytes) {
    char full[4096];
    snprintf(full, sizeof full, "%s/%s", package->directory, path);
    char *slash = strrchr(full, '/');
    *slash = '\0';
    TRY(file_make_directory(full));
    *slash = '/';
    FILE *file = fopen(full, "wbe");
    if (file == NULL) {
        return log_failed("%s could not be written", full);
    }
    bool written = fwrite(bytes.at, 1, bytes.length, file) == bytes.length;
    return fclose(file) == 0 && written ? DONE
                                        : log_failed("%s could not be written", full);
}

enum status package_write(struct package *package, struct call *call, const char *path,
                          struct bytes bytes) {
    struct digest digest = digest_of(DIGEST_SHA256, bytes);
    struct str hex = bytes_to_hex(call->arena, (struct bytes){digest.at, DIGEST_SIZE});
    TRY(package_put(package, path, bytes));
    json_array_append_new(package->files, json_pack("{s:s, s:I, s:s%}", "path", path,
                                                    "size", (json_int_t)bytes.length,
                                                    "sha256", hex.at, hex.length));
    package->exported.files++;
    package->exported.bytes += (int64_t)bytes.length;
    return DONE;
}

enum status package_list(struct package *package, const char *path) {
    struct arena *arena = package->call->arena;
    struct digesting digesting;
    char block[65536];
    char full[4096];
    int64_t size = 0;
    snprintf(full, sizeof full, "%s/%s", package->directory, path);
    FILE *file = fopen(full, "rbe");
    if (file == NULL) {
        return DONE;
    }
    digest_begin(&digesting, DIGEST_SHA256);
    for (size_t got; (got = fread(block, 1, sizeof block, file)) > 0;) {
        digest_add(&digesting, block, got);
        size += (int64_t)got;
    }
    bool failed = ferror(file) != 0;
    fclose(file);
    struct digest digest = digest_end(&digesting);
    struct str hex = bytes_to_hex(arena, (struct bytes){digest.at, DIGEST_SIZE});
    if (failed) {
        return log_failed("%s could not be read", full);
    }
    json_array_append_new(package->files,
                          json_pack("{s:s, s:I, s:s%}", "path", path, "size",
                                    (json_int_t)size, "sha256", hex.at, hex.length));
    package->exported.files++;
    package->exported.bytes += size;
    return DONE;
}
