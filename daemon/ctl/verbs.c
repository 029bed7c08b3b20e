/* The verbs, one row each (ctl.h). */
#include "ctl/ctl.h"

#define ACTING " as= role="
#define KEYS " buyer-key-file="
#define KEYS_HELP "  --buyer-key-file PATH  the daemon's buyer_key_file; LISTINGD_BUYER_KEY_FILE"

/* clang-format off */
const struct verb verbs[] = {
	{ "import", "project=! dry-run create= withheld" ACTING, "FILE", 1, 1, verb_import,
	  "takes a listing file (CSV or XLSX) over into a project",
	  "Shows how the file was understood: its columns, the counts, the first rows, and every problem with row and column. A\n"
	  "file with a problem changes nothing (exit status 65). Prices that changed and new units are taken over; the states of\n"
	  "units stay; units that the file lacks are named and stay as they are.\n\n"
	  "  --dry-run      shows all that, and writes nothing\n"
	  "  --create NAME  creates the project when there is none\n"
	  "  --withheld     new units begin as withheld (销控), not as available\n\n"
	  "List price: the file's total price; else unit price × gross area, rounded half up to the fen for each unit." },
	{ "status", "project=", "", 0, 0, verb_status, "shows a project, or all: counts by state, next deadline, clock", NULL },
	{ "units", "project=! status= building=", "", 0, 0, verb_units, "lists the units of a project",
	  "  --status STATUS  only withheld, available, locked, subscribed, contracted or settled\n"
	  "  --building NAME  only this building" },
	{ "lock", "project=! buyer=! rev=" ACTING, "UNIT", 1, 1, verb_lock, "locks a unit for a buyer",
	  "  --rev N       refuse when the unit has changed since revision N\n"
	  "  --as ACCOUNT  in the name of this account; default ctl: and the Unix account\n"
	  "  --role ROLE   with the rights of this role; default that account's, else manager" },
	{ "release", "project=! reason= to= rev=" ACTING, "UNIT", 1, 1, verb_release, "ends a lock or a subscription",
	  "  --reason TEXT  needed for what somebody else holds\n"
	  "  --to WHERE     available or withheld; needed for a withheld unit" },
	{ "withhold", "project=! reason=! rev=" ACTING, "UNIT", 1, 1, verb_withhold, "keeps an available unit from sale", NULL },
	{ "offer", "project=! rev=" ACTING, "UNIT", 1, 1, verb_offer, "puts a withheld unit on sale", NULL },
	{ "tail", "project=! from= count=", "", 0, 0, verb_tail, "shows events as they happen, until interrupted",
	  "  --from SEQ  begins with this event; default: what happens from now on\n"
	  "  --count N   ends after so many" },
	{ "verify", "project=!", "", 0, 0, verb_verify, "proves that the audit trail and the data agree",
	  "Follows the trail from its first event: numbers without a gap, the hash chain, every transition; then compares the\n"
	  "units, deals and deadlines that follow from it with those in Redis. Every difference is named (exit status 1)." },
	{ "report make", "project=! kind=! date= format= out= final money consultant=", "", 0, 0, verb_report_make,
	  "makes the listing-control sheet (销控表), the daily or the weekly report",
	  "Everything follows from the audit trail up to the cut-off: making a report again gives the same bytes.\n\n"
	  "  --kind KIND        sheet (cut at the project's sheet_at_min), daily or weekly (Monday to Sunday), office time\n"
	  "  --date YYYY-MM-DD  the day, or a day of the week; default: today for sheet, else the last full day or week.\n"
	  "                     What is not over yet is cut at this moment and marked as interim\n"
	  "  --format FORMAT    json (default) or xlsx\n"
	  "  --final            refuses what is not over yet, and when the clock is in doubt\n"
	  "  --money            of a daily or weekly report only the money: per day, unpaid, refunds\n"
	  "  --consultant NAME  of a daily or weekly report only this consultant's own figures\n"
	  "  --out FILE         written whole or not at all; default for json: standard output" },
	{ "report trend", "project=! days= date=", "", 0, 0, verb_report_trend,
	  "shows the figures of the last days as JSON, one row for each office day",
	  "Each row says what the daily report of its day says; days before the project's first event have none.\n\n"
	  "  --days N           so many, 1 to 400; default: 30\n"
	  "  --date YYYY-MM-DD  the last of them; default: today, as far as it has come" },
	{ "export", "project=! from= to= format=", "", 0, 0, verb_export, "writes all events with all their fields to standard output",
	  "  --from SEQ, --to SEQ  only these events; default: all\n"
	  "  --format FORMAT       ndjson (default), or csv: fixed columns, and `'` before what looks like a formula" },
	{ "account add", "project=! role=! password-file= replace", "ACCOUNT", 1, 1, verb_account_add, "creates an account",
	  "The password is the first line of --password-file PATH, else of standard input, else asked for.\n\n"
	  "  --project P[,Q…]  the projects that the account may see\n"
	  "  --role ROLE       display, buyer, consultant, clerk, finance, relations or manager\n"
	  "  --replace         give an existing account this password, role and projects" },
	{ "account list", "", "", 0, 0, verb_account_list, "lists the accounts", NULL },
	{ "account disable", "", "ACCOUNT", 1, 1, verb_account_disable, "ends an account and its sessions", NULL },
	{ "display list", "project=!", "", 0, 0, verb_display_list, "lists the displays of a project and their last contact", NULL },
	{ "display revoke", "project=! reason=!" ACTING, "ID", 1, 1, verb_display_revoke, "signs a display out for good", NULL },
	{ "project create", "project=! name=!" ACTING, "[SETTING=VALUE …]", 0, 16, verb_project_create, "creates an empty project",
	  "Settings as for `project set`." },
	{ "project set", "project=!" ACTING, "SETTING=VALUE …", 1, 16, verb_project_set, "changes settings of a project",
	  "  lock_hold=24h        how long a lock holds; s, m, h or d\n"
	  "  subscribe_hold=24h   how long a subscription holds\n"
	  "  hold_max=7d          no hold ends later than this after its beginning\n"
	  "  public_board=full    what the public sees: full, or merged (every taken state the same)\n"
	  "  warn=2h,30m,5m       when the holder is warned, before the end; empty: never\n"
	  "  on_expiry_paid=flag  a hold with confirmed money at its end: flag (clerk and manager decide) or release\n"
	  "  utc_offset_min=480   the office's time zone, minutes east of UTC\n"
	  "  sheet_at_min=530     minute of the office day at which the daily sheet is made (530: 8:50)\n"
	  "  palette=a=#34d399,…  colours of the states w, a, l, s, c, p on screens; empty: the usual ones\n"
	  "  name=TEXT            the name on screens" },
	{ "do", "project=!" ACTING, "COMMAND [NAME=VALUE …]", 1, 8, verb_do, "carries out any command of the protocol",
	  "For instance, each step in the name of the account that may do it:\n\n"
	  "  do --project P --as consultant1 deal.apply unit=1-1203 eligibility=qualified\n"
	  "  do --project P --as clerk1 deal.approve unit=1-1203\n"
	  "  do --project P --as finance1 deal.receipt unit=1-1203 kind=subscription amount_fen=5000000 ref=B-1\n"
	  "  do --project P --as relations1 deal.review unit=1-1203 result=pass\n"
	  "  do --project P --as clerk1 deal.sign unit=1-1203 contract=HT-2026-0001\n\n"
	  "An unknown COMMAND lists them all with their arguments." },
	{ "deals", "project=! consultant= all", "", 0, 0, verb_deals, "lists deals, the newest first",
	  "  --consultant ACCOUNT  only this consultant's\n"
	  "  --all                 ended ones too" },
	{ "queue", "project=!", "", 0, 0, verb_queue, "lists what waits for clerk, finance, relations and manager", NULL },
	{ "thaw", "project=! reason=!" ACTING, "", 0, 0, verb_thaw, "lets a frozen project take changes again",
	  "A project is frozen when the hourly self-check finds that its data contradict each other. Look with\n"
	  "`listingctl verify` first; the reason stands in the audit trail." },
	{ "buyer add", "project=! name= phone= card= level= wishes= consultant= qualification=" KEYS ACTING, "ID", 1, 1,
	  verb_buyer_add, "adds a buyer, or changes what is named",
	  "Command lines can be seen by others on this machine: `-` as name, phone or card reads it from standard input instead,\n"
	  "one line each in this order.\n\n"
	  "  --level A|B|C                 how keen the buyer is\n"
	  "  --wishes TAG,TAG              at most 20\n"
	  "  --consultant ACCOUNT          whose buyer it is\n"
	  "  --qualification unknown|qualified|refused\n" KEYS_HELP },
	{ "buyer import", "project=! dry-run" KEYS ACTING, "FILE", 1, 1, verb_buyer_import,
	  "adds or changes buyers from a CSV or XLSX file",
	  "Columns: 编号 id, 姓名 name, 手机 phone, 身份证 card, 级别 level, 意向 wishes, 置业顾问 consultant, 购房资格 qualification,\n"
	  "and other names of these. A row without an id is the buyer who has its telephone or card number, or a new one. A blank\n"
	  "cell leaves what is there. A file with a problem changes nothing (exit status 65).\n\n"
	  "  --dry-run  shows how the file was understood, and writes nothing\n" KEYS_HELP },
	{ "buyer list", "project=! reveal reason=" KEYS ACTING, "", 0, 0, verb_buyer_list, "lists the buyers, numbers masked",
	  "  --reveal       shows the numbers whole; managers only, and recorded in the audit trail\n"
	  "  --reason TEXT  why, for the record\n" KEYS_HELP },
	{ "buyer erase", "project=! reason=!" ACTING, "ID", 1, 1, verb_buyer_erase, "erases a buyer's personal data for good",
	  "Refused while a deal of the buyer is open. The audit trail stays as it is: it has no personal data. The reason is kept\n"
	  "there, so it must not name anybody." },
	{ "buyer rekey", "project=!" KEYS ACTING, "", 0, 0, verb_buyer_rekey, "seals everything anew with the first key",
	  "Also seals what older versions left in clear. May be interrupted and repeated.\n\n" KEYS_HELP },
	{ "key new", "file=!", "", 0, 0, verb_key_new, "makes a file of keys for personal data", "Overwrites nothing." },
	{ "key rotate", "file=!", "", 0, 0, verb_key_rotate, "puts a new key first; the old ones still open", NULL },
	{ "clock-confirm", "project=! reason=!" ACTING, "", 0, 0, verb_clock_confirm,
	  "ends the hold on releases after a doubt about the clock", NULL },
	{ "hook list", "project=!", "", 0, 0, verb_hook_list, "shows how far webhooks and robots have come", NULL },
	{ "hook dead", "project=! target=", "", 0, 0, verb_hook_dead, "lists the events that a webhook did not take",
	  "The first 1000. They are skipped by the delivery until `hook retry` or `hook skip`." },
	{ "hook retry", "project=! target= all" ACTING, "[ID …]", 0, 64, verb_hook_retry, "has the daemon send dead letters again",
	  "In the order of their events. When one is not taken again, it and those after it stay dead letters.\n\n"
	  "  --all            every dead letter, instead of the ids that `hook dead` shows\n"
	  "  --target TARGET  with --all: only those of this target" },
	{ "hook skip", "project=! reason=!" ACTING, "ID", 1, 1, verb_hook_skip, "gives a dead letter up, on record", NULL },
	{ 0 },
};
/* clang-format on */
