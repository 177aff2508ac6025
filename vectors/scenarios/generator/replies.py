"""`open/`: answers whose whole body is sealed, given to the opener of their request."""

import json
from base64 import b64decode

from opening import AES, CARD, EMPTY, OTHER, SUITES, answer, body, changed, flipped, wire
from primitives import cbc, gcm, pkcs7
from scenario import Scenario, b64, compact, drawn

SAMPLE = (
    '{"ImageUrl":"https://ocr-demo-1254418846.cos.ap-guangzhou.myqcloud.com/card/IDCardOCR/IDCardOCR1.jpg",'
    '"Config": "{\\"TempIdWarn\\":true}","CardSide": "FRONT"}'
).encode()


def is_answer(plaintext):
    return any(name in json.loads(plaintext) for name in EMPTY + ["ReflectDetailInfos", "IdCard", "Text"])


def opens(suite, name, why, payload, plaintext=CARD, policy="any", reused="yes", **headers):
    # A good tag over what has no member of an answer proves none, to an opener that does not know its request.
    is_proved = suite.name != AES and ("asked" in headers or is_answer(plaintext))
    more = {
        "iv-policy": policy, "iv-reused": reused, "authenticated": "yes" if is_proved else "no",
        "plaintext": b64(plaintext),
    }
    return Scenario(f"open/{suite.short}-opens-{name}", "opens", why, {**suite.opener(**more), **headers}, payload)


def refused(suite, expect, name, why, payload, policy="any", **headers):
    opener = {**suite.opener(**{"iv-policy": policy}), **headers}
    return Scenario(f"open/{suite.short}-{expect}-{name}", expect, why, opener, payload)


def openings(suite):
    good = answer(suite)
    fresh = answer(suite, iv=suite.fresh_iv)
    yield opens(suite, "plain", "As the service answers: under the request's IV, clear-text members empty.", wire(good))
    yield opens(suite, "inner-object", "The inner object without its `Response`.", compact(good).encode())
    yield opens(suite, "policy-same", "The request's IV, which is asked for.", wire(good), policy="same")
    yield opens(suite, "policy-fresh", "A fresh IV, which is asked for.", wire(fresh), policy="fresh", reused="no")
    yield opens(suite, "policy-any-fresh", "A fresh IV where either is taken.", wire(fresh), reused="no")
    nulls = changed(good, Name=None, ReflectDetailInfos=None, AdvancedInfo=..., Address={})
    yield opens(suite, "hollow-members", "null, {}, [] and an absent member say nothing about the card.", wire(nulls))
    unknown = changed(good, Cost=3, Nested={"Name": "x"})
    yield opens(suite, "unknown-members", "Members nobody has heard of are no business of the seal.", wire(unknown))
    yield opens(suite, "null-error", "An `Error` that is null is no refusal.", wire(changed(good, Error=None)))
    yield opens(suite, "no-blob", "The answer need not repeat the wrapped key.",
                wire(changed(good, Encryption__CiphertextBlob=None)))
    spaced = wire(good).replace(b'"Algorithm":', b'\n  "Algorithm" : ')
    yield opens(suite, "blanks", "Blanks between tokens mean nothing in JSON.", spaced + b"\n")
    escaped = wire(good).replace(b'"Iv":', b'"\\u0049v":')
    yield opens(suite, "escaped-name", "A member's name with an escape is the same name.", escaped)
    for name, member in [("algorithm", "Encryption__Algorithm"), ("list", "Encryption__EncryptList")]:
        for how, value in [("absent", ...), ("null", None)]:
            yield opens(suite, f"{name}-{how}", "It may be null, says the service's page: it is the request's then.",
                        wire(changed(good, **{member: value})))
    for name, why, plaintext in [
        ("empty-object", "The shortest object.", b"{}"),
        ("blanks-around-object", "Blanks around the object.", b" \n{ }\n "),
        ("fifteen-bytes", "One byte short of a block.", b'{"a":"1234567"}'),
        ("sixteen-bytes", "A whole block: the padding is a block of its own.", b'{"a":"12345678"}'),
        ("seventeen-bytes", "One byte over a block.", b'{"a":"123456789"}'),
        ("same-name-in-two-objects", "A name may stand in two objects.", b'{"a":{"x":1},"b":[{"x":2},{"x":3}]}'),
        ("names-in-two-cases", "Names differ in case.", b'{"name":"a","Name":"b"}'),
        ("long", "1,025 bytes.", b'{"a":"' + b"x" * 1017 + b'"}'),
        ("depth-127", "127 deep: the most that is taken.", b'{"a":' + b"[" * 126 + b"]" * 126 + b"}"),
        ("astral", "A character beyond the basic plane, raw and as a pair of escapes.",
         '{"a":"𠮷","b":"\\ud842\\udfb7"}'.encode()),
    ]:
        yield opens(suite, name, why, wire(answer(suite, plaintext)), plaintext)


