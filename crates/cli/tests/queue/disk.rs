//! A disk that is really full: of the server, and of who collects. Only root may make such a disk; who is not skips aloud.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;

use tempfile::TempDir;

use super::faults::check;
use super::*;

/// A disk of so many KiB in memory.
struct Disk(TempDir);

impl Disk {
    fn of(test: &str, kib: u32) -> Option<Self> {
        let folder = TempDir::new().unwrap();
        let size = format!("size={kib}k");
        let made = mount(&["-t", "tmpfs", "-o", &size, "tmpfs"], &folder);
        if let Err(why) = made {
            crate::common::skip(test, &format!("no disk can be mounted here: {why}"));
            return None;
        }
        Some(Self(folder))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Takes all the room that is left.
    fn fill(&self) {
        let file = fs::File::create(self.path("ballast")).unwrap();
        let mut file = std::io::BufWriter::with_capacity(512, file);
        let full = std::iter::repeat_with(|| std::io::Write::write_all(&mut file, &[0; 512]));
        let full = full.take(1 << 20).find_map(Result::err).unwrap();
        assert_eq!(full.kind(), std::io::ErrorKind::StorageFull);
    }

    fn give_room(&self) {
        let _ = fs::remove_file(self.path("ballast"));
        mount(&["-o", "remount,size=512m"], &self.0).unwrap();
    }
}

fn mount(arguments: &[&str], at: &TempDir) -> Result<(), String> {
    let done = Command::new("mount")
        .args(arguments)
        .arg(at.path())
        .output();
    let done = done.map_err(|error| error.to_string())?;
    match done.status.success() {
        true => Ok(()),
        false => Err(String::from_utf8_lossy(&done.stderr).trim().to_owned()),
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0.path()).status();
    }
}

/// A queue whose server has a disk of its own, and is told that it is large.
fn queue_on(disk: &Disk, latency: Option<Duration>) -> Option<Queue> {
    let mut queue = Queue::new(latency)?;
    let config = "jetstream { max_file_store: 1GB }\n";
    queue.scratch.write("nats.conf", config);
    let config = queue.scratch.path("nats.conf");
    let (config, store) = (config.to_str().unwrap(), disk.path("store"));
    queue.nats = Nats::with(&["-c", config, "-sd", store.to_str().unwrap()])?;
    Some(queue)
}

fn give_room(queue: &mut Queue, disk: &Disk) {
    queue.nats.kill();
    disk.give_room();
    queue.nats.again();
}

#[test]
fn a_submit_onto_a_full_disk_is_gone_on_with_when_there_is_room() {
    let Some(disk) = Disk::of("a full disk of the server", 1024) else {
        return;
    };
    let Some(mut queue) = queue_on(&disk, None) else {
        return;
    };
    pictures(&queue.scratch, "cards", 400);
    let big = common::bitmap(1_500_000);
    fs::write(queue.scratch.path("cards/big.bmp"), big).unwrap();
    let done = queue.submit("job", &["cards"]).expect_code(5);
    assert_eq!(done.stderr.lines().count(), 1, "{done:?}");
    give_room(&mut queue, &disk);
    let said = queue.submit("job", &["cards"]).expect_code(0).stdout;
    let said: Value = serde_json::from_str(&said).unwrap();
    assert_eq!(said["cards"], 401);
    let worker = queue.work("job", &["--jobs", "8"]);
    let status = queue.until_done("job");
    drain(worker, Signal::TERM);
    let counts = (&status["cards"], &status["ok"]);
    assert_eq!(counts, (&json!(401), &json!(401)));
    assert_eq!(check(&queue, "job", 401), 0);
    assert_eq!(queue.service.came().len(), 401);
}

#[test]
fn answers_that_come_when_the_servers_disk_is_full_are_stored_when_it_is_not() {
    let Some(disk) = Disk::of("a full disk under answers", 4096) else {
        return;
    };
    let Some(mut queue) = queue_on(&disk, Some(Duration::from_secs(4))) else {
        return;
    };
    pictures(&queue.scratch, "cards", 3);
    queue.submit("job", &["cards"]).expect_code(0);
    let mut worker = queue.work("job", &["--jobs", "2"]);
    until("it calls", || queue.nats.open_calls("job") == 2);
    disk.fill();
    let mut said = BufReader::new(worker.stderr.take().unwrap()).lines();
    assert!(said.any(|line| line.unwrap().ends_with("the worker waits")));
    assert_eq!(queue.service.answered(), 2);
    give_room(&mut queue, &disk);
    let status = queue.until_done("job");
    drain(worker, Signal::TERM);
    assert_eq!((&status["ok"], &status["in_doubt"]), (&json!(3), &json!(0)));
    assert_eq!(check(&queue, "job", 3), 0);
    assert_eq!(queue.service.came().len(), 3);
}

#[test]
fn results_that_find_no_room_are_collected_later() {
    let Some(disk) = Disk::of("a full disk of who collects", 64) else {
        return;
    };
    let fixture = json!({"FRONT": {"IdNum": "11010119900307002X", "IdCard": "A".repeat(20_000)}});
    let fixture = cardseal_gateway::Fixture::from_json(&fixture.to_string()).unwrap();
    let Some(queue) = Queue::with(|config| config.fixture = Some(fixture)) else {
        return;
    };
    pictures(&queue.scratch, "cards", 8);
    queue.submit("job", &["cards"]).expect_code(0);
    let worker = queue.work("job", &["--config", "CropIdCard"]);
    queue.until_done("job");
    drain(worker, Signal::TERM);
    let out = disk.path("results");
    let more = ["--identity", "workers", "--out", out.to_str().unwrap()];
    let done = finish(queue.command("collect", "job", &more), b"").expect_code(2);
    assert!(done.stderr.contains("the disk is full"), "{done:?}");
    let part = fs::read_to_string(&out).unwrap();
    assert!(part.ends_with('\n') && (1..8).contains(&part.lines().count()));
    let again = [&more[..], &["--resume"]].concat();
    finish(queue.command("collect", "job", &again), b"").expect_code(2);
    assert_eq!(fs::read_to_string(&out).unwrap(), part);
    disk.give_room();
    finish(queue.command("collect", "job", &again), b"").expect_code(0);
    queue.collect("job", 0);
    let whole = queue.scratch.read("job.jsonl");
    assert_eq!(fs::read_to_string(&out).unwrap(), whole);
}
