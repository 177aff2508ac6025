//! Calls of which nobody knows whether they are billed: they are counted, and no package pays for more than it has.

use std::process::Child;

use super::*;

const ACTION: &str = "RecognizeEncryptedIDCardOCR";

/// A ledger with a package of so many calls.
fn package(scratch: &Scratch, calls: &str) {
    let add = ["package", "add", "--action", ACTION, "--ledger", "ledger"];
    let add = [&add[..], &["--calls", calls]].concat();
    scratch.run(&add, "").expect_code(0);
}

fn within<'a>(out: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let within = [
        "cards",
        "--within-packages",
        "--ledger",
        "ledger",
        "--out",
        out,
    ];
    [&within[..], more].concat()
}

/// What was paid for is never thrown away: the line has it, and is sealed where lines are.
#[test]
fn a16_what_an_answer_opened_to_is_kept_though_it_cannot_be_read() {
    let scratch = Scratch::with_keys();
    let service = Service::with_fault(&scratch, Fault::DuplicateMemberInner);
    pictures(&scratch, "cards", 2);
    let done = finish(service.batch(&scratch, &["cards"]), b"").expect_code(9);
    assert_eq!(done.json()["failed"], 2);
    for line in lines(&scratch) {
        assert_eq!(line["outcome"], "failed");
        let opened = line["error"]["opened"].as_str().unwrap();
        assert!(opened.contains("IdNum"), "{line}");
        assert!(!done.stderr.contains(opened) && !done.stdout.contains(opened));
    }
}

#[test]
fn a14_an_answer_that_never_came_is_in_doubt_and_its_card_failed() {
    for fault in [
        Fault::DropConnection,
        Fault::TruncateBody,
        Fault::Http500,
        Fault::BadJson,
        Fault::WrongIvLength,
    ] {
        let scratch = Scratch::with_keys();
        let service = Service::with_fault(&scratch, fault);
        pictures(&scratch, "cards", 3);
        let done = finish(service.batch(&scratch, &["cards"]), b"").expect_code(9);
        let summary = done.json();
        let figures = [&summary["cards"], &summary["failed"], &summary["in_doubt"]];
        assert_eq!(figures, [&json!(3), &json!(3), &json!(3)], "{fault:?}");
        let done = done.says("3 call(s) were made but their answers were not stored");
        assert!(!done.stderr.contains("--resume calls again"), "{done:?}");
        let first = lines(&scratch);
        assert!(
            first
                .iter()
                .all(|line| line["attempts"] == 1 && line["outcome"] == "failed")
        );
        // Each has a line, and is finished: it is not paid for again, and stays in doubt.
        let good = Service::good(&scratch);
        let again = finish(good.batch(&scratch, &["cards", "--resume"]), b"").expect_code(9);
        let again = again.json();
        assert_eq!(
            (&again["skipped"], &again["in_doubt"]),
            (&json!(3), &json!(3))
        );
        assert_eq!(good.came().len(), 0);
        assert_eq!(lines(&scratch), first);
    }
    // What the service refused is answered.
    let scratch = Scratch::with_keys();
    let service = Service::with_fault(&scratch, Fault::InternalError);
    pictures(&scratch, "cards", 3);
    let done = finish(service.batch(&scratch, &["cards"]), b"").expect_code(9);
    assert_eq!(done.json()["in_doubt"], 0);
}

#[test]
fn a14_where_no_call_is_answered_the_batch_stops() {
    for (fault, code) in [
        (Fault::DropConnection, 5),
        (Fault::Http500, 5),
        (Fault::BadJson, 8),
    ] {
        let scratch = Scratch::with_keys();
        let service = Service::with_fault(&scratch, fault);
        pictures(&scratch, "cards", 60);
        let done = finish(service.batch(&scratch, &["cards", "--jobs", "4"]), b"");
        let done = done.says("got no answer, so the batch stopped");
        assert!(done.code == Some(code), "{fault:?} {done:?}");
        let (summary, came) = (done.json(), service.came().len());
        assert!((20..=25).contains(&came), "{came}");
        assert_eq!(
            (&summary["cards"], &summary["in_doubt"]),
            (&json!(60), &json!(came))
        );
        assert_eq!(summary["failed"], json!(came));
        assert_eq!(lines(&scratch).len(), came);
    }
    // One answer in between, and it goes on.
    let scratch = Scratch::with_keys();
    let service = Service::start(&scratch, |config| config.fault = Some(Fault::InternalError));
    pictures(&scratch, "cards", 60);
    finish(service.batch(&scratch, &["cards"]), b"").expect_code(9);
    assert_eq!(service.came().len(), 60);
}