def samples():
    """The two samples of the service's guide, as answers."""
    for suite, key, iv, tag in [
        (SUITES[0], b"aqPpVPUV9XMCCr5QQSu4p6mI8BAgbMz3", "Pcr1F3d9Bkn6ub7jduJcBw==", None),
        (SUITES[1], b"zpBn0BkD44bvJuSF", "MUZsKuqk7N2u7Ayh", "/UA77R+JRWGG2AsAGtGlTA=="),
    ]:
        nonce = b64decode(iv)
        reply = answer(suite, SAMPLE, nonce, key)
        assert tag is None or reply["Encryption"]["TagList"] == [tag]
        scenario = opens(suite, "guide-sample", "The sample of the service's guide, given back as an answer.", wire(reply),
                         SAMPLE, key=key.hex(), iv=nonce.hex())
        scenario.origin = "Tencent Cloud, guide to encrypting sensitive data (document 866/106048, 2024-12-30)"
        yield scenario


def disagreements(suite):
    """Refused before anything is decrypted."""
    good = answer(suite)
    other = OTHER[suite.name]
    for name, why, algorithm in [
        ("other", "The other suite's name over this suite's bytes.", other),
        ("lower-case", "Names are compared exactly.", suite.name.lower()),
        ("blank", "Names are compared exactly.", suite.name + " "),
        ("unknown", "A cipher nobody asked for.", "AES-256-GCM"),
        ("empty", "No name.", ""),
    ]:
        yield refused(suite, "algorithm", name, why, wire(changed(good, Encryption__Algorithm=algorithm)))
    for name, why, parts in [
        ("empty", "Nothing is sealed, says the list.", []),
        ("other-spelling", "The demos' `EncryptionBody` is another name.", ["EncryptionBody"]),
        ("twice", "One body, named twice.", ["EncryptedBody", "EncryptedBody"]),
        ("one-more", "The body, and a member that is not sealed.", ["EncryptedBody", "Name"]),
        ("member", "A member, where the whole body was sealed.", ["Response.Name"]),
    ]:
        yield refused(suite, "list", name, why, wire(changed(good, Encryption__EncryptList=parts)))
    for name, why, member in [
        ("name", "A name beside the sealed body.", {"Name": "李四"}),
        ("id-number", "A number beside the sealed body.", {"IdNum": "99010119900307123X"}),
        ("advanced-info", "Even `{}` in a string says something.", {"AdvancedInfo": "{}"}),
        ("blank", "A blank is not nothing.", {"Authority": " "}),
        ("number", "Zero is not nothing.", {"Address": 0}),
        ("false", "`false` is not nothing.", {"Birth": False}),
        ("reflect", "A finding beside the sealed body.", {"ReflectDetailInfos": [{"Position": "Portrait"}]}),
        ("without-body", "The card in clear instead of a sealed body.", {"Name": "李四", "EncryptedBody": ""}),
    ]:
        yield refused(suite, "clear-text", name, why, wire(changed(good, **member)))
    for name, why, member in [
        ("no-encryption", "Nothing says how the body was sealed.", {"Encryption": ...}),
        ("null-encryption", "Nothing says how the body was sealed.", {"Encryption": None}),
        ("no-body", "There is no sealed body.", {"EncryptedBody": ...}),
        ("null-body", "There is no sealed body.", {"EncryptedBody": None}),
    ]:
        yield refused(suite, "missing", name, why, wire(changed(good, **member)))
    short, long = suite.iv[:-1], suite.iv + b"\0"
    for name, why, iv in [
        ("absent", "No IV.", ...), ("null", "No IV.", None), ("empty", "An IV of no bytes.", ""),
        ("short", "An IV one byte short.", b64(short)), ("long", "An IV one byte long.", b64(long)),
        ("other-suite", "An IV of the other suite's length.", b64(drawn("other iv", 28 - len(suite.iv)))),
    ]:
        yield refused(suite, "iv", name, why, wire(changed(good, Encryption__Iv=iv)))
    yield refused(suite, "iv-policy", "same", "A fresh IV, where the request's was asked for.",
                  wire(answer(suite, iv=suite.fresh_iv)), policy="same")
    yield refused(suite, "iv-policy", "fresh", "The request's IV, where a fresh one was asked for.", wire(good),
                  policy="fresh")


