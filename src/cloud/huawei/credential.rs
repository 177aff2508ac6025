//! Credentials for Huawei Cloud, from the sources of its own tools.
//!
//! Source: the SDKs' guides ("credential management"): the variables `HUAWEICLOUD_SDK_AK`, `…_SK` and
//! `…_SECURITY_TOKEN`; then the profile file, `HUAWEICLOUD_SDK_CREDENTIALS_FILE` or `.huaweicloud/credentials` in the
//! home folder, whose section for a region's services is `[basic]`.

mod ecs_agency;

use std::path::PathBuf;
use std::sync::Arc;

pub use ecs_agency::EcsAgency;

use secrecy::SecretString;

use super::VARIABLES;
use crate::credential::environment::Elsewhere;
use crate::credential::profile::{Layout, ProfileSource};
use crate::credential::{
    CredentialChain, CredentialsProvider, Environment, ProcessEnvironment, Variables,
};

const LAYOUT: &Layout = &Layout {
    variable: "HUAWEICLOUD_SDK_CREDENTIALS_FILE",
    in_home: ".huaweicloud/credentials",
    for_all: None,
    usual: "basic",
    id: "ak",
    secret: "sk",
    token: "security_token",
};

/// The environment, then the profile file. It does not ask the machine's metadata service: add [`EcsAgency`] for that.
pub fn default_credentials() -> CredentialsProvider {
    by(&(Arc::new(ProcessEnvironment) as _))
}

/// [`default_credentials`] with your own variables and home folder, such as a program's settings.
pub fn credentials_from(
    variable: impl Fn(&str) -> Option<SecretString> + Send + Sync + 'static,
    home: Option<PathBuf>,
) -> CredentialsProvider {
    by(&(Arc::new(Elsewhere::new(variable, home)) as _))
}

fn by(environment: &Arc<dyn Environment>) -> CredentialsProvider {
    let variables = Variables::new(VARIABLES, Arc::clone(environment));
    let profile = ProfileSource::by(LAYOUT, &**environment);
    CredentialsProvider::of(CredentialChain::new().then(variables).then(profile))
}

/// This profile, regardless of the environment's variables. It must exist.
pub fn profile_credentials(profile: &str) -> CredentialsProvider {
    let source = ProfileSource::by(LAYOUT, &ProcessEnvironment);
    CredentialsProvider::of(source.profile(profile.to_owned(), true))
}

/// This profile if the file has it; otherwise a chain asks its next source.
pub fn profile_if_there(profile: &str) -> CredentialsProvider {
    let source = ProfileSource::by(LAYOUT, &ProcessEnvironment);
    CredentialsProvider::of(source.profile(profile.to_owned(), false))
}

/// This profile of this file; the usual profile is `basic`. The file is read once, and again after the service refused
/// the credentials.
pub fn profile_in(path: impl Into<PathBuf>, profile: &str) -> CredentialsProvider {
    let source = ProfileSource::at(LAYOUT, path.into());
    CredentialsProvider::of(source.profile(profile.to_owned(), true))
}
