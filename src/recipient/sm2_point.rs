//! Checks that bytes are a valid SM2 public key: an uncompressed point with coordinates in range, on the curve, and not
//! at infinity (GB/T 32918.1, 6.2.1). The curve's cofactor is 1, so its order needs no check of its own.

use crypto_bigint::modular::ConstMontyForm;
use crypto_bigint::{U256, const_monty_params};

use crate::error::{KeyCoding, KeyRejected};

const_monty_params!(
    Field,
    U256,
    "fffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffff",
    "The field of the curve (GB/T 32918.5): integers modulo its prime."
);

pub(super) type Element = ConstMontyForm<Field, { U256::LIMBS }>;

const PRIME: U256 =
    U256::from_be_hex("fffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffff");

/// y² = x³ − 3x + b.
pub(super) const B: Element = Element::new(&U256::from_be_hex(
    "28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93",
));

/// Checks a point in SEC 1 encoding (2.3.3); returns its coordinates, big-endian.
///
/// # Errors
/// The first check that fails, in this order: infinity, encoding, range, curve.
pub(crate) fn check(point: &[u8]) -> Result<(&[u8; 32], &[u8; 32]), KeyRejected> {
    if point == [0] {
        return Err(KeyRejected::PointAtInfinity);
    }
    if matches!(point, [2 | 3, coordinate @ ..] if coordinate.len() == 32) {
        return Err(KeyRejected::point_compressed(&KeyCoding::der()));
    }
    let (prefix, coordinates) = point.split_first().ok_or(KeyRejected::PointEncoding)?;
    let (x, y) = coordinates
        .split_first_chunk()
        .and_then(|(x, y)| Some((x, y.try_into().ok()?)))
        .filter(|_| *prefix == 4)
        .ok_or(KeyRejected::PointEncoding)?;
    match (element(x), element(y)) {
        (Some(of_x), Some(of_y)) if is_on_curve(of_x, of_y) => Ok((x, y)),
        (Some(_), Some(_)) => Err(KeyRejected::OffCurve),
        _ => Err(KeyRejected::CoordinateRange),
    }
}

/// `None` if the coordinate is not below the prime.
pub(super) fn element(coordinate: &[u8; 32]) -> Option<Element> {
    let number = U256::from_be_slice_truncated(coordinate, U256::BITS);
    (number < PRIME).then(|| Element::new(&number))
}

fn is_on_curve(x: Element, y: Element) -> bool {
    // x³ − 3x + b = (x² − 3)·x + b
    let three = Element::new(&U256::from_u8(3));
    y.square() == x.square().sub(&three).mul(&x).add(&B)
}
