//! A scalar times two points at once, with AVX-512 IFMA: four lanes for each point.
//!
//! The 51 rows of a point's table ([`comb`](super::comb)) go to four lanes: 13, 13, 13 and 12 rows one after the other.
//! A lane sums up its own rows, and then lanes are added in pairs.
//!
//! # Why the incomplete addition is enough
//!
//! Lane j has the digits d_i of the rows i from 13 j on; its sum stands for T_j P, where T_j = sum d_i 32^i. With
//! S = T_j / 32^(13 j) in place of S_i the argument of `comb` holds within a lane, since 32 has an inverse mod n. Then:
//!
//! - T_0 + T_1, T_2 + T_3: T_0 is not 0 and smaller than 32^13, and T_1 an odd multiple of 32^13; so T_0 +- T_1 is not
//!   0, and below 2^255 < n in size. Likewise for T_2 and T_3.
//! - Their sum: T_0 + T_1 is not 0 and smaller than 32^26; T_2 + T_3 is a multiple of 32^26 and not 0; both together are
//!   below 2^255 in size, and so is their difference. So neither is 0 mod n.

use core::arch::x86_64::*;

use super::lanes::Lanes;
use super::row::Row;
use super::scalar::DIGITS;
use zeroize::{Zeroize, Zeroizing};

/// Rows of a lane; the last one of a table has one less.
const ROWS: usize = DIGITS.div_ceil(4);

/// Coordinates x, y and z in words of 64 bits, and what is above bit 256 of each, 0 or 1; in the form of R = 2^260.
pub(super) type Coordinates = [[u64; 5]; 3];

/// The index of each digit, and whether it is negative (not 0): in bytes, so that the test that reads the machine code
/// knows them for secrets.
pub(super) type Picks = [[u8; 2]; DIGITS];

/// Points in Jacobian coordinates, one a lane.
#[derive(Clone, Copy)]
pub(super) struct Points {
    pub(super) x: Lanes,
    pub(super) y: Lanes,
    pub(super) z: Lanes,
}

/// The sum of the rows' entries that the digits name, for both tables. Their entries are in the form of R = 2^260.
#[inline(never)]
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn multiply(tables: [&[Row; DIGITS]; 2], picks: &Picks) -> Zeroizing<[Coordinates; 2]> {
    let (x, y) = entries(tables, picks, 0);
    let z = Lanes::one();
    let mut sum = Points { x, y, z };
    for place in 1..ROWS - 1 {
        let (x, y) = entries(tables, picks, place);
        sum = sum.add_affine(&x, &y);
    }
    // The last lane of each table has no row left and keeps what it has.
    let (x, y) = entries(tables, picks, ROWS - 1);
    sum = sum.replace_where(0b0111_0111, &sum.add_affine(&x, &y));
    sum = sum.add(&Points {
        x: sum.x.swapped_by_one(),
        y: sum.y.swapped_by_one(),
        z: sum.z.swapped_by_one(),
    });
    sum = sum.add(&Points {
        x: sum.x.swapped_by_two(),
        y: sum.y.swapped_by_two(),
        z: sum.z.swapped_by_two(),
    });

    let mut found = Zeroizing::new([[[0; 5]; 3]; 2]);
    let [first, second] = &mut *found;
    for ((coordinate, first), second) in [sum.x, sum.y, sum.z].iter().zip(first).zip(second) {
        for ((words, first), second) in coordinate.into_words().iter().zip(first).zip(second) {
            let mut lanes = [0u64; 8];
            // SAFETY: eight words are 64 writable bytes; the store needs no alignment.
            unsafe { _mm512_storeu_epi64(lanes.as_mut_ptr().cast(), *words) }
            [*first, _, _, _, *second, _, _, _] = lanes;
            lanes.zeroize();
        }
    }
    found
}

/// Coordinates of the entries in the rows `place` of all lanes, the digit's sign applied.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn entries(tables: [&[Row; DIGITS]; 2], picks: &Picks, place: usize) -> (Lanes, Lanes) {
    let mut picked = [_mm512_setzero_si512(); 8];
    let mut negative = [0u64; 8];
    let halves = picked.as_chunks_mut::<4>().0.iter_mut();
    let halves = halves.zip(negative.as_chunks_mut::<4>().0);
    for ((picked, negative), table) in halves.zip(tables) {
        let lanes = table.chunks(ROWS).zip(picks.chunks(ROWS));
        for ((picked, negative), (rows, picks)) in picked.iter_mut().zip(negative).zip(lanes) {
            // A lane without a row takes another one for nothing.
            let place = place.min(rows.len().saturating_sub(1));
            if let (Some(row), Some([index, is_negative])) = (rows.get(place), picks.get(place)) {
                *picked = pick(row, *index);
                *negative = u64::from(*is_negative);
            }
        }
    }
    // SAFETY: eight words are 64 readable bytes; the load needs no alignment.
    let signs = unsafe { _mm512_loadu_epi64(negative.as_ptr().cast()) };
    negative.zeroize();
    let [x0, x1, x2, x3, y0, y1, y2, y3] = transposed(picked);
    let y = Lanes::from_words([y0, y1, y2, y3]);
    (
        Lanes::from_words([x0, x1, x2, x3]),
        y.negate_where(_mm512_test_epi64_mask(signs, signs)),
    )
}

