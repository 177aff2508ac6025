//! Switches that a request may turn on, as an enum with the service's names.

/// Defines the enum `Switch` with the service's name for each switch.
macro_rules! switches {
    (
        $(#[$outer:meta])*
        $what:literal
        $($(#[$doc:meta])* $switch:ident $name:literal,)*
    ) => {
        $(#[$outer])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum Switch { $($(#[$doc])* $switch),* }

        impl Switch {
            /// Every switch.
            pub const ALL: &[Self] = &[$(Self::$switch),*];

            /// The switch's name, as the service spells it.
            pub fn name(self) -> &'static str {
                match self { $(Self::$switch => $name),* }
            }
        }

        impl core::str::FromStr for Switch {
            type Err = Error;

            fn from_str(name: &str) -> Result<Self, Error> {
                let known = Self::ALL.iter().copied().find(|switch| switch.name() == name);
                known.ok_or_else(|| {
                    let names: Vec<_> = Self::ALL.iter().map(|switch| switch.name()).collect();
                    Error::input(format!(
                        concat!("there is no ", $what, " of that name; there are {}"),
                        names.join(", ")
                    ))
                })
            }
        }
    };
}
pub(crate) use switches;
