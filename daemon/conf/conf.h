/* Settings: one table (conf_table.c) is the parser, the bounds, the defaults and the documentation.
 *
 * conf_load reads `key = value` lines (`#` starts a comment line), then the environment: LISTINGD_<KEY> in capitals overrides
 * the file; a variable that begins so and names no setting is told in the log. On failure it returns LD_E_BAD_REQUEST and
 * `why` names file, line, key and what would be right; nothing half-read is ever used. Secrets come from files of their own
 * (`*_file` keys), never from the configuration itself. */
#ifndef CONF_CONF_H
#define CONF_CONF_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct conf {
	char *bind;
	int64_t listen_port;
	int64_t internal_port;
	char *origins;
	char *trusted_proxies;
	char *tls_cert_file, *tls_key_file;
	char *web_root;
	char *redis_socket, *redis_host;
	int64_t redis_port;
	char *redis_user, *redis_password_file;
	int64_t redis_timeout_ms;
	int64_t redis_wait_replicas;
	bool redis_allow_unsafe;
	char *projects;
	char *buyer_key_file;
	char *buyer_link_key_file;
	char *buyer_link_alg;
	char *buyer_link_audience;
	int64_t session_ttl_s, display_ttl_s;
	int64_t login_per_account, login_per_address, buyer_login_per_address, login_window_s;
	int64_t rate_commands_per_s;
	int64_t buyer_presses_per_s, buyer_presses_burst, buyer_press_gap_ms, address_presses_per_s;
	int64_t max_connections, max_connections_per_address;
	int64_t heartbeat_s;
	int64_t ping_interval_s;
	int64_t drain_ms;
	int64_t self_check_s;
	char *report_dir;
	char *outbound_file, *outbound_proxy, *outbound_ca_file;
	int64_t outbound_timeout_ms;
	int64_t hook_tries;
	int64_t robot_digest_min, robot_away_s;
	char *log_level;
};

struct conf *conf_new(void); /* the defaults */
void conf_free(struct conf *c);
/* file NULL: defaults and environment only. */
MUST_CHECK int conf_load(struct conf *c, const char *file, struct buf *why);
/* The commented sample file / the table of the README (Markdown), both from the table. */
void conf_print_sample(FILE *out);
void conf_print_markdown(FILE *out);
/* A secret's file: its first line without the line end, freed by the caller with mem_free. NULL and `why` on failure. */
char *conf_read_secret(const char *path, struct buf *why);

#endif
