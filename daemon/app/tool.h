/* listingctl, run beside the daemon for what takes long: the self-check, reports. It finds Redis and the keys as this daemon
 * does; no secret stands in its arguments or its environment, only the paths of the files that hold them. */
#ifndef APP_TOOL_H
#define APP_TOOL_H

#include "app/app.h"
#include "loop/child.h"

/* arguments: behind the program's name, the last one NULL. As child_start. The program is the one beside the daemon's own,
 * else listingctl of the PATH's usual folders. */
struct child *tool_start(struct app *a, const char *const *arguments, int64_t timeout_ms, size_t out_max_bytes,
                         child_cb cb, void *ctx);

#endif
