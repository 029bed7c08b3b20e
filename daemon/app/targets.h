/* To whom the daemon speaks: the targets of `outbound_file`.
 *
 * The file holds secrets: it must be readable by its owner only. A problem is named with file and target; the secrets and
 * the query of an address appear in no log, metric or error, a target is known by its id there. */
#ifndef APP_TARGETS_H
#define APP_TARGETS_H

#include "base/buf.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

enum target_kind { TARGET_WECOM, TARGET_DINGTALK, TARGET_WEBHOOK, TARGET_KIND_COUNT };

enum { TARGET_EVENTS_MAX = 64 };

struct target {
	char *id, *project;
	enum target_kind kind;
	char *url, *secret;              /* secret: NULL for none */
	char *events[TARGET_EVENTS_MAX]; /* of a webhook: only these kinds; none named: all */
	size_t event_count;
	bool from_start; /* a new webhook begins with the first event of the trail, not with the next one */
};

struct targets {
	size_t count;
	struct target *list;
};

const char *target_kind_name(enum target_kind k);
bool target_wants(const struct target *t, const char *event);

/* A path of "" gives no targets. NULL and a sentence in `why` on failure. */
struct targets *targets_load(const char *path, struct buf *why);
/* The same from the text of the file, `path` only named in complaints. */
struct targets *targets_parse(const char *path, const char *text, size_t bytes, struct buf *why);
void targets_free(struct targets *t); /* wipes the secrets; NULL is fine */

#endif
