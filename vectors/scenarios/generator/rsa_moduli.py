"""Numbers given as RSA moduli: products of two primes, and everything that SP 800-56B rev. 2, 6.4.2, forbids."""

from math import prod

import peers
from primitives import SMALL_PRIMES, prime, probably_prime
from scenario import drawn

# RFC 2409, 6.2: the prime of the Second Oakley Group.
OAKLEY = int(
    "ffffffffffffffffc90fdaa22168c234c4c6628b80dc1cd129024e088a67cc74020bbea63b139b22514a08798e3404ddef9519b3cd3a431b30"
    "2b0a6df25f14374fe1356d6d51c245e485b576625e7ec6f44c42e9a637ed6b0bff5cb6f406b7edee386bfb5a899fa5ae9f24117c4b1fe6492866"
    "51ece65381ffffffffffffffff",
    16,
)


def good(bits):
    """A product of two primes, of exactly so many bits."""
    product = prime(f"modulus {bits} p", bits // 2) * prime(f"modulus {bits} q", bits - bits // 2)
    assert product.bit_length() == bits
    return product


def bad():
    large = prime("large factor", 1023)
    for factor in (3, 5, 7, 251, 751):
        yield "small-factor", f"{factor}", f"{factor} times a prime.", large * factor
    yield "small-factor", "all-ones", "2^1024 - 1, every bit of the modulus set.", (1 << 1024) - 1
    yield ("small-factor", "one-bit-turned", "The key of these scenarios with one bit turned: a small prime divides it.",
           turned(peers.RSA_N))
    yield "small-factor", "of-a-prime-power", "3 to the power 647.", 3**647
    for name, exponent in [("square", 2), ("cube", 3), ("fifth", 5), ("seventh", 7)]:
        root = prime(f"root of the {name}", -(-1024 // exponent) + 1)
        yield "power-modulus", name, f"A prime to the power {exponent}.", root**exponent
    yield "power-modulus", "many", "761, the smallest prime that fits, to the power 107.", 761**107
    yield "power-modulus", "square-4096", "The square of a prime of 2048 bits.", prime("root of 4096", 2048) ** 2
    yield ("power-modulus", "square-of-a-product", "The square of a product of two primes: four factors of 256 bits.",
           (prime("square p", 256) * prime("square q", 256)) ** 2)
    yield "prime-modulus", "1024", "A prime of 1024 bits: with it anybody computes the private key.", prime("prime", 1024)
    yield "prime-modulus", "oakley", "The prime of RFC 2409's Second Oakley Group.", OAKLEY
    yield "prime-modulus", "mersenne-1279", "2^1279 - 1, a prime.", (1 << 1279) - 1
    yield "prime-modulus", "mersenne-3217", "2^3217 - 1, a prime.", (1 << 3217) - 1
    for bits, count in [(1024, 39), (1024, 71), (2048, 126)]:
        yield ("roca-modulus", f"{bits}-{count}-primes",
               f"Made as the generator of CVE-2017-15361 did, with M the product of the first {count} primes.",
               roca(bits, count))


def beyond_validation():
    return 757 * prime("beyond validation", 1014)


def turned(number):
    """The number with the lowest bit turned that gives it a small factor, and none that is seen at first sight."""
    for bit in range(1, number.bit_length() - 1):
        other = number ^ 1 << bit
        factors = [small for small in SMALL_PRIMES if other % small == 0]
        if factors and factors[0] > 50:
            return other
    raise AssertionError("no bit gives a small factor")


def roca(bits, count):
    """Nemec and others, CCS 2017: both primes are k M + (65537^a mod M)."""
    m = 2 * prod(SMALL_PRIMES[: count - 1])

    def factor(label):
        residue = pow(65537, int.from_bytes(drawn(f"{label} a", 8), "big"), m)
        times = (3 << (bits // 2 - 2)) // m + int.from_bytes(drawn(f"{label} k", 4), "big")
        while not probably_prime(times * m + residue):
            times += 1
        return times * m + residue

    modulus = factor(f"roca {bits} {count} p") * factor(f"roca {bits} {count} q")
    assert modulus.bit_length() == bits
    return modulus
