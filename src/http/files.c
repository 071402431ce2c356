/*
 * Files of a listener: a published tree, or the parts of the office's pages.
 *
 * Small files that are asked for stay in memory as finished responses; each use
 * is preceded by one fstatat, so that a file that was replaced or withdrawn is
 * never served again, not even once.  Symbolic links are never followed.
 */
#include "http_own.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <microhttpd.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PATH_SIZE   1024
#define SMALL       ((off_t)256 * 1024)
#define CACHE_MOST  ((size_t)32 * 1024 * 1024)
#define CACHE_SLOTS 4096

struct kept {
    struct kept *next;
    char *path;
    struct stat stat;
    struct MHD_Response *whole;
    struct MHD_Response *unchanged;
    char tag[80];
};

struct files {
    int root;
    int seconds;
    bool is_public;
    pthread_mutex_t lock; /* everything below */
    struct kept *slots[CACHE_SLOTS];
    size_t bytes;
};

struct range {
    uint64_t from;
    uint64_t length;
};

static bool local_path(struct str path, bool missing, char *out_path);
static int open_below(int root, const char *path);
static bool same_file(const struct stat *a, const struct stat *b);
static struct kept **slot_of(struct files *files, const char *path);
static void write_tag(char *out, size_t size, const struct stat *found);
static bool answer_kept(const struct kept *kept, struct MHD_Connection *connection,
                        bool missing);
static bool asks_for_range(struct MHD_Connection *connection, struct str method,
                           const char *tag);
static bool answer_range(struct files *files, struct MHD_Connection *connection, int file,
                         const char *path, const struct stat *found, const char *tag);
static int read_range(const char *text, uint64_t size, struct range *out_range);
static bool answer_opened(struct files *files, struct MHD_Connection *connection,
                          const char *path, struct str method, bool missing);
static struct kept *keep(struct files *files, const char *path, int file,
                         const struct stat *found);
static void dress(const struct files *files, struct MHD_Response *response,
                  const char *path, const char *tag);
static bool queue(struct MHD_Connection *connection, unsigned status,
                  struct MHD_Response *response);
static bool send_to_folder(struct MHD_Connection *connection, struct str path);
static void forget(struct kept *kept);
static void forget_all(struct files *files);

enum status files_open(const char *directory, int seconds, bool is_public,
                       struct files **out_files) {
    int root = open(directory, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (root < 0) {
        return log_failed("cannot open %s: %s", directory, strerror(errno));
    }
    struct files *files = calloc(1, sizeof *files);
    if (files == NULL) {
        log_fatal("out of memory");
    }
    files->root = root;
    files->seconds = seconds;
    files->is_public = is_public;
    pthread_mutex_init(&files->lock, NULL);
    *out_files = files;
    return DONE;
}

void files_close(struct files *files) {
    if (files == NULL) {
        return;
    }
    forget_all(files);
    pthread_mutex_destroy(&files->lock);
    close(files->root);
    free(files);
}

bool files_answer(struct files *files, struct MHD_Connection *connection,
                  struct str method, struct str path, bool missing) {
    char local[PATH_SIZE];
    struct stat found;
    if (!local_path(path, missing, local) ||
        fstatat(files->root, local, &found, AT_SYMLINK_NOFOLLOW) != 0) {
        return false;
    }
    if (S_ISDIR(found.st_mode)) {
        return send_to_folder(connection, path);
    }
    if (!S_ISREG(found.st_mode)) {
        return false;
    }
    if (MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Range") == NULL) {
        pthread_mutex_lock(&files->lock);
        struct kept **slot = slot_of(files, local);
        struct kept *kept = *slot;
        bool answered = false;
        if (kept != NULL && same_file(&kept->stat, &found)) {
            answered = answer_kept(kept, connection, missing);
        } else if (kept != NULL) {
            *slot = kept->next;
            files->bytes -= (size_t)kept->stat.st_size;
            forget(kept);
        }
        pthread_mutex_unlock(&files->lock);
        if (answered) {
            return true;
        }
    }
    return answer_opened(files, connection, local, method, missing);
}

/* Hidden files are nobody's business; a folder means its index. */
static bool local_path(struct str path, bool missing, char *out_path) {
    if (missing) {
        strcpy(out_path, "404.html");
        return true;
    }
    bool folder = path.length == 0 || str_ends(path, "/");
    if (path.length + sizeof "index.html" > PATH_SIZE || str_starts(path, ".") ||
        str_find(path, STR("/.")) < path.length) {
        return false;
    }
    snprintf(out_path, PATH_SIZE, "%.*s%s", STR_ARG(path), folder ? "index.html" : "");
    return file_path_is_tame(str_of(out_path));
}

static bool answer_opened(struct files *files, struct MHD_Connection *connection,
                          const char *path, struct str method, bool missing) {
    struct stat found;
    char tag[80];
    int file = open_below(files->root, path);
    if (file < 0) {
        return false;
    }
    if (fstat(file, &found) != 0 || !S_ISREG(found.st_mode)) {
        close(file);
        return false;
    }
    write_tag(tag, sizeof tag, &found);
    if (!missing && asks_for_range(connection, method, tag)) {
        return answer_range(files, connection, file, path, &found, tag);
    }
    if (found.st_size <= SMALL) {
        pthread_mutex_lock(&files->lock);
        struct kept *kept = keep(files, path, file, &found);
        bool answered = kept != NULL && answer_kept(kept, connection, missing);
        pthread_mutex_unlock(&files->lock);
        close(file);
        return answered;
    }
    const char *match =
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "If-None-Match");
    if (!missing && match != NULL && strstr(match, tag) != NULL) {
        struct MHD_Response *unchanged =
            MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
        close(file);
        dress(files, unchanged, path, tag);
        bool answered = queue(connection, 304, unchanged);
        MHD_destroy_response(unchanged);
        return answered;
    }
    struct MHD_Response *whole =
        MHD_create_response_from_fd64((uint64_t)found.st_size, file);
    if (whole == NULL) {
        close(file);
        return false;
    }
    dress(files, whole, path, tag);
    bool answered = queue(connection, missing ? 404 : 200, whole);
    MHD_destroy_response(whole);
    return answered;
}

