//! Ctyun's endpoints. Data may have to stay where it is, so nothing here goes elsewhere by itself.
//!
//! Source: the product's pages 10007766 and below, which name one host for every capability.

use crate::error::Error;
pub use crate::origin::Origin;

const GLOBAL: &str = "https://ai-global.ctapi.ctyun.cn";

/// Which host serves a request.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Endpoint {
    /// `ai-global.ctapi.ctyun.cn`, the AI gateway.
    #[default]
    Global,
    /// Any other host: another product's gateway, a proxy, a test gateway.
    Custom(Origin),
}

impl Endpoint {
    /// A host of one's own: `https://host[:port]`, or `http` for loopback.
    ///
    /// # Errors
    /// `Input`, with the reason, for user info, a path, a query, an IP address, or `http` to another host.
    pub fn custom(url: &str) -> Result<Self, Error> {
        Origin::parse(url).map(Self::Custom)
    }

    pub(super) fn origin(&self) -> Result<Origin, Error> {
        match self {
            Self::Global => Origin::parse(GLOBAL),
            Self::Custom(origin) => Ok(origin.clone()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts() {
        let host = |endpoint: Endpoint| endpoint.origin().unwrap().to_string();
        assert_eq!(
            host(Endpoint::default()),
            "https://ai-global.ctapi.ctyun.cn"
        );
        assert_eq!(
            host(Endpoint::custom("http://127.0.0.1:1").unwrap()),
            "http://127.0.0.1:1"
        );
    }
}
