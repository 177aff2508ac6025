//! What is given as INPUT, looked at before anything is called.

use std::path::{Path, PathBuf};

use cardseal_batch::{FileResults, Inputs, PassedOver, Results as _, Work as _};

use crate::discretion;
use crate::exit::Failure;
use crate::input;
use crate::output::Output;

/// Refuses what looks like a secret and is no file: it would stand in RESULTS as a card that failed. Says which folders
/// hold no picture.
pub(in crate::commands) fn check(inputs: &[PathBuf], output: &Output) -> Result<(), Failure> {
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

/// Warns where none of the cards is among those that the results hold: another spelling of INPUT, or another RESULTS.
pub(super) fn compare(inputs: &[PathBuf], results: &FileResults, output: &Output) {
    if results.finished() == 0 || inputs.iter().any(|one| input::is_stdin(one)) {
        return;
    }
    let Ok(mut cards) = Inputs::of(inputs) else {
        return;
    };
    let mut cards = std::iter::from_fn(|| cards.rest()).peekable();
    if cards.peek().is_some() && !cards.any(|card| results.has(&card.hashed_id())) {
        output.warn(&format!(
            "RESULTS holds {} cards, and none of them is in INPUT, so all of INPUT is called for; a card is known by its \
             path as INPUT spells it: stop this with Ctrl-C if these cards were called before",
            results.finished()
        ));
    }
}

/// Says what of the folders was not looked into.
pub(in crate::commands) fn tell_passed_over(passed_over: PassedOver, output: &Output) {
    if passed_over.hidden > 0 {
        output.warn(&format!(
            "{} hidden file(s) and folder(s) of INPUT, whose names begin with a point, were passed over",
            passed_over.hidden
        ));
    }
    if passed_over.links > 0 {
        output.warn(&format!(
            "{} link(s) to folders in INPUT were not followed; name those folders as INPUT",
            passed_over.links
        ));
    }
}

fn is_list(path: &Path) -> bool {
    path.to_string_lossy().starts_with('@')
}

fn is_empty(folder: &Path) -> bool {
    let folder = [folder.to_owned()];
    Inputs::of(&folder).is_ok_and(|mut cards| cards.rest().is_none())
}
