//! Endpoints: the host for a request. Each cloud lists its own; [`Endpoint::custom`] takes the URL of any other host.
//!
//! Data may have to stay in one region, so a request goes only to the given endpoint, and to a fallback only if one was
//! given too.

pub(crate) mod origin;

use core::fmt;

pub(crate) use origin::Origin;

use crate::error::Error;

/// The host for a request.
///
/// [`tencent::endpoint`](crate::tencent::endpoint), [`ctyun::endpoint`](crate::ctyun::endpoint) and
/// [`huawei::endpoint`](crate::huawei::endpoint) list the clouds' own. An account accepts those of its own cloud, and
/// any [`Endpoint::custom`].
#[derive(Clone, PartialEq, Eq)]
pub struct Endpoint {
    host: Host,
    /// Empty if it is not known.
    region: String,
}

#[derive(Clone, PartialEq, Eq)]
enum Host {
    /// This host, for every cloud and service.
    Custom(Origin),
    /// `<service>.<domain>` of one cloud; only for the service `only`, if set.
    Of {
        cloud: &'static str,
        only: Option<&'static str>,
        domain: String,
    },
}

impl Endpoint {
    /// Any host, such as a proxy or a test gateway: `https://host[:port]`, or `http` for loopback. The signed service
    /// and action do not change.
    ///
    /// # Errors
    /// `Input`, with the reason, if the URL has user info, a path, a query or an IP address that is not loopback, or is
    /// `http` to a host other than loopback.
    pub fn custom(url: &str) -> Result<Self, Error> {
        Ok(Self {
            host: Host::Custom(Origin::parse(url)?),
            region: String::new(),
        })
    }

    /// Sets the region of the host. Huawei Cloud's V11-HMAC-SHA256 signs it.
    ///
    /// # Errors
    /// `Input` if it is not a region's name (letters, digits, `-`).
    pub fn region(mut self, region: &str) -> Result<Self, Error> {
        origin::check_region(region, "cn-north-4")?;
        self.region = region.to_owned();
        Ok(self)
    }

    /// The hosts `<service>.<domain>` of a cloud, one per service.
    pub(crate) fn of_cloud(cloud: &'static str, domain: &str) -> Self {
        Self {
            host: Host::Of {
                cloud,
                only: None,
                domain: domain.to_owned(),
            },
            region: String::new(),
        }
    }

    /// The host `<service>.<domain>` of a cloud's one service.
    pub(crate) fn of_service(cloud: &'static str, service: &'static str, domain: &str) -> Self {
        Self {
            host: Host::Of {
                cloud,
                only: Some(service),
                domain: domain.to_owned(),
            },
            region: String::new(),
        }
    }

    pub(crate) fn with_region(self, region: &str) -> Self {
        Self {
            region: region.to_owned(),
            ..self
        }
    }

    /// Empty if it is not known.
    pub(crate) fn region_name(&self) -> &str {
        &self.region
    }

    /// The origin for a request to this service of this cloud.
    ///
    /// # Errors
    /// `Input` if the endpoint belongs to another cloud or another service.
    pub(crate) fn origin(&self, cloud: &'static str, service: &str) -> Result<Origin, Error> {
        let (whose, only, domain) = match &self.host {
            Host::Custom(origin) => return Ok(origin.clone()),
            Host::Of {
                cloud,
                only,
                domain,
            } => (*cloud, *only, domain.as_str()),
        };
        if whose != cloud || only.is_some_and(|only| only != service) {
            return Err(Error::input(format!(
                "the endpoint {self} belongs to {whose} and does not serve `{service}` of {cloud}; choose another \
                 endpoint"
            )));
        }
        Origin::of_labels(&[service, domain])
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.host {
            Host::Custom(origin) => origin.fmt(f),
            Host::Of { only, domain, .. } => {
                write!(f, "https://{}.{domain}", only.unwrap_or("<service>"))
            }
        }
    }
}

impl fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_endpoint_serves_its_own_cloud_and_service() {
        let tencent = Endpoint::of_cloud("Tencent Cloud", "tencentcloudapi.com");
        let host = |service| tencent.origin("Tencent Cloud", service).unwrap();
        assert_eq!(host("ocr").to_string(), "https://ocr.tencentcloudapi.com");
        assert_eq!(host("sts").to_string(), "https://sts.tencentcloudapi.com");
        assert_eq!(tencent.to_string(), "https://<service>.tencentcloudapi.com");
        let error = tencent.origin("Ctyun", "ocr").unwrap_err();
        assert!(
            error.message().contains("belongs to Tencent Cloud"),
            "{error}"
        );

        let iam = Endpoint::of_service("Huawei Cloud", "iam", "myhuaweicloud.com");
        assert_eq!(iam.to_string(), "https://iam.myhuaweicloud.com");
        assert!(iam.origin("Huawei Cloud", "iam").is_ok());
        assert!(iam.origin("Huawei Cloud", "ocr").is_err());
    }

    #[test]
    fn a_custom_endpoint_serves_every_cloud() {
        let custom = Endpoint::custom("http://127.0.0.1:1").unwrap();
        for (cloud, service) in [("Tencent Cloud", "ocr"), ("Huawei Cloud", "iam")] {
            let origin = custom.origin(cloud, service).unwrap();
            assert_eq!(origin.to_string(), "http://127.0.0.1:1");
        }
        let there = custom.region("cn-north-4").unwrap();
        assert_eq!(there.region_name(), "cn-north-4");
        for bad in ["", "a.b", "a\rb", "a\0"] {
            assert!(there.clone().region(bad).is_err(), "{bad:?}");
        }
    }
}
