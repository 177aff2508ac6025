//! The default location of a user's ledger.

use std::ffi::OsString;
use std::path::PathBuf;

/// The ledger in the user's state folder, from these environment variables: `XDG_STATE_HOME`, otherwise the system's
/// usual folder below `HOME`; `LOCALAPPDATA` on Windows. `None` if none is set: the password file is not read, so that
/// a service without a home folder does not record unexpectedly.
pub fn default_place(variable: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let folder = |name: &str| {
        let path = PathBuf::from(variable(name)?);
        // By the XDG specification, a relative path must be ignored.
        path.is_absolute().then_some(path)
    };
    let state = if cfg!(windows) {
        folder("LOCALAPPDATA")
    } else if cfg!(target_os = "macos") {
        folder("XDG_STATE_HOME")
            .or_else(|| Some(folder("HOME")?.join("Library/Application Support")))
    } else {
        folder("XDG_STATE_HOME").or_else(|| Some(folder("HOME")?.join(".local/state")))
    };
    Some(state?.join("cardseal").join("ledger.sqlite"))
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn the_state_folder_is_named_or_below_home() {
        let of = |set: &[(&str, &str)]| {
            let set: Vec<_> = set.iter().map(|(n, v)| (n.to_string(), *v)).collect();
            default_place(move |name| {
                let found = set.iter().find(|(known, _)| known == name);
                found.map(|(_, value)| OsString::from(value))
            })
        };
        let home = ("HOME", "/home/a");
        let place = |text| Some(PathBuf::from(text));
        assert_eq!(
            of(&[home]),
            place("/home/a/.local/state/cardseal/ledger.sqlite")
        );
        let state = ("XDG_STATE_HOME", "/s");
        assert_eq!(of(&[home, state]), place("/s/cardseal/ledger.sqlite"));
        assert_eq!(
            of(&[home, ("XDG_STATE_HOME", "relative")]),
            place("/home/a/.local/state/cardseal/ledger.sqlite")
        );
        assert_eq!(of(&[]), None);
    }
}
