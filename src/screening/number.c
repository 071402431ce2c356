/*
 * Numbers that belong to a person: citizen IDs (GB 11643), bank cards (ISO/IEC
 * 7812-1) and telephones.
 *
 * A number is a row of digits, or groups of digits parted by single blanks or
 * hyphens, that has exactly the length of its kind.  Digits of any width count, and
 * what nobody sees between them does not.
 */
#include "screening/screening_own.h"

#include <stdlib.h>
#include <string.h>

#define GROUPS_MOST 12
#define DIGITS_MOST 24

/* A row of digits without anything between. */
struct group {
    size_t from; /* points of the folded line */
    size_t to;
};

/* Groups taken as one number. */
struct number {
    char digits[DIGITS_MOST + 1];
    size_t count;
    size_t from; /* points */
    size_t to;
};

struct reading {
    struct scan *scan;
    const struct place *place;
    struct str line;
    struct folded folded;
};

static size_t next_group(const struct folded *line, size_t at, struct group *out_group);
static size_t row_of_groups(const struct folded *line, size_t at, struct group *groups);
static size_t look_at_row(struct reading *reading, const struct group *groups,
                          size_t count);
static bool join(const struct reading *reading, const struct group *groups, size_t count,
                 struct number *out_number);
static bool look_at_number(struct reading *reading, const struct number *number);
static bool is_citizen_id(const struct scan *scan, const struct number *number,
                          bool *out_known_division);
static bool has_check_digit(const struct number *number);
static bool is_birth_date(const char *digits, size_t year_digits);
static bool is_division(const struct scan *scan, const char *digits);
static bool is_card(const struct scan *scan, const struct number *number,
                    bool *out_known);
static bool passes_luhn(const struct number *number);
static bool is_mobile(const struct number *number);
static bool is_landline(const struct number *number, size_t first_group);
static bool is_amount(const struct reading *reading, const struct number *number);
static bool is_office_number(const struct scan *scan, const struct number *number);
static void report(struct reading *reading, const struct number *number,
                   enum detector detector, bool uncertain, size_t keep_first,
                   size_t keep_last);
static bool is_digit(uint32_t point);

void scan_numbers(struct scan *scan, const struct place *place, struct str line) {
    struct reading reading = {.scan = scan, .place = place, .line = line};
    size_t digits = 0;
    for (size_t i = 0; i < line.length; i++) {
        unsigned char byte = (unsigned char)line.at[i];
        digits += (byte >= '0' && byte <= '9') || byte >= 0xe2; /* or a wide one */
    }
    if (digits < 7) {
        return;
    }
    reading.folded = text_fold(scan->scratch, line, FOLD_FORM);
    struct group groups[GROUPS_MOST];
    for (size_t at = 0; at < reading.folded.count;) {
        size_t count = row_of_groups(&reading.folded, at, groups);
        if (count == 0) {
            break;
        }
        size_t taken = look_at_row(&reading, groups, count);
        at = taken > 0 ? groups[taken - 1].to : groups[0].to;
    }
}

/* The next row of digits from *at* on; its beginning, or the line's end. */
static size_t next_group(const struct folded *line, size_t at, struct group *out_group) {
    while (at < line->count && !is_digit(line->points[at])) {
        at++;
    }
    out_group->from = at;
    while (at < line->count && is_digit(line->points[at])) {
        at++;
    }
    /* The last place of a citizen ID may be X. */
    bool is_x = at < line->count && line->points[at] == 'x' &&
                (at + 1 == line->count || line->points[at + 1] < 'a' ||
                 line->points[at + 1] > 'z');
    out_group->to = at + (is_x && at > out_group->from);
    return out_group->from;
}

/* Groups that follow each other with one blank or hyphen between. */
static size_t row_of_groups(const struct folded *line, size_t at, struct group *groups) {
    size_t count = 0;
    while (count < GROUPS_MOST) {
        struct group group;
        size_t from = next_group(line, at, &group);
        if (from == line->count) {
            break;
        }
        if (count > 0) {
            uint32_t between = line->points[at];
            if (from != at + 1 ||
                (between != ' ' && between != '-' && between != 0x2010 &&
                 between != 0x2013 && between != 0xb7)) {
                break;
            }
        }
        groups[count++] = group;
        at = group.to;
    }
    return count;
}

/* Try the first group with as many that follow as make a number; how many were
 * used. */
static size_t look_at_row(struct reading *reading, const struct group *groups,
                          size_t count) {
    for (size_t used = count; used > 0; used--) {
        struct number number;
        if (join(reading, groups, used, &number) && look_at_number(reading, &number)) {
            return used;
        }
    }
    return 0;
}

