//! How much memory a batch of 1,000,000 cards takes, and one that goes on with 1,000,000 lines of results.
//!
//! `cargo run --locked -p cardseal-batch --example million_cards`, on Linux. Each case is a process of its own;
//! what is printed is the most memory that it ever held (`VmHWM`). It ends with 1 where that is 100 MiB or more.

use std::error::Error as StdError;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::process::Command;

use cardseal::{Error, Image, Watch};
use cardseal_batch::{
    AgeRecipient, Answer, Books, Existing, FileResults, Id, Inputs, Options, Recognize, Side, Stop,
    run,
};
use cardseal_ledger::Ledger;
use sha2::{Digest, Sha256};

const CARDS: u64 = 1_000_000;
const MOST_KIB: u64 = 100 * 1024;

type Failed = Box<dyn StdError>;

fn main() -> Result<(), Failed> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [folder, form] = &arguments[..] {
        return batch(Path::new(folder), form);
    }
    let folder = tempfile::tempdir()?;
    list(folder.path())?;
    let mut is_small = true;
    for (case, form, prepare) in CASES {
        prepare(folder.path())?;
        let output = Command::new(std::env::current_exe()?)
            .arg(folder.path())
            .arg(form)
            .output()?;
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into_owned().into());
        }
        let kib: u64 = String::from_utf8(output.stdout)?.trim().parse()?;
        println!("{case:62} {:6.1} MiB", kib as f64 / 1024.0);
        is_small &= kib < MOST_KIB;
    }
    match is_small {
        true => Ok(()),
        false => Err("100 MiB or more were held".into()),
    }
}

type Case = (&'static str, &'static str, fn(&Path) -> Result<(), Failed>);

const CASES: [Case; 4] = [
    ("a list of 1,000,000 cards", "plain", |_| Ok(())),
    (
        "--resume over the 1,000,000 lines that it left",
        "plain",
        |_| Ok(()),
    ),
    (
        "--resume over 1,000,000 lines of cards that were called",
        "plain",
        called,
    ),
    ("--resume over 1,000,000 encrypted lines", "age", encrypted),
];

fn list(folder: &Path) -> io::Result<()> {
    let mut list = BufWriter::new(File::create(folder.join("list"))?);
    for number in 0..CARDS {
        writeln!(list, "{{\"image\":\"{}\"}}", name(number))?;
    }
    list.flush()
}

fn name(number: u64) -> String {
    format!("scans/2026/branch-0417/card-{number:08}.jpg")
}

/// As a batch leaves it that was answered a million times.
fn called(folder: &Path) -> Result<(), Failed> {
    results(folder, "plain", |number| {
        let (id, result) = (name(number), r#"{"Name":"","IdNum":"11010119900307002X"}"#);
        format!(
            "{{\"id\":\"{id}\",\"input\":\"{id}\",\"outcome\":\"ok\",\"request_id\":\"{number:036}\",\"attempts\":1,\"elapsed_ms\":9,\"result\":{result}}}\n"
        )
    })
}

/// The same, where nobody but its owner can read the lines. They are not looked into.
fn encrypted(folder: &Path) -> Result<(), Failed> {
    results(folder, "age", |number| {
        format!("YWdlLWVuY3J5cHRpb24ub3JnL3Yx{:0600}\n", number)
    })
}

fn results(folder: &Path, form: &str, line: impl Fn(u64) -> String) -> Result<(), Failed> {
    let mut results = BufWriter::new(File::create(folder.join("results"))?);
    let mut journal = BufWriter::new(File::create(folder.join("results.journal"))?);
    writeln!(journal, "cardseal batch journal 1 {form}")?;
    for number in 0..CARDS {
        let (id, line) = (Id::of(&name(number)), line(number));
        let hash = Sha256::digest(line.as_bytes());
        let hash: String = hash
            .iter()
            .take(16)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        writeln!(journal, "b {id}\nf {id} {hash}")?;
        results.write_all(line.as_bytes())?;
    }
    results.flush()?;
    journal.flush()?;
    Ok(())
}

/// The batch as the command line runs it.
fn batch(folder: &Path, form: &str) -> Result<(), Failed> {
    let list = format!("@{}", folder.join("list").display());
    let mut work = Inputs::of(&[list.into()])?;
    let recipient = age::x25519::Identity::generate().to_public().to_string();
    let sealed_to = match form {
        "age" => Some(AgeRecipient::parse(&recipient)?),
        _ => None,
    };
    let results = FileResults::open(&folder.join("results"), Existing::Resume, sealed_to)?;
    let mut books = Books::of(Ledger::open(&folder.join("ledger"))?)?;
    let (options, stop) = (Options::default(), Stop::default());
    let ended = run(
        &mut work,
        &results,
        &Nobody,
        Some(&mut books),
        &options,
        &stop,
        &mut |_| {},
    );
    let summary = ended.summary;
    let all = summary.failed + summary.skipped;
    if (summary.cards, all, summary.in_doubt) != (CARDS, CARDS, 0) {
        return Err(format!("{summary:?}").into());
    }
    let status = fs::read_to_string("/proc/self/status")?;
    let most = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = most.and_then(|most| most.split_whitespace().next());
    println!("{}", kib.ok_or("there is no VmHWM here")?);
    Ok(())
}

/// Is never asked: there are no pictures.
struct Nobody;

impl Recognize for Nobody {
    fn cloud(&self) -> &'static str {
        "tencent"
    }

    fn recognize(&self, _: Image, _: Option<Side>, _: &mut dyn Watch) -> Result<Answer, Error> {
        Err(Error::transport("nobody is asked here"))
    }
}
