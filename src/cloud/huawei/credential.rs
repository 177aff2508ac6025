//! Where credentials for Huawei Cloud come from, by the names its own tools use.
//!
//! Source: the SDKs' guides ("credential management"): the variables `HUAWEICLOUD_SDK_AK`, `…_SK` and
//! `…_SECURITY_TOKEN`; then the profile file, `HUAWEICLOUD_SDK_CREDENTIALS_FILE` or `.huaweicloud/credentials` in the
//! home folder, whose section for a region's services is `[basic]`.

mod ecs_agency;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::SystemTime;

pub use ecs_agency::EcsAgency;

use super::VARIABLES;
use crate::credential::profile::{Layout, ProfileSource};
use crate::credential::{
    CredentialChain, Credentials, Environment, EnvironmentCredentials, ProcessEnvironment,
    ProvideCredentials, Provided, Renewal,
};
use crate::error::Error;

const LAYOUT: &Layout = &Layout {
    variable: "HUAWEICLOUD_SDK_CREDENTIALS_FILE",
    in_home: ".huaweicloud/credentials",
    for_all: None,
    usual: "basic",
    id: "ak",
    secret: "sk",
    token: "security_token",
};

/// The environment, then the profile file. The machine's metadata is not asked: add [`EcsAgency`] where it should be.
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

/// This profile, whatever the environment's variables say. It must be there.
pub fn profile_credentials(profile: &str) -> CredentialChain {
    CredentialChain::new().then(ProfileFile::by(&ProcessEnvironment).profile(profile))
}

/// The credentials of one profile in a file. Read once, and again where the service refused them.
pub struct ProfileFile(ProfileSource);

impl ProfileFile {
    /// The `basic` profile in this file, which must be there.
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self(ProfileSource::at(LAYOUT, path.into()))
    }

    /// The `basic` profile in the file that the environment names, or in the home folder's.
    pub fn by(environment: &dyn Environment) -> Self {
        Self(ProfileSource::by(LAYOUT, environment))
    }

    /// Another profile of the file, which must be there.
    #[must_use]
    pub fn profile(self, name: impl Into<String>) -> Self {
        Self(self.0.profile(name.into(), true))
    }
}

impl ProvideCredentials for ProfileFile {
    fn provide(&self, _: SystemTime) -> Result<Provided, Error> {
        self.0.provide()
    }

    fn refused(&self, used: &Arc<Credentials>) -> Renewal {
        self.0.refused(used)
    }
}
