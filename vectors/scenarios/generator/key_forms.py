"""`key/`: what mail, consoles, settings files and other programs make of a key. Taken where it is plain what is meant, else
named; private keys are named in every form."""

import json
from base64 import urlsafe_b64encode

import peers
import rsa_moduli
from primitives import (
    NULL, OID_SM2, coordinates, der, encode, integer, pem, rsa_spki, sequence, spki,
)
from scenario import b64, drawn

RSA, SM2 = peers.RSA_PUBLIC, peers.SM2_PUBLIC
RSA_PEM, SM2_PEM = pem("RSA PUBLIC KEY", RSA), pem("PUBLIC KEY", SM2)
POINT = encode(peers.SM2_Q)
X, Y = coordinates(peers.SM2_Q)
COMPRESSED = bytes([2 + (peers.SM2_Q[1] & 1)]) + X
SCALAR = peers.SM2_D.to_bytes(32, "big")
OID_SM2_SM3 = bytes.fromhex("06082a811ccf55018375")
OID_COMMON_NAME = bytes.fromhex("0603550403")
OID_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
OID_DATA = bytes.fromhex("06092a864886f70d010701")
OID_PBES2 = bytes.fromhex("06092a864886f70d01050d")


def url(data):
    return urlsafe_b64encode(data).decode().rstrip("=")


def lines(data, width=76):
    text = b64(data)
    return "\n".join(text[at : at + width] for at in range(0, len(text), width))


def name(text):
    return sequence(der(0x31, sequence(OID_COMMON_NAME, der(0x0C, text.encode()))))


def signed(*parts):
    """Whoever reads the key in it does not look at the signature; this is none."""
    return sequence(sequence(*parts), sequence(OID_SM2_SM3), der(0x03, b"\0" + sequence(integer(5), integer(7))))


def certificate(key, version=der(0xA0, integer(2))):
    dates = sequence(der(0x17, b"261101000000Z"), der(0x17, b"361101000000Z"))
    parts = integer(77), sequence(OID_SM2_SM3), name("ocr"), dates, name("ocr"), key
    return signed(*([version] if version else []), *parts)


CERTIFICATE = certificate(SM2)
REQUEST = signed(integer(0), name("ocr"), SM2, der(0xA0, b""))
BUNDLE = sequence(OID_SIGNED_DATA, der(0xA0, sequence(
    integer(1), der(0x31, b""), sequence(OID_DATA), der(0xA0, CERTIFICATE), der(0x31, b""),
)))
STORE = sequence(integer(3), sequence(OID_DATA, der(0xA0, der(0x04, drawn("store", 80)))))
ENCRYPTED = sequence(sequence(OID_PBES2, sequence(NULL)), der(0x04, drawn("encrypted", 64)))
PUBLIC_JWK = {"kty": "RSA", "n": url(peers.RSA_N.to_bytes(128, "big")), "e": "AQAB", "kid": "2026-11"}
SM2_JWK = {"kty": "EC", "crv": "SM2", "x": url(X), "y": url(Y)}


