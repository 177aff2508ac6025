//! The binary of an archive, unpacked into an empty folder and run there: what it prints is looked at.

use std::path::Path;

use serde_json::Value;

use super::archive::{self, Mode};
use super::editions::Edition;
use super::running::{Here, Starter};
use super::targets::Target;
use super::zig::Tools;
use crate::shell::{Done, Shell};

/// Seals this request with a published key.
const REQUEST: &str = r#"{"ImageUrl":"https://h.example/card.jpg"}"#;
const KEY: &str = "vectors/keys/tencent-demo-sm2.b64";

/// Runs what an archive holds, or says why it does not run here.
pub(crate) fn smoke(
    shell: &Shell,
    tools: &Tools,
    packed: &[u8],
    (target, edition, version): (&Target, &Edition, &str),
) -> Done {
    let step = format!("{} for {}", edition.name, target.triple);
    let starter = match Starter::of(shell, target) {
        Here::Runs(starter) => starter,
        Here::Not(reason) => {
            shell.say(format!("SKIP {step}: {reason}"));
            return Ok(());
        }
    };
    let folder = tempfile::tempdir()?;
    unpacked(packed, target, folder.path())?;
    starter.complete(shell, tools, folder.path())?;
    let binary = folder.path().join(target.binary());
    let run =
        |arguments: &[&str]| shell.read(starter.command(&binary, arguments).dir(folder.path()));

    expect(&run(&["--version"])?, &format!("cardseal {version}"))?;
    self_test(&run(&["selftest", "--json"])?)?;
    let key = shell.root().join(KEY);
    std::fs::copy(key, folder.path().join("key"))?;
    let seal = starter
        .command(
            &binary,
            &["seal", "--key", "key", "--opener", "opener.json"],
        )
        .dir(folder.path())
        .stdin_bytes(REQUEST);
    sealed(&shell.read(seal)?)?;
    let demo = starter
        .command(&binary, &["demo", "--json"])
        .dir(folder.path());
    match edition.has_gateway {
        true => demonstrated(&shell.read(demo)?)?,
        false if shell.succeeds(demo) => return Err("there is a demo where no gateway is".into()),
        false => {}
    }
    shell.say(format!(
        "REACHED {step}, from its archive: version, selftest, seal{}",
        if edition.has_gateway {
            ", demo"
        } else {
            ", and no demo"
        }
    ));
    Ok(())
}

/// Writes an archive's files below a folder.
fn unpacked(packed: &[u8], target: &Target, folder: &Path) -> Done {
    for entry in archive::unpack(target.form, packed)? {
        let path = folder.join(&entry.path);
        if let Some(above) = path.parent() {
            std::fs::create_dir_all(above)?;
        }
        std::fs::write(&path, &entry.bytes)?;
        executable(&path, entry.mode)?;
    }
    Ok(())
}

#[cfg(unix)]
fn executable(path: &Path, mode: Mode) -> Done {
    use std::os::unix::fs::PermissionsExt;
    if mode == Mode::Program {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755))?;
    }
    Ok(())
}

#[cfg(not(unix))]
fn executable(_path: &Path, _mode: Mode) -> Done {
    Ok(())
}

fn expect(said: &str, expected: &str) -> Done {
    match said.trim_end() == expected {
        true => Ok(()),
        false => Err(format!("`{expected}` was expected, and not `{said}`").into()),
    }
}

/// Each provider passed some checks and failed none.
fn self_test(said: &str) -> Done {
    let outcomes: Value = serde_json::from_str(said)?;
    let outcomes = outcomes.as_array().filter(|all| !all.is_empty());
    let passed = |outcome: &Value| outcome["checks"].as_u64() > Some(0) && outcome["failed"] == 0;
    match outcomes.is_some_and(|all| all.iter().all(passed)) {
        true => Ok(()),
        false => Err(format!("the self-test says {said}").into()),
    }
}

fn sealed(said: &str) -> Done {
    let request: Value = serde_json::from_str(said)?;
    match request["Encryption"]["Algorithm"] == "SM4-GCM" {
        true => Ok(()),
        false => Err(format!("`seal` wrote {said}").into()),
    }
}

/// Both suites went there and back, and the card that was read is the sample's.
fn demonstrated(said: &str) -> Done {
    let trips: Value = serde_json::from_str(said)?;
    let seen: Vec<_> = trips
        .as_array()
        .into_iter()
        .flatten()
        .map(|trip| (&trip["suite"], &trip["result"]["Name"]))
        .collect();
    let expected = ["aes-256-cbc", "sm4-gcm"].map(|suite| (suite, "证件样本"));
    let same = seen.len() == 2
        && seen
            .iter()
            .zip(expected)
            .all(|((suite, name), (one, other))| **suite == one && **name == other);
    match same {
        true => Ok(()),
        false => Err(format!("the demo printed {said}").into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_self_test_that_failed_or_did_not_run_is_found() {
        self_test(r#"[{"checks":6,"failed":0},{"checks":6,"failed":0}]"#).unwrap();
        for said in [
            "[]",
            "{}",
            r#"[{"checks":0,"failed":0}]"#,
            r#"[{"checks":6,"failed":0},{"checks":6,"failed":1}]"#,
        ] {
            assert!(self_test(said).is_err(), "{said}");
        }
    }

    #[test]
    fn a_demo_is_both_suites() {
        let trip = |suite: &str, name: &str| {
            format!(r#"{{"suite":"{suite}","result":{{"Name":"{name}"}}}}"#)
        };
        let (one, other) = (trip("aes-256-cbc", "证件样本"), trip("sm4-gcm", "证件样本"));
        demonstrated(&format!("[{one},{other}]")).unwrap();
        let wrong = trip("sm4-gcm", "");
        for said in [
            format!("[{one}]"),
            format!("[{other},{one}]"),
            format!("[{one},{wrong}]"),
        ] {
            assert!(demonstrated(&said).is_err(), "{said}");
        }
    }

    #[test]
    fn a_version_is_the_whole_line() {
        expect("cardseal 0.1.0\r\n", "cardseal 0.1.0").unwrap();
        assert!(expect("cardseal 0.1.01", "cardseal 0.1.0").is_err());
        assert!(sealed(r#"{"Encryption":{"Algorithm":"AES-256-CBC"}}"#).is_err());
    }
}
