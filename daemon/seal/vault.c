#include "seal/vault.h"

#include "base/log.h"
#include "base/mem.h"
#include "seal/vault_parts.h"

#include <string.h>

enum {
	NONCE_BYTES = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES,
	TAG_BYTES = crypto_aead_xchacha20poly1305_ietf_ABYTES,
	ENCODING = sodium_base64_VARIANT_URLSAFE_NO_PADDING,
};

static const char version[] = "v1.";

const char *vault_first_key(const struct vault *v) { return v->keys[0].id; }

/* The key id between the dots: how long it is, 0 when the text is no sealed one. */
static size_t key_id_bytes(const char *sealed)
{
	size_t head = sizeof version - 1;
	if (strncmp(sealed, version, head) != 0)
		return 0;
	size_t n = strcspn(sealed + head, ".");
	return n < VAULT_KEY_ID_BYTES && sealed[head + n] == '.' ? n : 0;
}

void vault_key_of(const char *sealed, char out[VAULT_KEY_ID_BYTES])
{
	size_t n = key_id_bytes(sealed);
	memcpy(out, sealed + (n ? sizeof version - 1 : 0), n);
	out[n] = '\0';
}

static const struct vault_key *find_key(const struct vault *v, const char *sealed)
{
	char id[VAULT_KEY_ID_BYTES];
	vault_key_of(sealed, id);
	for (size_t i = 0; *id && i < v->key_count; i++)
		if (strcmp(v->keys[i].id, id) == 0)
			return &v->keys[i];
	return NULL;
}

/* A project's name holds no '/', so the two cannot be cut another way. */
static void put_owner(struct buf *out, const char *project, const char *id)
{
	buf_adds(out, project);
	buf_addc(out, '/');
	buf_adds(out, id);
}

static void make_nonce(const struct vault_key *k, const struct buf *owner, const char *plain, size_t bytes,
                       unsigned char nonce[NONCE_BYTES])
{
	crypto_generichash_state state;
	if (crypto_generichash_init(&state, k->nonce, sizeof k->nonce, NONCE_BYTES) != 0)
		panic("BLAKE2b cannot start");
	/* With its NUL: a buyer's id holds none, so where the plaintext begins is plain. */
	crypto_generichash_update(&state, (const unsigned char *)owner->data, owner->len_bytes + 1);
	crypto_generichash_update(&state, (const unsigned char *)plain, bytes);
	crypto_generichash_final(&state, nonce, NONCE_BYTES);
	sodium_memzero(&state, sizeof state);
}

void vault_seal(const struct vault *v, const char *project, const char *id, const char *plain, size_t plain_bytes,
                struct buf *out)
{
	const struct vault_key *k = &v->keys[0];
	struct buf owner = { 0 }, raw = { 0 };
	unsigned char nonce[NONCE_BYTES];
	put_owner(&owner, project, id);
	buf_str(&owner);
	make_nonce(k, &owner, plain, plain_bytes, nonce);
	buf_add(&raw, nonce, sizeof nonce);
	unsigned char *cipher = (unsigned char *)buf_grow(&raw, plain_bytes + TAG_BYTES);
	crypto_aead_xchacha20poly1305_ietf_encrypt(cipher, NULL, (const unsigned char *)plain, plain_bytes,
	                                           (const unsigned char *)owner.data, owner.len_bytes, NULL, nonce,
	                                           k->seal);
	raw.len_bytes += plain_bytes + TAG_BYTES;
	buf_addf(out, "%s%s.", version, k->id);
	size_t room = sodium_base64_encoded_len(raw.len_bytes, ENCODING);
	sodium_bin2base64(buf_grow(out, room), room, (const unsigned char *)raw.data, raw.len_bytes, ENCODING);
	out->len_bytes += room - 1; /* without its NUL */
	buf_fini(&owner);
	buf_fini(&raw);
}

char *vault_open(const struct vault *v, const char *project, const char *id, const char *sealed, size_t *plain_bytes)
{
	const struct vault_key *k = find_key(v, sealed);
	if (!k)
		return NULL;
	const char *text = sealed + sizeof version - 1 + key_id_bytes(sealed) + 1;
	size_t text_bytes = strlen(text), got = 0;
	unsigned char *raw = mem_alloc(text_bytes + 1);
	char *plain = NULL;
	if (sodium_base642bin(raw, text_bytes, text, text_bytes, NULL, &got, NULL, ENCODING) == 0 &&
	    got >= NONCE_BYTES + TAG_BYTES) {
		struct buf owner = { 0 };
		*plain_bytes = got - NONCE_BYTES - TAG_BYTES;
		plain = mem_alloc(*plain_bytes + 1);
		put_owner(&owner, project, id);
		if (crypto_aead_xchacha20poly1305_ietf_decrypt((unsigned char *)plain, NULL, NULL, raw + NONCE_BYTES,
		                                               got - NONCE_BYTES, (const unsigned char *)owner.data,
		                                               owner.len_bytes, raw, k->seal) == 0) {
			plain[*plain_bytes] = '\0';
		} else {
			mem_free(plain);
			plain = NULL;
		}
		buf_fini(&owner);
	}
	mem_free(raw);
	return plain;
}

void vault_wipe(char *plain)
{
	if (plain)
		sodium_memzero(plain, strlen(plain));
	mem_free(plain);
}

/* Keyed BLAKE2b-128 of kind and value; the kind's NUL divides them. */
static void digest(const struct vault *v, const char *kind, const char *value, unsigned char out[16])
{
	crypto_generichash_state state;
	if (crypto_generichash_init(&state, v->index, sizeof v->index, 16) != 0)
		panic("BLAKE2b cannot start");
	crypto_generichash_update(&state, (const unsigned char *)kind, strlen(kind) + 1);
	crypto_generichash_update(&state, (const unsigned char *)value, strlen(value));
	crypto_generichash_final(&state, out, 16);
	sodium_memzero(&state, sizeof state);
}

void vault_index(const struct vault *v, const char *kind, const char *value, char out[VAULT_INDEX_BYTES])
{
	unsigned char sum[16];
	digest(v, kind, value, sum);
	sodium_bin2hex(out, VAULT_INDEX_BYTES, sum, sizeof sum);
}

void vault_name(const struct vault *v, const char *text, char out[VAULT_NAME_BYTES])
{
	/* None that is taken for another, and none with which a word begins. 64 bits: two buyers of one project never meet. */
	static const char letters[] = "bcdfghjkmnpqrtwx";
	unsigned char sum[16];
	digest(v, "name", text, sum);
	for (size_t i = 0; i < VAULT_NAME_BYTES - 1; i++)
		out[i] = letters[sum[i] & 15];
	out[VAULT_NAME_BYTES - 1] = '\0';
}
