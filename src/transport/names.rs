//! Resolving names. The operating system has no time limit for this, so each look-up has its own thread, and the caller
//! can stop waiting at any time.

use core::net::IpAddr;
use core::time::Duration;
use std::collections::HashMap;
use std::net::ToSocketAddrs;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Instant;

/// Callers share a look-up for this long; after that, the next caller starts a second one. This limits the number of
/// threads if no name server answers.
const SHARED_FOR: Duration = Duration::from_secs(5);

/// The addresses, or why there are none.
pub(super) type Found = Result<Vec<IpAddr>, String>;

/// Receives the result, on another thread.
pub(super) type Waiter = Box<dyn FnOnce(Found) + Send>;

/// The name look-ups of one client.
pub(super) struct Names {
    given: Vec<(String, IpAddr)>,
    asked: Mutex<HashMap<String, Asked>>,
    lookups: AtomicU64,
}

/// Who waits for a name, and the last look-up that was begun for them.
struct Asked {
    lookup: u64,
    since: Instant,
    waiting: Vec<Waiter>,
}

impl Names {
    pub(super) fn new(given: &[(String, IpAddr)]) -> Arc<Self> {
        Arc::new(Self {
            given: given.to_vec(),
            asked: Mutex::default(),
            lookups: AtomicU64::new(0),
        })
    }

    /// The addresses configured for this host, or its own if it is an address; empty if it must be resolved.
    pub(super) fn known(&self, host: &str) -> Vec<IpAddr> {
        let given: Vec<IpAddr> = self.given(host).collect();
        let bare = host.trim_start_matches('[').trim_end_matches(']');
        match bare.parse() {
            Ok(address) if given.is_empty() => vec![address],
            _ => given,
        }
    }

    /// The addresses configured for this host.
    pub(super) fn given(&self, host: &str) -> impl Iterator<Item = IpAddr> {
        let of_host = |(name, address): &(String, IpAddr)| {
            name.eq_ignore_ascii_case(host).then_some(*address)
        };
        self.given.iter().filter_map(of_host)
    }

    /// Resolves a name and passes the result to `waiter`.
    pub(super) fn look_up(self: &Arc<Self>, host: &str, waiter: Waiter) {
        let Some(lookup) = self.join(host, waiter) else {
            return;
        };
        let (names, name) = (Arc::clone(self), host.to_owned());
        let started = thread::Builder::new()
            .name("cardseal name".to_owned())
            .spawn(move || names.tell(&name, lookup, &ask_the_system(&name)));
        if let Err(error) = started {
            self.tell(
                host,
                lookup,
                &Err(format!("no thread to look it up: {error}")),
            );
        }
    }

    /// Adds whoever waits; gives the number of a look-up where one must be begun.
    fn join(&self, host: &str, waiter: Waiter) -> Option<u64> {
        let mut asked = self.asked();
        let (now, lookup) = (Instant::now(), self.lookups.fetch_add(1, Ordering::Relaxed));
        match asked.get_mut(host) {
            Some(one) => {
                one.waiting.push(waiter);
                if now.saturating_duration_since(one.since) < SHARED_FOR {
                    return None;
                }
                (one.lookup, one.since) = (lookup, now);
            }
            None => {
                let one = Asked {
                    lookup,
                    since: now,
                    waiting: vec![waiter],
                };
                asked.insert(host.to_owned(), one);
            }
        }
        Some(lookup)
    }

    /// Tells everybody who waits for the name, whichever look-up found it. One that fails late says nothing to those
    /// for whom another was begun meanwhile.
    fn tell(&self, host: &str, lookup: u64, found: &Found) {
        let told = {
            let mut asked = self.asked();
            let is_overtaken = asked.get(host).is_some_and(|one| one.lookup != lookup);
            if found.is_err() && is_overtaken {
                return;
            }
            asked.remove(host)
        };
        for waiter in told.into_iter().flat_map(|one| one.waiting) {
            waiter(found.clone());
        }
    }

    fn asked(&self) -> MutexGuard<'_, HashMap<String, Asked>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn ask_the_system(host: &str) -> Found {
    // The port does not matter.
    let addresses = (host, 0_u16)
        .to_socket_addrs()
        .map_err(|error| error.to_string())?;
    Ok(addresses.map(|address| address.ip()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    fn found(names: &Arc<Names>, host: &str) -> Found {
        let (send, receive) = mpsc::channel();
        names.look_up(host, Box::new(move |found| drop(send.send(found))));
        receive.recv().unwrap()
    }

    #[test]
    fn addresses_and_given_names_need_no_look_up() {
        let given = |text: &str| text.parse::<IpAddr>().unwrap();
        let names = Names::new(&[
            ("ocr.example".to_owned(), given("192.0.2.1")),
            ("OCR.example".to_owned(), given("2001:db8::1")),
        ]);
        assert_eq!(
            names.known("Ocr.Example"),
            [given("192.0.2.1"), given("2001:db8::1")]
        );
        assert_eq!(names.known("[::1]"), [given("::1")]);
        assert_eq!(names.known("127.0.0.1"), [given("127.0.0.1")]);
        assert!(names.known("other.example").is_empty());
    }

    /// A name server that is silent, and then well: the first look-up fails after a later one has begun.
    #[test]
    fn s3_a_look_up_that_fails_late_fails_nobody_who_waits_for_a_later_one() {
        let names = Names::new(&[]);
        let (send, receive) = mpsc::channel();
        let waiter = || -> Waiter {
            let send = send.clone();
            Box::new(move |found| drop(send.send(found)))
        };
        let failed = || Err("timed out".to_owned());
        let address = || Ok(vec!["192.0.2.1".parse().unwrap()]);
        let first = names.join("a.example", waiter()).unwrap();
        names.tell("a.example", 99, &address());
        assert_eq!(receive.recv().unwrap(), address(), "whoever found it");
        let second = names.join("a.example", waiter()).unwrap();
        names.tell("a.example", first, &failed());
        assert!(receive.try_recv().is_err(), "the second is under way");
        names.tell("a.example", second, &failed());
        assert_eq!(receive.recv().unwrap(), failed());
        assert!(names.asked().is_empty());
    }

    #[test]
    fn a_name_is_looked_up_and_a_name_that_is_none_says_so() {
        let names = Names::new(&[]);
        assert!(
            found(&names, "localhost")
                .unwrap()
                .iter()
                .all(IpAddr::is_loopback)
        );
        // By RFC 6761 it never resolves.
        assert!(found(&names, "ocr.invalid").is_err());
        assert!(names.asked().is_empty());
    }
}
