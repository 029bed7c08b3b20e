/* Addresses: who is on the other end of a socket, how many connections each address has, and which proxies are
 * believed when they name somebody else. */
#ifndef NET_PEER_H
#define NET_PEER_H

#include "base/map.h"

#include <stdbool.h>
#include <stddef.h>

enum { PEER_TEXT_MAX = 48 };

struct peers {
	struct map *counts; /* address → struct peer */
	char *trusted;      /* blank-separated addresses of proxies */
	long limit;         /* connections per address; 0: none */
};

/* One address that has connections; freed with its last one. */
struct peer {
	long connections;
	char address[PEER_TEXT_MAX];
};

void peers_init(struct peers *p, const char *trusted_proxies, long limit_per_address);
void peers_fini(struct peers *p);
/* Counts a connection of the socket's remote address; NULL when the limit, if it is asked for, is reached. Released by
 * peer_leave. */
struct peer *peer_enter(struct peers *p, int fd, bool limited);
void peer_leave(struct peers *p, struct peer *peer);
bool peer_is_proxy(const struct peers *p, const char *address);
/* The client's address: the peer itself or, behind a believed proxy, the last address of X-Forwarded-For that is not
 * a believed proxy. A value that is no address is ignored. */
void peer_client_address(const struct peers *p, const char *peer_address, const char *forwarded_for,
                         char out[PEER_TEXT_MAX]);

#endif