static bool join(const struct reading *reading, const struct group *groups, size_t count,
                 struct number *out_number) {
    struct number number = {.from = groups[0].from, .to = groups[count - 1].to};
    for (size_t i = 0; i < count; i++) {
        for (size_t at = groups[i].from; at < groups[i].to; at++) {
            if (number.count == DIGITS_MOST) {
                return false;
            }
            number.digits[number.count++] = (char)reading->folded.points[at];
        }
    }
    *out_number = number;
    return true;
}

static bool look_at_number(struct reading *reading, const struct number *number) {
    struct scan *scan = reading->scan;
    bool known;
    uint32_t before = number->from > 0 ? reading->folded.points[number->from - 1] : ' ';
    uint32_t after =
        number->to < reading->folded.count ? reading->folded.points[number->to] : ' ';
    bool is_word = (before >= 'a' && before <= 'z') || (after >= 'a' && after <= 'z');
    bool is_part = (before == '.' || before == ',') && number->from > 1 &&
                   is_digit(reading->folded.points[number->from - 2]);
    is_part = is_part ||
              ((after == '.' || after == ',') && number->to + 1 < reading->folded.count &&
               is_digit(reading->folded.points[number->to + 1]));
    if (is_part) {
        return false; /* a fraction or a number with commas */
    }
    if (is_citizen_id(scan, number, &known)) {
        report(reading, number, DETECTOR_CITIZEN_ID, !known, 4, 4);
        return true;
    }
    if (is_word) {
        return false; /* part of a code of letters and digits */
    }
    if (is_card(scan, number, &known)) {
        report(reading, number, DETECTOR_BANK_CARD, !known, 4, 4);
        return true;
    }
    struct number local = *number;
    if (local.count > 11 && strncmp(local.digits, "86", 2) == 0) {
        memmove(local.digits, local.digits + 2, local.count - 1);
        local.count -= 2;
    }
    if (is_mobile(&local) && !is_amount(reading, number)) {
        if (!is_office_number(scan, &local)) {
            report(reading, number, DETECTOR_PHONE, false, number->count - 8, 4);
        }
        return true;
    }
    size_t first = 0;
    while (number->from + first < number->to &&
           is_digit(reading->folded.points[number->from + first])) {
        first++;
    }
    if (is_landline(number, first) && !is_amount(reading, number)) {
        if (!is_office_number(scan, number)) {
            size_t area = number->digits[1] < '3' ? 3 : 4;
            report(reading, number, DETECTOR_PHONE, false, area, 3);
        }
        return true;
    }
    return false;
}

/* 18 digits with check digit and date, or the 15 of before 1999 with a known
 * division, as they have no check digit. */
static bool is_citizen_id(const struct scan *scan, const struct number *number,
                          bool *out_known_division) {
    *out_known_division = number->count >= 6 && is_division(scan, number->digits);
    if (number->count == 18) {
        return number->digits[0] != '0' && has_check_digit(number) &&
               is_birth_date(number->digits + 6, 4);
    }
    return number->count == 15 && *out_known_division && number->digits[14] != 'x' &&
           is_birth_date(number->digits + 6, 2);
}

/* GB 11643-1999: weights 2^(18−i) modulo 11 (ISO 7064, MOD 11-2). */
static bool has_check_digit(const struct number *number) {
    static const int weights[] = {7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2};
    int sum = 0;
    for (size_t i = 0; i < LENGTH(weights); i++) {
        if (number->digits[i] == 'x') {
            return false;
        }
        sum += (number->digits[i] - '0') * weights[i];
    }
    return number->digits[17] == "10x98765432"[sum % 11];
}

static bool is_birth_date(const char *digits, size_t year_digits) {
    char text[11] = "1900-01-01";
    memcpy(text + 4 - year_digits, digits, year_digits);
    memcpy(text + 5, digits + year_digits, 2);
    memcpy(text + 8, digits + year_digits + 2, 2);
    civil_day day;
    return (text[0] == '1' ? text[1] >= '8' : text[0] == '2' && text[1] == '0') &&
           day_from_text((struct str){text, 10}, &day) == DONE;
}

static bool is_division(const struct scan *scan, const char *digits) {
    uint32_t code = 0;
    for (size_t i = 0; i < 6; i++) {
        code = code * 10 + (uint32_t)(digits[i] - '0');
    }
    size_t low = 0;
    size_t high = scan->facts.division_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (scan->facts.divisions[middle] < code) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low < scan->facts.division_count && scan->facts.divisions[low] == code;
}

