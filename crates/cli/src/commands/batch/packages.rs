//! The calls that the packages bought still pay.

use std::time::SystemTime;

use cardseal_batch::{Allowance, FileResults, Results};
use cardseal_ledger::Ledger;

use crate::args::{Batch, CloudName};
use crate::exit::Failure;

/// Whose packages a batch at Tencent uses.
const ACTION: &str = "RecognizeEncryptedIDCardOCR";

/// How many calls are left.
pub(super) fn left(arguments: &Batch, ledger: &Ledger) -> Result<u64, Failure> {
    if arguments.cloud != CloudName::Tencent {
        return Err(Failure::usage(
            "--within-packages is for tencent, whose packages are counted by published rules",
        ));
    }
    let left = ledger.left_of(ACTION, SystemTime::now());
    let left = left.map_err(|error| Failure::usage(error.to_string()))?;
    left.ok_or_else(|| {
        Failure::usage(format!(
            "--within-packages needs a package of {ACTION} that is valid now; add it with `cardseal package add`"
        ))
    })
}

/// What may be begun: what is in doubt from before may have been billed, and no ledger knows of it.
pub(super) fn allowance(left: u64, results: &FileResults) -> Allowance {
    Allowance::of(left.saturating_sub(results.in_doubt()))
}
