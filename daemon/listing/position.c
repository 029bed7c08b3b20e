/* Positions and ids of units (position.h). */
#include "listing/position.h"

#include "base/mem.h"
#include "listing/normalise.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

/* What follows a building's number; the first that fits wins, so the longer come first. */
static const char *const building_words[] = { "号楼", "#楼", "栋", "幢", "座", "号", "#", "楼" };
static const char *const building_prefixes[] = { "building", "bldg.", "bldg", "block", "tower", "no." };
static const char *const zone_words[] = { "期", "区", "组团", "地块" };
static const char *const entrance_words[] = { "单元", "门", "梯", "unit", "entrance" };
static const char *const floor_words[] = { "层", "楼", "floor", "fl", "f" };
static const char *const floor_prefixes[] = { "第", "floor", "level" };
static const char *const room_words[] = { "室", "房", "号房", "号", "房间" };

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static bool put(char *to, const char *from, size_t bytes)
{
	if (bytes >= POSITION_TEXT)
		return false;
	memcpy(to, from, bytes);
	to[bytes] = '\0';
	return true;
}

/* Bytes of the word that `text` begins with, 0 when none. */
static size_t word_at(const char *text, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strncasecmp(text, words[i], strlen(words[i])) == 0)
			return strlen(words[i]);
	return 0;
}

/* Cuts the first of the words that the text ends with; a Latin one only behind a digit or space ("3F", not "roof"). */
static void cut_word_behind(char *text, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t have = strlen(text), want = strlen(words[i]);

		if (have <= want || strcasecmp(text + have - want, words[i]) != 0)
			continue;
		have -= want;
		if (isalpha((unsigned char)words[i][0]) && isalpha((unsigned char)text[have - 1]))
			continue;
		while (have > 0 && text[have - 1] == ' ')
			have--;
		text[have] = '\0';
		return;
	}
}

/* Bytes of one letter or digit or Chinese numeral, 0 for anything else: what a building's number is made of. */
static size_t key_char(const char *p)
{
	int64_t ignored;

	if (isalnum((unsigned char)*p))
		return 1;
	return (unsigned char)*p >= 0xe0 && normalise_number(p, &ignored) > 0 ? 3 : 0;
}

static size_t key_run(const char *p)
{
	size_t bytes = 0, more;

	while ((more = key_char(p + bytes)) > 0)
		bytes += more;
	return bytes;
}

/* A run as a key: numbers without leading zeros and in western digits, letters upper case. */
static bool put_key(char *key, const char *run, size_t bytes)
{
	char text[POSITION_TEXT];
	int64_t number;
	size_t used;

	if (!put(text, run, bytes))
		return false;
	used = normalise_number(text, &number);
	if (used > 0 && used == bytes)
		return snprintf(key, POSITION_TEXT, "%lld", (long long)number) > 0;
	for (char *p = text; *p != '\0'; p++)
		*p = (char)((unsigned char)*p < 0x80 ? toupper((unsigned char)*p) : *p);
	return put(key, text, strlen(text));
}

struct building_parts {
	const char *label, *number, *behind; /* `number` bytes [number, number+number_bytes) */
	size_t number_bytes, zone_bytes;
};

/* Finds "[zone]number word" in the text: 松风明月花园[二期]3栋. */
static bool find_building(const char *text, struct building_parts *parts)
{
	const char *zone = NULL;
	size_t zone_bytes = 0;
	uint32_t code;

	for (const char *p = text; *p != '\0';) {
		size_t run = key_run(p), word;

		if (run == 0) {
			p += normalise_utf8(p, &code);
			zone = NULL;
			continue;
		}
		if ((word = word_at(p + run, zone_words, COUNT(zone_words))) > 0) {
			zone = p;
			zone_bytes = run + word;
			p += zone_bytes;
			p += strspn(p, " -");
			continue;
		}
		if ((word = word_at(p + run, building_words, COUNT(building_words))) > 0) {
			*parts = (struct building_parts){ zone != NULL ? zone : p, p, p + run + word, run,
				                              zone != NULL ? zone_bytes : 0 };
			return true;
		}
		p += run;
		zone = NULL;
	}
	return false;
}

/* "Building 3", "Tower A", or a bare "3", "A2". */
static bool find_plain_building(const char *text, struct building_parts *parts)
{
	const char *p = text + word_at(text, building_prefixes, COUNT(building_prefixes));
	size_t run;

	p += strspn(p, " ");
	run = key_run(p);
	if (run == 0 || p[run] != '\0')
		return false;
	*parts = (struct building_parts){ text, p, p + run, run, 0 };
	return true;
}

