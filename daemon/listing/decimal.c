/* Exact decimals (decimal.h). */
#include "listing/decimal.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { MAX_PLACES = 6, MAX_WHOLE_DIGITS = 12, MAX_DIGITS = 40 };

/* With these a sum of a million products stays within 128 bits. */
#define MONEY_LIMIT INT64_C(1000000000000)
#define AREA_LIMIT INT64_C(10000000)

/* The digits of a number before its value is taken: d[0..count) with `whole` of them in front of the point. */
struct digits {
	char d[MAX_DIGITS];
	int count, whole;
};

static const struct unit_word {
	enum quantity quantity;
	const char *text;
	unsigned times;
} unit_words[] = {
	{ QUANTITY_MONEY, "元", 1 },          { QUANTITY_MONEY, "元整", 1 },       { QUANTITY_MONEY, "元/m2", 1 },
	{ QUANTITY_MONEY, "元/平方米", 1 },   { QUANTITY_MONEY, "元/平米", 1 },    { QUANTITY_MONEY, "元/平", 1 },
	{ QUANTITY_MONEY, "元/套", 1 },       { QUANTITY_MONEY, "元每平方米", 1 }, { QUANTITY_MONEY, "yuan", 1 },
	{ QUANTITY_MONEY, "cny", 1 },         { QUANTITY_MONEY, "rmb", 1 },        { QUANTITY_MONEY, "yuan/m2", 1 },
	{ QUANTITY_MONEY, "万", 10000 },      { QUANTITY_MONEY, "万元", 10000 },   { QUANTITY_MONEY, "万元/套", 10000 },
	{ QUANTITY_MONEY, "万元/m2", 10000 }, { QUANTITY_AREA, "m2", 1 },          { QUANTITY_AREA, "平方米", 1 },
	{ QUANTITY_AREA, "平米", 1 },         { QUANTITY_AREA, "平", 1 },          { QUANTITY_AREA, "sqm", 1 },
	{ QUANTITY_AREA, "sq.m", 1 },         { QUANTITY_AREA, "sq m", 1 },
};

static const char *skip_currency(const char *p)
{
	static const char *const signs[] = { "¥", "CNY", "RMB", "人民币" };

	for (size_t i = 0; i < sizeof signs / sizeof signs[0]; i++)
		if (strncasecmp(p, signs[i], strlen(signs[i])) == 0) {
			p += strlen(signs[i]);
			return p + strspn(p, " ");
		}
	return p;
}

static const char *read_whole(const char **at, struct digits *n)
{
	const char *p = *at;
	int group = 0; /* digits since the last comma */
	bool commas = false;

	for (; isdigit((unsigned char)*p) || (*p == ',' && isdigit((unsigned char)p[1])); p++) {
		if (*p == ',') {
			if (commas ? group != 3 : group < 1 || group > 3)
				return "has a thousands separator in the wrong place";
			commas = true;
			group = 0;
			continue;
		}
		group++;
		if (n->count == 0 && *p == '0')
			continue; /* leading zeros carry nothing */
		if (n->count >= MAX_WHOLE_DIGITS)
			return "is too large";
		n->d[n->count++] = *p;
	}
	if (commas && group != 3)
		return "has a thousands separator in the wrong place";
	n->whole = n->count;
	*at = p;
	return NULL;
}

static void read_fraction(const char **at, struct digits *n)
{
	const char *p = *at;

	if (*p != '.' || !isdigit((unsigned char)p[1]))
		return;
	for (p++; isdigit((unsigned char)*p); p++)
		if (n->count < MAX_DIGITS)
			n->d[n->count++] = *p;
	*at = p;
}

/* "E+06" moves the point; only as far as a quantity can reach. */
static const char *read_exponent(const char **at, struct digits *n)
{
	const char *p = *at;
	int sign = 1, exponent = 0;

	if ((*p != 'e' && *p != 'E') || (!isdigit((unsigned char)p[1]) && !isdigit((unsigned char)p[p[1] ? 2 : 1])))
		return NULL;
	p++;
	if (*p == '+' || *p == '-')
		sign = *p++ == '-' ? -1 : 1;
	for (; isdigit((unsigned char)*p); p++)
		exponent = exponent < 100 ? exponent * 10 + (*p - '0') : exponent;
	n->whole += sign * exponent;
	*at = p;
	return n->whole > MAX_WHOLE_DIGITS && n->count > 0 ? "is too large" : NULL;
}

static int digit_at(const struct digits *n, int i) { return i >= 0 && i < n->count ? n->d[i] - '0' : 0; }

