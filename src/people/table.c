/*
 * A table as Excel and WPS save it: whatever the encoding, separator and line
 * ends, it comes out as rows of cells in UTF-8, each with the line it began on.
 */
#include "people_own.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

#define FILE_MOST  ((size_t)4 << 20)
#define LINES_MOST 5000
#define CELLS_MOST 64

struct reader {
    struct call *call;
    struct str text;
    size_t at;
    int line;
    char separator;
};

static enum status decode(struct call *call, struct bytes bytes, struct str *out_text);
static enum status from_gb18030(struct call *call, struct bytes bytes,
                                struct str *out_text);
static char guess_separator(struct str text);
static bool read_row(struct reader *reader, struct table_row *out_row);
static struct str read_cell(struct reader *reader);
static struct str read_quoted(struct reader *reader);
static bool at_line_end(const struct reader *reader);
static void skip_line_end(struct reader *reader);
static bool row_is_blank(const struct table_row *row);
static enum status refuse(struct people_import_error *out_error, int line,
                          const char *words);

enum status table_read(struct call *call, struct bytes bytes, struct table *out_table,
                       struct people_import_error *out_error) {
    struct reader reader = {.call = call, .line = 1};
    struct table table = {0};
    struct table_row row;
    if (bytes.length > FILE_MOST) {
        return refuse(out_error, 0, "people.import-large");
    }
    if (decode(call, bytes, &reader.text) != DONE) {
        return refuse(out_error, 0, "people.import-encoding");
    }
    reader.separator = guess_separator(reader.text);
    while (read_row(&reader, &row)) {
        if (row_is_blank(&row)) {
            continue;
        }
        if (row.count > CELLS_MOST) {
            return refuse(out_error, row.line, "people.import-wide");
        }
        if (table.heading.count == 0) {
            table.heading = row;
            continue;
        }
        if (table.count == LINES_MOST) {
            return refuse(out_error, row.line, "people.import-long");
        }
        table.rows = list_grow(call->arena, table.rows, table.count, sizeof *table.rows);
        table.rows[table.count++] = row;
    }
    if (table.count == 0) {
        return refuse(out_error, 1, "people.import-empty");
    }
    *out_table = table;
    return DONE;
}

/* UTF-8 if it is well-formed, else GB18030, which takes nearly anything: bytes that
 * are neither have a zero or do not convert. */
static enum status decode(struct call *call, struct bytes bytes, struct str *out_text) {
    struct str text = {(const char *)bytes.at, bytes.length};
    if (text.length >= 3 && memcmp(text.at, "\xef\xbb\xbf", 3) == 0) {
        text = str_part(text, 3, text.length);
    }
    if (utf8_is_valid(text)) {
        *out_text = text;
        return DONE;
    }
    return from_gb18030(call, bytes, out_text);
}

static enum status from_gb18030(struct call *call, struct bytes bytes,
                                struct str *out_text) {
    iconv_t converter = iconv_open("UTF-8", "GB18030");
    if (converter == (iconv_t)-1) {
        return log_failed("iconv has no GB18030: %s", strerror(errno));
    }
    size_t room = bytes.length * 3 + 16;
    char *out = arena_take(call->arena, room);
    char *in = arena_copy(call->arena, bytes.at, bytes.length);
    char *to = out;
    size_t left = bytes.length;
    size_t free_room = room;
    size_t result = iconv(converter, &in, &left, &to, &free_room);
    iconv_close(converter);
    struct str text = {out, room - free_room};
    if (result == (size_t)-1 || !utf8_is_valid(text)) {
        return REFUSED;
    }
    *out_text = text;
    return DONE;
}

/* What stands most often in the first line, outside quotes. */
static char guess_separator(struct str text) {
    static const char separators[] = {',', ';', '\t'};
    size_t counts[LENGTH(separators)] = {0};
    bool quoted = false;
    for (size_t i = 0; i < text.length && (quoted || text.at[i] != '\n'); i++) {
        quoted ^= text.at[i] == '"';
        for (size_t s = 0; s < LENGTH(separators); s++) {
            counts[s] += !quoted && text.at[i] == separators[s];
        }
    }
    size_t best = 0;
    for (size_t s = 1; s < LENGTH(separators); s++) {
        best = counts[s] > counts[best] ? s : best;
    }
    return separators[best];
}

static bool read_row(struct reader *reader, struct table_row *out_row) {
    struct table_row row = {.line = reader->line};
    if (reader->at >= reader->text.length) {
        return false;
    }
    for (;;) {
        row.cells =
            list_grow(reader->call->arena, row.cells, row.count, sizeof *row.cells);
        row.cells[row.count++] = read_cell(reader);
        if (reader->at >= reader->text.length || at_line_end(reader)) {
            break;
        }
        reader->at++; /* the separator */
    }
    skip_line_end(reader);
    *out_row = row;
    return true;
}

static struct str read_cell(struct reader *reader) {
    size_t start = reader->at;
    if (start < reader->text.length && reader->text.at[start] == '"') {
        return read_quoted(reader);
    }
    while (reader->at < reader->text.length && !at_line_end(reader) &&
           reader->text.at[reader->at] != reader->separator) {
        reader->at++;
    }
    return str_trim(str_part(reader->text, start, reader->at));
}

/* Doubled quotes stand for one; what follows the closing quote up to the separator
 * is taken along, as the programs do. */
static struct str read_quoted(struct reader *reader) {
    struct buffer cell;
    bool quoted = true;
    buffer_init(&cell, reader->call->arena);
    reader->at++;
    while (reader->at < reader->text.length) {
        char byte = reader->text.at[reader->at];
        bool doubled = byte == '"' && reader->at + 1 < reader->text.length &&
                       reader->text.at[reader->at + 1] == '"';
        if (!quoted && (byte == reader->separator || at_line_end(reader))) {
            break;
        }
        if (quoted && doubled) {
            reader->at++;
        }
        if (byte == '"' && !doubled) {
            quoted = false;
        } else {
            buffer_add_char(&cell, byte);
        }
        reader->line += byte == '\n';
        reader->at++;
    }
    return str_trim(buffer_str(&cell));
}

static bool at_line_end(const struct reader *reader) {
    char byte = reader->text.at[reader->at];
    return byte == '\n' || byte == '\r';
}

static void skip_line_end(struct reader *reader) {
    if (reader->at < reader->text.length && reader->text.at[reader->at] == '\r') {
        reader->at++;
    }
    if (reader->at < reader->text.length && reader->text.at[reader->at] == '\n') {
        reader->at++;
    }
    reader->line++;
}

static bool row_is_blank(const struct table_row *row) {
    for (size_t i = 0; i < row->count; i++) {
        if (!str_is_empty(row->cells[i])) {
            return false;
        }
    }
    return true;
}

static enum status refuse(struct people_import_error *out_error, int line,
                          const char *words) {
    *out_error = (struct people_import_error){
        .line = line, .column = STR(""), .words = words, .value = STR("")};
    return REFUSED;
}
