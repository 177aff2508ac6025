"""An independent EOP client: signs and sends with Python's standard library, in Beijing time whatever the host's zone.

Usage: eop.py HOST:PORT ACCESS_KEY PATH, with the secret key in SECRET_KEY and the body on stdin.
Prints the answer.
"""

import base64
import datetime
import hashlib
import hmac
import http.client
import os
import sys
import uuid

endpoint, access_key, path = sys.argv[1:]
body = sys.stdin.buffer.read()
beijing = datetime.timezone(datetime.timedelta(hours=8))
date = datetime.datetime.now(beijing).strftime("%Y%m%dT%H%M%SZ")
headers = {"appkey": "any", "ctyun-eop-request-id": str(uuid.uuid4()), "eop-date": date}
to_sign = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers)) + "\n\n" + hashlib.sha256(body).hexdigest()
key = os.environ["SECRET_KEY"].encode()
for step in (date, access_key, date[:8]):
    key = hmac.digest(key, step.encode(), "sha256")
signature = base64.b64encode(hmac.digest(key, to_sign.encode(), "sha256")).decode()
headers["Eop-Authorization"] = f"{access_key} Headers={';'.join(sorted(headers))} Signature={signature}"
headers["Content-Type"] = "application/json;charset=UTF-8"
connection = http.client.HTTPConnection(endpoint, timeout=30)
connection.request("POST", path, body, headers)
print(connection.getresponse().read().decode())
