"""From what is given as a public key to its DER and its PEM label, or the reason why there is none."""

import json
import re
from base64 import b64decode, b64encode, urlsafe_b64decode

LABELS = ("RSA PUBLIC KEY", "PUBLIC KEY")
OTHER_LABELS = {
    "CERTIFICATE": "certificate", "X509 CERTIFICATE": "certificate", "TRUSTED CERTIFICATE": "certificate",
    "CERTIFICATE REQUEST": "certificate-request", "NEW CERTIFICATE REQUEST": "certificate-request",
    "PKCS7": "pkcs7", "PKCS #7 SIGNED DATA": "pkcs7",
}
SPKI_OF_SM2 = bytes.fromhex("3059301306072a8648ce3d020106082a811ccf5501822d034200")
INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff"
JAVA_STORES = (b"\xfe\xed\xfe\xed", b"\xce\xce\xce\xce")
SIGNED_DATA = ("2a864886f70d010702", "2a811ccf550601040202")


class No(Exception):
    """The reason, and of another format its name."""


def no(reason, form=None):
    raise No(reason, form)


def read(payload):
    """Label (or nothing) and DER."""
    pairs = [payload[at : at + 2] for at in range(0, len(payload) - 1, 2)]
    if len(pairs) > 8:
        wide = payload[:2] in (b"\xff\xfe", b"\xfe\xff")
        if len(payload) % 2 == 0:
            wide |= all(a and not b for a, b in pairs) or all(b and not a for a, b in pairs)
        if wide:
            narrow = bytes(byte for byte in payload if 0 < byte < 128).decode()
            no("private-key") if is_private(narrow) else no("other-format", "utf16")
    text = as_text(payload)
    return from_bytes(payload, written=False) if text is None else from_text(text)


def as_text(data):
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    return None if re.search(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f]", text) else text


def trim(text):
    return re.sub(rf"\A[\s{INVISIBLE}]+|[\s{INVISIBLE}]+\Z", "", text)


def squeeze(text):
    return re.sub(rf"[\s{INVISIBLE}]+", "", text)


def labels(text):
    return [rest.split("-----")[0] for rest in text.split("-----BEGIN ")[1:]]


def is_private(text):
    return any("PRIVATE" in label for label in labels(text))


def from_text(text):
    text = trim(text)
    if is_private(text) or text.startswith("PuTTY-User-Key-File"):
        no("private-key")
    if text[:1] in ("{", "["):
        try:
            value = json.loads(text)
        except ValueError:
            pass
        else:
            return from_json(value)
    if labels(text):
        return pem(text)
    if text.startswith("---- BEGIN SSH2 PUBLIC KEY"):
        no("other-format", "ssh2")
    if "<RSAKeyValue" in text:
        no("private-key") if re.search("<[DPQ]>", text) else no("other-format", "dot-net-xml")
    text = unescape(text)
    for candidate in (text, value_of(text)):
        if candidate is None:
            continue
        if (found := from_digits(candidate)) is not None:
            return found
        if re.match("ssh-rsa |ssh-ed25519 |ssh-dss |ecdsa-sha2-", candidate):
            no("other-format", "open-ssh")
    no("not-a-key")


def unescape(text):
    return text.replace("\\r", "\n").replace("\\n", "\n").replace("\\/", "/")


def value_of(text):
    """What a name, quotes or both stand around."""
    value = re.sub(r"\Aexport ", "", text)
    match = re.match(r"""\s*["'`]?([A-Za-z_][\w.-]*)["'`]?\s*[=:](.{33,})\Z""", value, re.S | re.A)
    if match:
        value = trim(match[2]).lstrip("|>-")
    value = trim(value).rstrip(",;")
    match = re.match(r"""\Ab?(["'`])(.*)\1\Z""", value, re.S)
    value = trim(match[2] if match else value)
    return value if len(value) < len(text) else None


def from_digits(text):
    digits = re.sub(f"[:\\s{INVISIBLE}]", "", re.sub(r"\A0[xX]", "", text))
    if re.fullmatch("([0-9a-fA-F]{2}){32,}", digits):
        return from_bytes(bytes.fromhex(digits))
    data = from_base64(text)
    if data is None:
        return None
    inner = as_text(data)
    if inner is None:
        return from_bytes(data)
    inner = trim(inner)
    return pem(inner) if labels(inner) else within(inner)


def within(text):
    data = from_base64(text)
    if data is None:
        no("not-a-key")
    inner = as_text(data)
    if inner is not None:
        no("private-key") if is_private(inner) else no("other-format" if labels(inner) else "not-a-key", "twice-base64")
    try:
        from_bytes(data)
    except No as reason:
        if reason.args[0] in ("private-key", "not-a-key"):
            raise
    no("other-format", "twice-base64")


def from_base64(text):
    compact = squeeze(text)
    match = re.fullmatch(r"([A-Za-z0-9+/]*|[A-Za-z0-9_-]*)(=*)", compact)
    if not match:
        return None
    body, padding = match[1].replace("-", "+").replace("_", "/"), -len(match[1]) % 4
    if padding == 3 or match[2] not in ("", "=" * padding):
        return None
    data = b64decode(body + "=" * padding, validate=True)
    canonical = b64encode(data).decode().rstrip("=") == body
    return data if canonical and len(data) >= 32 else None


