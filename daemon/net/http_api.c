/* The HTTP interface (CONTRACT: HTTP). Routes are a table; a handler that needs an identity gets one that Redis has just
 * confirmed. Everything that is not a route is a page or 404. */
#include "app/auth.h"
#include "app/buyers.h"
#include "app/command.h"
#include "app/project.h"
#include "base/log.h"
#include "base/mem.h"
#include "core/aggregate.h"
#include "net/http_routes.h"
#include "wire/encode.h"
#include "wire/request.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct route {
	enum http_method method;
	const char *path; /* `*` stands for any one part; the first for the project */
	bool internal;
	bool needs_identity;
	enum right right; /* checked for project routes */
	void (*handle)(struct http_request *r, struct project *p);
};

static void post_login(struct http_request *r, struct project *p);
static void post_logout(struct http_request *r, struct project *p);
static void get_session(struct http_request *r, struct project *p);
static void get_catalog(struct http_request *r, struct project *p);
static void get_board(struct http_request *r, struct project *p);
static void get_buyers(struct http_request *r, struct project *p);
static void post_command(struct http_request *r, struct project *p);
static void get_healthz(struct http_request *r, struct project *p);
static void get_readyz(struct http_request *r, struct project *p);
static void get_metrics(struct http_request *r, struct project *p);

/* clang-format off */
static const struct route routes[] = {
	{ HTTP_POST, "/api/v1/login", false, false, 0, post_login },
	{ HTTP_POST, "/api/v1/logout", false, true, 0, post_logout },
	{ HTTP_GET, "/api/v1/session", false, true, 0, get_session },
	{ HTTP_GET, "/api/v1/projects/*/catalog", false, true, RIGHT_BOARD_PUBLIC, get_catalog },
	{ HTTP_GET, "/api/v1/projects/*/board", false, true, RIGHT_BOARD_PUBLIC, get_board },
	{ HTTP_GET, "/api/v1/projects/*/buyers", false, true, RIGHT_BUYERS_READ, get_buyers },
	{ HTTP_POST, "/api/v1/projects/*/buyers/import", false, true, RIGHT_BUYERS_IMPORT, post_buyers_import },
	{ HTTP_POST, "/api/v1/projects/*/commands", false, true, RIGHT_BOARD_PUBLIC, post_command },
	{ HTTP_GET, "/api/v1/projects/*/events", false, true, RIGHT_EVENTS_READ, get_events },
	{ HTTP_GET, "/api/v1/projects/*/settings", false, true, RIGHT_PROJECT_CONFIGURE, get_settings },
	{ HTTP_POST, "/api/v1/projects/*/import", false, true, RIGHT_CATALOG_IMPORT, post_import },
	{ HTTP_GET, "/api/v1/projects/*/deals", false, true, RIGHT_DEALS_READ, get_deals },
	{ HTTP_GET, "/api/v1/projects/*/queue", false, true, RIGHT_DEALS_READ, get_queue },
	{ HTTP_GET, "/api/v1/projects/*/reports", false, true, RIGHT_BOARD_INTERNAL, get_reports },
	{ HTTP_GET, "/api/v1/projects/*/reports/*/*", false, true, RIGHT_BOARD_INTERNAL, get_report },
	{ HTTP_GET, "/api/v1/projects/*/trend", false, true, RIGHT_REPORTS_READ, get_trend },
	{ HTTP_GET, "/api/v1/projects/*/demand", false, true, RIGHT_DEMAND_READ, get_demand },
	{ HTTP_GET, "/api/v1/projects/*/favourites", false, true, RIGHT_FAVOURITE_SET, get_favourites },
	{ HTTP_GET, "/api/v1/projects/*/displays", false, true, RIGHT_DISPLAYS_MANAGE, get_displays },
	{ HTTP_GET, "/api/v1/projects/*/accounts", false, true, RIGHT_ACCOUNTS_MANAGE, get_accounts },
	{ HTTP_POST, "/api/v1/buyer-login", false, false, 0, post_buyer_login },
	{ HTTP_GET, "/api/v1/pick/*", false, false, 0, get_pick },
	{ HTTP_GET, "/api/v1/projects/*/launches", false, true, RIGHT_BOARD_PUBLIC, get_launches },
	{ HTTP_POST, "/api/v1/check", false, false, 0, post_check },
	{ HTTP_POST, "/api/v1/projects/*/launches/*/proof", false, true, RIGHT_LAUNCH_CHOOSE, post_proof },
	{ HTTP_GET, "/api/v1/projects/*/launches/*/offer", false, true, RIGHT_BOARD_PUBLIC, get_launch_offer },
	{ HTTP_GET, "/api/v1/projects/*/launches/*/me", false, true, RIGHT_LAUNCH_CHOOSE, get_launch_me },
	{ HTTP_GET, "/api/v1/projects/*/launches/*/control", false, true, RIGHT_LAUNCH_RUN, get_launch_control },
	{ HTTP_POST, "/api/v1/projects/*/launches/*/admit", false, true, RIGHT_LAUNCH_RUN, post_launch_admit },
	{ HTTP_GET, "/api/v1/projects/*/launches/*/admitted", false, true, RIGHT_LAUNCH_RUN, get_launch_admitted },
	{ HTTP_POST, "/api/v1/pairings", false, false, 0, post_pairing },
	{ HTTP_POST, "/api/v1/pairings/claim", false, false, 0, post_claim },
	{ HTTP_POST, "/api/v1/password", false, true, 0, post_password },
	{ HTTP_GET, "/api/v1/rights", false, true, 0, get_rights },
	{ HTTP_GET, "/healthz", true, false, 0, get_healthz },
	{ HTTP_GET, "/readyz", true, false, 0, get_readyz },
	{ HTTP_GET, "/metrics", true, false, 0, get_metrics },
};
/* clang-format on */

