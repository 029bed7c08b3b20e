/* One connected client: who it is, what it watches, and the one number that says what it has seen.
 *
 * Owned by the connection: net calls session_start at the upgrade and session_end when the socket is gone. Answers to
 * commands still under way hold a reference; after session_end they find `conn` NULL and go nowhere.
 *
 * Output: replies wait in a bounded outbox (a client that does not read them is closed with 4002); boards are never
 * queued, a session that cannot take one is marked and gets the newest state when it can. */
#ifndef APP_SESSION_H
#define APP_SESSION_H

#include "app/identity.h"
#include "app/sink.h"

struct project;

struct session {
	unsigned refs;
	struct app *app;
	const struct sink *sink;
	void *conn; /* NULL once ended */
	struct identity *identity;
	struct list link;         /* app->sessions */
	struct list account_link; /* the account's room */
	struct list watch_link;   /* project->watchers */
	struct project *watching;
	int64_t sent_seq;
	uint32_t sent_serial; /* which board (project->serial) sent_seq belongs to; 0: none */
	bool as_public;       /* watches what the public may see, whatever the role */
	bool lagging;
	bool lacks_queue; /* has begun to watch, and not been told what waits */
	bool wants_write;
	bool english;
	bool closing;
	uint16_t outbox_count, outbox_cap;
	uint32_t outbox_bytes; /* of all frames in it */
	struct frame **outbox; /* allocated while something waits */
	struct buf *early;     /* messages received before the identity is known */
	char *address;         /* of a buyer's client; NULL for others and while it is not known who this is */
	int64_t tokens_at_ms;  /* rate bucket: time of the last refill */
	int32_t tokens_milli;
};

/* Some replies may always wait. Beyond them it is the bytes that count: who holds hundreds of deals is told of each on coming
 * back, and a slow line takes its time over that. */
enum { OUTBOX_FRAMES = 64, OUTBOX_BYTES = 256 * 1024, OUTBOX_MAX = 8192 };

/* Close codes of the contract. */
enum {
	CLOSE_STOPPING = 4001,
	CLOSE_TOO_SLOW = 4002,
	CLOSE_RESYNC = 4003,
	CLOSE_NO_PONG = 4004,
	CLOSE_RATE = 4029,
	CLOSE_SIGNED_OUT = 4501,
	CLOSE_FORBIDDEN = 4503,
	CLOSE_REPLACED = 4508,
};

/* Redis is asked whose token it is; then the client hears `hello`, or is closed with 4501. What it says before is kept. */
struct session *session_start(struct app *a, const char *token_id, bool english, const char *address,
                              const struct sink *sink, void *conn);
/* A write has failed: from now on nothing is sent, session_end follows soon, never from inside a send or a close. */
void session_lost(struct session *s);
void session_end(struct session *s);
struct session *session_ref(struct session *s);
void session_unref(struct session *s);

void session_receive(struct session *s, const char *text, size_t bytes); /* one whole text message */
void session_writable(struct session *s);
void session_send(struct session *s, struct frame *f); /* a reply or private push: in order, never dropped silently */
void session_tell(struct session *s, void *frame);     /* the same, to be called for each of many */
void session_close(struct session *s, int code, const char *reason);
/* Asks Redis again whether the sign-in still holds; closes with 4501 when not, or because another one of the same buyer has
 * replaced it, with 4508. */
void session_recheck(struct session *s);
void session_recheck_replaced(struct session *s);

/* Calls fn for every open session of an account on this daemon. */
void account_each_session(struct app *a, const char *account, void (*fn)(struct session *s, void *ctx), void *ctx);
/* The same for those that may use a project: the ids of buyers are a project's own, two projects may each have a b1. */
void project_each_session(struct project *p, const char *account, void (*fn)(struct session *s, void *ctx), void *ctx);
/* Calls fn for every open session here that watches a project; fn may close the session. */
void project_each_watcher(struct project *p, void (*fn)(struct session *s, void *ctx), void *ctx);
/* Ends every open session of one token (sign-out). */
void identity_revoke(struct app *a, const char *token_id);

#endif