def taken():
    literal = SM2_PEM.strip().replace("\n", "\\n")
    point = POINT.hex()
    for form, why, payload in [
        ("text-before", "Text before the block, as RFC 7468 allows.", "the key:\n" + SM2_PEM),
        ("text-after", "Text after the block.", SM2_PEM + "that was the key\n"),
        ("text-around-in-base64", "Base64 of a PEM with a comment.", b64(("# 2026-11\n" + SM2_PEM).encode())),
        ("literal-line-ends", "Line ends written as a backslash and an n.", literal),
        ("literal-crlf", "The same with \\r\\n.", SM2_PEM.strip().replace("\n", "\\r\\n")),
        ("dotenv", "A line of a .env file.", f'TENCENT_OCR_KEY="{literal}"\n'),
        ("dotenv-base64", "A line of a .env file, with what the service hands out.",
         f"TENCENT_OCR_KEY={peers.SM2_RECIPIENT}\n"),
        ("shell-export", "A line of a shell's settings.", f"export KEY='{b64(SM2)}'\n"),
        ("yaml-block", "A block of a YAML file.", "key: |\n  " + SM2_PEM.replace("\n", "\n  ").rstrip() + "\n"),
        ("yaml-base64", "A line of a YAML file.", f"key: {peers.SM2_RECIPIENT}\n"),
        ("json-string", "A JSON string.", json.dumps(SM2_PEM)),
        ("json-member", "An answer that holds the key.",
         json.dumps({"Response": {"PublicKey": SM2_PEM, "RequestId": "3c140219-cfe9-470e-b241-907877d6fb03"}})),
        ("json-slashes", "JSON as PHP writes it, each slash behind a backslash.",
         json.dumps({"PublicKey": SM2_PEM}).replace("/", "\\/")),
        ("json-hex", "A pair's public half in JSON.", json.dumps({"publicKey": point, "keyId": "5b" * 32})),
        ("json-twice", "The same key under two names.", json.dumps({"pem": SM2_PEM, "base64": b64(SM2)})),
        ("jwk-sm2", "A JSON Web Key (RFC 7517) with the name of the curve that is in use.", json.dumps(SM2_JWK)),
        ("jwk-set", "A set of one JSON Web Key.", json.dumps({"keys": [SM2_JWK]})),
        ("quoted", "The key with quotes around it.", f'"{peers.SM2_RECIPIENT}"'),
        ("python-bytes", "What Python prints of bytes.", f"b'{peers.SM2_RECIPIENT}'"),
        ("base64-of-der", "Base64 of DER, as an X509EncodedKeySpec comes.", b64(SM2)),
        ("base64-of-der-wrapped", "Base64 of DER in lines of 76.", lines(SM2)),
        ("base64-without-padding", "Base64 of DER, its padding lost.", b64(SM2).rstrip("=")),
        ("base64url-of-der", "DER in the URL alphabet.", url(SM2)),
        ("base64-of-mark-and-pem", "Base64 of a PEM that was saved with a byte order mark.", b64(b"\xef\xbb\xbf" + SM2_PEM.encode())),
        ("no-break-space", "A PEM with a no-break space and a zero-width one in it.",
         SM2_PEM.replace("KEY-----\n", "KEY-----\n\u00a0\u200b", 1)),
        ("hex-of-der", "DER in hex.", SM2.hex()),
        ("hex-of-point", "The point in hex: 04, x, y in 130 digits.", point),
        ("hex-of-point-upper-case", "The same in capitals, 0x in front.", "0x" + point.upper()),
        ("hex-of-point-colons", "The same with colons, as OpenSSL prints it.",
         ":".join(point[at : at + 2] for at in range(0, 130, 2))),
        ("hex-of-coordinates", "x and y in hex, 128 digits: on the curve, so it is plain what they are.", point[2:]),
        ("hex-of-coordinates-two-lines", "x on one line and y on the next.", f"{X.hex()}\n{Y.hex()}\n"),
        ("base64-of-point", "The point in base64.", b64(POINT)),
        ("point", "The point, 65 bytes.", POINT),
    ]:
        yield f"sm2-{form}", why, payload, SM2, "SM4-GCM"
    own = spki([OID_SM2, OID_SM2], POINT)
    yield "sm2-own-oid", "SM2's own OID as the algorithm: OpenSSL 3.0, TPMs, GM/T 0015-2023.", own, own, "SM4-GCM"
    yield ("sm2-own-oid-pem", "The same as PEM.", pem("PUBLIC KEY", own), own, "SM4-GCM")
    yield "rsa-jwk", "A JSON Web Key (RFC 7517).", json.dumps(PUBLIC_JWK), RSA, "AES-256-CBC"
    yield "rsa-base64-of-der", "Base64 of DER.", b64(RSA), RSA, "AES-256-CBC"
    yield "rsa-hex-of-der", "DER in hex.", RSA.hex(), RSA, "AES-256-CBC"


