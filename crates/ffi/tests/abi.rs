//! The functions of `cardseal.h`, called as C calls them: with a service on the other side, and with everything that a
//! caller can get wrong.

use std::ffi::{CStr, CString, c_char};
use std::net::{Ipv4Addr, SocketAddr};
use std::ptr;

use cardseal_ffi::c::*;
use cardseal_gateway::{GatewayConfig, KeyPair, Running, Suite};

const ID: &str = "AKIDtest";
const SECRET: &str = "secret-of-the-test";
const SM2_KEY: &str = include_str!("../../../vectors/keys/tencent-demo-sm2.b64");
const NONE: cardseal_bytes = cardseal_bytes {
    data: ptr::null_mut(),
    len: 0,
};

fn text(text: *const c_char) -> Option<String> {
    if text.is_null() {
        return None;
    }
    // SAFETY: the library's texts end with a NUL and live until the next call of this thread.
    let text = unsafe { CStr::from_ptr(text) };
    Some(text.to_str().unwrap().to_owned())
}

/// The bytes, which are freed.
fn taken(mut bytes: cardseal_bytes) -> Vec<u8> {
    // SAFETY: the library vouches for as many bytes, and for a zero behind them.
    let copy = unsafe { std::slice::from_raw_parts(bytes.data, bytes.len + 1) };
    let copy = copy.strip_suffix(b"\0").unwrap().to_vec();
    // SAFETY: it is a `cardseal_bytes`.
    unsafe { cardseal_bytes_free(&mut bytes) };
    assert!(bytes.data.is_null() && bytes.len == 0);
    copy
}

fn parse(key: &str) -> *mut cardseal_recipient {
    let mut recipient = ptr::null_mut();
    // SAFETY: a text and a place.
    let code = unsafe { cardseal_recipient_parse(key.as_ptr(), key.len(), &mut recipient) };
    assert_eq!(code, 0);
    recipient
}

fn seal(recipient: *const cardseal_recipient, plain: &[u8]) -> (Vec<u8>, *mut cardseal_opener) {
    let (mut sealed, mut opener) = (NONE, ptr::null_mut());
    // SAFETY: bytes and two places.
    let code = unsafe {
        let plain = (plain.as_ptr(), plain.len());
        cardseal_seal(recipient, plain.0, plain.1, &mut sealed, &mut opener)
    };
    assert_eq!(code, 0);
    (taken(sealed), opener)
}

fn open(opener: &mut *mut cardseal_opener, reply: &[u8]) -> Result<Vec<u8>, i32> {
    let mut plain = NONE;
    // SAFETY: a pointer, bytes and a place.
    let code = unsafe { cardseal_open(opener, reply.as_ptr(), reply.len(), &mut plain) };
    assert!(opener.is_null());
    match code {
        0 => Ok(taken(plain)),
        code => {
            assert!(plain.data.is_null());
            Err(code)
        }
    }
}

fn recognize(options: &str) -> Result<serde_json::Value, i32> {
    let (options, mut json) = (CString::new(options).unwrap(), NONE);
    // SAFETY: a text and a place.
    match unsafe { cardseal_recognize(options.as_ptr(), &mut json) } {
        0 => Ok(serde_json::from_slice(&taken(json)).unwrap()),
        code => Err(code),
    }
}

