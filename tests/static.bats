#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# shellcheck disable=SC2154 # bats sets stderr
# The static binaries in a root directory where there is nothing but them, a busybox and what the
# test puts there. `make static` builds them; ARCH=aarch64 takes those, by qemu.

load helpers

setup() {
	oc_setup
	CHROOT=$(type -P chroot)
	ARCH=${ARCH:-$(uname -m)}
	STATIC=$BATS_TEST_DIRNAME/../build/static/$ARCH
	[ -e "$STATIC/oc-complete" ] || skip 'make static has not built them'
	ROOT=$T/root
}

# need_root: makes $ROOT, or skips the test.
need_root() {
	local qemu
	[ "$(id -u)" = 0 ] || skip 'only root can change the root directory'
	command -v busybox >/dev/null || skip 'no busybox (package busybox-static)'
	mkdir -p "$ROOT/bin" "$ROOT/dev" "$ROOT/etc" "$ROOT/tmp"
	cp "$(command -v busybox)" "$STATIC"/oc-* "$ROOT/bin"
	chroot "$ROOT" /bin/busybox --install -s /bin 2>/dev/null || skip 'busybox is not a static one'
	mknod -m 666 "$ROOT/dev/null" c 1 3 || skip 'no devices can be made here'
	echo '127.0.0.1 localhost' >"$ROOT/etc/hosts"
	if [ "$ARCH" != "$(uname -m)" ]; then
		qemu=$(command -v "qemu-$ARCH-static") || skip "no qemu-$ARCH-static"
		cp "$qemu" "$ROOT/bin/qemu"
		mkdir "$ROOT/bin/$ARCH"
		emulate
	fi
}

# The commands become scripts that run them by qemu.
emulate() {
	local command
	for command in "$ROOT"/bin/oc-*; do
		mv "$command" "$ROOT/bin/$ARCH"
		printf '#!/bin/sh\nexec /bin/qemu -0 %s /bin/%s/%s "$@"\n' \
			"${command##*/}" "$ARCH" "${command##*/}" >"$command"
		chmod +x "$command"
	done
}

# in_root COMMAND...: with nothing else of the environment than what names the server.
in_root() {
	env -i PATH=/bin OLLAMA_CLOUD_MODEL=m ${SSL_CERT_FILE:+SSL_CERT_FILE="$SSL_CERT_FILE"} \
		"$CHROOT" "$ROOT" "$@" </dev/null
}

# trusts PATH FILE...: the root's certificates are these, and there.
trusts() {
	rm -rf "$ROOT/etc/ssl" "$ROOT/etc/pki"
	mkdir -p "$ROOT/$(dirname "$1")"
	cat "${@:2}" >"$ROOT/$1"
}

# start_dns NAME ADDRESS: at $DNS, where the root asks; it knows this one name.
start_dns() {
	echo "nameserver $DNS" >"$ROOT/etc/resolv.conf"
	mkfifo "$T/dns.ready"
	perl -MIO::Socket::INET -e '
		my ($at, $name, $address) = @ARGV;
		my $socket = IO::Socket::INET->new(Proto => "udp", LocalAddr => $at, LocalPort => 53);
		$| = 1;
		print $socket ? "yes\n" : "no\n";
		while ($socket && $socket->recv(my $query, 512)) {
			my ($id, $rest) = (substr($query, 0, 2), substr($query, 12));
			my ($asked, $type) = ("", 0);
			while ($rest =~ s/^([^\0])//) {
				$asked .= substr($rest, 0, ord $1) . ".";
				$rest = substr($rest, ord $1);
			}
			$type = unpack "n", substr($rest, 1);
			my $known = $asked eq "$name.";
			my $n = $known && $type == 1 ? 1 : 0;
			my $answer = $id . pack("n5", $known ? 0x8180 : 0x8183, 1, $n, 0, 0) .
				substr($query, 12, length($query) - 12);
			$answer .= pack("n3Nn", 0xc00c, 1, 1, 60, 4) . pack("C4", split /\./, $address) if $n;
			$socket->send($answer);
		}' "$DNS" "$@" >"$T/dns.ready" 3>&- &
	oc_pids+=("$!")
	read -r -t 20 ready <"$T/dns.ready"
	[ "$ready" = yes ] || skip "port 53 of $DNS is taken"
}

