/*
 * Older files (doc, wps, xls, et) through LibreOffice, where it is installed.  It reads
 * them behind walls of its own (sandbox_program) and writes docx or xlsx, which are then
 * read like any other from a stranger.
 */
#include "text/text_own.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CONVERT_SECONDS 50
#define STARTS_MOST     3
#define STARTS_AGAIN    81 /* it has made its profile and wants to be started again */
#define WRITTEN_MOST    ((size_t)48 << 20)

/* What the sandbox is told before the file's bytes. */
enum conversion { CONVERT_DOCUMENT = 'd', CONVERT_WORKBOOK = 'w' };

static bool converts_workbook(const struct file_type *type);
static const char *program_path(void);
static enum sandbox_end run_office(struct arena *arena, const char *folder,
                                   enum conversion to);
static bool write_whole(const char *path, struct bytes bytes);
static bool take_written(const char *path, struct buffer *out);
static void remove_folder(const char *folder);
static int remove_entry(const char *path, const struct stat *found, int kind,
                        struct FTW *place);

bool text_is_older(const struct file_type *type) {
    static const char *const older[] = {"doc", "wps", "xls", "et"};
    for (size_t i = 0; i < LENGTH(older); i++) {
        if (strcmp(type->extension, older[i]) == 0) {
            return true;
        }
    }
    return false;
}

enum status text_convert(struct call *call, const struct file_type *type,
                         struct bytes bytes, struct bytes *out_bytes) {
    if (program_path() == NULL || !sandbox_has_landlock(call->house->sandbox)) {
        return call_refuse(call, REFUSED, "",
                           program_path() == NULL ? "text.convert-missing"
                                                  : "text.convert-no-walls",
                           "extension", type->extension, "newer",
                           converts_workbook(type) ? "xlsx" : "docx", NULL);
    }
    char *input = arena_take(call->arena, bytes.length + 1);
    input[0] = converts_workbook(type) ? CONVERT_WORKBOOK : CONVERT_DOCUMENT;
    memcpy(input + 1, bytes.at, bytes.length);
    struct sandbox_wish wish = {.parser = TEXT_PARSER_CONVERT,
                                .input = {(const unsigned char *)input, bytes.length + 1},
                                .seconds = CONVERT_SECONDS + 10,
                                .most = WRITTEN_MOST};
    struct sandbox_answer answer;
    enum status status = sandbox_run(call->house->sandbox, call->arena, &wish, &answer);
    if (status == FAILED) {
        return FAILED;
    }
    if (status != DONE) {
        return call_refuse(call, REFUSED, "", "text.convert-failed", "extension",
                           type->extension, "newer",
                           converts_workbook(type) ? "xlsx" : "docx", NULL);
    }
    *out_bytes = answer.out;
    return DONE;
}

enum status convert_parse(struct arena *arena, struct bytes input, struct buffer *out) {
    char folder[] = "/tmp/shenfa-XXXXXX";
    if (input.length < 2 || mkdtemp(folder) == NULL) {
        return REFUSED;
    }
    enum conversion to = (enum conversion)input.at[0];
    bool is_workbook = to == CONVERT_WORKBOOK;
    struct bytes file = {input.at + 1, input.length - 1};
    const char *from = str_text(
        arena, str_format(arena, "%s/in.%s", folder, is_workbook ? "xls" : "doc"));
    const char *written = str_text(
        arena, str_format(arena, "%s/in.%s", folder, is_workbook ? "xlsx" : "docx"));
    bool made = write_whole(from, file) &&
                run_office(arena, folder, to) == SANDBOX_ANSWERED &&
                take_written(written, out);
    remove_folder(folder);
    return made ? DONE : REFUSED;
}

static bool converts_workbook(const struct file_type *type) {
    return strcmp(type->extension, "xls") == 0 || strcmp(type->extension, "et") == 0;
}

/* Debian's, and where its own packages put it. */
static const char *program_path(void) {
    static const char *const places[] = {"/usr/lib/libreoffice/program/soffice.bin",
                                         "/usr/lib64/libreoffice/program/soffice.bin",
                                         "/opt/libreoffice/program/soffice.bin"};
    for (size_t i = 0; i < LENGTH(places); i++) {
        if (access(places[i], X_OK) == 0) {
            return places[i];
        }
    }
    return NULL;
}

static enum sandbox_end run_office(struct arena *arena, const char *folder,
                                   enum conversion to) {
    const char *path = program_path();
    bool is_workbook = to == CONVERT_WORKBOOK;
    if (path == NULL) {
        return SANDBOX_CRASHED;
    }
    struct str home = str_format(arena, "HOME=%s", folder);
    struct str temporary = str_format(arena, "TMPDIR=%s", folder);
    struct str profile = str_format(arena, "-env:UserInstallation=file://%s/p", folder);
    struct str name = str_format(arena, "%s/in.%s", folder, is_workbook ? "xls" : "doc");
    const char *const arguments[] = {
        path,
        profile.at,
        "--headless",
        "--nologo",
        "--norestore",
        "--nolockcheck",
        is_workbook ? "--infilter=MS Excel 97" : "--infilter=MS Word 97",
        "--convert-to",
        is_workbook ? "xlsx:Calc MS Excel 2007 XML" : "docx:MS Word 2007 XML",
        "--outdir",
        folder,
        name.at,
        NULL};
    const char *const environment[] = {home.at, temporary.at, "LANG=C.UTF-8", NULL};
    struct sandbox_program program = {
        .path = path,
        .arguments = arguments,
        .environment = environment,
        .home = str_starts(str_of(path), "/opt/") ? "/opt/libreoffice" : NULL,
        .folder = folder,
        .seconds = CONVERT_SECONDS / STARTS_MOST};
    int code = STARTS_AGAIN;
    enum sandbox_end end = SANDBOX_ANSWERED;
    for (int i = 0; i < STARTS_MOST && end == SANDBOX_ANSWERED && code == STARTS_AGAIN;
         i++) {
        end = sandbox_program(&program, &code);
    }
    return end;
}

static bool write_whole(const char *path, struct bytes bytes) {
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    size_t written = 0;
    while (file >= 0 && written < bytes.length) {
        ssize_t part = write(file, bytes.at + written, bytes.length - written);
        if (part <= 0) {
            break;
        }
        written += (size_t)part;
    }
    return file >= 0 && close(file) == 0 && written == bytes.length;
}

/* A name may have become a link to somewhere else. */
static bool take_written(const char *path, struct buffer *out) {
    struct stat found;
    int file = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (file < 0 || fstat(file, &found) != 0 || !S_ISREG(found.st_mode) ||
        found.st_size <= 0 || (uint64_t)found.st_size > WRITTEN_MOST) {
        return false;
    }
    size_t size = (size_t)found.st_size;
    char *at = buffer_room(out, size);
    size_t taken = 0;
    while (taken < size) {
        ssize_t part = read(file, at + taken, size - taken);
        if (part <= 0) {
            return false;
        }
        taken += (size_t)part;
    }
    close(file);
    return true;
}

static void remove_folder(const char *folder) {
    (void)nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
}

static int remove_entry(const char *path, const struct stat *found, int kind,
                        struct FTW *place) {
    (void)found;
    (void)kind;
    (void)place;
    return remove(path);
}
