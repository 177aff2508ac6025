"""The official SDKs' own signers as a program: a request in JSON on a line of stdin, its signature on a line of
stdout.

Usage: sign_peer.py tencent|huawei|ctyun

The first line out is {"ready": "package version"} or, where a package is not installed, {"missing": "reason"}.
The SDKs are not changed: only the clock and what they would draw at random are given, and the texts they
hash on the way are noted. Ctyun has no SDK in Python, so its signature is computed here from the gateway's page.
"""

import base64
import datetime
import hashlib
import hmac
import json
import sys
from importlib import metadata
from types import SimpleNamespace
from urllib.parse import quote


class Notes:
    """Stands for `hashlib` in a module, and keeps what was hashed last."""

    def __init__(self):
        self.last = None

    def sha256(self, data=b""):
        self.last = data
        return hashlib.sha256(data)


def tencent():
    from tencentcloud.common import abstract_client, credential
    from tencentcloud.common.http.request import RequestInternal
    from tencentcloud.common.profile.client_profile import ClientProfile
    from tencentcloud.common.profile.http_profile import HttpProfile
    from tencentcloud.common.sign import Sign

    notes = abstract_client.hashlib = Notes()
    signed = {}
    sign_v1, sign_v3 = Sign.sign, Sign.sign_tc3

    def noted_v1(key, text, method):
        signed.update(string_to_sign=text, signature=sign_v1(key, text, method))
        return signed["signature"]

    def noted_v3(key, date, service, text):
        signed.update(string_to_sign=text, signature=sign_v3(key, date, service, text))
        return signed["signature"]

    abstract_client.Sign.sign, abstract_client.Sign.sign_tc3 = noted_v1, noted_v3

    def answer(case):
        abstract_client.time.time = lambda: case["time"]
        abstract_client.random.randint = lambda low, high: case["nonce"]
        abstract_client.uuid.uuid4 = lambda: SimpleNamespace(hex=case["boundary"])
        profile = ClientProfile(
            signMethod=case["sign_method"],
            language=case["language"],
            httpProfile=HttpProfile(reqMethod=case["method"], endpoint=case["host"]),
        )
        profile.unsignedPayload = case["unsigned"]
        who = credential.Credential(case["secret_id"], case["secret_key"], case["token"])
        client = abstract_client.AbstractClient(who, case["region"], profile)
        client._service, client._apiVersion = case["service"], case["version"]
        request = RequestInternal(case["host"], case["method"], "/", header={})
        options = {"IsMultipart": True, "BinaryParams": case["binary"]} if case["multipart"] else {}
        client._build_req_inter(case["action"], dict(case["params"]), request, options)
        if case["raw_query"] is not None:
            # The SDK would encode the query itself; here its signer signs one that is encoded otherwise.
            request.data = case["raw_query"]
            day = datetime.datetime.fromtimestamp(case["time"], datetime.timezone.utc)
            client._get_tc3_signature(
                {}, request, day.strftime("%Y-%m-%d"), case["service"], case["secret_key"], {}
            )
        data = request.data if isinstance(request.data, bytes) else request.data.encode()
        canonical = notes.last if case["sign_method"].startswith("TC3") else None
        return {
            "headers": {name: str(value) for name, value in request.header.items()},
            "data": base64.b64encode(data).decode(),
            "canonical_request": canonical and canonical.decode(),
            **signed,
        }

    return "tencentcloud-sdk-python-common", answer


def huawei():
    from huaweicloudsdkcore.sdk_request import SdkRequest
    from huaweicloudsdkcore.signer import signer

    class Given(datetime.datetime):
        seconds = 0

        @classmethod
        def utcnow(cls):
            return datetime.datetime.fromtimestamp(cls.seconds, datetime.timezone.utc).replace(tzinfo=None)

    signer.datetime = Given
    signers = {
        "sdk-hmac-sha256": signer.Signer,
        "sdk-hmac-sm3": signer.SM3Signer,
        "v11-hmac-sha256": signer.DerivationAKSKSigner,
    }

    def noting(made, notes):
        for name, method in [
            ("canonical_request", "_process_canonical_request"),
            ("string_to_sign", "_process_string_to_sign"),
            ("signature", "_sign_string_to_sign"),
        ]:
            def noted(*args, _name=name, _method=getattr(made, method)):
                notes[_name] = _method(*args)
                return notes[_name]

            setattr(made, method, noted)
        return made

    def answer(case):
        Given.seconds = case["time"]
        who = SimpleNamespace(ak=case["secret_id"], sk=case["secret_key"])
        request = SdkRequest(
            method=case["method"],
            schema="https",
            host=case["host"],
            resource_path=case["path"],
            query_params=[(name, value) for name, value in case["query"]],
            header_params=dict(case["headers"]),
            body=base64.b64decode(case["body"]),
        )
        notes = {}
        made = noting(signers[case["scheme"]](who), notes)
        scope = [case["service"], case["region"]] if case["scheme"].startswith("v11") else []
        signed = made.sign(request, *scope)
        return {"authorization": signed.header_params["Authorization"], "uri": signed.uri, **notes}

    return "huaweicloudsdkcore", answer


def ctyun():
    def mac(key, text):
        return hmac.new(key, text.encode(), hashlib.sha256).digest()

    def answer(case):
        beijing = datetime.timezone(datetime.timedelta(hours=8))
        date = datetime.datetime.fromtimestamp(case["time"], beijing).strftime("%Y%m%dT%H%M%SZ")
        headers = {"eop-date": date, "ctyun-eop-request-id": case["request_id"]}
        if case["app_key"]:
            headers["appkey"] = case["app_key"]
        query = "&".join(
            f"{quote(name, safe='~')}={quote(value, safe='~')}"
            for name, value in sorted(case["query"], key=lambda pair: pair[0])
        )
        hashed = hashlib.sha256(base64.b64decode(case["body"])).hexdigest()
        block = "".join(f"{name}:{headers[name]}\n" for name in sorted(headers))
        text = f"{block}\n{query}\n{hashed}"
        key = mac(mac(mac(case["secret_key"].encode(), date), case["secret_id"]), date[:8])
        signature = base64.b64encode(mac(key, text)).decode()
        listed = ";".join(sorted(headers))
        return {
            "string_to_sign": text,
            "signature": signature,
            "query": query,
            "authorization": f"{case['secret_id']} Headers={listed} Signature={signature}",
        }

    return None, answer


def main():
    def say(line):
        print(json.dumps(line), flush=True)

    try:
        package, answer = {"tencent": tencent, "huawei": huawei, "ctyun": ctyun}[sys.argv[1]]()
    except ImportError as error:
        say({"missing": f"{error} (pip install tencentcloud-sdk-python-common huaweicloudsdkcore)"})
        return
    say({"ready": f"{package} {metadata.version(package)}" if package else "the page's algorithm"})
    for line in sys.stdin:
        say(answer(json.loads(line)))


if __name__ == "__main__":
    main()