/* What follows the routing of a request while Redis confirms the session. */
struct pending {
	struct http_request *request;
	const struct route *route;
	char project[PATH_MAX_BYTES];
};

/* Part by part; the first that a `*` stands for is the project. */
static bool path_matches(const char *pattern, const char *path, char *project)
{
	project[0] = '\0';
	while (*pattern && *path) {
		if (*pattern != '*') {
			if (*pattern++ != *path++)
				return false;
			continue;
		}
		size_t n = strcspn(path, "/");
		if (n == 0)
			return false;
		if (!project[0]) {
			memcpy(project, path, n);
			project[n] = '\0';
		}
		pattern++;
		path += n;
	}
	return *pattern == *path;
}

/* NULL when there is none; `known` gets the methods that the path takes, `project` the project that it names, or "". */
static const struct route *find_route(const struct http_request *r, char project[PATH_MAX_BYTES], unsigned *known)
{
	*known = 0;
	for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++) {
		if (routes[i].internal != r->internal || !path_matches(routes[i].path, r->path, project))
			continue;
		*known |= (unsigned)routes[i].method;
		if (routes[i].method == r->method)
			return &routes[i];
	}
	return NULL;
}

static void serve_page(struct http_request *r)
{
	const struct asset *a = assets_find(r->server->assets, r->path);
	if (!a) {
		http_respond_error(r, LD_E_NOT_FOUND, NULL);
		return;
	}
	http_header(r, "etag:", "%s", a->etag);
	http_header(r, "cache-control:", a->immutable ? "public, max-age=31536000, immutable" : "no-cache");
	http_header(r, "vary:", "Accept-Encoding");
	if (strcmp(r->if_none_match, a->etag) == 0) {
		http_respond(r, 304, NULL, NULL);
		return;
	}
	bool gzip = r->gzip && a->gzip;
	if (gzip)
		http_header(r, "content-encoding:", "gzip");
	http_respond(r, 200, a->content_type, gzip ? a->gzip : a->plain);
}

/* Whether somebody may come in at a route of a project. */
static int admit(const struct route *route, struct app *a, const struct identity *who, const char *name)
{
	/* As with commands: a foreign project and none at all look alike. */
	if (!identity_has_project(who, name))
		return LD_E_FORBIDDEN;
	if (!project_find(a, name))
		return LD_E_NO_SUCH_PROJECT;
	return role_grant(who->role, route->right) == GRANT_NO ? LD_E_FORBIDDEN : 0;
}

