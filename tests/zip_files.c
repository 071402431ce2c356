/*
 * A zip archive in memory: local heads and deflated bytes, then the directory.
 */
#include "zip_files.h"

#include <string.h>
#include <zlib.h>

struct written {
    size_t from;
    size_t packed;
    size_t size;
    uint32_t sum;
};

static void add(struct buffer *out, uint64_t value, int size);
static size_t pack(struct arena *arena, const char *content, unsigned char **out_packed);
static void add_common(struct buffer *out, const struct zip_file *file,
                       const struct written *written, unsigned flags);

struct bytes zip_files(struct arena *arena, const struct zip_file *files, size_t count,
                       unsigned flags) {
    struct buffer out;
    struct written *written = TAKE_ARRAY(arena, count + 1, struct written);
    buffer_init(&out, arena);
    for (size_t i = 0; i < count; i++) {
        unsigned char *packed;
        size_t size = strlen(files[i].content);
        written[i] = (struct written){
            .from = out.length,
            .size = size,
            .packed = pack(arena, files[i].content, &packed),
            .sum = (uint32_t)crc32(0, (const Bytef *)files[i].content, (uInt)size)};
        add(&out, 0x04034b50, 4);
        add_common(&out, &files[i], &written[i], flags);
        buffer_add_text(&out, files[i].name);
        buffer_add(&out, (struct str){(const char *)packed, written[i].packed});
    }
    size_t from = out.length;
    for (size_t i = 0; i < count; i++) {
        add(&out, 0x02014b50, 4);
        add(&out, 20, 2); /* made by version 2.0 */
        add_common(&out, &files[i], &written[i], flags);
        add(&out, 0, 10); /* no comment, first disk, no attributes */
        add(&out, written[i].from, 4);
        buffer_add_text(&out, files[i].name);
    }
    size_t size = out.length - from;
    add(&out, 0x06054b50, 4);
    add(&out, 0, 4);
    add(&out, count, 2);
    add(&out, count, 2);
    add(&out, size, 4);
    add(&out, from, 4);
    add(&out, 0, 2);
    return bytes_of_str(buffer_str(&out));
}

/* The fields that a local head and a record of the directory share. */
static void add_common(struct buffer *out, const struct zip_file *file,
                       const struct written *written, unsigned flags) {
    add(out, 20, 2);
    add(out, flags, 2);
    add(out, 8, 2);
    add(out, 33u << 16, 4); /* 1980-01-01 00:00 */
    add(out, written->sum, 4);
    add(out, written->packed, 4);
    add(out, written->size, 4);
    add(out, strlen(file->name), 2);
    add(out, 0, 2);
}

static size_t pack(struct arena *arena, const char *content, unsigned char **out_packed) {
    z_stream stream = {.next_in = (z_const Bytef *)content,
                       .avail_in = (uInt)strlen(content)};
    if (deflateInit2(&stream, 9, Z_DEFLATED, -MAX_WBITS, 9, Z_DEFAULT_STRATEGY) != Z_OK) {
        log_fatal("zip_files: zlib does not begin");
    }
    stream.avail_out = (uInt)deflateBound(&stream, stream.avail_in);
    *out_packed = arena_take(arena, stream.avail_out);
    stream.next_out = *out_packed;
    if (deflate(&stream, Z_FINISH) != Z_STREAM_END) {
        log_fatal("zip_files: zlib does not end");
    }
    deflateEnd(&stream);
    return stream.total_out;
}

static void add(struct buffer *out, uint64_t value, int size) {
    for (int i = 0; i < size; i++) {
        buffer_add_char(out, i < 8 ? (char)(value >> 8 * i & 0xff) : 0);
    }
}