/* Without openat2 (before Linux 5.6) part by part, each without following links. */
static int open_below(int root, const char *path) {
    struct open_how how = {.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK,
                           .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS};
    long opened = syscall(SYS_openat2, root, path, &how, sizeof how);
    if (opened >= 0 || (errno != ENOSYS && errno != EPERM)) {
        return (int)opened;
    }
    struct str rest = str_of(path);
    int at = dup(root);
    while (at >= 0 && rest.length > 0) {
        char part[PATH_SIZE];
        snprintf(part, sizeof part, "%.*s", STR_ARG(str_cut(&rest, '/')));
        int next =
            openat(at, part,
                   O_NOFOLLOW | O_CLOEXEC |
                       (rest.length > 0 ? O_PATH | O_DIRECTORY : O_RDONLY | O_NONBLOCK));
        close(at);
        at = next;
    }
    return at;
}

static bool same_file(const struct stat *a, const struct stat *b) {
    return a->st_ino == b->st_ino && a->st_dev == b->st_dev && a->st_size == b->st_size &&
           a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
           a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* Where the file is kept, or the end of its chain. */
static struct kept **slot_of(struct files *files, const char *path) {
    uint32_t hash = 2166136261U;
    for (const char *at = path; *at != '\0'; at++) {
        hash = (hash ^ (unsigned char)*at) * 16777619U;
    }
    struct kept **slot = &files->slots[hash % CACHE_SLOTS];
    while (*slot != NULL && strcmp((*slot)->path, path) != 0) {
        slot = &(*slot)->next;
    }
    return slot;
}

static void write_tag(char *out, size_t size, const struct stat *found) {
    snprintf(out, size, "\"%llx-%llx%08lx-%llx\"", (unsigned long long)found->st_ino,
             (unsigned long long)found->st_mtim.tv_sec,
             (unsigned long)found->st_mtim.tv_nsec, (unsigned long long)found->st_size);
}

static bool answer_kept(const struct kept *kept, struct MHD_Connection *connection,
                        bool missing) {
    if (missing) {
        return queue(connection, 404, kept->whole);
    }
    const char *match =
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "If-None-Match");
    bool same = match != NULL && strstr(match, kept->tag) != NULL;
    return same ? queue(connection, 304, kept->unchanged)
                : queue(connection, 200, kept->whole);
}

static bool asks_for_range(struct MHD_Connection *connection, struct str method,
                           const char *tag) {
    const char *range = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Range");
    const char *only =
        MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "If-Range");
    return range != NULL && str_is(method, "GET") && strncmp(range, "bytes=", 6) == 0 &&
           strchr(range, ',') == NULL && (only == NULL || strcmp(only, tag) == 0);
}

/* Takes *file*. */
static bool answer_range(struct files *files, struct MHD_Connection *connection, int file,
                         const char *path, const struct stat *found, const char *tag) {
    struct range range;
    char where[80];
    uint64_t size = (uint64_t)found->st_size;
    const char *text = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Range");
    int status = read_range(text + 6, size, &range);
    struct MHD_Response *part = NULL;
    if (status == 206) {
        part = MHD_create_response_from_fd_at_offset64(range.length, file, range.from);
        snprintf(where, sizeof where, "bytes %llu-%llu/%llu",
                 (unsigned long long)range.from,
                 (unsigned long long)(range.from + range.length - 1),
                 (unsigned long long)size);
    } else if (status == 416) {
        part = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
        snprintf(where, sizeof where, "bytes */%llu", (unsigned long long)size);
    } else {
        part = MHD_create_response_from_fd64(size, file);
    }
    if (part == NULL || status == 416) {
        close(file);
    }
    if (part == NULL) {
        return false;
    }
    dress(files, part, path, tag);
    if (status != 200) {
        MHD_add_response_header(part, "Content-Range", where);
    }
    bool answered = queue(connection, (unsigned)status, part);
    MHD_destroy_response(part);
    return answered;
}

