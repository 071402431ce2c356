/*
 * Which files may be attached, and that a name does not lie about its content.
 */
#include "text/text.h"

#include <strings.h>

#define TEXT_LOOKED_AT ((size_t)64 * 1024)

struct mark {
    struct file_type type;
    struct str head;   /* the first bytes */
    struct str inside; /* a name that a zip of this kind holds */
};

static bool has_extension(struct str name, const char *extension);
static bool is_of(const struct mark *mark, struct bytes bytes);
static bool is_plain_text(struct bytes bytes);

#define OFFICE "application/vnd.openxmlformats-officedocument."

/* Compound files (MS-CFB): their mark, and names of streams as the directory has them;
 * "Workbook" and the older "Book" end alike. */
#define OLE           STR_INIT("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
#define WIDE_DOCUMENT "W\0o\0r\0d\0D\0o\0c\0u\0m\0e\0n\0t\0"
#define WIDE_BOOK     "o\0o\0k\0"

static const struct mark marks[] = {
    {{"docx", OFFICE "wordprocessingml.document", false, true},
     STR_INIT("PK\3\4"),
     STR_INIT("word/document.xml")},
    {{"xlsx", OFFICE "spreadsheetml.sheet", false, true},
     STR_INIT("PK\3\4"),
     STR_INIT("xl/workbook.xml")},
    {{"pptx", OFFICE "presentationml.presentation", false, true},
     STR_INIT("PK\3\4"),
     STR_INIT("ppt/presentation.xml")},
    {{"ofd", "application/ofd", false, true}, STR_INIT("PK\3\4"), STR_INIT("OFD.xml")},
    {{"pdf", "application/pdf", false, true}, STR_INIT("%PDF-"), STR_INIT("")},
    {{"png", "image/png", true, false}, STR_INIT("\x89PNG\r\n\x1a\n"), STR_INIT("")},
    {{"jpg", "image/jpeg", true, false}, STR_INIT("\xff\xd8\xff"), STR_INIT("")},
    {{"jpeg", "image/jpeg", true, false}, STR_INIT("\xff\xd8\xff"), STR_INIT("")},
    {{"gif", "image/gif", true, false}, STR_INIT("GIF8"), STR_INIT("")},
    {{"doc", "application/msword", false, true}, OLE, STR_INIT(WIDE_DOCUMENT)},
    {{"wps", "application/vnd.ms-works", false, true}, OLE, STR_INIT(WIDE_DOCUMENT)},
    {{"xls", "application/vnd.ms-excel", false, true}, OLE, STR_INIT(WIDE_BOOK)},
    {{"et", "application/vnd.wps-et", false, true}, OLE, STR_INIT(WIDE_BOOK)},
    {{"txt", "text/plain", false, true}, STR_INIT(""), STR_INIT("")},
    {{"csv", "text/csv", false, true}, STR_INIT(""), STR_INIT("")},
};

enum status text_file_type(struct call *call, struct str name, struct bytes bytes,
                           const struct file_type **out_type) {
    if (bytes.length > TEXT_FILE_MOST) {
        return call_refuse(call, REFUSED, "", "text.file-too-large", NULL);
    }
    if (bytes.length == 0) {
        return call_refuse(call, REFUSED, "", "text.file-empty", NULL);
    }
    for (size_t i = 0; i < LENGTH(marks); i++) {
        if (has_extension(name, marks[i].type.extension)) {
            if (!is_of(&marks[i], bytes)) {
                return call_refuse(call, REFUSED, "", "text.file-differs", "extension",
                                   marks[i].type.extension, NULL);
            }
            *out_type = &marks[i].type;
            return DONE;
        }
    }
    struct str extension = name;
    for (size_t i = 0; i < name.length; i++) {
        extension = name.at[i] == '.' ? str_part(name, i, name.length) : extension;
    }
    return call_refuse(call, REFUSED, "", "text.file-not-taken", "extension",
                       str_text(call->arena, str_part(extension, 0, 20)), NULL);
}

static bool has_extension(struct str name, const char *extension) {
    struct str end = str_of(extension);
    return name.length > end.length + 1 && name.at[name.length - end.length - 1] == '.' &&
           strncasecmp(name.at + name.length - end.length, extension, end.length) == 0;
}

static bool is_of(const struct mark *mark, struct bytes bytes) {
    struct str all = {(const char *)bytes.at, bytes.length};
    if (mark->head.length == 0) {
        return is_plain_text(bytes);
    }
    return bytes.length >= mark->head.length &&
           str_equal(str_part(all, 0, mark->head.length), mark->head) &&
           str_find(all, mark->inside) < all.length;
}

/* The beginning has no byte that text never has; the whole is decoded later. */
static bool is_plain_text(struct bytes bytes) {
    bool wide = bytes.length > 1 && ((bytes.at[0] == 0xff && bytes.at[1] == 0xfe) ||
                                     (bytes.at[0] == 0xfe && bytes.at[1] == 0xff));
    for (size_t i = 0; i < bytes.length && i < TEXT_LOOKED_AT && !wide; i++) {
        unsigned char byte = bytes.at[i];
        if (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r' && byte != '\f') {
            return false;
        }
    }
    return true;
}
