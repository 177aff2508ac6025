"""The Python side of bindings/conformance: a question a line on stdin, an answer a line on stdout."""

import json
import sys

import cardseal

held = None


def text(field):
    return None if field is None else field.decode()


def seal(key, plain):
    sealed, opener = cardseal.Recipient.parse(key).seal(plain)
    return sealed.encode(), opener


def answer(verb, fields):
    global held
    if verb == "parse":
        return [cardseal.Recipient.parse(fields[0]).suite]
    if verb == "seal":
        sealed, opener = seal(*fields)
        return [sealed, opener.store()]
    if verb == "hold":
        sealed, held = seal(*fields)
        return [sealed]
    if verb == "answer":
        return [held.open(fields[0])]
    if verb == "open":
        return [cardseal.Opener.restore(fields[0]).open(fields[1])]
    if verb == "restore":
        return [cardseal.Opener.restore(fields[0]).store()]
    if verb == "sign":
        scheme, request, secret_id, secret_key, time, names = fields
        return [json.dumps(cardseal.sign(text(scheme), request, secret_id=text(secret_id), secret_key=text(secret_key),
                                         time=int(time), signed_headers=text(names)))]
    if verb == "recognize":
        cloud, endpoint, region, side, key, url, image, secret_id, secret_key = fields
        return [json.dumps(cardseal.recognize(
            text(cloud), endpoint=text(endpoint), region=text(region), side=text(side), key=key, url=text(url), image=image,
            secret_id=text(secret_id), secret_key=text(secret_key)))]
    if verb == "client":
        endpoint, side, key, url, image, secret_id, secret_key = fields
        client = cardseal.Client("tencent", endpoint=text(endpoint),
                                 credentials=cardseal.Credentials(text(secret_id), text(secret_key)))
        recipient = cardseal.Recipient.parse(key)
        cards = [client.recognize(recipient, url=text(url), image=image, side=text(side)) for _ in range(2)]
        return [json.dumps(card) for card in cards]
    if verb == "prepare":
        picture, report = cardseal.prepare(fields[0], quality=60)
        return [picture, json.dumps(report)]
    if verb == "spin":
        recipient, plain = cardseal.Recipient.parse(fields[0]), b"x" * int(fields[1])
        for _ in range(int(fields[2])):
            recipient.seal(plain)
        return []
    if verb == "spin into":
        recipient, plain = cardseal.Recipient.parse(fields[0]), b"x" * int(fields[1])
        kept = bytearray(len(plain) // 3 * 4 + 1024)
        for _ in range(int(fields[2])):
            recipient.seal_into(plain, kept)
        return []
    raise SystemExit(f"no such verb: {verb}")


def shown(field):
    if field is None:
        return "-"
    return "=" + (field.encode() if isinstance(field, str) else field).hex()


for line in sys.stdin:
    verb, *fields = [None if word == "-" else bytes.fromhex(word[1:]) for word in line.split()]
    try:
        found = ["ok", *map(shown, answer(verb.decode(), fields))]
    except cardseal.Error as error:
        parts = (bytes([error.exit_code]), error.kind, error.code, error.request_id, str(error), error.opened_text)
        found = ["error", *map(shown, parts)]
    print("\t".join(found), flush=True)
