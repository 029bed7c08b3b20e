#include "frame_scan.h"

#include "base/mem.h"

#include <string.h>

static size_t head_bytes(const uint8_t *head)
{
	size_t length = head[1] & 0x7f;
	return 2 + (length == 126 ? 2u : length == 127 ? 8u : 0u) + (head[1] & 0x80 ? 4u : 0u);
}

static uint64_t payload_bytes(const uint8_t *head)
{
	unsigned length = head[1] & 0x7f;
	if (length < 126)
		return length;
	uint64_t value = 0;
	for (unsigned i = 0; i < (length == 126 ? 2u : 8u); i++)
		value = value << 8 | head[2 + i];
	return value;
}

void frame_mask(char *payload, size_t bytes, const uint8_t mask[4])
{
	for (size_t i = 0; i < bytes; i++)
		payload[i] = (char)(payload[i] ^ mask[i % 4]);
}

/* Ends the frame under way; its state is cleared before the callback, which may end the connection. */
static bool finish(struct frame_scan *s, char *payload, size_t have, frame_cb on_frame, void *ctx)
{
	int opcode = s->head[0] & 0x0f;
	size_t bytes = (size_t)s->payload_len;
	char *kept = s->kept;
	if (s->head[1] & 0x80)
		frame_mask(payload, have, s->head + head_bytes(s->head) - 4);
	s->kept = NULL;
	s->kept_len = 0;
	s->head_len = 0;
	s->in_payload = false;
	bool go_on = on_frame(ctx, opcode, payload, have, bytes);
	mem_free(kept);
	return go_on;
}

/* Takes header bytes until the header is whole. Returns how many were taken, or -1. */
static int take_head(struct frame_scan *s, const char *data, size_t bytes)
{
	size_t taken = 0;
	while (taken < bytes) {
		s->head[s->head_len++] = (uint8_t)data[taken++];
		if (s->head_len < 2 || s->head_len < head_bytes(s->head))
			continue;
		if (!(s->head[0] & 0x80) || !(s->head[0] & 0x0f) || s->head[0] & 0x70)
			return -1;
		s->payload_len = s->left = payload_bytes(s->head);
		s->in_payload = true;
		break;
	}
	return (int)taken;
}

static void keep(struct frame_scan *s, const char *data, size_t bytes, size_t keep_max)
{
	if (!s->kept) {
		s->kept_max = (uint32_t)(s->payload_len < keep_max ? s->payload_len : keep_max);
		s->kept = mem_alloc(s->kept_max + 1);
	}
	size_t room = s->kept_max - s->kept_len, n = bytes < room ? bytes : room;
	memcpy(s->kept + s->kept_len, data, n);
	s->kept_len += (uint32_t)n;
	s->left -= bytes;
}

int frame_scan_feed(struct frame_scan *s, char *data, size_t bytes, size_t keep_max, frame_cb on_frame, void *ctx)
{
	char *end = data + bytes;
	while (data < end || (s->in_payload && !s->left)) {
		if (!s->in_payload) {
			int taken = take_head(s, data, (size_t)(end - data));
			if (taken < 0)
				return -1;
			data += taken;
			continue;
		}
		size_t available = (size_t)(end - data);
		if (!s->kept && available >= s->left) {
			char *payload = data;
			data += s->left;
			if (!finish(s, payload, (size_t)s->payload_len, on_frame, ctx))
				return 1;
			continue;
		}
		size_t n = available < s->left ? available : (size_t)s->left;
		keep(s, data, n, keep_max);
		data += n;
		if (!s->left && !finish(s, s->kept, s->kept_len, on_frame, ctx))
			return 1;
	}
	return 0;
}

void frame_scan_fini(struct frame_scan *s)
{
	mem_free(s->kept);
	memset(s, 0, sizeof *s);
}

size_t frame_write_head(uint8_t out[FRAME_HEAD_MAX], int opcode, size_t payload_len, const uint8_t mask[4])
{
	size_t n = 2;
	out[0] = (uint8_t)(0x80 | opcode);
	if (payload_len < 126) {
		out[1] = (uint8_t)payload_len;
	} else if (payload_len < 65536) {
		out[1] = 126;
		out[n++] = (uint8_t)(payload_len >> 8);
		out[n++] = (uint8_t)payload_len;
	} else {
		out[1] = 127;
		for (int shift = 56; shift >= 0; shift -= 8)
			out[n++] = (uint8_t)((uint64_t)payload_len >> shift);
	}
	if (mask) {
		out[1] |= 0x80;
		memcpy(out + n, mask, 4);
		n += 4;
	}
	return n;
}
