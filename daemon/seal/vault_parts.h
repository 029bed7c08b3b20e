/* What a vault is made of. Private to seal/. */
#ifndef SEAL_VAULT_PARTS_H
#define SEAL_VAULT_PARTS_H

#include "seal/vault.h"

#include <sodium.h>

enum { VAULT_SECRET_BYTES = 32 };

/* A key of the file is used for nothing itself: one key each for sealing and for nonces is derived from it. */
struct vault_key {
	char id[VAULT_KEY_ID_BYTES];
	unsigned char seal[crypto_aead_xchacha20poly1305_ietf_KEYBYTES];
	unsigned char nonce[VAULT_SECRET_BYTES];
};

struct vault {
	unsigned char index[VAULT_SECRET_BYTES];
	size_t key_count;
	struct vault_key keys[VAULT_KEYS_MAX];
};

#endif
