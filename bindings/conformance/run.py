#!/usr/bin/env python3
"""Asks every binding the same questions: README.md says which."""

import argparse
import base64
import http.client
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
VECTORS = ROOT / "vectors"
sys.path.insert(0, str(VECTORS / "scenarios/generator"))
sys.dont_write_bytecode = True

import reference_ciphers as reference  # noqa: E402

ID, SECRET = "AKIDconformance", "secret-of-the-conformance-run"
URL = "https://h.example/card.jpg"
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
# The least of each folder. More are welcome; fewer mean that a folder was not found.
LEAST = {"key": 243, "opener": 53, "open": 270, "open-fields": 55, "seal": 24}
SUITES = ("aes-256-cbc", "sm4-gcm")
WHOLE = ("EncryptedBody", "EncryptionBody")
# What a reply that opens can fail to be.
UNREADABLE = ("utf-8", "json", "duplicate-member")
PHOTOS = [ROOT / "crates/prepare/tests/images" / name for name in ("phone.jpg", "alpha.png", "lzw.tif")]


class Tally:
    passed = failed = 0

    @classmethod
    def check(cls, holds, what, detail=""):
        if holds:
            cls.passed += 1
        else:
            cls.failed += 1
            print(f"not so: {what} {detail}"[:600], file=sys.stderr)


class Refused(Exception):
    def __init__(self, fields):
        exit_code, self.kind, self.code, self.request_id, self.message, self.opened = (
            part if at in (0, 5) or part is None else part.decode() for at, part in enumerate(fields)
        )
        self.exit_code = exit_code[0]
        super().__init__(f"{self.exit_code} {self.kind} {self.code} {self.request_id}: {self.message}")


