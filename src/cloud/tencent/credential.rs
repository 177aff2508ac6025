//! Where credentials for Tencent Cloud come from, by the names its own tools use.
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

/// `TENCENTCLOUD_SECRETID`, `TENCENTCLOUD_SECRETKEY`, `TENCENTCLOUD_SESSIONTOKEN`: what a cloud function finds set.
pub const FUNCTION_VARIABLES: VariableNames = VariableNames {
    token: Some("TENCENTCLOUD_SESSIONTOKEN"),
    ..VariableNames::pair("TENCENTCLOUD_SECRETID", "TENCENTCLOUD_SECRETKEY")
};

/// The environment by the SDKs' names and by a cloud function's, then the profile file, then `tccli`'s, then the role
/// of a pod that the cluster gave one. The instance's metadata is not asked: add [`CvmRole`] where it should be.
pub fn default_credentials() -> CredentialsProvider {
    by(&(Arc::new(ProcessEnvironment) as _))
}

/// [`default_credentials`] with variables and a home folder from elsewhere: a program's own settings.
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

/// This profile, whatever the environment's variables say: of the profile file, or else of `tccli`.
pub fn profile_credentials(profile: &str) -> CredentialsProvider {
    profile_by(&ProcessEnvironment, profile)
}

/// This profile where one of the two files has it; a chain goes on where neither has.
pub fn profile_if_there(profile: &str) -> CredentialsProvider {
    let file = ProfileSource::by(LAYOUT, &ProcessEnvironment).profile(profile.to_owned(), false);
    let tccli = TccliFile::by(&ProcessEnvironment, profile);
    CredentialsProvider::of(CredentialChain::new().then(file).then(tccli))
}

/// [`profile_credentials`] with variables and a home folder from elsewhere.
pub fn profile_from(
    variable: impl Fn(&str) -> Option<SecretString> + Send + Sync + 'static,
    home: Option<PathBuf>,
    profile: &str,
) -> CredentialsProvider {
    profile_by(&Elsewhere::new(variable, home), profile)
}

fn profile_by(environment: &dyn Environment, profile: &str) -> CredentialsProvider {
    let tccli = TccliFile::by(environment, profile);
    // Either file may hold the profile; what the SDKs read comes first, and it must be there where it stands alone.
    let is_alone = !tccli.is_there();
    let file = ProfileSource::by(LAYOUT, environment).profile(profile.to_owned(), is_alone);
    if is_alone {
        return CredentialsProvider::of(file);
    }
    CredentialsProvider::of(CredentialChain::new().then(file).then(tccli))
}

/// This profile of this file; the usual one is `default`. It is read once, and again where the service refused it.
pub fn profile_in(path: impl Into<PathBuf>, profile: &str) -> CredentialsProvider {
    let source = ProfileSource::at(LAYOUT, path.into());
    CredentialsProvider::of(source.profile(profile.to_owned(), true))
}
