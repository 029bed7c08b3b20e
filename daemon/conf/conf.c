#include "conf/conf.h"

#include "base/log.h"
#include "base/mem.h"
#include "conf/conf_form.h"
#include "conf/conf_table.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* 4 KiB a line and 64 KiB a secret are far above any honest content. */
enum { LINE_MAX_BYTES = 4096, SECRET_MAX_BYTES = 65536 };

/* Of a setting in the environment. */
#define PREFIX "LISTINGD_"

static void *field(struct conf *c, const struct conf_row *r) { return (char *)c + r->offset; }

static bool is_choice(const char *choices, const char *value)
{
	size_t n = strlen(value);
	for (const char *p = choices; p; p = strchr(p, '|') ? strchr(p, '|') + 1 : NULL)
		if (strncmp(p, value, n) == 0 && (p[n] == '|' || p[n] == '\0') && n)
			return true;
	return false;
}

static int set_int(int64_t *out, const struct conf_row *r, const char *value, struct buf *why)
{
	char *end;
	errno = 0;
	long long v = strtoll(value, &end, 10);
	if (end == value || *end || errno || v < r->min || v > r->max) {
		buf_addf(why, "%s must be a whole number%s%s from %lld to %lld, not \"%.80s\"", r->key, *r->unit ? " of " : "",
		         r->unit, (long long)r->min, (long long)r->max, value);
		return LD_E_BAD_REQUEST;
	}
	*out = v;
	return 0;
}

static int set_bool(bool *out, const struct conf_row *r, const char *value, struct buf *why)
{
	bool yes = strcmp(value, "yes") == 0;
	if (!yes && strcmp(value, "no") != 0) {
		buf_addf(why, "%s must be yes or no, not \"%.80s\"", r->key, value);
		return LD_E_BAD_REQUEST;
	}
	*out = yes;
	return 0;
}

static int set_row(struct conf *c, const struct conf_row *r, const char *value, struct buf *why)
{
	if (r->type == CONF_INT)
		return set_int(field(c, r), r, value, why);
	if (r->type == CONF_BOOL)
		return set_bool(field(c, r), r, value, why);
	if (r->choices && !is_choice(r->choices, value)) {
		buf_addf(why, "%s must be one of %s, not \"%.80s\"", r->key, r->choices, value);
		return LD_E_BAD_REQUEST;
	}
	int err = conf_form_check(r, value, why);
	if (err)
		return err;
	char **s = field(c, r);
	mem_free(*s);
	*s = mem_strdup(value);
	return 0;
}

struct conf *conf_new(void)
{
	struct conf *c = mem_zalloc(sizeof *c);
	struct buf why = { 0 };
	for (size_t i = 0; i < conf_row_count; i++)
		if (set_row(c, &conf_rows[i], conf_rows[i].dflt, &why) != 0)
			abort();
	return c;
}

void conf_free(struct conf *c)
{
	for (size_t i = 0; i < conf_row_count; i++)
		if (conf_rows[i].type != CONF_INT && conf_rows[i].type != CONF_BOOL)
			mem_free(*(char **)field(c, &conf_rows[i]));
	mem_free(c);
}

/* Levenshtein distance, for "did you mean"; keys are short. */
static size_t distance(const char *a, const char *b)
{
	size_t row[64], n = strlen(b);
	if (n >= 63 || strlen(a) >= 63)
		return 99;
	for (size_t j = 0; j <= n; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1]; i++) {
		size_t diagonal = row[0];
		row[0] = i;
		for (size_t j = 1; j <= n; j++) {
			size_t best = diagonal + (a[i - 1] != b[j - 1]);
			diagonal = row[j];
			best = row[j] + 1 < best ? row[j] + 1 : best;
			row[j] = row[j - 1] + 1 < best ? row[j - 1] + 1 : best;
		}
	}
	return row[n];
}

