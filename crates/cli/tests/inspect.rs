//! `inspect`: every kind of file, and every way in which one is wrong that it knows.
#![cfg(feature = "gateway")]

mod common;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use common::{PLAINTEXT, SUITES, Scratch, seal};
use serde_json::{Value, json};

/// Inspects this text; gives the exit code and the report.
fn inspect(scratch: &Scratch, text: &str) -> (i32, Value) {
    let found = scratch.run(&["inspect", "--json"], text);
    let readable = scratch.run(&["inspect", "-"], text);
    assert_eq!(readable.code, found.code);
    let report = found.json();
    assert_eq!(report["sound"], found.code == Some(0));
    assert_eq!(
        report["problems"].as_array().unwrap().is_empty(),
        found.code == Some(0)
    );
    (found.code.unwrap(), report)
}

#[track_caller]
fn has_problem(report: &Value, words: &str) {
    let problems = report["problems"].as_array().unwrap();
    let found = problems
        .iter()
        .any(|one| one.as_str().unwrap().contains(words));
    assert!(found, "no {words:?} in {report:#}");
}

#[test]
fn keys() {
    let scratch = Scratch::with_keys();
    for (suite, key, algorithm) in [
        (SUITES[0], "RSA-1024", "AES-256-CBC"),
        (SUITES[1], "SM2", "SM4-GCM"),
    ] {
        for file in ["public.pem", "public.b64"] {
            let (code, report) = inspect(&scratch, &scratch.read(&format!("{suite}/{file}")));
            assert_eq!((code, &report["kind"]), (0, &json!("public key")));
            assert_eq!(report["facts"]["key"], key);
            assert_eq!(report["facts"]["suite"], algorithm);
            assert_eq!(
                report["warnings"].as_array().unwrap().len(),
                usize::from(key == "RSA-1024")
            );
        }
        // `check_rules` sees to it that nothing of a private key is printed.
        let (code, report) = inspect(&scratch, &scratch.read(&format!("{suite}/private.pem")));
        assert_eq!(code, 3);
        has_problem(&report, "private key");
    }
    // The fingerprint of the key that the service's public demos embed, by another program (openssl, sha256sum).
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../vectors/keys/tencent-demo-rsa.b64"
    );
    let (_, report) = inspect(&scratch, &std::fs::read_to_string(path).unwrap());
    assert_eq!(
        report["facts"]["sha256_of_der"],
        "63350c29ad1c5d2736f041dbed79428a47666f2e7d3055472d7908af12cc1c30"
    );
    let pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    assert_eq!(inspect(&scratch, pem).0, 3);
    for unknown in ["", "hello", "[1]", "{", "{\"a\":1}", "\u{1b}[2J"] {
        let (code, report) = inspect(&scratch, unknown);
        assert_eq!((code, &report["kind"]), (2, &json!("unknown")), "{unknown}");
    }
}

#[test]
fn sealed_requests_and_encryption_objects() {
    let scratch = Scratch::with_keys();
    for (suite, blob, iv, tags) in [(SUITES[0], 128, 16, 0), (SUITES[1], 113, 12, 1)] {
        let sealed = seal(&scratch, suite, &[], PLAINTEXT).expect_code(0);
        std::fs::remove_file(scratch.path("opener")).unwrap();
        let (code, report) = inspect(&scratch, &sealed.stdout);
        assert_eq!(
            (code, &report["kind"]),
            (0, &json!("sealed request")),
            "{report:#}"
        );
        let facts = &report["facts"];
        assert_eq!(
            (&facts["blob_bytes"], &facts["iv_bytes"]),
            (&json!(blob), &json!(iv))
        );
        assert_eq!(facts["tags"], tags);
        let alone = sealed.json()["Encryption"].to_string();
        let (code, report) = inspect(&scratch, &alone);
        assert_eq!((code, &report["kind"]), (0, &json!("Encryption object")));
    }
    let flag = [
        "--fields",
        "ImageUrl,CardSide",
        "--accept-repeated-gcm-nonce",
    ];
    let sealed = seal(&scratch, "sm4-gcm", &flag, PLAINTEXT).expect_code(0);
    let (code, report) = inspect(&scratch, &sealed.stdout);
    assert_eq!(code, 0, "{report:#}");
    assert!(
        report["warnings"][0]
            .as_str()
            .unwrap()
            .contains("share one nonce")
    );
}

