/* The parts of the running daemon that its use cases share. Built by main, embedded nowhere else. */
#ifndef APP_APP_H
#define APP_APP_H

#include "app/metrics.h"
#include "app/targets.h"
#include "base/list.h"
#include "base/map.h"
#include "conf/conf.h"
#include "loop/loop.h"
#include "outbound/http_post.h"
#include "store/store.h"

struct vault;
struct link_key;
struct presses;
struct reports;
struct listing_import;

struct app {
	struct loop *loop;
	const struct conf *conf;
	struct store *store;
	const struct vault *vault;                  /* NULL: no buyer_key_file */
	const struct link_key *link_key;            /* NULL: no buyer_link_key_file */
	const struct targets *targets;              /* to whom we speak */
	struct poster *poster;                      /* NULL when to nobody */
	struct listing_import *import;              /* NULL: no file is being read */
	unsigned uploads;                           /* files that came, or are coming, by HTTP */
	struct reports *reports;                    /* NULL when none are kept */
	struct presses *presses;                    /* how often buyers press */
	struct map *projects;                       /* id → struct project */
	struct list gone;                           /* those that were let go */
	struct map *identities;                     /* token id → struct identity */
	struct map *accounts;                       /* account → struct account_room (its open sessions) */
	struct map *signed_out, *signed_out_before; /* token ids; see identity.h */
	int64_t signed_out_since_ms;
	struct list sessions;
	struct metrics metrics;
	struct loop_timer project_scan;
	char daemon_id[33]; /* random per process: names this daemon in heartbeats */
	unsigned char token_secret[32];
	bool has_secret;
	bool has_projects; /* they were listed once */
	bool stopping;
};

/* Starts the store and the discovery of projects. conf, targets, vault and link_key (NULL: none) and loop outlive the app. */
struct app *app_start(struct loop *l, const struct conf *conf, const struct targets *targets,
                      const char *redis_password, const struct vault *vault, const struct link_key *link_key);
void app_stop(struct app *a);
/* Ready: Redis is fit, the token secret is known, and every served project's feed is live. `why` otherwise. */
bool app_is_ready(const struct app *a, const char **why);
/* Redis time as far as any live feed tells, else this machine's wall clock. */
int64_t app_now_ms(const struct app *a);

#endif
