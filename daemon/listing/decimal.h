/* Exact decimal quantities of a listing file: money in yuan, areas in m². Integers only, never floating point.
 *
 * A quantity is kept in millionths. Digits beyond the sixth decimal are rounded half up: no price or area has that
 * many, but a spreadsheet stores 52229.87 as 52229.870000000003.
 *
 * Rounding rule for money: a product (unit price × area) is computed exactly and rounded half up to the fen, once. A
 * total of many products that is to be compared with another source is summed exactly and rounded once, at the end;
 * it may differ by some fen from the sum of the rounded prices. */
#ifndef LISTING_DECIMAL_H
#define LISTING_DECIMAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

__extension__ typedef unsigned __int128 decimal_wide; /* an exact product or a sum of products, in 10^-12 */

enum quantity { QUANTITY_MONEY, QUANTITY_AREA };

enum { DECIMAL_ONE = 1000000 };

struct decimal {
	int64_t micro;   /* value × 10^6, never negative */
	unsigned places; /* decimals that count (0..6): how exact the source was */
};

/* Reads a normalised cell: digits with or without thousands commas, at most one decimal point, an exponent as
 * spreadsheets write it, and the unit that fits the quantity (¥ 元 元/m2 万元; m2 平方米 sqm …). `times` is a factor from the
 * column's name (10000 for 万元), applied when the cell itself names no unit; 1 otherwise. NULL when read; otherwise
 * a sentence that says what is wrong, and *out is untouched. Limits: money
 * below 10^12, areas below 10^7. */
const char *decimal_parse(const char *text, enum quantity quantity, unsigned times, struct decimal *out);

/* Canonical text: no trailing zeros, "98.9". */
void decimal_text(struct decimal d, char *out, size_t out_bytes);

int64_t decimal_fen(struct decimal yuan);                              /* half up */
decimal_wide decimal_product(struct decimal a, struct decimal b);      /* exact; cannot overflow */
int64_t decimal_product_fen(struct decimal yuan, struct decimal area); /* half up; -1 when above 2^53 */
int64_t decimal_wide_fen(decimal_wide sum);                            /* half up; -1 when above 2^53 */

/* total ÷ price, rounded half up to hundredths: the area behind a total and a unit price; 0 when it is none. price must
 * not be 0. */
struct decimal decimal_quotient(struct decimal total, struct decimal price);

/* 213426165666 → "2,134,261,656.66". */
void decimal_fen_text(int64_t fen, char *out, size_t out_bytes);

#endif
