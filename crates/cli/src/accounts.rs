//! The account at each cloud, from the variables of the cloud's own tools and the arguments; and the client.

use std::time::Duration;

use cardseal::ctyun::{self, Ctyun};
use cardseal::huawei::{self, Huawei};
use cardseal::tencent::{self, Tencent};
use cardseal::{BlockingClient, CredentialsProvider, Endpoint, RetryPolicy};

use crate::args::Reach;
use crate::exit::Failure;
use crate::input;
use crate::network;

/// The client that sends, as patiently as it was told to.
pub(crate) fn client(reach: &Reach) -> Result<BlockingClient, Failure> {
    network::client(&reach.network, Duration::from_secs(reach.timeout))
}

pub(crate) fn tencent(reach: &Reach) -> Result<Tencent, Failure> {
    let mut account = Tencent::new(tencent::default_credentials()).retry(retries(reach));
    if let Some(url) = &reach.endpoint {
        account = account.endpoint(Endpoint::custom(url)?);
    }
    if let Some(region) = region(reach, "TENCENTCLOUD_REGION")? {
        account = account.region(&region)?;
    }
    Ok(account)
}

pub(crate) fn ctyun(reach: &Reach) -> Result<Ctyun, Failure> {
    if reach.region.is_some() {
        return Err(Failure::usage(
            "ctyun has one gateway and no regions to name; leave --region out, or give --endpoint",
        ));
    }
    let credentials = CredentialsProvider::environment(ctyun::VARIABLES);
    let mut account = Ctyun::new(credentials).retry(retries(reach));
    if let Some(url) = &reach.endpoint {
        account = account.endpoint(Endpoint::custom(url)?);
    }
    Ok(account)
}

pub(crate) fn huawei(reach: &Reach) -> Result<Huawei, Failure> {
    let project = input::required_variable("HUAWEICLOUD_SDK_PROJECT_ID")?;
    let endpoint = match (&reach.endpoint, &reach.region) {
        (Some(url), None) => Endpoint::custom(url)?,
        (Some(url), Some(region)) => Endpoint::custom(url)?.region(region)?,
        (None, Some(region)) => huawei::endpoint::in_region(region)?,
        (None, None) => {
            return Err(Failure::usage(
                "--cloud huawei needs --region R, the project's region, or --endpoint URL",
            ));
        }
    };
    let mut retry = retries(reach);
    // The vendor's advice on being throttled.
    retry.first_delay = Duration::from_secs(2);
    Ok(Huawei::new(huawei::default_credentials(), endpoint, &project)?.retry(retry))
}

fn retries(reach: &Reach) -> RetryPolicy {
    let mut retry = RetryPolicy::default();
    retry.retries = usize::from(reach.retries);
    retry
}

fn region(reach: &Reach, variable: &str) -> Result<Option<String>, Failure> {
    match &reach.region {
        Some(region) => Ok(Some(region.clone())),
        None => Ok(input::variable(variable)?.map(|region| region.to_string())),
    }
}
