//! The openers of requests that were sealed here. Each is given out once, to the caller that sealed, within its lifetime;
//! then it is wiped. None leaves the process.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use cardseal::Opener;
use http::StatusCode;

use crate::problem::Problem;
use crate::token::Caller;

/// What an opener is called outside: 128 bits that nobody guesses, in hex.
type Id = [u8; 16];

pub(crate) struct Openers {
    kept: Mutex<Kept>,
    lifetime: Duration,
    most: usize,
}

#[derive(Default)]
struct Kept {
    by_id: HashMap<Id, One>,
    /// In the order they were made, which is the order they end in.
    by_age: BTreeMap<u64, (Instant, Id)>,
    made: u64,
}

struct One {
    opener: Opener,
    caller: Caller,
    number: u64,
    until: Instant,
}

impl Openers {
    pub(crate) fn new(lifetime: Duration, most: usize) -> Self {
        Self {
            kept: Mutex::default(),
            lifetime,
            most,
        }
    }

    pub(crate) fn lifetime(&self) -> Duration {
        self.lifetime
    }

    pub(crate) fn count(&self) -> usize {
        self.lock().by_id.len()
    }

    pub(crate) fn is_full(&self) -> bool {
        self.count() >= self.most
    }

    /// Keeps an opener for `caller`; gives what to call it.
    pub(crate) fn keep(
        &self,
        opener: Opener,
        caller: Caller,
        now: Instant,
    ) -> Result<String, Problem> {
        let mut id = Id::default();
        getrandom::fill(&mut id)
            .map_err(|_| Problem::bug("the operating system's random generator failed"))?;
        let until = now.checked_add(self.lifetime).unwrap_or(now);
        let mut kept = self.lock();
        // Nobody's opener goes to make room for another's.
        if kept.by_id.len() >= self.most {
            return Err(full());
        }
        let number = kept.made;
        kept.made = number.saturating_add(1);
        kept.by_age.insert(number, (until, id));
        let one = One {
            opener,
            caller,
            number,
            until,
        };
        kept.by_id.insert(id, one);
        Ok(base16ct::lower::encode_string(&id))
    }

    /// The opener, once. Another caller's is not there.
    pub(crate) fn take(&self, id: &str, caller: Caller, now: Instant) -> Result<Opener, Problem> {
        let id = parse(id).ok_or_else(unknown)?;
        let mut kept = self.lock();
        match kept.by_id.get(&id) {
            Some(one) if one.caller == caller => {}
            _ => return Err(unknown()),
        }
        let one = kept.by_id.remove(&id).ok_or_else(unknown)?;
        kept.by_age.remove(&one.number);
        drop(kept);
        match now < one.until {
            true => Ok(one.opener),
            false => Err(unknown()),
        }
    }

    /// Wipes the openers whose time is over; gives how many there were.
    pub(crate) fn sweep(&self, now: Instant) -> u64 {
        let mut gone = Vec::new();
        let mut kept = self.lock();
        while let Some(first) = kept.by_age.first_entry() {
            let (until, id) = *first.get();
            if now < until {
                break;
            }
            first.remove();
            gone.extend(kept.by_id.remove(&id));
        }
        drop(kept);
        u64::try_from(gone.len()).unwrap_or(u64::MAX)
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn parse(id: &str) -> Option<Id> {
    let mut bytes = Id::default();
    let read = base16ct::lower::decode(id, &mut bytes).ok()?;
    (read.len() == size_of::<Id>()).then_some(bytes)
}

pub(crate) fn full() -> Problem {
    Problem::busy(
        "the sidecar is at its limit of openers; open some or wait until they expire, then seal again",
    )
}

/// One and the same for every reason.
fn unknown() -> Problem {
    Problem::new(
        StatusCode::NOT_FOUND,
        "not_found",
        "there is no such opener: it was used, it has expired, the sidecar was restarted, or another token owns it; \
         seal and send the request again",
    )
}

#[cfg(test)]
mod tests {
    use cardseal::Recipient;

    use super::*;
    use crate::token::Tokens;

    const KEY: &[u8] = include_bytes!("../../../vectors/keys/tencent-demo-sm2.b64");

    fn opener() -> Opener {
        Recipient::parse(KEY).unwrap().seal(b"{}").unwrap().1
    }

    fn callers() -> [Caller; 2] {
        let tokens = Tokens::parse("the-first\nthe-second").unwrap();
        ["the-first", "the-second"].map(|token| tokens.caller(token.as_bytes()).unwrap())
    }

    #[test]
    fn an_opener_is_given_once_to_whoever_sealed() {
        let openers = Openers::new(Duration::from_secs(60), 2);
        let [mine, theirs] = callers();
        let now = Instant::now();
        let id = openers.keep(opener(), mine, now).unwrap();
        assert!(openers.take(&id, theirs, now).is_err());
        for wrong in [
            "",
            "0",
            &id[1..],
            &format!("{id}0"),
            &id.to_uppercase().replace('0', "A"),
        ] {
            assert!(openers.take(wrong, mine, now).is_err(), "{wrong}");
        }
        assert!(openers.take(&id, mine, now).is_ok());
        assert!(openers.take(&id, mine, now).is_err());
        assert!(openers.lock().by_age.is_empty());
    }

    #[test]
    fn its_time_ends_and_room_is_bounded() {
        let openers = Openers::new(Duration::from_secs(60), 2);
        let [mine, _] = callers();
        let start = Instant::now();
        let later = start + Duration::from_secs(30);
        let first = openers.keep(opener(), mine, start).unwrap();
        let second = openers.keep(opener(), mine, later).unwrap();
        assert!(openers.is_full() && openers.keep(opener(), mine, later).is_err());
        let end = start + Duration::from_secs(60);
        assert_eq!(openers.sweep(end), 1);
        assert!(openers.take(&first, mine, end).is_err());
        // Not swept yet, and over all the same.
        assert!(
            openers
                .take(&second, mine, end + Duration::from_secs(30))
                .is_err()
        );
        assert_eq!(openers.count(), 0);
    }
}
