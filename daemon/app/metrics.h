/* Counters and gauges of the daemon, one table; written as Prometheus text by metrics_write. */
#ifndef APP_METRICS_H
#define APP_METRICS_H

#include "base/buf.h"

#include <stdint.h>

/*       name                     type       help */
/* clang-format off */
#define APP_METRICS(X)                                                                                        \
	X(connections,              "gauge",   "WebSocket connections open now.")                           \
	X(connections_total,        "counter", "WebSocket connections accepted.")                           \
	X(connections_refused_total, "counter", "Connections refused by a limit.")                          \
	X(upgrades_refused_total,   "counter", "WebSocket upgrades refused (401, 403, 400).")               \
	X(http_requests_total,      "counter", "HTTP requests served.")                                     \
	X(commands_total,           "counter", "Commands received.")                                        \
	X(commands_refused_total,   "counter", "Commands answered with an error.")                          \
	X(locks_granted_total,      "counter", "Locks granted through this daemon.")                        \
	X(locks_taken_total,        "counter", "Locks refused because the unit was taken.")                 \
	X(frames_sent_total,        "counter", "Board frames handed to connections.")                       \
	X(frames_encoded_total,     "counter", "Board frames encoded.")                                     \
	X(snapshots_sent_total,     "counter", "Full boards handed to connections.")                        \
	X(rounds_total,             "counter", "Publishing rounds.")                                        \
	X(round_us,                 "gauge",   "Length of the last publishing round in microseconds.")      \
	X(sessions_lagging_total,   "counter", "Times that a connection could not take a frame at once.")   \
	X(slow_closed_total,        "counter", "Connections closed because they did not read.")             \
	X(feed_events_total,        "counter", "Events read from Redis.")                                   \
	X(feed_resyncs_total,       "counter", "Snapshots taken because the feed began anew.")              \
	X(expired_total,            "counter", "Holds released by this daemon's sweeps.")                   \
	X(selfcheck_passed_total,   "counter", "Self-checks that found everything in order.")               \
	X(selfcheck_differences_total, "counter", "Self-checks that found a difference and froze a project.") \
	X(selfcheck_failed_total,   "counter", "Self-checks that could not be made.")                       \
	X(logins_total,             "counter", "Sign-ins that succeeded.")                                  \
	X(logins_refused_total,     "counter", "Sign-ins refused.")                                         \
	X(buyer_logins_total,       "counter", "Sign-ins of buyers that succeeded.")                        \
	X(buyer_logins_refused_total, "counter", "Sign-ins of buyers refused.")                             \
	X(hook_deliveries_total,    "counter", "Webhook deliveries acknowledged.")                          \
	X(hook_events_total,        "counter", "Events in acknowledged webhook deliveries.")                \
	X(hook_failures_total,      "counter", "Webhook deliveries that were refused or not answered.")     \
	X(hook_dead_total,          "counter", "Events that became dead letters.")                          \
	X(robot_messages_total,     "counter", "Group-chat messages accepted by a robot.")                  \
	X(robot_failures_total,     "counter", "Group-chat messages to be tried again.")                    \
	X(robot_dropped_total,      "counter", "Group-chat messages that a robot refused for good.")
/* clang-format on */

struct metrics {
#define X(name, type, help) int64_t name;
	APP_METRICS(X)
#undef X
};

/* Prometheus text exposition format 0.0.4. */
void metrics_write(const struct metrics *m, struct buf *out);

#endif
