//! Requests that must not be signed, each refused with its reason; and at each limit the last that may be.

mod ctyun;
mod draft;
mod huawei;
mod tencent;

use std::time::{Duration, UNIX_EPOCH};

use cardseal::Credentials;
use cardseal::signing::REGISTRY;
use cardseal::signing::SignError;
use draft::Draft;
use http::{HeaderMap, HeaderValue};

const TC3: &str = "tc3-hmac-sha256";
const V1: [&str; 2] = ["tencent-v1-hmac-sha1", "tencent-v1-hmac-sha256"];
const EOP: &str = "ctyun-eop";
const HUAWEI: [&str; 3] = ["sdk-hmac-sha256", "sdk-hmac-sm3", "v11-hmac-sha256"];

const FORM: &str = "application/x-www-form-urlencoded";
const MIB: usize = 1 << 20;

fn schemes() -> Vec<&'static str> {
    REGISTRY.iter().map(|signer| signer.scheme()).collect()
}

#[test]
fn every_scheme_signs_the_good_request() {
    assert_eq!(schemes().len(), 7);
    for scheme in schemes() {
        let signed = Draft::good(scheme).sign(scheme);
        assert!(signed.is_ok(), "{scheme}: {:?}", signed.err());
    }
}

#[test]
fn no_scheme_signs_what_would_shift_the_text_it_signs() {
    for scheme in schemes() {
        let good = Draft::good(scheme);
        assert_eq!(
            good.clone().with("x-note", "a\tb").refused(scheme),
            SignError::BadHeader {
                name: "x-note".to_owned()
            }
        );
        for region in ["a b", "a\nb", "a/b", "北京"] {
            let draft = Draft {
                region,
                ..good.clone()
            };
            assert_eq!(
                draft.refused(scheme),
                SignError::BadScope { part: "region" }
            );
        }
        let before_1970 = UNIX_EPOCH - Duration::from_secs(1);
        let after_9999 = UNIX_EPOCH + Duration::from_secs(300_000_000_000);
        for time in [before_1970, after_9999] {
            let draft = Draft {
                time,
                ..good.clone()
            };
            assert_eq!(draft.refused(scheme), SignError::BadTime, "{scheme}");
        }
        let id = Credentials::new("AK,x=1", "SK".to_owned()).unwrap();
        assert_eq!(
            good.sign_as(scheme, &id).err(),
            Some(SignError::BadSecretId)
        );
    }
    assert!(Credentials::new("AK", String::new()).is_err());
    assert!(Credentials::new("AK", "S\nK".to_owned()).is_err());
    let token = Credentials::new("AK", "SK".to_owned())
        .unwrap()
        .with_token("a\r\nb".to_owned());
    assert!(token.is_err());
}

#[test]
fn an_old_signature_is_left_out_and_replaced() {
    for scheme in schemes() {
        let name = if scheme == EOP {
            "eop-authorization"
        } else {
            "authorization"
        };
        let good = Draft::good(scheme);
        let signed = good.sign(scheme).unwrap();
        let again = good.clone().with(name, "an old one").sign(scheme).unwrap();
        assert_eq!(again.canonical_request, signed.canonical_request);
        assert_eq!(again.signature, signed.signature, "{scheme}");

        let mut headers = HeaderMap::new();
        headers.insert(name, HeaderValue::from_static("an old one"));
        again.set_headers(&mut headers);
        for (name, value) in &again.headers {
            let set: Vec<_> = headers.get_all(name).iter().collect();
            assert_eq!(set, [value], "{scheme}: {name}");
        }
        // Version 1 signs in the query or the body.
        let replaced = headers[name] != "an old one";
        assert_eq!(replaced, !V1.contains(&scheme), "{scheme}");
    }
}

#[test]
fn a_header_the_signature_sets_may_not_stand_there_otherwise() {
    for (scheme, name, same) in [
        (TC3, "x-tc-timestamp", "1551113065"),
        (EOP, "eop-date", "20190226T004425Z"),
        ("sdk-hmac-sha256", "x-sdk-date", "20190225T164425Z"),
        ("v11-hmac-sha256", "x-sdk-date", "20190225T164425Z"),
    ] {
        let name_of = || name.to_owned();
        let good = Draft::good(scheme);
        let other = good.clone().with(name, "1");
        assert_eq!(
            other.refused(scheme),
            SignError::Conflict { name: name_of() }
        );
        assert!(good.with(name, same).sign(scheme).is_ok(), "{scheme}");
    }
}
