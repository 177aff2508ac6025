//! The arguments of every command that calls: where the call is recorded.

use std::path::PathBuf;

use clap::Args;

/// Where calls are recorded.
#[derive(Args)]
#[command(next_help_heading = "Ledger")]
pub(crate) struct Ledger {
    /// Record the call in this ledger. Default: the file in CARDSEAL_LEDGER, otherwise the one in the user's state
    /// folder ($XDG_STATE_HOME/cardseal/ledger.sqlite). No content and no key is recorded.
    #[arg(long, value_name = "FILE")]
    pub ledger: Option<PathBuf>,

    /// Record nothing.
    #[arg(long, conflicts_with = "ledger")]
    pub no_ledger: bool,
}
