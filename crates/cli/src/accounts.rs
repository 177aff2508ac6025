//! The account at each cloud, from the variables of the cloud's own tools and the arguments; and the client.

mod whose;

use std::env;
use std::time::Duration;

use cardseal::ctyun::Ctyun;
use cardseal::huawei::{self, Huawei, IamLogin};
use cardseal::tencent::{self, Role, Tencent};
use cardseal::{BlockingClient, CredentialsProvider, Endpoint, RetryPolicy};
use secrecy::SecretString;

use crate::args::{AuthName, CloudName, Reach};
use crate::exit::{Failure, Whose};
use crate::input;
use crate::network;

pub(crate) use whose::{borrowed, credentials, source, warn_of_open_files};

/// An IAM user's login, by the names that the vendor's own tools have for it.
const IAM_USER: &str = "HW_USER_NAME";
const IAM_PASSWORD: &str = "HW_USER_PASSWORD";
const IAM_DOMAIN: &str = "HW_DOMAIN_NAME";
const IAM_PROJECT: &str = "HW_PROJECT_NAME";

/// The variable that names Huawei Cloud's project.
const PROJECT: &str = "HUAWEICLOUD_SDK_PROJECT_ID";

/// The region of G42, whose hosts are its own.
pub(crate) const G42: &str = "ae-ad-1";

/// The client that sends, as patiently as it was told to.
pub(crate) fn client(reach: &Reach) -> Result<BlockingClient, Failure> {
    network::client(&reach.network, Duration::from_secs(reach.timeout))
}

pub(crate) fn tencent(reach: &Reach) -> Result<Tencent, Failure> {
    Ok(tencent_with_key(reach)?.0)
}

/// The account, and what it signs with: the role's key where one is named, which is fetched for both.
pub(crate) fn tencent_with_key(reach: &Reach) -> Result<(Tencent, CredentialsProvider), Failure> {
    refuse_tokens(reach, "tencent")?;
    let own = credentials(CloudName::Tencent, &reach.profile)?;
    let credentials = in_role(reach, own)?;
    let key = credentials.clone();
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
    Ok((account, key))
}

pub(crate) fn ctyun(reach: &Reach) -> Result<Ctyun, Failure> {
    refuse_tokens(reach, "ctyun")?;
    refuse_role(reach, "ctyun")?;
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
    refuse_role(reach, "huawei")?;
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
    let account = match reach.login.auth {
        AuthName::Aksk => {
            let credentials = credentials(CloudName::Huawei, &reach.profile)?;
            Huawei::new(credentials, endpoint, &project)?
        }
        AuthName::IamToken => Huawei::with_tokens(&iam_login(reach)?, endpoint, &project)?,
    };
    Ok(account.retry(retry))
}

/// The user who logs in, and where.
fn iam_login(reach: &Reach) -> Result<IamLogin, Failure> {
    let endpoint = match (login_endpoint(reach)?, &reach.region) {
        (Some(endpoint), _) => endpoint,
        (None, Some(region)) => huawei::endpoint::iam_in_region(region)?,
        (None, None) => huawei::endpoint::iam(),
    };
    let project = match (input::variable(IAM_PROJECT)?, &reach.region) {
        (Some(project), _) => project.to_string(),
        (None, Some(region)) => region.clone(),
        (None, None) => {
            return Err(Failure::new(
                Whose::Credential,
                format!("--auth iam-token needs the project: set {IAM_PROJECT}, or give --region"),
            ));
        }
    };
    let (user, domain) = (
        input::required_variable(IAM_USER)?,
        input::required_variable(IAM_DOMAIN)?,
    );
    let password = SecretString::from(input::required_variable(IAM_PASSWORD)?.as_str());
    Ok(IamLogin::new(endpoint, &domain, &user, password, &project)?)
}

/// The role's temporary keys, where one is named.
fn in_role(reach: &Reach, own: CredentialsProvider) -> Result<CredentialsProvider, Failure> {
    let Some(role) = &reach.login.role else {
        return Ok(own);
    };
    let mut role = Role::new(role, &reach.login.role_session)?;
    if let Some(endpoint) = login_endpoint(reach)? {
        role = role.endpoint(endpoint);
    }
    if let Some(region) = &reach.region {
        role = role.region(region)?;
    }
    Ok(role.assumed_by(own))
}

/// Where tokens and roles are asked for; `None` for the cloud's own place.
fn login_endpoint(reach: &Reach) -> Result<Option<Endpoint>, Failure> {
    // A service on this host is a test's, and serves logins too.
    let is_here = |url: &&String| url.starts_with("http://");
    let url = reach.login.login_endpoint.as_ref();
    let url = url.or(reach.endpoint.as_ref().filter(is_here));
    Ok(url.map(|url| Endpoint::custom(url)).transpose()?)
}

fn refuse_tokens(reach: &Reach, cloud: &str) -> Result<(), Failure> {
    match reach.login.auth {
        AuthName::Aksk => Ok(()),
        AuthName::IamToken => Err(Failure::usage(format!(
            "--auth iam-token is for huawei, and {cloud} has no such tokens; leave it out"
        ))),
    }
}

fn refuse_role(reach: &Reach, cloud: &str) -> Result<(), Failure> {
    match &reach.login.role {
        None => Ok(()),
        Some(_) => Err(Failure::usage(format!(
            "--role is for tencent, and {cloud} has none; leave it out"
        ))),
    }
}

/// What a call needs beside its credentials and does not find.
pub(crate) fn missing(cloud: CloudName) -> Option<&'static str> {
    let is_set = || env::var_os(PROJECT).is_some_and(|project| !project.is_empty());
    (cloud == CloudName::Huawei && !is_set()).then_some(PROJECT)
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
