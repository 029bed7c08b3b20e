#include "handshake.h"

#include <stdint.h>
#include <string.h>

static const char guid[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

static uint32_t rotate(uint32_t v, unsigned bits) { return v << bits | v >> (32 - bits); }

static void sha1_block(uint32_t state[5], const uint8_t block[64])
{
	uint32_t w[80];
	for (int i = 0; i < 16; i++)
		w[i] = (uint32_t)block[4 * i] << 24 | (uint32_t)block[4 * i + 1] << 16 | (uint32_t)block[4 * i + 2] << 8 |
		       block[4 * i + 3];
	for (int i = 16; i < 80; i++)
		w[i] = rotate(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
	uint32_t a = state[0], b = state[1], c = state[2], d = state[3], e = state[4];
	for (int i = 0; i < 80; i++) {
		uint32_t f, k;
		if (i < 20)
			f = (b & c) | (~b & d), k = 0x5a827999;
		else if (i < 40)
			f = b ^ c ^ d, k = 0x6ed9eba1;
		else if (i < 60)
			f = (b & c) | (b & d) | (c & d), k = 0x8f1bbcdc;
		else
			f = b ^ c ^ d, k = 0xca62c1d6;
		uint32_t next = rotate(a, 5) + f + e + k + w[i];
		e = d, d = c, c = rotate(b, 30), b = a, a = next;
	}
	state[0] += a, state[1] += b, state[2] += c, state[3] += d, state[4] += e;
}

/* bytes <= 119, so that the padding fits two blocks; a handshake hashes 60. */
static void sha1_short(const uint8_t *data, size_t bytes, uint8_t digest[20])
{
	uint32_t state[5] = { 0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0 };
	uint8_t padded[128] = { 0 };
	size_t blocks = bytes < 56 ? 1 : 2;
	memcpy(padded, data, bytes);
	padded[bytes] = 0x80;
	padded[blocks * 64 - 2] = (uint8_t)(bytes * 8 >> 8);
	padded[blocks * 64 - 1] = (uint8_t)(bytes * 8);
	for (size_t i = 0; i < blocks; i++)
		sha1_block(state, padded + 64 * i);
	for (int i = 0; i < 20; i++)
		digest[i] = (uint8_t)(state[i / 4] >> (24 - 8 * (i % 4)));
}

void handshake_accept(const char *key, size_t key_bytes, char accept[HANDSHAKE_ACCEPT_BYTES + 1])
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	uint8_t text[64 + sizeof guid], digest[21] = { 0 };
	if (key_bytes > 64)
		key_bytes = 64;
	memcpy(text, key, key_bytes);
	memcpy(text + key_bytes, guid, sizeof guid - 1);
	sha1_short(text, key_bytes + sizeof guid - 1, digest);
	/* Seven groups of three; the 21st byte is padding. */
	for (int i = 0; i < 7; i++) {
		uint32_t v = (uint32_t)digest[3 * i] << 16 | (uint32_t)digest[3 * i + 1] << 8 | digest[3 * i + 2];
		for (int j = 0; j < 4; j++)
			accept[4 * i + j] = alphabet[v >> (18 - 6 * j) & 63];
	}
	accept[27] = '=';
	accept[28] = '\0';
}
