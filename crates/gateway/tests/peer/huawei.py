"""Huawei's Python SDK, unmodified, pointed at the gateway by its endpoint: OCR by three signatures, and an IAM login.

Usage: huawei.py URL ACCESS_KEY PROJECT_ID, with the secret key in SECRET_KEY.
Prints one line of JSON; exits with 77 and a line of explanation when something is missing.
"""

import json
import os
import sys

MISSING = 77

try:
    from huaweicloudsdkcore.auth.credentials import BasicCredentials, GlobalCredentials
    from huaweicloudsdkcore.exceptions.exceptions import ClientRequestException
    from huaweicloudsdkcore.http.http_config import HttpConfig
    from huaweicloudsdkcore.http.http_handler import HttpHandler
    from huaweicloudsdkcore.signer.algorithm import SigningAlgorithm
    from huaweicloudsdkiam.v3 import IamClient, KeystoneCreateUserTokenByPasswordRequest
    from huaweicloudsdkiam.v3 import model as iam
    from huaweicloudsdkocr.v1 import IdCardRequestBody, OcrClient, RecognizeIdCardRequest
except ImportError:
    print("huaweicloudsdkocr or huaweicloudsdkiam is not installed")
    sys.exit(MISSING)

url, access_key, project = sys.argv[1:]
secret_key = os.environ["SECRET_KEY"]
algorithms = []


def note_algorithm(response, **_):
    algorithms.append(response.request.headers["Authorization"].split(" ")[0])


def ocr(secret_key, algorithm=SigningAlgorithm.HMAC_SHA256, derived=False, project=project):
    who = BasicCredentials(access_key, secret_key, project)
    if derived:
        predicate = BasicCredentials.get_default_derived_predicate()
        who = who.with_derived_predicate(predicate)
        who._process_derived_auth_params("ocr", "cn-north-4")
    config = HttpConfig.get_default_config()
    config.signing_algorithm = algorithm
    builder = OcrClient.new_builder().with_credentials(who).with_endpoints([url]).with_http_config(config)
    return builder.with_http_handler(HttpHandler().add_response_handler(note_algorithm)).build()


def card(client, **body):
    request = RecognizeIdCardRequest(body=IdCardRequestBody(**body))
    try:
        return client.recognize_id_card(request).result.to_dict()
    except ClientRequestException as refusal:
        return [refusal.status_code, refusal.error_code, bool(refusal.request_id)]


front = {"url": "https://example.com/card.jpg", "side": "front"}
both = {"url": "https://example.com/card.jpg", "side": "double_side", "detect_copy": True}
answers = {
    "sha256": card(ocr(secret_key), **front),
    "sm3": card(ocr(secret_key, SigningAlgorithm.HMAC_SM3), **front),
    "derived": card(ocr(secret_key, derived=True), **front),
    "both": card(ocr(secret_key), **both),
    "wrong key": card(ocr("wrong"), **front),
    "wrong project": card(ocr(secret_key, project="another"), **front),
    "wrong image": card(ocr(secret_key), image="_9j_"),
    "no image": card(ocr(secret_key), side="front"),
}
answers["algorithms"] = algorithms[:3]

user = iam.PwdPasswordUser(domain=iam.PwdPasswordUserDomain(name="example-domain"), name=access_key, password=secret_key)
identity = iam.PwdIdentity(methods=["password"], password=iam.PwdPassword(user=user))
scope = iam.AuthScope(project=iam.AuthScopeProject(name="cn-north-4"))
body = iam.KeystoneCreateUserTokenByPasswordRequestBody(auth=iam.PwdAuth(identity=identity, scope=scope))
builder = IamClient.new_builder().with_credentials(GlobalCredentials(access_key, secret_key, "domain"))
login = builder.with_endpoints([url]).build().keystone_create_user_token_by_password(
    KeystoneCreateUserTokenByPasswordRequest(body=body))
answers["token"] = login.x_subject_token
answers["expires_at"] = login.token.expires_at
print(json.dumps(answers))
