/* Who somebody is, and the tokens that prove it.
 *
 * A token is opaque to its bearer: base64url of id (16 random bytes) | expiry (8 bytes, Unix seconds, big endian) |
 * MAC (16 bytes, BLAKE2b keyed with a secret that all daemons of one Redis share). The MAC lets the upgrade refuse
 * a made-up or old token at once, without asking Redis; whether the session still lives is Redis' word
 * (`ld:session:<SHA-256 of the token>`), asked at every HTTP request and, for a WebSocket, at its start and at each
 * ping round. So a signed-out session ends everywhere within one ping interval, on its own daemon at once. What ends an
 * account's or a display's sessions stands in the trail of a project, and every daemon that serves it asks at once. */
#ifndef APP_IDENTITY_H
#define APP_IDENTITY_H

#include "app/app.h"
#include "core/role.h"

#include <stdbool.h>

enum { TOKEN_TEXT_MAX = 80, TOKEN_ID_BYTES = 65 };

struct identity {
	unsigned refs;
	enum role role;
	char *account;
	char **projects;
	size_t project_count;
	char token_id[TOKEN_ID_BYTES]; /* hex SHA-256 of the token; safe to keep, useless to present */
};

struct identity *identity_ref(struct identity *i);
void identity_unref(struct app *a, struct identity *i); /* NULL is fine */
/* Who may use P may use its rehearsals, which are called `P--` and a name; not the other way round. */
bool identity_has_project(const struct identity *i, const char *project);

/* A new token, good for ttl_s, into `out` (NUL-terminated), and its id. */
void token_make(const struct app *a, int64_t ttl_s, char out[TOKEN_TEXT_MAX], char id[TOKEN_ID_BYTES]);
/* True when the token bears our MAC and is not past its expiry; fills the id. */
bool token_check(const struct app *a, const char *token, char id[TOKEN_ID_BYTES]);

/* An identity that some open session uses, or NULL. Borrowed. */
struct identity *identity_known(struct app *a, const char *token_id);

/* Known to be signed out, here or, as far as Redis has told us, elsewhere. Remembered for session_ttl_s: it saves asking; a
 * token that lives longer, a display's, is asked about. */
bool identity_is_signed_out(const struct app *a, const char *token_id);
void identity_remember_signed_out(struct app *a, const char *token_id);

/* Asks Redis for the session of a token id. Calls back once, later: err 0 and a borrowed identity,
 * LD_E_UNAUTHENTICATED, or LD_E_UNAVAILABLE. */
typedef void (*identity_cb)(void *ctx, int err, struct identity *i);
void identity_find(struct app *a, const char *token_id, identity_cb cb, void *ctx);

#endif
