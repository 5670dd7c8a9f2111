#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2030,SC2031,SC2154 # tests are subshells; set by run
# The recipes of docs/examples on real engines. In each, a worker is killed in the midst of its work,
# and in the end every line has been answered once.

load ../helpers
load ../examples

setup() {
	oc_setup
	EXAMPLES=$(cd "$BATS_TEST_DIRNAME/../../docs/examples" && pwd)
	PATH=$EXAMPLES:$PATH
	export HOME=$T OLLAMA_CLOUD_MODEL=m
	export PATIENCE=120 # engines are slow to start
}

# need COMMAND...: skips the test where one of an engine's commands is missing.
need() {
	local command
	for command; do
		command -v "$command" >/dev/null || skip "$command is not installed"
	done
}

# slowly: a server whose answers take long enough for a kill to come between them.
slowly() {
	start_fake --serve m --echo --latency 100 --model
	export OLLAMA_CLOUD_BASE_URL=$URL
}

# at_least N: so many requests have been made.
at_least() {
	[ "$(requests)" -ge "$1" ]
}

# kill_one: an oc-batch that asks this test's server dies; the only place where one is searched for.
kill_one() {
	local pid
	for pid in $(pgrep -x oc-batch); do
		if grep -qz "^OLLAMA_CLOUD_BASE_URL=$URL\$" "/proc/$pid/environ" 2>/dev/null; then
			kill -9 "$pid" && return
		fi
	done
	return 1
}

# background COMMAND...: a daemon that ends with the test; what it says is in $T/said.NAME.
background() {
	"$@" >"$T/said.${1##*/}" 2>&1 </dev/null 3>&- &
	oc_pids+=($!)
}

