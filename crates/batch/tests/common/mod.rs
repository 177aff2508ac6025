//! A service in this process that does what it is told, and the files that a batch leaves.
#![allow(dead_code, reason = "every test file uses its own part")]

use std::collections::BTreeMap;
use std::fs;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use cardseal::{EncryptedReply, Error, Image, Watch, tencent};
use cardseal_batch::{
    Answer, Ended, Existing, FileResults, Inputs, Options, Recognize, Results, Side, Stop, run,
};
use serde_json::Value;
use tempfile::TempDir;
use zeroize::Zeroizing;

/// A whole picture.
pub(crate) const PICTURE: &[u8] = include_bytes!("../../../prepare/tests/images/plain.jpg");

/// Cards in a folder of their own, `a.jpg`, `b.jpg` and so on, and a place for results.
pub(crate) struct Scratch(TempDir);

impl Scratch {
    pub(crate) fn with_cards(count: u8) -> Self {
        // In memory where that can be: a batch syncs again and again.
        let memory = Path::new("/dev/shm");
        let folder = match memory.is_dir() {
            true => TempDir::new_in(memory),
            false => TempDir::new(),
        };
        let scratch = Self(folder.unwrap());
        fs::create_dir(scratch.cards()).unwrap();
        for number in 0..count {
            fs::write(scratch.card(number), PICTURE).unwrap();
        }
        scratch
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn cards(&self) -> PathBuf {
        self.path("cards")
    }

    pub(crate) fn card(&self, number: u8) -> PathBuf {
        self.cards()
            .join(format!("{}.jpg", char::from(b'a' + number)))
    }

    pub(crate) fn results(&self) -> PathBuf {
        self.path("results")
    }

    pub(crate) fn journal(&self) -> PathBuf {
        self.path("results.journal")
    }

    /// Goes on with what is there, or begins.
    pub(crate) fn batch(&self, service: &Service) -> Ended {
        self.batch_with(service, &Options::default(), &Stop::default())
    }

    pub(crate) fn batch_with(&self, service: &Service, options: &Options, stop: &Stop) -> Ended {
        let results = FileResults::open(&self.results(), Existing::Resume, None).unwrap();
        self.batch_into(&results, service, options, stop)
    }

    pub(crate) fn batch_into(
        &self,
        results: &dyn Results,
        service: &Service,
        options: &Options,
        stop: &Stop,
    ) -> Ended {
        let mut work = Inputs::of(&[self.cards()]).unwrap();
        run(
            &mut work,
            results,
            service,
            None,
            options,
            stop,
            &mut |_| {},
        )
    }

    /// The results by the last letter of the card's name; no card stands twice.
    pub(crate) fn lines(&self) -> BTreeMap<String, Value> {
        let text = fs::read_to_string(self.results()).unwrap();
        assert!(text.is_empty() || text.ends_with('\n'), "{text:?}");
        let mut lines = BTreeMap::new();
        for line in text.lines() {
            let line: Value = serde_json::from_str(line).unwrap();
            let name = Path::new(line["id"].as_str().unwrap()).file_stem().unwrap();
            let name = name.to_str().unwrap().to_owned();
            assert!(lines.insert(name, line.clone()).is_none(), "twice: {line}");
        }
        lines
    }
}

/// As many jobs, and no limit on the rate.
pub(crate) fn jobs(count: usize) -> Options {
    Options {
        jobs: NonZeroUsize::new(count).unwrap(),
        max_rps: None,
        ..Options::default()
    }
}

type Says = Box<dyn Fn(usize) -> Result<(), Error> + Sync>;

/// Answers, or refuses; and counts what it was asked.
pub(crate) struct Service {
    says: Says,
    asked: Mutex<usize>,
}

impl Service {
    /// Answers every card.
    pub(crate) fn good() -> Self {
        Self::saying(|_| Ok(()))
    }

    /// Says this to the first call, the second and so on, from 1.
    pub(crate) fn saying(says: impl Fn(usize) -> Result<(), Error> + Sync + 'static) -> Self {
        Self {
            says: Box::new(says),
            asked: Mutex::new(0),
        }
    }

    /// How many calls came.
    pub(crate) fn asked(&self) -> usize {
        *self.asked.lock().unwrap()
    }
}

impl Recognize for Service {
    fn cloud(&self) -> &'static str {
        "tencent"
    }

    fn recognize(&self, _: Image, _: Option<Side>, watch: &mut dyn Watch) -> Result<Answer, Error> {
        watch.before()?;
        let call = {
            let mut asked = self.asked.lock().unwrap();
            *asked += 1;
            *asked
        };
        (self.says)(call)?;
        Ok(Answer {
            request_id: format!("id-{call}"),
            result: Zeroizing::new(br#"{"IdNum":"11010119900307002X"}"#.to_vec()),
        })
    }
}

/// What the service refuses with, as the library reads it.
pub(crate) fn refusal(code: &str) -> Error {
    let reply =
        format!(r#"{{"Response":{{"Error":{{"Code":"{code}","Message":"no"}},"RequestId":"7"}}}}"#);
    let reply = EncryptedReply::parse(reply.as_bytes()).unwrap();
    tencent::refusal(&reply).unwrap()
}
