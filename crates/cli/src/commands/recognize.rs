//! `recognize`: one ID card, encrypted where the cloud can, signed and sent.
//!
//! What can be wrong on this side is judged first; only then is anything sent.

mod ctyun;
mod huawei;
mod tencent;

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cardseal::Image;
use cardseal_prepare::Limits;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::args::{CloudName, Recognize};
use crate::exit::{Failure, Whose};
use crate::fitting;
use crate::input::{self, Wiped};
use crate::output::{Form, Output};
use crate::printable::printable;

/// No service takes an image of more.
const MOST_IMAGE: usize = 64 * 1024 * 1024;

pub(super) fn run(arguments: &Recognize, output: &Output) -> Result<(), Failure> {
    match arguments.cloud {
        CloudName::Tencent => tencent::run(arguments, output),
        CloudName::Ctyun => ctyun::run(arguments, output),
        CloudName::Huawei => huawei::run(arguments, output),
    }
}

/// What only an encrypted request has is refused where the request goes in clear, and the fact is told.
fn check_clear(arguments: &Recognize, cloud: &str, output: &Output) -> Result<(), Failure> {
    if arguments.key.is_some() {
        return Err(Failure::usage(format!(
            "{cloud} has no encrypted ID-card OCR, so --key has no use; leave it out to send the card in clear \
             inside TLS",
        )));
    }
    output.warn(&format!(
        "{cloud} receives the card in clear: only TLS protects it on the way"
    ));
    Ok(())
}

/// An answer, for people or for programs. Where it cannot be printed, all of it is kept.
fn show(
    listing: &str,
    answer: &impl Serialize,
    room: usize,
    request_id: &str,
    output: &Output,
) -> Result<(), Failure> {
    if output.form() == Form::Json {
        return output.print_json(answer, room);
    }
    if listing.is_empty() {
        output.note("the service recognised nothing in this image");
    }
    output.print_of(listing.as_bytes(), answer, room)?;
    output.note(&format!("request id {}", printable(request_id)));
    Ok(())
}

fn source(arguments: &Recognize, output: &Output) -> Result<Image, Failure> {
    match (&arguments.image, &arguments.url) {
        (Some(path), _) if arguments.fit => fitted(path, &fitting::limits(arguments.cloud), output),
        (Some(path), _) => image(path),
        (None, Some(url)) => Ok(Image::from_url(url)?),
        (None, None) => Err(Failure::usage("give --image FILE or --url URL")),
    }
}

/// The bytes of a whole picture, or the text of a `data:` URL, which no picture begins like.
fn image(path: &Path) -> Result<Image, Failure> {
    let mut bytes = input::read(path, "the image", MOST_IMAGE, Whose::Usage)?;
    if let Some(text) = data_url(&bytes) {
        return Ok(Image::from_base64(text)?);
    }
    cardseal_sniff::check(&bytes).map_err(|why| {
        let shown = input::show(path);
        Failure::usage(format!("`{shown}` cannot be sent: {why}"))
    })?;
    // Moved and not copied: the image wipes it. It was looked at.
    Ok(Image::from_bytes_unchecked(std::mem::take(&mut *bytes))?)
}

/// The picture as `prepare` makes it.
fn fitted(path: &Path, limits: &Limits, output: &Output) -> Result<Image, Failure> {
    let mut bytes = fitting::read(path)?;
    if let Some(text) = data_url(&bytes) {
        bytes = decoded(text)?;
    }
    let prepared = fitting::prepared(path, &bytes, limits, output)?;
    Ok(Image::from_bytes(prepared.image)?)
}

fn data_url(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?;
    text.starts_with("data:").then_some(text)
}

/// The bytes that a `data:` URL holds in Base64, between whose characters white space may stand.
fn decoded(url: &str) -> Result<Wiped, Failure> {
    let (_, text) = url.split_once(";base64,").unwrap_or_default();
    let mut bare = Zeroizing::new(Vec::with_capacity(text.len()));
    bare.extend(text.bytes().filter(|byte| !byte.is_ascii_whitespace()));
    let bytes = STANDARD.decode(&*bare).map(Zeroizing::new);
    bytes.map_err(|_| {
        Failure::usage("the `data:` URL holds no whole Base64; give the picture's file itself")
    })
}
