//! Which arithmetic multiplies points, and which this CPU can run.

use core::fmt;

/// One implementation of the two products with a scalar. All of them compute the same, in constant time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Backend {
    /// x86-64 with AVX-512 (F, IFMA): eight additions of points at once.
    Avx512Ifma,
    /// 64-bit integer code, for every CPU.
    Portable,
}

impl Backend {
    /// Every backend there is, fastest first.
    pub const ALL: [Backend; 2] = [Backend::Avx512Ifma, Backend::Portable];

    /// The backends this CPU can run, fastest first. [`Backend::Portable`] is always among them.
    pub fn available() -> impl Iterator<Item = Backend> {
        Self::ALL.into_iter().filter(|backend| backend.runs_here())
    }

    /// A short stable name, such as `avx512-ifma`.
    pub const fn name(self) -> &'static str {
        match self {
            Backend::Avx512Ifma => "avx512-ifma",
            Backend::Portable => "portable",
        }
    }

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

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
