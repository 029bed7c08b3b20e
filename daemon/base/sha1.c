#include "base/sha1.h"

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { BLOCK = 64, ROUNDS = 80 };

static uint32_t rotate(uint32_t value, unsigned by) { return value << by | value >> (32 - by); }

/* RFC 3174, section 5: the function and the constant of each quarter. */
static uint32_t mix(unsigned round, uint32_t b, uint32_t c, uint32_t d)
{
	switch (round / 20) {
	case 0: return ((b & c) | (~b & d)) + 0x5a827999u;
	case 1: return (b ^ c ^ d) + 0x6ed9eba1u;
	case 2: return ((b & c) | (b & d) | (c & d)) + 0x8f1bbcdcu;
	default: return (b ^ c ^ d) + 0xca62c1d6u;
	}
}

static void digest_block(uint32_t h[5], const unsigned char block[BLOCK])
{
	uint32_t w[ROUNDS], a = h[0], b = h[1], c = h[2], d = h[3], e = h[4];

	for (size_t i = 0; i < 16; i++)
		w[i] = (uint32_t)block[i * 4] << 24 | (uint32_t)block[i * 4 + 1] << 16 | (uint32_t)block[i * 4 + 2] << 8 |
		       block[i * 4 + 3];
	for (size_t i = 16; i < ROUNDS; i++)
		w[i] = rotate(w[i - 3] ^ w[i - 8] ^ w[i - 14] ^ w[i - 16], 1);
	for (unsigned i = 0; i < ROUNDS; i++) {
		uint32_t next = rotate(a, 5) + mix(i, b, c, d) + e + w[i];

		e = d;
		d = c;
		c = rotate(b, 30);
		b = a;
		a = next;
	}
	h[0] += a;
	h[1] += b;
	h[2] += c;
	h[3] += d;
	h[4] += e;
}

void sha1_hex(const void *data, size_t bytes, char out[SHA1_HEX_BYTES])
{
	uint32_t h[5] = { 0x67452301u, 0xefcdab89u, 0x98badcfeu, 0x10325476u, 0xc3d2e1f0u };
	const unsigned char *p = data;
	unsigned char tail[BLOCK * 2] = { 0 };
	size_t left = bytes, tail_bytes;

	for (; left >= BLOCK; left -= BLOCK, p += BLOCK)
		digest_block(h, p);
	if (left)
		memcpy(tail, p, left);
	tail[left] = 0x80;
	tail_bytes = left < BLOCK - 8 ? BLOCK : BLOCK * 2;
	for (size_t i = 0; i < 8; i++)
		tail[tail_bytes - 1 - i] = (unsigned char)((uint64_t)bytes * 8 >> (8 * i));
	for (size_t at = 0; at < tail_bytes; at += BLOCK)
		digest_block(h, tail + at);
	for (size_t i = 0; i < 5; i++)
		snprintf(out + i * 8, 9, "%08x", h[i]);
}