static struct decimal value_of(const struct digits *n)
{
	struct decimal value = { 0, 0 };

	for (int i = n->whole < 0 ? n->whole : 0; i < n->whole + MAX_PLACES; i++)
		value.micro = value.micro * 10 + digit_at(n, i);
	if (digit_at(n, n->whole + MAX_PLACES) >= 5)
		value.micro++;
	for (int64_t unit = DECIMAL_ONE; unit > 1 && value.micro % unit != 0; unit /= 10)
		value.places++;
	return value;
}

/* The factor of the unit behind the number; 0 when the words are none of the quantity's. */
static unsigned unit_factor(const char *text, enum quantity quantity, unsigned times)
{
	text += strspn(text, " ");
	if (*text == '\0')
		return times;
	for (size_t i = 0; i < sizeof unit_words / sizeof unit_words[0]; i++)
		if (unit_words[i].quantity == quantity && strcasecmp(text, unit_words[i].text) == 0)
			return unit_words[i].times;
	return 0;
}

const char *decimal_parse(const char *text, enum quantity quantity, unsigned times, struct decimal *out)
{
	struct digits n = { .count = 0 };
	const char *p = quantity == QUANTITY_MONEY ? skip_currency(text) : text;
	const char *why;
	unsigned factor;

	if (*p == '-' || *p == '(')
		return "is negative";
	if (!isdigit((unsigned char)*p))
		return "is not a number";
	if ((why = read_whole(&p, &n)) != NULL)
		return why;
	read_fraction(&p, &n);
	if ((why = read_exponent(&p, &n)) != NULL)
		return why;
	factor = unit_factor(p, quantity, times);
	if (factor == 0)
		return isdigit((unsigned char)*p) || *p == '.' || *p == ',' ? "is not one number"
		       : quantity == QUANTITY_MONEY                         ? "has words that are no unit of money"
		                                                            : "has words that are no unit of area";
	struct decimal value = value_of(&n);
	if (value.micro >= (quantity == QUANTITY_MONEY ? MONEY_LIMIT : AREA_LIMIT) * DECIMAL_ONE / factor)
		return "is too large";
	value.micro *= factor;
	*out = value;
	return NULL;
}

void decimal_text(struct decimal d, char *out, size_t out_bytes)
{
	int64_t fraction = d.micro % DECIMAL_ONE;
	int places = MAX_PLACES;

	if (fraction == 0) {
		snprintf(out, out_bytes, "%lld", (long long)(d.micro / DECIMAL_ONE));
		return;
	}
	for (; fraction % 10 == 0; fraction /= 10)
		places--;
	snprintf(out, out_bytes, "%lld.%0*lld", (long long)(d.micro / DECIMAL_ONE), places, (long long)fraction);
}

int64_t decimal_fen(struct decimal yuan) { return (yuan.micro + 5000) / 10000; }

decimal_wide decimal_product(struct decimal a, struct decimal b)
{
	return (decimal_wide)a.micro * (decimal_wide)b.micro;
}

int64_t decimal_wide_fen(decimal_wide sum)
{
	const decimal_wide fen = 10000000000u; /* 10^-12 to 10^-2 */
	decimal_wide rounded = (sum + fen / 2) / fen;

	return rounded > ((decimal_wide)1 << 53) ? -1 : (int64_t)rounded;
}

int64_t decimal_product_fen(struct decimal yuan, struct decimal area)
{
	return decimal_wide_fen(decimal_product(yuan, area));
}

struct decimal decimal_quotient(struct decimal total, struct decimal price)
{
	decimal_wide hundredths =
		((decimal_wide)total.micro * 200 + (decimal_wide)price.micro) / ((decimal_wide)price.micro * 2);

	if (hundredths >= (decimal_wide)AREA_LIMIT * 100)
		return (struct decimal){ 0, 0 };
	return (struct decimal){ .micro = (int64_t)hundredths * 10000, .places = 2 };
}

void decimal_fen_text(int64_t fen, char *out, size_t out_bytes)
{
	char whole[32], grouped[48];
	size_t length, used = 0;

	snprintf(whole, sizeof whole, "%lld", (long long)(fen / 100));
	length = strlen(whole);
	for (size_t i = 0; i < length; i++) {
		if (i > 0 && (length - i) % 3 == 0)
			grouped[used++] = ',';
		grouped[used++] = whole[i];
	}
	grouped[used] = '\0';
	snprintf(out, out_bytes, "%s.%02d", grouped, (int)(fen % 100));
}
