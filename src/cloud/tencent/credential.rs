//! Where credentials for Tencent Cloud come from, by the names its own tools use.
//!
//! Source: the service's SDK guides ("credential management") for the variables, the profile file and the order.

pub(crate) mod profile;
mod temporary;
mod assume_role;
mod cvm_role;
mod tke_role;

pub use assume_role::{AssumeRole, Role};
pub use cvm_role::CvmRole;
pub use profile::{ProfileFile, TccliFile};
pub use tke_role::TkeRole;

use std::sync::Arc;

use crate::credential::{
    CredentialChain, Environment, EnvironmentCredentials, ProcessEnvironment, VariableNames,
};

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
pub fn default_credentials() -> CredentialChain {
    credentials_from(Arc::new(ProcessEnvironment))
}

/// [`default_credentials`], by another environment.
pub fn credentials_from(environment: Arc<dyn Environment>) -> CredentialChain {
    CredentialChain::new()
        .then(EnvironmentCredentials::reading(
            VARIABLES,
            Arc::clone(&environment),
        ))
        .then(EnvironmentCredentials::reading(
            FUNCTION_VARIABLES,
            Arc::clone(&environment),
        ))
        .then(ProfileFile::by(&*environment))
        .then(TccliFile::by(&*environment, "default"))
        .then(TkeRole::by(&*environment))
}

/// This profile, whatever the environment's variables say: of the profile file, or else of `tccli`.
pub fn profile_credentials(profile: &str) -> CredentialChain {
    profile_from(&ProcessEnvironment, profile)
}

/// [`profile_credentials`], by another environment.
pub fn profile_from(environment: &dyn Environment, profile: &str) -> CredentialChain {
    let named = TccliFile::by(environment, profile);
    let chain = CredentialChain::new();
    if named.is_there() {
        // Either file may hold the profile; what the SDKs read comes first.
        return chain
            .then(ProfileFile::by(environment).profile_if_there(profile))
            .then(named);
    }
    chain.then(ProfileFile::by(environment).profile(profile))
}
