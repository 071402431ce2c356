/*
 * text: what the program does with words, before anyone decides about them.
 *
 * HTML that people paste is parsed in the sandbox and written anew from a closed
 * list of elements and attributes, never filtered: every '<' in what comes out is
 * this module's own.  It knows nothing of government; what a found word means is
 * for screening to say.
 */
#ifndef TEXT_TEXT_H
#define TEXT_TEXT_H

#include "base/base.h"
#include "sandbox/sandbox.h"

/* The parsers that the program gives to sandbox_start. */
extern const struct sandbox_table text_parsers;

/* ---- HTML ------------------------------------------------------------------ */

#define TEXT_HTML_MOST ((size_t)8 << 20) /* bytes taken, and given back */

/* What cleaning can leave out. */
enum dropped_kind {
    DROPPED_SCRIPT,   /* scripts and event attributes */
    DROPPED_EMBEDDED, /* frames, plug-ins, video, sound, drawings */
    DROPPED_PICTURE,  /* pictures that are not kept files of ours */
    DROPPED_LINK,     /* links to schemes we do not write */
    DROPPED_FORM,     /* form fields */
    DROPPED_ELEMENT,  /* any other element with its content */
    DROPPED_STYLE,    /* colours, fonts and sizes: the text itself is kept */
    DROPPED_KINDS
};

struct cleaned {
    struct str html;
    int dropped[DROPPED_KINDS];
};

/*
 * Clean a body.  What comes out is valid UTF-8 in one normal form that cleaning
 * does not change again, one block to a line, made only of
 *   p h2 h3 h4 blockquote hr ul ol[start] li
 *   table caption thead tbody tr th[colspan rowspan scope] td[colspan rowspan]
 *   figure figcaption strong em u s sub sup br
 *   a[href]: http, https, mailto, or relative
 *   img[src alt width height]: src is "/files/" and a name without '/'
 *   class on p, h2–h4, td and th: no-indent centre right signature date docnum
 * h1 becomes h2, h5 and h6 become h4; text outside any block gets a paragraph.
 * All text is kept except inside script, style and other elements whose content
 * is not text.  Uses the call's sandbox.  REFUSED with words if *html* is too
 * long or cannot be read.
 */
MUST_CHECK enum status text_clean_html(struct call *call, struct str html,
                                       struct cleaned *out_cleaned);

/* How many things the writer would miss: everything dropped but styles. */
int cleaned_pieces(const struct cleaned *cleaned);

/* "script 2, picture 1, style 14"; empty when nothing was dropped. */
struct str cleaned_kinds(struct arena *arena, const struct cleaned *cleaned);

/* "script", "embedded", … */
const char *dropped_kind_name(enum dropped_kind kind);

/* HTML of *text* in *format* ("html", "markdown", "text"), not yet cleaned.  ABSENT for
 * another format, REFUSED beyond TEXT_HTML_MOST. */
MUST_CHECK enum status text_html_of(struct arena *arena, struct str format,
                                    struct str text, struct str *out_html);

/* ---- Words and their places ------------------------------------------------ */

enum paragraph_kind {
    PARAGRAPH_WORDS, /* a p, or words that stand directly in a figure */
    PARAGRAPH_HEADING,
    PARAGRAPH_ITEM,
    PARAGRAPH_CELL,
    PARAGRAPH_CAPTION,
};

/* A stretch of words of a cleaned body; its number is its place among them. */
struct paragraph {
    enum paragraph_kind kind;
    struct str text;  /* plain: references resolved, br is '\n', pictures are nothing */
    struct str html;  /* the same stretch as it stands in the body */
    size_t from;      /* where that is in the body, in bytes */
    uint32_t *places; /* places[i]: byte of the body at which byte i of text is written;
                         text.length + 1 of them, the last is the stretch's end */
};

/* A picture of a cleaned body. */
struct body_picture {
    size_t paragraph;
    size_t from;       /* byte of the body at which its "<img" begins */
    struct str source; /* "/files/…" */
    struct str alt;    /* references resolved */
    bool has_alt;      /* alt="" says that it is decoration */
};

/* A link of a cleaned body. */
struct body_link {
    size_t paragraph;
    struct str address;
};

struct body_words {
    struct paragraph *paragraphs;
    size_t paragraph_count;
    struct body_picture *pictures;
    size_t picture_count;
    struct body_link *links;
    size_t link_count;
};

/* Take a cleaned body apart.  REFUSED if it is not in the normal form. */
MUST_CHECK enum status text_words(struct arena *arena, struct str html,
                                  struct body_words *out_words);