@test 'static: the binaries need no shared library and no loader' {
	local command
	for command in batch complete models stream usage; do
		run -0 readelf -ld "$STATIC/oc-$command"
		refute_output --partial NEEDED
		refute_output --partial INTERP
		assert_output --partial 'GNU_RELRO'
		assert_output --partial 'Position-Independent Executable'
	done
	assert_equal "$(find "$STATIC" -type f | wc -l)" 6
	for command in curl openssl pcre2 musl jsmn; do
		grep -q "^---- $command" "$STATIC/LICENSES"
	done
}

@test 'static: the tour, in a root with nothing but a busybox' {
	need_root
	serve --model
	cp "$BATS_TEST_DIRNAME/demo" "$ROOT/demo"
	# There is no jq: its input is shown as it is.
	# shellcheck disable=SC2016 # the script's
	printf '#!/bin/sh\nfor last; do :; done\n[ -f "$last" ] || last=-\nexec cat "$last"\n' >"$ROOT/bin/jq"
	chmod +x "$ROOT/bin/jq"
	run -0 env -i PATH=/bin B=/ BIN=/bin OLLAMA_CLOUD_API_KEY=k OLLAMA_CLOUD_MODEL=llama3.3 \
		OLLAMA_CLOUD_BASE_URL="$URL" "$CHROOT" "$ROOT" /bin/sh /demo
	refute_line --regexp ': not found$'
	assert_line --partial '"input_tokens"'           # oc-complete -j
	assert_line --regexp '^llama3\.3 +1 '             # oc-usage
	assert_line --regexp '^\| .*\| '                  # oc-models
	assert_line --regexp '^\{"city":"(Bern|Rome)","people":[0-9]+\}$' # --schema
	assert_line --partial 'oc-batch: 20 lines'
	assert_line 'status 69'
	assert_line 'status 64'
}

@test 'static: patterns in a schema need no library' {
	need_root
	echo '{"type":"string","pattern":"^a+$"}' >"$ROOT/tmp/schema"
	echo '"aaa"' >"$ROOT/tmp/yes"
	echo '"aab"' >"$ROOT/tmp/no"
	run -0 in_root oc-complete --check --schema /tmp/schema /tmp/yes
	run -76 in_root oc-complete --check --schema /tmp/schema /tmp/no
}

@test 'static: --live is a part of oc-models' {
	need_root
	serve --model
	run -0 in_root oc-models --live --format ids -b "$URL"
	assert_line llama3.3
}

