//! Huawei's signatures on the wire: who may call, and what of a request they cover.
#![cfg(feature = "server")]

mod common;

use cardseal_gateway::Running;
use common::huawei::{PROJECT, ask, call, code, good, ok, path, refused};
use common::{SdkHmac, start};

const SCHEMES: [&str; 3] = ["SDK-HMAC-SHA256", "SDK-HMAC-SM3", "V11-HMAC-SHA256"];

#[test]
fn cards_by_every_scheme() {
    let gateway = start(|_| ());
    for scheme in SCHEMES {
        let signer = SdkHmac {
            scheme,
            more: vec![("x-project-id", PROJECT.into())],
            ..SdkHmac::default()
        };
        let request = signer.sign(&path("id-card"), good().to_string());
        let (_, answer) = ask(&request, &gateway);
        assert_eq!(answer["result"]["number"], "11010119900307002X", "{scheme}");
        let mut changed = request.clone();
        changed.body[0] = b' ';
        assert_eq!(
            code(&changed, &gateway),
            refused(401, "APIG.0301"),
            "{scheme}"
        );
        let mut renamed = request;
        let other = SCHEMES.iter().find(|other| **other != scheme).unwrap();
        let renamed_to = renamed.header("Authorization").replacen(scheme, other, 1);
        renamed.set("Authorization", &renamed_to);
        assert_eq!(
            code(&renamed, &gateway),
            refused(401, "APIG.0301"),
            "{scheme}"
        );
    }
}

#[test]
fn requests_that_are_not_authentic() {
    let gateway = start(|config| config.session_token = None);
    let sign = |signer: SdkHmac| {
        let request = signer.sign(&path("id-card"), good().to_string());
        code(&request, &gateway)
    };
    let usual = SdkHmac::default;
    let (access_key, secret_key) = ("unknown".to_owned(), "wrong".to_owned());
    let bad = refused(401, "APIG.0301");
    assert_eq!(
        sign(SdkHmac {
            access_key,
            ..usual()
        }),
        bad
    );
    assert_eq!(
        sign(SdkHmac {
            secret_key,
            ..usual()
        }),
        bad
    );
    for (date, wanted) in [
        ("20190225T162925Z", 200),
        ("20190225T165925Z", 200),
        ("20190225T162924Z", 401),
        ("20190225T165926Z", 401),
        ("20190226T004425Z", 401),
        ("2019-02-25T16:44", 401),
    ] {
        let date = date.to_owned();
        assert_eq!(sign(SdkHmac { date, ..usual() }).0, wanted);
    }
    let good = call(&good());
    for header in ["Authorization", "X-Sdk-Date", "Host"] {
        assert_eq!(
            code(good.clone().remove(header), &gateway).0,
            401,
            "{header}"
        );
    }
    let authorization = good.header("Authorization").to_owned();
    for (from, to) in [
        ("SDK-HMAC-SHA256", "SDK-HMAC-MD5"),
        ("Access=", "Credential="),
        ("content-type;host", "host;content-type"),
        (";x-sdk-date", ""),
        (", Signature=", ", Signature=A"),
        (", Signature=", ", More=1, Signature="),
    ] {
        let changed = authorization.replacen(from, to, 1);
        assert_ne!(changed, authorization);
        let request = good.clone().set("Authorization", &changed).clone();
        assert_eq!(code(&request, &gateway), bad, "{changed}");
    }
}

#[test]
fn bodies_that_are_left_out_of_the_signature() {
    let gateway = start(|_| ());
    for (scheme, header) in [
        ("SDK-HMAC-SHA256", "x-sdk-content-sha256"),
        ("SDK-HMAC-SM3", "x-sdk-content-sm3"),
        ("V11-HMAC-SHA256", "x-sdk-content-sha256"),
    ] {
        let unsigned = SdkHmac {
            scheme,
            more: vec![(header, "UNSIGNED-PAYLOAD".into())],
            payload: Some("UNSIGNED-PAYLOAD".into()),
            ..SdkHmac::default()
        };
        let mut request = unsigned.sign(&path("id-card"), good().to_string());
        assert_eq!(code(&request, &gateway), ok(), "{scheme}");
        request.body.push(b' ');
        assert_eq!(code(&request, &gateway), ok(), "{scheme}");
        // Any other value must be the body's hash.
        let other = SdkHmac {
            scheme,
            more: vec![(header, "00".into())],
            payload: Some("00".into()),
            ..SdkHmac::default()
        };
        let request = other.sign(&path("id-card"), good().to_string());
        assert_eq!(
            code(&request, &gateway),
            refused(401, "APIG.0301"),
            "{scheme}"
        );
    }
    // An empty body may be hashed all the same: what is refused is its content.
    let empty = SdkHmac {
        more: vec![("x-sdk-content-sha256", "UNSIGNED-PAYLOAD".into())],
        ..SdkHmac::default()
    };
    let request = empty.sign(&path("id-card"), "");
    assert_eq!(code(&request, &gateway), refused(400, "ModelArts.4105"));
}

