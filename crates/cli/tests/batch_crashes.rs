//! `batch` that is killed, interrupted, or meets a full disk: every card without an answer is called again, none with one,
//! and the calls in doubt are counted.
#![cfg(all(feature = "batch", feature = "gateway", unix))]

mod common;
#[path = "common/moments.rs"]
mod moments;
mod service;

use std::fs;
use std::process::{Child, Command};
use std::time::Duration;

use cardseal_gateway::Fault;
use common::{Scratch, finish};
use moments::Moments;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use service::{PICTURE, Service, by_id, lines, pictures, until};

fn kill(mut child: Child) {
    // As good as a power cut for a process: nothing of it runs any more.
    child.kill().unwrap();
    child.wait().unwrap();
}

fn summary(finished: &common::Finished) -> Value {
    serde_json::from_str(finished.stdout.lines().last().unwrap()).unwrap()
}

/// Kills a batch at many moments, and goes on until it is done. `read` gives the ids that have lines.
fn killed_at_many_moments(more: &[&str], seed: u64, read: impl Fn(&Scratch) -> Vec<String>) {
    // A test that stands still meanwhile finds the batch at its end.
    let mut kills = std::iter::repeat_with(|| kills_until_it_is_done(more, seed, &read));
    assert!(kills.by_ref().take(5).any(|kills| kills > 3));
}

/// How often it was killed before it was done.
fn kills_until_it_is_done(
    more: &[&str],
    seed: u64,
    read: &impl Fn(&Scratch) -> Vec<String>,
) -> usize {
    let scratch = Scratch::with_keys();
    let service = Service::good(&scratch);
    let cards: usize = 120;
    pictures(&scratch, "cards", cards);
    let jobs = 3;
    let arguments = [
        &["cards", "--resume", "--jobs", "3", "--max-rps", "400"],
        more,
    ]
    .concat();
    let mut moments = Moments(seed);
    let mut kills = 0;
    for _ in 0..12 {
        let came = service.came().len();
        let child = service.batch(&scratch, &arguments).spawn().unwrap();
        let calls = moments.next(15) as usize;
        let mut child = child;
        until("it calls or ends", || {
            service.came().len() >= came + calls || child.try_wait().unwrap().is_some()
        });
        std::thread::sleep(Duration::from_micros(moments.next(3000)));
        if child.try_wait().unwrap().is_some() {
            break;
        }
        kill(child);
        kills += 1;
    }
    let done = finish(service.batch(&scratch, &arguments), b"").expect_code(0);
    let summary = summary(&done);
    let mut ids = read(&scratch);
    ids.sort();
    let expected: Vec<String> = (0..cards).map(|n| format!("cards/{n:04}.jpg")).collect();
    assert_eq!(ids, expected, "every card has one line");
    assert_eq!(
        summary["ok"].as_u64().unwrap() + summary["skipped"].as_u64().unwrap(),
        cards as u64
    );
    // What the service answered and no line says.
    let lost = service.answered() - cards;
    let in_doubt = summary["in_doubt"].as_u64().unwrap() as usize;
    assert!(
        in_doubt >= lost,
        "{lost} answers are lost, {in_doubt} known"
    );
    assert!(in_doubt <= kills * jobs, "{in_doubt} after {kills} kills");
    kills
}

#[test]
fn after_kills_every_card_is_called_that_has_no_answer_and_none_that_has() {
    for seed in [1, 20_260_131] {
        killed_at_many_moments(&[], seed, |scratch| {
            by_id(&lines(scratch)).into_keys().collect()
        });
    }
}

#[test]
fn the_same_where_results_are_encrypted() {
    use base64::Engine;
    let identity = age::x25519::Identity::generate();
    let public = identity.to_public().to_string();
    killed_at_many_moments(&["--encrypt-to", &public], 7, |scratch| {
        let text = scratch.read("results.jsonl");
        let open = |line: &str| {
            let file = base64::engine::general_purpose::STANDARD
                .decode(line)
                .unwrap();
            let line: Value =
                serde_json::from_slice(&age::decrypt(&identity, &file).unwrap()).unwrap();
            line["id"].as_str().unwrap().to_owned()
        };
        text.lines().map(open).collect()
    });
}

