#!/usr/bin/env python3
"""Says of every scenario of ../ what comes of it, and fails where the scenario says otherwise.

    python3 reference.py           all of them

A second implementation of the format, for whoever writes a third: it shares no code with generate.py and none with
the library under test. SM4 and SM2 are those of the Python package `gmssl`, AES is that of `pycryptodomex` (which
`gmssl` brings), GCM is written out in reference_ciphers.py. The order of the checks is that of ../../README.md.
"""

import base64
import pathlib
import sys
from collections import Counter

import reference_keys
import reference_openings
import reference_seals

FOLDER = pathlib.Path(__file__).resolve().parents[1]
JUDGES = {
    "key": reference_keys.judge,
    "open": reference_openings.judge,
    "open-fields": reference_openings.judge,
    "opener": reference_openings.judge_opener,
    "seal": reference_seals.judge,
    "seal-fields": reference_seals.judge,
    "unwrap": reference_seals.judge_wrap,
}


def read(path):
    head, _, payload = path.read_bytes().partition(b"\n\n")
    headers = {}
    for line in head.decode().splitlines():
        name, _, value = line.partition(": ")
        assert name not in headers, name
        headers[name] = value
    if headers.get("payload") == "base64":
        payload = base64.b64decode(payload.replace(b"\n", b""), validate=True)
    return headers, payload


def main():
    told, wrong = Counter(), []
    for path in sorted(FOLDER.glob("*/*.txt")):
        headers, payload = read(path)
        try:
            verdict = JUDGES[path.parent.name]({**headers, "action": path.parent.name}, payload)
        except Exception as error:  # A crash is a wrong answer, and its scenario must be named.
            verdict = f"{type(error).__name__}: {error}"
        told[verdict] += 1
        if verdict != headers["expect"]:
            wrong.append(f"{path.parent.name}/{path.stem}: {headers['expect']} is expected, this says {verdict}")
    print(f"{sum(told.values())} scenarios, {len(wrong)} otherwise than expected")
    if wrong:
        sys.exit("\n".join(wrong))
    if sum(told.values()) < 150:
        sys.exit("scenarios are missing")


if __name__ == "__main__":
    main()
