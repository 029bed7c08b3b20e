#include "net/peer.h"

#include "base/mem.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

void peers_init(struct peers *p, const char *trusted_proxies, long limit_per_address)
{
	*p = (struct peers){ map_new(), mem_strdup(trusted_proxies), limit_per_address };
}

void peers_fini(struct peers *p)
{
	map_free(p->counts, mem_free);
	mem_free(p->trusted);
}

static void remote_address(int fd, char out[PEER_TEXT_MAX])
{
	struct sockaddr_storage sa;
	socklen_t len = sizeof sa;
	if (getpeername(fd, (struct sockaddr *)&sa, &len) != 0 ||
	    getnameinfo((struct sockaddr *)&sa, len, out, PEER_TEXT_MAX, NULL, 0, NI_NUMERICHOST) != 0)
		strcpy(out, "unknown");
	/* A listener on `::` shows IPv4 clients so; they are meant by their usual address. */
	static const char mapped[] = "::ffff:";
	if (strncmp(out, mapped, sizeof mapped - 1) == 0 && strchr(out, '.'))
		memmove(out, out + sizeof mapped - 1, strlen(out) - sizeof mapped + 2);
}

struct peer *peer_enter(struct peers *p, int fd, bool limited)
{
	char address[PEER_TEXT_MAX];
	remote_address(fd, address);
	struct peer *peer = map_get(p->counts, address);
	if (limited && peer && p->limit && peer->connections >= p->limit && !peer_is_proxy(p, address))
		return NULL;
	if (!peer) {
		peer = mem_zalloc(sizeof *peer);
		strcpy(peer->address, address);
		map_set(p->counts, address, peer);
	}
	peer->connections++;
	return peer;
}

void peer_leave(struct peers *p, struct peer *peer)
{
	if (--peer->connections == 0) {
		map_remove(p->counts, peer->address);
		mem_free(peer);
	}
}

bool peer_is_proxy(const struct peers *p, const char *address)
{
	size_t n = strlen(address);
	for (const char *at = p->trusted; (at = strstr(at, address)); at += n)
		if ((at == p->trusted || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0'))
			return true;
	return false;
}

static bool is_address(const char *s)
{
	unsigned char raw[sizeof(struct in6_addr)];
	return inet_pton(AF_INET, s, raw) == 1 || inet_pton(AF_INET6, s, raw) == 1;
}

void peer_client_address(const struct peers *p, const char *peer_address, const char *forwarded_for,
                         char out[PEER_TEXT_MAX])
{
	snprintf(out, PEER_TEXT_MAX, "%s", peer_address);
	if (!peer_is_proxy(p, peer_address))
		return;
	/* From the right: each proxy appends whom it saw, and only what our own proxies appended can be believed. */
	const char *end = forwarded_for + strlen(forwarded_for);
	while (end > forwarded_for) {
		const char *begin = end;
		while (begin > forwarded_for && begin[-1] != ',')
			begin--;
		const char *from = begin;
		while (from < end && *from == ' ')
			from++;
		size_t n = (size_t)(end - from);
		while (n && from[n - 1] == ' ')
			n--;
		char one[PEER_TEXT_MAX];
		if (n >= sizeof one)
			return;
		memcpy(one, from, n);
		one[n] = '\0';
		if (!is_address(one))
			return;
		strcpy(out, one);
		if (!peer_is_proxy(p, one))
			return;
		end = begin > forwarded_for ? begin - 1 : begin;
	}
}
