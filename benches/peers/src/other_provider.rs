//! cardseal over its provider of RustCrypto's crates: what another choice of ciphers costs.

use std::hint::black_box;

use cardseal::crypto::{Facts, Provider, Session, SessionKey, Suite, Tag, providers};

use crate::contender::{Ready, timed};
use crate::fixture::split_tag;
use crate::ours;
use crate::work::{Job, Work};

pub fn prepare(job: &Job) -> Ready {
    let provider = provider();
    match job.work {
        Work::Sm4GcmSeal | Work::AesCbcEncrypt => seal(job, &suite(job, &provider)),
        Work::Sm4GcmOpen | Work::AesCbcDecrypt => open(job, &suite(job, &provider)),
        Work::Sm2Wrap | Work::RsaWrap => Err("a provider wraps no key but the one it draws".into()),
        Work::Request(_) => ours::request(job, ours::recipient(job, &provider)),
        Work::Image(_) => ours::image(job, ours::recipient(job, &provider)),
        Work::Reply(suite) => ours::reply(job, suite, provider),
    }
}

fn provider() -> Provider {
    let mut others = providers().into_iter().skip(1);
    others.next().expect("a second provider")
}

/// The suite whose session keys have this length.
fn suite(job: &Job, provider: &Provider) -> std::sync::Arc<dyn Suite> {
    let mut suites = provider.suites().iter();
    let suite = suites.find(|suite| suite.facts().key_len == job.key.len());
    suite.expect("a suite").clone()
}

fn session(suite: &dyn Suite, key: &[u8]) -> Box<dyn Session> {
    let key = SessionKey::restore(black_box(key)).expect("a key");
    suite.restore(key).expect("a key of this suite")
}

/// In place, padding and all, again and again; a new session each time.
fn seal(job: &Job, suite: &std::sync::Arc<dyn Suite>) -> Ready {
    let mut buffer = padded(&job.input, suite.facts());
    let (suite, key, iv) = (suite.clone(), job.key.clone(), job.iv.clone());
    let seal = move |buffer: &mut [u8]| session(&*suite, &key).seal(&iv, buffer).expect("sealed");
    let tag: Option<Tag> = seal(&mut buffer);
    let output = [&buffer[..], tag.as_ref().map_or(&[], |tag| &tag[..])].concat();
    let run = move |times| {
        timed(times, || {
            black_box(seal(black_box(&mut buffer)));
        })
    };
    Ok((output, Box::new(run)))
}

/// In place, from a fresh copy; the copy is part of the time. Padding is cut off by whoever asked.
fn open(job: &Job, suite: &std::sync::Arc<dyn Suite>) -> Ready {
    let facts = suite.facts();
    let (sealed, tag) = match facts.authenticates() {
        true => {
            let (sealed, tag) = split_tag(&job.input);
            (sealed.to_vec(), Some(tag))
        }
        false => (job.input.clone(), None),
    };
    let mut buffer = vec![0; sealed.len()];
    let (suite, key, iv) = (suite.clone(), job.key.clone(), job.iv.clone());
    let open = move |buffer: &mut [u8]| {
        buffer.copy_from_slice(&sealed);
        let session = session(&*suite, &key);
        session.open(&iv, buffer, tag.as_ref()).expect("genuine");
    };
    open(&mut buffer);
    let padding = match facts.block_len {
        1 => 0,
        _ => usize::from(*buffer.last().expect("a block")),
    };
    let output = buffer[..buffer.len() - padding].to_vec();
    let run = move |times| timed(times, || open(black_box(&mut buffer)));
    Ok((output, Box::new(run)))
}

fn padded(plaintext: &[u8], facts: &Facts) -> Vec<u8> {
    let padding = facts.sealed_len(plaintext.len()) - plaintext.len();
    let mut buffer = plaintext.to_vec();
    buffer.resize(plaintext.len() + padding, padding as u8);
    buffer
}