class Agent:
    def __init__(self, name, command, **variables):
        self.name = name
        # What runs in a browser sends nothing itself, and is given pictures that fit.
        self.sends = name != "wasm"
        self.process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT,
            env={**os.environ, **{variable: str(value) for variable, value in variables.items()}},
        )

    def ask(self, *fields):
        words = (f.encode() if isinstance(f, str) else f for f in fields)
        line = "\t".join("-" if word is None else "=" + word.hex() for word in words)
        self.process.stdin.write(line.encode() + b"\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline().decode().rstrip("\n").split("\t")
        if answer == [""]:
            raise SystemExit(f"{self.name} ended at the question {fields[0]}")
        found = [None if word == "-" else bytes.fromhex(word[1:]) for word in answer[1:]]
        if answer[0] == "error":
            raise Refused(found)
        return found

    def close(self):
        self.process.stdin.close()
        Tally.check(self.process.wait(30) == 0, f"{self.name} ends well")


def agents(target, python, languages=None):
    """The program of each language, or of those that are named."""
    out, stage = target / "bindings", target / "bindings/stage/lib"
    java = target / "release/libcardseal_java.so"
    commands = {
        "c": [out / "c/conformance"],
        "cpp": [out / "cpp/conformance"],
        "go": [out / "go/conformance"],
        "php": ["php", "bindings/php/tests/conformance.php"],
        "csharp": ["mono", out / "csharp/Conformance.exe"],
        "java": ["java", f"-Dcardseal.library={java}", "-cp", f"{out}/java/cardseal.jar:{out}/java/programs", "Conformance"],
        "nodejs": ["node", "bindings/nodejs/conformance/agent.js"],
        "python": [python, "bindings/python/tests/conformance.py"],
        "wasm": ["node", "bindings/wasm/test/agent.cjs", out / "wasm/nodejs/cardseal.js"],
    }
    variables = {"php": {"CARDSEAL_LIBRARY": stage / "libcardseal.so"}, "csharp": {"LD_LIBRARY_PATH": stage}}
    return [Agent(name, commands[name], **variables.get(name, {})) for name in languages or commands]


def scenarios(folder):
    for path in sorted((VECTORS / "scenarios" / folder).glob("*.txt")):
        head, _, payload = path.read_bytes().partition(b"\n\n")
        headers = dict(line.split(": ", 1) for line in head.decode().split("\n"))
        if headers.get("payload") == "base64":
            payload = base64.b64decode(b"".join(payload.split()))
        yield f"{folder}/{path.stem}", headers, payload


def stored_opener(headers):
    key, iv = (base64.b64encode(bytes.fromhex(headers.get(name, ""))).decode() for name in ("key", "iv"))
    stored = {"Algorithm": headers["algorithm"], "Key": key, "Iv": iv}
    if asked := headers.get("asked"):
        # The name of a whole body; members as JSON, or with blanks between.
        members = json.loads(asked) if asked.startswith("[") else asked.split()
        stored |= {"Asked": asked if asked in WHOLE else members, "Sealed": headers.get("sealed", "").split()}
    return json.dumps(stored)


def judge(agent, counts):
    """Every scenario that a binding can express."""

    def asked(name, *question):
        counts[name.split("/")[0]] += 1
        try:
            return agent.ask(*question), None
        except Refused as refused:
            return None, refused

    def check(name, holds, found, refused):
        Tally.check(holds, f"{agent.name}: {name}", f"{found} {refused}")

    for name, headers, payload in scenarios("key"):
        found, refused = asked(name, "parse", payload)
        if headers["expect"] == "key-accepted":
            check(name, found == [headers["algorithm"].encode()], found, refused)
        else:
            check(name, refused and (refused.exit_code, refused.kind) == (3, "key"), found, refused)
    for name, headers, payload in scenarios("opener"):
        found, refused = asked(name, "restore", payload)
        if headers["expect"] == "restores":
            written = json.loads(found[0]) if found else {}
            check(name, json.loads(stored_opener(headers)).items() <= written.items(), found, refused)
        else:
            check(name, refused and (refused.exit_code, refused.kind) == (2, "input"), found, refused)
    for folder in ("open", "open-fields"):
        for name, headers, payload in scenarios(folder):
            if not expressible(folder, headers, payload):
                continue
            found, refused = asked(name, "open", stored_opener(headers), payload)
            check(name, opened_right(folder, headers, payload, found, refused), found, refused)
    for name, headers, payload in scenarios("seal"):
        if headers["expect"] == "seals":
            found, refused = asked(name, "seal", headers["recipient"], payload)
            check(name, found and opened_by_reference(headers, found) == payload, found, refused)


def expressible(folder, headers, payload):
    """A binding is told no members and no form, and takes a reply under what IV the suite can bear."""
    policies = {"SM4-GCM": ("by-suite", "any"), "AES-256-CBC": ("by-suite", "any", "same")}
    if headers["iv-policy"] not in policies[headers["algorithm"]] or "expected" in headers:
        return False
    # What lacks one form may well have the other.
    return headers["expect"] not in ("list", "missing") or names_members(payload) == (folder == "open-fields")


def names_members(payload):
    try:
        reply = json.loads(payload)
        inner = reply.get("Response", reply)
        named = inner["Encryption"]["EncryptList"]
        return bool(named) and not inner.get("EncryptedBody") and named != ["EncryptedBody"]
    except (ValueError, KeyError, TypeError, AttributeError):
        return False


def names_twice(payload):
    """Whether the reply itself, without what is sealed in it, has two members of one name."""
    twice = []

    def members(pairs):
        names = [name for name, _ in pairs]
        twice.extend(name for name in names if names.count(name) > 1)
        return dict(pairs)

    json.loads(payload, object_pairs_hook=members)
    return bool(twice)


def opened_right(folder, headers, payload, found, refused):
    expect = headers["expect"]
    # Where no tag proves an answer, a binding takes the request's own IV only.
    if expect == "opens" and headers["algorithm"] == "AES-256-CBC" and headers["iv-reused"] == "no":
        return refused and (refused.exit_code, refused.kind) == (8, "open")
    if expect == "opens":
        plaintext = base64.b64decode(headers["plaintext"])
        return bool(found) and (found[0] == plaintext or folder == "open-fields" and json.loads(found[0]) == json.loads(plaintext))
    if not refused:
        return False
    if expect == "refused":
        told = (headers.get("service-code"), headers.get("request-id"))
        return refused.exit_code == 7 and (refused.code or None, refused.request_id or None) == told
    # A tag proves that the service itself wrote what cannot be read; what is around it, no tag proves.
    proven = folder == "open" and headers["algorithm"] == "SM4-GCM" and expect in UNREADABLE and not names_twice(payload)
    # It was paid for, and is handed over.
    if refused.opened != (opened_in(headers, payload) if proven else None):
        return False
    return (refused.exit_code, refused.kind) == (8, "protocol" if expect == "protocol" or proven else "open")


def opened_in(headers, payload):
    """What a reply of a whole body opens to, by the second implementation."""
    reply = json.loads(payload)
    inner = reply.get("Response", reply)
    how = inner["Encryption"]
    return reference.open_body(headers["algorithm"], bytes.fromhex(headers["key"]), reference.decode(how["Iv"]),
                               reference.decode(inner["EncryptedBody"]), reference.decode(how["TagList"][0]))


def opened_by_reference(headers, found):
    """What is sealed, opened by the second implementation, which has the scenarios' private keys."""
    sealed, opener = json.loads(found[0]), json.loads(found[1])
    how = sealed["Encryption"]
    pem = VECTORS / "keys" / f"scenario-{'rsa-1024' if how['Algorithm'] == 'AES-256-CBC' else 'sm2'}-private.pem"
    unwrap = reference.rsa_unwrap if how["Algorithm"] == "AES-256-CBC" else reference.sm2_unwrap
    key = unwrap(pem.read_bytes(), reference.decode(how["CiphertextBlob"]))
    if (reference.decode(opener["Key"]), opener["Iv"]) != (key, how["Iv"]) or how["EncryptList"] != ["EncryptedBody"]:
        return None
    tags = [reference.decode(tag) for tag in how["TagList"]] or [None]
    return reference.open_body(how["Algorithm"], key, reference.decode(how["Iv"]), reference.decode(sealed["EncryptedBody"]),
                               tags[0])


class Gateway:
    def __init__(self, cardseal, folder):
        self.keys = {}
        for suite in SUITES:
            subprocess.run([cardseal, "keygen", "--suite", suite, "--out", folder / suite], check=True, capture_output=True)
            self.keys[suite] = (folder / suite / "public.b64").read_bytes()
        (folder / "secret.txt").write_text(SECRET)
        self.process = subprocess.Popen(
            [cardseal, "gateway", "--listen", "127.0.0.1:0", "--keys", folder, "--secret-id", ID, "--secret-key-file",
             folder / "secret.txt"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.pictures = [fitted(cardseal, picture, folder) for picture in PHOTOS]
        self.url = self.process.stdout.readline().decode().split()[-1]

    def send(self, agent, body):
        """A sealed body, signed by the binding too."""
        usual = {"Host": "ocr.tencentcloudapi.com", "Content-Type": "application/json",
                 "X-TC-Action": "RecognizeEncryptedIDCardOCR", "X-TC-Version": "2018-11-19"}
        head = "".join(f"{name}: {value}\n" for name, value in usual.items())
        request = f"POST / HTTP/1.1\n{head}\n".encode() + body
        signed = json.loads(agent.ask("sign", "tc3-hmac-sha256", request, ID, SECRET, str(int(time.time())),
                                      "content-type;host")[0])
        connection = http.client.HTTPConnection(urllib.parse.urlsplit(self.url).netloc, timeout=30)
        connection.request("POST", "/", body, {**usual, **signed["headers"]})
        return connection.getresponse().read()

    def close(self):
        self.process.terminate()
        self.process.wait(30)


def fitted(cardseal, picture, folder):
    """A picture as the command line makes it fit, and what it says of that. The name asks for no format."""
    made = folder / picture.stem
    told = subprocess.run([cardseal, "prepare", picture, "-o", made, "--quality", "60", "--json"], check=True,
                          capture_output=True)
    return picture.read_bytes(), made.read_bytes(), json.loads(told.stdout)


def id_number(plain):
    return json.loads(plain).get("IdNum")


def calls(agent, gateway):
    """A full call in steps, and with one function."""
    for suite in SUITES:
        key, where = gateway.keys[suite], f"{agent.name}: {suite}"
        body, = agent.ask("hold", key, json.dumps({"ImageUrl": URL, "CardSide": "FRONT"}))
        reply = gateway.send(agent, body)
        plain, = agent.ask("answer", reply)
        Tally.check(id_number(plain) == "11010119900307002X", f"{where}: opened in steps", plain)
        try:
            Tally.check(False, f"{where}: an opener opens twice", agent.ask("answer", reply))
        except Refused as refused:
            Tally.check((refused.exit_code, refused.kind) == (2, "input"), f"{where}: an opener opens once", refused)
        if not agent.sends:
            continue
        for url, image in ((URL, None), (None, PNG)):
            asked = ("recognize", "tencent", gateway.url, None, "front", key, url, image, ID)
            card = json.loads(agent.ask(*asked, SECRET)[0])
            right = card["result"]["IdNum"] == "11010119900307002X" and len(card["request_id"]) > 8
            Tally.check(right and card["authenticated"] == (suite == "sm4-gcm"), f"{where}: recognised", card)
            by_client = ("client", gateway.url, "front", key, url, image, ID)
            cards = [json.loads(card) for card in agent.ask(*by_client, SECRET)]
            right = [card["result"]["IdNum"] == "11010119900307002X" for card in cards]
            Tally.check(right == [True, True] and cards[0]["request_id"] != cards[1]["request_id"],
                        f"{where}: recognised twice by one client", cards)
        for question in (asked, by_client):
            try:
                Tally.check(False, f"{where}: {question[0]} with a wrong secret", agent.ask(*question, "wrong"))
            except Refused as refused:
                told = (refused.exit_code, refused.kind, refused.code)
                Tally.check(told == (4, "signing", "AuthFailure.SignatureFailure") and len(refused.request_id) > 8,
                            f"{where}: {question[0]} with a wrong secret", refused)


def pictures(agent, gateway):
    """Pictures made to fit, to the byte as the command line makes them."""
    for picture, made, told in gateway.pictures:
        found, report = agent.ask("prepare", picture)
        Tally.check((found, json.loads(report)) == (made, told), f"{agent.name}: a picture that fits", report)


def matrix(one, other, gateway):
    """Sealed and stored by the one, opened by the other."""
    for suite in SUITES:
        body, stored = one.ask("seal", gateway.keys[suite], json.dumps({"ImageUrl": URL, "CardSide": "FRONT"}))
        try:
            found = id_number(other.ask("open", stored, gateway.send(one, body))[0])
        except Refused as refused:
            found = refused
        Tally.check(found == "11010119900307002X", f"{suite}: from {one.name} to {other.name}", found)


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--cardseal", required=True, help="the command line, for its test gateway")
    arguments.add_argument("--python", default=sys.executable, help="the Python that has the binding")
    target = os.environ.get("CARGO_TARGET_DIR", "target")
    arguments = arguments.parse_args()
    every = agents((ROOT / target).resolve(), arguments.python)
    with tempfile.TemporaryDirectory() as folder:
        gateway = Gateway(pathlib.Path(arguments.cardseal).resolve(), pathlib.Path(folder))
        try:
            for agent in every:
                counts, before = dict.fromkeys(LEAST, 0), Tally.passed
                judge(agent, counts)
                for name, least in LEAST.items():
                    Tally.check(counts[name] >= least, f"{agent.name}: {least} scenarios of {name}", counts)
                calls(agent, gateway)
                if agent.sends:
                    pictures(agent, gateway)
                print(f"{agent.name}: {counts}, {Tally.passed - before} checks passed")
            pairs = [(one, other) for one in every for other in every]
            for one, other in pairs:
                matrix(one, other, gateway)
            Tally.check((len(every), len(pairs)) == (9, 81), "nine languages and every pair of them")
            Tally.check(sum(agent.sends for agent in every) == 8, "all but WebAssembly send")
        finally:
            gateway.close()
    for agent in every:
        agent.close()
    print(f"REACHED {len(every)} languages through {Tally.passed} checks of one conformance run, {len(pairs)} pairs of them "
          "in both suites")
    print(f"{Tally.passed} passed, {Tally.failed} failed")
    return Tally.failed != 0


if __name__ == "__main__":
    sys.exit(main())