def encodings(suite):
    texts = (answer(suite, CARD + b" " * blanks) for blanks in range(48))
    good = next(text for text in texts if text["EncryptedBody"].endswith("=="))
    encoded = good["EncryptedBody"]
    # The bits that the last character has beyond the last byte.
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    stem = encoded.rstrip("=")
    stray = stem[:-1] + letters[letters.index(stem[-1]) | 1] + "=" * (len(encoded) - len(stem))
    for name, why, text in [
        ("alphabet", "A character outside the alphabet.", "*" + encoded[1:]),
        ("line-end", "A line end after the text.", encoded + "\n"),
        ("blank-inside", "A blank in the middle.", encoded[:8] + " " + encoded[8:]),
        ("unpadded", "Padding left out.", stem),
        ("overpadded", "Padding twice.", encoded + "===="),
        ("stray-bits", "The last character has bits that belong to no byte; some decoders drop them.", stray),
        ("after-padding", "A second text after the padding.", encoded + "QUJD"),
    ]:
        yield refused(suite, "base64", f"body-{name}", why, wire(changed(good, EncryptedBody=text)))
    yield refused(suite, "base64", "iv-alphabet", "An IV outside the alphabet.",
                  wire(changed(good, Encryption__Iv="!" * 16)))
    url = "-_" + b64(suite.iv)[2:]
    yield refused(suite, "base64", "iv-url-alphabet", "An IV in the URL alphabet.",
                  wire(changed(good, Encryption__Iv=url)))


def tags(suite):
    good = answer(suite)
    if suite.name == AES:
        for name, why, listed in [("empty-list", "No tags, spelt [].", []), ("absent", "No tags, not spelt.", ...)]:
            yield opens(suite, f"tags-{name}", why, wire(changed(good, Encryption__TagList=listed)))
        yield refused(suite, "tag", "unasked", "A tag in a suite that has none.",
                      wire(changed(good, Encryption__TagList=[b64(bytes(16))])))
        yield refused(suite, "tag", "unasked-empty", "An empty tag is a tag.",
                      wire(changed(good, Encryption__TagList=[""])))
        return
    ciphertext, (tag,) = suite.seal(CARD)
    for name, why, listed in [
        ("absent", "No list of tags.", ...), ("null", "No list of tags.", None), ("none", "No tag.", []),
        ("two", "Two tags for one body.", [b64(tag), b64(tag)]),
        ("of-15", "A tag cut by a byte: 120 bits are good GCM, and not asked for.", [b64(tag[:15])]),
        ("of-12", "A tag cut to 96 bits.", [b64(tag[:12])]),
        ("of-4", "A tag cut to 32 bits: forged in an afternoon.", [b64(tag[:4])]),
        ("of-17", "A tag with a byte more.", [b64(tag + b"\0")]),
        ("empty", "A tag of no bytes.", [""]),
        ("first-bit", "The first bit of the tag is turned.", [b64(flipped(tag, 0, 0x80))]),
        ("last-bit", "The last bit of the tag is turned.", [b64(flipped(tag, 15, 1))]),
        ("zero", "A tag of zeros.", [b64(bytes(16))]),
    ]:
        yield refused(suite, "tag", name, why, wire(changed(good, Encryption__TagList=listed)))
    yield refused(suite, "base64", "tag", "A tag in the URL alphabet.",
                  wire(changed(good, Encryption__TagList=["_" * 22 + "=="])))
    for name, why, split in [
        ("in-body", "The tag at the end of the body, where most libraries put it.", (ciphertext + tag, [b""])),
        ("half-in-body", "Eight bytes of the tag at the end of the body.", (ciphertext + tag[:8], [tag[8:]])),
        ("body-in-tag", "The body's last byte at the front of the tag.", (ciphertext[:-1], [ciphertext[-1:] + tag])),
    ]:
        yield refused(suite, "tag", name, why, wire(body(suite, *split)))
    for name, why, forged in [
        ("body-first-bit", "The first bit of the body is turned.", flipped(ciphertext, 0, 0x80)),
        ("body-last-bit", "The last bit of the body is turned.", flipped(ciphertext, -1, 1)),
        ("body-cut", "The body's last byte is missing.", ciphertext[:-1]),
        ("body-longer", "A byte after the body.", ciphertext + b"\0"),
        ("body-empty", "No body under a tag.", b""),
    ]:
        yield refused(suite, "tag", name, why, wire(body(suite, forged, [tag])))
    yield refused(suite, "tag", "other-key", "Sealed under another request's key.",
                  wire(answer(suite, key=drawn("sm4 other key", 16))))
    yield refused(suite, "tag", "other-iv", "Another IV than it was sealed under.",
                  wire(body(suite, ciphertext, [tag], suite.fresh_iv)))
    sealed, with_aad = gcm(suite.key, suite.iv, CARD, b"associated")
    yield refused(suite, "tag", "associated-data", "Sealed with associated data, of which the service has none.",
                  wire(body(suite, sealed, [with_aad])))


