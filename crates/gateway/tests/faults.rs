//! Every fault, seen from the other end of the wire.
#![cfg(feature = "server")]

mod common;

use std::collections::HashSet;
use std::io::ErrorKind;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use cardseal_gateway::{Fault, GatewayConfig, IvMode, Running, Suite};
use common::{Envelope, Request, good_inner, start};
use serde_json::{Value, json};

const DELAY: Duration = Duration::from_millis(1_500);

fn with(fault: Fault) -> Running {
    start(|config: &mut GatewayConfig| {
        config.fault = Some(fault);
        config.fault_delay = DELAY;
    })
}

fn clear() -> Request {
    Request::signed("IDCardOCR", good_inner().to_string())
}

/// The answer to a good envelope under this fault.
fn answer(fault: Fault, suite: Suite) -> (Envelope, Value) {
    let envelope = Envelope::seal(suite, &good_inner());
    let answer = envelope.request().ask(&with(fault));
    (envelope, answer)
}

#[test]
fn names_are_unique_and_parse_back() {
    let names: HashSet<_> = Fault::ALL.iter().map(|fault| fault.name()).collect();
    assert_eq!(names.len(), Fault::ALL.len());
    for fault in Fault::ALL {
        assert_eq!(fault.name().parse(), Ok(*fault));
        assert!(!fault.describe().is_empty());
    }
    let error = "drop_connection".parse::<Fault>().unwrap_err().to_string();
    assert!(
        Fault::ALL.iter().all(|fault| error.contains(fault.name())),
        "{error}"
    );
    assert_eq!("same".parse(), Ok(IvMode::Same));
    assert_eq!("fresh".parse(), Ok(IvMode::Fresh));
    assert!("Same".parse::<IvMode>().is_err());
}

#[test]
fn the_answer_of_every_protocol_fault_differs_from_the_good_one() {
    // What a well-behaved gateway never does; a fault that does none of it would go unnoticed in every test that uses it.
    let is_good = |envelope: &Envelope, response: common::Response| {
        let text = String::from_utf8(response.body).ok()?;
        let answer = serde_json::from_str::<Value>(&text).ok()?["Response"].clone();
        let (sent, echoed) = (&envelope.body["Encryption"], &answer["Encryption"]);
        let same = ["CiphertextBlob", "Iv", "Algorithm", "EncryptList"]
            .iter()
            .all(|name| sent[name] == echoed[name]);
        let tags = match envelope.suite {
            Suite::Aes256CbcRsa => echoed["TagList"].is_null(),
            _ => {
                let [tag] = echoed["TagList"].as_array()?.as_slice() else {
                    return None;
                };
                STANDARD.decode(tag.as_str()?).ok()?.len() == 16
            }
        };
        let plaintext = String::from_utf8(envelope.open(&answer).ok()?).ok()?;
        serde_json::from_str::<Value>(&plaintext).ok()?;
        let once = text.matches("\"EncryptedBody\":").count() == 1
            && plaintext.matches("\"Name\":").count() == 1;
        (same && tags && once && answer["Name"] == "").then_some(())
    };
    for suite in Suite::ALL {
        let envelope = Envelope::seal(suite, &good_inner());
        assert!(is_good(&envelope, envelope.request().send(&start(|_| ())).unwrap()).is_some());
        for fault in Fault::ALL {
            if matches!(fault, Fault::SlowHeader | Fault::SlowBody) {
                continue;
            }
            let gateway = with(*fault);
            let response = envelope.request().send(&gateway);
            let good = response
                .ok()
                .and_then(|response| is_good(&envelope, response))
                .is_some();
            assert_eq!(good, !fault.applies_to(suite), "{fault} {suite}");
        }
    }
}

