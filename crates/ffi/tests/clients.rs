//! Credentials, clients and pictures, through the functions of `cardseal.h` as C calls them.

use std::ffi::{CStr, CString, c_char};
use std::net::{Ipv4Addr, SocketAddr};
use std::ptr;

use cardseal_ffi::c::*;
use cardseal_gateway::{GatewayConfig, KeyPair, Running, Suite};

const ID: &CStr = c"AKIDtest";
const SECRET: &CStr = c"secret-of-the-test";
const PNG: &[u8] = include_bytes!("../../prepare/tests/images/plain.png");
const PHOTO: &[u8] = include_bytes!("../../prepare/tests/images/progressive.jpg");
const NONE: cardseal_bytes = cardseal_bytes {
    data: ptr::null_mut(),
    len: 0,
};

fn text(text: *const c_char) -> Option<String> {
    // SAFETY: the library's texts end with a NUL and live until the next call of this thread.
    (!text.is_null()).then(|| unsafe { CStr::from_ptr(text) }.to_str().unwrap().to_owned())
}

/// The bytes, which are freed.
fn taken(mut bytes: cardseal_bytes) -> Vec<u8> {
    // SAFETY: the library vouches for as many bytes; it is a `cardseal_bytes`.
    unsafe {
        let copy = std::slice::from_raw_parts(bytes.data, bytes.len).to_vec();
        cardseal_bytes_free(&mut bytes);
        copy
    }
}

fn credentials(secret: &CStr) -> *mut cardseal_credentials {
    let mut out = ptr::null_mut();
    // SAFETY: texts, NULL where it is allowed, and a place.
    let code = unsafe {
        let (id, none) = (ID.as_ptr(), ptr::null());
        cardseal_credentials_new(id, secret.as_ptr(), none, none, &mut out)
    };
    assert_eq!(code, 0);
    out
}

fn client(
    options: &serde_json::Value,
    credentials: *const cardseal_credentials,
) -> Result<*mut cardseal_client, i32> {
    let (options, mut out) = (CString::new(options.to_string()).unwrap(), ptr::null_mut());
    // SAFETY: a text and a place.
    match unsafe { cardseal_client_new(options.as_ptr(), credentials, &mut out) } {
        0 => Ok(out),
        code => {
            assert!(out.is_null());
            Err(code)
        }
    }
}

fn recipient(key: &[u8]) -> *mut cardseal_recipient {
    let mut out = ptr::null_mut();
    // SAFETY: bytes and a place.
    let code = unsafe { cardseal_recipient_parse(key.as_ptr(), key.len(), &mut out) };
    assert_eq!(code, 0);
    out
}

/// A call with a picture's bytes, or a URL.
fn recognize(
    client: *const cardseal_client,
    recipient: *const cardseal_recipient,
    image: Option<&[u8]>,
    url: Option<&CStr>,
    side: Option<&CStr>,
) -> Result<serde_json::Value, i32> {
    let pointer = |text: Option<&CStr>| text.map_or(ptr::null(), CStr::as_ptr);
    let (at, len) = image.map_or((ptr::null(), 0), |image| (image.as_ptr(), image.len()));
    let mut json = NONE;
    // SAFETY: bytes, texts or NULL, and a place.
    match unsafe {
        let (url, side) = (pointer(url), pointer(side));
        cardseal_client_recognize(client, recipient, at, len, url, side, &mut json)
    } {
        0 => Ok(serde_json::from_slice(&taken(json)).unwrap()),
        code => {
            assert!(json.data.is_null());
            Err(code)
        }
    }
}

