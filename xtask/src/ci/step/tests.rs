//! Steps that pass, fail, panic and skip, and what is left of each.

use super::*;

/// A shell that leaves its logs in a folder for tests.
fn shell() -> Shell {
    let package = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let shell = Shell::with_root(&package.join("../target/tmp/xtask"));
    fs::create_dir_all(tools::folder(&shell)).unwrap();
    shell
}

/// Runs a step; what came of it and what it printed.
fn ran(name: &'static str, does: fn(&Run<'_>) -> Done) -> (Ran, String) {
    let shell = shell();
    let mut printed = Vec::new();
    let ran = Step(name, does).run(&shell, &|| Some("0123abcd".to_owned()), &mut printed);
    (ran, String::from_utf8(printed).unwrap())
}

fn left(name: &str, end: &str) -> Option<String> {
    fs::read_to_string(tools::folder(&shell()).join(format!("{name}.{end}"))).ok()
}

#[test]
fn a_step_that_passes_counts_its_tests_and_leaves_its_commit() {
    let (ran, printed) = ran("test-passes", |run| {
        run.shell
            .say("test result: ok. 3 passed; 0 failed; 0 ignored;");
        run.shell.say("REACHED 3 cases");
        Ok(())
    });
    assert_eq!(
        ran.counts,
        Counts {
            passed: 3,
            failed: 0
        }
    );
    assert!(
        ran.is_good() && printed.contains("\nREACHED 3 cases\n--- test-passes: ok in "),
        "{printed}"
    );
    assert_eq!(left("test-passes", "passed").as_deref(), Some("0123abcd\n"));
}

#[test]
fn a_step_that_counts_nothing_is_one_check() {
    let (ran, _) = ran("test-counts", |_| Ok(()));
    assert_eq!(
        ran.counts,
        Counts {
            passed: 1,
            failed: 0
        }
    );
}

#[test]
fn a_step_that_fails_tells_why_and_leaves_no_commit() {
    let (ran, printed) = ran("test-fails", |run| {
        run.shell.run(cmd!("cargo", "no-such-command"))
    });
    assert_eq!(
        ran.counts,
        Counts {
            passed: 0,
            failed: 1
        }
    );
    assert!(printed.contains("--- test-fails: FAILED in "), "{printed}");
    assert!(
        ran.reasons()
            .iter()
            .any(|line| line.starts_with("test-fails: error: no such command")),
        "{:?}",
        ran.reasons()
    );
    assert_eq!(left("test-fails", "passed"), None);
    assert!(
        left("test-fails", "why")
            .unwrap()
            .contains("no such command")
    );
}

#[test]
fn a_step_that_panics_or_cannot_start_has_failed() {
    let (panicked, _) = ran("test-panics", |_| panic!("of all things"));
    assert_eq!(
        panicked.counts,
        Counts {
            passed: 0,
            failed: 1
        }
    );
    assert_eq!(panicked.reasons(), ["test-panics: panicked: of all things"]);
    let (unstarted, _) = ran("test-starts", |run| run.shell.run(cmd!("no-such-program")));
    assert_eq!(unstarted.counts.failed, 1);
    assert!(!unstarted.reasons().is_empty());
}

#[test]
fn a_skip_is_a_failure() {
    let (ran, _) = ran("test-skips", |run| {
        run.shell.say("SKIP interop: no java");
        Ok(())
    });
    assert_eq!(
        ran.counts,
        Counts {
            passed: 1,
            failed: 1
        }
    );
    assert!(!ran.is_good() && left("test-skips", "passed").is_none());
}

#[test]
fn what_fails_once_passes_and_is_told_of_and_what_fails_twice_has_failed() {
    let (once, _) = ran("test-once", |run| {
        run.twice(|| {
            let again = run.shell.logged().contains("error: too slow");
            run.shell.say("error: too slow");
            if again {
                Ok(())
            } else {
                Err("the first time".into())
            }
        })
    });
    assert!(once.is_good());
    assert_eq!(once.once.as_deref(), Some("test-once: error: too slow"));
    let (twice, _) = ran("test-twice", |run| run.twice(|| Err("each time".into())));
    assert!(!twice.is_good());
}

#[test]
fn what_passed_while_somebody_went_on_working_is_no_proof() {
    let asked = std::sync::atomic::AtomicUsize::new(0);
    let commit = || match asked.fetch_add(1, std::sync::atomic::Ordering::SeqCst) {
        0 => Some("0123abcd".to_owned()),
        _ => None,
    };
    let ran = Step("test-changed", |_| Ok(())).run(&shell(), &commit, &mut Vec::new());
    assert!(ran.is_good() && left("test-changed", "passed").is_none());
}
