"""`key`: what a text or bytes are as the service's public key: taken, or the reason why not."""

import hashlib

import reference_rsa
from reference_ciphers import on_curve
from reference_key_texts import LABELS, No, element, elements, no, read, refuse_what_is_known

MOST = 16 * 1024
RSA, EC, SM2 = "2a864886f70d010101", "2a8648ce3d0201", "2a811ccf5501822d"


def judge(headers, payload):
    try:
        name, algorithm, der = key(payload)
    except No as reason:
        told = headers.get("reason"), headers.get("format")
        assert told == reason.args, f"it is rejected as {reason.args}"
        return "key-rejected"
    told = name, algorithm, hashlib.sha256(der).hexdigest()
    assert told == tuple(headers.get(part) for part in ("key-name", "algorithm", "fingerprint")), told
    return "key-accepted"


def key(payload):
    if len(payload) > MOST:
        no("too-long")
    label, der = read(payload)
    refuse_what_is_known(der)
    outer, rest = element(der)
    if outer[0] != 0x30:
        no("malformed")
    if rest:
        no("trailing-bytes")
    (first, _), _ = element(outer[1])
    # What is wrong with the parts comes before the label, and what is wrong with the numbers after it.
    numbers = rsa(outer[1]) if first == 0x02 else spki(outer[1])
    if label and label != LABELS[first != 0x02]:
        no("label-disagrees")
    return (*numbers(), der)


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
    return lambda: rsa_numbers(modulus, exponent)


def rsa_numbers(modulus, exponent):
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
        if parameters not in ([], [(0x05, b"")]):
            no("malformed")
        refuse_what_is_known(key)
        inner, rest = element(key)
        if rest:
            no("trailing-bytes")
        numbers = rsa(inner[1])
        if not parameters:
            no("other-format", "rsa-without-null")
        return numbers
    if algorithm.hex() not in (EC, SM2):
        no("unknown-algorithm")
    if parameters and parameters[0][0] == 0x30:
        no("explicit-curve")
    if parameters != [(0x06, bytes.fromhex(SM2))]:
        no("other-curve")
    return lambda: point(key)


def point(key):
    if key == b"\0":
        no("point-at-infinity")
    if len(key) == 33 and key[0] in (2, 3):
        no("point-compressed")
    if len(key) != 65 or key[0] != 4:
        no("point-encoding")
    x, y = (int.from_bytes(key[at : at + 32], "big") for at in (1, 33))
    prime = 2**256 - 2**224 - 2**96 + 2**64 - 1
    if x >= prime or y >= prime:
        no("coordinate-range")
    if not on_curve(x, y):
        no("off-curve")
    return "SM2", "SM4-GCM"
