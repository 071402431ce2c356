/*
 * PDF files in memory: objects, the table of their places, the trailer.
 */
#include "pdf_files.h"

struct bytes pdf_objects(struct arena *arena, const char *const *objects, size_t count,
                         const char *trailer) {
    struct buffer pdf;
    size_t *places = TAKE_ARRAY(arena, count + 1, size_t);
    buffer_init(&pdf, arena);
    buffer_add_text(&pdf, "%PDF-1.4\n");
    for (size_t i = 0; i < count; i++) {
        places[i] = pdf.length;
        buffer_add_format(&pdf, "%zu 0 obj\n%s\nendobj\n", i + 1, objects[i]);
    }
    size_t table = pdf.length;
    buffer_add_format(&pdf, "xref\n0 %zu\n0000000000 65535 f \n", count + 1);
    for (size_t i = 0; i < count; i++) {
        buffer_add_format(&pdf, "%010zu 00000 n \n", places[i]);
    }
    buffer_add_format(&pdf,
                      "trailer\n<</Size %zu/Root 1 0 R%s>>\nstartxref\n%zu\n%%%%EOF\n",
                      count + 1, trailer, table);
    return bytes_of_str(buffer_str(&pdf));
}

struct bytes pdf_pages(struct arena *arena, const char *const *pages, size_t count) {
    enum { FIXED = 6 };
    const char **objects = TAKE_ARRAY(arena, FIXED + 2 * count, const char *);
    struct buffer kids;
    buffer_init(&kids, arena);
    for (size_t i = 0; i < count; i++) {
        size_t number = FIXED + 1 + 2 * i;
        buffer_add_format(&kids, "%zu 0 R ", number);
        objects[number - 1] = str_text(
            arena, str_format(arena,
                              "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents "
                              "%zu 0 R/Resources<</Font<</F 3 0 R/G 4 0 R>>/XObject"
                              "<</P 6 0 R>>>>>>",
                              number + 1));
        objects[number] =
            str_text(arena, str_format(arena, "<</Length %zu>>stream\n%s\nendstream",
                                       str_of(pages[i]).length, pages[i]));
    }
    objects[0] = "<</Type/Catalog/Pages 2 0 R>>";
    objects[1] = str_text(arena, str_format(arena, "<</Type/Pages/Kids[%.*s]/Count %zu>>",
                                            STR_ARG(buffer_str(&kids)), count));
    objects[2] = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>";
    objects[3] = "<</Type/Font/Subtype/Type0/BaseFont/SimSun/Encoding/GBK-EUC-H"
                 "/DescendantFonts[5 0 R]>>";
    objects[4] = "<</Type/Font/Subtype/CIDFontType0/BaseFont/SimSun/CIDSystemInfo"
                 "<</Registry(Adobe)/Ordering(GB1)/Supplement 2>>>>";
    objects[5] = "<</Type/XObject/Subtype/Image/Width 1/Height 1/ColorSpace/DeviceGray"
                 "/BitsPerComponent 8/Filter/ASCIIHexDecode/Length 3>>stream\n00>\n"
                 "endstream";
    return pdf_objects(arena, objects, FIXED + 2 * count, "");
}
