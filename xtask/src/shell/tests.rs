//! What programs find in their environment, where their output goes, and how they fail.

use duct::cmd;

use super::*;

fn shell() -> Shell {
    Shell::with_root(Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap())
}

fn in_tmp(name: &str) -> PathBuf {
    let folder = shell().root().join("target/tmp/xtask");
    fs::create_dir_all(&folder).unwrap();
    folder.join(name)
}

#[cfg(unix)]
#[test]
fn what_cargo_tells_this_program_is_not_passed_on() {
    let all = [
        ("CARGO", "/toolchains/stable/bin/cargo"),
        ("CARGO_PKG_NAME", "xtask"),
        ("CARGO_MANIFEST_DIR", "/src/xtask"),
        ("CARGO_TARGET_DIR", "/target"),
        ("CARGO_INCREMENTAL", "0"),
        (
            "LD_LIBRARY_PATH",
            "/target/debug:/target/debug/deps:/home/.rustup/toolchains/stable/lib:/opt/lib",
        ),
    ];
    let all = all
        .into_iter()
        .map(|(name, value)| (name.into(), value.into()));
    let kept = without_cargos_own(all, Path::new("/target/debug"));
    let mut names: Vec<_> = kept.keys().map(|name| name.to_string_lossy()).collect();
    names.sort();
    assert_eq!(
        names,
        ["CARGO_INCREMENTAL", "CARGO_TARGET_DIR", "LD_LIBRARY_PATH"]
    );
    assert_eq!(kept[OsStr::new("LD_LIBRARY_PATH")], "/opt/lib");
}

#[test]
fn both_streams_go_to_the_log_and_a_failure_is_an_error() {
    let shell = shell().with_log(&in_tmp("streams.log")).unwrap();
    shell.say("before");
    assert!(shell.run(cmd!("cargo", "no-such-command")).is_err());
    shell.run(cmd!("cargo", "--version")).unwrap();
    let log = shell.logged();
    assert!(
        log.starts_with("before\n")
            && log.contains("no such command")
            && log.contains("\ncargo 1."),
        "{log}"
    );
    assert!(shell.run(cmd!("no-such-program")).is_err());
}

#[test]
fn what_is_read_is_stdout_without_the_end_of_the_line() {
    let version = shell().read(cmd!("cargo", "--version")).unwrap();
    assert!(
        version.starts_with("cargo 1.") && !version.ends_with('\n'),
        "{version}"
    );
    let quiet = shell().with_log(&in_tmp("code.log")).unwrap();
    assert_ne!(
        quiet.code(cmd!("cargo", "no-such-command")).unwrap(),
        Some(0)
    );
    assert!(
        shell().succeeds(cmd!("cargo", "--version"))
            && !shell().succeeds(cmd!("cargo", "no-such-command"))
    );
}

#[cfg(unix)]
#[test]
fn one_command_may_have_another_environment() {
    let shell = shell().with_env("WHICH", "all").unwrap();
    assert_eq!(shell.read(cmd!("sh", "-c", "echo $WHICH")).unwrap(), "all");
    assert_eq!(
        shell
            .read(cmd!("sh", "-c", "echo $WHICH").env("WHICH", "one"))
            .unwrap(),
        "one"
    );
    assert_eq!(
        shell
            .without_env("WHICH")
            .read(cmd!("sh", "-c", "echo $WHICH"))
            .unwrap(),
        ""
    );
}