#[test]
fn a_torn_last_line_is_cut_off_and_its_card_called_again() {
    let scratch = Scratch::with_keys();
    let service = Service::good(&scratch);
    pictures(&scratch, "cards", 3);
    finish(service.batch(&scratch, &["cards", "--jobs", "1"]), b"").expect_code(0);
    let whole = scratch.read("results.jsonl");
    let cut = whole.len() - 20;
    scratch.write("results.jsonl", &whole[..cut]);
    let torn_note = scratch.read("results.jsonl.journal") + "b 0123";
    scratch.write("results.jsonl.journal", &torn_note);
    let done = finish(service.batch(&scratch, &["cards", "--resume"]), b"").expect_code(0);
    let summary = summary(&done);
    assert_eq!(
        (&summary["ok"], &summary["skipped"], &summary["in_doubt"]),
        (&json!(1), &json!(2), &json!(1))
    );
    done.says("1 call(s) were made");
    assert_eq!(by_id(&lines(&scratch)).len(), 3);
    assert_eq!(service.came().len(), 4);
    // The doubt stays for as long as the results do.
    let done = finish(service.batch(&scratch, &["cards", "--resume"]), b"").expect_code(0);
    assert_eq!(self::summary(&done)["in_doubt"], 1);
    // A journal that is lost is said, and nothing is called again.
    fs::remove_file(scratch.path("results.jsonl.journal")).unwrap();
    finish(service.batch(&scratch, &["cards", "--resume"]), b"")
        .expect_code(0)
        .says("journal of these results is missing");
    assert_eq!(service.came().len(), 4);
}

#[test]
fn an_interrupt_finishes_what_is_under_way() {
    let scratch = Scratch::with_keys();
    let slow = |config: &mut cardseal_gateway::GatewayConfig| {
        config.fault = Some(Fault::SlowHeader);
        config.fault_delay = Duration::from_secs(3);
    };
    let service = Service::start(&scratch, slow);
    pictures(&scratch, "cards", 40);
    let command = service.batch(&scratch, &["cards", "--jobs", "4"]);
    let child = interrupted(&service, command, 4);
    let done = child.wait_with_output().unwrap();
    assert_eq!(done.status.code(), Some(130), "{done:?}");
    let stderr = String::from_utf8(done.stderr).unwrap();
    assert!(stderr.contains("--resume"), "{stderr}");
    assert!(
        stderr.starts_with("cardseal: warning: stopping: what is under way is finished"),
        "{stderr}"
    );
    let summary: Value = serde_json::from_slice(&done.stdout).unwrap();
    let written = by_id(&lines(&scratch)).len();
    assert!((4..=8).contains(&written), "{written}");
    assert_eq!(written, service.came().len());
    assert_eq!(
        (&summary["ok"], &summary["cards"], &summary["in_doubt"]),
        (&json!(written), &json!(40), &json!(0))
    );

    let good = Service::good(&scratch);
    let done = finish(good.batch(&scratch, &["cards", "--resume"]), b"").expect_code(0);
    let done = self::summary(&done);
    assert_eq!(
        (&done["skipped"], &done["ok"]),
        (&json!(written), &json!(40 - written))
    );
}

#[test]
fn a_second_interrupt_ends_at_once_and_what_it_cut_is_in_doubt() {
    let scratch = Scratch::with_keys();
    let service = Service::start(&scratch, |config| {
        config.fault = Some(Fault::SlowHeader);
        config.fault_delay = Duration::from_secs(600);
    });
    pictures(&scratch, "cards", 9);
    let command = service.batch(&scratch, &["cards", "--jobs", "3"]);
    let mut child = interrupted(&service, command, 3);
    until("it ends", || {
        kill_process(Pid::from_child(&child), Signal::INT).unwrap();
        child.try_wait().unwrap().is_some()
    });
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(130));
    let stderr = String::from_utf8(output.stderr).unwrap();
    let told: Vec<&str> = stderr.lines().collect();
    assert_eq!(told.len(), 2, "{stderr}");
    assert!(
        told[0].contains("press Ctrl-C again to end at once"),
        "{stderr}"
    );
    assert!(
        told[1].contains("in doubt") && told[1].contains("--resume"),
        "{stderr}"
    );
    let good = Service::good(&scratch);
    let done = finish(good.batch(&scratch, &["cards", "--resume"]), b"").expect_code(0);
    let done = summary(&done);
    assert_eq!((&done["ok"], &done["in_doubt"]), (&json!(9), &json!(3)));
}

