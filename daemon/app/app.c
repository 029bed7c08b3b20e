#include "app/app.h"

#include "app/listing_import.h"
#include "app/private_push.h"
#include "app/presses.h"
#include "app/project.h"
#include "app/project_gone.h"
#include "app/reports.h"
#include "app/session.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"

#include <sodium.h>
#include <stdio.h>
#include <string.h>

/* New projects are found so soon; half a minute would make an operator wonder. */
enum { PROJECT_SCAN_MS = 2000, PROJECT_NAME_MAX = 64 };

/* One for each target of an office with several projects; a receiver that hangs holds one only. */
enum { POSTS_AT_ONCE = 16 };

static void scan_projects(void *ctx);

static bool is_project_name(const char *name)
{
	size_t n = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-");
	return n >= 1 && n <= PROJECT_NAME_MAX && name[n] == '\0';
}

static bool is_listed(const char *list, const char *name, size_t n)
{
	for (const char *at = list; *at; at += strspn(at, " ")) {
		size_t word = strcspn(at, " ");
		if (word == n && memcmp(at, name, n) == 0)
			return true;
		at += word;
	}
	return false;
}

/* With a project come its rehearsals, `P--` and a name. */
static bool is_wanted(const struct app *a, const char *name)
{
	const char *list = a->conf->projects, *shadow = strstr(name, "--");
	return !*list || is_listed(list, name, strlen(name)) || (shadow && is_listed(list, name, (size_t)(shadow - name)));
}

static void on_projects(void *ctx, int err, size_t n, char *const *names)
{
	struct app *a = ctx;
	if (!err)
		projects_let_go(a, n, names);
	for (size_t i = 0; !err && i < n; i++)
		if (is_project_name(names[i]) && is_wanted(a, names[i]) && !map_get(a->projects, names[i]))
			project_start(a, names[i]);
	a->has_projects |= !err;
	loop_timer_after(&a->project_scan, PROJECT_SCAN_MS);
}

static void on_secret(void *ctx, int err, const struct fn_reply *reply)
{
	struct app *a = ctx;
	const char *hex = err ? NULL : fn_reply_get(reply, "secret");
	size_t n = 0;
	a->has_secret = hex &&
	                sodium_hex2bin(a->token_secret, sizeof a->token_secret, hex, strlen(hex), NULL, &n, NULL) == 0 &&
	                n == sizeof a->token_secret;
	if (!a->has_secret)
		log_warnx("app", "the token secret cannot be read from Redis; asking again");
	loop_timer_after(&a->project_scan, a->has_secret ? 0 : PROJECT_SCAN_MS);
}

/* All daemons of one Redis sign tokens with the same secret: the first one's proposal stays. */
static void ask_secret(struct app *a)
{
	unsigned char raw[sizeof a->token_secret];
	char hex[2 * sizeof raw + 1];
	randombytes_buf(raw, sizeof raw);
	sodium_bin2hex(hex, sizeof hex, raw, sizeof raw);
	const char *args[] = { hex };
	store_call_key(a->store, "ld_secret", "ld:secret", args, 1, true, on_secret, a);
}

static void scan_projects(void *ctx)
{
	struct app *a = ctx;
	if (!store_is_ready(a->store))
		loop_timer_after(&a->project_scan, PROJECT_SCAN_MS);
	else if (!a->has_secret)
		ask_secret(a);
	else
		store_smembers(a->store, "ld:projects", on_projects, a);
}

static void tell_own_deals(const char *name, void *value, void *ctx)
{
	struct project *p = value;
	UNUSED(name);
	UNUSED(ctx);
	if (p->live)
		private_push_all_own_deals(p);
}

static void on_store_state(void *ctx, bool ready, const char *why)
{
	struct app *a = ctx;
	if (ready) {
		log_info("store", "Redis is ready");
		/* A feed may be back before the store is: then the deals could not be read yet. */
		map_each(a->projects, tell_own_deals, NULL);
		loop_timer_after(&a->project_scan, 0);
	} else {
		log_warnx("store", "Redis is not ready: %s", why);
	}
}

