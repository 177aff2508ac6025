//! The same over HTTP, with both clients: after an answer was opened and dropped, after each kind of error, after a
//! panic in the caller's code, and after a call that was given up. The clients and their connections live on while
//! their process is looked through.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use cardseal::crypto::{OsRandom, SecureRandom};
use cardseal::tencent::{IdCardRequest, Recognized, Tencent};
use cardseal::{
    BlockingClient, Call, Client, Credentials, Endpoint, Error, ErrorKind, Image, IvPolicy,
    Recipient, RetryPolicy, TransportOptions,
};
use tokio::runtime::Runtime;

use super::making::{self, MASK, masked};
use super::scanner::Scanner;
use super::service::{MANNERS, Manner, Served, Service};

/// How long a client waits that is not answered. Less, and on a busy machine it may not even have asked.
const SHORT: Duration = Duration::from_secs(4);

pub(crate) struct Clients {
    runtime: Runtime,
    asynchronous: Client,
    blocking: BlockingClient,
    hasty: BlockingClient,
}

impl Clients {
    pub(crate) fn new() -> Self {
        let hasty = TransportOptions::default().deadline(SHORT);
        Self {
            runtime: Runtime::new().unwrap(),
            asynchronous: Client::new().unwrap(),
            blocking: BlockingClient::new().unwrap(),
            hasty: BlockingClient::with_options(&hasty).unwrap(),
        }
    }

    /// Makes so many requests, half by each client, and has every secret of theirs looked for.
    pub(crate) fn round(&self, requests: usize, scanner: &mut Scanner) {
        let manners = &MANNERS[..MANNERS.len() - 1];
        self.round_of(manners, requests, scanner);
    }

    /// The same with a service that does not answer: each client, and each suite.
    pub(crate) fn silent_round(&self, scanner: &mut Scanner) {
        self.round_of(&[Manner::IsSilent], 4, scanner);
    }

    fn round_of(&self, manners: &[Manner], requests: usize, scanner: &mut Scanner) {
        let mut service = Service::start();
        let accounts: Vec<Tencent> = service
            .ports
            .iter()
            .map(|port| account(&service, *port))
            .collect();
        for number in 0..requests {
            let suite = number / 2 % 2;
            let recipient = Recipient::parse(service.recipients[suite].as_bytes()).unwrap();
            let manner = manners[number / 4 % manners.len()];
            let (card, picture) = card();
            let call = accounts[manner as usize]
                .recognize_encrypted_id_card(&recipient, &card, IvPolicy::Same)
                .unwrap();
            drop(card);
            let panics = number / 16 % 2 == 1;
            match number % 2 {
                0 => self.ask_blocking(call, manner, panics, &mut service, scanner),
                _ => self.ask_async(call, manner, panics, &mut service, scanner),
            }
            scanner.look_for("a picture", &picture);
            scanner.look_for("a picture in base64", &masked_base64(&picture));
        }
        scanner.look_for("a secret key", &service.secret);
        for derived in &service.derived {
            scanner.look_for("a derived signing key", derived);
        }
    }

    #[inline(never)]
    fn ask_blocking(
        &self,
        call: Call<Recognized>,
        manner: Manner,
        panics: bool,
        service: &mut Service,
        scanner: &mut Scanner,
    ) {
        let client = match manner {
            Manner::IsSilent => &self.hasty,
            _ => &self.blocking,
        };
        let outcome = catch_unwind(AssertUnwindSafe(|| use_answer(client.run(call), panics)));
        check(outcome.ok(), manner, panics, service, scanner);
    }

    #[inline(never)]
    fn ask_async(
        &self,
        call: Call<Recognized>,
        manner: Manner,
        panics: bool,
        service: &mut Service,
        scanner: &mut Scanner,
    ) {
        let client = self.asynchronous.clone();
        let task = self
            .runtime
            .spawn(async move { use_answer(client.run(call).await, panics) });
        if manner == Manner::IsSilent {
            // Once the request is with the service, the caller gives up.
            look_for(service.served(), scanner);
            task.abort();
            assert!(self.runtime.block_on(task).unwrap_err().is_cancelled());
            return;
        }
        let outcome = self.runtime.block_on(task).ok();
        check(outcome, manner, panics, service, scanner);
    }
}

/// What the caller's code makes of an answer, if it gets that far.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    /// The ID number, masked.
    Answered(Vec<u8>),
    Failed(ErrorKind),
}

fn use_answer(answer: Result<Recognized, Error>, panics: bool) -> Outcome {
    match answer {
        Err(error) => Outcome::Failed(error.kind()),
        Ok(answer) if panics => std::panic::resume_unwind(Box::new(answer.iv_reused)),
        Ok(answer) => Outcome::Answered(masked(answer.card.id_num.expose().as_bytes())),
    }
}

/// None is a panic.
fn check(
    outcome: Option<Outcome>,
    manner: Manner,
    panics: bool,
    service: &mut Service,
    scanner: &mut Scanner,
) {
    let served = service.served();
    let expected = match manner {
        Manner::Answers if panics => None,
        Manner::Answers => Some(Outcome::Answered(served.id_number.clone())),
        Manner::Damages => Some(Outcome::Failed(ErrorKind::Open)),
        Manner::Refuses => Some(Outcome::Failed(ErrorKind::Service)),
        Manner::BreaksOff | Manner::IsSilent => Some(Outcome::Failed(ErrorKind::Transport)),
    };
    assert_eq!(outcome, expected, "{manner:?}");
    look_for(served, scanner);
}

fn look_for(served: Served, scanner: &mut Scanner) {
    scanner.look_for("a session key", &served.key);
    scanner.look_for("an ID number", &served.id_number);
}

fn account(service: &Service, port: u16) -> Tencent {
    Tencent::new(Credentials::new(making::ID, service.secret_in_clear()).unwrap())
        .endpoint(Endpoint::custom(&format!("http://127.0.0.1:{port}")).unwrap())
        .retry(RetryPolicy::never())
}

/// A request, and its picture, masked.
fn card() -> (IdCardRequest, Vec<u8>) {
    let mut picture = vec![0; 48];
    OsRandom.fill(&mut picture).unwrap();
    let kept = masked(&picture);
    (
        IdCardRequest::new(Image::from_bytes_unchecked(picture).unwrap()),
        kept,
    )
}

/// The base64 of what is masked, masked, with no more than three bytes of it in clear at a time.
fn masked_base64(bytes: &[u8]) -> Vec<u8> {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let (groups, rest) = bytes.as_chunks::<3>();
    assert!(rest.is_empty(), "whole groups only");
    let characters = |[a, b, c]: &[u8; 3]| {
        let bits = u32::from_be_bytes([0, a ^ MASK, b ^ MASK, c ^ MASK]);
        [18, 12, 6, 0].map(|shift| ALPHABET[(bits >> shift & 63) as usize] ^ MASK)
    };
    groups.iter().flat_map(characters).collect()
}
