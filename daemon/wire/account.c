#include "wire/account.h"

#include "base/mem.h"
#include "wire/json.h"

#include <sodium.h>
#include <string.h>

/* More than a group of companies has; a limit, so that a record stays small. */
enum { PROJECTS_MAX = 256 };

static int read(const struct json *j, struct account_record *out)
{
	const char *account = json_text_of(j, "account"), *role = json_text_of(j, "role"), *hash = json_text_of(j, "hash");
	const struct json *projects = json_member(j, "projects");
	if (!account || !*account || !role || !role_from_name(role, &out->role) || json_count(projects) > PROJECTS_MAX)
		return LD_E_BAD_REQUEST;
	out->account = mem_strdup(account);
	out->projects = mem_calloc(json_count(projects) + 1, sizeof *out->projects);
	for (size_t i = 0; i < json_count(projects); i++) {
		const char *name = json_string(json_item(projects, i));
		if (!name)
			return LD_E_BAD_REQUEST;
		out->projects[out->project_count++] = mem_strdup(name);
	}
	out->hash = hash ? mem_strdup(hash) : NULL;
	out->disabled = json_true(json_member(j, "disabled"));
	return 0;
}

int account_decode(const char *json, size_t bytes, struct account_record *out)
{
	struct json *j;
	char why[WHY_BYTES];
	*out = (struct account_record){ 0 };
	int err = json_parse(json, bytes, &j, why);
	if (!err)
		err = read(j, out);
	json_free(j);
	if (err)
		account_record_fini(out);
	return err;
}

void account_record_fini(struct account_record *r)
{
	for (size_t i = 0; i < r->project_count; i++)
		mem_free(r->projects[i]);
	mem_free(r->projects);
	mem_free(r->account);
	if (r->hash)
		sodium_memzero(r->hash, strlen(r->hash));
	mem_free(r->hash);
	*r = (struct account_record){ 0 };
}

static void encode_who(struct buf *out, const struct account_record *r)
{
	buf_adds(out, "{\"account\":");
	json_puts(out, r->account);
	buf_addf(out, ",\"role\":\"%s\",\"projects\":[", role_name(r->role));
	for (size_t i = 0; i < r->project_count; i++) {
		if (i)
			buf_addc(out, ',');
		json_puts(out, r->projects[i]);
	}
	buf_addc(out, ']');
}

void account_encode(struct buf *out, const struct account_record *r)
{
	encode_who(out, r);
	if (r->hash) {
		buf_adds(out, ",\"hash\":");
		json_puts(out, r->hash);
	}
	buf_addf(out, ",\"disabled\":%s}", r->disabled ? "true" : "false");
}
