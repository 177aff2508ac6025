//! An account at one of the clouds, and where its calls go.

use std::time::Duration;

use cardseal::ctyun::Ctyun;
use cardseal::huawei::{self, Huawei};
use cardseal::tencent::Tencent;
use cardseal::{CredentialsProvider, Endpoint, RetryPolicy};

use super::wanted::{ClientOptions, Cloud};
use crate::fault::Fault;

pub(super) enum Account {
    Tencent(Tencent),
    Ctyun(Ctyun),
    Huawei(Huawei),
}

impl Account {
    pub(super) fn new(
        cloud: Cloud,
        options: &ClientOptions<'_>,
        credentials: CredentialsProvider,
    ) -> Result<Self, Fault> {
        Ok(match cloud {
            Cloud::Tencent => Self::Tencent(tencent(options, credentials)?),
            Cloud::Ctyun => Self::Ctyun(ctyun(options, credentials)?),
            Cloud::Huawei => Self::Huawei(huawei(options, credentials)?),
        })
    }
}

fn tencent(
    options: &ClientOptions<'_>,
    credentials: CredentialsProvider,
) -> Result<Tencent, Fault> {
    let mut account = Tencent::new(credentials);
    if let Some(url) = options.endpoint {
        account = account.endpoint(Endpoint::custom(url)?);
    }
    if let Some(region) = options.region {
        account = account.region(region)?;
    }
    Ok(account)
}

fn ctyun(options: &ClientOptions<'_>, credentials: CredentialsProvider) -> Result<Ctyun, Fault> {
    if options.region.is_some() {
        return Err(Fault::input(
            "ctyun has one gateway and no regions; leave out the region, or give an endpoint",
        ));
    }
    let mut account = Ctyun::new(credentials);
    if let Some(url) = options.endpoint {
        account = account.endpoint(Endpoint::custom(url)?);
    }
    Ok(account)
}

fn huawei(options: &ClientOptions<'_>, credentials: CredentialsProvider) -> Result<Huawei, Fault> {
    let project = options
        .project_id
        .ok_or_else(|| Fault::input("huawei needs a project id; give project_id"))?;
    let endpoint = match (options.endpoint, options.region) {
        (Some(url), None) => Endpoint::custom(url)?,
        (Some(url), Some(region)) => Endpoint::custom(url)?.region(region)?,
        (None, Some(region)) => huawei::endpoint::in_region(region)?,
        (None, None) => {
            return Err(Fault::input(
                "huawei needs the project's region, or an endpoint; give region",
            ));
        }
    };
    let mut retry = RetryPolicy::default();
    // The vendor's advice on being throttled.
    retry.first_delay = Duration::from_secs(2);
    Ok(Huawei::new(credentials, endpoint, project)?.retry(retry))
}
