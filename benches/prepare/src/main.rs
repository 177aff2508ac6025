//! Preparing a 12-megapixel JPEG for 2 MiB, beside Pillow and libvips: processor time, and ratios within one run.
//!
//! `cargo run --locked --release` in this folder. `CARDSEAL_PYTHON` names a Python with Pillow, numpy and pyvips (and
//! Debian's libvips42). The contenders take turns, round by round, so that what else runs on the machine weighs on all
//! alike; what counts is the middle round.
#![forbid(unsafe_code)]

use std::path::Path;
use std::process::Command;

use cardseal_prepare::{Limits, prepare};
use rustix::time::{ClockId, clock_gettime};
use serde_json::Value;

const ROUNDS: usize = 9;
const MOST: usize = 2 * 1024 * 1024;

/// What a contender took and made.
struct Outcome {
    seconds: f64,
    bytes: u64,
    quality: u64,
}

fn main() {
    let folder = tempfile::tempdir().expect("a folder for scratch files");
    let pictures = [("upright", 1_u8), ("on its side", 6)];
    for (name, orientation) in pictures {
        let path = folder.path().join(format!("{orientation}.jpg"));
        peer(&["make", &path.display().to_string(), &orientation.to_string()]);
        let bytes = std::fs::read(&path).expect("the picture just made");
        println!("12 megapixels, {name}: {} bytes to at most {MOST}", bytes.len());
        compare(&path, &bytes);
    }
    println!("load of the machine: {}", std::fs::read_to_string("/proc/loadavg").unwrap_or_default().trim());
}

fn compare(path: &Path, bytes: &[u8]) {
    let contenders = ["cardseal", "pillow", "vips"];
    let mut rounds: [Vec<Outcome>; 3] = Default::default();
    for _ in 0..ROUNDS {
        for (contender, outcomes) in contenders.iter().zip(&mut rounds) {
            outcomes.push(match *contender {
                "cardseal" => ours(bytes),
                other => theirs(other, path),
            });
        }
    }
    let middles = rounds.map(|mut outcomes| {
        outcomes.sort_by(|one, other| one.seconds.total_cmp(&other.seconds));
        outcomes.swap_remove(ROUNDS / 2)
    });
    let own = middles[0].seconds;
    for (contender, middle) in contenders.iter().zip(&middles) {
        println!(
            "  {contender:10} {:7.1} ms of processor, {:8} bytes, quality {:3}; cardseal takes {:.2} of it",
            middle.seconds * 1e3,
            middle.bytes,
            middle.quality,
            own / middle.seconds
        );
    }
}

fn ours(bytes: &[u8]) -> Outcome {
    let started = processor_time();
    let prepared = prepare(bytes, &Limits::default().max_bytes(MOST)).expect("a sound picture");
    Outcome {
        seconds: processor_time() - started,
        bytes: prepared.image.len() as u64,
        quality: prepared.report.output.quality.map_or(0, u64::from),
    }
}

/// A peer prints what one preparation took after one that does not count; starting it is not measured.
fn theirs(name: &str, path: &Path) -> Outcome {
    let printed = peer(&[name, &path.display().to_string(), &MOST.to_string()]);
    let told: Value = serde_json::from_str(&printed).expect("JSON of the peer");
    Outcome {
        seconds: told["seconds"].as_f64().expect("seconds"),
        bytes: told["bytes"].as_u64().expect("bytes"),
        quality: told["quality"].as_u64().expect("quality"),
    }
}

fn peer(arguments: &[&str]) -> String {
    let python = std::env::var("CARDSEAL_PYTHON").unwrap_or("python3".into());
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("peer.py");
    let output = Command::new(python)
        .arg("-B")
        .arg(script)
        .args(arguments)
        .output()
        .expect("Python (CARDSEAL_PYTHON)");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "Pillow, numpy and pyvips are needed: {complaint}");
    String::from_utf8(output.stdout).expect("text")
}

fn processor_time() -> f64 {
    let now = clock_gettime(ClockId::ProcessCPUTime);
    now.tv_sec as f64 + now.tv_nsec as f64 / 1e9
}
