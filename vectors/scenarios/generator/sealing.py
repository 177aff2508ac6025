"""`seal/` and `seal-fields/`: with every random byte given, a sealed request is known to the byte.

Random bytes are taken in this order: the session key, the IV, then what the key wrap asks for: for RSA the padding at
once, then one byte for each zero in it, front to back, until none is left; for SM2 32 bytes for each scalar.
"""

import json

import peers
from opening import AES, SM4, SUITES
from primitives import N, rsa_block, rsa_raise, sm2_wrap
from scenario import Scenario, b64, compact, drawn

NONZERO = bytes(byte or 1 for byte in drawn("seal padding", 93))
SCALAR = int.from_bytes(drawn("seal scalar", 32), "big") % (N - 1) + 1
RECIPIENT = {AES: peers.RSA_RECIPIENT, SM4: peers.SM2_RECIPIENT}


def wrapped(suite, padding=NONZERO, scalar=SCALAR):
    if suite.name == AES:
        return rsa_raise(rsa_block(suite.key, padding), peers.RSA_N)
    return sm2_wrap(peers.SM2_Q, scalar, suite.key)


def usual(suite):
    """The random bytes of a wrap that takes what it gets."""
    return NONZERO if suite.name == AES else SCALAR.to_bytes(32, "big")


def encryption(suite, blob, tags, listed):
    return {
        "CiphertextBlob": b64(blob), "Iv": b64(suite.iv), "Algorithm": suite.name,
        "TagList": [b64(tag) for tag in tags], "EncryptList": listed,
    }


def head(suite, wrap_bytes, **more):
    entropy = (suite.iv + suite.key + wrap_bytes).hex()
    return {"recipient": RECIPIENT[suite.name], "entropy": entropy, **more}


def sealed(suite, name, why, plaintext, wrap_bytes=None, **parts):
    ciphertext, tags = suite.seal(plaintext)
    how = encryption(suite, wrapped(suite, **parts), tags, ["EncryptedBody"])
    body = compact({"EncryptedBody": b64(ciphertext), "Encryption": how})
    headers = head(suite, wrap_bytes or usual(suite), sealed=body)
    return Scenario(f"seal/{suite.short}-seals-{name}", "seals", why, headers, plaintext)


def bodies(suite):
    for name, why, plaintext in [
        ("nothing", "No bytes.", b""), ("empty-object", "The shortest object.", b"{}"),
        ("fifteen-bytes", "A byte short of a block.", b'{"a":"1234567"}'),
        ("sixteen-bytes", "A whole block.", b'{"a":"12345678"}'),
        ("seventeen-bytes", "A byte over a block.", b'{"a":"123456789"}'),
        ("not-utf-8", "Sealing asks nothing of the bytes.", bytes(range(256))),
        ("request", "A request as the service takes it.",
         compact({"ImageUrl": "https://example.com/card.jpg", "CardSide": "FRONT", "Config": '{"CropIdCard":true}'}).encode()),
        ("long", "Past one piece of the base64 encoder.", (b"0123456789abcdef" * 1025)[:-3]),
    ]:
        yield sealed(suite, name, why, plaintext)


def draws():
    aes, sm4 = SUITES
    # Zeros at 0, 5 and 92; the second is drawn twice more.
    holes = bytearray(NONZERO)
    for at in (0, 5, 92):
        holes[at] = 0
    filled = bytearray(NONZERO)
    filled[0], filled[5], filled[92] = 7, 9, 255
    yield sealed(aes, "zeros-in-padding", "A padding byte of zero is drawn again, in its place.", b"{}",
                 bytes(holes) + bytes([7, 0, 9, 255]), padding=bytes(filled))
    yield sealed(aes, "padding-of-ones", "The smallest padding bytes there are.", b"{}", b"\1" * 93, padding=b"\1" * 93)
    most = (2**256 - 1).to_bytes(32, "big")
    for name, why, before in [
        ("scalar-zero-first", "A scalar of zero is drawn again.", bytes(32)),
        ("scalar-n-first", "A scalar of n is drawn again: no remainder is taken.", N.to_bytes(32, "big")),
        ("scalar-most-first", "A scalar above n is drawn again.", most),
    ]:
        yield sealed(sm4, name, why, b"{}", before + usual(sm4))
    for name, scalar in [("one", 1), ("two", 2), ("most", N - 1)]:
        yield sealed(sm4, f"scalar-is-{name}", "A scalar at the edge of its range.", b"{}", scalar.to_bytes(32, "big"),
                     scalar=scalar)
    for suite in SUITES:
        zero, good_key = bytes(len(suite.key)), suite.key
        for name, why, entropy in [
            ("none", "The generator gives nothing.", b""),
            ("only-iv", "The generator stops after the IV.", suite.iv),
            ("only-iv-and-key", "The generator stops before the wrap.", suite.iv + good_key),
            ("key-of-zeros", "A key whose bytes are all zero.", suite.iv + zero + usual(suite)),
            ("key-of-one-byte", "A key whose bytes are all alike.", suite.iv + b"\x5a" * len(zero) + usual(suite)),
            ("iv-of-zeros", "An IV whose bytes are all zero.", bytes(len(suite.iv)) + good_key + usual(suite)),
            ("wrap-of-zeros", "A generator stuck at zero after the key: an error, and no endless loop.",
             suite.iv + good_key + bytes(93 + 64 if suite.name == AES else 32 * 65)),
        ]:
            headers = {"recipient": RECIPIENT[suite.name], "entropy": entropy.hex()}
            yield Scenario(f"seal/{suite.short}-entropy-{name}", "entropy", why, headers, b"{}")


