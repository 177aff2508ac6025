"""The vendor's Python SDK in the forms that sdk.py does not use: GET, signature v1 in both hashes, and faceid.

Usage: forms.py HOST:PORT SECRET_ID, with the secret key in SECRET_KEY and a sealed faceid request on stdin.
Prints one line of JSON; exits with 77 and a line of explanation when something is missing.
"""

import json
import os
import sys

MISSING = 77

try:
    from tencentcloud.common import credential
    from tencentcloud.common.exception.tencent_cloud_sdk_exception import TencentCloudSDKException
    from tencentcloud.common.profile.client_profile import ClientProfile
    from tencentcloud.common.profile.http_profile import HttpProfile
    from tencentcloud.faceid.v20180301 import faceid_client
    from tencentcloud.faceid.v20180301 import models as faceid
    from tencentcloud.ocr.v20181119 import models as ocr
    from tencentcloud.ocr.v20181119 import ocr_client
except ImportError:
    print("tencentcloud-sdk-python-ocr or tencentcloud-sdk-python-faceid is not installed")
    sys.exit(MISSING)

endpoint, secret_id = sys.argv[1:]


def client(kind, secret_key, method, scheme):
    http = HttpProfile(protocol="http", endpoint=endpoint, reqMethod=method)
    who = credential.Credential(secret_id, secret_key, "TOKEN")
    return kind(who, "ap-guangzhou", ClientProfile(httpProfile=http, signMethod=scheme))


def card(scheme, method, secret_key=os.environ["SECRET_KEY"]):
    request = ocr.IDCardOCRRequest()
    request.ImageUrl = "https://example.com/a card+1.jpg?x=%20&y=一"
    request.CardSide = "BACK"
    request.Config = json.dumps({"CopyWarn": True})
    request.EnableReflectDetail = False
    try:
        return client(ocr_client.OcrClient, secret_key, method, scheme).IDCardOCR(request).ValidDate
    except TencentCloudSDKException as refusal:
        return refusal.get_code()


answers = {}
for scheme in ("TC3-HMAC-SHA256", "HmacSHA1", "HmacSHA256"):
    for method in ("GET", "POST"):
        answers[f"{scheme} {method}"] = [card(scheme, method), card(scheme, method, "wrong")]

request = faceid.IdCardVerificationRequest()
request.from_json_string(sys.stdin.read())
by_post = client(faceid_client.FaceidClient, os.environ["SECRET_KEY"], "POST", "TC3-HMAC-SHA256")
by_get = client(faceid_client.FaceidClient, os.environ["SECRET_KEY"], "GET", "TC3-HMAC-SHA256")
answers["faceid"] = [one.IdCardVerification(request).Result for one in (by_post, by_get)]

text = ocr.GeneralBasicOCRRequest()
text.ImageUrl = "https://example.com/text.jpg"
found = client(ocr_client.OcrClient, os.environ["SECRET_KEY"], "POST", "TC3-HMAC-SHA256").GeneralBasicOCR(text)
answers["text"] = [line.DetectedText for line in found.TextDetections]
print(json.dumps(answers))
