//! The account of one call: credentials that were given or those of the environment, and where it sends to.

use std::time::Duration;

use cardseal::ctyun::{self, Ctyun};
use cardseal::huawei::{self, Huawei};
use cardseal::tencent::{self, Tencent};
use cardseal::{Credentials, CredentialsProvider, Endpoint, RetryPolicy};

use super::wanted::Recognize;
use crate::fault::Fault;

pub(super) fn tencent(what: &mut Recognize<'_>) -> Result<Tencent, Fault> {
    let credentials = match given(what)? {
        Some(credentials) => credentials,
        None => tencent::default_credentials(),
    };
    let mut account = Tencent::new(credentials);
    if let Some(url) = what.endpoint {
        account = account.endpoint(Endpoint::custom(url)?);
    }
    if let Some(region) = what.region {
        account = account.region(region)?;
    }
    Ok(account)
}

pub(super) fn ctyun(what: &mut Recognize<'_>) -> Result<Ctyun, Fault> {
    if what.region.is_some() {
        return Err(Fault::input(
            "ctyun has one gateway and no regions; leave out the region, or give an endpoint",
        ));
    }
    let credentials = match given(what)? {
        Some(credentials) => credentials,
        None => CredentialsProvider::environment(ctyun::VARIABLES),
    };
    let mut account = Ctyun::new(credentials);
    if let Some(url) = what.endpoint {
        account = account.endpoint(Endpoint::custom(url)?);
    }
    Ok(account)
}

pub(super) fn huawei(what: &mut Recognize<'_>) -> Result<Huawei, Fault> {
    let project = what
        .project_id
        .ok_or_else(|| Fault::input("huawei needs a project id; give project_id"))?;
    let endpoint = match (what.endpoint, what.region) {
        (Some(url), None) => Endpoint::custom(url)?,
        (Some(url), Some(region)) => Endpoint::custom(url)?.region(region)?,
        (None, Some(region)) => huawei::endpoint::in_region(region)?,
        (None, None) => {
            return Err(Fault::input(
                "huawei needs the project's region, or an endpoint; give region",
            ));
        }
    };
    let credentials = match given(what)? {
        Some(credentials) => credentials,
        None => huawei::default_credentials(),
    };
    let mut retry = RetryPolicy::default();
    // The vendor's advice on being throttled.
    retry.first_delay = Duration::from_secs(2);
    Ok(Huawei::new(credentials, endpoint, project)?.retry(retry))
}

/// The credentials that were given, or none where the environment's are wanted.
fn given(what: &mut Recognize<'_>) -> Result<Option<CredentialsProvider>, Fault> {
    let (token, app_key) = (what.token.take(), what.app_key.take());
    let (id, secret) = match (what.secret_id, what.secret_key.take()) {
        (Some(id), Some(secret)) => (id, secret),
        (None, None) if token.is_none() && app_key.is_none() => return Ok(None),
        _ => {
            return Err(Fault::input(
                "give secret_id and secret_key together, or neither to take the environment's credentials",
            ));
        }
    };
    let mut credentials = Credentials::new(id, secret)?;
    if let Some(token) = token {
        credentials = credentials.with_token(token)?;
    }
    if let Some(app_key) = app_key {
        credentials = credentials.with_app_key(app_key)?;
    }
    Ok(Some(credentials.into()))
}
