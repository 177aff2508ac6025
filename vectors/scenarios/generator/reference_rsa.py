"""What is wrong with an odd number given as an RSA modulus: SP 800-56B rev. 2, 6.4.2, and the mark of ROCA."""

from Cryptodome.Math.Numbers import Integer
from Cryptodome.Math.Primality import COMPOSITE, test_probable_prime

PRIMES = [n for n in range(3, 752) if all(n % d for d in range(2, n))]


def fault(modulus):
    if any(modulus % prime == 0 for prime in PRIMES):
        return "small-factor"
    if any(is_power(modulus, exponent) for exponent in [2, *PRIMES] if 752**exponent < modulus):
        return "power-modulus"
    if test_probable_prime(Integer(modulus)) != COMPOSITE:
        return "prime-modulus"
    if all(modulus % prime in powers(65537, prime) for prime in PRIMES if prime <= 167):
        return "roca-modulus"
    return None


def is_power(number, exponent):
    low, high = 1, 1 << number.bit_length() // exponent + 1
    while low < high:
        middle = (low + high) // 2
        if middle**exponent < number:
            low = middle + 1
        else:
            high = middle
    return low**exponent == number


def powers(base, modulus):
    return {pow(base, exponent, modulus) for exponent in range(modulus)}