#[test]
fn a14_two_batches_at_once_share_the_package() {
    let scratch = Scratch::with_keys();
    let service = Service::good(&scratch);
    pictures(&scratch, "cards", 40);
    package(&scratch, "25");
    let start = |out| -> Child {
        service
            .batch(&scratch, &within(out, &["--jobs", "4"]))
            .spawn()
            .unwrap()
    };
    let both = [start("one.jsonl"), start("two.jsonl")];
    for child in both {
        let output = child.wait_with_output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(9), "{stderr}");
        assert!(stderr.contains("used up"), "{stderr}");
    }
    assert_eq!(service.came().len(), 25);
    let kept = |name| scratch.read(name).lines().count();
    assert_eq!(kept("one.jsonl") + kept("two.jsonl"), 25);
    let list = scratch
        .run(&["package", "list", "--ledger", "ledger", "--json"], "")
        .json();
    assert_eq!(
        (&list[0]["used"], &list[0]["left"]),
        (&json!(25), &json!(0))
    );
}

#[cfg(unix)]
#[test]
fn a14_batches_that_are_killed_take_from_the_package_what_they_may_have_called() {
    let scratch = Scratch::with_keys();
    let service = Service::good(&scratch);
    pictures(&scratch, "cards", 60);
    package(&scratch, "40");
    for run in 0..4 {
        let came = service.came().len();
        let out = format!("{run}.jsonl");
        let mut child = service
            .batch(&scratch, &within(&out, &["--jobs", "3", "--max-rps", "40"]))
            .spawn()
            .unwrap();
        // Whoever is late finds it at its end, for the package is.
        until("it calls or ends", || {
            service.came().len() >= came + 5 || child.try_wait().unwrap().is_some()
        });
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let done = finish(service.batch(&scratch, &within("last.jsonl", &[])), b"").expect_code(9);
    let calls = service.came().len();
    assert!(calls <= 40, "{calls} calls");
    // Of a killed one no more is lost than was under way.
    assert!(calls >= 40 - 4 * 3, "{calls} calls");
    let list = scratch
        .run(&["package", "list", "--ledger", "ledger", "--json"], "")
        .json();
    let lost = 40 - list[0]["used"].as_u64().unwrap();
    if lost > 0 {
        done.says(&format!(
            "{lost} call(s) whose answers are lost count as used"
        ));
    }
}

#[test]
fn a14_calls_without_an_answer_use_the_package_up() {
    let scratch = Scratch::with_keys();
    let silent = Service::with_fault(&scratch, Fault::DropConnection);
    pictures(&scratch, "cards", 10);
    package(&scratch, "5");
    let done = finish(silent.batch(&scratch, &within("one.jsonl", &[])), b"").expect_code(9);
    let done = done
        .says("used up")
        .says("5 call(s) whose answers are lost count as used");
    assert_eq!(
        (silent.came().len(), &done.json()["in_doubt"]),
        (5, &json!(5))
    );
    let good = Service::good(&scratch);
    finish(good.batch(&scratch, &within("two.jsonl", &[])), b"").expect_code(9);
    let resumed = within("one.jsonl", &["--resume"]);
    finish(good.batch(&scratch, &resumed), b"").expect_code(9);
    assert_eq!(good.came().len(), 0);
    // Whoever knows from the console that they were not billed adds as many.
    package(&scratch, "5");
    let done = finish(good.batch(&scratch, &resumed), b"").expect_code(9);
    assert_eq!((&done.json()["ok"], good.came().len()), (&json!(5), 5));
}
