#include "net/headers.h"

#include "net/server.h"

#include <stdio.h>
#include <string.h>

enum { COOKIE_MAX_BYTES = 2048 };
static const char cookie_name[] = "listing_session=";

void header_copy(struct lws *wsi, enum lws_token_indexes token, char *out, size_t cap)
{
	int n = lws_hdr_total_length(wsi, token);
	if (n <= 0 || (size_t)n >= cap || lws_hdr_copy(wsi, out, (int)cap, token) < 0)
		out[0] = '\0';
}

static bool is_plain(const char *text, int bytes)
{
	for (int i = 0; i < bytes; i++)
		if ((unsigned char)text[i] < 0x20 || text[i] == 0x7f)
			return false;
	return true;
}

bool header_query(struct lws *wsi, char *out, size_t cap)
{
	size_t at = 0;
	out[0] = '\0';
	for (int i = 0;; i++) {
		int n = lws_hdr_copy_fragment(wsi, out + at, (int)(cap - at), WSI_TOKEN_HTTP_URI_ARGS, i);
		/* Behind the last one, or it does not fit. */
		if (n < 0)
			return lws_hdr_fragment_length(wsi, WSI_TOKEN_HTTP_URI_ARGS, i) == 0;
		if (!is_plain(out + at, n) || at + (size_t)n + 2 > cap)
			return false;
		at += (size_t)n;
		out[at++] = '\n';
		out[at] = '\0';
	}
}

void header_custom(struct lws *wsi, const char *name, char *out, size_t cap)
{
	int n = lws_hdr_custom_length(wsi, name, (int)strlen(name));
	if (n <= 0 || (size_t)n >= cap || lws_hdr_custom_copy(wsi, out, (int)cap, name, (int)strlen(name)) < 0)
		out[0] = '\0';
}

static void token_from_cookie(const char *cookies, char out[TOKEN_TEXT_MAX])
{
	const size_t skip = sizeof cookie_name - 1;
	for (const char *at = cookies; (at = strstr(at, cookie_name)); at += skip) {
		if (at != cookies && at[-1] != ' ' && at[-1] != ';')
			continue;
		size_t n = strcspn(at + skip, "; ");
		if (n < TOKEN_TEXT_MAX) {
			memcpy(out, at + skip, n);
			out[n] = '\0';
		}
		return;
	}
}

void header_token(struct lws *wsi, char out[TOKEN_TEXT_MAX], bool *in_cookie)
{
	char text[COOKIE_MAX_BYTES];
	out[0] = '\0';
	*in_cookie = false;
	header_copy(wsi, WSI_TOKEN_HTTP_AUTHORIZATION, text, sizeof text);
	if (strncasecmp(text, "Bearer ", 7) == 0) {
		if (strlen(text + 7) < TOKEN_TEXT_MAX)
			strcpy(out, text + 7);
		return;
	}
	header_copy(wsi, WSI_TOKEN_HTTP_COOKIE, text, sizeof text);
	token_from_cookie(text, out);
	*in_cookie = out[0] != '\0';
}

static bool word_in(const char *words, const char *word)
{
	size_t n = strlen(word);
	for (const char *at = words; n && (at = strstr(at, word)); at += n)
		if ((at == words || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0'))
			return true;
	return false;
}

bool header_origin_ok(const struct server *s, struct lws *wsi)
{
	char origin[256], host[256], own[300], client[PEER_TEXT_MAX];
	if (lws_hdr_total_length(wsi, WSI_TOKEN_ORIGIN) <= 0)
		return true;
	header_copy(wsi, WSI_TOKEN_ORIGIN, origin, sizeof origin);
	header_copy(wsi, WSI_TOKEN_HOST, host, sizeof host);
	bool secure;
	header_client(s, wsi, client, &secure);
	snprintf(own, sizeof own, "%s://%s", secure ? "https" : "http", host);
	return origin[0] && ((host[0] && strcmp(origin, own) == 0) || word_in(s->conf->origins, origin));
}

bool header_wants_english(struct lws *wsi)
{
	char language[64];
	header_copy(wsi, WSI_TOKEN_HTTP_ACCEPT_LANGUAGE, language, sizeof language);
	return strncasecmp(language, "en", 2) == 0;
}

void header_client(const struct server *s, struct lws *wsi, char out[PEER_TEXT_MAX], bool *secure)
{
	char forwarded[512], proto[16];
	const struct peer *peer = lws_get_opaque_user_data(wsi);
	const char *address = peer ? peer->address : "unknown";
	header_copy(wsi, WSI_TOKEN_X_FORWARDED_FOR, forwarded, sizeof forwarded);
	peer_client_address(&s->peers, address, forwarded, out);
	*secure = s->tls;
	if (peer_is_proxy(&s->peers, address)) {
		header_custom(wsi, "x-forwarded-proto:", proto, sizeof proto);
		*secure = strcmp(proto, "https") == 0;
	}
}