#[test]
fn faults_on_the_wire() {
    let error = clear().send(&with(Fault::DropConnection)).err().unwrap();
    assert!(
        matches!(
            error.kind(),
            ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset
        ),
        "{error}"
    );

    let truncated = clear().send(&with(Fault::TruncateBody)).unwrap();
    let promised: usize = truncated.header("content-length").unwrap().parse().unwrap();
    assert_eq!(truncated.status, 200);
    assert_eq!(truncated.body.len(), promised / 2);

    let failed = clear().send(&with(Fault::Http500)).unwrap();
    assert_eq!(
        (failed.status, failed.header("content-type")),
        (500, Some("text/html"))
    );

    let redirected = clear().send(&with(Fault::Redirect)).unwrap();
    assert_eq!(
        (redirected.status, redirected.header("location")),
        (307, Some("/elsewhere"))
    );

    let oversize = clear().send(&with(Fault::OversizeReply)).unwrap();
    assert_eq!(
        (oversize.status, oversize.header("content-length")),
        (200, None)
    );
    assert!(oversize.body.len() > 64 * 1024 * 1024);

    let cut = clear().send(&with(Fault::BadJson)).unwrap();
    assert_eq!(
        cut.header("content-length").unwrap().parse(),
        Ok(cut.body.len())
    );
    assert!(
        cut.body.starts_with(b"{\"Response\":{")
            && serde_json::from_slice::<Value>(&cut.body).is_err()
    );

    let empty = clear().send(&with(Fault::EmptyReply)).unwrap();
    assert_eq!(
        (
            empty.status,
            empty.header("content-length"),
            empty.body.len()
        ),
        (200, Some("0"), 0)
    );
}

#[test]
fn slow_answers_are_whole_in_the_end() {
    for fault in [Fault::SlowHeader, Fault::SlowBody] {
        let gateway = with(fault);
        let started = Instant::now();
        let answer = clear().ask(&gateway);
        assert!(started.elapsed() >= DELAY, "{fault}");
        assert_eq!(answer["Name"], "证件样本");
    }
    // The header of a slow body comes at once.
    let gateway = with(Fault::SlowBody);
    let mut stream = TcpStream::connect(gateway.addr()).unwrap();
    let mut request = String::new();
    let clear = clear();
    for (name, value) in &clear.headers {
        request.push_str(&format!("{name}: {value}\r\n"));
    }
    let length = clear.body.len();
    let request = format!("POST / HTTP/1.1\r\n{request}Content-Length: {length}\r\n\r\n");
    std::io::Write::write_all(&mut stream, &[request.as_bytes(), &clear.body].concat()).unwrap();
    let started = Instant::now();
    let mut head = [0; 12];
    std::io::Read::read_exact(&mut stream, &mut head).unwrap();
    assert_eq!(&head, b"HTTP/1.1 200");
    assert!(started.elapsed() < DELAY, "{:?}", started.elapsed());
}

#[test]
fn a_gateway_in_the_middle_of_a_slow_answer_stops_soon() {
    let gateway = start(|config| {
        config.fault = Some(Fault::SlowHeader);
        config.fault_delay = Duration::from_secs(600);
    });
    let addr = gateway.addr();
    let waiting = std::thread::spawn(move || {
        let mut stream = TcpStream::connect(addr).unwrap();
        std::io::Write::write_all(
            &mut stream,
            b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
        )
        .unwrap();
        let mut rest = Vec::new();
        let _ = std::io::Read::read_to_end(&mut stream, &mut rest);
        rest
    });
    std::thread::sleep(Duration::from_millis(200));
    let started = Instant::now();
    drop(gateway);
    assert!(started.elapsed() < Duration::from_secs(5));
    assert_eq!(waiting.join().unwrap(), b"");
}

#[test]
fn refusals() {
    for (fault, code) in [
        (Fault::Throttled, "RequestLimitExceeded"),
        (Fault::InternalError, "InternalError"),
        (Fault::Expired, "AuthFailure.SignatureExpire"),
    ] {
        let gateway = with(fault);
        for _ in 0..3 {
            assert_eq!(clear().code(&gateway), code);
        }
        // A fault is no excuse for a bad signature.
        let mut forged = clear();
        forged.body.push(b' ');
        assert_eq!(forged.code(&gateway), "AuthFailure.SignatureFailure");
    }
    let gateway = with(Fault::ThrottledOnce);
    let codes: Vec<_> = (0..3).map(|_| clear().code(&gateway)).collect();
    assert_eq!(codes, ["RequestLimitExceeded", "ok", "ok"]);
}

