//! Field arithmetic against an independent big-integer crate.

use super::*;
use num_bigint::BigUint;

fn prime() -> BigUint {
    BigUint::parse_bytes(
        b"fffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffff",
        16,
    )
    .unwrap()
}

fn bytes(value: &BigUint) -> [u8; 32] {
    let digits = value.to_bytes_be();
    let mut bytes = [0u8; 32];
    bytes[32 - digits.len()..].copy_from_slice(&digits);
    bytes
}

fn element(value: &BigUint) -> FieldElement {
    FieldElement::from_be_bytes(&bytes(value)).unwrap()
}

fn number(element: FieldElement) -> BigUint {
    BigUint::from_bytes_be(&element.to_be_bytes())
}

/// Numbers at the ends of the field, with limbs of all zeros or all ones, and
/// numbers whose *Montgomery form* is such a number.
fn edges() -> Vec<BigUint> {
    let p = prime();
    let words = [0u64, 1, 0xffff_ffff, 1 << 32, u64::MAX - 1, u64::MAX];
    let mut edges: Vec<BigUint> = (0u32..4).map(BigUint::from).collect();
    edges.extend((1u32..4).map(|back| &p - back));
    for word in words {
        for limb in 0..4u32 {
            edges.push((BigUint::from(word) << (64 * limb)) % &p);
            edges.push((&p - (BigUint::from(word) << (64 * limb)) % &p) % &p);
        }
    }
    let r_inverse = (BigUint::from(1u8) << 256u32).modpow(&(&p - 2u8), &p);
    let in_montgomery_form: Vec<_> = edges.iter().map(|edge| edge * &r_inverse % &p).collect();
    edges.extend(in_montgomery_form);
    edges
}

/// A fixed walk through the field.
fn walk(length: usize) -> Vec<BigUint> {
    let p = prime();
    let mut value = BigUint::from(5u8);
    (0..length)
        .map(|_| {
            value = (&value * &value + 7u8) % &p;
            value.clone()
        })
        .collect()
}

fn check(a: &BigUint, b: &BigUint) {
    let p = prime();
    let (x, y) = (element(a), element(b));
    assert_eq!(number(x.mul(&y)), a * b % &p, "{a:x} * {b:x}");
    assert_eq!(number(x.add(&y)), (a + b) % &p, "{a:x} + {b:x}");
    assert_eq!(number(x.sub(&y)), (&p + a - b) % &p, "{a:x} - {b:x}");
    assert_eq!(number(x.square()), a * a % &p, "{a:x}^2");
    assert_eq!(number(x.double()), (a + a) % &p, "2 {a:x}");
    assert_eq!(number(x.halve().double()), *a, "{a:x} / 2");
    assert_eq!(number(x.negate()), (&p - a) % &p, "-{a:x}");
    assert_eq!(x == y, a == b);
    for result in [
        x.mul(&y),
        x.add(&y),
        x.sub(&y),
        x.square(),
        x.negate(),
        x.halve(),
    ] {
        let limbs = BigUint::from_bytes_be(&to_be_bytes(&result.into_limbs()));
        assert!(limbs < p, "{limbs:x} is not reduced");
    }
}

#[test]
fn arithmetic_is_right_at_the_edges() {
    let edges = edges();
    for a in &edges {
        for b in &edges {
            check(a, b);
        }
    }
}

#[test]
fn arithmetic_is_right_in_between() {
    let numbers = walk(100_000);
    for pair in numbers.windows(2) {
        check(&pair[0], &pair[1]);
    }
}

#[test]
fn inverses_are_right() {
    let p = prime();
    for a in edges().iter().chain(&walk(200)) {
        let inverse = number(element(a).invert());
        assert_eq!(inverse, a.modpow(&(&p - 2u8), &p), "1 / {a:x}");
    }
    assert_eq!(FieldElement::ZERO.invert(), FieldElement::ZERO);
}

#[test]
fn only_canonical_numbers_are_read() {
    let p = prime();
    for above in 0u32..3 {
        assert!(FieldElement::from_be_bytes(&bytes(&(&p + above))).is_none());
    }
    assert!(FieldElement::from_be_bytes(&[0xff; 32]).is_none());
    assert_eq!(number(element(&(&p - 1u8))), &p - 1u8);
    assert_eq!(element(&BigUint::from(1u8)), FieldElement::ONE);
}

#[test]
fn zero_is_recognised() {
    assert_eq!(FieldElement::ZERO.is_zero_mask(), u64::MAX);
    for edge in edges().iter().filter(|edge| **edge != BigUint::ZERO) {
        assert_eq!(element(edge).is_zero_mask(), 0, "{edge:x}");
    }
}
