/* listingd: options, settings, the parts built in order, and torn down in reverse. */
#include "app/app.h"
#include "app/session.h"
#include "base/log.h"
#include "base/mem.h"
#include "loop/supervisor.h"
#include "net/server.h"
#include "seal/link_key.h"
#include "seal/vault.h"
#include "store/listing_lua.h"
#include "wire/encode.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Exit codes after sysexits.h. */
enum { EXIT_USAGE = 64, EXIT_UNAVAILABLE = 69, EXIT_CONFIG = 78 };

/* Sessions told goodbye per turn of the loop. */
enum { GOODBYES_PER_TICK = 500, GOODBYE_TICK_MS = 10 };

struct daemon {
	struct loop *loop;
	struct conf *conf;
	struct app *app;
	struct server *server;
	struct loop_signal on_term, on_int;
	struct loop_timer goodbye, deadline;
	struct supervisor supervisor;
};

static const char usage[] =
	"Usage: listingd [-c FILE] [-t]\n"
	"The listing-control daemon: Redis decides, every screen follows.\n\n"
	"  -c, --config FILE   settings (default: built-in values and the environment)\n"
	"  -t, --test          check the settings and the files that they name, and exit\n"
	"      --print-config  print every setting with its default and exit\n"
	"      --print-config-markdown\n"
	"                      the same as a table\n"
	"      --version       print the version and exit\n"
	"  -h, --help          this text\n\n"
	"Exit status: 0 stopped as asked, 64 wrong usage, 69 a port or file cannot be had, 78 bad settings.\n";

static void on_deadline(void *ctx)
{
	struct daemon *d = ctx;
	loop_stop(d->loop);
}

static void on_goodbye(void *ctx)
{
	struct daemon *d = ctx;
	struct buf text = { 0 };
	/* Spread over the drain time, so that they do not all come back in the same instant. */
	encode_goaway(&text, 500 + (int64_t)randombytes_uniform(1500));
	struct frame *f = frame_new(text.data, text.len_bytes);
	buf_fini(&text);
	int n = 0;
	LIST_EACH(&d->app->sessions, it) {
		struct session *s = CONTAINER_OF(it, struct session, link);
		if (s->closing)
			continue;
		session_send(s, f);
		session_close(s, CLOSE_STOPPING, "stopping");
		if (++n == GOODBYES_PER_TICK)
			break;
	}
	frame_unref(f);
	if (list_empty(&d->app->sessions))
		loop_stop(d->loop);
	else
		loop_timer_after(&d->goodbye, GOODBYE_TICK_MS);
}

static void on_stop_asked(void *ctx)
{
	struct daemon *d = ctx;
	if (d->app->stopping) {
		loop_stop(d->loop);
		return;
	}
	log_info("listingd", "stopping");
	supervisor_stopping(&d->supervisor);
	d->app->stopping = true;
	server_drain(d->server);
	loop_timer_after(&d->deadline, d->conf->drain_ms);
	loop_timer_after(&d->goodbye, 0);
}

static enum log_level level_of(const char *name)
{
	static const char *const names[] = { "debug", "info", "warn", "error" };
	for (int i = 0; i < 4; i++)
		if (strcmp(names[i], name) == 0)
			return (enum log_level)i;
	return LOG_INFO;
}

static int complain(struct buf *why, int status)
{
	fprintf(stderr, "listingd: %s\n", buf_str(why));
	buf_fini(why);
	return status;
}

/* libwebsockets says of a certificate that it cannot use only that. */
static bool is_readable(const char *setting, const char *path, struct buf *why)
{
	if (!*path || access(path, R_OK) == 0)
		return true;
	buf_addf(why, "%s: %s: %s", setting, path, strerror(errno));
	return false;
}

/* What the files with secrets hold; NULL where no file is set. */
struct secrets {
	char *password;
	struct vault *vault;
	struct link_key *link_key;
};

static void free_secrets(struct secrets *s)
{
	if (s->password)
		sodium_memzero(s->password, strlen(s->password));
	mem_free(s->password);
	vault_free(s->vault);
	link_key_free(s->link_key);
}

