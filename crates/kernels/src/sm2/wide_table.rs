//! The table of a point's odd multiples with AVX-512 IFMA: eight rows at once, one in each lane.
//!
//! Everything here is public. What is computed is what [`comb`](super::comb) computes one after the other; an entry may
//! be given as p more where that is below 2^256.

use core::arch::x86_64::*;

use super::lanes::Lanes;
use super::point::JacobianPoint;
use super::row::{ROW_LENGTH, Row};
use super::scalar::DIGITS;
use super::wide::{Points, transposed};

/// Rows that are computed together.
const LANES: usize = 8;

/// Groups of so many rows; in the last one some lanes compute nothing that is used.
const GROUPS: usize = DIGITS.div_ceil(LANES);

/// What eight rows have at one place, and what the z before was multiplied by to be this one.
struct Place {
    x: Lanes,
    y: Lanes,
    ratio: Lanes,
}

/// The rows of a table, in the form of R = 2^260, from Q and 2 Q of each.
///
/// Each sum of a row has the z of the one before times something that the addition knows: one inversion for the last z of
/// all rows gives the others from the back.
#[inline(never)]
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn rows(bases: &[[JacobianPoint; 2]; DIGITS]) -> Box<[Row; DIGITS]> {
    let mut places = Vec::with_capacity(GROUPS * ROW_LENGTH);
    let mut last = Vec::with_capacity(GROUPS);
    for bases in bases.chunks(LANES) {
        last.push(multiples(&loaded(bases, 0), &loaded(bases, 1), &mut places));
    }
    let mut rows = Box::new([Row([[0; 8]; ROW_LENGTH]); DIGITS]);
    let z_inverses = inverted(&last);
    let groups = rows.chunks_mut(LANES).zip(places.chunks(ROW_LENGTH));
    for ((rows, places), mut z_inverse) in groups.zip(z_inverses) {
        for (place, Place { x, y, ratio }) in places.iter().enumerate().rev() {
            let z_squared = z_inverse.square();
            let x = x.mul(&z_squared);
            let y = y.mul(&z_squared.mul(&z_inverse));
            z_inverse = z_inverse.mul(ratio);
            let [x0, x1, x2, x3, _] = x.within_256_bits().into_words();
            let [y0, y1, y2, y3, _] = y.within_256_bits().into_words();
            let entries = transposed([x0, x1, x2, x3, y0, y1, y2, y3]);
            for (row, words) in rows.iter_mut().zip(entries) {
                if let Some(entry) = row.0.get_mut(place) {
                    // SAFETY: an entry is 64 writable bytes; the store needs no alignment.
                    unsafe { _mm512_storeu_epi64(entry.as_mut_ptr().cast(), words) }
                }
            }
        }
    }
    rows
}

/// Q, 3 Q, ..., 31 Q of each lane, and the z of the last one.
///
/// With u the z of 2 Q, (x, y) -> (u^2 x, u^3 y) leads to another curve, on which 2 Q has the z 1, so that the shorter
/// addition does; its formula has no coefficient of the curve in it. A z times u leads back.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn multiples(base: &Points, doubled: &Points, places: &mut Vec<Place>) -> Lanes {
    let u_squared = doubled.z.square();
    let mut points = Points {
        x: base.x.mul(&u_squared),
        y: base.y.mul(&u_squared.mul(&doubled.z)),
        z: base.z,
    };
    let mut ratio = Lanes::one();
    for place in 0..ROW_LENGTH {
        if place > 0 {
            (points, ratio) = points.add_affine_by_ratio(&doubled.x, &doubled.y);
        }
        let Points { x, y, .. } = points;
        places.push(Place { x, y, ratio });
    }
    points.z.mul(&doubled.z)
}

/// The inverse of each, for one inversion in each lane.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn inverted(elements: &[Lanes]) -> Vec<Lanes> {
    let mut product = Lanes::one();
    let mut inverses = Vec::with_capacity(elements.len());
    for element in elements {
        inverses.push(product);
        product = product.mul(element);
    }
    let mut inverse = product.invert();
    for (element, before) in elements.iter().zip(&mut inverses).rev() {
        *before = before.mul(&inverse);
        inverse = inverse.mul(element);
    }
    inverses
}

/// The bases with this index, one a lane. A lane that is left takes the first one for nothing.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn loaded(bases: &[[JacobianPoint; 2]], index: usize) -> Points {
    let mut vectors = [[_mm512_setzero_si512(); LANES]; 2];
    let [of_x_and_y, of_z] = &mut vectors;
    for (lane, (x_and_y, z)) in of_x_and_y.iter_mut().zip(of_z).enumerate() {
        let point = bases
            .get(lane)
            .or(bases.first())
            .and_then(|both| both.get(index));
        if let Some(words) = point.map(JacobianPoint::limbs) {
            // SAFETY: eight words are 64 readable bytes; the loads need no alignment.
            *x_and_y = unsafe { _mm512_loadu_epi64(words[0].as_ptr().cast()) };
            // SAFETY: as above.
            *z = unsafe { _mm512_loadu_epi64(words[1].as_ptr().cast()) };
        }
    }
    let [x0, x1, x2, x3, y0, y1, y2, y3] = transposed(vectors[0]);
    let [z0, z1, z2, z3, ..] = transposed(vectors[1]);
    let sixteen = Lanes::sixteen();
    Points {
        x: Lanes::from_words([x0, x1, x2, x3]).mul(&sixteen),
        y: Lanes::from_words([y0, y1, y2, y3]).mul(&sixteen),
        z: Lanes::from_words([z0, z1, z2, z3]).mul(&sixteen),
    }
}

#[cfg(test)]
mod tests {
    use crate::cpu::has_ifma;
    use crate::sm2::backend::Backend;
    use crate::sm2::comb;
    use crate::sm2::field::FieldElement;
    use crate::sm2::point::AffinePoint;

    /// Every entry of the tables of some points, against what is computed one after the other.
    #[test]
    fn every_entry_is_the_portable_one() {
        if !has_ifma() {
            println!("N/A SM2 tables, eight rows at once: this CPU lacks AVX-512 IFMA");
            return;
        }
        let coordinate =
            |[w0, w1, w2, w3]: [u64; 4]| FieldElement::from_wide_form(&[w0, w1, w2, w3, 0]);
        let mut point = AffinePoint::generator().unwrap();
        for _ in 0..20 {
            let wide = comb::tests::table(&point, Backend::Avx512Ifma);
            let portable = comb::tests::table(&point, Backend::Portable);
            for (wide, portable) in wide.iter().zip(portable.iter()) {
                for (wide, portable) in wide.0.iter().zip(portable.0) {
                    let [x0, x1, x2, x3, y0, y1, y2, y3] = *wide;
                    let found = AffinePoint {
                        x: coordinate([x0, x1, x2, x3]),
                        y: coordinate([y0, y1, y2, y3]),
                    };
                    assert_eq!(found, AffinePoint::from_limbs(&portable));
                }
            }
            // 17 Q of the fourth row: another point of which nothing is known.
            point = AffinePoint::from_limbs(&portable[3].0[8]);
        }
    }
}
