#include "core/role.h"

#include <string.h>

static const char *const role_names[ROLE_COUNT] = {
	"display", "buyer", "consultant", "clerk", "finance", "relations", "manager",
};

struct right_row {
	const char *name;
	enum grant grants[ROLE_COUNT];
};

#define NO GRANT_NO
#define OWN GRANT_OWN
#define ANY GRANT_ANY
static const struct right_row rights[] = {
#define RIGHT(name, text, ...) { text, { __VA_ARGS__ } },
#include "core/rights.def"
#undef RIGHT
};
#undef NO
#undef OWN
#undef ANY

const char *role_name(enum role r) { return role_names[r]; }

bool role_from_name(const char *name, enum role *out)
{
	for (int i = 0; i < ROLE_COUNT; i++) {
		if (strcmp(role_names[i], name) == 0) {
			*out = (enum role)i;
			return true;
		}
	}
	return false;
}

const char *right_name(enum right r) { return rights[r].name; }
enum grant role_grant(enum role who, enum right what) { return rights[what].grants[who]; }
