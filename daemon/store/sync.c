/* The blocking client (sync.h). */
#include "store/sync.h"

#include "base/buf.h"
#include "base/mem.h"

#include <errno.h>
#include <hiredis/hiredis.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* An import of 20,000 units takes Redis well below a second; beyond this it is stuck. XREAD must block for less. */
enum { CONNECT_S = 5, COMMAND_S = 30, MAX_WORDS = 16, MAX_PASSWORD = 512 };

struct sync {
	redisContext *redis;
	char why[256];
};

static void copy(struct reply *to, const redisReply *from)
{
	*to = (struct reply){ .kind = REPLY_NIL };
	switch (from->type) {
	case REDIS_REPLY_INTEGER:
		to->kind = REPLY_INTEGER;
		to->integer = from->integer;
		break;
	case REDIS_REPLY_STRING:
	case REDIS_REPLY_STATUS:
	case REDIS_REPLY_ERROR:
		to->kind = from->type == REDIS_REPLY_ERROR ? REPLY_ERROR : REPLY_TEXT;
		to->bytes = (size_t)from->len;
		to->text = mem_strndup(from->str, (size_t)from->len);
		break;
	case REDIS_REPLY_ARRAY:
		to->kind = REPLY_LIST;
		to->count = from->elements;
		to->items = mem_calloc(from->elements + 1, sizeof *to->items);
		for (size_t i = 0; i < from->elements; i++)
			copy(&to->items[i], from->element[i]);
		break;
	default: break;
	}
}

static void fini(struct reply *r)
{
	for (size_t i = 0; i < r->count; i++)
		fini(&r->items[i]);
	mem_free(r->items);
	mem_free(r->text);
}

void reply_free(struct reply *r)
{
	if (r == NULL)
		return;
	fini(r);
	mem_free(r);
}

const char *reply_text(const struct reply *list, size_t i)
{
	return list->kind == REPLY_LIST && i < list->count && list->items[i].text != NULL ? list->items[i].text : "";
}

const char *reply_get(const struct reply *list, size_t from, const char *name)
{
	for (size_t i = from; list->kind == REPLY_LIST && i + 1 < list->count; i += 2)
		if (strcmp(reply_text(list, i), name) == 0)
			return reply_text(list, i + 1);
	return NULL;
}

int64_t reply_get_int(const struct reply *list, size_t from, const char *name, int64_t otherwise)
{
	const char *text = reply_get(list, from, name);

	return text != NULL && text[0] != '\0' ? strtoll(text, NULL, 10) : otherwise;
}

const char *sync_why(const struct sync *s) { return s->why; }

struct reply *sync_command(struct sync *s, size_t argc, const char *const *argv, const size_t *lens)
{
	const char **words = mem_calloc(argc, sizeof *words);
	size_t *bytes = mem_calloc(argc, sizeof *bytes);
	struct reply *reply = NULL;
	redisReply *raw = NULL;

	for (size_t i = 0; i < argc; i++) {
		words[i] = argv[i];
		bytes[i] = lens != NULL ? lens[i] : strlen(argv[i]);
	}
	if (s->redis->err == 0)
		raw = redisCommandArgv(s->redis, (int)argc, words, bytes);
	if (raw != NULL) {
		reply = mem_zalloc(sizeof *reply);
		copy(reply, raw);
		freeReplyObject(raw);
	} else {
		snprintf(s->why, sizeof s->why, "the connection to Redis failed: %s",
		         s->redis->err == REDIS_ERR_IO && (errno == EAGAIN || errno == EINTR) ? "no answer in time"
		                                                                              : s->redis->errstr);
	}
	mem_free(words);
	mem_free(bytes);
	return reply;
}

struct reply *sync_say(struct sync *s, ...)
{
	const char *words[MAX_WORDS];
	size_t count = 0;
	va_list ap;

	va_start(ap, s);
	for (const char *word; (word = va_arg(ap, const char *)) != NULL && count < MAX_WORDS;)
		words[count++] = word;
	va_end(ap);
	return sync_command(s, count, words, NULL);
}

struct reply *sync_fcall(struct sync *s, const char *fn, const char *key, size_t argc, const char *const *argv)
{
	const char **words = mem_calloc(argc + 4, sizeof *words);

	words[0] = "FCALL";
	words[1] = fn;
	words[2] = "1";
	words[3] = key;
	for (size_t i = 0; i < argc; i++)
		words[4 + i] = argv[i];
	struct reply *reply = sync_command(s, argc + 4, words, NULL);
	mem_free(words);
	return reply;
}

/* --- opening */

static int read_password(const char *path, char *out, size_t out_bytes, char *why, size_t why_bytes)
{
	FILE *f = fopen(path, "re");

	if (f == NULL || fgets(out, (int)out_bytes, f) == NULL) {
		snprintf(why, why_bytes, "the password file %s cannot be read: %s", path,
		         f == NULL ? strerror(errno) : "it is empty");
		if (f != NULL)
			fclose(f);
		return -1;
	}
	fclose(f);
	out[strcspn(out, "\r\n")] = '\0';
	return 0;
}

static int sign_in(struct sync *s, const struct sync_config *config, char *why, size_t why_bytes)
{
	char password[MAX_PASSWORD];

	if (config->password_file == NULL)
		return 0;
	if (read_password(config->password_file, password, sizeof password, why, why_bytes) != 0)
		return -1;
	struct reply *r =
		config->user != NULL ? sync_say(s, "AUTH", config->user, password, NULL) : sync_say(s, "AUTH", password, NULL);
	sodium_memzero(password, sizeof password);
	int result = r != NULL && r->kind != REPLY_ERROR ? 0 : -1;
	if (result != 0)
		snprintf(why, why_bytes, "Redis refuses the sign-in: %s", r != NULL ? r->text : s->why);
	reply_free(r);
	return result;
}

struct sync *sync_open(const struct sync_config *config, char *why, size_t why_bytes)
{
	const struct timeval connect = { .tv_sec = CONNECT_S }, command = { .tv_sec = COMMAND_S };
	redisContext *redis = config->host != NULL ? redisConnectWithTimeout(config->host, config->port, connect)
	                                           : redisConnectUnixWithTimeout(config->socket_path, connect);

	if (redis == NULL || redis->err != 0) {
		if (config->host != NULL)
			snprintf(why, why_bytes, "Redis is not reached at %s port %d: %s", config->host, config->port,
			         redis != NULL ? redis->errstr : "out of memory");
		else
			snprintf(why, why_bytes, "Redis is not reached at the socket %s: %s", config->socket_path,
			         redis != NULL ? redis->errstr : "out of memory");
		if (redis != NULL)
			redisFree(redis);
		return NULL;
	}
	redisSetTimeout(redis, command);
	struct sync *s = mem_zalloc(sizeof *s);
	s->redis = redis;
	if (sign_in(s, config, why, why_bytes) == 0)
		return s;
	sync_close(s);
	return NULL;
}

void sync_close(struct sync *s)
{
	if (s == NULL)
		return;
	redisFree(s->redis);
	mem_free(s);
}
