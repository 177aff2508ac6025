//! SDK-HMAC and V11.

use cardseal::Credentials;
use cardseal::signing::SignError;

use crate::draft::Draft;
use crate::{HUAWEI, MIB};

#[test]
fn huawei_signs_who_is_acted_for_wherever_it_is_sent() {
    for scheme in HUAWEI {
        let named = |names: &[&'static str]| Draft::good(scheme).naming(names);
        let unsigned = |name: &str| SignError::UnsignedHeader {
            name: name.to_owned(),
        };
        assert_eq!(named(&["host"]).refused(scheme), unsigned("x-sdk-date"));
        assert!(named(&["x-sdk-date"]).sign(scheme).is_ok());
        for header in ["x-project-id", "x-domain-id", "x-security-token"] {
            let draft = named(&["host", "x-sdk-date"]).with(header, "1");
            assert_eq!(draft.refused(scheme), unsigned(header));
        }
        let temporary = Credentials::new("AK", "SK".to_owned())
            .unwrap()
            .with_token("T".to_owned())
            .unwrap();
        let refused = named(&["x-sdk-date"]).sign_as(scheme, &temporary).err();
        assert_eq!(refused, Some(unsigned("x-security-token")));
    }
}

#[test]
fn huawei_keeps_to_its_limit_and_its_scope() {
    for scheme in HUAWEI {
        let body = |bytes| Draft {
            body: vec![b' '; bytes],
            ..Draft::good(scheme)
        };
        assert!(body(12 * MIB).sign(scheme).is_ok());
        let error = body(12 * MIB + 1).refused(scheme);
        assert!(
            matches!(error, SignError::TooLong { .. }) && error.to_string().contains("token"),
            "{error}"
        );
        for target in ["/%", "/%ff"] {
            let draft = Draft {
                target: target.to_owned(),
                ..Draft::good(scheme)
            };
            assert!(
                matches!(draft.refused(scheme), SignError::BadPath { .. }),
                "{target}"
            );
        }
    }
    let v11 = Draft::good("v11-hmac-sha256");
    let region = Draft {
        region: "",
        ..v11.clone()
    };
    assert_eq!(
        region.refused("v11-hmac-sha256"),
        SignError::MissingScope { part: "region" }
    );
    let service = Draft {
        service: "a/b",
        ..v11
    };
    assert_eq!(
        service.refused("v11-hmac-sha256"),
        SignError::BadScope { part: "service" }
    );
}

#[test]
fn huawei_leaves_a_body_out_only_as_the_sdk_does_and_never_under_a_wrong_hash() {
    for (scheme, header) in [
        ("sdk-hmac-sha256", "x-sdk-content-sha256"),
        ("sdk-hmac-sm3", "x-sdk-content-sm3"),
    ] {
        let upload = Draft {
            body: b"abc".to_vec(),
            ..Draft::good(scheme).with("content-type", "text/plain")
        };
        let usual = upload.sign(scheme).unwrap();
        assert!(usual.canonical_request.ends_with("\nUNSIGNED-PAYLOAD"));
        assert!(
            usual
                .headers
                .iter()
                .any(|(name, value)| name == header && value == "UNSIGNED-PAYLOAD")
        );
        let named = upload
            .clone()
            .naming(&["host", "x-sdk-date"])
            .sign(scheme)
            .unwrap();
        assert!(!named.canonical_request.contains("UNSIGNED-PAYLOAD"));
        let name = header.to_owned();
        let wrong = upload.with(header, "00").refused(scheme);
        assert_eq!(wrong, SignError::BadContentHash { name });
    }
    let hash_only = |scheme| {
        Draft {
            hash_only: Some([7; 32]),
            ..Draft::good(scheme)
        }
        .sign(scheme)
    };
    assert_eq!(hash_only("sdk-hmac-sm3").err(), Some(SignError::BodyNeeded));
    let signed = hash_only("sdk-hmac-sha256").unwrap();
    assert!(signed.canonical_request.ends_with(&"07".repeat(32)));
}

/// SHA-256 and SM3 (GB/T 32905, example 1) of `abc`, and of nothing.
const HASHES: [(&str, &str, &str, &str); 2] = [
    (
        "sdk-hmac-sha256",
        "x-sdk-content-sha256",
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    ),
    (
        "sdk-hmac-sm3",
        "x-sdk-content-sm3",
        "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0",
        "1ab21d8355cfa17f8e61194831e81a8f22bec8c728fefb747ed035eb5082aa2b",
    ),
];

#[test]
fn huawei_signs_a_body_under_its_own_hash() {
    for (scheme, header, of_abc, of_nothing) in HASHES {
        let upload = |body: &[u8]| Draft {
            body: body.to_vec(),
            ..Draft::good(scheme).with("content-type", "text/plain")
        };
        let canonical = |draft: Draft| draft.sign(scheme).unwrap().canonical_request;
        let stated = canonical(upload(b"abc").with(header, of_abc));
        assert!(stated.ends_with(&format!("\n{of_abc}")), "{stated}");
        let name = header.to_owned();
        assert_eq!(
            upload(b"abc").with(header, of_nothing).refused(scheme),
            SignError::BadContentHash { name }
        );
        // What is left out is the body; there is none.
        let empty = canonical(upload(b""));
        assert!(empty.ends_with(&format!("\n{of_nothing}")), "{empty}");
    }
}
