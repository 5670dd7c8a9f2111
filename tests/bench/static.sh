#!/bin/sh
# SPDX-License-Identifier: MIT
# static.sh: one call of a static binary beside curl, over HTTP and over TLS, where the server's
# authority is the last in the system's own file of certificates.
. "$(dirname "$0")/bench.sh"

oc=$PWD/build/static/$(uname -m)/oc-complete
[ -e "$oc" ] || { echo 'static: no static binaries: make static' >&2; exit; }
mine=/etc/ssl/certs/ca-certificates.crt # in a mount namespace, so that the system's stays as it is
unshare -m test -e $mine 2>/dev/null || { echo "static: no mount namespaces, or no $mine" >&2; exit; }
unset CURL_CA_BUNDLE SSL_CERT_FILE SSL_CERT_DIR http_proxy https_proxy all_proxy ALL_PROXY HTTPS_PROXY

printf 'answer The sky scatters blue light more than red.\n' >"$tmp/answer"
printf 'Why is the sky blue?\n' >"$tmp/prompt"
printf '%s' '{"model":"llama3.3","messages":[{"role":"user","content":"Why is the sky blue?\n"}]}' \
	>"$tmp/body"
start "$tmp/answer"

# nginx in front of it, on a port that is free by then, most likely.
port=$((20000 + $$ % 10000))
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj /CN=localhost -days 2 \
	-addext subjectAltName=DNS:localhost -keyout "$tmp/key" -out "$tmp/cert" 2>/dev/null
cat $mine "$tmp/cert" >"$tmp/trusted"
cat >"$tmp/nginx" <<END
daemon off;
pid $tmp/pid;
error_log stderr;
events { worker_connections 64; }
http {
	access_log off;
	upstream fake { server ${url#http://}; keepalive 4; }
	server {
		listen 127.0.0.1:$port ssl;
		ssl_certificate $tmp/cert;
		ssl_certificate_key $tmp/key;
		location / { proxy_pass http://fake; proxy_http_version 1.1; proxy_set_header Connection ""; }
	}
}
END
PATH=$PATH:/usr/sbin nginx -e stderr -c "$tmp/nginx" 2>"$tmp/said" &
nginx=$!
trap 'kill $nginx; finish' EXIT
for _ in 1 2 3 4 5 6 7 8 9 10; do
	[ -s "$tmp/pid" ] || sleep 0.2
done
[ -s "$tmp/pid" ] || { cat "$tmp/said" >&2; exit 1; }

curl="curl -s --data-binary @$tmp/body -H Content-Type:application/json"
title 'one call over HTTP; the aim is 0.35 of the time and half the memory'
"$measure" -n 41 -i "$tmp/prompt" \
	'curl' "$curl $url/v1/chat/completions" 'oc-complete, static' "$oc -b $url/v1"
title "one call over TLS, $(grep -c BEGIN "$tmp/trusted") certificates; the aim is 0.5 of the time and half the memory"
# shellcheck disable=SC2016 # the inner shell's
unshare -m sh -c 'mount --bind "$1" "$2" && shift 2 && exec "$@"' sh "$tmp/trusted" $mine \
	"$measure" -n 41 -i "$tmp/prompt" 'curl' "$curl https://localhost:$port/v1/chat/completions" \
	'oc-complete, static' "$oc -b https://localhost:$port/v1"
