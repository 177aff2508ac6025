"""The same batch as users of the official SDK write it: the SDK for signing and HTTP, the envelope by `cryptography` (RSA,
AES-CBC, SM4-GCM) and `gmssl` (SM2), a pool of threads.

peer.py PUBLIC_KEY URL FOLDER   prints {"cards", "seconds"}: seconds of this process's processor time, imports not counted
"""

import base64
import json
import os
import pathlib
import secrets
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from cryptography.hazmat.primitives import padding, serialization
from cryptography.hazmat.primitives.asymmetric import padding as rsa_padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from gmssl import sm2
from tencentcloud.common.credential import Credential
from tencentcloud.common.profile.client_profile import ClientProfile
from tencentcloud.common.profile.http_profile import HttpProfile
from tencentcloud.ocr.v20181119 import models, ocr_client


def text(data):
    return base64.b64encode(data).decode()


class RsaAes:
    name = "AES-256-CBC"

    def __init__(self, pem):
        self.key = serialization.load_pem_public_key(pem)

    def seal(self, plaintext):
        session, iv = secrets.token_bytes(32), secrets.token_bytes(16)
        padder = padding.PKCS7(128).padder()
        encryptor = Cipher(algorithms.AES256(session), modes.CBC(iv)).encryptor()
        sealed = encryptor.update(padder.update(plaintext) + padder.finalize()) + encryptor.finalize()
        return session, iv, sealed, [], self.key.encrypt(session, rsa_padding.PKCS1v15())

    def open(self, session, iv, sealed, tags):
        unpadder = padding.PKCS7(128).unpadder()
        decryptor = Cipher(algorithms.AES256(session), modes.CBC(iv)).decryptor()
        return unpadder.update(decryptor.update(sealed) + decryptor.finalize()) + unpadder.finalize()


class Sm2Sm4:
    name = "SM4-GCM"

    def __init__(self, pem):
        body = b"".join(line for line in pem.splitlines() if not line.startswith(b"-----"))
        self.key = sm2.CryptSM2(private_key="", public_key="", mode=1)
        # Set afterwards: its constructor strips every leading 0 and 4 of a key that begins with 04.
        self.key.public_key = base64.b64decode(body)[-64:].hex()

    def seal(self, plaintext):
        session, iv = secrets.token_bytes(16), secrets.token_bytes(12)
        encryptor = Cipher(algorithms.SM4(session), modes.GCM(iv)).encryptor()
        sealed = encryptor.update(plaintext) + encryptor.finalize()
        return session, iv, sealed, [text(encryptor.tag)], b"\x04" + self.key.encrypt(session)

    def open(self, session, iv, sealed, tags):
        decryptor = Cipher(algorithms.SM4(session), modes.GCM(iv, base64.b64decode(tags[0]))).decryptor()
        return decryptor.update(sealed) + decryptor.finalize()


def client(url):
    profile = ClientProfile()
    scheme, _, host = url.partition("://")
    profile.httpProfile = HttpProfile(protocol=scheme, endpoint=host, keepAlive=True)
    credential = Credential(os.environ["TENCENTCLOUD_SECRET_ID"], os.environ["TENCENTCLOUD_SECRET_KEY"])
    return ocr_client.OcrClient(credential, "ap-guangzhou", profile)


def main():
    key, url, folder = sys.argv[1:]
    pem = base64.b64decode(pathlib.Path(key).read_bytes())
    suite = RsaAes(pem) if b"RSA" in pem else Sm2Sm4(pem)
    mine = threading.local()

    def recognize(path):
        # The SDK's connection is not for many threads: each has its own.
        if not hasattr(mine, "client"):
            mine.client = client(url)
        image = text(path.read_bytes())
        session, iv, sealed, tags, wrapped = suite.seal(json.dumps({"ImageBase64": image}).encode())
        request = models.RecognizeEncryptedIDCardOCRRequest()
        request.EncryptedBody = text(sealed)
        request.Encryption = models.Encryption()
        request.Encryption.CiphertextBlob = text(wrapped)
        request.Encryption.Iv = text(iv)
        request.Encryption.Algorithm = suite.name
        request.Encryption.TagList = tags
        request.Encryption.EncryptList = ["EncryptedBody"]
        answer = mine.client.RecognizeEncryptedIDCardOCR(request)
        iv = base64.b64decode(answer.Encryption.Iv)
        opened = suite.open(session, iv, base64.b64decode(answer.EncryptedBody), answer.Encryption.TagList)
        card = json.loads(opened)
        assert card["IdNum"], "no number was read"
        return card

    started = time.process_time()
    with ThreadPoolExecutor(int(os.environ["PEER_THREADS"])) as pool:
        cards = list(pool.map(recognize, sorted(pathlib.Path(folder).iterdir())))
    print(json.dumps({"cards": len(cards), "seconds": time.process_time() - started}))


main()