def padding(suite):
    """Blocks that end in no padding of RFC 5652, 6.3. The object before them is good."""
    assert suite.name == AES
    text = b'{"a":"12345678"}'
    for name, why, last in [
        ("zero", "The last byte is 0.", b" " * 15 + b"\0"),
        ("seventeen", "The last byte is 17: more than a block.", b" " * 15 + b"\x11"),
        ("255", "The last byte is 255.", b" " * 15 + b"\xff"),
        ("ansi-x923", "Zeros, then the length.", bytes(15) + b"\x10"),
        ("iso-7816", "80, then zeros.", b"\x80" + bytes(15)),
        ("first-wrong", "The first byte of the padding differs.", b" " * 8 + b"\x07" + b"\x08" * 7),
        ("last-but-one-wrong", "The last byte but one differs.", b" " * 14 + b"\x03\x02"),
        ("blanks", "Blanks instead of padding.", b" " * 16),
    ]:
        yield refused(suite, "padding", name, why, wire(body(suite, cbc(suite.key, suite.iv, text + last), [])))
    sealed = cbc(suite.key, suite.iv, pkcs7(text))
    for name, why, ciphertext in [
        ("empty", "No block at all.", b""), ("short", "A byte short of a block.", sealed[:-1]),
        ("long", "A byte more than a block.", sealed + b"\0"), ("one-byte", "One byte.", sealed[:1]),
    ]:
        yield refused(suite, "size", name, why, wire(body(suite, ciphertext, [])))
    yield refused(suite, "padding", "other-key", "Sealed under another request's key.",
                  wire(answer(suite, key=drawn("aes other key", 32))))
    yield refused(suite, "padding", "block-missing", "The last block is missing.", wire(body(suite, sealed[:-16], [])))
    long = cbc(suite.key, suite.iv, pkcs7(CARD))
    yield refused(suite, "utf-8", "block-flipped", "A bit of a block in the middle is turned: that block becomes noise.",
                  wire(body(suite, flipped(long, 20), [])))
    brace = changed(answer(suite), Encryption__Iv=b64(flipped(suite.iv)))
    yield refused(suite, "json", "iv-bit", "A bit of the IV is turned, and with it one of the first byte: `{` to `z`.",
                  wire(brace))
    # Nothing but the policy can notice: the IV is not authenticated.
    male, female = "男".encode(), "女".encode()
    text = b'{"Sex":"' + male + b'"}'
    delta = bytes(a ^ b for a, b in zip(male, female))
    iv = suite.iv[:8] + bytes(a ^ b for a, b in zip(suite.iv[8:11], delta)) + suite.iv[11:]
    forged = wire(body(suite, suite.seal(text)[0], [], iv))
    yield opens(suite, "forged-by-iv", "The IV rewrites the first block, and CBC cannot tell: see the next.", forged,
                text.replace(male, female), reused="no")
    yield refused(suite, "iv-policy", "forged-by-iv", "The same forgery, where the request's IV was asked for.", forged,
                  policy="same")


