//! Every known answer of `vectors/sign`: each is accepted as it stands, and refused with any one bit of it changed.
//!
//! What the answers are and where they come from is said beside them. A request that differs from a signed one by the
//! case of a letter which the scheme itself lowers is no other request, and the tests say which those are.
#![cfg(feature = "server")]

mod common;

use std::time::{Duration, SystemTime};

use cardseal_gateway::{SignedRequest, ctyun, huawei, tencent};
use common::vectors::{Files, flipped, pair, set};
use http::{HeaderMap, HeaderName};
use secrecy::SecretString;

/// One signed request, as it would arrive.
#[derive(Clone)]
struct Case {
    name: String,
    verify: fn(&Case) -> Result<(), String>,
    id: String,
    key: String,
    now: u64,
    method: String,
    path: String,
    query: String,
    headers: HeaderMap,
    body: Vec<u8>,
    /// In lower case.
    signed_headers: Vec<String>,
    authorization: &'static str,
}

/// The files of one scheme, and how the gateway checks it.
struct Scheme {
    folder: &'static str,
    cases: usize,
    build: fn(&Files) -> Case,
}

const SCHEMES: [Scheme; 5] = [
    Scheme {
        folder: "tc3-hmac-sha256",
        cases: 6,
        build: tc3,
    },
    Scheme {
        folder: "ctyun-eop",
        cases: 5,
        build: eop,
    },
    Scheme {
        folder: "sdk-hmac-sha256",
        cases: 11,
        build: sdk_hmac,
    },
    Scheme {
        folder: "sdk-hmac-sm3",
        cases: 2,
        build: sdk_hmac,
    },
    Scheme {
        folder: "v11-hmac-sha256",
        cases: 5,
        build: sdk_hmac,
    },
];

/// The request with what signing adds: the signed headers that are not there yet, and `authorization`.
fn case(
    files: &Files,
    header_lines: &str,
    authorization: (&'static str, String),
    verify: fn(&Case) -> Result<(), String>,
) -> Case {
    let mut headers = HeaderMap::new();
    for (name, value) in &files.headers {
        set(&mut headers, name, value.as_bytes());
    }
    let signed: Vec<_> = header_lines.lines().map(|line| pair(line, ":")).collect();
    for (name, value) in &signed {
        if !headers.contains_key(name.as_str()) {
            set(&mut headers, name, value.as_bytes());
        }
    }
    set(&mut headers, authorization.0, authorization.1.as_bytes());
    let (method, path, query) = files.head.clone();
    Case {
        name: files.name.clone(),
        verify,
        id: files.context("secret_id"),
        key: files.context("secret_key"),
        now: files.time(),
        method,
        path,
        query,
        headers,
        body: files.body.clone(),
        signed_headers: signed.into_iter().map(|(name, _)| name).collect(),
        authorization: authorization.0,
    }
}

/// The header lines and the names of a canonical request that has them after method, path and query.
fn canonical_headers(canonical: &str) -> (String, String) {
    let rest = canonical.splitn(4, '\n').nth(3).unwrap();
    let (lines, rest) = rest.split_once("\n\n").unwrap();
    (lines.to_owned(), rest.lines().next().unwrap().to_owned())
}

fn tc3(files: &Files) -> Case {
    let (lines, names) = canonical_headers(&files.canonical);
    // All of them are signed on this day, C5 in its last second.
    let scope = format!("2019-02-25/{}/tc3_request", files.context("service"));
    let id = files.context("secret_id");
    let signature = &files.signature;
    let value = format!(
        "TC3-HMAC-SHA256 Credential={id}/{scope}, SignedHeaders={names}, Signature={signature}"
    );
    let mut case = case(files, &lines, ("authorization", value), |case| {
        let key = SecretString::from(case.key.as_str());
        tencent::verify(&case.request(), &case.id, &key, case.now())
            .map(|_| ())
            .map_err(|error| error.code().to_owned())
    });
    let stamp = files.time().to_string();
    set(&mut case.headers, "x-tc-timestamp", stamp.as_bytes());
    case.signed_headers.push("x-tc-timestamp".into());
    case
}

fn eop(files: &Files) -> Case {
    let (lines, _) = files.canonical.split_once("\n\n").unwrap();
    let names: Vec<_> = lines.lines().map(|line| pair(line, ":").0).collect();
    let id = files.context("secret_id");
    let value = format!(
        "{id} Headers={} Signature={}",
        names.join(";"),
        files.signature
    );
    case(files, lines, ("eop-authorization", value), |case| {
        let key = SecretString::from(case.key.as_str());
        ctyun::verify(&case.request(), &case.id, &key, case.now())
            .map(|_| ())
            .map_err(|error| error.code().to_owned())
    })
}

fn sdk_hmac(files: &Files) -> Case {
    let (lines, names) = canonical_headers(&files.canonical);
    let id = files.context("secret_id");
    let who = match files.scheme.as_str() {
        "v11-hmac-sha256" => {
            let date = lines
                .lines()
                .find_map(|line| line.strip_prefix("x-sdk-date:"));
            let (region, service) = (files.context("region"), files.context("service"));
            format!("Credential={id}/{}/{region}/{service}", &date.unwrap()[..8])
        }
        _ => format!("Access={id}"),
    };
    let scheme = files.scheme.to_uppercase();
    let signature = &files.signature;
    let value = format!("{scheme} {who}, SignedHeaders={names}, Signature={signature}");
    case(files, &lines, ("authorization", value), |case| {
        let key = SecretString::from(case.key.as_str());
        huawei::verify(&case.request(), &case.id, &key, case.now())
            .map(|_| ())
            .map_err(|error| error.code().to_owned())
    })
}

impl Case {
    fn request(&self) -> SignedRequest<'_> {
        SignedRequest {
            method: &self.method,
            path: &self.path,
            query: &self.query,
            headers: &self.headers,
            body: &self.body,
        }
    }

    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(self.now)
    }

    fn verify(&self) -> Result<(), String> {
        (self.verify)(self)
    }

    fn assert_refused(&self, what: &str) {
        assert!(
            self.verify().is_err(),
            "{}: {what} is not covered",
            self.name
        );
    }

    /// Whether the body is left out of the signature.
    fn leaves_out_the_body(&self) -> bool {
        ["x-tc-content-sha256", "x-sdk-content-sha256"]
            .iter()
            .any(|name| self.headers.contains_key(*name))
    }
}

