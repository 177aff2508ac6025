"""What openings have in common: the request's opener, a sealed answer, and the answer as JSON."""

import copy
from dataclasses import dataclass

from primitives import cbc, gcm, pkcs7
from scenario import b64, compact, drawn

AES, SM4 = "AES-256-CBC", "SM4-GCM"


@dataclass
class Suite:
    name: str
    short: str
    key: bytes
    iv: bytes
    fresh_iv: bytes

    def seal(self, plaintext, iv=None, key=None):
        """Ciphertext and the list of tags."""
        key, iv = key or self.key, iv or self.iv
        if self.name == AES:
            return cbc(key, iv, pkcs7(plaintext)), []
        ciphertext, tag = gcm(key, iv, plaintext)
        return ciphertext, [tag]

    def opener(self, **more):
        return {"algorithm": self.name, "key": self.key.hex(), "iv": self.iv.hex(), **more}


def suite(name, short, key_len, iv_len):
    lengths = {"key": key_len, "iv": iv_len, "fresh_iv": iv_len}
    return Suite(name, short, **{part: drawn(f"{short} {part}", count) for part, count in lengths.items()})


SUITES = [suite(AES, "aes", 32, 16), suite(SM4, "sm4", 16, 12)]
OTHER = {AES: SM4, SM4: AES}

# Nobody: the number's check digit is right, its region code is not one.
CARD = compact({
    "Name": "张三", "Sex": "男", "Nation": "汉", "Birth": "1990/3/7", "Address": "某省某市某路1号",
    "IdNum": "99010119900307123X", "Authority": "", "ValidDate": "", "AdvancedInfo": "{}",
}).encode()

EMPTY = ["Name", "Sex", "Nation", "Birth", "Address", "IdNum", "Authority", "ValidDate", "AdvancedInfo"]


def answer(suite, plaintext=CARD, iv=None, key=None):
    """The answer to a sealed request, as the service gives it."""
    ciphertext, tags = suite.seal(plaintext, iv, key)
    return body(suite, ciphertext, tags, iv)


def body(suite, ciphertext, tags, iv=None):
    return {
        **{name: "" for name in EMPTY},
        "ReflectDetailInfos": [],
        "EncryptedBody": b64(ciphertext),
        "Encryption": {
            "CiphertextBlob": b64(drawn(f"{suite.short} blob", 128 if suite.name == AES else 113)),
            "Iv": b64(iv or suite.iv),
            "Algorithm": suite.name,
            "TagList": [b64(tag) for tag in tags] or None,
            "EncryptList": ["EncryptedBody"],
        },
        "RequestId": "0a1b2c3d-0000-4000-8000-000000000001",
    }


def changed(reply, **parts):
    """The reply with other members; `Encryption__Iv` names one inside `Encryption`, `...` removes a member."""
    reply = copy.deepcopy(reply)
    for name, value in parts.items():
        outer, _, inner = name.partition("__")
        where, name = (reply[outer], inner) if inner else (reply, outer)
        if value is ...:
            del where[name]
        else:
            where[name] = value
    return reply


def wire(reply):
    return compact({"Response": reply}).encode()


def flipped(data, at=0, mask=1):
    data = bytearray(data)
    data[at] ^= mask
    return bytes(data)
