"""Calls RecognizeEncryptedIDCardOCR with the official Python SDK, unmodified, at a given endpoint.

Arguments: HOST:PORT SECRET_ID. The secret key comes from the environment, the sealed request on stdin; the answer
goes to stdout as the SDK gives it."""

import os
import sys

from tencentcloud.common import credential
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.ocr.v20181119 import models, ocr_client

endpoint, secret_id = sys.argv[1:]
http = HttpProfile(protocol="http", endpoint=endpoint, reqTimeout=20)
profile = ClientProfile(httpProfile=http)
client = ocr_client.OcrClient(
    credential.Credential(secret_id, os.environ["TENCENTCLOUD_SECRET_KEY"]), "ap-guangzhou", profile
)
request = models.RecognizeEncryptedIDCardOCRRequest()
request.from_json_string(sys.stdin.read())
print(client.RecognizeEncryptedIDCardOCR(request).to_json_string())