static void handle(const struct route *route, struct http_request *r, const char *name)
{
	int err = name[0] ? admit(route, r->app, r->identity, name) : 0;
	if (err) {
		http_respond_error(r, err, NULL);
		return;
	}
	http_header(r, "cache-control:", "no-store");
	route->handle(r, name[0] ? project_find(r->app, name) : NULL);
}

static void on_identity(void *ctx, int err, struct identity *i)
{
	struct pending *q = ctx;
	struct http_request *r = q->request;
	/* The first look at the sender of a file may have ended it. */
	if (!r->answered && err) {
		http_respond_error(r, err, NULL);
	} else if (!r->answered) {
		r->identity = identity_ref(i);
		handle(q->route, r, q->project);
	}
	http_unref(r);
	mem_free(q);
}

static void on_sender(void *ctx, int err, struct identity *i)
{
	struct pending *q = ctx;
	struct http_request *r = q->request;
	if (!err)
		err = admit(q->route, r->app, i, q->project);
	if (err && !r->answered)
		http_respond_error(r, err, NULL);
	http_unref(r);
	mem_free(q);
}

static void authenticate(const struct route *route, struct http_request *r, const char *project, identity_cb then)
{
	struct app *a = r->server->app;
	char id[TOKEN_ID_BYTES];
	if (!a->has_secret && r->token[0]) {
		http_respond_error(r, LD_E_UNAVAILABLE, NULL);
		return;
	}
	if (!token_check(a, r->token, id)) {
		http_respond_error(r, LD_E_UNAUTHENTICATED, NULL);
		return;
	}
	/* A form on a foreign page could use the cookie. */
	if (r->method == HTTP_POST && r->token_in_cookie && !http_allow_origin(r))
		return;
	struct pending *q = mem_alloc(sizeof *q);
	q->request = http_ref(r);
	q->route = route;
	snprintf(q->project, sizeof q->project, "%s", project);
	identity_find(a, id, then, q);
}

bool http_takes_file(const struct http_request *r)
{
	char project[PATH_MAX_BYTES];
	unsigned known;
	const struct route *route = find_route(r, project, &known);
	return route &&
	       (route->handle == post_import || route->handle == post_buyers_import || route->handle == post_launch_admit);
}

void http_check_sender(struct http_request *r)
{
	char project[PATH_MAX_BYTES];
	unsigned known;
	const struct route *route = find_route(r, project, &known);
	authenticate(route, r, project, on_sender);
}

void http_dispatch(struct http_request *r)
{
	char project[PATH_MAX_BYTES];
	unsigned known;
	const struct route *route = find_route(r, project, &known);
	if (route && !route->internal && !r->app->has_projects) {
		http_respond_error(r, LD_E_UNAVAILABLE, NULL);
	} else if (route && route->needs_identity) {
		authenticate(route, r, project, on_identity);
	} else if (route) {
		handle(route, r, "");
	} else if (known) {
		http_header(r, "allow:", known & (unsigned)HTTP_GET ? "GET" : "POST");
		http_respond_error(r, LD_E_METHOD, NULL);
	} else if (r->method == HTTP_GET && !r->internal && strncmp(r->path, "/api/", 5) != 0) {
		serve_page(r);
	} else {
		http_respond_error(r, LD_E_NOT_FOUND, NULL);
	}
	http_unref(r);
}

/* --- signing in and out */

static void on_login(void *ctx, int err, const struct login_result *result)
{
	struct http_request *r = ctx;
	if (err) {
		http_respond_error(r, err, NULL);
	} else {
		struct buf text = { 0 };
		encode_login(&text, result->account, role_name(result->role), result->projects, result->project_count,
		             result->token);
		http_set_session(r, result->token, r->server->conf->session_ttl_s);
		http_respond_text(r, 200, "application/json", &text);
	}
	http_unref(r);
}

