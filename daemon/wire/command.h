/* A client's command: {"id":7,"cmd":"unit.lock","key":"01J…","args":{…}} (CONTRACT: WebSocket). */
#ifndef WIRE_COMMAND_H
#define WIRE_COMMAND_H

#include "wire/json.h"

enum { COMMAND_NAME_BYTES = 32, COMMAND_KEY_BYTES = 65 };

struct command {
	int64_t id; /* -1: none was given */
	char cmd[COMMAND_NAME_BYTES];
	char key[COMMAND_KEY_BYTES]; /* "": none was given; otherwise valid */
	struct json *root;
	const struct json *args; /* an object */
};

/* 0, or LD_E_BAD_REQUEST with a sentence. Either way command_fini is due, and `id` is set whenever it could be read, so
 * that the refusal reaches the right caller. */
MUST_CHECK int wire_decode_command(const char *text, size_t bytes, struct command *out, char why[WHY_BYTES]);
void command_fini(struct command *c);

/* Arguments: 0, or LD_E_BAD_REQUEST with a sentence naming the argument. Texts are lent by the command, not empty unless
 * optional, of at most max_bytes, and hold no control characters. An optional one that is absent or null leaves *out. */
MUST_CHECK int command_arg_str(const struct command *c, const char *name, size_t max_bytes, const char **out,
                               char why[WHY_BYTES]);
MUST_CHECK int command_arg_opt_str(const struct command *c, const char *name, size_t max_bytes, const char **out,
                                   char why[WHY_BYTES]);
MUST_CHECK int command_arg_opt_int(const struct command *c, const char *name, int64_t *out, char why[WHY_BYTES]);
MUST_CHECK int command_arg_int(const struct command *c, const char *name, int64_t *out, char why[WHY_BYTES]);
MUST_CHECK int command_arg_bool(const struct command *c, const char *name, bool *out, char why[WHY_BYTES]);
/* A list of 1 to NAMES_MAX names without blanks, appended with a blank between; out ends with a NUL. */
enum { NAMES_MAX = 500, NAME_MAX_BYTES = 72 };
MUST_CHECK int command_arg_names(const struct command *c, const char *name, struct buf *out, char why[WHY_BYTES]);
/* A text that stands inside an argument, under the same rules; may be empty. */
MUST_CHECK int command_text(const char *name, const struct json *v, size_t max_bytes, const char **out,
                            char why[WHY_BYTES]);
/* `resume`: {epoch, seq}; absent leaves both. */
MUST_CHECK int command_resume(const struct command *c, const char **epoch, int64_t *seq, char why[WHY_BYTES]);

/* `view`: "public" asks for what the public may see, whoever one is; absent: what one's role may see. */
MUST_CHECK int command_view(const struct command *c, bool *is_public, char why[WHY_BYTES]);

bool wire_key_is_valid(const char *key); /* 1 to 64 of A-Z a-z 0-9 _ - */

#endif
