/* The handlers behind the table of routes (http_api.c) that stand in files of their own, and what they share. Each gets a
 * request whose identity is confirmed and whose role has the route's right; `p` is NULL where the route names no project. */
#ifndef NET_HTTP_ROUTES_H
#define NET_HTTP_ROUTES_H

#include "app/project.h"
#include "net/http.h"
#include "net/server.h"

void get_deals(struct http_request *r, struct project *p);
void get_demand(struct http_request *r, struct project *p);
void get_favourites(struct http_request *r, struct project *p);
void get_queue(struct http_request *r, struct project *p);
void get_reports(struct http_request *r, struct project *p);
void get_report(struct http_request *r, struct project *p);
void get_settings(struct http_request *r, struct project *p);
void get_events(struct http_request *r, struct project *p);
void post_buyers_import(struct http_request *r, struct project *p);
void post_launch_admit(struct http_request *r, struct project *p);
void post_import(struct http_request *r, struct project *p);
void get_rights(struct http_request *r, struct project *p);
void get_trend(struct http_request *r, struct project *p);
void post_pairing(struct http_request *r, struct project *p);
void post_claim(struct http_request *r, struct project *p);
void post_password(struct http_request *r, struct project *p);
void get_displays(struct http_request *r, struct project *p);
void get_accounts(struct http_request *r, struct project *p);
void post_buyer_login(struct http_request *r, struct project *p);
void post_proof(struct http_request *r, struct project *p);
void post_check(struct http_request *r, struct project *p);
void get_pick(struct http_request *r, struct project *p);
void get_launches(struct http_request *r, struct project *p);
void get_launch_offer(struct http_request *r, struct project *p);
void get_launch_me(struct http_request *r, struct project *p);
void get_launch_control(struct http_request *r, struct project *p);
void get_launch_admitted(struct http_request *r, struct project *p);

/* The cookie that signs a browser in; the response's header. */
void http_set_session(struct http_request *r, const char *token, int64_t max_age_s);

/* A member of the query: a whole number, dflt when absent, -1 when it is none. */
int64_t query_int(const char *query, const char *name, int64_t dflt);
/* A text: false, and `out` untouched, when it is absent or longer than it may be. */
bool query_text(const char *query, const char *name, char *out, size_t out_bytes);

/* The n-th part of a path, counted from 0 behind the first slash; false when it is longer than it may be or not there. */
bool path_part(const char *path, size_t n, char *out, size_t out_bytes);

#endif
