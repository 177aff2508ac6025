//! Every way an HTTP server can misbehave, on loopback, against both drivers: a typed error about when the deadline ends,
//! on one connection, with bounded memory; and the next call of the same client works.

mod cases;
#[path = "../common/mod.rs"]
mod common;
mod server;
mod tls;

use std::sync::Mutex;
use std::thread;
use std::time::{Duration, Instant};

use cardseal::tencent::Tencent;
use cardseal::{
    BlockingClient, Client, Credentials, Endpoint, Error, ErrorKind, LostAnswer, RetryPolicy,
    TransportOptions,
};
use cases::{Case, Expected};
use common::driving;
use server::Server;

const DEADLINE: Duration = Duration::from_secs(2);
/// For what is asked alone: a machine that stands still for a while is not the client's fault.
const LONG_DEADLINE: Duration = Duration::from_secs(10);
/// What a client without a deadline would wait for is longer than both (`cases::HELD`).
const GRACE: Duration = Duration::from_secs(8);
/// Cases that run side by side: most of them wait.
const AT_ONCE: usize = 6;
/// What a call may add to the process: the largest reply (16 MiB) held twice, and some room.
const MOST_MEMORY: usize = 64 << 20;

#[derive(Clone, Copy, Debug)]
enum Driver {
    Async,
    Blocking,
}

