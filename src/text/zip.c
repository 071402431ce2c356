/*
 * Zip archives from strangers.  The central directory (PKWARE APPNOTE 6.3, §4.3) is
 * checked whole before anything is unpacked, and what it says is all that is
 * believed: one reading, so that no second one can see another archive.
 *
 * No library opens the archive: libarchive looks for a character table in a file as
 * soon as a name is marked as UTF-8 (flag 11), and a run in the sandbox dies of that.
 */
#include "text/text_own.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#define ENTRIES_MOST    2000
#define UNPACKED_MOST   ((uint64_t)200 << 20)
#define KEPT_MOST       ((size_t)96 << 20)
#define RATIO_MOST      100
#define RATIO_FREE      ((uint64_t)1 << 20) /* small files may be as regular as they like */
#define TAIL_MOST       (22 + 65535)
#define FLAG_ENCRYPTED  1
#define METHOD_DEFLATED 8

struct directory {
    struct bytes zip;
    size_t at;
    size_t end;
    size_t count;
};

static bool find_directory(struct bytes zip, struct directory *out_directory);
static enum unpack_fault check_directory(struct arena *arena, struct directory *directory,
                                         struct packed *packed);
static enum unpack_fault check_entry(struct directory *directory,
                                     struct packed *out_packed);
static bool overlap(struct arena *arena, const struct packed *packed, size_t count);
static int place_order(const void *a, const void *b);
static bool has_twins(struct arena *arena, const struct packed *packed, size_t count);
static bool is_wanted(struct str name);
static bool inflate_all(struct bytes packed, char *to, size_t size);
static uint32_t little(struct bytes bytes, size_t at, size_t size);

enum unpack_fault zip_unpack(struct arena *arena, struct bytes zip,
                             struct entries *out_entries) {
    struct packed *packed;
    size_t count = 0;
    enum unpack_fault fault = zip_directory(arena, zip, &packed, &count);
    struct entry *found = TAKE_ARRAY(arena, count + 1, struct entry);
    size_t kept = 0;
    for (size_t i = 0; i < count && fault == 0; i++) {
        found[i].name = packed[i].name;
        if (is_wanted(packed[i].name)) {
            kept += packed[i].size;
            fault = kept > KEPT_MOST ? UNPACK_TOO_MUCH
                                     : packed_unpack(arena, &packed[i], &found[i].bytes);
        }
    }
    *out_entries = (struct entries){found, count};
    return fault;
}

enum unpack_fault zip_directory(struct arena *arena, struct bytes zip,
                                struct packed **out_packed, size_t *out_count) {
    struct directory directory;
    if (!find_directory(zip, &directory)) {
        return UNPACK_BROKEN;
    }
    if (directory.count > ENTRIES_MOST) {
        return UNPACK_TOO_MUCH;
    }
    struct packed *packed = TAKE_ARRAY(arena, directory.count + 1, struct packed);
    enum unpack_fault fault = check_directory(arena, &directory, packed);
    if (fault == 0) {
        *out_packed = packed;
        *out_count = directory.count;
    }
    return fault;
}

const struct entry *entry_named(const struct entries *entries, struct str name) {
    for (size_t i = 0; i < entries->count; i++) {
        if (str_equal(entries->at[i].name, name)) {
            return &entries->at[i];
        }
    }
    return NULL;
}

/* The end record, searched from the end as it may be followed by a comment.  Zip64
 * and archives in pieces are not taken. */
static bool find_directory(struct bytes zip, struct directory *out_directory) {
    size_t most = zip.length < TAIL_MOST ? zip.length : TAIL_MOST;
    for (size_t back = 22; back <= most; back++) {
        size_t at = zip.length - back;
        if (little(zip, at, 4) != 0x06054b50 || little(zip, at + 20, 2) != back - 22) {
            continue;
        }
        size_t count = little(zip, at + 10, 2);
        size_t size = little(zip, at + 12, 4);
        size_t from = little(zip, at + 16, 4);
        if (little(zip, at + 4, 4) != 0 || little(zip, at + 8, 2) != count || from > at ||
            size != at - from) {
            return false;
        }
        *out_directory = (struct directory){zip, from, at, count};
        return true;
    }
    return false;
}

static enum unpack_fault check_directory(struct arena *arena, struct directory *directory,
                                         struct packed *packed) {
    uint64_t unpacked = 0;
    for (size_t i = 0; i < directory->count; i++) {
        enum unpack_fault fault = check_entry(directory, &packed[i]);
        if (fault != 0) {
            return fault;
        }
        unpacked += packed[i].size;
    }
    if (unpacked > UNPACKED_MOST ||
        (unpacked > RATIO_FREE && unpacked / RATIO_MOST > directory->zip.length)) {
        return UNPACK_TOO_MUCH;
    }
    if (overlap(arena, packed, directory->count)) {
        return UNPACK_BROKEN;
    }
    return has_twins(arena, packed, directory->count) ? UNPACK_WILD : 0;
}

