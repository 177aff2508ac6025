"""`seal`, `seal-fields`, `unwrap`: a sealed request is opened again with the private key, and its random bytes found."""

import json
import pathlib

from reference_ciphers import (
    CURVE, GENERATOR, KEYS, Wrong, decode, open_body, rsa_block, rsa_unwrap, sm2_multiply, sm2_unwrap,
)
from reference_openings import strict, utf8

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "keys"
NAMES = {
    (FOLDER / f"scenario-{name}.b64").read_text().strip(): (algorithm, (FOLDER / f"scenario-{name}-private.pem").read_bytes())
    for name, algorithm in [("rsa-1024", "AES-256-CBC"), ("sm2", "SM4-GCM")]
}
ATTEMPTS = 64


class Stream:
    def __init__(self, data):
        self.left = data

    def take(self, count):
        if len(self.left) < count:
            raise Wrong("entropy")
        taken, self.left = self.left[:count], self.left[count:]
        return taken

    def key(self, count):
        taken = self.take(count)
        if len(set(taken)) == 1:
            raise Wrong("entropy")
        return taken


def judge(headers, payload):
    algorithm, private = NAMES[headers["recipient"]]
    try:
        names = headers.get("members", "").split()
        if headers["action"] == "seal-fields":
            check_members(algorithm, headers, names, payload)
        stream = Stream(bytes.fromhex(headers.get("entropy", "")))
        key_len, iv_len = KEYS[algorithm]
        iv, key = stream.key(iv_len), stream.key(key_len)
        check_wrap = rsa_draw(stream) if algorithm == "AES-256-CBC" else sm2_draw(stream)
    except Wrong as wrong:
        return str(wrong)
    assert not stream.left, "random bytes are left"
    sealed = json.loads(headers["sealed"])
    how = sealed["Encryption"]
    listed = names or ["EncryptedBody"]
    assert (how["Algorithm"], how["EncryptList"], decode(how["Iv"])) == (algorithm, listed, iv), "Encryption"
    assert check_wrap(private, decode(how["CiphertextBlob"])) == key, "CiphertextBlob"
    tags = [decode(tag) for tag in how["TagList"]] or [None] * len(listed)
    opened = [open_body(algorithm, key, iv, decode(sealed[name]), tag) for name, tag in zip(listed, tags, strict=True)]
    if not names:
        assert opened == [payload], "EncryptedBody"
        return "seals"
    for name, plaintext in zip(names, opened):
        sealed[name] = plaintext.decode()
    del sealed["Encryption"]
    assert sealed == json.loads(payload), "members"
    return "seals"


def check_members(algorithm, headers, names, payload):
    if algorithm == "SM4-GCM" and len(names) > 1 and headers["shared-nonce"] == "refuse":
        raise Wrong("shared-nonce")
    try:
        members = strict(utf8(payload, "input"), "input")
    except Wrong:
        raise Wrong("input") from None
    good = isinstance(members, dict) and "Encryption" not in members and names and len(set(names)) == len(names)
    if not good or not all(isinstance(members.get(name), str) for name in names):
        raise Wrong("input")


def rsa_draw(stream):
    padding = bytearray(stream.take(128 - 3 - 32))
    for at in range(len(padding)):
        attempts = 1
        while padding[at] == 0:
            if attempts == ATTEMPTS:
                raise Wrong("entropy")
            padding[at], attempts = stream.take(1)[0], attempts + 1

    def check(private, blob):
        block = rsa_block(private, blob)
        assert block[:96] == b"\0\2" + padding + b"\0", "padding"
        return block[96:]

    return check


def sm2_draw(stream):
    for _ in range(ATTEMPTS):
        scalar = int.from_bytes(stream.take(32), "big")
        if 1 <= scalar < CURVE["n"]:
            break
    else:
        raise Wrong("entropy")

    def check(private, blob):
        assert blob[1:65] == sm2_multiply(scalar, GENERATOR), "C1"
        return sm2_unwrap(private, blob)

    return check


def judge_wrap(headers, _):
    private = (FOLDER / headers["private-key"]).read_bytes()
    unwrap = rsa_unwrap if "rsa" in headers["private-key"] else sm2_unwrap
    try:
        key = unwrap(private, bytes.fromhex(headers.get("blob", "")))
    except Wrong as wrong:
        return str(wrong)
    return "unwraps" if key.hex() == headers["key"] else "wrap"
