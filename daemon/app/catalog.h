/* The catalogue of a project as this daemon holds it: the encoded document that every client fetches, and the labels
 * that the figures are grouped by. Read again whenever an import has ended. */
#ifndef APP_CATALOG_H
#define APP_CATALOG_H

#include "app/project.h"

void catalog_refresh(struct project *p);
void catalog_fini(struct project *p);

#endif
