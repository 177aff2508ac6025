//! The arguments of `explorer`.

use clap::Args;

use super::ledger::Ledger;
use super::network::Network;
use super::profile::Profile;

/// Show a call stage by stage in the browser: sealed, signed, sent, opened.
///
/// Prints one line, the page's URL with its token, and serves the page on this machine until Ctrl-C. Credentials come
/// from the environment, by the names of the clouds' own tools, or from a profile that is named, and never reach the page. Without credentials, requests
/// go to a gateway in this process, with test keys of its own. With --json: {url}.
#[derive(Args)]
pub(crate) struct Explorer {
    /// Address and port, of loopback only; port 0 takes a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    pub listen: String,

    /// Another endpoint for every cloud: an https origin, or http for loopback.
    #[arg(long, value_name = "URL")]
    pub endpoint: Option<String>,

    #[command(flatten)]
    pub ledger: Ledger,

    #[command(flatten)]
    pub profile: Profile,

    #[command(flatten)]
    pub network: Network,
}
