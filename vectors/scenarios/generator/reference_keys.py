"""`key`: what a text or bytes are as the service's public key: taken, or the reason why not."""

import hashlib
import re
from base64 import b64decode

import reference_rsa
from reference_ciphers import on_curve

MOST = 16 * 1024
RSA, EC, SM2 = "2a864886f70d010101", "2a8648ce3d0201", "2a811ccf5501822d"
LABELS = ("RSA PUBLIC KEY", "PUBLIC KEY")
BLANK = re.compile(rb"[ \t\r\n\f]+")


class No(Exception):
    """The reason."""


def judge(headers, payload):
    try:
        name, algorithm, der = read(payload)
    except No as reason:
        assert headers.get("reason") == str(reason), f"it is rejected as {reason}"
        return "key-rejected"
    told = name, algorithm, hashlib.sha256(der).hexdigest()
    assert told == tuple(headers.get(part) for part in ("key-name", "algorithm", "fingerprint")), told
    return "key-accepted"


def no(reason):
    raise No(reason)


def read(payload):
    if len(payload) > MOST:
        no("too-long")
    label, der = (None, payload) if payload[:1] == b"0" else from_text(payload)
    outer, rest = element(der)
    if outer[0] != 0x30:
        no("malformed")
    if rest:
        no("trailing-bytes")
    if re.match(rb"\x02\x01[\x00\x01]", outer[1]):
        no("private-key")
    first = element(outer[1])[0][0] if label is None else {LABELS[0]: 0x02, LABELS[1]: 0x30}[label]
    return (*(rsa(outer[1]) if first == 0x02 else spki(outer[1])), der)


def from_text(payload):
    try:
        text = payload.decode().lstrip("\ufeff").strip()
    except UnicodeDecodeError:
        no("not-a-key")
    if "-----BEGIN " not in text:
        try:
            text = b64decode(BLANK.sub(b"", text.encode()), validate=True).decode().strip()
        except ValueError:
            no("not-a-key")
        if not text.startswith("-----BEGIN "):
            no("not-a-key")
    labels = [rest.split("-----")[0] for rest in text.split("-----BEGIN ")[1:]]
    if any("PRIVATE" in label for label in labels):
        no("private-key")
    if len(labels) > 1:
        no("two-blocks")
    if not text.startswith("-----BEGIN "):
        no("malformed-pem")
    if labels[0] not in LABELS:
        no("wrong-label")
    match = re.fullmatch(f"-----BEGIN {labels[0]}-----([A-Za-z0-9+/=\\s]*)-----END {labels[0]}-----", text)
    if not match:
        no("malformed-pem")
    try:
        return labels[0], b64decode(BLANK.sub(b"", match[1].encode()), validate=True)
    except ValueError:
        no("malformed-pem")


def element(der):
    """The first DER element, its tag and content, and what follows it."""
    if len(der) < 2:
        no("malformed")
    size, at = der[1], 2
    if size & 0x80:
        count = size & 0x7F
        size, at = int.from_bytes(der[2 : 2 + count], "big"), 2 + count
        if count == 0 or size < 128 or size >> 8 * (count - 1) == 0:
            no("malformed")
    if len(der) < at + size:
        no("malformed")
    return (der[0], der[at : at + size]), der[at + size :]


def elements(content):
    while content:
        one, content = element(content)
        yield one


def integer(content):
    if not content or content[0] & 0x80 or len(content) > 1 and content[0] == 0 and not content[1] & 0x80:
        no("malformed")
    return int.from_bytes(content, "big")


def rsa(content):
    parts = list(elements(content))
    if [tag for tag, _ in parts[:2]] != [0x02, 0x02]:
        no("malformed")
    modulus, exponent = (integer(part) for _, part in parts[:2])
    if len(parts) > 2:
        no("trailing-bytes")
    bits = modulus.bit_length()
    if not 1024 <= bits <= 4096:
        no("modulus-size")
    if modulus % 2 == 0:
        no("even-modulus")
    if exponent != 65537:
        no("exponent")
    if why := reference_rsa.fault(modulus):
        no(why)
    return f"RSA-{bits}", "AES-256-CBC"


def spki(content):
    parts = list(elements(content))
    if [tag for tag, _ in parts] != [0x30, 0x03]:
        no("malformed")
    (tag, algorithm), *parameters = elements(parts[0][1])
    if tag != 0x06 or len(parameters) > 1:
        no("malformed")
    if parts[1][1][:1] != b"\0":
        no("malformed")
    key = parts[1][1][1:]
    if algorithm.hex() == RSA:
        if parameters != [(0x05, b"")]:
            no("malformed")
        inner, rest = element(key)
        if rest:
            no("trailing-bytes")
        return rsa(inner[1])
    if algorithm.hex() != EC:
        no("unknown-algorithm")
    if parameters and parameters[0][0] == 0x30:
        no("explicit-curve")
    if parameters != [(0x06, bytes.fromhex(SM2))]:
        no("other-curve")
    return point(key)


def point(key):
    if key == b"\0":
        no("point-at-infinity")
    if len(key) != 65 or key[0] != 4:
        no("point-encoding")
    x, y = (int.from_bytes(key[at : at + 32], "big") for at in (1, 33))
    prime = 2**256 - 2**224 - 2**96 + 2**64 - 1
    if x >= prime or y >= prime:
        no("coordinate-range")
    if not on_curve(x, y):
        no("off-curve")
    return "SM2", "SM4-GCM"
