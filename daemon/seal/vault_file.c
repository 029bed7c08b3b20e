/* The key file: reading, making, rotating (vault.h). */
#include "base/log.h"
#include "base/mem.h"
#include "seal/key_text.h"
#include "seal/vault_parts.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void derive(const unsigned char secret[VAULT_SECRET_BYTES], const char *purpose, unsigned char out[32])
{
	crypto_generichash(out, 32, (const unsigned char *)purpose, strlen(purpose), secret, VAULT_SECRET_BYTES);
}

static bool is_key_id(const char *id)
{
	size_t n = strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789");
	return n >= 1 && n < VAULT_KEY_ID_BYTES && id[n] == '\0';
}

static const char *read_key(struct vault *v, const char *id, const char *hex)
{
	unsigned char secret[VAULT_SECRET_BYTES];
	if (!id || !hex || !is_key_id(id))
		return "a key is `key ID HEX`, its id 1 to 16 of a-z 0-9";
	for (size_t i = 0; i < v->key_count; i++)
		if (strcmp(v->keys[i].id, id) == 0)
			return "this key id stands there twice";
	if (v->key_count == VAULT_KEYS_MAX)
		return "there are more than 32 keys";
	if (!key_text_hex(hex, secret))
		return "a key has 64 hexadecimal digits";
	struct vault_key *k = &v->keys[v->key_count++];
	memcpy(k->id, id, strlen(id) + 1);
	derive(secret, "listingd seal", k->seal);
	derive(secret, "listingd nonce", k->nonce);
	sodium_memzero(secret, sizeof secret);
	return NULL;
}

/* What is wrong with a line, or NULL. */
static const char *read_line(struct vault *v, char *line, bool *has_index)
{
	char *rest = NULL;
	const char *word = strtok_r(line, " \t\r", &rest);
	if (!word || *word == '#')
		return NULL;
	const char *first = strtok_r(NULL, " \t\r", &rest), *second = strtok_r(NULL, " \t\r", &rest);
	if (strtok_r(NULL, " \t\r", &rest))
		return "something stands behind the key";
	if (strcmp(word, "key") == 0)
		return read_key(v, first, second);
	if (strcmp(word, "index") != 0)
		return "a line begins with `index` or `key`";
	if (*has_index)
		return "there is a second index";
	*has_index = true;
	return first && !second && key_text_hex(first, v->index) ? NULL : "an index is `index HEX`, 64 hexadecimal digits";
}

struct vault *vault_load(const char *path, struct buf *why)
{
	char *text = key_text_read(path, why);
	if (!text)
		return NULL;
	size_t text_bytes = strlen(text);
	struct vault *v = mem_zalloc(sizeof *v);
	sodium_mlock(v, sizeof *v); /* where the limits allow it, the keys stay out of the swap */
	const char *bad = NULL;
	bool has_index = false;
	int number = 0;
	char *rest = text;
	for (char *line; !bad && (line = strsep(&rest, "\n"));) {
		number++;
		bad = read_line(v, line, &has_index);
	}
	if (bad)
		buf_addf(why, "%s:%d: %s", path, number, bad);
	else if (!has_index || !v->key_count)
		key_text_complain(why, path, has_index ? "there is no line `key ID HEX`" : "there is no line `index HEX`");
	/* Cut into words by now: vault_wipe would stop at the first. */
	sodium_memzero(text, text_bytes);
	mem_free(text);
	if (bad || !has_index || !v->key_count) {
		vault_free(v);
		return NULL;
	}
	return v;
}

void vault_free(struct vault *v)
{
	if (v)
		sodium_munlock(v, sizeof *v); /* which wipes */
	mem_free(v);
}

/* --- writing */

/* Eight letters, at random: keys of two files are not mistaken for each other. */
static void put_key(struct buf *out)
{
	static const char letters[] = "bcdfghjkmnpqrtwx";
	buf_adds(out, "key ");
	for (int i = 0; i < 8; i++)
		buf_addc(out, letters[randombytes_uniform(16)]);
	buf_addc(out, ' ');
	key_text_put_secret(out);
	buf_addc(out, '\n');
}

int vault_file_new(const char *path, struct buf *why)
{
	struct buf text = { 0 };
	buf_grow(&text, KEY_TEXT_MAX_BYTES); /* at once: growing would leave copies behind */
	buf_adds(&text,
	         "# Keys of the buyers' personal data (listingctl key). Without this file nobody can read them: back it "
	         "up,\n# apart from the backups of Redis.\nindex ");
	key_text_put_secret(&text);
	buf_addc(&text, '\n');
	put_key(&text);
	int err = key_text_write(path, NULL, &text, why);
	key_text_wipe(&text);
	return err;
}

int vault_file_rotate(const char *path, struct buf *why)
{
	struct vault *v = vault_load(path, why); /* only what is in order is rotated */
	char *old = v ? key_text_read(path, why) : NULL;
	int err = LD_E_BAD_REQUEST;
	if (old && v->key_count < VAULT_KEYS_MAX) {
		char *aside = mem_printf("%s.new", path);
		struct buf text = { 0 };
		const char *first = strncmp(old, "key ", 4) == 0 ? old : strstr(old, "\nkey ");
		size_t head = first ? (size_t)(first - old) + (*first == '\n') : strlen(old);
		buf_grow(&text, 2 * KEY_TEXT_MAX_BYTES);
		buf_add(&text, old, head);
		put_key(&text);
		buf_adds(&text, old + head);
		err = key_text_write(aside, path, &text, why);
		if (!err && rename(aside, path) != 0) {
			key_text_complain(why, path, strerror(errno));
			unlink(aside);
			err = LD_E_BAD_REQUEST;
		}
		key_text_wipe(&text);
		mem_free(aside);
	} else if (old) {
		key_text_complain(why, path, "there are 32 keys; take out old ones first");
	}
	vault_wipe(old);
	vault_free(v);
	return err;
}