def plaintexts(suite):
    """Rightly sealed, and not one JSON object in UTF-8 without duplicate members."""
    for expect, name, why, plaintext in [
        ("utf-8", "lone-byte", "A byte that is no UTF-8.", b'{"a":"\xff"}'),
        ("utf-8", "overlong", "An overlong encoding.", b'{"a":"\xc0\xaf"}'),
        ("utf-8", "surrogate", "A surrogate in UTF-8.", b'{"a":"\xed\xa0\x80"}'),
        ("utf-8", "gbk", "The name in GBK.", '{"Name":"张三"}'.encode("gbk")),
        ("utf-8", "cut", "The text ends in the middle of a character.", '{"a":"张'.encode()[:-1]),
        ("json", "empty", "Nothing.", b""),
        ("json", "array", "An array.", b"[{}]"),
        ("json", "null", "null is no object.", b"null"),
        ("json", "string", "A string.", b'"{}"'),
        ("json", "cut", "The closing brace is missing.", CARD[:-1]),
        ("json", "two", "Two objects.", b"{}{}"),
        ("json", "text-after", "Text after the object.", b"{} x"),
        ("json", "zero-byte-after", "A zero byte after the object.", b"{}\0"),
        ("json", "byte-order-mark", "A byte order mark.", b"\xef\xbb\xbf{}"),
        ("json", "trailing-comma", "A comma before the brace.", b'{"a":1,}'),
        ("json", "single-quotes", "Quotes of another language.", b"{'a':1}"),
        ("json", "comment", "A comment.", b'{"a":1/**/}'),
        ("json", "nan", "A number that is none.", b'{"a":NaN}'),
        ("json", "leading-zero", "A number with a leading zero.", b'{"a":01}'),
        ("json", "control", "A raw line end inside a string.", b'{"a":"\n"}'),
        ("json", "lone-surrogate", "Half a pair of escapes.", b'{"a":"\\ud800"}'),
        ("json", "depth-128", "128 deep: one more than is taken.", b'{"a":' + b"[" * 127 + b"]" * 127 + b"}"),
        ("json", "depth-1000", "A thousand arrays deep.", b'{"a":' + b"[" * 1000 + b"]" * 1000 + b"}"),
        ("duplicate-member", "inside", "A member twice: parsers differ on which one counts.", b'{"IdNum":"1","IdNum":"2"}'),
        ("duplicate-member", "inside-alike", "A member twice, with one value.", b'{"a":1,"a":1}'),
        ("duplicate-member", "inside-escaped", "A member twice, once with an escape.", b'{"a":1,"\\u0061":2}'),
        ("duplicate-member", "inside-deep", "A member twice, deep inside.", b'{"x":[{"y":{"a":1,"b":2,"a":3}}]}'),
    ]:
        yield refused(suite, expect, name, why, wire(answer(suite, plaintext)))


def outsides(suite):
    """Wrong before any key is needed; one suite is enough."""
    good = answer(suite)
    text = wire(good)
    inner = compact(good).encode()
    for name, why, payload in [
        ("outer", "`Response` twice.", b'{"Response":' + inner + b',"Response":' + inner + b"}"),
        ("outer-iv", "`Iv` twice.", text.replace(b'"Iv":', b'"Iv":"AAAA","Iv":')),
        ("outer-escaped", "`Iv` twice, once with an escape.", text.replace(b'"Iv":', b'"\\u0049v":"AAAA","Iv":')),
        ("outer-body", "`EncryptedBody` twice.", text.replace(b'"EncryptedBody":"', b'"EncryptedBody":"","EncryptedBody":"', 1)),
        ("outer-request-id", "`RequestId` twice.", text.replace(b'"RequestId"', b'"RequestId":"x","RequestId"')),
        ("outer-unknown", "An unknown member holds a member twice.", text.replace(b'"RequestId"', b'"X":{"a":1,"a":2},"RequestId"')),
    ]:
        yield refused(suite, "duplicate-member", name, why, payload)
    for name, why, payload in [
        ("empty", "Nothing.", b""), ("words", "Words.", b"Bad Gateway"),
        ("html", "A proxy's page.", b"<html><body>502 Bad Gateway</body></html>"),
        ("array", "An array.", b"[]"), ("null", "null.", b"null"), ("cut", "The reply is cut short.", text[:-2]),
        ("two", "Two replies.", text + text), ("response-array", "`Response` is an array.", b'{"Response":[]}'),
        ("response-null", "`Response` is null.", b'{"Response":null}'),
        ("not-utf-8", "Bytes that are no UTF-8.", text.replace(b'"Nation":""', b'"Nation":"\xff"')),
        ("body-number", "`EncryptedBody` is a number.", wire(changed(good, EncryptedBody=5))),
        ("encryption-array", "`Encryption` is an array of its values.",
         wire(changed(good, Encryption=list(good["Encryption"].values())))),
        ("encryption-string", "`Encryption` is a string.", wire(changed(good, Encryption="SM4-GCM"))),
        ("tags-string", "`TagList` is a string.", wire(changed(good, Encryption__TagList="AAAA"))),
        ("iv-number", "`Iv` is a number.", wire(changed(good, Encryption__Iv=12))),
        ("list-of-numbers", "`EncryptList` holds a number.", wire(changed(good, Encryption__EncryptList=[1]))),
    ]:
        yield refused(suite, "protocol", name, why, payload)
    for code, message in [
        ("FailedOperation.ImageBlur", "the image is blurred"), ("AuthFailure.SignatureExpire", "签名过期"),
        ("RequestLimitExceeded", ""), ("FailedOperation.UnKnowError", "\x1b[31mred\x1b[0m"), ("Never.Heard", "new"),
    ]:
        error = {"Error": {"Code": code, "Message": message}, "RequestId": "r-1"}
        name = code.lower().replace(".", "-")
        yield refused(suite, "refused", name, "The service says no, in clear.", wire(error),
                      **{"service-code": code, "request-id": "r-1"})
    yield refused(suite, "refused", "beside-body", "A no beside a good body is a no.",
                  wire(changed(good, Error={"Code": "InternalError", "Message": "m"})),
                  **{"service-code": "InternalError", "request-id": good["RequestId"]})


