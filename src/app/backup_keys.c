/*
 * The keys of a workspace in a backup: one file, which opens with the passphrases of two
 * persons together and with neither alone.
 */
#include "backup_own.h"

#include "keys/keys.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define LABEL          "shenfa keys 1"
#define KEYS_MOST      ((size_t)16 << 20)
#define SALTS          (2 * KEY_SALT_SIZE)
#define PASSWORD_LEAST 12

extern char **environ;

/* What goes along: directories by their files, and single files. */
static const char *const places[] = {"keys", "signer/key", "notice.conf"};

static enum status gather(struct arena *arena, const char *workspace, struct str path,
                          struct buffer *out);
static enum status read_passphrase(struct cli *cli, const char *option,
                                   struct str *out_text);
static enum status write_secretly(struct arena *arena, const char *path,
                                  struct bytes bytes);

enum status keys_lock_up(struct cli *cli, const char *workspace, const char *path) {
    struct arena *arena = cli->call->arena;
    struct key_secret secret;
    struct buffer plain;
    struct bytes salt = call_random(cli->call, SALTS);
    TRY(backup_secret(cli, salt, &secret));
    buffer_init(&plain, arena);
    for (size_t i = 0; i < LENGTH(places); i++) {
        TRY(gather(arena, workspace, str_of(places[i]), &plain));
    }
    struct bytes locked =
        key_lock(arena, &secret, STR(LABEL), bytes_of_str(buffer_str(&plain)));
    key_wipe(plain.at, plain.length);
    key_wipe(&secret, sizeof secret);
    struct buffer file;
    buffer_init(&file, arena);
    buffer_add(&file, (struct str){(const char *)salt.at, salt.length});
    buffer_add(&file, (struct str){(const char *)locked.at, locked.length});
    return file_write(path, bytes_of_str(buffer_str(&file)));
}

enum status keys_put_back(struct cli *cli, const char *path, const char *workspace) {
    struct arena *arena = cli->call->arena;
    struct key_secret secret;
    struct bytes file;
    struct bytes plain;
    TRY(file_read(arena, path, KEYS_MOST, &file));
    if (file.length < SALTS) {
        return REFUSED;
    }
    TRY(backup_secret(cli, (struct bytes){file.at, SALTS}, &secret));
    enum status opened =
        key_unlock(arena, &secret, STR(LABEL),
                   (struct bytes){file.at + SALTS, file.length - SALTS}, &plain);
    key_wipe(&secret, sizeof secret);
    if (opened != DONE) {
        fputs("shenfa: the keys do not open with these two passphrases\n", stderr);
        return REFUSED;
    }
    struct str rest = {(const char *)plain.at, plain.length};
    while (!str_is_empty(rest)) {
        int64_t length = 0;
        struct str name = str_cut(&rest, '\n');
        if (!file_path_is_tame(name) ||
            str_to_int(str_cut(&rest, '\n'), &length) != DONE || length < 0 ||
            (size_t)length > rest.length) {
            return log_failed("the locked keys are not what was locked");
        }
        struct str bytes = str_part(rest, 0, (size_t)length);
        rest = str_part(rest, (size_t)length, rest.length);
        TRY(write_secretly(arena, backup_below(arena, workspace, name),
                           bytes_of_str(bytes)));
    }
    key_wipe((void *)plain.at, plain.length);
    return DONE;
}

enum status backup_secret(struct cli *cli, struct bytes salt,
                          struct key_secret *out_secret) {
    struct str one;
    struct str other;
    struct key_secret secrets[2];
    enum status first = read_passphrase(cli, "passphrase", &one);
    enum status second = read_passphrase(cli, "second-passphrase", &other);
    if (first == ABSENT && second == ABSENT) {
        return ABSENT;
    }
    if (first != DONE || second != DONE || str_equal(one, other)) {
        fputs("shenfa: the keys want two passphrases, of two persons, each of at least "
              "12 characters\n",
              stderr);
        return REFUSED;
    }
    TRY(key_secret_from_password(one, (struct bytes){salt.at, KEY_SALT_SIZE},
                                 &secrets[0]));
    TRY(key_secret_from_password(
        other, (struct bytes){salt.at + KEY_SALT_SIZE, KEY_SALT_SIZE}, &secrets[1]));
    *out_secret = key_secret_of_both(&secrets[0], &secrets[1]);
    key_wipe(secrets, sizeof secrets);
    return DONE;
}

/* Name, length, bytes; directories are not entered deeper. */
static enum status gather(struct arena *arena, const char *workspace, struct str path,
                          struct buffer *out) {
    const char *place = backup_below(arena, workspace, path);
    struct bytes bytes;
    DIR *directory = opendir(place);
    if (directory == NULL) {
        enum status read = file_read(arena, place, KEYS_MOST, &bytes);
        if (read != DONE) { /* a signer of another user keeps its own */
            return read == ABSENT || errno == EACCES ? DONE : read;
        }
        buffer_add_format(out, "%.*s\n%zu\n", STR_ARG(path), bytes.length);
        buffer_add(out, (struct str){(const char *)bytes.at, bytes.length});
        return DONE;
    }
    enum status status = DONE;
    for (struct dirent *entry; status == DONE && (entry = readdir(directory)) != NULL;) {
        if (entry->d_name[0] != '.' && entry->d_type == DT_REG) {
            status =
                gather(arena, workspace,
                       str_format(arena, "%.*s/%s", STR_ARG(path), entry->d_name), out);
        }
    }
    closedir(directory);
    return status;
}

static enum status read_passphrase(struct cli *cli, const char *option,
                                   struct str *out_text) {
    const char *path = cli_option(cli, option);
    struct bytes bytes;
    if (path == NULL) {
        return ABSENT;
    }
    if (file_read(cli->call->arena, path, 4096, &bytes) != DONE) {
        return REFUSED;
    }
    *out_text = str_trim((struct str){(const char *)bytes.at, bytes.length});
    return out_text->length < PASSWORD_LEAST ? REFUSED : DONE;
}

static enum status write_secretly(struct arena *arena, const char *path,
                                  struct bytes bytes) {
    char *above = (char *)str_text(arena, str_of(path));
    *strrchr(above, '/') = '\0';
    if (mkdir(above, 0700) != 0 && errno != EEXIST) {
        return log_failed("make %s: %s", above, strerror(errno));
    }
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    bool written = file >= 0 &&
                   write(file, bytes.at, bytes.length) == (ssize_t)bytes.length &&
                   fsync(file) == 0;
    int cause = errno;
    if (file >= 0) {
        close(file);
    }
    return written ? file_sync_directory(above)
                   : log_failed("write %s: %s", path, strerror(cause));
}

enum status backup_run(const char *const *arguments, const char *out_path) {
    posix_spawn_file_actions_t actions;
    pid_t process;
    int ended = 0;
    posix_spawn_file_actions_init(&actions);
    if (out_path != NULL) {
        posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, out_path,
                                         O_WRONLY | O_CREAT | O_TRUNC, 0600);
    }
    int failed = posix_spawnp(&process, arguments[0], &actions, NULL,
                              (char *const *)(uintptr_t)arguments, environ);
    posix_spawn_file_actions_destroy(&actions);
    if (failed != 0) {
        return log_failed("run %s: %s", arguments[0], strerror(failed));
    }
    while (waitpid(process, &ended, 0) < 0 && errno == EINTR) {
    }
    if (!WIFEXITED(ended) || WEXITSTATUS(ended) > 1) {
        return log_failed("%s ended with status %d", arguments[0], ended);
    }
    return WEXITSTATUS(ended) == 0 ? DONE : REFUSED;
}
