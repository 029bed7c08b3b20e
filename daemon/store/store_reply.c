#include "base/log.h"
#include "base/mem.h"
#include "store/store_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Errors with which Redis refuses before it runs anything. */
static const char *const refused_before[] = {
	"LOADING",
	"BUSY",
	"READONLY",
	"OOM",
	"MISCONF",
	"NOREPLICAS",
	"CLUSTERDOWN",
	"MASTERDOWN",
	"TRYAGAIN",
	"MOVED",
	"NOAUTH",
	"NOPERM",
	"ERR Function not found",
};

static bool starts_with(const char *text, const char *start) { return strncmp(text, start, strlen(start)) == 0; }

bool reply_is_missing_function(const redisReply *r)
{
	return r && r->type == REDIS_REPLY_ERROR && starts_with(r->str, "ERR Function not found");
}

bool reply_is_loading(const redisReply *r)
{
	return r && r->type == REDIS_REPLY_ERROR && starts_with(r->str, "LOADING");
}

int reply_error(const redisReply *r, bool write)
{
	if (!r)
		return write ? LD_E_UNKNOWN : LD_E_UNAVAILABLE;
	if (r->type != REDIS_REPLY_ERROR)
		return 0;
	for (size_t i = 0; i < sizeof refused_before / sizeof refused_before[0]; i++)
		if (starts_with(r->str, refused_before[i]))
			return LD_E_UNAVAILABLE;
	/* Arguments may stand in the text: the first word says enough. */
	log_warnx("redis", "answers with an error: %.*s", (int)strcspn(r->str, " "), r->str);
	return write ? LD_E_UNKNOWN : LD_E_UNAVAILABLE;
}

int reply_split(const redisReply *r, bool write, struct reply_split *out)
{
	*out = (struct reply_split){ 0 };
	int err = reply_error(r, write);
	if (err)
		return err;
	if (r->type != REDIS_REPLY_ARRAY || r->elements < 1 || r->element[0]->type != REDIS_REPLY_STRING)
		return write ? LD_E_UNKNOWN : LD_E_UNAVAILABLE;
	bool ok = strcmp(r->element[0]->str, "ok") == 0;
	size_t at = ok ? 1 : 2;
	for (; at + 1 < r->elements && out->count < sizeof out->keys / sizeof out->keys[0]; at += 2) {
		const redisReply *k = r->element[at], *v = r->element[at + 1];
		if (k->type != REDIS_REPLY_STRING || v->type != REDIS_REPLY_STRING)
			return write ? LD_E_UNKNOWN : LD_E_UNAVAILABLE;
		out->keys[out->count] = k->str;
		out->values[out->count] = v->str;
		out->lens[out->count++] = (size_t)v->len;
		if (strcmp(k->str, "units") == 0 || strcmp(k->str, "deals") == 0 || strcmp(k->str, "items") == 0) {
			out->rest = at + 2;
			out->rest_count = r->elements - out->rest;
			break;
		}
	}
	if (ok)
		return 0;
	return r->elements > 1 && r->element[1]->type == REDIS_REPLY_STRING ? err_from_code(r->element[1]->str)
	                                                                    : LD_E_UNKNOWN;
}

const char *fn_reply_get(const struct fn_reply *r, const char *key)
{
	for (size_t i = 0; r && i < r->count; i++)
		if (strcmp(r->keys[i], key) == 0)
			return r->values[i];
	return NULL;
}

int64_t fn_reply_int(const struct fn_reply *r, const char *key, int64_t dflt)
{
	const char *v = fn_reply_get(r, key);
	return v && *v ? strtoll(v, NULL, 10) : dflt;
}

/* Where a field of a stream entry goes. */
struct event_field {
	const char *name;
	enum { FIELD_TEXT, FIELD_INT64, FIELD_INDEX, FIELD_STATUS } kind;
	size_t offset, bytes;
};

#define TEXT(name, member)                                                                  \
	{                                                                                       \
		name, FIELD_TEXT, offsetof(struct event, member), sizeof((struct event *)0)->member \
	}
#define INT(name, member)                                    \
	{                                                        \
		name, FIELD_INT64, offsetof(struct event, member), 0 \
	}
/* clang-format off */
static const struct event_field event_fields[] = {
	TEXT("t", type), INT("at", at_ms), TEXT("by", by), TEXT("role", role), TEXT("u", unit),
	{ "i", FIELD_INDEX, 0, 0 }, { "st", FIELD_STATUS, 0, 0 },
	INT("rev", rev), INT("dl", deadline_ms), TEXT("deal", deal), TEXT("hold", holder), TEXT("why", why), TEXT("set", set),
	TEXT("account", account), TEXT("display", display),
};
/* clang-format on */
#undef TEXT
#undef INT

static bool read_field(struct event *e, const char *name, const char *value)
{
	for (size_t i = 0; i < sizeof event_fields / sizeof event_fields[0]; i++) {
		const struct event_field *f = &event_fields[i];
		if (strcmp(f->name, name) != 0)
			continue;
		char *at = (char *)e + f->offset;
		int64_t number;
		switch (f->kind) {
		case FIELD_TEXT: return snprintf(at, f->bytes, "%s", value) < (int)f->bytes;
		case FIELD_INT64:
			number = strtoll(value, NULL, 10);
			memcpy(at, &number, sizeof number);
			return true;
		case FIELD_INDEX:
			e->index = (uint32_t)strtoul(value, NULL, 10);
			e->has_unit = true;
			return true;
		case FIELD_STATUS: return unit_status_from_letter(value[0], &e->status);
		}
	}
	return true; /* fields of later versions: the trail keeps them, the board does not need them */
}

static bool is_entry(const redisReply *entry)
{
	return entry->type == REDIS_REPLY_ARRAY && entry->elements == 2 && entry->element[0]->type == REDIS_REPLY_STRING &&
	       entry->element[1]->type == REDIS_REPLY_ARRAY;
}

bool reply_event(const redisReply *entry, struct event *out)
{
	*out = (struct event){ 0 };
	if (!is_entry(entry))
		return false;
	out->seq = strtoll(entry->element[0]->str, NULL, 10);
	const redisReply *fields = entry->element[1];
	for (size_t i = 0; i + 1 < fields->elements; i += 2)
		if (fields->element[i]->type != REDIS_REPLY_STRING || fields->element[i + 1]->type != REDIS_REPLY_STRING ||
		    !read_field(out, fields->element[i]->str, fields->element[i + 1]->str))
			return false;
	return out->seq > 0 && out->type[0];
}

bool reply_trail_entry(const redisReply *entry, struct trail_entry *out)
{
	*out = (struct trail_entry){ 0 };
	if (!is_entry(entry))
		return false;
	const redisReply *fields = entry->element[1];
	out->seq = strtoll(entry->element[0]->str, NULL, 10);
	out->fields = mem_calloc(fields->elements / 2 + 1, sizeof *out->fields);
	for (size_t i = 0; i + 1 < fields->elements; i += 2) {
		const redisReply *name = fields->element[i], *value = fields->element[i + 1];
		if (name->type != REDIS_REPLY_STRING || value->type != REDIS_REPLY_STRING)
			return false;
		out->fields[out->count++] = (struct trail_field){ name->str, value->str, (size_t)value->len };
	}
	return out->seq > 0;
}
