/* Runs a program on untrusted input and collects what it prints, within limits. Blocking. */
#ifndef LISTING_CHILD_H
#define LISTING_CHILD_H

#include "base/buf.h"

struct child_limits {
	unsigned cpu_s, wall_s;
	size_t memory_bytes; /* address space */
	size_t output_bytes;
};

enum child_end {
	CHILD_DONE,        /* exit status 0 */
	CHILD_FAILED,      /* another exit status, or a signal */
	CHILD_TOO_LONG,    /* CPU or running time */
	CHILD_TOO_MUCH,    /* output */
	CHILD_NOT_STARTED, /* no such program, no process */
};

/* argv is NULL-terminated, argv[0] is looked up in the search path. The child has no input, writes no files, and is
 * dead on return, with all that it started. `errors` takes the last 4 KiB of its standard error. */
enum child_end child_run(const char *const *argv, const struct child_limits *limits, struct buf *output,
                         struct buf *errors);

#endif
