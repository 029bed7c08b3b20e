#include "conf/conf_form.h"

#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

enum { WORD_MAX_BYTES = 256, PROJECT_MAX_BYTES = 64 };

/* As the kernel writes it when such a client connects: addresses are compared as texts. Others may be one all the same. */
static bool is_address(const char *word, char usual[64])
{
	struct addrinfo *found = NULL;
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICHOST };
	usual[0] = '\0';
	if (getaddrinfo(word, NULL, &hints, &found) != 0)
		return false;
	bool told = getnameinfo(found->ai_addr, found->ai_addrlen, usual, 64, NULL, 0, NI_NUMERICHOST) == 0;
	freeaddrinfo(found);
	return told && strcmp(word, usual) == 0;
}

/* `scheme://host` or `scheme://host:port`, lower case: browsers send nothing else, and it is compared exactly. */
static bool is_origin(const char *word)
{
	const char *at = strncmp(word, "https://", 8) == 0 ? word + 8 : strncmp(word, "http://", 7) == 0 ? word + 7 : "";
	size_t host = strspn(at, "abcdefghijklmnopqrstuvwxyz0123456789.-_[]:");
	return host > 0 && at[host] == '\0';
}

static bool is_project(const char *word)
{
	size_t n = strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
	return n >= 1 && n <= PROJECT_MAX_BYTES && word[n] == '\0';
}

static const struct form {
	const char *name, *wants;
} forms[] = {
	[CONF_STRING] = { "text", "" },
	[CONF_INT] = { "number", "" },
	[CONF_BOOL] = { "yes/no", "" },
	[CONF_ADDRESS] = { "address", "an IP address, as in 127.0.0.1" },
	[CONF_ADDRESSES] = { "addresses", "IP addresses, one by one, separated by blanks" },
	[CONF_ORIGINS] = { "origins", "origins as browsers send them, separated by blanks: https://sales.example.com, "
	                              "without a path" },
	[CONF_PROJECTS] = { "names", "names of projects, separated by blanks: 1 to 64 of A-Z a-z 0-9 _ -" },
};

const char *conf_form_name(enum conf_type type) { return forms[type].name; }

static bool word_fits(enum conf_type type, const char *word, char usual[64])
{
	switch (type) {
	case CONF_ADDRESS:
	case CONF_ADDRESSES: return is_address(word, usual);
	case CONF_ORIGINS: return is_origin(word);
	case CONF_PROJECTS: return is_project(word);
	default: return true;
	}
}

static int complain(const struct conf_row *r, const char *word, const char *usual, struct buf *why)
{
	buf_addf(why, "%s must be %s, not \"%.80s\"", r->key, forms[r->type].wants, word);
	if (*usual)
		buf_addf(why, "; write %s", usual);
	return LD_E_BAD_REQUEST;
}

int conf_form_check(const struct conf_row *r, const char *value, struct buf *why)
{
	char word[WORD_MAX_BYTES], usual[64] = "";
	if (r->type == CONF_ADDRESS)
		return is_address(value, usual) ? 0 : complain(r, value, usual, why);
	for (const char *at = value + strspn(value, " "); *forms[r->type].wants && *at; at += strspn(at, " ")) {
		size_t n = strcspn(at, " ");
		snprintf(word, sizeof word, "%.*s", (int)(n < sizeof word ? n : sizeof word - 1), at);
		if (n >= sizeof word || !word_fits(r->type, word, usual))
			return complain(r, word, usual, why);
		at += n;
	}
	return 0;
}
