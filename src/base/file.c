/*
 * The write order of file.h, once.
 */
#include "file.h"

#include "log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATH_ROOM 4096

static enum status write_all(int descriptor, struct bytes bytes, const char *path);
static enum status sync_parent(const char *path);
static void parent_of(const char *path, char *out_directory, size_t room);
static enum status write_whole(const char *path, struct bytes bytes, mode_t mode);
static enum status write_and_sync(const char *temporary, struct bytes bytes, mode_t mode);

enum status file_read(struct arena *arena, const char *path, size_t most,
                      struct bytes *out_bytes) {
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        return errno == ENOENT || errno == ENOTDIR
                   ? ABSENT
                   : log_failed("open %s: %s", path, strerror(errno));
    }
    struct stat facts;
    if (fstat(descriptor, &facts) != 0 || !S_ISREG(facts.st_mode)) {
        close(descriptor);
        return ABSENT;
    }
    if ((uint64_t)facts.st_size > most) {
        close(descriptor);
        return REFUSED;
    }
    size_t size = (size_t)facts.st_size;
    unsigned char *at = arena_take(arena, size + 1);
    size_t got = 0;
    while (got < size) {
        ssize_t part = read(descriptor, at + got, size - got);
        if (part < 0 && errno == EINTR) {
            continue;
        }
        if (part <= 0) {
            break;
        }
        got += (size_t)part;
    }
    close(descriptor);
    if (got != size) {
        return log_failed("read %s: %zu of %zu bytes", path, got, size);
    }
    *out_bytes = (struct bytes){at, size};
    return DONE;
}

enum status file_write(const char *path, struct bytes bytes) {
    return write_whole(path, bytes, 0640);
}

enum status file_write_secret(const char *path, struct bytes bytes) {
    return write_whole(path, bytes, 0600);
}

static enum status write_whole(const char *path, struct bytes bytes, mode_t mode) {
    static atomic_uint serial;
    char temporary[PATH_ROOM + 64];
    char directory[PATH_ROOM];
    parent_of(path, directory, sizeof directory);
    int length = snprintf(temporary, sizeof temporary, "%s/.%d-%u.tmp", directory,
                          (int)getpid(), atomic_fetch_add(&serial, 1));
    if (length < 0 || (size_t)length >= sizeof temporary) {
        return log_failed("the path %.80s… is too long", path);
    }
    enum status written = write_and_sync(temporary, bytes, mode);
    if (written == ABSENT) {
        TRY(file_make_directory(directory));
        written = write_and_sync(temporary, bytes, mode);
    }
    if (written != DONE) {
        unlink(temporary);
        return FAILED;
    }
    if (rename(temporary, path) != 0) {
        enum status failed = log_failed("rename to %s: %s", path, strerror(errno));
        unlink(temporary);
        return failed;
    }
    return sync_parent(path);
}

enum status file_drop(const char *path, struct bytes bytes) {
    char temporary[PATH_ROOM + 64];
    int length = snprintf(temporary, sizeof temporary, "%s.%d.tmp", path, (int)getpid());
    if (length < 0 || (size_t)length >= sizeof temporary) {
        return log_failed("the path %.80s… is too long", path);
    }
    enum status written = write_and_sync(temporary, bytes, 0640);
    if (written == ABSENT) {
        return ABSENT;
    }
    /* Whoever is let into the directory may read it, whatever the umask says. */
    if (written == DONE && chmod(temporary, 0644) != 0) {
        written = log_failed("chmod %s: %s", temporary, strerror(errno));
    }
    if (written == DONE && rename(temporary, path) != 0) {
        written = log_failed("rename to %s: %s", path, strerror(errno));
    }
    if (written != DONE) {
        unlink(temporary);
    }
    return written;
}

enum status file_remove(const char *path) {
    if (unlink(path) != 0) {
        return errno == ENOENT || errno == ENOTDIR
                   ? DONE
                   : log_failed("remove %s: %s", path, strerror(errno));
    }
    return sync_parent(path);
}

enum status file_make_directory(const char *path) {
    if (mkdir(path, 0750) == 0) {
        return sync_parent(path);
    }
    if (errno == EEXIST) {
        return DONE;
    }
    int cause = errno;
    char above[PATH_ROOM];
    parent_of(path, above, sizeof above);
    if (cause != ENOENT || strcmp(above, ".") == 0 || strcmp(above, path) == 0) {
        return log_failed("make directory %s: %s", path, strerror(cause));
    }
    TRY(file_make_directory(above));
    if (mkdir(path, 0750) != 0 && errno != EEXIST) {
        return log_failed("make directory %s: %s", path, strerror(errno));
    }
    return sync_parent(path);
}

enum status file_sync_directory(const char *path) {
    int descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) {
        return log_failed("open directory %s: %s", path, strerror(errno));
    }
    int synced = fsync(descriptor);
    int cause = errno;
    close(descriptor);
    return synced == 0 ? DONE
                       : log_failed("fsync directory %s: %s", path, strerror(cause));
}

bool file_exists(const char *path) { return access(path, F_OK) == 0; }

bool file_path_is_tame(struct str path) {
    if (path.length == 0 || path.length > 1024) {
        return false;
    }
    for (size_t i = 0; i < path.length; i++) {
        unsigned char byte = (unsigned char)path.at[i];
        if (byte < 0x20 || byte == 0x7f || byte == '\\') {
            return false;
        }
    }
    struct str rest = path;
    for (bool more = true; more;) {
        more = memchr(rest.at, '/', rest.length) != NULL;
        struct str part = str_cut(&rest, '/');
        if (part.length == 0 || str_is(part, ".") || str_is(part, "..")) {
            return false;
        }
    }
    return true;
}

/* ABSENT if the directory is missing, so that the caller makes it once. */
static enum status write_and_sync(const char *temporary, struct bytes bytes,
                                  mode_t mode) {
    int descriptor =
        open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    if (descriptor < 0) {
        return errno == ENOENT ? ABSENT
                               : log_failed("create %s: %s", temporary, strerror(errno));
    }
    enum status written = write_all(descriptor, bytes, temporary);
    if (written == DONE && fsync(descriptor) != 0) {
        written = log_failed("fsync %s: %s", temporary, strerror(errno));
    }
    if (close(descriptor) != 0 && written == DONE) {
        written = log_failed("close %s: %s", temporary, strerror(errno));
    }
    return written;
}

static enum status write_all(int descriptor, struct bytes bytes, const char *path) {
    for (size_t written = 0; written < bytes.length;) {
        ssize_t part = write(descriptor, bytes.at + written, bytes.length - written);
        if (part < 0 && errno == EINTR) {
            continue;
        }
        if (part <= 0) {
            return log_failed("write %s: %s", path, strerror(errno));
        }
        written += (size_t)part;
    }
    return DONE;
}

static enum status sync_parent(const char *path) {
    char directory[PATH_ROOM];
    parent_of(path, directory, sizeof directory);
    return file_sync_directory(directory);
}

static void parent_of(const char *path, char *out_directory, size_t room) {
    const char *slash = strrchr(path, '/');
    if (slash == NULL) {
        snprintf(out_directory, room, ".");
    } else if (slash == path) {
        snprintf(out_directory, room, "/");
    } else {
        snprintf(out_directory, room, "%.*s", (int)(slash - path), path);
    }
}