fn cases() -> Vec<Case> {
    let mut all = Vec::new();
    for scheme in SCHEMES {
        let files = Files::all(scheme.folder);
        assert!(files.len() >= scheme.cases, "{} lost cases", scheme.folder);
        all.extend(files.iter().map(scheme.build));
    }
    all
}

#[test]
fn known_answers_are_accepted() {
    for case in cases() {
        assert_eq!(case.verify(), Ok(()), "{}", case.name);
    }
}

#[test]
fn no_bit_of_a_body_can_be_changed() {
    for mut case in cases() {
        let unsigned = case.leaves_out_the_body();
        for at in 0..case.body.len() {
            for bit in 0..8 {
                case.body[at] ^= 1 << bit;
                assert_eq!(case.verify().is_ok(), unsigned, "{} byte {at}", case.name);
                case.body[at] ^= 1 << bit;
            }
        }
        case.body.push(b' ');
        assert_eq!(
            case.verify().is_ok(),
            unsigned,
            "{} one byte more",
            case.name
        );
    }
}

#[test]
fn no_bit_of_a_signed_header_can_be_changed() {
    for mut case in cases() {
        let mut names = case.signed_headers.clone();
        names.push(case.authorization.to_owned());
        for name in names {
            let good = case.headers[name.as_str()].clone();
            for bad in flipped(good.to_str().unwrap()) {
                if set(&mut case.headers, &name, bad.as_bytes()).is_none() {
                    continue;
                }
                // TC3's page lowers the values before it signs them.
                let lowered = ["content-type", "host", "x-tc-action"].contains(&name.as_str())
                    && case.name.starts_with("tc3")
                    && bad.eq_ignore_ascii_case(good.to_str().unwrap());
                if !lowered {
                    case.assert_refused(&format!("{name}: {bad}"));
                }
            }
            case.headers.remove(name.as_str());
            case.assert_refused(&format!("{name} removed"));
            case.headers
                .insert(HeaderName::try_from(name).unwrap(), good);
        }
        assert_eq!(case.verify(), Ok(()), "{} is as it was", case.name);
    }
}

#[test]
fn no_bit_of_a_query_can_be_changed() {
    for mut case in cases() {
        let good = case.query.clone();
        for bad in flipped(&good) {
            // The case of a percent-coded byte's digits says nothing, where the query is coded anew before it is signed.
            let recoded = case.name.contains("hmac") && bad.eq_ignore_ascii_case(&good);
            case.query = bad;
            if !recoded {
                case.assert_refused(&case.query.clone());
            }
        }
        case.query = format!("{good}&a=b");
        case.assert_refused("a parameter more");
        case.query = good;
    }
}

#[test]
fn method_and_path_are_covered_where_the_scheme_covers_them() {
    for mut case in cases() {
        let covered = !case.name.starts_with("ctyun-eop");
        let method = std::mem::replace(&mut case.method, "PUT".into());
        assert_eq!(case.verify().is_err(), covered, "{} method", case.name);
        case.method = method;
        // TC3 signs `/` whatever the path is.
        if case.name.starts_with("tc3") {
            continue;
        }
        let path = case.path.clone();
        case.path = format!("{path}/x");
        assert_eq!(case.verify().is_err(), covered, "{} path", case.name);
        for bad in flipped(&path) {
            case.path = bad;
            if covered {
                case.assert_refused(&case.path.clone());
            }
        }
    }
}

#[test]
fn another_key_is_refused() {
    for mut case in cases() {
        case.key.push('x');
        case.assert_refused("the secret");
        case.key.pop();
        case.id.push('x');
        case.assert_refused("the id");
    }
}

#[test]
fn the_window_is_five_or_fifteen_minutes_both_ways() {
    for mut case in cases() {
        let window = if case.name.starts_with("tc3") {
            300
        } else {
            900
        };
        let signed = case.now;
        for (now, wanted) in [
            (signed + window, true),
            (signed - window, true),
            (signed + window + 1, false),
            (signed - window - 1, false),
            // The eight hours between Beijing and UTC.
            (signed + 8 * 3600, false),
            (signed - 8 * 3600, false),
        ] {
            case.now = now;
            assert_eq!(case.verify().is_ok(), wanted, "{} at {now}", case.name);
        }
    }
}
