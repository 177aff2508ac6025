//! Credentials: those that are given, or those that a cloud's own programs would find.

use cardseal::{Credentials, CredentialsProvider, ctyun, huawei, tencent};

use super::wanted::{Cloud, Secrets};
use crate::fault::Fault;

/// Credentials from their parts; `None` if none of the parts is there.
///
/// # Errors
/// Exit code 2 if a part is missing, 4 if one is malformed.
pub fn given(secrets: Secrets<'_>) -> Result<Option<CredentialsProvider>, Fault> {
    let Secrets {
        id,
        key,
        token,
        app_key,
    } = secrets;
    let (id, key) = match (id, key) {
        (Some(id), Some(key)) => (id, key),
        (None, None) if token.is_none() && app_key.is_none() => return Ok(None),
        _ => {
            return Err(Fault::input(
                "give secret_id and secret_key together, or neither to take the environment's credentials",
            ));
        }
    };
    let mut credentials = Credentials::new(id, key)?;
    if let Some(token) = token {
        credentials = credentials.with_token(token)?;
    }
    if let Some(app_key) = app_key {
        credentials = credentials.with_app_key(app_key)?;
    }
    Ok(Some(credentials.into()))
}

/// The credentials that a cloud's own programs would find: in the environment, in its files, on its machines. They are
/// looked for when they are needed, and again when they expire.
///
/// # Errors
/// Exit code 2 if there is no such cloud.
pub fn of_environment(cloud: &str) -> Result<CredentialsProvider, Fault> {
    Ok(found_by(Cloud::named(cloud)?))
}

pub(super) fn found_by(cloud: Cloud) -> CredentialsProvider {
    match cloud {
        Cloud::Tencent => tencent::default_credentials(),
        Cloud::Ctyun => CredentialsProvider::environment(ctyun::VARIABLES),
        Cloud::Huawei => huawei::default_credentials(),
    }
}
