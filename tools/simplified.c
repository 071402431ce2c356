/*
 * Writes the table of traditional characters and their simplified forms, as ICU's
 * transliterator "Traditional-Simplified" has them, for src/text/fold.c.
 */
#include <stdint.h>
#include <stdio.h>
#include <unicode/utrans.h>
#include <unicode/utypes.h>

int main(int count, char **arguments) {
    static const UChar id[] = u"Traditional-Simplified";
    UErrorCode error = U_ZERO_ERROR;
    UTransliterator *table = utrans_openU(id, -1, UTRANS_FORWARD, NULL, 0, NULL, &error);
    FILE *out = count == 2 ? fopen(arguments[1], "w") : NULL;
    if (U_FAILURE(error) || out == NULL) {
        fprintf(stderr, "simplified: %s\n", u_errorName(error));
        return 1;
    }
    fprintf(out, "/* Made by tools/simplified.c from ICU %s. */\n", U_ICU_VERSION);
    for (uint32_t from = 0x3400; from < 0xa000; from++) {
        UChar text[8] = {(UChar)from};
        int32_t length = 1;
        int32_t limit = 1;
        error = U_ZERO_ERROR;
        utrans_transUChars(table, text, &length, 8, 0, &limit, &error);
        if (U_SUCCESS(error) && length == 1 && text[0] != from) {
            fprintf(out, "{0x%04x, 0x%04x},\n", (unsigned)from, (unsigned)text[0]);
        }
    }
    utrans_close(table);
    return fclose(out) == 0 ? 0 : 1;
}
