//! Points of sm2p256v1, y^2 = x^3 - 3 x + b, and the formulas that add them.
//!
//! Sums are built in Jacobian coordinates, (X, Y, Z) standing for
//! (X / Z^2, Y / Z^3), so that no addition needs an inversion. The formulas
//! are the usual ones for a = -3 and are *not* complete: each says which
//! inputs it must not be given, and [`comb`](super::comb) shows that it never
//! gives them. The group has prime order (GB/T 32918.5, cofactor 1), so a
//! point on the curve is already in the right group.

use super::field::FieldElement;
use core::fmt;
use zeroize::{Zeroize, Zeroizing};

/// The curve coefficient b (GB/T 32918.5), big-endian.
const B: [u8; 32] = [
    0x28, 0xe9, 0xfa, 0x9e, 0x9d, 0x9f, 0x5e, 0x34, 0x4d, 0x5a, 0x9e, 0x4b, 0xcf, 0x65, 0x09, 0xa7,
    0xf3, 0x97, 0x89, 0xf5, 0x15, 0xab, 0x8f, 0x92, 0xdd, 0xbc, 0xbd, 0x41, 0x4d, 0x94, 0x0e, 0x93,
];

/// The generator's coordinates (GB/T 32918.5), big-endian.
const GENERATOR_X: [u8; 32] = [
    0x32, 0xc4, 0xae, 0x2c, 0x1f, 0x19, 0x81, 0x19, 0x5f, 0x99, 0x04, 0x46, 0x6a, 0x39, 0xc9, 0x94,
    0x8f, 0xe3, 0x0b, 0xbf, 0xf2, 0x66, 0x0b, 0xe1, 0x71, 0x5a, 0x45, 0x89, 0x33, 0x4c, 0x74, 0xc7,
];
const GENERATOR_Y: [u8; 32] = [
    0xbc, 0x37, 0x36, 0xa2, 0xf4, 0xf6, 0x77, 0x9c, 0x59, 0xbd, 0xce, 0xe3, 0x6b, 0x69, 0x21, 0x53,
    0xd0, 0xa9, 0x87, 0x7c, 0xc6, 0x2a, 0x47, 0x40, 0x02, 0xdf, 0x32, 0xe5, 0x21, 0x39, 0xf0, 0xa0,
];

/// Why a pair of coordinates is not a public key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum PointRejected {
    /// A coordinate is not below the field prime, so not canonical.
    CoordinateOutOfRange,
    /// The point does not satisfy the curve equation.
    NotOnCurve,
}

impl fmt::Display for PointRejected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::CoordinateOutOfRange => "a coordinate is not below the field prime",
            Self::NotOnCurve => "the point is not on the curve sm2p256v1",
        })
    }
}

impl core::error::Error for PointRejected {}

/// A point by its plain coordinates; never the point at infinity.
#[derive(Clone, Copy)]
#[cfg_attr(test, derive(Debug, PartialEq))]
pub(crate) struct AffinePoint {
    pub(crate) x: FieldElement,
    pub(crate) y: FieldElement,
}

impl AffinePoint {
    /// Accepts canonical coordinates of a point on the curve, and only those.
    ///
    /// The point at infinity has no such coordinates, and with cofactor 1
    /// there is no small subgroup to look out for.
    pub(crate) fn from_coordinates(x: &[u8; 32], y: &[u8; 32]) -> Result<Self, PointRejected> {
        let coordinate = |bytes| FieldElement::from_be_bytes(bytes);
        let (Some(x), Some(y), Some(b)) = (coordinate(x), coordinate(y), coordinate(&B)) else {
            return Err(PointRejected::CoordinateOutOfRange);
        };
        let x_cubed = x.square().mul(&x);
        let three_x = x.double().add(&x);
        if y.square() == x_cubed.sub(&three_x).add(&b) {
            Ok(Self { x, y })
        } else {
            Err(PointRejected::NotOnCurve)
        }
    }

    /// The generator G.
    pub(crate) fn generator() -> Result<Self, PointRejected> {
        Self::from_coordinates(&GENERATOR_X, &GENERATOR_Y)
    }

    /// The limbs of x, then those of y, for a table to store.
    pub(crate) fn into_limbs(self) -> [u64; 8] {
        let [x0, x1, x2, x3] = self.x.into_limbs();
        let [y0, y1, y2, y3] = self.y.into_limbs();
        [x0, x1, x2, x3, y0, y1, y2, y3]
    }

    /// Takes back what [`into_limbs`](Self::into_limbs) gave.
    #[inline(always)]
    pub(crate) fn from_limbs(limbs: &[u64; 8]) -> Self {
        let [x0, x1, x2, x3, y0, y1, y2, y3] = *limbs;
        Self {
            x: FieldElement::from_limbs([x0, x1, x2, x3]),
            y: FieldElement::from_limbs([y0, y1, y2, y3]),
        }
    }

    /// The inverse point where the mask is ones, the point where it is zero.
    #[inline(always)]
    pub(crate) fn negate_if(&self, mask: u64) -> Self {
        Self {
            x: self.x,
            y: FieldElement::select(mask, &self.y.negate(), &self.y),
        }
    }
}

impl Zeroize for AffinePoint {
    fn zeroize(&mut self) {
        self.x.zeroize();
        self.y.zeroize();
    }
}

/// A point in Jacobian coordinates.
#[derive(Clone, Copy)]
pub(crate) struct JacobianPoint {
    x: FieldElement,
    y: FieldElement,
    z: FieldElement,
}

