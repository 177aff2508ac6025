//! The same commit built twice, here and in a clone in another folder with another path to the registry: one hash.

use std::path::{Path, PathBuf};

use duct::cmd;

use super::artefact::{Artefact, Maker, sha256};
use super::building::{Order, Place};
use super::zig::Tools;
use crate::shell::{Done, Shell};

/// Another folder, longer and deeper than a clone is likely to be in.
const FOLDER: &str = "twice/in-another/folder/of-another-depth";

/// Builds the commit that is checked out, and compares.
pub(crate) fn twice(
    shell: &Shell,
    tools: &Tools,
    version: &str,
    here: Place,
    order: Order,
) -> Done {
    let commit = shell.read(cmd!("git", "rev-parse", "HEAD"))?;
    let root = shell.target().join(FOLDER);
    let _ = std::fs::remove_dir_all(&root);
    shell.run(cmd!(
        "git",
        "clone",
        "--quiet",
        "--shared",
        "--no-checkout",
        shell.root(),
        &root
    ))?;
    shell.run(cmd!("git", "checkout", "--quiet", "--detach", &commit).dir(&root))?;
    let clone = Place {
        cargo_home: another_home(&here.cargo_home, &root.join("target/cargo-home"))?,
        target: root.join("target"),
        root,
    };
    let make = |place| {
        let mut maker = Maker {
            shell,
            tools,
            place,
            version: version.to_owned(),
            pages: Default::default(),
        };
        maker.make(order)
    };
    let (other, one) = (make(clone)?, make(here)?);
    compare(&one, &other)?;
    shell.say(format!(
        "REACHED two builds of {commit} in two folders, one hash\n{}  {}\n{}  {}.{}",
        one.binary_sha256,
        order.target.binary(),
        sha256(&one.packed),
        one.stem,
        order.target.form.extension()
    ));
    Ok(())
}

/// The same registry by another path.
#[cfg(unix)]
fn another_home(home: &Path, place: &Path) -> Done<PathBuf> {
    std::fs::create_dir_all(place)?;
    for entry in std::fs::read_dir(home)? {
        let entry = entry?;
        std::os::unix::fs::symlink(entry.path(), place.join(entry.file_name()))?;
    }
    Ok(place.to_owned())
}

#[cfg(not(unix))]
fn another_home(home: &Path, _place: &Path) -> Done<PathBuf> {
    Ok(home.to_owned())
}

fn compare(one: &Artefact, other: &Artefact) -> Done {
    for (what, one, other) in [
        ("binary", &one.binary_sha256, &other.binary_sha256),
        ("bill of materials", &one.bill, &other.bill),
        ("archive", &sha256(&one.packed), &sha256(&other.packed)),
    ] {
        if one != other {
            let differing = one
                .lines()
                .zip(other.lines())
                .find(|(one, other)| one != other);
            let (one, other) = differing.unwrap_or((one, other));
            return Err(format!("the {what} of two builds differs: {one} and {other}").into());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn artefact(binary: &str, bill: &str, packed: &[u8]) -> Artefact {
        Artefact {
            stem: "cardseal-1.0.0-t".into(),
            packed: packed.to_owned(),
            bill: bill.into(),
            binary_sha256: binary.into(),
        }
    }

    #[test]
    fn the_first_thing_that_differs_is_named() {
        let one = || artefact("ab", "a\nb", b"x");
        compare(&one(), &one()).unwrap();
        for (other, said) in [
            (
                artefact("cd", "a\nb", b"x"),
                "binary of two builds differs: ab and cd",
            ),
            (artefact("ab", "a\nc", b"x"), "b and c"),
            (artefact("ab", "a\nb", b"y"), "archive of two"),
        ] {
            let refused = compare(&one(), &other).unwrap_err().to_string();
            assert!(refused.contains(said), "{refused}");
        }
    }
}