static const struct conf_row *find_row(const char *key)
{
	for (size_t i = 0; i < conf_row_count; i++)
		if (strcmp(conf_rows[i].key, key) == 0)
			return &conf_rows[i];
	return NULL;
}

static void unknown_key(const char *key, struct buf *why)
{
	const struct conf_row *best = &conf_rows[0];
	for (size_t i = 1; i < conf_row_count; i++)
		if (distance(key, conf_rows[i].key) < distance(key, best->key))
			best = &conf_rows[i];
	buf_addf(why, "unknown setting \"%.80s\"", key);
	if (distance(key, best->key) <= 4)
		buf_addf(why, "; did you mean \"%s\"?", best->key);
}

static char *trim(char *s)
{
	while (isspace((unsigned char)*s))
		s++;
	char *end = s + strlen(s);
	while (end > s && isspace((unsigned char)end[-1]))
		*--end = '\0';
	return s;
}

static int set_line(struct conf *c, char *line, uint64_t *seen, struct buf *why)
{
	char *key = trim(line);
	if (!*key || *key == '#')
		return 0;
	char *eq = strchr(key, '=');
	if (!eq) {
		buf_addf(why, "expected \"key = value\", found \"%.80s\"", key);
		return LD_E_BAD_REQUEST;
	}
	*eq = '\0';
	key = trim(key);
	const struct conf_row *r = find_row(key);
	if (!r) {
		unknown_key(key, why);
		return LD_E_BAD_REQUEST;
	}
	uint64_t bit = (uint64_t)1 << (r - conf_rows);
	if (*seen & bit) {
		buf_addf(why, "%s is set twice", r->key);
		return LD_E_BAD_REQUEST;
	}
	*seen |= bit;
	return set_row(c, r, trim(eq + 1), why);
}

static int load_file(struct conf *c, const char *file, struct buf *why)
{
	FILE *f = fopen(file, "re");
	if (!f) {
		buf_addf(why, "%s: %s", file, strerror(errno));
		return LD_E_BAD_REQUEST;
	}
	_Static_assert(sizeof(uint64_t) * 8 >= 40, "one bit per row");
	char line[LINE_MAX_BYTES];
	uint64_t seen = 0;
	int err = 0;
	for (int n = 1; !err && fgets(line, sizeof line, f); n++) {
		struct buf reason = { 0 };
		if (!strchr(line, '\n') && !feof(f)) {
			buf_adds(&reason, "the line is too long or contains a NUL");
			err = LD_E_BAD_REQUEST;
		} else {
			err = set_line(c, line, &seen, &reason);
		}
		if (err)
			buf_addf(why, "%s:%d: %s", file, n, buf_str(&reason));
		buf_fini(&reason);
	}
	if (!err && ferror(f)) {
		buf_addf(why, "%s: %s", file, strerror(errno));
		err = LD_E_BAD_REQUEST;
	}
	fclose(f);
	return err;
}

/* Told and not refused: containers put variables of such names into the environment by themselves (LISTINGD_SERVICE_HOST). */
static void tell_unknown_environment(void)
{
	for (char **e = environ; *e; e++) {
		char key[64];
		size_t n = 0;
		if (strncmp(*e, PREFIX, strlen(PREFIX)) != 0)
			continue;
		for (const char *p = *e + strlen(PREFIX); *p && *p != '=' && n < sizeof key - 1; p++)
			key[n++] = (char)tolower((unsigned char)*p);
		key[n] = '\0';
		struct buf why = { 0 };
		if (!find_row(key)) {
			unknown_key(key, &why);
			log_warnx("conf", "environment %.*s: %s", (int)strcspn(*e, "="), *e, buf_str(&why));
		}
		buf_fini(&why);
	}
}

