//! The endpoints of Huawei Cloud and G42, for OCR and for IAM.
//!
//! Source: the regions of the official SDK's OCR package 3.1.219; the OCR page of the region Abu Dhabi
//! (ae-ad-1-api-ocr/ocr_03_0062) for G42, which serves passports and the papers of the Emirates there.

use crate::endpoint::{Endpoint, origin};
use crate::error::Error;

/// This cloud's name in errors.
pub(crate) const CLOUD: &str = "Huawei Cloud";

pub(super) const OCR: &str = "ocr";
pub(super) const IAM: &str = "iam";

/// The regions that have OCR at `ocr.<region>.myhuaweicloud.com`.
pub const REGIONS: &[&str] = &[
    "cn-north-4",
    "cn-north-1",
    "cn-south-1",
    "cn-east-3",
    "cn-southwest-2",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-southeast-3",
    "la-south-2",
    "af-south-1",
];

/// UAE-Abu Dhabi-OP5, the region of G42.
const G42_REGION: &str = "ae-ad-1";
const G42_DOMAIN: &str = "g42cloud.com";

/// OCR in a region: `ocr.<region>.myhuaweicloud.com`.
///
/// # Errors
/// `Input` if the region is not in [`REGIONS`].
pub fn in_region(region: &str) -> Result<Endpoint, Error> {
    check_region(region)?;
    if !REGIONS.contains(&region) {
        return Err(Error::input(format!(
            "OCR is in the regions {}; for any other give the endpoint's URL",
            REGIONS.join(", ")
        )));
    }
    let endpoint = Endpoint::of_service(CLOUD, OCR, &format!("{region}.myhuaweicloud.com"));
    Ok(endpoint.with_region(region))
}

/// OCR of G42 in UAE-Abu Dhabi-OP5: `ocr.ae-ad-1.g42cloud.com`. It accepts signatures but no tokens.
pub fn g42() -> Endpoint {
    Endpoint::of_service(CLOUD, OCR, "ae-ad-1.g42cloud.com").with_region(G42_REGION)
}

/// Tokens: `iam.myhuaweicloud.com`.
pub fn iam() -> Endpoint {
    Endpoint::of_service(CLOUD, IAM, "myhuaweicloud.com")
}

/// Tokens in a region: `iam.<region>.myhuaweicloud.com`. A token is valid in the region of its project.
///
/// # Errors
/// `Input` if it is not a region's name (letters, digits, `-`).
pub fn iam_in_region(region: &str) -> Result<Endpoint, Error> {
    check_region(region)?;
    let endpoint = Endpoint::of_service(CLOUD, IAM, &format!("{region}.myhuaweicloud.com"));
    Ok(endpoint.with_region(region))
}

/// Tokens of G42: `iam.ae-ad-1.g42cloud.com`. They are not for OCR.
pub fn iam_g42() -> Endpoint {
    Endpoint::of_service(CLOUD, IAM, "ae-ad-1.g42cloud.com").with_region(G42_REGION)
}

/// According to the note on its endpoints, OBS, DIS, NLP, OCR and Image Recognition of UAE-Abu Dhabi-OP5 cannot be
/// called with a token.
pub(super) fn check_takes_tokens(endpoint: &Endpoint) -> Result<(), Error> {
    let origin = endpoint.origin(CLOUD, OCR)?;
    let host = origin.authority().split(':').next().unwrap_or_default();
    let is_g42s = host
        .strip_suffix(G42_DOMAIN)
        .is_some_and(|rest| rest.ends_with('.'));
    if endpoint.region_name() != G42_REGION && !is_g42s {
        return Ok(());
    }
    Err(Error::input(
        "OCR in UAE-Abu Dhabi-OP5 takes no tokens; sign with an access key and secret key (AK/SK) instead",
    ))
}

fn check_region(region: &str) -> Result<(), Error> {
    origin::check_region(region, "cn-north-4")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts() {
        let ocr = |endpoint: Endpoint| endpoint.origin(CLOUD, OCR).unwrap().to_string();
        assert_eq!(
            ocr(in_region("cn-north-4").unwrap()),
            "https://ocr.cn-north-4.myhuaweicloud.com"
        );
        assert_eq!(ocr(g42()), "https://ocr.ae-ad-1.g42cloud.com");
        for region in REGIONS {
            assert!(in_region(region).is_ok(), "{region}");
        }
        let iam_of = |endpoint: Endpoint| endpoint.origin(CLOUD, IAM).unwrap().to_string();
        assert_eq!(
            iam_of(iam_in_region("ap-southeast-1").unwrap()),
            "https://iam.ap-southeast-1.myhuaweicloud.com"
        );
        assert_eq!(iam_of(iam()), "https://iam.myhuaweicloud.com");
        assert_eq!(iam_of(iam_g42()), "https://iam.ae-ad-1.g42cloud.com");
        assert!(iam().origin(CLOUD, OCR).is_err());
        assert!(g42().origin(CLOUD, IAM).is_err());
    }

    #[test]
    fn what_is_no_region_is_refused() {
        for bad in [
            "",
            "a.b",
            "a b",
            "a\nb",
            "-a",
            "a-",
            "a/b",
            "区",
            "ae-ad-1",
            "cn-north-99",
        ] {
            assert!(in_region(bad).is_err(), "{bad:?}");
        }
        for bad in ["", "a.b", "a\rb", "a\0"] {
            assert!(iam_in_region(bad).is_err(), "{bad:?}");
            let custom = Endpoint::custom("http://127.0.0.1:1").unwrap();
            assert!(custom.region(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn abu_dhabi_takes_no_tokens_by_any_name() {
        for endpoint in [
            Ok(g42()),
            Endpoint::custom("https://ocr.ae-ad-1.g42cloud.com:8443"),
            Endpoint::custom("https://ocr.g42cloud.com"),
            Endpoint::custom("http://127.0.0.1:1")
                .unwrap()
                .region("ae-ad-1"),
        ] {
            let error = check_takes_tokens(&endpoint.unwrap()).unwrap_err();
            assert!(error.message().contains("AK/SK"), "{error}");
        }
        for endpoint in [
            in_region("cn-north-4"),
            Endpoint::custom("http://127.0.0.1:1"),
            Endpoint::custom("https://ocr.notg42cloud.com"),
        ] {
            assert!(check_takes_tokens(&endpoint.unwrap()).is_ok());
        }
    }
}