#[test]
fn what_is_wrong_with_a_sealed_request() {
    let scratch = Scratch::with_keys();
    let sm4 = seal(&scratch, "sm4-gcm", &[], PLAINTEXT)
        .expect_code(0)
        .json();
    let blob = STANDARD
        .decode(sm4["Encryption"]["CiphertextBlob"].as_str().unwrap())
        .unwrap();
    let encode = |bytes: &[u8]| Value::from(STANDARD.encode(bytes));
    let mut off_curve = blob.clone();
    off_curve[64] ^= 1;
    // SEQUENCE of two INTEGERs and two OCTET STRINGs.
    let mut asn1 = vec![0x30, 0x79, 0x02, 0x21, 0x00];
    asn1.extend(&blob[1..33]);
    asn1.extend([0x02, 0x20]);
    asn1.extend(&blob[33..65]);
    asn1.extend([0x04, 0x20]);
    asn1.extend(&blob[65..97]);
    asn1.extend([0x04, 0x10]);
    asn1.extend(&blob[97..113]);
    let wrong = |member: &str, value: Value, words: &str| {
        let mut request = sm4.clone();
        request["Encryption"][member] = value;
        let (code, report) = inspect(&scratch, &request.to_string());
        assert_eq!(code, 2, "{report:#}");
        has_problem(&report, words);
    };
    wrong(
        "CiphertextBlob",
        encode(&blob[1..]),
        "04 before C1 is missing",
    );
    wrong("CiphertextBlob", encode(&off_curve), "not on the SM2 curve");
    wrong("CiphertextBlob", encode(&asn1), "ASN.1");
    wrong(
        "CiphertextBlob",
        encode(&[1; 128]),
        "the CiphertextBlob is AES-256-CBC's and the Iv is SM4-GCM's",
    );
    wrong("CiphertextBlob", encode(&[1; 99]), "99 bytes");
    wrong("CiphertextBlob", Value::Null, "missing");
    wrong("CiphertextBlob", "AB==".into(), "base64");
    wrong("Iv", encode(&[1; 13]), "13 bytes");
    wrong("Iv", encode(&[1; 16]), "the Iv is AES-256-CBC's");
    wrong("Algorithm", Value::Null, "not stated");
    wrong("Algorithm", "sm4-gcm".into(), "neither");
    wrong("TagList", json!([]), "TagList has 0");
    wrong(
        "TagList",
        json!([STANDARD.encode([0; 12])]),
        "12 bytes and not 16",
    );
    wrong("TagList", json!("x"), "not a list");
    wrong("EncryptList", json!(["EncryptionBody"]), "faceid");

    // The guide's own SM4 sample as it is printed.
    let mut sample = sm4.clone();
    sample["Encryption"]["Algorithm"] = "AES-256-CBC".into();
    sample["Encryption"]["TagList"] = json!([]);
    has_problem(
        &inspect(&scratch, &sample.to_string()).1,
        "as the guide's own SM4 sample fails to",
    );

    let twice = sm4.to_string().replacen('{', r#"{"EncryptedBody":"","#, 1);
    has_problem(&inspect(&scratch, &twice).1, "is duplicated");

    std::fs::remove_file(scratch.path("opener")).unwrap();
    let mut aes = seal(&scratch, "aes-256-cbc", &[], PLAINTEXT)
        .expect_code(0)
        .json();
    aes["EncryptedBody"] = encode(&[0; 17]);
    has_problem(&inspect(&scratch, &aes.to_string()).1, "multiple of 16");
    aes["Encryption"]["TagList"] = json!([STANDARD.encode([0; 16])]);
    has_problem(&inspect(&scratch, &aes.to_string()).1, "has no tags");
}

#[test]
fn replies() {
    let scratch = Scratch::with_keys();
    let request = seal(&scratch, "sm4-gcm", &[], PLAINTEXT)
        .expect_code(0)
        .json();
    let mut reply = json!({"Response": request.clone()});
    reply["Response"]["RequestId"] = "r-1".into();
    reply["Response"]["EncryptedBody"] = STANDARD.encode([0xa7; 60]).into();
    reply["Response"]["Name"] = "".into();
    reply["Response"]["Encryption"]["CiphertextBlob"] = Value::Null;
    let (code, report) = inspect(&scratch, &reply.to_string());
    assert_eq!((code, &report["kind"]), (0, &json!("reply")), "{report:#}");
    assert_eq!(report["facts"]["request_id"], "r-1");
    assert_eq!(inspect(&scratch, &reply["Response"].to_string()).0, 0);

    scratch.write("request", &request.to_string());
    let compared = scratch
        .run(
            &["inspect", "--request", "request", "--json"],
            &reply.to_string(),
        )
        .expect_code(0)
        .json();
    assert_eq!(compared["facts"]["iv_reused"], true);
    assert!(compared["warnings"][0].as_str().unwrap().contains("nonce"));
    scratch
        .run(&["inspect", "--request", "request"], &request.to_string())
        .expect_error(2);

    let wrong = |change: &dyn Fn(&mut Value), words: &str| {
        let mut reply = reply.clone();
        change(&mut reply["Response"]);
        let (code, report) = inspect(&scratch, &reply.to_string());
        assert_eq!(code, 8, "{report:#}");
        has_problem(&report, words);
        assert!(!report.to_string().contains("somebody"), "{report:#}");
    };
    wrong(&|inner| inner["Name"] = "somebody".into(), "in clear");
    wrong(
        &|inner| inner["Encryption"] = Value::Null,
        "nothing in it is sealed",
    );
    wrong(
        &|inner| inner["Encryption"]["Algorithm"] = "AES-128-CBC".into(),
        "neither AES-256-CBC nor SM4-GCM",
    );
    wrong(
        &|inner| inner["Encryption"]["EncryptList"] = json!([]),
        "EncryptList is empty",
    );
    wrong(&|inner| inner["EncryptedBody"] = Value::Null, "missing");
    wrong(&|inner| *inner = json!(1), "not an object");

    let refusal = json!({"Response": {
        "Error": {"Code": "AuthFailure.SignatureExpire", "Message": "\u{1b}[31m"}, "RequestId": "r-2",
    }});
    let (code, report) = inspect(&scratch, &refusal.to_string());
    assert_eq!(code, 7);
    assert_eq!(report["facts"]["code"], "AuthFailure.SignatureExpire");
    assert_eq!(report["facts"]["request_id"], "r-2");
    has_problem(&report, "clock");
}

#[test]
fn opener_files_show_no_key() {
    let scratch = Scratch::with_keys();
    seal(&scratch, "sm4-gcm", &[], PLAINTEXT).expect_code(0);
    let opener: Value = serde_json::from_str(&scratch.read("opener")).unwrap();
    for form in [&["inspect", "opener"][..], &["inspect", "opener", "--json"]] {
        let found = scratch.run(form, "").expect_code(0);
        assert!(
            !found.stdout.contains(opener["Key"].as_str().unwrap()),
            "{found:?}"
        );
        assert!(!found.stdout.contains("mode"), "{found:?}");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let readable = std::fs::Permissions::from_mode(0o640);
        std::fs::set_permissions(scratch.path("opener"), readable).unwrap();
        let found = scratch.run(&["inspect", "opener"], "").expect_code(0);
        assert!(found.stdout.contains("mode is 0640"), "{found:?}");
    }
    let short = r#"{"Algorithm":"SM4-GCM","Key":"c2hvcnQ=","Iv":"AAAA"}"#;
    assert_eq!(inspect(&scratch, short).0, 2);
}

#[test]
fn requests_in_clear_and_signatures() {
    let scratch = Scratch::new();
    assert_eq!(inspect(&scratch, PLAINTEXT).0, 0);
    let picture = json!({"ImageBase64": STANDARD.encode(common::bitmap(58))});
    let (code, report) = inspect(&scratch, &picture.to_string());
    assert_eq!((code, &report["facts"]["image_format"]), (0, &json!("bmp")));
    for (request, words) in [
        (
            json!({"ImageUrl": "https://h.example/a.jpg", "Config": {"CopyWarn": true}}),
            "not a string",
        ),
        (
            json!({"ImageUrl": "https://h.example/a.jpg", "Config": "CopyWarn"}),
            "JSON object",
        ),
        (
            json!({"ImageUrl": "https://h.example/a.jpg", "Config": "{\"CopyWarm\":true}"}),
            "no switch `CopyWarm`",
        ),
        (
            json!({"ImageUrl": "https://h.example/a.jpg", "Config": "{\"CopyWarn\":1}"}),
            "neither true nor false",
        ),
        (
            json!({"ImageUrl": "https://h.example/a.jpg", "CardSide": "front"}),
            "CardSide",
        ),
        (
            json!({"ImageUrl": "https://h.example/a.jpg", "Action": "a"}),
            "`Action`",
        ),
        // S12: the picture by the rules of every door.
        (
            json!({"CardSide": "FRONT", "ImageUrl": null, "ImageBase64": null}),
            "neither ImageBase64 nor ImageUrl",
        ),
        (json!({"ImageUrl": "/a.png"}), "absolute"),
        (
            json!({"ImageUrl": "https://h.example/证.png"}),
            "percent-encode",
        ),
        (json!({"ImageBase64": ""}), "empty"),
        (
            json!({"ImageBase64": "data:image/png;base64,QUJDREVG"}),
            "data:",
        ),
        (json!({"ImageBase64": "QUJD\nREVG"}), "line breaks"),
        (json!({"ImageBase64": "b'QUJDREVG'"}), "Python"),
        (
            json!({"ImageBase64": "this is no base64 at all!"}),
            "not strict base64",
        ),
        (json!({"ImageBase64": "_-8="}), "alphabet for URLs"),
        (json!({"ImageBase64": "QUJDREVG"}), "text"),
        (
            json!({"ImageBase64": "iVBORw0KGgoAAAANSUhEUg=="}),
            "cut short",
        ),
        (json!({"ImageBase64": 5}), "not a string"),
    ] {
        let (code, report) = inspect(&scratch, &request.to_string());
        assert_eq!(code, 2);
        has_problem(&report, words);
    }
    let signature =
        json!({"string_to_sign": "TC3-HMAC-SHA256\n1", "signature": "00", "headers": {}});
    let (code, report) = inspect(&scratch, &signature.to_string());
    assert_eq!(
        (code, &report["facts"]["scheme"]),
        (0, &json!("TC3-HMAC-SHA256"))
    );
}
