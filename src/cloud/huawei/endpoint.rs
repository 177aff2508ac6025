//! The endpoints of Huawei Cloud and G42, for OCR and for IAM.
//!
//! Source: the regions of the official SDK's OCR package 3.1.219; the OCR page of the region Abu Dhabi
//! (ae-ad-1-api-ocr/ocr_03_0062) for G42, which serves passports and the papers of the Emirates there.

use crate::error::Error;
use crate::origin::{self, Origin};

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
const G42_DOMAIN: &str = ".g42cloud.com";

/// Which host serves OCR, and which region that is. A project belongs to one region, so there is no failing over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Endpoint {
    origin: Origin,
    region: String,
}

impl Endpoint {
    /// `ocr.<region>.myhuaweicloud.com`.
    ///
    /// # Errors
    /// `Input` where the region is none of [`REGIONS`].
    pub fn in_region(region: &str) -> Result<Self, Error> {
        check_region(region)?;
        if !REGIONS.contains(&region) {
            return Err(Error::input(format!(
                "OCR is in the regions {}; for any other give the endpoint's URL",
                REGIONS.join(", ")
            )));
        }
        Ok(Self {
            origin: Origin::parse(&format!("https://ocr.{region}.myhuaweicloud.com"))?,
            region: region.to_owned(),
        })
    }

    /// `ocr.ae-ad-1.g42cloud.com`: UAE-Abu Dhabi-OP5. Takes signatures and no tokens.
    ///
    /// # Errors
    /// None but a bug's.
    pub fn g42() -> Result<Self, Error> {
        Ok(Self {
            origin: Origin::parse("https://ocr.ae-ad-1.g42cloud.com")?,
            region: G42_REGION.to_owned(),
        })
    }

    /// Any other host, such as a proxy or a test gateway: `https://host[:port]`, or `http` for loopback.
    ///
    /// # Errors
    /// `Input`, with the reason, for user info, a path, a query, an IP address, or `http` to another host.
    pub fn custom(url: &str) -> Result<Self, Error> {
        Ok(Self {
            origin: Origin::parse(url)?,
            region: String::new(),
        })
    }

    /// Says which region a host of one's own is in. V11-HMAC-SHA256 signs it.
    ///
    /// # Errors
    /// `Input` where it is not a region's name (letters, digits, `-`).
    pub fn of_region(mut self, region: &str) -> Result<Self, Error> {
        check_region(region)?;
        self.region = region.to_owned();
        Ok(self)
    }

    pub(super) fn origin(&self) -> &Origin {
        &self.origin
    }

    /// Empty where it is not known.
    pub(super) fn region(&self) -> &str {
        &self.region
    }

    /// OBS, DIS, NLP, OCR and Image Recognition of UAE-Abu Dhabi-OP5 cannot be called with a token, the note on its
    /// endpoints says.
    pub(super) fn check_takes_tokens(&self) -> Result<(), Error> {
        let host = self.origin.authority();
        let host = host.split(':').next().unwrap_or_default();
        if self.region != G42_REGION && !host.ends_with(G42_DOMAIN) {
            return Ok(());
        }
        Err(Error::input(
            "OCR in UAE-Abu Dhabi-OP5 takes no tokens; sign with an access key and secret key (AK/SK) instead",
        ))
    }
}

/// Where tokens are handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IamEndpoint(Origin);

impl IamEndpoint {
    /// `iam.myhuaweicloud.com`.
    ///
    /// # Errors
    /// None but a bug's.
    pub fn global() -> Result<Self, Error> {
        Self::custom("https://iam.myhuaweicloud.com")
    }

    /// `iam.<region>.myhuaweicloud.com`. A token is good in the region of its project.
    ///
    /// # Errors
    /// `Input` where it is not a region's name (letters, digits, `-`).
    pub fn in_region(region: &str) -> Result<Self, Error> {
        check_region(region)?;
        Self::custom(&format!("https://iam.{region}.myhuaweicloud.com"))
    }

    /// `iam.ae-ad-1.g42cloud.com`. Its tokens are not for OCR.
    ///
    /// # Errors
    /// None but a bug's.
    pub fn g42() -> Result<Self, Error> {
        Self::custom("https://iam.ae-ad-1.g42cloud.com")
    }

    /// Any other host: `https://host[:port]`, or `http` for loopback.
    ///
    /// # Errors
    /// As [`Endpoint::custom`].
    pub fn custom(url: &str) -> Result<Self, Error> {
        Origin::parse(url).map(Self)
    }

    pub(super) fn origin(&self) -> &Origin {
        &self.0
    }
}

fn check_region(region: &str) -> Result<(), Error> {
    origin::check_region(region, "cn-north-4")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts() {
        let ocr = |endpoint: Endpoint| endpoint.origin.to_string();
        assert_eq!(
            ocr(Endpoint::in_region("cn-north-4").unwrap()),
            "https://ocr.cn-north-4.myhuaweicloud.com"
        );
        assert_eq!(
            ocr(Endpoint::g42().unwrap()),
            "https://ocr.ae-ad-1.g42cloud.com"
        );
        for region in REGIONS {
            assert!(Endpoint::in_region(region).is_ok(), "{region}");
        }
        let iam = |endpoint: IamEndpoint| endpoint.0.to_string();
        assert_eq!(
            iam(IamEndpoint::in_region("ap-southeast-1").unwrap()),
            "https://iam.ap-southeast-1.myhuaweicloud.com"
        );
        assert_eq!(
            iam(IamEndpoint::global().unwrap()),
            "https://iam.myhuaweicloud.com"
        );
        assert_eq!(
            iam(IamEndpoint::g42().unwrap()),
            "https://iam.ae-ad-1.g42cloud.com"
        );
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
            assert!(Endpoint::in_region(bad).is_err(), "{bad:?}");
        }
        for bad in ["", "a.b", "a\rb", "a\0"] {
            assert!(IamEndpoint::in_region(bad).is_err(), "{bad:?}");
            let custom = Endpoint::custom("http://127.0.0.1:1").unwrap();
            assert!(custom.of_region(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn abu_dhabi_takes_no_tokens_by_any_name() {
        for endpoint in [
            Endpoint::g42(),
            Endpoint::custom("https://ocr.ae-ad-1.g42cloud.com:8443"),
            Endpoint::custom("https://ocr.g42cloud.com"),
            Endpoint::custom("http://127.0.0.1:1")
                .unwrap()
                .of_region("ae-ad-1"),
        ] {
            let error = endpoint.unwrap().check_takes_tokens().unwrap_err();
            assert!(error.message().contains("AK/SK"), "{error}");
        }
        for endpoint in [
            Endpoint::in_region("cn-north-4"),
            Endpoint::custom("http://127.0.0.1:1"),
            Endpoint::custom("https://ocr.notg42cloud.com"),
        ] {
            assert!(endpoint.unwrap().check_takes_tokens().is_ok());
        }
    }
}