def from_bytes(data, written=True):
    if len(data) == 65 and data[0] == 4:
        return None, SPKI_OF_SM2 + data
    if len(data) == 64 and written:
        return None, SPKI_OF_SM2 + b"\4" + data
    if len(data) == 33 and data[0] in (2, 3):
        no("other-format", "compressed-point")
    if len(data) == 32 and written or data[:4] in JAVA_STORES:
        no("private-key")
    if data[:1] != b"\x30":
        no("not-a-key")
    refuse_what_is_known(data)
    return None, data


def refuse_what_is_known(data):
    """Private keys, key stores, and what is signed."""
    if re.match(rb"\x30(\x82..|\x81.|[\x00-\x7f])\x02\x01[\x00\x01]", data, re.S):
        no("private-key")
    try:
        outer, rest = element(data)
        inside = list(elements(outer[1])) if outer[0] == 0x30 and not rest else []
        tags = [tag for tag, _ in inside]
        if tags[:2] == [0x02, 0x30] and inside[0][1] == b"\3" or tags == [0x30, 0x04]:
            no("private-key")
        if len(tags) == 2 and tags[0] == 0x06 and tags[1] >> 6 == 2 and inside[0][1].hex() in SIGNED_DATA:
            no("other-format", "pkcs7")
        if tags == [0x30, 0x30, 0x03]:
            signed = [tag for tag, _ in elements(inside[0][1])]
            request = len(signed) == 4 and signed[:3] == [0x02, 0x30, 0x30] and signed[3] >> 6 == 2
            no("other-format", "certificate-request" if request else "certificate")
    except Broken:
        pass


def from_json(value):
    found, refused = [], []

    def walk(value, deeper):
        if deeper == 0:
            return
        if isinstance(value, dict):
            if any(is_private_member(name, member, "kty" in value) for name, member in value.items()):
                no("private-key")
            note(lambda: web_key(value)) if "kty" in value else [walk(one, deeper - 1) for one in value.values()]
        elif isinstance(value, list):
            for one in value:
                walk(one, deeper - 1)
        elif isinstance(value, str) and len(json.dumps(value, ensure_ascii=False).encode()) > 80:
            if value.lstrip()[:1] not in ("{", "["):
                note(lambda: from_text(value))

    def note(read_it):
        try:
            found.append(read_it())
        except No as reason:
            if reason.args[0] != "not-a-key":
                refused.append(reason)

    walk(value, 4)
    if not found:
        raise refused[0] if refused else No("not-a-key", None)
    if any(der != found[0][1] for _, der in found):
        no("two-blocks")
    return found[0]


def is_private_member(name, value, is_web_key):
    lower = name.lower()
    named = lower in ("d", "sk") or re.search("priv|pri_?key|secret_?key", lower)
    return (named or is_web_key and name in ("p", "q", "dp", "dq", "qi", "oth", "k")) and bool(value) and value is not True


def web_key(key):
    def number(name):
        try:
            assert re.fullmatch("[A-Za-z0-9_-]*", key[name])
            return urlsafe_b64decode(key[name] + "=" * (-len(key[name]) % 4))
        except Exception:
            no("malformed")

    if key["kty"] == "RSA":
        return None, der(0x30, positive(number("n")) + positive(number("e")))
    if key["kty"] != "EC":
        no("unknown-algorithm")
    if key["crv"].lower() not in ("sm2", "sm2p256v1", "curvesm2"):
        no("other-curve")
    coordinates = number("x") + number("y")
    if len(coordinates) != 64:
        no("point-encoding")
    return None, SPKI_OF_SM2 + b"\4" + coordinates


def positive(number):
    number = number.lstrip(b"\0") or b"\0"
    return der(0x02, b"\0" * (number[0] >> 7) + number)


def der(tag, content):
    size = len(content)
    length = size.to_bytes(2, "big").lstrip(b"\0")
    return bytes([tag]) + (bytes([size]) if size < 128 else bytes([0x80 + len(length)]) + length) + content


def pem(text):
    if is_private(text):
        no("private-key")
    names = labels(text)
    formats = {OTHER_LABELS.get(name) for name in names}
    if len(names) == 1 and formats != {None} or formats == {"certificate"}:
        no("other-format", formats.pop())
    if len(names) > 1:
        no("two-blocks")
    if "-----" not in text.split("-----BEGIN ")[1]:
        no("malformed-pem")
    if names[0] not in LABELS:
        no("wrong-label")
    match = re.search(f"-----BEGIN {names[0]}-----(.*?)-----END {names[0]}-----", text, re.S)
    body = squeeze(unescape(match[1])) if match else "-"
    if "-----END " in body or not re.fullmatch("[A-Za-z0-9+/]*={0,2}", body) or len(body) % 4:
        no("malformed-pem")
    try:
        return names[0], b64decode(body, validate=True)
    except ValueError:
        no("malformed-pem")


class Broken(No):
    """No DER: the reason is `malformed`."""


def element(der):
    """The first DER element, its tag and content, and what follows it."""
    if len(der) < 2:
        raise Broken("malformed", None)
    size, at = der[1], 2
    if size & 0x80:
        count = size & 0x7F
        size, at = int.from_bytes(der[2 : 2 + count], "big"), 2 + count
        if count == 0 or size < 128 or size >> 8 * (count - 1) == 0:
            raise Broken("malformed", None)
    if len(der) < at + size:
        raise Broken("malformed", None)
    return (der[0], der[at : at + size]), der[at + size :]


def elements(content):
    while content:
        one, content = element(content)
        yield one
