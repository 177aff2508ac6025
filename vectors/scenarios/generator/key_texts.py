"""`key/`: texts and bytes given as the service's public key."""

import hashlib
import pathlib

import key_forms
import peers
import rsa_moduli
from primitives import (
    G, NULL, OID_ED25519, OID_K256, OID_P256, OID_PSS, OID_RSA, OID_SM2, P, coordinates, der, encode, integer, pem,
    pkcs1, rsa_spki, sequence, sm2_spki, spki,
)
from scenario import Scenario, b64, drawn

KEYS = pathlib.Path(__file__).resolve().parents[2] / "keys"
RSA, SM2 = peers.RSA_PUBLIC, peers.SM2_PUBLIC
RSA_AS_SPKI = rsa_spki(RSA)
RSA_PEM, SM2_PEM = pem("RSA PUBLIC KEY", RSA), pem("PUBLIC KEY", SM2)
# Stands where the body of a private key would; nobody may read it, let alone repeat it.
NO_SECRET = b"not a key, but labelled as one"


def modulus(bits):
    """Odd, of exactly so many bits; for keys that are refused before anybody looks at its factors."""
    number = int.from_bytes(drawn(f"modulus {bits}", bits // 8 + 1), "big")
    return number % (1 << (bits - 1)) | 1 << (bits - 1) | 1


def accepted(name, why, payload, key, algorithm, bits=1024):
    kind = "SM2" if algorithm == "SM4-GCM" else f"RSA-{bits}"
    headers = {"algorithm": algorithm, "key-name": kind, "fingerprint": hashlib.sha256(key).hexdigest()}
    return Scenario(f"key/accepted-{name}", "key-accepted", why, headers, bytes_of(payload))


def rejected(reason, name, why, payload, form=""):
    headers = {"reason": reason, "format": form}
    return Scenario(f"key/{reason}-{name}", "key-rejected", why, headers, bytes_of(payload))


def bytes_of(payload):
    return payload.encode() if isinstance(payload, str) else payload


def one_line(text):
    first, *body, last = text.strip().split("\n")
    return f"{first}\n{''.join(body)}\n{last}"


def wrapped(text, width=76, end="\r\n"):
    encoded = b64(text.encode())
    return "".join(encoded[at : at + width] + end for at in range(0, len(encoded), width))


def forms():
    for name, label, key, algorithm in [
        ("rsa-pkcs1", "RSA PUBLIC KEY", RSA, "AES-256-CBC"),
        ("rsa-spki", "PUBLIC KEY", RSA_AS_SPKI, "AES-256-CBC"),
        ("sm2-spki", "PUBLIC KEY", SM2, "SM4-GCM"),
    ]:
        text = pem(label, key)
        for form, why, payload in [
            ("der", "DER as it is", key),
            ("pem", "PEM with LF line ends", text),
            ("pem-crlf", "PEM with CRLF line ends", pem(label, key, "\r\n")),
            ("pem-one-line", "A PEM whose body was pasted on one line", one_line(text)),
            ("base64-of-pem", "Base64 of the PEM text, as the service hands keys out", b64(text.strip().encode())),
        ]:
            yield accepted(f"{name}-{form}", why + ".", payload, key, algorithm)
    yield accepted("rsa-pem-no-breaks", "A PEM without any line break.", RSA_PEM.replace("\n", ""), RSA, "AES-256-CBC")
    yield accepted("rsa-pem-indented", "A PEM copied out of an indented file.", RSA_PEM.replace("\n", "\n    "), RSA,
                   "AES-256-CBC")
    yield accepted("sm2-pem-byte-order-mark", "A PEM saved with a byte order mark.", "\ufeff" + SM2_PEM, SM2, "SM4-GCM")
    yield accepted("sm2-base64-wrapped", "Base64 of a PEM, itself wrapped at 76 with CRLF.", wrapped(SM2_PEM), SM2,
                   "SM4-GCM")
    yield accepted("sm2-base64-of-crlf-pem", "Base64 of a PEM with CRLF line ends.",
                   b64(pem("PUBLIC KEY", SM2, "\r\n").encode()), SM2, "SM4-GCM")
    for bits in (1025, 2048, 3072, 4096):
        key = pkcs1(rsa_moduli.good(bits))
        yield accepted(f"rsa-{bits}-bits", f"A modulus of {bits} bits.", key, key, "AES-256-CBC", bits)
    for name, der_hash, algorithm in [
        ("rsa", "63350c29ad1c5d2736f041dbed79428a47666f2e7d3055472d7908af12cc1c30", "AES-256-CBC"),
        ("sm2", "be32f06bee0a7b639e81e2ac591b76df41befafa3038440f0929b23700e5a3bc", "SM4-GCM"),
    ]:
        published = (KEYS / f"tencent-demo-{name}.b64").read_bytes()
        scenario = accepted(f"published-{name}", "The key in the service's own demos.", published, b"", algorithm)
        scenario.origin = "Tencent Cloud, faceid-api-crypto-java v1.0.4 and its Go and Node.js siblings"
        scenario.headers["fingerprint"] = der_hash
        yield scenario


def texts():
    yield rejected("not-a-key", "empty", "Nothing at all.", "")
    yield rejected("not-a-key", "words", "A sentence.", "please use the key from the console")
    yield rejected("not-a-key", "html", "The page around the key, not the key.", "<html><body>404</body></html>")
    yield rejected("not-a-key", "not-text", "Bytes that are neither DER nor UTF-8.", b"\xff\xfe\x00\x01")
    yield rejected("malformed-pem", "base64-cut", "Base64 of PEM, its last character missing: a dash is lost.", peers.SM2_RECIPIENT[:-1])
    yield rejected("not-a-key", "base64url", "Base64 in the URL alphabet.",
                   b64(b"\xfb\xff" + RSA_PEM.encode()).replace("+", "-").replace("/", "_"))
    yield rejected("too-long", "blanks", "A good key behind 16 KiB of line ends.", "\n" * 16384 + SM2_PEM)
    for label in ("PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY", "ENCRYPTED PRIVATE KEY", "OPENSSH PRIVATE KEY"):
        yield rejected("private-key", label.lower().replace(" ", "-"), f"A PEM labelled {label}.", pem(label, NO_SECRET))
    private = pem("PRIVATE KEY", NO_SECRET)
    yield rejected("private-key", "beside-public", "A private key after the public one.", SM2_PEM + private)
    yield rejected("private-key", "before-public", "A private key before the public one.", private + SM2_PEM)
    yield rejected("private-key", "base64", "Base64 of a private PEM.", b64(private.encode()))
    yield rejected("private-key", "pkcs8-der", "PKCS#8 without a label: it begins with version 0.",
                   sequence(integer(0), sequence(OID_RSA, NULL), der(0x04, NO_SECRET)))
    yield rejected("private-key", "pkcs1-der", "PKCS#1 without a label: version 0, then numbers.",
                   sequence(integer(0), integer(modulus(1024)), integer(65537), integer(5)))
    yield rejected("private-key", "sec1-der", "SEC 1 without a label: it begins with version 1.",
                   sequence(integer(1), der(0x04, NO_SECRET)))
    yield rejected("private-key", "public-label", "A private key relabelled as a public one.",
                   pem("PUBLIC KEY", sequence(integer(0), sequence(OID_RSA, NULL), der(0x04, NO_SECRET))))
    yield rejected("two-blocks", "alike", "The same key twice.", SM2_PEM + SM2_PEM)
    yield rejected("two-blocks", "different", "Two keys; which one is meant?", SM2_PEM + RSA_PEM)
    yield rejected("two-blocks", "base64", "Base64 of two PEM blocks.", b64((RSA_PEM + SM2_PEM).encode()))
    for name, label in [
        ("ec-parameters", "EC PARAMETERS"), ("ec-public-key", "EC PUBLIC KEY"), ("lower-case", "public key"),
        ("two-blanks", "RSA PUBLIC  KEY"), ("empty", ""),
    ]:
        yield rejected("wrong-label", name, "A label that no public key of the service has.", pem(label, SM2))
    yield rejected("malformed-pem", "no-end", "The END line is missing.", SM2_PEM.partition("-----END")[0])
    yield rejected("malformed-pem", "other-end", "BEGIN and END name different things.",
                   SM2_PEM.replace("END PUBLIC", "END RSA PUBLIC"))
    yield rejected("malformed-pem", "headers", "RFC 1421 headers inside the block.",
                   SM2_PEM.replace("KEY-----\n", "KEY-----\nProc-Type: 4,ENCRYPTED\n\n", 1))
    yield rejected("malformed-pem", "not-base64", "A body character outside the alphabet.", SM2_PEM.replace("M", "!", 1))
    yield rejected("malformed-pem", "cut-body", "The last character of the body is missing.",
                   SM2_PEM.replace("=\n-----END", "\n-----END"))
    yield rejected("malformed-pem", "four-dashes", "The END line has four dashes at its end.", SM2_PEM.strip()[:-1])


def encodings():
    point = encode(peers.SM2_Q)
    negative = sequence(der(0x02, modulus(1024).to_bytes(128, "big")), integer(65537))
    padded = sequence(der(0x02, b"\0\0" + modulus(1024).to_bytes(128, "big")), integer(65537))
    for name, why, payload in [
        ("indefinite-length", "BER's indefinite length.", b"\x30\x80" + SM2[2:] + b"\0\0"),
        ("long-length", "A length in more bytes than it takes.", b"\x30\x81" + SM2[1:2] + SM2[2:]),
        ("truncated", "The last byte is missing.", SM2[:-1]),
        ("length-only", "A SEQUENCE that says three bytes and holds one.", b"\x30\x03\x02"),
        ("negative-modulus", "A modulus without its sign byte is a negative number.", negative),
        ("padded-modulus", "A modulus with two sign bytes.", padded),
        ("unused-bits", "A BIT STRING with unused bits.",
         sequence(sequence(bytes.fromhex("06072a8648ce3d0201"), OID_SM2), der(0x03, b"\x01" + point))),
        ("rsa-with-oid", "RSA's parameters are NULL and nothing else.", spki([OID_RSA, OID_SM2], RSA)),
        ("empty-sequence", "A SEQUENCE of nothing.", sequence()),
        ("one-number", "A modulus and no exponent.", sequence(integer(modulus(1024)))),
    ]:
        yield rejected("malformed", name, why, payload)
    yield rejected("label-disagrees", "spki-labelled-rsa", "SPKI under the label of PKCS#1.",
                   pem("RSA PUBLIC KEY", RSA_AS_SPKI))
    yield rejected("label-disagrees", "pkcs1-labelled-spki", "PKCS#1 under the label of SPKI.", pem("PUBLIC KEY", RSA))
    for name, why, payload in [
        ("rsa", "A byte after the key.", RSA + b"\0"),
        ("sm2", "A byte after the key.", SM2 + b"\0"),
        ("pem", "A byte after the key, inside the PEM.", pem("PUBLIC KEY", SM2 + b"\0")),
        ("twice", "The key, and the key again.", SM2 + SM2),
        ("inside-spki", "A byte after the RSA key inside its BIT STRING.", rsa_spki(RSA + b"\0")),
    ]:
        yield rejected("trailing-bytes", name, why, payload)
    for name, why, payload in [
        ("ed25519", "Ed25519 (RFC 8410).", spki([OID_ED25519], drawn("ed25519", 32))),
        ("rsa-pss", "RSASSA-PSS (RFC 4055) signs and does not encrypt.", spki([OID_PSS], RSA)),
    ]:
        yield rejected("unknown-algorithm", name, why, payload)
    for bits in (512, 1016, 1023, 4097, 8192):
        yield rejected("modulus-size", f"{bits}", f"A modulus of {bits} bits.", pkcs1(modulus(bits)))
    yield rejected("modulus-size", "spki-1023", "A modulus of 1023 bits, as SPKI.", rsa_spki(pkcs1(modulus(1023))))
    yield rejected("even-modulus", "2048", "An even modulus is no product of two large primes.", pkcs1(modulus(2048) - 1))
    for exponent in (1, 2, 3, 17, 65536, 65539, (1 << 64) + 1, (1 << 32) + 65537):
        yield rejected("exponent", f"{exponent}", "The suite takes 65537 only.", pkcs1(modulus(1024), exponent))


def moduli():
    for reason, name, why, number in rsa_moduli.bad():
        yield rejected(reason, name, why, pkcs1(number))
    key = pkcs1(rsa_moduli.beyond_validation())
    yield accepted("rsa-factor-757", "Its smallest factor, 757, is above those that SP 800-89 has a modulus tried by.", key,
                   key, "AES-256-CBC")


def points():
    point = encode(peers.SM2_Q)
    x, y = coordinates(peers.SM2_Q)
    explicit = sequence(integer(1), sequence(bytes.fromhex("06072a8648ce3d0101"), integer(P)))
    p256 = bytes.fromhex(
        "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c2964fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b31"
        "5ececbb6406837bf51f5"
    )
    for name, why, curve in [
        ("p256", "NIST P-256.", OID_P256),
        ("secp256k1", "The curve of another trade.", OID_K256),
        ("inherited", "NULL: a curve inherited from nowhere.", NULL),
        ("absent", "No curve at all.", b""),
    ]:
        yield rejected("other-curve", name, why, sm2_spki(point, curve))
    yield rejected("explicit-curve", "sm2", "Parameters spelt out; forged ones are an old attack (CVE-2020-0601).",
                   sm2_spki(point, explicit))
    parity = peers.SM2_Q[1] & 1
    for name, why, encoding in [
        ("hybrid", "A hybrid point.", bytes([6 + parity]) + x + y),
        ("without-prefix", "64 bytes without the leading 04.", x + y),
        ("short", "The last byte is missing.", point[:-1]),
        ("long", "A byte too many.", point + b"\0"),
        ("empty", "No point.", b""),
        ("prefix-only", "04 and nothing more.", b"\x04"),
    ]:
        yield rejected("point-encoding", name, why, sm2_spki(encoding))
    yield rejected("point-compressed", "spki", "A compressed point.", sm2_spki(bytes([2 + parity]) + x))
    yield rejected("point-at-infinity", "zero", "The point at infinity.", sm2_spki(b"\0"))
    prime, most = P.to_bytes(32, "big"), b"\xff" * 32
    for name, why, pair in [
        ("x-is-p", "x = p, the same residue as 0.", prime + y),
        ("y-is-p", "y = p, the same residue as 0.", x + prime),
        ("x-is-most", "x = 2^256 - 1.", most + y),
        ("y-is-most", "y = 2^256 - 1.", x + most),
    ]:
        yield rejected("coordinate-range", name, why, sm2_spki(b"\x04" + pair))
    for name, why, pair in [
        ("zero", "(0, 0).", bytes(64)),
        ("x-flipped", "The lowest bit of x is turned.", x[:-1] + bytes([x[-1] ^ 1]) + y),
        ("y-flipped", "The lowest bit of y is turned.", x + y[:-1] + bytes([y[-1] ^ 1])),
        ("swapped", "y before x.", y + x),
        ("p256-generator", "A point of NIST P-256 under SM2's name.", p256[1:]),
        ("generator-y-of-other", "The generator's x with another point's y.", coordinates(G)[0] + y),
    ]:
        yield rejected("off-curve", name, why, sm2_spki(b"\x04" + pair))


def scenarios():
    yield from forms()
    yield from texts()
    yield from encodings()
    yield from moduli()
    for name, why, payload, key, algorithm in key_forms.taken():
        yield accepted(name, why, payload, key, algorithm)
    for form, name, why, payload in key_forms.other_formats():
        yield rejected("other-format", f"{form}-{name}", why, payload, form)
    for name, why, payload in key_forms.private_keys():
        yield rejected("private-key", name, why, payload)
    for reason, name, why, payload in key_forms.refused():
        yield rejected(reason, name, why, payload)
    yield from points()
