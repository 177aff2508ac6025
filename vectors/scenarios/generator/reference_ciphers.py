"""Opening, from the standards: SM4-GCM (SP 800-38D), AES-256-CBC with PKCS#7, and the two key wraps, all the slow way."""

from base64 import b64decode, b64encode

from Cryptodome.Cipher import AES
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from gmssl import sm2, sm3, sm4

CURVE = {name: int(sm2.default_ecc_table[name], 16) for name in "abnp"}
GENERATOR = sm2.default_ecc_table["g"]
KEYS = {"AES-256-CBC": (32, 16), "SM4-GCM": (16, 12)}


class Wrong(Exception):
    """The class of what is wrong."""


def decode(text):
    """Strict base64."""
    try:
        data = b64decode(text.encode("ascii"), validate=True)
    except ValueError:
        raise Wrong("base64") from None
    if b64encode(data).decode() != text:
        raise Wrong("base64")
    return data


def open_body(algorithm, key, iv, ciphertext, tag):
    return open_cbc(key, iv, ciphertext) if algorithm == "AES-256-CBC" else open_gcm(key, iv, ciphertext, tag)


def open_cbc(key, iv, ciphertext):
    if not ciphertext or len(ciphertext) % 16:
        raise Wrong("size")
    padded = AES.new(key, AES.MODE_CBC, iv).decrypt(ciphertext)
    count = padded[-1]
    if not 1 <= count <= 16 or padded[-count:] != bytes([count]) * count:
        raise Wrong("padding")
    return padded[:-count]


def open_gcm(key, iv, ciphertext, tag):
    cipher = sm4.CryptSM4()
    cipher.set_key(key, sm4.SM4_ENCRYPT)
    block = lambda data: bytes(cipher.one_round(cipher.sk, list(data)))
    h = int.from_bytes(block(bytes(16)), "big")
    count = iv + (1).to_bytes(4, "big")
    pieces = [ciphertext[at : at + 16] for at in range(0, len(ciphertext), 16)]
    lengths = (0).to_bytes(8, "big") + (8 * len(ciphertext)).to_bytes(8, "big")
    digest = 0
    for piece in [*pieces, lengths]:
        digest = times(digest ^ int.from_bytes(piece.ljust(16, b"\0"), "big"), h)
    if xor(digest.to_bytes(16, "big"), block(count)) != tag:
        raise Wrong("tag")
    streams = (block(iv + (2 + at).to_bytes(4, "big")) for at in range(len(pieces)))
    return b"".join(xor(piece, stream) for piece, stream in zip(pieces, streams))


def times(x, y):
    """SP 800-38D, 6.3: the product in GF(2^128), bits from the left."""
    product = 0
    for bit in range(127, -1, -1):
        if x >> bit & 1:
            product ^= y
        y = y >> 1 ^ (0xE1 << 120 if y & 1 else 0)
    return product


def xor(one, other):
    return bytes(a ^ b for a, b in zip(one, other))


def rsa_block(pem, blob):
    """The padded block inside a blob, and the modulus."""
    numbers = load_pem_private_key(pem, None).private_numbers()
    modulus = numbers.public_numbers.n
    number = int.from_bytes(blob, "big")
    if len(blob) != (modulus.bit_length() + 7) // 8 or number >= modulus:
        raise Wrong("wrap")
    return pow(number, numbers.d, modulus).to_bytes(len(blob), "big")


def rsa_unwrap(pem, blob):
    block = rsa_block(pem, blob)
    padding, zero, key = block[2:].partition(b"\0")
    if block[:2] != b"\0\2" or not zero or len(padding) < 8:
        raise Wrong("wrap")
    return key


def sm2_secret(pem):
    """The scalar of a PKCS#8 file: the OCTET STRING of 32 bytes in it."""
    der = b64decode(b"".join(pem.splitlines()[1:-1]))
    at = der.index(b"\x02\x01\x01\x04\x20") + 5
    return int.from_bytes(der[at : at + 32], "big")


def sm2_multiply(scalar, point):
    """Both coordinates of a multiple, 64 bytes, by gmssl."""
    engine = sm2.CryptSM2(private_key="", public_key="")
    return bytes.fromhex(engine._kg(scalar, point))


def on_curve(x, y):
    p = CURVE["p"]
    return x < p and y < p and (y * y - (x**3 + CURVE["a"] * x + CURVE["b"])) % p == 0


def hashed(*parts):
    return bytes.fromhex(sm3.sm3_hash(list(b"".join(parts))))


def sm2_unwrap(pem, blob):
    c1, c3, c2 = blob[:65], blob[65:97], blob[97:]
    x, y = (int.from_bytes(c1[at : at + 32], "big") for at in (1, 33))
    if len(blob) != 113 or c1[0] != 4 or not on_curve(x, y):
        raise Wrong("wrap")
    shared = sm2_multiply(sm2_secret(pem), c1[1:].hex())
    key = xor(c2, hashed(shared, (1).to_bytes(4, "big")))
    if hashed(shared[:32], key, shared[32:]) != c3:
        raise Wrong("wrap")
    return key
