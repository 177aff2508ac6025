//! The arguments of `errors`.

use clap::Args;

use super::CloudName;

/// Explain an error code and what to do about it.
///
/// Without CODE, the table of all three clouds. With --json: [{cloud, code, meaning, advice, retryable, billed}];
/// `billed` says whether a call that fails so is billed, and is absent where that is not known. For an unknown code the
/// exit code is 2.
#[derive(Args)]
pub(crate) struct Errors {
    /// The code as the service spells it, as in FailedOperation.ImageBlur.
    #[arg(value_name = "CODE")]
    pub code: Option<String>,

    /// The codes of one cloud only.
    #[arg(long, value_name = "CLOUD")]
    pub cloud: Option<CloudName>,
}
