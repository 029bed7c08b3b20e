/* Entry of listingctl: finds the verb, reads options against its row, runs it (ctl.h). */
#include "ctl/ctl.h"

#include "base/log.h"
#include "base/mem.h"
#include "core/role.h"
#include "ctl/print.h"
#include "seal/vault.h"

#include <locale.h>
#include <signal.h>
#include <sodium.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char global_options[] = "json help redis-socket= redis-host= redis-port= redis-user= redis-password-file=";

int ctl_fail(int status, const char *fmt, ...)
{
	va_list ap;

	fflush(stdout);
	fputs("listingctl: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	return status;
}

const char *ctl_option(const struct ctl *c, const char *name)
{
	for (size_t i = 0; i < c->option_count; i++)
		if (strcmp(c->options[i].name, name) == 0)
			return c->options[i].value;
	return NULL;
}

/* --- help */

static void usage_line(const struct verb *v)
{
	printf("usage: listingctl %s", v->name);
	for (const char *p = v->options; *p;) {
		size_t bytes = strcspn(p, " "), name = strcspn(p, "= ");
		bool value = p[name] == '=', must = bytes > 0 && p[bytes - 1] == '!';

		if (bytes > 0)
			printf(must ? " --%.*s%s" : " [--%.*s%s]", (int)name, p, value ? " VALUE" : "");
		p += bytes + (p[bytes] == ' ');
	}
	printf("%s%s\n", v->arguments[0] ? " " : "", v->arguments);
}

static int help_verb(const struct verb *v)
{
	usage_line(v);
	printf("\n%s\n", v->summary);
	if (v->help)
		printf("\n%s\n", v->help);
	puts("\nEvery verb also takes --json and the options of the connection; see listingctl --help.");
	return CTL_OK;
}

static int help_all(void)
{
	struct print_table t;

	puts("usage: listingctl VERB [OPTION …] [ARGUMENT …]\n");
	print_table_init(&t, "verb|");
	for (const struct verb *v = verbs; v->name; v++) {
		print_cell(&t, v->name);
		print_cell(&t, v->summary);
	}
	print_table_show(&t);
	puts("\nEvery verb:\n"
	     "  --json                      one line of JSON instead of a table\n"
	     "  --help                      what the verb takes\n"
	     "  --redis-socket PATH         default /run/redis/redis-server.sock; LISTINGD_REDIS_SOCKET\n"
	     "  --redis-host HOST           instead of the socket; LISTINGD_REDIS_HOST\n"
	     "  --redis-port N              default 6379; LISTINGD_REDIS_PORT\n"
	     "  --redis-user NAME           LISTINGD_REDIS_USER\n"
	     "  --redis-password-file PATH  LISTINGD_REDIS_PASSWORD_FILE\n\n"
	     "Exit status: 0 done, 1 refused or a difference found, 64 usage, 65 bad data file (nothing changed), 69 Redis "
	     "not\n"
	     "reachable, 70 internal, 74 input or output.");
	return CTL_OK;
}

/* --- the command line */

/* The verb whose words the command line begins with; the longest wins. */
static const struct verb *find_verb(int argc, char **argv, int *words)
{
	for (const struct verb *v = verbs; v->name; v++) {
		const char *space = strchr(v->name, ' ');

		if (!space && argc > 1 && strcmp(argv[1], v->name) == 0) {
			*words = 1;
			return v;
		}
		if (space && argc > 2 && strncmp(argv[1], v->name, (size_t)(space - v->name)) == 0 &&
		    argv[1][space - v->name] == '\0' && strcmp(argv[2], space + 1) == 0) {
			*words = 2;
			return v;
		}
	}
	return NULL;
}

/* Where an option stands in a specification; NULL when it does not. */
static const char *find_option(const char *spec, const char *name, size_t bytes)
{
	for (const char *p = spec; *p;) {
		size_t word = strcspn(p, " ");

		if (strncmp(p, name, bytes) == 0 && (p[bytes] == '=' || p[bytes] == ' ' || p[bytes] == '\0'))
			return p;
		p += word + (p[word] == ' ');
	}
	return NULL;
}

static int take_option(struct ctl *c, char *text, char *next, bool *used_next)
{
	size_t bytes = strcspn(text, "=");
	const char *spec = find_option(c->verb->options, text, bytes);
	bool inside = text[bytes] == '=';

	if (!spec)
		spec = find_option(global_options, text, bytes);
	if (!spec || bytes == 0)
		return ctl_fail(CTL_USAGE, "%s takes no option --%.*s; see listingctl %s --help", c->verb->name, (int)bytes,
		                text, c->verb->name);
	bool takes_value = spec[bytes] == '=';
	if (takes_value && !inside && !next)
		return ctl_fail(CTL_USAGE, "--%s needs a value", text);
	if (!takes_value && inside)
		return ctl_fail(CTL_USAGE, "--%.*s takes no value", (int)bytes, text);
	if (c->option_count == CTL_OPTIONS)
		return ctl_fail(CTL_USAGE, "too many options");
	text[bytes] = '\0';
	if (ctl_option(c, text))
		return ctl_fail(CTL_USAGE, "--%s is given twice", text);
	*used_next = takes_value && !inside;
	c->options[c->option_count++] = (struct ctl_option){ text, !takes_value ? "" : inside ? text + bytes + 1 : next };
	return 0;
}

static int take_all(struct ctl *c, int argc, char **argv)
{
	bool options = true;
	int status;

	c->arguments = mem_calloc((size_t)argc + 1, sizeof *c->arguments);
	for (int i = 0; i < argc; i++) {
		bool used_next = false;

		if (options && strcmp(argv[i], "--") == 0)
			options = false;
		else if (!options || argv[i][0] != '-' || argv[i][1] == '\0')
			c->arguments[c->count++] = argv[i];
		else if (strcmp(argv[i], "-h") == 0)
			c->options[c->option_count++] = (struct ctl_option){ "help", "" };
		else if (strncmp(argv[i], "--", 2) != 0)
			return ctl_fail(CTL_USAGE, "no option %s; options are long, as in --project", argv[i]);
		else if ((status = take_option(c, argv[i] + 2, i + 1 < argc ? argv[i + 1] : NULL, &used_next)) != 0)
			return status;
		i += used_next;
		if (c->option_count == CTL_OPTIONS)
			return ctl_fail(CTL_USAGE, "too many options");
	}
	return 0;
}

static int check_all(const struct ctl *c)
{
	for (const char *p = c->verb->options; *p;) {
		size_t word = strcspn(p, " "), name = strcspn(p, "= ");
		char text[40];

		snprintf(text, sizeof text, "%.*s", (int)name, p);
		if (word > 0 && p[word - 1] == '!' && (!ctl_option(c, text) || !ctl_option(c, text)[0]))
			return ctl_fail(CTL_USAGE, "%s needs --%s", c->verb->name, text);
		p += word + (p[word] == ' ');
	}
	if (c->count < c->verb->least || c->count > c->verb->most)
		return ctl_fail(CTL_USAGE, "%s takes %s; see listingctl %s --help", c->verb->name,
		                c->verb->arguments[0] ? c->verb->arguments : "no arguments", c->verb->name);
	return 0;
}

/* --- the connection */

static const char *setting(const struct ctl *c, const char *option, const char *variable, const char *otherwise)
{
	const char *value = ctl_option(c, option);

	if (!value)
		value = getenv(variable);
	return value && value[0] ? value : otherwise;
}

static int configure(struct ctl *c)
{
	const char *port = setting(c, "redis-port", "LISTINGD_REDIS_PORT", "6379");
	const char *project = ctl_option(c, "project");
	char *end;

	c->config = (struct sync_config){
		.socket_path = setting(c, "redis-socket", "LISTINGD_REDIS_SOCKET", "/run/redis/redis-server.sock"),
		/* A socket named on the command line beats a host in the environment. */
		.host = ctl_option(c, "redis-socket") ? NULL : setting(c, "redis-host", "LISTINGD_REDIS_HOST", NULL),
		.port = (int)strtol(port, &end, 10),
		.user = setting(c, "redis-user", "LISTINGD_REDIS_USER", NULL),
		.password_file = setting(c, "redis-password-file", "LISTINGD_REDIS_PASSWORD_FILE", NULL),
	};
	if (*end || c->config.port < 1 || c->config.port > 65535)
		return ctl_fail(CTL_USAGE, "--redis-port %s is no port", port);
	const char *role = ctl_option(c, "role");
	enum role known;
	if (role && !role_from_name(role, &known))
		return ctl_fail(CTL_USAGE,
		                "--role %s: there are display, buyer, consultant, clerk, finance, relations and manager", role);
	/* An account may have several; check_projects looks at each. */
	bool is_list = c->verb->run == verb_account_add;
	if (project && !is_list &&
	    (strlen(project) > 64 || project[strspn(project, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	                                                     "abcdefghijklmnopqrstuvwxyz0123456789_-")]))
		return ctl_fail(CTL_USAGE, "--project %s is no project id: 1 to 64 of A-Z a-z 0-9 _ -", project);
	c->json = ctl_option(c, "json") != NULL;
	return 0;
}

static bool is_help(const char *word)
{
	return strcmp(word, "--help") == 0 || strcmp(word, "-h") == 0 || strcmp(word, "help") == 0;
}

static int unknown_verb(int argc, char **argv)
{
	if (argc < 2) {
		help_all();
		return CTL_USAGE;
	}
	if (is_help(argv[1]))
		return help_all();
	if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "version") == 0) {
		puts("listingctl " LISTINGD_VERSION);
		return CTL_OK;
	}
	return ctl_fail(CTL_USAGE, "no verb %s; see listingctl --help", argv[1]);
}

int main(int argc, char **argv)
{
	struct ctl c = { 0 };
	int words = 0, status;

	setlocale(LC_TIME, "");
	signal(SIGPIPE, SIG_IGN); /* a pager that quits is an error on writing, named below */
	if (sodium_init() < 0)
		return ctl_fail(CTL_INTERNAL, "no source of random numbers");
	c.verb = find_verb(argc, argv, &words);
	if (!c.verb)
		return unknown_verb(argc, argv);
	if ((status = take_all(&c, argc - 1 - words, argv + 1 + words)) == 0) {
		if (ctl_option(&c, "help"))
			status = help_verb(c.verb);
		else if ((status = check_all(&c)) == 0 && (status = configure(&c)) == 0)
			status = c.verb->run(&c);
	}
	sync_close(c.redis);
	vault_free(c.vault);
	mem_free(c.arguments);
	if ((fflush(stdout) != 0 || ferror(stdout)) && status == CTL_OK)
		status = ctl_fail(CTL_IO, "standard output: the whole answer could not be written");
	return status;
}
