# SPDX-License-Identifier: MIT
# shellcheck shell=bash disable=SC2034 # variables are for those who load this
# What every bats file needs: `load helpers`. A file with its own setup() or teardown() calls
# oc_setup and oc_teardown there.
#
#	start_fake - <<'SCRIPT'         a loopback server that plays this script (tests/fake/README.md)
#	start_fake --model --key k      or the built-in model
#	$FAKE $URL $FAKE_PID $RECORD    its address, the base URL, its process, its records
#	start_tls [KIND]                TLS in front of it: $TLS_URL and, to be trusted, $CACERT
#	                                (it closes a connection that has been idle for $KEEPALIVE)
#	requests; request_body N        how many requests it had; what the Nth one carried
#	prompt_of N                     the last message of it
#	key_sent N                      the key that it carried
#	with_host NAME COMMAND...       runs a command that finds this machine under that name, too
#	wait_for_event REGEX            until the server's event log has such a line
#	serve SCRIPT|...                start_fake, and it is the server that a command asks, for model m
#	serve_held                      the same, and it answers "ok" when there is a file "go"
#	"${shim[@]}" SHIM=rename:16 ...   a command whose renames fail with errno 16; $SHIM_LOG has its
#	                                calls (tests/shim)
#	ends STATUS LINE COMMAND...     a failure: this status, this one line, nothing on standard output
#	nobody_is_asked                 for what ends before: the server that is named is not there
#	ended STATUS [PID]              what was started in the background, $PID, ends so
#	png FILE                        the smallest thing that is one by its content

bats_require_minimum_version 1.5.0
bats_load_library bats-support
bats_load_library bats-assert

setup() {
	oc_setup
}

teardown() {
	oc_teardown
}

# Nothing of the caller's surroundings reaches a command under test, and $BIN's commands come first.
oc_setup() {
	cd "$BATS_TEST_DIRNAME/.." || return
	B=$(cd "${B:-build}" && pwd) || return
	BIN=$(cd "${BIN:-bin}" && pwd) || return
	export B BIN LC_ALL=C.UTF-8
	PATH=$BIN:$PATH:/usr/sbin:/sbin # nginx
	local name
	for name in "${!OLLAMA_@}" HOME SSL_CERT_FILE SSL_CERT_DIR \
		http_proxy https_proxy all_proxy no_proxy HTTPS_PROXY ALL_PROXY NO_PROXY; do
		unset "$name"
	done
	oc_pids=()
	if [ "${WRAP:-}" = valgrind ]; then
		wrap_commands
	fi
	T=$BATS_TEST_TMPDIR # short, for tests
	SHIM_LOG=$T/shim.log
	ln -sf "$B/shim.so" "$BATS_FILE_TMPDIR/shim.so" # LD_PRELOAD takes a blank for an end
	shim=(env LD_PRELOAD="$BATS_FILE_TMPDIR/shim.so" ASAN_OPTIONS=verify_asan_link_order=0
		SHIM_LOG="$SHIM_LOG")
	cd "$T" || return
}

oc_teardown() {
	local pid
	for pid in "${oc_pids[@]}"; do
		kill "$pid" 2>/dev/null || :
		wait "$pid" 2>/dev/null || :
	done
}

