/* A file of buyers, CSV or XLSX, as records: columns by their names, numbers in their normal form, and every problem by
 * row and column. What a cell holds is never repeated in a problem. A blank cell says nothing about its field. */
#ifndef CTL_BUYER_FILE_H
#define CTL_BUYER_FILE_H

#include "listing/table.h"
#include "wire/buyer.h"

#include <stdarg.h>

enum buyer_field {
	BUYER_ID,
	BUYER_NAME,
	BUYER_PHONE,
	BUYER_CARD,
	BUYER_LEVEL,
	BUYER_WISHES_FIELD,
	BUYER_CONSULTANT,
	BUYER_QUALIFICATION,
	BUYER_FIELDS, /* of a list of buyers; a list of who is admitted to a launch session has more: */
	BUYER_GROUP = BUYER_FIELDS,
	BUYER_DRAW,
	BUYER_CODE,
	BUYER_FIELDS_ADMITTED
};

enum { BUYER_WHAT = 160 };

struct buyer_row {
	unsigned number; /* as a spreadsheet shows it */
	struct buyer b;
	char *group, *draw, *code; /* of a list of who is admitted, in their normal form; NULL for a blank cell */
};

struct buyer_problem {
	unsigned row; /* 0: the file */
	int column;   /* -1: the row */
	char what[BUYER_WHAT];
};

struct buyer_file {
	struct table_file file;
	size_t sheet;
	const struct table_row *header;    /* NULL: none was recognised */
	int fields;                        /* that it may have */
	int column[BUYER_FIELDS_ADMITTED]; /* -1 when absent */
	size_t count;
	struct buyer_row *rows;
	size_t problem_count;
	struct buyer_problem *problems;
};

/* fields: BUYER_FIELDS or BUYER_FIELDS_ADMITTED. 0 when there is no problem, else -1. Either way buyer_file_fini is due. */
MUST_CHECK int buyer_file_read(const char *path, int fields, struct buyer_file *out);
void buyer_file_fini(struct buyer_file *f);

const char *buyer_field_name(enum buyer_field field);

/* One more problem. field: the column in which it stands, or -1. */
void buyer_file_problem(struct buyer_file *f, unsigned row, int field, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* One field as a person wrote it, into the record; NULL or what is wrong with it. Blank text leaves it alone. */
const char *buyer_field_read(enum buyer_field field, const char *text, struct buyer *b);

#endif
