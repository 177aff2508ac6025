//! The arguments of `batch`.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;

use super::ledger::Ledger;
use super::sending::Reach;
use super::{CloudName, IvPolicyName, SideName};

/// Recognise many ID cards, each called once, and write a line of JSON for each.
///
/// INPUT is an image file; a folder (its images, recursively, in the order of their names); `@LIST` or `-`, a list with
/// a line of JSON a card: {"image":PATH} or {"url":URL}, with optional "side" and "id". A picture that cannot be sent is
/// a card that failed, and the others go on.
///
/// RESULTS gets {id, input, outcome, request_id, attempts, elapsed_ms, result} or {…, error: {kind, code, message}}.
/// Beside it RESULTS.journal holds what was begun, by hashes. After a kill, a power cut or a full disk --resume calls
/// every card that has no line, none that has, and counts the calls whose answer was never kept (in_doubt: they may have
/// been billed). Ctrl-C finishes what is under way; a second one ends at once.
///
/// Credentials as for `recognize`; --timeout is the longest one request may take. With --json the last line on stdout is {cards, ok, failed, skipped, in_doubt, by_code,
/// elapsed_s}. Exit code 9: it ended, and some cards failed or a package is used up; 130: interrupted.
#[derive(Args)]
pub(crate) struct Batch {
    /// Image files, folders, @LIST, or - for a list on stdin.
    #[arg(value_name = "INPUT", required = true)]
    pub inputs: Vec<PathBuf>,

    /// The cloud.
    #[arg(long, value_name = "CLOUD")]
    pub cloud: CloudName,

    /// The file for the results, a line of JSON a card. One that exists is refused without --resume.
    #[arg(long, value_name = "RESULTS.jsonl")]
    pub out: PathBuf,

    /// Go on with RESULTS.
    #[arg(long)]
    pub resume: bool,

    /// Encrypt every line with age to this public key (age1…), or those in a file: each line is then the Base64 of an age
    /// file, and nothing read off a card is on the disk in clear.
    #[arg(long, value_name = "AGE")]
    pub encrypt_to: Option<String>,

    /// The service's public key. Needed for tencent, and of no use elsewhere.
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,

    /// Which side the cards show that a list says nothing of; the service finds out where it is absent.
    #[arg(long, value_name = "SIDE")]
    pub side: Option<SideName>,

    /// Switches to turn on, by the cloud's names.
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    pub config: Vec<String>,

    /// Which IV the answers may be sealed under; without it what the suite can bear.
    #[arg(long, value_name = "POLICY")]
    pub iv_policy: Option<IvPolicyName>,

    /// Make pictures fit first, as `prepare` does: upright, without metadata, small enough.
    #[arg(long)]
    pub fit: bool,

    /// How many cards are under way at once. Each holds its picture in memory a few times over.
    #[arg(long, value_name = "N", default_value = "8", value_parser = jobs)]
    pub jobs: NonZeroUsize,

    /// Calls a second at most, shared by all jobs, without bursts. Absent: the rate that tencent publishes, 20; for the
    /// other clouds none. A card that is throttled all the same is tried again, ever slower, for more than two minutes.
    #[arg(long, value_name = "R", value_parser = rate)]
    pub max_rps: Option<f64>,

    /// Begin no call that the packages noted by `package add` do not pay.
    #[arg(long, conflicts_with = "no_ledger")]
    pub within_packages: bool,

    #[command(flatten)]
    pub ledger: Ledger,

    #[command(flatten)]
    pub reach: Reach,
}

fn jobs(text: &str) -> Result<NonZeroUsize, String> {
    let jobs = text.parse::<NonZeroUsize>().ok();
    jobs.filter(|jobs| jobs.get() <= 256)
        .ok_or_else(|| "a number from 1 to 256 is needed".to_owned())
}

fn rate(text: &str) -> Result<f64, String> {
    let rate = text.parse::<f64>().ok();
    rate.filter(|rate| (0.001..=1_000_000.0).contains(rate))
        .ok_or_else(|| "a number of calls a second is needed, such as 20 or 0.5".to_owned())
}