impl JacobianPoint {
    /// `self + other`, by 8 multiplications and 3 squarings.
    ///
    /// Neither point may be the point at infinity. If the two are equal or
    /// inverse to each other the result has z = 0, whatever the sum is.
    #[inline]
    pub(crate) fn add_affine(&self, other: &AffinePoint) -> Self {
        let z_squared = self.z.square();
        let h = other.x.mul(&z_squared).sub(&self.x);
        let r = other.y.mul(&self.z.mul(&z_squared)).sub(&self.y);
        let h_squared = h.square();
        let h_cubed = h_squared.mul(&h);
        let v = self.x.mul(&h_squared);
        let x = r.square().sub(&h_cubed).sub(&v.double());
        let y = r.mul(&v.sub(&x)).sub(&self.y.mul(&h_cubed));
        let z = self.z.mul(&h);
        Self { x, y, z }
    }

    /// `2 self`. The group's order is odd, so no point of it is exceptional.
    pub(crate) fn double(&self) -> Self {
        let z_squared = self.z.square();
        let y_doubled = self.y.double();
        let y_squared_4 = y_doubled.square();
        let v = self.x.mul(&y_squared_4);
        let slope = self.x.sub(&z_squared).mul(&self.x.add(&z_squared));
        let slope = slope.double().add(&slope);
        let x = slope.square().sub(&v.double());
        let y = slope.mul(&v.sub(&x)).sub(&y_squared_4.square().halve());
        let z = y_doubled.mul(&self.z);
        Self { x, y, z }
    }

    /// All ones if z is zero: the point at infinity, or an addition that
    /// was given equal or inverse points.
    #[inline(always)]
    pub(crate) fn is_degenerate_mask(&self) -> u64 {
        self.z.is_zero_mask()
    }

    /// The inverse point where the mask is ones, the point where it is zero.
    #[inline(always)]
    pub(crate) fn negate_if(&self, mask: u64) -> Self {
        Self {
            x: self.x,
            y: FieldElement::select(mask, &self.y.negate(), &self.y),
            z: self.z,
        }
    }

    /// `yes` if the mask is ones, `no` if it is zero.
    #[inline(always)]
    pub(crate) fn select(mask: u64, yes: &Self, no: &Self) -> Self {
        Self {
            x: FieldElement::select(mask, &yes.x, &no.x),
            y: FieldElement::select(mask, &yes.y, &no.y),
            z: FieldElement::select(mask, &yes.z, &no.z),
        }
    }

    /// The limbs of x and of y, and those of z with nothing behind them, for a table to compute with.
    #[cfg(target_arch = "x86_64")]
    pub(crate) fn limbs(&self) -> [[u64; 8]; 2] {
        let [x0, x1, x2, x3] = self.x.into_limbs();
        let [y0, y1, y2, y3] = self.y.into_limbs();
        let [z0, z1, z2, z3] = self.z.into_limbs();
        [
            [x0, x1, x2, x3, y0, y1, y2, y3],
            [z0, z1, z2, z3, 0, 0, 0, 0],
        ]
    }

    /// A point whose coordinates are in the form of R = 2^260, as
    /// [`FieldElement::from_wide_form`] takes them.
    #[cfg(target_arch = "x86_64")]
    pub(crate) fn from_wide_form(coordinates: &[[u64; 5]; 3]) -> Self {
        let [x, y, z] = coordinates.each_ref().map(FieldElement::from_wide_form);
        Self { x, y, z }
    }

    /// The coordinates, given `1 / z`.
    fn to_affine_with(self, z_inverse: &FieldElement) -> AffinePoint {
        let z_squared = z_inverse.square();
        AffinePoint {
            x: self.x.mul(&z_squared),
            y: self.y.mul(&z_squared.mul(z_inverse)),
        }
    }
}

impl From<AffinePoint> for JacobianPoint {
    fn from(point: AffinePoint) -> Self {
        Self {
            x: point.x,
            y: point.y,
            z: FieldElement::ONE,
        }
    }
}

impl Zeroize for JacobianPoint {
    fn zeroize(&mut self) {
        self.x.zeroize();
        self.y.zeroize();
        self.z.zeroize();
    }
}

/// The plain coordinates of two finite points, for one inversion.
///
/// 1/z1 = z2 / (z1 z2) and 1/z2 = z1 / (z1 z2).
pub(crate) fn pair_to_affine(
    first: &JacobianPoint,
    second: &JacobianPoint,
) -> (Zeroizing<AffinePoint>, Zeroizing<AffinePoint>) {
    let inverse = Zeroizing::new(first.z.mul(&second.z).invert());
    let first_inverse = Zeroizing::new(inverse.mul(&second.z));
    let second_inverse = Zeroizing::new(inverse.mul(&first.z));
    (
        Zeroizing::new(first.to_affine_with(&first_inverse)),
        Zeroizing::new(second.to_affine_with(&second_inverse)),
    )
}

/// The plain coordinates of many finite points, for one inversion.
///
/// Running products of the z are inverted together and peeled off from the
/// back (Montgomery's trick). For public points: nothing is wiped.
pub(crate) fn all_to_affine(points: &[JacobianPoint]) -> Vec<AffinePoint> {
    let mut product = FieldElement::ONE;
    let mut products_before = Vec::with_capacity(points.len());
    for point in points {
        products_before.push(product);
        product = product.mul(&point.z);
    }
    let mut inverse = product.invert();
    let mut affine: Vec<AffinePoint> = points
        .iter()
        .zip(&products_before)
        .rev()
        .map(|(point, before)| {
            let z_inverse = inverse.mul(before);
            inverse = inverse.mul(&point.z);
            point.to_affine_with(&z_inverse)
        })
        .collect();
    affine.reverse();
    affine
}
