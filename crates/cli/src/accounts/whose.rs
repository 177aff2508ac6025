//! Whose credentials an account signs with: a profile's, the environment's, or the first that are found.

use std::env;
use std::path::PathBuf;
use std::time::SystemTime;

use cardseal::{CredentialsProvider, ctyun, huawei, tencent};

use crate::args::{CloudName, Profile};
use crate::exit::Failure;
use crate::opener_file;
use crate::output::Output;
use crate::printable;
use crate::settings::{self, Found};

/// Where an account's credentials come from. Those of a profile that is named are its own: in the cloud's file of them, or
/// the environment's where the config file says so. The environment's take their place nowhere else but where there is no
/// such file at all, and not without a word.
pub(crate) fn credentials(
    cloud: CloudName,
    profile: &Profile,
) -> Result<CredentialsProvider, Failure> {
    Ok(match whose(cloud, profile)? {
        Owner::Anybody => match cloud {
            CloudName::Tencent => tencent::default_credentials(),
            CloudName::Ctyun => CredentialsProvider::environment(ctyun::VARIABLES),
            CloudName::Huawei => huawei::default_credentials(),
        },
        Owner::Profile(name) => match cloud {
            CloudName::Tencent => tencent::profile_credentials(name),
            CloudName::Ctyun | CloudName::Huawei => huawei::profile_credentials(name),
        },
        Owner::Environment(Said::ByTheProfile) => of_the_environment(cloud),
        // Where it has none either, both places are told.
        Owner::Environment(Said::ByNobody) => {
            let name = profile.profile.as_deref().unwrap_or_default();
            let own = match cloud {
                CloudName::Tencent => tencent::profile_if_there(name),
                CloudName::Ctyun | CloudName::Huawei => huawei::profile_if_there(name),
            };
            own.or(of_the_environment(cloud))
        }
    })
}

/// Whose credentials are meant.
enum Owner<'p> {
    /// No profile is named: the first that are found.
    Anybody,
    /// The profile of this name in the cloud's own file.
    Profile(&'p str),
    /// The environment's, for a profile that says so, or that has settings and can have nothing else.
    Environment(Said),
}

#[derive(PartialEq, Eq)]
enum Said {
    ByTheProfile,
    ByNobody,
}

fn whose(cloud: CloudName, profile: &Profile) -> Result<Owner<'_>, Failure> {
    let Some(name) = &profile.profile else {
        return Ok(Owner::Anybody);
    };
    let found = settings::find(profile.config_file.as_deref(), name)?;
    Ok(match (cloud, found) {
        (_, Found::TakesTheEnvironments) => Owner::Environment(Said::ByTheProfile),
        (CloudName::Ctyun, Found::Nothing) => {
            return Err(Failure::usage(
                "ctyun has no file of credentials, and the config file has no such profile; leave --profile out",
            ));
        }
        // Its credentials can be nowhere else.
        (CloudName::Ctyun, Found::Settings) => Owner::Environment(Said::ByTheProfile),
        (_, Found::Settings) if !has_files(cloud, profile) => Owner::Environment(Said::ByNobody),
        _ => Owner::Profile(name),
    })
}

fn of_the_environment(cloud: CloudName) -> CredentialsProvider {
    match cloud {
        CloudName::Tencent => CredentialsProvider::environment(tencent::VARIABLES).or(
            CredentialsProvider::environment(tencent::FUNCTION_VARIABLES),
        ),
        CloudName::Ctyun => CredentialsProvider::environment(ctyun::VARIABLES),
        CloudName::Huawei => CredentialsProvider::environment(huawei::VARIABLES),
    }
}

/// In words, where credentials were found.
pub(crate) fn source(cloud: CloudName, profile: &Profile) -> &'static str {
    let are_set = || {
        of_the_environment(cloud)
            .available(SystemTime::now())
            .is_ok()
    };
    match whose(cloud, profile) {
        Ok(Owner::Profile(_)) => "the profile",
        Ok(Owner::Environment(_)) => "the environment",
        _ if are_set() => "the environment",
        _ => "a file of credentials",
    }
}

/// What is to be said where a profile that has no credentials of its own calls with the environment's.
pub(crate) fn borrowed(cloud: CloudName, profile: &Profile) -> Option<String> {
    let Ok(Owner::Environment(Said::ByNobody)) = whose(cloud, profile) else {
        return None;
    };
    let name = profile.profile.as_deref().unwrap_or_default();
    Some(format!(
        "the profile `{}` has no credentials of its own, and the cloud's file of them is not there, so the \
         environment's are used; write credentials = \"environment\" into the profile where that is meant",
        printable::name(name)
    ))
}

/// Says so where others can read the files that credentials are looked for in.
pub(crate) fn warn_of_open_files(cloud: CloudName, profile: &Profile, output: &Output) {
    if source(cloud, profile) == "the environment" {
        return;
    }
    for path in files(cloud, profile) {
        opener_file::warn_if_open(&path, output);
    }
}

/// Whether somebody keeps credentials in files here, of this profile or of others.
fn has_files(cloud: CloudName, profile: &Profile) -> bool {
    let of_tccli = etcetera::home_dir().unwrap_or_default().join(".tccli");
    let others = Some(of_tccli).filter(|_| cloud == CloudName::Tencent);
    let mut files = files(cloud, profile).into_iter().chain(others);
    files.any(|file| file.exists())
}

/// The files that a profile's credentials may be in.
fn files(cloud: CloudName, profile: &Profile) -> Vec<PathBuf> {
    let home = etcetera::home_dir().unwrap_or_default();
    let (variable, usual) = match cloud {
        CloudName::Tencent => ("TENCENTCLOUD_CREDENTIALS_FILE", ".tencentcloud/credentials"),
        CloudName::Huawei => (
            "HUAWEICLOUD_SDK_CREDENTIALS_FILE",
            ".huaweicloud/credentials",
        ),
        CloudName::Ctyun => return Vec::new(),
    };
    let named = env::var_os(variable).filter(|path| !path.is_empty());
    let mut files = vec![named.map_or_else(|| home.join(usual), PathBuf::from)];
    if cloud == CloudName::Tencent {
        let name = profile.profile.as_deref().unwrap_or("default");
        files.push(home.join(".tccli").join(format!("{name}.credential")));
        files.push(PathBuf::from("/etc/tencentcloud/credentials"));
    }
    files
}