int position_names_building(const char *text)
{
	struct building_parts parts;
	char *clean = normalise_text(text);
	bool named = find_building(clean, &parts) || (word_at(clean, building_prefixes, COUNT(building_prefixes)) > 0 &&
	                                              find_plain_building(clean, &parts));

	mem_free(clean);
	return named;
}

static const char *read_building(char *text, struct position *out, const char **rest)
{
	struct building_parts parts;
	char key[POSITION_TEXT];

	normalise_whole(text);
	*rest = "";
	if (normalise_is_blank(text))
		return "names no building";
	if (!find_building(text, &parts) && !find_plain_building(text, &parts)) {
		/* A building that has a name and no number: the name is the key. */
		if (!put(out->building, text, strlen(text)) || !put(out->building_key, text, strlen(text)))
			return "is longer than a building's name may be (63 bytes)";
		return NULL;
	}
	if (!put_key(key, parts.number, parts.number_bytes) ||
	    !put(out->building, parts.label, (size_t)(parts.behind - parts.label)))
		return "is longer than a building's name may be (63 bytes)";
	if (snprintf(out->building_key, sizeof out->building_key, "%.*s%s", (int)parts.zone_bytes, parts.label, key) >=
	    (int)sizeof out->building_key)
		return "is longer than a building's name may be (63 bytes)";
	*rest = parts.behind + strspn(parts.behind, " -");
	return NULL;
}

static const char *read_entrance(char *text, struct position *out)
{
	char core[POSITION_TEXT];

	normalise_whole(text);
	if (normalise_is_blank(text))
		return NULL;
	if (!put(out->entrance, text, strlen(text)))
		return "is longer than an entrance's name may be (63 bytes)";
	memcpy(core, out->entrance, sizeof core);
	cut_word_behind(core, entrance_words, COUNT(entrance_words));
	size_t word = word_at(core, entrance_words, COUNT(entrance_words)); /* "Unit 1" */
	const char *number = core + word + strspn(core + word, " 第");
	if (!put_key(out->entrance_key, number, strlen(number)) || out->entrance_key[0] == '\0')
		return "is no entrance that an id could be made of";
	return NULL;
}

static const char *read_floor(char *text, struct position *out)
{
	char core[POSITION_TEXT];
	static const char *const below[] = { "地下", "负", "-", "b" };
	const char *p = core;
	int64_t number;
	size_t word;

	normalise_whole(text);
	if (normalise_is_blank(text))
		return NULL;
	if (!put(core, text, strlen(text)))
		return "is longer than a floor's name may be (63 bytes)";
	cut_word_behind(core, floor_words, COUNT(floor_words));
	p += word_at(p, floor_prefixes, COUNT(floor_prefixes));
	p += strspn(p, " ");
	word = word_at(p, below, COUNT(below));
	size_t used = normalise_number(p + word, &number);
	if (used > 0 && p[word + used] == '\0')
		snprintf(out->floor, sizeof out->floor, "%s%lld", word > 0 ? "B" : "", (long long)number);
	else
		put(out->floor, p, strlen(p));
	return NULL;
}

static size_t longest_digits(const char *text)
{
	size_t longest = 0;

	while (*text != '\0') {
		size_t run = strspn(text, "0123456789");

		longest = run > longest ? run : longest;
		text += run > 0 ? run : 1;
	}
	return longest;
}

/* 301 from floor "3" and room "1"; the floor of a two-storey home ("31-32") counts by its lower one. */
static const char *join_floor(const char *room, struct position *out)
{
	size_t floor_bytes = key_run(out->floor);
	bool plain = room[strspn(room, "0123456789")] == '\0';
	int written;

	if (floor_bytes == 0)
		return "is too short to tell the floor, and no floor is given";
	written = snprintf(out->room, sizeof out->room, plain && strlen(room) == 1 ? "%.*s0%s" : "%.*s%s", (int)floor_bytes,
	                   out->floor, room);
	return written < (int)sizeof out->room ? NULL : "is longer than a room's name may be (63 bytes)";
}

