#include "app/catalog.h"

#include "base/log.h"
#include "base/mem.h"
#include "wire/catalog.h"
#include "wire/encode.h"

#include <string.h>

static void drop_labels(struct catalog_cache *c)
{
	for (size_t i = 0; i < c->count; i++)
		unit_label_fini(&c->labels[i]);
	mem_free(c->labels);
	c->labels = NULL;
	c->count = 0;
}

static void on_catalog(void *ctx, int err, const struct fn_reply *reply, size_t n, char *const *json,
                       const size_t *json_bytes)
{
	struct project *p = ctx;
	struct catalog_cache *c = &p->catalog;
	bool again = c->again;
	c->loading = c->again = false;
	if (err) {
		log_warnx(p->name, "the catalogue cannot be read now (%s); it is asked for again with the next board",
		          err_code(err));
		return;
	}
	struct buf text = { 0 };
	int64_t version = fn_reply_int(reply, "catalog_version", 0);
	drop_labels(c);
	c->labels = mem_calloc(n, sizeof *c->labels);
	c->count = n;
	encode_catalog_begin(&text, p->name, p->title ? p->title : p->name, fn_reply_get(reply, "palette"),
	                     fn_reply_get(reply, "rehearsal"), p->reports.utc_offset_min, version);
	for (size_t i = 0; i < n; i++) {
		if (catalog_decode_label(json[i], json_bytes[i], &c->labels[i]) != 0)
			log_warnx(p->name, "the catalogue entry at index %zu is malformed", i);
		encode_catalog_unit(&text, i, json[i], json_bytes[i]);
	}
	encode_catalog_end(&text);
	frame_unref(c->json);
	c->json = frame_new(text.data, text.len_bytes);
	sha1_hex(text.data, text.len_bytes, c->tag);
	c->version = version;
	buf_fini(&text);
	if (again || (p->board && version < board_catalog_version(p->board)))
		catalog_refresh(p);
}

void catalog_refresh(struct project *p)
{
	/* What is on its way may be older than the name or the palette that was just set. */
	p->catalog.again = p->catalog.loading;
	if (p->catalog.loading)
		return;
	p->catalog.loading = true;
	store_list(p->app->store, "ld_catalog", p->name, NULL, 0, on_catalog, p);
}

void catalog_fini(struct project *p)
{
	drop_labels(&p->catalog);
	frame_unref(p->catalog.json);
}
