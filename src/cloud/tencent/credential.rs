//! Credentials for Tencent Cloud, from the sources of its own tools.
//!
//! Source: the service's SDK guides ("credential management") for the variables, the profile file and the order.

pub(crate) mod profile;
mod temporary;
mod assume_role;
mod cvm_role;
mod tke_role;

pub use assume_role::Role;
pub use cvm_role::CvmRole;

use std::path::PathBuf;
use std::sync::Arc;

use secrecy::SecretString;

use crate::credential::environment::Elsewhere;
use crate::credential::profile::ProfileSource;
use crate::credential::{
    CredentialChain, CredentialsProvider, Environment, ProcessEnvironment, VariableNames, Variables,
};
use profile::{LAYOUT, TccliFile};
use tke_role::TkeRole;

/// `TENCENTCLOUD_SECRET_ID`, `TENCENTCLOUD_SECRET_KEY`, `TENCENTCLOUD_TOKEN`.
pub const VARIABLES: VariableNames = VariableNames {
    token: Some("TENCENTCLOUD_TOKEN"),
    ..VariableNames::pair("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY")
};

/// `TENCENTCLOUD_SECRETID`, `TENCENTCLOUD_SECRETKEY`, `TENCENTCLOUD_SESSIONTOKEN`: set for a cloud function.
pub const FUNCTION_VARIABLES: VariableNames = VariableNames {
    token: Some("TENCENTCLOUD_SESSIONTOKEN"),
    ..VariableNames::pair("TENCENTCLOUD_SECRETID", "TENCENTCLOUD_SECRETKEY")
};

/// In this order: the environment, with the SDKs' names and a cloud function's; the profile file; `tccli`'s file; the
/// role that the cluster gave the pod. It does not ask the instance's metadata service: add [`CvmRole`] for that.
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
    let chain = CredentialChain::new()
        .then(Variables::new(VARIABLES, Arc::clone(environment)))
        .then(Variables::new(FUNCTION_VARIABLES, Arc::clone(environment)))
        .then(ProfileSource::by(LAYOUT, &**environment))
        .then(TccliFile::by(&**environment, LAYOUT.usual))
        .then(TkeRole::by(&**environment));
    CredentialsProvider::of(chain)
}

/// This profile, regardless of the environment's variables: from the profile file, otherwise from `tccli`.
pub fn profile_credentials(profile: &str) -> CredentialsProvider {
    profile_by(&ProcessEnvironment, profile)
}

/// This profile if one of the two files has it; otherwise a chain asks its next source.
pub fn profile_if_there(profile: &str) -> CredentialsProvider {
    let file = ProfileSource::by(LAYOUT, &ProcessEnvironment).profile(profile.to_owned(), false);
    let tccli = TccliFile::by(&ProcessEnvironment, profile);
    CredentialsProvider::of(CredentialChain::new().then(file).then(tccli))
}

/// [`profile_credentials`] with your own variables and home folder.
pub fn profile_from(
    variable: impl Fn(&str) -> Option<SecretString> + Send + Sync + 'static,
    home: Option<PathBuf>,
    profile: &str,
) -> CredentialsProvider {
    profile_by(&Elsewhere::new(variable, home), profile)
}

fn profile_by(environment: &dyn Environment, profile: &str) -> CredentialsProvider {
    let tccli = TccliFile::by(environment, profile);
    // Either file may have the profile. The SDKs' file comes first; it must have the profile if there is no other file.
    let is_alone = !tccli.is_there();
    let file = ProfileSource::by(LAYOUT, environment).profile(profile.to_owned(), is_alone);
    if is_alone {
        return CredentialsProvider::of(file);
    }
    CredentialsProvider::of(CredentialChain::new().then(file).then(tccli))
}

/// This profile of this file; the usual profile is `default`. The file is read once, and again after the service
/// refused the credentials.
pub fn profile_in(path: impl Into<PathBuf>, profile: &str) -> CredentialsProvider {
    let source = ProfileSource::at(LAYOUT, path.into());
    CredentialsProvider::of(source.profile(profile.to_owned(), true))
}
