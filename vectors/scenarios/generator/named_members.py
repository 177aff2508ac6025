"""`open-fields/`: answers in which single members are sealed, named by paths from `Response` down."""

import json

from opening import AES, SUITES, changed, flipped, wire
from scenario import Scenario, b64, compact, drawn

VALUES = {
    "Response.Text.IdCard": "99010119900307123X",
    "Response.Text.LivenessDetail[1].Idcard": '李四 "quoted"',
    "Response.Text.Name": "",
}
PATHS = list(VALUES)


def answer(suite, paths=PATHS, values=None, iv=None):
    sealed = [suite.seal((values or VALUES)[path].encode(), iv) for path in PATHS]
    places = dict(zip(PATHS, (b64(ciphertext) for ciphertext, _ in sealed)))
    tags = [b64(tag) for _, tags in sealed for tag in tags]
    listed = [tags[PATHS.index(path)] for path in paths] if tags and set(paths) <= set(PATHS) else tags
    return {
        "Text": {
            "ErrCode": 0,
            "ErrMsg": None,
            "IdCard": places["Response.Text.IdCard"],
            "LivenessDetail": [
                {"Idcard": "untouched"},
                {"Idcard": places["Response.Text.LivenessDetail[1].Idcard"], "Sim": "99.5"},
            ],
            "Name": places["Response.Text.Name"],
        },
        "Encryption": {
            "CiphertextBlob": None,
            "Iv": b64(iv or suite.iv),
            "Algorithm": suite.name,
            "TagList": listed or None,
            "EncryptList": list(paths),
        },
        "RequestId": "r",
    }


def plain(values=VALUES):
    idcard, liveness, name = (values[path] for path in PATHS)
    details = [{"Idcard": "untouched"}, {"Idcard": liveness, "Sim": "99.5"}]
    text = {"ErrCode": 0, "ErrMsg": None, "IdCard": idcard, "LivenessDetail": details, "Name": name}
    return {"Text": text, "RequestId": "r"}


def headers(suite, policy, expected):
    return suite.opener(**{"iv-policy": policy, "expected": " ".join(expected) if expected else None})


def opens(suite, name, why, reply, result, policy="any", expected=None, reused="yes"):
    more = headers(suite, policy, expected)
    more.update({
        "iv-reused": reused, "authenticated": "no" if suite.name == AES else "yes",
        "plaintext": b64(compact(result).encode()),
    })
    return Scenario(f"open-fields/{suite.short}-opens-{name}", "opens", why, more, wire(reply))


def refused(suite, expect, name, why, reply, policy="any", expected=None):
    payload = reply if isinstance(reply, bytes) else wire(reply)
    return Scenario(f"open-fields/{suite.short}-{expect}-{name}", expect, why, headers(suite, policy, expected), payload)


def openings(suite):
    good = answer(suite)
    yield opens(suite, "as-named", "Whatever the answer names.", good, plain())
    yield opens(suite, "expected", "Exactly the expected members.", good, plain(), expected=PATHS)
    yield opens(suite, "expected-in-another-order", "The order of the expected members means nothing.", good, plain(),
                expected=PATHS[::-1])
    yield opens(suite, "listed-in-another-order", "Tags stand in the order of the list, not of the members.",
                answer(suite, PATHS[::-1]), plain())
    yield opens(suite, "fresh-iv", "A fresh IV.", answer(suite, iv=suite.fresh_iv), plain(), policy="fresh", reused="no")
    bare = [path.removeprefix("Response.") for path in PATHS]
    reply = changed(good, Encryption__EncryptList=bare)
    yield opens(suite, "bare-paths", "Paths without `Response.` lead to the same members.", reply, plain())
    values = {**VALUES, PATHS[0]: '"\\\n\t\u0001', PATHS[2]: '"},"Name":"x'}
    yield opens(suite, "values-that-need-escapes", "An opened value is text and cannot become members.",
                answer(suite, values=values), plain(values))
    one = changed(answer(suite, PATHS[:1]), Encryption__TagList=(answer(suite)["Encryption"]["TagList"] or [])[:1] or None)
    result = plain()
    result["Text"]["LivenessDetail"][1]["Idcard"] = one["Text"]["LivenessDetail"][1]["Idcard"]
    result["Text"]["Name"] = one["Text"]["Name"]
    yield opens(suite, "one-member", "One member; the others are passed on as they are.", one, result)


    for name, member in [("algorithm", "Encryption__Algorithm"), ("list", "Encryption__EncryptList")]:
        yield opens(suite, f"{name}-null", "It may be null: it is the request's then.", changed(good, **{member: None}),
                    plain(), expected=PATHS)
    swapped = changed(good)
    first, second = PATHS[0], PATHS[1]
    text, details = swapped["Text"], swapped["Text"]["LivenessDetail"]
    text["IdCard"], details[1]["Idcard"] = details[1]["Idcard"], text["IdCard"]
    tags = swapped["Encryption"]["TagList"]
    if tags:
        tags[0], tags[1] = tags[1], tags[0]
    yield opens(suite, "members-swapped", "Two members with their tags, exchanged: no tag says where it belongs.", swapped,
                plain({**VALUES, first: VALUES[second], second: VALUES[first]}))


