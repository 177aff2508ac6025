//! The calls that the packages bought still pay.

use std::time::SystemTime;

use cardseal_batch::{Allowance, FileResults};
use cardseal_ledger::Ledger;

use crate::args::{Batch, CloudName};
use crate::exit::Failure;

/// Whose packages a batch at Tencent uses.
const ACTION: &str = "RecognizeEncryptedIDCardOCR";

/// Refuses a batch for which no package is valid.
pub(super) fn check(arguments: &Batch, ledger: &Ledger) -> Result<(), Failure> {
    if arguments.asked.cloud != CloudName::Tencent {
        return Err(Failure::usage(
            "--within-packages is for tencent, whose packages are counted by published rules",
        ));
    }
    let left = ledger.left_of(ACTION, SystemTime::now());
    match left.map_err(|error| Failure::usage(error.to_string()))? {
        Some(_) => Ok(()),
        None => Err(Failure::usage(format!(
            "--within-packages needs a package of {ACTION} that is valid now; add it with `cardseal package add`"
        ))),
    }
}

/// What may be begun. What is in doubt from before may have been billed, whether a ledger knows of it or not.
pub(super) fn allowance(ledger: Ledger, results: &FileResults) -> Result<Allowance, Failure> {
    let allowance = Allowance::of_packages(ledger, ACTION, results.uncounted());
    allowance.map_err(|error| Failure::usage(error.to_string()))
}
