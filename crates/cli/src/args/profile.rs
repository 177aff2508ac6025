//! The arguments of every command that calls: who calls, and where the settings stand.

use std::path::PathBuf;

use clap::Args;

/// Who calls, and where the settings stand.
#[derive(Args, Clone)]
#[command(next_help_heading = "Profile")]
pub(crate) struct Profile {
    /// Use this profile: its settings in the config file, and its credentials in the cloud's own file of them
    /// (~/.tencentcloud/credentials or ~/.tccli, ~/.huaweicloud/credentials), even if the environment has credentials.
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,

    /// The config file: TOML, one table per profile, `default` if none is named; its keys are option names, as in
    /// region = "ap-guangzhou". No secrets. Default: cardseal/config.toml in the user's config folder.
    ///
    /// The keys are auth, ca-file, client-cert, client-key, cloud, connect-timeout, credentials, encrypt-to, endpoint, fit,
    /// iv-policy, jobs, key, ledger, max-rps, native-roots, no-ledger, no-proxy, proxy, region, resolve, retries,
    /// sign-method and timeout. `credentials` may be "environment". A relative path is taken from the config file's
    /// folder.
    #[arg(long, value_name = "FILE")]
    pub config_file: Option<PathBuf>,
}
