//! What holds a batch back and what it leaves on the disk: rates, packages, ledgers, encryption.

use super::*;

#[test]
fn the_rate_is_kept_and_a_throttled_card_is_tried_again() {
    let scratch = Scratch::with_keys();
    // A call waits for the disk between its turn and the network, so that the service sees turns a little off.
    let service = Service::start(&scratch, |config| config.qps = Some(15));
    pictures(&scratch, "cards", 25);
    finish(service.batch(&scratch, &["cards", "--max-rps", "10"]), b"").expect_code(0);
    let came = service.came();
    assert_eq!(came.len(), 25, "none of them was throttled");
    let took = came[24].at.duration_since(came[0].at);
    assert!(
        took >= Duration::from_millis(2_000),
        "{took:?} for 24 gaps of 100 ms"
    );

    fs::remove_file(scratch.path("results.jsonl")).unwrap();
    let service = Service::start(&scratch, |config| config.qps = Some(5));
    let done = finish(
        service.batch(&scratch, &["cards", "--ledger", "ledger"]),
        b"",
    )
    .expect_code(0);
    assert_eq!(
        (&done.json()["ok"], &done.json()["in_doubt"]),
        (&json!(25), &json!(0))
    );
    let attempts: u64 = lines(&scratch)
        .iter()
        .map(|line| line["attempts"].as_u64().unwrap())
        .sum();
    assert_eq!(attempts as usize, service.came().len());
    assert!(attempts > 25);
    let usage = scratch
        .run(&["usage", "--ledger", "ledger", "--json"], "")
        .json();
    assert_eq!(usage["calls"], attempts);
    assert_eq!(
        (&usage["billed"], &usage["by_code"]),
        (&json!(25), &json!({"RequestLimitExceeded": attempts - 25}))
    );
}

#[test]
fn a_batch_keeps_within_its_packages() {
    let scratch = Scratch::with_keys();
    let service = Service::good(&scratch);
    pictures(&scratch, "cards", 30);
    let within = [
        "cards",
        "--within-packages",
        "--ledger",
        "ledger",
        "--jobs",
        "8",
    ];
    finish(service.batch(&scratch, &within), b"")
        .expect_error(2)
        .says("needs a package");
    let package = [
        "package",
        "add",
        "--action",
        "RecognizeEncryptedIDCardOCR",
        "--ledger",
        "ledger",
    ];
    scratch
        .run(&[&package[..], &["--calls", "12"]].concat(), "")
        .expect_code(0);
    let done = finish(service.batch(&scratch, &within), b"")
        .expect_code(9)
        .says("used up");
    assert_eq!(
        (&done.json()["ok"], &done.json()["cards"]),
        (&json!(12), &json!(30))
    );
    assert_eq!((service.came().len(), lines(&scratch).len()), (12, 12));
    let resumed = [&within[..], &["--resume"]].concat();
    finish(service.batch(&scratch, &resumed), b"").expect_code(9);
    assert_eq!(service.came().len(), 12);
    scratch
        .run(&[&package[..], &["--calls", "100"]].concat(), "")
        .expect_code(0);
    let done = finish(service.batch(&scratch, &resumed), b"")
        .expect_code(0)
        .json();
    assert_eq!((&done["ok"], &done["skipped"]), (&json!(18), &json!(12)));
    assert_eq!(service.came().len(), 30);
    let no_ledger = ["cards", "--within-packages", "--no-ledger", "--resume"];
    finish(service.batch(&scratch, &no_ledger), b"").expect_error(2);
}

#[test]
fn results_that_are_encrypted_are_nowhere_in_clear() {
    let scratch = Scratch::with_keys();
    let service = Service::good(&scratch);
    pictures(&scratch, "cards", 5);
    let identity = age::x25519::Identity::generate();
    let public = identity.to_public().to_string();
    let sealed = ["cards", "--encrypt-to", &public];
    finish(service.batch(&scratch, &sealed), b"").expect_code(0);
    fs::write(scratch.path("cards/9999.jpg"), PICTURE).unwrap();
    finish(service.batch(&scratch, &["cards", "--resume"]), b"")
        .expect_error(2)
        .says("encrypted");
    let resumed = [&sealed[..], &["--resume"]].concat();
    let done = finish(service.batch(&scratch, &resumed), b"")
        .expect_code(0)
        .json();
    assert_eq!((&done["ok"], &done["skipped"]), (&json!(1), &json!(5)));
    assert_eq!(service.came().len(), 6);

    use base64::Engine;
    let mut ids = Vec::new();
    for line in scratch.read("results.jsonl").lines() {
        let file = base64::engine::general_purpose::STANDARD
            .decode(line)
            .unwrap();
        let text = age::decrypt(&identity, &file).unwrap();
        assert!(text.ends_with(b"}\n"));
        let line: Value = serde_json::from_slice(&text).unwrap();
        assert_eq!(line["result"]["IdNum"], NUMBER);
        ids.push(line["id"].as_str().unwrap().to_owned());
    }
    ids.sort();
    assert_eq!(ids.len(), 6);
    assert_eq!(ids[5], "cards/9999.jpg");
    for name in scratch
        .files()
        .iter()
        .filter(|name| name.starts_with("results"))
    {
        let bytes = scratch.read(name);
        assert!(
            !bytes.contains(NUMBER) && !bytes.contains("cards/"),
            "{name}"
        );
    }
    // Without the journal nobody can tell whose the lines are.
    let before = scratch.read("results.jsonl");
    fs::rename(scratch.path("results.jsonl.journal"), scratch.path("kept")).unwrap();
    finish(service.batch(&scratch, &resumed), b"")
        .expect_error(2)
        .says("journal is missing");
    assert_eq!(scratch.read("results.jsonl"), before);
    fs::rename(scratch.path("kept"), scratch.path("results.jsonl.journal")).unwrap();
    finish(service.batch(&scratch, &resumed), b"").expect_code(0);

    for wrong in ["age1nonsense", "no-such-file", "AGE-SECRET-KEY-1QQQQQQQQ"] {
        let done = finish(
            service.batch(&scratch, &["cards", "--out", "n", "--encrypt-to", wrong]),
            b"",
        );
        assert_eq!(done.code, Some(2), "{done:?}");
        assert!(!done.stderr.contains("QQQQ"), "{done:?}");
    }
}

#[test]
fn a_ledger_that_is_locked_or_newer_loses_no_card() {
    let scratch = Scratch::with_keys();
    let service = Service::good(&scratch);
    pictures(&scratch, "cards", 4);
    scratch
        .run(
            &[
                "package", "add", "--action", "x", "--calls", "1", "--ledger", "ledger",
            ],
            "",
        )
        .expect_code(0);
    let other = rusqlite::Connection::open(scratch.path("ledger")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let done = finish(
        service.batch(&scratch, &["cards", "--ledger", "ledger"]),
        b"",
    );
    assert_eq!(
        done.expect_code(0)
            .says("4 call(s) are not recorded")
            .json()["ok"],
        4
    );
    other
        .execute_batch("ROLLBACK; PRAGMA user_version = 99")
        .unwrap();
    drop(other);
    fs::remove_file(scratch.path("results.jsonl")).unwrap();
    let done = finish(
        service.batch(&scratch, &["cards", "--ledger", "ledger"]),
        b"",
    );
    assert_eq!(done.expect_code(0).says("newer version").json()["ok"], 4);
}
