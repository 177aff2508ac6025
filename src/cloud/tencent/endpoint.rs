//! Tencent Cloud's endpoints. Data may have to stay in a region, so nothing here changes region by itself, and more
//! than one endpoint is used only where more than one was named.
//!
//! Source: the service's page "Request structure", and its API explorer for the internal and international hosts.

use crate::error::Error;
use crate::origin;
pub use crate::origin::Origin;

const DOMAIN: &str = "tencentcloudapi.com";

/// Which host serves a request.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Endpoint {
    /// `<service>.tencentcloudapi.com`: the region nearest to this host, by the service's DNS. Where data must stay in
    /// a region, name it.
    #[default]
    Nearest,
    /// `<service>.<region>.tencentcloudapi.com`. The financial zones (`ap-shanghai-fsi`) have no other.
    Region(String),
    /// `<service>.intl.tencentcloudapi.com`: the international site. It has accounts and actions of its own, and no
    /// encrypted ID card.
    International,
    /// `<service>.internal.tencentcloudapi.com`: from inside the cloud's own networks (VPC) only.
    Internal,
    /// Any other host, such as a proxy or a test gateway. The service that is signed for stays what it is; the
    /// official SDKs of three languages would take the host's first label for it.
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

    /// The endpoint of a named region.
    ///
    /// # Errors
    /// `Input` where it is not a region's name.
    pub fn in_region(region: &str) -> Result<Self, Error> {
        check_region(region)?;
        Ok(Self::Region(region.to_owned()))
    }

    pub(crate) fn origin(&self, service: &str) -> Result<Origin, Error> {
        match self {
            Self::Custom(origin) => Ok(origin.clone()),
            Self::Nearest => Origin::of_labels(&[service, DOMAIN]),
            Self::Region(region) => {
                check_region(region)?;
                Origin::of_labels(&[service, region, DOMAIN])
            }
            Self::International => Origin::of_labels(&[service, "intl", DOMAIN]),
            Self::Internal => Origin::of_labels(&[service, "internal", DOMAIN]),
        }
    }
}

pub(crate) fn check_region(region: &str) -> Result<(), Error> {
    origin::check_region(region, "ap-guangzhou")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts() {
        let host = |endpoint: Endpoint| endpoint.origin("ocr").unwrap().to_string();
        assert_eq!(host(Endpoint::Nearest), "https://ocr.tencentcloudapi.com");
        assert_eq!(
            host(Endpoint::in_region("ap-shanghai-fsi").unwrap()),
            "https://ocr.ap-shanghai-fsi.tencentcloudapi.com"
        );
        assert_eq!(
            host(Endpoint::International),
            "https://ocr.intl.tencentcloudapi.com"
        );
        assert_eq!(
            host(Endpoint::Internal),
            "https://ocr.internal.tencentcloudapi.com"
        );
        assert_eq!(
            host(Endpoint::custom("http://127.0.0.1:1").unwrap()),
            "http://127.0.0.1:1"
        );
        for bad in ["", "a.b", "a b", "a\nb", "-a", "a-", "a/b", "区"] {
            assert!(Endpoint::in_region(bad).is_err(), "{bad:?}");
            assert!(
                Endpoint::Region(bad.to_owned()).origin("ocr").is_err(),
                "{bad:?}"
            );
        }
    }
}
