"""`unwrap/`: wrapped keys as the service receives them in `CiphertextBlob`, and what it must not take for one."""

import peers
from primitives import (
    G, N, P, add, coordinates, der, integer, multiply, rsa_block, rsa_raise, sequence, sm2_wrap, sm3,
)
from scenario import Scenario, drawn

RSA, SM2 = "scenario-rsa-1024-private.pem", "scenario-sm2-private.pem"
RSA_KEY, SM2_KEY = drawn("wrapped rsa", 32), drawn("wrapped sm2", 16)
PADDING = bytes(byte or 1 for byte in drawn("wrap padding", 128 - 3 - 32))


def scenario(private, name, why, expect, blob, key):
    short = "rsa" if private == RSA else "sm2"
    return Scenario(f"unwrap/{short}-{expect}-{name}", expect, why,
                    {"private-key": private, "key": key.hex(), "blob": blob.hex()})


def rsa():
    wrap = lambda block: rsa_raise(block, peers.RSA_N)
    good = wrap(rsa_block(RSA_KEY, PADDING))
    yield scenario(RSA, "plain", "A session key of AES-256.", "unwraps", good, RSA_KEY)
    ones = wrap(rsa_block(RSA_KEY, b"\x01" * 93))
    yield scenario(RSA, "padding-of-ones", "The smallest padding bytes there are.", "unwraps", ones, RSA_KEY)
    ascii_key = b"aqPpVPUV9XMCCr5QQSu4p6mI8BAgbMz3"
    yield scenario(RSA, "ascii-key", "Keys of letters, as the service's demos draw them.", "unwraps",
                   wrap(rsa_block(ascii_key, PADDING)), ascii_key)
    short = next(
        padding for padding in (bytes(b or 1 for b in drawn(f"short blob {n}", 93)) for n in range(10**6))
        if wrap(rsa_block(RSA_KEY, padding))[0] == 0
    )
    blob = wrap(rsa_block(RSA_KEY, short))
    yield scenario(RSA, "leading-zero", "A blob whose first byte is zero keeps its length.", "unwraps", blob, RSA_KEY)
    for name, why, block in [
        ("block-type-1", "The padding of a signature.", b"\0\1" + b"\xff" * 93 + b"\0" + RSA_KEY),
        ("first-byte", "The block begins with 1.", b"\1\2" + PADDING + b"\0" + RSA_KEY),
        ("no-zero", "Nothing ends the padding.", b"\0\2" + PADDING + b"\1" + RSA_KEY),
        ("short-padding", "Seven bytes of padding; eight are the least.", b"\0\2" + PADDING[:7] + b"\0" + RSA_KEY.rjust(118, b"k")),
        ("raw", "The key without padding.", RSA_KEY.rjust(128, b"\0")),
    ]:
        yield scenario(RSA, name, why, "wrap", wrap(block), block[-32:])
    for name, why, blob in [
        ("bit", "A bit of the blob is turned.", bytes([good[0] ^ 1]) + good[1:]),
        ("cut", "The last byte is missing.", good[:-1]), ("longer", "A byte after the blob.", good + b"\0"),
        ("longer-before", "A zero byte before the blob.", b"\0" + good), ("empty", "Nothing.", b""),
        ("above-modulus", "The blob plus the modulus: the same residue.",
         (int.from_bytes(good, "big") + peers.RSA_N).to_bytes(129, "big")),
    ]:
        yield scenario(RSA, name, why, "wrap", blob, RSA_KEY)


def sm2():
    scalar = int.from_bytes(drawn("wrap scalar", 32), "big") % (N - 1) + 1
    wrap = lambda scalar, key=SM2_KEY: sm2_wrap(peers.SM2_Q, scalar, key)
    good = wrap(scalar)
    c1, c3, c2 = good[:65], good[65:97], good[97:]
    yield scenario(SM2, "plain", "A session key of SM4.", "unwraps", good, SM2_KEY)
    yield scenario(SM2, "scalar-one", "k = 1: C1 is the generator.", "unwraps", wrap(1), SM2_KEY)
    yield scenario(SM2, "scalar-most", "k = n - 1: C1 is the generator's inverse.", "unwraps", wrap(N - 1), SM2_KEY)
    yield scenario(SM2, "zero-key", "A key of zeros: C2 is the bare keystream.", "unwraps", wrap(scalar, bytes(16)), bytes(16))
    for axis, point, place in [("x1", G, 0), ("y1", G, 1), ("x2", peers.SM2_Q, 0), ("y2", peers.SM2_Q, 1)]:
        k = short_coordinate(point, place)
        why = f"The coordinate {axis} begins with a zero byte, which must be kept."
        yield scenario(SM2, f"short-{axis}", why, "unwraps", wrap(k), SM2_KEY)
    flip = lambda data, at: data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]
    x, y = coordinates(multiply(scalar, G))
    compressed = bytes([2 + y[-1] % 2]) + x
    for name, why, blob in [
        ("c1c2c3", "The order of the 2010 draft.", c1 + c2 + c3),
        ("without-04", "C1 without its prefix, as some libraries write it.", good[1:]),
        ("compressed", "A compressed C1.", compressed + c3 + c2),
        ("hybrid", "A hybrid C1.", bytes([6 + y[-1] % 2]) + good[1:]),
        ("x-bit", "A bit of x is turned: C1 is off the curve.", flip(good, 32)),
        ("off-curve", "C1 = (0, 0), which is on another curve.", b"\x04" + bytes(64) + c3 + c2),
        ("x-above-p", "x = p.", b"\x04" + P.to_bytes(32, "big") + y + c3 + c2),
        ("infinity", "C1 is the point at infinity.", b"\0" + bytes(64) + c3 + c2),
        ("c3-bit", "A bit of C3 is turned.", flip(good, 65)),
        ("c3-zero", "C3 is zero.", c1 + bytes(32) + c2),
        ("c2-bit", "A bit of C2 is turned.", flip(good, 112)),
        ("y-inverse", "C1 is its own inverse point: on the curve, and another key.",
         b"\x04" + x + (P - int.from_bytes(y, "big")).to_bytes(32, "big") + c3 + c2),
        ("cut", "The last byte is missing.", good[:-1]), ("longer", "A byte after the blob.", good + b"\0"),
        ("short-key", "A key of 15 bytes, rightly wrapped.", wrap(scalar, SM2_KEY[:15])),
        ("long-key", "A key of 17 bytes, rightly wrapped.", wrap(scalar, SM2_KEY + b"k")),
        ("empty", "Nothing.", b""), ("only-c1", "C1 and no more.", c1),
        ("asn1", "The ASN.1 form of GM/T 0009.", asn1(x, y, c3, c2)),
        ("other-key", "Wrapped for another key.", sm2_wrap(multiply(7, G), scalar, SM2_KEY)),
        ("c3-without-y2", "C3 over x2 and the key alone.", c1 + sm3(coordinates(multiply(scalar, peers.SM2_Q))[0], SM2_KEY) + c2),
    ]:
        yield scenario(SM2, name, why, "wrap", blob, SM2_KEY)


def short_coordinate(point, place):
    """A small scalar whose multiple of the point has a coordinate below 2^248."""
    multiple, scalar = point, 1
    while multiple[place] >> 248:
        multiple, scalar = add(multiple, point), scalar + 1
    return scalar


def asn1(x, y, c3, c2):
    numbers = [integer(int.from_bytes(number, "big")) for number in (x, y)]
    return sequence(*numbers, der(4, c3), der(4, c2))


def scenarios():
    yield from rsa()
    yield from sm2()
