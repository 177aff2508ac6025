//! A key pair as three files in a folder: `private.pem` (mode 0600), `public.pem`, `public.b64`.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::{KeyError, KeyPair};

const PRIVATE: &str = "private.pem";
const PUBLIC: &str = "public.pem";
const PUBLIC_B64: &str = "public.b64";

/// The most bytes a key file may have; a 4096-bit RSA key needs about 3.2 KB.
const MAX_FILE: u64 = 64 * 1024;

impl KeyPair {
    /// Writes the three files into `dir`, which is created if it is missing.
    ///
    /// Existing files are never overwritten. If anything fails, the files of this call are removed again.
    pub fn write_to(&self, dir: &Path) -> Result<(), KeyError> {
        let private = self.private_pem()?;
        let public = self.public_pem();
        let public_b64 = format!("{}\n", self.public_b64());
        let files = [
            (PRIVATE, private.as_str(), Readers::Owner),
            (PUBLIC, public.as_str(), Readers::Everyone),
            (PUBLIC_B64, public_b64.as_str(), Readers::Everyone),
        ];

        let mut undo = Undo::default();
        if !dir.is_dir() {
            fs::create_dir_all(dir).map_err(|source| at(dir, source))?;
            undo.dir = Some(dir.to_path_buf());
        }
        for (name, text, readers) in files {
            let path = dir.join(name);
            let mut file = create_new(&path, readers)?;
            undo.files.push(path.clone());
            file.write_all(text.as_bytes())
                .and_then(|()| file.sync_all())
                .map_err(|source| at(&path, source))?;
        }
        undo.forget();
        Ok(())
    }

    /// Reads `private.pem` from `dir`; if there is a `public.pem`, it must match.
    pub fn load_from(dir: &Path) -> Result<Self, KeyError> {
        let private = dir.join(PRIVATE);
        if !private.is_file() {
            return Err(KeyError::NoKeyPair(dir.to_path_buf()));
        }
        let pair = KeyPair::from_private_pem(&read_text(&private)?)?;

        let public = dir.join(PUBLIC);
        if public.is_file() && !pair.has_public_half(&read_text(&public)?) {
            return Err(KeyError::PublicKeyDiffers(public));
        }
        Ok(pair)
    }

    /// Reads every key pair of `dir`: its own, otherwise those of its direct sub-folders, in the order of their names.
    pub fn load_all(dir: &Path) -> Result<Vec<Self>, KeyError> {
        if dir.join(PRIVATE).is_file() {
            return Ok(vec![KeyPair::load_from(dir)?]);
        }
        let mut folders = Vec::new();
        for entry in fs::read_dir(dir).map_err(|source| at(dir, source))? {
            let path = entry.map_err(|source| at(dir, source))?.path();
            if path.join(PRIVATE).is_file() {
                folders.push(path);
            }
        }
        if folders.is_empty() {
            return Err(KeyError::NoKeyPair(dir.to_path_buf()));
        }
        folders.sort();
        folders
            .iter()
            .map(|folder| KeyPair::load_from(folder))
            .collect()
    }
}

#[derive(Clone, Copy)]
enum Readers {
    Owner,
    Everyone,
}

/// Removes, unless forgotten, what was written so far.
#[derive(Default)]
struct Undo {
    files: Vec<PathBuf>,
    dir: Option<PathBuf>,
}

impl Undo {
    fn forget(mut self) {
        self.files.clear();
        self.dir = None;
    }
}

impl Drop for Undo {
    fn drop(&mut self) {
        // The first error is the one to report; a failing clean-up has nobody left to tell.
        for file in &self.files {
            let _ = fs::remove_file(file);
        }
        if let Some(dir) = &self.dir {
            let _ = fs::remove_dir(dir);
        }
    }
}

fn create_new(path: &Path, readers: Readers) -> Result<File, KeyError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(match readers {
            Readers::Owner => 0o600,
            Readers::Everyone => 0o644,
        });
    }
    #[cfg(not(unix))]
    let _ = readers;
    options.open(path).map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => KeyError::Exists(path.to_path_buf()),
        _ => at(path, source),
    })
}

fn read_text(path: &Path) -> Result<Zeroizing<String>, KeyError> {
    // Sized up front, so that growing never leaves an unwiped copy behind.
    let mut text = Zeroizing::new(String::with_capacity(MAX_FILE as usize));
    File::open(path)
        .and_then(|file| file.take(MAX_FILE).read_to_string(&mut text))
        .map_err(|source| at(path, source))?;
    Ok(text)
}

fn at(path: &Path, source: io::Error) -> KeyError {
    let path = path.to_path_buf();
    KeyError::File { path, source }
}