@test 'static: names come from /etc/hosts and from a name server' {
	local port
	need_root
	serve - <<<'answer ok'
	port=${FAKE##*:}
	echo '127.0.0.1 model.example' >>"$ROOT/etc/hosts"
	run -0 in_root oc-complete -p x -b "http://model.example:$port/v1"
	assert_output ok
	DNS=127.0.0.77 start_dns far.example 127.0.0.1
	run -0 in_root oc-complete -p x -b "http://far.example:$port/v1"
	assert_output ok
	run -69 in_root oc-complete -p x -b "http://near.example:$port/v1" --max-retries 0
	assert_output --partial 'Could not resolve host: near.example'
}

@test 'static TLS: the certificates of Debian, Fedora, SUSE, Alpine and others are found' {
	local path
	need_root
	serve - <<<'answer ok'
	start_tls
	for path in etc/ssl/certs/ca-certificates.crt etc/pki/tls/certs/ca-bundle.crt \
		etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem etc/ssl/ca-bundle.pem \
		etc/ssl/cert.pem usr/local/share/certs/ca-root-nss.crt; do
		trusts "$path" "$CACERT"
		run -0 in_root oc-complete -p x -b "$TLS_URL"
		assert_output ok
		rm "$ROOT/$path"
	done
	# An empty file is no reason not to look further.
	trusts etc/ssl/certs/ca-certificates.crt /dev/null
	cp "$CACERT" "$ROOT/etc/ssl/cert.pem"
	run -0 in_root oc-complete -p x -b "$TLS_URL"
}

@test 'static TLS: without certificates nobody is trusted, and that is said' {
	need_root
	serve - <<<'answer ok'
	start_tls
	run -78 in_root oc-complete -p x -b "$TLS_URL"
	assert_output "oc-complete: $TLS_URL: there are no trusted certificates on this system: a file of them must be given"
	cp "$CACERT" "$ROOT/tmp/ca.pem"
	run -0 in_root oc-complete -p x -b "$TLS_URL" --cacert /tmp/ca.pem
	SSL_CERT_FILE=/tmp/ca.pem run -0 in_root oc-complete -p x -b "$TLS_URL"
	assert_equal "$(requests)" 2
}

@test 'static TLS: expired, of another host, self-signed, of another authority: not trusted' {
	local kind
	need_root
	serve - <<<'answer ok'
	for kind in expired wrong-host self-signed; do
		start_tls $kind
		trusts etc/ssl/cert.pem "$CACERT"
		run -78 in_root oc-complete -p x -b "$TLS_URL"
		assert_output --partial "oc-complete: $TLS_URL: the server's certificate cannot be trusted: "
	done
	# One of the same name, with another key.
	start_tls
	openssl_quietly req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes \
		-subj '/CN=Test CA' -days 2 -keyout key -out twin.pem
	trusts etc/ssl/cert.pem twin.pem
	run -78 in_root oc-complete -p x -b "$TLS_URL"
	assert_equal "$(requests)" 0
	# Both, in either order: the right one is found.
	trusts etc/ssl/cert.pem twin.pem "$CACERT"
	run -0 in_root oc-complete -p x -b "$TLS_URL"
	trusts etc/ssl/cert.pem "$CACERT" twin.pem
	run -0 in_root oc-complete -p x -b "$TLS_URL"
}

@test 'static TLS: what is damaged among the certificates does no harm' {
	local begin='-----BEGIN CERTIFICATE-----' end='-----END CERTIFICATE-----'
	need_root
	serve - <<<'answer ok'
	start_tls
	{
		printf '%s\n%s\n' "$begin" "$end"
		printf '%s\n!!!\n%s\n' "$begin" "$end"
		printf '%s\nMIIB\n%s\n' "$begin" "$end"
		printf '%s\n%s\n%s\n' "$begin" "$(printf '\x30\x80\x30\x80\x02\x01\x01' | base64)" "$end"
		printf '%s\n%s\n%s\n' "$begin" "$(printf '\x30\x84\xff\xff\xff\xff\x30' | base64)" "$end"
		sed -n '1,/^-----BEGIN/p; 2,4p' "$CACERT" # cut short
		echo "$end"
	} >damaged.pem
	trusts etc/ssl/cert.pem damaged.pem "$CACERT" damaged.pem
	run -0 in_root oc-complete -p x -b "$TLS_URL"
	assert_output ok
	sed 's/$/\r/' "$CACERT" >crlf.pem
	trusts etc/ssl/cert.pem crlf.pem
	run -0 in_root oc-complete -p x -b "$TLS_URL"
	trusts etc/ssl/cert.pem damaged.pem
	run -78 in_root oc-complete -p x -b "$TLS_URL"
}

@test 'static TLS: many calls over several connections' {
	need_root
	serve - <<<'answer ok'
	start_tls
	trusts etc/ssl/cert.pem "$CACERT"
	seq 40 | sed 's/.*/"&"/' >"$ROOT/tmp/in"
	run -0 in_root oc-batch -q -P 8 -b "$TLS_URL" /tmp/in
	assert_equal "${#lines[@]}" 40
}
