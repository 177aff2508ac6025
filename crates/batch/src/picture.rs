//! A card's picture, read and looked at before anything is sent.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use cardseal::Image;
use cardseal_prepare::{Limits, check_size, prepare, sniff};
use zeroize::Zeroizing;

use crate::card::{Card, Held, Picture};

/// No service takes an image of more.
const MOST: u64 = 64 << 20;

/// What can be made to fit may be larger.
const MOST_TO_FIT: u64 = 512 << 20;

/// Headers stand here, so that a picture of too many pixels is refused before the rest is read.
const FIRST: u64 = 256 << 10;

/// Why there is no picture.
#[derive(Debug)]
pub enum Unloaded {
    /// It is at fault: the card fails.
    Unusable(String),
    /// It cannot be read now, and may be when the batch goes on: its folder is gone, or the disk fails.
    Unread(String),
}

impl From<String> for Unloaded {
    fn from(why: String) -> Self {
        Self::Unusable(why)
    }
}

/// The bytes of a card's picture as they are, where it is in a file; `None` where it is not.
///
/// # Errors
/// [`Unloaded`].
pub fn read_picture(card: &Card) -> Result<Option<Held>, Unloaded> {
    match &card.picture {
        Picture::File(path) => {
            let bytes = read(path, MOST, &|_| Ok(())).map_err(|error| error.of(card))?;
            Ok(Some(Held::new(bytes)))
        }
        _ => Ok(None),
    }
}

/// The picture, or what is wrong with it. One that is held in memory is taken out of the card.
pub(crate) fn load(card: &mut Card, fit: Option<&Limits>) -> Result<Image, Unloaded> {
    let has_few_pixels = |first: &[u8]| -> Result<(), String> {
        check_size(first).map_err(|error| error.to_string())
    };
    let bytes = match &mut card.picture {
        Picture::Unusable(why) => return Err(why.clone().into()),
        Picture::Url(url) => {
            return Ok(Image::from_url(url).map_err(|error| error.to_string())?);
        }
        Picture::Held(held) => {
            if fit.is_some() {
                has_few_pixels(held.bytes())?;
            }
            std::mem::replace(held, Held::new(Zeroizing::default())).into_bytes()
        }
        Picture::File(path) => match fit {
            Some(_) => read(path, MOST_TO_FIT, &has_few_pixels),
            None => read(path, MOST, &|_| Ok(())),
        }
        .map_err(|error| error.of(card))?,
    };
    Ok(image(bytes, fit)?)
}

/// The image that is sent.
fn image(mut bytes: Zeroizing<Vec<u8>>, fit: Option<&Limits>) -> Result<Image, String> {
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

type IsGood<'a> = &'a dyn Fn(&[u8]) -> Result<(), String>;

/// Why a file is not read.
enum Unreadable {
    Io(io::Error),
    Unusable(String),
}

impl From<io::Error> for Unreadable {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl Unreadable {
    fn of(self, card: &Card) -> Unloaded {
        use io::ErrorKind::{
            InvalidFilename, InvalidInput, NotADirectory, NotFound, PermissionDenied,
        };
        let error = match self {
            Self::Unusable(why) => return Unloaded::Unusable(why),
            Self::Io(error) => error,
        };
        let is_its_own = match error.kind() {
            NotFound | NotADirectory => !card.was_seen,
            PermissionDenied | InvalidFilename | InvalidInput => true,
            // A link that leads in a circle.
            _ => card.is_link(),
        };
        let why =
            format!("the picture cannot be read: {error}; check the path and its permissions");
        match is_its_own {
            true => Unloaded::Unusable(why),
            false => Unloaded::Unread(why),
        }
    }
}

/// All of a file, where its first bytes are good.
fn read(path: &Path, most: u64, is_good: IsGood<'_>) -> Result<Zeroizing<Vec<u8>>, Unreadable> {
    // Looked at before it is opened: opening a pipe would wait for its other end.
    let found = fs::metadata(path)?;
    let unusable = |why: &str| Err(Unreadable::Unusable(why.to_owned()));
    if !found.is_file() {
        return unusable("the picture is not a regular file; name one");
    }
    let len = found.len();
    if len > most {
        return Err(Unreadable::Unusable(format!(
            "the picture has {len} bytes, more than any service takes; make it smaller with --fit"
        )));
    }
    let mut file = File::open(path)?.take(most);
    let room = usize::try_from(len).unwrap_or(0).saturating_add(1);
    let mut bytes = Zeroizing::new(Vec::with_capacity(room));
    if file.by_ref().take(FIRST).read_to_end(&mut bytes)? == 0 {
        return unusable("the picture is empty; take or export it again");
    }
    is_good(&bytes).map_err(Unreadable::Unusable)?;
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}
