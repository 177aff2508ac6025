//! Pictures that are made to fit: read no further than needed, and prepared within the limits of a cloud.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use cardseal_prepare::{Limits, PrepareError, Prepared, check_size, prepare};
use zeroize::Zeroizing;

#[cfg(feature = "http")]
use crate::args::CloudName;
use crate::exit::Failure;
use crate::input::{self, Wiped};
use crate::output::Output;

/// No picture of 100 million pixels has more bytes than this, but for what is made to be large.
const MOST: usize = 512 * 1024 * 1024;

/// Headers stand here, so that a picture of too many pixels is refused before the rest is read.
const FIRST: usize = 256 * 1024;

/// Below this quality a card may be misread.
const POOR: u8 = 40;

/// What a cloud takes. Ctyun's page allows sides of 5000 pixels, Huawei's of 8192.
#[cfg(feature = "http")]
pub(crate) fn limits(cloud: CloudName) -> Limits {
    let limits = Limits::default();
    match cloud {
        CloudName::Tencent => limits,
        CloudName::Ctyun => limits.max_side(5000),
        CloudName::Huawei => limits.max_side(8192),
    }
}

/// Reads a picture, no further than its header where that is enough to refuse it.
pub(crate) fn read(path: &Path) -> Result<Wiped, Failure> {
    let unreadable = |error: io::Error| {
        let shown = shown(path);
        Failure::usage(format!(
            "{shown} cannot be read: {error}; check the path and its permissions"
        ))
    };
    let mut from: Box<dyn Read> = if input::is_stdin(path) {
        Box::new(io::stdin().lock())
    } else {
        Box::new(File::open(path).map_err(unreadable)?)
    };
    let mut bytes = Zeroizing::new(Vec::with_capacity(FIRST));
    let first = from.by_ref().take(FIRST as u64).read_to_end(&mut bytes);
    first.map_err(unreadable)?;
    // The text of a `data:` URL is decoded before it is looked at.
    if !bytes.starts_with(b"data:") {
        check_size(&bytes).map_err(|error| refused(path, &error))?;
    }
    let bytes = input::read_on(bytes, from, MOST).map_err(unreadable)?;
    if bytes.len() > MOST {
        let shown = shown(path);
        return Err(Failure::usage(format!(
            "{shown} has more than {MOST} bytes, the most that is read; make it smaller first"
        )));
    }
    Ok(bytes)
}

/// A picture within limits. Where that took a quality at which cards are misread, that is told.
pub(crate) fn prepared(
    path: &Path,
    bytes: &[u8],
    limits: &Limits,
    output: &Output,
) -> Result<Prepared, Failure> {
    let prepared = prepare(bytes, limits).map_err(|error| refused(path, &error))?;
    let quality = prepared.report.output.quality;
    if quality.is_some_and(|quality| quality < POOR) {
        output.warn(
            "the picture fits only at a low quality and may be misread; allow more bytes, or cut it to the card",
        );
    }
    Ok(prepared)
}

fn refused(path: &Path, error: &PrepareError) -> Failure {
    Failure::usage(format!("{}: {error}", shown(path)))
}

fn shown(path: &Path) -> String {
    if input::is_stdin(path) {
        "the picture on stdin".to_owned()
    } else {
        format!("the picture `{}`", input::show(path))
    }
}
