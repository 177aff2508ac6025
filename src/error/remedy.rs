//! What this library can do by itself after a refusal.

/// What may help after a refusal, apart from waiting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) enum Remedy {
    /// Nothing this library can do.
    #[default]
    None,
    /// Signing with the service's time.
    SetClock,
    /// Signing with new credentials.
    RenewCredentials,
    /// One of the two: the service has one code for both.
    SetClockOrRenewCredentials,
}

impl Remedy {
    pub(crate) fn sets_clock(self) -> bool {
        matches!(self, Self::SetClock | Self::SetClockOrRenewCredentials)
    }

    pub(crate) fn renews_credentials(self) -> bool {
        matches!(
            self,
            Self::RenewCredentials | Self::SetClockOrRenewCredentials
        )
    }
}
