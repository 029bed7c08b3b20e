#include "wire/command_table.h"

#include <string.h>

#define TEXT(name)     \
	{                  \
		name, ARG_TEXT \
	}
#define MAY(name)               \
	{                           \
		name, ARG_OPTIONAL_TEXT \
	}
#define INT(name)     \
	{                 \
		name, ARG_INT \
	}
#define MAY_INT(name)          \
	{                          \
		name, ARG_OPTIONAL_INT \
	}
#define NAMES(name)     \
	{                   \
		name, ARG_NAMES \
	}
#define NONE         \
	{                \
		"", ARG_NONE \
	}
/* A deal is named by itself or by the unit that it holds. */
#define DEAL MAY("deal"), MAY("unit")

/* clang-format off */
static const struct command_row rows[] = {
	{ "board.watch",      RIGHT_BOARD_PUBLIC,    NULL,                 { { 0 } } },
	{ "ping",             RIGHT_BOARD_PUBLIC,    NULL,                 { { 0 } } },
	{ "unit.lock",        RIGHT_UNIT_LOCK,       "ld_lock",            { TEXT("unit"), MAY("buyer"), MAY_INT("rev") } },
	{ "unit.release",     RIGHT_UNIT_RELEASE,    "ld_release",         { TEXT("unit"), MAY("reason"), MAY("to"), MAY_INT("rev") } },
	{ "unit.withhold",    RIGHT_UNIT_WITHHOLD,   "ld_withhold",        { TEXT("unit"), TEXT("reason"), MAY_INT("rev") } },
	{ "unit.offer",       RIGHT_UNIT_OFFER,      "ld_offer",           { TEXT("unit"), MAY_INT("rev") } },
	{ "favourite.set",    RIGHT_FAVOURITE_SET,   "ld_favourite",       { TEXT("unit"), { "on", ARG_DECISION } } },
	{ "units.withhold",   RIGHT_UNIT_WITHHOLD,   "ld_withhold_many",   { NAMES("units"), TEXT("reason") } },
	{ "units.offer",      RIGHT_UNIT_OFFER,      "ld_offer_many",      { NAMES("units") } },
	{ "launch.put",       RIGHT_LAUNCH_RUN,      "ld_launch_put",      { { 0 } } },
	{ "launch.units",     RIGHT_LAUNCH_RUN,      "ld_launch_units",    { TEXT("launch"), { "on", ARG_DECISION }, NAMES("units"), MAY("reason") } },
	{ "launch.admit",     RIGHT_LAUNCH_RUN,      "ld_launch_admit",    { { 0 } } },
	{ "launch.code",      RIGHT_LAUNCH_RUN,      "ld_launch_code",     { { 0 } } },
	{ "launch.draw",      RIGHT_LAUNCH_RUN,      "ld_launch_draw",     { TEXT("launch"), TEXT("reason") } },
	{ "launch.pause",     RIGHT_LAUNCH_RUN,      "ld_launch_pause",    { TEXT("launch"), TEXT("reason") } },
	{ "launch.resume",    RIGHT_LAUNCH_RUN,      "ld_launch_resume",   { TEXT("launch"), TEXT("reason") } },
	{ "launch.extend",    RIGHT_LAUNCH_RUN,      "ld_launch_extend",   { TEXT("launch"), INT("by_ms"), TEXT("reason") } },
	{ "launch.close",     RIGHT_LAUNCH_RUN,      "ld_launch_close",    { TEXT("launch"), TEXT("reason") } },
	{ "launch.say",       RIGHT_LAUNCH_RUN,      "ld_launch_say",      { TEXT("launch"), MAY("text") } },
	{ "launch.checkin",   RIGHT_LAUNCH_RUN,      "ld_launch_checkin",  { TEXT("launch"), TEXT("buyer") } },
	{ "launch.enter",     RIGHT_LAUNCH_CHOOSE,   "ld_launch_enter",    { TEXT("launch"), TEXT("rules_sha") } },
	{ "launch.complete",  RIGHT_LAUNCH_CHOOSE,   "ld_launch_complete", { TEXT("deal"), TEXT("eligibility"), MAY_INT("down_payment_fen"), MAY("note") } },
	{ "deal.apply",       RIGHT_DEAL_APPLY,      "ld_apply",           { DEAL, TEXT("eligibility"), MAY_INT("down_payment_fen"), MAY_INT("price_fen"), MAY("note") } },
	{ "deal.approve",     RIGHT_DEAL_APPROVE,    "ld_approve",         { DEAL } },
	{ "deal.reject",      RIGHT_DEAL_REJECT,     "ld_reject",          { DEAL, TEXT("reason") } },
	{ "deal.receipt",     RIGHT_DEAL_RECEIPT,    "ld_receipt",         { DEAL, TEXT("kind"), INT("amount_fen"), MAY("ref") } },
	{ "deal.refund",      RIGHT_DEAL_REFUND,     "ld_refund",          { TEXT("deal"), INT("amount_fen"), MAY("ref") } },
	{ "deal.review",      RIGHT_DEAL_REVIEW,     "ld_review",          { DEAL, TEXT("result"), MAY("comment") } },
	{ "deal.sign",        RIGHT_DEAL_SIGN,       "ld_sign",            { DEAL, TEXT("contract") } },
	{ "deal.extend",      RIGHT_DEAL_EXTEND,     "ld_extend",          { DEAL, INT("deadline"), TEXT("reason") } },
	{ "deal.swap",        RIGHT_DEAL_SWAP,       "ld_ask_swap",        { DEAL, TEXT("to"), TEXT("reason") } },
	{ "deal.rename",      RIGHT_DEAL_RENAME,     "ld_ask_rename",      { DEAL, TEXT("buyer"), TEXT("reason") } },
	{ "deal.withdraw",    RIGHT_DEAL_WITHDRAW,   "ld_ask_withdraw",    { DEAL, NONE, TEXT("reason") } },
	{ "discount.ask",     RIGHT_DISCOUNT_ASK,    "ld_ask_discount",    { DEAL, INT("price_fen"), TEXT("reason") } },
	{ "discount.decide",  RIGHT_DISCOUNT_DECIDE, "ld_decide_discount", { MAY("request"), MAY("unit"), { "approve", ARG_DECISION }, MAY("reason") } },
	{ "discount.file",    RIGHT_DISCOUNT_FILE,   "ld_file_discount",   { MAY("request"), MAY("unit") } },
	{ "price.ask",        RIGHT_PRICE_ASK,       "ld_ask_price",       { TEXT("unit"), INT("price_fen"), TEXT("reason") } },
	{ "request.decide",   RIGHT_REQUEST_DECIDE,  "ld_decide",          { TEXT("request"), NONE, { "approve", ARG_DECISION }, MAY("reason") } },
	{ "buyer.put",        RIGHT_BUYERS_WRITE,    "ld_buyer_put",       { { 0 } } },
	{ "buyer.erase",      RIGHT_BUYERS_ERASE,    "ld_buyer_erase",     { TEXT("buyer"), TEXT("reason") } },
	{ "display.pair",     RIGHT_DISPLAYS_MANAGE, "ld_display_pair",    { TEXT("code"), TEXT("name") } },
	{ "display.revoke",   RIGHT_DISPLAYS_MANAGE, "ld_display_revoke",  { TEXT("display"), TEXT("reason") } },
	{ "account.put",      RIGHT_ACCOUNTS_MANAGE, "ld_account_put",     { { 0 } } },
	{ "account.disable",  RIGHT_ACCOUNTS_MANAGE, "ld_account_disable", { { 0 } } },
	{ "project.configure", RIGHT_PROJECT_CONFIGURE, "ld_configure",    { { 0 } } },
	{ "project.thaw",     RIGHT_PROJECT_THAW,    "ld_thaw",            { TEXT("reason") } },
	{ "clock.confirm",    RIGHT_CLOCK_CONFIRM,   "ld_clock_confirm",   { TEXT("reason") } },
};
/* clang-format on */

const struct command_row *command_find(const char *cmd)
{
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (strcmp(rows[i].cmd, cmd) == 0)
			return &rows[i];
	return NULL;
}

const struct command_row *command_at(size_t i) { return i < sizeof rows / sizeof rows[0] ? &rows[i] : NULL; }
