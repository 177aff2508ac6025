#!/usr/bin/env python3
"""Writes the stages of every vector below this folder from its request.txt and context.json.

    python3 generate.py            write canonical-request.txt, string-to-sign.txt and signature.txt
    python3 generate.py --check    write nothing; fail where a file is not what would be written

This is a second implementation of every scheme, from the vendors' pages, with the standard library alone. A stage
is written only after the values in the context's `answers`, which come from elsewhere (see `origin`), have been
found equal to what is computed here. Format: README.md.
"""

import base64
import datetime
import hashlib
import hmac
import json
import pathlib
import sys
from urllib.parse import parse_qsl, quote, unquote

HERE = pathlib.Path(__file__).resolve().parent


class Request:
    def __init__(self, text):
        head, _, self.body = text.partition(b"\n\n")
        first, *lines = head.decode("ascii").split("\n")
        self.method, target, version = first.split(" ")
        assert version == "HTTP/1.1", version
        self.path, _, self.query = target.partition("?")
        self.headers = {}
        for line in lines:
            name, value = line.split(":", 1)
            assert name.lower() not in self.headers, name
            self.headers[name.lower()] = value.strip()


def sha256(data):
    return hashlib.sha256(data).hexdigest()


def sm3(data):
    return hashlib.new("sm3", data).hexdigest()


def mac(key, text, digest="sha256"):
    return hmac.new(key, text.encode(), digest).digest()


def at(seconds, hours, form="%Y%m%dT%H%M%SZ"):
    zone = datetime.timezone(datetime.timedelta(hours=hours))
    return datetime.datetime.fromtimestamp(seconds, zone).strftime(form)


def rfc3986(text):
    return quote(text, safe="-_.~")


def headers_block(headers, names):
    return "".join(f"{name}:{headers[name]}\n" for name in names), ";".join(names)


def tc3(request, context):
    names = context["signed_headers"] or ["content-type", "host"]
    headers = {
        name: value if name in ("content-type", "host") else value.lower()
        for name, value in request.headers.items()
    }
    block, listed = headers_block(headers, sorted(names))
    unsigned = headers.get("x-tc-content-sha256") is not None
    payload = sha256(b"UNSIGNED-PAYLOAD" if unsigned else request.body)
    canonical = "\n".join([request.method, "/", request.query, block, listed, payload])
    day = at(context["time"], 0, "%Y-%m-%d")
    scope = f"{day}/{context['service']}/tc3_request"
    to_sign = "\n".join(["TC3-HMAC-SHA256", str(context["time"]), scope, sha256(canonical.encode())])
    date = mac(("TC3" + context["secret_key"]).encode(), day)
    service = mac(date, context["service"])
    signing = mac(service, "tc3_request")
    keys = {"secret-date": date, "secret-service": service, "secret-signing": signing}
    return canonical, to_sign, mac(signing, to_sign).hex(), keys


def v1(digest):
    def scheme(request, context):
        text = request.query if request.method == "GET" else request.body.decode()
        values = dict(parse_qsl(text, keep_blank_values=True, strict_parsing=True))
        values.update(SecretId=context["secret_id"], Timestamp=str(context["time"]))
        if digest == "sha256":
            values["SignatureMethod"] = "HmacSHA256"
        joined = "&".join(f"{name}={values[name]}" for name in sorted(values))
        to_sign = f"{request.method}{request.headers['host']}/?{joined}"
        signature = mac(context["secret_key"].encode(), to_sign, digest)
        return to_sign, to_sign, base64.b64encode(signature).decode(), {}

    return scheme