/* The body as plain text, a paragraph to a line. */
MUST_CHECK enum status text_plain(struct arena *arena, struct str html,
                                  struct str *out_text);

/* ---- Differences ----------------------------------------------------------- */

enum change {
    CHANGE_NONE,
    CHANGE_ADDED,
    CHANGE_REMOVED,
    CHANGE_WITHIN, /* the same paragraph, other words or other formats */
};

struct changed_piece {
    enum change change; /* NONE, ADDED or REMOVED */
    struct str text;
};

struct changed_paragraph {
    enum change change;
    enum paragraph_kind kind;
    size_t before;                /* number in the older body, unless ADDED */
    size_t after;                 /* number in the newer body, unless REMOVED */
    struct changed_piece *pieces; /* in reading order, ready for <del> and <ins> */
    size_t piece_count;
};

struct difference {
    struct changed_paragraph *paragraphs;
    size_t count;
    int64_t added; /* characters */
    int64_t removed;
};

/*
 * What changed between two cleaned bodies, paragraph by paragraph and, inside a
 * paragraph, character by character.  Texts too different for a small answer are
 * told as removed and added whole; time and memory are bounded.
 */
MUST_CHECK enum status text_difference(struct arena *arena, struct str before,
                                       struct str after,
                                       struct difference *out_difference);

/* The same within one line of text, for titles and fields. */
void text_difference_in_line(struct arena *arena, struct str before, struct str after,
                             struct changed_paragraph *out_line);

enum merge_side {
    MERGE_SAME,     /* nobody changed it, or both in the same way */
    MERGE_MINE,     /* only I changed it: my text is taken */
    MERGE_THEIRS,   /* only they did: theirs is taken */
    MERGE_CONFLICT, /* both did: a person decides */
};

/* A run of whole blocks; empty where that side has none there. */
struct merge_part {
    enum merge_side side;
    struct str base;
    struct str mine;
    struct str theirs;
};

struct merge {
    struct merge_part *parts;
    size_t count;
    size_t conflicts;
    struct str html; /* merged, with mine where both changed; clean if all three were */
};

/* Merge two changes of one cleaned body by its outermost blocks. */
MUST_CHECK enum status text_merge(struct arena *arena, struct str base, struct str mine,
                                  struct str theirs, struct merge *out_merge);

/* ---- Characters of other programs ------------------------------------------- */

/*
 * Text as Excel, WPS and Notepad save it: UTF-8 with or without its mark, UTF-16
 * with a mark, else GB18030.  REFUSED if it is none of these, or holds a zero
 * byte: nothing is guessed and no character is lost.
 */
MUST_CHECK enum status text_decode(struct arena *arena, struct bytes bytes,
                                   struct str *out_text);

/* ---- Files ------------------------------------------------------------------ */

#define TEXT_FILE_MOST ((size_t)20 << 20) /* bytes of one file */

/* A kind of file that may be attached. */
struct file_type {
    const char *extension;
    const char *media_type;
    bool is_picture;
    bool has_text; /* text_document can read it */
};

/*
 * What the file is, found from its bytes and agreeing with its name (docx xlsx
 * pptx ofd pdf doc wps xls et txt csv png jpg jpeg gif).  REFUSED with words that say
 * which kinds are taken, or that name and content differ.  It looks at marks only;
 * whether the whole can be read is for text_document and text_picture.
 */
MUST_CHECK enum status text_file_type(struct call *call, struct str name,
                                      struct bytes bytes,
                                      const struct file_type **out_type);

struct picture {
    int width;
    int height;
    bool tells_place;   /* carries the position where it was taken */
    bool tells_device;  /* carries other words of a camera, a program or a person */
    struct bytes bytes; /* the same picture without these, turned the same way up */
};

/* A png, jpg or gif, read and written anew in the sandbox: its pixels stay as they
 * are, all else but their colour profile is left out, and what follows the end of the
 * picture too.  REFUSED with words if it is broken, or larger than 100 megapixels. */
MUST_CHECK enum status text_picture(struct call *call, struct bytes bytes,
                                    struct picture *out_picture);

/* What a file told about where, with what and by whom it was made. */
enum traces {
    TRACES_NONE,
    TRACES_DEVICE, /* a picture: device, program, names */
    TRACES_PLACE,  /* a picture: where it was taken, perhaps with these */
    TRACES_MAKER, /* docx, xlsx, pptx: author, editor, company, manager, own properties */
    TRACES_KINDS
};