# free_port: one that nobody listens on.
free_port() {
	local port
	while :; do
		port=$((10000 + RANDOM % 20000))
		(exec 5<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || break
	done
	echo "$port"
}

# ---- Slurm ----

slurm_config() {
	local host=$1
	cat <<-END
		ClusterName=oc
		SlurmctldHost=$host(127.0.0.1)
		SlurmUser=$(id -un)
		SlurmdUser=$(id -un)
		AuthType=auth/munge
		AuthInfo=socket=$T/munge.socket
		SlurmctldPort=$(free_port)
		SlurmdPort=$(free_port)
		StateSaveLocation=$T/state
		SlurmdSpoolDir=$T/spool
		SlurmctldPidFile=$T/slurmctld.pid
		SlurmdPidFile=$T/slurmd.pid
		SlurmctldLogFile=$T/slurmctld.log
		SlurmdLogFile=$T/slurmd.log
		SlurmdParameters=config_overrides
		ProctrackType=proctrack/linuxproc
		TaskPlugin=task/none
		MpiDefault=none
		SelectType=select/cons_tres
		SelectTypeParameters=CR_Core
		SchedulerParameters=batch_sched_delay=0,sched_interval=1
		ReturnToService=2
		NodeName=worker NodeHostname=$host NodeAddr=127.0.0.1 CPUs=8 CoresPerSocket=8 RealMemory=500
		PartitionName=all Nodes=worker Default=YES State=UP
	END
}

# start_slurm: a cluster of one node, this machine.
start_slurm() {
	need munged slurmctld slurmd sbatch
	[ "$(id -u)" = 0 ] || skip 'slurmd wants to be root'
	mkdir "$T/state" "$T/spool"
	(umask 077 && head -c 128 /dev/urandom >"$T/munge.key")
	background munged --foreground --force --socket="$T/munge.socket" --key-file="$T/munge.key" \
		--log-file="$T/munged.log" --pid-file="$T/munged.pid" --seed-file="$T/munged.seed"
	wait_for test -S "$T/munge.socket"
	export SLURM_CONF=$T/slurm.conf
	slurm_config "$(hostname -s)" >"$SLURM_CONF"
	background slurmctld -D
	background slurmd -D -N worker
	wait_for node_is_idle
}

node_is_idle() {
	[ "$(sinfo -h -o %T)" = idle ]
}

# goes_on TASK: which is queued again, and would wait two minutes for its turn.
goes_on() {
	scontrol update JobId="$1" StartTime=now 2>/dev/null
	scontrol show job "$1" | tr '\n' ' ' | grep -qE 'JobState=(RUNNING|COMPLETED|FAILED).*Restarts=1'
}

# job_is_over JOB: no task of it is queued or runs.
job_is_over() {
	[ -z "$(squeue -h -j "$1" 2>/dev/null)" ]
}

@test 'Slurm: a task that is queued again goes on, one that was killed is resumed' {
	slowly
	start_slurm
	questions 160 >in
	run -0 sbatch --parsable -o 'task.%a' "$EXAMPLES/batch-slurm" in -P 2
	local job=$output
	wait_for at_least 30
	run -0 scontrol requeue "${job}_1"
	wait_for goes_on "${job}_1"
	wait_for kill_one
	wait_for job_is_over "$job"
	local answered
	answered=$(cat in.*.out | wc -l)
	[ "$answered" -lt 160 ] || fail 'no task died'
	run -0 sbatch --parsable -o 'task.%a' "$EXAMPLES/batch-slurm" in -P 2
	wait_for job_is_over "$output"
	all_answered 160 in.?.out
	# What was under way when a task died is asked again: two lines of each of the two.
	[ "$(requests)" -le 164 ] || fail "$(requests) requests for 160 lines"
}

# ---- GNU parallel ----

# start_sshd: $HOSTS names it, with all that a client needs. It lets nobody in but by a key of the test's.
start_sshd() {
	need sshd ssh ssh-keygen parallel
	local port sshd
	port=$(free_port)
	sshd=$(command -v sshd) # which wants to be called by its whole path
	[ "$(id -u)" != 0 ] || mkdir -p /run/sshd
	ssh-keygen -q -t ed25519 -N '' -f "$T/host"
	ssh-keygen -q -t ed25519 -N '' -f "$T/user"
	cat >sshd.conf <<-END
		Port $port
		ListenAddress 127.0.0.1
		HostKey $T/host
		AuthorizedKeysFile $T/user.pub
		PidFile none
		StrictModes no
		UsePAM no
		PasswordAuthentication no
		PermitRootLogin prohibit-password
		MaxStartups 100
		SetEnv PATH=$PATH OLLAMA_CLOUD_BASE_URL=$URL OLLAMA_CLOUD_MODEL=m
	END
	background "$sshd" -D -e -f sshd.conf
	echo "[127.0.0.1]:$port $(cut -d' ' -f1,2 host.pub)" >known
	cat >ssh.conf <<-END
		Host worker-*
			HostName 127.0.0.1
			Port $port
			User $(id -un)
			IdentityFile $T/user
			IdentitiesOnly yes
			UserKnownHostsFile $T/known
	END
	HOSTS=$T/hosts
	printf '%s\n' "ssh -F $T/ssh.conf worker-a" "ssh -F $T/ssh.conf worker-b" >"$HOSTS"
	wait_for ssh -F ssh.conf worker-a true
}

@test 'GNU parallel over ssh: a machine whose job is killed, and the same again' {
	slowly
	start_sshd
	questions 230 >in
	batch-hosts "$HOSTS" in out -P 2 >said 2>&1 3>&- &
	local pid=$!
	wait_for at_least 60
	wait_for kill_one
	if wait "$pid"; then
		fail 'it ended as if nothing had happened'
	fi
	[ "$(wc -l <out)" -lt 230 ] || fail 'no job died'
	run -0 batch-hosts "$HOSTS" in out -P 2
	all_answered 230 out
	[ "$(requests)" -le 232 ] || fail "$(requests) requests for 230 lines"
}

# ---- Spark, and Hadoop as far as Spark carries it along ----

# need_spark: skips the test where it has not been fetched. Local mode, where a task that fails is
# tried four times as on a cluster.
need_spark() {
	need java
	SPARK=$B/engines/spark
	[ -e "$SPARK/bin/spark-submit" ] || skip 'Spark has not been fetched'
	export SPARK_HOME=$SPARK SPARK_LOCAL_IP=127.0.0.1 PYSPARK_PYTHON=python3
}

@test 'Spark: a task whose oc-batch is killed is run again, and no answer is double' {
	slowly
	need_spark
	questions 120 >in
	cat >job.py <<-END
		import os
		from pyspark import SparkContext
		sc = SparkContext("local[2,4]", "oc")
		sc.textFile("file://$T/in", 4).pipe("batch-mapper -P 4",
		    env=os.environ, checkCode=True).saveAsTextFile("file://$T/out")
	END
	"$SPARK/bin/spark-submit" --conf spark.ui.enabled=false job.py >said 2>&1 3>&- &
	local pid=$!
	wait_for at_least 20 || fail "$(tail -n 30 said)"
	wait_for kill_one
	wait "$pid" || fail "$(tail -n 30 said)"
	all_answered 120 out/part-*
	grep -q 'Lost task' said || fail 'no task died'
}

@test 'Hadoop streaming: lines that fail are results, a task that dies is none' {
	slowly
	need_spark
	local jar=$B/engines/hadoop-streaming.jar
	[ -e "$jar" ] || skip 'the streaming part of Hadoop has not been fetched'
	questions 30 >in
	echo bad >>in
	hadoop_streaming "$jar" -D mapreduce.job.reduces=0 -D mapreduce.map.speculative=false \
		-input in -output out -mapper 'batch-mapper -P 4' || fail "$(tail -n 30 said)"
	grep -vh '"error"' out/part-* >answers
	all_answered 30 answers
	assert_equal "$(cat out/part-* | jq -c '.error.status // empty')" 65
	hadoop_streaming "$jar" -D mapreduce.job.reduces=0 \
		-input in -output again -mapper 'batch-mapper -P 4' &
	local pid=$!
	wait_for at_least 40
	wait_for kill_one
	if wait "$pid"; then
		fail 'it ended as if nothing had happened'
	fi
	[ ! -e again/_SUCCESS ] || fail 'a task that died was a success'
}

# hadoop_streaming JAR ARGUMENT...: a job in one process, with the classes that Spark has.
hadoop_streaming() {
	java -cp "$1:$SPARK/jars/*" org.apache.hadoop.streaming.HadoopStreaming \
		-D mapreduce.framework.name=local -D "hadoop.tmp.dir=$T/tmp" "${@:2}" >said 2>&1 3>&-
}