/* False and `why` when a file that the settings name is not as it should be. */
static bool read_files(const struct conf *conf, struct secrets *out, struct buf *why)
{
	*out = (struct secrets){ 0 };
	if (is_readable("tls_cert_file", conf->tls_cert_file, why) &&
	    is_readable("tls_key_file", conf->tls_key_file, why) &&
	    (!*conf->buyer_key_file || (out->vault = vault_load(conf->buyer_key_file, why))) &&
	    (!*conf->buyer_link_key_file ||
	     (out->link_key = link_key_load(conf->buyer_link_key_file, conf->buyer_link_alg, why))) &&
	    (!*conf->redis_password_file || (out->password = conf_read_secret(conf->redis_password_file, why))))
		return true;
	free_secrets(out);
	return false;
}

static int test(const struct conf *conf)
{
	struct buf why = { 0 };
	struct secrets secrets;
	if (!read_files(conf, &secrets, &why))
		return complain(&why, EXIT_CONFIG);
	free_secrets(&secrets);
	puts("listingd: the settings are valid");
	return 0;
}

static int run(struct conf *conf, const struct targets *targets)
{
	struct daemon d = { .conf = conf };
	struct buf why = { 0 };
	struct secrets secrets;
	if (!read_files(conf, &secrets, &why))
		return complain(&why, EXIT_CONFIG);
	if (secrets.vault)
		log_info("buyers", "personal data is sealed with key %s", vault_first_key(secrets.vault));
	else
		log_warnx("buyers", "there is no buyer_key_file: sealed personal data is not shown, and none is stored");
	signal(SIGPIPE, SIG_IGN);
	d.loop = loop_new();
	d.app = app_start(d.loop, conf, targets, secrets.password, secrets.vault, secrets.link_key);
	d.server = server_start(d.app, conf, &why);
	int status = 0;
	if (d.server) {
		loop_timer_init(&d.goodbye, d.loop, on_goodbye, &d);
		loop_timer_init(&d.deadline, d.loop, on_deadline, &d);
		loop_signal_start(&d.on_term, d.loop, SIGTERM, on_stop_asked, &d);
		loop_signal_start(&d.on_int, d.loop, SIGINT, on_stop_asked, &d);
		log_info("listingd", "version %s, library %d, listening on %s port %lld", LISTINGD_VERSION, LISTING_LUA_VERSION,
		         conf->bind, (long long)conf->listen_port);
		supervisor_ready(&d.supervisor, d.loop);
		loop_run(d.loop);
		supervisor_close(&d.supervisor);
		loop_timer_stop(&d.goodbye);
		loop_timer_stop(&d.deadline);
		server_free(d.server);
	} else {
		status = complain(&why, EXIT_UNAVAILABLE);
	}
	app_stop(d.app);
	loop_free(d.loop);
	free_secrets(&secrets);
	return status;
}

int main(int argc, char **argv)
{
	enum { OPT_VERSION = 256, OPT_PRINT, OPT_MARKDOWN };
	/* clang-format off */
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },     { "test", no_argument, NULL, 't' },
		{ "print-config", no_argument, NULL, OPT_PRINT }, { "print-config-markdown", no_argument, NULL, OPT_MARKDOWN },
		{ "version", no_argument, NULL, OPT_VERSION },  { "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	/* clang-format on */
	const char *file = NULL;
	bool only_test = false;
	for (int o; (o = getopt_long(argc, argv, "c:th", options, NULL)) != -1;) {
		switch (o) {
		case 'c': file = optarg; break;
		case 't': only_test = true; break;
		case 'h': fputs(usage, stdout); return 0;
		case OPT_VERSION: printf("listingd %s\n", LISTINGD_VERSION); return 0;
		case OPT_PRINT: conf_print_sample(stdout); return 0;
		case OPT_MARKDOWN: conf_print_markdown(stdout); return 0;
		default: fputs(usage, stderr); return EXIT_USAGE;
		}
	}
	if (optind < argc) {
		fprintf(stderr, "listingd: unexpected argument \"%s\"\n%s", argv[optind], usage);
		return EXIT_USAGE;
	}
	if (sodium_init() < 0)
		panic("libsodium cannot start");
	struct conf *conf = conf_new();
	struct targets *targets = NULL;
	struct buf why = { 0 };
	int status;
	if (conf_load(conf, file, &why) != 0 || !(targets = targets_load(conf->outbound_file, &why))) {
		status = complain(&why, EXIT_CONFIG);
	} else if (only_test) {
		status = test(conf);
	} else {
		log_set_level(level_of(conf->log_level));
		status = run(conf, targets);
	}
	targets_free(targets);
	conf_free(conf);
	return status;
}
