"""The vendor's Python SDK, unmodified, pointed at the gateway by its endpoint, with envelopes of `envelope.py`.

Usage: sdk.py HOST:PORT SUITE PUBLIC_PEM SECRET_ID, with the secret key in SECRET_KEY and the inner request on stdin.
Prints one line of JSON; exits with 77 and a line of explanation when something is missing.
"""

import json
import os
import sys

from envelope import Envelope, missing

try:
    from tencentcloud.common import credential
    from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
    from tencentcloud.common.profile.client_profile import ClientProfile
    from tencentcloud.common.profile.http_profile import HttpProfile
    from tencentcloud.ocr.v20181119 import models, ocr_client
except ImportError:
    missing("tencentcloud-sdk-python-ocr is not installed")

endpoint, suite, pem_path, secret_id = sys.argv[1:]


def client(secret_key, unsigned_payload=False, **options):
    profile = ClientProfile(httpProfile=HttpProfile(protocol="http", endpoint=endpoint), **options)
    profile.unsignedPayload = unsigned_payload
    return ocr_client.OcrClient(credential.Credential(secret_id, secret_key), "ap-guangzhou", profile)


def parsed(answer):
    return json.loads(answer.to_json_string())


good = client(os.environ["SECRET_KEY"])
unsigned = client(os.environ["SECRET_KEY"], unsigned_payload=True, language="en-US", request_client="cardseal-tests")

envelope = Envelope(suite, pem_path, sys.stdin.buffer.read())
encrypted = models.RecognizeEncryptedIDCardOCRRequest()
encrypted.from_json_string(json.dumps(envelope.request))
answer = parsed(good.RecognizeEncryptedIDCardOCR(encrypted))

clear = models.IDCardOCRRequest()
clear.ImageUrl = "https://example.com/card.jpg"
clear.CardSide = "BACK"
answers = {
    "encrypted": answer,
    "card": json.loads(envelope.open(answer)),
    "clear": parsed(good.IDCardOCR(clear)),
    "unsigned": parsed(unsigned.IDCardOCR(clear)),
}
try:
    client("wrong").IDCardOCR(clear)
except TencentCloudSDKException as refusal:
    answers["refused"] = refusal.get_code()
print(json.dumps(answers))
