/*
 * Zip archives from strangers.  The central directory (PKWARE APPNOTE 6.3, §4.3) is
 * checked first by our own eyes, for libarchive forgives what we must not; then
 * libarchive unpacks what the readers want.
 */
#include "text/text_own.h"

#include <archive.h>
#include <archive_entry.h>
#include <stdlib.h>
#include <string.h>

#define ENTRIES_MOST    2000
#define UNPACKED_MOST   ((uint64_t)200 << 20)
#define KEPT_MOST       ((size_t)96 << 20)
#define RATIO_MOST      100
#define RATIO_FREE      ((uint64_t)1 << 20) /* small files may be as regular as they like */
#define TAIL_MOST       (22 + 65535)
#define FLAG_ENCRYPTED  1
#define METHOD_STORED   0
#define METHOD_DEFLATED 8

struct place {
    uint64_t from;
    uint64_t to;
};

struct directory {
    struct bytes zip;
    size_t at;
    size_t end;
    size_t count;
};

static bool find_directory(struct bytes zip, struct directory *out_directory);
static enum unpack_fault check_entry(struct directory *directory, struct place *place,
                                     uint64_t *unpacked, struct str *out_name);
static bool overlap(struct place *places, size_t count);
static int place_order(const void *a, const void *b);
static bool has_twins(struct arena *arena, const struct str *names, size_t count);
static bool is_wanted(struct str name);
static enum unpack_fault unpack_entry(struct arena *arena, struct archive *archive,
                                      size_t *kept, struct bytes *out_bytes);
static uint32_t little(struct bytes bytes, size_t at, size_t size);

enum unpack_fault zip_check(struct arena *arena, struct bytes zip) {
    struct directory directory;
    if (!find_directory(zip, &directory)) {
        return UNPACK_BROKEN;
    }
    if (directory.count > ENTRIES_MOST) {
        return UNPACK_TOO_MUCH;
    }
    struct place *places = TAKE_ARRAY(arena, directory.count + 1, struct place);
    struct str *names = TAKE_ARRAY(arena, directory.count + 1, struct str);
    uint64_t unpacked = 0;
    for (size_t i = 0; i < directory.count; i++) {
        enum unpack_fault fault =
            check_entry(&directory, &places[i], &unpacked, &names[i]);
        if (fault != 0) {
            return fault;
        }
    }
    if (unpacked > UNPACKED_MOST ||
        (unpacked > RATIO_FREE && unpacked / RATIO_MOST > zip.length)) {
        return UNPACK_TOO_MUCH;
    }
    if (overlap(places, directory.count)) {
        return UNPACK_BROKEN;
    }
    return has_twins(arena, names, directory.count) ? UNPACK_WILD : 0;
}

enum unpack_fault zip_unpack(struct arena *arena, struct bytes zip,
                             struct entries *out_entries) {
    struct archive *archive = archive_read_new();
    struct entry *found = TAKE_ARRAY(arena, ENTRIES_MOST, struct entry);
    size_t count = 0;
    size_t kept = 0;
    enum unpack_fault fault = 0;
    if (archive == NULL ||
        archive_read_support_format_zip_seekable(archive) != ARCHIVE_OK ||
        archive_read_open_memory(archive, zip.at, zip.length) != ARCHIVE_OK) {
        archive_read_free(archive);
        return UNPACK_BROKEN;
    }
    struct archive_entry *entry;
    int next;
    while (fault == 0 &&
           (next = archive_read_next_header(archive, &entry)) == ARCHIVE_OK) {
        struct str name = str_of(archive_entry_pathname(entry));
        if (count == ENTRIES_MOST || !utf8_is_valid(name)) {
            fault = UNPACK_BROKEN;
            break;
        }
        found[count].name = str_copy(arena, name);
        if (is_wanted(name)) {
            fault = unpack_entry(arena, archive, &kept, &found[count].bytes);
        }
        count++;
    }
    archive_read_free(archive);
    *out_entries = (struct entries){found, count};
    return fault != 0 ? fault : next == ARCHIVE_EOF ? 0 : UNPACK_BROKEN;
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

static enum unpack_fault check_entry(struct directory *directory, struct place *place,
                                     uint64_t *unpacked, struct str *out_name) {
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
    uint32_t method = little(zip, at + 10, 2);
    if ((little(zip, at + 8, 2) & FLAG_ENCRYPTED) != 0) {
        return UNPACK_LOCKED;
    }
    uint64_t packed = little(zip, at + 20, 4);
    uint64_t size = little(zip, at + 24, 4);
    uint64_t from = little(zip, at + 42, 4);
    if ((method != METHOD_STORED && method != METHOD_DEFLATED) || from >= zip.length ||
        packed > zip.length || little(zip, from, 4) != 0x04034b50) {
        return UNPACK_BROKEN;
    }
    struct str name = {(const char *)zip.at + at + 46, name_length};
    struct str path = name;
    path.length -= path.length > 0 && path.at[path.length - 1] == '/';
    if (!file_path_is_tame(path)) {
        return UNPACK_WILD;
    }
    /* The local head has the name again and its own extra field. */
    uint64_t head = 30 + (uint64_t)little(zip, (size_t)from + 26, 2) +
                    little(zip, (size_t)from + 28, 2);
    *place = (struct place){from, from + head + packed};
    if (place->to > zip.length) {
        return UNPACK_BROKEN;
    }
    *unpacked += size;
    *out_name = name;
    directory->at += length;
    return 0;
}

static bool overlap(struct place *places, size_t count) {
    qsort(places, count, sizeof *places, place_order);
    for (size_t i = 1; i < count; i++) {
        if (places[i].from < places[i - 1].to) {
            return true;
        }
    }
    return false;
}

static int place_order(const void *a, const void *b) {
    const struct place *one = a;
    const struct place *other = b;
    return (one->from > other->from) - (one->from < other->from);
}

static bool has_twins(struct arena *arena, const struct str *names, size_t count) {
    struct numbering *numbering = numbering_new(arena, count);
    for (uint32_t i = 0; i < count; i++) {
        if (numbering_of(numbering, names[i]) != i) {
            return true;
        }
    }
    return false;
}

static bool is_wanted(struct str name) {
    return str_ends(name, ".xml") || str_ends(name, ".rels");
}

/* Never believe the size that is written: read until it ends or is too much. */
static enum unpack_fault unpack_entry(struct arena *arena, struct archive *archive,
                                      size_t *kept, struct bytes *out_bytes) {
    struct buffer out;
    buffer_init(&out, arena);
    for (;;) {
        const void *part;
        size_t size;
        la_int64_t offset;
        int got = archive_read_data_block(archive, &part, &size, &offset);
        if (got == ARCHIVE_EOF) {
            break;
        }
        if (got != ARCHIVE_OK) {
            return UNPACK_BROKEN;
        }
        if (size > KEPT_MOST - *kept) {
            return UNPACK_TOO_MUCH;
        }
        *kept += size;
        buffer_add(&out, (struct str){part, size});
    }
    *out_bytes = bytes_of_str(buffer_str(&out));
    return 0;
}

/* Zero where the bytes are too short. */
static uint32_t little(struct bytes bytes, size_t at, size_t size) {
    uint32_t value = 0;
    for (size_t i = size; i > 0 && at <= bytes.length && bytes.length - at >= size; i--) {
        value = value << 8 | bytes.at[at + i - 1];
    }
    return value;
}