def eop(request, context):
    headers = dict(request.headers)
    headers["eop-date"] = date = at(context["time"], 8)
    usual = ["ctyun-eop-request-id", "eop-date"] + (["appkey"] if "appkey" in headers else [])
    block, _ = headers_block(headers, sorted(context["signed_headers"] or usual))
    pairs = sorted(parse_qsl(request.query, keep_blank_values=True), key=lambda pair: pair[0])
    query = "&".join(f"{rfc3986(name)}={rfc3986(value)}" for name, value in pairs)
    to_sign = "\n".join([block, query, sha256(request.body)])
    ktime = mac(context["secret_key"].encode(), date)
    kak = mac(ktime, context["secret_id"])
    kdate = mac(kak, date[:8])
    signature = base64.b64encode(mac(kdate, to_sign)).decode()
    return to_sign, to_sign, signature, {"ktime": ktime, "kak": kak, "kdate": kdate}


def huawei(algorithm, digest, hashed, content):
    def scheme(request, context):
        headers = dict(request.headers)
        headers["x-sdk-date"] = date = at(context["time"], 0)
        if context.get("token"):
            headers["x-security-token"] = context["token"]
        block, listed = headers_block(headers, sorted(context["signed_headers"] or headers))
        segments = [rfc3986(segment) for segment in unquote(request.path).split("/")]
        path = "/".join(segments).rstrip("/") + "/"
        pairs = sorted(parse_qsl(request.query, keep_blank_values=True))
        query = "&".join(f"{rfc3986(name)}={rfc3986(value)}" for name, value in pairs)
        payload = headers.get(content) or hashed(request.body)
        canonical = "\n".join([request.method, path, query, block, listed, payload])
        lines, key, keys = [algorithm, date], context["secret_key"].encode(), {}
        if algorithm.startswith("V11"):
            info = f"{date[:8]}/{context['region']}/{context['service']}"
            prk = mac(context["secret_id"].encode(), context["secret_key"])
            okm = mac(prk, info + "\x01")
            keys = {"prk": prk, "okm": okm}
            lines, key = lines + [info], okm.hex().encode()
        to_sign = "\n".join(lines + [hashed(canonical.encode())])
        return canonical, to_sign, mac(key, to_sign, digest).hex(), keys

    return scheme


SCHEMES = {
    "tc3-hmac-sha256": tc3,
    "tencent-v1-hmac-sha1": v1("sha1"),
    "tencent-v1-hmac-sha256": v1("sha256"),
    "ctyun-eop": eop,
    "sdk-hmac-sha256": huawei("SDK-HMAC-SHA256", "sha256", sha256, "x-sdk-content-sha256"),
    "sdk-hmac-sm3": huawei("SDK-HMAC-SM3", "sm3", sm3, "x-sdk-content-sm3"),
    "v11-hmac-sha256": huawei("V11-HMAC-SHA256", "sha256", sha256, "x-sdk-content-sha256"),
}


def main():
    check = sys.argv[1:] == ["--check"]
    cases = sorted(HERE.glob("*/*/context.json"))
    for path in cases:
        case = path.parent
        context = json.loads(path.read_text())
        request = Request((case / "request.txt").read_bytes())
        canonical, to_sign, signature, keys = SCHEMES[case.parent.name](request, context)
        computed = {
            "canonical_request": canonical,
            "canonical_request_sha256": sha256(canonical.encode()),
            "string_to_sign": to_sign,
            "payload_sha256": sha256(request.body),
            "signature": signature,
        }
        for name, answer in context["answers"].items():
            assert computed[name] == answer, f"{case}: {name}\n{computed[name]!r}\n{answer!r}"
        for name, known in context.get("derived_keys", {}).items():
            assert keys[name].hex() == known, f"{case}: {name}"
        for name, stage in [
            ("canonical-request.txt", canonical),
            ("string-to-sign.txt", to_sign),
            ("signature.txt", signature),
        ]:
            if check:
                assert (case / name).read_bytes() == stage.encode(), f"{case}/{name}"
            else:
                (case / name).write_bytes(stage.encode())
    print(f"{len(cases)} cases {'checked' if check else 'written'}")


if __name__ == "__main__":
    main()