# WRAP=valgrind: every command of ours is found as a script that runs it under valgrind.
wrap_commands() {
	local command
	mkdir "$BATS_TEST_TMPDIR/wrap"
	for command in "$BIN"/oc-*; do
		printf '#!/bin/sh\nexec valgrind -q --error-exitcode=99 --leak-check=full \
--errors-for-leak-kinds=definite "%s" "$@"\n' "$command" >"$BATS_TEST_TMPDIR/wrap/${command##*/}"
	done
	chmod +x "$BATS_TEST_TMPDIR"/wrap/*
	PATH=$BATS_TEST_TMPDIR/wrap:$PATH
}

# start_fake [OPTION]... SCRIPT|-|--model: `-` takes the script from standard input.
start_fake() {
	local n=${#oc_pids[@]} arguments=("$@")
	RECORD=$BATS_TEST_TMPDIR/record.$n
	if [ "${!#}" = - ]; then
		cat >"$BATS_TEST_TMPDIR/script.$n"
		arguments[$# - 1]=$BATS_TEST_TMPDIR/script.$n
	fi
	mkfifo "$BATS_TEST_TMPDIR/address.$n"
	"$B/fake" --record "$RECORD" "${arguments[@]}" \
		>"$BATS_TEST_TMPDIR/address.$n" </dev/null 3>&- &
	FAKE_PID=$!
	oc_pids+=("$FAKE_PID")
	read -r -t 20 FAKE <"$BATS_TEST_TMPDIR/address.$n" || fail 'the server did not start'
	URL=$FAKE/v1
}

# serve: as start_fake, and commands ask this server without being told.
serve() {
	start_fake "$@"
	export OLLAMA_CLOUD_BASE_URL=$URL OLLAMA_CLOUD_MODEL=m
}

# serve_held: it answers when there is a file `go`.
serve_held() {
	serve - <<<$'await go\nanswer ok'
}

# ends STATUS LINE COMMAND...: `oc-NAME: ` is put before the line, $COMMAND where it is something else
# that runs it.
ends() {
	local status=$1 line=$2
	shift 2
	run --separate-stderr -"$status" "$@"
	assert_output ''
	# shellcheck disable=SC2154 # set by run
	assert_equal "$stderr" "${COMMAND:-$1}: $line"
}

# ended STATUS [PID]: what was started in the background, $PID, ends so, by itself.
ended() {
	local status=0 pid=${2:-$PID} end=$((SECONDS + 30))
	while kill -0 "$pid" 2>/dev/null; do # it has not been reaped
		[ $SECONDS -lt $end ] || kill -KILL "$pid"
		read -r -t 0.01 <> <(:) || :
	done
	wait "$pid" || status=$?
	assert_equal "$status" "$1"
}

nobody_is_asked() {
	export OLLAMA_CLOUD_BASE_URL=http://127.0.0.1:1/v1 OLLAMA_CLOUD_MODEL=m
}

png() {
	printf '\x89PNG\r\n\x1a\nrest' >"$1"
}

# each FUNCTION: runs it for both commands that ask for one answer, whose laws are the same: $COMMAND.
each() {
	local COMMAND
	for COMMAND in oc-complete oc-stream; do
		"$@"
	done
}

stop_fake() {
	kill "$FAKE_PID"
	wait "$FAKE_PID" || :
}

requests() {
	grep -c ' request ' "$RECORD/events" || :
}

request_body() {
	sed '1,/^\r$/d' "$RECORD/request.$1"
}

prompt_of() {
	request_body "$1" | jq -j '.messages[-1].content'
}

# streamed BODY: the same body, as one that asks for a stream and its usage.
streamed() {
	printf '%s' "${1%\}},\"stream\":true,\"stream_options\":{\"include_usage\":true}}"
}

key_sent() {
	sed -n 's/^Authorization: Bearer \(.*\)\r$/\1/p' "$RECORD/request.$1"
}

# with_host NAME COMMAND...: to the command the name is like that of any other machine, and no other
# name is known. It runs in a mount namespace; a test begins with need_namespace.
with_host() {
	printf '127.0.0.1 localhost\n127.0.0.1 %s\n' "$1" >"$T/hosts"
	echo 'hosts: files' >"$T/nsswitch"
	shift
	# shellcheck disable=SC2016 # the inner shell's
	unshare "${namespace[@]}" sh -c 'mount --bind hosts /etc/hosts &&
		mount --bind nsswitch /etc/nsswitch.conf && exec "$@"' sh "$@"
}

# need_namespace: skips the test where with_host cannot work.
need_namespace() {
	for namespace in -m -rm; do
		namespace=("$namespace")
		! with_host probe true 2>/dev/null || return 0
	done
	skip 'no mount namespaces here'
}

# wait_for CONDITION...: until the command succeeds; it fails after 20 seconds, or $PATIENCE.
wait_for() {
	local end=$((SECONDS + ${PATIENCE:-20}))
	until "$@" >/dev/null 2>&1; do
		[ $SECONDS -lt $end ] || { fail "gave up waiting for: $*"; return 1; }
		read -r -t 0.01 <> <(:) || :
	done
}

wait_for_event() {
	wait_for grep -qE "$1" "$RECORD/events"
}

# ---- TLS ----

# openssl_quietly ARGUMENT...: shows what it says only when it fails.
openssl_quietly() {
	local said
	said=$(openssl "$@" 2>&1) || fail "openssl $1: $said"
}

# make_certificates: in $BATS_FILE_TMPDIR/tls, once for each file: a CA, and server certificates
# good, expired, wrong-host (all signed by it) and self-signed.
make_certificates() {
	local dir=$BATS_FILE_TMPDIR/tls kind
	local new=(-newkey ec -pkeyopt 'ec_paramgen_curve:P-256' -nodes)
	[ ! -e "$dir/made" ] || return 0
	mkdir -p "$dir/issued"
	: >"$dir/index"
	echo 1000 >"$dir/serial"
	cat >"$dir/ca.conf" <<-END
		[ca]
		default_ca = here
		[here]
		dir = $dir
		database = $dir/index
		serial = $dir/serial
		new_certs_dir = $dir/issued
		default_md = sha256
		policy = any
		copy_extensions = copy
		unique_subject = no
		[any]
		commonName = supplied
	END
	openssl_quietly req -x509 "${new[@]}" -subj '/CN=Test CA' -days 2 \
		-keyout "$dir/ca.key" -out "$dir/ca.pem"
	openssl_quietly req -x509 "${new[@]}" -subj /CN=localhost -days 2 \
		-addext subjectAltName=DNS:localhost,IP:127.0.0.1 \
		-keyout "$dir/self-signed.key" -out "$dir/self-signed.pem"
	for kind in good expired wrong-host; do
		local name=DNS:localhost,IP:127.0.0.1 dates=(-days 2)
		[ $kind != wrong-host ] || name=DNS:elsewhere.example
		[ $kind != expired ] || dates=(-startdate 20200101000000Z -enddate 20200102000000Z)
		openssl_quietly req "${new[@]}" -subj /CN=server -addext "subjectAltName=$name" \
			-keyout "$dir/$kind.key" -out "$dir/$kind.csr"
		openssl_quietly ca -batch -notext -config "$dir/ca.conf" "${dates[@]}" \
			-cert "$dir/ca.pem" -keyfile "$dir/ca.key" \
			-in "$dir/$kind.csr" -out "$dir/$kind.pem"
	done
	: >"$dir/made"
}

# start_tls [good|expired|wrong-host|self-signed]: nginx before the server that start_fake started. It
# ends a connection without a word where that server does.
start_tls() {
	local kind=${1:-good} dir=$BATS_TEST_TMPDIR/nginx.${#oc_pids[@]} tls=$BATS_FILE_TMPDIR/tls try port pid
	make_certificates
	CACERT=$tls/ca.pem
	mkdir "$dir"
	# There is no way to let nginx choose: try ports that the system does not give out by itself.
	for try in {1..20}; do
		port=$((10000 + (RANDOM + try) % 20000))
		nginx_config "$port" "$tls/$kind" "$dir" >"$dir/conf"
		rm -f "$dir/pid"
		setpriv --pdeathsig TERM nginx -e stderr -p "$dir" -c "$dir/conf" \
			</dev/null >"$dir/said" 2>&1 3>&- &
		pid=$!
		wait_for nginx_decided "$dir" "$pid"
		if [ -s "$dir/pid" ] && kill -0 "$pid" 2>/dev/null; then
			oc_pids+=("$pid")
			TLS=https://localhost:$port
			TLS_URL=$TLS/v1
			return 0
		fi
		grep -q 'Address already in use' "$dir/said" || break
	done
	fail "nginx did not start: $(cat "$dir/said")"
}

# It writes its pid when it has bound its port, and ends when it cannot.
nginx_decided() {
	[ -s "$1/pid" ] || ! kill -0 "$2"
}

nginx_config() {
	local port=$1 pair=$2 dir=$3
	[ "$(id -u)" != 0 ] || echo 'user root;' # its worker reads a directory that is ours alone
	cat <<-END
		daemon off;
		worker_processes 1;
		pid $dir/pid;
		error_log stderr;
		events { worker_connections 1024; }
		http {
			access_log off;
			keepalive_timeout ${KEEPALIVE:-75s};
			client_max_body_size 0;
			client_body_temp_path $dir/body;
			proxy_temp_path $dir/proxy;
			fastcgi_temp_path $dir/fastcgi;
			uwsgi_temp_path $dir/uwsgi;
			scgi_temp_path $dir/scgi;
			upstream fake { server ${FAKE#http://}; keepalive 64; }
			server {
				listen 127.0.0.1:$port ssl http2;
				${TLS_LINES:-}
				ssl_certificate $pair.pem;
				ssl_certificate_key $pair.key;
				location / {
					proxy_pass http://fake;
					proxy_http_version 1.1;
					proxy_buffering off;
					proxy_set_header Connection "";
					proxy_set_header X-Protocol \$server_protocol;
					error_page 502 = @lost;
				}
				location @lost { return 444; }
			}
		}
	END
}