/// A batch that got its first signal when so many calls had come.
fn interrupted(service: &Service, mut command: Command, calls: usize) -> Child {
    let child = command.spawn().unwrap();
    until("calls are under way", || service.came().len() >= calls);
    kill_process(Pid::from_child(&child), Signal::INT).unwrap();
    child
}

#[test]
fn a_disk_that_fills_stops_the_batch_and_loses_nothing() {
    for more in [&[][..], &["--encrypt-to", "KEY"]] {
        let scratch = Scratch::with_keys();
        let service = Service::good(&scratch);
        pictures(&scratch, "cards", 60);
        let public = age::x25519::Identity::generate().to_public().to_string();
        let more: Vec<&str> = more
            .iter()
            .map(|text| if *text == "KEY" { &public } else { *text })
            .collect();
        let arguments = [
            &["cards", "--jobs", "2", "--no-ledger", "--resume"][..],
            &more,
        ]
        .concat();
        // No file may have more than 8 KiB: what a full disk does, without one.
        let plain = service.batch(&scratch, &arguments);
        let mut command = Command::new("sh");
        command.args(["-c", "ulimit -f 16; exec \"$0\" \"$@\""]);
        command.arg(plain.get_program()).args(plain.get_args());
        command.current_dir(scratch.path(".")).env_clear();
        for (name, value) in plain.get_envs() {
            command.env(name, value.unwrap());
        }
        command.env("PATH", "/usr/bin:/bin");
        command
            .stdin(std::process::Stdio::piped())
            .stdout(std::process::Stdio::piped());
        command.stderr(std::process::Stdio::piped());
        let full = finish(command, b"")
            .expect_code(2)
            .says("cannot be written any more")
            .says("--resume");
        let full = summary(&full);
        let kept = scratch.read("results.jsonl").lines().count();
        assert_eq!(full["ok"], json!(kept), "{full}");
        assert!(kept > 3 && kept < 60, "{kept}");
        assert!(scratch.read("results.jsonl").ends_with('\n'));
        let lost = service.answered() - kept;
        assert_eq!(full["in_doubt"], json!(lost), "{full}");
        let done = finish(service.batch(&scratch, &arguments), b"").expect_code(0);
        let done = summary(&done);
        assert_eq!(
            (&done["skipped"], &done["ok"]),
            (&json!(kept), &json!(60 - kept))
        );
        assert_eq!(done["in_doubt"], json!(lost));
        assert_eq!(scratch.read("results.jsonl").lines().count(), 60);
    }
}

/// `CARDSEAL_CASES=1000000` for as many lines as are promised.
#[cfg(target_os = "linux")]
#[test]
fn memory_does_not_grow_with_the_list() {
    let cards: usize =
        std::env::var("CARDSEAL_CASES").map_or(100_000, |count| count.parse().unwrap());
    let scratch = Scratch::with_keys();
    let service = Service::good(&scratch);
    fs::write(scratch.path("card.jpg"), PICTURE).unwrap();
    let mut list: String = (0..cards)
        .map(|n| format!("{{\"image\":\"cards/{n:08}.jpg\"}}\n"))
        .collect();
    list.push_str("{\"image\":\"card.jpg\"}\n");
    scratch.write("list.jsonl", &list);
    for more in [&[][..], &["--resume"]] {
        let arguments = [&["@list.jsonl", "--no-ledger"][..], more].concat();
        let mut child = service.batch(&scratch, &arguments).spawn().unwrap();
        let mut most = 0;
        let status = format!("/proc/{}/status", child.id());
        while child.try_wait().unwrap().is_none() {
            let text = fs::read_to_string(&status).unwrap_or_default();
            let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
            let kib = line.and_then(|line| line.trim().strip_suffix(" kB"));
            most = kib.map_or(0, |kib| kib.parse().unwrap()).max(most);
            std::thread::sleep(Duration::from_millis(10));
        }
        println!("REACHED {cards} lines in {most} KiB");
        assert!(most > 1000 && most < 100 << 10, "{most} KiB");
    }
    assert_eq!(service.answered(), 1);
    assert_eq!(lines(&scratch).len(), cards + 1);
}
