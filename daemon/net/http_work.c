/* What the office reads about its work: deals, queues, and who may do what. */
#include "app/queue.h"
#include "net/http_routes.h"
#include "wire/encode.h"

#include <stdio.h>
#include <string.h>

enum { DEALS_MAX = 1000, DEALS_DEFAULT = 200 };

static void on_deals(void *ctx, int err, const struct fn_reply *reply, size_t n, char *const *json, const size_t *bytes)
{
	struct http_request *r = ctx;
	if (err) {
		http_respond_error(r, err, NULL);
	} else {
		struct buf text = { 0 };
		encode_deals(&text, fn_reply_int(reply, "now", 0), n, json, bytes);
		http_respond_text(r, 200, "application/json", &text);
	}
	http_unref(r);
}

void get_deals(struct http_request *r, struct project *p)
{
	char consultant[FIELD_MAX_BYTES] = "", before[FIELD_MAX_BYTES] = "", scope[8] = "open", limit[24];
	int64_t wanted = query_int(r->query, "limit", DEALS_DEFAULT);
	bool asked = query_text(r->query, "consultant", consultant, sizeof consultant);
	bool own = role_grant(r->identity->role, RIGHT_DEALS_READ) == GRANT_OWN;
	query_text(r->query, "scope", scope, sizeof scope);
	query_text(r->query, "before", before, sizeof before);
	if (wanted < 1 || wanted > DEALS_MAX || (strcmp(scope, "open") != 0 && strcmp(scope, "all") != 0)) {
		http_respond_error(r, LD_E_BAD_REQUEST, "scope is open or all, limit a number from 1 to 1000");
		return;
	}
	if (own && asked && strcmp(consultant, r->identity->account) != 0) {
		http_respond_error(r, LD_E_FORBIDDEN, NULL);
		return;
	}
	snprintf(limit, sizeof limit, "%lld", (long long)wanted);
	const char *args[] = { own ? r->identity->account : consultant, scope, limit, before };
	store_list(r->server->app->store, "ld_deals", p->name, args, 4, on_deals, http_ref(r));
}

static void on_queue(void *ctx, int err, const struct buf *json)
{
	struct http_request *r = ctx;
	if (err) {
		http_respond_error(r, err, NULL);
	} else {
		struct buf text = { 0 };
		buf_add(&text, json->data, json->len_bytes);
		http_respond_text(r, 200, "application/json", &text);
	}
	http_unref(r);
}

void get_queue(struct http_request *r, struct project *p)
{
	queue_read(p, r->identity->role, r->identity->account, on_queue, http_ref(r));
}

void get_rights(struct http_request *r, struct project *p)
{
	struct buf text = { 0 };
	UNUSED(p);
	encode_rights(&text);
	http_respond_text(r, 200, "application/json", &text);
}
