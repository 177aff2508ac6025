//! Nothing secret and nothing off a card is logged or printed: not by the HTTP and TLS libraries at their most talkative
//! level, and by no `{:?}` or `{}` of any public type.

#[path = "../common/mod.rs"]
mod common;
mod front;
mod needles;
mod public_types;
mod recorder;
mod shown;
mod world;

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use cardseal::{BlockingClient, Call, Client, Error, ErrorKind, TransportOptions};
use recorder::Recorder;
use world::World;

#[test]
fn nothing_secret_is_logged_at_any_level() {
    let _alone = alone();
    let recorder = Recorder::install();
    let world = World::start();
    let front = front::start(world.gateway.addr());
    let options = TransportOptions::default().root_certificate(front.certificate.clone());
    let clients = Clients {
        blocking: BlockingClient::with_options(&options).unwrap(),
        asynchronous: Client::with_options(&options).unwrap(),
        runtime: tokio::runtime::Runtime::new().unwrap(),
    };
    let mut needles = world.needles();

    // ureq shows every byte at TRACE. There the blocking client sends nothing, and says why.
    let call = world.call(&world.gateway.url(), &world.recipients[0], &mut needles);
    let error = clients.blocking.run(call).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert!(error.to_string().contains("ureq_proto=debug"), "{error}");
    recorder.spare_ureq();

    let over_tls = format!("https://localhost:{}", front.port);
    for url in [&world.gateway.url(), &over_tls] {
        for recipient in &world.recipients {
            let mut sealed = || world.call(url, recipient, &mut needles);
            for answer in clients.run([sealed(), sealed()]) {
                assert_eq!(answer.unwrap().card.id_num.expose(), world::ID_NUMBER);
            }
        }
        // In clear but for TLS: what the libraries carry then is personal.
        let in_clear = || world.account(url).recognize_id_card(&world.card()).unwrap();
        for answer in clients.run([in_clear(), in_clear()]) {
            assert_eq!(answer.unwrap().card.name.expose(), world::NAME);
        }
    }
    // Errors are what is logged most.
    for url in ["http://127.0.0.1:1", "https://localhost:1"] {
        let mut sealed = || world.call(url, &world.recipients[0], &mut needles);
        for answer in clients.run([sealed(), sealed()]) {
            assert_eq!(answer.unwrap_err().kind(), ErrorKind::Transport);
        }
    }

    let text = recorder.text();
    for library in ["ureq", "hyper_util", "rustls"] {
        let of_it = format!(" {library}:");
        assert!(text.contains(&of_it), "{library} logged nothing:\n{text}");
    }
    let found: Vec<&str> = text
        .lines()
        .filter(|line| !needles.found_in(line).is_empty())
        .collect();
    assert!(found.is_empty(), "{found:#?}");
    assert_eq!(needles.found_in(&text), BTreeSet::new());
    log::trace!("the key is {}", world::SECRET);
    let found = needles.found_in(&recorder.text());
    assert_eq!(
        found,
        BTreeSet::from(["a secret key"]),
        "what is logged is found"
    );
    println!(
        "REACHED {} log lines at TRACE from both clients, 0 hits",
        text.lines().count()
    );
}

/// One test at a time: the logger is the whole process's.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Clients {
    blocking: BlockingClient,
    asynchronous: Client,
    runtime: tokio::runtime::Runtime,
}

impl Clients {
    /// Runs one call with each client.
    fn run<T>(&self, [one, other]: [Call<T>; 2]) -> [Result<T, Error>; 2] {
        [
            self.blocking.run(one),
            self.runtime.block_on(self.asynchronous.run(other)),
        ]
    }
}

#[test]
fn no_public_type_shows_a_secret() {
    let _alone = alone();
    let world = World::start();
    let mut needles = world.needles();
    let shown = shown::every_type(&world, &mut needles);
    let names: Vec<&str> = shown.iter().map(|shown| shown.name).collect();
    public_types::all_are_there(&names);
    let mut printed = 0;
    for shown in &shown {
        for text in [&shown.debug, &shown.display].into_iter().flatten() {
            printed += 1;
            assert_eq!(
                needles.found_in(text),
                Default::default(),
                "{}: {text}",
                shown.name
            );
        }
    }
    println!(
        "REACHED {} public types, {printed} texts they print as, 0 hits",
        names.len()
    );
}
