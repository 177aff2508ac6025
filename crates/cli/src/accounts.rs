//! The account at each cloud, from the variables of the cloud's own tools and the arguments; and the client.

use std::env;
use std::path::PathBuf;
use std::time::Duration;

use cardseal::ctyun::{self, Ctyun};
use cardseal::huawei::{self, Huawei};
use cardseal::tencent::{self, Tencent};
use cardseal::{BlockingClient, CredentialsProvider, Endpoint, RetryPolicy};

use crate::args::{CloudName, Profile, Reach};
use crate::exit::Failure;
use crate::input;
use crate::network;
use crate::opener_file;
use crate::output::Output;
use crate::settings;

/// The variable that names Huawei Cloud's project.
const PROJECT: &str = "HUAWEICLOUD_SDK_PROJECT_ID";

/// The region of G42, whose hosts are its own.
pub(crate) const G42: &str = "ae-ad-1";

/// The client that sends, as patiently as it was told to.
pub(crate) fn client(reach: &Reach) -> Result<BlockingClient, Failure> {
    network::client(&reach.network, Duration::from_secs(reach.timeout))
}

pub(crate) fn tencent(reach: &Reach) -> Result<Tencent, Failure> {
    let credentials = credentials(CloudName::Tencent, &reach.profile)?;
    let mut account = Tencent::new(credentials).retry(retries(reach));
    match (&reach.endpoint, &reach.region) {
        (Some(url), _) => account = account.endpoint(Endpoint::custom(url)?),
        // A named region also selects the endpoint, not only the value in the request.
        (None, Some(region)) => account = account.endpoint(tencent::endpoint::in_region(region)?),
        (None, None) => {}
    }
    if let Some(region) = region(reach, "TENCENTCLOUD_REGION")? {
        account = account.region(&region)?;
    }
    Ok(account)
}

pub(crate) fn ctyun(reach: &Reach) -> Result<Ctyun, Failure> {
    if reach.region.is_some() {
        return Err(Failure::usage(
            "ctyun has one gateway and no regions; leave out --region, or give --endpoint",
        ));
    }
    let credentials = credentials(CloudName::Ctyun, &reach.profile)?;
    let mut account = Ctyun::new(credentials).retry(retries(reach));
    if let Some(url) = &reach.endpoint {
        account = account.endpoint(Endpoint::custom(url)?);
    }
    Ok(account)
}

pub(crate) fn huawei(reach: &Reach) -> Result<Huawei, Failure> {
    let project = input::required_variable(PROJECT)?;
    let endpoint = match (&reach.endpoint, &reach.region) {
        (Some(url), None) => Endpoint::custom(url)?,
        (Some(url), Some(region)) => Endpoint::custom(url)?.region(region)?,
        (None, Some(region)) if region == G42 => huawei::endpoint::g42(),
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
    let credentials = credentials(CloudName::Huawei, &reach.profile)?;
    Ok(Huawei::new(credentials, endpoint, &project)?.retry(retry))
}

/// Where an account's credentials come from. A profile that has settings in the config file need not have credentials of
/// its own; any other must be in the cloud's file of them.
pub(crate) fn credentials(
    cloud: CloudName,
    profile: &Profile,
) -> Result<CredentialsProvider, Failure> {
    let usual = || match cloud {
        CloudName::Tencent => tencent::default_credentials(),
        CloudName::Ctyun => CredentialsProvider::environment(ctyun::VARIABLES),
        CloudName::Huawei => huawei::default_credentials(),
    };
    let Some(name) = &profile.profile else {
        return Ok(usual());
    };
    let has_settings = settings::has_profile(profile.config_file.as_deref(), name)?;
    Ok(match (cloud, has_settings) {
        (CloudName::Tencent, false) => tencent::profile_credentials(name),
        (CloudName::Tencent, true) => tencent::profile_if_there(name).or(usual()),
        (CloudName::Huawei, false) => huawei::profile_credentials(name),
        (CloudName::Huawei, true) => huawei::profile_if_there(name).or(usual()),
        (CloudName::Ctyun, true) => usual(),
        (CloudName::Ctyun, false) => {
            return Err(Failure::usage(
                "ctyun has no file of credentials, and the config file has no such profile; leave out --profile",
            ));
        }
    })
}

/// In words, where credentials were found.
pub(crate) fn source(cloud: CloudName, profile: &Profile) -> &'static str {
    let variables = match cloud {
        CloudName::Tencent => tencent::VARIABLES,
        CloudName::Ctyun => ctyun::VARIABLES,
        CloudName::Huawei => huawei::VARIABLES,
    };
    match (&profile.profile, env::var_os(variables.id)) {
        (Some(_), _) => "the profile",
        (None, Some(_)) => "the environment",
        (None, None) => "a file of credentials",
    }
}

/// What a call needs beside its credentials and does not find.
pub(crate) fn missing(cloud: CloudName) -> Option<&'static str> {
    let is_set = || env::var_os(PROJECT).is_some_and(|project| !project.is_empty());
    (cloud == CloudName::Huawei && !is_set()).then_some(PROJECT)
}

/// Says so where others can read the files that credentials are looked for in.
pub(crate) fn warn_of_open_files(cloud: CloudName, profile: &Profile, output: &Output) {
    let home = etcetera::home_dir().unwrap_or_default();
    let (variable, usual) = match cloud {
        CloudName::Tencent => ("TENCENTCLOUD_CREDENTIALS_FILE", ".tencentcloud/credentials"),
        CloudName::Huawei => (
            "HUAWEICLOUD_SDK_CREDENTIALS_FILE",
            ".huaweicloud/credentials",
        ),
        CloudName::Ctyun => return,
    };
    if profile.profile.is_none() && source(cloud, profile) == "the environment" {
        return;
    }
    let path = env::var_os(variable).map_or_else(|| home.join(usual), PathBuf::from);
    let name = profile.profile.as_deref().unwrap_or("default");
    let of_tccli = home.join(".tccli").join(format!("{name}.credential"));
    for path in [path, of_tccli] {
        opener_file::warn_if_open(&path, output);
    }
}

pub(crate) fn retries(reach: &Reach) -> RetryPolicy {
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
