//! Credentials in the environment of the process itself, and in the profile file of its home folder. Each case is a
//! process of its own, since an environment cannot be changed while others read it.
#![cfg(unix)]

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::Command;
use std::time::SystemTime;

use cardseal::tencent::default_credentials;

const ASK: &str = "CARDSEAL_TEST_ENVIRONMENT";

#[test]
fn the_environment_of_the_process_is_read() {
    if std::env::var_os(ASK).is_some() {
        return println!("\nFOUND {}", found());
    }
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join(".tencentcloud");
    std::fs::create_dir(&folder).unwrap();
    let profile = "[default]\nsecret_id = AKIDfile\nsecret_key = file-secret\n";
    std::fs::write(folder.join("credentials"), profile).unwrap();

    let here = home.path().to_str().unwrap();
    for (id, key, home_variable, wanted) in [
        (&b"AKIDenv"[..], "secret", here, "AKIDenv"),
        // Empty is as good as unset.
        (b"", "", here, "AKIDfile"),
        (b"AKIDenv", "", here, "TENCENTCLOUD_SECRET_KEY is not"),
        (
            b"a\xff",
            "secret",
            here,
            "TENCENTCLOUD_SECRET_ID is not text",
        ),
        (b"", "", "/no/such/home", "there are no credentials: "),
        // Whose home a relative path is depends on where the process was started.
        (b"", "", ".", "there is no home folder"),
    ] {
        let said = asked(home.path(), id, key, home_variable);
        assert!(said.contains(wanted), "{wanted}: {said}");
    }
}

/// What a process finds that was started in `folder` with these variables.
fn asked(folder: &Path, id: &[u8], key: &str, home: &str) -> String {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["the_environment_of_the_process_is_read", "--nocapture"])
        .current_dir(folder)
        .env_clear()
        .env(ASK, "1")
        .env("TENCENTCLOUD_SECRET_ID", OsStr::from_bytes(id))
        .env("TENCENTCLOUD_SECRET_KEY", key)
        .env("HOME", home)
        .output()
        .unwrap();
    let output = String::from_utf8_lossy(&output.stdout).into_owned();
    let line = output.lines().find_map(|line| line.strip_prefix("FOUND "));
    line.unwrap_or_else(|| panic!("nothing found: {output}"))
        .to_owned()
}

fn found() -> String {
    match default_credentials().available(SystemTime::UNIX_EPOCH) {
        Ok(Some(found)) => found.id().to_owned(),
        Ok(None) => panic!("not ready"),
        Err(error) => error.to_string(),
    }
}
