//! cardseal beside its peers: one run, one core, one table.
//!
//! ```sh
//! cargo run --locked --release --manifest-path benches/peers/Cargo.toml              # prints the table
//! cargo run --locked --release --manifest-path benches/peers/Cargo.toml -- --write   # and puts it into docs/performance.md
//! ```
//!
//! `--quick` takes fewer and shorter samples, `--only WORD` the works whose name begins so, and `--allocations` says
//! instead where each allocation of a request and of a reply comes from. The run keeps itself, and every process it
//! starts, to one core. Samples of all contenders alternate, and each figure is the median of its samples. What a
//! contender computes is checked before it is timed.

mod contender;
mod fixture;
mod heap;
mod keys;
mod libgcrypt;
mod machine;
mod measure;
mod open_ssl;
mod ours;
mod other_provider;
mod page;
mod process;
mod report;
mod rust_crypto;
mod self_test;
mod series;
mod work;

use std::process::{Command, ExitCode};

use contender::{Contender, InProcess};
use fixture::Fixture;
use measure::{Effort, Field};
use process::Process;
use work::{Suite, Work};

#[global_allocator]
static HEAP: heap::Counted = heap::Counted;

const KIB: usize = 1 << 10;
const MIB: usize = 1 << 20;

const BY_SIZE: &str = "How cost grows with size, in nanoseconds a byte. The last column is what SHA-256 of the body \
    takes by itself: the signature needs that hash, so together with the cipher's own column it is the least a request \
    can take, unless the two are interleaved.\n";

const KEYS: &str =
    "`Recipient::parse`, with every check of a key and the tables that wrapping uses:\n";

const SELF_TEST: &str = "The self-test, which a program may ask for before its first seal (`crypto::self_tested`); it \
    runs once a process:\n";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<(), String> {
    let (mut effort, mut write, mut only) = (Effort::FULL, false, String::new());
    let mut arguments = arguments.iter();
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--quick" => effort = Effort::QUICK,
            "--write" => write = true,
            "--only" => only = arguments.next().ok_or("--only takes a word")?.clone(),
            "--allocations" => return series::allocations(&Fixture::generate()),
            other => return Err(format!("unknown argument {other}; see src/main.rs")),
        }
    }
    let machine = machine::describe(machine::pin()?);
    let mut field = Field {
        contenders: contenders(),
        skipped: Vec::new(),
        fixture: Fixture::generate(),
        effort,
    };
    let mut rows = Vec::new();
    for (work, bytes) in works(&field.fixture) {
        if work.word().starts_with(&only) {
            eprintln!("{}, {bytes} bytes", work.title());
            rows.push(field.row(work, bytes)?);
        }
    }
    let names: Vec<String> = field.contenders.iter().map(|c| c.name()).collect();
    let measured = [
        machine.iter().map(|line| format!("- {line}\n")).collect(),
        report::table(&names, &rows),
        report::absences(&field.skipped),
        "SM4-GCM on each backend of this CPU:\n".into(),
        series::backends(&field.fixture, effort)?,
        KEYS.into(),
        keys::costs(&field.fixture, effort)?,
        SELF_TEST.into(),
        self_test::costs(effort)?,
        BY_SIZE.into(),
        series::by_size(&field.fixture, effort)?,
    ]
    .join("\n");
    println!("{measured}");
    if write {
        println!(
            "written to {}",
            page::rewrite("measured", &measured)?.display()
        );
    }
    Ok(())
}

/// Ours first; the two whose heap is counted before the others.
fn contenders() -> Vec<Box<dyn Contender>> {
    let here = |name: &str, prepare: fn(&work::Job) -> contender::Ready| -> Box<dyn Contender> {
        Box::new(InProcess::new(name, prepare))
    };
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/foreign");
    let setting = |name: &str, usual: &str| std::env::var(name).unwrap_or(usual.into());
    let jar = setting("CARDSEAL_BCPROV", "/usr/share/java/bcprov.jar");
    let python = setting("CARDSEAL_PYTHON", "python3");
    let java = Process::start(
        "Bouncy Castle",
        Command::new("java")
            .args(["-cp", &jar])
            .arg(format!("{folder}/Peer.java")),
    );
    let node = Process::start(
        "Node",
        Command::new("node").arg(format!("{folder}/peer.mjs")),
    );
    let python = Process::start(
        "Python cryptography",
        Command::new(python).arg(format!("{folder}/peer.py")),
    );
    vec![
        here("cardseal", ours::prepare),
        here("RustCrypto, plainly", rust_crypto::plain::prepare),
        here("cardseal with rust-crypto", other_provider::prepare),
        here("RustCrypto, carefully", rust_crypto::careful::prepare),
        here(&open_ssl::name(), open_ssl::prepare),
        here(&libgcrypt::name(), libgcrypt::prepare),
        Box::new(java),
        Box::new(node),
        Box::new(python),
    ]
}

/// Every row of the table.
fn works(fixture: &Fixture) -> Vec<(Work, usize)> {
    let mut works = Vec::new();
    let mut add = |work, sizes: &[usize]| works.extend(sizes.iter().map(|bytes| (work, *bytes)));
    add(Work::Sm4GcmSeal, &[156, 64 * KIB, 2 * MIB, 8 * MIB]);
    add(Work::Sm4GcmOpen, &[156, 64 * KIB, 2 * MIB, 8 * MIB]);
    add(Work::AesCbcEncrypt, &[156, 64 * KIB, 2 * MIB]);
    add(Work::AesCbcDecrypt, &[156, 64 * KIB, 2 * MIB]);
    add(Work::Sm2Wrap, &[16]);
    add(Work::RsaWrap, &[32]);
    for suite in Suite::ALL {
        add(Work::Request(suite), &[156, 64 * KIB, 2 * MIB]);
        // In whole KiB, which leaves room for peers that write a few bytes more around the image.
        let largest = ours::largest_image(&fixture.public_key(suite)) / KIB * KIB;
        add(Work::Image(suite), &[largest]);
        add(Work::Reply(suite), &[156, 64 * KIB, 2 * MIB, 7 * MIB]);
    }
    works
}
