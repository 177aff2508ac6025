//! A card's picture, read and looked at before anything is sent.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use cardseal::Image;
use cardseal_prepare::{Limits, check_size, prepare, sniff};
use zeroize::Zeroizing;

use crate::card::Picture;

/// No service takes an image of more.
const MOST: u64 = 64 << 20;

/// What can be made to fit may be larger.
const MOST_TO_FIT: u64 = 512 << 20;

/// Headers stand here, so that a picture of too many pixels is refused before the rest is read.
const FIRST: u64 = 256 << 10;

/// The picture, or what is wrong with it.
pub(crate) fn load(picture: &Picture, fit: Option<&Limits>) -> Result<Image, String> {
    match picture {
        Picture::Unusable(why) => Err(why.clone()),
        Picture::Url(url) => Image::from_url(url).map_err(|error| error.to_string()),
        Picture::File(path) => {
            let mut bytes = match fit {
                Some(_) => read(path, MOST_TO_FIT, &|first| {
                    check_size(first).map_err(|error| error.to_string())
                })?,
                None => read(path, MOST, &|_| Ok(()))?,
            };
            let kind = sniff(&bytes);
            if let Some(limits) = fit {
                let prepared = prepare(&bytes, limits).map_err(|error| error.to_string())?;
                bytes = Zeroizing::new(prepared.image);
            // Two letters are few, and the service is the judge of what begins with them.
            } else if !kind.is_taken() && !bytes.starts_with(b"BM") {
                return Err(format!(
                    "this is not a JPEG, PNG or BMP but {}; {}",
                    kind.name(),
                    kind.advice()
                ));
            }
            // Moved and not copied: the image wipes it.
            Image::from_bytes(std::mem::take(&mut *bytes)).map_err(|error| error.to_string())
        }
    }
}

/// All of a file, where its first bytes are good.
fn read(
    path: &Path,
    most: u64,
    is_good: &dyn Fn(&[u8]) -> Result<(), String>,
) -> Result<Zeroizing<Vec<u8>>, String> {
    let unreadable = |error: io::Error| {
        format!("the picture cannot be read: {error}; check the path and its permissions")
    };
    // Looked at before it is opened: opening a pipe would wait for its other end.
    let found = fs::metadata(path).map_err(unreadable)?;
    if !found.is_file() {
        return Err("the picture is not a regular file; name one".to_owned());
    }
    let len = found.len();
    if len > most {
        return Err(format!(
            "the picture has {len} bytes, more than any service takes; make it smaller with --fit"
        ));
    }
    let mut file = File::open(path).map_err(unreadable)?.take(most);
    let room = usize::try_from(len).unwrap_or(0).saturating_add(1);
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    let first = file.by_ref().take(FIRST).read_to_end(&mut bytes);
    if first.map_err(unreadable)? == 0 {
        return Err("the picture is empty; take or export it again".to_owned());
    }
    is_good(&bytes)?;
    file.read_to_end(&mut bytes).map_err(unreadable)?;
    Ok(bytes)
}