/* 16 to 19 digits with the check digit of Luhn; a known issuer makes it sure. */
static bool is_card(const struct scan *scan, const struct number *number,
                    bool *out_known) {
    if (number->count < 16 || number->count > 19 || number->digits[0] < '3' ||
        number->digits[0] > '9' || !passes_luhn(number)) {
        return false;
    }
    *out_known = false;
    for (size_t i = 0; i < scan->facts.card_count; i++) {
        const struct card_range *range = &scan->facts.cards[i];
        char bin[12];
        snprintf(bin, sizeof bin, "%u", range->bin);
        if ((size_t)range->card_length == number->count &&
            strncmp(bin, number->digits, (size_t)range->bin_length) == 0) {
            *out_known = true;
            return true;
        }
    }
    /* UnionPay and the international schemes; other beginnings are serial numbers. */
    return number->digits[0] == '6' || number->digits[0] == '4' ||
           number->digits[0] == '5';
}

static bool passes_luhn(const struct number *number) {
    int sum = 0;
    for (size_t i = 0; i < number->count; i++) {
        if (number->digits[i] == 'x') {
            return false;
        }
        int digit = number->digits[number->count - 1 - i] - '0';
        digit *= (i & 1) != 0 ? 2 : 1;
        sum += digit > 9 ? digit - 9 : digit;
    }
    return sum % 10 == 0;
}

/* The number plan of the Ministry (2017): 11 digits from 13 to 19; 10–12 are short
 * numbers. */
static bool is_mobile(const struct number *number) {
    return number->count == 11 && number->digits[0] == '1' && number->digits[1] >= '3' &&
           number->digits[10] != 'x';
}

/* Area code and 7 or 8 digits, parted or not; without one it is not told from any
 * other number. */
static bool is_landline(const struct number *number, size_t first_group) {
    if (number->digits[0] != '0' || number->digits[1] == '0' ||
        memchr(number->digits, 'x', number->count) != NULL) {
        return false;
    }
    bool is_short = number->digits[1] == '1' || number->digits[1] == '2';
    size_t area = is_short ? 3 : 4;
    size_t rest = number->count - area;
    bool parted = first_group == area || first_group == number->count;
    return number->count > area && parted && (rest == 7 || rest == 8) &&
           (!is_short || rest == 8) && number->digits[area] >= '2';
}

/* Followed by a unit it is an amount: 13912345678 元. */
static bool is_amount(const struct reading *reading, const struct number *number) {
    static const char *const units[] = {"元", "万", "亿", "吨", "千", "平", "立",
                                        "亩", "公", "%",  "户", "辆", "人", "㎡"};
    size_t at = number->to;
    while (at < reading->folded.count && reading->folded.points[at] == ' ') {
        at++;
    }
    if (at == reading->folded.count) {
        return false;
    }
    struct str rest =
        str_part(reading->line, reading->folded.from[at], reading->line.length);
    for (size_t i = 0; i < LENGTH(units); i++) {
        if (str_starts(rest, units[i])) {
            return true;
        }
    }
    return false;
}

/* Entries of the list are compared by their digits, with or without area code. */
static bool is_office_number(const struct scan *scan, const struct number *number) {
    for (size_t i = 0; i < scan->office_number_count; i++) {
        struct str word = scan->office_numbers[i].word;
        char digits[DIGITS_MOST];
        size_t count = 0;
        for (size_t k = 0; k < word.length && count < DIGITS_MOST; k++) {
            if (word.at[k] >= '0' && word.at[k] <= '9') {
                digits[count++] = word.at[k];
            }
        }
        if (count >= 7 && count <= number->count &&
            memcmp(number->digits + number->count - count, digits, count) == 0) {
            return true;
        }
    }
    return false;
}

/* Masked in place: separators stay, so that the text keeps its shape. */
static void report(struct reading *reading, const struct number *number,
                   enum detector detector, bool uncertain, size_t keep_first,
                   size_t keep_last) {
    struct buffer masked;
    buffer_init(&masked, reading->scan->scratch);
    const struct folded *folded = &reading->folded;
    size_t digit = 0;
    for (size_t at = number->from; at < number->to; at++) {
        bool counts = is_digit(folded->points[at]) || folded->points[at] == 'x';
        bool hidden = counts && digit >= keep_first && digit + keep_last < number->count;
        buffer_add(&masked,
                   hidden ? STR("*")
                          : str_part(reading->line, folded->from[at], folded->to[at]));
        digit += counts;
    }
    struct sighting sighting = {.detector = detector,
                                .from = folded->from[number->from],
                                .to = folded->to[number->to - 1],
                                .uncertain = uncertain,
                                .shown = buffer_str(&masked),
                                .remedy = REMEDY_MASK,
                                .offer = buffer_str(&masked)};
    scan_add(reading->scan, reading->place, &sighting);
}

static bool is_digit(uint32_t point) { return point >= '0' && point <= '9'; }