#[test]
fn one_client_recognises_many_cards_in_many_threads() {
    for suite in [Suite::Aes256CbcRsa, Suite::Sm4GcmSm2] {
        let pair = KeyPair::generate(suite).unwrap();
        let key = recipient(pair.public_b64().as_bytes());
        let config = GatewayConfig::new(vec![pair], ID.to_str().unwrap(), SECRET.to_str().unwrap());
        let gateway = Running::start(config, SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
        let options = serde_json::json!({"cloud": "tencent", "endpoint": gateway.url()});

        let given = credentials(SECRET);
        let right = client(&options, given).unwrap();
        cardseal_credentials_free(given);
        cardseal_credentials_free(given);
        assert_eq!(client(&options, given), Err(2), "they were freed");

        let (shared, shared_key) = (right.addr(), key.addr());
        std::thread::scope(|scope| {
            for thread in 0..4 {
                scope.spawn(move || {
                    let client = ptr::without_provenance_mut(shared);
                    let key = ptr::without_provenance_mut(shared_key);
                    let found = if thread % 2 == 0 {
                        recognize(client, key, Some(PNG), None, Some(c"front"))
                    } else {
                        let url = Some(c"https://h.example/card.jpg");
                        recognize(client, key, None, url, None)
                    };
                    let found = found.unwrap();
                    assert_eq!(found["result"]["IdNum"], "11010119900307002X");
                    assert_eq!(found["authenticated"], suite == Suite::Sm4GcmSm2);
                });
            }
        });

        let wrong = client(&options, credentials(c"wrong")).unwrap();
        assert_eq!(recognize(wrong, key, Some(PNG), None, None), Err(4));
        let code = text(cardseal_last_error_code());
        assert_eq!(code.as_deref(), Some("AuthFailure.SignatureFailure"));

        cardseal_client_free(right);
        cardseal_client_free(right);
        assert_eq!(recognize(right, key, Some(PNG), None, None), Err(2));
        cardseal_recipient_free(key);
    }
}

#[test]
fn what_a_billed_answer_opened_to_is_handed_over_where_it_cannot_be_read() {
    let pair = KeyPair::generate(Suite::Sm4GcmSm2).unwrap();
    let key = recipient(pair.public_b64().as_bytes());
    let mut config = GatewayConfig::new(vec![pair], ID.to_str().unwrap(), SECRET.to_str().unwrap());
    config.fault = Some("inner-not-json".parse().unwrap());
    let gateway = Running::start(config, SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
    let options = serde_json::json!({"cloud": "tencent", "endpoint": gateway.url()});
    let given = credentials(SECRET);
    let client = client(&options, given).unwrap();
    assert_eq!(recognize(client, key, Some(PNG), None, None), Err(8));
    let mut opened = NONE;
    // SAFETY: a place.
    unsafe { cardseal_last_error_opened_text(&mut opened) };
    assert_eq!(taken(opened), b"not JSON");
    cardseal_client_free(client);
    cardseal_credentials_free(given);
    cardseal_recipient_free(key);
}

#[test]
fn what_is_wrong_with_a_client_is_told_before_anything_is_sent() {
    let given = credentials(SECRET);
    for (options, says) in [
        (serde_json::json!({"cloud": "hunter2"}), "no such cloud"),
        (
            serde_json::json!({"cloud": "tencent", "secret_key": "hunter2"}),
            "unknown",
        ),
        (
            serde_json::json!({"cloud": "ctyun", "region": "hunter2"}),
            "no regions",
        ),
        (serde_json::json!({"cloud": "huawei"}), "project_id"),
        (
            serde_json::json!({"cloud": "huawei", "project_id": "p"}),
            "region",
        ),
        (serde_json::json!(["hunter2"]), "member"),
    ] {
        assert_eq!(client(&options, given), Err(2), "{options}");
        let message = text(cardseal_last_error()).unwrap();
        assert!(
            message.contains(says) && !message.contains("hunter2"),
            "{message}"
        );
    }
    let nowhere = "http://127.0.0.1:1";
    let tencent = serde_json::json!({"cloud": "tencent", "endpoint": nowhere, "deadline_ms": 2000});
    let tencent = client(&tencent, given).unwrap();
    let ctyun = client(
        &serde_json::json!({"cloud": "ctyun", "endpoint": nowhere}),
        given,
    )
    .unwrap();
    let key = recipient(include_bytes!("../../../vectors/keys/tencent-demo-sm2.b64"));
    let (none, url) = (ptr::null(), Some(c"https://h.example/a"));
    let told = || text(cardseal_last_error()).unwrap();
    assert_eq!(recognize(tencent, none, None, url, None), Err(2));
    assert!(told().contains("needs a recipient"), "{}", told());
    assert_eq!(recognize(tencent, key, None, None, None), Err(2));
    assert!(told().contains("no picture"), "{}", told());
    assert_eq!(recognize(tencent, key, Some(PNG), url, None), Err(2));
    assert!(told().contains("two pictures"), "{}", told());
    assert_eq!(recognize(tencent, key, Some(b"text"), None, None), Err(2));
    assert_eq!(recognize(tencent, key, None, url, Some(c"left")), Err(2));
    assert!(told().contains("no such side"), "{}", told());
    assert_eq!(recognize(ctyun, key, None, url, None), Err(2));
    assert!(told().contains("no encrypted"), "{}", told());
    // Handles of another kind, where each belongs.
    assert_eq!(recognize(tencent, given.cast(), None, url, None), Err(2));
    assert_eq!(recognize(key.cast(), key, None, url, None), Err(2));
    assert_eq!(recognize(ptr::null(), key, None, url, None), Err(2));
    assert_eq!(
        recognize(tencent, key, None, url, None),
        Err(5),
        "nobody answers there"
    );
}

#[test]
fn credentials_are_checked_where_they_are_given() {
    let made = |id: &CStr, key: &CStr, token: Option<&CStr>| {
        let mut out = ptr::null_mut();
        let token = token.map_or(ptr::null(), CStr::as_ptr);
        // SAFETY: texts, NULL where it is allowed, and a place.
        let code = unsafe {
            let (id, key) = (id.as_ptr(), key.as_ptr());
            cardseal_credentials_new(id, key, token, c"app".as_ptr(), &mut out)
        };
        assert_eq!(code == 0, !out.is_null());
        cardseal_credentials_free(out);
        code
    };
    assert_eq!(made(ID, SECRET, None), 0);
    assert_eq!(made(ID, SECRET, Some(c"token")), 0);
    assert_eq!(made(c"", SECRET, None), 4);
    assert_eq!(made(c"\xff", SECRET, None), 2);
    let mut out = ptr::null_mut();
    // SAFETY: texts or NULL, which is refused, and a place.
    unsafe {
        let (none, id) = (ptr::null(), ID.as_ptr());
        assert_eq!(cardseal_credentials_new(none, id, none, none, &mut out), 2);
        assert_eq!(cardseal_credentials_new(id, none, none, none, &mut out), 2);
        assert_eq!(cardseal_credentials_of_environment(none, &mut out), 2);
        assert_eq!(cardseal_credentials_of_environment(id, &mut out), 2);
        for cloud in [c"tencent", c"ctyun", c"huawei"] {
            assert_eq!(
                cardseal_credentials_of_environment(cloud.as_ptr(), &mut out),
                0
            );
            cardseal_credentials_free(out);
        }
    }
}

#[test]
fn a_picture_is_made_to_fit() {
    let prepare = |image: &[u8], limits: Option<&CStr>| {
        let (mut prepared, mut report) = (NONE, NONE);
        let limits = limits.map_or(ptr::null(), CStr::as_ptr);
        // SAFETY: bytes, a text or NULL, and two places.
        match unsafe {
            let (at, len) = (image.as_ptr(), image.len());
            cardseal_prepare(at, len, limits, &mut prepared, &mut report)
        } {
            0 => {
                let report = serde_json::from_slice::<serde_json::Value>(&taken(report)).unwrap();
                Ok((taken(prepared), report))
            }
            code => {
                assert!(prepared.data.is_null() && report.data.is_null());
                Err(code)
            }
        }
    };
    let (image, report) = prepare(PHOTO, Some(c"{\"quality\":50}")).unwrap();
    assert_eq!(report["output"]["bytes"], image.len());
    assert_eq!(report["input"]["bytes"], PHOTO.len());
    assert_eq!(report["input"]["format"], "jpeg");
    assert!(image.starts_with(b"\xff\xd8\xff"));
    let (again, report) = prepare(&image, None).unwrap();
    assert_eq!((again, &report["changed"]), (image, &false.into()));
    assert_eq!(prepare(b"text", None), Err(2));
    assert_eq!(prepare(&PHOTO[..PHOTO.len() / 2], None), Err(2));
    assert_eq!(prepare(PHOTO, Some(c"{\"quality\":0}")), Err(2));
    assert_eq!(prepare(PHOTO, Some(c"{\"colour\":1}")), Err(2));
    assert_eq!(prepare(PHOTO, Some(c"{\"max_bytes\":10}")), Err(2));
    // One place for both would lose the picture, which nobody could free or wipe any more.
    let mut both = NONE;
    let place = &raw mut both;
    // SAFETY: bytes, NULL, and a place.
    let code = unsafe {
        let (at, len) = (PHOTO.as_ptr(), PHOTO.len());
        cardseal_prepare(at, len, ptr::null(), place, place)
    };
    assert_eq!((code, both.data.is_null()), (2, true));
    assert!(text(cardseal_last_error()).unwrap().contains("one place"));
}