#[test]
fn cards_in_clear() {
    for suite in Suite::ALL {
        let (_, instead) = answer(Fault::ClearText, suite);
        assert_eq!(
            (
                &instead["IdNum"],
                &instead["EncryptedBody"],
                &instead["Encryption"]
            ),
            (&json!("11010119900307002X"), &json!(""), &Value::Null)
        );
        let (envelope, beside) = answer(Fault::ClearTextBeside, suite);
        assert_eq!(beside["IdNum"], "11010119900307002X");
        assert_eq!(envelope.open_json(&beside)["IdNum"], "11010119900307002X");
    }
}

#[test]
fn spoiled_envelopes() {
    let changed = |fault, suite, member: &str| answer(fault, suite).1["Encryption"][member].clone();
    let length = |text: &Value| STANDARD.decode(text.as_str().unwrap()).unwrap().len();
    let (aes, sm4) = (Suite::Aes256CbcRsa, Suite::Sm4GcmSm2);
    assert_eq!(changed(Fault::WrongAlgorithm, aes, "Algorithm"), "SM4-GCM");
    assert_eq!(
        changed(Fault::WrongAlgorithm, sm4, "Algorithm"),
        "AES-256-CBC"
    );
    assert_eq!(
        changed(Fault::WrongEncryptList, aes, "EncryptList"),
        json!(["EncryptionBody"])
    );
    assert_eq!(length(&changed(Fault::WrongIvLength, aes, "Iv")), 15);
    assert_eq!(length(&changed(Fault::WrongIvLength, sm4, "Iv")), 11);
    assert_eq!(changed(Fault::MissingTag, sm4, "TagList"), json!([]));
    assert_eq!(length(&changed(Fault::ShortTag, sm4, "TagList")[0]), 12);
    assert_eq!(length(&changed(Fault::WrongTag, sm4, "TagList")[0]), 16);
    assert_eq!(
        changed(Fault::ExtraTag, aes, "TagList")
            .as_array()
            .unwrap()
            .len(),
        1
    );
    assert_eq!(
        changed(Fault::ExtraTag, sm4, "TagList")
            .as_array()
            .unwrap()
            .len(),
        2
    );
    for suite in [aes, sm4] {
        let (_, loose) = answer(Fault::LooseBase64, suite);
        let loose = loose["EncryptedBody"].as_str().unwrap();
        assert!(
            STANDARD.decode(loose).is_err() && STANDARD.decode(loose.replace('\n', "")).is_ok()
        );
    }
}

#[test]
fn spoiled_plaintexts() {
    let opened = |fault, suite| {
        let (envelope, answer) = answer(fault, suite);
        envelope.open(&answer)
    };
    for suite in Suite::ALL {
        assert_eq!(opened(Fault::InnerNotJson, suite).unwrap(), b"not JSON");
        assert!(String::from_utf8(opened(Fault::NotUtf8, suite).unwrap()).is_err());
        let twice = String::from_utf8(opened(Fault::DuplicateMemberInner, suite).unwrap()).unwrap();
        assert!(
            twice.starts_with("{\"Name\":\"x\",\"Name\":\"证件样本\","),
            "{twice}"
        );
    }
    assert_eq!(
        opened(Fault::BadPadding, Suite::Aes256CbcRsa),
        Err("padding".into())
    );
    assert_eq!(opened(Fault::WrongTag, Suite::Sm4GcmSm2), Err("tag".into()));
    assert_eq!(opened(Fault::OtherKey, Suite::Sm4GcmSm2), Err("tag".into()));
    // One random key in 256 leaves a valid padding by chance, none a card.
    let under_another_key = opened(Fault::OtherKey, Suite::Aes256CbcRsa);
    assert!(under_another_key.is_err() || !under_another_key.unwrap().starts_with(b"{\"Name\""));
}
