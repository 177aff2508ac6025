#!/usr/bin/env bash
# Calls {{action}} of Tencent Cloud, signed with TC3-HMAC-SHA256. Needs bash, curl 7.55 or later, and openssl.
#
#   export TENCENTCLOUD_SECRET_ID=... TENCENTCLOUD_SECRET_KEY=...    (TENCENTCLOUD_TOKEN too for temporary credentials)
#   bash call.sh
set -euo pipefail
export LC_ALL=C # bytes are bytes

: "${TENCENTCLOUD_SECRET_ID:?is not set}" "${TENCENTCLOUD_SECRET_KEY:?is not set}"

endpoint='{{endpoint}}'
host='{{host}}' # as curl will send it: with the port, unless it is the scheme's own
service='{{service}}'
action='{{action}}'
version='{{version}}'
# The body is signed byte for byte: whoever formats it again after signing breaks the signature.
{{answer}}body={{body}}

# The content type is signed as well. It must be sent exactly as it stands here.
content_type='application/json'

# One reading of the clock for both. The date is that of UTC, not the local one: they differ for hours every day.
timestamp=$(date +%s)
date=$(date -u -d "@$timestamp" +%F 2>/dev/null || date -u -r "$timestamp" +%F) # GNU; BSD and macOS

hex() { od -An -v -tx1 | tr -d ' \n'; }
sha256() { openssl dgst -sha256 -r | cut -d ' ' -f 1; }

# HMAC-SHA256 (RFC 2104) of a text under a key in hex; prints hex. `openssl dgst -hmac KEY` would do, and show the key
# to everybody who runs `ps`: arguments of a program are public. Here keys only pass through builtins and pipes.
hmac() {
    local key=$1 text=$2 inner='' outer='' at byte
    if ((${#key} > 128)); then
        for ((at = 0; at < ${#key}; at += 2)); do inner+="\\x${key:at:2}"; done
        key=$(printf %b "$inner" | sha256)
        inner=''
    fi
    for ((at = 0; at < 128; at += 2)); do
        byte=${key:at:2}
        byte=$((16#${byte:-0}))
        printf -v inner '%s\\x%02x' "$inner" $((byte ^ 0x36))
        printf -v outer '%s\\x%02x' "$outer" $((byte ^ 0x5c))
    done
    { printf %b "$outer"; { printf %b "$inner"; printf %s "$text"; } | openssl dgst -sha256 -binary; } | sha256
}

# The canonical request: method, path, query, headers (each ends in a line feed, so that a blank line follows), their
# names, the body's hash. No line feed at the end.
signed_headers='content-type;host'
canonical="POST
/

content-type:$content_type
host:$host

$signed_headers
$(printf %s "$body" | sha256)"

scope="$date/$service/tc3_request"
to_sign="TC3-HMAC-SHA256
$timestamp
$scope
$(printf %s "$canonical" | sha256)"

key=$(printf %s "TC3$TENCENTCLOUD_SECRET_KEY" | hex)
for step in "$date" "$service" tc3_request; do key=$(hmac "$key" "$step"); done
signature=$(hmac "$key" "$to_sign")

authorization="TC3-HMAC-SHA256 Credential=$TENCENTCLOUD_SECRET_ID/$scope"
authorization+=", SignedHeaders=$signed_headers, Signature=$signature"

headers() {
    printf '%s\n' \
        "Authorization: $authorization" \
        "Content-Type: $content_type" \
        "Host: $host" \
        "X-TC-Action: $action" \
        "X-TC-Version: $version" \
        "X-TC-Timestamp: $timestamp" \
        "Expect:"
    if [[ -n ${TENCENTCLOUD_TOKEN:-} ]]; then printf '%s\n' "X-TC-Token: $TENCENTCLOUD_TOKEN"; fi
}

# A refusal comes with status 200, too: look for Response.Error in what is printed.
printf %s "$body" |
    curl --silent --show-error --max-time 60 --header @<(headers) --data-binary @- "$endpoint/"
