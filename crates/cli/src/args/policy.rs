//! The arguments of `policy`.

use std::path::PathBuf;

use clap::Args;

/// Write the minimal access policy for some actions, or check an existing policy.
///
/// Policies are those of Tencent Cloud's access management (CAM). With --actions alone, prints the policy as JSON, for the
/// console. With --check, says what FILE allows beyond --actions, what it lacks, and where its text is broken; without
/// --actions, whether it allows more than OCR. With --json, --check prints {valid, beyond, missing, problems}. Exit code 2
/// where FILE is not sound, or allows more or less than --actions.
#[derive(Args)]
pub(crate) struct Policy {
    /// The actions to allow, without the service before them, as in IDCardOCR.
    #[arg(
        long,
        value_name = "A,B",
        value_delimiter = ',',
        required_unless_present = "check"
    )]
    pub actions: Vec<String>,

    /// Allow the four actions that can be narrowed for this sub-account only, by its UIN. May be given again.
    #[arg(long, value_name = "UIN", conflicts_with = "check")]
    pub sub_account: Vec<String>,

    /// The policy to check.
    #[arg(long, value_name = "FILE")]
    pub check: Option<PathBuf>,
}