static void post_login(struct http_request *r, struct project *p)
{
	struct login_request in;
	char why[128] = "";
	UNUSED(p);
	if (!http_allow_origin(r))
		return;
	int err = request_decode_login(r->body ? r->body : "", r->body_bytes, &in, why);
	if (err) {
		http_respond_error(r, err, why);
		return;
	}
	auth_login(r->server->app, in.account, in.password, r->client, on_login, http_ref(r));
	login_request_fini(&in);
}

static void on_logout(void *ctx, int err)
{
	struct http_request *r = ctx;
	if (err) {
		http_respond_error(r, err, NULL);
	} else {
		http_header(r, "set-cookie:", "listing_session=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0%s",
		            r->secure ? "; Secure" : "");
		http_respond(r, 204, NULL, NULL);
	}
	http_unref(r);
}

static void post_logout(struct http_request *r, struct project *p)
{
	UNUSED(p);
	auth_logout(r->server->app, r->identity->token_id, on_logout, http_ref(r));
}

static void get_session(struct http_request *r, struct project *p)
{
	struct buf text = { 0 };
	UNUSED(p);
	encode_login(&text, r->identity->account, role_name(r->identity->role), r->identity->projects,
	             r->identity->project_count, NULL);
	http_respond_text(r, 200, "application/json", &text);
}

/* --- a project */

static void get_catalog(struct http_request *r, struct project *p)
{
	if (!p->catalog.json) {
		http_respond_error(r, LD_E_UNAVAILABLE, NULL);
		return;
	}
	char etag[64];
	/* Of the content: a project that gets another name or palette keeps its version. */
	snprintf(etag, sizeof etag, "\"%s\"", p->catalog.tag);
	r->header_count = 0; /* this one may be kept, and asked for again with its tag */
	http_header(r, "cache-control:", "private, no-cache");
	http_header(r, "etag:", "%s", etag);
	if (strcmp(r->if_none_match, etag) == 0)
		http_respond(r, 304, NULL, NULL);
	else
		http_respond(r, 200, "application/json", p->catalog.json);
}

static void get_board(struct http_request *r, struct project *p)
{
	if (!p->board || !p->live) {
		http_respond_error(r, LD_E_UNAVAILABLE, NULL);
		return;
	}
	struct buf text = { 0 };
	enum board_view view = project_view(p, r->identity->role);
	struct aggregate *figures = aggregate_new(p->board, p->catalog.labels, p->catalog.count, view);
	encode_board_figures(&text, p->board, view, project_now_ms(p), figures);
	aggregate_free(figures);
	http_respond_text(r, 200, "application/json", &text);
}

static void get_buyers(struct http_request *r, struct project *p)
{
	buyers_list(r->server->app, p, r->identity, http_respond_when_read, http_ref(r));
}

static void on_command(void *ctx, int http_status, struct buf *text)
{
	struct http_request *r = ctx;
	http_respond_text(r, http_status, http_status < 400 ? "application/json" : "application/problem+json", text);
	http_unref(r);
}

static void post_command(struct http_request *r, struct project *p)
{
	command_post(r->server->app, r->identity, r->client, r->english, p->name, r->idempotency_key,
	             r->body ? r->body : "", r->body_bytes, on_command, http_ref(r));
}

/* --- the internal port */

static void respond_line(struct http_request *r, int status, const char *line)
{
	struct buf text = { 0 };
	buf_addf(&text, "%s\n", line);
	http_respond_text(r, status, "text/plain; charset=utf-8", &text);
}

static void get_healthz(struct http_request *r, struct project *p)
{
	UNUSED(p);
	respond_line(r, 200, "ok");
}

static void get_readyz(struct http_request *r, struct project *p)
{
	const char *why = "";
	UNUSED(p);
	bool ready = app_is_ready(r->server->app, &why);
	respond_line(r, ready ? 200 : 503, ready ? "ready" : why);
}

static void get_metrics(struct http_request *r, struct project *p)
{
	struct buf text = { 0 };
	UNUSED(p);
	metrics_write(&r->server->app->metrics, &text);
	http_respond_text(r, 200, "text/plain; version=0.0.4; charset=utf-8", &text);
}
