//! Several sessions at once: each works under its own key, whatever was started, sealed or opened in between, and on
//! whichever thread. A provider that keeps "the current key" anywhere but in the session is found here.

use std::sync::Barrier;

use cardseal_crypto::{Plaintext, Session, Suite, Tag};

use super::Report;
use crate::recipient::Recipient;

/// How many sessions are alive at once.
const ALIVE: usize = 4;

/// How many threads work at once, and how often each seals and opens.
const THREADS: usize = 2;
const ROUNDS: usize = 64;

/// Bytes of each body, before padding: long enough that two threads meet in one.
const LEN: usize = 4096;

/// A session, its own body and IV, and what it sealed while no other did anything.
struct Alive {
    session: Box<dyn Session>,
    iv: Vec<u8>,
    plain: Vec<u8>,
    sealed: (Vec<u8>, Option<Tag>),
}

impl Alive {
    /// Starts a session and lets it seal at once.
    fn start(recipient: &Recipient, number: usize) -> Result<Self, String> {
        let started = recipient.wrap().start(recipient.random());
        let (_, session) = started.map_err(|error| error.to_string())?;
        Self::of(session, recipient, number)
    }

    fn of(session: Box<dyn Session>, recipient: &Recipient, number: usize) -> Result<Self, String> {
        let facts = recipient.facts();
        let byte = u8::try_from(number % 250).unwrap_or_default();
        let mut alive = Self {
            session,
            iv: vec![byte.saturating_add(1); facts.iv_len],
            plain: vec![byte; facts.sealed_len(LEN)],
            sealed: (Vec::new(), None),
        };
        alive.sealed = alive.seals().ok_or("nothing is sealed")?;
        Ok(alive)
    }

    fn seals(&self) -> Option<(Vec<u8>, Option<Tag>)> {
        let mut place = self.plain.clone();
        let tag = self.session.seal(&self.iv, &mut place).ok()?;
        Some((place, tag))
    }

    /// Whether it seals what it sealed before. Its key is its own, so the same text under the same IV is the same.
    fn seals_as_before(&self) -> bool {
        self.seals().is_some_and(|sealed| sealed == self.sealed)
    }

    /// The same for sealing in one pass.
    fn seals_a_body_as_before(&self) -> bool {
        let (mut json, mut seen) = (Vec::new(), None);
        let body = self.plain.as_slice();
        let sealed = self.session.seal_body(
            &self.iv,
            &body as &dyn Plaintext,
            &mut json,
            &mut |tag, _| {
                seen = tag.copied();
                Ok(())
            },
        );
        let expected = cardseal_crypto::base64::encode(&self.sealed.0);
        sealed.is_ok() && json == expected.as_bytes() && seen == self.sealed.1
    }

    /// Whether it opens what it sealed.
    fn opens(&self) -> bool {
        let mut place = self.sealed.0.clone();
        let opened = self
            .session
            .open(&self.iv, &mut place, self.sealed.1.as_ref());
        opened.is_ok() && place == self.plain
    }

    fn holds(&self) -> bool {
        self.seals_as_before() && self.seals_a_body_as_before() && self.opens()
    }
}

pub(super) fn check(
    suite: &dyn Suite,
    recipient: &Recipient,
    report: &mut Report,
) -> Result<(), String> {
    on_one_thread(suite, recipient, report)?;
    stored_keys(suite, recipient, report)?;
    on_two_threads(suite, recipient, report)
}

/// Seals with each, then opens with each in the order of starting, and in the other.
fn on_one_thread(
    suite: &dyn Suite,
    recipient: &Recipient,
    report: &mut Report,
) -> Result<(), String> {
    let sessions: Vec<Alive> = (0..ALIVE)
        .map(|number| Alive::start(recipient, number))
        .collect::<Result<_, _>>()?;
    let order: Vec<&Alive> = sessions.iter().chain(sessions.iter().rev()).collect();
    report.expect(order.iter().all(|alive| alive.opens()), || {
        format!("{suite:?}: a session opens under another's key once that was started")
    });
    report.expect(order.iter().all(|alive| alive.seals_as_before()), || {
        format!("{suite:?}: a session seals under another's key once that was started")
    });
    report.expect(
        order.iter().all(|alive| alive.seals_a_body_as_before()),
        || format!("{suite:?}: a session seals a body under another's key once that was started"),
    );
    // The others live on when one goes.
    let mut left = sessions;
    while left.len() > 1 {
        left.remove(0);
        report.expect(left.iter().all(Alive::holds), || {
            format!("{suite:?}: a session does not work any more once another has gone")
        });
    }
    Ok(())
}

/// The same of keys that were stored and taken back, where they can be.
fn stored_keys(
    suite: &dyn Suite,
    recipient: &Recipient,
    report: &mut Report,
) -> Result<(), String> {
    let mut sessions = Vec::new();
    for number in 0..ALIVE {
        let Alive { session, .. } = Alive::start(recipient, number)?;
        let restored = session.export().and_then(|key| suite.restore(key));
        let Some(session) = restored else {
            return Ok(());
        };
        sessions.push(Alive::of(session, recipient, number)?);
    }
    report.expect(sessions.iter().all(Alive::holds), || {
        format!("{suite:?}: a session of a stored key works under another's key")
    });
    Ok(())
}

/// Sessions that were started here work on another thread, and beside each other; and so do those started there.
fn on_two_threads(
    suite: &dyn Suite,
    recipient: &Recipient,
    report: &mut Report,
) -> Result<(), String> {
    let sessions: Vec<Alive> = (0..THREADS)
        .map(|number| Alive::start(recipient, number))
        .collect::<Result<_, _>>()?;
    let together = Barrier::new(THREADS);
    let held = std::thread::scope(|scope| {
        let workers: Vec<_> = sessions
            .iter()
            .enumerate()
            .map(|(number, moved)| {
                let together = &together;
                scope.spawn(move || {
                    together.wait();
                    (0..ROUNDS).all(|_| {
                        let fresh = Alive::start(recipient, number);
                        moved.holds() && fresh.is_ok_and(|fresh| fresh.holds())
                    })
                })
            })
            .collect();
        // Every one is joined: a thread that panicked is a failure here and not of the program.
        let ends: Vec<bool> = workers
            .into_iter()
            .map(|worker| worker.join().unwrap_or(false))
            .collect();
        ends.into_iter().all(|held| held)
    });
    report.expect(held, || {
        format!("{suite:?}: sessions disturb each other where two threads use them at once")
    });
    // What was done elsewhere has changed nothing here.
    report.expect(sessions.iter().all(Alive::holds), || {
        format!("{suite:?}: a session works otherwise after another thread used it")
    });
    Ok(())
}
