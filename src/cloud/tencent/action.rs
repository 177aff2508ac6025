//! The name of an action: service, action and version.

use std::borrow::Cow;

/// An action of one service in one version.
#[derive(Debug, Clone)]
pub(crate) struct Action {
    pub(crate) service: Cow<'static, str>,
    pub(crate) name: Cow<'static, str>,
    pub(crate) version: Cow<'static, str>,
}

impl Action {
    pub(crate) const fn of(
        service: &'static str,
        name: &'static str,
        version: &'static str,
    ) -> Self {
        Self {
            service: Cow::Borrowed(service),
            name: Cow::Borrowed(name),
            version: Cow::Borrowed(version),
        }
    }
}
