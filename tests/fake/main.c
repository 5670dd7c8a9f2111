/* SPDX-License-Identifier: MIT */
/* main.c: the command line of the loopback server. */
#include "fake.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>
#ifdef __linux__
#	include <sys/prctl.h>
#endif

static const char usage[] = "Usage: fake [OPTION]... SCRIPT | fake [OPTION]... --model\n"
                            "A loopback server for tests; tests/fake/README.md describes it.\n"
                            "  --listen ADDRESS     127.0.0.1 (the default) or ::1\n"
                            "  --port N             not a free one\n"
                            "  --port-file FILE     write the URL there, not to standard output\n"
                            "  --record DIR         keep every request's bytes and an event log\n"
                            "  --seconds N          end after so long\n"
                            "The model:\n"
                            "  --key KEY            answer 401 to any other\n"
                            "  --serve ID,ID...     the models; others are 404\n"
                            "  --latency MS         before each answer\n"
                            "  --chunk-gap MS       between the chunks of a stream\n"
                            "  --tokens N           every answer is so long\n"
                            "  --limit N            more at a time are answered 429\n"
                            "  --rate N:BURST       a bucket of BURST, filled with N a second\n"
                            "  --window N:SECONDS   N in each window\n"
                            "  --retry-after SECONDS|exact    in each 429\n"
                            "  --rate-headers       x-ratelimit-* in every answer\n"
                            "  --fail K:STATUS      every Kth request fails\n"
                            "  --echo               the answer is the prompt\n";

static unsigned long number(const char *arg)
{
	char *end;
	unsigned long value = strtoul(arg, &end, 10);

	if (end == arg || *end)
		die("not a number: %s", arg);
	return value;
}

static double decimal(const char *arg)
{
	char *end;
	double value = strtod(arg, &end);

	if (end == arg || *end || !(value > 0))
		die("not a number: %s", arg);
	return value;
}

/* Two numbers with a colon between. */
static void pair(char *arg, double *a, double *b)
{
	char *colon = strchr(arg, ':');

	if (!colon)
		die("not two numbers with a colon between: %s", arg);
	*colon = '\0';
	*a = decimal(arg);
	*b = decimal(colon + 1);
}

static void parse_fail(struct model *m, char *arg)
{
	char *colon = strchr(arg, ':');

	if (!colon)
		die("--fail wants K:STATUS, not %s", arg);
	*colon = '\0';
	m->fail_every = number(arg);
	m->fail_status = (int)number(colon + 1);
}

struct options {
	const char *listen;
	const char *port_file;
	unsigned port;
	bool model;
};

/* Options that only the model has. */
static void model_option(struct model *m, int id, char *arg)
{
	double per_window;

	switch (id) {
	case 'k':
		m->key = arg;
		break;
	case 's':
		m->served = arg;
		break;
	case 'l':
		m->latency = (int64_t)number(arg) * 1000;
		break;
	case 'g':
		m->chunk_gap = (int64_t)number(arg) * 1000;
		break;
	case 't':
		m->tokens = number(arg);
		break;
	case 'c':
		m->limits.slots = number(arg);
		break;
	case 'r':
		pair(arg, &m->limits.rate, &m->limits.burst);
		break;
	case 'w':
		pair(arg, &per_window, &m->limits.window);
		m->limits.per_window = (unsigned long)per_window;
		break;
	case 'a':
		m->limits.retry_after_ms = strcmp(arg, "exact") == 0;
		if (!m->limits.retry_after_ms)
			m->limits.retry_after = decimal(arg);
		break;
	case 'x':
		m->limits.tell = true;
		break;
	case 'f':
		parse_fail(m, arg);
		break;
	case 'e':
		m->echo = true;
		break;
	default:
		(void)fputs("fake: try --help\n", stderr);
		exit(64);
	}
}

static void parse(int argc, char **argv, struct options *o, struct model *m)
{
	static const struct option options[] = {
	        {"listen", required_argument, NULL, 'L'},
	        {"port", required_argument, NULL, 'P'},
	        {"port-file", required_argument, NULL, 'F'},
	        {"record", required_argument, NULL, 'R'},
	        {"seconds", required_argument, NULL, 'S'},
	        {"model", no_argument, NULL, 'M'},
	        {"key", required_argument, NULL, 'k'},
	        {"serve", required_argument, NULL, 's'},
	        {"latency", required_argument, NULL, 'l'},
	        {"chunk-gap", required_argument, NULL, 'g'},
	        {"tokens", required_argument, NULL, 't'},
	        {"limit", required_argument, NULL, 'c'},
	        {"rate", required_argument, NULL, 'r'},
	        {"window", required_argument, NULL, 'w'},
	        {"retry-after", required_argument, NULL, 'a'},
	        {"rate-headers", no_argument, NULL, 'x'},
	        {"fail", required_argument, NULL, 'f'},
	        {"echo", no_argument, NULL, 'e'},
	        {"help", no_argument, NULL, 'h'},
	        {NULL, 0, NULL, 0},
	};
	int id;

	while ((id = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (id == 'L')
			o->listen = optarg;
		else if (id == 'P')
			o->port = (unsigned)number(optarg);
		else if (id == 'F')
			o->port_file = optarg;
		else if (id == 'R')
			record_open(optarg);
		else if (id == 'S')
			(void)alarm((unsigned)number(optarg));
		else if (id == 'M')
			o->model = true;
		else if (id == 'h')
			exit(fputs(usage, stdout) < 0);
		else
			model_option(m, id, optarg);
	}
	if (optind + (o->model ? 0 : 1) != argc)
		die("name either one script or --model");
}

/* A reader sees a whole file or none. */
static void write_port_file(const char *path, const char *url)
{
	struct bytes beside = {0};
	FILE *f;

	bytes_printf(&beside, "%s.new", path);
	f = fopen(beside.p, "w");
	if (!f || fprintf(f, "%s\n", url) < 0 || fclose(f) != 0 || rename(beside.p, path) < 0)
		die("%s: %s", path, strerror(errno));
	bytes_release(&beside);
}

int main(int argc, char **argv)
{
	struct options o = {.listen = "127.0.0.1"};
	struct model model = {0};
	struct script script = {0};
	struct server server = {0};
	struct bytes url = {0};
	struct rlimit files;
	int listener;

#ifdef __linux__
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
#endif
	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		(void)setrlimit(RLIMIT_NOFILE, &files);
	}
	parse(argc, argv, &o, &model);
	listener = server_listen(o.listen, o.port, &url);
	if (o.model) {
		server.model = &model;
	} else {
		script_load(&script, argv[optind], url.p);
		server.script = &script;
	}
	if (o.port_file)
		write_port_file(o.port_file, url.p);
	else if (printf("%s\n", url.p) < 0 || fflush(stdout) != 0)
		die("cannot print the address");
	server_run(&server, listener);
}
