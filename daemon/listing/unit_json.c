/* The catalogue entry of a unit (listing.h). Written here and not by a JSON library, because its bytes count: an
 * import compares them with those in Redis to tell what has changed. */
#include "listing/listing.h"

#include "base/buf.h"

static void add_text(struct buf *b, const char *name, const char *text)
{
	buf_addf(b, "%s\"%s\":\"", b->len_bytes > 1 ? "," : "", name);
	for (const char *p = text; *p != '\0'; p++) {
		unsigned char c = (unsigned char)*p;

		if (c == '"' || c == '\\')
			buf_addf(b, "\\%c", c);
		else if (c < 0x20 || c == 0x7f)
			buf_addf(b, "\\u%04x", c);
		else
			buf_addc(b, *p);
	}
	buf_addc(b, '"');
}

static void add_area(struct buf *b, const char *name, const struct listing_unit *u, enum field field)
{
	char text[32] = "";

	if (u->has[field])
		decimal_text(u->value[field], text, sizeof text);
	add_text(b, name, text);
}

char *listing_unit_json(const struct listing_unit *u)
{
	struct buf b = { 0 };

	buf_addc(&b, '{');
	add_text(&b, "id", u->at.id);
	add_text(&b, "building", u->at.building);
	add_text(&b, "entrance", u->at.entrance);
	add_text(&b, "floor", u->at.floor);
	add_text(&b, "room", u->at.room);
	add_text(&b, "type", u->type);
	add_area(&b, "gross_area", u, FIELD_GROSS);
	add_area(&b, "inside_area", u, FIELD_INSIDE);
	buf_adds(&b, ",\"list_price_fen\":");
	buf_addi(&b, u->price_fen);
	buf_addf(&b, ",\"type_derived\":%s}", u->type_derived ? "true" : "false");
	return buf_take(&b);
}
