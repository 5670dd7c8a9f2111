/* SPDX-License-Identifier: MIT */
/*
 * measure: runs commands in turn, several rounds, and prints what each took.
 *
 *	measure [-n ROUNDS] [-i FILE] LABEL COMMAND [LABEL COMMAND]...
 *
 * A command is one string: words between blanks, or a line for sh(1) if it has any of the
 * characters |&;<>()$"'. Its standard input is FILE, its standard output is thrown away. Printed
 * are the medians of wall time and processor time, the peak memory of the largest process, and
 * the ratio of the wall time to that of the first command.
 */
#include "compat.h"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "text/num.h"

enum { ROUNDS_MAX = 101, COMMANDS_MAX = 16, WORDS_MAX = 64 };

struct run {
	double wall;
	double cpu;
	long peak; /* KiB */
};

struct command {
	const char *label;
	char *line;
	struct run runs[ROUNDS_MAX];
};

static double seconds_of(struct timeval t)
{
	return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static double now(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void become(char *line, const char *input)
{
	char *words[WORDS_MAX + 1] = {NULL};
	int in = open(input, O_RDONLY);
	int out = open("/dev/null", O_WRONLY);
	char *save = NULL;
	int n = 0;

	(void)dup2(in, STDIN_FILENO);
	(void)dup2(out, STDOUT_FILENO);
	if (strpbrk(line, "|&;<>()$\"'"))
		execl("/bin/sh", "sh", "-c", line, (char *)NULL);
	for (char *word = strtok_r(line, " ", &save); word && n < WORDS_MAX;
	     word = strtok_r(NULL, " ", &save))
		words[n++] = word;
	if (n)
		execvp(words[0], words);
	perror(line);
	_exit(127);
}

static void run_once(const struct command *command, const char *input, struct run *run)
{
	double start = now();
	struct rusage usage;
	int status;
	pid_t pid = fork();

	if (pid == 0)
		become(command->line, input);
	if (pid < 0 || wait4(pid, &status, 0, &usage) < 0 || status != 0) {
		(void)fprintf(stderr, "measure: failed: %s\n", command->line);
		exit(1);
	}
	run->wall = now() - start;
	run->cpu = seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime);
	run->peak = usage.ru_maxrss;
}

static int by_wall(const void *a, const void *b)
{
	const struct run *x = a;
	const struct run *y = b;

	return (x->wall > y->wall) - (x->wall < y->wall);
}

static int by_cpu(const void *a, const void *b)
{
	const struct run *x = a;
	const struct run *y = b;

	return (x->cpu > y->cpu) - (x->cpu < y->cpu);
}

static void print(struct command *commands, int n, int rounds)
{
	size_t count = (size_t)rounds;
	double first = 0;

	printf("%-28s %10s %10s %12s %8s\n", "", "wall ms", "cpu ms", "peak KiB", "ratio");
	for (int i = 0; i < n; i++) {
		struct run *runs = commands[i].runs;
		long peak = 0;
		double cpu;

		for (int k = 0; k < rounds; k++)
			peak = runs[k].peak > peak ? runs[k].peak : peak;
		qsort(runs, count, sizeof *runs, by_cpu);
		cpu = runs[rounds / 2].cpu;
		qsort(runs, count, sizeof *runs, by_wall);
		if (i == 0)
			first = runs[rounds / 2].wall;
		printf("%-28s %10.2f %10.2f %12ld %8.2f\n", commands[i].label,
		       runs[rounds / 2].wall * 1e3, cpu * 1e3, peak, runs[rounds / 2].wall / first);
	}
}

int main(int argc, char **argv)
{
	static struct command commands[COMMANDS_MAX];
	const char *input = "/dev/null";
	int64_t rounds = 5;
	int n = 0;
	int option;

	while ((option = getopt(argc, argv, "n:i:")) != -1) {
		if (option == 'i')
			input = optarg;
		else if (option != 'n' || !oc_num_int64(optarg, &rounds) || rounds < 1 ||
		         rounds >= ROUNDS_MAX)
			return 64;
	}
	for (; optind + 1 < argc && n < COMMANDS_MAX; optind += 2)
		commands[n++] = (struct command){.label = argv[optind], .line = argv[optind + 1]};
	/* One round more than is counted: the first warms up. */
	for (int64_t round = -1; round < rounds; round++) {
		for (int i = 0; i < n; i++)
			run_once(&commands[i], input, &commands[i].runs[round < 0 ? 0 : round]);
	}
	print(commands, n, (int)rounds);
	return 0;
}
