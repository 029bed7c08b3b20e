#include "conf/conf_table.h"

#include "conf/conf.h"

#define AT(field) offsetof(struct conf, field)

/* clang-format off */
const struct conf_row conf_rows[] = {
	{ "Listening", "bind", CONF_STRING, AT(bind), "", 0, 0, NULL, "127.0.0.1",
	  "Address on which browsers and programs are served; 0.0.0.0 for every IPv4 address." },
	{ NULL, "listen_port", CONF_INT, AT(listen_port), "", 1, 65535, NULL, "8470",
	  "Port of HTTP and WebSocket; several daemons may share it (SO_REUSEPORT)." },
	{ NULL, "internal_port", CONF_INT, AT(internal_port), "", 0, 65535, NULL, "8471",
	  "Port of /healthz, /readyz and /metrics, on 127.0.0.1 only; 0 switches it off." },
	{ NULL, "origins", CONF_STRING, AT(origins), "", 0, 0, NULL, "",
	  "Further allowed browser origins, separated by blanks (https://sales.example.com); the daemon's own Host is always allowed." },
	{ NULL, "trusted_proxies", CONF_STRING, AT(trusted_proxies), "", 0, 0, NULL, "",
	  "Addresses of reverse proxies, separated by blanks, whose X-Forwarded-For and X-Forwarded-Proto are believed." },
	{ NULL, "tls_cert_file", CONF_STRING, AT(tls_cert_file), "", 0, 0, NULL, "",
	  "Certificate chain (PEM); set together with tls_key_file to serve https and wss." },
	{ NULL, "tls_key_file", CONF_STRING, AT(tls_key_file), "", 0, 0, NULL, "", "Private key (PEM) of the certificate." },
	{ NULL, "web_root", CONF_STRING, AT(web_root), "", 0, 0, NULL, "/usr/share/listingd/web",
	  "Folder of the built pages; read once at start." },
	{ "Redis", "redis_socket", CONF_STRING, AT(redis_socket), "", 0, 0, NULL, "",
	  "Path of Redis' Unix socket; when empty, redis_host and redis_port are used." },
	{ NULL, "redis_host", CONF_STRING, AT(redis_host), "", 0, 0, NULL, "127.0.0.1", "Host of Redis." },
	{ NULL, "redis_port", CONF_INT, AT(redis_port), "", 1, 65535, NULL, "6379", "Port of Redis." },
	{ NULL, "redis_user", CONF_STRING, AT(redis_user), "", 0, 0, NULL, "", "Redis ACL user; empty for the default user." },
	{ NULL, "redis_password_file", CONF_STRING, AT(redis_password_file), "", 0, 0, NULL, "",
	  "File whose first line is the Redis password." },
	{ NULL, "redis_timeout_ms", CONF_INT, AT(redis_timeout_ms), "ms", 100, 60000, NULL, "5000",
	  "A command unanswered for so long is answered `unknown` and the connection is made anew." },
	{ NULL, "redis_wait_replicas", CONF_INT, AT(redis_wait_replicas), "replicas", 0, 5, NULL, "0",
	  "A change is acknowledged only after so many replicas have it (WAIT); 0 for a single Redis." },
	{ NULL, "redis_allow_unsafe", CONF_BOOL, AT(redis_allow_unsafe), "", 0, 0, NULL, "no",
	  "Accept a Redis that can lose or evict data; for experiments only." },
	{ "Projects", "projects", CONF_STRING, AT(projects), "", 0, 0, NULL, "",
	  "Projects to serve, separated by blanks; empty serves every project that Redis knows." },
	{ "Personal data", "buyer_key_file", CONF_STRING, AT(buyer_key_file), "", 0, 0, NULL, "",
	  "File with the keys of the buyers' personal data (listingctl key new), mode 600; without it none is stored or shown." },
	{ "Sign-in", "session_ttl_s", CONF_INT, AT(session_ttl_s), "s", 60, 2592000, NULL, "43200",
	  "A session ends so long after sign-in." },
	{ NULL, "login_per_account", CONF_INT, AT(login_per_account), "attempts", 0, 100000, NULL, "10",
	  "Sign-in attempts per account in the window; 0 for no limit." },
	{ NULL, "login_per_address", CONF_INT, AT(login_per_address), "attempts", 0, 100000, NULL, "60",
	  "Sign-in attempts per client address in the window; 0 for no limit." },
	{ NULL, "login_window_s", CONF_INT, AT(login_window_s), "s", 1, 86400, NULL, "60", "Length of that window." },
	{ "Limits", "rate_commands_per_s", CONF_INT, AT(rate_commands_per_s), "1/s", 0, 100000, NULL, "20",
	  "Commands a session may send per second, twice as many in a burst; 0 for no limit." },
	{ NULL, "max_connections", CONF_INT, AT(max_connections), "", 0, 1000000, NULL, "0",
	  "Connections at a time; 0 for what the descriptor limit allows." },
	{ NULL, "max_connections_per_address", CONF_INT, AT(max_connections_per_address), "", 0, 1000000, NULL, "2000",
	  "Connections at a time from one address, proxies excepted; 0 for no limit. An office behind one router shares one address." },
	{ "Timing", "heartbeat_s", CONF_INT, AT(heartbeat_s), "s", 1, 5, NULL, "4",
	  "An idle board hears a beat at least so often." },
	{ NULL, "ping_interval_s", CONF_INT, AT(ping_interval_s), "s", 5, 3600, NULL, "30",
	  "WebSocket ping to each client; a client that has not answered by the next one is closed." },
	{ NULL, "drain_ms", CONF_INT, AT(drain_ms), "ms", 0, 60000, NULL, "1000",
	  "At a planned stop, clients get so long to leave after `goaway`." },
	{ "Log", "log_level", CONF_STRING, AT(log_level), "", 0, 0, "debug|info|warn|error", "info", "Lowest level written." },
};
/* clang-format on */

const size_t conf_row_count = sizeof conf_rows / sizeof conf_rows[0];
