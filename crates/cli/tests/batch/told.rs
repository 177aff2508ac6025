//! What is told of what seems amiss: results that are gone or of other cards, cards that were never sent, pictures passed
//! over, answers that could not be kept.

use super::*;

#[test]
fn a14_a_resumed_batch_without_its_results_is_refused_or_warned_of() {
    let scratch = Scratch::with_keys();
    let service = Service::good(&scratch);
    pictures(&scratch, "cards", 2);
    finish(service.batch(&scratch, &["cards"]), b"").expect_code(0);
    fs::remove_file(scratch.path("results.jsonl")).unwrap();
    finish(service.batch(&scratch, &["cards", "--resume"]), b"")
        .expect_error(2)
        .says("journal lists calls")
        .says("begin anew without --resume");
    assert_eq!(service.came().len(), 2);
    finish(service.batch(&scratch, &["cards"]), b"")
        .expect_code(0)
        .says("results.jsonl.journal.1");
    let typo = ["cards", "--resume", "--out", "resluts.jsonl"];
    finish(service.batch(&scratch, &typo), b"")
        .expect_code(0)
        .says("--resume found no RESULTS at `resluts.jsonl`");
}

#[test]
fn a14_results_of_other_cards_or_another_cloud_are_told() {
    let scratch = Scratch::with_keys();
    let service = Service::good(&scratch);
    pictures(&scratch, "cards", 2);
    finish(service.batch(&scratch, &["cards", "./cards"]), b"")
        .expect_code(0)
        .says("2 file(s) were named more than once");
    assert_eq!(service.came().len(), 2);
    let same = finish(service.batch(&scratch, &["cards", "--resume"]), b"").expect_code(0);
    assert_eq!(same.stderr, "");
    finish(service.batch(&scratch, &["./cards", "--resume"]), b"")
        .expect_code(0)
        .says("none of them is in INPUT");
    let mut ctyun = scratch.command(&["batch", "cards", "--cloud", "ctyun", "--resume"]);
    ctyun.args(["--out", "results.jsonl", "--endpoint", &service.url()]);
    for name in ["CTYUN_AK", "CTYUN_SK", "CTYUN_APP_KEY"] {
        ctyun.env(name, "c3Vic3RpdHV0ZQ==");
    }
    finish(ctyun, b"")
        .expect_code(0)
        .says("called at tencent, and this one calls at ctyun");
}

#[test]
fn a14_a_card_of_which_nothing_was_sent_says_why_and_how_to_go_on() {
    let scratch = Scratch::with_keys();
    let gone = Service::good(&scratch);
    let url = gone.url();
    drop(gone);
    pictures(&scratch, "cards", 3);
    scratch.write("cards/broken.jpg", "no picture");
    let dead = ["cards", "--retries", "0", "--endpoint", &url];
    let service = Service::good(&scratch);
    let done = finish(service.batch(&scratch, &dead), b"")
        .expect_code(9)
        .says("4 of 4 cards failed (input 1, transport 3); nothing was sent for 3 of them")
        .says("refused")
        .says("run it again with --resume")
        .says("`results.jsonl` says why for the others");
    assert_eq!(done.json()["by_code"], json!({"input": 1, "transport": 3}));
    assert_eq!(lines(&scratch).len(), 1);
    // With cards of earlier runs, too.
    let dead = [&dead[..], &["--resume"]].concat();
    let done = finish(service.batch(&scratch, &dead), b"").expect_code(9);
    assert_eq!(done.json()["by_code"], json!({"input": 1, "transport": 3}));
    assert_eq!(done.json()["failed"], 4);
    let done = finish(service.batch(&scratch, &["cards", "--resume"]), b"").expect_code(9);
    assert_eq!(
        (&done.json()["ok"], &done.json()["skipped"]),
        (&json!(3), &json!(1))
    );
}

#[cfg(unix)]
#[test]
fn a14_what_of_a_folder_is_passed_over_is_told() {
    let scratch = Scratch::with_keys();
    let service = Service::good(&scratch);
    pictures(&scratch, "cards", 1);
    pictures(&scratch, "others", 1);
    scratch.write("cards/.DS_Store", "");
    std::os::unix::fs::symlink(scratch.path("others"), scratch.path("cards/link")).unwrap();
    let done = finish(service.batch(&scratch, &["cards"]), b"").expect_code(0);
    done.says("1 hidden file(s)")
        .says("1 link(s) to folders in INPUT were not followed");
    assert_eq!(service.came().len(), 1);
}

#[cfg(unix)]
#[test]
fn a14_results_that_vanish_end_the_batch_and_its_answers_are_kept_elsewhere() {
    for sealed in [false, true] {
        let scratch = Scratch::with_keys();
        let service = Service::start(&scratch, |config| {
            config.fault = Some(Fault::SlowHeader);
            config.fault_delay = Duration::from_millis(1_000);
        });
        pictures(&scratch, "cards", 40);
        fs::create_dir(scratch.path("out")).unwrap();
        let public = age::x25519::Identity::generate().to_public().to_string();
        let mut arguments = vec!["cards", "--out", "out/r.jsonl", "--jobs", "2"];
        if sealed {
            arguments.extend(["--encrypt-to", &public]);
        }
        let mut command = service.batch(&scratch, &arguments);
        command.env("XDG_STATE_HOME", scratch.path("state"));
        let child = command.spawn().unwrap();
        until("a call is under way", || !service.came().is_empty());
        fs::remove_dir_all(scratch.path("out")).unwrap();
        let output = child.wait_with_output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{stderr}");
        assert!(
            stderr.contains("out/r.jsonl") && stderr.contains("moved or deleted"),
            "{stderr}"
        );
        let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
        let came = service.came().len();
        assert!((1..=4).contains(&came), "{came}");
        assert_eq!(
            summary["in_doubt"].as_u64().unwrap() + summary["ok"].as_u64().unwrap(),
            came as u64
        );
        let kept = fs::read_dir(scratch.path("state/cardseal"))
            .unwrap()
            .map(|file| file.unwrap().path());
        let kept: Vec<_> = kept
            .filter(|path| path.to_string_lossy().contains("answer"))
            .collect();
        assert_eq!((kept.len(), mode(&kept[0])), (1, 0o600), "{stderr}");
        let text = fs::read_to_string(&kept[0]).unwrap();
        assert_eq!(
            text.lines().count() as u64,
            summary["in_doubt"].as_u64().unwrap()
        );
        assert_eq!(text.contains(NUMBER), !sealed, "{text}");
    }
}
