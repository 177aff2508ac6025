//! The arguments of `doctor`.

use std::path::PathBuf;

use clap::Args;

use super::CloudName;
use super::network::Network;
use super::profile::Profile;

/// Check what could make a call fail.
///
/// Eight independent checks: clock, endpoint, tls, proxy, certificates, credentials (no value of them is shown), key,
/// crypto. One unsigned request is sent; nothing is recognised or billed. With --json: [{check, status, detail,
/// advice}], where status is ok, warn, fail or skip. Exit code 0 without a fail; otherwise that of the first fail: 4
/// for clock and credentials, 5 for endpoint, tls, proxy and certificates, 3 for the key, 70 for crypto.
#[derive(Args)]
pub(crate) struct Doctor {
    /// The cloud that calls would go to.
    #[arg(long, value_name = "CLOUD", default_value = "tencent")]
    pub cloud: CloudName,

    /// The service's public key. Default: not checked.
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,

    /// Another endpoint: an https origin, or http for loopback.
    #[arg(long, value_name = "URL")]
    pub endpoint: Option<String>,

    /// The region whose endpoint calls would go to.
    #[arg(long, value_name = "R")]
    pub region: Option<String>,

    #[command(flatten)]
    pub profile: Profile,

    #[command(flatten)]
    pub network: Network,
}