/* 206 and a range, 416 if it lies outside, 200 if it is none. */
static int read_range(const char *text, uint64_t size, struct range *out_range) {
    struct str last = str_of(text);
    struct str first = str_trim(str_cut(&last, '-'));
    int64_t from = 0;
    int64_t to = 0;
    last = str_trim(last);
    bool has_from = first.length > 0;
    bool has_to = last.length > 0;
    if (strchr(text, '-') == NULL || (!has_from && !has_to) ||
        (has_from && str_to_int(first, &from) != DONE) ||
        (has_to && str_to_int(last, &to) != DONE) || from < 0 || to < 0 ||
        (has_from && has_to && to < from)) {
        return 200;
    }
    if (!has_from) {
        uint64_t wanted = (uint64_t)to < size ? (uint64_t)to : size;
        *out_range = (struct range){size - wanted, wanted};
        return wanted == 0 ? 416 : 206;
    }
    if ((uint64_t)from >= size) {
        return 416;
    }
    uint64_t end = has_to && (uint64_t)to < size ? (uint64_t)to + 1 : size;
    *out_range = (struct range){(uint64_t)from, end - (uint64_t)from};
    return 206;
}

/* Reads the file and keeps it; NULL if it could not be read whole. */
static struct kept *keep(struct files *files, const char *path, int file,
                         const struct stat *found) {
    size_t size = (size_t)found->st_size;
    char *bytes = malloc(size + 1);
    struct kept *kept = calloc(1, sizeof *kept);
    char *name = strdup(path);
    if (bytes == NULL || kept == NULL || name == NULL) {
        log_fatal("out of memory");
    }
    kept->path = name;
    if (pread(file, bytes, size, 0) != (ssize_t)size) {
        free(bytes);
        free(name);
        free(kept);
        return NULL;
    }
    if (files->bytes + size > CACHE_MOST) {
        forget_all(files);
    }
    kept->stat = *found;
    write_tag(kept->tag, sizeof kept->tag, found);
    kept->whole = MHD_create_response_from_buffer(size, bytes, MHD_RESPMEM_MUST_FREE);
    kept->unchanged = MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    dress(files, kept->whole, path, kept->tag);
    dress(files, kept->unchanged, path, kept->tag);
    struct kept **slot = slot_of(files, path);
    if (*slot != NULL) { /* another thread was faster */
        struct kept *old = *slot;
        *slot = old->next;
        files->bytes -= (size_t)old->stat.st_size;
        forget(old);
    }
    kept->next = *slot;
    *slot = kept;
    files->bytes += size;
    return kept;
}

static void dress(const struct files *files, struct MHD_Response *response,
                  const char *path, const char *tag) {
    char caching[40] = "no-cache";
    if (files->seconds > 0) {
        snprintf(caching, sizeof caching, "max-age=%d", files->seconds);
    }
    MHD_add_response_header(response, "Content-Type", http_type_of(str_of(path)));
    MHD_add_response_header(response, "ETag", tag);
    MHD_add_response_header(response, "Cache-Control", caching);
    MHD_add_response_header(response, "Accept-Ranges", "bytes");
    for (size_t i = 0; i < security_header_count; i++) {
        MHD_add_response_header(response, security_headers[i].name,
                                security_headers[i].value);
    }
}

static bool queue(struct MHD_Connection *connection, unsigned status,
                  struct MHD_Response *response) {
    return MHD_queue_response(connection, status, response) == MHD_YES;
}

/* "/a/b" is a folder: its pages stand below "/a/b/". */
static bool send_to_folder(struct MHD_Connection *connection, struct str path) {
    char where[PATH_SIZE];
    size_t start = path.length;
    while (start > 0 && path.at[start - 1] != '/') {
        start--;
    }
    struct str name = str_part(path, start, path.length);
    for (size_t i = 0; i < name.length; i++) {
        char byte = name.at[i];
        bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                     (byte >= '0' && byte <= '9') || byte == '-' || byte == '_';
        if (!plain) {
            return false;
        }
    }
    if (name.length == 0) {
        return false;
    }
    snprintf(where, sizeof where, "%.*s/", STR_ARG(name));
    struct MHD_Response *response =
        MHD_create_response_from_buffer(0, NULL, MHD_RESPMEM_PERSISTENT);
    MHD_add_response_header(response, "Location", where);
    for (size_t i = 0; i < security_header_count; i++) {
        MHD_add_response_header(response, security_headers[i].name,
                                security_headers[i].value);
    }
    bool answered = queue(connection, 301, response);
    MHD_destroy_response(response);
    return answered;
}

static void forget(struct kept *kept) {
    MHD_destroy_response(kept->whole);
    MHD_destroy_response(kept->unchanged);
    free(kept->path);
    free(kept);
}

static void forget_all(struct files *files) {
    for (size_t i = 0; i < CACHE_SLOTS; i++) {
        while (files->slots[i] != NULL) {
            struct kept *kept = files->slots[i];
            files->slots[i] = kept->next;
            forget(kept);
        }
    }
    files->bytes = 0;
}