#[test]
fn a_card_is_recognised_under_both_suites() {
    for suite in [Suite::Aes256CbcRsa, Suite::Sm4GcmSm2] {
        let pair = KeyPair::generate(suite).unwrap();
        let key = pair.public_b64();
        let config = GatewayConfig::new(vec![pair], ID, SECRET);
        let gateway = Running::start(config, SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
        let options = |secret: &str| {
            serde_json::json!({
                "cloud": "tencent", "endpoint": gateway.url(), "side": "front", "key": key,
                "image": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==",
                "secret_id": ID, "secret_key": secret,
            })
            .to_string()
        };
        let found = recognize(&options(SECRET)).unwrap();
        assert_eq!(found["result"]["IdNum"], "11010119900307002X");
        assert!(found["request_id"].as_str().unwrap().len() > 8);
        assert_eq!(text(cardseal_last_error()), None);

        assert_eq!(recognize(&options("wrong")), Err(4));
        assert_eq!(text(cardseal_last_error_kind()).as_deref(), Some("signing"));
        let code = text(cardseal_last_error_code());
        assert_eq!(code.as_deref(), Some("AuthFailure.SignatureFailure"));
        assert!(text(cardseal_last_error_request_id()).unwrap().len() > 8);
        assert!(!text(cardseal_last_error()).unwrap().contains("wrong"));
    }
}

#[test]
fn an_opener_is_used_once_whatever_came_of_it() {
    let recipient = parse(SM2_KEY);
    assert_eq!(
        text(cardseal_recipient_suite(recipient)).as_deref(),
        Some("SM4-GCM")
    );
    let (sealed, mut opener) = seal(recipient, b"{}");
    assert!(sealed.starts_with(b"{\"EncryptedBody\":\""));
    let copy = opener;
    assert_eq!(open(&mut opener, b"no reply"), Err(8));
    assert_eq!(open(&mut opener, b"{}"), Err(2), "it is NULL by now");
    let mut used = copy;
    assert_eq!(open(&mut used, b"{}"), Err(2), "the copy was used");
    cardseal_opener_free(copy);

    let (_, mut opener) = seal(recipient, b"{}");
    let no = br#"{"Response":{"Error":{"Code":"FailedOperation.ImageBlur","Message":"m"},"RequestId":"r-1"}}"#;
    assert_eq!(open(&mut opener, no), Err(7));
    assert_eq!(text(cardseal_last_error_kind()).as_deref(), Some("service"));
    assert_eq!(
        text(cardseal_last_error_request_id()).as_deref(),
        Some("r-1")
    );
    cardseal_recipient_free(recipient);
    cardseal_recipient_free(recipient);
    assert_eq!(text(cardseal_recipient_suite(recipient)), None);
}

#[test]
fn what_an_answer_opened_to_that_cannot_be_read_is_handed_over_once() {
    let opened = || {
        let mut text = NONE;
        // SAFETY: a place.
        unsafe { cardseal_last_error_opened_text(&mut text) };
        (!text.data.is_null()).then(|| taken(text))
    };
    let restored = || {
        let stored = serde_json::json!({
            "Algorithm": "SM4-GCM", "Key": "zf7Xi6bZTh+6J3NqUpdQGA==", "Iv": "biFnYHptigWTkjw9",
        });
        let (stored, mut opener) = (stored.to_string(), ptr::null_mut());
        // SAFETY: bytes and a place.
        let code = unsafe { cardseal_opener_restore(stored.as_ptr(), stored.len(), &mut opener) };
        assert_eq!(code, 0);
        opener
    };
    let scenario = include_str!("../../../vectors/scenarios/open/sm4-json-array.txt");
    let (_, reply) = scenario.split_once("\n\n").unwrap();
    assert_eq!(open(&mut restored(), reply.as_bytes()), Err(8));
    let kind = || text(cardseal_last_error_kind());
    assert_eq!(kind().as_deref(), Some("protocol"));
    assert_eq!(opened().as_deref(), Some(&b"[{}]"[..]));
    assert_eq!(opened(), None, "it stays nowhere");
    let told = text(cardseal_last_error()).unwrap();
    assert!(told.contains("its tag is right"), "{told}");

    // What no tag proves is not handed over, and neither is what was there before.
    assert_eq!(open(&mut restored(), reply.as_bytes()), Err(8));
    let forged = reply.replace("2G8MqEvj", "3G8MqEvj");
    assert_eq!(open(&mut restored(), forged.as_bytes()), Err(8));
    assert_eq!((opened(), kind().as_deref()), (None, Some("open")));
    // SAFETY: NULL, which is ignored.
    unsafe { cardseal_last_error_opened_text(ptr::null_mut()) };
}

#[test]
fn an_opener_is_stored_and_restored() {
    let recipient = parse(SM2_KEY);
    let (_, mut opener) = seal(recipient, b"{}");
    let mut stored = NONE;
    // SAFETY: a pointer and a place.
    let code = unsafe { cardseal_opener_store(&mut opener, &mut stored) };
    assert_eq!(code, 0);
    assert!(opener.is_null());
    let stored = taken(stored);
    let restore = |text: &[u8]| {
        let mut opener = ptr::null_mut();
        // SAFETY: bytes and a place.
        let code = unsafe { cardseal_opener_restore(text.as_ptr(), text.len(), &mut opener) };
        (code, opener)
    };
    let (code, mut opener) = restore(&stored);
    assert_eq!(code, 0);
    let mut again = NONE;
    // SAFETY: a pointer and a place.
    assert_eq!(unsafe { cardseal_opener_store(&mut opener, &mut again) }, 0);
    assert_eq!(taken(again), stored);
    assert_eq!(
        restore(b"{\"Algorithm\":\"SM4-GCM\"}"),
        (2, ptr::null_mut())
    );
}

#[test]
fn what_is_null_too_long_or_another_thing_is_an_error() {
    let recipient = parse(SM2_KEY);
    let (mut bytes, mut opener, mut other) = (NONE, ptr::null_mut(), ptr::null_mut());
    let empty: *const u8 = ptr::dangling();
    // SAFETY: what is not null points to places of their types; nothing else is followed.
    unsafe {
        assert_eq!(cardseal_recipient_parse(ptr::null(), 3, &mut other), 2);
        assert_eq!(cardseal_recipient_parse(empty, 0, ptr::null_mut()), 2);
        assert_eq!(cardseal_recipient_parse(empty, usize::MAX, &mut other), 2);
        assert_eq!(cardseal_recipient_parse(empty, 0, &mut other), 3);
        assert!(other.is_null());
        assert_eq!(
            cardseal_seal(ptr::null(), empty, 0, &mut bytes, &mut opener),
            2
        );
        assert_eq!(
            cardseal_seal(recipient, ptr::null(), 0, &mut bytes, &mut opener),
            2
        );
        assert_eq!(
            cardseal_seal(recipient, empty, 0, ptr::null_mut(), &mut opener),
            2
        );
        assert_eq!(
            cardseal_seal(recipient, empty, 0, &mut bytes, ptr::null_mut()),
            2
        );
        assert_eq!(
            cardseal_seal(recipient, empty, usize::MAX, &mut bytes, &mut opener),
            2
        );
        // A recipient where an opener belongs, and an address that nobody gave out.
        let mut wrong: *mut cardseal_opener = recipient.cast();
        assert_eq!(cardseal_open(&mut wrong, empty, 0, &mut bytes), 2);
        let mut wrong: *mut cardseal_opener = ptr::without_provenance_mut(usize::MAX);
        assert_eq!(cardseal_open(&mut wrong, empty, 0, &mut bytes), 2);
        assert_eq!(cardseal_open(ptr::null_mut(), empty, 0, &mut bytes), 2);
        assert_eq!(cardseal_opener_store(ptr::null_mut(), &mut bytes), 2);
        assert_eq!(cardseal_opener_restore(ptr::null(), 0, &mut opener), 2);
        assert_eq!(cardseal_recognize(ptr::null(), &mut bytes), 2);
        assert_eq!(cardseal_recognize(c"\xff".as_ptr(), &mut bytes), 2);
        cardseal_bytes_free(ptr::null_mut());
        cardseal_bytes_free(&mut bytes);
    }
    cardseal_recipient_free(ptr::null_mut());
    cardseal_opener_free(ptr::null_mut());
    assert!(bytes.data.is_null() && opener.is_null());
    cardseal_recipient_free(recipient);
}

#[test]
fn a_request_is_signed_as_the_published_example() {
    // The example of the service's page on TC3.
    let request =
        include_str!("../../../vectors/sign/tc3-hmac-sha256/t1-documentation-2019/request.txt");
    let signature =
        include_str!("../../../vectors/sign/tc3-hmac-sha256/t1-documentation-2019/signature.txt");
    let sign = |scheme: &CStr, id: &CStr, time: i64, headers: *const c_char| {
        let mut json = NONE;
        // SAFETY: texts that end with a NUL, bytes and a place.
        let code = unsafe {
            cardseal_sign(
                scheme.as_ptr(),
                request.as_ptr(),
                request.len(),
                id.as_ptr(),
                c"Gu5t9xGARNpq86cd98joQYCN3EXAMPLE".as_ptr(),
                time,
                headers,
                &mut json,
            )
        };
        match code {
            0 => Ok(serde_json::from_slice::<serde_json::Value>(&taken(json)).unwrap()),
            code => Err(code),
        }
    };
    let (tc3, id) = (c"tc3-hmac-sha256", c"AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE");
    let named = c"content-type;host".as_ptr();
    let signed = sign(tc3, id, 1_551_113_065, named).unwrap();
    assert_eq!(signed["signature"], signature.trim());
    let usual = sign(tc3, id, 1_551_113_065, ptr::null()).unwrap();
    assert_ne!(usual["canonical_request"], "");
    assert!(usual["headers"]["authorization"].is_string());
    assert_eq!(sign(c"tc4", id, 1_551_113_065, named), Err(2));
    assert_eq!(sign(tc3, id, -1, named), Err(2));
    assert_eq!(sign(tc3, c"", 1_551_113_065, named), Err(4));
}

#[test]
fn options_are_read_strictly_and_never_shown() {
    let told = |options: &str| {
        let code = recognize(options).unwrap_err();
        let message = text(cardseal_last_error()).unwrap();
        assert!(!message.contains("hunter2"), "{message}");
        (code, message)
    };
    for (options, says) in [
        ("hunter2", "not one JSON object"),
        (r#"["hunter2"]"#, "a member"),
        (r#"{"cloud":"tencent","secret":"hunter2"}"#, "unknown"),
        (r#"{"cloud":"hunter2"}"#, "no such cloud"),
        (r#"{"cloud":"tencent","side":"front"}"#, "needs key"),
        (
            r#"{"cloud":"ctyun","key":"hunter2","url":"https://h.example/a"}"#,
            "no encrypted",
        ),
        (
            r#"{"cloud":"huawei","url":"https://h.example/a","side":"hunter2"}"#,
            "project",
        ),
        (
            r#"{"cloud":"ctyun","url":"https://h.example/a","secret_key":"hunter2"}"#,
            "together",
        ),
        (
            r#"{"cloud":"ctyun","url":"https://h.example/a","image":"QUFB"}"#,
            "two pictures",
        ),
        (r#"{"cloud":"ctyun","cloud":"ctyun"}"#, "is duplicated"),
    ] {
        let (code, message) = told(options);
        assert_eq!(code, 2, "{options}: {message}");
        assert!(message.contains(says), "{options}: {message}");
    }
    assert_eq!(
        told(r#"{"cloud":"tencent","key":"hunter2","url":"x"}"#).0,
        3
    );
}

#[test]
fn many_threads_have_one_recipient_and_each_its_own_error() {
    let recipient = parse(SM2_KEY).addr();
    std::thread::scope(|scope| {
        for thread in 0..8 {
            scope.spawn(move || {
                for _ in 0..50 {
                    let handle = ptr::without_provenance_mut(recipient);
                    let (_, mut opener) = seal(handle, b"{\"a\":1}");
                    assert!(text(cardseal_last_error()).is_none());
                    let reply: &[u8] = if thread % 2 == 0 { b"{}" } else { b"[" };
                    assert_eq!(open(&mut opener, reply), Err(8));
                    let kind = text(cardseal_last_error_kind()).unwrap();
                    assert_eq!(kind, if thread % 2 == 0 { "open" } else { "protocol" });
                }
            });
        }
    });
}

#[test]
fn one_opener_in_many_threads_opens_for_one_of_them() {
    let recipient = parse(SM2_KEY);
    for _ in 0..20 {
        let (_, opener) = seal(recipient, b"{}");
        let opener = opener.addr();
        let codes: Vec<i32> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..4)
                .map(|_| {
                    scope.spawn(move || {
                        let mut mine = ptr::without_provenance_mut(opener);
                        open(&mut mine, b"{}").unwrap_err()
                    })
                })
                .collect();
            threads.into_iter().map(|it| it.join().unwrap()).collect()
        });
        assert_eq!(codes.iter().filter(|code| **code == 8).count(), 1);
        assert_eq!(codes.iter().filter(|code| **code == 2).count(), 3);
    }
}
