//! A billed answer that was opened and cannot be read: it goes into a file, so that nobody has to pay for it again.

use cardseal::Error;

use crate::discretion;
use crate::kept_answer;
use crate::output::Output;

/// Keeps what an answer opened to, if this error has it, and says where.
pub(crate) fn keep(error: &Error, output: &Output) {
    let Some(text) = error.opened_text() else {
        return;
    };
    match kept_answer::keep(text) {
        Ok(path) => output.warn(&format!(
            "what the answer opened to is kept in `{}`, which only you can read; delete it when you have done with it",
            discretion::path(&path)
        )),
        Err(why) => output.warn(&format!(
            "what the answer opened to cannot be kept in a file ({why}) and is lost"
        )),
    }
}
