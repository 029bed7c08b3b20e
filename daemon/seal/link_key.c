#include "seal/link_key.h"

#include "base/mem.h"
#include "seal/secret_file.h"
#include "seal/vault.h"

#include <jwt.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { SECRET_MIN_BYTES = 32, RSA_MIN_BITS = 2048, TOKEN_MAX_BYTES = 4096 };

struct link_key {
	jwt_alg_t alg;
	const char *name;
	char *text; /* the secret, or PEM */
};

static const struct {
	const char *name;
	jwt_alg_t alg;
	int key_kind; /* of OpenSSL; 0: a shared secret */
} algorithms[] = {
	{ "HS256", JWT_ALG_HS256, 0 },
	{ "RS256", JWT_ALG_RS256, EVP_PKEY_RSA },
	{ "ES256", JWT_ALG_ES256, EVP_PKEY_EC },
};

/* --- loading */

static const char *secret_problem(const char *text)
{
	/* Whoever mixes up the algorithms would have a secret that everybody may know. */
	if (strstr(text, "-----BEGIN"))
		return "is a PEM file, and HS256 needs a shared secret";
	return strlen(text) < SECRET_MIN_BYTES ? "is too short: a shared secret has at least 32 bytes" : NULL;
}

static bool is_p256(EVP_PKEY *key)
{
	char group[32] = "";
	return EVP_PKEY_get_group_name(key, group, sizeof group, NULL) == 1 && strcmp(group, "prime256v1") == 0;
}

static const char *pem_problem(const char *text, int kind)
{
	BIO *bio = BIO_new_mem_buf(text, -1);
	EVP_PKEY *key = bio ? PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL) : NULL;
	const char *bad = NULL;
	if (!key)
		bad = "is no public key in PEM (-----BEGIN PUBLIC KEY-----)";
	else if (EVP_PKEY_get_base_id(key) != kind)
		bad = kind == EVP_PKEY_RSA ? "is no RSA key, which RS256 needs" : "is no EC key, which ES256 needs";
	else if (kind == EVP_PKEY_RSA && EVP_PKEY_get_bits(key) < RSA_MIN_BITS)
		bad = "is too short: an RSA key has at least 2048 bits";
	else if (kind == EVP_PKEY_EC && !is_p256(key))
		bad = "is of another curve than P-256, which ES256 needs";
	EVP_PKEY_free(key);
	BIO_free(bio);
	return bad;
}

static void cut_line_end(char *text)
{
	size_t n = strlen(text);
	while (n > 0 && (text[n - 1] == '\n' || text[n - 1] == '\r'))
		text[--n] = '\0';
}

struct link_key *link_key_load(const char *path, const char *alg, struct buf *why)
{
	size_t i = 0;
	while (strcmp(algorithms[i].name, alg) != 0)
		i++;
	int kind = algorithms[i].key_kind;
	char *text = secret_file_read(path, kind ? S_IWGRP | S_IWOTH : S_IRWXG | S_IRWXO, why);
	if (!text)
		return NULL;
	if (!kind)
		cut_line_end(text);
	const char *bad = kind ? pem_problem(text, kind) : secret_problem(text);
	if (bad) {
		buf_addf(why, "%s: %s", path, bad);
		vault_wipe(text);
		return NULL;
	}
	struct link_key *k = mem_alloc(sizeof *k);
	*k = (struct link_key){ algorithms[i].alg, algorithms[i].name, text };
	return k;
}

void link_key_free(struct link_key *k)
{
	if (!k)
		return;
	vault_wipe(k->text);
	mem_free(k);
}

/* --- tokens */

/* Three parts of base64url, none of them empty: nothing else comes before the library. */
static bool is_token(const char *token)
{
	size_t parts = 0, bytes = strlen(token);
	if (bytes > TOKEN_MAX_BYTES)
		return false;
	for (const char *at = token;; at++) {
		size_t n = strspn(at, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");
		if (n == 0 || n % 4 == 1)
			return false;
		parts++;
		at += n;
		if (*at != '.')
			return *at == '\0' && parts == 3;
	}
}

/* What the header says, read without a key; the library decides by it how to check, so it has to be ours. */
static const char *header_problem(const struct link_key *k, const char *token)
{
	jwt_t *jwt = NULL;
	if (jwt_decode(&jwt, token, NULL, 0) != 0)
		return "it is no token";
	const char *alg = jwt_get_header(jwt, "alg"), *bad = NULL;
	char *critical = jwt_get_headers_json(jwt, "crit");
	if (!alg || strcmp(alg, k->name) != 0)
		bad = "another algorithm";
	else if (critical)
		bad = "it asks for something that is not known here"; /* RFC 7515: crit */
	free(critical);
	jwt_free(jwt);
	return bad;
}

char *link_key_open(const struct link_key *k, const char *token, const char **why)
{
	jwt_t *jwt = NULL;
	*why = is_token(token) ? header_problem(k, token) : "it is no token";
	if (*why)
		return NULL;
	if (jwt_decode(&jwt, token, (const unsigned char *)k->text, (int)strlen(k->text)) != 0 ||
	    jwt_get_alg(jwt) != k->alg) {
		*why = "the signature is not of this key";
		jwt_free(jwt);
		return NULL;
	}
	char *payload = jwt_get_grants_json(jwt, NULL);
	char *copy = payload ? mem_strdup(payload) : NULL;
	if (!copy)
		*why = "it says nothing";
	free(payload);
	jwt_free(jwt);
	return copy;
}
