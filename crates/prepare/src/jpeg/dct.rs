//! The cosine transform of a block and its inverse (ITU-T T.81, A.3.3), as products of matrices: compilers make vectors
//! of them.

/// Eight by eight numbers, rows from the top: samples about 0, or frequencies.
pub(super) type Square = [[f32; 8]; 8];

/// The matrix of the transform, and the same with rows and columns changed.
pub(super) struct Dct {
    basis: Square,
    swapped: Square,
}

impl Dct {
    pub(super) fn new() -> Self {
        let (mut basis, mut swapped) = (Square::default(), Square::default());
        for (frequency, row) in (0_u8..).zip(&mut basis) {
            let scale = if frequency == 0 { 0.125_f64 } else { 0.25 };
            for (place, value) in (0_u8..).zip(row) {
                let sixteenths = f64::from(frequency) * (2.0 * f64::from(place) + 1.0);
                let wave = (sixteenths * std::f64::consts::PI / 16.0).cos();
                *value = (scale.sqrt() * wave) as f32;
            }
        }
        for (column, row) in basis.iter().enumerate() {
            for (value, to) in row.iter().zip(&mut swapped) {
                if let Some(to) = to.get_mut(column) {
                    *to = *value;
                }
            }
        }
        Self { basis, swapped }
    }

    pub(super) fn samples(&self, frequencies: &Square) -> Square {
        product(&product(&self.swapped, frequencies), &self.basis)
    }

    pub(super) fn frequencies(&self, samples: &Square) -> Square {
        product(&product(&self.basis, samples), &self.swapped)
    }
}

/// The nearest whole number, of one that is far below a million: beside so large a number no bits are left for fractions.
/// Compilers make vectors of this, and of no rounding by name.
#[inline]
pub(super) fn near(number: f32) -> i32 {
    const LARGE: f32 = 12_582_912.0;
    (number + LARGE)
        .to_bits()
        .wrapping_sub(LARGE.to_bits())
        .cast_signed()
}

#[inline]
fn product(one: &Square, other: &Square) -> Square {
    let mut out = Square::default();
    for (sums, factors) in out.iter_mut().zip(one) {
        for (factor, row) in factors.iter().zip(other) {
            for (sum, value) in sums.iter_mut().zip(row) {
                *sum += factor * value;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_near_is_near_on_both_sides_of_0() {
        for (number, whole) in [
            (0.4, 0),
            (0.6, 1),
            (-0.6, -1),
            (-1024.2, -1024),
            (2047.7, 2048),
        ] {
            assert_eq!(near(number), whole, "{number}");
        }
    }

    #[test]
    fn a_mean_and_a_wave_are_where_the_standard_has_them() {
        let dct = Dct::new();
        let flat = dct.frequencies(&[[-128.0; 8]; 8]);
        assert!((flat[0][0] + 1024.0).abs() < 0.01, "{}", flat[0][0]);
        assert!(flat[0][1].abs() < 0.01 && flat[1][0].abs() < 0.01);
        // A.3.3 for one coefficient: a quarter of it, times the cosine across, times the root of a half.
        let mut frequencies = Square::default();
        frequencies[0][1] = 80.0;
        let samples = dct.samples(&frequencies);
        let first =
            80.0 / 4.0 * std::f32::consts::FRAC_1_SQRT_2 * (std::f32::consts::PI / 16.0).cos();
        for row in samples {
            assert!(
                (row[0] - first).abs() < 0.01 && (row[7] + first).abs() < 0.01,
                "{row:?}"
            );
        }
        let again = dct.frequencies(&samples);
        assert!((again[0][1] - 80.0).abs() < 0.01 && again[3][2].abs() < 0.01);
    }
}