#[test]
fn every_fault_is_a_typed_error_in_time() {
    let cases = cases::all();
    assert!(cases.len() >= 40, "{} cases", cases.len());
    let queue: Mutex<Vec<(&Case, Driver)>> = Mutex::new(
        cases
            .iter()
            .flat_map(|case| [Driver::Async, Driver::Blocking].map(|driver| (case, driver)))
            .collect(),
    );
    let next = || queue.lock().unwrap().pop();
    let suspects = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                while let Some((case, driver)) = next() {
                    if check(case, driver, DEADLINE).is_err() {
                        suspects.lock().unwrap().push((case, driver));
                    }
                }
            });
        }
    });
    // Others ran beside it and took its time; what is wrong is wrong alone too.
    let wrong: Vec<String> = suspects
        .into_inner()
        .unwrap()
        .into_iter()
        .filter_map(|(case, driver)| {
            let why = check(case, driver, LONG_DEADLINE).err()?;
            Some(format!("{} ({driver:?}): {why}", case.name))
        })
        .collect();
    println!(
        "REACHED {} faults, both drivers, {} wrong",
        cases.len(),
        wrong.len()
    );
    assert!(
        wrong.is_empty(),
        "{} wrong:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

fn check(case: &Case, driver: Driver, deadline: Duration) -> Result<(), String> {
    let server = Server::start(case.act);
    let tencent = account(&server);
    let runner = Runner::new(driver, deadline);
    let memory = resident();
    let started = Instant::now();
    let outcome = runner.run(&tencent);
    let took = started.elapsed();
    let grown = resident().saturating_sub(memory);
    let error = match outcome {
        Ok(()) => return Err("it was taken for an answer".to_owned()),
        Err(error) => error,
    };
    if !case.expected.allows(&error) {
        return Err(format!("{:?}: {error}", error.kind()));
    }
    if took > deadline + GRACE {
        return Err(format!("it took {took:?}"));
    }
    // Other cases run beside this one, so that only what is far too much can be told.
    if grown > 8 * MOST_MEMORY {
        return Err(format!("memory grew by {grown} bytes"));
    }
    if server.connections() != 1 {
        return Err(format!("{} connections were made", server.connections()));
    }
    if server.elsewhere() != 0 {
        return Err("the redirect was followed".to_owned());
    }
    // The next call of the same client reads its own answer, whatever is left of the last one.
    match runner.run(&tencent) {
        Err(error) if error.service_code() == Some("FailedOperation.OcrFailed") => Ok(()),
        Err(error) => Err(format!("the next call failed: {error}")),
        Ok(()) => Err("the next call was taken for an answer".to_owned()),
    }
}

fn account(server: &Server) -> Tencent {
    Tencent::new(Credentials::new("AKIDtest", "secret").unwrap())
        .endpoint(Endpoint::custom(&server.url()).unwrap())
}

struct Runner {
    runtime: tokio::runtime::Runtime,
    client: Client,
    blocking: BlockingClient,
    driver: Driver,
}

impl Runner {
    fn new(driver: Driver, deadline: Duration) -> Self {
        Self::with(driver, &TransportOptions::default().deadline(deadline))
    }

    fn with(driver: Driver, options: &TransportOptions) -> Self {
        Self {
            runtime: tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build()
                .unwrap(),
            client: Client::with_options(options).unwrap(),
            blocking: BlockingClient::with_options(options).unwrap(),
            driver,
        }
    }

    fn run(&self, tencent: &Tencent) -> Result<(), Error> {
        let call = driving::call(tencent);
        match self.driver {
            Driver::Async => self.runtime.block_on(self.client.run(call)),
            Driver::Blocking => self.blocking.run(call),
        }
        .map(drop)
    }
}

/// One reply of 2 GiB, alone in the process's measure.
#[test]
fn a_vast_reply_is_not_kept() {
    for driver in [Driver::Async, Driver::Blocking] {
        let case = cases::vast();
        let before = resident();
        check(&case, driver, LONG_DEADLINE).unwrap();
        let grown = peak().saturating_sub(before);
        assert!(grown < 4 * MOST_MEMORY, "{driver:?}: {grown} bytes");
    }
}

#[test]
fn a_reply_may_be_as_large_as_it_is_said_to_be_and_no_larger() {
    let bytes = server::REFUSAL.len();
    for driver in [Driver::Async, Driver::Blocking] {
        for reply in [server::refusal(), server::chunked_refusal()] {
            for (most, fits) in [(bytes, true), (bytes - 1, false)] {
                let server = Server::sending(reply.clone());
                let options = TransportOptions::default().largest_reply(most);
                let error = Runner::with(driver, &options)
                    .run(&account(&server))
                    .unwrap_err();
                let too_large = format!("the reply is larger than {most} bytes");
                assert_eq!(
                    error.to_string().contains(&too_large),
                    !fits,
                    "{driver:?}: {error}"
                );
                let answered = error.service_code() == Some("FailedOperation.OcrFailed");
                assert_eq!(answered, fits, "{driver:?}, {most} bytes: {error}");
            }
        }
    }
}

/// A limit of one attempt ends it before the call's own does, so that another can be made.
#[test]
fn an_attempt_that_takes_too_long_leaves_time_for_another() {
    const HELD: Duration = Duration::from_secs(60);
    let options = TransportOptions::default()
        .attempt_timeout(Duration::from_secs(4))
        .deadline(HELD);
    let mut policy = RetryPolicy::default();
    policy.lost_answer = LostAnswer::SendAgainAndMaybePayTwice;
    for driver in [Driver::Async, Driver::Blocking] {
        let server = Server::start(|_, _| thread::sleep(HELD));
        let started = Instant::now();
        let error = Runner::with(driver, &options)
            .run(&account(&server).retry(policy))
            .unwrap_err();
        let answered = error.service_code() == Some("FailedOperation.OcrFailed");
        assert!(answered, "{driver:?}: {error}");
        assert!(started.elapsed() < HELD, "{driver:?}");
        assert!(server.connections() > 1, "{driver:?}");
    }
}

/// The connection ends after each byte of a reply in turn.
#[test]
fn a_reply_cut_off_at_any_byte_is_a_typed_error() {
    let reply = server::refusal();
    let runner = [Driver::Async, Driver::Blocking].map(|driver| Runner::new(driver, LONG_DEADLINE));
    for at in 0..reply.len() {
        let server = Server::sending(reply[..at].to_vec());
        let tencent = account(&server);
        let error = runner[at % 2].run(&tencent).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Transport, "at byte {at}: {error}");
        assert_eq!(server.connections(), 1, "at byte {at}");
    }
}

impl Expected {
    fn allows(&self, error: &Error) -> bool {
        match self {
            Self::Transport => error.kind() == ErrorKind::Transport,
            Self::Protocol => matches!(error.kind(), ErrorKind::Protocol | ErrorKind::Open),
            Self::Either => matches!(
                error.kind(),
                ErrorKind::Transport | ErrorKind::Protocol | ErrorKind::Open
            ),
            Self::Refusal => error.service_code() == Some("FailedOperation.OcrFailed"),
        }
    }
}

fn resident() -> usize {
    status("VmRSS:")
}

fn peak() -> usize {
    status("VmHWM:")
}

/// A figure of this process's status, in bytes; 0 where there is none.
fn status(name: &str) -> usize {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    text.lines()
        .find_map(|line| line.strip_prefix(name))
        .and_then(|line| line.split_whitespace().next()?.parse::<usize>().ok())
        .map_or(0, |kib| kib * 1024)
}
