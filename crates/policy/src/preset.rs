//! The service's preset policies and what they grant: the guide's table as data.

/// The accounts whose data may be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Scope {
    /// None.
    None,
    /// The caller's own.
    Own,
    /// All accounts below the main account.
    All,
}

/// A preset policy of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Preset {
    /// Its name in the console.
    pub name: &'static str,
    /// Recognition and verification, which are billed.
    pub recognition: Scope,
    /// Calls, latency, rates, and the applications for an SDK.
    pub usage: Scope,
    /// All other read-only actions.
    pub other_reading: Scope,
    /// Applying for an SDK, opening and closing the service, post-paid billing, and all other changes.
    pub writing: Scope,
}

/// All presets, from the narrowest to the widest.
pub fn presets() -> &'static [Preset] {
    &[
        Preset {
            name: "QcloudOCRReadSelfUinUsage",
            recognition: Scope::All,
            usage: Scope::Own,
            other_reading: Scope::All,
            writing: Scope::None,
        },
        Preset {
            name: "QcloudOCRReadOnlyaccess",
            recognition: Scope::All,
            usage: Scope::All,
            other_reading: Scope::All,
            writing: Scope::None,
        },
        Preset {
            name: "QcloudOCRFullAccess",
            recognition: Scope::All,
            usage: Scope::All,
            other_reading: Scope::All,
            writing: Scope::All,
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_grants_what_the_one_before_it_does() {
        let scopes = |preset: &Preset| {
            [
                preset.recognition,
                preset.usage,
                preset.other_reading,
                preset.writing,
            ]
        };
        for pair in presets().windows(2) {
            let (narrower, wider) = (scopes(&pair[0]), scopes(&pair[1]));
            assert!(narrower.iter().zip(&wider).all(|(less, more)| less <= more));
            assert_ne!(narrower, wider);
        }
    }
}