static const char *read_room(char *text, struct position *out)
{
	size_t digits;
	int64_t number;

	normalise_whole(text);
	cut_word_behind(text, room_words, COUNT(room_words));
	if (normalise_is_blank(text))
		return "names no room";
	if (strpbrk(text, "/:") != NULL)
		return "looks like a date or a list, not like one room";
	digits = longest_digits(text);
	if (digits < 3)
		return join_floor(text, out);
	if (!put(out->room, text, strlen(text)))
		return "is longer than a room's name may be (63 bytes)";
	if (text[0] == '0' && text[digits] == '\0') /* 0301 is 301: files of one project write both */
		memmove(out->room, out->room + strspn(out->room, "0"), strlen(out->room + strspn(out->room, "0")) + 1);
	if (out->floor[0] == '\0' && text[digits] == '\0' && normalise_number(out->room, &number) > 0 && number >= 100)
		snprintf(out->floor, sizeof out->floor, "%lld", (long long)(number / 100));
	return NULL;
}

/* "3-1-301" or "3-301" in a room cell: what stands in front of the room, at most two parts. */
struct front {
	char first[POSITION_TEXT], second[POSITION_TEXT];
	int parts;
};

static const char *split_room(char *room, struct front *front)
{
	char *last = strrchr(room, '-'), *middle;

	front->parts = 0;
	if (last == NULL || last == room || normalise_is_blank(room))
		return NULL;
	if (longest_digits(last + 1) < 3)
		return "looks like a date, not like a room";
	*last = '\0';
	middle = strchr(room, '-');
	if (middle != NULL) {
		*middle = '\0';
		if (strchr(middle + 1, '-') != NULL)
			return "has more parts than building, entrance and room";
		if (!put_key(front->second, middle + 1, strlen(middle + 1)))
			return "is too long";
	}
	if (!put_key(front->first, room, strlen(room)))
		return "is too long";
	front->parts = middle != NULL ? 2 : 1;
	memmove(room, last + 1, strlen(last + 1) + 1);
	return NULL;
}

/* The parts in front stand in for a missing building or entrance, and otherwise must agree with them. Anything else
 * is another notation or a date that a spreadsheet made of it; guessing would sell the wrong home. */
static const char *agree(const struct front *front, struct position *out)
{
	static const char differs[] = "names another building or entrance than the other columns";
	bool first_is_building = strcmp(front->first, out->building_key) == 0;
	const char *entrance = front->parts == 2 ? front->second : first_is_building ? "" : front->first;

	if (front->parts == 2 && !first_is_building)
		return differs;
	if (entrance[0] == '\0' || strcmp(entrance, out->entrance_key) == 0)
		return NULL;
	if (out->entrance[0] != '\0')
		return differs;
	memcpy(out->entrance, entrance, strlen(entrance) + 1);
	memcpy(out->entrance_key, entrance, strlen(entrance) + 1);
	return NULL;
}

static const char *make_id(struct position *out)
{
	int written = snprintf(out->id, sizeof out->id, "%s-%s%s%s", out->building_key, out->entrance_key,
	                       out->entrance_key[0] != '\0' ? "-" : "", out->room);

	if (written > 64)
		return "makes an id of more than 64 bytes";
	for (char *p = out->id; *p != '\0'; p++)
		if (*p == ' ' || *p == '|')
			return "has a space or a | in it, which an id may not have";
	return NULL;
}

/* The four cells, normalised: [0] building, [1] entrance, [2] floor, [3] room. */
static const char *read_cells(char *cells[4], struct position *out, char *which)
{
	struct front front = { .parts = 0 };
	const char *rest = "";
	const char *why;

	*which = 'r';
	if ((why = split_room(cells[3], &front)) != NULL)
		return why;
	*which = 'b';
	if ((why = read_building(normalise_is_blank(cells[0]) ? front.first : cells[0], out, &rest)) != NULL)
		return why;
	*which = 'e';
	char *behind = mem_strdup(rest);
	why = read_entrance(normalise_is_blank(cells[1]) ? behind : cells[1], out);
	mem_free(behind);
	if (why != NULL)
		return why;
	*which = 'f';
	if ((why = read_floor(cells[2], out)) != NULL)
		return why;
	*which = 'r';
	if ((why = read_room(cells[3], out)) != NULL || (front.parts > 0 && (why = agree(&front, out)) != NULL))
		return why;
	return make_id(out);
}

const char *position_read(const struct position_cells *cells, struct position *out, char *which)
{
	const char *const raw[4] = { cells->building, cells->entrance, cells->floor, cells->room };
	char *clean[4];
	const char *why;

	memset(out, 0, sizeof *out);
	for (int i = 0; i < 4; i++)
		clean[i] = normalise_text(raw[i] != NULL ? raw[i] : "");
	why = read_cells(clean, out, which);
	for (int i = 0; i < 4; i++)
		mem_free(clean[i]);
	return why;
}
