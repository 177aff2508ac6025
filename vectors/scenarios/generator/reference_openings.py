"""`open`, `open-fields`, `opener`: the first thing that is wrong with an answer, or that it opens as it should."""

import base64
import json
import re

from reference_ciphers import KEYS, Wrong, decode, open_body

CLEAR = ("Name", "Sex", "Nation", "Birth", "Address", "IdNum", "Authority", "ValidDate", "AdvancedInfo", "ReflectDetailInfos")
WHOLE = ("EncryptedBody", "EncryptionBody")
DEPTH = 127


class Twice(ValueError):
    pass


def unique(pairs):
    if len(dict(pairs)) != len(pairs):
        raise Twice
    return dict(pairs)


def strict(text, wrong):
    """One JSON value; `wrong` is the class of what is no JSON."""
    try:
        value = json.loads(text, parse_constant=no_constant)
        # A text is made of characters: half a pair of escapes is none.
        json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise Wrong(wrong) from None
    if depth(value) > DEPTH:
        raise Wrong(wrong)
    try:
        return json.loads(text, object_pairs_hook=unique)
    except Twice:
        raise Wrong("duplicate-member") from None


def no_constant(name):
    raise ValueError(name)


def depth(value):
    if not isinstance(value, (dict, list)):
        return 0
    parts = value.values() if isinstance(value, dict) else value
    return 1 + max(map(depth, parts), default=0)


def utf8(data, wrong):
    try:
        return data.decode()
    except UnicodeDecodeError:
        raise Wrong(wrong) from None


def shape(condition, wrong="protocol"):
    if not condition:
        raise Wrong(wrong)


def judge(headers, payload):
    try:
        reply = parse(payload)
        if reply.get("Error") is not None:
            return "refused"
        return opened(headers, reply)
    except Wrong as wrong:
        return str(wrong)


def parse(payload):
    outer = strict(utf8(payload, "protocol"), "protocol")
    shape(isinstance(outer, dict))
    reply = outer.get("Response", outer)
    shape(isinstance(reply, dict))
    how = reply.get("Encryption")
    shape(how is None or isinstance(how, dict))
    shape(all(reply.get(name) is None or isinstance(reply[name], str) for name in ("EncryptedBody", "RequestId")))
    for name in ("Iv", "Algorithm"):
        shape(how is None or how.get(name) is None or isinstance(how[name], str))
    for name in ("TagList", "EncryptList"):
        listed = how and how.get(name)
        shape(listed is None or isinstance(listed, list) and all(isinstance(text, str) for text in listed))
    return reply


def opened(headers, reply):
    how = reply.get("Encryption")
    asked = headers.get("asked")
    fields = headers["action"] == "open-fields"
    shape(asked is None or (asked not in WHOLE) == fields, "form")
    shape(how is not None, "missing")
    shape(how.get("Algorithm") in (None, headers["algorithm"]), "algorithm")
    if fields:
        shape(not reply.get("EncryptedBody"), "list")
        paths = how.get("EncryptList")
        if paths is None:
            paths = headers.get("expected", "").split()
        shape(paths and len(set(paths)) == len(paths), "list")
        if "expected" in headers:
            shape(sorted(paths) == sorted(headers["expected"].split()), "list")
    else:
        shape(not any(speaks(reply.get(name)) for name in CLEAR), "clear-text")
        paths = how.get("EncryptList")
        shape(paths in (None, ["EncryptedBody"]), "list")
        paths = ["EncryptedBody"]
    iv = agreed_iv(headers, how)
    tags = agreed_tags(headers, how, len(paths))
    unseal = lambda text, tag: open_body(headers["algorithm"], bytes.fromhex(headers["key"]), iv, decode(text), tag)
    if fields:
        result = {name: value for name, value in reply.items() if name != "Encryption"}
        for path, tag in zip(paths, tags):
            replace(result, path, lambda text: utf8(unseal(text, tag), "utf-8"))
        wanted = json.loads(base64.b64decode(headers["plaintext"])) if "plaintext" in headers else None
    else:
        shape(reply.get("EncryptedBody") is not None, "missing")
        shape(not is_own(headers, decode(reply["EncryptedBody"]), tags[0]), "reflected")
        result = unseal(reply["EncryptedBody"], tags[0])
        shape(isinstance(strict(utf8(result, "utf-8"), "json"), dict), "json")
        wanted = base64.b64decode(headers.get("plaintext", ""))
    assert wanted is None or "plaintext" not in headers or result == wanted, "it opens to something else"
    reused = iv == bytes.fromhex(headers["iv"])
    assert headers.get("iv-reused", "yes" if reused else "no") == ("yes" if reused else "no"), "iv-reused"
    return "opens"


