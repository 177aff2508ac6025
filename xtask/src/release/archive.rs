//! An archive that depends on its files alone: their order, owners and times are the same whoever packs them.

use std::io::{Cursor, Read, Write};

use flate2::{Compression, GzBuilder, read::GzDecoder};
use zip::write::SimpleFileOptions;

use super::targets::Form;
use crate::shell::Done;

/// A file of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// Below the archive's one folder, with `/`.
    pub(crate) path: String,
    pub(crate) mode: Mode,
    pub(crate) bytes: Vec<u8>,
}

/// Whether a file is a program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Program,
    File,
}

impl Entry {
    pub(crate) fn file(path: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            path: path.into(),
            mode: Mode::File,
            bytes: bytes.into(),
        }
    }
}

impl Mode {
    fn bits(self) -> u32 {
        match self {
            Self::Program => 0o755,
            Self::File => 0o644,
        }
    }
}

/// The archive's bytes. Every file is in `folder`; `time` is in seconds since 1970.
pub(crate) fn pack(form: Form, folder: &str, mut entries: Vec<Entry>, time: u64) -> Done<Vec<u8>> {
    entries.sort_by(|one, other| one.path.cmp(&other.path));
    if let Some(pair) = entries.windows(2).find(|pair| pair[0].path == pair[1].path) {
        return Err(format!("two files of the archive are called {}", pair[0].path).into());
    }
    match form {
        Form::TarGz => tar_gz(folder, &entries, time),
        Form::Zip => zipped(folder, &entries),
    }
    .map_err(|error| format!("{folder} cannot be packed: {error}").into())
}

fn tar_gz(folder: &str, entries: &[Entry], time: u64) -> std::io::Result<Vec<u8>> {
    let gzip = GzBuilder::new().write(Vec::new(), Compression::best());
    let mut tar = tar::Builder::new(gzip);
    for entry in entries {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(tar::EntryType::Regular);
        header.set_size(entry.bytes.len() as u64);
        header.set_mode(entry.mode.bits());
        header.set_mtime(time);
        header.set_uid(0);
        header.set_gid(0);
        let path = format!("{folder}/{}", entry.path);
        tar.append_data(&mut header, path, entry.bytes.as_slice())?;
    }
    tar.into_inner()?.finish()
}

/// A zip file has local times without a zone, so it gets none: all are of 1980, when its calendar begins.
fn zipped(folder: &str, entries: &[Entry]) -> std::io::Result<Vec<u8>> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for entry in entries {
        let options = SimpleFileOptions::default()
            .compression_method(zip::CompressionMethod::Deflated)
            .last_modified_time(zip::DateTime::default())
            .unix_permissions(entry.mode.bits());
        zip.start_file(format!("{folder}/{}", entry.path), options)?;
        zip.write_all(&entry.bytes)?;
    }
    Ok(zip.finish()?.into_inner())
}

/// The files of an archive that `pack` made, without their folder.
pub(crate) fn unpack(form: Form, bytes: &[u8]) -> Done<Vec<Entry>> {
    match form {
        Form::TarGz => untar(bytes),
        Form::Zip => unzip(bytes),
    }
    .map_err(|error| format!("the archive cannot be read: {error}").into())
}

fn untar(bytes: &[u8]) -> std::io::Result<Vec<Entry>> {
    let mut tar = tar::Archive::new(GzDecoder::new(bytes));
    let mut entries = Vec::new();
    for file in tar.entries()? {
        let mut file = file?;
        let path = file.path()?.to_string_lossy().into_owned();
        let mode = file.header().mode()?;
        entries.push(read(&path, mode, &mut file)?);
    }
    Ok(entries)
}

fn unzip(bytes: &[u8]) -> std::io::Result<Vec<Entry>> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes))?;
    let mut entries = Vec::new();
    for at in 0..zip.len() {
        let mut file = zip.by_index(at)?;
        let (path, mode) = (
            file.name()?.into_owned(),
            file.unix_mode().unwrap_or_default(),
        );
        entries.push(read(&path, mode, &mut file)?);
    }
    Ok(entries)
}

fn read(path: &str, mode: u32, file: &mut impl Read) -> std::io::Result<Entry> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    let (_, path) = path.split_once('/').unwrap_or(("", path));
    Ok(Entry {
        path: path.to_owned(),
        mode: if mode & 0o100 == 0 {
            Mode::File
        } else {
            Mode::Program
        },
        bytes,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries() -> Vec<Entry> {
        vec![
            Entry {
                path: "cardseal".into(),
                mode: Mode::Program,
                bytes: (0..=255).cycle().take(70_000).collect(),
            },
            Entry::file("README.zh-CN.md", "自述"),
            // Longer than a tar header has room for.
            Entry::file(format!("man/{}", "m".repeat(120)), "page"),
        ]
    }

    #[test]
    fn the_order_in_which_files_come_makes_no_difference() {
        for form in [Form::TarGz, Form::Zip] {
            let one = pack(form, "a-1", entries(), 1_700_000_000).unwrap();
            let other = pack(
                form,
                "a-1",
                entries().into_iter().rev().collect(),
                1_700_000_000,
            );
            assert_eq!(one, other.unwrap());
        }
    }

    #[test]
    fn what_is_unpacked_is_what_was_packed() {
        for form in [Form::TarGz, Form::Zip] {
            let packed = pack(form, "a-1", entries(), 1_700_000_000).unwrap();
            let mut expected = entries();
            expected.sort_by(|one, other| one.path.cmp(&other.path));
            assert_eq!(unpack(form, &packed).unwrap(), expected);
        }
    }

    /// A header tells nothing of who packed, where and when.
    #[test]
    fn owners_and_times_are_the_releases() {
        let packed = pack(Form::TarGz, "a-1", entries(), 1_700_000_000).unwrap();
        // gzip's own time is none, its system unknown.
        assert_eq!(packed[4..8], [0; 4]);
        assert_eq!(packed[9], 255);
        let mut tar = tar::Archive::new(GzDecoder::new(packed.as_slice()));
        let mut seen = 0;
        for file in tar.entries().unwrap() {
            let file = file.unwrap();
            let header = file.header();
            assert_eq!(header.mtime().unwrap(), 1_700_000_000);
            assert_eq!((header.uid().unwrap(), header.gid().unwrap()), (0, 0));
            assert_eq!(header.username().unwrap().unwrap_or_default(), "");
            assert!(file.path().unwrap().starts_with("a-1"));
            seen += 1;
        }
        assert_eq!(seen, 3);
        let packed = pack(Form::Zip, "a-1", entries(), 1_700_000_000).unwrap();
        let later = pack(Form::Zip, "a-1", entries(), 1_800_000_000).unwrap();
        assert_eq!(packed, later);
    }

    #[test]
    fn two_files_of_one_name_are_refused() {
        let twice = vec![Entry::file("a", "1"), Entry::file("a", "2")];
        let refused = pack(Form::Zip, "f", twice, 0).unwrap_err().to_string();
        assert!(refused.contains("called a"), "{refused}");
    }
}