static enum unpack_fault check_entry(struct directory *directory,
                                     struct packed *out_packed) {
    struct bytes zip = directory->zip;
    size_t at = directory->at;
    if (directory->end - at < 46 || little(zip, at, 4) != 0x02014b50) {
        return UNPACK_BROKEN;
    }
    size_t name_length = little(zip, at + 28, 2);
    size_t length = 46 + name_length + little(zip, at + 30, 2) + little(zip, at + 32, 2);
    if (length > directory->end - at) {
        return UNPACK_BROKEN;
    }
    if ((little(zip, at + 8, 2) & FLAG_ENCRYPTED) != 0) {
        return UNPACK_LOCKED;
    }
    struct packed packed = {.flags = little(zip, at + 8, 2),
                            .method = little(zip, at + 10, 2),
                            .sum = little(zip, at + 16, 4),
                            .size = little(zip, at + 24, 4),
                            .from = little(zip, at + 42, 4),
                            .name = {(const char *)zip.at + at + 46, name_length}};
    uint64_t size = little(zip, at + 20, 4);
    if ((packed.method != PACKED_STORED && packed.method != METHOD_DEFLATED) ||
        (packed.method == PACKED_STORED && size != packed.size) ||
        packed.from >= zip.length || little(zip, packed.from, 4) != 0x04034b50) {
        return UNPACK_BROKEN;
    }
    struct str path = packed.name;
    path.length -= path.length > 0 && path.at[path.length - 1] == '/';
    if (!utf8_is_valid(path) || !file_path_is_tame(path)) {
        return UNPACK_WILD;
    }
    /* The local head has the name again and its own extra field. */
    uint64_t begin = packed.from + 30 + little(zip, packed.from + 26, 2) +
                     (uint64_t)little(zip, packed.from + 28, 2);
    packed.to = begin + size;
    if (packed.to > zip.length) {
        return UNPACK_BROKEN;
    }
    packed.bytes = (struct bytes){zip.at + begin, size};
    *out_packed = packed;
    directory->at += length;
    return 0;
}

static bool overlap(struct arena *arena, const struct packed *packed, size_t count) {
    struct packed *sorted = arena_copy(arena, packed, (count + 1) * sizeof *packed);
    qsort(sorted, count, sizeof *sorted, place_order);
    for (size_t i = 1; i < count; i++) {
        if (sorted[i].from < sorted[i - 1].to) {
            return true;
        }
    }
    return false;
}

static int place_order(const void *a, const void *b) {
    const struct packed *one = a;
    const struct packed *other = b;
    return (one->from > other->from) - (one->from < other->from);
}

static bool has_twins(struct arena *arena, const struct packed *packed, size_t count) {
    struct numbering *numbering = numbering_new(arena, count);
    for (uint32_t i = 0; i < count; i++) {
        if (numbering_of(numbering, packed[i].name) != i) {
            return true;
        }
    }
    return false;
}

static bool is_wanted(struct str name) {
    return str_ends(name, ".xml") || str_ends(name, ".rels");
}

/* What comes out has the size and the sum that the directory says, or is broken. */
enum unpack_fault packed_unpack(struct arena *arena, const struct packed *packed,
                                struct bytes *out_bytes) {
    struct bytes bytes = packed->bytes;
    if (packed->method == METHOD_DEFLATED) {
        char *to = arena_take(arena, (size_t)packed->size + 1);
        if (!inflate_all(packed->bytes, to, packed->size)) {
            return UNPACK_BROKEN;
        }
        bytes = (struct bytes){(const unsigned char *)to, packed->size};
    }
    if (crc32(0, bytes.at, (uInt)bytes.length) != packed->sum) {
        return UNPACK_BROKEN;
    }
    *out_bytes = bytes;
    return 0;
}

static bool inflate_all(struct bytes packed, char *to, size_t size) {
    z_stream stream = {.next_in = (z_const Bytef *)packed.at,
                       .avail_in = (uInt)packed.length,
                       .next_out = (Bytef *)to,
                       .avail_out = (uInt)size + 1}; /* one more would show a lie */
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK) {
        return false;
    }
    int end = inflate(&stream, Z_FINISH);
    inflateEnd(&stream);
    return end == Z_STREAM_END && stream.total_out == size;
}

/* Zero where the bytes are too short. */
static uint32_t little(struct bytes bytes, size_t at, size_t size) {
    uint32_t value = 0;
    for (size_t i = size; i > 0 && at <= bytes.length && bytes.length - at >= size; i--) {
        value = value << 8 | bytes.at[at + i - 1];
    }
    return value;
}
