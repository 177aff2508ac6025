//! Multiplying one unchanging point by many secret scalars.
//!
//! For a point P the table holds, in row i from 0 to 50, the odd multiples
//! 1, 3, ..., 31 of 32^i P. With the digits of [`scalar`](super::scalar),
//! k P = 2^255 P + sum d_i 32^i P is one entry from each row, its sign
//! applied, plus the fixed point 2^255 P: 51 additions and no doubling.
//!
//! # Why the incomplete addition is enough
//!
//! Let k be the odd scalar that the digits spell, and S_i = d_0 + d_1 32 + ...
//! \+ d_(i-1) 32^(i-1). Every digit is odd and at most 31 in size, so S_i is odd
//! and |S_i| <= 32^i - 1.
//!
//! - The sum before row i stands for S_i P. It is finite: S_i is odd, so not
//!   0, and smaller than 2^255, so not a multiple of the order n > 2^255.
//! - Adding d_i 32^i P would be exceptional only if S_i = +-d_i 32^i mod n.
//!   But |S_i| < 32^i <= |d_i| 32^i, so S_i -+ d_i 32^i is not 0, and it is
//!   below 32^(i+1) <= 2^255 < n in size, so it is not 0 mod n.
//! - The last addition is of 2^255 P to S_51 P, with S_51 = k - 2^255.
//!   Inverse points would mean k = 0 mod n, which a scalar is not. Equal
//!   points mean k = 2^256 mod n: k = 2^256 - n, one scalar of all (and its
//!   opposite, which is even and spelled by it). Then the addition gives z = 0,
//!   and 2^256 P, which the table also holds, is selected in its place.

use super::backend::Backend;
use super::point::{AffinePoint, JacobianPoint, all_to_affine, pair_to_affine};
use super::row::{ROW_LENGTH, Row};
use super::scalar::{DIGITS, Scalar};
#[cfg(target_arch = "x86_64")]
use super::{wide, wide_table};
use zeroize::Zeroizing;

/// Bits of the scalar a row stands for.
const ROW_BITS: usize = 5;

/// The multiples of one point: 51 rows of 1 KiB and two points more.
pub(crate) struct Comb {
    /// In the form that the backend computes in.
    rows: Box<[Row; DIGITS]>,
    /// 2^255 P.
    top: AffinePoint,
    /// 2^256 P.
    top_doubled: AffinePoint,
    #[cfg_attr(
        not(target_arch = "x86_64"),
        allow(dead_code, reason = "there is one backend here")
    )]
    backend: Backend,
}

impl Comb {
    /// Computes the table. The point is public: how long this takes may
    /// depend on it.
    ///
    /// Nothing here is exceptional: it adds (2 j - 1) Q and 2 Q for j < 16
    /// and points Q of an order far above 31.
    ///
    /// The backend runs here.
    pub(crate) fn new(point: &AffinePoint, backend: Backend) -> Self {
        let [bases @ .., [top, top_doubled]] = row_bases(point);
        let (top, top_doubled) = pair_to_affine(&top, &top_doubled);
        Self {
            rows: rows(&bases, backend),
            top: *top,
            top_doubled: *top_doubled,
            backend,
        }
    }

    /// The scalar times both points, in time that does not depend on the scalar.
    pub(crate) fn multiply_both(
        first: &Self,
        second: &Self,
        scalar: &Scalar,
    ) -> [Zeroizing<JacobianPoint>; 2] {
        #[cfg(target_arch = "x86_64")]
        if first.backend == Backend::Avx512Ifma && second.backend == Backend::Avx512Ifma {
            let rows = [&*first.rows, &*second.rows];
            // SAFETY: a table of this backend is made only where it runs.
            let sums = unsafe { wide::multiply(rows, &scalar.picks()) };
            let [of_first, of_second] = sums.each_ref().map(JacobianPoint::from_wide_form);
            return [
                first.finish(Zeroizing::new(of_first), scalar),
                second.finish(Zeroizing::new(of_second), scalar),
            ];
        }
        [first.multiply(scalar), second.multiply(scalar)]
    }

    /// The scalar times the point, one addition after the other.
    fn multiply(&self, scalar: &Scalar) -> Zeroizing<JacobianPoint> {
        let [first_row, rows @ ..] = &*self.rows;
        let [first_digit, digits @ ..] = scalar.digits();

        let mut sum = Zeroizing::new(JacobianPoint::from(*first_row.pick(first_digit)));
        for (row, digit) in rows.iter().zip(digits) {
            *sum = sum.add_affine(&row.pick(digit));
        }
        self.finish(sum, scalar)
    }

    /// From the sum of the rows to the product.
    fn finish(
        &self,
        mut sum: Zeroizing<JacobianPoint>,
        scalar: &Scalar,
    ) -> Zeroizing<JacobianPoint> {
        *sum = sum.add_affine(&self.top);
        let top_doubled = JacobianPoint::from(self.top_doubled);
        *sum = JacobianPoint::select(sum.is_degenerate_mask(), &top_doubled, &sum);
        *sum = sum.negate_if(scalar.negated());
        sum
    }
}

/// The odd multiples 1, 3, ..., 31 of the first of each pair, given its double, in the backend's form.
fn rows(bases: &[[JacobianPoint; 2]; DIGITS], backend: Backend) -> Box<[Row; DIGITS]> {
    #[cfg(target_arch = "x86_64")]
    if backend == Backend::Avx512Ifma {
        // SAFETY: a table of this backend is made only where it runs.
        return unsafe { wide_table::rows(bases) };
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = backend;
    let bases = all_to_affine(bases.as_flattened());
    let mut multiples = Vec::with_capacity(DIGITS * ROW_LENGTH);
    for [base, doubled] in bases.as_chunks().0 {
        let mut multiple = JacobianPoint::from(*base);
        for _ in 1..ROW_LENGTH {
            multiples.push(multiple);
            multiple = multiple.add_affine(doubled);
        }
        multiples.push(multiple);
    }

    let mut rows = Box::new([Row([[0; 8]; ROW_LENGTH]); DIGITS]);
    let entries = rows.iter_mut().flat_map(|row| row.0.iter_mut());
    for (entry, multiple) in entries.zip(all_to_affine(&multiples)) {
        *entry = multiple.into_limbs();
    }
    rows
}

/// `[Q, 2 Q]` for Q = 32^i P, i from 0 to 51.
fn row_bases(point: &AffinePoint) -> [[JacobianPoint; 2]; DIGITS + 1] {
    let mut base = JacobianPoint::from(*point);
    let mut doubled = base.double();
    core::array::from_fn(|row| {
        if row > 0 {
            base = (1..ROW_BITS).fold(doubled, |power, _| power.double());
            doubled = base.double();
        }
        [base, doubled]
    })
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::sm2) fn table(point: &AffinePoint, backend: Backend) -> Box<[Row; DIGITS]> {
        Comb::new(point, backend).rows
    }
}
