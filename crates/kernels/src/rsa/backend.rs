//! Which arithmetic raises to the power, and which this CPU can run.

/// One implementation of the public operation. All of them compute the same, in constant time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Backend {
    /// x86-64 with AVX-512 (F, IFMA): eight products of 52 bits an instruction.
    Avx512Ifma,
    /// The crate `crypto-bigint`, for every CPU.
    Library,
}

backends!(2: Avx512Ifma = "avx512-ifma", Library = "library");

impl Backend {
    pub(super) fn runs_here(self) -> bool {
        match self {
            #[cfg(target_arch = "x86_64")]
            Backend::Avx512Ifma => crate::cpu::has_ifma(),
            #[cfg(not(target_arch = "x86_64"))]
            Backend::Avx512Ifma => false,
            Backend::Library => true,
        }
    }
}