static int load_environment(struct conf *c, struct buf *why)
{
	for (size_t i = 0; i < conf_row_count; i++) {
		char name[80] = PREFIX;
		size_t n = strlen(name);
		for (const char *p = conf_rows[i].key; *p && n < sizeof name - 1; p++)
			name[n++] = (char)toupper((unsigned char)*p);
		name[n] = '\0';
		const char *value = getenv(name);
		struct buf reason = { 0 };
		int err = value ? set_row(c, &conf_rows[i], value, &reason) : 0;
		if (err)
			buf_addf(why, "environment %s: %s", name, buf_str(&reason));
		buf_fini(&reason);
		if (err)
			return err;
	}
	return 0;
}

/* Rules between settings. */
static int check(const struct conf *c, struct buf *why)
{
	if (!*c->tls_cert_file != !*c->tls_key_file)
		buf_adds(why, "set tls_cert_file and tls_key_file together, or neither");
	else if (!*c->buyer_link_key_file != !*c->buyer_link_audience)
		buf_adds(why, "set buyer_link_key_file and buyer_link_audience together, or neither");
	else if (*c->buyer_link_key_file && !*c->buyer_key_file)
		buf_adds(why, "buyer_link_key_file needs buyer_key_file, by which buyers are found");
	else if (c->internal_port == c->listen_port)
		buf_adds(why, "internal_port and listen_port must differ");
	else
		return 0;
	return LD_E_BAD_REQUEST;
}

int conf_load(struct conf *c, const char *file, struct buf *why)
{
	int err = file ? load_file(c, file, why) : 0;
	if (!err)
		err = load_environment(c, why);
	if (!err)
		tell_unknown_environment();
	return err ? err : check(c, why);
}

void conf_print_sample(FILE *out)
{
	fputs("# listingd.conf: every setting with its default. Lines are `key = value`.\n"
	      "# LISTINGD_<KEY> in the environment overrides a line. Check with: listingd -t -c FILE\n",
	      out);
	for (size_t i = 0; i < conf_row_count; i++) {
		const struct conf_row *r = &conf_rows[i];
		if (r->section)
			fprintf(out, "\n## %s\n", r->section);
		fprintf(out, "\n# %s\n", r->help);
		if (r->type == CONF_INT)
			fprintf(out, "# %lld to %lld%s%s\n", (long long)r->min, (long long)r->max, *r->unit ? " " : "", r->unit);
		else if (r->type == CONF_BOOL)
			fputs("# yes or no\n", out);
		else if (r->choices)
			fprintf(out, "# one of %s\n", r->choices);
		fprintf(out, "#%s =%s%s\n", r->key, *r->dflt ? " " : "", r->dflt);
	}
}

void conf_print_markdown(FILE *out)
{
	fputs("| setting | type | unit | bounds | default | meaning |\n|---|---|---|---|---|---|\n", out);
	for (size_t i = 0; i < conf_row_count; i++) {
		const struct conf_row *r = &conf_rows[i];
		fprintf(out, "| `%s` | %s | %s | ", r->key, conf_form_name(r->type), r->unit);
		if (r->type == CONF_INT)
			fprintf(out, "%lld–%lld", (long long)r->min, (long long)r->max);
		for (const char *p = r->choices ? r->choices : ""; *p; p++)
			fputs(*p == '|' ? ", " : (char[]){ *p, '\0' }, out);
		fprintf(out, " | %s%s%s | %s |\n", *r->dflt ? "`" : "", r->dflt, *r->dflt ? "`" : "", r->help);
	}
}

char *conf_read_secret(const char *path, struct buf *why)
{
	FILE *f = fopen(path, "re");
	if (!f) {
		buf_addf(why, "%s: %s", path, strerror(errno));
		return NULL;
	}
	char *line = NULL;
	size_t cap = 0;
	ssize_t n = getline(&line, &cap, f);
	fclose(f);
	char *secret = NULL;
	if (n > 0 && n < SECRET_MAX_BYTES) {
		line[strcspn(line, "\r\n")] = '\0';
		secret = mem_strdup(line);
	} else {
		buf_addf(why, "%s: its first line must hold the secret", path);
	}
	if (line)
		explicit_bzero(line, cap);
	free(line);
	return secret;
}
