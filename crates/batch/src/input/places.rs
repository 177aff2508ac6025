//! Where files are, however their paths are spelled: `cards/a.jpg`, `./cards/a.jpg` and `/home/me/cards/a.jpg` may be one.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::card::Id;

/// The files that were named, each by its folder's own path and its name. A link is a file of its own: whoever made it
/// gave the picture another name on purpose.
#[derive(Default)]
pub(super) struct Places {
    seen: HashSet<u64>,
    /// The folder that was resolved last; files of one folder come one after the other.
    last: Option<(PathBuf, PathBuf)>,
}

impl Places {
    /// Whether a file was not named before. One whose folder is not there is new each time.
    pub(super) fn is_new(&mut self, file: &Path) -> bool {
        let (Some(folder), Some(name)) = (file.parent(), file.file_name()) else {
            return true;
        };
        let folder = match folder.as_os_str().is_empty() {
            true => Path::new("."),
            false => folder,
        };
        let known = self.last.take().filter(|(as_named, _)| as_named == folder);
        let Some((as_named, own)) =
            known.or_else(|| Some((folder.to_owned(), fs::canonicalize(folder).ok()?)))
        else {
            return true;
        };
        let place = own.join(name);
        self.last = Some((as_named, own));
        self.seen
            .insert(Id::of_bytes(place.as_os_str().as_encoded_bytes()).short())
    }
}
