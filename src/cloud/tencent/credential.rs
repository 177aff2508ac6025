//! Where credentials for Tencent Cloud come from, by the names its own tools use.
//!
//! Source: the service's SDK guides ("credential management") for the variables, the profile file and the order.

pub(crate) mod profile;
mod temporary;
mod assume_role;
mod cvm_role;

pub use assume_role::{AssumeRole, Role};
pub use cvm_role::CvmRole;
pub use profile::ProfileFile;

use std::sync::Arc;

use crate::credential::{
    CredentialChain, Environment, EnvironmentCredentials, ProcessEnvironment, VariableNames,
};

/// `TENCENTCLOUD_SECRET_ID`, `TENCENTCLOUD_SECRET_KEY`, `TENCENTCLOUD_TOKEN`.
pub const VARIABLES: VariableNames = VariableNames {
    token: Some("TENCENTCLOUD_TOKEN"),
    ..VariableNames::pair("TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY")
};

/// The environment, then the profile file. The instance's metadata is not asked: add [`CvmRole`] where it should be.
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
        .then(ProfileFile::by(&*environment))
}
