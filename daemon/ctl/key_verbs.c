/* key new, key rotate, key public, and the keys for the verbs that need them. */
#include "ctl/ctl.h"

#include "base/buf.h"
#include "seal/sign_key.h"
#include "seal/vault.h"

#include <stdio.h>
#include <stdlib.h>

static int said(int err, struct buf *why, const char *fine)
{
	int status = err ? ctl_fail(CTL_IO, "%s", buf_str(why)) : CTL_OK;

	if (!err)
		puts(fine);
	buf_fini(why);
	return status;
}

int verb_key_new(struct ctl *c)
{
	struct buf why = { 0 };

	if (ctl_option(c, "signing"))
		return said(
			sign_key_new(ctl_option(c, "file"), &why), &why,
			"Signing key written. Keep it apart and let nobody have it; `listingctl key public` prints the half "
			"for the notary.");
	return said(vault_file_new(ctl_option(c, "file"), &why), &why,
	            "Key file written. Back it up, apart from the backups of Redis: without it the data cannot be read.");
}

int verb_key_rotate(struct ctl *c)
{
	struct buf why = { 0 };

	return said(vault_file_rotate(ctl_option(c, "file"), &why), &why,
	            "A new first key is in place. Now restart the daemons, then run `listingctl buyer rekey` for each "
	            "project;\nonly after that an old key may be taken out of the file.");
}

int verb_key_public(struct ctl *c)
{
	char public[SIGN_PUBLIC_BYTES];
	struct buf why = { 0 };
	struct sign_key *k = sign_key_load(ctl_option(c, "file"), &why);

	if (k)
		sign_key_public(k, public);
	sign_key_free(k);
	return said(k ? 0 : LD_E_BAD_REQUEST, &why, k ? public : "");
}

const struct vault *ctl_vault(struct ctl *c, int *status)
{
	const char *path = ctl_option(c, "buyer-key-file");
	struct buf why = { 0 };

	if (!path)
		path = getenv("LISTINGD_BUYER_KEY_FILE");
	if (!c->vault && (!path || !path[0]))
		*status = ctl_fail(CTL_USAGE, "%s needs --buyer-key-file PATH or LISTINGD_BUYER_KEY_FILE", c->verb->name);
	else if (!c->vault && !(c->vault = vault_load(path, &why)))
		*status = ctl_fail(CTL_IO, "%s", buf_str(&why));
	buf_fini(&why);
	return c->vault;
}
