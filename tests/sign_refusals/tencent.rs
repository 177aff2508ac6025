//! TC3 and signature v1.

use cardseal::signing::SignError;

use crate::draft::Draft;
use crate::{FORM, MIB, TC3, V1};

#[test]
fn tc3_keeps_to_its_limits() {
    let post = |bytes| Draft::post("application/json", vec![b' '; bytes]);
    assert!(post(10 * MIB).sign(TC3).is_ok());
    assert!(
        matches!(post(10 * MIB + 1).refused(TC3), SignError::TooLong { bytes, most, .. }
        if bytes == 10 * MIB + 1 && most == 10 * MIB)
    );
    let get = |bytes| Draft::get(&"a".repeat(bytes));
    assert!(get(32 << 10).sign(TC3).is_ok());
    let error = get((32 << 10) + 1).refused(TC3);
    assert!(matches!(error, SignError::TooLong { most: 32_768, .. }));
    assert!(error.to_string().contains("POST"), "{error}");
}

#[test]
fn tc3_refuses_a_form_that_it_does_not_sign() {
    let json = Draft::post("application/json", "{}");
    let delete = Draft {
        method: "DELETE",
        ..json.clone()
    };
    assert!(matches!(delete.refused(TC3), SignError::BadMethod { .. }));
    for content_type in [
        FORM,
        "multipart/form-data",
        "multipart/form-data; boundary=",
    ] {
        let error = Draft::post(content_type, "a").refused(TC3);
        assert!(
            matches!(error, SignError::BadContentType { .. }),
            "{content_type}: {error}"
        );
    }
    assert!(
        Draft::post("multipart/form-data; boundary=aB1", "--aB1--\r\n")
            .sign(TC3)
            .is_ok()
    );
    let get_json = Draft::get("a=b").with("content-type", "application/json");
    assert!(matches!(
        get_json.refused(TC3),
        SignError::BadContentType { .. }
    ));
    let body = Draft {
        body: b"x".to_vec(),
        ..Draft::get("a=b")
    };
    assert_eq!(body.refused(TC3), SignError::UnexpectedBody);
    for (name, part) in [
        ("x-tc-action", "action"),
        ("x-tc-version", "version"),
        ("x-tc-region", "region"),
    ] {
        for value in ["", "a b", "a/b"] {
            assert_eq!(
                json.clone().with(name, value).refused(TC3),
                SignError::BadScope { part }
            );
        }
    }
    let service = Draft {
        service: "",
        ..json.clone()
    };
    assert_eq!(
        service.refused(TC3),
        SignError::MissingScope { part: "service" }
    );
    let service = Draft {
        service: "a/b",
        ..json.clone()
    };
    assert_eq!(
        service.refused(TC3),
        SignError::BadScope { part: "service" }
    );
    let name = "x-tc-content-sha256".to_owned();
    let hash = json.clone().with("x-tc-content-sha256", "44136fa3");
    assert_eq!(hash.refused(TC3), SignError::BadContentHash { name });
    let name = "content-type".to_owned();
    assert_eq!(
        json.clone().without("content-type").refused(TC3),
        SignError::MissingHeader { name }
    );
    let name = "host".to_owned();
    assert_eq!(
        json.naming(&["content-type"]).refused(TC3),
        SignError::UnsignedHeader { name }
    );
}

/// The service takes the query of a POST as empty, so a signature over another one is refused.
#[test]
fn a14_tc3_refuses_a_post_with_a_query() {
    let json = Draft::post("application/json", "{}");
    for target in ["/?Offset=0", "/?a", "/?&"] {
        let with_query = Draft {
            target: target.to_owned(),
            ..json.clone()
        };
        let error = with_query.refused(TC3);
        assert_eq!(error, SignError::UnexpectedQuery, "{target}");
        assert!(error.to_string().contains("body"), "{error}");
    }
    let without = Draft {
        target: "/?".to_owned(),
        ..json
    };
    assert!(without.sign(TC3).is_ok());
}

#[test]
fn v1_keeps_to_its_limits_and_names_what_has_higher_ones() {
    for scheme in V1 {
        let form = |bytes: usize| Draft::post(FORM, format!("Nonce=1&A={}", "a".repeat(bytes)));
        let query = |bytes: usize| Draft::get(&format!("Nonce=1&A={}", "a".repeat(bytes)));
        // Room for what the signature adds.
        assert!(form(MIB - 300).sign(scheme).is_ok());
        assert!(query((32 << 10) - 300).sign(scheme).is_ok());
        for (draft, limit) in [
            (form(MIB), MIB),
            // Short enough as given, and too long once it is signed.
            (form(MIB - 50), MIB),
            (query(32 << 10), 32 << 10),
            (query((32 << 10) - 50), 32 << 10),
        ] {
            let error = draft.refused(scheme);
            assert!(
                matches!(error, SignError::TooLong { most, .. } if most == limit),
                "{error}"
            );
            assert!(error.to_string().contains("TC3"), "{error}");
        }
    }
}