#[test]
fn projects_domains_and_security_tokens() {
    let gateway = start(|config| config.session_token = Some("TOKEN".into()));
    let with = |name: &'static str, value: &str| {
        let mut more = vec![("x-security-token", "TOKEN".to_owned())];
        more.retain(|(known, _)| *known != name);
        more.push((name, value.into()));
        let signer = SdkHmac {
            more,
            ..SdkHmac::default()
        };
        code(&signer.sign(&path("id-card"), good().to_string()), &gateway)
    };
    assert_eq!(with("x-project-id", PROJECT), ok());
    assert_eq!(with("x-project-id", "another"), refused(403, "APIG.0310"));
    assert_eq!(
        with("x-domain-id", "fedcba9876543210fedcba9876543210"),
        ok()
    );
    assert_eq!(with("x-domain-id", "another"), refused(403, "APIG.0310"));
    assert_eq!(with("x-security-token", "TOKEN"), ok());
    assert_eq!(with("x-security-token", "token"), refused(401, "APIG.0301"));
    assert_eq!(code(&call(&good()), &gateway), refused(401, "APIG.0301"));
    let elsewhere = SdkHmac {
        more: vec![("x-security-token", "TOKEN".into())],
        ..SdkHmac::default()
    }
    .sign("/v2/another/ocr/id-card", good().to_string());
    assert_eq!(code(&elsewhere, &gateway), refused(403, "APIG.0310"));
}

#[test]
fn twelve_megabytes_and_one_byte_more() {
    let gateway = start(|_| ());
    let padded = |length: usize| {
        let mut body = good().to_string();
        body.push_str(&" ".repeat(length - body.len()));
        code(&SdkHmac::default().sign(&path("id-card"), body), &gateway)
    };
    assert_eq!(padded(12 * 1024 * 1024), ok());
    assert_eq!(padded(12 * 1024 * 1024 + 1), refused(413, "APIGW.0201"));
}

/// A call whose query was signed as `signed` and is sent as `sent`.
fn with_query(signed: &str, sent: &str, gateway: &Running) -> u16 {
    let target = format!("{}?{signed}", path("id-card"));
    let mut request = SdkHmac::default().sign(&target, good().to_string());
    request.target = format!("{}?{sent}", path("id-card"));
    code(&request, gateway).0
}

#[test]
fn a_query_is_signed_in_one_order_and_one_code() {
    let gateway = start(|_| ());
    // The Go SDK's own test: the values as they were given, and the canonical query.
    let canonical = "enable=true&limit=1&multi=1&multi=2&multi=3&path=%2Ftmp%2F123\
        &test=%E4%B8%80%20%28%26%3D%3F%21%23%25.%2A%29";
    for sent in [
        canonical,
        "limit=1&enable=true&test=%E4%B8%80%20(%26=%3F!%23%25.*)&path=/tmp/123&multi=3&multi=1&multi=2",
    ] {
        assert_eq!(with_query(canonical, sent, &gateway), 200, "{sent}");
    }
    // Upper case before lower, a name without a value like one with an empty value, no plus for a blank.
    assert_eq!(with_query("B=&a=1&b=", "b&a=1&B", &gateway), 200);
    assert_eq!(with_query("a=%2B", "a=+", &gateway), 200);
    assert_eq!(with_query("a=%20", "a=+", &gateway), 401);
    assert_eq!(with_query("a=1&a=2", "a=1", &gateway), 401);
    assert_eq!(with_query("a=1", "a=%ff", &gateway), 400);
    let mut path = call(&good());
    path.target = path.target.replace("id-card", "%69d-card");
    assert_eq!(code(&path, &gateway), refused(404, "APIG.0101"));
}

#[test]
fn the_date_is_signed_and_the_scope_is_its_day() {
    let gateway = start(|_| ());
    let signer = |scheme, hidden| SdkHmac {
        scheme,
        hidden,
        ..SdkHmac::default()
    };
    let body = || good().to_string();
    for scheme in SCHEMES {
        let undated = signer(scheme, Some("x-sdk-date")).sign(&path("id-card"), body());
        assert!(!undated.header("Authorization").contains("x-sdk-date"));
        assert_eq!(
            code(&undated, &gateway),
            refused(401, "APIG.0301"),
            "{scheme}"
        );
        // The date is all that has to be signed.
        let hostless = signer(scheme, Some("host")).sign(&path("id-card"), body());
        assert_eq!(code(&hostless, &gateway), ok(), "{scheme}");
    }
    let another_day = SdkHmac {
        scheme: "V11-HMAC-SHA256",
        day: Some("20190224".into()),
        ..SdkHmac::default()
    };
    let request = another_day.sign(&path("id-card"), body());
    assert_eq!(code(&request, &gateway), refused(401, "APIG.0301"));
}
