//! The arguments of every command that calls: who calls, and where the settings stand.

use std::path::PathBuf;

use clap::Args;

/// Who calls, and where the settings stand.
#[derive(Args)]
#[command(next_help_heading = "Profile")]
pub(crate) struct Profile {
    /// Use this profile: its settings in the config file, and its credentials in the cloud's own file of them
    /// (~/.tencentcloud/credentials or ~/.tccli, ~/.huaweicloud/credentials), whatever credentials the environment has.
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,

    /// The config file: TOML, a table a profile, `default` where none is named; its members are the names of options, as
    /// in region = "ap-guangzhou". No secrets. Absent: cardseal/config.toml in the user's config folder.
    #[arg(long, value_name = "FILE")]
    pub config_file: Option<PathBuf>,
}