# Odd spellings, which must be kept: only the sealed members change.
OBJECT = '{"Zeta":1.50,"Name":"张三","IdCard":"99010119900307123X","Big":12345678901234567890123,"Deep":{"a":[1, 2]}}'
VALUES = {"Name": "张三", "IdCard": "99010119900307123X"}


def members(suite, name, why, names, nonce="refuse"):
    text, tags = OBJECT, []
    for member in names:
        ciphertext, more = suite.seal(VALUES[member].encode())
        tags += more
        text = text.replace(f'"{member}":{json.dumps(VALUES[member], ensure_ascii=False)}', f'"{member}":"{b64(ciphertext)}"')
    text = text[:-1] + ',"Encryption":' + compact(encryption(suite, wrapped(suite), tags, names)) + "}"
    headers = head(suite, usual(suite), members=" ".join(names), **{"shared-nonce": nonce, "sealed": text})
    return Scenario(f"seal-fields/{suite.short}-seals-{name}", "seals", why, headers, OBJECT.encode())


def fields():
    aes, sm4 = SUITES
    for suite in SUITES:
        yield members(suite, "one", "One member.", ["IdCard"])
    yield members(aes, "two", "Two members under one IV: without a tag nothing worse shows than that values begin alike.",
                  ["IdCard", "Name"])
    yield members(sm4, "two-accepted", "Two members under one nonce, where that was accepted in so many words.",
                  ["Name", "IdCard"], "accept")
    headers = head(sm4, usual(sm4), members="IdCard Name", **{"shared-nonce": "refuse"})
    yield Scenario("seal-fields/sm4-shared-nonce-two", "shared-nonce",
                   "Two members under one nonce give away the XOR of their values.", headers, OBJECT.encode())
    for name, why, names, payload in [
        ("no-name", "No member is named.", "", '{"a":"x"}'), ("absent", "A member that is not there.", "b", '{"a":"x"}'),
        ("named-twice", "A member named twice.", "a a", '{"a":"x"}'), ("number", "A number.", "a", '{"a":1}'),
        ("null", "null.", "a", '{"a":null}'), ("object", "An object.", "a", '{"a":{"b":"x"}}'),
        ("path", "Names of a request are no paths.", "a.b", '{"a":{"b":"x"}}'),
        ("stands-twice", "The member stands twice.", "a", '{"a":"x","a":"y"}'),
        ("stands-twice-deep", "Another member stands twice, deep inside.", "a", '{"a":"x","b":{"c":1,"c":2}}'),
        ("sealed-already", "An `Encryption` member is there already.", "a", '{"a":"x","Encryption":{}}'),
        ("array", "An array.", "a", '["a"]'), ("cut", "The closing brace is missing.", "a", '{"a":"x"'),
        ("empty", "Nothing.", "a", ""), ("not-utf-8", "Bytes that are no UTF-8.", "a", b'{"a":"\xff"}'),
    ]:
        headers = head(aes, usual(aes), **{"members": names or None, "shared-nonce": "refuse"})
        payload = payload if isinstance(payload, bytes) else payload.encode()
        yield Scenario(f"seal-fields/aes-input-{name}", "input", why, headers, payload)


def scenarios():
    for suite in SUITES:
        yield from bodies(suite)
    yield from draws()
    yield from fields()
