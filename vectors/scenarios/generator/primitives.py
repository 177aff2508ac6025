"""What the scenarios are made with: DER by hand, SM2 by the standard, RSA by its formula, ciphers by OpenSSL."""

import hashlib

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from scenario import b64, drawn

# GB/T 32918.5-2017.
P = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF00000000FFFFFFFFFFFFFFFF
A = P - 3
B = 0x28E9FA9E9D9F5E344D5A9E4BCF6509A7F39789F515AB8F92DDBCBD414D940E93
N = 0xFFFFFFFEFFFFFFFFFFFFFFFFFFFFFFFF7203DF6B21C6052B53BBF40939D54123
G = (
    0x32C4AE2C1F1981195F9904466A39C9948FE30BBFF2660BE1715A4589334C74C7,
    0xBC3736A2F4F6779C59BDCEE36B692153D0A9877CC62A474002DF32E52139F0A0,
)

OID_RSA = bytes.fromhex("06092a864886f70d010101")
OID_PSS = bytes.fromhex("06092a864886f70d01010a")
OID_EC = bytes.fromhex("06072a8648ce3d0201")
OID_SM2 = bytes.fromhex("06082a811ccf5501822d")
OID_P256 = bytes.fromhex("06082a8648ce3d030107")
OID_K256 = bytes.fromhex("06052b8104000a")
OID_ED25519 = bytes.fromhex("06032b6570")
NULL = b"\x05\x00"


def der(tag, content):
    size = len(content)
    if size < 128:
        return bytes([tag, size]) + content
    length = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([tag, 0x80 | len(length)]) + length + content


def integer(value):
    return der(0x02, value.to_bytes(value.bit_length() // 8 + 1, "big"))


def sequence(*parts):
    return der(0x30, b"".join(parts))


def pkcs1(modulus, exponent=65537):
    return sequence(integer(modulus), integer(exponent))


def spki(algorithm, key):
    return sequence(sequence(*algorithm), der(0x03, b"\x00" + key))


def rsa_spki(key):
    return spki([OID_RSA, NULL], key)


def sm2_spki(point, curve=OID_SM2):
    return spki([OID_EC, curve], point)


def pem(label, data, end="\n"):
    body = b64(data)
    lines = [body[at : at + 64] for at in range(0, len(body), 64)]
    return end.join([f"-----BEGIN {label}-----", *lines, f"-----END {label}-----", ""])


def add(one, other):
    """The sum of two points of the curve; `None` is the point at infinity."""
    if one is None or other is None:
        return other if one is None else one
    (x1, y1), (x2, y2) = one, other
    if x1 == x2 and (y1 + y2) % P == 0:
        return None
    if one == other:
        slope = (3 * x1 * x1 + A) * pow(2 * y1, -1, P)
    else:
        slope = (y2 - y1) * pow(x2 - x1, -1, P)
    x3 = (slope * slope - x1 - x2) % P
    return x3, (slope * (x1 - x3) - y1) % P


def multiply(scalar, point):
    result = None
    while scalar:
        if scalar & 1:
            result = add(result, point)
        point, scalar = add(point, point), scalar >> 1
    return result


def coordinates(point):
    return [number.to_bytes(32, "big") for number in point]


def encode(point):
    return b"\x04" + b"".join(coordinates(point))


def sm3(*parts):
    return hashlib.new("sm3", b"".join(parts)).digest()


def sm2_wrap(public, scalar, message):
    """GB/T 32918.4, 6.1: C1 || C3 || C2."""
    x2, y2 = coordinates(multiply(scalar, public))
    stream = b"".join(sm3(x2, y2, count.to_bytes(4, "big")) for count in range(1, len(message) // 32 + 2))
    hidden = bytes(byte ^ key for byte, key in zip(message, stream))
    return encode(multiply(scalar, G)) + sm3(x2, message, y2) + hidden


def rsa_raise(block, modulus, exponent=65537):
    size = (modulus.bit_length() + 7) // 8
    return pow(int.from_bytes(block, "big"), exponent, modulus).to_bytes(size, "big")


def rsa_block(message, padding):
    """RFC 8017, 7.2.1."""
    return b"\x00\x02" + padding + b"\x00" + message


def prime(label, bits):
    top = int.from_bytes(drawn(label, bits // 8), "big") | 3 << (bits - 2) | 1
    while not probably_prime(top):
        top += 2
    return top


SMALL_PRIMES = [number for number in range(3, 752, 2) if all(number % divisor for divisor in range(3, 28, 2)
                                                           if divisor < number)]


def probably_prime(number):
    if any(number % small == 0 for small in SMALL_PRIMES):
        return number in SMALL_PRIMES
    odd, twos = number - 1, 0
    while odd % 2 == 0:
        odd, twos = odd // 2, twos + 1
    for base in (2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71):
        power = pow(base, odd, number)
        if power in (1, number - 1):
            continue
        for _ in range(twos - 1):
            power = power * power % number
            if power == number - 1:
                break
        else:
            return False
    return True


def cbc(key, iv, padded):
    sealer = Cipher(algorithms.AES256(key), modes.CBC(iv)).encryptor()
    return sealer.update(padded) + sealer.finalize()


def pkcs7(plaintext):
    count = 16 - len(plaintext) % 16
    return plaintext + bytes([count]) * count


def gcm(key, iv, plaintext, aad=b""):
    """SM4-GCM: ciphertext and tag."""
    sealer = Cipher(algorithms.SM4(key), modes.GCM(iv)).encryptor()
    sealer.authenticate_additional_data(aad)
    return sealer.update(plaintext) + sealer.finalize(), sealer.tag
