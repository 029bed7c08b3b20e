/* The verbs, one row each (ctl.h). */
#include "ctl/ctl.h"

#define ACTING " as= role="
#define KEYS " buyer-key-file="
#define NAMELESS_HELP "  --nameless     leaves the name of the file out of --json\n"
#define LAUNCH_HELP "  --launch ID  the session; default: the only one that is not over"
#define KEYS_HELP "  --buyer-key-file PATH  the daemon's buyer_key_file; LISTINGD_BUYER_KEY_FILE"

/* clang-format off */
const struct verb verbs[] = {
	{ "import", "project=! dry-run create= withheld nameless" ACTING, "FILE", 1, 1, verb_import,
	  "takes a listing file (CSV or XLSX) over into a project",
	  "Shows how the file was understood: its columns, the counts, the first rows, and every problem with row and column. A\n"
	  "file with a problem changes nothing (exit status 65). Prices that changed and new units are taken over; the states of\n"
	  "units stay; units that the file lacks are named and stay as they are.\n\n"
	  "  --dry-run      shows all that, and writes nothing\n"
	  "  --create NAME  creates the project when there is none\n"
	  "  --withheld     new units begin as withheld (销控), not as available\n"
	  NAMELESS_HELP "\n"
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
	{ "verify", "project= public-key= list", "[FILE]", 0, 1, verb_verify, "proves a project, or the result file of a launch session",
	  "With --project: follows the audit trail from its first event: numbers without a gap, the hash chain, every transition; then\n"
	  "compares the units, deals and deadlines that follow from it with those in Redis.\n\n"
	  "With FILE, which `launch result` made: needs neither daemon nor Redis. Checks the hash chain and the signature, the seed\n"
	  "against its commitment, the draw, and by the session's own rules every check-in and choice. Every difference is named\n"
	  "with its line (exit status 1; 65 when FILE is no result).\n\n"
	  "  --public-key KEY  of whom the signature has to be: 64 hex digits, or a file that holds them. Without it only what is\n"
	  "                    in the file can be compared with itself\n"
	  "  --list            also the draw, every choice with its millisecond, and the refusals, to be read and printed" },
	{ "report make", "project=! kind=! date= now format= out= final money consultant=", "", 0, 0, verb_report_make,
	  "makes the listing-control sheet (销控表), the daily or the weekly report",
	  "Everything follows from the audit trail up to the cut-off: making a report again gives the same bytes.\n\n"
	  "  --kind KIND        sheet (cut at the project's sheet_at_min), daily or weekly (Monday to Sunday), office time\n"
	  "  --date YYYY-MM-DD  the day, or a day of the week; default: today for sheet, else the last full day or week.\n"
	  "                     What is not over yet is cut at this moment and marked as interim\n"
	  "  --now              a sheet of this moment, whatever the hour\n"
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
	{ "launch result", "project=! launch=! key=! names" KEYS ACTING, "OUT", 1, 1, verb_launch_result,
	  "writes the result of a launch session for the notary (公证), signed and hash-chained",
	  "Who got what at which millisecond, draw seed and order, every hand on the switch, all presses and refusals counted.\n"
	  "`listingctl verify OUT` checks it anywhere. Only when the session is over; overwrites nothing.\n\n"
	  "  --key PATH  the signing key (`key new --signing`)\n"
	  "  --names     with the buyers' names and the last four digits of their telephone numbers\n" KEYS_HELP },
	{ "rehearsal begin", "project=! launch= name= opens= closes=" KEYS ACTING, "", 0, 0, verb_rehearsal_begin,
	  "makes a shadow of a project to rehearse a launch session on (公测)",
	  "The project itself is only read. The shadow is called PROJECT--NAME: its units as they are now, the session with its\n"
	  "units, rules, buyers, groups, draw numbers and one-time codes. Every page says that it is a rehearsal; nothing of it\n"
	  "goes into reports or out to others.\n\n"
	  "  --launch ID    the session; default: the only one that is not over\n"
	  "  --name NAME    default r1\n"
	  "  --opens WHEN   \"2026-12-01 10:00\", or a duration from now such as 90s; default 2m\n"
	  "  --closes WHEN  the same, a duration from the opening; default: as long as the session\n" KEYS_HELP },
	{ "rehearsal report", "project=!", "OUT", 1, 1, verb_rehearsal_report, "reports how a rehearsal went",
	  "Presses, latencies, refusals by reason, who did not come in, how fast the units went, and whether all held to the rules.\n"
	  "OUT is JSON when its name ends in .json, else text; nothing is overwritten." },
	{ "rehearsal end", "project=! report=!", "", 0, 0, verb_rehearsal_end, "reports, then takes every trace of a rehearsal away",
	  "  --report FILE  as for `rehearsal report`; without it nothing is taken away" },
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
	{ "buyer import", "project=! dry-run nameless" KEYS ACTING, "FILE", 1, 1, verb_buyer_import,
	  "adds or changes buyers from a CSV or XLSX file",
	  "Columns: 编号 id, 姓名 name, 手机 phone, 身份证 card, 级别 level, 意向 wishes, 置业顾问 consultant, 购房资格 qualification,\n"
	  "and other names of these. A row without an id is the buyer who has its telephone or card number, or a new one. A blank\n"
	  "cell leaves what is there. A file with a problem changes nothing (exit status 65).\n\n"
	  "  --dry-run  shows how the file was understood, and writes nothing\n" NAMELESS_HELP KEYS_HELP },
	{ "buyer list", "project=! reveal reason=" KEYS ACTING, "", 0, 0, verb_buyer_list, "lists the buyers, numbers masked",
	  "  --reveal       shows the numbers whole; managers only, and recorded in the audit trail\n"
	  "  --reason TEXT  why, for the record\n" KEYS_HELP },
	{ "buyer erase", "project=! reason=!" ACTING, "ID", 1, 1, verb_buyer_erase, "erases a buyer's personal data for good",
	  "Refused while a deal of the buyer is open. The audit trail stays as it is: it has no personal data. The reason is kept\n"
	  "there, so it must not name anybody." },
	{ "buyer rekey", "project=!" KEYS ACTING, "", 0, 0, verb_buyer_rekey, "seals everything anew with the first key",
	  "Also seals what older versions left in clear. May be interrupted and repeated.\n\n" KEYS_HELP },
	{ "key new", "file=! signing", "", 0, 0, verb_key_new, "makes a file of keys for personal data, or a signing key",
	  "Overwrites nothing.\n\n"
	  "  --signing  a key that signs the results of launch sessions" },
	{ "key public", "file=!", "", 0, 0, verb_key_public, "prints the public half of a signing key", NULL },
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
	{ "launch plan", "project=! launch= name= mode= opens= closes= hold= limit= window-size= window= groups= active-max= rules=" ACTING, "", 0, 0,
	  verb_launch_plan, "plans a launch session (场次), or changes one that has not opened",
	  "Makes the seed of the draw and prints its commitment, to be published beforehand; the seed is shown when the session is over.\n\n"
	  "  --launch ID         changes this session, and of it only what is named\n"
	  "  --name TEXT         its name on screens\n"
	  "  --opens TIME        2026-12-01 10:00 in the project's time zone, or milliseconds; so --closes\n"
	  "  --mode MODE         all (everybody at once, the default), order (by draw number) or groups (in rounds)\n"
	  "  --hold 10m          how long a choice holds until the application is in\n"
	  "  --limit 1           units for each buyer\n"
	  "  --window-size 20    mode order: so many buyers choose at a time,\n"
	  "  --window 5m         for so long; with --active-max: how long a seat is kept while others wait\n"
	  "  --groups A=10m,B=5m mode groups: the rounds in their order\n"
	  "  --active-max 0      mode all: so many choose at a time, the others wait in the waiting room; 0: no waiting room\n"
	  "  --rules FILE        text that every buyer has to accept, at most 6000 bytes" },
	{ "launch list", "project=!", "", 0, 0, verb_launch_list, "lists the launch sessions of a project, the newest first", NULL },
	{ "launch show", "project=! launch=", "", 0, 0, verb_launch_show, "shows how a session goes: buyers, units, counts, unfinished choices",
	  LAUNCH_HELP },
	{ "launch units", "project=! launch= all building= reason=" ACTING, "on|off [UNIT …]", 1, 501, verb_launch_units,
	  "puts units into a session, or takes them out before it opens",
	  "  --all            every unit of the project\n"
	  "  --building NAME  every unit of a building\n" LAUNCH_HELP },
	{ "launch admit", "project=! launch= codes= new-codes dry-run nameless" KEYS ACTING, "FILE", 1, 1, verb_launch_admit,
	  "admits the buyers of a CSV or XLSX file (认筹名单) to a session",
	  "Columns: 姓名 name, 手机 phone, 身份证 card, 分组 group, 摇号序号 draw, 置业顾问 consultant, 验证码 code, and the others of\n"
	  "`buyer import`. A buyer is found by id, telephone or card number, or is new. Without a draw number the order is that of the\n"
	  "file; once it was drawn, or the session has opened, who comes late comes last. A file with a problem changes nothing (exit status 65).\n\n"
	  "Each buyer signs in with the telephone number and a one-time code: the one of the file, or one that is made here. Only what\n"
	  "--codes writes says which; nothing else keeps them. Who is admitted already keeps the code that was given.\n\n"
	  "  --codes FILE  writes name, phone and code of everybody who gets one to a new file (mode 600);\n"
	  "                `-` with --json: into the answer\n"
	  "  --new-codes   gives a new code to those who are admitted already, too; their first ones end\n"
	  "  --dry-run     shows how the file was understood, and writes nothing\n" NAMELESS_HELP LAUNCH_HELP "\n" KEYS_HELP },
	{ "launch code", "project=! launch=" KEYS ACTING, "BUYER", 1, 1, verb_launch_code,
	  "gives an admitted buyer another one-time code and prints it", "The one before ends.\n\n" LAUNCH_HELP "\n" KEYS_HELP },
	{ "launch draw", "project=! reason=! launch=" ACTING, "", 0, 0, verb_launch_switch, "draws the order of all who are admitted (摇号)",
	  LAUNCH_HELP },
	{ "launch pause", "project=! reason=! launch=" ACTING, "", 0, 0, verb_launch_switch, "makes a session stand still", LAUNCH_HELP },
	{ "launch resume", "project=! reason=! launch=" ACTING, "", 0, 0, verb_launch_switch, "lets it go on", LAUNCH_HELP },
	{ "launch extend", "project=! by=! reason=! launch=" ACTING, "", 0, 0, verb_launch_switch, "keeps it open longer",
	  "  --by 30m  so much longer; s, m, h or d\n" LAUNCH_HELP },
	{ "launch close", "project=! reason=! launch=" ACTING, "", 0, 0, verb_launch_switch, "ends it; what was not chosen is the office's again",
	  LAUNCH_HELP },
	{ "launch say", "project=! launch=" ACTING, "TEXT", 1, 1, verb_launch_switch, "shows a text on all screens of a session; '' takes it away",
	  LAUNCH_HELP },
	{ "launch checkin", "project=! launch=" ACTING, "BUYER", 1, 1, verb_launch_switch, "checks in a buyer who came in person (签到)",
	  LAUNCH_HELP },
	{ 0 },
};
/* clang-format on */
