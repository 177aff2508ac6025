#!/usr/bin/env python3
"""Calls {{action}} of Tencent Cloud, signed with TC3-HMAC-SHA256. Needs Python 3.6 or later and nothing else.

    export TENCENTCLOUD_SECRET_ID=... TENCENTCLOUD_SECRET_KEY=...
    python3 call.py

Temporary credentials come with a token: TENCENTCLOUD_TOKEN.
"""
import hashlib
import hmac
import os
import sys
import time
import urllib.error
import urllib.request

ENDPOINT = "{{endpoint}}"
HOST = "{{host}}"  # as urllib will send it: with the port, unless it is the scheme's own
SERVICE = "{{service}}"
ACTION = "{{action}}"
VERSION = "{{version}}"
{{answer}}BODY ={{body}}


def authorization(secret_id, secret_key, timestamp, content_type, payload):
    """The value of the header Authorization."""
    # The date of the very same timestamp, in UTC: the local date differs from it for hours every day.
    date = time.strftime("%Y-%m-%d", time.gmtime(timestamp))
    scope = "/".join([date, SERVICE, "tc3_request"])

    signed_headers = "content-type;host"
    canonical_request = "\n".join([
        "POST",
        "/",
        "",  # the query
        "content-type:" + content_type,
        "host:" + HOST,
        "",  # the headers' last line feed, and then a blank line
        signed_headers,
        hashlib.sha256(payload).hexdigest(),
    ])
    string_to_sign = "\n".join([
        "TC3-HMAC-SHA256",
        str(timestamp),
        scope,
        hashlib.sha256(canonical_request.encode()).hexdigest(),
    ])

    key = ("TC3" + secret_key).encode()
    for step in scope.split("/"):
        key = hmac.new(key, step.encode(), hashlib.sha256).digest()
    signature = hmac.new(key, string_to_sign.encode(), hashlib.sha256).hexdigest()
    return "TC3-HMAC-SHA256 Credential={}/{}, SignedHeaders={}, Signature={}".format(
        secret_id, scope, signed_headers, signature
    )


def main():
    secret_id = os.environ.get("TENCENTCLOUD_SECRET_ID")
    secret_key = os.environ.get("TENCENTCLOUD_SECRET_KEY")
    token = os.environ.get("TENCENTCLOUD_TOKEN")
    if not secret_id or not secret_key:
        sys.exit("TENCENTCLOUD_SECRET_ID and TENCENTCLOUD_SECRET_KEY have to be set")

    # These bytes are signed and these bytes are sent. json.dumps of the same object again would break the signature.
    payload = BODY.encode("utf-8")
    # Signed as well, so it is sent exactly as it stands here.
    content_type = "application/json"
    timestamp = int(time.time())

    headers = {
        "Authorization": authorization(secret_id, secret_key, timestamp, content_type, payload),
        "Content-Type": content_type,
        "Host": HOST,
        "X-TC-Action": ACTION,
        "X-TC-Version": VERSION,
        "X-TC-Timestamp": str(timestamp),
    }
    if token:
        headers["X-TC-Token"] = token

    request = urllib.request.Request(ENDPOINT + "/", data=payload, headers=headers, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            reply = response.read()
    except urllib.error.HTTPError as error:
        reply = error.read()
    except OSError as error:
        sys.exit("not sent, or no answer came: {}".format(error))
    # A refusal comes with status 200, too: look for Response.Error in what is printed.
    sys.stdout.buffer.write(reply)


if __name__ == "__main__":
    main()
