/*
 * The public listener's way from a path to a file.  Nothing but the tree is
 * asked; a path that the tree could not hold is simply not there.
 *
 * "/zz/X" is X under the elder stylesheet: the file below zz/ if there is one
 * (only the stylesheet is), else the plain one.
 */
#include "publication_own.h"

#include <string.h>
#include <sys/stat.h>

static const struct {
    const char *ending;
    const char *type;
} types[] = {
    {".html", "text/html; charset=utf-8"},
    {".htm", "text/html; charset=utf-8"},
    {".shtml", "text/html; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".xml", "application/xml; charset=utf-8"},
    {".txt", "text/plain; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".json", "application/json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".jpeg", "image/jpeg"},
    {".gif", "image/gif"},
    {".webp", "image/webp"},
    {".pdf", "application/pdf"},
    {".ofd", "application/ofd"},
};

static bool is_file(struct str path);
static bool is_directory(struct str path);
static struct str in_tree(struct call *call, const char *root, struct str path);
static void found_file(struct public_answer *answer, int status, struct str file,
                       struct str name);
static bool locate_in(struct call *call, const char *root, struct str path,
                      struct public_answer *answer);
static const char *type_of(struct str name);

enum status publication_locate(struct call *call, struct str site_code, struct str path,
                               struct public_answer *out_answer) {
    struct public_answer answer = {
        .status = 404, .file = STR(""), .type = types[0].type, .target = STR("")};
    if (!address_code_fits(site_code)) {
        *out_answer = answer;
        return DONE;
    }
    const char *root = site_tree_path(call, site_code);
    while (str_starts(path, "/")) {
        path = str_part(path, 1, path.length);
    }
    struct str plain = path;
    answer.no_index = str_starts(path, "zz/") || str_is(path, "zz");
    bool found =
        answer.no_index && locate_in(call, root, path, &answer) && answer.status == 200;
    if (answer.no_index && !found) {
        answer.status = 404;
        plain = str_part(path, strlen("zz/"), path.length);
        if (str_is(path, "zz")) {
            answer.status = 301;
            answer.target = STR("/zz/");
            *out_answer = answer;
            return DONE;
        }
    }
    if (!found && !locate_in(call, root, plain, &answer)) {
        struct str missing = in_tree(call, root, STR("404.html"));
        if (is_file(missing)) {
            found_file(&answer, 404, missing, STR("404.html"));
        }
    }
    if (answer.status == 301 && answer.no_index) {
        answer.target = str_format(call->arena, "/zz%.*s", STR_ARG(answer.target));
    }
    *out_answer = answer;
    return DONE;
}

static bool locate_in(struct call *call, const char *root, struct str path,
                      struct public_answer *answer) {
    struct str name = path;
    if (path.length == 0 || str_ends(path, "/")) {
        name = str_format(call->arena, "%.*sindex.html", STR_ARG(path));
    }
    if (!address_is_ours(name)) {
        return false;
    }
    struct str file = in_tree(call, root, name);
    if (is_file(file) && !str_ends(name, ".gone")) {
        found_file(answer, 200, file, name);
        return true;
    }
    struct str gone = in_tree(call, root, address_gone(call->arena, name));
    if (is_file(gone)) {
        found_file(answer, 410, gone, STR(".html"));
        return true;
    }
    if (!str_equal(name, path) || !is_directory(file)) {
        return false;
    }
    answer->status = 301;
    answer->target = str_format(call->arena, "/%.*s/", STR_ARG(path));
    return true;
}

static void found_file(struct public_answer *answer, int status, struct str file,
                       struct str name) {
    answer->status = status;
    answer->file = file;
    answer->type = type_of(name);
}

static struct str in_tree(struct call *call, const char *root, struct str path) {
    return str_format(call->arena, "%s/%.*s", root, STR_ARG(path));
}

static bool is_file(struct str path) {
    struct stat facts;
    return lstat(path.at, &facts) == 0 && S_ISREG(facts.st_mode);
}

static bool is_directory(struct str path) {
    struct stat facts;
    return lstat(path.at, &facts) == 0 && S_ISDIR(facts.st_mode);
}

static const char *type_of(struct str name) {
    if (str_is(name, "feed.xml") || str_ends(name, "/feed.xml")) {
        return "application/atom+xml; charset=utf-8";
    }
    for (size_t i = 0; i < LENGTH(types); i++) {
        if (str_ends(name, types[i].ending)) {
            return types[i].type;
        }
    }
    return "application/octet-stream";
}
