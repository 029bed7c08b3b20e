#include "base/buf.h"
#include "base/mem.h"
#include "seal/vault.h"
#include "wire/buyer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEX(c) c c c c c c c c c c c c c c c c
#define A HEX("0a1b")
#define B HEX("2c3d")
#define C HEX("4e5f")

/* The vault of a key file of that text and mode; `why` holds the refusal. */
static struct vault *load_mode(const char *text, mode_t mode, struct buf *why)
{
	char path[] = "/tmp/listingd-keys-XXXXXX";
	int fd = mkstemp(path);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
	fchmod(fd, mode);
	close(fd);
	struct vault *v = vault_load(path, why);
	unlink(path);
	return v;
}

static struct vault *load(const char *text)
{
	struct buf why = { 0 };
	struct vault *v = load_mode(text, 0600, &why);
	if (!v)
		fail_msg("%s", buf_str(&why));
	buf_fini(&why);
	return v;
}

static void refuses(const char *text, mode_t mode, const char *sentence)
{
	struct buf why = { 0 };
	struct vault *v = load_mode(text, mode, &why);
	assert_null(v);
	if (!strstr(buf_str(&why), sentence))
		fail_msg("\"%s\" does not say \"%s\"", buf_str(&why), sentence);
	assert_null(strstr(buf_str(&why), "0a1b"));
	buf_fini(&why);
}

static char *seal(const struct vault *v, const char *project, const char *id, const char *plain)
{
	struct buf out = { 0 };
	vault_seal(v, project, id, plain, strlen(plain), &out);
	return buf_take(&out);
}

static bool opens(const struct vault *v, const char *project, const char *id, const char *sealed, const char *plain)
{
	size_t bytes = 0;
	char *found = vault_open(v, project, id, sealed, &bytes);
	bool same = found && bytes == strlen(plain) && strcmp(found, plain) == 0;
	if (found)
		assert_true(same);
	vault_wipe(found);
	return same;
}

static const char one[] = "index " A "\nkey k1 " B "\n";
static const char two[] = "# rotated\nindex " A "\n\nkey k2 " C "\nkey k1 " B "\n";