def known_requests(suite):
    """Answers to an opener that knows its request: what was asked, and what was sealed."""
    request = b'{"ImageBase64":"QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo=","CardSide":"FRONT"}'
    ciphertext, listed = suite.seal(request)
    marks = listed or sorted({ciphertext[:16], ciphertext[-16:]})
    known = {"asked": "EncryptedBody", "sealed": " ".join(b64(mark) for mark in marks)}
    own = body(suite, ciphertext, listed)
    yield opens(suite, "known-request", "The service's answer, to an opener that knows its request.",
                wire(answer(suite)), **known)
    bare = b'{"a":1}'
    yield opens(suite, "known-request-bare", "What is not the request's own, under a good tag, is the service's.",
                wire(answer(suite, bare)), bare, **known)
    for policy in ("any", "same", "by-suite"):
        yield refused(suite, "reflected", f"request-{policy}", "The request's own body, sent back.", wire(own), policy, **known)
    yield opens(suite, "request-to-a-stranger", "The same, to an opener that does not know its request.", wire(own), request)
    members = {"asked": "IdCard Name", "sealed": known["sealed"]}
    yield refused(suite, "form", "whole-for-members", "A whole body, where members were asked for.", wire(answer(suite)), **members)
    if suite.name != AES:
        yield opens(suite, "by-suite-fresh", "A fresh IV, which a tag bears.", wire(answer(suite, iv=suite.fresh_iv)),
                    policy="by-suite", reused="no")
        return
    yield refused(suite, "iv-policy", "by-suite", "A fresh IV, and no tag that proves what came under it.",
                  wire(answer(suite, iv=suite.fresh_iv)), policy="by-suite")
    # One block of the request, whose 16 bytes everybody knows, under an IV of the forger's choice.
    wanted = '{"Name":"张"}'.encode()
    text = pkcs7(wanted)
    iv = bytes(a ^ b ^ c for a, b, c in zip(suite.iv, request, text))
    forged = wire(body(suite, ciphertext[:16], [], iv))
    yield refused(suite, "reflected", "first-block", "An answer of the request's first block, which the IV rewrites.", forged,
                  **known)
    yield opens(suite, "first-block-to-a-stranger", "The same, to an opener that does not know its request and takes any IV.",
                forged, wanted, reused="no")
    last = wire(body(suite, answer_blocks(suite) + ciphertext[-16:], []))
    yield refused(suite, "reflected", "last-block", "The request's last block, whose padding is right, behind others.", last,
                  **known)


def answer_blocks(suite):
    return suite.seal(CARD)[0][:32]


def scenarios():
    yield from samples()
    for suite in SUITES:
        yield from known_requests(suite)
        for group in (openings, disagreements, encodings, tags, plaintexts):
            yield from group(suite)
    yield from padding(SUITES[0])
    yield from outsides(SUITES[1])
