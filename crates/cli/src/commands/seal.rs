//! `seal`: plaintext in, a sealed request and an opener file out.
//!
//! The order matters: the key is judged before anything else is read; the opener is stored before the request is
//! handed over, and goes again where handing over fails.

use cardseal::{MAX_BODY, Opener, PictureFault, Recipient, SharedNonce};

use crate::args::Seal;
use crate::exit::{Failure, Whose};
use crate::input::{self, Wiped};
use crate::opener_file;
use crate::output::Output;

pub(super) fn run(arguments: &Seal, output: &Output) -> Result<(), Failure> {
    if input::is_stdin(&arguments.key) {
        return Err(Failure::usage(
            "--key `-` is refused: stdin is the plaintext; name the key's file",
        ));
    }
    let recipient = input::read_key(&arguments.key)?;
    opener_file::check_free(&arguments.opener)?;
    // Sealing tells precisely how much fits; this only bounds what is read.
    let plaintext = input::read_stdin("the plaintext", MAX_BODY, Whose::Usage)?;
    let (mut json, opener) = seal(arguments, &recipient, &plaintext, output)?;
    drop(plaintext);
    json.push(b'\n');

    let stored = opener_file::store(opener, &arguments.opener)?;
    output.print(&json)?;
    stored.handed_over();
    Ok(())
}

fn seal(
    arguments: &Seal,
    recipient: &Recipient,
    plaintext: &Wiped,
    output: &Output,
) -> Result<(Vec<u8>, Opener), Failure> {
    check_picture(plaintext, output)?;
    if arguments.fields.is_empty() {
        if let Err(fault) = cardseal::check_plaintext(plaintext) {
            output.warn(&format!("{fault}; it is sealed anyway"));
        }
        let (sealed, opener) = recipient.seal(plaintext)?;
        return Ok((sealed.into_json(), opener));
    }
    let names: Vec<&str> = arguments.fields.iter().map(String::as_str).collect();
    let nonce = if arguments.accept_repeated_gcm_nonce {
        SharedNonce::AcceptRepeatedGcmNonce
    } else {
        SharedNonce::Refuse
    };
    let (sealed, opener) = recipient
        .seal_fields(plaintext, &names, nonce)
        .map_err(|error| name_the_flag(error.into(), recipient, &names, nonce))?;
    Ok((sealed.into_json(), opener))
}

/// A key in a picture's place goes nowhere, sealed neither. What else no service takes is sealed as it is.
fn check_picture(plaintext: &Wiped, output: &Output) -> Result<(), Failure> {
    for fault in PictureFault::in_request(plaintext) {
        if fault.is_key() {
            return Err(Failure::usage(format!("{fault}; nothing was sealed")));
        }
        output.warn(&format!("{fault}; it is sealed anyway"));
    }
    Ok(())
}

/// The library speaks of accepting explicitly; here that is a flag.
fn name_the_flag(
    failure: Failure,
    recipient: &Recipient,
    names: &[&str],
    nonce: SharedNonce,
) -> Failure {
    let repeats = names.len() > 1 && recipient.facts().nonce_reuse_is_fatal;
    if repeats && nonce == SharedNonce::Refuse {
        return failure.adding(" with --accept-repeated-gcm-nonce");
    }
    failure
}