/// The signed form may have 1 MiB to the byte. Of some characters of its signature each takes three, so that a form
/// of just that length is looked for.
#[test]
fn a_v1_form_may_fill_its_limit() {
    for scheme in V1 {
        let signed = |nonce: usize, bytes: usize| {
            let form = Draft::post(FORM, format!("Nonce={nonce}&A={}", "a".repeat(bytes)));
            form.sign(scheme).map(|signed| signed.body.unwrap().len())
        };
        let about = MIB + 1000 - signed(1, 1000).unwrap();
        let forms = (1..10).flat_map(|nonce| (0..6).map(move |more| (nonce, about - 3 + more)));
        let mut outcomes = forms.map(|(nonce, bytes)| signed(nonce, bytes));
        let full = outcomes.any(|outcome| match outcome {
            Ok(bytes) => bytes == MIB,
            Err(SignError::TooLong { bytes, .. }) if bytes > MIB => false,
            Err(error) => panic!("{error}"),
        });
        assert!(full, "none of exactly {MIB} bytes");
    }
}

/// A GET has no body, whether its bytes are given or only their hash.
#[test]
fn a_body_that_is_known_by_its_hash_is_seen_to_be_empty() {
    const OF_NOTHING: [u8; 32] = [
        0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9,
        0x24, 0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78, 0x52,
        0xb8, 0x55,
    ];
    let get = |hash| Draft {
        hash_only: Some(hash),
        ..Draft::get("a=b")
    };
    let by_bytes = Draft::get("a=b").sign(TC3).unwrap();
    let by_hash = get(OF_NOTHING).sign(TC3).unwrap();
    assert_eq!(by_hash.signature, by_bytes.signature);
    assert_eq!(get([7; 32]).refused(TC3), SignError::UnexpectedBody);
}

#[test]
fn v1_refuses_parameters_that_could_be_read_otherwise() {
    for scheme in V1 {
        let refused = |query: &str| Draft::get(query).refused(scheme);
        let bad = |name: &str| SignError::BadParameter {
            name: name.to_owned(),
        };
        let conflict = |name: &str| SignError::Conflict {
            name: name.to_owned(),
        };
        assert!(matches!(
            refused("A=1"),
            SignError::MissingParameter { name: "Nonce", .. }
        ));
        for nonce in ["0", "-1", "%2B1", "1.5", "", "x", "99999999999999999999"] {
            assert_eq!(refused(&format!("Nonce={nonce}")), bad("Nonce"), "{nonce}");
        }
        assert_eq!(refused("Nonce=1&A=1&A=1"), bad("A"));
        assert_eq!(refused("Nonce=1&%41=1&A=2"), bad("A"));
        assert_eq!(refused("Nonce=1&=1"), bad(""));
        assert_eq!(refused("Nonce=1&A=%zz"), SignError::BadQuery);
        assert_eq!(
            refused("Nonce=1&Region=a%0Ab"),
            SignError::BadScope { part: "region" }
        );
        assert_eq!(
            refused("Nonce=1&Action="),
            SignError::BadScope { part: "action" }
        );
        assert_eq!(refused("Nonce=1&Timestamp=1"), conflict("Timestamp"));
        assert_eq!(refused("Nonce=1&SecretId=other"), conflict("SecretId"));
        assert_eq!(
            refused("Nonce=1&SignatureMethod=HmacMD5"),
            conflict("SignatureMethod")
        );
    }
}

#[test]
fn v1_refuses_a_request_that_is_neither_query_nor_form() {
    for scheme in V1 {
        let form = Draft::good(scheme);
        let json = form
            .clone()
            .with("content-type", "application/json")
            .refused(scheme);
        assert!(matches!(json, SignError::BadContentType { .. }));
        assert!(json.to_string().contains("TC3"), "{json}");
        let put = Draft {
            method: "PUT",
            ..form.clone()
        };
        assert!(matches!(put.refused(scheme), SignError::BadMethod { .. }));
        let path = Draft {
            target: "/v2".to_owned(),
            ..form.clone()
        };
        assert!(matches!(path.refused(scheme), SignError::BadPath { .. }));
        let both = Draft {
            target: "/?Nonce=1".to_owned(),
            ..form.clone()
        };
        assert_eq!(both.refused(scheme), SignError::UnexpectedQuery);
        let body = Draft {
            body: b"Nonce=1".to_vec(),
            ..Draft::get("Nonce=1")
        };
        assert_eq!(body.refused(scheme), SignError::UnexpectedBody);
        let hash_only = Draft {
            hash_only: Some([7; 32]),
            ..form.clone()
        };
        assert_eq!(hash_only.refused(scheme), SignError::BodyNeeded);
        // A line end that an editor added would be sent, and not be signed.
        let line_end = Draft {
            body: b"Nonce=1\n".to_vec(),
            ..form
        };
        assert_eq!(line_end.refused(scheme), SignError::BadQuery);
    }
}

#[test]
fn v1_adds_what_is_missing_and_signs_no_old_signature() {
    for scheme in V1 {
        let fresh = Draft::get("Action=A&Nonce=1").sign(scheme).unwrap();
        let again = Draft::get(fresh.query.as_deref().unwrap())
            .sign(scheme)
            .unwrap();
        assert_eq!(again.query, fresh.query);
        assert_eq!(again.string_to_sign, fresh.string_to_sign);
        assert!(!fresh.string_to_sign.contains("Signature="));
        let explicit = fresh.string_to_sign.contains("SignatureMethod=HmacSHA256");
        assert_eq!(explicit, scheme == "tencent-v1-hmac-sha256");
    }
}
