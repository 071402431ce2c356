/*
 * PostgreSQL's binary forms of the few types that statements use.  Sums of
 * bigint come as numeric; a fraction is refused, as on SQLite.
 */
#include "store_own.h"

#include <endian.h>
#include <string.h>

enum type {
    TYPE_BOOL = 16,
    TYPE_BYTEA = 17,
    TYPE_NAME = 19,
    TYPE_INT8 = 20,
    TYPE_INT2 = 21,
    TYPE_INT4 = 23,
    TYPE_TEXT = 25,
    TYPE_UNKNOWN = 705,
    TYPE_BPCHAR = 1042,
    TYPE_VARCHAR = 1043,
    TYPE_NUMERIC = 1700,
    TYPE_VOID = 2278,
};

#define NUMERIC_HEAD     8 /* digits, weight, sign, scale: two bytes each */
#define NUMERIC_BASE     10000
#define NUMERIC_NEGATIVE 0x4000

static bool number_of(const char *at, size_t length, int64_t *out_number);
static bool number_of_numeric(const char *at, size_t length, int64_t *out_number);
static int16_t int16_at(const char *at);

void parameter_from_int(int64_t number, char out_bytes[PARAMETER_SIZE]) {
    uint64_t big = htobe64((uint64_t)number);
    memcpy(out_bytes, &big, sizeof big);
}

bool cell_set_binary(struct rows *rows, size_t column, unsigned oid, const char *at,
                     size_t length) {
    struct value *cell = &rows->cells[column];
    switch ((enum type)oid) {
    case TYPE_BOOL:
    case TYPE_INT2:
    case TYPE_INT4:
    case TYPE_INT8:
        cell->kind = VALUE_INT;
        return number_of(at, length, &cell->number);
    case TYPE_NUMERIC:
        cell->kind = VALUE_INT;
        return number_of_numeric(at, length, &cell->number);
    case TYPE_NAME:
    case TYPE_TEXT:
    case TYPE_UNKNOWN:
    case TYPE_BPCHAR:
    case TYPE_VARCHAR:
        cell_set_bytes(rows, column, VALUE_TEXT, at, length);
        return true;
    case TYPE_BYTEA:
        cell_set_bytes(rows, column, VALUE_BYTES, at, length);
        return true;
    case TYPE_VOID:
        cell->kind = VALUE_NULL;
        cell->number = 0;
        return true;
    }
    return false;
}

/* Big-endian, of one, two, four or eight bytes. */
static bool number_of(const char *at, size_t length, int64_t *out_number) {
    if (length == 0 || length > sizeof(int64_t)) {
        return false;
    }
    uint64_t number = (signed char)at[0] < 0 ? UINT64_MAX : 0;
    for (size_t i = 0; i < length; i++) {
        number = number << 8 | (unsigned char)at[i];
    }
    *out_number = (int64_t)number;
    return true;
}

static bool number_of_numeric(const char *at, size_t length, int64_t *out_number) {
    if (length < NUMERIC_HEAD) {
        return false;
    }
    int digits = int16_at(at);
    int weight = int16_at(at + 2);
    int sign = int16_at(at + 4);
    if ((sign != 0 && sign != NUMERIC_NEGATIVE) ||
        length < NUMERIC_HEAD + 2 * (size_t)digits) {
        return false; /* not a number, infinite or cut short */
    }
    int64_t number = 0;
    for (int i = 0; i <= weight || i < digits; i++) {
        int digit = i < digits ? int16_at(at + NUMERIC_HEAD + 2 * i) : 0;
        if (i > weight && digit != 0) {
            return false; /* a fraction */
        }
        if (i <= weight && (__builtin_mul_overflow(number, NUMERIC_BASE, &number) ||
                            __builtin_sub_overflow(number, digit, &number))) {
            return false;
        }
    }
    /* Counted downwards, as the least number has no positive twin. */
    return sign == NUMERIC_NEGATIVE ? (*out_number = number, true)
                                    : !__builtin_sub_overflow(0, number, out_number);
}

static int16_t int16_at(const char *at) {
    uint16_t big;
    memcpy(&big, at, sizeof big);
    return (int16_t)be16toh(big);
}