static struct poster *start_poster(struct loop *l, const struct conf *conf)
{
	const struct poster_config config = {
		.connect_timeout_ms = conf->outbound_timeout_ms / 2,
		.total_timeout_ms = conf->outbound_timeout_ms,
		.at_once = POSTS_AT_ONCE,
		.proxy = conf->outbound_proxy,
		.ca_file = conf->outbound_ca_file,
	};
	return poster_new(l, &config);
}

struct app *app_start(struct loop *l, const struct conf *conf, const struct targets *targets,
                      const char *redis_password, const struct vault *vault, const struct link_key *link_key)
{
	struct app *a = mem_zalloc(sizeof *a);
	unsigned char id[16];
	a->loop = l;
	a->conf = conf;
	a->vault = vault;
	a->link_key = link_key;
	a->targets = targets;
	a->poster = targets->count ? start_poster(l, conf) : NULL;
	a->projects = map_new();
	a->identities = map_new();
	a->accounts = map_new();
	a->signed_out = map_new();
	a->signed_out_before = map_new();
	a->signed_out_since_ms = clock_mono_ms();
	list_init(&a->sessions);
	list_init(&a->gone);
	randombytes_buf(id, sizeof id);
	sodium_bin2hex(a->daemon_id, sizeof a->daemon_id, id, sizeof id);
	loop_timer_init(&a->project_scan, l, scan_projects, a);
	a->presses = presses_new(conf);
	a->reports = reports_start(a);
	const struct store_config config = {
		.unix_path = *conf->redis_socket ? conf->redis_socket : NULL,
		.host = conf->redis_host,
		.port = (int)conf->redis_port,
		.user = *conf->redis_user ? conf->redis_user : NULL,
		.password = redis_password,
		.command_timeout_ms = (int)conf->redis_timeout_ms,
		.wait_replicas = (int)conf->redis_wait_replicas,
		.allow_unsafe = conf->redis_allow_unsafe,
	};
	a->store = store_start(l, &config, on_store_state, a);
	return a;
}

static void stop_project(void *p) { project_stop(p); }

void app_stop(struct app *a)
{
	a->stopping = true;
	loop_timer_stop(&a->project_scan);
	if (a->poster)
		poster_close(a->poster);
	/* First every pending call is answered, while what they belong to still stands. */
	store_close(a->store);
	import_stop(a);
	reports_stop(a->reports);
	presses_free(a->presses);
	map_free(a->projects, stop_project);
	while (!list_empty(&a->gone))
		project_stop(CONTAINER_OF(a->gone.next, struct project, gone_link));
	poster_free(a->poster);
	store_free(a->store);
	map_free(a->accounts, mem_free);
	map_free(a->identities, NULL);
	map_free(a->signed_out, NULL);
	map_free(a->signed_out_before, NULL);
	sodium_memzero(a->token_secret, sizeof a->token_secret);
	mem_free(a);
}

struct liveness {
	const char *down;
	const struct project *live;
};

static void look(const char *key, void *value, void *ctx)
{
	struct liveness *l = ctx;
	const struct project *p = value;
	UNUSED(key);
	if (p->live)
		l->live = p;
	else if (!p->rehearsal) /* which may end at any moment */
		l->down = "a project's feed is not live";
}

bool app_is_ready(const struct app *a, const char **why)
{
	struct liveness l = { 0 };
	if (a->stopping)
		*why = "stopping";
	else if (!store_is_ready(a->store))
		*why = store_why(a->store);
	else if (!a->has_secret)
		*why = "the token secret is not known yet";
	else if (!a->has_projects)
		*why = "the projects are not known yet";
	else {
		map_each(a->projects, look, &l);
		*why = l.down;
		return l.down == NULL;
	}
	return false;
}

int64_t app_now_ms(const struct app *a)
{
	struct liveness l = { 0 };
	map_each(a->projects, look, &l);
	return l.live ? project_now_ms(l.live) : clock_wall_ms();
}
