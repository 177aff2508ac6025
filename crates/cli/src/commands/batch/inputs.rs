//! What is given as INPUT, looked at before anything is called.

use std::path::{Path, PathBuf};

use cardseal_batch::{Inputs, Work as _};

use crate::discretion;
use crate::exit::Failure;
use crate::input;
use crate::output::Output;

/// Refuses what looks like a secret and is no file: it would stand in RESULTS as a card that failed. Says which folders
/// hold no picture.
pub(super) fn check(inputs: &[PathBuf], output: &Output) -> Result<(), Failure> {
    for path in inputs {
        if input::is_stdin(path) || is_list(path) {
            continue;
        }
        if discretion::is_secret(path) {
            return Err(Failure::usage(
                "an INPUT is no file and looks like a secret, and would come to stand in RESULTS; name files, folders \
                 or lists; if it is a secret, change it",
            ));
        }
        if path.is_dir() && is_empty(path) {
            output.warn(&format!(
                "the folder `{}` holds no picture",
                input::show(path)
            ));
        }
    }
    Ok(())
}

fn is_list(path: &Path) -> bool {
    path.to_string_lossy().starts_with('@')
}

fn is_empty(folder: &Path) -> bool {
    let folder = [folder.to_owned()];
    Inputs::of(&folder).is_ok_and(|mut cards| cards.rest().is_none())
}