def other_formats():
    blob = b"".join(len(part).to_bytes(4, "big") + part for part in (b"ssh-rsa", b"\1\0\1", b"\0" + peers.RSA_N.to_bytes(128, "big")))
    dot_net = (f"<RSAKeyValue><Modulus>{b64(peers.RSA_N.to_bytes(128, 'big'))}</Modulus><Exponent>AQAB</Exponent>"
               "</RSAKeyValue>")
    yield from [
        ("certificate", "pem", "A certificate.", pem("CERTIFICATE", CERTIFICATE)),
        ("certificate", "der", "A certificate as DER.", CERTIFICATE),
        ("certificate", "base64-of-der", "Base64 of a certificate's DER.", b64(CERTIFICATE)),
        ("certificate", "base64-of-pem", "Base64 of a certificate's PEM.", b64(pem("CERTIFICATE", CERTIFICATE).encode())),
        ("certificate", "rsa", "A certificate of an RSA key.", certificate(rsa_spki(RSA))),
        ("certificate", "version-1", "A certificate of version 1, which does not state it.", certificate(SM2, b"")),
        ("certificate", "chain", "A chain of certificates.", pem("CERTIFICATE", CERTIFICATE) * 2),
        ("certificate", "trusted", "OpenSSL's own label.", pem("TRUSTED CERTIFICATE", CERTIFICATE)),
        ("certificate-request", "pem", "A certificate request.", pem("CERTIFICATE REQUEST", REQUEST)),
        ("certificate-request", "new", "The older label.", pem("NEW CERTIFICATE REQUEST", REQUEST)),
        ("certificate-request", "der", "A certificate request as DER.", REQUEST),
        ("pkcs7", "pem", "A bundle of certificates.", pem("PKCS7", BUNDLE)),
        ("pkcs7", "der", "A bundle of certificates as DER: .p7b.", BUNDLE),
        ("open-ssh", "line", "The one-line form of OpenSSH.", f"ssh-rsa {b64(blob)} a@b\n"),
        ("ssh2", "block", "The block of RFC 4716.",
         f"---- BEGIN SSH2 PUBLIC KEY ----\n{lines(blob, 70)}\n---- END SSH2 PUBLIC KEY ----\n"),
        ("dot-net-xml", "rsa", "XML as .NET writes it.", dot_net),
        ("utf16", "little-endian", "A PEM that a Windows shell saved.", b"\xff\xfe" + SM2_PEM.encode("utf-16-le")),
        ("utf16", "big-endian", "The other order.", b"\xfe\xff" + SM2_PEM.encode("utf-16-be")),
        ("utf16", "unmarked", "Without a byte order mark.", SM2_PEM.encode("utf-16-le")),
        ("twice-base64", "pem", "Base64 of what the service hands out, which is base64.", b64(peers.SM2_RECIPIENT.encode())),
        ("twice-base64", "der", "Base64 of base64 of DER.", b64(b64(SM2).encode())),
        ("compressed-point", "hex", "A compressed point in hex: 66 digits.", COMPRESSED.hex()),
        ("compressed-point", "base64", "A compressed point in base64.", b64(COMPRESSED)),
        ("rsa-without-null", "der", "RFC 3279, 2.3.1, has NULL after the algorithm; it is absent.",
         der(0x30, der(0x30, bytes.fromhex("06092a864886f70d010101")) + der(0x03, b"\0" + RSA))),
    ]


