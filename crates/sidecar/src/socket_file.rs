//! The socket file: made where nothing is, in place of one that nobody listens at any more, and never over anything else;
//! removed at the end where it is still this sidecar's.

use std::fs::{self, File, Metadata};
use std::io;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

/// A socket file of this process. Dropping it removes the file.
#[derive(Debug)]
pub(crate) struct SocketFile {
    path: PathBuf,
    device: u64,
    inode: u64,
}

/// Listens at `path`.
///
/// # Errors
/// `InvalidInput` if something else lies there, or others may put something there; `AddrInUse` if another process
/// listens; what the operating system says.
pub(crate) fn listen(path: &Path) -> io::Result<(UnixListener, SocketFile)> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let folder = File::open(folder)?;
    check_folder(&folder.metadata()?)?;
    // One sidecar at a time looks and makes. The lock goes with the handle.
    folder.lock()?;
    match fs::symlink_metadata(path) {
        Ok(found) => remove_stale(path, &found)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let listener = UnixListener::bind(path)?;
    let made = fs::symlink_metadata(path)?;
    let file = SocketFile {
        path: path.to_owned(),
        device: made.dev(),
        inode: made.ino(),
    };
    // The group may use it where the umask says so; others never.
    let mode = made.permissions().mode() & 0o660;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))?;
    Ok((listener, file))
}

fn check_folder(folder: &Metadata) -> io::Result<()> {
    let mode = folder.mode();
    if mode & 0o002 != 0 && mode & 0o1000 == 0 {
        return Err(refused(
            "other users can replace files in the socket's folder; choose a folder of your own",
        ));
    }
    Ok(())
}

fn remove_stale(path: &Path, found: &Metadata) -> io::Result<()> {
    if !found.file_type().is_socket() {
        return Err(refused(
            "the socket's path is taken by something that is not a socket; it was not changed; choose another path",
        ));
    }
    if found.uid() != rustix::process::geteuid().as_raw() {
        return Err(refused(
            "the socket's path is taken by another user's socket; it was not changed; choose another path",
        ));
    }
    match UnixStream::connect(path) {
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => fs::remove_file(path),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        // Anyone who is too busy to answer is there, too.
        Ok(_) | Err(_) => Err(io::Error::new(
            io::ErrorKind::AddrInUse,
            "another process listens there",
        )),
    }
}

fn refused(message: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, message)
}

impl Drop for SocketFile {
    fn drop(&mut self) {
        let is_ours = fs::symlink_metadata(&self.path)
            .is_ok_and(|found| found.dev() == self.device && found.ino() == self.inode);
        if is_ours {
            let _ = fs::remove_file(&self.path);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    fn kind(path: &Path) -> io::ErrorKind {
        listen(path).err().unwrap().kind()
    }

    #[test]
    fn a_stale_socket_is_replaced_and_nothing_else_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s");
        // Left by a process that was killed.
        drop(UnixListener::bind(&path).unwrap());
        let (listener, file) = listen(&path).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o117, 0);
        assert_eq!(kind(&path), io::ErrorKind::AddrInUse);
        drop((listener, file));
        assert!(!path.exists());

        fs::write(&path, "mine").unwrap();
        assert_eq!(kind(&path), io::ErrorKind::InvalidInput);
        assert_eq!(fs::read(&path).unwrap(), b"mine");

        // A link to a stale socket, to a file, to nothing.
        let stale = folder.path().join("stale");
        drop(UnixListener::bind(&stale).unwrap());
        for target in [stale.as_path(), &path, Path::new("nowhere")] {
            let link = folder.path().join("link");
            symlink(target, &link).unwrap();
            assert_eq!(kind(&link), io::ErrorKind::InvalidInput);
            assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
            fs::remove_file(&link).unwrap();
        }
        assert!(fs::symlink_metadata(&stale).is_ok());
    }

    #[test]
    fn a_file_that_took_its_place_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s");
        let (_listener, file) = listen(&path).unwrap();
        fs::remove_file(&path).unwrap();
        let _theirs = UnixListener::bind(&path).unwrap();
        drop(file);
        assert!(path.exists());
    }

    #[test]
    fn a_folder_that_everybody_writes_to_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o777)).unwrap();
        assert_eq!(kind(&folder.path().join("s")), io::ErrorKind::InvalidInput);
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o1777)).unwrap();
        assert!(listen(&folder.path().join("s")).is_ok());
    }
}
