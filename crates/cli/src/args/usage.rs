//! The arguments of `usage` and `package`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// Show what was called, what failed, what is billed, and what is left of the packages bought.
///
/// Every command that calls a service records each request in a ledger on this machine, without content or keys.
/// Tencent bills successes, and failures of the codes on its billing page. With --json: {calls, ok, failed, billed,
/// success_rate, latency_ms, by_code, groups, packages}.
#[derive(Args)]
pub(crate) struct Usage {
    /// From this moment on: YYYY-MM-DD in the machine's zone, or RFC 3339.
    #[arg(long, value_name = "T")]
    pub since: Option<String>,

    /// Until before this moment.
    #[arg(long, value_name = "T")]
    pub until: Option<String>,

    /// What to group the calls by.
    #[arg(long, value_name = "WHAT", default_value = "day")]
    pub by: ByName,

    /// Write the calls as CSV, one row per call. An existing file is replaced.
    #[arg(long, value_name = "FILE")]
    pub csv: Option<PathBuf>,

    /// Write the calls as an Excel workbook.
    #[arg(long, value_name = "FILE")]
    pub xlsx: Option<PathBuf>,

    /// Write the groups as a line chart in SVG.
    #[arg(long, value_name = "FILE.svg")]
    pub plot: Option<PathBuf>,

    /// The ledger. Default: the file in CARDSEAL_LEDGER, otherwise the one in the user's state folder.
    #[arg(long, value_name = "FILE")]
    pub ledger: Option<PathBuf>,
}

/// Record the resource packages that were bought; `usage` counts them down.
#[derive(Args)]
pub(crate) struct Package {
    #[command(subcommand)]
    pub command: PackageCommand,
}

#[derive(Subcommand)]
pub(crate) enum PackageCommand {
    /// Add a package: a number of billed calls of an action.
    Add(PackageAdd),
    /// Take packages away: those of the action that are so in everything that is given.
    Remove(PackageRemove),
    /// List the packages and what is left of each. With --json: [{action, calls, used, left, from, until}].
    List(PackageList),
}

#[derive(Args)]
pub(crate) struct PackageAdd {
    /// The action whose calls it pays for, as in RecognizeEncryptedIDCardOCR.
    #[arg(long, value_name = "A")]
    pub action: String,

    /// How many calls it pays for.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1_000_000_000_000))]
    pub calls: u64,

    /// The first day on which it is valid, YYYY-MM-DD. Default: no start.
    #[arg(long, value_name = "DATE")]
    pub from: Option<String>,

    /// The first day after it expires, YYYY-MM-DD. Default: no end.
    #[arg(long, value_name = "DATE")]
    pub until: Option<String>,

    /// The ledger. Default: the file in CARDSEAL_LEDGER, otherwise the one in the user's state folder.
    #[arg(long, value_name = "FILE")]
    pub ledger: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct PackageRemove {
    /// The action whose packages go.
    #[arg(long, value_name = "A")]
    pub action: String,

    /// Those only that pay so many calls.
    #[arg(long, value_name = "N")]
    pub calls: Option<u64>,

    /// Those only that are good from this day on.
    #[arg(long, value_name = "DATE")]
    pub from: Option<String>,

    /// Those only that are good up to this day.
    #[arg(long, value_name = "DATE")]
    pub until: Option<String>,

    /// The ledger. Absent: the file in CARDSEAL_LEDGER, or else the one in the user's state folder.
    #[arg(long, value_name = "FILE")]
    pub ledger: Option<PathBuf>,
}

#[derive(Args)]
pub(crate) struct PackageList {
    /// The ledger. Default: the file in CARDSEAL_LEDGER, otherwise the one in the user's state folder.
    #[arg(long, value_name = "FILE")]
    pub ledger: Option<PathBuf>,
}

/// What calls are grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ByName {
    /// The day.
    Day,
    /// The cloud.
    Cloud,
    /// The action.
    Action,
    /// The error code, or ok.
    Code,
    /// The credential, by a label.
    Credential,
}