def is_own(headers, ciphertext, tag):
    """Whether the tag, or any block where there is none, is one of the request's."""
    marks = [base64.b64decode(mark) for mark in headers.get("sealed", "").split()]
    blocks = [ciphertext[at : at + 16] for at in range(0, len(ciphertext), 16)]
    return any(mark in marks for mark in ([tag] if tag else blocks))


def speaks(value):
    return value is not None and value != "" and value != [] and value != {}


def agreed_iv(headers, how):
    iv = decode(how.get("Iv") or "")
    shape(len(iv) == KEYS[headers["algorithm"]][1], "iv")
    reused = iv == bytes.fromhex(headers["iv"])
    borne = reused or headers["algorithm"] != "AES-256-CBC"
    taken = ("any", "same" if reused else "fresh", "by-suite" if borne else "")
    shape(headers["iv-policy"] in taken, "iv-policy")
    return iv


def agreed_tags(headers, how, parts):
    tags = how.get("TagList") or []
    if headers["algorithm"] == "AES-256-CBC":
        shape(not tags, "tag")
        return [None] * parts
    shape(len(tags) == parts, "tag")
    tags = [decode(tag) for tag in tags]
    shape(all(len(tag) == 16 for tag in tags), "tag")
    return tags


STEP = re.compile(r"([^.\[\]]+)((?:\[(?:0|[1-9][0-9]*)\])*)")


def replace(value, path, change):
    """Changes the text at a dotted path with array steps, in place."""
    steps = []
    for part in path.removeprefix("Response.").split("."):
        match = STEP.fullmatch(part)
        shape(match, "list")
        steps += [match[1], *map(int, re.findall(r"[0-9]+", match[2]))]
    *before, last = steps
    for step in before:
        value = reached(value, step)
    shape(isinstance(reached(value, last), str), "list")
    value[last] = change(value[last])


def reached(value, step):
    kind = dict if isinstance(step, str) else list
    shape(isinstance(value, kind) and (step in value if kind is dict else step < len(value)), "list")
    return value[step]


def judge_opener(headers, payload):
    try:
        opener = strict(utf8(payload, "opener"), "opener")
        three = {"Algorithm", "Key", "Iv"}
        shape(isinstance(opener, dict) and set(opener) in (three, three | {"Asked", "Sealed"}), "opener")
        shape(all(isinstance(opener[name], str) for name in three) and opener["Algorithm"] in KEYS, "opener")
        if "Asked" in opener:
            asked, sealed = opener["Asked"], opener["Sealed"]
            shape(asked in WHOLE or isinstance(asked, list) and all(isinstance(name, str) for name in asked), "opener")
            shape(isinstance(sealed, list) and all(len(decode(mark)) == 16 for mark in sealed), "opener")
            kept = asked if isinstance(asked, str) else json.dumps(asked, ensure_ascii=False, separators=(",", ":"))
            assert (headers.get("asked"), headers.get("sealed", "")) == (kept, " ".join(sealed)), "it knows another request"
        key, iv = decode(opener["Key"]), decode(opener["Iv"])
        shape((len(key), len(iv)) == KEYS[opener["Algorithm"]], "opener")
    except Wrong:
        return "opener"
    stated = headers.get("algorithm"), headers.get("key"), headers.get("iv")
    assert stated == (opener["Algorithm"], key.hex(), iv.hex()), "it restores to something else"
    return "restores"