def lists(suite):
    good = answer(suite)
    for name, why, paths in [
        ("nowhere", "A path that leads nowhere.", ["Response.Text.Nothing", *PATHS[1:]]),
        ("index-out-of-range", "An element that is not there.", [PATHS[0], "Response.Text.LivenessDetail[2].Idcard", PATHS[2]]),
        ("through-a-string", "A path through a string.", [*PATHS[:2], "Response.Text.IdCard.x"]),
        ("to-a-number", "A number is not sealed text.", [*PATHS[:2], "Response.Text.ErrCode"]),
        ("to-an-object", "An object is not sealed text.", [*PATHS[:2], "Response.Text"]),
        ("twice", "A member named twice.", [PATHS[0], PATHS[1], PATHS[0]]),
        ("empty-path", "An empty path.", [*PATHS[:2], ""]),
        ("leading-zero", "`[01]` is no way to write 1.", [PATHS[0], "Response.Text.LivenessDetail[01].Idcard", PATHS[2]]),
        ("open-bracket", "A bracket that does not close.", [PATHS[0], "Response.Text.LivenessDetail[1.Idcard", PATHS[2]]),
        ("two-dots", "Two dots.", [*PATHS[:2], "Response.Text..Name"]),
        ("encryption-itself", "How it was sealed cannot be sealed.", [*PATHS[:2], "Response.Encryption.Iv"]),
    ]:
        yield refused(suite, "list", name, why, changed(good, Encryption__EncryptList=paths))
    yield refused(suite, "list", "absent", "No list, and nobody who knows which were to be sealed.",
                  changed(good, Encryption__EncryptList=...))
    yield refused(suite, "list", "empty", "An empty list.", changed(good, Encryption__EncryptList=[], Encryption__TagList=None))
    yield refused(suite, "list", "beside-a-body", "A sealed body beside sealed members.", changed(good, EncryptedBody="AAAA"))
    for name, why, expected in [
        ("fewer-than-sealed", "A member is sealed that was not to be.", PATHS[:2]),
        ("more-than-sealed", "A member that was to be sealed is not.", [*PATHS, "Response.Text.ErrMsg"]),
        ("other-than-sealed", "Another member is sealed.", [*PATHS[:2], "Response.Text.Sim"]),
    ]:
        yield refused(suite, "list", name, why, good, expected=expected)


def damage(suite):
    good = answer(suite)
    yield refused(suite, "algorithm", "empty", "An empty name.", changed(good, Encryption__Algorithm=""))
    yield refused(suite, "iv", "short", "An IV one byte short.", changed(good, Encryption__Iv=b64(suite.iv[:-1])))
    yield refused(suite, "iv-policy", "same", "A fresh IV, where the request's was asked for.",
                  answer(suite, iv=suite.fresh_iv), policy="same")
    yield refused(suite, "iv-policy", "fresh", "The request's IV, where a fresh one was asked for.", good, policy="fresh")
    text = changed(good)
    text["Text"]["IdCard"] = "*" + text["Text"]["IdCard"][1:]
    yield refused(suite, "base64", "member", "A member that is not base64.", text)
    twice = wire(good).replace(b'"ErrCode":', b'"IdCard":"x","ErrCode":')
    yield refused(suite, "duplicate-member", "sealed", "A sealed member stands twice, once in clear.", twice)
    latin, tag = suite.seal("Müller".encode("latin-1"))
    text = changed(good)
    text["Text"]["IdCard"] = b64(latin)
    if tag:
        text["Encryption"]["TagList"][0] = b64(tag[0])
    yield refused(suite, "utf-8", "member", "A name in another encoding.", text)
    if suite.name == AES:
        text = changed(good)
        text["Text"]["IdCard"] = b64(drawn("no padding", 32))
        yield refused(suite, "padding", "member", "Noise instead of a member.", text)
        text["Text"]["IdCard"] = b64(suite.seal(b"x")[0][:-1])
        yield refused(suite, "size", "member", "A member a byte short of a block.", text)
        yield refused(suite, "tag", "unasked", "A tag in a suite that has none.",
                      changed(good, Encryption__TagList=[b64(bytes(16))]))
        return
    tags = good["Encryption"]["TagList"]
    for name, why, listed in [
        ("one-less", "A tag less than members.", tags[:2]), ("one-more", "A tag more than members.", [*tags, tags[0]]),
        ("swapped", "Two members' tags, exchanged.", [tags[1], tags[0], tags[2]]),
        ("first-for-all", "The first tag for every member.", tags[:1] * 3),
        ("of-15", "A tag cut by a byte.", [tags[0], tags[1], b64(bytes(15))]), ("null", "No tags.", None),
    ]:
        yield refused(suite, "tag", name, why, changed(good, Encryption__TagList=listed))
    text = changed(good)
    first, second = text["Text"]["IdCard"], text["Text"]["LivenessDetail"][1]["Idcard"]
    text["Text"]["IdCard"], text["Text"]["LivenessDetail"][1]["Idcard"] = second, first
    yield refused(suite, "tag", "values-swapped", "Two members' values, exchanged without their tags.", text)


def scenarios():
    for suite in SUITES:
        yield from openings(suite)
        yield from lists(suite)
        yield from damage(suite)
