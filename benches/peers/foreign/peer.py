"""Python's `cryptography`. Asked by lines; see ../src/process.rs."""

import base64
import hashlib
import hmac
import json
import os
import secrets
import sys
import time

import cryptography
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import padding, serialization
from cryptography.hazmat.primitives.asymmetric import padding as rsa_padding
from cryptography.hazmat.primitives.ciphers import Cipher, modes
from cryptography.hazmat.primitives.ciphers.algorithms import AES, SM4

WARM_UP_NS = 100_000_000
NO_SM2 = "Python's cryptography has no SM2 encryption"
sink = 0


def seal(key, iv, plaintext):
    encryptor = Cipher(SM4(key), modes.GCM(iv)).encryptor()
    return encryptor.update(plaintext) + encryptor.finalize() + encryptor.tag


def unseal(key, iv, sealed):
    decryptor = Cipher(SM4(key), modes.GCM(iv, sealed[-16:])).decryptor()
    return decryptor.update(sealed[:-16]) + decryptor.finalize()


def encrypt(key, iv, plaintext):
    padder = padding.PKCS7(128).padder()
    encryptor = Cipher(AES(key), modes.CBC(iv)).encryptor()
    return encryptor.update(padder.update(plaintext) + padder.finalize()) + encryptor.finalize()


def decrypt(key, iv, ciphertext):
    unpadder = padding.PKCS7(128).unpadder()
    decryptor = Cipher(AES(key), modes.CBC(iv)).decryptor()
    return unpadder.update(decryptor.update(ciphertext) + decryptor.finalize()) + unpadder.finalize()


def text(data):
    return base64.b64encode(data).decode()


def mac(key, message):
    return hmac.digest(key, message.encode(), "sha256")


def request(recipient, plaintext):
    key, iv = secrets.token_bytes(32), secrets.token_bytes(16)
    body = json.dumps({
        "EncryptedBody": text(encrypt(key, iv, plaintext)),
        "Encryption": {
            "CiphertextBlob": text(recipient.encrypt(key, rsa_padding.PKCS1v15())),
            "Iv": text(iv),
            "Algorithm": "AES-256-CBC",
            "TagList": [],
            "EncryptList": ["EncryptedBody"],
        },
    }).encode()
    timestamp = os.environ["BENCH_TIMESTAMP"]
    day = time.strftime("%Y-%m-%d", time.gmtime(int(timestamp)))
    canonical = (
        "POST\n/\n\ncontent-type:application/json\nhost:ocr.tencentcloudapi.com\n\ncontent-type;host\n"
        + hashlib.sha256(body).hexdigest()
    )
    scope = f"{day}/ocr/tc3_request"
    to_sign = f"TC3-HMAC-SHA256\n{timestamp}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signing = mac(mac(mac(b"TC3" + os.environ["BENCH_SECRET_KEY"].encode(), day), "ocr"), "tc3_request")
    signature = mac(signing, to_sign).hex()
    credential = f"{os.environ['BENCH_SECRET_ID']}/{scope}"
    head = f"TC3-HMAC-SHA256 Credential={credential}, SignedHeaders=content-type;host, Signature={signature}\n"
    return head.encode() + body


def data_of(text):
    return base64.b64decode(text, validate=True)


def reply(key, body):
    response = json.loads(body)["Response"]
    encryption, sealed = response["Encryption"], data_of(response["EncryptedBody"])
    if encryption["TagList"]:
        return unseal(key, data_of(encryption["Iv"]), sealed + data_of(encryption["TagList"][0]))
    return decrypt(key, data_of(encryption["Iv"]), sealed)


def prepare(work, key, iv, data):
    if work in ("sm4-gcm-seal", "sm4-gcm-open", "reply-sm"):
        # Raises where SM4-GCM is missing.
        Cipher(SM4(key), modes.GCM(iv)).encryptor()
    if work in ("sm4-gcm-seal", "sm4-gcm-open"):
        return (lambda: seal(key, iv, data)) if work == "sm4-gcm-seal" else (lambda: unseal(key, iv, data))
    if work == "aes-cbc-encrypt":
        return lambda: encrypt(key, iv, data)
    if work == "aes-cbc-decrypt":
        return lambda: decrypt(key, iv, data)
    if work.startswith("reply"):
        return lambda: reply(key, data)
    if work not in ("rsa-wrap", "request-intl", "image-intl"):
        raise UnsupportedAlgorithm(NO_SM2)
    recipient = serialization.load_der_public_key(key)
    if work == "rsa-wrap":
        return lambda: recipient.encrypt(data, rsa_padding.PKCS1v15())
    if work == "request-intl":
        return lambda: request(recipient, data)
    return lambda: request(recipient, json.dumps({"ImageBase64": text(data)}).encode())


def repeat(times):
    """Nanoseconds of processor time for each of `times` repetitions."""
    global sink
    started = time.process_time_ns()
    for _ in range(times):
        sink += len(task())
    return (time.process_time_ns() - started) / times


def warm_up():
    """Nanoseconds of one repetition, once warm."""
    times = 1
    while (each := repeat(times)) * times < WARM_UP_NS:
        times *= 2
    return each


task, each = None, 1
for line in sys.stdin:
    verb, *words = line.split()
    if verb == "version":
        answer = {"version": cryptography.__version__}
    elif verb == "ready":
        try:
            task = prepare(words[0], *(b"" if word == "-" else base64.b64decode(word) for word in words[1:]))
            answer = {"output": text(task())}
            each = warm_up()
        except UnsupportedAlgorithm as error:
            answer = {"skipped": str(error)}
    else:
        answer = {"ns": repeat(max(1, int(int(words[0]) / each)))}
    print(json.dumps(answer), flush=True)