static void what_is_sealed_opens_again_and_shows_nothing(void **state)
{
	(void)state;
	struct vault *v = load(one);
	char *sealed = seal(v, "demo", "b1", "{\"name\":\"王某\"}");
	assert_memory_equal(sealed, "v1.k1.", 6);
	assert_int_equal(strspn(sealed, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_."),
	                 strlen(sealed));
	assert_true(opens(v, "demo", "b1", sealed, "{\"name\":\"王某\"}"));
	mem_free(sealed);
	sealed = seal(v, "demo", "b1", "");
	assert_true(opens(v, "demo", "b1", sealed, ""));
	mem_free(sealed);
	vault_free(v);
}

static void sealing_the_same_again_gives_the_same_bytes_and_anything_else_others(void **state)
{
	(void)state;
	struct vault *v = load(one);
	char *first = seal(v, "demo", "b1", "same"), *again = seal(v, "demo", "b1", "same");
	char *others[] = { seal(v, "demo", "b2", "same"), seal(v, "other", "b1", "same"), seal(v, "demo", "b1", "sama") };
	assert_string_equal(first, again);
	/* Nonce and ciphertext both differ: 24 bytes of nonce are 32 letters. */
	for (size_t i = 0; i < 3; i++) {
		assert_int_not_equal(strncmp(first + 6, others[i] + 6, 32), 0);
		mem_free(others[i]);
	}
	mem_free(first);
	mem_free(again);
	vault_free(v);
}

static void it_opens_only_where_it_was_put(void **state)
{
	(void)state;
	struct vault *v = load(one);
	char *sealed = seal(v, "demo", "b1", "plain");
	assert_false(opens(v, "demo", "b2", sealed, "plain"));
	assert_false(opens(v, "other", "b1", sealed, "plain"));
	assert_false(opens(v, "demo/b1", "", sealed, "plain"));
	mem_free(sealed);
	vault_free(v);
}

static void a_change_of_any_character_is_found(void **state)
{
	(void)state;
	struct vault *v = load(one);
	char *sealed = seal(v, "demo", "b1", "the plain text");
	for (size_t i = 0; sealed[i]; i++) {
		char was = sealed[i];
		sealed[i] = was == 'A' ? 'B' : 'A';
		assert_false(opens(v, "demo", "b1", sealed, "the plain text"));
		sealed[i] = was;
	}
	for (size_t cut = strlen(sealed); cut-- > 0;) {
		sealed[cut] = '\0';
		assert_false(opens(v, "demo", "b1", sealed, "the plain text"));
	}
	mem_free(sealed);
	assert_false(opens(v, "demo", "b1", "v1.k1.!!!!", ""));
	assert_false(opens(v, "demo", "b1", "v1..AAAA", ""));
	assert_false(opens(v, "demo", "b1", "v1.k1", ""));
	vault_free(v);
}

static void the_wrong_key_of_the_same_name_opens_nothing(void **state)
{
	(void)state;
	struct vault *v = load(one), *other = load("index " A "\nkey k1 " C "\n");
	char *sealed = seal(v, "demo", "b1", "plain");
	assert_false(opens(other, "demo", "b1", sealed, "plain"));
	mem_free(sealed);
	vault_free(v);
	vault_free(other);
}

static void after_a_rotation_the_new_key_seals_and_both_open(void **state)
{
	(void)state;
	struct vault *before = load(one), *after = load(two);
	char key[VAULT_KEY_ID_BYTES], ix[VAULT_INDEX_BYTES], ix_after[VAULT_INDEX_BYTES];
	char *old = seal(before, "demo", "b1", "plain"), *new = seal(after, "demo", "b1", "plain");
	assert_string_equal(vault_first_key(after), "k2");
	vault_key_of(new, key);
	assert_string_equal(key, "k2");
	assert_true(opens(after, "demo", "b1", old, "plain"));
	assert_true(opens(after, "demo", "b1", new, "plain"));
	assert_false(opens(before, "demo", "b1", new, "plain"));
	vault_index(before, "phone", "13900001111", ix);
	vault_index(after, "phone", "13900001111", ix_after);
	assert_string_equal(ix, ix_after);
	mem_free(old);
	mem_free(new);
	vault_free(before);
	vault_free(after);
}

static void a_look_up_value_depends_on_kind_value_and_key(void **state)
{
	(void)state;
	struct vault *v = load(one), *other = load("index " C "\nkey k1 " B "\n");
	char phone[VAULT_INDEX_BYTES], card[VAULT_INDEX_BYTES], foreign[VAULT_INDEX_BYTES], name[VAULT_NAME_BYTES];
	vault_index(v, "phone", "13900001111", phone);
	vault_index(v, "card", "13900001111", card);
	vault_index(other, "phone", "13900001111", foreign);
	assert_int_equal(strlen(phone), 32);
	assert_string_not_equal(phone, card);
	assert_string_not_equal(phone, foreign);
	vault_name(v, "demo/key/ann", name);
	assert_int_equal(strspn(name, "bcdfghjkmnpqrtwx"), 16);
	vault_free(v);
	vault_free(other);
}

static void a_key_file_with_a_mistake_is_refused_without_showing_it(void **state)
{
	(void)state;
	refuses(one, 0640, "chmod 600");
	refuses(one, 0604, "chmod 600");
	refuses("", 0600, "no line `index HEX`");
	refuses("index " A "\n", 0600, "no line `key ID HEX`");
	refuses("key k1 " A "\n", 0600, "no line `index HEX`");
	refuses("index " A "\nindex " A "\nkey k1 " A "\n", 0600, ":2: there is a second index");
	refuses("index " A "\nkey k1 " A "\nkey k1 " A "\n", 0600, ":3: this key id stands there twice");
	refuses("index " A "0\nkey k1 " A "\n", 0600, ":1: an index is");
	refuses("index " A "\nkey k1 0a1b\n", 0600, ":2: a key has 64");
	refuses("index " A "\nkey K.1 " A "\n", 0600, ":2: a key is");
	refuses("index " A "\nkey k1 " A " more\n", 0600, ":2: something stands behind");
	refuses("secret " A "\n", 0600, ":1: a line begins with");
	struct buf why = { 0 };
	assert_null(vault_load("/nonexistent/keys", &why));
	assert_non_null(strstr(buf_str(&why), "No such file"));
	buf_clear(&why);
	assert_null(vault_load("/tmp", &why));
	assert_non_null(strstr(buf_str(&why), "not a regular file"));
	buf_fini(&why);
}

static void a_new_key_file_is_for_its_owner_and_overwrites_nothing(void **state)
{
	(void)state;
	char folder[] = "/tmp/listingd-keys-XXXXXX", path[64];
	struct buf why = { 0 };
	struct stat st;
	assert_non_null(mkdtemp(folder));
	snprintf(path, sizeof path, "%s/keys", folder);
	assert_int_equal(vault_file_new(path, &why), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	assert_int_not_equal(vault_file_new(path, &why), 0);
	assert_non_null(strstr(buf_str(&why), "exists"));
	buf_clear(&why);
	struct vault *before = vault_load(path, &why);
	assert_non_null(before);
	char *sealed = seal(before, "demo", "b1", "plain");
	assert_int_equal(vault_file_rotate(path, &why), 0);
	struct vault *after = vault_load(path, &why);
	assert_non_null(after);
	assert_string_not_equal(vault_first_key(before), vault_first_key(after));
	assert_true(opens(after, "demo", "b1", sealed, "plain"));
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
	mem_free(sealed);
	vault_free(before);
	vault_free(after);
	buf_fini(&why);
	unlink(path);
	rmdir(folder);
}

static void a_buyer_is_sealed_opened_and_merged(void **state)
{
	(void)state;
	struct vault *v = load(one);
	struct buyer b = { .id = mem_strdup("b1"), .name = mem_strdup("王\"某"), .phone = mem_strdup("13900001111") }, read;
	struct buf record = { 0 };
	assert_true(buyer_wish(&b, "三房"));
	assert_true(buyer_wish(&b, "三房"));
	assert_int_equal(b.wish_count, 1);
	buyer_seal(&b, v, "demo");
	buyer_encode(&record, &b, "");
	assert_null(strstr(buf_str(&record), "13900001111"));
	assert_null(strstr(buf_str(&record), "王"));
	assert_int_equal(buyer_decode(record.data, record.len_bytes, &read), 0);
	assert_true(buyer_open(&read, v, "demo"));
	assert_true(buyer_is_equal(&b, &read));
	assert_string_equal(read.phone_ix, b.phone_ix);
	assert_string_equal(read.card_ix, "");
	struct buyer change = { .id = mem_strdup("b1"), .card = mem_strdup("E12345678"), .phone = mem_strdup("") };
	buyer_keep(&change, &read);
	assert_string_equal(change.name, "王\"某");
	assert_string_equal(change.phone, "");
	assert_int_equal(change.wish_count, 1);
	buyer_fini(&change);
	buyer_fini(&read);
	buyer_fini(&b);
	buf_fini(&record);
	vault_free(v);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_sealed_opens_again_and_shows_nothing),
		cmocka_unit_test(sealing_the_same_again_gives_the_same_bytes_and_anything_else_others),
		cmocka_unit_test(it_opens_only_where_it_was_put),
		cmocka_unit_test(a_change_of_any_character_is_found),
		cmocka_unit_test(the_wrong_key_of_the_same_name_opens_nothing),
		cmocka_unit_test(after_a_rotation_the_new_key_seals_and_both_open),
		cmocka_unit_test(a_look_up_value_depends_on_kind_value_and_key),
		cmocka_unit_test(a_key_file_with_a_mistake_is_refused_without_showing_it),
		cmocka_unit_test(a_new_key_file_is_for_its_owner_and_overwrites_nothing),
		cmocka_unit_test(a_buyer_is_sealed_opened_and_merged),
	};
	if (sodium_init() < 0)
		return 1;
	return cmocka_run_group_tests_name("vault", tests, NULL, NULL);
}
