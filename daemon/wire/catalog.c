#include "wire/catalog.h"

#include "base/mem.h"
#include "wire/json.h"

/* A floor may be a number or a text ("-1", "31", "G"). */
static char *label(const struct json *j, const char *name)
{
	const struct json *v = json_member(j, name);
	int64_t n;
	if (json_string(v))
		return mem_strdup(json_string(v));
	return json_whole(v, &n) ? mem_printf("%lld", (long long)n) : NULL;
}

int catalog_decode_label(const char *json, size_t bytes, struct unit_label *out)
{
	struct json *j;
	char why[WHY_BYTES];
	*out = (struct unit_label){ 0 };
	int err = json_parse(json, bytes, &j, why);
	if (!err) {
		out->building = label(j, "building");
		out->entrance = label(j, "entrance");
		out->floor = label(j, "floor");
		out->type = label(j, "type");
	}
	json_free(j);
	return err;
}

void unit_label_fini(struct unit_label *l)
{
	mem_free(l->building);
	mem_free(l->entrance);
	mem_free(l->floor);
	mem_free(l->type);
	*l = (struct unit_label){ 0 };
}