def private_keys():
    pkcs8, pkcs1_private = peers.SM2_PRIVATE, peers.RSA_PRIVATE
    sec1 = sequence(integer(1), der(0x04, SCALAR), der(0xA0, OID_SM2))
    own = sequence(integer(0), sequence(OID_SM2, OID_SM2), der(0x04, sec1))
    scalar = SCALAR.hex()
    yield from [
        ("base64-of-pkcs8", "PKCS#8 in base64, without a label.", b64(pkcs8)),
        ("base64-of-pkcs1", "PKCS#1 in base64, without a label, in lines.", lines(pkcs1_private, 64)),
        ("base64-of-sec1", "SEC 1 in base64, without a label.", b64(sec1)),
        ("base64url-of-pkcs8", "PKCS#8 in the URL alphabet.", url(pkcs8)),
        ("base64-cut-short", "PKCS#8 in base64, its end missing.", b64(pkcs8)[:80]),
        ("hex-of-pkcs8", "PKCS#8 in hex.", pkcs8.hex()),
        ("pkcs8-own-oid", "PKCS#8 with SM2's own OID.", own),
        ("encrypted-der", "PKCS#8, encrypted.", ENCRYPTED),
        ("encrypted-base64", "The same in base64, without a label.", b64(ENCRYPTED)),
        ("key-store", "PKCS#12: .p12, .pfx.", STORE),
        ("key-store-base64", "PKCS#12 in base64.", b64(STORE)),
        ("key-store-java", "A Java key store.", b"\xfe\xed\xfe\xed\0\0\0\2" + drawn("jks", 60)),
        ("scalar-hex", "64 hexadecimal digits: an SM2 private key as many programs print it.", scalar),
        ("scalar-hex-0x", "The same, 0x in front.", "0x" + scalar.upper()),
        ("scalar-base64", "32 bytes in base64.", b64(SCALAR)),
        ("scalar-dotenv", "A line of a .env file.", f"SM2_PRIVATE_KEY={scalar}\n"),
        ("jwk-rsa", "A JSON Web Key with its d.", json.dumps(PUBLIC_JWK | {"d": url(drawn("d", 128))})),
        ("jwk-sm2", "The same of SM2.", json.dumps(SM2_JWK | {"d": url(SCALAR)})),
        ("jwk-primes", "A JSON Web Key with a prime.", json.dumps(PUBLIC_JWK | {"p": url(drawn("p", 64))})),
        ("jwk-symmetric", "A JSON Web Key of a cipher.", json.dumps({"kty": "oct", "k": url(drawn("k", 16))})),
        ("pair-json", "Both halves in JSON.", json.dumps({"publicKey": POINT.hex(), "privateKey": scalar})),
        ("pair-json-short-names", "Both halves in JSON.", json.dumps({"data": {"pubKey": POINT.hex(), "priKey": scalar}})),
        ("pair-json-pem", "Both halves in JSON, as PEM.",
         json.dumps({"a": SM2_PEM, "b": pem("PRIVATE KEY", pkcs8)})),
        ("dot-net-xml", "XML as .NET writes it, with the private part.",
         f"<RSAKeyValue><Modulus>{b64(drawn('n', 128))}</Modulus><D>{b64(drawn('xml d', 128))}</D></RSAKeyValue>"),
        ("putty", "A key of PuTTY's.", "PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\n"),
        ("utf16", "A private PEM in UTF-16.", b"\xff\xfe" + pem("PRIVATE KEY", pkcs8).encode("utf-16-le")),
        ("base64-twice", "A private PEM in base64 twice.", b64(b64(pem("PRIVATE KEY", pkcs8).encode()).encode())),
    ]


def refused():
    """What is in one of the forms and is no key of the service's."""
    yield "off-curve", "hex-of-64-bytes", "128 hexadecimal digits that are no point.", drawn("no point", 64).hex()
    yield "coordinate-range", "hex-of-point", "A point in hex, its x too large.", "04" + "ff" * 64
    yield "small-factor", "jwk", "A JSON Web Key with a modulus that 3 divides.", json.dumps(
        {"kty": "RSA", "n": url(((1 << 1024) - 1).to_bytes(128, "big")), "e": "AQAB"})
    yield "other-curve", "jwk-p256", "A JSON Web Key of another curve.", json.dumps(SM2_JWK | {"crv": "P-256"})
    yield "unknown-algorithm", "jwk-ed25519", "A JSON Web Key of Ed25519.", json.dumps(
        {"kty": "OKP", "crv": "Ed25519", "x": url(drawn("okp", 32))})
    yield "malformed", "jwk-without-exponent", "A JSON Web Key without its e.", json.dumps(
        {"kty": "RSA", "n": PUBLIC_JWK["n"]})
    yield "point-encoding", "jwk-short", "A JSON Web Key with half a coordinate.", json.dumps(SM2_JWK | {"x": url(X[:16])})
    yield "two-blocks", "jwk-set", "A set of two JSON Web Keys.", json.dumps({"keys": [SM2_JWK, PUBLIC_JWK]})
    yield "two-blocks", "json", "Two keys in JSON.", json.dumps([SM2_PEM, RSA_PEM])
    yield "other-curve", "own-oid-absent", "SM2's own OID as the algorithm, and no curve.", spki([OID_SM2], POINT)
    yield "other-curve", "own-oid-null", "SM2's own OID as the algorithm, and NULL.", spki([OID_SM2, NULL], POINT)
    yield "not-a-key", "json-without-key", "JSON without a key in it.", json.dumps({"RequestId": "0f" * 16})
    yield "not-a-key", "short-hex", "A digest, not a key.", drawn("digest", 20).hex()
    yield "not-a-key", "name-only", "A name and nothing behind it.", "KEY="
    yield "modulus-size", "jwk-512", "A JSON Web Key of 512 bits.", json.dumps(
        {"kty": "RSA", "n": url(rsa_moduli.good(512).to_bytes(64, "big")), "e": "AQAB"})