/// The entry with this index. Reads all and keeps one by mask.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn pick(row: &Row, index: u8) -> __m512i {
    let index = _mm512_set1_epi64(i64::from(index));
    let mut picked = _mm512_setzero_si512();
    for (position, entry) in (0i64..).zip(&row.0) {
        // SAFETY: an entry is 64 readable bytes; the load needs no alignment.
        let entry = unsafe { _mm512_loadu_epi64(entry.as_ptr().cast()) };
        let is_it = _mm512_cmpeq_epi64_mask(index, _mm512_set1_epi64(position));
        picked = _mm512_mask_mov_epi64(picked, is_it, entry);
    }
    picked
}

/// Word i of vector j to word j of vector i.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
pub(super) fn transposed([a, b, c, d, e, f, g, h]: [__m512i; 8]) -> [__m512i; 8] {
    let [even_0, even_4, even_2, even_6] = quarters([
        _mm512_unpacklo_epi64(a, b),
        _mm512_unpacklo_epi64(c, d),
        _mm512_unpacklo_epi64(e, f),
        _mm512_unpacklo_epi64(g, h),
    ]);
    let [odd_1, odd_5, odd_3, odd_7] = quarters([
        _mm512_unpackhi_epi64(a, b),
        _mm512_unpackhi_epi64(c, d),
        _mm512_unpackhi_epi64(e, f),
        _mm512_unpackhi_epi64(g, h),
    ]);
    [even_0, odd_1, even_2, odd_3, even_4, odd_5, even_6, odd_7]
}

/// The quarters 0, 2, 1 and 3 of the four vectors.
#[inline]
#[target_feature(enable = "avx512f,avx512ifma")]
fn quarters([a, b, c, d]: [__m512i; 4]) -> [__m512i; 4] {
    let (ab_low, cd_low) = (
        _mm512_shuffle_i64x2::<0x44>(a, b),
        _mm512_shuffle_i64x2::<0x44>(c, d),
    );
    let (ab_high, cd_high) = (
        _mm512_shuffle_i64x2::<0xee>(a, b),
        _mm512_shuffle_i64x2::<0xee>(c, d),
    );
    [
        _mm512_shuffle_i64x2::<0x88>(ab_low, cd_low),
        _mm512_shuffle_i64x2::<0x88>(ab_high, cd_high),
        _mm512_shuffle_i64x2::<0xdd>(ab_low, cd_low),
        _mm512_shuffle_i64x2::<0xdd>(ab_high, cd_high),
    ]
}

impl Points {
    /// As [`JacobianPoint::add_affine`](super::point::JacobianPoint::add_affine).
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn add_affine(&self, x: &Lanes, y: &Lanes) -> Self {
        self.add_affine_by_ratio(x, y).0
    }

    /// The same, and what the z of `self` was multiplied by to be that of the sum.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    pub(super) fn add_affine_by_ratio(&self, x: &Lanes, y: &Lanes) -> (Self, Lanes) {
        let z_squared = self.z.square();
        let h = x.mul(&z_squared).sub(&self.x);
        let r = y.mul(&self.z.mul(&z_squared)).sub(&self.y);
        (Self::behind(&self.x, &self.y, &self.z, &h, &r), h)
    }

    /// `self + other`, by 12 multiplications and 4 squarings; the same is exceptional.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn add(&self, other: &Self) -> Self {
        let (z, other_z) = (self.z.square(), other.z.square());
        let x = self.x.mul(&other_z);
        let y = self.y.mul(&other.z.mul(&other_z));
        let h = other.x.mul(&z).sub(&x);
        let r = other.y.mul(&self.z.mul(&z)).sub(&y);
        Self::behind(&x, &y, &self.z.mul(&other.z), &h, &r)
    }

    /// The sum, where x, y and z have been brought to what both points share, and h and r are the differences of both x
    /// and both y.
    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn behind(x: &Lanes, y: &Lanes, z: &Lanes, h: &Lanes, r: &Lanes) -> Self {
        let h_squared = h.square();
        let h_cubed = h_squared.mul(h);
        let v = x.mul(&h_squared);
        let x = r.square().sub_and_twice(&h_cubed, &v);
        let y = r.mul(&v.sub(&x)).sub(&y.mul(&h_cubed));
        Points { x, y, z: z.mul(h) }
    }

    #[inline]
    #[target_feature(enable = "avx512f,avx512ifma")]
    fn replace_where(&self, mask: __mmask8, other: &Self) -> Self {
        Points {
            x: self.x.replace_where(mask, &other.x),
            y: self.y.replace_where(mask, &other.y),
            z: self.z.replace_where(mask, &other.z),
        }
    }
}
