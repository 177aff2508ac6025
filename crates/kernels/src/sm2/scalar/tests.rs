//! The digits spell the scalar, for ordinary scalars and at every edge.

use super::*;
use num_bigint::{BigInt, BigUint, Sign};

fn order() -> BigUint {
    BigUint::parse_bytes(
        b"fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123",
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

/// What the digits, with the sign over all, stand for modulo n.
fn spelled(scalar: &Scalar) -> BigInt {
    let mut sum = BigInt::from(1) << 255;
    for (place, digit) in scalar.digits().iter().enumerate() {
        assert!(digit.index < 16);
        let size = BigInt::from(2 * digit.index + 1) << (5 * place);
        match digit.negative {
            0 => sum += size,
            u64::MAX => sum -= size,
            other => panic!("{other:x} is not a mask"),
        }
    }
    let order = BigInt::from_biguint(Sign::Plus, order());
    if scalar.negated() != 0 {
        order - sum
    } else {
        sum
    }
}

#[test]
fn digits_spell_the_scalar() {
    let one = BigUint::from(1u8);
    let mut scalars: Vec<BigUint> = (1u32..200).map(BigUint::from).collect();
    scalars.extend((1u32..200).map(|back| order() - back));
    for bit in 1..256 {
        let power = &one << bit;
        scalars.extend([&power - &one, &power + &one, &power ^ &one, power.clone()]);
    }
    scalars.push((&one << 256u32) - order());
    let mut walk = BigUint::from(3u8);
    for _ in 0..2000 {
        walk = (&walk * &walk + &one) % order();
        scalars.push(walk.clone());
    }
    for k in scalars
        .iter()
        .filter(|k| **k > BigUint::ZERO && **k < order())
    {
        let scalar = Scalar::from_be_bytes(&bytes(k)).unwrap();
        assert_eq!(spelled(&scalar), BigInt::from(k.clone()), "k = {k:x}");
    }
}

#[test]
fn only_one_to_order_less_one_is_taken() {
    let order = order();
    assert!(Scalar::from_be_bytes(&[0; 32]).is_none());
    assert!(Scalar::from_be_bytes(&bytes(&BigUint::from(1u8))).is_some());
    assert!(Scalar::from_be_bytes(&bytes(&(&order - 1u8))).is_some());
    assert!(Scalar::from_be_bytes(&bytes(&order)).is_none());
    assert!(Scalar::from_be_bytes(&bytes(&(&order + 1u8))).is_none());
    assert!(Scalar::from_be_bytes(&[0xff; 32]).is_none());
    // Only one limb set: the test for zero must look at all four.
    for bit in [0u32, 63, 64, 127, 128, 191, 192, 255] {
        assert!(Scalar::from_be_bytes(&bytes(&(BigUint::from(1u8) << bit))).is_some());
    }
}
