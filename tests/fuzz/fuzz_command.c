/* Whatever a client may send: decoded, and every argument asked for. */
#include "base/buf.h"
#include "wire/command.h"
#include "wire/encode.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);

static void need(bool holds)
{
	if (!holds)
		abort();
}

static void ask(const struct command *c)
{
	static const char *const names[] = { "project", "unit", "buyer", "reason", "to", "rev" };
	char why[WHY_BYTES];
	const char *text = NULL, *epoch = NULL;
	int64_t number = -1, seq = -1;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		if (command_arg_str(c, names[i], 72, &text, why) == 0)
			need(text && *text && strlen(text) <= 72);
		else
			need(strlen(why) > 0);
		if (command_arg_opt_str(c, names[i], 120, &text, why) == 0)
			need(!text || strlen(text) <= 120);
		if (command_arg_opt_int(c, names[i], &number, why) == 0)
			need(number >= -1);
	}
	if (command_resume(c, &epoch, &seq, why) == 0)
		need(!epoch || seq >= 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct command c;
	char why[WHY_BYTES] = "";
	int err = wire_decode_command((const char *)data, bytes, &c, why);
	need(c.id >= -1);
	if (err) {
		need(err == LD_E_BAD_REQUEST && why[0]);
		struct buf text = { 0 };
		encode_reply_error(&text, c.id, err, true, NULL);
		need(text.len_bytes > 0);
		buf_fini(&text);
	} else {
		need(c.cmd[0] && (!c.key[0] || wire_key_is_valid(c.key)));
		ask(&c);
	}
	command_fini(&c);
	return 0;
}
