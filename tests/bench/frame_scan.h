/* Cuts a stream of bytes into WebSocket frames, wherever the reads happened to split it, for either side.
 *
 * A frame that lies whole in one read is handed over in place, without a copy; of one that is split, at most
 * `keep_max` bytes are collected, enough for a reader that only looks at the beginning. Masked payload is unmasked.
 * Fragmented messages are refused: neither the product nor the bare servers send them. */
#ifndef BENCH_FRAME_SCAN_H
#define BENCH_FRAME_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { WS_TEXT = 1, WS_CLOSE = 8, WS_PING = 9, WS_PONG = 10 };
enum { FRAME_HEAD_MAX = 14 };

struct frame_scan {
	uint8_t head[FRAME_HEAD_MAX];
	uint8_t head_len;
	bool in_payload;
	uint32_t kept_len, kept_max;
	uint64_t payload_len, left; /* of the frame under way */
	char *kept;
};

/* payload[0..have) is what was kept of `bytes`. Returns false to stop, because the connection is gone. */
typedef bool (*frame_cb)(void *ctx, int opcode, char *payload, size_t have, size_t bytes);

/* 0: all consumed. 1: the callback stopped; the scan must not be fed again. -1: not a frame that is understood. */
int frame_scan_feed(struct frame_scan *s, char *data, size_t bytes, size_t keep_max, frame_cb on_frame, void *ctx);
void frame_scan_fini(struct frame_scan *s);

/* Writes a frame's header in front of `payload_len` bytes; returns its length. mask NULL: none, as servers send. */
size_t frame_write_head(uint8_t out[FRAME_HEAD_MAX], int opcode, size_t payload_len, const uint8_t mask[4]);
void frame_mask(char *payload, size_t bytes, const uint8_t mask[4]);

#endif
