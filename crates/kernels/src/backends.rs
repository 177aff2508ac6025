//! What every choice of an algorithm's implementation has alike: its list, and its names.

/// Of an enum `Backend`: how many there are, and each with its stable name, fastest first. The enum says by
/// `runs_here` which of them this CPU can run; the last runs on every CPU.
macro_rules! backends {
    ($count:literal: $($backend:ident = $name:literal),+) => {
        impl Backend {
            /// Every backend there is, fastest first.
            pub const ALL: [Backend; $count] = [$(Backend::$backend),+];

            /// The backends this CPU can run, fastest first. The last of [`Backend::ALL`] is always among them.
            pub fn available() -> impl Iterator<Item = Backend> {
                Self::ALL.into_iter().filter(|backend| backend.runs_here())
            }

            /// A short stable name, such as `avx512-gfni`.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Backend::$backend => $name,)+
                }
            }
        }

        impl ::core::fmt::Display for Backend {
            fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
                f.write_str(self.name())
            }
        }
    };
}
