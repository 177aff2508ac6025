"""`opener/`: what `seal` leaves for `open`: `{"Algorithm":…,"Key":…,"Iv":…}`."""

from base64 import b64decode

from opening import AES, OTHER, SM4, SUITES
from scenario import Scenario, b64, compact, drawn


def text(suite, **parts):
    opener = {"Algorithm": suite.name, "Key": b64(suite.key), "Iv": b64(suite.iv), **parts}
    return compact({name: value for name, value in opener.items() if value is not ...})


def scenarios():
    for suite in SUITES:
        good = text(suite)
        parts = {"algorithm": suite.name, "key": suite.key.hex(), "iv": suite.iv.hex()}
        for name, why, payload in [
            ("as-written", "As it is written.", good),
            ("blanks", "Blanks between tokens.", good.replace(":", " : ").replace(",", ",\n  ") + "\n"),
            ("other-order", "The order of members means nothing.",
             compact({"Iv": b64(suite.iv), "Key": b64(suite.key), "Algorithm": suite.name})),
        ]:
            yield Scenario(f"opener/{suite.short}-restores-{name}", "restores", why, parts, payload.encode())
        mark = b64(drawn("a mark", 16))
        for name, why, asked, sealed in [
            ("whole", "What was asked and sealed: a whole body.", "EncryptedBody", [mark]),
            ("members", "What was asked and sealed: members.", ["IdCard", "Na\"me"], [mark, b64(drawn("b mark", 16))]),
            ("faceid", "The other service's name for a whole body, and nothing sealed.", "EncryptionBody", []),
        ]:
            payload = text(suite, Asked=asked, Sealed=sorted(sealed, key=b64decode))
            more = {**parts, "asked": asked if isinstance(asked, str) else compact(asked), "sealed": " ".join(sorted(sealed, key=b64decode))}
            yield Scenario(f"opener/{suite.short}-restores-known-{name}", "restores", why, more, payload.encode())
        for name, why, more in [
            ("asked-alone", "What was asked, and not what was sealed.", {"Asked": "EncryptedBody"}),
            ("sealed-alone", "What was sealed, and not what was asked.", {"Sealed": [mark]}),
            ("nulls", "Members that are null.", {"Asked": None, "Sealed": None}),
            ("asked-unknown", "A whole body by another name.", {"Asked": "Body", "Sealed": [mark]}),
            ("short-mark", "A mark of 15 bytes.", {"Asked": "EncryptedBody", "Sealed": [b64(bytes(15))]}),
        ]:
            yield Scenario(f"opener/{suite.short}-refused-{name}", "opener", why, {}, text(suite, **more).encode())
        other = 48 - len(suite.key)
        for name, why, payload in [
            ("other-algorithm", "The other suite's name over this suite's key.", text(suite, Algorithm=OTHER[suite.name])),
            ("algorithm-case", "Names are compared exactly.", text(suite, Algorithm=suite.name.lower())),
            ("short-key", "A key one byte short.", text(suite, Key=b64(suite.key[:-1]))),
            ("long-key", "A key one byte long.", text(suite, Key=b64(suite.key + b"\0"))),
            ("other-key", "A key of the other suite's length.", text(suite, Key=b64(drawn("other key", other)))),
            ("short-iv", "An IV one byte short.", text(suite, Iv=b64(suite.iv[:-1]))),
            ("long-iv", "An IV one byte long.", text(suite, Iv=b64(suite.iv + b"\0"))),
            ("key-unpadded", "A key without its base64 padding.", text(suite, Key=b64(suite.key).rstrip("="))),
            ("key-line-end", "A line end after the key.", text(suite, Key=b64(suite.key) + "\n")),
        ]:
            yield Scenario(f"opener/{suite.short}-refused-{name}", "opener", why, {}, payload.encode())
    suite = SUITES[1]
    good = text(suite)
    assert (SUITES[0].name, suite.name) == (AES, SM4)
    for name, why, payload in [
        ("empty", "Nothing.", ""), ("words", "Words.", "not an opener"), ("null", "null.", "null"),
        ("array", "An array of the same values.", compact([suite.name, b64(suite.key), b64(suite.iv)])),
        ("no-algorithm", "No algorithm.", text(suite, Algorithm=...)), ("no-key", "No key.", text(suite, Key=...)),
        ("no-iv", "No IV.", text(suite, Iv=...)), ("null-key", "A key that is null.", text(suite, Key=None)),
        ("another-member", "A member more.", text(suite, Tag="x")),
        ("key-twice", "Two keys; which one is meant?", good.replace('"Iv"', f'"Key":"{b64(bytes(16))}","Iv"')),
        ("two", "Two openers.", good + good), ("cut", "The closing brace is missing.", good[:-1]),
        ("lower-case-names", "Names of members are compared exactly.", good.replace('"Key"', '"key"')),
    ]:
        yield Scenario(f"opener/refused-{name}", "opener", why, {}, payload.encode())
