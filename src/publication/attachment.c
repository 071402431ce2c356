/*
 * Attachments and pictures as the public gets them: beside the page, numbered,
 * with the extension of their type and no other part of the uploader's name.
 */
#include "publication_own.h"

#include <string.h>

#define EXTENSION_MOST 5
#define FILES          "/files/"

static const struct attachment *find_file(const struct content *content, struct str name,
                                          struct arena *arena, int *out_ordinal);
static struct str file_name(struct str path);

struct str attachment_extension(struct arena *arena, const struct attachment *file) {
    size_t dot = file->name.length;
    while (dot > 0 && file->name.at[dot - 1] != '.') {
        dot--;
    }
    struct str end = str_part(file->name, dot, file->name.length);
    if (dot == 0 || end.length == 0 || end.length > EXTENSION_MOST) {
        return STR("bin");
    }
    char *extension = arena_take(arena, end.length + 1);
    for (size_t i = 0; i < end.length; i++) {
        char byte = end.at[i];
        bool capital = byte >= 'A' && byte <= 'Z';
        bool plain = (byte >= 'a' && byte <= 'z') || (byte >= '0' && byte <= '9');
        if (!capital && !plain) {
            return STR("bin");
        }
        extension[i] = capital ? (char)(byte + ('a' - 'A')) : byte;
    }
    return (struct str){extension, end.length};
}

struct str attachment_type(struct arena *arena, struct str extension) {
    char *type = arena_take(arena, extension.length + 1);
    for (size_t i = 0; i < extension.length; i++) {
        char byte = extension.at[i];
        type[i] = byte >= 'a' && byte <= 'z' ? (char)(byte - ('a' - 'A')) : byte;
    }
    return (struct str){type, extension.length};
}

struct str body_for_public(struct arena *arena, const struct content *content,
                           struct str item_path) {
    const struct str mark = STR("=\"" FILES);
    if (str_find(content->body, mark) == content->body.length) {
        return content->body;
    }
    struct buffer out;
    buffer_init(&out, arena);
    struct str rest = content->body;
    for (size_t at; (at = str_find(rest, mark)) < rest.length;) {
        buffer_add(&out, str_part(rest, 0, at + strlen("=\"")));
        rest = str_part(rest, at + mark.length, rest.length);
        struct str name = str_cut(&rest, '"');
        int ordinal;
        const struct attachment *file = find_file(content, name, arena, &ordinal);
        if (file != NULL) {
            struct str extension = attachment_extension(arena, file);
            buffer_add(&out, file_name(address_attachment(arena, item_path, ordinal,
                                                          extension)));
        }
        buffer_add_char(&out, '"');
    }
    buffer_add(&out, rest);
    return buffer_str(&out);
}

/* The editor names a kept file by its digest, imports by its name. */
static const struct attachment *find_file(const struct content *content, struct str name,
                                          struct arena *arena, int *out_ordinal) {
    for (size_t i = 0; i < content->attachment_count; i++) {
        const struct attachment *file = &content->attachments[i];
        struct str digest = digest_to_text(arena, &file->digest);
        struct str hex =
            bytes_to_hex(arena, (struct bytes){file->digest.at, DIGEST_SIZE});
        if (str_equal(name, file->name) || str_equal(name, digest) ||
            str_starts(name, hex.at)) {
            *out_ordinal = (int)i + 1;
            return file;
        }
    }
    return NULL;
}

static struct str file_name(struct str path) {
    size_t slash = path.length;
    while (slash > 0 && path.at[slash - 1] != '/') {
        slash--;
    }
    return str_part(path, slash, path.length);
}
