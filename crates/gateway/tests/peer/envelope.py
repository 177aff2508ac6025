"""Envelopes by `cryptography` and OpenSSL, for the peers in this folder. Importing it ends with 77 when they are missing."""

import base64
import secrets
import shutil
import subprocess
import sys

MISSING = 77


def missing(what):
    print(what)
    sys.exit(MISSING)


try:
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import padding, serialization
    from cryptography.hazmat.primitives.asymmetric import padding as rsa_padding
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
except ImportError:
    missing("Python has no package cryptography")


def der_value(data, at):
    """One DER value: its tag, its content, and where the next one starts."""
    tag, length, at = data[at], data[at + 1], at + 2
    if length & 0x80:
        count = length & 0x7F
        length, at = int.from_bytes(data[at : at + count], "big"), at + count
    return tag, data[at : at + length], at + length


def sm2_wrap(pem_path, key):
    """OpenSSL writes SEQUENCE { x INTEGER, y INTEGER, C3 OCTET STRING, C2 OCTET STRING } (GM/T 0009)."""
    if shutil.which("openssl") is None:
        missing("openssl is not installed")
    command = ["openssl", "pkeyutl", "-encrypt", "-pubin", "-inkey", pem_path]
    der = subprocess.run(command, input=key, capture_output=True, check=True).stdout
    _, content, _ = der_value(der, 0)
    parts, at = [], 0
    while at < len(content):
        _, part, at = der_value(content, at)
        parts.append(part)
    x, y, c3, c2 = parts
    coordinates = [int.from_bytes(n, "big").to_bytes(32, "big") for n in (x, y)]
    return b"\x04" + b"".join(coordinates) + c3 + c2


def encrypt(suite, pem_path, plaintext):
    if suite == "aes-256-cbc":
        key, iv = secrets.token_bytes(32), secrets.token_bytes(16)
        padder = padding.PKCS7(128).padder()
        padded = padder.update(plaintext) + padder.finalize()
        encryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).encryptor()
        with open(pem_path, "rb") as file:
            public = serialization.load_pem_public_key(file.read())
        blob = public.encrypt(key, rsa_padding.PKCS1v15())
        return key, iv, blob, encryptor.update(padded) + encryptor.finalize(), []
    key, iv = secrets.token_bytes(16), secrets.token_bytes(12)
    try:
        encryptor = Cipher(algorithms.SM4(key), modes.GCM(iv)).encryptor()
    except UnsupportedAlgorithm:
        missing("Python's cryptography has no SM4-GCM")
    body = encryptor.update(plaintext) + encryptor.finalize()
    return key, iv, sm2_wrap(pem_path, key), body, [encryptor.tag]


def decrypt(suite, key, iv, body, tags):
    if suite == "aes-256-cbc":
        assert not tags, "AES-256-CBC has no tag"
        decryptor = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
        unpadder = padding.PKCS7(128).unpadder()
        return unpadder.update(decryptor.update(body) + decryptor.finalize()) + unpadder.finalize()
    (tag,) = tags
    decryptor = Cipher(algorithms.SM4(key), modes.GCM(iv, tag)).decryptor()
    return decryptor.update(body) + decryptor.finalize()


class Envelope:
    """One sealed request body and the key that opens its answer."""

    def __init__(self, suite, pem_path, plaintext):
        self.suite = suite
        self.key, iv, blob, body, tags = encrypt(suite, pem_path, plaintext)
        self.request = {
            "EncryptedBody": text(body),
            "Encryption": {
                "CiphertextBlob": text(blob),
                "Iv": text(iv),
                "Algorithm": {"aes-256-cbc": "AES-256-CBC", "sm4-gcm": "SM4-GCM"}[suite],
                "EncryptList": ["EncryptedBody"],
                "TagList": [text(tag) for tag in tags],
            },
        }

    def open(self, response):
        encryption = response["Encryption"]
        tags = [data(tag) for tag in encryption["TagList"] or []]
        return decrypt(self.suite, self.key, data(encryption["Iv"]), data(response["EncryptedBody"]), tags)


def text(data):
    return base64.b64encode(data).decode()


def data(text):
    return base64.b64decode(text, validate=True)
