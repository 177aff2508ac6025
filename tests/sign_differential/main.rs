//! Random requests, signed here and by the vendors' own signers: every stage must be the same.
//!
//! The peers are the official Python SDKs, run as programs by `tests/interop/sign_peer.py`; Ctyun has none in
//! Python, so its peer is the page's algorithm written apart. `CARDSEAL_CASES` sets the number of requests a
//! scheme (300), `CARDSEAL_SEED` the requests, `CARDSEAL_PYTHON` the interpreter (`python3`). A peer that is not
//! installed is skipped aloud.

#[path = "../common/mod.rs"]
mod common;
mod ctyun;
mod huawei;
mod peer;
mod random;
mod tencent;

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cardseal::Credentials;
use cardseal::signing::by_scheme;
use cardseal::signing::{Payload, Signed, SigningInput};
use cardseal_explain::{Stage, StageFile, first_difference, stages_as_text};
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use peer::Peer;
use random::Random;

#[test]
fn tc3_hmac_sha256() {
    compare("tencent", "tc3-hmac-sha256", tencent::tc3);
}

#[test]
fn tencent_v1_hmac_sha1() {
    compare("tencent", "tencent-v1-hmac-sha1", tencent::v1);
}

#[test]
fn tencent_v1_hmac_sha256() {
    compare("tencent", "tencent-v1-hmac-sha256", tencent::v1);
}

#[test]
fn sdk_hmac_sha256() {
    compare("huawei", "sdk-hmac-sha256", huawei::case);
}

#[test]
fn sdk_hmac_sm3() {
    compare("huawei", "sdk-hmac-sm3", huawei::case);
}

#[test]
fn v11_hmac_sha256() {
    compare("huawei", "v11-hmac-sha256", huawei::case);
}

#[test]
fn ctyun_eop() {
    compare("ctyun", "ctyun-eop", ctyun::case);
}

/// Makes a request, has the peer sign it, signs it, and compares more than the stages where there is more.
type Case = fn(&str, &mut Random, &mut Peer) -> Outcome;

/// What came of one request in both signers.
struct Outcome {
    ours: Signed,
    theirs: StageFile,
    /// What must be equal beside the stages: what it is, ours, theirs.
    sent: Vec<(&'static str, String, String)>,
}

fn compare(vendor: &str, scheme: &str, case: Case) {
    let mut peer = match Peer::start(vendor) {
        Ok(peer) => peer,
        Err(reason) => return common::skip("sign_differential", &reason),
    };
    let cases = common::cases(300);
    let seed =
        std::env::var("CARDSEAL_SEED").map_or(1, |seed| seed.parse().expect("CARDSEAL_SEED"));
    let mut random = Random::new(seed);
    for number in 0..cases {
        let outcome = case(scheme, &mut random, &mut peer);
        let place = format!("{scheme}, seed {seed}, request {number}");
        if let Some(difference) = first_difference(&outcome.ours, &outcome.theirs) {
            let explained = stages_as_text(&outcome.ours, Some(&outcome.theirs));
            panic!("{place}: {difference}\n{explained}");
        }
        for (what, ours, theirs) in outcome.sent {
            assert_eq!(ours, theirs, "{place}: {what}");
        }
    }
    println!(
        "REACHED {scheme}: {cases} requests, 0 differences against {} (seed {seed})",
        peer.version
    );
}

/// A request as it will be sent, and who signs it when.
struct Request {
    method: Method,
    path: String,
    query: String,
    headers: HeaderMap,
    body: Vec<u8>,
    service: String,
    region: String,
    credentials: Credentials,
    time: u64,
}

impl Request {
    fn sign(&self, scheme: &str) -> Signed {
        let input = SigningInput {
            method: &self.method,
            path: &self.path,
            query: &self.query,
            headers: &self.headers,
            payload: Payload::Bytes(&self.body),
            service: &self.service,
            region: &self.region,
            signed_headers: None,
        };
        let now: SystemTime = UNIX_EPOCH + Duration::from_secs(self.time);
        let signed = by_scheme(scheme)
            .unwrap()
            .sign(&input, &self.credentials, now);
        signed
            .unwrap_or_else(|error| panic!("{scheme}: {error}: ?{} {:?}", self.query, self.headers))
    }
}

fn headers<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> HeaderMap {
    let pair = |(name, value): (&str, &str)| {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        (name, HeaderValue::from_str(value).unwrap())
    };
    pairs.into_iter().map(pair).collect()
}

/// The value of a header that the signature adds.
fn added(signed: &Signed, name: &str) -> String {
    let (_, value) = signed
        .headers
        .iter()
        .find(|(added, _)| added == name)
        .unwrap_or_else(|| panic!("no {name}"));
    value.to_str().unwrap().to_owned()
}

/// The peer's stages; a stage it does not tell is `None`.
fn stages(answer: &serde_json::Value) -> StageFile {
    let text = |stage: &Stage| {
        let name = stage.to_string().replace(' ', "_");
        answer[name].as_str().map(ToOwned::to_owned)
    };
    let mut stages = StageFile::default();
    stages.canonical_request = text(&Stage::CanonicalRequest);
    stages.string_to_sign = text(&Stage::StringToSign);
    stages.signature = text(&Stage::Signature);
    assert!(
        stages.string_to_sign.is_some() && stages.signature.is_some(),
        "{answer}"
    );
    stages
}
