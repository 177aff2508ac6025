//! Which arithmetic multiplies points, and which this CPU can run.

/// One implementation of the two products with a scalar. All of them compute the same, in constant time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Backend {
    /// x86-64 with AVX-512 (F, IFMA): eight additions of points at once.
    Avx512Ifma,
    /// 64-bit integer code, for every CPU.
    Portable,
}

backends!(2: Avx512Ifma = "avx512-ifma", Portable = "portable");

impl Backend {
    pub(super) fn runs_here(self) -> bool {
        match self {
            #[cfg(target_arch = "x86_64")]
            Backend::Avx512Ifma => crate::cpu::has_ifma(),
            #[cfg(not(target_arch = "x86_64"))]
            Backend::Avx512Ifma => false,
            Backend::Portable => true,
        }
    }
}
