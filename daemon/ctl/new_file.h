/* A file that appears whole or not at all: written beside its place under another name, brought to disk, then renamed. */
#ifndef CTL_NEW_FILE_H
#define CTL_NEW_FILE_H

#include "ctl/ctl.h"

struct new_file {
	char *path, *temporary; /* write to the temporary one */
	bool once;              /* nothing is overwritten */
};

/* 0, or an exit status after the problem was printed. */
MUST_CHECK int new_file_begin(struct new_file *f, const char *path);
/* The same for what is kept as evidence: for its owner only (mode 600), and never in the place of another file. */
MUST_CHECK int new_file_begin_once(struct new_file *f, const char *path);
/* Puts it in place, or away again when status is not 0; frees. Returns status, or that of a new problem. */
MUST_CHECK int new_file_end(struct new_file *f, int status);

#endif
