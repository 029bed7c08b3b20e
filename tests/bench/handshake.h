/* The arithmetic of the WebSocket handshake (RFC 6455 section 4.2.2): base64(SHA-1(key + fixed GUID)). */
#ifndef BENCH_HANDSHAKE_H
#define BENCH_HANDSHAKE_H

#include <stddef.h>

enum { HANDSHAKE_ACCEPT_BYTES = 28 };

void handshake_accept(const char *key, size_t key_bytes, char accept[HANDSHAKE_ACCEPT_BYTES + 1]);

#endif
