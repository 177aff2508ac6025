//! The images of a folder and of the folders below it, in the order of their paths' bytes.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use cardseal_prepare::{Kind, sniff};

use super::path_text::path_text;

/// What pictures are called, wrongly sometimes: such a file is a card, whatever it holds.
const ENDINGS: [&str; 12] = [
    "jpg", "jpeg", "jpe", "jfif", "png", "bmp", "webp", "tif", "tiff", "gif", "heic", "heif",
];

/// A folder that is walked through. Of each open folder the names are held.
pub(super) struct Folder {
    open: Vec<std::vec::IntoIter<Found>>,
    /// What is not looked into.
    pub(super) passed_over: PassedOver,
}

/// What is no card by its name or its kind, counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct PassedOver {
    /// Files and folders whose names begin with a point.
    pub hidden: u64,
    /// Links to folders.
    pub links: u64,
}

impl PassedOver {
    pub(super) fn add(&mut self, other: Self) {
        self.hidden = self.hidden.saturating_add(other.hidden);
        self.links = self.links.saturating_add(other.links);
    }
}

/// An image that was found, and whether it was seen to be a file there.
pub(super) struct Image {
    pub(super) path: PathBuf,
    pub(super) was_seen: bool,
}

struct Found {
    /// The name, and `/` behind a folder's: so the order is that of whole paths.
    order: Vec<u8>,
    path: PathBuf,
    is_folder: bool,
    is_file: bool,
}

impl Folder {
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let mut passed_over = PassedOver::default();
        Ok(Self {
            open: vec![read(path, &mut passed_over)?],
            passed_over,
        })
    }

    /// The next image; or a folder that cannot be read, and why.
    pub(super) fn next(&mut self) -> Option<Result<Image, (PathBuf, String)>> {
        loop {
            let Some(found) = self.open.last_mut()?.next() else {
                self.open.pop();
                if self.open.is_empty() {
                    return None;
                }
                continue;
            };
            if !found.is_folder {
                if is_image(&found.path) {
                    return Some(Ok(Image {
                        was_seen: found.is_file,
                        path: found.path,
                    }));
                }
                continue;
            }
            match read(&found.path, &mut self.passed_over) {
                Ok(names) => self.open.push(names),
                Err(error) => {
                    let why = format!(
                        "the folder `{}` cannot be read: {error}; check its permissions",
                        path_text(&found.path)
                    );
                    return Some(Err((found.path, why)));
                }
            }
        }
    }
}

fn read(folder: &Path, passed_over: &mut PassedOver) -> io::Result<std::vec::IntoIter<Found>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        // Hidden files are no photographs of anybody's: `._card.jpg` is what a Mac leaves beside one.
        if name.as_encoded_bytes().starts_with(b".") {
            passed_over.hidden = passed_over.hidden.saturating_add(1);
            continue;
        }
        let kind = entry.file_type()?;
        // Not through a link: it may lead back up.
        let is_folder = kind.is_dir();
        if kind.is_symlink() && fs::metadata(entry.path()).is_ok_and(|found| found.is_dir()) {
            passed_over.links = passed_over.links.saturating_add(1);
            continue;
        }
        let mut order = name.as_encoded_bytes().to_vec();
        if is_folder {
            order.push(b'/');
        }
        names.push(Found {
            order,
            path: folder.join(&name),
            is_folder,
            is_file: kind.is_file(),
        });
    }
    names.sort_by(|one, other| one.order.cmp(&other.order));
    Ok(names.into_iter())
}

/// By its name, or else by its first bytes.
fn is_image(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    if ending.is_some_and(|ending| {
        ENDINGS
            .iter()
            .any(|known| ending.eq_ignore_ascii_case(known))
    }) {
        return true;
    }
    if !fs::metadata(path).is_ok_and(|found| found.is_file()) {
        return false;
    }
    let mut first = Vec::with_capacity(32);
    let read = File::open(path).and_then(|file| file.take(32).read_to_end(&mut first));
    read.is_ok() && matches!(sniff(&first), Kind::Jpeg | Kind::Png)
}