/*
 * A file of a type that text_file_type gave, without these.  Pictures: text_picture.
 * docx, xlsx and pptx: the elements creator, lastModifiedBy, Company and Manager of the
 * properties are emptied and own properties left out; every other member stays packed as
 * it was, and the archive around them is written anew with nothing between them and no
 * times.  Left as they are: tracked changes and comments (they are content, screening
 * reports them), files inside the file, what is signed, what cannot be read within the
 * limits of text_document, and every other type.  A second passage changes nothing.
 * REFUSED as text_picture.
 */
MUST_CHECK enum status text_without_traces(struct call *call,
                                           const struct file_type *type,
                                           struct bytes bytes, struct bytes *out_bytes,
                                           enum traces *out_traces);

/* "none", "device", "place", "maker". */
const char *traces_name(enum traces traces);

enum part_kind {
    PART_BODY,
    PART_HEADER, /* headers and footers */
    PART_NOTE,   /* footnotes, endnotes, speaker's notes */
    PART_COMMENT,
    PART_REVISION, /* deleted words still in the file */
    PART_SHEET,    /* one sheet; a row is a line, cells are parted by tabs */
    PART_SLIDE,
    PART_DRAWING,  /* text boxes and charts of a sheet */
    PART_PROPERTY, /* "creator: …", a line each */
    PART_EMBEDDED, /* a file inside the file, not read; only its name */
    PART_PAGE,     /* of a PDF; its number is its name */
    PART_SCAN,     /* a page whose words are not all read: its picture, number as name */
    PART_KINDS
};

struct document_part {
    enum part_kind kind;
    bool hidden;     /* a sheet that its reader does not see */
    struct str name; /* of the sheet or embedded file, number of the page; else empty */
    struct str text;
};

/* What a file says, wherever in it. */
struct document {
    struct document_part *parts;
    size_t count;
    bool is_read; /* false: its kind cannot be read, a person must open it */
};

/*
 * Read a file of a type that text_file_type gave, in the sandbox.  Zip based
 * files: at most 200 MiB and 2,000 entries unpacked, a ratio of at most 100 beyond
 * the first MiB, no entry twice, overlapping, encrypted, absolute or climbing;
 * XML without DTD and at most 256 deep; at most 16 MiB of words.  PDF: at most 2,000
 * pages.  REFUSED with words beyond these, and for what a password locks.
 */
MUST_CHECK enum status text_document(struct call *call, const struct file_type *type,
                                     struct bytes bytes, struct document *out_document);

/* An older kind (doc, wps, xls, et), which text_document reads through LibreOffice. */
bool text_is_older(const struct file_type *type);

/* Have LibreOffice make docx or xlsx of it, in the sandbox, within a minute.  REFUSED
 * with words where it is not installed or cannot be kept from our files, and for what it
 * cannot read. */
MUST_CHECK enum status text_convert(struct call *call, const struct file_type *type,
                                    struct bytes bytes, struct bytes *out_bytes);

/* "body", "header", … */
const char *part_kind_name(enum part_kind kind);

/* ---- Looking for words ------------------------------------------------------ */

/* What two writings of a word may differ in and still be the same word. */
enum fold {
    /* Width, case, traditional and simplified, compatibility forms (㊙ is 秘), and
     * characters that nobody sees. */
    FOLD_FORM,
    /* Also without blanks and punctuation, so that 机 密, 机.密 and 机密 are one;
     * letters, digits, Han and the star ★ remain, and ☆ and * are ★. */
    FOLD_TIGHT,
};

/* Folded text: code points, each with the bytes of the source it comes from. */
struct folded {
    uint32_t *points;
    uint32_t *from; /* byte of the source, inclusive */
    uint32_t *to;   /* exclusive */
    size_t count;
};

struct folded text_fold(struct arena *arena, struct str text, enum fold fold);

/*
 * A lexicon: any number of words looked for at once, in time that depends on the
 * text alone (Aho–Corasick over a double array).  Read-only once made, so that
 * threads may share it.  Owned by the caller.
 */
struct lexicon;
struct lexicon *lexicon_new(const struct str *words, size_t count, enum fold fold);
void lexicon_free(struct lexicon *lexicon); /* NULL is fine */

struct lexicon_hit {
    size_t word; /* place in the list it was made from; of equal words the first */
    size_t from; /* points of the folded text */
    size_t to;
};

/* Tell every occurrence of every word, by the place where it ends; *tell* answers
 * false to stop.  *text* is folded in the way the lexicon was made for. */
typedef bool (*lexicon_teller)(void *to, const struct lexicon_hit *hit);
void lexicon_find(const struct lexicon *lexicon, const struct folded *text,
                  lexicon_teller tell, void *to);

/* Bytes it holds. */
size_t lexicon_size(const struct lexicon *lexicon);

#endif
