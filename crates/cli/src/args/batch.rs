//! The arguments of `batch`.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;

use super::ledger::Ledger;
use super::sending::Reach;
use super::{CloudName, IvPolicyName, SideName};

/// Recognise many ID cards, calling the service once for each, and write one line of JSON per card.
///
/// INPUT is an image file; a folder (its images, recursively, in the order of their names); `@LIST` or `-`, a list with
/// one line of JSON per card: {"image":PATH} or {"url":URL}, with optional "side" and "id". A picture that cannot be
/// sent is a card that failed, and the others go on.
///
/// RESULTS gets {id, input, outcome, request_id, attempts, elapsed_ms, result} or {…, error: {kind, code, message}}.
/// Beside it RESULTS.journal holds what was begun, by hashes. After a kill, a power cut or a full disk, --resume calls
/// the service for every card without a line and for no other, and counts the calls whose answer was not stored
/// (in_doubt: they may have been billed). Ctrl-C finishes the calls in progress; a second one ends at once.
///
/// Credentials as for `recognize`; --timeout limits the time of one request. With --json the last line on stdout is
/// {cards, ok, failed, skipped, in_doubt, by_code, elapsed_s}. Exit code 9: it ended, and some cards failed or a
/// package is used up; 130: interrupted.
#[derive(Args)]
pub(crate) struct Batch {
    /// Image files, folders, @LIST, or - for a list on stdin.
    #[arg(value_name = "INPUT", required = true)]
    pub inputs: Vec<PathBuf>,

    /// The file for the results, one line of JSON per card. An existing file is rejected without --resume.
    #[arg(long, value_name = "RESULTS.jsonl")]
    pub out: PathBuf,

    /// Continue with existing RESULTS.
    #[arg(long)]
    pub resume: bool,

    /// Encrypt every line with age to this public key (age1…), or those in a file: each line is then the Base64 of an age
    /// file, and nothing read off a card is on the disk in clear.
    #[arg(long, value_name = "AGE")]
    pub encrypt_to: Option<String>,

    /// Which side the cards show, unless a list says so; default: the service detects it.
    #[arg(long, value_name = "SIDE")]
    pub side: Option<SideName>,

    /// Make no call that the packages added with `package add` do not pay for.
    #[arg(long, conflicts_with = "no_ledger")]
    pub within_packages: bool,

    #[command(flatten)]
    pub ledger: Ledger,

    #[command(flatten)]
    pub asked: Asked,
}

/// What is asked of every card, of whom, and how fast.
#[derive(Args)]
pub(crate) struct Asked {
    /// The cloud.
    #[arg(long, value_name = "CLOUD")]
    pub cloud: CloudName,

    /// The service's public key. Required for tencent; not used for other clouds.
    #[arg(long, value_name = "FILE")]
    pub key: Option<PathBuf>,

    /// Switches to turn on, by the cloud's names.
    #[arg(long, value_name = "A,B", value_delimiter = ',')]
    pub config: Vec<String>,

    /// Which IV the answers may be sealed under; default: depends on the suite.
    #[arg(long, value_name = "POLICY")]
    pub iv_policy: Option<IvPolicyName>,

    /// Make pictures fit first, as `prepare` does: upright, without metadata, small enough.
    #[arg(long)]
    pub fit: bool,

    /// How many cards to process at once. Each takes several times its picture's size in memory.
    #[arg(long, value_name = "N", default_value = "8", value_parser = jobs)]
    pub jobs: NonZeroUsize,

    /// Maximum calls per second, shared by all jobs, without bursts. Default: 20 for tencent, its published rate; no
    /// limit for the other clouds. A card that is still throttled is retried with growing delays for more than two
    /// minutes.
    #[arg(long, value_name = "R", value_parser = super::rate::rate)]
    pub max_rps: Option<f64>,

    #[command(flatten)]
    pub reach: Reach,
}

/// Calls a second that the encrypted ID card is published with.
const PUBLISHED: f64 = 20.0;

impl Asked {
    /// Calls a second at most; `None` for no limit.
    pub(crate) fn rate(&self) -> Option<f64> {
        self.max_rps
            .or((self.cloud == CloudName::Tencent).then_some(PUBLISHED))
    }
}

fn jobs(text: &str) -> Result<NonZeroUsize, String> {
    let jobs = text.parse::<NonZeroUsize>().ok();
    jobs.filter(|jobs| jobs.get() <= 256)
        .ok_or_else(|| "a number from 1 to 256 is needed".to_owned())
}
