//! Tencent Cloud's endpoints.
//!
//! Source: the service's page "Request structure", and its API explorer for the internal and international hosts.

use crate::endpoint::{Endpoint, origin};
use crate::error::Error;

/// This cloud's name in errors.
pub(crate) const CLOUD: &str = "Tencent Cloud";

const DOMAIN: &str = "tencentcloudapi.com";

/// `<service>.tencentcloudapi.com`: the region nearest to this host, by the service's DNS. If data must stay in a
/// region, use [`in_region`].
pub fn nearest() -> Endpoint {
    Endpoint::of_cloud(CLOUD, DOMAIN)
}

/// `<service>.<region>.tencentcloudapi.com`. The financial zones (`ap-shanghai-fsi`) have no other endpoint.
///
/// # Errors
/// `Input` if it is not a region's name (letters, digits, `-`).
pub fn in_region(region: &str) -> Result<Endpoint, Error> {
    check_region(region)?;
    let endpoint = Endpoint::of_cloud(CLOUD, &format!("{region}.{DOMAIN}"));
    Ok(endpoint.with_region(region))
}

/// `<service>.intl.tencentcloudapi.com`: the international site. It has its own accounts and actions, and no encrypted
/// ID-card OCR.
pub fn international() -> Endpoint {
    Endpoint::of_cloud(CLOUD, "intl.tencentcloudapi.com")
}

/// `<service>.internal.tencentcloudapi.com`: reachable only inside the cloud's own networks (VPC).
pub fn internal() -> Endpoint {
    Endpoint::of_cloud(CLOUD, "internal.tencentcloudapi.com")
}

pub(crate) fn check_region(region: &str) -> Result<(), Error> {
    origin::check_region(region, "ap-guangzhou")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts() {
        let host = |endpoint: Endpoint| endpoint.origin(CLOUD, "ocr").unwrap().to_string();
        assert_eq!(host(nearest()), "https://ocr.tencentcloudapi.com");
        assert_eq!(
            host(in_region("ap-shanghai-fsi").unwrap()),
            "https://ocr.ap-shanghai-fsi.tencentcloudapi.com"
        );
        assert_eq!(
            host(international()),
            "https://ocr.intl.tencentcloudapi.com"
        );
        assert_eq!(host(internal()), "https://ocr.internal.tencentcloudapi.com");
        assert_eq!(
            host(Endpoint::custom("http://127.0.0.1:1").unwrap()),
            "http://127.0.0.1:1"
        );
        for bad in ["", "a.b", "a b", "a\nb", "-a", "a-", "a/b", "区"] {
            assert!(in_region(bad).is_err(), "{bad:?}");
        }
    }
}
