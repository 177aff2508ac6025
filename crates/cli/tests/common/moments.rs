//! The moments at which a test lets something happen.

/// Numbers that look random and are the same in every run (Knuth's MMIX).
pub(crate) struct Moments(pub(crate) u64);

impl Moments {
    /// One below `most`.
    pub(crate) fn next(&mut self, most: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }
}
