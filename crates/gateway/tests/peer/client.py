"""An independent client: signs, seals, sends and opens with Python's standard library, `cryptography` and OpenSSL.

Usage: client.py URL SUITE PUBLIC_PEM SECRET_ID, with the secret key in SECRET_KEY and the inner request on stdin.
Prints {"card": ..., "response": ...}; exits with 77 and a line of explanation when a program is missing.
"""

import datetime
import hashlib
import hmac
import http.client
import json
import os
import sys
import time

from envelope import Envelope


def signed_headers(host, action, body, secret_id, secret_key):
    now = int(time.time())
    date = datetime.datetime.fromtimestamp(now, datetime.timezone.utc).strftime("%Y-%m-%d")
    content_type = "application/json; charset=utf-8"
    names = "content-type;host;x-tc-action"
    canonical = "\n".join([
        "POST", "/", "", f"content-type:{content_type}", f"host:{host}", f"x-tc-action:{action.lower()}", "",
        names, hashlib.sha256(body).hexdigest(),
    ])
    scope = f"{date}/ocr/tc3_request"
    hashed = hashlib.sha256(canonical.encode()).hexdigest()
    key = ("TC3" + secret_key).encode()
    for step in (date, "ocr", "tc3_request"):
        key = hmac.digest(key, step.encode(), "sha256")
    signature = hmac.new(key, f"TC3-HMAC-SHA256\n{now}\n{scope}\n{hashed}".encode(), "sha256").hexdigest()
    return {
        "Authorization": f"TC3-HMAC-SHA256 Credential={secret_id}/{scope}, SignedHeaders={names}, Signature={signature}",
        "Content-Type": content_type, "Host": host,
        "X-TC-Action": action, "X-TC-Version": "2018-11-19", "X-TC-Timestamp": str(now),
    }


def main():
    url, suite, pem_path, secret_id = sys.argv[1:]
    envelope = Envelope(suite, pem_path, sys.stdin.buffer.read())
    request = json.dumps(envelope.request).encode()
    host = url.removeprefix("http://")
    headers = signed_headers(host, "RecognizeEncryptedIDCardOCR", request, secret_id, os.environ["SECRET_KEY"])
    connection = http.client.HTTPConnection(host, timeout=30)
    connection.request("POST", "/", request, headers)
    response = json.loads(connection.getresponse().read())["Response"]
    print(json.dumps({"card": json.loads(envelope.open(response)), "response": response}))


main()
