/*
 * QR codes: modules by libqrencode, drawn by ourselves as one path, because a
 * path needs no style and passes every content policy.
 */
#include "paper.h"

#include <qrencode.h>
#include <string.h>

#define QUIET_ZONE   4
#define CHECKERBOARD 0
#define LINE_ROOM    14 /* "M177 177.5h177" */

/* Exported by the library and missing from its header. */
extern QRcode *QRcode_encodeMask(QRinput *input, int mask);

static QRcode *encode(struct str text);
static char *write_number(char *at, int number);

enum status paper_qr(struct arena *arena, struct str text, struct paper_qr *out_qr) {
    if (text.length == 0 || text.length > 2331) {
        return REFUSED;
    }
    QRcode *code = encode(text);
    if (code == NULL) {
        return log_failed("cannot make a QR code of %zu bytes", text.length);
    }
    size_t count = (size_t)code->width * (size_t)code->width;
    unsigned char *dark = arena_take(arena, count);
    for (size_t i = 0; i < count; i++) {
        dark[i] = code->data[i] & 1;
    }
    *out_qr = (struct paper_qr){.size = code->width, .dark = dark};
    QRcode_free(code);
    return DONE;
}

/*
 * Any of the eight masks of ISO/IEC 18004 can be read; the library tries all and weighs
 * them, which takes twenty times as long as the code itself.  A site has one on every
 * page, so the checkerboard is taken, which suits addresses.
 */
static QRcode *encode(struct str text) {
    QRinput *input = QRinput_new2(0, QR_ECLEVEL_M);
    QRcode *code = NULL;
    if (input != NULL && QRinput_append(input, QR_MODE_8, (int)text.length,
                                        (const unsigned char *)text.at) == 0) {
        code = QRcode_encodeMask(input, CHECKERBOARD);
    }
    QRinput_free(input);
    return code;
}

struct str paper_qr_path(struct arena *arena, const struct paper_qr *qr) {
    struct buffer buffer;
    buffer_init(&buffer, arena);
    for (int y = 0; y < qr->size; y++) {
        const unsigned char *row = qr->dark + (size_t)y * (size_t)qr->size;
        for (int x = 0; x < qr->size;) {
            int run = 0;
            while (x + run < qr->size && row[x + run]) {
                run++;
            }
            if (run > 0) {
                buffer_add_format(&buffer, "M%d %dh%dv1h-%dz", x + QUIET_ZONE,
                                  y + QUIET_ZONE, run, run);
            }
            x += run > 0 ? run : 1;
        }
    }
    return buffer_str(&buffer);
}

/* A row has at most a line for every second module, so the room is known before. */
struct str paper_qr_lines(struct arena *arena, const struct paper_qr *qr) {
    size_t side = (size_t)qr->size;
    char *text = arena_take_unset(arena, side * (side / 2 + 1) * LINE_ROOM);
    char *at = text;
    for (int y = 0; y < qr->size; y++) {
        const unsigned char *row = qr->dark + (size_t)y * side;
        int pen = -1; /* where the last line ended; none in this row yet */
        for (int x = 0; x < qr->size;) {
            int run = 0;
            while (x + run < qr->size && row[x + run]) {
                run++;
            }
            if (run == 0) {
                x++;
                continue;
            }
            *at++ = pen < 0 ? 'M' : 'm';
            at = write_number(at, pen < 0 ? x + QUIET_ZONE : x - pen);
            *at++ = ' ';
            if (pen < 0) {
                at = write_number(at, y + QUIET_ZONE);
                *at++ = '.';
                *at++ = '5';
            } else {
                *at++ = '0';
            }
            *at++ = 'h';
            at = write_number(at, run);
            x += run;
            pen = x;
        }
    }
    return (struct str){text, (size_t)(at - text)};
}

/* Up to 999: a code has at most 177 modules. */
static char *write_number(char *at, int number) {
    if (number >= 100) {
        *at++ = (char)('0' + number / 100);
    }
    if (number >= 10) {
        *at++ = (char)('0' + number / 10 % 10);
    }
    *at++ = (char)('0' + number % 10);
    return at;
}

struct str paper_qr_svg(struct arena *arena, const struct paper_qr *qr,
                        struct str label) {
    struct buffer buffer;
    int side = qr->size + 2 * QUIET_ZONE;
    buffer_init(&buffer, arena);
    buffer_add_format(&buffer,
                      "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" "
                      "role=\"img\" aria-label=\"",
                      side, side);
    buffer_add_escaped(&buffer, label);
    buffer_add_format(&buffer,
                      "\"><rect width=\"%d\" height=\"%d\" fill=\"#fff\"/>"
                      "<path fill=\"#000\" d=\"",
                      side, side);
    buffer_add(&buffer, paper_qr_path(arena, qr));
    buffer_add_text(&buffer, "\"/></svg>");
    return buffer_str(&buffer);
}
